/*
 * give.c: the giver's answer to "I have that much". Four cases:
 *
 *   the taker stands where this channel once stood: what comes next, made now when nothing was waiting;
 *   the taker shows a receipt for more than this node knows it gave, or for something else: this node was restored
 *     from a backup. No number is used twice: the next epoch of the channel begins, and its heads name what the taker
 *     holds of the one before;
 *   the taker says so without a receipt: it is asked for it;
 *   what waits for the taker may not go any more as it is: the next epoch begins without it.
 */
#include "exchange/internal.h"

bool party_key(const struct program *p, struct str office, struct verifier *out)
{
    for (int i = 0; i < 2; i++)
        if (str_eq(p->office[i], office))
            return note_verifier_parse(p->key[i], out);
    return false;
}

/* A taker that comes back from a backup every few minutes is none: each epoch costs a look at everything. */
#define EPOCHS_MOST                                                                                        \
    64 /* begun in one channel in one day, because the taker said that it stands elsewhere */

struct giving {
    struct ctx *c;
    const struct part *ask;
    struct part *out;
    struct release *release;
    struct channel ch;
    struct channel_state last, then; /* the last epoch; the one that the taker is in */
    struct position previous;
    struct position receipt; /* what the ask's receipt is for; epoch 0: it has none */
    uint64_t from;
};

static int refuse(struct giving *g, const char *code)
{
    *g->out = (struct part){.type = M_REFUSAL, .text = str_z(code)};
    memcpy(g->out->agreement, g->ask->agreement, sizeof g->out->agreement);
    return 0;
}

static bool same(const struct position *a, const struct position *b)
{
    return a->epoch == b->epoch && a->size == b->size && memcmp(a->root, b->root, HASH_SIZE) == 0;
}

/* ---- receipts ---- */

/* Signed by this node once, and cosigned by the taker: it has what the receipt says, and no more than it says itself. It
 * can say more: that batch is being entered, and the receipt for it not yet signed. */
static bool receipt_holds(struct giving *g)
{
    const struct program *p = release_program(g->release);
    struct channel ch = g->ch;
    char origin[CHANNEL_ORIGIN];
    struct verifier own, theirs;
    struct checkpoint head;
    struct note n;
    uint64_t when;

    ch.epoch = g->ask->at.epoch;
    channel_origin(origin, &ch);
    if (!note_parse(g->ask->note, &n) || !note_verifier_parse(str_z(journal_key(g->c->journal)), &own) ||
        !party_key(p, ch.taker, &theirs) || !note_verify(&n, &own) || !note_cosigned(&n, &theirs, &when) ||
        !checkpoint_parse(n.text, &head) || !str_eq(head.origin, str_z(origin)) ||
        head.size > g->ask->at.size)
        return false;
    g->receipt = (struct position){.epoch = ch.epoch, .size = head.size};
    memcpy(g->receipt.root, head.root, HASH_SIZE);
    return head.size < g->ask->at.size || same(&g->receipt, &g->ask->at);
}

static int keep_receipt(struct giving *g)
{
    struct channel ch = g->ch;
    struct channel_state s;
    struct record *r;

    ch.epoch = g->ask->at.epoch;
    if (channel_state(g->c, &ch, &s) < 0)
        return -1;
    if (s.receipt.n && s.acknowledged >= g->receipt.size)
        return 0;
    r = rec_of_channel(g->c, "receipt", &ch);
    rec_set_number(r, "size", g->receipt.size);
    rec_set_hex(g->c, r, "root", g->receipt.root);
    rec_set(r, "note", g->ask->note);
    return node_append(g->c, &r, 1, NULL);
}

/* ---- where the taker stands ---- */

enum stand { STANDS, NEEDS_RECEIPT, NEW_EPOCH, STAND_FAILS };

/* The last epoch, at a size that it had; it was never told that it has more. */
static int stands_here(struct giving *g, const struct channel_state *s)
{
    const struct position *at = &g->ask->at;

    if (s->row == 0) /* nothing was ever given, nothing was ever taken */
        return at->size == 0 && at->epoch == (s->epoch ? s->epoch : 1) &&
               memcmp(at->root, channel_nothing, HASH_SIZE) == 0;
    return channel_had(g->c, s, at);
}

static enum stand stand(struct giving *g)
{
    const struct position *at = &g->ask->at;
    struct position before;
    struct note n;
    int here;

