/*
 * wco_records.c: the records of one document. A declaration gives a trip (when it names a means of transport), a
 * consignment, its equipment, parties and items; a response gives a consignment that says what became of the
 * declaration. Which path becomes which field stands in tables; the first row that has a value wins. Values that
 * no row takes are references (wco_references.c).
 */
#include "feeds/cfdi.h"
#include "feeds/wco.h"
#include "schema/ids.h"

enum how {
    AS_IS,
    NUMBER,  /* rounded to the field's decimals */
    MONEY,   /* the same, and its currency */
    MASS,    /* to kilograms */
    DATE,    /* ISO 8601 */
    COUNTRY, /* only of ISO 3166-1 */
};

struct map {
    const char *path, *field;
    enum how how;
};

static const struct map trip_map[] = {
    {"Consignment/Carrier/ID", "carrier", AS_IS},
    {"Consignment/Carrier/Name", "carrier_name", AS_IS},
    {"GoodsShipment/Consignment/Carrier/ID", "carrier", AS_IS},
    {"BorderTransportMeans/RegistrationNationalityCode", "conveyance_country", COUNTRY},
    {"BorderTransportMeans/JourneyID", "trip_number", AS_IS},
    {"BorderTransportMeans/DepartureDateTime/DateTimeString", "departure", DATE},
    {"BorderTransportMeans/ArrivalDateTime/DateTimeString", "arrival", DATE},
    {"ExitOffice/ID", "port", AS_IS},
    {"EntryOffice/ID", "port", AS_IS},
    {"GoodsShipment/ExitOffice/ID", "port", AS_IS},
    {"GoodsShipment/EntryOffice/ID", "port", AS_IS},
    {"GoodsShipment/ExportCountry/ID", "origin", AS_IS},
    {"GoodsShipment/Destination/CountryCode", "destination", AS_IS},
};

static const struct map consignment_map[] = {
    {"ID", "entry_number", AS_IS},
    {"TypeCode", "entry_type", AS_IS},
    {"FunctionalReferenceID", "document", AS_IS},
    {"TotalPackageQuantity", "quantity", NUMBER},
    {"TotalGrossMassMeasure", "gross_weight", MASS},
    {"InvoiceAmount", "value", MONEY},
    {"GoodsShipment/Consignment/GoodsLocation/Name", "lading", AS_IS},
    {"GoodsShipment/Consignment/LoadingLocation/ID", "lading", AS_IS},
    {"GoodsShipment/Destination/CountryCode", "destination", AS_IS},
    {"GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Description", "goods", AS_IS},
};

static const struct map response_map[] = {
    {"Declaration/ID", "entry_number", AS_IS},
    {"Declaration/FunctionalReferenceID", "document", AS_IS},
    {"AdditionalInformation/StatementDescription", "notes", AS_IS},
    {"Declaration/GoodsShipment/Consignment/GoodsLocation/Name", "lading", AS_IS},
};

static const struct map item_map[] = {
    {"SequenceNumeric", "line", NUMBER},
    {"Commodity/Description", "description", AS_IS},
    {"Packaging/MarksNumbersID", "marks", AS_IS},
    {"Packaging/QuantityQuantity", "quantity", NUMBER},
    {"Packaging/TypeCode", "package", AS_IS},
    {"Commodity/GoodsMeasure/GrossMassMeasure", "gross_weight", MASS},
    {"Commodity/GoodsMeasure/NetNetWeightMeasure", "net_weight", MASS},
    {"Commodity/InvoiceLine/ItemChargeAmount", "value", MONEY},
    {"StatisticalValueAmount", "value", MONEY},
    {"Origin/CountryCode", "origin", COUNTRY},
    {"Commodity/DangerousGoods/UNDGID", "undg", AS_IS},
};

static const struct map party_map[] = {
    {"ID", "identifier", AS_IS},
    {"Name", "name", AS_IS},
    {"Address/Line", "address", AS_IS},
    {"Address/CityName", "city", AS_IS},
    {"Address/CountrySubDivisionName", "region", AS_IS},
    {"Address/PostcodeID", "postal_code", AS_IS},
    {"Address/CountryCode", "country", COUNTRY},
    {"Contact/Name", "contact", AS_IS},
    {"Communication/ID", "contact", AS_IS},
};

