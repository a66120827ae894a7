/* release and records: the verbs on agreements, explain, and what --peer shows. */
#include "records/records.h"
#include "release_node.h"

static const struct room *const rooms[] = {&records_room, &release_room, NULL};

static int setup(void **state)
{
    struct paper_node *t = malloc(sizeof *t);

    paper_node_start(t, rooms);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct paper_node *t = *state;

    test_node_end(&t->n);
    free(t);
    return 0;
}

static const struct op *op(const char *name)
{
    const struct op *o = op_find(rooms, str_z(name));

    assert_non_null(o);
    return o;
}

static void good(struct paper_node *t, int rc)
{
    if (rc != 0)
        fail_msg("%d: %s %s", rc, t->n.err.text, t->n.said ? json_dumps(t->n.said, 0) : "");
}

static const char *word(struct paper_node *t, const char *key, const char *value)
{
    return arena_fmt(t->n.arena, "%s=%s", key, value).p;
}

/* us.cbp has met mx.anam. */
static void meet(struct paper_node *t)
{
    const char *zero = "0000000000000000000000000000000000000000000000000000000000000000";

    test_append(&t->n, test_record(&t->n, "peer",
                                   (const char *const[]){"office", "mx.anam", "country", "MX", "key",
                                                         t->parties.mx, "safety_number", "1", "pin", zero,
                                                         "box_key", zero, "certificate", "AAAA", "card",
                                                         "AAAA", "confirmed_by", "x", NULL}));
}

static const char *file_of(struct paper_node *t, const char *name, struct str text)
{
    const char *path = arena_fmt(t->n.arena, "%s/%s", t->n.top, name).p;

    assert_int_equal(file_write(path, text, 0600, &t->n.err), 0);
    return path;
}

static void take(struct paper_node *t, struct str note)
{
    if (paper_take(t, note, "mx.anam") != 1)
        fail_msg("%s", t->n.err.text);
}

static void in_force(struct paper_node *t, const char *blocks)
{
    take(t, paper_note(t, text_agreement(t->n.arena, &t->parties, blocks), true, true));
}

static const char *standing(struct paper_node *t)
{
    return test_text(t->n.said, "standing");
}

/* ---- agreements ---- */

static void a_draft_can_be_proposed(void **state)
{
    struct paper_node *t = *state;
    struct str text;
    const char *id, *file;

    assert_int_equal(RUN(&t->n, op("agreement"), "action=draft", "what=mx.anam", NULL), -1);
    assert_int_equal(t->n.err.code, ERR_NOT_FOUND);
    meet(t);
    good(t, RUN(&t->n, op("agreement"), "action=draft", "what=mx.anam", NULL));
    text = arena_copy(t->n.arena, str_z(json_string_value(t->n.said)));
    file = word(t, "what", file_of(t, "a.txt", text));
    good(t, RUN(&t->n, op("agreement"), "action=test", file, NULL));
    assert_int_equal(test_int(t->n.said, "examples"), 6);
    good(t, RUN(&t->n, op("agreement"), "action=propose", file, NULL));
    assert_string_equal(standing(t), standing_text(STANDING_PROPOSED));
    id = arena_z(t->n.arena, str_z(test_text(t->n.said, "id")));
    assert_true(uuid_parse(str_z(id), t->agreement));
    take(t, paper_note(t, text, false, true));
    good(t, RUN(&t->n, op("agreements"), word(t, "id", id), NULL));
    assert_string_equal(standing(t), standing_text(STANDING_IN_FORCE));
    assert_int_equal(json_array_size(json_object_get(t->n.said, "clauses")), 23);
    good(t, RUN(&t->n, op("agreement"), "action=show", word(t, "what", id), "text=", NULL));
    assert_non_null(strstr(json_string_value(t->n.said), "— mx.anam "));
    /* and it is in the node's books */
    assert_int_equal(test_count(&t->n, "SELECT count(*) FROM v_agreement"), 1);
    assert_int_equal(test_count(&t->n, "SELECT count(*) FROM v_objective"), 2);
    assert_int_equal(test_count(&t->n, "SELECT count(*) FROM v_clause"), 22);
    assert_int_equal(node_rebuild(&t->n.c), 0);
    assert_int_equal(node_catch_up(&t->n.c), 0);
    assert_int_equal(test_count(&t->n, "SELECT count(*) FROM v_clause"), 22);
}

