/*
 * compare.c: two names in bits. Words are aligned, the worthiest pair first; then two neighbours with one word of the
 * other side; what is left over is either said by one side only (an omission, cheap) or stands in the same place on
 * both (a contradiction, dear). All figures are hundredths of a bit.
 */
#include "names/internal.h"

#define HARD      1000 /* a contradiction that no agreement outweighs: */
#define SUNK_MOST 1150 /* this is what is left of a name, however much of it agrees */

#define PAIRS_MOST (NAME_TOKENS_MAX * 4)

struct weights {
    int unsaid, extra; /* a word that only the list has; only the declaration */
    int contrary;      /* two words in one another's place */
    int number_missing;
    int lone; /* one word agrees, and there are others */
};

static const struct weights person_weights = {50, 80, 1000, 200, 400};
static const struct weights company_weights = {350, 380, 1200, 400, 0};
static const struct weights vessel_weights = {500, 500, 1200, 600, 0};

struct aligning {
    const struct name *a, *b;
    const struct weights *w;
    struct comparison *out;
    enum name_of of;
    int bits;
    uint32_t a_left, b_left;       /* tokens that are not aligned yet */
    int8_t match[NAME_TOKENS_MAX]; /* of each of a: which of b, or -1 */
    int words, exact, initials;    /* aligned */
    bool sunk;                     /* a contradiction was said that no agreement outweighs */
};

static struct str text_of(const struct name *n, const struct token *first, const struct token *last)
{
    return str_n(n->folded.p + first->at, (size_t)(last->at + last->n - first->at));
}

static void say(struct aligning *g, enum evidence_of of, struct str asked, struct str listed, int bits)
{
    g->bits += bits;
    if (g->out && g->out->n < EVIDENCE_MAX)
        g->out->part[g->out->n++] = (struct evidence){of, asked, listed, bits};
}

static bool counts(const struct token *t)
{
    return (t->class == TOKEN_WORD || t->class == TOKEN_INITIAL || t->class == TOKEN_NUMBER) &&
           !(t->flags & TOKEN_LETTERS);
}

static uint32_t counting(const struct name *n)
{
    uint32_t left = 0;

    for (uint32_t i = 0; i < n->n; i++)
        left |= (uint32_t)counts(&n->token[i]) << i;
    return left;
}

/* ---- what agrees ---- */

/* A token, or two neighbours written as one (`wide`), against a token of the other name. */
struct pair {
    int16_t gain;
    uint8_t i, j, of;
    bool wide_a, wide_b;
};

struct pairs {
    size_t n;
    struct pair p[PAIRS_MOST];
};

/* The worthiest first; of equal ones those that were found first. */
static void add_pair(struct pairs *all, struct pair one)
{
    size_t at = all->n;

    if (one.gain <= 0 || all->n == PAIRS_MOST)
        return;
    for (; at > 0 && all->p[at - 1].gain < one.gain; at--)
        all->p[at] = all->p[at - 1];
    all->p[at] = one;
    all->n++;
}

/* Whether the token after `i` may be written together with it. */
static bool joins(const struct name *n, uint32_t i)
{
    const struct token *s = &n->token[i], *t = s + 1;

    return i + 1 < n->n && !(t->flags & TOKEN_LETTERS) && s->class != TOKEN_FORM &&
           t->class != TOKEN_FORM && s->class != TOKEN_TITLE && t->class != TOKEN_TITLE &&
           (s->bits || t->bits);
}

/* Neighbours of `one` written together, against the words of `other`. `swap`: `one` is the listed name. */
static void add_joined(struct pairs *all, const struct name *one, const struct name *other, bool swap)
{
    for (uint32_t i = 0; i + 1 < one->n; i++) {
        const struct token *s = &one->token[i];
        struct token both = {.n = 0};
        if (!joins(one, i))
            continue;
        for (uint32_t j = 0; j < other->n; j++) {
            const struct token *t = &other->token[j];
            int off = t->n - s->n - s[1].n;
            if (t->class != TOKEN_WORD || t->flags & TOKEN_LETTERS || off < -4 || off > 4 ||
                (t->text[0] != s->text[0] && (t->bones & 15) != (s->bones & 15)))
                continue;
            if (both.n == 0)
                token_join(s, s + 1, &both);
            add_pair(all, (struct pair){.gain = (int16_t)token_gain(&both, t, NULL),
                                        .i = (uint8_t)(swap ? j : i),
                                        .j = (uint8_t)(swap ? i : j),
                                        .of = EVIDENCE_JOINED,
                                        .wide_a = !swap,
                                        .wide_b = swap});
        }
    }
}

