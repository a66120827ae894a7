/* What the fixtures of X12 and EDIFACT cannot show: limits, memory, digests, tables of the user's own. */
#include "feeds/feeds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

/* An input in up to three parts, of which the middle one comes `times` times. */
struct seen {
    struct str part[3];
    uint64_t times;
    int at;
    size_t used;
    uint64_t records[4], messages, late; /* records: trip, consignment, item, other */
    char last[64];                       /* the last fault */
    char codes[4096];                    /* of the faults, blank between */
    char text[256];                      /* the last item's description, or party's name */
    uint8_t digest[32];
    enum feeds_verdict verdict;
    char profile[64], tolerated[256];
};

static long give(void *arg, void *to, size_t most)
{
    struct seen *s = arg;
    size_t done = 0;

    while (s->at < 3 && done < most) {
        struct str part = s->part[s->at];
        size_t n = part.n - s->used < most - done ? part.n - s->used : most - done;
        if (n)
            memcpy((char *)to + done, part.p + s->used, n);
        done += n;
        s->used += n;
        if (s->used == part.n) {
            s->used = 0;
            if (s->at != 1 || s->times-- <= 1)
                s->at++;
        }
    }
    return (long)done;
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    ((struct seen *)arg)->messages++;
    (void)m;
}

static void on_record(void *arg, struct record *r)
{
    static const char *const names[] = {"trip", "consignment", "item"};
    struct seen *s = arg;
    int field =
        schema_field(r->kind, str_eq(str_z(r->kind->name), S("item")) ? S("description") : S("name"));
    struct str text = record_get(r, field);
    int i = 0;

    while (i < 3 && strcmp(names[i], r->kind->name) != 0)
        i++;
    s->records[i]++;
    if (text.n)
        snprintf(s->text, sizeof s->text, "%.*s", STR_ARG(text));
}

static void on_fault(void *arg, const struct fault *f)
{
    struct seen *s = arg;
    size_t n = strlen(s->codes);

    snprintf(s->last, sizeof s->last, "%s", f->def->code);
    if (n + 64 < sizeof s->codes)
        snprintf(s->codes + n, sizeof s->codes - n, "%s ", f->def->code);
}

static void on_end(void *arg, const struct feeds_message *m)
{
    struct seen *s = arg;

    memcpy(s->digest, m->digest, sizeof s->digest);
    s->verdict = m->verdict;
    snprintf(s->profile, sizeof s->profile, "%.*s", STR_ARG(m->profile));
    snprintf(s->tolerated, sizeof s->tolerated, "%.*s", STR_ARG(m->tolerated));
}

static int parse(struct seen *s, const struct feeds_options *o, struct err *e)
{
    struct feeds_input in = {give, s, NULL};
    struct feeds_sink to = {on_begin, on_record, on_fault, on_end, s, NULL};

    return feeds_parse(&in, o, &to, e);
}

static void read_all(struct seen *s)
{
    struct err err = {0};

    if (parse(s, NULL, &err) != 0)
        fail_msg("%s", err.text);
}

#define ISA                                                                                                \
    "ISA*00*          *00*          *02*TXPC           *ZZ*CBPTEST        *261121*0915*U*00401*000000101"  \
    "*0*P*>~"
#define HEAD309                                                                                            \
    "GS*SO*TXPC*CBPTEST*20261121*0915*7*X*004010~ST*309*0001~M10*TXPC*J*MX**TRUCK*4471**1*Y~P4*2304*"      \
    "20261121~"
#define BILL      "LX*1~M11*TXPC1*57078*1*CTN*10*K******TXPC~N1*SH*SOMEONE~VID*TL**5~N10*1*CORN FLOUR~"
#define END309(n) "SE*" n "*0001~GE*1*7~IEA*1*000000101~"
#define FILE309   ISA HEAD309 BILL END309("9")

