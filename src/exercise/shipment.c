/*
 * shipment.c: what one message is about: a lorry with one to three bills, a ship with two dozen, a flight. Drawn
 * from its own dice, so it is the same whatever else the day holds.
 */
#include "exercise/internal.h"

/* Latin letters with marks, as UTF-8 C3 xx, to the letter alone. */
struct str fold(struct arena *a, const char *z)
{
    static const char plain[] = "AAAAAAACEEEEIIIIDNOOOOO OUUUUYTSAAAAAAACEEEEIIIIDNOOOOO OUUUUYTY";
    size_t n = 0;
    char *out = arena_alloc(a, strlen(z) + 1);

    for (; *z; z++) {
        unsigned char c = (unsigned char)*z;
        if (c == 0xc3 && (unsigned char)z[1] >= 0x80)
            out[n++] = plain[(unsigned char)*++z - 0x80];
        else if (c < 0x80)
            out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : (char)c;
    }
    return str_n(out, n);
}

/* Y = CCYY, y = YY, M, D, h, m; other signs stand for themselves. */
const char *when_date(struct arena *a, struct when w, const char *format)
{
    int year, month, day, minute = w.minute;
    int64_t days = w.day;
    char *out = arena_alloc(a, 4 * strlen(format) + 1);
    size_t n = 0;

    for (; minute >= 1440; minute -= 1440)
        days++;
    date_of(days, &year, &month, &day);
    for (; *format; format++) {
        int v = *format == 'Y'   ? year
                : *format == 'y' ? year % 100
                : *format == 'M' ? month
                : *format == 'D' ? day
                : *format == 'h' ? minute / 60
                : *format == 'm' ? minute % 60
                                 : -1;
        if (v < 0)
            out[n++] = *format;
        else
            n += (size_t)snprintf(out + n, 5, *format == 'Y' ? "%04d" : "%02d", v);
    }
    return out;
}

/* The second Sunday of March to the first of November, as the border cities keep it. */
static bool is_summer(int64_t day)
{
    int year, month, d;
    int64_t march, november;

    date_of(day, &year, &month, &d);
    march = date_days(year, 3, 8);
    november = date_days(year, 11, 1);
    march += (10 - (march + 7) % 7) % 7; /* day 3 of the count was a Sunday */
    november += (10 - (november + 7) % 7) % 7;
    return day >= march && day < november;
}

void when_utc(const struct pair *p, struct when w, char out[TIME_SIZE])
{
    int hours = p->zone + (p->summer && is_summer(w.day));

    time_format((w.day * 1440 + w.minute - hours * 60) * INT64_C(60000000), out);
}

int bill_packages(const struct bill *b)
{
    int n = 0;

    for (int i = 0; i < b->lines; i++)
        n += b->line[i].packages;
    return n;
}

long long line_kilograms(const struct line *l)
{
    return (l->grams + 99) / 100;
}

long long bill_kilograms(const struct bill *b)
{
    long long n = 0;

    for (int i = 0; i < b->lines; i++)
        n += line_kilograms(&b->line[i]);
    return n;
}

static const struct good *good_for(struct dice *d, enum way way, bool north)
{
    static const int ways[] = {GOOD_ROAD, GOOD_SEA, GOOD_AIR};
    int want = ways[way] | (north ? GOOD_NORTH : GOOD_SOUTH);

    for (;;) {
        const struct good *g = &exercise_goods[dice_roll(d, (int)exercise_good_count)];
        if ((g->flags & want) == want)
            return g;
    }
}

static void draw_line(struct dice *d, const struct shipment *s, struct bill *b, int i)
{
    struct line *l = &b->line[i];
    int most;

    l->good = good_for(d, s->pair->way, s->north);
    most = l->good->most / b->lines / (s->pair->way == WAY_ROAD ? s->bills : 1);
    if (s->pair->way == WAY_AIR)
        most = most / 20;
    l->packages = dice_between(d, most / 3 + 1, most + 1);
    l->grams = (int64_t)l->packages * l->good->grams;
    l->cents = l->grams * l->good->cents / 100 * dice_between(d, 90, 110) / 100;
    l->box = b->boxes > 1 ? i % b->boxes : 0;
}

static void draw_box(struct dice *d, const struct shipment *s, struct box *b)
{
    static const char *const owner[] = {"ZXEU", "ZXFU", "ZXPU"};
    static const char *const size[] = {"22G1", "42G1", "45G1", "45R1"};

    if (s->pair->way == WAY_SEA) {
        number_container(b->number, owner[dice_roll(d, 3)],
                         dice_roll(d, 900000)); /* the rest is for alerts */
        b->size = size[dice_roll(d, 4)];
    } else {
        snprintf(b->number, sizeof b->number, "%s%05d", s->carrier->scac + 2, dice_roll(d, 90000));
    }
    number_plate(b->plate, d);
    snprintf(b->seal[0], sizeof b->seal[0], "EX%07d", dice_roll(d, 10000000));
    if (dice_roll(d, 3) == 0)
        snprintf(b->seal[1], sizeof b->seal[1], "UL-%07d", dice_roll(d, 10000000));
}

