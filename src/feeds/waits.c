/*
 * waits.c: waiting times at the ports of entry of the United States, as CBP publishes them: the snapshot of every
 * port in XML (until about 2020) and JSON, and tables polled from it. A port of a JSON snapshot and a row of a
 * table are messages of their own; an XML snapshot is one. A lane that is open or closed gives a `wait`; "N/A"
 * (there is no such lane) and "Update Pending" give none, because absence is no zero.
 *
 *   port_number "240201": Schedule D port 2402, gate 01. maximum_lanes, delay_minutes, lanes_open: "5", "N/A", "";
 *   in XML also "15 min", "1 hrs 30 min". date "6/29/2022" (and in JSON time "13:25:16", of the port's own clock);
 *   update_time "At Noon EDT", "At 9:40 pm MST". An update later than the snapshot is of the day before.
 *
 * What cannot be read is a warning that leaves one figure or one lane away, not the port. Opening hours and
 * construction notices are not taken.
 */
#include "feeds/rows.h"
#include "feeds/tree.h"
#include "feeds/waits.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* ---- one port, wherever it stands ---- */

struct port {
    struct deliver *d;
    struct place at;
    struct str (*get)(const struct port *p, const char *path); /* trimmed; empty when absent or "N/A" */
    const void *of;
};

static const struct lane {
    const char *path, *lane, *kind, *method;
} lanes[] = {
    {"standard_lanes", "commercial", "commercial_vehicle_lanes", "cv_automation_type"},
    {"FAST_lanes", "fast", "commercial_vehicle_lanes", "cv_automation_type"},
    {"standard_lanes", "general", "passenger_vehicle_lanes", "pv_automation_type"},
    {"NEXUS_SENTRI_lanes", "nexus-sentri", "passenger_vehicle_lanes", "pv_automation_type"},
    {"ready_lanes", "ready", "passenger_vehicle_lanes", "pv_automation_type"},
    {"standard_lanes", "pedestrian", "pedestrian_lanes", "ped_automation_type"},
    {"ready_lanes", "pedestrian-ready", "pedestrian_lanes", "ped_automation_type"},
};

enum wait_said wait_status(struct str s)
{
    static const struct {
        const char *text;
        enum wait_said said;
    } words[] = {
        {"no delay", SAID_OPEN},          {"delay", SAID_OPEN},    {"reported", SAID_OPEN},
        {"lanes closed", SAID_CLOSED},    {"closed", SAID_CLOSED}, {"update pending", SAID_NOTHING},
        {"not applicable", SAID_NOTHING}, {"n/a", SAID_NOTHING},   {"pending", SAID_NOTHING},
    };

    if (!s.n)
        return SAID_NOTHING;
    for (size_t i = 0; i < COUNT(words); i++)
        if (strlen(words[i].text) == s.n && strncasecmp(words[i].text, s.p, s.n) == 0)
            return words[i].said;
    return SAID_UNKNOWN;
}

void wait_warn(struct deliver *d, const char *code, struct place at, const char *tag, struct str found)
{
    at.tag = str_z(tag);
    fault_at(&d->faults, code, at, text_clean(d->arena, found, FOUND_MAX), (struct str){NULL, 0});
}

void wait_set(struct record *r, const char *field, struct str s)
{
    if (s.n)
        record_text(r, schema_field(r->kind, str_z(field)), s);
}

void wait_set_int(struct record *r, const char *field, int64_t i)
{
    record_int(r, schema_field(r->kind, str_z(field)), i);
}

/* "15", "15 min", "1 hr", "1 hrs 30 min", "50.0". False when it is none of them. */
static bool minutes_of(struct str s, int64_t *out)
{
    struct str word;
    int64_t n = -1;

    *out = 0;
    if (s.n > 2 && memcmp(s.p + s.n - 2, ".0", 2) == 0)
        s.n -= 2;
    if (str_int(s, out))
        return *out >= 0;
    while (str_split(&s, ' ', &word)) {
        if (n < 0) {
            if (!str_int(word, &n) || n < 0 || n > 10000)
                return false;
        } else if (str_starts(word, S("hr")) || str_eq(word, S("min"))) {
            *out += word.p[0] == 'h' ? n * 60 : n;
            n = -1;
        } else {
            return false;
        }
    }
    return n < 0;
}

