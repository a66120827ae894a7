/*
 * Asking without telling, two nodes in one process: a hit and no hit, the prepared set and its changes, the journal on
 * both sides, key epochs, suspension, erasure, the line down, the verbs. What is refused: test_query_refused.c.
 */
#include "query_pair.h"

#define BOTH "firearm person plate vin quota 400"

static void a_hit_and_no_hit(void **state)
{
    struct pair p;
    struct asking a;
    (void)state;

    pair_start(&p, BOTH);
    pair_alert(&p.mx, "1", "plate", "ABC-12-34", "MX");
    pair_alert(&p.mx, "2", "plate", "XYZ 99 88", "");
    pair_alert(&p.mx, "3", "imo", "IMO 9074729", "");
    if (pair_ask(&p, "plate", "MX|abc 1234", &a) < 0)
        fail_msg("%s", p.us.err.text);
    assert_true(str_eq(a.outcome, S("answered")));
    assert_true(a.hit[0] && a.hits == 1);
    assert_int_equal(a.held.head.count, 256);
    assert_int_equal(pair_ask(&p, "plate", "US|ABC1234", &a), 0);
    assert_false(a.hit[0]); /* another country's */
    assert_int_equal(pair_ask(&p, "plate", "US|XYZ9988", &a), 0);
    assert_true(a.hit[0]); /* of whatever country */
    assert_int_equal(pair_ask(&p, "vin", "1FUJGLDR5CSBF1234", &a), 0);
    assert_false(a.hit[0]);
    assert_refused(&p, pair_ask(&p, "imo", "9074729", &a), &a,
                   "no-clause"); /* the clause does not name it */
    /* Both have written down all of them, and neither what was asked. */
    assert_int_equal(test_count(&p.us, "SELECT count(*) FROM v_query WHERE side = 'asked'"), 5);
    assert_int_equal(test_count(&p.mx, "SELECT count(*) FROM v_query WHERE side = 'answered'"), 5);
    assert_int_equal(test_count(&p.us, "SELECT sum(hits) FROM v_query"), 2);
    assert_int_equal(test_count(&p.mx, "SELECT count(*) FROM v_query WHERE hits IS NOT NULL"), 0);
    assert_int_equal(test_count(&p.mx, "SELECT count(*) FROM v_query WHERE purpose = 'stolen vehicles' "
                                       "AND \"case\" = 'CASE-1'"),
                     5);
    pair_end(&p);
}

static void people_and_firearms(void **state)
{
    static const char *const person[] = {
        "list",       "stolen",     "number", "9",    "authority",
        "FGR",        "subject",    "person", "name", "P\xc3\xa9rez L\xc3\xb3pez, Juan",
        "birth_date", "1968-03-12", "reason", "x",    NULL};
    static const char *const alias[] = {"list", "stolen", "number", "9", "name", "El Zurdo Mendoza", NULL};
    static const char *const gun[] = {"serial", "386-123456", "type",      "rifle",      "maker", "FN",
                                      "model",  "M249",       "recovered", "2026-10-01", NULL};
    struct pair p;
    struct asking a;
    (void)state;

    pair_start(&p, BOTH);
    test_append(&p.mx, test_record(&p.mx, "alert", person));
    test_append(&p.mx, test_record(&p.mx, "alert_name", alias));
    test_append(&p.mx, test_record(&p.mx, "firearm", gun));
    assert_int_equal(pair_ask(&p, "person", "Juan Perez Lopez|1968-03-12", &a), 0);
    assert_true(a.hit[0]);
    assert_int_equal(pair_ask(&p, "person", "mendoza el zurdo|1968-03-12", &a), 0);
    assert_true(a.hit[0]);
    assert_int_equal(pair_ask(&p, "person", "Juan Perez Lopez|1968-03-13", &a), 0);
    assert_false(a.hit[0]);
    assert_int_equal(pair_ask(&p, "firearm", "FN|M 249|386 123456", &a), 0);
    assert_true(a.hit[0]);
    pair_end(&p);
}

