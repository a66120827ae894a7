/*
 * known.c: the distinct names of alerts, and those of declarations, as indexes in memory (names/names.h). Before each
 * question the index is brought up to the end of its log (tables.c), as this thread sees it; so it is right in every
 * process, after a rollback, and in a reader who sees an older state. Nobody tells it anything.
 *
 * A large index is saved beside views.db, so that the next process does not make it again: its mark is the number of
 * the log's last row in it and that row's chain. A file of another log, or whose last row went since, is not used.
 */
#include "screening/internal.h"

#include <pthread.h>
#include <stdlib.h>

#define SAVE_LEAST 20000 /* changes since the last file; what is less is read again in a moment */
#define SAVE_PART  4     /* and a quarter of what is in it: the writing stays a share of the work */

/* A name that found nobody, and of which state of the index that is true. Most declared names are like none that is
 * listed, and the same few companies are declared every day. */
#define NOBODY 4096
struct nobody {
    uint8_t key[KEY_SIZE];
    int least;
    uint32_t n;
};

struct known_side {
    pthread_rwlock_t lock;
    struct names_index *index; /* NULL: nobody asked yet */
    uint32_t n, chain;         /* the last row of the log in it */
    uint64_t changes;          /* since the file */
};

/* The alert that an erased record was of, until its erasure has reacted: the tables forget it at once. */
struct was {
    uint64_t seq;
    char *list, *number;
    struct was *next;
};

struct known {
    struct known_side side[2];
    pthread_mutex_t lock; /* of what follows */
    struct nobody *nobody;
    struct was *was;
    struct arena *scratch; /* of one reaction at a time, and so are these: */
    int64_t day;           /* of the last look for alerts that ended (react.c) */
    uint64_t day_seq;
    uint64_t all_seq, all_until; /* when all alerts were settled, and what that was true of */
};

static void *make(void)
{
    struct known *k = xmalloc(sizeof *k);

    *k = (struct known){.scratch = arena_new()};
    k->nobody = xmalloc(NOBODY * sizeof *k->nobody);
    memset(k->nobody, 0, NOBODY * sizeof *k->nobody);
    pthread_mutex_init(&k->lock, NULL);
    for (int i = 0; i < 2; i++)
        pthread_rwlock_init(&k->side[i].lock, NULL);
    return k;
}

static void drop_was(struct was **at)
{
    struct was *w = *at;

    *at = w->next;
    free(w->list);
    free(w->number);
    free(w);
}

static void end(void *memory)
{
    struct known *k = memory;

    for (int i = 0; i < 2; i++) {
        names_index_free(k->side[i].index);
        pthread_rwlock_destroy(&k->side[i].lock);
    }
    while (k->was)
        drop_was(&k->was);
    pthread_mutex_destroy(&k->lock);
    free(k->nobody);
    arena_free(k->scratch);
    free(k);
}

static const struct views_memory memory = {make, end};

static struct str file_of(struct ctx *c, enum side side)
{
    return path_join(c->arena, c->dir, side == SIDE_LISTED ? VIEWS_LISTED : VIEWS_ASKED);
}

/* ---- following the log ---- */

/* The log's last row, as this thread sees it: 1, or 0 when it is empty. -1 with err. */
static int log_end(struct ctx *c, enum side side, uint32_t *n, uint32_t *chain)
{
    struct str sql =
        arena_fmt(c->arena, "SELECT n, chain FROM %s ORDER BY n DESC LIMIT 1", known_log[side]);
    struct query *q = views_query(c->views, sql.p, c->err);
    int row;

    *n = *chain = 0;
    if (!q)
        return -1;
    row = query_step(q, c->err);
    if (row == 1) {
        *n = (uint32_t)query_int(q, 0);
        *chain = (uint32_t)query_int(q, 1);
    }
    query_done(q);
    return row;
}

/* 1: row n of the log is there and has this chain. */
static int log_has(struct ctx *c, enum side side, uint32_t n, uint32_t chain)
{
    struct str sql = arena_fmt(c->arena, "SELECT 1 FROM %s WHERE n = ?1 AND chain = ?2", known_log[side]);
    struct query *q = views_query(c->views, sql.p, c->err);
    int row;

    if (!q)
        return -1;
    query_bind_int(q, 1, n);
    query_bind_int(q, 2, chain);
    row = query_step(q, c->err);
    query_done(q);
    return row;
}

