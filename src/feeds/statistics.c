/*
 * statistics.c: official tables of figures as series and observations, by the tables of statistics_tables.c. A file
 * is a table (RFC 4180) with a header row; which one it is, its column names say. The header's message brings what
 * is counted: one `series` a line of figures, with unit and definition. Every further row is a message of its own
 * and gives an `observation` a figure; an empty cell gives none, because absence is no zero.
 *
 * Sources repeat rows and contradict themselves: a row that says again what an earlier one said is a fault and
 * gives nothing new; one that says something else for the same keys and period is refused, and both lines are
 * named. Rows are remembered 16 bytes each. A cell that is no number, or negative, refuses its row.
 */
#include "feeds/countries.h"
#include "feeds/deliver.h"
#include "feeds/rows.h"
#include "feeds/seen.h"
#include "feeds/statistics.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#define NUMBER_MAX 40 /* signs of a number */
#define POUND      0.45359237
#define FIELDS_MAX 32

/* ---- a row ---- */

struct stats {
    struct deliver d;
    struct seen_rows seen;
    struct row row;
    const struct stats_table *table; /* NULL before the header */
    size_t cells;                    /* of the header */
    int column_at[STATS_COLUMNS], with_at[STATS_COLUMNS], field[STATS_COLUMNS];
    int figure_at[STATS_FIGURES];
    const struct kind *observation;
    struct cell cell[STATS_CELLS];
    /* of the row being taken */
    struct str text[STATS_COLUMNS], from, until, note;
    struct str filled[FIELDS_MAX]; /* by field of the observation */
    int shift;                     /* what PART_SERIES said */
    bool have[STATS_FIGURES];
    int64_t value[STATS_FIGURES]; /* thousandths */
};

static struct place at_row(const struct stats *s)
{
    return (struct place){.offset = s->row.offset, .segment = s->row.line};
}

static struct place at(const struct stats *s, int cell, const char *header)
{
    struct place p = at_row(s);

    p.offset += s->cell[cell].at;
    p.element = (uint16_t)(cell + 1);
    p.tag = str_z(header);
    return p;
}

static struct str clean(struct stats *s, int cell)
{
    return text_clean(s->d.arena, str_trim(s->cell[cell].text), FOUND_MAX);
}

/* ---- the header ---- */

/* "Port Name", "port_name" and "PORT NAME (x)" come down to letters and digits. */
static bool header_is(struct str s, const char *name)
{
    size_t k = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (!isalnum(c))
            continue;
        if (tolower(c) != name[k])
            return false;
        k++;
    }
    return k > 0 && !name[k];
}

static int find_header(const struct cell *cell, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (header_is(cell[i].text, name))
            return (int)i;
    return -1;
}

static bool fits(const struct stats_table *t, const struct cell *cell, size_t n)
{
    for (const struct stats_column *c = t->column; c->header; c++)
        if (find_header(cell, n, c->header) < 0)
            return false;
    for (const struct stats_figure *f = t->figure; f->header; f++)
        if (find_header(cell, n, f->header) < 0)
            return false;
    return true;
}

static const struct stats_table *table_of(const struct cell *cell, size_t n)
{
    for (const struct stats_table *t = stats_tables; t->format; t++)
        if (fits(t, cell, n))
            return t;
    return NULL;
}

static void resolve(struct stats *s, size_t n)
{
    const struct stats_table *t = s->table;

    s->cells = n;
    s->observation = schema_kind(S("observation"));
    for (size_t i = 0; t->column[i].header; i++) {
        const struct stats_column *c = &t->column[i];

        s->column_at[i] = find_header(s->cell, n, c->header);
        s->with_at[i] = c->with ? find_header(s->cell, n, c->with) : -1;
        s->field[i] = c->field ? schema_field(s->observation, str_z(c->field)) : -1;
    }
    for (size_t i = 0; t->figure[i].header; i++)
        s->figure_at[i] = find_header(s->cell, n, t->figure[i].header);
}

