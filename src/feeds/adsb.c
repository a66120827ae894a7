/*
 * adsb.c: a log of Mode S extended squitters (ADS-B, ICAO Annex 10 vol. IV) as counts of aircraft by area and hour
 * (presence.h says why nothing else). A line is: seconds since 1970, 28 hexadecimal digits, anything more; no header.
 *
 *   DF (5 bits, 17)  CA (3)  address (24)  ME (56): type code (5) ...  parity (24, generator 0xFFF409)
 *
 * A position is half a one: Compact Position Reporting sends even and odd halves, and two within ten seconds make a
 * latitude and a longitude. Type codes 9 to 18 and 20 to 22 (airborne) are counted; on the ground a receiver's
 * own place would be needed. Other formats are passed over.
 */
#include "feeds/presence.h"
#include "feeds/rows.h"

#include <math.h>
#include <stdlib.h>

#define CELLS    8
#define FRAME    14    /* bytes of an extended squitter; a short one has 7 */
#define PAIR_MAX 10    /* seconds between the halves */
#define SLOTS    16384 /* aircraft whose last halves are remembered; a newer one takes the place of an older */
#define PI       3.14159265358979323846

static const struct presence_what air = {
    .series =
        {{.name = "presence-air",
          .label = "Aircraft heard by ADS-B, by area and hour",
          .unit = "aircraft",
          .definition =
              "Distinct transmitters that reported a position in the air within a cell of one degree in an "
              "hour (UTC), in one log. An aircraft in two cells counts in both, and in two logs twice: "
              "never "
              "add them. Aircraft without a transmitter, on the ground or out of reach are not counted.",
          .frequency = "hourly",
          .threshold = PRESENCE_FEW}},
    .source = "ads-b",
    .mode = "air",
};

struct half {
    uint32_t address;
    int64_t seconds;            /* 0 = none */
    double latitude, longitude; /* of a zone, 0 to 1 */
};

struct adsb {
    struct deliver d;
    struct presence *presence;
    struct row row;
    uint64_t uncounted;
    struct half half[SLOTS][2]; /* even, odd */
};

static void on_fault(struct adsb *a, const char *code)
{
    struct str none = {NULL, 0};

    fault_at(&a->d.faults, code, (struct place){.offset = a->row.offset, .segment = a->row.line}, none,
             none);
}

/* The remainder of all 112 bits: 0 when nothing was damaged. */
static uint32_t parity(const uint8_t f[FRAME])
{
    uint32_t r = 0;

    for (int i = 0; i < FRAME * 8; i++) {
        r = r << 1 | (f[i / 8] >> (7 - i % 8) & 1);
        if (r & 0x1000000)
            r ^= 0x1fff409;
    }
    return r & 0xffffff;
}

static double zones(double latitude)
{
    double a;

    latitude = fabs(latitude);
    if (latitude >= 87)
        return latitude > 87 ? 1 : 2;
    a = 1 - (1 - cos(PI / 30)) / pow(cos(PI / 180 * latitude), 2);
    return a <= -1 ? 1 : floor(2 * PI / acos(a));
}

static double modulo(double a, double b)
{
    return a - b * floor(a / b);
}

/* The place of the newer half. False when the two are of different zones. */
static bool pair(const struct half h[2], bool odd, double *latitude, double *longitude)
{
    double j = floor(59 * h[0].latitude - 60 * h[1].latitude + 0.5);
    double even = 6.0 * (modulo(j, 60) + h[0].latitude);
    double uneven = 360.0 / 59 * (modulo(j, 59) + h[1].latitude);
    double nl, n, m;

    even -= even >= 270 ? 360 : 0;
    uneven -= uneven >= 270 ? 360 : 0;
    if (fabs(even) > 90 || fabs(uneven) > 90 || zones(even) != zones(uneven))
        return false;
    *latitude = odd ? uneven : even;
    nl = zones(*latitude);
    n = fmax(nl - odd, 1);
    m = floor(h[0].longitude * (nl - 1) - h[1].longitude * nl + 0.5);
    *longitude = 360 / n * (modulo(m, n) + h[odd].longitude);
    *longitude -= *longitude >= 180 ? 360 : 0;
    return true;
}

