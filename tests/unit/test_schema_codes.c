/* The code lists of other authorities: order, counts, known rows, both languages; and what a record is held to. */
#include "schema/lists.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "schema_bench.h"

static void names_are(const char *scheme, const char *code, const char *en, const char *es)
{
    struct str got = schema_place(str_z(scheme), str_z(code), LANG_EN);

    if (!str_eq(got, str_z(en)))
        fail_msg("%s %s is \"%.*s\"", scheme, code, STR_ARG(got));
    got = schema_place(str_z(scheme), str_z(code), LANG_ES);
    if (!str_eq(got, str_z(es)))
        fail_msg("%s %s is \"%.*s\" in Spanish", scheme, code, STR_ARG(got));
}

static void places_have_names(void **state)
{
    (void)state;
    names_are("schedule-d", "2304", "Laredo, TX", "Laredo, TX");
    names_are("schedule-d", "2305", "Hidalgo, TX", "Hidalgo, TX");
    names_are("schedule-d", "0101", "Portland, ME", "Portland, ME");
    names_are("schedule-d", "2002", "New Orleans, LA", "Nueva Orleans, LA");
    names_are("schedule-k", "20199", "Veracruz, Mexico", "Veracruz, Mexico");
    names_are("aduana", "24", "Nuevo Laredo, Tamaulipas", "Nuevo Laredo, Tamaulipas");
    names_are("aduana", "240", "Nuevo Laredo, Tamaulipas", "Nuevo Laredo, Tamaulipas");
    names_are("aduana", "20", "Mexico City", "Ciudad de México");
    names_are("unlocode", "MXNLD", "Nuevo Laredo, TAM", "Nuevo Laredo, TAM");
    names_are("unlocode", "USOYM", "Otay Mesa, CA", "Otay Mesa, CA");
    names_are("unlocode", "DEHAM", "Hamburg", "Hamburg");
    names_are("iata", "MTY", "Aeropuerto Internacional Gral. Mariano Escobedo",
              "Aeropuerto Internacional Gral. Mariano Escobedo");
    names_are("icao", "MMUN", "Aeropuerto Internacional de Cancún", "Aeropuerto Internacional de Cancún");
    names_are("schedule-d", "9999", "", "");
    names_are("schedule-d", "230", "", "");
    names_are("unlocode", "", "", "");
    names_are("name", "Laredo", "", "");
    assert_true(str_eq(schema_goods(S("930200"), LANG_EN), S("Arms and ammunition")));
    assert_true(str_eq(schema_goods(S("93"), LANG_ES), S("Armas y municiones")));
    assert_int_equal(schema_goods(S("77"), LANG_EN).n, 0);
}

