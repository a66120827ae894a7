/* convert.c: int(), uint(), double(), string(), bytes(), bool(): what cannot be said exactly enough is an error. */
#include "cel/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct cel_value cel_text(struct arena *a, const char *p, size_t n)
{
    return cel_string(arena_copy(a, str_n(p, n)));
}

/* ---- numbers ---- */

/* Digits with an optional sign: the magnitude. */
static bool digits(struct str s, bool *minus, uint64_t *out)
{
    *minus = s.n && s.p[0] == '-';
    if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
        s = str_n(s.p + 1, s.n - 1);
    *out = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9' || __builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, (uint64_t)(s.p[i] - '0'), out))
            return false;
    return s.n > 0;
}

static struct cel_value to_int(struct run *r, const struct cel_value *arg, unsigned n)
{
    bool minus;
    uint64_t u;

    (void)r, (void)n;
    switch (arg->type) {
    case CEL_INT:
        return *arg;
    case CEL_UINT:
        return arg->u <= (uint64_t)INT64_MAX ? cel_int(arg->i) : cel_fail(E_RANGE);
    case CEL_DOUBLE: /* both ends are out, as in the other implementations: the doubles next to them may be rounded */
        return arg->d > -TWO_63 && arg->d < TWO_63 ? cel_int((int64_t)arg->d) : cel_fail(E_RANGE);
    case CEL_TIMESTAMP:
        return cel_int(arg->i);
    }
    if (!digits(cel_str(*arg), &minus, &u) || u > (uint64_t)INT64_MAX + minus)
        return cel_fail(E_CONVERT);
    return cel_int((int64_t)(minus ? 0 - u : u));
}

static struct cel_value to_uint(struct run *r, const struct cel_value *arg, unsigned n)
{
    bool minus;
    uint64_t u;

    (void)r, (void)n;
    switch (arg->type) {
    case CEL_UINT:
        return *arg;
    case CEL_INT:
        return arg->i >= 0 ? cel_uint(arg->u) : cel_fail(E_RANGE);
    case CEL_DOUBLE:
        return arg->d >= 0 && arg->d < TWO_64 ? cel_uint((uint64_t)arg->d) : cel_fail(E_RANGE);
    }
    if (arg->n && arg->p[0] == '+')
        return cel_fail(E_CONVERT);
    return digits(cel_str(*arg), &minus, &u) && !minus ? cel_uint(u) : cel_fail(E_CONVERT);
}

/* strtod takes blanks first, and letters behind "nan". */
static struct cel_value double_parse(struct str s)
{
    static const char *const words[] = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "nan"};
    double d;

    for (size_t i = 0; i < COUNT(words); i++)
        if (s.n == strlen(words[i]) && strncasecmp(s.p, words[i], s.n) == 0)
            return cel_double_of(i == 6               ? (double)NAN
                                 : words[i][0] == '-' ? -(double)INFINITY
                                                      : (double)INFINITY);
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("0123456789+-.eE", s.p[i]) || s.p[i] == '\0')
            return cel_fail(E_CONVERT);
    if (!cel_double(s, &d))
        return cel_fail(E_CONVERT);
    return isinf(d) ? cel_fail(E_RANGE) : cel_double_of(d);
}

static struct cel_value to_double(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    switch (arg->type) {
    case CEL_INT:
        return cel_double_of((double)arg->i);
    case CEL_UINT:
        return cel_double_of((double)arg->u);
    case CEL_DOUBLE:
        return *arg;
    }
    return double_parse(cel_str(*arg));
}

/* The fewest digits that read back as d: 0.1, 1e+21, 1e-07. */
size_t cel_double_text(double d, char out[TEXT_OUT])
{
    char e[TEXT_OUT], mantissa[TEXT_OUT];
    int exponent, digits_n = 0, n = 0;

    if (!isfinite(d))
        return (size_t)snprintf(out, TEXT_OUT, "%s", isnan(d) ? "NaN" : d < 0 ? "-Infinity" : "Infinity");
    for (int precision = 0; precision < 17; precision++) {
        snprintf(e, sizeof e, "%.*e", precision, fabs(d));
        if (strtod(e, NULL) == fabs(d))
            break;
    }
    exponent = (int)strtol(strchr(e, 'e') + 1, NULL, 10);
    for (const char *p = e; *p != 'e'; p++)
        if (*p != '.')
            mantissa[digits_n++] = *p;
    while (digits_n > 1 && mantissa[digits_n - 1] == '0')
        digits_n--;
    if (signbit(d))
        out[n++] = '-';
    if (exponent < -4 || exponent >= 21) {
        n +=
            snprintf(out + n, TEXT_OUT - (size_t)n, "%c%s%.*se%c%02d", mantissa[0], digits_n > 1 ? "." : "",
                     digits_n - 1, mantissa + 1, exponent < 0 ? '-' : '+', abs(exponent));
        return (size_t)n;
    }
    if (exponent < 0)
        n += snprintf(out + n, TEXT_OUT - (size_t)n, "0.%.*s%.*s", -exponent - 1, "0000", digits_n,
                      mantissa);
    else if (digits_n <= exponent + 1)
        n += snprintf(out + n, TEXT_OUT - (size_t)n, "%.*s%.*s", digits_n, mantissa,
                      exponent + 1 - digits_n, "00000000000000000000");
    else
        n += snprintf(out + n, TEXT_OUT - (size_t)n, "%.*s.%.*s", exponent + 1, mantissa,
                      digits_n - exponent - 1, mantissa + exponent + 1);
    return (size_t)n;
}

