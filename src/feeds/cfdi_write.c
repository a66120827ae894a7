/*
 * cfdi_write.c: a CFDI 4.0 with Carta Porte from its records: the rows of cfdi_records.c backwards, and what that file puts
 * together taken apart again. The document is not sealed and not stamped: that is the tax authority's and its
 * providers' business. What the schema wants and no record has (insurers, permits) comes from the caller's values; without
 * them an invoice of transfer (Traslado) is written.
 */
#include "feeds/cfdi_write.h"

#include "feeds/countries.h"

static const struct {
    const char *mode, *via;
    int element;
} modes[] = {{"road", "01", CP_AUTOTRANSPORTE},
             {"sea", "02", CP_TRANSPORTEMARITIMO},
             {"air", "03", CP_TRANSPORTEAEREO},
             {"rail", "04", CP_TRANSPORTEFERROVIARIO}};

/* ---- records ---- */

struct str cfdi_write_get(const struct cfdi_writer *w, const struct record *r, const char *field)
{
    int f = schema_field(r->kind, str_z(field));
    return record_has(r, f) ? schema_text(w->arena, r, f) : (struct str){NULL, 0};
}

static bool is(const struct record *r, const char *kind)
{
    return strcmp(r->kind->name, kind) == 0;
}

static int index_of(const struct cfdi_writer *w, const struct record *r)
{
    for (size_t i = 0; i < w->what->n; i++)
        if (w->what->r[i] == r)
            return (int)i;
    return -1;
}

static const struct record *first(const struct cfdi_writer *w, const char *kind)
{
    for (size_t i = 0; i < w->what->n; i++)
        if (is(w->what->r[i], kind))
            return w->what->r[i];
    return NULL;
}

/* Whether it belongs to the trip or to its first consignment; another one is another document. */
static bool ours(const struct cfdi_writer *w, size_t i, const char *kind)
{
    const struct record *r = w->what->r[i];
    int64_t trip = index_of(w, first(w, "trip")) + 1, bill = index_of(w, first(w, "consignment")) + 1;
    int f = schema_field(r->kind, is(r, "party") ? S("parent") : S("consignment"));

    return is(r, kind) && (!record_has(r, f) || r->v[f].i == trip || r->v[f].i == bill);
}

/* The nth value, from 0, of a reference with this qualifier. */
struct str cfdi_write_reference(const struct record *r, const char *qualifier, size_t nth)
{
    struct str all = r ? record_get(r, schema_field(r->kind, S("references"))) : (struct str){NULL, 0}, one;

    while (all.n && str_split(&all, '\n', &one)) {
        size_t n = strlen(qualifier);
        if (one.n > n && one.p[n] == ':' && memcmp(one.p, qualifier, n) == 0 && nth-- == 0)
            return str_n(one.p + n + 1, one.n - n - 1);
    }
    return (struct str){NULL, 0};
}

static struct str back(struct cfdi_writer *w, const struct record *r, const struct cfdi_map *m)
{
    struct str s = cfdi_write_get(w, r, m->field);

    switch (m->how) {
    case CFDI_AS_IS:
    case CFDI_NUMBER:
        return s;
    case CFDI_COUNTRY:
        return feeds_country3(s);
    case CFDI_IMO:
        return s.n ? arena_fmt(w->arena, "IMO%.*s", STR_ARG(s)) : s;
    }
    return s;
}

/* Whether another attribute of the element says the field already. */
static bool said(struct cfdi_writer *w, const struct leaf *l, const struct cfdi_rows *m, const char *field)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->row[i].element == l->element && strcmp(m->row[i].field, field) == 0 &&
            leaf_get(w, l, m->row[i].attribute).p)
            return true;
    return false;
}

/* Every row of the map for this element; of several attributes for one field the last, which a reader takes. */
static void fill(struct cfdi_writer *w, struct leaf *l, const struct record *r, const struct cfdi_rows *m)
{
    for (size_t i = m->n; i-- > 0;)
        if (m->row[i].element == l->element && !said(w, l, m, m->row[i].field))
            leaf_set(w, l, m->row[i].attribute, back(w, r, &m->row[i]));
}

/* ---- parties ---- */

struct leaf *cfdi_write_address(struct cfdi_writer *w, struct leaf *at, int element, const struct record *r)
{
    struct str street = cfdi_write_get(w, r, "address"), more = {NULL, 0};
    struct leaf *l;

