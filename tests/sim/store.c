/*
 * store.c: the memory store. One list of entries, one of tiles, one of keys, the head; a transaction keeps an undo
 * log of what it overwrote, so that dying in the middle of it leaves what the last commit left. One thread.
 */
#include "journal/backend.h"
#include "tests/sim/store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define DIRS_MAX 64

struct item {
    uint64_t seq;
    uint8_t id[16], seed[32], commitment[HASH_SIZE];
    unsigned kind;
    bool erased;
    char *bytes; /* header, then values */
    size_t header, values;
};

struct kept_tile {
    unsigned level;
    uint64_t n;
    struct tile tile;
};

/* What to put back: an item's values or a tile as they were. */
struct undo {
    bool is_tile;
    size_t at;
    struct item item;
    struct kept_tile tile;
    struct undo *next;
};

struct content {
    struct item *item;
    size_t items, item_room;
    struct kept_tile *tile;
    size_t tiles, tile_room;
    uint8_t (*key)[HASH_SIZE];
    size_t keys, key_room;
    struct state head;
};

struct memory {
    char dir[128];
    struct content now;
    struct content *durable; /* while the disk lies: what is really on it */
    uint64_t life, writes, die_at;
    bool dead;
    /* the open writing transaction */
    bool open;
    size_t items0, tiles0, keys0;
    struct undo *undo;
    /* its mark */
    size_t items1, keys1, tiles1;
    struct undo *undo1;
};

struct store {
    struct memory *m;
    uint64_t life;
    bool writes, in, writing;
    struct state seen;
};

static struct memory *all[DIRS_MAX];

/* ---- content ---- */

static struct item item_copy(const struct item *x)
{
    struct item y = *x;

    y.bytes = xmalloc(x->header + x->values + 1);
    if (x->header + x->values)
        memcpy(y.bytes, x->bytes, x->header + x->values);
    return y;
}

static void *grown(void *p, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return p;
    *room = *room ? 2 * *room : 64;
    return xrealloc(p, *room * size);
}

static void content_free(struct content *c)
{
    for (size_t i = 0; i < c->items; i++)
        free(c->item[i].bytes);
    free(c->item);
    free(c->tile);
    free(c->key);
    *c = (struct content){0};
}

static void content_copy(struct content *to, const struct content *from)
{
    *to = *from;
    to->item = xmalloc((from->items + 1) * sizeof *to->item);
    to->item_room = from->items + 1;
    for (size_t i = 0; i < from->items; i++)
        to->item[i] = item_copy(&from->item[i]);
    to->tile_room = from->tiles + 1;
    to->tile = xmalloc(to->tile_room * sizeof *to->tile);
    if (from->tiles)
        memcpy(to->tile, from->tile, from->tiles * sizeof *to->tile);
    to->key_room = from->keys + 1;
    to->key = xmalloc(to->key_room * sizeof *to->key);
    if (from->keys)
        memcpy(to->key, from->key, from->keys * sizeof *to->key);
}

static struct item *find(struct content *c, const uint8_t id[16])
{
    for (size_t i = c->items; i > 0; i--)
        if (memcmp(c->item[i - 1].id, id, 16) == 0)
            return &c->item[i - 1];
    return NULL;
}

static struct kept_tile *find_tile(struct content *c, unsigned level, uint64_t n)
{
    for (size_t i = c->tiles; i > 0; i--)
        if (c->tile[i - 1].level == level && c->tile[i - 1].n == n)
            return &c->tile[i - 1];
    return NULL;
}

/* ---- transactions ---- */

static void undo_to(struct memory *m, struct undo *until)
{
    while (m->undo != until) {
        struct undo *u = m->undo;
        m->undo = u->next;
        if (u->is_tile) {
            m->now.tile[u->at] = u->tile;
        } else {
            free(m->now.item[u->at].bytes);
            m->now.item[u->at] = u->item;
        }
        free(u);
    }
}

