/*
 * answer.c: listens to a parse and keeps what the answers need: the envelope's elements, each message's verdict and
 * faults, and of a shipment that has a fault what names it. An interchange is answered when the next one begins or
 * the input ends, because a missing trailer is only known then.
 *
 * What people are called or where they live is never sent back: the copy of a bad element is kept only from segments
 * that do not describe persons.
 */
#include "feeds/answer.h"

#include <stdio.h>
#include <stdlib.h>

#define TAG(z)    EDI_TAG(z)
#define PUT_BYTES ((size_t)1 << 20) /* handed on at once */
#define SEG_COPY  512               /* bytes of a segment that is mirrored */

struct copy {
    char p[SEG_COPY];
    size_t n;
};

struct shipment { /* the open one, and the one before: what is missing is said when the next one begins */
    bool open;
    struct answer_bill *made; /* in the arena, once it has a fault */
    struct copy number, id, port, lx, m11;
    uint64_t port_at;
};

struct listening {
    struct answer_writer w;
    struct buf out;
    const struct feeds_answer_to *to;
    bool full; /* more than ANSWER_KEPT or ANSWER_BYTES: given up */
    uint64_t answered;
    struct answer_interchange *ic;
    struct answer_group *group;
    struct answer_message *message; /* open */
    struct edi_run *run;
    struct shipment now, before;
    struct copy port;
    uint64_t ports;
};

static struct str view(const struct copy *c)
{
    return str_n(c->p, c->n);
}

static void set(struct copy *c, struct str s)
{
    c->n = s.n < sizeof c->p ? s.n : sizeof c->p;
    if (c->n)
        memcpy(c->p, s.p, c->n);
}

/* A part as text: without release characters and what is no text. */
static struct str text(struct listening *l, const struct edi_delims *d, struct str s)
{
    char *to = arena_alloc(l->w.arena, s.n + 1);
    size_t n = 0;

    s = str_trim(s);
    for (size_t i = 0; i < s.n; i++) {
        if (d->rel && s.p[i] == d->rel && i + 1 < s.n)
            i++;
        if ((uint8_t)s.p[i] >= ' ')
            to[n++] = s.p[i];
    }
    return str_n(to, n);
}

/* Element e of the segment at hand, its components joined. */
static struct str element(struct listening *l, struct edi_run *r, unsigned e)
{
    struct str all = {0}, part;
    uint32_t n = e <= r->seg.elems ? r->seg.el[e + 1] - r->seg.el[e] : 0;

    if (n > ANSWER_HEAD)
        n = ANSWER_HEAD;
    for (unsigned c = 1; c <= n; c++) {
        part = text(l, &r->lex.d, edi_part(&r->seg, e, c));
        all = c == 1 ? part : arena_fmt(l->w.arena, "%.*s" ANSWER_SEP "%.*s", STR_ARG(all), STR_ARG(part));
    }
    return all;
}

static void head(struct listening *l, struct edi_run *r, struct str *to)
{
    for (unsigned e = 1; e < ANSWER_HEAD; e++)
        to[e] = element(l, r, e);
}

static void faults_init(struct answer_faults *f)
{
    f->last = &f->first;
}

/* ---- interchange, group, message ---- */

static void answer_now(struct listening *l)
{
    struct answer_writer *w = &l->w;

    if (!l->ic)
        return;
    if (!l->full && arena_used(w->arena) < ANSWER_KEPT) {
        size_t before = l->out.n;
        if (l->ic->syntax == SYNTAX_X12)
            answer_x12(w, l->ic);
        else
            answer_edifact(w, l->ic);
        l->full = l->out.over;
        l->answered += l->out.n > before;
        for (size_t at = 0; !l->full && at < l->out.n; at += PUT_BYTES)
            l->to->put(l->to->arg, answer_cut(str_n(l->out.p + at, l->out.n - at), PUT_BYTES));
    } else {
        l->full = true;
    }
    buf_reset(&l->out);
    arena_reset(w->arena);
    l->ic = NULL;
    l->group = NULL;
    l->message = NULL;
}

static void interchange(struct listening *l, enum edi_syntax syntax, const struct edi_delims *d)
{
    answer_now(l);
    l->ic = arena_alloc(l->w.arena, sizeof *l->ic);
    l->ic->syntax = l->w.syntax = syntax;
    l->ic->d = l->w.d = *d;
    l->ic->last = &l->ic->first;
    faults_init(&l->ic->faults);
}

