/*
 * query: what the files of asking without telling share. The asker blinds tokens (tokens.h), the holder evaluates
 * them (base/oprf.h) and proves that it used the key it published; the asker looks for what comes out in the
 * holder's *prepared set*. The holder learns how many, for what purpose and case; never what, nor whether it hit.
 *
 *   tokens.c        what "the same" means            query_note.c    the three signed texts, the two messages
 *   query_terms.c   which clause allows it, how much  query_keys.c    key epochs: made, rotated, destroyed
 *   query_values.c  a node's own values as tokens     query_set.c     the set a holder prepares and ships
 *   query_answer.c  the holder's side                 query_held.c    what an asker keeps: the set, its own values
 *   query_ask.c     the asker's side                  query_watch.c   its own values; what follows a hit
 *   query_forget.c  suspension, end, erasure          ask.c, ask_own.c  the verbs
 *
 * A key belongs to one agreement, one epoch and one scheme: what was evaluated for plates cannot be found among the
 * passports, so that a clause that opens plates opens nothing else. docs/private-queries.md has the formats.
 */
#ifndef PUENTE_EXCHANGE_QUERY_H
#define PUENTE_EXCHANGE_QUERY_H

#include "base/oprf.h"
#include "exchange/internal.h"
#include "exchange/tokens.h"

#define QUERY_SCHEMES 16 /* token_schemes() of them */
#define QUERY_ENTRY   10 /* bytes of F(key, token) in a set: 80 bits */
#define QUERY_MOST    16384
#define QUERY_STEP    2048
#define QUERY_PURPOSE 400 /* bytes, as in the record */
#define QUERY_CASE    64
#define SET_MOST      ((size_t)1 << 20) /* entries of a set: 10 MB, within MESSAGE_MAX */

/* The number of elements that a question of n values has: 1, 16, 256, or a multiple of QUERY_STEP; 0 asks for the set
 * alone. */
size_t query_bucket(size_t n);
/* The number of entries that a set of n values has: the next power of four from 256 on. */
size_t query_set_bucket(size_t n);

/* ---- query_note.c: signed texts (C2SP notes of the log keys) and messages ---- */

struct question {
    struct str from, to, scheme; /* scheme "-" in a question for the set alone */
    uint8_t agreement[16];
    int64_t normaliser, count;
    uint8_t elements[HASH_SIZE]; /* SHA-256 of the blinded elements */
    uint8_t set[HASH_SIZE];      /* SHA-256 of the text of the set that the asker holds; zeros = none */
    struct str time, purpose, the_case;
};
struct reply {
    struct str from, to, outcome; /* outcome: a code of query_outcome */
    uint8_t question[HASH_SIZE];  /* SHA-256 of the question's text */
    int64_t epoch;                /* refused: 0, and zeros below */
    uint8_t evaluated[HASH_SIZE], set[HASH_SIZE];
};
struct set_head {
    struct str from, to, time;
    uint8_t agreement[16];
    int64_t epoch, normaliser, count;
    uint32_t schemes; /* bit i: scheme i can be asked for */
    uint8_t key[QUERY_SCHEMES][OPRF_SIZE];
    uint8_t entries[HASH_SIZE];
};
void question_put(struct buf *b, const struct question *q);
void reply_put(struct buf *b, const struct reply *r);
void set_head_put(struct buf *b, const struct set_head *s);
/* From a note's text; strings point into it. False on anything else. Total over any bytes. */
bool question_read(struct str text, struct question *q);
bool reply_read(struct str text, struct reply *r);
bool set_head_read(struct str text, struct set_head *s);

enum set_form { SET_SAME, SET_WHOLE, SET_CHANGE };
/* A set on its way: its note, and its entries or what changed since the one the asker holds. */
struct set_part {
    enum set_form form;
    struct str note, removed,
        added; /* entries: sorted, QUERY_ENTRY bytes each; SET_WHOLE: all in `added` */
};
struct query_message {
    struct str note;
    struct str elements; /* blinded, or evaluated */
    struct str proof;    /* an answer's; empty when there are no elements or it refuses */
    struct set_part set; /* an answer's */
};
void query_put_question(struct buf *b, const struct query_message *m);
void query_put_answer(struct buf *b, const struct query_message *m);
bool query_read_question(struct str in, struct query_message *m);
bool query_read_answer(struct str in, struct query_message *m);
/* One line of at most `most` bytes of UTF-8 without control characters, not blank. */
bool query_line_ok(struct str s, size_t most);

