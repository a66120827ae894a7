/*
 * breaks.c: what real senders get wrong, done on purpose to a message that was right: each defect once a day, in a file
 * of its own, named in expected.json.
 */
#include "exercise/internal.h"

#include <assert.h>

const struct defect exercise_defects[] = {
    {"segment-count", "SE01 counts 99 segments; there are not that many", FORM_309_ROAD},
    {"no-trailer", "the interchange ends behind SE: GE and IEA are missing", FORM_309_SEA},
    {"line-feeds", "segments end with a line feed; odd, but ISA says so: to be taken in", FORM_309_ROAD},
    {"container-digit", "the first container fails the check digit of ISO 6346: a warning, kept",
     FORM_309_SEA},
    {"message-reference", "UNT repeats another reference than UNH gave", FORM_CUSCAR_ROAD},
    {"no-unz", "the interchange ends behind UNT: UNZ is missing", FORM_CUSCAR_SEA},
    {"pedimento", "the pedimento lacks its double blanks", FORM_CFDI_ROAD},
    {"cut-off", "the document ends in the middle of an element", FORM_CFDI_ROAD},
    {.name = NULL},
};

/* The first place of `what`, which every message of its form has. */
static size_t find(const struct buf *b, const char *what)
{
    const char *p = memmem(b->p, b->n, what, strlen(what));

    assert(p);
    return (size_t)(p - b->p);
}

static void line_feeds(struct buf *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        if (b->p[i] != '~')
            b->p[n++] = b->p[i];
    b->n = n;
}

static void single_blanks(struct buf *b)
{
    size_t at = find(b, "NumPedimento=\"") + 14, end = at + 21, n = at;

    for (size_t i = at; i < b->n; i++)
        if (i >= end || b->p[i] != ' ' || b->p[i - 1] != ' ')
            b->p[n++] = b->p[i];
    b->n = n;
}

void defect_apply(const struct defect *d, struct buf *b)
{
    struct str name = str_z(d->name);
    size_t at;

    if (str_eq(name, S("segment-count"))) {
        /* SE*dd*: a lorry's manifest has between 16 and 98 segments */
        at = find(b, "\nSE*") + 4;
        memcpy(b->p + at, "99", 2);
    } else if (str_eq(name, S("no-trailer"))) {
        b->n = find(b, "\nGE*") + 1;
    } else if (str_eq(name, S("line-feeds"))) {
        line_feeds(b);
    } else if (str_eq(name, S("container-digit"))) {
        at = find(b, "VID*") + 18; /* VID*4B*ZXEU*ddddddd */
        b->p[at] = b->p[at] == '9' ? '0' : (char)(b->p[at] + 1);
    } else if (str_eq(name, S("message-reference"))) {
        at = find(b, "'\nUNE+") - 1;
        b->p[at] = b->p[at] == '9' ? '0' : (char)(b->p[at] + 1);
    } else if (str_eq(name, S("no-unz"))) {
        b->n = find(b, "\nUNZ+") + 1;
    } else if (str_eq(name, S("pedimento"))) {
        single_blanks(b);
    } else {
        b->n = find(b, "FraccionArancelaria") + 8;
    }
}
