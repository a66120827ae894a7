/* list.c: `rules list`: every rule, what it asks, who stands behind it, what it brought. */
#include "rules/internal.h"

#define LIMIT_USUAL 50
#define LIMIT_MOST  1000

/* Hits of all versions of the rule; of them decided; of them the same. */
static int say_worth(struct ctx *c, struct out *o, struct str name)
{
    struct query *q = views_query(
        c->views,
        "SELECT count(DISTINCT h.id), count(DISTINCT d.hit), count(DISTINCT CASE WHEN d.decision = 'same' "
        "THEN d.hit END), "
        "max(CASE WHEN d.decision = 'same' THEN d.decided END) FROM v_rule r JOIN v_hit h ON h.rule = r.id "
        "LEFT JOIN v_disposition d ON d.hit = h.id AND d.erased = 0 AND d.superseded IS NULL "
        "WHERE r.name = ?1 AND h.superseded IS NULL AND h.erased = 0",
        c->err);
    int row;

    if (!q)
        return -1;
    query_bind_text(q, 1, name);
    row = query_step(q, c->err);
    if (row == 1) {
        out_int(o, "fired", query_int(q, 0));
        out_int(o, "examined", query_int(q, 1));
        out_int(o, "found", query_int(q, 2));
        if (!query_is_null(q, 3))
            out_str(o, "last_useful", arena_copy(c->arena, query_text(q, 3)));
    }
    query_done(q);
    return row < 0 ? -1 : 0;
}

static int say(struct ctx *c, struct out *o, const struct record *r)
{
    const struct kind *k = schema_kind(rule_get(r, "applies_to"));
    const struct rules_subject *s = k ? rules_subject(k) : NULL;
    struct cel_wrong wrong = {0};
    struct cel_program *p;
    int ret;

    out_open(o, NULL);
    out_str(o, "name", rule_get(r, "name"));
    out_str(o, "status", rule_get(r, "status"));
    out_str(o, "applies_to", rule_get(r, "applies_to"));
    out_str(o, "text", rule_get(r, "text"));
    out_str(o, "reason", rule_get(r, "reason"));
    out_str(o, "author", r->head.author);
    out_str(o, "approved_by", rule_get(r, "approved_by"));
    ret = say_worth(c, o, rule_get(r, "name"));
    if (!s || rules_compile(c->arena, s, o->lang, rule_get(r, "text"), &p, &wrong) < 0)
        out_z(o, "broken", s ? wrong.text : tr(o->lang, N_("rules do not read this kind")));
    rule_say_id(c, o, "id", r->head.id);
    out_close(o);
    return ret;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct query *q =
        views_query(c->views,
                    "SELECT * FROM v_rule WHERE superseded IS NULL AND erased = 0 AND seq < ?1 AND "
                    "(?2 IS NULL OR status = ?2) ORDER BY seq DESC LIMIT ?3",
                    c->err);
    int64_t limit = arg_int(a, "limit", LIMIT_USUAL), next = 0;
    struct record **list;
    struct views_mark m;
    int64_t n = 0;
    int row;

    if (!q)
        return -1;
    if (limit < 1 || limit > LIMIT_MOST) {
        query_done(q);
        return err_set(c->err, ERR_USAGE, N_("limit must be from 1 to %d"), LIMIT_MOST);
    }
    list = arena_alloc(c->arena, ((size_t)limit + 1) * sizeof(struct record *));
    query_bind_int(q, 1, arg_int(a, "cursor", INT64_MAX));
    if (arg_given(a, "status"))
        query_bind_text(q, 2, arg(a, "status"));
    else
        query_bind_null(q, 2);
    query_bind_int(q, 3, limit + 1);
    while ((row = query_step(q, c->err)) == 1) {
        if (n < limit)
            next = query_int(q, 0);
        list[n++] = views_row(c->arena, q, schema_kind(S("rule")), &m);
    }
    query_done(q);
    if (row < 0)
        return -1;
    out_list(o, "rules");
    for (int64_t i = 0; i < n && i < limit && row == 0; i++)
        row = say(c, o, list[i]);
    out_end(o);
    if (n == 0)
        out_z(o, "nothing", tr(o->lang, N_("there is no rule")));
    if (n > limit)
        out_int(o, "next", next);
    return row;
}

static const char *const statuses[] = {"draft", "active", "retired", NULL};

static const struct param params[] = {
    {"status", P_CHOICE, .help = N_("only those"), .choices = statuses},
    {"limit", P_INT, .help = N_("how many at once, 50 when not given, at most 1000")},
    {"cursor", P_INT, .help = N_("go on behind this number: `next` of the page before")},
    {0},
};

const struct op rules_list = {
    .name = "rules-list",
    .summary = N_("the rules, what each brought, and who stands behind it"),
    .help = N_("For each rule: how often it fired, how often an officer examined that and decided, how "
               "often something was "
               "found, and when last."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/rules",
    .run = run,
    .example = "rules list --status active",
};
