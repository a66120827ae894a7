/*
 * sqlite.c: the store in one SQLite database, journal.db: statements, transactions, rows. Only this file and
 * sqlite_file.c (opening, copying) know SQLite.
 *
 *     entry(seq, id, kind, header, body, seed, commitment)    body and seed are NULL when erased
 *     tile(level, n, hashes)                                  32 bytes a hash, at most 256
 *     once(key)
 *     head(one row: epoch, size, root, copied, starts, checkpoint)   starts: 8 bytes big-endian an epoch
 *     meta(scrub)       1: something was erased, and the old bytes may still stand in the WAL
 *     PRAGMA user_version = the format, application_id = "puen"
 *
 * WAL with synchronous=FULL: a commit is one fsync. Exactly one connection of the node writes and does every
 * checkpoint (SQLite before 3.51.3 can lose a WAL reset with two); readers are opened read-only and never do.
 * The page cache is bounded: a transaction larger than it spills into the WAL.
 */
#include "journal/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

static const char *const sql[SQL_COUNT] = {
    [SQL_HEAD] = "SELECT epoch, size, root, copied, starts, checkpoint FROM head WHERE one = 1",
    [SQL_HEAD_SET] =
        "UPDATE head SET epoch = ?1, size = ?2, root = ?3, copied = 0, starts = ?4, checkpoint = ?5 "
        "WHERE one = 1 AND epoch = ?6 AND size = ?7",
    [SQL_PUT] =
        "INSERT INTO entry(seq, id, kind, header, body, seed, commitment) VALUES(?1,?2,?3,?4,?5,?6,?7) "
        "ON CONFLICT(id) DO NOTHING",
    [SQL_ONCE] = "INSERT INTO once(key) VALUES(?1) ON CONFLICT(key) DO NOTHING",
    [SQL_ERASE] = "UPDATE entry SET body = NULL, seed = NULL WHERE id = ?1 AND seed IS NOT NULL",
    [SQL_SCRUB] = "UPDATE meta SET scrub = ?1",
    [SQL_TILE_PUT] = "INSERT INTO tile(level, n, hashes) VALUES(?1, ?2, ?3) "
                     "ON CONFLICT(level, n) DO UPDATE SET hashes = excluded.hashes",
    [SQL_TILE_GET] = "SELECT hashes FROM tile WHERE level = ?1 AND n = ?2",
    [SQL_WALK] = "SELECT seq, id, kind, header, body, seed, commitment FROM entry WHERE seq >= ?1 "
                 "ORDER BY seq LIMIT ?2",
    [SQL_BY_ID] = "SELECT seq, id, kind, header, body, seed, commitment FROM entry WHERE id = ?1",
    [SQL_BEGIN] = "BEGIN",
    [SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_MARK] = "SAVEPOINT m",
    [SQL_RELEASE] = "RELEASE m",
    [SQL_REWIND] = "ROLLBACK TO m",
};

/* SQLite knows ENOSPC; a quota or a limit on file sizes is as good as a full disk. */
static bool over_quota(struct store *s)
{
    sqlite3_file *f[2] = {NULL, NULL};

    sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &f[0]);
    sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &f[1]);
    for (size_t i = 0; i < COUNT(f); i++) {
        int os = 0;
        if (f[i] && f[i]->pMethods)
            f[i]->pMethods->xFileControl(f[i], SQLITE_FCNTL_LAST_ERRNO, &os);
        if (os == EDQUOT || os == EFBIG)
            return true;
    }
    return false;
}

int sqlite_fail(struct store *s, struct err *e)
{
    int rc = sqlite3_errcode(s->db);
    bool full = rc == SQLITE_FULL || (rc == SQLITE_IOERR && over_quota(s));

    switch (full ? SQLITE_FULL : rc) {
    case SQLITE_FULL:
        return err_set(e, ERR_FULL, N_("no space is left for the journal; nothing was stored"));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_set(e, ERR_CORRUPT, N_("the journal's file is damaged: %s"), sqlite3_errmsg(s->db));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(e, ERR_BUSY, N_("another process holds the journal's file"));
    case SQLITE_TOOBIG:
        return err_set(e, ERR_LIMIT, N_("the record is too large for the journal"));
    case SQLITE_NOMEM:
        abort(); /* as everywhere: the journal makes a restart safe */
    }
    return err_set(e, ERR_IO, N_("the journal's file cannot be used: %s"), sqlite3_errmsg(s->db));
}

