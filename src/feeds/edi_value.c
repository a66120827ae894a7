/*
 * edi_value.c: one value. Text, exact decimals, units, dates; and the version of a directory.
 *
 * Text: a release character gives way to what it protects; control characters become blanks; bytes above ASCII that
 * are not UTF-8 are read as ISO 8859-1, whatever the interchange claims. What had nothing of this is a view of the
 * window.
 */
#include "feeds/edi.h"

static void put_utf8(char *to, size_t *n, uint8_t c)
{
    if (c < 0x80) {
        to[(*n)++] = (char)c;
    } else {
        to[(*n)++] = (char)(0xc0 | c >> 6);
        to[(*n)++] = (char)(0x80 | (c & 0x3f));
    }
}

struct str edi_clean(struct str s, char *to)
{
    bool utf8 = str_utf8(s);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        if (c < ' ' || c == 0x7f || (!utf8 && c >= 0x80 && c < 0xa0))
            to[n++] = ' ';
        else if (utf8)
            to[n++] = (char)c;
        else
            put_utf8(to, &n, c);
    }
    return str_n(to, n);
}

struct str edi_keep(struct arena *a, struct str s)
{
    s = str_trim(s);
    return edi_clean(s, arena_alloc(a, s.n * 2 + 1));
}

static struct str decode(struct edi_run *r, struct str s)
{
    const char rel = r->lex.d.rel;
    char *to = arena_alloc(r->arena, s.n + 1);
    size_t n = 0;
    bool plain = true;

    for (size_t i = 0; i < s.n; i++) {
        if (rel && s.p[i] == rel && i + 1 < s.n)
            i++;
        plain = plain && (uint8_t)s.p[i] >= ' ' && (uint8_t)s.p[i] < 0x7f;
        to[n++] = s.p[i];
    }
    if (plain)
        return str_n(to, n);
    return edi_clean(str_n(to, n), arena_alloc(r->arena, n * 2 + 1));
}

struct str edi_text_odd(struct edi_run *r, unsigned e, unsigned c)
{
    struct str s = edi_part(&r->seg, e, c);

    if (s.n && r->seg.odd && r->seg.flag[r->seg.el[e] + c - 1] & (PART_ESCAPED | PART_HIGH | PART_CTRL))
        s = decode(r, s);
    else if (s.n && r->seg.wrapped)
        s = arena_copy(r->arena, s); /* the lexer's copy does not last */
    return s;
}

/* Digits with an optional sign and decimal mark: the digits as an integer, and how many stood behind the mark. */
static bool number(struct str s, int64_t *mantissa, int *places)
{
    int64_t v = 0;
    bool minus = false, mark = false, any = false;

    *places = 0;
    s = str_trim(s);
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9') {
            if (v > INT64_MAX / 100)
                return false;
            v = v * 10 + (c - '0');
            *places += mark;
            any = true;
        } else if ((c == '.' || c == ',') && !mark) {
            mark = true;
        } else if (c == '-' && i == 0) {
            minus = true;
        } else if (!(c == '+' && i == 0)) {
            return false;
        }
    }
    *mantissa = minus ? -v : v;
    return any;
}

__extension__ typedef __int128 wide;

/* v * 10^power, rounded half away from zero. */
static bool shift(wide v, int power, int64_t *out)
{
    static const int64_t tens[] = {1,
                                   10,
                                   100,
                                   1000,
                                   10000,
                                   100000,
                                   1000000,
                                   10000000,
                                   100000000,
                                   1000000000,
                                   10000000000,
                                   100000000000,
                                   1000000000000,
                                   10000000000000,
                                   100000000000000,
                                   1000000000000000,
                                   10000000000000000,
                                   100000000000000000,
                                   1000000000000000000};

    if (power > 18 || power < -36)
        return false;
    if (power >= 0) {
        v *= tens[power];
    } else {
        wide ten = power < -18 ? (wide)tens[18] * tens[-power - 18] : tens[-power];
        v = (v + (v < 0 ? -ten / 2 : ten / 2)) / ten;
    }
    if (v > INT64_MAX || v < INT64_MIN)
        return false;
    *out = (int64_t)v;
    return true;
}

bool edi_decimal(struct str s, int scale, int64_t *out)
{
    int64_t v;
    int places;
    return number(s, &v, &places) && shift(v, scale - places, out);
}

bool edi_scaled(struct str s, int64_t nano, int scale, int64_t *out)
{
    int64_t v;
    int places;
    return number(s, &v, &places) && shift((wide)v * nano, scale - places - 9, out);
}

static int two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

static bool digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

