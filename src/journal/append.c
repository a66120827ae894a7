/*~ 6
 * append.c: the only way in. Two forms of one thing: a transaction that puts rows into the store, leaves
 * onto the tree, and a newly signed head over both.
 *
 * Group commit: each caller encodes and hashes its own records in its own thread and joins a queue. The
 * first in the queue waits for its turn to write and then commits for everybody who has joined meanwhile: one
 * transaction, one signature, one fsync. A caller whose record the journal has already fails alone. When the
 * commit itself fails, the leader reports it, and the others queue again, each to succeed or fail on its own.
 *
 * "~ 7" is in node.c: what happens once it is on disk.
 */
#include "journal/internal.h"

#include <assert.h>
#include <stdlib.h>

#define RECORD_LIMIT ((size_t)4 << 20)  /* bytes of one record's header and values */
#define APPEND_LIMIT ((size_t)64 << 20) /* bytes of one append; longer messages are batches */

/* ---- turns ---- */

/* With the mutex held. */
static void take_turn(struct journal *j)
{
    uint64_t mine = j->ticket++;

    while (j->serving != mine)
        pthread_cond_wait(&j->turn, &j->mutex);
}

void writer_wait(struct journal *j)
{
    pthread_mutex_lock(&j->mutex);
    take_turn(j);
    pthread_mutex_unlock(&j->mutex);
}

void writer_done(struct journal *j)
{
    pthread_mutex_lock(&j->mutex);
    j->serving++;
    pthread_cond_broadcast(&j->turn);
    pthread_mutex_unlock(&j->mutex);
}

/* ---- the transaction ---- */

int write_begin(struct journal *j, struct err *e)
{
    struct state now;

    if (j->backend->begin(j->store, true, &now, e) < 0)
        return -1;
    /* After a failure, or when another process shares the store, the tree in memory is not the head's. */
    if (!j->tree_good || now.size != j->state.size || memcmp(now.root, j->state.root, HASH_SIZE) != 0) {
        if (tree_load(&j->tree, &now, e) < 0) {
            write_abort(j);
            return -1;
        }
        j->tree_good = true;
    }
    j->state = now;
    return 0;
}

void write_abort(struct journal *j)
{
    struct err ignored = {0};

    j->tree_good = false;
    j->backend->end(j->store, NULL, &ignored);
}

static void sign_head(struct journal *j, struct state *s)
{
    char origin[ORIGIN_MAX];
    struct checkpoint c = {.size = s->size};
    struct buf text, note;

    epoch_origin(origin, j->who.office, s->epoch);
    c.origin = str_z(origin);
    memcpy(c.root, s->root, HASH_SIZE);
    buf_init(&text, CHECKPOINT_MAX);
    buf_init(&note, CHECKPOINT_MAX - 1);
    checkpoint_text(&text, &c);
    note_sign(&note, buf_view(&text), &j->signer, 1);
    assert(!note.over);
    memset(s->checkpoint, 0, sizeof s->checkpoint);
    memcpy(s->checkpoint, note.p, note.n);
    buf_free(&note);
    buf_free(&text);
}

int write_commit(struct journal *j, struct err *e)
{
    struct state next = j->state;

    if (tree_flush(&j->tree, e) < 0) {
        write_abort(j);
        return -1;
    }
    next.size = j->tree.m.size;
    next.copied = false;
    merkle_root(&j->tree.m, next.root);
    sign_head(j, &next);
    if (j->backend->end(j->store, &next, e) < 0) {
        j->tree_good = false;
        return -1;
    }
    j->state = next;
    promise_write(j);
    return 0;
}

/* ---- one record ---- */

static const uint8_t no_id[16];

/* Fills in what the caller left open, and holds the line between exercise and reality. */
static int head_fill(struct journal *j, struct record *r, struct err *e)
{
    struct header *h = &r->head;
    bool ours;

    if (h->origin.n == 0)
        h->origin = str_z(j->who.office);
    ours = str_eq(h->origin, str_z(j->who.office));
    if (memcmp(h->id, no_id, sizeof no_id) == 0)
        uuid_v7(j->world, h->id);
    if (h->recorded == 0)
        h->recorded = j->world->now(j->world->arg);
    if (j->who.exercise && ours)
        h->exercise = true;
    if (h->exercise && !j->who.exercise)
        return err_set(e, ERR_DENIED, N_("a record made for an exercise cannot enter a real node"));
    if (!h->exercise && j->who.exercise)
        return err_set(e, ERR_DENIED, N_("a real record of %.*s cannot enter an exercise node"),
                       STR_ARG(h->origin));
    return 0;
}

