/*
 * feeds/air.h: what the readers of air cargo (Cargo-IMP, Cargo-XML, ONE Record) share: fields by their names, units,
 * air waybill numbers.
 */
#ifndef PUENTE_FEEDS_AIR_H
#define PUENTE_FEEDS_AIR_H

#include "feeds/deliver.h"

#define AIR_NONE ((struct str){NULL, 0})

/* Sets a text: cleaned (see text_clean), trimmed, cut to what the field holds, copied. An empty one sets nothing. */
void air_text(struct arena *a, struct record *r, const char *field, struct str s);
/* Appends to what air_text or air_more set, behind `sep`, as far as the field has room. */
void air_more(struct arena *a, struct record *r, const char *field, const char *sep, struct str s);
/* references += "QUALIFIER:value"; a value that does not fit as a whole is left out. */
void air_reference(struct arena *a, struct record *r, struct str qualifier, struct str value);
/* A place of the IATA list, and its scheme beside it. */
void air_place(struct arena *a, struct record *r, const char *field, const char *scheme, struct str s);
void air_ref(struct record *r, const char *field, int64_t ordinal);
/* A number as the field scales it. False when it is none, or negative, or too large. */
bool air_number(struct record *r, const char *field, struct str s);
/* A weight or volume in this unit (Cargo-IMP's, or UN/ECE Recommendation 20; empty: kg, m3) as kg or m3. */
enum air_measured { AIR_MEASURED, AIR_NO_NUMBER, AIR_NO_UNIT };
enum air_measured air_measure(struct record *r, const char *field, struct str s, struct str unit);
/* The value of a field set by air_number or air_measure; 0 when absent. */
int64_t air_value(const struct record *r, const char *field);

/* Adds what is positive, as far as no hostile input can make it overflow. */
void air_add(int64_t *to, int64_t n);

/* "12312345678", "123 12345678" or "123-12345678" as the last; anything else as it is. */
struct str air_bill(struct arena *a, struct str s);
/* Whether it is an air waybill number with a right check digit. */
bool air_bill_right(struct str bill);

/* What a customs line is about (Cargo-IMP OCI, Cargo-XML IncludedCustomsNote): subject "SHP", content "T". */
enum air_note {
    AIR_REFERENCE, /* kept as OCI/country/subject/content:value */
    AIR_ENTRY,     /* that, and the number of a customs entry */
    AIR_CONTACT, /* names or reaches a person: belongs to the party of this role, whose fields are personal */
    AIR_TAX      /* the tax number of the party of this role */
};
enum air_note air_note(struct str subject, struct str content, const char **role);
/* The entry and the reference. */
void air_customs(struct arena *a, struct record *r,
                 const struct str note[4]); /* country, subject, content, value */

#endif
