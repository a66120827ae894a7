/* test_schema_forms.c: every kind through every form a record takes: canonical bytes, text, CSV,
 * documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/crypto.h"
#include "schema/schema.h"

#include "schema_bench.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

static void random_records_are_clean(void **state)
{
    struct bench *t = *state;
    EACH_KIND(k)
    for (int i = 0; i < ROUNDS; i++, arena_reset(t->a))
        if (!schema_check(chance_record(&t->chance, t->a, *k), (struct place){0}, &t->faults))
            fail_msg("%s.%s: %s", (*k)->name, t->tag, t->last);
}

static void cbor_there_and_back(void **state)
{
    struct bench *t = *state;
    struct err e = {0};
    EACH_KIND(k)
    for (int i = 0; i < ROUNDS; i++, arena_reset(t->a)) {
        struct record *back;
        encode(t, chance_record(&t->chance, t->a, *k));
        assert_int_equal(schema_decode(t->a, buf_view(&t->header), buf_view(&t->values), &back, &e), 0);
        assert_ptr_equal(back->kind, *k);
        same_values(t, back);
        buf_reset(&t->again);
        schema_encode_header(&t->again, back);
        assert_true(str_eq(buf_view(&t->header), buf_view(&t->again)));
    }
}

/* Damaged bytes are refused, or are the one encoding of another record; never a crash. */
static void mutated_cbor(void **state)
{
    struct bench *t = *state;
    struct err e = {0};
    EACH_KIND(k)
    for (int i = 0; i < ROUNDS; i++, arena_reset(t->a)) {
        struct record *back;
        struct buf *b = i % 2 ? &t->header : &t->values;
        encode(t, chance_record(&t->chance, t->a, *k));
        for (uint64_t hurt = 1 + chance_below(&t->chance, 3); hurt; hurt--)
            b->p[chance_below(&t->chance, b->n)] = (char)chance_below(&t->chance, 256);
        if (chance_below(&t->chance, 3) == 0)
            b->n = chance_below(&t->chance, b->n);
        if (schema_decode(t->a, buf_view(&t->header), buf_view(&t->values), &back, &e) == 0) {
            same_values(t, back);
        } else {
            assert_null(back);
            assert_int_equal(e.code, ERR_CORRUPT);
        }
    }
}

static void cbor_refuses(void **state)
{
    /* message: field 1 = format (text), 10 = bytes (int), 14 = tolerated (texts), 15 = verbatim (bytes) */
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {
        {"\xa1\x01\x60", 3},           /* an empty text is no value */
        {"\xa1\x01\x01", 3},           /* a number where a text stands */
        {"\xa1\x00\x61x", 4},          /* there is no field 0 */
        {"\xa1\x18\x28\x61x", 5},      /* nor a field 40 */
        {"\xa2\x03\x61x\x01\x61y", 7}, /* out of order */
        {"\xa2\x01\x61x\x01\x61y", 7}, /* twice */
        {"\xa1\x0e\x80", 3},           /* an empty array */
        {"\xa1\x0e\x81\x62x\n", 6},    /* a line feed inside one of several */
        {"\xa1\x01\x61x\x00", 5},      /* something behind */
        {"\xa1\x01", 2},               /* cut */
        {"\xa1\x0f\x40", 3},           /* no bytes */
        {"\xbf\x01\x61x\xff", 5},      /* indefinite length */
        {"\xa1\x0a\xf9\x3c\x00", 5},   /* a float */
        {"", 0},
    };
    struct bench *t = *state;
    struct record *r = record_new(t->a, schema_kind(S("message"))), *back;
    struct err e = {0};

    encode(t, r);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (schema_decode(t->a, buf_view(&t->header), str_n(bad[i].bytes, bad[i].n), &back, &e) == 0)
            fail_msg("case %zu was taken", i);
    assert_int_equal(schema_decode(t->a, buf_view(&t->header), str_n("\xa0", 1), &back, &e), 0);
    assert_int_equal(schema_decode(t->a, str_n("\xa0", 1), str_n("\xa0", 1), &back, &e), -1);
}

/* ---- the commitment, against its definition written out a second time ---- */

static void define_leaf(uint8_t out[34], const uint8_t seed[32], unsigned number, struct str value)
{
    uint8_t two[2] = {(uint8_t)(number >> 8), (uint8_t)number}, salt[32];
    struct buf b;

    buf_init(&b, 1 << 20);
    blake2b(salt, seed, str_n(two, 2));
    buf_z(&b, "puente/leaf/v1");
    buf_put(&b, salt, 32);
    buf_put(&b, two, 2);
    buf_str(&b, value);
    memcpy(out, two, 2);
    sha256_one(out + 2, buf_view(&b));
    buf_free(&b);
}

