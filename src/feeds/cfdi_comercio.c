/*
 * cfdi_comercio.c: the complement Comercio Exterior 2.0: the invoice of a definitive export as a consignment with
 * its parties and items, and the rules beyond the schema that are certain. Beside a Carta Porte it is a second
 * consignment, because it is another document: what is sold, not what is carried (docs/decisions/0107).
 */
#include "feeds/cfdi.h"
#include "feeds/countries.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- rules ---- */

static void warn(struct cfdi *c, const char *code, const struct node *n, const char *attribute,
                 struct str expected)
{
    fault_at(&c->d.faults, code, cfdi_place(c, n, attribute),
             attribute ? node_get(n, attribute) : (struct str){NULL, 0}, expected);
}

static int by_id(const void *a, const void *b)
{
    const struct node *x = *(struct node *const *)a, *y = *(struct node *const *)b;
    int order = str_cmp(node_get(x, "NoIdentificacion"), node_get(y, "NoIdentificacion"));

    return order ? order : (x->place.offset > y->place.offset) - (x->place.offset < y->place.offset);
}

/* Sorted once: how many lines and goods there are is the sender's choice. */
static void sort_lines(struct cfdi *c)
{
    size_t n = 0;

    for (struct node *i = node_find(c->first, CFDI_CONCEPTO); i; i = node_find(i->next, CFDI_CONCEPTO))
        n++;
    c->line = arena_alloc(c->d.arena, (n + 1) * sizeof(struct node *));
    for (struct node *i = node_find(c->first, CFDI_CONCEPTO); i; i = node_find(i->next, CFDI_CONCEPTO))
        c->line[c->lines++] = i;
    qsort(c->line, c->lines, sizeof(struct node *), by_id);
}

/* The invoice's first line of this identification number; NULL = none. */
static struct node *line_of(const struct cfdi *c, struct str id)
{
    size_t from = 0, to = c->lines;

