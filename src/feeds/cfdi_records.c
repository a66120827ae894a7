/*
 * cfdi_records.c: the records of a Carta Porte: a trip (1), a consignment (2), then equipment, parties and items
 * that refer to them; those of a Comercio Exterior follow (cfdi_comercio.c). What an attribute becomes stands in tables; what is put together from several, in code.
 */
#include "feeds/cfdi.h"
#include "feeds/countries.h"

#include <inttypes.h>

enum { TRIP = 1, CONSIGNMENT = 2 }; /* ordinals, as T_REF values count them */

static const struct cfdi_map trip_map[] = {
    {CFDI_EMISOR, "Rfc", "carrier", CFDI_AS_IS},
    {CFDI_EMISOR, "Nombre", "carrier_name", CFDI_AS_IS},
    {CFDI_TIMBRE, "UUID", "document", CFDI_AS_IS},
    {CP_CARTAPORTE, "IdCCP", "document", CFDI_AS_IS},
    {CP_CARTAPORTE, "TotalDistRec", "distance", CFDI_NUMBER},
    {CP_IDENTIFICACIONVEHICULAR, "ConfigVehicular", "conveyance_type", CFDI_AS_IS},
    {CP_IDENTIFICACIONVEHICULAR, "PlacaVM", "conveyance", CFDI_AS_IS},
    {CP_TRANSPORTEMARITIMO, "TipoEmbarcacion", "conveyance_type", CFDI_AS_IS},
    {CP_TRANSPORTEMARITIMO, "NumeroOMI", "conveyance", CFDI_IMO},
    {CP_TRANSPORTEMARITIMO, "NombreEmbarc", "conveyance_name", CFDI_AS_IS},
    {CP_TRANSPORTEMARITIMO, "NacionalidadEmbarc", "conveyance_country", CFDI_COUNTRY},
    {CP_TRANSPORTEMARITIMO, "NumViaje", "trip_number", CFDI_AS_IS},
    {CP_TRANSPORTEAEREO, "MatriculaAeronave", "conveyance", CFDI_AS_IS},
};

static const struct cfdi_map consignment_map[] = {
    {CFDI_EMISOR, "Rfc", "issuer", CFDI_AS_IS},
    {CFDI_TIMBRE, "UUID", "bill", CFDI_AS_IS},
    {CP_CARTAPORTE, "IdCCP", "bill", CFDI_AS_IS},
    {CP_TRANSPORTEMARITIMO, "NumConocEmbarc", "bill", CFDI_AS_IS},
    {CP_TRANSPORTEAEREO, "NumeroGuia", "bill", CFDI_AS_IS},
    {CP_CARTAPORTE, "IdCCP", "document", CFDI_AS_IS},
    {CFDI_TIMBRE, "UUID", "document", CFDI_AS_IS},
};

static const struct cfdi_map item_map[] = {
    {CP_MERCANCIA, "Descripcion", "description", CFDI_AS_IS},
    {CP_MERCANCIA, "FraccionArancelaria", "hs", CFDI_AS_IS},
    {CP_MERCANCIA, "BienesTransp", "product_code", CFDI_AS_IS},
    {CP_MERCANCIA, "Cantidad", "quantity", CFDI_NUMBER},
    {CP_MERCANCIA, "ClaveUnidad", "package", CFDI_AS_IS},
    {CP_MERCANCIA, "PesoEnKg", "gross_weight", CFDI_NUMBER},
    {CP_MERCANCIA, "ValorMercancia", "value", CFDI_NUMBER},
    {CP_MERCANCIA, "Moneda", "currency", CFDI_AS_IS},
    {CP_MERCANCIA, "CveMaterialPeligroso", "undg", CFDI_AS_IS},
    {CP_MERCANCIA, "NumCAS", "cas", CFDI_AS_IS},
    {CP_MERCANCIA, "NombreIngredienteActivo", "chemical", CFDI_AS_IS},
    {CP_MERCANCIA, "NomQuimico", "chemical", CFDI_AS_IS},
    {CP_MERCANCIA, "RegistroSanitarioFolioAutorizacion", "permit", CFDI_AS_IS},
    {CP_MERCANCIA, "PermisoImportacion", "permit", CFDI_AS_IS},
    {CP_DOCUMENTACIONADUANERA, "NumPedimento", "pedimento", CFDI_AS_IS},
    {CP_PEDIMENTOS, "Pedimento", "pedimento", CFDI_AS_IS},
};

