/*
 * query.c: connections and prepared statements. A thread borrows a read-only connection the first time it asks
 * something and gives it back when it ends; the thread between views_begin and views_commit uses the writer.
 * So no connection is ever used by two threads at once, and SQLite needs no locks of its own.
 */
#include "views/internal.h"

#include <assert.h>
#include <stdlib.h>

/* ---- connections ---- */

struct conn *conn_new(struct views *v, int flags, struct err *e)
{
    struct conn *c = xmalloc(sizeof *c);

    *c = (struct conn){0};
    if (sqlite3_open_v2(v->path, &c->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        if (c->db)
            views_fail(v, c->db, e);
        else
            err_set(e, ERR_IO, N_("cannot open %s: %s"), v->path, sqlite3_errstr(SQLITE_NOMEM));
        conn_free(c);
        return NULL;
    }
    sqlite3_busy_timeout(c->db, BUSY_MS);
    /* Values are bound, and names come from the schema; still, no statement of ours needs these. */
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    return c;
}

void conn_free(struct conn *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < QUERY_CACHE; i++) {
        sqlite3_finalize(c->cache[i].stmt);
        free(c->cache[i].sql);
    }
    sqlite3_close(c->db);
    free(c);
}

static void slot_unlink(struct slot *s)
{
    *(s->prev ? &s->prev->next : &s->views->slots) = s->next;
    if (s->next)
        s->next->prev = s->prev;
}

/* A thread ends: its connection goes to the next that comes. */
static void slot_end(void *arg)
{
    struct slot *s = arg;
    struct views *v = s->views;

    pthread_mutex_lock(&v->lists);
    slot_unlink(s);
    if (s->reader) {
        s->reader->next_idle = v->idle;
        v->idle = s->reader;
    }
    pthread_mutex_unlock(&v->lists);
    free(s);
}

void conns_start(struct views *v)
{
    pthread_mutex_init(&v->lists, NULL);
    if (pthread_key_create(&v->key, slot_end) != 0)
        abort(); /* a thousand views open in one process: a bug */
}

void conns_stop(struct views *v)
{
    pthread_key_delete(v->key);
    while (v->slots) {
        struct slot *s = v->slots;
        slot_unlink(s);
        free(s);
    }
    while (v->all) {
        struct conn *c = v->all;
        v->all = c->next_all;
        conn_free(c);
    }
    pthread_mutex_destroy(&v->lists);
}

struct slot *views_slot(struct views *v)
{
    struct slot *s = pthread_getspecific(v->key);

    if (s)
        return s;
    s = xmalloc(sizeof *s);
    *s = (struct slot){.views = v};
    if (pthread_setspecific(v->key, s) != 0)
        abort(); /* out of memory */
    pthread_mutex_lock(&v->lists);
    s->next = v->slots;
    if (s->next)
        s->next->prev = s;
    v->slots = s;
    pthread_mutex_unlock(&v->lists);
    return s;
}

static struct conn *reader(struct views *v, struct slot *s, struct err *e)
{
    struct conn *c;

    if (s->reader)
        return s->reader;
    pthread_mutex_lock(&v->lists);
    c = v->idle;
    if (c)
        v->idle = c->next_idle;
    pthread_mutex_unlock(&v->lists);
    if (c == NULL) {
        c = conn_new(v, SQLITE_OPEN_READONLY, e);
        if (c == NULL)
            return NULL;
        pthread_mutex_lock(&v->lists);
        c->next_all = v->all;
        v->all = c;
        pthread_mutex_unlock(&v->lists);
    }
    return s->reader = c;
}

