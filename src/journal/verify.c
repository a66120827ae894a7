/*
 * verify.c: the whole log, from the rows up. Each row's header and values give its commitment, id and
 * commitment its leaf, the leaves every node that the tiles keep, the nodes the root, and the node's key has
 * signed it. What was erased must have an erasure that says so. Reads one snapshot; memory grows with the
 * number of erasures only.
 */
#include "journal/internal.h"

#include <stdio.h>
#include <stdlib.h>

#define TICK 4096 /* entries between two calls of tick */

struct mark {
    uint8_t id[16];
    uint64_t seq;
};

struct marks {
    struct mark *m;
    size_t n, cap;
};

struct check {
    struct journal *j;
    struct state head;
    struct merkle m;
    struct tile_reader tiles[TILE_LEVELS];
    struct marks erased, erasures;
    uint64_t next, last_epoch;
    struct arena *arena;
    struct verify_report *out;
    struct err *e;
    const struct verify_watch *watch;
    bool node_bad;
};

static void marks_add(struct marks *to, const uint8_t id[16], uint64_t seq)
{
    if (to->n == to->cap) {
        to->cap = to->cap ? to->cap * 2 : 64;
        to->m = xrealloc(to->m, to->cap * sizeof *to->m);
    }
    memcpy(to->m[to->n].id, id, 16);
    to->m[to->n++].seq = seq;
}

static int by_id(const void *pa, const void *pb)
{
    const struct mark *a = pa, *b = pb;
    int c = memcmp(a->id, b->id, sizeof a->id);

    return c ? c : (a->seq > b->seq) - (a->seq < b->seq);
}

/* Reports the first bad entry; 1, so that the walk ends. `what` is a msgid. */
static int bad(struct check *c, uint64_t seq, const uint8_t *id, const char *what)
{
    char text[UUID_SIZE] = "-";

    if (id)
        uuid_format(id, text);
    c->out->good = false;
    c->out->bad_seq = seq;
    snprintf(c->out->what, sizeof c->out->what, tr(c->e->lang, N_("entry %ju, record %s: %s")),
             (uintmax_t)seq, text, tr(c->e->lang, what));
    return 1;
}

/* A node that the new leaf completed: does the tile say the same? */
static int compare(void *arg, unsigned height, uint64_t index, const uint8_t hash[HASH_SIZE])
{
    struct check *c = arg;
    uint8_t stored[HASH_SIZE];

    if (height % TILE_HEIGHT)
        return 0;
    if (tile_reader_node(&c->tiles[height / TILE_HEIGHT], height, index, stored, c->e) < 0)
        return -1;
    c->node_bad = memcmp(stored, hash, HASH_SIZE) != 0;
    return c->node_bad;
}

static bool is(const struct record *r, const char *kind)
{
    return strcmp(r->kind->name, kind) == 0;
}

/* What the log says about itself. */
static int check_trust(struct check *c, const struct row *r, const struct record *rec)
{
    int f;

    if (is(rec, "erasure")) {
        f = schema_field(rec->kind, S("about"));
        if (record_get(rec, f).n == 16)
            marks_add(&c->erasures, (const uint8_t *)record_get(rec, f).p, r->seq);
    } else if (is(rec, "epoch") && str_eq(rec->head.origin, str_z(c->j->who.office))) {
        f = schema_field(rec->kind, S("number"));
        uint64_t n = record_has(rec, f) ? (uint64_t)rec->v[f].i : 0;
        if (n <= c->last_epoch || n > c->head.epoch || c->head.start[n - 1] != r->seq)
            return bad(c, r->seq, r->id, N_("the epoch does not fit the head"));
        c->last_epoch = n;
    }
    return 0;
}

