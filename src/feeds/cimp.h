/*
 * feeds/cimp.h: what the files of the Cargo-IMP reader share:
 *
 *   cimp.c          bytes -> messages -> lines: Type B headers, mail around it, several messages in a file
 *   cimp_match.c    one line against its pattern
 *   cimp_tables.c   which lines each message has, their patterns, what their elements become
 *   cimp_records.c  flights, unit loads, waybills, and what is given out
 *   cimp_parts.c    the lines that belong to a waybill
 */
#ifndef PUENTE_FEEDS_CIMP_H
#define PUENTE_FEEDS_CIMP_H

#include "feeds/air.h"
#include "feeds/rows.h"

enum { CIMP_FFM = 1, CIMP_FWB = 2, CIMP_FHL = 4 };

/* ---- patterns ----
 *
 * In the standard's own notation: a letters, n digits, m letters and digits, d a decimal, t text without '/', each
 * with how many ("a3", "t1-15"); r the rest of the line; 'MC' these letters; (...) what may be absent, entered when
 * its first part fits; anything else stands for itself. Every a n m d t r is a capture, numbered from 0, also when
 * its group is absent. */
#define CIMP_CAPTURES 20

struct cimp_match {
    struct {
        struct str s;
        size_t at; /* in the line */
    } c[CIMP_CAPTURES];
    size_t n;
    size_t at;           /* where it failed */
    struct str expected; /* the part of the pattern there; "" = the end of the line */
    int too_long;        /* the first capture that is longer than its pattern says; -1 = none */
    size_t too_long_most;
};

bool cimp_match(const char *pattern, struct str line, struct cimp_match *m);
static inline struct str cimp_capture(const struct cimp_match *m, int i)
{
    return i >= 0 && (size_t)i < m->n ? m->c[i].s : AIR_NONE;
}

/* ---- lines ---- */

enum cimp_do {
    DO_NOTHING, /* known and not needed */
    DO_FLIGHT,
    DO_POINT,
    DO_ULD,
    DO_BILL,
    DO_MASTER,
    DO_HOUSE,
    DO_END,
    DO_PARTY,
    DO_PARTY_NAME,
    DO_PARTY_ADDRESS,
    DO_PARTY_PLACE,
    DO_AGENT,
    DO_NOTES,
    DO_GOODS,
    DO_TARIFF,
    DO_RATE,
    DO_DECLARED,
    DO_CUSTOMS,
    DO_HANDLING,
    DO_REFERENCE, /* kept as written, under the line's identifier */
    DO_SENDER
};

enum {
    CIMP_CORE = 1,     /* a defect in it refuses the message */
    CIMP_MANDATORY = 2 /* the message must have it */
};

struct cimp_line {
    const char *id;      /* "" = known by its shape */
    unsigned in;         /* CIMP_FFM | ... */
    const char *pattern; /* of all that follows the identifier */
    enum cimp_do act;
    unsigned flags;
    const char *word; /* of a line without identifier: its shape; DO_PARTY, DO_AGENT: the role */
};

extern const struct cimp_line cimp_lines[]; /* ends with a NULL id */
const struct cimp_line *cimp_line(unsigned message, struct str line, bool first);

enum cimp_how { CIMP_TEXT, CIMP_NUMBER, CIMP_PLACE, CIMP_KG, CIMP_M3 };

/* What a capture becomes. */
struct cimp_field {
    enum cimp_do act;
    int capture;
    enum cimp_how how;
    const char *field,
        *scheme; /* CIMP_PLACE: the scheme's field; CIMP_M3: the unit; CIMP_KG: NULL = before it */
};
extern const struct cimp_field cimp_fields[]; /* ends with a NULL field */

struct cimp_type {
    const char *id;     /* "FFM" */
    unsigned bit;       /* 0 = known by name only */
    int least, most;    /* versions we know */
    const char *format; /* "cimp-ffm-" */
};
extern const struct cimp_type cimp_types[]; /* ends with a NULL id */
/* "FFM/8": NULL when the line is no such header. *known: the type is in the table. */
bool cimp_header(struct str line, const struct cimp_type **type, int64_t *version);

/* ---- one message ---- */

/* Records that wait for the end of their consignment: the first one is the consignment. */
struct cimp_pending {
    struct record *r;
    const char *parent; /* the field that refers to the consignment */
    struct cimp_pending *next;
};

struct cimp {
    struct deliver d;
    struct arena *scratch; /* a line's */
    struct arena *group;   /* a consignment's */
    struct row row;
    struct str line; /* the row without control characters and blanks at its end */
    const struct cimp_type *type;
    int64_t version;
    bool open, ended;
    uint64_t seen; /* rows of cimp_lines met, a bit each */
    uint64_t end;  /* of the last line's bytes */
    struct sha256_run *hash;
    char sender[40];                  /* of the Type B header */
    bool exercise, type_b, bom, head; /* what stood before the message */
    unsigned odd;                     /* CIMP_ODD_.. */
    const struct cimp_line *last;     /* that continuation lines go on with; NULL = none */
    unsigned more;                    /* continuation lines since */
    /* FFM */
    struct record *trip;
    int64_t trip_ordinal;
    char lading[4], point[4], unit[16];
    /* the consignment at hand */
    struct record *bill, *party, *item;
    struct cimp_pending *pending, **tail;
    size_t pendings;
    bool pending_full;
    int64_t pieces, weight; /* of the parts: rate lines, houses */
    int64_t master_pieces, master_weight;
    int64_t items;
    char master[16];
};

enum { CIMP_ODD_LOWER = 1, CIMP_ODD_CONTROL = 2, CIMP_ODD_TAIL = 4, CIMP_ODD_YEAR = 8 };

/* Faults with the place on the line at hand. `at`: column from 0. */
struct place cimp_place(const struct cimp *c, size_t at);
void cimp_fault(struct cimp *c, const char *code, size_t at, struct str found, struct str expected);
/* An error only where it would lose the goods; here a warning at most. */
void cimp_warn(struct cimp *c, const char *code, size_t at, struct str found, struct str expected);
/* Against the row's pattern; says what is wrong. True when it fits. */
bool cimp_fits(struct cimp *c, const struct cimp_line *row, struct str line, struct cimp_match *m);

void cimp_take(struct cimp *c, const struct cimp_line *row); /* the line at hand, which is this row's */
void cimp_part(struct cimp *c, const struct cimp_line *row, const struct cimp_match *m);
/* A line that goes on with the last one; at = 0 when it has no slash: it was broken off. */
void cimp_continue(struct cimp *c, struct str text, size_t at);
void cimp_flush(struct cimp *c); /* gives out what waits */
void cimp_finish(struct cimp *c);
/* A record that hangs on the consignment at hand; NULL when there is none, or too many hang on it. */
struct record *cimp_pend(struct cimp *c, const char *kind, const char *parent);

#endif
