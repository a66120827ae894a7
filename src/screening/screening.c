/* screening.c */
#include "screening/screening.h"

const struct room screening_room = {.name = "screening"};
