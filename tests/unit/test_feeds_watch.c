/* Watch lists: the published files whole, entries taken apart, bad ones refused alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feeds_sink.h"

#define NONE ((struct feeds_options){.as = NULL})

static size_t said_kinds(const struct said *s, const char *kind)
{
    size_t n = 0, long_ = strlen(kind);

    for (size_t i = 0; i + long_ < s->lines.n; i++)
        n += (i == 0 || s->lines.p[i - 1] == '\n') && memcmp(s->lines.p + i, kind, long_) == 0 &&
             s->lines.p[i + long_] == ' ';
    return n;
}

/* As many entries and rows as the files have, counted by another program; no fault. */
static void the_published_lists_are_read_whole(void **state)
{
    static const struct {
        const struct feeds_reader *reader;
        const char *path;
        uint64_t messages, records;
    } lists[] = {
        /* 730 individuals, 273 entities; 2,752 aliases, 378 original scripts, 454 numbers, 743 addresses */
        {&reader_un, "watchlists/un_consolidated.xml.gz", 1003, 1003 + 2752 + 378 + 454 + 743},
        {&reader_bis_dpl, "watchlists/us_bis_dpl_2021-07-07.txt", 581, 581 + 581},
        {&reader_sat_69b, "watchlists/mx_sat_69b_2023-07-25_legal_entities.csv", 9900, 9900 * 2},
        {&reader_ofac_sdn, "watchlists/ofac_nonsdn_cons_prim.csv", 442, 0},
        {&reader_ofac_alt, "watchlists/ofac_nonsdn_cons_alt.csv", 1073, 0},
        {&reader_ofac_add, "watchlists/ofac_nonsdn_cons_add.csv", 574, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct said *s = said_shared(lists[i].reader, lists[i].path);

        if (!s)
            skip();
        if (s->messages != lists[i].messages || (lists[i].records && s->records != lists[i].records))
            said_print(s);
        assert_int_equal(s->messages, lists[i].messages);
        assert_int_equal(s->verdicts[FEEDS_TAKEN], lists[i].messages);
        if (lists[i].records) {
            assert_int_equal(s->listed, 0);
            assert_int_equal(s->records, lists[i].records);
        }
        said_free(s);
    }
}

#define UN      "<CONSOLIDATED_LIST dateGenerated=\"2026-11-21\"><INDIVIDUALS>\n"
#define UN_END  "</INDIVIDUALS></CONSOLIDATED_LIST>"
#define UN_NAME "<INDIVIDUAL><FIRST_NAME>A</FIRST_NAME><REFERENCE_NUMBER>X.1</REFERENCE_NUMBER>"

static void a_bad_entry_refuses_only_itself(void **state)
{
    struct said *s =
        said_text(&reader_un,
                  UN UN_NAME "</INDIVIDUAL>\n<INDIVIDUAL><FIRST_NAME>B</FIRST_NAME></INDIVIDUAL>"
                             "<INDIVIDUAL/>\n" UN_NAME "<LISTED_ON>soon</LISTED_ON></INDIVIDUAL>" UN_END,
                  NONE);

    (void)state;
    assert_int_equal(s->messages, 4);
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 2);
    assert_int_equal(said_count(s, "watch.missing"), 3);
    assert_int_equal(said_count(s, "watch.date"), 1);
    assert_string_equal(s->fault[0].tag, "INDIVIDUAL");
    assert_int_equal(s->fault[0].line, 3);
    assert_true(said_has(s, "LISTED_ON: soon"));
    said_free(s);
}

/* What stands before the place where a file breaks off is taken; the break is a message of its own. */
static void a_list_that_breaks_off(void **state)
{
    static const char text[] = UN UN_NAME "</INDIVIDUAL>" UN_NAME "</INDIVIDUAL>" UN_END;

    (void)state;
    for (size_t n = 1; n < sizeof text - 1; n++) {
        struct err e = {.lang = LANG_EN};
        struct said_source from = {.left = {text, n}, .most = 5};
        struct said *s = said_parse(&reader_un, &from, NONE, NULL, &e);

        assert_non_null(s);
        assert_int_equal(s->verdicts[FEEDS_REFUSED] + s->verdicts[FEEDS_NOT_UNDERSTOOD], 1);
        assert_true(s->messages <= 3);
        said_free(s);
    }
}

static void another_document_is_not_understood(void **state)
{
    struct said *s = said_text(&reader_un, "<LIST><INDIVIDUALS><INDIVIDUAL/></INDIVIDUALS></LIST>", NONE);

    (void)state;
    assert_int_equal(said_count(s, "watch.root"), 1);
    assert_int_equal(s->verdicts[FEEDS_NOT_UNDERSTOOD], 1);
    said_free(s);
    s = said_text(&reader_un, UN UN_END, NONE);
    assert_int_equal(said_count(s, "watch.missing"), 1);
    said_free(s);
}