    if (cfdi_write_get(w, r, "region").n == 0 && cfdi_write_get(w, r, "postal_code").n == 0)
        return NULL;
    l = leaf_below(w, at, element);
    if (street.n > 100) /* the rest of it where there is room */
        for (size_t i = 100; i > 0; i--)
            if (street.p[i] == ',' && i + 2 < street.n && street.p[i + 1] == ' ') {
                more = str_n(street.p + i + 2, street.n - i - 2);
                street.n = i;
                break;
            }
    leaf_set(w, l, "Calle", street);
    leaf_set(w, l, "Referencia", more);
    leaf_set(w, l, "Municipio", cfdi_write_get(w, r, "city"));
    leaf_set(w, l, "Estado", cfdi_write_get(w, r, "region"));
    leaf_set(w, l, "Pais", feeds_country3(cfdi_write_get(w, r, "country")));
    leaf_set(w, l, "CodigoPostal", cfdi_write_get(w, r, "postal_code"));
    return l;
}

/* A foreigner's own number stands beside the generic taxpayer number. */
static void identity(struct cfdi_writer *w, struct leaf *l, const struct record *r)
{
    static const struct {
        int element;
        const char *rfc, *number, *country;
    } foreign[] = {{CFDI_RECEPTOR, "Rfc", "NumRegIdTrib", "ResidenciaFiscal"},
                   {CP_UBICACION, "RFCRemitenteDestinatario", "NumRegIdTrib", "ResidenciaFiscal"},
                   {CP_TIPOSFIGURA, "RFCFigura", "NumRegIdTribFigura", "ResidenciaFiscalFigura"},
                   {CP_TRANSPORTEAEREO, "RFCEmbarcador", "NumRegIdTribEmbarc", "ResidenciaFiscalEmbarc"}};
    struct str scheme = cfdi_write_get(w, r, "identifier_scheme");

    if (scheme.n == 0 || str_eq(scheme, S("rfc")) || str_eq(scheme, S("licence")))
        return;
    for (size_t i = 0; i < COUNT(foreign); i++)
        if (foreign[i].element == l->element) {
            leaf_set(w, l, foreign[i].rfc, CFDI_ABROAD);
            leaf_set(w, l, foreign[i].number, cfdi_write_get(w, r, "identifier"));
            leaf_set(w, l, foreign[i].country, feeds_country3(cfdi_write_get(w, r, "country")));
        }
}

static void party_into(struct cfdi_writer *w, struct leaf *l, size_t i)
{
    const struct record *r = w->what->r[i];

    l->record = (int)i;
    identity(w, l, r);
    fill(w, l, r, &cfdi_maps.party);
    if (l->element == CP_UBICACION)
        cfdi_write_address(w, l, CP_DOMICILIO, r);
    if (l->element == CP_TIPOSFIGURA)
        cfdi_write_address(w, l, CP_TIPOSFIGURA_DOMICILIO, r);
}

/* The goods' customs papers in order: each has an importer, or none. */
static void importer(struct cfdi_writer *w, size_t i)
{
    struct leaf *goods = leaf_only(w, CP_MERCANCIAS);

    for (struct leaf *m = goods->first; m; m = m->next)
        for (struct leaf *l = m->first; l; l = l->next)
            if (l->element == CP_DOCUMENTACIONADUANERA && l->record < 0) {
                party_into(w, l, i);
                return;
            }
}

/* By air there may be a consignor besides the places: the last of several shippers, and it has no address. */
static bool consignor(struct cfdi_writer *w, size_t i)
{
    const struct record *r = w->what->r[i];
    bool before = false, after = false;

    for (size_t k = 0; k < w->what->n; k++)
        if (k != i && ours(w, k, "party") && str_eq(cfdi_write_get(w, w->what->r[k], "role"), S("shipper")))
            *(k < i ? &before : &after) = true;
    return before && !after && cfdi_write_get(w, r, "region").n == 0 &&
           cfdi_write_get(w, r, "postal_code").n == 0 &&
           str_eq(cfdi_write_get(w, first(w, "trip"), "mode"), S("air"));
}

