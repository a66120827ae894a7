/*
 * edi_x12.c: the envelope of ASC X12: ISA .. IEA, GS .. GE, ST .. SE (X12.5, X12.6).
 *
 * ISA has a fixed width of 106 bytes, and with it says its own delimiters: byte 3 separates elements, byte 104
 * components, byte 105 ends segments; from version 00402 on ISA11 separates repetitions. Senders who lose a blank
 * break the width: then it is read by its separators.
 */
#include "feeds/edi.h"

#define ISA_SIZE     106
#define ISA_READ     400 /* an ISA of another width is looked for in this much */
#define ISA_ELEMS    16
#define SNIFFED      2048   /* an ISA behind other things is recognised in this much */
#define NO_COMPONENT '\x1f' /* where ISA16 names none */
#define TAG(z)       EDI_TAG(z)

static const uint8_t isa_width[ISA_ELEMS] = {2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1};

struct x12 {
    struct edi_run r;
    bool isa, gs, st; /* open */
    bool tail;        /* text behind IEA was said */
    uint64_t groups, messages;
    char gs_code[8], gs_control[16], gs_version[16], st_control[16];
    size_t gs_code_n, gs_control_n, gs_version_n, st_control_n;
    struct place gs_place;
};

/* ---- closing what was left open ---- */

static void close_message(struct x12 *x, bool complete)
{
    if (!x->st)
        return;
    edi_fault(&x->r, "edi.trailer.message", 0, 0, edi_tag_text(&x->r.seg), S("SE"));
    edi_message_end(&x->r, complete);
    x->st = false;
}

static void close_group(struct x12 *x, bool complete)
{
    close_message(x, complete);
    if (x->gs)
        edi_fault(&x->r, "edi.trailer.group", 0, 0, edi_tag_text(&x->r.seg), S("GE"));
    x->gs = false;
}

static void close_interchange(struct x12 *x, bool complete)
{
    close_group(x, complete);
    if (x->isa)
        edi_fault(&x->r, "edi.trailer.interchange", 0, 0, edi_tag_text(&x->r.seg), S("IEA"));
    x->isa = false;
}

/* ---- ISA ---- */

static bool width_holds(const char *p, size_t n)
{
    size_t at = 3;

    if (n < ISA_SIZE)
        return false;
    for (int i = 0; i < ISA_ELEMS; i++) {
        if (p[at] != p[3])
            return false;
        at += 1u + isa_width[i];
    }
    return true;
}

/* Cuts ISA into its elements; where ISA16 stands, or 0. */
static size_t isa_elements(const char *p, size_t n, struct str e[ISA_ELEMS + 1])
{
    size_t from = 4;
    int k = 1;

    for (size_t i = 4; i < n; i++) {
        if (p[i] != p[3])
            continue;
        e[k++] = str_n(p + from, i - from);
        from = i + 1;
        if (k == ISA_ELEMS) {
            e[k] = str_n(p + from, 1);
            return from + 1 < n ? from : 0;
        }
    }
    return 0;
}

/* The length without line breaks: mail wraps ISA too. */
static size_t without_breaks(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] != '\r' && s.p[i] != '\n';
    return n;
}

static void isa_say(struct x12 *x, struct str e[ISA_ELEMS + 1], struct place at)
{
    struct edi_run *r = &x->r;
    const char *isa = r->lex.buf + r->lex.pos;
    uint64_t start = at.offset;
    char date[20];
    bool short_year;

    for (int i = 1; i <= ISA_ELEMS; i++) {
        if (without_breaks(e[i]) == isa_width[i - 1])
            continue;
        at.element = (uint16_t)i;
        at.offset = start + (uint64_t)(e[i].p - isa);
        edi_fault_at(r, "x12.isa.width", at, e[i], edi_number(r, isa_width[i - 1]));
    }
    at.element = 9;
    at.offset = start + (uint64_t)(e[9].p - isa);
    if (edi_date(e[9], (struct str){0}, (struct str){0}, date, &short_year) == 0)
        edi_fault_at(r, "x12.isa.date", at, e[9], S("YYMMDD"));
    r->date = (struct str){0};
    if (edi_date(e[9], (struct str){0}, (struct str){0}, date, &short_year))
        r->date = arena_fmt(r->between, "%.4s%.2s%.2s", date, date + 5, date + 8);
    at.element = 11;
    at.offset = start + (uint64_t)(e[11].p - isa);
    if (str_cmp(str_trim(e[12]), S("00402")) < 0 && !str_eq(e[11], S("U")))
        edi_fault_at(r, "x12.isa.standard", at, e[11], S("U"));
    at.element = 15;
    at.offset = start + (uint64_t)(e[15].p - isa);
    if (!str_eq(e[15], S("P")) && !str_eq(e[15], S("T")))
        edi_fault_at(r, "x12.isa.usage", at, e[15], S("P T"));
}

