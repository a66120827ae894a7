/* release: papers, where an agreement stands, and why a record or a field does or does not travel. */
#include "release_node.h"

static const struct room *const rooms[] = {&release_room, NULL};

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

static struct str agreement(struct paper_node *t, const char *blocks)
{
    return text_agreement(t->n.arena, &t->parties, blocks);
}

static void in_force(struct paper_node *t, const char *blocks)
{
    if (paper_take(t, paper_note(t, agreement(t, blocks), true, true), "mx.anam") != 1)
        fail_msg("%s", t->n.err.text);
    assert_int_equal(paper_standing(t), STANDING_IN_FORCE);
}

static struct record *put(struct paper_node *t, struct record *r)
{
    test_append(&t->n, r);
    return r;
}

static struct record *trip(struct paper_node *t, const char *mode, const char *direction)
{
    const char *const pairs[] = {"mode", mode,   "direction", direction, "carrier", "ABCD",
                                 "port", "2304", "notes",     "a word",  NULL};

    return put(t, test_record(&t->n, "trip", pairs));
}

static void stays(struct paper_node *t, const struct record *r, enum why why)
{
    struct decision d = paper_decide(t, r);

    if (d.why != why || d.fields)
        fail_msg("%s, not: %s", why_text(d.why), why_text(why));
    assert_null(d.clause);
}

static struct decision goes(struct paper_node *t, const struct record *r, const char *fields)
{
    struct decision d = paper_decide(t, r);
    struct str rest = str_z(fields), name;
    uint64_t want = 0;

    while (str_split(&rest, ' ', &name))
        want |= UINT64_C(1) << schema_field(r->kind, name);
    if (d.fields != want)
        fail_msg("%s: other fields", why_text(d.why));
    assert_non_null(d.clause);
    return d;
}

/* ---- papers ---- */

static void both_sign_one_stops_the_same_lifts(void **state)
{
    struct paper_node *t = *state;
    struct str text = agreement(t, TEXT_TRIP);
    struct record *r = trip(t, "road", "south");

    assert_int_equal(paper_standing(t), STANDING_UNKNOWN);
    stays(t, r, WHY_NO_AGREEMENT);
    assert_int_equal(paper_take(t, paper_note(t, text, true, false), "us.cbp"), 1);
    assert_int_equal(paper_standing(t), STANDING_PROPOSED);
    stays(t, r, WHY_STANDING);
    assert_int_equal(paper_take(t, paper_side(t, "suspension", "us.cbp"), "us.cbp"), -1); /* of what? */
    assert_int_equal(paper_take(t, paper_note(t, text, true, true), "mx.anam"), 1);
    assert_int_equal(paper_take(t, paper_note(t, text, true, true), "mx.anam"), 0);
    assert_int_equal(paper_standing(t), STANDING_IN_FORCE);
    goes(t, r, "mode direction carrier port");
    assert_int_equal(paper_take(t, paper_side(t, "suspension", "mx.anam"), "mx.anam"), 1);
    stays(t, r, WHY_STANDING);
    assert_int_equal(paper_take(t, paper_side(t, "resumption", "us.cbp"), "us.cbp"), 1);
    assert_int_equal(paper_standing(t), STANDING_SUSPENDED);
    assert_int_equal(paper_take(t, paper_side(t, "resumption", "mx.anam"), "mx.anam"), 1);
    assert_int_equal(paper_standing(t), STANDING_IN_FORCE);
    t->n.fake.time += INT64_C(3) * 365 * 86400 * 1000000;
    assert_int_equal(paper_standing(t), STANDING_EXPIRED);
    t->n.fake.time -= INT64_C(4) * 365 * 86400 * 1000000;
    assert_int_equal(paper_standing(t), STANDING_NOT_YET);
    stays(t, r, WHY_STANDING);
    t->n.fake.time += INT64_C(365) * 86400 * 1000000;
    assert_int_equal(paper_take(t, paper_side(t, "end", "us.cbp"), "us.cbp"), 1);
    assert_int_equal(paper_take(t, paper_side(t, "resumption", "us.cbp"), "us.cbp"), 1);
    assert_int_equal(paper_standing(t), STANDING_ENDED);
}

