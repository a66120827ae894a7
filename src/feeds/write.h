/*
 * feeds/write.h: records -> bytes, the way back. The same tables that a reader follows are followed backwards, so that
 * what is read can be written; what was written is read again before anybody sees it.
 */
#ifndef PUENTE_FEEDS_WRITE_H
#define PUENTE_FEEDS_WRITE_H

#include "feeds/feeds.h"

struct feeds_value { /* what no field of a record holds, by its place: "Comprobante/@Folio" */
    struct str path, value;
};

/* Who writes to whom, and how. Empty texts: what the format's example has. */
struct feeds_write {
    const char *format;          /* "x12-309", "edifact-cuscar", "cartaporte" */
    struct str version, profile; /* "004010", "D:03B", "3.1"; profile by name, or what fits */
    struct str sender, receiver, control, reference;
    struct str profiles;   /* further profile tables (text), before the built-in ones */
    uint64_t number;       /* for a control number when `control` is empty */
    int64_t now;           /* of the envelope: microseconds since 1970, shown as UTC */
    struct faults *faults; /* where they go */
    bool exercise;         /* synthetic: marked as such where the format has a place */
    const struct feeds_value *values;
    size_t nvalues;
    const struct feeds_limits *limits; /* NULL = the defaults */
    bool unchecked;                    /* what the records make, right or not: nothing is read again */
    bool plain;                        /* feeds_write_lines: without what was kept beside the records */
};

struct feeds_records {
    struct record *const *r;
    size_t n;
};

struct feeds_write_format {
    const char *name;
    const char *kind;  /* the head kind */
    const char *label; /* msgid */
};
extern const struct feeds_write_format feeds_write_formats[]; /* ends with a NULL name */

/* One message with these records, in the order in which the reader of the format would give them as far as the format has
 * that order; T_REF values count them from 1. The bytes are put behind what `out` has; on -1 nothing is. Faults: what a
 * mandatory place lacks (error), what the format has no place for or would read otherwise (warning); their place names
 * the record (segment, from 1), kind and field (tag). -1 with err: ERR_DATA when there was an error among the faults. */
int feeds_write(struct arena *a, const struct feeds_records *what, const struct feeds_write *how,
                struct buf *out, struct err *e);

/* The same from JSON lines, as `puente parse` gives them: {"kind":"message",...} begins a message and says who wrote it to
 * whom (what `how` says goes before), `fragment`s are what no field holds. Without such a line all records are one
 * message. All messages or nothing. */
int feeds_write_lines(const struct feeds_input *in, const struct feeds_write *how, struct buf *out,
                      struct err *e);

#endif
