/* internal.h: what the files of this room share. */
#ifndef PUENTE_COORDINATION_INTERNAL_H
#define PUENTE_COORDINATION_INTERNAL_H

#include "puente.h"

#define HOUR INT64_C(3600000000) /* microseconds */
#define DAY  (24 * HOUR)

/* ---- offices.c: names on the network, "us.cbp" and its component "us.cbp.laredo" ---- */

bool office_within(struct str office, struct str of); /* is it, or is a part of it */
bool office_ours(const struct ctx *c, struct str office);
/* One speaks for the other: the same, or one is a part of the other. */
bool office_fits(struct str a, struct str b);
/* The country that its name begins with, in capitals, when there is such a country; else empty. */
struct str office_country(struct arena *a, struct str office);
bool office_foreign(const struct ctx *c, struct str office);

/* ---- records.c: what the verbs share ---- */

int field_named(const struct record *r, const char *name); /* a name that is not there is a bug */
struct str get(const struct record *r, const char *field);
bool get_flag(const struct record *r, const char *field);
void put(struct record *r, const char *field, struct str s); /* nothing when empty */
/* `put`, but cut at a character where the field is shorter. */
void put_short(struct record *r, const char *field, struct str s);
struct str id_text(struct arena *a, struct str id);
struct str now_text(struct ctx *c, int64_t now);
int64_t now_of(const struct ctx *c);
/* A record that an officer of this node writes. */
struct record *own_record(struct ctx *c, const char *kind);
/* Checked against its kind (ERR_DATA: the first fault) and appended: 0, or -1 with err. */
int store(struct ctx *c, struct record *r);
/* The same, unless `key` entered before: 1 = appended, 0 = it had entered, -1 = err. */
int store_once(struct ctx *c, struct str key, struct record *r);
/* The record with this id of this kind, as the journal has it: ERR_NOT_FOUND, ERR_USAGE when it is of another,
 * ERR_CONFLICT when it was erased. */
int find(struct ctx *c, struct str id_given, const char *kind, struct entry *out);

/* ---- clocks.c: the view ---- */

#define NO_DUE (INT64_MAX - 1) /* runs, and is never late */

/* A duty that somebody has until a moment. */
struct clock {
    struct str root;         /* id of the first version of the record it stands on */
    struct str id;           /* and of the version that counts */
    const struct kind *kind; /* its kind */
    const char *what;        /* "answer", "disclosure", ...: words[] in cli/keys.c */
    struct str duty, peer;   /* the office whose duty it is, and the one on the other side; may be empty */
    struct str title;
    struct str
        due; /* as the record has it: a time, or a day, which lasts to its end in UTC; may be empty */
    bool life;
    bool stopped;
    struct str
        decided_by; /* id of the record that says whether it runs; empty when none does, and it runs */
};
int clock_put(struct ctx *c, const struct clock *k);
int64_t clock_due(struct str due); /* microseconds; NO_DUE when there is none */

/* The first version of a record, by what was corrected; of an unknown one itself. In the arena. 0, or -1 with err. */
int root_of(struct ctx *c, struct str id, struct str *root);
/* The version that counts: the latest that is neither corrected nor erased. 1 = there, 0 = none, -1 = err. */
struct version {
    struct str root;
    struct record *record;
    uint64_t seq;
};
int version_of(struct ctx *c, const struct kind *k, struct str root, struct version *out);
/* In SQL: the ids of all versions of the root ?1. */
#define VERSIONS "(SELECT ?1 UNION ALL SELECT id FROM clock_version WHERE root = ?1)"

extern const char *const clock_tables[];
int coordination_apply(struct ctx *c, const struct entry *x);

/* ---- sources.c: which records start clocks, and which stop them ---- */

struct source {
    const char *kind;
    /* Puts the clocks of this version; `k` has root, id and kind. */
    int (*clocks)(struct ctx *c, const struct version *v, struct clock k);
};
extern const struct source clock_sources[]; /* ends with a NULL kind */
/* A record of `kind` can stop the clocks of the record that its `field` names. */
struct stopper {
    const char *kind, *field, *source;
};
extern const struct stopper clock_stoppers[]; /* likewise */

/* ---- contact.c ---- */

int coordination_react(struct ctx *c, const struct entry *x);

extern const struct op coordination_request, coordination_answer, coordination_alarm, coordination_contact,
    coordination_due;

#endif
