/* records.c */
#include "records/records.h"

const struct room records_room = {.name = "records"};