static void what_the_other_proposed_is_signed(void **state)
{
    struct paper_node *t = *state;
    struct str text = text_agreement(t->n.arena, &t->parties, TEXT_TRIP);

    meet(t);
    assert_int_equal(RUN(&t->n, op("agreement"), "action=sign", "what=" TEXT_ID, NULL), -1);
    take(t, paper_note(t, text, false, true));
    good(t, RUN(&t->n, op("agreements"), NULL));
    assert_int_equal(json_array_size(json_object_get(t->n.said, "agreements")), 1);
    good(t, RUN(&t->n, op("agreement"), "action=sign", "what=" TEXT_ID, NULL));
    assert_string_equal(standing(t), standing_text(STANDING_IN_FORCE));
    assert_int_equal(RUN(&t->n, op("agreement"), "action=sign", "what=" TEXT_ID, NULL), -1);
    assert_int_equal(RUN(&t->n, op("agreement"), "action=suspend", "what=" TEXT_ID, NULL), -1);
    good(t, RUN(&t->n, op("agreement"), "action=suspend", "what=" TEXT_ID, "reason=A leak.", NULL));
    assert_string_equal(test_text(t->n.said, "suspended_by"), "us.cbp");
    good(t, RUN(&t->n, op("agreement"), "action=resume", "what=" TEXT_ID, NULL));
    assert_string_equal(standing(t), standing_text(STANDING_IN_FORCE));
    good(t, RUN(&t->n, op("agreement"), "action=end", "what=" TEXT_ID, "reason=It is done.", NULL));
    assert_string_equal(standing(t), standing_text(STANDING_ENDED));
    assert_int_equal(RUN(&t->n, op("agreement"), "action=end", "what=" TEXT_ID, "reason=a\nb", NULL), -1);
}

static void two_texts_are_not_both_signed(void **state)
{
    struct paper_node *t = *state;
    struct str one = text_agreement(t->n.arena, &t->parties, TEXT_TRIP),
               two = text_agreement(t->n.arena, &t->parties, "");
    uint8_t digest[HASH_SIZE];

    meet(t);
    take(t, paper_note(t, one, false, true));
    take(t, paper_note(t, two, false, true));
    assert_int_equal(RUN(&t->n, op("agreement"), "action=sign", "what=" TEXT_ID, NULL), -1);
    assert_int_equal(t->n.err.code, ERR_CONFLICT);
    sha256_one(digest, one);
    good(t, RUN(&t->n, op("agreement"), "action=sign", "what=" TEXT_ID,
                word(t, "digest", hex_encode(t->n.arena, str_n(digest, HASH_SIZE)).p), NULL));
    sha256_one(digest, two);
    assert_int_equal(RUN(&t->n, op("agreement"), "action=sign", "what=" TEXT_ID,
                         word(t, "digest", hex_encode(t->n.arena, str_n(digest, HASH_SIZE)).p), NULL),
                     -1);
}

static void a_faulty_text_is_not_signed(void **state)
{
    struct paper_node *t = *state;
    struct str text = text_agreement(t->n.arena, &t->parties, "clause 1\n  giver us.cbp\n");
    const char *file = word(t, "what", file_of(t, "b.txt", text));

    meet(t);
    assert_int_equal(RUN(&t->n, op("agreement"), "action=test", file, NULL), 1);
    assert_true(json_array_size(json_object_get(t->n.said, "faults")) > 3);
    assert_int_equal(RUN(&t->n, op("agreement"), "action=propose", file, NULL), 1);
    assert_int_equal(test_count(&t->n, "SELECT count(*) FROM v_act"), 0);
}

