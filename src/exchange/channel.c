/*
 * channel.c: a channel as this node has it: its name, its head, its tree. All from the views that tables.c keeps.
 */
#include "exchange/internal.h"

#include <inttypes.h>
#include <stdio.h>

/* SHA-256 of nothing: the root of an empty tree (RFC 6962 §2.1). */
const uint8_t channel_nothing[HASH_SIZE] = {
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};

void channel_origin(char out[CHANNEL_ORIGIN], const struct channel *ch)
{
    char id[UUID_SIZE];
    int n;

    uuid_format(ch->agreement, id);
    n = snprintf(out, CHANNEL_ORIGIN, "%.*s/to/%.*s/%s", STR_ARG(ch->giver), STR_ARG(ch->taker), id);
    if (ch->epoch > 1 && n > 0 && n < CHANNEL_ORIGIN)
        snprintf(out + n, CHANNEL_ORIGIN - (size_t)n, "/epoch/%" PRIu64, ch->epoch);
}

static struct str kept(struct ctx *c, const struct query *q, int column)
{
    return query_is_null(q, column) ? (struct str){NULL, 0} : arena_copy(c->arena, query_blob(q, column));
}

static void read_head(struct ctx *c, const struct query *q, struct channel_state *out)
{
    struct str state = query_blob(q, 8);

    *out = (struct channel_state){
        .row = query_int(q, 0),
        .epoch = (uint64_t)query_int(q, 1),
        .size = (uint64_t)query_int(q, 2),
        .acknowledged = (uint64_t)query_int(q, 4),
        .note = kept(c, q, 5),
        .receipt = kept(c, q, 6),
        .upto = (uint64_t)query_int(q, 7),
        .seq = (uint64_t)query_int(q, 9),
        .forked = (uint64_t)query_int(q, 10),
    };
    memcpy(out->root, query_blob(q, 3).p, HASH_SIZE);
    if (state.n == HASH_SIZE)
        memcpy(out->state, state.p, HASH_SIZE);
}

void channel_bind(struct query *q, const struct channel *ch)
{
    query_bind_blob(q, 1, str_n(ch->agreement, 16));
    query_bind_text(q, 2, ch->giver);
    query_bind_text(q, 3, ch->taker);
    query_bind_int(q, 4, (int64_t)ch->epoch);
}

int channel_state(struct ctx *c, const struct channel *ch, struct channel_state *out)
{
    struct query *q = views_query(
        c->views,
        "SELECT channel, epoch, size, root, acknowledged, note, receipt, upto, state, seq, forked"
        " FROM ch_head WHERE agreement = ?1 AND giver = ?2 AND taker = ?3"
        " AND (?4 = 0 OR epoch = ?4) ORDER BY epoch DESC LIMIT 1",
        c->err);
    int rc;

    *out = (struct channel_state){0};
    memcpy(out->root, channel_nothing, HASH_SIZE);
    if (q == NULL)
        return -1;
    channel_bind(q, ch);
    rc = query_step(q, c->err);
    if (rc == 1)
        read_head(c, q, out);
    query_done(q);
    return rc < 0 ? -1 : 0;
}

bool channel_stands(const struct channel_state *s, const struct program *p)
{
    return s->forked && p && p->version <= s->forked;
}

/* ---- the tree ---- */

static int load_tile(struct channel_tree *t, int64_t level, int64_t tile, struct err *e)
{
    struct query *q;
    int rc;

    if (t->level == level && t->tile == tile)
        return 0;
    q = views_query(t->c->views, "SELECT hashes FROM ch_tile WHERE channel = ?1 AND level = ?2 AND n = ?3",
                    e);
    if (q == NULL)
        return -1;
    query_bind_int(q, 1, t->row);
    query_bind_int(q, 2, level);
    query_bind_int(q, 3, tile);
    rc = query_step(q, e);
    if (rc == 1) {
        t->hashes = arena_copy(t->c->arena, query_blob(q, 0));
        t->level = level;
        t->tile = tile;
    }
    query_done(q);
    return rc == 1 ? 0 : rc < 0 ? -1 : err_set(e, ERR_CORRUPT, N_("a channel's tree has a hole"));
}

