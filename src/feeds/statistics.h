/*
 * feeds/statistics.h: what an official table of figures says, as data: which columns it has and which field of an
 * observation each one fills, what is counted, in which unit, and how a period is written. statistics.c reads by
 * these tables; statistics_tables.c holds them. Another table is one more struct there and no new function.
 */
#ifndef PUENTE_FEEDS_STATISTICS_H
#define PUENTE_FEEDS_STATISTICS_H

#include "feeds/series.h"

#define STATS_COLUMNS 16 /* rows of a table's `column` */
#define STATS_FIGURES 32 /* rows of its `figure` */
#define STATS_CELLS   64 /* cells of a row of the file */

enum stats_part {
    PART_FIELD,         /* fills a field of the observation, or none (then it only tells rows apart) */
    PART_YEAR,          /* of the calendar */
    PART_FISCAL_YEAR,   /* of the United States: year N runs from October N-1 to September N */
    PART_CALENDAR_YEAR, /* said again beside the fiscal year: it must agree */
    PART_MONTH,         /* 1 to 12, or JAN to DEC */
    PART_DATE,          /* a month in one cell: "Jan 2024", "01/01/2024 12:00:00 AM", "2024-01-01..." */
    PART_SERIES /* which series the row belongs to: its words give a number to add to figure.series */
};

enum stats_as {
    AS_TEXT,
    AS_WORD,    /* only what `words` has; another text is a fault and leaves the field away */
    AS_PORT,    /* Schedule D: four digits; tables lose the leading zero */
    AS_COUNTRY, /* ISO 3166-1 alpha-2; what is no country goes to the note */
    AS_STATE    /* ISO 3166-2 of a state of the United States */
};

struct stats_word {
    const char *from, *to;
};

/* One thing that a column says. A column may say several: then it has several rows. */
struct stats_column {
    const char *header; /* letters and digits in lower case */
    enum stats_part part;
    bool key;          /* tells rows apart: two with equal keys and periods are one figure said twice */
    const char *field; /* of `observation`; several columns of one field are joined by "; " */
    enum stats_as as;
    const struct stats_word *words; /* ends with a NULL */
    const char *before;             /* said before the text: "HS " */
    const char *with; /* header of another column whose text, behind "/", is looked up with this one's */
};

enum { FIGURE_POUNDS = 1, FIGURE_ZERO_IS_NONE = 2, FIGURE_SUM = 4 };

struct stats_figure {
    const char *header;
    int series; /* index into `series` */
    unsigned how;
    const char *measure, *place, *border; /* what the column's name says; NULL = nothing */
    int parts; /* FIGURE_SUM: it is the sum of so many figures before it, from the one at `first` */
    int first;
};

struct stats_table {
    const char *format, *source, *scheme; /* scheme: of the place */
    bool stock;                           /* a count on the last day of the period, not during it */
    const struct series_def *series;      /* ends with a NULL name */
    const struct stats_column *column;    /* ends with a NULL header */
    const struct stats_figure *figure;    /* ends with a NULL header */
};

extern const struct stats_table stats_tables[]; /* ends with a NULL format */

#endif