static void cut(struct memory *m, size_t items, size_t keys, size_t tiles)
{
    while (m->now.items > items)
        free(m->now.item[--m->now.items].bytes);
    m->now.keys = keys;
    m->now.tiles = tiles;
}

static void roll_back(struct memory *m)
{
    if (!m->open)
        return;
    undo_to(m, NULL);
    cut(m, m->items0, m->keys0, m->tiles0);
    m->open = false;
}

static void forget_undo(struct memory *m)
{
    while (m->undo) {
        struct undo *u = m->undo;
        m->undo = u->next;
        if (!u->is_tile)
            free(u->item.bytes);
        free(u);
    }
}

static void die(struct memory *m)
{
    roll_back(m);
    m->dead = true;
}

static int gone(struct err *e)
{
    return err_set(e, ERR_IO, "the process is dead");
}

static bool alive(const struct store *s)
{
    return !s->m->dead && s->life == s->m->life;
}

/* One write: -1 when the process dies at it. */
static int at_write(struct store *s, struct err *e)
{
    if (!alive(s))
        return gone(e);
    s->m->writes++;
    if (s->m->die_at && --s->m->die_at == 0) {
        die(s->m);
        return gone(e);
    }
    return 0;
}

static struct store *memory_open(const char *dir, enum store_mode mode, struct err *e)
{
    struct memory *m = memory_of(dir);
    struct store *s;

    for (size_t i = 0; m == NULL && mode == STORE_CREATE && i < DIRS_MAX; i++) {
        if (all[i])
            continue;
        m = all[i] = xmalloc(sizeof *m);
        *m = (struct memory){0};
        snprintf(m->dir, sizeof m->dir, "%s", dir);
        m->now.head.epoch = 1;
    }
    if (m == NULL || m->dead) {
        err_set(e, ERR_CORRUPT, "no store in memory for %s", dir);
        return NULL;
    }
    s = xmalloc(sizeof *s);
    *s = (struct store){.m = m, .life = m->life, .writes = mode != STORE_READ};
    return s;
}

static void memory_close(struct store *s)
{
    if (s && s->writing && alive(s))
        roll_back(s->m);
    free(s);
}

static int memory_begin(struct store *s, bool write, struct state *out, struct err *e)
{
    if (!alive(s))
        return gone(e);
    assert(!s->in && (s->writes || !write) && !(write && s->m->open));
    s->seen = *out = s->m->now.head;
    s->in = true;
    s->writing = write;
    if (write) {
        s->m->open = true;
        s->m->items0 = s->m->items1 = s->m->now.items;
        s->m->keys0 = s->m->keys1 = s->m->now.keys;
        s->m->tiles0 = s->m->tiles1 = s->m->now.tiles;
        s->m->undo1 = NULL;
    }
    return 0;
}

static void commit(struct memory *m, const struct state *next)
{
    m->now.head = *next;
    m->now.head.copied = false;
    forget_undo(m);
    m->open = false;
}

static int memory_end(struct store *s, const struct state *next, struct err *e)
{
    struct memory *m = s->m;

    s->in = false;
    if (!alive(s))
        return next ? gone(e) : 0;
    if (next == NULL) {
        if (s->writing)
            roll_back(m);
        s->writing = false;
        return 0;
    }
    s->writing = false;
    if (m->now.head.epoch != s->seen.epoch || m->now.head.size != s->seen.size) {
        roll_back(m);
        return err_set(e, ERR_CONFLICT, "the journal's head has moved");
    }
    if (at_write(s, e) < 0)
        return -1;
    commit(m, next);
    return at_write(s, e); /* it stands, and nobody is told */
}

static int memory_mark(struct store *s, enum store_mark k, struct err *e)
{
    struct memory *m = s->m;

    if (!alive(s))
        return gone(e);
    switch (k) {
    case STORE_MARK:
        m->items1 = m->now.items;
        m->keys1 = m->now.keys;
        m->tiles1 = m->now.tiles;
        m->undo1 = m->undo;
        return 0;
    case STORE_REWIND:
        undo_to(m, m->undo1);
        cut(m, m->items1, m->keys1, m->tiles1);
        return 0;
    }
    return -1;
}

