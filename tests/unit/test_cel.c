/* The rule language: its grammar, its values, its logic. */
#include "cel_help.h"

static const struct cel_row literals_rows[] = {
    {"0", "0"},
    {"42", "42"},
    {"0x2A", "42"},
    {"0xffu", "255"},
    {"-0x10", "-16"},
    {"7u", "7"},
    {"7U", "7"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"- 9223372036854775808", "-9223372036854775808"},
    {"9223372036854775808", "compile: out of range"},
    {"-9223372036854775809", "compile: out of range"},
    {"18446744073709551615u", "18446744073709551615"},
    {"18446744073709551616u", "compile: out of range"},
    {"0x8000000000000000", "compile: out of range"},
    {"-0x8000000000000000", "-9223372036854775808"},
    {"1.5", "1.5"},
    {".5", "0.5"},
    {"1e3", "1000.0"},
    {"1.5E-7", "1.5e-07"},
    {"-2.25", "-2.25"},
    {"1.", "compile"},
    {"1e", "compile"},
    {"0x", "compile"},
    {"1u2", "compile"},
    {"true", "true"},
    {"false", "false"},
    {"null", "null"},
    {"'a'", "\"a\""},
    {"\"it's\"", "\"it's\""},
    {"''", "\"\""},
    {"'''a'b''c'''", "\"a'b''c\""},
    {"\"\"\"two\nlines\"\"\"", "\"two\\nlines\""},
    {"'two\nlines'", "compile: not closed"},
    {"r'a\\n'", "\"a\\\\n\""},
    {"R\"\\\"", "\"\\\\\""},
    {"'\\a\\b\\f\\n\\r\\t\\v\\\\\\?\\\"\\'\\`'", "\"\\u0007\\u0008\\u000c\\n\\r\\t\\u000b\\\\?\\\"'`\""},
    {"'\\x41\\X42\\103'", "\"ABC\""},
    {"'\\xff'", "\"ÿ\""},
    {"'\\377'", "\"ÿ\""},
    {"'\\u00f1\\U0001f600'", "\"ñ😀\""},
    {"'\\ud83d\\ude00'", "compile: escape"},
    {"'\\ud83d'", "compile: escape"},
    {"'\\U00110000'", "compile: escape"},
    {"'\\q'", "compile: escape"},
    {"'\\400'", "compile: escape"},
    {"'\\x4'", "compile: escape"},
    {"'open", "compile: not closed"},
    {"b'abc'", "\"YWJj\""},
    {"b'\\xff\\000'", "\"/wA=\""},
    {"B\"ñ\"", "\"w7E=\""},
    {"br'\\x'", "\"XHg=\""},
    {"bR'''\\'''", "\"XA==\""},
    {"rb'x'", "compile"},
    {"b'\\u00f1'", "compile: escape"},
    {"[]", "[]"},
    {"[1, 2u, 'c', [null]]", "[1,2,\"c\",[null]]"},
    {"[1, 2,]", "[1,2]"},
    {"[,]", "compile"},
    {"{}", "{}"},
    {"{'a': 1, 2: true, 3u: [], false: null,}", "{\"a\":1,\"2\":true,\"3\":[],\"false\":null}"},
    {"{1.5: 2}", "compile: {_: _}"},
    {"{'a': 1, 'a': 2}", "run: twice"},
    {"{1: 1, 1u: 2}", "run: twice"},
    {"{'a'}", "compile"},
};

static void literals(void **state)
{
    (void)state;
    CEL_ROWS(literals_rows, NULL);
}