static void set(struct record *r, const char *field, const char *text)
{
    if (text)
        record_text(r, schema_field(r->kind, str_z(field)), str_z(text));
}

static bool read_header(struct stats *s, size_t n)
{
    s->table = table_of(s->cell, n);
    if (s->table) {
        resolve(s, n);
        s->d.m.format = str_z(s->table->format);
        s->d.m.sender = str_z(s->table->source);
        series_give(&s->d, s->table->series, s->table->source, s->row.bytes.n);
        deliver_context(&s->d, s->row.bytes);
        return true;
    }
    deliver_begin(&s->d);
    fault_at(&s->d.faults, "csv.header", at_row(s), text_clean(s->d.arena, s->row.bytes, FOUND_MAX),
             (struct str){NULL, 0});
    s->d.ungrasped = true;
    deliver_end(&s->d, s->row.bytes);
    return false;
}

/* ---- the period ---- */

/* "JAN", "January": the month's number, or 0. */
static int64_t month_name(struct str s)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (int64_t m = 1; s.n >= 3 && m <= 12; m++)
        if (strncasecmp(s.p, months + (m - 1) * 3, 3) == 0)
            return m;
    return 0;
}

/* "Jan 2024", "01/01/2024 12:00:00 AM", "2024-01-01T..." */
static bool date_month(struct str s, int64_t *y, int64_t *m)
{
    if (s.n >= 7 && s.p[4] == '-')
        return str_int((struct str){s.p, 4}, y) && str_int((struct str){s.p + 5, 2}, m);
    if (s.n >= 10 && s.p[2] == '/' && s.p[5] == '/')
        return str_int((struct str){s.p + 6, 4}, y) && str_int((struct str){s.p, 2}, m);
    if (s.n != 8 || s.p[3] != ' ' || !str_int((struct str){s.p + 4, 4}, y))
        return false;
    *m = month_name(s);
    return *m > 0;
}

struct when {
    int64_t year, month, fiscal, calendar; /* 0 = not said */
    int cell;                              /* the last that said something of it */
    const char *header;
};

static bool period_part(struct stats *s, size_t i, struct when *w)
{
    const struct stats_column *c = &s->table->column[i];
    struct str text = s->text[i];

    switch (c->part) {
    case PART_YEAR:
        return str_int(text, &w->year);
    case PART_FISCAL_YEAR:
        return str_int(text, &w->fiscal);
    case PART_CALENDAR_YEAR:
        return str_int(text, &w->calendar);
    case PART_MONTH:
        if (str_int(text, &w->month))
            return w->month >= 1 && w->month <= 12;
        w->month = month_name(text);
        return w->month > 0;
    case PART_DATE:
        return date_month(text, &w->year, &w->month);
    case PART_FIELD:
    case PART_SERIES:
        break;
    }
    return true;
}

/* Months of a fiscal year become dates; a year without a month is the whole year. False, with a fault, when the
 * period does not exist or its parts contradict one another. */
static bool period(struct stats *s)
{
    struct when w = {.cell = 0, .header = ""};
    bool good = true;
    int last = 31;

    for (size_t i = 0; good && s->table->column[i].header; i++) {
        const struct stats_column *c = &s->table->column[i];

        if (c->part == PART_FIELD || c->part == PART_SERIES)
            continue;
        w.cell = s->column_at[i];
        w.header = c->header;
        good = period_part(s, i, &w);
    }
    if (w.fiscal)
        w.year = w.fiscal - (w.month >= 10);
    good = good && w.year >= 1900 && w.year <= 2999 && w.month >= 0 && w.month <= 12 &&
           (!w.calendar || w.calendar == w.year);
    if (!good) {
        fault_at(&s->d.faults, "series.date", at(s, w.cell, w.header), clean(s, w.cell),
                 w.calendar && w.calendar != w.year ? arena_fmt(s->d.arena, "%d", (int)w.year)
                                                    : (struct str){NULL, 0});
        return false;
    }
    while (w.month && !date_valid((int)w.year, (int)w.month, last))
        last--;
    s->until = arena_fmt(s->d.arena, "%04d-%02d-%02d", (int)w.year, w.month ? (int)w.month : 12, last);
    s->from = arena_fmt(s->d.arena, "%04d-%02d-01", (int)w.year, w.month ? (int)w.month : 1);
    if (s->table->stock)
        s->from = s->until;
    return true;
}

