/*
 * statistics.c: the US Bureau of Transportation Statistics' border crossing entries, one row a port, month and
 * measure. Two layouts are in circulation, both with a header row, told apart by their column names:
 *
 *   Port Name, State, Port Code, Border, Date, Measure, Value, Latitude, Longitude, Point
 *   port_name, state, port_code, border, year, month, measure, value
 *
 * Date is "01/01/2024 12:00:00 AM", "Jan 2024" or "2024-01-01...". Every row gives an observation (a count of
 * entries into the United States in one month). The source repeats rows and contradicts itself: a row that
 * says again what an earlier one said is a fault and gives nothing new; one that says something else for the
 * same port, month and measure is refused, and both lines are named. Rows are remembered 16 bytes each.
 */
#include "feeds/deliver.h"
#include "feeds/rows.h"

#include <stdlib.h>
#include <strings.h>

#define COLUMNS_MAX 16
#define REMEMBER_MAX                                                                                       \
    ((size_t)3 << 19) /* rows compared with later ones: with 2^21 places of 16 bytes, 32 MiB */
#define REMEMBER_FIRST ((size_t)1 << 12)

/* ---- rows seen ---- */

struct seen {
    uint64_t key;   /* of port, month and measure; 0 = free */
    uint32_t line;  /* of the first such row */
    uint32_t value; /* hash of its value */
};

struct memory {
    struct seen *at;
    size_t cap, n;
};

static struct seen *place_of(const struct memory *m, uint64_t key)
{
    size_t i = (size_t)key & (m->cap - 1);

    while (m->at[i].key && m->at[i].key != key)
        i = (i + 1) & (m->cap - 1);
    return &m->at[i];
}

static void grow(struct memory *m)
{
    struct memory old = *m;

    m->cap = old.cap ? old.cap * 2 : REMEMBER_FIRST;
    m->at = calloc(m->cap, sizeof *m->at);
    if (!m->at)
        abort();
    for (size_t i = 0; i < old.cap; i++)
        if (old.at[i].key)
            *place_of(m, old.at[i].key) = old.at[i];
    free(old.at);
}

/* The row seen before with this key; NULL when it is new, and then it is remembered. */
static const struct seen *remember(struct memory *m, const struct seen *row)
{
    struct seen *s;

    if (m->n >= m->cap / 4 * 3 && m->n < REMEMBER_MAX)
        grow(m);
    s = place_of(m, row->key);
    if (s->key)
        return s;
    if (m->n < REMEMBER_MAX) {
        *s = *row;
        m->n++;
    }
    return NULL;
}

static uint64_t hash_of(const struct str *parts, size_t n)
{
    uint8_t h[HASH_SIZE];
    uint64_t key;

    sha256(h, parts, n);
    memcpy(&key, h, sizeof key);
    return key ? key : 1;
}

/* ---- columns ---- */

enum { NAME, CODE, BORDER, DATE, YEAR, MONTH, MEASURE, VALUE, COLUMNS };

static const char *const headers[COLUMNS] = {"portname", "portcode", "border",  "date",
                                             "year",     "month",    "measure", "value"};

struct bts {
    struct deliver d;
    struct memory memory;
    struct row row;
    int column[COLUMNS]; /* -1 = the file has none */
    size_t columns;
    struct cell cell[COLUMNS_MAX];
};

/* "Port Name", "port_name" and "PORT NAME" are one. */
static bool header_is(struct str s, const char *name)
{
    size_t k = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ' ' || s.p[i] == '_')
            continue;
        if ((s.p[i] | 0x20) != name[k])
            return false;
        k++;
    }
    return !name[k];
}

static bool read_header(struct bts *b, size_t n)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        b->column[c] = -1;
        for (size_t i = 0; i < n; i++)
            if (header_is(str_trim(b->cell[i].text), headers[c]))
                b->column[c] = (int)i;
    }
    b->columns = n;
    return b->column[CODE] >= 0 && b->column[BORDER] >= 0 && b->column[MEASURE] >= 0 &&
           b->column[VALUE] >= 0 &&
           (b->column[DATE] >= 0 || (b->column[YEAR] >= 0 && b->column[MONTH] >= 0));
}

static struct str column(struct bts *b, int c)
{
    return b->column[c] < 0 ? (struct str){NULL, 0}
                            : text_clean(b->d.arena, str_trim(b->cell[b->column[c]].text), FOUND_MAX);
}

static struct place at(const struct bts *b, int c)
{
    struct place p = {.offset = b->row.offset, .segment = b->row.line};

    if (c >= 0 && b->column[c] >= 0) {
        p.offset += b->cell[b->column[c]].at;
        p.element = (uint16_t)(b->column[c] + 1);
        p.tag = str_z(headers[c]);
    }
    return p;
}

/* "Jan 2024", "01/01/2024 12:00:00 AM", "2024-01-01T..." */
static bool date_month(struct str s, int64_t *y, int64_t *m)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    if (s.n >= 7 && s.p[4] == '-')
        return str_int((struct str){s.p, 4}, y) && str_int((struct str){s.p + 5, 2}, m);
    if (s.n >= 10 && s.p[2] == '/' && s.p[5] == '/')
        return str_int((struct str){s.p + 6, 4}, y) && str_int((struct str){s.p, 2}, m);
    if (s.n != 8 || s.p[3] != ' ' || !str_int((struct str){s.p + 4, 4}, y))
        return false;
    for (*m = 1; *m <= 12; ++*m)
        if (strncasecmp(s.p, months + (*m - 1) * 3, 3) == 0)
            return true;
    return false;
}

