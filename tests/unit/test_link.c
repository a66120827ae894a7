/* The line between two nodes, both ends of it: who is let in, who is spoken to, and what may go over it. */
#include "meeting.h"

#include "exchange/link_https.h"
#include "server/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static int echo(struct ctx *c, const struct args *a, struct out *o)
{
    struct str message = arg(a, "message");

    if (str_eq(message, S("who")))
        out_line(o, c->peer);
    else if (str_eq(message, S("no")))
        return err_set(c->err, ERR_DENIED, N_("this record has been erased already"));
    else if (str_eq(message, S("broken")))
        return err_set(c->err, ERR_IO, "%s", "cannot read /home/node/tls-key");
    else if (str_eq(message, S("much")))
        for (int i = 0; i < 64; i++)
            out_line(o, str_n(arena_alloc(c->arena, 16384), 16384));
    else
        out_line(o, message);
    return 0;
}

static const struct param echo_params[] = {{.name = "message", .type = P_TEXT, .required = true}, {0}};
static const struct op op_echo = {.name = "peer-message",
                                  .params = echo_params,
                                  .flags = OP_NODE | OP_RAW | OP_PEER,
                                  .method = "POST",
                                  .path = "/message",
                                  .run = echo};
static const struct op *const fake_ops[] = {&op_echo, &op_peers, NULL};
static const struct room fake = {.name = "fake", .ops = fake_ops};
static const struct room *const rooms[] = {&fake, &exchange_room, NULL};

struct line {
    struct two two;
    struct server *server; /* of mx */
    struct link_https *link;
};

static struct tls_own own_of(struct test_node *t, enum tls_renew renew)
{
    struct tls_node n = {t->dir, journal_who(t->c.journal)->office, &t->fake.world};
    struct tls_own o;

    if (tls_own(t->arena, &n, renew, &o, &t->err) < 0)
        fail_msg("%s", t->err.text);
    return o;
}

static void serve(struct line *l, uint16_t port)
{
    struct tls_own own = own_of(&l->two.mx, TLS_KEEP);
    struct server_options o = {.bind = "127.0.0.1", .port = port, .tls = &own};

    l->server = server_start(&l->two.mx.c, &o, &l->two.mx.err);
    if (l->server == NULL)
        fail_msg("%s", l->two.mx.err.text);
}

static void call_up(struct line *l)
{
    link_https_free(l->link);
    l->link = link_https_new(&l->two.us.c, S("mx.anam"));
    if (l->link == NULL)
        fail_msg("%s", l->two.us.err.text);
}

static int setup(void **state)
{
    struct line *l = calloc(1, sizeof *l);
    struct two *t = &l->two;
    const char *url;

    two_start(t, rooms, false);
    serve(l, 0);
    /* Nobody listens at the first one. */
    url = arena_fmt(t->mx.arena, "url=https://127.0.0.1:1").p;
    {
        const char *out = arena_fmt(t->mx.arena, "out=%s", near(&t->us, "card")).p;
        const char *second =
            arena_fmt(t->mx.arena, "url=https://127.0.0.1:%u/", (unsigned)server_port(l->server)).p;
        assert_int_equal(RUN(&t->mx, &op_card, out, url, second, NULL), 0);
        met(&t->us, test_text(t->mx.said, "safety_number"));
    }
    met(&t->mx, card_of(&t->us, &t->mx, NULL));
    call_up(l);
    *state = l;
    return 0;
}

static int teardown(void **state)
{
    struct line *l = *state;

    link_https_free(l->link);
    server_stop(l->server);
    two_end(&l->two);
    free(l);
    return 0;
}

/* 0 with the answer in the arena, or -1 with us.err. */
static int say_to(struct line *l, struct str message, struct str *answer)
{
    const struct link *k = link_https_link(l->link);
    struct buf b;
    int rc;

    buf_init(&b, MESSAGE_MAX);
    err_clear(&l->two.us.err);
    rc = k->call(k->arg, message, &b, &l->two.us.err);
    *answer = arena_copy(l->two.us.arena, buf_view(&b));
    buf_free(&b);
    return rc;
}

static void works(struct line *l)
{
    struct str answer;

    if (say_to(l, S("who"), &answer) < 0)
        fail_msg("%s", l->two.us.err.text);
    assert_true(str_eq(answer, S("us.cbp")));
}

/* The door did not let us in, and noted why. */
static void shut_out(struct line *l, enum tls_verdict why)
{
    struct str answer;
    uint64_t before = l->server->refused.n > 1 ? l->server->refused.row[1].count : 0;

    assert_int_equal(say_to(l, S("who"), &answer), -1);
    for (int i = 0; i < 200 && (l->server->refused.n < 2 || l->server->refused.row[1].count == before); i++)
        usleep(5000);
    assert_int_equal(l->server->refused.n, 2);
    assert_true(l->server->refused.row[1].count > before);
    assert_string_equal(tls_verdict_code(l->server->refused.row[1].why), tls_verdict_code(why));
    assert_string_equal(l->server->refused.row[1].address, "127.0.0.1");
}

