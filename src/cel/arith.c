/* arith.c: + - * / %. Nothing wraps round: what is out of range is an error. */
#include "cel/internal.h"

static struct cel_value ints(enum op op, int64_t a, int64_t b)
{
    int64_t v = 0;
    bool over = false;

    if (op == OP_ADD)
        over = __builtin_add_overflow(a, b, &v);
    else if (op == OP_SUB)
        over = __builtin_sub_overflow(a, b, &v);
    else if (op == OP_MUL)
        over = __builtin_mul_overflow(a, b, &v);
    else if (b == 0)
        return cel_fail(op == OP_DIV ? E_DIVIDE : E_MODULUS);
    else if (a == INT64_MIN && b == -1)
        over = true;
    else
        v = op == OP_DIV ? a / b : a % b;
    return over ? cel_fail(E_OVERFLOW) : cel_int(v);
}

static struct cel_value uints(enum op op, uint64_t a, uint64_t b)
{
    uint64_t v = 0;
    bool over = false;

    if (op == OP_ADD)
        over = __builtin_add_overflow(a, b, &v);
    else if (op == OP_SUB)
        over = __builtin_sub_overflow(a, b, &v);
    else if (op == OP_MUL)
        over = __builtin_mul_overflow(a, b, &v);
    else if (b == 0)
        return cel_fail(op == OP_DIV ? E_DIVIDE : E_MODULUS);
    else
        v = op == OP_DIV ? a / b : a % b;
    return over ? cel_fail(E_OVERFLOW) : cel_uint(v);
}

static struct cel_value doubles(enum op op, double a, double b)
{
    if (op == OP_MOD)
        return cel_fail(E_OVERLOAD);
    return cel_double_of(op == OP_ADD ? a + b : op == OP_SUB ? a - b : op == OP_MUL ? a * b : a / b);
}

/* Strings and bytes one behind the other; lists likewise. */
static struct cel_value joined(struct run *r, struct cel_value a, struct cel_value b)
{
    size_t n = (size_t)a.n + b.n;

    if (n > UINT32_MAX || !cel_spend(r, n / 16 + 1))
        return cel_fail(E_LIMIT);
    if (b.n == 0)
        return a;
    if (a.n == 0)
        return b;
    if (a.type == CEL_LIST) {
        struct cel_value *v = arena_alloc(r->arena, n * sizeof *v);
        memcpy(v, a.list, a.n * sizeof *v);
        memcpy(v + a.n, b.list, b.n * sizeof *v);
        return cel_list(v, n);
    }
    char *p = arena_alloc(r->arena, n);
    memcpy(p, a.p, a.n);
    memcpy(p + a.n, b.p, b.n);
    a.p = p;
    a.n = (uint32_t)n;
    return a;
}

/* Timestamps and durations. */
static struct cel_value times(enum op op, struct cel_value a, struct cel_value b)
{
    bool add = op == OP_ADD;
    int64_t seconds = add ? a.i + b.i : a.i - b.i; /* both within 10,000 years */
    int64_t nanos = add ? (int64_t)a.n + b.n : (int64_t)a.n - b.n;

    if (op != OP_ADD && op != OP_SUB)
        return cel_fail(E_OVERLOAD);
    if (a.type == CEL_DURATION && b.type == CEL_DURATION)
        return cel_duration(seconds, nanos);
    if (a.type == CEL_TIMESTAMP && b.type == CEL_TIMESTAMP)
        return add ? cel_fail(E_OVERLOAD) : cel_duration(seconds, nanos);
    return add || a.type == CEL_TIMESTAMP ? cel_timestamp(seconds, nanos) : cel_fail(E_OVERLOAD);
}

static bool is_time(struct cel_value v)
{
    return v.type == CEL_TIMESTAMP || v.type == CEL_DURATION;
}

struct cel_value cel_arith(struct run *r, enum op op, struct cel_value a, struct cel_value b)
{
    if (a.type == CEL_ERROR)
        return a;
    if (b.type == CEL_ERROR)
        return b;
    if (is_time(a) && is_time(b))
        return times(op, a, b);
    if (a.type != b.type)
        return cel_fail(E_OVERLOAD);
    if (a.type == CEL_INT)
        return ints(op, a.i, b.i);
    if (a.type == CEL_UINT)
        return uints(op, a.u, b.u);
    if (a.type == CEL_DOUBLE)
        return doubles(op, a.d, b.d);
    if (op == OP_ADD && (a.type == CEL_STRING || a.type == CEL_BYTES || a.type == CEL_LIST))
        return joined(r, a, b);
    return cel_fail(E_OVERLOAD);
}

struct cel_value cel_negate(struct cel_value v)
{
    if (v.type == CEL_INT)
        return v.i == INT64_MIN ? cel_fail(E_OVERFLOW) : cel_int(-v.i);
    if (v.type == CEL_DOUBLE)
        return cel_double_of(-v.d);
    return v.type == CEL_ERROR ? v : cel_fail(E_OVERLOAD);
}
