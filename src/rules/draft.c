/*
 * draft.c: a rule's life: `rules check`, `rules draft`, `rules approve`, `rules retire`. Each step is a version of the
 * record. Whoever drafts does not agree: that takes a second author, after a back-test of this very version.
 */
#include "rules/internal.h"

/* ---- check ---- */

static void say_reads(struct out *o, const struct rules_subject *s, const struct cel_program *p)
{
    out_list(o, "reads");
    for (size_t i = 0; i < cel_reads(p); i++) {
        struct cel_read r = cel_read(p, i);
        const struct kind *k = schema_kind(str_z(s->with[r.var]));
        if (r.field < 0)
            continue;
        out_open(o, NULL);
        out_z(o, "kind", k->name);
        out_z(o, "field", k->field[r.field].name);
        out_z(o, "label", tr(o->lang, k->field[r.field].label));
        out_close(o);
    }
    out_end(o);
}

static int run_check(struct ctx *c, const struct args *a, struct out *o)
{
    const struct rules_subject *s;
    struct cel_program *p;

    if (rule_subject(c, arg(a, "applies-to"), &s) < 0 || rule_compiled(c, s, arg(a, "text"), &p) < 0)
        return -1;
    out_str(o, "text", arg(a, "text"));
    out_int(o, "cost", (int64_t)cel_cost(p));
    out_int(o, "cost_limit", RULES_COST_MAX);
    out_int(o, "parts", (int64_t)cel_parts(p));
    say_reads(o, s, p);
    return 0;
}

static const struct param check_params[] = {
    {"applies-to", P_KIND, .required = true,
     .help = N_("what it reads: trip, consignment, item, equipment, crossing, wait")},
    {"text", P_TEXT, .required = true, .help = N_("the rule, in CEL")},
    {0},
};

const struct op rules_check = {
    .name = "rules-check",
    .summary = N_("read a rule without keeping it: what it reads, what it costs, or what is wrong"),
    .help = N_(
        "A rule is an expression in CEL (cel.dev) that says yes or no about one record: its fields are "
        "KIND.FIELD, and what the record belongs to is there too (an item's consignment and trip). A field "
        "that is absent makes no rule true; has(KIND.FIELD) asks for it. No rule may ask who somebody is, "
        "or for what "
        "stands in for that: such a name is refused, with the reason."),
    .params = check_params,
    .method = "GET",
    .path = "/rules/check",
    .run = run_check,
    .example =
        "rules check --applies-to item --text 'item.hs.startsWith(\"2933\") && trip.mode == \"air\"'",
};

/* ---- draft ---- */

static int run_draft(struct ctx *c, const struct args *a, struct out *o)
{
    static const char *const field[] = {"name", "text", "reason", "threat", "from", "until"};
    const struct rules_subject *s;
    struct record *r = rule_own(c, "rule"), *old;
    struct cel_program *p;
    struct err none = {.lang = c->lang}, *err = c->err;
    int had;

    if (rule_subject(c, arg(a, "applies-to"), &s) < 0 || rule_compiled(c, s, arg(a, "text"), &p) < 0)
        return -1;
    c->err = &none;
    had = rule_find(c, arg(a, "name"), &old);
    c->err = err;
    if (had < 0 && none.code != ERR_NOT_FOUND) {
        *err = none;
        return -1;
    }
    for (size_t i = 0; i < COUNT(field); i++)
        rule_put(r, field[i], str_trim(arg(a, field[i])));
    rule_put(r, "applies_to", arg(a, "applies-to"));
    rule_put(r, "status", S("draft"));
    if (had == 0)
        memcpy(r->head.replaces, old->head.id, sizeof r->head.replaces);
    if (rule_store(c, r) < 0)
        return -1;
    rule_say_id(c, o, "id", r->head.id);
    out_str(o, "name", arg(a, "name"));
    out_z(o, "status", "draft");
    out_int(o, "cost", (int64_t)cel_cost(p));
    if (had == 0)
        rule_say_id(c, o, "replaces", old->head.id);
    out_z(o, "next",
          tr(o->lang,
             N_("try it on history (rules backtest), then a second officer agrees to it (rules approve)")));
    return 0;
}

static const struct param draft_params[] = {
    {"name", P_TEXT, .positional = true, .required = true,
     .help = N_("short name; a rule of that name is replaced, and is in force no longer")},
    {"applies-to", P_KIND, .required = true, .help = N_("what it reads")},
    {"text", P_TEXT, .required = true, .help = N_("the rule, in CEL")},
    {"reason", P_TEXT, .required = true, .help = N_("what it looks for, and why that is lawful")},
    {"threat", P_TEXT, .help = N_("the threat it answers")},
    {"from", P_TEXT, .help = N_("first day (YYYY-MM-DD)")},
    {"until", P_TEXT, .help = N_("last day (YYYY-MM-DD)")},
    {0},
};

