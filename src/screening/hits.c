/*
 * hits.c: `puente hits`: where to look, and because of what. A hit holds facts;
 * src/because.c makes the sentence. Without purpose and case the values that match are withheld, not the hit.
 */
#include "screening/internal.h"

#include <inttypes.h>

#define LIMIT_USUAL 50
#define LIMIT_MOST  1000

struct listing {
    struct ctx *c;
    struct out *o;
    struct look look;
    const struct kind *kind;
};

static struct str get(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

static void say_id(struct out *o, const char *key, struct str id, struct arena *a)
{
    char text[UUID_SIZE];

    if (id.n != 16)
        return;
    uuid_format((const uint8_t *)id.p, text);
    out_str(o, key, arena_copy(a, str_z(text)));
}

/* The latest decision on a hit; empty while it is open. -1 with err. */
static int decision_of(struct ctx *c, const uint8_t id[16], struct str *out)
{
    struct query *q =
        views_query(c->views,
                    "SELECT decision FROM v_disposition WHERE hit = ?1 AND superseded IS NULL AND "
                    "erased = 0 ORDER BY seq DESC LIMIT 1",
                    c->err);
    int row;

    *out = S("");
    if (!q)
        return -1;
    query_bind_blob(q, 1, str_n(id, 16));
    row = query_step(q, c->err);
    if (row == 1)
        *out = screening_copy(c, q, 0);
    query_done(q);
    return row < 0 ? -1 : 0;
}

static int say_hit(const struct listing *l, const struct record *hit)
{
    struct ctx *c = l->c;
    struct alert a = {0};
    struct str decision;

    if (alert_find(c, get(hit, "list"), get(hit, "number"), &a) < 0 ||
        decision_of(c, hit->head.id, &decision) < 0)
        return -1;
    out_open(l->o, NULL);
    say_id(l->o, "id", str_n(hit->head.id, 16), c->arena);
    out_str(l->o, "because", because(c->arena, l->o->lang, hit, !(l->look.hide & l->look.personal)));
    out_str(l->o, "matched_by", get(hit, "basis"));
    out_str(l->o, "kind", because_fact(hit, "subject_kind"));
    say_id(l->o, "subject", get(hit, "subject"), c->arena);
    out_str(l->o, "list", get(hit, "list"));
    out_str(l->o, "number", get(hit, "number"));
    out_str(l->o, "authority", a.authority);
    out_str(l->o, "action_requested", a.action);
    out_str(l->o, "contact", a.contact);
    out_bool(l->o, "alert_holds", a.active);
    out_z(l->o, "status", decision.n ? "disposed" : "open");
    if (decision.n)
        out_str(l->o, "decision", decision);
    out_close(l->o);
    return 0;
}

static int read_hits(const struct listing *l, const struct args *a, int64_t limit, struct record **r,
                     size_t *n)
{
    static const char open_only[] = " AND NOT EXISTS (SELECT 1 FROM v_disposition d WHERE d.hit = h.id AND "
                                    "d.superseded IS NULL AND d.erased = 0)";
    struct str sql =
        arena_fmt(l->c->arena,
                  "SELECT * FROM v_hit h WHERE superseded IS NULL AND erased = 0 AND seq < ?1%s "
                  "ORDER BY seq DESC LIMIT ?2",
                  arg_given(a, "open") ? open_only : "");
    struct query *q = views_query(l->c->views, sql.p, l->c->err);
    struct views_mark m;
    int row;

    if (!q)
        return -1;
    query_bind_int(q, 1, arg_int(a, "cursor", INT64_MAX));
    query_bind_int(q, 2, limit);
    while ((row = query_step(q, l->c->err)) == 1)
        r[(*n)++] = views_row(l->c->arena, q, l->kind, &m);
    query_done(q);
    return row;
}

static int64_t seq_of(const struct listing *l, const struct record *hit)
{
    struct query *q = views_query(l->c->views, "SELECT seq FROM v_hit WHERE id = ?1", l->c->err);
    int64_t seq = -1;

    if (!q)
        return -1;
    query_bind_blob(q, 1, str_n(hit->head.id, 16));
    if (query_step(q, l->c->err) == 1)
        seq = query_int(q, 0);
    query_done(q);
    return seq;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct listing l = {.c = c, .o = o, .kind = schema_kind(S("hit"))};
    int64_t limit = arg_int(a, "limit", LIMIT_USUAL);
    struct record **r;
    size_t n = 0;

    if (limit < 1 || limit > LIMIT_MOST)
        return err_set(c->err, ERR_USAGE, N_("limit must be from 1 to %d"), LIMIT_MOST);
    l.look = look_at(c, l.kind);
    r = arena_alloc(c->arena, ((size_t)limit + 1) * sizeof(struct record *));
    if (read_hits(&l, a, limit + 1, r, &n) < 0 ||
        look_log(c, &l.look,
                 &(struct looked){.op = "hits", .count = n < (size_t)limit ? n : (size_t)limit}) < 0)
        return -1;
    out_list(o, "hits");
    for (size_t i = 0; i < n && i < (size_t)limit; i++)
        if (say_hit(&l, r[i]) < 0)
            return -1;
    out_end(o);
    if (n)
        look_say(o, &l.look, r[0]->have);
    else
        out_z(o, "nothing", tr(o->lang, N_("nothing declared here is equal to an alert")));
    if (n > (size_t)limit)
        out_int(o, "next", seq_of(&l, r[limit - 1]));
    return 0;
}

static const struct param params[] = {
    {"open", P_FLAG, .help = N_("only those that no officer has decided")},
    {"limit", P_INT, .help = N_("how many at once, 50 when not given, at most 1000")},
    {"cursor", P_INT, .help = N_("go on behind this number: `next` of the page before")},
    {0},
};

const struct op screening_hits = {
    .name = "hits",
    .summary = N_("where to look: declarations that are equal to an alert"),
    .help = N_(
        "Lists the hits, the latest first: an alert and a declaration share an identifier or a name. A hit "
        "decides nothing; an officer looks and disposes of it with a reason. What matched is personal data "
        "and is shown for a purpose and a case."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/hits",
    .run = run,
    .example = "hits --open --purpose \"primary inspection\" --case 2026-0117",
};
