/* records: see records.c */
#ifndef PUENTE_RECORDS_H
#define PUENTE_RECORDS_H

#include "puente.h"

extern const struct room records_room;

#endif
