/* admin: see admin.c */
#ifndef PUENTE_ADMIN_H
#define PUENTE_ADMIN_H

#include "puente.h"

extern const struct room admin_room;

#endif
