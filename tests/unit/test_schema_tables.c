/* test_schema_tables.c: what must hold of the tables themselves, and the guardrails that are written into
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "schema/schema.h"

#include <ctype.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define EACH_KIND(k) for (const struct kind *const *k = schema_kinds; *k; k++)

static bool snake_case(const char *z)
{
    if (!islower((unsigned char)*z))
        return false;
    for (; *z; z++)
        if (!islower((unsigned char)*z) && !isdigit((unsigned char)*z) && *z != '_')
            return false;
    return true;
}

static void kinds_are_well_formed(void **state)
{
    (void)state;
    EACH_KIND(k)
    {
        assert_true(snake_case((*k)->name));
        assert_true((*k)->number > 0 && (*k)->version > 0);
        assert_true((*k)->label && *(*k)->label && (*k)->help && *(*k)->help && (*k)->family);
        assert_true((*k)->fields > 0 && (*k)->fields <= FIELD_MAX);
        assert_ptr_equal(schema_kind(str_z((*k)->name)), *k);
        assert_ptr_equal(schema_kind_number((*k)->number), *k);
        for (const struct kind *const *other = k + 1; *other; other++) {
            assert_int_not_equal((*k)->number, (*other)->number);
            assert_string_not_equal((*k)->name, (*other)->name);
        }
    }
    assert_null(schema_kind(S("no_such_kind")));
    assert_null(schema_kind(S("")));
    assert_null(schema_kind(S("tri")));
    assert_null(schema_kind_number(0));
}

/* Columns that every view table has beside the fields. */
static bool reserved(const char *name)
{
    static const char *const names[] = {"seq", "id", "superseded", "erased"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return strncmp(name, "h_", 2) == 0;
}

static void field_is_well_formed(const struct kind *k, const struct field *f)
{
    if (!snake_case(f->name) || reserved(f->name))
        fail_msg("%s.%s: not a good name", k->name, f->name);
    if (!f->label || !*f->label || !f->help || !*f->help || f->help[strlen(f->help) - 1] != '.')
        fail_msg("%s.%s: label and help are wanted", k->name, f->name);
    if ((f->type == T_CODE) != (f->codes != NULL))
        fail_msg("%s.%s: a code has a list, nothing else has", k->name, f->name);
    if (f->flags & F_MANY && f->type != T_TEXT && f->type != T_CODE)
        fail_msg("%s.%s: only texts and codes may be many", k->name, f->name);
    if (f->scale && (f->type != T_DECIMAL || f->scale > 9))
        fail_msg("%s.%s: scale", k->name, f->name);
    if (f->type == T_REF && f->ref && !schema_kind(str_z(f->ref)))
        fail_msg("%s.%s: refers to no kind: %s", k->name, f->name, f->ref);
    if (f->type != T_REF && f->ref)
        fail_msg("%s.%s: only references refer", k->name, f->name);
    if (f->most < f->least)
        fail_msg("%s.%s: limits", k->name, f->name);
}

static void fields_are_well_formed(void **state)
{
    (void)state;
    EACH_KIND(k)
    for (int i = 0; i < (*k)->fields; i++) {
        field_is_well_formed(*k, &(*k)->field[i]);
        assert_int_equal(schema_field(*k, str_z((*k)->field[i].name)), i);
    }
    assert_int_equal(schema_field(schema_kinds[0], S("no_such_field")), -1);
}

static void code_lists_are_sorted(void **state)
{
    (void)state;
    EACH_KIND(k)
    for (int i = 0; i < (*k)->fields; i++) {
        const struct codelist *l = (*k)->field[i].codes;
        for (size_t j = 0; l && j < l->n; j++) {
            assert_true(l->codes[j].label && *l->codes[j].label);
            assert_ptr_equal(schema_code(l, str_z(l->codes[j].code)), &l->codes[j]);
            if (j && strcmp(l->codes[j - 1].code, l->codes[j].code) >= 0)
                fail_msg("list %s: %s is out of order", l->name, l->codes[j].code);
        }
        assert_true(!l || schema_code(l, S("no-such-code")) == NULL);
    }
}

static void faults_are_sorted(void **state)
{
    (void)state;
    for (const struct fault_def *f = schema_faults; f->code; f++) {
        if (f > schema_faults && strcmp(f[-1].code, f->code) >= 0)
            fail_msg("faults.c: %s is out of order", f->code);
        assert_true(f->rule && *f->rule && f->message && *f->message);
        assert_ptr_equal(schema_fault(f->code), f);
    }
}

/* ---- guardrails ---- */

static bool mentions(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcasestr(text, *words))
            return true;
    return false;
}

/* Guardrail 9, law 10: an individual claim for protection cannot be expressed. What speaks of it is an
 * aggregate. */
static bool speaks_of_protection(const struct kind *k)
{
    static const char *const words[] = {"asylum", "refugee", "protection claim", "credible fear", NULL};

    if (mentions(k->name, words) || mentions(k->label, words) || mentions(k->help, words))
        return true;
    for (int i = 0; i < k->fields; i++) {
        const struct field *f = &k->field[i];
        if (mentions(f->name, words) || mentions(f->label, words) || mentions(f->help, words))
            return true;
        for (size_t j = 0; f->codes && j < f->codes->n; j++)
            if (mentions(f->codes->codes[j].code, words) || mentions(f->codes->codes[j].label, words))
                return true;
    }
    return false;
}

static void no_individual_protection_claim(void **state)
{
    static const char *const aggregates[] = {"series",     "observation", "measure",   "pathway",
                                             "processing", "occupancy",   "programme", "facility",
                                             "harm",       "claim"};
    (void)state;
    EACH_KIND(k)
    if (!(*k)->aggregate && speaks_of_protection(*k))
        fail_msg("%s speaks of protection claims and is no aggregate", (*k)->name);
    for (size_t i = 0; i < COUNT(aggregates); i++)
        assert_true(schema_kind(str_z(aggregates[i]))->aggregate);
}

