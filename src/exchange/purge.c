/*
 * purge.c: `purge`: nothing that came from others is kept longer than the clause it came under says. A record that
 * came under several is kept as long as the longest of them. Each erasure is its own certificate.
 */
#include "exchange/internal.h"

#define PURGE_MOST 100000 /* in one run */
#define SAY_MOST   100    /* of them by name */

static struct str today(struct ctx *c)
{
    int y, m, d;

    date_of(c->world->now(c->world->arg) / INT64_C(86400000000), &y, &m, &d);
    return arena_fmt(c->arena, "%04d-%02d-%02d", y, m, d);
}

struct expired {
    uint8_t record[16], agreement[16];
};

static int find_expired(struct ctx *c, struct expired **list, size_t *n)
{
    struct query *q =
        views_query(c->views,
                    "SELECT DISTINCT record, agreement FROM v_disclosure d WHERE keep_until < ?1"
                    " AND erased = 0 AND NOT EXISTS (SELECT 1 FROM v_disclosure o WHERE"
                    " o.record = d.record AND o.erased = 0 AND"
                    " (o.keep_until IS NULL OR o.keep_until >= ?1)) ORDER BY d.seq LIMIT ?2",
                    c->err);
    int rc;

    *n = 0;
    *list = arena_alloc(c->arena, 0);
    if (q == NULL)
        return -1;
    query_bind_text(q, 1, today(c));
    query_bind_int(q, 2, PURGE_MOST);
    for (size_t room = 0; (rc = query_step(q, c->err)) == 1;) {
        if (query_blob(q, 0).n != 16 || query_blob(q, 1).n != 16)
            continue;
        if (*n == room) {
            struct expired *more = arena_alloc(c->arena, (room = 2 * room + 64) * sizeof *more);
            if (*n)
                memcpy(more, *list, *n * sizeof *more);
            *list = more;
        }
        memcpy((*list)[*n].record, query_blob(q, 0).p, 16);
        memcpy((*list)[(*n)++].agreement, query_blob(q, 1).p, 16);
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static struct str uuid_text(struct ctx *c, const uint8_t id[16])
{
    char text[UUID_SIZE];

    uuid_format(id, text);
    return arena_copy(c->arena, str_z(text));
}

static int purge_one(struct ctx *c, const struct expired *x, uint64_t *n)
{
    struct forgetting why = {.reason = "retention"};

    why.legal = arena_fmt(c->arena, "%.*s", STR_ARG(uuid_text(c, x->agreement)));
    return forget_record(c, str_n(x->record, 16), &why, n);
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct expired *list;
    size_t n;
    uint64_t gone = 0;

    if (find_expired(c, &list, &n) < 0)
        return -1;
    for (size_t i = 0; !arg_given(a, "dry-run") && i < n; i++)
        if (purge_one(c, &list[i], &gone) < 0)
            return -1;
    if (gone && views_scrub(c->views, c->err) < 0)
        return -1;
    out_int(o, "expired", (int64_t)n);
    out_int(o, "erased", (int64_t)gone);
    out_list(o, "ids");
    for (size_t i = 0; i < n && i < SAY_MOST; i++)
        out_str(o, NULL, uuid_text(c, list[i].record));
    out_end(o);
    return 0;
}

static const struct param params[] = {
    {"dry-run", P_FLAG, .help = N_("only say what would be erased")},
    {0},
};

const struct op op_purge = {
    .name = "purge",
    .summary = N_("erase what came from others and was to be kept no longer"),
    .help = N_("Each clause says how many days the taker may keep what it got under it. For every record "
               "erased there is "
               "a record of the kind erasure, which says so."),
    .params = params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run,
    .example = "purge --dry-run",
};
