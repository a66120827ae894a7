/*
 * records.c: the generic verbs on records of any kind. They know no kind by name but two of the trust family:
 * `access`, which they write when somebody looks at personal data, and `erasure`, which they name when something
 * is gone. overview.c, the picture of what came in, knows the traffic and intake kinds too.
 */
#include "records/records.h"
#include "records/internal.h"

static const struct op *const ops[] = {
    &records_list,   &records_show,  &records_history, &records_add,      &records_correct,
    &records_export, &records_kinds, &records_kind,    &records_overview, NULL,
};

const struct room records_room = {.name = "records", .ops = ops, .tables = records_tables};
