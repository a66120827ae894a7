/*
 * check.c: a record against its kind's table: what is required, types, limits, code lists, shapes; and codes of
 * other authorities against their lists (lists.h), which only warns.
 */
#include "schema/ids.h"
#include "schema/internal.h"
#include "schema/lists.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define HEADER_TEXT_MAX 1024

/* Control characters but line feed (C0, DEL). */
static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n') || s.p[i] == 0x7f)
            return true;
    return false;
}

/* The high bit of each byte that is not printable ASCII, and perhaps of bytes beside it. */
static inline uint64_t odd_bytes(uint64_t v)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    return (v | (v - ones * 0x20) | (v + ones)) & high; /* above, below a blank, DEL */
}

/* Printable ASCII only, as nearly all texts are: eight bytes at a time, the last ones together with some before. */
static inline bool plain(struct str s)
{
    uint64_t odd = 0, v;

    if (s.n >= 8) {
        for (size_t i = 0; i + 8 < s.n; i += 8) {
            memcpy(&v, s.p + i, 8);
            odd |= odd_bytes(v);
        }
        memcpy(&v, s.p + s.n - 8, 8);
        return (odd | odd_bytes(v)) == 0;
    }
    if (s.n >= 4) {
        uint32_t head, tail;
        memcpy(&head, s.p, 4);
        memcpy(&tail, s.p + s.n - 4, 4);
        return odd_bytes((uint64_t)head << 32 | tail) == 0;
    }
    for (size_t i = 0; i < s.n; i++)
        odd |= (unsigned char)s.p[i] - 0x20U >= 0x5fU;
    return odd == 0;
}

static const char *check_date(const struct field *f, struct str s)
{
    int64_t us;
    bool zoned;

    if (!time_parse(s, &us, &zoned) || (f->type == T_DATE && s.n != sizeof "2026-11-21" - 1))
        return "field.date";
    return NULL;
}

const char *check_text(const struct field *f, struct str s)
{
    if (f->type == T_DATE || f->type == T_TIME)
        return check_date(f, s);
    if (s.n > (f->max ? f->max : TEXT_MAX))
        return "field.length";
    if (f->type == T_CODE && schema_code(f->codes, s))
        return NULL; /* what stands in a list is well-formed */
    if (!plain(s)) {
        if (!str_utf8(s))
            return "field.utf8";
        if (has_control(s))
            return "field.control";
    }
    if (f->type == T_CODE)
        return "field.code";
    if (f->shape != SHAPE_ANY && !ids_shape(f->shape, s))
        return "field.shape";
    return NULL;
}

const char *check_number(const struct field *f, int64_t i)
{
    if ((f->least || f->most) && (i < f->least || i > f->most))
        return "field.range";
    return NULL;
}

/* What the field asks for, put shortly; not translated: names of lists, types and formats. */
struct str check_expected(const struct field *f, char to[96])
{
    int n = 0;

    if (f->type == T_CODE)
        n = snprintf(to, 96, "%s", f->codes->name);
    else if (f->shape != SHAPE_ANY)
        n = snprintf(to, 96, "%s", ids_name(f->shape));
    else if (f->type == T_TEXT || f->type == T_BYTES)
        n = snprintf(to, 96, "%s <= %zu bytes", schema_type_name(f->type),
                     f->max              ? f->max
                     : f->type == T_TEXT ? TEXT_MAX
                                         : BYTES_MAX);
    else if (f->type == T_DECIMAL)
        n = snprintf(to, 96, "decimal, %d places", f->scale);
    else if (f->type == T_INT && f->most != 0 && f->most != INT64_MAX)
        n = snprintf(to, 96, "%" PRId64 "..%" PRId64, f->least, f->most);
    else if (f->type == T_INT && f->most != 0)
        n = snprintf(to, 96, ">= %" PRId64, f->least);
    else if (f->type == T_DATE)
        n = snprintf(to, 96, "YYYY-MM-DD");
    else if (f->type == T_TIME)
        n = snprintf(to, 96, "YYYY-MM-DDTHH:MM[:SS][Z]");
    else
        n = snprintf(to, 96, "%s", schema_type_name(f->type));
    return str_n(to, n > 0 ? (size_t)n : 0);
}