static bool month_of(struct bts *b, int64_t *y, int64_t *m)
{
    bool dated = b->column[DATE] >= 0;
    bool good = dated ? date_month(column(b, DATE), y, m)
                      : str_int(column(b, YEAR), y) && str_int(column(b, MONTH), m);

    if (good && *y >= 1900 && *y <= 2999 && *m >= 1 && *m <= 12)
        return true;
    fault_at(&b->d.faults, "series.date", at(b, dated ? DATE : MONTH), column(b, dated ? DATE : MONTH),
             S("1..12"));
    return false;
}

/* ---- rows ---- */

/* False when the row says nothing new, or contradicts an earlier one. */
static bool is_new(struct bts *b, struct str from)
{
    struct str value = column(b, VALUE);
    struct seen row = {.line = b->row.line, .value = (uint32_t)hash_of(&value, 1)};
    const struct seen *first;

    row.key = hash_of((struct str[]){column(b, CODE), S("\n"), from, S("\n"), column(b, MEASURE)}, 5);
    first = remember(&b->memory, &row);
    if (!first)
        return true;
    fault_at(&b->d.faults, first->value == row.value ? "series.duplicate" : "series.conflict", at(b, VALUE),
             value, arena_fmt(b->d.arena, "line %u", first->line));
    return false;
}

static void set(struct bts *b, struct record *r, const char *field, struct str text, int c)
{
    schema_set(b->d.arena, r, schema_field(r->kind, str_z(field)), text, at(b, c), &b->d.faults);
}

/* Port codes are four digits; tables lose the leading zero. */
static struct str port_code(struct bts *b)
{
    struct str s = column(b, CODE);
    int64_t n;

    if (s.n < 4 && str_int(s, &n) && n >= 0)
        return arena_fmt(b->d.arena, "%04d", (int)n);
    return s;
}

static void take(struct bts *b)
{
    struct record *r;
    struct str border = column(b, BORDER), from, until;
    int64_t y, m;
    int last;

    if (!month_of(b, &y, &m))
        return;
    from = arena_fmt(b->d.arena, "%04d-%02d-01", (int)y, (int)m);
    for (last = 31; !date_valid((int)y, (int)m, last);)
        last--;
    until = arena_fmt(b->d.arena, "%04d-%02d-%02d", (int)y, (int)m, last);
    if (!is_new(b, from))
        return;
    r = record_new(b->d.arena, schema_kind(S("observation")));
    set(b, r, "series", S("bts-border-crossing-entry"), MEASURE);
    set(b, r, "place", port_code(b), CODE);
    set(b, r, "place_scheme", S("schedule-d"), CODE);
    set(b, r, "place_name", column(b, NAME), NAME);
    set(b, r, "measure", column(b, MEASURE), MEASURE);
    set(b, r, "from", from, b->column[DATE] >= 0 ? DATE : MONTH);
    set(b, r, "until", until, b->column[DATE] >= 0 ? DATE : MONTH);
    set(b, r, "value", column(b, VALUE), VALUE);
    set(b, r, "source", S("us.bts"), MEASURE);
    set(b, r, "border", border, BORDER);
    /* Entries into the United States: northward at the Mexican border, southward at the Canadian. */
    if (border.n && memmem(border.p, border.n, "Mexico", 6))
        set(b, r, "direction", S("north"), BORDER);
    else if (border.n && memmem(border.p, border.n, "Canada", 6))
        set(b, r, "direction", S("south"), BORDER);
    deliver_record(&b->d, r);
}

static void give(struct bts *b, size_t n, bool more)
{
    deliver_begin(&b->d);
    if (b->row.over)
        fault_at(&b->d.faults, "csv.long", at(b, -1), (struct str){NULL, 0},
                 arena_fmt(b->d.arena, "%zu", b->d.run->limits->segment));
    else if (n != b->columns || more)
        fault_at(&b->d.faults, "csv.columns", at(b, -1), arena_fmt(b->d.arena, "%zu", n),
                 arena_fmt(b->d.arena, "%zu", b->columns));
    else
        take(b);
    deliver_end(&b->d, b->row.bytes);
}

static int parse(struct feeds_run *run)
{
    struct bts b = {.columns = 0};
    struct rows rows;
    int got;

    deliver_init(&b.d, run, "bts-crossings");
    rows_init(&rows, run, ROWS_CSV);
    while ((got = rows_next(&rows, &b.row)) == 1) {
        bool more;
        size_t n;

        deliver_open(&b.d, b.row.offset);
        b.d.m.sender = S("us.bts");
        n = row_cells(b.d.arena, b.row.bytes, ',', b.cell, COLUMNS_MAX, &more);
        if (b.columns) {
            give(&b, n, more);
        } else if (!read_header(&b, n)) {
            deliver_begin(&b.d);
            fault_at(&b.d.faults, "csv.header", at(&b, -1), text_clean(b.d.arena, b.row.bytes, FOUND_MAX),
                     S("port_code, border, year, month, measure, value"));
            b.d.ungrasped = true;
            deliver_end(&b.d, b.row.bytes);
            break;
        }
    }
    free(b.memory.at);
    rows_free(&rows);
    deliver_free(&b.d);
    return got < 0 ? -1 : 0;
}

static int sniff(struct str head, const char *name)
{
    struct bts b;
    struct arena *a;
    struct str line;
    bool more, good;

    (void)name;
    if (str_starts(head, S("\xef\xbb\xbf")))
        head = (struct str){head.p + 3, head.n - 3};
    if (!str_split(&head, '\n', &line))
        return 0;
    a = arena_new();
    good = read_header(&b, row_cells(a, str_trim(line), ',', b.cell, COLUMNS_MAX, &more));
    arena_free(a);
    return good ? 95 : 0;
}

const struct feeds_reader reader_bts = {"bts-crossings", sniff, parse};
