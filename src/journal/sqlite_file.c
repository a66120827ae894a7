/*
 * sqlite_file.c: journal.db as a file: opening and setting up, emptying the write-ahead log after an erasure, and
 * copying. What is in it stands at the top of sqlite.c.
 */
#include "journal/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x7075656e /* "puen" */
#define BUSY_MS        5000       /* another process may be recovering the WAL */
#define SCRUB_MS       50         /* a reader may hold erased pages; then the next commit tries again */

static const char layout[] =
    "CREATE TABLE entry(seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL,"
    "  header BLOB NOT NULL, body BLOB, seed BLOB, commitment BLOB NOT NULL) STRICT;"
    "CREATE TABLE tile(level INTEGER NOT NULL, n INTEGER NOT NULL, hashes BLOB NOT NULL,"
    "  PRIMARY KEY(level, n)) STRICT;"
    "CREATE TABLE once(key BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;"
    "CREATE TABLE head(one INTEGER PRIMARY KEY CHECK(one = 1), epoch INTEGER NOT NULL, size INTEGER NOT "
    "NULL,"
    "  root BLOB NOT NULL, copied INTEGER NOT NULL, starts BLOB NOT NULL, checkpoint TEXT NOT NULL) STRICT;"
    "CREATE TABLE meta(scrub INTEGER NOT NULL) STRICT;"
    "INSERT INTO meta VALUES(0);"
    "INSERT INTO head VALUES(1, 1, 0, zeroblob(32), 0, zeroblob(8), '');";

static int exec(struct store *s, const char *text, struct err *e)
{
    return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : sqlite_fail(s, e);
}

static int pragma_int(struct store *s, const char *text, int64_t *out, struct err *e)
{
    sqlite3_stmt *st;
    int rc;

    if (sqlite3_prepare_v2(s->db, text, -1, &st, NULL) != SQLITE_OK)
        return sqlite_fail(s, e);
    rc = sqlite3_step(st) == SQLITE_ROW ? 0 : sqlite_fail(s, e);
    *out = rc == 0 ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return rc;
}

static int check_format(struct store *s, const char *path, struct err *e)
{
    int64_t app, format, scrub;

    if (pragma_int(s, "PRAGMA application_id", &app, e) < 0 ||
        pragma_int(s, "PRAGMA user_version", &format, e) < 0)
        return -1;
    if (app != APPLICATION_ID)
        return err_set(e, ERR_CORRUPT, N_("%s is not a journal"), path);
    if (format > JOURNAL_FORMAT)
        return err_set(e, ERR_USAGE,
                       N_("%s has format %d and this program knows formats up to %d: use a newer program"),
                       path, (int)format, JOURNAL_FORMAT);
    if (pragma_int(s, "SELECT scrub FROM meta", &scrub, e) < 0)
        return -1;
    s->scrub = scrub != 0;
    return 0;
}

