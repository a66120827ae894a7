/* test_channel_after.c: what comes after giving: corrections, taking back, keeping, bundles. */
#include "exchange_pair.h"

#include "exchange/peer.h"
#include "exchange/talk.h"

static int64_t current(struct test_node *n)
{
    return test_count(n, "SELECT count(*) FROM v_wait WHERE superseded IS NULL AND erased = 0");
}

static const char *id_text(struct test_node *n, struct str id)
{
    char text[UUID_SIZE];

    uuid_format((const uint8_t *)id.p, text);
    return arena_copy(n->arena, str_z(text)).p;
}

static const char *id_word(struct test_node *n, struct str id)
{
    return arena_fmt(n->arena, "id=%s", id_text(n, id)).p;
}

static struct str correct(struct test_node *n, struct str id, const char *minutes, const char *handling)
{
    struct record *r = test_wait(n, "2402", minutes);

    r->head.author = str_z(journal_who(n->c.journal)->office);
    r->head.handling = str_z(handling);
    memcpy(r->head.replaces, id.p, 16);
    test_append(n, r);
    return arena_copy(n->arena, str_n(r->head.id, 16));
}

static void a_correction_reaches_who_had_the_original(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "10");

    pair_sync(p, true);
    correct(&p->us, id, "20", "H1");
    pair_sync(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 2);
    assert_int_equal(test_count(&p->mx, "SELECT minutes FROM v_wait WHERE superseded IS NULL"), 20);
    pair_even(p, true);
}

/* Corrected before the first look: the original does not travel at all. */
static void only_the_newest_travels(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "10");

    correct(&p->us, id, "20", "H1");
    pair_sync(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 1);
    assert_int_equal(test_count(&p->mx, "SELECT minutes FROM v_wait"), 20);
}

/* The correction may not travel: then the original is taken back. */
static void a_correction_that_stays_takes_the_original_back(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "10");
    struct synced s;

    pair_sync(p, true);
    correct(&p->us, id, "20", "H3");
    s = pair_sync(p, false);
    assert_int_equal(s.retracted, 1);
    assert_int_equal(current(&p->mx), 0);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_retraction WHERE reason = 'corrected'"
                                        " AND receipt_of IS NULL"),
                     1);
    pair_sync(p, false);
    assert_int_equal(test_count(&p->us, "SELECT count(*) FROM v_retraction WHERE receipt_of IS NOT NULL"
                                        " AND h_origin = 'mx.anam'"),
                     1);
    assert_int_equal(test_count(&p->us, "SELECT count(*) FROM v_retraction"), 2);
}

static void rebuilds_the_same(struct test_node *n)
{
    uint8_t before[32], after[32];

    assert_int_equal(views_digest(n->c.views, before, &n->err), 0);
    assert_int_equal(node_rebuild(&n->c), 0);
    assert_int_equal(views_digest(n->c.views, after, &n->err), 0);
    assert_memory_equal(before, after, sizeof before);
}

static bool on_disk(struct test_node *n, const char *what)
{
    char command[256];

    snprintf(command, sizeof command, "grep -qa -e '%s' '%s'/*.db*", what, n->dir);
    return system(command) == 0;
}

/* Taken back, even after the end: gone from the disk, confirmed with a signature, and given to nobody again. */
static void what_is_taken_back_is_gone(void **state)
{
    struct pair *p = *state;
    struct record *r = test_wait(&p->us, "2402", "10");
    struct str id, text;

    record_text(r, schema_field(r->kind, S("port")), S("7Q7Q"));
    test_append(&p->us, r);
    id = str_n(r->head.id, 16);
    pair_wait(&p->us, "11");
    pair_sync(p, true);
    assert_true(on_disk(&p->mx, "7Q7Q"));
    text = S("puente end v1\nagreement " TEXT_ID "\nby us.cbp\nat 2026-11-20T00:00:00Z\nreason Over\n");
    pair_sign(&p->us, text);
    pair_sync(p, true);
    assert_int_equal(RUN(&p->us, &op_retract, id_word(&p->us, id), "reason=wrong", NULL), 0);
    assert_string_equal(json_string_value(json_array_get(json_object_get(p->us.said, "given_to"), 0)),
                        "mx.anam");
    assert_int_equal(test_count(&p->us, "SELECT count(*) FROM v_retraction WHERE holders = 'mx.anam'"), 1);
    pair_sync(p, true);
    assert_int_equal(current(&p->mx), 1);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_erasure WHERE reason = 'retraction'"), 2);
    assert_int_equal(test_count(&p->us, "SELECT count(*) FROM v_retraction WHERE receipt_of IS NOT NULL"
                                        " AND office = 'mx.anam'"),
                     1);
    assert_false(on_disk(&p->mx, "7Q7Q"));
    assert_int_equal(current(&p->us), 2); /* who made it decides about its own */
    rebuilds_the_same(&p->mx);
    rebuilds_the_same(&p->us);
    pair_even(p, true);
    pair_even(p, false);
}

