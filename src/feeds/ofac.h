/*
 * feeds/ofac.h: the remarks of OFAC's lists, taken apart. Only lists.c includes it.
 */
#ifndef PUENTE_FEEDS_OFAC_H
#define PUENTE_FEEDS_OFAC_H

#include "base/base.h"
#include "feeds/countries.h"

struct ofac_piece {
    enum { OFAC_IDENTIFIER, OFAC_ALIAS } what;
    struct str type;    /* identifier: scheme; alias: aka, fka, nka */
    struct str value;   /* view of the remarks */
    struct str country; /* as written, "Mexico" */
    struct str quality; /* alias: "weak" */
};

/* The next piece that can be compared; false when there is none left. */
bool ofac_next(struct str *remarks, struct ofac_piece *p);
/* "1962-12-07" when the remarks name exactly one date of birth, to the day; else what they say, as they say it
 * ("circa 1962", "1962; 07 Dec 1963"). Empty when they say nothing. */
struct str ofac_birth(struct arena *a, struct str remarks);
/* The column ends at 1,000 bytes: the rest stands in another file, and the last piece may be half. */
bool ofac_cut(struct str remarks);

#endif
