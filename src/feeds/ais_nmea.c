/*
 * ais_nmea.c: one line of an AIS log.
 *
 *   [\s:station,c:1241544035*4A\]!AIVDM,total,index,sequence,channel,payload,fill*checksum[,...,1272412827]
 *
 * The sentence carries no full time. It is taken from the tag block before it (c: seconds or milliseconds since
 * 1970), from a time stamp in front of the line (seconds, or RFC 3339), or from the last of the columns that
 * receivers append. The payload is six bits a sign: 48 to 87 are 0 to 39, 96 to 119 are 40 to 63.
 */
#include "base/clock.h"
#include "feeds/ais.h"

#define FIELDS 7

/* ---- six-bit messages ---- */

static int64_t bits_get(const uint8_t *six, size_t from, size_t n, bool is_signed)
{
    uint64_t v = 0;

    for (size_t i = from; i < from + n; i++)
        v = v << 1 | (six[i / 6] >> (5 - i % 6) & 1);
    if (is_signed && v >> (n - 1) & 1)
        return (int64_t)v - (INT64_C(1) << n);
    return (int64_t)v;
}

/* Where a type has its fields, in bits; 0 = it has none. */
static const struct layout {
    uint16_t least, longitude, latitude, ship_type;
    bool coarse; /* tenths of minutes instead of ten-thousandths */
} layouts[28] = {
    [1] = {168, 61, 89, 0, false},    [2] = {168, 61, 89, 0, false}, [3] = {168, 61, 89, 0, false},
    [4] = {168, 79, 107, 0, false},   [5] = {240, 0, 0, 232, false}, [18] = {168, 57, 85, 0, false},
    [19] = {312, 57, 85, 263, false}, [24] = {160, 0, 0, 0, false},  [27] = {96, 44, 62, 0, true},
};

static void place(const uint8_t *six, const struct layout *l, struct ais_report *r)
{
    size_t width = l->coarse ? 18 : 28;
    double unit = l->coarse ? 600 : 600000;

    r->longitude = (double)bits_get(six, l->longitude, width, true) / unit;
    r->latitude = (double)bits_get(six, l->latitude, width - 1, true) / unit;
    r->placed = r->longitude >= -180 && r->longitude <= 180 && r->latitude >= -90 && r->latitude <= 90;
    /* 181 and 91 degrees mean that there is none */
    r->outside = !r->placed && r->longitude < 180.99 && r->longitude > -181 && r->latitude < 90.99;
    r->outside = r->outside || r->longitude > 181.01 || r->latitude > 91.01 || r->longitude < -181 ||
                 r->latitude < -91;
}

static int64_t base_clock(const uint8_t *six)
{
    int y = (int)bits_get(six, 38, 14, false), mo = (int)bits_get(six, 52, 4, false);
    int d = (int)bits_get(six, 56, 5, false), h = (int)bits_get(six, 61, 5, false);
    int mi = (int)bits_get(six, 66, 6, false), s = (int)bits_get(six, 72, 6, false);

    if (y < 1990 || y > 2999 || !date_valid(y, mo, d) || h > 23 || mi > 59 || s > 59)
        return -1;
    return date_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + s;
}

bool ais_decode(const uint8_t *six, size_t bits, struct ais_report *out)
{
    const struct layout *l;

    *out = (struct ais_report){.ship_type = -1, .seconds = -1};
    if (bits < 38)
        return false;
    out->type = (int)bits_get(six, 0, 6, false);
    out->mmsi = (uint32_t)bits_get(six, 8, 30, false);
    if (out->type < 1 || out->type > 27)
        return false;
    l = &layouts[out->type];
    if (bits < l->least)
        return false;
    if (l->longitude)
        place(six, l, out);
    if (l->ship_type)
        out->ship_type = (int)bits_get(six, l->ship_type, 8, false);
    if (out->type == 24 && bits_get(six, 38, 2, false) == 1)
        out->ship_type = (int)bits_get(six, 40, 8, false);
    if (out->type == 4)
        out->seconds = base_clock(six);
    return true;
}

/* ---- times ---- */

/* Seconds since 1970, or milliseconds. */
static int64_t epoch(struct str s)
{
    int64_t t;

    if (!str_int(s, &t) || t < 0)
        return -1;
    return t > INT64_C(100000000000) ? t / 1000 : t;
}

static int64_t stamp(struct str s)
{
    int64_t us;
    bool zoned;

    while (s.n && strchr(" \t,;", s.p[s.n - 1]) && s.p[s.n - 1])
        s.n--;
    s = str_trim(s);
    if (!s.n)
        return -1;
    if (epoch(s) >= 0)
        return epoch(s);
    return time_parse(s, &us, &zoned) ? us / 1000000 : -1;
}

static int64_t tag_time(struct str block)
{
    struct str part;
    const char *star = memchr(block.p, '*', block.n);

    if (star)
        block.n = (size_t)(star - block.p);
    while (str_split(&block, ',', &part))
        if (str_starts(part, S("c:")))
            return epoch((struct str){part.p + 2, part.n - 2});
    return -1;
}

/* What stands before the "!": a time stamp, and a tag block between backslashes. */
static int64_t before(struct str s)
{
    const char *open = memchr(s.p, '\\', s.n), *close;
    int64_t t;

    if (!open)
        return stamp(s);
    close = memchr(open + 1, '\\', (size_t)(s.p + s.n - open) - 1);
    t = close ? tag_time((struct str){open + 1, (size_t)(close - open) - 1}) : -1;
    return t >= 0 ? t : stamp((struct str){s.p, (size_t)(open - s.p)});
}

