/*
 * node.c: nodes. Their journals are in memory (store.c), their views in files of a folder in memory where there is
 * one. A node dies when its store does; what its process still does until it returns touches nothing any more. The
 * network drops what a dead node answers.
 */
#include <assert.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tls.h"
#include "coordination/coordination.h"
#include "screening/screening.h"
#include "tests/sim/sim.h"

const struct room *const sim_rooms[] = {&screening_room, &release_room, &exchange_room, &coordination_room,
                                        NULL};

static char scratch[64];

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
    (void)st;
    (void)flag;
    (void)f;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void copy_file(const char *from, const char *to)
{
    struct arena *a = arena_new();
    struct err e = {0};
    struct str bytes;
    FILE *f;

    if (file_read(a, from, (size_t)1 << 30, &bytes, &e) == 0 && (f = fopen(to, "wb")) != NULL) {
        if (fwrite(bytes.p, 1, bytes.n, f) != bytes.n)
            abort();
        fclose(f);
    }
    arena_free(a);
}

/* ---- the world of a node ---- */

static int64_t world_now(void *arg)
{
    struct mnode *n = arg;

    return n->sim->time++ + n->skew;
}

static void world_random(void *arg, void *out, size_t n)
{
    struct mnode *node = arg;
    uint8_t *p = out;

    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(rng_next(&node->rng) >> 32);
}

struct ctx *node_ctx(struct mnode *n)
{
    arena_reset(n->arena);
    err_clear(&n->err);
    return &n->ctx;
}

bool node_died(const struct mnode *n)
{
    return memory_dead(memory_of(n->dir));
}

static const char *in(struct arena *a, const char *dir, const char *name)
{
    return path_join(a, dir, name).p;
}

static int start(struct mnode *n)
{
    struct ctx *c = node_ctx(n);

    *c = (struct ctx){.world = &n->world,
                      .rooms = sim_rooms,
                      .dir = n->dir,
                      .backend = &backend_memory,
                      .arena = n->arena,
                      .err = &n->err,
                      .author = str_z(n->name)};
    n->up = node_open(c, true) == 0;
    n->started = true;
    return n->up ? 0 : -1;
}

static void stop(struct mnode *n)
{
    if (n->up)
        node_close(&n->ctx);
    n->up = false;
}

/* The keys that bundles are sealed to are made once in a process, and not by the seed: what they are makes no
 * difference to anything. */
static struct {
    uint8_t secret[32], public[32];
} box[NODES];

const uint8_t *node_box_public(unsigned i)
{
    return box[i].public;
}

const uint8_t *node_box_secret(unsigned i)
{
    return box[i].secret;
}

static void keys_make(struct mnode *n)
{
    static const char *const files[] = {"box.key", "tls.key", "tls.crt"};
    struct arena *a = arena_new();
    struct world_fake w;
    struct tls_own own;
    struct err e = {0};
    bool kept = false;

    for (size_t i = 0; i < COUNT(files); i++)
        kept = link(in(a, scratch, arena_fmt(a, "%s.%s", n->name, files[i]).p),
                    in(a, n->dir, arena_fmt(a, "keys/%s", files[i]).p)) == 0;
    world_fake(&w, n->sim->time, 0, n->self);
    if (!kept && tls_own(a, &(struct tls_node){n->dir, n->name, &w.world}, TLS_KEEP, &own, &e) < 0) {
        violation(n->sim, "%s cannot make its keys: %s", n->name, e.text);
    } else if (!kept) {
        for (size_t i = 0; i < COUNT(files); i++)
            if (link(in(a, n->dir, arena_fmt(a, "keys/%s", files[i]).p),
                     in(a, scratch, arena_fmt(a, "%s.%s", n->name, files[i]).p)) < 0)
                abort();
        memcpy(box[n->self].secret, own.box_secret, 32);
        memcpy(box[n->self].public, own.box_public, 32);
    }
    arena_free(a);
}

/* An empty views.db, made once: to lay out all tables takes longer than most seeds. */
static void views_template(struct sim *s, struct mnode *n)
{
    struct arena *a = arena_new();
    const char *kept = in(a, scratch, "views.db"), *mine = in(a, n->dir, "views.db");

    if (access(kept, F_OK) == 0) {
        copy_file(kept, mine);
    } else if (start(n) == 0) {
        stop(n);
        copy_file(mine, kept);
    } else {
        violation(s, "%s does not start: %s", n->name, n->err.text);
    }
    arena_free(a);
}

