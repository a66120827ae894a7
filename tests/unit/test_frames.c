/* What a parser's child says to its parent, and what becomes of a child that says nonsense or dies. */
#include "intake/child.h"

#include "base/cbor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- frames ---- */

struct heard {
    char said[256]; /* b r f e l, in order */
    size_t n;
    struct arena *arena;
    struct record *last;
    struct fault fault;
    struct feeds_message message;
    int answer;
    bool person; /* it came as it was sent */
};

static int hear(struct heard *h, char c)
{
    assert_true(h->n + 1 < sizeof h->said);
    h->said[h->n++] = c;
    return h->answer;
}

static int hear_begin(void *arg, const struct feeds_message *m)
{
    (void)m;
    return hear(arg, 'b');
}

static int hear_record(void *arg, struct record *r)
{
    struct heard *h = arg;
    struct err e = {0};
    struct buf header, values;

    buf_init(&header, 4096);
    buf_init(&values, FRAME_MAX);
    schema_encode_header(&header, r);
    schema_encode_values(&values, r);
    assert_int_equal(schema_decode(h->arena, arena_copy(h->arena, buf_view(&header)),
                                   arena_copy(h->arena, buf_view(&values)), &h->last, &e),
                     0);
    buf_free(&header);
    buf_free(&values);
    return hear(h, 'r');
}

static int hear_fault(void *arg, const struct fault *f)
{
    struct heard *h = arg;

    h->fault = *f;
    h->fault.found = arena_copy(h->arena, f->found);
    h->fault.place.tag = arena_copy(h->arena, f->place.tag);
    return hear(h, 'f');
}

static int hear_end(void *arg, const struct feeds_message *m)
{
    struct heard *h = arg;

    h->message = *m;
    h->message.sender = arena_copy(h->arena, m->sender);
    return hear(h, 'e');
}

static int hear_person(void *arg, const struct feeds_person *p)
{
    struct heard *h = arg;

    h->person = str_eq(p->family, S("PÉREZ")) && str_eq(p->documents, S("G1\nG2"));
    return hear(h, 'p');
}

static int hear_lines(void *arg, struct str text)
{
    (void)text;
    return hear(arg, 'l');
}

static struct frames_sink hearing(struct heard *h)
{
    return (struct frames_sink){hear_begin, hear_record, hear_fault, hear_end, hear_lines, h, hear_person};
}

/* What the child would say, as bytes. */
static struct str spoken(struct arena *a, void (*speak)(struct frames_out *))
{
    int fd = memfd_create("frames", MFD_CLOEXEC);
    struct frames_out out;
    struct err none = {0};
    off_t n;
    char *p;

    assert_true(fd >= 0);
    frames_out_init(&out, fd);
    speak(&out);
    assert_true(frames_done(&out, 0, &none));
    frames_out_free(&out);
    n = lseek(fd, 0, SEEK_END);
    p = arena_alloc(a, (size_t)n);
    assert_true(pread(fd, p, (size_t)n, 0) == n);
    close(fd);
    return str_n(p, (size_t)n);
}

static void speak_message(struct frames_out *out)
{
    struct feeds_sink to = frames_records(out);
    struct arena *a = arena_new();
    struct feeds_message m = {.format = S("jsonl"), .sender = S("A\0B"), .offset = 7};
    struct record *r = record_new(a, schema_kind(S("consignment")));
    struct fault f = {.def = schema_fault("field.code"),
                      .severity = SEV_WARNING,
                      .place = {.offset = 9, .segment = 3, .element = 2, .component = 1, .tag = S("N9")},
                      .found = S("\xff\x00x"),
                      .expected = S("y")};

    to.fault(to.arg, &f); /* before any message */
    to.begin(to.arg, &m);
    record_text(r, schema_field(r->kind, S("bill")), S("MX1"));
    record_int(r, schema_field(r->kind, S("trip")), 3); /* the third record of this message */
    to.record(to.arg, r);
    to.person(to.arg,
              &(struct feeds_person){.role = S("crew"), .family = S("PÉREZ"), .documents = S("G1\nG2")});
    to.fault(to.arg, &f);
    m.bytes = 100;
    memset(m.digest, 0xab, sizeof m.digest);
    m.verdict = FEEDS_REFUSED;
    to.end(to.arg, &m);
    arena_free(a);
}

