/*
 * day.c: one day at the border, hour by hour, into files that are numbered in the order in which they would arrive.
 * Traffic follows the hours of trade. A file of EDI holds what one pair sends in one hour, interchange behind
 * interchange; a CFDI has a file to itself. Memory: one message and the list of one hour's files.
 */
#include "exercise/internal.h"

#include "base/json.h"

#include <stdlib.h>

#define ROAD_WEIGHT 38 /* of all land pairs together */
#define DRAIN       ((size_t)1 << 18)

/* Messages of a form on a usual day: of all land pairs together, or a sea or air pair for each of its weight. */
static const struct {
    const char *name, *file, *extension;
    int north, south;
} forms[FORMS] = {
    [FORM_309_ROAD] = {"x12-309", "309", "x12", 150, 0},
    [FORM_CUSCAR_ROAD] = {"edifact-cuscar", "cuscar", "edi", 90, 0},
    [FORM_CFDI_ROAD] = {"cfdi", "cfdi", "xml", 50, 90},
    [FORM_309_SEA] = {"x12-309", "309", "x12", 1, 0},
    [FORM_CUSCAR_SEA] = {"edifact-cuscar", "cuscar", "edi", 0, 1},
    [FORM_CFDI_AIR] = {"cfdi", "cfdi", "xml", 1, 2},
};

const char *form_name(enum form f)
{
    return forms[f].name;
}

enum task {
    TASK_ALERTS,
    TASK_WAITS,
    TASK_MESSAGES,
    TASK_FLIGHT,
    TASK_CROSSINGS,
    TASK_SEIZURE,
    TASK_VEHICLE,
    TASK_BREAK
};

struct job {
    enum task task;
    int minute; /* of the day */
    int order;  /* as put in */
    const struct pair *pair;
    enum form form;
    bool north;
    int count;
    const struct defect *defect;
};

struct day {
    const struct cast *cast;
    int64_t day;
    struct arena *arena; /* one message */
    struct job *job;     /* one hour's */
    size_t jobs, room;
    struct files files;
    struct plant plant[PLANTS];
    struct buf crossings, broken; /* the hour's; for expected.json */
    uint64_t serial, control;
};

/* ---- the plan of an hour ---- */

static struct job *plan(struct day *d, enum task task, int minute, const struct pair *p)
{
    if (d->jobs == d->room) {
        d->room = d->room ? 2 * d->room : 64;
        d->job = xrealloc(d->job, d->room * sizeof *d->job);
    }
    d->job[d->jobs] = (struct job){.task = task, .minute = minute, .order = (int)d->jobs, .pair = p};
    return &d->job[d->jobs++];
}

static int by_time(const void *a, const void *b)
{
    const struct job *x = a, *y = b;

    return x->minute != y->minute ? x->minute - y->minute : x->order - y->order;
}

/* How many of `thousandths` a day fall into this hour: what a steady drip would have let fall by its end, less what it
 * had by its beginning. So the day's total is right whatever the hours. */
static int share(const struct day *d, int64_t thousandths, const int *hours, int hour, uint64_t salt)
{
    struct dice dice = dice_for(d->cast->seed, (uint64_t)d->day, 61, salt);
    int64_t phase = dice_roll(&dice, 1000000), all = 0, from = 0, upto = 0;

    for (int h = 0; h < 24; h++) {
        all += hours[h];
        from += h < hour ? hours[h] : 0;
        upto += h <= hour ? hours[h] : 0;
    }
    return (int)((thousandths * 1000 * upto / all + phase) / 1000000 -
                 (thousandths * 1000 * from / all + phase) / 1000000);
}

static int64_t usual(const struct day *d, const struct pair *p, int messages)
{
    return (int64_t)messages * p->weight * d->cast->scale / (p->way == WAY_ROAD ? ROAD_WEIGHT : 1);
}

static bool runs(enum form form, enum way way)
{
    enum way of = form == FORM_309_SEA || form == FORM_CUSCAR_SEA ? WAY_SEA
                  : form == FORM_CFDI_AIR                         ? WAY_AIR
                                                                  : WAY_ROAD;

    return of == way;
}

static void plan_messages(struct day *d, const struct pair *p, size_t at, int hour, enum form form)
{
    for (int north = 1; north >= 0; north--) {
        uint64_t salt = at * 64 + (uint64_t)form * 2 + (uint64_t)north;
        struct dice dice = dice_for(d->cast->seed, (uint64_t)d->day, 62, salt * 24 + (uint64_t)hour);
        int n = share(d, usual(d, p, north ? forms[form].north : forms[form].south), exercise_hours_trade,
                      hour, salt);
        bool alone = form == FORM_CFDI_ROAD || form == FORM_CFDI_AIR; /* XML: one document a file */
        while (n > 0) {
            struct job *j = plan(d, TASK_MESSAGES, hour * 60 + dice_roll(&dice, 58) + 1, p);
            j->form = form;
            j->north = north;
            j->count = alone ? 1 : n;
            n -= j->count;
        }
    }
}

