/*
 * frames.h: what a parser's child says to its parent, down a pipe. The child has read hostile bytes, so the
 * parent believes nothing: a frame that does not decode strictly, or comes out of turn, ends the conversation.
 *
 * A frame is a type (1 byte), a length (4 bytes, little-endian) and a payload:
 *
 *   BEGIN, END  CBOR array [format, version, profile, sender, receiver, control, reference, tolerated
 *               (bytes), exercise, personal (bool), offset, bytes (int), digest (32 bytes), verdict (int)]
 *   RECORD      kind number (2 bytes, little-endian), then the canonical values as the journal commits to them
 *   FAULT       CBOR array [code (text), severity, offset, segment, element, component (int), tag, found,
 *               expected (bytes)]
 *   PERSON      CBOR array of six bytes: role, family, given, birth, document type, documents (feeds_person); for a
 *               look in memory, when the parent asked for persons
 *   LINES       bytes, passed on as they are (`puente parse`; a file unpacked)
 *   DONE        CBOR array [status 0 or -1, error code (int), error text (text), faults and messages not clean
 *               (int)]; the last frame
 *
 * In turn: BEGIN (RECORD | FAULT | PERSON)* END, FAULT between messages, DONE once.
 */
#ifndef PUENTE_INTAKE_FRAMES_H
#define PUENTE_INTAKE_FRAMES_H

#include "feeds/feeds.h"

enum frame_type {
    FRAME_BEGIN = 1,
    FRAME_RECORD,
    FRAME_FAULT,
    FRAME_END,
    FRAME_LINES,
    FRAME_DONE,
    FRAME_PERSON
};

#define FRAME_HEAD 5
#define FRAME_MAX                                                                                          \
    ((size_t)17 << 20) /* payload of one frame: the longest JSON line of feeds, and a little */
#define FRAME_FLUSH ((size_t)256 << 10) /* the child writes when it has this much */

/* ---- the child's end ---- */

struct frames_out {
    int fd;
    bool broken; /* the pipe is gone, or a frame would not fit: nothing more is written */
    struct buf buf;
    struct feeds_lines lines; /* frames_lines only */
    struct str lines_file;
    size_t line_frame; /* where the open LINES frame starts, + 1; 0 = none */
};

void frames_out_init(struct frames_out *f, int fd);
void frames_out_free(struct frames_out *f);
/* A sink that sends records, faults and persons, and one that sends JSON lines (`file`, when not empty, goes in front of
 * each). */
struct feeds_sink frames_records(struct frames_out *f);
struct feeds_sink frames_lines(struct frames_out *f, enum lang lang, struct str file);
void frames_bytes(struct frames_out *f, struct str bytes);
/* The last word; flushes. False when the parent cannot have got everything. */
bool frames_done(struct frames_out *f, int status, const struct err *e);

/* ---- the parent's end ---- */

/* Where decoded frames go. -1 (err set by the callback's owner) stops the reading. */
struct frames_sink {
    int (*begin)(void *arg, const struct feeds_message *m);
    int (*record)(void *arg, struct record *r);
    int (*fault)(void *arg, const struct fault *f);
    int (*end)(void *arg, const struct feeds_message *m);
    int (*lines)(void *arg, struct str text);
    void *arg;
    int (*person)(void *arg, const struct feeds_person *p); /* may be NULL: nobody looks at persons */
};

enum frames_result {
    FRAMES_GOOD,   /* all whole frames were taken */
    FRAMES_BROKEN, /* the peer breaks the protocol */
    FRAMES_STOPPED /* the sink said -1 */
};

struct frames_in {
    const struct frames_sink *to;
    bool in_message, done;
    int status;        /* of DONE: as feeds_parse */
    int64_t not_clean; /* of DONE: faults from SEV_WARNING up and messages not taken */
    struct err why;    /* of DONE */
    struct arena *arena;
    struct buf header; /* one kind's canonical header, kept while records of that kind come */
    const struct kind *header_kind;
};

void frames_in_init(struct frames_in *f, const struct frames_sink *to);
void frames_in_free(struct frames_in *f);
/* Takes every whole frame off the front of `bytes`; *used = how many bytes they were. What a callback is
 * given points into `bytes` and the reader's arena and lives until it returns. */
enum frames_result frames_take(struct frames_in *f, struct str bytes, size_t *used);

#endif