/* A question from before comes late: it looks as if nothing had arrived, and a new epoch begins. */
static void what_may_have_arrived_is_taken_back_too(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "10");
    struct part ask = {.type = M_ASK, .at = {.epoch = 1}}, give;
    struct channel ch = pair_channel(true);

    pair_sync(p, true);
    assert_int_equal(RUN(&p->us, &op_retract, id_word(&p->us, id), "reason=wrong", NULL), 0);
    memcpy(ask.agreement, ch.agreement, sizeof ask.agreement);
    memcpy(ask.at.root, channel_nothing, HASH_SIZE);
    assert_int_equal(channel_give(pair_ctx(p, true), ch.taker, &ask, &give), 0);
    assert_int_equal(pair_state(&p->us, true).epoch, 2);
    pair_sync(p, true);
    assert_int_equal(current(&p->mx), 0);
    assert_int_equal(test_count(&p->us, "SELECT count(*) FROM v_retraction WHERE office = 'mx.anam'"), 1);
    rebuilds_the_same(&p->us);
}

/* A place that is none does not get under the giver's signature. */
static void nothing_is_just_nothing(void **state)
{
    struct pair *p = *state;
    struct part ask = {.type = M_ASK, .at = {.epoch = 1}}, give; /* its root is not that of an empty tree */
    struct channel ch = pair_channel(true);

    pair_wait(&p->us, "10");
    pair_sync(p, true);
    memcpy(ask.agreement, ch.agreement, sizeof ask.agreement);
    assert_int_equal(channel_give(pair_ctx(p, true), ch.taker, &ask, &give), 0);
    assert_int_equal(give.type, M_GIVE);
    assert_int_equal(give.note.n, 0);
    assert_int_equal(pair_state(&p->us, true).epoch, 1);
}

/* The giver is put back from a backup, and does not know that it gave the record. */
static void what_was_given_and_forgotten_is_taken_back_too(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "10"), later;

    pair_backup(&p->us);
    pair_sync(p, true);
    pair_restore(&p->us);
    assert_int_equal(RUN(&p->us, &op_retract, id_word(&p->us, id), "reason=wrong", NULL), 0);
    assert_int_equal(json_array_size(json_object_get(p->us.said, "given_to")), 0);
    pair_sync(p, true);
    assert_int_equal(current(&p->mx), 0);
    assert_int_equal(test_count(&p->us, "SELECT count(*) FROM v_retraction WHERE office = 'mx.anam'"), 1);
    /* what was written since was never there to be given */
    later = correct(&p->us, pair_wait(&p->us, "11"), "12", "H3");
    assert_int_equal(RUN(&p->us, &op_retract, id_word(&p->us, later), "reason=wrong", NULL), 0);
    pair_sync(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_retraction WHERE h_origin = 'us.cbp'"), 1);
    rebuilds_the_same(&p->us);
}

static void nobody_takes_back_what_is_not_theirs(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "10");
    struct record *r;

    pair_sync(p, true);
    assert_int_equal(RUN(&p->mx, &op_retract, id_word(&p->mx, id), "reason=wrong", NULL), -1);
    assert_int_equal(p->mx.err.code, ERR_DENIED);
    /* A retraction that says it all the same erases nothing at its maker's, nor at a third. */
    r = retract_record(&p->mx.c, (const uint8_t *)id.p, "wrong", "erase");
    test_append(&p->mx, r);
    pair_sync(p, true);
    assert_int_equal(current(&p->us), 1);
    assert_int_equal(current(&p->mx), 1);
}

