/*
 * edi_edifact.c: the envelope of UN/EDIFACT: UNA, UNB .. UNZ, UNG .. UNE, UNH .. UNT (ISO 9735, versions 1 to 4), and
 * what comes around it when mail or IATA Type B carried it: a header before UNA or UNB, line breaks anywhere, text
 * after UNZ.
 *
 * UNA is 9 bytes: components, elements, decimal mark, release, reserved (version 4: repetition), terminator. Without
 * it ":+.? '" holds. A UNA that does not fit the UNB behind it is named and put right where it can be.
 */
#include "feeds/edi.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define UNA_SIZE  9
#define HEAD_LOOK ((size_t)64 * 1024) /* searched at once for the next interchange */
#define TAG(z)    EDI_TAG(z)

struct edifact {
    struct edi_run r;
    bool unb, ung, unh; /* open */
    uint64_t groups, messages, group_messages;
    char ung_reference[40], unh_reference[40];
    size_t ung_reference_n, unh_reference_n;
    int version; /* of the syntax: 1 to 4 */
    /* UNH that names no type waits for its BGM */
    bool waiting;
    struct edi_begin begin;
};

static bool alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- closing what was left open ---- */

static void begin_waiting(struct edifact *x);

static void close_message(struct edifact *x, bool complete)
{
    if (!x->unh)
        return;
    begin_waiting(x);
    edi_fault(&x->r, "edi.trailer.message", 0, 0, edi_tag_text(&x->r.seg), S("UNT"));
    edi_message_end(&x->r, complete);
    x->unh = false;
}

static void close_group(struct edifact *x, bool complete)
{
    close_message(x, complete);
    if (x->ung)
        edi_fault(&x->r, "edi.trailer.group", 0, 0, edi_tag_text(&x->r.seg), S("UNE"));
    x->ung = false;
}

static void close_interchange(struct edifact *x, bool complete)
{
    close_group(x, complete);
    if (x->unb)
        edi_fault(&x->r, "edi.trailer.interchange", 0, 0, edi_tag_text(&x->r.seg), S("UNZ"));
    x->unb = false;
}

static void count_check(struct edi_run *r, const char *code, uint64_t actual)
{
    struct str said = edi_part(&r->seg, 1, 1);

    if (edi_count_check(r, code, actual) && said.n > 1 && said.p[0] == '0')
        edi_tolerate(r, "leading-zeros");
}

/* ---- the start: header, UNA ---- */

/* Whether an interchange starts here: UNA with UNB soon behind it, or UNB with a separator. */
static bool starts(const char *p, size_t n)
{
    if (n < UNA_SIZE + 4 || p[0] != 'U' || p[1] != 'N')
        return false;
    if (p[2] == 'B')
        return !alphanumeric(p[3]) && !strchr(" \r\n", p[3]) &&
               alphanumeric(p[4]); /* not the word in a text */
    if (p[2] != 'A' || alphanumeric(p[3]) || alphanumeric(p[4]))
        return false;
    for (size_t i = UNA_SIZE - 2; i + 3 <= n && i < UNA_SIZE + 12; i++)
        if (memcmp(p + i, "UNB", 3) == 0)
            return true;
    return false;
}

/* A message without its envelope. */
static bool bare_unh(struct str s)
{
    return s.n > 8 && memcmp(s.p, "UNH+", 4) == 0;
}

static void head_say(struct edifact *x, const char *p, size_t n, uint64_t offset, bool first)
{
    struct edi_run *r = &x->r;
    struct str text = str_n(p, n);
    struct place at = {.offset = offset};
    bool type_b = false;

    if (first && str_starts(text, S("\xef\xbb\xbf"))) {
        r->lex.odd |= ODD_BOM;
        text = str_n(text.p + 3, text.n - 3);
    }
    text = str_trim(text);
    if (text.n == 0)
        return;
    /* Type B: an address line, then the origin: a line that starts with a full stop. */
    for (size_t i = 0; i < text.n; i++)
        type_b |= text.p[i] == '.' && (i == 0 || text.p[i - 1] == '\n' || text.p[i - 1] == '\r');
    if (first && type_b)
        r->lex.odd |= ODD_HEADER;
    else
        edi_fault_at(r, first ? "edi.interchange.head" : "edi.interchange.tail", at, text, S("UNB"));
}