static void papers_arrive_in_any_order(void **state)
{
    struct paper_node *t = *state;
    struct str stop, go;

    in_force(t, TEXT_TRIP);
    stop = paper_side(t, "suspension", "mx.anam");
    go = paper_side(t, "resumption", "mx.anam");
    assert_int_equal(paper_take(t, go, "mx.anam"), 1);
    assert_int_equal(paper_take(t, stop, "mx.anam"), 1);
    assert_int_equal(paper_standing(t), STANDING_IN_FORCE);
}

static struct str amended(struct paper_node *t, struct str old, unsigned version, const char *blocks)
{
    uint8_t digest[HASH_SIZE];
    struct str text = agreement(t, blocks);
    const char *at = strstr(text.p, "version 1\n");

    sha256_one(digest, old);
    return arena_fmt(t->n.arena, "%.*sversion %u\namends %s\n%s", (int)(at - text.p), text.p, version,
                     hex_encode(t->n.arena, str_n(digest, HASH_SIZE)).p, at + strlen("version 1\n"));
}

static void an_amendment_needs_both(void **state)
{
    struct paper_node *t = *state;
    struct str one = agreement(t, TEXT_TRIP), two, three;
    struct record *rail = trip(t, "rail", "south");

    in_force(t, TEXT_TRIP);
    stays(t, rail, WHY_CONDITION);
    two = amended(
        t, one, 2,
        "clause 3\n  giver us.cbp\n  taker mx.anam\n  kind trip\n  fields mode\n  purpose p\n  handling "
        "H3\n  keep 1\n  en e\n  es e\n");
    assert_int_equal(paper_take(t, paper_note(t, two, false, true), "mx.anam"), 1);
    stays(t, rail, WHY_CONDITION);
    assert_int_equal(paper_take(t, paper_note(t, two, true, true), "us.cbp"), 1);
    assert_int_equal(goes(t, rail, "mode").clause->number, 3);
    three = amended(t, S("another text\n"), 3, TEXT_TRIP);
    assert_int_equal(paper_take(t, paper_note(t, three, true, true), "mx.anam"), -1);
    three = amended(t, two, 2, TEXT_TRIP);
    assert_int_equal(paper_take(t, paper_note(t, three, true, true), "mx.anam"), -1);
    assert_int_equal(paper_take(t, paper_note(t, agreement(t, ""), true, true), "mx.anam"), -1);
}

static void what_is_not_signed_is_not_taken(void **state)
{
    struct paper_node *t = *state;
    struct str text = agreement(t, TEXT_TRIP), note;
    struct text_parties others = t->parties;
    struct signer liar;
    struct buf b;

    assert_int_equal(paper_take(t, S("nonsense"), "mx.anam"), -1);
    text_key(&liar, "mx.anam", 9, others.mx);
    buf_init(&b, NOTE_MAX);
    note_sign(&b, text, &liar, 1);
    assert_int_equal(paper_take(t, buf_view(&b), "mx.anam"), -1);
    /* a key of ours that is not ours */
    snprintf(others.us, sizeof others.us, "%s", t->parties.us);
    text_key(&liar, "us.cbp", 8, others.us);
    snprintf(others.mx, sizeof others.mx, "%s", t->parties.mx);
    note = paper_note(t, text_agreement(t->n.arena, &others, TEXT_TRIP), false, true);
    assert_int_equal(paper_take(t, note, "mx.anam"), -1);
    assert_int_equal(paper_take(t, paper_note(t, text, false, true), "gt.sat"), -1);
    note = paper_note(t,
                      agreement(t, TEXT_TRIP
                                "example 1\n  giver us.cbp\n  taker mx.anam\n  record "
                                "{\"kind\":\"trip\",\"fields\":{\"mode\":\"sea\"}}\n  gives mode\n"),
                      false, true);
    assert_int_equal(paper_take(t, note, "mx.anam"), -1);
    in_force(t, TEXT_TRIP);
    /* one side's word in the other's name */
    note = paper_note(t,
                      arena_fmt(t->n.arena, "puente end v1\nagreement " TEXT_ID
                                            "\nby us.cbp\nat 2026-11-22T00:00:00Z\nreason x\n"),
                      false, true);
    assert_int_equal(paper_take(t, note, "mx.anam"), -1);
    assert_int_equal(paper_standing(t), STANDING_IN_FORCE);
    buf_free(&b);
}

