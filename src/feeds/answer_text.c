/*
 * answer_text.c: segments of an answer, in the delimiters that the sender used. What is written is ASCII: an answer
 * must not break on the character set that its receiver declares. EDIFACT releases its delimiters; X12 has no way
 * to, so that they become blanks.
 */
#include "feeds/answer.h"

#include <stdio.h>

static bool special(const struct edi_delims *d, char c)
{
    return c == d->elem || c == d->comp || c == d->term || (d->rep && c == d->rep) ||
           (d->rel && c == d->rel);
}

static void put_char(struct answer_writer *w, char c)
{
    if ((uint8_t)c < ' ' || (uint8_t)c > '~')
        c = ' ';
    if (w->upper && c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (special(&w->d, c)) {
        if (w->syntax == SYNTAX_EDIFACT && w->d.rel)
            buf_char(w->out, w->d.rel);
        else
            c = c == ' ' ? ' ' : special(&w->d, ' ') ? '-' : ' ';
    }
    buf_char(w->out, c);
}

/* Components separated by ANSWER_SEP. */
static void put_element(struct answer_writer *w, struct str e)
{
    while (e.n && e.p[e.n - 1] == ANSWER_SEP[0])
        e.n--;
    for (size_t i = 0; i < e.n; i++)
        if (e.p[i] == ANSWER_SEP[0])
            buf_char(w->out, w->d.comp);
        else
            put_char(w, e.p[i]);
}

static bool empty(struct str e)
{
    for (size_t i = 0; i < e.n; i++)
        if (e.p[i] != ANSWER_SEP[0])
            return false;
    return true;
}

static void put_end(struct answer_writer *w)
{
    buf_char(w->out, w->d.term);
    if (w->d.term != '\n')
        buf_char(w->out, '\n');
    w->segments++;
}

void answer_put(struct answer_writer *w, const char *tag, const struct str *e, size_t n)
{
    while (n && empty(e[n - 1]))
        n--;
    buf_z(w->out, tag);
    for (size_t i = 0; i < n; i++) {
        buf_char(w->out, w->d.elem);
        put_element(w, e[i]);
    }
    put_end(w);
}

void answer_raw(struct answer_writer *w, struct str segment)
{
    for (size_t i = 0; i < segment.n; i++) {
        char c = segment.p[i];
        buf_char(w->out, (uint8_t)c < ' ' || (uint8_t)c > '~' ? ' ' : c);
    }
    put_end(w);
}

struct str answer_number(struct answer_writer *w, uint64_t n)
{
    return arena_fmt(w->arena, "%llu", (unsigned long long)n);
}

struct str answer_cut(struct str s, size_t n)
{
    return str_n(s.p, s.n < n ? s.n : n);
}

struct str answer_plain(struct answer_writer *w, struct str s)
{
    /* U+00C0 to U+00FF, without their marks */
    static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";
    char *to = arena_alloc(w->arena, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        if (c == 0xc3 && i + 1 < s.n && ((uint8_t)s.p[i + 1] & 0xc0) == 0x80)
            to[n++] = latin[(uint8_t)s.p[++i] & 0x3f];
        else if ((c & 0xc0) != 0x80)
            to[n++] = c < 0x80 && c >= ' ' ? (char)c : ' ';
    }
    return str_n(to, n);
}

struct str answer_sentence(struct answer_writer *w, const struct answer_fault *f)
{
    return answer_plain(w, str_z(tr(w->lang, f->def->message)));
}

char answer_verdict(const struct answer_message *m)
{
    if (!m->begun || !m->ended || m->verdict != FEEDS_TAKEN)
        return 'R';
    return m->faults.count[SEV_WARNING] + m->faults.count[SEV_ERROR] ? 'E' : 'A';
}

const struct answer_fault *answer_first(const struct answer_faults *l, enum answer_level level)
{
    const struct answer_fault *found = NULL;

    for (const struct answer_fault *f = l->first; f; f = f->next)
        if (f->code->level == level && answer_tells(f) && (!found || f->severity > found->severity))
            found = f;
    return found;
}

bool answer_wanted(const struct answer_writer *w, unsigned kind)
{
    return w->how->kinds == 0 || (w->how->kinds & kind);
}
