/* Air cargo: every real sample with no false fault and each true defect by name; what mail and telex put around. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feeds_sink.h"

#define NONE ((struct feeds_options){.as = NULL})

/* A file's faults, all of them, in order, as "code code ..."; and what it must give. */
struct sample {
    const char *file;
    uint64_t messages, records;
    enum feeds_verdict verdict; /* of all its messages */
    const char *faults;
};

static void check_samples(const struct feeds_reader *reader, const char *folder,
                          const struct sample *sample, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char path[256], codes[2048] = "";
        struct said *s;

        snprintf(path, sizeof path, "manifests/%s/%s", folder, sample[i].file);
        s = said_shared(reader, path);
        if (!s)
            continue;
        for (size_t k = 0; k < s->listed; k++) {
            size_t at = strlen(codes);

            snprintf(codes + at, sizeof codes - at, "%s%s", k ? " " : "", s->fault[k].code);
        }
        if (strcmp(codes, sample[i].faults) != 0 || s->records != sample[i].records ||
            s->messages != sample[i].messages || s->verdicts[sample[i].verdict] != s->messages) {
            fprintf(stderr, "%s: %s\n", path, codes);
            said_print(s);
        }
        assert_string_equal(codes, sample[i].faults);
        assert_int_equal(s->records, sample[i].records);
        assert_int_equal(s->messages, sample[i].messages);
        assert_int_equal(s->verdicts[sample[i].verdict], s->messages);
        said_free(s);
    }
}

/* ---- Cargo-IMP ---- */

static void imp_samples(void **state)
{
    static const struct sample samples[] = {
        {"ffm_1.txt", 1, 6, FEEDS_TAKEN, ""},
        {"ffm_2.txt", 1, 16, FEEDS_TAKEN, ""},
        {"ffm_4.txt", 1, 15, FEEDS_TAKEN, "cimp.awb cimp.awb cimp.awb"},
        {"ffm_5.txt", 1, 12, FEEDS_TAKEN, ""},
        {"fhl_1.txt", 1, 4, FEEDS_TAKEN, ""},
        {"fhl_2.txt", 1, 4, FEEDS_TAKEN, ""},
        /* two descriptions of more than 15 characters; more houses than the master waybill has pieces */
        {"fhl_4.txt", 1, 7, FEEDS_TAKEN, "cimp.element.long cimp.element.long cimp.houses"},
        {"fhl_5.txt", 1, 4, FEEDS_TAKEN, ""},
        /* 114 pieces and 2380 kg, of which the rate lines know one piece and 2400 kg */
        {"fwb_1.txt", 1, 7, FEEDS_TAKEN, "cimp.pieces cimp.weight"},
        {"fwb_2.txt", 1, 5, FEEDS_TAKEN, ""},
        /* "ATTACHED" broke off its line */
        {"fwb_4.txt", 1, 5, FEEDS_TAKEN, "cimp.line.broken"},
        {"fwb_5.txt", 1, 5, FEEDS_TAKEN, ""},
        {"fbl4.txt", 1, 0, FEEDS_NOT_UNDERSTOOD, "cimp.unknown"},
        {"ffa4.txt", 1, 0, FEEDS_NOT_UNDERSTOOD, "cimp.unknown"},
    };

    (void)state;
    check_samples(&reader_cimp, "aircargo", samples, COUNT(samples));
}

static const char flight[] = "FFM/8\r\n1/AM654/21NOV/MEX/XAMXM/US/21NOV1530/LAX\r\nLAX\r\n"
                             "139-12345675MEXLAX/T3L100MC0.5/AUTO PARTS\r\nLAST\r\n";

/* Addresses and origin in front, mail around, a second message, controls: all of it tolerated and told. */
static void imp_telex_and_mail(void **state)
{
    char text[2048];
    struct said *s;

    (void)state;
    snprintf(text, sizeof text,
             "\xef\xbb\xbfQU LAXFMAM MEXFXXX\r\n.PUENTE-EXERCISE 211200\r\n\x02%s\x03\r\n"
             "QU LAXFMAM\r\n.MEXFMAM 211201\r\n%s\r\n--\r\nSaludos cordiales\r\nhttp://example.org/a\r\n",
             flight, flight);
    s = said_text(&reader_cimp, text, NONE);
    assert_non_null(s);
    if (s->listed)
        said_print(s);
    assert_int_equal(s->listed, 0);
    assert_int_equal(s->messages, 2);
    assert_int_equal(s->records, 4);
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 2);
    assert_true(s->exercise);
    assert_true(said_has(s, "\"manifest\":\"AM654/21NOV/MEX/XAMXM/US/21NOV1530/LAX\""));
    assert_true(said_has(s, "\"gross_weight\":45.359,\"volume\":0.5,\"goods\":\"AUTO PARTS\""));
    said_free(s);
}

