/*
 * edi_lex.c: a window over the input, and one segment at a time as offsets into it. Sixteen bytes are compared at
 * once with the delimiters and with "below a blank or above ASCII"; text between delimiters is never looked at
 * singly. Nothing is copied but a segment that somebody wrapped.
 *
 * The window holds the longest segment allowed and the bytes read ahead; when it moves, its owner is told
 * (settle), so that values that still point into it can be kept.
 */
#include "feeds/edi.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define READ_AHEAD ((size_t)1 << 20)
#define PAD        32 /* bytes behind the window that a block of 16 may touch */

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
    l->d = *d;
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
    while (l->have < l->cap) {
        long got = run_read(l->run, l->buf + l->have, l->cap - l->have);
        if (got <= 0) {
            l->eof = true;
            l->failed = got < 0;
            break;
        }
        l->have += (size_t)got;
        if (l->have >= l->cap - READ_AHEAD / 2)
            break;
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

bool edi_start(struct edi_lex *l)
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

/* The places of the next 16 bytes that are more than text. */
static unsigned special(const struct edi_lex *l, const char *p)
{
#ifdef __SSE2__
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i m = _mm_cmplt_epi8(x, _mm_set1_epi8(' ')); /* signed: below a blank, or above ASCII */
    m = _mm_or_si128(m, _mm_cmpeq_epi8(x, _mm_set1_epi8(l->d.term)));
    m = _mm_or_si128(m, _mm_cmpeq_epi8(x, _mm_set1_epi8(l->d.elem)));
    m = _mm_or_si128(m, _mm_cmpeq_epi8(x, _mm_set1_epi8(l->d.comp)));
    m = _mm_or_si128(m, _mm_cmpeq_epi8(x, _mm_set1_epi8(l->d.rep)));
    m = _mm_or_si128(m, _mm_cmpeq_epi8(x, _mm_set1_epi8(l->d.rel)));
    return (unsigned)_mm_movemask_epi8(m);
#else
    unsigned m = 0;
    for (unsigned i = 0; i < 16; i++)
        m |= (unsigned)(l->class[(uint8_t)p[i]] != E_DATA) << i;
    return m;
#endif
}

struct scan {
    uint32_t parts, elems;
    uint8_t all; /* flags of all parts */
    bool broken, cut;
};

/* Cuts p[0..n) into parts. The length of the segment, or n when there was no terminator. */
static size_t cut(struct edi_lex *l, const char *p, size_t n, struct scan *s)
{
    uint32_t *at = l->at, *el = l->el, np = 0, ne = 0, most = (uint32_t)l->most;
    uint8_t *flag = l->flag, all = 0;
    bool skip = false;
    size_t i = n;

    at[0] = el[0] = 0;
    flag[0] = 0;
    for (size_t block = 0; block < n; block += 16) {
        unsigned m = special(l, p + block);

        if (n - block < 16)
            m &= (1u << (n - block)) - 1;
        if (skip) {
            m &= ~1u;
            skip = false;
        }
        while (m) {
            unsigned bit = (unsigned)__builtin_ctz(m);
            i = block + bit;
            m &= m - 1;
            switch ((enum edi_class)l->class[(uint8_t)p[i]]) {
            case E_TERM:
                goto done;
            case E_ELEM:
                if (np + 1 < most) {
                    at[++np] = (uint32_t)i + 1;
                    el[++ne] = np;
                    flag[np] = 0;
                } else {
                    s->cut = true;
                }
                break;
            case E_COMP:
            case E_REP:
                if (np + 1 < most) {
                    at[++np] = (uint32_t)i + 1;
                    flag[np] = l->class[(uint8_t)p[i]] == E_REP ? PART_REP : 0;
                } else {
                    s->cut = true;
                }
                break;
            case E_REL:
                flag[np] |= PART_ESCAPED;
                all |= PART_ESCAPED;
                if (bit < 15)
                    m &= ~(2u << bit);
                else
                    skip = true;
                break;
            case E_BREAK:
                if (p[i] == '\r' && p[i + 1] == '\n' && l->d.term == '\n')
                    goto done; /* CR LF as the terminator: the LF goes like white space */
                s->broken = true;
                break;
            case E_CTRL:
                flag[np] |= PART_CTRL;
                all |= PART_CTRL;
                break;
            case E_HIGH:
                flag[np] |= PART_HIGH;
                all |= PART_HIGH;
                break;
            case E_DATA:
                break;
            }
        }
        i = n;
    }
done:
    if (i > n)
        i = n;
    s->parts = np + 1;
    s->elems = ne;
    s->all = all;
    at[np + 1] = (uint32_t)i + 1;
    el[ne + 1] = np + 1;
    return i;
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
static void unwrap(struct edi_lex *l, const char *p, size_t n, struct scan *sc, struct edi_seg *s)
{
    char *to;

    buf_reset(&l->copy);
    to = buf_room(&l->copy, n + PAD);
    for (size_t i = 0; i < n; i++)
        if (p[i] != '\r' && p[i] != '\n')
            to[l->copy.n++] = p[i];
    memset(to + l->copy.n, 0, PAD);
    *sc = (struct scan){0};
    cut(l, to, l->copy.n, sc);
    s->p = to;
    s->n = l->copy.n;
    s->wrapped = true;
    l->odd |= ODD_WRAPPED;
}

static void tag_read(struct edi_lex *l, struct edi_seg *s)
{
    size_t n = s->at[1] - 1;

    while (n && (s->p[n - 1] == ' ' || s->p[n - 1] == '\t')) {
        n--;
        l->odd |= ODD_TAG;
    }
    s->tag = n > 4 ? 0 : edi_tag(s->p, n);
}

enum edi_got edi_next(struct edi_lex *l, struct edi_seg *s)
{
    struct scan sc = {0};
    const char *p;
    size_t n, have;

    *s = (struct edi_seg){.at = l->at, .el = l->el, .flag = l->flag};
    if (!edi_start(l))
        return l->failed ? EDI_FAILED : EDI_END;
    for (;;) {
        have = l->have - l->pos;
        p = l->buf + l->pos;
        n = cut(l, p, have < l->limit ? have : l->limit, &sc);
        if (n < have && n < l->limit)
            break;
        if (have >= l->limit)
            return too_long(l, s);
        if (!fill(l) || l->have - l->pos == have) {
            if (l->failed)
                return EDI_FAILED;
            if (l->eof && l->have - l->pos == have) {
                s->open = true;
                break;
            }
        }
        sc = (struct scan){0};
    }
    p = l->buf + l->pos;
    s->p = p;
    s->n = n;
    s->offset = l->base + l->pos;
    l->pos += n + (s->open ? 0 : 1);
    if (sc.broken) {
        while (s->open && n && (p[n - 1] == '\r' || p[n - 1] == '\n'))
            n--;
        unwrap(l, p, n, &sc, s);
    }
    s->parts = sc.parts;
    s->elems = sc.elems;
    s->odd = sc.all || sc.broken;
    s->cut = sc.cut;
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
