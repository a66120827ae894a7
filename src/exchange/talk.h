/*
 * talk: one conversation with a peer. Both sides keep to one rule, so it does not matter who calls whom: hear what the
 * other side said, papers first; then say where this node stands as the taker of each channel, and answer where the
 * other side said that it stands. A message can be lost, or come twice, at any point: what is said is what is on disk.
 */
#ifndef PUENTE_EXCHANGE_TALK_H
#define PUENTE_EXCHANGE_TALK_H

#include "exchange/internal.h"

/* What one conversation knows of one agreement. */
struct side {
    uint8_t agreement[16];
    bool told;             /* the other side has said how much of its channel it knows that we have: */
    uint64_t acknowledged; /* ... that much */
    bool more;             /* it has more for us */
    bool begun;            /* the receipt for an epoch with nothing in it yet was sent: once is enough */
    bool answered;         /* `give` answers what it asked last */
    struct part give;
};

enum talk_as { TALK_CALLS, TALK_ANSWERS, TALK_WRITES /* a bundle: all that there is, nobody answers */ };

struct talk {
    struct ctx c; /* its arena lasts one round */
    struct str peer;
    enum talk_as as;
    struct side *side;
    size_t sides;
    struct str *held; /* papers that came in this round, to be confirmed */
    size_t helds;
    bool letter_sent;
    bool differ,
        all_sent; /* the other side has not just the papers that we have: it gets all of ours, once */
    char refusal[REFUSAL_MAX + 1]; /* the last one, of either side */
    bool refused_here;
    bool foreign; /* the other side named an agreement that is between others */
    struct synced *out;
    uint64_t moved; /* whatever changed in this round */
    bool worth;     /* what was said is more than where we stand */
    unsigned ahead; /* the next answer was asked for before this was heard, that often in a row */
};

void talk_begin(struct talk *t, struct ctx *c, struct str peer, struct synced *out);
void talk_end(struct talk *t);
int talk_hear(struct talk *t, const struct message *m);
int talk_say(struct talk *t, struct buf *to);
/* What can be asked before `m` is heard: what comes behind the batches in it, once they are here. 1 = asked; 0 = there is
 * no such batch, or something else to say first; -1 with err. */
int talk_ahead(struct talk *t, const struct message *m, struct buf *to);
/* What was refused, by either side, as the error it is. 0 when nothing was. */
int talk_refusal(const struct talk *t, struct err *e);

#endif
