/* The clocks: each source, either side, late exactly after due; a rebuild gives the same table. */
#include "coordination_help.h"

/* ---- lateness ---- */

static void late_exactly_after_due(void **state)
{
    struct test_node t;
    int64_t when = NOON + 3 * DAY;
    (void)state;

    start_as(&t, NULL);
    request(&t, "mx.anam", "us.cbp", "information");
    t.fake.time = when;
    assert_int_equal(due(&t, "late=true"), 0);
    assert_string_equal(test_text(t.said, "nothing"), "nothing is late");
    t.fake.time = when + 1;
    assert_int_equal(due(&t, "late=true"), 1);
    assert_string_equal(said(&t, 0, "late_by"), "0 min");
    t.fake.time = when + 2 * DAY + 3 * HOUR;
    assert_int_equal(due(&t, "late=true"), 1);
    assert_string_equal(said(&t, 0, "late_by"), "2 d 3 h");
    test_node_end(&t);
}

static void a_due_day_lasts_to_its_end(void **state)
{
    struct test_node t;
    (void)state;

    start_as(&t, NULL);
    COME(&t, NULL, "commitment", "office", "us.cbp", "peer", "mx.anam", "text", "Open lane 4", "due",
         "2026-11-22");
    t.fake.time = NOON + DAY + 12 * HOUR - 1;
    assert_int_equal(due(&t, "late=true"), 0);
    t.fake.time++;
    assert_int_equal(due(&t, "late=true"), 1);
    test_node_end(&t);
}

/* ---- the other sources ---- */

#define EXPECT(t, n, what, whose)                                                                          \
    do {                                                                                                   \
        assert_int_equal(due(t, "duty=" what), n);                                                         \
        if (n)                                                                                             \
            assert_string_equal(said(t, 0, "side"), whose);                                                \
    } while (0)

static void whoever_was_given_a_record_confirms_its_retraction(void **state)
{
    struct test_node t;
    struct record *ours, *theirs;
    (void)state;

    start_as(&t, NULL);
    ours = COME(&t, NULL, "retraction", "about", ABOUT, "office", "us.cbp", "reason", "wrong", "required",
                "erase", "due", "2026-11-23", "holders", "mx.anam; gt.sat");
    EXPECT(&t, 2, "confirmation", "theirs");
    COME(&t, "mx.anam", "retraction", "about", ABOUT, "office", "mx.anam", "reason", "wrong", "required",
         "confirmed", "receipt_of", id_of(&t, ours));
    EXPECT(&t, 1, "confirmation", "theirs");
    assert_string_equal(said(&t, 0, "counterpart"), "gt.sat");
    /* mx.anam cannot confirm for another; this node's officer can say that a paper came. */
    COME(&t, "mx.anam", "retraction", "about", ABOUT, "office", "gt.sat", "reason", "wrong", "required",
         "confirmed", "receipt_of", id_of(&t, ours));
    EXPECT(&t, 1, "confirmation", "theirs");
    COME(&t, NULL, "retraction", "about", ABOUT, "office", "gt.sat", "reason", "wrong", "required",
         "confirmed", "receipt_of", id_of(&t, ours));
    EXPECT(&t, 0, "confirmation", "");
    theirs = COME(&t, "mx.anam", "retraction", "about", ABOUT, "office", "mx.anam", "reason", "court",
                  "required", "erase", "due", "2026-11-20");
    EXPECT(&t, 1, "confirmation", "ours");
    assert_int_equal(due(&t, "late=true"), 1);
    COME(&t, NULL, "retraction", "about", ABOUT, "office", "us.cbp", "reason", "court", "required",
         "confirmed", "receipt_of", id_of(&t, theirs));
    EXPECT(&t, 0, "confirmation", "");
    rebuilds(&t);
    test_node_end(&t);
}

