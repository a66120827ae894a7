/* repeat.h: an op that runs by itself while the server answers. */
#ifndef PUENTE_SERVER_REPEAT_H
#define PUENTE_SERVER_REPEAT_H

#include "puente.h"

struct repeat;

/* Runs the op, without arguments, now and then `seconds` after each end, in a thread of its own, on a copy of `base`
 * (which must outlive it). What it says is dropped; when it fails and `log` is set, that is one line on stderr. */
struct repeat *repeat_start(const struct ctx *base, const struct op *op, unsigned seconds, bool log);
void repeat_stop(struct repeat *r); /* waits for a run that is under way; NULL is harmless */

#endif
