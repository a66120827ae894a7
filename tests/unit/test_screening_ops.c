/* What an officer sees of screening: the queue, one hit, the decision, the look-up, the report. */
#include "node.h"

#include "screening/internal.h"
#include "screening/screening.h"

#include <math.h>

static const struct room *const rooms[] = {&screening_room, NULL};

#define ADD(t, kind, ...) add(t, kind, (const char *const[]){__VA_ARGS__, NULL})
#define SAY(t, op, ...)   run(t, op, (const char *const[]){__VA_ARGS__, NULL})

static struct record *add(struct test_node *t, const char *kind, const char *const *pairs)
{
    struct record *r = test_record(t, kind, pairs);

    test_append(t, r);
    return r;
}

static int run(struct test_node *t, const struct op *op, const char *const *words)
{
    int rc = test_run(t, op, words);

    if (rc < 0)
        fail_msg("%s: %s", op->name, t->err.text);
    return rc;
}

static void start(struct test_node *t)
{
    test_node_start(t, rooms);
    t->c.author = S("us.cbp");
    t->c.purpose = S("primary inspection");
    t->c.the_case = S("2026-1");
}

#define PARENT "01a20018-5048-78e3-99e8-871400000000"

static struct record *party(struct test_node *t, const char *name, const char *country)
{
    return ADD(t, "party", "parent", PARENT, "role", "driver", "name", name, country ? "country" : NULL,
               country);
}

static void person_alert(struct test_node *t, const char *number, const char *name)
{
    ADD(t, "alert", "list", "us.cbp", "number", number, "authority", "CBP", "subject", "person", "name",
        name, "birth_date", "1962-03-17", "country", "MX", "status", "active", "contact",
        "the duty officer");
}

static json_t *rows(struct test_node *t, const char *key)
{
    json_t *list = json_object_get(t->said, key);

    assert_true(json_is_array(list));
    return list;
}

static void dispose(struct test_node *t, const char *id, const char *decision)
{
    struct str words = arena_fmt(t->arena, "hit=%s", id),
               what = arena_fmt(t->arena, "decision=%s", decision);

    SAY(t, &screening_dispose, words.p, what.p, "reason=looked at it");
}

static void the_strongest_comes_first_and_pairs_are_folded(void **state)
{
    struct test_node t;
    json_t *list;
    (void)state;

    start(&t);
    SAY(&t, &screening_hits, NULL);
    assert_string_equal(test_text(t.said, "nothing"),
                        "there is no alert with a name or a number to compare with");
    person_alert(&t, "1", "Evaristo Bermejillo Xochihua");
    person_alert(&t, "2", "Juan Carlos Zaldivar Quintanilla");
    SAY(&t, &screening_hits, NULL);
    assert_string_equal(test_text(t.said, "nothing"), "nothing was declared yet that could be compared");
    party(&t, "Evaristo Bermejillo Xochihua", NULL);
    party(&t, "Evaristo Bermejillo Xochihua", NULL);
    party(&t, "Juan Carlos Zaldivar Quintanila", NULL); /* one letter less */
    SAY(&t, &screening_hits, NULL);
    list = rows(&t, "hits");
    assert_int_equal(json_array_size(list), 2);
    assert_true(json_number_value(json_object_get(json_array_get(list, 0), "bits")) >=
                json_number_value(json_object_get(json_array_get(list, 1), "bits")));
    SAY(&t, &screening_hits, "all");
    assert_int_equal(json_array_size(rows(&t, "hits")), 3);
    SAY(&t, &screening_hits, "latest");
    list = rows(&t, "hits");
    assert_string_equal(test_text(json_array_get(list, 0), "number"), "2");
    assert_int_equal(test_int(json_array_get(list, 0), "count"), 1);
    assert_string_equal(test_text(json_array_get(list, 1), "number"), "1");
    assert_int_equal(test_int(json_array_get(list, 1), "count"), 2);
    SAY(&t, &screening_hits, "limit=1");
    list = rows(&t, "hits");
    assert_int_equal(json_array_size(list), 1);
    SAY(&t, &screening_hits, arena_fmt(t.arena, "cursor=%lld", (long long)test_int(t.said, "next")).p);
    assert_int_equal(json_array_size(rows(&t, "hits")), 1);
    test_node_end(&t);
}