static bool alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Whether ISA16 was left out: what stands in its place ends ISA, and then the segment behind it, which is GS. */
static bool isa16_missing(const char *p, size_t n, size_t last)
{
    size_t i = last + 1;
    const char *end;

    while (i < n && (p[i] == '\r' || p[i] == '\n' || p[i] == ' '))
        i++;
    if (n - i < 3 || memcmp(p + i, "GS", 2) != 0 || p[i + 2] != p[3] ||
        (end = memchr(p + i, p[last], n - i)) == NULL)
        return false;
    for (i = (size_t)(end - p) + 1; i < n && (p[i] == '\r' || p[i] == '\n' || p[i] == ' ');)
        i++;
    return n - i >= 3 && memcmp(p + i, "ST", 2) == 0 && p[i + 2] == p[3];
}

/* Reads ISA at the window's position: delimiters, identities. False when there is none to be read. */
static bool isa_read(struct x12 *x)
{
    struct edi_run *r = &x->r;
    size_t n = edi_peek(&r->lex, ISA_READ), last;
    const char *p = r->lex.buf + r->lex.pos;
    struct place at = {.offset = r->lex.base + r->lex.pos, .tag = S("ISA")};
    struct str e[ISA_ELEMS + 1] = {{0}};
    struct edi_delims d = {0};

    if (n < 8 || (last = isa_elements(p, n, e)) == 0) {
        edi_fault_at(r, "x12.isa.broken", at, str_n(p, n < 32 ? n : 32), S("ISA01 .. ISA16"));
        return false;
    }
    d.elem = p[3];
    d.comp = p[last];
    d.term = p[last + 1];
    if (d.term == '\r' && last + 2 < n && p[last + 2] == '\n')
        d.term = '\n';
    if (isa16_missing(p, n, last) || d.comp == d.term) {
        edi_fault_at(r, "x12.isa.component", at, str_n(p + last, 1), S("ISA16"));
        last -= d.comp != d.term; /* of a pair of terminators the second is ISA's */
        d.term = d.comp;
        d.comp = NO_COMPONENT;
    }
    if (alphanumeric(d.term) || d.term == ' ' || d.term == d.elem || d.comp == d.elem) {
        edi_fault_at(r, "x12.isa.delimiters", at, str_n(p + last, 2), (struct str){0});
        return false;
    }
    if (str_cmp(str_trim(e[12]), S("00402")) >= 0 && e[11].n == 1 && !alphanumeric(e[11].p[0]) &&
        e[11].p[0] != ' ')
        d.rep = e[11].p[0];
    edi_lex_delims(&r->lex, &d);
    arena_reset(r->between);
    r->sender = edi_keep(r->between, e[6]);
    r->receiver = edi_keep(r->between, e[8]);
    r->control = edi_keep(r->between, e[13]);
    edi_watermark(r);
    if (r->run->options->watch)
        r->run->options->watch->isa(r->run->options->watch->arg, e, &d);
    isa_say(x, e, at);
    for (size_t i = 0; i < last; i++)
        if (p[i] == '\n' || p[i] == '\r')
            r->lex.odd |= ODD_WRAPPED;
    edi_skip(&r->lex, last + 2 + (p[last + 1] == '\r' && d.term == '\n'));
    x->isa = true;
    x->tail = false;
    x->groups = 0;
    return true;
}

/* ---- segments of the envelope ---- */

static void on_iea(struct x12 *x)
{
    struct edi_run *r = &x->r;

    close_group(x, true);
    if (!x->isa) {
        edi_fault(r, "edi.trailer.stray", 0, 0, S("IEA"), S("ISA"));
        return;
    }
    edi_count_check(r, "x12.iea.count", x->groups);
    edi_reference_check(r, "x12.iea.reference", r->control);
    x->isa = false;
}

/* Functional identifiers that we know the rule for: customs' messages went as SO up to 4020, and each under its own
 * from 4040 on. */
static void gs_code(struct x12 *x, struct str type)
{
    static const char own[][2][4] = {
        {"309", "AQ"}, {"350", "AU"}, {"353", "AX"}, {"355", "AZ"}, {"358", "BD"}};
    struct edi_run *r = &x->r;
    uint32_t version = edi_version(SYNTAX_X12, EDI_KEPT(x, gs_version));

    if (!version || version == 4030 || !x->gs_code_n)
        return;
    for (size_t i = 0; i < COUNT(own); i++) {
        struct str expected = version >= 4040 ? str_z(own[i][1]) : S("SO");
        if (str_eq(type, str_z(own[i][0])) && !str_eq(EDI_KEPT(x, gs_code), expected))
            edi_fault_at(r, "x12.gs.code", x->gs_place, EDI_KEPT(x, gs_code), expected);
    }
}