static void a_release_character_anywhere(void **state)
{
    (void)state;
    for (int shift = 0; shift < 40; shift++) {
        struct seen s = {.times = 1};
        char text[512], want[64];
        snprintf(want, sizeof want, "%.*s'X:Y+Z? END", shift,
                 "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRST");
        snprintf(
            text, sizeof text,
            "UNB+UNOA:3+A+B+261121:0915+1'UNH+1+CUSCAR:D:03B:UN'BGM+85+X+9'TDT+20++3'CNI+1'RFF+BM:1'GID+1'"
            "FTX+AAA+++%.*s?'X?:Y?+Z?? END'UNT+8+1'UNZ+1+1'",
            shift, want);
        s.part[0] = str_z(text);
        read_all(&s);
        assert_string_equal(s.text, want);
        assert_string_equal(s.codes, "");
    }
}

static void a_segment_beyond_the_limit(void **state)
{
    char *long_text = xmalloc(3000001);
    struct seen s = {.times = 1, .part = {S(ISA HEAD309 BILL "N10**"), {NULL, 0}, S("~" END309("10"))}};

    (void)state;
    memset(long_text, 'A', 3000000);
    s.part[1] = str_n(long_text, 3000000);
    read_all(&s);
    assert_non_null(strstr(s.codes, "edi.segment.long"));
    assert_null(strstr(s.codes, "x12."));
    assert_int_equal(s.verdict, FEEDS_REFUSED);
    assert_int_equal(s.records[2], 1);
    free(long_text);
}

static void one_message_larger_than_memory(void **state)
{
    struct seen s = {.times = 400 * 1000, .part = {S(ISA HEAD309), S(BILL), S(END309("2000004"))}};
    struct rusage use;

    (void)state;
    read_all(&s);
    getrusage(RUSAGE_SELF, &use);
    assert_int_equal(s.records[0], 1);
    assert_int_equal(s.records[1], 400 * 1000);
    assert_int_equal(s.records[2], 400 * 1000);
    assert_string_equal(s.codes, "edi.segment.repeat "); /* LX: 9999 at most */
#ifndef __SANITIZE_ADDRESS__
    if (getenv("ASAN_OPTIONS") == NULL)
        assert_true(use.ru_maxrss < 64 * 1024);
#endif
}

static void items_without_end(void **state)
{
    /* 100,000 continuation lines of one item: its description ends at the field's limit, memory stands still */
    struct seen s = {.times = 100 * 1000,
                     .part = {S(ISA HEAD309 BILL), S("N10**MORE OF THE SAME~"), S(END309("100009"))}};

    (void)state;
    read_all(&s);
    assert_int_equal(s.records[2], 1);
    assert_non_null(strstr(s.codes, "edi.text.long"));
    assert_string_equal(s.last, "edi.limit.faults");
}

static void a_digest_names_a_message(void **state)
{
    struct seen first = {.times = 1, .part = {S(FILE309)}}, again = first, other = first, later = first;

    (void)state;
    other.part[0] = S(
        ISA HEAD309
        "LX*1~M11*TXPC2*57078*1*CTN*10*K******TXPC~N1*SH*SOMEONE~VID*TL**5~N10*1*CORN FLOUR~" END309("9"));
    later.part[0] =
        S("ISA*00*          *00*          *02*TXPC           *ZZ*CBPTEST        *261121*0915*U*00401*"
          "000000102*0*P*>~" HEAD309 BILL "SE*9*0001~GE*1*7~IEA*1*000000102~");
    read_all(&first);
    read_all(&again);
    read_all(&other);
    read_all(&later);
    assert_memory_equal(first.digest, again.digest, 32);
    assert_memory_not_equal(first.digest, other.digest, 32);
    assert_memory_not_equal(first.digest, later.digest, 32);
    assert_int_equal(first.verdict, FEEDS_TAKEN);
    assert_string_equal(first.codes, "");
}

/* ---- tables of the user's own ---- */

static void with_tables(struct seen *s, const char *text, struct err *e, int expected)
{
    struct feeds_options o = {.profiles = str_z(text)};

    assert_int_equal(parse(s, &o, e), expected);
}

