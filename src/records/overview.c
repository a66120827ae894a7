/*
 * overview.c: `overview`: the readable picture of what the node took in: what `./run` prints and the server's
 * first page shows. Counts of current records, which counts.c keeps; each block is one query of a table below.
 * No personal data: places, codes, counts, and why there are hits.
 */
#include "records/internal.h"

#include "schema/lists.h"

#define HITS "20"

/* A block: a list by this key, one object a row, a key a column. */
struct block {
    const char *key;
    const char *sql;
    const char *const *columns; /* ends with NULL; names as in the answer */
};

#define CURRENT "superseded IS NULL AND erased = 0"

/* A place is two columns, its code and the code's list, and is told as `place` and `place_name`. */
static const char *const place_columns[] = {"place",        "",  "direction", "mode", "trips",
                                            "consignments", NULL};
static const char *const verdict_columns[] = {"format", "verdict", "messages", "records", "faults", NULL};
static const char *const fault_columns[] = {"code", "severity", "count", "message", NULL};
static const char *const wait_columns[] = {"place",  "",        "direction", "lane", "measured",
                                           "median", "longest", "latest",    NULL};
static const char *const seizure_columns[] = {"place", "",         "direction", "commodity",
                                              "unit",  "seizures", NULL};

static const struct block before_hits[] = {
    {"places",
     "SELECT place, scheme, direction, mode, trips, consignments FROM rec_trip"
     " ORDER BY trips DESC, 1, 2, 3, 4 LIMIT 100",
     place_columns},
    {"verdicts",
     "SELECT format, verdict, messages, records, faults FROM rec_message ORDER BY format, verdict LIMIT "
     "100",
     verdict_columns},
    {"faults", "SELECT code, severity, n, NULL FROM rec_fault ORDER BY n DESC, code LIMIT 50",
     fault_columns},
};

static const struct block after_hits[] = {
    {"waits",
     "SELECT place, scheme, direction, lane, sum(n), NULL, max(minutes), max(latest) FROM rec_wait"
     " GROUP BY place, scheme, direction, lane ORDER BY max(minutes) DESC, 1, 2, 3, 4 LIMIT 100",
     wait_columns},
    {"seizures",
     "SELECT place, scheme, direction, commodity, unit, n FROM rec_seizure"
     " ORDER BY n DESC, 1, 2, 3, 4, 5 LIMIT 50",
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

/* The name and the code; without a name the code again, and without either that it is not stated. */
static void say_place(struct ctx *c, struct out *o, const struct query *q, int i)
{
    struct str place = arena_copy(c->arena, query_text(q, i));
    struct str name = schema_place(query_text(q, i + 1), place, c->lang);

    if (name.n == 0)
        name = place.n ? place : str_z(tr(c->lang, N_("not stated")));
    out_str(o, "place_name", name);
    if (place.n)
        out_str(o, "place", place);
}

/* Of the waits of the row that q stands on, the middle one: walks up the histogram to half of them. */
static int say_median(struct ctx *c, struct out *o, const struct query *q)
{
    struct query *h = views_query(c->views,
                                  "SELECT minutes, n FROM rec_wait WHERE place = ?1 AND scheme = ?2"
                                  " AND direction = ?3 AND lane = ?4 ORDER BY minutes",
                                  c->err);
    int64_t left = (query_int(q, 4) + 1) / 2;
    int rc;

    if (h == NULL)
        return -1;
    for (int i = 0; i < 4; i++)
        query_bind_text(h, i + 1, query_text(q, i));
    while ((rc = query_step(h, c->err)) == 1 && (left -= query_int(h, 1)) > 0) {
    }
    if (rc == 1)
        out_int(o, "median", query_int(h, 0));
    query_done(h);
    return rc < 0 ? -1 : 0;
}

static int say_column(struct ctx *c, struct out *o, const struct query *q, int i, const char *column)
{
    if (strcmp(column, "median") == 0)
        return say_median(c, o, q);
    if (strcmp(column, "place") == 0) {
        say_place(c, o, q, i);
    } else if (column[0] == '\0') {
        return 0; /* told with the place */
    } else if (strcmp(column, "message") == 0) {
        const struct fault_def *d = fault_of(query_text(q, 0));
        if (d)
            out_z(o, column, tr(c->lang, d->message));
    } else if (is_number(column)) {
        out_int(o, column, query_int(q, i));
    } else if (query_text(q, i).n) {
        out_str(o, column, query_text(q, i));
    }
    return 0;
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
        for (int i = 0; b->columns[i] && rc >= 0; i++)
            rc = say_column(c, o, q, i, b->columns[i]) < 0 ? -1 : rc;
        out_close(o);
        if (rc < 0)
            break;
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

/* The latest hits in words; without what matched, which is personal. */
static int say_hits(struct ctx *c, struct out *o)
{
    const struct kind *k = schema_kind(S("hit"));
    struct query *q = views_query(c->views,
                                  "SELECT * FROM v_hit WHERE " CURRENT
                                  " AND status <> 'withdrawn' ORDER BY seq DESC LIMIT " HITS,
                                  c->err);
    struct views_mark m;
    int rc;

    if (q == NULL)
        return -1;
    out_list(o, "hits");
    while ((rc = query_step(q, c->err)) == 1) {
        const struct record *hit = views_row(c->arena, q, k, &m);
        out_open(o, NULL);
        out_str(o, "id", find_id(c->arena, hit->head.id));
        say_time(o, "recorded", hit->head.recorded);
        out_str(o, "because", because(c->arena, c->lang, hit, false));
        out_str(o, "list", record_get(hit, schema_field(k, S("list"))));
        out_str(o, "number", record_get(hit, schema_field(k, S("number"))));
        out_str(o, "status", record_get(hit, schema_field(k, S("status"))));
        out_close(o);
    }
    out_end(o);
    query_done(q);
    return rc;
}

/* How many current records of each kind that has any. */
static int say_kinds(struct ctx *c, struct out *o)
{
    struct query *q = views_query(c->views, "SELECT kind, n FROM kind_count ORDER BY kind", c->err);
    int rc;

    if (q == NULL)
        return -1;
    out_list(o, "kinds");
    while ((rc = query_step(q, c->err)) == 1) {
        const struct kind *k = schema_kind_number((unsigned)query_int(q, 0));
        if (k == NULL)
            continue;
        out_open(o, NULL);
        out_z(o, "kind", k->name);
        out_z(o, "label", tr(c->lang, k->label));
        out_int(o, "count", query_int(q, 1));
        out_close(o);
    }
    out_end(o);
    query_done(q);
    return rc;
}

static int say_blocks(struct ctx *c, struct out *o, const struct block *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (say_block(c, o, &b[i]) < 0)
            return -1;
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    (void)a;
    if (say_head(c, o) < 0 || say_kinds(c, o) < 0 ||
        say_blocks(c, o, before_hits, COUNT(before_hits)) < 0 || say_hits(c, o) < 0)
        return -1;
    return say_blocks(c, o, after_hits, COUNT(after_hits));
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
