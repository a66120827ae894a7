/*
 * oprf.c: RFC 9497 with ristretto255-SHA512, modes 0x00 and 0x01. The names of the RFC's functions stand at ours.
 * Every call into libsodium that can fail is looked at: a scalar multiplication says no when the result is the
 * identity or the encoding is not canonical, an addition when an encoding is not.
 */
#include "base/oprf.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crypto.h"

#define WIDE      crypto_core_ristretto255_HASHBYTES /* uniform bytes that become a scalar or an element */
#define WORKERS   8                                  /* threads at most */
#define SLICE_MIN 64 /* a thread costs as much as a few elements: fewer than these are not shared out */

_Static_assert(OPRF_SIZE == crypto_core_ristretto255_BYTES &&
                   OPRF_SIZE == crypto_core_ristretto255_SCALARBYTES &&
                   OPRF_OUTPUT == crypto_hash_sha512_BYTES && WIDE == crypto_hash_sha512_BYTES,
               "ristretto255-SHA512 sizes");

/* ---- many at once ---- */

/* Does [from, to); `slot` tells the workers apart. False: something was no element. */
typedef bool work_fn(void *arg, size_t from, size_t to, size_t slot);

struct slice {
    work_fn *work;
    void *arg;
    size_t from, to, slot;
    bool ok;
};

static void *run_slice(void *p)
{
    struct slice *s = p;

    s->ok = s->work(s->arg, s->from, s->to, s->slot);
    return NULL;
}

static size_t workers(size_t n)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t w = cores < 1 ? 1 : (size_t)cores;

    w = w > WORKERS ? WORKERS : w;
    return n / SLICE_MIN < w ? (n / SLICE_MIN ? n / SLICE_MIN : 1) : w;
}

/* A slice whose thread cannot be had is done here. */
static bool share_out(size_t n, work_fn *work, void *arg)
{
    struct slice s[WORKERS];
    pthread_t thread[WORKERS];
    bool started[WORKERS] = {false}, ok = true;
    size_t w = workers(n);

    for (size_t i = 0; i < w; i++)
        s[i] = (struct slice){work, arg, n * i / w, n * (i + 1) / w, i, false};
    for (size_t i = 1; i < w; i++)
        started[i] = pthread_create(&thread[i], NULL, run_slice, &s[i]) == 0;
    for (size_t i = 0; i < w; i++)
        if (!started[i])
            run_slice(&s[i]);
    for (size_t i = 1; i < w; i++)
        if (started[i] && pthread_join(thread[i], NULL) != 0)
            abort();
    for (size_t i = 0; i < w; i++)
        ok = ok && s[i].ok;
    return ok;
}

/* ---- hashing (RFC 9380 §5.3.1, RFC 9497 §4.1) ---- */

static void hash_add(crypto_hash_sha512_state *h, const void *p, size_t n)
{
    if (crypto_hash_sha512_update(h, p, n) != 0)
        abort();
}

static void hash_begin(crypto_hash_sha512_state *h)
{
    if (crypto_hash_sha512_init(h) != 0)
        abort();
}

static void hash_end(crypto_hash_sha512_state *h, uint8_t out[WIDE])
{
    if (crypto_hash_sha512_final(h, out) != 0)
        abort();
    wipe(h, sizeof *h);
}

/* I2OSP(n, 2) || bytes */
static void hash_counted(crypto_hash_sha512_state *h, const void *p, size_t n)
{
    uint8_t count[2] = {(uint8_t)(n >> 8), (uint8_t)n};

    hash_add(h, count, 2);
    hash_add(h, p, n);
}

/* "WHAT" || contextString, and behind it its length, as DST_prime wants it. */
struct tag {
    uint8_t bytes[64];
    size_t n; /* without the length byte */
};

static struct tag tag_of(struct str what, enum oprf_mode mode)
{
    static const char suite[] = "-ristretto255-SHA512";
    struct tag t = {.n = 0};

    memcpy(t.bytes, what.p, what.n);
    t.n = what.n;
    memcpy(t.bytes + t.n, "OPRFV1-", 7);
    t.n += 7;
    t.bytes[t.n++] = (uint8_t)mode;
    memcpy(t.bytes + t.n, suite, sizeof suite - 1);
    t.n += sizeof suite - 1;
    t.bytes[t.n] = (uint8_t)t.n;
    return t;
}