/* Passes over everything before the next interchange. False when there is none. */
static bool find_start(struct edifact *x, bool first)
{
    struct edi_lex *l = &x->r.lex;
    bool said = false;

    if (first && edi_peek(l, HEAD_LOOK) && bare_unh(str_n(l->buf + l->pos, l->have - l->pos)))
        return true;
    for (;;) {
        size_t n = edi_peek(l, HEAD_LOOK), i = 0;
        const char *p = l->buf + l->pos;
        while (i < n && !starts(p + i, n - i))
            i++;
        if (!said && (i < n || n))
            head_say(x, p, i, l->base + l->pos, first);
        said = true;
        if (i < n) {
            edi_skip(l, i);
            return true;
        }
        if (n < HEAD_LOOK) {
            edi_skip(l, n);
            return false;
        }
        edi_skip(l, n - (UNA_SIZE + 16));
    }
}

static bool distinct(const struct edi_delims *d)
{
    const char all[] = {d->comp, d->elem, d->term, d->rel, d->rep};

    for (size_t i = 0; i < COUNT(all); i++) {
        if (i < 3 && (alphanumeric(all[i]) || all[i] == ' ' || all[i] == '\0'))
            return false;
        for (size_t j = i + 1; j < COUNT(all); j++)
            if (all[i] && all[i] == all[j])
                return false;
    }
    return true;
}

static char or_none(char c)
{
    return c == ' ' ? '\0' : c;
}

static void una(struct edifact *x)
{
    struct edi_run *r = &x->r;
    struct edi_delims d = {.comp = ':', .elem = '+', .mark = '.', .rel = '?', .term = '\''};
    size_t n = edi_peek(&r->lex, UNA_SIZE + 16), i;
    const char *p = r->lex.buf + r->lex.pos;
    struct place at = {.offset = r->lex.base + r->lex.pos, .tag = S("UNA")};
    bool wrong = false;

    if (p[2] == 'A') {
        d = (struct edi_delims){.comp = p[3],
                                .elem = p[4],
                                .mark = p[5],
                                .rel = or_none(p[6]),
                                .rep = or_none(p[7]),
                                .term = p[8]};
        i = UNA_SIZE;
        if ((p[8] == '\n' || p[8] == '\r') && p[7] != ' ' && !alphanumeric(p[7])) {
            /* one is missing: the decimal mark, for the others must be there */
            d = (struct edi_delims){.comp = p[3],
                                    .elem = p[4],
                                    .mark = '.',
                                    .rel = or_none(p[5]),
                                    .rep = or_none(p[6]),
                                    .term = p[7]};
            i = UNA_SIZE - 1;
            wrong = true;
        }
        edi_skip(&r->lex, i);
        while (i < n && blank(p[i]))
            i++;
        if (i + 3 < n && p[i + 3] != d.elem && memcmp(p + i, "UNB", 3) == 0) {
            d.elem = p[i + 3];
            wrong = true;
        }
        if (!distinct(&d)) {
            char elem = d.elem;
            d = (struct edi_delims){.comp = ':', .elem = elem, .mark = '.', .rel = '?', .term = '\''};
            wrong = true;
        }
        if (wrong)
            edi_fault_at(r, "edifact.una", at, str_n(p, UNA_SIZE),
                         arena_fmt(r->passing, "UNA%c%c%c%c%c%c", d.comp, d.elem, d.mark,
                                   d.rel ? d.rel : ' ', d.rep ? d.rep : ' ', d.term));
    } else if (p[2] == 'B' && p[3] == '\x1d') { /* ISO 9735 level B: IS4, IS3 and IS1, nothing to release */
        d = (struct edi_delims){.comp = '\x1f', .elem = '\x1d', .mark = '.', .term = '\x1c'};
    } else if (p[2] == 'B' && p[3] != d.elem) {
        d.elem = p[3];
        edi_fault_at(r, "edifact.una", at, str_n(p, 4), S("UNB+"));
    }
    edi_lex_delims(&r->lex, &d);
}

/* ---- segments of the envelope ---- */

