/*
 * serve.c: entries again, from a cursor: a batch that did not arrive, a taker that was restored from a backup. They
 * are made anew from the journal, to the same bytes, because nothing in them is chance; what was erased since is its
 * leaf alone.
 */
#include "exchange/internal.h"

#include <stdlib.h>

struct serving {
    struct ctx *c;
    struct release *release;
    struct served *out;
    uint64_t next; /* number of the next entry */
    size_t bytes;
    struct buf entry, disclosure;
};

/* 1: it may go today as it went then. */
static int may_go(struct serving *s, const struct given *g, const struct record *x)
{
    struct decision d;

    return release_decide(s->release, x, &d) < 0 ? -1 : (g->fields & ~d.fields) == 0;
}

/* The same entry, or its leaf alone when it cannot be made to the same leaf any more. */
static int again(struct serving *s, const struct given *g)
{
    struct wire_entry w = {.number = s->next,
                           .version = (uint16_t)g->version,
                           .clause = (uint16_t)g->clause,
                           .fields = g->fields};
    struct arena *a = arena_new();
    struct entry x;
    struct ctx sub = *s->c;
    int rc = journal_get(s->c->journal, a, g->id, &x, s->c->err);

    sub.arena = a;
    if (rc == 0 && !x.erased)
        rc = may_go(s, g, x.record);
    if (rc == 0 && !x.erased)
        s->out->stopped = true;
    else if (rc == 1)
        rc = give_entry(&sub, &x, &w, &s->disclosure);
    if (rc != 1 || memcmp(w.leaf, g->leaf, HASH_SIZE) != 0) {
        w.disclosure = (struct str){NULL, 0};
        memcpy(w.leaf, g->leaf, HASH_SIZE);
    }
    buf_reset(&s->entry);
    entry_put(&s->entry, &w);
    s->out->item[s->out->n++] = arena_copy(s->c->arena, buf_view(&s->entry));
    s->bytes += s->entry.n;
    s->next++;
    arena_free(a);
    return rc < 0 ? -1 : 0;
}

static int serve_dispatch(struct serving *s, const struct query *q)
{
    struct str entries = arena_copy(s->c->arena, query_blob(q, 2));
    uint64_t skip = s->next - (uint64_t)query_int(q, 0);
    struct given g;

    for (uint64_t i = 0; !s->out->stopped && given_take(&entries, &g); i++)
        if (i >= skip && again(s, &g) < 0)
            return -1;
    s->out->checkpoint = arena_copy(s->c->arena, query_blob(q, 3));
    return 0;
}

int channel_serve(struct ctx *c, struct release *r, const struct channel *ch, uint64_t from,
                  struct served *out)
{
    struct serving s = {.c = c, .release = r, .out = out, .next = from};
    struct query *q =
        views_query(c->views,
                    "SELECT first, count, entries, checkpoint FROM v_dispatch WHERE agreement = ?1"
                    " AND giver = ?2 AND taker = ?3 AND epoch = ?4 AND first + count > ?5"
                    " ORDER BY seq",
                    c->err);
    int rc;

    *out = (struct served){0};
    if (q == NULL)
        return -1;
    channel_bind(q, ch);
    query_bind_int(q, 5, (int64_t)from);
    out->item = arena_alloc(c->arena, GIVE_ENTRIES * sizeof *out->item);
    buf_init(&s.entry, (size_t)8 << 20);
    buf_init(&s.disclosure, (size_t)8 << 20);
    while (!out->stopped && (rc = query_step(q, c->err)) == 1) {
        uint64_t left = (uint64_t)(query_int(q, 0) + query_int(q, 1)) - s.next;
        if (out->n && (out->n + left > GIVE_ENTRIES || s.bytes > GIVE_BYTES / 2)) {
            out->more = true;
            break;
        }
        if (left > GIVE_ENTRIES)
            rc = err_set(c->err, ERR_CORRUPT, N_("a dispatch holds more entries than one may"));
        if (rc < 0 || (rc = serve_dispatch(&s, q)) < 0)
            break;
    }
    query_done(q);
    buf_free(&s.entry);
    buf_free(&s.disclosure);
    return rc < 0 ? -1 : 0;
}
