/* JSON lines, CSV with mappings and OFAC lists: what they give and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zlib.h>

#include "feeds_sink.h"

#define MAPPING(text) ((struct feeds_options){.mapping = S(text)})
#define NONE          ((struct feeds_options){.as = NULL})

/* ---- rows ---- */

static void a_bad_line_refuses_only_itself(void **state)
{
    struct said *s = said_text(&reader_jsonl,
                               "{\"kind\":\"wait\",\"fields\":{\"port\":\"2404\",\"minutes\":35}}\n"
                               "{\"kind\":\"wait\",\"fields\":{\"port\":\n"
                               "\n"
                               "{\"kind\":\"nothing\",\"fields\":{}}\r\n"
                               "{\"exercise\":true,\"kind\":\"wait\",\"fields\":{\"port\":\"2304\"}}",
                               NONE);

    (void)state;
    assert_non_null(s);
    assert_int_equal(s->messages, 4);
    assert_int_equal(s->records, 2);
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 2);
    assert_int_equal(s->verdicts[FEEDS_REFUSED], 2);
    assert_int_equal(said_count(s, "json.syntax"), 1);
    assert_int_equal(said_count(s, "json.kind"), 1);
    assert_int_equal(s->fault[0].line, 2);
    assert_int_equal(s->fault[1].line, 4);
    assert_true(s->exercise);
    assert_true(said_has(s, "\"minutes\":35"));
    said_free(s);
}

static void arrays_and_printed_objects_are_read(void **state)
{
    static const char *const forms[] = {
        "[{\"kind\":\"wait\",\"fields\":{\"port\":\"1\"}},\n "
        "{\"kind\":\"wait\",\"fields\":{\"port\":\"}2\"}}]\n",
        "{\n  \"kind\": \"wait\",\n  \"fields\": {\"port\": \"1\"}\n}\n{\n  \"kind\": \"wait\",\n  "
        "\"fields\": {}\n}\n",
        "\xef\xbb\xbf[\n{\"kind\":\"wait\",\"fields\":{}}\n,\n{\"kind\":\"wait\",\"fields\":{}}\n]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct said *s = said_text(&reader_jsonl, forms[i], NONE);

        assert_int_equal(s->messages, 2);
        assert_int_equal(s->records, 2);
        assert_int_equal(s->listed, 0);
        said_free(s);
    }
}

static void references_and_faults_in_lines(void **state)
{
    struct said *s = said_text(&reader_jsonl,
                               "{\"kind\":\"item\",\"fields\":{\"consignment\":\"#1\"}}\n"
                               "{\"fault\":{\"code\":\"edi.count\"}}\n",
                               NONE);

    (void)state;
    assert_int_equal(said_count(s, "json.reference"), 1);
    assert_string_equal(s->fault[0].tag, "consignment");
    assert_int_equal(said_count(s, "json.fault"), 1);
    assert_int_equal(s->verdicts[FEEDS_REFUSED], 1);
    said_free(s);
}

static void csv_without_a_mapping(void **state)
{
    struct said *s = said_text(&reader_csv,
                               "\xef\xbb\xbfkind;port;minutes;source;exercise\r\n"
                               "wait;2404;35;\"a;\"\"b\"\"\r\nc\";true\r\n"
                               "wait;2404;many;;\r\n"
                               "wait;2404\r\n"
                               "nothing;2404;1;;\r\n"
                               "wait;2404;5;x\r\n",
                               NONE);

    (void)state;
    assert_int_equal(s->messages, 5);
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 1);
    assert_true(said_has(s, "\"source\":\"a;\\\"b\\\"\\r\\nc\""));
    assert_true(s->exercise);
    assert_int_equal(said_count(s, "field.type"), 1);
    assert_int_equal(said_count(s, "csv.columns"), 2);
    assert_int_equal(said_count(s, "csv.kind"), 1);
    assert_int_equal(s->fault[0].line, 4); /* the first row spans two lines */
    said_free(s);
}

