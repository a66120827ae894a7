/* The set of rules says what each rule alone says, and no attribute of a person can be named. */
#include "rules/set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static unsigned seed;

static unsigned upto(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static const char *const codes[] = {"29333700", "29333990", "291524", "84798100",
                                    "87089900", "010121",   "9"};
static const char *const texts[] = {"TABLET PRESS",
                                    "piperidone 99%",
                                    "AUTO PARTS",
                                    "acetic anhydride drums",
                                    "PIPE AND FITTINGS",
                                    "x",
                                    "Prensa de tabletas, usada"};
static const char *const words[] = {"PRESS", "piperid", "AUTO", "anhyd", "PI", "tabl", "usada", "zz"};
static const char *const patterns[] = {"(?i)tablet",         "PIPE|AUTO", "^x$", "dr.ms",
                                       "(?i)(press|prensa)", "\\\\d+%",   "a{2}"};
static const char *const modes[] = {"road", "rail", "sea", "air"};
static const char *const containers[] = {"MSKU1234565", "TGHU7654321", "HLXU1111111"};
static const char *const numbers[] = {"0", "1", "2.5", "12.345", "100", "999.999"};

#define ONE(list) list[upto(COUNT(list))]

static struct str part(struct arena *a)
{
    switch (upto(16)) {
    case 0:
        return arena_fmt(a, "item.hs == \"%s\"", ONE(codes));
    case 1:
        return arena_fmt(a, "item.hs.startsWith(\"%.*s\")", (int)upto(7), ONE(codes));
    case 2:
        return arena_fmt(a, "item.hs in [\"%s\", \"%s\"]", ONE(codes), ONE(codes));
    case 3:
        return arena_fmt(a, "item.description.contains(\"%s\")", ONE(words));
    case 4:
        return arena_fmt(a, "item.description.matches(\"%s\")", ONE(patterns));
    case 5:
        return arena_fmt(a, "trip.mode == \"%s\"", ONE(modes));
    case 6:
        return arena_fmt(a, "!(trip.mode == \"%s\")", ONE(modes));
    case 7:
        return arena_fmt(a, "item.quantity %s %s", upto(2) ? ">" : ">=", ONE(numbers));
    case 8:
        return arena_fmt(a, "item.quantity %s %s", upto(2) ? "<" : "<=", ONE(numbers));
    case 9:
        return arena_fmt(a, "item.quantity == %s", ONE(numbers));
    case 10:
        return arena_fmt(a, "\"%s\" in item.equipment", ONE(containers));
    case 11:
        return arena_fmt(a, "has(item.%s)", upto(2) ? "quantity" : "hs");
    case 12:
        return arena_fmt(a, "item.line > %u", upto(4));
    case 13:
        return arena_fmt(a, "(item.hs == \"%s\" || consignment.goods.contains(\"%s\"))", ONE(codes),
                         ONE(words));
    case 14:
        return arena_fmt(a, "consignment.bill == \"B%u\"", upto(4));
    default:
        return arena_fmt(a, "size(item.description) > %u", upto(20));
    }
}

static struct str rule(struct arena *a)
{
    struct str s = part(a);

    for (unsigned n = upto(4); n; n--)
        s = arena_fmt(a, "%.*s && %s", STR_ARG(s), part(a).p);
    return s;
}

static void put(struct arena *a, struct record *r, const char *field, const char *value)
{
    struct faults none = {0};

    if (upto(4))
        assert_true(
            schema_set(a, r, schema_field(r->kind, str_z(field)), str_z(value), (struct place){0}, &none));
}

static const struct record *record(struct arena *a, const char *kind)
{
    struct record *r = record_new(a, schema_kind(str_z(kind)));

    if (strcmp(kind, "trip") == 0) {
        put(a, r, "mode", ONE(modes));
    } else if (strcmp(kind, "consignment") == 0) {
        put(a, r, "bill", arena_fmt(a, "B%u", upto(4)).p);
        put(a, r, "goods", ONE(texts));
    } else {
        put(a, r, "hs", ONE(codes));
        put(a, r, "description", ONE(texts));
        put(a, r, "quantity", ONE(numbers));
        put(a, r, "line", arena_fmt(a, "%u", upto(4)).p);
        put(a, r, "equipment", ONE(containers));
    }
    return upto(8) ? r : NULL;
}

#define RULES   400
#define RECORDS 300

static void the_set_says_what_each_rule_says(void **state)
{
    const struct rules_subject *s = rules_subject(schema_kind(S("item")));
    struct rules_set *set = rules_set_new(s);
    struct arena *a = arena_new(), *each = arena_new();
    struct cel_program *alone[RULES];
    struct cel_wrong wrong;
    struct rules_run *run;
    struct err e = {0};
    uint32_t out[RULES];
    uint64_t fired = 0, looked = 0;
    (void)state;

    seed = 20261122;
    for (size_t i = 0; i < RULES; i++) {
        struct str text = rule(a);
        if (rules_compile(a, s, LANG_EN, text, &alone[i], &wrong) < 0 ||
            rules_set_add(set, text, &wrong) < 0)
            fail_msg("%s: %s", text.p, wrong.text);
    }
    assert_int_equal(rules_set_ready(set, &e), 0);
    run = rules_run_new(set);
    for (size_t k = 0; k < RECORDS; k++) {
        const struct record *vars[RULES_VARS] = {record(each, "item"), record(each, "consignment"),
                                                 record(each, "trip")};
        struct cel_value value[RULES_VARS];
        size_t n = rules_run(run, vars, out), at = 0;
        for (size_t i = 0; i < RULES_VARS; i++)
            value[i] = cel_record(vars[i] ? vars[i] : record_new(each, schema_kind(str_z(s->with[i]))));
        for (size_t i = 0; i < RULES; i++) {
            struct cel_run one = {.arena = each};
            bool is = cel_run(alone[i], value, &one) == 0 && one.value.type == CEL_BOOL && one.value.i;
            bool said = at < n && out[at] == i;
            if (is != said)
                fail_msg("record %zu, rule %zu: alone it is %d", k, i, is);
            at += said;
        }
        assert_int_equal(at, n);
        fired += n;
        looked += rules_run_work(run).looked_at;
        arena_reset(each);
    }
    assert_true(fired > 500);
    assert_true(looked < RULES * RECORDS / 3); /* the index leaves most of them out */
    rules_run_free(run);
    rules_set_free(set);
    arena_free(each);
    arena_free(a);
}

static void nobody_can_be_asked_for(void **state)
{
    static const struct {
        const char *kind, *text, *why;
    } no[] = {
        {"trip", "trip.nationality == \"MX\"", "nationality"},
        {"item", "item.origin == \"CN\" && passenger.sex == \"F\"", "who somebody is"},
        {"consignment", "consignment.country_of_birth == \"X\"", "origin"},
        {"consignment", "consignment.religion == \"X\"", "religion"},
        {"trip", "driver.apellido.startsWith(\"G\")", "who somebody is"},
        {"trip", "trip.edad > 60", "age"},
        {"trip", "trip.notes.contains(\"x\")", "personal"},
        {"trip", "party.name == \"X\"", "who somebody is"},
        {"trip", "/* x", "1:1"},
        {"trip", "trip.mode", "yes or no"},
        {"trip", "trip.mode == 3", ""},
        {"trip", "trip.there_is_no_such_field == 3", ""},
        {"trip", "trip.mode == \"air\" &&", ""},
    };
    struct arena *a = arena_new();
    (void)state;

    for (size_t i = 0; i < COUNT(no); i++)
        for (enum lang lang = LANG_EN; lang <= LANG_ES; lang++) {
            struct cel_program *p;
            struct cel_wrong wrong = {0};
            assert_int_equal(rules_compile(a, rules_subject(schema_kind(str_z(no[i].kind))), lang,
                                           str_z(no[i].text), &p, &wrong),
                             -1);
            if (lang == LANG_EN && !strstr(wrong.text, no[i].why))
                fail_msg("%s: %s", no[i].text, wrong.text);
            assert_true(wrong.text[0] >= '1' && wrong.text[0] <= '9');
        }
    arena_free(a);
}

static void words_in_strings_are_no_attributes(void **state)
{
    static const char *const yes[] = {
        "trip.carrier_name.contains(\"sex\")",
        "trip.carrier_name == 'race'",
        "trip.carrier_name == r'religion\\' || trip.mode == \"air\"",
        "trip.carrier_name == '''nationality''' // surname",
        "trip.carrier_name.matches(\"age|union\")",
    };
    struct arena *a = arena_new();
    (void)state;

    for (size_t i = 0; i < COUNT(yes); i++) {
        struct cel_program *p;
        struct cel_wrong wrong = {0};
        if (rules_compile(a, rules_subject(schema_kind(S("trip"))), LANG_EN, str_z(yes[i]), &p, &wrong) < 0)
            fail_msg("%s: %s", yes[i], wrong.text);
    }
    arena_free(a);
}

/* Law 8, guardrails 1 and 2: no kind that a rule reads has a field that tells who somebody is and is not refused. */
static void no_subject_is_a_person(void **state)
{
    (void)state;

    for (size_t i = 0; rules_subject_nth(i); i++)
        for (size_t v = 0; v < RULES_VARS && rules_subject_nth(i)->with[v]; v++) {
            const char *kind = rules_subject_nth(i)->with[v];
            assert_non_null(schema_kind(str_z(kind)));
            assert_string_not_equal(kind, "party");
            assert_string_not_equal(kind, "alert");
        }
    assert_null(rules_subject(schema_kind(S("party"))));
    assert_null(rules_subject(schema_kind(S("hit"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_set_says_what_each_rule_says),
        cmocka_unit_test(nobody_can_be_asked_for),
        cmocka_unit_test(words_in_strings_are_no_attributes),
        cmocka_unit_test(no_subject_is_a_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
