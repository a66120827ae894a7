/* index_tail.c: what was put since the image was made: the same tables, in a form that grows. */
#include "names/index_parts.h"

#include <assert.h>
#include <stdlib.h>

/* Room for n + 1 elements. */
static void *grown(void *p, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap)
        return p;
    *cap = *cap ? *cap + *cap / 2 : 64;
    return xrealloc(p, *cap * size);
}

void table_put(struct table *t, uint64_t key, uint32_t ref)
{
    uint32_t *head;

    if (t->n == t->cap) {
        uint32_t heads = t->cap ? (t->mask + 1) * 2 : 64;

        t->cap = heads;
        t->mask = heads - 1;
        t->cell = xrealloc(t->cell, t->cap * sizeof *t->cell);
        t->head = xrealloc(t->head, heads * sizeof *t->head);
        memset(t->head, 0xff, heads * sizeof *t->head);
        for (uint32_t c = 0; c < t->n; c++) {
            head = &t->head[(uint32_t)(t->cell[c].key >> 32) & t->mask];
            t->cell[c].next = *head;
            *head = c;
        }
    }
    head = &t->head[(uint32_t)(key >> 32) & t->mask];
    t->cell[t->n] = (struct cell){key, ref, *head};
    *head = t->n++;
}

void table_free(struct table *t)
{
    free(t->head);
    free(t->cell);
    *t = (struct table){0};
}

size_t table_bytes(const struct table *t)
{
    return t->cap * (sizeof *t->cell + sizeof *t->head);
}

static uint64_t id_key(uint32_t id)
{
    return (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);
}

uint32_t tail_find(const struct tail *t, uint32_t id)
{
    for (uint32_t c = table_first(&t->ids, id_key(id)); c != NONE; c = table_next(&t->ids, c))
        if (t->id[t->ids.cell[c].ref] == id)
            return t->ids.cell[c].ref;
    return NONE;
}

static uint32_t word_find(const struct names_index *ix, const struct token *word, uint64_t key)
{
    const struct keys *k = &ix->base->joins;
    const struct table *t = &ix->tail.joins;
    uint32_t b = key_bucket(key, k->buckets);

    for (uint32_t i = k->at[b]; i < k->at[b + 1]; i++)
        if (k->print[i] == (uint8_t)key && !(k->ref[i] & RUN) && word_same(word, word_at(ix, k->ref[i])))
            return k->ref[i];
    for (uint32_t c = table_first(t, key); c != NONE; c = table_next(t, c))
        if (!(t->cell[c].ref & RUN) && word_same(word, word_at(ix, t->cell[c].ref)))
            return t->cell[c].ref;
    return NONE;
}

static uint32_t word_number(struct names_index *ix, const struct token *said)
{
    struct tail *t = &ix->tail;
    struct token word = word_bare(said);
    uint64_t key = text_key(&word), keys[TOKEN_KEYS_MAX];
    uint32_t w = word_find(ix, &word, key), cap = t->words_cap;
    size_t n, near;

    if (w != NONE)
        return w;
    w = ix->base->words + t->words;
    t->word = grown(t->word, t->words, &t->words_cap, sizeof *t->word);
    if (cap != t->words_cap)
        t->list_of = xrealloc(t->list_of, t->words_cap * sizeof *t->list_of);
    t->word[t->words] = word;
    t->list_of[t->words++] = 0;
    table_put(&t->joins, key, w);
    if (word.bits && word.skeleton)
        table_put(&t->joins, join_key(&word), w);
    n = word_keys(&word, keys, &near);
    for (size_t i = 0; i < n; i++)
        table_put(&t->keys, keys[i], w);
    if (word_initial(&word)) {
        t->initial = grown(t->initial, t->initials, &t->initials_cap, sizeof *t->initial);
        t->initial[t->initials++] = w;
    }
    return w;
}

static bool run_known(const struct names_index *ix, const uint32_t run[JOINED_MOST], uint64_t key)
{
    const struct keys *k = &ix->base->joins;
    const struct table *t = &ix->tail.joins;
    uint32_t b = key_bucket(key, k->buckets);
    size_t size = JOINED_MOST * sizeof *run;

    for (uint32_t i = k->at[b]; i < k->at[b + 1]; i++)
        if (k->print[i] == (uint8_t)key && k->ref[i] & RUN &&
            memcmp(run_at(ix, k->ref[i] & ~RUN), run, size) == 0)
            return true;
    for (uint32_t c = table_first(t, key); c != NONE; c = table_next(t, c))
        if (t->cell[c].ref & RUN && memcmp(run_at(ix, t->cell[c].ref & ~RUN), run, size) == 0)
            return true;
    return false;
}

