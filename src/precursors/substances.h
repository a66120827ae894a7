/*
 * substances: the precursors that the 1988 United Nations Convention lists, and finding one in what a document says of
 * goods: by CAS number, by a tariff code that is the substance's own, by a name in running text. A pure library
 * inside the room.
 */
#ifndef PUENTE_PRECURSORS_SUBSTANCES_H
#define PUENTE_PRECURSORS_SUBSTANCES_H

#include "base/base.h"

struct substance {
    const char *name, *name_es;
    int table;         /* I or II of the Convention */
    const char *since; /* the year in which it was listed; in Table I, if it was moved there: `first` */
    const char
        *first;      /* the year in which it entered Table I; NULL when that is `since`, or it never did */
    const char *cas; /* its numbers and those of its usual salts, ';' between; the first is its own */
    const char *hs;  /* HS 2022 subheading, digits only */
    bool own;        /* the subheading is this substance's (and its salts') alone */
    const char *
        names; /* further names, ';' between, in English and Spanish; those of fewer than 5 letters and digits,
                          and those of Table II, count only under chapter 28 or 29 or without a tariff code */
    const char *drugs; /* what is made of it */
};
extern const struct substance substances[];
extern const size_t substances_count;

/* Its own CAS number, by which it is kept; and back (NULL: it is not in the table). */
struct str substance_key(const struct substance *s);
const struct substance *substance_keyed(struct str key);

/* Whether the Convention listed it on that day (YYYY-MM-DD; empty = now), and in which table: 0, 1 or 2. Known to
 * the year: a substance counts from the first of January. */
int substance_table_on(const struct substance *s, struct str day);

enum substance_by { SUBSTANCE_BY_CAS, SUBSTANCE_BY_NAME, SUBSTANCE_BY_HS };

struct goods {
    struct str cas, hs;  /* as declared; may be empty */
    struct str chemical; /* the field for the name of a chemical */
    struct str text;     /* the description; CAS numbers in it count */
};
struct substance_found {
    const struct substance *substance;
    enum substance_by by;
    struct str written; /* what was found, as the document writes it */
};
/* The one that speaks clearest: by number, then by name, then by tariff code. False when none does. Any thread; O(text). */
bool substance_find(struct arena *a, const struct goods *g, struct substance_found *out);
/* By number, name or tariff code in one text: what a notice says, or an officer asks. NULL when there is none. */
const struct substance *substance_named(struct arena *a, struct str text);

#endif
