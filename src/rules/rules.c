/*
 * rules.c: the room. subject.c says what a rule may name, set.c and run.c ask many rules at once, live.c holds those in
 * force, react.c makes the hits; draft.c, backtest.c and list.c are a rule's life.
 */
#include "rules/rules.h"

#include "rules/internal.h"

static const struct op *const ops[] = {&rules_list,    &rules_check,  &rules_draft, &rules_backtest,
                                       &rules_approve, &rules_retire, &rules_eval,  NULL};

const struct room rules_room = {
    .name = "rules",
    .ops = ops,
    .tables = rules_tables,
    .apply = rules_apply,
    .react = rules_react,
};
