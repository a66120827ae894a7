/*
 * feeds/delta.h: one text as what it takes from another. A message written from its records is nearly the message that
 * came; the difference is what no field of a record holds: elements without a map row, spellings, line breaks,
 * the envelope. Format of a difference, numbers as LEB128:
 *
 *   "PD1" (3 bytes), SHA-256 of the base (32 bytes), SHA-256 of the text (32 bytes), then until the end
 *   n * 2, position      n bytes of the base from there
 *   n * 2 + 1, bytes     n bytes as they are
 */
#ifndef PUENTE_FEEDS_DELTA_H
#define PUENTE_FEEDS_DELTA_H

#include "base/base.h"

/* Puts the difference behind what `out` has. O(text + base) on texts that do not repeat themselves. */
void delta_make(struct buf *out, struct str base, struct str text);

enum delta_result {
    DELTA_DONE,
    DELTA_OTHER, /* it was made against another base: the records are not the same any more */
    DELTA_BROKEN /* it is no difference */
};
/* Puts the text behind what `out` has, or nothing. Every byte of `delta` is hostile. */
enum delta_result delta_apply(struct buf *out, struct str base, struct str delta);
/* How many bytes of it stand for themselves: what the base did not have. */
size_t delta_own(struct str delta);

#endif
