/* CFDI with Comercio Exterior 2.0: an export as records, the rules that are certain, two complements in one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feeds_sink.h"

#define NONE ((struct feeds_options){.as = NULL})

struct invoice {
    const char *type, *export, *trade, *parties, *goods;
};
static const struct invoice good = {
    "I", "02", "ClaveDePedimento=\"A1\" TotalUSD=\"1500.00\"",
    "<x:Receptor><x:Domicilio Calle=\"1 Main St\" Estado=\"TX\" Pais=\"USA\" CodigoPostal=\"78040\"/>"
    "</x:Receptor>",
    "<x:Mercancia NoIdentificacion=\"A\" FraccionArancelaria=\"2914110100\" CantidadAduana=\"7.5\" "
    "UnidadAduana=\"01\" ValorDolares=\"900.0040\"/>\n"
    "<x:Mercancia NoIdentificacion=\"B\" ValorDolares=\"600\"/>"};

static struct said *said_invoice(struct invoice i)
{
    static char text[65536];

    snprintf(text, sizeof text,
             "<cfdi:Comprobante xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\" "
             "xmlns:x=\"http://www.sat.gob.mx/ComercioExterior20\" Version=\"4.0\" "
             "Serie=\"PUENTE-EXERCISE\" Folio=\"9\" Fecha=\"2026-11-21T08:00:00\" Sello=\"s\" "
             "NoCertificado=\"30001000000500003416\" Certificado=\"c\" SubTotal=\"0\" Moneda=\"USD\" "
             "Total=\"0\" TipoDeComprobante=\"%s\" Exportacion=\"%s\" LugarExpedicion=\"64000\">\n"
             "<cfdi:Emisor Rfc=\"EKU9003173C9\" Nombre=\"Ejemplo\" RegimenFiscal=\"601\"/>"
             "<cfdi:Receptor Rfc=\"XEXX010101000\" Nombre=\"Example\" DomicilioFiscalReceptor=\"64000\" "
             "NumRegIdTrib=\"12-3456789\" ResidenciaFiscal=\"USA\" RegimenFiscalReceptor=\"616\" "
             "UsoCFDI=\"S01\"/><cfdi:Conceptos>"
             "<cfdi:Concepto ClaveProdServ=\"24122003\" NoIdentificacion=\"B\" Cantidad=\"1000\" "
             "ClaveUnidad=\"H87\" Descripcion=\"Botellas\" ValorUnitario=\"0\" Importe=\"0\" "
             "ObjetoImp=\"01\"/><cfdi:Concepto ClaveProdServ=\"12352100\" NoIdentificacion=\"A\" "
             "Cantidad=\"6\" ClaveUnidad=\"XDR\" Descripcion=\"Acetona\" ValorUnitario=\"0\" Importe=\"0\" "
             "ObjetoImp=\"01\"/></cfdi:Conceptos>\n<cfdi:Complemento>"
             "<x:ComercioExterior Version=\"2.0\" CertificadoOrigen=\"0\" Incoterm=\"FCA\" "
             "TipoCambioUSD=\"18.2\" %s>%s<x:Mercancias>%s</x:Mercancias></x:ComercioExterior>"
             "</cfdi:Complemento></cfdi:Comprobante>",
             i.type, i.export, i.trade, i.parties, i.goods);
    return said_text(&reader_cfdi, text, NONE);
}

static void an_export_becomes_records(void **state)
{
    struct said *s = said_invoice(good);

    (void)state;
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 1);
    assert_int_equal(s->records, 5);
    assert_true(s->exercise);
    assert_int_equal(s->listed, 1); /* the value's third decimal */
    assert_int_equal(said_count(s, "cfdi.rounded"), 1);
    assert_true(said_has(s, "consignment {\"bill\":\"PUENTE-EXERCISE-9\""));
    assert_true(
        said_has(s, "\"value\":1500,\"currency\":\"USD\",\"entry_type\":\"A1\",\"direction\":\"north\","
                    "\"goods\":\"Acetona\""));
    assert_true(said_has(s, "INCOTERM:FCA"));
    assert_true(said_has(s, "\"role\":\"recipient\",\"name\":\"Example\",\"identifier\":\"12-3456789\","
                            "\"identifier_scheme\":\"tax-id\",\"address\":\"1 Main St\""));
    assert_true(
        said_has(s, "\"line\":1,\"description\":\"Acetona\",\"hs\":\"2914110100\","
                    "\"product_code\":\"12352100\",\"quantity\":7.5,\"package\":\"01\",\"value\":900"));
    assert_true(said_has(s, "\"line\":2,\"description\":\"Botellas\",\"product_code\":\"24122003\","
                            "\"quantity\":1000,\"package\":\"H87\",\"value\":600"));
    said_free(s);
}

