/*
 * liar.c: a peer that lies. Its program is honest; what it says is bent on the line, with its own keys, as somebody
 * who has broken into it would do:
 *
 *   damages    some byte is another one
 *   repeats    an answer of an hour ago in place of this one
 *   withholds  it gives nothing, though there is something
 *   oversends  more fields of a record than the clause names, under a head signed anew
 *   forks      another history: an entry other than the one that its program put into the channel, under a head that
 *              is signed just as well; from then on it keeps the taker's receipts from its program, so that this goes
 *              on with the history that it knows
 *
 * Whatever it does, nothing may be taken that no clause lets out, and nobody else's channel may suffer. Who repeats
 * and withholds has not contradicted himself: when he stops, all must fit. Who has signed two histories, and shows
 * both, must be found out.
 */
#include <stdlib.h>

#include "exchange/internal.h"
#include "tests/sim/sim.h"

enum way { DAMAGES, REPEATS, WITHHOLDS, OVERSENDS, FORKS, WAYS };

struct lies {
    enum way way;
    unsigned taker; /* FORKS: whom it has shown another history, of this channel */
    struct channel ch;
    uint64_t size;
    uint8_t root[HASH_SIZE];
    struct str old[NODES]; /* REPEATS: what it said to each some time ago */
};

void liar_choose(struct sim *s, struct rng *r)
{
    s->liar = rng_hit(r, 20) ? (int)rng_of(r, s->nodes) : -1;
    s->lies = arena_alloc(s->arena, sizeof *s->lies);
    s->lies->way = (enum way)rng_of(r, WAYS);
}

static void put_message(struct buf *out, const struct message *m)
{
    message_begin(out, m->parts);
    for (size_t i = 0; i < m->parts; i++)
        part_put(out, &m->part[i]);
}

static struct ctx borrowed(struct sim *s, unsigned node, struct arena *a, struct err *e)
{
    struct ctx c = s->node[node].ctx;

    c.arena = a;
    c.err = e;
    return c;
}

/* ---- another entry, another head ---- */

/* Entry `i` of the give, with more fields than its clause names or with fewer than were released. */
static bool other_entry(struct sim *s, struct arena *a, struct part *p, size_t i, struct wire_entry *w)
{
    struct mnode *l = &s->node[s->liar];
    struct entry x;
    struct err e = {0};
    struct buf b;
    uint64_t show;

    if (!entry_get(p->item[i], w) || w->disclosure.n == 0 || w->clause == 0 ||
        journal_get(l->ctx.journal, a, w->id, &x, &e) < 0 || x.erased)
        return false;
    show = s->lies->way == OVERSENDS ? x.record->have : w->fields & (~w->fields + 1);
    if (show == w->fields || !str_eq(x.record->head.origin, str_z(l->name)))
        return false;
    buf_init(&b, (size_t)1 << 20);
    schema_disclose(&b, x.seed, x.header, x.values, show);
    w->fields = show;
    w->disclosure = arena_copy(a, buf_view(&b));
    entry_leaf(w->leaf, w);
    buf_reset(&b);
    entry_put(&b, w);
    p->item[i] = arena_copy(a, buf_view(&b));
    buf_free(&b);
    return true;
}

/* The head over what the taker has and these entries, signed. */
static bool other_head(struct sim *s, struct arena *a, unsigned taker, struct part *p)
{
    struct channel ch = {.giver = str_z(s->node[s->liar].name), .taker = str_z(s->node[taker].name)};
    struct err e = {0};
    struct ctx c = borrowed(s, taker, a, &e);
    struct channel_state state;
    struct position previous = {0};
    struct merkle m = {0};
    struct note n;
    struct buf text, note;

    ch.epoch = p->at.epoch;
    memcpy(ch.agreement, p->agreement, 16);
    if (channel_state(&c, &ch, &state) < 0 || state.size != p->at.size || !note_parse(p->note, &n) ||
        (state.size && channel_frontier(&c, &state, &m) < 0))
        return false;
    channel_previous(n.text, &previous);
    for (size_t i = 0; i < p->items; i++) {
        struct wire_entry w;
        if (!entry_get(p->item[i], &w))
            return false;
        merkle_push(&m, w.leaf, NULL, NULL);
    }
    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    channel_text(&text, &ch, &m, &previous);
    journal_sign(s->node[s->liar].ctx.journal, buf_view(&text), &note);
    p->note = arena_copy(a, buf_view(&note));
    buf_free(&text);
    buf_free(&note);
    s->lies->taker = taker;
    s->lies->ch = ch;
    s->lies->size = m.size;
    merkle_root(&m, s->lies->root);
    return true;
}

static bool forge(struct sim *s, struct arena *a, unsigned taker, struct message *m)
{
    struct wire_entry w;

    for (size_t i = 0; i < m->parts; i++) {
        struct part *p = &m->part[i];
        if (p->type != M_GIVE || p->items == 0 || p->note.n == 0)
            continue;
        if (!other_entry(s, a, p, p->items - 1, &w) || !other_head(s, a, taker, p))
            return false;
        s->lied = true;
        say(s, "      %s lies to %s", s->node[s->liar].name, s->node[taker].name);
        return true;
    }
    return false;
}

