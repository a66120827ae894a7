/*
 * names: what two names have in common, in bits of evidence, and who among many has enough of it. A pure library:
 * it knows nothing of records, alerts or nodes (screening/ does), and nothing here looks at anything but how a name
 * is written and what of a birth date, a country and an identifier both sides say (law 8).
 *
 * A name is *read* once into tokens: folded to Latin letters, told by class (word, initial, particle, title, legal
 * form, number) and weighed by how rare it is. Two read names are *compared*: tokens are aligned; what agrees adds the
 * bits that its rarity is worth (log2 of how much likelier the agreement is for one and the same bearer than for two
 * that met by chance), what is missing on one side costs little, what contradicts costs much. The sum orders a queue, never
 * saturates, and is explained part by part. There is one threshold, NAMES_MATCH.
 *
 * Rarity and lexicons are compiled in: the same two names give the same bits on every node, whatever else is listed.
 * The version below goes into every hit; it changes with every change of a table, weight or rule.
 */
#ifndef PUENTE_NAMES_H
#define PUENTE_NAMES_H

#include "base/base.h"

#define NAMES_ENGINE "names/1"

/* Evidence is counted in hundredths of a bit, whole numbers: equal on every machine. */
#define NAMES_BIT 100
/* The one shipped threshold: from here on two names are taken to match. */
#define NAMES_MATCH (14 * NAMES_BIT)

/* ---- reading ---- */

enum name_of { NAME_ANY, NAME_PERSON, NAME_COMPANY, NAME_VESSEL };

/* A name that was read; lives in its arena, never changes. */
struct name;

/* Any text in any script, at most NAME_BYTES_MAX bytes are looked at. Never NULL: what has no letters or digits is a
 * name without tokens, which matches nothing. Any thread. */
#define NAME_BYTES_MAX 400
const struct name *name_read(struct arena *a, struct str written, enum name_of of);
/* The folded words, a blank between: for people to see how a name was read. */
struct str name_folded(struct arena *a, const struct name *n);

/* ---- comparing ---- */

enum evidence_of {
    EVIDENCE_SAME,       /* a word on both sides */
    EVIDENCE_NEAR,       /* a word on both sides, spelt a little differently */
    EVIDENCE_VARIANT,    /* another form of the same word: a short form, another romanisation */
    EVIDENCE_INITIAL,    /* an initial and a word that begins with it */
    EVIDENCE_JOINED,     /* one word here, two there */
    EVIDENCE_NUMBER,     /* the same number, ordinal or year */
    EVIDENCE_WHOLE,      /* nothing is left over on either side */
    EVIDENCE_ORDER,      /* the same words in another order */
    EVIDENCE_UNSAID,     /* said in the list only */
    EVIDENCE_EXTRA,      /* said in the declaration only */
    EVIDENCE_CONTRARY,   /* a word here and another one there in its place */
    EVIDENCE_NUMBERS,    /* two numbers that differ */
    EVIDENCE_FORM,       /* legal forms: the same, or two that differ */
    EVIDENCE_BIRTH,      /* birth dates */
    EVIDENCE_COUNTRY,    /* countries */
    EVIDENCE_IDENTIFIER, /* numbers that both sides give */
};

struct evidence {
    enum evidence_of of;
    struct str asked, listed; /* what it is about on either side, folded; either may be empty */
    int bits;                 /* hundredths; negative speaks against */
};

#define EVIDENCE_MAX 64
struct comparison {
    int bits; /* hundredths: the sum of the parts */
    size_t n;
    struct evidence part[EVIDENCE_MAX]; /* what is said in them lives as long as both names */
};

/* `asked` is what a declaration says, `listed` what an alert says: a word that only the list has is weaker evidence
 * against than one that only the declaration has. Returns the bits; `out` may be NULL and is filled anew. O(tokens of
 * one times tokens of the other). */
int names_compare(const struct name *asked, const struct name *listed, struct comparison *out);

/* Adds what else both sides say to a comparison and returns its part. Empty or unreadable = nothing is added, 0.
 * Dates as written: YYYY, YYYY-MM, YYYY-MM-DD, "circa 1962", "1960 to 1962". Countries: ISO 3166-1 alpha-2. */
int names_birth(struct comparison *c, struct str asked, struct str listed);
int names_country(struct comparison *c, struct str asked, struct str listed);
int names_identifier(struct comparison *c, struct str asked, struct str listed, int bits);

/* 0 to 1000 for people to read: the chance of one and the same bearer that the bits come to, 500 at NAMES_MATCH.
 * Monotone in bits; only the bits order a queue. */
int names_score(int bits);
/* A part as a sentence without its figure, in the language; in the arena. */
struct str evidence_words(struct arena *a, enum lang lang, const struct evidence *e);

/* ---- numbers that say who their bearer is (identity.c) ---- */

/* Whether the letters of a CURP, or of a person's RFC, are made from this name. SILENT: it is neither, or one letter of
 * four is another, or the name is a single word. `number` in capitals without blanks. */
enum identity { IDENTITY_SILENT, IDENTITY_FITS, IDENTITY_DIFFERS };
enum identity identity_name(struct str number, const struct name *n);
/* The birth date in it as YYYY-MM-DD; an RFC does not tell the century and gives two. Returns how many. */
size_t identity_birth(struct str number, char out[2][11]);

/* ---- who among many ---- */

/*
 * An index over names: those of alerts (asked for each declaration), or those of declarations (asked for each alert).
 * It keeps everything that would score at least `least` in names_compare, without exception (tests compare it with comparing all).
 * One thread changes it at a time while nobody searches; any number search at once.
 */
struct names_index;

enum names_side { NAMES_LISTED, NAMES_ASKED }; /* which side of names_compare the stored names are */

struct names_index *names_index_new(enum names_side side);
void names_index_free(struct names_index *ix); /* NULL is harmless */
/* `id`: the caller's, at most 2^32 - 2; one that is there is replaced. -1: out of room (ERR_LIMIT). */
int names_index_put(struct names_index *ix, uint32_t id, const struct name *n, struct err *e);
bool names_index_remove(struct names_index *ix, uint32_t id); /* false: it was not there */
size_t names_index_count(const struct names_index *ix);
size_t names_index_bytes(const struct names_index *ix);

struct names_found {
    uint32_t id;
    int bits;
};
/* The best `most` names of at least `least` bits, best first, then by id; returns how many are written to `out`;
 * *beyond (may be NULL) counts those that found no room. `least` >= NAMES_MATCH / 2. Companies are asked for among
 * companies and NAME_ANY, and so on. */
struct names_search {
    int least;
    size_t most;
};
size_t names_index_search(const struct names_index *ix, const struct name *asked, struct names_search how,
                          struct names_found *out, uint64_t *beyond);

/* The index as a file, mapped when it is opened: it is read through once (a sum over all), nothing is made. `mark` (any 64 bits) is the caller's
 * word for what it holds. Written aside, synced and renamed. A file that is damaged, of another engine or of
 * another layout is ERR_CONFLICT: it is a cache, make it again. */
int names_index_save(const struct names_index *ix, const char *path, uint64_t mark, struct err *e);
struct names_index *names_index_open(const char *path, uint64_t *mark, struct err *e);

#endif