static void frames_carry_everything(void **state)
{
    struct arena *a = arena_new();
    struct heard h = {.arena = a};
    struct frames_sink sink = hearing(&h);
    struct str all = spoken(a, speak_message);
    struct frames_in in;
    size_t used, at = 0;
    (void)state;

    frames_in_init(&in, &sink);
    for (size_t n = 1; at < all.n; at += used) { /* one more byte at a time: only whole frames are taken */
        assert_int_equal(frames_take(&in, str_n(all.p + at, n < all.n - at ? n : all.n - at), &used),
                         FRAMES_GOOD);
        n = used ? 1 : n + 1;
    }
    assert_string_equal(h.said, "fbrpfe");
    assert_true(h.person);
    assert_true(in.done && in.status == 0);
    assert_true(str_eq(record_get(h.last, schema_field(h.last->kind, S("bill"))), S("MX1")));
    assert_int_equal(h.last->v[schema_field(h.last->kind, S("trip"))].i, 3);
    assert_string_equal(h.fault.def->code, "field.code");
    assert_int_equal(h.fault.severity, SEV_WARNING);
    assert_true(str_eq(h.fault.found, S("\xff\x00x")) && str_eq(h.fault.place.tag, S("N9")));
    assert_true(h.fault.place.offset == 9 && h.fault.place.segment == 3 && h.fault.place.component == 1);
    assert_true(str_eq(h.message.sender, S("A\0B")) && h.message.bytes == 100 && h.message.offset == 7);
    assert_int_equal(h.message.verdict, FEEDS_REFUSED);
    assert_int_equal(h.message.digest[31], 0xab);
    frames_in_free(&in);
    arena_free(a);
}

static void speak_nothing(struct frames_out *out)
{
    (void)out;
}

static void speak_record_first(struct frames_out *out)
{
    struct feeds_sink to = frames_records(out);
    struct arena *a = arena_new();
    to.record(to.arg, record_new(a, schema_kind(S("trip"))));
    arena_free(a);
}

static void speak_begin_twice(struct frames_out *out)
{
    struct feeds_sink to = frames_records(out);
    struct feeds_message m = {.format = S("jsonl")};
    to.begin(to.arg, &m);
    to.begin(to.arg, &m);
}

static void speak_unended(struct frames_out *out)
{
    struct feeds_sink to = frames_records(out);
    struct feeds_message m = {.format = S("jsonl")};
    to.begin(to.arg, &m);
}

static void speak_odd_verdict(struct frames_out *out)
{
    struct feeds_sink to = frames_records(out);
    struct feeds_message m = {.format = S("jsonl"), .verdict = (enum feeds_verdict)7};
    to.begin(to.arg, &m);
}

static enum frames_result taken(struct str bytes, struct heard *h)
{
    struct frames_sink sink = hearing(h);
    struct frames_in in;
    enum frames_result got;
    size_t used;

    frames_in_init(&in, &sink);
    got = frames_take(&in, bytes, &used);
    assert_true(used <= bytes.n);
    frames_in_free(&in);
    return got;
}

