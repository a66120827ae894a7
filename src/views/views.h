/*
 * views: the local SQLite database of derived tables (views.db). Disposable: every table here can be dropped
 * and made again from the journal, to the same bytes. A table a kind comes from the schema; rooms add theirs.
 */
#ifndef PUENTE_VIEWS_H
#define PUENTE_VIEWS_H

#include "journal/journal.h"

struct views;

/* `tables`: the rooms' own CREATE statements, NULL-terminated. Opened to write, a database of another layout
 * (other kinds, other tables) or a damaged one is dropped and starts from zero; ERR_BUSY while another process writes to them. Opened to read, it must be
 * there and be of this layout (ERR_NOT_FOUND, ERR_CONFLICT). NULL with err. */
struct views *views_open(const char *dir, bool write, const char *const *tables, struct err *e);
void views_close(struct views *v); /* NULL is harmless; no other thread uses v any more */
/* Deletes views.db and VIEWS_LISTED, VIEWS_ASKED, which nobody of this process has open: rebuild starts here. */
int views_discard(const char *dir, struct err *e);
/* Files beside views.db in which screening/ keeps its indexes, so that opening a large node does not make them
 * again. Caches of caches: missing or damaged, nothing is lost. */
#define VIEWS_LISTED "views.listed"
#define VIEWS_ASKED  "views.asked"
bool views_writable(const struct views *v);
/* Ties the file to one run of the log: 1 = it is of this epoch and not longer than the log (a new file is from
 * now on), 0 = it tells of another one and must be discarded. -1 with err. */
int views_bind(struct views *v, uint64_t epoch, uint64_t size, struct err *e);
/* The file is damaged: something failed with ERR_CORRUPT. To be discarded. */
bool views_damaged(const struct views *v);

/* Cursors: how far apply and react have come (the next sequence number). VIEWS_UNKNOWN: the file is new, and
 * nothing in it tells what was reacted to. */
#define VIEWS_UNKNOWN UINT64_MAX
uint64_t views_applied(struct views *v);
uint64_t views_reacted(struct views *v);

/* One transaction a group of entries, one thread at a time (begin waits); the generic projection of an entry:
 * the row of its kind's table, the mark on what it replaces, and for an `erasure` the named record's row, which
 * keeps id, seq and header only. Errors: -1 with err, then roll back. */
int views_begin(struct views *v, struct err *e);
int views_apply(struct views *v, const struct entry *x, struct err *e);
int views_commit(struct views *v, uint64_t applied, struct err *e); /* on -1 it has rolled back */
void views_rollback(struct views *v);                               /* harmless outside a transaction */
/* Reacting is one thread at a time too, beside the applying ones: begin waits and returns the cursor, end moves
 * it on (-1 with err: it stays) and lets the next one in. */
uint64_t views_react_begin(struct views *v);
int views_react_end(struct views *v, uint64_t reacted, struct err *e);
/* SHA-256 over every table's rows in order: equal digests, equal tables. O(all). Tables called memo_... are left
 * out: they number things by when they came, and an entry that was erased since comes otherwise in a rebuild. */
int views_digest(struct views *v, uint8_t out[32], struct err *e);
/* Moves everything from the write-ahead log into views.db and empties it, so that erased values are in neither
 * (freed pages are zeroed). 1 = a reader still holds an older state: try again. */
int views_scrub(struct views *v, struct err *e);

const char *views_engine(void); /* SQLite's version */

/* What a room keeps in memory beside open views (an index, compiled rules): made when it is first asked for, freed
 * when the views are closed. It is a cache of what the tables say: it must find out by itself that they moved on, and
 * other processes have their own. One for each `kind`, which is a const struct. Any thread; `make` is called by one
 * of them, and the locks inside are the room's. */
struct views_memory {
    void *(*make)(void); /* never NULL */
    void (*end)(void *memory);
};
void *views_remember(struct views *v, const struct views_memory *kind);

/* A prepared statement, cached by its text. Bind with query_bind_*, step, read columns; query_done returns it.
 * Thread-safe: each thread reads through its own connection; between begin and commit the thread that began
 * reads and writes through the transaction. */
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
/* A loop of many small questions: until views_let_go this thread sees the views as they are now, and a question costs
 * no locks. It writes nothing meanwhile. Not within itself; harmless where a transaction of this thread is open. */
int views_hold(struct views *v, struct err *e);
void views_let_go(struct views *v);

/* The row that the query stands on, of SELECT * FROM a kind's table, as a record in the arena (its header has no
 * purpose, basis and grading: those stand in the journal only), and what happened to it since. */
struct views_mark {
    uint64_t seq,
        superseded; /* the latter is the seq of its correction; 0 = none (a correction is never 0) */
    bool erased;
};
struct record *views_row(struct arena *a, const struct query *q, const struct kind *k,
                         struct views_mark *m);

#endif
