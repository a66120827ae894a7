/* clock.c: the calendar (Howard Hinnant's civil-day arithmetic), RFC 3339, RFC 9562, and the two worlds. */
#include "base/clock.h"

#include <sodium.h>
#include <stdio.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define DAY    (86400 * SECOND)

static int64_t real_now(void *arg)
{
    struct timespec ts;
    (void)arg;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec / 1000;
}

static void real_random(void *arg, void *out, size_t n)
{
    (void)arg;
    randombytes_buf(out, n);
}

const struct world *world_real(void)
{
    static const struct world real = {real_now, real_random, NULL};
    return &real;
}

static int64_t fake_now(void *arg)
{
    struct world_fake *f = arg;
    f->time += f->step;
    return f->time;
}

/* SplitMix64 (Steele, Lea, Flood 2014): repeatable, not secret. */
static void fake_random(void *arg, void *out, size_t n)
{
    struct world_fake *f = arg;
    uint8_t *p = out;
    for (size_t i = 0; i < n; i++) {
        uint64_t z = f->seed += 0x9e3779b97f4a7c15U;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
        z = (z ^ z >> 27) * 0x94d049bb133111ebU;
        p[i] = (uint8_t)(z ^ z >> 31);
    }
}

void world_fake(struct world_fake *f, int64_t start, int64_t step, uint64_t seed)
{
    *f = (struct world_fake){{fake_now, fake_random, f}, start, step, seed};
}

bool date_valid(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] + (month == 2 && leap);
}

int64_t date_days(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void date_of(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

size_t time_format(int64_t us, char out[TIME_SIZE])
{
    int64_t days = us >= 0 ? us / DAY : -((DAY - 1 - us) / DAY), rest = us - days * DAY;
    int64_t seconds = rest / SECOND, micro = rest % SECOND;
    int y, m, d, n;

    date_of(days, &y, &m, &d);
    n = snprintf(out, TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u", (unsigned)y % 10000u, (unsigned)m % 100u,
                 (unsigned)d % 100u, (unsigned)(seconds / 3600) % 100u, (unsigned)(seconds / 60 % 60),
                 (unsigned)(seconds % 60));
    if (micro)
        n += snprintf(out + n, TIME_SIZE - (size_t)n, ".%06u", (unsigned)micro % 1000000u);
    out[n++] = 'Z';
    out[n] = '\0';
    return (size_t)n;
}

/* Exactly n digits off the front. */
static bool digits(struct str *s, size_t n, int *out)
{
    *out = 0;
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        *out = *out * 10 + (s->p[i] - '0');
    }
    s->p += n;
    s->n -= n;
    return true;
}

static bool mark(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    s->p++;
    s->n--;
    return true;
}

static bool fraction(struct str *s, int64_t *micro)
{
    int64_t unit = SECOND / 10;
    size_t n = 0;

    *micro = 0;
    if (!mark(s, '.'))
        return true;
    for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; s->p++, s->n--, unit /= 10, n++)
        *micro += unit * (s->p[0] - '0');
    return n > 0 && n <= 9;
}

static bool zone(struct str *s, int64_t *offset, bool *zoned)
{
    int h, m;
    bool west;

    *offset = 0;
    *zoned = s->n > 0;
    if (s->n == 0 || mark(s, 'Z'))
        return s->n == 0;
    west = mark(s, '-');
    if (!west && !mark(s, '+'))
        return false;
    if (!digits(s, 2, &h) || !mark(s, ':') || !digits(s, 2, &m) || h > 23 || m > 59)
        return false;
    *offset = (west ? -1 : 1) * (h * 60 + m) * 60 * SECOND;
    return s->n == 0;
}

bool time_parse(struct str s, int64_t *us, bool *zoned)
{
    int y, mo, d, h = 0, mi = 0, sec = 0;
    int64_t micro = 0, offset = 0;

    *zoned = false;
    if (!digits(&s, 4, &y) || !mark(&s, '-') || !digits(&s, 2, &mo) || !mark(&s, '-') ||
        !digits(&s, 2, &d) || !date_valid(y, mo, d))
        return false;
    if (s.n) {
        if (!mark(&s, 'T') || !digits(&s, 2, &h) || !mark(&s, ':') || !digits(&s, 2, &mi))
            return false;
        if (mark(&s, ':') && (!digits(&s, 2, &sec) || !fraction(&s, &micro)))
            return false;
        if (h > 23 || mi > 59 || sec > 60 || !zone(&s, &offset, zoned))
            return false;
    }
    *us = date_days(y, mo, d) * DAY + ((h * 60 + mi) * INT64_C(60) + sec) * SECOND + micro - offset;
    return true;
}

void uuid_v7(const struct world *w, uint8_t out[16])
{
    uint64_t ms = (uint64_t)(w->now(w->arg) / 1000);

    w->random(w->arg, out + 6, 10);
    for (int i = 0; i < 6; i++)
        out[i] = (uint8_t)(ms >> (40 - 8 * i));
    out[6] = (uint8_t)(0x70 | (out[6] & 0x0f));
    out[8] = (uint8_t)(0x80 | (out[8] & 0x3f));
}

void uuid_format(const uint8_t id[16], char out[UUID_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;

    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[n++] = '-';
        out[n++] = hex[id[i] >> 4];
        out[n++] = hex[id[i] & 15];
    }
    out[n] = '\0';
}

bool uuid_parse(struct str s, uint8_t out[16])
{
    size_t at = 0;

    if (s.n != UUID_SIZE - 1)
        return false;
    for (int i = 0; i < 16; i++) {
        int hi, lo;
        if ((i == 4 || i == 6 || i == 8 || i == 10) && s.p[at++] != '-')
            return false;
        hi = str_hex(s.p[at++]);
        lo = str_hex(s.p[at++]);
        if (hi < 0 || lo < 0)
            return false;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}