static void draw_bill(const struct cast *c, struct shipment *s, int i, uint64_t serial)
{
    struct dice d = s->dice;
    struct bill *b = &s->bill[i];
    int year, month, day;

    d.state += (uint64_t)i * 0xd1342543de82ef95U;
    date_of(s->at.day, &year, &month, &day);
    b->from = company_of(c->seed, s->north, dice_roll(&d, 400));
    b->to = company_of(c->seed, !s->north, dice_roll(&d, 400));
    b->notify = company_of(c->seed, !s->north, dice_roll(&d, 400));
    if (s->pair->way == WAY_AIR)
        number_awb(b->number, (int)(serial % 10000000));
    else
        snprintf(b->number, sizeof b->number, "%c%02d%03d%06d", 'A' + (int)(c->seed % 26), year % 100,
                 (int)(s->at.day - date_days(year, 1, 1)) % 1000, (int)(serial % 1000000));
    snprintf(b->pedimento, sizeof b->pedimento, "%02d  %s  9%03d  %d%06d", year % 100, s->pair->mx.port,
             dice_roll(&d, 1000), year % 10, dice_roll(&d, 1000000));
    b->boxes = s->pair->way == WAY_SEA ? 1 + (dice_roll(&d, 4) == 0) : s->pair->way == WAY_ROAD;
    for (int k = 0; k < b->boxes; k++)
        draw_box(&d, s, &b->box[k]);
    b->lines = dice_between(&d, b->boxes > 1 ? 2 : 1, s->pair->way == WAY_SEA ? 3 : 2);
    for (int k = 0; k < b->lines; k++)
        draw_line(&d, s, b, k);
    /* A lorry has one trailer: every bill is in it. */
    if (s->pair->way == WAY_ROAD && i > 0)
        b->box[0] = s->bill[0].box[0];
}

static void draw_conveyance(const struct cast *c, struct shipment *s, uint64_t number)
{
    struct dice *d = &s->dice;
    const struct ship *ship = &exercise_ships[dice_roll(d, (int)COUNT(exercise_ships))];

    switch (s->pair->way) {
    case WAY_ROAD:
        snprintf(s->trip, sizeof s->trip, "%s%06d", s->carrier->scac, (int)(number % 1000000));
        number_plate(s->conveyance, d);
        snprintf(s->scheme, sizeof s->scheme, "plate");
        break;
    case WAY_SEA:
        snprintf(s->trip, sizeof s->trip, "%03d%c", dice_between(d, 1, 399), s->north ? 'N' : 'S');
        number_imo(s->conveyance, ship->serial);
        snprintf(s->name, sizeof s->name, "%s", ship->name);
        snprintf(s->scheme, sizeof s->scheme, "imo");
        s->flag = ship->flag;
        break;
    case WAY_AIR:
        snprintf(s->trip, sizeof s->trip, "ZX%04d", dice_between(d, 100, 9899));
        if (s->carrier->mexican)
            snprintf(s->conveyance, sizeof s->conveyance, "XA-Z%c%c", 'A' + dice_roll(d, 26),
                     'A' + dice_roll(d, 26));
        else
            snprintf(s->conveyance, sizeof s->conveyance, "N%d9ZX", dice_between(d, 10, 99));
        snprintf(s->scheme, sizeof s->scheme, "registration");
        break;
    }
    s->driver = driver_of(c->seed, dice_roll(d, 2000));
}

static int bills_for(struct dice *d, enum form form)
{
    switch (form) {
    case FORM_309_SEA:
    case FORM_CUSCAR_SEA:
        return dice_between(d, 18, 32);
    case FORM_309_ROAD:
    case FORM_CUSCAR_ROAD:
        return dice_between(d, 1, 3);
    case FORM_CFDI_ROAD:
    case FORM_CFDI_AIR:
        return 1;
    }
    return 1;
}

struct shipment *shipment_new(struct arena *a, const struct cast *c, const struct order *o)
{
    struct shipment *s = arena_alloc(a, sizeof *s);

    *s = (struct shipment){.pair = o->pair, .form = o->form, .north = o->north, .at = o->at};
    s->dice = dice_for(c->seed, (uint64_t)o->at.day, (uint64_t)o->form + 1, o->number);
    s->carrier = &exercise_carriers[o->pair->way][dice_roll(&s->dice, 6)];
    s->flag = s->carrier->mexican ? "MX" : "US";
    draw_conveyance(c, s, o->number);
    number_uuid(s->reference, &s->dice);
    s->bills = bills_for(&s->dice, o->form);
    s->bill = arena_alloc(a, (size_t)s->bills * sizeof *s->bill);
    for (int i = 0; i < s->bills; i++)
        draw_bill(c, s, i, o->number * 40 + (uint64_t)i);
    return s;
}
