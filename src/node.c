/*~ 7
 * node.c: what ties journal, views and rooms together. We come from journal/ ("~ 6"): the entry is on disk and
 * has its number. Now
 *
 *   apply   brings the views up to date: the generic row (views/project.c), then each room's own tables. It is a
 *           pure function of the journal, so `rebuild` can throw the result away and make it again;
 *   react   asks each room what follows from the entry ("~ 8" is screening/, which finds hits). What follows is
 *           appended by key, at most once, so that reacting again after a crash changes nothing;
 *
 * and round again, until nothing more follows. "~ 9", in records/list.c, is how somebody sees it.
 *
 * Threads: each has a ctx of its own over one journal and one views. Appends meet in the journal's group commit.
 * After it each thread makes sure that the views have applied its own numbers; the first to come does it for
 * those behind it. The applying lock is never held around an fsync of the journal.
 */
#include "puente.h"

#include <assert.h>
#include <stdlib.h>

#define GROUP      5000 /* entries in one transaction of the views */
#define REACT      1000 /* entries that share one commit for what follows from them */
#define REACT_TAIL 4096 /* entries that react again when nothing tells how far that had come */

struct follow {
    struct record *record;
    uint8_t key[HASH_SIZE];
    struct follow *next;
};

struct follows {
    struct follow *first, **last;
};

/* ---- apply ---- */

struct walk {
    struct ctx *ctx;
    uint64_t until; /* stop before this number */
    uint64_t done;
};

static int apply_entry(void *arg, const struct entry *x, struct err *e)
{
    struct walk *w = arg;

    if (views_apply(w->ctx->views, x, e) < 0)
        return -1;
    for (const struct room *const *r = w->ctx->rooms; *r; r++)
        if ((*r)->apply && (*r)->apply(w->ctx, x) < 0)
            return -1;
    arena_reset(w->ctx->arena);
    w->done++;
    return 0;
}

/* Up to GROUP entries, in one transaction. 1 = there may be more, 0 = the views have reached the head. */
static int apply_group(struct ctx *c)
{
    struct ctx sub = *c; /* rooms get an arena that is emptied after each entry */
    struct walk w = {.ctx = &sub};
    uint64_t from;
    int rc;

    if (views_begin(c->views, c->err) < 0)
        return -1;
    from = views_applied(c->views);
    sub.arena = arena_new();
    rc = journal_walk(c->journal, from, GROUP, apply_entry, &w, c->err);
    arena_free(sub.arena);
    if (rc == 0 && w.done > 0)
        rc = views_commit(c->views, from + w.done, c->err);
    else
        views_rollback(c->views);
    if (rc < 0)
        return -1;
    return w.done == GROUP;
}

static int head_size(struct ctx *c, uint64_t *size)
{
    struct arena *a = arena_new();
    struct head head;
    int rc = journal_head(c->journal, a, &head, c->err);

    *size = rc < 0 ? 0 : head.size;
    arena_free(a);
    return rc;
}

static int apply_all(struct ctx *c)
{
    uint64_t size = 0;
    int more = 1;

    if (c->progress && head_size(c, &size) < 0)
        return -1;
    while ((more = apply_group(c)) == 1)
        if (c->progress)
            c->progress(c->progress_arg, N_("views"), views_applied(c->views), size);
    return more;
}

/* ---- react ---- */

void node_follow(struct ctx *c, struct str key, struct record *r)
{
    uint8_t number[2] = {(uint8_t)(r->kind->number >> 8), (uint8_t)r->kind->number};
    struct str parts[3] = {S("puente/follow/v1"), str_n(number, sizeof number), key};
    struct follow *f = arena_alloc(c->arena, sizeof *f);

    assert(c->follows);
    f->record = r;
    sha256(f->key, parts, COUNT(parts));
    *c->follows->last = f;
    c->follows->last = &f->next;
}

static int react_entry(void *arg, const struct entry *x, struct err *e)
{
    struct walk *w = arg;

    (void)e; /* the rooms have it in their ctx */
    if (x->seq >= w->until)
        return 1;
    for (const struct room *const *r = w->ctx->rooms; *r; r++)
        if ((*r)->react && (*r)->react(w->ctx, x) < 0)
            return -1;
    w->done++;
    return 0;
}

static int append_follows(struct ctx *c, const struct follows *f)
{
    struct batch *b;
    int fresh = 0;

    if (f->first == NULL)
        return 0;
    b = batch_begin(c->journal, c->err);
    if (b == NULL)
        return -1;
    for (const struct follow *x = f->first; x && fresh >= 0; x = x->next) {
        fresh = batch_once(b, x->key, c->err);
        if (fresh == 1)
            fresh = batch_put(b, x->record, c->err);
    }
    if (fresh < 0 || batch_count(b) == 0) {
        batch_abort(b);
        return fresh < 0 ? -1 : 0;
    }
    return batch_commit(b, c->err);
}

