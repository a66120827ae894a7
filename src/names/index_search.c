/*
 * index_search.c: the names that have enough in common with an asked one. See index.c for why none is missed.
 *
 * 1. For each asked word: which words (or runs) of the index agree with it, with what gain (index_match.c).
 * 2. The asked words are put in order, those with few names first. A name is opened by the first asked word that it
 *    agrees with: what it can still get is that gain and the most that the words behind it can add. Only lists for
 *    which this suffices are read.
 * 3. A list is sifted by signs: each name in it has 32 of them, one or more for each of its other words.
 * 4. What is left is added up by its words, and compared in full when the sum suffices.
 */
#include "names/index_parts.h"

#include <assert.h>
#include <stdlib.h>

struct asked {         /* a word of the asked name */
    uint32_t from, to; /* its matches */
    int most;          /* the most that it can add */
    uint64_t cost;     /* names in its lists */
    uint32_t signs;    /* of all that agrees with it */
};

struct known { /* what agrees with an asked word */
    uint32_t ref, asked;
    int gain;
};

struct search {
    const struct names_index *ix;
    const struct name *name;
    struct names_search how;
    int need;     /* what the alignments must add up to */
    int initials; /* of this, what asked initials may add */
    struct asked asked[NAME_TOKENS_MAX];
    uint32_t n;
    struct matches matches;
    struct known *known, own_known[1024]; /* words, by open addressing; ref NONE: empty */
    uint32_t mask;
    struct known *run, own_run[32]; /* runs; ref without RUN */
    uint32_t runs;
    struct names_found *out;
    size_t found;
    uint64_t beyond;
};

/* ---- what agrees ---- */

struct posts { /* names that say a word */
    const uint32_t *slots, *signs;
    uint32_t n;
};

/* Those of the image and those of the tail. */
static void posts_of(const struct names_index *ix, uint32_t w, struct posts out[2])
{
    const struct image *b = ix->base;
    const struct tail *t = &ix->tail;
    uint32_t late;

    if (w < b->words) {
        out[0] = (struct posts){b->slots + b->post[w], b->signs + b->post[w], b->post[w + 1] - b->post[w]};
        late = t->list_of_base ? t->list_of_base[w] : 0;
    } else {
        out[0] = (struct posts){0};
        late = t->list_of[w - b->words];
    }
    out[1] = (struct posts){0};
    if (late)
        out[1] =
            (struct posts){t->list[late].slots, t->list[late].slots + t->list[late].cap, t->list[late].n};
}

static uint32_t list_length(const struct names_index *ix, uint32_t w)
{
    struct posts p[2];

    posts_of(ix, w, p);
    return p[0].n + p[1].n;
}

/* The word by whose list a run's names are read: its rarest that has one. */
static uint32_t lead_of(const struct names_index *ix, uint32_t ref)
{
    const uint32_t *run;
    uint32_t best = NONE, least = NONE;

    if (!(ref & RUN))
        return ref;
    run = run_at(ix, ref & ~RUN);
    for (size_t i = 0; i < JOINED_MOST && run[i] != NONE; i++) {
        uint32_t n = word_at(ix, run[i])->bits ? list_length(ix, run[i]) : NONE;

        if (n < least) {
            least = n;
            best = run[i];
        }
    }
    return best;
}

/* The matches of each asked word, and of what it makes with those behind it. */
static void ask(struct search *s)
{
    const struct name *q = s->name;

    for (uint32_t i = 0; i < q->n; i++) {
        struct asked *a = &s->asked[s->n];
        const struct token *t = &q->token[i];
        struct token joined = *t, longer;

        *a = (struct asked){.from = s->matches.n};
        if (word_initial(t))
            s->initials += t->bits;
        else if (t->bits)
            match_word(s->ix, t, &s->matches);
        for (uint32_t k = 1; k < JOINED_MOST && i + k < q->n; k++) {
            token_join(&joined, &q->token[i + k], &longer);
            joined = longer;
            if (joined.bits)
                match_joined(s->ix, &joined, a->from, &s->matches);
        }
        a->to = s->matches.n;
        for (uint32_t m = a->from; m < a->to; m++)
            if (s->matches.m[m].gain > a->most)
                a->most = s->matches.m[m].gain;
        s->n += a->to > a->from;
    }
}