/* expand_message_xmd for 64 bytes, which is one block of SHA-512. The message has been added behind the pad. */
static void expand_begin(crypto_hash_sha512_state *h)
{
    static const uint8_t pad[128];

    hash_begin(h);
    hash_add(h, pad, sizeof pad);
}

static void expand_end(crypto_hash_sha512_state *h, const struct tag *dst, uint8_t out[WIDE])
{
    static const uint8_t length[3] = {0, WIDE, 0}, one = 1;

    hash_add(h, length, sizeof length);
    hash_add(h, dst->bytes, dst->n + 1);
    hash_end(h, out);
    hash_begin(h);
    hash_add(h, out, WIDE);
    hash_add(h, &one, 1);
    hash_add(h, dst->bytes, dst->n + 1);
    hash_end(h, out);
}

static void expand_to_scalar(crypto_hash_sha512_state *h, const struct tag *dst, uint8_t out[OPRF_SIZE])
{
    uint8_t wide[WIDE];

    expand_end(h, dst, wide);
    crypto_core_ristretto255_scalar_reduce(out, wide);
    wipe(wide, sizeof wide);
}

/* HashToGroup. False for the identity, which no input is known to give. */
static bool hash_to_group(const struct tag *dst, struct str input, uint8_t out[OPRF_SIZE])
{
    crypto_hash_sha512_state h;
    uint8_t wide[WIDE];
    bool ok;

    expand_begin(&h);
    hash_add(&h, input.p, input.n);
    expand_end(&h, dst, wide);
    ok = crypto_core_ristretto255_from_hash(out, wide) == 0 && !sodium_is_zero(out, OPRF_SIZE);
    wipe(wide, sizeof wide);
    return ok;
}

/* The last hash of Finalize and Evaluate (§3.3.1). */
static void finish(struct str input, const uint8_t element[OPRF_SIZE], uint8_t out[OPRF_OUTPUT])
{
    crypto_hash_sha512_state h;

    hash_begin(&h);
    hash_counted(&h, input.p, input.n);
    hash_counted(&h, element, OPRF_SIZE);
    hash_add(&h, "Finalize", 8);
    hash_end(&h, out);
}

/* ---- keys, chance, elements ---- */

bool oprf_derive(struct oprf_key *k, enum oprf_mode mode, const uint8_t seed[OPRF_SIZE], struct str info)
{
    struct tag dst = tag_of(S("DeriveKeyPair"), mode);
    crypto_hash_sha512_state h;

    if (info.n > OPRF_INPUT_MAX)
        return false;
    k->mode = mode;
    for (unsigned counter = 0; counter < 256; counter++) {
        uint8_t last = (uint8_t)counter;
        expand_begin(&h);
        hash_add(&h, seed, OPRF_SIZE);
        hash_counted(&h, info.p, info.n);
        hash_add(&h, &last, 1);
        expand_to_scalar(&h, &dst, k->secret);
        if (!sodium_is_zero(k->secret, OPRF_SIZE))
            return crypto_scalarmult_ristretto255_base(k->public, k->secret) == 0;
    }
    return false;
}

void oprf_scalar(const struct world *w, uint8_t out[OPRF_SIZE])
{
    uint8_t wide[WIDE];

    do {
        w->random(w->arg, wide, sizeof wide);
        crypto_core_ristretto255_scalar_reduce(out, wide);
    } while (sodium_is_zero(out, OPRF_SIZE));
    wipe(wide, sizeof wide);
}

void oprf_random_element(const struct world *w, uint8_t out[OPRF_SIZE])
{
    uint8_t wide[WIDE];

    do
        w->random(w->arg, wide, sizeof wide);
    while (crypto_core_ristretto255_from_hash(out, wide) != 0 || sodium_is_zero(out, OPRF_SIZE));
    wipe(wide, sizeof wide);
}

bool oprf_element_ok(const uint8_t element[OPRF_SIZE])
{
    return crypto_core_ristretto255_is_valid_point(element) == 1 && !sodium_is_zero(element, OPRF_SIZE);
}