static void plan_pair(struct day *d, const struct pair *p, size_t at, int hour)
{
    struct dice dice = dice_for(d->cast->seed, (uint64_t)d->day, 63, at * 24 + (uint64_t)hour);
    int flights = p->way == WAY_AIR ? share(d, usual(d, p, 2), exercise_hours_trade, hour, at + 1000) : 0;
    int found = share(d, p->way == WAY_ROAD ? 700 : 250, exercise_hours_cars, hour, at + 2000);
    int cars = p->way == WAY_ROAD ? share(d, usual(d, p, 10), exercise_hours_cars, hour, at + 3000) : 0;

    for (int f = 0; f < FORMS; f++)
        if (runs((enum form)f, p->way))
            plan_messages(d, p, at, hour, (enum form)f);
    for (int i = 0; i < flights; i++)
        plan(d, TASK_FLIGHT, hour * 60 + dice_roll(&dice, 59), p)->north = dice_roll(&dice, 2);
    for (int i = 0; i < found; i++)
        plan(d, TASK_SEIZURE, hour * 60 + dice_roll(&dice, 60), p);
    if (cars)
        plan(d, TASK_VEHICLE, hour * 60 + 55, p)->count = cars;
}

static const struct pair *pair_for(const struct cast *c, enum form form)
{
    for (size_t i = 0; i < c->pairs; i++)
        if (runs(form, c->pair[i]->way))
            return c->pair[i];
    return NULL;
}

static void plan_hour(struct day *d, int hour)
{
    d->jobs = 0;
    if (hour == 0)
        plan(d, TASK_ALERTS, 5, NULL)->north = true; /* the ones before */
    if (hour == 21)
        plan(d, TASK_ALERTS, 21 * 60 + 30, NULL);
    if (pair_for(d->cast, FORM_309_ROAD)) {
        plan(d, TASK_WAITS, hour * 60, NULL);
        plan(d, TASK_CROSSINGS, hour * 60 + 59, NULL);
    }
    for (size_t i = 0; i < d->cast->pairs; i++)
        plan_pair(d, d->cast->pair[i], i, hour);
    for (int i = 0; exercise_defects[i].name && hour == 20; i++) {
        const struct pair *p = pair_for(d->cast, exercise_defects[i].form);
        if (p)
            plan(d, TASK_BREAK, 20 * 60 + 4 * i, p)->defect = &exercise_defects[i];
    }
    qsort(d->job, d->jobs, sizeof *d->job, by_time);
}

/* ---- the files ---- */

static struct shipment *next_shipment(struct day *d, const struct job *j, enum form form, bool north)
{
    struct order o = {form, j->pair, north, {d->day, j->minute}, 0};

    arena_reset(d->arena);
    o.number = (uint64_t)(d->day % 90) * 1000000 + ++d->serial;
    return shipment_new(d->arena, d->cast, &o);
}

static void write_message(struct day *d, struct buf *b, const struct shipment *s)
{
    d->control++;
    message_write(d->arena, b, s, d->control);
    d->files.tally->messages[s->form]++;
}

static int messages(struct day *d, const struct job *j, struct err *e)
{
    char name[80];

    snprintf(name, sizeof name, "%s-%s-%s.%s", j->pair->name, j->north ? "north" : "south",
             forms[j->form].file, forms[j->form].extension);
    if (file_begin(&d->files, j->minute, name, e))
        return -1;
    for (int i = 0; i < j->count; i++) {
        struct shipment *s = next_shipment(d, j, j->form, j->north);
        plants_carry(d->plant, s, d->files.name);
        write_message(d, &d->files.buf, s);
        if (j->form == FORM_309_ROAD || j->form == FORM_CUSCAR_ROAD)
            lines_crossing(&d->crossings, s);
        if (d->files.buf.n > DRAIN && file_drain(&d->files, e))
            break;
    }
    return file_end(&d->files, e);
}

static int broken(struct day *d, const struct job *j, struct err *e)
{
    const struct defect *f = j->defect;
    char name[80];

    snprintf(name, sizeof name, "broken-%s.%s", f->name, forms[f->form].extension);
    if (file_begin(&d->files, j->minute, name, e))
        return -1;
    write_message(d, &d->files.buf, next_shipment(d, j, f->form, forms[f->form].north > 0));
    defect_apply(f, &d->files.buf);
    d->files.tally->broken++;
    buf_z(&d->broken, d->broken.n ? ",\n  {" : "\n  {");
    line_text(&d->broken, "file", d->files.name);
    line_text(&d->broken, "format", form_name(f->form));
    line_text(&d->broken, "defect", f->name);
    line_text(&d->broken, "what", f->what);
    buf_char(&d->broken, '}');
    return file_end(&d->files, e);
}

