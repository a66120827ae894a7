/*
 * test_channel_trust.c: two nodes of which one lies, was suspended, or came back from a backup. What a giver has
 * signed and contradicts is kept as evidence; no number is used twice.
 */
#include "exchange_pair.h"

/* ---- a lying giver: `us` answers something else than it should ---- */

static struct lie {
    int entry, byte; /* alter this byte from the end of this entry */
    int drop;        /* leave this entry out */
    bool widen;      /* put an entry with one field more in the first place */
    bool sign;       /* and sign a head that fits */
    const char *previous;
    uint64_t epoch;
} lie;

static struct str signed_again(struct pair *p, struct part *g, const struct merkle *before)
{
    struct channel ch = pair_channel(true);
    struct position none = {0};
    struct merkle m = *before;
    struct buf text, note;
    struct str out;

    ch.epoch = g->at.epoch;
    for (size_t i = 0; i < g->items; i++) {
        struct wire_entry w;
        assert_true(entry_get(g->item[i], &w));
        merkle_push(&m, w.leaf, NULL, NULL);
    }
    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    channel_text(&text, &ch, &m, &none);
    if (lie.previous)
        buf_z(&text, lie.previous);
    journal_sign(p->us.c.journal, buf_view(&text), &note);
    out = arena_copy(p->us.arena, buf_view(&note));
    buf_free(&text);
    buf_free(&note);
    return out;
}

/* The first entry again, with the field `lane` shown too, as the journal has it. */
static struct str wider(struct pair *p, struct str entry)
{
    struct wire_entry w;
    struct entry x;
    struct buf d, b;
    struct str out;

    assert_true(entry_get(entry, &w));
    assert_int_equal(journal_get(p->us.c.journal, p->us.arena, w.id, &x, &p->us.err), 0);
    buf_init(&d, 1 << 20);
    buf_init(&b, 1 << 20);
    w.fields |= UINT64_C(1) << schema_field(x.kind, S("lane"));
    assert_int_equal(give_entry(&p->us.c, &x, &w, &d), 1);
    entry_put(&b, &w);
    out = arena_copy(p->us.arena, buf_view(&b));
    buf_free(&b);
    buf_free(&d);
    return out;
}

static void tell_a_lie(struct pair *p, struct buf *answer)
{
    struct str in = arena_copy(p->us.arena, buf_view(answer));
    struct merkle before;
    struct channel_state s = pair_state(&p->mx, true);
    struct message m;

    assert_true(message_parse(p->us.arena, in, &m));
    assert_int_equal(channel_frontier(&p->mx.c, &s, &before), 0);
    for (size_t i = 0; i < m.parts; i++) {
        struct part *g = &m.part[i];
        if (g->type != M_GIVE || g->items == 0)
            continue;
        if (lie.byte) {
            struct str e = g->item[lie.entry];
            char *at = (char *)(uintptr_t)(e.p + e.n - lie.byte);
            *at = (char)(*at ^ 1);
        }
        if (lie.drop) {
            memmove(&g->item[lie.drop], &g->item[lie.drop + 1],
                    (g->items - (size_t)lie.drop - 1) * sizeof *g->item);
            g->items--;
        }
        if (lie.widen)
            g->item[0] = wider(p, g->item[0]);
        if (lie.epoch) {
            g->at.epoch = lie.epoch;
            memset(&before, 0, sizeof before);
        }
        if (lie.sign)
            g->note = signed_again(p, g, &before);
    }
    buf_reset(answer);
    message_begin(answer, m.parts);
    for (size_t i = 0; i < m.parts; i++)
        part_put(answer, &m.part[i]);
}

static const char *lied_to(struct pair *p, struct lie l)
{
    struct synced s;
    int rc;

    lie = l;
    p->alter = tell_a_lie;
    rc = pair_try(p, false, &s);
    p->alter = NULL;
    assert_int_equal(rc, -1);
    assert_int_equal(p->mx.err.code, ERR_DATA);
    return p->mx.err.text;
}

static int64_t forks(struct pair *p, const char *what)
{
    return test_count(&p->mx,
                      arena_fmt(p->mx.arena, "SELECT count(*) FROM v_fork WHERE what = '%s'", what).p);
}

static void three_waits(struct pair *p)
{
    pair_wait(&p->us, "1");
    pair_wait(&p->us, "2");
    pair_wait(&p->us, "3");
}

/* What is not as it was signed does not enter, and the next time it can be right. */
static void an_altered_entry(void **state)
{
    struct pair *p = *state;

    three_waits(p);
    lied_to(p, (struct lie){.entry = 1, .byte = 60}); /* in a withheld leaf: it opens another commitment */
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 0);
    lied_to(p, (struct lie){.drop = 1});               /* the head says three */
    lied_to(p, (struct lie){.drop = 1, .sign = true}); /* the head says two, and the numbers have a gap */
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_fork"), 0);
    assert_int_equal(pair_state(&p->mx, true).size, 0);
    pair_sync(p, false);
    pair_even(p, true);
}

