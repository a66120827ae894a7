/*
 * wrap.c: which layers are around a message, and each part in turn to the reader that knows it.
 */
#include "feeds/wrap.h"

#include <stdlib.h>
#include <strings.h>

/* How sure a reader must be of a part among others, of which some are greetings and pictures. */
#define PART_SURE 40
/* ... of what is still to be found out, by decoding the first bytes. */
#define TRY_SURE 70

struct wraps {
    struct feeds_run *run;
    struct wrap *layer[WRAP_DEPTH];
    size_t depth;
    struct feeds_sink to;
    struct arena *arena; /* a message's words */
    size_t taken;        /* parts */
};

/* ---- places, on the way to the sink ---- */

static uint64_t place(const struct wraps *w, size_t depth, uint64_t out)
{
    while (depth)
        out = wrap_place(w->layer[--depth], out);
    return out;
}

/* What was around it stands before what else was odd, outermost first. */
static void said(struct wraps *w, struct str *to)
{
    static const char *const codings[] = {NULL, "quoted-printable", "base64"};
    struct str was = *to;

    *to = (struct str){NULL, 0};
    for (size_t i = 0; i < w->depth; i++) {
        const struct wrap *l = w->layer[i];
        const char *coding = l->kind == &wrap_mail ? codings[l->coding] : NULL;
        *to = arena_fmt(w->arena, "%.*s%s%s%s%s", STR_ARG(*to), to->n ? "\n" : "", l->kind->name,
                        coding ? "\n" : "", coding ? coding : "");
    }
    if (was.n)
        *to = arena_fmt(w->arena, "%.*s\n%.*s", STR_ARG(*to), STR_ARG(was));
}

static struct feeds_message in_place(struct wraps *w, const struct feeds_message *m)
{
    struct feeds_message here = *m;

    arena_reset(w->arena);
    here.offset = place(w, w->depth, m->offset);
    if (m->bytes)
        here.bytes = place(w, w->depth, m->offset + m->bytes) - here.offset;
    said(w, &here.tolerated);
    return here;
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    struct wraps *w = arg;
    struct feeds_message here = in_place(w, m);
    w->run->to->begin(w->run->to->arg, &here);
}

static void on_record(void *arg, struct record *r)
{
    struct wraps *w = arg;
    w->run->to->record(w->run->to->arg, r);
}

static void on_fault(void *arg, const struct fault *f)
{
    struct wraps *w = arg;
    struct fault here = *f;

    here.place.offset = place(w, w->depth, f->place.offset);
    w->run->to->fault(w->run->to->arg, &here);
}

static void on_end(void *arg, const struct feeds_message *m)
{
    struct wraps *w = arg;
    struct feeds_message here = in_place(w, m);
    w->run->to->end(w->run->to->arg, &here);
}

static void on_person(void *arg, const struct feeds_person *p)
{
    struct wraps *w = arg;
    w->run->to->person(w->run->to->arg, p);
}

void wrap_say(struct wrap *l, const char *code, uint64_t at, struct str found, struct str expected)
{
    struct wraps *w = l->all;
    struct faults to = {.put = w ? w->run->to->fault : NULL, .arg = w ? w->run->to->arg : NULL};

    if (w)
        fault_at(&to, code, (struct place){.offset = place(w, l->below, at)}, found, expected);
}

/* ---- layers ---- */

static struct wrap *layer_new(const struct wrap_kind *kind, struct feeds_input source, bool unicode)
{
    struct wrap *l = xmalloc(sizeof *l);

    memset(l, 0, sizeof *l);
    l->kind = kind;
    l->source = source;
    l->unicode = unicode;
    return l;
}

static void layer_free(struct wrap *l)
{
    if (l)
        free(l->run);
    free(l);
}

/* The first bytes of the part, kept to be given again. -1 when the source failed. */
static int head_read(struct wrap *l)
{
    long n = wrap_read(l, l->head_bytes, sizeof l->head_bytes);

    l->head = str_n(l->head_bytes, n > 0 ? (size_t)n : 0);
    return n < 0 ? -1 : 0;
}

/* The part from its first byte on, for the layer or the reader inside. */
static long part_read(void *arg, void *to, size_t most)
{
    struct wrap *l = arg;
    size_t left = l->head.n - l->head_used, n = left < most ? left : most;

    if (n == 0)
        return wrap_read(l, to, most);
    memcpy(to, l->head.p + l->head_used, n);
    l->head_used += n;
    return (long)n;
}

static long run_bytes(void *arg, void *to, size_t most)
{
    return run_read(arg, to, most);
}

/* ---- what it is carried in ---- */

static long bytes_read(void *arg, void *to, size_t most)
{
    struct str *s = arg;
    size_t n = s->n < most ? s->n : most;

    if (n)
        memcpy(to, s->p, n);
    *s = str_n(s->p + n, s->n - n);
    return (long)n;
}

/* Whether the head, with the layer taken off, is the beginning of something. */
static bool tried(const struct wrap_kind *kind, struct str head, const char *name, bool unicode)
{
    struct str left = head;
    struct wrap *l = layer_new(kind, (struct feeds_input){bytes_read, &left, NULL}, unicode);
    bool known = false, big;

    while (!known && kind->next(l) && head_read(l) == 0)
        known = feeds_reader_for(l->head, name, TRY_SURE) != NULL || wrap_is_utf16(l->head, &big) ||
                wrap_is_printable(l->head) || wrap_may_be_base64(l->head);
    layer_free(l);
    return known;
}

