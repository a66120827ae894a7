/*
 * json: writing JSON text (RFC 8259) into a buf, fast. Reading is jansson's, in schema/json.c.
 */
#ifndef PUENTE_JSON_H
#define PUENTE_JSON_H

#include "base/base.h"

/* A string with its quotes; bytes that are not UTF-8 come out as U+FFFD. */
void json_str(struct buf *b, struct str s);
void json_int(struct buf *b, int64_t i);
void json_uint(struct buf *b, uint64_t u);
void json_decimal(struct buf *b, int64_t i, int scale); /* 12345, 3 -> 12.345: as short as it is exact */
/* ,"key": with the comma only when the byte before is not an opening bracket or the start */
void json_key(struct buf *b, const char *key);
void json_comma(struct buf *b);

#endif
