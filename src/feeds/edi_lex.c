/*
 * edi_lex.c: a window over the input, and one segment at a time as offsets into it. Blocks of bytes are compared at once
 * with the delimiters and with "below a blank or above ASCII"; text between delimiters is never looked at singly.
 * Nothing is copied but a segment that somebody wrapped.
 *
 * The window holds the longest segment allowed and the bytes read ahead; when it moves, its owner is told
 * (settle), so that values that still point into it can be kept.
 */
#include "feeds/edi.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define READ_AHEAD ((size_t)128 << 10) /* what is read stays in the processor's second cache */
#define PAD        32                  /* bytes behind the window that a block of 32 may touch */

void edi_lex_init(struct edi_lex *l, struct feeds_run *run)
{
    *l = (struct edi_lex){.run = run, .limit = run->limits->segment};
    l->most = run->limits->elements * 4 + 8;
    l->cap = l->limit + READ_AHEAD;
    l->buf = xmalloc(l->cap + PAD);
    memset(l->buf + l->cap, 0, PAD);
    l->at = xmalloc((l->most + 2) * sizeof *l->at);
    l->el = xmalloc((l->most + 2) * sizeof *l->el);
    l->flag = xmalloc(l->most + 2);
    buf_init(&l->copy, l->limit + PAD);
}

void edi_lex_free(struct edi_lex *l)
{
    uint8_t digest[HASH_SIZE];

    if (l->hash)
        sha256_end(l->hash, digest);
    free(l->buf);
    free(l->at);
    free(l->el);
    free(l->flag);
    buf_free(&l->copy);
}

void edi_lex_delims(struct edi_lex *l, const struct edi_delims *d)
{
    const char all[COUNT(l->look)] = {d->term, d->elem, d->comp, d->rep, d->rel, ' '};

    l->d = *d;
    for (size_t i = 0; i < COUNT(all); i++)
        memset(l->look[i], all[i], sizeof l->look[i]);
    memset(l->class, E_DATA, sizeof l->class);
    for (int i = 0; i < ' '; i++)
        l->class[i] = E_CTRL;
    for (int i = 128; i < 256; i++)
        l->class[i] = E_HIGH;
    l->class['\r'] = l->class['\n'] = E_BREAK;
    if (d->rel)
        l->class[(uint8_t)d->rel] = E_REL;
    if (d->rep)
        l->class[(uint8_t)d->rep] = E_REP;
    l->class[(uint8_t)d->comp] = E_COMP;
    l->class[(uint8_t)d->elem] = E_ELEM;
    l->class[(uint8_t)d->term] = E_TERM;
}

void edi_hash_begin(struct edi_lex *l, size_t from)
{
    uint8_t digest[HASH_SIZE];

    if (l->hash)
        sha256_end(l->hash, digest);
    l->hash = sha256_new();
    l->hashed = from;
}

void edi_hash_feed(struct edi_lex *l, size_t to)
{
    if (l->hash && to > l->hashed)
        sha256_add(l->hash, str_n(l->buf + l->hashed, to - l->hashed));
    l->hashed = to;
}

/* Moves what is left to the front and reads on. False at the end of the input or when the window is full. */
static bool fill(struct edi_lex *l)
{
    size_t want;

    if (l->eof || l->failed)
        return false;
    if (l->pos) {
        edi_hash_feed(l, l->pos);
        if (l->settle)
            l->settle(l->arg);
        l->have -= l->pos;
        memmove(l->buf, l->buf + l->pos, l->have);
        l->base += l->pos;
        l->hashed = 0;
        l->pos = 0;
    }
    if (l->have == l->cap)
        return false;
    want = l->cap - l->have < READ_AHEAD ? l->cap : l->have + READ_AHEAD;
    while (l->have < want) {
        long got = run_read(l->run, l->buf + l->have, want - l->have);
        if (got <= 0) {
            l->eof = true;
            l->failed = got < 0;
            break;
        }
        l->have += (size_t)got;
    }
    memset(l->buf + l->have, 0, PAD);
    return true;
}

