/* value.c: one value from its text form and back (CSV, command line, mapping files). */
#include "base/crypto.h"
#include "base/json.h"
#include "schema/internal.h"

#include <inttypes.h>
#include <stdio.h>

/* Digits, and at most one point among them; counts what stands behind it. */
static bool digits(struct str s, uint64_t *whole, int *decimals, bool *fits)
{
    bool point = false;

    *whole = 0;
    *decimals = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.') {
            if (point || i == 0 || i + 1 == s.n)
                return false;
            point = true;
            continue;
        }
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        *fits = *fits && *whole <= (INT64_MAX - 9) / 10;
        *whole = *fits ? *whole * 10 + (uint64_t)(s.p[i] - '0') : 0;
        *decimals += point;
    }
    return s.n > 0;
}

bool decimal_parse(struct str s, int scale, int64_t *out, bool *precise)
{
    bool negative = s.n && s.p[0] == '-';
    uint64_t whole;
    int decimals;

    *precise = true;
    if (negative)
        s.p++, s.n--;
    /* Zeros at the end say nothing more. */
    if (s.n && memchr(s.p, '.', s.n))
        while (s.n > 1 && s.p[s.n - 1] == '0' && s.p[s.n - 2] != '.')
            s.n--;
    if (s.n > 2 && s.p[s.n - 1] == '0' && s.p[s.n - 2] == '.')
        s.n -= 2;
    if (!digits(s, &whole, &decimals, precise))
        return false;
    *precise = *precise && decimals <= scale;
    for (; *precise && decimals < scale; decimals++) {
        *precise = whole <= INT64_MAX / 10;
        whole *= 10;
    }
    *out = negative ? -(int64_t)whole : (int64_t)whole;
    return true;
}

static bool refuse(struct faults *to, const char *code, const struct field *f, struct place at,
                   struct str found)
{
    check_put(to, code, f, at, found);
    return false;
}

static bool set_number(struct record *r, int field, struct str text, struct place at, struct faults *to)
{
    const struct field *f = &r->kind->field[field];
    bool precise;
    int64_t i;

    if (!decimal_parse(text, f->type == T_DECIMAL ? f->scale : 0, &i, &precise))
        return refuse(to, "field.type", f, at, text);
    if (!precise)
        return refuse(to, f->type == T_DECIMAL ? "field.range" : "field.type", f, at, text);
    if (check_number(f, i))
        return refuse(to, "field.range", f, at, text);
    record_int(r, field, i);
    return true;
}

static bool set_bool(struct record *r, int field, struct str text, struct place at, struct faults *to)
{
    bool yes = str_eq(text, S("true")) || str_eq(text, S("1"));

    if (!yes && !str_eq(text, S("false")) && !str_eq(text, S("0")))
        return refuse(to, "field.type", &r->kind->field[field], at, text);
    record_int(r, field, yes);
    return true;
}

static bool set_ref(struct arena *a, struct record *r, int field, struct str text, struct place at,
                    struct faults *to)
{
    uint8_t id[16];
    int64_t ordinal;

    if (uuid_parse(text, id))
        record_text(r, field, arena_copy(a, str_n(id, 16)));
    else if (text.p[0] == '#' && str_int(str_n(text.p + 1, text.n - 1), &ordinal) && ordinal > 0)
        record_int(r, field, ordinal);
    else
        return refuse(to, "field.type", &r->kind->field[field], at, text);
    return true;
}

static bool set_bytes(struct arena *a, struct record *r, int field, struct str text, struct place at,
                      struct faults *to)
{
    const struct field *f = &r->kind->field[field];
    size_t most = f->max ? f->max : BYTES_MAX, room = text.n / 4 * 3 + 3, n;
    char *p;

    if (text.n / 4 > most / 3 + 1)
        return refuse(to, "field.length", f, at, str_n(NULL, 0));
    p = arena_alloc(a, room);
    if (!base64_decode(text, p, room, &n))
        return refuse(to, "field.type", f, at, text);
    if (n > most)
        return refuse(to, "field.length", f, at, str_n(NULL, 0));
    record_text(r, field, str_n(p, n));
    return true;
}

/* "a; b" or lines -> lines, without empty ones. */
static struct str to_lines(struct arena *a, struct str text)
{
    char *p = arena_alloc(a, text.n + 1);
    size_t n = 0;

    while (text.n) {
        size_t i = 0;
        struct str one;
        while (i < text.n && text.p[i] != '\n' &&
               !(text.p[i] == ';' && i + 1 < text.n && text.p[i + 1] == ' '))
            i++;
        one = str_trim(str_n(text.p, i));
        i += i < text.n;
        text = str_n(text.p + i, text.n - i);
        if (one.n == 0)
            continue;
        if (n)
            p[n++] = '\n';
        memcpy(p + n, one.p, one.n);
        n += one.n;
    }
    return str_n(p, n);
}

bool schema_set(struct arena *a, struct record *r, int field, struct str text, struct place at,
                struct faults *to)
{
    const struct field *f = &r->kind->field[field];
    const char *code;

    if (text.n == 0)
        return true;
    switch (f->type) {
    case T_CODE:
    case T_DATE:
    case T_TIME:
        if (f->flags & F_MANY)
            break;
        code = check_text(f, text);
        if (code && !(f->type == T_CODE && f->codes->open && strcmp(code, "field.code") == 0))
            return refuse(to, code, f, at, text);
        record_text(r, field, text);
        return true;
    case T_TEXT:
        break;
    case T_INT:
    case T_DECIMAL:
        return set_number(r, field, text, at, to);
    case T_BOOL:
        return set_bool(r, field, text, at, to);
    case T_REF:
        return set_ref(a, r, field, text, at, to);
    case T_BYTES:
        return set_bytes(a, r, field, text, at, to);
    }
    record_text(r, field, f->flags & F_MANY ? to_lines(a, text) : text);
    return true;
}

static struct str ref_text(struct arena *a, const struct value *v)
{
    char uuid[UUID_SIZE];

    if (v->s.n != 16)
        return arena_fmt(a, "#%" PRId64, v->i);
    uuid_format((const uint8_t *)v->s.p, uuid);
    return arena_copy(a, str_n(uuid, UUID_SIZE - 1));
}

/* Lines -> "a; b". */
static struct str from_lines(struct arena *a, struct str lines)
{
    char *p = arena_alloc(a, lines.n * 2 + 1);
    size_t n = 0;

    for (size_t i = 0; i < lines.n; i++) {
        if (lines.p[i] != '\n') {
            p[n++] = lines.p[i];
            continue;
        }
        p[n++] = ';';
        p[n++] = ' ';
    }
    return str_n(p, n);
}

struct str schema_text(struct arena *a, const struct record *r, int field)
{
    const struct field *f = &r->kind->field[field];
    const struct value *v = &r->v[field];
    struct buf b;
    struct str s;

    if (!record_has(r, field))
        return str_n(NULL, 0);
    switch (f->type) {
    case T_TEXT:
    case T_CODE:
    case T_DATE:
    case T_TIME:
        return f->flags & F_MANY ? from_lines(a, v->s) : v->s;
    case T_INT:
    case T_DECIMAL:
        buf_init(&b, 64);
        json_decimal(&b, v->i, f->type == T_DECIMAL ? f->scale : 0);
        s = arena_copy(a, buf_view(&b));
        buf_free(&b);
        return s;
    case T_BOOL:
        return v->i ? S("true") : S("false");
    case T_REF:
        return ref_text(a, v);
    case T_BYTES:
        return base64_encode(a, v->s);
    }
    return str_n(NULL, 0);
}
