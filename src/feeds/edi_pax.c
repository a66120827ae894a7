/*
 * edi_pax.c: lists of persons: passengers and crew (PAXLST), reservations (PNRGOV). What is kept of them are counts a
 * flight by category; the list itself never leaves this file but through the sink's `person`, for matching in memory
 * (docs/decisions/0120).
 *
 * The tables open a `person` for each one, with the same statements as for records. Four roles are no persons: "list"
 * names the series, "total" is what the message itself says how many there are, "reservation" is counted only, and
 * "named" is an identity in a remark, which is matched and not counted.
 */
#include "feeds/edi.h"

#include <stdio.h>

enum { P_ROLE, P_SERIES, P_FAMILY, P_GIVEN, P_BIRTH, P_DOCUMENT_TYPE, P_DOCUMENTS, P_OF, P_TOTAL };

/* In the order of the numbers above. */
static const struct field person_fields[] = {
    {"role", T_TEXT, 0, C_PERSONAL, "", .max = 64},
    {"series", T_TEXT, 0, C_OFFICIAL, "", .max = 64},
    {"family", T_TEXT, 0, C_PERSONAL, "", .max = 512},
    {"given", T_TEXT, 0, C_PERSONAL, "", .max = 512},
    {"birth", T_TEXT, 0, C_PERSONAL, "", .max = 64},
    {"document_type", T_TEXT, 0, C_PERSONAL, "", .max = 64},
    {"documents", T_TEXT, F_MANY, C_PERSONAL, "", .max = 1024},
    {"of", T_TEXT, 0, C_OFFICIAL, "", .max = 64},
    {"total", T_INT, 0, C_OFFICIAL, "", .max = 0},
};
const struct kind edi_person_kind = {
    .name = "person", .label = "", .help = "", .field = person_fields, .fields = COUNT(person_fields)};

/* What is counted. The first PERSONS are categories of persons aboard, the first PASSENGERS and then CREW of which add
 * up to what the message says of each. */
enum {
    PASSENGERS = 4,
    PERSONS = 6,
    CHECKED_IN = 6,
    RESERVATION,
    DOCUMENT,
    DOCUMENT_OTHER = 12,
    NO_DOCUMENT
};
static const char *const measures[PAX_MEASURES] = {
    "passenger",
    "transit-passenger",
    "child",
    "infant",
    "crew",
    "transit-crew",
    "checked-in",
    "reservation",
    "document-passport",
    "document-visa",
    "document-identity",
    "document-licence",
    "document-other",
    "document-none",
};
static const char *const totals[] = {"passenger", "crew", "reservation"};
static const char measure_person[] = "person"; /* the first that is told */
#define ABOARD S("passengers-aboard")          /* the whole list: its totals must agree */
#define BOOKED S("passengers-booked")

bool edi_pax_identity(const struct edi_tables *t, const struct edi_op *op)
{
    return (op->kind == OP_SET || op->kind == OP_PUT) && t->kind[op->slot] == &edi_person_kind &&
           (op->field == P_FAMILY || op->field == P_GIVEN || op->field == P_BIRTH);
}

bool edi_pax_type(const struct edi_tables *t, struct str type)
{
    for (; t; t = t->base)
        for (const struct edi_message *m = t->message; m; m = m->next)
            if (m->personal && str_eq(m->type, type))
                return true;
    return false;
}

/* ---- what may be quoted ---- */

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (uint8_t)c >= 0x80;
}

static bool lettered(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (letter(s.p[i]))
            return true;
    return false;
}

static struct str shape(struct str s, char *to)
{
    struct str out = {to, s.n < FOUND_MAX ? s.n : FOUND_MAX};

    for (size_t i = 0; i < out.n; i++) {
        char c = s.p[i];
        to[i] = letter(c) ? 'A' : c >= '0' && c <= '9' ? '9' : c;
    }
    return out;
}

/* Whether the directories have such a segment: then it is not a piece of somebody's name. */
static bool tag_known(const struct edi_run *r, struct str tag)
{
    uint32_t want;

    if (tag.n != 3)
        return false;
    want = edi_tag(tag.p, tag.n);
    if (want >> 16 == ('U' << 8 | 'N') || (r->t && edi_tag_index(r->t, want) >= 0))
        return true;
    for (const struct edi_tables *t = r->tables; t; t = t->base)
        for (const struct edi_segdef *d = t->segdef; d; d = d->next)
            if (d->tag == want)
                return true;
    return false;
}

