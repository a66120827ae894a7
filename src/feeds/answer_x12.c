/*
 * answer_x12.c: TA1 (X12.56) for the interchange, 997 or 999 for its groups. One answer interchange:
 *
 *   ISA TA1? ( GS*FA ( ST*997 AK1 ( AK2 ( AK3 AK4* )* AK5 )* AK9 SE )* GE )? ( GS*AZ ( ST*355 .. SE )* GE )? IEA
 *
 * From 005010 on the 999 says the same with IK3, IK4, IK5. An acknowledgement is not acknowledged. The copy of a bad
 * element (AK404) is 99 bytes at most.
 */
#include "feeds/answer.h"

#define COPY_MAX   99
#define TAIL_MAX   5 /* error codes of AK5 and AK9 */
#define V5010      5010u
#define LAST_SO    4020u /* GS01 of 309 and 355 up to here */
#define FIRST_CCYY 4010u /* GS04 has a century from here on */

static uint32_t version_of(const struct answer_group *g)
{
    return edi_version(SYNTAX_X12, g->head[8]);
}

static bool is_ack(const struct answer_group *g)
{
    return str_eq(g->head[1], S("FA"));
}

/* ISA is the one segment of fixed width. */
static void put_isa(struct answer_writer *w, const struct answer_interchange *i)
{
    const struct str *h = i->head;
    char term = w->d.term;

    buf_fmt(w->out, "ISA%c00%c          %c00%c          %c%-2.2s%c%-15.15s%c%-2.2s%c%-15.15s%c%.6s%c%.4s%c",
            w->d.elem, w->d.elem, w->d.elem, w->d.elem, w->d.elem, arena_z(w->arena, h[7]), w->d.elem,
            arena_z(w->arena, h[8]), w->d.elem, arena_z(w->arena, h[5]), w->d.elem, arena_z(w->arena, h[6]),
            w->d.elem, w->date + 2, w->d.elem, w->time, w->d.elem);
    buf_fmt(w->out, "%c%c%-5.5s%c%09llu%c0%c%c%c%c%c", w->d.rep ? w->d.rep : 'U', w->d.elem,
            arena_z(w->arena, h[12].n == 5 ? h[12] : S("00401")), w->d.elem,
            (unsigned long long)(w->control % 1000000000u), w->d.elem, w->d.elem,
            str_eq(h[15], S("T")) ? 'T' : 'P', w->d.elem, w->d.comp, term);
    if (term != '\n')
        buf_char(w->out, '\n');
}

static const struct answer_fault *worst(const struct answer_faults *l)
{
    const struct answer_fault *found = NULL;

    for (const struct answer_fault *f = l->first; f; f = f->next)
        if (answer_tells(f) && (!found || f->severity > found->severity))
            found = f;
    return found;
}

static bool put_ta1(struct answer_writer *w, const struct answer_interchange *i)
{
    const struct answer_fault *f = worst(&i->faults);
    bool asked = str_eq(i->head[14], S("1")) || (w->how->kinds & ANSWER_TA1);
    char code = !f ? 'A' : f->severity == SEV_ERROR ? 'R' : 'E';

    if (!answer_wanted(w, ANSWER_TA1) || (!asked && !f) || i->head[13].n == 0)
        return false;
    w->refused += code != 'A';
    ANSWER_PUT(w, "TA1", i->head[13], i->head[9], i->head[10], str_n(&code, 1),
               f ? str_z(f->code->ta1) : S("000"));
    return true;
}

/* ---- AK3, AK4 ---- */

static const char *code_of(const struct answer_fault *f, bool ik)
{
    return ik ? f->code->ik : f->code->ak;
}

static void put_ak3(struct answer_writer *w, const struct answer_fault *f, bool ik, const char *code)
{
    bool missing = f->expected.n && f->place.element == 0 && strcmp(code, "3") == 0;

    ANSWER_PUT(w, ik ? "IK3" : "AK3", answer_cut(missing ? f->expected : f->place.tag, 3),
               answer_number(w, f->place.segment ? f->place.segment : 1), answer_cut(f->loop, 6),
               str_z(code));
}

