/* refusals.c: why one side did not take what the other sent, as a code between nodes and as a sentence for people. */
#include "exchange/internal.h"

static const struct {
    const char *code, *text;
} table[] = {
    {"again", N_("it does not begin where this node's copy ends")},
    {"clause", N_("it holds what no clause lets out: the channel stands still, and the evidence is kept")},
    {"content",
     N_("an entry is not what its leaf says: the channel stands still, and the evidence is kept")},
    {"entry", N_("an entry is not well formed, not the next in number, or does not open its commitment")},
    {"epoch", N_("a new epoch does not name what this node holds: the channel stands still, and the "
                 "evidence is kept")},
    {"epochs", N_("the channel was begun anew too often today: the same place must be told every time")},
    {"exercise", N_("exercise and reality do not mix")},
    {"forked", N_("the channel contradicts itself and stands still")},
    {"head", N_("its head is not signed by the giver, or is of another channel")},
    {"key", N_("the agreement names another key for that office than the one on its card")},
    {"message", N_("the message is not well formed")},
    {"origin", N_("a record claims to be this node's own, or nobody's, or the word of an office that did "
                  "not bring it")},
    {"paper", N_("a paper was not taken: it is not well formed, or its signatures do not hold")},
    {"papers", N_("a text that both have signed is not here")},
    {"receipt", N_("a receipt does not hold")},
    {"record", N_("a record breaks a rule of its kind")},
    {"root",
     N_("the signed head contradicts the entries: the channel stands still, and the evidence is kept")},
};

const char *refusal_text(enum lang lang, struct str code)
{
    for (size_t i = 0; i < COUNT(table); i++)
        if (str_eq(code, str_z(table[i].code)))
            return tr(lang, table[i].text);
    return tr(lang, N_("for a reason that this program does not know"));
}
