/* WCO declarations and responses: the published samples without a false fault, each defect named, hostile XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feeds_sink.h"

#define NONE ((struct feeds_options){.as = NULL})

/* %s: within the declaration, behind what is mandatory. */
#define HEAD                                                                                               \
    "<md:MetaData xmlns:md=\"urn:wco:datamodel:WCO:DocumentMetaData-DMS:2\" "                              \
    "xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\">"                                                           \
    "<md:WCODataModelVersionCode>3.6</md:WCODataModelVersionCode><md:WCOTypeName>DEC</md:WCOTypeName>"     \
    "<md:ResponsibleAgencyName>HMRC</md:ResponsibleAgencyName>\n"
#define DECLARATION                                                                                        \
    HEAD "<Declaration><FunctionCode>9</FunctionCode>"                                                     \
         "<FunctionalReferenceID>PUENTE-EXERCISE-0001</FunctionalReferenceID>"                             \
         "<TypeCode>EXA</TypeCode>\n%s</Declaration></md:MetaData>"

static struct said *said_with(const char *inside)
{
    static char text[65536];

    snprintf(text, sizeof text, DECLARATION, inside);
    return said_text(&reader_wco, text, NONE);
}

static void a_declaration_says_what_crosses(void **state)
{
    struct said *s = said_with(
        "<TotalGrossMassMeasure unitCode=\"TNE\">1.25</TotalGrossMassMeasure>"
        "<BorderTransportMeans><ID>9074729</ID><IdentificationTypeCode>10</IdentificationTypeCode>"
        "<ModeCode>1</ModeCode></BorderTransportMeans><Declarant><ID>GB123456789000</ID></Declarant>"
        "<GoodsShipment><Consignment><TransportEquipment><ID>CSQU3054383</ID><Seal><ID>S1</ID></Seal>"
        "<Seal><ID>S2</ID></Seal></TransportEquipment></Consignment><GovernmentAgencyGoodsItem>"
        "<SequenceNumeric>1</SequenceNumeric><StatisticalValueAmount currencyID=\"GBP\">12.345"
        "</StatisticalValueAmount><Commodity><Description>Acetone &amp; more</Description>"
        "<Classification><ID>29141100</ID><IdentificationTypeCode>TSP</IdentificationTypeCode>"
        "</Classification><Classification><ID>00</ID><IdentificationTypeCode>TRC</IdentificationTypeCode>"
        "</Classification></Commodity></GovernmentAgencyGoodsItem></GoodsShipment>");

    (void)state;
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 1);
    assert_int_equal(s->records, 5);
    assert_true(s->exercise);
    assert_true(said_has(s, "trip {\"mode\":\"sea\",\"action\":\"original\",\"conveyance\":\"9074729\","
                            "\"conveyance_scheme\":\"imo\""));
    assert_true(said_has(s, "\"gross_weight\":1250"));
    assert_true(said_has(s, "\"seals\":[\"S1\",\"S2\"]"));
    assert_true(said_has(s, "\"description\":\"Acetone & more\""));
    assert_true(said_has(s, "\"hs\":\"2914110000\""));
    assert_true(said_has(s, "\"value\":12.35"));
    assert_int_equal(s->listed, 1);
    assert_int_equal(said_count(s, "wco.rounded"), 1);
    said_free(s);
}