/* The saved index, when it is of this log; else an empty one. -1 with err. */
static int open_index(struct ctx *c, enum side side, struct known_side *k)
{
    struct err why = {.lang = c->err->lang};
    uint64_t mark = 0;
    int good;

    k->index = names_index_open(file_of(c, side).p, &mark, &why);
    if (k->index) {
        k->n = (uint32_t)(mark >> 32);
        k->chain = (uint32_t)mark;
        good = log_has(c, side, k->n, k->chain);
        if (good == 1)
            return 0;
        names_index_free(k->index);
        k->index = NULL;
        if (good < 0)
            return -1;
    }
    k->n = k->chain = 0;
    k->index = names_index_new(side == SIDE_LISTED ? NAMES_LISTED : NAMES_ASKED);
    return 0;
}

/* The rows behind those that are in the index. */
static int read_log(struct ctx *c, enum side side, struct known_side *k)
{
    struct str sql = arena_fmt(
        c->arena, "SELECT n, chain, gone, kind_of, name FROM %s WHERE n > ?1 ORDER BY n", known_log[side]);
    struct query *q = views_query(c->views, sql.p, c->err);
    struct arena *a = arena_new();
    int row = q ? 1 : -1;

    if (q)
        query_bind_int(q, 1, k->n);
    while (row == 1 && (row = query_step(q, c->err)) == 1) {
        uint32_t n = (uint32_t)query_int(q, 0);
        if (!query_is_null(q, 2))
            names_index_remove(k->index, (uint32_t)query_int(q, 2));
        else if (names_index_put(k->index, n, name_read(a, query_text(q, 4), (enum name_of)query_int(q, 3)),
                                 c->err) < 0)
            row = -1;
        if (row != 1)
            break;
        k->n = n;
        k->chain = (uint32_t)query_int(q, 1);
        k->changes++;
        arena_reset(a);
    }
    query_done(q);
    arena_free(a);
    return row;
}

/* Not saved is not lost: a full disk or a folder that may only be read is no error here. */
static void save(struct ctx *c, enum side side, struct known_side *k)
{
    struct err why = {.lang = c->err->lang};

    if (k->changes < SAVE_LEAST || k->changes < names_index_count(k->index) / SAVE_PART)
        return;
    if (names_index_save(k->index, file_of(c, side).p, (uint64_t)k->n << 32 | k->chain, &why) == 0)
        k->changes = 0;
}

/* Up to date, and locked against changes until the caller unlocks it. NULL with err. */
static struct known_side *follow(struct ctx *c, enum side side)
{
    struct known *all = views_remember(c->views, &memory);
    struct known_side *k = &all->side[side];
    uint32_t n, chain;
    int rc = 0;

    if (log_end(c, side, &n, &chain) < 0)
        return NULL;
    pthread_rwlock_rdlock(&k->lock);
    if (k->index && k->n >= n)
        return k;
    pthread_rwlock_unlock(&k->lock);
    pthread_rwlock_wrlock(&k->lock);
    if (k->index == NULL)
        rc = open_index(c, side, k);
    if (rc == 0 && k->n < n) {
        rc = read_log(c, side, k);
        if (rc == 0)
            save(c, side, k);
    }
    pthread_rwlock_unlock(&k->lock);
    if (rc < 0)
        return NULL;
    pthread_rwlock_rdlock(&k->lock);
    return k;
}

/* ---- asking ---- */

#define ROOM_FIRST 256

static struct nobody *nobody_of(struct known *k, const uint8_t key[KEY_SIZE])
{
    return &k->nobody[(key[0] | (unsigned)key[1] << 8) % NOBODY];
}

static bool found_nobody(struct known *k, const struct nobody *x)
{
    const struct nobody *y = nobody_of(k, x->key);
    bool is;

    pthread_mutex_lock(&k->lock);
    is = y->n == x->n && y->least <= x->least && y->n && memcmp(y->key, x->key, KEY_SIZE) == 0;
    pthread_mutex_unlock(&k->lock);
    return is;
}