void check_put(struct faults *to, const char *code, const struct field *f, struct place at,
               struct str found)
{
    const struct fault_def *def = schema_fault(code);
    struct fault x = {.def = def, .severity = def->severity, .place = at, .found = found};
    char expected[96];

    x.place.tag = str_z(f->name);
    x.expected = check_expected(f, expected);
    /* A code outside an open list is kept: only a warning. */
    if (f->type == T_CODE && f->codes->open && strcmp(code, "field.code") == 0)
        x.severity = SEV_WARNING;
    fault_put(to, &x);
}

static void check_listed(const struct field *f, enum list l, struct str code, struct place at,
                         struct faults *to)
{
    struct list_about about;
    size_t title, edition;
    char expected[96];

    if (schema_listed(l, code))
        return;
    about = schema_list_about(l);
    title = strlen(about.title);
    edition = strlen(about.edition);
    assert(title + 2 + edition < sizeof expected);
    memcpy(expected, about.title, title);
    memcpy(expected + title, ", ", 2);
    memcpy(expected + title + 2, about.edition, edition);
    at.tag = str_z(f->name);
    fault_at(to, "field.listed", at, code, str_n(expected, title + 2 + edition));
}

/* A code whose shape is good. */
static void check_shape_list(const struct field *f, struct str s, struct place at, struct faults *to)
{
    if (f->shape == SHAPE_HS)
        check_listed(f, LIST_HS, s, at, to);
    else if (f->shape == SHAPE_UNDG)
        check_listed(f, LIST_UNDG, s, at, to);
    else if (f->shape == SHAPE_PEDIMENTO) /* "YY  AA  ...": AA is the customs office */
        check_listed(f, LIST_ADUANA, str_n(s.p + 4, 2), at, to);
}

/* The code in field i - 1, of the list that field i names. A test holds every kind to that order. */
static void check_place(const struct record *r, int i, struct place at, struct faults *to)
{
    enum list l = schema_list(r->v[i].s);

    if (l != LISTS && schema_list_checked(l) && record_has(r, i - 1) && r->v[i - 1].s.n)
        check_listed(&r->kind->field[i - 1], l, r->v[i - 1].s, at, to);
}

static void check_texts(const struct field *f, struct str s, struct place at, struct faults *to)
{
    struct str rest = s, one = s;
    const char *code;

    if (!(f->flags & F_MANY)) {
        if ((code = check_text(f, s)) != NULL)
            check_put(to, code, f, at, s);
        else if (f->shape != SHAPE_ANY)
            check_shape_list(f, s, at, to);
        return;
    }
    while (str_split(&rest, '\n', &one))
        if ((code = one.n ? check_text(f, one) : "field.type") != NULL)
            check_put(to, code, f, at, one);
        else if (f->shape != SHAPE_ANY)
            check_shape_list(f, one, at, to);
}

static void check_value(const struct field *f, const struct value *v, struct place at, struct faults *to)
{
    const char *code = NULL;
    char number[24];

    switch (f->type) {
    case T_TEXT:
    case T_CODE:
    case T_DATE:
    case T_TIME:
        check_texts(f, v->s, at, to);
        return;
    case T_INT:
    case T_DECIMAL:
        if ((code = check_number(f, v->i)) != NULL) {
            snprintf(number, sizeof number, "%" PRId64, v->i);
            check_put(to, code, f, at, str_z(number));
        }
        return;
    case T_BOOL:
        return;
    case T_REF:
        if (v->s.n ? v->s.n != 16 : v->i < 1)
            check_put(to, "field.type", f, at, str_n(NULL, 0));
        return;
    case T_BYTES:
        if (v->s.n > (f->max ? f->max : BYTES_MAX))
            check_put(to, "field.length", f, at, str_n(NULL, 0));
        return;
    }
}

