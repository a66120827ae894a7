/* lexicon_places.c: countries and great cities, in the languages in which companies write them. */
#include "names/lexicon.h"

const struct lex_list lexicon_places[] = {
    {LEX_PLACE, 500, "mexico, panama, iran, russia, china"},
    {0},
};