size_t edi_peek(struct edi_lex *l, size_t n)
{
    if (l->have - l->pos < n)
        fill(l);
    return l->have - l->pos < n ? l->have - l->pos : n;
}

void edi_skip(struct edi_lex *l, size_t n)
{
    l->pos += n;
}

bool edi_start_far(struct edi_lex *l)
{
    for (;;) {
        uint8_t c;

        if (l->pos == l->have && !fill(l))
            return false;
        if (l->pos == l->have)
            return false;
        c = (uint8_t)l->buf[l->pos];
        if (c > ' ' && c < 0x80)
            return true;
        if (c == '\n' || c == '\r')
            l->odd |= l->d.term == '\n' ? 0 : ODD_BREAKS;
        else if (c == ' ' || c == '\t')
            l->odd |= ODD_BLANKS;
        else if (c >= 0x80 && !((uint8_t)l->d.term >= 0x80 && c < 0xc0))
            return true; /* not the rest of a terminator of several bytes */
        l->pos++;
    }
}

/* What makes a byte more than text. */
#ifdef __SSE2__
struct look {
    __m128i term, elem, comp, rep, rel, blank;
};

static inline __m128i sixteen(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Made in edi_lex_delims: spreading a byte anew for each segment would stall. */
static inline struct look look_for(const struct edi_lex *l)
{
    return (struct look){sixteen(l->look[0]), sixteen(l->look[1]), sixteen(l->look[2]),
                         sixteen(l->look[3]), sixteen(l->look[4]), sixteen(l->look[5])};
}

/* The places of the next 16 bytes that are: delimiters, below a blank, above ASCII (a signed comparison). */
static inline unsigned special(const struct look *k, const char *p)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i m = _mm_or_si128(_mm_cmplt_epi8(x, k->blank), _mm_cmpeq_epi8(x, k->term));
    __m128i n = _mm_or_si128(_mm_cmpeq_epi8(x, k->elem), _mm_cmpeq_epi8(x, k->comp));
    __m128i o = _mm_or_si128(_mm_cmpeq_epi8(x, k->rep), _mm_cmpeq_epi8(x, k->rel));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(m, _mm_or_si128(n, o)));
}
#else
struct look {
    const uint8_t *class;
};

static inline struct look look_for(const struct edi_lex *l)
{
    return (struct look){l->class};
}

static inline unsigned special(const struct look *k, const char *p)
{
    unsigned m = 0;
    for (unsigned i = 0; i < 16; i++)
        m |= (unsigned)(k->class[(uint8_t)p[i]] != E_DATA) << i;
    return m;
}
#endif

enum { SCAN_BROKEN = 64, SCAN_CUT = 128 }; /* beside the PART_ flags */

/* Anything but an element's or component's separator or the terminator: what it says of part np. */
static unsigned oddity(const struct edi_lex *l, char c, uint32_t np, unsigned odd)
{
    static const uint8_t says[] = {[E_REP] = PART_REP,   [E_REL] = PART_ESCAPED, [E_CTRL] = PART_CTRL,
                                   [E_HIGH] = PART_HIGH, [E_BREAK] = 0,          [E_DATA] = 0};
    uint8_t class = l->class[(uint8_t)c];

    if (class == E_BREAK)
        return odd | SCAN_BROKEN;
    if ((odd & ~(unsigned)(SCAN_BROKEN | SCAN_CUT)) == 0)
        memset(l->flag, 0, np + 1); /* from here on every part has its flags */
    l->flag[np] |= says[class];
    return odd | says[class];
}

/* Cuts p[0..n) into parts: s->n (n when no terminator was met), s->parts, s->elems. What was odd: PART_ flags of all
 * parts, SCAN_ flags. */
