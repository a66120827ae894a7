/*
 * lexicon.h: how the lists of words are written down. A list is a text of folded words with blanks between; a comma
 * ends a group; the words of a group are one name in several spellings.
 */
#ifndef PUENTE_NAMES_LEXICON_H
#define PUENTE_NAMES_LEXICON_H

#include "names/internal.h"

enum lex_kind {
    LEX_GIVEN,
    LEX_WOMEN, /* given names of women, */
    LEX_MEN,   /* of men: only where a letter tells one from the other */
    LEX_FAMILY,
    LEX_KIN,    /* groups of different names for one person: short forms, other languages */
    LEX_TONGUE, /* the same of names in different languages: Juan, John */
    LEX_COMMON, /* words that many names of companies and vessels have, without saying what they do */
    LEX_WORD,   /* of companies and vessels */
    LEX_DULL,   /* of companies, telling next to nothing */
    LEX_PLACE,
    LEX_TITLE,
    LEX_PARTICLE,
    LEX_NUMBER, /* the first group is number `bits`, the next one more, ... */
    LEX_FORM,   /* the first word of a group names the form; all are written without blanks and marks */
};

struct lex_list {
    enum lex_kind kind;
    uint16_t bits; /* of each of its words: hundredths of a bit; of a form: its sort (enum form_sort) */
    const char *words;
};

/* What forms of different countries have in common. */
enum form_sort {
    FORM_OTHER,
    FORM_LIMITED,  /* LLC, Ltd, GmbH, SARL, S. de R.L., OOO */
    FORM_STOCK,    /* JSC, Inc, S.A., AG, PLC, PAO */
    FORM_PARTNERS, /* LP, LLP, KG, S. en C. */
    FORM_STATE,    /* SOE, GUP, FGUP */
    FORM_SOLE,     /* IP, e.K., E.I.R.L. */
    FORM_COOPERATIVE,
    FORM_NONPROFIT, /* foundation, A.C., e.V. */
    FORM_SORTS
};

extern const struct lex_list lexicon_given[], lexicon_kin[], lexicon_family[], lexicon_words[],
    lexicon_places[], lexicon_forms[], lexicon_ine_given[]; /* each ends with NULL words */

#endif
