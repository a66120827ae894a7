/*
 * index_parts.h: what the files of the index share. See index.c for how it works.
 *
 * Words are numbered: those of the image from 0, those of the tail behind them. A name (a slot) likewise: those of
 * the image in the order of their ids, those of the tail behind them as they came.
 */
#ifndef PUENTE_NAMES_INDEX_PARTS_H
#define PUENTE_NAMES_INDEX_PARTS_H

#include "names/internal.h"

#define NONE UINT32_MAX
/* What agrees with an asked word is a word, or (with this bit) a run of neighbours that agree when written as one. */
#define RUN (UINT32_C(1) << 31)
/* A word of a stored name: its number and, in the two lowest bits, its role in this name. */
#define SAID_WORD(said) ((said) >> 2)
#define SAID_ROLE(said) ((said)&3)
#define WORDS_MOST      (UINT32_C(1) << 26) /* so that their keys are fewer than 2^32 */

/* ---- image: index_image.c builds it, index_file.c checks and maps it ---- */

enum section {
    IDS,    /* u32 a name: the caller's id, ascending */
    FIRST,  /* u32 a name and one more: where its words begin in SAID */
    KINDS,  /* u8 a name: name_kind() */
    SAID,   /* u32 a word of a name: number << 2 | role */
    WORDS,  /* struct token a distinct word, without place and role */
    POST,   /* u32 a word and one more: where its names begin in SLOTS and SIGNS */
    SLOTS,  /* u32: names that say the word, ascending */
    SIGNS,  /* u32: the signs of the other words of that name */
    KEY_AT, /* u32 a bucket and one more: where it begins in KEY_REF and KEY_PRINT: words by token_keys */
    KEY_REF,
    KEY_PRINT, /* u8: the lowest bits of the key */
    JOIN_AT,   /* the same for words and runs by join_key, and words by text_key */
    JOIN_REF,
    JOIN_PRINT,
    NEARS,    /* struct near a word */
    RUNS,     /* JOINED_MOST u32 a run: words, NONE behind the last */
    INITIALS, /* u32: words that are an initial */
    SECTIONS
};

struct image_head {
    char magic[8];
    char engine[24];
    uint32_t layout, token_size, joined_most, side;
    uint64_t mark, size, sum; /* sum: of all bytes, it being 0 */
    struct {
        uint64_t at, n;
    } section[SECTIONS];
};

struct keys { /* a hash table that never changes */
    const uint32_t *at, *ref;
    const uint8_t *print;
    uint32_t buckets;
};

struct image {
    struct image_head *head; /* the bytes; all else points into them */
    bool mapped;
    uint32_t names, words, runs, initials;
    const uint32_t *ids, *first, *said, *post, *slots, *signs, *run, *initial;
    const uint8_t *kinds;
    const struct token *word;
    const struct near *near;
    struct keys keys, joins;
};

struct names_index;
/* What is in the index now, as one image. Never fails. */
struct image *image_build(const struct names_index *ix, uint64_t mark);
/* An image of what is checked already; it owns the bytes. */
void image_view(struct image *im, struct image_head *head, bool mapped);
void image_free(struct image *im);
uint64_t image_sum(const struct image_head *h); /* of its `size` bytes, `sum` being 0 */
size_t section_size(enum section s);            /* bytes of an element */
void image_sign(struct image_head *h, enum names_side side, uint64_t mark,
                uint64_t size); /* magic and sizes */

static inline uint32_t key_bucket(uint64_t key, uint32_t buckets)
{
    return (uint32_t)(((key >> 32) * buckets) >> 32);
}

/* ---- tail: what came since, index_tail.c ---- */

struct table { /* u64 -> many u32 */
    uint32_t *head;
    struct cell {
        uint64_t key;
        uint32_t ref, next;
    } * cell;
    uint32_t n, cap, mask;
};
void table_put(struct table *t, uint64_t key, uint32_t ref);
void table_free(struct table *t);
size_t table_bytes(const struct table *t);
/* for (uint32_t c = table_first(t, key); c != NONE; c = table_next(t, c)) ... t->cell[c].ref */
static inline uint32_t table_from(const struct table *t, uint32_t c, uint64_t key)
{
    while (c != NONE && t->cell[c].key != key)
        c = t->cell[c].next;
    return c;
}
static inline uint32_t table_first(const struct table *t, uint64_t key)
{
    return t->n ? table_from(t, t->head[(uint32_t)(key >> 32) & t->mask], key) : NONE;
}
static inline uint32_t table_next(const struct table *t, uint32_t c)
{
    return table_from(t, t->cell[c].next, t->cell[c].key);
}

struct list { /* names that say a word: n slots and, from `cap` on, their signs */
    uint32_t *slots;
    uint32_t n, cap;
};

