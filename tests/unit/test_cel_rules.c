/* The rule language over records: fields, what is refused when compiled, predicates, reads, costs. */
#include "cel_help.h"

static struct record *consignment(struct arena *a)
{
    static const struct {
        const char *field, *text;
    } values[] = {
        {"bill", "MAEU123"},
        {"goods", "Acetone 99%, 40 drums"},
        {"gross_weight", "1250.5"},
        {"quantity", "40"},
        {"value", "999999999.99"},
        {"direction", "north"},
        {"references", "A:1; B:2; C:3"},
        {"status_at", "2026-11-21T20:59:00-06:00"},
        {"regime", "A1"},
        {"trip", "018f3c5e-0000-7000-8000-000000000001"},
    };
    struct record *r = record_new(a, schema_kind(S("consignment")));
    struct faults none = {0};

    for (size_t i = 0; i < COUNT(values); i++)
        assert_true(schema_set(a, r, schema_field(r->kind, str_z(values[i].field)), str_z(values[i].text),
                               (struct place){0}, &none));
    return r;
}

static const char *no_notes(void *arg, const struct kind *k, int field)
{
    (void)arg;
    return strcmp(k->field[field].name, "notes") == 0 ? "notes are not for rules" : NULL;
}

struct over {
    struct cel_var var[1];
    struct cel_env env;
};

static void over_consignments(struct over *o)
{
    *o = (struct over){.var = {{.name = S("consignment"), .kind = schema_kind(S("consignment"))}}};
    o->env = (struct cel_env){.var = o->var, .vars = 1, .strict = true, .refuse = no_notes};
}

static const struct cel_row fields_rows[] = {
    {"consignment.bill == 'MAEU123'", "true"},
    {"'MAEU123' == consignment.bill", "true"},
    {"consignment.bill != 'MAEU123'", "false"},
    {"consignment.bill > 'MAEU1' && consignment.bill <= 'MAEU123'", "true"},
    {"consignment.gross_weight == 1250.5 && consignment.gross_weight > 1000", "true"},
    {"consignment.quantity * 2.0", "80.0"},
    {"consignment.value == 999999999.99", "true"},
    {"consignment.goods.lowerAscii().contains('acetone')", "true"},
    {"consignment.goods.matches('(?i)acetone|ether') && consignment.quantity >= 40", "true"},
    {"consignment.references", "[\"A:1\",\"B:2\",\"C:3\"]"},
    {"'B:2' in consignment.references", "true"},
    {"consignment.references.exists(r, r.startsWith('C:'))", "true"},
    {"consignment.direction in ['north', 'south']", "true"},
    {"consignment.status_at.getHours('America/Mexico_City')", "20"},
    {"consignment.status_at > timestamp('2026-11-22T00:00:00Z')", "true"},
    {"consignment.trip", "\"018f3c5e-0000-7000-8000-000000000001\""},
    {"consignment.trip == '018f3c5e-0000-7000-8000-000000000001'", "true"},
    {"has(consignment.goods) && !has(consignment.package)", "true"},
    {"consignment.package", "run: absent"},
    {"consignment.package == 'CT'", "run: absent"},
    {"consignment.net_weight > 5.0", "run: absent"},
    {"has(consignment.package) && consignment.package == 'CT'", "false"},
    {"consignment.package == 'CT' || consignment.regime == 'A1'", "true"},
    {"consignment.package == 'CT' && consignment.regime == 'A2'", "false"},
    {"consignment", "compile: name one of its fields"},
    {"consignment == consignment", "compile: name one of its fields"},
    {"cel.bind(c, consignment, c.goods)", "compile: name one of its fields"},
    {"consignment['goods']", "compile: name one of its fields"},
    {"consignment.color == 'red'", "compile: no field “color”"},
    {"has(consignment.color)", "compile: no field “color”"},
    {"item.hs == '2914'", "compile: not declared"},
    {"consignment.notes == 'x'", "compile: notes are not for rules"},
    {"has(consignment.notes)", "compile: notes are not for rules"},
    {"consignment.bill == 5", "compile: _==_"},
    {"consignment.bill == null", "compile: _==_"},
    {"consignment.bill in [1, 2]", "compile: @in"},
    {"consignment.quantity == '40'", "compile: _==_"},
    {"consignment.goods.size() > 'a'", "compile: _>_"},
    {"true || consignment.bill == 5", "compile: _==_"},
    {"consignment.direction == 'nort'", "compile: “nort” is not a code of the list “direction”"},
    {"consignment.direction in ['north', 'up']", "compile: “up” is not a code"},
    {"'up' != consignment.direction", "compile: “up” is not a code"},
    {"consignment.goods.matches('(')", "compile: pattern"},
    {"consignment.bill + 1", "compile: _+_"},
    {"consignment.references.all(r, consignment.references.all(s, consignment.references.exists(t, r + "
     "s == t)))",
     "compile: steps"},
};

