/* format.c: string.format() and strings.quote(). cel-spec, doc/extensions/strings.md. */
#include "cel/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PRECISION_MAX 100

struct format {
    struct run *run;
    struct buf out;
    int precision; /* -1: none was given */
};

static void any(struct format *f, struct cel_value v);

static bool number_of(struct cel_value v, double *d)
{
    *d = v.type == CEL_INT ? (double)v.i : v.type == CEL_UINT ? (double)v.u : v.d;
    return BIT(v.type) & NUMBERS;
}

/* Bytes that are not UTF-8 become U+FFFD, a row of them one. */
static void bytes_as_text(struct buf *b, struct str s)
{
    bool bad = false;

    for (size_t i = 0; i < s.n;) {
        size_t len = 1;
        while (len < 4 && i + len <= s.n && !str_utf8(str_n(s.p + i, len)))
            len++;
        if (i + len <= s.n && str_utf8(str_n(s.p + i, len))) {
            buf_put(b, s.p + i, len);
            bad = false;
            i += len;
        } else {
            if (!bad)
                buf_z(b, "\xef\xbf\xbd");
            bad = true;
            i++;
        }
    }
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(((const struct str *)a)[0], ((const struct str *)b)[0]);
}

/* A value as text by itself. */
static struct str alone(struct format *f, struct cel_value v)
{
    struct buf before = f->out;
    struct str s;

    buf_init(&f->out, before.max);
    any(f, v);
    s = arena_copy(f->run->arena, buf_view(&f->out));
    buf_free(&f->out);
    f->out = before;
    return s;
}

/* Entries in the order of their keys as text. */
static void map(struct format *f, struct cel_value v)
{
    struct str *entry = arena_alloc(f->run->arena, (2 * (size_t)v.n + 1) * sizeof *entry);

    for (uint32_t i = 0; i < v.n; i++) {
        struct cel_value key, value;
        cel_map_entry(v, i, &key, &value);
        entry[2 * (size_t)i] = alone(f, key);
        entry[2 * (size_t)i + 1] = alone(f, value);
    }
    qsort(entry, v.n, 2 * sizeof *entry, by_text);
    buf_char(&f->out, '{');
    for (uint32_t i = 0; i < v.n; i++) {
        if (i)
            buf_z(&f->out, ", ");
        buf_str(&f->out, entry[2 * (size_t)i]);
        buf_z(&f->out, ": ");
        buf_str(&f->out, entry[2 * (size_t)i + 1]);
    }
    buf_char(&f->out, '}');
}

static void list(struct format *f, struct cel_value v)
{
    buf_char(&f->out, '[');
    for (uint32_t i = 0; i < v.n; i++) {
        if (i)
            buf_z(&f->out, ", ");
        any(f, v.list[i]);
    }
    buf_char(&f->out, ']');
}

/* %s: anything. */
static void any(struct format *f, struct cel_value v)
{
    char text[TEXT_OUT];

    f->run->steps++;
    switch ((enum cel_type)v.type) {
    case CEL_NULL:
        buf_z(&f->out, "null");
        break;
    case CEL_BOOL:
        buf_z(&f->out, v.i ? "true" : "false");
        break;
    case CEL_INT:
        buf_fmt(&f->out, "%jd", (intmax_t)v.i);
        break;
    case CEL_UINT:
        buf_fmt(&f->out, "%ju", (uintmax_t)v.u);
        break;
    case CEL_DOUBLE:
        buf_put(&f->out, text, cel_double_text(v.d, text));
        break;
    case CEL_STRING:
        buf_str(&f->out, cel_str(v));
        break;
    case CEL_BYTES:
        bytes_as_text(&f->out, cel_str(v));
        break;
    case CEL_LIST:
        list(f, v);
        break;
    case CEL_MAP:
        map(f, v);
        break;
    case CEL_TIMESTAMP:
        buf_put(&f->out, text, cel_time_text(v, text));
        break;
    case CEL_DURATION:
        buf_put(&f->out, text, cel_duration_text(v, text));
        break;
    case CEL_TYPE:
        buf_z(&f->out, cel_type_name((enum cel_type)v.i));
        break;
    case CEL_OPTIONAL:
    case CEL_RECORD:
    case CEL_ERROR:
        break;
    }
}

static bool decimal(struct format *f, struct cel_value v)
{
    any(f, v);
    return BIT(v.type) & NUMBERS;
}

/* %f and %e: printf rounds halves of the exact value to even, as asked. */
static bool real(struct format *f, struct cel_value v, bool exponent)
{
    double d;

    if (!number_of(v, &d))
        return false;
    if (!isfinite(d))
        buf_z(&f->out, isnan(d) ? "NaN" : d < 0 ? "-Infinity" : "Infinity");
    else
        buf_fmt(&f->out, exponent ? "%.*e" : "%.*f", f->precision < 0 ? 6 : f->precision, d);
    return true;
}