/* Formats of data element 2379 that say a point in time: code, length, whether the year has two digits. */
static const struct {
    const char *code;
    uint8_t length, year, time; /* digits of the year, of the time */
} date_formats[] = {
    {"101", 6, 2, 0},  {"102", 8, 4, 0},  {"201", 10, 2, 4}, {"202", 12, 2, 6},
    {"203", 12, 4, 4}, {"204", 14, 4, 6}, {"205", 12, 4, 4}, /* 205 carries a zone behind */
};

#define DAY_FIRST S("DDMMYY") /* IATA's messages have no qualifier for it */

/* A century for two digits: 00 to 69 are 20xx. Manifests do not look back sixty years. */
static int century(int yy)
{
    return yy < 70 ? 2000 + yy : 1900 + yy;
}

/* What dates are made of; printf would be most of the work. */
static char *two_write(char *to, int n)
{
    *to++ = (char)('0' + n / 10);
    *to++ = (char)('0' + n % 10);
    return to;
}

static size_t time_write(const char *p, size_t n, char *out)
{
    char *to;

    int hour, minute, second = 0;

    if (n < 4)
        return 0;
    hour = two(p);
    minute = two(p + 2);
    if (n >= 6)
        second = two(p + 4);
    if (hour == 24 && minute == 0)
        return 0; /* no such hour in RFC 3339 */
    if (hour > 23 || minute > 59 || second > 59)
        return 0;
    *out = 'T';
    to = two_write(out + 1, hour);
    *to++ = ':';
    to = two_write(to, minute);
    if (n >= 6) {
        *to++ = ':';
        to = two_write(to, second);
    }
    return (size_t)(to - out);
}

size_t edi_date(struct str s, struct str format, struct str time, char out[20], bool *short_year)
{
    char turned[6], *to;
    size_t y, t, n;
    int year, month, day;

    s = str_trim(s);
    if (!digits(s))
        return 0;
    if (str_eq(format, DAY_FIRST)) {
        if (s.n != 6)
            return 0;
        memcpy(turned, (char[]){s.p[4], s.p[5], s.p[2], s.p[3], s.p[0], s.p[1]}, sizeof turned);
        s = str_n(turned, sizeof turned);
    }
    y = s.n == 6 || s.n == 10 ? 2 : 4;
    t = s.n > 8 ? s.n - 4 - y : 0;
    if (s.n != 6 && s.n != 8 && s.n != 10 && s.n != 12 && s.n != 14)
        return 0;
    for (size_t i = 0; i < COUNT(date_formats); i++)
        if (str_eq(format, str_z(date_formats[i].code))) {
            if (s.n < date_formats[i].length)
                return 0;
            y = date_formats[i].year;
            t = date_formats[i].time;
        }
    year = y == 2 ? century(two(s.p)) : two(s.p) * 100 + two(s.p + 2);
    *short_year = y == 2;
    month = two(s.p + y);
    day = two(s.p + y + 2);
    if (!date_valid(year, month, day))
        return 0;
    to = two_write(two_write(out, year / 100), year % 100);
    *to++ = '-';
    to = two_write(to, month);
    *to++ = '-';
    n = (size_t)(two_write(to, day) - out);
    if (t)
        time = str_n(s.p + y + 4, t);
    time = str_trim(time);
    if (time.n && digits(time))
        n += time_write(time.p, time.n, out + n);
    return n;
}

/* ---- versions ---- */

/* "13.1", "001.000": versions of bodies other than UN, which sort before all of UN's. */
static uint32_t own_version(struct str s)
{
    struct str major;
    int64_t a, b;

    if (!str_split(&s, '.', &major) || !str_int(major, &a) || !str_int(s, &b) || a > 999 || b > 255)
        return 0;
    return (uint32_t)(a * 256 + b);
}

uint32_t edi_version(enum edi_syntax syntax, struct str s)
{
    uint32_t v = 0, n = 0;

    if (syntax == SYNTAX_EDIFACT && s.n && s.p[0] >= '0' && s.p[0] <= '9')
        return own_version(s);
    if (syntax == SYNTAX_EDIFACT) {
        if (s.n < 5 || s.p[1] != '.' || s.p[2] < '0' || s.p[2] > '9' || s.p[3] < '0' || s.p[3] > '9')
            return 0;
        v = (uint32_t)((s.p[2] - '0') * 10 + s.p[3] - '0');
        return (v < 70 ? 2000 + v : 1900 + v) * 256 + (uint8_t)s.p[4];
    }
    for (; n < s.n && n < 6 && s.p[n] >= '0' && s.p[n] <= '9'; n++)
        v = v * 10 + (uint32_t)(s.p[n] - '0');
    return n >= 5 ? v * (n == 5 ? 10 : 1) : 0; /* ISA12 has five digits, GS08 six */
}