/* An initial of given names is not one of a family name. */
static bool may_meet(const struct token *s, const struct token *t)
{
    return (s->class != TOKEN_INITIAL) == (t->class != TOKEN_INITIAL) || s->role == ROLE_UNKNOWN ||
           t->role == ROLE_UNKNOWN || s->role == t->role;
}

static void add_single(struct pairs *all, const struct aligning *g)
{
    for (uint32_t i = 0; i < g->a->n; i++)
        for (uint32_t j = 0; g->a_left >> i & 1 && j < g->b->n; j++) {
            enum evidence_of of = EVIDENCE_SAME;
            int gain = g->b_left >> j & 1 && may_meet(&g->a->token[i], &g->b->token[j])
                           ? token_gain(&g->a->token[i], &g->b->token[j], &of)
                           : 0;
            if (gain > 0)
                add_pair(all,
                         (struct pair){
                             .gain = (int16_t)gain, .i = (uint8_t)i, .j = (uint8_t)j, .of = (uint8_t)of});
        }
}

/* Bits of the tokens that count, of `at` and, when `wide`, of the next. */
static uint32_t covered(const struct name *n, uint32_t at, bool wide)
{
    return (uint32_t)(wide ? 3 : 1) << at & counting(n);
}

static void take(struct aligning *g, const struct pair *p)
{
    const struct token *s = &g->a->token[p->i], *t = &g->b->token[p->j];
    uint32_t a = covered(g->a, p->i, p->wide_a), b = covered(g->b, p->j, p->wide_b);

    if ((g->a_left & a) != a || (g->b_left & b) != b)
        return;
    g->a_left &= ~a;
    g->b_left &= ~b;
    g->match[p->i] = (int8_t)p->j;
    g->exact += p->of == EVIDENCE_SAME;
    if (p->of == EVIDENCE_INITIAL)
        g->initials++;
    else if (p->of != EVIDENCE_NUMBER)
        g->words += p->of == EVIDENCE_JOINED ? 2 : 1;
    say(g, p->of, text_of(g->a, s, s + p->wide_a), text_of(g->b, t, t + p->wide_b), p->gain);
}

static void align(struct aligning *g)
{
    struct pairs all;

    all.n = 0;
    add_single(&all, g);
    add_joined(&all, g->a, g->b, false);
    add_joined(&all, g->b, g->a, true);
    for (size_t k = 0; k < all.n; k++)
        take(g, &all.p[k]);
}

/* A word that is the first letters of all words of the other name stands for all of them. */
static void letters(struct aligning *g, bool swap)
{
    const struct name *one = swap ? g->b : g->a, *other = swap ? g->a : g->b;
    uint32_t *one_left = swap ? &g->b_left : &g->a_left, *other_left = swap ? &g->a_left : &g->b_left;

    if (*other_left == 0 || *other_left != counting(other))
        return;
    for (uint32_t k = 0; k < (uint32_t)one->n * other->n; k++) {
        const struct token *t = &one->token[k % one->n], *whole = &other->token[k / one->n];
        int gain =
            (*one_left >> k % one->n & 1) && whole->flags & TOKEN_LETTERS ? token_gain(t, whole, NULL) : 0;
        if (gain <= 0)
            continue;
        *one_left &= ~((uint32_t)1 << k % one->n);
        *other_left = 0;
        g->words += 2;
        say(g, EVIDENCE_INITIAL, swap ? other->folded : text_of(one, t, t),
            swap ? text_of(one, t, t) : other->folded, gain);
        return;
    }
}

/* ---- what is left over ---- */

/* Family names stand in order: the first is not left out when the second is said. */
static bool first_family(const struct name *n, uint32_t i, uint32_t left)
{
    const unsigned known = TOKEN_GIVEN | TOKEN_FAMILY;

    if ((n->token[i].flags & known) != TOKEN_FAMILY || i == 0)
        return false;
    for (uint32_t k = i + 1; k < n->n; k++)
        if (!(left >> k & 1) && (n->token[k].flags & known) == TOKEN_FAMILY)
            return true;
    return false;
}

