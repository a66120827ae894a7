/*
 * crypto: SHA-256 (OpenSSL, which uses the processor's instructions), keyed BLAKE2b and Ed25519
 * (libsodium), hexadecimal and Base64. No algorithm is ours.
 */
#ifndef PUENTE_CRYPTO_H
#define PUENTE_CRYPTO_H

#include "base/base.h"

#define HASH_SIZE 32

/* SHA-256 over the parts in order (FIPS 180-4). Thread-safe. */
void sha256(uint8_t out[HASH_SIZE], const struct str *parts, size_t n);
static inline void sha256_one(uint8_t out[HASH_SIZE], struct str s)
{
    sha256(out, &s, 1);
}

/* A running SHA-256 for what does not fit in memory. */
struct sha256_run;
struct sha256_run *sha256_new(void);
void sha256_add(struct sha256_run *h, struct str s);
void sha256_end(struct sha256_run *h, uint8_t out[HASH_SIZE]); /* frees h */

/* Keyed BLAKE2b (RFC 7693), 32-byte key and output. */
void blake2b(uint8_t out[32], const uint8_t key[32], struct str s);

#define SIGN_PUBLIC 32
#define SIGN_SECRET 64
#define SIGN_SIZE   64
void sign_keypair(uint8_t public_key[SIGN_PUBLIC], uint8_t secret[SIGN_SECRET], const uint8_t seed[32]);
void sign_bytes(uint8_t sig[SIGN_SIZE], struct str message, const uint8_t secret[SIGN_SECRET]);
bool sign_check(const uint8_t sig[SIGN_SIZE], struct str message, const uint8_t public_key[SIGN_PUBLIC]);

/* The public key of an X25519 secret. False when it has none (all zero). */
bool box_public(uint8_t public_key[32], const uint8_t secret[32]);
/* Sealed to a public key by nobody in particular (libsodium crypto_box_seal): BOX_EXTRA bytes longer. False when the
 * key is none, or the box is not for this one. */
#define BOX_EXTRA 48
bool box_seal(uint8_t *out, struct str plain, const uint8_t public_key[32]);
bool box_open(uint8_t *out, struct str sealed, const uint8_t secret[32]);

void wipe(void *p, size_t n); /* the compiler cannot leave it out */

/* Versions of the libraries behind these: "3.0.17", "1.0.18". */
const char *hash_library(void);
const char *sign_library(void);

/* Standard Base64 with padding (RFC 4648 §4) and lower-case hexadecimal. The decoders refuse blanks,
 * missing padding and anything longer than `max`. */
struct str base64_encode(struct arena *a, struct str s);
void base64_put(struct buf *b, struct str s); /* the same, into a buf */
bool base64_decode(struct str s, void *out, size_t max, size_t *n);
struct str hex_encode(struct arena *a, struct str s);
bool hex_decode(struct str s, void *out, size_t max, size_t *n);

#endif
