/*
 * views: the local SQLite database of derived tables (views.db). Disposable: every table here can be dropped
 * and made again from the journal, to the same bytes. A table a kind comes from the schema; rooms add theirs.
 */
#ifndef PUENTE_VIEWS_H
#define PUENTE_VIEWS_H

#include "journal/journal.h"

struct views;

/* `tables`: the rooms' own CREATE statements, NULL-terminated. A database of another layout (other kinds,
 * other tables) is dropped and starts from zero. */
struct views *views_open(const char *dir, bool write, const char *const *tables, struct err *e);
void views_close(struct views *v); /* NULL is harmless */

/* Cursors: how far apply and react have come (the next sequence number). */
uint64_t views_applied(struct views *v);
uint64_t views_reacted(struct views *v);

/* One transaction a group of entries; the generic projection of an entry (row of its kind's table, the mark
 * on what it replaces, erasure). Errors: -1 with err. */
int views_begin(struct views *v, struct err *e);
int views_apply(struct views *v, const struct entry *x, struct err *e);
int views_commit(struct views *v, uint64_t applied, struct err *e);
void views_rollback(struct views *v);
int views_set_reacted(struct views *v, uint64_t reacted, struct err *e);
int views_drop_all(struct views *v, struct err *e); /* rebuild starts here */
/* SHA-256 over every table's rows in order: equal digests, equal tables. */
int views_digest(struct views *v, uint8_t out[32], struct err *e);

/* A prepared statement, cached by its text. Bind with views_bind_*, step, read columns; views_done returns it.
 * Thread-safe: each thread reads through its own connection; writes only between begin and commit. */
struct query;
struct query *views_query(struct views *v, const char *sql, struct err *e);
void query_bind_int(struct query *q, int i, int64_t value); /* parameters count from 1 */
void query_bind_text(struct query *q, int i, struct str value);
void query_bind_blob(struct query *q, int i, struct str value);
void query_bind_null(struct query *q, int i);
int query_step(struct query *q, struct err *e);        /* 1 = a row, 0 = no more, -1 = err */
bool query_is_null(const struct query *q, int column); /* columns count from 0 */
int64_t query_int(const struct query *q, int column);
struct str query_text(const struct query *q, int column); /* until the next step */
struct str query_blob(const struct query *q, int column);
void query_done(struct query *q); /* NULL is harmless */

#endif