static struct answer_group *group(struct listening *l, bool real)
{
    struct answer_group *g = arena_alloc(l->w.arena, sizeof *g);

    g->real = real;
    g->last = &g->first;
    faults_init(&g->faults);
    *l->ic->last = g;
    l->ic->last = &g->next;
    return l->group = g;
}

static void message(struct listening *l, struct edi_run *r)
{
    struct answer_message *m = arena_alloc(l->w.arena, sizeof *m);

    if (!l->group)
        group(l, false);
    faults_init(&m->faults);
    m->last = &m->bill;
    head(l, r, m->head);
    *l->group->last = m;
    l->group->last = &m->next;
    l->message = m;
    l->now.open = l->before.open = false;
    l->now.made = l->before.made = NULL;
    l->port.n = 0;
    l->ports = 0;
}

static struct answer_bill *bill(struct listening *l, struct shipment *s);

/* The open shipment is over; what names it may have come after its first fault. */
static void shipped(struct listening *l)
{
    if (l->now.made)
        bill(l, &l->now);
    l->before = l->now;
    l->now.open = false;
    l->now.made = NULL;
}

static void ship(struct listening *l, struct str number)
{
    shipped(l);
    l->now.open = true;
    l->now.id.n = l->now.lx.n = l->now.m11.n = 0;
    set(&l->now.number, number);
    set(&l->now.port, view(&l->port));
    l->now.port_at = l->ports;
}

/* ---- what the segments of a message tell ---- */

static void on_x12(struct listening *l, struct edi_run *r)
{
    struct answer_message *m = l->message;
    struct str whole = str_n(r->seg.p, r->seg.n);

    if (r->seg.tag == TAG("M10") && !m->m10.n) {
        m->m10 = arena_copy(l->w.arena, answer_cut(whole, SEG_COPY));
    } else if (r->seg.tag == TAG("P4")) {
        shipped(l);
        l->ports++;
        set(&l->port, whole);
        if (!m->port.n)
            m->port = arena_copy(l->w.arena, view(&l->port));
    } else if (r->seg.tag == TAG("LX")) {
        ship(l, edi_part(&r->seg, 1, 1));
        set(&l->now.lx, whole);
    } else if (r->seg.tag == TAG("M11") && l->now.open) {
        set(&l->now.id, edi_part(&r->seg, 1, 1));
        set(&l->now.m11, whole);
    }
}

static void on_edifact(struct listening *l, struct edi_run *r)
{
    struct answer_message *m = l->message;

    if (r->seg.tag == TAG("BGM") && !m->document.n) {
        m->document = text(l, &r->lex.d, edi_part(&r->seg, 2, 1));
    } else if (r->seg.tag == TAG("CNI")) {
        ship(l, edi_part(&r->seg, 1, 1));
    } else if (r->seg.tag == TAG("DOC") && (l->now.open || str_eq(m->type, S("CUSREP")))) {
        if (!l->now.open)
            ship(l, S("1"));
        set(&l->now.id, text(l, &r->lex.d, edi_part(&r->seg, 2, 1)));
    } else if (r->seg.tag == TAG("RFF") && l->now.open && l->now.id.n == 0) {
        set(&l->now.id, text(l, &r->lex.d, edi_part(&r->seg, 1, 2)));
    }
}

static void on_segment(void *arg, struct edi_run *r)
{
    struct listening *l = arg;
    uint32_t tag = r->seg.tag;
    bool x12 = l->ic ? l->ic->syntax == SYNTAX_X12 : tag == TAG("ST") || tag == TAG("GS");

    l->run = r;
    if (arena_used(l->w.arena) > ANSWER_KEPT)
        l->full = true;
    if (l->full)
        return;
    if (tag == TAG("UNB")) {
        interchange(l, SYNTAX_EDIFACT, &r->lex.d);
        head(l, r, l->ic->head);
        return;
    }
    if (!l->ic)
        interchange(l, x12 ? SYNTAX_X12 : SYNTAX_EDIFACT, &r->lex.d);
    if (tag == TAG("GS") || tag == TAG("UNG")) {
        struct answer_group *g = group(l, true);
        head(l, r, g->head);
        if (tag == TAG("GS") && !g->head[8].n) /* lost: as ISA has it */
            g->head[8] = arena_fmt(l->w.arena, "%.*s0", STR_ARG(l->ic->head[12]));
    } else if (tag == TAG("ST") || tag == TAG("UNH")) {
        message(l, r);
    } else if (tag == TAG("GE") && l->group) {
        l->group->said = text(l, &r->lex.d, edi_part(&r->seg, 1, 1));
    } else if (l->message) {
        if (x12)
            on_x12(l, r);
        else
            on_edifact(l, r);
    }
}

