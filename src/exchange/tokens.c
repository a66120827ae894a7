/* tokens.c: the rules of tokens.h. */
#include "exchange/tokens.h"

#include "base/clock.h"
#include "base/normalise.h"

enum part { PART_NONE, PART_COUNTRY, PART_NUMBER, PART_NAME, PART_MARK, PART_MARK_OR_NONE, PART_DATE };

#define PARTS 3

/* In the order of their names; `class` as in normalise.h: only of "tax" and "imo" it makes a difference. */
static const struct scheme {
    const char *name, *class;
    enum part part[PARTS];
} schemes[] = {
    {"call-sign", "call-sign", {PART_NUMBER}},
    {"container", "container", {PART_NUMBER}},
    {"curp", "national", {PART_NUMBER}},
    {"firearm", "other", {PART_MARK, PART_MARK_OR_NONE, PART_NUMBER}},
    {"icao-address", "icao-address", {PART_NUMBER}},
    {"imo", "imo", {PART_NUMBER}},
    {"mmsi", "mmsi", {PART_NUMBER}},
    {"national-id", "national", {PART_COUNTRY, PART_NUMBER}},
    {"passport", "passport", {PART_COUNTRY, PART_NUMBER}},
    {"person", "other", {PART_NAME, PART_DATE}},
    {"plate", "plate", {PART_COUNTRY, PART_NUMBER}},
    {"registration", "registration", {PART_NUMBER}},
    {"rfc", "tax", {PART_NUMBER}},
    {"swift", "swift", {PART_NUMBER}},
    {"tax-id", "tax", {PART_COUNTRY, PART_NUMBER}},
    {"vin", "vin", {PART_NUMBER}},
};

int token_scheme(struct str name)
{
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (str_eq(name, str_z(schemes[i].name)))
            return (int)i;
    return -1;
}

const char *token_scheme_name(int scheme)
{
    return schemes[scheme].name;
}

size_t token_schemes(void)
{
    return COUNT(schemes);
}

bool token_has_country(int scheme)
{
    return schemes[scheme].part[0] == PART_COUNTRY;
}

/* Two letters, upper case. Whether the country exists does not matter here: one that does not has no numbers. */
static struct str country(struct arena *a, struct str s)
{
    char *to = arena_alloc(a, 3);

    s = str_trim(s);
    if (s.n != 2)
        return str_n(NULL, 0);
    for (size_t i = 0; i < 2; i++) {
        unsigned char c = (unsigned char)(s.p[i] & ~0x20);
        if (c < 'A' || c > 'Z')
            return str_n(NULL, 0);
        to[i] = (char)c;
    }
    return str_n(to, 2);
}

/* What stands on a thing: letters and digits, however few ("FN", "M4"). */
static struct str mark(struct arena *a, struct str s)
{
    struct str latin = normal_transliterate(a, s.n > NORMAL_MAX ? str_n(NULL, 0) : s);
    char *to = arena_alloc(a, latin.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < latin.n; i++)
        if (latin.p[i] != ' ')
            to[n++] = latin.p[i];
    return str_n(to, n);
}

/* A whole day, YYYY-MM-DD. A year alone, or a range, tells nobody from somebody else. */
static struct str date(struct str s)
{
    int64_t us;
    bool zoned;

    s = str_trim(s);
    return s.n == 10 && time_parse(s, &us, &zoned) ? s : str_n(NULL, 0);
}

/* False when the part has no normal form. */
static bool put_part(struct arena *a, const struct scheme *s, enum part part, struct str value,
                     struct buf *to)
{
    struct str normal = str_n(NULL, 0);

    switch (part) {
    case PART_NONE:
        return true;
    case PART_COUNTRY:
        normal = country(a, value);
        break;
    case PART_NUMBER:
        normal = normal_identifier(a, s->class, value);
        break;
    case PART_NAME:
        normal = normal_name(a, value);
        break;
    case PART_MARK:
    case PART_MARK_OR_NONE:
        normal = mark(a, value);
        break;
    case PART_DATE:
        normal = date(value);
        break;
    }
    buf_char(to, '|');
    buf_str(to, normal);
    return normal.n > 0 || part == PART_MARK_OR_NONE;
}

bool token_make(struct arena *a, int scheme, struct str value, struct str *token)
{
    const struct scheme *s = &schemes[scheme];
    struct str rest = value, one;
    struct buf b;
    size_t n = 0;
    bool ok = str_utf8(value);

    buf_init(&b, PARTS * (NORMAL_MAX + 1) + 64);
    buf_fmt(&b, "%d|%s", TOKENS_VERSION, s->name);
    while (ok && str_split(&rest, '|', &one)) {
        ok = n < PARTS && s->part[n] != PART_NONE && put_part(a, s, s->part[n], one, &b);
        n++;
    }
    ok = ok && (n == PARTS || s->part[n] == PART_NONE) && !b.over;
    *token = ok ? arena_copy(a, buf_view(&b)) : str_n(NULL, 0);
    buf_free(&b);
    return ok;
}
