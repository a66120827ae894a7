/*
 * test_channel_lies.c: a peer that keeps to the form and lies about the rest: it speaks in another's name, corrects
 * and takes back what it never gave, gives other content under a known id, asks and writes without end.
 */
#include "exchange_pair.h"

#include "exchange/talk.h"

#define SECOND_ID "0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e90"

static const char blocks[] = PAIR_BLOCKS
    "\nclause 4\n  giver us.cbp\n  taker mx.anam\n  kind consent\n"
    "  fields about giver office decision passed_to purpose\n  purpose customs-control\n  handling H1\n"
    "  keep 365\n  onward no\n  en Consents.\n  es Consentimientos.\n";

struct three {
    struct pair p;
    struct test_node gt;
};

/* gt.sat and mx.anam: waits both ways, and consents to mx.anam. */
static void agree_with_gt(struct three *t)
{
    struct test_node *mx = &t->p.mx, *gt = &t->gt;
    struct str text = arena_fmt(
        mx->arena,
        "puente agreement v1\nid " SECOND_ID "\nversion 1\ntitle en Cargo\ntitle es Carga\n"
        "party mx.anam %s\nparty gt.sat %s\n" TEXT_HEAD_AFTER_PARTIES PAIR_WAITS("mx.anam", "gt.sat", "1",
                                                                                 " lane")
            PAIR_WAITS("gt.sat", "mx.anam", "2",
                       " lane") "\nclause 3\n  giver gt.sat\n  taker mx.anam\n  kind consent\n"
                                "  fields about giver office decision passed_to purpose\n  purpose "
                                "customs-control\n  handling H1\n"
                                "  keep 365\n  onward no\n  en Consents.\n  es Consentimientos.\n",
        journal_key(mx->c.journal), journal_key(gt->c.journal));
    struct str one = pair_sign(mx, text), two = pair_sign(gt, text);

    pair_file(mx, two, "gt.sat");
    pair_file(gt, one, "mx.anam");
}

static int three_new(void **state)
{
    struct three *t = malloc(sizeof *t);

    pair_start(&t->p);
    test_node_start_as(&t->gt, pair_rooms, (struct journal_identity){.office = "gt.sat", .country = "GT"},
                       44);
    pair_agree(&t->p, pair_text(&t->p, 1, NULL, blocks));
    agree_with_gt(t);
    *state = t;
    return 0;
}

/* Whatever was said, a rebuild gives the same views. */
static int three_free(void **state)
{
    struct three *t = *state;
    uint8_t before[HASH_SIZE], after[HASH_SIZE];

    assert_int_equal(views_digest(t->p.mx.c.views, before, &t->p.mx.err), 0);
    assert_int_equal(node_rebuild(&t->p.mx.c), 0);
    assert_int_equal(views_digest(t->p.mx.c.views, after, &t->p.mx.err), 0);
    assert_memory_equal(before, after, HASH_SIZE);
    test_node_end(&t->gt);
    test_node_end(&t->p.us);
    test_node_end(&t->p.mx);
    buf_free(&t->p.last);
    free(t);
    return 0;
}

/* ---- gt.sat gives mx.anam whatever it likes, well formed and signed ---- */

static struct str forged_entry(struct three *t, struct record *r, unsigned clause, uint64_t number)
{
    struct wire_entry w = {.number = number, .version = 1, .clause = (uint16_t)clause, .fields = r->have};
    uint8_t seed[32];
    struct buf b, d, out;
    struct str entry;
    size_t header;

    memset(seed, 7, sizeof seed);
    if (r->head.recorded == 0)
        r->head.recorded = INT64_C(1795000000000000);
    if (memcmp(r->head.id, (uint8_t[16]){0}, 16) == 0)
        uuid_v7(&t->gt.fake.world, r->head.id);
    buf_init(&b, 1 << 16);
    buf_init(&d, 1 << 16);
    buf_init(&out, 1 << 16);
    schema_encode_header(&b, r);
    header = b.n;
    schema_encode_values(&b, r);
    schema_commit(w.commitment, seed, str_n(b.p, header), str_n(b.p + header, b.n - header));
    schema_disclose(&d, seed, str_n(b.p, header), str_n(b.p + header, b.n - header), w.fields);
    memcpy(w.id, r->head.id, 16);
    w.disclosure = buf_view(&d);
    entry_put(&out, &w);
    entry = arena_copy(t->gt.arena, buf_view(&out));
    buf_free(&b);
    buf_free(&d);
    buf_free(&out);
    return entry;
}