/* Numbers that have no field of their own: references, "QUALIFIER:value". */
static const struct cfdi_map item_references[] = {
    {CP_MERCANCIA, "UUIDComercioExt", "UUIDCOMERCIOEXT", CFDI_AS_IS},
    {CP_MERCANCIA, "FolioImpoVUCEM", "VUCEM", CFDI_AS_IS},
    {CP_MERCANCIA, "RegistroSanitarioFolioAutorizacion", "COFEPRIS", CFDI_AS_IS},
    {CP_MERCANCIA, "Embalaje", "EMBALAJE", CFDI_AS_IS},
    {CP_MERCANCIA, "ClaveSTCC", "STCC", CFDI_AS_IS},
    {CP_MERCANCIA, "TipoMateria", "TIPOMATERIA", CFDI_AS_IS},
    {CP_DOCUMENTACIONADUANERA, "NumPedimento", "PEDIMENTO", CFDI_AS_IS},
    {CP_DOCUMENTACIONADUANERA, "IdentDocAduanero", "DOCADUANERO", CFDI_AS_IS},
    {CP_PEDIMENTOS, "Pedimento", "PEDIMENTO", CFDI_AS_IS},
    {CP_GUIASIDENTIFICACION, "NumeroGuiaIdentificacion", "GUIA", CFDI_AS_IS},
};

static const struct cfdi_map trailer_map[] = {
    {CP_REMOLQUE, "Placa", "number", CFDI_AS_IS},
    {CP_REMOLQUE, "Placa", "plate", CFDI_AS_IS},
    {CP_REMOLQUE, "SubTipoRem", "size_type", CFDI_AS_IS},
    {CP_REMOLQUECCP, "PlacaCCP", "number", CFDI_AS_IS},
    {CP_REMOLQUECCP, "PlacaCCP", "plate", CFDI_AS_IS},
    {CP_REMOLQUECCP, "SubTipoRemCCP", "size_type", CFDI_AS_IS},
    {CP_REMOLQUESCCP_REMOLQUECCP, "PlacaCCP", "number", CFDI_AS_IS},
    {CP_REMOLQUESCCP_REMOLQUECCP, "PlacaCCP", "plate", CFDI_AS_IS},
    {CP_REMOLQUESCCP_REMOLQUECCP, "SubTipoRemCCP", "size_type", CFDI_AS_IS}};
static const struct cfdi_map container_map[] = {
    {CP_CONTENEDOR, "PlacaVMCCP", "number", CFDI_AS_IS},
    {CP_CONTENEDOR, "PlacaVMCCP", "plate", CFDI_AS_IS},
    {CP_CONTENEDOR, "MatriculaContenedor", "number", CFDI_AS_IS},
    {CP_CONTENEDOR, "TipoContenedor", "size_type", CFDI_AS_IS},
    {CP_CONTENEDOR, "NumPrecinto", "seals", CFDI_AS_IS}};
static const struct cfdi_map railcar_map[] = {{CP_CARRO, "MatriculaCarro", "number", CFDI_AS_IS},
                                              {CP_CARRO, "TipoCarro", "size_type", CFDI_AS_IS}};