/* Prepared once, kept for the connection's life. */
sqlite3_stmt *sqlite_get(struct store *s, enum statement i, struct err *e)
{
    if (s->stmt[i] == NULL &&
        sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->stmt[i], NULL) != SQLITE_OK)
        sqlite_fail(s, e);
    return s->stmt[i];
}

/* Runs a statement that gives no rows. */
int sqlite_run(struct store *s, sqlite3_stmt *st, struct err *e)
{
    int rc = sqlite3_step(st);

    if (rc != SQLITE_DONE)
        sqlite_fail(s, e);
    sqlite3_reset(st);
    return rc == SQLITE_DONE ? 0 : -1;
}

static int simple(struct store *s, enum statement i, struct err *e)
{
    sqlite3_stmt *st = sqlite_get(s, i, e);
    return st ? sqlite_run(s, st, e) : -1;
}

static void bind_blob(sqlite3_stmt *st, int i, struct str v)
{
    /* An empty blob is not NULL: NULL means erased. */
    sqlite3_bind_blob64(st, i, v.n ? v.p : "", v.n, SQLITE_STATIC);
}

static struct str column(sqlite3_stmt *st, int i)
{
    const void *p = sqlite3_column_blob(st, i);
    return str_n(p ? p : "", (size_t)sqlite3_column_bytes(st, i));
}

/* A blob of just this size. */
static bool column_copy(sqlite3_stmt *st, int i, void *out, size_t n)
{
    struct str v = column(st, i);

    if (v.n != n)
        return false;
    memcpy(out, v.p, n);
    return true;
}

static int damaged(struct err *e, const char *table)
{
    return err_set(e, ERR_CORRUPT, N_("the journal's file is damaged: a row of table %s is malformed"),
                   table);
}

/* ---- transactions ---- */

static int read_head(struct store *s, struct state *out, struct err *e)
{
    sqlite3_stmt *st = sqlite_get(s, SQL_HEAD, e);
    struct str starts, note;
    int rc = st ? sqlite3_step(st) : SQLITE_ERROR;

    if (rc != SQLITE_ROW) {
        if (rc == SQLITE_DONE)
            damaged(e, "head");
        else if (st)
            sqlite_fail(s, e);
        goto fail;
    }
    memset(out, 0, sizeof *out);
    out->epoch = (uint64_t)sqlite3_column_int64(st, 0);
    out->size = (uint64_t)sqlite3_column_int64(st, 1);
    out->copied = sqlite3_column_int(st, 3) != 0;
    starts = column(st, 4);
    note = column(st, 5);
    if (out->epoch < 1 || out->epoch > EPOCHS_MAX || starts.n != out->epoch * 8 ||
        out->size >> (TILE_HEIGHT * TILE_LEVELS) || !column_copy(st, 2, out->root, HASH_SIZE) ||
        note.n >= sizeof out->checkpoint) {
        damaged(e, "head");
        goto fail;
    }
    for (size_t i = 0; i < starts.n; i++)
        out->start[i / 8] = out->start[i / 8] << 8 | (uint8_t)starts.p[i];
    memcpy(out->checkpoint, note.p, note.n);
    sqlite3_reset(st);
    return 0;
fail:
    sqlite3_reset(st);
    return -1;
}

static int roll_back(struct store *s)
{
    struct err ignored = {0};

    s->marked = false;
    /* Some failures have ended the transaction already. */
    if (!sqlite3_get_autocommit(s->db))
        simple(s, SQL_ROLLBACK, &ignored);
    return -1;
}

