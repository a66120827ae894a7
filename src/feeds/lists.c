/*
 * lists.c: OFAC's lists as they are published for tables: the primary file (sdn.csv, cons_prim.csv), aliases
 * (alt.csv) and addresses (add.csv). CSV without a header row (copies in circulation have one), "-0- " where
 * there is nothing, a Ctrl-Z as last line. Columns:
 *
 *   primary  ent_num, name, type (-0- = company), program, title, call sign, vessel type, tonnage, GRT,
 *            flag, owner, remarks
 *   alias    ent_num, alt_num, aka|fka|nka, name, remarks
 *   address  ent_num, add_num, address, city/state/postal code, country, remarks
 *
 * Every row is a message of its own: a new edition of the list brings only what changed, and a bad row refuses
 * only itself. One row of the primary file gives an alert and what its remarks say in pieces that can be
 * compared: identifiers, an exact date of birth, weak aliases (ofac.c); the remarks are kept whole.
 */
#include "feeds/deliver.h"
#include "feeds/ofac.h"
#include "feeds/rows.h"

#include <stdio.h>
#include <strings.h>

#define COLUMNS_MAX 12
#define CTRL_Z      '\x1a'

struct list {
    struct deliver d;
    struct str name; /* "ofac-sdn" */
    const struct list_def *def;
    struct row row;
    struct cell cell[COLUMNS_MAX];
};

struct list_def {
    const char *format;
    size_t columns;
    void (*take)(struct list *l);
};

static struct place at(const struct list *l, size_t column)
{
    return (struct place){.offset = l->row.offset + l->cell[column].at,
                          .segment = l->row.line,
                          .element = (uint16_t)(column + 1)};
}

/* A column, clean; empty when it says that there is nothing. */
static struct str column(struct list *l, size_t i)
{
    struct str s = str_trim(l->cell[i].text);

    if (str_eq(s, S("-0-")))
        return (struct str){NULL, 0};
    return text_clean(l->d.arena, s, TEXT_MAX);
}

static void set(struct record *r, const char *field, struct str s)
{
    if (s.n)
        record_text(r, schema_field(r->kind, str_z(field)), s);
}

static struct record *list_record(struct list *l, const char *kind)
{
    struct record *r = record_new(l->d.arena, schema_kind(str_z(kind)));

    set(r, "list", l->name);
    set(r, "number", column(l, 0));
    return r;
}

/* ---- the primary file ---- */

static const struct {
    const char *type, *subject;
} subjects[] = {
    {"individual", "person"}, {"entity", "company"}, {"vessel", "vessel"}, {"aircraft", "aircraft"}};

static struct str subject_of(struct list *l)
{
    struct str type = column(l, 2);

    if (!type.n)
        return S("company");
    for (size_t i = 0; i < COUNT(subjects); i++)
        if (str_eq(type, str_z(subjects[i].type)))
            return str_z(subjects[i].subject);
    fault_at(&l->d.faults, "ofac.type", at(l, 2), type, S("individual, entity, vessel, aircraft"));
    return S("goods");
}

/* "SDNT] [SDNTK" -> "SDNT; SDNTK" */
static struct str programmes(struct arena *a, struct str s)
{
    struct buf b;
    struct str out;

    buf_init(&b, TEXT_MAX);
    for (size_t i = 0; i < s.n; i++) {
        if (s.n - i >= 3 && memcmp(s.p + i, "] [", 3) == 0) {
            buf_z(&b, "; ");
            i += 2;
        } else {
            buf_char(&b, s.p[i]);
        }
    }
    out = arena_copy(a, buf_view(&b));
    buf_free(&b);
    return out;
}

/* Columns that have no field of their own stand before the remarks, by name. */
static struct str remarks_whole(struct list *l)
{
    static const struct {
        size_t column;
        const char *name;
    } more[] = {{4, "Title"},         {6, "Vessel type"}, {7, "Tonnage"}, {8, "Gross registered tonnage"},
                {10, "Vessel owner"}, {11, NULL}};
    struct buf b;
    struct str out;