/* What changed travels as a change, padded; what was withdrawn no longer hits. */
static void a_set_follows_its_alerts(void **state)
{
    struct query_held before;
    struct query_terms t;
    struct pair p;
    struct asking a;
    struct record *gone;
    (void)state;

    pair_start(&p, BOTH);
    pair_alert(&p.mx, "1", "plate", "ABC-12-34", "MX");
    assert_int_equal(pair_ask(&p, "plate", "MX|NEW0001", &a), 0);
    assert_false(a.hit[0]);
    before = a.held;
    pair_alert(&p.mx, "2", "plate", "NEW-00-01", "MX");
    assert_int_equal(pair_ask(&p, "plate", "MX|NEW0001", &a), 0);
    assert_true(a.hit[0]);
    assert_int_equal(a.held.head.count, 256);
    assert_true(a.held.head.epoch == before.head.epoch);
    { /* 15 dummies went along with the one that came */
        size_t same = 0;
        for (size_t i = 0; i < before.entries.n; i += QUERY_ENTRY)
            same += query_held_has(&a.held, (const uint8_t *)before.entries.p + i);
        assert_int_equal(same, 256 - 16);
    }
    assert_int_equal(pair_terms(&p, &t), 0);
    gone = test_record(&p.mx, "alert",
                       (const char *const[]){"list", "stolen", "number", "2", "authority", "FGR", "subject",
                                             "vehicle", "reason", "Found", "status", "withdrawn", NULL});
    {
        struct query *q = views_query(p.mx.c.views, "SELECT id FROM v_alert WHERE number = '2'", &p.mx.err);
        assert_int_equal(query_step(q, &p.mx.err), 1);
        memcpy(gone->head.replaces, query_blob(q, 0).p, 16);
        query_done(q);
    }
    test_append(&p.mx, gone);
    assert_int_equal(pair_ask(&p, "plate", "MX|NEW0001", &a), 0);
    assert_false(a.hit[0]);
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    assert_true(a.hit[0]);
    pair_end(&p);
}

/* H2 is not even hinted at; what another office shared is that office's to be asked for. */
static void what_is_not_ours_to_hint_at(void **state)
{
    const char *const identifier[] = {"list",  "stolen",  "number",  "1",  "scheme", "plate",
                                      "value", "SEC0002", "country", "MX", NULL};
    struct pair p;
    struct asking a;
    struct record *r;
    (void)state;

    pair_start(&p, BOTH);
    pair_alert(&p.mx, "1", "plate", "ABC-12-34", "MX");
    r = test_record(&p.mx, "alert_identifier", identifier);
    r->head.handling = S("H2");
    test_append(&p.mx, r);
    assert_int_equal(pair_ask(&p, "plate", "MX|SEC0002", &a), 0);
    assert_false(a.hit[0]);
    pair_end(&p);
}

/* ---- epochs, suspension ---- */