static void frames_refuse_nonsense(void **state)
{
    static void (*const nonsense[])(struct frames_out *) = {speak_record_first, speak_begin_twice,
                                                            speak_unended, speak_odd_verdict};
    static const struct str raw[] = {
        {"\x00\x00\x00\x00\x00", 5},                 /* no such frame */
        {"\x07\x00\x00\x00\x00", 5},                 /* nor this */
        {"\x01\xff\xff\xff\xff", 5},                 /* longer than any frame */
        {"\x03\x01\x00\x00\x00\x80", 6},             /* a fault without its items */
        {"\x06\x04\x00\x00\x00\x84\x00\x00\x60", 9}, /* DONE, cut */
    };
    struct arena *a = arena_new();
    struct heard h = {.arena = a};
    struct str done = spoken(a, speak_nothing);
    char *twice;
    (void)state;

    for (size_t i = 0; i < COUNT(nonsense); i++)
        assert_int_equal(taken(spoken(a, nonsense[i]), &h), FRAMES_BROKEN);
    for (size_t i = 0; i < COUNT(raw); i++)
        assert_int_equal(taken(raw[i], &h), FRAMES_BROKEN);
    /* Nothing follows DONE. */
    twice = arena_alloc(a, 2 * done.n);
    memcpy(twice, done.p, done.n);
    memcpy(twice + done.n, done.p, done.n);
    assert_int_equal(taken(done, &h), FRAMES_GOOD);
    assert_int_equal(taken(str_n(twice, 2 * done.n), &h), FRAMES_BROKEN);
    arena_free(a);
}

/* Every single-byte change of a good stream is refused or still decodes; none crashes. */
static void frames_survive_change(void **state)
{
    struct arena *a = arena_new();
    struct str good = spoken(a, speak_message);
    char *p = arena_z(a, good);
    (void)state;

    for (size_t i = 0; i < good.n; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct heard h = {.arena = a};
            p[i] = (char)(good.p[i] ^ 1 << bit);
            taken(str_n(p, good.n), &h);
            p[i] = good.p[i];
        }
    arena_free(a);
}

static void frames_stop_when_told(void **state)
{
    struct arena *a = arena_new();
    struct heard h = {.arena = a, .answer = -1};
    (void)state;

    assert_int_equal(taken(spoken(a, speak_message), &h), FRAMES_STOPPED);
    assert_string_equal(h.said, "f");
    arena_free(a);
}

/* ---- the child ---- */

static struct child_result parsed(const char *text, size_t n, struct heard *h)
{
    static const struct feeds_options options;
    struct frames_sink sink = hearing(h);
    struct child_job job = {.name = "x", .options = &options};
    struct child_result got;
    struct err e = {0};

    job.fd = memfd_create("input", MFD_CLOEXEC);
    assert_true(job.fd >= 0 && write(job.fd, text, n) == (ssize_t)n && lseek(job.fd, 0, SEEK_SET) == 0);
    assert_int_equal(child_run(&job, &sink, &got, &e), 0);
    close(job.fd);
    return got;
}

static void nothing_recognised_is_unreadable(void **state)
{
    struct heard h = {0};
    struct child_result got = parsed("\x7f\x45\x4c\x46\x02\x01", 6, &h);
    (void)state;

    assert_int_equal(got.end, CHILD_UNREADABLE);
    assert_true(got.why.text[0] != '\0');
    got = parsed("", 0, &h);
    assert_int_equal(got.end, CHILD_UNREADABLE);
    assert_int_equal(h.n, 0);
}

/* A parser that crashes: here it is handed limits that lie outside its memory. */
static void a_crash_is_a_death(void **state)
{
    static const struct feeds_options crashing = {.limits = (const struct feeds_limits *)16};
    struct heard h = {0};
    struct frames_sink sink = hearing(&h);
    struct child_job job = {.name = "x", .options = &crashing, .fd = memfd_create("input", MFD_CLOEXEC)};
    struct child_result got;
    struct err e = {0};
    (void)state;

    assert_true(write(job.fd, "{\"kind\":\"wait\"}\n", 16) == 16 && lseek(job.fd, 0, SEEK_SET) == 0);
    assert_int_equal(child_run(&job, &sink, &got, &e), 0);
    assert_int_equal(got.end, CHILD_DIED);
    assert_true(got.how[0] != '\0');
    close(job.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_carry_everything),
        cmocka_unit_test(frames_refuse_nonsense),
        cmocka_unit_test(frames_survive_change),
        cmocka_unit_test(frames_stop_when_told),
        cmocka_unit_test(nothing_recognised_is_unreadable),
        cmocka_unit_test(a_crash_is_a_death),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
