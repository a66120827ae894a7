/*
 * tables.c: the room's views: the few declared items that are a listed substance, and the notices. A corrected or
 * erased record has no row.
 */
#include "precursors/internal.h"

const char *const precursors_tables[] = {
    "CREATE TABLE pre_item(seq INTEGER PRIMARY KEY, id BLOB NOT NULL, consignment BLOB, substance INTEGER "
    "NOT NULL, "
    "by INTEGER NOT NULL, field TEXT NOT NULL, written TEXT NOT NULL, day TEXT NOT NULL, numbers TEXT, "
    "weight INTEGER)",
    "CREATE INDEX pre_item_id ON pre_item(id)",
    "CREATE INDEX pre_item_substance ON pre_item(substance)",
    "CREATE INDEX pre_item_consignment ON pre_item(consignment)",
    "CREATE TABLE pre_notice(seq INTEGER PRIMARY KEY, id BLOB NOT NULL, substance TEXT NOT NULL)",
    "CREATE INDEX pre_notice_id ON pre_notice(id)",
    "CREATE INDEX pre_notice_substance ON pre_notice(substance)",
    NULL,
};

static struct str get(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

static void bind(struct query *q, int i, struct str s, bool blob)
{
    if (s.n == 0)
        query_bind_null(q, i);
    else if (blob)
        query_bind_blob(q, i, s);
    else
        query_bind_text(q, i, s);
}

static int done(struct ctx *c, struct query *q)
{
    int ret = query_step(q, c->err);

    query_done(q);
    return ret < 0 ? -1 : 0;
}

static int forget(struct ctx *c, struct str id)
{
    static const char *const sql[] = {"DELETE FROM pre_item WHERE id = ?1",
                                      "DELETE FROM pre_notice WHERE id = ?1"};

    for (size_t i = 0; i < COUNT(sql); i++) {
        struct query *q = views_query(c->views, sql[i], c->err);
        if (!q)
            return -1;
        query_bind_blob(q, 1, id);
        if (done(c, q) < 0)
            return -1;
    }
    return 0;
}

/* ---- items ---- */

/* Net weight, else gross; the fields count thousandths of a kilogram. */
static int64_t weight_of(const struct record *r)
{
    static const char *const field[] = {"net_weight", "gross_weight"};

    for (size_t i = 0; i < COUNT(field); i++) {
        int f = schema_field(r->kind, str_z(field[i]));
        if (record_has(r, f))
            return r->v[f].i;
    }
    return -1;
}

static struct str found_in(const struct record *r, const struct substance_found *f)
{
    if (f->by == SUBSTANCE_BY_HS)
        return S("hs");
    if (f->by == SUBSTANCE_BY_CAS && str_eq(f->written, get(r, "cas")))
        return S("cas");
    return get(r, "description").n ? S("description") : S("chemical");
}

static struct str numbers_of(struct arena *a, const struct record *r)
{
    struct str permit = get(r, "permit"), others = get(r, "references");
    return arena_fmt(a, "%.*s\n%.*s", STR_ARG(permit), STR_ARG(others));
}

bool item_is_substance(struct arena *a, const struct record *item, struct substance_found *out)
{
    struct goods g = {get(item, "cas"), get(item, "hs"), get(item, "chemical"), get(item, "description")};

    return substance_find(a, &g, out);
}

static int item_came(struct ctx *c, const struct entry *x)
{
    const struct record *r = x->record;
    struct substance_found f;
    struct query *q;
    char day[TIME_SIZE];

    if (!item_is_substance(c->arena, r, &f))
        return 0;
    q = views_query(c->views, "INSERT INTO pre_item VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)", c->err);
    if (!q)
        return -1;
    time_format(r->head.recorded, day);
    query_bind_int(q, 1, (int64_t)x->seq);
    query_bind_blob(q, 2, str_n(x->id, 16));
    bind(q, 3, get(r, "consignment"), true);
    query_bind_text(q, 4, substance_key(f.substance));
    query_bind_int(q, 5, (int64_t)f.by);
    query_bind_text(q, 6, found_in(r, &f));
    query_bind_text(q, 7, f.written);
    query_bind_text(q, 8, str_n(day, 10));
    bind(q, 9, numbers_of(c->arena, r), false);
    if (weight_of(r) >= 0)
        query_bind_int(q, 10, weight_of(r));
    else
        query_bind_null(q, 10);
    return done(c, q);
}

/* ---- notices ---- */

static int notice_came(struct ctx *c, const struct entry *x)
{
    struct goods g = {get(x->record, "cas"), get(x->record, "hs"), get(x->record, "substance"), S("")};
    struct substance_found f;
    struct query *q;

    if (!substance_find(c->arena, &g, &f))
        return 0;
    q = views_query(c->views, "INSERT INTO pre_notice VALUES(?1,?2,?3)", c->err);
    if (!q)
        return -1;
    query_bind_int(q, 1, (int64_t)x->seq);
    query_bind_blob(q, 2, str_n(x->id, 16));
    query_bind_text(q, 3, substance_key(f.substance));
    return done(c, q);
}

/* The header outlives erasure: a correction that was erased still replaced what it replaced. */
static int replaced(struct ctx *c, const struct entry *x, struct str *id)
{
    static const uint8_t none[16];
    struct record *r = x->record;

    if (!r && schema_decode(c->arena, x->header, S("\xa0"), &r, c->err) != 0)
        return -1;
    *id = memcmp(r->head.replaces, none, 16) != 0 ? str_n(r->head.replaces, 16) : str_n(NULL, 0);
    return 0;
}

int precursors_apply(struct ctx *c, const struct entry *x)
{
    bool item = strcmp(x->kind->name, "item") == 0, notice = strcmp(x->kind->name, "notice") == 0;
    struct str old;

    if (x->record && strcmp(x->kind->name, "erasure") == 0) {
        old = get(x->record, "about");
        return old.n == 16 ? forget(c, old) : 0;
    }
    if (!item && !notice)
        return 0;
    if (replaced(c, x, &old) != 0 || (old.n && forget(c, old) != 0))
        return -1;
    if (!x->record)
        return 0;
    return item ? item_came(c, x) : notice_came(c, x);
}

/* ---- reading ---- */

static struct str text_at(struct ctx *c, struct query *q, int column)
{
    return query_is_null(q, column) ? S("") : arena_copy(c->arena, query_text(q, column));
}

static struct str blob_at(struct ctx *c, struct query *q, int column)
{
    return query_is_null(q, column) ? S("") : arena_copy(c->arena, query_blob(q, column));
}

static void *grown(struct ctx *c, void *list, size_t n, size_t size)
{
    void *more;

    if (n & (n - 1) || n == 1) /* room for a power of two, from 2 */
        return list;
    more = arena_alloc(c->arena, (n ? 2 * n : 2) * size);
    if (n)
        memcpy(more, list, n * size);
    return more;
}

#define ITEMS                                                                                              \
    "SELECT seq, id, consignment, substance, by, field, written, day, numbers, weight FROM pre_item "

static int read_items(struct ctx *c, struct query *q, struct arrivals *out)
{
    int row;

    while ((row = query_step(q, c->err)) == 1) {
        out->list = grown(c, out->list, out->n, sizeof *out->list);
        out->list[out->n++] = (struct arrival){.seq = (uint64_t)query_int(q, 0),
                                               .id = blob_at(c, q, 1),
                                               .consignment = blob_at(c, q, 2),
                                               .substance = substance_keyed(query_text(q, 3)),
                                               .by = (enum substance_by)query_int(q, 4),
                                               .field = text_at(c, q, 5),
                                               .written = text_at(c, q, 6),
                                               .day = text_at(c, q, 7),
                                               .numbers = text_at(c, q, 8),
                                               .weight = query_is_null(q, 9) ? -1 : query_int(q, 9)};
    }
    query_done(q);
    return row;
}

int arrivals_of(struct ctx *c, const struct substance *s, struct arrivals *out)
{
    struct query *q = views_query(c->views, ITEMS "WHERE substance = ?1 ORDER BY seq", c->err);

    *out = (struct arrivals){0};
    if (!q)
        return -1;
    query_bind_text(q, 1, substance_key(s));
    return read_items(c, q, out);
}

static int arrivals_by(struct ctx *c, const char *sql, struct str id, struct arrivals *out)
{
    struct query *q = views_query(c->views, sql, c->err);

    *out = (struct arrivals){0};
    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    return read_items(c, q, out);
}

int arrivals_in(struct ctx *c, struct str consignment, struct arrivals *out)
{
    return arrivals_by(c, ITEMS "WHERE consignment = ?1 ORDER BY seq", consignment, out);
}

int arrival_by_id(struct ctx *c, struct str id, struct arrivals *out)
{
    return arrivals_by(c, ITEMS "WHERE id = ?1", id, out);
}

#define NOTICES                                                                                            \
    "SELECT v.id, v.number, v.exporter, v.importer, v.expected, v.reply, p.substance, v.quantity "         \
    "FROM pre_notice p JOIN v_notice v ON v.seq = p.seq "

static int read_notices(struct ctx *c, struct query *q, struct notices *out)
{
    int row;

    while ((row = query_step(q, c->err)) == 1) {
        out->list = grown(c, out->list, out->n, sizeof *out->list);
        out->list[out->n++] = (struct notice){.id = blob_at(c, q, 0),
                                              .number = text_at(c, q, 1),
                                              .exporter = text_at(c, q, 2),
                                              .importer = text_at(c, q, 3),
                                              .expected = text_at(c, q, 4),
                                              .reply = text_at(c, q, 5),
                                              .substance = substance_keyed(query_text(q, 6)),
                                              .weight = query_int(q, 7)};
    }
    query_done(q);
    return row;
}

int notices_of(struct ctx *c, const struct substance *s, struct notices *out)
{
    struct query *q = views_query(
        c->views, s ? NOTICES "WHERE p.substance = ?1 ORDER BY p.seq" : NOTICES "ORDER BY p.seq", c->err);

    *out = (struct notices){0};
    if (!q)
        return -1;
    if (s)
        query_bind_text(q, 1, substance_key(s));
    return read_notices(c, q, out);
}

int notice_by_id(struct ctx *c, struct str id, struct notices *out)
{
    struct query *q = views_query(c->views, NOTICES "WHERE p.id = ?1", c->err);

    *out = (struct notices){0};
    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    return read_notices(c, q, out);
}
