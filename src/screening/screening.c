/*~ 8
 * screening.c: the room: what node.c asks after each entry (react.c), and its verbs. keys.c says what is compared, normalise.c what equal means, react.c what follows.
 */
#include "screening/screening.h"

#include "screening/internal.h"

static const struct op *const ops[] = {&screening_names_compare, &screening_hits, &screening_dispose,
                                       &screening_try, NULL};

const struct room screening_room = {
    .name = "screening",
    .ops = ops,
    .tables = screening_tables,
    .apply = screening_apply,
    .react = screening_react,
};