/* How the file is laid out says nothing: the digest is the same. */
static void an_entry_is_known_again(void **state)
{
    struct said *a = said_text(&reader_un, UN UN_NAME "</INDIVIDUAL>" UN_END, NONE);
    struct said *b =
        said_text(&reader_un,
                  "<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL>\n\n <FIRST_NAME> A </FIRST_NAME>\n"
                  "<REFERENCE_NUMBER>X.1</REFERENCE_NUMBER></INDIVIDUAL>" UN_END,
                  NONE);
    struct said *c =
        said_text(&reader_un, UN UN_NAME "<COMMENTS1>new</COMMENTS1></INDIVIDUAL>" UN_END, NONE);

    (void)state;
    assert_memory_equal(a->digest, b->digest, sizeof a->digest);
    assert_memory_not_equal(a->digest, c->digest, sizeof a->digest);
    said_free(a);
    said_free(b);
    said_free(c);
}

#define SAT_HEAD                                                                                           \
    "Informaci\xf3n actualizada al 31 de octubre de 2026 (PUENTE-EXERCISE),,,\n"                           \
    "Listado completo,,,\n\nNo,RFC,Nombre del Contribuyente,Situaci\xf3n del contribuyente,Oficio\n"

static void the_tax_authority_s_list_in_its_own_form(void **state)
{
    struct said *s = said_text(&reader_sat_69b,
                               SAT_HEAD "1,EKU9003173C9,\"CA\xd1"
                                        "A, S.A. DE C.V.\",Definitivo,500-05\n"
                                        "2,XIQB891116QE4,BERENICE,Sentencia Favorable,,\n",
                               NONE);
    struct said *moved =
        said_text(&reader_sat_69b, SAT_HEAD "7,XIQB891116QE4,BERENICE,Sentencia Favorable,,\n", NONE);

    (void)state;
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 2);
    assert_int_equal(s->listed, 0);
    assert_int_equal(said_kinds(s, "alert"), 2);
    assert_int_equal(said_kinds(s, "alert_identifier"), 2);
    assert_true(s->exercise);
    assert_true(said_has(s, "CA\xc3\x91"
                            "A, S.A. DE C.V."));
    assert_true(said_has(s, "\"subject\":\"person\",\"name\":\"BERENICE\""));
    assert_true(said_has(s, "\"status\":\"withdrawn\""));
    assert_true(said_has(s, "Oficio: 500-05"));
    assert_memory_equal(s->digest, moved->digest, sizeof s->digest);
    said_free(s);
    said_free(moved);
}

#define DPL                                                                                                \
    "Name\tStreet_Address\tCity\tState\tCountry\tPostal_Code\tEffective_Date\tExpiration_Date\t"           \
    "Standard_Order\tLast_Update\tAction\tFR_Citation\n"

static void denied_persons(void **state)
{
    struct said *s = said_text(
        &reader_bis_dpl,
        DPL "A TRADING LTD\t1 MAIN ST\tEL PASO\tTX\tUS\t79901\t05/13/2022\t11/09/2030\tY\tx\ty\tz\n"
            "A TRADING LTD\tP.O. BOX 1\tDUBAI\t\tAE\t\t05/13/2022\t11/09/2030\tY\tx\ty\tz\n"
            "B\t\t\t\t\t\t02/30/2022\t\tY\tx\ty\tz\nC\tshort\n",
        NONE);
    const char *first, *second;

    (void)state;
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 3);
    assert_int_equal(s->verdicts[FEEDS_REFUSED], 1);
    assert_int_equal(said_kinds(s, "alert_address"), 2);
    assert_int_equal(said_count(s, "watch.date"), 1);
    assert_int_equal(said_count(s, "watch.columns"), 1);
    assert_true(said_has(s, "\"issued\":\"2022-05-13\",\"expires\":\"2030-11-09\""));
    /* Two addresses of one order have one number. */
    buf_char(&s->lines, '\0');
    first = strstr(s->lines.p, "\"number\":");
    second = strstr(strstr(first, "\nalert {"), "\"number\":");
    assert_memory_equal(first, second, strlen("\"number\":\"0123456789abcdef\""));
    said_free(s);
}

static void without_a_header(void **state)
{
    struct said *s = said_text(&reader_sat_69b, "a,b,c\n1,2,3\n", NONE);

    (void)state;
    assert_int_equal(said_count(s, "watch.header"), 1);
    assert_int_equal(s->verdicts[FEEDS_NOT_UNDERSTOOD], 1);
    assert_int_equal(s->records, 0);
    said_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_lists_are_read_whole),
        cmocka_unit_test(a_bad_entry_refuses_only_itself),
        cmocka_unit_test(a_list_that_breaks_off),
        cmocka_unit_test(another_document_is_not_understood),
        cmocka_unit_test(an_entry_is_known_again),
        cmocka_unit_test(the_tax_authority_s_list_in_its_own_form),
        cmocka_unit_test(denied_persons),
        cmocka_unit_test(without_a_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