/* ---- rows ---- */

static int memory_put(struct store *s, const struct row *r, struct err *e)
{
    struct content *c = &s->m->now;
    struct item x = {.seq = r->seq, .kind = r->kind, .bytes = NULL};

    if (at_write(s, e) < 0)
        return -1;
    assert(s->writing && r->seq == c->items);
    if (find(c, r->id))
        return 0;
    memcpy(x.id, r->id, sizeof x.id);
    memcpy(x.seed, r->seed, sizeof x.seed);
    memcpy(x.commitment, r->commitment, HASH_SIZE);
    x.header = r->header.n;
    x.values = r->values.n;
    x.bytes = xmalloc(x.header + x.values + 1);
    memcpy(x.bytes, r->header.p, x.header);
    if (x.values)
        memcpy(x.bytes + x.header, r->values.p, x.values);
    c->item = grown(c->item, c->items, &c->item_room, sizeof *c->item);
    c->item[c->items++] = x;
    return 1;
}

static int memory_once(struct store *s, const uint8_t key[HASH_SIZE], struct err *e)
{
    struct content *c = &s->m->now;

    if (at_write(s, e) < 0)
        return -1;
    assert(s->writing);
    for (size_t i = 0; i < c->keys; i++)
        if (memcmp(c->key[i], key, HASH_SIZE) == 0)
            return 0;
    c->key = grown(c->key, c->keys, &c->key_room, sizeof *c->key);
    memcpy(c->key[c->keys++], key, HASH_SIZE);
    return 1;
}

static struct undo *remember(struct memory *m, bool is_tile, size_t at)
{
    struct undo *u = xmalloc(sizeof *u);

    u->is_tile = is_tile;
    u->at = at;
    u->next = m->undo;
    m->undo = u;
    return u;
}

static int memory_erase(struct store *s, const uint8_t id[16], struct err *e)
{
    struct item *x;

    if (at_write(s, e) < 0)
        return -1;
    assert(s->writing);
    x = find(&s->m->now, id);
    if (x == NULL || x->erased)
        return 0;
    remember(s->m, false, (size_t)(x - s->m->now.item))->item = item_copy(x);
    memset(x->bytes + x->header, 0, x->values);
    memset(x->seed, 0, sizeof x->seed);
    x->values = 0;
    x->erased = true;
    return 1;
}

static int memory_tile_put(struct store *s, unsigned level, uint64_t n, const struct tile *t, struct err *e)
{
    struct content *c = &s->m->now;
    struct kept_tile *k;

    if (at_write(s, e) < 0)
        return -1;
    assert(s->writing);
    k = find_tile(c, level, n);
    if (k) {
        remember(s->m, true, (size_t)(k - c->tile))->tile = *k;
    } else {
        c->tile = grown(c->tile, c->tiles, &c->tile_room, sizeof *c->tile);
        k = &c->tile[c->tiles++];
    }
    k->level = level;
    k->n = n;
    k->tile.n = t->n;
    memcpy(k->tile.hash, t->hash, t->n * HASH_SIZE);
    return 0;
}

static int memory_tile_get(struct store *s, unsigned level, uint64_t n, struct tile *out, struct err *e)
{
    const struct kept_tile *k;

    out->n = 0;
    if (!alive(s))
        return gone(e);
    k = find_tile(&s->m->now, level, n);
    if (k == NULL)
        return 0;
    out->n = k->tile.n;
    memcpy(out->hash, k->tile.hash, out->n * HASH_SIZE);
    return 0;
}

static struct row row_of(const struct item *x)
{
    struct row r = {.seq = x->seq, .kind = x->kind, .erased = x->erased};

    memcpy(r.id, x->id, sizeof r.id);
    memcpy(r.seed, x->seed, sizeof r.seed);
    memcpy(r.commitment, x->commitment, HASH_SIZE);
    r.header = str_n(x->bytes, x->header);
    r.values = str_n(x->bytes + x->header, x->values);
    return r;
}

