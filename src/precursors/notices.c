/* notices.c: `puente notices`: what was announced, what came, what is missing. */
#include "precursors/internal.h"

#define LIMIT_USUAL 50
#define LIMIT_MOST  1000

static struct str kilograms(struct arena *a, int64_t grams)
{
    return arena_fmt(a, "%lld.%03lld", (long long)(grams / 1000), (long long)(grams % 1000));
}

/* In the order in which they matter. */
static const char *state_of(const struct notice *n, const struct balance *b, struct str today)
{
    if (balance_exceeds(n, b->weight))
        return N_("more than notified");
    if (str_eq(n->reply, S("objection")))
        return b->items ? N_("objected to, and came") : N_("objected to");
    if (b->unweighed)
        return N_("came, in part without a weight");
    if (b->weight + n->weight / 50 + 1000 >= n->weight)
        return N_("complete");
    if (n->expected.n && str_cmp(n->expected, today) < 0)
        return b->items ? N_("less than notified, and its day is past")
                        : N_("not come, and its day is past");
    return b->items ? N_("in part") : N_("expected");
}

static int say(struct ctx *c, struct out *o, const struct notice *n, struct str today)
{
    struct balance b;
    char id[UUID_SIZE];

    if (balance_of(c, n, NULL, &b) < 0)
        return -1;
    uuid_format((const uint8_t *)n->id.p, id);
    out_open(o, NULL);
    out_str(o, "number", n->number);
    out_z(o, "substance", o->lang == LANG_ES ? n->substance->name_es : n->substance->name);
    out_str(o, "exporter", n->exporter);
    out_str(o, "importer", n->importer);
    out_str(o, "expected", n->expected);
    out_str(o, "reply", n->reply);
    out_str(o, "notified_kg", kilograms(c->arena, n->weight));
    out_str(o, "arrived_kg", kilograms(c->arena, b.weight));
    out_int(o, "items", (int64_t)b.items);
    out_int(o, "without_weight", (int64_t)b.unweighed);
    out_z(o, "state", tr(o->lang, state_of(n, &b, today)));
    out_str(o, "id", arena_copy(c->arena, str_z(id)));
    out_close(o);
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    const struct substance *s = NULL;
    int64_t limit = arg_int(a, "limit", LIMIT_USUAL);
    struct notices all;
    char today[TIME_SIZE];

    if (limit < 1 || limit > LIMIT_MOST)
        return err_set(c->err, ERR_USAGE, N_("limit must be from 1 to %d"), LIMIT_MOST);
    if (arg_given(a, "substance") && (s = substance_named(c->arena, arg(a, "substance"))) == NULL)
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not on the list of precursors"),
                       STR_ARG(arg(a, "substance")));
    if (notices_of(c, s, &all) < 0)
        return -1;
    time_format(c->world->now(c->world->arg), today);
    out_list(o, "notices");
    for (size_t i = all.n; i-- > 0 && limit > 0; limit--)
        if (say(c, o, &all.list[i], str_n(today, 10)) < 0)
            return -1;
    out_end(o);
    if (all.n > (size_t)arg_int(a, "limit", LIMIT_USUAL))
        out_int(o, "of", (int64_t)all.n);
    if (all.n == 0)
        out_z(o, "nothing", tr(o->lang, N_("no pre-export notice of a listed substance has come")));
    return 0;
}

static const struct param params[] = {
    {"substance", P_TEXT, .help = N_("only this one: a name, a CAS number or a tariff code")},
    {"limit", P_INT, .help = N_("how many at once, 50 when not given, at most 1000")},
    {0},
};

const struct op precursors_notices = {
    .name = "notices",
    .summary = N_("pre-export notices against what has come"),
    .help =
        N_("Lists notices of planned exports, the latest first: how much was announced, how much has come "
           "under it, and "
           "whether "
           "that adds up. An arrival belongs to the notice whose number it quotes, else to one of the same "
           "substance and the same companies within 180 days of its day."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/notices",
    .run = run,
    .example = "notices --substance 108-24-7",
};
