/*
 * cfdi_rules.c: what must hold beyond the schema: the tax authority's validation matrix for Carta Porte. Only
 * parts of it could be seen, so everything here is a warning and the rule says (unconfirmed); the check digit of
 * the taxpayer number is certain.
 */
#include "feeds/cfdi.h"
#include "schema/ids.h"
#include "schema/lists.h"

#include <inttypes.h>

static void warn(struct cfdi *c, const char *code, const struct node *n, const char *attribute,
                 struct str expected)
{
    fault_at(&c->d.faults, code, cfdi_place(c, n, attribute),
             attribute ? node_get(n, attribute) : (struct str){NULL, 0}, expected);
}

/* Millionths as people write them, without zeros at the end. */
static struct str number(struct cfdi *c, int64_t n)
{
    struct str s = arena_fmt(c->scratch, "%" PRId64 ".%06" PRId64, n / 1000000, n % 1000000);

    while (s.p[s.n - 1] == '0')
        s.n--;
    s.n -= s.p[s.n - 1] == '.';
    return s;
}

/* The sum of an attribute over all elements of a kind; how many there are. */
static int64_t sum(struct cfdi *c, int element, const char *attribute, int64_t *count)
{
    int64_t total = 0, n;

    *count = 0;
    for (struct node *i = node_find(c->first, element); i; i = node_find(i->next, element)) {
        ++*count;
        if (cfdi_millionths(node_get(i, attribute), &n) && total < INT64_MAX - n)
            total += n;
    }
    return total;
}

static void totals(struct cfdi *c)
{
    struct node *all = node_find(c->first, CP_MERCANCIAS), *carta = node_find(c->first, CP_CARTAPORTE);
    int64_t goods, legs, declared;
    int64_t weight = sum(c, CP_MERCANCIA, "PesoEnKg", &goods);
    int64_t distance = sum(c, CP_UBICACION, "DistanciaRecorrida", &legs);

    if (!all || c->full)
        return;
    if (str_eq(node_get(all, "UnidadPeso"), S("KGM")) &&
        cfdi_millionths(node_get(all, "PesoBrutoTotal"), &declared) && declared != weight)
        warn(c, "cfdi.amount", all, "PesoBrutoTotal", number(c, weight));
    if (cfdi_millionths(node_get(all, "NumTotalMercancias"), &declared) && declared != goods * 1000000)
        warn(c, "cfdi.amount", all, "NumTotalMercancias", number(c, goods * 1000000));
    if (cfdi_millionths(node_get(carta, "TotalDistRec"), &declared) && declared != distance)
        warn(c, "cfdi.amount", carta, "TotalDistRec", number(c, distance));
}

static void places(struct cfdi *c)
{
    /* Distances are asked for on the road and on rails. */
    if (!node_find(c->first, CP_AUTOTRANSPORTE) && !node_find(c->first, CP_TRANSPORTEFERROVIARIO))
        return;
    for (struct node *i = node_find(c->first, CP_UBICACION); i; i = node_find(i->next, CP_UBICACION))
        if (str_eq(node_get(i, "TipoUbicacion"), S("Destino")) && !node_get(i, "DistanciaRecorrida").n)
            warn(c, "cfdi.distance", i, NULL, S("DistanciaRecorrida"));
}

static bool has_child(const struct node *n, int element)
{
    for (struct node *i = n->next; i && node_within(i, n); i = i->next)
        if (i->element == element)
            return true;
    return false;
}

static void international(struct cfdi *c)
{
    static const char *const asked[] = {"EntradaSalidaMerc", "PaisOrigenDestino", "ViaEntradaSalida"};
    struct node *carta = node_find(c->first, CP_CARTAPORTE);

    if (!str_eq(node_get(carta, "TranspInternac"), S("Sí")))
        return;
    for (size_t i = 0; i < COUNT(asked); i++)
        if (!node_get(carta, asked[i]).n)
            warn(c, "cfdi.international", carta, NULL, str_z(asked[i]));
    if (c->version == V31 && !node_find(c->first, CP_REGIMENESADUANEROS))
        warn(c, "cfdi.international", carta, NULL, S("RegimenesAduaneros"));
    if (c->version == V30 && !node_get(carta, "RegimenAduanero").n)
        warn(c, "cfdi.international", carta, NULL, S("RegimenAduanero"));
    for (struct node *i = node_find(c->first, CP_MERCANCIA); i; i = node_find(i->next, CP_MERCANCIA)) {
        if (!node_get(i, "FraccionArancelaria").n)
            warn(c, "cfdi.international", i, NULL, S("FraccionArancelaria"));
        if (c->version != V20 && !node_get(i, "TipoMateria").n)
            warn(c, "cfdi.international", i, NULL, S("TipoMateria"));
        if (c->version != V20 && !has_child(i, CP_DOCUMENTACIONADUANERA))
            warn(c, "cfdi.international", i, NULL, S("DocumentacionAduanera"));
        arena_reset(c->scratch);
    }
}

static void taxpayers(struct cfdi *c)
{
    static const struct {
        int element;
        const char *attribute;
    } held[] = {{CFDI_EMISOR, "Rfc"},
                {CFDI_RECEPTOR, "Rfc"},
                {CP_UBICACION, "RFCRemitenteDestinatario"},
                {CP_DOCUMENTACIONADUANERA, "RFCImpo"},
                {CP_TRANSPORTEAEREO, "RFCEmbarcador"},
                {CP_TIPOSFIGURA, "RFCFigura"}};

    for (struct node *i = c->first; i; i = i->next) {
        for (size_t k = 0; k < COUNT(held); k++) {
            struct str rfc =
                i->element == held[k].element ? node_get(i, held[k].attribute) : (struct str){NULL, 0};

            if (rfc.n && !ids_shape(SHAPE_RFC, rfc))
                warn(c, "cfdi.rfc", i, held[k].attribute, (struct str){NULL, 0});
        }
        arena_reset(c->scratch);
    }
}

/* The tariff line of goods, on the day of the document; a code of another length has its fault from the schema. */
static void tariff_line(struct cfdi *c, const struct node *goods, int64_t day)
{
    struct str code = node_get(goods, "FraccionArancelaria"), unit = node_get(goods, "UnidadAduana");
    char listed[3];

    if (code.n != 8 && code.n != 10)
        return;
    if (schema_tariff(code, day, listed) != TARIFF_LISTED)
        warn(c, "cfdi.tariff", goods, "FraccionArancelaria", (struct str){NULL, 0});
    else if (unit.n && !str_eq(unit, str_z(listed)))
        warn(c, "cfdi.tariff.unit", goods, "UnidadAduana", arena_copy(c->scratch, str_z(listed)));
}

static void tariff(struct cfdi *c)
{
    struct str date = node_get(node_find(c->first, CFDI_COMPROBANTE), "Fecha");
    int64_t at;
    bool zoned;

    if (!time_parse(date, &at, &zoned))
        return;
    for (struct node *i = c->first; i; i = i->next) {
        if (i->element == CP_MERCANCIA || i->element == CCE_MERCANCIA)
            tariff_line(c, i, at / ((int64_t)86400 * 1000000));
        arena_reset(c->scratch);
    }
}

void cfdi_rules(struct cfdi *c)
{
    arena_reset(c->scratch);
    totals(c);
    places(c);
    international(c);
    taxpayers(c);
    tariff(c);
    comercio_rules(c);
}
