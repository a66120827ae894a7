/*
 * onerecord_records.c: objects into records; the table of which becomes what stands at the top of onerecord.c.
 */
#include "feeds/onerecord.h"

static void new_record(struct onerecord *c, struct thing *t, const char *kind)
{
    t->r = record_new(c->d.arena, schema_kind(str_z(kind)));
}

/* {"numericalValue": 12.5, "unit": "KGM"} */
static void measure(struct onerecord *c, struct thing *t, struct record *r, const char *name,
                    const char *field)
{
    json_t *j = onerecord_one(onerecord_get(t->o, name)),
           *value = json_is_object(j) ? onerecord_get(j, "numericalValue") : NULL;
    struct str n = onerecord_text(c, value               ? value
                                     : json_is_object(j) ? onerecord_get(j, "value")
                                                         : j),
               unit;

    if (!n.n)
        return;
    unit = json_is_object(j) ? onerecord_code(c, onerecord_get(j, "unit")) : AIR_NONE;
    switch (air_measure(r, field, n, unit)) {
    case AIR_MEASURED:
        break;
    case AIR_NO_NUMBER:
        fault_at(&c->d.faults, "onerecord.number", onerecord_place(c, t->path),
                 text_clean(c->d.arena, n, FOUND_MAX), str_z(name));
        break;
    case AIR_NO_UNIT:
        fault_at(&c->d.faults, "onerecord.unit", onerecord_place(c, t->path),
                 text_clean(c->d.arena, unit, FOUND_MAX), str_z(name));
        break;
    }
}

static void handling(struct onerecord *c, struct thing *t, struct record *r)
{
    json_t *all = onerecord_get(t->o, "specialHandlingCodes");
    size_t n = json_is_array(all) ? json_array_size(all) : all ? 1 : 0;

    for (size_t i = 0; i < n && i < 64; i++)
        air_reference(c->d.arena, r, S("SPH"),
                      onerecord_code(c, json_is_array(all) ? json_array_get(all, i) : all));
}

static void waybill(struct onerecord *c, struct thing *t)
{
    struct arena *a = c->d.arena;
    struct str prefix = onerecord_text(c, onerecord_get(t->o, "waybillPrefix")),
               number = onerecord_text(c, onerecord_get(t->o, "waybillNumber"));
    struct str bill = prefix.n && prefix.n < 8 && number.n < 60
                          ? arena_fmt(a, "%.*s-%.*s", STR_ARG(prefix), STR_ARG(number))
                          : number;
    struct str type = onerecord_code(c, onerecord_get(t->o, "waybillType"));

    if (!bill.n)
        bill = onerecord_tail(t->id);
    if (!bill.n)
        return;
    new_record(c, t, "consignment");
    air_text(a, t->r, "bill", bill);
    air_text(a, t->r, "issuer", prefix);
    air_text(a, t->r, "bill_type", type);
    air_text(a, t->r, "document", onerecord_tail(t->id));
    air_place(a, t->r, "lading", "lading_scheme",
              onerecord_location(c, onerecord_get(t->o, "departureLocation")));
    air_place(a, t->r, "discharge", "discharge_scheme",
              onerecord_location(c, onerecord_get(t->o, "arrivalLocation")));
    if (prefix.n && !air_bill_right(bill))
        fault_at(&c->d.faults, "onerecord.awb", onerecord_place(c, t->path), text_clean(a, bill, FOUND_MAX),
                 AIR_NONE);
}

static void shipment(struct onerecord *c, struct thing *t)
{
    struct arena *a = c->d.arena;
    struct str goods = onerecord_text(c, onerecord_get(t->o, "goodsDescription"));
    struct record *r;

    if (t->owner && t->owner->r) {
        r = t->owner->r;
    } else {
        new_record(c, t, t->id.n ? "consignment" : "item");
        r = t->r;
        if (t->id.n) {
            air_text(a, r, "bill", onerecord_tail(t->id));
            air_text(a, r, "document", onerecord_tail(t->id));
        }
    }
    if (strcmp(r->kind->name, "item") == 0) {
        air_text(a, r, "description", goods);
    } else {
        air_text(a, r, "goods", goods);
        air_number(r, "quantity", onerecord_text(c, onerecord_get(t->o, "totalPieceCount")));
    }
    measure(c, t, r, "totalGrossWeight", "gross_weight");
    measure(c, t, r, "totalVolume", "volume");
    handling(c, t, r);
}

static void piece(struct onerecord *c, struct thing *t)
{
    struct arena *a = c->d.arena;

    new_record(c, t, "item");
    air_text(a, t->r, "description", onerecord_text(c, onerecord_get(t->o, "goodsDescription")));
    air_text(a, t->r, "hs", onerecord_code(c, onerecord_get(t->o, "hsCode")));
    measure(c, t, t->r, "grossWeight", "gross_weight");
    air_number(t->r, "quantity", onerecord_text(c, onerecord_get(t->o, "slac")));
    air_reference(a, t->r, S("PIECE"), onerecord_tail(t->id));
    handling(c, t, t->r);
}