static int sqlite_begin(struct store *s, bool write, struct state *out, struct err *e)
{
    assert(sqlite3_get_autocommit(s->db) && (s->writes || !write));
    if (simple(s, write ? SQL_BEGIN_WRITE : SQL_BEGIN, e) < 0)
        return -1;
    if (read_head(s, &s->seen, e) < 0)
        return roll_back(s);
    *out = s->seen;
    return 0;
}

static int write_head(struct store *s, const struct state *next, struct err *e)
{
    sqlite3_stmt *st = sqlite_get(s, SQL_HEAD_SET, e);
    uint8_t starts[EPOCHS_MAX * 8];

    if (st == NULL)
        return -1;
    for (size_t i = 0; i < next->epoch * 8; i++)
        starts[i] = (uint8_t)(next->start[i / 8] >> (56 - 8 * (i % 8)));
    sqlite3_bind_int64(st, 1, (int64_t)next->epoch);
    sqlite3_bind_int64(st, 2, (int64_t)next->size);
    bind_blob(st, 3, str_n(next->root, HASH_SIZE));
    bind_blob(st, 4, str_n(starts, next->epoch * 8));
    sqlite3_bind_text(st, 5, next->checkpoint, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 6, (int64_t)s->seen.epoch);
    sqlite3_bind_int64(st, 7, (int64_t)s->seen.size);
    if (sqlite_run(s, st, e) < 0)
        return -1;
    if (sqlite3_changes(s->db) != 1)
        return err_set(e, ERR_CONFLICT, N_("the journal's head has moved"));
    return 0;
}

static int sqlite_end(struct store *s, const struct state *next, struct err *e)
{
    struct err ignored = {0};

    if (next == NULL) {
        roll_back(s);
        return 0;
    }
    assert(sqlite3_get_autocommit(s->db) == 0);
    if (write_head(s, next, e) < 0 || simple(s, SQL_COMMIT, e) < 0)
        return roll_back(s);
    s->marked = false;
    sqlite_scrub(s, &ignored); /* the commit stands whatever comes of it; meta remembers */
    return 0;
}

static int sqlite_mark(struct store *s, enum store_mark m, struct err *e)
{
    switch (m) {
    case STORE_MARK:
        if (s->marked && simple(s, SQL_RELEASE, e) < 0)
            return -1;
        s->marked = simple(s, SQL_MARK, e) == 0;
        return s->marked ? 0 : -1;
    case STORE_REWIND:
        assert(s->marked);
        return simple(s, SQL_REWIND, e);
    }
    return -1;
}

/* ---- rows ---- */

/* Outside a transaction a statement would commit by itself, without a head. */
static bool inside(const struct store *s)
{
    return sqlite3_get_autocommit(s->db) == 0;
}

static int sqlite_put(struct store *s, const struct row *r, struct err *e)
{
    sqlite3_stmt *st = sqlite_get(s, SQL_PUT, e);

    assert(inside(s));
    if (st == NULL)
        return -1;
    sqlite3_bind_int64(st, 1, (int64_t)r->seq);
    bind_blob(st, 2, str_n(r->id, sizeof r->id));
    sqlite3_bind_int(st, 3, (int)r->kind);
    bind_blob(st, 4, r->header);
    bind_blob(st, 5, r->values);
    bind_blob(st, 6, str_n(r->seed, sizeof r->seed));
    bind_blob(st, 7, str_n(r->commitment, HASH_SIZE));
    return sqlite_run(s, st, e) < 0 ? -1 : sqlite3_changes(s->db);
}

static int sqlite_once(struct store *s, const uint8_t key[HASH_SIZE], struct err *e)
{
    sqlite3_stmt *st = sqlite_get(s, SQL_ONCE, e);

    assert(inside(s));
    if (st == NULL)
        return -1;
    bind_blob(st, 1, str_n(key, HASH_SIZE));
    return sqlite_run(s, st, e) < 0 ? -1 : sqlite3_changes(s->db);
}