/* An officer who types an act, or an agreement between keys of his own, opens nothing. */
static void what_is_typed_opens_nothing(void **state)
{
    struct paper_node *t = *state;
    struct text_parties own = t->parties;
    struct record *r = trip(t, "road", "south");
    struct note n;
    struct buf b, both;
    const char *pairs[] = {"agreement", TEXT_ID, "form", "agreement", "digest", NULL,
                           "note",      NULL,    "from", "mx.anam",   NULL};
    uint8_t digest[HASH_SIZE];
    struct str text;

    text_key(&own.us_key, "us.cbp", 7, own.us);
    text = text_agreement(t->n.arena, &own, TEXT_TRIP);
    buf_init(&b, NOTE_MAX);
    buf_init(&both, NOTE_MAX);
    note_sign(&b, text, (struct signer[]){own.us_key, own.mx_key}, 2);
    assert_true(note_parse(buf_view(&b), &n));
    sha256_one(digest, text);
    pairs[5] = hex_encode(t->n.arena, str_n(digest, HASH_SIZE)).p;
    pairs[7] = base64_encode(t->n.arena, buf_view(&b)).p;
    put(t, test_record(&t->n, "act", pairs));
    stays(t, r, WHY_STANDING);
    pairs[7] =
        base64_encode(t->n.arena, arena_fmt(t->n.arena, "%.*s\n— us.cbp AAAAAAAA\n", STR_ARG(text))).p;
    put(t, test_record(&t->n, "act", pairs));
    stays(t, r, WHY_STANDING);
    buf_free(&b);
    buf_free(&both);
}