static struct taking_result forge(struct three *t, struct record *r, unsigned clause)
{
    struct channel ch = {.giver = S("gt.sat"), .taker = S("mx.anam")};
    struct position none = {0};
    struct part give = {.type = M_GIVE, .items = 1};
    struct channel_state s;
    struct taking_result taken;
    struct wire_entry w;
    struct merkle m;
    struct buf text, note;
    struct str entry;

    assert_true(uuid_parse(S(SECOND_ID), ch.agreement));
    assert_int_equal(channel_state(&t->p.mx.c, &ch, &s), 0);
    assert_int_equal(channel_frontier(&t->p.mx.c, &s, &m), 0);
    entry = forged_entry(t, r, clause, s.size);
    assert_true(entry_get(entry, &w));
    merkle_push(&m, w.leaf, NULL, NULL);
    ch.epoch = 1;
    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    channel_text(&text, &ch, &m, &none);
    journal_sign(t->gt.c.journal, buf_view(&text), &note);
    memcpy(give.agreement, ch.agreement, 16);
    give.at = (struct position){.epoch = 1, .size = s.size};
    give.note = buf_view(&note);
    give.item = &entry;
    if (channel_take(&t->p.mx.c, S("gt.sat"), &give, &taken) < 0)
        fail_msg("%s", t->p.mx.err.text);
    buf_free(&text);
    buf_free(&note);
    return taken;
}

static struct record *their_wait(struct three *t, const char *minutes)
{
    struct record *r = test_wait(&t->gt, "2402", minutes);

    r->have &= ~(UINT64_C(1) << schema_field(r->kind, S("method")) |
                 UINT64_C(1) << schema_field(r->kind, S("source")));
    r->head.origin = S("gt.sat");
    r->head.author = S("gt.sat");
    return r;
}

static int64_t mx_count(struct three *t, const char *sql)
{
    return test_count(&t->p.mx, sql);
}

static const char *hex(struct three *t, const uint8_t id[16])
{
    return arena_z(t->gt.arena, hex_encode(t->gt.arena, str_n(id, 16)));
}

/* Consent is the originator's word; whoever wants the record cannot bring it in its name. */
static void a_consent_in_anothers_name(void **state)
{
    struct three *t = *state;
    struct str id = pair_wait(&t->p.us, "10");
    char text[UUID_SIZE];
    struct taking_result r;
    struct record *c;

    pair_sync(&t->p, true);
    uuid_format((const uint8_t *)id.p, text);
    const char *const pairs[] = {"about",    text,    "giver",     "us.cbp", "office",  "mx.anam",
                                 "decision", "given", "passed_to", "gt.sat", "purpose", "customs-control",
                                 NULL};
    c = test_record(&t->gt, "consent", pairs);
    c->head.origin = S("us.cbp");
    r = forge(t, c, 3);
    assert_true(str_eq(r.refusal, S("origin")));
    assert_int_equal(mx_count(t, "SELECT count(*) FROM v_consent"), 0);
    /* In its own name it comes in, and opens nothing. */
    c = test_record(&t->gt, "consent", pairs);
    c->head.origin = S("gt.sat");
    r = forge(t, c, 3);
    assert_int_equal(r.refusal.n, 0);
    assert_int_equal(r.n, 1);
}

