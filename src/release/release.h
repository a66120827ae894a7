/*
 * release: what both sides have signed, and the one function that lets a field out (law 3). Nothing leaves for a
 * peer but what release_decide says: not by sync, bundle, API, command line, export or proof. Deny by default: no
 * agreement, no clause, no field; an empty audience is nobody; a new field stays until a clause names it.
 *
 * An *agreement* is a text that a minister and a machine read alike (program.c has the format), with the signatures
 * of both offices over its bytes (a C2SP note). It enters the journal as records of kind `act`; the views here are
 * made from those alone. Clauses that an officer types as records of kind `clause` release nothing.
 */
#ifndef PUENTE_RELEASE_H
#define PUENTE_RELEASE_H

#include "puente.h"

extern const struct room release_room; /* agreement, agreements, explain, shares */

/* ---- the text (program.c, condition.c) ---- */

#define PROGRAM_BYTES      60000 /* of the text; a note with its signatures must hold it */
#define PROGRAM_LINE       2000  /* of one statement, but for an example's record */
#define PROGRAM_CLAUSES    256   /* with clause 0 */
#define PROGRAM_EXAMPLES   256
#define PROGRAM_OBJECTIVES 256

struct condition; /* compiled; NULL = always */

struct clause {
    unsigned number; /* 0: the duty to retract, which every agreement has */
    struct str giver, taker;
    const struct kind *kind;
    uint64_t fields;
    const struct condition *when;
    struct str when_text, purpose;
    unsigned handling; /* 0..3: what it travels under; a record with a stricter code stays */
    int64_t keep_days;
    bool onward;   /* the taker may ask for consent to pass it on; false: never */
    int64_t since; /* µs; records recorded before stay; INT64_MIN = all */
    struct str
        asks; /* identifier schemes that may be asked for privately, separated by blanks; else empty. */
    int64_t quota; /* ... and how many values a day; `kind` and `fields` are then none */
    struct str en, es;
};

struct example {
    struct str giver, taker, number;
    struct record *record;
    uint64_t gives;
};

struct objective {
    struct str number, area, en, es;
};

struct program {
    uint8_t id[16];
    unsigned version;
    uint8_t digest[HASH_SIZE]; /* SHA-256 of the text */
    struct str text;
    bool has_amends;
    uint8_t amends[HASH_SIZE];
    struct str title_en, title_es, basis;
    struct str office[2], key[2]; /* the parties and their logs' verification keys */
    bool aggregates;              /* only aggregate kinds, cells below the threshold withheld */
    int64_t from, until;          /* µs; until is exclusive: the end of its last day */
    struct objective *objective;
    size_t objectives;
    struct clause *clause; /* [0] is the duty to retract */
    size_t clauses;
    struct example *example;
    size_t examples;
};

/* The text as it stands, strings pointing into it. Faults (agreement.*, place = line) say what is wrong; NULL when
 * any of them is an error. Total over any bytes. */
struct program *program_parse(struct arena *a, struct str text, struct faults *to);
/* Runs the examples; each that gives other fields than it says is a fault. True when all hold. */
bool program_try(struct arena *a, const struct program *p, struct faults *to);
const struct clause *program_clause(const struct program *p, unsigned number);
/* What a clause's line `schema` says: SHA-256, in hexadecimal, over schema_names of the fields it names. */
void program_names(const struct kind *k, uint64_t fields, char hex[2 * HASH_SIZE + 1]);

/* ---- where an agreement stands (state.c; views over `act`) ---- */

enum standing {
    STANDING_UNKNOWN,  /* no such agreement here */
    STANDING_PROPOSED, /* one signature */
    STANDING_NOT_YET,  /* both, before its first day */
    STANDING_IN_FORCE,
    STANDING_SUSPENDED, /* by either side, or both */
    STANDING_EXPIRED,
    STANDING_ENDED,  /* one side has given notice */
    STANDING_REKEYED /* the other office has another key by now: it must be signed again */
};
const char *standing_text(enum standing s); /* msgid */

/* ---- the one function (release.c) ---- */

/* Why a record, or a field of it, does not travel. */
enum why {
    WHY_RELEASED,
    WHY_NO_AGREEMENT,
    WHY_STANDING,   /* not in force: see standing */
    WHY_NO_CLAUSE,  /* none for this kind in this direction */
    WHY_CONDITION,  /* its condition does not hold for this record */
    WHY_SINCE,      /* recorded before the clause's first day */
    WHY_HANDLING,   /* the record's handling code is stricter than the clause's */
    WHY_THEIRS,     /* it is the taker's own */
    WHY_CONSENT,    /* it came from somebody else, who has not consented */
    WHY_SUPERSEDED, /* it was corrected: the correction goes instead */
    WHY_RETRACTED,  /* it was taken back */
    WHY_THRESHOLD,  /* a count below the threshold, under an agreement on aggregates */
    WHY_NOT_GIVEN,  /* a retraction of what this channel never carried */
    WHY_ADDRESSEE,  /* a request, answer or consent that is for another office */
    WHY_LOCAL,      /* a kind that tells of this node alone */
    WHY_NOT_NAMED,  /* the field is in no clause that applies */
    WHY_SEALED,     /* no agreement can open it */
    WHY_LIFE,       /* a life-at-risk message carries no identity */
    WHY_ABSENT,     /* the record has no such field */
    WHY_ERASED
};
const char *why_text(enum why w); /* msgid, one sentence */