static void finds_nobody(struct known *k, const struct nobody *x)
{
    pthread_mutex_lock(&k->lock);
    *nobody_of(k, x->key) = *x;
    pthread_mutex_unlock(&k->lock);
}

static void search(struct ctx *c, const struct known_side *k, const struct name *name,
                   struct names_search how, struct known_found *out)
{
    struct names_search now = how;
    struct names_found *found;

    now.most = how.most < ROOM_FIRST ? how.most : ROOM_FIRST;
    found = arena_alloc(c->arena, now.most * sizeof *found);
    out->n = names_index_search(k->index, name, now, found, &out->beyond);
    if (out->beyond && now.most < how.most) { /* rare: a name that many have */
        now.most = how.most - now.most < out->beyond ? how.most : now.most + (size_t)out->beyond;
        found = arena_alloc(c->arena, now.most * sizeof *found);
        out->n = names_index_search(k->index, name, now, found, &out->beyond);
    }
    out->name = found;
}

int known_search(struct ctx *c, enum side side, const struct name *name, struct names_search how,
                 struct known_found *out)
{
    struct known_side *k = follow(c, side);

    if (!k)
        return -1;
    search(c, k, name, how, out);
    pthread_rwlock_unlock(&k->lock);
    return 0;
}

int known_listed(struct ctx *c, const struct key *key, int least, struct known_found *out)
{
    struct known *all = views_remember(c->views, &memory);
    struct known_side *k = follow(c, SIDE_LISTED);
    struct nobody x = {.least = least};

    *out = (struct known_found){.n = 0};
    if (!k)
        return -1;
    keys_digest(key, x.key);
    x.n = k->n;
    if (k->n && !found_nobody(all, &x)) {
        search(c, k, name_read(c->arena, key->value, key->of), (struct names_search){least, NAMES_PER_NAME},
               out);
        if (out->n == 0)
            finds_nobody(all, &x);
    }
    pthread_rwlock_unlock(&k->lock);
    return 0;
}

static char *text_of(struct str s)
{
    char *z = xmalloc(s.n + 1);

    memcpy(z, s.p, s.n);
    z[s.n] = '\0';
    return z;
}

void known_was(struct ctx *c, uint64_t seq, struct str list, struct str number)
{
    struct known *k = views_remember(c->views, &memory);
    struct was *w = xmalloc(sizeof *w);

    *w = (struct was){seq, text_of(list), text_of(number), NULL};
    pthread_mutex_lock(&k->lock);
    w->next = k->was;
    k->was = w;
    pthread_mutex_unlock(&k->lock);
}

bool known_was_of(struct ctx *c, uint64_t seq, struct str *list, struct str *number)
{
    struct known *k = views_remember(c->views, &memory);
    bool found = false;

    pthread_mutex_lock(&k->lock);
    for (struct was **at = &k->was; *at;) {
        if ((*at)->seq == seq) {
            *list = arena_copy(c->arena, str_z((*at)->list));
            *number = arena_copy(c->arena, str_z((*at)->number));
            found = true;
        }
        if ((*at)->seq < seq) /* what reacted before has no more use for it */
            drop_was(at);
        else
            at = &(*at)->next;
    }
    pthread_mutex_unlock(&k->lock);
    return found;
}

struct arena *known_scratch(struct ctx *c)
{
    struct known *k = views_remember(c->views, &memory);

    return k->scratch;
}

bool known_all_due(struct ctx *c, uint64_t seq)
{
    struct known *k = views_remember(c->views, &memory);

    if (seq > k->all_seq && seq < k->all_until)
        return false;
    k->all_seq = seq;
    k->all_until = views_applied(c->views);
    return true;
}

bool known_new_day(struct ctx *c, int64_t day, uint64_t seq)
{
    struct known *k = views_remember(c->views, &memory);

    if (k->day == day && seq > k->day_seq)
        return false;
    k->day = day;
    k->day_seq = seq;
    return true;
}
