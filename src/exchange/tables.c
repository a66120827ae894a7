/*
 * tables.c: the views of channels, made from records alone.
 *
 *   ch_head   how far each epoch of each channel has come, on whichever side this node is
 *   ch_tile   its tree: tile n of level l holds the hashes of height 8l from index 256n on
 *
 * The giver's leaves come from `dispatch` records, the taker's from its own `receipt` records: both outlive the
 * erasure of what they are about.
 */
#include "exchange/internal.h"

const char *const exchange_tables[] = {
    "CREATE TABLE ch_head(channel INTEGER PRIMARY KEY, agreement BLOB NOT NULL, giver TEXT NOT NULL,"
    " taker TEXT NOT NULL, epoch INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,"
    " acknowledged INTEGER NOT NULL, note BLOB, receipt BLOB, upto INTEGER NOT NULL, state BLOB,"
    " seq INTEGER NOT NULL, forked INTEGER NOT NULL, UNIQUE(agreement, giver, taker, epoch))",
    "CREATE TABLE ch_tile(channel INTEGER NOT NULL, level INTEGER NOT NULL, n INTEGER NOT NULL,"
    " hashes BLOB NOT NULL, PRIMARY KEY(channel, level, n)) WITHOUT ROWID",
    NULL,
};

/* ---- heads ---- */

static int done(struct ctx *c, struct query *q)
{
    int rc = query_step(q, c->err);

    query_done(q);
    return rc < 0 ? -1 : 0;
}

static int new_head(struct ctx *c, const struct channel *ch)
{
    struct query *q =
        views_query(c->views,
                    "INSERT INTO ch_head(agreement, giver, taker, epoch, size, root, acknowledged,"
                    " upto, seq, forked) VALUES(?1, ?2, ?3, ?4, 0, ?5, 0, 0, 0, 0)",
                    c->err);

    if (q == NULL)
        return -1;
    channel_bind(q, ch);
    query_bind_blob(q, 5, str_n(channel_nothing, HASH_SIZE));
    return done(c, q);
}

static int head_of(struct ctx *c, const struct channel *ch, struct channel_state *s)
{
    if (channel_state(c, ch, s) < 0)
        return -1;
    if (s->row)
        return 0;
    return new_head(c, ch) < 0 ? -1 : channel_state(c, ch, s);
}

static void bind_blob_or_null(struct query *q, int i, struct str s)
{
    if (s.n)
        query_bind_blob(q, i, s);
    else
        query_bind_null(q, i);
}

static int write_head(struct ctx *c, const struct channel_state *s)
{
    struct query *q = views_query(c->views,
                                  "UPDATE ch_head SET size = ?2, root = ?3, acknowledged = ?4, note = ?5,"
                                  " receipt = ?6, upto = ?7, state = ?8, seq = ?9, forked = ?10"
                                  " WHERE channel = ?1",
                                  c->err);

    if (q == NULL)
        return -1;
    query_bind_int(q, 1, s->row);
    query_bind_int(q, 2, (int64_t)s->size);
    query_bind_blob(q, 3, str_n(s->root, HASH_SIZE));
    query_bind_int(q, 4, (int64_t)s->acknowledged);
    bind_blob_or_null(q, 5, s->note);
    bind_blob_or_null(q, 6, s->receipt);
    query_bind_int(q, 7, (int64_t)s->upto);
    query_bind_blob(q, 8, str_n(s->state, HASH_SIZE));
    query_bind_int(q, 9, (int64_t)s->seq);
    query_bind_int(q, 10, (int64_t)s->forked);
    return done(c, q);
}

/* ---- tiles ---- */

/* The tile being filled at each level. */
struct edge {
    bool loaded;
    uint64_t n;
    size_t count;
    char hashes[CHANNEL_TILE * HASH_SIZE];
};

struct growing {
    struct ctx *c;
    int64_t row;
    struct edge *edge; /* CHANNEL_LEVELS of them */
};

static int store_edge(struct growing *g, unsigned level)
{
    struct edge *e = &g->edge[level];
    struct query *q;

    if (!e->loaded || e->count == 0)
        return 0;
    q = views_query(g->c->views, "INSERT OR REPLACE INTO ch_tile VALUES(?1, ?2, ?3, ?4)", g->c->err);
    if (q == NULL)
        return -1;
    query_bind_int(q, 1, g->row);
    query_bind_int(q, 2, level);
    query_bind_int(q, 3, (int64_t)e->n);
    query_bind_blob(q, 4, str_n(e->hashes, e->count * HASH_SIZE));
    return done(g->c, q);
}

