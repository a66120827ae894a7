/*
 * views.c: opening views.db, its layout, its cursors, its one writer.
 *
 * The file is SQLite in WAL mode with synchronous=NORMAL: a crash may lose the last transactions but not tear
 * one, and the cursor is written in the transaction of the rows it speaks of, so the journal tells what is
 * missing. Exactly one connection writes, and it does every checkpoint (3.40.1 has a corruption bug with two);
 * the others are opened read-only. secure_delete zeroes what is freed.
 *
 * Table `meta` (one row): layout (SHA-256 of every CREATE statement), applied, reacted (NULL: unknown),
 * epoch (NULL: new; a restored backup starts another, and its entries are not those the rows came from). It is
 * not part of the digest, because `reacted` is not derived from the journal alone. A file of another layout is
 * deleted, not migrated: the journal has everything.
 */
#include "views/internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define LAYOUT_VERSION "puente/views/v1" /* change it when the projection changes */
#define SQL_MAX        ((size_t)1 << 20)

int views_fail(struct views *v, sqlite3 *db, struct err *e)
{
    int rc = sqlite3_errcode(db) & 0xff;

    if (rc == SQLITE_FULL)
        return err_set(e, ERR_FULL, N_("no space left for the views (%s)"), v->path);
    if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
        return err_set(e, ERR_BUSY, N_("another process holds the views (%s)"), v->path);
    if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB) {
        atomic_store(&v->damaged, true);
        return err_set(e, ERR_CORRUPT,
                       N_("the views (%s) are damaged: run `puente rebuild`; nothing is lost"), v->path);
    }
    return err_set(e, ERR_IO, N_("the views (%s) failed: %s"), v->path, sqlite3_errmsg(db));
}

bool views_writable(const struct views *v)
{
    return v->write;
}

bool views_damaged(const struct views *v)
{
    return atomic_load(&v->damaged);
}

int views_exec(struct views *v, const char *sql, struct err *e)
{
    if (sqlite3_exec(v->writer->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return views_fail(v, v->writer->db, e);
    return 0;
}

/* Every statement that makes the tables, in order, and the digest that names this layout. */
static void layout(const struct views *v, struct buf *b, uint8_t digest[HASH_SIZE])
{
    struct str part[2] = {S(LAYOUT_VERSION), {NULL, 0}};

    buf_z(b, "CREATE TABLE kind_count(kind INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;\n");
    for (const struct kind *const *k = schema_kinds; *k; k++) {
        schema_sql_create(b, *k);
        buf_char(b, '\n');
    }
    for (const char *const *t = v->tables; t && *t; t++)
        buf_fmt(b, "%s;\n", *t);
    buf_char(b, '\0');
    assert(!b->over);
    part[1] = buf_view(b);
    sha256(digest, part, 2);
}

static int create_tables(struct views *v, uint64_t reacted, struct err *e)
{
    uint8_t digest[HASH_SIZE];
    struct buf b;
    struct query *q = NULL;

    buf_init(&b, SQL_MAX);
    layout(v, &b, digest);
    if (views_exec(v, "BEGIN IMMEDIATE", e) < 0)
        goto fail;
    views_slot(v)->writing = true;
    if (views_exec(v,
                   "CREATE TABLE meta(one INTEGER PRIMARY KEY CHECK (one = 1), layout BLOB NOT NULL,"
                   " applied INTEGER NOT NULL, reacted INTEGER, epoch INTEGER)",
                   e) < 0 ||
        views_exec(v, b.p, e) < 0)
        goto fail_begun;
    q = views_query(v, "INSERT INTO meta VALUES (1, ?1, 0, ?2, NULL)", e);
    if (q == NULL)
        goto fail_begun;
    query_bind_blob(q, 1, str_n(digest, sizeof digest));
    if (reacted == VIEWS_UNKNOWN)
        query_bind_null(q, 2);
    else
        query_bind_int(q, 2, (int64_t)reacted);
    if (query_step(q, e) < 0)
        goto fail_begun;
    query_done(q);
    q = NULL;
    if (views_exec(v, "COMMIT", e) < 0)
        goto fail_begun;
    views_slot(v)->writing = false;
    buf_free(&b);
    return 0;
fail_begun:
    query_done(q);
    sqlite3_exec(v->writer->db, "ROLLBACK", NULL, NULL, NULL);
    views_slot(v)->writing = false;
fail:
    buf_free(&b);
    return -1;
}

/* 1: of this layout, cursors read. 0: not so (*reacted is what it knew, if anything). -1 with err. */
static int read_meta(struct views *v, sqlite3 *db, uint64_t *applied, uint64_t *reacted, struct err *e)
{
    uint8_t digest[HASH_SIZE];
    struct buf b;
    sqlite3_stmt *s = NULL;
    int rc, same = 0;

    *applied = 0;
    *reacted = VIEWS_UNKNOWN;
    if (sqlite3_table_column_metadata(db, NULL, "meta", "layout", NULL, NULL, NULL, NULL, NULL) !=
        SQLITE_OK)
        return (sqlite3_errcode(db) & 0xff) == SQLITE_ERROR ? 0 : views_fail(v, db, e);
    buf_init(&b, SQL_MAX);
    layout(v, &b, digest);
    buf_free(&b);
    if (sqlite3_prepare_v2(db, "SELECT layout, applied, reacted FROM meta", -1, &s, NULL) != SQLITE_OK)
        return views_fail(v, db, e);
    rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        same = str_eq(str_n(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0)),
                      str_n(digest, sizeof digest));
        *applied = (uint64_t)sqlite3_column_int64(s, 1);
        if (sqlite3_column_type(s, 2) == SQLITE_INTEGER)
            *reacted = (uint64_t)sqlite3_column_int64(s, 2);
    }
    sqlite3_finalize(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? same : views_fail(v, db, e);
}

int views_discard(const char *dir, struct err *e)
{
    static const char *const names[] = {"views.db-wal", "views.db-shm", "views.db", VIEWS_LISTED,
                                        VIEWS_ASKED};
    struct arena *a = arena_new();
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < COUNT(names); i++) {
        struct str path = path_join(a, dir, names[i]);
        if (unlink(path.p) < 0 && errno != ENOENT)
            rc = err_set(e, ERR_IO, N_("cannot remove %s: %s"), path.p, strerror(errno));
    }
    arena_free(a);
    return rc;
}

