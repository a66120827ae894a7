/*
 * RFC 9497, ristretto255-SHA512: the RFC's vectors, and everything that must be refused. Appendix A.1.1 and A.1.2
 * stand here in part, so that this tests something when the shared collection is not there; with it, all of them.
 */
#include "base/oprf.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/crypto.h"

#include <cmocka.h>

#define MOST 4 /* elements in a vector's batch */

struct vector {
    const char *blind, *blinded, *evaluated, *input, *output, *proof,
        *random; /* batches: joined by commas */
};

#define BLIND  "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"
#define RANDOM "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e"

static const struct vector plain[] = {
    {BLIND, "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
     "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e", "00",
     "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3"
     "ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6",
     NULL, NULL},
};

static const struct vector verifiable[] = {
    {BLIND, "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
     "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e", "00",
     "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
     "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c",
     "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
     "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
     RANDOM},
    {BLIND "," RANDOM,
     "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945,"
     "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
     "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e,"
     "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
     "00,5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
     "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
     "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c,"
     "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
     "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6",
     "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
     "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08",
     "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c"},
};

static void key(struct oprf_key *k, enum oprf_mode mode)
{
    uint8_t seed[OPRF_SIZE];
    memset(seed, 0xa3, sizeof seed);
    assert_true(oprf_derive(k, mode, seed, S("test key")));
}

/* Hexadecimal texts joined by commas, one behind the other; the parts in `part`. Returns how many. */
static size_t take(const char *z, uint8_t *out, size_t max, struct str part[MOST])
{
    struct str rest = str_z(z), one;
    size_t count = 0, at = 0;

    while (str_split(&rest, ',', &one)) {
        size_t n = 0;
        assert_true(count < MOST && hex_decode(one, out + at, max - at, &n));
        if (part)
            part[count] = str_n(out + at, n);
        at += n;
        count++;
    }
    return count;
}

static void check(const struct oprf_key *k, const struct vector *v)
{
    uint8_t in[256], blind[MOST * OPRF_SIZE], want[MOST * OPRF_OUTPUT], got[MOST * OPRF_OUTPUT];
    uint8_t blinded[MOST * OPRF_SIZE], evaluated[MOST * OPRF_SIZE], random[OPRF_SIZE], proof[OPRF_PROOF];
    struct str inputs[MOST];
    size_t n = take(v->input, in, sizeof in, inputs);
    struct oprf_batch b = {n, blinded, evaluated};

    assert_int_equal(take(v->blind, blind, sizeof blind, NULL), n);
    assert_true(oprf_blind(k->mode, inputs, n, blind, blinded));
    assert_int_equal(take(v->blinded, want, sizeof want, NULL), n);
    assert_memory_equal(blinded, want, n * OPRF_SIZE);
    if (v->random)
        take(v->random, random, sizeof random, NULL);
    assert_true(oprf_evaluate(k, &b, v->random ? random : NULL, v->random ? proof : NULL));
    take(v->evaluated, want, sizeof want, NULL);
    assert_memory_equal(evaluated, want, n * OPRF_SIZE);
    if (v->proof) {
        take(v->proof, want, sizeof want, NULL);
        assert_memory_equal(proof, want, OPRF_PROOF);
        assert_true(oprf_verify(k->public, &b, proof));
    }
    take(v->output, want, sizeof want, NULL);
    assert_true(oprf_finalize(inputs, n, blind, evaluated, got));
    assert_memory_equal(got, want, n * OPRF_OUTPUT);
    memset(got, 0, sizeof got);
    assert_true(oprf_output(k, inputs, n, got));
    assert_memory_equal(got, want, n * OPRF_OUTPUT);
}

static void known_vectors(void **state)
{
    struct oprf_key k;
    uint8_t want[OPRF_SIZE];
    (void)state;

    key(&k, OPRF_PLAIN);
    take("5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e", want, sizeof want, NULL);
    assert_memory_equal(k.secret, want, OPRF_SIZE);
    for (size_t i = 0; i < COUNT(plain); i++)
        check(&k, &plain[i]);
    key(&k, OPRF_VERIFIABLE);
    take("e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909", want, sizeof want, NULL);
    assert_memory_equal(k.secret, want, OPRF_SIZE);
    take("c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e", want, sizeof want, NULL);
    assert_memory_equal(k.public, want, OPRF_SIZE);
    for (size_t i = 0; i < COUNT(verifiable); i++)
        check(&k, &verifiable[i]);
}

static const char *text(const json_t *o, const char *name)
{
    return json_string_value(json_object_get(o, name));
}

