/*
 * server_fixture.h: a room of ops that exercise everything an op can be, served on port 0 without a node, and a client
 * that sends raw bytes: what matters is what a stranger can send.
 */
#ifndef SERVER_FIXTURE_H
#define SERVER_FIXTURE_H

#include "server/internal.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define THING "0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a"

/* ---- a room ---- */

static int run_list(struct ctx *c, const struct args *a, struct out *o)
{
    struct str name, value;

    (void)c;
    out_list(o, "items");
    for (size_t i = 0; arg_rest(a, i, &name, &value); i++) {
        out_open(o, NULL);
        out_str(o, "field", name);
        out_str(o, "value", value);
        out_close(o);
    }
    out_end(o);
    out_int(o, "limit", arg_int(a, "limit", -1));
    out_bool(o, "all", arg_given(a, "all"));
    if (!str_eq(arg(a, "cursor"), S("last")))
        out_z(o, "next", "a b");
    return 0;
}

static int run_show(struct ctx *c, const struct args *a, struct out *o)
{
    if (!str_eq(arg(a, "id"), S(THING)))
        return err_set(c->err, ERR_NOT_FOUND, N_("no record has this id"));
    out_open(o, NULL);
    out_str(o, "id", arg(a, "id"));
    out_str(o, "purpose", c->purpose);
    out_str(o, "case", c->the_case);
    out_z(o, "lang", lang_tag(c->lang));
    out_close(o);
    return 0;
}

static bool has(struct str s, const char *part)
{
    return memmem(s.p, s.n, part, strlen(part)) != NULL;
}

static int run_make(struct ctx *c, const struct args *a, struct out *o)
{
    struct str body = arg(a, "record");

    (void)c;
    if (has(body, "worst")) {
        out_json(o, "faults", S("[{\"code\":\"field.type\"}]"));
        return 1;
    }
    /* As records/ says it: JSON already, in an object that is implied. */
    if (has(body, "worse")) {
        out_z(o, "verdict", "refused");
        out_json(o, "faults", S("[{\"code\":\"field.type\"}]"));
        return 1;
    }
    if (has(body, "bad")) {
        out_z(o, "verdict", "refused");
        out_list(o, "faults");
        out_open(o, NULL);
        out_z(o, "code", "field.type");
        out_close(o);
        out_end(o);
        return 1;
    }
    out_z(o, "id", THING);
    return 0;
}

static int run_reason(struct ctx *c, const struct args *a, struct out *o)
{
    (void)c;
    out_str(o, "reason", arg(a, "reason"));
    out_int(o, "count", arg_int(a, "count", -1));
    return 0;
}

static int run_feed(struct ctx *c, const struct args *a, struct out *o)
{
    struct str bytes;

    if (file_read(c->arena, arena_z(c->arena, arg(a, "file")), LIMIT_FILE, &bytes, c->err))
        return -1;
    out_int(o, "size", (int64_t)bytes.n);
    out_str(o, "first", str_n(bytes.p, bytes.n < 3 ? bytes.n : 3));
    out_z(o, "name", strrchr(arena_z(c->arena, arg(a, "file")), '/') + 1);
    out_list(o, "faults");
    out_end(o);
    return 1; /* some message was refused: still an answer */
}

static int run_stream(struct ctx *c, const struct args *a, struct out *o)
{
    for (int64_t i = 0; i < arg_int(a, "count", 3); i++) {
        out_open(o, NULL);
        out_int(o, "n", i);
        out_close(o);
    }
    return arg_given(a, "fail") ? err_set(c->err, ERR_BUSY, N_("no record has this id")) : 0;
}

/* Two forms: lines as they are, in pieces. */
static int run_table(struct ctx *c, const struct args *a, struct out *o)
{
    (void)c;
    out_line(o, str_eq(arg(a, "format"), S("json")) ? S("{\"a\"") : S("a,"));
    out_line(o, str_eq(arg(a, "format"), S("json")) ? S(":1}\n") : S("b\n"));
    return 0;
}

static int run_raw(struct ctx *c, const struct args *a, struct out *o)
{
    (void)c;
    (void)a;
    out_line(o, S("as it is\n"));
    return 0;
}

static int run_big(struct ctx *c, const struct args *a, struct out *o)
{
    static char kib[1024];

    (void)c;
    (void)a;
    memset(kib, 'x', sizeof kib);
    out_list(o, NULL);
    for (size_t i = 0; i <= LIMIT_ANSWER / sizeof kib; i++)
        out_str(o, NULL, str_n(kib, sizeof kib));
    out_end(o);
    return 0;
}