static void each_rule_has_its_fault(void **state)
{
    struct invoice i[9];
    static const struct {
        const char *code, *expected;
        enum feeds_verdict verdict;
    } said[] = {{"cfdi.comercio.total", "1500.0040", FEEDS_TAKEN},
                {"cfdi.comercio", "02", FEEDS_TAKEN},
                {"cfdi.comercio", "MotivoTraslado", FEEDS_TAKEN},
                {"cfdi.comercio", "Propietario", FEEDS_TAKEN},
                {"cfdi.comercio", "MEX", FEEDS_TAKEN},
                {"cfdi.comercio.item", "Concepto", FEEDS_TAKEN},
                {"cfdi.attribute", "ClaveDePedimento", FEEDS_REFUSED},
                {"cfdi.catalogue", "c_ClavePedimento", FEEDS_TAKEN},
                {"cfdi.pattern", "[0-9]{8}([0-9]{2})?", FEEDS_REFUSED}};

    (void)state;
    for (size_t k = 0; k < COUNT(i); k++)
        i[k] = good;
    i[0].trade = "ClaveDePedimento=\"A1\" TotalUSD=\"1499\"";
    i[1].export = "01";
    i[2].type = "T";
    i[3].type = "T";
    i[3].trade = "ClaveDePedimento=\"A1\" TotalUSD=\"1500\" MotivoTraslado=\"05\"";
    i[4].parties =
        "<x:Emisor><x:Domicilio Calle=\"A\" Estado=\"TX\" Pais=\"USA\" CodigoPostal=\"1\"/></x:Emisor>";
    i[5].goods = "<x:Mercancia NoIdentificacion=\"C\" ValorDolares=\"1500\"/>";
    i[6].trade = "TotalUSD=\"1500\"";
    i[7].trade = "ClaveDePedimento=\"B7\" TotalUSD=\"1500\"";
    i[8].goods =
        "<x:Mercancia NoIdentificacion=\"A\" FraccionArancelaria=\"29141\" ValorDolares=\"1500\"/>";
    for (size_t k = 0; k < COUNT(i); k++) {
        struct said *s = said_invoice(i[k]);

        if (said_count(s, said[k].code) != 1)
            said_print(s);
        assert_int_equal(said_count(s, said[k].code), 1);
        assert_string_equal(s->fault[0].code, said[k].code);
        assert_string_equal(s->fault[0].expected, said[k].expected);
        assert_int_equal(s->verdicts[said[k].verdict], 1);
        said_free(s);
    }
}

/* Finding a line of the invoice is not slow however many there are. */
static void many_lines_are_found_fast(void **state)
{
    enum { N = 20000 };
    size_t n = 0, size = (size_t)N * 400 + 4096;
    char *text = malloc(size);
    struct said *s;

    (void)state;
    assert_non_null(text);
    n += (size_t)snprintf(text, size,
                          "<cfdi:Comprobante xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\" "
                          "xmlns:x=\"http://www.sat.gob.mx/ComercioExterior20\"><cfdi:Conceptos>");
    for (int i = 0; i < N; i++)
        n += (size_t)snprintf(text + n, size - n, "<cfdi:Concepto NoIdentificacion=\"%d\"/>", i);
    n += (size_t)snprintf(text + n, size - n,
                          "</cfdi:Conceptos><cfdi:Complemento><x:ComercioExterior><x:Mercancias>");
    for (int i = N; i-- > 0;)
        n += (size_t)snprintf(text + n, size - n, "<x:Mercancia NoIdentificacion=\"%d\"/>", i);
    snprintf(text + n, size - n,
             "</x:Mercancias></x:ComercioExterior></cfdi:Complemento></cfdi:Comprobante>");
    s = said_text(&reader_cfdi, text, NONE);
    assert_int_equal(said_count(s, "cfdi.comercio.item"), 0);
    assert_int_equal(s->verdicts[FEEDS_REFUSED], 1);
    assert_true(s->records >= N);
    said_free(s);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_export_becomes_records),
        cmocka_unit_test(each_rule_has_its_fault),
        cmocka_unit_test(many_lines_are_found_fast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
