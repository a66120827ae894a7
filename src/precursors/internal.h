/* internal.h: what the files of precursors share. */
#ifndef PUENTE_PRECURSORS_INTERNAL_H
#define PUENTE_PRECURSORS_INTERNAL_H

#include "precursors/precursors.h"
#include "precursors/substances.h"

#define PRECURSORS_ENGINE "precursors/1"

/* ---- tables.c ---- */

extern const char *const precursors_tables[];
int precursors_apply(struct ctx *c, const struct entry *x);

bool item_is_substance(struct arena *a, const struct record *item, struct substance_found *out);

/* A declared item that is a listed substance. */
struct arrival {
    struct str id, consignment, trip; /* 16 bytes; the latter two may be empty */
    uint64_t seq;
    const struct substance *substance;
    enum substance_by by;
    struct str field;   /* of the item, where it was found */
    struct str written; /* what was found */
    struct str day;     /* YYYY-MM-DD on which the node learnt of it */
    struct str numbers; /* permit and other numbers of the item, LF between */
    int64_t weight;     /* grams; -1 = not declared */
};
/* A notice that stands. */
struct notice {
    struct str id, number, exporter, importer, expected, reply;
    const struct substance *substance;
    int64_t weight; /* grams */
};
struct arrivals {
    size_t n;
    struct arrival *list;
};
struct notices {
    size_t n;
    struct notice *list;
};

/* Standing items of one substance, of one consignment, of one id; in the log's order. -1 with err. */
int arrivals_of(struct ctx *c, const struct substance *s, struct arrivals *out);
int arrivals_in(struct ctx *c, struct str consignment, struct arrivals *out);
int arrival_by_id(struct ctx *c, struct str id, struct arrivals *out); /* none or one */
/* Standing notices of one substance, or all (NULL), in the log's order. -1 with err. */
int notices_of(struct ctx *c, const struct substance *s, struct notices *out);
int notice_by_id(struct ctx *c, struct str id, struct notices *out);

/* ---- balance.c: which notice covers an arrival, and how much of it is used ---- */

/* The notice that covers it: one whose number the document quotes; else one of the same substance, expected within
 * NOTICE_DAYS of it, whose companies are the declared ones (or that names none). NULL in *out when there is none. -1 with err. */
#define NOTICE_DAYS 180
int notice_for(struct ctx *c, const struct arrival *a, const struct notices *all,
               const struct notice **out);

struct balance {
    size_t items, unweighed; /* linked to the notice; of them without a weight */
    int64_t weight;          /* grams that arrived under it */
};
/* Up to and with the arrival `until` (NULL = all). */
int balance_of(struct ctx *c, const struct notice *n, const struct arrival *until, struct balance *out);
/* More than notified: beyond 2 % and a kilogram, which weighing explains. */
bool balance_exceeds(const struct notice *n, int64_t weight);

/* ---- react.c ---- */

int precursors_react(struct ctx *c, const struct entry *x);

/* ---- list.c, notices.c ---- */

extern const struct op precursors_list, precursors_notices;

#endif