const struct op rules_draft = {
    .name = "rules-draft",
    .summary = N_("write a rule down as a draft"),
    .help = N_("Keeps a rule that compiles as a draft, which is asked of nothing. See rules check for the "
               "language."),
    .params = draft_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/rules",
    .run = run_draft,
    .example = "rules draft fentanyl-air --applies-to item --text 'item.hs.startsWith(\"2933\")' --reason "
               "\"Table I\"",
};

/* ---- approve, retire ---- */

static int is_draft(struct ctx *c, const struct record *r)
{
    if (str_eq(rule_get(r, "status"), S("draft")))
        return 0;
    return err_set(c->err, ERR_CONFLICT, N_("the rule is no draft: its status is %.*s"),
                   STR_ARG(rule_get(r, "status")));
}

static int was_tested(struct ctx *c, const struct record *r)
{
    struct query *q =
        views_query(c->views, "SELECT 1 FROM v_rule_test WHERE rule = ?1 AND erased = 0", c->err);
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, str_n(r->head.id, 16));
    row = query_step(q, c->err);
    query_done(q);
    if (row == 0)
        return err_set(c->err, ERR_CONFLICT,
                       N_("this version was not tried on history yet: rules backtest"));
    return row < 0 ? -1 : 0;
}

static int run_approve(struct ctx *c, const struct args *a, struct out *o)
{
    struct record *draft, *r;
    const struct rules_subject *s;
    struct cel_program *p;

    if (rule_find(c, arg(a, "rule"), &draft) < 0 || is_draft(c, draft) < 0 || was_tested(c, draft) < 0 ||
        rule_subject(c, rule_get(draft, "applies_to"), &s) < 0 ||
        rule_compiled(c, s, rule_get(draft, "text"), &p) < 0)
        return -1;
    r = rule_next(c, draft, "active");
    if (str_eq(r->head.author, draft->head.author))
        return err_set(c->err, ERR_DENIED, N_("%.*s drafted it: a second officer agrees (--author)"),
                       STR_ARG(draft->head.author));
    rule_put(r, "approved_by", r->head.author);
    if (rule_store(c, r) < 0)
        return -1;
    rule_say_id(c, o, "id", r->head.id);
    out_str(o, "name", rule_get(r, "name"));
    out_z(o, "status", "active");
    out_str(o, "drafted_by", draft->head.author);
    out_str(o, "approved_by", r->head.author);
    return 0;
}

static int run_retire(struct ctx *c, const struct args *a, struct out *o)
{
    struct record *rule, *r;

    if (rule_find(c, arg(a, "rule"), &rule) < 0)
        return -1;
    if (str_eq(rule_get(rule, "status"), S("retired")))
        return err_set(c->err, ERR_CONFLICT, N_("the rule is retired already"));
    r = rule_next(c, rule, "retired");
    rule_put(r, "reason", str_trim(arg(a, "reason")));
    if (rule_store(c, r) < 0)
        return -1;
    rule_say_id(c, o, "id", r->head.id);
    out_str(o, "name", rule_get(r, "name"));
    out_z(o, "status", "retired");
    return 0;
}

static const struct param approve_params[] = {
    {"rule", P_TEXT, .positional = true, .required = true, .help = N_("its name or id")},
    {0},
};
static const struct param retire_params[] = {
    {"rule", P_TEXT, .positional = true, .required = true, .help = N_("its name or id")},
    {"reason", P_TEXT, .required = true, .help = N_("why it is asked no longer")},
    {0},
};

const struct op rules_approve = {
    .name = "rules-approve",
    .summary = N_("agree to a rule as the second officer: from now on it is asked"),
    .help = N_("Brings a draft into force. It must have been tried on history, and who agrees is not who "
               "drafted it: both "
               "names stay with the rule. Records that come from now on are asked; what came before is a "
               "matter of "
               "rules backtest."),
    .params = approve_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/rules/{rule}/approval",
    .run = run_approve,
    .example = "rules approve fentanyl-air --author us.cbp.laredo",
};

const struct op rules_retire = {
    .name = "rules-retire",
    .summary = N_("take a rule out of force, with a reason"),
    .help = N_("The rule is asked no longer. It stays with all its versions, and its hits stay."),
    .params = retire_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/rules/{rule}/retirement",
    .run = run_retire,
    .example = "rules retire fentanyl-air --reason \"found nothing in a year\"",
};
