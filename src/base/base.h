/*
 * base: the ground floor. Views of bytes, arenas, bounded buffers, errors. Nothing here knows what a
 * border is. base is a shelf of small tools, so unlike the other rooms it has one header a tool:
 * base.h, text.h (languages), clock.h (time, chance, ids), json.h, cbor.h, crypto.h, sandbox.h.
 */
#ifndef PUENTE_BASE_H
#define PUENTE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- str: a view of bytes that somebody else owns; not NUL-terminated ---- */

struct str {
    const char *p;
    size_t n;
};

#define S(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_ARG(s) (int)(s).n, (s).p /* for "%.*s" */

static inline struct str str_z(const char *z)
{
    return (struct str){z, z ? strlen(z) : 0};
}

static inline struct str str_n(const void *p, size_t n)
{
    return (struct str){p, n};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int str_cmp(struct str a, struct str b); /* bytewise, shorter first on a tie */
bool str_starts(struct str s, struct str prefix);
/* Without ASCII blanks, tabs, CR, LF at both ends. Most texts have none. */
struct str str_trim_blanks(struct str s);
static inline struct str str_trim(struct str s)
{
    return s.n && s.p[0] > ' ' && s.p[s.n - 1] > ' ' ? s : str_trim_blanks(s);
}
/* Decimal digits with an optional '-'; false when empty, not a number, or out of range. */
bool str_int(struct str s, int64_t *out);
bool str_utf8(struct str s); /* well-formed UTF-8 (RFC 3629), no surrogates */
int str_hex(char c);         /* the value of a hexadecimal digit of either case, or -1 */
/* Cuts the part before the first `sep` off `*rest`; false when `*rest` is spent (p == NULL). */
bool str_split(struct str *rest, char sep, struct str *part);

/* ---- arena: one a message or request; everything in it dies together ---- */

struct arena;
struct arena *arena_new(void);                        /* never NULL: out of memory ends the process */
void arena_free(struct arena *a);                     /* NULL is harmless */
void arena_reset(struct arena *a);                    /* empties; keeps the first block */
size_t arena_used(const struct arena *a);             /* bytes handed out since new or reset */
void *arena_alloc(struct arena *a, size_t n);         /* zeroed, aligned for any type; never NULL */
struct str arena_copy(struct arena *a, struct str s); /* the copy has a NUL behind it */
char *arena_z(struct arena *a, struct str s);         /* the same as a C string */
struct str arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- buf: bytes that grow up to a limit named at birth ---- */

struct buf {
    char *p;
    size_t n, cap, max;
    bool over; /* a write would have passed max: it was dropped, and so are all later ones */
};

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);            /* then as after buf_init */
void buf_reset(struct buf *b);           /* empties, keeps the memory, clears over */
char *buf_room(struct buf *b, size_t n); /* space for n more bytes, or NULL (then over); add to b->n */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_z(struct buf *b, const char *z);
static inline void buf_char(struct buf *b, char c)
{
    if (b->n < b->cap && b->n < b->max && !b->over)
        b->p[b->n++] = c;
    else
        buf_put(b, &c, 1);
}
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline struct str buf_view(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

/* ---- err: the world failed (a disk, a lock, a peer). Bad *data* is a fault: see schema.h ---- */

enum err_code {
    ERR_NONE,
    ERR_USAGE,     /* what was asked for makes no sense        exit 2, HTTP 400 */
    ERR_DATA,      /* the input breaks a rule                  exit 1, HTTP 422 */
    ERR_NOT_FOUND, /*                                          exit 1, HTTP 404 */
    ERR_DENIED,    /* no right to see or do it                 exit 1, HTTP 403 */
    ERR_CONFLICT,  /* the head or a version moved on           exit 1, HTTP 409 */
    ERR_LIMIT,     /* too large, too many                      exit 2, HTTP 413 */
    ERR_BUSY,      /* another process holds the node           exit 2, HTTP 503 */
    ERR_FULL,      /* no space left                            exit 2, HTTP 507 */
    ERR_IO,        /* a file, a socket                         exit 2, HTTP 500 */
    ERR_CORRUPT    /* what is stored does not verify           exit 2, HTTP 500 */
};

struct err {
    enum lang lang; /* the language of the text; set by whoever owns the struct */
    enum err_code code;
    char text[512];
};

/* Describes the failure once, where it is first seen, in err->lang; fmt is a msgid (see text.h).
 * Returns -1, so that `return err_set(...)` reads well. A second call overwrites the first. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void err_clear(struct err *e);

/* Memory: both end the process when there is none left; the journal makes a restart safe. */
void *xmalloc(size_t n);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *z);

/* ---- files ---- */

/* Reads a whole file of at most `max` bytes into the arena. -1 with err (ERR_IO, ERR_LIMIT). */
int file_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *e);
/* Writes to a temporary neighbour, fsyncs, renames over `path`, fsyncs the folder. */
int file_write(const char *path, struct str bytes, unsigned mode, struct err *e);
struct str path_join(struct arena *a, const char *dir, const char *name);

#endif