static void party(struct cfdi_writer *w, size_t i)
{
    static const struct {
        const char *role, *attribute, *value;
        int element;
    } roles[] = {{"shipper", "TipoUbicacion", "Origen", CP_UBICACION},
                 {"consignee", "TipoUbicacion", "Destino", CP_UBICACION},
                 {"driver", "TipoFigura", "01", CP_TIPOSFIGURA},
                 {"owner", "TipoFigura", "02", CP_TIPOSFIGURA},
                 {"other", "TipoFigura", "03", CP_TIPOSFIGURA},
                 {"notify", "TipoFigura", "04", CP_TIPOSFIGURA}};
    struct str role = cfdi_write_get(w, w->what->r[i], "role"),
               mode = cfdi_write_get(w, first(w, "trip"), "mode");

    if (str_eq(role, S("issuer")))
        party_into(w, leaf_only(w, CFDI_EMISOR), i);
    else if (str_eq(role, S("recipient")))
        party_into(w, leaf_only(w, CFDI_RECEPTOR), i);
    else if (str_eq(role, S("agent")) && str_eq(mode, S("sea")))
        party_into(w, leaf_only(w, CP_TRANSPORTEMARITIMO), i);
    else if (str_eq(role, S("importer")))
        importer(w, i);
    else if (str_eq(role, S("shipper")) && consignor(w, i))
        party_into(w, leaf_only(w, CP_TRANSPORTEAEREO), i);
    else
        for (size_t k = 0; k < COUNT(roles); k++)
            if (str_eq(role, str_z(roles[k].role))) {
                struct leaf *l = leaf_add(w, roles[k].element);
                leaf_set(w, l, roles[k].attribute, str_z(roles[k].value));
                party_into(w, l, i);
            }
}

static void parties(struct cfdi_writer *w)
{
    for (size_t i = 0; i < w->what->n; i++)
        if (ours(w, i, "party"))
            party(w, i);
}

/* ---- goods ---- */

static void papers(struct cfdi_writer *w, struct leaf *goods, const struct record *r)
{
    struct str s;
    struct leaf *l;

    for (size_t k = 0; (s = cfdi_write_reference(r, "PEDIMENTO", k)).n; k++) {
        l = leaf_below(w, goods, w->version == V20 ? CP_PEDIMENTOS : CP_DOCUMENTACIONADUANERA);
        leaf_set(w, l, "Pedimento", s);
        leaf_set(w, l, "NumPedimento", s);
        leaf_set(w, l, "TipoDocumento", S("01"));
    }
    for (size_t k = 0; w->version != V20 && (s = cfdi_write_reference(r, "DOCADUANERO", k)).n; k++)
        leaf_set(w, leaf_below(w, goods, CP_DOCUMENTACIONADUANERA), "IdentDocAduanero", s);
    for (size_t k = 0; (s = cfdi_write_reference(r, "GUIA", k)).n; k++)
        leaf_set(w, leaf_below(w, goods, CP_GUIASIDENTIFICACION), "NumeroGuiaIdentificacion", s);
}

static void item(struct cfdi_writer *w, size_t i)
{
    const struct record *r = w->what->r[i];
    struct leaf *l = leaf_add(w, CP_MERCANCIA), *detail;
    const struct cfdi_rows *refs = &cfdi_maps.references;

    l->record = (int)i;
    for (size_t k = 0; k < refs->n; k++)
        if (refs->row[k].element == CP_MERCANCIA)
            leaf_set(w, l, refs->row[k].attribute, cfdi_write_reference(r, refs->row[k].field, 0));
    papers(w, l, r);
    fill(w, l, r, &cfdi_maps.item);
    leaf_set(w, l, "MaterialPeligroso",
             leaf_get(w, l, "CveMaterialPeligroso").n ? S("Sí") : (struct str){NULL, 0});
    if (cfdi_write_get(w, r, "net_weight").n) {
        int net = schema_field(r->kind, S("net_weight")), gross = schema_field(r->kind, S("gross_weight"));
        struct record *tare = record_new(w->arena, r->kind);
        record_int(tare, net, record_has(r, gross) ? r->v[gross].i - r->v[net].i : 0);
        detail = leaf_below(w, l, CP_DETALLEMERCANCIA);
        leaf_set(w, detail, "UnidadPesoMerc", S("KGM"));
        leaf_set(w, detail, "PesoBruto", cfdi_write_get(w, r, "gross_weight"));
        leaf_set(w, detail, "PesoNeto", cfdi_write_get(w, r, "net_weight"));
        leaf_set(w, detail, "PesoTara", cfdi_write_get(w, tare, "net_weight"));
    }
}

/* Whether the caller says something of an element of this name. */
static bool told(const struct cfdi_writer *w, const char *element)
{
    for (size_t k = 0; k < w->how->nvalues; k++)
        if (str_starts(w->how->values[k].path, str_z(element)) &&
            str_starts(str_n(w->how->values[k].path.p + strlen(element),
                             w->how->values[k].path.n - strlen(element)),
                       S("/@")))
            return true;
    return false;
}