static int64_t files(struct test_node *t, const char *pattern)
{
    char command[512];
    FILE *f;
    int n = -1;

    snprintf(command, sizeof command, "ls '%s'/%s 2>/dev/null | wc -l", t->dir, pattern);
    f = popen(command, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%d", &n), 1);
    pclose(f);
    return n;
}

static void a_new_key_epoch(void **state)
{
    struct query_terms t;
    struct pair p;
    struct asking a;
    int64_t first, epoch;
    (void)state;

    pair_start(&p, BOTH);
    pair_alert(&p.mx, "1", "plate", "ABC-12-34", "MX");
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    first = a.held.head.epoch;
    assert_int_equal(query_terms_open(&p.mx.c, p.agreement, S("mx.anam"), S("us.cbp"), &t), 0);
    assert_int_equal(query_keys_rotate(&p.mx.c, &t, &epoch), 0);
    assert_true(epoch > first);
    assert_int_equal(files(&p.mx, "keys/oprf-*.key"), 1);
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    assert_true(a.hit[0]);
    assert_true(a.held.head.epoch == epoch);
    pair_end(&p);
}

static void a_suspension_ends_it_at_once(void **state)
{
    struct pair p;
    struct asking a;
    struct str text;
    (void)state;

    pair_start(&p, BOTH);
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    assert_int_equal(files(&p.mx, "keys/oprf-*.key"), 1);
    assert_int_equal(files(&p.us, "asking/*"), 1);
    text = S("puente suspension v1\nagreement 0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e8f\nby us.cbp\n"
             "at 2026-12-01T08:00:00Z\nreason review\n");
    pair_paper(&p, text, false);
    assert_int_equal(files(&p.mx, "keys/oprf-*.key"), 0);
    assert_int_equal(files(&p.mx, "asking/*"), 0);
    assert_int_equal(files(&p.us, "asking/*"), 0);
    assert_refused(&p, pair_ask(&p, "plate", "MX|ABC1234", &a), &a, "no-clause");
    assert_int_equal(records(&p.mx, "answered"), 1);
    assert_int_equal(files(&p.mx, "keys/oprf-*.key"), 0);
    pair_end(&p);
}

/* An erased record leaves the files at once, on both sides. */
static void what_is_erased_is_in_no_set(void **state)
{
    struct query_terms t;
    struct watched w;
    struct query_held before;
    struct pair p;
    struct asking a;
    struct str outcome;
    size_t fresh;
    (void)state;

    pair_start(&p, BOTH);
    pair_alert(&p.mx, "1", "plate", "ABC-12-34", "MX");
    pair_alert(&p.us, "1", "plate", "TX-1111", "US");
    assert_int_equal(pair_terms(&p, &t), 0);
    assert_int_equal(query_watch(&p.us.c, &t, &p.link, &fresh, &outcome), 0);
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    assert_true(a.hit[0]);
    before = a.held;
    for (int side = 0; side < 2; side++) {
        struct test_node *n = side ? &p.us : &p.mx;
        struct query *q = views_query(n->c.views, "SELECT id FROM v_alert_identifier", &n->err);
        char id[UUID_SIZE];
        struct record *erasure;
        assert_int_equal(query_step(q, &n->err), 1);
        uuid_format((const uint8_t *)query_blob(q, 0).p, id);
        erasure = test_record(n, "erasure",
                              (const char *const[]){"about", id, "reason", "retention", "legal_basis",
                                                    "LED 5", "decided_by", "mx.anam", NULL});
        erasure->head.handling = S("H1");
        {
            uint8_t raw[16];
            memcpy(raw, query_blob(q, 0).p, 16);
            query_done(q);
            if (journal_erase(n->c.journal, raw, erasure, &n->err) < 0 || node_catch_up(&n->c) < 0)
                fail_msg("%s", n->err.text);
        }
    }
    assert_int_equal(query_watched_open(&p.us.c, &t, before.head.epoch, &w), 0);
    assert_int_equal(w.n, 0);
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    assert_false(a.hit[0]);
    assert_true(a.held.head.epoch == before.head.epoch);
    pair_end(&p);
}

/* ---- the line down ---- */

static void own_values_are_matched_without_a_line(void **state)
{
    struct query_terms t, holder;
    struct query_held held;
    struct query_keys keys;
    struct set_part part;
    uint8_t digest[HASH_SIZE];
    size_t fresh, matches, opened;
    struct str outcome;
    struct pair p;
    (void)state;

    pair_start(&p, BOTH);
    pair_alert(&p.us, "1", "plate", "TX-1111", "US");
    pair_alert(&p.us, "2", "vin", "1FUJGLDR5CSBF1234", "");
    assert_int_equal(pair_terms(&p, &t), 0);
    assert_int_equal(query_watch(&p.us.c, &t, &p.link, &fresh, &outcome), 0);
    assert_int_equal(fresh, 2);
    assert_int_equal(query_match(&p.us.c, &t, &matches, &opened), 0);
    assert_int_equal(matches, 0);
    /* Asked once is enough. */
    assert_int_equal(query_watch(&p.us.c, &t, &p.link, &fresh, &outcome), 0);
    assert_int_equal(fresh, 0);
    /* The line goes down; an alert is raised over there; the set comes on a stick. */
    p.down = true;
    pair_alert(&p.mx, "7", "plate", "TX 1111", "US");
    assert_int_equal(query_terms_open(&p.mx.c, p.agreement, S("mx.anam"), S("us.cbp"), &holder), 0);
    assert_int_equal(query_keys_open(&p.mx.c, &holder, &keys), 0);
    assert_int_equal(query_set_make(&p.mx.c, &holder, &keys, (const uint8_t[HASH_SIZE]){0}, &part, digest),
                     0);
    assert_int_equal(part.form, SET_WHOLE);
    assert_int_equal(query_held_open(&p.us.c, &t, &held), 0);
    assert_int_equal(query_held_take(&p.us.c, &t, &part, &held), 0);
    assert_int_equal(query_match(&p.us.c, &t, &matches, &opened), 0);
    assert_int_equal(matches, 1);
    assert_int_equal(opened, 1);
    assert_int_equal(query_offline(&p.us.c, &t, pair_token(&p.us, "plate", "US|TX1111"), &held), 1);
    assert_int_equal(query_offline(&p.us.c, &t, pair_token(&p.us, "vin", "1FUJGLDR5CSBF1234"), &held), 0);
    assert_int_equal(query_offline(&p.us.c, &t, pair_token(&p.us, "plate", "US|NEVER1"), &held), -2);
    /* Once is enough here too; the request names the other side's record, not the plate. */
    assert_int_equal(query_match(&p.us.c, &t, &matches, &opened), 0);
    assert_int_equal(opened, 0);
    assert_int_equal(test_count(&p.us, "SELECT count(*) FROM v_request WHERE form = 'disclosure'"), 1);
    {
        struct query *q = views_query(p.us.c.views, "SELECT number FROM v_request", &p.us.err);
        uint8_t entry[QUERY_ENTRY], id[16];
        size_t n;
        struct str number;
        assert_int_equal(query_step(q, &p.us.err), 1);
        number = query_text(q, 0);
        assert_true(hex_decode(str_n(number.p + 4, number.n - 4), entry, sizeof entry, &n));
        query_done(q);
        assert_int_equal(query_set_find(&p.mx.c, &holder, &keys, entry, id), 1);
        entry[0] ^= 1;
        assert_int_equal(query_set_find(&p.mx.c, &holder, &keys, entry, id), 0);
    }
    pair_end(&p);
}

static void the_line_is_down(void **state)
{
    struct pair p;
    struct asking a;
    (void)state;

    pair_start(&p, BOTH);
    p.down = true;
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), -1);
    assert_non_null(strstr(p.us.err.text, "down"));
    assert_int_equal(records(&p.us, "failed"), 1);
    pair_end(&p);
}