static void commitment_is_as_defined(void **state)
{
    struct bench *t = *state;
    struct record *r = record_new(t->a, schema_kind(S("fragment")));
    uint8_t seed[32], got[32], want[32], leaf[34];
    struct buf all, value;

    memset(seed, 9, sizeof seed);
    record_int(r, 0, 1);
    record_int(r, 1, 77);
    record_text(r, 2, S("bytes"));
    encode(t, r);
    buf_init(&all, 4096);
    buf_init(&value, 4096);
    buf_z(&all, "puente/record/v1");
    define_leaf(leaf, seed, 0, buf_view(&t->header));
    buf_put(&all, leaf, sizeof leaf);
    for (int i = 0; i < 3; i++) {
        buf_reset(&value);
        schema_encode_field(&value, r, i);
        define_leaf(leaf, seed, (unsigned)i + 1, buf_view(&value));
        buf_put(&all, leaf, sizeof leaf);
    }
    sha256_one(want, buf_view(&all));
    schema_commit(got, seed, buf_view(&t->header), buf_view(&t->values));
    assert_memory_equal(got, want, 32);
    buf_free(&all);
    buf_free(&value);
}

/* Whatever byte changes, in header or values, canonical or not, the commitment changes. */
static void commitment_covers_every_byte(void **state)
{
    struct bench *t = *state;
    uint8_t seed[32] = {1}, was[32], now[32];
    EACH_KIND(k)
    {
        encode(t, chance_record(&t->chance, t->a, *k));
        schema_commit(was, seed, buf_view(&t->header), buf_view(&t->values));
        for (size_t i = 0; i < t->values.n; i++) {
            char keep = t->values.p[i];
            t->values.p[i] = (char)(keep ^ (1 << chance_below(&t->chance, 8)));
            schema_commit(now, seed, buf_view(&t->header), buf_view(&t->values));
            t->values.p[i] = keep;
            if (memcmp(was, now, 32) == 0)
                fail_msg("%s: byte %zu is not covered", (*k)->name, i);
        }
        arena_reset(t->a);
    }
    schema_commit(now, seed, S(""), S(""));
}

/* ---- text and CSV ---- */

static void text_there_and_back(void **state)
{
    struct bench *t = *state;
    EACH_KIND(k)
    for (int i = 0; i < ROUNDS; i++, arena_reset(t->a)) {
        struct record *r = chance_record(&t->chance, t->a, *k), *back = record_new(t->a, *k);
        encode(t, r);
        for (int f = 0; f < (*k)->fields; f++)
            if (!schema_set(t->a, back, f, schema_text(t->a, r, f), (struct place){0}, &t->faults))
                fail_msg("%s.%s: %s", (*k)->name, t->tag, t->last);
        same_values(t, back);
    }
}

static void csv_quotes(void **state)
{
    struct bench *t = *state;
    struct record *r = record_new(t->a, schema_kind(S("alert_name")));
    struct buf b;

    buf_init(&b, 4096);
    record_text(r, 0, S("ofac-sdn"));
    record_text(r, 1, S("=1+1"));
    record_text(r, 2, S("O\"Neil, \nJosé"));
    schema_csv_header(&b, r->kind);
    schema_csv_row(&b, r, 0);
    schema_csv_row(&b, r, 1 << 2);
    assert_true(str_eq(buf_view(&b), S("list,number,name,name_type,quality,status\r\n"
                                       "ofac-sdn,=1+1,\"O\"\"Neil, \nJosé\",,,\r\n"
                                       "ofac-sdn,=1+1,,,,\r\n")));
    buf_free(&b);
}

/* ---- check ---- */

static void check_with(struct bench *t, const char *kind, const char *field, struct str text,
                       const char *fault)
{
    const struct kind *k = schema_kind(str_z(kind));
    struct record *r = record_new(t->a, k);
    int i = schema_field(k, str_z(field));
    struct place at = {.offset = 5, .segment = 2};
    struct faults to = {.put = note, .arg = t};
    bool clean;

    for (int f = 0; f < k->fields; f++)
        if (k->field[f].flags & F_REQUIRED)
            chance_field(&t->chance, t->a, r, f);
    if (k->field[i].type == T_INT || k->field[i].type == T_DECIMAL)
        record_int(r, i, -5);
    else
        record_text(r, i, text);
    t->last[0] = t->tag[0] = '\0';
    clean = schema_check(r, at, &to);
    if (clean != (*fault == '\0' || t->severity != SEV_ERROR) || strcmp(t->last, fault) != 0 ||
        (*fault && strcmp(t->tag, field) != 0))
        fail_msg("%s.%s gives '%s' '%s', not '%s'", kind, field, t->last, t->tag, fault);
}