static const struct {
    const char *element, *role;
} parties[] = {
    {"Declarant", "issuer"},
    {"Submitter", "issuer"},
    {"Exporter", "exporter"},
    {"Importer", "importer"},
    {"Consignor", "shipper"},
    {"Consignee", "consignee"},
    {"Carrier", "carrier"},
    {"Agent", "agent"},
    {"NotifyParty", "notify"},
    {"Seller", "shipper"},
    {"Buyer", "recipient"},
    {"FreightForwarder", "agent"},
    {"DeliveryDestination", "final-destination"},
};

/* ---- setting fields ---- */

static void set_number(struct wco *w, struct record *r, const char *field, const struct tree_node *n,
                       int64_t millionths)
{
    int f = schema_field(r->kind, str_z(field));
    int64_t unit = 1;

    for (int i = r->kind->field[f].scale; i < 6; i++)
        unit *= 10;
    if (millionths % unit)
        wco_fault(w, "wco.rounded", n, n->text, arena_fmt(w->d.arena, "%d", r->kind->field[f].scale));
    record_int(r, f, millionths / unit + (millionths % unit >= (unit + 1) / 2 && unit > 1));
}

static bool set_mapped(struct wco *w, struct record *r, const struct tree_node *n, const struct map *m)
{
    int64_t v;

    switch (m->how) {
    case AS_IS:
        text_set(r, m->field, text_clean(w->scratch, n->text, TEXT_MAX));
        return true;
    case NUMBER:
    case MONEY:
        if (!cfdi_millionths(n->text, &v))
            return false;
        set_number(w, r, m->field, n, v);
        if (m->how == MONEY && wco_listed("item", "currency", tree_attribute(n, "currencyID")))
            text_set(r, "currency", tree_attribute(n, "currencyID"));
        return true;
    case MASS:
        if (!wco_mass(n, &v))
            return false;
        set_number(w, r, m->field, n, v);
        return true;
    case DATE:
        text_set(r, m->field, wco_date(w->scratch, n));
        return record_has(r, schema_field(r->kind, str_z(m->field)));
    case COUNTRY:
        if (!wco_listed("party", "country", n->text))
            return false;
        text_set(r, m->field, n->text);
        return true;
    }
    return false;
}

static void fill(struct wco *w, struct record *r, const struct tree_node *from, const struct map *m,
                 size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        struct tree_node *n = tree_find(from, m[i].path);

        if (n && n->text.n && !record_has(r, schema_field(r->kind, str_z(m[i].field))))
            n->used = set_mapped(w, r, n, &m[i]) || n->used;
    }
}

static struct record *start(struct wco *w, const char *kind)
{
    arena_reset(w->scratch);
    return record_new(w->scratch, schema_kind(str_z(kind)));
}

static int64_t give(struct wco *w, struct record *r)
{
    r->head.exercise = w->d.m.exercise;
    return w->dry ? 1 : deliver_record(&w->d, r);
}

static void refer(struct record *r, const char *field, int64_t to)
{
    if (to)
        record_int(r, schema_field(r->kind, str_z(field)), to);
}

/* ---- the trip ---- */

/* UN/ECE Recommendation 19; 6 is the United Kingdom's roll-on roll-off. */
static const struct {
    const char *code, *mode;
} modes[] = {{"1", "sea"}, {"2", "rail"},     {"3", "road"},  {"4", "air"},  {"5", "mail"},
             {"6", "sea"}, {"7", "pipeline"}, {"8", "other"}, {"9", "other"}};

/* What the number of the means of transport is. */
static const struct {
    const char *code, *field, *scheme;
} identities[] = {{"10", "conveyance", "imo"},   {"11", "conveyance_name", NULL},
                  {"20", "conveyance", "other"}, {"21", "trip_number", NULL},
                  {"30", "conveyance", "plate"}, {"31", "conveyance", "plate"},
                  {"40", "trip_number", NULL},   {"41", "conveyance", "registration"},
                  {"80", "conveyance", "other"}, {"81", "conveyance_name", NULL}};

static void set_mode(struct wco *w, struct record *r)
{
    struct tree_node *border = tree_child(w->doc, "BorderTransportMeans"),
                     *mode = tree_child(border, "ModeCode");

    text_set(r, "mode", S("other"));
    for (size_t i = 0; mode && i < COUNT(modes); i++) {
        if (!str_eq(mode->text, str_z(modes[i].code)))
            continue;
        text_set(r, "mode", str_z(modes[i].mode));
        mode->used = true;
        return;
    }
    wco_fault(w, "wco.mode", mode ? mode : w->doc, mode ? mode->text : S(""), S("ModeCode 1..9"));
}

