/*
 * manifest.c: what a shipment is, as records: a trip, its consignments, equipment, parties and items. The one writer
 * (feeds/write.h) makes messages of them: X12 309 and CUSCAR here, the Carta Porte in cartaporte.c. X12 and EDIFACT's
 * level A carry upper-case ASCII only.
 */
#include "exercise/internal.h"

#include "feeds/write.h"

#include <assert.h>
#include <stdlib.h>

#define SCHEDULE_K_OTHER "20195" /* Mexican places without a code of their own */
#define MINUTE           INT64_C(60000000)

struct record *manifest_add(struct manifest *m, const char *kind)
{
    struct record *r = record_new(m->arena, schema_kind(str_z(kind)));

    assert(m->n < MANIFEST_MOST);
    m->r[m->n++] = r;
    return r;
}

static int field(const struct record *r, const char *name)
{
    int f = schema_field(r->kind, str_z(name));

    assert(f >= 0);
    return f;
}

void manifest_text(struct record *r, const char *name, const char *z)
{
    record_text(r, field(r, name), str_z(z));
}

void manifest_number(struct record *r, const char *name, int64_t n, int scale)
{
    int f = field(r, name);

    for (int i = r->kind->field[f].type == T_DECIMAL ? r->kind->field[f].scale : 0; i > scale; i--)
        n *= 10;
    record_int(r, f, n);
}

void manifest_ref(struct record *r, const char *name, size_t ordinal)
{
    record_int(r, field(r, name), (int64_t)ordinal);
}

const char *manifest_fmt(const struct manifest *m, const char *a, const char *b)
{
    return arena_fmt(m->arena, "%s%s", a, b).p;
}

/* Upper case, and what would delimit is a blank in X12, which has no way to release it. */
static const char *upper(const struct manifest *m, const char *z)
{
    struct str s = fold(m->arena, z);
    char *to = arena_z(m->arena, s);

    for (char *p = to; *p && m->x12; p++)
        if (strchr("*~>^", *p))
            *p = ' ';
    return to;
}

void manifest_write(struct manifest *m, struct feeds_write *how, struct buf *b)
{
    const struct feeds_records what = {m->r, m->n};
    struct err e = {0};
    int ret;

    how->exercise = true;
    how->unchecked = true; /* a test reads every message of a day */
    how->now = m->s->at.day * 1440 * MINUTE + m->s->at.minute * MINUTE;
    ret = feeds_write(m->arena, &what, how, b, &e);
    assert(ret == 0);
    (void)ret;
}

/* ---- what both formats say ---- */

static struct record *trip(struct manifest *m)
{
    const struct shipment *s = m->s;
    struct record *r = manifest_add(m, "trip");
    const char *mark = arena_fmt(m->arena, "%s%u", s->carrier->scac, (unsigned)m->control).p;
    bool sea = s->pair->way == WAY_SEA;

    manifest_text(r, "mode", sea ? "sea" : "road");
    manifest_text(r, "carrier", s->carrier->scac);
    manifest_text(r, "trip_number", s->trip);
    manifest_text(r, "manifest", mark);
    manifest_text(r, "conveyance_country", s->flag);
    manifest_text(r, "arrival", when_date(m->arena, s->at, "Y-M-DTh:m"));
    manifest_text(r, "port", sea && !m->x12 ? s->pair->mx.place : s->pair->us.port);
    manifest_text(r, "port_scheme", sea && !m->x12 ? "unlocode" : "schedule-d");
    if (sea) {
        manifest_text(r, "conveyance", s->conveyance);
        manifest_text(r, "conveyance_scheme", "imo");
    }
    return r;
}

static struct record *party(struct manifest *m, const char *role, const struct company *c)
{
    struct record *r = manifest_add(m, "party");

    manifest_ref(r, "parent", m->bill);
    manifest_text(r, "role", role);
    manifest_text(r, "name", upper(m, c->name));
    manifest_text(r, "address", upper(m, c->street));
    manifest_text(r, "city", upper(m, c->city));
    if (!c->mexican)
        manifest_text(r, "region", c->state);
    manifest_text(r, "postal_code", c->zip);
    manifest_text(r, "country", c->mexican ? "MX" : "US");
    return r;
}

static struct record *item(struct manifest *m, const struct bill *b, const struct line *l)
{
    struct record *r = manifest_add(m, "item");

    manifest_ref(r, "consignment", m->bill);
    manifest_text(r, "description", upper(m, l->good->english));
    manifest_number(r, "quantity", l->packages, 0);
    manifest_number(r, "gross_weight", line_kilograms(l), 0);
    manifest_text(r, "equipment", b->box[l->box].number);
    manifest_text(r, "undg", l->good->undg);
    manifest_text(r, "dangerous_class", l->good->class);
    return r;
}