/* The stamp is written when the caller has what it is made of. */
static void stamp(struct cfdi_writer *w, const struct record *bill)
{
    if (told(w, "TimbreFiscalDigital") && cfdi_write_reference(bill, "UUID", 0).n)
        leaf_set(w, leaf_only(w, CFDI_TIMBRE), "UUID", cfdi_write_reference(bill, "UUID", 0));
}

/* The invoice's lines are the goods themselves, unless the caller says what is charged. */
static void lines(struct cfdi_writer *w)
{
    if (told(w, "Concepto")) {
        leaf_only(w, CFDI_CONCEPTO);
        return;
    }
    for (size_t i = 0; i < w->what->n; i++) {
        const struct record *r = w->what->r[i];
        struct leaf *l;
        if (!ours(w, i, "item"))
            continue;
        l = leaf_add(w, CFDI_CONCEPTO);
        leaf_set(w, l, "ClaveProdServ", cfdi_write_get(w, r, "product_code"));
        leaf_set(w, l, "Cantidad", cfdi_write_get(w, r, "quantity"));
        leaf_set(w, l, "ClaveUnidad", cfdi_write_get(w, r, "package"));
        leaf_set(w, l, "Descripcion", cfdi_write_get(w, r, "description"));
        leaf_set(w, l, "ValorUnitario", S("0"));
        leaf_set(w, l, "Importe", S("0"));
        leaf_set(w, l, "ObjetoImp", S("01"));
    }
}

/* ---- conveyance and equipment ---- */

/* The container that came last: a trailer behind it is the one that it rides on. */
static struct leaf *last_box(struct cfdi_writer *w)
{
    struct leaf *box = NULL;

    for (struct leaf *l = leaf_only(w, CP_TRANSPORTEMARITIMO)->first; l; l = l->next)
        box = l->element == CP_CONTENEDOR ? l : box;
    return box;
}

static void equipment(struct cfdi_writer *w, size_t i, struct str mode)
{
    const struct record *r = w->what->r[i];
    struct str kind = cfdi_write_get(w, r, "kind");
    bool sea = str_eq(mode, S("sea"));
    struct leaf *l, *box;

    if (str_eq(kind, S("railcar"))) {
        size_t nth = 0;
        for (struct leaf *c = leaf_only(w, CP_TRANSPORTEFERROVIARIO)->first; c; c = c->next)
            nth += c->element == CP_CARRO;
        l = leaf_add(w, CP_CARRO);
        leaf_set(w, l, "GuiaCarro", cfdi_write_reference(first(w, "consignment"), "GUIACARRO", nth));
        fill(w, l, r, &cfdi_maps.railcar);
    } else if (str_eq(kind, S("container")) && sea) {
        l = leaf_add(w, CP_CONTENEDOR);
        if (str_eq(cfdi_write_get(w, r, "number"), cfdi_write_get(w, r, "plate")))
            leaf_set(w, l, "PlacaVMCCP", cfdi_write_get(w, r, "plate"));
        else
            leaf_set(w, l, "MatriculaContenedor", cfdi_write_get(w, r, "number"));
        fill(w, l, r, &cfdi_maps.container);
    } else if (sea && w->version == V31 && (box = last_box(w)) != NULL) {
        l = leaf_find(box, CP_REMOLQUESCCP);
        l = leaf_below(w, l ? l : leaf_below(w, box, CP_REMOLQUESCCP), CP_REMOLQUECCP);
        fill(w, l, r, &cfdi_maps.trailer);
    } else if (sea) {
        l = leaf_add(w, CP_REMOLQUESCCP_REMOLQUECCP);
        fill(w, l, r, &cfdi_maps.trailer);
    } else {
        l = leaf_add(w, CP_REMOLQUE);
        fill(w, l, r, &cfdi_maps.trailer);
    }
    l->record = (int)i;
}

static void conveyance(struct cfdi_writer *w, const struct record *trip, const struct record *bill)
{
    struct str mode = cfdi_write_get(w, trip, "mode"), number = cfdi_write_get(w, bill, "bill");

    for (size_t i = 0; i < COUNT(modes); i++) {
        struct leaf *l;
        if (!str_eq(mode, str_z(modes[i].mode)))
            continue;
        l = leaf_only(w, modes[i].element);
        fill(w, l, trip, &cfdi_maps.trip);
        if (modes[i].element == CP_AUTOTRANSPORTE) {
            leaf_set(w, l, "NumPermisoSCT", cfdi_write_reference(bill, "PERMISO", 0));
            fill(w, leaf_only(w, CP_IDENTIFICACIONVEHICULAR), trip, &cfdi_maps.trip);
        }
        if (modes[i].element != CP_TRANSPORTEMARITIMO || !str_starts(number, S("CCC")))
            fill(w, l, bill, &cfdi_maps.consignment);
    }
    for (size_t i = 0; i < w->what->n; i++)
        if (ours(w, i, "equipment"))
            equipment(w, i, mode);
}

