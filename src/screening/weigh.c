/*
 * weigh.c: one field of a declared record against one alert. This is the whole rule; find.c only says who is
 * weighed, so that both ways round give the same.
 *
 * A name matches when names_compare, birth dates and countries that both sides say, and numbers that contradict come to
 * NAMES_MATCH, and the name alone to half of it. Of an alert's names the best one counts. An alias that its authority
 * calls weak matches only beside a birth date that agrees. A number that agrees is a hit of its own: beside a name it is
 * shown and added, but takes no part in whether the name matches.
 *
 * A number matches when it is the same, or is the same after a repair (numbers.c). What else both say orders it in the
 * queue. What a CURP or an RFC says of its bearer (names/identity.c) is compared with the name it stands beside, and its
 * date with the alert's.
 */
#include "screening/internal.h"

#define NAME_LEAST   (NAMES_MATCH / 2)
#define FITS_BITS    (1 * NAMES_BIT)  /* a declaration at one with itself */
#define DIFFERS_BITS (-3 * NAMES_BIT) /* and one that is not */
#define BESIDE_LEAST (-5 * NAMES_BIT) /* of the names beside two numbers: people and ships change theirs */
#define BESIDE_MOST  (10 * NAMES_BIT)
#define ANY_BIRTH    "1962-03-17" /* no date that agrees is worth more than this one with itself */

void subject_read(struct arena *a, const struct record *r, struct subject *out)
{
    char date[2][11];

    *out = (struct subject){.r = r};
    out->n = keys_of(a, r, out->key);
    for (size_t i = 0; i < out->n; i++) {
        const struct key *k = &out->key[i];
        if (k->basis == BASIS_IDENTIFIER && number_checks(k->class, k->value))
            for (size_t j = identity_birth(k->value, date); j-- > 0;)
                out->birth[j] = arena_copy(a, str_n(date[j], 10));
    }
}

void subject_read_names(struct arena *a, struct subject *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->key[i].basis == BASIS_NAME && !s->read[i])
            s->read[i] = name_read(a, s->key[i].value, s->key[i].of);
}

int weigh_least(struct str birth, struct str country)
{
    struct comparison none = {.bits = 0};
    int least = NAMES_MATCH;

    if (birth.n)
        least -= names_birth(&none, S(ANY_BIRTH), S(ANY_BIRTH));
    if (country.n)
        least -= names_country(&none, country, country);
    return least > NAME_LEAST ? least : NAME_LEAST;
}

/* Of two that weigh the same the first by its bytes, so that it does not matter which came first. */
static bool before(const struct listed *a, const struct listed *b)
{
    return b == NULL || str_cmp(a->written, b->written) < 0;
}

/* The better of the dates that the declaration's number may mean. */
static int add_birth(struct comparison *c, const struct subject *s, const struct alert *x)
{
    struct comparison other = *c;
    int one = names_birth(c, s->birth[0], x->birth_date), two;

    if (s->birth[1].n == 0)
        return one;
    two = names_birth(&other, s->birth[1], x->birth_date);
    if (two > one)
        *c = other;
    return two > one ? two : one;
}

/* The declared numbers against the alert's: what contradicts. What agrees is a hit of its own and is only told; lines
 * go to `p`, which may be NULL. */
static int add_numbers(struct parts *p, const struct subject *s, const struct alert *x)
{
    int against = 0;

    for (size_t i = 0; i < s->n; i++) {
        const struct key *k = &s->key[i];
        const struct listed *other = NULL, *same = NULL;
        for (const struct listed *l = x->numbers; k->basis == BASIS_IDENTIFIER && l; l = l->next) {
            if (strcmp(l->class, k->class) != 0)
                continue;
            if (str_eq(l->value, k->value))
                same = before(l, same) ? l : same;
            else if (before(l, other) && number_contrary(k->class, k->value, l->value))
                other = l;
        }
        if (same && p)
            parts_own(p, "equal", number_bits(k->value), k->original, same->written);
        if (same || !other)
            continue;
        against += number_contrary(k->class, k->value, other->value);
        if (p)
            parts_own(p, "contrary-number", number_contrary(k->class, k->value, other->value), k->original,
                      other->written);
    }
    return against;
}

/* Whether the numbers of the declaration fit its name. */
static void add_identity(struct parts *p, const struct subject *s, const struct name *name)
{
    for (size_t i = 0; name && i < s->n; i++) {
        const struct key *k = &s->key[i];
        enum identity fit = IDENTITY_SILENT;
        if (k->basis == BASIS_IDENTIFIER && number_checks(k->class, k->value))
            fit = identity_name(k->value, name);
        if (fit != IDENTITY_SILENT)
            parts_own(p, fit == IDENTITY_FITS ? "fits" : "differs",
                      fit == IDENTITY_FITS ? FITS_BITS : DIFFERS_BITS, S(""), S(""));
    }
}

