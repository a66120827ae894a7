/* Cards, and how one node comes to know another. */
#include "meeting.h"

static const struct room *const rooms[] = {&exchange_room, NULL};

static int setup(void **state)
{
    struct two *t = calloc(1, sizeof *t);

    two_start(t, rooms, false);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    two_end(*state);
    free(*state);
    return 0;
}

static void refused(struct test_node *t, const char *number, enum err_code code)
{
    assert_int_equal(meet(t, number), -1);
    assert_int_equal(t->err.code, code);
}

static struct peer found(struct test_node *t, const char *office)
{
    struct peer p;

    if (peer_find(&t->c, t->arena, str_z(office), &p) < 0)
        fail_msg("%s", t->err.text);
    return p;
}

static void a_card_is_met_when_its_number_was_read_out(void **state)
{
    struct two *t = *state;
    const char *digits = card_of(&t->mx, &t->us, "url=https://puente.anam.example:8802");
    struct peer p;

    assert_int_equal(strlen(digits), SAFETY_SIZE - 1);
    met(&t->us, digits);
    p = found(&t->us, "mx.anam");
    assert_true(str_eq(p.urls, S("https://puente.anam.example:8802")));
    assert_true(str_eq(p.safety_number, str_z(digits)) && str_eq(p.country, S("MX")));
    assert_string_equal(p.verifier.name, "mx.anam");
    assert_true(str_eq(p.key, str_z(journal_key(t->mx.c.journal))));
    assert_int_equal(RUN(&t->us, &op_peers, NULL), 0);
    assert_int_equal(json_array_size(json_object_get(t->us.said, "peers")), 1);
}

/* What was not read out by them cannot be copied from the screen. */
static void the_number_is_not_shown_before_it_is_heard(void **state)
{
    struct two *t = *state;
    const char *digits = card_of(&t->mx, &t->us, NULL);
    char *said;

    assert_int_equal(meet(&t->us, NULL), 1);
    said = json_dumps(t->us.said, 0);
    assert_null(strstr(said, digits));
    assert_null(memmem(said, strlen(said), digits, 5));
    free(said);
    assert_int_equal(test_count(&t->us, "SELECT count(*) FROM v_peer"), 0);
}

static void digits_may_be_written_as_one_likes_but_all_of_them(void **state)
{
    struct two *t = *state;
    char digits[SAFETY_SIZE + 8], *to = digits;

    for (const char *p = card_of(&t->mx, &t->us, NULL); *p; p++)
        if (*p != ' ')
            *to++ = *p;
    *to = '\0';
    digits[39] = digits[39] == '0' ? '1' : '0';
    refused(&t->us, digits, ERR_DENIED);
    digits[39] = '\0';
    refused(&t->us, digits, ERR_DENIED);
    refused(&t->us, "", ERR_DENIED);
    refused(&t->us, "12345", ERR_DENIED);
    to = arena_z(t->us.arena, str_z(card_of(&t->mx, &t->us, NULL)));
    refused(&t->us, arena_fmt(t->us.arena, "%s0", to).p, ERR_DENIED);
    assert_int_equal(test_count(&t->us, "SELECT count(*) FROM v_peer"), 0);
    for (char *p = to; *p; p++)
        if (*p == ' ')
            *p = '-';
    met(&t->us, to);
}

static void no_byte_of_a_card_can_be_changed(void **state)
{
    struct two *t = *state;
    const char *digits = card_of(&t->mx, &t->us, "url=https://h:1");
    struct str card, copy;
    struct peer p;

    assert_int_equal(file_read(t->us.arena, near(&t->us, "card"), CARD_MAX, &card, &t->us.err), 0);
    copy = arena_copy(t->us.arena, card);
    for (size_t i = 0; i < copy.n; i++) {
        *(char *)(uintptr_t)&copy.p[i] ^= 1;
        if (card_read(t->us.arena, copy, t->us.fake.time, &p, &t->us.err) == 0)
            fail_msg("byte %zu can be changed", i);
        *(char *)(uintptr_t)&copy.p[i] ^= 1;
        assert_int_equal(card_read(t->us.arena, str_n(copy.p, i), t->us.fake.time, &p, &t->us.err), -1);
    }
    assert_int_equal(card_read(t->us.arena, copy, t->us.fake.time, &p, &t->us.err), 0);
    met(&t->us, digits);
}

static void a_renewed_card_needs_no_call_and_an_older_one_is_refused(void **state)
{
    struct two *t = *state;
    const char *digits = card_of(&t->mx, &t->us, NULL);
    struct str first;
    struct peer before, after;

    met(&t->us, digits);
    before = found(&t->us, "mx.anam");
    assert_int_equal(file_read(t->us.arena, near(&t->us, "card"), CARD_MAX, &first, &t->us.err), 0);
    met(&t->us, NULL); /* the same again changes nothing */
    assert_int_equal(test_count(&t->us, "SELECT count(*) FROM v_peer"), 1);

    t->mx.fake.time += 100 * DAY;
    t->us.fake.time += 100 * DAY;
    card_of(&t->mx, &t->us, "new-key=true");
    met(&t->us, NULL);
    after = found(&t->us, "mx.anam");
    assert_memory_not_equal(before.pin, after.pin, HASH_SIZE);
    assert_true(str_eq(before.key, after.key) && str_eq(before.safety_number, after.safety_number));
    assert_int_equal(test_count(&t->us, "SELECT count(*) FROM v_peer WHERE superseded IS NULL"), 1);

    assert_int_equal(file_write(near(&t->us, "card"), first, 0600, &t->us.err), 0);
    refused(&t->us, NULL, ERR_CONFLICT);
    refused(&t->us, digits, ERR_CONFLICT);
}

