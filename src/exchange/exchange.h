/*
 * exchange: two nodes, nothing between them. Peers who have met, papers that both have signed, channels of what was
 * released, receipts for it, private questions, proofs for a judge. What may leave is decided by release/ alone;
 * what arrives is verified and enters the journal like everything else.
 *
 * Transport knows nothing of all this: a link carries one request and its answer. link_https.c is one, a bundle on a
 * stick is another, the simulator a third.
 */
#ifndef PUENTE_EXCHANGE_H
#define PUENTE_EXCHANGE_H

#include "puente.h"

extern const struct room exchange_room;

#define MESSAGE_MAX ((size_t)16 << 20) /* bytes of one request or answer between peers */

/* Carries one message to one peer and brings its answer. 0, or -1 with err: it may have arrived all the same, so
 * every message can be sent again without harm. */
struct link {
    int (*call)(void *arg, struct str request, struct buf *answer, struct err *e);
    void *arg;
    bool beside; /* `call` may run in another thread than its caller's, one call at a time */
};

struct synced {
    uint64_t given, taken; /* entries that the other side, or this one, has now */
    uint64_t requests;     /* calls over the link */
    uint64_t bytes_out, bytes_in;
    uint64_t papers;    /* signed papers that changed hands */
    uint64_t retracted; /* records erased here because their giver took them back */
};
/* Everything there is to do with this peer over this link: papers, what they have for us, what we have for them,
 * receipts. Can be cut at any byte and called again. 0, or -1 with err; *out tells how far it came either way. */
int exchange_sync(struct ctx *c, struct str peer, const struct link *l, struct synced *out);
/* The answering side: any bytes from the peer that the transport has authenticated as `peer`. 0 with an answer
 * (which may be a refusal); 1 likewise, and it named an agreement that is between others, which the answer does not
 * tell it; or -1 with err when the world fails: then there is no answer. */
int exchange_answer(struct ctx *c, struct str peer, struct str request, struct buf *answer);

int exchange_fuzz_message(const uint8_t *p, size_t n); /* libFuzzer's door */

#endif