static const struct cfdi_map party_map[] = {
    {CFDI_EMISOR, "Rfc", "identifier", CFDI_AS_IS},
    {CFDI_EMISOR, "Nombre", "name", CFDI_AS_IS},
    {CFDI_RECEPTOR, "Rfc", "identifier", CFDI_AS_IS},
    {CFDI_RECEPTOR, "Nombre", "name", CFDI_AS_IS},
    {CFDI_RECEPTOR, "DomicilioFiscalReceptor", "postal_code", CFDI_AS_IS},
    {CP_UBICACION, "RFCRemitenteDestinatario", "identifier", CFDI_AS_IS},
    {CP_UBICACION, "NombreRemitenteDestinatario", "name", CFDI_AS_IS},
    {CP_TIPOSFIGURA, "RFCFigura", "identifier", CFDI_AS_IS},
    {CP_TIPOSFIGURA, "NombreFigura", "name", CFDI_AS_IS},
    {CP_TIPOSFIGURA, "NumLicencia", "licence", CFDI_AS_IS},
    {CP_TRANSPORTEAEREO, "RFCEmbarcador", "identifier", CFDI_AS_IS},
    {CP_TRANSPORTEAEREO, "NombreEmbarcador", "name", CFDI_AS_IS},
    {CP_TRANSPORTEMARITIMO, "NumAutorizacionNaviero", "identifier", CFDI_AS_IS},
    {CP_TRANSPORTEMARITIMO, "NombreAgenteNaviero", "name", CFDI_AS_IS},
    {CP_DOCUMENTACIONADUANERA, "RFCImpo", "identifier", CFDI_AS_IS},
};

#define MAP(rows)                                                                                          \
    {                                                                                                      \
        rows, COUNT(rows)                                                                                  \
    }

const struct cfdi_maps cfdi_maps = {
    .trip = MAP(trip_map),
    .consignment = MAP(consignment_map),
    .item = MAP(item_map),
    .references = MAP(item_references),
    .trailer = MAP(trailer_map),
    .container = MAP(container_map),
    .railcar = MAP(railcar_map),
    .party = MAP(party_map),
};

/* ---- setting fields ---- */

static int field_of(const struct record *r, const char *name)
{
    return schema_field(r->kind, str_z(name));
}

/* To the field's decimals, half away from zero; what is lost is a note. */
void cfdi_set_number(struct cfdi *c, struct record *r, int field, const struct node *n,
                     const char *attribute)
{
    struct str s = node_get(n, attribute);
    int64_t millionths, unit = 1;

    if (!cfdi_millionths(s, &millionths))
        return; /* the check has said so */
    for (int i = r->kind->field[field].scale; i < 6; i++)
        unit *= 10;
    if (millionths % unit)
        fault_at(&c->d.faults, "cfdi.rounded", cfdi_place(c, n, attribute), s,
                 arena_fmt(c->scratch, "%d", r->kind->field[field].scale));
    record_int(r, field, millionths / unit + (millionths % unit >= (unit + 1) / 2 && unit > 1));
}

static void set_mapped(struct cfdi *c, struct record *r, const struct node *n, const struct cfdi_map *m)
{
    struct str s = node_get(n, m->attribute);
    int field = field_of(r, m->field);

    if (!s.n)
        return;
    switch (m->how) {
    case CFDI_AS_IS:
        record_text(r, field, s);
        return;
    case CFDI_NUMBER:
        cfdi_set_number(c, r, field, n, m->attribute);
        return;
    case CFDI_COUNTRY:
        record_text(r, field, feeds_country(s));
        return;
    case CFDI_IMO:
        record_text(r, field, str_starts(s, S("IMO")) ? (struct str){s.p + 3, s.n - 3} : s);
        return;
    }
}

/* Every row of the map for this node; later rows win. */
static void fill(struct cfdi *c, struct record *r, const struct node *n, const struct cfdi_map *m,
                 size_t rows)
{
    for (size_t i = 0; n && i < rows; i++)
        if (m[i].element == n->element)
            set_mapped(c, r, n, &m[i]);
}

/* The map over the whole document: rows in their order, each from the first such element. */
static void fill_document(struct cfdi *c, struct record *r, const struct cfdi_map *m, size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        set_mapped(c, r, node_find(c->first, m[i].element), &m[i]);
}

struct record *cfdi_start(struct cfdi *c, const char *kind)
{
    arena_reset(c->scratch);
    return record_new(c->scratch, schema_kind(str_z(kind)));
}

int64_t cfdi_give(struct cfdi *c, struct record *r)
{
    r->head.exercise = c->d.m.exercise;
    return deliver_record(&c->d, r);
}

