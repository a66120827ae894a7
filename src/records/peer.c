/*
 * peer.c: `show`, `list` and `export` with --peer OFFICE: what the agreements in force let that office see, and nothing
 * else, for who must hand something over on paper, or wants to know what they hand over every day. A record that the
 * office may not see is not there: not in an answer, a count, a page or a cursor.
 */
#include "records/internal.h"

int peer_open(struct ctx *c, const struct args *a, struct peer_view *v)
{
    *v = (struct peer_view){.peer = arg(a, "peer")};
    if (v->peer.n == 0)
        return 0;
    v->all = release_all_open(c, v->peer, c->world->now(c->world->arg));
    return v->all ? 0 : -1;
}

int peer_narrow(struct peer_view *v, struct record *r, uint64_t asked)
{
    uint64_t fields;

    if (v->peer.n == 0)
        return 1;
    if (release_all_decide(v->all, r, &fields) < 0)
        return -1;
    r->have &= fields;
    return fields != 0 && (asked & ~fields) == 0;
}
