/* server.c */
#include "server/server.h"

const struct room server_room = {.name = "server"};