static void all_vectors(void **state)
{
    const char *root = getenv("PUENTE_SHARED") ? getenv("PUENTE_SHARED") : "../shared";
    char path[1024];
    json_t *suites, *suite, *one;
    size_t i, j, checked = 0;
    (void)state;

    snprintf(path, sizeof path, "%s/data/vectors/rfc9497_ristretto255_sha512.json", root);
    suites = json_load_file(path, 0, NULL);
    if (!suites) {
        printf("skip: the RFC's vectors are not there (PUENTE_SHARED)\n");
        skip();
    }
    json_array_foreach(suites, i, suite)
    {
        json_int_t mode = json_integer_value(json_object_get(suite, "mode"));
        uint8_t seed[OPRF_SIZE], info[64], want[OPRF_SIZE];
        struct str part[MOST];
        struct oprf_key k;
        if (mode > 1) /* POPRF: not ours */
            continue;
        take(text(suite, "seed"), seed, sizeof seed, NULL);
        take(text(suite, "keyInfo"), info, sizeof info, part);
        assert_true(oprf_derive(&k, mode ? OPRF_VERIFIABLE : OPRF_PLAIN, seed, part[0]));
        take(text(suite, "skSm"), want, sizeof want, NULL);
        assert_memory_equal(k.secret, want, OPRF_SIZE);
        json_array_foreach(json_object_get(suite, "vectors"), j, one)
        {
            const json_t *proof = json_object_get(one, "Proof");
            struct vector v = {
                text(one, "Blind"), text(one, "BlindedElement"), text(one, "EvaluationElement"),
                text(one, "Input"), text(one, "Output"),         text(proof, "proof"),
                text(proof, "r")};
            check(&k, &v);
            checked++;
        }
    }
    json_decref(suites);
    assert_int_equal(checked, 5);
}

/* ---- what must be refused ---- */

struct exchange {
    struct world_fake world;
    struct oprf_key key;
    struct str inputs[3];
    uint8_t blinds[3 * OPRF_SIZE], blinded[3 * OPRF_SIZE], evaluated[3 * OPRF_SIZE];
    uint8_t proof[OPRF_PROOF], random[OPRF_SIZE];
    struct oprf_batch batch;
};

static void play(struct exchange *x)
{
    static const char *const values[3] = {"plate/1|MX|ABC123", "vin/1|1FUJGLDR5CSBF1234", ""};

    world_fake(&x->world, 0, 1, 7);
    key(&x->key, OPRF_VERIFIABLE);
    for (size_t i = 0; i < 3; i++) {
        x->inputs[i] = str_z(values[i]);
        oprf_scalar(&x->world.world, x->blinds + i * OPRF_SIZE);
    }
    oprf_scalar(&x->world.world, x->random);
    x->batch = (struct oprf_batch){3, x->blinded, x->evaluated};
    assert_true(oprf_blind(OPRF_VERIFIABLE, x->inputs, 3, x->blinds, x->blinded));
    assert_true(oprf_evaluate(&x->key, &x->batch, x->random, x->proof));
    assert_true(oprf_verify(x->key.public, &x->batch, x->proof));
}

static void a_proof_altered_anywhere_is_refused(void **state)
{
    struct exchange x;
    (void)state;

    play(&x);
    for (size_t i = 0; i < OPRF_PROOF; i++) {
        x.proof[i] ^= 1;
        assert_false(oprf_verify(x.key.public, &x.batch, x.proof));
        x.proof[i] ^= 1;
    }
    for (size_t i = 0; i < sizeof x.evaluated; i += 5) {
        x.evaluated[i] ^= 2;
        assert_false(oprf_verify(x.key.public, &x.batch, x.proof));
        x.evaluated[i] ^= 2;
        x.blinded[i] ^= 2;
        assert_false(oprf_verify(x.key.public, &x.batch, x.proof));
        x.blinded[i] ^= 2;
    }
    x.batch.n = 2; /* cut short */
    assert_false(oprf_verify(x.key.public, &x.batch, x.proof));
    x.batch.n = 0;
    assert_false(oprf_verify(x.key.public, &x.batch, x.proof));
    assert_false(oprf_evaluate(&x.key, &x.batch, x.random, x.proof));
}

static void another_key_for_one_element_is_seen(void **state)
{
    uint8_t seed[OPRF_SIZE] = {9};
    struct exchange x;
    struct oprf_key other;
    struct oprf_batch one;
    (void)state;

    play(&x);
    assert_true(oprf_derive(&other, OPRF_VERIFIABLE, seed, S("")));
    assert_false(oprf_verify(other.public, &x.batch, x.proof));
    other.mode = OPRF_PLAIN;
    one = (struct oprf_batch){1, x.blinded + OPRF_SIZE, x.evaluated + OPRF_SIZE};
    assert_true(oprf_evaluate(&other, &one, NULL, NULL));
    assert_false(oprf_verify(x.key.public, &x.batch, x.proof));
    memset(x.evaluated, 0, OPRF_SIZE);
    assert_false(oprf_verify(x.key.public, &x.batch, x.proof));
}

