/*
 * index_match.c: which words of the index agree with an asked one, and with how much.
 *
 * Names repeat their words: what was found for a word is remembered (memo), and grows by what the tail has got since.
 * An entry holds for one image: a merge begins a new memo. The memo is a table of fixed size, in shards with a lock
 * each; a newcomer takes the place of whoever is there.
 */
#include "names/index_parts.h"

#include <pthread.h>
#include <stdlib.h>

/* ---- matches ---- */

void matches_init(struct matches *m)
{
    m->m = m->own;
    m->n = 0;
    m->cap = COUNT(m->own);
}

void matches_free(struct matches *m)
{
    if (m->m != m->own)
        free(m->m);
}

static void matches_add(struct matches *m, const struct match *more, uint32_t n)
{
    if (m->cap - m->n < n) {
        struct match *old = m->m == m->own ? NULL : m->m;

        m->cap = m->cap * 2 + n;
        m->m = xrealloc(old, m->cap * sizeof *m->m);
        if (old == NULL)
            memcpy(m->m, m->own, m->n * sizeof *m->m);
    }
    memcpy(m->m + m->n, more, n * sizeof *more);
    m->n += n;
}

static void weigh(const struct token *t, const struct token *other, struct match m, struct matches *out)
{
    int gain = token_gain(t, other, NULL);

    if (gain <= 0)
        return;
    m.gain = (uint16_t)gain;
    matches_add(out, &m, 1);
}

static void weigh_word(const struct names_index *ix, const struct token *t, uint32_t w, struct matches *out)
{
    const struct token *word = word_at(ix, w);

    weigh(t, word, (struct match){.ref = w, .sign = word_sign(word)}, out);
}

/* ---- words by key, each once ---- */

struct seen { /* open addressing; grows */
    uint32_t *set, n, mask;
    uint32_t own[256];
};

static void seen_init(struct seen *s)
{
    s->set = s->own;
    s->n = 0;
    s->mask = COUNT(s->own) - 1;
    memset(s->own, 0xff, sizeof s->own);
}

static void seen_free(struct seen *s)
{
    if (s->set != s->own)
        free(s->set);
}

static bool seen_add(struct seen *s, uint32_t w)
{
    uint32_t at = (w * UINT32_C(0x9e3779b1)) >> 8 & s->mask;

    for (; s->set[at] != NONE; at = (at + 1) & s->mask)
        if (s->set[at] == w)
            return false;
    s->set[at] = w;
    if (++s->n > s->mask / 2) {
        uint32_t *old = s->set, size = s->mask + 1;

        s->mask = size * 4 - 1;
        s->set = xmalloc((size_t)size * 4 * sizeof *s->set);
        memset(s->set, 0xff, (size_t)size * 4 * sizeof *s->set);
        s->n = 0;
        for (uint32_t i = 0; i < size; i++)
            if (old[i] != NONE)
                seen_add(s, old[i]);
        if (old != s->own)
            free(old);
    }
    return true;
}

static void match_base(const struct names_index *ix, const struct token *t, struct matches *out)
{
    const struct image *im = ix->base;
    uint64_t key[TOKEN_KEYS_MAX];
    size_t from, n = word_keys(t, key, &from);
    struct seen seen;
    struct near near = near_of(t);

    seen_init(&seen);
    for (size_t i = 0; i < n; i++) {
        uint32_t b = key_bucket(key[i], im->keys.buckets);
        bool sure = i < from;

        for (uint32_t k = im->keys.at[b]; k < im->keys.at[b + 1]; k++) {
            uint32_t w = im->keys.ref[k];

            if (im->keys.print[k] == (uint8_t)key[i] && (sure || near_enough(&near, &im->near[w])) &&
                seen_add(&seen, w))
                weigh_word(ix, t, w, out);
        }
    }
    for (uint32_t i = 0; i < im->initials; i++)
        if (im->word[im->initial[i]].text[0] == t->text[0])
            weigh_word(ix, t, im->initial[i], out);
    seen_free(&seen);
}