static size_t faults_of(const char *text, const char *code, enum feeds_verdict verdict)
{
    struct said *s = said_text(&reader_cimp, text, NONE);
    size_t n;

    assert_non_null(s);
    n = said_count(s, code);
    if (!n || !s->verdicts[verdict])
        said_print(s);
    assert_int_equal(s->verdicts[verdict], 1);
    said_free(s);
    return n;
}

static void imp_defects(void **state)
{
    struct said *s;

    (void)state;
    assert_int_equal(
        faults_of("FFM/8\n1/AM654/21NOV/MEX\nLAX\n139-12345675MEXLAX/T3K1/X\n", "cimp.end", FEEDS_REFUSED),
        1);
    assert_int_equal(faults_of("FFM/8\n1/AM654/31NOV/MEX\nLAX/NIL\nLAST\n", "cimp.date", FEEDS_TAKEN), 1);
    assert_int_equal(faults_of("FFM/8\n1/AM654/1NOV/MEX\nLAST\n", "cimp.element", FEEDS_REFUSED), 1);
    assert_int_equal(faults_of("FFM/3\n1/AM654/01NOV/MEX\nLAX/NIL\nLAST\n", "cimp.version", FEEDS_TAKEN),
                     1);
    assert_int_equal(faults_of("FHL/5\nMBI/139-12345675MEXLAX/T3K10\n", "cimp.core", FEEDS_REFUSED), 1);
    assert_int_equal(faults_of("FWB/17\n139-12345675MEXLAX/T3K10\n", "cimp.missing", FEEDS_TAKEN), 7);
    /* the place: line, element, byte */
    s = said_text(&reader_cimp, "FFM/8\n1/AM654/21NOV/MEX\nLAX\n139-1234567XMEXLAX/T3K1/X\nLAST\n", NONE);
    assert_non_null(s);
    assert_int_equal(s->listed, 1);
    assert_string_equal(s->fault[0].code, "cimp.element");
    assert_string_equal(s->fault[0].found, "1234567XMEXLAX");
    assert_string_equal(s->fault[0].expected, "n8");
    assert_int_equal(s->fault[0].line, 4);
    assert_int_equal(s->fault[0].offset, 32);
    assert_int_equal(s->records, 1);
    said_free(s);
}

/* What is left out, and what never came, refuses the message wherever it ends. */
static void imp_limits(void **state)
{
    static const struct feeds_limits few = {
        .segment = 4096, .elements = 2, .depth = 8, .message = 1 << 20, .records = 100, .faults = 100};
    struct said *s = said_text(&reader_cimp,
                               "FHL/5\nMBI/139-12345675MEXLAX/T3K10\nHBS/H1/MEXLAX/3/K10//AVOCADOS\n"
                               "HTS/080440/080450/080410\nTXT/FRESH\n",
                               (struct feeds_options){.limits = &few});

    (void)state;
    assert_non_null(s);
    assert_int_equal(said_count(s, "cimp.limit"), 1);
    assert_int_equal(s->records, 4);
    assert_int_equal(s->verdicts[FEEDS_REFUSED], 1);
    said_free(s);
    assert_int_equal(faults_of("FFM/8\n1/AM654/21NOV/MEX\nLAX\n139-12345675MEXLAX/T3K1/X\nOSI/COLD\n",
                               "cimp.end", FEEDS_REFUSED),
                     1);
}

/* Versions before FWB/17 and FHL/5: a party's lines have no names of their own. */
static void imp_older_versions(void **state)
{
    struct said *s = said_text(
        &reader_cimp,
        "FHL/4\nMBI/139-12345675MEXLAX/T3K10\nHBS/H1/MEXLAX/3/K10//AVOCADOS\n"
        "HTS/080440\n/08044001\nSHP/EXPORTADORA EJEMPLO\n/CALLE 1\n/MEXICO/CDMX\n/MX/01000/TE/5255\n",
        NONE);

    (void)state;
    assert_non_null(s);
    assert_int_equal(s->listed, 0);
    assert_true(said_has(
        s, "\"role\":\"shipper\",\"name\":\"EXPORTADORA EJEMPLO\",\"address\":\"CALLE 1\",\"city\":"
           "\"MEXICO\",\"region\":\"CDMX\",\"postal_code\":\"01000\",\"country\":\"MX\""));
    assert_true(said_has(s, "\"line\":2,\"hs\":\"08044001\""));
    said_free(s);
}

