/*
 * feeds/mapping.h: how a foreign table's columns become the fields of a kind. The text form stands at the top of
 * mapping.c. Only csv.c includes it.
 */
#ifndef PUENTE_FEEDS_MAPPING_H
#define PUENTE_FEEDS_MAPPING_H

#include "schema/schema.h"

struct mapping_column {
    struct str header;
    int field;       /* -1 = known and not wanted */
    struct str date; /* pattern; empty = none */
    char mark;       /* decimal mark; 0 = as it is */
    int at;          /* the column in the file; -1 = it has none; csv.c's */
    unsigned line;   /* of the mapping */
};

struct mapping_value {
    int field;
    struct str text, to; /* text empty: the field always has this value */
};

struct mapping {
    const struct kind *kind; /* NULL = rows name it in a column `kind` */
    char separator;          /* 0 = detect */
    bool exercise;
    struct mapping_column *column; /* none: header names are field names */
    struct mapping_value *value, *constant;
    struct str *absent; /* texts that mean "nothing" */
    size_t columns, values, constants, absents;
};

/* -1 with err (ERR_USAGE) that names the line. Everything lives in the arena; views of `text`. */
int mapping_read(struct arena *a, struct str text, struct mapping *m, struct err *e);
/* The column's text as the field's text form; false when a date does not fit its pattern. */
bool mapping_text(struct arena *a, const struct mapping *m, const struct mapping_column *c, struct str in,
                  struct str *out);

#endif
