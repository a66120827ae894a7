/*
 * keep.c: the records that intake itself writes: one `message` for each message, its `fault`s, and the bytes of
 * what was refused or not understood: the first megabyte in the message, the rest in `fragment`s. Of a list of
 * persons no byte is kept, only the digest.
 */
#include "intake/internal.h"

#include <errno.h>
#include <unistd.h>

#define FAULTS_KEPT ((size_t)1000) /* fault records a message; the rest are counted */

void faults_clear(struct fault_list *l)
{
    l->first = NULL;
    l->last = &l->first;
    l->n = 0;
    l->beyond = 0;
}

void fault_keep(struct fault_list *l, struct arena *a, const struct fault *f)
{
    struct kept_fault *k;

    if (l->n == FAULTS_KEPT) {
        l->beyond++;
        return;
    }
    k = arena_alloc(a, sizeof *k);
    k->f = *f;
    k->f.place.tag = arena_copy(a, f->place.tag);
    k->f.found = arena_copy(a, f->found);
    k->f.expected = arena_copy(a, f->expected);
    *l->last = k;
    l->last = &k->next;
    l->n++;
}

static bool plain(unsigned char c)
{
    return c == '\n' || (c >= 0x20 && c != 0x7f);
}

struct str intake_text(struct arena *a, struct str s, size_t max)
{
    bool good = s.n <= max && str_utf8(s);
    struct buf b;
    struct str copy;

    for (size_t i = 0; good && i < s.n; i++)
        good = plain((unsigned char)s.p[i]);
    if (good)
        return s;
    buf_init(&b, 4 * s.n + 1);
    for (size_t i = 0; i < s.n;) {
        size_t n = (unsigned char)s.p[i] < 0x80 ? plain((unsigned char)s.p[i]) : 0;
        for (size_t len = 2; (unsigned char)s.p[i] >= 0xc0 && n == 0 && len <= 4 && i + len <= s.n; len++)
            if (str_utf8(str_n(s.p + i, len)))
                n = len;
        if (b.n + (n ? n : 4) > max)
            break;
        if (n)
            buf_put(&b, s.p + i, n);
        else
            buf_fmt(&b, "\\x%02x", (unsigned char)s.p[i]);
        i += n ? n : 1;
    }
    copy = arena_copy(a, buf_view(&b));
    buf_free(&b);
    return copy;
}

static void set_text(struct taking *t, struct record *r, const char *field, struct str s)
{
    int i = schema_field(r->kind, str_z(field));
    size_t max = r->kind->field[i].max ? r->kind->field[i].max : TEXT_MAX;

    if (s.n)
        record_text(r, i, intake_text(t->arena, s, max));
}

static void set_int(struct record *r, const char *field, uint64_t n)
{
    record_int(r, schema_field(r->kind, str_z(field)), n <= INT64_MAX ? (int64_t)n : INT64_MAX);
}

static struct record *own_record(struct taking *t, const char *kind)
{
    struct record *r = record_new(t->arena, schema_kind(str_z(kind)));

    r->head.recorded = t->now;
    r->head.author = t->c->author;
    r->head.handling = S("H0");
    r->head.exercise = t->exercise;
    return r;
}