static int set_up(struct store *s, enum store_mode mode, struct err *e)
{
    static const char writer[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "PRAGMA secure_delete = ON; PRAGMA cache_size = -16384;"
                                 "PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864;";
    char text[128];

    sqlite3_busy_timeout(s->db, BUSY_MS);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (exec(s, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;", e) < 0)
        return -1;
    if (mode == STORE_READ) {
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return exec(s, "PRAGMA query_only = ON; PRAGMA cache_size = -4096;", e);
    }
    if (exec(s, writer, e) < 0)
        return -1;
    if (mode == STORE_WRITE)
        return 0;
    snprintf(text, sizeof text, "PRAGMA application_id = %d; PRAGMA user_version = %d;", APPLICATION_ID,
             JOURNAL_FORMAT);
    return exec(s, "BEGIN IMMEDIATE", e) < 0 || exec(s, layout, e) < 0 || exec(s, text, e) < 0 ||
                   exec(s, "COMMIT", e) < 0
               ? -1
               : 0;
}

void sqlite_close(struct store *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(s->stmt[i]);
    sqlite3_close(s->db);
    free(s);
}

/* SQLite counts every allocation, under one lock for all connections, unless it is told before its first use: nobody
 * reads these counts. */
static void uncounted(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct store *open_path(const char *path, enum store_mode mode, struct err *e)
{
    static const int flags[] = {
        [STORE_READ] = SQLITE_OPEN_READONLY,
        [STORE_WRITE] = SQLITE_OPEN_READWRITE,
        [STORE_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    };
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct store *s = xmalloc(sizeof *s);
    int rc;

    pthread_once(&once, uncounted);
    memset(s, 0, sizeof *s);
    s->writes = mode != STORE_READ;
    rc = sqlite3_open_v2(path, &s->db, flags[mode] | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (s->db == NULL)
        abort(); /* out of memory */
    sqlite3_extended_result_codes(s->db, 0);
    if (rc != SQLITE_OK) {
        sqlite_fail(s, e);
        sqlite_close(s);
        return NULL;
    }
    return s;
}

struct store *sqlite_open(const char *dir, enum store_mode mode, struct err *e)
{
    struct arena *a = arena_new();
    const char *path = path_join(a, dir, "journal.db").p;
    struct store *s = NULL;

    if (mode != STORE_CREATE && access(path, F_OK) < 0) {
        err_set(e, ERR_CORRUPT, N_("%s is missing"), path);
        goto done;
    }
    s = open_path(path, mode, e);
    if (s == NULL)
        goto done;
    /* Its neighbours, -wal and -shm, take their mode from it. */
    if (mode == STORE_CREATE)
        chmod(path, 0600);
    if (set_up(s, mode, e) < 0 || check_format(s, path, e) < 0 || (s->writes && sqlite_scrub(s, e) < 0)) {
        sqlite_close(s);
        s = NULL;
    }
done:
    arena_free(a);
    return s;
}

/* Takes erased bytes out of the WAL, too. A reader in the way leaves it for the next commit. */
int sqlite_scrub(struct store *s, struct err *e)
{
    sqlite3_stmt *st;
    int rc;

    if (!s->scrub)
        return 0;
    sqlite3_busy_timeout(s->db, SCRUB_MS);
    rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    if (rc != SQLITE_OK)
        return 0;
    st = sqlite_get(s, SQL_SCRUB, e);
    if (st == NULL)
        return -1;
    sqlite3_bind_int(st, 1, 0);
    if (sqlite_run(s, st, e) < 0)
        return -1;
    s->scrub = false;
    return 0;
}

/* ---- copy ---- */

static int sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC), rc;

    if (fd < 0)
        return -1;
    rc = fsync(fd);
    close(fd);
    return rc;
}

static int copy_into(struct store *s, const char *path, struct err *e)
{
    sqlite3_stmt *st;
    int rc;

    if (sqlite3_prepare_v2(s->db, "VACUUM INTO ?1", -1, &st, NULL) != SQLITE_OK)
        return sqlite_fail(s, e);
    sqlite3_bind_text(st, 1, path, -1, SQLITE_STATIC);
    rc = sqlite_run(s, st, e);
    sqlite3_finalize(st);
    return rc;
}

int sqlite_copy(struct store *s, const char *to, struct err *e)
{
    struct arena *a = arena_new();
    const char *path = path_join(a, to, "journal.db").p;
    struct store *copy = NULL;
    int rc = -1;

    /* VACUUM INTO is a write to SQLite, though not to this file. */
    if (exec(s, "PRAGMA query_only = OFF", e) < 0 || copy_into(s, path, e) < 0)
        goto done;
    copy = open_path(path, STORE_WRITE, e);
    if (copy == NULL || exec(copy, "UPDATE head SET copied = 1", e) < 0)
        goto done;
    sqlite_close(copy);
    copy = NULL;
    if (chmod(path, 0600) < 0 || sync_path(path, O_RDONLY) < 0 ||
        sync_path(to, O_RDONLY | O_DIRECTORY) < 0) {
        err_set(e, ERR_IO, N_("cannot write %s: %s"), path, strerror(errno));
        goto done;
    }
    rc = 0;
done:
    sqlite_close(copy);
    sqlite3_exec(s->db, "PRAGMA query_only = ON", NULL, NULL, NULL);
    arena_free(a);
    return rc;
}
