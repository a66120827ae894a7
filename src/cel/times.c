/* times.c: timestamps (RFC 3339, years 1 to 9999) and durations, to the nanosecond. */
#include "cel/internal.h"

#include <stdio.h>

#define NANO INT64_C(1000000000)
#define DAY  INT64_C(86400)

/* Nanoseconds below 0 or above 10^9 go over into the seconds. */
static struct cel_value normal(enum cel_type type, int64_t seconds, int64_t nanos)
{
    int64_t carry = nanos >= 0 ? nanos / NANO : -((NANO - 1 - nanos) / NANO);

    return (struct cel_value){
        .type = (uint8_t)type, .i = seconds + carry, .n = (uint32_t)(nanos - carry * NANO)};
}

struct cel_value cel_timestamp(int64_t seconds, int64_t nanos)
{
    struct cel_value v;

    if (seconds < SECONDS_LEAST - 10 || seconds > SECONDS_MOST + 10)
        return cel_fail(E_RANGE);
    v = normal(CEL_TIMESTAMP, seconds, nanos);
    return v.i < SECONDS_LEAST || v.i > SECONDS_MOST ? cel_fail(E_RANGE) : v;
}

struct cel_value cel_duration(int64_t seconds, int64_t nanos)
{
    struct cel_value v = normal(CEL_DURATION, seconds, nanos);
    int64_t whole;

    if (__builtin_mul_overflow(v.i + (v.i < 0), NANO, &whole) ||
        __builtin_add_overflow(whole, v.i < 0 ? (int64_t)v.n - NANO : (int64_t)v.n, &whole))
        return cel_fail(E_RANGE);
    return v;
}

/* ---- reading ---- */

static bool number(struct str *s, size_t n, int *out)
{
    *out = 0;
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        *out = *out * 10 + (s->p[i] - '0');
    }
    *s = str_n(s->p + n, s->n - n);
    return true;
}

static bool mark(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = str_n(s->p + 1, s->n - 1);
    return true;
}

/* Digits behind a point: nanoseconds; more than nine are dropped. */
static bool fraction(struct str *s, int64_t *nanos)
{
    int64_t unit = NANO / 10;
    size_t n = 0;

    for (*nanos = 0; s->n && s->p[0] >= '0' && s->p[0] <= '9'; n++, unit /= 10) {
        *nanos += unit * (s->p[0] - '0');
        *s = str_n(s->p + 1, s->n - 1);
    }
    return n > 0;
}

static bool hours_minutes(struct str *s, int64_t *seconds)
{
    int h, m;

    if (!number(s, 2, &h) || !mark(s, ':') || !number(s, 2, &m) || h > 23 || m > 59)
        return false;
    *seconds = (h * INT64_C(60) + m) * 60;
    return s->n == 0;
}

struct cel_value cel_time_parse(struct str s)
{
    int y, mo, d, h, mi, sec;
    int64_t nanos = 0, offset = 0;
    bool west;

    if (!number(&s, 4, &y) || !mark(&s, '-') || !number(&s, 2, &mo) || !mark(&s, '-') ||
        !number(&s, 2, &d) || !mark(&s, 'T') || !number(&s, 2, &h) || !mark(&s, ':') ||
        !number(&s, 2, &mi) || !mark(&s, ':') || !number(&s, 2, &sec) || !date_valid(y, mo, d) || h > 23 ||
        mi > 59 || sec > 59)
        return cel_fail(E_CONVERT);
    if (mark(&s, '.') && !fraction(&s, &nanos))
        return cel_fail(E_CONVERT);
    if (!mark(&s, 'Z')) {
        west = mark(&s, '-');
        if ((!west && !mark(&s, '+')) || !hours_minutes(&s, &offset))
            return cel_fail(E_CONVERT);
        offset = west ? -offset : offset;
    }
    if (s.n)
        return cel_fail(E_CONVERT);
    return cel_timestamp(date_days(y, mo, d) * DAY + h * INT64_C(3600) + mi * INT64_C(60) + sec - offset,
                         nanos);
}

