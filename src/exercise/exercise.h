/* exercise: see exercise.c */
#ifndef PUENTE_EXERCISE_H
#define PUENTE_EXERCISE_H

#include "puente.h"

extern const struct room exercise_room;

#endif
