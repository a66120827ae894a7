/*
 * watch.c: watch lists published as tables with a header row, one entry a row, a row a message:
 *
 *   bis-dpl   the United States' Denied Persons List (Bureau of Industry and Security): tab separated; Name,
 *             Street_Address, City, State, Country, Postal_Code, Effective_Date, Expiration_Date (MM/DD/YYYY),
 *             Standard_Order, Last_Update, Action, FR_Citation
 *   sat-69b   Mexico's taxpayers under article 69-B of the Código Fiscal de la Federación (SAT): comma separated,
 *             Windows-1252 or UTF-8; lines of preamble before the header; RFC, Nombre, Situación, and the dates
 *             and numbers of each publication
 *
 * A column that only counts the rows ("No") says nothing of the entry: it is left out, and not part of the row's
 * digest, because one new entry would else make all those behind it new. Columns are known by how their names begin, blanks, marks and accented letters left out, because the names
 * change from edition to edition. What no field takes is kept among the remarks, by the column's own name.
 */
#include "base/clock.h"
#include "feeds/deliver.h"
#include "feeds/rows.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define COLUMNS_MAX  64
#define PREAMBLE_MAX 20 /* rows in which the header must come */
#define NAMES_MAX    10

struct watch;
struct watch_def {
    const char *format, *authority;
    char separator;
    size_t needed;               /* so many of the names are in every edition */
    const char *name[NAMES_MAX]; /* how the columns' names begin, lower case */
    void (*take)(struct watch *w);
};

struct watch {
    struct deliver d;
    const struct watch_def *def;
    struct row row;
    struct cell cell[COLUMNS_MAX];
    struct str header[COLUMNS_MAX]; /* in the run's arena */
    size_t columns, at[NAMES_MAX];  /* at: column of each name, from 1; 0 = not there */
    bool counts[COLUMNS_MAX];       /* the column only counts the rows */
    bool used[COLUMNS_MAX], exercise;
};

/* ---- cells ---- */

static struct place place_of(const struct watch *w, size_t column)
{
    return (struct place){.offset = w->row.offset + (column ? w->cell[column - 1].at : 0),
                          .segment = w->row.line,
                          .element = (uint16_t)column,
                          .tag = column ? w->header[column - 1] : (struct str){NULL, 0}};
}

/* The cell under a name, clean; it is then used. */
static struct str take(struct watch *w, size_t name)
{
    size_t i = w->at[name];

    if (!i)
        return (struct str){NULL, 0};
    w->used[i - 1] = true;
    return text_clean(w->d.arena, str_trim(w->cell[i - 1].text), TEXT_MAX);
}

/* "03/04/2002" as month, day, year or as day, month, year; a wrong one stays among the remarks. */
static struct str take_date(struct watch *w, size_t name, bool month_first)
{
    struct str s = take(w, name);
    int64_t part[3];
    int m, d;

    if (!s.n)
        return s;
    if (s.n == 10 && s.p[2] == '/' && s.p[5] == '/' && str_int((struct str){s.p, 2}, &part[0]) &&
        str_int((struct str){s.p + 3, 2}, &part[1]) && str_int((struct str){s.p + 6, 4}, &part[2])) {
        m = (int)part[month_first ? 0 : 1];
        d = (int)part[month_first ? 1 : 0];
        if (date_valid((int)part[2], m, d))
            return arena_fmt(w->d.arena, "%04d-%02d-%02d", (int)part[2], m, d);
    }
    fault_at(&w->d.faults, "watch.date", place_of(w, w->at[name]), s,
             month_first ? S("MM/DD/YYYY") : S("DD/MM/YYYY"));
    w->used[w->at[name] - 1] = false;
    return (struct str){NULL, 0};
}

static struct str remarks(struct watch *w)
{
    struct buf b;
    struct str out;

    buf_init(&b, (size_t)2 * TEXT_MAX);
    for (size_t i = 0; i < w->columns; i++) {
        struct str s = str_trim(w->cell[i].text);

        if (!w->used[i] && !w->counts[i] && s.n)
            buf_fmt(&b, "%s%.*s: %.*s", b.n ? "; " : "", STR_ARG(w->header[i]),
                    STR_ARG(text_clean(w->d.arena, s, TEXT_MAX)));
    }
    if (b.over || b.n > TEXT_MAX)
        fault_at(&w->d.faults, "watch.long", place_of(w, 0), (struct str){NULL, 0},
                 arena_fmt(w->d.arena, "%d", TEXT_MAX));
    out = text_clean(w->d.arena, buf_view(&b), TEXT_MAX);
    buf_free(&b);
    return out;
}

