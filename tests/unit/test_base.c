/* The ground floor: strings, arena, buffers, calendar, ids, JSON and CBOR text, hashes, signatures, sandbox. */
#include "base/base.h"
#include "base/cbor.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/sandbox.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct str hex(struct arena *a, const char *z)
{
    size_t n, max = strlen(z) / 2;
    char *p = arena_alloc(a, max + 1);
    assert_true(hex_decode(str_z(z), p, max, &n));
    return str_n(p, n);
}

static void assert_str(struct str s, const char *z)
{
    assert_int_equal(s.n, strlen(z));
    assert_memory_equal(s.p, z, s.n);
}

static void strings(void **state)
{
    static const char *const bad[] = {
        "", "-", "+1", "1a", " 1", "9223372036854775808", "-9223372036854775809"};
    struct str rest = S("a,,b"), part;
    int64_t i;
    (void)state;

    for (size_t n = 0; n < COUNT(bad); n++)
        assert_false(str_int(str_z(bad[n]), &i));
    assert_true(str_int(S("-9223372036854775808"), &i));
    assert_true(i == INT64_MIN);
    assert_true(str_int(S("9223372036854775807"), &i));
    assert_true(i == INT64_MAX);
    assert_str(str_trim(S(" \t x y\r\n")), "x y");
    assert_true(str_split(&rest, ',', &part) && str_eq(part, S("a")));
    assert_true(str_split(&rest, ',', &part) && part.n == 0);
    assert_true(str_split(&rest, ',', &part) && str_eq(part, S("b")));
    assert_false(str_split(&rest, ',', &part));
    assert_true(str_cmp(S("ab"), S("abc")) < 0 && str_cmp(S("b"), S("abc")) > 0 &&
                str_cmp(S(""), S("")) == 0);
}

static void utf8(void **state)
{
    static const char *const good[] = {
        "", "abc", "\xc3\xb1", "\xe2\x82\xac", "\xf0\x9f\x9a\x9a", "12345678\xc3\xb1"};
    static const char *const bad[] = {"\x80",         "\xc0\xaf",         "\xc3", "\xe0\x80\xaf",
                                      "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5", "1234567\xff"};
    (void)state;

    for (size_t n = 0; n < COUNT(good); n++)
        assert_true(str_utf8(str_z(good[n])));
    for (size_t n = 0; n < COUNT(bad); n++)
        assert_false(str_utf8(str_z(bad[n])));
}