int row_make(struct journal *j, struct record *r, struct buf *b, struct row *row, struct err *e)
{
    size_t from = b->n, mid;

    if (head_fill(j, r, e) < 0)
        return -1;
    memset(row, 0, sizeof *row);
    schema_encode_header(b, r);
    mid = b->n;
    schema_encode_values(b, r);
    if (b->over || b->n - from > RECORD_LIMIT)
        return err_set(e, ERR_LIMIT, N_("a record of kind %s is larger than the journal takes (%zu MiB)"),
                       r->kind->name, RECORD_LIMIT >> 20);
    memcpy(row->id, r->head.id, sizeof row->id);
    row->kind = r->kind->number;
    row->header = str_n(b->p + from, mid - from);
    row->values = str_n(b->p + mid, b->n - mid);
    j->world->random(j->world->arg, row->seed, sizeof row->seed);
    schema_commit(row->commitment, row->seed, row->header, row->values);
    return 0;
}

int row_put(struct journal *j, struct row *row, struct err *e)
{
    uint8_t leaf[HASH_SIZE];
    int rc;

    row->seq = j->tree.m.size;
    rc = j->backend->put(j->store, row, e);
    if (rc != 1)
        return rc;
    leaf_hash(leaf, row->id, row->commitment);
    return tree_push(&j->tree, leaf, e) < 0 ? -1 : 1;
}

int id_taken(const uint8_t id[16], struct err *e)
{
    char text[UUID_SIZE];

    uuid_format(id, text);
    return err_set(e, ERR_CONFLICT, N_("the journal has a record with id %s already"), text);
}

/* ---- group commit ---- */

enum outcome { STORED, TAKEN, AGAIN };

struct request {
    struct request *next;
    struct row *row;
    size_t n;
    uint64_t first;
    enum outcome outcome; /* what it will be told ... */
    bool told;            /* ... once the group's commit is on disk; guarded by the mutex */
    const struct row *taken;
};

/* Stores one caller's rows, or none of them. -1: the transaction is lost. */
static int put_request(struct journal *j, struct request *q, struct err *e)
{
    tree_copy(&j->saved, &j->tree);
    q->first = j->tree.m.size;
    q->outcome = STORED;
    if (j->backend->mark(j->store, STORE_MARK, e) < 0)
        return -1;
    for (size_t i = 0; i < q->n; i++) {
        int rc = row_put(j, &q->row[i], e);
        if (rc < 0)
            return -1;
        if (rc == 1)
            continue;
        q->outcome = TAKEN;
        q->taken = &q->row[i];
        tree_copy(&j->tree, &j->saved);
        return j->backend->mark(j->store, STORE_REWIND, e);
    }
    return 0;
}

/* With the turn taken, for a whole group. */
static int commit_group(struct journal *j, struct request *group, struct err *e)
{
    uint64_t before;

    if (write_begin(j, e) < 0)
        return -1;
    before = j->tree.m.size;
    for (struct request *q = group; q; q = q->next)
        if (put_request(j, q, e) < 0) {
            write_abort(j);
            return -1;
        }
    if (j->tree.m.size == before) {
        write_abort(j);
        return 0;
    }
    return write_commit(j, e);
}

/* The first in the queue: waits for the turn, takes the queue, commits, and tells the others. */
static int lead(struct journal *j, struct request *mine, struct err *e)
{
    struct request *group, *next;
    int rc;

    j->leading = true;
    take_turn(j);
    group = j->queue;
    j->queue = NULL;
    j->queue_end = &j->queue;
    j->leading = false;
    pthread_mutex_unlock(&j->mutex);
    rc = commit_group(j, group, e);
    pthread_mutex_lock(&j->mutex);
    for (struct request *q = group; q; q = next) {
        next = q->next;
        if (rc < 0 && q != mine)
            q->outcome = AGAIN;
        q->told = true; /* from here on it may be gone */
    }
    j->serving++;
    pthread_cond_broadcast(&j->turn);
    return rc;
}

static int submit(struct journal *j, struct request *q, struct err *e)
{
    int rc = 0;

    pthread_mutex_lock(&j->mutex);
    do {
        q->told = false;
        q->next = NULL;
        *j->queue_end = q;
        j->queue_end = &q->next;
        if (!j->leading)
            rc = lead(j, q, e);
        else
            while (!q->told)
                pthread_cond_wait(&j->turn, &j->mutex);
    } while (rc == 0 && q->outcome == AGAIN);
    pthread_mutex_unlock(&j->mutex);
    if (rc == 0 && q->outcome == TAKEN)
        rc = id_taken(q->taken->id, e);
    return rc;
}

static int must_write(const struct journal *j, struct err *e)
{
    return j->store ? 0 : err_set(e, ERR_USAGE, N_("the journal was opened for reading only"));
}

