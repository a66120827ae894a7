/* dispose.c: `puente dispose`: an officer decides about a hit, and says why (law 8: nobody else does). */
#include "screening/internal.h"

static void first_fault(void *arg, const struct fault *f)
{
    struct ctx *c = arg;

    if (f->severity == SEV_ERROR && c->err->code == ERR_NONE)
        err_set(c->err, ERR_DATA, "%.*s: %s", STR_ARG(f->place.tag), tr(c->lang, f->def->message));
}

static void put(struct record *r, const char *field, struct str s)
{
    if (s.n)
        record_text(r, schema_field(r->kind, str_z(field)), s);
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct record *r = record_new(c->arena, schema_kind(S("disposition")));
    struct faults faults = {.put = first_fault, .arg = c};
    char *id = arena_alloc(c->arena, 16), now[TIME_SIZE], text[UUID_SIZE];
    struct entry hit;

    if (!uuid_parse(arg(a, "hit"), (uint8_t *)id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a hit"), STR_ARG(arg(a, "hit")));
    if (journal_get(c->journal, c->arena, (uint8_t *)id, &hit, c->err) != 0)
        return -1;
    if (strcmp(hit.kind->name, "hit") != 0)
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a hit"), STR_ARG(arg(a, "hit")));
    put(r, "hit", str_n(id, 16));
    put(r, "decision", arg(a, "decision"));
    put(r, "reason", str_trim(arg(a, "reason")));
    put(r, "action", arg(a, "action"));
    put(r, "decided", arena_copy(c->arena, str_n(now, time_format(c->world->now(c->world->arg), now))));
    r->head.author = c->author;
    r->head.handling = S("H0");
    if (!schema_check(r, (struct place){0}, &faults) || node_append(c, &r, 1, NULL) != 0)
        return -1;
    uuid_format(r->head.id, text);
    out_str(o, "id", arena_copy(c->arena, str_z(text)));
    out_str(o, "hit", arg(a, "hit"));
    out_str(o, "decision", arg(a, "decision"));
    return 0;
}

static const char *const decisions[] = {"same", "not-same", "undecided", NULL};

static const struct param params[] = {
    {"hit", P_ID, .positional = true, .required = true, .help = N_("the hit's id")},
    {"decision", P_CHOICE, .required = true, .help = N_("what was found"), .choices = decisions},
    {"reason", P_TEXT, .required = true, .help = N_("the officer's own reason, in words")},
    {"action", P_TEXT, .help = N_("what was done")},
    {0},
};

const struct op screening_dispose = {
    .name = "dispose",
    .summary = N_("decide about a hit, with a reason"),
    .help =
        N_("Appends a disposition: whether the declaration and the alert are about the same, by an officer "
           "who "
           "looked, with the reason in the officer's own words. Deciding again is possible; the last one "
           "counts and all stay."),
    .params = params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/hits/{hit}/disposition",
    .run = run,
    .example =
        "dispose 01a20018-5048-78e3-99e8-871400000000 --decision not-same --reason \"another birth date\"",
};