static void on_gs(struct x12 *x)
{
    struct edi_run *r = &x->r;
    char date[20];
    bool short_year = false;
    struct str d = edi_part(&r->seg, 4, 1);

    close_group(x, true);
    edi_watch(r);
    if (!x->isa)
        edi_fault(r, "edi.header.missing", 0, 0, S("GS"), S("ISA"));
    x->gs = true;
    x->groups++;
    x->messages = 0;
    x->gs_place = edi_place(&r->seg, 1, 1);
    x->gs_place.tag = S("GS");
    EDI_KEEP(x, gs_code, edi_part(&r->seg, 1, 1));
    EDI_KEEP(x, gs_control, edi_part(&r->seg, 6, 1));
    EDI_KEEP(x, gs_version, edi_part(&r->seg, 8, 1));
    if (r->seg.elems < 8)
        edi_fault(r, "x12.gs.elements", 0, 0, edi_number(r, r->seg.elems), S("8"));
    if (edi_date(d, (struct str){0}, (struct str){0}, date, &short_year) == 0)
        edi_fault(r, "x12.gs.date", 4, 1, d, S("CCYYMMDD"));
}

static void on_ge(struct x12 *x)
{
    struct edi_run *r = &x->r;

    close_message(x, true);
    edi_watch(r);
    if (!x->gs) {
        edi_fault(r, "edi.trailer.stray", 0, 0, S("GE"), S("GS"));
        return;
    }
    edi_count_check(r, "x12.ge.count", x->messages);
    edi_reference_check(r, "x12.ge.reference", EDI_KEPT(x, gs_control));
    x->gs = false;
}

static void on_st(struct x12 *x)
{
    struct edi_run *r = &x->r;
    struct str version = edi_part(&r->seg, 3, 1);
    struct edi_begin b = {.syntax = SYNTAX_X12};

    close_message(x, true);
    edi_watch(r);
    if (!x->gs)
        edi_fault(r, "edi.header.missing", 0, 0, S("ST"), S("GS"));
    x->st = true;
    x->messages++;
    r->segments = r->seg.number = 1;
    EDI_KEEP(x, st_control, edi_part(&r->seg, 2, 1));
    edi_hash_begin(&r->lex, (size_t)(r->seg.offset - r->lex.base));
    b.type = edi_keep(r->passing, edi_part(&r->seg, 1, 1));
    b.reference = edi_keep(r->passing, EDI_KEPT(x, st_control));
    b.version = edi_keep(r->passing, version.n ? version : EDI_KEPT(x, gs_version));
    b.shown = b.version;
    b.offset = r->seg.offset;
    gs_code(x, b.type);
    edi_message_begin(r, &b);
}

static void on_se(struct x12 *x)
{
    struct edi_run *r = &x->r;

    if (!x->st) {
        edi_fault(r, "edi.trailer.stray", 0, 0, S("SE"), S("ST"));
        return;
    }
    r->seg.number = ++r->segments;
    edi_watch(r);
    edi_count_check(r, "x12.se.count", r->segments);
    edi_reference_check(r, "x12.se.reference", EDI_KEPT(x, st_control));
    edi_message_end(r, true);
    x->st = false;
}

static void on_other(struct x12 *x)
{
    struct edi_run *r = &x->r;

    if (x->st) {
        r->seg.number = ++r->segments;
        edi_watch(r);
        edi_message_segment(r);
    } else if (r->seg.tag != TAG("TA1")) {
        edi_fault(r, "edi.segment.outside", 0, 0, edi_tag_text(&r->seg), (struct str){0});
    }
}

static void segment(struct x12 *x)
{
    uint32_t tag = x->r.seg.tag;

    if (x->r.seg.open)
        edi_fault(&x->r, "edi.segment.unterminated", 0, 0, edi_tag_text(&x->r.seg), (struct str){0});
    if (tag == TAG("ST"))
        on_st(x);
    else if (tag == TAG("SE"))
        on_se(x);
    else if (tag == TAG("GS"))
        on_gs(x);
    else if (tag == TAG("GE"))
        on_ge(x);
    else if (tag == TAG("IEA"))
        on_iea(x);
    else
        on_other(x);
}

static bool at_isa(struct edi_lex *l)
{
    const char *p;
    return l->buf[l->pos] == 'I' && edi_peek(l, 4) == 4 &&
           (p = l->buf + l->pos, memcmp(p, "ISA", 3) == 0) && !alphanumeric(p[3]);
}

