/* test_channel.c: two nodes: what one gives arrives at the other once, in order, signed for; whatever the line does. */
#include "exchange_pair.h"

static int64_t waits(struct test_node *n)
{
    return test_count(n, "SELECT count(*) FROM v_wait WHERE superseded IS NULL AND erased = 0");
}

static void everything_arrives_once(void **state)
{
    struct pair *p = *state;
    struct synced s;

    for (int i = 0; i < 30; i++)
        pair_wait(&p->us, arena_fmt(p->us.arena, "%d", i).p);
    pair_wait(&p->mx, "77");
    s = pair_sync(p, true);
    assert_int_equal(s.given, 30);
    assert_int_equal(s.taken, 1);
    assert_int_equal(waits(&p->us), 31);
    assert_int_equal(waits(&p->mx), 31);
    pair_even(p, true);
    pair_even(p, false);
    /* In the order in which they were made. */
    assert_int_equal(test_count(&p->mx, "SELECT count(*) FROM v_wait a JOIN v_wait b ON b.seq > a.seq"
                                        " AND b.minutes < a.minutes AND b.h_origin = a.h_origin"),
                     0);
    /* Under the id and with the time of who made them; only what the clause names. */
    assert_int_equal(
        test_count(&p->mx, "SELECT count(*) FROM v_wait WHERE h_origin = 'us.cbp' AND lane IS NULL"), 30);
    assert_int_equal(test_count(&p->us, "SELECT count(*) FROM v_wait WHERE h_origin = 'mx.anam'"
                                        " AND lane = 'general' AND source IS NULL"),
                     1);
}

static void nothing_to_do_is_one_small_request(void **state)
{
    struct pair *p = *state;
    struct synced s;

    pair_wait(&p->us, "5");
    pair_wait(&p->mx, "6");
    pair_sync(p, true);
    for (int i = 0; i < 4; i++) {
        s = pair_sync(p, i % 2);
        assert_int_equal(s.requests, 1);
        assert_true(s.bytes_in + s.bytes_out < 1024);
        assert_int_equal(s.given + s.taken + s.papers, 0);
    }
}

/* Whichever side calls, one call brings both directions. */
static void either_side_can_call(void **state)
{
    struct pair *p = *state;
    struct synced s;

    pair_wait(&p->us, "5");
    pair_wait(&p->mx, "6");
    s = pair_sync(p, false);
    assert_int_equal(s.given, 1);
    assert_int_equal(s.taken, 1);
    pair_even(p, true);
    pair_even(p, false);
}

/* Cut at every message, there and back, and each message twice: then once more, and all is as if nothing had been. */
static void cut_anywhere(void **state)
{
    struct pair *p = *state;

    for (unsigned at = 1; at <= 8; at++) {
        for (int how = 0; how < 3; how++) {
            struct synced s;
            pair_wait(&p->us, "11");
            pair_wait(&p->mx, "12");
            p->lose_request = how == 0 ? at : 0;
            p->lose_answer = how == 1 ? at : 0;
            p->repeat = how == 2 ? at : 0;
            if (pair_try(p, at % 2, &s) < 0)
                assert_int_equal(pair_ctx(p, at % 2)->err->code, ERR_IO);
            p->lose_request = p->lose_answer = p->repeat = 0;
            pair_sync(p, true);
            pair_even(p, true);
            pair_even(p, false);
            assert_int_equal(waits(&p->us), waits(&p->mx));
        }
    }
    assert_int_equal(waits(&p->us), 48);
}

static void rebuilt_views_are_the_same(void **state)
{
    struct pair *p = *state;
    struct test_node *nodes[2] = {&p->us, &p->mx};

    for (int i = 0; i < 5; i++)
        pair_wait(&p->us, "7");
    pair_sync(p, true);
    pair_wait(&p->us, "8");
    pair_sync(p, false);
    for (int i = 0; i < 2; i++) {
        uint8_t before[32], after[32];
        assert_int_equal(views_digest(nodes[i]->c.views, before, &nodes[i]->err), 0);
        assert_int_equal(node_rebuild(&nodes[i]->c), 0);
        assert_int_equal(views_digest(nodes[i]->c.views, after, &nodes[i]->err), 0);
        assert_memory_equal(before, after, sizeof before);
    }
}

/* More than a tile, in many batches. */
static void long_channels(void **state)
{
    struct pair *p = *state;

    for (int round = 0; round < 6; round++) {
        struct record *r[150];
        for (size_t i = 0; i < COUNT(r); i++)
            r[i] = test_wait(&p->us, "2402", "9");
        if (node_append(&p->us.c, r, COUNT(r), NULL) < 0)
            fail_msg("%s", p->us.err.text);
        pair_sync(p, round % 2);
        pair_even(p, true);
    }
    assert_int_equal(pair_state(&p->mx, true).size, 900);
}