/* Only words of the tail from number `words` on. */
static void match_tail(const struct names_index *ix, const struct token *t, uint32_t words,
                       struct matches *out)
{
    const struct tail *tail = &ix->tail;
    uint64_t key[TOKEN_KEYS_MAX];
    size_t from, n = word_keys(t, key, &from);
    struct seen seen;

    seen_init(&seen);
    for (size_t i = 0; i < n; i++)
        for (uint32_t c = table_first(&tail->keys, key[i]); c != NONE; c = table_next(&tail->keys, c))
            if (tail->keys.cell[c].ref >= words && seen_add(&seen, tail->keys.cell[c].ref))
                weigh_word(ix, t, tail->keys.cell[c].ref, out);
    for (uint32_t i = 0; i < tail->initials; i++)
        if (tail->initial[i] >= words && word_at(ix, tail->initial[i])->text[0] == t->text[0])
            weigh_word(ix, t, tail->initial[i], out);
    seen_free(&seen);
}

/* Runs that agree with the word `t` (run), or words that agree with a run written as `t`. */
static void weigh_join(const struct names_index *ix, const struct token *t, uint32_t ref,
                       struct matches *out)
{
    struct match m = {.ref = ref};
    const uint32_t *run;
    struct token joined;

    if (!(ref & RUN)) {
        weigh_word(ix, t, ref, out);
        return;
    }
    run = run_at(ix, ref & ~RUN);
    if (!run_token(ix, run, &joined))
        return;
    while (word_at(ix, *run)->bits == 0)
        run++;
    m.sign = word_sign(word_at(ix, *run));
    weigh(t, &joined, m, out);
}

static void match_base_join(const struct names_index *ix, const struct token *t, bool run,
                            struct matches *out)
{
    const struct keys *k = &ix->base->joins;
    uint64_t key = join_key(t);
    uint32_t b = key_bucket(key, k->buckets);

    for (uint32_t i = k->at[b]; i < k->at[b + 1]; i++)
        if (k->print[i] == (uint8_t)key && (k->ref[i] & RUN) == (run ? RUN : 0))
            weigh_join(ix, t, k->ref[i], out);
}

/* Only runs from number `runs` on. */
static void match_tail_join(const struct names_index *ix, const struct token *t, bool run, uint32_t runs,
                            struct matches *out)
{
    const struct table *k = &ix->tail.joins;
    uint64_t key = join_key(t);

    for (uint32_t c = table_first(k, key); c != NONE; c = table_next(k, c)) {
        uint32_t ref = k->cell[c].ref;

        if (run ? (ref & RUN) && (ref & ~RUN) >= runs : !(ref & RUN))
            weigh_join(ix, t, ref, out);
    }
}

void match_joined(const struct names_index *ix, const struct token *joined, uint32_t from,
                  struct matches *out)
{
    struct matches found;

    matches_init(&found);
    match_base_join(ix, joined, false, &found);
    match_tail_join(ix, joined, false, 0, &found);
    for (uint32_t i = 0; i < found.n; i++) {
        uint32_t k = from;

        while (k < out->n && out->m[k].ref != found.m[i].ref)
            k++;
        if (k == out->n)
            matches_add(out, &found.m[i], 1);
        else if (out->m[k].gain < found.m[i].gain)
            out->m[k].gain = found.m[i].gain;
    }
    matches_free(&found);
}

/* ---- memo ---- */

enum {
    SHARDS = 16,
    WAYS = 4,          /* entries of one set; the one asked for the longest ago goes */
    ENTRY_MOST = 4096, /* matches; a word with more is looked up each time */
    SETS_LEAST = 16,   /* a shard */
    SETS_MOST = 4096,
};

struct remembered {
    uint32_t words, runs; /* of the index that it was compared with */
    uint32_t n;
    uint16_t bits, lift, flags, canon, kin[4];
    uint8_t class, letters;
    struct match m[]; /* n of them, then the letters */
};

struct memo {
    uint32_t sets; /* a shard */
    struct shard {
        pthread_mutex_t lock;
        struct remembered *(*set)[WAYS];
        size_t bytes;
    } shard[SHARDS];
};

struct memo *memo_new(size_t names)
{
    struct memo *m = xmalloc(sizeof *m);
    size_t sets = names / 4 * 5 / SHARDS / WAYS;

