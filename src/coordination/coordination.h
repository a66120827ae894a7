/*
 * coordination: who asked whom for what, until when, and what is late: requests and their answers, the alarm for a
 * life at risk, the reports on contacts with foreign agencies, and one list of every clock.
 */
#ifndef PUENTE_COORDINATION_H
#define PUENTE_COORDINATION_H

#include "puente.h"

extern const struct room coordination_room;

#endif