    while (from < to) {
        size_t mid = (from + to) / 2;

        if (str_cmp(node_get(c->line[mid], "NoIdentificacion"), id) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from < c->lines && str_eq(node_get(c->line[from], "NoIdentificacion"), id) ? c->line[from]
                                                                                      : NULL;
}

/* The total has two decimals, the values may have four: less than a cent is rounding. */
static void total(struct cfdi *c, const struct node *trade)
{
    int64_t declared, n, sum = 0;

    for (struct node *i = node_find(c->first, CCE_MERCANCIA); i; i = node_find(i->next, CCE_MERCANCIA))
        if (cfdi_millionths(node_get(i, "ValorDolares"), &n) && sum < INT64_MAX - n)
            sum += n;
    if (!c->full && cfdi_millionths(node_get(trade, "TotalUSD"), &declared) &&
        (declared > sum ? declared - sum : sum - declared) >= 10000)
        warn(c, "cfdi.comercio.total", trade, "TotalUSD",
             arena_fmt(c->scratch, "%" PRId64 ".%04" PRId64, sum / 1000000, sum % 1000000 / 100));
}

void comercio_rules(struct cfdi *c)
{
    struct node *trade = node_find(c->first, CCE_COMERCIOEXTERIOR), *head = c->first;
    struct node *home = node_find(c->first, CCE_EMISOR_DOMICILIO);
    struct str why = node_get(trade, "MotivoTraslado");
    bool transfer = str_eq(node_get(head, "TipoDeComprobante"), S("T"));

    if (!trade)
        return;
    sort_lines(c);
    total(c, trade);
    if (!str_eq(node_get(head, "Exportacion"), S("02")))
        warn(c, "cfdi.comercio", head, "Exportacion", S("02"));
    if (transfer && !why.n)
        warn(c, "cfdi.comercio", trade, NULL, S("MotivoTraslado"));
    if (transfer && str_eq(why, S("05")) && !node_find(c->first, CCE_PROPIETARIO))
        warn(c, "cfdi.comercio", trade, NULL, S("Propietario"));
    if (home && !str_eq(node_get(home, "Pais"), S("MEX")))
        warn(c, "cfdi.comercio", home, "Pais", S("MEX"));
    for (struct node *i = node_find(c->first, CCE_MERCANCIA); i; i = node_find(i->next, CCE_MERCANCIA)) {
        if (!c->full && !line_of(c, node_get(i, "NoIdentificacion")))
            warn(c, "cfdi.comercio.item", i, "NoIdentificacion", S("Concepto"));
        arena_reset(c->scratch);
    }
}

/* ---- records ---- */

static const struct {
    const char *attribute, *qualifier;
} trade_references[] = {{"Incoterm", "INCOTERM"},
                        {"CertificadoOrigen", "CERTIFICADOORIGEN"},
                        {"NumCertificadoOrigen", "NUMCERTIFICADOORIGEN"},
                        {"NumeroExportadorConfiable", "EXPORTADORCONFIABLE"},
                        {"MotivoTraslado", "MOTIVOTRASLADO"},
                        {"TipoCambioUSD", "TIPOCAMBIOUSD"}};

static const struct {
    int element;
    const char *attribute, *qualifier;
} item_references[] = {{CCE_MERCANCIA, "NoIdentificacion", "NOIDENTIFICACION"},
                       {CCE_MERCANCIA, "ValorUnitarioAduana", "VALORUNITARIOADUANA"},
                       {CCE_DESCRIPCIONESESPECIFICAS, "Marca", "MARCA"},
                       {CCE_DESCRIPCIONESESPECIFICAS, "Modelo", "MODELO"},
                       {CCE_DESCRIPCIONESESPECIFICAS, "SubModelo", "SUBMODELO"},
                       {CCE_DESCRIPCIONESESPECIFICAS, "NumeroSerie", "NUMEROSERIE"}};

static int field_of(const struct record *r, const char *name)
{
    return schema_field(r->kind, str_z(name));
}

/* Where the goods go: to whom they are sent, else to whom they are sold. */
static struct node *destination(struct cfdi *c)
{
    struct node *to = node_find(c->first, CCE_DESTINATARIO_DOMICILIO);

    return to ? to : node_find(c->first, CCE_RECEPTOR_DOMICILIO);
}

static int64_t consignment(struct cfdi *c, const struct node *trade)
{
    struct record *r = cfdi_start(c, "consignment");
    struct node *head = c->first, *to = destination(c);
    struct str uuid = node_get(node_find(c->first, CFDI_TIMBRE), "UUID");
    struct str serie = node_get(head, "Serie"), folio = node_get(head, "Folio");

    text_set(r, "bill",
             uuid.n               ? uuid
             : serie.n || folio.n ? arena_fmt(c->scratch, "%.*s-%.*s", STR_ARG(serie), STR_ARG(folio))
                                  : c->d.m.control);
    text_set(r, "document", uuid);
    text_set(r, "issuer", node_get(node_find(c->first, CFDI_EMISOR), "Rfc"));
    text_set(r, "entry_type", node_get(trade, "ClaveDePedimento"));
    text_set(r, "goods",
             node_get(line_of(c, node_get(node_find(c->first, CCE_MERCANCIA), "NoIdentificacion")),
                      "Descripcion"));
    text_set(r, "notes", node_get(trade, "Observaciones"));
    text_set(r, "direction", str_eq(node_get(to, "Pais"), S("USA")) ? S("north") : S("out"));
    cfdi_set_number(c, r, field_of(r, "value"), trade, "TotalUSD");
    if (record_has(r, field_of(r, "value")))
        text_set(r, "currency", S("USD"));
    if (to) {
        text_set(r, "destination",
                 arena_fmt(c->scratch, "%.*s %.*s %.*s", STR_ARG(node_get(to, "CodigoPostal")),
                           STR_ARG(node_get(to, "Estado")), STR_ARG(node_get(to, "Pais"))));
        text_set(r, "destination_scheme", S("name"));
    }
    for (size_t i = 0; i < COUNT(trade_references); i++)
        cfdi_reference(c, r, trade_references[i].qualifier, node_get(trade, trade_references[i].attribute));
    cfdi_reference(c, r, "SERIE", serie);
    cfdi_reference(c, r, "FOLIO", folio);
    return cfdi_give(c, r);
}

struct who {
    const char *role;
    struct str name, identifier;
    const char *scheme;
    struct str country; /* where the number is from, when there is no address */
    const struct node *home;
};

static void party(struct cfdi *c, int64_t in, const struct who *w)
{
    struct record *r = cfdi_start(c, "party");

    record_int(r, field_of(r, "parent"), in);
    text_set(r, "role", str_z(w->role));
    text_set(r, "name", w->name);
    text_set(r, "identifier", w->identifier);
    if (w->identifier.n)
        text_set(r, "identifier_scheme", str_z(w->scheme));
    if (w->home)
        cfdi_set_address(c, r, w->home);
    else
        text_set(r, "country", feeds_country(w->country));
    cfdi_give(c, r);
}

/* Seller and buyer stand in the invoice, their addresses in the complement. */
static void seller_and_buyer(struct cfdi *c, int64_t in)
{
    struct node *from = node_find(c->first, CFDI_EMISOR), *to = node_find(c->first, CFDI_RECEPTOR);
    struct str curp = node_get(node_find(c->first, CCE_EMISOR), "Curp");
    struct str abroad = node_get(node_find(c->first, CCE_RECEPTOR), "NumRegIdTrib");
    struct who seller = {"exporter",
                         node_get(from, "Nombre"),
                         node_get(from, "Rfc"),
                         "rfc",
                         S("MEX"),
                         node_find(c->first, CCE_EMISOR_DOMICILIO)};
    struct who buyer = {
        "recipient", node_get(to, "Nombre"),           node_get(to, "Rfc"),
        "rfc",       node_get(to, "ResidenciaFiscal"), node_find(c->first, CCE_RECEPTOR_DOMICILIO)};

    if (!abroad.n)
        abroad = node_get(to, "NumRegIdTrib");
    if (abroad.n) {
        buyer.identifier = abroad; /* a foreigner's own number says more than the generic one */
        buyer.scheme = "tax-id";
    }
    if (from)
        party(c, in, &seller);
    if (curp.n) {
        seller.identifier = curp;
        seller.scheme = "curp";
        party(c, in, &seller);
    }
    if (to)
        party(c, in, &buyer);
}

static void owners_and_consignees(struct cfdi *c, int64_t in)
{
    for (struct node *i = node_find(c->first, CCE_COMERCIOEXTERIOR); i; i = i->next) {
        struct who w = {.scheme = "tax-id", .identifier = node_get(i, "NumRegIdTrib")};

        if (i->element == CCE_PROPIETARIO) {
            w.role = "owner";
            w.country = node_get(i, "ResidenciaFiscal");
            party(c, in, &w);
        } else if (i->element == CCE_DESTINATARIO_DOMICILIO) { /* one record an address */
            w.role = "consignee";
            w.name = node_get(i->parent, "Nombre");
            w.identifier = node_get(i->parent, "NumRegIdTrib");
            w.home = i;
            party(c, in, &w);
        }
    }
}

static void item(struct cfdi *c, const struct node *n, int64_t in, int64_t line)
{
    struct record *r = cfdi_start(c, "item");
    struct node *sold = line_of(c, node_get(n, "NoIdentificacion"));

    record_int(r, field_of(r, "consignment"), in);
    record_int(r, field_of(r, "line"), line);
    text_set(r, "description", node_get(sold, "Descripcion"));
    text_set(r, "product_code", node_get(sold, "ClaveProdServ"));
    text_set(r, "hs", node_get(n, "FraccionArancelaria"));
    if (node_get(n, "CantidadAduana").n) {
        cfdi_set_number(c, r, field_of(r, "quantity"), n, "CantidadAduana");
        text_set(r, "package", node_get(n, "UnidadAduana"));
    } else if (sold) {
        cfdi_set_number(c, r, field_of(r, "quantity"), sold, "Cantidad");
        text_set(r, "package", node_get(sold, "ClaveUnidad"));
    }
    cfdi_set_number(c, r, field_of(r, "value"), n, "ValorDolares");
    if (record_has(r, field_of(r, "value")))
        text_set(r, "currency", S("USD"));
    for (const struct node *i = n; i && (i == n || node_within(i, n)); i = i->next)
        for (size_t k = 0; k < COUNT(item_references); k++)
            if (item_references[k].element == i->element)
                cfdi_reference(c, r, item_references[k].qualifier,
                               node_get(i, item_references[k].attribute));
    cfdi_give(c, r);
}

void comercio_records(struct cfdi *c)
{
    struct node *trade = node_find(c->first, CCE_COMERCIOEXTERIOR);
    int64_t in = consignment(c, trade), line = 0;

    seller_and_buyer(c, in);
    owners_and_consignees(c, in);
    for (struct node *i = node_find(trade, CCE_MERCANCIA); i; i = node_find(i->next, CCE_MERCANCIA))
        item(c, i, in, ++line);
}