static int omission(const struct aligning *g, const struct name *n, uint32_t i, bool listed)
{
    const struct token *t = &n->token[i];
    int cost = listed ? g->w->unsaid : g->w->extra;

    if (t->flags & TOKEN_ASIDE)
        return 0;
    if (t->class == TOKEN_NUMBER)
        return g->w->number_missing;
    if (t->class == TOKEN_INITIAL)
        return cost / 2;
    if (t->flags & TOKEN_DULL)
        return 20;
    if (g->of == NAME_COMPANY && t->flags & (TOKEN_BUSINESS | TOKEN_PLACE))
        return i + 1 < n->n && n->token[i + 1].flags & TOKEN_DULL ? cost / 3 : cost * 5 / 6;
    if (g->of == NAME_PERSON && first_family(n, i, listed ? g->b_left : g->a_left))
        return 300;
    return cost;
}

/* Two words that may be one badly written: too far apart to agree, too near to contradict. */
static bool alike(const struct token *s, const struct token *t)
{
    return s->n > 4 && t->n > 4 && !(s->flags & TOKEN_KNOWN && t->flags & TOKEN_KNOWN) &&
           sound_distance(s, t, 15) <= 15;
}

/* What two words in one another's place speak against; 0 when they need not stand in the same place. */
static int contrary(const struct aligning *g, const struct token *s, const struct token *t)
{
    if ((s->class == TOKEN_NUMBER) != (t->class == TOKEN_NUMBER))
        return 0;
    if ((s->flags | t->flags) & (TOKEN_ASIDE | TOKEN_DULL))
        return 0;
    if (s->class == TOKEN_NUMBER)
        return HARD;
    if (g->of == NAME_PERSON) {
        if (s->role != t->role && s->role != ROLE_UNKNOWN && t->role != ROLE_UNKNOWN)
            return 0;
        if (s->class == TOKEN_INITIAL || t->class == TOKEN_INITIAL)
            return 600;
        return alike(s, t) ? 600 : HARD;
    }
    if ((s->flags & t->flags) & TOKEN_PLACE)
        return HARD;
    if ((s->flags | t->flags) & TOKEN_PLACE)
        return 0;
    if (s->flags & t->flags & TOKEN_BUSINESS)
        return 700;
    if ((s->flags | t->flags) & TOKEN_BUSINESS)
        return 0;
    return alike(s, t) ? 700 : HARD;
}

static void say_contraries(struct aligning *g)
{
    for (uint32_t i = 0; i < g->a->n; i++) {
        const struct token *s = &g->a->token[i];
        int least = 0;
        uint32_t at = 0;
        if (!(g->a_left >> i & 1))
            continue;
        for (uint32_t j = 0; j < g->b->n; j++) {
            int cost = g->b_left >> j & 1 ? contrary(g, s, &g->b->token[j]) : 0;
            if (cost && (least == 0 || cost < least)) {
                least = cost;
                at = j;
            }
        }
        if (least == 0)
            continue;
        g->a_left &= ~((uint32_t)1 << i);
        g->b_left &= ~((uint32_t)1 << at);
        if (least == HARD && !g->sunk && g->bits > SUNK_MOST + g->w->contrary)
            least = g->bits - SUNK_MOST;
        g->sunk |= least >= HARD;
        say(g, s->class == TOKEN_NUMBER ? EVIDENCE_NUMBERS : EVIDENCE_CONTRARY, text_of(g->a, s, s),
            text_of(g->b, &g->b->token[at], &g->b->token[at]), -least);
    }
}

static void say_omissions(struct aligning *g)
{
    const struct str none = {NULL, 0};

    for (uint32_t i = 0; i < g->a->n; i++)
        if (g->a_left >> i & 1)
            say(g, EVIDENCE_EXTRA, text_of(g->a, &g->a->token[i], &g->a->token[i]), none,
                -omission(g, g->a, i, false));
    for (uint32_t j = 0; j < g->b->n; j++)
        if (g->b_left >> j & 1)
            say(g, EVIDENCE_UNSAID, none, text_of(g->b, &g->b->token[j], &g->b->token[j]),
                -omission(g, g->b, j, true));
}

