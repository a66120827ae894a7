/*
 * ais.c: a log of AIS sentences as counts of ships by area and hour (presence.h says why nothing else). One log is
 * one message: its records are made when all of it was heard. Positions of types 1, 2, 3, 18, 19 and 27 are
 * counted, of numbers that ships have; types 5, 19 and 24 say which kind of ship.
 *
 * A figure needs a date. A report's time is that of its own line (ais_nmea.c), else the last that a base station
 * told in this log (type 4), else it has none and is not counted: one fault says how many there were. No fault
 * refuses the log, none shows who was heard, and the log's bytes are kept nowhere.
 */
#include "feeds/ais.h"
#include "feeds/presence.h"
#include "feeds/rows.h"

#include <stdlib.h>

static const struct presence_what sea = {
    .series =
        {{.name = "presence-sea",
          .label = "Ships heard by AIS, by area and hour",
          .unit = "vessels",
          .definition =
              "Distinct transmitters with a ship's number that reported a position within a cell of one "
              "degree in an hour (UTC), in one log. A ship in two cells counts in both, and in two logs "
              "twice: never add them. Ships without a transmitter, switched off or out of reach are not "
              "counted. Small craft, fishing vessels and those that name no type are \"other\".",
          .frequency = "hourly",
          .threshold = PRESENCE_FEW}},
    .source = "ais",
    .mode = "sea",
    .kinds = true,
};

struct ais {
    struct deliver d;
    struct ais_stream stream;
    struct presence *presence;
    struct row row;
    int64_t clock; /* a base station's last word, or -1 */
    uint64_t undated, uncounted;
};

static void on_fault(void *arg, const char *code, int found, int expected)
{
    struct ais *a = arg;
    struct place at = {.offset = a->row.offset, .segment = a->row.line};
    struct str none = {NULL, 0};

    fault_at(&a->d.faults, code, at, found < 0 ? none : arena_fmt(a->d.arena, "%d", found),
             expected < 0 ? none : arena_fmt(a->d.arena, "%d", expected));
}

/* Maritime identification digits 201 to 775: ships, and no base stations, buoys, rescue craft. */
static bool is_ship(uint32_t mmsi)
{
    return mmsi >= 201000000 && mmsi < 776000000;
}

static enum presence_kind kind_of(int ship_type)
{
    switch (ship_type / 10) {
    case 6:
        return PRESENCE_PASSENGER;
    case 7:
        return PRESENCE_CARGO;
    case 8:
        return PRESENCE_TANKER;
    }
    return PRESENCE_OTHER;
}

static void heard(struct ais *a, const struct ais_report *r, int64_t seconds)
{
    if (r->seconds >= 0)
        a->clock = r->seconds;
    if (r->type == 4)
        return;
    if (r->outside)
        on_fault(a, "ais.position", -1, -1);
    if ((r->placed || r->ship_type >= 0) && !is_ship(r->mmsi)) {
        on_fault(a, "ais.mmsi", -1, -1);
        return;
    }
    if (r->ship_type >= 0 && !presence_is(a->presence, r->mmsi, kind_of(r->ship_type)))
        a->uncounted++;
    if (!r->placed)
        return;
    if (seconds < 0)
        seconds = a->clock;
    if (!presence_time(seconds))
        a->undated++;
    else if (!presence_heard(a->presence, r->mmsi, r->latitude, r->longitude, seconds))
        a->uncounted++;
}

static void give(struct ais *a, const uint8_t digest[HASH_SIZE])
{
    struct place at = {.offset = 0};
    struct str none = {NULL, 0};

    ais_end(&a->stream);
    if (a->undated)
        fault_at(&a->d.faults, "ais.time", at,
                 arena_fmt(a->d.arena, "%llu", (unsigned long long)a->undated), none);
    if (a->uncounted)
        fault_at(&a->d.faults, "presence.limit", at,
                 arena_fmt(a->d.arena, "%llu", (unsigned long long)a->uncounted),
                 arena_fmt(a->d.arena, "%zu", PRESENCE_MAX));
    presence_end(a->presence, &a->d, &sea, a->d.run->offset, digest);
}

static int parse(struct feeds_run *run)
{
    struct ais *a = xmalloc(sizeof *a);
    struct sha256_run *hash = sha256_new();
    uint8_t digest[HASH_SIZE];
    struct rows rows;
    int got;

    *a = (struct ais){.presence = presence_new(), .clock = -1, .stream = {.fault = on_fault, .arg = a}};
    deliver_init(&a->d, run, "ais");
    deliver_open(&a->d, 0);
    a->d.m.personal = true; /* its bytes are kept nowhere, whatever becomes of it */
    deliver_begin(&a->d);
    rows_init(&rows, run, ROWS_LINES);
    while ((got = rows_next(&rows, &a->row)) == 1) {
        struct ais_report report;
        int64_t seconds;

        sha256_add(hash, a->row.bytes);
        sha256_add(hash, S("\n"));
        if (a->row.over)
            on_fault(a, "ais.line", -1, -1);
        else if (ais_line(&a->stream, a->row.bytes, &report, &seconds))
            heard(a, &report, seconds);
        arena_reset(a->d.arena);
    }
    sha256_end(hash, digest);
    if (got == 0)
        give(a, digest);
    presence_free(a->presence);
    rows_free(&rows);
    deliver_free(&a->d);
    wipe(a, sizeof *a);
    free(a);
    return got;
}

static int sniff(struct str head, const char *name)
{
    struct str line;

    (void)name;
    for (int i = 0; i < 20 && str_split(&head, '\n', &line); i++) {
        const char *bang = memchr(line.p, '!', line.n);
        size_t left = bang ? (size_t)(line.p + line.n - bang) : 0;

        if (left > 7 && memcmp(bang + 3, "VD", 2) == 0 && (bang[5] == 'M' || bang[5] == 'O') &&
            bang[6] == ',')
            return 90;
    }
    return 0;
}

const struct feeds_reader reader_ais = {"ais", sniff, parse};