/* ---- explain ---- */

static const char *trip(struct paper_node *t, const char *mode, const char *direction)
{
    struct record *r = test_record(&t->n, "trip",
                                   (const char *const[]){"mode", mode, "direction", direction, "carrier",
                                                         "ABCD", "notes", "a word", NULL});
    char id[UUID_SIZE];

    test_append(&t->n, r);
    uuid_format(r->head.id, id);
    return arena_z(t->n.arena, str_z(id));
}

static const json_t *first(const json_t *o, const char *list)
{
    return json_array_get(json_object_get(o, list), 0);
}

static void explain_says_why(void **state)
{
    struct paper_node *t = *state;
    const char *south = trip(t, "road", "south"), *north = trip(t, "road", "north");
    const json_t *a;
    char *all;

    good(t, RUN(&t->n, op("explain"), word(t, "id", south), "peer=mx.anam", NULL));
    assert_false(json_is_true(json_object_get(t->n.said, "travels")));
    in_force(t, TEXT_TRIP);
    good(t, RUN(&t->n, op("explain"), word(t, "id", south), "peer=mx.anam", NULL));
    assert_true(json_is_true(json_object_get(t->n.said, "travels")));
    a = first(t->n.said, "agreements");
    assert_int_equal(test_int(a, "clause"), 1);
    assert_int_equal(json_array_size(json_object_get(a, "fields")), 4);
    all = json_dumps(t->n.said, 0);
    assert_null(strstr(all, "a word"));
    free(all);
    good(t, RUN(&t->n, op("explain"), word(t, "id", north), "peer=mx.anam", NULL));
    a = first(t->n.said, "agreements");
    assert_string_equal(test_text(a, "because"), why_text(WHY_CONDITION));
    assert_string_equal(test_text(first(a, "clauses"), "when"), "mode = road and direction = south");
}

static void explain_says_when(void **state)
{
    struct paper_node *t = *state;
    const char *id = trip(t, "road", "south"),
               *zero = "0000000000000000000000000000000000000000000000000000000000000000";
    struct given g = {.fields = 6, .version = 1, .clause = 1};
    const json_t *sent;
    struct buf b;

    in_force(t, TEXT_TRIP);
    assert_true(uuid_parse(str_z(id), g.id));
    buf_init(&b, GIVEN_SIZE);
    given_put(&b, &g);
    test_append(&t->n,
                test_record(&t->n, "dispatch",
                            (const char *const[]){"agreement",  TEXT_ID,
                                                  "giver",      "us.cbp",
                                                  "taker",      "mx.anam",
                                                  "epoch",      "1",
                                                  "first",      "41",
                                                  "count",      "1",
                                                  "upto",       "9",
                                                  "state",      zero,
                                                  "root",       zero,
                                                  "checkpoint", "AAAA",
                                                  "entries",    base64_encode(t->n.arena, buf_view(&b)).p,
                                                  NULL}));
    buf_free(&b);
    good(t, RUN(&t->n, op("explain"), word(t, "id", id), "peer=mx.anam", NULL));
    sent = first(first(t->n.said, "agreements"), "sent");
    assert_int_equal(test_int(sent, "entry"), 41);
    assert_int_equal(json_array_size(json_object_get(sent, "fields")), 2);
    assert_null(json_object_get(sent, "acknowledged"));
    test_append(&t->n, test_record(&t->n, "receipt",
                                   (const char *const[]){"agreement", TEXT_ID, "giver", "us.cbp", "taker",
                                                         "mx.anam", "epoch", "1", "size", "42", "root",
                                                         zero, "note", "AAAA", NULL}));
    good(t, RUN(&t->n, op("explain"), word(t, "id", id), "peer=mx.anam", NULL));
    assert_non_null(json_object_get(first(first(t->n.said, "agreements"), "sent"), "acknowledged"));
}

/* ---- --peer ---- */

