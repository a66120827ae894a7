/* The rule language: times, durations, zones; patterns. */
#include "cel_help.h"

static void timestamps(void **state)
{
    static const struct cel_row rows[] = {
        {"timestamp('2024-02-29T23:59:59Z')", "\"2024-02-29T23:59:59Z\""},
        {"timestamp('2024-02-29T23:59:59.123456789Z')", "\"2024-02-29T23:59:59.123456789Z\""},
        {"timestamp('2024-02-29T23:59:59.100Z')", "\"2024-02-29T23:59:59.1Z\""},
        {"timestamp('2024-02-29T23:59:59-06:00')", "\"2024-03-01T05:59:59Z\""},
        {"timestamp('2024-01-01T00:00:00+14:00')", "\"2023-12-31T10:00:00Z\""},
        {"timestamp('0001-01-01T00:00:00Z')", "\"0001-01-01T00:00:00Z\""},
        {"timestamp('9999-12-31T23:59:59.999999999Z')", "\"9999-12-31T23:59:59.999999999Z\""},
        {"timestamp('0001-01-01T00:00:00+00:01')", "run: out of range"},
        {"timestamp('9999-12-31T23:59:59-00:01')", "run: out of range"},
        {"timestamp('0000-01-01T00:00:00Z')", "run: out of range"},
        {"timestamp('2023-02-29T00:00:00Z')", "run: converted"},
        {"timestamp('2024-01-01T24:00:00Z')", "run: converted"},
        {"timestamp('2024-01-01T00:00:60Z')", "run: converted"},
        {"timestamp('2024-01-01T00:00:00')", "run: converted"},
        {"timestamp('2024-01-01')", "run: converted"},
        {"timestamp('2024-01-01 00:00:00Z')", "run: converted"},
        {"timestamp('2024-01-01T00:00:00.Z')", "run: converted"},
        {"timestamp('2024-01-01T00:00:00Zx')", "run: converted"},
        {"timestamp(0)", "\"1970-01-01T00:00:00Z\""},
        {"timestamp(-1)", "\"1969-12-31T23:59:59Z\""},
        {"timestamp(253402300799)", "\"9999-12-31T23:59:59Z\""},
        {"timestamp(253402300800)", "run: out of range"},
        {"timestamp(-62135596800)", "\"0001-01-01T00:00:00Z\""},
        {"timestamp(-62135596801)", "run: out of range"},
        {"timestamp(9223372036854775807)", "run: out of range"},
        {"timestamp(timestamp(5)) == timestamp(5)", "true"},
        {"timestamp(1.5)", "compile: timestamp"},
        {"int(timestamp('1969-12-31T23:59:59.5Z'))", "-1"},
        {"string(timestamp('2024-01-01T00:00:00.250+00:00'))", "\"2024-01-01T00:00:00.25Z\""},
        {"type(timestamp(0)) == google.protobuf.Timestamp", "true"},
        {"timestamp(1) < timestamp(2) && timestamp(2) >= timestamp(2)", "true"},
        {"timestamp('2024-01-01T00:00:00.1Z') > timestamp('2024-01-01T00:00:00Z')", "true"},
        {"timestamp('2024-01-01T06:00:00Z') == timestamp('2024-01-01T00:00:00-06:00')", "true"},
        {"timestamp(0) < 1", "compile: _<_"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void durations(void **state)
{
    static const struct cel_row rows[] = {
        {"duration('1s')", "\"1s\""},
        {"duration('1h30m')", "\"5400s\""},
        {"duration('1h1m1s1ms1us1ns')", "\"3661.001001001s\""},
        {"duration('1.5h')", "\"5400s\""},
        {"duration('.5s')", "\"0.5s\""},
        {"duration('2.s')", "\"2s\""},
        {"duration('-1.5s')", "\"-1.5s\""},
        {"duration('+3ms')", "\"0.003s\""},
        {"duration('5\\u00b5s') == duration('5us')", "true"},
        {"duration('0')", "\"0s\""},
        {"duration('-0s')", "\"0s\""},
        {"duration('1500ms')", "\"1.5s\""},
        {"duration('0.1ns')", "\"0s\""},
        {"duration('9223372036.854775807s')", "\"9223372036.854775807s\""},
        {"duration('-9223372036.854775808s')", "\"-9223372036.854775808s\""},
        {"duration('-9223372036.854775809s')", "run: out of range"},
        {"duration('9223372036.854775808s')", "run: out of range"},
        {"duration('99999999999999999999h')", "run: converted"},
        {"duration('')", "run: converted"},
        {"duration('-')", "run: converted"},
        {"duration('1')", "run: converted"},
        {"duration('s')", "run: converted"},
        {"duration('.s')", "run: converted"},
        {"duration('1d')", "run: converted"},
        {"duration('1 s')", "run: converted"},
        {"duration('1s-1s')", "run: converted"},
        {"string(duration('1m'))", "\"60s\""},
        {"duration(duration('1s')) == duration('1s')", "true"},
        {"duration('1s') < duration('2s') && duration('-1s') < duration('-0.5s')", "true"},
        {"type(duration('1s')) == google.protobuf.Duration", "true"},
        {"timestamp(100) + duration('1m')", "\"1970-01-01T00:02:40Z\""},
        {"duration('1m') + timestamp(100)", "\"1970-01-01T00:02:40Z\""},
        {"timestamp(100) - duration('0.5s')", "\"1970-01-01T00:01:39.5Z\""},
        {"timestamp(100) - timestamp(200)", "\"-100s\""},
        {"timestamp('2024-01-01T00:00:00.9Z') - timestamp('2024-01-01T00:00:00.1Z')", "\"0.8s\""},
        {"timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", "run: out of range"},
        {"timestamp('2200-01-01T00:00:00Z') - timestamp('1950-01-01T00:00:00Z')", "\"7889270400s\""},
        {"timestamp('9999-12-31T23:59:59Z') + duration('1s')", "run: out of range"},
        {"timestamp('0001-01-01T00:00:00Z') - duration('1ns')", "run: out of range"},
        {"duration('1s') + duration('-1.5s')", "\"-0.5s\""},
        {"duration('9223372036s') + duration('1s')", "run: out of range"},
        {"duration('1s') - duration('1s') == duration('0s')", "true"},
        {"timestamp(1) + timestamp(1)", "compile: _+_"},
        {"duration('1s') - timestamp(1)", "compile: _-_"},
        {"duration('1s') * 2", "compile: _*_"},
        {"dyn(duration('1s')) - timestamp(1)", "run: overload"},
        {"dyn(timestamp(1)) + timestamp(1)", "run: overload"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void parts(void **state)
{
    static const struct cel_row rows[] = {
        {"t.getFullYear() == 2024 && t.getMonth() == 1 && t.getDate() == 29 && t.getDayOfMonth() == 28",
         "true"},
        {"[t.getDayOfWeek(), t.getDayOfYear(), t.getHours(), t.getMinutes(), t.getSeconds(), "
         "t.getMilliseconds()]",
         "[4,59,3,4,5,678]"},
        {"t.getHours('America/Mexico_City')", "21"},
        {"t.getDate('America/Mexico_City')", "28"},
        {"t.getHours('America/Tijuana')", "19"},
        {"timestamp('2024-07-01T12:00:00Z').getHours('America/Tijuana')", "5"},
        {"timestamp('2024-07-01T12:00:00Z').getHours('America/Mexico_City')", "6"},
        {"timestamp('2022-07-01T12:00:00Z').getHours('America/Mexico_City')", "7"},
        {"timestamp('2024-07-01T12:00:00Z').getHours('America/Ciudad_Juarez')", "6"},
        {"timestamp('2024-01-01T12:00:00Z').getHours('America/Ciudad_Juarez')", "5"},
        {"timestamp('2022-11-15T12:00:00Z').getHours('America/Ciudad_Juarez')", "6"},
        {"timestamp('2020-07-01T12:00:00Z').getHours('America/Ciudad_Juarez')", "6"},
        {"timestamp('2024-07-01T12:00:00Z').getHours('America/Ojinaga')", "7"},
        {"timestamp('2025-03-09T08:59:59Z').getHours('America/Ciudad_Juarez')", "1"},
        {"timestamp('2025-03-09T09:00:00Z').getHours('America/Ciudad_Juarez')", "3"},
        {"timestamp('2025-11-02T07:59:59Z').getHours('America/Ciudad_Juarez')", "1"},
        {"timestamp('2025-11-02T08:00:00Z').getHours('America/Ciudad_Juarez')", "1"},
        {"timestamp('2025-11-02T09:00:00Z').getHours('America/Ciudad_Juarez')", "2"},
        {"t.getMinutes('Asia/Kolkata')", "34"},
        {"t.getHours('UTC')", "3"},
        {"t.getHours('')", "3"},
        {"t.getHours('+05:30') == 8 && t.getMinutes('+05:30') == 34", "true"},
        {"t.getHours('-04:00')", "23"},
        {"t.getHours('02:00')", "5"},
        {"t.getFullYear('US/Central')", "2024"},
        {"t.getHours('Nowhere/City')", "run: zone"},
        {"t.getHours('+25:00')", "run: zone"},
        {"t.getHours(5)", "compile: getHours"},
        {"timestamp('1969-12-31T23:00:00Z').getDayOfWeek()", "3"},
        {"timestamp('1582-10-10T00:00:00Z').getDayOfYear()", "282"},
        {"timestamp('0001-01-01T00:00:00Z').getFullYear('-01:00')", "0"},
        {"timestamp('1960-01-01T00:00:00.25Z').getMilliseconds()", "250"},
        {"duration('3h5m7.25s').getHours()", "3"},
        {"duration('3h5m7.25s').getMinutes()", "185"},
        {"duration('3h5m7.25s').getSeconds()", "11107"},
        {"duration('3h5m7.25s').getMilliseconds()", "250"},
        {"duration('-1.5s').getSeconds()", "-1"},
        {"duration('-1.25s').getMilliseconds()", "-250"},
        {"duration('1h').getFullYear()", "compile: getFullYear"},
        {"duration('1h').getHours('UTC')", "run: overload"},
        {"'x'.getHours()", "compile: getHours"},
    };
    static char text[8192];
    struct cel_row with[COUNT(rows)];
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) { /* with t bound to a moment */
        struct str s = str_z(rows[i].text);
        with[i] = rows[i];
        with[i].text = text + n;
        if (s.p[0] == 't' && s.p[1] == '.')
            n += (size_t)snprintf(text + n, sizeof text - n,
                                  "cel.bind(t, timestamp('2024-02-29T03:04:05.678Z'), %s)", s.p);
        else if (s.p[0] == '[')
            n += (size_t)snprintf(text + n, sizeof text - n,
                                  "cel.bind(t, timestamp('2024-02-29T03:04:05.678Z'), %s)", s.p);
        else
            n += (size_t)snprintf(text + n, sizeof text - n, "%s", s.p);
        n++;
        assert_true(n < sizeof text);
    }
    cel_rows(with, COUNT(with), NULL);
}

static const struct {
    const char *text, *pattern;
    int found;
} patterns_rows[] = {
    {"alcohol", "coh", 1},
    {"alcohol", "^coh", 0},
    {"alcohol", "^alco", 1},
    {"alcohol", "hol$", 1},
    {"alcohol", "^alcohol$", 1},
    {"alcohols", "^alcohol$", 0},
    {"", "", 1},
    {"", "^$", 1},
    {"a", "^$", 0},
    {"abc", "a.c", 1},
    {"a\nc", "a.c", 0},
    {"a\nc", "(?s)a.c", 1},
    {"a\nb", "^b", 0},
    {"a\nb", "(?m)^b", 1},
    {"a\nb", "(?m)a$", 1},
    {"a\nb", "a$", 0},
    {"a\n", "a$", 0},
    {"ac", "ab*c", 1},
    {"abbbc", "ab*c", 1},
    {"ac", "ab+c", 0},
    {"abc", "ab?c", 1},
    {"abbc", "^ab?c$", 0},
    {"aaa", "^a{3}$", 1},
    {"aaaa", "^a{3}$", 0},
    {"aaaa", "^a{2,3}$", 0},
    {"aaaa", "^a{2,}$", 1},
    {"a{2", "^a\\{2$", 1},
    {"a{,2}", "^a{,2}$", 1},
    {"x", "^a{0}x$", 1},
    {"acetone", "acetone|ether", 1},
    {"ether", "^(acetone|ether)$", 1},
    {"ethers", "^(?:acetone|ether)$", 0},
    {"ethers", "^acetone|ether", 1},
    {"b", "^(a|)b$", 1},
    {"abab", "^(ab)*$", 1},
    {"aba", "^(ab)*$", 0},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "^(a*)*$", 0},
    {"aaaa", "^(a?){4}a{4}$", 1},
    {"HCl", "(?i)^hcl$", 1},
    {"Ñandú", "(?i)^ñANDÚ$", 1},
    {"hcl", "^(?i)HCL$", 1},
    {"hCL", "^h(?i:cl)$", 1},
    {"HCL", "^h(?i:cl)$", 0},
    {"\xe2\x84\xaa", "(?i)^k$", 1}, /* the sign for kelvin */
    {"x1", "^\\w\\d$", 1},
    {"ñ", "^\\w$", 0},
    {"ñ", "^\\pL$", 1},
    {"ñ", "^\\p{Ll}$", 1},
    {"ñ", "^\\p{Lu}$", 0},
    {"ñ", "^\\PL$", 0},
    {"ñ", "^\\p{^Lu}$", 1},
    {"Ж", "^\\p{Cyrillic}$", 1},
    {"Ж", "^\\p{Latin}$", 0},
    {"a", "\\p{Nowhere}", -1},
    {" \t", "^\\s+$", 1},
    {"\v", "\\s", 0},
    {"a", "\\D\\B|\\D", 1},
    {"a-b", "^[a-c]-[^a]$", 1},
    {"]", "^[]]$", 1},
    {"a", "^[^]]$", 1},
    {"-", "^[a-]$", 1},
    {"^", "^[a^]$", 1},
    {"d", "^[[:alpha:]]$", 1},
    {"d", "^[[:^alpha:]]$", 0},
    {"7", "^[[:digit:]x]$", 1},
    {"d", "[[:nothing:]]", -1},
    {"\\", "^[\\\\]$", 1},
    {"\n", "^[\\n\\x41]$", 1},
    {"ñ", "^[à-ÿ]$", 1},
    {"b", "[z-a]", -1},
    {"b", "[a-\\d]", -1},
    {"word here", "\\bhere\\b", 1},
    {"wordhere", "\\bhere", 0},
    {"wordhere", "\\Bhere", 1},
    {"a\nb", "\\Ab", 0},
    {"ab", "b\\z", 1},
    {"a+b", "\\Qa+b\\E", 1},
    {"a+b!", "^\\Qa+b\\E!$", 1},
    {"A", "^\\x41$", 1},
    {"\xf0\x9f\x98\x80", "^\\x{1f600}$", 1},
    {"\xf0\x9f\x98\x80", "^.$", 1},
    {"S", "^\\123$", 1},
    {"a.b", "^a\\.b$", 1},
    {"aXb", "^a\\.b$", 0},
    {"x", "(?P<name>x)", 1},
    {"x", "(?<name>x)", 1},
    {"x", "(?P<n-m>x)", -1},
    {"xx", "x*?x+?x??", 1},
    {"x", "(", -1},
    {"x", ")", -1},
    {"x", "[", -1},
    {"x", "*x", -1},
    {"x", "x**", -1},
    {"x", "x{2}{3}", -1},
    {"x", "x{1001}", -1},
    {"x", "x{3,2}", -1},
    {"x", "(?=x)", -1},
    {"x", "(?<!x)", -1},
    {"x", "(x)\\1", -1},
    {"x", "\\", -1},
    {"x", "\\y", -1},
    {"x", "\\x{110000}", -1},
    {"x", "(?z)x", -1},
    {"x", "((((x{1000}){1000}){1000}){1000})", -1},
    {"x", "(((){1000}){1000}){1000}", -1},
    {"precursor acetone 55 gal", "acetone", 1},
    {"aab", "ab", 1},
    {"ñañañb", "ñb", 1},
};

/* Patterns: text, pattern, and whether it is found; -1: the pattern is refused. */
static void patterns(void **state)
{
    struct arena *a = arena_new();
    struct cel_value value[2];
    struct cel_var var[2] = {{.name = S("t")}, {.name = S("p")}};
    struct cel_env env = {.var = var, .vars = 2, .costs = UINT64_C(1) << 40};
    struct cel_program *p;
    struct cel_wrong wrong;
    struct cel_run run = {.arena = a};
    struct buf text;

    (void)state;
    buf_init(&text, 4096);
    for (size_t i = 0; i < COUNT(patterns_rows); i++) {
        int whole, part;
        value[0] = cel_string(str_z(patterns_rows[i].text));
        value[1] = cel_string(str_z(patterns_rows[i].pattern));
        assert_int_equal(cel_compile(a, &env, S("t.matches(p)"), &p, &wrong), 0);
        whole = cel_run(p, value, &run) < 0 ? -1 : (int)run.value.i;
        assert_true(run.steps <= cel_cost(p));
        buf_reset(&text);
        buf_fmt(&text, "t.matches(r'''%s''')", patterns_rows[i].pattern);
        part = -1;
        if (cel_compile(a, &env, buf_view(&text), &p, &wrong) == 0)
            part = cel_run(p, value, &run) < 0 ? -2 : (int)run.value.i;
        if (whole != patterns_rows[i].found || part != patterns_rows[i].found)
            fail_msg("%s in %s: %d, %d", patterns_rows[i].pattern, patterns_rows[i].text, whole, part);
    }
    buf_free(&text);
    arena_free(a);
}

/* Ten thousand letters against a pattern that makes others hang. */
static void hostile_pattern(void **state)
{
    struct arena *a = arena_new();
    struct buf text, got;

    (void)state;
    buf_init(&text, 1 << 16);
    buf_init(&got, 4096);
    buf_z(&text, "'");
    for (int i = 0; i < 10000; i++)
        buf_z(&text, "a");
    buf_z(&text, "'.matches('^(a|a|aa)*(a*)*b$')");
    cel_try(a, buf_view(&text), NULL, &got);
    assert_true(str_eq(buf_view(&got), S("false")));
    buf_free(&text);
    buf_free(&got);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timestamps), cmocka_unit_test(durations),       cmocka_unit_test(parts),
        cmocka_unit_test(patterns),   cmocka_unit_test(hostile_pattern),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
