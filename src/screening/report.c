/*
 * report.c: `puente screening report`: what screening is worth. For every list, rule and alert: how often it fired, how many of
 * those hits an officer examined, in how many something was found, and when last. Beside it the control sample:
 * declarations that raised nothing and were drawn by chance. A rate is told with its counts and its 95 % interval
 * (Wilson 1927), because few cases tell little.
 */
#include "screening/internal.h"

#include <math.h>

#define SHOWN_USUAL 20
#define Z           1.959963985 /* 95 % of a normal distribution */

/* Hits ever made in the window, with the last decision on each. Parameters: from, until, in microseconds. */
#define HITS                                                                                               \
    "WITH h AS (SELECT h.id, h.list, h.number, h.rule, h.basis, (SELECT d.decision FROM v_disposition d "  \
    "WHERE d.hit = h.id AND d.superseded IS NULL AND d.erased = 0 ORDER BY d.seq DESC LIMIT 1) AS "        \
    "decision, (SELECT max(d.decided) FROM v_disposition d WHERE d.hit = h.id AND d.superseded IS NULL "   \
    "AND d.erased = 0 AND d.decision IN ('same', 'found')) AS useful, EXISTS (SELECT 1 FROM v_hit w "      \
    "WHERE w.seq = h.superseded AND w.status = 'withdrawn') AS withdrawn FROM v_hit h WHERE h.h_replaces " \
    "IS NULL AND h.erased = 0 AND h.h_recorded >= ?1 AND h.h_recorded < ?2) "
#define FIGURES                                                                                            \
    "count(*), sum(withdrawn), sum(decision IS NOT NULL), coalesce(sum(decision IN ('same', 'found')), "   \
    "0), max(useful)"

struct figures {
    int64_t fired, withdrawn, examined, found;
    struct str useful;
};

struct window {
    int64_t from, until;
};

static struct figures read_figures(struct ctx *c, struct query *q, int column)
{
    return (struct figures){query_int(q, column), query_int(q, column + 1), query_int(q, column + 2),
                            query_int(q, column + 3), screening_copy(c, q, column + 4)};
}

static struct str percent(struct arena *a, double share)
{
    return arena_fmt(a, "%.1f", 100 * share);
}

/* Wilson's interval: right also for few cases, and for none found. */
static void say_rate(struct arena *a, struct out *o, int64_t found, int64_t of)
{
    double n = (double)of, p = (double)found / n, z2 = Z * Z;
    double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));

    if (of == 0)
        return;
    out_json(o, "found_percent", percent(a, p));
    out_json(o, "from_percent", percent(a, middle - half < 0 ? 0 : middle - half));
    out_json(o, "to_percent", percent(a, middle + half > 1 ? 1 : middle + half));
}

static void say_figures(struct ctx *c, struct out *o, const struct figures *f)
{
    out_int(o, "fired", f->fired);
    out_int(o, "withdrawn", f->withdrawn);
    out_int(o, "examined", f->examined);
    out_int(o, "found", f->found);
    say_rate(c->arena, o, f->found, f->examined);
    if (f->useful.n)
        out_str(o, "last_useful", f->useful);
}

static struct query *asked(struct ctx *c, const char *sql, const struct window *w)
{
    struct query *q = views_query(c->views, sql, c->err);

    if (q) {
        query_bind_int(q, 1, w->from);
        query_bind_int(q, 2, w->until);
    }
    return q;
}

static int say_lists(struct ctx *c, struct out *o, const struct window *w)
{
    struct query *q = asked(
        c, HITS "SELECT list, " FIGURES " FROM h WHERE list IS NOT NULL GROUP BY list ORDER BY list", w);
    int row;

    if (!q)
        return -1;
    out_list(o, "lists");
    while ((row = query_step(q, c->err)) == 1) {
        struct figures f = read_figures(c, q, 1);
        out_open(o, NULL);
        out_str(o, "list", screening_copy(c, q, 0));
        say_figures(c, o, &f);
        out_close(o);
    }
    out_end(o);
    query_done(q);
    return row;
}

static int say_rules(struct ctx *c, struct out *o, const struct window *w)
{
    struct query *q = asked(c,
                            HITS "SELECT rule, (SELECT r.name FROM v_rule r WHERE r.id = h.rule), " FIGURES
                                 " FROM h WHERE rule IS NOT NULL GROUP BY rule ORDER BY 3 DESC, rule",
                            w);
    int row;

    if (!q)
        return -1;
    out_list(o, "rules");
    while ((row = query_step(q, c->err)) == 1) {
        struct figures f = read_figures(c, q, 2);
        out_open(o, NULL);
        out_str(o, "name", screening_copy(c, q, 1));
        say_id(o, "rule", query_blob(q, 0), c->arena);
        say_figures(c, o, &f);
        out_close(o);
    }
    out_end(o);
    query_done(q);
    return row;
}