/* ---- records ---- */

static struct record *record_of(struct watch *w, const char *kind)
{
    struct record *r = record_new(w->d.arena, schema_kind(str_z(kind)));

    text_set(r, "list", str_z(w->def->format));
    text_set(r, "number", w->d.m.reference);
    return r;
}

static void give(struct watch *w, struct record *r)
{
    r->head.exercise = w->d.m.exercise;
    deliver_record(&w->d, r);
}

static void missing(struct watch *w, size_t name)
{
    fault_at(&w->d.faults, "watch.missing", place_of(w, w->at[name]), (struct str){NULL, 0},
             str_z(w->def->name[name]));
}

/* ---- the Denied Persons List ---- */

enum {
    DPL_NAME,
    DPL_STREET,
    DPL_CITY,
    DPL_STATE,
    DPL_COUNTRY,
    DPL_POSTAL,
    DPL_FROM,
    DPL_UNTIL,
    DPL_CITATION
};

/* The list does not say what an entry is: a word of a company's name does. */
static bool is_company(struct str name)
{
    static const char *const words[] = {
        "AIRLINES",  "AIRWAYS",    "AVIATION",      "CO",         "COMPANY", "CORP", "CORPORATION",
        "EST",       "EXPORT",     "EXPORTS",       "FZE",        "FZCO",    "GMBH", "GROUP",
        "INC",       "INDUSTRIES", "INTERNATIONAL", "LLC",        "LIMITED", "LTD",  "SERVICES",
        "SOLUTIONS", "SYSTEMS",    "TECHNOLOGIES",  "TECHNOLOGY", "TRADING"};
    size_t i = 0;

    while (i < name.n) {
        size_t from = i;

        while (i < name.n && isalpha((unsigned char)name.p[i]))
            i++;
        for (size_t k = 0; k < COUNT(words) && i > from; k++)
            if (i - from == strlen(words[k]) && strncasecmp(name.p + from, words[k], i - from) == 0)
                return true;
        i += i == from;
    }
    return false;
}

/* The list has no numbers. An order is told by whom it denies and since when; its rows are addresses. */
static struct str dpl_number(struct watch *w, struct str name, struct str from)
{
    uint8_t hash[HASH_SIZE];

    sha256(hash, (struct str[]){name, S("\n"), from}, 3);
    return arena_fmt(w->d.arena, "%02x%02x%02x%02x%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3],
                     hash[4], hash[5], hash[6], hash[7]);
}

static void dpl_take(struct watch *w)
{
    struct str name = take(w, DPL_NAME), from = take_date(w, DPL_FROM, true);
    struct str until = take_date(w, DPL_UNTIL, true), street = take(w, DPL_STREET),
               city = take(w, DPL_CITY);
    struct str region = take(w, DPL_STATE), postal = take(w, DPL_POSTAL), country = take(w, DPL_COUNTRY);
    const struct kind *k = schema_kind(S("alert"));
    struct record *r;

    if (!name.n)
        missing(w, DPL_NAME);
    if (country.n && !schema_code(k->field[schema_field(k, S("country"))].codes, country)) {
        w->used[w->at[DPL_COUNTRY] - 1] = false;
        country = (struct str){NULL, 0};
    }
    w->d.m.reference = dpl_number(w, name, from);
    w->d.m.exercise = w->exercise || str_starts(take(w, DPL_CITATION), S(FEEDS_WATERMARK));
    deliver_begin(&w->d);
    r = record_of(w, "alert");
    text_set(r, "authority", str_z(w->def->authority));
    text_set(r, "subject", is_company(name) ? S("company") : S("person"));
    text_set(r, "name", name);
    text_set(r, "programme", S("Denied Persons List"));
    text_set(r, "reason", take(w, DPL_CITATION));
    text_set(r, "issued", from);
    text_set(r, "expires", until);
    text_set(r, "status", S("active"));
    text_set(r, "remarks", remarks(w));
    give(w, r);
    if (!street.n && !city.n && !region.n && !postal.n && !country.n)
        return;
    r = record_of(w, "alert_address");
    text_set(r, "address", street);
    text_set(r, "city", city);
    text_set(r, "region", region);
    text_set(r, "postal_code", postal);
    text_set(r, "country", country);
    give(w, r);
}

/* ---- article 69-B ---- */

enum { SAT_RFC, SAT_NAME, SAT_SITUATION };