static void check_each_type(void **state)
{
    struct bench *t = *state;
    char *long_text = arena_alloc(t->a, TEXT_MAX + 1);

    memset(long_text, 'x', TEXT_MAX + 1);
    check_with(t, "trip", "mode", S(""), "field.required");
    check_with(t, "trip", "mode", S("teleport"), "field.code");
    check_with(t, "trip", "carrier", str_n(long_text, 65), "field.length");
    check_with(t, "consignment", "goods", str_n(long_text, TEXT_MAX + 1), "field.length");
    check_with(t, "consignment", "goods", str_n(long_text, TEXT_MAX), "");
    check_with(t, "trip", "carrier", S("\xff"), "field.utf8");
    check_with(t, "trip", "carrier", S("a\tb"), "field.control");
    check_with(t, "trip", "carrier", S("a\nb"), "");
    check_with(t, "trip", "bills", S(""), "field.range");
    check_with(t, "trip", "departure", S("2026-02-30"), "field.date");
    check_with(t, "trip", "departure", S("2026-02-28T25:00"), "field.date");
    check_with(t, "trip", "departure", S("2026-02-28T23:00"), "");
    check_with(t, "trip", "message", S("short"), "field.type");
    check_with(t, "alert", "issued", S("2026-02-28T23:00"), "field.date");
    check_with(t, "message", "tolerated", S("a\n\nb"), "field.type");
    check_with(t, "message", "digest", S("abc"), "field.shape");
    assert_int_equal(t->severity, SEV_WARNING);
    check_with(t, "item", "cas", S("108-24-8"), "field.shape");
    check_with(t, "notice", "cas", S("108-24-7"), "");
}

static void check_between_fields(void **state)
{
    struct bench *t = *state;
    struct record *r = record_new(t->a, schema_kind(S("equipment")));
    struct faults to = {.put = note, .arg = t};

    record_text(r, schema_field(r->kind, S("number")), S("CSQU3054384"));
    assert_true(schema_check(r, (struct place){0}, &to));
    assert_int_equal(to.count[SEV_WARNING], 0);
    record_text(r, schema_field(r->kind, S("kind")), S("container"));
    assert_true(schema_check(r, (struct place){.offset = 9}, &to));
    assert_int_equal(to.count[SEV_WARNING], 1);
    assert_string_equal(t->tag, "number");

    r = record_new(t->a, schema_kind(S("diversion")));
    record_text(r, schema_field(r->kind, S("office")), S("us.cbp"));
    record_text(r, schema_field(r->kind, S("from")), S("2026-03-02"));
    record_text(r, schema_field(r->kind, S("until")), S("2026-03-01"));
    schema_check(r, (struct place){0}, &to);
    assert_string_equal(t->last, "field.order");
}

static void check_the_header(void **state)
{
    struct bench *t = *state;
    struct record *r = record_new(t->a, schema_kind(S("trip")));

    record_text(r, schema_field(r->kind, S("mode")), S("road"));
    r->head.purpose = S("customs control");
    r->head.grading = S("B2");
    assert_true(schema_check(r, (struct place){0}, &t->faults));
    r->head.grading = S("E9");
    assert_false(schema_check(r, (struct place){0}, &t->faults));
    assert_string_equal(t->last, "field.code");
    assert_string_equal(t->tag, "grading");
    r->head.grading = S("");
    r->head.purpose = S("\xff");
    assert_false(schema_check(r, (struct place){0}, &t->faults));
    assert_string_equal(t->last, "field.utf8");
}

static void faults_are_limited_and_counted(void **state)
{
    struct bench *t = *state;
    struct faults to = {.put = note, .arg = t, .limit = 2};

    for (int i = 0; i < 5; i++) {
        snprintf(t->last, sizeof t->last, "none");
        fault_at(&to, "field.date", (struct place){0}, S(""), S(""));
        assert_string_equal(t->last, i < 2 ? "field.date" : "none");
    }
    assert_int_equal(to.count[SEV_ERROR], 5);
}

