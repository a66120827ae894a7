/*
 * csv.c: tables (RFC 4180) as records, one a row, each row a message of its own. With a mapping (its text form
 * stands at the top of mapping.c) a foreign table's columns become fields; without one the header names are
 * field names and the kind stands in a column `kind`.
 *
 * Tolerated, once a file: a byte-order mark, CR LF, a separator other than the comma (detected in the header),
 * Windows-1252 instead of UTF-8 (converted, with a fault).
 */
#include "feeds/deliver.h"
#include "feeds/mapping.h"
#include "feeds/rows.h"

#include <strings.h>

struct csv {
    struct deliver d;
    struct mapping map;
    struct row row;
    struct cell *cell; /* limits->elements of them */
    size_t columns;
    struct str *header; /* in the run's arena, like everything that outlives a row */
    char separator;
    bool latin1;                 /* the fault was given */
    int kind_at, exercise_at;    /* columns of their own without a mapping; -1 */
    const struct kind *resolved; /* whose fields `field` has */
    int *field;                  /* by column, without a mapping */
};

static struct place at(const struct csv *c, size_t column)
{
    return (struct place){.offset = c->row.offset + c->cell[column].at,
                          .segment = c->row.line,
                          .element = (uint16_t)(column + 1),
                          .tag = column < c->columns ? c->header[column] : (struct str){NULL, 0}};
}

static struct place at_row(const struct csv *c)
{
    return (struct place){.offset = c->row.offset, .segment = c->row.line};
}

/* The row in UTF-8. */
static struct str decode(struct csv *c)
{
    if (str_utf8(c->row.bytes))
        return c->row.bytes;
    if (!c->latin1)
        fault_at(&c->d.faults, "csv.encoding", at_row(c), text_clean(c->d.arena, c->row.bytes, FOUND_MAX),
                 S("UTF-8"));
    c->latin1 = true;
    return text_latin1(c->d.arena, c->row.bytes);
}

/* ---- the header ---- */

static char detect(struct str header)
{
    static const char marks[] = ",;\t|";
    size_t best = 0, count[sizeof marks] = {0};
    bool in_quotes = false;

    for (size_t i = 0; i < header.n; i++) {
        const char *m = header.p[i] ? strchr(marks, header.p[i]) : NULL;

        if (header.p[i] == '"')
            in_quotes = !in_quotes;
        else if (m && !in_quotes)
            count[m - marks]++;
    }
    for (size_t i = 1; i < sizeof marks - 1; i++)
        if (count[i] > count[best])
            best = i;
    return marks[best];
}

