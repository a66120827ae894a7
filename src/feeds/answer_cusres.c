/*
 * answer_cusres.c: CUSRES, what became of a CUSCAR, CUSREP or PAXLST, in the directory that it was written in.
 *
 *   from D.99A   BGM DTM RFF ( ERP ERC FTX )* ( DOC ( ERP RFF ERC FTX )* )*      trip first, then shipment by shipment
 *   before       BGM DTM FTX* ( ERP ERC )* RFF                                   which knows no faults below a document
 *
 * ERP says where: section (1 header, 2 detail), shipment, position of the segment; from D.99A on its tag and the element.
 * ERC is our code (docs/answers.md), FTX+AAO the sentence and a copy of the bad element. BGM: 963 when there are errors, else
 * 962; the number of the message answered; function 11, response; AP accepted, AE is said as CA (with conditions), RE
 * rejected. What had no fault is not named: it is kept.
 */
#include "feeds/answer.h"

#include <stdio.h>

#define TRIP_MAX     99                  /* SG4 */
#define SHIPMENT_MAX 9999                /* SG14 */
#define FIRST_NEW    (1999u * 256 + 'A') /* D.99A, as edi_version says it */
#define OLD_ERP_MAX  50
#define OLD_FTX_MAX  5
#define OLD_TEXT_MAX 70
#define NEW_TEXT_MAX 200

/* The directory that the message names, as edi_version says it; 0 when it names none. */
static uint32_t directory(const struct answer_message *m)
{
    struct str rest = m->head[2], part[3] = {{0}};
    char version[8];
    int n;

    for (size_t i = 0; i < COUNT(part) && str_split(&rest, ANSWER_SEP[0], &part[i]); i++)
        ;
    n = snprintf(version, sizeof version, "%.*s.%.*s", (int)answer_cut(part[1], 2).n, part[1].p,
                 (int)answer_cut(part[2], 4).n, part[2].p);
    return edi_version(SYNTAX_EDIFACT, str_n(version, (size_t)n));
}

/* US-EDIFACT's PAXLST names no directory of the UN: no CUSRES goes with it. */
bool answer_has_cusres(const struct answer_message *m)
{
    return directory(m) &&
           (str_eq(m->type, S("CUSCAR")) || str_eq(m->type, S("CUSREP")) || str_eq(m->type, S("PAXLST")));
}

static struct str sep2(struct answer_writer *w, struct str a, struct str b)
{
    return arena_fmt(w->arena, "%.*s" ANSWER_SEP "%.*s", STR_ARG(a), STR_ARG(b));
}

static void put_head(struct answer_writer *w, const struct answer_message *m)
{
    char v = answer_verdict(m);

    ANSWER_PUT(w, "BGM", v == 'A' ? S("962") : S("963"), answer_cut(m->document, 35), S("11"),
               v == 'A'   ? S("AP")
               : v == 'E' ? S("CA")
                          : S("RE"));
    ANSWER_PUT(w, "DTM", arena_fmt(w->arena, "137" ANSWER_SEP "%s%.4s" ANSWER_SEP "203", w->date, w->time));
    w->refused += v != 'A';
}

static struct str missing_or(const struct answer_fault *f)
{
    bool missing = f->code->level == LEVEL_SEGMENT && !f->found.n && f->expected.n;
    return missing ? f->expected : f->place.tag;
}

static void put_erp(struct answer_writer *w, const struct answer_fault *f, bool old_form)
{
    struct str item = f->bill ? (f->bill->id.n ? f->bill->id : f->bill->number) : (struct str){0};
    struct str where = arena_fmt(w->arena, "%s" ANSWER_SEP "%.*s" ANSWER_SEP "%u", f->bill ? "2" : "1",
                                 STR_ARG(answer_cut(item, 35)), f->place.segment);
    struct str at = {0};

    if (f->place.component)
        at = arena_fmt(w->arena, "%u.%u", f->place.element, f->place.component);
    else if (f->place.element)
        at = answer_number(w, f->place.element);
    if (old_form)
        ANSWER_PUT(w, "ERP", where);
    else
        ANSWER_PUT(w, "ERP", where, sep2(w, answer_cut(missing_or(f), 3), at));
}

static void put_text(struct answer_writer *w, const struct answer_fault *f, size_t most)
{
    struct str none = {0};

    ANSWER_PUT(
        w, "FTX", S("AAO"), none, none,
        sep2(w, answer_cut(answer_sentence(w, f), most), answer_cut(answer_plain(w, f->found), most)));
}

static void put_error(struct answer_writer *w, const struct answer_fault *f)
{
    put_erp(w, f, false);
    if (f->bill && f->bill->id.n)
        ANSWER_PUT(w, "RFF", sep2(w, S("BM"), answer_cut(f->bill->id, 35)));
    ANSWER_PUT(w, "ERC", str_z(f->code->erc));
    put_text(w, f, NEW_TEXT_MAX);
}

static void new_form(struct answer_writer *w, const struct answer_message *m)
{
    unsigned n = 0;

    ANSWER_PUT(w, "RFF", sep2(w, S("ACW"), answer_cut(m->head[1], 35)));
    for (const struct answer_fault *f = m->faults.first; f && n < TRIP_MAX; f = f->next)
        if (!f->bill && answer_tells(f)) {
            put_error(w, f);
            n++;
        }
    for (const struct answer_bill *b = m->bill; b; b = b->next) {
        n = 0;
        for (const struct answer_fault *f = m->faults.first; f && n < SHIPMENT_MAX; f = f->next) {
            if (f->bill != b || !answer_tells(f))
                continue;
            if (n++ == 0)
                ANSWER_PUT(w, "DOC", S("714"), answer_cut(b->id.n ? b->id : b->number, 35));
            put_error(w, f);
        }
    }
}

static void old_form(struct answer_writer *w, const struct answer_message *m)
{
    unsigned n = 0;

    for (const struct answer_fault *f = m->faults.first; f && n < OLD_FTX_MAX; f = f->next)
        if (answer_tells(f)) {
            put_text(w, f, OLD_TEXT_MAX);
            n++;
        }
    n = 0;
    for (const struct answer_fault *f = m->faults.first; f && n < OLD_ERP_MAX; f = f->next)
        if (answer_tells(f)) {
            put_erp(w, f, true);
            ANSWER_PUT(w, "ERC", str_z(f->code->erc));
            n++;
        }
    ANSWER_PUT(w, "RFF", sep2(w, S("ACW"), answer_cut(m->head[1], 35)));
}

void answer_cusres(struct answer_writer *w, const struct answer_message *m)
{
    put_head(w, m);
    if (directory(m) < FIRST_NEW)
        old_form(w, m);
    else
        new_form(w, m);
}
