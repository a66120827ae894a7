/*
 * feeds/edi.h: what the EDI files of this room share. The way of the bytes:
 *
 *   edi_lex.c      window over the input; one segment at a time as offsets, nothing copied
 *   edi_x12.c      interchange, group and message envelopes of X12
 *   edi_edifact.c  the same of EDIFACT, with the unwrapping of what mail and Type B add
 *   edi_message.c  one message: verdict, faults, where its segments stand (directory and profile)
 *   edi_check.c    elements against the directory
 *   edi_map.c      map rows: values into records
 *   edi_pax.c      lists of persons: counts, identities for matching, and what of them may be quoted
 *   edi_value.c    one value: text, dates, decimals, units
 *   edi_table*.c   the text tables -> rows        edi_compile.c  rows of a version and profile -> direct indexes
 */
#ifndef PUENTE_FEEDS_EDI_H
#define PUENTE_FEEDS_EDI_H

#include "base/crypto.h"
#include "feeds/edi_table.h"
#include "feeds/internal.h"

/* ---- lexer ---- */

enum edi_class { E_DATA, E_TERM, E_ELEM, E_COMP, E_REP, E_REL, E_BREAK, E_CTRL, E_HIGH };

struct edi_delims {
    char term, elem, comp, rep, rel; /* rep, rel: NUL when there is none */
    char mark;                       /* decimal mark; '.' and ',' are both read */
};

enum { PART_REP = 1, PART_ESCAPED = 2, PART_HIGH = 4, PART_CTRL = 8 };

/* One segment. Element 0 is the tag; element e's components are the parts el[e] .. el[e + 1] - 1; a part is
 * the bytes at[i] .. at[i + 1] - 2. All of it lives until the next call of edi_next. */
struct edi_seg {
    const char *p;
    size_t n;              /* without the terminator */
    uint64_t offset;       /* of p in the file */
    uint32_t tag;          /* edi_tag() */
    uint32_t number;       /* in the message, from 1; 0 outside */
    uint32_t parts, elems; /* elems without the tag */
    uint32_t *at;
    uint32_t *el;
    uint8_t *flag; /* of each part */
    bool odd;      /* some part has a flag */
    bool wrapped;  /* line breaks inside were taken out: p points to a copy */
    bool cut;      /* more elements than the limit: the rest is not in here */
    bool open;     /* the input ended before a terminator */
};

/* A tag as a number: up to four bytes, big-endian, blanks right. */
static inline uint32_t edi_tag(const char *p, size_t n)
{
    uint32_t t = 0;
    for (size_t i = 0; i < 4; i++)
        t = t << 8 | (i < n ? (uint8_t)p[i] : ' ');
    return t;
}
#define EDI_TAG(z) edi_tag(z, sizeof(z) - 1)

enum edi_odd {
    ODD_BREAKS = 1,
    ODD_BLANKS = 2,
    ODD_WRAPPED = 4,
    ODD_TAG = 8,
    ODD_BOM = 16,
    ODD_HEADER = 32,
    ODD_LOWER = 64,
    ODD_EMPTY = 128,
    ODD_SOFT = 256 /* "=" before a line break: quoted-printable that nothing at the start gave away */
};

struct edi_lex {
    struct feeds_run *run;
    char *buf;
    size_t cap, have, pos; /* bytes in buf; the next one */
    uint64_t base;         /* offset of buf[0] in the file */
    bool eof, failed;
    struct edi_delims d;
    uint8_t class[256];
    uint8_t look[6][16]; /* term, elem, comp, rep, rel, blank: each sixteen times */
    size_t limit, most;  /* bytes of a segment; parts */
    uint32_t *at, *el;
    uint8_t *flag;
    struct buf copy;         /* of a wrapped segment */
    unsigned odd;            /* enum edi_odd, since the caller cleared it */
    struct sha256_run *hash; /* of the open message; NULL when none */
    size_t hashed;           /* buf up to here is in it */
    void (*settle)(void *);  /* views into buf are about to move */
    void *arg;
};

enum edi_got { EDI_SEGMENT, EDI_END, EDI_LONG, EDI_FAILED };

void edi_lex_init(struct edi_lex *l, struct feeds_run *run);
void edi_lex_free(struct edi_lex *l);
void edi_lex_delims(struct edi_lex *l, const struct edi_delims *d);
/* Makes at least n bytes from pos on visible, if the input has them; how many there are (<= n). */
size_t edi_peek(struct edi_lex *l, size_t n);
void edi_skip(struct edi_lex *l, size_t n); /* n <= what edi_peek showed */
/* Skips what may stand between segments; true when there is another one. */
bool edi_start_far(struct edi_lex *l);
static inline bool edi_start(struct edi_lex *l)
{
    const char *p = l->buf + l->pos;

    if (l->pos<l->have && * p> ' ')
        return true;
    if (l->have - l->pos > 1 && *p == '\n' && p[1] > ' ' && l->d.term != '\n') { /* one a segment */
        l->odd |= ODD_BREAKS;
        l->pos++;
        return true;
    }
    return edi_start_far(l);
}
/* The next segment. EDI_LONG: it passed the limit and was skipped; s->p holds its first bytes. */
enum edi_got edi_next(struct edi_lex *l, struct edi_seg *s);
void edi_hash_begin(struct edi_lex *l, size_t from); /* from: index into buf */
void edi_hash_feed(struct edi_lex *l, size_t to);

