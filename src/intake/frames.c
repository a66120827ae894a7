/* frames.c: both ends of the pipe between a parser's child and its parent. The format is in frames.h. */
#include "intake/frames.h"

#include "base/cbor.h"
#include "base/crypto.h"

#include <errno.h>
#include <unistd.h>

/* Longest code, format name and so on that a frame may carry besides found, expected and text lines. */
#define MESSAGE_TEXTS 8
#define MESSAGE_ITEMS 14
#define FAULT_ITEMS   9
#define DONE_ITEMS    4
#define PERSON_ITEMS  6
/* Found and expected are shown to people: the rest of a long one is in the verbatim bytes. */
#define FAULT_TEXT_MAX ((size_t)4096)

/* ---- the child's end ---- */

void frames_out_init(struct frames_out *f, int fd)
{
    *f = (struct frames_out){.fd = fd};
    buf_init(&f->buf, FRAME_FLUSH + 2 * FRAME_MAX);
}

void frames_out_free(struct frames_out *f)
{
    buf_free(&f->buf);
    feeds_lines_free(&f->lines);
}

static void flush(struct frames_out *f)
{
    size_t at = 0;

    while (!f->broken && at < f->buf.n) {
        ssize_t n = write(f->fd, f->buf.p + at, f->buf.n - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            f->broken = true;
        else
            at += (size_t)n;
    }
    buf_reset(&f->buf);
}

static size_t frame_open(struct frames_out *f, enum frame_type type)
{
    size_t at = f->buf.n;
    char head[FRAME_HEAD] = {(char)type};

    buf_put(&f->buf, head, sizeof head);
    return at;
}

static void frame_close(struct frames_out *f, size_t at)
{
    size_t n = f->buf.n - at - FRAME_HEAD;

    if (f->buf.over || n > FRAME_MAX) {
        f->buf.n = at;
        f->broken = true;
        return;
    }
    for (int i = 0; i < 4; i++)
        f->buf.p[at + 1 + (size_t)i] = (char)(n >> (8 * i));
    if (f->buf.n >= FRAME_FLUSH)
        flush(f);
}

static void put_message(struct frames_out *f, enum frame_type type, const struct feeds_message *m)
{
    const struct str texts[MESSAGE_TEXTS] = {m->format,   m->version, m->profile,   m->sender,
                                             m->receiver, m->control, m->reference, m->tolerated};
    size_t at;

    if (f->broken)
        return;
    at = frame_open(f, type);
    cbor_array(&f->buf, MESSAGE_ITEMS);
    for (size_t i = 0; i < MESSAGE_TEXTS; i++)
        cbor_bytes(&f->buf, texts[i]);
    cbor_bool(&f->buf, m->exercise);
    cbor_bool(&f->buf, m->personal);
    cbor_int(&f->buf, (int64_t)m->offset);
    cbor_int(&f->buf, (int64_t)m->bytes);
    cbor_bytes(&f->buf, str_n(m->digest, sizeof m->digest));
    cbor_int(&f->buf, (int64_t)m->verdict);
    frame_close(f, at);
}

static void out_begin(void *arg, const struct feeds_message *m)
{
    put_message(arg, FRAME_BEGIN, m);
}

static void out_end(void *arg, const struct feeds_message *m)
{
    put_message(arg, FRAME_END, m);
}

static void out_record(void *arg, struct record *r)
{
    struct frames_out *f = arg;
    size_t at;

    if (f->broken)
        return;
    at = frame_open(f, FRAME_RECORD);
    buf_char(&f->buf, (char)(r->kind->number & 0xff));
    buf_char(&f->buf, (char)(r->kind->number >> 8));
    schema_encode_values(&f->buf, r);
    frame_close(f, at);
}

static struct str cut(struct str s)
{
    return str_n(s.p, s.n < FAULT_TEXT_MAX ? s.n : FAULT_TEXT_MAX);
}

static void out_fault(void *arg, const struct fault *x)
{
    struct frames_out *f = arg;
    size_t at;

    if (f->broken)
        return;
    at = frame_open(f, FRAME_FAULT);
    cbor_array(&f->buf, FAULT_ITEMS);
    cbor_text(&f->buf, str_z(x->def->code));
    cbor_int(&f->buf, (int64_t)x->severity);
    cbor_int(&f->buf, (int64_t)x->place.offset);
    cbor_int(&f->buf, x->place.segment);
    cbor_int(&f->buf, x->place.element);
    cbor_int(&f->buf, x->place.component);
    cbor_bytes(&f->buf, cut(x->place.tag));
    cbor_bytes(&f->buf, cut(x->found));
    cbor_bytes(&f->buf, cut(x->expected));
    frame_close(f, at);
}

static void out_person(void *arg, const struct feeds_person *p)
{
    const struct str texts[PERSON_ITEMS] = {p->role,  p->family,        p->given,
                                            p->birth, p->document_type, p->documents};
    struct frames_out *f = arg;
    size_t at;

    if (f->broken)
        return;
    at = frame_open(f, FRAME_PERSON);
    cbor_array(&f->buf, PERSON_ITEMS);
    for (size_t i = 0; i < PERSON_ITEMS; i++)
        cbor_bytes(&f->buf, texts[i]);
    frame_close(f, at);
}

struct feeds_sink frames_records(struct frames_out *f)
{
    return (struct feeds_sink){out_begin, out_record, out_fault, out_end, f, out_person};
}

static void lines_close(struct frames_out *f)
{
    if (f->line_frame) {
        frame_close(f, f->line_frame - 1);
        f->line_frame = 0;
    }
}

/* One LINES frame holds as many lines as fit a flush. */
static void put_line(void *arg, struct str line)
{
    struct frames_out *f = arg;

    if (f->broken)
        return;
    if (f->line_frame && f->buf.n - f->line_frame + line.n >= FRAME_FLUSH)
        lines_close(f);
    if (!f->line_frame)
        f->line_frame = frame_open(f, FRAME_LINES) + 1;
    if (f->lines_file.n && line.n) {
        buf_str(&f->buf, f->lines_file);
        line = str_n(line.p + 1, line.n - 1);
    }
    buf_str(&f->buf, line);
    if (f->buf.n >= FRAME_FLUSH)
        lines_close(f);
}

struct feeds_sink frames_lines(struct frames_out *f, enum lang lang, struct str file)
{
    f->lines_file = file;
    return feeds_lines(&f->lines, lang, put_line, f);
}

void frames_bytes(struct frames_out *f, struct str bytes)
{
    size_t at;

    if (f->broken)
        return;
    at = frame_open(f, FRAME_LINES);
    buf_str(&f->buf, bytes);
    frame_close(f, at);
}

bool frames_done(struct frames_out *f, int status, const struct err *e)
{
    const struct feeds_lines *l = &f->lines;
    uint64_t not_clean = l->faults[SEV_WARNING] + l->faults[SEV_ERROR] + l->verdicts[FEEDS_REFUSED] +
                         l->verdicts[FEEDS_NOT_UNDERSTOOD];
    size_t at;

    lines_close(f);
    if (f->broken)
        return false;
    at = frame_open(f, FRAME_DONE);
    cbor_array(&f->buf, DONE_ITEMS);
    cbor_int(&f->buf, status);
    cbor_int(&f->buf, (int64_t)e->code);
    cbor_text(&f->buf, str_z(e->text));
    cbor_int(&f->buf, (int64_t)not_clean);
    frame_close(f, at);
    flush(f);
    return !f->broken;
}

/* ---- the parent's end ---- */

void frames_in_init(struct frames_in *f, const struct frames_sink *to)
{
    *f = (struct frames_in){.to = to, .arena = arena_new()};
    buf_init(&f->header, FRAME_MAX);
}

void frames_in_free(struct frames_in *f)
{
    arena_free(f->arena);
    buf_free(&f->header);
    *f = (struct frames_in){0};
}

static bool take_int(struct str *in, int64_t most, int64_t *out)
{
    struct cbor_item x;

    if (!cbor_expect(in, CBOR_INT, &x) || x.i < 0 || x.i > most)
        return false;
    *out = x.i;
    return true;
}

static bool take_bytes(struct str *in, struct str *out)
{
    struct cbor_item x;

    if (!cbor_expect(in, CBOR_BYTES, &x))
        return false;
    *out = x.s;
    return true;
}

static bool take_array(struct str *in, int64_t n)
{
    struct cbor_item x;
    return cbor_expect(in, CBOR_ARRAY, &x) && x.i == n;
}

static bool read_message(struct str in, struct feeds_message *m)
{
    struct str *texts[MESSAGE_TEXTS] = {&m->format,   &m->version, &m->profile,   &m->sender,
                                        &m->receiver, &m->control, &m->reference, &m->tolerated};
    struct cbor_item x, personal;
    struct str digest;
    int64_t offset, bytes, verdict;

    *m = (struct feeds_message){0};
    if (!take_array(&in, MESSAGE_ITEMS))
        return false;
    for (size_t i = 0; i < MESSAGE_TEXTS; i++)
        if (!take_bytes(&in, texts[i]))
            return false;
    if (!cbor_expect(&in, CBOR_BOOL, &x) || !cbor_expect(&in, CBOR_BOOL, &personal) ||
        !take_int(&in, INT64_MAX, &offset) || !take_int(&in, INT64_MAX, &bytes) ||
        !take_bytes(&in, &digest) || digest.n != sizeof m->digest ||
        !take_int(&in, FEEDS_NOT_UNDERSTOOD, &verdict))
        return false;
    m->exercise = x.i != 0;
    m->personal = personal.i != 0;
    m->offset = (uint64_t)offset;
    m->bytes = (uint64_t)bytes;
    memcpy(m->digest, digest.p, sizeof m->digest);
    m->verdict = (enum feeds_verdict)verdict;
    return in.n == 0;
}

static bool read_fault(struct str in, struct fault *x)
{
    struct cbor_item code;
    int64_t severity, offset, segment, element, component;

    *x = (struct fault){0};
    if (!take_array(&in, FAULT_ITEMS) || !cbor_expect(&in, CBOR_TEXT, &code) ||
        !take_int(&in, SEV_ERROR, &severity) || !take_int(&in, INT64_MAX, &offset) ||
        !take_int(&in, UINT32_MAX, &segment) || !take_int(&in, UINT16_MAX, &element) ||
        !take_int(&in, UINT16_MAX, &component) || !take_bytes(&in, &x->place.tag) ||
        !take_bytes(&in, &x->found) || !take_bytes(&in, &x->expected))
        return false;
    for (const struct fault_def *d = schema_faults; d->code && !x->def; d++)
        if (str_eq(code.s, str_z(d->code)))
            x->def = d;
    x->severity = (enum severity)severity;
    x->place.offset = (uint64_t)offset;
    x->place.segment = (uint32_t)segment;
    x->place.element = (uint16_t)element;
    x->place.component = (uint16_t)component;
    return x->def && in.n == 0;
}

static bool read_person(struct str in, struct feeds_person *p)
{
    struct str *texts[PERSON_ITEMS] = {&p->role,  &p->family,        &p->given,
                                       &p->birth, &p->document_type, &p->documents};

    if (!take_array(&in, PERSON_ITEMS))
        return false;
    for (size_t i = 0; i < PERSON_ITEMS; i++)
        if (!take_bytes(&in, texts[i]) || !str_utf8(*texts[i]))
            return false;
    return in.n == 0;
}

/* The values decode under an empty header of their kind: who, when and which id is the parent's to say. */
static struct record *read_record(struct frames_in *f, struct str in)
{
    const struct kind *k;
    struct record *r = NULL;
    struct err ignored = {0};

    if (in.n < 2)
        return NULL;
    k = schema_kind_number((unsigned)((uint8_t)in.p[0] | (uint8_t)in.p[1] << 8));
    if (k == NULL)
        return NULL;
    if (k != f->header_kind) {
        buf_reset(&f->header);
        schema_encode_header(&f->header, record_new(f->arena, k));
        f->header_kind = k;
    }
    if (schema_decode(f->arena, buf_view(&f->header), str_n(in.p + 2, in.n - 2), &r, &ignored) != 0)
        return NULL;
    memset(&r->head, 0, sizeof r->head);
    return r;
}

static bool read_done(struct frames_in *f, struct str in)
{
    struct cbor_item status, text;
    int64_t code;

    if (!take_array(&in, DONE_ITEMS) || !cbor_expect(&in, CBOR_INT, &status) ||
        (status.i != 0 && status.i != -1) || !take_int(&in, ERR_CORRUPT, &code) ||
        !cbor_expect(&in, CBOR_TEXT, &text) || !take_int(&in, INT64_MAX, &f->not_clean) || in.n != 0)
        return false;
    f->done = true;
    f->status = (int)status.i;
    f->why.code = (enum err_code)code;
    if (text.s.n >= sizeof f->why.text)
        text.s.n = sizeof f->why.text - 1;
    if (text.s.n)
        memcpy(f->why.text, text.s.p, text.s.n);
    f->why.text[text.s.n] = '\0';
    return true;
}

static enum frames_result answer(int said)
{
    return said == 0 ? FRAMES_GOOD : FRAMES_STOPPED;
}

static enum frames_result take_one(struct frames_in *f, unsigned type, struct str in)
{
    struct feeds_message m;
    struct feeds_person p;
    struct fault x;
    struct record *r;

    switch (type) {
    case FRAME_BEGIN:
        if (f->in_message || !f->to->begin || !read_message(in, &m))
            return FRAMES_BROKEN;
        f->in_message = true;
        return answer(f->to->begin(f->to->arg, &m));
    case FRAME_RECORD:
        if (!f->in_message || !f->to->record || (r = read_record(f, in)) == NULL)
            return FRAMES_BROKEN;
        return answer(f->to->record(f->to->arg, r));
    case FRAME_FAULT:
        if (!f->to->fault || !read_fault(in, &x))
            return FRAMES_BROKEN;
        return answer(f->to->fault(f->to->arg, &x));
    case FRAME_END:
        if (!f->in_message || !f->to->end || !read_message(in, &m))
            return FRAMES_BROKEN;
        f->in_message = false;
        return answer(f->to->end(f->to->arg, &m));
    case FRAME_LINES:
        if (!f->to->lines)
            return FRAMES_BROKEN;
        return answer(f->to->lines(f->to->arg, in));
    case FRAME_PERSON:
        if (!f->in_message || !read_person(in, &p))
            return FRAMES_BROKEN;
        return f->to->person ? answer(f->to->person(f->to->arg, &p)) : FRAMES_GOOD;
    case FRAME_DONE:
        return !f->in_message && read_done(f, in) ? FRAMES_GOOD : FRAMES_BROKEN;
    default: /* a byte from the other side, not an enum */
        return FRAMES_BROKEN;
    }
}

enum frames_result frames_take(struct frames_in *f, struct str bytes, size_t *used)
{
    enum frames_result ret = FRAMES_GOOD;

    *used = 0;
    while (ret == FRAMES_GOOD && bytes.n - *used >= FRAME_HEAD) {
        const uint8_t *h = (const uint8_t *)bytes.p + *used;
        size_t n = (size_t)h[1] | (size_t)h[2] << 8 | (size_t)h[3] << 16 | (size_t)h[4] << 24;

        if (n > FRAME_MAX || f->done)
            return FRAMES_BROKEN;
        if (bytes.n - *used - FRAME_HEAD < n)
            break;
        ret = take_one(f, h[0], str_n(bytes.p + *used + FRAME_HEAD, n));
        *used += FRAME_HEAD + n;
        arena_reset(f->arena);
    }
    return ret;
}