static void csv_with_a_mapping(void **state)
{
    struct said *s = said_text(&reader_csv,
                               "Fecha,Cantidad,Direcci\xf3n,Obs\n"
                               "31/12/2025 08:05,\"1.234,5\",Norte,x\n"
                               "31/02/2025 08:05,1,Sur,x\n"
                               "01/01/2026 00:00,N/D,Norte,x\n",
                               MAPPING("# traslado\nkind item\n"
                                       "column Fecha -> marks date \"dd/mm/yyyy hh:mi\"\n"
                                       "column \"Cantidad\" -> quantity decimal ,\n"
                                       "column \"Direcci\xc3\xb3n\" -> description\n"
                                       "value Norte -> description north\n"
                                       "absent \"N/D\"\nignore Obs\nconst package \"BX\"\nexercise\n"));

    (void)state;
    assert_int_equal(said_count(s, "csv.encoding"), 1);
    assert_int_equal(said_count(s, "csv.date"), 1);
    assert_int_equal(s->fault[1].line, 3);
    assert_true(said_has(s, "\"marks\":\"2025-12-31T08:05:00\""));
    assert_true(said_has(s, "\"quantity\":1234.5"));
    assert_true(said_has(s, "\"description\":\"north\""));
    assert_true(said_has(s, "\"package\":\"BX\""));
    assert_true(s->exercise);
    said_free(s);
}

static void a_mapping_that_is_wrong_names_its_line(void **state)
{
    static const char *const bad[] = {"kind nothing\n",
                                      "kind item\ncolumn X ->\n",
                                      "kind item\ncolumn X -> nofield\n",
                                      "kind item\ncolumn \"X -> marks\n",
                                      "kind item\nmumble\n",
                                      "kind item\ncolumn X -> marks backwards\n",
                                      "column X -> marks\n"};
    static const int line[] = {1, 2, 2, 2, 2, 2, 1};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct err e = {.lang = LANG_EN};
        struct said_source from = {.left = S("X\n1\n")};
        char expected[40];

        assert_null(
            said_parse(&reader_csv, &from, (struct feeds_options){.mapping = str_z(bad[i])}, NULL, &e));
        assert_int_equal(e.code, ERR_USAGE);
        snprintf(expected, sizeof expected, "line %d", line[i]);
        assert_non_null(strstr(e.text, expected));
    }
}

static void a_header_that_says_nothing_is_not_understood(void **state)
{
    struct said *s = said_text(&reader_csv, "a,b\n1,2\n", NONE);

    (void)state;
    assert_int_equal(s->verdicts[FEEDS_NOT_UNDERSTOOD], 1);
    assert_int_equal(said_count(s, "csv.header"), 1);
    said_free(s);
    s = said_text(&reader_csv, "a,b\n1,2\n", MAPPING("kind item\ncolumn a -> marks\ncolumn c -> hs\n"));
    assert_int_equal(said_count(s, "csv.column.missing"), 1);
    assert_int_equal(said_count(s, "csv.column.unknown"), 1);
    assert_int_equal(s->verdicts[FEEDS_NOT_UNDERSTOOD], 1);
    said_free(s);
}

static void an_unclosed_quote_takes_only_its_line(void **state)
{
    struct said *s = said_text(&reader_csv, "kind,port\nwait,\"24\nwait,2305\n\nwait,5 wide\n", NONE);

    (void)state;
    assert_int_equal(s->messages, 3);
    assert_int_equal(said_count(s, "csv.quote"), 1);
    assert_int_equal(s->fault[0].line, 2);
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 2);
    said_free(s);
}

