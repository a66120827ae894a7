/*
 * give_make.c: the giver looks through its journal from where it was, asks release/ about each record, and puts what
 * goes into the channel: one `dispatch` record with the new signed head, durable before anybody is told.
 *
 * Order against papers: the decision is made while this thread has the journal's turn to write and the views know all
 * that is in it, so a suspension is either before the dispatch, and stops it, or after it.
 *
 * Where life is at risk nothing waits: such records go ahead of all that was not looked at yet.
 */
#include "exchange/internal.h"

#include <stdlib.h>

#define LOOK_MOST      50000 /* records looked at for one dispatch: others want to write too */
#define LOOK_QUIET     500   /* so many in vain: a dispatch of nothing, so that the next look is short */
#define URGENT_MOST    256   /* of them ahead in one dispatch */
#define WITHDRAWN_MOST 256   /* retractions that follow from corrections, in one dispatch */
#define TRIES          16    /* others write between our looking and our turn */

struct look_through {
    const struct making *m;
    struct ctx *c;
    struct str office;
    struct merkle tree;
    struct buf sent, wires, disclosure;
    size_t *end; /* of each entry in wires */
    size_t n, most;
    uint64_t looked, upto;
    bool stopped;
    bool out_of_turn; /* a consent let a record go that may come again */
    uint8_t urgent[URGENT_MOST][16];
    size_t urgents;
    uint8_t withdrawn[WITHDRAWN_MOST][16]; /* given, then corrected by what may not be given */
    size_t withdrawals;
};

/* ---- one entry ---- */

/* Of the disclosures that a received record came in, the one that shows most of what is wanted. */
static int best_wire(struct ctx *c, struct arena *a, const uint8_t id[16], uint64_t fields,
                     struct wire_entry *out)
{
    struct query *q =
        views_query(c->views, "SELECT wire FROM v_disclosure WHERE about = ?1 AND erased = 0", c->err);
    struct wire_entry w;
    int best = 0, rc;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(id, 16));
    while ((rc = query_step(q, c->err)) == 1)
        if (entry_get(query_blob(q, 0), &w) && __builtin_popcountll(w.fields & fields) > best) {
            best = __builtin_popcountll(w.fields & fields);
            if (entry_get(arena_copy(a, query_blob(q, 0)), out) == false)
                rc = -1;
        }
    query_done(q);
    return rc < 0 ? -1 : best > 0;
}

int give_entry(struct ctx *c, const struct entry *x, struct wire_entry *w, struct buf *disclosure)
{
    struct arena *a;
    struct wire_entry from;
    int rc;

    buf_reset(disclosure);
    if (str_eq(x->record->head.origin, node_office(c))) {
        memcpy(w->id, x->id, sizeof w->id);
        memcpy(w->commitment, x->commitment, sizeof w->commitment);
        schema_disclose(disclosure, x->seed, x->header, x->values, w->fields);
    } else {
        a = arena_new();
        rc = best_wire(c, a, x->id, w->fields, &from);
        if (rc == 1) {
            w->fields &= from.fields;
            memcpy(w->id, from.id, sizeof w->id);
            memcpy(w->commitment, from.commitment, sizeof w->commitment);
            rc = schema_narrow(disclosure, from.disclosure, w->fields, c->err) < 0 ? -1 : 1;
        }
        arena_free(a);
        if (rc != 1)
            return rc;
    }
    w->disclosure = buf_view(disclosure);
    entry_leaf(w->leaf, w);
    return !disclosure->over;
}

static int add(struct look_through *l, const struct entry *x, const struct decision *d)
{
    struct given g = {.fields = d->fields,
                      .version = release_program(l->m->release)->version,
                      .clause = d->clause->number};
    struct wire_entry w = {.number = l->tree.size,
                           .version = (uint16_t)g.version,
                           .clause = (uint16_t)g.clause,
                           .fields = d->fields};
    int rc = give_entry(l->c, x, &w, &l->disclosure);

    if (rc != 1)
        return rc;
    g.fields = w.fields;
    memcpy(g.id, x->id, sizeof g.id);
    memcpy(g.leaf, w.leaf, sizeof g.leaf);
    given_put(&l->sent, &g);
    entry_put(&l->wires, &w);
    merkle_push(&l->tree, w.leaf, NULL, NULL);
    l->end[l->n++] = l->wires.n;
    return 0;
}

