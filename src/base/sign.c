/* sign.c: keyed BLAKE2b, Ed25519, Base64 and hexadecimal from libsodium. */
#include "base/crypto.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert(SIGN_PUBLIC == crypto_sign_PUBLICKEYBYTES && SIGN_SECRET == crypto_sign_SECRETKEYBYTES &&
                   SIGN_SIZE == crypto_sign_BYTES,
               "Ed25519 sizes");

void blake2b(uint8_t out[32], const uint8_t key[32], struct str s)
{
    if (crypto_generichash(out, 32, (const uint8_t *)s.p, s.n, key, 32) != 0)
        abort();
}

void sign_keypair(uint8_t public_key[SIGN_PUBLIC], uint8_t secret[SIGN_SECRET], const uint8_t seed[32])
{
    crypto_sign_seed_keypair(public_key, secret, seed);
}

void sign_bytes(uint8_t sig[SIGN_SIZE], struct str message, const uint8_t secret[SIGN_SECRET])
{
    crypto_sign_detached(sig, NULL, (const uint8_t *)message.p, message.n, secret);
}

bool sign_check(const uint8_t sig[SIGN_SIZE], struct str message, const uint8_t public_key[SIGN_PUBLIC])
{
    return crypto_sign_verify_detached(sig, (const uint8_t *)message.p, message.n, public_key) == 0;
}

bool box_public(uint8_t public_key[32], const uint8_t secret[32])
{
    return crypto_scalarmult_base(public_key, secret) == 0;
}

bool box_seal(uint8_t *out, struct str plain, const uint8_t public_key[32])
{
    static_assert(BOX_EXTRA == crypto_box_SEALBYTES, "as libsodium has it");
    return crypto_box_seal(out, (const uint8_t *)plain.p, plain.n, public_key) == 0;
}

bool box_open(uint8_t *out, struct str sealed, const uint8_t secret[32])
{
    uint8_t public_key[32];

    return sealed.n >= BOX_EXTRA && box_public(public_key, secret) &&
           crypto_box_seal_open(out, (const uint8_t *)sealed.p, sealed.n, public_key, secret) == 0;
}

void wipe(void *p, size_t n)
{
    sodium_memzero(p, n);
}

struct str base64_encode(struct arena *a, struct str s)
{
    size_t n = sodium_base64_encoded_len(s.n, sodium_base64_VARIANT_ORIGINAL);
    char *p = arena_alloc(a, n);

    sodium_bin2base64(p, n, (const uint8_t *)s.p, s.n, sodium_base64_VARIANT_ORIGINAL);
    return str_n(p, n - 1);
}

void base64_put(struct buf *b, struct str s)
{
    size_t n = sodium_base64_encoded_len(s.n, sodium_base64_VARIANT_ORIGINAL);
    char *room = buf_room(b, n);

    if (room) {
        sodium_bin2base64(room, n, (const uint8_t *)s.p, s.n, sodium_base64_VARIANT_ORIGINAL);
        b->n += n - 1;
    }
}

bool base64_decode(struct str s, void *out, size_t max, size_t *n)
{
    const char *end;

    *n = 0;
    if (s.n == 0)
        return true;
    if (sodium_base642bin(out, max, s.p, s.n, NULL, n, &end, sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    return end == s.p + s.n;
}

struct str hex_encode(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n * 2 + 1);

    sodium_bin2hex(p, s.n * 2 + 1, (const uint8_t *)s.p, s.n);
    return str_n(p, s.n * 2);
}

bool hex_decode(struct str s, void *out, size_t max, size_t *n)
{
    const char *end;

    *n = 0;
    if (s.n == 0)
        return true;
    return sodium_hex2bin(out, max, s.p, s.n, NULL, n, &end) == 0 && end == s.p + s.n;
}

const char *sign_library(void)
{
    return sodium_version_string();
}
