/* The server and strangers: who may ask, hostile bytes, limits, many at once. */
#include "server_fixture.h"

#include <errno.h>

static void an_oversize_chunked_body_is_413(void **state)
{
    size_t n = LIMIT_JSON + 1;
    struct buf b;
    struct reply r;

    (void)state;
    buf_init(&b, n + 4096);
    buf_fmt(&b,
            "POST " API "/things HTTP/1.1\r\nHost: localhost:%u\r\nConnection: close\r\n"
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n",
            (unsigned)server_port(server), n);
    memset(buf_room(&b, n), ' ', n);
    b.n += n;
    buf_z(&b, "\r\n0\r\n\r\n");
    r = raw(arena, buf_view(&b));
    buf_free(&b);
    assert_problem(&r, 413);
}

static void a_reader_that_leaves_a_stream_stops_nothing(void **state)
{
    struct str ask_for =
        arena_fmt(arena, "GET " API "/stream?count=200000 HTTP/1.1\r\nHost: localhost:%u\r\n\r\n",
                  (unsigned)server_port(server));
    char some[100];
    int fd = dial();

    (void)state;
    send_all(fd, ask_for);
    assert_true(recv(fd, some, sizeof some, 0) > 0);
    close(fd);
    assert_int_equal(GET(API "/things").status, 200);
}

static void strangers_are_refused(void **state)
{
    static const char *const hosts[] = {"evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil:80",
                                        ""};
    static const char *const crossing[] = {"Origin: http://evil.example\r\n", "Origin: null\r\n",
                                           "Sec-Fetch-Site: cross-site\r\n",
                                           "Sec-Fetch-Site: same-site\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(hosts); i++) {
        struct reply r = raw(
            arena, arena_fmt(arena, "GET " API "/things HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                             hosts[i]));
        assert_problem(&r, 421);
    }
    for (size_t i = 0; i < COUNT(crossing); i++) {
        struct reply r = ask("POST", API "/meet", crossing[i], NONE);
        assert_problem(&r, 403);
    }
}

static void every_answer_carries_the_guards(void **state)
{
    static const char *const targets[] = {"/", API "/things", API "/nothing", API "/openapi.json",
                                          "/assets/page.js"};

    (void)state;
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct reply r = GET(targets[i]);
        assert_text(header(&r, "X-Content-Type-Options"), "nosniff");
        assert_text(header(&r, "Referrer-Policy"), "no-referrer");
        assert_true(has(header(&r, "Content-Security-Policy"), "frame-ancestors 'none'"));
        assert_true(header(&r, "Cache-Control").n > 0);
        assert_false(has(r.head, "unsafe-inline"));
    }
}

static void garbage_is_answered_or_dropped_and_nothing_falls_over(void **state)
{
    static const char *const bytes[] = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST " API "/things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
        "GET / HTTP/1.1\r\n: empty\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    uint64_t x = 88172645463325252u;
    char noise[4096];

    (void)state;
    for (size_t i = 0; i < COUNT(bytes); i++)
        assert_false(raw(arena, str_z(bytes[i])).status / 100 == 2);
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < sizeof noise; i++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            noise[i] = (char)x;
        }
        (void)raw(arena, str_n(noise, sizeof noise));
    }
    assert_int_equal(GET(API "/things").status, 200);
}

static void headers_and_targets_have_a_limit(void **state)
{
    char *much = arena_alloc(arena, 200001);
    struct reply r;

    (void)state;
    memset(much, 'a', 200000);
    r = ask("GET", API "/things", arena_fmt(arena, "X: %s\r\n", much).p, NONE);
    assert_true(r.status == 431 || r.status == 413 || r.status == 0);
    much[LIMIT_TARGET] = '\0';
    r = ask("GET", arena_fmt(arena, API "/things?x=%s", much).p, "", NONE);
    assert_problem(&r, 414);
}