/* ---- columns to fields ---- */

static const char *word_of(const struct stats_word *w, struct str text)
{
    for (; w && w->from; w++)
        if (str_eq(str_z(w->from), text))
            return w->to;
    return NULL;
}

static struct str join(struct stats *s, struct str a, struct str b)
{
    if (!a.n || !b.n)
        return a.n ? a : b;
    return arena_fmt(s->d.arena, "%.*s; %.*s", STR_ARG(a), STR_ARG(b));
}

static struct str looked_up(struct stats *s, size_t i)
{
    struct str with;

    if (s->with_at[i] < 0)
        return s->text[i];
    with = clean(s, s->with_at[i]);
    return arena_fmt(s->d.arena, "%.*s/%.*s", STR_ARG(s->text[i]), STR_ARG(with));
}

static void unknown_code(struct stats *s, size_t i, struct str text)
{
    fault_at(&s->d.faults, "series.code", at(s, s->column_at[i], s->table->column[i].header), text,
             (struct str){NULL, 0});
}

static struct str country(struct stats *s, size_t i, struct str text)
{
    const char *word = word_of(s->table->column[i].words, text);
    struct str code = word ? str_z(word) : feeds_country(text);

    if (!code.n && text.n)
        s->note =
            join(s, s->note, arena_fmt(s->d.arena, "%s: %.*s", s->table->column[i].header, STR_ARG(text)));
    return code;
}

/* What the column gives its field; empty = nothing. */
static struct str given(struct stats *s, size_t i)
{
    const struct stats_column *c = &s->table->column[i];
    struct str text = s->text[i];
    const char *word;
    int64_t n;

    switch (c->as) {
    case AS_TEXT:
        return text;
    case AS_WORD:
        text = looked_up(s, i);
        word = word_of(c->words, text);
        if (!word)
            unknown_code(s, i, text);
        return word ? str_z(word) : (struct str){NULL, 0};
    case AS_PORT:
        return text.n < 4 && str_int(text, &n) && n >= 0 ? arena_fmt(s->d.arena, "%04d", (int)n) : text;
    case AS_COUNTRY:
        return country(s, i, text);
    case AS_STATE:
        return text.n ? arena_fmt(s->d.arena, "US-%.*s", STR_ARG(text)) : text;
    }
    return text;
}

static void fill(struct stats *s)
{
    memset(s->filled, 0, sizeof s->filled);
    s->note = (struct str){NULL, 0};
    for (size_t i = 0; s->table->column[i].header; i++) {
        const struct stats_column *c = &s->table->column[i];
        struct str text;

        if (s->field[i] < 0)
            continue;
        text = given(s, i);
        if (text.n && c->before)
            text = arena_fmt(s->d.arena, "%s%.*s", c->before, STR_ARG(text));
        s->filled[s->field[i]] = join(s, s->filled[s->field[i]], text);
    }
}

/* Which series the row belongs to. Without it nobody knows the unit: the row is refused. */
static bool choose(struct stats *s)
{
    s->shift = 0;
    for (size_t i = 0; s->table->column[i].header; i++) {
        const char *word;

        if (s->table->column[i].part != PART_SERIES)
            continue;
        word = word_of(s->table->column[i].words, s->text[i]);
        if (!word) {
            fault_at(&s->d.faults, "series.unit", at(s, s->column_at[i], s->table->column[i].header),
                     s->text[i], (struct str){NULL, 0});
            return false;
        }
        s->shift = *word - '0';
    }
    return true;
}

/* ---- figures ---- */