static const struct listed *best_name(const struct name *name, const struct alert *x, bool weak, int *bits)
{
    const struct listed *best = NULL;

    *bits = NAME_LEAST - 1;
    for (const struct listed *l = x->names; l; l = l->next) {
        int now = l->weak && !weak ? 0 : names_compare(name, l->read, NULL);
        if (now > *bits || (now == *bits && best && before(l, best))) {
            best = l;
            *bits = now;
        }
    }
    return best;
}

static bool weigh_name(struct arena *a, const struct subject *s, size_t key, const struct alert *x,
                       struct weighed *out)
{
    const struct key *k = &s->key[key];
    struct comparison beside = {.bits = 0}, c;
    struct parts p;
    bool agrees;
    int more, bits;

    if (!x->named || !keys_comparable(k->of, x->of))
        return false;
    agrees = add_birth(&beside, s, x) > 0;
    names_country(&beside, k->country, x->country);
    more = beside.bits + add_numbers(NULL, s, x);
    out->listed = best_name(s->read[key], x, agrees, &bits);
    if (!out->listed || bits + more < NAMES_MATCH)
        return false;
    parts_init(&p);
    names_compare(s->read[key], out->listed->read, &c);
    parts_add(&p, &c);
    parts_add(&p, &beside);
    add_numbers(&p, s, x);
    add_identity(&p, s, s->read[key]);
    out->bits = p.bits;
    out->parts = parts_end(&p, a);
    out->matched = name_folded(a, s->read[key]);
    return true;
}

/* ---- numbers ---- */

static const struct listed *same_number(const struct key *k, const struct alert *x, bool *repaired)
{
    const struct listed *near = NULL;

    for (const struct listed *l = x->numbers; l; l = l->next) {
        if (strcmp(l->class, k->class) != 0 ||
            (l->country.n && k->country.n && !str_eq(l->country, k->country)))
            continue;
        if (str_eq(l->value, k->value)) {
            *repaired = false;
            return l;
        }
        if (before(l, near) && number_repairs(k->class, k->value, l->value))
            near = l;
    }
    *repaired = true;
    return near;
}

/* The names beside two numbers: the best pair. */
static void add_names(struct parts *p, const struct subject *s, const struct alert *x)
{
    int best = INT32_MIN;
    struct str asked = {NULL, 0}, listed = {NULL, 0};

    for (size_t i = 0; x->named && i < s->n; i++)
        for (const struct listed *l = x->names; s->read[i] && l; l = l->next) {
            int now =
                keys_comparable(s->key[i].of, x->of) ? names_compare(s->read[i], l->read, NULL) : best;
            if (now > best || (now == best && asked.n && str_cmp(l->written, listed) < 0)) {
                best = now;
                asked = s->key[i].value;
                listed = l->written;
            }
        }
    if (asked.n == 0)
        return;
    best = best < BESIDE_LEAST ? BESIDE_LEAST : best > BESIDE_MOST ? BESIDE_MOST : best;
    parts_own(p, "names", best, asked, listed);
}

static bool weigh_number(struct arena *a, const struct subject *s, size_t key, const struct alert *x,
                         struct weighed *out)
{
    const struct key *k = &s->key[key];
    struct comparison beside = {.bits = 0};
    const struct name *name = NULL;
    struct parts p;

    out->listed = same_number(k, x, &out->repaired);
    if (!out->listed)
        return false;
    for (size_t i = 0; i < s->n; i++)
        if (s->read[i])
            name = s->read[i];
    parts_init(&p);
    parts_own(&p, out->repaired ? "repaired" : "equal",
              number_bits(out->listed->value) + (out->repaired ? NUMBER_REPAIRED : 0), k->original,
              out->listed->written);
    add_names(&p, s, x);
    add_birth(&beside, s, x);
    parts_add(&p, &beside);
    add_identity(&p, s, name);
    out->bits = p.bits;
    out->parts = parts_end(&p, a);
    out->matched = out->listed->value;
    return true;
}

bool weigh(struct arena *a, const struct subject *s, size_t key, const struct alert *x, struct weighed *out)
{
    *out = (struct weighed){.key = key};
    return s->key[key].basis == BASIS_NAME ? weigh_name(a, s, key, x, out)
                                           : weigh_number(a, s, key, x, out);
}