static void more_than_the_clause_lets_out(void **state)
{
    struct pair *p = *state;
    struct synced s;

    three_waits(p);
    lied_to(p, (struct lie){.widen = true, .sign = true});
    assert_int_equal(forks(p, "clause"), 1);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 0);
    /* It stands still, loudly, and the evidence is not made twice. */
    assert_int_equal(pair_try(p, false, &s), -1);
    assert_int_equal(pair_try(p, true, &s), -1);
    assert_int_equal(forks(p, "clause"), 1);
    assert_int_equal(pair_state(&p->mx, true).size, 0);
    assert_true(pair_state(&p->mx, true).forked);
}

static void another_head_of_the_same_size(void **state)
{
    struct pair *p = *state;

    three_waits(p);
    pair_sync(p, false);
    three_waits(p);
    /* Three new entries, the first wrong, under a head that its giver did sign: the root is not theirs. */
    lied_to(p, (struct lie){.entry = 0, .byte = 1, .widen = true});
    assert_int_equal(forks(p, "root"), 1);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 3);
}

static void an_epoch_that_names_nothing(void **state)
{
    struct pair *p = *state;

    three_waits(p);
    pair_sync(p, false);
    three_waits(p);
    lied_to(p, (struct lie){.epoch = 2, .sign = true, .previous = "previous 1 2 AAAA\n"});
    assert_int_equal(forks(p, "epoch") + forks(p, "root"),
                     0); /* its numbers do not begin at 0 again: refused */
}

/* Both speak again by signing the next version: then it goes on. */
static void an_amendment_ends_the_standstill(void **state)
{
    struct pair *p = *state;
    struct str first = pair_text(p, 1, NULL, PAIR_BLOCKS);

    three_waits(p);
    lied_to(p, (struct lie){.widen = true, .sign = true});
    pair_agree(p, pair_text(p, 2, pair_digest(p, first), PAIR_BLOCKS));
    pair_sync(p, false);
    pair_even(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 3);
}

/* ---- standing ---- */

static void say_paper(struct pair *p, const char *form, const char *at)
{
    struct str text = arena_fmt(
        p->us.arena, "puente %s v1\nagreement " TEXT_ID "\nby us.cbp\nat %s\nreason Test\n", form, at);

    pair_sign(&p->us, text);
}

static void suspended_stops_at_once(void **state)
{
    struct pair *p = *state;

    pair_wait(&p->us, "1");
    pair_sync(p, true);
    say_paper(p, "suspension", "2026-11-20T00:00:00Z");
    pair_wait(&p->us, "2");
    pair_sync(p, true); /* the paper travels, the record does not */
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 1);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_act WHERE form = 'suspension'"), 1);
    pair_wait(&p->mx, "3");
    pair_sync(p, false);
    assert_int_equal(test_count(&p->us, "SELECT count(*) FROM v_wait"), 2); /* both its own */
    say_paper(p, "resumption", "2026-11-21T00:00:00Z");
    pair_sync(p, true);
    pair_sync(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 3);
    assert_int_equal(test_count(&p->us, "SELECT count(*) FROM v_wait"), 3);
    pair_even(p, true);
    pair_even(p, false);
}

/* A letter brings the text, the countersignature goes back, and only then does anything flow. */
static void papers_travel_by_themselves(void **state)
{
    struct pair *p = malloc(sizeof *p);
    struct str text;
    struct synced s;
    (void)state;

    pair_start(p);
    text = pair_text(p, 1, NULL, PAIR_BLOCKS);
    pair_sign(&p->us, text);
    pair_wait(&p->us, "4");
    pair_sync(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_act"), 1);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 0);
    s = pair_sync(p, true);
    assert_int_equal(s.requests, 1); /* the letter is not sent again */
    assert_int_equal(s.papers, 0);
    pair_sign(&p->mx, text);
    pair_sync(p, true);
    pair_sync(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 1);
    s = pair_sync(p, false);
    assert_int_equal(s.requests, 1);
    assert_int_equal(s.papers + s.given + s.taken, 0);
    pair_even(p, true);
    void *v = p;
    pair_free(&v);
}

static void fields_added_by_amendment(void **state)
{
    struct pair *p = *state;
    struct str first = pair_text(p, 1, NULL, PAIR_BLOCKS);

    three_waits(p);
    pair_sync(p, true);
    pair_agree(p, pair_text(p, 2, pair_digest(p, first),
                            PAIR_WAITS("us.cbp", "mx.anam", "1", " lane")
                                PAIR_WAITS("mx.anam", "us.cbp", "2", "")));
    pair_sync(p, true);
    assert_int_equal(pair_state(&p->mx, true).size, 6);
    assert_int_equal(
        test_count(&p->mx, "SELECT count(*) FROM v_wait WHERE superseded IS NULL AND lane = 'general'"), 3);
    assert_int_equal(
        test_count(&p->mx, "SELECT count(*) FROM v_wait WHERE superseded IS NULL AND lane IS NULL"), 0);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 6);
    pair_sync(p, true);
    assert_int_equal(pair_state(&p->mx, true).size, 6); /* not again */
}

/* ---- backups ---- */