static void a_promise_runs_until_it_is_kept(void **state)
{
    struct test_node t;
    struct record *r, *p;
    (void)state;

    start_as(&t, NULL);
    r = COME(&t, "mx.anam", "commitment", "office", "mx.anam", "peer", "us.cbp", "text", "Open lane 4",
             "due", "2026-12-01");
    COME(&t, NULL, "commitment", "office", "us.cbp", "text", "Without a day");
    EXPECT(&t, 1, "commitment", "theirs");
    COME(&t, "gt.sat", "progress", "commitment", id_of(&t, r), "completion", "complete", "observed",
         "2026-11-25", "text", "x");
    EXPECT(&t, 1, "commitment", "theirs");
    COME(&t, "mx.anam", "progress", "commitment", id_of(&t, r), "completion", "complete", "observed",
         "2026-11-22", "text", "x");
    EXPECT(&t, 0, "commitment", "");
    p = COME(&t, "mx.anam", "progress", "commitment", id_of(&t, r), "completion", "limited", "observed",
             "2026-11-23", "text", "It broke down");
    EXPECT(&t, 1, "commitment", "theirs");
    forget(&t, p);
    EXPECT(&t, 0, "commitment", "");
    rebuilds(&t);
    test_node_end(&t);
}

/* A record that names the id of another kind's as what it answers changes nothing there. */
static void an_answer_to_a_promise_is_none(void **state)
{
    struct test_node t;
    struct record *r;
    (void)state;

    start_as(&t, NULL);
    r = COME(&t, NULL, "commitment", "office", "us.cbp", "peer", "mx.anam", "text", "Open lane 4", "due",
             "2026-12-01");
    answer(&t, "mx.anam", r, "given");
    EXPECT(&t, 1, "commitment", "ours");
    rebuilds(&t);
    test_node_end(&t);
}

static void rights_and_incidents_run_until_closed(void **state)
{
    struct test_node t;
    struct record *r;
    (void)state;

    start_as(&t, NULL);
    r = COME(&t, NULL, "rights_request", "number", "R-1", "office", "us.cbp", "form", "access", "received",
             "2026-11-01", "due", "2026-11-20");
    EXPECT(&t, 1, "rights", "ours");
    assert_int_equal(due(&t, "late=true"), 1);
    COME(&t, NULL, "incident", "number", "I-1", "form", "data-breach", "occurred", "2026-11-20", "text",
         "x", "filed_by", "officer", "routed_to", "Inspector General", "due", "2026-11-23", "status",
         "active");
    COME(&t, NULL, "incident", "number", "I-2", "form", "data-breach", "occurred", "2026-11-20", "text",
         "x", "filed_by", "officer", "routed_to", "Inspector General", "due", "2026-11-23", "status",
         "closed");
    EXPECT(&t, 1, "incident", "ours");
    assert_string_equal(said(&t, 0, "matter"), "I-1");
    r = test_record(&t, "rights_request",
                    (const char *const[]){"number", "R-1", "office", "us.cbp", "form", "access", "received",
                                          "2026-11-01", "due", "2026-11-20", "closed", "2026-11-21",
                                          "outcome", "granted", "reason", id_of(&t, r), NULL});
    assert_true(uuid_parse(get(r, "reason"), r->head.replaces));
    test_append(&t, r);
    EXPECT(&t, 0, "rights", "");
    rebuilds(&t);
    test_node_end(&t);
}

static void a_consent_runs_out_unless_renewed(void **state)
{
    struct test_node t;
    struct record *about, *second;
    (void)state;

    start_as(&t, NULL);
    about = test_wait(&t, "2304", "40");
    test_append(&t, about);
    COME(&t, "mx.anam", "consent", "about", id_of(&t, about), "giver", "mx.anam", "office", "us.cbp",
         "decision", "given", "purpose", "p", "until", "2026-11-22");
    COME(&t, "mx.anam", "consent", "about", ABOUT, "giver", "mx.anam", "office", "us.cbp", "decision",
         "refused", "purpose", "p", "until", "2026-11-22");
    EXPECT(&t, 1, "consent", "ours");
    second = COME(&t, "mx.anam", "consent", "about", id_of(&t, about), "giver", "mx.anam", "office",
                  "us.cbp", "decision", "given", "purpose", "p", "until", "2026-12-22");
    EXPECT(&t, 1, "consent", "ours");
    assert_string_equal(said(&t, 0, "due"), "2026-12-22");
    forget(&t, second);
    assert_int_equal(due(&t, "duty=consent"), 1);
    assert_string_equal(said(&t, 0, "due"), "2026-11-22");
    forget(&t, about); /* what is gone needs no consent */
    EXPECT(&t, 0, "consent", "");
    rebuilds(&t);
    test_node_end(&t);
}