/* XML in UTF-16 is its reader's, unless there is another layer inside. */
static bool utf16_text(struct str head)
{
    struct str left = head;
    struct wrap *l = layer_new(&wrap_utf16, (struct feeds_input){bytes_read, &left, NULL}, false);
    bool text = wrap_utf16.next(l) && head_read(l) == 0 &&
                (!str_starts(str_trim(l->head), S("<")) || wrap_may_enclose(l->head));

    layer_free(l);
    return text;
}

const struct wrap_kind *wrap_find(struct str head, const char *name, bool unicode)
{
    bool big;

    if (!unicode && wrap_is_utf16(head, &big))
        return utf16_text(head) ? &wrap_utf16 : NULL;
    if (wrap_is_mail(head))
        return &wrap_mail;
    if (wrap_may_be_quoted(head) && tried(&wrap_quoted, head, name, unicode))
        return &wrap_quoted;
    if (wrap_is_printable(head))
        return &wrap_printable;
    if (wrap_may_enclose(head) && tried(&wrap_xml, head, name, unicode))
        return &wrap_xml;
    if (wrap_may_be_base64(head) && tried(&wrap_base64, head, name, unicode))
        return &wrap_base64;
    return NULL;
}

/* ---- the parts ---- */

static void push(struct wraps *w, const struct wrap_kind *kind, struct feeds_input source, bool unicode)
{
    struct wrap *l = layer_new(kind, source, unicode);

    l->all = w;
    l->below = w->depth;
    w->layer[w->depth++] = l;
}

/* What one web page says again of what was read already is passed over; so is what no reader knows. */
static const struct feeds_reader *reader_of(struct wraps *w, const struct wrap *l)
{
    const char *as = w->run->options->as;
    bool among = false;

    for (size_t i = 0; i < w->depth; i++)
        among |= w->layer[i]->kind->many;
    if (w->taken && strcasecmp(l->type, "text/html") == 0)
        return NULL;
    if (!as)
        return feeds_reader_for(l->head, w->run->in->name, among ? PART_SURE : SURE_ENOUGH);
    return feeds_reader_named(as, l->head, among ? SURE_ENOUGH : 0);
}

static void unread(struct wrap *l)
{
    if (l->kind == &wrap_mail && str_trim(l->head).n)
        wrap_say(l, "wrap.part", l->runs ? l->run[0].in : wrap_at(l), str_z(l->type),
                 (struct str){NULL, 0});
}

/* 0, also when it turned out to be nothing; -1 when the source failed. */
static int parse_part(struct wraps *w, struct wrap *l)
{
    const struct feeds_reader *r = reader_of(w, l);
    const struct feeds_input in = {part_read, l, w->run->in->name};
    struct feeds_run part = {.in = &in,
                             .options = w->run->options,
                             .limits = w->run->limits,
                             .to = &w->to,
                             .err = w->run->err,
                             .unicode = l->unicode || l->kind->unicode,
                             .head = l->head};
    int ret = 0;

    if (!r) {
        unread(l);
        return 0;
    }
    l->head_used = l->head.n; /* the run gives it */
    part.arena = arena_new();
    ret = r->parse(&part);
    arena_free(part.arena);
    w->taken += ret == 0;
    return ret != 0 && part.err->code == ERR_IO ? -1 : 0;
}

/* The next part of the innermost layer: read, or another layer. */
static int step(struct wraps *w)
{
    struct wrap *l = w->layer[w->depth - 1];
    const struct wrap_kind *kind;
    bool unicode = l->unicode || l->kind->unicode;

    if (!l->kind->next(l)) {
        bool failed = l->failed;
        layer_free(l);
        w->depth--;
        return failed ? -1 : 0;
    }
    if (head_read(l) != 0)
        return -1;
    kind = wrap_find(l->head, w->run->in->name, unicode);
    if (!kind)
        return parse_part(w, l);
    if (w->depth == WRAP_DEPTH) {
        wrap_say(l, "wrap.depth", l->runs ? l->run[0].in : 0, str_z(kind->name), (struct str){NULL, 0});
        return 0;
    }
    push(w, kind, (struct feeds_input){part_read, l, NULL}, unicode);
    return 0;
}

int wrap_parse(struct feeds_run *run, const struct wrap_kind *outermost)
{
    struct wraps w = {.run = run, .arena = arena_new()};
    int ret = 0;

    w.to =
        (struct feeds_sink){on_begin, on_record, on_fault, on_end, &w, run->to->person ? on_person : NULL};
    push(&w, outermost, (struct feeds_input){run_bytes, run, NULL}, false);
    while (ret == 0 && w.depth)
        ret = step(&w);
    while (w.depth)
        layer_free(w.layer[--w.depth]);
    arena_free(w.arena);
    if (ret == 0 && w.taken)
        err_clear(run->err);
    else if (run->err->code == ERR_NONE)
        ret = err_set(run->err, ERR_DATA, N_("no known format was recognised; name one with --as"));
    return run->err->code == ERR_NONE ? 0 : -1;
}
