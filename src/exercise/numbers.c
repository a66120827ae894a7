/*
 * numbers.c: identifiers of the right shape with the right check digit, which is found by asking schema/ids.h:
 * the formulas stand there, once. The owners, makers and ranges are invented or not in use.
 */
#include "exercise/internal.h"

#include "schema/ids.h"

#include <assert.h>

struct dice dice_for(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
    struct dice d = {seed};

    dice_roll(&d, 2);
    d.state ^= a * 0xff51afd7ed558ccdU;
    dice_roll(&d, 2);
    d.state ^= b * 0xc4ceb9fe1a85ec53U;
    dice_roll(&d, 2);
    d.state ^= c * 0x9e6c63d0876a9a47U;
    dice_roll(&d, 2);
    return d;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
int dice_roll(struct dice *d, int n)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15U;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    z ^= z >> 31;
    return (int)(z % (uint64_t)n);
}

int dice_between(struct dice *d, int from, int to)
{
    return from + dice_roll(d, to - from + 1);
}

/* Tries the signs at `at` until the shape holds. */
static void complete(char *z, size_t at, enum shape shape, const char *signs)
{
    for (const char *c = signs; *c; c++) {
        z[at] = *c;
        if (ids_shape(shape, str_z(z)))
            return;
    }
    assert(false); /* one of the signs is the check digit */
}

void number_container(char out[12], const char owner[4], int serial)
{
    snprintf(out, 12, "%.4s%06u0", owner, (unsigned)serial % 1000000u);
    complete(out, 10, SHAPE_CONTAINER, "0123456789");
}

/* 2 and 3 million were never given out. */
void number_imo(char out[8], int serial)
{
    snprintf(out, 8, "%06u0", 200000u + (unsigned)serial % 200000u);
    complete(out, 6, SHAPE_IMO, "0123456789");
}

void number_vin(char out[18], struct dice *d)
{
    static const char signs[] = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

    memcpy(out, "3ZZ", 3); /* 3: Mexico; ZZ is no maker */
    for (int i = 3; i < 17; i++)
        out[i] = i > 11 ? (char)('0' + dice_roll(d, 10)) : signs[dice_roll(d, (int)sizeof signs - 1)];
    out[17] = '\0';
    complete(out, 8, SHAPE_VIN, "0123456789X");
}

void number_rfc(char out[14], const char *letters, int birth)
{
    static const char signs[] = "ABCDEFGHIJKLMNPQRSTUVWXYZ123456789";
    size_t n = strlen(letters);
    int year = 60 + birth % 40, month = birth / 40 % 12 + 1, day = birth / 480 % 28 + 1;
    char z[64];

    snprintf(z, sizeof z, "%.4s%02d%02d%02d%c%c0", letters, year, month, day, signs[birth % 34],
             signs[birth / 34 % 34]);
    memcpy(out, z, n + 10);
    complete(out, n + 8, SHAPE_RFC, "0123456789A");
}

/* 999 is no airline's prefix. */
void number_awb(char out[13], int serial)
{
    unsigned n = (unsigned)serial % 10000000u;

    snprintf(out, 13, "999-%07u%u", n, n % 7);
}

void number_plate(char out[8], struct dice *d)
{
    snprintf(out, 8, "%02u%c%c%u%c", (unsigned)dice_between(d, 10, 99) % 100u, 'A' + dice_roll(d, 8),
             'A' + dice_roll(d, 25), (unsigned)dice_roll(d, 10) % 10u, 'A' + dice_roll(d, 25));
}

void number_uuid(char out[37], struct dice *d)
{
    static const char hex[] = "0123456789abcdef";

    for (int i = 0; i < 36; i++)
        out[i] = i == 8 || i == 13 || i == 18 || i == 23 ? '-' : i == 14 ? '4' : hex[dice_roll(d, 16)];
    out[19] = "89ab"[dice_roll(d, 4)];
    out[36] = '\0';
}
