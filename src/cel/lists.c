/* lists.c: the lists and sets extensions (cel-go, ext/README.md). */
#include "cel/internal.h"

#define LST BIT(CEL_LIST)

static struct cel_value *room(struct run *r, size_t n)
{
    return arena_alloc(r->arena, (n + 1) * sizeof(struct cel_value));
}

static struct cel_value slice(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    if (arg[1].i < 0 || arg[2].i < arg[1].i || arg[2].i > arg->n)
        return cel_fail(E_INDEX);
    return cel_list(arg->list + arg[1].i, (size_t)(arg[2].i - arg[1].i));
}

static size_t flat_size(struct run *r, struct cel_value v, int64_t depth)
{
    size_t n = 0;

    for (uint32_t i = 0; i < v.n; i++) {
        r->steps++;
        n += v.list[i].type == CEL_LIST && depth > 0 ? flat_size(r, v.list[i], depth - 1) : 1;
    }
    return n;
}

static size_t flat(struct cel_value *out, struct cel_value v, int64_t depth)
{
    size_t n = 0;

    for (uint32_t i = 0; i < v.n; i++) {
        if (v.list[i].type == CEL_LIST && depth > 0)
            n += flat(out + n, v.list[i], depth - 1);
        else
            out[n++] = v.list[i];
    }
    return n;
}

static struct cel_value flatten(struct run *r, const struct cel_value *arg, unsigned n)
{
    int64_t depth = n > 1 ? arg[1].i : 1;
    struct cel_value *out;

    if (depth < 0)
        return cel_fail(E_ARGUMENT);
    out = room(r, flat_size(r, *arg, depth));
    return cel_list(out, flat(out, *arg, depth));
}

static bool holds(struct run *r, const struct cel_value *list, size_t n, struct cel_value v)
{
    for (size_t i = 0; i < n; i++)
        if (cel_same(r, list[i], v))
            return true;
    return false;
}

static struct cel_value distinct(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value *out = room(r, arg->n);
    size_t k = 0;

    (void)n;
    for (uint32_t i = 0; i < arg->n; i++)
        if (!holds(r, out, k, arg->list[i]))
            out[k++] = arg->list[i];
    return cel_list(out, k);
}

/* Runs of `width` merged in pairs; equal keys keep their order. */
static void merge(struct run *r, const struct cel_value *from[2], struct cel_value *to[2], size_t n,
                  size_t width)
{
    for (size_t start = 0; start < n; start += 2 * width) {
        size_t a = start, middle = start + width < n ? start + width : n, b = middle;
        size_t end = start + 2 * width < n ? start + 2 * width : n;
        for (size_t i = start; i < end; i++) {
            bool left = a < middle && (b == end || cel_compare(from[0][b], from[0][a]) != ORDER_LESS);
            size_t one = left ? a++ : b++;
            r->steps++;
            to[0][i] = from[0][one];
            to[1][i] = from[1][one];
        }
    }
}

bool cel_sort(struct run *r, struct cel_value *key, struct cel_value *with, size_t n)
{
    const struct cel_value *from[2];
    struct cel_value *to[2];
    bool moved = false;

    for (size_t i = 0; i < n; i++)
        if (!cel_comparable(key[i], key[0]) || key[i].type != key[0].type)
            return false;
    for (size_t width = 1; width < n; width *= 2, moved = !moved) {
        from[0] = key + (moved ? n : 0);
        from[1] = with + (moved ? n : 0);
        to[0] = key + (moved ? 0 : n);
        to[1] = with + (moved ? 0 : n);
        merge(r, from, to, n, width);
    }
    if (moved)
        memcpy(with, with + n, n * sizeof *with);
    return true;
}

static struct cel_value sort(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value *key = room(r, 2 * (size_t)arg->n), *with = room(r, 2 * (size_t)arg->n);

    (void)n;
    if (arg->n) {
        memcpy(key, arg->list, arg->n * sizeof *key);
        memcpy(with, arg->list, arg->n * sizeof *with);
    }
    return cel_sort(r, key, with, arg->n) ? cel_list(with, arg->n) : cel_fail(E_OVERLOAD);
}

static struct cel_value first(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)n;
    return cel_optional(arg->n ? cel_keep(r->arena, arg->list[0]) : NULL);
}

static struct cel_value last(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)n;
    return cel_optional(arg->n ? cel_keep(r->arena, arg->list[arg->n - 1]) : NULL);
}

static struct cel_value range(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value *out;

    (void)n;
    if (arg->i > REPEAT_MAX)
        return cel_fail(E_LIMIT);
    if (arg->i <= 0)
        return cel_list(NULL, 0);
    out = room(r, (size_t)arg->i);
    for (int64_t i = 0; i < arg->i; i++)
        out[i] = cel_int(i);
    return cel_list(out, (size_t)arg->i);
}

/* ---- sets ---- */

static bool within(struct run *r, struct cel_value small, struct cel_value large)
{
    for (uint32_t i = 0; i < small.n; i++)
        if (!holds(r, large.list, large.n, small.list[i]))
            return false;
    return true;
}

static struct cel_value set_contains(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)n;
    return cel_bool(within(r, arg[1], arg[0]));
}

static struct cel_value set_equivalent(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)n;
    return cel_bool(within(r, arg[0], arg[1]) && within(r, arg[1], arg[0]));
}

static struct cel_value set_intersects(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)n;
    for (uint32_t i = 0; i < arg[0].n; i++)
        if (holds(r, arg[1].list, arg[1].n, arg[0].list[i]))
            return cel_bool(true);
    return cel_bool(false);
}

#define SET(name, run)                                                                                     \
    {                                                                                                      \
        name, GLOBAL, 2, 2, CEL_BOOL, R_TYPE, Z_ONE, C_PRODUCT, run,                                       \
        {                                                                                                  \
            LST                                                                                            \
        }                                                                                                  \
    }
const struct func cel_funcs_list[] = {
    {"slice", MEMBER, 3, 3, CEL_LIST, R_SAME, Z_SAME, C_ONE, slice, {LST, BIT(CEL_INT)}},
    {"flatten", MEMBER, 1, 2, CEL_LIST, R_FLAT, Z_ITEM, C_DEEP, flatten, {LST, BIT(CEL_INT)}},
    {"distinct", MEMBER, 1, 1, CEL_LIST, R_SAME, Z_SAME, C_PRODUCT, distinct, {LST}},
    {"sort", MEMBER, 1, 1, CEL_LIST, R_SAME, Z_SAME, C_PRODUCT, sort, {LST}},
    {"first", MEMBER, 1, 1, CEL_OPTIONAL, R_OPT_ITEM, Z_ITEM, C_ONE, first, {LST}},
    {"last", MEMBER, 1, 1, CEL_OPTIONAL, R_OPT_ITEM, Z_ITEM, C_ONE, last, {LST}},
    {"lists.range", GLOBAL, 1, 1, CEL_LIST, R_INTS, Z_RANGE, C_LINEAR, range, {BIT(CEL_INT)}},
    SET("sets.contains", set_contains),
    SET("sets.equivalent", set_equivalent),
    SET("sets.intersects", set_intersects),
    {0},
};
