/*
 * whole.c: reads with nothing left out, and writes from JSON lines. A message's share of the input begins where the one
 * before it ended, so that its envelope is in it; the last one's goes on to the end.
 */
#include "feeds/whole.h"

#include "feeds/delta.h"

#include <stdlib.h>

#define JSON_SURE     90                  /* sniff: it has "kind" */
#define FRAGMENT_PART ((size_t)256 << 10) /* as Base64 it fits a JSON line */

/* ---- a message in memory ---- */

void held_init(struct held *h)
{
    *h = (struct held){.arena = arena_new()};
    buf_init(&h->kept, 2 * WHOLE_MAX);
}

void held_free(struct held *h)
{
    arena_free(h->arena);
    buf_free(&h->kept);
    free(h->r);
}

void held_reset(struct held *h)
{
    arena_reset(h->arena);
    buf_reset(&h->kept);
    h->n = 0;
    h->m = (struct feeds_message){0};
}

void held_message(struct held *h, const struct feeds_message *m)
{
    struct str *text[] = {&h->m.format,   &h->m.version, &h->m.profile,   &h->m.sender,
                          &h->m.receiver, &h->m.control, &h->m.reference, &h->m.tolerated};

    h->m = *m;
    for (size_t i = 0; i < COUNT(text); i++)
        *text[i] = arena_copy(h->arena, *text[i]);
}

void held_record(struct held *h, const struct record *r)
{
    struct record *copy;

    if (strcmp(r->kind->name, "fragment") == 0) {
        buf_str(&h->kept, record_get(r, schema_field(r->kind, S("verbatim"))));
        return;
    }
    copy = record_new(h->arena, r->kind);
    for (uint64_t have = r->have; have; have &= have - 1) {
        int f = __builtin_ctzll(have);
        copy->v[f] = (struct value){arena_copy(h->arena, r->v[f].s), r->v[f].i};
    }
    copy->have = r->have;
    if (h->n == h->cap) {
        h->cap = h->cap ? h->cap * 2 : 64;
        h->r = xrealloc(h->r, h->cap * sizeof *h->r);
    }
    h->r[h->n++] = copy;
}

const struct feeds_write_format *feeds_write_format_of(struct str format)
{
    for (const struct feeds_write_format *f = feeds_write_formats; f->name; f++)
        if (str_eq(str_z(f->name), str_eq(format, S("cfdi")) ? S("cartaporte") : format))
            return f;
    return NULL;
}

/* What the writer makes of the records and the message's description alone; the same here and when it is written. */
static void base_of(struct held *h, const char *format, struct buf *base)
{
    const struct feeds_write how = {.format = format,
                                    .version = h->m.version,
                                    .profile = h->m.profile,
                                    .sender = h->m.sender,
                                    .receiver = h->m.receiver,
                                    .control = h->m.control,
                                    .reference = h->m.reference,
                                    .exercise = h->m.exercise,
                                    .unchecked = true};
    const struct feeds_records records = {h->r, h->n};
    struct err e = {0};

    if (feeds_write(h->arena, &records, &how, base, &e) != 0)
        buf_reset(base); /* then everything is kept */
}

/* ---- reading ---- */

struct whole {
    const struct feeds_sink *to;
    struct str bytes;
    uint64_t from; /* where the share of the message at hand begins */
    struct held held;
    bool waiting; /* its end is still to be told */
};

static void give_fragments(struct whole *w, uint64_t until)
{
    const struct kind *k = schema_kind(S("fragment"));
    const struct feeds_write_format *format = feeds_write_format_of(w->held.m.format);
    struct buf base, delta;
    struct str rest;
    int64_t number = 0;

    if (!format || w->held.m.verdict != FEEDS_TAKEN || w->held.m.personal)
        return;
    buf_init(&base, 2 * WHOLE_MAX);
    buf_init(&delta, 2 * WHOLE_MAX);
    base_of(&w->held, format->name, &base);
    delta_make(&delta, buf_view(&base), str_n(w->bytes.p + w->from, (size_t)(until - w->from)));
    for (rest = buf_view(&delta); rest.n;) {
        size_t n = rest.n < FRAGMENT_PART ? rest.n : FRAGMENT_PART;
        struct record *r = record_new(w->held.arena, k);
        record_int(r, schema_field(k, S("number")), ++number);
        record_text(r, schema_field(k, S("verbatim")), str_n(rest.p, n));
        w->to->record(w->to->arg, r);
        rest = str_n(rest.p + n, rest.n - n);
    }
    buf_free(&base);
    buf_free(&delta);
}

/* The message before is whole: its end was waited with, for the last one has the rest of the input. */
static void settle(struct whole *w, bool last)
{
    uint64_t until = w->held.m.offset + w->held.m.bytes;

    if (!w->waiting)
        return;
    if (last || until > w->bytes.n)
        until = w->bytes.n;
    if (w->from <= until)
        give_fragments(w, until);
    w->to->end(w->to->arg, &w->held.m);
    w->from = until;
    w->waiting = false;
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    struct whole *w = arg;

    settle(w, false);
    held_reset(&w->held);
    w->to->begin(w->to->arg, m);
}

static void on_record(void *arg, struct record *r)
{
    struct whole *w = arg;

    held_record(&w->held, r);
    w->to->record(w->to->arg, r);
}

static void on_fault(void *arg, const struct fault *f)
{
    struct whole *w = arg;
    w->to->fault(w->to->arg, f);
}

static void on_end(void *arg, const struct feeds_message *m)
{
    struct whole *w = arg;

    held_message(&w->held, m);
    w->waiting = true;
}

static void on_person(void *arg, const struct feeds_person *p)
{
    struct whole *w = arg;
    w->to->person(w->to->arg, p);
}