static void grammar(void **state)
{
    static const struct cel_row rows[] = {
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"10 - 2 - 3", "5"},
        {"100 / 10 / 2", "5"},
        {"7 % 4 * 2", "6"},
        {"1 + 2 == 3 && 4 > 3", "true"},
        {"1 < 2 == true", "true"},
        {"true || false && false", "true"},
        {"false ? 1 : true ? 2 : 3", "2"},
        {"true ? false ? 1 : 2 : 3", "compile"},
        {"true ? (false ? 1 : 2) : 3", "2"},
        {"!true", "false"},
        {"!!true", "true"},
        {"!!!true", "false"},
        {"--5", "5"},
        {"---5", "-5"},
        {"-(5)", "-5"},
        {"1 - -1", "2"},
        {"1--1", "2"},
        {"!-1", "compile: !_"},
        {"[1, 2, 3][1]", "2"},
        {"{'a': {'b': [10, 20]}}.a.b[1]", "20"},
        {"{'a-b': 1}.`a-b`", "1"},
        {"{'x y': 1}.`x y`", "1"},
        {"{'package': 1}.package", "1"},
        {"1 // the rest says nothing\n + 1", "2"},
        {"// nothing\n", "compile: ends here"},
        {"\t\r\n\f 1 ", "1"},
        {"", "compile: ends here"},
        {"   ", "compile: ends here"},
        {"1 +", "compile: ends here"},
        {"1 2", "compile: found “2”"},
        {"(1", "compile: ')'"},
        {"1)", "compile"},
        {"[1", "compile: ']'"},
        {"a.", "compile: a name"},
        {"1 = 1", "compile"},
        {"1 & 1", "compile"},
        {"1 | 1", "compile"},
        {"#", "compile: has no meaning"},
        {"while", "compile: reserved word"},
        {"package + 1", "compile: reserved word"},
        {"in", "compile"},
        {"x.in", "compile"},
        {"size(1, 2,)", "compile"},
        {"Type{f: 1}", "compile: protocol buffers"},
        {"a.b.Type{}", "compile: protocol buffers"},
        {"\xff", "compile: UTF-8"},
        {"1 < 2 < 3", "compile: _<_"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void repeated(struct buf *b, const char *what, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        buf_z(b, what);
}

/* What is deep or long is taken up to a limit, and refused beyond it with a reason. */
static void limits(void **state)
{
    static const struct {
        const char *open, *middle, *close;
        unsigned times;
        const char *want;
    } rows[] = {
        {"(", "1", ")", 200, "1"},
        {"(", "1", ")", 30000, "compile: deeply"},
        {"[", "1", "]", 300, "compile: deeply"},
        {"!", "true", "", 200, "true"},
        {"!", "true", "", 5000, "compile: deeply"},
        {"-", "1", "", 5000, "compile: deeply"},
        {"1 + ", "1", "", 500, "501"},
        {"1 + ", "1", "", 5000, "compile: deeply"},
        {"true && ", "true", "", 5000, "true"},
        {"false || ", "true", "", 5000, "true"},
        {"true ? ", "1", " : 2", 100, "compile"},
        {"false ? 1 : ", "2", "", 100, "2"},
        {"false ? 1 : ", "2", "", 5000, "compile: deeply"},
        {"[0].map(x, ", "x", ")", 20, NULL},
        {"[0, 1].all(x, ", "true", ")", 60, "compile: steps"},
        {"[0].all(x, ", "true", ")", 70, "compile: within one another"},
        {"a", "", "", 70000, "compile: longer than"},
    };
    struct arena *a = arena_new();
    struct buf text, got;

    (void)state;
    buf_init(&text, 1 << 20);
    buf_init(&got, 1 << 20);
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_reset(&text);
        buf_reset(&got);
        repeated(&text, rows[i].open, rows[i].times);
        buf_z(&text, rows[i].middle);
        repeated(&text, rows[i].close, rows[i].times);
        cel_try(a, buf_view(&text), NULL, &got);
        if (rows[i].want && !cel_as_wanted(buf_view(&got), rows[i].want))
            fail_msg("%u times %s: %.*s", rows[i].times, rows[i].open, STR_ARG(buf_view(&got)));
        arena_reset(a);
    }
    buf_free(&text);
    buf_free(&got);
    arena_free(a);
}

static void arithmetic(void **state)
{
    static const struct cel_row rows[] = {
        {"9223372036854775807 + 1", "run: overflow"},
        {"-9223372036854775808 - 1", "run: overflow"},
        {"4611686018427387904 * 2", "run: overflow"},
        {"-9223372036854775808 / -1", "run: overflow"},
        {"-9223372036854775808 % -1", "run: overflow"},
        {"-(-9223372036854775808)", "run: overflow"},
        {"7 / 2", "3"},
        {"-7 / 2", "-3"},
        {"-7 % 2", "-1"},
        {"7 % -2", "1"},
        {"1 / 0", "run: division by zero"},
        {"1 % 0", "run: modulus by zero"},
        {"1u / 0u", "run: division by zero"},
        {"1u - 2u", "run: overflow"},
        {"18446744073709551615u + 1u", "run: overflow"},
        {"4294967296u * 4294967296u", "run: overflow"},
        {"7u % 4u", "3"},
        {"-1u", "compile: -_"},
        {"1.0 / 0.0", "\"Infinity\""},
        {"-1.0 / 0.0", "\"-Infinity\""},
        {"0.0 / 0.0", "\"NaN\""},
        {"0.1 + 0.2", "0.30000000000000004"},
        {"1.5 % 1.0", "compile: _%_"},
        {"1 + 1u", "compile: _+_"},
        {"1 + 1.0", "compile: _+_"},
        {"dyn(1) + 1u", "run: overload"},
        {"'a' + 'b'", "\"ab\""},
        {"'a' + b'b'", "compile: _+_"},
        {"b'a' + b'b'", "\"YWI=\""},
        {"[1] + [2, 'c']", "[1,2,\"c\"]"},
        {"[] + []", "[]"},
        {"'a' * 3", "compile: _*_"},
        {"true + true", "compile: _+_"},
        {"null + null", "compile: _+_"},
        {"{} + {}", "compile: _+_"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void equality(void **state)
{
    static const struct cel_row rows[] = {
        {"1 == 1", "true"},
        {"1 == 1u && 1u == 1.0 && 1 == 1.0", "true"},
        {"dyn(-1) == 18446744073709551615u", "false"},
        {"9007199254740993 == 9007199254740992.0", "true"},
        {"9223372036854775807 == 9223372036854775808.0", "true"},
        {"9007199254740992.0 in {9007199254740993: 1}", "false"},
        {"0.0 == -0.0", "true"},
        {"0.0 / 0.0 == 0.0 / 0.0", "false"},
        {"0.0 / 0.0 != 0.0 / 0.0", "true"},
        {"1 == '1'", "false"},
        {"dyn(1) != 'a'", "true"},
        {"null == null", "true"},
        {"null == 0", "false"},
        {"'a' == b'a'", "false"},
        {"'\\u00f1' == 'n\\u0303'", "false"},
        {"[1, 2] == [1.0, 2u]", "true"},
        {"[1, 2] == [2, 1]", "false"},
        {"[1] == [1, 2]", "false"},
        {"[[1], {'a': [2]}] == [[1u], {'a': [2.0]}]", "true"},
        {"{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true"},
        {"{1: 'a'} == {1u: 'a'}", "true"},
        {"{1: 'a'} == {1: 'b'}", "false"},
        {"{'a': 1} == {'b': 1}", "false"},
        {"[0.0 / 0.0] == [0.0 / 0.0]", "false"},
        {"int == type(1)", "true"},
        {"type(1) == type(1u)", "false"},
        {"type(int) == type", "true"},
        {"type(type) == type", "true"},
        {"list == type([1]) && map == type({1: 2})", "true"},
        {"null_type == type(null)", "true"},
        {"1 < 2u && 2u < 2.5 && 1.5 < 2", "true"},
        {"-1 < 0u", "true"},
        {"0u > -1", "true"},
        {"9223372036854775807 < 9223372036854777856.0", "true"},
        {"18446744073709551615u < 18446744073709555712.0", "true"},
        {"1 <= 1.0 && 1 >= 1.0", "true"},
        {"0.0 / 0.0 < 1.0 || 0.0 / 0.0 >= 1.0", "false"},
        {"'a' < 'b' && 'Z' < 'a' && 'a' < 'aa'", "true"},
        {"'z' < '\\u00e9' && '\\uffff' < '\\U0001f600'", "true"},
        {"b'\\x01' < b'\\xff'", "true"},
        {"false < true", "true"},
        {"1 < 'a'", "compile: _<_"},
        {"dyn(1) < 'a'", "run: overload"},
        {"[1] < [2]", "compile: _<_"},
        {"null < null", "compile: _<_"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void logic(void **state)
{
    static const struct cel_row rows[] = {
        {"true && true", "true"},
        {"1 / 0 > 1 && false", "false"},
        {"false && 1 / 0 > 1", "false"},
        {"1 / 0 > 1 && true", "run: division"},
        {"true && 1 / 0 > 1", "run: division"},
        {"1 / 0 > 1 || true", "true"},
        {"true || 1 / 0 > 1", "true"},
        {"1 / 0 > 1 || false", "run: division"},
        {"1 / 0 > 1 || 1 % 0 > 1", "run: division"},
        {"1 / 0 > 1 && 1 / 0 > 1 && false && true", "false"},
        {"false || 1 / 0 > 1 || true || 1 / 0 > 2", "true"},
        {"dyn(1) && false", "false"},
        {"dyn('a') || true", "true"},
        {"dyn(1) && true", "run: overload"},
        {"true && dyn(1)", "run: overload"},
        {"true || 1 + 'a' == 2", "true"},
        {"!dyn(1)", "run: overload"},
        {"!1", "compile: !_"},
        {"true ? 1 : 1 / 0", "1"},
        {"false ? 1 / 0 : 2", "2"},
        {"1 / 0 > 0 ? 1 : 2", "run: division"},
        {"dyn(1) ? 1 : 2", "run: overload"},
        {"1 ? 1 : 2", "compile: _?_:_"},
        {"true ? 'a' : 1", "\"a\""},
        {"(true ? 1 : 2) + 1", "2"},
        {"[true ? 1 : 2, false ? 3 : 4]", "[1,4]"},
        {"(1 / 0 == 1 ? [1] : [2]) == [1] || true", "true"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void names(void **state)
{
    static const struct cel_row rows[] = {
        {"a", "1"},
        {".a", "1"},
        {"b.c", "\"short\""},
        {"(b).c", "\"long\""},
        {"b.c.d", "run: overload"},
        {"nothing", "compile: “nothing” is not declared"},
        {"b.nothing", "run: no such key"},
        {"has(b.nothing)", "false"},
        {"has(b.e.f) && !has(b.e.g)", "true"},
        {"has(b.nothing.more)", "run: no such key"},
        {"has(a.b)", "run: overload"},
        {"has(a)", "compile: has()"},
        {"has(b['c'])", "compile: has()"},
        {"list.size()", "3"},
        {"int", "\"not a type\""},
        {"int(1.0) + a", "2"},
        {"type(a) == uint", "false"},
        {"[7].map(a, a)", "[7]"},
        {"[7].map(a, .a)", "[1]"},
        {"[1].map(b, b.c)", "run: overload"},
        {"big", "18446744073709552000.0"},
        {"type(big) == double && type(a) == type(1) && type(real) == double", "true"},
        {"b.e.f[0].g", "true"},
        {"list[0] + list[2]", "4"},
        {"nil == null", "true"},
        {"accent", "\"ñ😀/\\n\""},
        {"a.b", "run: overload"},
        {"unknown(1)", "compile: no function"},
        {"a.unknown()", "compile: no function"},
        {"size()", "compile: arguments"},
        {"size(list, list)", "compile: arguments"},
        {"'a'.contains()", "compile: arguments"},
        {"contains('a', 'b')", "compile: no function"},
    };

    (void)state;
    CEL_ROWS(rows,
             "{\"a\": 1, \"b\": {\"c\": \"long\", \"e\": {\"f\": [{\"g\": true}]}}, \"b.c\": \"short\", "
             "\"list\": [1, 2, 3], \"int\": \"not a type\", \"big\": 18446744073709551616, \"real\": 1.0, "
             "\"nil\": null, \"accent\": \"\\u00f1\\ud83d\\ude00\\/\\n\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),   cmocka_unit_test(grammar),  cmocka_unit_test(limits),
        cmocka_unit_test(arithmetic), cmocka_unit_test(equality), cmocka_unit_test(logic),
        cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
