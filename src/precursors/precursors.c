/*
 * precursors.c: the room. substances.c is the Convention's list, find.c recognises a substance in what a document
 * says of goods, balance.c sets arrivals against notices, react.c makes and withdraws the hits.
 */
#include "precursors/precursors.h"

#include "precursors/internal.h"

static const struct op *const ops[] = {&precursors_list, &precursors_notices, NULL};

const struct room precursors_room = {
    .name = "precursors",
    .ops = ops,
    .tables = precursors_tables,
    .apply = precursors_apply,
    .react = precursors_react,
};
