/* talk.c: see talk.h. */
#include "exchange/talk.h"

#include <stdlib.h>

/* Nothing is said between answers that were asked for ahead. So what the other side asks is looked into now and then,
 * to see whether there is something to say. */
#define ASKED_EVERY 4

/* On the wire, at most: a part without its lists and texts; the length of an item. */
#define PART_HEAD 192
#define ITEM_HEAD 9

/* ---- sides ---- */

static struct side *side_of(struct talk *t, const uint8_t agreement[16])
{
    for (size_t i = 0; i < t->sides; i++)
        if (memcmp(t->side[i].agreement, agreement, 16) == 0)
            return &t->side[i];
    return NULL;
}

/* All agreements with this peer; what is known of one stays. */
static int know_sides(struct talk *t)
{
    uint8_t(*ids)[16];
    size_t n;

    if (release_between(&t->c, node_office(&t->c), t->peer, &ids, &n) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (side_of(t, ids[i]))
            continue;
        t->side = xrealloc(t->side, (t->sides + 1) * sizeof *t->side);
        t->side[t->sides] = (struct side){0};
        memcpy(t->side[t->sides++].agreement, ids[i], 16);
    }
    return 0;
}

static void refused(struct talk *t, struct str code, bool here)
{
    size_t n = code.n < REFUSAL_MAX ? code.n : REFUSAL_MAX;

    memcpy(t->refusal, code.p, n);
    t->refusal[n] = '\0';
    t->refused_here = here;
}

/* Papers are on their way that make good what one side did not know. */
static void forgive(struct talk *t)
{
    if (strcmp(t->refusal, "paper") == 0 || strcmp(t->refusal, "papers") == 0)
        t->refusal[0] = '\0';
}

/* ---- taking in ---- */

static int take_paper(struct talk *t, struct str paper)
{
    struct record *act;
    struct note n;
    char *held;
    bool known;

    if (paper_check(&t->c, paper, t->peer, &act, &known) < 0) {
        if (t->c.err->code != ERR_DATA)
            return -1;
        err_clear(t->c.err);
        refused(t, S("paper"), true);
        return 0;
    }
    if (act && node_append(&t->c, &act, 1, NULL) < 0)
        return -1;
    if (!note_parse(paper, &n) || t->helds == PAPERS_MOST)
        return 0;
    held = arena_alloc(t->c.arena, HELD_SIZE);
    sha256_one((uint8_t *)held, n.text);
    sha256_one((uint8_t *)held + HASH_SIZE, paper);
    t->held[t->helds++] = str_n(held, HELD_SIZE);
    if (act)
        forgive(t);
    t->moved += act != NULL;
    t->out->papers += act != NULL;
    return 0;
}