static void known_codes(void **state)
{
    static const struct {
        enum list list;
        const char *code;
        bool listed;
    } rows[] = {
        {LIST_ADUANA, "24", true},
        {LIST_ADUANA, "240", true},
        {LIST_ADUANA, "03", false},
        {LIST_ADUANA, "2", false},
        {LIST_ADUANA, "2400", false},
        {LIST_HS, "01", true},
        {LIST_HS, "0101", true},
        {LIST_HS, "010121", true},
        {LIST_HS, "0101210100", true},
        {LIST_HS, "77", false},
        {LIST_HS, "0199", false},
        {LIST_HS, "010122", false},
        {LIST_HS, "98040001", true},
        {LIST_HS, "999999", true},
        {LIST_HS, "1", false},
        {LIST_HS, "01x1", false},
        {LIST_IATA, "MEX", true},
        {LIST_IATA, "QZ9", false},
        {LIST_IATA, "mex", false},
        {LIST_REC20, "KGM", true},
        {LIST_REC20, "H87", true},
        {LIST_REC20, "C62", true},
        {LIST_REC20, "??", false},
        {LIST_REC20, "ZZZZ", false},
        {LIST_REC21, "CT", true},
        {LIST_REC21, "1A", true},
        {LIST_REC21, "!!", false},
        {LIST_SCHEDULE_D, "2304", true},
        {LIST_SCHEDULE_D, "2303", true},
        {LIST_SCHEDULE_D, "9998", false},
        {LIST_UNDG, "1203", true},
        {LIST_UNDG, "3480", true},
        {LIST_UNDG, "9999", false},
        {LIST_UNLOCODE, "USLRD", true},
        {LIST_UNLOCODE, "CNSHA", true},
        {LIST_UNLOCODE, "ZWHRE", true},
        {LIST_UNLOCODE, "ADALV", true},
        {LIST_UNLOCODE, "QQAAA", false},
        {LIST_UNLOCODE, "US0ZZ", false},
        {LIST_UNLOCODE, "uslrd", false},
        {LIST_UNLOCODE, "US", false},
        {LIST_UNLOCODE, "US-RD", false},
        {LIST_SCHEDULE_K, "20199", false /* not checked */},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (schema_listed(rows[i].list, str_z(rows[i].code)) != rows[i].listed)
            fail_msg("%s %s: expected %d", schema_list_about(rows[i].list).name, rows[i].code,
                     rows[i].listed);
}

/* No code of any bytes and length reads outside the tables (the sanitizers look on). */
static void any_bytes(void **state)
{
    struct bench *t = *state;

    for (int i = 0; i < 20000; i++) {
        char code[8];
        size_t n = chance_below(&t->chance, sizeof code + 1);
        for (size_t k = 0; k < n; k++)
            code[k] = (char)chance_below(&t->chance, 256);
        for (enum list l = 0; l < LISTS; l++) {
            schema_listed(l, str_n(code, n));
            schema_list_name(l, str_n(code, n), LANG_ES);
        }
    }
}

static size_t codes_of(enum list l)
{
    size_t codes, names;

    schema_list_count(l, &codes, &names);
    return codes;
}

/* The files: sorted, whole lines; each named code of a list that is checked is listed, and as many as were counted. */
static void tables_are_sound(void **state)
{
    static const struct {
        enum list list;
        const char *file;
        size_t codes, names;
    } rows[] = {
        {LIST_ADUANA, "aduana", 50, 50},
        {LIST_HS_CHAPTER, "hs-chapter", 0, 98},
        {LIST_IATA, "iata", 9577, 1696},
        {LIST_ICAO, "icao", 0, 1730},
        {LIST_SCHEDULE_D, "schedule-d", 499, 499},
        {LIST_SCHEDULE_K, "schedule-k", 0, 848},
        {LIST_UNLOCODE, "unlocode", 115928, 19658},
    };
    struct bench *t = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t codes, names;
        char path[64];
        struct str all, line, code, before = {NULL, 0};
        struct err e = {0};
        schema_list_count(rows[i].list, &codes, &names);
        assert_int_equal(codes, rows[i].codes);
        assert_int_equal(names, rows[i].names);
        snprintf(path, sizeof path, "src/schema/data/%s.tbl", rows[i].file);
        if (access(path, R_OK) != 0)
            skip();
        assert_int_equal(file_read(t->a, path, 1 << 22, &all, &e), 0);
        while (all.n && str_split(&all, '\n', &line)) {
            assert_true(str_utf8(line));
            assert_true(str_split(&line, '\t', &code) && code.n && line.n);
            assert_true(before.n == 0 || str_cmp(before, code) < 0);
            if (codes && !schema_listed(rows[i].list, code))
                fail_msg("%s: %.*s is named but not listed", path, STR_ARG(code));
            assert_true(schema_list_name(rows[i].list, code, LANG_EN).n > 0);
            before = code;
        }
    }
    assert_int_equal(codes_of(LIST_HS), 5612 + 20000);
    assert_int_equal(codes_of(LIST_UNDG), 2348);
    assert_int_equal(codes_of(LIST_REC20), 1827);
    assert_int_equal(codes_of(LIST_REC21), 347);
}

/* schema_check finds the code that a scheme speaks of right in front of it. */
static void schemes_follow_their_codes(void **state)
{
    (void)state;
    for (const struct kind *const *k = schema_kinds; *k; k++)
        for (int i = 0; i < (*k)->fields; i++) {
            const struct field *f = &(*k)->field[i];
            char name[64];
            if (f->codes == NULL || strcmp(f->codes->name, "scheme") != 0)
                continue;
            assert_true(i > 0);
            snprintf(name, sizeof name, "%s_scheme", f[-1].name);
            if (strcmp(name, f->name) != 0 || f[-1].type != T_TEXT || f[-1].flags & F_MANY)
                fail_msg("%s: %s does not follow its code", (*k)->name, f->name);
        }
}

struct seen {
    char codes[4][32], found[4][32], expected[4][64], tag[4][32];
    size_t n;
};

static void see(void *arg, const struct fault *f)
{
    struct seen *s = arg;

    assert_true(s->n < 4);
    snprintf(s->codes[s->n], sizeof s->codes[0], "%s", f->def->code);
    snprintf(s->found[s->n], sizeof s->found[0], "%.*s", STR_ARG(f->found));
    snprintf(s->expected[s->n], sizeof s->expected[0], "%.*s", STR_ARG(f->expected));
    snprintf(s->tag[s->n], sizeof s->tag[0], "%.*s", STR_ARG(f->place.tag));
    assert_int_equal(f->severity, SEV_WARNING);
    s->n++;
}

