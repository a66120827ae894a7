/*
 * air.c: fields by name. A text that grows keeps room behind it: what air_text and air_more allocate is a power of
 * two, so that a field appended to many times costs twice its length and no more.
 */
#include "feeds/air.h"
#include "feeds/edi.h"
#include "schema/ids.h"

#include <assert.h>
#include <stdio.h>

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

    value = str_trim(value);
    /* looked at first, so that what does not fit costs no memory */
    if (value.n && value.n <= 200 && qualifier.n <= 40 &&
        record_get(r, i).n + qualifier.n + value.n * 3 + 2 <= field_room(r, i))
        air_more(a, r, "references", "\n", arena_fmt(a, "%.*s:%.*s", STR_ARG(qualifier), STR_ARG(value)));
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

enum air_measured air_measure(struct record *r, const char *field, struct str s, struct str unit)
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
        if (!unit.n || str_eq(unit, str_z(units[i].unit)))
            return scaled(r, field, s, units[i].nano) ? AIR_MEASURED : AIR_NO_NUMBER;
    return AIR_NO_UNIT;
}

int64_t air_value(const struct record *r, const char *field)
{
    int i = field_of(r, field);

    return record_has(r, i) ? r->v[i].i : 0;
}

void air_add(int64_t *to, int64_t n)
{
    if (n > 0 && *to < INT64_MAX / 4 && n < INT64_MAX / 4)
        *to += n;
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

enum air_note air_note(struct str subject, struct str content, const char **role)
{
    static const struct {
        const char *subject, *role;
    } roles[] = {{"SHP", "shipper"}, {"CNE", "consignee"}, {"AGT", "agent"}, {"NFY", "notify"}};

    *role = "other";
    for (size_t i = 0; i < COUNT(roles); i++)
        if (str_eq(subject, str_z(roles[i].subject)))
            *role = roles[i].role;
    /* contact person, telephone, known consignor, name on the security status */
    if (str_eq(content, S("CP")) || str_eq(content, S("CT")) || str_eq(content, S("KC")) ||
        str_eq(content, S("SN")))
        return AIR_CONTACT;
    if (str_eq(content, S("T")) && strcmp(*role, "other") != 0)
        return AIR_TAX;
    if (str_eq(content, S("M")) && (str_eq(subject, S("IMP")) || str_eq(subject, S("EXP"))))
        return AIR_ENTRY;
    return AIR_REFERENCE;
}

void air_customs(struct arena *a, struct record *r, const struct str note[4])
{
    char qualifier[64]; /* what is cut here is longer than a reference's qualifier may be */
    const char *role;

    if (air_note(note[1], note[2], &role) == AIR_ENTRY && !record_has(r, field_of(r, "entry_number"))) {
        air_text(a, r, "entry_number", note[3]);
        air_text(a, r, "entry_type", note[1]);
    }
    snprintf(qualifier, sizeof qualifier, "OCI/%.*s/%.*s/%.*s", STR_ARG(note[0]), STR_ARG(note[1]),
             STR_ARG(note[2]));
    air_reference(a, r, str_z(qualifier), note[3]);
}