static int open_writer(struct views *v, struct err *e)
{
    /* SQLite gives its side files the mode of the file itself. */
    int fd = open(v->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return err_set(e, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("cannot open %s: %s"), v->path,
                       strerror(errno));
    close(fd);
    v->writer = conn_new(v, SQLITE_OPEN_READWRITE, e);
    if (v->writer == NULL)
        return -1;
    return views_exec(v,
                      "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
                      "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000",
                      e);
}

/* One process at a time makes views: the lock is on the folder, since the file itself comes and goes. */
static int take_lock(struct views *v, const char *dir, struct err *e)
{
    v->lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (v->lock < 0)
        return err_set(e, ERR_IO, N_("cannot open %s: %s"), dir, strerror(errno));
    if (flock(v->lock, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK
                   ? err_set(e, ERR_BUSY, N_("another process holds the views (%s)"), v->path)
                   : err_set(e, ERR_IO, N_("cannot lock %s: %s"), dir, strerror(errno));
    return 0;
}

/* Opens the file and its meta; one of another layout, or damaged, goes and a new one is made. */
static int start_writing(struct views *v, const char *dir, struct err *e)
{
    uint64_t applied, reacted = VIEWS_UNKNOWN;
    int good;

    if (take_lock(v, dir, e) < 0)
        return -1;
    good = open_writer(v, e) < 0 ? -1 : read_meta(v, v->writer->db, &applied, &reacted, e);
    if (good < 0 && !views_damaged(v))
        return -1;
    if (good <= 0) {
        conn_free(v->writer);
        v->writer = NULL;
        atomic_store(&v->damaged, false);
        applied = 0;
        if (views_discard(dir, e) < 0 || open_writer(v, e) < 0 || create_tables(v, reacted, e) < 0)
            return -1;
    }
    atomic_store(&v->applied, applied);
    atomic_store(&v->reacted, reacted);
    return 0;
}

static int start_reading(struct views *v, struct err *e)
{
    uint64_t applied, reacted;
    struct conn *c;
    int good;

    if (access(v->path, F_OK) < 0 && errno == ENOENT)
        return err_set(e, ERR_NOT_FOUND, N_("there are no views yet (%s)"), v->path);
    c = conn_new(v, SQLITE_OPEN_READONLY, e);
    if (c == NULL)
        return -1;
    good = read_meta(v, c->db, &applied, &reacted, e);
    conn_free(c);
    if (good == 0)
        return err_set(e, ERR_CONFLICT, N_("the views (%s) are of another version of the program"),
                       v->path);
    return good < 0 ? -1 : 0;
}

struct views *views_open(const char *dir, bool write, const char *const *tables, struct err *e)
{
    struct views *v = xmalloc(sizeof *v);
    struct arena *a = arena_new();

    *v = (struct views){.write = write, .lock = -1, .tables = tables};
    v->path = xstrdup(path_join(a, dir, "views.db").p);
    arena_free(a);
    pthread_mutex_init(&v->apply, NULL);
    pthread_mutex_init(&v->react, NULL);
    conns_start(v);
    if ((write ? start_writing(v, dir, e) : start_reading(v, e)) < 0) {
        views_close(v);
        return NULL;
    }
    return v;
}

void *views_remember(struct views *v, const struct views_memory *kind)
{
    struct remembered *r;

    pthread_mutex_lock(&v->lists);
    for (r = v->remembered; r && r->kind != kind; r = r->next)
        ;
    if (r == NULL) {
        r = xmalloc(sizeof *r);
        *r = (struct remembered){kind, kind->make(), v->remembered};
        v->remembered = r;
    }
    pthread_mutex_unlock(&v->lists);
    return r->memory;
}

static void forget_all(struct views *v)
{
    while (v->remembered) {
        struct remembered *r = v->remembered;
        v->remembered = r->next;
        r->kind->end(r->memory);
        free(r);
    }
}

void views_close(struct views *v)
{
    if (v == NULL)
        return;
    forget_all(v);
    projections_free(v);
    conns_stop(v);
    conn_free(v->writer);
    if (v->lock >= 0)
        close(v->lock);
    pthread_mutex_destroy(&v->apply);
    pthread_mutex_destroy(&v->react);
    free(v->path);
    free(v);
}

const char *views_engine(void)
{
    return sqlite3_libversion();
}

/* ---- cursors and transactions ---- */

/* A reading process asks the file, which another process moves on. */
static uint64_t stored_cursor(struct views *v, const char *sql)
{
    struct err ignored = {0};
    struct query *q = views_query(v, sql, &ignored);
    uint64_t at = 0;

    if (q && query_step(q, &ignored) == 1)
        at = query_is_null(q, 0) ? VIEWS_UNKNOWN : (uint64_t)query_int(q, 0);
    query_done(q);
    return at;
}

uint64_t views_applied(struct views *v)
{
    return v->write ? atomic_load(&v->applied) : stored_cursor(v, "SELECT applied FROM meta");
}

uint64_t views_reacted(struct views *v)
{
    return v->write ? atomic_load(&v->reacted) : stored_cursor(v, "SELECT reacted FROM meta");
}

int views_begin(struct views *v, struct err *e)
{
    assert(v->write && !views_slot(v)->writing);
    pthread_mutex_lock(&v->apply);
    if (views_exec(v, "BEGIN IMMEDIATE", e) < 0) {
        pthread_mutex_unlock(&v->apply);
        return -1;
    }
    views_slot(v)->writing = true;
    return 0;
}

void views_rollback(struct views *v)
{
    struct slot *s = views_slot(v);

    if (!s->writing)
        return;
    sqlite3_exec(v->writer->db, "ROLLBACK", NULL, NULL, NULL);
    projections_forget(v);
    s->writing = false;
    pthread_mutex_unlock(&v->apply);
}

static int set_cursor(struct views *v, const char *sql, uint64_t at, struct err *e)
{
    struct query *q = views_query(v, sql, e);
    int rc = -1;

    if (q) {
        query_bind_int(q, 1, (int64_t)at);
        rc = query_step(q, e);
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

int views_bind(struct views *v, uint64_t epoch, uint64_t size, struct err *e)
{
    uint64_t now = stored_cursor(v, "SELECT epoch FROM meta");
    int rc;

    if (now != VIEWS_UNKNOWN)
        return now == epoch && views_applied(v) <= size;
    if (!v->write)
        return views_applied(v) == 0;
    if (views_begin(v, e) < 0)
        return -1;
    rc = set_cursor(v, "UPDATE meta SET epoch = ?1", epoch, e);
    if (rc == 0)
        rc = views_commit(v, views_applied(v), e);
    else
        views_rollback(v);
    return rc < 0 ? -1 : 1;
}

int views_commit(struct views *v, uint64_t applied, struct err *e)
{
    struct slot *s = views_slot(v);

    assert(s->writing);
    if (projections_count(v, e) < 0 || set_cursor(v, "UPDATE meta SET applied = ?1", applied, e) < 0 ||
        views_exec(v, "COMMIT", e) < 0) {
        views_rollback(v);
        return -1;
    }
    atomic_store(&v->applied, applied);
    s->writing = false;
    pthread_mutex_unlock(&v->apply);
    return 0;
}

uint64_t views_react_begin(struct views *v)
{
    pthread_mutex_lock(&v->react);
    return atomic_load(&v->reacted);
}

static int store_reacted(struct views *v, uint64_t reacted, struct err *e)
{
    if (views_begin(v, e) < 0)
        return -1;
    if (set_cursor(v, "UPDATE meta SET reacted = ?1", reacted, e) < 0 || views_exec(v, "COMMIT", e) < 0) {
        views_rollback(v);
        return -1;
    }
    atomic_store(&v->reacted, reacted);
    views_slot(v)->writing = false;
    pthread_mutex_unlock(&v->apply);
    return 0;
}

int views_react_end(struct views *v, uint64_t reacted, struct err *e)
{
    int rc = reacted == atomic_load(&v->reacted) ? 0 : store_reacted(v, reacted, e);

    pthread_mutex_unlock(&v->react);
    return rc;
}

int views_scrub(struct views *v, struct err *e)
{
    int rc;

    pthread_mutex_lock(&v->apply);
    rc = sqlite3_wal_checkpoint_v2(v->writer->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (rc != SQLITE_OK && rc != SQLITE_BUSY)
        views_fail(v, v->writer->db, e);
    pthread_mutex_unlock(&v->apply);
    return rc == SQLITE_OK ? 0 : rc == SQLITE_BUSY ? 1 : -1;
}