static unsigned cut(struct edi_lex *l, const char *p, size_t n, struct edi_seg *s)
{
    const struct look look = look_for(l);
    const char term = l->d.term, elem = l->d.elem, comp = l->d.comp;
    uint32_t *const at = l->at, *const el = l->el;
    uint32_t np = 0, ne = 0;
    const uint32_t most = (uint32_t)l->most - 1;
    unsigned odd = 0, skip = 0;

    at[0] = el[0] = 0;
    for (size_t block = 0; block < n; block += 32) {
        uint32_t m = (special(&look, p + block) | special(&look, p + block + 16) << 16) & ~skip;
        if (n - block < 32)
            m &= (UINT32_C(1) << (n - block)) - 1;
        for (skip = 0; m; m &= m - 1) {
            size_t i = block + (unsigned)__builtin_ctz(m);
            char c = p[i];
            bool rep = false;
            if (c != elem && c != comp) {
                if (c == term || (c == '\r' && term == '\n' && p[i + 1] == '\n')) {
                    n = i;
                    goto done; /* CR LF as the terminator: the LF goes like white space */
                }
                rep = l->class[(uint8_t)c] == E_REP;
                if (!rep) {
                    odd = oddity(l, c, np, odd);
                    if (l->class[(uint8_t)c] == E_REL) {
                        skip = (m & -m) == 0x80000000; /* the first of the next block */
                        m &= ~((m & -m) << 1);         /* what it releases is text */
                    }
                    continue;
                }
            }
            if (np >= most) {
                odd |= SCAN_CUT;
                continue;
            }
            at[++np] = (uint32_t)i + 1;
            if (c == elem)
                el[++ne] = np;
            if (odd)
                l->flag[np] = 0;
            if (rep)
                odd = oddity(l, c, np, odd);
        }
    }
done:
    at[np + 1] = (uint32_t)n + 1;
    el[ne + 1] = np + 1;
    s->n = n;
    s->parts = np + 1;
    s->elems = ne;
    return odd;
}

/* Whether a terminator is in the window, and how far on. */
static bool has_terminator(const struct edi_lex *l, size_t *length)
{
    const char *p = l->buf + l->pos;
    size_t n = l->have - l->pos;

    for (size_t i = 0; i < n; i++) {
        enum edi_class c = l->class[(uint8_t)p[i]];
        if (c == E_TERM) {
            *length = i;
            return true;
        }
        if (c == E_REL)
            i++;
    }
    return false;
}

/* A segment beyond the limit: its first bytes are kept for the fault, the rest is passed over. */
static enum edi_got too_long(struct edi_lex *l, struct edi_seg *s)
{
    size_t n;

    buf_reset(&l->copy);
    buf_put(&l->copy, l->buf + l->pos, 32);
    s->offset = l->base + l->pos;
    s->tag = edi_tag(l->buf + l->pos, 3);
    while (!has_terminator(l, &n)) {
        l->pos = l->have;
        if (!fill(l) || l->have == l->pos) {
            n = 0;
            break;
        }
    }
    l->pos += n < l->have - l->pos ? n + 1 : l->have - l->pos;
    s->p = l->copy.p;
    s->n = l->copy.n;
    s->elems = s->parts = 0;
    return EDI_LONG;
}

/* The segment without the line breaks that cut it. */
static unsigned unwrap(struct edi_lex *l, const char *p, size_t n, struct edi_seg *s)
{
    char *to;

    buf_reset(&l->copy);
    to = buf_room(&l->copy, n + PAD);
    for (size_t i = 0; i < n; i++)
        if (p[i] != '\r' && p[i] != '\n')
            to[l->copy.n++] = p[i];
        else if (i && p[i - 1] == '=')
            l->odd |= ODD_SOFT;
    memset(to + l->copy.n, 0, PAD);
    s->p = to;
    s->wrapped = true;
    l->odd |= ODD_WRAPPED;
    return cut(l, to, l->copy.n, s);
}

/* A segment whose tag is in small letters is read as if all of it were in capitals: its codes are so too, and the
 * character sets of level A have no others. */