static void fields(void **state)
{
    struct arena *a = arena_new();
    struct cel_value value = cel_record(consignment(a));
    struct over o;
    struct buf b;

    (void)state;
    over_consignments(&o);
    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < COUNT(fields_rows); i++) {
        struct cel_program *p;
        struct cel_wrong wrong;
        struct cel_run run = {.arena = a};
        buf_reset(&b);
        if (cel_compile(a, &o.env, str_z(fields_rows[i].text), &p, &wrong) < 0) {
            cel_said(&b, "compile", wrong.text);
        } else if (cel_run(p, &value, &run) < 0) {
            cel_explain(p, run.value, LANG_EN, &wrong);
            cel_said(&b, "run", wrong.text);
            assert_int_equal(cel_absent(run.value), strstr(wrong.text, "absent") != NULL);
        } else {
            cel_to_json(&b, run.value);
            assert_true(run.steps <= cel_cost(p));
        }
        if (!cel_as_wanted(buf_view(&b), fields_rows[i].want))
            fail_msg("%s: %.*s, not %s", fields_rows[i].text, STR_ARG(buf_view(&b)), fields_rows[i].want);
    }
    buf_free(&b);
    arena_free(a);
}

static void predicates(void **state)
{
    static const struct {
        const char *text;
        enum cel_form form;
        bool negated;
        const char *field, *constant;
    } rows[] = {
        {"consignment.bill == 'x'", CEL_IS, false, "bill", "\"x\""},
        {"'x' == consignment.bill", CEL_IS, false, "bill", "\"x\""},
        {"consignment.bill != 'x'", CEL_IS_NOT, false, "bill", "\"x\""},
        {"consignment.quantity < 5", CEL_BELOW, false, "quantity", "5"},
        {"5 < consignment.quantity", CEL_ABOVE, false, "quantity", "5"},
        {"5 <= consignment.quantity", CEL_AT_LEAST, false, "quantity", "5"},
        {"consignment.quantity <= 2.5", CEL_AT_MOST, false, "quantity", "2.5"},
        {"consignment.quantity > -(1 + 1)", CEL_ABOVE, false, "quantity", "-2"},
        {"consignment.bill in ['a', 'b' + 'c']", CEL_IN, false, "bill", "[\"a\",\"bc\"]"},
        {"'a' in consignment.references", CEL_HAS_ITEM, false, "references", "\"a\""},
        {"consignment.goods.contains('x')", CEL_CONTAINS, false, "goods", "\"x\""},
        {"!consignment.goods.contains('x')", CEL_CONTAINS, true, "goods", "\"x\""},
        {"!!(consignment.goods.startsWith('x'))", CEL_STARTS, false, "goods", "\"x\""},
        {"consignment.goods.endsWith('x')", CEL_ENDS, false, "goods", "\"x\""},
        {"consignment.goods.matches('x+')", CEL_MATCHES, false, "goods", "\"x+\""},
        {"has(consignment.goods)", CEL_HAS, false, "goods", "null"},
        {"consignment.status_at > timestamp('2026-01-01T00:00:00Z')", CEL_ABOVE, false, "status_at",
         "\"2026-01-01T00:00:00Z\""},
        {"consignment.goods.size() > 3", CEL_OTHER, false, NULL, "null"},
        {"consignment.bill == consignment.regime", CEL_OTHER, false, NULL, "null"},
        {"consignment.goods.lowerAscii().contains('x')", CEL_OTHER, false, NULL, "null"},
        {"consignment.bill == 'a' || consignment.bill == 'b'", CEL_OTHER, false, NULL, "null"},
    };
    struct arena *a = arena_new();
    struct over o;
    struct buf b;

    (void)state;
    over_consignments(&o);
    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cel_program *p;
        struct cel_wrong wrong;
        struct cel_predicate x;
        if (cel_compile(a, &o.env, str_z(rows[i].text), &p, &wrong) < 0)
            fail_msg("%s: %s", rows[i].text, wrong.text);
        assert_int_equal(cel_parts(p), 1);
        x = cel_predicate(p, cel_part(p, 0));
        buf_reset(&b);
        cel_to_json(&b, x.constant);
        if (x.form != rows[i].form || x.negated != rows[i].negated ||
            x.field != (rows[i].field ? schema_field(o.var->kind, str_z(rows[i].field)) : -1) ||
            !str_eq(buf_view(&b), str_z(rows[i].constant)))
            fail_msg("%s: form %d, field %d, %.*s", rows[i].text, x.form, x.field, STR_ARG(buf_view(&b)));
    }
    buf_free(&b);
    arena_free(a);
}