/* A pair that was decided stays decided as long as the evidence is the same. */
static void a_decision_stands_for_the_pair(void **state)
{
    struct test_node t;
    const char *id;
    json_t *row;
    (void)state;

    start(&t);
    person_alert(&t, "1", "Evaristo Bermejillo Xochihua");
    party(&t, "Evaristo Bermejillo Xochihua", NULL);
    SAY(&t, &screening_hits, "open");
    id = test_text(json_array_get(rows(&t, "hits"), 0), "id");
    dispose(&t, arena_z(t.arena, str_z(id)), "not-same");
    SAY(&t, &screening_hits, "open");
    assert_int_equal(json_array_size(rows(&t, "hits")), 0);
    assert_string_equal(test_text(t.said, "nothing"), "every hit was decided, or its alert was withdrawn");
    party(&t, "Evaristo Bermejillo Xochihua", NULL);
    SAY(&t, &screening_hits, "open");
    assert_int_equal(json_array_size(rows(&t, "hits")), 0);
    SAY(&t, &screening_hits, NULL);
    row = json_array_get(rows(&t, "hits"), 0);
    assert_int_equal(test_int(row, "count"), 2);
    assert_string_equal(test_text(row, "decision"), "not-same");
    assert_string_equal(test_text(json_array_get(json_object_get(row, "decided"), 0), "reason"),
                        "looked at it");
    /* Other evidence: now it says a country. */
    party(&t, "Evaristo Bermejillo Xochihua", "MX");
    SAY(&t, &screening_hits, "open");
    row = json_array_get(rows(&t, "hits"), 0);
    assert_int_equal(test_int(row, "count"), 1);
    assert_string_equal(test_text(row, "status"), "open");
    assert_string_equal(test_text(json_array_get(json_object_get(row, "decided"), 0), "decision"),
                        "not-same");
    test_node_end(&t);
}

static double sum_of(json_t *parts)
{
    double sum = 0;
    size_t i;
    json_t *part;

    json_array_foreach(parts, i, part) sum += json_number_value(json_object_get(part, "bits"));
    return sum;
}

static void the_waterfall_adds_up(void **state)
{
    struct test_node t;
    struct str word;
    json_t *row;
    double bits;
    (void)state;

    start(&t);
    person_alert(&t, "1", "Evaristo Bermejillo Xochihua");
    ADD(&t, "party", "parent", PARENT, "role", "driver", "name", "Evaristo Bermejilo Xochihua", "country",
        "US", "identifier", "BEXE620317HDFRCV07", "identifier_scheme", "curp");
    SAY(&t, &screening_hits, NULL);
    row = json_array_get(rows(&t, "hits"), 0);
    word = arena_fmt(t.arena, "id=%s", test_text(row, "id"));
    SAY(&t, &screening_hit_show, word.p);
    bits = json_number_value(json_object_get(t.said, "bits"));
    assert_true(bits > 14);
    assert_true(fabs(sum_of(rows(&t, "evidence")) - bits) < 0.001);
    assert_true(json_array_size(rows(&t, "evidence")) >= 4);
    assert_string_equal(test_text(t.said, "alert_value"), "Evaristo Bermejillo Xochihua");
    t.c.purpose = S("");
    SAY(&t, &screening_hit_show, word.p);
    assert_null(json_object_get(t.said, "alert_value"));
    {
        char *all = json_dumps(t.said, 0);
        assert_null(strstr(all, "ermejil"));
        free(all);
    }
    test_node_end(&t);
}

static void what_ended_is_told(void **state)
{
    struct test_node t;
    struct record *r;
    struct str word;
    (void)state;

    start(&t);
    person_alert(&t, "1", "Evaristo Bermejillo Xochihua");
    r = party(&t, "Evaristo Bermejillo Xochihua", NULL);
    SAY(&t, &screening_hits, NULL);
    word = arena_fmt(t.arena, "id=%s", test_text(json_array_get(rows(&t, "hits"), 0), "id"));
    {
        struct record *c = test_record(
            &t, "party",
            (const char *const[]){"parent", PARENT, "role", "driver", "name", "Somebody Else", NULL});
        memcpy(c->head.replaces, r->head.id, 16);
        test_append(&t, c);
    }
    SAY(&t, &screening_hits, NULL);
    assert_int_equal(json_array_size(rows(&t, "hits")), 0);
    SAY(&t, &screening_hit_show, word.p);
    assert_non_null(strstr(test_text(t.said, "nothing"), "withdrawn"));
    assert_int_equal(test_run(&t, &screening_hit_show, (const char *const[]){"id=" PARENT, NULL}), -1);
    assert_int_equal(t.err.code, ERR_NOT_FOUND);
    test_node_end(&t);
}

