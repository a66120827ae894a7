/* exercise.c */
#include "exercise/exercise.h"

const struct room exercise_room = {.name = "exercise"};