/* We did not speak to it. */
static void not_spoken(struct line *l, enum tls_verdict why)
{
    struct str answer;

    assert_int_equal(say_to(l, S("who"), &answer), -1);
    assert_int_equal(l->two.us.err.code, ERR_DENIED);
    if (strstr(l->two.us.err.text, tls_verdict_text(why)) == NULL)
        fail_msg("%s", l->two.us.err.text);
}

static void the_right_one_is_let_in_and_named(void **state)
{
    struct line *l = *state;
    char bytes[1000] = "\xa1\x01\x00\xff nothing here is text";
    struct str answer;

    works(l);
    for (int i = 0; i < 5; i++)
        assert_int_equal(say_to(l, str_n(bytes, sizeof bytes), &answer), 0);
    assert_true(str_eq(answer, str_n(bytes, sizeof bytes)));
    assert_int_equal(l->server->refused.n, 1);
}

static void a_refusal_comes_back_with_its_reason(void **state)
{
    struct line *l = *state;
    struct str answer;

    assert_int_equal(say_to(l, S("no"), &answer), -1);
    assert_int_equal(l->two.us.err.code, ERR_DENIED);
    assert_non_null(strstr(l->two.us.err.text, "this record has been erased already"));
    l->two.us.err.lang = LANG_ES;
    assert_int_equal(say_to(l, S("no"), &answer), -1);
    assert_null(strstr(l->two.us.err.text, "this record has been erased already"));
    l->two.us.err.lang = LANG_EN;
    works(l);
}

/* What is broken here is not told to another country. */
static void a_failure_keeps_its_reason(void **state)
{
    struct line *l = *state;
    struct str answer;

    assert_int_equal(say_to(l, S("broken"), &answer), -1);
    assert_null(strstr(l->two.us.err.text, "tls-key"));
}

static void messages_have_a_limit_both_ways(void **state)
{
    struct line *l = *state;
    const struct link *k = link_https_link(l->link);
    char *big = calloc(1, MESSAGE_MAX + 1);
    struct str answer;
    struct buf small;

    assert_int_equal(say_to(l, str_n(big, MESSAGE_MAX + 1), &answer), -1);
    assert_int_equal(l->two.us.err.code, ERR_LIMIT);
    assert_int_equal(say_to(l, str_n(big, (size_t)4 << 20), &answer), 0);
    assert_int_equal(answer.n, (size_t)4 << 20);
    buf_init(&small, 1000);
    assert_int_equal(k->call(k->arg, S("much"), &small, &l->two.us.err), -1);
    assert_int_equal(l->two.us.err.code, ERR_LIMIT);
    buf_free(&small);
    free(big);
    works(l);
}

static void an_expired_certificate_is_shut_out(void **state)
{
    struct line *l = *state;

    l->two.mx.fake.time += (TLS_DAYS + 1) * DAY;
    shut_out(l, TLS_EXPIRED);
}

static void a_certificate_of_tomorrow_is_shut_out(void **state)
{
    struct line *l = *state;

    l->two.mx.fake.time -= 2 * DAY;
    shut_out(l, TLS_EARLY);
}

static void an_expired_server_is_not_spoken_to(void **state)
{
    struct line *l = *state;

    l->two.us.fake.time += (TLS_DAYS + 1) * DAY;
    not_spoken(l, TLS_EXPIRED);
    l->two.us.fake.time -= (TLS_DAYS + 5) * DAY;
    not_spoken(l, TLS_EARLY);
    assert_int_equal(atomic_load(&l->server->answered), 0);
}

/* A stolen key can sign itself new dates; the card that was met says when it ends all the same. */
static void new_dates_serve_until_the_old_card_ends(void **state)
{
    struct line *l = *state;

    l->two.us.fake.time += 700 * DAY;
    l->two.mx.fake.time += 700 * DAY;
    own_of(&l->two.us, TLS_NEW_DATES);
    call_up(l);
    works(l);
    l->two.mx.fake.time += 40 * DAY;
    call_up(l);
    shut_out(l, TLS_STALE);
}

static void a_new_key_is_a_stranger_until_its_card_is_met(void **state)
{
    struct line *l = *state;
    struct str old_key, old_crt;
    const char *key = path_join(l->two.us.arena, l->two.us.dir, "keys/tls.key").p,
               *crt = path_join(l->two.us.arena, l->two.us.dir, "keys/tls.crt").p;

    assert_int_equal(file_read(l->two.us.arena, key, 4096, &old_key, &l->two.us.err), 0);
    assert_int_equal(file_read(l->two.us.arena, crt, 4096, &old_crt, &l->two.us.err), 0);
    works(l);
    l->two.us.fake.time += DAY / 2;
    l->two.mx.fake.time += DAY / 2;
    own_of(&l->two.us, TLS_NEW_KEY);
    call_up(l);
    shut_out(l, TLS_UNKNOWN);
    card_of(&l->two.us, &l->two.mx, NULL);
    met(&l->two.mx, NULL);
    works(l);
    /* And the old one is superseded. */
    assert_int_equal(file_write(key, old_key, 0600, &l->two.us.err), 0);
    assert_int_equal(file_write(crt, old_crt, 0644, &l->two.us.err), 0);
    call_up(l);
    shut_out(l, TLS_OTHER);
    assert_string_equal(l->server->refused.row[1].office, "us.cbp");
}