/* The other side has a paper of ours, in the form in which we have it still. */
static int note_held(struct talk *t, struct str held)
{
    uint8_t(*owed)[HASH_SIZE], digest[HASH_SIZE];
    struct record *act;
    struct str paper;
    bool any = false;
    size_t n;
    int rc;

    if (paper_owed(&t->c, t->peer, &owed, &n) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        any |= memcmp(owed[i], held.p, HASH_SIZE) == 0;
    if (!any)
        return 0;
    rc = paper_get(&t->c, (const uint8_t *)held.p, &paper);
    if (rc != 1)
        return rc;
    sha256_one(digest, paper);
    if (memcmp(digest, held.p + HASH_SIZE, HASH_SIZE) != 0)
        return 0;
    if (paper_held(&t->c, t->peer, (const uint8_t *)held.p, &act) < 0 ||
        node_append(&t->c, &act, 1, NULL) < 0)
        return -1;
    t->moved++;
    t->out->papers++;
    return 0;
}

static int hear_letter(struct talk *t, const struct part *p)
{
    uint8_t digest[HASH_SIZE];

    for (size_t i = 0; i < p->items; i++)
        if (take_paper(t, p->item[i]) < 0)
            return -1;
    for (size_t i = 0; i < p->helds; i++)
        if (note_held(t, p->held[i]) < 0)
            return -1;
    if (p->body.n) {
        if (paper_digest(&t->c, t->peer, digest) < 0)
            return -1;
        t->differ = !str_eq(p->body, str_n(digest, sizeof digest));
    }
    return know_sides(t);
}

/* Nothing between the two has this id: whoever asks learns no more than that, but here it makes a difference. */
static int not_between(struct talk *t, const uint8_t agreement[16])
{
    struct query *q =
        views_query(t->c.views, "SELECT 1 FROM release_paper WHERE agreement = ?1 LIMIT 1", t->c.err);
    int rc = -1;

    refused(t, S("papers"), true);
    if (q) {
        query_bind_blob(q, 1, str_n(agreement, 16));
        rc = query_step(q, t->c.err);
    }
    query_done(q);
    t->foreign |= rc == 1;
    return rc < 0 ? -1 : 0;
}

static int hear_give(struct talk *t, const struct part *p)
{
    struct side *s = side_of(t, p->agreement);
    struct taking_result r;

    if (s == NULL)
        return not_between(t, p->agreement);
    if (channel_take(&t->c, t->peer, p, &r) < 0)
        return -1;
    s->told = true;
    s->acknowledged = p->acknowledged;
    s->more = p->more && r.refusal.n == 0;
    if (r.refusal.n && !str_eq(r.refusal, S("again")))
        refused(t, r.refusal, true);
    t->out->taken += r.n;
    t->moved += r.n;
    return 0;
}

static int given_so_far(struct talk *t, const struct part *p, uint64_t *size)
{
    struct channel ch = {.giver = node_office(&t->c), .taker = t->peer, .epoch = p->at.epoch};
    struct channel_state s;

    memcpy(ch.agreement, p->agreement, 16);
    if (channel_state(&t->c, &ch, &s) < 0)
        return -1;
    *size = s.acknowledged < s.size ? s.acknowledged : s.size;
    return 0;
}

static int hear_ask(struct talk *t, const struct part *p)
{
    struct side *s = side_of(t, p->agreement);
    uint64_t before, after;

    if (s == NULL)
        return not_between(t, p->agreement);
    if (s->answered) /* asked twice in one message, which asks for one answer */
        return 0;
    if (given_so_far(t, p, &before) < 0 || channel_give(&t->c, t->peer, p, &s->give) < 0 ||
        given_so_far(t, p, &after) < 0)
        return -1;
    s->answered = true;
    t->out->given += after - before;
    t->moved += after - before;
    return 0;
}

int talk_hear(struct talk *t, const struct message *m)
{
    static const enum part_type order[] = {M_LETTER, M_GIVE, M_ASK, M_REFUSAL};
    int rc = know_sides(t);

    t->held = arena_alloc(t->c.arena, PAPERS_MOST * sizeof *t->held);
    t->helds = 0;
    for (size_t i = 0; i < t->sides; i++)
        t->side[i].answered = t->side[i].more = false;
    for (size_t k = 0; k < COUNT(order); k++) {
        bool letter = false;
        for (size_t i = 0; rc == 0 && i < m->parts; i++) {
            const struct part *p = &m->part[i];
            if (p->type != order[k])
                continue;
            if (p->type == M_LETTER) {
                rc = letter ? 0 : hear_letter(t, p); /* one in a message */
                letter = true;
            } else if (p->type == M_GIVE)
                rc = hear_give(t, p);
            else if (p->type == M_ASK)
                rc = t->ahead % ASKED_EVERY ? 0 : hear_ask(t, p);
            else
                refused(t, p->text, false);
        }
        /* What was taken back goes before we answer: so the answer has the receipt for it. */
        if (rc == 0 && order[k] == M_GIVE)
            rc = retract_settle(&t->c, &t->out->retracted);
    }
    return rc;
}

/* ---- saying ---- */

struct parts {
    struct part *part;
    size_t n, room;
};

static struct part *parts_new(struct ctx *c, struct parts *l)
{
    if (l->n == l->room) {
        struct part *more = arena_alloc(c->arena, (l->room = 2 * l->room + 8) * sizeof *more);
        if (l->n)
            memcpy(more, l->part, l->n * sizeof *more);
        l->part = more;
    }
    return &l->part[l->n++];
}

/* The papers that it is not known to have. That can be wrong, when either node was restored from a backup: so the
 * first letter each way says what there is, and where that differs all of it follows. */
static int papers_to_send(struct talk *t, uint8_t (**digest)[HASH_SIZE], size_t *n)
{
    bool first = !t->letter_sent;

    *n = 0;
    t->letter_sent = true;
    if (t->differ && !t->all_sent) {
        t->all_sent = true;
        forgive(t);
        return paper_all(&t->c, t->peer, digest, n);
    }
    return first ? paper_owed(&t->c, t->peer, digest, n) : 0;
}

static int say_letter(struct talk *t, struct part *p, bool *any)
{
    uint8_t(*digest)[HASH_SIZE];
    bool first = !t->letter_sent;
    size_t n;

    *p = (struct part){.type = M_LETTER, .held = t->held, .helds = t->helds};
    if (papers_to_send(t, &digest, &n) < 0)
        return -1;
    if (n > PAPERS_MOST)
        n = PAPERS_MOST;
    p->item = arena_alloc(t->c.arena, n * sizeof *p->item);
    for (size_t i = 0; i < n; i++) {
        int rc = paper_get(&t->c, digest[i], &p->item[p->items]);
        if (rc < 0)
            return -1;
        p->items += rc == 1;
    }
    if (first) {
        uint8_t *all = arena_alloc(t->c.arena, HASH_SIZE);
        if (paper_digest(&t->c, t->peer, all) < 0)
            return -1;
        p->body = str_n(all, HASH_SIZE);
    }
    *any = first || p->items || p->helds;
    t->worth |= p->items || p->helds;
    return 0;
}

/* Where this node stands as the taker; with the receipt when the giver has said that it lacks it. */
static int say_ask(struct talk *t, struct side *s, struct part *p, bool *any)
{
    struct channel ch = {.giver = t->peer, .taker = node_office(&t->c)};
    struct channel_state state;
    struct release *r;

    *any = false;
    memcpy(ch.agreement, s->agreement, 16);
    r = release_open(&t->c, s->agreement, ch.giver, ch.taker, t->c.world->now(t->c.world->arg));
    if (r == NULL || channel_state(&t->c, &ch, &state) < 0)
        return -1;
    if (release_program(r) == NULL) /* proposed, and no more */
        return 0;
    if (channel_stands(&state, release_program(r))) {
        refused(t, S("forked"), true);
        return 0;
    }
    *any = true;
    *p = (struct part){.type = M_ASK, .at = {.epoch = state.epoch ? state.epoch : 1, .size = state.size}};
    memcpy(p->agreement, s->agreement, 16);
    memcpy(p->at.root, state.root, HASH_SIZE);
    if (t->as == TALK_WRITES ||
        (s->told && (s->acknowledged < state.size || (state.size == 0 && state.epoch > 1 && !s->begun)))) {
        p->note = state.note;
        s->begun = state.size == 0;
    }
    t->worth |= p->note.n || s->more;
    return 0;
}

static bool something_to_give(const struct side *s)
{
    if (!s->answered)
        return false;
    /* They have more than they have signed for: we want the receipt. */
    if (s->give.type == M_GIVE && s->give.acknowledged < s->give.at.size)
        return true;
    return s->give.type == M_REFUSAL || s->give.items || s->give.note.n || s->give.more;
}

/* Our answer, when there is something in it; the side that was called always answers. */
static bool say_give(struct talk *t, const struct side *s, struct part *p)
{
    bool something = something_to_give(s);

    if (!s->answered || !(something || t->as == TALK_ANSWERS))
        return false;
    t->worth |= something && s->give.type == M_GIVE;
    *p = s->give;
    return true;
}

/* For a bundle: batch after batch from where the other side was last known to stand. */
static int say_all(struct talk *t, const struct side *s, struct parts *to)
{
    struct part ask = {.type = M_ASK}, next;
    size_t bytes = 0;
    int rc = 1;

    if (s->answered)
        next = s->give;
    else if ((rc = give_known(&t->c, t->peer, s->agreement, &ask)) == 1)
        rc = channel_give(&t->c, t->peer, &ask, &next) < 0 ? -1 : 1;
    while (rc == 1 && next.type == M_GIVE && next.note.n && to->n < PARTS_MAX - 4) {
        *parts_new(&t->c, to) = next;
        for (size_t i = 0; i < next.items; i++)
            bytes += next.item[i].n;
        if (bytes > BUNDLE_MAX / 4)
            break;
        memcpy(ask.agreement, s->agreement, sizeof ask.agreement);
        rc = give_after(&t->c, t->peer, &next, &ask);
        if (rc == 1 && channel_give(&t->c, t->peer, &ask, &next) < 0)
            rc = -1;
    }
    return rc < 0 ? -1 : 0;
}

/* Its bytes in a message, at most. */
static size_t part_size(const struct part *p)
{
    size_t n = PART_HEAD + p->note.n + p->body.n + p->helds * (HELD_SIZE + ITEM_HEAD);

    for (size_t i = 0; i < p->items; i++)
        n += p->item[i].n + ITEM_HEAD;
    return n;
}

/* With many agreements their batches are more than one message holds. What does not fit goes into a later one: it is
 * in the channel already. */
static void fit(struct parts *parts, size_t most)
{
    size_t n = 0;

    for (size_t i = 0; i < parts->n; i++)
        if (parts->part[i].type != M_GIVE)
            n += part_size(&parts->part[i]);
    for (size_t i = 0; i < parts->n; i++) {
        struct part *p = &parts->part[i];
        if (p->type != M_GIVE)
            continue;
        if (n + part_size(p) > most) {
            p->items = 0;
            p->note = (struct str){NULL, 0};
            p->more = true;
        }
        n += part_size(p);
    }
}

int talk_say(struct talk *t, struct buf *to)
{
    struct parts parts = {0};
    struct part p;
    bool any;

    if (know_sides(t) < 0)
        return -1;
    t->worth = false;
    if (say_letter(t, &p, &any) < 0)
        return -1;
    if (any)
        *parts_new(&t->c, &parts) = p;
    for (size_t i = 0; i < t->sides; i++) {
        if (say_ask(t, &t->side[i], &p, &any) < 0)
            return -1;
        if (any)
            *parts_new(&t->c, &parts) = p;
        if (t->as == TALK_WRITES) {
            if (say_all(t, &t->side[i], &parts) < 0)
                return -1;
        } else if (say_give(t, &t->side[i], &p))
            *parts_new(&t->c, &parts) = p;
    }
    if (t->as != TALK_CALLS && t->refusal[0] && t->refused_here)
        *parts_new(&t->c, &parts) = (struct part){.type = M_REFUSAL, .text = str_z(t->refusal)};
    if (t->as != TALK_WRITES)
        fit(&parts, MESSAGE_MAX - PART_HEAD);
    message_begin(to, parts.n);
    for (size_t i = 0; i < parts.n; i++)
        part_put(to, &parts.part[i]);
    return to->over || parts.n > PARTS_MAX
               ? err_set(t->c.err, ERR_LIMIT, N_("a message to a peer would be too long"))
               : 0;
}

/* ---- asking ahead ---- */

/* Papers, or what this node has for the other side, are not kept waiting. */
static bool owes_nothing(const struct talk *t)
{
    for (size_t i = 0; i < t->sides; i++)
        if (something_to_give(&t->side[i]))
            return false;
    return t->helds == 0 && (!t->differ || t->all_sent);
}

/* Where this node stands when it has taken `give`: as its head says, which is not looked into yet. 1; 0 when it does
 * not follow on what is here, or is the last; -1 with err. */
static int ask_behind(struct talk *t, const struct part *give, struct part *ask)
{
    struct channel ch = {.giver = t->peer, .taker = node_office(&t->c)};
    const struct side *s = side_of(t, give->agreement);
    struct channel_state state;
    struct checkpoint head;
    struct note n;

    if (s == NULL || !give->more || give->items == 0 || !note_parse(give->note, &n) ||
        !checkpoint_parse(n.text, &head) || head.size != give->at.size + give->items)
        return 0;
    memcpy(ch.agreement, give->agreement, sizeof ch.agreement);
    if (channel_state(&t->c, &ch, &state) < 0)
        return -1;
    if (give->at.epoch != (state.epoch ? state.epoch : 1) || give->at.size != state.size)
        return 0;
    *ask = (struct part){.type = M_ASK, .at = {.epoch = give->at.epoch, .size = head.size}};
    memcpy(ask->agreement, give->agreement, sizeof ask->agreement);
    memcpy(ask->at.root, head.root, HASH_SIZE);
    if (give->acknowledged < state.size)
        ask->note = state.note; /* for what is here already */
    return 1;
}

int talk_ahead(struct talk *t, const struct message *m, struct buf *to)
{
    struct parts asks = {0};
    struct part ask;
    int rc = 0;

    for (size_t i = 0; rc >= 0 && owes_nothing(t) && i < m->parts; i++)
        if (m->part[i].type == M_GIVE && (rc = ask_behind(t, &m->part[i], &ask)) == 1)
            *parts_new(&t->c, &asks) = ask;
    if (rc < 0 || asks.n == 0)
        return rc < 0 ? -1 : 0;
    message_begin(to, asks.n);
    for (size_t i = 0; i < asks.n; i++)
        part_put(to, &asks.part[i]);
    return 1;
}

/* ---- both ends ---- */

void talk_begin(struct talk *t, struct ctx *c, struct str peer, struct synced *out)
{
    *t = (struct talk){.c = *c, .peer = peer, .out = out};
    *out = (struct synced){0};
}

void talk_end(struct talk *t)
{
    free(t->side);
}

int talk_refusal(const struct talk *t, struct err *e)
{
    if (t->refusal[0] == '\0')
        return 0;
    return err_set(e, ERR_DATA,
                   t->refused_here ? N_("not all of what %.*s sent was taken: %s")
                                   : N_("%.*s did not take all of what it was sent: %s"),
                   STR_ARG(t->peer), refusal_text(e->lang, str_z(t->refusal)));
}