/* A renewal long after the old certificate's end: the order is still known. */
static void a_card_replaces_one_whose_certificate_expired(void **state)
{
    struct two *t = *state;

    met(&t->us, card_of(&t->mx, &t->us, NULL));
    t->mx.fake.time += 800 * DAY;
    t->us.fake.time += 800 * DAY;
    refused(&t->us, NULL, ERR_DATA); /* the old card by itself counts no more */
    card_of(&t->mx, &t->us, "renew=true");
    met(&t->us, NULL);
}

static void another_key_of_a_known_office_is_said_loudly_and_needs_a_call(void **state)
{
    struct two *t = *state, other;
    const char *digits;

    met(&t->us, card_of(&t->mx, &t->us, NULL));
    test_node_start_as(&other.mx, rooms, (struct journal_identity){"mx.anam", "MX", false, 0}, 44);
    other.mx.fake.time += DAY;
    t->us.fake.time += DAY;
    digits = card_of(&other.mx, &t->us, NULL);
    assert_int_equal(meet(&t->us, NULL), 1);
    assert_true(strlen(test_text(t->us.said, "warning")) > 0);
    assert_false(str_eq(found(&t->us, "mx.anam").key, str_z(journal_key(other.mx.c.journal))));
    met(&t->us, digits);
    assert_true(str_eq(found(&t->us, "mx.anam").key, str_z(journal_key(other.mx.c.journal))));
    test_node_end(&other.mx);
}

static void a_node_does_not_meet_itself(void **state)
{
    struct two *t = *state;

    refused(&t->us, card_of(&t->us, &t->us, NULL), ERR_USAGE);
}

static void a_card_of_tomorrow_is_refused(void **state)
{
    struct two *t = *state;

    t->mx.fake.time += 3 * DAY;
    refused(&t->us, card_of(&t->mx, &t->us, NULL), ERR_DATA);
}

static void exercise_and_real_nodes_refuse_each_other(void **state)
{
    struct two t;

    (void)state;
    two_start(&t, rooms, true);
    refused(&t.us, card_of(&t.mx, &t.us, NULL), ERR_DENIED);
    refused(&t.mx, card_of(&t.us, &t.mx, NULL), ERR_DENIED);
    two_end(&t);
}

/* mx signs a card that shows the certificate of us: it cannot prove to have the key, and would be taken for us. */
static void a_card_with_the_certificate_of_another_is_refused(void **state)
{
    struct two *t = *state;
    struct tls_node node = {t->us.dir, "us.cbp", &t->us.fake.world};
    struct tls_own own;
    struct peer p = {.office = S("mx.anam"), .country = S("MX")}, got;
    struct buf text, card;

    assert_int_equal(tls_own(t->us.arena, &node, TLS_KEEP, &own, &t->us.err), 0);
    p.key = str_z(journal_key(t->mx.c.journal));
    p.certificate = own.der;
    p.made = t->us.fake.time;
    buf_init(&text, CARD_MAX);
    buf_init(&card, CARD_MAX);
    card_write(&text, &p);
    journal_sign(t->mx.c.journal, buf_view(&text), &card);
    assert_int_equal(card_read(t->us.arena, buf_view(&card), t->us.fake.time, &got, &t->us.err), -1);
    assert_int_equal(t->us.err.code, ERR_DATA);
    buf_free(&text);
    buf_free(&card);
}

static void addresses_are_https_and_plain(void **state)
{
    static const char *const good[] = {"https://h", "https://puente.example.mx:8802",
                                       "https://[2001:db8::1]:8802", "https://h:1/behind/a/proxy"};
    static const char *const bad[] = {"",
                                      "http://h",
                                      "https://",
                                      "https:///x",
                                      "https://u@h",
                                      "https://h/?q=1",
                                      "https://h/#f",
                                      "https://h h",
                                      "file:///x",
                                      "https://h\n",
                                      "https://h\\x",
                                      "https://{a,b}"};

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(card_url_ok(str_z(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (card_url_ok(str_z(bad[i])))
            fail_msg("%s", bad[i]);
}

static void rebuilt_views_know_the_same_peers(void **state)
{
    struct two *t = *state;

    met(&t->us, card_of(&t->mx, &t->us, NULL));
    assert_int_equal(node_rebuild(&t->us.c), 0);
    (void)found(&t->us, "mx.anam");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_card_is_met_when_its_number_was_read_out, setup, teardown),
        cmocka_unit_test_setup_teardown(the_number_is_not_shown_before_it_is_heard, setup, teardown),
        cmocka_unit_test_setup_teardown(digits_may_be_written_as_one_likes_but_all_of_them, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_byte_of_a_card_can_be_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_renewed_card_needs_no_call_and_an_older_one_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_card_replaces_one_whose_certificate_expired, setup, teardown),
        cmocka_unit_test_setup_teardown(another_key_of_a_known_office_is_said_loudly_and_needs_a_call,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_node_does_not_meet_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(a_card_of_tomorrow_is_refused, setup, teardown),
        cmocka_unit_test(exercise_and_real_nodes_refuse_each_other),
        cmocka_unit_test_setup_teardown(a_card_with_the_certificate_of_another_is_refused, setup, teardown),
        cmocka_unit_test(addresses_are_https_and_plain),
        cmocka_unit_test_setup_teardown(rebuilt_views_know_the_same_peers, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