static bool went_ahead(const struct look_through *l, const uint8_t id[16])
{
    for (size_t i = 0; i < l->urgents; i++)
        if (memcmp(l->urgent[i], id, 16) == 0)
            return true;
    return false;
}

static const uint8_t none[16];

/* A correction stays: then what it corrects must not go on standing where it was given. */
static int withdraw(struct look_through *l, const struct record *x)
{
    int gave;

    if (memcmp(x->head.replaces, none, sizeof none) == 0 || l->withdrawals == WITHDRAWN_MOST ||
        release_standing(l->m->release) != STANDING_IN_FORCE || !str_eq(x->head.origin, node_office(l->c)))
        return 0;
    gave = release_gave(l->m->release, x->head.replaces);
    if (gave == 1)
        memcpy(l->withdrawn[l->withdrawals++], x->head.replaces, sizeof none);
    return gave < 0 ? -1 : 0;
}

static int put_withdrawals(struct look_through *l, struct batch *b)
{
    for (size_t i = 0; i < l->withdrawals; i++) {
        const struct str parts[2] = {S("puente/withdraw/v1"), str_n(l->withdrawn[i], 16)};
        uint8_t key[HASH_SIZE];
        int rc;
        sha256(key, parts, COUNT(parts));
        rc = batch_once(b, key, l->c->err);
        if (rc == 1) {
            struct record *r = retract_record(l->c, l->withdrawn[i], "corrected", "erase");
            rc = r ? batch_put(b, r, l->c->err) : -1;
        }
        if (rc < 0)
            return -1;
    }
    return 0;
}

static bool put_already(const struct look_through *l, const uint8_t id[16])
{
    struct str entries = buf_view(&l->sent);
    struct given g;

    while (given_take(&entries, &g))
        if (memcmp(g.id, id, sizeof g.id) == 0)
            return true;
    return false;
}

static int consider(struct look_through *l, const struct entry *x)
{
    struct decision d;
    uint64_t given;

    if (x->record == NULL || x->kind->local || !release_kind(l->m->release, x->kind) ||
        went_ahead(l, x->id) || (l->out_of_turn && put_already(l, x->id)))
        return 0;
    if (release_decide(l->m->release, x->record, &d) < 0)
        return -1;
    if (d.fields == 0)
        return d.why == WHY_SUPERSEDED || d.why == WHY_RETRACTED ? 0 : withdraw(l, x->record);
    if (release_given(l->m->release, x->id, &given) < 0)
        return -1;
    return d.fields & ~given ? add(l, x, &d) : 0;
}

/* ---- looking ---- */

static bool full(const struct look_through *l)
{
    return l->n >= l->most || l->wires.n >= GIVE_BYTES || l->looked >= LOOK_MOST;
}

static int consider_id(struct look_through *l, struct str id)
{
    struct arena *a = arena_new();
    struct entry x;
    struct err e = {.lang = l->c->lang};
    int rc = 0;

    if (id.n == 16 && journal_get(l->c->journal, a, (const uint8_t *)id.p, &x, &e) == 0)
        rc = consider(l, &x);
    arena_free(a);
    return rc;
}

/* A consent may let go what stood before it. */
static int consider_consented(struct look_through *l, const struct entry *x)
{
    struct str about = rec_text(x->record, "about");

    if (about.n != 16 || put_already(l, (const uint8_t *)about.p))
        return 0;
    l->out_of_turn = true;
    return consider_id(l, about);
}

static int look_at_entry(void *arg, const struct entry *x, struct err *e)
{
    struct look_through *l = arg;

    (void)e; /* it is c->err */
    bool consent = x->record && strcmp(x->kind->name, "consent") == 0;

    if (full(l) || (consent && l->n > 0 && l->n + 2 > l->most)) {
        l->stopped = true;
        return 1;
    }
    l->looked++;
    l->upto = x->seq + 1;
    if (consent && consider_consented(l, x) < 0)
        return -1;
    return consider(l, x);
}

