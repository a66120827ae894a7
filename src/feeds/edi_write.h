/*
 * feeds/edi_write.h: what the files of the EDI writer share. It goes the reader's way backwards, over the same compiled
 * rows (edi_table.h):
 *
 *   edi_write.c           the walk: which segment comes next, which record it opens
 *   edi_write_segment.c   one segment: what each map row of its place makes of the open records
 *   edi_write_build.c     the segment as a whole: made, read back, and out
 *   edi_write_value.c     one value: a field's text as an element has it
 *   edi_write_envelope.c  interchange, group and message envelopes
 *
 * A record is written when the place that opens its kind is reached and what it refers to is open. A field is written
 * once, at the first place that takes it; what is never taken is told to the caller. What the map's conditions ask for
 * (qualifiers) is put in; what a directory wants and no field holds comes from the `fill` rows.
 */
#ifndef PUENTE_FEEDS_EDI_WRITE_H
#define PUENTE_FEEDS_EDI_WRITE_H

#include "feeds/edi.h"
#include "feeds/write.h"

#define WRITE_ELEMS 32
#define WRITE_PARTS 12
#define WRITE_OPS   96 /* map rows of one place */

struct edi_build { /* a segment as it is put together; element 0 is not used */
    const struct edi_row *row;
    struct str part[WRITE_ELEMS][WRITE_PARTS];
    uint8_t by[WRITE_ELEMS][WRITE_PARTS]; /* which op put it there, from 1; 0 = nobody yet */
    bool used[WRITE_OPS], banned[WRITE_OPS];
    bool work;  /* holds something of a record that was not written before */
    int opens;  /* the record it opens; -1 = none */
    int target; /* the record further down for whose sake it is written; -1 = none */
    unsigned count;
};

struct edi_written { /* of a record */
    const struct record *r;
    bool opened;
    uint64_t done; /* fields that need no more writing */
    size_t *at;    /* of each field: bytes of its text that are written */
    size_t *last;  /* ... and characters of the last piece that was */
};

struct edi_undo {
    enum { UNDO_FIELD, UNDO_PART } what;
    int record, field, e, c;
    uint64_t done;
    size_t at, last;
};

struct edi_writer {
    struct arena *arena;
    const struct edi_table *t;
    enum edi_syntax syntax;
    struct edi_delims d;
    struct buf *out;
    struct edi_written *rec;
    size_t recs;
    struct {
        int rec; /* -1 = none open */
        int owner;
        bool sealed;
    } slot[EDI_SLOTS];
    struct str var[EDI_VARS];
    struct edi_undo *undo;
    size_t undos, undo_cap;
    uint64_t progress; /* records opened and fields taken */
    uint32_t segments;
    int *order; /* the records as they were opened */
    size_t opened;
    size_t bytes;   /* of out, before the segment at hand */
    uint16_t *line; /* the row of each segment */
    size_t lines, line_cap;
};

/* ---- edi_write_segment.c ---- */

struct str edi_build_part(const struct edi_build *b, unsigned e, unsigned c);
/* Puts a value into an element, unless that holds another or has no room for it. */
bool edi_build_put(struct edi_writer *w, struct edi_build *b, const struct edi_op *op, const uint8_t at[2],
                   struct str s);
/* The record of a slot: that the segment opens or that is open; and the same if it may still be written from. -1 = none. */
int edi_build_about(const struct edi_writer *w, const struct edi_build *b, int slot);
int edi_build_record(const struct edi_writer *w, const struct edi_build *b, int slot);
/* Whether a reader would find a condition, or all of a row's, true of the segment as it is. */
bool edi_build_holds(const struct edi_writer *w, const struct edi_build *b, const struct edi_cond *c);
bool edi_build_hold(const struct edi_writer *w, const struct edi_build *b, const struct edi_op *op);
/* Makes it true where that takes a value. */
bool edi_build_satisfy(struct edi_writer *w, struct edi_build *b, const struct edi_op *op,
                       const struct edi_cond *c);
bool edi_op_derived(const struct edi_op *op); /* its value comes from no element */
/* Every map row of the place has its try. */
void edi_build_rows(struct edi_writer *w, struct edi_build *b);
void edi_undo_to(struct edi_writer *w, struct edi_build *b, size_t mark);
/* The record that field f of record i refers to; -1 = none. */
int edi_written_ref(const struct edi_writer *w, int i, int f);

/* ---- edi_write_build.c ---- */

/* Puts together a segment of the row: the record `opens` begins with it, or -1; `target` as in edi_build. False when
 * it would say nothing, or something that a reader would take for another thing; then nothing has changed. */
bool edi_build(struct edi_writer *w, struct edi_build *b, int row, int opens, int target);
/* The segment goes out; the reader's state follows. */
void edi_build_commit(struct edi_writer *w, struct edi_build *b);
/* The same without anything of a record: only what the directory wants. */
void edi_build_bare(struct edi_writer *w, struct edi_build *b, int row, int target);

/* ---- edi_write_envelope.c ---- */

void edi_segment_end(struct edi_writer *w);
void edi_rows_note(struct edi_writer *w, int row); /* the segment just written stands there */
/* A segment of the envelope: elements in order, their components separated by 0x1f. */
void edi_segment_put(struct edi_writer *w, const char *tag, const struct str *e, size_t n);
/* Everything around the message and the message itself. -1 with err. */
int edi_write_interchange(struct edi_writer *w, const struct feeds_write *how, struct err *e);

/* ---- edi_write_value.c ---- */

const struct edi_elem *edi_elem_at(const struct edi_segdef *def, unsigned e, unsigned c);
/* The field as text: of several values the one that begins at byte `at`. */
struct str edi_field_text(struct edi_writer *w, const struct record *r, int field, size_t at);
/* What the sender writes for our word; false when the list has nothing for it that fits. */
bool edi_codes_back(const struct edi_codes *l, struct str word, const struct edi_elem *e, struct str *code);
/* "2026-11-21T09:30" in the form of the element: date, its 2379 qualifier (empty in X12), time. */
bool edi_date_back(struct edi_writer *w, struct str s, struct str date[3]);
/* The next piece of a text for an element of `most` characters, so that the reader joins the pieces to the same text
 * again; *take: bytes spent. cut: as the map row says. Empty when there is no way. */
struct str edi_piece(const struct edi_writer *w, struct str rest, size_t most, unsigned cut, size_t *take);
size_t edi_characters(struct str s);

/* ---- edi_write.c ---- */

/* Every segment between the message's header and trailer. -1 with err. */
int edi_write_message(struct edi_writer *w);

#endif
