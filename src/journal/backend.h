/*
 * backend: the door to the store. The journal knows twelve verbs and nothing of SQL; sqlite.c is the first
 * implementation (one machine), PostgreSQL 15 follows (many processes, synchronous standbys).
 *
 * What a store keeps: entries by sequence number, with a unique id; tiles of 256 hashes each (as C2SP
 * tlog-tiles: level L, number N); keys that entered once; and one row of state, the head. All of it changes
 * in transactions that hold from begin to end; end swaps the head only if it still is what begin saw.
 *
 * A struct store is used by one thread at a time. Whoever reads opens another.
 *
 * verb      SQLite                                   PostgreSQL 15
 * open      one connection; writers set WAL, FULL    one connection; synchronous_commit = on
 * begin     BEGIN IMMEDIATE (write) or BEGIN;        BEGIN; SELECT ... FROM head FOR UPDATE (write) or
 *           SELECT ... FROM head                     BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
 * put       INSERT ... ON CONFLICT(id) DO NOTHING    the same, or COPY into a temporary table
 * once      INSERT ... ON CONFLICT DO NOTHING        the same
 * mark      SAVEPOINT, ROLLBACK TO                   the same
 * tile_put  upsert                                   the same
 * erase     UPDATE with secure_delete; after the     UPDATE; after the commit VACUUM of the table, and the WAL
 *           commit the WAL is emptied                archive's keep time
 * end       UPDATE head WHERE size and epoch are as  the same; COMMIT returns when the standbys have it
 *           begin saw them; COMMIT
 * walk      SELECT by seq, or by id                  the same, with a cursor
 * copy      VACUUM INTO                              pg_basebackup's business: ERR_USAGE says so
 */
#ifndef PUENTE_JOURNAL_BACKEND_H
#define PUENTE_JOURNAL_BACKEND_H

#include "journal/journal.h"
#include "journal/note.h"

#define JOURNAL_FORMAT 1   /* of the store; a newer one is refused */
#define TILE_HEIGHT    8   /* 2^8 hashes a tile */
#define TILE_WIDTH     256 /* = 2^TILE_HEIGHT */
#define TILE_LEVELS    6   /* TILE_HEIGHT * TILE_LEVELS = MERKLE_HEIGHT */
#define EPOCHS_MAX     256 /* epochs a log can have */

struct row {
    uint64_t seq;
    uint8_t id[16];
    unsigned kind;
    struct str header, values; /* valid until the next call */
    uint8_t seed[32], commitment[HASH_SIZE];
    bool erased; /* no values, no seed */
};

/* The head: what a transaction starts from, and what it ends with. */
struct state {
    uint64_t epoch, size;
    uint8_t root[HASH_SIZE];
    bool copied;                     /* this store is a backup and has not been opened for writing yet */
    uint64_t start[EPOCHS_MAX];      /* start[i]: the first sequence number of epoch i + 1 */
    char checkpoint[CHECKPOINT_MAX]; /* the signed note, a C string */
};

struct tile {
    size_t n; /* hashes in it; fewer than TILE_WIDTH only at the right edge */
    uint8_t hash[TILE_WIDTH][HASH_SIZE];
};

enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE };
enum store_mark { STORE_MARK, STORE_REWIND };

/* Which entries a walk sees: from `from` on, at most `most`; or the one with this id. */
struct range {
    uint64_t from, most;
    const uint8_t *id;
};
/* Other than 0 ends the walk. */
typedef int row_fn(void *arg, const struct row *r, struct err *e);

struct store;

struct backend {
    const char *name;
    struct store *(*open)(const char *dir, enum store_mode mode, struct err *e);
    void (*close)(struct store *s); /* NULL is harmless */
    /* A transaction; -1 leaves none open. Reads happen inside one too: they see one state. */
    int (*begin)(struct store *s, bool write, struct state *out, struct err *e);
    /* NULL undoes everything. With a state it commits, if the head still is what begin saw (else
     * ERR_CONFLICT), and returns when it is on disk; -1: nothing happened. Ends the transaction either way. */
    int (*end)(struct store *s, const struct state *next, struct err *e);
    int (*mark)(struct store *s, enum store_mark m, struct err *e);
    int (*put)(struct store *s, const struct row *r, struct err *e);           /* 1, or 0: has that id */
    int (*once)(struct store *s, const uint8_t key[HASH_SIZE], struct err *e); /* 1, or 0: has that key */
    /* Overwrites values and seed; 1, or 0: no such entry that still has them. */
    int (*erase)(struct store *s, const uint8_t id[16], struct err *e);
    int (*tile_put)(struct store *s, unsigned level, uint64_t n, const struct tile *t, struct err *e);
    /* A tile that is not there has n = 0. */
    int (*tile_get)(struct store *s, unsigned level, uint64_t n, struct tile *out, struct err *e);
    int (*walk)(struct store *s, const struct range *r, row_fn *fn, void *arg, struct err *e);
    /* A consistent copy, durable, marked as copied, in the folder `to`. No transaction is open. */
    int (*copy)(struct store *s, const char *to, struct err *e);
};

extern const struct backend backend_sqlite;

#endif
