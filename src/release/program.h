/* program.h: what program.c (lines) and blocks.c (what they say) share. */
#ifndef PUENTE_RELEASE_PROGRAM_H
#define PUENTE_RELEASE_PROGRAM_H

#include "release/internal.h"

enum block { HEAD = 1, OBJECTIVE = 2, CLAUSE = 4, EXAMPLE = 8 };

enum word {
    W_ID,
    W_VERSION,
    W_AMENDS,
    W_TITLE_EN,
    W_TITLE_ES,
    W_PARTY,
    W_PARTY_2,
    W_SCOPE,
    W_BASIS,
    W_FROM,
    W_UNTIL,
    W_DUTY,
    W_GIVER,
    W_TAKER,
    W_KIND,
    W_FIELDS,
    W_SCHEMA,
    W_WHEN,
    W_ASKS,
    W_PURPOSE,
    W_HANDLING,
    W_KEEP,
    W_ONWARD,
    W_SINCE,
    W_RECORD,
    W_GIVES,
    W_EN,
    W_ES,
    WORDS
};

struct word_def {
    const char *word;
    unsigned may, must; /* in which blocks it may stand, and where it cannot be missing */
};
extern const struct word_def program_words[WORDS];

struct parser {
    struct arena *arena;
    struct faults *to;
    struct program *p;
    enum block block;
    struct str number; /* of the block */
    uint32_t line, first;
    uint32_t at[WORDS]; /* line of each statement of this block; 0 = not there */
    struct str value[WORDS];
    int64_t last[3]; /* numbers of objective, clause, example */
    unsigned errors;
};

bool program_bad(struct parser *r, const char *code, struct place at, struct str found,
                 const char *expected);
static inline struct place program_place(uint32_t line, const char *tag)
{
    return (struct place){.segment = line, .tag = str_z(tag)};
}
/* A word off the front. */
bool program_cut(struct str *rest, struct str *part);
/* The block is at its end: what its statements say goes into the program. */
void program_close(struct parser *r);

#endif
