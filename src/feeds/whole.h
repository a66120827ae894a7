/*
 * feeds/whole.h: messages kept whole: their records in memory, and beside them what no field holds, as `fragment`
 * records: the difference (delta.h) between the bytes that came and what the writer makes of the records alone.
 */
#ifndef PUENTE_FEEDS_WHOLE_H
#define PUENTE_FEEDS_WHOLE_H

#include "feeds/internal.h"
#include "feeds/write.h"

#define WHOLE_MAX ((size_t)64 << 20) /* bytes of an input that is kept whole */

struct held {
    struct arena *arena; /* the message's */
    struct feeds_message m;
    struct record **r;
    size_t n, cap;
    struct buf kept; /* its fragments, one behind the other */
};
void held_init(struct held *h);
void held_free(struct held *h);
void held_reset(struct held *h);
void held_message(struct held *h, const struct feeds_message *m); /* copies its texts */
void held_record(struct held *h, const struct record *r);         /* a copy; fragments go into `kept` */

/* An input in memory: `arg` is a struct str, what is left of it. */
long whole_read(void *arg, void *to, size_t most);

/* The format that can be written of a message of this one; NULL = none. */
const struct feeds_write_format *feeds_write_format_of(struct str format);

/* As feeds_parse, for options.whole: each message that was taken and can be written ends with its fragments. */
int whole_parse(const struct feeds_input *in, const struct feeds_options *o, const struct feeds_sink *to,
                struct err *e);

#endif