/* Part c (from 1) of element e (from 1); empty when it is not there. */
static inline struct str edi_part(const struct edi_seg *s, unsigned e, unsigned c)
{
    uint32_t i;
    if (e > s->elems)
        return (struct str){NULL, 0};
    i = s->el[e] + c - 1;
    if (i >= s->el[e + 1])
        return (struct str){NULL, 0};
    return (struct str){s->p + s->at[i], s->at[i + 1] - s->at[i] - 1};
}
struct str edi_tag_text(const struct edi_seg *s);
/* Where it is. */
struct place edi_place(const struct edi_seg *s, unsigned e, unsigned c);

/* ---- one run and its messages ---- */

#define EDI_SLOTS 8  /* kinds that a map opens */
#define EDI_VARS  24 /* values that a map keeps */
#define EDI_VAR   64
#define EDI_JOINS 4

struct edi_live {
    struct record *r;
    int slot; /* in which it was opened */
    struct place at;
    bool closed;
    struct edi_join { /* fields that text is joined to */
        int field;    /* -1 = free */
        size_t cap;   /* bytes there is room for; 0 = the text is not ours yet */
        size_t piece; /* length of the last piece */
    } join[EDI_JOINS];
};

struct edi_slot {
    struct record *r; /* NULL when none is open, or when it was given out */
    uint32_t ordinal; /* 0 = none open */
    int owner;        /* row of the group whose end closes it; -1 = the message */
    uint64_t sent;    /* fields it had when it was given out */
};

#define PAX_MEASURES 14
#define PAX_FIELDS   12
#define PAX_TEXT     64

struct edi_pax {   /* of the message */
    unsigned part; /* as in edi_begin */
    uint64_t persons, count[PAX_MEASURES];
    struct edi_pax_total {
        bool said;
        int64_t n;
        struct place at;
    } total[3];            /* what the message says: passengers, crew, reservations */
    char series[PAX_TEXT]; /* what is counted */
    char origin[PAX_TEXT], port[PAX_TEXT], number[PAX_TEXT], scheme[16], mode[16];
    char date[12]; /* of arrival or departure, YYYY-MM-DD; empty = not known */
};

struct edi_run {
    struct feeds_run *run;
    struct edi_lex lex;
    struct edi_seg seg;
    struct faults faults;
    const struct edi_tables *tables;
    struct arena *between; /* the interchange's identity */
    struct arena *passing; /* the message's, reset at its end */
    char number[8][24];    /* edi_number */
    unsigned numbers;
    struct edi_table *compiled;
    /* the interchange */
    struct str sender, receiver, control, date; /* date: YYYYMMDD or empty */
    bool exercise;
    enum { CHARSET_ANY, CHARSET_UNOA, CHARSET_UNOB } charset; /* ANY also once it was found to lie */
    /* the message */
    bool open, understood, refused;
    struct feeds_message m;
    struct buf tolerated;
    unsigned odd_said; /* enum edi_odd that it names already */
    uint32_t segments;
    const struct edi_table *t;
    bool number_said; /* of this segment: something is no number */
    int row;          /* the cursor: -1 before the first */
    uint32_t *count;
    uint64_t *seen;
    uint8_t *hit; /* rows that were met */
    struct buf identity;
    struct arena *arena; /* records that wait */
    struct edi_slot slot[EDI_SLOTS];
    struct edi_live *live; /* live[i] has ordinal first + i */
    size_t lives, live_cap;
    uint32_t first, ordinals;
    char var[EDI_VARS][EDI_VAR];
    uint8_t var_n[EDI_VARS];
    struct place place; /* of the segment at hand, for faults from schema_check */
    /* lists of persons */
    bool personal;  /* the input has one: what stands between messages is not quoted either */
    bool foreign;   /* this message has segments of the sender's own: said */
    int standing;   /* row of the segment at hand; -1 = none */
    bool pax_ready; /* these are known: the fields that edi_pax.c reads and writes */
    int8_t pax_trip[PAX_FIELDS], pax_observation[PAX_FIELDS];
    struct edi_pax pax;
};

/* Hears every segment before it is judged, the envelope's own too. */
struct feeds_watch {
    void (*isa)(void *arg, const struct str e[17], const struct edi_delims *d);
    void (*segment)(void *arg, struct edi_run *r); /* r->seg */
    void *arg;
};
static inline void edi_watch(struct edi_run *r)
{
    const struct feeds_watch *w = r->run->options->watch;
    if (w)
        w->segment(w->arg, r);
}

/* ---- envelopes (edi_envelope.c) ---- */