static void what_is_no_element_or_scalar_is_refused(void **state)
{
    /* RFC 9496 A.2 and A.3: not canonical, negative, no square; and the identity, which decodes. */
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    };
    /* The group's order and one more: zero and one, not reduced. */
    static const char *const scalars[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
        "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
    };
    uint8_t outputs[3 * OPRF_OUTPUT];
    struct exchange x;
    struct str too_long;
    (void)state;

    play(&x);
    for (size_t i = 0; i < COUNT(bad); i++) {
        uint8_t element[OPRF_SIZE];
        take(bad[i], element, sizeof element, NULL);
        assert_false(oprf_element_ok(element));
        assert_false(oprf_verify(element, &x.batch, x.proof));
        memcpy(x.blinded + OPRF_SIZE, element, OPRF_SIZE);
        assert_false(oprf_evaluate(&x.key, &x.batch, x.random, x.proof));
        assert_false(oprf_finalize(x.inputs, 3, x.blinds, x.blinded, outputs));
        play(&x);
    }
    for (size_t i = 0; i < COUNT(scalars); i++) {
        take(scalars[i], x.blinds + OPRF_SIZE, OPRF_SIZE, NULL);
        assert_false(oprf_blind(OPRF_VERIFIABLE, x.inputs, 3, x.blinds, x.blinded));
        assert_false(oprf_evaluate(&x.key, &x.batch, x.blinds + OPRF_SIZE, x.proof));
        play(&x);
        take(scalars[i], x.proof + OPRF_SIZE, OPRF_SIZE, NULL);
        assert_false(oprf_verify(x.key.public, &x.batch, x.proof));
        play(&x);
    }
    too_long = str_n(x.blinds, OPRF_INPUT_MAX + 1); /* never read */
    assert_false(oprf_blind(OPRF_VERIFIABLE, &too_long, 1, x.blinds, x.blinded));
    assert_false(oprf_output(&x.key, &too_long, 1, outputs));
    assert_false(oprf_derive(&x.key, OPRF_VERIFIABLE, x.random, too_long));
}

/* Two blindings of one value have nothing in common, and both lead to what the holder makes alone. */
static void a_value_is_hidden_and_found(void **state)
{
    uint8_t a[3 * OPRF_OUTPUT], b[3 * OPRF_OUTPUT], before[3 * OPRF_SIZE];
    struct exchange x;
    (void)state;

    play(&x);
    assert_true(oprf_finalize(x.inputs, 3, x.blinds, x.evaluated, a));
    assert_true(oprf_output(&x.key, x.inputs, 3, b));
    assert_memory_equal(a, b, sizeof a);
    memcpy(before, x.blinded, sizeof before);
    for (size_t i = 0; i < 3; i++)
        oprf_scalar(&x.world.world, x.blinds + i * OPRF_SIZE);
    assert_true(oprf_blind(OPRF_VERIFIABLE, x.inputs, 3, x.blinds, x.blinded));
    for (size_t i = 0; i < 3; i++)
        assert_memory_not_equal(before + i * OPRF_SIZE, x.blinded + i * OPRF_SIZE, OPRF_SIZE);
    assert_true(oprf_evaluate(&x.key, &x.batch, x.random, x.proof));
    assert_true(oprf_finalize(x.inputs, 3, x.blinds, x.evaluated, b));
    assert_memory_equal(a, b, sizeof a);
    assert_true(oprf_finalize(x.inputs, 0, x.blinds, x.evaluated, b));
}

/* More than one thread's share: the same outputs as one by one, and one lie among them is seen. */
static void many_are_as_one(void **state)
{
    enum { N = 300 };
    static uint8_t blinds[N * OPRF_SIZE], blinded[N * OPRF_SIZE], evaluated[N * OPRF_SIZE];
    static uint8_t outputs[N * OPRF_OUTPUT], alone[OPRF_OUTPUT];
    uint8_t random[OPRF_SIZE], proof[OPRF_PROOF];
    struct str inputs[N];
    struct oprf_batch b = {N, blinded, evaluated};
    struct world_fake w;
    struct oprf_key k;
    (void)state;

    world_fake(&w, 0, 1, 11);
    key(&k, OPRF_VERIFIABLE);
    for (size_t i = 0; i < N; i++) {
        oprf_scalar(&w.world, blinds + i * OPRF_SIZE);
        inputs[i] = str_n(blinds + i * OPRF_SIZE, 20);
    }
    oprf_scalar(&w.world, random);
    assert_true(oprf_blind(OPRF_VERIFIABLE, inputs, N, blinds, blinded));
    assert_true(oprf_evaluate(&k, &b, random, proof));
    assert_true(oprf_verify(k.public, &b, proof));
    assert_true(oprf_finalize(inputs, N, blinds, evaluated, outputs));
    for (size_t i = 0; i < N; i += 37) {
        assert_true(oprf_output(&k, &inputs[i], 1, alone));
        assert_memory_equal(alone, outputs + i * OPRF_OUTPUT, OPRF_OUTPUT);
    }
    oprf_random_element(&w.world, evaluated + 250 * OPRF_SIZE);
    assert_true(oprf_element_ok(evaluated + 250 * OPRF_SIZE));
    assert_false(oprf_verify(k.public, &b, proof));
    memset(blinded + 299 * OPRF_SIZE, 0xff, OPRF_SIZE);
    assert_false(oprf_evaluate(&k, &b, random, proof));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_vectors),
        cmocka_unit_test(all_vectors),
        cmocka_unit_test(a_proof_altered_anywhere_is_refused),
        cmocka_unit_test(another_key_for_one_element_is_seen),
        cmocka_unit_test(what_is_no_element_or_scalar_is_refused),
        cmocka_unit_test(a_value_is_hidden_and_found),
        cmocka_unit_test(many_are_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
