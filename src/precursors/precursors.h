/*
 * precursors: goods that are a substance of the 1988 Convention, against the notices that exporting authorities send
 * before such goods leave (INCB, PEN Online). Three things are worth a look and give a hit: a substance of
 * Table I without a notice, one whose notice was objected to, and more than was notified. It looks at goods,
 * companies, quantities and dates; never at a person.
 */
#ifndef PUENTE_PRECURSORS_H
#define PUENTE_PRECURSORS_H

#include "puente.h"

extern const struct room precursors_room;

#endif