static void node_make(struct sim *s, unsigned i)
{
    static const struct {
        const char *name, *country;
    } who[NODES] = {{"us.cbp", "US"}, {"mx.anam", "MX"}, {"gt.sat", "GT"}};
    struct mnode *n = &s->node[i];
    struct journal_identity id = {.office = who[i].name, .country = who[i].country};
    struct journal_options o = {.world = &n->world, .write = true, .backend = &backend_memory};

    *n = (struct mnode){.name = who[i].name, .country = who[i].country, .sim = s, .self = i};
    n->world = (struct world){world_now, world_random, n};
    n->rng.state = mix(s->seed, 1000 + i);
    n->arena = arena_new();
    snprintf(n->dir, sizeof n->dir, "%s/%s", scratch, n->name);
    snprintf(n->backup, sizeof n->backup, "%s/%s.backup", scratch, n->name);
    o.dir = n->dir;
    if (journal_create(&o, &id, &n->err) < 0) {
        violation(s, "%s cannot be made: %s", n->name, n->err.text);
        return;
    }
    keys_make(n);
    views_template(s, n);
    if (!broken(s) && start(n) < 0)
        violation(s, "%s does not start: %s", n->name, n->err.text);
    if (broken(s))
        return;
    snprintf(n->key, sizeof n->key, "%s", journal_key(n->ctx.journal));
    if (!note_verifier_parse(str_z(n->key), &n->verifier))
        abort();
}

void nodes_start(struct sim *s)
{
    for (unsigned i = 0; i < s->nodes && !broken(s); i++)
        node_make(s, i);
}

void nodes_stop(struct sim *s)
{
    for (unsigned i = 0; i < s->nodes; i++) {
        if (s->node[i].arena == NULL)
            continue;
        stop(&s->node[i]);
        arena_free(s->node[i].arena);
        remove_tree(s->node[i].dir);
        remove_tree(s->node[i].backup);
    }
    memory_clear();
}

int scratch_start(void)
{
    const char *tmp = getenv("TMPDIR");

    if (tmp == NULL)
        tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    if (strlen(tmp) > 40)
        tmp = "/tmp";
    snprintf(scratch, sizeof scratch, "%s/puente-sim-XXXXXX", tmp);
    return mkdtemp(scratch) ? 0 : -1;
}

void scratch_end(void)
{
    remove_tree(scratch);
}

/* ---- dying, starting again ---- */

/* The views are disposable: lost, torn, or as they were some time ago. */
static void shake_views(struct mnode *n, struct rng *r)
{
    struct arena *a = arena_new();
    const char *views = in(a, n->dir, "views.db"), *old = in(a, n->dir, "views.old");
    FILE *f;

    switch (rng_of(r, 8)) {
    case 0:
        remove(views);
        break;
    case 1:
        if (truncate(views, (off_t)(4096 * rng_of(r, 40))) < 0)
            abort();
        break;
    case 2:
        f = fopen(views, "r+b");
        if (f) {
            fputs("not what it was", f);
            fclose(f);
        }
        break;
    case 3:
        if (n->saved_views)
            copy_file(old, views);
        break;
    case 4:
        copy_file(views, old);
        n->saved_views = true;
        break;
    }
    arena_free(a);
}

void node_restart(struct sim *s, unsigned i, struct rng *r)
{
    struct mnode *n = &s->node[i];
    struct memory *m = memory_of(n->dir);

    stop(n);
    memory_revive(m);
    if (r) {
        shake_views(n, r);
        if (rng_hit(r, 20))
            memory_die_at(m, 1 + rng_of(r, 6)); /* dies while it recovers */
    }
    if (start(n) < 0 && node_died(n)) {
        stop(n);
        memory_revive(m);
        start(n);
    }
    if (!n->up)
        violation(s, "%s does not start again: %s", n->name, n->err.text);
    else
        check_follow(s, i);
}

void node_settle(struct sim *s, unsigned i)
{
    struct rng r = {mix(s->step[s->at].seed, 77 + i + s->tally.deaths)};

    if (!node_died(&s->node[i]))
        return;
    s->tally.deaths++;
    say(s, "      %s died", s->node[i].name);
    node_restart(s, i, s->quiet ? NULL : &r);
}

/* ---- backups ---- */