/* ---- the verbs ---- */

static void write_text(struct test_node *t, const char *name, const char *text, char path[128])
{
    FILE *f;

    snprintf(path, 128, "%s/%s", t->top, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    fclose(f);
}

static char *with(struct test_node *t, const char *name, const char *value)
{
    return arena_z(t->arena, arena_fmt(t->arena, "%s=%s", name, value));
}

static void the_verbs_without_a_line(void **state)
{
    size_t fresh;
    struct query_terms t;
    struct str outcome;
    struct pair p;
    char path[128], stick[128];
    const char *number;
    (void)state;

    pair_start(&p, BOTH);
    pair_alert(&p.us, "1", "plate", "TX-1111", "US");
    assert_int_equal(pair_terms(&p, &t), 0);
    assert_int_equal(query_watch(&p.us.c, &t, &p.link, &fresh, &outcome), 0);
    pair_alert(&p.mx, "7", "plate", "TX 1111", "US");
    /* The holder writes its set to a stick, the asker takes it in: a match. */
    write_text(&p.mx, "set", "", stick);
    assert_int_equal(RUN(&p.mx, &op_ask_set, "peer=us.cbp", with(&p.mx, "out", stick), NULL), 0);
    assert_int_equal(test_int(p.mx.said, "entries"), 256);
    assert_int_equal(RUN(&p.us, &op_ask_take, "peer=mx.anam", with(&p.us, "file", stick), NULL), 0);
    assert_int_equal(test_int(p.us.said, "matches"), 1);
    assert_int_equal(test_int(p.us.said, "requests_opened"), 1);
    assert_int_equal(RUN(&p.us, &op_ask_match, "peer=mx.anam", NULL), 0);
    assert_int_equal(test_int(p.us.said, "requests_opened"), 0);
    /* What is known without a line, line by line; never the values. */
    write_text(&p.us, "values", "tx1111\n\nNEVER-1\n", path);
    assert_int_equal(RUN(&p.us, &op_ask, "peer=mx.anam", "scheme=plate", "country=US", "offline=true",
                         with(&p.us, "value-file", path), NULL),
                     0);
    assert_int_equal(test_int(p.us.said, "matches"), 1);
    assert_int_equal(test_int(p.us.said, "unknown"), 1);
    assert_int_equal(json_array_size(json_object_get(p.us.said, "answers")), 2);
    assert_int_equal(RUN(&p.us, &op_ask, "peer=mx.anam", "scheme=plate", "country=US", "offline=true",
                         "value=TX 11-11", NULL),
                     0);
    assert_string_equal(test_text(p.us.said, "answer"), "match");
    /* The request names the entry; the holder's desk finds its record by it. */
    {
        struct query *q = views_query(p.us.c.views, "SELECT number FROM v_request", &p.us.err);
        assert_int_equal(query_step(q, &p.us.err), 1);
        number = arena_z(p.us.arena, query_text(q, 0));
        query_done(q);
    }
    assert_int_equal(RUN(&p.mx, &op_ask_find, "peer=us.cbp", with(&p.mx, "reference", number), NULL), 0);
    assert_int_equal(strlen(test_text(p.mx.said, "id")), 36);
    /* A new key: the reference means nothing any more. */
    assert_int_equal(RUN(&p.mx, &op_ask_key, "peer=us.cbp", NULL), 0);
    assert_int_equal(RUN(&p.mx, &op_ask_find, "peer=us.cbp", with(&p.mx, "reference", number), NULL), -1);
    assert_int_equal(p.mx.err.code, ERR_NOT_FOUND);
    pair_end(&p);
}

static void the_verbs_say_what_is_wrong(void **state)
{
    struct pair p;
    char path[128];
    (void)state;

    pair_start(&p, BOTH);
    assert_int_equal(RUN(&p.us, &op_ask, "peer=mx.anam", "scheme=person", "value=A B C|1968-03-12", NULL),
                     -1);
    assert_non_null(strstr(p.us.err.text, "command line"));
    assert_int_equal(RUN(&p.us, &op_ask, "peer=mx.anam", "scheme=plate", "value=ABC1234", NULL), -1);
    assert_non_null(strstr(p.us.err.text, "--country"));
    assert_int_equal(RUN(&p.us, &op_ask, "peer=mx.anam", "scheme=plate", NULL), -1);
    assert_int_equal(RUN(&p.us, &op_ask, "peer=mx.anam", "scheme=imo", "value=9074729", NULL), -1);
    assert_int_equal(p.us.err.code, ERR_DENIED); /* no clause names it */
    assert_int_equal(RUN(&p.us, &op_ask, "peer=mx.anam", "scheme=vin", "value=1FUJGLDR5CSBF1234", NULL),
                     -1);
    assert_int_equal(p.us.err.code, ERR_NOT_FOUND); /* never met: there is no line */
    assert_int_equal(RUN(&p.us, &op_ask_own, "peer=mx.anam", NULL), -1);
    assert_int_equal(RUN(&p.mx, &op_ask_own, "peer=us.cbp", NULL), -1);
    assert_int_equal(p.mx.err.code, ERR_DENIED); /* the clause is one way */
    write_text(&p.us, "set", "no set", path);
    assert_int_equal(RUN(&p.us, &op_ask_take, "peer=mx.anam", with(&p.us, "file", path), NULL), -1);
    assert_int_equal(RUN(&p.mx, &op_ask_find, "peer=us.cbp", "reference=12", NULL), -1);
    p.us.c.purpose = S("");
    assert_int_equal(RUN(&p.us, &op_ask, "peer=mx.anam", "scheme=plate", "value=MX|ABC1234", NULL), -1);
    assert_int_equal(p.us.err.code, ERR_DENIED);
    assert_int_equal(test_count(&p.us, "SELECT count(*) FROM v_query"), 0);
    for (const char *const *z = op_ask.params[1].choices; *z; z++)
        assert_string_equal(*z, token_scheme_name((int)(z - op_ask.params[1].choices)));
    pair_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hit_and_no_hit),
        cmocka_unit_test(people_and_firearms),
        cmocka_unit_test(a_set_follows_its_alerts),
        cmocka_unit_test(what_is_not_ours_to_hint_at),
        cmocka_unit_test(a_new_key_epoch),
        cmocka_unit_test(a_suspension_ends_it_at_once),
        cmocka_unit_test(what_is_erased_is_in_no_set),
        cmocka_unit_test(own_values_are_matched_without_a_line),
        cmocka_unit_test(the_line_is_down),
        cmocka_unit_test(the_verbs_without_a_line),
        cmocka_unit_test(the_verbs_say_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