static void kept_as_long_as_agreed(void **state)
{
    struct pair *p = *state;

    pair_wait(&p->us, "10");
    pair_sync(p, true);
    assert_int_equal(RUN(&p->mx, &op_purge, NULL), 0);
    assert_int_equal(test_int(p->mx.said, "expired"), 0);
    p->mx.fake.time += INT64_C(367) * 86400 * 1000000;
    assert_int_equal(RUN(&p->mx, &op_purge, "dry-run=true", NULL), 0);
    assert_int_equal(test_int(p->mx.said, "expired"), 1);
    assert_int_equal(current(&p->mx), 1);
    assert_int_equal(RUN(&p->mx, &op_purge, NULL), 0);
    assert_int_equal(test_int(p->mx.said, "erased"), 1);
    assert_int_equal(current(&p->mx), 0);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_erasure WHERE reason = 'retention'"), 2);
    rebuilds_the_same(&p->mx);
}

/* Erased by who made it, before it was fetched: a leaf without a record, and the channel is whole. */
static void erased_before_it_was_fetched(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "10");
    struct synced s;
    uint64_t gone = 0;
    struct record *why = rec_own(&p->us.c, "erasure");
    (void)gone;

    pair_wait(&p->us, "11");
    p->lose_answer = 1;
    assert_int_equal(pair_try(p, false, &s), -1); /* put into the channel, and lost on its way */
    p->lose_answer = 0;
    assert_int_equal(pair_state(&p->us, true).size, 2);
    rec_set(why, "about", id);
    rec_set(why, "reason", S("rights"));
    rec_set(why, "legal_basis", S("x"));
    rec_set(why, "decided_by", S("us.cbp"));
    assert_int_equal(journal_erase(p->us.c.journal, (const uint8_t *)id.p, why, &p->us.err), 0);
    assert_int_equal(node_catch_up(&p->us.c), 0);
    pair_sync(p, false);
    pair_even(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 1);
    rebuilds_the_same(&p->mx);
}

/* ---- bundles ---- */

static void meet(struct test_node *n, struct test_node *other)
{
    struct tls_node node = {other->dir, journal_who(other->c.journal)->office, &other->fake.world};
    struct record *r = rec_own(&n->c, "peer");
    struct tls_own own;

    if (tls_own(other->arena, &node, TLS_KEEP, &own, &other->err) < 0)
        fail_msg("%s", other->err.text);
    rec_set(r, "office", str_z(node.name));
    rec_set(r, "country", str_z(journal_who(other->c.journal)->country));
    rec_set(r, "key", str_z(journal_key(other->c.journal)));
    rec_set(r, "safety_number", S("1"));
    rec_set_hex(&n->c, r, "pin", own.about.pin);
    rec_set_hex(&n->c, r, "box_key", own.box_public);
    rec_set(r, "certificate", own.der);
    rec_set(r, "confirmed_by", S("x"));
    {
        struct peer card = {.office = str_z(node.name),
                            .country = str_z(journal_who(other->c.journal)->country),
                            .key = str_z(journal_key(other->c.journal)),
                            .certificate = own.der,
                            .made = other->fake.time};
        struct buf text, note;
        memcpy(card.box_key, own.box_public, 32);
        buf_init(&text, NOTE_MAX);
        buf_init(&note, NOTE_MAX);
        card_write(&text, &card);
        journal_sign(other->c.journal, buf_view(&text), &note);
        rec_set(r, "card", arena_copy(n->arena, buf_view(&note)));
        buf_free(&note);
        buf_free(&text);
    }
    test_append(n, r);
}

static const char *file_in(struct test_node *n, const char *name)
{
    return arena_fmt(n->arena, "%s/%s", n->top, name).p;
}

static const char *word(struct test_node *n, const char *key, const char *value)
{
    return arena_fmt(n->arena, "%s=%s", key, value).p;
}

static void read_there(struct pair *p, struct test_node *n, const char *file, const char *answer)
{
    int rc = answer ? RUN(n, &op_bundle, "do=read", word(n, "what", file), word(n, "out", answer), NULL)
                    : RUN(n, &op_bundle, "do=read", word(n, "what", file), NULL);

    if (rc < 0)
        fail_msg("%s", n->err.text);
    (void)p;
}

