/*
 * schema/lists.h: the code lists of other authorities: is a code listed, and what is the place called? They are
 * tables linked into the program (src/schema/data, made by tools/codes); docs/codes.md names each one's edition,
 * source and licence. Lists age, so a code that is not listed is worth a warning, never an error.
 */
#ifndef PUENTE_SCHEMA_LISTS_H
#define PUENTE_SCHEMA_LISTS_H

#include "schema/schema.h"

enum list {
    LIST_ADUANA,     /* two digits; the office and section of Anexo 22 (three) is known by its office */
    LIST_HS,         /* 2 to 10 digits: the first six count */
    LIST_HS_CHAPTER, /* its first two: names only */
    LIST_IATA,
    LIST_ICAO,  /* airports: names only */
    LIST_REC20, /* units */
    LIST_REC21, /* packages */
    LIST_SCHEDULE_D,
    LIST_SCHEDULE_K, /* names only: the ports we have are not all */
    LIST_UNDG,
    LIST_UNLOCODE,
    LISTS
};

struct list_about {
    const char *name;    /* "schedule-d"; a place's scheme of that name uses it */
    const char *title;   /* "Schedule D": not translated */
    const char *edition; /* or the date of the source */
    const char *source, *licence;
};
struct list_about schema_list_about(enum list l);
/* How many codes and names; 0 = none: not checked, or not named. O(the list), for the documentation. */
void schema_list_count(enum list l, size_t *codes, size_t *names);

/* The list of a scheme ("unlocode"); LISTS when it is none of ours. */
enum list schema_list(struct str scheme);
bool schema_list_checked(enum list l); /* whether we have all of it */
/* O(1), but O(log n) for LIST_UNLOCODE. False for a list that is not checked. */
bool schema_listed(enum list l, struct str code);
/* Names, empty when there is none: linked data, valid for ever. O(log n). */
struct str schema_list_name(enum list l, struct str code, enum lang lang);
struct str schema_place(struct str scheme, struct str code, enum lang lang);
struct str schema_goods(struct str hs, enum lang lang); /* the chapter's */

/* Mexico's tariff, TIGIE: a fracción of 8 digits, or 10 with its NICO, as SAT listed it (tariff.c). `day` counts from
 * 1970-01-01. *unit (may be NULL): the customs unit of its first line, "06", or empty. O(log n). */
enum tariff { TARIFF_LISTED, TARIFF_UNLISTED, TARIFF_OTHER_TIME };
enum tariff schema_tariff(struct str code, int64_t day, char unit[3]);
size_t schema_tariff_lines(void);

void schema_lists_docs(struct buf *b); /* docs/codes.md */

#endif