/* The same whatever pieces the bytes come in; never more than the limits. */
static void imp_seams(void **state)
{
    struct err e = {.lang = LANG_EN};
    struct said_source whole = {.left = str_z(flight)}, pieces = {.left = str_z(flight), .most = 1};
    struct said *a = said_parse(&reader_cimp, &whole, NONE, NULL, &e);
    struct said *b = said_parse(&reader_cimp, &pieces, NONE, NULL, &e);

    (void)state;
    assert_memory_equal(a->digest, b->digest, 32);
    assert_int_equal(a->lines.n, b->lines.n);
    assert_memory_equal(a->lines.p, b->lines.p, a->lines.n);
    said_free(a);
    said_free(b);
    assert_null(said_text(&reader_cimp, "nothing of the kind\n", NONE));
}

/* ---- Cargo-XML ---- */

static void xml_samples(void **state)
{
    static const struct sample samples[] = {
        {"888-11111111_XFWB.xml", 1, 8, FEEDS_TAKEN, ""},
        {"888-11111111_XFWB_ACAS_US.xml", 1, 8, FEEDS_TAKEN, ""},
        /* two items, of which the rating declares one */
        {"888-11111111_XFWB_multipleULD_multipleHTS.xml", 1, 11, FEEDS_TAKEN, "cargoxml.items"},
        /* both flights */
        {"888-11111111_XFWB_noModeCode.xml", 1, 7, FEEDS_TAKEN, "cargoxml.element cargoxml.element"},
        /* five pieces in three packages */
        {"888-11111111_XFWB_pieceQuantityItemCountMismatch.xml", 1, 8, FEEDS_TAKEN, "cargoxml.packages"},
        /* a house waybill of ten pieces with one item of five */
        {"SEL22222222_XFZB.xml", 1, 5, FEEDS_TAKEN, "cargoxml.pieces"},
        {"xfwbExample.xml", 1, 8, FEEDS_TAKEN, ""},
    };

    (void)state;
    check_samples(&reader_cargoxml, "aircargo", samples, COUNT(samples));
}

#define XFFM_HEAD                                                                                          \
    "<m:FlightManifest xmlns:m='iata:flightmanifest:1' xmlns='iata:datamodel:3'><m:MessageHeaderDocument>" \
    "<ID>M1</ID><TypeCode>122</TypeCode><VersionID>2.00</VersionID><SenderParty><PrimaryID "               \
    "schemeID='C'>PUENTE-EXERCISE-AIR</PrimaryID></SenderParty></m:MessageHeaderDocument>"
#define XFFM_FLIGHT                                                                                        \
    "<m:LogisticsTransportMovement><ID>AM654</ID><DepartureEvent>"                                         \
    "<DepartureOccurrenceDateTime>2026-11-21T15:30:00</DepartureOccurrenceDateTime>"                       \
    "<OccurrenceDepartureLocation><ID>MEX</ID></OccurrenceDepartureLocation></DepartureEvent>"             \
    "</m:LogisticsTransportMovement>"
#define XFFM_CARGO                                                                                         \
    "<m:ArrivalEvent><AssociatedTransportCargo><TypeCode>ULD</TypeCode>"                                   \
    "<UtilizedUnitLoadTransportEquipment><ID>12345</ID><CharacteristicCode>AKE</CharacteristicCode>"       \
    "<OperatingParty><PrimaryID>AM</PrimaryID></OperatingParty></UtilizedUnitLoadTransportEquipment>"      \
    "<IncludedMasterConsignment><GrossWeightMeasure unitCode='LBR'>100</GrossWeightMeasure>"               \
    "<TotalPieceQuantity>3</TotalPieceQuantity><SummaryDescription>AUTO PARTS</SummaryDescription>"        \
    "<TransportContractDocument><ID>139-12345675</ID></TransportContractDocument>"                         \
    "<OriginLocation><ID>GDL</ID></OriginLocation><FinalDestinationLocation><ID>SFO</ID>"                  \
    "</FinalDestinationLocation></IncludedMasterConsignment></AssociatedTransportCargo>"                   \
    "<OccurrenceArrivalLocation><ID>LAX</ID></OccurrenceArrivalLocation></m:ArrivalEvent>"
