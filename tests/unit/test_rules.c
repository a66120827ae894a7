/* A rule's life: one drafts, history is asked, another agrees; then it fires, and only then. */
#include "node.h"
#include "rules/internal.h"

static const struct room *const rooms[] = {&rules_room, NULL};

static struct record *item(struct test_node *t, const char *hs, const struct record *consignment)
{
    const char *const pairs[] = {"hs", hs, "description", "TABLET PRESS", NULL};
    struct record *r = test_record(t, "item", pairs);

    if (consignment)
        record_text(r, schema_field(r->kind, S("consignment")), str_n(consignment->head.id, 16));
    return r;
}

static void drafted(struct test_node *t, const char *name, const char *text)
{
    t->c.author = S("us.cbp.drafter");
    if (RUN(t, &rules_draft, arena_fmt(t->arena, "name=%s", name).p, "applies-to=item",
            arena_fmt(t->arena, "text=%s", text).p, "reason=a test; with = signs", NULL) < 0)
        fail_msg("%s", t->err.text);
}

static void in_force(struct test_node *t, const char *name, const char *text)
{
    drafted(t, name, text);
    assert_int_equal(RUN(t, &rules_backtest, arena_fmt(t->arena, "rule=%s", name).p, NULL), 0);
    t->c.author = S("us.cbp.other");
    if (RUN(t, &rules_approve, arena_fmt(t->arena, "rule=%s", name).p, NULL) < 0)
        fail_msg("%s", t->err.text);
}

static int64_t hits(struct test_node *t)
{
    return test_count(
        t, "SELECT count(*) FROM v_hit WHERE status = 'open' AND superseded IS NULL AND erased = 0");
}

static void two_bring_a_rule_into_force(void **state)
{
    struct test_node t;
    (void)state;

    test_node_start(&t, rooms);
    drafted(&t, "press", "item.hs.startsWith(\"8479\")");
    test_append(&t, item(&t, "84798100", NULL));
    assert_int_equal(hits(&t), 0); /* a draft asks nothing */
    t.c.author = S("us.cbp.other");
    assert_int_equal(RUN(&t, &rules_approve, "rule=press", NULL), -1);
    assert_int_equal(t.err.code, ERR_CONFLICT); /* not tried yet */
    assert_int_equal(RUN(&t, &rules_backtest, "rule=press", NULL), 0);
    assert_int_equal(test_int(t.said, "seen"), 1);
    assert_int_equal(test_int(t.said, "fired"), 1);
    t.c.author = S("us.cbp.drafter");
    assert_int_equal(RUN(&t, &rules_approve, "rule=press", NULL), -1);
    assert_int_equal(t.err.code, ERR_DENIED); /* by whoever drafted it */
    t.c.author = S("us.cbp.other");
    assert_int_equal(RUN(&t, &rules_approve, "rule=press", NULL), 0);
    assert_int_equal(hits(&t), 0); /* what came before is history */
    test_append(&t, item(&t, "84798100", NULL));
    test_append(&t, item(&t, "87089900", NULL));
    assert_int_equal(hits(&t), 1);
    assert_int_equal(RUN(&t, &rules_retire, "rule=press", "reason=done", NULL), 0);
    test_append(&t, item(&t, "84798100", NULL));
    assert_int_equal(hits(&t), 1);
    test_node_end(&t);
}

/* However the record came: an active rule that one author wrote alone is not in force. */
static void one_alone_brings_none_into_force(void **state)
{
    static const char *const pairs[] = {"name",   "alone",  "text",        "item.hs.startsWith(\"8479\")",
                                        "reason", "x",      "applies_to",  "item",
                                        "status", "active", "approved_by", "us.cbp.other",
                                        NULL};
    struct test_node t;
    struct record *r;
    (void)state;

    test_node_start(&t, rooms);
    r = test_record(&t, "rule", pairs);
    test_append(&t, r);
    test_append(&t, item(&t, "84798100", NULL));
    assert_int_equal(hits(&t), 0);
    drafted(&t, "edited", "item.hs == \"0\"");
    assert_int_equal(RUN(&t, &rules_backtest, "rule=edited", NULL), 0);
    assert_int_equal(rule_find(&t.c, S("edited"), &r), 0);
    t.c.author = S("us.cbp.other"); /* agrees to another text than was drafted */
    r = rule_next(&t.c, r, "active");
    rule_put(r, "text", S("item.hs.startsWith(\"8479\")"));
    test_append(&t, r);
    test_append(&t, item(&t, "84798100", NULL));
    assert_int_equal(hits(&t), 0);
    test_node_end(&t);
}

