/* Coordination: requests, answers, alarms, contact reports, and one list of every clock, on a fake clock. */
#include "coordination/coordination.h"
#include "coordination/internal.h"

#include "node.h"

static const struct room *const rooms[] = {&coordination_room, NULL};

#define NOON  INT64_C(1795262400000000) /* 2026-11-21T12:00:00Z */
#define ABOUT "0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a"

static const struct journal_identity mexico = {
    .office = "mx.anam", .country = "MX", .contact_report_days = 3};

static void start_as(struct test_node *t, const struct journal_identity *who)
{
    if (who)
        test_node_start_as(t, rooms, who);
    else
        test_node_start(t, rooms);
    t->fake.time = NOON;
    t->fake.step = 0;
    t->c.purpose = S("customs control");
}

/* A record as it comes from `origin` (NULL: typed here). Its id is in r->head.id. */
static struct record *come(struct test_node *t, const char *origin, const char *kind,
                           const char *const *pairs)
{
    struct record *r = test_record(t, kind, pairs);

    if (origin)
        r->head.origin = r->head.author = str_z(origin);
    test_append(t, r);
    return r;
}
#define COME(t, origin, kind, ...) come(t, origin, kind, (const char *const[]){__VA_ARGS__, NULL})

static const char *id_of(struct test_node *t, const struct record *r)
{
    return id_text(t->arena, str_n(r->head.id, 16)).p;
}

static const char *id_param(struct test_node *t, const char *id)
{
    return arena_fmt(t->arena, "id=%s", id).p;
}

static void forget(struct test_node *t, const struct record *r)
{
    struct record *erasure =
        test_record(t, "erasure",
                    (const char *const[]){"about", id_of(t, r), "reason", "court", "legal_basis", "art. 16",
                                          "decided_by", "us.cbp", NULL});

    assert_int_equal(journal_erase(t->c.journal, r->head.id, erasure, &t->err), 0);
    assert_int_equal(node_catch_up(&t->c), 0);
}

static const char *said(const struct test_node *t, size_t row, const char *key)
{
    return test_text(json_array_get(json_object_get(t->said, "clocks"), row), key);
}

static size_t due(struct test_node *t, const char *word)
{
    const char *const words[] = {word, NULL};

    if (test_run(t, &coordination_due, words) != 0)
        fail_msg("due: %s", t->err.text);
    return json_array_size(json_object_get(t->said, "clocks"));
}

static void rebuilds(struct test_node *t)
{
    char to[96];
    bool same = false;

    snprintf(to, sizeof to, "%s/rebuilt", t->top);
    assert_int_equal(mkdir(to, 0700), 0);
    assert_int_equal(node_rebuild_check(&t->c, to, &same), 0);
    assert_true(same);
    assert_int_equal(system(arena_fmt(t->arena, "rm -rf '%s'", to).p), 0);
}

/* A request that mx.anam made of us.cbp, or another office of whom. */
static struct record *request(struct test_node *t, const char *office, const char *peer, const char *form)
{
    return COME(t, office, "request", "number", "x-2026-000001", "office", office, "peer", peer, "form",
                form, "subject", "A container", "text", "Where was it packed?", "purpose",
                "customs control", "urgency", "3d", "due", "2026-11-24T12:00:00Z");
}

static struct record *answer(struct test_node *t, const char *origin, const struct record *r,
                             const char *outcome)
{
    return COME(t, origin, "answer", "request", id_of(t, r), "outcome", outcome, "refusal", "law",
                "answered", "2026-11-22T12:00:00Z");
}

/* ---- requests ---- */