static void what_is_kept_too_long_is_told_by_agreement(void **state)
{
    struct test_node t;
    struct record *r;
    (void)state;

    start_as(&t, NULL);
    for (int i = 0; i < 3; i++)
        r = COME(&t, NULL, "disclosure", "agreement", ABOUT, "giver", "mx.anam", "taker", "us.cbp", "epoch",
                 "1", "number", i ? "1" : "0", "record", ABOUT, "about", ABOUT, "wire", "AAAA",
                 "keep_until", i ? "2026-11-20" : "2026-11-21");
    assert_int_equal(due(&t, "duty=keep"), 0);
    assert_int_equal(test_int(json_array_get(json_object_get(t.said, "kept_too_long"), 0), "records"), 2);
    t.fake.time = NOON + 12 * HOUR; /* a day later by a second: the 21st is over too */
    due(&t, "late=true");
    assert_int_equal(test_int(json_array_get(json_object_get(t.said, "kept_too_long"), 0), "records"), 3);
    due(&t, "side=theirs");
    assert_null(json_object_get(t.said, "kept_too_long"));
    forget(&t, r);
    due(&t, "peer=mx.anam");
    assert_int_equal(test_int(json_array_get(json_object_get(t.said, "kept_too_long"), 0), "records"), 2);
    test_node_end(&t);
}

/* ---- the list ---- */

static void pages_hold_every_clock_once(void **state)
{
    struct test_node t;
    const char *words[] = {"limit=7", NULL, NULL};
    size_t rows = 0;
    char last[64] = "";
    (void)state;

    start_as(&t, NULL);
    for (int i = 0; i < 40; i++) {
        const char *const day = arena_fmt(t.arena, "2026-11-%02d", 1 + i % 5).p;
        COME(&t, NULL, "commitment", "office", i % 3 ? "us.cbp" : "mx.anam", "peer", "mx.anam", "text", "x",
             "due", day);
        if (i % 10 == 0)
            COME(&t, NULL, "retraction", "about", ABOUT, "office", "us.cbp", "reason", "wrong", "required",
                 "erase", "holders", "mx.anam");
    }
    do {
        assert_int_equal(test_run(&t, &coordination_due, words), 0);
        for (size_t i = 0; i < json_array_size(json_object_get(t.said, "clocks")); i++, rows++) {
            assert_true(said(&t, i, "due")[0] == 0 || strcmp(last, said(&t, i, "due")) <= 0);
            snprintf(last, sizeof last, "%s", said(&t, i, "due"));
        }
        words[1] = arena_fmt(t.arena, "cursor=%s", test_text(t.said, "next")).p;
    } while (json_object_get(t.said, "next"));
    assert_int_equal(rows, 44);
    assert_int_equal(due(&t, "side=theirs"), 18);
    assert_int_equal(due(&t, "late=true"), 40); /* what has no due day is never late */
    assert_int_equal(RUN(&t, &coordination_due, "cursor=1.2.3", NULL), -1);
    assert_int_equal(RUN(&t, &coordination_due, "limit=0", NULL), -1);
    test_node_end(&t);
}

/* ---- whatever happens, a rebuild gives the same table ---- */

#define STORM 400

static uint64_t chance(struct test_node *t, uint64_t n)
{
    uint64_t x;

    t->fake.world.random(t->fake.world.arg, &x, sizeof x);
    return x % n;
}

static const char *some(struct test_node *t, struct record *const *r, size_t n)
{
    return n ? id_of(t, r[chance(t, n)]) : ABOUT;
}

