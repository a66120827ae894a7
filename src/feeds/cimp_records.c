/*
 * cimp_records.c: lines into records. FFM: a trip, then unit load devices and a consignment a waybill line. FWB: one
 * consignment. FHL: the master consignment, then one a house waybill. A consignment waits for its last line, because
 * its parties, goods and customs lines come behind it; then it and what hangs on it are given out.
 *
 * FFM has day and month without a year, and a parser has no clock: they stay in the trip's `manifest`, as written
 * (docs/decisions/0100).
 */
#include "feeds/cimp.h"

#include <stdio.h>

static struct record *start(struct arena *a, const char *kind)
{
    return record_new(a, schema_kind(str_z(kind)));
}

static int64_t give(struct cimp *c, struct record *r)
{
    if (!c->d.begun)
        deliver_begin(&c->d);
    r->head.exercise = c->d.m.exercise;
    return deliver_record(&c->d, r);
}

struct record *cimp_pend(struct cimp *c, const char *kind, const char *parent)
{
    struct cimp_pending *p;

    if (!c->bill)
        return NULL;
    if (c->pendings >= c->d.run->limits->elements) {
        if (!c->pending_full)
            cimp_fault(c, "cimp.limit", 0, AIR_NONE,
                       arena_fmt(c->scratch, "%zu", c->d.run->limits->elements));
        c->pending_full = true;
        return NULL;
    }
    p = arena_alloc(c->group, sizeof *p);
    p->r = start(c->group, kind);
    p->parent = parent;
    *c->tail = p;
    c->tail = &p->next;
    c->pendings++;
    return p->r;
}

static void trip_out(struct cimp *c)
{
    if (!c->trip || c->trip_ordinal)
        return;
    if (!record_has(c->trip, schema_field(c->trip->kind, S("port"))))
        air_place(c->d.arena, c->trip, "port", "port_scheme", str_z(c->point));
    c->trip_ordinal = give(c, c->trip);
}

void cimp_flush(struct cimp *c)
{
    if (c->bill) {
        int64_t ordinal;

        trip_out(c);
        ordinal = give(c, c->bill);
        for (struct cimp_pending *p = c->pending; p; p = p->next) {
            air_ref(p->r, p->parent, ordinal);
            give(c, p->r);
        }
    }
    arena_reset(c->group);
    c->bill = c->party = c->item = NULL;
    c->pending = NULL;
    c->tail = &c->pending;
    c->pendings = 0;
    c->pending_full = false;
}

/* ---- captures into fields ---- */

static void fill(struct cimp *c, struct record *r, enum cimp_do act, const struct cimp_match *m)
{
    struct arena *a = r == c->trip ? c->d.arena : c->group;

    for (const struct cimp_field *f = cimp_fields; f->field; f++) {
        struct str s = f->act == act ? cimp_capture(m, f->capture) : AIR_NONE;
        bool good = true;

        if (!s.n)
            continue;
        switch (f->how) {
        case CIMP_TEXT:
            air_text(a, r, f->field, s);
            break;
        case CIMP_NUMBER:
            good = air_number(r, f->field, s);
            break;
        case CIMP_PLACE:
            air_place(a, r, f->field, f->scheme, s);
            break;
        case CIMP_KG:
            good = air_measure(r, f->field, s, str_n(s.p - 1, 1)) == AIR_MEASURED;
            break;
        case CIMP_M3:
            good = air_measure(r, f->field, s, str_z(f->scheme)) == AIR_MEASURED;
            break;
        }
        if (!good)
            cimp_fault(c, "cimp.number", m->c[f->capture].at, s, AIR_NONE);
    }
}

static void check_date(struct cimp *c, const struct cimp_match *m, int day)
{
    static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct str d = cimp_capture(m, day), month = cimp_capture(m, day + 1);
    int64_t n;

    if (!d.n)
        return;
    for (int i = 0; i < 12; i++)
        if (str_eq(month, str_n(months + i * 3, 3)) && str_int(d, &n) && n > 0 && n <= days[i])
            return;
    cimp_fault(c, "cimp.date", m->c[day].at, str_n(d.p, 5), AIR_NONE);
}

static void bill_number(struct cimp *c, const char *field, const struct cimp_match *m, int at)
{
    struct str bill =
        arena_fmt(c->group, "%.*s-%.*s", STR_ARG(cimp_capture(m, at)), STR_ARG(cimp_capture(m, at + 1)));

    air_text(c->group, c->bill, field, bill);
    if (!air_bill_right(bill))
        cimp_fault(c, "cimp.awb", m->c[at].at, bill, AIR_NONE);
}

