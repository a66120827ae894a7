/*
 * digest.c: SHA-256 over every table, to tell that two databases hold the same. Per table, by name: its name,
 * then every row in key order, every column as type byte, length (8 bytes, big-endian) and bytes; integers as
 * 8 bytes, big-endian. Bytes of the file do not matter: SQLite may lay the same rows out differently.
 */
#include "views/internal.h"

static void number(struct sha256_run *h, uint64_t u)
{
    uint8_t b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (uint8_t)(u >> (56 - 8 * i));
    sha256_add(h, str_n(b, sizeof b));
}

static void column(struct sha256_run *h, sqlite3_stmt *s, int i)
{
    int type = sqlite3_column_type(s, i);
    char tag = (char)type;

    sha256_add(h, str_n(&tag, 1));
    if (type == SQLITE_INTEGER) {
        number(h, (uint64_t)sqlite3_column_int64(s, i));
    } else if (type != SQLITE_NULL) {
        const void *p = sqlite3_column_blob(s, i);
        size_t n = (size_t)sqlite3_column_bytes(s, i);
        number(h, n);
        if (n)
            sha256_add(h, str_n(p, n));
    }
}

static int table(struct views *v, sqlite3 *db, struct sha256_run *h, const char *name, struct err *e)
{
    sqlite3_stmt *s = NULL;
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY rowid", name);
    int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL), step = SQLITE_DONE;

    sqlite3_free(sql);
    if (rc != SQLITE_OK) { /* WITHOUT ROWID: its own order is that of its key */
        sql = sqlite3_mprintf("SELECT * FROM \"%w\"", name);
        rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
        sqlite3_free(sql);
    }
    if (rc != SQLITE_OK)
        return views_fail(v, db, e);
    sha256_add(h, str_n(name, strlen(name) + 1));
    while ((step = sqlite3_step(s)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(s); i++)
            column(h, s, i);
    rc = step == SQLITE_DONE ? 0 : views_fail(v, db, e);
    sqlite3_finalize(s);
    return rc;
}

int views_digest(struct views *v, uint8_t out[32], struct err *e)
{
    static const char list[] = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta'"
                               " AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'memo\\_%' ESCAPE '\\' "
                               "ORDER BY name";
    struct query *q = views_query(v, list, e);
    struct sha256_run *h;
    int more = -1;

    if (q == NULL)
        return -1;
    h = sha256_new();
    /* The list stays open meanwhile, so all tables are read in one snapshot. */
    while ((more = query_step(q, e)) == 1)
        if (table(v, sqlite3_db_handle(q->stmt), h, (const char *)sqlite3_column_text(q->stmt, 0), e) < 0) {
            more = -1;
            break;
        }
    query_done(q);
    sha256_end(h, out);
    return more < 0 ? -1 : 0;
}