struct decision {
    uint64_t fields; /* shown; 0 = it does not travel at all */
    const struct clause
        *clause;  /* the one it travels under; with several that apply, the one with most fields,
                                    then the lowest number: clauses are not added up */
    enum why why; /* for the record as a whole */
    enum why field[FIELD_MAX]; /* for each field */
};

/* One direction of one agreement: what `giver` lets `taker` see. Loaded once; it is of the moment of `now`, and of
 * the journal as the views have it. */
struct release;
struct release *release_open(struct ctx *c, const uint8_t agreement[16], struct str giver, struct str taker,
                             int64_t now); /* in ctx->arena; NULL with err only when the world fails */
enum standing release_standing(const struct release *r);
/* The version in force, or that was last; NULL when none ever was. */
const struct program *release_program(const struct release *r);
/* SHA-256 of all that the decisions depend on but records and consents: text, standing, which clauses are open. Two
 * equal states decide alike. */
void release_state(const struct release *r, uint8_t out[HASH_SIZE]);
/* True when a record of this kind can travel at all: a quick no for most. */
bool release_kind(const struct release *r, const struct kind *k);
/* The record as it stands in this node's journal. 0, or -1 with err: whether it was corrected, whose consent there
 * is and what was given are looked up in the views. Pure otherwise. */
int release_decide(struct release *r, const struct record *x, struct decision *out);
/* The agreements that have both offices as parties, in order of id; `out` in ctx->arena. -1 with err. */
int release_between(struct ctx *c, struct str office, struct str peer, uint8_t (**out)[16], size_t *n);

/* Over all agreements with `peer` as they stand at `now`: what `show --peer`, `list --peer` and `export --peer` may
 * tell: the union of what each lets out by itself. */
struct release_all;
struct release_all *release_all_open(struct ctx *c, struct str peer, int64_t now); /* NULL with err */
bool release_all_kind(const struct release_all *all, const struct kind *k);
int release_all_decide(struct release_all *all, const struct record *x, uint64_t *fields);

/* What a dispatch notes of each entry, in its field `entries`: 60 bytes, numbers big-endian. */
#define GIVEN_SIZE (16 + 8 + 2 + 2 + HASH_SIZE)
struct given {
    uint8_t id[16]; /* the record */
    uint64_t fields;
    unsigned version, clause;
    uint8_t leaf[HASH_SIZE];
};
void given_put(struct buf *b, const struct given *g);
/* One off the front; false at the end, or when what is left is shorter than one. */
bool given_take(struct str *entries, struct given *out);
/* The taker stands there: what was put into the channel behind that place never arrived, and does not count as
 * given. */
void release_stands(struct release *r, uint64_t epoch, uint64_t size);
/* All fields of this record that went through this channel, in any epoch; 0 = none did. -1 with err. Kept from the
 * `dispatch` records: table release_given, see state.c. */
int release_given(struct release *r, const uint8_t id[16], uint64_t *fields);
/* 1: the taker may have it by this channel, also when nothing says that it arrived: to take it back. 0, -1. */
int release_gave(struct release *r, const uint8_t id[16]);
/* All offices that may have it from this node, one a line, in c->arena. 0, or -1. */
int release_takers(struct ctx *c, const uint8_t id[16], struct str *lines);

/* ---- papers (paper.c): what exchange does with agreements is to carry these ---- */

/* Checks a paper (note) of any form against what the journal has: a text parses and its examples hold, its
 * signatures are by the parties' keys, it amends what it says, a suspension is by a party. Gives the `act` record to
 * append (in ctx->arena), or NULL with *known = true when the node has all of it already. -1 with err (ERR_DATA:
 * what is wrong). `from`: the office that brought it. */
int paper_check(struct ctx *c, struct str note, struct str from, struct record **act, bool *known);
/* The paper of this digest with every signature that the journal knows of. 1, 0 = none, -1. */
int paper_get(struct ctx *c, const uint8_t digest[HASH_SIZE], struct str *note);
/* Digests of the papers under agreements with this peer of which the peer is not known to have every signature that
 * we have: what the next letter carries. */
int paper_owed(struct ctx *c, struct str peer, uint8_t (**digest)[HASH_SIZE], size_t *n);

/* All of them, in the order in which they came. */
int paper_all(struct ctx *c, struct str peer, uint8_t (**digest)[HASH_SIZE], size_t *n);
/* SHA-256 over which papers there are and who has signed them, as far as this node knows: both sides of an agreement
 * have the same when nothing is missing. */
int paper_digest(struct ctx *c, struct str peer, uint8_t out[HASH_SIZE]);
/* The act that notes that `peer` has this paper with all the signatures that this node knows of, after it said so. 0,
 * or -1. */
int paper_held(struct ctx *c, struct str peer, const uint8_t digest[HASH_SIZE], struct record **act);

int release_fuzz_program(const uint8_t *p, size_t n); /* libFuzzer's door */

#endif
