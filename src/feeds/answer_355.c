/*
 * answer_355.c: X12 355, Manifest Acceptance/Rejection, the application's answer to a 309. M10 and the first P4 come
 * back as they were sent, K1 behind M10 says what became of the whole, and each K1 below names one fault: behind M10
 * those of the trip, behind M11 those of its bill. What had no fault is not repeated: it is kept.
 *
 *   K1*REJECTED*2 FAULTS   K1*305 N10 12-02*THE ELEMENT IS LONGER THAN TH
 *
 * K101: our code (docs/answers.md), segment, its position and the element; K102: the bad element, or else what is wrong.
 */
#include "feeds/answer.h"

#define K1_MAX  10 /* behind one segment, the last one says how many more there are */
#define K1_TEXT 30

bool answer_has_355(const struct answer_message *m)
{
    return str_eq(m->head[1], S("309")) && m->m10.n && m->port.n;
}

static void put_k1(struct answer_writer *w, const struct answer_fault *f)
{
    bool missing = !f->found.n && f->expected.n && f->code->level == LEVEL_SEGMENT;
    struct str tag = missing ? f->expected : f->place.tag;
    struct str at = f->place.element
                        ? arena_fmt(w->arena, "%s %.*s %u-%02u", f->code->erc, STR_ARG(tag),
                                    f->place.segment, f->place.element)
                        : arena_fmt(w->arena, "%s %.*s %u", f->code->erc, STR_ARG(tag), f->place.segment);
    struct str text = f->found.n ? answer_plain(w, f->found) : answer_sentence(w, f);

    ANSWER_PUT(w, "K1", answer_cut(at, K1_TEXT), answer_cut(text, K1_TEXT));
}

/* Of the trip (bill NULL) or of a bill; `used` K1 stand there already. */
static void put_faults(struct answer_writer *w, const struct answer_message *m, const struct answer_bill *b,
                       unsigned used)
{
    uint64_t n = 0, left;

    for (const struct answer_fault *f = m->faults.first; f; f = f->next)
        n += f->bill == b && answer_tells(f);
    left = n;
    for (const struct answer_fault *f = m->faults.first; f && left; f = f->next) {
        if (f->bill != b || !answer_tells(f))
            continue;
        if (used == K1_MAX - 1 && left > 1) {
            ANSWER_PUT(w, "K1", S("MORE"), answer_number(w, left));
            return;
        }
        put_k1(w, f);
        used++;
        left--;
    }
}

void answer_355(struct answer_writer *w, const struct answer_message *m)
{
    static const char *const words[] = {"ACCEPTED", "ACCEPTED WITH FAULTS", "REJECTED"};
    char v = answer_verdict(m);
    uint64_t n = m->faults.count[SEV_WARNING] + m->faults.count[SEV_ERROR], at = 1;

    answer_raw(w, m->m10);
    ANSWER_PUT(w, "K1",
               str_z(words[v == 'A'   ? 0
                           : v == 'E' ? 1
                                      : 2]),
               n ? arena_fmt(w->arena, "%llu FAULTS", (unsigned long long)n) : (struct str){0});
    put_faults(w, m, NULL, 1);
    answer_raw(w, m->port);
    for (const struct answer_bill *b = m->bill; b; b = b->next) {
        if (b->port_at != at && b->port_at)
            answer_raw(w, b->port);
        at = b->port_at ? b->port_at : at;
        answer_raw(w, b->lx);
        if (b->m11.n)
            answer_raw(w, b->m11);
        put_faults(w, m, b, 0);
    }
    w->refused += v != 'A';
}
