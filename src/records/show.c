/* show.c: `show ID`, one record, and `history ID`, it and its corrections, oldest first. */
#include "records/internal.h"

static void say_erasure(struct ctx *c, struct out *o, const struct entry *x)
{
    struct query *q = views_query(
        c->views, "SELECT * FROM v_erasure WHERE about = ?1 AND erased = 0 ORDER BY seq LIMIT 1", c->err);
    struct views_mark m;

    if (q == NULL)
        return;
    query_bind_blob(q, 1, str_n(x->id, 16));
    if (query_step(q, c->err) == 1) {
        out_open(o, "erasure");
        out_record(o, views_row(c->arena, q, schema_kind(S("erasure")), &m), 0);
        out_close(o);
    }
    query_done(q);
}

/* What is not there and what the office may not see look alike. */
static int show_to(struct ctx *c, const struct args *a, struct out *o)
{
    struct peer_view v;
    struct found f;
    struct look l;
    int sees = 0;

    if (peer_open(c, a, &v) < 0)
        return -1;
    if (find_record(c, arg(a, "id"), &f) < 0) {
        if (c->err->code != ERR_NOT_FOUND)
            return -1;
    } else if (!f.entry.erased && (sees = peer_narrow(&v, f.record, 0)) < 0) {
        return -1;
    }
    if (sees == 0)
        return err_set(c->err, ERR_NOT_FOUND, N_("there is no record %.*s that %.*s may see"),
                       STR_ARG(arg(a, "id")), STR_ARG(v.peer));
    l = look_at(c, f.entry.kind);
    if (look_log(c, &l, &(struct looked){"show", str_n(f.entry.id, 16), v.peer, 1}) < 0)
        return -1;
    out_str(o, "peer", v.peer);
    out_record(o, f.record, l.hide);
    look_say(o, &l, f.record->have);
    return 0;
}

static int run_show(struct ctx *c, const struct args *a, struct out *o)
{
    struct found f;
    struct look l;
    struct record *newer;
    struct views_mark m;

    if (arg_given(a, "peer"))
        return show_to(c, a, o);
    if (find_record(c, arg(a, "id"), &f) < 0)
        return -1;
    l = look_at(c, f.entry.kind);
    if (!f.entry.erased && look_log(c, &l, &(struct looked){"show", str_n(f.entry.id, 16), S(""), 1}) < 0)
        return -1;
    out_int(o, "seq", (int64_t)f.entry.seq);
    if (f.entry.erased)
        out_bool(o, "erased", true);
    if (f.mark.superseded && find_row(c, f.entry.kind, f.mark.superseded, &newer, &m) == 1)
        out_str(o, "superseded", find_id(c->arena, newer->head.id));
    out_record(o, f.record, l.hide);
    look_say(o, &l, f.record->have);
    if (f.entry.erased) {
        out_z(o, "nothing",
              tr(c->lang, N_("the values of this record were erased; its place in the log stays")));
        say_erasure(c, o, &f.entry);
    }
    return 0;
}

static bool is_zero(const uint8_t id[16])
{
    static const uint8_t zero[16];
    return memcmp(id, zero, 16) == 0;
}

/* Back to the first of the chain. */
static int first_of(struct ctx *c, struct found *f)
{
    for (size_t steps = 0; !is_zero(f->record->head.replaces) && steps < CHAIN_MOST; steps++)
        if (find_record(c, find_id(c->arena, f->record->head.replaces), f) < 0)
            return c->err->code == ERR_NOT_FOUND ? 0 : -1; /* replaces what this node never had */
    return 0;
}

static int run_history(struct ctx *c, const struct args *a, struct out *o)
{
    struct found start, f;
    struct record **chain;
    struct look l;
    uint64_t have = 0;
    size_t n = 0;
    int rc = 1;

    if (find_record(c, arg(a, "id"), &start) < 0)
        return -1;
    f = start;
    if (first_of(c, &f) < 0)
        return -1;
    err_clear(c->err);
    l = look_at(c, f.entry.kind);
    chain = arena_alloc(c->arena, CHAIN_MOST * sizeof(struct record *));
    chain[n++] = f.record;
    while (n < CHAIN_MOST && f.mark.superseded && rc == 1) {
        rc = find_row(c, f.entry.kind, f.mark.superseded, &chain[n], &f.mark);
        n += rc == 1;
    }
    if (rc < 0 || look_log(c, &l, &(struct looked){"history", str_n(start.entry.id, 16), S(""), n}) < 0)
        return -1;
    out_z(o, "kind", l.kind->name);
    out_list(o, "records");
    for (size_t i = 0; i < n; i++) {
        have |= chain[i]->have;
        out_record(o, chain[i], l.hide);
    }
    out_end(o);
    look_say(o, &l, have);
    return 0;
}

static const struct param params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the record's id")},
    {0},
};

static const struct param show_params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the record's id")},
    {"peer", P_TEXT,
     .help = N_("only what this office may see, field by field, under agreements in force")},
    {0},
};

const struct op records_show = {
    .name = "show",
    .summary = N_("show one record"),
    .help = N_("With its number in the journal, and the id of its correction if it was corrected."),
    .params = show_params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/record/{id}",
    .run = run_show,
    .example = "show 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a",
};

const struct op records_history = {
    .name = "history",
    .summary = N_("show a record and its corrections, oldest first"),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/record/{id}/history",
    .run = run_history,
    .example = "history 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a",
};
