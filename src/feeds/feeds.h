/*
 * feeds: bytes -> records + faults, and nothing else. No file, no clock, no store, no globals: the same
 * function runs in a unit test, under a fuzzer, and in intake's sandboxed child.
 *
 * Three layers, all as tables: *syntax* (X12 and EDIFACT give one event stream), *directory* (rows of
 * segments and elements with version bounds), *profile* (what a partner adds, removes, tolerates, rejects
 * from a date on).
 */
#ifndef PUENTE_FEEDS_H
#define PUENTE_FEEDS_H

#include "schema/schema.h"

/* Limits on everything that comes from outside; one place. */
struct feeds_limits {
    size_t segment;   /* bytes in a segment, an XML text, a CSV or JSON line */
    size_t elements;  /* elements in a segment */
    size_t depth;     /* nesting of XML, of groups */
    uint64_t message; /* bytes in a message */
    uint64_t records; /* records in a message */
    uint64_t faults;  /* faults reported a message; the rest are counted */
};
extern const struct feeds_limits feeds_limits_default;

/* Bytes come in pieces: at least one, or 0 at the end, -1 when the source failed. */
struct feeds_input {
    long (*read)(void *arg, void *to, size_t most);
    void *arg;
    const char *name; /* of the file, for `message` records; may be NULL */
};

/* What a parser says, in order. message_begin .. records and faults .. message_end; what stands outside any
 * message (envelope faults) comes between messages. A record's T_REF values count the records of its message
 * from 1 (value.i) until intake gives them ids. `r` and `f` live until the callback returns. */
struct feeds_message {
    struct str format;  /* "x12-309", "edifact-cuscar", "cfdi", ... */
    struct str version; /* "004010", "D:03B", "3.1" */
    struct str profile; /* name of the profile applied */
    struct str sender, receiver, control, reference;
    struct str tolerated; /* what was odd but not wrong, joined by LF: bom, line-breaks, type-b, wrapped,
                               two-digit-year, ...; complete at the end */
    bool exercise;        /* carries the watermark */
    bool
        personal; /* a list of persons, or their tracks: its bytes are kept nowhere, whatever the verdict */
    uint64_t offset, bytes; /* bytes: known at the end */
    uint8_t digest[32];     /* of the message's bytes and its envelope's identity; known at the end */
    enum feeds_verdict { FEEDS_TAKEN, FEEDS_REFUSED, FEEDS_NOT_UNDERSTOOD } verdict; /* known at the end */
};
/* A person whom a list declares, for matching in memory: no record holds this and nothing may keep it. Strings live
 * until the callback returns. */
struct feeds_person {
    struct str role; /* "passenger", "crew", "transit-passenger", ...; "named" = only named in a remark */
    struct str family, given; /* a name in one piece is all in family */
    struct str birth;         /* YYYY-MM-DD; empty when not declared */
    struct str document_type; /* "passport", "visa", "other", ...; of the first document */
    struct str documents;     /* numbers, LF between */
};
struct feeds_sink {
    void (*begin)(void *arg, const struct feeds_message *m);
    void (*record)(void *arg, struct record *r);
    void (*fault)(void *arg, const struct fault *f);
    void (*end)(void *arg, const struct feeds_message *m);
    void *arg;
    void (*person)(void *arg, const struct feeds_person *p); /* may be NULL */
};

struct feeds_watch; /* edi.h: hears the segments; for the writers of answers */

struct feeds_options {
    const char *as;      /* a format's name; NULL = detect */
    const char *profile; /* NULL = by sender, version and date */
    struct str mapping;  /* CSV: the text of a mapping file; empty = header names are field names */
    const struct feeds_limits *limits; /* NULL = the defaults */
    struct str profiles;               /* further profile tables (text), after the built-in ones */
    const struct feeds_watch *watch;   /* NULL but inside this room */
    /* A message that was taken and can be written (feeds/write.h) ends with `fragment` records: what no field of its
     * records holds. JSON lines: {"kind":"message"} begins a message; without one all lines are one. Such an input
     * is read into memory. */
    bool whole;
};

/* Reads the built-in tables now instead of in the first parse: for a parent, before it forks its parsers. */
void feeds_ready(void);

/* Reads the input to its end. 0 = read (faults or not), -1 = unreadable: nothing in it could be recognised, or
 * the source failed (err). Memory: bounded by the limits, not by the file. */