/* Entries from ... until - 1, at most REACT; *done of them reacted, and what follows is durable. */
static int react_group(struct ctx *c, uint64_t from, uint64_t until, uint64_t *done)
{
    struct follows follows = {NULL, &follows.first};
    struct ctx sub = *c;
    struct walk w = {.ctx = &sub, .until = until};
    int rc;

    sub.arena = arena_new();
    sub.follows = &follows;
    sub.author = node_office(c);
    sub.purpose = sub.the_case = (struct str){NULL, 0};
    rc = views_hold(c->views, c->err);
    if (rc == 0)
        rc = journal_walk(c->journal, from, REACT, react_entry, &w, c->err);
    views_let_go(c->views);
    if (rc >= 0)
        rc = append_follows(c, &follows);
    arena_free(sub.arena);
    *done = rc < 0 ? 0 : w.done;
    return rc < 0 ? -1 : 0;
}

static bool any_reacts(const struct ctx *c)
{
    for (const struct room *const *r = c->rooms; *r; r++)
        if ((*r)->react)
            return true;
    return false;
}

/* Reacts to all that is applied, applies what follows, until quiet. */
static int react_all(struct ctx *c)
{
    uint64_t start = views_react_begin(c->views), at = start, done = 1;
    int rc = 0;

    if (!any_reacts(c))
        at = views_applied(c->views);
    while (rc == 0 && done > 0 && at < views_applied(c->views)) {
        rc = react_group(c, at, views_applied(c->views), &done);
        at += done;
        if (rc == 0)
            rc = apply_all(c);
        if (c->progress)
            c->progress(c->progress_arg, N_("reactions"), at - start, views_applied(c->views) - start);
    }
    if (rc < 0) { /* its reason stands; the cursor still moves as far as it came */
        struct err second = {.lang = c->err->lang};
        views_react_end(c->views, at, &second);
        return -1;
    }
    return views_react_end(c->views, at, c->err);
}

int node_catch_up(struct ctx *c)
{
    assert(c->follows == NULL);
    return apply_all(c) < 0 ? -1 : react_all(c);
}

/* ---- append ---- */

/* A node opened to read takes the lock when it turns out that something must be written. */
struct str node_office(const struct ctx *c)
{
    return str_z(journal_who(c->journal)->office);
}

int node_writable(struct ctx *c)
{
    struct err why;

    if (views_writable(c->views))
        return 0;
    node_close(c);
    if (node_open(c, true) == 0)
        return 0;
    why = *c->err;
    if (node_open(c, false) == 0)
        *c->err = why;
    return -1;
}

int node_append(struct ctx *c, struct record *const *r, size_t n, uint64_t *first)
{
    uint64_t at;

    assert(c->follows == NULL); /* reactions use node_follow */
    if (node_writable(c) < 0 || journal_append(c->journal, r, n, &at, c->err) < 0)
        return -1;
    if (first)
        *first = at;
    if (views_applied(c->views) < at + n && apply_all(c) < 0)
        return 0; /* durable: see puente.h */
    react_all(c);
    return 0;
}

int node_append_once(struct ctx *c, struct str key, struct record *const *r, size_t n)
{
    struct str parts[2] = {S("puente/once/v1"), key};
    uint8_t digest[HASH_SIZE];
    struct batch *b;
    int fresh;

    assert(c->follows == NULL);
    sha256(digest, parts, COUNT(parts));
    if (node_writable(c) < 0 || (b = batch_begin(c->journal, c->err)) == NULL)
        return -1;
    fresh = batch_once(b, digest, c->err);
    for (size_t i = 0; fresh == 1 && i < n; i++)
        if (batch_put(b, r[i], c->err) < 0)
            fresh = -1;
    if (fresh != 1) {
        batch_abort(b);
        return fresh;
    }
    if (batch_commit(b, c->err) < 0)
        return -1;
    node_catch_up(c);
    return 1;
}

/* ---- open, close ---- */

const char *const *node_tables(struct ctx *c)
{
    const char **list;
    size_t n = 0;

    for (const struct room *const *r = c->rooms; *r; r++)
        for (const char *const *t = (*r)->tables; t && *t; t++)
            n++;
    list = arena_alloc(c->arena, (n + 1) * sizeof *list);
    n = 0;
    for (const struct room *const *r = c->rooms; *r; r++)
        for (const char *const *t = (*r)->tables; t && *t; t++)
            list[n++] = *t;
    return list;
}

/* A new views.db does not tell how far reacting had come. What a crash may have left open is near the end, and
 * keys keep what follows from following twice. */
static int first_reacted(struct ctx *c, uint64_t size)
{
    if (views_reacted(c->views) != VIEWS_UNKNOWN)
        return 0;
    views_react_begin(c->views);
    return views_react_end(c->views, size > REACT_TAIL ? size - REACT_TAIL : 0, c->err);
}

