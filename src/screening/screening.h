/* screening: see screening.c */
#ifndef PUENTE_SCREENING_H
#define PUENTE_SCREENING_H

#include "puente.h"

extern const struct room screening_room;

#endif
