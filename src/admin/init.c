/* init.c: `init DIR`: a new node. */
#include "admin/internal.h"

/* Mexico's National Security Law asks for a report within three days; where no law does, there is none. */
#define DAYS_IN_MEXICO 3

static int contact_days(struct ctx *c, const struct args *a, int *days)
{
    int64_t usual = str_eq(arg(a, "country"), S("MX")) ? DAYS_IN_MEXICO : 0;
    int64_t given = arg_int(a, "contact-report-days", usual);

    if (given < 0 || given > CONTACT_DAYS_MOST)
        return err_set(c->err, ERR_USAGE, N_("contact-report-days must be from 0 to %d"),
                       CONTACT_DAYS_MOST);
    *days = (int)given;
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct journal_identity who = {.office = arena_z(c->arena, arg(a, "office")),
                                   .country = arena_z(c->arena, arg(a, "country")),
                                   .exercise = arg_given(a, "exercise")};
    struct ctx node = *c;
    struct journal_options options = {.world = c->world, .write = true};

    node.journal = NULL;
    node.views = NULL;
    options.dir = node.dir = arena_z(c->arena, arg(a, "dir"));
    if (contact_days(c, a, &who.contact_report_days) < 0 || journal_create(&options, &who, c->err) < 0 ||
        node_open(&node, true) < 0)
        return -1;
    out_z(o, "dir", node.dir);
    out_z(o, "office", who.office);
    out_z(o, "country", who.country);
    out_bool(o, "exercise", who.exercise);
    out_int(o, "contact_report_days", who.contact_report_days);
    out_z(o, "key", journal_key(node.journal));
    out_str(
        o, "next_step",
        arena_fmt(c->arena, tr(c->lang, N_("puente -C %s feed FILE… takes in what crosses")), node.dir));
    node_close(&node);
    return 0;
}

static const struct param params[] = {
    {"dir", P_FILE, .positional = true, .required = true, .help = N_("the folder to make; new or empty")},
    {"office", P_TEXT, .required = true,
     .help = N_("the office it belongs to, country first: us.cbp, mx.anam")},
    {"country", P_TEXT, .required = true, .help = N_("its country, ISO 3166-1: US, MX")},
    {"contact-report-days", P_INT,
     .help =
         N_("days in which each contact with a foreign agency must be reported; 0 is never; 3 in MX when "
            "not given, else 0")},
    {"exercise", P_FLAG, .help = N_("a node for exercises: takes synthetic records, and only those")},
    {0},
};

const struct op admin_init = {
    .name = "init",
    .summary = N_("make a new node"),
    .help = N_(
        "Makes the folder, the keys, an empty journal and its views. The key it prints is what others "
        "verify "
        "this node's log with: give it to them by another way than the network. Keep keys/ as safe as the "
        "journal: without it, nothing new can be signed."),
    .params = params,
    .flags = OP_LOCAL,
    .run = run,
    .example = "init /var/lib/puente --office us.cbp --country US",
};
