/*
 * intake: the way in. `parse` shows what the feeds read in a file; `feed` takes it into the node. Bytes are
 * parsed in a sandboxed child (child.c); what it says is decoded strictly (frames.c), checked against the schema
 * again, and appended to the journal a whole message at a time (taking.c).
 */
#ifndef PUENTE_INTAKE_H
#define PUENTE_INTAKE_H

#include "puente.h"

extern const struct room intake_room;

#endif
