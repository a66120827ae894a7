/* intake.c */
#include "intake/intake.h"

const struct room intake_room = {.name = "intake"};
