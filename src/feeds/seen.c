/*
 * seen.c: a hash table of 16 bytes a row, open addressing; beyond its limit later rows are no longer remembered.
 */
#include "feeds/seen.h"

#include "base/crypto.h"

#include <stdlib.h>

#define SEEN_FIRST ((size_t)1 << 12)

static struct seen_row *place_of(const struct seen_rows *m, uint64_t key)
{
    size_t i = (size_t)key & (m->cap - 1);

    while (m->at[i].key && m->at[i].key != key)
        i = (i + 1) & (m->cap - 1);
    return &m->at[i];
}

static void grow(struct seen_rows *m)
{
    struct seen_rows old = *m;

    m->cap = old.cap ? old.cap * 2 : SEEN_FIRST;
    m->at = calloc(m->cap, sizeof *m->at);
    if (!m->at)
        abort();
    for (size_t i = 0; i < old.cap; i++)
        if (old.at[i].key)
            *place_of(m, old.at[i].key) = old.at[i];
    free(old.at);
}

const struct seen_row *seen_before(struct seen_rows *m, const struct seen_row *row)
{
    struct seen_row *s;

    if (m->n >= m->cap / 4 * 3 && m->n < SEEN_MAX)
        grow(m);
    s = place_of(m, row->key);
    if (s->key)
        return s;
    if (m->n < SEEN_MAX) {
        *s = *row;
        m->n++;
    }
    return NULL;
}

uint64_t seen_hash(const struct str *parts, size_t n)
{
    uint8_t h[HASH_SIZE];
    uint64_t key;

    sha256(h, parts, n);
    memcpy(&key, h, sizeof key);
    return key ? key : 1;
}

void seen_free(struct seen_rows *m)
{
    free(m->at);
    *m = (struct seen_rows){.at = NULL};
}
