/*~ 9
 * list.c: how somebody sees what came in: `list KIND`, filtered, in pages. Here the tour of one message's life
 * ends for its records; "~ 10", in server/, is the same op over HTTP.
 *
 * A page ends with `next`, the number (seq) of its last record; given back as --cursor, the next page starts
 * behind it. Numbers only grow, so a reader that pages while records come in sees each once. Ordered by a
 * field, the cursor is still that number: the page goes on behind that record's value, and in equal values by
 * number; that order is sorted anew for each page, O(n log n).
 */
#include "records/internal.h"

#include <inttypes.h>

struct page {
    struct filter filter;
    struct order order;
    struct peer_view peer;
    int64_t limit, cursor; /* cursor -1: from the start */
    struct record **r;
    size_t n;
    uint64_t have; /* fields that any of them has */
    uint64_t next; /* seq of the last, when there may be more */
    bool more;
};

static void page_sql(const struct page *p, struct buf *b)
{
    const char *than = p->order.down ? "<" : ">", *dir = p->order.down ? " DESC" : "";
    const char *kind = p->filter.kind->name;
    size_t at = p->filter.n + 1;

    buf_fmt(b, "SELECT * FROM \"v_%s\" WHERE ", kind);
    filter_sql(&p->filter, b);
    if (p->order.column == NULL) {
        if (p->cursor >= 0)
            buf_fmt(b, " AND seq %s ?%zu", than, at);
        buf_fmt(b, " ORDER BY seq%s", dir);
    } else {
        const char *column = p->order.column;
        if (p->cursor >= 0)
            buf_fmt(b,
                    " AND (ifnull(\"%s\", ''), seq) %s (SELECT ifnull(\"%s\", ''), seq FROM \"v_%s\""
                    " WHERE seq = ?%zu)",
                    column, than, column, kind, at);
        buf_fmt(b, " ORDER BY ifnull(\"%s\", '')%s, seq%s", column, dir, dir);
    }
    if (p->peer.peer.n == 0) /* else what the peer may not see does not count */
        buf_fmt(b, " LIMIT %" PRId64, p->limit + 1);
}

/* The row that the query stands on. 1 = the page is full, 0 = go on, -1 = err. */
static int take_row(struct ctx *c, struct page *p, const struct query *q)
{
    uint64_t asked = p->filter.fields | (p->order.field >= 0 ? UINT64_C(1) << p->order.field : 0);
    struct arena *a = arena_new(); /* most of what a peer may not see is not kept */
    struct views_mark m = {0};
    struct record *r = views_row(a, q, p->filter.kind, &m);
    int sees = peer_narrow(&p->peer, r, asked);
    uint64_t have = r->have;

    arena_free(a);
    if (sees <= 0)
        return sees;
    if (p->n == (size_t)p->limit) {
        p->more = true;
        return 1;
    }
    r = p->r[p->n++] = views_row(c->arena, q, p->filter.kind, &m);
    r->have = have;
    p->have |= have;
    p->next = m.seq;
    return 0;
}

static int read_page(struct ctx *c, struct page *p)
{
    struct query *q;
    struct buf b;
    int rc;

    buf_init(&b, SQL_MOST);
    page_sql(p, &b);
    buf_char(&b, '\0');
    q = b.over ? NULL : views_query(c->views, b.p, c->err);
    buf_free(&b);
    if (q == NULL)
        return -1;
    filter_bind(&p->filter, q);
    if (p->cursor >= 0)
        query_bind_int(q, (int)p->filter.n + 1, p->cursor);
    p->r = arena_alloc(c->arena, (size_t)p->limit * sizeof(struct record *));
    while ((rc = query_step(q, c->err)) == 1 && (rc = take_row(c, p, q)) == 0)
        ;
    query_done(q);
    return rc < 0 ? -1 : 0;
}