/* A node inside a tile: the hash of the 2^(height mod 8) hashes below it. */
static void fold(const char *hashes, size_t n, uint8_t out[HASH_SIZE])
{
    uint8_t right[HASH_SIZE];

    if (n == 1) {
        memcpy(out, hashes, HASH_SIZE);
        return;
    }
    fold(hashes, n / 2, out);
    fold(hashes + n / 2 * HASH_SIZE, n / 2, right);
    merkle_node(out, out, right);
}

static int read_node(void *arg, unsigned height, uint64_t index, uint8_t out[HASH_SIZE], struct err *e)
{
    struct channel_tree *t = arg;
    size_t n = (size_t)1 << height % CHANNEL_TILE_BITS;
    uint64_t first = index * n;
    size_t at = (size_t)(first % CHANNEL_TILE);

    if (load_tile(t, height / CHANNEL_TILE_BITS, (int64_t)(first / CHANNEL_TILE), e) < 0)
        return -1;
    if ((at + n) * HASH_SIZE > t->hashes.n)
        return err_set(e, ERR_CORRUPT, N_("a channel's tree has a hole"));
    fold(t->hashes.p + at * HASH_SIZE, n, out);
    return 0;
}

struct merkle_source channel_source(struct channel_tree *t, struct ctx *c, const struct channel_state *s)
{
    *t = (struct channel_tree){.c = c, .row = s->row, .level = -1};
    return (struct merkle_source){read_node, t};
}

int channel_frontier(struct ctx *c, const struct channel_state *s, struct merkle *out)
{
    struct channel_tree t;
    struct merkle_source from = channel_source(&t, c, s);

    memset(out, 0, sizeof *out);
    out->size = s->size;
    for (unsigned h = 0; h < MERKLE_HEIGHT; h++)
        if (s->size >> h & 1 && read_node(from.arg, h, (s->size >> (h + 1)) << 1, out->hash[h], c->err) < 0)
            return -1;
    return 0;
}

int channel_had(struct ctx *c, const struct channel_state *s, const struct position *p)
{
    struct channel_tree t;
    struct merkle_source from = channel_source(&t, c, s);
    uint8_t root[HASH_SIZE];

    if (p->epoch != s->epoch || p->size > s->size)
        return 0;
    if (merkle_root_at(&from, p->size, root, c->err) < 0)
        return -1;
    return memcmp(root, p->root, HASH_SIZE) == 0;
}

/* ---- the extension line of an epoch's heads: "previous EPOCH SIZE ROOT" ---- */

void channel_text(struct buf *out, const struct channel *ch, const struct merkle *m,
                  const struct position *previous)
{
    char origin[CHANNEL_ORIGIN];
    struct checkpoint head = {.size = m->size};

    channel_origin(origin, ch);
    head.origin = str_z(origin);
    merkle_root(m, head.root);
    checkpoint_text(out, &head);
    if (previous->epoch) {
        buf_fmt(out, "previous %" PRIu64 " %" PRIu64 " ", previous->epoch, previous->size);
        base64_put(out, str_n(previous->root, HASH_SIZE));
        buf_char(out, '\n');
    }
}

bool channel_previous(struct str text, struct position *out)
{
    struct str line, word, epoch, size;
    int64_t e, n;
    size_t got;

    *out = (struct position){0};
    while (str_split(&text, '\n', &line)) {
        if (!str_starts(line, S("previous ")))
            continue;
        str_split(&line, ' ', &word);
        if (!str_split(&line, ' ', &epoch) || !str_split(&line, ' ', &size) || !str_int(epoch, &e) ||
            !str_int(size, &n) || e < 1 || n < 0 || !base64_decode(line, out->root, HASH_SIZE, &got) ||
            got != HASH_SIZE)
            return false;
        out->epoch = (uint64_t)e;
        out->size = (uint64_t)n;
        return true;
    }
    return false;
}
