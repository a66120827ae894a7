/*
 * cbor: the deterministic subset of RFC 8949 §4.2.1 that the journal commits to: integers, byte and
 * text strings, arrays, maps and booleans; definite lengths, shortest forms, no floats, no tags.
 * The reader refuses everything else, so bytes that decode re-encode to themselves.
 */
#ifndef PUENTE_CBOR_H
#define PUENTE_CBOR_H

#include "base/base.h"

void cbor_int(struct buf *b, int64_t i);
void cbor_bytes(struct buf *b, struct str s);
void cbor_text(struct buf *b, struct str s); /* caller has checked that it is UTF-8 */
void cbor_array(struct buf *b, size_t n);    /* n items follow */
void cbor_map(struct buf *b, size_t n);      /* n pairs follow, keys ascending */
void cbor_bool(struct buf *b, bool v);

enum cbor_type { CBOR_INT, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_BOOL };

struct cbor_item {
    enum cbor_type type;
    int64_t i;    /* INT; BOOL 0 or 1; ARRAY items; MAP pairs */
    struct str s; /* BYTES, TEXT: points into the input */
};

/* Takes one item (a head only, for arrays and maps) off the front of `*in`. false on anything outside
 * the subset, a length beyond the input, or text that is not UTF-8. */
bool cbor_read(struct str *in, struct cbor_item *out);
/* The same, and it must be of this type. */
bool cbor_expect(struct str *in, enum cbor_type type, struct cbor_item *out);

#endif