static void take(struct adsb *a, const uint8_t f[FRAME], int64_t seconds)
{
    int code = f[4] >> 3;
    bool odd = f[6] >> 2 & 1;
    uint32_t address = (uint32_t)f[1] << 16 | (uint32_t)f[2] << 8 | f[3];
    struct half *h = a->half[(address * 2654435761u >> 16) % SLOTS];
    double latitude, longitude;

    if (code < 9 || code == 19 || code > 22)
        return;
    if (h[0].address != address)
        h[0] = h[1] = (struct half){.address = address};
    h[odd].seconds = seconds;
    h[odd].latitude = (double)((f[6] & 3u) << 15 | (uint32_t)f[7] << 7 | f[8] >> 1) / 131072;
    h[odd].longitude = (double)((f[8] & 1u) << 16 | (uint32_t)f[9] << 8 | f[10]) / 131072;
    if (!h[!odd].seconds || llabs(seconds - h[!odd].seconds) > PAIR_MAX)
        return;
    if (pair(h, odd, &latitude, &longitude) &&
        !presence_heard(a->presence, address, latitude, longitude, seconds))
        a->uncounted++;
}

static bool seconds_of(struct str s, int64_t *out)
{
    const char *point = memchr(s.p, '.', s.n);

    if (point)
        s.n = (size_t)(point - s.p);
    return str_int(s, out) && presence_time(*out);
}

static void line(struct adsb *a)
{
    struct cell cell[CELLS];
    bool more;
    size_t n = row_cells(a->d.arena, a->row.bytes, ',', cell, CELLS, &more), bytes;
    uint8_t f[FRAME] = {0};
    int64_t seconds;

    if (a->row.over || n < 2 || !hex_decode(str_trim(cell[1].text), f, sizeof f, &bytes) ||
        (bytes != FRAME && bytes != FRAME / 2))
        on_fault(a, "adsb.frame");
    else if (bytes != FRAME || f[0] >> 3 != 17)
        return;
    else if (parity(f) != 0)
        on_fault(a, "adsb.parity");
    else if (!seconds_of(str_trim(cell[0].text), &seconds))
        on_fault(a, "adsb.time");
    else
        take(a, f, seconds);
}

static int parse(struct feeds_run *run)
{
    struct adsb *a = xmalloc(sizeof *a);
    struct sha256_run *hash = sha256_new();
    uint8_t digest[HASH_SIZE];
    struct rows rows;
    int got;

    memset(a, 0, sizeof *a);
    a->presence = presence_new();
    deliver_init(&a->d, run, "adsb");
    deliver_open(&a->d, 0);
    a->d.m.personal = true; /* its bytes are kept nowhere, whatever becomes of it */
    deliver_begin(&a->d);
    rows_init(&rows, run, ROWS_LINES);
    while ((got = rows_next(&rows, &a->row)) == 1) {
        sha256_add(hash, a->row.bytes);
        sha256_add(hash, S("\n"));
        line(a);
        arena_reset(a->d.arena);
    }
    sha256_end(hash, digest);
    if (got == 0) {
        if (a->uncounted)
            fault_at(&a->d.faults, "presence.limit", (struct place){.offset = 0},
                     arena_fmt(a->d.arena, "%llu", (unsigned long long)a->uncounted),
                     arena_fmt(a->d.arena, "%zu", PRESENCE_MAX));
        presence_end(a->presence, &a->d, &air, run->offset, digest);
    }
    presence_free(a->presence);
    rows_free(&rows);
    deliver_free(&a->d);
    wipe(a, sizeof *a);
    free(a);
    return got;
}

/* The first line has a time and a frame. */
static int sniff(struct str head, const char *name)
{
    struct cell cell[CELLS];
    uint8_t f[FRAME];
    struct arena *a;
    struct str first;
    int64_t seconds;
    size_t bytes;
    bool more, good;

    (void)name;
    if (!str_split(&head, '\n', &first))
        return 0;
    a = arena_new();
    good = row_cells(a, str_trim(first), ',', cell, CELLS, &more) >= 2 &&
           hex_decode(str_trim(cell[1].text), f, sizeof f, &bytes) &&
           (bytes == FRAME || bytes == FRAME / 2) && seconds_of(str_trim(cell[0].text), &seconds);
    arena_free(a);
    return good ? 90 : 0;
}

const struct feeds_reader reader_adsb = {"adsb", sniff, parse};