static int sqlite_erase(struct store *s, const uint8_t id[16], struct err *e)
{
    sqlite3_stmt *st = sqlite_get(s, SQL_ERASE, e), *mark = sqlite_get(s, SQL_SCRUB, e);

    assert(inside(s));
    if (st == NULL || mark == NULL)
        return -1;
    bind_blob(st, 1, str_n(id, 16));
    if (sqlite_run(s, st, e) < 0)
        return -1;
    if (sqlite3_changes(s->db) == 0)
        return 0;
    sqlite3_bind_int(mark, 1, 1);
    if (sqlite_run(s, mark, e) < 0)
        return -1;
    s->scrub = true;
    return 1;
}

static int sqlite_tile_put(struct store *s, unsigned level, uint64_t n, const struct tile *t, struct err *e)
{
    sqlite3_stmt *st = sqlite_get(s, SQL_TILE_PUT, e);

    assert(inside(s));
    if (st == NULL)
        return -1;
    sqlite3_bind_int(st, 1, (int)level);
    sqlite3_bind_int64(st, 2, (int64_t)n);
    bind_blob(st, 3, str_n(t->hash, t->n * HASH_SIZE));
    return sqlite_run(s, st, e);
}

static int sqlite_tile_get(struct store *s, unsigned level, uint64_t n, struct tile *out, struct err *e)
{
    sqlite3_stmt *st = sqlite_get(s, SQL_TILE_GET, e);
    struct str v;
    int rc;

    out->n = 0;
    if (st == NULL)
        return -1;
    sqlite3_bind_int(st, 1, (int)level);
    sqlite3_bind_int64(st, 2, (int64_t)n);
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        v = column(st, 0);
        if (v.n % HASH_SIZE || v.n > sizeof out->hash) {
            damaged(e, "tile");
        } else {
            out->n = v.n / HASH_SIZE;
            memcpy(out->hash, v.p, v.n);
            rc = SQLITE_DONE;
        }
    } else if (rc != SQLITE_DONE) {
        sqlite_fail(s, e);
    }
    sqlite3_reset(st);
    return rc == SQLITE_DONE ? 0 : -1;
}

static bool row_read(sqlite3_stmt *st, struct row *r)
{
    memset(r, 0, sizeof *r);
    r->seq = (uint64_t)sqlite3_column_int64(st, 0);
    r->kind = (unsigned)sqlite3_column_int(st, 2);
    r->header = column(st, 3);
    r->erased = sqlite3_column_type(st, 5) == SQLITE_NULL;
    r->values = column(st, 4);
    return column_copy(st, 1, r->id, sizeof r->id) && column_copy(st, 6, r->commitment, HASH_SIZE) &&
           (r->erased || column_copy(st, 5, r->seed, sizeof r->seed));
}

static int sqlite_walk(struct store *s, const struct range *range, row_fn *fn, void *arg, struct err *e)
{
    sqlite3_stmt *st = sqlite_get(s, range->id ? SQL_BY_ID : SQL_WALK, e);
    struct row r;
    int rc, told = 0;

    if (st == NULL)
        return -1;
    if (range->id) {
        bind_blob(st, 1, str_n(range->id, 16));
    } else {
        sqlite3_bind_int64(st, 1, range->from > INT64_MAX ? INT64_MAX : (int64_t)range->from);
        sqlite3_bind_int64(st, 2, range->most > INT64_MAX ? INT64_MAX : (int64_t)range->most);
    }
    while (told == 0 && (rc = sqlite3_step(st)) != SQLITE_DONE) {
        if (rc != SQLITE_ROW)
            told = sqlite_fail(s, e);
        else
            told = row_read(st, &r) ? fn(arg, &r, e) : damaged(e, "entry");
    }
    sqlite3_reset(st);
    return told;
}

const struct backend backend_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .end = sqlite_end,
    .mark = sqlite_mark,
    .put = sqlite_put,
    .once = sqlite_once,
    .erase = sqlite_erase,
    .tile_put = sqlite_tile_put,
    .tile_get = sqlite_tile_get,
    .walk = sqlite_walk,
    .copy = sqlite_copy,
};
