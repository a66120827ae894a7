/*
 * feeds/rows.h: an input read row by row in bounded memory: lines, CSV rows (a line feed within quotes
 * does not end one), or JSON objects that may span lines. And the cells of a CSV row (RFC 4180).
 */
#ifndef PUENTE_FEEDS_ROWS_H
#define PUENTE_FEEDS_ROWS_H

#include "feeds/internal.h"

enum rows_of {
    ROWS_LINES,
    ROWS_CSV,
    ROWS_JSON /* objects one after the other, or in an array: blanks, commas and brackets between them */
};

struct rows {
    struct feeds_run *run;
    enum rows_of of;
    char *buf;
    size_t from, to, cap, most; /* unread bytes are buf[from..to); most = limits->segment */
    uint64_t offset;            /* of buf[from] in the file */
    uint32_t line;              /* of buf[from], from 1 */
    bool eof, bom, skipping;    /* bom: the file began with a UTF-8 byte-order mark */
};

struct row {
    struct str bytes; /* without the line end; until the next rows_next */
    uint64_t offset;
    uint32_t line; /* its first */
    bool over;     /* longer than the limit: bytes are its beginning, the rest was skipped */
    bool open;     /* a quote or a bracket that is never closed: it was ended at its first line end */
};

void rows_init(struct rows *r, struct feeds_run *run, enum rows_of of);
void rows_free(struct rows *r);
/* 1 = a row, 0 = the end, -1 = the source failed (err is set). Empty lines are passed over. */
int rows_next(struct rows *r, struct row *out);

struct cell {
    struct str text; /* without quotes, doubled quotes halved */
    uint32_t at;     /* where it begins in the row */
    bool quoted;
    bool stray; /* something after its closing quote, which was kept */
};
/* Splits a row. Returns the number of cells, at most `most`; *more is set when there were others. */
size_t row_cells(struct arena *a, struct str row, char sep, struct cell *to, size_t most, bool *more);

#endif
