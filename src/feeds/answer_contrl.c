/*
 * answer_contrl.c: CONTRL (ISO 9735, version D:3), the answer to an EDIFACT interchange:
 *
 *   UNH UCI ( UCM ( UCS UCD* )* )* ( UCF ( UCM ( UCS UCD* )* )* )* UNT
 *
 * UCI answers for everything: 7 acknowledges it and all below that is not named, 4 rejects it. Groups and messages are
 * named when something is wrong with them: 7 for one that was taken all the same. CUSRES follows in an interchange
 * (and group, when the sender used groups) of its own, because CONTRL travels alone.
 */
#include "feeds/answer.h"

#define UCS_MAX 999
#define UCD_MAX 99

static void put_una(struct answer_writer *w)
{
    const struct edi_delims *d = &w->d;

    if (d->comp == ':' && d->elem == '+' && d->rel == '?' && d->term == '\'' && !d->rep)
        return;
    buf_fmt(w->out, "UNA%c%c%c%c%c%c\n", d->comp, d->elem, d->mark ? d->mark : '.', d->rel ? d->rel : ' ',
            d->rep ? d->rep : ' ', d->term);
}

static struct str component(struct str e, unsigned n)
{
    struct str part = {0};

    while (n-- && str_split(&e, ANSWER_SEP[0], &part))
        ;
    return n == (unsigned)-1 ? part : (struct str){0};
}

static struct str control(struct answer_writer *w)
{
    return answer_number(w, w->control % 1000000000u);
}

static void put_unb(struct answer_writer *w, const struct answer_interchange *i)
{
    struct str id = component(i->head[1], 1), version = component(i->head[1], 2);
    bool four = str_eq(version, S("4"));

    if (id.n != 4 || !str_starts(id, S("UNO")))
        id = S("UNOA");
    if (version.n != 1)
        version = S("3");
    w->upper = str_eq(id, S("UNOA"));
    put_una(w);
    ANSWER_PUT(w, "UNB", arena_fmt(w->arena, "%.*s" ANSWER_SEP "%.*s", STR_ARG(id), STR_ARG(version)),
               i->head[3], i->head[2],
               arena_fmt(w->arena, "%s" ANSWER_SEP "%.4s", four ? w->date : w->date + 2, w->time),
               control(w));
    w->messages = 0;
}

static void put_unh(struct answer_writer *w, struct str type)
{
    w->segments = 0;
    w->messages++;
    ANSWER_PUT(w, "UNH", answer_number(w, w->messages), type);
}

static void put_unt(struct answer_writer *w)
{
    ANSWER_PUT(w, "UNT", answer_number(w, w->segments + 1), answer_number(w, w->messages));
}

/* Behind a reference: action, error, service segment, its element. */
struct what {
    struct str action, error, segment, at;
};

static struct what what(struct answer_writer *w, char action, const struct answer_fault *f)
{
    struct what x = {.action = action == 'R' ? S("4") : S("7")};
    struct str tag;

    if (!f)
        return x;
    x.error = str_z(f->code->contrl);
    tag = f->place.element == 0 && f->expected.n ? f->expected : f->place.tag;
    if (tag.n == 3 && str_starts(tag, S("UN")))
        x.segment = tag;
    if (x.segment.n && f->place.element)
        x.at = f->place.component > 1
                   ? arena_fmt(w->arena, "%u" ANSWER_SEP "%u", f->place.element, f->place.component)
                   : answer_number(w, f->place.element);
    return x;
}

/* ---- UCM, UCS, UCD ---- */

static void put_segments(struct answer_writer *w, const struct answer_message *m)
{
    const struct answer_fault *open = NULL, *last = NULL;
    unsigned ucs = 0, ucd = 0;

    for (const struct answer_fault *f = m->faults.first; f && ucs < UCS_MAX; f = f->next) {
        bool whole = f->code->level == LEVEL_SEGMENT;
        if ((!whole && f->code->level != LEVEL_ELEMENT) || !answer_tells(f))
            continue;
        if (whole && last && last->place.segment == f->place.segment &&
            strcmp(last->code->contrl, f->code->contrl) == 0)
            continue; /* another one missing at the same place */
        last = whole ? f : NULL;
        if (whole || !open || open->place.segment != f->place.segment) {
            ANSWER_PUT(w, "UCS", answer_number(w, f->place.segment),
                       whole ? str_z(f->code->contrl) : (struct str){0});
            ucs++;
            ucd = 0;
        }
        open = whole ? NULL : f;
        if (!whole && ucd++ < UCD_MAX)
            ANSWER_PUT(w, "UCD", str_z(f->code->contrl),
                       f->place.component > 0 && f->place.element
                           ? arena_fmt(w->arena, "%u" ANSWER_SEP "%u", f->place.element, f->place.component)
                           : answer_number(w, f->place.element));
    }
}