static int load_edge(struct growing *g, unsigned level, uint64_t index)
{
    struct edge *e = &g->edge[level];
    struct query *q;
    int rc;

    *e = (struct edge){.loaded = true, .n = index / CHANNEL_TILE};
    if (index % CHANNEL_TILE == 0)
        return 0;
    q = views_query(g->c->views, "SELECT hashes FROM ch_tile WHERE channel = ?1 AND level = ?2 AND n = ?3",
                    g->c->err);
    if (q == NULL)
        return -1;
    query_bind_int(q, 1, g->row);
    query_bind_int(q, 2, level);
    query_bind_int(q, 3, (int64_t)e->n);
    rc = query_step(q, g->c->err);
    if (rc == 1 && query_blob(q, 0).n <= sizeof e->hashes) {
        memcpy(e->hashes, query_blob(q, 0).p, query_blob(q, 0).n);
        e->count = query_blob(q, 0).n / HASH_SIZE;
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static int grow(void *arg, unsigned height, uint64_t index, const uint8_t hash[HASH_SIZE])
{
    struct growing *g = arg;
    unsigned level = height / CHANNEL_TILE_BITS;
    struct edge *e = &g->edge[level];

    if (height % CHANNEL_TILE_BITS)
        return 0;
    if ((!e->loaded || e->n != index / CHANNEL_TILE) &&
        (store_edge(g, level) < 0 || load_edge(g, level, index) < 0))
        return -1;
    memcpy(e->hashes + index % CHANNEL_TILE * HASH_SIZE, hash, HASH_SIZE);
    e->count = (size_t)(index % CHANNEL_TILE) + 1;
    return 0;
}

/* `stride` bytes a leaf, which begins at `at` of them. */
static int push_leaves(struct ctx *c, struct channel_state *s, struct str rows, const size_t stride_at[2])
{
    struct growing g = {.c = c, .row = s->row};
    struct merkle m;
    int rc = 0;

    if (rows.n < stride_at[0])
        return 0;
    if (channel_frontier(c, s, &m) < 0)
        return -1;
    g.edge = arena_alloc(c->arena, CHANNEL_LEVELS * sizeof *g.edge);
    for (size_t i = 0; rc == 0 && (i + 1) * stride_at[0] <= rows.n; i++)
        rc = merkle_push(&m, (const uint8_t *)rows.p + i * stride_at[0] + stride_at[1], grow, &g);
    for (unsigned level = 0; rc == 0 && level < CHANNEL_LEVELS; level++)
        rc = store_edge(&g, level);
    s->size = m.size;
    merkle_root(&m, s->root);
    return rc;
}

/* ---- what each kind does ---- */

static int dispatched(struct ctx *c, const struct entry *x)
{
    static const size_t leaves[2] = {GIVEN_SIZE, GIVEN_SIZE - HASH_SIZE};
    struct channel ch = rec_channel(x->record);
    struct channel_state s;
    size_t n;

    if (head_of(c, &ch, &s) < 0 || push_leaves(c, &s, rec_text(x->record, "entries"), leaves) < 0)
        return -1;
    s.note = rec_text(x->record, "checkpoint");
    s.upto = rec_number(x->record, "upto");
    s.seq = x->seq;
    hex_decode(rec_text(x->record, "state"), s.state, HASH_SIZE, &n);
    return write_head(c, &s);
}

static int acknowledged(struct ctx *c, const struct entry *x)
{
    static const size_t leaves[2] = {HASH_SIZE, 0};
    struct channel ch = rec_channel(x->record);
    uint64_t size = rec_number(x->record, "size");
    struct channel_state s;

    if (head_of(c, &ch, &s) < 0)
        return -1;
    if (str_eq(ch.taker, node_office(c))) {
        if (push_leaves(c, &s, rec_text(x->record, "leaves"), leaves) < 0)
            return -1;
        s.note = rec_text(x->record, "note");
        s.seq = x->seq;
    }
    if (size >= s.acknowledged) {
        s.acknowledged = size;
        s.receipt = rec_text(x->record, "note");
    }
    return write_head(c, &s);
}

static int stopped(struct ctx *c, const struct entry *x)
{
    struct channel ch = rec_channel(x->record);
    struct channel_state s;

    if (head_of(c, &ch, &s) < 0)
        return -1;
    s.forked = rec_number(x->record, "version");
    return write_head(c, &s);
}

int exchange_apply(struct ctx *c, const struct entry *x)
{
    if (x->record == NULL)
        return 0;
    if (strcmp(x->kind->name, "dispatch") == 0)
        return dispatched(c, x);
    if (strcmp(x->kind->name, "receipt") == 0)
        return acknowledged(c, x);
    if (strcmp(x->kind->name, "fork") == 0)
        return stopped(c, x);
    return 0;
}