void wait_figures(struct deliver *d, struct place at, struct record *r, struct str minutes, struct str open)
{
    int64_t n;

    if (minutes.n && minutes_of(minutes, &n))
        wait_set_int(r, "minutes", n);
    else if (minutes.n)
        wait_warn(d, "wait.minutes", at, "delay_minutes", minutes);
    if (open.n && str_int(open, &n) && n >= 0)
        wait_set_int(r, "lanes_open", n);
    else if (open.n)
        wait_warn(d, "wait.lanes", at, "lanes_open", open);
}

/* ---- when ---- */

/* Hours behind UTC. */
static int zone_of(const char *z)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"EDT", 4}, {"EST", 5}, {"CDT", 5}, {"CST", 6},
                 {"MDT", 6}, {"MST", 7}, {"PDT", 7}, {"PST", 8}};

    for (size_t i = 0; i < COUNT(zones); i++)
        if (strcmp(z, zones[i].name) == 0)
            return zones[i].hours;
    return -1;
}

/* "At Noon EDT", "At Midnight PST", "At 9:40 pm MST". */
static bool update_of(struct arena *a, struct str s, int *hour, int *minute, int *zone)
{
    const char *z = arena_z(a, s);
    char half[3], name[4];
    int end = 0;

    if (sscanf(z, "At Noon %3[A-Z]%n", name, &end) == 1 && !z[end]) {
        *hour = 12;
        *minute = 0;
    } else if (sscanf(z, "At Midnight %3[A-Z]%n", name, &end) == 1 && !z[end]) {
        *hour = *minute = 0;
    } else if (sscanf(z, "At %2d:%2d %2[apm] %3[A-Z]%n", hour, minute, half, name, &end) == 4 && !z[end]) {
        if (*hour < 1 || *hour > 12 || *minute < 0 || *minute > 59 || half[1] != 'm')
            return false;
        *hour = *hour % 12 + (half[0] == 'p' ? 12 : 0);
    } else {
        return false;
    }
    *zone = zone_of(name);
    return *zone >= 0;
}

/* RFC 3339, as exact as the source: with the zone of its update, or without one, or a date alone. Empty, with a
 * fault, when it cannot be read. */
static struct str observed(const struct port *p, const char *path)
{
    struct arena *a = p->d->arena;
    struct str date = p->get(p, "date"), time = p->get(p, "time"), update = p->get(p, path);
    int y, mo, dy, h = -1, mi = 0, s = 0, uh, um, zone, end = 0;
    int64_t day;

    if (sscanf(arena_z(a, date), "%2d/%2d/%4d%n", &mo, &dy, &y, &end) != 3 || (size_t)end != date.n ||
        y < 1900 || !date_valid(y, mo, dy)) {
        wait_warn(p->d, "wait.time", p->at, "date", date);
        return (struct str){NULL, 0};
    }
    if (time.n && (sscanf(arena_z(a, time), "%2d:%2d:%2d", &h, &mi, &s) != 3 || h < 0 || h > 23 || mi < 0 ||
                   mi > 59 || s < 0 || s > 59)) {
        wait_warn(p->d, "wait.time", p->at, "time", time);
        h = -1;
    }
    if (!update.n)
        return h < 0 ? arena_fmt(a, "%04d-%02d-%02d", y, mo, dy)
                     : arena_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d", y, mo, dy, h, mi, s);
    if (!update_of(a, update, &uh, &um, &zone)) {
        wait_warn(p->d, "wait.time", p->at, path, update);
        return (struct str){NULL, 0};
    }
    day = date_days(y, mo, dy) - (h >= 0 && uh * 60 + um > h * 60 + mi);
    date_of(day, &y, &mo, &dy);
    return arena_fmt(a, "%04d-%02d-%02dT%02d:%02d:00-%02d:00", y, mo, dy, uh, um, zone);
}

/* ---- a port of a snapshot ---- */

static struct str method_of(const struct port *p, const struct lane *l)
{
    static const char *const methods[][2] = {
        {"Manual", "manual"}, {"Bluetooth", "bluetooth"}, {"RFID", "rfid"}};
    struct str text = p->get(p, arena_fmt(p->d->arena, "%s/%s", l->kind, l->method).p);

