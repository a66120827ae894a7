/* rules.c: what holds between fields, where several kinds need the same. */
#include "schema/ids.h"
#include "schema/internal.h"

#define RFC_PERSON 13 /* signs; a company's has 12 */

void rule_period(const struct record *r, struct faults *to)
{
    struct str from = record_get(r, schema_field(r->kind, S("from")));
    struct str until = record_get(r, schema_field(r->kind, S("until")));

    /* Dates as YYYY-MM-DD order as texts do. */
    if (from.n && until.n && str_cmp(until, from) < 0)
        fault_at(to, "field.order", (struct place){.tag = S("until")}, until, from);
}

/* A word that can only be somebody's: an identifier whose check digit holds, or a mail address. */
static bool names_somebody(struct str word)
{
    const char *at = word.n ? memchr(word.p, '@', word.n) : NULL;

    return ids_shape(SHAPE_CURP, word) || (word.n == RFC_PERSON && ids_shape(SHAPE_RFC, word)) ||
           (at && at > word.p && memchr(at, '.', word.n - (size_t)(at - word.p)));
}

static bool in_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '@' ||
           c == '.' || c == '_' || c == '-' || c == '+' || (unsigned char)c >= 0x80;
}

static struct str identity_in(struct str text)
{
    for (size_t i = 0, end; i < text.n; i = end + 1) {
        size_t n;
        for (end = i; end < text.n && in_word(text.p[end]);)
            end++;
        for (n = end - i; n && (text.p[i + n - 1] == '.' || text.p[i + n - 1] == '-');)
            n--; /* the end of a sentence */
        if (names_somebody(str_n(text.p + i, n)))
            return str_n(text.p + i, n);
    }
    return str_n(NULL, 0);
}

void rule_life(const struct record *r, struct faults *to)
{
    int life = schema_field(r->kind, S("life_at_risk"));

    if (!record_has(r, life) || !r->v[life].i)
        return;
    for (int i = 0; i < r->kind->fields; i++) {
        const struct field *f = &r->kind->field[i];
        struct place at = {.tag = str_z(f->name)};
        if (!record_has(r, i))
            continue;
        if (f->class >= C_PERSONAL)
            fault_at(to, "life.identity", at, str_n(NULL, 0), str_n(NULL, 0));
        else if (f->type == T_TEXT && identity_in(r->v[i].s).n)
            fault_at(to, "life.identity", at, identity_in(r->v[i].s), str_n(NULL, 0));
    }
}

void rule_scheme(const struct record *r, int scheme, int value, struct faults *to)
{
    static const struct {
        const char *scheme;
        enum shape shape;
    } shapes[] = {
        {"container", SHAPE_CONTAINER},
        {"curp", SHAPE_CURP},
        {"icao-address", SHAPE_ICAO_ADDRESS},
        {"imo", SHAPE_IMO},
        {"mmsi", SHAPE_MMSI},
        {"rfc", SHAPE_RFC},
        {"scac", SHAPE_SCAC},
        {"vin", SHAPE_VIN},
    };
    const struct str is = record_get(r, scheme - 1), s = record_get(r, value - 1);

    if (is.n == 0 || s.n == 0)
        return;
    for (size_t i = 0; i < COUNT(shapes); i++)
        if (is.p[0] == shapes[i].scheme[0] && str_eq(is, str_z(shapes[i].scheme)) &&
            !ids_shape(shapes[i].shape, s))
            fault_at(to, "field.shape", (struct place){.tag = str_z(r->kind->field[value - 1].name)}, s,
                     str_z(ids_name(shapes[i].shape)));
}