static size_t listed(const struct paper_node *t)
{
    return json_array_size(json_object_get(t->n.said, "records"));
}

static void a_peer_sees_what_it_may_and_nothing_else(void **state)
{
    struct paper_node *t = *state;
    const char *south, *north;
    const json_t *fields;

    for (int i = 0; i < 6; i++) {
        south = trip(t, "road", "south");
        north = trip(t, "road", "north");
    }
    good(t, RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", NULL));
    assert_int_equal(listed(t), 0); /* an empty audience is nobody */
    assert_int_equal(RUN(&t->n, op("show"), word(t, "id", south), "peer=mx.anam", NULL), -1);
    in_force(t, TEXT_TRIP);
    good(t, RUN(&t->n, op("show"), word(t, "id", south), "peer=mx.anam", NULL));
    fields = json_object_get(json_object_get(t->n.said, "record"), "fields");
    assert_int_equal(json_object_size(fields), 3);
    assert_null(json_object_get(t->n.said, "seq"));
    assert_null(json_object_get(t->n.said, "withheld"));
    assert_int_equal(RUN(&t->n, op("show"), word(t, "id", north), "peer=mx.anam", NULL), -1);
    assert_int_equal(t->n.err.code, ERR_NOT_FOUND);
    good(t, RUN(&t->n, op("list"), "kind=trip", "peer=gt.sat", NULL));
    assert_int_equal(listed(t), 0);
    good(t, RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", NULL));
    assert_int_equal(listed(t), 6);
    good(t, RUN(&t->n, op("export"), "kind=trip", "format=json", "peer=mx.anam", NULL));
    assert_null(strstr(json_string_value(t->n.said), "a word"));
    assert_null(strstr(json_string_value(t->n.said), "north"));
    assert_non_null(strstr(json_string_value(t->n.said), "ABCD"));
    take(t, paper_side(t, "suspension", "mx.anam"));
    good(t, RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", NULL));
    assert_int_equal(listed(t), 0);
}

static void pages_and_filters_tell_nothing(void **state)
{
    struct paper_node *t = *state;
    const char *after;
    size_t seen = 0;

    for (int i = 0; i < 5; i++) {
        trip(t, "road", "north");
        trip(t, "road", "south");
    }
    trip(t, "sea", "south");
    in_force(t, TEXT_TRIP);
    good(t, RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", "limit=2", NULL));
    for (;;) {
        seen += listed(t);
        assert_null(json_object_get(t->n.said, "next"));
        after = json_string_value(json_object_get(t->n.said, "after"));
        if (!after)
            break;
        good(t, RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", "limit=2",
                    word(t, "after", arena_z(t->n.arena, str_z(after))), NULL));
    }
    assert_int_equal(seen, 5); /* the last page has one, and does not say that a withheld one follows */
    good(t, RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", "+direction=north", NULL));
    assert_int_equal(listed(t), 0);
    good(t, RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", "+carrier=ABCD", NULL));
    assert_int_equal(listed(t), 5);
    /* by a field that it may not see, it would learn the value */
    t->n.c.purpose = S("p");
    t->n.c.the_case = S("c");
    good(t, RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", "+notes=a word", NULL));
    assert_int_equal(listed(t), 0);
    good(t, RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", "order=notes", NULL));
    assert_int_equal(listed(t), 0);
    assert_int_equal(RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", "+seq>=1", NULL), -1);
    assert_int_equal(RUN(&t->n, op("list"), "kind=trip", "peer=mx.anam", "cursor=1", NULL), -1);
    assert_int_equal(RUN(&t->n, op("export"), "kind=trip", "peer=mx.anam", "+seq>=1", NULL), -1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_draft_can_be_proposed),
        T(what_the_other_proposed_is_signed),
        T(two_texts_are_not_both_signed),
        T(a_faulty_text_is_not_signed),
        T(explain_says_why),
        T(explain_says_when),
        T(a_peer_sees_what_it_may_and_nothing_else),
        T(pages_and_filters_tell_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