void cfdi_reference(struct cfdi *c, struct record *r, const char *qualifier, struct str value)
{
    int field = field_of(r, "references");
    struct str old = record_get(r, field);

    if (value.n && old.n + value.n + 40 < TEXT_MAX)
        record_text(r, field,
                    arena_fmt(c->scratch, "%.*s%s%s:%.*s", STR_ARG(old), old.n ? "\n" : "", qualifier,
                              STR_ARG(value)));
}

/* ---- the trip ---- */

static const struct {
    int element;
    const char *mode, *scheme, *via;
} modes[] = {{CP_AUTOTRANSPORTE, "road", "plate", "01"},
             {CP_TRANSPORTEMARITIMO, "sea", "imo", "02"},
             {CP_TRANSPORTEAEREO, "air", "registration", "03"},
             {CP_TRANSPORTEFERROVIARIO, "rail", "other", "04"}};

static void set_mode(struct cfdi *c, struct record *r)
{
    struct node *carta = node_find(c->first, CP_CARTAPORTE);
    size_t found = 0, which = 0;

    for (size_t i = 0; i < COUNT(modes); i++) {
        if (node_find(c->first, modes[i].element)) {
            found++;
            which = i;
        }
    }
    if (found > 1) {
        text_set(r, "mode", S("multimodal"));
    } else if (found) {
        text_set(r, "mode", str_z(modes[which].mode));
        if (record_has(r, field_of(r, "conveyance")))
            text_set(r, "conveyance_scheme", str_z(modes[which].scheme));
    } else {
        struct str via = node_get(carta, "ViaEntradaSalida");

        if (!c->full)
            fault_at(&c->d.faults, "cfdi.mode", cfdi_place(c, carta, NULL), (struct str){NULL, 0},
                     S("Autotransporte, TransporteMaritimo, TransporteAereo, TransporteFerroviario"));
        text_set(r, "mode", str_eq(via, S("05")) ? S("pipeline") : S("other"));
        for (size_t i = 0; i < COUNT(modes); i++)
            if (str_eq(via, str_z(modes[i].via)))
                text_set(r, "mode", str_z(modes[i].mode));
    }
}

/* Entrada: into Mexico, southward on this border; Salida: northward. */
static struct str direction(struct cfdi *c)
{
    struct node *carta = node_find(c->first, CP_CARTAPORTE);
    struct str way = node_get(carta, "EntradaSalidaMerc");

    if (!str_eq(node_get(carta, "TranspInternac"), S("Sí")))
        return (struct str){NULL, 0};
    return str_eq(way, S("Entrada"))  ? S("south")
           : str_eq(way, S("Salida")) ? S("north")
                                      : (struct str){NULL, 0};
}

static struct node *child(const struct node *n, int element)
{
    for (struct node *i = n ? n->next : NULL; i && node_within(i, n); i = i->next)
        if (i->element == element)
            return i;
    return NULL;
}

/* The first origin, or the last destination, by its time. */
static struct node *end_of_trip(struct cfdi *c, bool origin)
{
    struct node *best = NULL;

    for (struct node *i = node_find(c->first, CP_UBICACION); i; i = node_find(i->next, CP_UBICACION)) {
        int later =
            best ? str_cmp(node_get(i, "FechaHoraSalidaLlegada"), node_get(best, "FechaHoraSalidaLlegada"))
                 : 0;

        if (str_eq(node_get(i, "TipoUbicacion"), origin ? S("Origen") : S("Destino")) &&
            (!best || (origin ? later < 0 : later > 0)))
            best = i;
    }
    return best;
}

/* A station's code, or the address's postal code, state and country. */
static struct str place_text(struct cfdi *c, const struct node *n, struct str *scheme)
{
    struct node *home = child(n, n && n->element == CP_UBICACION ? CP_DOMICILIO : CP_TIPOSFIGURA_DOMICILIO);
    struct str station = node_get(n, "NumEstacion");

    *scheme = station.n ? S("other") : S("name");
    if (station.n || !home)
        return station;
    return arena_fmt(c->scratch, "%.*s %.*s %.*s", STR_ARG(node_get(home, "CodigoPostal")),
                     STR_ARG(node_get(home, "Estado")), STR_ARG(node_get(home, "Pais")));
}

