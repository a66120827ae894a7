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

/* A record of the control sample has no hit yet: the decision makes it one. */
static struct record *control_hit(struct ctx *c, const struct entry *x)
{
    struct record *r = screening_record(c, "hit");
    int field = 0;

    while (field < x->kind->fields - 1 && !(x->kind->field[field].flags & F_REQUIRED))
        field++;
    uuid_v7(c->world, r->head.id);
    r->head.author = c->author;
    screening_put(r, "subject", str_n(x->id, 16));
    screening_put(r, "field", str_z(x->kind->field[field].name));
    screening_put(r, "basis", S("control"));
    screening_put(r, "explanation", arena_fmt(c->arena, "subject_kind=%s", x->kind->name));
    screening_put(r, "status", S("open"));
    return r;
}

/* 1: the record was drawn, and has no hit of the control sample yet. */
static int drawn(struct ctx *c, const struct entry *x)
{
    struct query *q =
        views_query(c->views,
                    "SELECT 1 FROM scr_control WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM v_hit "
                    "WHERE subject = ?1 AND basis = 'control' AND erased = 0)",
                    c->err);
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, str_n(x->id, 16));
    row = query_step(q, c->err);
    query_done(q);
    return row;
}

static struct record *disposition(struct ctx *c, const struct args *a, const uint8_t hit[16])
{
    struct record *r = record_new(c->arena, schema_kind(S("disposition")));
    char now[TIME_SIZE];

    put(r, "hit", arena_copy(c->arena, str_n(hit, 16)));
    put(r, "decision", arg(a, "decision"));
    put(r, "reason", str_trim(arg(a, "reason")));
    put(r, "action", arg(a, "action"));
    put(r, "decided", arena_copy(c->arena, str_n(now, time_format(c->world->now(c->world->arg), now))));
    r->head.author = c->author;
    r->head.handling = S("H0");
    return r;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct faults faults = {.put = first_fault, .arg = c};
    struct record *r[2];
    uint8_t id[16];
    struct entry x;
    size_t n = 0;
    int is_drawn = 0;

    if (!uuid_parse(arg(a, "hit"), id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a hit"), STR_ARG(arg(a, "hit")));
    if (journal_get(c->journal, c->arena, id, &x, c->err) != 0)
        return -1;
    if (strcmp(x.kind->name, "hit") != 0) {
        is_drawn = drawn(c, &x);
        if (is_drawn < 0)
            return -1;
        if (!is_drawn)
            return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a hit"), STR_ARG(arg(a, "hit")));
        r[n++] = control_hit(c, &x);
        memcpy(id, r[0]->head.id, 16);
    }
    r[n] = disposition(c, a, id);
    if (!schema_check(r[n], (struct place){0}, &faults) || node_append(c, r, n + 1, NULL) != 0)
        return -1;
    say_id(o, "id", str_n(r[n]->head.id, 16), c->arena);
    say_id(o, "hit", str_n(id, 16), c->arena);
    out_str(o, "decision", arg(a, "decision"));
    return 0;
}

static const char *const decisions[] = {"same", "not-same", "undecided", "found", "nothing", NULL};

static const struct param params[] = {
    {"hit", P_ID, .positional = true, .required = true,
     .help = N_("the hit's id, or that of a declaration drawn for the control sample")},
    {"decision", P_CHOICE, .required = true, .help = N_("what was found"), .choices = decisions},
    {"reason", P_TEXT, .required = true, .help = N_("the officer's own reason, in words")},
    {"action", P_TEXT, .help = N_("what was done")},
    {0},
};

const struct op screening_dispose = {
    .name = "dispose",
    .summary = N_("decide about a hit, with a reason"),
    .help = N_(
        "Appends a disposition: whether the declaration and the alert are about the same, or, of a rule "
        "and of "
        "the control sample, whether something was found; by an officer who looked, with the reason in the "
        "officer's own words. Deciding again is possible; the last one counts and all stay."),
    .params = params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/hits/{hit}/disposition",
    .run = run,
    .example =
        "dispose 01a20018-5048-78e3-99e8-871400000000 --decision not-same --reason \"another birth date\"",
};