/* One of "1h", "1.5m", ".5s", "3ms", added to *seconds and *nanos. */
static bool duration_part(struct str *s, int64_t *seconds, int64_t *nanos)
{
    static const struct {
        const char *name;
        int64_t nanos;
    } units[] = {{"ns", 1},       {"us", 1000}, {"\xc2\xb5s", 1000}, {"\xce\xbcs", 1000},
                 {"ms", 1000000}, {"s", NANO},  {"m", 60 * NANO},    {"h", 3600 * NANO}};
    int64_t whole = 0, part = 0, billionths;
    size_t before = s->n;

    for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; *s = str_n(s->p + 1, s->n - 1))
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, s->p[0] - '0', &whole))
            return false;
    bool any = s->n < before;
    if (mark(s, '.') && !fraction(s, &part) && !any)
        return false;
    if (!any && part == 0 && before - s->n < 2)
        return false;
    for (size_t i = 0; i < COUNT(units); i++) {
        struct str name = str_z(units[i].name);
        if (!str_starts(*s, name) || (name.n == 1 && name.p[0] == 'm' && s->n > 1 && s->p[1] == 's'))
            continue;
        *s = str_n(s->p + name.n, s->n - name.n);
        if (units[i].nanos < NANO) {
            billionths = (int64_t)((__int128_t)part * units[i].nanos / NANO);
            *seconds += whole / (NANO / units[i].nanos);
            *nanos += whole % (NANO / units[i].nanos) * units[i].nanos + billionths;
            return *seconds <= DURATION_MOST;
        }
        int64_t each = units[i].nanos / NANO;
        if (whole > DURATION_MOST / each)
            return false;
        *seconds += whole * each + part * each / NANO;
        *nanos += part * each % NANO;
        return *seconds <= DURATION_MOST;
    }
    return false;
}

struct cel_value cel_duration_parse(struct str s)
{
    bool minus = mark(&s, '-');
    int64_t seconds = 0, nanos = 0;

    if (!minus)
        mark(&s, '+');
    if (s.n == 0)
        return cel_fail(E_CONVERT);
    if (str_eq(s, S("0")))
        return cel_duration(0, 0);
    while (s.n) {
        if (!duration_part(&s, &seconds, &nanos))
            return cel_fail(E_CONVERT);
        seconds += nanos / NANO;
        nanos %= NANO;
    }
    return minus ? cel_duration(-seconds, -nanos) : cel_duration(seconds, nanos);
}

/* ---- writing ---- */

static size_t put_fraction(char *out, size_t room, uint32_t nanos)
{
    int n;

    if (nanos == 0)
        return 0;
    n = snprintf(out, room, ".%09u", (unsigned)nanos % 1000000000u);
    while (out[n - 1] == '0')
        n--;
    return (size_t)n;
}

size_t cel_time_text(struct cel_value v, char out[TEXT_OUT])
{
    size_t n = time_format(v.i * 1000000, out) - 1; /* without the Z */

    n += put_fraction(out + n, TEXT_OUT - n, v.n);
    out[n++] = 'Z';
    return n;
}

size_t cel_duration_text(struct cel_value v, char out[TEXT_OUT])
{
    bool minus = v.i < 0;
    int64_t seconds = minus ? -v.i - (v.n > 0) : v.i;
    uint32_t nanos = minus && v.n ? (uint32_t)NANO - v.n : v.n;
    size_t n = (size_t)snprintf(out, TEXT_OUT, "%s%jd", minus ? "-" : "", (intmax_t)seconds);

    n += put_fraction(out + n, TEXT_OUT - n, nanos);
    out[n++] = 's';
    return n;
}

/* ---- parts of a time ---- */

struct parts {
    int year, month, day;
    int64_t days, second; /* since 1970, of the day */
};

static bool fixed_zone(struct str s, int64_t *offset)
{
    bool west = mark(&s, '-');

    if (!west)
        mark(&s, '+');
    if (!hours_minutes(&s, offset))
        return false;
    *offset = west ? -*offset : *offset;
    return true;
}

