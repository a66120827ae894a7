/*
 * coverage.c: `puente lists coverage`: what is looked for at all. For every list: whose it is, how many alerts of it hold, with
 * how many names and numbers, what is withdrawn or over, how old the alerts are, and when it was last compared with an
 * edition. A list that nobody has updated for a while looks for last year's people.
 */
#include "screening/internal.h"

#define DAY INT64_C(86400000000) /* microseconds */

/* By age of what an alert says, in days: under each bound; the rest is older. */
static const struct {
    const char *key;
    int64_t days;
} ages[] = {{"within_30_days", 30}, {"within_a_year", 365}, {"within_5_years", 1826}};

struct coverage {
    struct ctx *c;
    struct out *o;
    int64_t now;
    uint64_t lists;
};

static struct str day_text(struct arena *a, int64_t us)
{
    char z[TIME_SIZE];

    time_format(us, z);
    return arena_copy(a, str_n(z, 10));
}

/* One number of a question with the list's name, and a text when `bound` has one. -1 with err. */
static int count(struct coverage *v, const char *sql, struct str list, struct str bound, int64_t *out)
{
    struct query *q = views_query(v->c->views, sql, v->c->err);
    int row;

    *out = -1;
    if (!q)
        return -1;
    query_bind_text(q, 1, list);
    if (bound.n)
        query_bind_text(q, 2, bound);
    row = query_step(q, v->c->err);
    if (row == 1 && !query_is_null(q, 0))
        *out = query_int(q, 0);
    query_done(q);
    return row < 0 ? -1 : 0;
}

#define STANDS "superseded IS NULL AND erased = 0"
#define HOLDS  STANDS " AND coalesce(status, '') <> 'withdrawn'"

static int say_counts(struct coverage *v, struct str list)
{
    static const struct {
        const char *key, *sql;
    } counts[] = {
        {"names", "SELECT count(*) FROM v_alert_name WHERE list = ?1 AND " HOLDS},
        {"numbers", "SELECT count(*) FROM v_alert_identifier WHERE list = ?1 AND " HOLDS},
        {"addresses", "SELECT count(*) FROM v_alert_address WHERE list = ?1 AND " HOLDS},
        {"with_birth_date",
         "SELECT count(*) FROM v_alert WHERE list = ?1 AND birth_date IS NOT NULL AND " HOLDS},
        {"withdrawn", "SELECT count(*) FROM v_alert WHERE list = ?1 AND status = 'withdrawn' AND " STANDS},
    };
    int64_t n;

    for (size_t i = 0; i < COUNT(counts); i++) {
        if (count(v, counts[i].sql, list, S(""), &n) < 0)
            return -1;
        out_int(v->o, counts[i].key, n);
    }
    return 0;
}

/* An alert is as old as its issue says, else as its record. */
static int say_ages(struct coverage *v, struct str list, int64_t all)
{
    int64_t n, before = 0;

    for (size_t i = 0; i < COUNT(ages); i++) {
        struct str since = day_text(v->c->arena, v->now - ages[i].days * DAY);
        if (count(v,
                  "SELECT count(*) FROM v_alert WHERE list = ?1 AND coalesce(issued, "
                  "strftime('%Y-%m-%d', h_recorded / 1000000, 'unixepoch')) >= ?2 AND " HOLDS,
                  list, since, &n) < 0)
            return -1;
        out_int(v->o, ages[i].key, n - before);
        before = n;
    }
    out_int(v->o, "older", all - before);
    return 0;
}

static int say_edition(struct coverage *v, struct str list)
{
    int64_t at;

    if (count(v, "SELECT max(h_recorded) FROM v_list_edition WHERE list = ?1 AND " STANDS, list, S(""),
              &at) < 0)
        return -1;
    out_bool(v->o, "updated_as_editions", at >= 0);
    if (at < 0 && count(v, "SELECT max(h_recorded) FROM v_alert WHERE list = ?1", list, S(""), &at) < 0)
        return -1;
    if (at >= 0) {
        out_str(v->o, "as_of", day_text(v->c->arena, at));
        out_int(v->o, "days_old", (v->now - at) / DAY);
    }
    return 0;
}

static int say_list(struct coverage *v, struct str list, struct str authority, int64_t all)
{
    struct str today = day_text(v->c->arena, v->now);
    int64_t over;

    out_open(v->o, NULL);
    out_str(v->o, "list", list);
    out_str(v->o, "authority", authority);
    if (count(v, "SELECT count(*) FROM v_alert WHERE list = ?1 AND expires < ?2 AND " HOLDS, list, today,
              &over) < 0)
        return -1;
    out_int(v->o, "alerts", all - over);
    out_int(v->o, "over", over);
    if (say_counts(v, list) < 0 || say_edition(v, list) < 0 || say_ages(v, list, all) < 0)
        return -1;
    out_close(v->o);
    v->lists++;
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct coverage v = {.c = c, .o = o, .now = c->world->now(c->world->arg)};
    struct query *q = views_query(
        c->views,
        "SELECT list, min(authority), sum(coalesce(status, '') <> 'withdrawn') FROM v_alert WHERE " STANDS
        " GROUP BY list ORDER BY list",
        c->err);
    struct {
        struct str list, authority;
        int64_t all;
    } list[256];
    size_t n = 0;
    int row = 1;
    (void)a;

    if (!q)
        return -1;
    while (n < COUNT(list) && (row = query_step(q, c->err)) == 1) {
        list[n].list = screening_copy(c, q, 0);
        list[n].authority = screening_copy(c, q, 1);
        list[n++].all = query_int(q, 2);
    }
    query_done(q);
    if (row < 0)
        return -1;
    out_list(o, "lists");
    for (size_t i = 0; i < n; i++)
        if (say_list(&v, list[i].list, list[i].authority, list[i].all) < 0)
            return -1;
    out_end(o);
    if (v.lists == 0)
        out_z(o, "nothing", tr(o->lang, N_("there is no alert: nothing is looked for")));
    return 0;
}

const struct op screening_coverage = {
    .name = "lists-coverage",
    .summary = N_("what is looked for: each list, its alerts, names and numbers, and how old they are"),
    .help = N_("For every list: the authority that answers for it, how many alerts of it hold today, with "
               "how many names and "
               "numbers, how many are withdrawn or over, how old they are, and when the list was last "
               "compared with an "
               "edition (lists update)."),
    .flags = OP_NODE,
    .method = "GET",
    .path = "/lists",
    .run = run,
    .example = "lists coverage",
};
