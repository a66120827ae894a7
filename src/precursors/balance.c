/*
 * balance.c: which notice covers an arrival, and what has come under each notice. Companies are compared as names are
 * in screening (names.h): the same threshold, no other.
 */
#include "precursors/internal.h"

#include "base/clock.h"
#include "names/names.h"

#define DAY INT64_C(86400000000) /* microseconds */

/* ---- quoted ---- */

/* One of the document's numbers is the notice's, alone or behind its qualifier ("PEN:2026-MX-118"). */
static bool quoted(struct str numbers, struct str number)
{
    struct str line;

    while (str_split(&numbers, '\n', &line)) {
        struct str from = {line.p + line.n - number.n, number.n};
        if (number.n && line.n >= number.n && str_eq(from, number) &&
            (line.n == number.n || line.p[line.n - number.n - 1] == ':'))
            return true;
    }
    return false;
}

/* ---- dates ---- */

static bool near(struct str expected, struct str day)
{
    int64_t a, b;
    bool zoned;

    if (expected.n == 0 || !time_parse(expected, &a, &zoned) || !time_parse(day, &b, &zoned))
        return true;
    return (a > b ? a - b : b - a) <= NOTICE_DAYS * DAY;
}

/* ---- companies ---- */

/* Who sends (0) and who gets (1) the consignment, as declared. */
#define PARTIES_MOST 8
struct parties {
    size_t n[2];
    const struct name *name[2][PARTIES_MOST];
};

static int parties_of(struct ctx *c, struct str consignment, struct parties *out)
{
    struct query *q = views_query(
        c->views,
        "SELECT name, role NOT IN ('shipper','exporter') FROM v_party WHERE parent = ?1 AND name IS NOT "
        "NULL "
        "AND role IN ('shipper','exporter','consignee','importer','recipient','final-destination') "
        "AND superseded IS NULL AND erased = 0 ORDER BY seq",
        c->err);
    int row;

    *out = (struct parties){0};
    if (!q)
        return -1;
    query_bind_blob(q, 1, consignment);
    while ((row = query_step(q, c->err)) == 1) {
        size_t side = query_int(q, 1) != 0;
        if (out->n[side] < PARTIES_MOST)
            out->name[side][out->n[side]++] =
                name_read(c->arena, arena_copy(c->arena, query_text(q, 0)), NAME_COMPANY);
    }
    query_done(q);
    return row;
}

/* On each side where both name a company it is the same, on one at least; a notice that names none fits all. */
static bool companies_fit(struct ctx *c, const struct notice *n, const struct parties *p)
{
    const struct str said[] = {n->exporter, n->importer};
    size_t named = 0, met = 0;

    for (size_t side = 0; side < 2; side++) {
        const struct name *listed = name_read(c->arena, said[side], NAME_COMPANY);
        bool same = false;
        named += said[side].n > 0;
        for (size_t i = 0; i < p->n[side] && said[side].n && !same; i++)
            same = names_compare(p->name[side][i], listed, NULL) >= NAMES_MATCH;
        if (said[side].n && p->n[side] && !same)
            return false;
        met += same;
    }
    return named == 0 || met > 0;
}

int notice_for(struct ctx *c, const struct arrival *a, const struct notices *all, const struct notice **out)
{
    struct parties p = {0};

    *out = NULL;
    for (size_t i = 0; i < all->n; i++)
        if (quoted(a->numbers, all->list[i].number)) {
            *out = &all->list[i];
            return 0;
        }
    if (all->n > 0 && a->consignment.n == 16 && parties_of(c, a->consignment, &p) < 0)
        return -1;
    for (size_t i = all->n; i-- > 0 && !*out;)
        if (near(all->list[i].expected, a->day) && companies_fit(c, &all->list[i], &p))
            *out = &all->list[i];
    return 0;
}

/* ---- how much ---- */

int balance_of(struct ctx *c, const struct notice *n, const struct arrival *until, struct balance *out)
{
    struct arrivals items;
    struct notices all;

    *out = (struct balance){0};
    if (arrivals_of(c, n->substance, &items) < 0 || notices_of(c, n->substance, &all) < 0)
        return -1;
    for (size_t i = 0; i < items.n; i++) {
        const struct arrival *a = &items.list[i];
        const struct notice *its;
        if (until && a->seq > until->seq)
            break;
        if (notice_for(c, a, &all, &its) < 0)
            return -1;
        if (!its || !str_eq(its->id, n->id))
            continue;
        out->items++;
        out->unweighed += a->weight < 0;
        out->weight += a->weight < 0 ? 0 : a->weight;
    }
    return 0;
}

bool balance_exceeds(const struct notice *n, int64_t weight)
{
    return weight > n->weight + n->weight / 50 + 1000;
}
