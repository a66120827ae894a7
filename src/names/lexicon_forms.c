/* lexicon_forms.c: legal forms of the world, written without blanks and marks. */
#include "names/lexicon.h"

const struct lex_list lexicon_forms[] = {
    {LEX_FORM, FORM_LIMITED,
     "llc limitedliabilitycompany ooo, ltd limited ltda, gmbh, srl sderl, srlcv sderldecv srldecv, sarl, "
     "bv, pte pteltd"},
    {LEX_FORM, FORM_STOCK,
     "sacv sadecv sociedadanonimadecapitalvariable, sa sociedadanonima, inc incorporated, plc, ag, jsc ao, "
     "pjsc pao, spa, sapicv sapidecv"},
    {0},
};
