/* internal.h: what the files of the room share. */
#ifndef PUENTE_RULES_INTERNAL_H
#define PUENTE_RULES_INTERNAL_H

#include "rules/rules.h"
#include "rules/set.h"

#define RULES_ENGINE "rules/1"

/* ---- rule.c: rules as records ---- */

struct str rule_get(const struct record *r, const char *field);
void rule_put(struct record *r, const char *field, struct str s);
struct record *rule_own(struct ctx *c, const char *kind); /* written by whoever asks */
/* Checked and appended: 0, or -1 with err (ERR_DATA: the first fault). */
int rule_store(struct ctx *c, struct record *r);
/* The current version of the rule with this name or id; -1 with err (ERR_NOT_FOUND). */
int rule_find(struct ctx *c, struct str given, struct record **out);
/* Its subject; -1 with err when rules do not read that kind. */
int rule_subject(struct ctx *c, struct str kind, const struct rules_subject **out);
/* Compiled alone, or -1 with err: what is wrong, where, why. */
int rule_compiled(struct ctx *c, const struct rules_subject *s, struct str text, struct cel_program **out);
/* A new version that replaces it. */
struct record *rule_next(struct ctx *c, const struct record *rule, const char *status);
void rule_say_id(struct ctx *c, struct out *o, const char *key, const uint8_t id[16]);

/* ---- live.c: the rules in force ---- */

extern const char *const rules_tables[];
int rules_apply(struct ctx *c, const struct entry *x);

struct live_rule {
    struct record *rule;
    int64_t bits; /* how rarely it fires, in hundredths of a bit, by its last back-test; -1 = not known */
};
struct live {
    struct rules_set *set;
    struct rules_run *run;
    struct live_rule *rule; /* by number in the set */
    uint32_t *found;        /* room for all of them */
};
/* Those in force today on records of this kind; NULL in *out when there are none. Inside react only. -1 with err. */
int live_rules(struct ctx *c, const struct rules_subject *s, const struct live **out);
/* What the record belongs to, as it is now; entries stay NULL when it is not there or no rule asks for it. -1 with err. */
int live_vars(struct ctx *c, const struct rules_subject *s, const struct rules_set *set,
              const struct record *vars[RULES_VARS]);

/* ---- react.c, the verbs ---- */

int rules_react(struct ctx *c, const struct entry *x);

extern const struct op rules_list, rules_check, rules_draft, rules_backtest, rules_approve, rules_retire,
    rules_eval;

#endif