static void papers_are_owed_until_they_are_held(void **state)
{
    struct paper_node *t = *state;
    struct str text = agreement(t, TEXT_TRIP), got;
    uint8_t(*owed)[HASH_SIZE], digest[HASH_SIZE];
    struct record *act;
    struct note note;
    size_t n;

    sha256_one(digest, text);
    assert_int_equal(paper_take(t, paper_note(t, text, false, true), "mx.anam"), 1);
    assert_int_equal(paper_owed(&t->n.c, S("mx.anam"), &owed, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(paper_take(t, paper_note(t, text, true, false), "us.cbp"), 1);
    assert_int_equal(paper_owed(&t->n.c, S("mx.anam"), &owed, &n), 0);
    assert_int_equal(n, 1);
    assert_memory_equal(owed[0], digest, HASH_SIZE);
    assert_int_equal(paper_get(&t->n.c, digest, &got), 1);
    assert_true(note_parse(got, &note) && str_eq(note.text, text));
    assert_int_equal(paper_take(t, got, "us.cbp"), 1); /* the node has the other's signature now too */
    assert_int_equal(paper_held(&t->n.c, S("mx.anam"), digest, &act), 0);
    test_append(&t->n, act);
    assert_int_equal(paper_owed(&t->n.c, S("mx.anam"), &owed, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(paper_owed(&t->n.c, S("gt.sat"), &owed, &n), 0);
    assert_int_equal(n, 0);
}

static void a_new_key_needs_a_new_signature(void **state)
{
    struct paper_node *t = *state;
    const char *zero = "0000000000000000000000000000000000000000000000000000000000000000";
    const char *pairs[] = {
        "office", "mx.anam", "country",      "MX",      "key", t->parties.mx, "safety_number",
        "1",      "pin",     zero,           "box_key", zero,  "certificate", "AAAA",
        "card",   "AAAA",    "confirmed_by", "x",       NULL};
    struct record *r = trip(t, "road", "south");
    char key[NOTE_KEY_TEXT];
    struct signer other;

    in_force(t, TEXT_TRIP);
    put(t, test_record(&t->n, "peer", pairs));
    goes(t, r, "mode direction carrier port");
    text_key(&other, "mx.anam", 9, key);
    pairs[5] = key;
    put(t, test_record(&t->n, "peer", pairs));
    assert_int_equal(paper_standing(t), STANDING_REKEYED);
    stays(t, r, WHY_STANDING);
    assert_int_equal(paper_take(t, paper_note(t, agreement(t, TEXT_TRIP), true, true), "mx.anam"), -1);
}

/* ---- why ---- */

#define ANY(number, kind, fields)                                                                          \
    "clause " number "\n  giver us.cbp\n  taker mx.anam\n  kind " kind "\n  fields " fields                \
    "\n  purpose p\n  handling H3\n  keep 30\n  en e\n  es e\n"

static void each_why_is_given(void **state)
{
    struct paper_node *t = *state;
    struct record *r = trip(t, "road", "south");
    struct decision d;

    in_force(t, TEXT_TRIP);
    d = goes(t, r, "mode direction carrier port");
    assert_int_equal(d.field[schema_field(r->kind, S("notes"))], WHY_NOT_NAMED);
    assert_int_equal(d.field[schema_field(r->kind, S("trip_number"))], WHY_ABSENT);
    assert_int_equal(d.field[schema_field(r->kind, S("mode"))], WHY_RELEASED);
    stays(t, trip(t, "road", "north"), WHY_CONDITION);
    r->head.handling = S("H2");
    stays(t, r, WHY_HANDLING);
    r->head.handling = S("H9");
    stays(t, r, WHY_HANDLING);
    r->head.handling = S("H1");
    goes(t, r, "mode direction carrier port");
    r->head.origin = S("mx.anam");
    stays(t, r, WHY_THEIRS);
    r->head.origin = S("gt.sat");
    stays(t, r, WHY_CONSENT);
    r = put(t, test_wait(&t->n, "2304", "5"));
    stays(t, r, WHY_NO_CLAUSE);
    r = put(t, test_record(&t->n, "fork",
                           (const char *const[]){"agreement", TEXT_ID, "giver", "us.cbp", "taker",
                                                 "mx.anam", "epoch", "1", "what", "root", "evidence",
                                                 "AAAA", "version", "1", NULL}));
    stays(t, r, WHY_LOCAL);
}

static void since_and_the_other_way_round(void **state)
{
    struct paper_node *t = *state;
    struct record *r = trip(t, "road", "south");
    struct release *back;
    struct decision d;

    in_force(t,
             "clause 1\n  giver us.cbp\n  taker mx.anam\n  kind trip\n  fields mode\n  since 2026-12-01\n  "
             "purpose p\n  handling H3\n  keep 30\n  en e\n  es e\n");
    stays(t, r, WHY_SINCE);
    r->head.recorded += INT64_C(30) * 86400 * 1000000;
    goes(t, r, "mode");
    back = release_open(&t->n.c, t->agreement, S("mx.anam"), S("us.cbp"), t->n.fake.time);
    assert_int_equal(release_decide(back, r, &d), 0);
    assert_int_equal(d.fields, 0);
    back = release_open(&t->n.c, t->agreement, S("us.cbp"), S("gt.sat"), t->n.fake.time);
    assert_int_equal(release_decide(back, r, &d), 0);
    assert_int_equal(d.why, WHY_NO_AGREEMENT);
}

static void of_several_clauses_the_one_with_most(void **state)
{
    struct paper_node *t = *state;
    struct record *r = trip(t, "road", "south");

    in_force(t, ANY("4", "trip", "mode carrier") ANY("6", "trip", "port direction")
                    ANY("9", "trip", "mode notes port"));
    assert_int_equal(goes(t, r, "mode notes port").clause->number, 9);
    r->have &= ~(UINT64_C(1) << schema_field(r->kind, S("notes")));
    assert_int_equal(goes(t, r, "mode carrier").clause->number, 4); /* never the sum of them */
}

static void where_life_is_at_risk_never_who(void **state)
{
    struct paper_node *t = *state;
    const char *pairs[] = {
        "number",       "1",           "office",  "us.cbp", "peer", "mx.anam",
        "form",         "information", "subject", "Boat",   "text", "Who it is",
        "purpose",      "rescue",      "urgency", "8h",     "due",  "2026-11-22T00:00:00Z",
        "life_at_risk", "false",       NULL};
    struct record *r;
    struct decision d;

    in_force(t, ANY("1", "request", "number subject text life_at_risk"));
    r = put(t, test_record(&t->n, "request", pairs));
    goes(t, r, "number subject text life_at_risk");
    r->v[schema_field(r->kind, S("life_at_risk"))].i = 1; /* the schema refuses it; so do we */
    d = goes(t, r, "number subject life_at_risk");
    assert_int_equal(d.field[schema_field(r->kind, S("text"))], WHY_LIFE);
    pairs[5] = "mx.sat";
    r = put(t, test_record(&t->n, "request", pairs));
    stays(t, r, WHY_ADDRESSEE);
}

static void counts_below_the_threshold_stay(void **state)
{
    struct paper_node *t = *state;
    struct str text = agreement(t, ANY("1", "observation", "series value from until"));
    const char *at = strstr(text.p, "scope full");
    const char *pairs[] = {"series",     "s",     "from",   "2026-01-01", "until",
                           "2026-01-31", "value", "10.999", NULL};
    struct record *r = put(t, test_record(&t->n, "observation", pairs));

    text = arena_fmt(t->n.arena, "%.*sscope aggregates%s", (int)(at - text.p), text.p,
                     at + strlen("scope full"));
    assert_int_equal(paper_take(t, paper_note(t, text, true, true), "mx.anam"), 1);
    stays(t, r, WHY_THRESHOLD);
    r->v[schema_field(r->kind, S("value"))].i = 11000;
    goes(t, r, "series value from until");
}

static void a_correction_goes_instead(void **state)
{
    struct paper_node *t = *state;
    struct record *old = trip(t, "road", "south"), *new;
    const char *const pairs[] = {"mode", "road", "direction", "south", "carrier", "WXYZ", NULL};

    in_force(t, TEXT_TRIP);
    goes(t, old, "mode direction carrier port");
    new = test_record(&t->n, "trip", pairs);
    memcpy(new->head.replaces, old->head.id, 16);
    put(t, new);
    stays(t, old, WHY_SUPERSEDED);
    goes(t, new, "mode direction carrier");
}

static void dispatch(struct paper_node *t, const uint8_t id[16], uint64_t fields)
{
    const char *zero = "0000000000000000000000000000000000000000000000000000000000000000";
    struct given g = {.fields = fields, .version = 1, .clause = 1};
    struct buf b;
    const char *pairs[] = {"agreement",  TEXT_ID, "giver",   "us.cbp", "taker", "mx.anam",
                           "epoch",      "1",     "first",   "0",      "count", "1",
                           "upto",       "1",     "state",   zero,     "root",  zero,
                           "checkpoint", "AAAA",  "entries", NULL,     NULL};

    memcpy(g.id, id, 16);
    buf_init(&b, GIVEN_SIZE);
    given_put(&b, &g);
    pairs[21] = base64_encode(t->n.arena, buf_view(&b)).p;
    put(t, test_record(&t->n, "dispatch", pairs));
    buf_free(&b);
}

static void only_what_was_given_is_taken_back(void **state)
{
    struct paper_node *t = *state;
    struct record *r = trip(t, "road", "south"), *back;
    char id[UUID_SIZE];
    const char *pairs[] = {"about",    id,   "office", "us.cbp", "reason", NULL,
                           "required", NULL, "text",   "words",  NULL};

    uuid_format(r->head.id, id);
    pairs[5] = schema_kind(S("retraction"))->field[2].codes->codes[0].code;
    pairs[7] = schema_kind(S("retraction"))->field[4].codes->codes[0].code;
    in_force(t, TEXT_TRIP);
    back = put(t, test_record(&t->n, "retraction", pairs));
    stays(t, back, WHY_NOT_GIVEN);
    dispatch(t, r->head.id, 2);
    assert_int_equal(goes(t, back, "about office reason required").clause->number, 0);
    assert_int_equal(paper_take(t, paper_side(t, "end", "mx.anam"), "mx.anam"), 1);
    stays(t, r, WHY_STANDING);
    goes(t, back, "about office reason required"); /* also after the end */
}

/* ---- passing on ---- */

static void disclosure(struct paper_node *t, const uint8_t id[16], unsigned clause)
{
    uint8_t wire[] = {0xa4, 1, 0, 2, 1, 3, (uint8_t)clause, 4, 0x40};
    char about[UUID_SIZE];
    const char *pairs[] = {"agreement", TEXT_ID, "giver",  "mx.anam", "taker", "us.cbp",
                           "epoch",     "1",     "number", "0",       "about", about,
                           "record",    about,   "wire",   NULL,      NULL};

    uuid_format(id, about);
    pairs[15] = base64_encode(t->n.arena, str_n(wire, sizeof wire)).p;
    put(t, test_record(&t->n, "disclosure", pairs));
}

static void consent(struct paper_node *t, const uint8_t id[16], const char *decision, const char *until)
{
    char about[UUID_SIZE];
    const char *const pairs[] = {"about",   about,      "giver",  "mx.anam",   "office",
                                 "us.cbp",  "decision", decision, "passed_to", "gt.sat",
                                 "purpose", "p",        "until",  until,       NULL};
    struct record *r;

    uuid_format(id, about);
    r = test_record(&t->n, "consent", pairs);
    r->head.origin = S("mx.anam");
    put(t, r);
}

/* mx.anam gave it to us.cbp; may us.cbp give it to gt.sat? */
static void passing_on_needs_the_originators_word(void **state)
{
    struct paper_node *t = *state;
    struct text_parties third = t->parties;
    struct signer gt;
    struct str text;
    struct note n;
    struct buf b, both;
    struct record *r, *plain;
    struct release *on;
    struct decision d;
    uint8_t other[16];

#define ONWARD(number, word)                                                                               \
    "clause " number "\n  giver mx.anam\n  taker us.cbp\n  kind trip\n  fields mode\n  purpose p\n"        \
    "  handling H3\n  keep 9\n  onward " word "\n  en e\n  es e\n"
    in_force(t, ONWARD("1", "consent") ONWARD("2", "no"));
    text_key(&gt, "gt.sat", 5, third.mx);
    text = arena_fmt(
        t->n.arena,
        "puente agreement v1\nid 0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e90\nversion 1\ntitle en T\ntitle es "
        "T\nparty us.cbp %s\nparty gt.sat %s\n" TEXT_HEAD_AFTER_PARTIES
        "clause 1\n  giver us.cbp\n  taker gt.sat\n  kind trip\n  fields mode\n  purpose p\n  handling "
        "H3\n  keep 9\n  en e\n  es e\n",
        third.us, third.mx);
    buf_init(&b, NOTE_MAX);
    buf_init(&both, NOTE_MAX);
    note_sign(&b, text, &gt, 1);
    assert_true(note_parse(buf_view(&b), &n));
    journal_countersign(t->n.c.journal, &n, &both);
    assert_int_equal(paper_take(t, buf_view(&both), "gt.sat"), 1);
    assert_true(uuid_parse(S("0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e90"), other));
#define WHY(x)                                                                                             \
    (on = release_open(&t->n.c, other, S("us.cbp"), S("gt.sat"), t->n.fake.time),                          \
     assert_int_equal(release_decide(on, x, &d), 0), d.why)
    r = test_record(&t->n, "trip", (const char *const[]){"mode", "road", NULL});
    r->head.origin = S("mx.anam");
    put(t, r);
    plain = test_record(&t->n, "trip", (const char *const[]){"mode", "sea", NULL});
    plain->head.origin = S("mx.anam");
    put(t, plain);
    assert_int_equal(WHY(r), WHY_CONSENT);
    disclosure(t, r->head.id, 1);
    disclosure(t, plain->head.id, 2);
    assert_int_equal(WHY(r), WHY_CONSENT);
    consent(t, r->head.id, "conditional", "2027-01-01");
    assert_int_equal(WHY(r), WHY_CONSENT);
    consent(t, r->head.id, "given", "2026-01-01");
    assert_int_equal(WHY(r), WHY_CONSENT); /* it has lapsed */
    consent(t, r->head.id, "given", "2027-01-01");
    consent(t, plain->head.id, "given", "2027-01-01");
    assert_int_equal(WHY(r), WHY_RELEASED);
    assert_int_equal(WHY(plain), WHY_CONSENT); /* it came under a clause that says never */
    consent(t, r->head.id, "refused", "2027-01-01");
    assert_int_equal(WHY(r), WHY_CONSENT);
    stays(t, r, WHY_THEIRS);
    buf_free(&b);
    buf_free(&both);
}

/* ---- the views ---- */

static void a_rebuild_gives_the_same(void **state)
{
    struct paper_node *t = *state;
    struct record *r = trip(t, "road", "south"), *erasure;
    const char *check;
    char id[UUID_SIZE];
    bool same = false;
    uint64_t gone;

    in_force(t, TEXT_TRIP);
    dispatch(t, r->head.id, 2);
    assert_int_equal(paper_take(t, paper_side(t, "suspension", "mx.anam"), "mx.anam"), 1);
    gone = (uint64_t)test_count(&t->n, "SELECT max(seq) FROM release_paper");
    /* and with an act that was erased */
    {
        struct query *q =
            views_query(t->n.c.views, "SELECT id FROM release_paper WHERE form = 'suspension'", &t->n.err);
        uint8_t raw[16];
        assert_int_equal(query_step(q, &t->n.err), 1);
        memcpy(raw, query_blob(q, 0).p, 16);
        query_done(q);
        uuid_format(raw, id);
        erasure =
            test_record(&t->n, "erasure",
                        (const char *const[]){"about", id, "kind", "act", "reason",
                                              schema_kind(S("erasure"))->field[2].codes->codes[0].code,
                                              "legal_basis", "x", "decided_by", "us.cbp", NULL});
        assert_int_equal(journal_erase(t->n.c.journal, raw, erasure, &t->n.err), 0);
        assert_int_equal(node_catch_up(&t->n.c), 0);
    }
    assert_true(gone > 0);
    assert_int_equal(paper_standing(t), STANDING_IN_FORCE);
    check = arena_fmt(t->n.arena, "%s/check", t->n.top).p;
    mkdir(check, 0700);
    if (node_rebuild_check(&t->n.c, check, &same) < 0)
        fail_msg("%s", t->n.err.text);
    assert_true(same);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(both_sign_one_stops_the_same_lifts),
        T(papers_arrive_in_any_order),
        T(an_amendment_needs_both),
        T(what_is_not_signed_is_not_taken),
        T(what_is_typed_opens_nothing),
        T(papers_are_owed_until_they_are_held),
        T(a_new_key_needs_a_new_signature),
        T(each_why_is_given),
        T(since_and_the_other_way_round),
        T(of_several_clauses_the_one_with_most),
        T(where_life_is_at_risk_never_who),
        T(counts_below_the_threshold_stay),
        T(a_correction_goes_instead),
        T(only_what_was_given_is_taken_back),
        T(passing_on_needs_the_originators_word),
        T(a_rebuild_gives_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