/* ---- the document ---- */

/* "2026-11-21T09:30" with its seconds, without its zone. */
static struct str moment(struct cfdi_writer *w, struct str s)
{
    if (s.n >= 19)
        return str_n(s.p, 19);
    return s.n == 16   ? arena_fmt(w->arena, "%.*s:00", STR_ARG(s))
           : s.n == 10 ? arena_fmt(w->arena, "%.*sT00:00:00", STR_ARG(s))
                       : (struct str){NULL, 0};
}

static void places(struct cfdi_writer *w, const struct record *trip)
{
    struct str distance = cfdi_write_get(w, trip, "distance");
    struct leaf *last = NULL;

    for (struct leaf *l = leaf_only(w, CP_UBICACIONES)->first; l; l = l->next) {
        bool origin = str_eq(leaf_get(w, l, "TipoUbicacion"), S("Origen"));
        const char *of = origin ? "origin" : "destination";
        leaf_set(w, l, "FechaHoraSalidaLlegada",
                 moment(w, cfdi_write_get(w, trip, origin ? "departure" : "arrival")));
        if (str_eq(cfdi_write_get(w, trip, origin ? "origin_scheme" : "destination_scheme"), S("other")))
            leaf_set(w, l, "NumEstacion", cfdi_write_get(w, trip, of));
        last = origin ? last : l;
    }
    if (last)
        leaf_set(w, last, "DistanciaRecorrida", distance);
}

static void regimes(struct cfdi_writer *w, struct leaf *carta, const struct record *bill)
{
    struct str all = cfdi_write_get(w, bill, "regime"), one;

    while (all.n && str_split(&all, ' ', &one)) {
        if (w->version == V31)
            leaf_set(w, leaf_add(w, CP_REGIMENADUANEROCCP), "RegimenAduanero", one);
        else
            leaf_set(w, carta, "RegimenAduanero", one);
    }
}

/* The country at the other end: of whoever receives what leaves, or sends what comes. */
static struct str other_end(struct cfdi_writer *w, bool north)
{
    for (size_t i = 0; i < w->what->n; i++) {
        const struct record *r = w->what->r[i];
        if (is(r, "party") && str_eq(cfdi_write_get(w, r, "role"), north ? S("consignee") : S("shipper")))
            return feeds_country3(cfdi_write_get(w, r, "country"));
    }
    return (struct str){NULL, 0};
}

static void carta_porte(struct cfdi_writer *w, const struct record *trip, const struct record *bill)
{
    struct leaf *l = leaf_only(w, CP_CARTAPORTE), *all = leaf_only(w, CP_MERCANCIAS);
    struct str direction = cfdi_write_get(w, trip, "direction"), mode = cfdi_write_get(w, trip, "mode");
    bool north = str_eq(direction, S("north"));
    int64_t count = 0;

    leaf_set(w, l, "Version", w->version == V20 ? S("2.0") : w->version == V30 ? S("3.0") : S("3.1"));
    leaf_set(w, l, "TranspInternac", north || str_eq(direction, S("south")) ? S("Sí") : S("No"));
    if (direction.n) {
        leaf_set(w, l, "EntradaSalidaMerc", north ? S("Salida") : S("Entrada"));
        leaf_set(w, l, "PaisOrigenDestino", other_end(w, north));
        for (size_t i = 0; i < COUNT(modes); i++)
            if (str_eq(mode, str_z(modes[i].mode)))
                leaf_set(w, l, "ViaEntradaSalida", str_z(modes[i].via));
    }
    if (str_starts(cfdi_write_get(w, trip, "document"), S("CCC")))
        leaf_set(w, l, "IdCCP", cfdi_write_get(w, trip, "document"));
    leaf_set(w, l, "TotalDistRec", cfdi_write_get(w, trip, "distance"));
    regimes(w, l, bill);
    for (size_t i = 0; i < w->what->n; i++)
        count += ours(w, i, "item");
    leaf_set(w, all, "PesoBrutoTotal", cfdi_write_get(w, bill, "gross_weight"));
    leaf_set(w, all, "UnidadPeso", S("KGM"));
    leaf_set(w, all, "PesoNetoTotal", cfdi_write_get(w, bill, "net_weight"));
    leaf_set(w, all, "NumTotalMercancias", arena_fmt(w->arena, "%lld", (long long)count));
}

