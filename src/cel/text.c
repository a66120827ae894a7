/* text.c: the strings and encoders extensions (cel-go, ext/README.md). Positions count code points. */
#include "cel/internal.h"

#include "base/crypto.h"

#define STR BIT(CEL_STRING)

/* The byte at which code point `i` starts; false when there are fewer. The end counts as one. */
static bool byte_of(struct cel_value v, int64_t i, uint32_t *at)
{
    for (*at = 0; *at < v.n && i > 0; i--)
        for ((*at)++; *at < v.n && (v.p[*at] & 0xc0) == 0x80;)
            (*at)++;
    return i == 0;
}

static int64_t points(struct cel_value v, size_t bytes)
{
    int64_t n = 0;

    for (size_t i = 0; i < bytes; i++)
        n += (v.p[i] & 0xc0) != 0x80;
    return n;
}

static struct cel_value slice(struct cel_value v, uint32_t from, uint32_t to)
{
    v.p += from;
    v.n = to - from;
    return v;
}

static struct cel_value char_at(struct run *r, const struct cel_value *arg, unsigned n)
{
    uint32_t from, to;

    (void)r, (void)n;
    if (arg[1].i < 0 || !byte_of(arg[0], arg[1].i, &from))
        return cel_fail(E_INDEX);
    byte_of(slice(arg[0], from, arg[0].n), 1, &to);
    return slice(arg[0], from, from + to);
}

static struct cel_value index_of(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value v = arg[0], what = arg[1];
    uint32_t from = 0;
    const char *at;

    (void)r;
    if (n > 2 && (arg[2].i < 0 || !byte_of(v, arg[2].i, &from)))
        return cel_fail(E_INDEX);
    if (what.n == 0)
        return cel_int(n > 2 ? arg[2].i : 0);
    at = v.n > from ? memmem(v.p + from, v.n - from, what.p, what.n) : NULL;
    return cel_int(at ? points(v, (size_t)(at - v.p)) : -1);
}

static struct cel_value last_index_of(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value v = arg[0], what = arg[1];
    uint32_t from = v.n;

    if (n > 2 && (arg[2].i < 0 || !byte_of(v, arg[2].i, &from)))
        return cel_fail(E_INDEX);
    if (what.n == 0)
        return cel_int(points(v, from));
    if (what.n > v.n)
        return cel_int(-1);
    if (from > v.n - what.n)
        from = v.n - what.n;
    for (;; from--) {
        r->steps++;
        if (memcmp(v.p + from, what.p, what.n) == 0)
            return cel_int(points(v, from));
        if (from == 0)
            return cel_int(-1);
    }
}

static struct cel_value cased(struct run *r, struct cel_value v, char from, char by)
{
    char *p = arena_alloc(r->arena, v.n + (size_t)1);

    for (uint32_t i = 0; i < v.n; i++)
        p[i] = v.p[i] >= from && v.p[i] < from + 26 ? (char)(v.p[i] + by) : v.p[i];
    v.p = p;
    return v;
}

static struct cel_value lower(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)n;
    return cased(r, *arg, 'A', 32);
}

static struct cel_value upper(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)n;
    return cased(r, *arg, 'a', -32);
}

/* Where `what` is next, from `from` on; an empty one is before each code point and at the end. v.n + 1: nowhere. */
static size_t next_of(struct cel_value v, struct cel_value what, size_t from)
{
    const char *at;

    if (what.n == 0)
        return from;
    at = v.n > from ? memmem(v.p + from, v.n - from, what.p, what.n) : NULL;
    return at ? (size_t)(at - v.p) : (size_t)v.n + 1;
}

static size_t point_length(struct cel_value v, size_t at)
{
    size_t n = 1;

    while (at + n < v.n && (v.p[at + n] & 0xc0) == 0x80)
        n++;
    return at < v.n ? n : 0;
}