static void a_profile_of_the_users(void **state)
{
    static const char profile[] = "syntax x12\n"
                                  "profile our-carrier of 309\n"
                                  "  when sender TX*\n"
                                  "  valid 20260101..20261231\n"
                                  "  add ZZZ 0..2 below P4/LX\n"
                                  "  tolerate x12.se.count\n"
                                  "  reject x12.se.reference\n"
                                  "  at P4/LX/ZZZ\n"
                                  "    let who = 01\n"
                                  "  at P4/LX/N1\n"
                                  "    party.name := $who\n";
    struct seen s = {.times = 1};
    struct err err = {0};

    (void)state;
    s.part[0] = S(ISA HEAD309
                  "LX*1~ZZZ*SOMEBODY ELSE~M11*TXPC1*57078*1*CTN*10*K******TXPC~N1*SH*SOMEONE~" END309("1"));
    with_tables(&s, profile, &err, 0);
    assert_string_equal(s.profile, "our-carrier");
    assert_string_equal(s.codes, "");
    assert_string_equal(s.tolerated, "x12.se.count");
    assert_string_equal(s.text, "SOMEBODY ELSE");
    assert_int_equal(s.verdict, FEEDS_TAKEN);

    s = (struct seen){.times = 1, .part = {S(ISA HEAD309 BILL "SE*9*0002~GE*1*7~IEA*1*000000101~")}};
    with_tables(&s, profile, &err, 0);
    assert_string_equal(s.codes, "x12.se.reference ");
    assert_int_equal(s.verdict, FEEDS_REFUSED);
}

static void a_message_of_the_users(void **state)
{
    struct seen s = {.times = 1};
    struct err err = {0};

    (void)state;
    s.part[0] = S(
        ISA "GS*QM*TXPC*CBPTEST*20261121*0915*7*X*004010~ST*214*0001~B10*77*S1*TXPC~LX*1~SE*4*0001~GE*1*7~"
            "IEA*1*000000101~");
    with_tables(&s,
                "syntax x12\nmessage 214 004010.. x12-214\n  B10 1\n  LX 0..9\nmap 214\n  at B10\n"
                "    open trip\n    trip.mode = \"road\"\n    trip.trip_number = 02\n",
                &err, 0);
    assert_int_equal(s.records[0], 1);
    assert_int_equal(s.verdict, FEEDS_TAKEN);
    assert_string_equal(s.codes, "");
}

static void a_bad_table_names_its_line(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"segment M10 : 01 xx2\n", "line 1"},
        {"syntax x13\n", "line 1"},
        {"syntax x12\nmessage 309 x12-309\n", "line 2"},
        {"syntax x12\nmessage 309 004010.. x12-309\n  M10 1\n      N9 1\n", "line 4"},
        {"syntax x12\nmap 309\n  at M10\n    open boat\n", "line 4"},
        {"syntax x12\nmap 309\n  at M10\n    trip.bogus = 01\n", "line 4"},
        {"syntax x12\nmap 309\n  at M10\n    trip.mode = 01 as codes nowhere\n", "line 4"},
        {"syntax x12\nprofile a of 309\n  tolerate no.such.fault\n", "line 3"},
        {"syntax x12\nprofile a of 309\n\tneeds M10\n", "line 3"},
        {"syntax x12\n# a comment\n\nsegmentt M10\n", "line 4"},
        {"syntax x12\nmap 309\n  at M10\n    trip.mode = \n", "line 4"},
        {"syntax x12\nmap 309\n  at M10\n    trip.mode = 01 when\n", "line 4"},
        {"  open trip\n", "line 1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct seen s = {.times = 1, .part = {S(FILE309)}};
        struct err err = {0};
        with_tables(&s, bad[i].text, &err, -1);
        if (strstr(err.text, bad[i].says) == NULL)
            fail_msg("%s: says %s", bad[i].text, err.text);
        assert_int_equal(err.code, ERR_DATA);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_release_character_anywhere),   cmocka_unit_test(a_segment_beyond_the_limit),
        cmocka_unit_test(one_message_larger_than_memory), cmocka_unit_test(items_without_end),
        cmocka_unit_test(a_digest_names_a_message),       cmocka_unit_test(a_profile_of_the_users),
        cmocka_unit_test(a_message_of_the_users),         cmocka_unit_test(a_bad_table_names_its_line),
    };
    return cmocka_run_group_tests_name("edi", tests, NULL, NULL);
}