int views_hold(struct views *v, struct err *e)
{
    struct slot *s = views_slot(v);
    struct conn *c = s->writing ? NULL : reader(v, s, e);

    if (s->writing)
        return 0;
    assert(c == NULL || sqlite3_get_autocommit(c->db));
    if (c == NULL)
        return -1;
    return sqlite3_exec(c->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK ? 0 : views_fail(v, c->db, e);
}

void views_let_go(struct views *v)
{
    struct slot *s = views_slot(v);

    /* Nothing was written: ending it cannot fail in a way that matters. */
    if (s->reader && !sqlite3_get_autocommit(s->reader->db))
        sqlite3_exec(s->reader->db, "COMMIT", NULL, NULL, NULL);
}

/* ---- statements ---- */

static struct query *cached(struct conn *c, const char *sql)
{
    for (size_t i = 0; i < QUERY_CACHE; i++)
        if (c->cache[i].sql && !c->cache[i].busy && strcmp(c->cache[i].sql, sql) == 0)
            return &c->cache[i];
    return NULL;
}

/* An empty place, or that of the statement not used for longest; NULL when all are handed out. */
static struct query *place(struct conn *c)
{
    struct query *oldest = NULL;

    for (size_t i = 0; i < QUERY_CACHE; i++) {
        struct query *q = &c->cache[i];
        if (!q->busy && (oldest == NULL || q->used < oldest->used))
            oldest = q;
    }
    if (oldest) {
        sqlite3_finalize(oldest->stmt);
        free(oldest->sql);
        *oldest = (struct query){0};
    }
    return oldest;
}

struct query *views_query(struct views *v, const char *sql, struct err *e)
{
    struct slot *s = views_slot(v);
    struct conn *c = s->writing ? v->writer : reader(v, s, e);
    struct query *q;

    if (c == NULL)
        return NULL;
    q = cached(c, sql);
    if (q == NULL) {
        sqlite3_stmt *stmt;
        if (sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK) {
            views_fail(v, c->db, e);
            return NULL;
        }
        q = place(c);
        if (q == NULL) {
            q = xmalloc(sizeof *q);
            *q = (struct query){.loose = true};
        }
        q->stmt = stmt;
        q->sql = xstrdup(sql);
    }
    q->views = v;
    q->used = ++c->tick;
    q->busy = true;
    return q;
}

void query_done(struct query *q)
{
    if (q == NULL)
        return;
    sqlite3_reset(q->stmt);
    sqlite3_clear_bindings(q->stmt);
    q->busy = false;
    if (q->loose) {
        sqlite3_finalize(q->stmt);
        free(q->sql);
        free(q);
    }
}

/* A wrong parameter number or a value beyond SQLite's limits is a bug of ours: fields have limits far below. */
static void bound(int rc)
{
    assert(rc == SQLITE_OK);
    (void)rc;
}

void query_bind_int(struct query *q, int i, int64_t value)
{
    bound(sqlite3_bind_int64(q->stmt, i, value));
}

void query_bind_text(struct query *q, int i, struct str value)
{
    bound(sqlite3_bind_text64(q->stmt, i, value.p ? value.p : "", value.n, SQLITE_TRANSIENT, SQLITE_UTF8));
}

void query_bind_blob(struct query *q, int i, struct str value)
{
    bound(sqlite3_bind_blob64(q->stmt, i, value.p ? value.p : "", value.n, SQLITE_TRANSIENT));
}

void query_bind_null(struct query *q, int i)
{
    bound(sqlite3_bind_null(q->stmt, i));
}

int query_step(struct query *q, struct err *e)
{
    switch (sqlite3_step(q->stmt)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    default:
        return views_fail(q->views, sqlite3_db_handle(q->stmt), e);
    }
}

bool query_is_null(const struct query *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

int64_t query_int(const struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

struct str query_text(const struct query *q, int column)
{
    const unsigned char *p = sqlite3_column_text(q->stmt, column);
    return str_n(p ? (const char *)p : "", p ? (size_t)sqlite3_column_bytes(q->stmt, column) : 0);
}

struct str query_blob(const struct query *q, int column)
{
    const void *p = sqlite3_column_blob(q->stmt, column);
    return str_n(p ? p : "", p ? (size_t)sqlite3_column_bytes(q->stmt, column) : 0);
}