/* ---- the others ---- */

static struct cel_value to_string(struct run *r, const struct cel_value *arg, unsigned n)
{
    char out[TEXT_OUT];
    struct cel_value v = *arg;

    (void)n;
    switch (v.type) {
    case CEL_STRING:
        return v;
    case CEL_BYTES:
        v.type = CEL_STRING;
        return str_utf8(cel_str(v)) ? v : cel_fail(E_UTF8);
    case CEL_BOOL:
        return cel_string(v.i ? S("true") : S("false"));
    case CEL_INT:
        return cel_text(r->arena, out, (size_t)snprintf(out, sizeof out, "%jd", (intmax_t)v.i));
    case CEL_UINT:
        return cel_text(r->arena, out, (size_t)snprintf(out, sizeof out, "%ju", (uintmax_t)v.u));
    case CEL_DOUBLE:
        return cel_text(r->arena, out, cel_double_text(v.d, out));
    case CEL_TIMESTAMP:
        return cel_text(r->arena, out, cel_time_text(v, out));
    case CEL_DURATION:
        return cel_text(r->arena, out, cel_duration_text(v, out));
    }
    return cel_fail(E_OVERLOAD);
}

static struct cel_value to_bytes(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value v = *arg;

    (void)r, (void)n;
    v.type = CEL_BYTES;
    return v;
}

static struct cel_value to_bool(struct run *r, const struct cel_value *arg, unsigned n)
{
    static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
    static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};

    (void)r, (void)n;
    if (arg->type == CEL_BOOL)
        return *arg;
    for (size_t i = 0; i < COUNT(yes); i++) {
        if (str_eq(cel_str(*arg), str_z(yes[i])))
            return cel_bool(true);
        if (str_eq(cel_str(*arg), str_z(no[i])))
            return cel_bool(false);
    }
    return cel_fail(E_CONVERT);
}

static struct cel_value to_timestamp(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    if (arg->type == CEL_INT)
        return cel_timestamp(arg->i, 0);
    return arg->type == CEL_TIMESTAMP ? *arg : cel_time_parse(cel_str(*arg));
}

static struct cel_value to_duration(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    return arg->type == CEL_DURATION ? *arg : cel_duration_parse(cel_str(*arg));
}

#define STR BIT(CEL_STRING)
const struct func cel_funcs_convert[] = {
    {"int", GLOBAL, 1, 1, CEL_INT, R_TYPE, Z_ONE, C_LINEAR, to_int, {NUMBERS | STR | BIT(CEL_TIMESTAMP)}},
    {"uint", GLOBAL, 1, 1, CEL_UINT, R_TYPE, Z_ONE, C_LINEAR, to_uint, {NUMBERS | STR}},
    {"double", GLOBAL, 1, 1, CEL_DOUBLE, R_TYPE, Z_ONE, C_LINEAR, to_double, {NUMBERS | STR}},
    {"string",
     GLOBAL,
     1,
     1,
     CEL_STRING,
     R_TYPE,
     Z_TEXT,
     C_LINEAR,
     to_string,
     {NUMBERS | STR | BIT(CEL_BYTES) | BIT(CEL_BOOL) | BIT(CEL_TIMESTAMP) | BIT(CEL_DURATION)}},
    {"bytes", GLOBAL, 1, 1, CEL_BYTES, R_TYPE, Z_SAME, C_ONE, to_bytes, {STR | BIT(CEL_BYTES)}},
    {"bool", GLOBAL, 1, 1, CEL_BOOL, R_TYPE, Z_ONE, C_ONE, to_bool, {STR | BIT(CEL_BOOL)}},
    {"timestamp",
     GLOBAL,
     1,
     1,
     CEL_TIMESTAMP,
     R_TYPE,
     Z_ONE,
     C_LINEAR,
     to_timestamp,
     {STR | BIT(CEL_INT) | BIT(CEL_TIMESTAMP)}},
    {"duration",
     GLOBAL,
     1,
     1,
     CEL_DURATION,
     R_TYPE,
     Z_ONE,
     C_LINEAR,
     to_duration,
     {STR | BIT(CEL_DURATION)}},
    {0},
};