/* An aggregate leads to nobody: no reference, nothing personal, no identifier of a person. */
static void aggregates_lead_to_nobody(void **state)
{
    static const char *const identity[] = {"birth",      "passport", "person", "identifier", "address",
                                           "first_name", "surname",  "curp",   "rfc",        NULL};
    (void)state;
    EACH_KIND(k)
    for (int i = 0; (*k)->aggregate && i < (*k)->fields; i++) {
        const struct field *f = &(*k)->field[i];
        if (f->type == T_REF || f->type == T_BYTES || f->class >= C_PERSONAL || f->shape == SHAPE_CURP ||
            f->shape == SHAPE_RFC || mentions(f->name, identity))
            fail_msg("%s.%s: an aggregate must not lead to a person", (*k)->name, f->name);
    }
}

/* Guardrails 1, 2, 21 and law 8. */
static void forbidden_fields_are_absent(void **state)
{
    static const char *const never[] = {"ethnic",     "religio",        "race",    "gender", "sexual",
                                        "birthplace", "place_of_birth", "politic", "union",  "score",
                                        "rating",     "purchaser",      "dealer",  "buyer",  "biometric",
                                        "face",       "fingerprint",    NULL};
    static const char *const only_aggregates[] = {"nationalit", "citizenship", NULL};
    (void)state;
    EACH_KIND(k)
    for (int i = 0; i < (*k)->fields; i++) {
        const char *name = (*k)->field[i].name;
        if ((mentions(name, never) && strcmp(name, "trace_number") != 0 &&
             strcmp(name, "trace_result") != 0) ||
            strcmp(name, "sex") == 0)
            fail_msg("%s.%s: must not exist", (*k)->name, name);
        if (mentions(name, only_aggregates) && !(*k)->aggregate)
            fail_msg("%s.%s: only as a dimension of an aggregate", (*k)->name, name);
        if (strstr(name, "risk") && strcmp(name, "life_at_risk") != 0)
            fail_msg("%s.%s: nobody is scored", (*k)->name, name);
    }
}

/* Estimates of threat are about places: the kind that has them leads to no person. */
static void threat_is_of_a_place(void **state)
{
    (void)state;
    EACH_KIND(k)
    {
        if (schema_field(*k, S("threat_level")) < 0)
            continue;
        assert_true(schema_field(*k, S("place")) >= 0);
        for (int i = 0; i < (*k)->fields; i++)
            assert_true((*k)->field[i].class < C_PERSONAL &&
                        ((*k)->field[i].type != T_REF || strcmp((*k)->field[i].ref, "operation") == 0));
    }
}

static void names_of_people_are_personal(void **state)
{
    static const char *const people[][2] = {{"party", "name"},
                                            {"party", "identifier"},
                                            {"party", "address"},
                                            {"party", "contact"},
                                            {"party", "licence"},
                                            {"party", "postal_code"},
                                            {"alert", "name"},
                                            {"alert", "birth_date"},
                                            {"alert_name", "name"},
                                            {"alert_identifier", "value"},
                                            {"alert_address", "address"},
                                            {"hit", "matched"},
                                            {"hit", "alert_value"},
                                            {"hit", "declared_value"},
                                            {"message", "verbatim"},
                                            {"fault", "found"},
                                            {"fault", "verbatim"},
                                            {"fragment", "verbatim"},
                                            {"officer", "name"},
                                            {"engagement", "participants"}};
    (void)state;
    for (size_t i = 0; i < COUNT(people); i++) {
        const struct kind *k = schema_kind(str_z(people[i][0]));
        int field = schema_field(k, str_z(people[i][1]));
        assert_true(field >= 0 && k->field[field].class == C_PERSONAL);
        assert_true(schema_class_mask(k, C_PERSONAL) >> field & 1);
    }
}

/* ---- SQL: SQLite takes what the tables give ---- */

static void sql_is_taken_by_sqlite(void **state)
{
    sqlite3 *db;
    struct buf sql;
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    buf_init(&sql, 1 << 20);
    assert_int_equal(
        sqlite3_exec(db, "CREATE TABLE kind_count(kind INTEGER PRIMARY KEY, n INTEGER)", NULL, NULL, NULL),
        SQLITE_OK);
    EACH_KIND(k)
    {
        sqlite3_stmt *insert;
        buf_reset(&sql);
        schema_sql_create(&sql, *k);
        buf_char(&sql, '\0');
        if (sqlite3_exec(db, sql.p, NULL, NULL, NULL) != SQLITE_OK)
            fail_msg("%s: %s", (*k)->name, sqlite3_errmsg(db));
        buf_reset(&sql);
        schema_sql_insert(&sql, *k);
        assert_int_equal(sqlite3_prepare_v2(db, sql.p, (int)sql.n, &insert, NULL), SQLITE_OK);
        sqlite3_finalize(insert);
    }
    buf_free(&sql);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_well_formed),          cmocka_unit_test(fields_are_well_formed),
        cmocka_unit_test(code_lists_are_sorted),          cmocka_unit_test(faults_are_sorted),
        cmocka_unit_test(no_individual_protection_claim), cmocka_unit_test(aggregates_lead_to_nobody),
        cmocka_unit_test(forbidden_fields_are_absent),    cmocka_unit_test(threat_is_of_a_place),
        cmocka_unit_test(names_of_people_are_personal),   cmocka_unit_test(sql_is_taken_by_sqlite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
