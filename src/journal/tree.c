/*
 * tree.c: the log's tree kept in tiles (as c2sp.org/tlog-tiles): tile (L, N) holds the nodes of height 8 * L
 * with the indexes 256 * N ... 256 * N + 255. Full tiles are stored once, when they fill; the tiles at the
 * right edge once a commit. A proof reads O(log size) of them.
 */
#include "journal/internal.h"

void leaf_hash(uint8_t out[HASH_SIZE], const uint8_t id[16], const uint8_t commitment[HASH_SIZE])
{
    uint8_t data[1 + 16 + HASH_SIZE] = {1};

    memcpy(data + 1, id, 16);
    memcpy(data + 17, commitment, HASH_SIZE);
    merkle_leaf(out, str_n(data, sizeof data));
}

/* Nodes of one level that a tree of `size` leaves has in its last tile, when that is not full. */
static size_t edge_width(uint64_t size, unsigned level)
{
    return (size_t)(size >> (TILE_HEIGHT * level)) % TILE_WIDTH;
}

static uint64_t edge_number(uint64_t size, unsigned level)
{
    return (size >> (TILE_HEIGHT * level)) / TILE_WIDTH;
}

/* The root over the 2^height hashes from `at` on, height < TILE_HEIGHT. */
static void fold(uint8_t out[HASH_SIZE], const struct tile *t, size_t at, unsigned height)
{
    uint8_t row[TILE_WIDTH / 2][HASH_SIZE];
    size_t n = (size_t)1 << height;

    memcpy(row, t->hash[at], n * HASH_SIZE);
    for (; n > 1; n /= 2)
        for (size_t i = 0; i < n / 2; i++)
            merkle_node(row[i], row[2 * i], row[2 * i + 1]);
    memcpy(out, row[0], HASH_SIZE);
}

static int tile_missing(unsigned level, uint64_t n, struct err *e)
{
    return err_set(e, ERR_CORRUPT, N_("the journal is damaged: tile %u/%ju is missing or too short"), level,
                   (uintmax_t)n);
}

int tree_load(struct tree *t, const struct state *s, struct err *e)
{
    uint8_t root[HASH_SIZE];

    t->m.size = s->size;
    for (unsigned l = 0; l < TILE_LEVELS; l++) {
        struct tile *edge = &t->edge[l];
        size_t n = edge_width(s->size, l), at = 0;
        t->dirty[l] = false;
        edge->n = 0;
        if (n == 0)
            continue;
        if (t->backend->tile_get(t->store, l, edge_number(s->size, l), edge, e) < 0)
            return -1;
        if (edge->n < n)
            return tile_missing(l, edge_number(s->size, l), e);
        edge->n = n;
        for (unsigned h = TILE_HEIGHT; h-- > 0;) {
            if ((n >> h & 1) == 0)
                continue;
            fold(t->m.hash[l * TILE_HEIGHT + h], edge, at, h);
            at += (size_t)1 << h;
        }
    }
    merkle_root(&t->m, root);
    if (memcmp(root, s->root, HASH_SIZE) != 0)
        return err_set(
            e, ERR_CORRUPT,
            N_("the journal is damaged: its tree does not give the signed root; run \"puente verify\""));
    return 0;
}

static int node_done(void *arg, unsigned height, uint64_t index, const uint8_t hash[HASH_SIZE])
{
    struct tree *t = arg;
    unsigned l = height / TILE_HEIGHT;
    struct tile *edge;

    if (height % TILE_HEIGHT)
        return 0;
    edge = &t->edge[l];
    memcpy(edge->hash[index % TILE_WIDTH], hash, HASH_SIZE);
    edge->n = (size_t)(index % TILE_WIDTH) + 1;
    t->dirty[l] = edge->n < TILE_WIDTH;
    if (t->dirty[l])
        return 0;
    if (t->backend->tile_put(t->store, l, index / TILE_WIDTH, edge, t->e) < 0)
        return -1;
    edge->n = 0;
    return 0;
}

int tree_push(struct tree *t, const uint8_t leaf[HASH_SIZE], struct err *e)
{
    t->e = e;
    return merkle_push(&t->m, leaf, node_done, t);
}

int tree_flush(struct tree *t, struct err *e)
{
    for (unsigned l = 0; l < TILE_LEVELS; l++) {
        if (!t->dirty[l])
            continue;
        if (t->backend->tile_put(t->store, l, edge_number(t->m.size, l), &t->edge[l], e) < 0)
            return -1;
        t->dirty[l] = false;
    }
    return 0;
}

void tree_copy(struct tree *to, const struct tree *from)
{
    to->m = from->m;
    to->backend = from->backend;
    to->store = from->store;
    memcpy(to->dirty, from->dirty, sizeof to->dirty);
    for (unsigned l = 0; l < TILE_LEVELS; l++) {
        to->edge[l].n = from->edge[l].n;
        memcpy(to->edge[l].hash, from->edge[l].hash, from->edge[l].n * HASH_SIZE);
    }
}

int tile_reader_node(void *arg, unsigned height, uint64_t index, uint8_t out[HASH_SIZE], struct err *e)
{
    struct tile_reader *r = arg;
    unsigned l = height / TILE_HEIGHT, h = height % TILE_HEIGHT;
    uint64_t first = index << h, n = first / TILE_WIDTH;
    size_t at = (size_t)(first % TILE_WIDTH);

    if (!r->have || r->level != l || r->n != n) {
        r->have = false;
        if (r->backend->tile_get(r->store, l, n, &r->tile, e) < 0)
            return -1;
        r->have = true;
        r->level = l;
        r->n = n;
    }
    if (r->tile.n < at + ((size_t)1 << h))
        return tile_missing(l, n, e);
    fold(out, &r->tile, at, h);
    return 0;
}