static struct record *storm_record(struct test_node *t, struct record *const *r, size_t n)
{
    static const char *const office[] = {"us.cbp", "mx.anam", "gt.sat", "mx.anam.laredo"};
    static const char *const outcome[] = {"given", "forwarded", "refused"};
    static const char *const completion[] = {"complete", "limited"};
    const char *from = office[chance(t, 4)], *to = office[chance(t, 4)], *id = some(t, r, n);

    switch (chance(t, 6)) {
    case 0:
        return test_record(t, "request",
                           (const char *const[]){"number", "n", "office", from, "peer", to, "form", "trace",
                                                 "subject", "A", "text", "x", "purpose", "p", "urgency",
                                                 "3d", "due", "2026-11-24T12:00:00Z", NULL});
    case 1:
        return test_record(t, "answer",
                           (const char *const[]){"request", id, "outcome", outcome[chance(t, 3)], "refusal",
                                                 "law", "answered", "2026-11-22T12:00:00Z", NULL});
    case 2:
        return test_record(t, "retraction",
                           (const char *const[]){"about", id, "office", from, "reason", "wrong", "required",
                                                 "erase", "due", "2026-11-23", "receipt_of",
                                                 chance(t, 2) ? some(t, r, n) : "", "holders",
                                                 chance(t, 2) ? "mx.anam; gt.sat" : "", NULL});
    case 3:
        return test_record(t, "commitment",
                           (const char *const[]){"office", from, "text", "x", "due", "2026-11-23", NULL});
    case 4:
        return test_record(t, "progress",
                           (const char *const[]){"commitment", id, "completion", completion[chance(t, 2)],
                                                 "observed", chance(t, 2) ? "2026-11-23" : "2026-11-24",
                                                 "text", "x", NULL});
    default:
        return test_record(t, "consent",
                           (const char *const[]){"about", id, "giver", from, "office", to, "decision",
                                                 "given", "purpose", "p", "until", "2026-11-23", NULL});
    }
}

static void any_storm_rebuilds_to_the_same_clocks(void **state)
{
    static const char *const origin[] = {"us.cbp", "mx.anam", "gt.sat"};
    struct record *made[STORM];
    struct test_node t;
    size_t n = 0;
    (void)state;

    start_as(&t, NULL);
    while (n < STORM) {
        struct record *r = storm_record(&t, made, n);
        r->head.origin = str_z(origin[chance(&t, 3)]);
        if (n && chance(&t, 4) == 0) { /* the correction of another of its kind */
            const struct record *old = made[chance(&t, n)];
            if (old->kind == r->kind)
                memcpy(r->head.replaces, old->head.id, 16);
        }
        test_append(&t, r);
        made[n++] = r;
        if (chance(&t, 6) == 0) {
            struct entry x;
            r = made[chance(&t, n)];
            assert_int_equal(journal_get(t.c.journal, t.arena, r->head.id, &x, &t.err), 0);
            if (!x.erased)
                forget(&t, r);
        }
    }
    assert_true(test_count(&t, "SELECT count(*) FROM clock WHERE stopped = 1") > 3);
    assert_true(test_count(&t, "SELECT count(*) FROM clock WHERE stopped = 0") > 20);
    rebuilds(&t);
    test_node_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_exactly_after_due),
        cmocka_unit_test(a_due_day_lasts_to_its_end),
        cmocka_unit_test(whoever_was_given_a_record_confirms_its_retraction),
        cmocka_unit_test(a_promise_runs_until_it_is_kept),
        cmocka_unit_test(an_answer_to_a_promise_is_none),
        cmocka_unit_test(rights_and_incidents_run_until_closed),
        cmocka_unit_test(a_consent_runs_out_unless_renewed),
        cmocka_unit_test(what_is_kept_too_long_is_told_by_agreement),
        cmocka_unit_test(pages_hold_every_clock_once),
        cmocka_unit_test(any_storm_rebuilds_to_the_same_clocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
