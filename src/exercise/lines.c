/*
 * lines.c: what no message format carries, as JSON lines: {"exercise":true,"kind":"wait","fields":{...}}, one record a
 * line: waits, crossings, flights and what they carry, seizures, vehicles.
 */
#include "exercise/internal.h"

#include "base/json.h"

void line_begin(struct buf *b, const char *kind)
{
    buf_fmt(b, "{\"exercise\":true,\"kind\":\"%s\",\"fields\":{", kind);
}

void line_text(struct buf *b, const char *key, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    json_key(b, key);
    json_str(b, str_z(value));
}

void line_number(struct buf *b, const char *key, int64_t value, int scale)
{
    json_key(b, key);
    json_decimal(b, value, scale);
}

void line_end(struct buf *b)
{
    buf_z(b, "}}\n");
}

static const char *scheme_of(bool us)
{
    return us ? "schedule-d" : "aduana";
}

static const char *way_name(enum way way)
{
    static const char *const names[] = {"road", "sea", "air"};

    return names[way];
}

/* ---- waits ---- */

static const struct lane {
    const char *name, *mode;
    int share;  /* of the general lane's wait, in percent */
    bool north; /* only there */
    const int *hours;
} lanes[] = {
    {"general", "road", 100, false, exercise_hours_cars},
    {"ready", "road", 55, true, exercise_hours_cars},
    {"nexus-sentri", "road", 18, true, exercise_hours_cars},
    {"commercial", "road", 90, false, exercise_hours_trade},
    {"fast", "road", 30, true, exercise_hours_trade},
    {"pedestrian", "road", 40, true, exercise_hours_cars},
};

struct queue {
    const struct pair *pair;
    const struct lane *lane;
    bool north;
};

static void wait(struct buf *b, struct dice *d, const struct queue *q, struct when at)
{
    const struct pair *p = q->pair;
    const struct lane *lane = q->lane;
    bool north = q->north;
    char when[TIME_SIZE];
    int hour = at.minute / 60, peak = (north ? 9 : 4) * (p->weight + 4) / 2;
    int minutes = lane->hours[hour] * peak / 100 * lane->share / 100 + dice_between(d, -4, 7);
    int total = 2 + p->weight;

    when_utc(p, at, when);
    line_begin(b, "wait");
    line_text(b, "port", north ? p->us.port : p->mx.port);
    line_text(b, "port_scheme", scheme_of(north));
    line_text(b, "direction", north ? "north" : "south");
    line_text(b, "mode", lane->mode);
    line_text(b, "lane", lane->name);
    line_number(b, "minutes", minutes < 0 ? 0 : minutes, 0);
    line_number(b, "lanes_open", 1 + (total - 1) * lane->hours[hour] / 100, 0);
    line_number(b, "lanes_total", total, 0);
    line_text(b, "method", p->method);
    line_text(b, "observed", when);
    line_text(b, "source", EXERCISE_MARK);
    line_end(b);
}

void lines_waits(struct buf *b, const struct cast *c, struct when at)
{
    for (size_t i = 0; i < c->pairs; i++) {
        const struct pair *p = c->pair[i];
        struct dice d = dice_for(c->seed, (uint64_t)at.day, 81, (uint64_t)at.minute * 64 + i);
        if (p->way != WAY_ROAD)
            continue;
        for (int north = 1; north >= 0; north--)
            for (size_t k = 0; k < COUNT(lanes); k++)
                if (north || !lanes[k].north)
                    wait(b, &d, &(struct queue){p, &lanes[k], north}, at);
    }
}

/* ---- crossings, flights, vehicles ---- */

void lines_crossing(struct buf *b, const struct shipment *s)
{
    const struct pair *p = s->pair;
    struct dice d = s->dice;
    struct when at = {s->at.day, s->at.minute + dice_between(&d, 20, 59)};
    char when[TIME_SIZE];

    when_utc(p, at, when);
    line_begin(b, "crossing");
    line_text(b, "trip_number", s->trip);
    line_text(b, "conveyance", s->conveyance);
    line_text(b, "port", s->north ? p->us.port : p->mx.port);
    line_text(b, "port_scheme", scheme_of(s->north));
    line_text(b, "lane", dice_roll(&d, 4) == 0 ? "fast" : "commercial");
    line_text(b, "direction", s->north ? "north" : "south");
    line_text(b, "mode", "road");
    line_text(b, "occurred", when);
    line_text(b, "load", "full");
    line_text(b, "outcome", dice_roll(&d, 12) == 0 ? "referred" : "released");
    line_text(b, "source", EXERCISE_MARK);
    line_end(b);
}