#define XFFM_END "</m:FlightManifest>"

static void xml_manifest(void **state)
{
    struct said *s = said_text(&reader_cargoxml, XFFM_HEAD XFFM_FLIGHT XFFM_CARGO XFFM_END, NONE);

    (void)state;
    assert_non_null(s);
    if (s->listed || s->records != 3)
        said_print(s);
    assert_int_equal(s->listed, 0);
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 1);
    assert_true(s->exercise);
    assert_true(said_has(
        s, "trip {\"mode\":\"air\",\"carrier\":\"AM\",\"trip_number\":\"AM654\",\"port\":\"LAX\""));
    assert_true(said_has(s, "\"departure\":\"2026-11-21T15:30:00\""));
    assert_true(said_has(s, "equipment {\"trip\":\"#1\",\"number\":\"AKE12345AM\",\"kind\":\"uld\"}"));
    assert_true(said_has(s, "consignment {\"trip\":\"#1\",\"bill\":\"139-12345675\",\"issuer\":\"139\""));
    assert_true(said_has(
        s, "\"lading\":\"MEX\",\"lading_scheme\":\"iata\",\"receipt\":\"GDL\",\"discharge\":\"LAX\""));
    assert_true(said_has(s, "\"gross_weight\":45.359,"));
    assert_true(said_has(s, "\"references\":[\"ULD:AKE12345AM\"]"));
    said_free(s);
}

static void one_fault(const struct feeds_reader *reader, const char *text, const char *code,
                      enum feeds_verdict verdict)
{
    struct said *s = said_text(reader, text, NONE);

    assert_non_null(s);
    if (said_count(s, code) != 1 || s->verdicts[verdict] != 1)
        said_print(s);
    assert_int_equal(said_count(s, code), 1);
    assert_int_equal(s->verdicts[verdict], 1);
    said_free(s);
}

static void xml_defects(void **state)
{
    (void)state;
    one_fault(&reader_cargoxml, "<a xmlns='urn:other'/>", "cargoxml.root", FEEDS_NOT_UNDERSTOOD);
    one_fault(&reader_cargoxml, "<a:StatusMessage xmlns:a='iata:statusmessage:1'/>", "cargoxml.unknown",
              FEEDS_NOT_UNDERSTOOD);
    one_fault(&reader_cargoxml, XFFM_HEAD XFFM_FLIGHT, "xml.syntax", FEEDS_REFUSED);
    one_fault(&reader_cargoxml,
              XFFM_HEAD XFFM_FLIGHT
              "<m:ArrivalEvent><AssociatedTransportCargo><IncludedMasterConsignment>"
              "<GrossWeightMeasure unitCode='ZZZ'>1</GrossWeightMeasure>"
              "<TransportContractDocument><ID>139-12345675</ID></TransportContractDocument>"
              "</IncludedMasterConsignment></AssociatedTransportCargo>"
              "</m:ArrivalEvent>" XFFM_END,
              "cargoxml.unit", FEEDS_REFUSED);
}

/* ---- ONE Record ---- */

static void onerecord_samples(void **state)
{
    static const struct sample samples[] = {
        {"Shipment_with_Piece.embedded.json", 1, 2, FEEDS_TAKEN, ""},
        {"Shipment_with_Piece.json", 1, 1, FEEDS_TAKEN, ""},
        {"LogisticsEvent.json", 1, 1, FEEDS_TAKEN, ""},
        {"LogisticsEvents_list.json", 1, 1, FEEDS_TAKEN, ""},
        /* by themselves these belong to nothing that crosses: kept as they are */
        {"Company.json", 1, 0, FEEDS_NOT_UNDERSTOOD, "onerecord.nothing"},
        {"CustomsInformation.json", 1, 0, FEEDS_NOT_UNDERSTOOD, "onerecord.nothing"},
        {"CustomsInformation_2.json", 1, 0, FEEDS_NOT_UNDERSTOOD, "onerecord.nothing"},
    };

    (void)state;
    check_samples(&reader_onerecord, "onerecord", samples, COUNT(samples));
}