/* ---- on the line ---- */

/* The liar's program must not see that the taker holds another history. */
static bool disguise(struct sim *s, struct arena *a, unsigned taker, struct message *m)
{
    struct lies *l = s->lies;
    struct err e = {0};
    struct ctx c = borrowed(s, (unsigned)s->liar, a, &e);
    bool any = false;

    for (size_t i = 0; s->lied && taker == l->taker && i < m->parts; i++) {
        struct part *p = &m->part[i];
        struct channel_state state;
        struct channel_tree tree;
        struct merkle_source from;
        if (p->type != M_ASK || memcmp(p->agreement, l->ch.agreement, 16) != 0 ||
            p->at.epoch != l->ch.epoch || p->at.size != l->size ||
            memcmp(p->at.root, l->root, HASH_SIZE) != 0 || channel_state(&c, &l->ch, &state) < 0 ||
            state.size < l->size)
            continue;
        from = channel_source(&tree, &c, &state);
        if (merkle_root_at(&from, l->size, p->at.root, &e) < 0)
            continue;
        p->note = (struct str){NULL, 0};
        any = true;
    }
    return any;
}

/* It took the other history in: its copy ends with that head. */
static bool deceived(struct sim *s, struct arena *a, unsigned taker)
{
    struct err e = {0};
    struct ctx c = borrowed(s, taker, a, &e);
    struct channel_state state;

    return channel_state(&c, &s->lies->ch, &state) == 0 && state.size == s->lies->size &&
           memcmp(state.root, s->lies->root, HASH_SIZE) == 0;
}

/* The true history behind the other one is about to arrive: whoever sees both must say so. */
static void exposed(struct sim *s, struct arena *a, unsigned to, const struct message *m)
{
    const struct lies *l = s->lies;

    for (size_t i = 0; s->lied && l->way == FORKS && to == l->taker && i < m->parts; i++) {
        const struct part *p = &m->part[i];
        if (p->type == M_GIVE && memcmp(p->agreement, l->ch.agreement, 16) == 0 &&
            p->at.epoch == l->ch.epoch && p->at.size == l->size && p->items && deceived(s, a, to))
            s->exposed = true;
    }
}

static bool withhold(struct message *m)
{
    size_t kept = 0;

    for (size_t i = 0; i < m->parts; i++)
        if (m->part[i].type != M_GIVE)
            m->part[kept++] = m->part[i];
    if (kept == m->parts)
        return false;
    m->parts = kept;
    return true;
}

static bool repeat(struct sim *s, unsigned to, struct rng *r, struct str bytes, struct buf *out)
{
    struct str old = s->lies->old[to];

    if (old.n == 0 || rng_hit(r, 30))
        s->lies->old[to] = arena_copy(s->arena, bytes);
    if (old.n == 0 || rng_hit(r, 60))
        return false;
    buf_str(out, old);
    return true;
}

static bool damage(struct sim *s, struct rng *r, struct str bytes, struct buf *out)
{
    size_t at = (size_t)rng_of(r, bytes.n);

    if (rng_hit(r, 60))
        return false;
    buf_str(out, bytes);
    out->p[at] = (char)(out->p[at] ^ (1 << rng_of(r, 8)));
    s->lied = true;
    return true;
}

static bool bend(struct sim *s, struct arena *a, unsigned to, struct rng *r, struct message *m)
{
    bool storm = !s->quiet;

    if ((int)to == s->liar)
        return s->lies->way == FORKS && disguise(s, a, (unsigned)s->other, m);
    if (s->lies->way == WITHHOLDS)
        return storm && rng_hit(r, 50) && withhold(m);
    if ((s->lies->way == OVERSENDS && storm && rng_hit(r, 60)) ||
        (s->lies->way == FORKS && storm && !s->lied))
        return forge(s, a, to, m);
    exposed(s, a, to, m);
    return false;
}

struct str liar_bends(struct sim *s, const struct wire_link *l, bool answer, struct str bytes,
                      struct buf *out)
{
    unsigned from = answer ? l->to : l->from, to = answer ? l->from : l->to;
    struct arena *a;
    struct message m;
    bool bent;

    if (s->liar < 0 || ((int)from != s->liar && (int)to != s->liar) || bytes.n == 0)
        return bytes;
    if ((int)from == s->liar && (s->lies->way == DAMAGES || s->lies->way == REPEATS))
        return !s->quiet && (s->lies->way == DAMAGES ? damage(s, l->rng, bytes, out)
                                                     : repeat(s, to, l->rng, bytes, out))
                   ? buf_view(out)
                   : bytes;
    a = arena_new();
    s->other = (int)from;
    bent = message_parse(a, bytes, &m) && bend(s, a, to, l->rng, &m);
    if (bent)
        put_message(out, &m);
    arena_free(a);
    return bent ? buf_view(out) : bytes;
}
