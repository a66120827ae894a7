/*
 * react.c: a record comes: which rules in force are true of it? Each gives a hit under a key of rule version and record
 * version. A correction is asked anew: what is no longer true is withdrawn, what still is names the earlier hit.
 */
#include "rules/internal.h"

static struct record *own_hit(struct ctx *c)
{
    struct record *r = rule_own(c, "hit");

    r->head.author = node_office(c);
    r->head.purpose = S("");
    return r;
}

static struct str id_of(struct arena *a, const uint8_t id[16])
{
    char text[UUID_SIZE];

    uuid_format(id, text);
    return arena_copy(a, str_z(text));
}

/* ---- hits on what was replaced ---- */

struct before {
    struct record *hit;
    struct before *next;
};

static int hits_before(struct ctx *c, const uint8_t id[16], struct before **out)
{
    struct query *q =
        views_query(c->views,
                    "SELECT * FROM v_hit WHERE subject = ?1 AND basis = 'rule' AND status = 'open' "
                    "AND superseded IS NULL AND erased = 0 ORDER BY seq",
                    c->err);
    struct views_mark m;
    int row;

    *out = NULL;
    if (!q)
        return -1;
    query_bind_blob(q, 1, str_n(id, 16));
    while ((row = query_step(q, c->err)) == 1) {
        struct before *b = *out = arena_alloc(c->arena, sizeof *b);
        b->hit = views_row(c->arena, q, schema_kind(S("hit")), &m);
        out = &b->next;
    }
    query_done(q);
    return row;
}

static void withdraw(struct ctx *c, const struct record *hit)
{
    struct record *r = own_hit(c);

    for (int i = 0; i < hit->kind->fields; i++)
        r->v[i] = hit->v[i];
    r->have = hit->have;
    rule_put(r, "status", S("withdrawn"));
    memcpy(r->head.replaces, hit->head.id, sizeof r->head.replaces);
    node_follow(c, arena_fmt(c->arena, "rule hit withdrawn/1\n%s", id_of(c->arena, hit->head.id).p), r);
}

/* ---- hits ---- */

/* One line that the facts' own signs do not break. */
static struct str plain(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);

    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] == ';' || s.p[i] == '=' || s.p[i] == '\n' ? ' ' : s.p[i];
    return str_n(p, s.n);
}

static void follow(struct ctx *c, const struct entry *x, const struct live_rule *rule,
                   struct before *before)
{
    struct arena *a = c->arena;
    struct record *r = own_hit(c);
    const uint8_t *version = rule->rule->head.id;

    rule_put(r, "rule", arena_copy(a, str_n(version, 16)));
    rule_put(r, "subject", arena_copy(a, str_n(x->id, 16)));
    rule_put(r, "field", str_z(x->kind->name));
    rule_put(r, "basis", S("rule"));
    rule_put(r, "explanation",
             arena_fmt(a, "rules=" RULES_ENGINE ";subject_kind=%s;rule=%.*s;reason=%.*s", x->kind->name,
                       STR_ARG(plain(a, rule_get(rule->rule, "name"))),
                       STR_ARG(plain(a, rule_get(rule->rule, "reason")))));
    rule_put(r, "status", S("open"));
    rule_put(r, "engine", S(RULES_ENGINE));
    if (rule->bits >= 0)
        record_int(r, schema_field(r->kind, S("bits")), rule->bits);
    for (; before; before = before->next)
        if (str_eq(rule_get(before->hit, "rule"), str_n(version, 16)))
            rule_put(r, "earlier", arena_copy(a, str_n(before->hit->head.id, 16)));
    node_follow(c, arena_fmt(a, "rule hit/1\n%s\n%s", id_of(a, version).p, id_of(a, x->id).p), r);
}

/* Corrected or erased since it was appended: what replaced it reacts for it. 1 = it stands, 0 = not, -1 = err. */
static int stands(struct ctx *c, const struct entry *x)
{
    struct str sql =
        arena_fmt(c->arena, "SELECT 1 FROM \"v_%s\" WHERE seq = ?1 AND superseded IS NULL AND erased = 0",
                  x->kind->name);
    struct query *q = views_query(c->views, sql.p, c->err);
    int row;

    if (!q)
        return -1;
    query_bind_int(q, 1, (int64_t)x->seq);
    row = query_step(q, c->err);
    query_done(q);
    return row;
}

static int gone(struct ctx *c, const uint8_t id[16])
{
    struct before *before;

    if (hits_before(c, id, &before) < 0)
        return -1;
    for (; before; before = before->next)
        withdraw(c, before->hit);
    return 0;
}

int rules_react(struct ctx *c, const struct entry *x)
{
    static const uint8_t none[16];
    const struct rules_subject *s = rules_subject(x->kind);
    const struct record *vars[RULES_VARS] = {x->record};
    const struct live *live;
    struct before *before = NULL;
    size_t n = 0;
    int rc;

    if (x->record && strcmp(x->kind->name, "erasure") == 0 && rule_get(x->record, "about").n == 16)
        return gone(c, (const uint8_t *)rule_get(x->record, "about").p);
    if (!s || !x->record)
        return 0;
    if (live_rules(c, s, &live) < 0 || (memcmp(x->record->head.replaces, none, 16) != 0 &&
                                        hits_before(c, x->record->head.replaces, &before) < 0))
        return -1;
    if (!live && !before)
        return 0;
    if ((rc = stands(c, x)) != 1)
        return rc;
    if (live) {
        if (live_vars(c, s, live->set, vars) < 0)
            return -1;
        n = rules_run(live->run, vars, live->found);
    }
    for (size_t i = 0; i < n; i++)
        follow(c, x, &live->rule[live->found[i]], before);
    for (; before; before = before->next)
        withdraw(c, before->hit);
    return 0;
}
