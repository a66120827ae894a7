/*
 * sim.h: two or three nodes in one process, on one clock that tests own, over a network that does its worst. What
 * is here is the simulator's own idea of the world, kept apart from the implementation's: what was written, what
 * was signed, what each office may therefore see.
 *
 *   store.c   journals in memory, which die at any write      node.c   nodes: crash, restart, backup, restore
 *   plan.c    the steps of a seed                             papers.c agreements: texts, signatures, what they allow
 *   work.c    what officers write                             net.c    links that lose, repeat, delay and cut
 *   wire.c    every message as an eavesdropper sees it        check.c  what must hold, always and in the end
 *   liar.c    a peer that lies                                mutate.c faults put in on purpose
 *   sim.c     one seed from its first step to its last        main.c   the command line
 */
#ifndef PUENTE_TESTS_SIM_H
#define PUENTE_TESTS_SIM_H

#include <stdio.h>

#include "exchange/exchange.h"
#include "release/release.h"
#include "journal/note.h"
#include "tests/sim/store.h"

#define NODES      3
#define STEPS      64 /* of one seed, at most */
#define RECORDS    512
#define AGREEMENTS 6
#define VERSIONS   4
#define CLAUSES    10
#define PAPERS     64
#define DAY        (INT64_C(86400) * 1000000)
#define TOKEN      14 /* "zq", eight digits of the record, two of the field, "qz" */

/* What happened in a seed, so that nobody takes silence for peace. */
struct tally {
    uint64_t messages, lost, late, deaths, restored, papers, entries, epochs, forks, erased;
    uint64_t bundles, refused, answers,
        receipts; /* refused: bundles that were damaged, forged, or somebody else's */
};

/* ---- chance ---- */

struct rng {
    uint64_t state;
};
uint64_t rng_next(struct rng *r);
uint64_t rng_of(struct rng *r, uint64_t n); /* 0 ... n - 1 */
bool rng_hit(struct rng *r, unsigned of_a_hundred);
uint64_t mix(uint64_t a, uint64_t b);

/* ---- steps ---- */

enum step_type {
    S_WRITE,   /* officers write records */
    S_CORRECT, /* one replaces an earlier one */
    S_RETRACT, /* one is taken back */
    S_CONSENT, /* a record may be passed on */
    S_PROPOSE, /* an agreement, or its next version */
    S_SIGN,    /* what the others proposed */
    S_SUSPEND,
    S_RESUME,
    S_END,
    S_SYNC,
    S_BUNDLE,  /* a stick is filled, read, copied, lost, found by somebody else */
    S_ANSWER,  /* a request that came is answered, or refused */
    S_TIME,    /* hours or weeks pass */
    S_SKEW,    /* a node's clock is set wrong */
    S_CRASH,   /* a node will die at one of its next writes */
    S_RESTART, /* and with other views than it had */
    S_BACKUP,
    S_RESTORE,
    S_CUT, /* the line between two nodes */
    STEP_TYPES
};
struct step {
    enum step_type type;
    unsigned a, b; /* nodes */
    uint64_t seed; /* what this step does by chance depends on this alone */
};

/* ---- what the simulator knows ---- */

enum fate {
    WRITTEN,
    DOUBTFUL,
    GONE
}; /* acknowledged; the writer died meanwhile; lost with a restored disk */

struct mrecord {
    uint8_t id[16], replaces[16];
    unsigned owner; /* node */
    const struct kind *kind;
    uint64_t have;
    unsigned handling;
    struct str mode, direction;
    int64_t recorded, value;
    bool life, counted; /* `value` is a count of people */
    int about;          /* retraction, consent; of an answer its request: the record; -1 */
    int addressee;      /* node; -1 */
    bool settles;       /* an answer that ends its request's clock */
    unsigned third;     /* consent: to whom it may be passed on */
    bool granted;
    enum fate fate;
    struct record *record;
    uint64_t allowed[NODES]; /* fields that some clause in force let this node see, so far */
    uint64_t got[NODES];     /* ... and that crossed the wire to it */
};

enum when { W_ALWAYS, W_ROAD, W_SOUTH, W_ROAD_SOUTH, WHENS };

struct mclause {
    unsigned number, giver; /* giver: 0 or 1, index into the agreement's parties */
    const struct kind *kind;
    uint64_t fields;
    enum when when;
    unsigned handling;
    bool onward;
    int64_t since; /* INT64_MIN: all */
};

struct mversion {
    struct mclause clause[CLAUSES];
    unsigned clauses;
    int64_t from, until;
    int paper;
};

struct magreement {
    uint8_t id[16];
    char uuid[UUID_SIZE];
    unsigned party[2];
    bool aggregates;
    struct mversion version[VERSIONS];
    unsigned versions;
};

