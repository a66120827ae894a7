/*
 * The server over a room of the test's own: raw bytes through a socket, because what matters is what a stranger can
 * send. Port 0, no node, no clock, no sleep.
 */
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

static int run_make(struct ctx *c, const struct args *a, struct out *o)
{
    struct str body = arg(a, "record");

    (void)c;
    if (memmem(body.p, body.n, "worse",
               5)) { /* as records/ says it: JSON already, in an object that is implied */
        out_z(o, "verdict", "refused");
        out_json(o, "faults", S("[{\"code\":\"field.type\"}]"));
        return 1;
    }
    if (memmem(body.p, body.n, "bad", 3)) {
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

static int dial(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons(server_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void send_all(int fd, struct str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server has had enough: what it said counts */
        s = str_n(s.p + n, s.n - (size_t)n);
    }
}

static struct str receive(struct arena *a, int fd)
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

static struct str join_chunks(struct arena *a, struct str s)
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

static struct reply raw(struct arena *a, struct str request)
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
static struct reply ask(const char *method, const char *target, const char *headers, struct str body)
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

static struct str header(const struct reply *r, const char *name)
{
    struct str rest = r->head, line;

    while (str_split(&rest, '\n', &line))
        if (line.n > strlen(name) && strncasecmp(line.p, name, strlen(name)) == 0 &&
            line.p[strlen(name)] == ':')
            return str_trim(str_n(line.p + strlen(name) + 1, line.n - strlen(name) - 1));
    return S("");
}

static void assert_text(struct str got, const char *want)
{
    if (!str_eq(got, str_z(want)))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static bool has(struct str s, const char *part)
{
    return memmem(s.p, s.n, part, strlen(part)) != NULL;
}

static void assert_problem(const struct reply *r, int status)
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

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    base = (struct ctx){.world = world_real(), .rooms = rooms, .lang = LANG_EN};
    server = server_start(&base, &(struct server_options){.bind = "127.0.0.1"}, &err);
    return server ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    server_stop(server);
    arena_free(arena);
    return 0;
}

/* ---- verdicts ---- */

static void paths_lead_to_ops(void **state)
{
    struct reply r = GET(API "/things?limit=3&port=2704&name=A%20B+C&all");

    (void)state;
    assert_int_equal(r.status, 200);
    assert_text(
        r.body,
        "{\"items\":[{\"field\":\"port\",\"value\":\"2704\"},{\"field\":\"name\",\"value\":\"A B C\"}],"
        "\"limit\":3,\"all\":true,\"next\":\"a b\"}\n");
    r = GET(API "/things/first");
    assert_text(r.body, "as it is\n");
    assert_text(header(&r, "Content-Type"), "text/plain; charset=utf-8");
    r = GET(API "/things/" THING "?purpose=p&case=c");
    assert_text(r.body, "{\"id\":\"" THING "\",\"purpose\":\"p\",\"case\":\"c\",\"lang\":\"en\"}\n");
    assert_text(header(&r, "Cache-Control"), "no-store");
}

static void errors_are_problems_with_their_status(void **state)
{
    static const struct {
        const char *method, *target, *headers, *body;
        int status;
    } cases[] = {
        {"GET", API "/nothing", "", NULL, 404},
        {"GET", "/nothing", "", NULL, 404},
        {"GET", API "/things/", "", NULL, 404},
        {"GET", API "/things/0199e6a2-7c1e-7b3f-8a5d-000000000000", "", NULL, 404},
        {"GET", API "/things/x", "", NULL, 400},
        {"GET", API "/kinds/nosuch", "", NULL, 404},
        {"GET", API "/local", "", NULL, 404},
        {"GET", API "/sneaky", "", NULL, 404},
        {"GET", API "/things?limit=many", "", NULL, 400},
        {"GET", API "/things?limit=1&limit=2", "", NULL, 400},
        {"GET", API "/raw?what=1", "", NULL, 400},
        {"GET", API "/things?x=%zz", "", NULL, 400},
        {"GET", API "/things?x=%00", "", NULL, 400},
        {"GET", API "/things?x=%ff", "", NULL, 400},
        {"POST", API "/messages?file=/etc/passwd", "", NULL, 400},
        {"POST", API "/messages", "", NULL, 400},
        {"POST", API "/messages?as=pdf", "Content-Type: text/csv\r\n", "a", 400},
        {"POST", API "/messages", "Content-Type: text/plain\r\n", "a", 415},
        {"POST", API "/things", "Content-Type: text/plain\r\n", "{}", 415},
        {"POST", API "/things", "", "{}", 415},
        {"POST", API "/things", JSON, "{", 400},
        {"POST", API "/things", JSON, "7", 400},
        {"POST", API "/things/" THING "/reason", JSON, "{\"reason\":{}}", 400},
        {"POST", API "/things/" THING "/reason", JSON, "{\"nothing\":1}", 400},
        {"POST", API "/things/" THING "/reason", JSON, "{}", 400},
        {"PUT", API "/things", JSON, "{}", 405},
        {"DELETE", API "/things/" THING, "", NULL, 405},
        {"POST", "/", "", NULL, 405},
        {"GET", API "/things", "Accept: text/html\r\n", NULL, 406},
        {"GET", API "/stream", "Accept: application/json\r\n", NULL, 406},
        {"GET", API "/stream?fail&count=0", "", NULL, 503},
        {"GET", API "/big", "", NULL, 413},
        {"POST", API "/things", "Content-Type: application/json\r\nContent-Length: 99999999\r\n", NULL,
         413},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reply r = ask(cases[i].method, cases[i].target, cases[i].headers, str_z(cases[i].body));
        if (r.status != cases[i].status)
            fail_msg("%s %s: %d, want %d: %.*s", cases[i].method, cases[i].target, r.status,
                     cases[i].status, STR_ARG(r.body));
        assert_problem(&r, cases[i].status);
    }
}

static void unknown_query_parts_are_named(void **state)
{
    struct reply r = GET(API "/raw?colour=red");

    (void)state;
    assert_true(has(r.body, "colour"));
}

static void a_405_says_what_is_allowed(void **state)
{
    struct reply r = ask("PUT", API "/things", "", NONE);

    (void)state;
    assert_text(header(&r, "Allow"), "GET, HEAD, POST");
    r = ask("OPTIONS", API "/things", "", NONE);
    assert_int_equal(r.status, 204);
    assert_text(header(&r, "Allow"), "GET, HEAD, POST");
}

static void created_records_have_a_location(void **state)
{
    struct reply r = ask("POST", API "/things", JSON, S("{\"a\":1}"));

    (void)state;
    assert_int_equal(r.status, 201);
    assert_text(header(&r, "Location"), API "/things/" THING);
}

static void faults_come_in_the_problem(void **state)
{
    static const char *const bodies[] = {"{\"bad\":1}", "{\"worse\":1}"};

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct reply r = ask("POST", API "/things", JSON, str_z(bodies[i]));
        json_t *j = json_loadb(r.body.p, r.body.n, 0, NULL);

        assert_problem(&r, 422);
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(json_object_get(j, "faults"), 0), "code")),
            "field.type");
        assert_string_equal(json_string_value(json_object_get(json_object_get(j, "answer"), "verdict")),
                            "refused");
        json_decref(j);
    }
}

