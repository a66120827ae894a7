/*
 * parts.c: evidence as a hit keeps it: facts, in no language. One line a part,
 *
 *     what|bits|in the declaration|in the alert
 *
 * bits in hundredths. `what` is a name of enum evidence_of, or one of our own: what a number says by itself. Lines beyond
 * the field's length are left out from the end, and their bits stand in a line "rest", so that the parts add up.
 */
#include "screening/internal.h"

#include <stdlib.h>

#define PARTS_MOST (TEXT_MAX - 32) /* room for the line "rest" */
#define SIDE_MOST  120             /* bytes of one side of a part */

static const char *const of_names[] = {
    [EVIDENCE_SAME] = "same",         [EVIDENCE_NEAR] = "near",
    [EVIDENCE_VARIANT] = "variant",   [EVIDENCE_INITIAL] = "initial",
    [EVIDENCE_JOINED] = "joined",     [EVIDENCE_NUMBER] = "number",
    [EVIDENCE_WHOLE] = "whole",       [EVIDENCE_ORDER] = "order",
    [EVIDENCE_UNSAID] = "unsaid",     [EVIDENCE_EXTRA] = "extra",
    [EVIDENCE_CONTRARY] = "contrary", [EVIDENCE_NUMBERS] = "numbers",
    [EVIDENCE_FORM] = "form",         [EVIDENCE_BIRTH] = "birth",
    [EVIDENCE_COUNTRY] = "country",   [EVIDENCE_IDENTIFIER] = "identifier",
};

static const struct {
    const char *what;
    const char *words; /* msgid, with both sides */
    bool sides;
} own[] = {
    {"equal", N_("the same number: “%.*s” and “%.*s”"), true},
    {"repaired",
     N_("“%.*s” fails its check digit; with one sign changed it is “%.*s”, whose check digit holds"), true},
    {"names", N_("the names beside the numbers: “%.*s” and “%.*s”"), true},
    {"fits", N_("the letters of the declared number are made from the declared name"), false},
    {"differs", N_("the letters of the declared number are not made from the declared name"), false},
    {"rest", N_("further parts that found no room"), false},
};

void parts_init(struct parts *p)
{
    buf_init(&p->text, PARTS_MOST);
    p->bits = 0;
}

static struct str cut(struct str s)
{
    if (s.n <= SIDE_MOST)
        return s;
    s.n = SIDE_MOST;
    while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
        s.n--;
    return s;
}

/* A separator within a value would be one more part. */
static void side(struct buf *b, struct str s)
{
    s = cut(s);
    buf_char(b, '|');
    for (size_t i = 0; i < s.n; i++)
        buf_char(b, s.p[i] == '|' || (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
}

static void line(struct parts *p, const char *what, int bits, struct str asked, struct str listed)
{
    size_t before = p->text.n;

    if (p->text.over)
        return;
    buf_fmt(&p->text, "%s%s|%d", before ? "\n" : "", what, bits);
    side(&p->text, asked);
    side(&p->text, listed);
    if (p->text.over)
        p->text.n = before;
}

void parts_own(struct parts *p, const char *what, int bits, struct str asked, struct str listed)
{
    p->bits += bits;
    line(p, what, bits, asked, listed);
}

/* A comparison of many words may have found no room for all its parts: its sum counts. */
void parts_add(struct parts *p, const struct comparison *c)
{
    p->bits += c->bits;
    for (size_t i = 0; i < c->n; i++)
        line(p, of_names[c->part[i].of], c->part[i].bits, c->part[i].asked, c->part[i].listed);
}

/* ---- reading them again ---- */

struct part {
    struct str what, asked, listed;
    int64_t bits;
};

static bool next(struct str *rest, struct part *p)
{
    struct str line, bits;

    if (!str_split(rest, '\n', &line) || !str_split(&line, '|', &p->what) ||
        !str_split(&line, '|', &bits) || !str_int(bits, &p->bits))
        return false;
    if (!str_split(&line, '|', &p->asked))
        p->asked = S("");
    p->listed = line;
    return true;
}

struct str parts_end(struct parts *p, struct arena *a)
{
    struct str rest = buf_view(&p->text), text = rest;
    struct part one;
    int64_t said = 0;

    while (next(&rest, &one))
        said += one.bits;
    if (said != p->bits)
        text = arena_fmt(a, "%.*s\nrest|%d||", STR_ARG(text), p->bits - (int)said);
    else
        text = arena_copy(a, text);
    buf_free(&p->text);
    return text;
}

static struct str words(struct arena *a, enum lang lang, const struct part *p)
{
    for (size_t i = 0; i < COUNT(own); i++)
        if (str_eq(p->what, str_z(own[i].what)))
            return own[i].sides
                       ? arena_fmt(a, tr(lang, own[i].words), STR_ARG(p->asked), STR_ARG(p->listed))
                       : str_z(tr(lang, own[i].words));
    for (size_t i = 0; i < COUNT(of_names); i++)
        if (str_eq(p->what, str_z(of_names[i]))) {
            struct evidence e = {(enum evidence_of)i, p->asked, p->listed, (int)p->bits};
            return evidence_words(a, lang, &e);
        }
    return p->what; /* of a later version of the program */
}

void say_bits(struct arena *a, struct out *o, const char *key, int64_t bits)
{
    out_json(o, key,
             arena_fmt(a, "%s%lld.%02lld", bits < 0 ? "-" : "", llabs(bits) / 100, llabs(bits) % 100));
}

void parts_say(struct arena *a, struct out *o, struct str parts, bool values)
{
    struct part p;

    out_list(o, "evidence");
    while (next(&parts, &p)) {
        out_open(o, NULL);
        say_bits(a, o, "bits", p.bits);
        if (values)
            out_str(o, "says", words(a, o->lang, &p));
        else
            out_str(o, "says", p.what);
        out_close(o);
    }
    out_end(o);
}
