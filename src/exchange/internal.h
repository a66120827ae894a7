/*
 * internal: what the files of exchange share.
 *
 *   peer.c, card.c, meet.c    who was met                link_https.c  the network
 *   wire.c       messages and entries as bytes           fields.c      records by the names of their fields
 *   tables.c     the views, made from records by apply   channel.c     a channel: its name, head and tree
 *   give.c       the giver: where does the taker stand   give_make.c   what is released goes in: a dispatch
 *   serve.c      what is in already, again                refusals.c    why not, as code and sentence
 *   take.c       the taker: in one transaction            take_check.c  what it holds a batch to; forks
 *   talk.c       one conversation                         sync.c        ... over a link
 *   bundle.c     ... in a sealed file                     channels.c    the verbs sync, channels
 *   retract.c    taking back, receipts                    purge.c       keeping no longer than agreed
 *   query*.c, ask*.c, tokens.c  private questions: query.h
 */
#ifndef PUENTE_EXCHANGE_INTERNAL_H
#define PUENTE_EXCHANGE_INTERNAL_H

#include "exchange/exchange.h"
#include "journal/merkle.h"
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
#define CHANNEL_ORIGIN (2 * NOTE_NAME + 96)
void channel_origin(char out[CHANNEL_ORIGIN], const struct channel *ch);

void channel_bind(struct query *q, const struct channel *ch); /* ?1 agreement, giver, taker, ?4 epoch */

/* Where a channel stood: what a new epoch names of the one before, and what a taker says that it has. */
struct position {
    uint64_t epoch, size;
    uint8_t root[HASH_SIZE];
};
extern const uint8_t channel_nothing[HASH_SIZE]; /* the root of size 0 */

/* How far this node has it, from the views. */
struct channel_state {
    uint64_t epoch; /* the last; 0 = nothing ever went through it */
    uint64_t size;  /* giver: dispatched; taker: taken */
    uint8_t root[HASH_SIZE];
    uint64_t
        acknowledged; /* size of the last receipt of this epoch; it can be larger after a restored backup */
    struct str note;  /* giver: the head it signed; taker: the head it cosigned; empty when there is none */
    struct str receipt;       /* the last head that the taker cosigned; likewise */
    uint64_t upto;            /* giver: journal numbers looked at */
    uint8_t state[HASH_SIZE]; /* giver: release_state then */
    uint64_t seq;             /* giver: number of the last dispatch; taker: of the last receipt */
    uint64_t
        forked; /* it contradicted itself under this version of the text; 0 = never. Both offices have spoken
                        when they have signed the next one: then it goes on. */
    int64_t row; /* of ch_head; 0 = none */
};
bool channel_stands(const struct channel_state *s, const struct program *p); /* still, because of a fork */
/* Of ch->epoch, or of the last epoch when that is 0. Strings in c->arena. 0, or -1 with err. */
int channel_state(struct ctx *c, const struct channel *ch, struct channel_state *out);
/* Its tree lies in tiles of 256 hashes: CHANNEL_TILE_BITS heights in each. */
#define CHANNEL_TILE_BITS 8
#define CHANNEL_TILE      256
#define CHANNEL_LEVELS    (MERKLE_HEIGHT / CHANNEL_TILE_BITS)
/* The channel's tree, over the tiles in the views; reads at any size up to the head's. */
struct channel_tree {
    struct ctx *c;
    int64_t row;
    int64_t level, tile; /* the tile held; level -1 = none */
    struct str hashes;
};
struct merkle_source channel_source(struct channel_tree *t, struct ctx *c, const struct channel_state *s);
/* All that an append needs: the tree's right edge. */
int channel_frontier(struct ctx *c, const struct channel_state *s, struct merkle *out);
/* 1: the channel, when it had p->size entries, had that root. 0: not so, or it never was that long. */
int channel_had(struct ctx *c, const struct channel_state *s, const struct position *p);
/* The text of a head; previous->epoch 0: without the extension line. */
void channel_text(struct buf *out, const struct channel *ch, const struct merkle *m,
                  const struct position *previous);
