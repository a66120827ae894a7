/*
 * project.c: the generic projection: one entry of the journal -> one row of its kind's table, whatever the
 * kind. What an entry does to other rows: a correction marks the row it replaces (`superseded` = its own seq),
 * an `erasure` empties the row it names.
 *
 * A rebuild must give the same bytes as the day itself, though an entry erased since comes without values: so
 * an erased row is, either way, header and nothing else.
 */
#include "views/internal.h"

#include <assert.h>
#include <stdlib.h>

/* The columns before the fields, in the order of schema_sql_insert. */
enum {
    COL_SEQ = 1,
    COL_ID,
    COL_ORIGIN,
    COL_AUTHOR,
    COL_RECORDED,
    COL_REPLACES,
    COL_SUPERSEDED,
    COL_HANDLING,
    COL_EXERCISE,
    COL_ERASED,
    COL_FIELDS
};

#define SQL_MAX ((size_t)1 << 16)

void projections_free(struct views *v)
{
    for (size_t i = 0; i < v->projections; i++) {
        sqlite3_finalize(v->projection[i].insert);
        sqlite3_finalize(v->projection[i].mark);
        sqlite3_finalize(v->projection[i].clear);
    }
    free(v->projection);
    v->projection = NULL;
    v->projections = 0;
}

/* By kind number, which is small: found at once, filled on first use. */
static struct projection *projection_of(struct views *v, const struct kind *k)
{
    if (k->number >= v->projections) {
        size_t n = (size_t)k->number + 1;
        v->projection = xrealloc(v->projection, n * sizeof *v->projection);
        memset(v->projection + v->projections, 0, (n - v->projections) * sizeof *v->projection);
        v->projections = n;
    }
    v->projection[k->number].kind = k;
    return &v->projection[k->number];
}

static int prepare(struct views *v, sqlite3_stmt **s, const struct buf *sql, struct err *e)
{
    assert(!sql->over);
    if (sqlite3_prepare_v3(v->writer->db, sql->p, (int)sql->n, SQLITE_PREPARE_PERSISTENT, s, NULL) !=
        SQLITE_OK)
        return views_fail(v, v->writer->db, e);
    return 0;
}

static int prepare_all(struct views *v, struct projection *p, struct err *e)
{
    struct buf b;
    int rc;

    buf_init(&b, SQL_MAX);
    schema_sql_insert(&b, p->kind);
    rc = prepare(v, &p->insert, &b, e);
    if (rc == 0) {
        buf_reset(&b);
        buf_fmt(&b, "UPDATE \"v_%s\" SET superseded = ?1 WHERE id = ?2", p->kind->name);
        rc = prepare(v, &p->mark, &b, e);
    }
    if (rc == 0) {
        buf_reset(&b);
        buf_fmt(&b, "UPDATE \"v_%s\" SET erased = 1", p->kind->name);
        for (int i = 0; i < p->kind->fields; i++)
            buf_fmt(&b, ", \"%s\" = NULL", p->kind->field[i].name);
        buf_z(&b, " WHERE id = ?1");
        rc = prepare(v, &p->clear, &b, e);
    }
    buf_free(&b);
    return rc;
}

static struct projection *ready(struct views *v, const struct kind *k, struct err *e)
{
    struct projection *p = projection_of(v, k);

    if (p->clear == NULL && prepare_all(v, p, e) < 0)
        return NULL;
    return p;
}

static int run(struct views *v, sqlite3_stmt *s, struct err *e)
{
    int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : views_fail(v, v->writer->db, e);
    sqlite3_reset(s);
    return rc;
}

/* The values outlive the step: nothing is copied. */
static void bind_text(sqlite3_stmt *s, int i, struct str t)
{
    sqlite3_bind_text64(s, i, t.p ? t.p : "", t.n, SQLITE_STATIC, SQLITE_UTF8);
}

static void bind_blob(sqlite3_stmt *s, int i, const void *p, size_t n)
{
    sqlite3_bind_blob64(s, i, n ? p : "", n, SQLITE_STATIC);
}

static bool is_zero(const uint8_t id[16])
{
    static const uint8_t zero[16];
    return memcmp(id, zero, 16) == 0;
}

static void bind_header(sqlite3_stmt *s, const struct entry *x, const struct header *h)
{
    sqlite3_bind_int64(s, COL_SEQ, (int64_t)x->seq);
    bind_blob(s, COL_ID, x->id, 16);
    bind_text(s, COL_ORIGIN, h->origin);
    bind_text(s, COL_AUTHOR, h->author);
    sqlite3_bind_int64(s, COL_RECORDED, h->recorded);
    if (is_zero(h->replaces))
        sqlite3_bind_null(s, COL_REPLACES);
    else
        bind_blob(s, COL_REPLACES, h->replaces, 16);
    sqlite3_bind_null(s, COL_SUPERSEDED);
    bind_text(s, COL_HANDLING, h->handling);
    sqlite3_bind_int64(s, COL_EXERCISE, h->exercise);
    sqlite3_bind_int64(s, COL_ERASED, x->erased);
}