static void set_place(struct cfdi *c, struct record *r, const char *field, const char *scheme_field,
                      const struct node *n)
{
    struct str scheme, s = place_text(c, n, &scheme);

    text_set(r, field, s);
    if (s.n)
        text_set(r, scheme_field, scheme);
}

static bool is_equipment(int element)
{
    return element == CP_REMOLQUE || element == CP_REMOLQUECCP || element == CP_REMOLQUESCCP_REMOLQUECCP ||
           element == CP_CONTENEDOR || element == CP_CARRO;
}

static struct str pedimento(struct cfdi *c)
{
    struct node *paper = node_find(c->first, CP_DOCUMENTACIONADUANERA);

    return paper ? node_get(paper, "NumPedimento")
                 : node_get(node_find(c->first, CP_PEDIMENTOS), "Pedimento");
}

/* A Carta Porte names no border port; the pedimento of goods that cross does: "YY  AA  ...", AA the customs office. */
static void set_port(struct cfdi *c, struct record *r)
{
    struct str number = pedimento(c);

    if (!direction(c).n || number.n < 8 || !str_eq(str_n(number.p + 2, 2), S("  ")) ||
        !str_eq(str_n(number.p + 6, 2), S("  ")) || record_has(r, field_of(r, "port")))
        return;
    text_set(r, "port", str_n(number.p + 4, 2));
    text_set(r, "port_scheme", S("aduana"));
}

static void trip(struct cfdi *c)
{
    struct record *r = cfdi_start(c, "trip");
    struct node *from = end_of_trip(c, true), *to = end_of_trip(c, false);
    int64_t equipment = 0;

    fill_document(c, r, trip_map, COUNT(trip_map));
    set_mode(c, r);
    text_set(r, "direction", direction(c));
    set_port(c, r);
    set_place(c, r, "origin", "origin_scheme", from);
    set_place(c, r, "destination", "destination_scheme", to);
    text_set(r, "departure", node_get(from, "FechaHoraSalidaLlegada"));
    text_set(r, "arrival", node_get(to, "FechaHoraSalidaLlegada"));
    for (struct node *i = c->first; i; i = i->next)
        equipment += is_equipment(i->element);
    record_int(r, field_of(r, "bills"), 1);
    record_int(r, field_of(r, "equipment_count"), equipment);
    cfdi_give(c, r);
}

/* ---- the consignment ---- */

/* The goods' value, when all of it is in one currency; their weight in kilograms. */
static void sums(struct cfdi *c, struct record *r)
{
    struct node *all = node_find(c->first, CP_MERCANCIAS);
    struct str currency = {NULL, 0};
    int64_t value = 0, weight = 0, n;
    bool one = true;

    for (struct node *i = node_find(c->first, CP_MERCANCIA); i; i = node_find(i->next, CP_MERCANCIA)) {
        if (cfdi_millionths(node_get(i, "PesoEnKg"), &n) && weight < INT64_MAX - n)
            weight += n;
        if (!cfdi_millionths(node_get(i, "ValorMercancia"), &n))
            continue;
        one = one && (!currency.n || str_eq(currency, node_get(i, "Moneda"))) && value < INT64_MAX - n;
        currency = node_get(i, "Moneda");
        value += one ? n : 0;
    }
    if (str_eq(node_get(all, "UnidadPeso"), S("KGM"))) {
        cfdi_set_number(c, r, field_of(r, "gross_weight"), all, "PesoBrutoTotal");
        cfdi_set_number(c, r, field_of(r, "net_weight"), all, "PesoNetoTotal");
    } else {
        record_int(r, field_of(r, "gross_weight"), weight / 1000);
    }
    if (one && currency.n) {
        record_int(r, field_of(r, "value"), value / 10000);
        text_set(r, "currency", currency);
    }
}

static void set_regimes(struct cfdi *c, struct record *r)
{
    struct str all = node_get(node_find(c->first, CP_CARTAPORTE), "RegimenAduanero");

    for (struct node *i = node_find(c->first, CP_REGIMENADUANEROCCP); i;
         i = node_find(i->next, CP_REGIMENADUANEROCCP))
        all = arena_fmt(c->scratch, "%.*s%s%.*s", STR_ARG(all), all.n ? " " : "",
                        STR_ARG(node_get(i, "RegimenAduanero")));
    text_set(r, "regime", all);
}