static void a_new_draft_ends_the_old_rule(void **state)
{
    struct test_node t;
    (void)state;

    test_node_start(&t, rooms);
    in_force(&t, "press", "item.hs.startsWith(\"8479\")");
    test_append(&t, item(&t, "84798100", NULL));
    drafted(&t, "press", "item.hs.startsWith(\"99\")");
    test_append(&t, item(&t, "84798100", NULL));
    assert_int_equal(hits(&t), 1);
    test_node_end(&t);
}

static void a_correction_is_asked_anew(void **state)
{
    struct test_node t;
    struct record *r, *next;
    (void)state;

    test_node_start(&t, rooms);
    in_force(&t, "press", "item.hs.startsWith(\"8479\")");
    r = item(&t, "84798100", NULL);
    test_append(&t, r);
    next = item(&t, "84798900", NULL);
    memcpy(next->head.replaces, r->head.id, 16);
    test_append(&t, next);
    assert_int_equal(hits(&t), 1);
    assert_int_equal(test_count(&t, "SELECT count(*) FROM v_hit WHERE earlier IS NOT NULL"), 1);
    r = item(&t, "010121", NULL);
    memcpy(r->head.replaces, next->head.id, 16);
    test_append(&t, r);
    assert_int_equal(hits(&t), 0);
    test_reopen(&t, true); /* nothing follows twice */
    assert_int_equal(hits(&t), 0);
    test_node_end(&t);
}

static void a_rule_sees_what_the_record_belongs_to(void **state)
{
    static const char *const trip_pairs[] = {"mode", "air", NULL}, *const bill[] = {"bill", "B1", NULL};
    struct test_node t;
    struct record *trip, *consignment;
    (void)state;

    test_node_start(&t, rooms);
    in_force(&t, "by air", "trip.mode == \"air\" && item.hs.startsWith(\"8479\")");
    trip = test_record(&t, "trip", trip_pairs);
    test_append(&t, trip);
    consignment = test_record(&t, "consignment", bill);
    record_text(consignment, schema_field(consignment->kind, S("trip")), str_n(trip->head.id, 16));
    test_append(&t, consignment);
    test_append(&t, item(&t, "84798100", consignment));
    test_append(&t, item(&t, "84798100", NULL));
    assert_int_equal(hits(&t), 1);
    test_node_end(&t);
}

static void dates_hold(void **state)
{
    struct test_node t;
    (void)state;

    test_node_start(&t, rooms); /* its world stands in November 2026 */
    t.c.author = S("us.cbp.drafter");
    assert_int_equal(RUN(&t, &rules_draft, "name=past", "applies-to=item", "text=has(item.hs)", "reason=x",
                         "from=2020-01-01", "until=2020-12-31", NULL),
                     0);
    assert_int_equal(RUN(&t, &rules_backtest, "rule=past", NULL), 0);
    t.c.author = S("us.cbp.other");
    assert_int_equal(RUN(&t, &rules_approve, "rule=past", NULL), 0);
    test_append(&t, item(&t, "84798100", NULL));
    assert_int_equal(hits(&t), 0);
    test_node_end(&t);
}

static void the_list_says_what_a_rule_brought(void **state)
{
    struct test_node t;
    json_t *row;
    (void)state;

    test_node_start(&t, rooms);
    in_force(&t, "press", "item.hs.startsWith(\"8479\")");
    test_append(&t, item(&t, "84798100", NULL));
    assert_int_equal(RUN(&t, &rules_list, NULL), 0);
    row = json_array_get(json_object_get(t.said, "rules"), 0);
    assert_string_equal(test_text(row, "name"), "press");
    assert_string_equal(test_text(row, "approved_by"), "us.cbp.other");
    assert_int_equal(test_int(row, "fired"), 1);
    assert_int_equal(test_int(row, "examined"), 0);
    assert_null(json_object_get(row, "broken"));
    assert_int_equal(RUN(&t, &rules_list, "status=retired", NULL), 0);
    assert_int_equal(json_array_size(json_object_get(t.said, "rules")), 0);
    assert_int_equal(
        RUN(&t, &rules_check, "applies-to=item", "text=item.hs == \"1\" && trip.mode == \"air\"", NULL), 0);
    assert_int_equal(json_array_size(json_object_get(t.said, "reads")), 2);
    assert_int_equal(RUN(&t, &rules_check, "applies-to=party", "text=true", NULL), -1);
    test_node_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_bring_a_rule_into_force),
        cmocka_unit_test(one_alone_brings_none_into_force),
        cmocka_unit_test(a_new_draft_ends_the_old_rule),
        cmocka_unit_test(a_correction_is_asked_anew),
        cmocka_unit_test(a_rule_sees_what_the_record_belongs_to),
        cmocka_unit_test(dates_hold),
        cmocka_unit_test(the_list_says_what_a_rule_brought),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