/* The same bytes in reads of one byte say the same, and rows longer than the limit are faults. */
static void seams_and_limits(void **state)
{
    static const char text[] =
        "kind,port\r\nwait,\"a\"\"b\r\nc\"\r\nwait,0123456789012345678901234567890123456789\r\n"
        "wait,x\r\n";
    struct feeds_limits small = feeds_limits_default;
    struct said *whole = said_text(&reader_csv, text, NONE), *bytewise;
    struct said_source from = {.left = S(text), .most = 1};
    struct err e = {.lang = LANG_EN};

    (void)state;
    bytewise = said_parse(&reader_csv, &from, NONE, NULL, &e);
    assert_int_equal(whole->records, 3);
    assert_int_equal(bytewise->records, 3);
    assert_memory_equal(whole->lines.p, bytewise->lines.p, whole->lines.n);
    assert_memory_equal(whole->digest, bytewise->digest, sizeof whole->digest);
    said_free(whole);
    said_free(bytewise);
    small.segment = 32;
    whole = said_text(&reader_csv, text, (struct feeds_options){.limits = &small});
    assert_int_equal(said_count(whole, "csv.long"), 1);
    assert_int_equal(whole->verdicts[FEEDS_TAKEN], 2);
    said_free(whole);
}

/* ---- lists ---- */

static void an_entry_of_ofac_is_taken_apart(void **state)
{
    struct said *s = said_text(
        &reader_ofac_sdn,
        "7,\"PEREZ, Juan\",\"individual\",\"SDNTK] [TCO\",\"Boss\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"
        "\"DOB 07 Dec 1962; POB Culiacan, Mexico; nationality Mexico; R.F.C. PEPJ621207AB1 (Mexico); "
        "alt. Passport A1 (Mexico) issued 1 Jan 2001; a.k.a. 'EL J'.\"\n"
        "8,\"SHIP\",\"vessel\",\"IRAN\",-0- ,\"5BABC\",\"Tanker\",\"100\",-0- ,\"Panama\",-0- ,"
        "\"Vessel Registration Identification IMO 9183786; MMSI 572469210.\"\n"
        "x,\"SHIP\",\"vessel\",\"IRAN\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n"
        "9,\"SHORT\"\n\x1a\n",
        NONE);

    (void)state;
    assert_int_equal(s->messages, 4);
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 2);
    assert_int_equal(said_count(s, "ofac.number"), 1);
    assert_int_equal(said_count(s, "ofac.columns"), 1);
    assert_true(
        said_has(s, "\"subject\":\"person\",\"name\":\"PEREZ, Juan\",\"birth_date\":\"1962-12-07\""));
    assert_true(said_has(s, "\"programme\":\"SDNTK; TCO\""));
    assert_true(said_has(s, "\"scheme\":\"rfc\",\"value\":\"PEPJ621207AB1\",\"country\":\"MX\""));
    assert_true(said_has(s, "\"scheme\":\"passport\",\"value\":\"A1\",\"country\":\"MX\""));
    assert_true(said_has(s, "\"name\":\"EL J\",\"name_type\":\"aka\",\"quality\":\"weak\""));
    assert_true(said_has(s, "\"scheme\":\"imo\",\"value\":\"9183786\""));
    assert_true(said_has(s, "\"scheme\":\"mmsi\",\"value\":\"572469210\""));
    assert_true(said_has(s, "\"scheme\":\"call-sign\",\"value\":\"5BABC\""));
    assert_true(said_has(s, "\"country\":\"PA\""));
    said_free(s);
}

static void the_published_lists_are_read_whole(void **state)
{
    static const struct {
        const struct feeds_reader *reader;
        const char *path;
        uint64_t rows;
    } lists[] = {
        {&reader_ofac_sdn, "watchlists/ofac_sdn_2024-05-03.csv", 14965},
        {&reader_ofac_sdn, "watchlists/ofac_2021-07-07_sdn.csv", 8976},
        {&reader_ofac_sdn, "watchlists/ofac_nonsdn_cons_prim.csv", 442},
        {&reader_ofac_alt, "watchlists/ofac_alt_2024-09-25.csv", 18939},
        {&reader_ofac_alt, "watchlists/ofac_2021-07-07_alt.csv", 11910},
        {&reader_ofac_alt, "watchlists/ofac_nonsdn_cons_alt.csv", 1073},
        {&reader_ofac_add, "watchlists/ofac_add_2025-12-24.csv", 24244},
        {&reader_ofac_add, "watchlists/ofac_2021-07-07_add.csv", 13837},
        {&reader_ofac_add, "watchlists/ofac_nonsdn_cons_add.csv", 574},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct said *s = said_shared(lists[i].reader, lists[i].path);

        if (!s)
            skip();
        if (s->messages != lists[i].rows || s->faults[SEV_WARNING] || s->faults[SEV_ERROR]) {
            fprintf(stderr, "%s\n", lists[i].path);
            said_print(s);
        }
        assert_int_equal(s->messages, lists[i].rows);
        assert_int_equal(s->verdicts[FEEDS_TAKEN], lists[i].rows);
        assert_int_equal(s->faults[SEV_WARNING] + s->faults[SEV_ERROR], 0);
        said_free(s);
    }
}