/* Digits, a point and digits, an exponent: what is left of the text must be nothing. */
static bool is_number(struct str t)
{
    size_t i = 0, digits = 0;

    for (; i < t.n && isdigit((unsigned char)t.p[i]); i++)
        digits++;
    if (i < t.n && t.p[i] == '.')
        for (i++; i < t.n && isdigit((unsigned char)t.p[i]); i++)
            digits++;
    if (digits && i < t.n && (t.p[i] | 0x20) == 'e') {
        i += i + 1 < t.n && (t.p[i + 1] == '-' || t.p[i + 1] == '+') ? 2 : 1;
        digits = 0;
        for (; i < t.n && isdigit((unsigned char)t.p[i]); i++)
            digits++;
    }
    return digits && i == t.n && t.n < NUMBER_MAX;
}

static void figure(struct stats *s, size_t i)
{
    const struct stats_figure *f = &s->table->figure[i];
    int cell = s->figure_at[i];
    struct place p = at(s, cell, f->header);
    struct str t = clean(s, cell);
    double x;

    s->have[i] = false;
    if (!t.n)
        return;
    if (t.p[0] == '-' && is_number((struct str){t.p + 1, t.n - 1})) {
        fault_at(&s->d.faults, "series.negative", p, t, (struct str){NULL, 0});
        return;
    }
    x = is_number(t) ? strtod(arena_z(s->d.arena, t), NULL) : -1;
    if (f->how & FIGURE_POUNDS)
        x *= POUND;
    if (x < 0 || x > 9e12) { /* beyond, a double does not hold every thousandth */
        fault_at(&s->d.faults, "series.value", p, t, (struct str){NULL, 0});
        return;
    }
    s->value[i] = llround(x * 1000);
    s->have[i] = s->value[i] != 0 || !(f->how & FIGURE_ZERO_IS_NONE);
    if (x > 0 && s->value[i] == 0)
        fault_at(&s->d.faults, "series.rounded", p, t, S("0.001"));
}

static void check_sum(struct stats *s, size_t i)
{
    const struct stats_figure *f = &s->table->figure[i];
    int64_t sum = 0;

    for (int k = f->first; k < f->first + f->parts; k++)
        sum += s->have[k] ? s->value[k] : 0;
    if (s->have[i] && sum != s->value[i])
        fault_at(&s->d.faults, "series.sum", at(s, s->figure_at[i], f->header), clean(s, s->figure_at[i]),
                 arena_fmt(s->d.arena, "%lld", (long long)(sum / 1000)));
}

static void give(struct stats *s, size_t i)
{
    const struct stats_figure *f = &s->table->figure[i];
    struct record *r = record_new(s->d.arena, s->observation);
    struct str measure = f->measure ? str_z(f->measure) : (struct str){NULL, 0};

    for (int k = 0; k < FIELDS_MAX; k++)
        if (s->filled[k].n)
            schema_set(s->d.arena, r, k, s->filled[k], at_row(s), &s->d.faults);
    set(r, "series", s->table->series[f->series + s->shift].name);
    set(r, "place", f->place);
    set(r, "border", f->border);
    if (record_get(r, schema_field(r->kind, S("place"))).n)
        set(r, "place_scheme", s->table->scheme);
    measure = join(s, measure, record_get(r, schema_field(r->kind, S("measure"))));
    record_text(r, schema_field(r->kind, S("measure")), measure);
    record_text(r, schema_field(r->kind, S("note")),
                join(s, record_get(r, schema_field(r->kind, S("note"))), s->note));
    record_text(r, schema_field(r->kind, S("from")), s->from);
    record_text(r, schema_field(r->kind, S("until")), s->until);
    record_int(r, schema_field(r->kind, S("value")), s->value[i]);
    set(r, "source", s->table->source);
    deliver_record(&s->d, r);
}

/* ---- rows ---- */

