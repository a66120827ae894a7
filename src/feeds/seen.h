/*
 * feeds/seen.h: rows that were read before, to name the ones that say the same again or something else.
 */
#ifndef PUENTE_FEEDS_SEEN_H
#define PUENTE_FEEDS_SEEN_H

#include "base/base.h"

#define SEEN_MAX ((size_t)3 << 19) /* rows compared with later ones: with 2^21 places of 16 bytes, 32 MiB */

struct seen_row {
    uint64_t key;   /* of what tells rows apart; 0 = free */
    uint32_t line;  /* of the first such row */
    uint32_t value; /* hash of its figures */
};

struct seen_rows {
    struct seen_row *at;
    size_t cap, n;
};

/* The row seen before with this key; NULL when it is new, and then it is remembered. */
const struct seen_row *seen_before(struct seen_rows *m, const struct seen_row *row);
void seen_free(struct seen_rows *m);
/* Never 0. */
uint64_t seen_hash(const struct str *parts, size_t n);

#endif