static void set_identity(struct wco *w, struct record *r, const char *element)
{
    struct tree_node *means = tree_find(w->doc, element), *id = tree_child(means, "ID"),
                     *type = tree_child(means, "IdentificationTypeCode");

    for (size_t i = 0; id && type && id->text.n && i < COUNT(identities); i++) {
        if (!str_eq(type->text, str_z(identities[i].code)) ||
            record_has(r, schema_field(r->kind, str_z(identities[i].field))))
            continue;
        text_set(r, identities[i].field, id->text);
        if (identities[i].scheme)
            text_set(r, "conveyance_scheme", str_z(identities[i].scheme));
        id->used = type->used = true;
    }
}

static struct str action(struct wco *w)
{
    static const struct {
        const char *function, *action;
    } functions[] = {{"1", "cancel"}, {"4", "change"}, {"5", "replace"}, {"9", "original"}};
    struct tree_node *f = tree_child(w->doc, "FunctionCode"), *type = tree_child(w->doc, "TypeCode");

    for (size_t i = 0; f && i < COUNT(functions); i++)
        if (str_eq(f->text, str_z(functions[i].function)))
            return str_z(functions[i].action);
    /* 13: an additional message; its type says what it asks. */
    if (f && str_eq(f->text, S("13")) && type)
        return str_eq(type->text, S("INV")) ? S("cancel") : S("change");
    return (struct str){NULL, 0};
}

static int64_t trip(struct wco *w)
{
    struct record *r;
    struct tree_node *n = tree_find(w->doc, "GoodsShipment/Consignment/TransportEquipment");
    int64_t equipment = 0;

    if (w->response || (!tree_child(w->doc, "BorderTransportMeans") &&
                        !tree_find(w->doc, "GoodsShipment/Consignment/DepartureTransportMeans") &&
                        !tree_find(w->doc, "GoodsShipment/Consignment/ArrivalTransportMeans")))
        return 0;
    r = start(w, "trip");
    fill(w, r, w->doc, trip_map, COUNT(trip_map));
    set_mode(w, r);
    set_identity(w, r, "BorderTransportMeans");
    set_identity(w, r, "GoodsShipment/Consignment/DepartureTransportMeans");
    set_identity(w, r, "GoodsShipment/Consignment/ArrivalTransportMeans");
    text_set(r, "action", action(w));
    for (const char *const *f = (const char *const[]){"port", "origin", "destination", NULL}; *f; f++)
        if (record_has(r, schema_field(r->kind, str_z(*f))))
            text_set(r, arena_z(w->scratch, arena_fmt(w->scratch, "%s_scheme", *f)), S("other"));
    for (; n; n = tree_again(n))
        equipment++;
    record_int(r, schema_field(r->kind, S("equipment_count")), equipment);
    return give(w, r);
}

/* ---- the consignment ---- */

/* What the goods travel under: a transport document, the consignment's unique reference, the declaration. */
static void set_bill(struct wco *w, struct record *r)
{
    static const char *const documents[] = {"703", "704", "705", "714", "730", "740", "741", "785", "787"};
    static const char *const paths[] = {"GoodsShipment/Consignment/TransportContractDocument/ID",
                                        "GoodsShipment/UCR/TraderAssignedReferenceID", "ID",
                                        "Declaration/ID", "FunctionalReferenceID"};
    struct tree_node *ducr = NULL, *n;

    for (n = tree_next(w->doc, w->doc); n; n = tree_next(n, w->doc)) {
        struct tree_node *type = tree_child(n, "TypeCode"), *id = tree_child(n, "ID");

        if (!type || !id || !id->text.n)
            continue;
        if (!ducr && str_eq(n->name, S("PreviousDocument")) && str_eq(type->text, S("DCR")))
            ducr = id;
        if (str_eq(n->name, S("PreviousDocument")) && str_eq(type->text, S("MCR")))
            text_set(r, "master_bill", id->text);
        for (size_t i = 0; str_eq(n->name, S("AdditionalDocument")) && i < COUNT(documents); i++)
            if (str_eq(type->text, str_z(documents[i])))
                text_set(r, "bill", id->text);
    }
    for (size_t i = 0; i < COUNT(paths); i++) {
        if (record_has(r, schema_field(r->kind, S("bill"))))
            return;
        if (i == 1 && ducr)
            text_set(r, "bill", ducr->text);
        else if ((n = tree_find(w->doc, paths[i])))
            text_set(r, "bill", n->text);
    }
}

