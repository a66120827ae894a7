/* server: see server.c */
#ifndef PUENTE_SERVER_H
#define PUENTE_SERVER_H

#include "puente.h"

extern const struct room server_room;

#endif