enum form { F_TEXT, F_SUSPENSION, F_RESUMPTION, F_THE_END };

struct mpaper {
    uint8_t digest[HASH_SIZE];
    enum form form;
    unsigned agreement, by; /* by: node that wrote it */
    struct str text;
};

struct mnode {
    const char *name, *country;
    char dir[96], backup[96];
    struct world world;
    struct sim *sim;
    unsigned self;
    int64_t skew;
    struct rng rng;
    struct arena *arena;
    struct err err;
    struct ctx ctx;
    bool up;
    char key[NOTE_KEY_TEXT];
    struct verifier verifier;
    /* what its journal says, followed entry by entry */
    uint64_t seen;
    uint8_t signatures[PAPERS]; /* bit i: party i of the agreement has signed, as this journal knows */
    unsigned forks, restored;
    bool has_backup;
    bool saved_views, started, fresh_restore; /* the latter two: check_follow has not seen it since */
    int64_t last_paper;                       /* its clock when it last suspended or resumed something */
    struct mgot *got;                         /* disclosures that its journal holds */
    struct mgave *gave;                       /* ... and what it has put into channels */
    struct mreceipt *receipt;                 /* confirmations that it has erased, its own and others' */
    struct mhead *head;                       /* channels as its journal has them */
};

/* A disclosure in a taker's journal. */
struct mgot {
    int record, agreement; /* -1: a retraction that the giver's node wrote by itself */
    unsigned giver;
    int64_t epoch, number;
    uint64_t fields;
    bool onward; /* its clause lets the taker ask for consent */
    struct mgot *next;
};

/* An entry of a giver's dispatches. */
struct mgave {
    uint8_t id[16];
    unsigned taker;
    struct mgave *next;
};

/* A retraction that confirms another one. */
struct mreceipt {
    uint8_t of[16];
    unsigned by;
    struct mreceipt *next;
};

/* The newest of one channel's epoch: given so far, and what there are receipts for. */
struct mhead {
    uint8_t agreement[16];
    unsigned giver, taker;
    int64_t epoch;
    uint64_t given, taken;
    uint8_t root[HASH_SIZE], receipt_root[HASH_SIZE];
    struct mhead *next;
};

struct held;  /* net.c: a message that comes late */
struct seen;  /* wire.c */
struct lies;  /* liar.c */
struct stick; /* bundle.c */

struct sim {
    uint64_t seed;
    struct step step[STEPS];
    unsigned steps, at; /* `at`: the one being done */
    uint64_t skip;      /* bit i: step i is left out */
    struct rng rng;
    struct arena *arena;
    int64_t time;
    unsigned nodes;
    struct mnode node[NODES];
    struct mrecord record[RECORDS];
    unsigned records;
    struct magreement agreement[AGREEMENTS];
    unsigned agreements;
    struct mpaper paper[PAPERS];
    unsigned papers;
    bool cut[NODES][NODES];
    bool quiet;   /* the network is healed */
    int liar;     /* node, or -1 */
    bool lied;    /* it said what its program never would under its signature, or damaged it */
    bool exposed; /* the taker of two histories was shown both */
    int other;    /* who speaks to the liar just now */
    struct lies *lies;
    struct held *held;
    struct stick *stick;
    struct seen *wire;
    struct tally tally;
    bool loud, deep; /* deep: also the checks that take long */
    char violation[512];
    const char *what; /* its kind */
};