/* Keeps a control number or version, trimmed and cut, in an array `name` beside its length `name_n`. */
struct str edi_hold(char *to, size_t *n, size_t cap, struct str s);
#define EDI_KEEP(x, name, s) edi_hold((x)->name, &(x)->name##_n, sizeof(x)->name, s)
#define EDI_KEPT(x, name)    str_n((x)->name, (x)->name##_n)
/* A trailer counts in its first element and repeats a reference in its second. */
bool edi_count_check(struct edi_run *r, const char *code, uint64_t actual);
void edi_reference_check(struct edi_run *r, const char *code, struct str expected);
void edi_watermark(struct edi_run *r); /* of sender and receiver */

int edi_run_init(struct edi_run *r, struct feeds_run *run);
void edi_run_free(struct edi_run *r);

#define FOUND_MAX 200 /* bytes of an element that a fault quotes */
/* Faults: through the profile, into the sink. e, c: element and component from 1, 0 = the segment. */
__attribute__((cold)) void edi_fault(struct edi_run *r, const char *code, unsigned e, unsigned c,
                                     struct str found, struct str expected);
__attribute__((cold)) void edi_fault_at(struct edi_run *r, const char *code, struct place at,
                                        struct str found, struct str expected);
__attribute__((cold)) struct str edi_number(struct edi_run *r,
                                            uint64_t n); /* as text, until the next segment */
/* What is odd but not wrong: once a message. */
void edi_tolerate(struct edi_run *r, const char *what);
void edi_tolerate_odd(struct edi_run *r); /* what the lexer met */

/* A message. version: "004010", "D.03B"; reference: ST02, UNH01. */
struct edi_begin {
    enum edi_syntax syntax;
    struct str type, version, shown; /* shown: as in the message record */
    struct str reference;
    uint64_t offset;
    bool untyped;  /* the type was guessed */
    unsigned part; /* of several, from 1, when UNH says so; 0 = it is whole */
};
void edi_message_begin(struct edi_run *r, const struct edi_begin *b);
void edi_message_segment(struct edi_run *r); /* r->seg, the envelope's own too */
/* complete: the input did not end in it. */
void edi_message_end(struct edi_run *r, bool complete);

/* Lists of persons. Whether messages of this type are such; what a closed `person` or `trip` adds; the counts, when the
 * message ends. */
/* Whether the row fills a field that only matching needs. */
bool edi_pax_identity(const struct edi_tables *t, const struct edi_op *op);
bool edi_pax_type(const struct edi_tables *t, struct str type);
void edi_pax_person(struct edi_run *r, const struct edi_live *l);
void edi_pax_trip(struct edi_run *r, const struct record *trip);
void edi_pax_end(struct edi_run *r);
/* What a fault may say of what it found: the text itself, or only its shape: "A" for letters, "9" for digits. `to` has
 * room for it. The same of a segment's tag. */
struct str edi_pax_found(const struct edi_run *r, const char *code, struct str found, char *to);
struct str edi_pax_tag(const struct edi_run *r, struct str tag, char *to);
/* Whether the segment at hand is as the directory has it, so that its values are what they should be. */
bool edi_pax_plain(const struct edi_run *r);

void edi_check(struct edi_run *r, const struct edi_segdef *def);
void edi_map(struct edi_run *r, const struct edi_row *row);
void edi_map_group_end(struct edi_run *r, int owner); /* closes the records of a group */
void edi_map_settle(void *run); /* struct edi_run: copies what points into the window */
void edi_map_reset(struct edi_run *r);

/* ---- values ---- */

/* Readable text of a part: releases, controls and foreign bytes resolved. A view of the window when nothing had to
 * be. Trailing blanks go. */
struct str edi_text_odd(struct edi_run *r, unsigned e,
                        unsigned c); /* of a segment that is odd or wrapped */
static inline struct str edi_text(struct edi_run *r, unsigned e, unsigned c)
{
    struct str s = r->seg.odd || r->seg.wrapped ? edi_text_odd(r, e, c) : edi_part(&r->seg, e, c);

    while (s.n && s.p[s.n - 1] == ' ')
        s.n--;
    return s;
}
/* Any bytes as UTF-8 without control characters; `to` has room for twice as many. */
struct str edi_clean(struct str s, char *to);
/* The same, trimmed, in an arena. */
struct str edi_keep(struct arena *a, struct str s);
/* "12.5" -> units of 10^-scale, rounded half up. False when it is no number or too large. */
bool edi_decimal(struct str s, int scale, int64_t *out);
/* The same, times a factor given in units of 10^-9. */
bool edi_scaled(struct str s, int64_t nano, int scale, int64_t *out);
/* A date by its EDIFACT format qualifier (2379), or by its length when that is empty. Writes YYYY-MM-DD or
 * YYYY-MM-DDThh:mm[:ss]. 0 when it is none; *short_year when the century was a guess. */
size_t edi_date(struct str s, struct str format, struct str time, char out[20], bool *short_year);

#endif