static void json_members_become_arguments(void **state)
{
    struct reply r =
        ask("POST", API "/things/" THING "/reason", JSON, S("{\"reason\":\"\\u00f1\",\"count\":7}"));

    (void)state;
    assert_int_equal(r.status, 200);
    assert_text(r.body, "{\"reason\":\"ñ\",\"count\":7}\n");
}

static void files_are_spooled(void **state)
{
    size_t n = (size_t)5 << 20;
    char *big = arena_alloc(arena, n);
    struct reply r;

    (void)state;
    memcpy(big, "ISA", 3);
    r = ask("POST", API "/messages?as=x12", "Content-Type: application/EDI-X12\r\n", str_n(big, n));
    assert_text(r.body, "{\"size\":5242880,\"first\":\"ISA\",\"name\":\"body\",\"faults\":[]}\n");
    r = raw(arena, arena_fmt(arena,
                             "POST " API "/messages HTTP/1.1\r\nHost: localhost:%u\r\nConnection: close\r\n"
                             "Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\nContent-Disposition: "
                             "attachment; filename=\"../x/a.csv\"\r\n\r\n"
                             "3\r\na,b\r\n2\r\n,c\r\n0\r\n\r\n",
                             (unsigned)server_port(server)));
    assert_text(r.body, "{\"size\":5,\"first\":\"a,b\",\"name\":\"a.csv\",\"faults\":[]}\n");
}

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

static void lists_link_to_the_next_page(void **state)
{
    struct reply r = GET(API "/things?limit=2&cursor=x&port=1");

    (void)state;
    assert_text(header(&r, "Link"), "<" API "/things?limit=2&port=1&cursor=a%20b>; rel=\"next\"");
    r = GET(API "/things?cursor=last");
    assert_text(header(&r, "Link"), "");
}

