/* admin.c */
#include "admin/admin.h"

const struct room admin_room = {.name = "admin"};