static void unb_date(struct edifact *x)
{
    struct edi_run *r = &x->r;
    struct str d = str_trim(edi_part(&r->seg, 4, 1));
    char date[20];
    bool short_year = false;
    size_t n = edi_date(d, (struct str){0}, (struct str){0}, date, &short_year);

    r->date = (struct str){0};
    if (n == 0) {
        edi_fault(r, "edifact.unb.date", 4, 1, d, x->version >= 4 ? S("CCYYMMDD") : S("YYMMDD"));
        return;
    }
    r->date = arena_fmt(r->between, "%.4s%.2s%.2s", date, date + 5, date + 8);
    if ((x->version >= 4) == short_year)
        edi_tolerate(r, "unb-date-form");
}

static void on_unb(struct edifact *x)
{
    struct edi_run *r = &x->r;
    struct str id = str_trim(edi_part(&r->seg, 1, 1)), v = str_trim(edi_part(&r->seg, 1, 2));

    close_interchange(x, true);
    edi_watch(r);
    x->unb = true;
    x->groups = x->messages = 0;
    x->version = v.n == 1 && v.p[0] >= '1' && v.p[0] <= '9' ? v.p[0] - '0' : 0;
    arena_reset(r->between);
    r->sender = edi_keep(r->between, edi_text(r, 2, 1));
    r->receiver = edi_keep(r->between, edi_text(r, 3, 1));
    r->control = edi_keep(r->between, edi_text(r, 5, 1));
    edi_watermark(r);
    r->charset = str_eq(id, S("UNOA")) ? CHARSET_UNOA : str_eq(id, S("UNOB")) ? CHARSET_UNOB : CHARSET_ANY;
    if (id.n != 4 || (!str_starts(id, S("UNO")) && !str_starts(id, S("IAT"))))
        edi_fault(r, "edifact.unb.syntax", 1, 1, id, S("UNOA"));
    if (x->version == 0)
        edi_fault(r, "edifact.unb.version", 1, 2, v, S("1 2 3 4"));
    if (r->control.n == 0)
        edi_fault(r, "edifact.unb.reference", 5, 1, r->control, (struct str){0});
    unb_date(x);
    edi_tolerate_odd(r);
}

static void on_unz(struct edifact *x)
{
    struct edi_run *r = &x->r;

    close_group(x, true);
    if (!x->unb) {
        edi_fault(r, "edi.trailer.stray", 0, 0, S("UNZ"), S("UNB"));
        return;
    }
    count_check(r, "edifact.unz.count", x->groups ? x->groups : x->messages);
    edi_reference_check(r, "edifact.unz.reference", r->control);
    x->unb = false;
}

static void on_ung(struct edifact *x)
{
    close_group(x, true);
    edi_watch(&x->r);
    x->ung = true;
    x->groups++;
    x->group_messages = 0;
    EDI_KEEP(x, ung_reference, edi_part(&x->r.seg, 5, 1));
    x->r.personal |= edi_pax_type(x->r.tables, str_trim(edi_part(&x->r.seg, 1, 1)));
}

static void on_une(struct edifact *x)
{
    struct edi_run *r = &x->r;

    close_message(x, true);
    if (!x->ung) {
        edi_fault(r, "edi.trailer.stray", 0, 0, S("UNE"), S("UNG"));
        return;
    }
    count_check(r, "edifact.une.count", x->group_messages);
    edi_reference_check(r, "edifact.une.reference", EDI_KEPT(x, ung_reference));
    x->ung = false;
}

/* Starts the message whose UNH has been read. */
static void begin_now(struct edifact *x)
{
    edi_message_begin(&x->r, &x->begin);
    x->waiting = false;
}

static void begin_waiting(struct edifact *x)
{
    struct place at = {
        .offset = x->begin.offset, .segment = 1, .element = 2, .component = 1, .tag = S("UNH")};

    if (!x->waiting)
        return;
    begin_now(x);
    edi_fault_at(&x->r, "edifact.unh.type", at, (struct str){0}, x->begin.type);
}

/* The message type that a BGM code tells. */
static struct str guess(const struct edi_tables *t, struct str code)
{
    struct str list, one;

    for (; t; t = t->base)
        for (const struct edi_message *m = t->message; m; m = m->next)
            for (list = m->guess; str_split(&list, ' ', &one);)
                if (m->syntax == SYNTAX_EDIFACT && str_eq(one, code))
                    return m->type;
    return (struct str){0};
}

