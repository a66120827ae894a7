/*
 * read.c: walking and looking up. Each reader has a connection of its own, from a small pool, and sees one
 * committed state; writers are never in its way, nor it in theirs.
 */
#include "journal/internal.h"

struct store *reader_take(struct journal *j, struct err *e)
{
    struct store *s = NULL;

    pthread_mutex_lock(&j->pool_mutex);
    if (j->pooled)
        s = j->pool[--j->pooled];
    pthread_mutex_unlock(&j->pool_mutex);
    return s ? s : j->backend->open(j->dir, STORE_READ, e);
}

void reader_give(struct journal *j, struct store *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&j->pool_mutex);
    if (j->pooled < READERS_KEPT) {
        j->pool[j->pooled++] = s;
        s = NULL;
    }
    pthread_mutex_unlock(&j->pool_mutex);
    j->backend->close(s);
}

struct store *reader_begin(struct journal *j, struct state *out, struct err *e)
{
    struct store *s = reader_take(j, e);

    if (s && j->backend->begin(s, false, out, e) < 0) {
        j->backend->close(s);
        s = NULL;
    }
    return s;
}

void reader_end(struct journal *j, struct store *s)
{
    struct err ignored = {0};

    j->backend->end(s, NULL, &ignored);
    reader_give(j, s);
}

int journal_head(struct journal *j, struct arena *a, struct head *out, struct err *e)
{
    struct state now;
    struct store *s = reader_begin(j, &now, e);

    if (s == NULL)
        return -1;
    reader_end(j, s);
    out->epoch = now.epoch;
    out->size = now.size;
    memcpy(out->root, now.root, HASH_SIZE);
    out->checkpoint = arena_copy(a, str_z(now.checkpoint));
    out->start = memcpy(arena_alloc(a, sizeof now.start), now.start, sizeof now.start);
    return 0;
}

int entry_of(struct arena *a, const struct row *r, struct entry *out, struct err *e)
{
    *out = (struct entry){.seq = r->seq, .header = r->header, .erased = r->erased};
    if (!r->erased)
        out->values = r->values;
    memcpy(out->id, r->id, sizeof out->id);
    memcpy(out->seed, r->seed, sizeof out->seed);
    memcpy(out->commitment, r->commitment, HASH_SIZE);
    out->kind = schema_kind_number(r->kind);
    if (out->kind == NULL)
        return err_set(e, ERR_CORRUPT, N_("entry %ju is of kind %u, which this program does not know"),
                       (uintmax_t)r->seq, r->kind);
    return r->erased ? 0 : schema_decode(a, r->header, r->values, &out->record, e);
}

struct walk {
    struct arena *a;
    entry_fn *fn;
    void *arg;
    uint64_t next, seen;
};

static int walk_row(void *arg, const struct row *r, struct err *e)
{
    struct walk *w = arg;
    struct entry x;

    arena_reset(w->a);
    w->next = r->seq + 1;
    w->seen++;
    return entry_of(w->a, r, &x, e) < 0 ? -1 : w->fn(w->arg, &x, e);
}

int journal_walk(struct journal *j, uint64_t from, uint64_t most, entry_fn *fn, void *arg, struct err *e)
{
    struct walk w = {.fn = fn, .arg = arg, .next = from};
    struct state now;
    uint64_t chunk;
    int rc = 0;

    w.a = arena_new();
    do {
        struct store *s = reader_begin(j, &now, e);
        struct range range = {.from = w.next, .most = most < WALK_CHUNK ? most : WALK_CHUNK};
        rc = s ? j->backend->walk(s, &range, walk_row, &w, e) : -1;
        if (s)
            reader_end(j, s);
        chunk = w.seen;
        w.seen = 0;
        most -= chunk;
    } while (rc == 0 && chunk == WALK_CHUNK && most > 0);
    arena_free(w.a);
    return rc;
}

struct found {
    struct arena *a;
    struct row *row;
    bool any;
};

static int keep_row(void *arg, const struct row *r, struct err *e)
{
    struct found *f = arg;

    (void)e;
    *f->row = *r;
    f->row->header = arena_copy(f->a, r->header);
    f->row->values = arena_copy(f->a, r->values);
    f->any = true;
    return 0;
}

int row_find(struct journal *j, struct store *s, struct arena *a, const uint8_t id[16], struct row *out,
             struct err *e)
{
    struct found f = {.a = a, .row = out};
    struct range range = {.id = id};
    char text[UUID_SIZE];

    if (j->backend->walk(s, &range, keep_row, &f, e) < 0)
        return -1;
    uuid_format(id, text);
    return f.any ? 0 : err_set(e, ERR_NOT_FOUND, N_("the journal has no record %s"), text);
}

int journal_get(struct journal *j, struct arena *a, const uint8_t id[16], struct entry *out, struct err *e)
{
    struct state now;
    struct row row;
    struct store *s = reader_begin(j, &now, e);
    int rc;

    if (s == NULL)
        return -1;
    rc = row_find(j, s, a, id, &row, e);
    reader_end(j, s);
    return rc < 0 ? -1 : entry_of(a, &row, out, e);
}