static void flight_bill(struct buf *b, const struct shipment *s, const struct bill *bill)
{
    int64_t cents = 0;

    for (int i = 0; i < bill->lines; i++)
        cents += bill->line[i].cents;
    line_begin(b, "consignment");
    line_text(b, "bill", bill->number);
    line_text(b, "issuer", s->carrier->scac);
    line_text(b, "lading", s->north ? s->pair->mx.place : s->pair->us.place);
    line_text(b, "lading_scheme", "iata");
    line_text(b, "discharge", s->north ? s->pair->us.place : s->pair->mx.place);
    line_text(b, "discharge_scheme", "iata");
    line_number(b, "quantity", bill_packages(bill), 0);
    line_text(b, "package", bill->line[0].good->rec21);
    line_number(b, "gross_weight", bill_kilograms(bill), 0);
    line_number(b, "value", cents, 2);
    line_text(b, "currency", "USD");
    line_text(b, "direction", s->north ? "north" : "south");
    line_text(b, "goods", bill->line[0].good->english);
    line_end(b);
}

void lines_flight(struct buf *b, const struct shipment *s)
{
    const struct side *to = s->north ? &s->pair->us : &s->pair->mx,
                      *from = s->north ? &s->pair->mx : &s->pair->us;
    char when[TIME_SIZE];

    when_utc(s->pair, s->at, when);
    line_begin(b, "trip");
    line_text(b, "mode", "air");
    line_text(b, "direction", s->north ? "north" : "south");
    line_text(b, "carrier", s->carrier->scac);
    line_text(b, "carrier_name", s->carrier->name);
    line_text(b, "trip_number", s->trip);
    line_text(b, "conveyance", s->conveyance);
    line_text(b, "conveyance_scheme", s->scheme);
    line_text(b, "conveyance_country", s->flag);
    line_text(b, "port", to->port);
    line_text(b, "port_scheme", scheme_of(s->north));
    line_text(b, "port_name", to->name);
    line_text(b, "origin", from->place);
    line_text(b, "origin_scheme", "iata");
    line_text(b, "destination", to->place);
    line_text(b, "destination_scheme", "iata");
    line_text(b, "arrival", when);
    line_number(b, "bills", s->bills, 0);
    line_end(b);
    for (int i = 0; i < s->bills; i++)
        flight_bill(b, s, &s->bill[i]);
}

/* A used vehicle on its own wheels. */
void lines_vehicle(struct buf *b, const struct pair *p, struct when at, const char *vin)
{
    char when[TIME_SIZE];

    when_utc(p, at, when);
    line_begin(b, "trip");
    line_text(b, "mode", "road");
    line_text(b, "direction", "south");
    line_text(b, "conveyance_type", "used vehicle");
    line_text(b, "conveyance", vin);
    line_text(b, "conveyance_scheme", "vin");
    line_text(b, "port", p->us.port);
    line_text(b, "port_scheme", "schedule-d");
    line_text(b, "departure", when);
    line_end(b);
}

/* ---- seizures ---- */

static const struct catch
{
    bool north;
    const char *commodity, *substance, *unit, *concealment;
    int least, most, scale;
    const char *method, *cas;
}
catches[] = {
    {true, "narcotic-fentanyl", "fentanyl", "kg", "vehicle-structure", 400, 9800, 3, "dog", "437-38-7"},
    {true, "narcotic-methamphetamine", "methamphetamine", "kg", "fuel-tank", 12000, 240000, 3, "scan",
     "537-46-2"},
    {true, "narcotic-cocaine", "cocaine", "kg", "cargo", 4000, 90000, 3, "scan", "50-36-2"},
    {true, "precursor", "acetic anhydride", "kg", "cargo", 200000, 1800000, 3, "inspection", "108-24-7"},
    {false, "firearms", "rifles", "pieces", "cargo", 2, 24, 0, "information", NULL},
    {false, "firearms", "pistols", "pieces", "vehicle-structure", 1, 12, 0, "inspection", NULL},
    {false, "ammunition", "7.62 x 39 mm", "rounds", "cargo", 200, 9000, 0, "scan", NULL},
    {false, "cash", NULL, "USD", "vehicle-structure", 1200000, 45000000, 2, "dog", NULL},
};

void lines_seizure(struct buf *b, const struct cast *c, const struct pair *p, struct when at,
                   uint64_t number)
{
    struct dice d = dice_for(c->seed, (uint64_t)at.day, 82, number);
    const struct catch *k = &catches[dice_roll(&d, (int)COUNT(catches))];
    char when[TIME_SIZE], plate[8];

    when_utc(p, at, when);
    number_plate(plate, &d);
    line_begin(b, "seizure");
    line_text(b, "occurred", when);
    line_text(b, "place", k->north ? p->us.port : p->mx.port);
    line_text(b, "place_scheme", scheme_of(k->north));
    line_text(b, "direction", k->north ? "north" : "south");
    line_text(b, "mode", way_name(p->way));
    line_text(b, "commodity", k->commodity);
    line_text(b, "substance", k->substance);
    line_number(b, "quantity", dice_between(&d, k->least, k->most), k->scale);
    line_text(b, "unit", k->unit);
    if (p->way == WAY_ROAD)
        line_text(b, "conveyance", plate);
    line_text(b, "method", k->method);
    line_text(b, "concealment", k->concealment);
    line_text(b, "cas", k->cas);
    line_text(b, "notes", EXERCISE_MARK);
    line_end(b);
}