static int urgent_of(struct look_through *l, const struct kind *k, uint64_t from)
{
    struct query *q;
    int rc;

    if (k->local || schema_field(k, S("life_at_risk")) < 0 || !release_kind(l->m->release, k))
        return 0;
    q = views_query(l->c->views,
                    arena_fmt(l->c->arena,
                              "SELECT id FROM \"v_%s\" WHERE life_at_risk = 1 AND seq >= ?1 AND erased = 0"
                              " ORDER BY seq",
                              k->name)
                        .p,
                    l->c->err);
    if (q == NULL)
        return -1;
    query_bind_int(q, 1, (int64_t)from);
    while ((rc = query_step(q, l->c->err)) == 1 && !full(l) && l->urgents < URGENT_MOST) {
        size_t before = l->n;
        uint8_t id[16];
        if (query_blob(q, 0).n != sizeof id)
            continue;
        memcpy(id, query_blob(q, 0).p, sizeof id);
        if ((rc = consider_id(l, str_n(id, sizeof id))) < 0)
            break;
        if (l->n > before)
            memcpy(l->urgent[l->urgents++], id, sizeof id);
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static int look_through(struct look_through *l, uint64_t from)
{
    int rc = views_hold(l->c->views, l->c->err);

    l->upto = from;
    for (const struct kind *const *k = schema_kinds; rc == 0 && *k; k++)
        rc = urgent_of(l, *k, from);
    if (rc == 0)
        rc = journal_walk(l->c->journal, from, UINT64_MAX, look_at_entry, l, l->c->err) < 0 ? -1 : 0;
    views_let_go(l->c->views);
    return rc;
}

/* ---- the dispatch ---- */

static struct str signed_head(struct look_through *l, const struct channel *ch,
                              const struct position *previous)
{
    struct buf text, note;
    struct str out;

    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    channel_text(&text, ch, &l->tree, previous);
    journal_sign(l->c->journal, buf_view(&text), &note);
    out = arena_copy(l->c->arena, buf_view(&note));
    buf_free(&note);
    buf_free(&text);
    return out;
}

static struct record *dispatch(struct look_through *l, uint64_t first)
{
    const struct making *m = l->m;
    struct position previous = m->previous;
    struct record *r = rec_of_channel(l->c, "dispatch", &m->ch);
    uint8_t hash[HASH_SIZE];

    if (previous.epoch == 0)
        channel_previous(m->state->note, &previous);
    if (m->previous.epoch) {
        rec_set_number(r, "previous_epoch", m->previous.epoch);
        rec_set_number(r, "previous_size", m->previous.size);
    }
    rec_set_number(r, "first", first);
    rec_set_number(r, "count", l->n);
    rec_set_number(r, "upto", l->upto);
    release_state(m->release, hash);
    rec_set_hex(l->c, r, "state", hash);
    merkle_root(&l->tree, hash);
    rec_set_hex(l->c, r, "root", hash);
    rec_set(r, "checkpoint", signed_head(l, &m->ch, &previous));
    rec_set(r, "entries", buf_view(&l->sent));
    return r;
}

/* Where to look from: at all again when other things are in force than the last time. */
static uint64_t look_from(const struct making *m, bool *changed)
{
    uint8_t now[HASH_SIZE];

    release_state(m->release, now);
    *changed = m->previous.epoch || memcmp(now, m->state->state, HASH_SIZE) != 0;
    return *changed ? 0 : m->state->upto;
}

static bool worth_it(const struct look_through *l, bool changed)
{
    const struct making *m = l->m;

    return l->n > 0 || l->withdrawals > 0 || m->previous.epoch || l->looked > LOOK_QUIET ||
           (changed && m->state->row);
}

static int open_look(struct look_through *l, const struct making *m, size_t most)
{
    release_stands(m->release, m->previous.epoch, m->previous.size);
    *l = (struct look_through){.m = m, .c = m->c, .most = most};
    l->end = xmalloc((most + 1) * sizeof *l->end); /* a consent can bring two */
    buf_init(&l->sent, BYTES_MAX);
    buf_init(&l->wires, GIVE_BYTES + ((size_t)8 << 20));
    buf_init(&l->disclosure, (size_t)8 << 20);
    return m->previous.epoch ? 0 : channel_frontier(m->c, m->state, &l->tree);
}

static void close_look(struct look_through *l)
{
    free(l->end);
    buf_free(&l->sent);
    buf_free(&l->wires);
    buf_free(&l->disclosure);
}

/* Nothing is written: is there anything at all? */
static int probe(const struct making *m, bool *worth, bool *entry)
{
    struct look_through *l = xmalloc(sizeof *l);
    bool changed;
    int rc = open_look(l, m, 1);

    if (rc == 0)
        rc = look_through(l, look_from(m, &changed));
    *worth = rc == 0 && worth_it(l, changed);
    *entry = rc == 0 && (l->n > 0 || l->stopped || l->looked > LOOK_QUIET);
    close_look(l);
    free(l);
    return rc;
}

int give_any(const struct making *m, bool *any)
{
    bool worth;

    return probe(m, &worth, any);
}

static void hand_over(struct look_through *l, struct made *out)
{
    struct str all = arena_copy(l->c->arena, buf_view(&l->wires));

    out->n = l->n;
    out->item = arena_alloc(l->c->arena, l->n * sizeof *out->item);
    for (size_t i = 0, at = 0; i < l->n; at = l->end[i++])
        out->item[i] = str_n(all.p + at, l->end[i] - at);
    out->more = l->stopped || l->withdrawals > 0;
}

/* The turn to write is ours and the views know everything. */
static int make_now(const struct making *m, struct batch *b, struct made *out)
{
    struct look_through *l = xmalloc(sizeof *l);
    bool changed;
    int rc = open_look(l, m, GIVE_ENTRIES - 1);

    if (rc == 0)
        rc = look_through(l, look_from(m, &changed));
    out->first = m->previous.epoch ? 0 : m->state->size;
    if (rc == 0 && worth_it(l, changed)) {
        rc = batch_put(b, dispatch(l, out->first), m->c->err);
        if (rc == 0)
            rc = put_withdrawals(l, b);
        if (rc == 0)
            hand_over(l, out);
    }
    close_look(l);
    free(l);
    return rc;
}

/* 1 = a batch is open and the views know all that the journal has; 0 = somebody wrote meanwhile. */
int exchange_turn(struct ctx *c, struct batch **b)
{
    struct head head;

    if (node_catch_up(c) < 0 || (*b = batch_begin(c->journal, c->err)) == NULL)
        return -1;
    if (journal_head(c->journal, c->arena, &head, c->err) == 0 && views_applied(c->views) == head.size)
        return 1;
    batch_abort(*b);
    return 0;
}

static bool moved_on(const struct channel_state *a, const struct channel_state *b)
{
    return a->seq != b->seq || a->epoch != b->epoch || a->size != b->size;
}

static int make_once(const struct making *m, struct made *out)
{
    struct channel newest = m->ch;
    struct channel_state now;
    struct making fresh = *m;
    struct batch *b;
    int rc = exchange_turn(m->c, &b);

    if (rc != 1)
        return rc;
    newest.epoch = 0;
    rc = channel_state(m->c, &newest, &now);
    if (rc == 0 && !moved_on(&now, m->state)) {
        /* what is in force may have changed since the look without the turn */
        fresh.release = release_open(m->c, m->ch.agreement, m->ch.giver, m->ch.taker,
                                     m->c->world->now(m->c->world->arg));
        rc = fresh.release ? make_now(&fresh, b, out) : -1;
    }
    if (rc < 0 || batch_count(b) == 0) {
        batch_abort(b);
        return rc < 0 ? -1 : 1;
    }
    return batch_commit(b, m->c->err) < 0 || node_catch_up(m->c) < 0 ? -1 : 1;
}

int give_make(const struct making *m, struct made *out)
{
    bool any, entry;
    int rc = 0;

    *out = (struct made){0};
    if (probe(m, &any, &entry) < 0)
        return -1;
    for (int i = 0; any && rc == 0 && i < TRIES; i++)
        rc = make_once(m, out);
    if (any && rc == 0)
        return err_set(m->c->err, ERR_BUSY, N_("others keep writing: try again"));
    return rc < 0 ? -1 : 0;
}
