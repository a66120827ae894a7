/* words.c: a part of the evidence as a sentence, for people. */
#include "names/names.h"

static const char *const sentences[] = {
    [EVIDENCE_SAME] = N_("both say “%.*s”"),
    [EVIDENCE_NEAR] = N_("“%.*s” and “%.*s” are spelt nearly alike"),
    [EVIDENCE_VARIANT] = N_("“%.*s” and “%.*s” are forms of one name"),
    [EVIDENCE_INITIAL] = N_("“%.*s” and “%.*s” begin alike"),
    [EVIDENCE_JOINED] = N_("“%.*s” and “%.*s” differ in how words are parted"),
    [EVIDENCE_NUMBER] = N_("both have the number %.*s"),
    [EVIDENCE_WHOLE] = N_("nothing is left over"),
    [EVIDENCE_ORDER] = N_("the words stand in another order"),
    [EVIDENCE_UNSAID] = N_("only the list says “%.*s”"),
    [EVIDENCE_EXTRA] = N_("only the declaration says “%.*s”"),
    [EVIDENCE_CONTRARY] = N_("“%.*s” stands where the list has “%.*s”"),
    [EVIDENCE_NUMBERS] = N_("the number is %.*s, in the list %.*s"),
    [EVIDENCE_FORM] = N_("the legal forms differ: “%.*s” and “%.*s”"),
    [EVIDENCE_BIRTH] = N_("birth dates: %.*s, in the list %.*s"),
    [EVIDENCE_COUNTRY] = N_("countries: %.*s, in the list %.*s"),
    [EVIDENCE_IDENTIFIER] = N_("numbers: %.*s, in the list %.*s"),
};

struct str evidence_words(struct arena *a, enum lang lang, const struct evidence *e)
{
    const char *fmt = tr(lang, sentences[e->of]);
    struct str first = e->asked.n ? e->asked : e->listed;

    return arena_fmt(a, fmt, STR_ARG(first), STR_ARG(e->listed));
}
