/*
 * cfdi_write_trade.c: an invoice with the complement Comercio Exterior 2.0 from its records: cfdi_comercio.c backwards. The
 * records know the goods, what they are worth in dollars, who sells, buys, owns and gets them. They do not know the
 * seller's tax regime, nor what was charged in another currency: that comes from the caller's values, and without them
 * the invoice is in dollars. Goods that move without being sold (MotivoTraslado) make an invoice of transfer.
 */
#include "feeds/cfdi_write.h"

#include "feeds/countries.h"

static const struct {
    const char *attribute, *qualifier;
} trade_references[] = {{"Incoterm", "INCOTERM"},
                        {"CertificadoOrigen", "CERTIFICADOORIGEN"},
                        {"NumCertificadoOrigen", "NUMCERTIFICADOORIGEN"},
                        {"NumeroExportadorConfiable", "EXPORTADORCONFIABLE"},
                        {"MotivoTraslado", "MOTIVOTRASLADO"},
                        {"TipoCambioUSD", "TIPOCAMBIOUSD"}};

static const struct {
    const char *attribute, *qualifier;
} marks[] = {
    {"Marca", "MARCA"}, {"Modelo", "MODELO"}, {"SubModelo", "SUBMODELO"}, {"NumeroSerie", "NUMEROSERIE"}};

/* c_UnidadAduana: how the customs counts; and the same of an invoice's line (c_ClaveUnidad). */
static const char *const units[][2] = {
    {"01", "KGM"}, {"02", "GRM"}, {"03", "MTR"}, {"04", "MTK"}, {"05", "MTQ"}, {"06", "H87"},
    {"07", "HEA"}, {"08", "LTR"}, {"09", "PR"},  {"10", "KWT"}, {"11", "MIL"}, {"12", "SET"},
    {"13", "KWH"}, {"14", "TNE"}, {"15", "BLL"}, {"16", "GRM"}, {"17", "TP"},  {"18", "CEN"},
    {"19", "DZN"}, {"20", "XBX"}, {"21", "XBO"}, {"22", "CTM"}, {"99", "E48"}};

static const char *invoice_unit(struct str customs)
{
    for (size_t i = 0; i < COUNT(units); i++)
        if (str_eq(customs, str_z(units[i][0])))
            return units[i][1];
    return NULL;
}

/* ---- amounts ---- */

/* With two decimals, as the complement asks of a total. */
static struct str money(struct cfdi_writer *w, struct str s)
{
    const char *point = memchr(s.p, '.', s.n);
    size_t decimals = point ? s.n - (size_t)(point - s.p) - 1 : 0;

    if (s.n == 0 || decimals > 1)
        return s;
    return arena_fmt(w->arena, "%.*s%s", STR_ARG(s), point ? "0" : ".00");
}

/* What one costs, to six decimals. */
static struct str each(struct cfdi_writer *w, struct str value, struct str quantity)
{
    int64_t v, q, one;

    if (!cfdi_millionths(value, &v) || !cfdi_millionths(quantity, &q) || q <= 0 || v > INT64_MAX / 1000000)
        return (struct str){NULL, 0};
    one = (v * 1000000 + q / 2) / q;
    return arena_fmt(w->arena, "%lld.%06lld", (long long)(one / 1000000), (long long)(one % 1000000));
}

/* ---- goods ---- */

static void descriptions(struct cfdi_writer *w, struct leaf *goods, const struct record *r)
{
    struct str mark;

    for (size_t nth = 0; (mark = cfdi_write_reference(r, "MARCA", nth)).n; nth++) {
        struct leaf *l = leaf_below(w, goods, CCE_DESCRIPCIONESESPECIFICAS);
        for (size_t i = 0; i < COUNT(marks); i++)
            leaf_set(w, l, marks[i].attribute, cfdi_write_reference(r, marks[i].qualifier, nth));
    }
}