static int check_row(void *arg, const struct row *r, struct err *e)
{
    struct check *c = arg;
    uint8_t hash[HASH_SIZE];
    struct record *rec;
    int rc;

    arena_reset(c->arena);
    if (r->seq != c->next)
        return bad(c, c->next, NULL, N_("the entry is missing"));
    if (r->seq >= c->head.size)
        return bad(c, r->seq, r->id, N_("the entry is not under the head"));
    if (schema_decode(c->arena, r->header, r->erased ? S("\xa0") : r->values, &rec, e) < 0)
        return bad(c, r->seq, r->id, N_("header or values are not canonical"));
    if (memcmp(rec->head.id, r->id, sizeof r->id) != 0 || rec->kind->number != r->kind)
        return bad(c, r->seq, r->id, N_("id or kind are not those of the header"));
    if (r->erased && r->values.n)
        return bad(c, r->seq, r->id, N_("the erased values are still there"));
    schema_commit(hash, r->seed, r->header, r->values);
    if (!r->erased && memcmp(hash, r->commitment, HASH_SIZE) != 0)
        return bad(c, r->seq, r->id, N_("header, values and seed do not give the commitment"));
    leaf_hash(hash, r->id, r->commitment);
    rc = merkle_push(&c->m, hash, compare, c);
    if (rc)
        return rc < 0 ? -1 : bad(c, r->seq, r->id, N_("the commitment is not the one in the tree"));
    if (r->erased)
        marks_add(&c->erased, r->id, r->seq);
    c->out->erased += r->erased;
    c->out->entries = ++c->next;
    if (c->watch && c->next % TICK == 0)
        c->watch->tick(c->watch->arg, c->next, c->head.size);
    return check_trust(c, r, rec);
}

/* Each erased entry has an erasure behind it in the log. */
static int check_erasures(struct check *c)
{
    const struct mark *first = NULL;
    size_t k = 0;

    if (c->erased.n == 0)
        return 0;
    qsort(c->erased.m, c->erased.n, sizeof *c->erased.m, by_id);
    if (c->erasures.n)
        qsort(c->erasures.m, c->erasures.n, sizeof *c->erasures.m, by_id);
    for (size_t i = 0; i < c->erased.n; i++) {
        const struct mark *m = &c->erased.m[i];
        while (k < c->erasures.n && by_id(&c->erasures.m[k], m) < 0)
            k++;
        if (k < c->erasures.n && memcmp(c->erasures.m[k].id, m->id, sizeof m->id) == 0)
            continue;
        if (first == NULL || m->seq < first->seq)
            first = m;
    }
    return first ? bad(c, first->seq, first->id, N_("the values are gone, and no erasure says why")) : 0;
}

static int check_head(struct check *c)
{
    uint8_t root[HASH_SIZE];

    merkle_root(&c->m, root);
    if (c->next < c->head.size)
        return bad(c, c->next, NULL, N_("the entry is missing"));
    if (c->last_epoch != (c->head.epoch > 1 ? c->head.epoch : 0))
        return bad(c, c->head.size, NULL, N_("the head is of an epoch that no entry starts"));
    if (memcmp(root, c->head.root, HASH_SIZE) != 0)
        return bad(c, c->head.size, NULL, N_("the head's root is not that of the tree"));
    if (!head_signed(c->j, &c->head))
        return bad(c, c->head.size, NULL,
                   N_("the checkpoint is not the head's, or not signed with the node's key"));
    return 0;
}

static int check_all(struct check *c, struct store *s)
{
    const struct range all = {.from = 0, .most = UINT64_MAX};
    int rc;

    for (unsigned l = 0; l < TILE_LEVELS; l++)
        c->tiles[l] = (struct tile_reader){.backend = c->j->backend, .store = s};
    rc = c->j->backend->walk(s, &all, check_row, c, c->e);
    if (rc == 0)
        rc = check_erasures(c);
    if (rc == 0)
        rc = check_head(c);
    if (c->watch)
        c->watch->tick(c->watch->arg, c->next, c->head.size);
    return rc < 0 ? -1 : 0;
}

int journal_verify(struct journal *j, const struct verify_watch *watch, struct verify_report *out,
                   struct err *e)
{
    struct check *c = xmalloc(sizeof *c);
    struct store *s;
    int rc = -1;

    memset(c, 0, sizeof *c);
    memset(out, 0, sizeof *out);
    c->j = j;
    c->out = out;
    c->e = e;
    c->watch = watch;
    c->arena = arena_new();
    out->good = true;
    s = reader_begin(j, &c->head, e);
    if (s) {
        rc = check_all(c, s);
        reader_end(j, s);
    }
    /* A store that cannot be read because of what stands in it is a bad log, not a failure to look. */
    if (rc < 0 && e->code == ERR_CORRUPT) {
        out->good = false;
        out->bad_seq = c->next;
        snprintf(out->what, sizeof out->what, tr(e->lang, N_("at entry %ju: %s")), (uintmax_t)c->next,
                 e->text);
        err_clear(e);
        rc = 0;
    }
    free(c->erased.m);
    free(c->erasures.m);
    arena_free(c->arena);
    free(c);
    return rc;
}
