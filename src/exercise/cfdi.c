/*
 * cfdi.c: writes a CFDI 4.0 with the complement Carta Porte 3.1, for transport that crosses the border
 * (TranspInternac="Sí"): by road and by air, into Mexico (Entrada, regime IMD) and out of it (Salida, EXD). Elements and
 * their order are those of CartaPorte31.xsd. There is no seal and no stamp: the places of both say what this is.
 */
#include "exercise/internal.h"

#define ABROAD "XEXX010101000" /* the RFC of whoever has none */

struct cfdi {
    struct arena *arena;
    struct buf *b;
    const struct shipment *s;
    const struct bill *bill;
};

static void attribute(struct buf *b, const char *name, const char *value)
{
    buf_fmt(b, " %s=\"", name);
    for (; *value; value++)
        switch (*value) {
        case '&':
            buf_z(b, "&amp;");
            break;
        case '<':
            buf_z(b, "&lt;");
            break;
        case '"':
            buf_z(b, "&quot;");
            break;
        default:
            buf_char(b, *value);
        }
    buf_char(b, '"');
}

static const struct company *mexican(const struct cfdi *x)
{
    return x->bill->to.mexican ? &x->bill->to : &x->bill->from;
}

static void head(const struct cfdi *x)
{
    struct buf *b = x->b;
    char rfc[14];
    const struct company *to = mexican(x);
    int fee = 180 * x->s->pair->km / 10;

    number_rfc(rfc, (const char[]){x->s->carrier->scac[2], x->s->carrier->scac[3], 'X', 0}, 4711);
    buf_z(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<cfdi:Comprobante xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\""
             " xmlns:cartaporte31=\"http://www.sat.gob.mx/CartaPorte31\""
             " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
             " xsi:schemaLocation=\"http://www.sat.gob.mx/cfd/4"
             " http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd http://www.sat.gob.mx/CartaPorte31"
             " http://www.sat.gob.mx/sitio_internet/cfd/CartaPorte/CartaPorte31.xsd\" Version=\"4.0\"");
    attribute(b, "Serie", EXERCISE_MARK);
    attribute(b, "Folio", x->bill->number);
    attribute(b, "Fecha", when_date(x->arena, x->s->at, "Y-M-DTh:m:00"));
    buf_z(b, " Sello=\"" EXERCISE_MARK
             "\" NoCertificado=\"00000000000000000000\" Certificado=\"" EXERCISE_MARK "\"");
    buf_fmt(b, " SubTotal=\"%d.00\" Moneda=\"MXN\" Total=\"%d.00\"", fee, fee);
    attribute(b, "TipoDeComprobante", "I");
    attribute(b, "Exportacion", "01");
    attribute(b, "MetodoPago", "PUE");
    attribute(b, "FormaPago", "03");
    attribute(b, "LugarExpedicion", x->s->pair->mx.zip);
    buf_z(b, ">\n  <cfdi:Emisor");
    attribute(b, "Rfc", rfc);
    attribute(b, "Nombre", x->s->carrier->name);
    buf_z(b, " RegimenFiscal=\"601\"/>\n  <cfdi:Receptor");
    attribute(b, "Rfc", to->rfc);
    attribute(b, "Nombre", to->name);
    attribute(b, "DomicilioFiscalReceptor", to->zip);
    buf_z(b, " RegimenFiscalReceptor=\"601\" UsoCFDI=\"S01\"/>\n  <cfdi:Conceptos>\n"
             "    <cfdi:Concepto ClaveProdServ=\"78101802\" Cantidad=\"1\" ClaveUnidad=\"E48\""
             " Descripcion=\"Servicio de transporte internacional de carga\" ObjetoImp=\"01\"");
    buf_fmt(b, " ValorUnitario=\"%d.00\" Importe=\"%d.00\"/>\n  </cfdi:Conceptos>\n", fee, fee);
}