/* ---- FFM ---- */

static void flight(struct cimp *c, const struct cimp_match *m)
{
    struct arena *a = c->d.arena;
    struct record *r = c->trip = start(a, "trip");
    struct str carrier = arena_fmt(a, "%.*s%.*s", STR_ARG(cimp_capture(m, 1)), STR_ARG(cimp_capture(m, 2)));
    struct str number = arena_fmt(a, "%.*s%.*s%.*s", STR_ARG(carrier), STR_ARG(cimp_capture(m, 3)),
                                  STR_ARG(cimp_capture(m, 4)));
    struct str from = cimp_capture(m, 8), slash = cimp_capture(m, 0);

    check_date(c, m, 5);
    check_date(c, m, 11);
    air_text(a, r, "mode", S("air"));
    air_text(a, r, "carrier", carrier);
    air_text(a, r, "trip_number", number);
    fill(c, r, DO_FLIGHT, m);
    if (cimp_capture(m, 9).n)
        air_text(a, r, "conveyance_scheme", S("registration"));
    /* all of the line but its sequence number: flight, day, month, hours */
    air_text(a, r, "manifest", str_n(slash.p + slash.n + 1, c->line.n - slash.n - 1));
    snprintf(c->lading, sizeof c->lading, "%.*s", STR_ARG(from));
    c->d.m.reference = arena_fmt(a, "%.*s/%.*s%.*s/%.*s", STR_ARG(number), STR_ARG(cimp_capture(m, 5)),
                                 STR_ARG(cimp_capture(m, 6)), STR_ARG(from));
}

static void point(struct cimp *c, const struct cimp_match *m)
{
    cimp_flush(c);
    snprintf(c->point, sizeof c->point, "%.*s", STR_ARG(cimp_capture(m, 0)));
    c->unit[0] = '\0';
    trip_out(c);
}

static void unit(struct cimp *c, const struct cimp_match *m)
{
    struct record *r;

    cimp_flush(c);
    snprintf(c->unit, sizeof c->unit, "%.*s", STR_ARG(cimp_capture(m, 0)));
    if (!c->unit[0])
        return; /* "ULD" by itself: what follows is loose again */
    trip_out(c);
    r = start(c->group, "equipment");
    air_ref(r, "trip", c->trip_ordinal);
    air_text(c->group, r, "number", str_z(c->unit));
    air_text(c->group, r, "kind", S("uld"));
    give(c, r);
    arena_reset(c->group);
}

/* A waybill line of FFM, or the one of FWB. */
static void bill(struct cimp *c, const struct cimp_match *m)
{
    struct arena *a = c->group;
    struct str split = cimp_capture(m, 4), total = cimp_capture(m, 13);
    struct record *r;

    cimp_flush(c);
    r = c->bill = start(a, "consignment");
    bill_number(c, "bill", m, 0);
    air_text(a, r, "issuer", cimp_capture(m, 0));
    fill(c, r, DO_BILL, m);
    if (c->type->bit == CIMP_FWB) {
        air_place(a, r, "lading", "lading_scheme", cimp_capture(m, 2));
        air_place(a, r, "discharge", "discharge_scheme", cimp_capture(m, 3));
        c->master_pieces = air_value(r, "quantity");
        c->master_weight = air_value(r, "gross_weight");
        c->d.m.reference =
            arena_fmt(c->d.arena, "%.*s-%.*s", STR_ARG(cimp_capture(m, 0)), STR_ARG(cimp_capture(m, 1)));
        return;
    }
    trip_out(c);
    air_ref(r, "trip", c->trip_ordinal);
    air_text(a, r, "receipt", cimp_capture(m, 2));
    air_place(a, r, "lading", "lading_scheme", str_z(c->lading));
    air_place(a, r, "discharge", "discharge_scheme", str_z(c->point));
    air_place(a, r, "destination", "destination_scheme", cimp_capture(m, 3));
    air_reference(a, r, S("ULD"), str_z(c->unit));
    /* part, split or divided: of how many pieces */
    if (!str_eq(split, S("T")))
        air_reference(a, r, S("PART"),
                      arena_fmt(a, "%.*s%s%.*s", STR_ARG(split), total.n ? "/" : "", STR_ARG(total)));
}

/* ---- FHL ---- */