bool edi_pax_plain(const struct edi_run *r)
{
    const struct edi_seg *s = &r->seg;
    const struct edi_segdef *def = r->standing < 0 ? NULL : r->t->row[r->standing].def;
    unsigned n = 0;

    if (def == NULL)
        return false;
    for (const struct edi_elem *e = def->elem; e < def->elem + def->elems; e += e->parts)
        n++;
    /* A terminator lost in front of the next segment: its tag ends one of our elements. */
    for (uint32_t i = 1; i < s->elems; i++) {
        const char *end = s->p + s->at[s->el[i + 1]] - 1;
        if (end - (s->p + s->at[s->el[i]]) > 3 && edi_tag_index(r->t, edi_tag(end - 3, 3)) >= 0)
            return false;
    }
    return s->elems <= n;
}

static bool hidden(const struct edi_run *r)
{
    return r->open ? r->m.personal : r->personal;
}

struct str edi_pax_tag(const struct edi_run *r, struct str tag, char *to)
{
    return hidden(r) && !tag_known(r, tag) ? shape(tag, to) : tag;
}

struct str edi_pax_found(const struct edi_run *r, const char *code, struct str found, char *to)
{
    const char *ours = r->number[0];

    if (!hidden(r) || found.n == 0 || (found.p >= ours && found.p < ours + sizeof r->number))
        return found;
    if (strncmp(code, "edifact.un", 10) == 0 || strcmp(code, "pax.count") == 0 ||
        strcmp(code, "edi.message.unknown") == 0)
        return found; /* of the envelope; a number; the type, which is one that we know */
    if (strncmp(code, "edi.segment.", 12) == 0)
        return tag_known(r, found) ? found : shape(found, to);
    if (r->open && r->standing >= 0 && !r->t->row[r->standing].masked && edi_pax_plain(r) &&
        !lettered(found))
        return found;
    return shape(found, to);
}

/* ---- one person ---- */

