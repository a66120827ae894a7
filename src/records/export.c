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

static int write_all(struct ctx *c, const struct look *l, struct query *q, bool csv, struct out *o)
{
    struct arena *a = arena_new();
    struct buf line;
    int rc;

    buf_init(&line, LINE_MOST);
    if (csv) {
        schema_csv_header(&line, l->kind);
        out_line(o, buf_view(&line));
    }
    while ((rc = query_step(q, c->err)) == 1) {
        struct views_mark m;
        struct record *r = views_row(a, q, l->kind, &m);
        buf_reset(&line);
        if (csv) {
            schema_csv_row(&line, r, l->hide);
        } else {
            schema_json_record(&line, r, l->hide);
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
    bool csv = !str_eq(arg(a, "format"), S("json"));
    uint64_t count = 0, last = 0;
    struct filter f;
    struct query *q;
    struct look l;
    const char *upto;
    int rc;

    if (k == NULL)
        return err_set(c->err, ERR_NOT_FOUND, N_("there is no kind “%.*s”"), STR_ARG(arg(a, "kind")));
    l = look_at(c, k);
    if (filter_read(c, a, &l, &f) < 0 || measure(c, &f, &count, &last) < 0 ||
        look_log(c, &l, &(struct looked){"export", S(""), f.words, count}) < 0)
        return -1;
    upto = arena_fmt(c->arena, " AND seq <= %" PRIu64 " ORDER BY seq", last).p;
    q = query(c, &f, "*", upto);
    rc = q ? write_all(c, &l, q, csv, o) : -1;
    query_done(q);
    return rc;
}

static const char *const formats[] = {"csv", "json", NULL};
static const struct param params[] = {
    {"kind", P_KIND, .positional = true, .required = true, .help = N_("the kind of record"), .rest = true},
    {"format", P_CHOICE, .help = N_("csv when not given; json is one record a line"), .choices = formats},
    {"all", P_FLAG, .help = N_("corrected and erased ones too")},
    {0},
};

const struct op records_export = {
    .name = "export",
    .summary = N_("write all records of a kind as CSV or JSON lines"),
    .help = N_(
        "Takes the same filters as list. Personal data is left out unless --purpose and --case say why it "
        "is looked at; then the look is recorded. What leaves the agency goes through an agreement, not "
        "through here."),
    .params = params,
    .flags = OP_NODE | OP_STREAM,
    .method = "GET",
    .path = "/records/{kind}/export",
    .run = run,
    .example = "export trip --format csv --mode=road",
};
