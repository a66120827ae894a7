/*
 * try.c: `puente screen`: is this name, or this number, in an alert that holds today? Somebody is being looked
 * up, so it needs a purpose and a case, whatever the answer, and is a record itself (law 9).
 */
#include "screening/internal.h"

struct trying {
    struct ctx *c;
    struct out *o;
    uint64_t found;
    struct candidate *list;
    uint64_t beyond;
};

/* The key that was asked for. -1 with err. */
static int read_key(struct ctx *c, const struct args *a, struct key *k)
{
    struct str name = arg(a, "name"), identifier = arg(a, "identifier"), scheme = arg(a, "scheme");

    *k = (struct key){.basis = name.n ? BASIS_NAME : BASIS_IDENTIFIER};
    if ((name.n > 0) == (identifier.n > 0))
        return err_set(c->err, ERR_USAGE, N_("give either --name or --identifier"));
    if (scheme.n && (k->class = keys_class(scheme)) == NULL)
        return err_set(c->err, ERR_USAGE, N_("alerts have no numbers of the scheme “%.*s”"),
                       STR_ARG(scheme));
    k->original = name.n ? name : identifier;
    if (name.n)
        k->value = normal_name(c->arena, name);
    else
        k->value = normal_identifier(c->arena, k->class ? k->class : "tax", identifier);
    if (k->value.n == 0)
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is too short to tell one from another"),
                       (int)(k->original.n < 64 ? k->original.n : 64), k->original.p);
    return 0;
}

static int say_alert(struct trying *t, const struct candidate *it)
{
    struct alert a;
    struct str written;
    int got = alert_of(t->c, it->kind, it->id, &a);

    if (got < 0 || field_of(t->c, it->kind, it->id, it->field, &written) < 0)
        return -1;
    if (got == 0 || !a.active)
        return 0;
    t->found++;
    out_open(t->o, NULL);
    out_str(t->o, "list", a.list);
    out_str(t->o, "number", a.number);
    out_str(t->o, "subject", a.subject);
    out_str(t->o, "name", a.name);
    out_str(t->o, "written", written);
    out_str(t->o, "authority", a.authority);
    out_str(t->o, "reason", a.reason);
    out_str(t->o, "action_requested", a.action);
    out_str(t->o, "contact", a.contact);
    out_close(t->o);
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct trying t = {.c = c, .o = o};
    struct look look = look_at(c, schema_kind(S("alert")));
    struct looked what = {.op = "screen"};
    struct key k;

    if (read_key(c, a, &k) < 0)
        return -1;
    if (!look.named)
        return err_set(c->err, ERR_DENIED, N_("looking somebody up needs a purpose and a case"));
    if (candidates(c, &k, SIDE_ALERT, &t.list, &t.beyond) < 0)
        return -1;
    for (const struct candidate *it = t.list; it; it = it->next)
        what.count++;
    what.query = k.original;
    if (look_log(c, &look, &what) < 0)
        return -1;
    out_str(o, "read_as", k.value);
    out_z(o, "rules", k.basis == BASIS_NAME ? NAME_RULES : IDENTIFIER_RULES);
    out_list(o, "alerts");
    for (const struct candidate *it = t.list; it; it = it->next)
        if (say_alert(&t, it) < 0)
            return -1;
    out_end(o);
    if (t.beyond)
        out_int(o, "more", (int64_t)t.beyond);
    if (t.found == 0)
        out_z(o, "nothing",
              tr(o->lang, N_("no alert that holds today has this; alerts are compared for equality")));
    return 0;
}

static const struct param params[] = {
    {"name", P_TEXT, .help = N_("a name, in any order and spelling of accents and legal forms")},
    {"identifier", P_TEXT, .help = N_("a number: of a document, a vehicle, a container, a company")},
    {"scheme", P_TEXT, .help = N_("what kind of number it is: plate, imo, container, rfc, passport, ...")},
    {0},
};

const struct op screening_try = {
    .name = "screen",
    .summary = N_("look a name or a number up in the alerts"),
    .help =
        N_("Compares a name or a number with the alerts that hold today, by the same rules that make hits. "
           "Needs a purpose and a case; the look is recorded, whatever the answer."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/screen",
    .run = run,
    .example = "screen --name \"PEREZ LOPEZ, JUAN\" --purpose \"primary inspection\" --case 2026-0117",
};