/* Presumed and final entries hold; who disproved the presumption or won in court is off the list. */
static struct str sat_status(struct watch *w, struct str situation)
{
    static const struct {
        const char *situation, *status;
    } known[] = {{"Definitivo", "active"},
                 {"Presunto", "active"},
                 {"Desvirtuado", "withdrawn"},
                 {"Sentencia Favorable", "withdrawn"}};

    for (size_t i = 0; i < COUNT(known); i++)
        if (situation.n == strlen(known[i].situation) &&
            strncasecmp(situation.p, known[i].situation, situation.n) == 0)
            return str_z(known[i].status);
    fault_at(&w->d.faults, "watch.status", place_of(w, w->at[SAT_SITUATION]), situation,
             S("Presunto, Definitivo, Desvirtuado, Sentencia Favorable"));
    return S("active");
}

static size_t letters(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static void sat_take(struct watch *w)
{
    struct str rfc = take(w, SAT_RFC), name = take(w, SAT_NAME), situation = take(w, SAT_SITUATION);
    struct record *r;

    if (!rfc.n)
        missing(w, SAT_RFC);
    w->d.m.reference = rfc;
    w->d.m.exercise = w->exercise;
    deliver_begin(&w->d);
    r = record_of(w, "alert");
    text_set(r, "authority", str_z(w->def->authority));
    text_set(r, "subject", letters(rfc) == 13 ? S("person") : S("company"));
    text_set(r, "name", name);
    text_set(r, "programme", S("CFF 69-B"));
    text_set(r, "reason", situation);
    text_set(r, "status", sat_status(w, situation));
    text_set(r, "remarks", remarks(w));
    give(w, r);
    r = record_of(w, "alert_identifier");
    text_set(r, "scheme", S("rfc"));
    text_set(r, "value", rfc);
    text_set(r, "country", S("MX"));
    if (rfc.n)
        give(w, r);
}

/* ---- rows ---- */

static const struct watch_def def_dpl = {"bis-dpl",
                                         "us.bis",
                                         '\t',
                                         8,
                                         {"name", "streetaddress", "city", "state", "country", "postalcode",
                                          "effectivedate", "expirationdate", "frcitation"},
                                         dpl_take};
static const struct watch_def def_sat = {"sat-69b", "mx.sat", ',', 3, {"rfc", "nombre", "situaci"},
                                         sat_take};

/* Whether a column's name begins so, when only its ASCII letters and digits count. */
static bool begins(struct str name, const char *with)
{
    for (size_t i = 0; i < name.n && *with; i++) {
        unsigned char c = (unsigned char)name.p[i];

        if (c >= 0x80 || !isalnum(c))
            continue;
        if (tolower(c) != *with)
            return false;
        with++;
    }
    return !*with;
}

/* The row as a header: which columns the names are. False when a needed one is not there. */
static bool header_is(const struct watch_def *def, const struct cell *c, size_t n, size_t *at)
{
    for (size_t k = 0; k < NAMES_MAX && def->name[k]; k++) {
        at[k] = 0;
        for (size_t i = 0; i < n && !at[k]; i++)
            if (begins(c[i].text, def->name[k]))
                at[k] = i + 1;
        if (!at[k] && k < def->needed)
            return false;
    }
    return true;
}

static void header_keep(struct watch *w, size_t n)
{
    struct arena *a = w->d.run->arena;
    struct buf all;

    buf_init(&all, (size_t)64 << 10);
    w->columns = n;
    for (size_t i = 0; i < n; i++) {
        w->header[i] = arena_copy(a, text_clean(a, str_trim(w->cell[i].text), FOUND_MAX));
        w->counts[i] = str_eq(w->header[i], S("No")) || str_eq(w->header[i], S("No."));
        buf_str(&all, w->header[i]);
        buf_char(&all, w->def->separator);
    }
    deliver_context(&w->d, buf_view(&all));
    buf_free(&all);
}

/* A row may end in separators without anything between them. */
static bool columns_right(struct watch *w, size_t n, bool more)
{
    size_t i = w->columns;

    while (i < n && !str_trim(w->cell[i].text).n)
        i++;
    if (n >= w->columns && i == n && !more)
        return true;
    fault_at(&w->d.faults, "watch.columns", (struct place){.offset = w->row.offset, .segment = w->row.line},
             arena_fmt(w->d.arena, more ? "> %zu" : "%zu", n), arena_fmt(w->d.arena, "%zu", w->columns));
    return false;
}

static void end_row(struct watch *w, size_t n)
{
    struct sha256_run *hash = sha256_new();
    uint8_t digest[HASH_SIZE];

    sha256_add(hash, str_n(w->d.context, sizeof w->d.context));
    for (size_t i = 0; i < n; i++) {
        if (i < w->columns && w->counts[i])
            continue;
        sha256_add(hash, w->cell[i].text);
        sha256_add(hash, S("\n"));
    }
    sha256_end(hash, digest);
    deliver_end_digest(&w->d, w->row.bytes.n, digest);
}

static void take_row(struct watch *w)
{
    bool more;
    size_t n;

    deliver_open(&w->d, w->row.offset);
    n = row_cells(w->d.arena, w->row.bytes, w->def->separator, w->cell, COLUMNS_MAX, &more);
    memset(w->used, 0, sizeof w->used);
    w->d.m.sender = str_z(w->def->authority);
    if (!str_utf8(w->row.bytes))
        w->d.m.tolerated = S("windows-1252");
    if (w->row.over)
        fault_at(&w->d.faults, "csv.long", place_of(w, 0), (struct str){NULL, 0},
                 arena_fmt(w->d.arena, "%zu", w->d.run->limits->segment));
    if (w->row.open)
        fault_at(&w->d.faults, "csv.quote", place_of(w, 0), (struct str){NULL, 0}, S("\""));
    for (size_t i = 0; i < n; i++)
        if (w->cell[i].stray)
            fault_at(&w->d.faults, "csv.quote",
                     (struct place){.offset = w->row.offset, .segment = w->row.line},
                     text_clean(w->d.arena, w->cell[i].text, FOUND_MAX), (struct str){NULL, 0});
    if (!w->row.over && columns_right(w, n, more))
        w->def->take(w);
    else
        deliver_begin(&w->d);
    end_row(w, n);
}

/* The rows before the header. 1 = found, 0 = there is none, -1. */
static int header_find(struct watch *w, struct rows *rows)
{
    bool more;
    int got = 0;

    for (int i = 0; i < PREAMBLE_MAX && (got = rows_next(rows, &w->row)) == 1; i++) {
        size_t n;

        deliver_open(&w->d, w->row.offset);
        n = row_cells(w->d.arena, w->row.bytes, w->def->separator, w->cell, COLUMNS_MAX, &more);
        if (!more && header_is(w->def, w->cell, n, w->at)) {
            header_keep(w, n);
            return 1;
        }
        w->exercise = w->exercise ||
                      memmem(w->row.bytes.p, w->row.bytes.n, FEEDS_WATERMARK, sizeof FEEDS_WATERMARK - 1);
    }
    if (got < 0)
        return -1;
    deliver_open(&w->d, 0);
    fault_at(&w->d.faults, "watch.header", (struct place){.segment = 1}, (struct str){NULL, 0},
             str_z(w->def->name[0]));
    w->d.ungrasped = true;
    deliver_begin(&w->d);
    deliver_end(&w->d, w->row.bytes);
    return 0;
}

static int parse(struct feeds_run *run, const struct watch_def *def)
{
    struct watch w = {.def = def};
    struct rows rows;
    int got;

    deliver_init(&w.d, run, def->format);
    rows_init(&rows, run, ROWS_CSV);
    got = header_find(&w, &rows);
    while (got == 1 && (got = rows_next(&rows, &w.row)) == 1)
        take_row(&w);
    rows_free(&rows);
    deliver_free(&w.d);
    return got;
}

static int sniff(struct str head, const struct watch_def *def)
{
    struct arena *a = arena_new();
    struct cell c[COLUMNS_MAX];
    size_t at[NAMES_MAX];
    struct str line;
    bool more, found = false;

    if (str_starts(head, S("\xef\xbb\xbf")))
        head = (struct str){head.p + 3, head.n - 3};
    for (int i = 0; i < PREAMBLE_MAX && !found && str_split(&head, '\n', &line); i++) {
        size_t n = row_cells(a, str_trim(line), def->separator, c, COLUMNS_MAX, &more);

        found = !more && header_is(def, c, n, at);
    }
    arena_free(a);
    return found ? 85 : 0;
}

static int sniff_dpl(struct str head, const char *name)
{
    (void)name;
    return sniff(head, &def_dpl);
}

static int sniff_sat(struct str head, const char *name)
{
    (void)name;
    return sniff(head, &def_sat);
}

static int parse_dpl(struct feeds_run *run)
{
    return parse(run, &def_dpl);
}

static int parse_sat(struct feeds_run *run)
{
    return parse(run, &def_sat);
}

const struct feeds_reader reader_bis_dpl = {"bis-dpl", sniff_dpl, parse_dpl};
const struct feeds_reader reader_sat_69b = {"sat-69b", sniff_sat, parse_sat};