static void bind_fields(sqlite3_stmt *s, const struct kind *k, const struct record *r)
{
    for (int i = 0; i < k->fields; i++) {
        int at = COL_FIELDS + i;
        if (r == NULL || !record_has(r, i)) {
            sqlite3_bind_null(s, at);
            continue;
        }
        switch (k->field[i].type) {
        case T_INT:
        case T_DECIMAL:
        case T_BOOL:
            sqlite3_bind_int64(s, at, r->v[i].i);
            break;
        case T_REF:
        case T_BYTES:
            bind_blob(s, at, r->v[i].s.p, r->v[i].s.n);
            break;
        case T_TEXT:
        case T_CODE:
        case T_DATE:
        case T_TIME:
            bind_text(s, at, r->v[i].s);
            break;
        }
    }
}

/* A trigger a row would cost a quarter of a rebuild: so once a kind and transaction. */
int projections_count(struct views *v, struct err *e)
{
    int rc = 0;

    for (size_t i = 0; rc >= 0 && i < v->projections; i++) {
        struct projection *p = &v->projection[i];
        struct query *q;
        if (p->added == 0)
            continue;
        q = views_query(v, "INSERT INTO kind_count VALUES(?1, ?2) ON CONFLICT DO UPDATE SET n = n + ?2", e);
        if (q == NULL)
            return -1;
        query_bind_int(q, 1, p->kind->number);
        query_bind_int(q, 2, p->added);
        rc = query_step(q, e);
        query_done(q);
        p->added = 0;
    }
    return rc < 0 ? -1 : views_exec(v, "DELETE FROM kind_count WHERE n = 0", e);
}

void projections_forget(struct views *v)
{
    for (size_t i = 0; i < v->projections; i++)
        v->projection[i].added = 0;
}

/* The record may be of any kind: an erasure is rare, and each look is one step down an index. */
static int clear_row(struct views *v, struct str id, struct err *e)
{
    for (const struct kind *const *k = schema_kinds; *k; k++) {
        struct projection *p = ready(v, *k, e);
        if (p == NULL)
            return -1;
        bind_blob(p->clear, 1, id.p, id.n);
        if (run(v, p->clear, e) < 0)
            return -1;
    }
    return 0;
}

int views_apply(struct views *v, const struct entry *x, struct err *e)
{
    struct arena *a = NULL;
    struct record *r = x->record;
    struct projection *p = ready(v, x->kind, e);
    int rc = p ? 0 : -1;

    if (rc == 0 && r == NULL) { /* erased: the header is still there, over no values */
        a = arena_new();
        rc = schema_decode(a, x->header, S("\xa0"), &r, e);
    }
    if (rc == 0) {
        bind_header(p->insert, x, &r->head);
        bind_fields(p->insert, x->kind, x->record);
        rc = run(v, p->insert, e);
        p->added += rc == 0 && !x->erased;
    }
    if (rc == 0 && !is_zero(r->head.replaces)) {
        sqlite3_bind_int64(p->mark, 1, (int64_t)x->seq);
        bind_blob(p->mark, 2, r->head.replaces, 16);
        rc = run(v, p->mark, e);
    }
    if (rc == 0 && x->record && strcmp(x->kind->name, "erasure") == 0)
        rc = clear_row(v, record_get(x->record, schema_field(x->kind, S("about"))), e);
    arena_free(a);
    return rc;
}

/* ---- the way back ---- */

static void read_header(struct arena *a, const struct query *q, struct header *h)
{
    struct str id = query_blob(q, COL_ID - 1), replaces = query_blob(q, COL_REPLACES - 1);

    if (id.n == 16)
        memcpy(h->id, id.p, 16);
    if (replaces.n == 16)
        memcpy(h->replaces, replaces.p, 16);
    h->origin = arena_copy(a, query_text(q, COL_ORIGIN - 1));
    h->author = arena_copy(a, query_text(q, COL_AUTHOR - 1));
    h->recorded = query_int(q, COL_RECORDED - 1);
    h->handling = arena_copy(a, query_text(q, COL_HANDLING - 1));
    h->exercise = query_int(q, COL_EXERCISE - 1) != 0;
}

struct record *views_row(struct arena *a, const struct query *q, const struct kind *k, struct views_mark *m)
{
    struct record *r = record_new(a, k);

    *m = (struct views_mark){.seq = (uint64_t)query_int(q, COL_SEQ - 1),
                             .superseded = (uint64_t)query_int(q, COL_SUPERSEDED - 1),
                             .erased = query_int(q, COL_ERASED - 1) != 0};
    read_header(a, q, &r->head);
    for (int i = 0; i < k->fields; i++) {
        int at = COL_FIELDS + i - 1;
        if (query_is_null(q, at))
            continue;
        switch (k->field[i].type) {
        case T_INT:
        case T_DECIMAL:
        case T_BOOL:
            record_int(r, i, query_int(q, at));
            break;
        case T_REF:
        case T_BYTES:
            record_text(r, i, arena_copy(a, query_blob(q, at)));
            break;
        case T_TEXT:
        case T_CODE:
        case T_DATE:
        case T_TIME:
            record_text(r, i, arena_copy(a, query_text(q, at)));
            break;
        }
    }
    return r;
}