static void a_look_up_weighs_likewise(void **state)
{
    struct test_node t;
    long long score;
    json_t *row;
    (void)state;

    start(&t);
    person_alert(&t, "1", "Evaristo Bermejillo Xochihua");
    ADD(&t, "alert", "list", "us.cbp", "number", "9", "authority", "CBP", "subject", "container", "name",
        "CSQU3054383");
    SAY(&t, &screening_try, "name=BERMEJILLO XOCHIHUA, EVARISTO", "birth=1962-03-17");
    row = json_array_get(rows(&t, "alerts"), 0);
    assert_string_equal(test_text(row, "number"), "1");
    score = test_int(row, "score");
    assert_true(score > 900);
    SAY(&t, &screening_try, "name=Evaristo Bermejillo Xochihua", "birth=1990-11-02");
    assert_true(json_array_size(rows(&t, "alerts")) == 0 ||
                test_int(json_array_get(rows(&t, "alerts"), 0), "score") < score);
    SAY(&t, &screening_try, "identifier=csqu 305438-3");
    assert_int_equal(json_array_size(rows(&t, "alerts")), 1);
    SAY(&t, &screening_try, "identifier=CSQU3054388", "scheme=container"); /* the last digit is wrong */
    assert_int_equal(json_array_size(rows(&t, "alerts")), 1);
    SAY(&t, &screening_try, "name=Nobody At All");
    assert_string_equal(test_text(t.said, "nothing"), "no alert that holds today is like this");
    assert_true(test_count(&t, "SELECT count(*) FROM v_access WHERE op = 'screen'") == 5);
    t.c.the_case = S("");
    assert_int_equal(test_run(&t, &screening_try, (const char *const[]){"name=Juan", NULL}), -1);
    assert_int_equal(t.err.code, ERR_DENIED);
    test_node_end(&t);
}

static void many_names_are_lines(void **state)
{
    static const char lines[] =
        "Evaristo Bermejillo Xochihua\t1962-03-17\tMX\r\n\nNobody At All\nBermejilo";
    struct test_node t;
    struct str file;
    const char *said;
    (void)state;

    start(&t);
    t.c.purpose = t.c.the_case = S("");
    person_alert(&t, "1", "Evaristo Bermejillo Xochihua");
    ADD(&t, "alert_name", "list", "us.cbp", "number", "1", "name", "Evaristo Bermejillo");
    ADD(&t, "alert_name", "list", "us.cbp", "number", "1", "name", "Zenobio Xicotencatl Yerbabuena",
        "quality", "weak");
    file = path_join(t.arena, t.top, "names");
    assert_int_equal(file_write(file.p, S(lines), 0600, &t.err), 0);
    SAY(&t, &screening_names, arena_fmt(t.arena, "file=%s", file.p).p, "top=2");
    said = json_string_value(t.said);
    assert_non_null(said);
    assert_true(str_starts(str_z(said),
                           S("{\"name\":\"Evaristo Bermejillo Xochihua\",\"matches\":[{\"list\":"
                             "\"us.cbp\",\"number\":\"1\",\"name\":\"Evaristo Bermejillo Xochihua\"")));
    assert_non_null(strstr(said, "\"match\":true}]}\n{\"name\":\"\",\"matches\":[]}\n{\"name\":\"Nobody At "
                                 "All\",\"matches\":[]}\n{\"name\":\"Bermejilo\""));
    assert_int_equal(
        test_count(&t, "SELECT count FROM v_access WHERE op = 'names-screen' AND purpose = 'measuring'"),
        4);
    test_node_end(&t);
}