/* At most BYTES_MAX bytes of the input from `from` on, into the message's arena. */
static int read_part(struct taking *t, uint64_t from, uint64_t most, struct str *out)
{
    size_t want = most < BYTES_MAX ? (size_t)most : BYTES_MAX, got = 0;
    char *p = arena_alloc(t->arena, want + 1);

    while (got < want) {
        ssize_t n = pread(t->in->fd, p + got, want - got, (off_t)(from + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(t->c->err, ERR_IO, N_("the input cannot be read"));
        if (n == 0)
            break;
        got += (size_t)n;
    }
    *out = str_n(p, got);
    return 0;
}

int input_personal(struct ctx *c, const struct input *in, uint64_t from, bool *personal)
{
    char part[(1 << 14) + FEEDS_PERSONAL_SEAM];
    size_t seam = 0;
    ssize_t n = 0;

    *personal = false;
    while (!*personal && (n = pread(in->fd, part + seam, sizeof part - seam, (off_t)from)) > 0) {
        size_t all = seam + (size_t)n;
        *personal = feeds_personal(str_n(part, all));
        seam = all < FEEDS_PERSONAL_SEAM ? all : FEEDS_PERSONAL_SEAM;
        memmove(part, part + all - seam, seam);
        from += (uint64_t)n;
    }
    return n >= 0 ? 0 : err_set(c->err, ERR_IO, N_("the input cannot be read"));
}

int input_digest(struct ctx *c, const struct input *in, uint64_t from, uint8_t out[HASH_SIZE])
{
    struct sha256_run *h = sha256_new();
    char part[1 << 14];
    ssize_t n;

    while ((n = pread(in->fd, part, sizeof part, (off_t)from)) > 0) {
        sha256_add(h, str_n(part, (size_t)n));
        from += (uint64_t)n;
    }
    sha256_end(h, out);
    return n == 0 ? 0 : err_set(c->err, ERR_IO, N_("the input cannot be read"));
}

static int keep_fragments(struct taking *t, uint64_t from, uint64_t left)
{
    struct arena *whole = t->arena;
    uint64_t number = 1;
    int ret = 0;

    t->arena = arena_new(); /* a megabyte at a time, however long the message */
    for (; ret == 0 && left; number++) {
        struct record *r = own_record(t, "fragment");
        struct str part;
        ret = read_part(t, from, left, &part);
        if (ret != 0 || part.n == 0)
            break;
        record_text(r, schema_field(r->kind, S("message")), str_n(t->id, 16));
        set_int(r, "number", number);
        record_text(r, schema_field(r->kind, S("verbatim")), part);
        ret = batch_put(t->batch, r, t->c->err);
        from += part.n;
        left -= part.n;
        arena_reset(t->arena);
    }
    arena_free(t->arena);
    t->arena = whole;
    return ret;
}

int keep_message(struct taking *t, enum feeds_verdict v)
{
    static const char *const verdicts[] = {"taken", "refused", "not-understood"};
    const struct feeds_message *m = &t->m;
    struct record *r = own_record(t, "message");
    struct str bytes = {0};

    memcpy(r->head.id, t->id, 16);
    set_text(t, r, "format", m->format);
    set_text(t, r, "version", m->version);
    set_text(t, r, "profile", m->profile);
    set_text(t, r, "sender", m->sender);
    set_text(t, r, "receiver", m->receiver);
    set_text(t, r, "control", m->control);
    set_text(t, r, "reference", m->reference);
    set_text(t, r, "tolerated", m->tolerated);
    set_text(t, r, "digest", hex_encode(t->arena, str_n(m->digest, sizeof m->digest)));
    set_text(t, r, "file", str_z(t->in->name));
    set_text(t, r, "verdict", str_z(verdicts[v]));
    set_int(r, "bytes", m->bytes);
    set_int(r, "records", v == FEEDS_TAKEN ? t->records : 0);
    set_int(r, "faults", t->faults.n + t->faults.beyond);
    if (v != FEEDS_TAKEN && !m->personal && read_part(t, m->offset, m->bytes, &bytes) != 0)
        return -1;
    if (bytes.n)
        record_text(r, schema_field(r->kind, S("verbatim")), bytes);
    summary_message(t->sum, m->format, v);
    if (batch_put(t->batch, r, t->c->err) != 0 || keep_faults(t, &t->faults, t->id) != 0)
        return -1;
    if (t->seen == 1 && keep_faults(t, &t->stray, t->id) != 0)
        return -1;
    return m->bytes > bytes.n && bytes.n ? keep_fragments(t, m->offset + bytes.n, m->bytes - bytes.n) : 0;
}

int keep_fault(struct taking *t, const struct fault *f, const uint8_t message[16])
{
    static const char *const severities[] = {"note", "warning", "error"};
    struct record *r = own_record(t, "fault");

    if (message)
        record_text(r, schema_field(r->kind, S("message")), str_n(message, 16));
    set_text(t, r, "code", str_z(f->def->code));
    set_text(t, r, "severity", str_z(severities[f->severity]));
    set_text(t, r, "rule", str_z(f->def->rule));
    set_int(r, "offset", f->place.offset);
    if (f->place.segment)
        set_int(r, "segment", f->place.segment);
    if (f->place.element)
        set_int(r, "element", f->place.element);
    if (f->place.component)
        set_int(r, "component", f->place.component);
    set_text(t, r, "tag", f->place.tag);
    set_text(t, r, "found", f->found);
    set_text(t, r, "expected", f->expected);
    if (f->found.n && !str_eq(record_get(r, schema_field(r->kind, S("found"))), f->found))
        record_text(r, schema_field(r->kind, S("verbatim")), f->found);
    summary_fault(t->sum, f);
    return batch_put(t->batch, r, t->c->err);
}

int keep_faults(struct taking *t, const struct fault_list *l, const uint8_t message[16])
{
    for (const struct kept_fault *k = l->first; k; k = k->next)
        if (keep_fault(t, &k->f, message) != 0)
            return -1;
    return 0;
}