static void check_houses(struct cimp *c)
{
    struct arena *a = c->scratch;

    if (c->master_pieces && c->pieces > c->master_pieces)
        cimp_fault(c, "cimp.houses", 0, arena_fmt(a, "%lld", (long long)c->pieces / 1000),
                   arena_fmt(a, "%lld", (long long)c->master_pieces / 1000));
    else if (c->master_weight && c->weight > c->master_weight + 1000)
        cimp_fault(c, "cimp.houses", 0, arena_fmt(a, "%lld kg", (long long)c->weight / 1000),
                   arena_fmt(a, "%lld kg", (long long)c->master_weight / 1000));
    c->pieces = c->weight = c->master_pieces = c->master_weight = 0;
}

static void master(struct cimp *c, const struct cimp_match *m)
{
    struct record *r;

    cimp_flush(c);
    check_houses(c);
    r = c->bill = start(c->group, "consignment");
    bill_number(c, "bill", m, 0);
    air_text(c->group, r, "issuer", cimp_capture(m, 0));
    air_text(c->group, r, "bill_type", S("master"));
    fill(c, r, DO_MASTER, m);
    snprintf(c->master, sizeof c->master, "%.*s-%.*s", STR_ARG(cimp_capture(m, 0)),
             STR_ARG(cimp_capture(m, 1)));
    c->master_pieces = air_value(r, "quantity");
    c->master_weight = air_value(r, "gross_weight");
    if (!c->d.begun)
        c->d.m.reference = arena_copy(c->d.arena, str_z(c->master));
}

static void house(struct cimp *c, const struct cimp_match *m)
{
    struct record *r;

    cimp_flush(c);
    r = c->bill = start(c->group, "consignment");
    air_text(c->group, r, "master_bill", str_z(c->master));
    air_text(c->group, r, "bill_type", S("house"));
    fill(c, r, DO_HOUSE, m);
    air_add(&c->pieces, air_value(r, "quantity"));
    air_add(&c->weight, air_value(r, "gross_weight"));
}

static void check_rates(struct cimp *c)
{
    struct arena *a = c->scratch;
    int64_t apart = c->weight - c->master_weight;

    if (c->pieces && c->pieces != c->master_pieces)
        cimp_fault(c, "cimp.pieces", 0, arena_fmt(a, "%lld", (long long)c->pieces / 1000),
                   arena_fmt(a, "%lld", (long long)c->master_pieces / 1000));
    if (c->weight && (apart > 1000 || apart < -1000))
        cimp_fault(c, "cimp.weight", 0, arena_fmt(a, "%lld kg", (long long)c->weight / 1000),
                   arena_fmt(a, "%lld kg", (long long)c->master_weight / 1000));
}

/* ---- lines ---- */

static void end(struct cimp *c)
{
    cimp_flush(c);
    trip_out(c);
    c->ended = true;
    if (c->line.p[0] == 'C')
        cimp_fault(c, "cimp.continued", 0, AIR_NONE, AIR_NONE);
}

void cimp_finish(struct cimp *c)
{
    cimp_flush(c);
    trip_out(c);
    if (c->type->bit == CIMP_FHL)
        check_houses(c);
    if (c->type->bit == CIMP_FWB)
        check_rates(c);
    for (size_t i = 0; cimp_lines[i].id; i++) {
        const struct cimp_line *row = &cimp_lines[i];

        if (!(row->in & c->type->bit) || !(row->flags & CIMP_MANDATORY) || c->seen >> i & 1)
            continue;
        cimp_fault(c, row->flags & CIMP_CORE ? "cimp.core" : "cimp.missing", 0, AIR_NONE,
                   str_z(*row->id ? row->id : row->word));
    }
    if (c->type->bit == CIMP_FFM && !c->ended)
        cimp_fault(c, "cimp.end", 0, AIR_NONE, S("LAST, CONT"));
}

void cimp_take(struct cimp *c, const struct cimp_line *row)
{
    struct cimp_match m;
    bool fits = cimp_fits(c, row, c->line, &m);

    c->seen |= (uint64_t)1 << (row - cimp_lines);
    if (!fits && row->flags & CIMP_CORE) {
        cimp_flush(c); /* what follows is not the last consignment's */
        return;
    }
    if (row->act == DO_FLIGHT)
        flight(c, &m);
    else if (row->act == DO_POINT)
        point(c, &m);
    else if (row->act == DO_ULD)
        unit(c, &m);
    else if (row->act == DO_BILL)
        bill(c, &m);
    else if (row->act == DO_MASTER)
        master(c, &m);
    else if (row->act == DO_HOUSE)
        house(c, &m);
    else if (row->act == DO_END)
        end(c);
    else
        cimp_part(c, row, &m);
}
