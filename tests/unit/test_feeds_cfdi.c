/* CFDI with Carta Porte: the real samples without a false fault, the international form, and hostile XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feeds_sink.h"

#define NONE ((struct feeds_options){.as = NULL})

/* An export by road, version 3.1; %s: what stands in front of, within, and behind the parts. */
#define OPEN                                                                                               \
    "<cfdi:Comprobante xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\" "                                        \
    "xmlns:c=\"http://www.sat.gob.mx/CartaPorte31\" "                                                      \
    "Version=\"4.0\" Serie=\"PUENTE-EXERCISE\" Folio=\"7\" Fecha=\"2026-11-21T08:00:00\" Sello=\"s\" "     \
    "NoCertificado=\"30001000000500003416\" Certificado=\"c\" SubTotal=\"0\" Moneda=\"MXN\" Total=\"0\" "  \
    "TipoDeComprobante=\"T\" Exportacion=\"01\" LugarExpedicion=\"64000\">\n"                              \
    "<cfdi:Emisor Rfc=\"EKU9003173C9\" Nombre=\"Transportes Ejemplo\" RegimenFiscal=\"601\"/>\n"           \
    "<cfdi:Receptor Rfc=\"EKU9003173C9\" Nombre=\"Transportes Ejemplo\" "                                  \
    "DomicilioFiscalReceptor=\"64000\" "                                                                   \
    "RegimenFiscalReceptor=\"601\" UsoCFDI=\"S01\"/>\n"                                                    \
    "<cfdi:Conceptos><cfdi:Concepto ClaveProdServ=\"78101800\" Cantidad=\"1\" ClaveUnidad=\"H87\" "        \
    "Descripcion=\"Traslado\" ValorUnitario=\"0\" Importe=\"0\" ObjetoImp=\"01\"/></cfdi:Conceptos>\n"     \
    "<cfdi:Complemento>\n"
#define CARTA                                                                                              \
    "<c:CartaPorte Version=\"3.1\" IdCCP=\"CCC00000-0000-4000-8000-000000000001\" "                        \
    "TranspInternac=\"S\xc3\xad\" "                                                                        \
    "EntradaSalidaMerc=\"Salida\" PaisOrigenDestino=\"USA\" ViaEntradaSalida=\"01\" "                      \
    "TotalDistRec=\"230.5\">\n"                                                                            \
    "<c:RegimenesAduaneros><c:RegimenAduaneroCCP RegimenAduanero=\"EXD\"/></c:RegimenesAduaneros>\n"
#define PLACES                                                                                             \
    "<c:Ubicaciones><c:Ubicacion TipoUbicacion=\"Origen\" RFCRemitenteDestinatario=\"EKU9003173C9\" "      \
    "FechaHoraSalidaLlegada=\"2026-11-21T09:00:00\"><c:Domicilio Estado=\"NLE\" Pais=\"MEX\" "             \
    "CodigoPostal=\"64000\"/></c:Ubicacion>\n"                                                             \
    "<c:Ubicacion TipoUbicacion=\"Destino\" RFCRemitenteDestinatario=\"XEXX010101000\" "                   \
    "NumRegIdTrib=\"12-3456789\" "                                                                         \
    "ResidenciaFiscal=\"USA\" FechaHoraSalidaLlegada=\"2026-11-21T15:00:00\" "                             \
    "DistanciaRecorrida=\"230.5\">"                                                                        \
    "<c:Domicilio Calle=\"Main St\" Estado=\"TX\" Pais=\"USA\" CodigoPostal=\"78040\"/></c:Ubicacion>"     \
    "</c:Ubicaciones>\n"
#define GOODS                                                                                              \
    "<c:Mercancias PesoBrutoTotal=\"1200.5\" UnidadPeso=\"KGM\" NumTotalMercancias=\"1\">\n"               \
    "<c:Mercancia BienesTransp=\"12352100\" Descripcion=\"Acetona\" Cantidad=\"6.123456\" "                \
    "ClaveUnidad=\"XDR\" "                                                                                 \
    "MaterialPeligroso=\"S\xc3\xad\" CveMaterialPeligroso=\"1090\" Embalaje=\"1A1\" NumCAS=\"67-64-1\" "   \
    "NomQuimico=\"Acetona\" PesoEnKg=\"1200.5\" ValorMercancia=\"900.00\" Moneda=\"USD\" "                 \
    "FraccionArancelaria=\"2914110100\" TipoMateria=\"01\">"                                               \
    "<c:DocumentacionAduanera TipoDocumento=\"01\" NumPedimento=\"26  24  3420  6000123\" "                \
    "RFCImpo=\"EKU9003173C9\"/></c:Mercancia>\n"
