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

enum token_flags {
    TOKEN_GIVEN = 1,       /* the lexicon knows it as a given name */
    TOKEN_FAMILY = 2,      /* as a family name */
    TOKEN_BUSINESS = 4,    /* as a word of what companies do: trading, bank */
    TOKEN_PLACE = 8,       /* as a country or a city */
    TOKEN_UNVOWELLED = 16, /* from a script that leaves vowels out */
    TOKEN_ASIDE = 32,      /* between brackets or quotes: a nickname; may be missing */
    TOKEN_LETTERS = 128, /* the first letters of all words of its name, behind them as a token of its own */
    TOKEN_JOINED = 256,  /* two that token_join made one */
    TOKEN_DULL = 512,    /* company, group, the: its absence tells nothing */
    TOKEN_WOMAN = 1024,  /* a woman's name, */
    TOKEN_MAN = 2048,    /* a man's */
};
#define TOKEN_KNOWN (TOKEN_GIVEN | TOKEN_FAMILY | TOKEN_BUSINESS | TOKEN_PLACE)
/* Numbers of `kin` from here on are of names in different languages. */
#define TOKEN_TONGUES 45000

/* Plain data. */
struct token {
    char text[TOKEN_MAX + 2];  /* a-z and 0-9, ends with NUL */
    char sound[TOKEN_MAX + 2]; /* the same as it sounds: see sound.c; ends with NUL */
    uint64_t bones;            /* consonants as romanisations vary them, 4 bits each, the first lowest */
    uint8_t n, sounds;         /* letters of text and of sound */
    uint8_t class;             /* enum token_class */
    uint8_t role;              /* enum token_role */
    uint8_t place;             /* which token of the name, from 0 */
    uint16_t flags;            /* enum token_flags */
    uint16_t bits;             /* how rare: hundredths of a bit, 0 for what tells nothing */
    uint16_t lift; /* bits when a name of few and common words meets the same words: see read.c; 0 = none */
    uint16_t canon;    /* number of the lexicon's entry: a legal form, spellings of one name; 0 = none */
    uint16_t kin[4];   /* families of names (Pepe and José), of legal forms (GmbH and Ltd); 0 = none */
    uint16_t at;       /* where it begins in the name's folded text */
    uint32_t skeleton; /* hash of the bones; 0 = too short to have one */
};

struct name {
    enum name_of of;    /* as given */
    enum name_of taken; /* and what it was taken for, when nothing was given */
    struct str written;
    struct str folded; /* all tokens with a blank between */
    uint8_t n;         /* tokens */
    struct token token[];
};

/* ---- fold.c ---- */

/* Lower-case Latin letters, digits, blanks and the marks , ( ) " . - ' / & as they stand; '~' before a word of a
 * script without vowels. In the arena. */
struct str names_fold(struct arena *a, struct str written, enum name_of of);

/* ---- lexicon.c: what is known of words ---- */

struct lex {
    uint16_t person, company, vessel; /* bits when it stands in such a name; 0 = not known there */
    uint16_t canon, kin[4];
    uint16_t flags;          /* enum token_flags */
    uint16_t form, form_kin; /* as a legal form: which one, and of what sort */
    uint16_t number;         /* as an ordinal, its value + 1; 0 = none */
    uint8_t class;           /* TOKEN_WORD, TOKEN_PARTICLE, TOKEN_TITLE: when it is that everywhere */
};
/* NULL when it is not known. Any thread. */
const struct lex *lexicon_find(const char *text, size_t n);

/* ---- sound.c ---- */

/* Fills sound, bones and skeleton from text. */
void token_sound(struct token *t);
enum bone {
    BONE_NONE,
    BONE_VOWEL, /* a vowel at the beginning */
    BONE_B,     /* b v f w */
    BONE_P,
    BONE_K, /* k g q c */
    BONE_J, /* j zh */
    BONE_S, /* s z sh ch */
    BONE_T, /* t d */
    BONE_L,
    BONE_R,
    BONE_M,
    BONE_N,
    BONE_H, /* h at the beginning, kh */
    BONE_DIGIT,
    BONES
};
#define BONES_MOST 15 /* further consonants are left out */
enum bone bone_of(char sound, bool first);
/* What a letter of a sound costs in another's place, and where there is none. Tenths of a letter. */
int sound_pair_cost(char a, char b);
int sound_lone_cost(char c, bool unvowelled);
#define SOUND_SWAP        8 /* two neighbours in the other order; */
#define SOUND_SWAP_VOWELS 4 /* two vowels */
/* How far two words are from one another, in tenths of a letter; more than `most` when it is more. */
int sound_distance(const struct token *a, const struct token *b, int most);
/* Whether the bones are at most `most` (0 to 2) insertions, deletions, replacements or swaps apart. */
bool bones_near(uint64_t a, uint64_t b, int most);

/* ---- read.c ---- */

/* Sets the lift of each token of a name, from all of them. */
void name_lift(struct token *t, size_t n);

/* ---- token.c: two tokens ---- */

/* What the agreement of these two is worth, in hundredths of a bit; 0 when they do not agree. At most the bits of
 * either, or their lift. Symmetric. *of may be NULL. */
int token_gain(const struct token *a, const struct token *b, enum evidence_of *of);

/* Keys of a token, for the index: token_gain(a, b) > 0 only if a and b share a key. Written to `out`, which has room
 * for TOKEN_KEYS_MAX; from *near on they are of bones, shared also by words that are not near_enough. An initial and a word need share none: the index knows that they agree only when the word
 * begins with the initial's letter (and so a first letter is no key). */
#define TOKEN_KEYS_MAX 64
size_t token_keys(const struct token *t, uint64_t *out, size_t *near);
/* How far the sounds of two words of which the longer has n letters may be apart, in tenths of a letter. `known`: both
 * are in the lexicon; `unvowelled`: one of them. */
int token_budget(int n, bool known, bool unvowelled);

/* ---- near.c: what tells cheaply that two words cannot be near ---- */

struct near {
    uint64_t bones;
    uint8_t vowels[5]; /* how many a, e, i, o, u its sound has */
    uint8_t n;         /* letters of its text */
    uint16_t flags;
};
struct near near_of(const struct token *t);
/* False only when bones_near or the budget of sound_distance says no. Any thread. */
bool near_enough(const struct near *a, const struct near *b);

/* Fills all that follows from text, class, flags: sound, lexicon, rarity. */
void token_finish(struct token *t, enum name_of of);

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
 * 3. token_gain does not look at `place`, `role` and `at`, but at all else: tokens that differ in nothing else are
 *    one and the same for an index (the same text can have other bits and flags in another name). names_compare does
 *    not look at `written`. A token of 0 bits gains nothing.
 * 4. TOKEN_LETTERS is a token like others, though not written in the name: the first letters of a company's words.
 */
#define NAMES_BONUS_MOST (3 * NAMES_BIT)
#define JOINED_MOST      2

#endif