static void etags_are_strong_and_spare_the_body(void **state)
{
    struct reply r = GET(API "/things"), again, other;
    struct str etag = header(&r, "ETag");

    (void)state;
    assert_int_equal(etag.n, 66);
    again = ask("GET", API "/things", arena_fmt(arena, "If-None-Match: \"x\", W/%.*s\r\n", STR_ARG(etag)).p,
                NONE);
    assert_int_equal(again.status, 304);
    assert_int_equal(again.body.n, 0);
    assert_true(str_eq(header(&again, "ETag"), etag));
    other = GET(API "/things?limit=1");
    assert_false(str_eq(header(&other, "ETag"), etag));
}

static void head_is_get_without_a_body(void **state)
{
    struct reply get = GET(API "/things"), r = ask("HEAD", API "/things", "", NONE);

    (void)state;
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body.n, 0);
    assert_true(str_eq(header(&r, "Content-Length"), header(&get, "Content-Length")));
    assert_true(str_eq(header(&r, "ETag"), header(&get, "ETag")));
    r = ask("HEAD", API "/stream?count=100000", "", NONE);
    assert_int_equal(r.status, 200);
}

static void streams_are_lines(void **state)
{
    struct reply r = GET(API "/stream");

    (void)state;
    assert_text(header(&r, "Content-Type"), "application/x-ndjson");
    assert_text(r.body, "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n");
    r = GET(API "/stream?count=1&fail");
    assert_text(r.body, "{\"n\":0}\n{\"error\":\"no record has this id\"}\n");
}

static void the_form_is_negotiated(void **state)
{
    struct reply r = GET(API "/table");

    (void)state;
    assert_text(header(&r, "Content-Type"), "text/csv; charset=utf-8; header=present");
    assert_text(r.body, "a,b\n");
    r = ask("GET", API "/table", "Accept: application/x-ndjson\r\n", NONE);
    assert_text(header(&r, "Content-Type"), "application/x-ndjson");
    assert_text(r.body, "{\"a\":1}\n");
    r = ask("GET", API "/table?format=csv", "Accept: application/x-ndjson\r\n", NONE);
    assert_problem(&r, 406);
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

static void answers_come_in_the_language_asked_for(void **state)
{
    struct reply r =
        ask("GET", API "/things/" THING, "Accept-Language: fr, en;q=0.2, es-MX;q=0.8\r\n", NONE);

    (void)state;
    assert_text(header(&r, "Content-Language"), "es");
    assert_true(has(r.body, "\"lang\":\"es\""));
    r = ask("GET", API "/things/" THING "?lang=en", "Accept-Language: es\r\n", NONE);
    assert_text(header(&r, "Content-Language"), "en");
    r = ask("GET", "/", "Accept-Language: es\r\n", NONE);
    assert_true(has(r.body, "<html lang=\"es\""));
}

static void purpose_comes_by_header(void **state)
{
    struct reply r =
        ask("GET", API "/things/" THING, "Puente-Purpose: inspección\r\nPuente-Case: 7\r\n", NONE);

    (void)state;
    assert_true(has(r.body, "\"purpose\":\"inspección\",\"case\":\"7\""));
    r = ask("GET", API "/things/" THING, "Puente-Purpose: \xff\r\n", NONE);
    assert_problem(&r, 400);
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
        cmocka_unit_test(paths_lead_to_ops),
        cmocka_unit_test(errors_are_problems_with_their_status),
        cmocka_unit_test(unknown_query_parts_are_named),
        cmocka_unit_test(a_405_says_what_is_allowed),
        cmocka_unit_test(created_records_have_a_location),
        cmocka_unit_test(faults_come_in_the_problem),
        cmocka_unit_test(json_members_become_arguments),
        cmocka_unit_test(files_are_spooled),
        cmocka_unit_test(an_oversize_chunked_body_is_413),
        cmocka_unit_test(lists_link_to_the_next_page),
        cmocka_unit_test(etags_are_strong_and_spare_the_body),
        cmocka_unit_test(head_is_get_without_a_body),
        cmocka_unit_test(streams_are_lines),
        cmocka_unit_test(the_form_is_negotiated),
        cmocka_unit_test(a_reader_that_leaves_a_stream_stops_nothing),
        cmocka_unit_test(answers_come_in_the_language_asked_for),
        cmocka_unit_test(purpose_comes_by_header),
        cmocka_unit_test(strangers_are_refused),
        cmocka_unit_test(every_answer_carries_the_guards),
        cmocka_unit_test(garbage_is_answered_or_dropped_and_nothing_falls_over),
        cmocka_unit_test(headers_and_targets_have_a_limit),
        cmocka_unit_test(many_requests_run_at_once),
        cmocka_unit_test(one_connection_carries_many_requests),
        cmocka_unit_test(only_loopback_is_served),
        cmocka_unit_test(a_taken_port_is_a_clear_error),
    };
    return cmocka_run_group_tests_name("server", tests, setup, teardown);
}