/* A graph: objects side by side that refer to one another by @id. */
static void onerecord_graph(void **state)
{
    static const char graph[] =
        "{\"@context\":{\"c\":\"https://onerecord.iata.org/ns/cargo#\"},\"@graph\":["
        "{\"@id\":\"https://a.example/PUENTE-EXERCISE/"
        "w1\",\"@type\":\"c:Waybill\",\"c:waybillPrefix\":\"139\","
        "\"c:waybillNumber\":\"12345675\",\"c:waybillType\":{\"@id\":\"c:MASTER\"},"
        "\"c:departureLocation\":{\"c:locationCodes\":[{\"c:code\":\"MEX\"}]},\"c:arrivalLocation\":{\"c:"
        "code\":\"LAX\"},"
        "\"c:shipment\":{\"@id\":\"https://a.example/PUENTE-EXERCISE/s1\"}},"
        "{\"@id\":\"https://a.example/PUENTE-EXERCISE/"
        "s1\",\"@type\":\"c:Shipment\",\"c:goodsDescription\":\"Mango\","
        "\"c:totalGrossWeight\":{\"c:numericalValue\":{\"@value\":\"12.345\"},\"c:unit\":\"KGM\"},"
        "\"c:involvedParties\":[{\"@type\":\"c:Party\",\"c:partyRole\":{\"@id\":\"r#SHP\"},\"c:"
        "partyDetails\":"
        "{\"@id\":\"https://a.example/"
        "co\"}}],\"c:customsInformation\":[{\"@type\":\"c:CustomsInformation\","
        "\"c:country\":{\"@id\":\"x:MX\"},\"c:subjectCode\":\"EXP\",\"c:contentCode\":\"M\",\"c:"
        "otherCustomsInformation\":"
        "\"26MX1\"}],\"c:pieces\":[{\"@id\":\"p:/1\"}]},"
        "{\"@id\":\"p:/"
        "1\",\"@type\":\"c:Piece\",\"c:grossWeight\":{\"c:numericalValue\":12.3,\"c:unit\":\"KGM\"}},"
        "{\"@id\":\"https://a.example/co\",\"@type\":\"c:Company\",\"c:name\":\"Exportadora Ejemplo\"}]}";
    struct said *s = said_text(&reader_onerecord, graph, NONE);

    (void)state;
    assert_non_null(s);
    if (s->listed || s->records != 3)
        said_print(s);
    assert_int_equal(s->listed, 0);
    assert_int_equal(s->records, 3);
    assert_true(s->exercise);
    assert_true(said_has(
        s, "consignment {\"bill\":\"139-12345675\",\"issuer\":\"139\",\"bill_type\":\"MASTER\",\"lading\":"
           "\"MEX\""));
    assert_true(said_has(s, "\"gross_weight\":12.345,"));
    assert_true(said_has(s, "\"entry_number\":\"26MX1\",\"goods\":\"Mango\""));
    assert_true(said_has(s, "item {\"consignment\":\"#1\",\"gross_weight\":12.3,"));
    assert_true(
        said_has(s, "party {\"parent\":\"#1\",\"role\":\"shipper\",\"name\":\"Exportadora Ejemplo\""));
    said_free(s);
}

static void onerecord_defects(void **state)
{
    char deep[600];
    size_t n = 0;

    (void)state;
    one_fault(&reader_onerecord, "{\"@type\":\"c:Shipment\",}", "onerecord.json", FEEDS_REFUSED);
    one_fault(&reader_onerecord,
              "{\"@id\":\"a:/w\",\"@type\":\"c:Waybill\",\"c:waybillPrefix\":\"139\",\"waybillNumber\":"
              "\"12345670\"}",
              "onerecord.awb", FEEDS_TAKEN);
    one_fault(
        &reader_onerecord,
        "{\"@id\":\"a:/"
        "s\",\"@type\":\"c:Shipment\",\"c:totalGrossWeight\":{\"numericalValue\":1,\"unit\":\"stone\"}}",
        "onerecord.unit", FEEDS_REFUSED);
    for (size_t i = 0; i < 200; i++)
        deep[n++] = '[';
    for (size_t i = 0; i < 200; i++)
        deep[n++] = ']';
    deep[n] = '\0';
    one_fault(&reader_onerecord, deep, "onerecord.depth", FEEDS_NOT_UNDERSTOOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imp_samples),     cmocka_unit_test(imp_telex_and_mail),
        cmocka_unit_test(imp_defects),     cmocka_unit_test(imp_older_versions),
        cmocka_unit_test(imp_seams),       cmocka_unit_test(imp_limits),
        cmocka_unit_test(xml_samples),     cmocka_unit_test(xml_manifest),
        cmocka_unit_test(xml_defects),     cmocka_unit_test(onerecord_samples),
        cmocka_unit_test(onerecord_graph), cmocka_unit_test(onerecord_defects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