struct tail {
    struct token *word;
    uint32_t words, words_cap;
    uint32_t *run; /* as RUNS, words numbered over image and tail */
    uint32_t runs, runs_cap;
    uint32_t *initial;
    uint32_t initials, initials_cap;
    struct table keys, joins, ids;
    struct list *list; /* the first is empty */
    uint32_t lists, lists_cap;
    uint32_t *list_of_base,
        *list_of; /* a word's list, or 0: of the image's words (NULL: none yet), of the tail's */
    uint32_t names, names_cap, dead;
    uint32_t *id, *first; /* id NONE: removed */
    uint8_t *kind;
    uint32_t *said;
    uint32_t said_n, said_cap;
    size_t list_bytes;
};
void tail_add(struct names_index *ix, uint32_t id, const struct name *n);
void tail_free(struct tail *t);
size_t tail_bytes(const struct tail *t, uint32_t base_words);
/* The tail's slot with this id, or NONE. */
uint32_t tail_find(const struct tail *t, uint32_t id);

/* ---- memo: words that agree with an asked one, index_match.c ---- */

struct match {
    uint32_t ref; /* a word, or RUN | number of a run */
    uint16_t gain;
    uint8_t sign; /* of the word, or of a word of the run: its number */
};
struct matches { /* grows beyond its own room when it must */
    struct match *m;
    uint32_t n, cap;
    struct match own[480];
};
void matches_init(struct matches *m);
void matches_free(struct matches *m);

struct memo;
struct memo *memo_new(size_t names);
void memo_free(struct memo *m);
size_t memo_bytes(struct memo *m);
/* Appends what agrees with the asked word (not an initial). */
void match_word(const struct names_index *ix, const struct token *t, struct matches *out);
/* The same for several written as one; what is among the matches from `from` on already keeps the larger gain. */
void match_joined(const struct names_index *ix, const struct token *joined, uint32_t from,
                  struct matches *out);

/* ---- the index ---- */

struct names_index {
    enum names_side side;
    struct image *base;
    uint64_t *removed; /* a bit a name of the image; NULL: none yet */
    uint32_t removals;
    struct tail tail;
    struct memo *memo;
};

static inline bool base_removed(const struct names_index *ix, uint32_t slot)
{
    return ix->removed && ix->removed[slot / 64] >> (slot % 64) & 1;
}

static inline const struct token *word_at(const struct names_index *ix, uint32_t w)
{
    return w < ix->base->words ? &ix->base->word[w] : &ix->tail.word[w - ix->base->words];
}

static inline const uint32_t *run_at(const struct names_index *ix, uint32_t run)
{
    return run < ix->base->runs ? ix->base->run + (size_t)run * JOINED_MOST
                                : ix->tail.run + (size_t)(run - ix->base->runs) * JOINED_MOST;
}

struct said { /* a stored name */
    uint32_t id;
    uint8_t kind, n;
    const uint32_t *word;
};
static inline struct said said_at(const struct names_index *ix, uint32_t slot)
{
    const struct image *b = ix->base;
    const struct tail *t = &ix->tail;
    uint32_t k = slot - b->names;

    if (slot < b->names)
        return (struct said){b->ids[slot], b->kinds[slot], (uint8_t)(b->first[slot + 1] - b->first[slot]),
                             b->said + b->first[slot]};
    return (struct said){t->id[k], t->kind[k],
                         (uint8_t)((k + 1 < t->names ? t->first[k + 1] : t->said_n) - t->first[k]),
                         t->said + t->first[k]};
}

/* ---- words ---- */

/* One and the same word, wherever it stands. */
bool word_same(const struct token *a, const struct token *b);
/* A copy without place and role, and with nothing behind its end. */
struct token word_bare(const struct token *t);
uint64_t text_key(const struct token *t);
/* Equal for all that may agree when written as one (internal.h, rule 2). */
uint64_t join_key(const struct token *t);
/* token_keys; none for what is not found by keys: an initial, a word that gains nothing. */
size_t word_keys(const struct token *t, uint64_t out[TOKEN_KEYS_MAX], size_t *near);
/* The words of a run as one; false when they cannot agree with anything. */
bool run_token(const struct names_index *ix, const uint32_t run[JOINED_MOST], struct token *out);
/* Whether it is found by its letter. */
static inline bool word_initial(const struct token *t)
{
    return t->class == TOKEN_INITIAL && t->bits != 0;
}
/* Which of the 32 signs a word has that can gain anything. */
uint8_t word_sign(const struct token *t);
static inline uint32_t word_signs(const struct token *t)
{
    return t->bits ? UINT32_C(1) << word_sign(t) : 0;
}

/* What it is of, as given and as taken for. */
static inline uint8_t name_kind(const struct name *n)
{
    return (uint8_t)(n->of | n->taken << 4);
}

#endif