static void item(struct cfdi_writer *w, size_t i, bool sold)
{
    const struct record *r = w->what->r[i];
    struct leaf *line = leaf_add(w, CFDI_CONCEPTO), *goods = leaf_add(w, CCE_MERCANCIA);
    struct str id = cfdi_write_reference(r, "NOIDENTIFICACION", 0), unit = cfdi_write_get(w, r, "package");
    struct str quantity = cfdi_write_get(w, r, "quantity"), value = money(w, cfdi_write_get(w, r, "value"));
    const char *invoiced = invoice_unit(unit);

    if (id.n == 0)
        id = arena_fmt(w->arena, "%zu", i);
    goods->record = (int)i;
    leaf_set(w, line, "ClaveProdServ", cfdi_write_get(w, r, "product_code"));
    leaf_set(w, line, "NoIdentificacion", id);
    leaf_set(w, line, "Cantidad", quantity);
    leaf_set(w, line, "ClaveUnidad", invoiced ? str_z(invoiced) : unit);
    leaf_set(w, line, "Descripcion", cfdi_write_get(w, r, "description"));
    leaf_set(w, line, "ValorUnitario", sold ? each(w, value, quantity) : S("0"));
    leaf_set(w, line, "Importe", sold ? value : S("0"));
    leaf_set(w, line, "ObjetoImp", S("01"));
    leaf_set(w, goods, "NoIdentificacion", id);
    leaf_set(w, goods, "FraccionArancelaria", cfdi_write_get(w, r, "hs"));
    if (invoiced) {
        leaf_set(w, goods, "CantidadAduana", quantity);
        leaf_set(w, goods, "UnidadAduana", unit);
    }
    leaf_set(w, goods, "ValorUnitarioAduana", cfdi_write_reference(r, "VALORUNITARIOADUANA", 0));
    leaf_set(w, goods, "ValorDolares", value);
    descriptions(w, goods, r);
}

/* ---- parties ---- */

static bool foreign(const struct cfdi_writer *w, const struct record *r)
{
    return str_eq(cfdi_write_get(w, r, "identifier_scheme"), S("tax-id"));
}

static void seller(struct cfdi_writer *w, size_t i)
{
    const struct record *r = w->what->r[i];
    struct leaf *from = leaf_only(w, CFDI_EMISOR);

    if (str_eq(cfdi_write_get(w, r, "identifier_scheme"), S("curp"))) {
        struct leaf *l = leaf_only(w, CCE_EMISOR);
        leaf_set(w, l, "Curp", cfdi_write_get(w, r, "identifier"));
        l->record = (int)i;
        return;
    }
    from->record = (int)i;
    leaf_set(w, from, "Rfc", cfdi_write_get(w, r, "identifier"));
    leaf_set(w, from, "Nombre", cfdi_write_get(w, r, "name"));
    if (cfdi_write_get(w, r, "region").n)
        cfdi_write_address(w, leaf_only(w, CCE_EMISOR), CCE_EMISOR_DOMICILIO, r);
    leaf_set(w, leaf_only(w, CFDI_COMPROBANTE), "LugarExpedicion", cfdi_write_get(w, r, "postal_code"));
}

static void buyer(struct cfdi_writer *w, size_t i)
{
    const struct record *r = w->what->r[i];
    struct leaf *to = leaf_only(w, CFDI_RECEPTOR);
    struct str number = cfdi_write_get(w, r, "identifier");

    to->record = (int)i;
    leaf_set(w, to, "Rfc", foreign(w, r) ? CFDI_ABROAD : number);
    leaf_set(w, to, "Nombre", cfdi_write_get(w, r, "name"));
    if (foreign(w, r)) {
        leaf_set(w, to, "NumRegIdTrib", number);
        leaf_set(w, to, "ResidenciaFiscal", feeds_country3(cfdi_write_get(w, r, "country")));
        leaf_set(w, to, "RegimenFiscalReceptor", S("616")); /* without one */
    }
    leaf_set(w, to, "UsoCFDI", S("S01"));
    if (cfdi_write_get(w, r, "region").n)
        cfdi_write_address(w, leaf_only(w, CCE_RECEPTOR), CCE_RECEPTOR_DOMICILIO, r);
}

static void owner(struct cfdi_writer *w, size_t i)
{
    const struct record *r = w->what->r[i];
    struct leaf *l = leaf_add(w, CCE_PROPIETARIO);

    l->record = (int)i;
    leaf_set(w, l, "NumRegIdTrib", cfdi_write_get(w, r, "identifier"));
    leaf_set(w, l, "ResidenciaFiscal", feeds_country3(cfdi_write_get(w, r, "country")));
}

/* One record an address: the same consignee's addresses stand together. */
static void consignee(struct cfdi_writer *w, size_t i)
{
    const struct record *r = w->what->r[i];
    struct str name = cfdi_write_get(w, r, "name"), number = cfdi_write_get(w, r, "identifier");
    struct leaf *l = NULL;

    for (struct leaf *k = leaf_only(w, CCE_COMERCIOEXTERIOR)->first; k; k = k->next)
        l = k->element == CCE_DESTINATARIO ? k : l;
    if (!l || !str_eq(leaf_get(w, l, "Nombre"), name) || !str_eq(leaf_get(w, l, "NumRegIdTrib"), number)) {
        l = leaf_add(w, CCE_DESTINATARIO);
        leaf_set(w, l, "Nombre", name);
        leaf_set(w, l, "NumRegIdTrib", number);
    }
    l = cfdi_write_address(w, l, CCE_DESTINATARIO_DOMICILIO, r);
    if (l)
        l->record = (int)i;
}

