/*
 * json.c: values from JSON and into it (RFC 8259). Read here and not by jansson, which knows no whole number beyond 64
 * bits and would refuse or round what CEL tells apart: 1 is an int, 1.0 and 1e0 a double, 2^64 a double
 * (decision 0212).
 */
#include "cel/internal.h"

#include "base/crypto.h"
#include "base/json.h"

#include <math.h>

struct json {
    struct arena *arena;
    const char *p, *end;
    unsigned depth;
};

static bool any(struct json *j, struct cel_value *out);

static void blanks(struct json *j)
{
    while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\n' || *j->p == '\r'))
        j->p++;
}

static bool eat(struct json *j, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(j->end - j->p) < n || memcmp(j->p, word, n) != 0)
        return false;
    j->p += n;
    return true;
}

static size_t digits(struct json *j)
{
    const char *from = j->p;

    while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
        j->p++;
    return (size_t)(j->p - from);
}

static bool number(struct json *j, struct cel_value *out)
{
    const char *from = j->p;
    bool real = false;
    size_t n;

    eat(j, "-");
    n = digits(j);
    if (n == 0 || (n > 1 && j->p[-(ptrdiff_t)n] == '0'))
        return false;
    if (eat(j, ".")) {
        real = true;
        if (digits(j) == 0)
            return false;
    }
    if (eat(j, "e") || eat(j, "E")) {
        real = true;
        if (!eat(j, "+"))
            eat(j, "-");
        if (digits(j) == 0)
            return false;
    }
    struct str s = str_n(from, (size_t)(j->p - from));
    *out = cel_int(0);
    if (!real && str_int(s, &out->i))
        return true;
    *out = cel_double_of(0);
    return cel_double(s, &out->d) && isfinite(out->d);
}

static bool hex4(struct json *j, uint32_t *out)
{
    if (j->end - j->p < 4)
        return false;
    *out = 0;
    for (int i = 0; i < 4; i++, j->p++) {
        if (str_hex(*j->p) < 0)
            return false;
        *out = *out << 4 | (uint32_t)str_hex(*j->p);
    }
    return true;
}

/* Behind a backslash. */
static size_t escape(struct json *j, char out[4])
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *found = j->p < j->end && *j->p ? strchr(from, *j->p) : NULL;
    uint32_t c, low;

    if (found) {
        j->p++;
        out[0] = to[found - from];
        return 1;
    }
    if (!eat(j, "u") || !hex4(j, &c))
        return 0;
    if (c >= 0xd800 && c < 0xdc00) {
        if (!eat(j, "\\u") || !hex4(j, &low) || low < 0xdc00 || low > 0xdfff)
            return 0;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    return c >= 0xd800 && c <= 0xdfff ? 0 : cel_utf8_put(out, c);
}

static bool string(struct json *j, struct cel_value *out)
{
    const char *from = j->p, *close;
    size_t n = 0;
    char *to;

    for (close = from; close < j->end && *close != '"'; close++)
        close += *close == '\\' && close + 1 < j->end;
    if (close >= j->end)
        return false;
    to = arena_alloc(j->arena, (size_t)(close - from) + 4);
    while (j->p < close) {
        if ((unsigned char)*j->p < ' ')
            return false;
        if (*j->p != '\\') {
            to[n++] = *j->p++;
            continue;
        }
        j->p++;
        size_t put = escape(j, to + n);
        if (put == 0)
            return false;
        n += put;
    }
    j->p = close + 1;
    *out = cel_string(str_n(to, n));
    return true;
}

/* Elements as they come, in a list that doubles. */
struct items {
    struct cel_value *v;
    size_t n, cap;
};

static struct cel_value *more(struct json *j, struct items *l)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 4;
        struct cel_value *v = arena_alloc(j->arena, cap * sizeof *v);
        if (l->n)
            memcpy(v, l->v, l->n * sizeof *v);
        l->v = v;
        l->cap = cap;
    }
    return &l->v[l->n++];
}

static bool array(struct json *j, struct cel_value *out)
{
    struct items l = {0};

    blanks(j);
    if (!eat(j, "]")) {
        do {
            if (!any(j, more(j, &l)))
                return false;
            blanks(j);
        } while (eat(j, ","));
        if (!eat(j, "]"))
            return false;
    }
    *out = cel_list(l.v, l.n);
    return true;
}

static bool object(struct json *j, struct cel_value *out)
{
    struct items l = {0};
    struct cel_map *m;

    blanks(j);
    if (!eat(j, "}")) {
        do {
            blanks(j);
            if (!eat(j, "\"") || !string(j, more(j, &l)))
                return false;
            blanks(j);
            if (!eat(j, ":") || !any(j, more(j, &l)))
                return false;
            blanks(j);
        } while (eat(j, ","));
        if (!eat(j, "}"))
            return false;
    }
    m = cel_map_new(j->arena, (uint32_t)(l.n / 2));
    for (size_t i = 0; i < l.n; i += 2)
        if (!cel_map_put(m, l.v[i], l.v[i + 1]))
            return false;
    *out = (struct cel_value){.type = CEL_MAP, .n = m->n, .map = m};
    return true;
}

