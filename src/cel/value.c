/* value.c: equality, order, maps, the values of a record's fields. langdef.md, "Equality and Ordering". */
#include "cel/internal.h"

#include <math.h>

/* ---- numbers on one line ---- */

static enum order of_int(int64_t a, int64_t b)
{
    return a < b ? ORDER_LESS : a > b ? ORDER_MORE : ORDER_SAME;
}

static enum order of_uint(uint64_t a, uint64_t b)
{
    return a < b ? ORDER_LESS : a > b ? ORDER_MORE : ORDER_SAME;
}

static enum order of_double(double a, double b)
{
    return isnan(a) || isnan(b) ? ORDER_NONE : a < b ? ORDER_LESS : a > b ? ORDER_MORE : ORDER_SAME;
}

/* As the other implementations have it: beyond 2^53 an integer is compared as the double nearest to it. */
static enum order int_double(int64_t a, double b)
{
    return of_double((double)a, b);
}

static enum order uint_double(uint64_t a, double b)
{
    return of_double((double)a, b);
}

static enum order reverse(enum order o)
{
    return o == ORDER_NONE ? o : (enum order)(-(int)o);
}

static enum order numbers(struct cel_value a, struct cel_value b)
{
    if (a.type == b.type)
        return a.type == CEL_INT    ? of_int(a.i, b.i)
               : a.type == CEL_UINT ? of_uint(a.u, b.u)
                                    : of_double(a.d, b.d);
    if (a.type == CEL_DOUBLE)
        return reverse(b.type == CEL_INT ? int_double(b.i, a.d) : uint_double(b.u, a.d));
    if (b.type == CEL_DOUBLE)
        return a.type == CEL_INT ? int_double(a.i, b.d) : uint_double(a.u, b.d);
    if (a.type == CEL_INT)
        return a.i < 0 ? ORDER_LESS : of_uint((uint64_t)a.i, b.u);
    return b.i < 0 ? ORDER_MORE : of_uint(a.u, (uint64_t)b.i);
}

static bool is_number(struct cel_value v)
{
    return v.type == CEL_INT || v.type == CEL_UINT || v.type == CEL_DOUBLE;
}

bool cel_comparable(struct cel_value a, struct cel_value b)
{
    uint32_t may =
        BIT(CEL_BOOL) | BIT(CEL_STRING) | BIT(CEL_BYTES) | BIT(CEL_TIMESTAMP) | BIT(CEL_DURATION);

    return (is_number(a) && is_number(b)) || (a.type == b.type && BIT(a.type) & may);
}

enum order cel_compare(struct cel_value a, struct cel_value b)
{
    int c;

    if (is_number(a) && is_number(b))
        return numbers(a, b);
    if (!cel_comparable(a, b))
        return ORDER_NONE;
    if (a.type == CEL_BOOL)
        return of_int(a.i, b.i);
    if (a.type == CEL_TIMESTAMP || a.type == CEL_DURATION)
        return a.i != b.i ? of_int(a.i, b.i) : of_uint(a.n, b.n);
    c = str_cmp(cel_str(a), cel_str(b));
    return c < 0 ? ORDER_LESS : c > 0 ? ORDER_MORE : ORDER_SAME;
}

/* ---- equality ---- */

static bool same_bytes(struct run *r, struct cel_value a, struct cel_value b)
{
    if (a.n != b.n)
        return false;
    if (r)
        r->steps += a.n / 64;
    return a.n == 0 || memcmp(a.p, b.p, a.n) == 0;
}

static bool same_map(struct run *r, struct cel_value a, struct cel_value b)
{
    if (a.n != b.n)
        return false;
    for (uint32_t i = 0; i < a.n; i++) {
        const struct cel_value *v = cel_map_get(b.map, a.map->kv[2 * i]);
        if (!v || !cel_same(r, a.map->kv[2 * i + 1], *v))
            return false;
    }
    return true;
}

/* Values are no deeper than the expressions and the JSON that made them. */
bool cel_same(struct run *r, struct cel_value a, struct cel_value b)
{
    if (r)
        r->steps++;
    if (a.type != b.type)
        return is_number(a) && is_number(b) && numbers(a, b) == ORDER_SAME;
    switch ((enum cel_type)a.type) {
    case CEL_NULL:
        return true;
    case CEL_BOOL:
    case CEL_INT:
    case CEL_TYPE:
        return a.i == b.i;
    case CEL_UINT:
        return a.u == b.u;
    case CEL_DOUBLE:
        return a.d == b.d;
    case CEL_STRING:
    case CEL_BYTES:
        return same_bytes(r, a, b);
    case CEL_LIST:
        for (uint32_t i = 0; a.n == b.n && i < a.n; i++)
            if (!cel_same(r, a.list[i], b.list[i]))
                return false;
        return a.n == b.n;
    case CEL_MAP:
        return same_map(r, a, b);
    case CEL_TIMESTAMP:
    case CEL_DURATION:
        return a.i == b.i && a.n == b.n;
    case CEL_OPTIONAL:
        return a.list && b.list ? cel_same(r, *a.list, *b.list) : !a.list && !b.list;
    case CEL_RECORD:
        return a.record == b.record;
    case CEL_ERROR:
        break;
    }
    return false;
}

bool cel_equal(struct cel_value a, struct cel_value b)
{
    return cel_same(NULL, a, b);
}

/* ---- maps ---- */

#define TABLE_FROM 8 /* entries; fewer are looked through */

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    return h ^ h >> 32;
}

