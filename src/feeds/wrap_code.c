/*
 * wrap_code.c: a layer's window over what it is made from, and the map back; and the layers that change characters only:
 * UTF-16 (with or without its mark) and the "> " that mail programs put before each line of an answer.
 */
#include "feeds/wrap.h"

#include <stdlib.h>

/* ---- the window ---- */

size_t wrap_fill(struct wrap *w, size_t n)
{
    memmove(w->in, w->in + w->pos, w->have - w->pos);
    w->base += w->pos;
    w->have -= w->pos;
    w->pos = 0;
    while (w->have < n && !w->eof) {
        long got = w->source.read(w->source.arg, w->in + w->have, sizeof w->in - w->have);
        w->eof = got <= 0;
        w->failed |= got < 0;
        w->have += got > 0 ? (size_t)got : 0;
    }
    return w->have;
}

bool wrap_looks(struct wrap *w, const char *z)
{
    size_t n = strlen(z);
    return wrap_need(w, n) >= n && memcmp(w->in + w->pos, z, n) == 0;
}

/* ---- the map ---- */

static uint64_t along(const struct wrap *w, const struct wrap_run *r, uint64_t out)
{
    return r->in + (out - r->out) * w->in_per / w->out_per;
}

static void add_run(struct wrap *w, uint64_t from)
{
    if (w->runs == WRAP_RUNS) { /* the older half is forgotten */
        w->runs /= 2;
        memmove(w->run, w->run + w->runs, w->runs * sizeof *w->run);
    }
    if (w->runs == w->run_cap) {
        w->run_cap = w->run_cap ? w->run_cap * 2 : 64;
        w->run = xrealloc(w->run, w->run_cap * sizeof *w->run);
    }
    w->run[w->runs++] = (struct wrap_run){w->made, from};
}

uint64_t wrap_place(const struct wrap *w, uint64_t out)
{
    size_t low = 0, high = w->runs;

    if (w->runs == 0)
        return 0;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (w->run[middle].out <= out)
            low = middle;
        else
            high = middle;
    }
    return w->run[low].out <= out ? along(w, &w->run[low], out) : w->run[low].in;
}

/* ---- what comes out ---- */

void wrap_part_begin(struct wrap *w, unsigned in_per, unsigned out_per)
{
    w->ended = w->damaged = false;
    w->out_n = w->out_given = w->head_used = w->runs = 0;
    w->made = 0;
    w->in_per = in_per;
    w->out_per = out_per;
}

void wrap_emit(struct wrap *w, uint64_t from, char c)
{
    if (w->runs == 0 || along(w, &w->run[w->runs - 1], w->made) != from)
        add_run(w, from);
    w->out[w->out_n++] = c;
    w->made++;
}

void wrap_emit_character(struct wrap *w, uint64_t from, uint32_t c)
{
    if (c < 0x80) {
        wrap_emit(w, from, (char)c);
        return;
    }
    if (c < 0x800) {
        wrap_emit(w, from, (char)(0xc0 | c >> 6));
    } else if (c < 0x10000) {
        wrap_emit(w, from, (char)(0xe0 | c >> 12));
        wrap_emit(w, from, (char)(0x80 | (c >> 6 & 0x3f)));
    } else {
        wrap_emit(w, from, (char)(0xf0 | c >> 18));
        wrap_emit(w, from, (char)(0x80 | (c >> 12 & 0x3f)));
        wrap_emit(w, from, (char)(0x80 | (c >> 6 & 0x3f)));
    }
    wrap_emit(w, from, (char)(0x80 | (c & 0x3f)));
}

long wrap_read(struct wrap *w, char *to, size_t most)
{
    size_t done = 0;

    while (done < most) {
        size_t n = w->out_n - w->out_given;

        if (n == 0 && w->ended)
            break;
        if (n == 0) {
            w->out_n = w->out_given = 0;
            w->kind->more(w);
            continue;
        }
        n = n < most - done ? n : most - done;
        memcpy(to + done, w->out + w->out_given, n);
        w->out_given += n;
        done += n;
    }
    return w->failed ? -1 : (long)done;
}

