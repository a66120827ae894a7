/*
 * edi_write_envelope.c: what stands around a message. X12: ISA GS ST .. SE GE IEA, "~" and a line feed behind each
 * segment, "*" and ">"; EDIFACT: UNB [UNG] UNH .. UNT [UNE] UNZ in the default characters.
 */
#include "feeds/edi_write.h"

#include <stdlib.h>

#define SEP '\x1f'

void edi_segment_end(struct edi_writer *w)
{
    buf_char(w->out, w->d.term);
    buf_char(w->out, '\n');
    w->segments++;
}

void edi_rows_note(struct edi_writer *w, int row)
{
    if (w->lines == w->line_cap) {
        w->line_cap = w->line_cap ? w->line_cap * 2 : 256;
        w->line = xrealloc(w->line, w->line_cap * sizeof *w->line);
    }
    w->line[w->lines++] = (uint16_t)row;
}

static bool special(const struct edi_writer *w, char c)
{
    const struct edi_delims *d = &w->d;
    return c == d->term || c == d->elem || c == d->comp || (d->rel && c == d->rel) ||
           (d->rep && c == d->rep);
}

void edi_segment_put(struct edi_writer *w, const char *tag, const struct str *e, size_t n)
{
    while (n && e[n - 1].n == 0)
        n--;
    buf_z(w->out, tag);
    for (size_t i = 0; i < n; i++) {
        buf_char(w->out, w->d.elem);
        for (size_t k = 0; k < e[i].n; k++) {
            char c = e[i].p[k];
            if (c == SEP) {
                buf_char(w->out, w->d.comp);
                continue;
            }
            if (special(w, c) && w->d.rel)
                buf_char(w->out, w->d.rel);
            buf_char(w->out, (uint8_t)c < ' ' || (special(w, c) && !w->d.rel) ? ' ' : c);
        }
    }
    edi_segment_end(w);
}

static bool all_digits(struct str s, size_t most)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n && s.n <= most;
}

static struct str or_else(struct str s, struct str otherwise)
{
    return s.n ? s : otherwise;
}

/* "YYYYMMDD" and "HHMM". */
static void now_text(struct edi_writer *w, int64_t now, struct str *date, struct str *time)
{
    char text[32];
    struct str s;

    time_format(now, text);
    s = str_z(text);
    *date = arena_fmt(w->arena, "%.4s%.2s%.2s", s.p, s.p + 5, s.p + 8);
    *time = arena_fmt(w->arena, "%.2s%.2s", s.p + 11, s.p + 14);
}

static int x12(struct edi_writer *w, const struct feeds_write *how)
{
    struct arena *a = w->arena;
    struct str v = how->version, date, time, control, group, reference;
    struct str sender = or_else(how->sender, S("SENDER")), receiver = or_else(how->receiver, S("RECEIVER"));
    bool repeats = str_cmp(v, S("004020")) >= 0;
    int64_t number = (int64_t)(how->number % 1000000000);

    if (all_digits(how->control, 9))
        str_int(how->control, &number);
    now_text(w, how->now, &date, &time);
    control = arena_fmt(a, "%09lld", (long long)number);
    group = arena_fmt(a, "%lld", (long long)number);
    reference = how->reference.n >= 4 && how->reference.n <= 9
                    ? how->reference
                    : arena_fmt(a, "%04u", (unsigned)(number % 10000));
    w->d.rep = repeats ? '^' : '\0';
    /* ISA16 names the component separator: it is no text. */
    buf_fmt(w->out,
            "ISA*00*          *00*          *ZZ*%-15.15s*ZZ*%-15.15s*%.6s*%.4s*%c*%.5s*%.9s*0*%c*>~\n",
            arena_z(a, sender), arena_z(a, receiver), date.p + 2, time.p, repeats ? '^' : 'U', v.p,
            control.p, how->exercise ? 'T' : 'P');
    edi_segment_put(w, "GS",
                    (struct str[]){edi_version(SYNTAX_X12, v) >= 4040 ? S("AQ") : S("SO"), sender, receiver,
                                   date, time, group, S("X"), v},
                    8);
    w->segments = 0;
    edi_segment_put(w, "ST", (struct str[]){w->t->message->type, reference}, 2);
    if (edi_write_message(w) != 0)
        return -1;
    edi_segment_put(w, "SE", (struct str[]){arena_fmt(a, "%u", w->segments + 1), reference}, 2);
    edi_segment_put(w, "GE", (struct str[]){S("1"), group}, 2);
    edi_segment_put(w, "IEA", (struct str[]){S("1"), control}, 2);
    return 0;
}