/* The line stands from before, and is shut all the same. */
static void an_open_line_ends_with_the_acquaintance(void **state)
{
    struct line *l = *state;

    works(l);
    l->two.us.fake.time += DAY / 2;
    l->two.mx.fake.time += DAY / 2;
    card_of(&l->two.us, &l->two.mx, "new-key=true");
    met(&l->two.mx, NULL);
    shut_out(l, TLS_OTHER);
    assert_int_equal(l->two.us.err.code, ERR_DENIED);
    l->two.mx.fake.time += TLS_DAYS * DAY;
    shut_out(l, TLS_EXPIRED);
}

static void a_server_with_another_key_is_not_spoken_to(void **state)
{
    struct line *l = *state;
    uint16_t port = server_port(l->server);

    works(l);
    server_stop(l->server);
    own_of(&l->two.mx, TLS_NEW_KEY);
    serve(l, port);
    not_spoken(l, TLS_OTHER);
    assert_int_equal(atomic_load(&l->server->answered), 0);
}

static struct str raw(struct line *l, uint16_t port, struct str bytes)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char *some = arena_alloc(l->two.us.arena, 4096);
    size_t n = 0;
    ssize_t got;

    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_true(send(fd, bytes.p, bytes.n, MSG_NOSIGNAL) >= 0);
    shutdown(fd, SHUT_WR);
    while (n < 4096 && (got = recv(fd, some + n, 4096 - n, 0)) > 0)
        n += (size_t)got;
    close(fd);
    return str_n(some, n);
}

static void plain_http_gets_no_answer(void **state)
{
    struct line *l = *state;
    struct str got = raw(l, server_port(l->server), S("GET /peer/v1/message HTTP/1.1\r\nHost: x\r\n\r\n"));

    assert_null(memmem(got.p, got.n, "HTTP", 4));
    for (int i = 0; i < 200 && l->server->refused.n < 2; i++)
        usleep(5000);
    assert_int_equal(l->server->refused.n, 2);
    assert_int_equal(l->server->refused.row[1].why, TLS_NO_HANDSHAKE);
    works(l);
}

static void each_door_serves_its_own_verbs(void **state)
{
    struct line *l = *state;
    struct server *api =
        server_start(&l->two.mx.c, &(struct server_options){.bind = "127.0.0.1"}, &l->two.mx.err);
    const char *post = "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: application/cbor\r\n"
                       "Content-Length: 3\r\nConnection: close\r\n\r\nwho";
    static const char *const paths[] = {"/peer/v1/message", "/api/v1/message"};
    struct str answer;

    assert_non_null(api);
    for (size_t i = 0; i < COUNT(paths); i++) {
        char request[256];
        snprintf(request, sizeof request, post, paths[i], (unsigned)server_port(api));
        answer = raw(l, server_port(api), str_z(request));
        assert_true(str_starts(answer, S("HTTP/1.1 404")));
    }
    server_stop(api);
    works(l);
}

static void nobody_is_met_and_nobody_is_called(void **state)
{
    struct line *l = *state;

    assert_null(link_https_new(&l->two.us.c, S("ca.cbsa")));
    assert_int_equal(l->two.us.err.code, ERR_NOT_FOUND);
    assert_null(link_https_new(&l->two.mx.c, S("us.cbp"))); /* its card has no address */
    assert_int_equal(l->two.mx.err.code, ERR_USAGE);
}

static void a_peer_that_is_down_is_told_as_that(void **state)
{
    struct line *l = *state;
    struct str answer;

    server_stop(l->server);
    l->server = NULL;
    assert_int_equal(say_to(l, S("who"), &answer), -1);
    assert_int_equal(l->two.us.err.code, ERR_IO);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(the_right_one_is_let_in_and_named),
        T(a_refusal_comes_back_with_its_reason),
        T(a_failure_keeps_its_reason),
        T(messages_have_a_limit_both_ways),
        T(an_expired_certificate_is_shut_out),
        T(a_certificate_of_tomorrow_is_shut_out),
        T(an_expired_server_is_not_spoken_to),
        T(new_dates_serve_until_the_old_card_ends),
        T(a_new_key_is_a_stranger_until_its_card_is_met),
        T(an_open_line_ends_with_the_acquaintance),
        T(a_server_with_another_key_is_not_spoken_to),
        T(plain_http_gets_no_answer),
        T(each_door_serves_its_own_verbs),
        T(nobody_is_met_and_nobody_is_called),
        T(a_peer_that_is_down_is_told_as_that),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