/* Reduced, and not zero. The first test is libsodium's reduction giving the same bytes back. */
static bool scalar_ok(const uint8_t s[OPRF_SIZE])
{
    uint8_t wide[WIDE] = {0}, reduced[OPRF_SIZE];
    bool ok;

    memcpy(wide, s, OPRF_SIZE);
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    ok = sodium_memcmp(reduced, s, OPRF_SIZE) == 0 && !sodium_is_zero(s, OPRF_SIZE);
    wipe(wide, sizeof wide);
    wipe(reduced, sizeof reduced);
    return ok;
}

static bool inputs_ok(const struct str *inputs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (inputs[i].n > OPRF_INPUT_MAX)
            return false;
    return true;
}

/* ---- Blind ---- */

struct blinding {
    struct tag dst;
    const struct str *inputs;
    const uint8_t *scalars; /* one each, or one for all */
    size_t stride;
    uint8_t *out;
};

static bool blind_slice(void *arg, size_t from, size_t to, size_t slot)
{
    const struct blinding *b = arg;
    uint8_t element[OPRF_SIZE];
    bool ok = true;

    (void)slot;
    for (size_t i = from; ok && i < to; i++)
        ok = hash_to_group(&b->dst, b->inputs[i], element) &&
             crypto_scalarmult_ristretto255(b->out + i * OPRF_SIZE, b->scalars + i * b->stride, element) ==
                 0;
    wipe(element, sizeof element);
    return ok;
}

