/* regex.h: what regex_parse.c, regex.c and icu.c share. */
#ifndef PUENTE_CEL_REGEX_H
#define PUENTE_CEL_REGEX_H

#include "cel/internal.h"

#define RX_DEPTH 200  /* groups within one another */
#define RX_MOST  1000 /* of x{n,m}, as in RE2 */
#define RX_POINT 0x10ffffu

/* Code points: ranges in order, apart from one another. */
struct range {
    uint32_t from, to;
};
struct class
{
    struct arena *arena;
    struct range *range;
    uint32_t n, cap;
    uint64_t ascii[2];
};
void cel_class_add(struct class *c, uint32_t from, uint32_t to);
void cel_class_join(struct class *c, const struct class *more);
void cel_class_finish(struct class *c, bool negate); /* puts them in order */

enum rx_kind {
    RX_EMPTY,
    RX_CLASS,
    RX_CAT, /* of its parts */
    RX_ALT,
    RX_REPEAT, /* first: least to most times; most -1: any number */
    RX_LINE_START,
    RX_LINE_END,
    RX_START,
    RX_END,
    RX_WORD, /* \b */
    RX_NO_WORD
};

struct rx {
    enum rx_kind kind;
    struct rx *first, *last, *next;
    struct class *class;
    uint32_t only; /* RX_CLASS of one code point: it; else UINT32_MAX */
    int least, most;
};

/* NULL with why. */
struct rx *cel_rx_parse(struct arena *a, struct str pattern, const char **why);

/* icu.c: "L", "Lu", "Greek"; false when there is none. All that differ from these only in case. */
bool cel_class_property(struct class *c, struct str name);
void cel_class_fold(struct class *c);

#endif
