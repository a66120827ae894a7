/*
 * coordination.c: the room: its verbs and its views. clocks.c keeps the one table of clocks, sources.c says which
 * records start and stop them, due.c shows them. How a request travels is the exchange's business: here it is a record,
 * whoever wrote it.
 */
#include "coordination/coordination.h"

#include "coordination/internal.h"

static const struct op *const ops[] = {
    &coordination_request, &coordination_answer, &coordination_alarm,
    &coordination_contact, &coordination_due,    NULL,
};

const struct room coordination_room = {
    .name = "coordination",
    .ops = ops,
    .tables = clock_tables,
    .apply = coordination_apply,
    .react = coordination_react,
};
