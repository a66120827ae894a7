/* test_schema_json.c: JSON out and in, every kind; JSON Schema; what hostile and wrong JSON gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "schema/schema.h"

#include "schema_bench.h"

#include <jansson.h>

static void json_there_and_back(void **state)
{
    struct bench *t = *state;
    struct buf json;

    buf_init(&json, 1 << 24);
    EACH_KIND(k)
    for (int i = 0; i < ROUNDS; i++, arena_reset(t->a)) {
        struct record *back;
        struct record *r = chance_record(&t->chance, t->a, *k);
        encode(t, r);
        buf_reset(&json);
        schema_json_fields(&json, r, 0);
        back = schema_from_json(t->a, *k, buf_view(&json), (struct place){0}, &t->faults);
        if (back == NULL || t->faults.count[SEV_ERROR])
            fail_msg("%s.%s: %s in %.*s", (*k)->name, t->tag, t->last, STR_ARG(buf_view(&json)));
        same_values(t, back);
        buf_reset(&json);
        schema_json_record(&json, r, 0);
        back = schema_from_json(t->a, NULL, buf_view(&json), (struct place){0}, &t->faults);
        assert_non_null(back);
        same_values(t, back);
        assert_true(str_eq(back->head.handling, r->head.handling));
        assert_int_equal(back->head.exercise, r->head.exercise);
    }
    buf_free(&json);
}

static void json_with(struct bench *t, const char *kind, const char *json, const char *fault,
                      const char *tag)
{
    const struct kind *k = kind ? schema_kind(str_z(kind)) : NULL;

    t->last[0] = t->tag[0] = '\0';
    schema_from_json(t->a, k, str_z(json), (struct place){0}, &t->faults);
    if (strcmp(t->last, fault) != 0 || strcmp(t->tag, tag) != 0)
        fail_msg("%s gives '%s' '%s', not '%s' '%s'", json, t->last, t->tag, fault, tag);
}

static void json_faults(void **state)
{
    struct bench *t = *state;

    json_with(t, "trip", "", "json.syntax", "");
    json_with(t, "trip", "{", "json.syntax", "");
    json_with(t, "trip", "{} {}", "json.syntax", "");
    json_with(t, "trip", "{\"bills\":01}", "json.syntax", "");
    json_with(t, "trip", "{\"bills\":1.}", "json.syntax", "");
    json_with(t, "trip", "{\"bills\":NaN}", "json.syntax", "");
    json_with(t, "trip", "{\"bills\":-Infinity}", "json.syntax", "");
    json_with(t, "trip", "{\"mode\":\"sea\",\"mode\":\"air\"}", "json.duplicate", "");
    json_with(t, "trip", "[]", "json.kind", "");
    json_with(t, "trip", "\"sea\"", "json.syntax", "");
    json_with(t, NULL, "{\"kind\":\"nothing\",\"fields\":{}}", "json.kind", "");
    json_with(t, NULL, "{\"fields\":{}}", "json.kind", "");
    json_with(t, NULL, "{\"kind\":\"trip\"}", "json.kind", "");
    json_with(t, NULL, "{\"kind\":\"trip\",\"fields\":{},\"more\":1}", "field.unknown", "more");
    json_with(t, NULL, "{\"kind\":\"trip\",\"fields\":{},\"replaces\":\"x\"}", "field.unknown", "replaces");
    json_with(t, "trip", "{\"colour\":\"red\"}", "field.unknown", "colour");
    json_with(t, "trip", "{\"bills\":\"7\"}", "field.type", "bills");
    json_with(t, "trip", "{\"bills\":7.5}", "field.type", "bills");
    json_with(t, "trip", "{\"bills\":1e3}", "field.type", "bills");
    json_with(t, "trip", "{\"bills\":99999999999999999999999999}", "field.type", "bills");
    json_with(t, "trip", "{\"bills\":-1}", "field.range", "bills");
    json_with(t, "trip", "{\"bills\":true}", "field.type", "bills");
    json_with(t, "trip", "{\"distance\":1.234}", "field.range", "distance");
    json_with(t, "trip", "{\"carrier\":5}", "field.type", "carrier");
    json_with(t, "trip", "{\"carrier\":{\"a\":1}}", "field.type", "carrier");
    json_with(t, "trip", "{\"carrier\":[\"a\"]}", "field.type", "carrier");
    json_with(t, "trip", "{\"message\":\"#0\"}", "field.type", "message");
    json_with(t, "trip", "{\"message\":\"abc\"}", "field.type", "message");
    json_with(t, "message", "{\"tolerated\":\"bom\"}", "field.type", "tolerated");
    json_with(t, "message", "{\"tolerated\":[\"a\\nb\"]}", "field.type", "tolerated");
    json_with(t, "message", "{\"tolerated\":[\"a\",1]}", "field.type", "tolerated");
    json_with(t, "message", "{\"verbatim\":\"not Base64\"}", "field.type", "verbatim");
    json_with(t, "inspection", "{\"joint\":\"true\"}", "field.type", "joint");
    json_with(t, "trip", "{\"carrier\":null}", "", "");
    json_with(t, "trip", "{\"distance\":\"1.23\",\"bills\":7,\"message\":\"#3\"}", "", "");
}

static void json_hostile(void **state)
{
    struct bench *t = *state;
    struct buf b;

    buf_init(&b, 1 << 22);
    for (int i = 0; i < 100000; i++)
        buf_char(&b, '[');
    assert_null(schema_from_json(t->a, NULL, buf_view(&b), (struct place){0}, &t->faults));
    EACH_KIND(k)
    for (int i = 0; i < ROUNDS; i++, arena_reset(t->a)) {
        buf_reset(&b);
        schema_json_record(&b, chance_record(&t->chance, t->a, *k), 0);
        for (uint64_t hurt = 1 + chance_below(&t->chance, 4); hurt; hurt--)
            b.p[chance_below(&t->chance, b.n)] = "{}[]\",:0-.eE\\\n\x01\xff"[chance_below(&t->chance, 16)];
        if (i % 3 == 0)
            b.n = chance_below(&t->chance, b.n);
        schema_from_json(t->a, NULL, buf_view(&b), (struct place){0}, &t->faults);
    }
    buf_free(&b);
}

static int64_t decimal_of(struct bench *t, const char *json)
{
    const struct kind *k = schema_kind(S("consignment"));
    int field = schema_field(k, S("gross_weight"));
    struct record *r = schema_from_json(t->a, k, str_z(json), (struct place){0}, &t->faults);

    assert_true(record_has(r, field));
    return r->v[field].i;
}

static void decimals_are_exact(void **state)
{
    struct bench *t = *state;

    assert_int_equal(decimal_of(t, "{\"gross_weight\":0.1}"), 100);
    assert_int_equal(decimal_of(t, "{\"gross_weight\":9007199254740993.003}"), 9007199254740993003);
    assert_int_equal(decimal_of(t, "{\"gross_weight\":\"2.675\"}"), 2675);
    assert_int_equal(decimal_of(t, "{\"gross_weight\":12.500000}"), 12500);
    assert_int_equal(decimal_of(t, "{\"gross_weight\":7}"), 7000);
    assert_int_equal(decimal_of(t, "{\"gross_weight\":7.0}"), 7000);
}

static void fault_as_json(void **state)
{
    struct buf b;
    const struct fault_def *def = schema_fault("field.date");
    struct fault f = {def, SEV_ERROR, {12, 3, 4, 0, S("DTM")}, S("31/13"), S("YYYY-MM-DD")};
    json_t *j;

    (void)state;
    buf_init(&b, 4096);
    schema_json_fault(&b, &f, LANG_EN);
    j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(j);
    assert_string_equal(json_string_value(json_object_get(j, "code")), "field.date");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(j, "place"), "element")), 4);
    json_decref(j);
    buf_free(&b);
}

static void json_schemas_are_json(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b, 1 << 20);
    EACH_KIND(k)
    for (int lang = LANG_EN; lang <= LANG_ES; lang++) {
        json_t *j;
        buf_reset(&b);
        schema_json_schema(&b, *k, (enum lang)lang);
        j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
        assert_int_equal(json_object_size(json_object_get(j, "properties")), (*k)->fields);
        json_decref(j);
    }
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(json_there_and_back), TEST(json_faults),   TEST(json_hostile),
        TEST(decimals_are_exact),  TEST(fault_as_json), TEST(json_schemas_are_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