#define TRUCK                                                                                              \
    "<c:Autotransporte PermSCT=\"TPAF01\" NumPermisoSCT=\"P1\"><c:IdentificacionVehicular "                \
    "ConfigVehicular=\"T3S2\" "                                                                            \
    "PesoBrutoVehicular=\"30\" PlacaVM=\"12AB3C\" AnioModeloVM=\"2020\"/><c:Seguros "                      \
    "AseguraRespCivil=\"Seguros\" "                                                                        \
    "PolizaRespCivil=\"123\"/><c:Remolques><c:Remolque SubTipoRem=\"CTR004\" "                             \
    "Placa=\"45CD6E\"/></c:Remolques>"                                                                     \
    "</c:Autotransporte></c:Mercancias>\n"
#define PEOPLE                                                                                             \
    "<c:FiguraTransporte><c:TiposFigura TipoFigura=\"01\" RFCFigura=\"XAXX010101000\" "                    \
    "NumLicencia=\"NL123456\" "                                                                            \
    "NombreFigura=\"Nombre Apellido\"/></c:FiguraTransporte>\n"
#define CLOSE                                                                                              \
    "</c:CartaPorte><t:TimbreFiscalDigital xmlns:t=\"http://www.sat.gob.mx/TimbreFiscalDigital\" "         \
    "Version=\"1.1\" "                                                                                     \
    "UUID=\"00000000-0000-4000-8000-0000000000aa\" FechaTimbrado=\"2026-11-21T08:00:10\" "                 \
    "RfcProvCertif=\"SPR190613I52\" SelloCFD=\"x\" NoCertificadoSAT=\"30001000000500003456\" "             \
    "SelloSAT=\"y\"/>"                                                                                     \
    "</cfdi:Complemento></cfdi:Comprobante>\n"

static const char good[] = OPEN CARTA PLACES GOODS TRUCK PEOPLE CLOSE;

/* The good document with one piece replaced; the caller frees. */
static char *with(const char *old, const char *new)
{
    const char *at = strstr(good, old);
    size_t size = sizeof good + strlen(new);
    char *text = malloc(size);

    assert_non_null(at);
    assert_non_null(text);
    snprintf(text, size, "%.*s%s%s", (int)(at - good), good, new, at + strlen(old));
    return text;
}

static struct said *said_bytes(struct str bytes, struct feeds_options o)
{
    struct err e = {.lang = LANG_EN};
    struct said_source from = {.left = bytes};

    return said_parse(&reader_cfdi, &from, o, NULL, &e);
}

static void an_export_by_road(void **state)
{
    struct said *s = said_text(&reader_cfdi, good, NONE);

    (void)state;
    assert_non_null(s);
    if (s->listed != 1)
        said_print(s);
    assert_int_equal(s->listed, 1);
    assert_string_equal(s->fault[0].code, "cfdi.rounded");
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 1);
    assert_true(s->exercise);
    assert_true(
        said_has(s, "trip {\"mode\":\"road\",\"direction\":\"north\",\"carrier\":\"EKU9003173C9\""));
    assert_true(said_has(s, "\"conveyance\":\"12AB3C\",\"conveyance_scheme\":\"plate\""));
    assert_true(said_has(s, "\"departure\":\"2026-11-21T09:00:00\",\"arrival\":\"2026-11-21T15:00:00\""));
    assert_true(said_has(s, "\"document\":\"CCC00000-0000-4000-8000-000000000001\",\"distance\":230.5"));
    assert_true(said_has(s, "\"gross_weight\":1200.5,\"value\":900,\"currency\":\"USD\""));
    assert_true(said_has(s, "\"regime\":\"EXD\",\"direction\":\"north\""));
    assert_true(said_has(s, "\"quantity\":6.123,"));
    assert_true(said_has(s, "\"hs\":\"2914110100\""));
    assert_true(said_has(s, "\"undg\":\"1090\",\"cas\":\"67-64-1\",\"chemical\":\"Acetona\""));
    assert_true(said_has(s, "\"pedimento\":\"26  24  3420  6000123\""));
    assert_true(said_has(
        s, "\"role\":\"consignee\",\"identifier\":\"12-3456789\",\"identifier_scheme\":\"tax-id\""));
    assert_true(said_has(s, "\"role\":\"importer\""));
    assert_true(said_has(
        s, "equipment {\"trip\":\"#1\",\"consignment\":\"#2\",\"number\":\"45CD6E\",\"kind\":\"trailer\""));
    assert_true(said_has(s, "party {\"parent\":\"#1\",\"role\":\"driver\""));
    said_free(s);
}