/* The smallest character set that has all: level A is upper case, B is ASCII, W is UTF-8. */
static struct str charset(struct str s)
{
    bool upper = true;

    for (size_t i = 0; i < s.n; i++) {
        if ((uint8_t)s.p[i] >= 0x80)
            return S("UNOW\x1f"
                     "4");
        upper &= !(s.p[i] >= '`' || s.p[i] == '@');
    }
    return upper ? S("UNOA\x1f"
                     "3")
                 : S("UNOB\x1f"
                     "3");
}

/* id: sender, receiver, control reference, directory. */
static void unb(struct edi_writer *w, const struct feeds_write *how, const struct str id[4], struct str set)
{
    struct str date, time, sender = id[0], stamp;
    bool group = w->t->profile && w->t->profile->group, long_date;

    if (group && set.p[3] != 'W')
        set = str_n(arena_fmt(w->arena,
                              "UNO%c\x1f"
                              "4",
                              set.p[3])
                        .p,
                    6);
    long_date = set.p[5] == '4';
    now_text(w, how->now, &date, &time);
    stamp = arena_fmt(w->arena, "%s\x1f%.4s", long_date ? date.p : date.p + 2, time.p);
    edi_segment_put(w, "UNB",
                    (struct str[]){set, group ? arena_fmt(w->arena, "%.*s\x1fZZ", STR_ARG(sender)) : sender,
                                   group ? arena_fmt(w->arena, "%.*s\x1fZZ", STR_ARG(id[1])) : id[1], stamp,
                                   id[2]},
                    5);
    if (group)
        edi_segment_put(
            w, "UNG",
            (struct str[]){w->t->message->type, arena_fmt(w->arena, "%.*s\x1fZZ", STR_ARG(sender)),
                           arena_fmt(w->arena, "%.*s\x1fZZ", STR_ARG(id[1])), stamp, id[2], S("UN"), id[3]},
            7);
}

/* UNH to UNT, in a buffer of its own: the header before it names the character set of the whole. */
static int unh(struct edi_writer *w, struct str reference, struct str directory)
{
    struct str type = w->t->message->type;

    w->segments = 0;
    edi_segment_put(w, "UNH",
                    (struct str[]){reference, arena_fmt(w->arena, "%.*s\x1f%.*s\x1fUN", STR_ARG(type),
                                                        STR_ARG(directory))},
                    2);
    if (edi_write_message(w) != 0)
        return -1;
    edi_segment_put(w, "UNT", (struct str[]){arena_fmt(w->arena, "%u", w->segments + 1), reference}, 2);
    return 0;
}

static int edifact(struct edi_writer *w, const struct feeds_write *how)
{
    struct str number = arena_fmt(w->arena, "%llu", (unsigned long long)(how->number % 1000000000));
    struct str release = how->version, version;
    struct str id[4] = {or_else(how->sender, S("SENDER")), or_else(how->receiver, S("RECEIVER")),
                        or_else(how->control, number)};
    struct buf body, *out = w->out;
    int ret;

    str_split(&release, memchr(release.p, ':', release.n) ? ':' : '.', &version);
    id[3] = arena_fmt(w->arena, "%.*s\x1f%.*s", STR_ARG(version), STR_ARG(release));
    buf_init(&body, out->max);
    w->out = &body;
    ret = unh(w, or_else(how->reference, number), id[3]);
    w->out = out;
    if (ret == 0) {
        unb(w, how, id, charset(buf_view(&body)));
        buf_str(out, buf_view(&body));
        if (w->t->profile && w->t->profile->group)
            edi_segment_put(w, "UNE", (struct str[]){S("1"), id[2]}, 2);
        edi_segment_put(w, "UNZ", (struct str[]){S("1"), id[2]}, 2);
    }
    buf_free(&body);
    return ret;
}

int edi_write_interchange(struct edi_writer *w, const struct feeds_write *how, struct err *e)
{
    int ret = w->syntax == SYNTAX_X12 ? x12(w, how) : edifact(w, how);

    return ret == 0 ? 0 : err_set(e, ERR_LIMIT, N_("the message is larger than what can be written"));
}