static void a_request_has_a_number_and_a_due_time(void **state)
{
    static const struct {
        const char *words[6];
        const char *due;
    } cases[] = {
        {{"form=information", "urgency=8h", "text=x"}, "2026-11-21T20:00:00Z"},
        {{"form=information", "urgency=3d", "text=x"}, "2026-11-24T12:00:00Z"},
        {{"form=support", "urgency=7d", "text=x"}, "2026-11-28T12:00:00Z"},
        {{"form=disclosure", "text=x"}, "2026-11-23T12:00:00Z"},
        {{"form=rescue", "life-at-risk=true"}, "2026-11-21T20:00:00Z"},
    };
    struct test_node t;
    (void)state;

    start_as(&t, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *words[9] = {"peer=mx.anam", "subject=A container"};
        memcpy(words + 2, cases[i].words, sizeof cases[i].words);
        if (test_run(&t, &coordination_request, words) != 0)
            fail_msg("%s", t.err.text);
        assert_string_equal(test_text(t.said, "due"), cases[i].due);
        assert_string_equal(test_text(t.said, "request_number"),
                            arena_fmt(t.arena, "us.cbp-2026-%06zu", i + 1).p);
    }
    t.fake.time += 365 * DAY;
    assert_int_equal(RUN(&t, &coordination_request, "peer=mx.anam", "subject=A", "form=trace", "urgency=3d",
                         "text=x", NULL),
                     0);
    assert_string_equal(test_text(t.said, "request_number"), "us.cbp-2027-000001");
    rebuilds(&t);
    test_node_end(&t);
}

