/* Precursors: what came unannounced, against an objection, or in excess; in whatever order things come. */
#include "node.h"
#include "precursors/internal.h"

static const struct room *const rooms[] = {&precursors_room, NULL};

#define ANHYDRIDE "ACETIC ANHYDRIDE, DRUMS"

static struct record *item(struct test_node *t, const char *text, const char *kg, const char *permit)
{
    const char *const pairs[] = {"description", text, "net_weight", kg, permit ? "permit" : NULL,
                                 permit,        NULL};
    return test_record(t, "item", pairs);
}

static struct record *notice(struct test_node *t, const char *number, const char *kg, const char *reply)
{
    const char *const pairs[] = {
        "number",   number,       "exporting_country",    "CN",       "importing_country",
        "MX",       "substance",  "Acetic anhydride",     "quantity", kg,
        "expected", "2026-12-01", reply ? "reply" : NULL, reply,      NULL};
    return test_record(t, "notice", pairs);
}

static int64_t standing(struct test_node *t, const char *basis)
{
    return test_count(
        t, arena_fmt(t->arena,
                     "SELECT count(*) FROM v_hit WHERE status = 'open' AND superseded IS NULL AND "
                     "erased = 0 AND basis = '%s'",
                     basis)
               .p);
}

static void what_is_not_announced_is_a_hit(void **state)
{
    struct test_node t;
    (void)state;

    test_node_start(&t, rooms);
    test_append(&t, item(&t, ANHYDRIDE, "200", NULL));
    test_append(&t, item(&t, "AUTO PARTS", "200", NULL));
    test_append(&t, item(&t, "ACETONE", "200", NULL)); /* of Table II: no notice is owed */
    assert_int_equal(standing(&t, "substance"), 1);
    test_node_end(&t);
}

static void a_notice_covers_and_its_loss_uncovers(void **state)
{
    struct test_node t;
    struct record *n, *gone;
    (void)state;

    test_node_start(&t, rooms);
    test_append(&t, item(&t, ANHYDRIDE, "200", NULL));
    n = notice(&t, "PEN-1", "1000", NULL);
    test_append(&t, n);
    assert_int_equal(standing(&t, "substance"), 0);
    gone = notice(&t, "PEN-1", "1000", NULL); /* corrected: another substance */
    record_text(gone, schema_field(gone->kind, S("substance")), S("Safrole"));
    memcpy(gone->head.replaces, n->head.id, 16);
    test_append(&t, gone);
    assert_int_equal(standing(&t, "substance"), 1);
    test_append(&t, notice(&t, "PEN-2", "1000", NULL));
    assert_int_equal(standing(&t, "substance"), 0);
    test_reopen(&t, true);
    assert_int_equal(standing(&t, "substance"), 0);
    test_node_end(&t);
}

static void an_objection_is_a_hit(void **state)
{
    struct test_node t;
    (void)state;

    test_node_start(&t, rooms);
    test_append(&t, notice(&t, "PEN-1", "1000", "objection"));
    test_append(&t, item(&t, ANHYDRIDE, "200", NULL));
    assert_int_equal(standing(&t, "notice"), 1);
    assert_int_equal(standing(&t, "substance"), 0);
    test_node_end(&t);
}

static void more_than_notified_is_a_hit(void **state)
{
    struct test_node t;
    struct record *first, *less;
    json_t *row;
    (void)state;

    test_node_start(&t, rooms);
    test_append(&t, notice(&t, "PEN-1", "1000", NULL));
    first = item(&t, ANHYDRIDE, "600", "PEN-1");
    test_append(&t, first);
    test_append(&t, item(&t, ANHYDRIDE, "415", "PEN-1")); /* 15 kg more: weighing */
    assert_int_equal(standing(&t, "quantity"), 0);
    test_append(&t, item(&t, ANHYDRIDE, "50", "PEN-1"));
    assert_int_equal(standing(&t, "quantity"), 1);
    assert_int_equal(RUN(&t, &precursors_notices, NULL), 0);
    row = json_array_get(json_object_get(t.said, "notices"), 0);
    assert_string_equal(test_text(row, "arrived_kg"), "1065.000");
    assert_string_equal(test_text(row, "state"), "more than notified");
    less = item(&t, ANHYDRIDE, "60", "PEN-1");
    memcpy(less->head.replaces, first->head.id, 16);
    test_append(&t, less);
    assert_int_equal(standing(&t, "quantity"), 0);
    test_node_end(&t);
}

