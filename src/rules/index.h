/* index.h: what the files of the rule set share (set.c builds it, run.c asks it). */
#ifndef PUENTE_RULES_INDEX_H
#define PUENTE_RULES_INDEX_H

#include "rules/set.h"
#include "rules/text.h"

#define SLOTS (RULES_VARS * 64) /* a slot: a field of a variable */

struct part {
    struct cel_program *program;
    struct cel_predicate is;
    struct str text;
    double chance;     /* a guess of how often it is true; 1 = it cannot be filed */
    uint32_t first, n; /* the rules filed under it, in `filed` */
};

struct rule {
    uint32_t first, n; /* its parts, in `of` */
    uint32_t under;    /* the part it is filed under */
};

/* A hash of slot and value that brings up a part. */
struct value_key {
    uint64_t hash;
    uint32_t part;
};

struct bound {
    double constant;
    uint32_t part;
};

struct slot {
    struct text_set *words;
    uint32_t *word_part; /* the word's id -> the part */
    size_t words_n;
    struct bound *above, *below; /* sorted by constant, ascending and descending */
    size_t above_n, below_n;
    uint64_t lengths; /* bit n: some start has n bytes; 63 and more share the last */
    bool values;      /* some value is filed */
};

struct rules_set {
    struct arena *arena;
    const struct rules_subject *subject;
    const struct kind *kinds[RULES_VARS];
    struct record *absent[RULES_VARS]; /* records without fields */
    struct part *parts;
    struct rule *rules;
    uint32_t *of, *filed, *always;
    struct value_key *keys;
    size_t parts_n, rules_n, of_n, always_n, keys_n;
    uint32_t *by_text; /* hash table of parts: index + 1 */
    size_t by_text_size;
    struct slot slot[SLOTS];
    bool reads[RULES_VARS];
};

/* A hash of a value in a slot, for CEL's equality; `form`: 'v' the value, 's' the start of one. 0 for what is not filed. */
uint64_t index_hash(size_t slot, struct cel_value v, char form);
#define START_MOST 63 /* bytes of a start that are looked at */

#endif