static bool same(struct str a, struct str b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* The columns that the mapping names, and those that it does not. False when a wanted one is missing. */
static bool header_mapped(struct csv *c)
{
    bool good = true;

    for (size_t i = 0; i < c->columns; i++) {
        bool known = false;

        for (size_t k = 0; k < c->map.columns; k++) {
            if (same(c->map.column[k].header, c->header[i])) {
                c->map.column[k].at = (int)i;
                known = true;
            }
        }
        if (!known)
            fault_at(&c->d.faults, "csv.column.unknown", at(c, i), c->header[i], (struct str){NULL, 0});
    }
    for (size_t k = 0; k < c->map.columns; k++) {
        if (c->map.column[k].at >= 0)
            continue;
        fault_at(&c->d.faults, "csv.column.missing", at_row(c), (struct str){NULL, 0},
                 c->map.column[k].header);
        good = false;
    }
    return good;
}

/* Without a mapping of columns: does the header say anything at all? */
static bool header_plain(struct csv *c)
{
    bool known = false;

    c->kind_at = c->exercise_at = -1;
    for (size_t i = 0; i < c->columns; i++) {
        if (same(c->header[i], S("kind")))
            c->kind_at = (int)i;
        else if (same(c->header[i], S("exercise")))
            c->exercise_at = (int)i;
        else if (c->map.kind)
            known = known || schema_field(c->map.kind, c->header[i]) >= 0;
    }
    if (c->map.kind ? known : c->kind_at >= 0)
        return true;
    fault_at(&c->d.faults, "csv.header", at_row(c), text_clean(c->d.arena, c->row.bytes, FOUND_MAX),
             c->map.kind ? str_z(c->map.kind->name) : S("kind"));
    return false;
}

/* The header is no message; one that cannot be used is, so that it is kept with its faults. */
static bool read_header(struct csv *c)
{
    struct arena *keep = c->d.run->arena;
    struct str text = decode(c), context[2] = {c->d.run->options->mapping, c->row.bytes};
    uint8_t both[HASH_SIZE];
    bool more, good;

    sha256(both, context, COUNT(context));
    deliver_context(&c->d, str_n(both, sizeof both));
    c->separator = c->map.separator ? c->map.separator : detect(text);
    c->columns = row_cells(c->d.arena, text, c->separator, c->cell, c->d.run->limits->elements, &more);
    c->header = arena_alloc(keep, c->columns * sizeof *c->header);
    c->field = arena_alloc(keep, c->columns * sizeof *c->field);
    for (size_t i = 0; i < c->columns; i++)
        c->header[i] = arena_copy(keep, text_clean(c->d.arena, str_trim(c->cell[i].text), FOUND_MAX));
    good = !c->row.over && !c->row.open && !more;
    if (!good)
        fault_at(&c->d.faults, "csv.header", at_row(c), text_clean(c->d.arena, text, FOUND_MAX),
                 (struct str){NULL, 0});
    else
        good = c->map.columns ? header_mapped(c) : header_plain(c);
    if (!good || c->d.held) {
        c->d.ungrasped = !good;
        deliver_begin(&c->d);
        deliver_end(&c->d, c->row.bytes);
    }
    return good;
}

/* ---- rows ---- */

static void set(struct csv *c, struct record *r, int field, struct str text, size_t column)
{
    schema_set(c->d.arena, r, field, text, at(c, column), &c->d.faults);
}

static struct record *take_mapped(struct csv *c)
{
    struct record *r = record_new(c->d.arena, c->map.kind);

    for (size_t i = 0; i < c->map.columns; i++) {
        const struct mapping_column *m = &c->map.column[i];
        struct str in, out;

        if (m->field < 0)
            continue;
        in = str_trim(c->cell[m->at].text);
        if (mapping_text(c->d.arena, &c->map, m, in, &out))
            set(c, r, m->field, out, (size_t)m->at);
        else
            fault_at(&c->d.faults, "csv.date", at(c, (size_t)m->at), text_clean(c->d.arena, in, FOUND_MAX),
                     m->date);
    }
    for (size_t i = 0; i < c->map.constants; i++)
        set(c, r, c->map.constant[i].field, c->map.constant[i].to, 0);
    return r;
}

static const struct kind *kind_of(struct csv *c)
{
    const struct kind *k = c->map.kind;

    if (!k) {
        struct str name = text_clean(c->d.arena, str_trim(c->cell[c->kind_at].text), FOUND_MAX);

        k = schema_kind(name);
        if (!k)
            fault_at(&c->d.faults, "csv.kind", at(c, (size_t)c->kind_at),
                     text_clean(c->d.arena, name, FOUND_MAX), (struct str){NULL, 0});
    }
    if (k && k != c->resolved) {
        for (size_t i = 0; i < c->columns; i++)
            c->field[i] = schema_field(k, c->header[i]);
        c->resolved = k;
    }
    return k;
}

static struct record *take_plain(struct csv *c)
{
    const struct kind *k = kind_of(c);
    struct record *r;

    if (!k)
        return NULL;
    r = record_new(c->d.arena, k);
    for (size_t i = 0; i < c->columns; i++) {
        struct str text = str_trim(c->cell[i].text);

        if ((int)i == c->kind_at || !text.n)
            continue;
        if ((int)i == c->exercise_at)
            c->d.m.exercise = str_eq(text, S("true")) || str_eq(text, S("1"));
        else if (c->field[i] >= 0)
            set(c, r, c->field[i], text, i);
        else
            fault_at(&c->d.faults, "csv.column.unknown", at(c, i), c->header[i], str_z(k->name));
    }
    return r;
}

static void row_faults(struct csv *c, size_t n, bool more)
{
    if (c->row.over)
        fault_at(&c->d.faults, "csv.long", at_row(c), (struct str){NULL, 0},
                 arena_fmt(c->d.arena, "%zu", c->d.run->limits->segment));
    if (c->row.open)
        fault_at(&c->d.faults, "csv.quote", at_row(c), (struct str){NULL, 0}, S("\""));
    if (!c->row.over && (n != c->columns || more))
        fault_at(&c->d.faults, "csv.columns", at_row(c), arena_fmt(c->d.arena, "%zu", n),
                 arena_fmt(c->d.arena, "%zu", c->columns));
    for (size_t i = 0; i < n; i++)
        if (c->cell[i].stray)
            fault_at(&c->d.faults, "csv.quote", at(c, i),
                     text_clean(c->d.arena, c->cell[i].text, FOUND_MAX), S("\""));
}

static void take(struct csv *c)
{
    struct str text = decode(c);
    struct record *r = NULL;
    bool more;
    size_t n = row_cells(c->d.arena, text, c->separator, c->cell, c->d.run->limits->elements, &more);

    c->d.m.exercise = c->map.exercise;
    row_faults(c, n, more);
    if (c->d.faults.count[SEV_ERROR] == 0)
        r = c->map.columns ? take_mapped(c) : take_plain(c);
    deliver_begin(&c->d);
    if (r) {
        r->head.exercise = c->d.m.exercise;
        deliver_record(&c->d, r);
    }
    deliver_end(&c->d, c->row.bytes);
}

static int parse(struct feeds_run *run)
{
    struct csv c = {.columns = 0, .kind_at = -1, .exercise_at = -1};
    struct rows rows;
    int got;

    if (mapping_read(run->arena, run->options->mapping, &c.map, run->err) != 0)
        return -1;
    if (c.map.columns && !c.map.kind)
        return err_set(run->err, ERR_USAGE, N_("the mapping names no kind"));
    c.cell = arena_alloc(run->arena, run->limits->elements * sizeof *c.cell);
    deliver_init(&c.d, run, "csv");
    rows_init(&rows, run, ROWS_CSV);
    while ((got = rows_next(&rows, &c.row)) == 1) {
        deliver_open(&c.d, c.row.offset);
        if (!c.header) {
            if (!read_header(&c))
                break;
        } else {
            take(&c);
        }
    }
    rows_free(&rows);
    deliver_free(&c.d);
    return got < 0 ? -1 : 0;
}

/* A table says little of itself: a column `kind` is ours; a name that ends in .csv is a guess. */
static int sniff(struct str head, const char *name)
{
    struct str line, word;
    const char *dot = name ? strrchr(name, '.') : NULL;
    char sep;

    if (memchr(head.p, '\0', head.n) || !str_split(&head, '\n', &line))
        return 0;
    if (str_starts(line, S("\xef\xbb\xbf")))
        line = (struct str){line.p + 3, line.n - 3};
    sep = detect(line);
    while (str_split(&line, sep, &word))
        if (same(str_trim(word), S("kind")) || same(str_trim(word), S("\"kind\"")))
            return 70;
    return dot && (strcasecmp(dot, ".csv") == 0 || strcasecmp(dot, ".tsv") == 0) ? 25 : 0;
}

const struct feeds_reader reader_csv = {"csv", sniff, parse};