static void set_regime(struct wco *w, struct record *r)
{
    struct tree_node *p = tree_find(w->doc, "GoodsShipment/GovernmentAgencyGoodsItem/GovernmentProcedure"),
                     *now = tree_child(p, "CurrentCode"), *before = tree_child(p, "PreviousCode");

    if (now)
        text_set(
            r, "regime",
            arena_fmt(w->scratch, "%.*s%.*s", STR_ARG(now->text), STR_ARG(before ? before->text : S(""))));
}

/* What the authority says has become of it. */
static void set_status(struct wco *w, struct record *r)
{
    struct tree_node *f = tree_child(w->doc, "FunctionCode");
    struct str name = f ? wco_function(f->text) : (struct str){NULL, 0};

    if (!f)
        return;
    f->used = true;
    wco_reference(w, r, f, S("STATUS"), name.n ? name : f->text);
    if (str_eq(name, S("DMSINV")))
        text_set(r, "action", S("cancel"));
    else if (str_eq(name, S("DMSRES")))
        text_set(r, "action", S("change"));
    else if (str_eq(name, S("DMSACC")) || str_eq(name, S("DMSCLE")))
        text_set(r, "action", S("confirm"));
}

static void set_direction(struct wco *w, struct record *r)
{
    struct tree_node *type = tree_child(w->doc, "TypeCode");

    if (type && str_starts(type->text, S("EX")))
        text_set(r, "direction", S("out"));
    else if (type && str_starts(type->text, S("IM")))
        text_set(r, "direction", S("in"));
}

static int64_t consignment(struct wco *w, int64_t on)
{
    struct record *r = start(w, "consignment");

    refer(r, "trip", on);
    set_bill(w, r);
    if (w->response) {
        fill(w, r, w->doc, response_map, COUNT(response_map));
        set_status(w, r);
    } else {
        fill(w, r, w->doc, consignment_map, COUNT(consignment_map));
        text_set(r, "action", action(w));
        set_regime(w, r);
        set_direction(w, r);
    }
    if (record_has(r, schema_field(r->kind, S("lading"))))
        text_set(r, "lading_scheme", S("other"));
    if (record_has(r, schema_field(r->kind, S("destination"))))
        text_set(r, "destination_scheme", S("other"));
    wco_leftovers(w, r, w->doc);
    return give(w, r);
}

/* ---- what is in it ---- */