static void each_defect_is_named(void **state)
{
    static const struct {
        const char *inside, *code, *tag;
        enum feeds_verdict verdict;
    } cases[] = {
        {"<IssueDateTime><DateTimeString "
         "formatCode=\"304\">20260230080000Z</DateTimeString></IssueDateTime>",
         "wco.date", "MetaData/Declaration/IssueDateTime/DateTimeString", FEEDS_TAKEN},
        {"<IssueDateTime><DateTimeString formatCode=\"102\">202602281</DateTimeString></IssueDateTime>",
         "wco.date", "MetaData/Declaration/IssueDateTime/DateTimeString", FEEDS_TAKEN},
        {"<IssueDateTime><DateTimeString>20260228</DateTimeString></IssueDateTime>", "wco.date.format",
         "MetaData/Declaration/IssueDateTime/DateTimeString", FEEDS_TAKEN},
        {"<IssueDateTime><DateTimeString formatCode=\"999\">20260228</DateTimeString></IssueDateTime>",
         "wco.date.format", "MetaData/Declaration/IssueDateTime/DateTimeString", FEEDS_TAKEN},
        {"<InvoiceAmount currencyID=\"ZZZ\">1</InvoiceAmount>", "wco.currency",
         "MetaData/Declaration/InvoiceAmount", FEEDS_REFUSED},
        {"<InvoiceAmount>1</InvoiceAmount>", "wco.currency.missing", "MetaData/Declaration/InvoiceAmount",
         FEEDS_TAKEN},
        {"<InvoiceAmount currencyID=\"GBP\">1,000</InvoiceAmount>", "wco.number",
         "MetaData/Declaration/InvoiceAmount", FEEDS_REFUSED},
        {"<GoodsItemQuantity>2</GoodsItemQuantity>", "wco.count", "MetaData/Declaration/GoodsItemQuantity",
         FEEDS_TAKEN},
        {"<TotalGrossMassMeasure unitCode=\"STN\">1</TotalGrossMassMeasure>", "wco.unit",
         "MetaData/Declaration/TotalGrossMassMeasure", FEEDS_TAKEN},
        {"<BorderTransportMeans><ModeCode>0</ModeCode></BorderTransportMeans>", "wco.mode",
         "MetaData/Declaration/BorderTransportMeans/ModeCode", FEEDS_TAKEN},
        {"<Exporter><Address><CountryCode>QZ</CountryCode></Address></Exporter>", "wco.country",
         "MetaData/Declaration/Exporter/Address/CountryCode", FEEDS_TAKEN},
        {"<GoodsShipment><GovernmentAgencyGoodsItem><Commodity><Classification><ID>291</ID>"
         "<IdentificationTypeCode>TSP</IdentificationTypeCode></Classification></Commodity>"
         "</GovernmentAgencyGoodsItem></GoodsShipment>",
         "wco.hs",
         "MetaData/Declaration/GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Classification/ID",
         FEEDS_TAKEN},
        {"loose<Exporter/>", "xml.mixed", "MetaData/Declaration", FEEDS_TAKEN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct said *s = said_with(cases[i].inside);

        if (s->listed != 1 || strcmp(s->fault[0].code, cases[i].code) != 0 ||
            s->verdicts[cases[i].verdict] != 1)
            said_print(s);
        assert_int_equal(s->listed, 1);
        assert_string_equal(s->fault[0].code, cases[i].code);
        assert_string_equal(s->fault[0].tag, cases[i].tag);
        assert_int_equal(s->verdicts[cases[i].verdict], 1);
        assert_true(s->fault[0].line == 2 || s->fault[0].line == 3);
        assert_true(s->fault[0].offset > sizeof HEAD / 2);
        said_free(s);
    }
}

static void what_is_mandatory(void **state)
{
    struct said *s =
        said_text(&reader_wco, HEAD "<Declaration><TypeCode/></Declaration></md:MetaData>", NONE);

    (void)state;
    assert_int_equal(said_count(s, "wco.missing"), 3);
    assert_int_equal(s->verdicts[FEEDS_REFUSED], 1);
    said_free(s);
    s = said_text(&reader_wco, HEAD "</md:MetaData>", NONE);
    assert_int_equal(said_count(s, "wco.root"), 1);
    assert_int_equal(s->verdicts[FEEDS_NOT_UNDERSTOOD], 1);
    said_free(s);
}

static void broken_anywhere_never_crashes(void **state)
{
    char text[1024];
    int n = snprintf(text, sizeof text, DECLARATION, "<Exporter><Name>A</Name></Exporter>");

    (void)state;
    for (int i = 1; i < n - 1; i++) {
        struct err e = {.lang = LANG_EN};
        struct said_source from = {.left = {text, (size_t)i}, .most = 7};
        struct said *s = said_parse(&reader_wco, &from, NONE, NULL, &e);

        assert_non_null(s);
        assert_int_equal(s->verdicts[FEEDS_REFUSED], 1);
        said_free(s);
    }
}

/* Whom an item names is a party of that item; nothing of a person becomes a reference, which is official. */
static void what_is_personal_stays_with_the_party(void **state)
{
    struct said *s =
        said_with("<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric>"
                  "<Consignee><Name>Ana</Name><Address><Line>Calle 1</Line><Line>Int. 2</Line>"
                  "<CountryCode>QZ</CountryCode></Address><RoleCode>X</RoleCode></Consignee>"
                  "</GovernmentAgencyGoodsItem></GoodsShipment>");

    (void)state;
    assert_int_equal(s->records, 3);
    assert_true(said_has(s, "party {\"parent\":\"#2\",\"role\":\"consignee\",\"name\":\"Ana\",\"address\":"
                            "\"Calle 1\",\"contact\":\"Address/Line:Int. 2; Address/CountryCode:QZ\"}"));
    assert_true(said_has(s, "\"references\":[\"Consignee/RoleCode:X\"]"));
    said_free(s);
}

/* The references of a record are bounded; what is left out is said once. */
static void endless_leftovers_are_cut(void **state)
{
    char *text = malloc(400000);
    size_t n = 0;
    struct said *s;

    (void)state;
    assert_non_null(text);
    n += (size_t)snprintf(text, 400000,
                          HEAD "<Declaration><FunctionCode>9</FunctionCode>"
                               "<FunctionalReferenceID>A</FunctionalReferenceID>"
                               "<TypeCode>IMA</TypeCode>");
    while (n < 390000)
        n += (size_t)snprintf(text + n, 400000 - n, "<Some><Thing>value</Thing></Some>\n");
    snprintf(text + n, 400000 - n, "</Declaration></md:MetaData>");
    s = said_text(&reader_wco, text, NONE);
    assert_int_equal(said_count(s, "wco.long"), 1);
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 1);
    said_free(s);
    free(text);
}

