/*
 * feeds/wco.h: what the three files of the WCO reader share: wco.c is the reader, wco_check.c holds values to
 * what their names promise, wco_records.c makes records.
 */
#ifndef PUENTE_FEEDS_WCO_H
#define PUENTE_FEEDS_WCO_H

#include "feeds/tree.h"

struct wco {
    struct deliver d;
    struct xml *xml;
    struct tree tree;
    struct tree_node *meta, *doc; /* MetaData, or what stands for it; its Declaration or Response */
    struct arena *scratch;        /* one record's */
    bool response, complete;
    bool dry, cut; /* dry: nothing is said, values are only marked as taken; cut: wco.long was said */
};

/* A fault at this element; nothing when dry. */
void wco_fault(struct wco *w, const char *code, const struct tree_node *n, struct str found,
               struct str expected);
/* Every value of the document against its type. */
void wco_check(struct wco *w);
void wco_records(struct wco *w);
/* Adds "QUALIFIER:value" to the record's references; `n` is where it stands. */
void wco_reference(struct wco *w, struct record *r, const struct tree_node *n, struct str qualifier,
                   struct str value);
/* What no field took of `scope`, without its items, as references. */
void wco_leftovers(struct wco *w, struct record *r, const struct tree_node *scope);
bool wco_is_item(const struct tree_node *n);

/* "2026-11-21T08:00:00+01:00" of a DateTimeString; empty when it is none. */
struct str wco_date(struct arena *a, const struct tree_node *n);
/* A code of a list, as the field `field` of `kind` knows it. */
bool wco_listed(const char *kind, const char *field, struct str code);
/* A mass in millionths of a kilogram; false when it is none. */
bool wco_mass(const struct tree_node *n, int64_t *out);
/* "DMSREJ" of "03"; empty when it is not known. */
struct str wco_function(struct str code);

#endif