/* What it never gave it cannot correct: ours, and a third office's. */
static void a_correction_of_what_it_never_gave(void **state)
{
    struct three *t = *state;
    struct str ours = pair_wait(&t->p.mx, "10"), thirds = pair_wait(&t->p.us, "20");
    struct record *r;

    pair_sync(&t->p, true);
    for (int i = 0; i < 2; i++) {
        r = their_wait(t, "1");
        memcpy(r->head.replaces, (i ? thirds : ours).p, 16);
        if (i)
            r->head.origin = S("us.cbp");
        assert_int_equal(forge(t, r, 2).n, 1);
    }
    assert_int_equal(mx_count(t, "SELECT count(*) FROM v_wait WHERE superseded IS NOT NULL"), 0);
    assert_int_equal(mx_count(t, "SELECT count(*) FROM v_wait"), 4);
    /* Its own it can. */
    r = their_wait(t, "2");
    assert_int_equal(forge(t, r, 2).n, 1);
    struct record *again = their_wait(t, "3");
    memcpy(again->head.replaces, r->head.id, 16);
    assert_int_equal(forge(t, again, 2).n, 1);
    assert_int_equal(mx_count(t, "SELECT count(*) FROM v_wait WHERE superseded IS NOT NULL"), 1);
}

static struct record *their_retraction(struct three *t, struct str about, const char *origin)
{
    struct record *r = retract_record(&t->gt.c, (const uint8_t *)about.p, "wrong", "erase");

    r->head.origin = str_z(origin);
    r->head.author = str_z(origin);
    return r;
}

/* Nor take it back, in whoever's name; and what it says stops nobody from passing it on. */
static void a_retraction_of_what_it_never_gave(void **state)
{
    struct three *t = *state;
    struct str ours = pair_wait(&t->p.mx, "10"), thirds = pair_wait(&t->p.us, "20");
    uint64_t gone = 0;

    pair_sync(&t->p, true);
    assert_int_equal(forge(t, their_retraction(t, ours, "gt.sat"), 0).n, 1);
    assert_int_equal(forge(t, their_retraction(t, thirds, "gt.sat"), 0).n, 1);
    assert_int_equal(forge(t, their_retraction(t, thirds, "us.cbp"), 0).n, 1);
    assert_int_equal(retract_settle(&t->p.mx.c, &gone), 0);
    assert_int_equal(gone, 0);
    assert_int_equal(mx_count(t, "SELECT count(*) FROM v_wait WHERE erased = 0"), 2);
    pair_wait(&t->p.mx, "11");
    pair_sync(&t->p, true);
    assert_int_equal(test_count(&t->p.us, "SELECT count(*) FROM v_wait WHERE h_origin = 'mx.anam'"), 2);
}

/* Other content under an id that is known: it stands beside, and taking it back takes back no more than that. */
static void other_content_under_a_known_id(void **state)
{
    struct three *t = *state;
    struct str id = pair_wait(&t->p.us, "20");
    struct record *r = their_wait(t, "1");
    uint64_t gone = 0;

    pair_sync(&t->p, true);
    memcpy(r->head.id, id.p, 16);
    r->head.origin = S("us.cbp");
    assert_int_equal(forge(t, r, 2).n, 1);
    assert_int_equal(mx_count(t, "SELECT count(*) FROM v_wait WHERE superseded IS NULL"), 2);
    assert_int_equal(forge(t, their_retraction(t, id, "gt.sat"), 0).n, 1);
    assert_int_equal(retract_settle(&t->p.mx.c, &gone), 0);
    assert_int_equal(gone, 1);
    assert_int_equal(mx_count(t, arena_fmt(t->gt.arena,
                                           "SELECT minutes FROM v_wait WHERE erased = 0 AND hex(id) = "
                                           "upper('%s')",
                                           hex(t, (const uint8_t *)id.p))
                                     .p),
                     20);
}

/* The liar was first: who is right later is heard all the same. */
static void other_content_before_the_right_one(void **state)
{
    struct three *t = *state;
    struct str id = pair_wait(&t->p.us, "20");
    struct record *r = their_wait(t, "1");

    memcpy(r->head.id, id.p, 16);
    assert_int_equal(forge(t, r, 2).n, 1);
    pair_sync(&t->p, true);
    assert_int_equal(mx_count(t, "SELECT count(*) FROM v_wait WHERE minutes = 20 AND h_origin = 'us.cbp'"),
                     1);
    assert_int_equal(mx_count(t, "SELECT count(*) FROM v_disclosure WHERE about IS NOT NULL"), 2);
}

