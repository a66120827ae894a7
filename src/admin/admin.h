/*
 * admin: care of a node: make it, look after it, prove what it holds, forget what must be forgotten, copy it.
 */
#ifndef PUENTE_ADMIN_H
#define PUENTE_ADMIN_H

#include "puente.h"

extern const struct room admin_room;

#endif
