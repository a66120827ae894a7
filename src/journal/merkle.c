/* merkle.c: see merkle.h. Numbers of steps in the verifiers are those of RFC 9162. */
#include "journal/merkle.h"

#include <assert.h>

void merkle_leaf(uint8_t out[HASH_SIZE], struct str data)
{
    const struct str parts[] = {S("\x00"), data};
    sha256(out, parts, COUNT(parts));
}

void merkle_node(uint8_t out[HASH_SIZE], const uint8_t left[HASH_SIZE], const uint8_t right[HASH_SIZE])
{
    uint8_t block[1 + 2 * HASH_SIZE] = {1};

    memcpy(block + 1, left, HASH_SIZE);
    memcpy(block + 1 + HASH_SIZE, right, HASH_SIZE);
    sha256_one(out, str_n(block, sizeof block));
}

int merkle_push(struct merkle *m, const uint8_t leaf[HASH_SIZE], merkle_done *done, void *arg)
{
    uint8_t now[HASH_SIZE];
    unsigned h = 0;
    int rc = 0;

    assert(m->size < (UINT64_C(1) << MERKLE_HEIGHT) - 1);
    memcpy(now, leaf, HASH_SIZE);
    for (;; h++) {
        if (done && (rc = done(arg, h, m->size >> h, now)) != 0)
            return rc;
        if ((m->size >> h & 1) == 0)
            break;
        merkle_node(now, m->hash[h], now);
    }
    memcpy(m->hash[h], now, HASH_SIZE);
    m->size++;
    return 0;
}

static void root_of_nothing(uint8_t out[HASH_SIZE])
{
    sha256_one(out, S(""));
}

void merkle_root(const struct merkle *m, uint8_t out[HASH_SIZE])
{
    bool any = false;

    if (m->size == 0)
        root_of_nothing(out);
    for (unsigned h = 0; h < MERKLE_HEIGHT; h++) {
        if ((m->size >> h & 1) == 0)
            continue;
        if (any)
            merkle_node(out, m->hash[h], out);
        else
            memcpy(out, m->hash[h], HASH_SIZE);
        any = true;
    }
}

/* The largest power of two smaller than n; n > 1. */
static unsigned split_height(uint64_t n)
{
    return 63u - (unsigned)__builtin_clzll(n - 1);
}

/* MTH(D[at : at + n]), where `at` is a multiple of the smallest power of two that holds n: a perfect
 * subtree, or the right edge of the tree. */
static int range_hash(const struct merkle_source *from, uint64_t at, uint64_t n, uint8_t out[HASH_SIZE],
                      struct err *e)
{
    uint8_t right[HASH_SIZE];
    unsigned h;

    if ((n & (n - 1)) == 0) {
        h = (unsigned)__builtin_ctzll(n);
        return from->read(from->arg, h, at >> h, out, e);
    }
    h = split_height(n);
    if (from->read(from->arg, h, at >> h, out, e) < 0 ||
        range_hash(from, at + (UINT64_C(1) << h), n - (UINT64_C(1) << h), right, e) < 0)
        return -1;
    merkle_node(out, out, right);
    return 0;
}

int merkle_root_at(const struct merkle_source *from, uint64_t size, uint8_t out[HASH_SIZE], struct err *e)
{
    if (size == 0) {
        root_of_nothing(out);
        return 0;
    }
    return range_hash(from, 0, size, out, e);
}

/* Walks from the root down to where the proof ends, noting the sibling at each step; the RFC lists them
 * from the bottom up. */
static void reverse(struct merkle_proof *p)
{
    uint8_t t[HASH_SIZE];
    for (size_t i = 0; i < p->n / 2; i++) {
        memcpy(t, p->hash[i], HASH_SIZE);
        memcpy(p->hash[i], p->hash[p->n - 1 - i], HASH_SIZE);
        memcpy(p->hash[p->n - 1 - i], t, HASH_SIZE);
    }
}

int merkle_inclusion(const struct merkle_source *from, uint64_t index, uint64_t size,
                     struct merkle_proof *out, struct err *e)
{
    uint64_t at = 0, n = size;

    assert(index < size);
    out->n = 0;
    while (n > 1) {
        uint64_t left = UINT64_C(1) << split_height(n);
        bool in_left = index - at < left;
        uint8_t *to = out->hash[out->n++];
        if (in_left ? range_hash(from, at + left, n - left, to, e) < 0
                    : range_hash(from, at, left, to, e) < 0)
            return -1;
        at += in_left ? 0 : left;
        n = in_left ? left : n - left;
    }
    reverse(out);
    return 0;
}

int merkle_consistency(const struct merkle_source *from, uint64_t old, uint64_t size,
                       struct merkle_proof *out, struct err *e)
{
    uint64_t at = 0, n = size, m = old; /* SUBPROOF(m, D[at : at + n]) */
    bool whole = true;                  /* the old root is known to the verifier */

    assert(old <= size);
    out->n = 0;
    if (old == 0 || old == size)
        return 0;
    while (m != n) {
        uint64_t left = UINT64_C(1) << split_height(n);
        bool in_left = m <= left;
        uint8_t *to = out->hash[out->n++];
        if (in_left ? range_hash(from, at + left, n - left, to, e) < 0
                    : range_hash(from, at, left, to, e) < 0)
            return -1;
        whole = whole && in_left;
        at += in_left ? 0 : left;
        m -= in_left ? 0 : left;
        n = in_left ? left : n - left;
    }
    if (!whole && range_hash(from, at, n, out->hash[out->n++], e) < 0)
        return -1;
    reverse(out);
    return 0;
}

bool merkle_included(const struct merkle_tree *t, uint64_t index, const uint8_t leaf[HASH_SIZE],
                     const struct merkle_proof *p)
{
    uint64_t fn = index, sn = t->size - 1; /* RFC 9162 §2.1.3.2 */
    uint8_t r[HASH_SIZE];

    if (index >= t->size || p->n > MERKLE_PROOF)
        return false;
    memcpy(r, leaf, HASH_SIZE);
    for (size_t i = 0; i < p->n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            merkle_node(r, p->hash[i], r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            merkle_node(r, r, p->hash[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && memcmp(r, t->root, HASH_SIZE) == 0;
}

bool merkle_consistent(const struct merkle_tree *old, const struct merkle_tree *t,
                       const struct merkle_proof *p)
{
    uint64_t fn = old->size - 1, sn = t->size - 1; /* RFC 9162 §2.1.4.2 */
    uint8_t fr[HASH_SIZE], sr[HASH_SIZE];
    size_t i = 0;

    if (old->size > t->size || p->n > MERKLE_PROOF)
        return false;
    if (old->size == t->size)
        return p->n == 0 && memcmp(old->root, t->root, HASH_SIZE) == 0;
    if (old->size == 0) {
        root_of_nothing(fr);
        return p->n == 0 && memcmp(old->root, fr, HASH_SIZE) == 0;
    }
    for (; fn & 1; fn >>= 1)
        sn >>= 1;
    /* A perfect old tree is a node of the new one: its root opens the path (step 2). */
    if (fn != 0 && p->n == 0)
        return false;
    memcpy(fr, fn ? p->hash[i++] : old->root, HASH_SIZE);
    memcpy(sr, fr, HASH_SIZE);
    for (; i < p->n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            merkle_node(fr, p->hash[i], fr);
            merkle_node(sr, p->hash[i], sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            merkle_node(sr, sr, p->hash[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && memcmp(fr, old->root, HASH_SIZE) == 0 && memcmp(sr, t->root, HASH_SIZE) == 0;
}