static void event(struct onerecord *c, struct thing *t)
{
    struct arena *a = c->d.arena;
    json_t *of = onerecord_get(t->o, "eventFor");
    struct str id = onerecord_id(of ? of : onerecord_get(t->o, "linkedObject")),
               when = onerecord_text(c, onerecord_get(t->o, "eventDate"));
    struct str status = arena_fmt(
        a, "%.*s %.*s", STR_ARG(onerecord_code(c, onerecord_get(t->o, "eventCode"))), STR_ARG(when));
    struct thing *named = onerecord_by_id(c, id), *about = onerecord_consignment(c, named);

    if (!about) { /* the record of what is only named: events of one object share it */
        about = named && named->is == IS_OTHER ? named : t;
        if (!id.n)
            return;
        new_record(c, about, "consignment");
        air_text(a, about->r, "bill", onerecord_tail(id));
        air_text(a, about->r, "document", onerecord_tail(id));
    }
    air_reference(a, about->r, S("STATUS"), status);
    air_more(a, about->r, "notes", "; ", onerecord_text(c, onerecord_get(t->o, "eventName")));
}

static void movement(struct onerecord *c, struct thing *t)
{
    struct arena *a = c->d.arena;
    struct str flight = onerecord_text(c, onerecord_get(t->o, "transportIdentifier"));

    new_record(c, t, "trip");
    air_text(a, t->r, "mode", S("air"));
    air_text(a, t->r, "trip_number", flight);
    if (flight.n > 2)
        air_text(a, t->r, "carrier", str_n(flight.p, 2));
    air_place(a, t->r, "origin", "origin_scheme",
              onerecord_location(c, onerecord_get(t->o, "departureLocation")));
    air_place(a, t->r, "destination", "destination_scheme",
              onerecord_location(c, onerecord_get(t->o, "arrivalLocation")));
    air_place(a, t->r, "port", "port_scheme",
              onerecord_location(c, onerecord_get(t->o, "arrivalLocation")));
}

static void address(struct onerecord *c, struct record *r, json_t *company)
{
    struct arena *a = c->d.arena;
    json_t *at = onerecord_one(onerecord_get(company, "basedAtLocation"));

    at = json_is_object(at) ? onerecord_one(onerecord_get(at, "address"))
                            : onerecord_one(onerecord_get(company, "address"));
    if (!json_is_object(at))
        return;
    air_text(a, r, "address", onerecord_text(c, onerecord_get(at, "streetAddressLines")));
    air_text(a, r, "city", onerecord_text(c, onerecord_get(at, "cityName")));
    air_text(a, r, "postal_code", onerecord_text(c, onerecord_get(at, "postalCode")));
    air_text(a, r, "region", onerecord_text(c, onerecord_get(at, "regionName")));
    air_text(a, r, "country", onerecord_code(c, onerecord_get(at, "country")));
}

static void party(struct onerecord *c, struct thing *t)
{
    static const struct {
        const char *code, *role;
    } roles[] = {{"SHP", "shipper"}, {"CNE", "consignee"}, {"AGT", "agent"},  {"FFW", "agent"},
                 {"NFY", "notify"},  {"CAR", "carrier"},   {"CZ", "shipper"}, {"CN", "consignee"}};
    struct arena *a = c->d.arena;
    struct thing *of = onerecord_consignment(c, t), *found;
    json_t *company = onerecord_one(onerecord_get(t->o, "partyDetails"));
    struct str is = onerecord_code(c, onerecord_get(t->o, "partyRole"));
    const char *role = "other";

    if (!of)
        return;
    if ((found = onerecord_by_id(c, onerecord_id(company))))
        company = found->o; /* the same object, or the whole of the one named here */
    if (!json_is_object(company))
        return;
    for (size_t i = 0; i < COUNT(roles); i++)
        if (str_eq(is, str_z(roles[i].code)))
            role = roles[i].role;
    new_record(c, t, "party");
    air_text(a, t->r, "role", str_z(role));
    air_text(a, t->r, "name", onerecord_text(c, onerecord_get(company, "name")));
    address(c, t->r, company);
}

static void customs(struct onerecord *c, struct thing *t)
{
    json_t *of = onerecord_get(t->o, "issuedForShipment");
    struct thing *about = onerecord_consignment(c, of ? onerecord_by_id(c, onerecord_id(of)) : t);
    struct str note[4] = {onerecord_code(c, onerecord_get(t->o, "country")),
                          onerecord_code(c, onerecord_get(t->o, "subjectCode")),
                          onerecord_code(c, onerecord_get(t->o, "contentCode")),
                          onerecord_text(c, onerecord_get(t->o, "otherCustomsInformation"))};
    const char *role;
    enum air_note is;

    if (!about)
        return;
    if (!note[3].n)
        note[3] = onerecord_text(c, onerecord_get(t->o, "note"));
    is = air_note(note[1], note[2], &role);
    if (is == AIR_REFERENCE || is == AIR_ENTRY) {
        air_customs(c->d.arena, about->r, note);
    } else if (note[3].n) { /* people's names and numbers are a party's, whose fields are personal */
        t->owner = about;
        new_record(c, t, "party");
        air_text(c->d.arena, t->r, "role", str_z(role));
        air_text(c->d.arena, t->r, is == AIR_TAX ? "identifier" : "contact", note[3]);
        if (is == AIR_TAX)
            air_text(c->d.arena, t->r, "identifier_scheme", S("tax-id"));
    }
}

void onerecord_records(struct onerecord *c, enum is is)
{
    for (struct thing *t = c->first; t; t = t->next) {
        if (t->is != is)
            continue;
        switch (is) {
        case IS_WAYBILL:
            waybill(c, t);
            break;
        case IS_SHIPMENT:
            shipment(c, t);
            break;
        case IS_PIECE:
            piece(c, t);
            break;
        case IS_PARTY:
            party(c, t);
            break;
        case IS_CUSTOMS:
            customs(c, t);
            break;
        case IS_EVENT:
            event(c, t);
            break;
        case IS_MOVEMENT:
            movement(c, t);
            break;
        case IS_OTHER:
            break;
        }
    }
}
