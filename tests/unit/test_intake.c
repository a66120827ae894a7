/* The way in: whole messages or none, once; from bytes through the sandboxed child into a journal. */
#include "intake/internal.h"

#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- whole messages or none: a journal, no views ---- */

struct desk {
    char dir[64];
    struct world_fake world;
    struct ctx c;
    struct err e;
    struct summary sum;
    struct taking taking;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void desk_open(struct desk *d, bool exercise)
{
    struct journal_options o = {.dir = d->dir, .write = true};
    struct journal_identity who = {"mx.anam", "MX", exercise, 0};

    memset(d, 0, sizeof *d);
    snprintf(d->dir, sizeof d->dir, "/tmp/puente-intake-XXXXXX");
    assert_non_null(mkdtemp(d->dir));
    world_fake(&d->world, INT64_C(1790000000000000), 1000, 7);
    o.world = &d->world.world;
    assert_int_equal(journal_create(&o, &who, &d->e), 0);
    d->c = (struct ctx){.world = &d->world.world, .dir = d->dir, .err = &d->e, .author = S("mx.anam")};
    d->c.arena = arena_new();
    d->c.journal = journal_open(&o, &d->e);
    assert_non_null(d->c.journal);
}

static void desk_close(struct desk *d)
{
    journal_close(d->c.journal);
    arena_free(d->c.arena);
    nftw(d->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Takes `text` in as a file of this name. */
static int take(struct desk *d, const char *text, const char *as)
{
    struct feeds_options options = {.as = as};
    struct input in = {.name = "f.jsonl", .size = strlen(text)};
    struct child_result got;
    struct child_job job = {.name = in.name, .options = &options};
    struct frames_sink sink;
    int status;

    summary_init(&d->sum, d->c.arena, 1);
    summary_file(&d->sum, S("f.jsonl"));
    taking_init(&d->taking, &d->c, &d->sum);
    sink = taking_sink(&d->taking);
    in.fd = job.fd = memfd_create("input", MFD_CLOEXEC);
    assert_true(write(in.fd, text, in.size) == (ssize_t)in.size && lseek(in.fd, 0, SEEK_SET) == 0);
    taking_file(&d->taking, &in, str_z(as));
    assert_int_equal(child_run(&job, &sink, &got, &d->e), 0);
    assert_int_equal(taking_file_end(&d->taking, &got), 0);
    assert_int_equal(taking_commit(&d->taking), 0);
    status = summary_status(&d->sum);
    taking_free(&d->taking);
    close(in.fd);
    return status;
}

struct census {
    const char *kind;
    uint64_t n;
    struct arena *arena;
    struct record *last;
};

static int count_one(void *arg, const struct entry *x, struct err *e)
{
    struct census *c = arg;
    if (strcmp(x->kind->name, c->kind) != 0)
        return 0;
    c->n++;
    return schema_decode(c->arena, arena_copy(c->arena, x->header), arena_copy(c->arena, x->values),
                         &c->last, e);
}

static struct census count(struct desk *d, const char *kind)
{
    struct census c = {.kind = kind, .arena = d->c.arena};
    assert_int_equal(journal_walk(d->c.journal, 0, UINT64_MAX, count_one, &c, &d->e), 0);
    return c;
}

static struct str get(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

#define WAIT                                                                                               \
    "{\"kind\":\"wait\",\"fields\":{\"port\":\"2304\",\"mode\":\"road\",\"lane\":\"general\",\"minutes\":" \
    "%d,"                                                                                                  \
    "\"method\":\"manual\",\"observed\":\"2026-11-21T08:30:00Z\"}}\n"

static const char *wait_line(struct desk *d, int minutes)
{
    return arena_fmt(d->c.arena, WAIT, minutes).p;
}

static const char *marked_line(struct desk *d, int minutes)
{
    return arena_fmt(d->c.arena, "{\"exercise\":true,%s", wait_line(d, minutes) + 1).p;
}

static void taken_once(void **state)
{
    struct desk d;
    struct census c;
    (void)state;

    desk_open(&d, false);
    assert_int_equal(take(&d, wait_line(&d, 25), "jsonl"), 0);
    c = count(&d, "wait");
    assert_int_equal(c.n, 1);
    assert_true(str_eq(c.last->head.origin, S("mx.anam")) && str_eq(c.last->head.handling, S("H0")));
    c = count(&d, "message");
    assert_int_equal(c.n, 1);
    assert_true(str_eq(get(c.last, "verdict"), S("taken")) && str_eq(get(c.last, "file"), S("f.jsonl")));
    assert_int_equal(c.last->v[schema_field(c.last->kind, S("records"))].i, 1);
    assert_false(record_has(c.last, schema_field(c.last->kind, S("verbatim"))));
    assert_int_equal(take(&d, wait_line(&d, 25), "jsonl"), 0);
    assert_int_equal(d.sum.file->known, 1);
    assert_int_equal(count(&d, "message").n, 1);
    assert_int_equal(take(&d, wait_line(&d, 26), "jsonl"), 0);
    assert_int_equal(count(&d, "wait").n, 2);
    desk_close(&d);
}

static void refused_keeps_its_bytes(void **state)
{
    static const char bad[] = "{\"kind\":\"wait\",\"fields\":{\"port\":\"2304\",\"minutes\":\"many\"}}";
    struct desk d;
    struct census c;
    (void)state;

    desk_open(&d, false);
    assert_int_equal(take(&d, bad, "jsonl"), 1);
    assert_int_equal(count(&d, "wait").n, 0);
    c = count(&d, "message");
    assert_int_equal(c.n, 1);
    assert_false(str_eq(get(c.last, "verdict"), S("taken")));
    assert_true(str_eq(get(c.last, "verbatim"), S(bad)));
    assert_true(count(&d, "fault").n > 0);
    c.n = count(&d, "fault").n;
    assert_int_equal(take(&d, bad, "jsonl"), 0); /* again: nothing new */
    assert_int_equal(count(&d, "fault").n, c.n);
    assert_int_equal(count(&d, "message").n, 1);
    desk_close(&d);
}

#define PAX_HEAD "UNB+UNOA:4+ZZ+GOV+261121:0915+1'UNH+1+PAXLST:D:05B:UN:IATA'"
#define PAX_BODY "NAD+FL+++FICTICIO:AURELIO'DOC+P:110:111+X0000001'"

/* Of a list of persons nothing stays but counts: what is refused or not understood leaves only its digest. */
static void lists_of_persons_leave_no_bytes(void **state)
{
    static const struct {
        const char *text, *as, *verdict;
    } files[] = {
        {PAX_HEAD "TDT+20+ZZ1'" PAX_BODY "UNT+5+1'UNZ+1+1'", "edifact", "refused"},
        {PAX_HEAD "BGM+745'TDT+20+ZZ1'" PAX_BODY, "edifact", "refused"}, /* cut off */
        {"UNB+UNOA:4+ZZ+GOV+261121:0915+1'UNH+1+PAXLST:D:85A:UN'" PAX_BODY "UNT+4+1'UNZ+1+1'", "edifact",
         "not-understood"},
    };
    struct census c;
    (void)state;

    for (size_t i = 0; i < COUNT(files); i++) {
        struct desk d;
        desk_open(&d, false);
        take(&d, files[i].text, files[i].as);
        c = count(&d, "message");
        assert_int_equal(c.n, 1);
        assert_true(str_eq(get(c.last, "verdict"), str_z(files[i].verdict)));
        assert_false(record_has(c.last, schema_field(c.last->kind, S("verbatim"))));
        assert_int_equal(get(c.last, "digest").n, 64);
        assert_int_equal(count(&d, "fragment").n, 0);
        assert_int_equal(count(&d, "trip").n, 0);
        desk_close(&d);
    }
}

/* The kinds that only a node writes cannot be smuggled in by a file. */
static void reserved_kinds_are_refused(void **state)
{
    struct desk d;
    struct census c;
    (void)state;

    desk_open(&d, false);
    assert_int_equal(take(&d,
                          "{\"kind\":\"fragment\",\"fields\":{\"message\":\"0199f0a0-0000-7000-8000-"
                          "000000000001\",\"number\":1,\"verbatim\":\"QUJD\"}}\n",
                          "jsonl"),
                     1);
    assert_int_equal(count(&d, "fragment").n, 0);
    c = count(&d, "fault");
    assert_true(c.n >= 1 && str_eq(get(c.last, "code"), S("record.kind.reserved")));
    /* Nor a peer that nobody met. */
    assert_int_equal(
        take(&d,
             "{\"kind\":\"peer\",\"fields\":{\"office\":\"mx.anam\",\"country\":\"MX\","
             "\"key\":\"k\",\"safety_number\":\"1\",\"pin\":"
             "\"0000000000000000000000000000000000000000000000000000000000000000\","
             "\"box_key\":\"0000000000000000000000000000000000000000000000000000000000000000\","
             "\"certificate\":\"QUJD\",\"card\":\"QUJD\",\"confirmed_by\":\"x\"}}\n",
             "jsonl"),
        1);
    assert_int_equal(count(&d, "peer").n, 0);
    assert_true(str_eq(get(count(&d, "fault").last, "code"), S("record.kind.reserved")));
    desk_close(&d);
}

static void the_watermark_holds(void **state)
{
    struct desk d;
    struct census c;
    const char *marked;
    (void)state;

    desk_open(&d, false);
    marked = marked_line(&d, 5);
    assert_int_equal(take(&d, marked, "jsonl"), 1);
    assert_int_equal(count(&d, "wait").n + count(&d, "message").n, 0);
    c = count(&d, "fault");
    assert_int_equal(c.n, 1);
    assert_true(str_eq(get(c.last, "code"), S("exercise.refused")));
    assert_int_equal(take(&d, marked, "jsonl"), 1);
    assert_int_equal(count(&d, "fault").n, 1);
    desk_close(&d);

    desk_open(&d, true);
    assert_int_equal(take(&d, wait_line(&d, 5), "jsonl"), 0);
    c = count(&d, "wait");
    assert_true(c.n == 1 && c.last->head.exercise);
    marked = marked_line(&d, 6);
    assert_int_equal(take(&d, marked, "jsonl"), 0);
    c = count(&d, "wait");
    assert_true(c.n == 2 && c.last->head.exercise);
    desk_close(&d);
}

/* A server's thread forks too: its memory comes from elsewhere, and another thread may write meanwhile. */
struct feeder {
    struct desk *d;
    const char *text;
    uint64_t taken;
    pthread_t thread;
};

static void *feed_in_thread(void *arg)
{
    struct feeder *f = arg;
    struct desk own = *f->d;
    void *ballast =
        malloc((size_t)100 << 10); /* the thread's first heap is nearly full: the child's must grow */

    own.c.err = &own.e;
    own.c.arena = arena_new();
    take(&own, f->text, "jsonl");
    f->taken = own.sum.file->messages[FEEDS_TAKEN];
    arena_free(own.c.arena);
    free(ballast);
    return NULL;
}

/* LLVM's allocator for finding leaks does not know how to fork a process that has threads: its child may wait for
 * ever on a lock that another thread held. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FORK_WITH_THREADS 0
#endif
#endif
#ifndef FORK_WITH_THREADS
#define FORK_WITH_THREADS 1
#endif

static void threads_feed_side_by_side(void **state)
{
    struct feeder f[3];
    struct desk d;
    (void)state;

    if (!FORK_WITH_THREADS) {
        print_message("skip: threads that fork, under the address sanitizer\n");
        return;
    }
    desk_open(&d, false);
    d.c.world = world_real(); /* the fake one is not for threads */
    for (size_t i = 0; i < COUNT(f); i++) {
        struct buf b;
        buf_init(&b, (size_t)1 << 20);
        for (int k = 0; k < 1000; k++)
            buf_fmt(&b, WAIT, (int)i * 1000 + k);
        buf_char(&b, '\0');
        f[i] = (struct feeder){.d = &d, .text = arena_copy(d.c.arena, buf_view(&b)).p};
        buf_free(&b);
    }
    for (size_t i = 0; i < COUNT(f); i++)
        assert_int_equal(pthread_create(&f[i].thread, NULL, feed_in_thread, &f[i]), 0);
    for (size_t i = 0; i < COUNT(f); i++) {
        pthread_join(f[i].thread, NULL);
        assert_int_equal(f[i].taken, 1000);
    }
    assert_int_equal(count(&d, "wait").n, 3000);
    desk_close(&d);
}

/* ---- what a parser could say: the sink, driven by hand ---- */

struct hand {
    struct desk d;
    struct frames_sink to;
    struct input in;
    struct feeds_message m;
};

static void hand_open(struct hand *h, const char *text)
{
    desk_open(&h->d, false);
    h->in = (struct input){.name = "f", .size = strlen(text), .fd = memfd_create("input", MFD_CLOEXEC)};
    assert_true(write(h->in.fd, text, h->in.size) == (ssize_t)h->in.size);
    summary_init(&h->d.sum, h->d.c.arena, 1);
    summary_file(&h->d.sum, S("f"));
    taking_init(&h->d.taking, &h->d.c, &h->d.sum);
    taking_file(&h->d.taking, &h->in, S(""));
    h->to = taking_sink(&h->d.taking);
    h->m = (struct feeds_message){.format = S("x12-309"), .sender = S("ABCD"), .control = S("17")};
}

static void hand_close(struct hand *h)
{
    taking_free(&h->d.taking);
    close(h->in.fd);
    desk_close(&h->d);
}

static void say_bill(struct hand *h, const char *bill, int64_t trip)
{
    struct record *r = record_new(h->d.c.arena, schema_kind(S("consignment")));
    if (bill)
        record_text(r, schema_field(r->kind, S("bill")), str_z(bill));
    if (trip)
        record_int(r, schema_field(r->kind, S("trip")), trip);
    assert_int_equal(h->to.record(h->to.arg, r), 0);
}

static void say_trip(struct hand *h)
{
    struct record *r = record_new(h->d.c.arena, schema_kind(S("trip")));
    record_text(r, schema_field(r->kind, S("mode")), S("road"));
    assert_int_equal(h->to.record(h->to.arg, r), 0);
}

static void say_end(struct hand *h, int digest)
{
    memset(h->m.digest, digest, sizeof h->m.digest);
    h->m.bytes = h->in.size;
    assert_int_equal(h->to.end(h->to.arg, &h->m), 0);
}

/* The last bill of a message has no number: none of it enters. A good message before and after does. */
static void whole_or_nothing(void **state)
{
    struct hand h;
    struct census c;
    struct str trip;
    (void)state;

    hand_open(&h, "0123456789");
    for (int i = 0; i < 3; i++) {
        h.to.begin(h.to.arg, &h.m);
        say_bill(&h, "A1", 2); /* forward */
        say_trip(&h);
        say_bill(&h, i == 1 ? NULL : "A2", 2);
        h.m.control = i == 0 ? S("18") : S("19");
        say_end(&h, i + 1);
    }
    assert_int_equal(taking_commit(&h.d.taking), 0);
    assert_int_equal(count(&h.d, "consignment").n, 4);
    c = count(&h.d, "trip");
    assert_int_equal(c.n, 2);
    trip = str_n(c.last->head.id, 16);
    c = count(&h.d, "consignment");
    assert_true(str_eq(get(c.last, "trip"), trip)); /* #2 became the trip's id */
    assert_int_equal(h.d.sum.file->messages[FEEDS_TAKEN], 2);
    assert_int_equal(h.d.sum.file->messages[FEEDS_REFUSED], 1);
    c = count(&h.d, "message");
    assert_int_equal(c.n, 3);
    assert_true(str_eq(get(count(&h.d, "consignment").last, "message"), str_n(c.last->head.id, 16)));
    hand_close(&h);
}

static void dangling_reference_refuses(void **state)
{
    struct hand h;
    (void)state;

    hand_open(&h, "0123456789");
    h.to.begin(h.to.arg, &h.m);
    say_bill(&h, "A1", 2);
    say_end(&h, 1);
    assert_int_equal(taking_commit(&h.d.taking), 0);
    assert_int_equal(count(&h.d, "consignment").n, 0);
    assert_true(str_eq(get(count(&h.d, "fault").last, "code"), S("message.ref.dangling")));
    hand_close(&h);
}

static void reused_control_number_warns(void **state)
{
    struct hand h;
    struct census c;
    (void)state;

    hand_open(&h, "0123456789");
    for (int i = 1; i <= 3; i++) {
        h.to.begin(h.to.arg, &h.m);
        say_trip(&h);
        say_end(&h, i < 3 ? i : 2); /* the third is the second, sent again */
    }
    assert_int_equal(taking_commit(&h.d.taking), 0);
    assert_int_equal(count(&h.d, "trip").n, 2);
    c = count(&h.d, "fault");
    assert_int_equal(c.n, 1);
    assert_true(str_eq(get(c.last, "code"), S("message.control.reused")));
    assert_int_equal(h.d.sum.file->known, 1);
    hand_close(&h);
}

/* The parser dies in its second message: the first stays, the rest is kept as it came. */
static void death_keeps_the_rest(void **state)
{
    const struct child_result died = {.end = CHILD_DIED, .how = "signal 11"};
    struct hand h;
    struct census c;
    (void)state;

    hand_open(&h, "0123456789");
    h.to.begin(h.to.arg, &h.m);
    say_trip(&h);
    say_end(&h, 1);
    h.m.offset = 6;
    h.to.begin(h.to.arg, &h.m);
    say_bill(&h, "A1", 0);
    assert_int_equal(taking_file_end(&h.d.taking, &died), 0);
    assert_int_equal(taking_commit(&h.d.taking), 0);
    assert_int_equal(count(&h.d, "trip").n, 1);
    assert_int_equal(count(&h.d, "consignment").n, 0);
    c = count(&h.d, "message");
    assert_int_equal(c.n, 2);
    assert_true(str_eq(get(c.last, "verdict"), S("not-understood")));
    assert_true(str_eq(get(c.last, "verbatim"), S("6789")));
    c = count(&h.d, "fault");
    assert_true(c.n == 1 && str_eq(get(c.last, "code"), S("parser.died")));
    assert_true(str_eq(get(c.last, "found"), S("signal 11")));
    hand_close(&h);
}

/* The same while a list of persons is read, or before its first message was: the word is searched in the whole rest. */
static void death_in_a_list_of_persons_keeps_nothing(void **state)
{
    const struct child_result died = {.end = CHILD_DIED, .how = "signal 11"};
    static char late[40000];
    (void)state;

    memset(late, 'x', sizeof late - 1);
    memcpy(late + (1 << 14) - 3, "PNRGOV", 6); /* across a seam of the reading */
    for (int i = 0; i < 2; i++) {
        struct hand h;
        struct census c;
        hand_open(&h, i ? late : "0123456789");
        if (i == 0) {
            h.m.personal = true;
            h.to.begin(h.to.arg, &h.m);
            say_trip(&h);
        }
        assert_int_equal(taking_file_end(&h.d.taking, &died), 0);
        assert_int_equal(taking_commit(&h.d.taking), 0);
        c = count(&h.d, "message");
        assert_int_equal(c.n, 1);
        assert_false(record_has(c.last, schema_field(c.last->kind, S("verbatim"))));
        assert_int_equal(count(&h.d, "fragment").n, 0);
        hand_close(&h);
    }
}

/* More than a megabyte refused: the message holds the first, fragments the rest, in order. */
static void long_messages_are_kept_in_fragments(void **state)
{
    const size_t n = 2 * BYTES_MAX + 5;
    char *text = malloc(n + 1);
    struct hand h;
    struct census c;
    (void)state;

    memset(text, 'x', n);
    memcpy(text + n - 5, "tail!", 6);
    hand_open(&h, text);
    h.to.begin(h.to.arg, &h.m);
    h.m.verdict = FEEDS_REFUSED;
    say_end(&h, 1);
    assert_int_equal(taking_commit(&h.d.taking), 0);
    assert_int_equal(get(count(&h.d, "message").last, "verbatim").n, BYTES_MAX);
    c = count(&h.d, "fragment");
    assert_int_equal(c.n, 2);
    assert_true(str_eq(get(c.last, "verbatim"), S("tail!")));
    free(text);
    hand_close(&h);
}

/* A packed file is taken in as what it holds; one that is cut off is unreadable and leaves nothing. */
static void packed_files_are_unpacked_first(void **state)
{
    static const char packed[] =
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x33\x30\x34\x32\x36\x31\x35\x33\xb7\xb0"
        "\xe4\x02\x00\xd1\xe5\x76\x40\x0b\x00\x00\x00";
    struct desk d;
    struct err why;
    (void)state;

    desk_open(&d, false);
    for (size_t n = sizeof packed - 1; n > 12; n -= 10) {
        struct input in = {.name = "f.gz", .size = n, .fd = memfd_create("input", MFD_CLOEXEC)};
        char got[16] = {0};
        assert_true(write(in.fd, packed, n) == (ssize_t)n && lseek(in.fd, 0, SEEK_SET) == 0);
        assert_int_equal(input_unpack(&d.c, &in, &why), 0);
        if (n == sizeof packed - 1) {
            assert_int_equal(why.code, ERR_NONE);
            assert_int_equal(in.size, 11);
            assert_true(read(in.fd, got, sizeof got) == 11);
            assert_string_equal(got, "0123456789\n");
        } else {
            assert_int_not_equal(why.code, ERR_NONE);
        }
        input_close(&in);
    }
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken_once),
        cmocka_unit_test(refused_keeps_its_bytes),
        cmocka_unit_test(lists_of_persons_leave_no_bytes),
        cmocka_unit_test(reserved_kinds_are_refused),
        cmocka_unit_test(the_watermark_holds),
        cmocka_unit_test(threads_feed_side_by_side),
        cmocka_unit_test(whole_or_nothing),
        cmocka_unit_test(dangling_reference_refuses),
        cmocka_unit_test(reused_control_number_warns),
        cmocka_unit_test(death_keeps_the_rest),
        cmocka_unit_test(death_in_a_list_of_persons_keeps_nothing),
        cmocka_unit_test(packed_files_are_unpacked_first),
        cmocka_unit_test(long_messages_are_kept_in_fragments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
