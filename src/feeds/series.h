/*
 * feeds/series.h: what a line of figures counts, told once before or behind the figures.
 */
#ifndef PUENTE_FEEDS_SERIES_H
#define PUENTE_FEEDS_SERIES_H

#include "feeds/deliver.h"

struct series_def {
    const char *name, *label, *unit, *definition, *frequency, *environment;
    const char *fiscal_year; /* the month it begins with; NULL = January */
    int threshold;           /* counts below it are not published; 0 = the source says nothing */
};

/* A message of its own with a `series` for each; `d` is open and not begun. Its digest is of the texts, not of the
 * file's bytes: they enter a node once, and again when a definition changes. */
void series_give(struct deliver *d, const struct series_def *list, const char *source, uint64_t bytes);

#endif