/* The head's extension line: what came before this epoch. False when there is none. */
bool channel_previous(struct str checkpoint_text, struct position *out);

extern const char *const exchange_tables[];
int exchange_apply(struct ctx *c, const struct entry *x);

/* ---- entries ---- */

struct wire_entry {
    uint64_t number;
    uint16_t version, clause; /* of the agreement's text, that it rests on */
    uint64_t fields;          /* shown */
    uint8_t id[16], commitment[HASH_SIZE];
    struct str disclosure; /* empty: erased since, and then only the number and the leaf are told */
    uint8_t leaf[HASH_SIZE];
};
void entry_leaf_data(struct buf *b, const struct wire_entry *w); /* at most 128 bytes */
void entry_leaf(uint8_t leaf[HASH_SIZE], const struct wire_entry *w);
void entry_put(struct buf *b, const struct wire_entry *w);
bool entry_get(struct str in, struct wire_entry *out); /* and its leaf */

/* ---- wire.c ---- */

#define PARTS_MAX   1024 /* parts of one message */
#define BUNDLE_MAX  ((size_t)64 << 20)
#define REFUSAL_MAX 64  /* bytes of its code */
#define PAPERS_MOST 256 /* in one letter */

#define HELD_SIZE (2 * HASH_SIZE) /* digest of the text, digest of the note as it came */

enum part_type { M_LETTER = 1, M_ASK, M_GIVE, M_QUERY, M_REFUSAL };

struct part {
    enum part_type type;
    uint8_t agreement[16];
    struct position at; /* ask: what the taker has; give: epoch and first number (size) */
    uint64_t acknowledged;
    struct str
        note; /* ask: the receipt, or empty; give: the checkpoint, or empty when there is nothing new */
    bool more;
    struct str *item; /* letter: papers; give: entries */
    size_t items;
    struct str *held; /* letter: what of the other side's papers its sender has now, HELD_SIZE each */
    size_t helds;
    struct str text; /* refusal: its code */
    struct str body; /* query: ask.c reads it; letter: the digest of all papers */
};
struct message {
    struct part *part;
    size_t parts;
};
/* Total over any bytes; strings point into `in`, lists into the arena. */
bool message_parse(struct arena *a, struct str in, struct message *out);
void message_begin(struct buf *b, size_t parts); /* then part_put that often */
void part_put(struct buf *b, const struct part *p);

/* ---- retract.c, purge.c: to forget what came from others ---- */

/* Erases what its giver has taken back and not yet been told that it is gone, and appends the signed receipts. *n
 * records are gone. 0, or -1 with err: what is done is done, the rest the next time. */
int retract_settle(struct ctx *c, uint64_t *n);
/* A retraction of `about`, by this node: whoever may have it must confirm. NULL with err. */
struct record *retract_record(struct ctx *c, const uint8_t about[16], const char *reason,
                              const char *required);
/* Erases a received record and all disclosures of it; `why` is filled in for each. `legal` is the basis. */
struct forgetting {
    const char *reason; /* a code of erasure_reason */
    struct str legal;
    struct str retraction; /* its id, or empty */
    struct str giver;      /* only what this office gave, whoever else gave the same; empty: all */
};
/* What this node has of a record, by its originator's id. *n records are gone. */
int forget_record(struct ctx *c, struct str record, const struct forgetting *why, uint64_t *n);

void exchange_say_synced(struct out *o, const struct synced *s);

extern const struct op op_sync, op_channels, op_peer_message, op_bundle, op_retract, op_purge;

const char *refusal_text(enum lang lang, struct str code); /* refusals.c; total over any bytes */

/* ---- fields.c: reading and writing records by the names of their fields ---- */

struct str rec_text(const struct record *r, const char *field);
uint64_t rec_number(const struct record *r, const char *field);
struct channel rec_channel(const struct record *r);
void rec_set(struct record *r, const char *field, struct str s);
void rec_set_hex(struct ctx *c, struct record *r, const char *field, const uint8_t hash[HASH_SIZE]);
void rec_set_number(struct record *r, const char *field, uint64_t n);
struct record *rec_own(struct ctx *c, const char *kind);
struct record *rec_of_channel(struct ctx *c, const char *kind, const struct channel *ch);

