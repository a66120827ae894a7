/*
 * feeds/countries.h: names and three-letter codes of countries, as lists and documents write them.
 */
#ifndef PUENTE_FEEDS_COUNTRIES_H
#define PUENTE_FEEDS_COUNTRIES_H

#include "base/base.h"

/* The alpha-2 code of an alpha-3 code or of a name in English; empty when it is neither. */
struct str feeds_country(struct str name);
/* The alpha-3 code of an alpha-2 code; empty when it is none. */
struct str feeds_country3(struct str alpha2);

#endif