/* Fields by name. */
static inline void field_text(struct record *r, const char *field, struct str s)
{
    record_text(r, schema_field(r->kind, str_z(field)), s);
}
static inline void field_int(struct record *r, const char *field, int64_t i)
{
    record_int(r, schema_field(r->kind, str_z(field)), i);
}

/* ---- query_terms.c ---- */

/* What `holder` lets `asker` ask for under one agreement. */
struct query_terms {
    uint8_t agreement[16];
    struct str holder, asker;
    enum standing standing;
    const struct program *program;
    uint32_t schemes; /* 0 unless in force */
    const struct clause *clause[QUERY_SCHEMES];
    struct verifier holder_key, asker_key;
    struct str country[2]; /* of the two */
};
/* In ctx->arena. An agreement that is suspended or over has its keys destroyed here, if that was not done yet. */
int query_terms_open(struct ctx *c, const uint8_t agreement[16], struct str holder, struct str asker,
                     struct query_terms *out);
/* The agreement under which `peer` lets this node ask for the scheme (-1: any). ERR_DENIED when there is none. */
int query_terms_find(struct ctx *c, struct str peer, int scheme, struct query_terms *out);
/* The first terms between the two under which `asker` may ask for `scheme` (-1: for anything). 1, 0 = none, -1. */
int query_terms_between(struct ctx *c, struct str holder, struct str asker, int scheme,
                        struct query_terms *out);
/* Values asked for since midnight (UTC) under the clause of `scheme`, as this node answered them. */
int query_used(struct ctx *c, const struct query_terms *t, int scheme, int64_t *used);

/* ---- query_keys.c: keys/oprf-AGREEMENT-EPOCH.key, 0600 ---- */

struct query_keys {
    int64_t epoch; /* milliseconds since 1970 when it was made, and more than any before */
    struct oprf_key key[QUERY_SCHEMES]; /* those of `schemes` */
    uint8_t mask[32];                   /* for tags of tokens in files of this node */
};
/* The key of the current epoch; makes one when there is none. Wipe it after use. */
int query_keys_open(struct ctx *c, const struct query_terms *t, struct query_keys *out);
/* Starts the next epoch; the old key is destroyed. */
int query_keys_rotate(struct ctx *c, const struct query_terms *t, int64_t *epoch);
/* Destroys keys and sets of this agreement, and what this node held of the other's. */
int query_forget(struct ctx *c, const uint8_t agreement[16]);
/* "asking/AGREEMENT-NAME" in the arena, its folder made; NULL with err. What stands there is disposable. */
const char *query_file(struct ctx *c, const uint8_t agreement[16], const char *name);

/* ---- query_values.c ---- */

struct query_value {
    int scheme;
    struct str token;
    uint8_t id[16]; /* of the record it comes from */
};
/* This node's own values of the schemes in `t`: identifiers, names and firearms of its alerts and seizures. As a
 * holder only those of handling H0 and H1. In ctx->arena. */
int query_values(struct ctx *c, const struct query_terms *t, bool as_holder, struct query_value **out,
                 size_t *n);
/* Changes whenever query_values may: what was added, corrected or erased, and the day. */
int query_values_stamp(struct ctx *c, const struct query_terms *t, uint8_t out[HASH_SIZE]);

/* ---- query_set.c: the holder's set ---- */

/* The set as of now, for an asker that holds the one with digest `held` (zeros = none); evaluates only what is new.
 * The part's strings live in ctx->arena; `digest` is that of the set's text. */
int query_set_make(struct ctx *c, const struct query_terms *t, const struct query_keys *k,
                   const uint8_t held[HASH_SIZE], struct set_part *out, uint8_t digest[HASH_SIZE]);
/* The record behind an entry of the current set: what a request for disclosure names. 1, 0 = none, -1. */
int query_set_find(struct ctx *c, const struct query_terms *t, const struct query_keys *k,
                   const uint8_t entry[QUERY_ENTRY], uint8_t id[16]);
/* For whom the set of this agreement was last made. 1, 0 = none was, -1. */
int query_set_taker(struct ctx *c, const uint8_t agreement[16], struct str *taker);

/* ---- query_held.c: what an asker keeps; disposable, it can be asked for again ---- */