static void on_isa(void *arg, const struct str e[17], const struct edi_delims *d)
{
    struct listening *l = arg;

    interchange(l, SYNTAX_X12, d);
    for (int i = 1; i <= ANSWER_HEAD; i++)
        l->ic->head[i] = text(l, d, e[i]);
}

/* ---- faults ---- */

/* Segments that describe persons: their text stays here. */
static bool personal(const struct listening *l, struct str tag)
{
    static const char *const x12[] = {"NM1", "DMG", "DMA", "REF", "N1", "N2", "N3", "N4", "PER"};
    static const char *const edifact[] = {"NAD", "CTA", "COM", "ATT", "NAT", "PDT", "EMP"};
    static const char *const lists[] = {"BGM", "TDT", "CNT", "UNH",
                                        "UNT"}; /* all else in a list of people is */
    const struct answer_message *m = l->message;
    bool list = m && (m->personal || m->type.n == 0);

    if (l->ic->syntax == SYNTAX_X12) {
        for (size_t i = 0; i < COUNT(x12); i++)
            if (str_eq(tag, str_z(x12[i])))
                return true;
        return false;
    }
    for (size_t i = 0; i < COUNT(edifact); i++)
        if (str_eq(tag, str_z(edifact[i])))
            return true;
    for (size_t i = 0; list && i < COUNT(lists); i++)
        if (str_eq(tag, str_z(lists[i])))
            return false;
    return list;
}

static struct answer_bill *bill(struct listening *l, struct shipment *s)
{
    struct answer_message *m = l->message;
    struct arena *a = l->w.arena;
    struct answer_bill *b = s->made;

    if (!b) {
        b = s->made = arena_alloc(a, sizeof *b);
        *m->last = b;
        m->last = &b->next;
    }
    if (!b->number.n)
        b->number = arena_copy(a, view(&s->number));
    if (!b->id.n) /* it may come after the first fault */
        b->id = arena_copy(a, view(&s->id));
    if (!b->lx.n)
        b->lx = arena_copy(a, view(&s->lx));
    if (!b->m11.n)
        b->m11 = arena_copy(a, view(&s->m11));
    if (!b->port.n)
        b->port = arena_copy(a, view(&s->port));
    b->port_at = s->port_at;
    return b;
}

static struct answer_bill *bill_of(struct listening *l, const struct fault *f)
{
    bool missing = str_eq(str_z(f->def->code), S("edi.segment.missing"));
    uint32_t tag = l->run ? l->run->seg.tag : 0;
    bool opens = tag == TAG("LX") || tag == TAG("CNI") || tag == TAG("P4");

    if (missing && opens)
        return l->before.open ? bill(l, &l->before) : NULL;
    if (str_eq(f->place.tag, S("UNT")) && !missing)
        return NULL;
    return l->now.open ? bill(l, &l->now) : NULL;
}

/* The tag that opens the loop in which the cursor stands. */
static struct str loop_of(struct listening *l)
{
    const struct edi_run *r = l->run;
    int row = r && r->t ? r->row : -1;
    char tag[4];

    if (row >= 0 && !r->t->row[row].trigger)
        row = r->t->row[row].group;
    if (row < 0)
        return (struct str){0};
    for (int j = 0; j < 4; j++)
        tag[j] = (char)(r->t->row[row].tag >> (24 - 8 * j));
    return arena_copy(l->w.arena, str_trim(str_n(tag, 4)));
}

static struct answer_faults *list_for(struct listening *l, const struct answer_code *c)
{
    if (c->level == LEVEL_INTERCHANGE || !l->group)
        return &l->ic->faults;
    if (c->level == LEVEL_GROUP)
        return l->group->real ? &l->group->faults : &l->ic->faults;
    return l->message ? &l->message->faults : &l->ic->faults;
}

/* 0 for an element that is none of several components. */
static uint16_t component_of(const struct listening *l, const struct fault *f)
{
    const struct edi_seg *s = l->run ? &l->run->seg : NULL;
    uint32_t e = f->place.element;

    if (f->place.component == 1 && s && s->number == f->place.segment && e <= s->elems &&
        s->el[e + 1] - s->el[e] == 1)
        return 0;
    return f->place.component;
}