void cfdi_write_head(struct cfdi_writer *w, const struct record *bill)
{
    struct leaf *l = leaf_only(w, CFDI_COMPROBANTE);
    char now[TIME_SIZE];

    time_format(w->how->now, now);
    leaf_set(w, l, "Version", S("4.0"));
    leaf_set(w, l, "Serie", w->how->exercise ? S(FEEDS_WATERMARK) : cfdi_write_reference(bill, "SERIE", 0));
    leaf_set(w, l, "Folio", cfdi_write_reference(bill, "FOLIO", 0));
    leaf_complete(w, w->root);
    leaf_set(w, l, "Fecha", arena_copy(w->arena, str_n(now, 19)));
    leaf_set(w, l, "NoCertificado", S("00000000000000000000")); /* not sealed yet */
    for (const char *const *z = (const char *const[]){"Sello", "Certificado", NULL}; *z; z++)
        if (!leaf_get(w, l, *z).p)
            leaf_set(w, l, *z, S(" "));
}

static void invoice(struct cfdi_writer *w, const struct record *trip, const struct record *bill)
{
    struct leaf *l = leaf_only(w, CFDI_COMPROBANTE), *from = leaf_only(w, CFDI_EMISOR),
                *to = leaf_only(w, CFDI_RECEPTOR);

    fill(w, from, trip, &cfdi_maps.trip);
    cfdi_write_head(w, bill);
    leaf_set(w, l, "SubTotal", S("0"));
    leaf_set(w, l, "Moneda", CFDI_NO_CURRENCY);
    leaf_set(w, l, "Total", S("0"));
    leaf_set(w, l, "TipoDeComprobante", S("T"));
    leaf_set(w, l, "Exportacion", S("01"));
    leaf_set(w, l, "LugarExpedicion", leaf_get(w, to, "DomicilioFiscalReceptor"));
    leaf_set(w, to, "UsoCFDI", S("S01"));
}

/* ---- the order in which a reader gives the records ---- */

static void order_put(struct cfdi_writer *w, int record)
{
    if (record >= 0)
        w->order[w->written++] = record;
}

static void order_equipment(struct cfdi_writer *w, struct leaf *l)
{
    if (l->record >= 0 && is(w->what->r[l->record], "equipment"))
        order_put(w, l->record);
}

static void order_party(struct cfdi_writer *w, struct leaf *l)
{
    if (l->record >= 0 && is(w->what->r[l->record], "party"))
        order_put(w, l->record);
}

static void order_item(struct cfdi_writer *w, struct leaf *l)
{
    if (l->record >= 0 && is(w->what->r[l->record], "item"))
        order_put(w, l->record);
}

void cfdi_write_out(struct cfdi_writer *w)
{
    buf_z(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    leaf_out(w, w->root);
}

void cfdi_write(struct cfdi_writer *w)
{
    const struct record *trip = first(w, "trip"), *bill = first(w, "consignment");

    if (trip == NULL || bill == NULL) {
        fault_at(w->how->faults, "write.missing", (struct place){.tag = S("CartaPorte")},
                 (struct str){NULL, 0}, trip ? S("consignment") : S("trip"));
        w->missing = true;
        return;
    }
    leaf_only(w, CFDI_COMPROBANTE);
    carta_porte(w, trip, bill);
    conveyance(w, trip, bill);
    for (size_t i = 0; i < w->what->n; i++)
        if (ours(w, i, "item"))
            item(w, i);
    parties(w);
    places(w, trip);
    lines(w);
    stamp(w, bill);
    invoice(w, trip, bill);
    for (struct leaf *l = leaf_only(w, CP_MERCANCIAS)->first; l; l = l->next)
        if (l->element == CP_MERCANCIA && cfdi_write_get(w, trip, "direction").n)
            leaf_set(w, l, "MaterialPeligroso", S("No"));
    if (!w->how->unchecked)
        leaf_faults(w, w->root);
    order_put(w, index_of(w, trip));
    order_put(w, index_of(w, bill));
    leaf_each(w->root, order_equipment, w);
    leaf_each(w->root, order_party, w);
    leaf_each(w->root, order_item, w);
    cfdi_write_out(w);
}