static void *one_of_many(void *arg)
{
    struct arena *a = arena_new();
    struct reply r =
        raw(a, arena_fmt(a,
                         "POST " API "/meet HTTP/1.1\r\nHost: localhost:%u\r\nConnection: close\r\n"
                         "Content-Length: 0\r\n\r\n",
                         (unsigned)server_port(server)));

    *(int *)arg = r.status;
    arena_free(a);
    return NULL;
}

static void many_requests_run_at_once(void **state)
{
    pthread_t thread[TOGETHER];
    int status[TOGETHER];

    (void)state;
    pthread_barrier_init(&together, NULL, TOGETHER);
    for (size_t i = 0; i < TOGETHER; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, one_of_many, &status[i]), 0);
    for (size_t i = 0; i < TOGETHER; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(status[i], 200);
    }
    pthread_barrier_destroy(&together);
}

static void one_connection_carries_many_requests(void **state)
{
    struct str one = arena_fmt(arena, "GET " API "/raw HTTP/1.1\r\nHost: localhost:%u\r\n\r\n",
                               (unsigned)server_port(server));
    int fd = dial(), seen = 0;
    struct str all;

    (void)state;
    for (int i = 0; i < 10; i++)
        send_all(fd, one);
    shutdown(fd, SHUT_WR);
    all = receive(arena, fd);
    for (const char *p = all.p; (p = strstr(p, "as it is")) != NULL; p++)
        seen++;
    assert_int_equal(seen, 10);
}

/* Sends the beginning of a request and nothing more, for `seconds` that pass only in the sweep's eyes. */
static void assert_cut(const char *line, const char *rest, int seconds)
{
    int fd = dial();
    char byte;

    send_all(fd, arena_fmt(arena, "%s HTTP/1.1\r\nHost: localhost:%u\r\n%s", line,
                           (unsigned)server_port(server), rest));
    do
        server_sweep(server, server_now() + (int64_t)(seconds + 1) * 1000000);
    while (recv(fd, &byte, 1, MSG_DONTWAIT) != 0 && (errno == EAGAIN || errno == ECONNRESET));
    close(fd);
}

static void who_drips_is_cut_off(void **state)
{
    (void)state;
    assert_cut("GET " API "/things", "X: y", SECONDS_HEAD);
    assert_cut("POST " API "/things", JSON "Content-Length: 100\r\n\r\n{", SECONDS_BODY);
}

static void only_loopback_is_served(void **state)
{
    static const char *const elsewhere[] = {"0.0.0.0", "::", "192.0.2.1", "example.org", ""};

    (void)state;
    for (size_t i = 0; i < COUNT(elsewhere); i++) {
        struct err e = {.lang = LANG_EN};
        assert_null(server_start(&base, &(struct server_options){.bind = elsewhere[i]}, &e));
        assert_int_equal(e.code, ERR_DENIED);
    }
}

static void a_taken_port_is_a_clear_error(void **state)
{
    struct err e = {.lang = LANG_EN};

    (void)state;
    assert_null(server_start(
        &base, &(struct server_options){.bind = "127.0.0.1", .port = server_port(server)}, &e));
    assert_int_equal(e.code, ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_oversize_chunked_body_is_413),
        cmocka_unit_test(a_reader_that_leaves_a_stream_stops_nothing),
        cmocka_unit_test(strangers_are_refused),
        cmocka_unit_test(every_answer_carries_the_guards),
        cmocka_unit_test(garbage_is_answered_or_dropped_and_nothing_falls_over),
        cmocka_unit_test(headers_and_targets_have_a_limit),
        cmocka_unit_test(many_requests_run_at_once),
        cmocka_unit_test(one_connection_carries_many_requests),
        cmocka_unit_test(who_drips_is_cut_off),
        cmocka_unit_test(only_loopback_is_served),
        cmocka_unit_test(a_taken_port_is_a_clear_error),
    };
    return cmocka_run_group_tests_name("server: wire", tests, setup, teardown);
}