static const struct {
    const char *role;
    void (*write)(struct cfdi_writer *w, size_t i);
} roles[] = {{"exporter", seller}, {"recipient", buyer}, {"owner", owner}, {"consignee", consignee}};

/* ---- the document ---- */

static bool of(const struct cfdi_writer *w, size_t i, const char *kind, const char *field,
               const struct record *head)
{
    const struct record *r = w->what->r[i];
    int f;

    if (strcmp(r->kind->name, kind) != 0)
        return false;
    f = schema_field(r->kind, str_z(field));
    return !record_has(r, f) ||
           (r->v[f].i > 0 && (size_t)r->v[f].i <= w->what->n && w->what->r[r->v[f].i - 1] == head);
}

static void complement(struct cfdi_writer *w, const struct record *bill)
{
    struct leaf *l = leaf_only(w, CCE_COMERCIOEXTERIOR);

    leaf_set(w, l, "Version", S("2.0"));
    leaf_set(w, l, "ClaveDePedimento", cfdi_write_get(w, bill, "entry_type"));
    for (size_t i = 0; i < COUNT(trade_references); i++)
        leaf_set(w, l, trade_references[i].attribute,
                 cfdi_write_reference(bill, trade_references[i].qualifier, 0));
    leaf_set(w, l, "Observaciones", cfdi_write_get(w, bill, "notes"));
    leaf_set(w, l, "TotalUSD", money(w, cfdi_write_get(w, bill, "value")));
}

static void invoice(struct cfdi_writer *w, const struct record *bill, bool sold)
{
    struct leaf *l = leaf_only(w, CFDI_COMPROBANTE);
    struct str total = sold ? money(w, cfdi_write_get(w, bill, "value")) : S("0");

    cfdi_write_head(w, bill);
    leaf_set(w, l, "SubTotal", total);
    leaf_set(w, l, "Moneda", sold ? S("USD") : CFDI_NO_CURRENCY);
    if (str_eq(leaf_get(w, l, "Moneda"), S("USD")))
        leaf_set(w, l, "TipoCambio", cfdi_write_reference(bill, "TIPOCAMBIOUSD", 0));
    leaf_set(w, l, "Total", total);
    leaf_set(w, l, "TipoDeComprobante", sold ? S("I") : S("T"));
    leaf_set(w, l, "Exportacion", S("02"));
    leaf_set(w, leaf_only(w, CFDI_RECEPTOR), "DomicilioFiscalReceptor", leaf_get(w, l, "LugarExpedicion"));
}

/* ---- the order in which a reader gives the records ---- */

static void order_put(struct cfdi_writer *w, const struct leaf *l)
{
    if (l && l->record >= 0)
        w->order[w->written++] = l->record;
}

static void order_others(struct cfdi_writer *w, struct leaf *l)
{
    if (l->element == CCE_PROPIETARIO || l->element == CCE_DESTINATARIO_DOMICILIO)
        order_put(w, l);
}

static void order_items(struct cfdi_writer *w, struct leaf *l)
{
    if (l->element == CCE_MERCANCIA)
        order_put(w, l);
}

void cfdi_write_trade(struct cfdi_writer *w)
{
    const struct record *bill = NULL;
    bool sold;

    for (size_t i = w->what->n; i-- > 0;)
        if (strcmp(w->what->r[i]->kind->name, "consignment") == 0) {
            bill = w->what->r[i];
            w->order[0] = (int)i;
        }
    if (bill == NULL) {
        fault_at(w->how->faults, "write.missing", (struct place){.tag = S("ComercioExterior")},
                 (struct str){NULL, 0}, S("consignment"));
        w->missing = true;
        return;
    }
    w->written = 1;
    sold = cfdi_write_reference(bill, "MOTIVOTRASLADO", 0).n == 0;
    leaf_only(w, CFDI_COMPROBANTE);
    complement(w, bill);
    for (size_t i = 0; i < w->what->n; i++) {
        for (size_t k = 0; k < COUNT(roles) && of(w, i, "party", "parent", bill); k++)
            if (str_eq(cfdi_write_get(w, w->what->r[i], "role"), str_z(roles[k].role)))
                roles[k].write(w, i);
        if (of(w, i, "item", "consignment", bill))
            item(w, i, sold);
    }
    invoice(w, bill, sold);
    if (!w->how->unchecked)
        leaf_faults(w, w->root);
    order_put(w, leaf_find(w->root, CFDI_EMISOR));
    order_put(w, leaf_find(w->root, CCE_EMISOR));
    order_put(w, leaf_find(w->root, CFDI_RECEPTOR));
    leaf_each(w->root, order_others, w);
    leaf_each(w->root, order_items, w);
    cfdi_write_out(w);
}