static void a_report_has_rates_and_a_control_sample(void **state)
{
    struct test_node t;
    json_t *list, *control;
    int found = 0;
    (void)state;

    start(&t);
    SAY(&t, &screening_report, NULL);
    assert_string_equal(test_text(t.said, "nothing"), "no hit was raised in this time");
    person_alert(&t, "1", "Evaristo Bermejillo Xochihua");
    for (int i = 0; i < 3; i++)
        party(&t, "Evaristo Bermejillo Xochihua", NULL);
    for (int i = 0; i < 120; i++)
        ADD(&t, "trip", "mode", "road", "conveyance", arena_fmt(t.arena, "AB%04d", i).p);
    SAY(&t, &screening_hits, "all");
    list = json_incref(rows(&t, "hits"));
    dispose(&t, test_text(json_array_get(list, 0), "id"), "same");
    dispose(&t, test_text(json_array_get(list, 1), "id"), "not-same");
    json_decref(list);
    SAY(&t, &screening_hits, "control", "one-in=20");
    control = json_incref(rows(&t, "control"));
    assert_true(json_array_size(control) >= 1 && json_array_size(control) <= 20);
    dispose(&t, test_text(json_array_get(control, 0), "id"), "nothing");
    assert_int_equal(test_run(&t, &screening_hits, (const char *const[]){"control", "one-in=3", NULL}), -1);
    SAY(&t, &screening_hits, "control", "one-in=20");
    assert_int_equal(json_array_size(rows(&t, "control")), json_array_size(control) - 1);
    json_decref(control);
    assert_int_equal(test_run(&t, &screening_dispose,
                              (const char *const[]){"hit=" PARENT, "decision=found", "reason=x", NULL}),
                     -1);
    SAY(&t, &screening_report, "from=2026-11-01");
    list = json_object_get(t.said, "all_hits");
    assert_int_equal(test_int(list, "fired"), 3);
    assert_int_equal(test_int(list, "examined"), 2);
    assert_int_equal(test_int(list, "found"), 1);
    /* Wilson, 1 of 2 at 95 %: 9.5 to 90.5 */
    assert_true(json_number_value(json_object_get(list, "from_percent")) == 9.5);
    assert_true(json_number_value(json_object_get(list, "to_percent")) == 90.5);
    list = json_object_get(t.said, "control");
    assert_int_equal(test_int(list, "examined"), 1);
    assert_true(json_number_value(json_object_get(list, "to_percent")) == 79.3);
    list = rows(&t, "alerts");
    for (size_t i = 0; i < json_array_size(list); i++)
        found += strcmp(test_text(json_array_get(list, i), "number"), "1") == 0;
    assert_int_equal(found, 1);
    SAY(&t, &screening_report, "until=2020-01-01");
    assert_int_equal(test_int(json_object_get(t.said, "all_hits"), "fired"), 0);
    test_node_end(&t);
}

static void a_recheck_finds_no_difference(void **state)
{
    struct test_node t;
    (void)state;

    start(&t);
    person_alert(&t, "1", "Evaristo Bermejillo Xochihua");
    party(&t, "Evaristo Bermejillo Xochihua", NULL);
    assert_int_equal(SAY(&t, &screening_recheck, NULL), 0);
    assert_int_equal(test_int(t.said, "standing"), 1);
    assert_int_equal(test_int(t.said, "missing"), 0);
    /* An alert ends with its day: nobody has told the hits yet. */
    t.fake.time += INT64_C(86400) * 1000000;
    ADD(&t, "alert", "list", "us.cbp", "number", "2", "authority", "CBP", "subject", "person", "name",
        "Evaristo Bermejillo Xochihua", "expires", "2026-11-19");
    assert_int_equal(SAY(&t, &screening_recheck, NULL), 0);
    assert_int_equal(test_int(t.said, "standing"), 2);
    t.fake.time += INT64_C(86400) * 1000000;
    assert_int_equal(SAY(&t, &screening_recheck, NULL), 1);
    assert_int_equal(test_int(t.said, "should_not_stand"), 1);
    SAY(&t, &screening_hits, "all");
    assert_int_equal(json_array_size(rows(&t, "hits")), 2);
    SAY(&t, &screening_hits, "all", "open");
    assert_int_equal(json_array_size(rows(&t, "hits")), 1);
    party(&t, "Somebody Else", NULL);
    assert_int_equal(SAY(&t, &screening_recheck, NULL), 0);
    test_node_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strongest_comes_first_and_pairs_are_folded),
        cmocka_unit_test(a_decision_stands_for_the_pair),
        cmocka_unit_test(the_waterfall_adds_up),
        cmocka_unit_test(what_ended_is_told),
        cmocka_unit_test(a_look_up_weighs_likewise),
        cmocka_unit_test(many_names_are_lines),
        cmocka_unit_test(a_report_has_rates_and_a_control_sample),
        cmocka_unit_test(a_recheck_finds_no_difference),
    };
    return cmocka_run_group_tests_name("screening: ops", tests, NULL, NULL);
}