    for (size_t i = 0; i < COUNT(methods); i++)
        if (str_eq(text, str_z(methods[i][0])))
            return str_z(methods[i][1]);
    return text.n ? S("other") : text;
}

/* Six digits: Schedule D and the gate. */
static bool port_number(struct str s)
{
    int64_t n;

    return s.n == 6 && s.p[0] != '-' && str_int(s, &n);
}

/* Where: Schedule D, or as the source has it when that is no number of the list (a real snapshot has
 * "l24501"). */
static void set_port(const struct port *p, struct record *r)
{
    struct str number = p->get(p, "port_number");
    bool good = port_number(number);

    wait_set(r, "port", good ? (struct str){number.p, 4} : number.n ? number : p->get(p, "port_name"));
    wait_set(r, "port_scheme", good ? S("schedule-d") : number.n ? S("other") : S("name"));
    wait_set(r, "gate", number);
    wait_set(r, "gate_name",
             p->get(p, "crossing_name").n ? p->get(p, "crossing_name") : p->get(p, "port_name"));
}

static void give_lane(const struct port *p, const struct lane *l)
{
    struct arena *a = p->d->arena;
    const char *path = arena_fmt(a, "%s/%s", l->kind, l->path).p;
    struct str status = p->get(p, arena_fmt(a, "%s/operational_status", path).p), when, border;
    enum wait_said said = wait_status(status);
    struct record *r;
    struct str most;
    int64_t n;

    if (said == SAID_UNKNOWN)
        wait_warn(p->d, "wait.status", p->at, path, status);
    if (said == SAID_UNKNOWN || said == SAID_NOTHING)
        return;
    when = observed(p, arena_fmt(a, "%s/update_time", path).p);
    if (!when.n)
        return;
    r = record_new(a, schema_kind(S("wait")));
    set_port(p, r);
    border = p->get(p, "border");
    if (str_eq(border, S("Mexican Border")))
        wait_set(r, "direction", S("north"));
    else if (str_eq(border, S("Canadian Border")))
        wait_set(r, "direction", S("in"));
    wait_set(r, "mode", S("road"));
    wait_set(r, "lane", str_z(l->lane));
    if (said == SAID_CLOSED)
        wait_set_int(r, "lanes_open", 0);
    else
        wait_figures(p->d, p->at, r, p->get(p, arena_fmt(a, "%s/delay_minutes", path).p),
                     p->get(p, arena_fmt(a, "%s/lanes_open", path).p));
    most = p->get(p, arena_fmt(a, "%s/maximum_lanes", l->kind).p);
    if (most.n && str_int(most, &n) && n >= 0)
        wait_set_int(r, "lanes_total", n);
    else if (most.n)
        wait_warn(p->d, "wait.lanes", p->at, "maximum_lanes", most);
    wait_set(r, "method", method_of(p, l));
    wait_set(r, "observed", when);
    wait_set(r, "source", S(WAIT_SOURCE));
    deliver_record(p->d, r);
}

static void give_port(const struct port *p)
{
    struct str number = p->get(p, "port_number");

    if (!port_number(number))
        wait_warn(p->d, "wait.port", p->at, "port_number", number);
    if (!number.n && !p->get(p, "port_name").n)
        return;
    for (size_t i = 0; i < COUNT(lanes); i++)
        give_lane(p, &lanes[i]);
}

struct str wait_value(struct arena *a, struct str s)
{
    s = str_trim(s);
    if (!s.n || str_eq(s, S("N/A")))
        return (struct str){NULL, 0};
    return text_clean(a, s, FOUND_MAX);
}

/* ---- JSON ---- */

static struct str json_text(const struct port *p, const char *path)
{
    const json_t *j = p->of;
    struct str rest = str_z(path), name;

    while (j && str_split(&rest, '/', &name))
        j = json_object_get(j, arena_z(p->d->arena, name));
    return json_is_string(j) ? wait_value(p->d->arena, str_n(json_string_value(j), json_string_length(j)))
                             : (struct str){NULL, 0};
}

