/* internal.h: what views.c, query.c, project.c and digest.c share. */
#ifndef PUENTE_VIEWS_INTERNAL_H
#define PUENTE_VIEWS_INTERNAL_H

#include "views/views.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#define QUERY_CACHE 64   /* statements kept prepared on a connection */
#define BUSY_MS     5000 /* how long SQLite waits for another process */

struct query {
    struct views *views;
    sqlite3_stmt *stmt;
    char *sql;     /* NULL: an empty place in the cache */
    uint64_t used; /* when last; the oldest makes room */
    bool busy;     /* handed out */
    bool loose;    /* not in the cache: dies with query_done */
};

struct conn {
    sqlite3 *db;
    struct query cache[QUERY_CACHE];
    uint64_t tick;
    struct conn *next_all, *next_idle;
};

/* One a thread that has used these views. */
struct slot {
    struct views *views;
    struct conn *reader; /* lent to this thread; goes back when it ends */
    bool writing;        /* between begin and commit: it uses the writer */
    struct slot *prev, *next;
};

/* What a room keeps in memory (views_remember). */
struct remembered {
    const struct views_memory *kind;
    void *memory;
    struct remembered *next;
};

/* The statements of one kind, prepared on the writer when first needed. */
struct projection {
    const struct kind *kind;
    sqlite3_stmt *insert, *mark, *clear;
    int64_t added; /* current rows since the transaction began, not yet in kind_count */
};

struct views {
    char *path;
    bool write;
    int lock; /* the folder, locked while we write to its views; or -1 */
    const char *const *tables;
    struct conn *writer;   /* NULL when opened to read */
    pthread_mutex_t apply; /* held from begin to commit */
    pthread_mutex_t react; /* taken before `apply`, never after */
    _Atomic uint64_t applied, reacted;
    _Atomic bool damaged;

    pthread_mutex_t lists; /* guards what follows */
    struct conn *all, *idle;
    struct slot *slots;
    pthread_key_t key;

    struct projection *projection;
    size_t projections;

    struct remembered *remembered; /* guarded by `lists` */
};

/* Turns SQLite's last result on `db` into err; returns -1. */
int views_fail(struct views *v, sqlite3 *db, struct err *e);
int views_exec(struct views *v, const char *sql, struct err *e); /* on the writer */
void projections_free(struct views *v);
int projections_count(struct views *v, struct err *e); /* before COMMIT: what was added into kind_count */
void projections_forget(struct views *v);              /* after ROLLBACK */

struct slot *views_slot(struct views *v); /* this thread's; never NULL */
struct conn *conn_new(struct views *v, int flags, struct err *e);
void conn_free(struct conn *c); /* NULL is harmless */
void conns_start(struct views *v);
void conns_stop(struct views *v);

#endif