/* A double that is a whole number is the same key as that number: exactly, or hashes would not agree. */
static struct cel_value as_key(struct cel_value k)
{
    if (k.type == CEL_DOUBLE && k.d == trunc(k.d) && k.d >= -TWO_63 && k.d < TWO_64)
        return k.d < 0 ? cel_int((int64_t)k.d) : cel_uint((uint64_t)k.d);
    return k;
}

static uint32_t hash(struct cel_value k)
{
    uint64_t h = k.n;

    if (k.type == CEL_STRING) {
        size_t i = 0;
        for (; i + 8 <= k.n; i += 8) {
            uint64_t w;
            memcpy(&w, k.p + i, 8);
            h = mix(h ^ w);
        }
        for (; i < k.n; i++)
            h = mix(h ^ (unsigned char)k.p[i]);
        return (uint32_t)mix(h + 1);
    }
    return (uint32_t)mix((uint64_t)k.i + (k.type == CEL_BOOL ? 7 : 0));
}

struct cel_map *cel_map_new(struct arena *a, uint32_t most)
{
    struct cel_map *m = arena_alloc(a, sizeof *m);
    uint32_t slots = 16;

    m->most = most;
    m->kv = arena_alloc(a, (2 * (size_t)most + 1) * sizeof *m->kv);
    if (most <= TABLE_FROM)
        return m;
    while (slots / 2 < most)
        slots *= 2;
    m->mask = slots - 1;
    m->slot = arena_alloc(a, slots * sizeof *m->slot);
    return m;
}

/* The entry with this key, or m->n; *at is where it belongs in the table. */
static uint32_t find(const struct cel_map *m, struct cel_value k, uint32_t *at)
{
    if (m->mask == 0) {
        for (uint32_t i = 0; i < m->n; i++)
            if (cel_same(NULL, m->kv[2 * (size_t)i], k))
                return i;
        return m->n;
    }
    for (*at = hash(k) & m->mask; m->slot[*at]; *at = (*at + 1) & m->mask)
        if (cel_same(NULL, m->kv[2 * (size_t)(m->slot[*at] - 1)], k))
            return m->slot[*at] - 1;
    return m->n;
}

bool cel_map_put(struct cel_map *m, struct cel_value k, struct cel_value v)
{
    uint32_t at = 0;

    if (find(m, k, &at) < m->n)
        return false;
    m->kv[2 * (size_t)m->n] = k;
    m->kv[2 * (size_t)m->n + 1] = v;
    m->n++;
    if (m->mask)
        m->slot[at] = m->n;
    return true;
}

const struct cel_value *cel_map_get(const struct cel_map *m, struct cel_value k)
{
    uint32_t at, i = find(m, as_key(k), &at);

    return i < m->n ? &m->kv[2 * (size_t)i + 1] : NULL;
}

void cel_map_entry(struct cel_value map, uint32_t i, struct cel_value *key, struct cel_value *value)
{
    *key = map.map->kv[2 * (size_t)i];
    *value = map.map->kv[2 * (size_t)i + 1];
}

struct cel_value *cel_keep(struct arena *a, struct cel_value v)
{
    struct cel_value *p = arena_alloc(a, sizeof *p);

    *p = v;
    return p;
}

/* ---- records ---- */

static double decimal(int64_t i, int scale)
{
    /* Each is a double exactly, so the quotient is the double nearest to the decimal while i is below 2^53. */
    static const double ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

    return (double)i / (scale >= 0 && (size_t)scale < COUNT(ten) ? ten[scale] : pow(10, scale));
}

static struct cel_value texts(struct arena *a, struct str s)
{
    size_t n = 1, i = 0;
    struct cel_value *v;
    struct str part;

    for (size_t at = 0; at < s.n; at++)
        n += s.p[at] == '\n';
    v = arena_alloc(a, n * sizeof *v);
    while (i < n && str_split(&s, '\n', &part))
        v[i++] = cel_string(part);
    return cel_list(v, i);
}

static struct cel_value time_field(struct str s)
{
    int64_t us, second = 1000000, seconds;
    bool zoned;

    if (!time_parse(s, &us, &zoned))
        return cel_fail(E_TIME);
    seconds = us >= 0 ? us / second : -((second - 1 - us) / second);
    return cel_timestamp(seconds, (us - seconds * second) * 1000);
}

struct cel_value cel_field(struct arena *a, const struct record *r, int field)
{
    const struct field *f = &r->kind->field[field];
    const struct value *v = &r->v[field];
    struct cel_value bytes;

    if (!record_has(r, field))
        return cel_fail(E_ABSENT);
    switch (f->type) {
    case T_TEXT:
    case T_CODE:
        return f->flags & F_MANY ? texts(a, v->s) : cel_string(v->s);
    case T_INT:
        return cel_int(v->i);
    case T_DECIMAL:
        return cel_double_of(decimal(v->i, f->scale));
    case T_BOOL:
        return cel_bool(v->i != 0);
    case T_DATE:
    case T_TIME:
        return time_field(v->s);
    case T_REF:
        if (v->s.n != 16)
            return cel_fail(E_ABSENT);
        char *p = arena_alloc(a, UUID_SIZE);
        uuid_format((const uint8_t *)v->s.p, p);
        return cel_string(str_n(p, UUID_SIZE - 1));
    case T_BYTES:
        bytes = cel_string(v->s);
        bytes.type = CEL_BYTES;
        return bytes;
    }
    return cel_fail(E_ABSENT);
}
