/*
 * feeds/onerecord.h: what the two files of the ONE Record reader share: onerecord.c reads JSON-LD and finds who belongs
 * to whom, onerecord_records.c makes records.
 */
#ifndef PUENTE_FEEDS_ONERECORD_H
#define PUENTE_FEEDS_ONERECORD_H

#include "feeds/air.h"

#include <jansson.h>

enum is { IS_WAYBILL, IS_SHIPMENT, IS_PIECE, IS_PARTY, IS_CUSTOMS, IS_EVENT, IS_MOVEMENT, IS_OTHER };

struct thing {
    enum is is;
    json_t *o;
    struct str id, path;
    struct thing *parent, *next;
    struct thing *owner; /* the waybill of a shipment, the shipment of a piece */
    struct record *r;
    int64_t ordinal;
};

struct level { /* of the walk */
    json_t *at;
    void *iter;   /* object */
    size_t index; /* array */
    struct thing *in;
    struct str path;
};

struct onerecord {
    struct deliver d;
    json_t *root;
    struct level *level; /* limits->depth of them */
    struct thing *first, **tail;
    struct thing **by_id;
    size_t ids, things;
    bool exercise;
};

/* The member whose name ends so: "cargo:pieces", "https://...#pieces" and "pieces" are one. */
json_t *onerecord_get(json_t *o, const char *name);
json_t *onerecord_one(json_t *j); /* the first of several */
/* The text of a value: "x", 1.5, {"@value": ...}. */
struct str onerecord_text(struct onerecord *c, json_t *j);
/* A code: {"@id": "...StatusCode#DEP"}, {"code": "DEP"}, "cargo:ACTUAL", "DEP". */
struct str onerecord_code(struct onerecord *c, json_t *j);
struct str onerecord_location(struct onerecord *c, json_t *j);
struct str onerecord_id(json_t *j);
/* What stands behind the last slash: of an IRI, the part that the objects of one host differ in. */
struct str onerecord_tail(struct str id);
struct thing *onerecord_by_id(struct onerecord *c, struct str id);
/* The thing with the consignment that t belongs to; NULL = none. */
struct thing *onerecord_consignment(const struct onerecord *c, struct thing *t);
struct place onerecord_place(const struct onerecord *c, struct str path);
void onerecord_records(struct onerecord *c, enum is is); /* of all the things of this sort */

#endif
