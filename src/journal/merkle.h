/*
 * merkle: the arithmetic of an RFC 6962 tree (§2.1; verification as RFC 9162 §2.1.3 and §2.1.4). Pure: no
 * storage, no clock. Hashes come through a callback, so the same code runs over tiles, a peer's answer, or
 * an array in a test.
 *
 * A *node* (height h, index i) is the hash of the perfect subtree over the leaves [i * 2^h, (i + 1) * 2^h).
 */
#ifndef PUENTE_JOURNAL_MERKLE_H
#define PUENTE_JOURNAL_MERKLE_H

#include "base/crypto.h"

#define MERKLE_HEIGHT 48                  /* a log holds fewer than 2^48 entries */
#define MERKLE_PROOF  (2 * MERKLE_HEIGHT) /* no proof is longer */

/* SHA-256(0x00 || data) and SHA-256(0x01 || left || right). */
void merkle_leaf(uint8_t out[HASH_SIZE], struct str data);
void merkle_node(uint8_t out[HASH_SIZE], const uint8_t left[HASH_SIZE], const uint8_t right[HASH_SIZE]);

/* The frontier: one perfect subtree for each bit of the size. All that an append needs. */
struct merkle {
    uint64_t size;
    uint8_t hash[MERKLE_HEIGHT][HASH_SIZE]; /* hash[h] holds when bit h of size is set */
};
/* Called for each node that the new leaf completes, from height 0 (the leaf itself) upwards. */
typedef int merkle_done(void *arg, unsigned height, uint64_t index, const uint8_t hash[HASH_SIZE]);
/* Amortised one hash. 0, or the first value other than 0 that `done` (may be NULL) returned. */
int merkle_push(struct merkle *m, const uint8_t leaf[HASH_SIZE], merkle_done *done, void *arg);
void merkle_root(const struct merkle *m, uint8_t out[HASH_SIZE]); /* O(log size) hashes */

/* Reads the node (height, index), which the tree has. 0, or -1 with err. */
typedef int merkle_read(void *arg, unsigned height, uint64_t index, uint8_t out[HASH_SIZE], struct err *e);
struct merkle_source {
    merkle_read *read;
    void *arg;
};

struct merkle_proof {
    size_t n;
    uint8_t hash[MERKLE_PROOF][HASH_SIZE];
};

/* The root of the tree as it was with `size` leaves. O(log size) reads. */
int merkle_root_at(const struct merkle_source *from, uint64_t size, uint8_t out[HASH_SIZE], struct err *e);
/* PATH(index, D[size]) and PROOF(old, D[size]), as RFC 6962 §2.1.1 and §2.1.2 order them. index < size;
 * old <= size; the proof from 0, and of a tree to itself, is empty. O(log size) reads. */
int merkle_inclusion(const struct merkle_source *from, uint64_t index, uint64_t size,
                     struct merkle_proof *out, struct err *e);
int merkle_consistency(const struct merkle_source *from, uint64_t old, uint64_t size,
                       struct merkle_proof *out, struct err *e);

struct merkle_tree {
    uint64_t size;
    uint8_t root[HASH_SIZE];
};
/* True when the proof shows that `leaf` is at `index` of the tree; that the old tree is a prefix of it. */
bool merkle_included(const struct merkle_tree *t, uint64_t index, const uint8_t leaf[HASH_SIZE],
                     const struct merkle_proof *p);
bool merkle_consistent(const struct merkle_tree *old, const struct merkle_tree *t,
                       const struct merkle_proof *p);

#endif