/* The standing hits do not depend on the order in which things came. */
static void any_order_ends_the_same(void **state)
{
    static const char *const orders[] = {"01234", "43210", "20314", "31042"};
    int64_t want[3] = {-1, -1, -1};
    (void)state;

    for (size_t o = 0; o < COUNT(orders); o++) {
        static const char *const basis[] = {"substance", "notice", "quantity"};
        struct test_node t;
        struct record *r[5];
        test_node_start(&t, rooms);
        r[0] = notice(&t, "PEN-1", "100", NULL);
        r[1] = notice(&t, "PEN-2", "100", "objection");
        r[2] = item(&t, ANHYDRIDE, "150", "PEN-1");
        r[3] = item(&t, ANHYDRIDE, "50", "PEN:PEN-2");
        r[4] = item(&t, "SAFROLE", "50", NULL);
        for (const char *p = orders[o]; *p; p++)
            test_append(&t, r[*p - '0']);
        for (size_t i = 0; i < COUNT(basis); i++) {
            int64_t n = standing(&t, basis[i]);
            assert_true(want[i] < 0 || want[i] == n);
            want[i] = n;
        }
        assert_int_equal(want[0] + want[1] + want[2], 3);
        test_node_end(&t);
    }
}

static void companies_must_be_the_same(void **state)
{
    static const char *const bill[] = {"bill", "B1", NULL};
    struct test_node t;
    struct record *n, *c, *i, *p;
    const char *party[] = {"role", "consignee", "name", "QUIMICA DEL NORTE SA DE CV", NULL};
    (void)state;

    test_node_start(&t, rooms);
    n = notice(&t, "PEN-1", "1000", NULL);
    record_text(n, schema_field(n->kind, S("importer")), S("Qu\xc3\xadmica del Norte, S.A. de C.V."));
    test_append(&t, n);
    c = test_record(&t, "consignment", bill);
    test_append(&t, c);
    i = item(&t, ANHYDRIDE, "200", NULL);
    record_text(i, schema_field(i->kind, S("consignment")), str_n(c->head.id, 16));
    test_append(&t, i);
    assert_int_equal(standing(&t, "substance"), 1); /* nobody is named yet */
    p = record_new(t.arena, schema_kind(S("party")));
    record_text(p, schema_field(p->kind, S("parent")), str_n(c->head.id, 16));
    record_text(p, schema_field(p->kind, S("role")), str_z(party[1]));
    record_text(p, schema_field(p->kind, S("name")), str_z(party[3]));
    p->head.author = S("us.cbp");
    test_append(&t, p);
    assert_int_equal(standing(&t, "substance"), 0);
    i = item(&t, ANHYDRIDE, "200", NULL);
    test_append(&t, c = test_record(&t, "consignment", bill));
    record_text(i, schema_field(i->kind, S("consignment")), str_n(c->head.id, 16));
    test_append(&t, i);
    p = record_new(t.arena, schema_kind(S("party")));
    record_text(p, schema_field(p->kind, S("parent")), str_n(c->head.id, 16));
    record_text(p, schema_field(p->kind, S("role")), str_z(party[1]));
    record_text(p, schema_field(p->kind, S("name")), S("PINTURAS RAMIREZ SA"));
    p->head.author = S("us.cbp");
    test_append(&t, p);
    assert_int_equal(standing(&t, "substance"), 1);
    test_node_end(&t);
}

static void the_list_answers(void **state)
{
    struct test_node t;
    (void)state;

    test_node_start(&t, rooms);
    assert_int_equal(RUN(&t, &precursors_list, NULL), 0);
    assert_int_equal(json_array_size(json_object_get(t.said, "substances")), substances_count);
    assert_int_equal(RUN(&t, &precursors_list, "on=1995-01-01", NULL), 0);
    assert_true(json_array_size(json_object_get(t.said, "substances")) < substances_count);
    assert_int_equal(RUN(&t, &precursors_list, "text=sacks of NPP", NULL), 0);
    assert_int_equal(json_array_size(json_object_get(t.said, "substances")), 1);
    assert_int_equal(RUN(&t, &precursors_list, "text=water", NULL), 0);
    assert_true(test_text(t.said, "nothing")[0] != 0);
    assert_int_equal(RUN(&t, &precursors_list, "on=yesterday", NULL), -1);
    assert_int_equal(RUN(&t, &precursors_notices, "substance=water", NULL), -1);
    assert_int_equal(RUN(&t, &precursors_notices, NULL), 0);
    assert_true(test_text(t.said, "nothing")[0] != 0);
    test_node_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_announced_is_a_hit),
        cmocka_unit_test(a_notice_covers_and_its_loss_uncovers),
        cmocka_unit_test(an_objection_is_a_hit),
        cmocka_unit_test(more_than_notified_is_a_hit),
        cmocka_unit_test(any_order_ends_the_same),
        cmocka_unit_test(companies_must_be_the_same),
        cmocka_unit_test(the_list_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