/* The journal writes these itself, together with what they stand for. */
static int not_reserved(const struct record *r, struct err *e)
{
    if (!str_eq(str_z(r->kind->name), S("epoch")))
        return 0;
    return err_set(e, ERR_DENIED, N_("only the journal itself writes records of kind %s"), r->kind->name);
}

int journal_append(struct journal *j, struct record *const *r, size_t n, uint64_t *first, struct err *e)
{
    struct request q = {.n = n};
    struct buf b;
    int rc = -1;

    if (must_write(j, e) < 0)
        return -1;
    if (n == 0)
        return err_set(e, ERR_USAGE, N_("there is nothing to append"));
    buf_init(&b, APPEND_LIMIT);
    q.row = xmalloc(n * sizeof *q.row);
    for (size_t i = 0; i < n; i++)
        if (not_reserved(r[i], e) < 0 || row_make(j, r[i], &b, &q.row[i], e) < 0)
            goto done;
    /* The buffer may have moved while it grew: the rows lie in it one after the other. */
    for (size_t i = 0, at = 0; i < n; i++) {
        q.row[i].header.p = b.p + at;
        q.row[i].values.p = b.p + at + q.row[i].header.n;
        at += q.row[i].header.n + q.row[i].values.n;
    }
    rc = submit(j, &q, e);
    if (rc == 0 && first)
        *first = q.first;
done:
    wipe(q.row, n * sizeof *q.row);
    free(q.row);
    buf_free(&b);
    return rc;
}

/* ---- batches ---- */

struct batch {
    struct journal *j;
    struct buf bytes;
    uint64_t count, marked_count;
    bool marked, once;  /* there is a mark; a key was stored */
    struct err failure; /* the transaction is lost, and why */
};

/* Keeps the reason, so that every later call gives it again. */
static int lost(struct batch *b, const struct err *e)
{
    b->failure = *e;
    return -1;
}

static int still_good(const struct batch *b, struct err *e)
{
    if (b->failure.code == ERR_NONE)
        return 0;
    *e = b->failure;
    return -1;
}

struct batch *batch_begin(struct journal *j, struct err *e)
{
    struct batch *b;

    if (must_write(j, e) < 0)
        return NULL;
    writer_wait(j);
    if (write_begin(j, e) < 0) {
        writer_done(j);
        return NULL;
    }
    b = xmalloc(sizeof *b);
    memset(b, 0, sizeof *b);
    b->j = j;
    buf_init(&b->bytes, APPEND_LIMIT);
    return b;
}

int batch_put(struct batch *b, struct record *r, struct err *e)
{
    struct row row;
    int rc;

    if (still_good(b, e) < 0 || not_reserved(r, e) < 0)
        return -1;
    buf_reset(&b->bytes);
    if (row_make(b->j, r, &b->bytes, &row, e) < 0)
        return -1;
    rc = row_put(b->j, &row, e);
    wipe(row.seed, sizeof row.seed);
    if (rc < 0)
        return lost(b, e);
    if (rc == 0)
        return id_taken(row.id, e);
    b->count++;
    return 0;
}

int batch_once(struct batch *b, const uint8_t key[HASH_SIZE], struct err *e)
{
    uint8_t stored[HASH_SIZE];
    int rc;

    if (still_good(b, e) < 0)
        return -1;
    blake2b(stored, b->j->once_key, str_n(key, HASH_SIZE));
    rc = b->j->backend->once(b->j->store, stored, e);
    if (rc == 1)
        b->once = true;
    return rc < 0 ? lost(b, e) : rc;
}

int batch_mark(struct batch *b, struct err *e)
{
    if (still_good(b, e) < 0)
        return -1;
    if (b->j->backend->mark(b->j->store, STORE_MARK, e) < 0)
        return lost(b, e);
    tree_copy(&b->j->saved, &b->j->tree);
    b->marked_count = b->count;
    b->marked = true;
    return 0;
}

int batch_rewind(struct batch *b, struct err *e)
{
    if (still_good(b, e) < 0)
        return -1;
    assert(b->marked);
    if (b->j->backend->mark(b->j->store, STORE_REWIND, e) < 0)
        return lost(b, e);
    tree_copy(&b->j->tree, &b->j->saved);
    b->count = b->marked_count;
    return 0;
}

uint64_t batch_count(const struct batch *b)
{
    return b->count;
}

static void batch_end(struct batch *b)
{
    writer_done(b->j);
    buf_free(&b->bytes);
    free(b);
}

int batch_commit(struct batch *b, struct err *e)
{
    int rc = still_good(b, e);

    if (rc < 0 || (b->count == 0 && !b->once))
        write_abort(b->j);
    else
        rc = write_commit(b->j, e);
    batch_end(b);
    return rc;
}

void batch_abort(struct batch *b)
{
    if (b == NULL)
        return;
    write_abort(b->j);
    batch_end(b);
}