/* What follows an interchange and is none: said once, passed over. */
static bool tail(struct x12 *x)
{
    struct edi_run *r = &x->r;

    if (x->isa || x->gs || x->st || r->seg.tag == TAG("GS") || r->seg.tag == TAG("ST"))
        return false;
    if (!x->tail)
        edi_fault_at(r, "edi.interchange.tail", (struct place){.offset = r->seg.offset},
                     str_n(r->seg.p, r->seg.n), S("ISA"));
    x->tail = true;
    return true;
}

static int loop(struct x12 *x)
{
    struct edi_run *r = &x->r;

    while (edi_start(&r->lex)) {
        if (at_isa(&r->lex)) {
            close_interchange(x, true);
            if (isa_read(x))
                continue;
            if (!r->lex.d.term)
                return 0; /* nothing is known of what follows */
        }
        switch (edi_next(&r->lex, &r->seg)) {
        case EDI_SEGMENT:
            if (tail(x))
                break;
            segment(x);
            break;
        case EDI_LONG:
            r->seg.number = ++r->segments;
            edi_fault(r, "edi.segment.long", 0, 0, str_n(r->seg.p, r->seg.n), edi_number(r, r->lex.limit));
            r->refused = true;
            break;
        case EDI_END:
            break;
        case EDI_FAILED:
            return err_set(r->run->err, ERR_IO, N_("the input cannot be read"));
        }
    }
    close_interchange(x, false);
    return r->lex.failed ? err_set(r->run->err, ERR_IO, N_("the input cannot be read")) : 0;
}

/* A message without its envelope: "ST*309*0001" and then whatever ends that segment. */
static size_t bare_st(struct str s, struct edi_delims *d)
{
    size_t i = 0;

    if (s.n < 16 || memcmp(s.p, "ST", 2) != 0 || alphanumeric(s.p[2]) || s.p[6] != s.p[2])
        return 0;
    for (i = 7; i < s.n && i < 32 && (alphanumeric(s.p[i]) || s.p[i] == s.p[2]);)
        i++;
    *d = (struct edi_delims){.elem = s.p[2], .comp = s.p[2] == '>' ? ':' : '>', .term = s.p[i]};
    if (d->term == '\r')
        d->term = '\n';
    return i < 32 && d->term != ' ' ? i : 0;
}

/* Bytes before the first ISA: a mark, blanks, a mail's head. False when there is none in sight. */
static bool find_isa(struct edi_run *r)
{
    size_t n = edi_peek(&r->lex, r->run->head.n);
    const char *p = r->lex.buf + r->lex.pos;
    struct edi_delims d;

    if (bare_st(str_n(p, n), &d)) {
        edi_lex_delims(&r->lex, &d);
        return true;
    }
    for (size_t i = 0; i + 4 <= n; i++)
        if (memcmp(p + i, "ISA", 3) == 0 && !alphanumeric(p[i + 3]) &&
            (i == 0 || !alphanumeric(p[i - 1]))) {
            if (i >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
                r->lex.odd |= ODD_BOM;
            if (str_trim(str_n(p, i)).n > (r->lex.odd & ODD_BOM ? 3u : 0u))
                edi_fault_at(r, "edi.interchange.head", (struct place){.tag = S("ISA")}, str_n(p, i),
                             S("ISA"));
            edi_skip(&r->lex, i);
            return true;
        }
    return false;
}

static int sniff(struct str head, const char *name)
{
    struct edi_delims d;
    const char *end;

    (void)name;
    if (bare_st(head, &d))
        return 80;
    if (str_starts(head, S("\xef\xbb\xbf")))
        head = str_n(head.p + 3, head.n - 3);
    head = str_trim(head);
    if (str_starts(head, S("ISA")) && head.n > 4 && !alphanumeric(head.p[3]))
        return 95;
    end = head.p + (head.n < SNIFFED ? head.n : SNIFFED);
    for (const char *p = head.p; (p = memmem(p, (size_t)(end - p), "ISA", 3)); p++)
        if (width_holds(p, (size_t)(head.p + head.n - p)))
            return 90;
    return 0;
}

static int parse(struct feeds_run *run)
{
    struct x12 x = {0};
    int ret = -1;

    if (edi_run_init(&x.r, run) == 0)
        ret = find_isa(&x.r) ? loop(&x) : err_set(run->err, ERR_DATA, N_("there is no %s segment"), "ISA");
    edi_run_free(&x.r);
    return ret;
}

const struct feeds_reader reader_x12 = {"x12", sniff, parse};
