/*
 * internal: what the files of this room share. journal.c opens and closes, identity.c keeps node.json and
 * the keys, epoch.c notices a restored store, tree.c keeps the Merkle tree in tiles, append.c writes,
 * read.c reads, proof.c, verify.c, erase.c and backup.c are what their names say.
 */
#ifndef PUENTE_JOURNAL_INTERNAL_H
#define PUENTE_JOURNAL_INTERNAL_H

#include <pthread.h>

#include "journal/backend.h"
#include "journal/journal.h"
#include "journal/merkle.h"
#include "journal/note.h"

#define READERS_KEPT 8 /* idle reading connections */
#define WALK_CHUNK                                                                                         \
    1024 /* entries a walk reads in one snapshot: a long one would keep the WAL from shrinking */
#define ORIGIN_MAX (NOTE_NAME + 32)

/* ---- tree.c: the log's tree over a store's tiles ---- */

struct tree {
    struct merkle m;
    struct tile edge[TILE_LEVELS]; /* the tile being filled at each level */
    bool dirty[TILE_LEVELS];       /* it has hashes that the store has not */
    const struct backend *backend;
    struct store *store;
    struct err *e; /* for the time of one push */
};
/* From the store, inside a transaction; checks that the tiles give the head's root. */
int tree_load(struct tree *t, const struct state *s, struct err *e);
int tree_push(struct tree *t, const uint8_t leaf[HASH_SIZE], struct err *e);
int tree_flush(struct tree *t, struct err *e); /* stores the edges */
void tree_copy(struct tree *to, const struct tree *from);

/* A merkle_source over a store's tiles, inside a transaction. Keeps the tile read last. */
struct tile_reader {
    const struct backend *backend;
    struct store *store;
    bool have;
    unsigned level;
    uint64_t n;
    struct tile tile;
};
int tile_reader_node(void *tile_reader, unsigned height, uint64_t index, uint8_t out[HASH_SIZE],
                     struct err *e);

/* Leaf data = version (1 byte, 1) || id || commitment. */
void leaf_hash(uint8_t out[HASH_SIZE], const uint8_t id[16], const uint8_t commitment[HASH_SIZE]);

/* ---- the journal ---- */

struct request; /* append.c: one caller's records, waiting for the group */

struct journal {
    const struct backend *backend;
    const struct world *world;
    char *dir;
    struct journal_identity who;
    struct verifier verifier;
    char key[NOTE_KEY_TEXT]; /* the verifier as text */

    /* Writing; store is NULL in a journal opened for reading. */
    int lock, promise; /* file descriptors, or -1 */
    struct store *store;
    struct signer signer;
    uint8_t once_key[32];
    struct state state; /* as the transaction found it, and then as it committed */
    struct tree tree, saved;
    bool tree_good; /* the tree is that of state */

    /* Writers take turns in the order they came. */
    pthread_mutex_t mutex;
    pthread_cond_t turn;
    uint64_t ticket, serving;
    struct request *queue, **queue_end;
    bool leading; /* somebody in the queue will commit for all of it */

    pthread_mutex_t pool_mutex;
    struct store *pool[READERS_KEPT];
    size_t pooled;
};

/* ---- identity.c: node.json and keys/ ---- */

int identity_create(const char *dir, const struct world *w, const struct journal_identity *who,
                    struct err *e);
int identity_publish(const char *dir, const struct journal_identity *who, struct err *e); /* node.json */
int identity_load(struct journal *j, struct err *e);                                      /* who */
int identity_keys(struct journal *j, bool secrets, struct err *e); /* verifier, key; signer, once_key */
int identity_copy(const struct journal *j, const char *to, struct err *e);

/* ---- journal.c ---- */

int folder_make(const char *dir, struct err *e); /* new, or empty */
void folder_clear(const char *dir);              /* what a failure has left of a new node in it */
bool head_signed(const struct journal *j, const struct state *s); /* its checkpoint says what it says */

/* ---- epoch.c ---- */

/* The log's name in its checkpoints: the office, and from epoch 2 on "/epoch/N". */
void epoch_origin(char out[ORIGIN_MAX], const char *office, uint64_t epoch);
int promise_open(struct journal *j, bool *fresh, struct err *e); /* *fresh: there was none */
/* Called after each commit: what was answered for. Without fsync: it may lag, it never leads. */
void promise_write(struct journal *j);
/* On opening for writing: is this store as old as what was answered for? If not, the next epoch starts. */
int epoch_check(struct journal *j, bool fresh, struct err *e);

/* ---- append.c ---- */

void writer_wait(struct journal *j); /* for this writer's turn */
void writer_done(struct journal *j);
/* A transaction for whoever has the turn. commit signs the new head; both ways it ends here. */
int write_begin(struct journal *j, struct err *e);
int write_commit(struct journal *j, struct err *e);
void write_abort(struct journal *j);
/* Fills in the header, encodes into `b` (appending) and commits to the fields. row->header and ->values
 * hold until b grows. */
int row_make(struct journal *j, struct record *r, struct buf *b, struct row *row, struct err *e);
/* 1 = stored as the next entry, 0 = the journal has that id, -1 = err: the transaction must be aborted. */
int row_put(struct journal *j, struct row *row, struct err *e);
int id_taken(const uint8_t id[16], struct err *e); /* sets ERR_CONFLICT; -1 */

/* ---- read.c ---- */

struct store *reader_take(struct journal *j, struct err *e);
void reader_give(struct journal *j, struct store *s); /* NULL is harmless */
/* Takes a reader and begins. */
struct store *reader_begin(struct journal *j, struct state *out, struct err *e);
void reader_end(struct journal *j, struct store *s);
/* Decodes a row; strings point into the row's bytes. */
int entry_of(struct arena *a, const struct row *r, struct entry *out, struct err *e);
/* The row, its bytes copied into the arena. ERR_NOT_FOUND. */
int row_find(struct journal *j, struct store *s, struct arena *a, const uint8_t id[16], struct row *out,
             struct err *e);

#endif
