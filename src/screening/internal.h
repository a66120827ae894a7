/*
 * internal.h: what the files of screening share.
 *
 *   keys.c      which fields of which kinds are compared
 *   numbers.c   identifiers: check digits, repair, what an agreement is worth
 *   tables.c    the room's views: what is listed, what is declared, the logs of distinct names
 *   known.c     the indexes in memory that follow those logs
 *   alert.c     an alert with all its names and numbers
 *   weigh.c     one alert and one declared record: how much speaks for the same
 *   parts.c     that evidence as lines, and in words
 *   find.c      who is weighed: the alerts for a record, the records for an alert
 *   settle.c    what stands against what should
 *   react.c     makes the one the other
 *   glance.c    persons of a list that is kept nowhere
 *   hits.c, hit_show.c, dispose.c, try.c, measure.c, report.c, coverage.c, recheck.c   the verbs
 */
#ifndef PUENTE_SCREENING_INTERNAL_H
#define PUENTE_SCREENING_INTERNAL_H

#include "puente.h"
#include "base/normalise.h"
#include "names/names.h"

/* One alert names at most so many records, the latest; the rest are counted in a fault. */
#define HITS_PER_ALERT 20000
/* A name is weighed against the best so many distinct names of the other side. */
#define NAMES_PER_NAME 20000

/* ---- keys.c: the values of a declared record that are compared ---- */

enum basis { BASIS_IDENTIFIER, BASIS_NAME };

struct key {
    enum basis basis;
    const char *class;   /* of a number: only those of one class are compared */
    enum name_of of;     /* of a name */
    int field;           /* of the record's kind */
    struct str value;    /* a number's normal form; a name as written */
    struct str original; /* as written */
    struct str country;  /* a number's country of issue; a name's country; may be empty */
};

#define KEYS_MAX 8
/* The keys of a record; 0 for kinds that are not compared. `out` has room for KEYS_MAX. */
size_t keys_of(struct arena *a, const struct record *r, struct key *out);
bool keys_has(const struct kind *k);
bool keys_alert(const struct kind *k); /* alert, alert_name, alert_identifier */
/* The class of a scheme ("rfc" and "tax-id" are one), or NULL when alerts have no such numbers. */
const char *keys_class(struct str scheme);
const char *keys_class_nth(size_t i); /* each class once; NULL past the last */
/* How the names of an alert on this subject are read; false when they are not compared. */
bool keys_subject(struct str subject, enum name_of *of);
/* When an alert's name is the number of a thing, its class; else NULL. */
const char *keys_subject_number(struct str subject);
/* A ship's name is not a person's. */
bool keys_comparable(enum name_of declared, enum name_of listed);
/* What the tables know a key by. Equal keys, equal digests. */
#define KEY_SIZE 16
void keys_digest(const struct key *k, uint8_t out[KEY_SIZE]);

/* ---- numbers.c ---- */

/* The number's check digit holds, and its class has one. */
bool number_checks(const char *class, struct str value);
/* One sign of `declared`, which fails its check digit, makes it `listed`, which does not. */
bool number_repairs(const char *class, struct str declared, struct str listed);
/* Every number that is one edit (a sign changed, left out, put in, or two neighbours swapped) away and whose check digit
 * holds, or does not, as `checks` says. Nothing where the class has none. */
typedef int number_fn(void *arg, struct str value);
int number_edits(const char *class, struct str value, bool checks, number_fn *fn, void *arg);
/* What it is worth that two numbers are the same, in hundredths of a bit: by their signs. */
int number_bits(struct str value);
#define NUMBER_REPAIRED (-6 * NAMES_BIT) /* what a repair takes away */
/* What two different numbers of this class speak against the same; 0 where one bearer may have several. */
int number_contrary(const char *class, struct str a, struct str b);

/* ---- tables.c ---- */

