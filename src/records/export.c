/*
 * export.c: `export KIND`: every record of a kind as CSV (field names, then rows) or as JSON lines, written as
 * they are read. The look is recorded with the number of records before the first line is.
 */
#include "records/internal.h"

#include <inttypes.h>

#define LINE_MOST ((size_t)8 << 20)

static struct query *query(struct ctx *c, const struct filter *f, const char *what, const char *order)
{
    struct query *q = NULL;
    struct buf b;

    buf_init(&b, SQL_MOST);
    buf_fmt(&b, "SELECT %s FROM \"v_%s\" WHERE ", what, f->kind->name);
    filter_sql(f, &b);
    buf_z(&b, order);
    buf_char(&b, '\0');
    if (!b.over)
        q = views_query(c->views, b.p, c->err);
    buf_free(&b);
    if (q)
        filter_bind(f, q);
    return q;
}

/* With a peer: how many of them it may see. */
static int count_seen(struct ctx *c, const struct filter *f, struct peer_view *v, uint64_t *count)
{
    struct query *q = query(c, f, "*", "");
    struct arena *a = arena_new();
    int rc = q ? 0 : -1;

    *count = 0;
    while (rc >= 0 && (rc = query_step(q, c->err)) == 1) {
        struct views_mark m;

        rc = peer_narrow(v, views_row(a, q, f->kind, &m), f->fields);
        *count += rc == 1;
        arena_reset(a);
    }
    arena_free(a);
    query_done(q);
    return rc < 0 ? -1 : 0;
}

/* How many there are, and the number of the last: what comes later is not part of this export. */
static int measure(struct ctx *c, const struct filter *f, uint64_t *count, uint64_t *last)
{
    struct query *q = query(c, f, "count(*), max(seq)", "");
    int rc = q ? query_step(q, c->err) : -1;

    if (rc == 1) {
        *count = (uint64_t)query_int(q, 0);
        *last = (uint64_t)query_int(q, 1);
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

struct writing {
    const struct look *look;
    struct peer_view *peer;
    uint64_t asked;
    bool csv;
};

static int write_all(struct ctx *c, const struct writing *w, struct query *q, struct out *o)
{
    struct arena *a = arena_new();
    struct buf line;
    int rc;

    buf_init(&line, LINE_MOST);
    if (w->csv) {
        schema_csv_header(&line, w->look->kind);
        out_line(o, buf_view(&line));
    }
    while ((rc = query_step(q, c->err)) == 1) {
        struct views_mark m;
        struct record *r = views_row(a, q, w->look->kind, &m);

        if ((rc = peer_narrow(w->peer, r, w->asked)) < 0)
            break;
        if (rc == 0) {
            arena_reset(a);
            continue;
        }
        buf_reset(&line);
        if (w->csv) {
            schema_csv_row(&line, r, w->look->hide);
        } else {
            schema_json_record(&line, r, w->look->hide);
            buf_char(&line, '\n');
        }
        if (line.over) {
            rc = err_set(c->err, ERR_LIMIT, N_("record %llu is longer than %zu bytes"),
                         (unsigned long long)m.seq, LINE_MOST);
            break;
        }
        out_line(o, buf_view(&line));
        arena_reset(a);
    }
    buf_free(&line);
    arena_free(a);
    return rc;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    const struct kind *k = schema_kind(arg(a, "kind"));
    struct peer_view peer;
    struct writing w = {.peer = &peer, .csv = !str_eq(arg(a, "format"), S("json"))};
    uint64_t count = 0, last = 0;
    struct filter f;
    struct query *q;
    struct look l;
    const char *upto;
    int rc;

    if (k == NULL)
        return err_set(c->err, ERR_NOT_FOUND, N_("there is no kind “%.*s”"), STR_ARG(arg(a, "kind")));
    l = look_at(c, k);
    if (filter_read(c, a, &l, &f) < 0 || peer_open(c, a, &peer) < 0 || measure(c, &f, &count, &last) < 0)
        return -1;
    if (peer.peer.n && f.seq)
        return err_set(c->err, ERR_USAGE,
                       N_("with --peer nothing is asked by the journal's numbers: they would tell how much "
                          "is withheld"));
    if ((peer.peer.n && count_seen(c, &f, &peer, &count) < 0) ||
        look_log(c, &l, &(struct looked){"export", S(""), f.words, count}) < 0)
        return -1;
    upto = arena_fmt(c->arena, " AND seq <= %" PRIu64 " ORDER BY seq", last).p;
    q = query(c, &f, "*", upto);
    w.look = &l;
    w.asked = f.fields;
    rc = q ? write_all(c, &w, q, o) : -1;
    query_done(q);
    return rc;
}

static const char *const formats[] = {"csv", "json", NULL};
static const struct param params[] = {
    {"kind", P_KIND, .positional = true, .required = true, .help = N_("the kind of record"), .rest = true},
    {"format", P_CHOICE, .help = N_("csv when not given; json is one record a line"), .choices = formats},
    {"all", P_FLAG, .help = N_("corrected and erased ones too")},
    {"peer", P_TEXT,
     .help = N_("only what this office may see, field by field, under agreements in force")},
    {0},
};

const struct op records_export = {
    .name = "export",
    .summary = N_("write all records of a kind as CSV or JSON lines"),
    .help = N_(
        "Takes the same filters as list. Personal data is left out unless --purpose and --case say why it "
        "is looked at; then the look is recorded. What leaves the agency for another office is exported "
        "with "
        "--peer: only what agreements in force let that office see."),
    .params = params,
    .flags = OP_NODE | OP_STREAM,
    .method = "GET",
    .path = "/records/{kind}/export",
    .run = run,
    .example = "export trip --format csv --mode=road",
};