/* Erased here, given again: the evidence that it came stays, its values do not. */
static void given_again_after_it_was_erased(void **state)
{
    struct three *t = *state;
    struct record *r = their_wait(t, "1");
    struct forgetting why = {.reason = "retention", .legal = S("x")};
    uint64_t gone = 0;
    struct str id;

    r->head.author = S("ALGUIEN-12345");
    assert_int_equal(forge(t, r, 2).n, 1);
    id = arena_copy(t->gt.arena, str_n(r->head.id, 16));
    assert_int_equal(forget_record(&t->p.mx.c, id, &why, &gone), 0);
    assert_int_equal(gone, 1);
    assert_int_equal(forge(t, r, 2).n, 1);
    assert_int_equal(mx_count(t, "SELECT count(*) FROM v_disclosure WHERE erased = 0"), 1);
    {
        struct query *q =
            views_query(t->p.mx.c.views, "SELECT wire FROM v_disclosure WHERE erased = 0", &t->p.mx.err);
        struct disclosed d;
        struct wire_entry w;
        assert_int_equal(query_step(q, &t->p.mx.err), 1);
        assert_true(entry_get(query_blob(q, 0), &w));
        assert_int_equal(schema_disclosed(t->gt.arena, w.disclosure, &d, &t->p.mx.err), 0);
        assert_memory_equal(d.commitment, w.commitment, HASH_SIZE);
        assert_int_equal(d.record->have, 0);
        query_done(q);
    }
}

/* ---- without end ---- */

/* Asked a thousand times in one message: one answer. */
static void asked_often_answered_once(void **state)
{
    struct three *t = *state;
    struct part ask = {.type = M_ASK, .at = {.epoch = 1}};
    struct buf request, answer;
    struct synced s;
    struct message m;
    struct talk talk;
    size_t used;

    for (int i = 0; i < 50; i++)
        pair_wait(&t->p.us, "1");
    assert_true(uuid_parse(S(TEXT_ID), ask.agreement));
    memcpy(ask.at.root, channel_nothing, HASH_SIZE);
    buf_init(&request, MESSAGE_MAX);
    buf_init(&answer, MESSAGE_MAX);
    message_begin(&request, 1000);
    for (int i = 0; i < 1000; i++)
        part_put(&request, &ask);
    assert_true(message_parse(t->gt.arena, buf_view(&request), &m));
    talk_begin(&talk, &t->p.us.c, S("mx.anam"), &s);
    talk.as = TALK_ANSWERS;
    talk.c.arena = arena_new();
    assert_int_equal(talk_hear(&talk, &m), 0);
    used = arena_used(talk.c.arena);
    assert_true(used < (size_t)4 << 20);
    assert_int_equal(talk_say(&talk, &answer), 0);
    arena_free(talk.c.arena);
    talk_end(&talk);
    buf_free(&request);
    buf_free(&answer);
    assert_int_equal(test_count(&t->p.us, "SELECT count(*) FROM v_dispatch"), 1);
}

/* Standing here, then there, then here: each would cost a new epoch. */
static void standing_here_and_there(void **state)
{
    struct three *t = *state;
    struct channel ch = pair_channel(true);
    struct part ask[2] = {{.type = M_ASK}, {.type = M_ASK}}, out = {.type = M_GIVE};
    int refused = 0;

    pair_wait(&t->p.us, "1");
    pair_sync(&t->p, true);
    pair_backup(&t->p.us);
    pair_wait(&t->p.us, "2");
    pair_sync(&t->p, true);
    pair_restore(&t->p.us); /* once in earnest */
    pair_wait(&t->p.us, "3");
    pair_sync(&t->p, true);
    for (unsigned i = 0; i < 2; i++) { /* the end of the first epoch, the end of the second */
        struct channel_state s;
        ch.epoch = i + 1;
        assert_int_equal(channel_state(&t->p.us.c, &ch, &s), 0);
        ask[i].at = (struct position){.epoch = i + 1, .size = s.size};
        memcpy(ask[i].at.root, s.root, HASH_SIZE);
        memcpy(ask[i].agreement, ch.agreement, 16);
    }
    for (int i = 0; i < 200; i++) {
        assert_int_equal(channel_give(&t->p.us.c, S("mx.anam"), &ask[i % 2], &out), 0);
        refused += out.type == M_REFUSAL;
    }
    assert_true(refused > 50);
    assert_in_range(test_count(&t->p.us, "SELECT count(*) FROM v_dispatch"), 60, 70);
}