static void arenas(void **state)
{
    struct arena *a = arena_new();
    char *zero;
    (void)state;

    for (int round = 0; round < 3; round++) {
        for (size_t n = 1; n < 3000000; n *= 3) {
            zero = arena_alloc(a, n);
            assert_int_equal((uintptr_t)zero % 16, 0);
            for (size_t i = 0; i < n; i += n / 7 + 1)
                assert_int_equal(zero[i], 0);
            memset(zero, 0xff, n);
        }
        assert_true(arena_used(a) > 2000000);
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    assert_str(arena_fmt(a, "%d-%s", 7, "x"), "7-x");
    arena_free(a);
    arena_free(NULL);
}

static void buffers(void **state)
{
    struct buf b;
    (void)state;

    buf_init(&b, 10);
    buf_z(&b, "12345");
    buf_fmt(&b, "%d", 678);
    assert_false(b.over);
    buf_z(&b, "too much");
    assert_true(b.over);
    buf_char(&b, '9');
    assert_int_equal(b.n, 8); /* nothing after the overflow, not even what would fit */
    buf_reset(&b);
    buf_z(&b, "1234567890");
    assert_false(b.over);
    buf_free(&b);
}

static void calendar(void **state)
{
    int y, m, d;
    int64_t us;
    bool zoned;
    char text[TIME_SIZE];
    static const char *const bad[] = {"2026-02-29",           "2026-13-01",       "2026-11-21T24:00",
                                      "2026-11-21T10:60",     "26-11-21",         "2026-11-21T10:00+25:00",
                                      "2026-11-21T10:00:00.", "2026-11-21 10:00", ""};
    (void)state;

    assert_true(date_valid(2024, 2, 29) && !date_valid(2026, 2, 29) && date_valid(2000, 2, 29) &&
                !date_valid(1900, 2, 29));
    for (int64_t day = -800000; day < 800000; day += 97) {
        date_of(day, &y, &m, &d);
        assert_int_equal(date_days(y, m, d), day);
    }
    assert_true(time_parse(S("2026-11-21T20:59:00.25-06:00"), &us, &zoned) && zoned);
    assert_int_equal(time_format(us, text), strlen("2026-11-22T02:59:00.250000Z"));
    assert_string_equal(text, "2026-11-22T02:59:00.250000Z");
    assert_true(time_parse(S("2026-11-21T08:30"), &us, &zoned) && !zoned);
    assert_true(time_parse(S("1969-12-31"), &us, &zoned));
    time_format(us, text);
    assert_string_equal(text, "1969-12-31T00:00:00Z");
    for (size_t n = 0; n < COUNT(bad); n++)
        assert_false(time_parse(str_z(bad[n]), &us, &zoned));
}

static void identities(void **state)
{
    struct world_fake w;
    uint8_t one[16], two[16], back[16];
    char text[UUID_SIZE];
    (void)state;

    world_fake(&w, INT64_C(1645557742000000), 1000, 7); /* RFC 9562 A.6's time: 017F22E2-79B0 */
    w.step = 0;
    uuid_v7(&w.world, one);
    w.time += 1000;
    uuid_v7(&w.world, two);
    assert_true(memcmp(one, two, 16) < 0);
    uuid_format(one, text);
    assert_memory_equal(text, "017f22e2-79b0-7", 15);
    assert_true(uuid_parse(str_z(text), back));
    assert_memory_equal(one, back, 16);
    text[8] = '+';
    assert_false(uuid_parse(str_z(text), back));
}

static void json(void **state)
{
    struct buf b;
    (void)state;

    buf_init(&b, 1000);
    json_str(&b, str_n("a\"\\\n\x01\xc3\xb1\xff", 8));
    assert_str(buf_view(&b), "\"a\\\"\\\\\\n\\u0001\xc3\xb1\xef\xbf\xbd\"");
    buf_reset(&b);
    json_decimal(&b, 12340, 3);
    buf_char(&b, ' ');
    json_decimal(&b, -5, 3);
    buf_char(&b, ' ');
    json_decimal(&b, 7000, 3);
    buf_char(&b, ' ');
    json_int(&b, INT64_MIN);
    assert_str(buf_view(&b), "12.34 -0.005 7 -9223372036854775808");
    buf_reset(&b);
    buf_char(&b, '{');
    json_key(&b, "a");
    json_int(&b, 1);
    json_key(&b, "b");
    assert_str(buf_view(&b), "{\"a\":1,\"b\":");
    buf_free(&b);
}

/* RFC 8949 appendix A, the rows inside our subset, and forms outside it. */
static void cbor(void **state)
{
    static const struct {
        int64_t i;
        const char *hex;
    } ints[] = {{0, "00"},
                {23, "17"},
                {24, "1818"},
                {100, "1864"},
                {1000, "1903e8"},
                {1000000, "1a000f4240"},
                {1000000000000, "1b000000e8d4a51000"},
                {-1, "20"},
                {-100, "3863"},
                {-1000, "3903e7"}};
    static const char *const bad[] = {
        "",       "1817", "190017",     "1a0000ffff", "1b00000000ffffffff", "5f",
        "9f",     "c0",   "f6",         "f97c00",     "fb3ff199999999999a", "62c328",
        "45aabb", "1c",   "9a00ffffff", "f8ff",       "1bffffffffffffffff"};
    struct arena *a = arena_new();
    struct buf b;
    struct cbor_item item;
    (void)state;

    buf_init(&b, 100);
    for (size_t n = 0; n < COUNT(ints); n++) {
        struct str in;
        buf_reset(&b);
        cbor_int(&b, ints[n].i);
        assert_str(hex_encode(a, buf_view(&b)), ints[n].hex);
        in = buf_view(&b);
        assert_true(cbor_expect(&in, CBOR_INT, &item) && in.n == 0);
        assert_true(item.i == ints[n].i);
    }
    for (size_t n = 0; n < COUNT(bad); n++) {
        struct str in = hex(a, bad[n]);
        assert_false(cbor_read(&in, &item));
    }
    buf_free(&b);
    arena_free(a);
}

static void hashes(void **state)
{
    struct arena *a = arena_new();
    struct str parts[] = {S("a"), S(""), S("bc")};
    struct sha256_run *run = sha256_new();
    uint8_t out[32], again[32];
    size_t n;
    (void)state;

    sha256(out, parts, 3); /* FIPS 180-4: "abc" */
    assert_str(hex_encode(a, str_n(out, 32)),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_add(run, S("ab"));
    sha256_add(run, S("c"));
    sha256_end(run, again);
    assert_memory_equal(out, again, 32);
    assert_str(base64_encode(a, S("puente")), "cHVlbnRl");
    assert_true(base64_decode(S("cHVlbnRl"), out, sizeof out, &n) && n == 6);
    assert_false(base64_decode(S("cHVlbnR"), out, sizeof out, &n));
    assert_false(base64_decode(S("cHVl bnRl"), out, sizeof out, &n));
    assert_false(base64_decode(S("cHVlbnRl"), out, 5, &n));
    assert_false(hex_decode(S("abc"), out, sizeof out, &n));
    arena_free(a);
}

/* RFC 8032 §7.1, test 2. */
static void signatures(void **state)
{
    struct arena *a = arena_new();
    struct str seed = hex(a, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    uint8_t pub[SIGN_PUBLIC], secret[SIGN_SECRET], sig[SIGN_SIZE];
    (void)state;

    sign_keypair(pub, secret, (const uint8_t *)seed.p);
    assert_str(hex_encode(a, str_n(pub, 32)),
               "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    sign_bytes(sig, S("r"), secret);
    assert_str(hex_encode(a, str_n(sig, 64)),
               "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
               "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    assert_true(sign_check(sig, S("r"), pub));
    assert_false(sign_check(sig, S("s"), pub));
    arena_free(a);
}

static void files(void **state)
{
    char dir[] = "/tmp/puente-test-XXXXXX";
    struct arena *a = arena_new();
    struct err e = {0};
    struct str path, got;
    (void)state;

    assert_non_null(mkdtemp(dir));
    path = path_join(a, dir, "file");
    assert_int_equal(file_write(path.p, S("one"), 0600, &e), 0);
    assert_int_equal(file_write(path.p, S("two"), 0600, &e), 0);
    assert_int_equal(file_read(a, path.p, 3, &got, &e), 0);
    assert_str(got, "two");
    assert_int_equal(file_read(a, path.p, 2, &got, &e), -1);
    assert_int_equal(e.code, ERR_LIMIT);
    unlink(path.p);
    assert_int_equal(file_read(a, path.p, 2, &got, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_int_equal(file_write(path_join(a, path.p, "x").p, S("x"), 0600, &e), -1);
    rmdir(dir);
    arena_free(a);
}

static void sandbox(void **state)
{
    int status;
    (void)state;

    for (int forbidden = 0; forbidden < 2; forbidden++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct err e = {0};
            char *p;
            if (sandbox_enter(&e) < 0)
                _exit(77);
            p = malloc(5000000);
            p[4999999] = 1;
            if (forbidden)
                socket(AF_INET, SOCK_STREAM, 0);
            _exit(p[4999999] == 1 ? 0 : 1);
        }
        waitpid(child, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
            print_message("skip: no seccomp here\n");
            return;
        }
        if (forbidden)
            assert_true(WIFSIGNALED(status));
        else
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

/* The server's requests have threads, and a child forked by one gets its memory another way. */
static void *fork_from_a_thread(void *arg)
{
    char *volatile first = malloc(64); /* this thread's own heap */
    pid_t child = fork();

    if (child == 0) {
        struct err e = {0};
        if (sandbox_enter(&e) < 0)
            _exit(0);
        for (int i = 0; i < 1000; i++) { /* too small for mmap: the heap has to grow */
            char *volatile p = malloc(4096);
            p[4095] = 1;
        }
        _exit(0);
    }
    waitpid(child, arg, 0);
    free(first);
    return NULL;
}

static void sandbox_in_a_thread(void **state)
{
    pthread_t thread;
    int status = -1;
    (void)state;

    assert_int_equal(pthread_create(&thread, NULL, fork_from_a_thread, &status), 0);
    pthread_join(thread, NULL);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void languages(void **state)
{
    struct err e = {.lang = LANG_EN};
    (void)state;

    assert_int_equal(lang_parse("es_MX.UTF-8", LANG_EN), LANG_ES);
    assert_int_equal(lang_parse("es", LANG_EN), LANG_ES);
    assert_int_equal(lang_parse("estonian", LANG_EN), LANG_EN);
    assert_int_equal(lang_parse("C.UTF-8", LANG_ES), LANG_ES);
    assert_int_equal(lang_parse(NULL, LANG_ES), LANG_ES);
    assert_string_equal(tr(LANG_ES, "a text that no catalogue has"), "a text that no catalogue has");
    assert_string_equal(tr(LANG_ES, "cannot read %s: %s"), "no se puede leer %s: %s");
    assert_int_equal(err_set(&e, ERR_IO, "cannot read %s: %s", "x", "y"), -1);
    assert_string_equal(e.text, "cannot read x: y");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(utf8),
        cmocka_unit_test(arenas),
        cmocka_unit_test(buffers),
        cmocka_unit_test(calendar),
        cmocka_unit_test(identities),
        cmocka_unit_test(json),
        cmocka_unit_test(cbor),
        cmocka_unit_test(hashes),
        cmocka_unit_test(signatures),
        cmocka_unit_test(files),
        cmocka_unit_test(sandbox),
        cmocka_unit_test(sandbox_in_a_thread),
        cmocka_unit_test(languages),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
