/*
 * rules: what an office wants looked at, as text in CEL (cel/cel.h) over consignments, conveyances, goods, places and times.
 * A rule is drafted, tried on history, agreed to by a second officer, in force, retired; while it is in force
 * each record that it is true of gives a hit. No rule sees a person, and none can: the attributes it may name are a closed list,
 * and naming another is refused with the reason (law 8).
 */
#ifndef PUENTE_RULES_H
#define PUENTE_RULES_H

#include "puente.h"

extern const struct room rules_room;

#endif
