/*
 * contact.c: the report on contacts with foreign agencies. Some laws ask for one within days of each contact (Mexico's
 * National Security Law: three days; date, agency, topic, purpose). A node whose configuration says so (node.json,
 * contact_report_days) drafts one for each meeting with a foreign office and for each request to or from one; an
 * officer completes it, hands it in and says so with `contact file`. The country is what an office's name begins with.
 */
#include "coordination/internal.h"

/* ---- drafting ---- */

struct contact {
    const char *field; /* what is reported: "engagement" or "request" */
    struct str root, id, peer, recorded, occurred, topic, purpose;
};

static struct str day_after(struct ctx *c, struct str occurred, int days)
{
    bool zoned;
    int64_t us;

    if (!time_parse(occurred, &us, &zoned))
        us = now_of(c);
    return arena_copy(c->arena, str_n(now_text(c, us + days * DAY).p, 10));
}

/* A record that came from a peer may lack what no clause names: the contact took place all the same. */
static void follow_contact(struct ctx *c, const struct contact *k)
{
    const struct journal_identity *who = journal_who(c->journal);
    struct record *r = own_record(c, "contact_report");
    struct arena *a = c->arena;
    struct str topic = k->topic.n ? k->topic : str_z(k->field);
    struct str occurred = k->occurred.n ? k->occurred : k->recorded;

    if (!office_foreign(c, k->peer))
        return;
    put(r, k->field, arena_copy(a, k->id));
    put(r, "office", str_z(who->office));
    put(r, "peer", arena_copy(a, k->peer));
    put(r, "country", office_country(a, k->peer));
    put(r, "occurred", arena_copy(a, occurred));
    put_short(r, "topic", arena_copy(a, topic));
    put_short(r, "purpose", arena_copy(a, k->purpose.n ? k->purpose : topic));
    put(r, "due", day_after(c, occurred, who->contact_report_days));
    r->head.handling = S("H3");
    node_follow(c, arena_fmt(a, "contact/1\n%s\n%.*s", id_text(a, k->root).p, STR_ARG(k->peer)), r);
}

static void request_contact(struct ctx *c, const struct record *r, struct contact k)
{
    bool asked = office_ours(c, get(r, "peer"));

    if (!asked && !office_ours(c, get(r, "office")))
        return;
    k.field = "request";
    k.peer = asked ? get(r, "office") : get(r, "peer");
    k.topic = get(r, "subject");
    k.purpose = get(r, "purpose");
    follow_contact(c, &k);
}

static void engagement_contacts(struct ctx *c, const struct record *r, struct contact k)
{
    struct str offices = get(r, "offices"), office;
    bool here = office_ours(c, r->head.origin);

    for (struct str rest = offices; str_split(&rest, '\n', &office);)
        here = here || office_ours(c, office);
    k.field = "engagement";
    k.occurred = get(r, "occurred");
    k.topic = get(r, "title");
    k.purpose = get(r, "agenda");
    while (here && str_split(&offices, '\n', &office)) {
        k.peer = office;
        follow_contact(c, &k);
    }
}

int coordination_react(struct ctx *c, const struct entry *x)
{
    struct contact k = {.id = str_n(x->id, 16)};
    bool request = strcmp(x->kind->name, "request") == 0;

    if (journal_who(c->journal)->contact_report_days == 0 || !x->record ||
        (!request && strcmp(x->kind->name, "engagement") != 0))
        return 0;
    if (root_of(c, k.id, &k.root) < 0)
        return -1;
    k.recorded = now_text(c, x->record->head.recorded);
    if (request)
        request_contact(c, x->record, k);
    else
        engagement_contacts(c, x->record, k);
    return 0;
}

/* ---- contact file ---- */

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct record *r = own_record(c, "contact_report");
    struct str today = str_n(now_text(c, now_of(c)).p, 10), root;
    struct version v;
    struct entry x;
    int there;

    if (find(c, arg(a, "id"), "contact_report", &x) < 0 || root_of(c, str_n(x.id, 16), &root) < 0)
        return -1;
    there = version_of(c, x.kind, root, &v);
    if (there != 1)
        return there < 0 ? -1 : err_set(c->err, ERR_CONFLICT, N_("this record was erased"));
    if (get(v.record, "filed").n)
        return err_set(c->err, ERR_CONFLICT, N_("this report was handed in on %.*s"),
                       STR_ARG(get(v.record, "filed")));
    r->have = v.record->have;
    memcpy(r->v, v.record->v, r->kind->fields * sizeof *r->v);
    memcpy(r->head.replaces, v.record->head.id, 16);
    r->head.handling = v.record->head.handling;
    put(r, "filed", arg_given(a, "on") ? arg(a, "on") : today);
    put(r, "filed_with", arg(a, "with"));
    /* The key of every correction (records/change.c): of two at once, one enters. */
    there = store_once(
        c, arena_fmt(c->arena, "correct/%s", id_text(c->arena, str_n(v.record->head.id, 16)).p), r);
    if (there != 1)
        return there < 0
                   ? -1
                   : err_set(c->err, ERR_CONFLICT, N_("somebody else corrected it just now: look again"));
    out_str(o, "id", id_text(c->arena, str_n(r->head.id, 16)));
    out_str(o, "filed", get(r, "filed"));
    out_str(o, "due", get(r, "due"));
    return 0;
}

static const char *const actions[] = {"file", NULL};

static const struct param params[] = {
    {"action", P_CHOICE, .positional = true, .required = true, .help = N_("file: it was handed in"),
     .choices = actions},
    {"id", P_ID, .positional = true, .required = true,
     .help = N_("the contact report's id; “due” lists them")},
    {"with", P_TEXT, .help = N_("the authority that received it")},
    {"on", P_TEXT, .help = N_("the day it was handed in, YYYY-MM-DD; today when not given")},
    {0},
};

const struct op coordination_contact = {
    .name = "contact",
    .summary = N_("say that a contact report was handed in"),
    .help = N_(
        "A node whose configuration asks for it (init --contact-report-days) drafts a report for each "
        "meeting "
        "with a foreign office and each request to or from one. Complete the draft with “correct”, hand it "
        "to the authority that the law names, then say so here: its clock stops."),
    .params = params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/contact-reports/{id}",
    .run = run,
    .example =
        "contact file 01a20018-5048-78e3-99e8-871400000000 --with \"Secretaría de Relaciones Exteriores\"",
};
