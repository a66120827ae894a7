/* test_channel_three.c: a third office: what came from somebody is passed on with the originator's word, and not before. */
#include "exchange_pair.h"

#define SECOND_ID "0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e90"
#define THIRD_ID  "0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e91"

struct three {
    struct pair p;
    struct test_node gt;
};

static const char consents[] = PAIR_BLOCKS
    "\nclause 4\n  giver us.cbp\n  taker mx.anam\n  kind consent\n"
    "  fields about giver office decision passed_to purpose\n  purpose customs-control\n  handling H1\n"
    "  keep 365\n  onward no\n  en Consents.\n  es Consentimientos.\n";

static void agree_with_gt(struct three *t, struct test_node *n, const char *id)
{
    const char *office = journal_who(n->c.journal)->office;
    struct test_node *gt = &t->gt;
    struct str text =
        arena_fmt(n->arena,
                  "puente agreement v1\nid %s\nversion 1\ntitle en Cargo\ntitle es Carga\nparty %s "
                  "%s\nparty gt.sat %s\n" TEXT_HEAD_AFTER_PARTIES PAIR_WAITS("%s", "gt.sat", "1", " lane"),
                  id, office, journal_key(n->c.journal), journal_key(gt->c.journal), office);
    struct str one = pair_sign(n, text), two = pair_sign(gt, text);

    pair_file(n, two, "gt.sat");
    pair_file(gt, one, office);
}

static struct synced sync_gt(struct three *t, struct test_node *with)
{
    struct pair_link l = {&t->p, with, "gt.sat"};
    const struct link link = {.call = pair_call, .arg = &l};
    struct synced s;

    t->p.calls = 0;
    if (exchange_sync(&t->gt.c, str_z(journal_who(with->c.journal)->office), &link, &s) < 0)
        fail_msg("%s", t->gt.err.text);
    return s;
}

static void consent(struct three *t, const char *id)
{
    const char *const pairs[] = {"about",    id,      "giver",     "us.cbp", "office",  "mx.anam",
                                 "decision", "given", "passed_to", "gt.sat", "purpose", "customs-control",
                                 NULL};

    test_append(&t->p.us, test_record(&t->p.us, "consent", pairs));
}

static int64_t has(struct three *t)
{
    return test_count(&t->gt, "SELECT count(*) FROM v_wait WHERE h_origin = 'us.cbp' AND erased = 0");
}

static int three_new(void **state)
{
    struct three *t = *state = malloc(sizeof *t);

    pair_start(&t->p);
    test_node_start_as(&t->gt, pair_rooms, (struct journal_identity){.office = "gt.sat", .country = "GT"},
                       44);
    pair_agree(&t->p, pair_text(&t->p, 1, NULL, consents));
    agree_with_gt(t, &t->p.mx, SECOND_ID);
    return 0;
}

static int three_free(void **state)
{
    struct three *t = *state;

    test_node_end(&t->gt);
    test_node_end(&t->p.us);
    test_node_end(&t->p.mx);
    buf_free(&t->p.last);
    free(t);
    return 0;
}

static void passed_on_with_consent(void **state)
{
    struct three *t = *state;
    char text[UUID_SIZE];
    struct str id;

    id = pair_wait(&t->p.us, "10");
    uuid_format((const uint8_t *)id.p, text);
    pair_sync(&t->p, true);
    pair_wait(&t->p.mx, "20");
    sync_gt(t, &t->p.mx);
    assert_int_equal(has(t), 0); /* only what is mx.anam's own */
    assert_int_equal(test_count(&t->gt, "SELECT count(*) FROM v_wait"), 1);
    consent(t, text);
    pair_sync(&t->p, true);
    sync_gt(t, &t->p.mx);
    assert_int_equal(has(t), 1);
    /* Under the originator's id; the field that the second clause would let out, and the first did not, is not there. */
    assert_int_equal(
        test_count(&t->gt, "SELECT count(*) FROM v_wait WHERE h_origin = 'us.cbp' AND lane IS NULL"), 1);
    assert_int_equal(test_count(&t->gt,
                                "SELECT count(*) FROM v_wait w JOIN v_disclosure d ON d.record = w.id"
                                " WHERE w.h_origin = 'us.cbp' AND d.giver = 'mx.anam'"),
                     1);
    /* Taken back by who made it: gone at the second hand too. */
    {
        struct record *r = retract_record(&t->p.us.c, (const uint8_t *)id.p, "wrong", "erase");
        test_append(&t->p.us, r);
    }
    pair_sync(&t->p, true);
    sync_gt(t, &t->p.mx);
    assert_int_equal(has(t), 0);
}

/* The original came through mx.anam, the correction from whoever made it: one of them counts. */
static void corrected_by_who_made_it(void **state)
{
    struct three *t = *state;
    char text[UUID_SIZE];
    struct str id = pair_wait(&t->p.us, "10");
    struct record *r = test_wait(&t->p.us, "2402", "11");

    uuid_format((const uint8_t *)id.p, text);
    consent(t, text);
    pair_sync(&t->p, true);
    sync_gt(t, &t->p.mx);
    assert_int_equal(has(t), 1);
    r->head.handling = S("H1");
    memcpy(r->head.replaces, id.p, 16);
    test_append(&t->p.us, r);
    agree_with_gt(t, &t->p.us, THIRD_ID);
    sync_gt(t, &t->p.us);
    assert_int_equal(test_count(&t->gt, "SELECT count(*) FROM v_wait WHERE superseded IS NULL"), 1);
    assert_int_equal(test_count(&t->gt, "SELECT minutes FROM v_wait WHERE superseded IS NULL"), 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(passed_on_with_consent, three_new, three_free),
        cmocka_unit_test_setup_teardown(corrected_by_who_made_it, three_new, three_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