static void weigh_asked(struct search *s)
{
    int all = s->initials;

    for (uint32_t i = 0; i < s->n; i++)
        all += s->asked[i].most;
    for (uint32_t i = 0; i < s->n; i++) {
        struct asked *a = &s->asked[i];

        for (uint32_t m = a->from; m < a->to; m++) {
            a->signs |= UINT32_C(1) << s->matches.m[m].sign;
            if (all - a->most + s->matches.m[m].gain >= s->need)
                a->cost += list_length(s->ix, lead_of(s->ix, s->matches.m[m].ref));
        }
    }
    for (uint32_t i = 1; i < s->n; i++) /* few: insertion */
        for (uint32_t k = i; k > 0 && s->asked[k].cost < s->asked[k - 1].cost; k--) {
            struct asked swap = s->asked[k];

            s->asked[k] = s->asked[k - 1];
            s->asked[k - 1] = swap;
        }
}

/* ---- one name ---- */

static uint32_t known_place(const struct search *s, uint32_t word)
{
    return (word * UINT32_C(0x9e3779b1)) >> 10 & s->mask;
}

static void know(struct search *s)
{
    uint32_t size = 64;

    while (size < s->matches.n * 2)
        size *= 2;
    s->known = size <= COUNT(s->own_known) ? s->own_known : xmalloc(size * sizeof *s->known);
    s->mask = size - 1;
    memset(s->known, 0xff, size * sizeof *s->known);
    s->run = s->matches.n <= COUNT(s->own_run) ? s->own_run : xmalloc(s->matches.n * sizeof *s->run);
    for (uint32_t i = 0; i < s->n; i++)
        for (uint32_t m = s->asked[i].from; m < s->asked[i].to; m++) {
            struct match match = s->matches.m[m];
            uint32_t at;

            if (match.ref & RUN) {
                s->run[s->runs++] = (struct known){match.ref & ~RUN, i, match.gain};
                continue;
            }
            for (at = known_place(s, match.ref); s->known[at].ref != NONE; at = (at + 1) & s->mask)
                ;
            s->known[at] = (struct known){match.ref, i, match.gain};
        }
}

static bool says_run(const struct names_index *ix, const struct said *name, uint32_t number, size_t at)
{
    const uint32_t *run = run_at(ix, number);

    for (size_t n = 0; n < JOINED_MOST && run[n] != NONE; n++)
        if (at + n >= name->n || SAID_WORD(name->word[at + n]) != run[n])
            return false;
    return true;
}

/* What a name's alignments can add up to: by asked words, and by its own. */
struct sums {
    int by_asked[NAME_TOKENS_MAX], own;
    bool opened; /* the match is there by which it was opened */
};

/* False when the name is opened by this match rather than by `by` (NULL: by none). */
static bool add_match(struct sums *sums, const struct known *k, const struct known *by)
{
    if (by && k->asked <= by->asked) {
        if (k->asked < by->asked || k->gain > by->gain || (k->gain == by->gain && k->ref < by->ref))
            return false;
        sums->opened |= k->ref == by->ref;
    }
    if (k->gain > sums->by_asked[k->asked])
        sums->by_asked[k->asked] = k->gain;
    if (k->gain > sums->own)
        sums->own = k->gain;
    return true;
}

static bool suffices(const struct search *s, const struct said *name, const struct known *by)
{
    struct sums sums = {.opened = by == NULL};
    int asked = 0, own = 0, need = s->need - s->initials;

    for (size_t i = 0; i < name->n; i++) {
        uint32_t w = SAID_WORD(name->word[i]);

        sums.own = 0;
        for (uint32_t at = known_place(s, w); s->known[at].ref != NONE; at = (at + 1) & s->mask)
            if (s->known[at].ref == w && !add_match(&sums, &s->known[at], by))
                return false;
        for (uint32_t r = 0; r < s->runs; r++) {
            struct known run = s->run[r];

            if (!says_run(s->ix, name, run.ref, i))
                continue;
            run.ref |= RUN;
            if (!add_match(&sums, &run, by))
                return false;
        }
        own += sums.own;
    }
    for (uint32_t i = 0; i < s->n; i++)
        asked += sums.by_asked[i];
    return asked >= need && own >= need && sums.opened;
}