/* False when the row says nothing new, or contradicts an earlier one. */
static bool is_new(struct stats *s)
{
    struct str parts[2 * STATS_COLUMNS + 1], values[2 * STATS_FIGURES];
    struct seen_row row = {.line = s->row.line};
    const struct seen_row *first;
    size_t n = 0, v = 0;

    parts[n++] = s->from;
    for (size_t i = 0; s->table->column[i].header; i++) {
        if (!s->table->column[i].key)
            continue;
        parts[n++] = S("\n");
        parts[n++] = s->table->column[i].as == AS_PORT ? given(s, i) : s->text[i];
    }
    for (size_t i = 0; s->table->figure[i].header; i++) {
        values[v++] = str_trim(s->cell[s->figure_at[i]].text);
        values[v++] = S("\n");
    }
    row.key = seen_hash(parts, n);
    row.value = (uint32_t)seen_hash(values, v);
    first = seen_before(&s->seen, &row);
    if (!first)
        return true;
    fault_at(&s->d.faults, first->value == row.value ? "series.duplicate" : "series.conflict",
             at(s, s->figure_at[0], s->table->figure[0].header), clean(s, s->figure_at[0]),
             arena_fmt(s->d.arena, "line %u", first->line));
    return false;
}

static void take(struct stats *s)
{
    size_t figures = 0;

    for (size_t i = 0; s->table->column[i].header; i++)
        s->text[i] = clean(s, s->column_at[i]);
    for (; s->table->figure[figures].header; figures++)
        figure(s, figures);
    if (!period(s) || !choose(s) || s->d.faults.count[SEV_ERROR] || !is_new(s))
        return;
    fill(s);
    for (size_t i = 0; i < figures; i++)
        if (s->table->figure[i].how & FIGURE_SUM)
            check_sum(s, i);
    for (size_t i = 0; i < figures; i++)
        if (s->have[i])
            give(s, i);
}

static void take_row(struct stats *s, size_t n, bool more)
{
    s->d.m.sender = str_z(s->table->source);
    deliver_begin(&s->d);
    if (s->row.over)
        fault_at(&s->d.faults, "csv.long", at_row(s), (struct str){NULL, 0},
                 arena_fmt(s->d.arena, "%zu", s->d.run->limits->segment));
    else if (n != s->cells || more)
        fault_at(&s->d.faults, "csv.columns", at_row(s), arena_fmt(s->d.arena, "%zu", n),
                 arena_fmt(s->d.arena, "%zu", s->cells));
    else if (s->row.open)
        fault_at(&s->d.faults, "csv.quote", at_row(s), (struct str){NULL, 0}, S("\""));
    else
        take(s);
    deliver_end(&s->d, s->row.bytes);
}

static int parse(struct feeds_run *run)
{
    struct stats *s = xmalloc(sizeof *s);
    struct rows rows;
    int got;

    memset(s, 0, sizeof *s);
    deliver_init(&s->d, run, "statistics");
    rows_init(&rows, run, ROWS_CSV);
    while ((got = rows_next(&rows, &s->row)) == 1) {
        bool more;
        size_t n;

        deliver_open(&s->d, s->row.offset);
        n = row_cells(s->d.arena, s->row.bytes, ',', s->cell, STATS_CELLS, &more);
        if (s->table)
            take_row(s, n, more);
        else if (!read_header(s, n))
            break;
    }
    seen_free(&s->seen);
    rows_free(&rows);
    deliver_free(&s->d);
    free(s);
    return got < 0 ? -1 : 0;
}

static int sniff(struct str head, const char *name)
{
    struct cell cell[STATS_CELLS];
    struct arena *a;
    struct str line;
    bool more, good;

    (void)name;
    if (str_starts(head, S("\xef\xbb\xbf")))
        head = (struct str){head.p + 3, head.n - 3};
    if (!str_split(&head, '\n', &line))
        return 0;
    a = arena_new();
    good = table_of(cell, row_cells(a, str_trim(line), ',', cell, STATS_CELLS, &more)) != NULL;
    arena_free(a);
    return good ? 95 : 0;
}

const struct feeds_reader reader_statistics = {"statistics", sniff, parse};