static void consignment(struct cfdi *c)
{
    struct record *r = cfdi_start(c, "consignment");
    struct node *head = node_find(c->first, CFDI_COMPROBANTE), *goods = node_find(c->first, CP_MERCANCIA);

    record_int(r, field_of(r, "trip"), TRIP);
    fill_document(c, r, consignment_map, COUNT(consignment_map));
    if (!record_has(r, field_of(r, "bill")))
        text_set(r, "bill", c->d.m.control);
    sums(c, r);
    set_regimes(c, r);
    text_set(r, "direction", direction(c));
    set_place(c, r, "lading", "lading_scheme", end_of_trip(c, true));
    set_place(c, r, "destination", "destination_scheme", end_of_trip(c, false));
    text_set(r, "goods", node_get(goods, "Descripcion"));
    text_set(r, "pedimento", pedimento(c));
    cfdi_reference(c, r, "UUID", node_get(node_find(c->first, CFDI_TIMBRE), "UUID"));
    cfdi_reference(c, r, "SERIE", node_get(head, "Serie"));
    cfdi_reference(c, r, "FOLIO", node_get(head, "Folio"));
    cfdi_reference(c, r, "PERMISO", node_get(node_find(c->first, CP_AUTOTRANSPORTE), "NumPermisoSCT"));
    for (struct node *i = node_find(c->first, CP_CARRO); i; i = node_find(i->next, CP_CARRO))
        cfdi_reference(c, r, "GUIACARRO", node_get(i, "GuiaCarro"));
    cfdi_give(c, r);
}

/* ---- equipment ---- */

static void equipment(struct cfdi *c, const struct node *n)
{
    struct record *r = cfdi_start(c, "equipment");

    record_int(r, field_of(r, "trip"), TRIP);
    record_int(r, field_of(r, "consignment"), CONSIGNMENT);
    fill(c, r, n, trailer_map, COUNT(trailer_map));
    fill(c, r, n, container_map, COUNT(container_map));
    fill(c, r, n, railcar_map, COUNT(railcar_map));
    if (!record_has(r, field_of(r, "number")))
        return;
    text_set(r, "kind",
             n->element == CP_CONTENEDOR ? S("container")
             : n->element == CP_CARRO    ? S("railcar")
                                         : S("trailer"));
    cfdi_give(c, r);
}

/* ---- parties ---- */

static struct str figure_role(struct str type)
{
    return str_eq(type, S("01"))   ? S("driver")
           : str_eq(type, S("02")) ? S("owner")
           : str_eq(type, S("04")) ? S("notify")
                                   : S("other");
}

/* The role of this element as a party; empty when it is none. */
static struct str role_of(const struct node *n)
{
    switch (n->element) {
    case CFDI_EMISOR:
        return S("issuer");
    case CFDI_RECEPTOR:
        return S("recipient");
    case CP_UBICACION:
        return str_eq(node_get(n, "TipoUbicacion"), S("Origen")) ? S("shipper") : S("consignee");
    case CP_TIPOSFIGURA:
        return figure_role(node_get(n, "TipoFigura"));
    case CP_TRANSPORTEMARITIMO:
        return S("agent");
    case CP_TRANSPORTEAEREO:
        return node_get(n, "NombreEmbarcador").n || node_get(n, "RFCEmbarcador").n ? S("shipper")
                                                                                   : (struct str){NULL, 0};
    case CP_DOCUMENTACIONADUANERA:
        return node_get(n, "RFCImpo").n ? S("importer") : (struct str){NULL, 0};
    default:
        return (struct str){NULL, 0};
    }
}