/* As names_compare wants it, when nothing is to be explained: where a word stands in the text is not asked. */
static const struct name *name_again(const struct names_index *ix, const struct said *said, struct name *n)
{
    static const char no_text[NAME_BYTES_MAX];

    n->of = (enum name_of)(said->kind & 15);
    n->taken = (enum name_of)(said->kind >> 4);
    n->written = n->folded = str_n(no_text, sizeof no_text);
    n->n = said->n;
    for (uint8_t i = 0; i < said->n; i++) {
        n->token[i] = *word_at(ix, SAID_WORD(said->word[i]));
        n->token[i].role = SAID_ROLE(said->word[i]);
        n->token[i].place = i;
    }
    name_lift(n->token, n->n);
    return n;
}

static bool before(struct names_found a, struct names_found b)
{
    return a.bits != b.bits ? a.bits > b.bits : a.id < b.id;
}

static int in_order(const void *a, const void *b)
{
    return before(*(const struct names_found *)a, *(const struct names_found *)b) ? -1 : 1;
}

/* `out` is a heap, the worst on top. */
static void sink(struct names_found *heap, size_t n, size_t at)
{
    for (;;) {
        size_t worst = at, left = 2 * at + 1;
        struct names_found swap = heap[at];

        if (left < n && before(heap[worst], heap[left]))
            worst = left;
        if (left + 1 < n && before(heap[worst], heap[left + 1]))
            worst = left + 1;
        if (worst == at)
            return;
        heap[at] = heap[worst];
        heap[worst] = swap;
        at = worst;
    }
}

static void found(struct search *s, struct names_found one)
{
    if (s->found < s->how.most) {
        s->out[s->found++] = one;
        if (s->found == s->how.most)
            for (size_t i = s->found / 2; i-- > 0;)
                sink(s->out, s->found, i);
        return;
    }
    s->beyond++;
    if (s->found && before(one, s->out[0])) {
        s->out[0] = one;
        sink(s->out, s->found, 0);
    }
}

static bool kinds_meet(enum name_of asked, uint8_t kind)
{
    return asked == NAME_ANY || (kind & 15) == NAME_ANY || (kind & 15) == (int)asked;
}

/* `by`: the match by whose list we came here; NULL: by none. */
static void consider(struct search *s, uint32_t slot, const struct known *by)
{
    union {
        struct name name;
        char room[sizeof(struct name) + NAME_TOKENS_MAX * sizeof(struct token)];
    } again;
    const struct names_index *ix = s->ix;
    struct said said = said_at(ix, slot);
    const struct name *stored;
    int bits;

    if (slot < ix->base->names ? base_removed(ix, slot) : said.id == NONE)
        return;
    if (!kinds_meet(s->name->of, said.kind) || !suffices(s, &said, by))
        return;
    stored = name_again(ix, &said, &again.name);
    bits = ix->side == NAMES_LISTED ? names_compare(s->name, stored, NULL)
                                    : names_compare(stored, s->name, NULL);
    if (bits >= s->how.least)
        found(s, (struct names_found){said.id, bits});
}

/* ---- lists ---- */

/* Eight names at a time: gcc and clang make of it what the machine has. */
typedef uint32_t eight __attribute__((vector_size(32)));
typedef int32_t eight_sums __attribute__((vector_size(32)));

struct sieve {
    int sum;       /* what all names in the list may have */
    uint32_t must; /* signs without which a name is not meant */
    uint32_t n;
    uint32_t signs[NAME_TOKENS_MAX]; /* and what is added when one of these signs is there */
    int gain[NAME_TOKENS_MAX];
};

static bool passes(const struct sieve *v, uint32_t signs, int need)
{
    int sum = v->sum;

    for (uint32_t i = 0; i < v->n; i++)
        sum += signs & v->signs[i] ? v->gain[i] : 0;
    return sum >= need && (signs & v->must) == v->must;
}