#define TOGETHER 8
static pthread_barrier_t together;

static int run_meet(struct ctx *c, const struct args *a, struct out *o)
{
    (void)c;
    (void)a;
    pthread_barrier_wait(&together); /* passes only when all the requests run at once */
    out_bool(o, "met", true);
    return 0;
}

static const char *const formats[] = {"x12", "csv", NULL};
static const struct param list_params[] = {{.name = "limit", .type = P_INT},
                                           {.name = "cursor", .type = P_TEXT},
                                           {.name = "all", .type = P_FLAG},
                                           {.name = "fields", .type = P_TEXT, .rest = true},
                                           {0}};
static const struct param show_params[] = {
    {.name = "id", .type = P_ID, .positional = true, .required = true}, {0}};
static const struct param make_params[] = {{.name = "record", .type = P_JSON, .required = true}, {0}};
static const struct param reason_params[] = {
    {.name = "id", .type = P_ID, .positional = true, .required = true},
    {.name = "reason", .type = P_TEXT, .required = true},
    {.name = "count", .type = P_INT},
    {0}};
static const struct param feed_params[] = {
    {.name = "file", .type = P_FILE, .positional = true, .required = true},
    {.name = "as", .type = P_CHOICE, .choices = formats},
    {0}};
static const struct param stream_params[] = {
    {.name = "count", .type = P_INT}, {.name = "fail", .type = P_FLAG}, {0}};
static const struct param kind_params[] = {
    {.name = "kind", .type = P_KIND, .positional = true, .required = true}, {0}};

static const struct op op_list = {
    .name = "list", .params = list_params, .method = "GET", .path = "/things", .run = run_list};
static const struct op op_show = {
    .name = "show", .params = show_params, .method = "GET", .path = "/things/{id}", .run = run_show};
static const struct op op_make = {.name = "make",
                                  .params = make_params,
                                  .flags = OP_WRITES,
                                  .method = "POST",
                                  .path = "/things",
                                  .run = run_make};
static const struct op op_reason = {.name = "reason",
                                    .params = reason_params,
                                    .flags = OP_WRITES,
                                    .method = "POST",
                                    .path = "/things/{id}/reason",
                                    .run = run_reason};
static const struct op op_feed = {.name = "feed",
                                  .params = feed_params,
                                  .flags = OP_WRITES,
                                  .method = "POST",
                                  .path = "/messages",
                                  .run = run_feed};
static const struct op op_stream = {.name = "stream",
                                    .params = stream_params,
                                    .flags = OP_STREAM,
                                    .method = "GET",
                                    .path = "/stream",
                                    .run = run_stream};
static const char *const forms[] = {"csv", "json", NULL};
static const struct param table_params[] = {{.name = "format", .type = P_CHOICE, .choices = forms}, {0}};
static const struct op op_table = {.name = "table",
                                   .params = table_params,
                                   .flags = OP_STREAM,
                                   .method = "GET",
                                   .path = "/table",
                                   .run = run_table};
static const struct op op_raw = {
    .name = "raw", .flags = OP_RAW, .method = "GET", .path = "/raw", .run = run_raw};
static const struct op op_big = {.name = "big", .method = "GET", .path = "/big", .run = run_big};
static const struct op op_meet = {
    .name = "meet", .flags = OP_WRITES, .method = "POST", .path = "/meet", .run = run_meet};
static const struct op op_kind = {
    .name = "kind", .params = kind_params, .method = "GET", .path = "/kinds/{kind}", .run = run_raw};
static const struct op op_first = {
    .name = "first", .flags = OP_RAW, .method = "GET", .path = "/things/first", .run = run_raw};
static const struct op op_local = {
    .name = "local", .flags = OP_LOCAL, .method = "GET", .path = "/local", .run = run_raw};
static const struct op op_sneaky = {
    .name = "sneaky", .flags = OP_WRITES, .method = "GET", .path = "/sneaky", .run = run_raw};
static const struct op *const fake_ops[] = {&op_list,   &op_show,  &op_make,   &op_reason, &op_feed,
                                            &op_stream, &op_raw,   &op_big,    &op_meet,   &op_kind,
                                            &op_first,  &op_local, &op_sneaky, &op_table,  NULL};
static const struct room fake = {.name = "fake", .ops = fake_ops};
static const struct room *const rooms[] = {&fake, NULL};