/* ---- while one batch is entered the next is on its way ---- */

#define BATCHES 4

struct watching {
    struct pair_link line;
    struct test_node *taker;
    unsigned ahead;      /* asks for what comes behind a batch that is not here yet */
    unsigned in_between; /* of them with a receipt for what is */
    unsigned cut;        /* this answer and all later ones are lost; 0 = none */
    unsigned calls;
};

/* Perhaps in another thread than the taker's, which is entering a batch or waits for this. */
static int watched_call(void *arg, struct str request, struct buf *answer, struct err *e)
{
    struct watching *w = arg;
    struct arena *a = arena_new();
    struct channel_state here;
    struct channel ch = pair_channel(true);
    struct ctx c = w->taker->c;
    struct message m = {0};
    int rc = -1;

    c.arena = a;
    c.err = e;
    if (message_parse(a, request, &m) && m.parts == 1 && m.part[0].type == M_ASK &&
        channel_state(&c, &ch, &here) == 0 && m.part[0].at.size > here.size) {
        w->ahead++;
        w->in_between += m.part[0].note.n > 0;
    }
    if (pair_serve(&w->line, request, answer, e) == 0)
        rc = w->cut && ++w->calls >= w->cut ? err_set(e, ERR_IO, "%s", "cut") : 0;
    arena_free(a);
    return rc;
}

static void many_waits(struct pair *p, size_t n)
{
    struct record *r[GIVE_ENTRIES];

    for (size_t i = 0; i < n; i++)
        r[i] = test_wait(&p->us, "2402", "9");
    if (node_append(&p->us.c, r, n, NULL) < 0)
        fail_msg("%s", p->us.err.text);
}

static void ahead_and_cut(struct pair *p, bool beside)
{
    struct watching w = {.line = {p, &p->us, "mx.anam"}, .taker = &p->mx, .cut = 3};
    const struct link link = {.call = watched_call, .arg = &w, .beside = beside};
    struct synced s;

    for (int i = 0; i < BATCHES; i++)
        many_waits(p, GIVE_ENTRIES - 1);
    /* Cut while the third batch was on its way: the second is here and signed for all the same. */
    assert_int_equal(exchange_sync(&p->mx.c, S("us.cbp"), &link, &s), -1);
    assert_int_equal(p->mx.err.code, ERR_IO);
    assert_int_equal(pair_state(&p->mx, true).size, 2 * (GIVE_ENTRIES - 1));
    assert_int_equal(pair_state(&p->us, true).acknowledged, GIVE_ENTRIES - 1);
    assert_int_equal(pair_state(&p->us, true).size, 3 * (GIVE_ENTRIES - 1));
    w.cut = 0;
    err_clear(&p->mx.err);
    if (exchange_sync(&p->mx.c, S("us.cbp"), &link, &s) < 0)
        fail_msg("%s", p->mx.err.text);
    assert_int_equal(s.taken, 2 * (GIVE_ENTRIES - 1));
    assert_int_equal(waits(&p->mx), BATCHES * (GIVE_ENTRIES - 1));
    pair_even(p, true);
    if (!beside) { /* else it depends on who is faster what the call sees */
        assert_int_equal(w.ahead, 4);
        assert_int_equal(w.in_between, 3);
    }
}

static void the_next_is_asked_for_ahead(void **state)
{
    ahead_and_cut(*state, false);
}

static void the_next_comes_in_another_thread(void **state)
{
    ahead_and_cut(*state, true);
}

/* A batch that is not what its head says: what came ahead of it is no use, and no harm. */
static void spoil(struct pair *p, struct buf *answer)
{
    (void)p;
    if (answer->n > 4000)
        answer->p[answer->n - 4000] ^= 1;
}

static void a_batch_that_is_refused_brings_nothing_behind_it(void **state)
{
    struct pair *p = *state;
    struct synced s;

    many_waits(p, GIVE_ENTRIES - 1);
    many_waits(p, 10);
    p->alter = spoil;
    assert_int_equal(pair_try(p, false, &s), -1);
    assert_int_equal(s.taken, 0);
    assert_int_equal(waits(&p->mx), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_arrives_once, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(nothing_to_do_is_one_small_request, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(either_side_can_call, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(cut_anywhere, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(rebuilt_views_are_the_same, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(long_channels, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(the_next_is_asked_for_ahead, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(the_next_comes_in_another_thread, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(a_batch_that_is_refused_brings_nothing_behind_it, pair_new,
                                        pair_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