    g->from = at->size;
    /* nothing is just nothing: what a place is said to be goes into the next head, under this node's signature */
    if (at->size == 0 && memcmp(at->root, channel_nothing, HASH_SIZE) != 0)
        return NEEDS_RECEIPT;
    if (g->last.epoch == at->epoch || g->last.epoch == 0) {
        here = stands_here(g, &g->last);
        if (here < 0)
            return STAND_FAILS;
        if (g->last.acknowledged > g->last.size)
            return here || g->ask->note.n ? NEW_EPOCH : NEEDS_RECEIPT;
        if (here)
            return STANDS;
    } else if (at->epoch < g->last.epoch) {
        if (note_parse(g->last.note, &n) && channel_previous(n.text, &before) && same(&before, at)) {
            g->from = 0;
            g->then = g->last;
            return STANDS;
        }
        here = g->then.row ? channel_had(g->c, &g->then, at) : 0;
        if (here < 0)
            return STAND_FAILS;
        if (here && at->size < g->then.size)
            return STANDS;
        if (here || (at->epoch == 1 && at->size == 0))
            return NEW_EPOCH;
    }
    return same(&g->receipt, at) ? NEW_EPOCH : NEEDS_RECEIPT;
}

/* ---- the answer ---- */

static void fill(struct giving *g, uint64_t epoch)
{
    *g->out = (struct part){.type = M_GIVE, .at = {.epoch = epoch, .size = g->from}};
    memcpy(g->out->agreement, g->ask->agreement, sizeof g->out->agreement);
    g->out->acknowledged = g->then.epoch == epoch ? g->then.acknowledged : 0;
}

static int make(struct giving *g)
{
    struct making m = {
        .c = g->c, .release = g->release, .ch = g->ch, .state = &g->last, .previous = g->previous};
    struct made made;

    m.ch.epoch = g->last.epoch ? g->last.epoch : 1;
    if (g->previous.epoch) {
        m.ch.epoch = 1 + (g->last.epoch > g->ask->at.epoch ? g->last.epoch : g->ask->at.epoch);
        g->from = 0;
    }
    if (give_make(&m, &made) < 0 || channel_state(g->c, &g->ch, &g->last) < 0)
        return -1;
    g->then = g->last;
    fill(g, m.ch.epoch);
    g->out->more = made.more;
    if (g->last.epoch == m.ch.epoch && g->last.size == g->from + made.n) {
        g->out->item = made.item;
        g->out->items = made.n;
        if (made.n || g->previous.epoch)
            g->out->note = g->last.note;
    } else if (g->last.row) { /* somebody else put something in meanwhile: it is served the next time */
        g->out->more = true;
    }
    return 0;
}

/* What was put into the channel and did not arrive goes as it is, if it still may. If a suspension, an amendment, a
 * correction has come between, nothing of it goes: the next epoch begins where the taker stands, with what may. */
static int serve_again(struct giving *g)
{
    struct channel ch = g->ch;
    struct served s;

    ch.epoch = g->then.epoch;
    if (channel_serve(g->c, g->release, &ch, g->from, &s) < 0)
        return -1;
    if (s.stopped) {
        g->previous = g->ask->at;
        return make(g);
    }
    fill(g, ch.epoch);
    g->out->item = s.item;
    g->out->items = s.n;
    g->out->note = s.checkpoint;
    g->out->more = true; /* what there is behind them is seen the next time */
    return 0;
}

/* 1: this node was put back from a backup since this epoch of the channel began. What it gave after that backup was
 * made is forgotten here, and may still be on its way: its numbers are not used again. */
static int restored_since(struct giving *g)
{
    struct head head;
    struct query *q;
    int rc;

    if (journal_head(g->c->journal, g->c->arena, &head, g->c->err) < 0)
        return -1;
    if (head.epoch == 1 || g->last.row == 0)
        return head.epoch > 1;
    q = views_query(g->c->views,
                    "SELECT min(seq) FROM v_dispatch WHERE agreement = ?1 AND giver = ?2 AND taker = ?3"
                    " AND epoch = ?4",
                    g->c->err);
    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(g->ch.agreement, 16));
    query_bind_text(q, 2, g->ch.giver);
    query_bind_text(q, 3, g->ch.taker);
    query_bind_int(q, 4, (int64_t)g->last.epoch);
    rc = query_step(q, g->c->err);
    if (rc == 1)
        rc = (uint64_t)query_int(q, 0) < head.start[head.epoch - 1];
    query_done(q);
    return rc;
}

/* What comes next; after a restore in an epoch of its own, which begins when there is something to put in. */
static int go_on(struct giving *g)
{
    struct making m = {.c = g->c, .release = g->release, .ch = g->ch, .state = &g->last};
    int restored = restored_since(g);
    bool any = true;

    if (restored < 0 || (restored && give_any(&m, &any) < 0))
        return -1;
    if (!any) {
        fill(g, g->ask->at.epoch);
        return 0;
    }
    if (restored)
        g->previous = g->ask->at;
    return make(g);
}

