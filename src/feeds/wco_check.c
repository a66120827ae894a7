/*
 * wco_check.c: the WCO Data Model names a value by what it is: ...DateTimeString, ...Amount, ...Measure,
 * ...Quantity, ...Numeric, ...Code. So one small table of name endings holds every value to its type, whatever
 * its path is, and a document with elements that we map to nothing is checked as well as any.
 */
#include "feeds/cfdi.h"
#include "feeds/wco.h"

#include "base/clock.h"

void wco_fault(struct wco *w, const char *code, const struct tree_node *n, struct str found,
               struct str expected)
{
    if (!w->dry)
        fault_at(&w->d.faults, code, tree_place(w->d.arena, n), text_clean(w->d.arena, found, FOUND_MAX),
                 expected);
}

bool wco_listed(const char *kind, const char *field, struct str code)
{
    const struct kind *k = schema_kind(str_z(kind));

    return schema_code(k->field[schema_field(k, str_z(field))].codes, code) != NULL;
}

/* ---- dates ---- */

/* UN/EDIFACT 2379: how many digits, and whether a zone follows. */
static const struct {
    const char *code;
    size_t digits;
    bool zone;
} formats[] = {{"102", 8, false}, {"203", 12, false}, {"204", 14, false},
               {"205", 12, true}, {"303", 12, true},  {"304", 14, true}};

/* "Z", "+01", "-0600", "+05:30" as ISO 8601 has it; false when it is none of them. */
static bool zone(struct arena *a, struct str s, struct str *out)
{
    char d[5];
    size_t n = 0;

    *out = S("Z");
    if (str_eq(s, S("Z")))
        return true;
    if (!s.n || (s.p[0] != '+' && s.p[0] != '-'))
        return false;
    for (size_t i = 1; i < s.n; i++) {
        if (i == 3 && s.p[i] == ':')
            continue;
        if (s.p[i] < '0' || s.p[i] > '9' || n == 4)
            return false;
        d[n++] = s.p[i];
    }
    if (n != 2 && n != 4)
        return false;
    d[n] = '\0';
    *out = arena_fmt(a, "%c%.2s:%s", s.p[0], d, n == 4 ? d + 2 : "00");
    return true;
}

static struct str date_as(struct arena *a, struct str s, size_t digits, bool zoned)
{
    struct str tail = {NULL, 0}, out;
    int64_t us;
    bool has_zone;
    char d[15];

    if (s.n < digits || (!zoned && s.n != digits))
        return (struct str){NULL, 0};
    for (size_t i = 0; i < digits; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return (struct str){NULL, 0};
        d[i] = s.p[i];
    }
    d[digits] = '\0';
    if (zoned && !zone(a, (struct str){s.p + digits, s.n - digits}, &tail))
        return (struct str){NULL, 0};
    out = digits == 8 ? arena_fmt(a, "%.4s-%.2s-%.2s", d, d + 4, d + 6)
                      : arena_fmt(a, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.*s", d, d + 4, d + 6, d + 8, d + 10,
                                  digits == 14 ? d + 12 : "00", STR_ARG(tail));
    return time_parse(out, &us, &has_zone) ? out : (struct str){NULL, 0};
}

struct str wco_date(struct arena *a, const struct tree_node *n)
{
    struct str code = tree_attribute(n, "formatCode");

    for (size_t i = 0; i < COUNT(formats); i++)
        if (str_eq(code, str_z(formats[i].code)))
            return date_as(a, n->text, formats[i].digits, formats[i].zone);
    return (struct str){NULL, 0};
}

static void check_date(struct wco *w, const struct tree_node *n)
{
    struct str code = tree_attribute(n, "formatCode");

    for (size_t i = 0; i < COUNT(formats); i++) {
        if (!str_eq(code, str_z(formats[i].code)))
            continue;
        if (!wco_date(w->scratch, n).n)
            wco_fault(w, "wco.date", n, n->text, code);
        return;
    }
    wco_fault(w, "wco.date.format", n, code.n ? code : n->text, S("102, 203, 204, 205, 303, 304"));
}

/* ---- numbers ---- */

static void check_number(struct wco *w, const struct tree_node *n)
{
    struct str s = n->text;
    int64_t v;

    if (s.n && s.p[0] == '-')
        s = (struct str){s.p + 1, s.n - 1};
    if (!cfdi_millionths(s, &v))
        wco_fault(w, "wco.number", n, n->text, S("0.00"));
}

static void check_amount(struct wco *w, const struct tree_node *n)
{
    struct str currency = tree_attribute(n, "currencyID");

    check_number(w, n);
    if (!currency.n)
        wco_fault(w, "wco.currency.missing", n, n->text, S("currencyID"));
    else if (!wco_listed("item", "currency", currency))
        wco_fault(w, "wco.currency", n, currency, S("ISO 4217"));
}