static bool any_passes(const struct sieve *v, const uint32_t *signs, int need)
{
    eight here, zero = {0};
    eight_sums sum, enough;
    uint64_t any[4];

    memcpy(&here, signs, sizeof here);
    sum = (eight_sums)zero + v->sum;
    for (uint32_t i = 0; i < v->n; i++)
        sum += ((here & v->signs[i]) != zero) & v->gain[i];
    enough = sum >= need;
    memcpy(any, &enough, sizeof any);
    return any[0] | any[1] | any[2] | any[3];
}

static void read_list(struct search *s, const struct sieve *v, const struct known *by, struct posts l)
{
    uint32_t i = 0;

    for (; i + 8 <= l.n; i += 8) {
        if (!any_passes(v, l.signs + i, s->need))
            continue;
        for (uint32_t k = i; k < i + 8; k++)
            if (passes(v, l.signs[k], s->need))
                consider(s, l.slots[k], by);
    }
    for (; i < l.n; i++)
        if (passes(v, l.signs[i], s->need))
            consider(s, l.slots[i], by);
}

/* Whether the asked word agrees with `word`, or with a run that has it: its sign is not among those in its own list. */
static bool agrees(const struct search *s, uint32_t asked, uint32_t word)
{
    for (uint32_t at = known_place(s, word); s->known[at].ref != NONE; at = (at + 1) & s->mask)
        if (s->known[at].ref == word && s->known[at].asked == asked)
            return true;
    for (uint32_t r = 0; r < s->runs; r++) {
        const uint32_t *run = run_at(s->ix, s->run[r].ref);

        for (size_t i = 0; i < JOINED_MOST && s->run[r].asked == asked && run[i] != NONE; i++)
            if (run[i] == word)
                return true;
    }
    return false;
}

static void open_list(struct search *s, const struct known *by)
{
    const struct names_index *ix = s->ix;
    uint32_t lead = lead_of(ix, by->ref);
    struct sieve v = {.sum = s->initials + by->gain};
    struct posts p[2];

    for (uint32_t k = by->asked + 1; k < s->n; k++) {
        if (agrees(s, k, lead)) {
            v.sum += s->asked[k].most;
        } else {
            v.signs[v.n] = s->asked[k].signs;
            v.gain[v.n++] = s->asked[k].most;
        }
    }
    if (by->ref & RUN) {
        const uint32_t *run = run_at(ix, by->ref & ~RUN);

        for (size_t i = 0; i < JOINED_MOST && run[i] != NONE; i++)
            if (run[i] != lead)
                v.must |= word_signs(word_at(ix, run[i]));
    }
    posts_of(ix, lead, p);
    read_list(s, &v, by, p[0]);
    read_list(s, &v, by, p[1]);
}

static void open_lists(struct search *s)
{
    int behind = s->initials;

    for (uint32_t i = 0; i < s->n; i++)
        behind += s->asked[i].most;
    for (uint32_t i = 0; i < s->n && behind >= s->need; i++) {
        const struct asked *a = &s->asked[i];

        behind -= a->most;
        for (uint32_t m = a->from; m < a->to; m++) {
            struct match match = s->matches.m[m];

            if (match.gain + behind >= s->need)
                open_list(s, &(struct known){match.ref, i, match.gain});
        }
    }
}

/* Initials open no names: when they alone could suffice, every name is looked at. */
static void read_all(struct search *s)
{
    for (uint32_t i = 0; i < s->ix->base->names + s->ix->tail.names; i++)
        consider(s, i, NULL);
}

size_t names_index_search(const struct names_index *ix, const struct name *asked, struct names_search how,
                          struct names_found *out, uint64_t *beyond)
{
    struct search s;

    assert(how.least >= NAMES_MATCH / 2);
    s.ix = ix;
    s.name = asked;
    s.how = how;
    s.need = how.least - NAMES_BONUS_MOST;
    s.initials = 0;
    s.n = s.runs = 0;
    s.out = out;
    s.found = 0;
    s.beyond = 0;
    matches_init(&s.matches);
    ask(&s);
    weigh_asked(&s);
    know(&s);
    if (s.initials >= s.need)
        read_all(&s);
    else
        open_lists(&s);
    if (s.known != s.own_known)
        free(s.known);
    if (s.run != s.own_run)
        free(s.run);
    matches_free(&s.matches);
    qsort(out, s.found, sizeof *out, in_order);
    if (beyond)
        *beyond = s.beyond;
    return s.found;
}