extern const char *const screening_tables[];
int screening_apply(struct ctx *c, const struct entry *x);
/* The alert that a record of one is of. 1, 0 when it is none, or was erased, -1. */
int listed_alert(struct ctx *c, struct str id, struct str *list, struct str *number);

/* ---- known.c: the distinct names of one side, in memory ---- */

enum side { SIDE_LISTED, SIDE_DECLARED };

extern const char *const known_log[2]; /* the table with the log, by side */
/* The names of that side that score at least `least` with `name`, which is of the other. `out` is in the arena. -1 with
 * err. */
struct known_found {
    const struct names_found *name; /* id: its number in the log */
    size_t n;
    uint64_t beyond;
};
int known_search(struct ctx *c, enum side side, const struct name *name, struct names_search how,
                 struct known_found *out);
/* The listed names that are like a declared one. */
int known_listed(struct ctx *c, const struct key *key, int least, struct known_found *out);
/* True for the first entry that reacts on a day in this process, and again while that one, or one before it, reacts
 * once more. */
bool known_new_day(struct ctx *c, int64_t day, uint64_t seq);
/* Which alert a record was of that the entry `seq` erased: from apply to react, in this process. False: not known. */
void known_was(struct ctx *c, uint64_t seq, struct str list, struct str number);
bool known_was_of(struct ctx *c, uint64_t seq, struct str *list, struct str *number);
/* Whether the erasure `seq`, of which nobody knows what it erased, needs all alerts settled: once for all there are. */
bool known_all_due(struct ctx *c, uint64_t seq);
struct arena *known_scratch(struct ctx *c); /* for one reaction; they come one at a time */

/* ---- alert.c ---- */

/* A column's text or bytes in the arena; empty for NULL. */
struct str screening_copy(struct ctx *c, struct query *q, int column);

struct listed {
    struct str part; /* id of the record that says it */
    const struct kind *kind;
    int field;
    struct str written;
    bool weak;               /* an alias that the authority calls weak */
    const struct name *read; /* a name */
    const char *class;       /* a number, */
    struct str value;        /* in its normal form, */
    struct str country;      /* of this country */
    struct listed *next;
};

struct alert {
    struct str id; /* 16 bytes */
    struct str list, number, authority, subject, name, birth_date, country, issued, expires, reason, action,
        contact;
    int64_t recorded;
    bool withdrawn;
    bool active; /* neither withdrawn nor expired, today */
    bool named;  /* its names are compared */
    enum name_of of;
    struct listed *names, *numbers; /* by alert_parts */
};
/* The latest alert of this number on this list. 1 = there, 0 = none, -1 = err. */
int alert_find(struct ctx *c, struct str list, struct str number, struct alert *out);
/* Its names and numbers, those of its own record first. -1 with err. */
int alert_parts(struct ctx *c, struct alert *a);
void alert_read(struct ctx *c, struct alert *a); /* reads its names: before it is weighed */
/* The first day that is not yet over, as an alert writes its last one. */
struct str screening_today(struct ctx *c);

/* ---- weigh.c ---- */

struct subject {
    const struct record *r;
    size_t n;
    struct key key[KEYS_MAX];
    const struct name *read[KEYS_MAX]; /* of a name; by subject_read_names */
    struct str
        birth[2]; /* the date that a number of a person holds; both centuries where it does not say */
};
void subject_read(struct arena *a, const struct record *r, struct subject *out);
void subject_read_names(struct arena *a, struct subject *s); /* before it is weighed */

struct weighed {
    int bits;
    size_t key; /* of the subject */
    const struct listed *listed;
    bool repaired;
    struct str matched; /* a name as it was read, or the listed number */
    struct str parts;   /* parts.c */
};
/* The key of this number against the alert's names or numbers: the best of them. False when it is no match. */
bool weigh(struct arena *a, const struct subject *s, size_t key, const struct alert *x,
           struct weighed *out);
/* How few bits a name may have and still match with what else is said. */
int weigh_least(struct str birth, struct str country);

