/* The HTTP API: routes, arguments, answers, their status and headers. */
#include "server_fixture.h"

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
    static const char *const bodies[] = {"{\"bad\":1}", "{\"worse\":1}", "{\"worst\":1}"};

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct reply r = ask("POST", API "/things", JSON, str_z(bodies[i]));
        json_t *j = json_loadb(r.body.p, r.body.n, 0, NULL);

        assert_problem(&r, 422);
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(json_object_get(j, "faults"), 0), "code")),
            "field.type");
        assert_null(json_object_get(json_object_get(j, "answer"), "faults"));
        if (i < 2)
            assert_string_equal(json_string_value(json_object_get(json_object_get(j, "answer"), "verdict")),
                                "refused");
        else
            assert_null(json_object_get(j, "answer"));
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
    r = GET(API "/things/" THING "?purpose=a%0Ab");
    assert_problem(&r, 400);
    r = ask("GET", API "/things/" THING, arena_fmt(arena, "Puente-Case: %0*d\r\n", LIMIT_CASE + 1, 0).p,
            NONE);
    assert_problem(&r, 400);
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
        cmocka_unit_test(lists_link_to_the_next_page),
        cmocka_unit_test(etags_are_strong_and_spare_the_body),
        cmocka_unit_test(head_is_get_without_a_body),
        cmocka_unit_test(streams_are_lines),
        cmocka_unit_test(the_form_is_negotiated),
        cmocka_unit_test(answers_come_in_the_language_asked_for),
        cmocka_unit_test(purpose_comes_by_header),
    };
    return cmocka_run_group_tests_name("server", tests, setup, teardown);
}
