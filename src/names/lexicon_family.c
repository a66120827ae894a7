/* lexicon_family.c: family names by how common they are where they are common, and spellings of one name. */
#include "names/lexicon.h"

const struct lex_list lexicon_family[] = {
    {LEX_FAMILY, 500,
     "garcia, martinez, lopez lopes, gonzalez gonzales gonsalez goncalves, hernandez, rodriguez rodrigues, "
     "perez peres, "
     "sanchez sanches, smith, wang, zhang, li, chen, liu, kim gim, nguyen, singh, khan, kumar, ivanov "
     "ivanova, silva, santos"},
    {0},
};
