/*
 * cargoxml_records.c: the end of a document: what only its whole tells is put into the records, and they are given
 * out, flights first, then everything else in the document's order.
 */
#include "feeds/cargoxml.h"

static struct str action(struct str purpose)
{
    static const struct {
        const char *purpose, *action;
    } actions[] = {{"Creation", "original"}, {"Update", "replace"},     {"Deletion", "cancel"},
                   {"9", "original"},        {"5", "replace"},          {"3", "cancel"},
                   {"Change", "change"},     {"Cancellation", "cancel"}};

    for (size_t i = 0; i < COUNT(actions); i++)
        if (str_eq(purpose, str_z(actions[i].purpose)))
            return str_z(actions[i].action);
    return AIR_NONE;
}

static void check_bill(struct cargoxml *c, const struct part *p, struct str bill, const char *path)
{
    if (!air_bill_right(bill))
        fault_at(&c->d.faults, "cargoxml.awb", cargoxml_place(c, p, path), bill, AIR_NONE);
}

static void set_once(struct cargoxml *c, struct record *r, const char *field, struct str s)
{
    if (!record_has(r, schema_field(r->kind, str_z(field))))
        air_text(c->d.arena, r, field, s);
}

static void finish_waybill(struct cargoxml *c, struct part *p)
{
    struct arena *a = c->d.arena;
    struct part *head = c->first, *cargo = cargoxml_above(p, S_CARGO),
                *arrival = cargoxml_above(p, S_ARRIVAL);
    struct part *outer = p->is == S_HOUSE ? cargoxml_above(p->parent, S_MASTER) : NULL;
    struct record *r = p->r;
    int bill = schema_field(r->kind, S("bill"));

    air_text(a, r, "action", action(head->words[W_PURPOSE]));
    if (c->root->bit == XFFM) {
        air_text(a, r, "receipt", record_get(r, schema_field(r->kind, S("lading"))));
        air_place(a, r, "destination", "destination_scheme",
                  record_get(r, schema_field(r->kind, S("discharge"))));
        if (c->trip)
            air_place(a, r, "lading", "lading_scheme",
                      record_get(c->trip->r, schema_field(c->trip->r->kind, S("origin"))));
        if (arrival && arrival->words[W_ID].n)
            air_place(a, r, "discharge", "discharge_scheme", arrival->words[W_ID]);
        if (cargo)
            air_reference(a, r, S("ULD"), cargo->unit);
        set_once(c, r, "bill", p->words[W_ID]);
    } else if (c->root->bit == XFWB && p->is == S_MASTER) {
        set_once(c, r, "bill", air_bill(a, head->words[W_BUSINESS]));
        air_reference(a, r, S("SHIPPER"), p->words[W_ID]);
        set_once(c, r, "bill_type", head->words[W_TYPE]);
    } else if (p->is == S_HOUSE) {
        set_once(c, r, "bill_type", head->words[W_TYPE]);
        if (outer)
            air_text(a, r, "master_bill", record_get(outer->r, bill));
    }
    if (p->is == S_MASTER) {
        struct str number_of = record_get(r, bill);

        if (number_of.n > 3)
            air_text(a, r, "issuer", str_n(number_of.p, 3));
        check_bill(c, p, number_of, "ID");
    }
}

/* The goods in one line: those of its first item. */
static void finish_item(struct cargoxml *c, struct part *p)
{
    struct part *waybill = cargoxml_waybill(p);

    if (waybill)
        set_once(c, waybill->r, "goods", record_get(p->r, schema_field(p->r->kind, S("description"))));
}

static void finish_flight(struct cargoxml *c)
{
    struct record *r = c->trip ? c->trip->r : NULL;

    if (!r || c->root->bit != XFFM || !c->arrival)
        return;
    air_place(c->d.arena, r, "port", "port_scheme", c->arrival->words[W_ID]);
    air_place(c->d.arena, r, "destination", "destination_scheme", c->arrival->words[W_ID]);
    set_once(c, r, "arrival", c->arrival->words[W_NAME]);
}

static void refer(struct cargoxml *c, struct part *p)
{
    struct part *waybill = cargoxml_waybill(p->parent);
    int64_t trip = c->trip && (c->movements == 1 || c->root->bit == XFFM) ? c->trip->ordinal : 0;

    switch (p->is) {
    case S_MASTER:
    case S_HOUSE:
        air_ref(p->r, "trip", trip);
        break;
    case S_ITEM:
        air_ref(p->r, "consignment", waybill ? waybill->ordinal : 0);
        break;
    case S_UNIT:
        air_ref(p->r, "trip", trip);
        air_ref(p->r, "consignment", waybill ? waybill->ordinal : 0);
        break;
    case S_PARTY:
        air_ref(p->r, "parent", waybill ? waybill->ordinal : trip);
        break;
    case S_ROOT:
    case S_MOVEMENT:
    case S_NOTE:
    case S_ARRIVAL:
    case S_CARGO:
        break;
    }
}

static void give(struct cargoxml *c, bool flights)
{
    for (struct part *p = c->first; p; p = p->next) {
        if (!p->r || (p->is == S_MOVEMENT) != flights)
            continue;
        refer(c, p);
        p->r->head.exercise = c->exercise;
        p->ordinal = deliver_record(&c->d, p->r);
    }
}

static void describe(struct cargoxml *c)
{
    struct feeds_message *m = &c->d.m;
    struct part *head = c->first;
    struct str major = AIR_NONE, rest;

    if (str_starts(c->d.run->head, S("\xef\xbb\xbf")))
        m->tolerated = S("bom");
    m->exercise = c->exercise;
    if (!c->root || !head)
        return;
    m->version = head->words[W_VERSION];
    rest = m->version;
    str_split(&rest, '.', &major);
    m->format = major.n && major.n < 4 ? arena_fmt(c->d.arena, "%s-%.*s", c->root->format, STR_ARG(major))
                                       : str_z(c->root->format);
    m->sender = head->words[W_SENDER];
    m->receiver = head->words[W_RECEIVER];
    m->control = head->words[W_ID];
    m->reference = head->words[W_BUSINESS];
}

void cargoxml_finish(struct cargoxml *c)
{
    arena_reset(c->scratch);
    c->d.ungrasped = !c->root;
    if (c->root && c->first) {
        cargoxml_required(c, c->first);
        for (struct part *p = c->first; p; p = p->next) {
            if (p->is == S_ITEM)
                finish_item(c, p);
            if (p->is == S_MASTER || p->is == S_HOUSE)
                finish_waybill(c, p);
        }
        finish_flight(c);
    }
    describe(c);
    deliver_begin(&c->d);
    if (c->root) {
        give(c, true);
        give(c, false);
    }
}