static void a_stick_does_what_a_line_does(void **state)
{
    struct pair *p = *state;
    const char *there = file_in(&p->us, "there"), *back = file_in(&p->us, "back"),
               *third = file_in(&p->us, "third");

    meet(&p->us, &p->mx);
    meet(&p->mx, &p->us);
    for (int i = 0; i < 10; i++)
        pair_wait(&p->us, "1");
    pair_wait(&p->mx, "2");
    if (RUN(&p->us, &op_bundle, "do=write", "what=mx.anam", word(&p->us, "out", there), NULL) < 0)
        fail_msg("%s", p->us.err.text);
    read_there(p, &p->mx, there, back);
    assert_int_equal(test_int(p->mx.said, "taken"), 10);
    read_there(p, &p->mx, there, back); /* twice does no harm */
    assert_int_equal(test_int(p->mx.said, "taken"), 0);
    read_there(p, &p->us, back, third);
    assert_int_equal(test_int(p->us.said, "taken"), 1);
    assert_int_equal(test_int(p->us.said, "given"), 10);
    read_there(p, &p->mx, third, NULL);
    assert_int_equal(current(&p->us), 11);
    assert_int_equal(current(&p->mx), 11);
    pair_even(p, true);
    pair_even(p, false);
    /* It is for nobody else, and not when a bit of it is another. */
    assert_int_equal(RUN(&p->us, &op_bundle, "do=read", word(&p->us, "what", there), NULL), -1);
    {
        struct str f;
        assert_int_equal(file_read(p->mx.arena, there, BUNDLE_MAX, &f, &p->mx.err), 0);
        ((char *)(uintptr_t)f.p)[f.n / 2] ^= 1;
        assert_int_equal(file_write(there, f, 0600, &p->mx.err), 0);
        assert_int_equal(RUN(&p->mx, &op_bundle, "do=read", word(&p->mx, "what", there), NULL), -1);
        assert_int_equal(p->mx.err.code, ERR_DATA);
    }
}

/* ---- more than a message holds ---- */

static void what_does_not_fit_comes_in_a_later_message(void **state)
{
    struct pair *p = *state;
    struct ctx *c = pair_ctx(p, true);
    struct str batch = str_n(arena_alloc(c->arena, GIVE_BYTES), GIVE_BYTES);
    struct synced told;
    struct message m;
    struct talk t;
    struct buf b;
    size_t full = 0, later = 0;

    talk_begin(&t, c, S("mx.anam"), &told);
    t.as = TALK_ANSWERS;
    t.sides = 3;
    t.side = calloc(t.sides, sizeof *t.side);
    for (size_t i = 0; i < t.sides; i++) {
        struct side *s = &t.side[i];
        memset(s->agreement, (int)i + 1, sizeof s->agreement);
        s->answered = true;
        s->give =
            (struct part){.type = M_GIVE, .at.epoch = 1, .note = S("a head"), .item = &batch, .items = 1};
    }
    buf_init(&b, MESSAGE_MAX);
    assert_int_equal(talk_say(&t, &b), 0);
    assert_true(message_parse(c->arena, buf_view(&b), &m));
    for (size_t i = 0; i < m.parts; i++) {
        full += m.part[i].type == M_GIVE && m.part[i].items == 1 && !m.part[i].more;
        later +=
            m.part[i].type == M_GIVE && m.part[i].items == 0 && m.part[i].note.n == 0 && m.part[i].more;
    }
    assert_int_equal(full, 1);
    assert_int_equal(later, 2);
    talk_end(&t);
    buf_free(&b);
}

/* ---- after a backup ---- */

/* Where there is nothing to give, no epoch begins; when there is, it is another one. */
static void an_epoch_begins_with_something_in_it(void **state)
{
    struct pair *p = *state;
    struct synced s;

    pair_wait(&p->us, "10");
    pair_sync(p, true);
    pair_backup(&p->us);
    pair_restore(&p->us);
    for (int i = 0; i < 3; i++) {
        s = pair_sync(p, i % 2);
        assert_int_equal(s.given + s.taken, 0);
        assert_int_equal(s.requests, 1);
    }
    assert_int_equal(pair_state(&p->us, true).epoch, 1);
    pair_wait(&p->us, "11");
    pair_sync(p, false);
    assert_int_equal(pair_state(&p->us, true).epoch, 2);
    assert_int_equal(current(&p->mx), 2);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_disclosure"), 2);
    pair_even(p, true);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, pair_new, pair_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_correction_reaches_who_had_the_original),
        TEST(only_the_newest_travels),
        TEST(a_correction_that_stays_takes_the_original_back),
        TEST(what_is_taken_back_is_gone),
        TEST(what_may_have_arrived_is_taken_back_too),
        TEST(what_was_given_and_forgotten_is_taken_back_too),
        TEST(nothing_is_just_nothing),
        TEST(nobody_takes_back_what_is_not_theirs),
        TEST(kept_as_long_as_agreed),
        TEST(erased_before_it_was_fetched),
        TEST(a_stick_does_what_a_line_does),
        TEST(what_does_not_fit_comes_in_a_later_message),
        TEST(an_epoch_begins_with_something_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
