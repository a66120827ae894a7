/*
 * overview.c: `overview`: the readable picture of what the node took in: what `./run` prints and the server's
 * first page shows. Counts of current records by SQL over the views; each block is one query of a table below.
 * No personal data: places, codes, counts and the explanations of hits.
 */
#include "records/internal.h"

/* A block: a list by this key, one object a row, a key a column. */
struct block {
    const char *key;
    const char *sql;
    const char *const *columns; /* ends with NULL; names as in the answer */
};

#define CURRENT "superseded IS NULL AND erased = 0"

static const char *const place_columns[] = {"place", "direction", "mode", "trips", "consignments", NULL};
static const char *const verdict_columns[] = {"format", "verdict", "messages", "records", "faults", NULL};
static const char *const fault_columns[] = {"code", "severity", "count", "message", NULL};
static const char *const hit_columns[] = {"id",    "recorded", "list",        "number",
                                          "basis", "status",   "explanation", NULL};
static const char *const wait_columns[] = {"place",  "direction", "lane",   "measured",
                                           "median", "longest",   "latest", NULL};
static const char *const seizure_columns[] = {"place", "direction", "commodity", "unit", "seizures", NULL};

static const struct block blocks[] = {
    {"places",
     "WITH carried AS (SELECT u.port, u.port_name, u.direction, u.mode, count(*) AS n"
     " FROM v_consignment c JOIN v_trip u ON u.id = c.trip WHERE c.superseded IS NULL AND c.erased = 0"
     " AND u.superseded IS NULL AND u.erased = 0 GROUP BY 1, 2, 3, 4)"
     " SELECT coalesce(t.port_name, t.port, '?'), t.direction, t.mode, count(*),"
     " (SELECT coalesce(sum(n), 0) FROM carried c WHERE c.port IS t.port AND c.port_name IS t.port_name"
     "  AND c.direction IS t.direction AND c.mode IS t.mode)"
     " FROM v_trip t WHERE " CURRENT " GROUP BY t.port, t.port_name, t.direction, t.mode"
     " ORDER BY count(*) DESC, 1, 2, 3 LIMIT 100",
     place_columns},
    {"verdicts",
     "SELECT format, verdict, count(*), sum(records), sum(faults) FROM v_message WHERE " CURRENT
     " GROUP BY format, verdict ORDER BY format, verdict LIMIT 100",
     verdict_columns},
    {"faults",
     "SELECT code, severity, count(*), NULL FROM v_fault WHERE " CURRENT
     " GROUP BY code, severity ORDER BY count(*) DESC, code LIMIT 50",
     fault_columns},
    {"hits",
     "SELECT id, h_recorded, list, number, basis, status, explanation FROM v_hit WHERE " CURRENT
     " ORDER BY seq DESC LIMIT 20",
     hit_columns},
    {"waits",
     "WITH ranked AS (SELECT port, direction, lane, minutes, observed,"
     " row_number() OVER (PARTITION BY port, direction, lane ORDER BY minutes) AS r,"
     " count(*) OVER (PARTITION BY port, direction, lane) AS n"
     " FROM v_wait WHERE minutes IS NOT NULL AND " CURRENT ")"
     " SELECT port, direction, lane, n, max(CASE WHEN r = (n + 1) / 2 THEN minutes END), max(minutes),"
     " max(observed) FROM ranked GROUP BY port, direction, lane ORDER BY max(minutes) DESC, 1, 2, 3 LIMIT "
     "100",
     wait_columns},
    {"seizures",
     "SELECT place, direction, commodity, unit, count(*) FROM v_seizure WHERE " CURRENT
     " GROUP BY place, direction, commodity, unit ORDER BY count(*) DESC, 1, 2, 3 LIMIT 50",
     seizure_columns},
};

static void say_time(struct out *o, const char *key, int64_t us)
{
    char text[TIME_SIZE];

    out_str(o, key, str_n(text, time_format(us, text)));
}