/* Each part of a conjunction by itself says what the whole says of it. */
static void parts(void **state)
{
    static const char text[] =
        "consignment.regime == 'A1' &&\n    (consignment.quantity > 100 || has(consignment.goods))"
        " && consignment.goods.matches('[0-9]+%') && !(consignment.package == 'CT')";
    static const char *const said[] = {
        "consignment.regime == 'A1'", "(consignment.quantity > 100 || has(consignment.goods))",
        "consignment.goods.matches('[0-9]+%')", "!(consignment.package == 'CT')"};
    static const struct {
        const char *field;
        bool has;
    } reads[] = {
        {"regime", false}, {"quantity", false}, {"goods", true}, {"goods", false}, {"package", false}};
    struct arena *a = arena_new();
    struct cel_value value = cel_record(consignment(a));
    struct cel_run run = {.arena = a};
    struct cel_program *p;
    struct cel_wrong wrong;
    struct over o;

    (void)state;
    over_consignments(&o);
    assert_int_equal(cel_compile(a, &o.env, S(text), &p, &wrong), 0);
    assert_true(cel_is_bool(p));
    assert_int_equal(cel_run(p, &value, &run), -1);
    assert_true(cel_absent(run.value));
    cel_explain(p, run.value, LANG_EN, &wrong);
    assert_int_equal(wrong.line, 2);
    assert_string_equal(wrong.text, "2:125: the field is absent");
    assert_int_equal(cel_parts(p), COUNT(said));
    for (size_t i = 0; i < COUNT(said); i++) {
        struct cel_program *part = cel_part_program(a, p, cel_part(p, i));
        assert_true(str_eq(cel_node_text(p, cel_part(p, i)), str_z(said[i])));
        assert_int_equal(cel_run(part, &value, &run), i == 3 ? -1 : 0);
        assert_true(i == 3 || run.value.i);
        assert_true(cel_cost(part) < cel_cost(p));
    }
    assert_int_equal(cel_reads(p), COUNT(reads));
    for (size_t i = 0; i < COUNT(reads); i++) {
        struct cel_read r = cel_read(p, i);
        assert_int_equal(r.field, schema_field(o.var->kind, str_z(reads[i].field)));
        assert_int_equal(r.has, reads[i].has);
        assert_true(i == 0 || r.offset > cel_read(p, i - 1).offset);
    }
    arena_free(a);
}

/* A simple rule makes nothing in the arena. */
static void no_memory(void **state)
{
    struct arena *a = arena_new(), *scratch = arena_new();
    struct cel_value value = cel_record(consignment(a));
    struct cel_run run = {.arena = scratch};
    struct cel_program *p;
    struct cel_wrong wrong;
    struct over o;

    (void)state;
    over_consignments(&o);
    assert_int_equal(
        cel_compile(a, &o.env,
                    S("consignment.regime == 'A1' && consignment.quantity > 3 && "
                      "consignment.bill in ['a', 'MAEU123'] && consignment.goods.matches('Acet|ether')"),
                    &p, &wrong),
        0);
    assert_int_equal(cel_run(p, &value, &run), 0);
    assert_true(run.value.i);
    assert_int_equal(arena_used(scratch), 0);
    arena_free(a);
    arena_free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(predicates),
        cmocka_unit_test(parts),
        cmocka_unit_test(no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