/* A number that was erased, or lost with the views, is not drawn again; nor one of before a restored backup. */
static void no_number_is_drawn_twice(void **state)
{
    struct test_node t;
    struct record gone;
    char copy[96];
    uint8_t id[16];
    (void)state;

    start_as(&t, NULL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(RUN(&t, &coordination_request, "peer=mx.anam", "subject=A", "form=trace",
                             "urgency=3d", "text=x", NULL),
                         0);
    assert_true(uuid_parse(str_z(test_text(t.said, "id")), id));
    memcpy(gone.head.id, id, 16);
    forget(&t, &gone);
    assert_int_equal(RUN(&t, &coordination_request, "peer=mx.anam", "subject=A", "form=trace", "urgency=3d",
                         "text=x", NULL),
                     0);
    assert_string_equal(test_text(t.said, "request_number"), "us.cbp-2026-000004");
    snprintf(copy, sizeof copy, "%s/copy", t.top);
    assert_int_equal(journal_backup(t.c.journal, copy, &t.err), 0);
    node_close(&t.c);
    t.c.dir = copy;
    assert_int_equal(node_open(&t.c, true), 0);
    assert_int_equal(RUN(&t, &coordination_request, "peer=mx.anam", "subject=A", "form=trace", "urgency=3d",
                         "text=x", NULL),
                     0);
    assert_string_equal(test_text(t.said, "request_number"), "us.cbp-2026-2.000001");
    test_node_end(&t);
}

static void a_request_that_makes_no_sense_is_refused(void **state)
{
    static const struct {
        const char *words[7];
        const char *says;
    } cases[] = {
        {{"peer=us.cbp.laredo", "form=trace", "urgency=3d", "text=x"}, "another office"},
        {{"peer=anam", "form=trace", "urgency=3d", "text=x"}, "not the name of an office"},
        {{"peer=zz.anam", "form=trace", "urgency=3d", "text=x"}, "not the name of an office"},
        {{"peer=mx.anam", "form=trace", "urgency=3d"}, "text:"},
        {{"peer=mx.anam", "form=trace", "text=x"}, "urgency"},
        {{"peer=mx.anam", "form=disclosure", "urgency=7d", "text=x"}, "48h"},
        {{"peer=mx.anam", "form=rescue", "life-at-risk=true", "urgency=7d"}, "8h"},
        {{"peer=mx.anam", "form=rescue", "life-at-risk=true", "text=Juan"}, "nobody is named"},
    };
    struct test_node t;
    (void)state;

    start_as(&t, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *words[9] = {"subject=A container"};
        memcpy(words + 1, cases[i].words, sizeof cases[i].words);
        assert_int_equal(test_run(&t, &coordination_request, words), -1);
        if (!strstr(t.err.text, cases[i].says))
            fail_msg("%s does not say %s", t.err.text, cases[i].says);
    }
    t.c.purpose = S("");
    assert_int_equal(RUN(&t, &coordination_request, "peer=mx.anam", "subject=A", "form=trace", "urgency=3d",
                         "text=x", NULL),
                     -1);
    assert_non_null(strstr(t.err.text, "--purpose"));
    assert_int_equal(test_count(&t, "SELECT count(*) FROM v_request"), 0);
    test_node_end(&t);
}

/* The lists that the verbs offer are those of the kinds. */
static void choices_are_the_code_lists(void **state)
{
    static const struct {
        const struct op *op;
        const char *param, *kind, *field;
    } cases[] = {
        {&coordination_request, "form", "request", "form"},
        {&coordination_request, "urgency", "request", "urgency"},
        {&coordination_answer, "outcome", "answer", "outcome"},
        {&coordination_answer, "refusal", "answer", "refusal"},
        {&coordination_alarm, "environment", "awareness", "environment"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct kind *k = schema_kind(str_z(cases[i].kind));
        const struct codelist *l = k->field[schema_field(k, str_z(cases[i].field))].codes;
        const struct param *p = cases[i].op->params;
        while (strcmp(p->name, cases[i].param) != 0)
            p++;
        for (size_t j = 0; j < l->n; j++)
            assert_string_equal(p->choices[j], l->codes[j].code);
        assert_null(p->choices[l->n]);
    }
}

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

/* ---- answers ---- */

static void only_the_office_that_is_asked_answers_and_once(void **state)
{
    struct test_node t;
    struct record *asked, *theirs;
    const char *id;
    (void)state;

    start_as(&t, NULL);
    asked = request(&t, "mx.anam", "us.cbp", "information");
    theirs = request(&t, "us.cbp", "mx.anam", "information");
    id = id_param(&t, id_of(&t, asked));
    assert_int_equal(RUN(&t, &coordination_answer, id_param(&t, id_of(&t, theirs)), "outcome=given", NULL),
                     -1);
    assert_int_equal(t.err.code, ERR_DENIED);
    assert_non_null(strstr(t.err.text, "mx.anam"));
    assert_int_equal(RUN(&t, &coordination_answer, id, "outcome=refused", NULL), -1);
    assert_non_null(strstr(t.err.text, "--refusal"));
    assert_int_equal(RUN(&t, &coordination_answer, id, "outcome=given", "refusal=law", NULL), -1);
    assert_int_equal(RUN(&t, &coordination_answer, id, "outcome=forwarded", NULL), 0);
    assert_int_equal(due(&t, "side=ours"), 1); /* it runs on */
    assert_int_equal(RUN(&t, &coordination_answer, id, "outcome=forwarded", NULL), 0);
    assert_int_equal(RUN(&t, &coordination_answer, id, "outcome=refused", "refusal=law", "records=" ABOUT,
                         "records=0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6b", NULL),
                     0);
    assert_true(json_is_true(json_object_get(t.said, "in_time")));
    assert_int_equal(due(&t, "side=ours"), 0);
    assert_int_equal(RUN(&t, &coordination_answer, id, "outcome=given", NULL), -1);
    assert_int_equal(t.err.code, ERR_CONFLICT);
    assert_non_null(strstr(t.err.text, "answered already"));
    assert_int_equal(RUN(&t, &coordination_answer, "id=" ABOUT, "outcome=given", NULL), -1);
    assert_int_equal(t.err.code, ERR_NOT_FOUND);
    rebuilds(&t);
    test_node_end(&t);
}

static void an_answer_of_the_other_side_stops_its_clock(void **state)
{
    struct test_node t;
    struct record *r, *second, *a;
    (void)state;

    start_as(&t, NULL);
    r = request(&t, "us.cbp", "mx.anam", "disclosure");
    assert_int_equal(due(&t, "side=theirs"), 1);
    assert_string_equal(said(&t, 0, "duty"), "disclosure");
    answer(&t, "mx.sat", r, "given"); /* a third office cannot say so */
    answer(&t, "mx.anam", r, "forwarded");
    assert_int_equal(due(&t, "side=theirs"), 1);
    /* The request is corrected, the answer is to the first version all the same. */
    second = test_record(&t, "request",
                         (const char *const[]){"number", "x-2026-000001", "office", "us.cbp", "peer",
                                               "mx.anam", "form", "disclosure", "subject", "Two containers",
                                               "text", "x", "purpose", "customs", "urgency", "3d", "due",
                                               "2026-11-24T12:00:00Z", NULL});
    memcpy(second->head.replaces, r->head.id, 16);
    test_append(&t, second);
    assert_int_equal(due(&t, NULL), 1);
    assert_non_null(strstr(said(&t, 0, "matter"), "Two containers"));
    a = answer(&t, "mx.anam", r, "refused");
    assert_int_equal(due(&t, NULL), 0);
    forget(&t, a); /* nothing tells any more that it was answered */
    assert_int_equal(due(&t, NULL), 1);
    rebuilds(&t);
    test_node_end(&t);
}

static void an_answer_may_come_before_its_request(void **state)
{
    struct test_node t;
    struct record *r;
    (void)state;

    start_as(&t, NULL);
    r = test_record(&t, "request",
                    (const char *const[]){"number", "n", "office", "us.cbp", "peer", "mx.anam", "form",
                                          "trace", "subject", "A", "text", "x", "purpose", "p", "urgency",
                                          "3d", "due", "2026-11-24T12:00:00Z", NULL});
    assert_true(uuid_parse(S(ABOUT), r->head.id));
    answer(&t, "mx.anam", r, "given");
    test_append(&t, r);
    assert_int_equal(due(&t, NULL), 0);
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

/* ---- contact reports ---- */

static void meet(struct test_node *t, const char *offices)
{
    COME(t, NULL, "engagement", "title", "Working group", "form", "meeting", "occurred", "2026-11-20T10:00",
         "offices", offices, "participants", "somebody");
}

static void contacts_are_reported_where_the_configuration_asks(void **state)
{
    struct test_node t;
    struct record *r, *again;
    const char *id;
    (void)state;

    start_as(&t, NULL); /* us.cbp: no such law */
    meet(&t, "us.cbp; mx.anam");
    request(&t, "mx.anam", "us.cbp", "information");
    assert_int_equal(test_count(&t, "SELECT count(*) FROM v_contact_report"), 0);
    test_node_end(&t);

    start_as(&t, &mexico);
    test_reopen(&t, true); /* node.json keeps it */
    meet(&t, "mx.anam; mx.sat; us.cbp; us.ice");
    assert_int_equal(due(&t, "duty=contact-report"), 2);
    assert_string_equal(said(&t, 0, "due"), "2026-11-23");
    assert_string_equal(said(&t, 0, "side"), "ours");
    COME(&t, NULL, "request", "number", "n", "office", "mx.anam", "peer", "mx.sat", "form", "trace",
         "subject", "A", "text", "x", "purpose", "p", "urgency", "3d", "due", "2026-11-24T12:00:00Z");
    COME(&t, "us.cbp", "engagement", "title", "Not ours", "form", "meeting", "occurred", "2026-11-20",
         "offices", "us.cbp; ca.cbsa");
    assert_int_equal(due(&t, "duty=contact-report"), 2);
    r = request(&t, "us.cbp", "mx.anam", "information");
    assert_int_equal(due(&t, "duty=contact-report"), 3);
    again = test_record(&t, "request",
                        (const char *const[]){"number", "n", "office", "us.cbp", "peer", "mx.anam", "form",
                                              "trace", "subject", "B", "text", "x", "purpose", "p",
                                              "urgency", "3d", "due", "2026-11-24T12:00:00Z", NULL});
    again->head.origin = S("us.cbp");
    memcpy(again->head.replaces, r->head.id, 16);
    test_append(&t, again); /* a correction is no second contact */
    assert_int_equal(due(&t, "duty=contact-report"), 3);
    assert_int_equal(test_count(&t, "SELECT count(*) FROM v_contact_report WHERE country = 'US'"), 3);

    id = id_param(&t, arena_copy(t.arena, str_z(said(&t, 0, "id"))).p);
    assert_int_equal(RUN(&t, &coordination_contact, "action=file", id, "with=SRE", NULL), 0);
    assert_string_equal(test_text(t.said, "filed"), "2026-11-21");
    assert_int_equal(due(&t, "duty=contact-report"), 2);
    assert_int_equal(RUN(&t, &coordination_contact, "action=file", id, NULL), -1);
    assert_int_equal(t.err.code, ERR_CONFLICT);
    assert_int_equal(RUN(&t, &coordination_contact, "action=file", id_param(&t, id_of(&t, r)), NULL), -1);
    rebuilds(&t);
    test_node_end(&t);
}

/* ---- a life at risk (guardrail 18) ---- */

static void a_life_at_risk_names_nobody_and_comes_first(void **state)
{
    static const char *const refused[] = {"need=doctor for XEXX010101HNEXXXA4",
                                          "need=call ana@example.org now", "need=ask XEXX010101AB1"};
    struct test_node t;
    struct record *r;
    struct faults faults = {0};
    (void)state;

    start_as(&t, NULL);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(RUN(&t, &coordination_alarm, "place=26.0715,-98.2386", refused[i], NULL), -1);
        assert_non_null(strstr(t.err.text, "never who"));
    }
    assert_int_equal(test_count(&t, "SELECT count(*) FROM v_awareness"), 0);
    assert_int_equal(RUN(&t, &coordination_alarm, "place=26.0715,-98.2386",
                         "need=boat and doctor; about 4 @ the bank", "estimate=4", NULL),
                     0);
    assert_int_equal(
        test_count(&t, "SELECT count(*) FROM v_awareness WHERE life_at_risk = 1 AND estimate = 4 AND "
                       "unit = 'people' AND observed = '2026-11-21T12:00:00Z'"),
        1);
    r = test_record(&t, "request",
                    (const char *const[]){"number", "n", "office", "mx.anam", "peer", "us.cbp", "form",
                                          "rescue", "subject", "Boat adrift", "life_at_risk", "true",
                                          "purpose", "rescue", "urgency", "8h", "due",
                                          "2026-11-29T12:00:00Z", NULL});
    record_text(r, field_named(r, "text"), S("Juan is in it"));
    assert_false(schema_check(r, (struct place){0}, &faults));
    record_text(r, field_named(r, "text"), S(""));
    assert_true(schema_check(r, (struct place){0}, &faults));
    request(&t, "mx.anam", "us.cbp", "information");
    r->head.origin = S("mx.anam");
    test_append(&t, r);
    assert_int_equal(due(&t, NULL), 2);
    assert_string_equal(said(&t, 0, "due"), "2026-11-29T12:00:00Z"); /* though it is due later */
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
                 "erase");
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

static void both_languages(void **state)
{
    static const struct op *const ops[] = {&coordination_request, &coordination_answer, &coordination_alarm,
                                           &coordination_contact, &coordination_due};
    (void)state;

    for (size_t i = 0; i < COUNT(ops); i++) {
        assert_string_not_equal(tr(LANG_ES, ops[i]->summary), ops[i]->summary);
        assert_string_not_equal(tr(LANG_ES, ops[i]->help), ops[i]->help);
    }
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
        cmocka_unit_test(a_request_has_a_number_and_a_due_time),
        cmocka_unit_test(no_number_is_drawn_twice),
        cmocka_unit_test(a_request_that_makes_no_sense_is_refused),
        cmocka_unit_test(choices_are_the_code_lists),
        cmocka_unit_test(late_exactly_after_due),
        cmocka_unit_test(a_due_day_lasts_to_its_end),
        cmocka_unit_test(only_the_office_that_is_asked_answers_and_once),
        cmocka_unit_test(an_answer_of_the_other_side_stops_its_clock),
        cmocka_unit_test(an_answer_may_come_before_its_request),
        cmocka_unit_test(whoever_was_given_a_record_confirms_its_retraction),
        cmocka_unit_test(a_promise_runs_until_it_is_kept),
        cmocka_unit_test(an_answer_to_a_promise_is_none),
        cmocka_unit_test(rights_and_incidents_run_until_closed),
        cmocka_unit_test(a_consent_runs_out_unless_renewed),
        cmocka_unit_test(contacts_are_reported_where_the_configuration_asks),
        cmocka_unit_test(a_life_at_risk_names_nobody_and_comes_first),
        cmocka_unit_test(pages_hold_every_clock_once),
        cmocka_unit_test(both_languages),
        cmocka_unit_test(any_storm_rebuilds_to_the_same_clocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
