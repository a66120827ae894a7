/* What carried a message, beyond what the fixtures show: places in the input as it came, memory, the digest, and that
 * --whole gives the same bytes back. */
#include "base/crypto.h"
#include "feeds/feeds.h"
#include "feeds/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

#define MESSAGE                                                                                            \
    "UNB+UNOC:3+TXPC:ZZ+ADUANA:ZZ+261121:0915+77'\nUNH+M1+CUSCAR:D:03B:UN'\nBGM+85+TXPC4471X21+9'\n"       \
    "DTM+132:202611210930:203'\nLOC+60+2304:77'\nNAD+CA+TXPC:172++TRANSPORTES DE LA PE\xc3\x91"            \
    "A'\n"                                                                                                 \
    "TDT+11+4471+3+:::BT+TXPC+++TX991:::'\nCNI+1+MASTER77'\nRFF+BM:TXPC8812045'\nGID+1+40:CT'\n"           \
    "FTX+AAA+++CORN'\nMEA+AAE+G+KGM:8Q2.5'\nUNT+12+M1'\nUNZ+1+77'\n"
#define WRONG "8Q2.5" /* no number: the fault stands here */

struct seen {
    struct str left;
    uint64_t fault, offset, bytes, messages;
    uint8_t digest[32];
};

static long give(void *arg, void *to, size_t most)
{
    struct seen *s = arg;
    size_t n = s->left.n < most ? s->left.n : most;

    if (n)
        memcpy(to, s->left.p, n);
    s->left = str_n(s->left.p + n, s->left.n - n);
    return (long)n;
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    (void)arg;
    (void)m;
}

static void on_record(void *arg, struct record *r)
{
    (void)arg;
    (void)r;
}

static void on_fault(void *arg, const struct fault *f)
{
    struct seen *s = arg;

    assert_string_equal(f->def->code, "edi.element.number");
    s->fault = f->place.offset;
}

static void on_end(void *arg, const struct feeds_message *m)
{
    struct seen *s = arg;

    s->messages++;
    s->offset = m->offset;
    s->bytes = m->bytes;
    memcpy(s->digest, m->digest, sizeof s->digest);
}

static struct seen parse(struct str bytes)
{
    struct seen s = {.left = bytes};
    const struct feeds_input in = {give, &s, NULL};
    const struct feeds_sink to = {on_begin, on_record, on_fault, on_end, &s, NULL};
    struct err e = {0};

    assert_int_equal(feeds_parse(&in, NULL, &to, &e), 0);
    return s;
}

/* ---- the same message, carried ---- */

static void quoted(struct buf *b, struct str s)
{
    struct str line;

    while (s.n && str_split(&s, '\n', &line)) {
        buf_z(b, "> ");
        buf_str(b, line);
        buf_char(b, '\n');
    }
}

static void printable(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (i % 60 == 59)
            buf_z(b, "=\r\n");
        if ((unsigned char)s.p[i] >= 0x80 || s.p[i] == '\n')
            buf_fmt(b, "=%02X", (unsigned char)s.p[i]);
        else
            buf_char(b, s.p[i]);
    }
}

static void base64(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i += 57) {
        base64_put(b, str_n(s.p + i, s.n - i < 57 ? s.n - i : 57));
        buf_z(b, "\r\n");
    }
}

static void utf16(struct buf *b, struct str s) /* of text below U+0800 */
{
    buf_put(b, "\xff\xfe", 2);
    for (size_t i = 0; i < s.n; i++) {
        unsigned c = (unsigned char)s.p[i];
        if (c >= 0xc0)
            c = (c & 0x1f) << 6 | ((unsigned char)s.p[++i] & 0x3f);
        buf_char(b, (char)(c & 0xff));
        buf_char(b, (char)(c >> 8));
    }
}

static void enclosed(struct buf *b, struct str s)
{
    buf_z(b, "<?xml version=\"1.0\"?><a b=\"x>y\"><![CDATA[");
    buf_str(b, s);
    buf_z(b, "]]></a>");
}