static int parse_json(struct feeds_run *run)
{
    struct deliver d;
    struct rows rows;
    struct row row;
    int got;

    deliver_init(&d, run, "border-waits");
    rows_init(&rows, run, ROWS_JSON);
    while ((got = rows_next(&rows, &row)) == 1) {
        struct place at = {.offset = row.offset, .segment = row.line};
        json_error_t e;
        json_t *j = row.over
                        ? NULL
                        : json_loadb(row.bytes.p, row.bytes.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
        struct port p = {&d, at, json_text, j};

        deliver_open(&d, row.offset);
        d.m.sender = S("us.cbp");
        deliver_begin(&d);
        if (row.over)
            wait_warn(&d, "json.long", at, NULL, (struct str){NULL, 0});
        else if (!json_is_object(j))
            wait_warn(&d, "json.syntax", at, NULL, row.bytes);
        else
            give_port(&p);
        deliver_end(&d, row.bytes);
        json_decref(j);
    }
    rows_free(&rows);
    deliver_free(&d);
    return got;
}

/* ---- XML ---- */

struct document {
    struct deliver d;
    struct arena *arena;
    struct tree tree;
    struct xml *xml;
    bool begun;
};

static struct str xml_text(const struct port *p, const char *path)
{
    const struct tree_node *n = tree_find(p->of, path);

    return n ? wait_value(p->d->arena, n->text) : (struct str){NULL, 0};
}

static void on_start(void *arg, struct str ns, struct str name, const struct xml_attribute *a, size_t n)
{
    struct document *x = arg;

    (void)ns;
    if (!x->begun)
        tree_init(&x->tree, x->arena, &x->d.faults, x->xml);
    x->begun = true;
    tree_start(&x->tree, name, a, n);
}

static void on_end(void *arg)
{
    tree_end(&((struct document *)arg)->tree);
}

static void on_text(void *arg, struct str piece)
{
    struct document *x = arg;

    if (x->begun)
        tree_text(&x->tree, piece);
}

static int parse_xml(struct feeds_run *run)
{
    struct document x = {.arena = arena_new()};
    struct xml_handler h = {.start = on_start, .end = on_end, .text = on_text, .arg = &x};
    uint8_t digest[HASH_SIZE];
    uint64_t bytes;
    int ret;

    deliver_init(&x.d, run, "border-waits");
    deliver_open(&x.d, run->offset);
    x.d.m.sender = S("us.cbp");
    ret = xml_read(&x.d, &h, &x.xml, &bytes, digest);
    deliver_begin(&x.d);
    if (ret == 0 && x.begun && x.tree.root) {
        const struct tree_node *n = tree_child(x.tree.root, "port");

        for (; n; n = tree_again(n)) {
            struct port p = {&x.d, n->place, xml_text, n};

            give_port(&p);
            arena_reset(x.d.arena);
        }
    }
    if (ret == 0)
        deliver_end_digest(&x.d, bytes, digest);
    else if (run->err->code == ERR_NONE)
        err_set(run->err, ERR_IO, N_("the input cannot be read"));
    if (x.begun)
        tree_free(&x.tree);
    arena_free(x.arena);
    deliver_free(&x.d);
    return ret;
}

/* ---- detection ---- */

static struct str without_mark(struct str s)
{
    if (str_starts(s, S("\xef\xbb\xbf")))
        s = (struct str){s.p + 3, s.n - 3};
    return str_trim(s);
}

static int parse(struct feeds_run *run)
{
    struct str head = without_mark(run->head);

    if (str_starts(head, S("<")))
        return parse_xml(run);
    if (str_starts(head, S("[")) || str_starts(head, S("{")))
        return parse_json(run);
    return wait_table(run);
}

static int sniff(struct str head, const char *name)
{
    (void)name;
    head = without_mark(head);
    if (str_starts(head, S("<")))
        return memmem(head.p, head.n, "<border_wait_time", 17) ? 95 : 0;
    if (str_starts(head, S("[")) || str_starts(head, S("{")))
        return memmem(head.p, head.n, "\"port_number\"", 13) && memmem(head.p, head.n, "_lanes\"", 7) ? 95
                                                                                                      : 0;
    return str_starts(head, S("port_name,category,lane_type,status,wait_minutes")) ? 95 : 0;
}

const struct feeds_reader reader_waits = {"border-waits", sniff, parse};
