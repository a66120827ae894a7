/* intake: see intake.c */
#ifndef PUENTE_INTAKE_H
#define PUENTE_INTAKE_H

#include "puente.h"

extern const struct room intake_room;

#endif