static int epochs_today(struct giving *g, int64_t *n)
{
    struct query *q = views_query(g->c->views,
                                  "SELECT count(*) FROM v_dispatch WHERE agreement = ?1 AND giver = ?2 AND"
                                  " taker = ?3 AND previous_epoch IS NOT NULL AND h_recorded > ?4",
                                  g->c->err);
    int rc = -1;

    if (q) {
        query_bind_blob(q, 1, str_n(g->ch.agreement, 16));
        query_bind_text(q, 2, g->ch.giver);
        query_bind_text(q, 3, g->ch.taker);
        query_bind_int(q, 4, g->c->world->now(g->c->world->arg) - INT64_C(86400000000));
        rc = query_step(q, g->c->err);
        *n = rc == 1 ? query_int(q, 0) : 0;
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static int answer(struct giving *g)
{
    int64_t epochs;

    switch (stand(g)) {
    case STAND_FAILS:
        return -1;
    case NEEDS_RECEIPT:
        fill(g, g->ask->at.epoch);
        g->out->acknowledged = 0;
        g->out->more = true;
        return 0;
    case NEW_EPOCH:
        if (epochs_today(g, &epochs) < 0)
            return -1;
        if (epochs >= EPOCHS_MOST)
            return refuse(g, "epochs");
        g->previous = g->ask->at;
        return make(g);
    case STANDS:
        break;
    }
    if (g->then.row && g->from < g->then.size)
        return serve_again(g);
    /* An epoch that began with nothing in it: its first head must arrive before it can be gone on with. */
    if (g->then.row && g->ask->at.epoch < g->then.epoch) {
        fill(g, g->then.epoch);
        g->out->note = g->then.note;
        g->out->more = true;
        return 0;
    }
    return go_on(g);
}

int channel_give(struct ctx *c, struct str peer, const struct part *ask, struct part *out)
{
    struct giving g = {.c = c, .ask = ask, .out = out};
    struct channel then;

    g.ch = (struct channel){.giver = node_office(c), .taker = peer};
    memcpy(g.ch.agreement, ask->agreement, sizeof g.ch.agreement);
    g.release = release_open(c, g.ch.agreement, g.ch.giver, peer, c->world->now(c->world->arg));
    if (g.release == NULL)
        return -1;
    if (release_program(g.release) == NULL || ask->at.epoch == 0)
        return refuse(&g, "papers");
    if (ask->note.n) {
        if (!receipt_holds(&g))
            return refuse(&g, "receipt");
        if (keep_receipt(&g) < 0)
            return -1;
    }
    then = g.ch;
    then.epoch = ask->at.epoch;
    if (channel_state(c, &g.ch, &g.last) < 0 || channel_state(c, &then, &g.then) < 0)
        return -1;
    return answer(&g);
}

/* ---- giving without being asked: bundles ---- */

static int stands_at(struct ctx *c, const struct channel_state *s, uint64_t size, struct part *ask)
{
    struct channel_tree t;
    struct merkle_source from = channel_source(&t, c, s);

    ask->at = (struct position){.epoch = s->epoch ? s->epoch : 1, .size = size};
    if (size == 0) {
        memcpy(ask->at.root, channel_nothing, HASH_SIZE);
        return 1;
    }
    return merkle_root_at(&from, size, ask->at.root, c->err) < 0 ? -1 : 1;
}

int give_known(struct ctx *c, struct str peer, const uint8_t agreement[16], struct part *ask)
{
    struct channel ch = {.giver = node_office(c), .taker = peer};
    struct channel_state s;
    struct head head;

    *ask = (struct part){.type = M_ASK};
    memcpy(ask->agreement, agreement, sizeof ask->agreement);
    memcpy(ch.agreement, agreement, sizeof ch.agreement);
    if (channel_state(c, &ch, &s) < 0 || journal_head(c->journal, c->arena, &head, c->err) < 0)
        return -1;
    /* A journal that came back from a backup may have forgotten what it gave: the taker knows. */
    if (head.epoch > 1 && (s.row == 0 || s.seq < head.start[head.epoch - 1]))
        return 0;
    return s.acknowledged > s.size ? 0 : stands_at(c, &s, s.acknowledged, ask);
}

int give_after(struct ctx *c, struct str peer, const struct part *given, struct part *ask)
{
    struct channel ch = {.giver = node_office(c), .taker = peer, .epoch = given->at.epoch};
    struct channel_state s;

    memcpy(ch.agreement, given->agreement, sizeof ch.agreement);
    if (channel_state(c, &ch, &s) < 0)
        return -1;
    *ask = (struct part){.type = M_ASK};
    memcpy(ask->agreement, given->agreement, sizeof ask->agreement);
    return given->at.size + given->items > s.size ? 0
                                                  : stands_at(c, &s, given->at.size + given->items, ask);
}
