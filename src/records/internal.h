/* internal.h: what the verbs of this room share. */
#ifndef PUENTE_RECORDS_INTERNAL_H
#define PUENTE_RECORDS_INTERNAL_H

#include "puente.h"
#include "release/release.h"

#define PAGE_LIMIT  50                /* records in a page when nothing is asked for */
#define PAGE_MOST   1000              /* and at most */
#define CHAIN_MOST  10000             /* corrections of one record that history follows */
#define INPUT_MOST  ((size_t)8 << 20) /* bytes of a record in JSON */
#define SQL_MOST    ((size_t)1 << 16)
#define FILTER_MOST 32 /* conditions of a list */

/* ---- filter.c: --field=value pairs -> SQL over names of the schema with bound values ---- */

enum filter_op { FILTER_IS, FILTER_NOT, FILTER_FROM, FILTER_TO, FILTER_PREFIX };

struct condition {
    const char
        *column; /* from the schema or from filter.c's table of header columns, never from the input */
    enum filter_op op;
    bool many;   /* the column holds several, one a line */
    bool number; /* bind `i`, else `s`; blob: `s` as bytes */
    bool blob;
    bool to_date; /* FILTER_TO on a date or time: all that begins with it too */
    struct str s;
    int64_t i;
    uint64_t field; /* its bit; 0 = a header's */
};

struct filter {
    const struct kind *kind;
    struct condition c[FILTER_MOST];
    size_t n;
    struct str words; /* as given, for the access record */
    uint64_t fields;  /* of the kind, that are asked by; an order adds its own */
    bool seq;         /* the journal's number is asked by */
    bool all;         /* superseded and erased ones too */
};
int filter_read(struct ctx *c, const struct args *a, const struct look *l, struct filter *f);
/* Appends "(...) AND ..." with parameters from ?1 on; 1 when there is nothing to restrict by. */
void filter_sql(const struct filter *f, struct buf *b);
void filter_bind(const struct filter *f, struct query *q); /* binds ?1 ... ?(f->n) */
/* A column to order by, checked like a filter: --order field or -field. NULL column = by number. */
struct order {
    const char *column;
    int field; /* of the kind; -1 = a header's */
    bool down;
};
int filter_order(struct ctx *c, struct str text, const struct look *l, struct order *o);

/* ---- find.c ---- */

struct found {
    struct entry entry;
    struct record *record; /* with header only when erased */
    struct views_mark mark;
};
/* The record `id` names, of any kind. ERR_NOT_FOUND. */
int find_record(struct ctx *c, struct str id, struct found *f);
/* The row of table `k` with this number; 1 = there, 0 = not, -1 = err. */
int find_row(struct ctx *c, const struct kind *k, uint64_t seq, struct record **r, struct views_mark *m);
struct str find_id(struct arena *a, const uint8_t id[16]); /* as text */

/* ---- peer.c: --peer OFFICE, what that office may see and nothing else ---- */

struct peer_view {
    struct str peer; /* empty: no restriction */
    struct release_all *all;
};
/* From --peer. */
int peer_open(struct ctx *c, const struct args *a, struct peer_view *v);
/* Leaves in `r` what the peer may see. 1, 0 = nothing, or a field that is asked by (`asked`) is not among it, and so
 * the answer would tell it; -1. Without a peer: 1. */
int peer_narrow(struct peer_view *v, struct record *r, uint64_t asked);

/* ---- change.c: what add and correct share ---- */

/* Faults of what was typed, collected to be said. */
struct complaint {
    struct fault fault;
    struct complaint *next;
};
struct complaints {
    struct arena *arena;
    struct complaint *first, **last;
    struct faults faults;
};
void complaints_init(struct complaints *k, struct ctx *c);
void complaints_say(const struct complaints *k, struct out *o); /* "faults": [...] when there are any */
int change_read(struct ctx *c, const struct args *a, struct record *r, struct complaints *k);
void change_head(const struct ctx *c, struct record *r);

extern const char *const records_tables[]; /* counts.c */

extern const struct op records_list, records_show, records_add, records_correct, records_history,
    records_kinds, records_kind, records_export, records_overview;

#endif