static int number(struct str s, size_t from, size_t n)
{
    int v = 0;

    for (size_t i = from; i < from + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

static int month(struct str s)
{
    static const char names[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";

    for (int i = 0; i < 12; i++)
        if (memcmp(s.p + 2, names + (size_t)i * 3, 3) == 0)
            return i + 1;
    return -1;
}

/* YYMMDD, CCYYMMDD, DDMMMYY or DDMMMYYYY -> YYYY-MM-DD. Two digits of a year are of the century that makes the person
 * born by the day of the flight. Empty when it is no date. */
static struct str birth(const char *flight, struct str s, char out[12])
{
    int y, m, d, now = number(str_z(flight), 0, 4) * 10000 + number(str_z(flight), 5, 2) * 100;

    now += number(str_z(flight), 8, 2);
    if (s.n == 6 || s.n == 8) {
        y = number(s, 0, s.n - 4);
        m = number(s, s.n - 4, 2);
        d = number(s, s.n - 2, 2);
    } else if (s.n == 7 || s.n == 9) {
        y = number(s, 5, s.n - 5);
        m = month(s);
        d = number(s, 0, 2);
    } else {
        return (struct str){0};
    }
    if (y < 0 || m < 0 || d < 0)
        return (struct str){0};
    if (s.n < 8) {
        y += now / 1000000 * 100;
        if (y * 10000 + m * 100 + d > now)
            y -= 100;
    }
    if (!date_valid(y, m, d))
        return (struct str){0};
    return str_n(out, (size_t)snprintf(out, 12, "%04d-%02d-%02d", y, m, d));
}

/* The day of the flight, YYYY-MM-DD; else of the interchange. */
static void flight_day(const struct edi_run *r, char to[12])
{
    struct str d = r->date;

    if (r->pax.date[0])
        memcpy(to, r->pax.date, 12);
    else if (d.n == 8)
        snprintf(to, 12, "%.4s-%.2s-%.2s", d.p, d.p + 4, d.p + 6);
    else
        memcpy(to, "2069-12-31", 11); /* as edi_date reads two digits */
}

static void identity(struct edi_run *r, const struct record *p)
{
    char day[12], out[12];
    struct feeds_person x = {.role = record_get(p, P_ROLE),
                             .family = record_get(p, P_FAMILY),
                             .given = record_get(p, P_GIVEN),
                             .document_type = record_get(p, P_DOCUMENT_TYPE),
                             .documents = record_get(p, P_DOCUMENTS)};

    if (r->run->to->person == NULL || x.family.n + x.given.n + x.documents.n == 0)
        return;
    flight_day(r, day);
    x.birth = birth(day, record_get(p, P_BIRTH), out);
    r->run->to->person(r->run->to->arg, &x);
}

static void total(struct edi_run *r, const struct edi_live *l)
{
    for (size_t i = 0; i < COUNT(totals); i++)
        if (str_eq(record_get(l->r, P_OF), str_z(totals[i])) && record_has(l->r, P_TOTAL)) {
            r->pax.total[i] = (struct edi_pax_total){true, l->r->v[P_TOTAL].i, l->at};
            r->pax.total[i].at.tag = i < 2 ? S("CNT") : S("EQN");
        }
}

static void keep(char *to, size_t cap, struct str s)
{
    size_t n = s.n < cap ? s.n : cap - 1;

    while (n && n < s.n && !str_utf8(str_n(s.p, n)))
        n--;
    if (n)
        memcpy(to, s.p, n);
    to[n] = '\0';
}

static int measure(struct str name, int from, int to)
{
    while (from < to && !(name.n && *name.p == *measures[from] && str_eq(name, str_z(measures[from]))))
        from++;
    return from;
}

static void document(struct edi_run *r, const struct record *p)
{
    struct str type = record_get(p, P_DOCUMENT_TYPE);
    int i = DOCUMENT;

    while (i < DOCUMENT_OTHER && !str_eq(type, str_z(measures[i] + strlen("document-"))))
        i++;
    if (type.n == 0 && !record_has(p, P_DOCUMENTS))
        i = NO_DOCUMENT;
    r->pax.count[i]++;
}

void edi_pax_person(struct edi_run *r, const struct edi_live *l)
{
    const struct record *p = l->r;
    struct str role = record_get(p, P_ROLE);
    int i = measure(role, 0, DOCUMENT);

    if (record_has(p, P_SERIES))
        keep(r->pax.series, sizeof r->pax.series, record_get(p, P_SERIES));
    if (str_eq(role, S("total"))) {
        total(r, l);
        return;
    }
    if (i < DOCUMENT)
        r->pax.count[i]++;
    if (i < PERSONS) {
        r->pax.persons++;
        document(r, p);
    }
    if (i < PERSONS || str_eq(role, S("named")))
        identity(r, p);
}

/* ---- the flight, and its counts ---- */

/* The fields of a trip that are read and of an observation that are written, by these numbers; looked up once a run:
 * a list of ten persons is soon read. */
enum { T_ARRIVAL, T_DEPARTURE, T_ORIGIN, T_PORT, T_SCHEME, T_NUMBER, T_MODE };
static const char *const trip_fields[] = {"arrival",     "departure",   "origin", "port",
                                          "port_scheme", "trip_number", "mode"};
enum {
    O_SERIES,
    O_PLACE,
    O_SCHEME,
    O_MODE,
    O_FROM,
    O_UNTIL,
    O_ROUTE,
    O_SOURCE,
    O_NOTE,
    O_MEASURE,
    O_VALUE
};
static const char *const observation_fields[] = {"series", "place",   "place_scheme", "mode",
                                                 "from",   "until",   "route",        "source",
                                                 "note",   "measure", "value"};
_Static_assert(COUNT(trip_fields) <= PAX_FIELDS && COUNT(observation_fields) <= PAX_FIELDS, "room for all");

static void know_fields(struct edi_run *r)
{
    const struct kind *trip = schema_kind(S("trip")), *observation = schema_kind(S("observation"));

    if (r->pax_ready)
        return;
    for (size_t i = 0; i < COUNT(trip_fields); i++)
        r->pax_trip[i] = (int8_t)schema_field(trip, str_z(trip_fields[i]));
    for (size_t i = 0; i < COUNT(observation_fields); i++)
        r->pax_observation[i] = (int8_t)schema_field(observation, str_z(observation_fields[i]));
    r->pax_ready = true;
}

void edi_pax_trip(struct edi_run *r, const struct record *trip)
{
    struct edi_pax *x = &r->pax;
    const int8_t *f = r->pax_trip;
    struct str when;

    know_fields(r);
    when = record_get(trip, f[T_ARRIVAL]);
    if (when.n < 10)
        when = record_get(trip, f[T_DEPARTURE]);
    keep(x->date, sizeof x->date, str_n(when.p, when.n < 10 ? 0 : 10));
    keep(x->origin, sizeof x->origin, record_get(trip, f[T_ORIGIN]));
    keep(x->port, sizeof x->port, record_get(trip, f[T_PORT]));
    keep(x->scheme, sizeof x->scheme, record_get(trip, f[T_SCHEME]));
    keep(x->number, sizeof x->number, record_get(trip, f[T_NUMBER]));
    keep(x->mode, sizeof x->mode, record_get(trip, f[T_MODE]));
}

/* What is odd about a port has been said of the trip. */
static void errors_only(void *arg, const struct fault *f)
{
    if (f->severity == SEV_ERROR)
        fault_put(arg, f);
}

/* One count, with what all counts of the flight have in common. */
static void observe(struct edi_run *r, const struct record *common, const char *measure, uint64_t n)
{
    struct record *o = record_new(r->arena, common->kind);
    struct faults errors = {.put = errors_only, .arg = &r->faults};

    memcpy(o->v, common->v, o->kind->fields * sizeof *o->v);
    o->have = common->have;
    record_text(o, r->pax_observation[O_MEASURE], str_z(measure));
    record_int(o, r->pax_observation[O_VALUE], (int64_t)n * 1000);
    o->head.exercise = r->m.exercise;
    if (measure == measure_person) /* the others differ only in what is counted */
        schema_check(o, (struct place){.offset = r->m.offset}, &errors);
    r->run->to->record(r->run->to->arg, o);
}

static void agree(struct edi_run *r)
{
    const uint64_t *n = r->pax.count;
    const uint64_t counted[] = {n[0] + n[1] + n[2] + n[3], n[PASSENGERS] + n[PASSENGERS + 1],
                                n[RESERVATION]};
    const struct edi_pax_total *t = r->pax.total;

    if (!str_eq(str_z(r->pax.series), ABOARD) && !str_eq(str_z(r->pax.series), BOOKED))
        return; /* a change names some of them, and its total is of them all; so does a part of a list */
    for (size_t i = 0; i < COUNT(totals); i++)
        if (t[i].said && (t[i].n < 0 || (uint64_t)t[i].n < counted[i] ||
                          ((uint64_t)t[i].n > counted[i] && r->pax.part == 0)))
            edi_fault_at(r, "pax.count", t[i].at, edi_number(r, (uint64_t)t[i].n),
                         edi_number(r, counted[i]));
}

void edi_pax_end(struct edi_run *r)
{
    const struct edi_pax *x = &r->pax;
    struct record *all = record_new(r->arena, schema_kind(S("observation")));
    const int8_t *f = r->pax_observation;
    char day[12];

    know_fields(r);
    agree(r);
    flight_day(r, day);
    record_text(all, f[O_SERIES], x->series[0] ? str_z(x->series) : ABOARD);
    record_text(all, f[O_PLACE], str_z(x->port));
    record_text(all, f[O_SCHEME], str_z(x->scheme));
    record_text(all, f[O_MODE], str_z(x->mode));
    record_text(all, f[O_FROM], str_z(day));
    record_text(all, f[O_UNTIL], str_z(day));
    record_text(all, f[O_ROUTE],
                str_trim(arena_fmt(r->arena, "%s%s%s %s", x->origin, *x->origin && *x->port ? "-" : "",
                                   x->port, x->number)));
    record_text(all, f[O_SOURCE],
                arena_fmt(r->arena, "%.*s %.*s", STR_ARG(r->m.format), STR_ARG(r->m.sender)));
    if (x->part)
        record_text(all, f[O_NOTE], arena_fmt(r->arena, "UNH S010 0070: %u", x->part));
    observe(r, all, measure_person, x->persons);
    for (int i = 0; i < PAX_MEASURES; i++)
        if (x->count[i])
            observe(r, all, measures[i], x->count[i]);
    arena_reset(r->arena);
}
