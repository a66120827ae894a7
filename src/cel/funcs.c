/* funcs.c: which functions there are, and the core's own. langdef.md, "List of Standard Definitions"; optional
 * values: cel-spec wiki, proposal 246. */
#include "cel/internal.h"

#define STR BIT(CEL_STRING)
#define BYT BIT(CEL_BYTES)
#define OPT BIT(CEL_OPTIONAL)

static uint64_t code_points(struct cel_value v)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < v.n; i++)
        n += (v.p[i] & 0xc0) != 0x80;
    return n;
}

static struct cel_value size(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    return cel_int(arg->type == CEL_STRING ? (int64_t)code_points(*arg) : (int64_t)arg->n);
}

static struct cel_value contains(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    return cel_bool(arg[1].n == 0 || (arg[0].n && memmem(arg[0].p, arg[0].n, arg[1].p, arg[1].n)));
}

static struct cel_value starts_with(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    return cel_bool(str_starts(cel_str(arg[0]), cel_str(arg[1])));
}

static struct cel_value ends_with(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    return cel_bool(arg[1].n <= arg[0].n &&
                    str_eq(str_n(arg[0].p + (arg[0].n - arg[1].n), arg[1].n), cel_str(arg[1])));
}

/* The pattern is not known before. */
static struct cel_value matches(struct run *r, const struct cel_value *arg, unsigned n)
{
    const char *why;
    const struct regex *x = cel_regex(r->arena, cel_str(arg[1]), &why);
    bool found;

    (void)n;
    if (!x)
        return cel_fail(E_PATTERN);
    r->steps += cel_regex_size(x);
    return cel_regex_find(r, x, cel_str(arg[0]), &found) ? cel_bool(found) : cel_fail(E_LIMIT);
}

static struct cel_value type_of(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    return (struct cel_value){.type = CEL_TYPE, .i = arg->type};
}

static struct cel_value same(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    return *arg;
}

/* ---- optional values ---- */

static struct cel_value none(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)arg, (void)n;
    return cel_optional(NULL);
}

static struct cel_value some(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)n;
    return cel_optional(cel_keep(r->arena, *arg));
}

static struct cel_value some_not_zero(struct run *r, const struct cel_value *arg, unsigned n)
{
    bool zero = false;

    switch ((enum cel_type)arg->type) {
    case CEL_NULL:
        zero = true;
        break;
    case CEL_BOOL:
    case CEL_INT:
    case CEL_UINT:
        zero = arg->u == 0;
        break;
    case CEL_DOUBLE:
        zero = arg->d == 0;
        break;
    case CEL_STRING:
    case CEL_BYTES:
    case CEL_LIST:
    case CEL_MAP:
        zero = arg->n == 0;
        break;
    case CEL_TIMESTAMP:
    case CEL_DURATION:
        zero = arg->i == 0 && arg->n == 0;
        break;
    case CEL_OPTIONAL:
        zero = arg->list == NULL;
        break;
    case CEL_TYPE:
    case CEL_RECORD:
    case CEL_ERROR:
        break;
    }
    return zero ? cel_optional(NULL) : some(r, arg, n);
}

static struct cel_value has_value(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    return cel_bool(arg->list != NULL);
}

static struct cel_value value(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)r, (void)n;
    return arg->list ? *arg->list : cel_fail(E_NO_VALUE);
}

static struct cel_value unwrap(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value *out = arena_alloc(r->arena, (arg->n + (size_t)1) * sizeof *out);
    size_t k = 0;

    (void)n;
    for (uint32_t i = 0; i < arg->n; i++) {
        if (arg->list[i].type != CEL_OPTIONAL)
            return cel_fail(E_OVERLOAD);
        if (arg->list[i].list)
            out[k++] = *arg->list[i].list;
    }
    return cel_list(out, k);
}

/* ---- the tables ---- */

const struct func cel_func_optional = {"or",   MEMBER, 1,     1,    CEL_OPTIONAL,
                                       R_SAME, Z_SAME, C_ONE, same, {OPT}};

static const struct func core[] = {
    {"size",
     GLOBAL | MEMBER,
     1,
     1,
     CEL_INT,
     R_TYPE,
     Z_ONE,
     C_LINEAR,
     size,
     {STR | BYT | BIT(CEL_LIST) | BIT(CEL_MAP)}},
    {"contains", MEMBER, 2, 2, CEL_BOOL, R_TYPE, Z_ONE, C_LINEAR, contains, {STR}},
    {"startsWith", MEMBER, 2, 2, CEL_BOOL, R_TYPE, Z_ONE, C_LINEAR, starts_with, {STR}},
    {"endsWith", MEMBER, 2, 2, CEL_BOOL, R_TYPE, Z_ONE, C_LINEAR, ends_with, {STR}},
    {"matches", GLOBAL | MEMBER, 2, 2, CEL_BOOL, R_TYPE, Z_ONE, C_PATTERN, matches, {STR}},
    {"type", GLOBAL, 1, 1, CEL_TYPE, R_TYPE, Z_ONE, C_ONE, type_of, {ANY}},
    {"dyn", GLOBAL, 1, 1, DYN, R_TYPE, Z_SAME, C_ONE, same, {ANY}},
    {"optional.none", GLOBAL, 0, 0, CEL_OPTIONAL, R_TYPE, Z_ONE, C_ONE, none, {ANY}},
    {"optional.of", GLOBAL, 1, 1, CEL_OPTIONAL, R_OPT, Z_SUM, C_ONE, some, {ANY}},
    {"optional.ofNonZeroValue", GLOBAL, 1, 1, CEL_OPTIONAL, R_OPT, Z_SUM, C_ONE, some_not_zero, {ANY}},
    {"optional.unwrap", GLOBAL, 1, 1, CEL_LIST, R_TYPE, Z_SAME, C_LINEAR, unwrap, {BIT(CEL_LIST)}},
    {"unwrapOpt", MEMBER, 1, 1, CEL_LIST, R_TYPE, Z_SAME, C_LINEAR, unwrap, {BIT(CEL_LIST)}},
    {"hasValue", MEMBER, 1, 1, CEL_BOOL, R_TYPE, Z_ONE, C_ONE, has_value, {OPT}},
    {"value", MEMBER, 1, 1, DYN, R_ITEM, Z_ITEM, C_ONE, value, {OPT}},
    {"orValue", MEMBER, 2, 2, DYN, R_ITEM, Z_ITEM, C_ONE, NULL, {OPT, ANY}},
    {"or", MEMBER, 2, 2, CEL_OPTIONAL, R_SAME, Z_ITEM, C_ONE, NULL, {OPT}},
    {0},
};

static const struct func *const tables[] = {core,           cel_funcs_convert, cel_funcs_text,
                                            cel_funcs_list, cel_funcs_math,    cel_funcs_time};

const struct func *cel_func(struct str name, enum style style, unsigned args, bool *named)
{
    *named = false;
    for (size_t t = 0; t < COUNT(tables); t++)
        for (const struct func *f = tables[t]; f->name; f++) {
            if (!(f->style & style) || !str_eq(name, str_z(f->name)))
                continue;
            *named = true;
            if (args >= f->least && args <= f->most)
                return f;
        }
    return NULL;
}
