/*
 * internal: what the files of exchange share.
 *
 *   peer.c     who was met: cards, safety numbers         letter.c   papers on their way (agreement propose, sign ...)
 *   wire.c     messages and entries as bytes             tables.c   the views, made from records by apply
 *   give.c     the giver's side of a channel             take.c     the taker's side; forks
 *   sync.c     one conversation                          bundle.c   the same in a sealed file
 *   retract.c  taking back, receipts, keeping            ask.c      private questions
 *   proof.c    the judge's file                          keys.c     TLS, sealing and query keys
 */
#ifndef PUENTE_EXCHANGE_INTERNAL_H
#define PUENTE_EXCHANGE_INTERNAL_H

#include "exchange/exchange.h"
#include "journal/note.h"
#include "release/release.h"

/* ---- channels ---- */

#define GIVE_ENTRIES 4096 /* entries of one batch, and of one dispatch */
#define GIVE_BYTES   ((size_t)8 << 20)

/* One direction of one agreement. Its name in its heads: GIVER/to/TAKER/AGREEMENT, and "/epoch/N" from epoch 2. */
struct channel {
    uint8_t agreement[16];
    struct str giver, taker;
    uint64_t epoch;
};
#define CHANNEL_ORIGIN (2 * NOTE_NAME + 64)
void channel_origin(char out[CHANNEL_ORIGIN], const struct channel *ch);

/* How far this node has it, from the views. */
struct channel_state {
    uint64_t epoch, size; /* giver: dispatched; taker: taken */
    uint8_t root[HASH_SIZE];
    uint64_t acknowledged; /* size of the last receipt of this epoch */
    struct str note;       /* giver: the head it signed; taker: the head it cosigned; empty at size 0 */
    uint64_t upto;         /* giver: journal numbers looked at */
    uint8_t state[HASH_SIZE];
    bool forked;
};
int channel_state(struct ctx *c, const struct channel *ch, struct channel_state *out);

/* ---- wire.c ---- */

enum message_type { M_LETTER = 1, M_ASK, M_GIVE, M_QUERY, M_RECEIPT, M_REFUSAL };

#endif