/* The last of the columns behind the checksum. */
static int64_t behind(struct str s)
{
    struct str part = {NULL, 0}, last = {NULL, 0};

    while (str_split(&s, ',', &part))
        last = part;
    last = str_trim(last);
    return last.n >= 9 ? epoch(last) : -1;
}

/* ---- sentences ---- */

/* From behind the "!" to the star. False, with a fault, when the checksum is wrong or missing. */
static bool body_of(struct ais_stream *s, struct str line, struct str *body, struct str *rest)
{
    const char *star = memchr(line.p, '*', line.n);
    int sum = 0, high, low;

    if (!star || line.p + line.n - star < 3) {
        s->fault(s->arg, "ais.checksum", -1, -1);
        return false;
    }
    *body = (struct str){line.p, (size_t)(star - line.p)};
    *rest = (struct str){star + 3, line.n - body->n - 3};
    for (size_t i = 0; i < body->n; i++)
        sum ^= (unsigned char)body->p[i];
    high = str_hex(star[1]);
    low = str_hex(star[2]);
    if (high < 0 || low < 0 || high * 16 + low != sum) {
        s->fault(s->arg, "ais.checksum", high < 0 || low < 0 ? -1 : high * 16 + low, sum);
        return false;
    }
    return true;
}

static bool armour(struct ais_part *p, struct str payload)
{
    for (size_t i = 0; i < payload.n; i++) {
        unsigned char c = (unsigned char)payload.p[i];

        if (!((c >= 48 && c <= 87) || (c >= 96 && c <= 119)) || p->signs == AIS_SIX)
            return false;
        p->six[p->signs++] = (uint8_t)(c < 88 ? c - 48 : c - 56);
    }
    return true;
}

static void drop(struct ais_stream *s, struct ais_part *p)
{
    if (p->next)
        s->fault(s->arg, "ais.parts", p->next - 1, p->total);
    p->next = 0;
}

/* The message that a sentence with this index goes on with or begins; NULL, with a fault, when there is none. */
static struct ais_part *part_of(struct ais_stream *s, int total, int index, char sequence, char channel)
{
    struct ais_part *p = NULL, *oldest = &s->part[0];

    for (size_t i = 0; i < AIS_OPEN; i++) {
        struct ais_part *o = &s->part[i];

        if (o->next && o->sequence == sequence && o->channel == channel)
            p = o;
        if (!o->next || (oldest->next && o->age < oldest->age))
            oldest = o;
    }
    if (index == 1) {
        p = p ? p : oldest;
        drop(s, p);
        *p = (struct ais_part){sequence, channel, 1, (uint8_t)total, 0, ++s->age, -1, {0}};
    } else if (!p || p->next != index || p->total != total) {
        if (p)
            drop(s, p);
        else
            s->fault(s->arg, "ais.parts", index, total);
        return NULL;
    }
    return p;
}

static bool digit(struct str s, int least, int most, int *out)
{
    *out = s.n == 1 ? s.p[0] - '0' : -1;
    return *out >= least && *out <= most;
}

static bool sentence(struct ais_stream *s, struct str body, struct ais_report *out, int64_t *seconds)
{
    struct str f[FIELDS] = {{NULL, 0}};
    struct ais_part *p;
    int total, index, fill;
    size_t n = 0;

    while (n < FIELDS && str_split(&body, ',', &f[n]))
        n++;
    if (n < FIELDS || body.p || !digit(f[1], 1, AIS_PARTS, &total) || !digit(f[2], 1, total, &index) ||
        !digit(f[6], 0, 5, &fill)) {
        s->fault(s->arg, "ais.line", -1, -1);
        return false;
    }
    if (!f[5].n && total == 1) {
        s->fault(s->arg, "ais.empty", -1, -1);
        return false;
    }
    p = part_of(s, total, index, f[3].n ? f[3].p[0] : 0, f[4].n ? f[4].p[0] : 0);
    if (!p)
        return false;
    if (!armour(p, f[5])) {
        s->fault(s->arg, "ais.armour", -1, -1);
        p->next = 0;
        return false;
    }
    p->seconds = *seconds >= 0 ? *seconds : p->seconds;
    *seconds = p->seconds;
    p->next = (uint8_t)(index == total ? 0 : index + 1);
    if (index < total)
        return false;
    n = p->signs * 6 > (size_t)fill ? p->signs * 6 - (size_t)fill : 0;
    if (ais_decode(p->six, n, out))
        return true;
    s->fault(s->arg, "ais.length", (int)n,
             out->type >= 1 && out->type <= 27 ? layouts[out->type].least : 38);
    return false;
}

bool ais_line(struct ais_stream *s, struct str line, struct ais_report *out, int64_t *seconds)
{
    const char *bang = memchr(line.p, '!', line.n);
    struct str body, rest;
    int64_t t;

    *seconds = -1;
    line = str_trim(line);
    if (!line.n || line.p[0] == '#' || line.p[0] == '$')
        return false;
    if (!bang || line.p + line.n - bang < 7 || memcmp(bang + 3, "VD", 2) != 0 ||
        (bang[5] != 'M' && bang[5] != 'O') || bang[6] != ',') {
        s->fault(s->arg, "ais.line", -1, -1);
        return false;
    }
    t = before((struct str){line.p, (size_t)(bang - line.p)});
    if (!body_of(s, (struct str){bang + 1, (size_t)(line.p + line.n - bang) - 1}, &body, &rest))
        return false;
    *seconds = t >= 0 ? t : behind(rest);
    return sentence(s, body, out, seconds);
}

void ais_end(struct ais_stream *s)
{
    for (size_t i = 0; i < AIS_OPEN; i++)
        drop(s, &s->part[i]);
}
