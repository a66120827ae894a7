/*
 * feeds/cargoxml.h: what the files of the Cargo-XML reader share: cargoxml_tables.c says which element is what,
 * cargoxml.c walks the document, cargoxml_records.c ends it.
 */
#ifndef PUENTE_FEEDS_CARGOXML_H
#define PUENTE_FEEDS_CARGOXML_H

#include "feeds/air.h"
#include "feeds/xml.h"

enum { XFWB = 1, XFZB = 2, XFFM = 4 };

struct cargoxml_root {
    const char *ns, *name; /* ns without the version behind it */
    unsigned bit;
    const char *format;
};
extern const struct cargoxml_root cargoxml_roots[]; /* ends with a NULL ns */

/* An element whose content belongs together. */
enum cargoxml_scope {
    S_ROOT,
    S_MASTER,
    S_HOUSE,
    S_ITEM,
    S_PARTY,
    S_UNIT,
    S_MOVEMENT,
    S_NOTE,
    S_ARRIVAL,
    S_CARGO
};

struct cargoxml_part {
    const char *name;
    unsigned in; /* XFWB | ... */
    enum cargoxml_scope is;
    const char *kind; /* of the record it becomes; NULL = none */
    const char *role; /* S_PARTY */
};
extern const struct cargoxml_part cargoxml_parts[]; /* ends with a NULL name */

enum cargoxml_how {
    X_TEXT,
    X_MORE,
    X_NUMBER,
    X_MEASURE,   /* by unitCode */
    X_MONEY,     /* and the currency beside it */
    X_PLACE,     /* word: the scheme's field */
    X_REFERENCE, /* word: its qualifier */
    X_KEEP,      /* into words[at], for the end of the part */
    X_COUNT      /* added up in counts[at] */
};

/* Which word or count it is. */
enum { W_ID, W_TYPE, W_PURPOSE, W_VERSION, W_SENDER, W_RECEIVER, W_BUSINESS, W_NAME, W_WORDS };
enum { N_PACKAGES, N_ITEMS, N_COUNTS };

struct cargoxml_field {
    enum cargoxml_scope in;
    const char *path; /* within the part */
    enum cargoxml_how how;
    const char *field, *word;
    int at;
    unsigned required; /* in these messages */
};
#define CARGOXML_FIELDS 128                           /* rows at most: a bit each */
extern const struct cargoxml_field cargoxml_fields[]; /* ends with a NULL path */

#define CARGOXML_PATH ((size_t)512)

struct part {
    const struct cargoxml_part *row; /* NULL = the root */
    enum cargoxml_scope is;
    struct part *parent, *next;
    struct record *r; /* NULL for parts that only hold words */
    struct place place;
    int64_t ordinal;
    struct str words[W_WORDS];
    int64_t counts[N_COUNTS];
    bool counted[N_COUNTS];
    int64_t pieces, weight, items; /* of the items below */
    struct str unit;               /* S_CARGO: the unit load it is in */
    uint64_t seen[CARGOXML_FIELDS / 64];
};

struct frame {
    struct part *part; /* the one at hand */
    size_t path;       /* length of the path before this element */
    size_t base;       /* where the part's own path begins */
    bool opens, children;
};

struct cargoxml {
    struct deliver d;
    struct xml *xml;
    const struct cargoxml_root *root;
    struct part *first, **tail;
    struct part *trip, *arrival; /* XFFM: its flight, the first arrival */
    size_t movements;
    struct frame *frame;
    size_t depth;
    char path[CARGOXML_PATH];
    size_t path_n;
    struct buf text;
    struct str unit; /* unitCode or currencyID of the element at hand */
    struct arena *scratch;
    bool root_seen, iata, full, exercise;
};

/* The part's place, or the walk's when it is NULL; its path, or the walk's when that is NULL. */
struct place cargoxml_place(struct cargoxml *c, const struct part *p, const char *path);
struct part *cargoxml_above(struct part *p, enum cargoxml_scope is);
struct part *cargoxml_waybill(struct part *p); /* the one it belongs to */
void cargoxml_required(struct cargoxml *c, const struct part *p);
void cargoxml_finish(struct cargoxml *c);

#endif
