/* internal.h: what the files of screening share. */
#ifndef PUENTE_SCREENING_INTERNAL_H
#define PUENTE_SCREENING_INTERNAL_H

#include "puente.h"
#include "base/normalise.h"

/* A new record names at most so many others; the rest are counted in a fault. */
#define HITS_PER_RECORD 100

/* ---- keys.c: the values of a record that are compared ---- */

enum side { SIDE_ALERT, SIDE_DECLARED };
enum basis { BASIS_IDENTIFIER, BASIS_NAME };

/* Only keys of the same basis and class are compared. Names: CLASS_PARTY, CLASS_CONVEYANCE; NULL for an alert's
 * further names, whose class is the alert's. */
#define CLASS_PARTY      "party"
#define CLASS_CONVEYANCE "conveyance"

struct key {
    enum side side;
    enum basis basis;
    const char *class;
    int field;           /* of the record's kind */
    struct str value;    /* normal form */
    struct str original; /* as written */
    struct str country;  /* of issue, for plates; may be empty */
};

#define KEYS_MAX 8
/* The keys of a record; 0 for kinds that are not compared. `out` has room for KEYS_MAX. */
size_t keys_of(struct arena *a, const struct record *r, struct key *out);
bool keys_has(const struct kind *k);
/* The class of an alert scheme ("rfc" and "tax-id" are one), or NULL when it is none. */
const char *keys_class(struct str scheme);
/* The class of names that an alert on this subject has; NULL when its name is none. */
const char *keys_subject_class(struct str subject);

/* ---- tables.c ---- */

extern const char *const screening_tables[];
int screening_apply(struct ctx *c, const struct entry *x);

/* ---- lookup.c ---- */

/* A column's text in the arena; empty for NULL. */
struct str screening_copy(struct ctx *c, struct query *q, int column);

struct alert {
    struct str id; /* 16 bytes */
    struct str list, number, authority, subject, name, issued, expires, reason, action, contact;
    int64_t recorded;
    bool active; /* neither withdrawn nor expired, today */
};
/* The latest alert of this number on this list. 1 = there, 0 = none, -1 = err. */
int alert_find(struct ctx *c, struct str list, struct str number, struct alert *out);
/* List and number that a record of the alert kinds belongs to. 1, 0, -1 likewise. */
int alert_of(struct ctx *c, const struct kind *k, struct str id, struct alert *out);
/* A text field of a record by id. 1, 0, -1 likewise. */
int field_of(struct ctx *c, const struct kind *k, struct str id, int field, struct str *out);

struct candidate {
    const struct kind *kind;
    int field;
    struct str id; /* 16 bytes */
    struct candidate *next;
};
/* Records of the other side with this key, the latest first; at most HITS_PER_RECORD, *beyond counts the rest.
 * -1 with err. */
int candidates(struct ctx *c, const struct key *k, enum side side, struct candidate **out,
               uint64_t *beyond);

/* ---- react.c ---- */

int screening_react(struct ctx *c, const struct entry *x);

/* ---- hits.c, dispose.c, try.c, names_compare.c ---- */

extern const struct op screening_hits, screening_dispose, screening_try, screening_names_compare;

#endif
