/*
 * feeds/ais.h: AIS sentences (NMEA 0183 over ITU-R M.1371) to what a report says, for ais.c and its tests. Only
 * what counting needs is decoded: who, where, which kind of ship, which time.
 */
#ifndef PUENTE_FEEDS_AIS_H
#define PUENTE_FEEDS_AIS_H

#include "base/base.h"

#define AIS_PARTS 9   /* sentences of a message */
#define AIS_SIX   512 /* six-bit signs of a message: more than the longest (1008 bits) has */
#define AIS_OPEN  16  /* messages under assembly at a time */

struct ais_report {
    int type;      /* 1 to 27 */
    uint32_t mmsi; /* never leaves memory */
    bool placed;   /* has a position */
    bool outside;  /* has one that no place on earth has */
    double latitude, longitude;
    int ship_type;   /* ITU-R M.1371 table 53; -1 = it says nothing of it */
    int64_t seconds; /* since 1970; -1 = none: a base station's own clock (type 4) */
};

/* Six-bit values, `bits` of them valid. False when the message is shorter than its type asks. */
bool ais_decode(const uint8_t *six, size_t bits, struct ais_report *out);

struct ais_part {
    char sequence, channel;
    uint8_t next, total; /* next = 0: free */
    size_t signs;
    uint32_t age;
    int64_t seconds;
    uint8_t six[AIS_SIX];
};

struct ais_stream {
    struct ais_part part[AIS_OPEN];
    uint32_t age;
    void (*fault)(void *arg, const char *code, int found, int expected); /* -1 = says nothing */
    void *arg;
};

/* One line: true when it ends a message that could be read; *seconds is the line's own time, or -1. Comments and
 * other NMEA sentences are nothing. Faults carry numbers only, never an identity. */
bool ais_line(struct ais_stream *s, struct str line, struct ais_report *out, int64_t *seconds);
/* Names what was never completed. */
void ais_end(struct ais_stream *s);

#endif