static bool any(struct json *j, struct cel_value *out)
{
    bool ok;

    blanks(j);
    *out = (struct cel_value){.type = CEL_NULL};
    if (eat(j, "null"))
        return true;
    if (eat(j, "true") || eat(j, "false")) {
        *out = cel_bool(j->p[-2] == 'u');
        return true;
    }
    if (eat(j, "\""))
        return string(j, out);
    if (j->p == j->end || (*j->p != '[' && *j->p != '{'))
        return j->p < j->end && number(j, out);
    if (++j->depth > CEL_DEPTH_MAX)
        return false;
    ok = *j->p++ == '[' ? array(j, out) : object(j, out);
    j->depth--;
    return ok;
}

bool cel_from_json(struct arena *a, struct str json, struct cel_value *out)
{
    struct json j = {.arena = a, .p = json.p, .end = json.p + json.n};

    if (json.n > UINT32_MAX / 2 || !str_utf8(json) || !any(&j, out))
        return false;
    blanks(&j);
    return j.p == j.end;
}

/* ---- writing ---- */

static void put_double(struct buf *b, double d)
{
    char text[TEXT_OUT];
    size_t n = cel_double_text(d, text);

    if (!isfinite(d)) {
        json_str(b, str_n(text, n));
        return;
    }
    buf_put(b, text, n);
    if (!memchr(text, '.', n) && !memchr(text, 'e', n)) /* seen to be a double */
        buf_z(b, ".0");
}

static void put_key(struct buf *b, struct cel_value k)
{
    struct buf text;

    if (k.type == CEL_STRING) {
        json_str(b, cel_str(k));
        return;
    }
    buf_init(&text, 64);
    cel_to_json(&text, k);
    json_str(b, buf_view(&text));
    buf_free(&text);
}

static void put_list(struct buf *b, struct cel_value v)
{
    buf_char(b, '[');
    for (uint32_t i = 0; i < v.n && !b->over; i++) {
        if (i)
            buf_char(b, ',');
        cel_to_json(b, v.list[i]);
    }
    buf_char(b, ']');
}

static void put_map(struct buf *b, struct cel_value v)
{
    buf_char(b, '{');
    for (uint32_t i = 0; i < v.n && !b->over; i++) {
        struct cel_value key, value;
        cel_map_entry(v, i, &key, &value);
        if (i)
            buf_char(b, ',');
        put_key(b, key);
        buf_char(b, ':');
        cel_to_json(b, value);
    }
    buf_char(b, '}');
}

static void put_text(struct buf *b, struct cel_value v)
{
    char text[TEXT_OUT];

    json_str(b, str_n(text, v.type == CEL_TIMESTAMP ? cel_time_text(v, text) : cel_duration_text(v, text)));
}

void cel_to_json(struct buf *b, struct cel_value v)
{
    switch ((enum cel_type)v.type) {
    case CEL_BOOL:
        buf_z(b, v.i ? "true" : "false");
        break;
    case CEL_INT:
        json_int(b, v.i);
        break;
    case CEL_UINT:
        json_uint(b, v.u);
        break;
    case CEL_DOUBLE:
        put_double(b, v.d);
        break;
    case CEL_STRING:
        json_str(b, cel_str(v));
        break;
    case CEL_BYTES:
        buf_char(b, '"');
        base64_put(b, cel_str(v));
        buf_char(b, '"');
        break;
    case CEL_LIST:
        put_list(b, v);
        break;
    case CEL_MAP:
        put_map(b, v);
        break;
    case CEL_TIMESTAMP:
    case CEL_DURATION:
        put_text(b, v);
        break;
    case CEL_TYPE:
        json_str(b, str_z(cel_type_name((enum cel_type)v.i)));
        break;
    case CEL_OPTIONAL:
        cel_to_json(b, v.list ? *v.list : (struct cel_value){.type = CEL_NULL});
        break;
    case CEL_NULL:
    case CEL_RECORD:
    case CEL_ERROR:
        buf_z(b, "null");
        break;
    }
}

int cel_fuzz(const uint8_t *p, size_t n)
{
    const uint8_t *zero = n ? memchr(p, 0, n) : NULL;
    struct str text = str_n(p, zero ? (size_t)(zero - p) : n);
    struct str json = zero ? str_n(zero + 1, n - text.n - 1) : S("{}");
    struct arena *a = arena_new();
    struct cel_value data = {.type = CEL_NULL};
    struct cel_program *program;
    struct cel_run run = {.arena = a};
    struct cel_wrong wrong;
    struct cel_var var = {.name = S("x")};
    struct cel_env env = {.var = &var, .vars = 1, .costs = UINT64_C(1) << 40};
    struct buf out;

    if (!cel_from_json(a, json, &data))
        data = cel_string(S("x"));
    var.size = cel_size(data).all;
    if (cel_compile(a, &env, text, &program, &wrong) == 0) {
        if (cel_cost(program) < CEL_COST_DEFAULT) {
            cel_run(program, &data, &run);
            assert(run.steps <= cel_cost(program));
            buf_init(&out, 1 << 20);
            if (run.value.type == CEL_ERROR)
                cel_explain(program, run.value, LANG_EN, &wrong);
            else
                cel_to_json(&out, run.value);
            buf_free(&out);
        }
    }
    arena_free(a);
    return 0;
}
