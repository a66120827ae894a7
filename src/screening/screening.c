/*~ 8
 * screening.c: the room: what node.c asks after each entry (react.c), and its verbs. keys.c says what is compared, weigh.c
 * when it is a match, react.c what follows. internal.h has the list of files.
 */
#include "screening/screening.h"

#include "screening/internal.h"

static const struct op *const ops[] = {
    &screening_hits,   &screening_hit_show, &screening_dispose,       &screening_try,      &screening_names,
    &screening_report, &screening_recheck,  &screening_names_compare, &screening_coverage, NULL,
};

const struct room screening_room = {
    .name = "screening",
    .ops = ops,
    .tables = screening_tables,
    .apply = screening_apply,
    .react = screening_react,
    .glance = screening_glance,
};