    m->sets = (uint32_t)(sets < SETS_LEAST ? SETS_LEAST : sets > SETS_MOST ? SETS_MOST : sets);
    for (size_t i = 0; i < SHARDS; i++) {
        struct shard *s = &m->shard[i];

        pthread_mutex_init(&s->lock, NULL);
        s->bytes = m->sets * sizeof *s->set;
        s->set = xmalloc(s->bytes);
        memset(s->set, 0, s->bytes);
    }
    return m;
}

void memo_free(struct memo *m)
{
    for (size_t i = 0; i < SHARDS; i++) {
        for (uint32_t k = 0; k < m->sets; k++)
            for (size_t w = 0; w < WAYS; w++)
                free(m->shard[i].set[k][w]);
        free(m->shard[i].set);
        pthread_mutex_destroy(&m->shard[i].lock);
    }
    free(m);
}

size_t memo_bytes(struct memo *m)
{
    size_t n = sizeof *m;

    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_lock(&m->shard[i].lock);
        n += m->shard[i].bytes;
        pthread_mutex_unlock(&m->shard[i].lock);
    }
    return n;
}

static size_t remembered_size(const struct remembered *r)
{
    return sizeof *r + r->n * sizeof *r->m + r->letters;
}

static bool is_of(const struct remembered *r, const struct token *t)
{
    return r->letters == t->n && r->class == t->class && r->bits == t->bits && r->lift == t->lift &&
           r->flags == t->flags && r->canon == t->canon && memcmp(r->kin, t->kin, sizeof r->kin) == 0 &&
           memcmp(r->m + r->n, t->text, t->n) == 0;
}

/* The entry of the word, as the first of its set; NULL: none. */
static struct remembered *recall(struct remembered **set, const struct token *t)
{
    for (size_t w = 0; w < WAYS && set[w]; w++)
        if (is_of(set[w], t)) {
            struct remembered *r = set[w];

            memmove(set + 1, set, w * sizeof *set);
            return set[0] = r;
        }
    return NULL;
}

static void remember(struct shard *s, struct remembered **set, const struct token *t,
                     const struct remembered *head, const struct match *m)
{
    struct remembered *old = recall(set, t), *made = xmalloc(remembered_size(head));
    size_t last = 0;

    if (old == NULL) {
        last = WAYS - 1;
        old = set[last];
    }
    if (old) {
        s->bytes -= remembered_size(old);
        free(old);
    }
    memmove(set + 1, set, last * sizeof *set);
    *made = *head;
    memcpy(made->m, m, head->n * sizeof *m);
    memcpy(made->m + head->n, t->text, t->n);
    s->bytes += remembered_size(made);
    set[0] = made;
}

void match_word(const struct names_index *ix, const struct token *t, struct matches *out)
{
    struct remembered now = {.words = ix->base->words + ix->tail.words,
                             .runs = ix->base->runs + ix->tail.runs,
                             .bits = t->bits,
                             .lift = t->lift,
                             .flags = t->flags,
                             .canon = t->canon,
                             .kin = {t->kin[0], t->kin[1], t->kin[2], t->kin[3]},
                             .class = t->class,
                             .letters = t->n};
    uint64_t key = text_key(t);
    struct shard *s = &ix->memo->shard[key % SHARDS];
    struct remembered **set = s->set[key_bucket(key, ix->memo->sets)], *known;
    uint32_t from = out->n, words = 0, runs = 0;

    pthread_mutex_lock(&s->lock);
    known = recall(set, t);
    if (known) {
        matches_add(out, known->m, known->n);
        words = known->words;
        runs = known->runs;
    }
    pthread_mutex_unlock(&s->lock);
    if (words == now.words && runs == now.runs)
        return;
    if (words == 0) {
        match_base(ix, t, out);
        match_base_join(ix, t, true, out);
        words = ix->base->words;
        runs = ix->base->runs;
    }
    match_tail(ix, t, words, out);
    match_tail_join(ix, t, true, runs, out);
    now.n = out->n - from;
    if (now.n > ENTRY_MOST)
        return;
    pthread_mutex_lock(&s->lock);
    remember(s, set, t, &now, out->m + from);
    pthread_mutex_unlock(&s->lock);
}