/* ---- the name as a whole ---- */

static const struct token *form_of(const struct name *n)
{
    for (uint32_t i = 0; i < n->n; i++)
        if (n->token[i].class == TOKEN_FORM)
            return &n->token[i];
    return NULL;
}

static void say_forms(struct aligning *g)
{
    const struct token *s = form_of(g->a), *t = form_of(g->b);

    if (s && t && s->canon != t->canon)
        say(g, EVIDENCE_FORM, text_of(g->a, s, s), text_of(g->b, t, t),
            s->kin[0] == t->kin[0] ? -50 : -150);
}

/* Two family names have changed places: for Spanish and Portuguese names that is another family. */
static bool families_swapped(const struct aligning *g)
{
    int last = -1;

    for (uint32_t i = 0; i < g->a->n; i++)
        if (g->match[i] >= 0 && (g->a->token[i].flags & (TOKEN_FAMILY | TOKEN_GIVEN)) == TOKEN_FAMILY) {
            if (g->match[i] < last)
                return true;
            last = g->match[i];
        }
    return false;
}

static bool in_order(const struct aligning *g)
{
    int last = -1;

    for (uint32_t i = 0; i < g->a->n; i++)
        if (g->match[i] >= 0) {
            if (g->match[i] < last)
                return false;
            last = g->match[i];
        }
    return true;
}

static bool matters(const struct name *n, uint32_t left)
{
    for (uint32_t i = 0; i < n->n; i++)
        if (left >> i & 1 && !(n->token[i].flags & (TOKEN_ASIDE | TOKEN_DULL)))
            return true;
    return false;
}

/* What is left says only what a company does and where. */
static bool descriptive(const struct name *n, uint32_t left)
{
    for (uint32_t i = 0; i < n->n; i++)
        if (left >> i & 1 && !(n->token[i].flags & (TOKEN_BUSINESS | TOKEN_PLACE)))
            return false;
    return true;
}

static void say_whole(struct aligning *g)
{
    const struct str none = {NULL, 0};
    bool a_left = matters(g->a, g->a_left), b_left = matters(g->b, g->b_left);

    if (g->words == 0)
        return;
    if (!a_left && !b_left)
        say(g, EVIDENCE_WHOLE, none, none, g->initials ? 200 : NAMES_BONUS_MOST);
    else if ((!a_left || !b_left) && g->words + g->initials > 1 && g->of == NAME_PERSON)
        say(g, EVIDENCE_WHOLE, none, none, 250);
    else if (g->of == NAME_COMPANY && g->words && descriptive(g->a, g->a_left) &&
             descriptive(g->b, g->b_left))
        say(g, EVIDENCE_WHOLE, none, none, 200);
    if (g->words > 1 && !in_order(g))
        say(g, EVIDENCE_ORDER, none, none,
            g->of == NAME_VESSEL                  ? -700
            : g->of == NAME_COMPANY               ? -80
            : g->words > 2 && families_swapped(g) ? -900
                                                  : -30);
}

static enum name_of common(enum name_of a, enum name_of b)
{
    if (a == b)
        return a;
    if (a == NAME_ANY || b == NAME_ANY)
        return a == NAME_ANY ? b : a;
    return NAME_COMPANY;
}

int names_compare(const struct name *asked, const struct name *listed, struct comparison *out)
{
    struct aligning g = {.a = asked, .b = listed, .out = out};

    if (out) {
        out->bits = 0;
        out->n = 0;
    }
    g.of = asked->of != NAME_ANY    ? asked->of
           : listed->of != NAME_ANY ? listed->of
                                    : common(asked->taken, listed->taken);
    g.w = g.of == NAME_PERSON ? &person_weights : g.of == NAME_VESSEL ? &vessel_weights : &company_weights;
    memset(g.match, -1, sizeof g.match);
    g.a_left = counting(asked);
    g.b_left = counting(listed);
    align(&g);
    if (g.a_left && g.b_left) {
        letters(&g, false);
        letters(&g, true);
    }
    if (g.words == 0 && g.bits == 0)
        return 0;
    say_whole(&g);
    say_contraries(&g);
    say_omissions(&g);
    say_forms(&g);
    if (out)
        out->bits = g.bits;
    return g.bits;
}