static bool parts_of(const struct cel_value *arg, unsigned n, struct parts *p)
{
    int64_t at = arg->i, offset = 0;

    if (n > 1 && arg[1].n && !str_eq(cel_str(arg[1]), S("UTC")) && !fixed_zone(cel_str(arg[1]), &offset) &&
        !cel_zone_offset(cel_str(arg[1]), at, &offset))
        return false;
    at += offset;
    p->days = at >= 0 ? at / DAY : -((DAY - 1 - at) / DAY);
    p->second = at - p->days * DAY;
    date_of(p->days, &p->year, &p->month, &p->day);
    return true;
}

enum get {
    YEAR,
    MONTH,
    DATE,
    DAY_OF_MONTH,
    DAY_OF_WEEK,
    DAY_OF_YEAR,
    HOURS,
    MINUTES,
    SECONDS,
    MILLISECONDS
};

static int64_t of_duration(struct cel_value v, enum get get)
{
    int64_t seconds = v.i + (v.i < 0 && v.n > 0); /* towards zero */
    int64_t nanos = v.i < 0 && v.n > 0 ? (int64_t)v.n - NANO : (int64_t)v.n;

    return get == HOURS     ? seconds / 3600
           : get == MINUTES ? seconds / 60
           : get == SECONDS ? seconds
                            : nanos / 1000000;
}

static struct cel_value get(const struct cel_value *arg, unsigned n, enum get what)
{
    struct parts p;

    if (arg->type == CEL_DURATION)
        return n > 1 ? cel_fail(E_OVERLOAD) : cel_int(of_duration(*arg, what));
    if (!parts_of(arg, n, &p))
        return cel_fail(E_ZONE);
    switch (what) {
    case YEAR:
        return cel_int(p.year);
    case MONTH:
        return cel_int(p.month - 1);
    case DATE:
        return cel_int(p.day);
    case DAY_OF_MONTH:
        return cel_int(p.day - 1);
    case DAY_OF_WEEK: /* 1970-01-01 was a Thursday */
        return cel_int(((p.days + 4) % 7 + 7) % 7);
    case DAY_OF_YEAR:
        return cel_int(p.days - date_days(p.year, 1, 1));
    case HOURS:
        return cel_int(p.second / 3600);
    case MINUTES:
        return cel_int(p.second / 60 % 60);
    case SECONDS:
        return cel_int(p.second % 60);
    case MILLISECONDS:
        return cel_int(arg->n / 1000000);
    }
    return cel_fail(E_OVERLOAD);
}

#define GETTER(name, what)                                                                                 \
    static struct cel_value name(struct run *r, const struct cel_value *arg, unsigned n)                   \
    {                                                                                                      \
        (void)r;                                                                                           \
        return get(arg, n, what);                                                                          \
    }
GETTER(year, YEAR)
GETTER(month, MONTH)
GETTER(date, DATE)
GETTER(day_of_month, DAY_OF_MONTH)
GETTER(day_of_week, DAY_OF_WEEK)
GETTER(day_of_year, DAY_OF_YEAR)
GETTER(hours, HOURS)
GETTER(minutes, MINUTES)
GETTER(seconds, SECONDS)
GETTER(milliseconds, MILLISECONDS)

#define ROW(name, run, may)                                                                                \
    {                                                                                                      \
        name, MEMBER, 1, 2, CEL_INT, R_TYPE, Z_ONE, C_ONE, run,                                            \
        {                                                                                                  \
            may, BIT(CEL_STRING)                                                                           \
        }                                                                                                  \
    }
#define TIME BIT(CEL_TIMESTAMP)
#define BOTH (BIT(CEL_TIMESTAMP) | BIT(CEL_DURATION))
const struct func cel_funcs_time[] = {
    ROW("getFullYear", year, TIME),
    ROW("getMonth", month, TIME),
    ROW("getDate", date, TIME),
    ROW("getDayOfMonth", day_of_month, TIME),
    ROW("getDayOfWeek", day_of_week, TIME),
    ROW("getDayOfYear", day_of_year, TIME),
    ROW("getHours", hours, BOTH),
    ROW("getMinutes", minutes, BOTH),
    ROW("getSeconds", seconds, BOTH),
    ROW("getMilliseconds", milliseconds, BOTH),
    {0},
};
