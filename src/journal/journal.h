/*
 * journal: the node's append-only log of records, the only truth. Every field is committed to with a salt,
 * every entry is a leaf of an RFC 6962 tree, every head is a C2SP checkpoint signed with Ed25519.
 * Nobody is answered before the commit is on disk. The storage is behind backend.h's struct backend:
 * sqlite.c is the first; PostgreSQL follows. merkle.h and note.h are the tree and the signed notes by themselves.
 */
#ifndef PUENTE_JOURNAL_H
#define PUENTE_JOURNAL_H

#include "base/clock.h"
#include "base/crypto.h"
#include "schema/schema.h"

struct journal;
struct backend;

struct journal_options {
    const char *dir; /* the node's folder */
    const struct world *world;
    bool write; /* takes the node's lock: one writing process at a time (else ERR_BUSY) */
    const struct backend *backend; /* backend.h; NULL = SQLite */
};

/* Lays out a new node folder: node.json (format, office, country, exercise), keys/ (0700; secrets 0600),
 * journal.db, epoch 1. Refuses a folder that is not empty. */
struct journal_identity {
    const char *office;  /* "us.cbp": [a-z]{2}(\.[a-z0-9-]+)+ ; it is the log's origin */
    const char *country; /* ISO 3166-1 alpha-2 */
    bool exercise;       /* a demonstration node: takes synthetic records, and only those */
    /* Days in which each contact with a foreign agency must be reported, where a law asks for it; 0: it is not. */
    int contact_report_days;
};
#define CONTACT_DAYS_MOST 365
int journal_create(const struct journal_options *o, const struct journal_identity *who, struct err *e);
bool journal_office_ok(struct str office); /* the form above */

/* Opens, recovers what a crash left, checks that the store is not older than what was acknowledged (a
 * restored backup starts a new epoch). NULL with err. */
struct journal *journal_open(const struct journal_options *o, struct err *e);
void journal_close(struct journal *j); /* NULL is harmless */
const struct journal_identity *journal_who(const struct journal *j);

struct head {
    uint64_t epoch; /* from 1; a restored backup starts the next */
    uint64_t size;  /* entries; the next one has this sequence number */
    uint8_t root[HASH_SIZE];
    struct str checkpoint; /* the signed note; belongs to the arena given */
    const uint64_t
        *start; /* start[i]: the first sequence number of epoch i + 1; `epoch` of them; likewise */
};
int journal_head(struct journal *j, struct arena *a, struct head *out, struct err *e);
/* A sequence number as users see it: "epoch.seq", "1.4711". O(epochs). Returns its length. */
#define NUMBER_SIZE 44
size_t journal_number(const struct head *h, uint64_t seq, char out[NUMBER_SIZE]);
/* The log's verification key, C2SP signed-note form: "us.cbp+a1b2c3d4+AbCd...". Lives with the journal. */
const char *journal_key(const struct journal *j);

/* Signs `text` (ending in LF, not empty) with the log's key, as a C2SP note: cards, agreements, channel heads. Its
 * first line must not be an origin of this node's own log (asserted): a note is never a head. Only a journal opened
 * to write has the secret. Appends to out. */
void journal_sign(struct journal *j, struct str text, struct buf *out);
/* The note with this node's cosignature over it, as of now (note.h). Appends to out. */
struct note;
void journal_cosign(struct journal *j, const struct note *n, struct buf *out);
/* The note with one more signature of this node's, over its text. Appends to out. */
void journal_countersign(struct journal *j, const struct note *n, struct buf *out);

/* ---- writing ---- */

/* Group commit: callers on many threads share one fsync. Fills in what is missing in each header (id,
 * origin, recorded; on an exercise node also `exercise`), draws the seeds, and returns after the commit is
 * on disk, all records or none, with sequence numbers *first ... *first + n - 1. The records have passed
 * schema_check. ERR_CONFLICT: an id is in the journal already; ERR_DENIED: a record of an exercise for a real
 * node, or the reverse; ERR_LIMIT; ERR_FULL. Not from a thread that has a batch open. */
int journal_append(struct journal *j, struct record *const *r, size_t n, uint64_t *first, struct err *e);