static const char *lines_name(const struct job *j)
{
    switch (j->task) {
    case TASK_ALERTS:
        return j->north ? "alerts" : "alerts-late";
    case TASK_WAITS:
        return "waits";
    case TASK_CROSSINGS:
        return "crossings";
    case TASK_FLIGHT:
        return "flight";
    case TASK_SEIZURE:
        return "seizure";
    case TASK_VEHICLE:
        return "vehicles";
    case TASK_MESSAGES:
    case TASK_BREAK:
        break;
    }
    return "";
}

static void fill_lines(struct day *d, const struct job *j)
{
    struct when at = {d->day, j->minute};
    struct buf *b = &d->files.buf;

    switch (j->task) {
    case TASK_ALERTS:
        d->files.tally->alerts += (uint64_t)plants_alerts(b, d->plant, d->day, j->north);
        break;
    case TASK_WAITS:
        lines_waits(b, d->cast, at);
        break;
    case TASK_CROSSINGS:
        buf_str(b, buf_view(&d->crossings));
        buf_reset(&d->crossings);
        break;
    case TASK_FLIGHT:
        lines_flight(b, next_shipment(d, j, FORM_CFDI_AIR, j->north));
        break;
    case TASK_SEIZURE:
        lines_seizure(b, d->cast, j->pair, at, ++d->serial);
        break;
    case TASK_VEHICLE:
        for (int i = 0; i < j->count; i++) {
            struct dice dice = dice_for(d->cast->seed, (uint64_t)d->day, 64, ++d->serial);
            char vin[18];
            number_vin(vin, &dice);
            lines_vehicle(b, j->pair, at, vin);
        }
        break;
    case TASK_MESSAGES:
    case TASK_BREAK:
        break;
    }
}

static int lines(struct day *d, const struct job *j, struct err *e)
{
    char name[80];
    const struct buf *b = &d->files.buf;

    if (j->task == TASK_CROSSINGS && d->crossings.n == 0)
        return 0;
    if (j->pair)
        snprintf(name, sizeof name, "%s-%s.jsonl", j->pair->name, lines_name(j));
    else
        snprintf(name, sizeof name, "%s.jsonl", lines_name(j));
    if (file_begin(&d->files, j->minute, name, e))
        return -1;
    fill_lines(d, j);
    for (size_t i = 0; i < b->n; i++)
        d->files.tally->lines += b->p[i] == '\n';
    return file_end(&d->files, e);
}

/* What must be found, what must not, what is broken: for whoever checks or teaches. */
static int expected(struct day *d, struct err *e)
{
    struct arena *a = arena_new();
    struct when at = {d->day, 0};
    struct buf b;
    int ret;

    buf_init(&b, (size_t)1 << 20);
    buf_fmt(&b, "{\"exercise\":true,\n \"seed\":%llu,\n \"scale\":", (unsigned long long)d->cast->seed);
    json_decimal(&b, d->cast->scale, 3);
    buf_fmt(&b, ",\n \"date\":\"%s\",\n \"files\":%d", when_date(a, at, "Y-M-D"), d->files.n);
    d->files.tally->found += (uint64_t)plants_expected(&b, d->plant, d->day);
    buf_z(&b, ",\n \"broken\":[");
    buf_str(&b, buf_view(&d->broken));
    buf_z(&b, "]}\n");
    ret = file_write(path_join(a, d->files.dir, "expected.json").p, buf_view(&b), 0644, e);
    d->files.tally->bytes += b.n;
    buf_free(&b);
    arena_free(a);
    return ret;
}

int day_write(const struct cast *c, const struct day_order *o, struct tally *t, struct err *e)
{
    struct day d = {.cast = c,
                    .day = o->day,
                    .arena = arena_new(),
                    .control = o->control,
                    .files = {.dir = o->dir, .tally = t}};
    int ret = 0;

    buf_init(&d.files.buf, (size_t)64 << 20);
    buf_init(&d.crossings, (size_t)64 << 20);
    buf_init(&d.broken, (size_t)1 << 20);
    plants_draw(d.plant, c, o->day);
    for (int hour = 0; hour < 24 && ret == 0; hour++) {
        plan_hour(&d, hour);
        for (size_t i = 0; i < d.jobs && ret == 0; i++)
            ret = (d.job[i].task == TASK_MESSAGES ? messages
                   : d.job[i].task == TASK_BREAK  ? broken
                                                  : lines)(&d, &d.job[i], e);
    }
    if (ret == 0)
        ret = expected(&d, e);
    free(d.job);
    buf_free(&d.files.buf);
    buf_free(&d.crossings);
    buf_free(&d.broken);
    arena_free(d.arena);
    return ret;
}
