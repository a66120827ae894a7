/* test_disclose.c: some fields of a record, and what proves them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/crypto.h"

#include "schema_bench.h"

struct told {
    struct record *r;
    uint8_t seed[32], commitment[HASH_SIZE];
};

static struct told tell(struct bench *t, const struct kind *k)
{
    struct told x = {.r = chance_record(&t->chance, t->a, k)};

    t->chance.world.world.random(&t->chance.world, x.seed, sizeof x.seed);
    encode(t, x.r);
    schema_commit(x.commitment, x.seed, buf_view(&t->header), buf_view(&t->values));
    return x;
}

static struct disclosed opened(struct bench *t, struct str in)
{
    struct disclosed d;
    struct err e = {0};

    if (schema_disclosed(t->a, in, &d, &e) < 0)
        fail_msg("%s", e.text);
    return d;
}

/* What is shown is what the record says, the rest is withheld, and the commitment is the record's. */
static void says(struct bench *t, const struct told *x, struct str in, uint64_t show)
{
    struct disclosed d = opened(t, in);

    assert_memory_equal(d.commitment, x->commitment, HASH_SIZE);
    assert_true(d.record->have == (x->r->have & show));
    assert_true(d.withheld == (x->r->have & ~show));
    assert_true(str_eq(d.header, buf_view(&t->header)));
    for (int i = 0; i < x->r->kind->fields; i++)
        if (d.record->have >> i & 1) {
            assert_true(str_eq(d.record->v[i].s, x->r->v[i].s));
            assert_true(d.record->v[i].i == x->r->v[i].i);
        }
}

static uint64_t any_mask(struct bench *t)
{
    uint64_t m;

    t->chance.world.world.random(&t->chance.world, &m, sizeof m);
    return m;
}

static void every_mask_has_one_commitment(void **state)
{
    struct bench *t = *state;
    struct buf out;

    buf_init(&out, 1 << 24);
    EACH_KIND(k)
    for (int i = 0; i < ROUNDS; i++, arena_reset(t->a)) {
        struct told x = tell(t, *k);
        uint64_t show = i == 0 ? 0 : i == 1 ? UINT64_MAX : any_mask(t);
        buf_reset(&out);
        schema_disclose(&out, x.seed, buf_view(&t->header), buf_view(&t->values), show);
        says(t, &x, buf_view(&out), show);
    }
    buf_free(&out);
}

/* Every mask of a small record, one by one. */
static void all_masks_of_one(void **state)
{
    struct bench *t = *state;
    const struct kind *k = schema_kind(S("retraction"));
    struct told x = tell(t, k);
    struct buf out;

    buf_init(&out, 1 << 20);
    for (uint64_t show = 0; show < UINT64_C(1) << k->fields; show++) {
        buf_reset(&out);
        schema_disclose(&out, x.seed, buf_view(&t->header), buf_view(&t->values), show);
        says(t, &x, buf_view(&out), show);
    }
    buf_free(&out);
}

static void narrower_and_narrower(void **state)
{
    struct bench *t = *state;
    struct buf wide, narrow, direct;
    struct err e = {0};

    buf_init(&wide, 1 << 24);
    buf_init(&narrow, 1 << 24);
    buf_init(&direct, 1 << 24);
    EACH_KIND(k)
    for (int i = 0; i < ROUNDS; i++, arena_reset(t->a)) {
        struct told x = tell(t, *k);
        uint64_t first = any_mask(t), second = any_mask(t);
        buf_reset(&wide);
        buf_reset(&narrow);
        buf_reset(&direct);
        schema_disclose(&wide, x.seed, buf_view(&t->header), buf_view(&t->values), first);
        assert_int_equal(schema_narrow(&narrow, buf_view(&wide), second, &e), 0);
        says(t, &x, buf_view(&narrow), first & second);
        /* It is as if the originator had shown no more: nobody can tell. */
        schema_disclose(&direct, x.seed, buf_view(&t->header), buf_view(&t->values), first & second);
        assert_true(str_eq(buf_view(&narrow), buf_view(&direct)));
        buf_reset(&narrow);
        assert_int_equal(schema_narrow(&narrow, buf_view(&direct), UINT64_MAX, &e), 0);
        assert_true(str_eq(buf_view(&narrow), buf_view(&direct)));
    }
    buf_free(&direct);
    buf_free(&narrow);
    buf_free(&wide);
}

static void no_bit_can_change(void **state)
{
    static const char *const kinds[] = {"retraction", "wait", "alert", "trip"};
    struct bench *t = *state;
    struct buf out;

    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct told x = tell(t, schema_kind(str_z(kinds[i])));
        buf_reset(&out);
        schema_disclose(&out, x.seed, buf_view(&t->header), buf_view(&t->values), any_mask(t));
        for (size_t bit = 0; bit < 8 * out.n; bit++) {
            struct arena *a = arena_new();
            struct disclosed d;
            struct err e = {0};
            out.p[bit / 8] = (char)(out.p[bit / 8] ^ 1 << bit % 8);
            if (schema_disclosed(a, buf_view(&out), &d, &e) == 0)
                assert_memory_not_equal(d.commitment, x.commitment, HASH_SIZE);
            else
                assert_true(e.code == ERR_DATA || e.code == ERR_CORRUPT);
            out.p[bit / 8] = (char)(out.p[bit / 8] ^ 1 << bit % 8);
            arena_free(a);
        }
        for (size_t n = 0; n < out.n; n++) {
            struct disclosed d;
            struct err e = {0};
            assert_int_equal(schema_disclosed(t->a, str_n(out.p, n), &d, &e), -1);
            assert_int_equal(schema_narrow(&t->again, str_n(out.p, n), 1, &e), -1);
        }
    }
    buf_free(&out);
}

/* Whoever has it and may not see a field learns neither its value nor its salt. */
static void what_is_withheld_is_not_there(void **state)
{
    struct bench *t = *state;
    const struct kind *k = schema_kind(S("alert_name"));
    struct record *r = record_new(t->a, k);
    uint8_t seed[32] = {7};
    struct buf out;

    record_text(r, schema_field(k, S("name")), S("A NAME THAT NOBODY ELSE HAS"));
    record_text(r, schema_field(k, S("list")), S("us.cbp"));
    encode(t, r);
    buf_init(&out, 1 << 16);
    schema_disclose(&out, seed, buf_view(&t->header), buf_view(&t->values),
                    UINT64_C(1) << schema_field(k, S("list")));
    assert_null(memmem(out.p, out.n, "NOBODY", 6));
    assert_null(memmem(out.p, out.n, seed, sizeof seed));
    assert_non_null(memmem(out.p, out.n, "us.cbp", 6));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_mask_has_one_commitment), TEST(all_masks_of_one),
        TEST(narrower_and_narrower),         TEST(no_bit_can_change),
        TEST(what_is_withheld_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
