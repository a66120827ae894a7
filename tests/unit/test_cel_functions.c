/* The functions of the rule language: conversions, texts, lists, sets, numbers, optional values. */
#include "cel_help.h"

static void conversions(void **state)
{
    static const struct cel_row rows[] = {
        {"int(3.99)", "3"},
        {"int(-3.99)", "-3"},
        {"int(5u)", "5"},
        {"int('-17')", "-17"},
        {"int('+17')", "17"},
        {"int('9223372036854775808')", "run: converted"},
        {"int('-9223372036854775808')", "-9223372036854775808"},
        {"int('')", "run: converted"},
        {"int(' 1')", "run: converted"},
        {"int('0x10')", "run: converted"},
        {"int('1.0')", "run: converted"},
        {"int(9223372036854775808u)", "run: out of range"},
        {"int(1e19)", "run: out of range"},
        {"int(0.0 / 0.0)", "run: out of range"},
        {"int(true)", "compile: int"},
        {"int(timestamp('1970-01-01T00:01:00Z'))", "60"},
        {"uint(7)", "7"},
        {"uint(-1)", "run: out of range"},
        {"uint(3.7)", "3"},
        {"uint(-0.5)", "run: out of range"},
        {"uint(18446744073709551616.0)", "run: out of range"},
        {"uint('18446744073709551615')", "18446744073709551615"},
        {"uint('-1')", "run: converted"},
        {"double(3)", "3.0"},
        {"double(3u)", "3.0"},
        {"double('-1.5e2')", "-150.0"},
        {"double('.5')", "0.5"},
        {"double('NaN')", "\"NaN\""},
        {"double('-Infinity')", "\"-Infinity\""},
        {"double('0x1p3')", "run: converted"},
        {"double('1 ')", "run: converted"},
        {"double('')", "run: converted"},
        {"string(1)", "\"1\""},
        {"string(-9223372036854775808)", "\"-9223372036854775808\""},
        {"string(7u)", "\"7\""},
        {"string(1.5)", "\"1.5\""},
        {"string(2.0)", "\"2\""},
        {"string(1e21)", "\"1e+21\""},
        {"string(123456789012.0)", "\"123456789012\""},
        {"string(0.0001)", "\"0.0001\""},
        {"string(0.00001)", "\"1e-05\""},
        {"string(0.1 + 0.2)", "\"0.30000000000000004\""},
        {"string(-0.0)", "\"-0\""},
        {"string(5e-324)", "\"5e-324\""},
        {"string(1.7976931348623157e308)", "\"1.7976931348623157e+308\""},
        {"string(true)", "\"true\""},
        {"string(b'\\xc3\\xb1')", "\"ñ\""},
        {"string(b'\\xff')", "run: UTF-8"},
        {"string(null)", "compile: string"},
        {"string([1])", "compile: string"},
        {"bytes('\\u00f1')", "\"w7E=\""},
        {"bool('true') && bool('1') && bool('T') && bool('True')", "true"},
        {"bool('FALSE') || bool('0') || bool('f')", "false"},
        {"bool('yes')", "run: converted"},
        {"bool('tRuE')", "run: converted"},
        {"bool(1)", "compile: bool"},
        {"dyn([1, 'a'])", "[1,\"a\"]"},
        {"type(dyn(1))", "\"int\""},
        {"type([]) == list", "true"},
        {"string(dyn(null))", "run: overload"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static const struct cel_row texts_rows[] = {
    {"size('')", "0"},
    {"'\\U0001f600\\u00f1'.size()", "2"},
    {"size(b'\\U0001f600')", "compile: escape"},
    {"size(b'ñ')", "2"},
    {"size([1, 2]) + {1: 2}.size()", "3"},
    {"size(1)", "compile: size"},
    {"'banana'.contains('nan') && 'a'.contains('') && !'a'.contains('ab')", "true"},
    {"'banana'.startsWith('ban') && 'a'.startsWith('') && !'a'.startsWith('ab')", "true"},
    {"'banana'.endsWith('ana') && 'a'.endsWith('') && !'a'.endsWith('ba')", "true"},
    {"'a'.contains(1)", "compile: contains"},
    {"dyn('a').contains(dyn(1))", "run: overload"},
    {"'ñandú'.charAt(4)", "\"ú\""},
    {"'abc'.charAt(3)", "\"\""},
    {"'abc'.charAt(4)", "run: bounds"},
    {"'abc'.charAt(-1)", "run: bounds"},
    {"'ñ ox ñ ox'.indexOf('ox')", "2"},
    {"'ñ ox ñ ox'.indexOf('ox', 3)", "7"},
    {"'abc'.indexOf('z')", "-1"},
    {"'abc'.indexOf('')", "0"},
    {"'abc'.indexOf('', 3)", "3"},
    {"'abc'.indexOf('a', 4)", "run: bounds"},
    {"'ñ ox ñ ox'.lastIndexOf('ox')", "7"},
    {"'ñ ox ñ ox'.lastIndexOf('ox', 6)", "2"},
    {"'abc'.lastIndexOf('')", "3"},
    {"'abc'.lastIndexOf('', 1)", "1"},
    {"'abc'.lastIndexOf('abcd')", "-1"},
    {"'abc'.lastIndexOf('a', -1)", "run: bounds"},
    {"'ÑAbc'.lowerAscii()", "\"Ñabc\""},
    {"'ñAbc'.upperAscii()", "\"ñABC\""},
    {"'one one one'.replace('one', '1')", "\"1 1 1\""},
    {"'one one one'.replace('one', '1', 2)", "\"1 1 one\""},
    {"'one one'.replace('one', '1', 0)", "\"one one\""},
    {"'one one'.replace('one', '1', -1)", "\"1 1\""},
    {"'ño'.replace('', '-')", "\"-ñ-o-\""},
    {"'ño'.replace('', '-', 2)", "\"-ñ-o\""},
    {"''.replace('', 'x')", "\"x\""},
    {"'a,b,,c'.split(',')", "[\"a\",\"b\",\"\",\"c\"]"},
    {"'a,b,c'.split(',', 2)", "[\"a\",\"b,c\"]"},
    {"'a,b'.split(',', 0)", "[]"},
    {"'a,b'.split(',', 1)", "[\"a,b\"]"},
    {"'a,b'.split(',', -1)", "[\"a\",\"b\"]"},
    {"'ño'.split('')", "[\"ñ\",\"o\"]"},
    {"'abc'.split('', 2)", "[\"a\",\"bc\"]"},
    {"''.split(',')", "[\"\"]"},
    {"['a', 'b'].join()", "\"ab\""},
    {"['a', 'b', 'c'].join(', ')", "\"a, b, c\""},
    {"[].join('x')", "\"\""},
    {"['a', 1].join()", "run: overload"},
    {"'ñandu'.substring(1)", "\"andu\""},
    {"'ñandu'.substring(0, 2)", "\"ña\""},
    {"'abc'.substring(3)", "\"\""},
    {"'abc'.substring(4)", "run: bounds"},
    {"'abc'.substring(2, 1)", "run: bounds"},
    {"'abc'.substring(0, 4)", "run: bounds"},
    {"' \\t\\u00a0\\u2003x y\\u3000\\n'.trim()", "\"x y\""},
    {"' \\n '.trim()", "\"\""},
    {"'\\u200bx'.trim().size()", "2"},
    {"'ño\\U0001f600'.reverse()", "\"😀oñ\""},
    {"strings.quote('a\"b\\n\\\\\xc3\xb1')", "\"\\\"a\\\\\\\"b\\\\n\\\\\\\\\xc3\xb1\\\"\""},
    {"base64.encode(b'hello')", "\"aGVsbG8=\""},
    {"string(base64.decode('aGVsbG8='))", "\"hello\""},
    {"string(base64.decode('aGVsbG8'))", "\"hello\""},
    {"base64.decode('a$b=')", "run: converted"},
    {"('x' + 'y').size()", "2"},
};

static void texts(void **state)
{
    (void)state;
    CEL_ROWS(texts_rows, NULL);
}

static void format(void **state)
{
    static const struct cel_row rows[] = {
        {"'no arguments'.format([])", "\"no arguments\""},
        {"'%% %s'.format(['x'])", "\"% x\""},
        {"'%s %s %s %s'.format([1, 2u, 1.5, true])", "\"1 2 1.5 true\""},
        {"'%s'.format([null])", "\"null\""},
        {"'%s'.format([b'a\\xff\\xfeb'])", "\"a�b\""},
        {"'%s'.format([[1, 'a', [2.0]]])", "\"[1, a, [2]]\""},
        {"'%s'.format([{'b': 2, 'a': [1]}])", "\"{a: [1], b: 2}\""},
        {"'%s'.format([duration('90.5s')])", "\"90.5s\""},
        {"'%s'.format([timestamp('2024-01-02T03:04:05Z')])", "\"2024-01-02T03:04:05Z\""},
        {"'%s'.format([type(1)])", "\"int\""},
        {"'%d %d'.format([-5, 5u])", "\"-5 5\""},
        {"'%d'.format(['5'])", "run: format"},
        {"'%f %.0f %.1f'.format([1, 2.5, 0.25])", "\"1.000000 2 0.2\""},
        {"'%.3f'.format([123.4999])", "\"123.500\""},
        {"'%e %.2e'.format([1052.032911275, 0.0])", "\"1.052033e+03 0.00e+00\""},
        {"'%f %f'.format([0.0 / 0.0, -1.0 / 0.0])", "\"NaN -Infinity\""},
        {"'%x %X %x %X'.format([255, -255, 'hi', b'\\xab'])", "\"ff -FF 6869 AB\""},
        {"'%o %b %b'.format([8, 5, true])", "\"10 101 1\""},
        {"'%o'.format([-8])", "\"-10\""},
        {"'%b'.format([18446744073709551615u])",
         "\"1111111111111111111111111111111111111111111111111111111111111111\""},
        {"'%x'.format([1.5])", "run: format"},
        {"'%s'.format([])", "run: format"},
        {"'%'.format([1])", "run: format"},
        {"'%y'.format([1])", "run: format"},
        {"'%.101f'.format([1.0])", "run: format"},
        {"'%s %s'.format(['a'])", "run: format"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void numbers(void **state)
{
    static const struct cel_row rows[] = {
        {"math.greatest(1, 2, 3)", "3"},
        {"math.greatest(1, 2.5, 2u)", "2.5"},
        {"math.greatest([4, 7u, 6.0])", "7"},
        {"math.greatest([])", "run: argument"},
        {"math.greatest('a')", "compile: math.greatest"},
        {"math.greatest()", "compile: arguments"},
        {"math.least(-1.5, 3, 0u)", "-1.5"},
        {"math.least([dyn('a')])", "run: overload"},
        {"math.ceil(1.2)", "2.0"},
        {"math.floor(-1.2)", "-2.0"},
        {"math.round(2.5)", "3.0"},
        {"math.round(-2.5)", "-3.0"},
        {"math.trunc(-2.9)", "-2.0"},
        {"math.ceil(1)", "compile: math.ceil"},
        {"math.abs(-5)", "5"},
        {"math.abs(-9223372036854775808)", "run: overflow"},
        {"math.abs(-1.5)", "1.5"},
        {"math.sign(-7)", "-1"},
        {"math.sign(0u)", "0"},
        {"math.sign(2.5)", "1.0"},
        {"math.isNaN(0.0 / 0.0) && !math.isInf(1.0) && math.isFinite(1.0)", "true"},
        {"math.isInf(1.0 / 0.0)", "true"},
        {"math.sqrt(81)", "9.0"},
        {"math.sqrt(-1.0)", "\"NaN\""},
        {"math.bitAnd(12, 10)", "8"},
        {"math.bitOr(12u, 3u)", "15"},
        {"math.bitXor(5, 1)", "4"},
        {"math.bitNot(1)", "-2"},
        {"math.bitNot(0u)", "18446744073709551615"},
        {"math.bitAnd(1, dyn(1u))", "run: overload"},
        {"math.bitShiftLeft(1, 4)", "16"},
        {"math.bitShiftLeft(1, 64)", "0"},
        {"math.bitShiftRight(-1, 63)", "1"},
        {"math.bitShiftRight(1024u, 2)", "256"},
        {"math.bitShiftLeft(1, -1)", "run: argument"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void lists(void **state)
{
    static const struct cel_row rows[] = {
        {"[1, 2, 3, 4].slice(1, 3)", "[2,3]"},
        {"[1].slice(0, 0)", "[]"},
        {"[1].slice(0, 2)", "run: bounds"},
        {"[1].slice(1, 0)", "run: bounds"},
        {"[1].slice(-1, 1)", "run: bounds"},
        {"[1, [2, [3]]].flatten()", "[1,2,[3]]"},
        {"[1, [2, [3]]].flatten(2)", "[1,2,3]"},
        {"[1, [2]].flatten(0)", "[1,[2]]"},
        {"[[1]].flatten(-1)", "run: argument"},
        {"[1, 2u, 1.0, 'a', 'a', 2].distinct()", "[1,2,\"a\"]"},
        {"[3, 1, 2].sort()", "[1,2,3]"},
        {"['b', 'a', 'c', 'aa'].sort()", "[\"a\",\"aa\",\"b\",\"c\"]"},
        {"[1, 'a'].sort()", "run: overload"},
        {"[[1]].sort()", "run: overload"},
        {"[].sort()", "[]"},
        {"[5, 4, 3, 2, 1, 9, 8, 7].sort()", "[1,2,3,4,5,7,8,9]"},
        {"[1, 2, 3].reverse()", "[3,2,1]"},
        {"lists.range(4)", "[0,1,2,3]"},
        {"lists.range(0)", "[]"},
        {"lists.range(1000000)", "run: steps"},
        {"[1, 2].first().value() + [1, 2].last().value()", "3"},
        {"[].first().hasValue()", "false"},
        {"[{'k': 2, 'v': 'b'}, {'k': 1, 'v': 'a'}].sortBy(e, e.k).map(e, e.v)", "[\"a\",\"b\"]"},
        {"['ccc', 'a', 'bb'].sortBy(s, s.size())", "[\"a\",\"bb\",\"ccc\"]"},
        {"[].sortBy(e, e)", "[]"},
        {"[1, 2].sortBy(e, [e])", "run: overload"},
        {"sets.contains([1, 2, 3], [2, 3u])", "true"},
        {"sets.contains([1], [])", "true"},
        {"sets.contains([], [1])", "false"},
        {"sets.equivalent([1, 1], [1.0])", "true"},
        {"sets.equivalent([1, 2], [1])", "false"},
        {"sets.intersects([1, 2], [2, 3])", "true"},
        {"sets.intersects([[1]], [[1u]])", "true"},
        {"sets.intersects([1], [])", "false"},
        {"2 in [1, 2u]", "true"},
        {"'k' in {'k': 1}", "true"},
        {"1.0 in {1: 'a'}", "true"},
        {"1.5 in {1: 'a'}", "false"},
        {"'a' in [1, 2]", "false"},
        {"1 in 1", "compile: @in"},
        {"1 in dyn(1)", "run: overload"},
        {"[10, 20][dyn(1u)] + [10, 20][dyn(0.0)]", "30"},
        {"[10][dyn(0.5)]", "run: bounds"},
        {"[10][-1]", "run: bounds"},
        {"[10]['a']", "compile: _[_]"},
        {"{1: 'a', 'b': 2}[1u]", "\"a\""},
        {"{1: 'a'}[1.0]", "\"a\""},
        {"{1: 'a'}[2]", "run: no such key"},
        {"{true: 'a'}[true]", "\"a\""},
        {"dyn({'a': 1})[dyn([1])]", "run: overload"},
        {"'abc'[0]", "compile: _[_]"},
        {"{'a': {'b': 1}}['a'].b", "1"},
        {"{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 'x', 'a': 11}[10.0]", "\"x\""},
        {"{'a0': 0, 'a1': 1, 'a2': 2, 'a3': 3, 'a4': 4, 'a5': 5, 'a6': 6, 'a7': 7, 'a8': 8, 'a9': 9, 'long "
         "enough to be hashed by words': 10}"
         ".map(k, k).size()",
         "11"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void macros(void **state)
{
    static const struct cel_row rows[] = {
        {"[1, 2, 3].all(x, x > 0)", "true"},
        {"[1, 2, 3].all(x, x > 1)", "false"},
        {"[].all(x, x > 1)", "true"},
        {"[0, 1].all(x, 1 / x > 5)", "false"},
        {"[0, 1].all(x, 1 / x > 0)", "run: division"},
        {"[1, 2].exists(x, x == 2)", "true"},
        {"[].exists(x, true)", "false"},
        {"[0, 1].exists(x, 1 / x == 1)", "true"},
        {"[0, 1].exists(x, 1 / x == 7)", "run: division"},
        {"[1, 'a', 2].exists(x, x == 'a')", "true"},
        {"[1, 2].all(x, x)", "run: overload"},
        {"[1, 'a'].all(x, x)", "run: overload"},
        {"[1, false].all(x, x)", "false"},
        {"[1, 2, 2].exists_one(x, x == 1)", "true"},
        {"[1, 2, 2].exists_one(x, x == 2)", "false"},
        {"[0, 1].exists_one(x, 1 / x == 1)", "run: division"},
        {"[1, 2].existsOne(x, x == 1)", "true"},
        {"[1, 2].map(x, [x, x * x])", "[[1,1],[2,4]]"},
        {"[1, 2, 3].map(x, x > 1, x * 10)", "[20,30]"},
        {"[1, 0].map(x, 1 / x)", "run: division"},
        {"[1, 0].map(x, x != 0, 1 / x)", "[1]"},
        {"[3, 1].filter(x, x > 2)", "[3]"},
        {"[1, 0].filter(x, 1 / x > 0)", "run: division"},
        {"{'a': 1, 'b': 2}.map(k, k)", "[\"a\",\"b\"]"},
        {"{'a': 1, 'b': 2}.filter(k, k == 'b')", "[\"b\"]"},
        {"{'a': 1, 'b': 2}.all(k, k in ['a', 'b'])", "true"},
        {"{1: 'x'}.exists(k, k == 1)", "true"},
        {"1.all(x, true)", "compile"},
        {"dyn(1).all(x, true)", "run: overload"},
        {"[1].all(x.y, true)", "compile: simple name"},
        {"[1].all(1, true)", "compile: simple name"},
        {"[1, 2].exists(x, [2, 3].exists(y, x == y))", "true"},
        {"[[1, 2], [3]].map(x, x.map(x, x + 1))", "[[2,3],[4]]"},
        {"[1].map(x, [2].map(y, [3].map(z, x + y + z)))", "[[[6]]]"},
        {"[1, 2].map(x, x).map(x, x).filter(x, x == 2)", "[2]"},
        {"[3, 4].all(i, v, v == i + 3)", "true"},
        {"{'a': 1}.exists(k, v, k == 'a' && v == 1)", "true"},
        {"[5, 5].exists_one(i, v, i == 1 && v == 5)", "true"},
        {"[1, 2].all(x, x, true)", "compile: different names"},
        {"[10, 20].transformList(i, v, i + v)", "[10,21]"},
        {"[10, 20].transformList(i, v, i > 0, v)", "[20]"},
        {"{'a': 1, 'b': 2}.transformList(k, v, v > 1, k)", "[\"b\"]"},
        {"['x', 'y'].transformMap(i, v, v + v)", "{\"0\":\"xx\",\"1\":\"yy\"}"},
        {"{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 10)", "{\"b\":20}"},
        {"{'a': 'x'}.transformMapEntry(k, v, {v: k})", "{\"x\":\"a\"}"},
        {"['a', 'b'].transformMapEntry(i, v, {v: i, v + v: i})", "{\"a\":0,\"aa\":0,\"b\":1,\"bb\":1}"},
        {"['a', 'a'].transformMapEntry(i, v, {v: i})", "run: twice"},
        {"['a', 'b'].transformMapEntry(i, v, i == 1, {v: i})", "{\"b\":1}"},
        {"['a'].transformMapEntry(i, v, {})", "{}"},
        {"cel.bind(x, 2, cel.bind(y, x + 1, x * y))", "6"},
        {"cel.bind(x, 1 / 0, true)", "true"},
        {"cel.bind(x, 1 / 0, x)", "run: division"},
        {"cel.bind(x.y, 1, 1)", "compile: simple name"},
        {"[1, 2].map(x, cel.bind(y, x * x, y + y))", "[2,8]"},
        {"[1, 2].exists(x, x == 1 / 0 || x == 2)", "true"},
        {"has({'a': null}.a) && !has({}.a)", "true"},
        {"[{'a': 1}, {}].map(x, has(x.a))", "[true,false]"},
        {"[{'a': 1}, {}].filter(x, has(x.a)).map(x, x.a)", "[1]"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void blocks(void **state)
{
    static const struct cel_row rows[] = {
        {"cel.block([1, cel.index(0) + 1], cel.index(1) * 10)", "20"},
        {"cel.block([[1, 2]], cel.index(0).map(cel.iterVar(0, 0), cel.iterVar(0, 0) + 1))", "[2,3]"},
        {"cel.block([1 / 0], true)", "true"},
        {"cel.block(1, 2)", "compile: list"},
        {"cel.index(0)", "compile: not declared"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static void optionals(void **state)
{
    static const struct cel_row rows[] = {
        {"optional.of(1).hasValue() && !optional.none().hasValue()", "true"},
        {"optional.of(1).value()", "1"},
        {"optional.none().value()", "run: optional"},
        {"optional.ofNonZeroValue(0).hasValue()", "false"},
        {"optional.ofNonZeroValue('').hasValue() || optional.ofNonZeroValue([]).hasValue()", "false"},
        {"optional.ofNonZeroValue('a').value()", "\"a\""},
        {"optional.none().orValue(5)", "5"},
        {"optional.of(1).orValue(1 / 0)", "1"},
        {"optional.none().or(optional.of(2)).value()", "2"},
        {"optional.of(1).or(optional.of(1 / 0)).value()", "1"},
        {"optional.none().or(optional.none()).orValue('x')", "\"x\""},
        {"{'a': 1}.?a.value()", "1"},
        {"{'a': 1}.?b.orValue(0)", "0"},
        {"{'a': {'b': 1}}.?a.b.value()", "1"},
        {"{'a': {}}.?a.b.hasValue()", "false"},
        {"{'a': {'b': {'c': 3}}}.?a.?b.?c", "3"},
        {"{'a': 1}[?'a'].value()", "1"},
        {"[1, 2][?5].hasValue()", "false"},
        {"[1, 2][?1].value()", "2"},
        {"has({'a': {'b': 1}}.?a.b)", "true"},
        {"optional.of(2).optMap(x, x * x).value()", "4"},
        {"optional.none().optMap(x, x * x).hasValue()", "false"},
        {"optional.of(2).optFlatMap(x, optional.of(x + 1)).value()", "3"},
        {"optional.of([]).optFlatMap(x, x.first()).hasValue()", "false"},
        {"[?optional.of(1), ?optional.none(), 2]", "[1,2]"},
        {"{?'a': optional.of(1), ?'b': optional.none(), 'c': 3}", "{\"a\":1,\"c\":3}"},
        {"[?1]", "compile: [?_]"},
        {"optional.of(1) == optional.of(1.0) && optional.none() == optional.none()", "true"},
        {"optional.of(1) == optional.none()", "false"},
        {"type(optional.none()) == optional_type", "true"},
        {"optional.unwrap([optional.of(1), optional.none(), optional.of(3)])", "[1,3]"},
        {"[optional.of(1)].unwrapOpt()", "[1]"},
        {"optional.none()", "null"},
        {"1.orValue(2)", "compile"},
        {"dyn(1).orValue(2)", "run: overload"},
        {"optional.of(1).or(dyn(2)).value()", "1"},
        {"optional.none().or(dyn(2))", "run: overload"},
    };

    (void)state;
    CEL_ROWS(rows, NULL);
}

static const char *const long_rows[] = {
    "x.size()",
    "x.contains('b')",
    "x + x + x",
    "x == x + ''",
    "x < x + 'b'",
    "x in [x + 'c', x]",
    "x.replace('a', 'bcd')",
    "x.split('')",
    "x.split('a').join('--')",
    "x.lowerAscii()",
    "x.reverse()",
    "x.substring(5)",
    "x.indexOf('b')",
    "x.lastIndexOf('b')",
    "x.trim()",
    "'%s %x %s'.format([x, x, l])",
    "strings.quote(x)",
    "base64.encode(bytes(x))",
    "x.matches('(a|b)*c')",
    "x.matches(x)",
    "string(bytes(x))",
    "l.map(i, i * 2).filter(i, i > 5)",
    "l.exists(i, i in l)",
    "l.all(i, l.exists(j, j == i))",
    "l == l + []",
    "l.distinct()",
    "l.sort()",
    "l.sortBy(i, -i)",
    "[l, [l, l]].flatten(2)",
    "sets.contains(l, l)",
    "l.transformMap(i, v, x)",
    "l.transformMapEntry(i, v, {v: i, string(v): x})",
    "l.slice(1, 100).reverse()",
    "m == m",
    "m.transformList(k, v, k + v)",
    "m.exists(k, v, k in m && m[k] == v)",
    "optional.of(l).optMap(y, y.size()).value()",
    "cel.bind(y, x + x, y + y)",
    "math.greatest(l)",
};

/* Long data: cel_try holds each run against the steps that were promised. */
static void costs(void **state)
{
    struct arena *a = arena_new();
    struct buf json, got;

    (void)state;
    buf_init(&json, 1 << 20);
    buf_init(&got, 1 << 22);
    buf_z(&json, "{\"x\":\"");
    for (int i = 0; i < 5000; i++)
        buf_z(&json, "a");
    buf_z(&json, "\",\"l\":[0");
    for (int i = 1; i < 300; i++)
        buf_fmt(&json, ",%d", i * 7919 % 1000);
    buf_z(&json, "],\"m\":{\"k\":\"v\"");
    for (int i = 0; i < 300; i++)
        buf_fmt(&json, ",\"k%d\":\"v%d\"", i, i);
    buf_z(&json, "}}");
    buf_char(&json, '\0');
    for (size_t i = 0; i < COUNT(long_rows); i++) {
        buf_reset(&got);
        cel_try(a, str_z(long_rows[i]), json.p, &got);
        if (str_starts(buf_view(&got), S("compile")) || str_starts(buf_view(&got), S("run")))
            fail_msg("%s: %.*s", long_rows[i], STR_ARG(buf_view(&got)));
        arena_reset(a);
    }
    buf_free(&json);
    buf_free(&got);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions), cmocka_unit_test(texts),  cmocka_unit_test(format),
        cmocka_unit_test(numbers),     cmocka_unit_test(lists),  cmocka_unit_test(macros),
        cmocka_unit_test(costs),       cmocka_unit_test(blocks), cmocka_unit_test(optionals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
