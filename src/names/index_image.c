/*
 * index_image.c: what is in the index as one block of bytes without pointers: see enum section. Made anew from image
 * and tail together when the tail has grown, and written as it is by names_index_save.
 */
#include "names/index_parts.h"

#include <assert.h>
#include <stdlib.h>

struct slot_of {
    uint32_t id, slot;
};

struct build {
    const struct names_index *ix;
    struct slot_of *live; /* by id */
    uint32_t *number;     /* new number of a word, or NONE */
    uint32_t *old;        /* and its old one */
    uint32_t *run;        /* JOINED_MOST old words a run */
    uint32_t *run_set;    /* open addressing over `run`: number + 1 */
    uint64_t *run_key;
    uint32_t runs, run_mask;
    uint64_t n[SECTIONS];
};

size_t section_size(enum section s)
{
    switch (s) {
    case KINDS:
    case KEY_PRINT:
    case JOIN_PRINT:
        return 1;
    case WORDS:
        return sizeof(struct token);
    case NEARS:
        return sizeof(struct near);
    case RUNS:
        return JOINED_MOST * sizeof(uint32_t);
    case IDS:
    case FIRST:
    case SAID:
    case POST:
    case SLOTS:
    case SIGNS:
    case KEY_AT:
    case KEY_REF:
    case JOIN_AT:
    case JOIN_REF:
    case INITIALS:
    case SECTIONS:
        return sizeof(uint32_t);
    }
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const struct slot_of *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* The names that stand, by id: those of the image are in order already. */
static void gather_names(struct build *b)
{
    const struct names_index *ix = b->ix;
    const struct tail *t = &ix->tail;
    struct slot_of *late = xmalloc((t->names + 1) * sizeof *late);
    size_t n = 0, k = 0, m = 0;

    for (uint32_t i = 0; i < t->names; i++)
        if (t->id[i] != NONE)
            late[n++] = (struct slot_of){t->id[i], ix->base->names + i};
    qsort(late, n, sizeof *late, by_id);
    b->live = xmalloc((ix->base->names + n + 1) * sizeof *b->live);
    for (uint32_t i = 0; i < ix->base->names; i++) {
        if (base_removed(ix, i))
            continue;
        for (; k < n && late[k].id < ix->base->ids[i]; k++)
            b->live[m++] = late[k];
        b->live[m++] = (struct slot_of){ix->base->ids[i], i};
    }
    for (; k < n; k++)
        b->live[m++] = late[k];
    free(late);
    b->n[IDS] = b->n[KINDS] = m;
    b->n[FIRST] = m + 1;
}

static uint32_t *run_place(const struct build *b, const uint32_t *run)
{
    uint64_t h = 0;
    uint32_t at;

    for (size_t i = 0; i < JOINED_MOST; i++)
        h = (h ^ run[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ h >> 29;
    for (at = (uint32_t)(h >> 32) & b->run_mask; b->run_set[at]; at = (at + 1) & b->run_mask)
        if (memcmp(b->run + (size_t)(b->run_set[at] - 1) * JOINED_MOST, run, JOINED_MOST * sizeof *run) ==
            0)
            break;
    return &b->run_set[at];
}

static void run_add(struct build *b, const uint32_t *run)
{
    uint32_t *place = run_place(b, run);

    if (*place)
        return;
    if (b->runs == b->run_mask / 2) {
        b->run_mask = b->run_mask * 2 + 1;
        b->run = xrealloc(b->run, ((size_t)b->run_mask / 2 + 1) * JOINED_MOST * sizeof *b->run);
        free(b->run_set);
        b->run_set = xmalloc(((size_t)b->run_mask + 1) * sizeof *b->run_set);
        memset(b->run_set, 0, ((size_t)b->run_mask + 1) * sizeof *b->run_set);
        for (uint32_t i = 0; i < b->runs; i++)
            *run_place(b, b->run + (size_t)i * JOINED_MOST) = i + 1;
        place = run_place(b, run);
    }
    memcpy(b->run + (size_t)b->runs * JOINED_MOST, run, JOINED_MOST * sizeof *run);
    *place = ++b->runs;
}

/* Numbers the words in use, finds the runs, counts what goes into some sections. */
static void gather_words(struct build *b)
{
    size_t all = (size_t)b->ix->base->words + b->ix->tail.words;

    b->number = xmalloc((all + 1) * sizeof *b->number);
    memset(b->number, 0xff, (all + 1) * sizeof *b->number);
    b->old = xmalloc((all + 1) * sizeof *b->old);
    b->run_mask = 127;
    b->run = xmalloc(64 * JOINED_MOST * sizeof *b->run);
    b->run_set = xmalloc(128 * sizeof *b->run_set);
    memset(b->run_set, 0, 128 * sizeof *b->run_set);
    for (uint64_t i = 0; i < b->n[IDS]; i++) {
        struct said name = said_at(b->ix, b->live[i].slot);

        for (size_t k = 0; k < name.n; k++) {
            uint32_t w = SAID_WORD(name.word[k]), run[JOINED_MOST];

            if (b->number[w] == NONE) {
                b->number[w] = (uint32_t)b->n[WORDS];
                b->old[b->n[WORDS]++] = w;
            }
            memset(run, 0xff, sizeof run);
            run[0] = w;
            for (size_t j = 1; j < JOINED_MOST && k + j < name.n; j++) {
                run[j] = SAID_WORD(name.word[k + j]);
                run_add(b, run);
            }
        }
        b->n[SAID] += name.n;
    }
    b->n[POST] = b->n[WORDS] + 1;
    b->n[NEARS] = b->n[WORDS];
}

/* Keeps the runs that can agree with anything, and makes their keys. */
static void judge_runs(struct build *b)
{
    uint32_t kept = 0;

    free(b->run_set);
    b->run_set = NULL;
    b->run_key = xmalloc(((size_t)b->runs + 1) * sizeof *b->run_key);
    for (uint32_t i = 0; i < b->runs; i++) {
        const uint32_t *run = b->run + (size_t)i * JOINED_MOST;
        struct token joined;

        if (!run_token(b->ix, run, &joined))
            continue;
        b->run_key[kept] = join_key(&joined);
        memmove(b->run + (size_t)kept++ * JOINED_MOST, run, JOINED_MOST * sizeof *run);
    }
    b->runs = kept;
    b->n[RUNS] = kept;
}

/* ---- the tables: each is counted first, then filled ---- */

struct fill {
    uint32_t *at;          /* counted into, then where the next one of a bucket goes */
    uint32_t *ref, *signs; /* NULL while counting */
    uint8_t *print;
    uint32_t buckets;
};

static void fill_posts(const struct build *b, struct fill *f)
{
    for (uint32_t i = 0; i < b->n[IDS]; i++) {
        struct said name = said_at(b->ix, b->live[i].slot);
        uint32_t sign[NAME_TOKENS_MAX];

        for (size_t k = 0; k < name.n; k++)
            sign[k] = word_signs(word_at(b->ix, SAID_WORD(name.word[k])));
        for (size_t k = 0; k < name.n; k++) {
            uint32_t w = SAID_WORD(name.word[k]), others = 0, to;
            bool again = false;

            for (size_t j = 0; j < name.n; j++) {
                again |= j < k && SAID_WORD(name.word[j]) == w;
                if (SAID_WORD(name.word[j]) != w)
                    others |= sign[j];
            }
            if (sign[k] == 0 || again)
                continue;
            to = f->at[b->number[w]]++;
            if (f->ref) {
                f->ref[to] = i;
                f->signs[to] = others;
            }
        }
    }
}

static void fill_one(struct fill *f, uint64_t key, uint32_t ref)
{
    uint32_t to = f->at[key_bucket(key, f->buckets)]++;

    if (f->ref) {
        f->ref[to] = ref;
        f->print[to] = (uint8_t)key;
    }
}

static void fill_keys(const struct build *b, struct fill *f)
{
    uint64_t key[TOKEN_KEYS_MAX];

    for (uint32_t w = 0; w < b->n[WORDS]; w++) {
        size_t near, n = word_keys(word_at(b->ix, b->old[w]), key, &near);

        for (size_t i = 0; i < n; i++)
            fill_one(f, key[i], w);
    }
}

static void fill_joins(const struct build *b, struct fill *f)
{
    for (uint32_t w = 0; w < b->n[WORDS]; w++) {
        const struct token *t = word_at(b->ix, b->old[w]);

        fill_one(f, text_key(t), w);
        if (t->bits && t->skeleton)
            fill_one(f, join_key(t), w);
    }
    for (uint32_t i = 0; i < b->runs; i++)
        fill_one(f, b->run_key[i], RUN | i);
}

typedef void fill_fn(const struct build *b, struct fill *f);

/* Where each bucket begins, and behind the last one the sum. */
static uint32_t *counted(const struct build *b, fill_fn *fill, uint32_t buckets, uint64_t *sum)
{
    struct fill f = {.at = xmalloc(((size_t)buckets + 1) * sizeof *f.at), .buckets = buckets};
    uint32_t before = 0;

    memset(f.at, 0, ((size_t)buckets + 1) * sizeof *f.at);
    fill(b, &f);
    for (uint32_t i = 0; i <= buckets; i++) {
        uint32_t here = f.at[i];

        f.at[i] = before;
        before += here;
    }
    *sum = before;
    return f.at;
}

static void *section_of(struct image_head *h, enum section s)
{
    return (char *)h + h->section[s].at;
}

/* An image with room for all sections, zeroed. */
static struct image_head *room_for(const struct build *b, uint64_t mark)
{
    uint64_t size = sizeof(struct image_head), at[SECTIONS];
    struct image_head *h;

    for (int s = 0; s < SECTIONS; s++) {
        size = (size + 63) & ~UINT64_C(63);
        at[s] = size;
        size += b->n[s] * section_size((enum section)s);
    }
    size = (size + 63) & ~UINT64_C(63);
    h = xmalloc(size);
    memset(h, 0, size);
    image_sign(h, b->ix->side, mark, size);
    for (int s = 0; s < SECTIONS; s++) {
        h->section[s].at = at[s];
        h->section[s].n = b->n[s];
    }
    return h;
}

static void copy_names(const struct build *b, struct image_head *h)
{
    uint32_t *ids = section_of(h, IDS), *first = section_of(h, FIRST), *said = section_of(h, SAID), n = 0;
    uint8_t *kinds = section_of(h, KINDS);

    for (uint64_t i = 0; i < b->n[IDS]; i++) {
        struct said name = said_at(b->ix, b->live[i].slot);

        ids[i] = name.id;
        kinds[i] = name.kind;
        first[i] = n;
        for (size_t k = 0; k < name.n; k++)
            said[n++] = b->number[SAID_WORD(name.word[k])] << 2 | SAID_ROLE(name.word[k]);
    }
    first[b->n[IDS]] = n;
}

static void copy_words(const struct build *b, struct image_head *h)
{
    struct token *word = section_of(h, WORDS);
    struct near *near = section_of(h, NEARS);
    uint32_t *run = section_of(h, RUNS), *initial = section_of(h, INITIALS);

    for (uint32_t w = 0; w < b->n[WORDS]; w++) {
        word[w] = *word_at(b->ix, b->old[w]);
        near[w] = near_of(&word[w]);
        if (word_initial(&word[w]))
            *initial++ = w;
    }
    for (size_t i = 0; i < (size_t)b->runs * JOINED_MOST; i++)
        run[i] = b->run[i] == NONE ? NONE : b->number[b->run[i]];
}

static void copy_table(const struct build *b, struct image_head *h, enum section at, fill_fn *fill,
                       uint32_t *begins)
{
    struct fill f = {.at = begins,
                     .ref = section_of(h, at + 1),
                     .signs = section_of(h, at + 2),
                     .print = section_of(h, at + 2),
                     .buckets = (uint32_t)(b->n[at] - 1)};

    memcpy(section_of(h, at), begins, b->n[at] * sizeof *begins);
    fill(b, &f);
    free(begins);
}

struct image *image_build(const struct names_index *ix, uint64_t mark)
{
    struct build b = {.ix = ix};
    struct image *im = xmalloc(sizeof *im);
    struct image_head *h;
    uint32_t *posts, *keys, *joins;

    gather_names(&b);
    gather_words(&b);
    judge_runs(&b);
    b.n[KEY_AT] = b.n[WORDS] * 4 + 2;
    b.n[JOIN_AT] = (b.n[WORDS] * 2 + b.runs) / 3 + 2;
    posts = counted(&b, fill_posts, (uint32_t)b.n[WORDS], &b.n[SLOTS]);
    keys = counted(&b, fill_keys, (uint32_t)b.n[KEY_AT] - 1, &b.n[KEY_REF]);
    joins = counted(&b, fill_joins, (uint32_t)b.n[JOIN_AT] - 1, &b.n[JOIN_REF]);
    b.n[SIGNS] = b.n[SLOTS];
    b.n[KEY_PRINT] = b.n[KEY_REF];
    b.n[JOIN_PRINT] = b.n[JOIN_REF];
    for (uint32_t w = 0; w < b.n[WORDS]; w++)
        b.n[INITIALS] += word_initial(word_at(ix, b.old[w]));
    h = room_for(&b, mark);
    copy_names(&b, h);
    copy_words(&b, h);
    copy_table(&b, h, POST, fill_posts, posts);
    copy_table(&b, h, KEY_AT, fill_keys, keys);
    copy_table(&b, h, JOIN_AT, fill_joins, joins);
    free(b.live);
    free(b.number);
    free(b.old);
    free(b.run);
    free(b.run_key);
    image_view(im, h, false);
    return im;
}