static void place(const struct cfdi *x, bool origin)
{
    const struct company *c = origin ? &x->bill->from : &x->bill->to;
    const struct side *side = c->mexican ? &x->s->pair->mx : &x->s->pair->us;
    struct when at = x->s->at;
    struct buf *b = x->b;

    at.minute += origin ? 0 : 600;
    buf_fmt(b, "        <cartaporte31:Ubicacion TipoUbicacion=\"%s\" IDUbicacion=\"%s\"",
            origin ? "Origen" : "Destino", origin ? "OR000001" : "DE000001");
    attribute(b, "RFCRemitenteDestinatario", c->mexican ? c->rfc : ABROAD);
    attribute(b, "NombreRemitenteDestinatario", c->name);
    if (!c->mexican) {
        attribute(b, "NumRegIdTrib", c->tax);
        attribute(b, "ResidenciaFiscal", "USA");
    }
    if (x->s->pair->way == WAY_AIR) {
        attribute(b, "NombreEstacion", side->name);
        attribute(b, "TipoEstacion", origin ? "01" : "03");
    }
    attribute(b, "FechaHoraSalidaLlegada", when_date(x->arena, at, "Y-M-DTh:m:00"));
    if (!origin)
        buf_fmt(b, " DistanciaRecorrida=\"%d.00\"", x->s->pair->km);
    buf_z(b, ">\n          <cartaporte31:Domicilio");
    attribute(b, "Calle", c->street);
    attribute(b, "Estado", c->state);
    attribute(b, "Pais", c->mexican ? "MEX" : "USA");
    attribute(b, "CodigoPostal", c->zip);
    buf_z(b, "/>\n        </cartaporte31:Ubicacion>\n");
}

static void goods(const struct cfdi *x, const struct line *l)
{
    struct buf *b = x->b;
    const struct good *g = l->good;

    buf_z(b, "        <cartaporte31:Mercancia");
    attribute(b, "BienesTransp", g->sat);
    attribute(b, "Descripcion", g->spanish);
    buf_fmt(b, " Cantidad=\"%d\" ClaveUnidad=\"%s\"", l->packages, g->rec21[0] == 'D' ? "XDR" : "XBX");
    buf_fmt(b, " MaterialPeligroso=\"%s\"", g->undg ? "Sí" : "No");
    if (g->undg) {
        attribute(b, "CveMaterialPeligroso", g->undg);
        attribute(b, "Embalaje", g->embalaje);
    }
    if (g->cas) {
        attribute(b, "SectorCOFEPRIS", "03");
        attribute(b, "NomQuimico", g->chemical);
        attribute(b, "NumCAS", g->cas);
    }
    buf_fmt(b, " PesoEnKg=\"%lld.%02lld0\" ValorMercancia=\"%lld.%02lld\" Moneda=\"USD\"",
            (long long)l->grams / 100, (long long)l->grams % 100, (long long)l->cents / 100,
            (long long)l->cents % 100);
    attribute(b, "FraccionArancelaria", g->hs);
    buf_z(b, " TipoMateria=\"03\">\n          <cartaporte31:DocumentacionAduanera TipoDocumento=\"01\"");
    attribute(b, "NumPedimento", x->bill->pedimento);
    if (!x->s->north)
        attribute(b, "RFCImpo", x->bill->to.rfc);
    buf_z(b, "/>\n          <cartaporte31:CantidadTransporta");
    buf_fmt(b, " Cantidad=\"%d\" IDOrigen=\"OR000001\" IDDestino=\"DE000001\"/>\n", l->packages);
    buf_z(b, "        </cartaporte31:Mercancia>\n");
}