static void keep_bytes(void *arg, struct str bytes)
{
    buf_str(arg, bytes);
}

long whole_read(void *arg, void *to, size_t most)
{
    struct str *s = arg;
    size_t n = s->n < most ? s->n : most;

    if (n)
        memcpy(to, s->p, n);
    *s = str_n(s->p + n, s->n - n);
    return (long)n;
}

int whole_parse(const struct feeds_input *in, const struct feeds_options *o, const struct feeds_sink *to,
                struct err *e)
{
    struct whole w = {.to = to};
    const struct feeds_sink sink = {on_begin, on_record, on_fault,
                                    on_end,   &w,        to->person ? on_person : NULL};
    struct feeds_options options = *o;
    struct buf bytes;
    struct str left;
    struct feeds_input memory = {whole_read, &left, in->name};
    int ret = -1;

    buf_init(&bytes, WHOLE_MAX);
    held_init(&w.held);
    options.whole = false;
    if (feeds_unpack(in, keep_bytes, &bytes, e) != 0)
        goto out;
    if (bytes.over) {
        err_set(e, ERR_LIMIT, N_("the input is too large to be kept whole"));
        goto out;
    }
    left = w.bytes = buf_view(&bytes);
    if (!o->as && reader_jsonl.sniff(left, in->name) >= JSON_SURE) { /* is whole already */
        options.as = reader_jsonl.format;
        options.whole = true;
        ret = feeds_parse(&memory, &options, to, e);
        goto out;
    }
    ret = feeds_parse(&memory, &options, &sink, e);
    if (ret == 0)
        settle(&w, true);
out:
    held_free(&w.held);
    buf_free(&bytes);
    return ret;
}

/* ---- writing from JSON lines ---- */

struct writing {
    const struct feeds_write *how;
    struct faults *faults;
    struct buf *out;
    struct held held;
    struct err *err;
    size_t messages;
    bool failed, plain;
};

static struct str or_else(struct str s, struct str otherwise)
{
    return s.n ? s : otherwise;
}

static void write_plain(struct writing *w)
{
    const struct held *h = &w->held;
    struct feeds_write how = *w->how;

    how.version = or_else(how.version, h->m.version);
    how.profile = or_else(how.profile, h->m.profile);
    how.sender = or_else(how.sender, h->m.sender);
    how.receiver = or_else(how.receiver, h->m.receiver);
    how.control = or_else(how.control, h->m.control);
    how.reference = or_else(how.reference, h->m.reference);
    how.exercise |= h->m.exercise;
    how.number += w->messages;
    if (feeds_write(h->arena, &(struct feeds_records){h->r, h->n}, &how, w->out, w->err) != 0)
        w->failed = true;
}

/* Whether what was kept of a message is a message in the format asked for: an invoice is one whatever it carries. */
static bool is_of(const struct feeds_write_format *kept, const char *asked)
{
    return kept && (strcmp(kept->name, asked) == 0 ||
                    (strcmp(kept->name, "cartaporte") == 0 && strcmp(asked, "comercio-exterior") == 0));
}

/* With what was kept beside the records, when they are still what they were. */
static bool write_kept(struct writing *w)
{
    const struct place nowhere = {0};
    enum delta_result got;
    struct buf base;
    const struct feeds_write_format *is = feeds_write_format_of(w->held.m.format);

    if (w->held.kept.n == 0 || w->plain || !is_of(is, w->how->format))
        return false;
    buf_init(&base, 2 * WHOLE_MAX);
    base_of(&w->held, is->name, &base);
    got = delta_apply(w->out, buf_view(&base), buf_view(&w->held.kept));
    buf_free(&base);
    if (got != DELTA_DONE)
        fault_at(w->faults, got == DELTA_OTHER ? "write.kept.other" : "write.kept.broken", nowhere,
                 (struct str){0}, (struct str){0});
    return got == DELTA_DONE;
}

static void lines_begin(void *arg, const struct feeds_message *m)
{
    struct writing *w = arg;

    held_reset(&w->held);
    held_message(&w->held, m);
}

static void lines_record(void *arg, struct record *r)
{
    struct writing *w = arg;
    held_record(&w->held, r);
}

static void lines_fault(void *arg, const struct fault *f)
{
    struct writing *w = arg;

    if (f->severity == SEV_ERROR)
        fault_put(w->faults, f);
}

static void lines_end(void *arg, const struct feeds_message *m)
{
    struct writing *w = arg;

    if (w->failed)
        return;
    if (m->verdict != FEEDS_TAKEN) {
        err_set(w->err, ERR_DATA, N_("the records have faults; nothing was written"));
        w->failed = true;
    } else if (w->held.n && !write_kept(w)) {
        write_plain(w);
    }
    w->messages++;
}

int feeds_write_lines(const struct feeds_input *in, const struct feeds_write *how, struct buf *out,
                      struct err *e)
{
    struct writing w = {.how = how, .faults = how->faults, .out = out, .err = e, .plain = how->plain};
    const struct feeds_sink sink = {lines_begin, lines_record, lines_fault, lines_end, &w, NULL};
    const struct feeds_options options = {.as = "jsonl", .whole = true, .limits = how->limits};
    size_t n = out->n;
    struct err mine = {.lang = e->lang};
    int ret;

    held_init(&w.held);
    w.err = &mine;
    ret = feeds_parse(in, &options, &sink, e);
    if (ret == 0 && w.failed) {
        *e = mine;
        ret = -1;
    }
    if (ret == 0 && out->n == n)
        ret = err_set(e, ERR_DATA, N_("there are no records to write"));
    if (ret == 0 && out->over)
        ret = err_set(e, ERR_LIMIT, N_("the message is larger than what can be written"));
    if (ret != 0)
        out->n = n;
    held_free(&w.held);
    return ret;
}