static struct record *equipment(struct manifest *m, const struct box *box)
{
    struct record *r = manifest_add(m, "equipment");

    manifest_ref(r, "trip", 1);
    manifest_text(r, "number", box->number);
    manifest_text(r, "kind", m->s->pair->way == WAY_SEA ? "container" : "trailer");
    manifest_text(r, "size_type", box->size);
    manifest_text(r, "seals",
                  box->seal[1][0] ? arena_fmt(m->arena, "%s\n%s", box->seal[0], box->seal[1]).p
                                  : box->seal[0]);
    if (m->s->pair->way == WAY_SEA)
        manifest_text(r, "load", "full");
    return r;
}

static struct record *consignment(struct manifest *m, const struct bill *b)
{
    struct record *r = manifest_add(m, "consignment");

    m->bill = m->n;
    manifest_ref(r, "trip", 1);
    manifest_text(r, "bill", b->number);
    return r;
}

/* ---- X12 309 ---- */

static void bill_309(struct manifest *m, const struct bill *b)
{
    const struct shipment *s = m->s;
    struct record *r = consignment(m, b);

    manifest_text(r, "issuer", s->carrier->scac);
    manifest_text(r, "bill_type", "00");
    manifest_text(r, "lading", s->pair->schedule_k ? s->pair->schedule_k : SCHEDULE_K_OTHER);
    manifest_text(r, "receipt", arena_fmt(m->arena, "%.17s", upper(m, s->pair->mx.name)).p);
    manifest_text(r, "discharge", s->pair->us.port);
    manifest_number(r, "quantity", bill_packages(b), 0);
    manifest_text(r, "package", b->line[0].good->pack);
    manifest_number(r, "gross_weight", bill_kilograms(b), 0);
    party(m, "shipper", &b->from);
    party(m, "consignee", &b->to);
    party(m, "notify", &b->notify);
    for (int k = 0; k < b->boxes; k++) {
        manifest_ref(equipment(m, &b->box[k]), "consignment", m->bill);
        for (int i = 0; i < b->lines; i++)
            if (b->line[i].box == k) {
                struct record *goods = item(m, b, &b->line[i]);
                manifest_text(goods, "marks", "NO MARKS");
                manifest_text(goods, "hs", arena_fmt(m->arena, "%.6s", b->line[i].good->hs).p);
                manifest_number(goods, "value", b->line[i].cents / 100 + 1, 0);
            }
    }
}

static void x12_309(struct manifest *m, struct buf *b)
{
    struct feeds_write how = {
        .format = "x12-309", .sender = S(EXERCISE_MARK), .receiver = S("USCBP"), .number = m->control};
    bool sea = m->s->pair->way == WAY_SEA;
    struct record *r = trip(m);

    how.version = sea ? S("004010") : S("005020");
    manifest_text(r, "conveyance_name", arena_fmt(m->arena, "%.28s", upper(m, m->s->name)).p);
    manifest_number(r, "bills", m->s->bills, 0);
    for (int i = 0; i < m->s->bills; i++)
        bill_309(m, &m->s->bill[i]);
    manifest_write(m, &how, b);
}

/* ---- CUSCAR by lorry, as ACE takes it ---- */

static void driver(struct manifest *m)
{
    struct str name = fold(m->arena, m->s->driver.name);
    size_t cut = name.n;
    struct record *r = manifest_add(m, "party");

    while (cut > 0 && name.p[cut - 1] != ' ')
        cut--;
    manifest_ref(r, "parent", 1);
    manifest_text(r, "role", "crew");
    manifest_text(r, "name",
                  arena_fmt(m->arena, "%.*s %.*s", (int)(name.n - cut), name.p + cut,
                            (int)(cut ? cut - 1 : 0), name.p)
                      .p);
    manifest_text(r, "identifier", m->s->driver.licence);
    manifest_text(r, "identifier_scheme", "ace");
}

static void party_of_ace(struct manifest *m, const char *role, const struct company *c)
{
    struct record *r = party(m, role, c);

    manifest_text(r, "identifier", c->tax);
    manifest_text(r, "identifier_scheme", "ace");
    if (strcmp(role, "importer") == 0)
        manifest_text(r, "contact", "5550100"); /* 555 01xx: numbers for fiction */
}