/* Those with a code have a defect that a reader by eye finds too. */
static const struct {
    const char *name, *code;
    uint64_t records;
    size_t faults;
} samples[] = {
    {"Example_DMS_notifications__01_DMSACC", NULL, 1, 0},
    {"Example_DMS_notifications__02_DMSRCV", NULL, 1, 0},
    {"Example_DMS_notifications__03_DMSREJ", NULL, 1, 0},
    {"Example_DMS_notifications__05_DMSCTL", NULL, 1, 0},
    {"Example_DMS_notifications__06_DMSDOC", NULL, 1, 0},
    {"Example_DMS_notifications__07_DMSRES", NULL, 1, 0},
    {"Example_DMS_notifications__08_DMSROG", NULL, 1, 0},
    {"Example_DMS_notifications__09_DMSCLE", NULL, 1, 0},
    {"Example_DMS_notifications__10_DMSINV", NULL, 1, 0},
    {"Example_DMS_notifications__11_DMSREQ", NULL, 1, 0},
    {"Example_DMS_notifications__13_DMSTAX", NULL, 2, 0},
    {"Example_DMS_notifications__14_DMSCPI", NULL, 1, 0},
    {"Example_DMS_notifications__15_DMSCPR", "wco.currency.missing", 1, 1},
    {"Example_DMS_notifications__16_DMSEOG", "wco.date.format", 1, 1}, /* "Wed Nov 13 ..." */
    {"Example_DMS_notifications__17_DMSGER", NULL, 1, 0},
    {"TT_EX001a__TT_EX001a", NULL, 8, 0},
    {"TT_EX002a__TT_EX002a", "xml.syntax", 0, 1},
    {"TT_EX002b__TT_EX002b", NULL, 9, 0},
    {"TT_EX004a__TT_EX004a", NULL, 9, 0},
    {"TT_EX005a__TT_EX005a", "wco.country", 9, 3},
    {"TT_EX006a__TT_EX006a", "wco.country", 9, 3},
    {"TT_EX007a__TT_EX007a", NULL, 7, 0},
    {"TT_EX009a__TT_EX009a", NULL, 9, 0},
    {"TT_EX010a__TT_EX010a", NULL, 9, 0},
    {"TT_EX010a__TT_EX010a_Cancellation", NULL, 2, 0},
    {"TT_EX011a__TT_EX011a", NULL, 8, 0},
    {"TT_EX011b__TT_EX011b", NULL, 8, 0},
    {"TT_EX013a__TT_EX013a", NULL, 8, 0},
    {"TT_EX013b__TT_EX013b", NULL, 9, 0},
    {"TT_EX015a__Step1_TT_EX015a", NULL, 8, 0},
    {"TT_EX016a__TT_EX016a", NULL, 7, 0},
    {"TT_EX019a__TT_EX019a_Declaration1_(Step1)", NULL, 8, 0},
    {"TT_EX019a__TT_EX019a_Declaration2_(Step4)", NULL, 8, 0},
    {"TT_EX020a__TT_EX020a_(Step1)", NULL, 8, 0},
    {"TT_EX021a__TT_EX021a_Declaration1_(Step1)", "wco.country", 8, 3},
    {"TT_EX021a__TT_EX021a_Declaration2_(Step2)", "wco.country", 9, 3},
    {"TT_EX022a__TT_EX022a_Declaration1_(Step1)", "xml.syntax", 0, 1},
    {"TT_EX022a__TT_EX022a_Declaration2_(Step2)", NULL, 9, 0},
    {"TT_EX023a__Step1_TT_EX023a", NULL, 8, 0},
    {"TT_EX024a__Step1_TT_EX024a", NULL, 7, 0},
    {"TT_EX025a__Step1_TT_EX025a", NULL, 6, 0},
};

static void the_samples_are_read_without_a_false_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        char path[160];
        struct said *s;

        snprintf(path, sizeof path, "manifests/wco_xml/%s.xml", samples[i].name);
        s = said_shared(&reader_wco, path);
        if (!s)
            skip();
        if (s->listed != samples[i].faults || s->records != samples[i].records) {
            fprintf(stderr, "%s\n", samples[i].name);
            said_print(s);
        }
        assert_int_equal(s->listed, samples[i].faults);
        assert_int_equal(s->records, samples[i].records);
        if (samples[i].code)
            assert_int_equal(said_count(s, samples[i].code), samples[i].faults);
        assert_int_equal(s->verdicts[samples[i].records ? FEEDS_TAKEN : FEEDS_REFUSED], 1);
        said_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_declaration_says_what_crosses),
        cmocka_unit_test(each_defect_is_named),
        cmocka_unit_test(what_is_mandatory),
        cmocka_unit_test(broken_anywhere_never_crashes),
        cmocka_unit_test(what_is_personal_stays_with_the_party),
        cmocka_unit_test(endless_leftovers_are_cut),
        cmocka_unit_test(the_samples_are_read_without_a_false_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
