/*
 * oprf: asking without telling. RFC 9497's oblivious pseudorandom function over ristretto255-SHA512: whoever asks
 * hides the value in a *blinded element*, whoever holds the key multiplies it, and the asker takes the blinding
 * off and has F(key, value), of which the holder has seen nothing and the asker could have made nothing alone.
 * In mode OPRF_VERIFIABLE the holder proves, for a whole batch at once, that it used the key it published (DLEQ).
 *
 *     asker                                      holder
 *     oprf_blind  ── blinded, n * 32 bytes ──▶   oprf_evaluate
 *     oprf_finalize  ◀── evaluated and proof ──
 *                                                oprf_output: F of its own values
 *
 * Group arithmetic is libsodium's. Elements and scalars stand one behind the other, 32 bytes each, in their one
 * canonical form; every element from outside is decoded and the identity refused. What depends on a key, a blind
 * or an input takes the same time for all of them, and is wiped. The many are shared out over the processor's
 * cores; the answer does not depend on how many there are.
 */
#ifndef PUENTE_OPRF_H
#define PUENTE_OPRF_H

#include "base/clock.h"

#define OPRF_SIZE      32    /* bytes of a scalar, of an element */
#define OPRF_OUTPUT    64    /* bytes of F(key, value) */
#define OPRF_PROOF     64    /* bytes of a proof: challenge, response */
#define OPRF_BATCH_MAX 65535 /* elements under one proof: the RFC counts them in two bytes */
#define OPRF_INPUT_MAX 65535 /* bytes of a value: likewise */

enum oprf_mode { OPRF_PLAIN = 0, OPRF_VERIFIABLE = 1 };

/* Wipe it after use. */
struct oprf_key {
    enum oprf_mode mode;
    uint8_t secret[OPRF_SIZE], public[OPRF_SIZE];
};

/* RFC 9497 §3.2.1, DeriveKeyPair. False for one seed in 2^252, or an `info` longer than OPRF_INPUT_MAX. */
bool oprf_derive(struct oprf_key *k, enum oprf_mode mode, const uint8_t seed[OPRF_SIZE], struct str info);

/* A scalar other than zero, for a blind or a proof: never the same twice. */
void oprf_scalar(const struct world *w, uint8_t out[OPRF_SIZE]);
/* An element whose logarithm nobody knows: what a batch is padded with. It cannot be told from a blinded one. */
void oprf_random_element(const struct world *w, uint8_t out[OPRF_SIZE]);
/* A canonical element other than the identity. */
bool oprf_element_ok(const uint8_t element[OPRF_SIZE]);

/* The asker's first step: n inputs, n blinds, n blinded elements. False when an input is too long or a blind is no
 * canonical scalar or is zero. O(n), about 70 us of one core each. */
bool oprf_blind(enum oprf_mode mode, const struct str *inputs, size_t n, const uint8_t *blinds,
                uint8_t *blinded);

/* What the holder multiplies: `evaluated` has room for n elements. */
struct oprf_batch {
    size_t n; /* 1 to OPRF_BATCH_MAX when there is a proof */
    const uint8_t *blinded;
    uint8_t *evaluated;
};
/* The holder's step. `random`, a scalar of oprf_scalar, and `proof` are for OPRF_VERIFIABLE; NULL otherwise. False
 * when an element is none, and then the contents of evaluated and proof mean nothing. */
bool oprf_evaluate(const struct oprf_key *k, const struct oprf_batch *b, const uint8_t *random,
                   uint8_t *proof);
/* Whether one key with this public half made all of `evaluated` from `blinded`. Total over any bytes. */
bool oprf_verify(const uint8_t public_key[OPRF_SIZE], const struct oprf_batch *b,
                 const uint8_t proof[OPRF_PROOF]);
/* The asker's last step, after oprf_verify in OPRF_VERIFIABLE: n outputs of OPRF_OUTPUT bytes. False when an
 * element is none. */
bool oprf_finalize(const struct str *inputs, size_t n, const uint8_t *blinds, const uint8_t *evaluated,
                   uint8_t *outputs);
/* F(key, value) of the holder's own values, the same as the asker arrives at; n of any size. */
bool oprf_output(const struct oprf_key *k, const struct str *inputs, size_t n, uint8_t *outputs);

#endif