/* The first thing that does not hold; later ones are not told. */
void violation(struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline bool broken(const struct sim *s)
{
    return s->violation[0] != 0;
}
void say(const struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
extern const struct room *const sim_rooms[];

/* ---- node.c ---- */

int scratch_start(void); /* the folder of this process */
void scratch_end(void);
void nodes_start(struct sim *s);
void nodes_stop(struct sim *s);
struct ctx *node_ctx(struct mnode *n); /* with an empty arena and no error */
bool node_died(const struct mnode *n);
void node_restart(struct sim *s, unsigned i, struct rng *r); /* after a death, or just so */
/* What a call left: a node that died is started again. */
void node_settle(struct sim *s, unsigned i);
void node_backup(struct sim *s, unsigned i);
void node_restore(struct sim *s, unsigned i, struct rng *r);
/* 0; -1: it died at it, and whether the records are there is told by DOUBTFUL; other failures are violations. */
bool node_views_hold(struct sim *s, unsigned i, struct str bytes); /* its views, anywhere in their files */
void node_rebuilds(struct sim *s, unsigned i);                     /* all views again, to the same bytes */
int node_write(struct sim *s, unsigned i, struct record *const *r, size_t n);
/* A verb and its arguments, key and value, to a NULL. *from (may be NULL): it said from whom a bundle is. As the verb
 * itself, with the node's err; or it died at it. */
#define NODE_DIED -2
int node_op(struct sim *s, unsigned i, const char *const *words, bool *from);
const uint8_t *node_box_public(unsigned i);
const uint8_t *node_box_secret(unsigned i);

/* ---- plan.c ---- */
void plan_make(struct sim *s);
void plan_print(const struct sim *s, FILE *to);
const char *plan_word(enum step_type t);

/* ---- work.c ---- */
void work_write(struct sim *s, unsigned n, struct rng *r);
void work_request(struct sim *s, unsigned n, struct rng *r);
void work_correct(struct sim *s, unsigned n, struct rng *r);
void work_retract(struct sim *s, unsigned n, struct rng *r);
void work_consent(struct sim *s, unsigned n, struct rng *r);
int record_find(const struct sim *s, const uint8_t id[16]); /* index, or -1 */
bool record_retracted(const struct sim *s, unsigned record);
/* Even if its owner has come back from a backup since, and does not know: whoever was told has erased it. */
bool record_taken_back(const struct sim *s, unsigned record);
bool record_superseded(const struct sim *s, unsigned record);
void record_token(char out[TOKEN + 1], unsigned record, unsigned field);

/* ---- papers.c ---- */
void papers_peers(struct sim *s, unsigned n); /* who has met whom */
void papers_propose(struct sim *s, unsigned a, unsigned b, struct rng *r);
void papers_sign(struct sim *s, unsigned n);
void papers_stop(struct sim *s, unsigned n, enum form form, struct rng *r);
/* Where an agreement stands for this node, at its own time. NULL: not in force. */
const struct mversion *papers_in_force(const struct sim *s, unsigned n, unsigned agreement);
/* What `giver` may let the other party see of a record under this clause: 0 = it stays. */
uint64_t papers_mask(const struct sim *s, const struct magreement *g, const struct mclause *c,
                     const struct mrecord *x);
int paper_find(const struct sim *s, const uint8_t digest[HASH_SIZE]);
int agreement_find(const struct sim *s, const uint8_t id[16]);

/* ---- net.c ---- */
struct wire_link {
    struct sim *sim;
    unsigned from, to;
    struct rng *rng;
};
int net_sync(struct sim *s, unsigned from, unsigned to, struct rng *r, struct synced *out);
void net_late(struct sim *s, struct rng *r); /* what was held back arrives now */
void net_free(struct sim *s);

/* ---- bundle.c ---- */
void bundle_step(struct sim *s, unsigned a, unsigned b, struct rng *r);
/* In peace, all that `a` and `b` have for one another, there and back. True when either wrote to its journal. */
bool bundle_round(struct sim *s, unsigned a, unsigned b);

/* ---- duty.c ---- */
void duty_answer(struct sim *s, unsigned n, struct rng *r);
void duty_follow(struct sim *s, unsigned n, const struct entry *x); /* answers and retractions of its own */
void duty_check(struct sim *s);                                     /* what is owed shows, at both sides */
void duty_check_end(struct sim *s); /* ... and what could be done was done */

/* ---- liar.c ---- */
void liar_choose(struct sim *s, struct rng *r);
/* What arrives of these bytes: themselves, or what the liar made of them in `out`. */
struct str liar_bends(struct sim *s, const struct wire_link *l, bool answer, struct str bytes,
                      struct buf *out);

/* ---- wire.c ---- */
/* Bytes leave node `from` for node `to`. */
void wire_message(struct sim *s, unsigned from, unsigned to, struct str bytes);
bool token_next(const struct sim *s, struct str *rest, int *record,
                int *field); /* the next in these bytes */
/* An entry of a channel as it is on the wire. */
struct wire_said {
    int64_t number, version, clause;
    uint64_t fields;
    uint8_t id[16], leaf[HASH_SIZE];
    struct str commitment, disclosure;
    bool full; /* false: erased since; only number and leaf are there */
};
bool wire_entry_read(struct str in, struct wire_said *out);

/* ---- check.c ---- */
void check_follow(struct sim *s, unsigned n); /* what is new in a node's journal */
void check_end(struct sim *s);
struct str text_of(const struct record *r, const char *field);
int node_named(const struct sim *s, struct str name); /* -1 */
/* The fields that a giver has and lets go, under the clause that the record travels under. */
uint64_t best_mask(const struct sim *s, const struct magreement *g, const struct mversion *v,
                   unsigned giver, const struct mrecord *x);
/* What the liar has to do with cannot be held to fit. */
bool with_liar(const struct sim *s, unsigned agreement);

/* ---- mutate.c ---- */
extern unsigned mutation;             /* 0 = none */
extern const char *const mutations[]; /* what each is, from 1 on; ends with NULL */
bool mutation_disk(void);             /* the disk lies */

/* ---- sim.c ---- */
void sim_run(struct sim *s);

#endif
