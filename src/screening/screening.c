/* screening.c: the room. keys.c says what is compared, normalise.c what equal means, react.c what follows. */
#include "screening/screening.h"

#include "screening/internal.h"

const struct room screening_room = {
    .name = "screening",
    .tables = screening_tables,
    .apply = screening_apply,
    .react = screening_react,
};
