/*
 * clock: time, chance and identities, all passed in (struct world), so that tests own them.
 */
#ifndef PUENTE_CLOCK_H
#define PUENTE_CLOCK_H

#include "base/base.h"

struct world {
    int64_t (*now)(void *arg);                      /* microseconds since 1970-01-01T00:00:00Z */
    void (*random)(void *arg, void *out, size_t n); /* unguessable bytes */
    void *arg;
};

const struct world *world_real(void);

/* A repeatable world for tests and exercises: starts at `start`, each look moves the clock by `step`
 * microseconds, bytes come from `seed`. Caller owns the struct. */
struct world_fake {
    struct world world; /* pass &fake.world */
    int64_t time, step;
    uint64_t seed;
};
void world_fake(struct world_fake *f, int64_t start, int64_t step, uint64_t seed);

#define TIME_SIZE 28 /* "2026-11-21T20:59:00.123456Z" and NUL */
/* RFC 3339 in UTC; microseconds only when there are any. Returns its length. */
size_t time_format(int64_t us, char out[TIME_SIZE]);
/* Calendar checks only, proleptic Gregorian. */
bool date_valid(int year, int month, int day);
int64_t date_days(int year, int month, int day); /* days since 1970-01-01 */
void date_of(int64_t days, int *year, int *month, int *day);
/* RFC 3339 date-time or date; the zone may be missing (*zoned = false, read as UTC). */
bool time_parse(struct str s, int64_t *us, bool *zoned);

/* UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, the rest chance. */
void uuid_v7(const struct world *w, uint8_t out[16]);
#define UUID_SIZE 37
void uuid_format(const uint8_t id[16], char out[UUID_SIZE]);
bool uuid_parse(struct str s, uint8_t out[16]);

#endif
