/*
 * net.c: the line between two nodes. A request can be lost before it arrives or after, arrive twice, arrive again
 * much later; its answer can be lost; hours pass meanwhile; either node can die at any write of its own. Whatever
 * leaves a node is seen by wire.c, whether it arrives or not.
 */
#include <stdlib.h>

#include "tests/sim/sim.h"

#define HELD_MOST 8

struct held {
    unsigned from, to;
    char *bytes;
    size_t n;
    struct held *next;
};

static void hold(struct sim *s, unsigned from, unsigned to, struct str bytes)
{
    struct held *h, **at = &s->held;
    unsigned n = 0;

    for (; *at; at = &(*at)->next)
        n++;
    if (n == HELD_MOST)
        return;
    h = *at = xmalloc(sizeof *h);
    *h = (struct held){from, to, xmalloc(bytes.n + 1), bytes.n, NULL};
    memcpy(h->bytes, bytes.p, bytes.n);
}

void net_free(struct sim *s)
{
    while (s->held) {
        struct held *h = s->held;
        s->held = h->next;
        free(h->bytes);
        free(h);
    }
}

static int lost(struct sim *s, struct err *e, const char *what)
{
    s->tally.lost++;
    return err_set(e, ERR_IO, "the line is down (%s)", what);
}

/* The request arrives and is answered. 0, or -1: the node died, or there is none. */
static int arrive(struct sim *s, unsigned from, unsigned to, struct str request, struct buf *answer)
{
    struct mnode *n = &s->node[to];
    int rc;

    if (!n->up)
        return -1;
    rc = exchange_answer(node_ctx(n), str_z(s->node[from].name), request, answer);
    if (node_died(n)) {
        node_settle(s, to);
        return -1;
    }
    check_follow(s, to);
    if (rc < 0 && !broken(s))
        violation(s, "%s does not answer %s: %s", n->name, s->node[from].name, n->err.text);
    if (rc >= 0)
        wire_message(s, to, from, buf_view(answer));
    return rc < 0 ? -1 : 0;
}

/* What a node says is seen as its program said it, and arrives as the liar has bent it. */
static int carry(const struct wire_link *l, struct str request, struct buf *answer)
{
    struct sim *s = l->sim;
    struct buf there, back;
    struct str said;
    int rc;

    buf_init(&there, MESSAGE_MAX);
    buf_init(&back, MESSAGE_MAX);
    rc = arrive(s, l->from, l->to, liar_bends(s, l, false, request, &there), answer);
    if (rc == 0) {
        said = liar_bends(s, l, true, buf_view(answer), &back);
        if (said.p != answer->p) {
            buf_reset(answer);
            buf_str(answer, said);
        }
    }
    buf_free(&there);
    buf_free(&back);
    return rc;
}

static int call(void *arg, struct str request, struct buf *answer, struct err *e)
{
    struct wire_link *l = arg;
    struct sim *s = l->sim;
    bool bad = !s->quiet;

    if (broken(s) || node_died(&s->node[l->from]))
        return lost(s, e, "dead");
    s->tally.messages++;
    check_follow(s, l->from); /* what it has read or written since it began to talk */
    wire_message(s, l->from, l->to, request);
    if (bad && rng_hit(l->rng, 8))
        hold(s, l->from, l->to, request);
    if (bad && (s->cut[l->from][l->to] || rng_hit(l->rng, 8)))
        return lost(s, e, "request lost");
    s->time += (int64_t)rng_of(l->rng, bad && rng_hit(l->rng, 5) ? 6 * 3600 * 1000000ull : 3000000);
    if (bad && rng_hit(l->rng, 6)) {
        struct buf twice;
        buf_init(&twice, MESSAGE_MAX);
        arrive(s, l->from, l->to, request, &twice);
        buf_free(&twice);
    }
    if (carry(l, request, answer) < 0)
        return lost(s, e, "no answer");
    if (bad && rng_hit(l->rng, 8)) {
        buf_reset(answer);
        return lost(s, e, "answer lost");
    }
    return 0;
}

int net_sync(struct sim *s, unsigned from, unsigned to, struct rng *r, struct synced *out)
{
    struct wire_link l = {s, from, to, r};
    struct link link = {.call = call, .arg = &l};
    struct mnode *n = &s->node[from];
    struct ctx *c = node_ctx(n);
    int rc;

    memset(out, 0, sizeof *out);
    rc = exchange_sync(c, str_z(s->node[to].name), &link, out);
    if (node_died(n)) {
        node_settle(s, from);
        return -1;
    }
    check_follow(s, from);
    if (rc < 0)
        say(s, "      sync: %s", n->err.text);
    return rc;
}

void net_late(struct sim *s, struct rng *r)
{
    struct held **at = &s->held, *h;
    struct buf answer;

    while ((h = *at) != NULL && !broken(s)) {
        if (rng_hit(r, 50)) {
            at = &h->next;
            continue;
        }
        *at = h->next;
        s->tally.late++;
        buf_init(&answer, MESSAGE_MAX);
        say(s, "      a message of %s arrives late at %s", s->node[h->from].name, s->node[h->to].name);
        arrive(s, h->from, h->to, str_n(h->bytes, h->n), &answer);
        buf_free(&answer);
        free(h->bytes);
        free(h);
    }
}
