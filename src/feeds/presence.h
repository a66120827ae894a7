/*
 * feeds/presence.h: how many distinct transmitters were heard in an area in an hour, and nothing else of them. What
 * a ship or an aircraft says of itself is a track of people on the move when it is kept; so nothing of it is:
 * identities live in this memory until the counts are made, are wiped then, and reach no record and no fault.
 * Places are cells of one degree, times are hours (UTC).
 */
#ifndef PUENTE_FEEDS_PRESENCE_H
#define PUENTE_FEEDS_PRESENCE_H

#include "feeds/series.h"

#define PRESENCE_FEW 3                 /* counts below it are not published */
#define PRESENCE_MAX ((size_t)1 << 20) /* transmitter, cell and hour together, 12 bytes each */

enum presence_kind { PRESENCE_OTHER, PRESENCE_PASSENGER, PRESENCE_CARGO, PRESENCE_TANKER, PRESENCE_KINDS };

struct presence_what {
    struct series_def series[2]; /* one, and an empty one */
    const char *source, *mode;
    bool kinds; /* a measure tells passenger ships, cargo ships, tankers and others apart */
};

struct presence;
struct presence *presence_new(void);
void presence_free(struct presence *p); /* wipes; NULL is harmless */
/* Heard there at that time (seconds since 1970). False when there is no more room: it is not counted. */
bool presence_heard(struct presence *p, uint32_t id, double latitude, double longitude, int64_t seconds);
/* What it says it is; the last word in the order of the enum counts. */
bool presence_is(struct presence *p, uint32_t id, enum presence_kind kind);
/* A time that an hour can be made of: 1990 to 2999. */
bool presence_time(int64_t seconds);
/* The end of a log: an observation a cell, hour and kind, then the series as a message of its own when there were
 * any. Identities are gone afterwards; the arena of `d` is emptied. */
void presence_end(struct presence *p, struct deliver *d, const struct presence_what *what, uint64_t bytes,
                  const uint8_t digest[32]);

#endif
