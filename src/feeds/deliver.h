/*
 * feeds/deliver.h: one message on its way to the sink, for the readers of documents and rows. Faults found
 * before the message's first line is known are held and follow `begin`; then they stream.
 */
#ifndef PUENTE_FEEDS_DELIVER_H
#define PUENTE_FEEDS_DELIVER_H

#include "base/crypto.h"
#include "feeds/internal.h"

struct deliver {
    struct feeds_run *run;
    struct arena *arena;    /* the message's: emptied by deliver_open */
    struct feeds_message m; /* format, version, ... : set by the reader before deliver_begin */
    struct faults faults;   /* put faults here at any time after deliver_open */
    uint8_t context[32];    /* what a message's bytes mean: format, header row, mapping */
    uint64_t records;       /* delivered so far in this message */
    bool begun, ungrasped;  /* ungrasped: end as FEEDS_NOT_UNDERSTOOD */
    struct held *held, **tail;
};

void deliver_init(struct deliver *d, struct feeds_run *run, const char *format);
/* Forgets the old context. `context`: bytes that belong to every message's identity besides its own (see feeds_message.digest). */
void deliver_context(struct deliver *d, struct str context);
void deliver_free(struct deliver *d);
/* Starts a message at this byte: empties the arena, forgets what the last one said. */
void deliver_open(struct deliver *d, uint64_t offset);
/* Tells the sink; the message's description must be complete but for what is known at its end. */
void deliver_begin(struct deliver *d);
/* Returns the record's ordinal in the message, for T_REF values; 0 when the limit is reached (a fault). */
int64_t deliver_record(struct deliver *d, struct record *r);
/* The message's bytes. Refused when any fault of SEV_ERROR was put. */
void deliver_end(struct deliver *d, struct str bytes);
/* The same, when the digest was taken on the way. */
void deliver_end_digest(struct deliver *d, uint64_t bytes, const uint8_t digest[32]);

/* Text that is UTF-8 without control characters, for `found` in a fault and for fields: at most `most`
 * bytes, cut at a character; what is no UTF-8 is read as Windows-1252; control characters become blanks. */
struct str text_clean(struct arena *a, struct str s, size_t most);
/* Windows-1252 (a superset of ISO 8859-1's printable part) to UTF-8. */
struct str text_latin1(struct arena *a, struct str s);

/* Sets a text field by name; an empty text leaves it as it is. */
void text_set(struct record *r, const char *field, struct str s);

#define FOUND_MAX 200 /* bytes of `found` in a fault */

#endif
