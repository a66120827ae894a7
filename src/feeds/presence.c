/*
 * presence.c: a growing array that is sorted and cleared of repetitions when it is full; no hash table, whose chains
 * a hostile input could make long. When an array of the largest size stays three quarters full, nothing more is
 * taken.
 */
#include "feeds/presence.h"

#include <math.h>
#include <stdlib.h>

#define FIRST   ((size_t)1 << 12)
#define IS_KIND UINT32_MAX /* a cell that no place has: `hour` is then a kind */

struct heard {
    uint32_t id, cell, hour; /* hours since 1970; cells from the south pole and the date line */
};

struct presence {
    struct heard *at;
    size_t n, cap;
    bool full;
};

struct presence *presence_new(void)
{
    struct presence *p = xmalloc(sizeof *p);

    *p = (struct presence){.cap = FIRST};
    p->at = xmalloc(p->cap * sizeof *p->at);
    return p;
}

void presence_free(struct presence *p)
{
    if (!p)
        return;
    wipe(p->at, p->cap * sizeof *p->at);
    free(p->at);
    free(p);
}

static int order(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int by_id(const struct heard *a, const struct heard *b)
{
    int c = order(a->id, b->id);

    if (c == 0)
        c = order(a->cell, b->cell);
    return c ? c : order(a->hour, b->hour);
}

static int by_hour(const struct heard *a, const struct heard *b)
{
    int c = order(a->hour, b->hour);

    if (c == 0)
        c = order(a->cell, b->cell);
    return c ? c : order(a->id, b->id);
}

/* Heap sort: in place and never quadratic. The C library's qsort asks the system for its memory size, which the
 * sandbox does not answer. */
static void sort(struct heard *at, size_t n, int (*cmp)(const struct heard *, const struct heard *))
{
    for (size_t built = n / 2, last = n; last > 1;) {
        struct heard moving;
        size_t i, child;

        if (built > 0) {
            moving = at[--built];
            i = built;
        } else {
            moving = at[--last];
            at[last] = at[0];
            i = 0;
        }
        for (; (child = 2 * i + 1) < last; i = child) {
            if (child + 1 < last && cmp(&at[child], &at[child + 1]) < 0)
                child++;
            if (cmp(&moving, &at[child]) >= 0)
                break;
            at[i] = at[child];
        }
        at[i] = moving;
    }
}

static void compact(struct presence *p)
{
    size_t n = 0;

    sort(p->at, p->n, by_id);
    for (size_t i = 0; i < p->n; i++)
        if (n == 0 || by_id(&p->at[n - 1], &p->at[i]) != 0)
            p->at[n++] = p->at[i];
    p->n = n;
}

static void grow(struct presence *p)
{
    struct heard *old = p->at;

    p->at = xmalloc(p->cap * 2 * sizeof *p->at);
    memcpy(p->at, old, p->n * sizeof *p->at);
    wipe(old, p->cap * sizeof *old);
    free(old);
    p->cap *= 2;
}

static bool add(struct presence *p, struct heard h)
{
    if (p->full)
        return false;
    p->at[p->n++] = h;
    if (p->n < p->cap)
        return true;
    compact(p);
    if (p->n > p->cap / 4 * 3) {
        if (p->cap < PRESENCE_MAX)
            grow(p);
        else
            p->full = true;
    }
    return true;
}

bool presence_time(int64_t seconds)
{
    return seconds >= INT64_C(631152000) && seconds < INT64_C(32503680000);
}

bool presence_heard(struct presence *p, uint32_t id, double latitude, double longitude, int64_t seconds)
{
    int south = (int)floor(latitude) + 90, west = (int)floor(longitude) + 180;

    south = south < 0 ? 0 : south > 179 ? 179 : south;
    west = west < 0 ? 0 : west % 360;
    return add(p, (struct heard){id, (uint32_t)(south * 360 + west), (uint32_t)(seconds / 3600)});
}

bool presence_is(struct presence *p, uint32_t id, enum presence_kind kind)
{
    return add(p, (struct heard){id, IS_KIND, (uint32_t)kind});
}

/* Puts what it is in the place of who it is. */
static void forget(struct presence *p)
{
    size_t n = 0;

    compact(p);
    for (size_t i = 0, end; i < p->n; i = end) {
        uint32_t id = p->at[i].id, kind = PRESENCE_OTHER;

        for (end = i; end < p->n && p->at[end].id == id; end++)
            if (p->at[end].cell == IS_KIND)
                kind = p->at[end].hour;
        for (; i < end; i++)
            if (p->at[i].cell != IS_KIND)
                p->at[n++] = (struct heard){kind, p->at[i].cell, p->at[i].hour};
    }
    wipe(p->at + n, (p->cap - n) * sizeof *p->at);
    p->n = n;
    sort(p->at, p->n, by_hour);
}

static void set(struct record *r, const char *field, struct str s)
{
    record_text(r, schema_field(r->kind, str_z(field)), s);
}

static void give_count(struct deliver *d, const struct presence_what *w, const struct heard *h,
                       size_t count)
{
    static const char *const kinds[PRESENCE_KINDS] = {"other", "passenger", "cargo", "tanker"};
    struct record *r = record_new(d->arena, schema_kind(S("observation")));
    int south = (int)(h->cell / 360) - 90, west = (int)(h->cell % 360) - 180, y, m, day;
    struct str date;

    date_of(h->hour / 24, &y, &m, &day);
    date = arena_fmt(d->arena, "%04d-%02d-%02d", y, m, day);
    set(r, "series", str_z(w->series[0].name));
    set(r, "place",
        arena_fmt(d->arena, "%c%02d%c%03d", south < 0 ? 'S' : 'N', abs(south), west < 0 ? 'W' : 'E',
                  abs(west)));
    set(r, "place_scheme", S("grid"));
    if (w->kinds)
        set(r, "measure", str_z(kinds[h->id]));
    set(r, "from", date);
    set(r, "until", date);
    record_int(r, schema_field(r->kind, S("hour")), h->hour % 24);
    record_int(r, schema_field(r->kind, S("value")), (int64_t)count * 1000);
    set(r, "mode", str_z(w->mode));
    set(r, "source", str_z(w->source));
    deliver_record(d, r);
}

void presence_end(struct presence *p, struct deliver *d, const struct presence_what *what, uint64_t bytes,
                  const uint8_t digest[32])
{
    struct str sender = d->m.sender;

    forget(p);
    for (size_t i = 0, end; i < p->n; i = end) {
        for (end = i + 1; end < p->n && by_hour(&p->at[i], &p->at[end]) == 0; end++)
            ;
        give_count(d, what, &p->at[i], end - i);
        arena_reset(d->arena);
    }
    deliver_end_digest(d, bytes, digest);
    if (p->n == 0)
        return;
    deliver_open(d, bytes);
    d->m.sender = sender;
    series_give(d, what->series, what->source, 0);
}