static int memory_walk(struct store *s, const struct range *range, row_fn *fn, void *arg, struct err *e)
{
    struct content *c = &s->m->now;
    size_t size = s->writing ? c->items : (size_t)s->seen.size;
    struct row r;
    int told = 0;

    if (!alive(s))
        return gone(e);
    if (range->id) {
        const struct item *x = find(c, range->id);
        if (x == NULL || x->seq >= size)
            return 0;
        r = row_of(x);
        return fn(arg, &r, e);
    }
    for (uint64_t i = range->from, n = 0; told == 0 && i < size && n < range->most; i++, n++) {
        r = row_of(&c->item[i]);
        told = fn(arg, &r, e);
    }
    return told;
}

static int memory_copy(struct store *s, const char *to, struct err *e)
{
    if (!alive(s))
        return gone(e);
    memory_clone(s->m->dir, to);
    memory_of(to)->now.head.copied = true;
    return 0;
}

const struct backend backend_memory = {
    .name = "memory",
    .open = memory_open,
    .close = memory_close,
    .begin = memory_begin,
    .end = memory_end,
    .mark = memory_mark,
    .put = memory_put,
    .once = memory_once,
    .erase = memory_erase,
    .tile_put = memory_tile_put,
    .tile_get = memory_tile_get,
    .walk = memory_walk,
    .copy = memory_copy,
};

/* ---- what its owner does with it ---- */

struct memory *memory_of(const char *dir)
{
    for (size_t i = 0; i < DIRS_MAX; i++)
        if (all[i] && strcmp(all[i]->dir, dir) == 0)
            return all[i];
    return NULL;
}

void memory_die_at(struct memory *m, uint64_t n)
{
    m->die_at = n;
}

bool memory_dead(const struct memory *m)
{
    return m->dead;
}

void memory_revive(struct memory *m)
{
    roll_back(m);
    if (m->durable) {
        content_free(&m->now);
        m->now = *m->durable;
        free(m->durable);
        m->durable = NULL;
    }
    m->dead = false;
    m->die_at = 0;
    m->life++;
}

uint64_t memory_writes(const struct memory *m)
{
    return m->writes;
}

void memory_forget(struct memory *m)
{
    assert(!m->open);
    if (m->durable)
        return;
    m->durable = xmalloc(sizeof *m->durable);
    content_copy(m->durable, &m->now);
}

static void memory_free(struct memory *m)
{
    roll_back(m);
    content_free(&m->now);
    if (m->durable)
        content_free(m->durable);
    free(m->durable);
    free(m);
}

static void remove_dir(const char *dir)
{
    for (size_t i = 0; i < DIRS_MAX; i++) {
        if (all[i] == NULL || strcmp(all[i]->dir, dir) != 0)
            continue;
        memory_free(all[i]);
        all[i] = NULL;
    }
}

void memory_clone(const char *from, const char *to)
{
    const struct memory *f = memory_of(from);
    struct memory *m = xmalloc(sizeof *m);
    size_t i = 0;

    assert(f && !f->open);
    remove_dir(to);
    *m = (struct memory){0};
    snprintf(m->dir, sizeof m->dir, "%s", to);
    content_copy(&m->now, &f->now);
    while (all[i])
        i++;
    assert(i < DIRS_MAX);
    all[i] = m;
}

void memory_rename(const char *from, const char *to)
{
    remove_dir(to);
    snprintf(memory_of(from)->dir, sizeof all[0]->dir, "%s", to);
}

bool memory_holds(const struct memory *m, struct str bytes)
{
    for (size_t i = 0; i < m->now.items; i++) {
        const struct item *x = &m->now.item[i];
        if (memmem(x->bytes, x->header + x->values, bytes.p, bytes.n))
            return true;
    }
    return false;
}

void memory_clear(void)
{
    for (size_t i = 0; i < DIRS_MAX; i++) {
        if (all[i])
            memory_free(all[i]);
        all[i] = NULL;
    }
}
