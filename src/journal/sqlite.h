/*
 * sqlite.h: what sqlite.c (statements, transactions, rows) and sqlite_file.c (opening, setting up, emptying the
 * write-ahead log, copying) share. The names of SQLite's types are declared, so that only the two include it.
 */
#ifndef PUENTE_JOURNAL_SQLITE_H
#define PUENTE_JOURNAL_SQLITE_H

#include "journal/backend.h"

struct sqlite3;
struct sqlite3_stmt;

enum statement {
    SQL_HEAD,
    SQL_HEAD_SET,
    SQL_PUT,
    SQL_ONCE,
    SQL_ERASE,
    SQL_SCRUB,
    SQL_TILE_PUT,
    SQL_TILE_GET,
    SQL_WALK,
    SQL_BY_ID,
    SQL_BEGIN,
    SQL_BEGIN_WRITE,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_MARK,
    SQL_RELEASE,
    SQL_REWIND,
    SQL_COUNT
};

struct store {
    struct sqlite3 *db;
    struct sqlite3_stmt *stmt[SQL_COUNT];
    bool writes, marked;
    bool scrub;        /* something was erased, and its bytes may still stand in the WAL */
    struct state seen; /* what begin saw */
};

/* Describes SQLite's last error; -1. */
int sqlite_fail(struct store *s, struct err *e);
/* Prepared once, kept for the connection's life; NULL with err. */
struct sqlite3_stmt *sqlite_get(struct store *s, enum statement i, struct err *e);
/* Runs a statement that gives no rows. */
int sqlite_run(struct store *s, struct sqlite3_stmt *st, struct err *e);

/* ---- sqlite_file.c ---- */

struct store *sqlite_open(const char *dir, enum store_mode mode, struct err *e);
void sqlite_close(struct store *s);
int sqlite_copy(struct store *s, const char *to, struct err *e);
/* Takes erased bytes out of the WAL, too. A reader in the way leaves it for the next commit. */
int sqlite_scrub(struct store *s, struct err *e);

#endif