static void put_ak4(struct answer_writer *w, const struct answer_fault *f, bool ik)
{
    struct str at = f->place.component > 1
                        ? arena_fmt(w->arena, "%u" ANSWER_SEP "%u", f->place.element, f->place.component)
                        : answer_number(w, f->place.element ? f->place.element : 1);
    struct str none = {0};

    ANSWER_PUT(w, ik ? "IK4" : "AK4", at, none, str_z(code_of(f, ik)),
               answer_cut(answer_plain(w, f->found), COPY_MAX));
}

static bool placed(const struct answer_fault *f)
{
    return (f->code->level == LEVEL_SEGMENT || f->code->level == LEVEL_ELEMENT) && answer_tells(f);
}

/* What is wrong in the message, by segment. True when there is something. */
static bool put_segments(struct answer_writer *w, const struct answer_message *m, bool ik)
{
    const struct answer_fault *open = NULL;
    bool any = false;

    for (const struct answer_fault *f = m->faults.first; f; f = f->next) {
        if (!placed(f))
            continue;
        any = true;
        if (f->code->level == LEVEL_SEGMENT) {
            put_ak3(w, f, ik, code_of(f, ik));
            open = NULL;
            continue;
        }
        if (!open || open->place.segment != f->place.segment)
            put_ak3(w, f, ik, "8");
        open = f;
        put_ak4(w, f, ik);
    }
    return any;
}

/* AK5 or AK9: what is written behind the counts. `e` has room for TAIL_MAX. */
static size_t tail(const struct answer_faults *l, enum answer_level level, bool ik, bool segments,
                   struct str *e)
{
    size_t n = 0;

    if (segments)
        e[n++] = S("5");
    for (const struct answer_fault *f = l->first; f && n < TAIL_MAX; f = f->next) {
        bool said = false;
        if (f->code->level != level || !answer_tells(f))
            continue;
        for (size_t i = 0; i < n; i++)
            said |= str_eq(e[i], str_z(code_of(f, ik)));
        if (!said)
            e[n++] = str_z(code_of(f, ik));
    }
    return n;
}

static void put_message(struct answer_writer *w, const struct answer_message *m, bool ik)
{
    struct str e[1 + TAIL_MAX] = {{0}};
    char code = answer_verdict(m);
    size_t n;
    bool segments;

    ANSWER_PUT(w, "AK2", m->head[1], m->head[2], ik ? m->head[3] : (struct str){0});
    segments = put_segments(w, m, ik);
    e[0] = str_n(&code, 1);
    n = tail(&m->faults, LEVEL_MESSAGE, ik, segments, e + 1);
    if (n == 0 && code == 'R') /* no table for it, or it never ended */
        e[1 + n++] = m->begun && m->ended && m->verdict == FEEDS_NOT_UNDERSTOOD ? S("1") : S("5");
    answer_put(w, ik ? "IK5" : "AK5", e, 1 + n);
    w->refused += code != 'A';
}

/* ---- groups ---- */

static void put_st(struct answer_writer *w, const char *type, struct str version)
{
    w->segments = 0;
    w->messages++;
    ANSWER_PUT(w, "ST", str_z(type), arena_fmt(w->arena, "%04llu", (unsigned long long)w->messages),
               version);
}

static void put_se(struct answer_writer *w)
{
    ANSWER_PUT(w, "SE", answer_number(w, w->segments + 1),
               arena_fmt(w->arena, "%04llu", (unsigned long long)w->messages));
}