bool oprf_blind(enum oprf_mode mode, const struct str *inputs, size_t n, const uint8_t *blinds,
                uint8_t *blinded)
{
    struct blinding b = {tag_of(S("HashToGroup-"), mode), inputs, blinds, OPRF_SIZE, blinded};

    if (!inputs_ok(inputs, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!scalar_ok(blinds + i * OPRF_SIZE))
            return false;
    return share_out(n, blind_slice, &b);
}

/* ---- the proof (§2.2): log_G(B) = log_C[i](D[i]) for every i ---- */

struct composing {
    struct tag dst;     /* HashToScalar */
    uint8_t seed[WIDE]; /* binds the weights to the key */
    const struct oprf_batch *batch;
    bool both; /* the verifier sums D too; the prover has k * M */
    uint8_t m[WORKERS][OPRF_SIZE], z[WORKERS][OPRF_SIZE]; /* a sum a worker; all zeros is the identity */
};

static void weight(const struct composing *c, size_t i, uint8_t out[OPRF_SIZE])
{
    const uint8_t index[2] = {(uint8_t)(i >> 8), (uint8_t)i};
    crypto_hash_sha512_state h;

    expand_begin(&h);
    hash_counted(&h, c->seed, sizeof c->seed);
    hash_add(&h, index, sizeof index);
    hash_counted(&h, c->batch->blinded + i * OPRF_SIZE, OPRF_SIZE);
    hash_counted(&h, c->batch->evaluated + i * OPRF_SIZE, OPRF_SIZE);
    hash_add(&h, "Composite", 9);
    expand_to_scalar(&h, &c->dst, out);
}

/* sum += w * p */
static bool add_weighted(uint8_t sum[OPRF_SIZE], const uint8_t w[OPRF_SIZE], const uint8_t p[OPRF_SIZE])
{
    uint8_t t[OPRF_SIZE];

    return crypto_scalarmult_ristretto255(t, w, p) == 0 && crypto_core_ristretto255_add(sum, sum, t) == 0;
}

static bool compose_slice(void *arg, size_t from, size_t to, size_t slot)
{
    struct composing *c = arg;
    uint8_t w[OPRF_SIZE];

    for (size_t i = from; i < to; i++) {
        weight(c, i, w);
        if (!add_weighted(c->m[slot], w, c->batch->blinded + i * OPRF_SIZE))
            return false;
        if (c->both && !add_weighted(c->z[slot], w, c->batch->evaluated + i * OPRF_SIZE))
            return false;
    }
    return true;
}

/* ComputeComposites: M, and with `both` Z, in m[0] and z[0]. */
static bool compose(struct composing *c, const uint8_t public_key[OPRF_SIZE])
{
    struct tag seed_dst = tag_of(S("Seed-"), OPRF_VERIFIABLE);
    crypto_hash_sha512_state h;

    c->dst = tag_of(S("HashToScalar-"), OPRF_VERIFIABLE);
    hash_begin(&h);
    hash_counted(&h, public_key, OPRF_SIZE);
    hash_counted(&h, seed_dst.bytes, seed_dst.n);
    hash_end(&h, c->seed);
    if (!share_out(c->batch->n, compose_slice, c))
        return false;
    for (size_t i = 1; i < WORKERS; i++)
        if (!sodium_is_zero(c->m[i], OPRF_SIZE) &&
            (crypto_core_ristretto255_add(c->m[0], c->m[0], c->m[i]) != 0 ||
             crypto_core_ristretto255_add(c->z[0], c->z[0], c->z[i]) != 0))
            return false;
    return true;
}

/* The challenge over B, M, Z, t2, t3. */
static void challenge(const struct composing *c, const uint8_t *public_key, const uint8_t t[2][OPRF_SIZE],
                      uint8_t out[OPRF_SIZE])
{
    crypto_hash_sha512_state h;

    expand_begin(&h);
    hash_counted(&h, public_key, OPRF_SIZE);
    hash_counted(&h, c->m[0], OPRF_SIZE);
    hash_counted(&h, c->z[0], OPRF_SIZE);
    hash_counted(&h, t[0], OPRF_SIZE);
    hash_counted(&h, t[1], OPRF_SIZE);
    hash_add(&h, "Challenge", 9);
    expand_to_scalar(&h, &c->dst, out);
}

/* GenerateProof: c, and s = r - c * k. */
static bool prove(const struct oprf_key *k, const struct oprf_batch *b, const uint8_t *random,
                  uint8_t *proof)
{
    struct composing c = {.batch = b};
    uint8_t t[2][OPRF_SIZE], product[OPRF_SIZE];

    if (!scalar_ok(random) || !compose(&c, k->public) ||
        crypto_scalarmult_ristretto255(c.z[0], k->secret, c.m[0]) != 0 ||
        crypto_scalarmult_ristretto255_base(t[0], random) != 0 ||
        crypto_scalarmult_ristretto255(t[1], random, c.m[0]) != 0)
        return false;
    challenge(&c, k->public, (const uint8_t(*)[OPRF_SIZE])t, proof);
    crypto_core_ristretto255_scalar_mul(product, proof, k->secret);
    crypto_core_ristretto255_scalar_sub(proof + OPRF_SIZE, random, product);
    wipe(product, sizeof product);
    return true;
}

/* VerifyProof: t2 = s * G + c * B, t3 = s * M + c * Z must give the same challenge again. */
bool oprf_verify(const uint8_t public_key[OPRF_SIZE], const struct oprf_batch *b,
                 const uint8_t proof[OPRF_PROOF])
{
    const uint8_t *ch = proof, *s = proof + OPRF_SIZE;
    struct composing c = {.batch = b, .both = true};
    uint8_t t[2][OPRF_SIZE], u[OPRF_SIZE], expected[OPRF_SIZE];

    if (b->n == 0 || b->n > OPRF_BATCH_MAX || !oprf_element_ok(public_key) || !scalar_ok(ch) ||
        !scalar_ok(s) || !compose(&c, public_key))
        return false;
    if (crypto_scalarmult_ristretto255_base(t[0], s) != 0 ||
        crypto_scalarmult_ristretto255(u, ch, public_key) != 0 ||
        crypto_core_ristretto255_add(t[0], t[0], u) != 0)
        return false;
    if (crypto_scalarmult_ristretto255(t[1], s, c.m[0]) != 0 ||
        crypto_scalarmult_ristretto255(u, ch, c.z[0]) != 0 ||
        crypto_core_ristretto255_add(t[1], t[1], u) != 0)
        return false;
    challenge(&c, public_key, (const uint8_t(*)[OPRF_SIZE])t, expected);
    return sodium_memcmp(expected, ch, OPRF_SIZE) == 0;
}

/* ---- BlindEvaluate ---- */

struct evaluating {
    const struct oprf_key *key;
    const struct oprf_batch *batch;
};

static bool evaluate_slice(void *arg, size_t from, size_t to, size_t slot)
{
    const struct evaluating *e = arg;

    (void)slot;
    for (size_t i = from; i < to; i++)
        if (crypto_scalarmult_ristretto255(e->batch->evaluated + i * OPRF_SIZE, e->key->secret,
                                           e->batch->blinded + i * OPRF_SIZE) != 0)
            return false;
    return true;
}

bool oprf_evaluate(const struct oprf_key *k, const struct oprf_batch *b, const uint8_t *random,
                   uint8_t *proof)
{
    struct evaluating e = {k, b};

    if (k->mode == OPRF_PLAIN)
        return share_out(b->n, evaluate_slice, &e);
    return b->n > 0 && b->n <= OPRF_BATCH_MAX && share_out(b->n, evaluate_slice, &e) &&
           prove(k, b, random, proof);
}

/* ---- Finalize, Evaluate ---- */

struct finishing {
    const struct str *inputs;
    const uint8_t *scalars; /* finalize: the blinds' inverses */
    const uint8_t *elements;
    const struct oprf_key *key; /* output */
    struct tag dst;
    uint8_t *outputs;
};

static bool finalize_slice(void *arg, size_t from, size_t to, size_t slot)
{
    const struct finishing *f = arg;
    uint8_t element[OPRF_SIZE];
    bool ok = true;

    (void)slot;
    for (size_t i = from; ok && i < to; i++) {
        ok = crypto_scalarmult_ristretto255(element, f->scalars + i * OPRF_SIZE,
                                            f->elements + i * OPRF_SIZE) == 0;
        if (ok)
            finish(f->inputs[i], element, f->outputs + i * OPRF_OUTPUT);
    }
    wipe(element, sizeof element);
    return ok;
}

/* Montgomery's trick: one inversion for all. out[i] first holds the product of the blinds before i. */
static bool invert_all(const uint8_t *blinds, size_t n, uint8_t *out)
{
    uint8_t product[OPRF_SIZE] = {1};
    bool ok;

    for (size_t i = 0; i < n; i++) {
        memcpy(out + i * OPRF_SIZE, product, OPRF_SIZE);
        crypto_core_ristretto255_scalar_mul(product, product, blinds + i * OPRF_SIZE);
    }
    ok = crypto_core_ristretto255_scalar_invert(product, product) == 0;
    for (size_t i = n; i-- > 0;) {
        crypto_core_ristretto255_scalar_mul(out + i * OPRF_SIZE, out + i * OPRF_SIZE, product);
        crypto_core_ristretto255_scalar_mul(product, product, blinds + i * OPRF_SIZE);
    }
    wipe(product, sizeof product);
    return ok;
}

bool oprf_finalize(const struct str *inputs, size_t n, const uint8_t *blinds, const uint8_t *evaluated,
                   uint8_t *outputs)
{
    uint8_t *inverse;
    bool ok = false;

    if (n == 0)
        return true;
    inverse = xmalloc(n * OPRF_SIZE);
    if (inputs_ok(inputs, n) && invert_all(blinds, n, inverse)) {
        struct finishing f = {
            .inputs = inputs, .scalars = inverse, .elements = evaluated, .outputs = outputs};
        ok = share_out(n, finalize_slice, &f);
    }
    wipe(inverse, n * OPRF_SIZE);
    free(inverse);
    return ok;
}

static bool output_slice(void *arg, size_t from, size_t to, size_t slot)
{
    const struct finishing *f = arg;
    uint8_t element[OPRF_SIZE];
    bool ok = true;

    (void)slot;
    for (size_t i = from; ok && i < to; i++) {
        ok = hash_to_group(&f->dst, f->inputs[i], element) &&
             crypto_scalarmult_ristretto255(element, f->key->secret, element) == 0;
        if (ok)
            finish(f->inputs[i], element, f->outputs + i * OPRF_OUTPUT);
    }
    wipe(element, sizeof element);
    return ok;
}

bool oprf_output(const struct oprf_key *k, const struct str *inputs, size_t n, uint8_t *outputs)
{
    struct finishing f = {
        .inputs = inputs, .key = k, .dst = tag_of(S("HashToGroup-"), k->mode), .outputs = outputs};

    return inputs_ok(inputs, n) && share_out(n, output_slice, &f);
}