static bool based(struct format *f, struct cel_value v, unsigned bits, bool upper)
{
    const char *digit = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[64];
    size_t n = sizeof text;
    uint64_t u = v.u;

    if (v.type == CEL_INT && v.i < 0) {
        buf_char(&f->out, '-');
        u = 0 - u;
    }
    do {
        text[--n] = digit[u & ((1u << bits) - 1)];
        u >>= bits;
    } while (u);
    buf_put(&f->out, text + n, sizeof text - n);
    return true;
}

static bool hex(struct format *f, struct cel_value v, bool upper)
{
    const char *digit = upper ? "0123456789ABCDEF" : "0123456789abcdef";

    if (v.type == CEL_INT || v.type == CEL_UINT)
        return based(f, v, 4, upper);
    if (v.type != CEL_STRING && v.type != CEL_BYTES)
        return false;
    for (uint32_t i = 0; i < v.n; i++) {
        buf_char(&f->out, digit[(unsigned char)v.p[i] >> 4]);
        buf_char(&f->out, digit[v.p[i] & 15]);
    }
    return true;
}

static bool one(struct format *f, char conversion, struct cel_value v)
{
    uint32_t whole = BIT(CEL_INT) | BIT(CEL_UINT);

    switch (conversion) {
    case 's':
        any(f, v);
        return BIT(v.type) & ~(BIT(CEL_OPTIONAL) | BIT(CEL_RECORD) | BIT(CEL_ERROR));
    case 'd':
        return decimal(f, v);
    case 'f':
    case 'e':
        return real(f, v, conversion == 'e');
    case 'x':
    case 'X':
        return hex(f, v, conversion == 'X');
    case 'o':
        return BIT(v.type) & whole && based(f, v, 3, false);
    case 'b':
        return BIT(v.type) & (whole | BIT(CEL_BOOL)) && based(f, v, 1, false);
    }
    return false;
}

/* Behind a %: an optional precision. */
static bool precision(struct format *f, struct str *s)
{
    f->precision = -1;
    if (s->n == 0 || s->p[0] != '.')
        return true;
    *s = str_n(s->p + 1, s->n - 1);
    for (f->precision = 0; s->n && s->p[0] >= '0' && s->p[0] <= '9'; *s = str_n(s->p + 1, s->n - 1))
        if ((f->precision = f->precision * 10 + (s->p[0] - '0')) > PRECISION_MAX)
            return false;
    return true;
}

static bool all(struct format *f, struct str s, struct cel_value args)
{
    uint32_t used = 0;

    while (s.n) {
        const char *percent = memchr(s.p, '%', s.n);
        size_t before = percent ? (size_t)(percent - s.p) : s.n;
        buf_put(&f->out, s.p, before);
        s = str_n(s.p + before, s.n - before);
        if (s.n == 0)
            break;
        s = str_n(s.p + 1, s.n - 1);
        if (s.n && s.p[0] == '%') {
            buf_char(&f->out, '%');
        } else if (!precision(f, &s) || s.n == 0 || used == args.n || !one(f, s.p[0], args.list[used++])) {
            return false;
        }
        s = str_n(s.p + 1, s.n - 1);
    }
    return true;
}

struct cel_value cel_format(struct run *r, const struct cel_value *arg, unsigned n)
{
    struct format f = {.run = r};
    struct cel_value v;

    (void)n;
    buf_init(&f.out, UINT32_MAX);
    if (!all(&f, cel_str(arg[0]), arg[1]))
        v = cel_fail(E_FORMAT);
    else
        v = f.out.over ? cel_fail(E_LIMIT) : cel_text(r->arena, f.out.p, f.out.n);
    buf_free(&f.out);
    return v;
}

struct cel_value cel_quote(struct run *r, const struct cel_value *arg, unsigned n)
{
    static const char from[] = "\a\b\f\n\r\t\v\\\"", to[] = "abfnrtv\\\"";
    char *p = arena_alloc(r->arena, 2 * (size_t)arg->n + 2);
    size_t k = 0;

    (void)n;
    p[k++] = '"';
    for (uint32_t i = 0; i < arg->n; i++) {
        const char *found = arg->p[i] ? strchr(from, arg->p[i]) : NULL;
        if (found)
            p[k++] = '\\';
        p[k++] = found ? to[found - from] : arg->p[i];
    }
    p[k++] = '"';
    return cel_string(str_n(p, k));
}