int feeds_parse(const struct feeds_input *in, const struct feeds_options *o, const struct feeds_sink *to,
                struct err *e);

/* The input as the readers see it: a gzip file unpacked, anything else as it is. What `put` is given lives until
 * it returns. -1 with err: damaged, cut off, a bomb, or the source failed. */
int feeds_unpack(const struct feeds_input *in, void (*put)(void *arg, struct str bytes), void *arg,
                 struct err *e);

/* Whether bytes that no reader understood look like a list of persons or the tracks of ships, and so must not be
 * kept. Give the end of one
 * piece again at the start of the next: FEEDS_PERSONAL_SEAM bytes. */
#define FEEDS_PERSONAL_SEAM 12
bool feeds_personal(struct str bytes);

/* A sink that writes JSON lines, one call of `put` a line, LF included: what `puente parse` shows and what the
 * fixtures hold. feeds_lines_free afterwards. */
struct feeds_lines {
    enum lang lang;
    void (*put)(void *arg, struct str line);
    void *arg;
    struct buf line;
    bool whole;                                         /* each message begins with a line of its own */
    uint64_t records, faults[3], messages, verdicts[3]; /* by severity; by verdict */
};
struct feeds_sink feeds_lines(struct feeds_lines *l, enum lang lang,
                              void (*put)(void *arg, struct str line), void *arg);
void feeds_lines_free(struct feeds_lines *l);

/* Answers to the sender (X12.56, X12 997, 999, 355; ISO 9735 CONTRL; CUSRES): one interchange for each one received, in
 * its delimiters, sender and receiver swapped. */
enum feeds_answer_kind {
    ANSWER_TA1 = 1,
    ANSWER_997 = 2,
    ANSWER_999 = 4,
    ANSWER_CONTRL = 8,
    ANSWER_355 = 16,
    ANSWER_CUSRES = 32
};
struct feeds_answer_to {
    void (*put)(void *arg, struct str text); /* lives until it returns */
    void *arg;
    uint64_t *refused;
};
struct feeds_answer {
    unsigned kinds;   /* of enum feeds_answer_kind; 0 = what the standard asks for */
    int64_t now;      /* of the answers: microseconds since 1970 */
    uint64_t control; /* of the first answer; the next ones count on, modulo 10^9 */
    enum lang lang;   /* of texts in them */
};
/* Reads the input to its end and writes the answers. *refused counts messages and interchanges that were not accepted
 * as they are. 0; -1 with err: as feeds_parse, or there is nothing that could be answered (ERR_DATA). */
int feeds_answer(const struct feeds_input *in, const struct feeds_options *o,
                 const struct feeds_answer *how, const struct feeds_answer_to *to, struct err *e);

/* ---- profiles: what a partner adds, removes, tolerates, rejects ---- */

struct feeds_profiles; /* the built-in ones and further tables; in an arena */
struct feeds_profile {
    struct str name, message; /* message: "CUSCAR", "309" */
    struct str syntax;        /* "edifact", "x12" */
    struct str versions;      /* "D.03B..D.10B"; empty = all */
    struct str from, until;   /* CCYYMMDD; empty = always */
    struct str source;        /* the file; empty = built in */
    size_t rows;
    const void *row; /* feeds_profile_words */
};
struct feeds_profiles *feeds_profiles_new(struct arena *a);
/* Further tables over those that are there. -1 with err (ERR_DATA): name and line. */
int feeds_profiles_add(struct feeds_profiles *p, struct str text, const char *name, struct err *e);
size_t feeds_profiles_count(const struct feeds_profiles *p);
/* i from 0: the user's before the built-in ones. Lives as long as the arena. */
const struct feeds_profile *feeds_profiles_nth(const struct feeds_profiles *p, size_t i);
/* By name: the one that is tried first; NULL when there is none. */
const struct feeds_profile *feeds_profile_find(const struct feeds_profiles *p, struct str name);
/* What the profile does, a sentence a row; put is called in order. */
void feeds_profile_words(const struct feeds_profiles *p, const struct feeds_profile *one, enum lang lang,
                         void (*put)(void *arg, struct str sentence), void *arg);

/* The formats, for help, completion and --as. */
struct feeds_format {
    const char *name;
    const char *label; /* msgid */
};
extern const struct feeds_format feeds_formats[]; /* ends with a NULL name */

#endif
