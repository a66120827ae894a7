/* hit_show.c: `puente hit show`: one hit with its waterfall: what speaks for and against, part by part, to the sum. */
#include "screening/internal.h"

static int say_versions(struct ctx *c, struct out *o, const struct record *hit)
{
    struct query *q = views_query(c->views, "SELECT id, status FROM v_hit WHERE h_replaces = ?1", c->err);
    struct str earlier = screening_get(hit, "earlier");
    int row;

    if (!q)
        return -1;
    if (earlier.n)
        say_id(o, "earlier", earlier, c->arena);
    query_bind_blob(q, 1, str_n(hit->head.id, 16));
    row = query_step(q, c->err);
    if (row == 1 && str_eq(query_text(q, 1), S("withdrawn")))
        out_z(o, "nothing",
              tr(o->lang,
                 N_("this hit was withdrawn: the alert or the declaration has changed, or has ended")));
    query_done(q);
    return row < 0 ? -1 : 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct look look = look_at(c, schema_kind(S("hit")));
    struct record *hit = NULL;
    uint8_t id[16];
    bool values = !(look.hide & look.personal);

    if (!uuid_parse(arg(a, "id"), id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a hit"), STR_ARG(arg(a, "id")));
    switch (hit_read(c, str_n(id, 16), &hit)) {
    case 1:
        break;
    case 0:
        return err_set(c->err, ERR_NOT_FOUND, N_("there is no hit %.*s"), STR_ARG(arg(a, "id")));
    default:
        return -1;
    }
    if (look_log(c, &look, &(struct looked){.op = "hit-show", .id = str_n(id, 16), .count = 1}) < 0 ||
        say_hit(c, o, hit, values) < 0)
        return -1;
    out_str(o, "engine", screening_get(hit, "engine"));
    if (values) {
        out_str(o, "declared_value", screening_get(hit, "declared_value"));
        out_str(o, "alert_value", screening_get(hit, "alert_value"));
    }
    parts_say(c->arena, o, screening_get(hit, "parts"), values);
    if (say_versions(c, o, hit) < 0)
        return -1;
    look_say(o, &look, hit->have);
    return 0;
}

static const struct param params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the hit's id")},
    {0},
};

const struct op screening_hit_show = {
    .name = "hit-show",
    .summary = N_("one hit: what speaks for it, part by part"),
    .help =
        N_("Shows one hit with the parts of its evidence in bits, what was decided about the same pair, "
           "and the "
           "hit of an earlier version. A bit more is twice as likely. The values are personal data and are "
           "shown for a purpose and a case."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/hits/{id}",
    .run = run,
    .example =
        "hit-show 01a20018-5048-78e3-99e8-871400000000 --purpose \"primary inspection\" --case 2026-0117",
};