/* Those that fired most, for nothing first: what to look at when officers have too much to do. */
static int say_alerts(struct ctx *c, struct out *o, const struct window *w, int64_t limit)
{
    struct query *q =
        asked(c,
              HITS "SELECT list, number, " FIGURES " FROM h WHERE number IS NOT NULL GROUP BY list, "
                   "number ORDER BY 3 DESC, 6, list, number LIMIT ?3",
              w);
    int row;

    if (!q)
        return -1;
    query_bind_int(q, 3, limit);
    out_list(o, "alerts");
    while ((row = query_step(q, c->err)) == 1) {
        struct figures f = read_figures(c, q, 2);
        out_open(o, NULL);
        out_str(o, "list", screening_copy(c, q, 0));
        out_str(o, "number", screening_copy(c, q, 1));
        say_figures(c, o, &f);
        out_close(o);
    }
    out_end(o);
    query_done(q);
    return row;
}

static int say_sum(struct ctx *c, struct out *o, const struct window *w, bool control, struct figures *f)
{
    struct query *q = asked(c,
                            control ? HITS "SELECT " FIGURES " FROM h WHERE basis = 'control'"
                                    : HITS "SELECT " FIGURES " FROM h WHERE basis <> 'control'",
                            w);
    int row;

    if (!q)
        return -1;
    row = query_step(q, c->err);
    if (row == 1)
        *f = read_figures(c, q, 0);
    query_done(q);
    if (row != 1)
        return -1;
    out_open(o, control ? "control" : "all_hits");
    if (control) {
        out_int(o, "examined", f->examined);
        out_int(o, "found", f->found);
        say_rate(c->arena, o, f->found, f->examined);
    } else {
        say_figures(c, o, f);
    }
    out_close(o);
    return 0;
}

/* A day, or a time; the end of a window is the end of its day. */
static int read_time(struct ctx *c, const struct args *a, const char *name, int64_t *out)
{
    struct str s = arg(a, name);
    bool zoned;

    if (s.n == 0)
        return 0;
    if (!time_parse(s, out, &zoned))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not a day (YYYY-MM-DD)"), STR_ARG(s));
    if (s.n == 10 && strcmp(name, "until") == 0)
        *out += INT64_C(86400) * 1000000;
    return 0;
}

static const char *why(const struct figures *hits, const struct figures *control)
{
    if (hits->fired == 0)
        return N_("no hit was raised in this time");
    if (hits->examined == 0)
        return N_("no hit of this time was decided: what they are worth is not known");
    if (control->examined == 0)
        return N_("nothing of the control sample was examined: there is no rate to compare with");
    return NULL;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct window w = {0, INT64_MAX};
    int64_t limit = arg_int(a, "limit", SHOWN_USUAL);
    struct figures hits = {0}, control = {0};
    const char *because_of;

    if (read_time(c, a, "from", &w.from) < 0 || read_time(c, a, "until", &w.until) < 0)
        return -1;
    if (limit < 0 || limit > 100000)
        return err_set(c->err, ERR_USAGE, N_("limit must be from 1 to %d"), 100000);
    if (say_sum(c, o, &w, false, &hits) < 0 || say_sum(c, o, &w, true, &control) < 0 ||
        say_lists(c, o, &w) < 0 || say_rules(c, o, &w) < 0 || say_alerts(c, o, &w, limit) < 0)
        return -1;
    because_of = why(&hits, &control);
    if (because_of)
        out_z(o, "nothing", tr(o->lang, because_of));
    return 0;
}

static const struct param params[] = {
    {"from", P_TEXT, .help = N_("hits from this day on, YYYY-MM-DD")},
    {"until", P_TEXT, .help = N_("hits to the end of this day")},
    {"limit", P_INT, .help = N_("so many alerts, those that fired most; 20 when not given")},
    {0},
};

const struct op screening_report = {
    .name = "screening-report",
    .summary = N_("what screening is worth: fired, examined, found"),
    .help = N_(
        "For every list, rule and alert: how many hits it raised, how many an officer decided, in how many "
        "something was found, and when last. Rates stand with their counts and 95-percent intervals. The "
        "control "
        "sample, declarations that raised nothing and were drawn by chance (`puente hits --control`), "
        "tells what "
        "would be found without screening."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/screening/report",
    .run = run,
    .example = "screening report --from 2026-11-01",
};