static void set(struct record *r, const char *field, const char *value)
{
    int i = schema_field(r->kind, str_z(field));

    assert_true(i >= 0);
    record_text(r, i, str_z(value));
}

static void records_are_held_to_lists(void **state)
{
    struct bench *t = *state;
    struct seen s = {0};
    struct faults to = {.put = see, .arg = &s};
    struct record *r = record_new(t->a, schema_kind(S("trip")));

    set(r, "mode", "road");
    set(r, "port", "2304");
    set(r, "port_scheme", "schedule-d");
    set(r, "origin", "MXQQQ");
    set(r, "origin_scheme", "unlocode");
    set(r, "destination", "some place"); /* no list: nothing to check */
    set(r, "destination_scheme", "name");
    assert_true(schema_check(r, (struct place){0}, &to));
    assert_int_equal(s.n, 1);
    assert_string_equal(s.codes[0], "field.listed");
    assert_string_equal(s.found[0], "MXQQQ");
    assert_string_equal(s.expected[0], "UN/LOCODE, 2023-2");
    assert_string_equal(s.tag[0], "origin");

    s.n = 0;
    set(r, "origin", "");
    assert_true(schema_check(r, (struct place){0}, &to)); /* a scheme without a code */
    assert_int_equal(s.n, 0);

    r = record_new(t->a, schema_kind(S("item")));
    set(r, "consignment", "0123456789abcdef");
    set(r, "hs", "019999");
    set(r, "undg", "9999");
    set(r, "pedimento", "26  03  3420  6000001");
    assert_true(schema_check(r, (struct place){0}, &to));
    assert_int_equal(s.n, 3);
    assert_string_equal(s.found[2], "03");
}

/* Coffee was one line until 2024-03-22 and two from then on; ephedrine has a line of its own since that day. */
static void tariff_lines_have_their_days(void **state)
{
    const int64_t before = date_days(2024, 3, 1), on = date_days(2024, 3, 22),
                  after = date_days(2024, 3, 23);
    char unit[3];

    (void)state;
    assert_int_equal(schema_tariff(S("0901219900"), before, unit), TARIFF_LISTED);
    assert_string_equal(unit, "01");
    assert_int_equal(schema_tariff(S("0901219900"), on, NULL), TARIFF_LISTED);
    assert_int_equal(schema_tariff(S("0901219900"), after, unit), TARIFF_OTHER_TIME);
    assert_string_equal(unit, "");
    assert_int_equal(schema_tariff(S("0901219901"), before, NULL), TARIFF_OTHER_TIME);
    assert_int_equal(schema_tariff(S("0901219901"), after, NULL), TARIFF_LISTED);
    assert_int_equal(schema_tariff(S("2939410100"), before, NULL), TARIFF_OTHER_TIME);
    assert_int_equal(schema_tariff(S("29394101"), after, NULL), TARIFF_LISTED);
    assert_int_equal(schema_tariff(S("0101210100"), date_days(2019, 1, 1), unit), TARIFF_LISTED);
    assert_string_equal(unit, "07");
    assert_int_equal(schema_tariff(S("0101210101"), after, NULL), TARIFF_UNLISTED);
    assert_int_equal(schema_tariff(S("9999999999"), after, NULL), TARIFF_UNLISTED);
    assert_int_equal(schema_tariff(S("01012101"), after, unit), TARIFF_LISTED);
    assert_int_equal(schema_tariff(S("010121"), after, NULL), TARIFF_UNLISTED);
    assert_int_equal(schema_tariff(S("01012X0100"), after, NULL), TARIFF_UNLISTED);
    assert_int_equal(schema_tariff(S(""), after, NULL), TARIFF_UNLISTED);
}

static void docs_are_current(void **state)
{
    static const char path[] = "docs/codes.md";
    struct bench *t = *state;
    struct err e = {0};
    struct str there;
    struct buf b;

    if (access("docs", W_OK) != 0)
        skip();
    buf_init(&b, 1 << 16);
    schema_lists_docs(&b);
    assert_false(b.over);
    if (getenv("PUENTE_BLESS"))
        assert_int_equal(file_write(path, buf_view(&b), 0644, &e), 0);
    if (file_read(t->a, path, 1 << 16, &there, &e) != 0 || !str_eq(there, buf_view(&b)))
        fail_msg("%s is not what the tables say: run this test with PUENTE_BLESS=1", path);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(places_have_names),
        TEST(known_codes),
        TEST(any_bytes),
        TEST(tables_are_sound),
        TEST(schemes_follow_their_codes),
        TEST(records_are_held_to_lists),
        TEST(tariff_lines_have_their_days),
        TEST(docs_are_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
