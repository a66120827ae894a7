/*
 * feeds/answer.h: what the writers of answers share. answer.c listens to one parse and keeps, interchange by
 * interchange, what was sent and what was wrong with it; when an interchange is over, the writers turn that into
 * text:
 *
 *   answer_codes.c    fault code -> TA105, AK304 .. AK905, CONTRL 0085, CUSRES ERC: the one table
 *   answer_text.c     segments: delimiters, release characters, plain text
 *   answer_x12.c      TA1, 997, 999        answer_355.c       355
 *   answer_contrl.c   CONTRL               answer_cusres.c    CUSRES
 */
#ifndef PUENTE_FEEDS_ANSWER_H
#define PUENTE_FEEDS_ANSWER_H

#include "feeds/edi.h"

#define ANSWER_HEAD   16   /* elements of ISA, UNB, GS, UNG, UNH */
#define ANSWER_FAULTS 999u /* answered one by one, a message; the rest change the verdict only */
#define ANSWER_BYTES  ((size_t)64 << 20)  /* of the answers to one interchange */
#define ANSWER_KEPT   ((size_t)128 << 20) /* kept of one interchange before it is answered */

/* ---- the table ---- */

enum answer_level {
    LEVEL_INTERCHANGE = 'I',
    LEVEL_GROUP = 'G',
    LEVEL_MESSAGE = 'M',
    LEVEL_SEGMENT = 'S',
    LEVEL_ELEMENT = 'E'
};

struct answer_code {
    const char *fault; /* the code, or how it begins; the longest row that fits holds */
    enum answer_level level;
    const char *ta1;    /* TA105 */
    const char *ak;     /* in a 997: by level AK905, AK502, AK304 or AK403 */
    const char *ik;     /* the same in a 999 */
    const char *contrl; /* 0085 */
    const char *erc;    /* 9321 in CUSRES, K101 in 355; listed in docs/answers.md */
};
extern const struct answer_code answer_codes[]; /* ends with a NULL fault */
/* NULL when there is no row: the fault is none of an EDI message's. */
const struct answer_code *answer_code(struct str fault);

/* ---- what was kept of an interchange; all of it in one arena ---- */

struct answer_fault {
    const struct fault_def *def;
    const struct answer_code *code;
    enum severity severity;
    struct place place;
    struct str found, expected; /* found: empty when it is personal */
    struct str loop;            /* tag that opens the loop it stands in */
    struct answer_bill *bill;   /* the shipment it belongs to; NULL = the trip */
    struct answer_fault *next;
};

struct answer_faults {
    struct answer_fault *first, **last;
    uint64_t n;        /* kept */
    uint64_t count[3]; /* all of them, by severity */
};

/* A shipment with a fault: LX or CNI. */
struct answer_bill {
    struct str number, id;    /* LX01 or CNI; bill of lading */
    struct str port, lx, m11; /* X12: the segments P4, LX, M11 as they came */
    uint64_t port_at;         /* which P4 */
    struct answer_bill *next;
};

struct answer_message {
    struct str head[ANSWER_HEAD]; /* ST; or UNH with S009's components from 2 on, joined by ':' in 2 */
    struct str type, version;
    struct str document;  /* BGM's 1004 */
    struct str m10, port; /* 309: M10 and the first P4 as they came */
    bool begun, ended, personal;
    enum feeds_verdict verdict;
    struct answer_faults faults;
    struct answer_bill *bill, **last;
    struct answer_message *next;
};

struct answer_group {
    bool real;                    /* there is a GS or UNG */
    struct str head[ANSWER_HEAD]; /* its elements; composites joined by the unit separator */
    struct str said;              /* GE01: how many messages it says to have */
    struct answer_faults faults;
    struct answer_message *first, **last;
    struct answer_group *next;
};

struct answer_interchange {
    enum edi_syntax syntax;
    struct edi_delims d;
    struct str head[ANSWER_HEAD + 1]; /* ISA01.. or UNB's elements, from 1 */
    struct answer_faults faults;
    struct answer_group *first, **last;
};

/* ---- writing ---- */

struct answer_writer {
    struct arena *arena; /* of the interchange */
    struct buf *out;
    struct edi_delims d;
    enum edi_syntax syntax;
    enum lang lang;
    bool upper; /* UNOA has no lower case */
    const struct feeds_answer *how;
    uint64_t control;      /* of the next answer */
    char date[9], time[7]; /* CCYYMMDD, HHMMSS */
    uint64_t segments;     /* of the message at hand */
    uint64_t messages;     /* of the group or interchange at hand */
    uint64_t refused;      /* messages and interchanges that the answers do not accept as they are */
};

#define ANSWER_SEP "\x1f" /* between the components of an element */

/* One segment; trailing empty elements and components are left out. Texts are escaped or cleared of delimiters. */
void answer_put(struct answer_writer *w, const char *tag, const struct str *e, size_t n);
#define ANSWER_PUT(w, tag, ...)                                                                            \
    answer_put(w, tag, (const struct str[]){__VA_ARGS__},                                                  \
               sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
/* A segment as it came. */
void answer_raw(struct answer_writer *w, struct str segment);
struct str answer_number(struct answer_writer *w, uint64_t n);
/* At most n bytes. */
struct str answer_cut(struct str s, size_t n);
/* ASCII of a text in either language, without what a partner's reader may not know. */
struct str answer_plain(struct answer_writer *w, struct str s);
/* The sentence of a fault. */
struct str answer_sentence(struct answer_writer *w, const struct answer_fault *f);
/* "A" taken clean, "E" taken with faults, "R" not taken. */
char answer_verdict(const struct answer_message *m);
/* A fault of warning or error: something to tell. */
static inline bool answer_tells(const struct answer_fault *f)
{
    return f->severity != SEV_NOTE;
}
/* The first fault of this level that tells something; the worst when `worst`. */
const struct answer_fault *answer_first(const struct answer_faults *l, enum answer_level level);
bool answer_wanted(const struct answer_writer *w, unsigned kind);

/* The answers of one interchange, behind one another in w->out. */
void answer_x12(struct answer_writer *w, const struct answer_interchange *i);
void answer_355(struct answer_writer *w, const struct answer_message *m);
void answer_edifact(struct answer_writer *w, const struct answer_interchange *i);
void answer_cusres(struct answer_writer *w, const struct answer_message *m);
bool answer_has_355(const struct answer_message *m);
bool answer_has_cusres(const struct answer_message *m);

#endif