/* ---- give.c: what there is for a taker that stands where it says ---- */

/* Answers one ask of `peer` with a part of type M_GIVE or M_REFUSAL, in c->arena: entries that it has not, made now
 * when there are none yet; durable before they are told. 0, or -1 with err. */
int channel_give(struct ctx *c, struct str peer, const struct part *ask, struct part *out);

/* Where the taker is known to stand, by its last receipt, as an ask. 1; 0: it must speak first (this node came back
 * from a backup since, or it never spoke and something was given already); -1 with err. */
int give_known(struct ctx *c, struct str peer, const uint8_t agreement[16], struct part *ask);
/* Where it will stand when it has taken `given`. 1, 0, -1 likewise. */
int give_after(struct ctx *c, struct str peer, const struct part *given, struct part *ask);

/* give_make.c: puts what the agreement releases into the channel: one dispatch. */
struct made {
    size_t n;
    struct str *item; /* entries, from number `first` on */
    uint64_t first;
    bool more; /* the journal was not looked through to its end */
};
struct making {
    struct ctx *c;
    struct release *release;
    struct channel ch;
    struct channel_state *state; /* as it stands; of the epoch before when `previous` says so */
    struct position previous;    /* epoch 0: none */
};
int give_make(const struct making *m, struct made *out);
/* Whether there is an entry to make, or so much to look at that a dispatch of nothing is worth it. */
int give_any(const struct making *m, bool *any);
/* The turn to write, with views that know all that the journal has: 1 = a batch is open; 0 = somebody wrote
 * meanwhile, try again; -1 with err. */
int exchange_turn(struct ctx *c, struct batch **b);
/* The entry as it travels, from the record as the journal has it now. 1; 0: it cannot be made (again). */
int give_entry(struct ctx *c, const struct entry *x, struct wire_entry *w, struct buf *disclosure);

/* serve.c: entries that were put in before, from number `from` on: whole dispatches, as many as a batch holds. */
struct served {
    struct str *item;
    size_t n;
    struct str checkpoint;
    bool more;
    bool stopped; /* one of them may not go any more as it went: none of this is to be sent */
};
int channel_serve(struct ctx *c, struct release *r, const struct channel *ch, uint64_t from,
                  struct served *out);

/* The key of one of the agreement's two offices, as both have signed it. False when it is not a party. */
bool party_key(const struct program *p, struct str office, struct verifier *out);

/* ---- take.c ---- */

/* Takes one give of `peer`: verified, durable and cosigned, or not at all. *refusal is a code (empty: taken, or
 * nothing new); *n entries are new. 0, or -1 with err. */
struct taking_result {
    struct str refusal;
    uint64_t n;
};
int channel_take(struct ctx *c, struct str peer, const struct part *give, struct taking_result *out);

/* take_check.c: what arrives is held to what was signed, before anything is written. */
struct taken {
    struct wire_entry w;
    struct disclosed d; /* record NULL when the giver had erased it */
    int64_t keep_days;  /* of the clause; 0 = no bound */
};
struct checking {
    struct ctx *c;
    struct str peer;
    const struct part *give;
    struct channel ch; /* of the give's epoch */
    struct channel_state state;
    const struct program *program; /* in force, or last */
    const struct program *older;   /* another version that an entry rests on; kept from one to the next */
    struct note note;
    struct checkpoint head;
    struct taken *entry; /* give->items of them */
    const char *refusal; /* why not; then perhaps ... */
    const char *fork;    /* ... a code of the list `fork`, because the giver's own signature shows it */
    struct str exhibit;  /* the entry that shows it */
};
/* 1: all is well and there is something new. 0: nothing new, or k->refusal says why not. -1 with err. */
int take_check(struct checking *k);

extern const struct op op_proof; /* proof.c */

#endif
