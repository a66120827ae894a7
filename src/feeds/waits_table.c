/*
 * waits_table.c: waiting times that somebody polled from CBP's page into a table, one row a lane and look:
 *
 *   port_name,category,lane_type,status,wait_minutes,timestamp
 *   Ysleta,Commercial Vehicles,Fast,reported,25.0,2026-08-09 15:26:14.176934
 *
 * The times name no zone and are kept without one; the port has a name and no number.
 */
#include "feeds/rows.h"
#include "feeds/seen.h"
#include "feeds/waits.h"

#define CELLS 16

enum { PORT, CATEGORY, LANE, STATUS, MINUTES, STAMP, COLUMNS };
static const char *const headers[COLUMNS] = {"port_name", "category",     "lane_type",
                                             "status",    "wait_minutes", "timestamp"};

struct table {
    struct deliver d;
    struct seen_rows seen;
    struct row row;
    int column[COLUMNS];
    size_t cells;
    struct cell cell[CELLS];
};

static bool read_header(struct table *t, size_t n)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        t->column[c] = -1;
        for (size_t i = 0; i < n; i++)
            if (str_eq(str_trim(t->cell[i].text), str_z(headers[c])))
                t->column[c] = (int)i;
        if (t->column[c] < 0)
            return false;
    }
    t->cells = n;
    return true;
}

static struct str cell(struct table *t, int c)
{
    return wait_value(t->d.arena, t->cell[t->column[c]].text);
}

static struct place at(const struct table *t, int c)
{
    struct place p = {.offset = t->row.offset, .segment = t->row.line};

    if (c >= 0) {
        p.offset += t->cell[t->column[c]].at;
        p.element = (uint16_t)(t->column[c] + 1);
    }
    return p;
}

static struct str lane_of(struct table *t)
{
    static const char *const words[][2] = {
        {"Commercial Vehicles/General", "commercial"}, {"Commercial Vehicles/Fast", "fast"},
        {"Passenger Vehicles/General", "general"},     {"Passenger Vehicles/Sentri", "nexus-sentri"},
        {"Passenger Vehicles/Ready", "ready"},         {"Pedestrian/General", "pedestrian"},
        {"Pedestrian/Ready", "pedestrian-ready"},
    };
    struct str category = cell(t, CATEGORY), lane = cell(t, LANE);
    struct str both = arena_fmt(t->d.arena, "%.*s/%.*s", STR_ARG(category), STR_ARG(lane));

    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(both, str_z(words[i][0])))
            return str_z(words[i][1]);
    wait_warn(&t->d, "wait.lane", at(t, LANE), headers[LANE], both);
    return (struct str){NULL, 0};
}

static bool is_new(struct table *t)
{
    struct str both[2] = {cell(t, STATUS), cell(t, MINUTES)};
    struct seen_row row = {.line = t->row.line, .value = (uint32_t)seen_hash(both, 2)};
    const struct seen_row *first;

    row.key = seen_hash((struct str[]){cell(t, PORT), S("\n"), cell(t, CATEGORY), S("\n"), cell(t, LANE),
                                       S("\n"), cell(t, STAMP)},
                        7);
    first = seen_before(&t->seen, &row);
    if (first)
        fault_at(&t->d.faults, first->value == row.value ? "series.duplicate" : "series.conflict",
                 at(t, MINUTES), both[1], arena_fmt(t->d.arena, "line %u", first->line));
    return !first;
}

static void take(struct table *t)
{
    struct str stamp = cell(t, STAMP), lane = lane_of(t), status = cell(t, STATUS);
    enum wait_said said = wait_status(status);
    struct record *r;
    int64_t us;
    bool zoned;

    if (said == SAID_UNKNOWN)
        wait_warn(&t->d, "wait.status", at(t, STATUS), headers[STATUS], status);
    if (stamp.n > 10)
        stamp = arena_fmt(t->d.arena, "%.10sT%.*s", stamp.p, (int)stamp.n - 11, stamp.p + 11);
    if (!time_parse(stamp, &us, &zoned)) {
        wait_warn(&t->d, "wait.time", at(t, STAMP), headers[STAMP], cell(t, STAMP));
        return;
    }
    if (!lane.n || said == SAID_UNKNOWN || !is_new(t) || said == SAID_NOTHING)
        return;
    r = record_new(t->d.arena, schema_kind(S("wait")));
    wait_set(r, "port", cell(t, PORT));
    wait_set(r, "port_scheme", S("name"));
    wait_set(r, "mode", S("road"));
    wait_set(r, "lane", lane);
    if (said == SAID_CLOSED)
        wait_set_int(r, "lanes_open", 0);
    else
        wait_figures(&t->d, at(t, MINUTES), r, cell(t, MINUTES), (struct str){NULL, 0});
    wait_set(r, "observed", stamp);
    wait_set(r, "source", S(WAIT_SOURCE));
    deliver_record(&t->d, r);
}

static void take_row(struct table *t, size_t n, bool more)
{
    deliver_begin(&t->d);
    if (t->row.over)
        wait_warn(&t->d, "csv.long", at(t, -1), NULL, (struct str){NULL, 0});
    else if (n != t->cells || more)
        fault_at(&t->d.faults, "csv.columns", at(t, -1), arena_fmt(t->d.arena, "%zu", n),
                 arena_fmt(t->d.arena, "%zu", t->cells));
    else
        take(t);
    deliver_end(&t->d, t->row.bytes);
}

int wait_table(struct feeds_run *run)
{
    struct table t = {.cells = 0};
    struct rows rows;
    int got;

    deliver_init(&t.d, run, "border-waits");
    rows_init(&rows, run, ROWS_CSV);
    while ((got = rows_next(&rows, &t.row)) == 1) {
        bool more;
        size_t n;

        deliver_open(&t.d, t.row.offset);
        t.d.m.sender = S("us.cbp");
        n = row_cells(t.d.arena, t.row.bytes, ',', t.cell, CELLS, &more);
        if (t.cells) {
            take_row(&t, n, more);
        } else if (!read_header(&t, n)) {
            deliver_begin(&t.d);
            wait_warn(&t.d, "csv.header", at(&t, -1), NULL, t.row.bytes);
            t.d.ungrasped = true;
            deliver_end(&t.d, t.row.bytes);
            break;
        }
    }
    seen_free(&t.seen);
    rows_free(&rows);
    deliver_free(&t.d);
    return got < 0 ? -1 : 0;
}