static struct cel_value replace(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value v = arg[0], old = arg[1], new = arg[2];
    int64_t most = n > 3 ? arg[3].i : -1;
    struct buf b;

    if (most == 0 || v.n < old.n)
        return v;
    buf_init(&b, UINT32_MAX);
    for (size_t i = 0, at; i <= v.n; i = at + old.n) {
        at = most == 0 ? v.n + (size_t)1 : next_of(v, old, i);
        if (at > v.n) {
            buf_put(&b, v.p + i, v.n - i);
            break;
        }
        most -= most > 0;
        buf_put(&b, v.p + i, at - i);
        buf_put(&b, new.p, new.n);
        if (old.n == 0) { /* one code point further */
            size_t len = point_length(v, at);
            buf_put(&b, v.p + at, len);
            if (len == 0)
                break;
            at += len;
        }
    }
    if (!b.over && cel_spend(r, 0))
        v = cel_text(r->arena, b.p, b.n);
    else
        v = cel_fail(E_LIMIT);
    buf_free(&b);
    return v;
}

static struct cel_value split(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct cel_value v = arg[0], sep = arg[1], *out;
    int64_t most = n > 2 ? arg[2].i : -1;
    size_t k = 0, i = 0;

    if (most == 0)
        return cel_list(NULL, 0);
    out = arena_alloc(r->arena, (v.n + (size_t)2) * sizeof *out);
    while (most < 0 || k + 1 < (uint64_t)most) {
        size_t at = sep.n ? next_of(v, sep, i) : i + point_length(v, i);
        if (at > v.n || (sep.n == 0 && at >= v.n))
            break;
        out[k++] = slice(v, (uint32_t)i, (uint32_t)at);
        i = at + sep.n;
    }
    if (sep.n || i < v.n)
        out[k++] = slice(v, (uint32_t)i, v.n);
    return cel_list(out, k);
}

static struct cel_value join(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct str sep = n > 1 ? cel_str(arg[1]) : S("");
    struct cel_value out;
    struct buf b;

    buf_init(&b, UINT32_MAX);
    for (uint32_t i = 0; i < arg->n; i++) {
        if (arg->list[i].type != CEL_STRING) {
            buf_free(&b);
            return cel_fail(E_OVERLOAD);
        }
        if (i)
            buf_str(&b, sep);
        buf_str(&b, cel_str(arg->list[i]));
    }
    out = b.over ? cel_fail(E_LIMIT) : cel_text(r->arena, b.p, b.n);
    buf_free(&b);
    return out;
}

static struct cel_value substring(struct run *r, const struct cel_value *arg, unsigned n)
{
    uint32_t from, to = arg[0].n;

    (void)r;
    if (arg[1].i < 0 || !byte_of(arg[0], arg[1].i, &from) ||
        (n > 2 && (arg[2].i < arg[1].i || !byte_of(arg[0], arg[2].i, &to))))
        return cel_fail(E_INDEX);
    return slice(arg[0], from, to);
}

