/* feeds/cfdi_write.h: what the files of the Carta Porte writer share: the document as a tree (cfdi_tree.c), made of the
 * records by cfdi_write.c. */
#ifndef PUENTE_FEEDS_CFDI_WRITE_H
#define PUENTE_FEEDS_CFDI_WRITE_H

#include "feeds/cfdi.h"
#include "feeds/write.h"

#define LEAF_VALUES 48 /* no element has more attributes */

struct leaf {
    int element;
    int record; /* that it was made of; -1 = none */
    struct leaf *parent, *first, **last, *next;
    struct str value[LEAF_VALUES]; /* by the index of the attribute in its table; p NULL = not there */
};

struct cfdi_writer {
    struct arena *arena;
    struct buf *out;
    const struct feeds_write *how;
    const struct feeds_records *what;
    int version; /* V20, V30, V31 */
    struct leaf *root;
    bool trade;   /* Comercio Exterior, not Carta Porte */
    bool missing; /* something mandatory */
    int *order;   /* the records in the order in which a reader gives them */
    size_t written;
};

/* ---- cfdi_tree.c ---- */

/* A new element below its parent's only one, which is made when it is not there. */
struct leaf *leaf_add(struct cfdi_writer *w, int element);
struct leaf *leaf_below(struct cfdi_writer *w, struct leaf *parent, int element);
struct leaf *leaf_only(struct cfdi_writer *w, int element); /* the first of it; made when there is none */
struct leaf *leaf_find(struct leaf *from, int element);     /* in `from` or below; NULL = none */
/* Sets an attribute that is not set yet and that this version has; an empty value does nothing. False when it was not set. */
bool leaf_set(struct cfdi_writer *w, struct leaf *l, const char *attribute, struct str s);
struct str leaf_get(const struct cfdi_writer *w, const struct leaf *l, const char *attribute);
/* The caller's values into what is not set, and what the schema wants beside; then a fault for what is still missing. */
void leaf_complete(struct cfdi_writer *w, struct leaf *l);
void leaf_faults(struct cfdi_writer *w, const struct leaf *l);
void leaf_out(struct cfdi_writer *w, const struct leaf *l);
/* Each leaf in document order. */
void leaf_each(struct leaf *l, void (*visit)(struct cfdi_writer *w, struct leaf *l), struct cfdi_writer *w);

/* ---- cfdi_write.c ---- */

#define CFDI_ABROAD S("XEXX010101000") /* the taxpayer number of whoever has none */
/* ISO 4217's code for no currency; in pieces, or tools/tidy takes it for a mark of unfinished work. */
#define CFDI_NO_CURRENCY                                                                                   \
    S("X"                                                                                                  \
      "X"                                                                                                  \
      "X")

/* The whole document behind what w->out has; with Carta Porte, and (cfdi_write_trade.c) with Comercio Exterior. */
void cfdi_write(struct cfdi_writer *w);
void cfdi_write_trade(struct cfdi_writer *w);
/* What both share: a field as text; the nth value, from 0, of a reference with this qualifier; an address below a leaf
 * (NULL when the party has none); what every invoice has, with the caller's values; the tree as text. */
struct str cfdi_write_get(const struct cfdi_writer *w, const struct record *r, const char *field);
struct str cfdi_write_reference(const struct record *r, const char *qualifier, size_t nth);
struct leaf *cfdi_write_address(struct cfdi_writer *w, struct leaf *at, int element,
                                const struct record *r);
void cfdi_write_head(struct cfdi_writer *w, const struct record *bill);
void cfdi_write_out(struct cfdi_writer *w);

#endif
