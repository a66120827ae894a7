/* internal.h: what the files of names share: a name as tokens. */
#ifndef PUENTE_NAMES_INTERNAL_H
#define PUENTE_NAMES_INTERNAL_H

#include "names/names.h"

#define NAME_TOKENS_MAX 24 /* further ones are not looked at */
#define TOKEN_MAX       30 /* letters of a token; a longer one is cut */

enum token_class {
    TOKEN_WORD,
    TOKEN_INITIAL,  /* a single letter of a person's name */
    TOKEN_PARTICLE, /* de, del, la, y, van, bin, al */
    TOKEN_TITLE,    /* Dr, Ing, Sheikh, M/V */
    TOKEN_FORM,     /* a legal form; `canon` names it, whatever its spelling */
    TOKEN_NUMBER,   /* digits, ordinals, roman numerals; `canon` is the value */
};

enum token_role { ROLE_UNKNOWN, ROLE_GIVEN, ROLE_FAMILY }; /* told by a comma, or by a lexicon */

struct token {
    char text[TOKEN_MAX + 2]; /* a-z and 0-9, ends with NUL */
    uint8_t n;
    uint8_t class; /* enum token_class */
    uint8_t role;  /* enum token_role */
    uint8_t place; /* which token of the name, from 0 */
    uint16_t bits; /* how rare: hundredths of a bit, 0 for what tells nothing */
    uint16_t
        canon; /* number of the lexicon's entry: a legal form, a family of given names (Pepe, José); 0 = none */
    uint32_t skeleton; /* hash of the consonants as romanisations vary them; 0 = too short to have one */
};

struct name {
    enum name_of of;
    struct str written;
    struct str folded; /* all tokens with a blank between */
    uint8_t n;         /* tokens */
    struct token token[];
};

/* ---- token.c: two tokens ---- */

/* What the agreement of these two is worth, in hundredths of a bit; 0 when they do not agree. At most the bits of
 * either. Symmetric. *of may be NULL. */
int token_gain(const struct token *a, const struct token *b, enum evidence_of *of);

/* Keys of a token, for the index: token_gain(a, b) > 0 only if a and b share a key. Written to `out`, which has room
 * for TOKEN_KEYS_MAX. An initial and a word need share none: the index knows that they agree only when the word
 * begins with the initial's letter (and so a first letter is no key). */
#define TOKEN_KEYS_MAX 64
size_t token_keys(const struct token *t, uint64_t *out);

/* Two neighbours written as one ("al qaeda", "alqaeda"). */
void token_join(const struct token *a, const struct token *b, struct token *out);

/*
 * What the index counts on, and test_names_index.c holds compare.c to:
 *
 * 1. names_compare aligns a word with a word, or a word with 2 to JOINED_MOST neighbours of the other side written as
 *    one (token_join; joined from the left); each token is in at most one alignment. An alignment adds at most
 *    token_gain of the two. All that is said in favour beside the alignments (whole, forms, order) comes to at most
 *    NAMES_BONUS_MOST; all else speaks against. So
 *        names_compare(asked, listed) <= sum of token_gain over the alignments + NAMES_BONUS_MOST.
 * 2. Neighbours written as one agree only with a word of the same text or of the same skeleton (one that is not 0).
 * 3. token_gain does not look at `place`, names_compare not at `written`. A token of 0 bits gains nothing.
 */
#define NAMES_BONUS_MOST (3 * NAMES_BIT)
#define JOINED_MOST      2

#endif