__attribute__((cold)) static void capitals(struct edi_lex *l, struct edi_seg *s)
{
    uint8_t *to;

    if (!s->wrapped) {
        buf_reset(&l->copy);
        buf_put(&l->copy, s->p, s->n);
        buf_room(&l->copy, PAD);
        memset(l->copy.p + s->n, 0, PAD);
        s->p = l->copy.p;
        s->wrapped = true;
    }
    to = (uint8_t *)l->copy.p;
    for (size_t i = 0; i < s->n; i++)
        if (to[i] >= 'a' && to[i] <= 'z')
            to[i] = (uint8_t)(to[i] - 'a' + 'A');
    l->odd |= ODD_LOWER;
}

static bool small_letters(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] >= 'a' && p[i] <= 'z')
            return true;
    return false;
}

static void tag_read(struct edi_lex *l, struct edi_seg *s)
{
    size_t n = s->at[1] - 1;

    while (n && (s->p[n - 1] == ' ' || s->p[n - 1] == '\t')) {
        n--;
        l->odd |= ODD_TAG;
    }
    s->tag = n == 3 ? edi_tag(s->p, 3) : n > 4 ? 0 : edi_tag(s->p, n);
    if (s->tag & 0x40404040 & (s->tag << 1) && small_letters(s->p, n)) { /* some byte is above '_' */
        capitals(l, s);
        s->tag = edi_tag(s->p, n);
    }
}

/* The next segment in the window, as far as it is there. */
static enum edi_got window(struct edi_lex *l, struct edi_seg *s, unsigned *odd)
{
    s->open = false;
    for (;;) {
        size_t have = l->have - l->pos, most = have < l->limit ? have : l->limit;
        *odd = cut(l, l->buf + l->pos, most, s);
        if (s->n < most)
            return EDI_SEGMENT;
        if (have >= l->limit)
            return EDI_LONG;
        if (!fill(l) || l->have - l->pos == have) {
            s->open = true;
            return l->failed ? EDI_FAILED : EDI_SEGMENT;
        }
    }
}

__attribute__((cold)) static bool pass_empty(struct edi_lex *l)
{
    l->odd |= ODD_EMPTY;
    l->pos++;
    return true;
}

enum edi_got edi_next(struct edi_lex *l, struct edi_seg *s)
{
    enum edi_got got;
    unsigned odd;
    size_t n;

    s->at = l->at;
    s->el = l->el;
    s->flag = l->flag;
    s->number = 0;
    s->wrapped = false;
    do { /* a terminator twice: nothing stands between them */
        if (!edi_start(l))
            return l->failed ? EDI_FAILED : EDI_END;
        got = window(l, s, &odd);
    } while (got == EDI_SEGMENT && s->n == 0 && !s->open && pass_empty(l));
    if (got == EDI_LONG)
        return too_long(l, s);
    if (got != EDI_SEGMENT)
        return got;
    s->p = l->buf + l->pos;
    s->offset = l->base + l->pos;
    n = s->n;
    l->pos += n + !s->open;
    if (odd & SCAN_BROKEN) {
        while (s->open && n && (s->p[n - 1] == '\r' || s->p[n - 1] == '\n'))
            n--;
        odd = unwrap(l, s->p, n, s);
    }
    s->odd = (odd & ~(unsigned)(SCAN_BROKEN | SCAN_CUT)) != 0;
    s->cut = (odd & SCAN_CUT) != 0;
    tag_read(l, s);
    return EDI_SEGMENT;
}

struct str edi_tag_text(const struct edi_seg *s)
{
    size_t n = s->parts ? s->at[1] - 1 : 0;
    return str_trim(str_n(s->p, n < 8 ? n : 8));
}

struct place edi_place(const struct edi_seg *s, unsigned e, unsigned c)
{
    struct place at = {
        .offset = s->offset, .segment = s->number, .element = (uint16_t)e, .component = (uint16_t)c};
    uint32_t i;

    at.tag = edi_tag_text(s);
    if (e && e <= s->elems) {
        i = s->el[e] + (c ? c - 1 : 0);
        if (i < s->el[e + 1])
            at.offset += s->at[i];
    }
    return at;
}