static void on_fault(void *arg, const struct fault *f)
{
    struct listening *l = arg;
    const struct answer_code *c = answer_code(str_z(f->def->code));
    struct answer_faults *to;
    struct answer_fault *k;
    struct arena *a = l->w.arena;

    if (!c || !l->ic || l->full)
        return;
    to = list_for(l, c);
    to->count[f->severity]++;
    if (f->severity == SEV_NOTE || to->n == ANSWER_FAULTS)
        return;
    to->n++;
    k = arena_alloc(a, sizeof *k);
    *k = (struct answer_fault){.def = f->def, .code = c, .severity = f->severity, .place = f->place};
    if (str_starts(str_z(f->def->code), S("field."))) { /* a rule of our kinds: its place is a field */
        k->place.tag = (struct str){0};
        k->found = arena_copy(a, f->place.tag);
    } else {
        k->place.tag = arena_copy(a, f->place.tag);
        k->place.component = component_of(l, f);
        if (!personal(l, f->place.tag))
            k->found = text(l, &l->ic->d, f->found);
    }
    k->expected = arena_copy(a, f->expected);
    if (to == (l->message ? &l->message->faults : NULL)) {
        k->loop = loop_of(l);
        if (c->level == LEVEL_SEGMENT || c->level == LEVEL_ELEMENT)
            k->bill = bill_of(l, f);
    }
    *to->last = k;
    to->last = &k->next;
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    struct listening *l = arg;

    if (!l->message)
        return;
    l->message->begun = true;
    l->message->personal = m->personal;
    l->message->version = arena_copy(l->w.arena, m->version);
    for (size_t i = m->format.n; i > 0; i--)
        if (m->format.p[i - 1] == '-') {
            l->message->type = arena_copy(l->w.arena, str_n(m->format.p + i, m->format.n - i));
            break;
        }
    for (size_t i = 0; i < l->message->type.n; i++) {
        char *c = (char *)(uintptr_t)(l->message->type.p + i);
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    }
    /* a type that UNH forgot and BGM told */
    if (l->ic->syntax == SYNTAX_EDIFACT && str_starts(l->message->head[2], S(ANSWER_SEP)))
        l->message->head[2] =
            arena_fmt(l->w.arena, "%.*s%.*s", STR_ARG(l->message->type), STR_ARG(l->message->head[2]));
}

static void on_end(void *arg, const struct feeds_message *m)
{
    struct listening *l = arg;

    if (!l->message)
        return;
    l->message->ended = true;
    l->message->verdict = m->verdict;
    shipped(l);
    l->message = NULL;
}

static void on_record(void *arg, struct record *r)
{
    (void)arg;
    (void)r;
}

/* ---- one input ---- */

static void when(struct answer_writer *w, int64_t now)
{
    int64_t days = now / INT64_C(86400000000), left = now % INT64_C(86400000000);
    int y, m, d;

    date_of(days, &y, &m, &d);
    snprintf(w->date, sizeof w->date, "%04u%02u%02u", (unsigned)y % 10000u, (unsigned)m % 100u,
             (unsigned)d % 100u);
    left /= 1000000;
    snprintf(w->time, sizeof w->time, "%02u%02u%02u", (unsigned)(left / 3600 % 24),
             (unsigned)(left / 60 % 60), (unsigned)(left % 60));
}

int feeds_answer(const struct feeds_input *in, const struct feeds_options *o,
                 const struct feeds_answer *how, const struct feeds_answer_to *to, struct err *e)
{
    struct listening *l = xmalloc(sizeof *l);
    struct feeds_watch watch = {.isa = on_isa, .segment = on_segment, .arg = l};
    struct feeds_sink sink = {
        .begin = on_begin, .record = on_record, .fault = on_fault, .end = on_end, .arg = l};
    struct feeds_options options = *o;
    int ret = -1;

    memset(l, 0, sizeof *l);
    l->to = to;
    buf_init(&l->out, ANSWER_BYTES);
    l->w = (struct answer_writer){
        .arena = arena_new(), .out = &l->out, .how = how, .lang = how->lang, .control = how->control};
    when(&l->w, how->now);
    options.watch = &watch;
    if (feeds_parse(in, &options, &sink, e) != 0)
        goto out;
    answer_now(l);
    if (l->full)
        err_set(e, ERR_LIMIT, N_("the interchange is larger than can be answered"));
    else if (l->answered == 0)
        err_set(e, ERR_DATA, N_("there is nothing in it that such an answer is for"));
    else
        ret = 0;
    if (to->refused)
        *to->refused = l->w.refused;
out:
    buf_free(&l->out);
    arena_free(l->w.arena);
    free(l);
    return ret;
}
