/* rule.c: a rule as a record and its versions. */
#include "rules/internal.h"

struct str rule_get(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

void rule_put(struct record *r, const char *field, struct str s)
{
    if (s.n)
        record_text(r, schema_field(r->kind, str_z(field)), s);
}

struct record *rule_own(struct ctx *c, const char *kind)
{
    const struct journal_identity *who = journal_who(c->journal);
    struct record *r = record_new(c->arena, schema_kind(str_z(kind)));

    r->head.author = c->author.n ? c->author : str_z(who->office);
    r->head.handling = S("H0");
    r->head.purpose = c->purpose;
    r->head.exercise = who->exercise;
    return r;
}

static void first_fault(void *arg, const struct fault *f)
{
    struct ctx *c = arg;

    if (c->err->code == ERR_NONE)
        err_set(c->err, ERR_DATA, N_("%.*s: %s"), STR_ARG(f->place.tag), tr(c->lang, f->def->message));
}

int rule_store(struct ctx *c, struct record *r)
{
    struct faults faults = {.put = first_fault, .arg = c};

    return !schema_check(r, (struct place){0}, &faults) || node_append(c, &r, 1, NULL) != 0 ? -1 : 0;
}

int rule_find(struct ctx *c, struct str given, struct record **out)
{
    const struct kind *k = schema_kind(S("rule"));
    char *id = arena_alloc(c->arena, 16);
    bool by_id = uuid_parse(given, (uint8_t *)id);
    struct query *q =
        views_query(c->views,
                    by_id ? "SELECT * FROM v_rule WHERE id = ?1 AND erased = 0"
                          : "SELECT * FROM v_rule WHERE name = ?1 AND superseded IS NULL AND erased = 0 "
                            "ORDER BY seq DESC LIMIT 1",
                    c->err);
    struct views_mark m = {0};
    int row;

    if (!q)
        return -1;
    if (by_id)
        query_bind_blob(q, 1, str_n(id, 16));
    else
        query_bind_text(q, 1, given);
    row = query_step(q, c->err);
    if (row == 1)
        *out = views_row(c->arena, q, k, &m);
    query_done(q);
    if (row == 0)
        return err_set(c->err, ERR_NOT_FOUND, N_("there is no rule “%.*s”"),
                       (int)(given.n > 64 ? 64 : given.n), given.p);
    if (row == 1 && m.superseded)
        return err_set(c->err, ERR_CONFLICT,
                       N_("this version of the rule “%.*s” was replaced; name it by its name"),
                       STR_ARG(rule_get(*out, "name")));
    return row < 0 ? -1 : 0;
}

int rule_subject(struct ctx *c, struct str kind, const struct rules_subject **out)
{
    const struct kind *k = schema_kind(kind);

    *out = k ? rules_subject(k) : NULL;
    if (*out)
        return 0;
    return err_set(
        c->err, ERR_USAGE,
        N_("rules do not read “%.*s”: they see trip, consignment, item, equipment, crossing and wait, "
           "never a person"),
        (int)(kind.n > 64 ? 64 : kind.n), kind.p);
}

int rule_compiled(struct ctx *c, const struct rules_subject *s, struct str text, struct cel_program **out)
{
    struct cel_wrong wrong = {0};

    if (rules_compile(c->arena, s, c->lang, text, out, &wrong) == 0)
        return 0;
    return err_set(c->err, ERR_DATA, N_("the rule cannot be used: %s"), wrong.text);
}

struct record *rule_next(struct ctx *c, const struct record *rule, const char *status)
{
    struct record *r = rule_own(c, "rule");

    for (int i = 0; i < rule->kind->fields; i++)
        r->v[i] = rule->v[i];
    r->have = rule->have;
    rule_put(r, "status", str_z(status));
    memcpy(r->head.replaces, rule->head.id, sizeof r->head.replaces);
    return r;
}

void rule_say_id(struct ctx *c, struct out *o, const char *key, const uint8_t id[16])
{
    char text[UUID_SIZE];

    uuid_format(id, text);
    out_str(o, key, arena_copy(c->arena, str_z(text)));
}