static void the_giver_came_back_from_a_backup(void **state)
{
    struct pair *p = *state;

    three_waits(p);
    pair_sync(p, true);
    pair_backup(&p->us);
    pair_wait(&p->us, "4");
    pair_wait(&p->us, "5");
    pair_sync(p, true);
    assert_int_equal(pair_state(&p->mx, true).size, 5);
    pair_restore(&p->us);
    pair_wait(&p->us, "6");
    pair_sync(p, true);
    assert_int_equal(pair_state(&p->mx, true).epoch, 2);
    assert_int_equal(pair_state(&p->mx, true).size, 1);
    pair_even(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 6);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_fork"), 0);
    pair_wait(&p->us, "7");
    pair_sync(p, false);
    assert_int_equal(pair_state(&p->mx, true).size, 2);
    pair_even(p, true);
}

/* Restored without knowing what the taker has, and with the same records to give: they do not enter twice. */
static void given_again_in_the_next_epoch(void **state)
{
    struct pair *p = *state;

    three_waits(p);
    pair_backup(&p->us);
    pair_sync(p, true);
    pair_restore(&p->us);
    pair_sync(p, true);
    assert_int_equal(pair_state(&p->mx, true).epoch, 2);
    assert_int_equal(pair_state(&p->mx, true).size, 3);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 3);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_disclosure WHERE about IS NOT NULL"), 6);
    pair_even(p, true);
}

/* So much to look at in vain that it must not be looked at each time: the new epoch begins with nothing in it. */
static void restored_with_little_to_give(void **state)
{
    struct pair *p = *state;

    for (int i = 0; i < 600; i++) {
        struct record *r = test_wait(&p->us, "2402", "9");
        r->head.handling = S("H3"); /* stricter than the clause: it stays */
        test_append(&p->us, r);
    }
    pair_backup(&p->us);
    pair_restore(&p->us);
    pair_sync(p, false);
    assert_int_equal(pair_state(&p->us, true).epoch, 2);
    assert_true(pair_state(&p->us, true).upto > 600);
    assert_int_equal(pair_state(&p->us, true).size, 0);
    pair_wait(&p->us, "1");
    pair_sync(p, false);
    assert_int_equal(pair_state(&p->mx, true).size, 1);
    pair_even(p, true);
}

static void the_taker_came_back_from_a_backup(void **state)
{
    struct pair *p = *state;

    three_waits(p);
    pair_sync(p, true);
    pair_backup(&p->mx);
    pair_wait(&p->us, "4");
    pair_sync(p, true);
    pair_restore(&p->mx);
    assert_int_equal(pair_state(&p->mx, true).size, 3);
    pair_wait(&p->us, "5");
    pair_sync(p, true);
    assert_int_equal(pair_state(&p->mx, true).epoch, 1);
    assert_int_equal(pair_state(&p->mx, true).size, 5);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 5);
    pair_even(p, true);
}

/* Both lost the same days. */
static void both_came_back(void **state)
{
    struct pair *p = *state;

    three_waits(p);
    pair_sync(p, true);
    pair_backup(&p->us);
    pair_backup(&p->mx);
    pair_wait(&p->us, "4");
    pair_sync(p, true);
    pair_restore(&p->us);
    pair_restore(&p->mx);
    pair_wait(&p->us, "5");
    pair_sync(p, false);
    pair_even(p, true);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 4);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_fork"), 0);
}

/* ---- what is urgent ---- */

static void a_life_goes_first(void **state)
{
    struct pair *p = *state;
    static const char *const pairs[] = {"title",
                                        "Two people in the river",
                                        "form",
                                        "danger",
                                        "text",
                                        "x",
                                        "place",
                                        "Km 12",
                                        "life_at_risk",
                                        "true",
                                        "need",
                                        "boat",
                                        "grounds",
                                        "assessment",
                                        "observed",
                                        "2026-11-21T08:30",
                                        NULL};
    struct record *r;

    for (int i = 0; i < 20; i++)
        pair_wait(&p->us, "1");
    r = test_record(&p->us, "awareness", pairs);
    test_append(&p->us, r);
    pair_sync(p, false);
    pair_even(p, true);
    assert_int_equal(
        test_count(&p->mx,
                   "SELECT count(*) FROM v_awareness a WHERE a.seq < (SELECT min(seq) FROM v_wait)"),
        1);
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait"), 20);
    assert_int_equal(pair_state(&p->mx, true).size, 21);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, pair_new, pair_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_altered_entry),
        TEST(more_than_the_clause_lets_out),
        TEST(another_head_of_the_same_size),
        TEST(an_epoch_that_names_nothing),
        TEST(an_amendment_ends_the_standstill),
        TEST(suspended_stops_at_once),
        cmocka_unit_test(papers_travel_by_themselves),
        TEST(fields_added_by_amendment),
        TEST(the_giver_came_back_from_a_backup),
        TEST(given_again_in_the_next_epoch),
        TEST(restored_with_little_to_give),
        TEST(the_taker_came_back_from_a_backup),
        TEST(both_came_back),
        TEST(a_life_goes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