struct query_held {
    bool have;
    struct set_head head;
    uint8_t digest[HASH_SIZE];
    struct str note, entries; /* in ctx->arena */
};
/* The set held under these terms; have = false when there is none, or it is damaged. */
int query_held_open(struct ctx *c, const struct query_terms *t, struct query_held *out);
/* Takes a set part over what is held: signature, digest, order, count, and within an epoch the same keys. ERR_DATA
 * when anything does not hold; the old one stays. */
int query_held_take(struct ctx *c, const struct query_terms *t, const struct set_part *p,
                    struct query_held *h);
bool query_held_has(const struct query_held *h, const uint8_t entry[QUERY_ENTRY]);

/* Own values that were evaluated while the line was up: what a newer set is matched with when it is down. */
struct watched_value {
    uint8_t entry[QUERY_ENTRY];
    uint8_t tag[16]; /* of the token */
    uint8_t scheme[2];
    uint8_t id[16];
};
struct watched {
    int64_t epoch;
    uint8_t mask[32]; /* for the tags */
    struct watched_value *value;
    size_t n;
};
/* Those of this key epoch; none when they are of another. */
int query_watched_open(struct ctx *c, const struct query_terms *t, int64_t epoch, struct watched *out);
int query_watched_save(struct ctx *c, const struct query_terms *t, const struct watched *s);
/* Takes out what was evaluated of this record. */
int query_watched_drop(struct ctx *c, const uint8_t agreement[16], struct str id);
void query_tag(uint8_t out[16], const uint8_t mask[32], struct str token);

/* ---- query_answer.c ---- */

/* The answer to the body of an M_QUERY part from `peer`, as exchange_answer gives it. The record is on disk before this
 * returns. 0 with an answer, which may refuse; -1 with err when there is none. */
int query_answer(struct ctx *c, struct str peer, struct str request, struct buf *answer);
int exchange_fuzz_query(const uint8_t *p,
                        size_t n); /* libFuzzer's door: texts, messages, tokens; always 0 */

/* ---- query_forget.c ---- */

/* After a suspension or an end: nothing evaluated so far can be matched any more. After an erasure: the record
 * leaves the sets. */
int query_react(struct ctx *c, const struct entry *x);

/* ---- query_ask.c ---- */

struct asking {
    int scheme; /* -1: the set alone */
    const struct str *tokens;
    size_t n; /* QUERY_MOST at most */
    /* told: */
    struct str outcome;
    uint8_t (*entry)[QUERY_ENTRY]; /* n of them */
    bool *hit;                     /* likewise */
    size_t hits;
    struct query_held held;
};
/* One question over the link, journalled here before it is told. 0 with out->outcome, -1 with err (then a record of
 * outcome `failed` stands here). */
int query_ask(struct ctx *c, const struct query_terms *t, const struct link *l, struct asking *a);

/* ---- query_watch.c ---- */

/* Takes the newest set, evaluates what is new of this node's own values, and lets go of what is no longer its own.
 * *fresh = values evaluated, *outcome = of the last question: it stops at a refusal. */
int query_watch(struct ctx *c, const struct query_terms *t, const struct link *l, size_t *fresh,
                struct str *outcome);
/* Own values evaluated before against the set held now; every match not seen before opens a request for disclosure.
 * *opened counts those, *matches all. Needs no line. */
int query_match(struct ctx *c, const struct query_terms *t, size_t *matches, size_t *opened);
/* What an earlier evaluation of this token tells without a line: 1 = hit, 0 = none as of the set held, -2 = it was
 * never evaluated, -1 = err. */
int query_offline(struct ctx *c, const struct query_terms *t, struct str token, struct query_held *held);
/* The request for disclosure that follows a hit, due in 48 hours; once for this entry and case. 1 = made, 0, -1. */
int query_disclose(struct ctx *c, const struct query_terms *t, int scheme,
                   const uint8_t entry[QUERY_ENTRY]);
#define QUERY_DISCLOSE_HOURS 48

/* ---- ask.c, ask_own.c ---- */

/* ERR_DENIED unless ctx has a purpose and a case that can stand in a question. */
int query_need_purpose(struct ctx *c);
void query_say_set(struct out *o, const struct query_held *h);
extern const struct op op_ask, op_ask_own, op_ask_match, op_ask_set, op_ask_take, op_ask_find, op_ask_key;

#endif