static void (*const carriers[])(struct buf *b, struct str s) = {quoted, printable, base64, utf16, enclosed};

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static void places_are_those_of_the_input(void **state)
{
    struct seen plain = parse(S(MESSAGE));
    struct buf b;

    (void)state;
    assert_int_equal(plain.fault, strstr(MESSAGE, WRONG) - MESSAGE);
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < COUNT(carriers); i++) {
        struct seen s;
        const char *at;

        buf_reset(&b);
        carriers[i](&b, S(MESSAGE));
        s = parse(buf_view(&b));
        assert_int_equal(s.messages, 1);
        assert_memory_equal(s.digest, plain.digest, sizeof s.digest);
        assert_true(s.offset + s.bytes <= b.n);
        at = carriers[i] == utf16 ? memmem(b.p, b.n, "8\0Q", 3) : memmem(b.p, b.n, WRONG, 5);
        if (carriers[i] != base64)
            assert_int_equal(s.fault, at - b.p);
        else
            assert_true(distance(s.fault, plain.fault * 4 / 3 + plain.fault / 57 * 2) < 4);
    }
    buf_free(&b);
}

/* One layer in another: places go through all of them. */
static void places_go_through_every_layer(void **state)
{
    struct buf one, two;
    struct seen s;

    (void)state;
    buf_init(&one, 1 << 20);
    buf_init(&two, 1 << 20);
    printable(&one, S(MESSAGE));
    buf_z(&one, "\n");
    quoted(&two, buf_view(&one));
    s = parse(buf_view(&two));
    assert_int_equal(s.fault, (const char *)memmem(two.p, two.n, WRONG, 5) - two.p);
    buf_reset(&one);
    utf16(&one, buf_view(&two));
    s = parse(buf_view(&one));
    assert_int_equal(s.fault, (const char *)memmem(one.p, one.n, "8\0Q", 3) - one.p);
    buf_free(&one);
    buf_free(&two);
}

/* A mail of any length takes no more memory than a short one. */
static void memory_is_bounded(void **state)
{
    struct rusage before, after;
    struct buf text, b;
    struct seen s;

    (void)state;
    buf_init(&text, 64 << 20);
    buf_init(&b, 128 << 20);
    while (text.n < 16 << 20)
        buf_str(&text, S(MESSAGE));
    printable(&b, buf_view(&text));
    getrusage(RUSAGE_SELF, &before);
    s = parse(buf_view(&b));
    getrusage(RUSAGE_SELF, &after);
    assert_true(s.messages > 10000);
    assert_int_equal(memcmp(b.p + s.fault, WRONG, 3), 0);
#ifndef __SANITIZE_ADDRESS__
    assert_true(after.ru_maxrss - before.ru_maxrss < 16 << 10);
#endif
    buf_free(&text);
    buf_free(&b);
}

/* ---- with nothing left out ---- */

static void keep(void *arg, struct str line)
{
    buf_str(arg, line);
}

static void whole_gives_the_mail_back(void **state)
{
    struct buf b, lines, out;

    (void)state;
    buf_init(&b, 1 << 20);
    buf_init(&lines, 1 << 20);
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < COUNT(carriers); i++) {
        struct seen s = {0};
        const struct feeds_input in = {give, &s, NULL};
        const struct feeds_options options = {.whole = true};
        struct faults faults = {.put = NULL};
        const struct feeds_write how = {.format = "edifact-cuscar", .faults = &faults};
        struct feeds_lines l;
        struct feeds_sink to;
        struct err e = {0};

        buf_reset(&b);
        buf_reset(&lines);
        buf_reset(&out);
        carriers[i](&b, S(MESSAGE));
        s.left = buf_view(&b);
        to = feeds_lines(&l, LANG_EN, keep, &lines);
        l.whole = true;
        assert_int_equal(feeds_parse(&in, &options, &to, &e), 0);
        feeds_lines_free(&l);
        s.left = buf_view(&lines);
        assert_int_equal(feeds_write_lines(&in, &how, &out, &e), 0);
        assert_int_equal(out.n, b.n);
        assert_memory_equal(out.p, b.p, b.n);
    }
    buf_free(&b);
    buf_free(&lines);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_those_of_the_input),
        cmocka_unit_test(places_go_through_every_layer),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(whole_gives_the_mail_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