    buf_init(&b, (size_t)2 * TEXT_MAX);
    for (size_t i = 0; i < COUNT(more); i++) {
        struct str s = column(l, more[i].column);

        if (!s.n)
            continue;
        if (b.n)
            buf_z(&b, "; ");
        if (more[i].name)
            buf_fmt(&b, "%s: ", more[i].name);
        buf_str(&b, s);
    }
    if (b.n > TEXT_MAX)
        fault_at(&l->d.faults, "ofac.long", at(l, 11), (struct str){NULL, 0}, (struct str){NULL, 0});
    out = text_clean(l->d.arena, buf_view(&b), TEXT_MAX);
    buf_free(&b);
    return out;
}

static void give_alias(struct list *l, struct str name, struct str type, struct str quality)
{
    struct record *r = list_record(l, "alert_name");

    set(r, "name", name);
    set(r, "name_type", type);
    set(r, "quality", quality);
    deliver_record(&l->d, r);
}

static void give_identifier(struct list *l, struct str scheme, struct str value, struct str country)
{
    struct record *r = list_record(l, "alert_identifier");

    set(r, "scheme", scheme);
    set(r, "value", value);
    set(r, "country", country);
    deliver_record(&l->d, r);
}

static void take_primary(struct list *l)
{
    struct record *r = list_record(l, "alert");
    struct str remarks = column(l, 11), rest = remarks, call = column(l, 5), flag = column(l, 9);
    struct ofac_piece p;

    set(r, "authority", S("us.ofac"));
    set(r, "subject", subject_of(l));
    set(r, "name", column(l, 1));
    set(r, "programme", programmes(l->d.arena, column(l, 3)));
    set(r, "remarks", remarks_whole(l));
    set(r, "status", S("active"));
    set(r, "birth_date", ofac_birth(l->d.arena, remarks));
    set(r, "country", feeds_country(flag)); /* never a nationality */
    deliver_record(&l->d, r);
    if (ofac_cut(remarks))
        fault_at(&l->d.faults, "ofac.remarks.cut", at(l, 11), (struct str){NULL, 0}, (struct str){NULL, 0});
    if (call.n)
        give_identifier(l, S("call-sign"), call, (struct str){NULL, 0});
    while (ofac_next(&rest, &p)) {
        if (p.what == OFAC_IDENTIFIER)
            give_identifier(l, p.type, p.value, feeds_country(p.country));
        else
            give_alias(l, p.value, p.type, p.quality);
    }
}

/* ---- aliases and addresses ---- */

static void take_alias(struct list *l)
{
    struct str type = column(l, 2);

    if (!str_eq(type, S("aka")) && !str_eq(type, S("fka")) && !str_eq(type, S("nka"))) {
        fault_at(&l->d.faults, "ofac.type", at(l, 2), type, S("aka, fka, nka"));
        type = S("other");
    }
    give_alias(l, column(l, 3), type, S("strong"));
}

static void take_address(struct list *l)
{
    struct record *r;
    struct str name = column(l, 4), country = feeds_country(name), address = column(l, 2);

    /* OFAC writes a row without anything for every entry whose address it does not know. */
    if (!address.n && !column(l, 3).n && !name.n)
        return;
    r = list_record(l, "alert_address");
    set(r, "address", address);
    set(r, "city", column(l, 3));
    set(r, "country", country);
    if (!country.n)
        set(r, "region", name); /* "Region: Gaza", "undetermined" */
    deliver_record(&l->d, r);
}

/* ---- rows ---- */

static bool is_number(struct str s)
{
    int64_t n;

    return str_int(str_trim(s), &n) && n > 0;
}