/* ---- parts.c ---- */

struct parts {
    struct buf text;
    int bits;
};
void parts_init(struct parts *p);
void parts_add(struct parts *p, const struct comparison *c);
/* A line of our own: what the number itself says (parts.c has the words). */
void parts_own(struct parts *p, const char *what, int bits, struct str asked, struct str listed);
struct str parts_end(struct parts *p, struct arena *a); /* the lines; frees p */
/* The waterfall under the key "evidence"; with `values` false only what kind of evidence it is. */
void parts_say(struct arena *a, struct out *o, struct str parts, bool values);
void say_bits(struct arena *a, struct out *o, const char *key, int64_t bits);

/* ---- find.c ---- */

struct found {
    const struct alert *alert;
    const struct record *subject;
    struct weighed w;
    const struct key *key;
    struct found *next;
};
struct finding {
    struct ctx *c; /* its arena holds all that is found */
    struct found *first, **last;
    size_t n;
    uint64_t beyond;
};
void finding_init(struct finding *f, struct ctx *c);
/* What should stand for this record, or for this alert (a withdrawn one: nothing). -1 with err. */
int find_for_record(struct finding *f, const struct record *r);
int find_for_subject(struct finding *f, struct subject *s);
int find_for_alert(struct finding *f, struct str list, struct str number);

/* ---- settle.c ---- */

struct str screening_get(const struct record *r, const char *field);
/* Sets a text of the record, cut at a character where the field is shorter; empty is left out. */
void screening_put(struct record *r, const char *field, struct str s);
/* A record of the office's own, in the arena. */
struct record *screening_record(struct ctx *c, const char *kind);

/* What was found as a hit, open, in the arena. */
struct record *screening_hit(struct ctx *c, const struct found *f);

/* Hits of alerts that stand: open or decided, and not withdrawn. To be put behind a WHERE. The plus keeps SQLite from
 * going through all that are open. */
#define STANDING                                                                                           \
    " AND superseded IS NULL AND erased = 0 AND +status = 'open' AND basis IN ('identifier', 'name')"
/* Every alert that has something to compare, or a hit that stands. */
#define ALERTS_COMPARED                                                                                    \
    "SELECT list, number FROM scr_listed UNION SELECT list, number FROM v_hit WHERE number IS NOT "        \
    "NULL" STANDING

struct standing {
    struct record *hit;
    bool stays;                     /* it should */
    struct standing *next, *beside; /* the latter while they are compared */
};
int standing_for_record(struct ctx *c, struct str id, struct standing **out);
int standing_for_alert(struct ctx *c, struct str list, struct str number, struct standing **out);
/* What should stand against what does: marks what stays, returns what is missing. */
struct missing {
    struct record *hit;
    const struct kind *subject;
    struct missing *next;
};
struct missing *settle_pairs(struct ctx *c, const struct finding *f, struct standing *now);

/* ---- react.c ---- */

int screening_react(struct ctx *c, const struct entry *x);

/* ---- glance.c ---- */

int screening_glance(struct ctx *c, const struct passer *p, const struct glance *to);

/* ---- the verbs ---- */

/* A hit by its id. 1, 0 when there is none, -1. */
int hit_read(struct ctx *c, struct str id, struct record **out);
/* What is told of a hit wherever it is shown; `values`: with what matched. -1 with err. */
int say_hit(struct ctx *c, struct out *o, const struct record *hit, bool values);
/* What was decided about its pair, the latest first; *last is what counts for this hit. */
struct decided {
    bool said, is;
    struct str decision;
};
int say_decisions(struct ctx *c, struct out *o, const struct record *hit, struct decided *last);
void say_id(struct out *o, const char *key, struct str id, struct arena *a);

extern const struct op screening_hits, screening_hit_show, screening_dispose, screening_try,
    screening_names, screening_report, screening_recheck, screening_names_compare, screening_coverage;

#endif