/* ---- gzip ---- */

/* {"kind":"wait","fields":{"port":"2404"}} and a line feed, by gzip -n9 */
static const unsigned char zipped[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0xca, 0xce, 0xcc,
    0x4b, 0x51, 0xb2, 0x52, 0x2a, 0x4f, 0xcc, 0x2c, 0x51, 0xd2, 0x51, 0x4a, 0xcb, 0x4c, 0xcd,
    0x49, 0x29, 0x56, 0xb2, 0xaa, 0x56, 0x2a, 0xc8, 0x2f, 0x2a, 0x01, 0x8a, 0x1b, 0x99, 0x18,
    0x98, 0x28, 0xd5, 0xd6, 0x72, 0x01, 0x00, 0x80, 0xba, 0x3d, 0x59, 0x29, 0x00, 0x00, 0x00,
};

static struct said *said_zipped(size_t n, size_t times, size_t piece, struct err *e)
{
    char twice[2 * sizeof zipped];
    struct said_source from = {.left = {twice, n * times}, .most = piece};

    for (size_t i = 0; i < times; i++)
        memcpy(twice + i * n, zipped, n);
    return said_parse(&reader_jsonl, &from, NONE, NULL, e);
}

static void gzip_is_unwrapped(void **state)
{
    struct err e = {.lang = LANG_EN};
    struct said *s = said_zipped(sizeof zipped, 2, 1, &e);

    (void)state;
    assert_non_null(s);
    assert_int_equal(s->records, 2); /* two members, byte by byte */
    assert_int_equal(s->listed, 0);
    said_free(s);
    assert_null(said_zipped(sizeof zipped - 9, 1, 0, &e));
    assert_int_equal(e.code, ERR_DATA);
}

/* 32 MiB of line feeds in a few KiB. */
static void a_bomb_is_stopped(void **state)
{
    static unsigned char many[1 << 16], small[1 << 17];
    z_stream z = {.next_out = small, .avail_out = sizeof small};
    struct err e = {.lang = LANG_EN};
    struct said_source from;

    (void)state;
    memset(many, '\n', sizeof many);
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    for (int i = 0; i < 512; i++) {
        z.next_in = many;
        z.avail_in = sizeof many;
        assert_int_equal(deflate(&z, i == 511 ? Z_FINISH : Z_NO_FLUSH), i == 511 ? Z_STREAM_END : Z_OK);
    }
    from = (struct said_source){.left = str_n(small, sizeof small - z.avail_out)};
    deflateEnd(&z);
    assert_null(said_parse(&reader_jsonl, &from, NONE, NULL, &e));
    assert_int_equal(e.code, ERR_DATA);
    assert_non_null(strstr(e.text, "proportion"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_line_refuses_only_itself),
        cmocka_unit_test(arrays_and_printed_objects_are_read),
        cmocka_unit_test(references_and_faults_in_lines),
        cmocka_unit_test(csv_without_a_mapping),
        cmocka_unit_test(csv_with_a_mapping),
        cmocka_unit_test(a_mapping_that_is_wrong_names_its_line),
        cmocka_unit_test(a_header_that_says_nothing_is_not_understood),
        cmocka_unit_test(an_unclosed_quote_takes_only_its_line),
        cmocka_unit_test(seams_and_limits),
        cmocka_unit_test(an_entry_of_ofac_is_taken_apart),
        cmocka_unit_test(the_published_lists_are_read_whole),
        cmocka_unit_test(gzip_is_unwrapped),
        cmocka_unit_test(a_bomb_is_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