static void take(struct list *l, size_t n, bool more)
{
    struct str found;

    if (l->row.over) {
        fault_at(&l->d.faults, "csv.long", at(l, 0), (struct str){NULL, 0},
                 arena_fmt(l->d.arena, "%zu", l->d.run->limits->segment));
        return;
    }
    if (l->row.open)
        fault_at(&l->d.faults, "csv.quote", at(l, 0), (struct str){NULL, 0}, S("\""));
    if (n != l->def->columns || more) {
        found = arena_fmt(l->d.arena, more ? "> %zu" : "%zu", n);
        fault_at(&l->d.faults, "ofac.columns",
                 (struct place){.offset = l->row.offset, .segment = l->row.line}, found,
                 arena_fmt(l->d.arena, "%zu", l->def->columns));
        return;
    }
    if (!is_number(l->cell[0].text)) {
        fault_at(&l->d.faults, "ofac.number", at(l, 0), text_clean(l->d.arena, l->cell[0].text, FOUND_MAX),
                 (struct str){NULL, 0});
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (l->cell[i].stray)
            fault_at(&l->d.faults, "csv.quote", at(l, i),
                     text_clean(l->d.arena, l->cell[i].text, FOUND_MAX), (struct str){NULL, 0});
    l->def->take(l);
}

/* What is no entry: a header row, the Ctrl-Z that ends the file (padded with empty columns by some). */
static bool passed_over(const struct list *l)
{
    struct str first = str_trim(l->cell[0].text);

    return str_eq(first, S("ent_num")) || (first.n && first.p[0] == CTRL_Z);
}

static int list_parse(struct feeds_run *run, const struct list_def *def)
{
    struct list l = {.def = def, .name = S("ofac-sdn")};
    const char *file = run->in->name;
    struct rows rows;
    int got;

    if (file && (strstr(file, "cons") || strstr(file, "nonsdn")))
        l.name = S("ofac-nonsdn");
    deliver_init(&l.d, run, def->format);
    deliver_context(&l.d, l.name);
    rows_init(&rows, run, ROWS_CSV);
    while ((got = rows_next(&rows, &l.row)) == 1) {
        bool more;
        size_t n;

        deliver_open(&l.d, l.row.offset);
        n = row_cells(l.d.arena, l.row.bytes, ',', l.cell, COLUMNS_MAX, &more);
        if (passed_over(&l))
            continue;
        l.d.m.sender = S("us.ofac");
        l.d.m.reference = n && is_number(l.cell[0].text) ? str_trim(l.cell[0].text) : (struct str){NULL, 0};
        deliver_begin(&l.d);
        take(&l, n, more);
        deliver_end(&l.d, l.row.bytes);
    }
    rows_free(&rows);
    deliver_free(&l.d);
    return got;
}

static const struct list_def def_sdn = {"ofac-sdn", 12, take_primary};
static const struct list_def def_alt = {"ofac-alt", 5, take_alias};
static const struct list_def def_add = {"ofac-add", 6, take_address};

/* ---- detection: the shape of the first rows ---- */

/* Rows of the head that have this many columns and a number in front, and "-0-" in one of them. */
static int sniff(struct str head, const struct list_def *def)
{
    struct arena *a = arena_new();
    struct str line;
    bool null = false, alias = false, good = true, first = true;

    for (int i = 0; i < 8 && good && str_split(&head, '\n', &line); i++) {
        struct cell c[COLUMNS_MAX];
        bool more;
        size_t n = row_cells(a, str_trim(line), ',', c, COLUMNS_MAX, &more);

        if (head.p == NULL && !first)
            break; /* the last line of the head may be half a line */
        good = n == def->columns && !more &&
               (is_number(c[0].text) || (first && str_eq(c[0].text, S("ent_num"))));
        for (size_t k = 0; k < n; k++)
            null = null || str_starts(c[k].text, S("-0-"));
        alias = alias || (n == 5 && c[2].text.n == 3 && strncasecmp(c[2].text.p + 1, "ka", 2) == 0);
        first = false;
    }
    arena_free(a);
    return good && !first && null && (def->columns != 5 || alias) ? 90 : 0;
}

static int sniff_sdn(struct str head, const char *name)
{
    (void)name;
    return sniff(head, &def_sdn);
}

static int sniff_alt(struct str head, const char *name)
{
    (void)name;
    return sniff(head, &def_alt);
}

static int sniff_add(struct str head, const char *name)
{
    (void)name;
    return sniff(head, &def_add);
}

static int parse_sdn(struct feeds_run *run)
{
    return list_parse(run, &def_sdn);
}

static int parse_alt(struct feeds_run *run)
{
    return list_parse(run, &def_alt);
}

static int parse_add(struct feeds_run *run)
{
    return list_parse(run, &def_add);
}

const struct feeds_reader reader_ofac_sdn = {"ofac-sdn", sniff_sdn, parse_sdn};
const struct feeds_reader reader_ofac_alt = {"ofac-alt", sniff_alt, parse_alt};
const struct feeds_reader reader_ofac_add = {"ofac-add", sniff_add, parse_add};