void wrap_damaged(struct wrap *w, uint64_t at, struct str found, const char *expected)
{
    if (!w->damaged)
        wrap_say(w, "wrap.coding", at, found, str_z(expected));
    w->damaged = true;
}

/* ---- one stream made of one ---- */

static bool next_only(struct wrap *w)
{
    if (w->started)
        return false;
    w->started = w->line = true;
    wrap_part_begin(w, 1, 1);
    return true;
}

/* ---- UTF-16 ---- */

bool wrap_is_utf16(struct str head, bool *big)
{
    const char *p = head.p;

    *big = head.n >= 2 && (str_starts(head, S("\xfe\xff")) || (p[0] == 0 && p[1] != 0));
    if (str_starts(head, S("\xff\xfe")) || str_starts(head, S("\xfe\xff")))
        return true;
    return head.n >= 8 && (*big ? !p[2] && p[3] && !p[4] && p[5] && !p[6] && p[7]
                                : p[0] && !p[1] && p[2] && !p[3] && p[4] && !p[5] && p[6] && !p[7]);
}

static uint32_t unit(const struct wrap *w, size_t i)
{
    const uint8_t *p = (const uint8_t *)w->in + w->pos + i;
    return w->big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static bool utf16_next(struct wrap *w)
{
    if (!next_only(w))
        return false;
    w->in_per = 2;
    wrap_is_utf16(str_n(w->in, wrap_need(w, 8)), &w->big);
    if (w->have >= 2 && unit(w, 0) == 0xfeff)
        w->pos += 2;
    return true;
}

static void utf16_more(struct wrap *w)
{
    while (w->out_n < WRAP_STEP) {
        size_t n = wrap_need(w, 4), used = 2;
        uint32_t c;

        if (n < 2) {
            if (n)
                wrap_damaged(w, wrap_at(w), (struct str){0}, "UTF-16");
            w->ended = true;
            return;
        }
        c = unit(w, 0);
        if (c >= 0xd800 && c < 0xdc00 && n >= 4 && unit(w, 2) >= 0xdc00 && unit(w, 2) < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (unit(w, 2) - 0xdc00);
            used = 4;
        } else if (c >= 0xd800 && c < 0xe000) {
            wrap_damaged(w, wrap_at(w), (struct str){0}, "UTF-16");
            c = 0xfffd;
        }
        wrap_emit_character(w, wrap_at(w), c);
        w->pos += used;
    }
}

const struct wrap_kind wrap_utf16 = {
    .name = "utf-16", .next = utf16_next, .more = utf16_more, .unicode = true};

/* ---- "> " ---- */

/* Bytes of the mark at the start of a line; marks of marks too. */
static size_t mark_length(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && p[i] == '>')
        i += i + 1 < n && p[i + 1] == ' ' ? 2 : 1;
    return i;
}

/* A line that is marked and begins what somebody would send. */
bool wrap_may_be_quoted(struct str head)
{
    static const char *const begins[] = {"UNA", "UNB", "UNH", "ISA", "ST", "<",
                                         "{",   "FFM", "FWB", "FHL", "QK", "QU"};
    struct str line;

    if (!memchr(head.p, '>', head.n) || str_starts(head, S("<")))
        return false;
    while (str_split(&head, '\n', &line)) {
        size_t mark = mark_length(line.p, line.n);
        for (size_t i = 0; mark && i < COUNT(begins); i++)
            if (str_starts(str_n(line.p + mark, line.n - mark), str_z(begins[i])))
                return true;
    }
    return false;
}

static void quoted_more(struct wrap *w)
{
    while (w->out_n < WRAP_STEP) {
        if (wrap_need(w, WRAP_AHEAD) == 0) {
            w->ended = true;
            return;
        }
        if (w->line)
            w->pos +=
                mark_length(w->in + w->pos, w->have - w->pos < WRAP_AHEAD ? w->have - w->pos : WRAP_AHEAD);
        w->line = false;
        if (w->pos == w->have)
            continue;
        w->line = w->in[w->pos] == '\n';
        wrap_emit(w, wrap_at(w), w->in[w->pos]);
        w->pos++;
    }
}

const struct wrap_kind wrap_quoted = {.name = "quoted", .next = next_only, .more = quoted_more};