/* Unicode's White_Space. */
static bool blank(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == 32 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

static struct cel_value trim(struct run *r, const struct cel_value *arg, unsigned n)
{
    uint32_t from = 0, to = 0, c;

    (void)r, (void)n;
    for (uint32_t i = 0; i < arg->n;) {
        size_t len = cel_utf8_get(str_n(arg->p + i, arg->n - i), &c);
        i += (uint32_t)len;
        if (!blank(c))
            to = i;
        else if (to == 0)
            from = i;
    }
    return to ? slice(*arg, from, to) : slice(*arg, 0, 0);
}

static struct cel_value reversed(struct run *r, const struct cel_value *arg, unsigned n)
{
    char *p;
    size_t at = arg->n;
    struct cel_value v = *arg;

    (void)n;
    if (v.type == CEL_LIST) {
        struct cel_value *out = arena_alloc(r->arena, (v.n + (size_t)1) * sizeof *out);
        for (uint32_t i = 0; i < v.n; i++)
            out[v.n - 1 - i] = v.list[i];
        return cel_list(out, v.n);
    }
    p = arena_alloc(r->arena, v.n + (size_t)1);
    for (size_t i = 0, len; i < v.n; i += len) {
        len = point_length(v, i);
        at -= len;
        memcpy(p + at, v.p + i, len);
    }
    v.p = p;
    return v;
}

/* ---- encoders ---- */

static struct cel_value encode64(struct run *r, const struct cel_value *arg, unsigned n)
{
    (void)n;
    return cel_string(base64_encode(r->arena, cel_str(*arg)));
}

/* Padding may be missing. */
static struct cel_value decode64(struct run *r, const struct cel_value *arg, unsigned n)
{
    size_t len = arg->n, room = arg->n / 4 * 3 + 3, got;
    char *padded = arena_alloc(r->arena, len + 4), *out = arena_alloc(r->arena, room);
    struct cel_value v;

    (void)n;
    if (len)
        memcpy(padded, arg->p, len);
    while (len % 4)
        padded[len++] = '=';
    if (!base64_decode(str_n(padded, len), out, room, &got))
        return cel_fail(E_CONVERT);
    v = cel_string(str_n(out, got));
    v.type = CEL_BYTES;
    return v;
}

#define TEXT(name, least, most, size, cost, run, ...)                                                      \
    {                                                                                                      \
        name, MEMBER, least, most, CEL_STRING, R_TYPE, size, cost, run, __VA_ARGS__                        \
    }
const struct func cel_funcs_text[] = {
    TEXT("charAt", 2, 2, Z_TEXT, C_LINEAR, char_at, {STR, BIT(CEL_INT)}),
    {"indexOf", MEMBER, 2, 3, CEL_INT, R_TYPE, Z_ONE, C_LINEAR, index_of, {STR, STR, BIT(CEL_INT)}},
    {"lastIndexOf", MEMBER, 2, 3, CEL_INT, R_TYPE, Z_ONE, C_DEEP, last_index_of, {STR, STR, BIT(CEL_INT)}},
    TEXT("lowerAscii", 1, 1, Z_SAME, C_LINEAR, lower, {STR}),
    TEXT("upperAscii", 1, 1, Z_SAME, C_LINEAR, upper, {STR}),
    TEXT("replace", 3, 4, Z_REPLACE, C_LINEAR, replace, {STR, STR, STR, BIT(CEL_INT)}),
    {"split", MEMBER, 2, 3, CEL_LIST, R_STRINGS, Z_SPLIT, C_LINEAR, split, {STR, STR, BIT(CEL_INT)}},
    {"join", MEMBER, 1, 2, CEL_STRING, R_TYPE, Z_JOIN, C_LINEAR, join, {BIT(CEL_LIST), STR}},
    TEXT("substring", 2, 3, Z_SAME, C_LINEAR, substring, {STR, BIT(CEL_INT), BIT(CEL_INT)}),
    TEXT("trim", 1, 1, Z_SAME, C_LINEAR, trim, {STR}),
    {"reverse", MEMBER, 1, 1, DYN, R_SAME, Z_SAME, C_LINEAR, reversed, {STR | BIT(CEL_LIST)}},
    TEXT("format", 2, 2, Z_FORMAT, C_DEEP, cel_format, {STR, BIT(CEL_LIST)}),
    {"strings.quote", GLOBAL, 1, 1, CEL_STRING, R_TYPE, Z_QUOTE, C_LINEAR, cel_quote, {STR}},
    {"base64.encode", GLOBAL, 1, 1, CEL_STRING, R_TYPE, Z_QUOTE, C_LINEAR, encode64, {BIT(CEL_BYTES)}},
    {"base64.decode", GLOBAL, 1, 1, CEL_BYTES, R_TYPE, Z_SAME, C_LINEAR, decode64, {STR}},
    {0},
};