/* S010: the number of the part, and C for the first, F for the last. A first part that is the last one is no part. */
static unsigned part_of_several(struct edi_run *r)
{
    int64_t n;

    if (!str_int(str_trim(edi_part(&r->seg, 4, 1)), &n) || n < 1 || n > 99)
        return 0;
    return n > 1 || str_eq(edi_part(&r->seg, 4, 2), S("C")) ? (unsigned)n : 0;
}

/* A type in small letters is meant: a list of persons is one however it is written. */
static struct str in_capitals(struct edi_run *r, struct str s)
{
    char *to = arena_z(r->passing, s);

    for (size_t i = 0; i < s.n; i++)
        if (to[i] >= 'a' && to[i] <= 'z') {
            to[i] = (char)(to[i] - 'a' + 'A');
            r->lex.odd |= ODD_LOWER;
        }
    return str_n(to, s.n);
}

static struct str joined(struct arena *a, struct str left, char between, struct str right)
{
    char *to = arena_alloc(a, left.n + right.n + 1);

    if (left.n)
        memcpy(to, left.p, left.n);
    to[left.n] = between;
    if (right.n)
        memcpy(to + left.n + 1, right.p, right.n);
    return str_n(to, left.n + right.n + 1);
}

static void on_unh(struct edifact *x)
{
    struct edi_run *r = &x->r;
    struct str type, version, release;

    close_message(x, true);
    edi_watch(r);
    if (!x->unb)
        edi_fault(r, "edi.header.missing", 0, 0, S("UNH"), S("UNB"));
    x->unh = true;
    x->messages++;
    x->group_messages++;
    r->segments = r->seg.number = 1;
    edi_hash_begin(&r->lex, (size_t)(r->seg.offset - r->lex.base));
    type = in_capitals(r, edi_keep(r->passing, edi_part(&r->seg, 2, 1)));
    version = edi_keep(r->passing, edi_part(&r->seg, 2, 2));
    release = edi_keep(r->passing, edi_part(&r->seg, 2, 3));
    x->begin = (struct edi_begin){.syntax = SYNTAX_EDIFACT, .offset = r->seg.offset};
    x->begin.type = type;
    x->begin.version = joined(r->passing, version, '.', release);
    x->begin.shown = joined(r->passing, version, ':', release);
    x->begin.reference = edi_keep(r->passing, EDI_KEEP(x, unh_reference, edi_part(&r->seg, 1, 1)));
    x->begin.untyped = type.n == 0;
    x->begin.part = part_of_several(r);
    x->waiting = type.n == 0;
    if (!x->waiting)
        begin_now(x);
}

static void on_unt(struct edifact *x)
{
    struct edi_run *r = &x->r;

    if (!x->unh) {
        edi_fault(r, "edi.trailer.stray", 0, 0, S("UNT"), S("UNH"));
        return;
    }
    begin_waiting(x);
    r->seg.number = ++r->segments;
    edi_watch(r);
    count_check(r, "edifact.unt.count", r->segments);
    edi_reference_check(r, "edifact.unt.reference", EDI_KEPT(x, unh_reference));
    edi_message_end(r, true);
    x->unh = false;
}

/* ---- character sets ---- */

/* The first byte that UNOA has not: lower case, "@", or above; n when there is none. 16 bytes behind are readable. */
static size_t beyond_unoa(const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    unsigned bits = 0;

    for (; i < n && bits == 0; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i m =
            _mm_or_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('`')), _mm_cmpeq_epi8(v, _mm_set1_epi8('@')));
        bits = (unsigned)_mm_movemask_epi8(_mm_or_si128(m, _mm_cmplt_epi8(v, _mm_setzero_si128())));
    }
    if (bits)
        i = i - 16 + (unsigned)__builtin_ctz(bits);
#else
    while (i < n && (uint8_t)p[i] <= '`' && p[i] != '@')
        i++;
#endif
    return i < n ? i : n;
}

/* Once an interchange: it has characters that its UNB excludes. */
static void charset(struct edifact *x)
{
    struct edi_run *r = &x->r;
    struct edi_seg *s = &r->seg;
    size_t i = s->n;
    struct place at;

    if (r->charset == CHARSET_UNOA) {
        i = beyond_unoa(s->p, s->n);
        if (i < s->n && r->lex.class[(uint8_t)s->p[i]] != E_DATA && (uint8_t)s->p[i] < 0x80)
            return; /* a delimiter; the segment is not looked at further */
    } else if (s->odd) {
        for (i = 0; i < s->n && (uint8_t)s->p[i] < 0x80;)
            i++;
    }
    if (i >= s->n)
        return;
    at = edi_place(s, 0, 0);
    at.offset += i;
    edi_fault_at(r, "edifact.charset", at, str_n(s->p + i, s->n - i),
                 r->charset == CHARSET_UNOA ? S("UNOA") : S("UNOB"));
    r->charset = CHARSET_ANY;
}

