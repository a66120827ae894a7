/*
 * air.c: fields by name. A text that grows keeps room behind it: what air_text and air_more allocate is a power of
 * two, so that a field appended to many times costs twice its length and no more.
 */
#include "feeds/air.h"
#include "feeds/edi.h"
#include "schema/ids.h"

#include <assert.h>

static int field_of(const struct record *r, const char *name)
{
    int i = schema_field(r->kind, str_z(name));

    assert(i >= 0);
    return i;
}

static size_t field_room(const struct record *r, int field)
{
    size_t max = r->kind->field[field].max;

    return max ? max : TEXT_MAX;
}

static size_t power(size_t n)
{
    size_t p = 16;

    while (p < n)
        p *= 2;
    return p;
}

void air_text(struct arena *a, struct record *r, const char *field, struct str s)
{
    int i = field_of(r, field);
    char *p;

    s = str_trim(text_clean(a, s, field_room(r, i)));
    if (!s.n)
        return;
    p = arena_alloc(a, power(s.n));
    memcpy(p, s.p, s.n);
    record_text(r, i, str_n(p, s.n));
}

void air_more(struct arena *a, struct record *r, const char *field, const char *sep, struct str s)
{
    int i = field_of(r, field);
    struct str old = record_get(r, i);
    size_t room = field_room(r, i), gap = strlen(sep), n = old.n + gap;
    char *p;

    if (!old.n) {
        air_text(a, r, field, s);
        return;
    }
    if (n >= room)
        return;
    s = str_trim(text_clean(a, s, room - n));
    if (!s.n)
        return;
    n += s.n;
    p = n <= power(old.n) ? (char *)(uintptr_t)old.p : arena_alloc(a, power(n));
    memmove(p, old.p, old.n);
    memcpy(p + old.n, sep, gap);
    memcpy(p + old.n + gap, s.p, s.n);
    record_text(r, i, str_n(p, n));
}

void air_reference(struct arena *a, struct record *r, struct str qualifier, struct str value)
{
    int i = field_of(r, "references");
    struct str all;

    value = str_trim(value);
    if (!value.n || value.n > 200 || qualifier.n > 40)
        return;
    all = arena_fmt(a, "%.*s:%.*s", STR_ARG(qualifier), STR_ARG(value));
    if (record_get(r, i).n + all.n + 1 <= field_room(r, i))
        air_more(a, r, "references", "\n", all);
}

void air_place(struct arena *a, struct record *r, const char *field, const char *scheme, struct str s)
{
    air_text(a, r, field, s);
    if (record_has(r, field_of(r, field)))
        record_text(r, field_of(r, scheme), S("iata"));
}

void air_ref(struct record *r, const char *field, int64_t ordinal)
{
    if (ordinal > 0)
        record_int(r, field_of(r, field), ordinal);
}

static bool scaled(struct record *r, const char *field, struct str s, int64_t nano)
{
    int i = field_of(r, field);
    int64_t v;

    if (!edi_scaled(str_trim(s), nano, r->kind->field[i].scale, &v) || v < 0)
        return false;
    record_int(r, i, v);
    return true;
}

bool air_number(struct record *r, const char *field, struct str s)
{
    return scaled(r, field, s, 1000000000);
}

bool air_measure(struct record *r, const char *field, struct str s, struct str unit)
{
    static const struct {
        const char *unit;
        int64_t nano; /* kilograms or cubic metres in 10^9 of it */
    } units[] = {
        {"K", 1000000000}, {"KGM", 1000000000},    {"L", 453592370},   {"LBR", 453592370},
        {"GRM", 1000000},  {"TNE", 1000000000000}, {"MC", 1000000000}, {"MTQ", 1000000000},
        {"CF", 28316847},  {"FTQ", 28316847},      {"CC", 1000},       {"CMQ", 1000},
        {"CI", 16387},     {"INQ", 16387},         {"DMQ", 1000000},   {"LTR", 1000000},
    };

    for (size_t i = 0; i < COUNT(units); i++)
        if (str_eq(unit, str_z(units[i].unit)))
            return scaled(r, field, s, units[i].nano);
    return false;
}

int64_t air_value(const struct record *r, const char *field)
{
    int i = field_of(r, field);

    return record_has(r, i) ? r->v[i].i : 0;
}

struct str air_bill(struct arena *a, struct str s)
{
    char digit[11];
    size_t n = 0;

    s = str_trim(s);
    if (s.n < 11 || s.n > 12 || (s.n == 12 && s.p[3] != '-' && s.p[3] != ' '))
        return s;
    for (size_t i = 0; i < s.n; i++) {
        if (s.n == 12 && i == 3)
            continue;
        if (s.p[i] < '0' || s.p[i] > '9')
            return s;
        digit[n++] = s.p[i];
    }
    return arena_fmt(a, "%.3s-%.8s", digit, digit + 3);
}

bool air_bill_right(struct str bill)
{
    return ids_shape(SHAPE_AWB, bill);
}
