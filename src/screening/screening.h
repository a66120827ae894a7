/*
 * screening: what is declared against what authorities look for. An alert and a declared identifier or name that
 * are equal (normalise.h says what equal means) give a `hit`: "look here, because". Whichever comes later finds
 * the other. Nobody is scored and nothing is decided here: an officer disposes of a hit and says why.
 */
#ifndef PUENTE_SCREENING_H
#define PUENTE_SCREENING_H

#include "puente.h"

extern const struct room screening_room;

#endif