/* Every piece that is broken, and the one fault that names it. */
static void each_defect_is_named(void **state)
{
    static const struct {
        const char *old, *new, *code, *tag;
        enum feeds_verdict verdict;
    } cases[] = {
        {"IdCCP=\"CCC0", "IdCCP=\"CCD0", "cfdi.pattern", "CartaPorte/@IdCCP", FEEDS_REFUSED},
        {"TranspInternac=\"S\xc3\xad\"", "TranspInternac=\"Si\"", "cfdi.value", "@TranspInternac",
         FEEDS_REFUSED},
        {" PesoEnKg=\"1200.5\"", "", "cfdi.attribute", "Mercancia", FEEDS_REFUSED},
        {"PesoEnKg=\"1200.5\"", "PesoEnKg=\"1200.5001\"", "cfdi.range", "@PesoEnKg", FEEDS_REFUSED},
        {"PesoEnKg=\"1200.5\"", "PesoEnKg=\"heavy\"", "cfdi.type", "@PesoEnKg", FEEDS_REFUSED},
        {"PesoEnKg=\"1200.5\"", "PesoEnKg=\"1200.4\"", "cfdi.amount", "@PesoBrutoTotal", FEEDS_TAKEN},
        {"NumTotalMercancias=\"1\"", "NumTotalMercancias=\"2\"", "cfdi.amount", "@NumTotalMercancias",
         FEEDS_TAKEN},
        {"TotalDistRec=\"230.5\"", "TotalDistRec=\"230\"", "cfdi.amount", "@TotalDistRec", FEEDS_TAKEN},
        {"T09:00:00", "T25:00:00", "cfdi.type", "@FechaHoraSalidaLlegada", FEEDS_REFUSED},
        {"2026-11-21T09", "2026-02-30T09", "cfdi.type", "@FechaHoraSalidaLlegada", FEEDS_REFUSED},
        {"TipoMateria=\"01\"", "", "cfdi.international", "Mercancia", FEEDS_TAKEN},
        {"TipoMateria=\"01\"", "TipoMateria=\"77\"", "cfdi.catalogue", "@TipoMateria", FEEDS_TAKEN},
        {"Pais=\"MEX\"", "Pais=\"MXX\"", "cfdi.catalogue", "Domicilio/@Pais", FEEDS_TAKEN},
        {"ViaEntradaSalida=\"01\"", "", "cfdi.international", "CartaPorte", FEEDS_TAKEN},
        {"RFCImpo=\"EKU9003173C9\"", "RFCImpo=\"EKU9003173C8\"", "cfdi.rfc", "@RFCImpo", FEEDS_TAKEN},
        {"26  24  3420  6000123", "26 24 3420 6000123", "cfdi.pattern", "@NumPedimento", FEEDS_REFUSED},
        {"PlacaVM=\"12AB3C\"", "PlacaVM=\"12-AB-3\"", "cfdi.pattern", "@PlacaVM", FEEDS_REFUSED},
        {"NombreFigura=\"Nombre Apellido\"", "NombreFigura=\"Nombre|Apellido\"", "cfdi.pattern",
         "@NombreFigura", FEEDS_REFUSED},
        {"NumLicencia=\"NL123456\"", "NumLicencia=\"NL1\"", "cfdi.length", "@NumLicencia", FEEDS_REFUSED},
        {" DistanciaRecorrida=\"230.5\"", "", "cfdi.distance", "Ubicacion", FEEDS_TAKEN},
        {"ClaveUnidad=\"XDR\"", "ClaveUnidad=\"XDR\" Color=\"red\"", "cfdi.attribute.unknown", "@Color",
         FEEDS_TAKEN},
        {"<c:FiguraTransporte>", "<c:Extra/><c:FiguraTransporte>", "cfdi.element.unknown", "CartaPorte",
         FEEDS_TAKEN},
        {"<c:Seguros AseguraRespCivil=\"Seguros\" PolizaRespCivil=\"123\"/>", "", "cfdi.element",
         "Autotransporte", FEEDS_REFUSED},
        {"<c:RegimenesAduaneros>", "<c:RegimenesAduaneros/><c:RegimenesAduaneros>", "cfdi.element.many",
         "RegimenesAduaneros", FEEDS_REFUSED},
        {"CartaPorte31\" Version", "CartaPorte40\" Version", "cfdi.version", "CartaPorte",
         FEEDS_NOT_UNDERSTOOD},
        {"sat.gob.mx/cfd/4", "sat.gob.mx/cfd/3", "xml.root", "", FEEDS_NOT_UNDERSTOOD},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *text = with(cases[i].old, cases[i].new);
        struct said *s = said_text(&reader_cfdi, text, NONE);
        bool named = false;

        for (size_t k = 0; k < s->listed; k++)
            named = named || (strcmp(s->fault[k].code, cases[i].code) == 0 &&
                              strstr(s->fault[k].tag, cases[i].tag) && s->fault[k].line > 0);
        if (!named || s->verdicts[cases[i].verdict] != 1) {
            fprintf(stderr, "case %zu: %s\n", i, cases[i].code);
            said_print(s);
        }
        assert_true(named);
        assert_int_equal(s->verdicts[cases[i].verdict], 1);
        said_free(s);
        free(text);
    }
}

