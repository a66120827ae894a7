/*
 * query_values.c: what a node itself knows, as tokens: identifiers and names of alerts that are in force, and firearms
 * that it recovered. Only what originates here: what another office shared is that office's to be asked for.
 */
#include "exchange/query.h"

#include <stdlib.h>

/* By an alert's number, which few share, not by its list, which thousands do: hence the plus, which keeps SQLite from
 * that index. Each gives: id, scheme or NULL, country or NULL, up to three parts of the value, handling. */
#define OF_ALERT(t)                                                                                        \
    " JOIN v_alert a ON +a.list = " t ".list AND a.number = " t ".number AND a.superseded IS NULL"         \
    " AND a.erased = 0 AND a.h_origin = ?1"
#define IN_FORCE                                                                                           \
    " AND a.superseded IS NULL AND a.erased = 0 AND a.h_origin = ?1 AND coalesce(a.status, '') <> "        \
    "'withdrawn'"                                                                                          \
    " AND (a.expires IS NULL OR a.expires >= ?2)"

static const char *const sources[] = {
    "SELECT i.id, i.scheme, i.country, i.value, NULL, NULL, i.h_handling FROM "
    "v_alert_identifier i" OF_ALERT(
        "i") " WHERE i.superseded IS NULL AND i.erased = 0 AND i.h_origin = ?1" IN_FORCE,
    "SELECT a.id, 'person', NULL, a.name, a.birth_date, NULL, a.h_handling FROM v_alert a"
    " WHERE a.subject = 'person' AND a.name IS NOT NULL AND a.birth_date IS NOT NULL" IN_FORCE,
    "SELECT n.id, 'person', NULL, n.name, a.birth_date, NULL, n.h_handling FROM v_alert_name "
    "n" OF_ALERT("n") " WHERE a.subject = 'person' AND a.birth_date IS NOT NULL AND n.superseded IS NULL "
                      "AND n.erased = 0"
                      " AND n.h_origin = ?1" IN_FORCE,
    "SELECT id, 'firearm', NULL, maker, coalesce(model, ''), serial, h_handling FROM v_firearm"
    " WHERE superseded IS NULL AND erased = 0 AND h_origin = ?1 AND maker IS NOT NULL AND serial IS NOT "
    "NULL"
    " AND ?2 IS NOT NULL",
};

struct gathering {
    struct ctx *c;
    const struct query_terms *t;
    bool as_holder;
    struct query_value *v;
    size_t n, cap;
};

static void put(struct gathering *g, int scheme, struct str value, struct str id)
{
    struct str token;

    if (!token_make(g->c->arena, scheme, value, &token))
        return; /* "unknown", a year without a day: nobody could ask for it either */
    if (g->n == g->cap) {
        struct query_value *more;
        g->cap = g->cap ? 2 * g->cap : 256;
        more = arena_alloc(g->c->arena, g->cap * sizeof *more);
        if (g->n)
            memcpy(more, g->v, g->n * sizeof *more);
        g->v = more;
    }
    g->v[g->n].scheme = scheme;
    g->v[g->n].token = token;
    memcpy(g->v[g->n++].id, id.p, 16);
}

/* What may not be passed on without asking its author (H2), or not but under conditions (H3), is not even hinted at. */
static bool lets_out(const struct query *q)
{
    struct str handling = query_text(q, 6);

    return handling.n == 0 || str_eq(handling, S("H0")) || str_eq(handling, S("H1"));
}

static void take_row(struct gathering *g, const struct query *q)
{
    int scheme = token_scheme(query_text(q, 1));
    struct str id = query_blob(q, 0), country = query_text(q, 2), first = query_text(q, 3);
    struct arena *a = g->c->arena;

    if (scheme < 0 || !(g->t->schemes >> scheme & 1) || id.n != 16 || (g->as_holder && !lets_out(q)))
        return;
    id = arena_copy(a, id);
    country = arena_copy(a, country);
    first = arena_copy(a, first);
    if (!query_is_null(q, 5))
        first = arena_fmt(a, "%.*s|%.*s|%.*s", STR_ARG(first), STR_ARG(query_text(q, 4)),
                          STR_ARG(query_text(q, 5)));
    else if (!query_is_null(q, 4))
        first = arena_fmt(a, "%.*s|%.*s", STR_ARG(first), STR_ARG(query_text(q, 4)));
    if (!token_has_country(scheme)) {
        put(g, scheme, first, id);
        return;
    }
    if (country.n) {
        put(g, scheme, arena_fmt(a, "%.*s|%.*s", STR_ARG(country), STR_ARG(first)), id);
        return;
    }
    /* An alert that does not say whose plate it is may mean either side's. */
    for (size_t i = 0; i < COUNT(g->t->country); i++)
        put(g, scheme, arena_fmt(a, "%.*s|%.*s", STR_ARG(g->t->country[i]), STR_ARG(first)), id);
}

static struct str today(struct ctx *c)
{
    char text[TIME_SIZE];

    time_format(c->world->now(c->world->arg), text);
    return arena_copy(c->arena, str_n(text, 10));
}

int query_values(struct ctx *c, const struct query_terms *t, bool as_holder, struct query_value **out,
                 size_t *n)
{
    struct gathering g = {c, t, as_holder, NULL, 0, 0};
    struct str self = node_office(c), day = today(c);

    for (size_t i = 0; i < COUNT(sources); i++) {
        struct query *q = views_query(c->views, sources[i], c->err);
        int row;
        if (!q)
            return -1;
        query_bind_text(q, 1, self);
        query_bind_text(q, 2, day);
        while ((row = query_step(q, c->err)) == 1)
            take_row(&g, q);
        query_done(q);
        if (row < 0)
            return -1;
    }
    *out = g.v;
    *n = g.n;
    return 0;
}

/* Every record that can change what the sources give has a number in one of these. */
int query_values_stamp(struct ctx *c, const struct query_terms *t, uint8_t out[HASH_SIZE])
{
    struct query *q = views_query(c->views,
                                  "SELECT coalesce((SELECT max(seq) FROM v_alert), '-') || ' ' || "
                                  "coalesce((SELECT max(seq) FROM v_alert_identifier), '-')"
                                  " || ' ' || coalesce((SELECT max(seq) FROM v_alert_name), '-')"
                                  " || ' ' || coalesce((SELECT max(seq) FROM v_firearm), '-')"
                                  " || ' ' || coalesce((SELECT max(seq) FROM v_erasure), '-')",
                                  c->err);
    struct str parts[4] = {str_n(NULL, 0), today(c), str_n(t->program->digest, HASH_SIZE),
                           str_n(&t->schemes, sizeof t->schemes)};
    int row;

    if (!q)
        return -1;
    row = query_step(q, c->err);
    if (row == 1)
        parts[0] = arena_copy(c->arena, query_text(q, 0));
    query_done(q);
    sha256(out, parts, COUNT(parts));
    return row < 0 ? -1 : 0;
}
