/*
 * set: many rules over one record, at the cost of those that could be true. Each rule is a conjunction of parts. A part that
 * stands in several rules is asked once a record. Each rule is filed under its rarest part — a value, the
 * beginning of a code, a word in a text — and is looked at only when the record has that; all words of all rules are found in one pass over a
 * text. What cannot be filed is asked each time. The index only leaves out what cannot be true: what is true is decided
 * by cel_run alone.
 */
#ifndef PUENTE_RULES_SET_H
#define PUENTE_RULES_SET_H

#include "cel/cel.h"

/* What rules on a kind may speak of: the record itself, and what it belongs to. */
#define RULES_VARS 3
struct rules_subject {
    const char *kind;
    const char *with[RULES_VARS]; /* names of variables, which are kinds; the first is the kind itself */
    const char *by[RULES_VARS];   /* the field of an earlier one that refers to it; NULL for the first */
};
/* The closed list; NULL for a kind that rules do not read. `i` counts them all from 0; NULL past the last. */
const struct rules_subject *rules_subject(const struct kind *k);
const struct rules_subject *rules_subject_nth(size_t i);

/* One rule, alone. -1 with what is wrong: a forbidden attribute, or what cel_compile says; a rule is a yes or no. */
int rules_compile(struct arena *a, const struct rules_subject *s, enum lang lang, struct str text,
                  struct cel_program **out, struct cel_wrong *wrong);
/* The static cost that one rule may have, in cel_cost's steps. */
#define RULES_COST_MAX 200000

struct rules_set;
struct rules_set *rules_set_new(const struct rules_subject *s);
void rules_set_free(struct rules_set *set); /* NULL is harmless */
/* Before ready. The text is copied. -1 with what is wrong. Rules are numbered from 0 as they are added. */
int rules_set_add(struct rules_set *set, struct str text, struct cel_wrong *wrong);
/* Builds the index. -1 with err. */
int rules_set_ready(struct rules_set *set, struct err *e);
size_t rules_set_count(const struct rules_set *set);
bool rules_set_reads(const struct rules_set *set, size_t var); /* some rule speaks of that variable */

/* A thread's own memory for asking; made for one set. */
struct rules_run;
struct rules_run *rules_run_new(const struct rules_set *set);
void rules_run_free(struct rules_run *run);
/* The rules that are true of these records (NULL = there is none: its fields are absent), ascending, into `out`, which
 * has room for rules_set_count; returns how many. */
size_t rules_run(struct rules_run *run, const struct record *const vars[RULES_VARS], uint32_t *out);
/* How many parts were asked and how many rules looked at, in the last run: what the index is worth. */
struct rules_work {
    uint64_t asked, looked_at;
};
struct rules_work rules_run_work(const struct rules_run *run);

#endif
