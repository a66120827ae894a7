/* icu.c: what Unicode and the calendars of the world know, by ICU: classes of characters, case, time zones. ICU brings its
 * own copy of the IANA database, so nothing is read from the disk. */
#include "cel/regex.h"

#include <pthread.h>
#include <stdlib.h>

#include <unicode/ucal.h>
#include <unicode/uset.h>

#define NAME_ROOM 64

static bool ascii_name(struct str s, UChar out[NAME_ROOM])
{
    if (s.n == 0 || s.n >= NAME_ROOM)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] > 126)
            return false;
        out[i] = (UChar)s.p[i];
    }
    out[s.n] = 0;
    return true;
}

/* The zone that a thread asked for last: opening a calendar takes microseconds, and sharing one is not allowed. */
struct kept {
    struct str zone;
    UCalendar *calendar;
};
static pthread_key_t own;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void drop(void *arg)
{
    struct kept *k = arg;

    ucal_close(k->calendar);
    free((char *)(uintptr_t)k->zone.p);
    free(k);
}

static void make_key(void)
{
    if (pthread_key_create(&own, drop) != 0)
        abort();
}

static UCalendar *open_calendar(struct str zone)
{
    UChar name[NAME_ROOM], canonical[NAME_ROOM];
    UBool known = false;
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *calendar;

    if (!ascii_name(zone, name))
        return NULL;
    ucal_getCanonicalTimeZoneID(name, (int32_t)zone.n, canonical, NAME_ROOM, &known, &status);
    if (U_FAILURE(status) || !known)
        return NULL;
    calendar = ucal_open(name, (int32_t)zone.n, "en_US", UCAL_GREGORIAN, &status);
    return U_SUCCESS(status) ? calendar : NULL;
}

static UCalendar *calendar_of(struct str zone)
{
    struct kept *k;
    UCalendar *calendar;

    pthread_once(&once, make_key);
    k = pthread_getspecific(own);
    if (k && str_eq(k->zone, zone))
        return k->calendar;
    calendar = open_calendar(zone);
    if (!calendar)
        return NULL;
    if (k)
        drop(k);
    k = xmalloc(sizeof *k);
    *k =
        (struct kept){.zone = str_n(memcpy(xmalloc(zone.n), zone.p, zone.n), zone.n), .calendar = calendar};
    pthread_setspecific(own, k);
    return calendar;
}

bool cel_zone_offset(struct str zone, int64_t seconds, int64_t *offset)
{
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *calendar;

    if (cel_zone_changed(&zone, seconds, offset))
        return true;
    if ((calendar = calendar_of(zone)) == NULL)
        return false;
    ucal_setMillis(calendar, (double)seconds * 1000, &status);
    *offset = ((int64_t)ucal_get(calendar, UCAL_ZONE_OFFSET, &status) +
               ucal_get(calendar, UCAL_DST_OFFSET, &status)) /
              1000;
    return U_SUCCESS(status) ? true : false;
}

static void take(struct class *c, const USet *set)
{
    int32_t n = uset_getItemCount(set);

    for (int32_t i = 0; i < n; i++) {
        UChar32 from, to;
        UErrorCode status = U_ZERO_ERROR;
        if (uset_getItem(set, i, &from, &to, NULL, 0, &status) == 0 && U_SUCCESS(status)) /* no strings */
            cel_class_add(c, (uint32_t)from, (uint32_t)to);
    }
}

bool cel_class_property(struct class *c, struct str name)
{
    UChar text[NAME_ROOM], general[] = {'g', 'c', 0}, script[] = {'s', 'c', 0};
    UErrorCode status = U_ZERO_ERROR;
    USet *set;

    if (!ascii_name(name, text))
        return false;
    if (str_eq(name, S("Any"))) {
        cel_class_add(c, 0, RX_POINT);
        return true;
    }
    set = uset_openEmpty();
    uset_applyPropertyAlias(set, name.n <= 2 ? general : script, 2, text, (int32_t)name.n, &status);
    if (U_SUCCESS(status))
        take(c, set);
    uset_close(set);
    return U_SUCCESS(status) ? true : false;
}

void cel_class_fold(struct class *c)
{
    USet *set = uset_openEmpty();

    for (uint32_t i = 0; i < c->n; i++)
        uset_addRange(set, (UChar32)c->range[i].from, (UChar32)c->range[i].to);
    uset_closeOver(set, USET_CASE_INSENSITIVE);
    take(c, set);
    uset_close(set);
}
