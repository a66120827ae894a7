/*
 * feeds/wrap.h: what a message was carried in and is no part of it: a mail with its parts, quoted-printable, Base64, "> "
 * before every line, UTF-16, an XML document that holds another one as text. Stands in front of every reader, like
 * gunzip.h, and costs a clean message one look at its first bytes.
 *
 *   wrap.c        which layers there are, by the first bytes; their parts in turn; places
 *   wrap_code.c   the window of a layer, the map of its places; UTF-16, "> "
 *   wrap_mail.c   headers, parts, boundaries, transfer codings (RFC 2045, 2046, 5322)
 *   wrap_xml.c    texts inside XML
 *
 * A layer is a stream of bytes made from another stream, so memory is bounded; layers stand in an array, so nothing
 * recurs. Every layer remembers where its bytes came from: a fault's offset, a message's offset and its length are those of
 * the input as it came. (The line of a fault in an XML document is counted in that document.)
 */
#ifndef PUENTE_FEEDS_WRAP_H
#define PUENTE_FEEDS_WRAP_H

#include "feeds/internal.h"

#define WRAP_DEPTH 4 /* layers one inside the other */
#define WRAP_RUNS                                                                                          \
    ((size_t)64 << 10) /* stretches whose place is remembered; older ones are near their next */
#define WRAP_WINDOW     ((size_t)16 << 10) /* bytes of the input of a layer in memory */
#define WRAP_STEP       1024               /* bytes that a layer decodes at once, about */
#define WRAP_AHEAD      256                /* bytes that a layer may look ahead */
#define WRAP_BOUNDARIES 8                  /* of the parts of a mail, and of its parts' parts */
#define WRAP_BOUNDARY   70                 /* bytes of one (RFC 2046 §5.1.1) */
#define WRAP_HEADER     ((size_t)2 << 10)  /* bytes of a mail's header line that are looked at */

struct wrap;
struct wraps;

struct wrap_kind {
    const char *name; /* in feeds_message.tolerated */
    /* Goes to the next part, from wherever in the last one it stands. False when there is none. */
    bool (*next)(struct wrap *w);
    /* Some more bytes of the part: wrap_emit; or sets w->ended. */
    void (*more)(struct wrap *w);
    bool many;    /* parts; what is in none of them is passed over */
    bool unicode; /* what it gives is UTF-8, whatever it says of itself */
};
extern const struct wrap_kind wrap_utf16, wrap_quoted;                /* wrap_code.c */
extern const struct wrap_kind wrap_mail, wrap_printable, wrap_base64; /* wrap_mail.c */
extern const struct wrap_kind wrap_xml;                               /* wrap_xml.c */

enum wrap_coding { CODING_NONE, CODING_PRINTABLE, CODING_BASE64 };

struct wrap_run {
    uint64_t out, in; /* from this byte of the part on; where it came from */
};

struct wrap {
    const struct wrap_kind *kind;
    struct wraps *all; /* NULL while it is only tried */
    size_t below;      /* layers that it is in */
    struct feeds_input source;
    bool unicode; /* what comes in is UTF-8, whatever it says of itself */
    /* the window */
    char in[WRAP_WINDOW];
    size_t pos, have;
    uint64_t base; /* of in[0] */
    bool eof, failed;
    /* the part */
    bool ended, damaged; /* damaged: said once */
    char out[WRAP_STEP * 2];
    size_t out_n, out_given;
    uint64_t made; /* bytes of it so far */
    struct wrap_run *run;
    size_t runs, run_cap;
    unsigned in_per, out_per; /* bytes in for bytes out, along a run */
    struct str head;          /* its first bytes, for detection; given first */
    char head_bytes[FEEDS_HEAD];
    size_t head_used;
    /* of a kind */
    bool started, line, big, cdata, latin1; /* line: at the start of one */
    enum wrap_coding coding;
    unsigned long group; /* Base64: so many of four */
    unsigned groups;
    uint64_t group_at;
    char boundary[WRAP_BOUNDARIES][WRAP_BOUNDARY + 1];
    size_t boundaries;
    enum { MAIL_HEADERS, MAIL_BETWEEN, MAIL_BODY } where;
    char type[80]; /* of the part, as its mail says */
};

/* Makes n bytes from pos on visible (n <= WRAP_AHEAD), or as many as there are; how many are visible. */
size_t wrap_fill(struct wrap *w, size_t n);
static inline size_t wrap_need(struct wrap *w, size_t n)
{
    return w->have - w->pos >= n ? w->have - w->pos : wrap_fill(w, n);
}
static inline uint64_t wrap_at(const struct wrap *w)
{
    return w->base + w->pos;
}
bool wrap_looks(struct wrap *w, const char *z); /* at z */
/* Byte c of the part, made of what is at `from` in the input. Whoever emits looks after WRAP_STEP bytes. */
void wrap_emit(struct wrap *w, uint64_t from, char c);
void wrap_emit_character(struct wrap *w, uint64_t from, uint32_t c); /* as UTF-8 */
void wrap_part_begin(struct wrap *w, unsigned in_per, unsigned out_per);
/* The coding is damaged there: said once a part. */
void wrap_damaged(struct wrap *w, uint64_t at, struct str found, const char *expected);
/* A fault of a layer, whose place is in what that layer is made from. */
void wrap_say(struct wrap *w, const char *code, uint64_t at, struct str found, struct str expected);
/* Reads of the part; as feeds_input.read, and always as much as there is. */
long wrap_read(struct wrap *w, char *to, size_t most);
uint64_t wrap_place(const struct wrap *w, uint64_t out); /* O(log WRAP_RUNS) */

/* By the first bytes alone. */
bool wrap_is_utf16(struct str head, bool *big);
bool wrap_is_mail(struct str head);
bool wrap_is_printable(struct str head);
bool wrap_may_be_base64(struct str head);
bool wrap_may_be_quoted(struct str head);
bool wrap_may_enclose(struct str head); /* XML with texts that may be documents */

/* In what the run's input is carried; NULL = in nothing. */
const struct wrap_kind *wrap_find(struct str head, const char *name, bool unicode);
/* Reads each part with the reader that knows it. As feeds_parse. */
int wrap_parse(struct feeds_run *run, const struct wrap_kind *outermost);

#endif