static bool is_number(const char *column)
{
    static const char *const numbers[] = {"trips", "consignments", "messages", "records",  "faults",
                                          "count", "median",       "longest",  "measured", "seizures"};

    for (size_t i = 0; i < COUNT(numbers); i++)
        if (strcmp(column, numbers[i]) == 0)
            return true;
    return false;
}

static const struct fault_def *fault_of(struct str code)
{
    for (const struct fault_def *d = schema_faults; d->code; d++)
        if (str_eq(code, str_z(d->code)))
            return d;
    return NULL;
}

static void say_column(struct ctx *c, struct out *o, const struct query *q, int i, const char *column)
{
    if (strcmp(column, "message") == 0) {
        const struct fault_def *d = fault_of(query_text(q, 0));
        if (d)
            out_z(o, column, tr(c->lang, d->message));
    } else if (query_is_null(q, i)) {
        return;
    } else if (strcmp(column, "id") == 0 && query_blob(q, i).n == 16) {
        out_str(o, column, find_id(c->arena, (const uint8_t *)query_blob(q, i).p));
    } else if (strcmp(column, "recorded") == 0) {
        say_time(o, column, query_int(q, i));
    } else if (is_number(column)) {
        out_int(o, column, query_int(q, i));
    } else {
        out_str(o, column, query_text(q, i));
    }
}

static int say_block(struct ctx *c, struct out *o, const struct block *b)
{
    struct query *q = views_query(c->views, b->sql, c->err);
    int rc;

    if (q == NULL)
        return -1;
    out_list(o, b->key);
    while ((rc = query_step(q, c->err)) == 1) {
        out_open(o, NULL);
        for (int i = 0; b->columns[i]; i++)
            say_column(c, o, q, i, b->columns[i]);
        out_close(o);
    }
    out_end(o);
    query_done(q);
    return rc;
}

static int say_head(struct ctx *c, struct out *o)
{
    const struct journal_identity *who = journal_who(c->journal);
    struct head head;

    if (journal_head(c->journal, c->arena, &head, c->err) < 0)
        return -1;
    out_z(o, "office", who->office);
    out_z(o, "country", who->country);
    out_bool(o, "exercise", who->exercise);
    out_open(o, "head");
    out_int(o, "epoch", (int64_t)head.epoch);
    out_int(o, "size", (int64_t)head.size);
    out_str(o, "root", hex_encode(c->arena, str_n(head.root, sizeof head.root)));
    out_str(o, "checkpoint", head.checkpoint);
    out_close(o);
    return 0;
}

/* How many current records of each kind that has any. */
static int say_kinds(struct ctx *c, struct out *o)
{
    out_list(o, "kinds");
    for (const struct kind *const *k = schema_kinds; *k; k++) {
        const char *sql = arena_fmt(c->arena, "SELECT count(*) FROM \"v_%s\" WHERE " CURRENT, (*k)->name).p;
        struct query *q = views_query(c->views, sql, c->err);
        int rc = q ? query_step(q, c->err) : -1;
        int64_t n = rc == 1 ? query_int(q, 0) : 0;
        query_done(q);
        if (rc < 0)
            return -1;
        if (n == 0)
            continue;
        out_open(o, NULL);
        out_z(o, "kind", (*k)->name);
        out_z(o, "label", tr(c->lang, (*k)->label));
        out_int(o, "count", n);
        out_close(o);
    }
    out_end(o);
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    (void)a;
    if (say_head(c, o) < 0 || say_kinds(c, o) < 0)
        return -1;
    for (size_t i = 0; i < COUNT(blocks); i++)
        if (say_block(c, o, &blocks[i]) < 0)
            return -1;
    return 0;
}

const struct op records_overview = {
    .name = "overview",
    .summary = N_("the picture of what this node took in"),
    .help = N_("Records by kind; trips and consignments by place, direction and mode; messages by format "
               "and verdict; "
               "the most frequent faults; the latest hits with their explanations; waits and seizures."),
    .flags = OP_NODE,
    .method = "GET",
    .path = "/overview",
    .run = run,
    .example = "overview",
};
