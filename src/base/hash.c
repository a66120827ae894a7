/*
 * hash.c: SHA-256 from OpenSSL. The algorithm is fetched once and each thread keeps its contexts:
 * looking it up for each call costs more than hashing a short leaf.
 */
#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static EVP_MD *md;
static pthread_key_t context_key, spare_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void die(void)
{
    fputs("puente: SHA-256 is not available from the cryptographic library\n", stderr);
    abort();
}

static void context_free(void *p)
{
    EVP_MD_CTX_free(p);
}

struct sha256_run {
    EVP_MD_CTX *c;
};

static void run_free(void *p)
{
    struct sha256_run *h = p;

    EVP_MD_CTX_free(h->c);
    free(h);
}

static void fetch(void)
{
    md = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (md == NULL || pthread_key_create(&context_key, context_free) != 0 ||
        pthread_key_create(&spare_key, run_free) != 0)
        die();
}

static EVP_MD_CTX *context(void)
{
    EVP_MD_CTX *c;

    pthread_once(&once, fetch);
    c = pthread_getspecific(context_key);
    if (c == NULL) {
        c = EVP_MD_CTX_new();
        if (c == NULL || pthread_setspecific(context_key, c) != 0)
            die();
    }
    return c;
}

void sha256(uint8_t out[HASH_SIZE], const struct str *parts, size_t n)
{
    EVP_MD_CTX *c = context();

    if (EVP_DigestInit_ex2(c, md, NULL) != 1)
        die();
    for (size_t i = 0; i < n; i++)
        if (parts[i].n && EVP_DigestUpdate(c, parts[i].p, parts[i].n) != 1)
            die();
    if (EVP_DigestFinal_ex(c, out, NULL) != 1)
        die();
}

struct sha256_run *sha256_new(void)
{
    struct sha256_run *h;

    pthread_once(&once, fetch);
    h = pthread_getspecific(spare_key);
    if (h) {
        pthread_setspecific(spare_key, NULL);
    } else {
        h = xmalloc(sizeof *h);
        h->c = EVP_MD_CTX_new();
    }
    if (h->c == NULL || EVP_DigestInit_ex2(h->c, md, NULL) != 1)
        die();
    return h;
}

void sha256_add(struct sha256_run *h, struct str s)
{
    if (s.n && EVP_DigestUpdate(h->c, s.p, s.n) != 1)
        die();
}

void sha256_end(struct sha256_run *h, uint8_t out[HASH_SIZE])
{
    if (EVP_DigestFinal_ex(h->c, out, NULL) != 1)
        die();
    /* The next one of this thread takes it over. */
    if (pthread_getspecific(spare_key) || pthread_setspecific(spare_key, h) != 0)
        run_free(h);
}

const char *hash_library(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}