static void hostile_xml_is_refused(void **state)
{
    static const struct {
        const char *front, *code;
    } cases[] = {
        {"<!DOCTYPE a [<!ENTITY x \"y\">]>", "xml.doctype"},
        {"<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>", "xml.doctype"},
        {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\">", "xml.doctype"},
        {"<a/>", "xml.syntax"}, /* two roots */
        {"<a>&x;</a>", "xml.syntax"},
        {"junk", "xml.encoding"},
        {"<?xml version=\"1.0\" encoding=\"windows-1252\"?>", "xml.encoding"},
        {"<?xml version=\"1.0\" encoding=\"IBM037\"?>", "xml.encoding"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t size = sizeof good + strlen(cases[i].front);
        char *text = malloc(size);
        struct said *s;

        assert_non_null(text);
        snprintf(text, size, "%s%s", cases[i].front, good);
        s = said_text(&reader_cfdi, text, NONE);
        if (said_count(s, cases[i].code) != 1)
            said_print(s);
        assert_int_equal(said_count(s, cases[i].code), 1);
        assert_int_equal(s->verdicts[FEEDS_TAKEN], 0);
        said_free(s);
        free(text);
    }
}

static void broken_anywhere_never_crashes(void **state)
{
    (void)state;
    for (size_t n = 1; n < sizeof good - 2; n += 7) {
        struct said *s = said_bytes((struct str){good, n}, NONE);

        assert_non_null(s);
        assert_int_equal(s->verdicts[FEEDS_TAKEN], 0);
        assert_true(s->faults[SEV_ERROR] > 0);
        said_free(s);
    }
}

static void endless_tags_and_depth(void **state)
{
    static const char tag[] = "<cfdi:Comprobante xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\" a=\"";
    char *text = malloc((size_t)1 << 20);
    struct said *s;
    size_t n = sizeof tag - 1;

    (void)state;
    assert_non_null(text);
    memset(text, 'a', (size_t)1 << 20);
    memcpy(text, tag, n);
    s = said_bytes((struct str){text, (size_t)1 << 20}, NONE);
    assert_int_equal(said_count(s, "xml.long"), 1);
    said_free(s);
    for (n = 0; n < 3000; n += 3)
        memcpy(text + n, "<a>", 3);
    s = said_bytes((struct str){text, n}, NONE);
    assert_int_equal(said_count(s, "xml.depth"), 1);
    said_free(s);
    free(text);
}

/* The same document in UTF-16, with a mark, and in Latin-1 says the same. */
static void encodings_that_are_read(void **state)
{
    static const char mark[] = "\xef\xbb\xbf", latin[] = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";
    struct said *plain = said_text(&reader_cfdi, good, NONE), *s;
    size_t size = sizeof good * 2 + 64, n;
    char *text = malloc(size);

    (void)state;
    assert_non_null(text);
    snprintf(text, size, "%s%s", mark, good);
    s = said_text(&reader_cfdi, text, NONE);
    assert_memory_equal(s->lines.p, plain->lines.p, plain->lines.n);
    said_free(s);
    n = (size_t)snprintf(text, size, "%s", latin);
    for (size_t i = 0; i < sizeof good - 1; i++)
        if (good[i] != '\xc3')
            text[n++] = good[i] == '\xad' ? '\xed' : good[i];
    s = said_bytes((struct str){text, n}, NONE);
    assert_memory_equal(s->lines.p, plain->lines.p, plain->lines.n);
    said_free(s);
    memcpy(text, "\xff\xfe", 2);
    n = 2;
    for (size_t i = 0; i < sizeof good - 1; i++) {
        if (good[i] == '\xc3')
            continue;
        text[n++] = good[i] == '\xad' ? '\xed' : good[i];
        text[n++] = 0;
    }
    s = said_bytes((struct str){text, n}, NONE);
    assert_memory_equal(s->lines.p, plain->lines.p, plain->lines.n);
    said_free(s);
    said_free(plain);
    free(text);
}

static void without_carta_porte_it_is_not_understood(void **state)
{
    struct said *s = said_text(&reader_cfdi, OPEN "</cfdi:Complemento></cfdi:Comprobante>", NONE);

    (void)state;
    assert_int_equal(s->verdicts[FEEDS_NOT_UNDERSTOOD], 1);
    assert_int_equal(said_count(s, "cfdi.cartaporte"), 1);
    assert_int_equal(s->records, 0);
    said_free(s);
}

/* Real documents, each with the faults that a reader by eye finds in it: only those. */
static void the_samples_are_read_without_a_false_fault(void **state)
{
    static const struct {
        const char *name;
        uint64_t records, faults;
        enum feeds_verdict verdict;
        const char *fault; /* the one there is, or NULL */
    } samples[] = {
        {"cce20_sw", 4, 0, FEEDS_TAKEN, NULL},
        {"cce20_sw_propietario", 10, 0, FEEDS_TAKEN, NULL},
        {"cp20_Ingreso_Autotransporte", 11, 0, FEEDS_TAKEN, NULL},
        {"cp20_Ingreso_TransporteAereo", 9, 0, FEEDS_TAKEN, NULL},
        {"cp20_Traslado_TransporteAereo", 9, 0, FEEDS_TAKEN, NULL},
        {"cp20_sw_dotnet", 11, 2, FEEDS_REFUSED, "cfdi.attribute"}, /* no NoCertificado, no Certificado */
        {"cp30_sw", 8, 0, FEEDS_TAKEN, NULL},
        {"cp30_sw_timbrado", 8, 0, FEEDS_TAKEN, NULL},
        {"cp31_sw_ingreso_autotransporte", 9, 0, FEEDS_TAKEN, NULL},
        {"cp31_sw_ingreso_autotransporte_timbrado", 9, 0, FEEDS_TAKEN, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        char path[128];
        struct said *s;

        snprintf(path, sizeof path, "manifests/cartaporte/%s.xml", samples[i].name);
        s = said_shared(&reader_cfdi, path);
        if (!s)
            skip();
        if (s->listed != samples[i].faults || s->records != samples[i].records) {
            fprintf(stderr, "%s\n", samples[i].name);
            said_print(s);
        }
        assert_int_equal(s->listed, samples[i].faults);
        assert_int_equal(s->records, samples[i].records);
        assert_int_equal(s->verdicts[samples[i].verdict], 1);
        if (samples[i].fault)
            assert_int_equal(said_count(s, samples[i].fault), samples[i].faults);
        said_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_export_by_road),
        cmocka_unit_test(each_defect_is_named),
        cmocka_unit_test(hostile_xml_is_refused),
        cmocka_unit_test(broken_anywhere_never_crashes),
        cmocka_unit_test(endless_tags_and_depth),
        cmocka_unit_test(encodings_that_are_read),
        cmocka_unit_test(without_carta_porte_it_is_not_understood),
        cmocka_unit_test(the_samples_are_read_without_a_false_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
