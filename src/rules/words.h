/*
 * words: the words that a text must have for a pattern to match it. Only leaves out what cannot match: a pattern that is not
 * understood has none, and is asked each time.
 */
#ifndef PUENTE_RULES_WORDS_H
#define PUENTE_RULES_WORDS_H

#include "base/base.h"

#define WORDS_MAX 64
struct words {
    bool caseless; /* letters of ASCII in either case */
    size_t n;      /* one of these stands in every text that matches; 0 = nothing is known */
    struct str word[WORDS_MAX];
};
/* Of an RE2 pattern; what is in `out` points into it. */
void words_of_pattern(struct str pattern, struct words *out);

#endif
