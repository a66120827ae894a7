/*
 * internal: what the files of release share.
 *
 *   program.c    the text of an agreement            condition.c  `when` of a clause
 *   decide.c     the decision, pure                  release.c    the same with what the views know; the room
 *   state.c      the views over acts and dispatches  paper.c      papers that come and go
 *   agreement.c  the verbs                           draft.c      a text to begin with
 *   explain.c    why it did or did not travel        sign.c       how two come to sign one text
 *   shares.c     all that goes, stays and came
 */
#ifndef PUENTE_RELEASE_INTERNAL_H
#define PUENTE_RELEASE_INTERNAL_H

#include "release/release.h"

#include "journal/note.h"

/* ---- program.c ---- */

/* UTF-8 without signs that a reader cannot see. */
bool program_plain(struct str s);

/* ---- condition.c ---- */

enum truth { FALSE_, TRUE_, UNKNOWN_ };

struct condition_text {
    const struct kind *kind;
    struct str text, giver, taker;
    struct place at;
};
/* NULL, with faults, when it is none. */
const struct condition *condition_compile(struct arena *a, const struct condition_text *t,
                                          struct faults *to);
/* Three-valued (Kleene): a comparison with a field that is not there is neither true nor false. Only what is true
 * lets a record go. NULL holds always. O(nodes). */
enum truth condition_holds(const struct condition *c, const struct record *x);

/* ---- decide.c ---- */

struct sides {
    struct str giver, taker;
    bool duty_only; /* not in force: what was given can still be taken back */
};
/* The office itself, or a part of it: us.cbp.laredo is of us.cbp. */
bool office_is(struct str office, struct str of);
/* Whether this clause lets the record go, looked at by itself: RELEASED, or what stops it first. */
enum why decide_clause(const struct clause *c, const struct sides *s, const struct record *x);
void decide_pure(const struct program *p, const struct sides *s, const struct record *x,
                 struct decision *out);
/* Nothing of it goes, because of `why`. */
void decide_stay(const struct record *x, enum why why, struct decision *out);

/* ---- state.c ---- */

extern const char *const release_tables[];
int release_apply(struct ctx *c, const struct entry *x);

/* How an agreement stands at a moment. */
struct state {
    enum standing standing;
    struct program *program; /* in force, or last; NULL when none ever was */
    struct program *coming;  /* the next version that both have signed and whose day has not come */
    struct str suspended[2]; /* by whom; empty = not */
    struct str ended_by;
};
int state_load(struct ctx *c, const uint8_t agreement[16], int64_t now, struct state *out);
/* The agreement's parties and keys as both have signed them: a text of it, in any version. 1, 0, -1. */
int state_signed(struct ctx *c, const uint8_t agreement[16], struct program **out);
/* Runs SQL that gives at most one row: 1, 0 or -1; the query stands on it and is the caller's to finish. */
struct query *state_query(struct ctx *c, const char *sql, struct str blob, int *rc);

/* ---- paper.c ---- */

/* What a paper is, once it is read. */
struct paper {
    struct note note;
    uint8_t digest[HASH_SIZE];
    uint8_t agreement[16];
    const char *form;        /* a code of act_form */
    struct program *program; /* of an agreement's text */
    struct str by, reason;   /* of the others */
    int64_t at;
};
/* The forms below; faults of an agreement's text go to `to`. False when it is none of them. */
bool paper_read(struct arena *a, struct str note, struct faults *to, struct paper *out);
void paper_text(struct buf *b, const struct paper *p); /* of the one-sided forms */
/* The parties' signatures on it that verify, each with its line. Of a one-sided form only the one that counts. */
struct signed_by {
    struct str office, line; /* the line with its LF */
};
size_t paper_signatures(struct arena *a, const struct paper *p, const struct program *parties,
                        struct signed_by out[2]);

/* The key by which this node knows an office; empty when it has not met it. */
int paper_key(struct ctx *c, struct str office, struct str *key);

/* ---- react: enter.c ---- */

int release_react(struct ctx *c, const struct entry *x);

/* ---- the verbs ---- */

/* A text to begin with, for this node and a peer that it has met; an empty basis is left for people to say. */
int draft_text(struct ctx *c, struct str peer, struct str basis, struct buf *out);

/* sign.c: `agreement draft`, `propose`, `sign` */
int agreement_draft(struct ctx *c, const struct args *a, struct out *o);
int agreement_propose(struct ctx *c, const struct args *a, struct out *o);
int agreement_sign(struct ctx *c, const struct args *a, struct out *o);
int agreement_read(struct ctx *c, struct str file, struct str *text);
int agreement_keep(struct ctx *c, struct str note); /* a paper of this node's own, into the journal */

/* agreement.c */
struct str agreement_own(struct ctx *c); /* this node's office */
/* The program, once its examples hold too; NULL with the faults said. */
struct program *agreement_examine(struct ctx *c, struct str text, struct out *o);
void agreement_say_head(struct ctx *c, const struct program *p, struct out *o);
int agreement_say_standing(struct ctx *c, const uint8_t id[16], struct out *o);
int agreement_bad_id(struct ctx *c, struct str id);

extern const struct op release_agreement, release_agreement_act, release_agreements, release_explain,
    release_shares;

#endif