/* The number of a record that a page ended with. */
static int after(struct ctx *c, const struct kind *k, struct str text, int64_t *seq)
{
    struct query *q;
    uint8_t id[16];
    int rc = -1;

    if (!uuid_parse(text, id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a record"), STR_ARG(text));
    q = views_query(c->views, arena_fmt(c->arena, "SELECT seq FROM \"v_%s\" WHERE id = ?1", k->name).p,
                    c->err);
    if (q) {
        query_bind_blob(q, 1, str_n(id, 16));
        rc = query_step(q, c->err);
        *seq = rc == 1 ? query_int(q, 0) : -1;
    }
    query_done(q);
    if (rc == 0)
        return err_set(c->err, ERR_NOT_FOUND, N_("the page before did not end with record %.*s"),
                       STR_ARG(text));
    return rc < 0 ? -1 : 0;
}

static int read_params(struct ctx *c, const struct args *a, const struct look *l, struct page *p)
{
    *p = (struct page){.limit = arg_int(a, "limit", PAGE_LIMIT), .cursor = arg_int(a, "cursor", -1)};
    if (p->limit < 1 || p->limit > PAGE_MOST)
        return err_set(c->err, ERR_USAGE, N_("limit must be from 1 to %d"), PAGE_MOST);
    if (arg_given(a, "cursor") && p->cursor < 0)
        return err_set(c->err, ERR_USAGE, N_("cursor is the number that the last page gave as next"));
    if (filter_order(c, arg(a, "order"), l, &p->order) < 0 || filter_read(c, a, l, &p->filter) < 0 ||
        peer_open(c, a, &p->peer) < 0)
        return -1;
    if (p->peer.peer.n && (p->filter.seq || arg_given(a, "cursor")))
        return err_set(
            c->err, ERR_USAGE,
            N_("with --peer, go on with --after: the journal's numbers would tell how much is withheld"));
    return arg_given(a, "after") ? after(c, l->kind, arg(a, "after"), &p->cursor) : 0;
}

/* An empty answer says which kind of empty it is. */
static int say_nothing(struct ctx *c, struct out *o, const struct page *p)
{
    const char *sql = arena_fmt(c->arena, "SELECT 1 FROM \"v_%s\" LIMIT 1", p->filter.kind->name).p;
    struct query *q;
    int rc;

    if (p->peer.peer.n) {
        out_z(o, "nothing", tr(c->lang, N_("there is nothing here that this office may see")));
        return 0;
    }
    q = views_query(c->views, sql, c->err);
    rc = q ? query_step(q, c->err) : -1;
    query_done(q);
    if (rc < 0)
        return -1;
    out_z(o, "nothing",
          rc == 0          ? tr(c->lang, N_("this node has no record of this kind"))
          : p->cursor >= 0 ? tr(c->lang, N_("there is nothing after this cursor"))
          : p->filter.n == 0
              ? tr(c->lang, N_("every record of this kind was corrected or erased: --all shows them"))
              : tr(c->lang, N_("nothing fits the filter; nothing that fits is withheld from you")));
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    const struct kind *k = schema_kind(arg(a, "kind"));
    struct look l;
    struct page p;

    if (k == NULL)
        return err_set(c->err, ERR_NOT_FOUND, N_("there is no kind “%.*s”"), STR_ARG(arg(a, "kind")));
    l = look_at(c, k);
    if (read_params(c, a, &l, &p) < 0 || read_page(c, &p) < 0 ||
        look_log(c, &l, &(struct looked){"list", S(""), p.filter.words, p.n}) < 0)
        return -1;
    out_z(o, "kind", k->name);
    out_list(o, "records");
    for (size_t i = 0; i < p.n; i++)
        out_record(o, p.r[i], l.hide);
    out_end(o);
    look_say(o, &l, p.have);
    if (p.more && p.peer.peer.n)
        out_str(o, "after", find_id(c->arena, p.r[p.n - 1]->head.id));
    else if (p.more)
        out_int(o, "next", (int64_t)p.next);
    return p.n ? 0 : say_nothing(c, o, &p);
}

static const struct param params[] = {
    {"kind", P_KIND, .positional = true, .required = true, .help = N_("the kind of record"), .rest = true},
    {"limit", P_INT, .help = N_("how many at once, 50 when not given, at most 1000")},
    {"cursor", P_INT, .help = N_("go on behind this number: `next` of the page before")},
    {"order", P_TEXT,
     .help = N_("the field to order by, with - in front for the other way round; seq when not given")},
    {"all", P_FLAG, .help = N_("corrected and erased ones too")},
    {"peer", P_TEXT,
     .help = N_("only what this office may see, field by field, under agreements in force")},
    {"after", P_ID, .help = N_("with --peer: go on behind this record, `after` of the page before")},
    {0},
};

const struct op records_list = {
    .name = "list",
    .summary = N_("list the records of a kind"),
    .help = N_(
        "Filters are pairs of a field and a value: --port=2304 is equal, --port!=2304 is not, "
        "--gross_weight>=1000 and --arrival<=2026-11-21 are bounds, --bill^=ABCD is how it begins. Besides "
        "the kind's fields there are seq, author, office, recorded and handling. Put quotation marks "
        "around "
        "signs that the shell knows.\n\nPersonal data is withheld unless --purpose and --case say why it "
        "is "
        "looked at; then the look is recorded."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/records/{kind}",
    .run = run,
    .example = "list trip --mode=road --limit 5",
};
