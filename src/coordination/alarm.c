/*
 * alarm.c: `alarm`: a life is at risk, in one step. It says where, when and what is needed, never who: the schema
 * refuses a person's identifier in any of its texts (decision 0172). What carries records to a counterpart takes those
 * with `life_at_risk` first.
 */
#include "coordination/internal.h"

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct record *r = own_record(c, "awareness");
    struct str place = str_trim(arg(a, "place")), need = str_trim(arg(a, "need"));
    struct str now = now_text(c, now_of(c));
    struct str said = str_trim(arg(a, "text"));

    /* Both languages, because who reads it first is not known. */
    put_short(r, "title", arena_fmt(c->arena, "Vida en riesgo / Life at risk: %.*s", STR_ARG(place)));
    put(r, "form", S("danger"));
    put(r, "text", said.n ? said : need);
    put(r, "place", place);
    put(r, "need", need);
    record_int(r, field_named(r, "life_at_risk"), 1);
    if (arg_given(a, "estimate")) {
        record_int(r, field_named(r, "estimate"), arg_int(a, "estimate", 0));
        put(r, "unit", arg_given(a, "unit") ? arg(a, "unit") : S("people"));
    }
    put(r, "environment", arg(a, "environment"));
    put(r, "grounds", arg_given(a, "judged") ? S("assessment") : S("fact"));
    put(r, "observed", arg_given(a, "observed") ? arg(a, "observed") : now);
    r->head.handling = S("H0");
    if (store(c, r) < 0)
        return -1;
    out_str(o, "id", id_text(c->arena, str_n(r->head.id, 16)));
    out_str(o, "name", get(r, "title"));
    out_str(o, "observed", get(r, "observed"));
    return 0;
}

static const char *const units[] = {"aircraft", "people", "vehicles", "vessels", NULL};
static const char *const environments[] = {"air-between", "air-port",    "interior", "land-between",
                                           "land-port",   "sea-between", "sea-port", NULL};

static const struct param params[] = {
    {"place", P_TEXT, .required = true, .help = N_("where: coordinates, a code or a name")},
    {"need", P_TEXT, .required = true, .help = N_("what help is needed")},
    {"estimate", P_INT, .help = N_("about how many")},
    {"unit", P_CHOICE, .help = N_("what is counted; people when not given"), .choices = units},
    {"environment", P_CHOICE, .help = N_("land, sea or air; at a port of entry or between ports"),
     .choices = environments},
    {"observed", P_TEXT, .help = N_("when it was seen; now when not given")},
    {"judged", P_FLAG, .help = N_("it was not seen but is to be feared")},
    {"text", P_TEXT, .help = N_("more, in words; no names, no numbers of persons")},
    {0},
};

const struct op coordination_alarm = {
    .name = "alarm",
    .summary = N_("a life is at risk: tell the other side now"),
    .help = N_("Appends a notice of danger to life: where, when, what is needed, about how many; never "
               "who. It goes "
               "ahead of everything else that waits to be sent, under the clauses for notices."),
    .params = params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/alarms",
    .run = run,
    .example = "alarm --place \"26.0715,-98.2386\" --need \"boat and doctor\" --estimate 4 --environment "
               "land-between",
};