static void lorry(const struct cfdi *x)
{
    struct buf *b = x->b;

    buf_z(b,
          "        <cartaporte31:Autotransporte PermSCT=\"TPAF08\" NumPermisoSCT=\"" EXERCISE_MARK "\">\n"
          "          <cartaporte31:IdentificacionVehicular ConfigVehicular=\"T3S2\"");
    buf_fmt(b, " PesoBrutoVehicular=\"%lld.50\"", 15 + bill_kilograms(x->bill) / 1000);
    attribute(b, "PlacaVM", x->s->conveyance);
    buf_z(b, " AnioModeloVM=\"2019\"/>\n          <cartaporte31:Seguros AseguraRespCivil=\"Seguros de "
             "Ejemplo SA\""
             " PolizaRespCivil=\"EX-000001\" AseguraMedAmbiente=\"Seguros de Ejemplo SA\""
             " PolizaMedAmbiente=\"EX-000002\"/>\n          <cartaporte31:Remolques>\n"
             "            <cartaporte31:Remolque SubTipoRem=\"CTR007\"");
    attribute(b, "Placa", x->bill->box[0].plate);
    buf_z(b, "/>\n          </cartaporte31:Remolques>\n        </cartaporte31:Autotransporte>\n");
}

static void aircraft(const struct cfdi *x)
{
    buf_z(x->b,
          "        <cartaporte31:TransporteAereo PermSCT=\"TPTA01\" NumPermisoSCT=\"" EXERCISE_MARK "\"");
    attribute(x->b, "MatriculaAeronave", x->s->conveyance);
    attribute(x->b, "NumeroGuia", x->bill->number);
    attribute(x->b, "CodigoTransportista", "CA001");
    buf_z(x->b, "/>\n");
}

static void complement(const struct cfdi *x)
{
    const struct shipment *s = x->s;
    struct buf *b = x->b;
    int64_t grams = 0;

    buf_fmt(b, "  <cfdi:Complemento>\n    <cartaporte31:CartaPorte Version=\"3.1\" IdCCP=\"CCC%s\"",
            s->reference + 3);
    buf_fmt(
        b,
        " TranspInternac=\"Sí\" EntradaSalidaMerc=\"%s\" PaisOrigenDestino=\"USA\" ViaEntradaSalida=\"%s\"",
        s->north ? "Salida" : "Entrada", s->pair->way == WAY_AIR ? "03" : "01");
    buf_fmt(b, " TotalDistRec=\"%d.00\">\n      <cartaporte31:RegimenesAduaneros>\n", s->pair->km);
    buf_fmt(b, "        <cartaporte31:RegimenAduaneroCCP RegimenAduanero=\"%s\"/>\n",
            s->north ? "EXD" : "IMD");
    buf_z(b, "      </cartaporte31:RegimenesAduaneros>\n      <cartaporte31:Ubicaciones>\n");
    place(x, true);
    place(x, false);
    for (int i = 0; i < x->bill->lines; i++)
        grams += x->bill->line[i].grams;
    buf_z(b, "      </cartaporte31:Ubicaciones>\n      <cartaporte31:Mercancias");
    buf_fmt(b, " PesoBrutoTotal=\"%lld.%02lld0\" UnidadPeso=\"KGM\" NumTotalMercancias=\"%d\">\n",
            (long long)grams / 100, (long long)grams % 100, x->bill->lines);
    for (int i = 0; i < x->bill->lines; i++)
        goods(x, &x->bill->line[i]);
    (s->pair->way == WAY_AIR ? aircraft : lorry)(x);
    buf_z(b, "      </cartaporte31:Mercancias>\n");
    if (s->pair->way == WAY_ROAD) {
        buf_z(b,
              "      <cartaporte31:FiguraTransporte>\n        <cartaporte31:TiposFigura TipoFigura=\"01\"");
        attribute(b, "RFCFigura", s->driver.rfc);
        attribute(b, "NumLicencia", s->driver.licence);
        attribute(b, "NombreFigura", s->driver.name);
        buf_z(b, "/>\n      </cartaporte31:FiguraTransporte>\n");
    }
    buf_z(b, "    </cartaporte31:CartaPorte>\n  </cfdi:Complemento>\n");
}

void cfdi_carta_porte(struct arena *a, struct buf *b, const struct shipment *s)
{
    struct cfdi x = {a, b, s, &s->bill[0]};

    head(&x);
    complement(&x);
    buf_z(b, "</cfdi:Comprobante>\n");
}