static void put_ucm(struct answer_writer *w, const struct answer_message *m)
{
    const struct answer_fault *f = answer_first(&m->faults, LEVEL_MESSAGE);
    char v = answer_verdict(m);
    struct what x = what(w, v, f);

    w->refused += v != 'A';
    if (v == 'A')
        return;
    if (!f && m->begun && m->ended && m->verdict == FEEDS_NOT_UNDERSTOOD) {
        x.error = S("14"); /* no directory for this type */
        x.segment = S("UNH");
        x.at = S("2");
    }
    ANSWER_PUT(w, "UCM", m->head[1], m->head[2], x.action, x.error, x.segment, x.at);
    put_segments(w, m);
}

static bool only_contrl(const struct answer_interchange *i)
{
    bool any = false;

    for (const struct answer_group *g = i->first; g; g = g->next)
        for (const struct answer_message *m = g->first; m; m = m->next) {
            any = true;
            if (!str_eq(component(m->head[2], 1), S("CONTRL")))
                return false;
        }
    return any;
}

static void put_group(struct answer_writer *w, const struct answer_group *g)
{
    const struct answer_fault *f = answer_first(&g->faults, LEVEL_GROUP);
    char v = f && f->severity == SEV_ERROR ? 'R' : 'A';
    struct what x = what(w, v, f);
    bool named = f != NULL;

    for (const struct answer_message *m = g->first; m; m = m->next)
        named |= answer_verdict(m) != 'A';
    w->refused += f != NULL;
    if (named && g->real)
        ANSWER_PUT(w, "UCF", g->head[5], g->head[2], g->head[3], x.action, x.error, x.segment, x.at);
    for (const struct answer_message *m = g->first; m; m = m->next)
        put_ucm(w, m);
}

static void put_contrl(struct answer_writer *w, const struct answer_interchange *i)
{
    const struct answer_fault *f = answer_first(&i->faults, LEVEL_INTERCHANGE);
    char v = f && f->severity == SEV_ERROR ? 'R' : 'A';
    struct what x = what(w, v, f);

    put_unb(w, i);
    put_unh(w, S("CONTRL" ANSWER_SEP "D" ANSWER_SEP "3" ANSWER_SEP "UN"));
    ANSWER_PUT(w, "UCI", i->head[5], i->head[2], i->head[3], x.action, x.error, x.segment, x.at);
    w->refused += f != NULL;
    for (const struct answer_group *g = i->first; g; g = g->next)
        if (!g->real)
            put_group(w, g);
    for (const struct answer_group *g = i->first; g; g = g->next)
        if (g->real)
            put_group(w, g);
    put_unt(w);
    ANSWER_PUT(w, "UNZ", S("1"), control(w));
    w->control++;
}

/* ---- CUSRES ---- */

static void put_ung(struct answer_writer *w, const struct answer_group *g, const struct answer_message *m,
                    uint64_t number)
{
    struct str version = arena_fmt(w->arena, "%.*s" ANSWER_SEP "%.*s", STR_ARG(component(m->head[2], 2)),
                                   STR_ARG(component(m->head[2], 3)));

    ANSWER_PUT(w, "UNG", S("CUSRES"), g->head[3], g->head[2],
               arena_fmt(w->arena, "%s" ANSWER_SEP "%.4s", w->date, w->time), answer_number(w, number),
               S("UN"), version);
}

static void put_responses(struct answer_writer *w, const struct answer_interchange *i)
{
    uint64_t groups = 0, all = 0;

    put_unb(w, i);
    for (const struct answer_group *g = i->first; g; g = g->next) {
        uint64_t n = 0;
        for (const struct answer_message *m = g->first; m; m = m->next) {
            if (!answer_has_cusres(m))
                continue;
            if (n++ == 0 && g->real)
                put_ung(w, g, m, ++groups);
            put_unh(w, arena_fmt(w->arena, "CUSRES" ANSWER_SEP "%.*s" ANSWER_SEP "%.*s" ANSWER_SEP "UN",
                                 STR_ARG(component(m->head[2], 2)), STR_ARG(component(m->head[2], 3))));
            answer_cusres(w, m);
            put_unt(w);
        }
        if (n && g->real)
            ANSWER_PUT(w, "UNE", answer_number(w, n), answer_number(w, groups));
        all += n;
    }
    ANSWER_PUT(w, "UNZ", answer_number(w, groups ? groups : all), control(w));
    w->control++;
}

void answer_edifact(struct answer_writer *w, const struct answer_interchange *i)
{
    bool any = false;

    if (answer_wanted(w, ANSWER_CONTRL) && !only_contrl(i))
        put_contrl(w, i);
    for (const struct answer_group *g = i->first; g; g = g->next)
        for (const struct answer_message *m = g->first; m; m = m->next)
            any |= answer_has_cusres(m);
    if (any && answer_wanted(w, ANSWER_CUSRES))
        put_responses(w, i);
}
