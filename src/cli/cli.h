/*
 * cli: the command line. Finds the op, reads its arguments, runs it, shows what it says; help, man page
 * and shell completion come from the same tables.
 */
#ifndef PUENTE_CLI_H
#define PUENTE_CLI_H

#include "puente.h"

extern const struct room cli_room; /* help, man, completion */

/* `puente [-C DIR] [--lang en|es] [--json] OP ...`. The process's exit status: 0 good, 1 the answer is no or
 * the data has faults, 2 it could not be done. */
int cli_main(int argc, char **argv, const struct room *const *rooms, const struct world *world);

#endif