void cfdi_set_address(struct cfdi *c, struct record *r, const struct node *home)
{
    static const char *const parts[] = {"Calle", "NumeroExterior", "NumeroInterior", "Colonia",
                                        "Referencia"};
    struct str all = {NULL, 0}, town = node_get(home, "Municipio");

    for (size_t i = 0; i < COUNT(parts); i++) {
        struct str s = node_get(home, parts[i]);

        if (s.n)
            all = arena_fmt(c->scratch, "%.*s%s%.*s", STR_ARG(all), all.n ? ", " : "", STR_ARG(s));
    }
    text_set(r, "address", all);
    text_set(r, "city", town.n ? town : node_get(home, "Localidad"));
    text_set(r, "region", node_get(home, "Estado"));
    text_set(r, "postal_code", node_get(home, "CodigoPostal"));
    text_set(r, "country", feeds_country(node_get(home, "Pais")));
}

/* A foreigner has the generic taxpayer number; his own number says more. */
static void set_foreign(struct record *r, const struct node *n)
{
    static const struct {
        int element;
        const char *number, *country;
    } foreign[] = {{CFDI_RECEPTOR, "NumRegIdTrib", "ResidenciaFiscal"},
                   {CP_UBICACION, "NumRegIdTrib", "ResidenciaFiscal"},
                   {CP_TIPOSFIGURA, "NumRegIdTribFigura", "ResidenciaFiscalFigura"},
                   {CP_TRANSPORTEAEREO, "NumRegIdTribEmbarc", "ResidenciaFiscalEmbarc"}};

    for (size_t i = 0; i < COUNT(foreign); i++) {
        if (foreign[i].element != n->element || !node_get(n, foreign[i].number).n)
            continue;
        text_set(r, "identifier", node_get(n, foreign[i].number));
        text_set(r, "identifier_scheme", S("tax-id"));
        if (!record_has(r, field_of(r, "country")))
            text_set(r, "country", feeds_country(node_get(n, foreign[i].country)));
    }
}

static void party(struct cfdi *c, const struct node *n)
{
    struct str role = role_of(n);
    struct record *r;
    bool with_trip = n->element == CP_TIPOSFIGURA || n->element == CP_TRANSPORTEMARITIMO;

    if (!role.n)
        return;
    r = cfdi_start(c, "party");
    record_int(r, field_of(r, "parent"), with_trip ? TRIP : CONSIGNMENT);
    text_set(r, "role", role);
    fill(c, r, n, party_map, COUNT(party_map));
    if (record_has(r, field_of(r, "identifier")))
        text_set(r, "identifier_scheme", n->element == CP_TRANSPORTEMARITIMO ? S("licence") : S("rfc"));
    cfdi_set_address(c, r, child(n, n->element == CP_UBICACION ? CP_DOMICILIO : CP_TIPOSFIGURA_DOMICILIO));
    set_foreign(r, n);
    cfdi_give(c, r);
}

/* ---- items ---- */

static void item(struct cfdi *c, const struct node *n, int64_t line)
{
    struct record *r = cfdi_start(c, "item");

    record_int(r, field_of(r, "consignment"), CONSIGNMENT);
    record_int(r, field_of(r, "line"), line);
    for (const struct node *i = n; i && (i == n || node_within(i, n)); i = i->next) {
        fill(c, r, i, item_map, COUNT(item_map));
        for (size_t k = 0; k < COUNT(item_references); k++)
            if (item_references[k].element == i->element)
                cfdi_reference(c, r, item_references[k].field, node_get(i, item_references[k].attribute));
        if (i->element == CP_DETALLEMERCANCIA && str_eq(node_get(i, "UnidadPesoMerc"), S("KGM")))
            cfdi_set_number(c, r, field_of(r, "net_weight"), i, "PesoNeto");
    }
    cfdi_give(c, r);
}

static void cartaporte(struct cfdi *c)
{
    int64_t line = 0;

    trip(c);
    consignment(c);
    for (struct node *i = c->first; i; i = i->next)
        if (is_equipment(i->element))
            equipment(c, i);
    for (struct node *i = c->first; i; i = i->next)
        party(c, i);
    for (struct node *i = node_find(c->first, CP_MERCANCIA); i; i = node_find(i->next, CP_MERCANCIA))
        item(c, i, ++line);
}

void cfdi_records(struct cfdi *c)
{
    if (node_find(c->first, CP_CARTAPORTE))
        cartaporte(c);
    if (node_find(c->first, CCE_COMERCIOEXTERIOR))
        comercio_records(c);
    arena_reset(c->scratch);
}
