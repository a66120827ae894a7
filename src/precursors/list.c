/* list.c: `puente precursors`: the Convention's list as of a day, or which of it some words are. */
#include "precursors/internal.h"

static void say(struct out *o, const struct substance *s, struct str day)
{
    int table = substance_table_on(s, day);

    out_open(o, NULL);
    out_z(o, "substance", o->lang == LANG_ES ? s->name_es : s->name);
    out_str(o, "cas", substance_key(s));
    out_z(o, "hs", s->hs);
    out_bool(o, "hs_alone", s->own);
    out_z(o, "table", table == 1 ? "I" : table == 2 ? "II" : "");
    out_z(o, "since", s->since);
    if (s->first)
        out_z(o, "table_i_since", s->first);
    out_z(o, "makes", s->drugs);
    out_close(o);
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct goods g = {arg(a, "cas"), arg(a, "hs"), S(""), arg(a, "text")};
    bool asked = g.cas.n || g.hs.n || g.text.n;
    struct str day = arg(a, "on");
    struct substance_found f;
    int64_t at;
    bool zoned;

    if (day.n && !time_parse(day, &at, &zoned))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not a day such as 2026-11-22"), STR_ARG(day));
    out_list(o, "substances");
    for (size_t i = 0; !asked && i < substances_count; i++)
        if (substance_table_on(&substances[i], day))
            say(o, &substances[i], day);
    if (asked && substance_find(c->arena, &g, &f))
        say(o, f.substance, day);
    out_end(o);
    if (asked && !f.substance)
        out_z(o, "nothing", tr(o->lang, N_("nothing in this is on the list of precursors")));
    return 0;
}

static const struct param params[] = {
    {"text", P_TEXT, .help = N_("words that describe goods, in English or Spanish")},
    {"cas", P_TEXT, .help = N_("a CAS number")},
    {"hs", P_TEXT, .help = N_("a tariff code, digits only")},
    {"on", P_TEXT,
     .help = N_("as the list was on this day (YYYY-MM-DD; known to the year); today when not given")},
    {0},
};

const struct op precursors_list = {
    .name = "precursors",
    .summary = N_("the controlled precursors, or which of them some goods are"),
    .help =
        N_("Lists the substances of Tables I and II of the 1988 Convention with their CAS number, tariff "
           "code and "
           "the year of listing. With --text, --cas or --hs it says which of them the goods are, as it is "
           "decided for each item that comes in."),
    .params = params,
    .method = "GET",
    .path = "/precursors",
    .run = run,
    .example = "precursors --text \"20 tambores de anhídrido acético\"",
};