static int propose(struct three *t, const char *id)
{
    struct test_node *mx = &t->p.mx, *gt = &t->gt;
    struct str text = arena_fmt(gt->arena,
                                "puente agreement v1\nid %s\nversion 1\ntitle en Cargo\ntitle es Carga\n"
                                "party mx.anam %s\nparty gt.sat %s\n" TEXT_HEAD_AFTER_PARTIES "%s",
                                id, journal_key(mx->c.journal), journal_key(gt->c.journal),
                                PAIR_WAITS("gt.sat", "mx.anam", "2", " lane"));
    struct record *act;
    struct buf note;
    bool known;
    int rc;

    buf_init(&note, NOTE_MAX);
    journal_sign(gt->c.journal, text, &note);
    err_clear(mx->c.err);
    rc = paper_check(&mx->c, buf_view(&note), S("gt.sat"), &act, &known);
    buf_free(&note);
    if (rc == 0 && act)
        test_append(mx, act);
    return rc;
}

/* One paper after the other: the journal is not theirs to fill. */
static void papers_without_end(void **state)
{
    struct three *t = *state;
    int taken = 0;

    for (unsigned i = 0; i < 100; i++) {
        char id[UUID_SIZE];
        snprintf(id, sizeof id, "0193b5c0-8f3e-7cc1-9d52-%012x", i);
        taken += propose(t, id) == 0;
    }
    assert_int_equal(taken, 64);
    assert_int_equal(t->p.mx.err.code, ERR_DATA);
}

static int say_side(struct three *t, const char *form, unsigned n)
{
    struct test_node *mx = &t->p.mx, *gt = &t->gt;
    struct str text = arena_fmt(gt->arena,
                                "puente %s v1\nagreement " SECOND_ID
                                "\nby gt.sat\nat 2026-11-20T00:%02u:%02uZ\nreason Test\n",
                                form, n / 60, n % 60);
    struct record *act;
    struct buf note;
    bool known;
    int rc;

    buf_init(&note, NOTE_MAX);
    journal_sign(gt->c.journal, text, &note);
    rc = paper_check(&mx->c, buf_view(&note), S("gt.sat"), &act, &known);
    buf_free(&note);
    if (rc == 0 && act)
        test_append(mx, act);
    return rc;
}

/* Whatever else is full, what stops things is heard. */
static void suspended_and_resumed_without_end(void **state)
{
    struct three *t = *state;
    struct release *r;
    uint8_t id[16];
    unsigned n = 0;

    while (n < 1000 && say_side(t, n % 2 ? "resumption" : "suspension", n) == 0)
        n++;
    assert_in_range(n, 256, 258);
    if (n % 2 == 0)
        assert_int_equal(say_side(t, "suspension", n + 1), 0);
    assert_int_equal(say_side(t, "suspension", n + 2), -1);
    assert_true(uuid_parse(S(SECOND_ID), id));
    r = release_open(&t->p.mx.c, id, S("mx.anam"), S("gt.sat"),
                     t->p.mx.fake.world.now(t->p.mx.fake.world.arg));
    assert_int_equal(release_standing(r), STANDING_SUSPENDED);
    assert_int_equal(say_side(t, "end", n + 3), 0);
    assert_int_equal(say_side(t, "end", n + 4), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, three_new, three_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_consent_in_anothers_name),
        TEST(a_correction_of_what_it_never_gave),
        TEST(a_retraction_of_what_it_never_gave),
        TEST(other_content_under_a_known_id),
        TEST(other_content_before_the_right_one),
        TEST(given_again_after_it_was_erased),
        TEST(asked_often_answered_once),
        TEST(standing_here_and_there),
        TEST(papers_without_end),
        TEST(suspended_and_resumed_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