/* The streaming form, for messages larger than memory: one transaction, one fsync at the end. One thread a
 * batch. A put refused with ERR_CONFLICT, ERR_DENIED or ERR_LIMIT leaves the batch as it was; after any other
 * error every later call gives that error again, and nothing is stored. */
struct batch;
struct batch *batch_begin(struct journal *j, struct err *e); /* waits for other writers of this process */
int batch_put(struct batch *b, struct record *r, struct err *e);
/* A key (32 bytes) that may enter once: 1 = new, 0 = the journal has it already, -1 = err. Stored keyed
 * with the node's secret. */
int batch_once(struct batch *b, const uint8_t key[HASH_SIZE], struct err *e);
int batch_mark(struct batch *b, struct err *e);   /* a message starts: remember this point ... */
int batch_rewind(struct batch *b, struct err *e); /* ... and go back to it: it is refused whole */
uint64_t batch_count(const struct batch *b);      /* records put since begin */
int batch_commit(struct batch *b, struct err *e); /* durable, or nothing; frees b either way */
void batch_abort(struct batch *b);                /* frees b; NULL is harmless */

/* ---- reading ---- */

struct entry {
    uint64_t seq;
    struct record *record; /* NULL when erased */
    uint8_t id[16];
    const struct kind *kind;
    struct str header, values; /* canonical bytes; values empty when erased */
    uint8_t seed[32];          /* zero when erased */
    uint8_t commitment[HASH_SIZE];
    bool erased;
};

/* Calls back for each entry from `from` on, in order, at most `most`; `a` is reset between entries. A
 * callback that returns non-zero stops the walk; its value is returned. -1 with err. */
typedef int entry_fn(void *arg, const struct entry *x, struct err *e);
int journal_walk(struct journal *j, uint64_t from, uint64_t most, entry_fn *fn, void *arg, struct err *e);
int journal_get(struct journal *j, struct arena *a, const uint8_t id[16], struct entry *out, struct err *e);

/* ---- proving ---- */

struct verify_report {
    uint64_t entries, erased;
    bool good;
    uint64_t bad_seq; /* the first bad entry, when !good */
    char what[256];   /* in err's language */
};
/* Who wants to see how far it has come. */
struct verify_watch {
    void (*tick)(void *arg, uint64_t done, uint64_t of);
    void *arg;
};
/* Recomputes every commitment, the tree, and the signature on the head. `watch` may be NULL. -1 only when the
 * world fails; a bad log is a report. */
int journal_verify(struct journal *j, const struct verify_watch *watch, struct verify_report *out,
                   struct err *e);
/* A C2SP tlog-proof@v1 of record `id`, its `extra` line the CBOR of {id, header, values, seed}, or {id,
 * commitment} when erased. */
int journal_prove(struct journal *j, const uint8_t id[16], struct buf *out, struct err *e);
/* What a proof proves: that the log of `origin`, when it had `size` entries, held this one at `seq`. */
struct proved {
    struct record *record; /* NULL when erased */
    uint8_t id[16], commitment[HASH_SIZE];
    uint64_t seq, size, epoch;
    struct str origin; /* the log's name: the office, and from epoch 2 on "/epoch/N" */
};
/* Offline: no node needed. `key` as journal_key gives it; strings point into the arena. ERR_DATA says what
 * does not hold. Total over any bytes. */
int journal_check_proof(struct arena *a, struct str proof, struct str key, struct proved *out,
                        struct err *e);
/* libFuzzer's door: any bytes as a proof. Always 0. */
int journal_fuzz_proof(const uint8_t *p, size_t n);

/* ---- forgetting, copying ---- */

/* Destroys values and seed of `id`, on disk too; commitment and place in the log stay. `erasure`, the record
 * that says why (kind erasure, its field `about` = id), is appended in the same transaction. Backups made
 * before still have the values: their keeper erases there. Refused for epoch and erasure records. */
int journal_erase(struct journal *j, const uint8_t id[16], struct record *erasure, struct err *e);
/* A consistent copy into a new folder (0700) while the node runs, with the node's secret keys: keep it as you
 * keep them. A node opened from it for writing starts the next epoch. */
int journal_backup(struct journal *j, const char *to, struct err *e);

#endif