/* ---- a client ---- */

static struct server *server;
static struct arena *arena;
static struct ctx base;
static struct err err;

struct reply {
    int status;
    struct str head, body; /* body with chunks joined */
};

static inline int dial(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons(server_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static inline void send_all(int fd, struct str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server has had enough: what it said counts */
        s = str_n(s.p + n, s.n - (size_t)n);
    }
}

static inline struct str receive(struct arena *a, int fd)
{
    struct buf b;
    struct str s;
    ssize_t n;

    buf_init(&b, (size_t)64 << 20);
    do {
        char *to = buf_room(&b, 65536);
        n = recv(fd, to, 65536, 0);
        b.n += n > 0 ? (size_t)n : 0;
    } while (n > 0);
    close(fd);
    s = arena_copy(a, buf_view(&b));
    buf_free(&b);
    return s;
}

static inline struct str join_chunks(struct arena *a, struct str s)
{
    struct str all = S("");

    for (;;) {
        char *end;
        size_t n = strtoul(s.p, &end, 16);
        if (n == 0 || s.n < n)
            return all;
        all = arena_fmt(a, "%.*s%.*s", STR_ARG(all), (int)n, end + 2);
        s = str_n(end + 2 + n + 2, s.n - (size_t)(end + 2 + n + 2 - s.p));
    }
}

static inline struct reply raw(struct arena *a, struct str request)
{
    int fd = dial();
    struct reply r = {0};
    struct str all;
    const char *gap;

    send_all(fd, request);
    shutdown(fd, SHUT_WR);
    all = receive(a, fd);
    if (!str_starts(all, S("HTTP/1.")))
        return r;
    r.status = atoi(all.p + 9);
    gap = memmem(all.p, all.n, "\r\n\r\n", 4);
    assert_non_null(gap);
    r.head = str_n(all.p, (size_t)(gap + 2 - all.p));
    r.body = str_n(gap + 4, all.n - r.head.n - 2);
    if (memmem(r.head.p, r.head.n, "chunked", 7))
        r.body = join_chunks(a, r.body);
    return r;
}

/* `headers`: further lines, each with its CRLF. */
static inline struct reply ask(const char *method, const char *target, const char *headers, struct str body)
{
    struct str more = body.p ? arena_fmt(arena, "Content-Length: %zu\r\n", body.n) : S("");
    struct str head =
        arena_fmt(arena, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n%.*s%s\r\n", method,
                  target, (unsigned)server_port(server), STR_ARG(more), headers);
    char *all = arena_alloc(arena, head.n + body.n + 1);

    memcpy(all, head.p, head.n);
    if (body.n)
        memcpy(all + head.n, body.p, body.n);
    return raw(arena, str_n(all, head.n + body.n));
}

#define NONE        ((struct str){0})
#define GET(target) ask("GET", target, "", NONE)
#define JSON        "Content-Type: application/json\r\n"

static inline struct str header(const struct reply *r, const char *name)
{
    struct str rest = r->head, line;

    while (str_split(&rest, '\n', &line))
        if (line.n > strlen(name) && strncasecmp(line.p, name, strlen(name)) == 0 &&
            line.p[strlen(name)] == ':')
            return str_trim(str_n(line.p + strlen(name) + 1, line.n - strlen(name) - 1));
    return S("");
}

static inline void assert_text(struct str got, const char *want)
{
    if (!str_eq(got, str_z(want)))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static inline void assert_problem(const struct reply *r, int status)
{
    json_t *j = json_loadb(r->body.p, r->body.n, 0, NULL);

    assert_int_equal(r->status, status);
    assert_text(header(r, "Content-Type"), "application/problem+json");
    assert_non_null(j);
    assert_int_equal(json_integer_value(json_object_get(j, "status")), status);
    assert_true(json_string_length(json_object_get(j, "title")) > 0);
    assert_true(json_string_length(json_object_get(j, "detail")) > 0);
    assert_string_equal(json_string_value(json_object_get(j, "type")), "about:blank");
    json_decref(j);
}

static inline int setup(void **state)
{
    (void)state;
    arena = arena_new();
    base = (struct ctx){.world = world_real(), .rooms = rooms, .lang = LANG_EN};
    server = server_start(&base, &(struct server_options){.bind = "127.0.0.1"}, &err);
    return server ? 0 : -1;
}

static inline int teardown(void **state)
{
    (void)state;
    server_stop(server);
    arena_free(arena);
    return 0;
}

#endif
