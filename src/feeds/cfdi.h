/*
 * feeds/cfdi.h: what the files of the CFDI reader share: cfdi_check.c holds each element to the tables and keeps
 * what the records need; cfdi_rules.c holds the whole to the rules beyond the schema; cfdi_records.c makes records;
 * cfdi_comercio.c does both for the foreign trade complement; cfdi.c is the reader.
 */
#ifndef PUENTE_FEEDS_CFDI_H
#define PUENTE_FEEDS_CFDI_H

#include "feeds/cfdi_tables.h"
#include "feeds/xml.h"

#define CFDI_KEPT_MAX ((size_t)24 << 20) /* bytes of what is kept of one document until its end */
#define CFDI_CHILDREN 16                 /* kinds of them that an element has at most */
#define CFDI_PATTERNS 64                 /* in all the tables */

/* An element that was kept; siblings and children in document order behind it. */
struct node {
    short element;
    uint16_t values;
    struct node *parent, *next; /* next in document order */
    struct place place;
    struct {
        const char *name; /* the table's */
        struct str value;
    } value[];
};

struct cfdi_frame {
    int element;                   /* -1 = below an element whose content is not looked at */
    struct node *node;             /* the nearest one kept */
    uint32_t count[CFDI_CHILDREN]; /* of its children, by rank */
};

/* What follows from the tables; made once a program. */
struct cfdi_index {
    short first[CFDI_ELEMENTS], next[CFDI_ELEMENTS]; /* child, sibling; CFDI_NONE = no more */
    unsigned char rank[CFDI_ELEMENTS];               /* among its siblings */
    struct {
        const char *text; /* the table's */
        struct xml_pattern *compiled;
    } pattern[CFDI_PATTERNS];
    size_t patterns;
};
const struct cfdi_index *cfdi_index(void);

struct cfdi {
    struct deliver d;
    struct xml *xml;
    const struct cfdi_index *index;
    int version; /* V20, V30, V31; 0 = no Carta Porte yet */
    struct node *first, **tail;
    size_t kept, depth;
    bool full, begun, complete; /* begun, complete: the invoice's own element was opened, closed */
    bool foreign;               /* another document or version */
    bool enclosed;              /* in an envelope, as the web services of certifiers send it */
    struct str outer;           /* the outermost element while no invoice has begun */
    struct place outer_place;
    struct cfdi_frame *frame; /* limits->depth of them */
    struct node **line;       /* the invoice's lines by identification number: comercio_rules sorts them */
    size_t lines;
    struct arena *scratch; /* one record's */
};

extern const struct xml_handler cfdi_check_handler; /* its arg is a struct cfdi */

/* "Comprobante/Complemento/CartaPorte/..." */
struct str cfdi_path(struct arena *a, int element);
/* Its own attribute, or empty. */
struct str node_get(const struct node *n, const char *attribute);
/* The first of this element from `from` on, in document order; NULL = none. */
struct node *node_find(struct node *from, int element);
bool node_within(const struct node *n, const struct node *ancestor);
/* The place of a node's attribute (or of itself, NULL), with its path. */
struct place cfdi_place(struct cfdi *c, const struct node *n, const char *attribute);

void cfdi_rules(struct cfdi *c);
void cfdi_records(struct cfdi *c);
/* cfdi_comercio.c: the foreign trade complement, when there is one. */
void comercio_rules(struct cfdi *c);
void comercio_records(struct cfdi *c);

/* Making records: cfdi_records.c. One at a time: cfdi_start takes back what the last one was made of. */
struct record *cfdi_start(struct cfdi *c, const char *kind);
int64_t cfdi_give(struct cfdi *c, struct record *r); /* its ordinal */
/* To the field's decimals, half away from zero; what is lost is a note. */
void cfdi_set_number(struct cfdi *c, struct record *r, int field, const struct node *n,
                     const char *attribute);
void cfdi_set_address(struct cfdi *c, struct record *r, const struct node *home);
void cfdi_reference(struct cfdi *c, struct record *r, const char *qualifier, struct str value);
/* What an attribute becomes; a writer goes by the same rows (cfdi_write.c). */
struct cfdi_map {
    int element;
    const char *attribute, *field; /* of references: the qualifier */
    enum cfdi_how {
        CFDI_AS_IS,
        CFDI_NUMBER,  /* rounded to the field's decimals */
        CFDI_COUNTRY, /* three letters to two */
        CFDI_IMO      /* without the letters */
    } how;
};
struct cfdi_rows {
    const struct cfdi_map *row;
    size_t n;
};
struct cfdi_maps {
    struct cfdi_rows trip, consignment, item, references, trailer, container, railcar, party;
};
extern const struct cfdi_maps cfdi_maps;

/* An exact decimal in millionths; false when it is none or too large. */
bool cfdi_millionths(struct str s, int64_t *out);

#endif
