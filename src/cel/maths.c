/* maths.c: the math extension (cel-go, ext/README.md). */
#include "cel/internal.h"

#include <math.h>

#define DBL   BIT(CEL_DOUBLE)
#define WHOLE (BIT(CEL_INT) | BIT(CEL_UINT))

/* Of the arguments, or of the one list. */
static struct cel_value extreme(const struct cel_value *v, size_t n, enum order better)
{
    const struct cel_value *best = v;

    if (n == 0)
        return cel_fail(E_ARGUMENT);
    for (size_t i = 0; i < n; i++) {
        if (!(BIT(v[i].type) & NUMBERS))
            return cel_fail(E_OVERLOAD);
        if (cel_compare(v[i], *best) == better)
            best = &v[i];
    }
    return *best;
}

static struct cel_value greatest(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r;
    return n == 1 && arg->type == CEL_LIST ? extreme(arg->list, arg->n, ORDER_MORE)
                                           : extreme(arg, n, ORDER_MORE);
}

static struct cel_value least(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r;
    return n == 1 && arg->type == CEL_LIST ? extreme(arg->list, arg->n, ORDER_LESS)
                                           : extreme(arg, n, ORDER_LESS);
}

#define OF_DOUBLE(name, expression)                                                                        \
    static struct cel_value name(struct run *r, const struct cel_value *arg, unsigned n)                   \
    {                                                                                                      \
        (void)r, (void)n;                                                                                  \
        return expression;                                                                                 \
    }
OF_DOUBLE(ceiling, cel_double_of(ceil(arg->d)))
OF_DOUBLE(floored, cel_double_of(floor(arg->d)))
OF_DOUBLE(rounded, cel_double_of(round(arg->d)))
OF_DOUBLE(truncated, cel_double_of(trunc(arg->d)))
OF_DOUBLE(is_nan, cel_bool(isnan(arg->d)))
OF_DOUBLE(is_inf, cel_bool(isinf(arg->d)))
OF_DOUBLE(is_finite, cel_bool(isfinite(arg->d)))
OF_DOUBLE(root, cel_double_of(sqrt(arg->type == CEL_INT    ? (double)arg->i
                                   : arg->type == CEL_UINT ? (double)arg->u
                                                           : arg->d)))

static struct cel_value absolute(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    if (arg->type == CEL_INT)
        return arg->i == INT64_MIN ? cel_fail(E_OVERFLOW) : cel_int(arg->i < 0 ? -arg->i : arg->i);
    return arg->type == CEL_UINT ? *arg : cel_double_of(fabs(arg->d));
}

static struct cel_value sign(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    if (arg->type == CEL_INT)
        return cel_int((arg->i > 0) - (arg->i < 0));
    if (arg->type == CEL_UINT)
        return cel_uint(arg->u > 0);
    return isnan(arg->d) ? *arg : cel_double_of((arg->d > 0) - (arg->d < 0));
}

static struct cel_value bits(const struct cel_value *arg, char op)
{
    struct cel_value v = arg[0];

    if (arg[0].type != arg[1].type)
        return cel_fail(E_OVERLOAD);
    v.u = op == '&' ? v.u & arg[1].u : op == '|' ? v.u | arg[1].u : v.u ^ arg[1].u;
    return v;
}
OF_DOUBLE(bit_and, bits(arg, '&'))
OF_DOUBLE(bit_or, bits(arg, '|'))
OF_DOUBLE(bit_xor, bits(arg, '^'))

static struct cel_value bit_not(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value v = *arg;

    (void)r, (void)n;
    v.u = ~v.u;
    return v;
}

/* Right shifts of an int bring zeros in, as for a uint. */
static struct cel_value shifted(const struct cel_value *arg, bool left)
{
    struct cel_value v = *arg;

    if (arg[1].i < 0)
        return cel_fail(E_ARGUMENT);
    v.u = arg[1].i > 63 ? 0 : left ? v.u << arg[1].i : v.u >> arg[1].i;
    return v;
}
OF_DOUBLE(shift_left, shifted(arg, true))
OF_DOUBLE(shift_right, shifted(arg, false))

#define MATH(name, result, rule, run, ...)                                                                 \
    {                                                                                                      \
        "math." name, GLOBAL, 1, 1, result, rule, Z_ONE, C_ONE, run, __VA_ARGS__                           \
    }
#define BITS(name, run, ...)                                                                               \
    {                                                                                                      \
        "math." name, GLOBAL, 2, 2, DYN, R_SAME, Z_ONE, C_ONE, run, __VA_ARGS__                            \
    }
const struct func cel_funcs_math[] = {
    {"math.greatest",
     GLOBAL,
     1,
     255,
     DYN,
     R_JOIN,
     Z_ONE,
     C_LINEAR,
     greatest,
     {NUMBERS | BIT(CEL_LIST), NUMBERS}},
    {"math.least", GLOBAL, 1, 255, DYN, R_JOIN, Z_ONE, C_LINEAR, least, {NUMBERS | BIT(CEL_LIST), NUMBERS}},
    MATH("ceil", CEL_DOUBLE, R_TYPE, ceiling, {DBL}),
    MATH("floor", CEL_DOUBLE, R_TYPE, floored, {DBL}),
    MATH("round", CEL_DOUBLE, R_TYPE, rounded, {DBL}),
    MATH("trunc", CEL_DOUBLE, R_TYPE, truncated, {DBL}),
    MATH("isNaN", CEL_BOOL, R_TYPE, is_nan, {DBL}),
    MATH("isInf", CEL_BOOL, R_TYPE, is_inf, {DBL}),
    MATH("isFinite", CEL_BOOL, R_TYPE, is_finite, {DBL}),
    MATH("sqrt", CEL_DOUBLE, R_TYPE, root, {NUMBERS}),
    MATH("abs", DYN, R_SAME, absolute, {NUMBERS}),
    MATH("sign", DYN, R_SAME, sign, {NUMBERS}),
    MATH("bitNot", DYN, R_SAME, bit_not, {WHOLE}),
    BITS("bitAnd", bit_and, {WHOLE}),
    BITS("bitOr", bit_or, {WHOLE}),
    BITS("bitXor", bit_xor, {WHOLE}),
    BITS("bitShiftLeft", shift_left, {WHOLE, BIT(CEL_INT)}),
    BITS("bitShiftRight", shift_right, {WHOLE, BIT(CEL_INT)}),
    {0},
};