void node_backup(struct sim *s, unsigned i)
{
    struct mnode *n = &s->node[i];
    struct ctx *c = node_ctx(n);

    remove_tree(n->backup);
    if (journal_backup(c->journal, n->backup, c->err) < 0) {
        if (!node_died(n))
            violation(s, "%s: no backup: %s", n->name, n->err.text);
        return;
    }
    n->has_backup = true;
}

void node_restore(struct sim *s, unsigned i, struct rng *r)
{
    struct mnode *n = &s->node[i];

    (void)r;
    if (!n->has_backup)
        return;
    stop(n);
    remove_tree(n->dir);
    memory_revive(memory_of(n->dir));
    if (rename(n->backup, n->dir) < 0)
        abort();
    memory_rename(n->backup, n->dir);
    n->has_backup = n->saved_views = false;
    n->restored++;
    s->tally.restored++;
    n->seen = 0;
    n->fresh_restore = true;
    n->forks = 0;
    s->exposed = false; /* who was shown both may have forgotten one */
    n->got = NULL;
    n->gave = NULL;
    n->receipt = NULL;
    n->head = NULL;
    memset(n->signatures, 0, sizeof n->signatures);
    if (start(n) < 0)
        violation(s, "%s does not start from its backup: %s", n->name, n->err.text);
    else
        check_follow(s, i);
}

bool node_views_hold(struct sim *s, unsigned i, struct str bytes)
{
    static const char *const files[] = {"views.db", "views.db-wal"};
    struct arena *a = arena_new();
    bool holds = false;

    for (size_t k = 0; k < COUNT(files); k++) {
        struct err e = {0};
        struct str all;
        if (file_read(a, in(a, s->node[i].dir, files[k]), (size_t)1 << 30, &all, &e) == 0)
            holds |= memmem(all.p, all.n, bytes.p, bytes.n) != NULL;
    }
    arena_free(a);
    return holds;
}

void node_rebuilds(struct sim *s, unsigned i)
{
    struct mnode *n = &s->node[i];
    struct ctx *c = node_ctx(n);
    const char *to = in(n->arena, n->dir, "again");
    bool same = false;

    if (mkdir(to, 0700) < 0)
        abort();
    if (node_rebuild_check(c, to, &same) < 0 || !same)
        violation(s, "the views of %s cannot be made again to the same bytes: %s", n->name, n->err.text);
    remove_tree(to);
}

/* ---- writing ---- */

int node_write(struct sim *s, unsigned i, struct record *const *r, size_t n)
{
    struct mnode *node = &s->node[i];
    struct ctx *c = &node->ctx;

    err_clear(c->err);
    if (node_append(c, r, n, NULL) == 0)
        return 0;
    if (!node_died(node))
        violation(s, "%s cannot write: %s", node->name, node->err.text);
    return -1;
}

/* ---- verbs, as an officer types them ---- */

struct hearing {
    struct out out;
    bool from;
};

static void hear_open(struct out *o, const char *key)
{
    (void)o;
    (void)key;
}

static void hear_close(struct out *o)
{
    (void)o;
}

static void hear_value(struct out *o, const char *key, struct str text, bool quoted)
{
    (void)text;
    (void)quoted;
    if (key && strcmp(key, "from") == 0)
        ((struct hearing *)o)->from = true;
}

int node_op(struct sim *s, unsigned i, const char *const *words, bool *from)
{
    static const struct out_ops ops = {
        .open = hear_open, .close = hear_close, .list = hear_open, .end = hear_close, .value = hear_value};
    struct mnode *n = &s->node[i];
    struct ctx *c = node_ctx(n);
    const struct op *op = op_find(sim_rooms, str_z(*words++));
    struct args *a = args_new(c->arena);
    struct hearing h = {.out.ops = &ops};
    int rc;

    for (; words[0]; words += 2)
        args_add(a, str_z(words[0]), str_z(words[1]));
    assert(op);
    rc = args_check(a, op, c->err) < 0 ? -1 : op->run(c, a, &h.out);
    if (from)
        *from = h.from;
    if (node_died(n)) {
        node_settle(s, i);
        return NODE_DIED;
    }
    if (rc < 0 && (n->err.code == ERR_USAGE || n->err.code == ERR_CORRUPT || n->err.code == ERR_IO))
        violation(s, "%s: %s: %s", n->name, op->name, n->err.text);
    check_follow(s, i);
    return rc;
}
