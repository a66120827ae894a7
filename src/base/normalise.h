/*
 * normalise: what "equal" means when an alert is compared with a declaration, or asked for privately. The rules have a version, which
 * every hit names: a hit can be explained years later by the rules that made it.
 *
 * Names, version 1 ("name/1"):
 *   1. to Latin letters without marks, upper case (ICU: Upper; Any-Latin; NFD; marks away; NFC;
 *      Latin-ASCII; Upper);
 *   2. everything but letters and digits is a blank; blanks collapse;
 *   3. a company's legal form at the end is written one way ("S.A. de C.V." and its spellings: SACV);
 *   4. the words are sorted, so that "PEREZ LOPEZ, JUAN" equals "Juan Pérez López".
 * Identifiers, version 1 ("identifier/1"): upper case, only letters and digits (and & for tax numbers, where it
 * is a letter); an IMO number is its seven digits, with or without "IMO".
 *
 * No other attribute takes part: not nationality, sex, religion, language, birthplace (law 8).
 */
#ifndef PUENTE_NORMALISE_H
#define PUENTE_NORMALISE_H

#include "base/base.h"

#define NAME_RULES       "name/1"
#define IDENTIFIER_RULES "identifier/1"
#define NORMAL_MAX       400 /* bytes of a normal form; the hit's field is as long */

/* Steps 1 and 2: each character that is no letter or digit is one blank. Any thread. */
struct str normal_text(struct arena *a, struct str text);
/* The normal form, or empty when nothing is left that could tell one name from another. Any thread. */
struct str normal_name(struct arena *a, struct str name);
/* `class`: see keys.c. The same. */
struct str normal_identifier(struct arena *a, const char *class, struct str value);
/* Step 1 and 2 by ICU alone; normal_name takes it for what its own table does not know. For tests. */
struct str normal_transliterate(struct arena *a, struct str name);

#endif