/* A kind's own rule does not know where in the input the record stands: this fills it in. */
struct relay {
    struct faults *to;
    struct place at;
};

static void relay_put(void *arg, const struct fault *f)
{
    struct relay *relay = arg;
    struct fault x = *f;

    x.place = relay->at;
    x.place.tag = f->place.tag;
    fault_put(relay->to, &x);
}

/* The header's texts, held to rows like any field's. */
static void check_header(const struct header *h, struct place at, struct faults *to)
{
    static const struct field rows[] = {
        {"origin", T_TEXT, 0, C_OFFICIAL, NULL, .max = HEADER_TEXT_MAX},
        {"author", T_TEXT, 0, C_OFFICIAL, NULL, .max = HEADER_TEXT_MAX},
        {"handling", T_CODE, 0, C_OFFICIAL, NULL, .codes = &codes_handling},
        {"purpose", T_TEXT, 0, C_OFFICIAL, NULL, .max = HEADER_TEXT_MAX},
        {"basis", T_TEXT, 0, C_OFFICIAL, NULL, .max = HEADER_TEXT_MAX},
        {"grading", T_CODE, 0, C_OFFICIAL, NULL, .codes = &codes_reliability},
    };
    const struct str texts[] = {h->origin, h->author, h->handling, h->purpose, h->basis, h->grading};

    if ((h->origin.n | h->author.n | h->handling.n | h->purpose.n | h->basis.n | h->grading.n) == 0)
        return; /* as in all that a feed brings */
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *code = texts[i].n ? check_text(&rows[i], texts[i]) : NULL;
        if (code)
            check_put(to, code, &rows[i], at, texts[i]);
    }
}

/* As most values are: one text without a shape, of ASCII signs, not too long. */
static inline bool plain_text(const struct field *f, struct str s)
{
    return f->type == T_TEXT && f->shape == SHAPE_ANY && !(f->flags & F_MANY) &&
           s.n <= (f->max ? f->max : TEXT_MAX) && plain(s);
}

/* The fields that a kind requires, as a set. Each thread remembers: the rows are long, and most say nothing. */
static uint64_t required(const struct kind *k)
{
    static _Thread_local struct known {
        const struct kind *kind;
        uint64_t fields;
    } all[256];
    struct known *known = &all[k->number % COUNT(all)];

    if (known->kind != k) {
        *known = (struct known){.kind = k};
        for (int i = 0; i < k->fields; i++)
            if (k->field[i].flags & F_REQUIRED)
                known->fields |= UINT64_C(1) << i;
    }
    return known->fields;
}

bool schema_check_shown(const struct record *r, uint64_t withheld, struct place at, struct faults *to)
{
    const struct kind *k = r->kind;
    uint64_t before = to->count[SEV_ERROR];

    check_header(&r->head, at, to);
    for (uint64_t todo = r->have | (required(k) & ~withheld); todo;) {
        int i = set_next(&todo);
        const struct field *f = &k->field[i];
        if (record_has(r, i) && plain_text(f, r->v[i].s))
            continue;
        if (record_has(r, i))
            check_value(f, &r->v[i], at, to);
        else
            check_put(to, "field.required", f, at, str_n(NULL, 0));
        if (f->codes == &codes_scheme && record_has(r, i))
            check_place(r, i, at, to);
    }
    if (k->rule && withheld == 0) {
        struct relay relay = {to, at};
        struct faults through = {.put = relay_put, .arg = &relay};
        k->rule(r, &through);
    }
    return to->count[SEV_ERROR] == before;
}

bool schema_check(const struct record *r, struct place at, struct faults *to)
{
    return schema_check_shown(r, 0, at, to);
}