static void on_other(struct edifact *x)
{
    struct edi_run *r = &x->r;

    if (!x->unh) {
        edi_fault(r, "edi.segment.outside", 0, 0, edi_tag_text(&r->seg), (struct str){0});
        return;
    }
    r->seg.number = ++r->segments;
    edi_watch(r);
    if (x->waiting) {
        if (r->seg.tag == TAG("BGM"))
            x->begin.type = guess(r->tables, str_trim(edi_part(&r->seg, 1, 1)));
        begin_waiting(x);
    }
    if (r->charset != CHARSET_ANY)
        charset(x);
    edi_message_segment(r);
}

static void segment(struct edifact *x)
{
    uint32_t tag = x->r.seg.tag;

    if (x->r.seg.open)
        edi_fault(&x->r, "edi.segment.unterminated", 0, 0, edi_tag_text(&x->r.seg), (struct str){0});
    if (tag >> 16 != ('U' << 8 | 'N'))
        on_other(x);
    else if (tag == TAG("UNH"))
        on_unh(x);
    else if (tag == TAG("UNT"))
        on_unt(x);
    else if (tag == TAG("UNG"))
        on_ung(x);
    else if (tag == TAG("UNE"))
        on_une(x);
    else if (tag == TAG("UNZ"))
        on_unz(x);
    else if (tag == TAG("UNB"))
        on_unb(x);
    else
        on_other(x);
}

/* The segments of one interchange. 1: read to its end; 0: the input is spent; -1 with err. */
static int interchange(struct edifact *x)
{
    struct edi_run *r = &x->r;

    for (;;) {
        if (edi_start(&r->lex) && r->lex.buf[r->lex.pos] == 'U' &&
            edi_peek(&r->lex, UNA_SIZE + 16) > UNA_SIZE + 4 &&
            starts(r->lex.buf + r->lex.pos, UNA_SIZE + 16) && r->lex.buf[r->lex.pos + 2] == 'A')
            return 1; /* the next one, while this one lacks its UNZ */
        switch (edi_next(&r->lex, &r->seg)) {
        case EDI_SEGMENT:
            segment(x);
            if (r->seg.tag == TAG("UNZ") && !x->unb)
                return 1;
            break;
        case EDI_LONG:
            r->seg.number = ++r->segments;
            edi_fault(r, "edi.segment.long", 0, 0, str_n(r->seg.p, r->seg.n), edi_number(r, r->lex.limit));
            r->refused = true;
            break;
        case EDI_END:
            return 0;
        case EDI_FAILED:
            return err_set(r->run->err, ERR_IO, N_("the input cannot be read"));
        }
    }
}

static int loop(struct edifact *x)
{
    bool first = true;
    int got = 1;

    while (got == 1 && find_start(x, first)) {
        close_interchange(x, true);
        una(x);
        got = interchange(x);
        first = false;
    }
    if (first)
        return err_set(x->r.run->err, ERR_DATA, N_("there is no %s segment"), "UNB");
    if (got < 0)
        return -1;
    close_interchange(x, false);
    return x->r.lex.failed ? err_set(x->r.run->err, ERR_IO, N_("the input cannot be read")) : 0;
}

static int sniff(struct str head, const char *name)
{
    const char *end = head.p + head.n;

    (void)name;
    if (bare_unh(head))
        return 80;
    for (const char *p = head.p; (p = memchr(p, 'U', (size_t)(end - p))); p++)
        if (end - p > UNA_SIZE + 4 && starts(p, (size_t)(end - p)))
            return p - head.p < 8 ? 95 : 70;
    return 0;
}

static int parse(struct feeds_run *run)
{
    struct edifact x = {0};
    int ret = -1;

    if (edi_run_init(&x.r, run) == 0)
        ret = loop(&x);
    edi_run_free(&x.r);
    return ret;
}

const struct feeds_reader reader_edifact = {"edifact", sniff, parse};