static void bill_by_lorry(struct manifest *m, const struct bill *b)
{
    const struct shipment *s = m->s;
    struct record *r = consignment(m, b);

    manifest_text(r, "issuer", s->carrier->scac);
    manifest_text(r, "bill_type", "61");
    manifest_text(r, "references", arena_fmt(m->arena, "AAM:%s%s", s->carrier->scac, b->number).p);
    manifest_number(r, "quantity", bill_packages(b), 0);
    manifest_text(r, "lading", s->pair->mx.place);
    manifest_text(r, "lading_scheme", "schedule-k");
    party_of_ace(m, "shipper", &b->from);
    party_of_ace(m, "consignee", &b->to);
    party_of_ace(m, "importer", &b->to);
    for (int i = 0; i < b->lines; i++)
        manifest_text(item(m, b, &b->line[i]), "package", b->line[i].good->pack);
}

static void cuscar_by_lorry(struct manifest *m)
{
    const struct shipment *s = m->s;
    struct record *r = trip(m), *who = manifest_add(m, "party"), *box;

    manifest_text(r, "manifest", s->trip);
    manifest_text(r, "trip_number", NULL);
    manifest_text(r, "conveyance_country", NULL);
    manifest_text(r, "action", "original");
    manifest_text(r, "conveyance_type", "BT");
    manifest_text(r, "conveyance", s->conveyance);
    manifest_ref(who, "parent", 1);
    manifest_text(who, "role", "carrier");
    manifest_text(who, "identifier", s->carrier->scac);
    manifest_text(who, "identifier_scheme", "scac");
    driver(m);
    box = equipment(m, &s->bill[0].box[0]);
    manifest_text(box, "seals", s->bill[0].box[0].seal[0]);
    manifest_text(box, "plate", s->bill[0].box[0].plate);
    manifest_text(box, "plate_region", s->pair->us.state);
    for (int i = 0; i < s->bills; i++)
        bill_by_lorry(m, &s->bill[i]);
}

/* ---- CUSCAR by sea ---- */

static void bill_by_sea(struct manifest *m, const struct bill *b)
{
    struct record *r = consignment(m, b);

    manifest_text(r, "document", b->number);
    manifest_text(r, "lading", m->s->pair->us.place);
    manifest_text(r, "lading_scheme", "unlocode");
    manifest_text(r, "discharge", m->s->pair->mx.place);
    manifest_text(r, "discharge_scheme", "unlocode");
    party(m, "shipper", &b->from);
    party(m, "consignee", &b->to);
    party(m, "notify", &b->notify);
    for (int i = 0; i < b->lines; i++)
        manifest_text(item(m, b, &b->line[i]), "package", b->line[i].good->rec21);
}

static void cuscar_by_sea(struct manifest *m)
{
    const struct shipment *s = m->s;
    struct record *r = trip(m), *who = manifest_add(m, "party");

    manifest_text(r, "action", "original");
    manifest_text(r, "carrier_name", upper(m, s->carrier->name));
    manifest_text(r, "conveyance_name", upper(m, s->name));
    manifest_ref(who, "parent", 1);
    manifest_text(who, "role", "issuer");
    manifest_text(who, "identifier", s->carrier->scac);
    manifest_text(who, "identifier_scheme", "scac");
    manifest_text(who, "name", upper(m, s->carrier->name));
    for (int i = 0; i < s->bills; i++)
        for (int k = 0; k < s->bill[i].boxes; k++) {
            struct record *box = equipment(m, &s->bill[i].box[k]);
            manifest_text(box, "seals", s->bill[i].box[k].seal[0]);
        }
    for (int i = 0; i < s->bills; i++)
        bill_by_sea(m, &s->bill[i]);
}

static void cuscar(struct manifest *m, struct buf *b)
{
    struct feeds_write how = {.format = "edifact-cuscar", .sender = S(EXERCISE_MARK), .number = m->control};

    if (m->s->pair->way == WAY_SEA) {
        how.version = S("D:95B");
        how.receiver = str_z(manifest_fmt(m, "ADUANA", m->s->pair->mx.port));
        cuscar_by_sea(m);
    } else {
        how.version = S("D:03B");
        how.receiver = S("CBP-ACE-TEST");
        cuscar_by_lorry(m);
    }
    manifest_write(m, &how, b);
}

void message_write(struct arena *a, struct buf *b, const struct shipment *s, uint64_t control)
{
    struct manifest m = {.arena = a, .s = s, .control = control % 1000000000};

    m.r = arena_alloc(a, MANIFEST_MOST * sizeof(struct record *));
    switch (s->form) {
    case FORM_309_ROAD:
    case FORM_309_SEA:
        m.x12 = true;
        x12_309(&m, b);
        break;
    case FORM_CUSCAR_ROAD:
    case FORM_CUSCAR_SEA:
        cuscar(&m, b);
        break;
    case FORM_CFDI_ROAD:
    case FORM_CFDI_AIR:
        carta_porte(&m, b);
        break;
    }
}
