/*
 * zones.c: what has changed in the time zones since ICU 72's copy of the IANA database (2022e) was made, as far as this
 * border is concerned: Mexico gave up summer time on 2022-10-30 but for the municipalities along the border, and Ciudad
 * Juárez got a zone of its own (tzdata 2022f and 2022g); further countries that changed their one offset. Decision 0213.
 */
#include "cel/internal.h"

#define HOUR INT64_C(3600)
#define DAY  INT64_C(86400)

/* 2022-10-30T08:00:00Z, 2022-11-30T06:00:00Z */
#define END_OF_SUMMER INT64_C(1667116800)
#define BORDER_AGAIN  INT64_C(1669788000)

static const struct {
    const char *name;
    int64_t from;
    int hours;   /* from UTC */
    bool summer; /* as in the United States */
} changes[] = {
    {"America/Mexico_City", END_OF_SUMMER, -6, false},
    {"Mexico/General", END_OF_SUMMER, -6, false},
    {"America/Merida", END_OF_SUMMER, -6, false},
    {"America/Monterrey", END_OF_SUMMER, -6, false},
    {"America/Bahia_Banderas", END_OF_SUMMER, -6, false},
    {"America/Chihuahua", END_OF_SUMMER, -6, false},
    {"America/Mazatlan", END_OF_SUMMER, -7, false},
    {"Mexico/BajaSur", END_OF_SUMMER, -7, false},
    {"America/Ojinaga", END_OF_SUMMER, -6, false},
    {"America/Ojinaga", BORDER_AGAIN, -6, true},
    {"America/Ciudad_Juarez", END_OF_SUMMER, -6, false},
    {"America/Ciudad_Juarez", BORDER_AGAIN, -7, true},
    {"Asia/Almaty", 1709229600, 5, false}, /* 2024-03-01 */
    {"Asia/Qostanay", 1709229600, 5, false},
    {"America/Asuncion", 1728961200, -3, false}, /* 2024-10-15 */
    {"Pacific/Fiji", 1636855200, 12, false},
};

static int64_t nth_sunday(int year, int month, int n)
{
    int64_t first = date_days(year, month, 1), weekday = (first + 4) % 7; /* 1970-01-01 was a Thursday */

    return first + (7 - weekday) % 7 + (n - 1) * INT64_C(7);
}

/* Second Sunday of March to first Sunday of November, at two in the morning by the clock on the wall. */
static bool in_summer(int64_t seconds, int64_t offset)
{
    int year, month, day;

    date_of((seconds + offset) / DAY, &year, &month, &day);
    return seconds >= nth_sunday(year, 3, 2) * DAY + 2 * HOUR - offset &&
           seconds < nth_sunday(year, 11, 1) * DAY + HOUR - offset;
}

bool cel_zone_changed(struct str *zone, int64_t seconds, int64_t *offset)
{
    bool changed = false;

    for (size_t i = 0; i < COUNT(changes); i++) {
        if (seconds < changes[i].from || !str_eq(*zone, str_z(changes[i].name)))
            continue;
        *offset = changes[i].hours * HOUR;
        if (changes[i].summer && in_summer(seconds, *offset))
            *offset += HOUR;
        changed = true;
    }
    if (!changed && str_eq(*zone, S("America/Ciudad_Juarez"))) /* until then they were one */
        *zone = S("America/Ojinaga");
    return changed;
}