bool wco_mass(const struct tree_node *n, int64_t *out)
{
    static const struct {
        const char *unit;
        int64_t times, by;
    } units[] = {{"KGM", 1, 1}, {"TNE", 1000, 1}, {"GRM", 1, 1000}, {"LBR", 45359237, 100000000}};
    struct str unit = n ? tree_attribute(n, "unitCode") : (struct str){NULL, 0};
    int64_t v;

    if (!n || !cfdi_millionths(n->text, &v))
        return false;
    for (size_t i = 0; i < COUNT(units); i++) {
        if (unit.n ? !str_eq(unit, str_z(units[i].unit)) : i > 0)
            continue;
        if (v > INT64_MAX / units[i].times)
            return false;
        *out = v * units[i].times / units[i].by;
        return true;
    }
    return false;
}

static void check_measure(struct wco *w, const struct tree_node *n)
{
    int64_t v;

    check_number(w, n);
    if (str_eq(n->name, S("GrossMassMeasure")) || str_eq(n->name, S("NetNetWeightMeasure")) ||
        str_eq(n->name, S("TotalGrossMassMeasure")))
        if (cfdi_millionths(n->text, &v) && !wco_mass(n, &v))
            wco_fault(w, "wco.unit", n, tree_attribute(n, "unitCode"), S("KGM, TNE, GRM, LBR"));
}

/* ---- codes ---- */

static void check_country(struct wco *w, const struct tree_node *n)
{
    if (!wco_listed("party", "country", n->text))
        wco_fault(w, "wco.country", n, n->text, S("ISO 3166-1"));
}

static const struct {
    const char *code, *name;
} functions[] = {{"01", "DMSACC"}, {"02", "DMSRCV"}, {"03", "DMSREJ"}, {"05", "DMSCTL"}, {"06", "DMSDOC"},
                 {"07", "DMSRES"}, {"08", "DMSROG"}, {"09", "DMSCLE"}, {"10", "DMSINV"}, {"11", "DMSREQ"},
                 {"13", "DMSTAX"}, {"14", "DMSCPI"}, {"15", "DMSCPR"}, {"16", "DMSEOG"}, {"18", "DMSGER"}};

struct str wco_function(struct str code)
{
    for (size_t i = 0; i < COUNT(functions); i++)
        if (str_eq(code, str_z(functions[i].code)))
            return str_z(functions[i].name);
    return (struct str){NULL, 0};
}

/* ---- all of them ---- */

static const struct {
    const char *ending;
    void (*check)(struct wco *w, const struct tree_node *n);
} endings[] = {
    {"DateTimeString", check_date},     {"Amount", check_amount},  {"Measure", check_measure},
    {"Quantity", check_number},         {"Numeric", check_number}, {"CountryCode", check_country},
    {"NationalityCode", check_country},
};

static bool ends(struct str s, struct str ending)
{
    return s.n >= ending.n && memcmp(s.p + s.n - ending.n, ending.p, ending.n) == 0;
}

static void mandatory(struct wco *w)
{
    static const char *const declaration[] = {"FunctionCode", "FunctionalReferenceID", "TypeCode"};
    size_t n = w->response ? 2 : 3;

    for (size_t i = 0; i < n; i++) {
        struct tree_node *found = tree_child(w->doc, declaration[i]);

        if (!found || !found->text.n)
            wco_fault(w, "wco.missing", found ? found : w->doc, (struct str){NULL, 0},
                      str_z(declaration[i]));
    }
    if (w->response && !tree_child(w->doc, "Declaration"))
        wco_fault(w, "wco.missing", w->doc, (struct str){NULL, 0}, S("Declaration"));
}

static void counts(struct wco *w)
{
    struct tree_node *said = tree_child(w->doc, "GoodsItemQuantity");
    struct tree_node *i = tree_find(w->doc, "GoodsShipment/GovernmentAgencyGoodsItem");
    int64_t v, items = 0;

    for (; i; i = tree_again(i))
        items++;
    if (said && !w->tree.full && cfdi_millionths(said->text, &v) && v != items * 1000000)
        wco_fault(w, "wco.count", said, said->text, arena_fmt(w->d.arena, "%lld", (long long)items));
}

static void version(struct wco *w)
{
    struct tree_node *v = tree_child(w->meta, "WCODataModelVersionCode");
    struct tree_node *type = tree_child(w->meta, "WCOTypeName");
    struct str right = w->response ? S("RES") : S("DEC");

    if (v && !str_eq(v->text, S("3.6")))
        wco_fault(w, "wco.version", v, v->text, S("3.6"));
    if (type && !str_eq(type->text, right))
        wco_fault(w, "wco.version", type, type->text, right);
}

void wco_check(struct wco *w)
{
    struct tree_node *function = tree_child(w->doc, "FunctionCode");

    version(w);
    mandatory(w);
    counts(w);
    if (w->response && function && function->text.n && !wco_function(function->text).n)
        wco_fault(w, "wco.code", function, function->text, S("01..18"));
    for (struct tree_node *n = w->doc; n; n = tree_next(n, w->doc)) {
        for (size_t i = 0; n->text.n && i < COUNT(endings); i++) {
            if (!ends(n->name, str_z(endings[i].ending)))
                continue;
            endings[i].check(w, n);
            break;
        }
        arena_reset(w->scratch);
    }
}