static bool container_shaped(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (i < 4 ? s.p[i] < 'A' || s.p[i] > 'Z' : s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n == 11;
}

static void equipment(struct wco *w, const struct tree_node *n, int64_t on, int64_t in)
{
    struct tree_node *id = tree_child(n, "ID");
    struct str seals = {NULL, 0};
    struct record *r;

    if (!id || !id->text.n)
        return; /* its seals are references of the consignment */
    id->used = true;
    r = start(w, "equipment");
    refer(r, "trip", on);
    refer(r, "consignment", in);
    text_set(r, "number", id->text);
    text_set(r, "kind", container_shaped(id->text) ? S("container") : S("other"));
    for (struct tree_node *s = tree_child(n, "Seal"); s && seals.n < TEXT_MAX / 2; s = tree_again(s)) {
        struct tree_node *number = tree_child(s, "ID");

        if (!number || !number->text.n || number->text.n > FOUND_MAX)
            continue;
        seals =
            arena_fmt(w->scratch, "%.*s%s%.*s", STR_ARG(seals), seals.n ? "\n" : "", STR_ARG(number->text));
        number->used = true;
    }
    text_set(r, "seals", seals);
    give(w, r);
}

/* What no row takes of a party may be personal, so it is no reference (those are official): it stands with how to
 * reach the party, "Path:value". Codes are left to the references. */
static void set_rest(struct wco *w, struct record *r, const struct tree_node *party)
{
    int f = schema_field(r->kind, S("contact"));

    for (struct tree_node *n = tree_next(party, party); n; n = tree_next(n, party)) {
        struct str old = record_get(r, f), path;
        bool code = n->name.n > 4 && memcmp(n->name.p + n->name.n - 4, "Code", 4) == 0;

        if (n->used || n->first || !n->text.n || (code && !str_eq(n->name, S("CountryCode"))))
            continue;
        n->used = true;
        path = tree_path(w->scratch, n, party);
        if (old.n + path.n + n->text.n + 3 > r->kind->field[f].max) {
            wco_fault(w, "wco.long", n, path, arena_fmt(w->d.arena, "%zu", r->kind->field[f].max));
            continue;
        }
        text_set(r, "contact",
                 arena_fmt(w->scratch, "%.*s%s%.*s:%.*s", STR_ARG(old), old.n ? "; " : "", STR_ARG(path),
                           STR_ARG(n->text)));
    }
}

static void party(struct wco *w, struct tree_node *n, const char *role, int64_t of)
{
    struct record *r = start(w, "party");
    uint64_t bare;

    for (struct tree_node *i = n; i; i = tree_next(i, n))
        i->used = false; /* of the pass before, or the trip's: a party is whole */
    refer(r, "parent", of);
    text_set(r, "role", str_z(role));
    bare = r->have;
    fill(w, r, n, party_map, COUNT(party_map));
    set_rest(w, r, n);
    if (record_has(r, schema_field(r->kind, S("identifier"))))
        text_set(r, "identifier_scheme", S("other")); /* an EORI number, as a rule */
    if (r->have != bare)
        give(w, r);
}

static const char *role_of(const struct tree_node *n)
{
    for (size_t i = 0; i < COUNT(parties); i++)
        if (str_eq(n->name, str_z(parties[i].element)))
            return parties[i].role;
    return NULL;
}

/* The tariff code: eight digits, and the TARIC's two when they are there. */
static void set_hs(struct wco *w, struct record *r, const struct tree_node *item)
{
    struct tree_node *base = NULL, *more = NULL;
    struct str hs;

    for (struct tree_node *c = tree_find(item, "Commodity/Classification"); c; c = tree_again(c)) {
        struct tree_node *type = tree_child(c, "IdentificationTypeCode"), *id = tree_child(c, "ID");

        if (!type || !id || !id->text.n)
            continue;
        if (str_eq(type->text, S("TSP")) || str_eq(type->text, S("HS")))
            base = base ? base : id;
        if (str_eq(type->text, S("TRC")) && id->text.n == 2)
            more = more ? more : id;
    }
    if (!base)
        return;
    hs = arena_fmt(w->scratch, "%.*s%.*s", STR_ARG(base->text), STR_ARG(more ? more->text : S("")));
    if (!ids_shape(SHAPE_HS, hs)) {
        wco_fault(w, "wco.hs", base, hs, str_z(ids_name(SHAPE_HS)));
        return;
    }
    text_set(r, "hs", hs);
    base->used = true;
    if (more)
        more->used = true;
}

static void item(struct wco *w, const struct tree_node *n, int64_t in)
{
    struct record *r = start(w, "item");
    int64_t number;

    refer(r, "consignment", in);
    fill(w, r, n, item_map, COUNT(item_map));
    set_hs(w, r, n);
    wco_leftovers(w, r, n);
    number = give(w, r);
    for (struct tree_node *i = tree_next(n, n); i; i = tree_next(i, n))
        if (role_of(i))
            party(w, i, role_of(i), number);
}

/* Equipment and parties outside of items; then the items, each with its own parties. */
static void contents(struct wco *w, int64_t on, int64_t in)
{
    struct tree_node *n = tree_next(w->doc, w->doc);

    while (n) {
        if (wco_is_item(n)) {
            n = tree_past(n, w->doc);
            continue;
        }
        if (str_eq(n->name, S("TransportEquipment")))
            equipment(w, n, on, in);
        if (role_of(n))
            party(w, n, role_of(n), in);
        n = tree_next(n, w->doc);
    }
    for (n = tree_next(w->doc, w->doc); n; n = wco_is_item(n) ? tree_past(n, w->doc) : tree_next(n, w->doc))
        if (wco_is_item(n))
            item(w, n, in);
}

/* Twice: the consignment comes first, and must know by then what the records behind it take. */
void wco_records(struct wco *w)
{
    int64_t on;

    w->dry = true;
    trip(w);
    contents(w, 1, 2);
    w->dry = false;
    on = trip(w);
    contents(w, on, consignment(w, on));
    arena_reset(w->scratch);
}