static void put_group(struct answer_writer *w, const struct answer_group *g, bool ik)
{
    uint64_t received = 0, accepted = 0;
    struct str e[4 + TAIL_MAX] = {{0}};
    const struct answer_fault *bad = worst(&g->faults);
    bool clean = !bad;
    size_t n;
    char code;

    put_st(w, ik ? "999" : "997", ik ? g->head[8] : (struct str){0});
    ANSWER_PUT(w, "AK1", g->head[1], g->head[6], ik ? g->head[8] : (struct str){0});
    for (const struct answer_message *m = g->first; m; m = m->next) {
        char v = answer_verdict(m);
        put_message(w, m, ik);
        received++;
        accepted += v != 'R';
        clean = clean && v == 'A';
    }
    code = bad && bad->severity == SEV_ERROR ? 'R'
           : clean                           ? 'A'
           : accepted == received            ? 'E'
           : accepted                        ? 'P'
                                             : 'R';
    e[0] = str_n(&code, 1);
    e[1] = g->said.n ? g->said : answer_number(w, received);
    e[2] = answer_number(w, received);
    e[3] = answer_number(w, code == 'R' ? 0 : accepted);
    n = tail(&g->faults, LEVEL_GROUP, ik, false, e + 4);
    answer_put(w, "AK9", e, 4 + n);
    w->refused += bad != NULL;
    put_se(w);
}

static void put_gs(struct answer_writer *w, const struct answer_group *g, const char *code)
{
    bool century = version_of(g) >= FIRST_CCYY;

    w->messages = 0;
    ANSWER_PUT(w, "GS", str_z(code), g->head[3], g->head[2], str_z(century ? w->date : w->date + 2),
               answer_cut(str_z(w->time), 4), answer_number(w, w->control % 1000000000u), S("X"),
               g->head[8]);
}

static void put_ge(struct answer_writer *w)
{
    ANSWER_PUT(w, "GE", answer_number(w, w->messages), answer_number(w, w->control % 1000000000u));
}

/* The 997 or 999 of the groups of one version, in one group. */
static uint64_t put_acks(struct answer_writer *w, const struct answer_interchange *i)
{
    const struct answer_group *open = NULL;
    uint64_t groups = 0;

    for (const struct answer_group *g = i->first; g; g = g->next) {
        bool ik = version_of(g) >= V5010;
        if (w->how->kinds & (ANSWER_997 | ANSWER_999))
            ik = (w->how->kinds & ANSWER_999) && (ik || !(w->how->kinds & ANSWER_997));
        if (is_ack(g) || !answer_wanted(w, ik ? ANSWER_999 : ANSWER_997))
            continue;
        if (!open || !str_eq(open->head[8], g->head[8]) || !str_eq(open->head[2], g->head[2]) ||
            !str_eq(open->head[3], g->head[3])) {
            if (open)
                put_ge(w);
            put_gs(w, g, "FA");
            groups++;
        }
        open = g;
        put_group(w, g, ik);
    }
    if (open)
        put_ge(w);
    return groups;
}

static uint64_t put_355s(struct answer_writer *w, const struct answer_interchange *i)
{
    uint64_t groups = 0;

    for (const struct answer_group *g = i->first; g && answer_wanted(w, ANSWER_355); g = g->next) {
        bool open = false;
        for (const struct answer_message *m = g->first; m; m = m->next) {
            if (!answer_has_355(m))
                continue;
            if (!open)
                put_gs(w, g, version_of(g) > LAST_SO ? "AZ" : "SO");
            groups += !open;
            open = true;
            put_st(w, "355", (struct str){0});
            answer_355(w, m);
            put_se(w);
        }
        if (open)
            put_ge(w);
    }
    return groups;
}

void answer_x12(struct answer_writer *w, const struct answer_interchange *i)
{
    size_t from = w->out->n;
    uint64_t groups;
    bool ta1;

    put_isa(w, i);
    ta1 = put_ta1(w, i);
    groups = put_acks(w, i) + put_355s(w, i);
    if (!ta1 && groups == 0) {
        w->out->n = from;
        return;
    }
    ANSWER_PUT(w, "IEA", answer_number(w, groups),
               arena_fmt(w->arena, "%09llu", (unsigned long long)(w->control % 1000000000u)));
    w->control++;
}