/* ---- a new kind is one table entry: this one stands in no list of the program ---- */

static const struct code flavours[] = {{"bitter", "Bitter"}, {"sweet", "Sweet"}};
static const struct codelist flavour = {"flavour", flavours, COUNT(flavours), false};
static const struct field fruit_fields[] = {
    {"name", T_TEXT, F_REQUIRED | F_KEY, C_OPEN, "Name", .help = "Its name.", .max = 40},
    {"flavour", T_CODE, F_MANY, C_OFFICIAL, "Flavour", .help = "How it tastes.", .codes = &flavour},
    {"seeds", T_INT, 0, C_OFFICIAL, "Seeds", .help = "How many.", .least = 0, .most = 1000},
    {"weight", T_DECIMAL, 0, C_OFFICIAL, "Weight", .help = "In kilograms.", .scale = 3, .unit = "kg"},
    {"ripe", T_BOOL, 0, C_OFFICIAL, "Ripe", .help = "Whether it is."},
    {"picked", T_DATE, 0, C_PERSONAL, "Picked", .help = "When."},
    {"eaten", T_TIME, 0, C_SEALED, "Eaten", .help = "When."},
    {"trip", T_REF, 0, C_OFFICIAL, "Trip", .help = "How it came.", .ref = "trip"},
    {"stone", T_BYTES, 0, C_OFFICIAL, "Stone", .help = "Its bytes."},
};
static const struct kind fruit = {.number = 60000,
                                  .version = 1,
                                  .name = "fruit",
                                  .family = "test",
                                  .label = "Fruit",
                                  .help = "A fruit.",
                                  .field = fruit_fields,
                                  .fields = COUNT(fruit_fields)};

static void one_table_entry_suffices(void **state)
{
    struct bench *t = *state;
    struct buf b;
    json_t *j;

    buf_init(&b, 1 << 20);
    for (int i = 0; i < ROUNDS; i++) {
        struct record *r = chance_record(&t->chance, t->a, &fruit), *back;
        uint8_t seed[32] = {0}, commitment[32];
        assert_true(schema_check(r, (struct place){0}, &t->faults));
        encode(t, r);
        schema_commit(commitment, seed, buf_view(&t->header), buf_view(&t->values));
        buf_reset(&b);
        schema_json_fields(&b, r, 0);
        back = schema_from_json(t->a, &fruit, buf_view(&b), (struct place){0}, &t->faults);
        same_values(t, back);
        schema_csv_row(&b, r, schema_class_mask(&fruit, C_PERSONAL));
    }
    assert_int_equal(schema_class_mask(&fruit, C_PERSONAL), 1 << 5 | 1 << 6);
    buf_reset(&b);
    schema_json_schema(&b, &fruit, LANG_EN);
    j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal(json_object_size(json_object_get(j, "properties")), fruit.fields);
    json_decref(j);
    buf_reset(&b);
    schema_sql_create(&b, &fruit);
    schema_sql_insert(&b, &fruit);
    schema_docs_kind(&b, &fruit, LANG_ES);
    buf_char(&b, '\0');
    assert_non_null(strstr(b.p, "\"stone\" BLOB"));
    assert_non_null(strstr(b.p, "How it tastes."));
    buf_free(&b);
}

/* PUENTE_BLESS=1 rewrites it. */
static void docs_are_current(void **state)
{
    static const char path[] = "docs/kinds.md";
    struct bench *t = *state;
    struct err e = {0};
    struct str there;
    struct buf b;

    if (access("docs", W_OK) != 0)
        skip();
    buf_init(&b, 1 << 22);
    schema_docs(&b, LANG_EN);
    assert_false(b.over);
    if (getenv("PUENTE_BLESS"))
        assert_int_equal(file_write(path, buf_view(&b), 0644, &e), 0);
    if (file_read(t->a, path, 1 << 22, &there, &e) != 0 || !str_eq(there, buf_view(&b)))
        fail_msg("%s is not what the tables say: run this test with PUENTE_BLESS=1", path);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(random_records_are_clean),
        TEST(cbor_there_and_back),
        TEST(mutated_cbor),
        TEST(cbor_refuses),
        TEST(commitment_is_as_defined),
        TEST(commitment_covers_every_byte),
        TEST(text_there_and_back),
        TEST(csv_quotes),
        TEST(check_each_type),
        TEST(check_between_fields),
        TEST(check_the_header),
        TEST(faults_are_limited_and_counted),
        TEST(one_table_entry_suffices),
        TEST(docs_are_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
