/*
 * tokens: what "the same" means when one node asks another whether it knows something without telling what. Both
 * make the same bytes, a *token*, from a value, or the answer is worth nothing: so the rules are published
 * (docs/private-queries.md), have a version, and a question under another version is refused.
 *
 * A token is "VERSION|SCHEME|PART|PART...", in UTF-8. Version 1:
 *
 *     scheme                                parts
 *     plate passport tax-id national-id     country of issue (ISO 3166-1 alpha-2), number
 *     vin container imo mmsi registration   number
 *       call-sign icao-address curp rfc swift
 *     firearm                               maker, model or empty, serial number
 *     person                                name, date of birth YYYY-MM-DD
 *
 * Numbers are identifier/1, names name/1, of base/normalise.h; of makers and models the letters and digits count, as
 * its steps 1 and 2 have them. Nothing else of a person takes part: not nationality, sex, religion, language, birthplace (law 8).
 */
#ifndef PUENTE_EXCHANGE_TOKENS_H
#define PUENTE_EXCHANGE_TOKENS_H

#include "base/base.h"

#define TOKENS_VERSION 1

/* The number of a scheme, or -1; and its name. */
int token_scheme(struct str name);
const char *token_scheme_name(int scheme);
size_t token_schemes(void);
/* Whether the first part of a value is the country that issued it. */
bool token_has_country(int scheme);

/* The token of a value whose parts are separated by "|". False when it has other parts than its scheme wants or one
 * of them has no normal form: then nothing can be asked. Total over any bytes; any thread. */
bool token_make(struct arena *a, int scheme, struct str value, struct str *token);

#endif