static void run_add(struct names_index *ix, const uint32_t run[JOINED_MOST])
{
    struct tail *t = &ix->tail;
    struct token joined;
    uint64_t key;

    if (!run_token(ix, run, &joined))
        return;
    key = join_key(&joined);
    if (run_known(ix, run, key))
        return;
    t->run = grown(t->run, t->runs, &t->runs_cap, JOINED_MOST * sizeof *t->run);
    memcpy(t->run + (size_t)t->runs * JOINED_MOST, run, JOINED_MOST * sizeof *run);
    table_put(&t->joins, key, RUN | (ix->base->runs + t->runs++));
}

static void list_add(struct names_index *ix, uint32_t w, uint32_t slot, uint32_t signs)
{
    struct tail *t = &ix->tail;
    uint32_t *of;
    struct list *l;

    if (t->list_of_base == NULL) {
        t->list_of_base = calloc((size_t)ix->base->words + 1, sizeof *t->list_of_base);
        if (t->list_of_base == NULL)
            abort();
    }
    if (t->lists == 0) {
        t->list = grown(t->list, t->lists, &t->lists_cap, sizeof *t->list);
        t->list[t->lists++] = (struct list){0};
    }
    of = w < ix->base->words ? &t->list_of_base[w] : &t->list_of[w - ix->base->words];
    if (*of == 0) {
        t->list = grown(t->list, t->lists, &t->lists_cap, sizeof *t->list);
        t->list[t->lists] = (struct list){0};
        *of = t->lists++;
    }
    l = &t->list[*of];
    if (l->n == l->cap) {
        uint32_t cap = l->cap ? l->cap * 2 : 2;

        l->slots = xrealloc(l->slots, 2 * (size_t)cap * sizeof *l->slots);
        memmove(l->slots + cap, l->slots + l->cap, l->n * sizeof *l->slots);
        t->list_bytes += 2 * (size_t)(cap - l->cap) * sizeof *l->slots;
        l->cap = cap;
    }
    l->slots[l->n] = slot;
    l->slots[l->cap + l->n++] = signs;
}

void tail_add(struct names_index *ix, uint32_t id, const struct name *n)
{
    struct tail *t = &ix->tail;
    uint32_t word[NAME_TOKENS_MAX], slot, cap = t->names_cap;

    for (size_t i = 0; i < n->n; i++)
        word[i] = word_number(ix, &n->token[i]);
    t->id = grown(t->id, t->names, &t->names_cap, sizeof *t->id);
    if (cap != t->names_cap) {
        t->first = xrealloc(t->first, t->names_cap * sizeof *t->first);
        t->kind = xrealloc(t->kind, t->names_cap);
    }
    t->id[t->names] = id;
    t->first[t->names] = t->said_n;
    t->kind[t->names] = name_kind(n);
    slot = ix->base->names + t->names;
    table_put(&t->ids, id_key(id), t->names++);
    for (size_t i = 0; i < n->n; i++) {
        t->said = grown(t->said, t->said_n, &t->said_cap, sizeof *t->said);
        t->said[t->said_n++] = word[i] << 2 | n->token[i].role;
    }
    for (size_t i = 0; i < n->n; i++) {
        uint32_t run[JOINED_MOST], signs = 0;
        bool again = false;

        for (size_t k = 0; k < n->n; k++) {
            again |= k < i && word[k] == word[i];
            if (word[k] != word[i])
                signs |= word_signs(&n->token[k]);
        }
        if (n->token[i].bits && !again)
            list_add(ix, word[i], slot, signs);
        memset(run, 0xff, sizeof run);
        run[0] = word[i];
        for (size_t k = 1; k < JOINED_MOST && i + k < n->n; k++) {
            run[k] = word[i + k];
            run_add(ix, run);
        }
    }
}

void tail_free(struct tail *t)
{
    for (uint32_t i = 0; i < t->lists; i++)
        free(t->list[i].slots);
    free(t->list);
    free(t->list_of);
    free(t->list_of_base);
    free(t->word);
    free(t->run);
    free(t->initial);
    free(t->id);
    free(t->first);
    free(t->kind);
    free(t->said);
    table_free(&t->keys);
    table_free(&t->joins);
    table_free(&t->ids);
    *t = (struct tail){0};
}

size_t tail_bytes(const struct tail *t, uint32_t base_words)
{
    return t->words_cap * (sizeof *t->word + sizeof *t->list_of) +
           t->runs_cap * JOINED_MOST * sizeof *t->run + t->initials_cap * sizeof *t->initial +
           table_bytes(&t->keys) + table_bytes(&t->joins) + table_bytes(&t->ids) +
           t->lists_cap * sizeof *t->list + (t->list_of_base ? base_words * sizeof *t->list_of_base : 0) +
           t->names_cap * (2 * sizeof *t->id + 1) + t->said_cap * sizeof *t->said + t->list_bytes;
}
