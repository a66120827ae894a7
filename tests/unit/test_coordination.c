/* Requests and answers, contact reports, alarms: what officers of two offices ask and owe one another. */
#include "coordination_help.h"

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

#define OFFICERS 4
#define EACH     6

/* One officer: a ctx of its own over the same node. */
static void *ask_some(void *arg)
{
    struct ctx c = *(const struct ctx *)arg;
    struct err e = {0};
    size_t *done = arena_alloc(c.arena, sizeof *done);

    c.err = &e;
    c.arena = arena_new();
    for (int i = 0; i < EACH; i++) {
        static const char *const words[][2] = {
            {"peer", "mx.anam"}, {"subject", "A"}, {"form", "trace"}, {"urgency", "3d"}, {"text", "x"}};
        struct args *a = args_new(c.arena);
        struct buf b;
        for (size_t w = 0; w < COUNT(words); w++)
            args_add(a, str_z(words[w][0]), str_z(words[w][1]));
        buf_init(&b, 65536);
        *done += coordination_request.run(&c, a, out_to_json(c.arena, &b, LANG_EN)) == 0;
        buf_free(&b);
    }
    arena_free(c.arena);
    return done;
}

static void officers_at_once_draw_different_numbers(void **state)
{
    pthread_t thread[OFFICERS];
    struct ctx ctx[OFFICERS];
    struct test_node t;
    (void)state;

    start_as(&t, NULL);
    for (int i = 0; i < OFFICERS; i++) {
        ctx[i] = t.c;
        ctx[i].arena = arena_new();
        assert_int_equal(pthread_create(&thread[i], NULL, ask_some, &ctx[i]), 0);
    }
    for (int i = 0; i < OFFICERS; i++) {
        void *done;
        assert_int_equal(pthread_join(thread[i], &done), 0);
        assert_int_equal(*(size_t *)done, EACH);
        arena_free(ctx[i].arena);
    }
    assert_int_equal(test_count(&t, "SELECT count(DISTINCT number) FROM v_request"), OFFICERS * EACH);
    assert_int_equal(test_count(&t, "SELECT count(*) FROM v_request WHERE number = 'us.cbp-2026-000024'"),
                     1);
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

/* More of a request came later: here it has another id, which the office that asked has never heard of. */
static void an_answer_names_the_request_as_it_was_asked(void **state)
{
    struct test_node t;
    struct record *asked, *fuller;
    (void)state;

    start_as(&t, NULL);
    asked = request(&t, "mx.anam", "us.cbp", "information");
    fuller = request(&t, "mx.anam", "us.cbp", "information");
    memset(fuller->head.id, 0, sizeof fuller->head.id);
    memcpy(fuller->head.replaces, asked->head.id, sizeof fuller->head.replaces);
    test_append(&t, fuller);
    assert_int_equal(RUN(&t, &coordination_answer, id_param(&t, id_of(&t, fuller)), "outcome=given", NULL),
                     0);
    assert_int_equal(test_count(&t, "SELECT count(*) FROM v_answer a JOIN v_request r ON r.id = a.request"
                                    " WHERE r.h_replaces IS NULL"),
                     1);
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

    start_as(&t, &test_mexico);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_has_a_number_and_a_due_time),
        cmocka_unit_test(no_number_is_drawn_twice),
        cmocka_unit_test(officers_at_once_draw_different_numbers),
        cmocka_unit_test(a_request_that_makes_no_sense_is_refused),
        cmocka_unit_test(choices_are_the_code_lists),
        cmocka_unit_test(only_the_office_that_is_asked_answers_and_once),
        cmocka_unit_test(an_answer_names_the_request_as_it_was_asked),
        cmocka_unit_test(an_answer_of_the_other_side_stops_its_clock),
        cmocka_unit_test(an_answer_may_come_before_its_request),
        cmocka_unit_test(contacts_are_reported_where_the_configuration_asks),
        cmocka_unit_test(a_life_at_risk_names_nobody_and_comes_first),
        cmocka_unit_test(both_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