/* 1: the views are of this log. 0: of another one. -1 with err. */
static int belong(struct ctx *c, bool reacts)
{
    struct arena *a = arena_new();
    struct head head;
    int rc = journal_head(c->journal, a, &head, c->err);

    if (rc == 0)
        rc = views_bind(c->views, head.epoch, head.size, c->err);
    if (rc == 1 && reacts && first_reacted(c, head.size) < 0)
        rc = -1;
    arena_free(a);
    return rc;
}

static int discard_views(struct ctx *c)
{
    views_close(c->views);
    c->views = NULL;
    if (views_discard(c->dir, c->err) < 0)
        return -1;
    c->views = views_open(c->dir, true, node_tables(c), c->err);
    return c->views ? 0 : -1;
}

static int fill_views(struct ctx *c, bool reacts)
{
    int rc = belong(c, reacts);

    if (rc == 0) /* a backup was restored under them */
        rc = discard_views(c) < 0 ? -1 : belong(c, reacts);
    if (rc < 0)
        return -1;
    rc = reacts ? node_catch_up(c) : apply_all(c);
    /* What a crash kept from being scrubbed: an erasure that is in the journal, and in the views only now. */
    return rc < 0 || (reacts && views_scrub(c->views, c->err) < 0) ? -1 : 0;
}

/* Opened to write and up to date. Disposable: a damaged views.db is made again rather than complained about. */
static int open_views(struct ctx *c, bool reacts)
{
    c->views = views_open(c->dir, true, node_tables(c), c->err);
    if (c->views == NULL)
        return -1;
    if (fill_views(c, reacts) == 0)
        return 0;
    if (c->views == NULL || !views_damaged(c->views))
        return -1;
    return discard_views(c) < 0 ? -1 : fill_views(c, reacts);
}

static int open_journal(struct ctx *c, bool write)
{
    const struct journal_options o = {
        .dir = c->dir, .world = c->world, .write = write, .backend = c->backend};

    c->journal = journal_open(&o, c->err);
    return c->journal ? 0 : -1;
}

/* 1: the views are there and have all that the journal has. 0: they are missing, old or behind; then c->views
 * is NULL when they cannot be read at all. -1 with err. */
static int up_to_date(struct ctx *c)
{
    struct arena *a = arena_new();
    struct head head;
    int rc = journal_head(c->journal, a, &head, c->err);

    c->views = rc < 0 ? NULL : views_open(c->dir, false, node_tables(c), c->err);
    if (c->views)
        rc = views_bind(c->views, head.epoch, head.size, c->err) == 1 &&
             views_applied(c->views) >= head.size;
    arena_free(a);
    return rc;
}

static void close_views(struct ctx *c)
{
    views_close(c->views);
    c->views = NULL;
}

/* A reader writes nothing to the journal, so it does not react, and a backup that somebody looks into stays as it
 * is. But it may bring the views up to date when nobody else does. */
static int open_to_read(struct ctx *c)
{
    int current;

    if (open_journal(c, false) < 0)
        return -1;
    current = up_to_date(c);
    if (current != 0)
        return current < 0 ? -1 : 0;
    close_views(c);
    open_views(c, false);
    close_views(c);
    /* All is up to date now; or another process holds the views, and brings them up to date itself. */
    if (up_to_date(c) < 0 || c->views == NULL)
        return -1;
    err_clear(c->err);
    return 0;
}

int node_open(struct ctx *c, bool write)
{
    int rc;

    assert(c->journal == NULL && c->views == NULL);
    if (write)
        rc = open_journal(c, true) < 0 ? -1 : open_views(c, true);
    else
        rc = open_to_read(c);
    if (rc < 0)
        node_close(c);
    return rc;
}

void node_close(struct ctx *c)
{
    views_close(c->views);
    journal_close(c->journal);
    c->views = NULL;
    c->journal = NULL;
}

/* ---- rebuild ---- */

int node_rebuild(struct ctx *c)
{
    uint64_t reacted;

    if (node_writable(c) < 0)
        return -1;
    reacted = views_reacted(c->views);
    if (discard_views(c) < 0)
        return -1;
    views_react_begin(c->views);
    if (views_react_end(c->views, reacted, c->err) < 0 || belong(c, false) < 0)
        return -1;
    return apply_all(c);
}

int node_rebuild_check(struct ctx *c, const char *to, bool *same)
{
    struct ctx sub = *c;
    uint8_t ours[32], again[32];
    int rc;

    if (views_digest(c->views, ours, c->err) < 0)
        return -1;
    sub.views = views_open(to, true, node_tables(c), c->err);
    if (sub.views == NULL)
        return -1;
    rc = apply_all(&sub);
    if (rc == 0)
        rc = views_digest(sub.views, again, c->err);
    views_close(sub.views);
    *same = rc == 0 && memcmp(ours, again, sizeof ours) == 0;
    return rc;
}
