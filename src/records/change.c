/*
 * change.c: `add KIND` and `correct ID`: an officer types a record. Values come as field=value pairs or as one
 * JSON object; what breaks a rule is told fault by fault, and nothing is stored.
 */
#include "records/internal.h"

/* ---- faults, collected ---- */

static void complain(void *arg, const struct fault *f)
{
    struct complaints *k = arg;
    struct complaint *x = arena_alloc(k->arena, sizeof *x);

    x->fault = *f;
    x->fault.place.tag = arena_copy(k->arena, f->place.tag);
    x->fault.found = arena_copy(k->arena, f->found);
    x->fault.expected = arena_copy(k->arena, f->expected);
    *k->last = x;
    k->last = &x->next;
}

void complaints_init(struct complaints *k, struct ctx *c)
{
    *k = (struct complaints){.arena = c->arena, .faults = {.put = complain, .arg = k, .limit = 200}};
    k->last = &k->first;
}

static void say_text(struct out *o, const char *key, struct str s)
{
    if (s.n)
        out_str(o, key, s);
}

void complaints_say(const struct complaints *k, struct out *o)
{
    static const char *const severity[] = {"note", "warning", "error"};

    if (k->first == NULL)
        return;
    out_list(o, "faults");
    for (const struct complaint *x = k->first; x; x = x->next) {
        out_open(o, NULL);
        out_z(o, "code", x->fault.def->code);
        out_z(o, "severity", severity[x->fault.severity]);
        say_text(o, "field", x->fault.place.tag);
        out_z(o, "message", tr(o->lang, x->fault.def->message));
        say_text(o, "found", x->fault.found);
        say_text(o, "expected", x->fault.expected);
        say_text(o, "rule", str_z(x->fault.def->rule));
        out_close(o);
    }
    out_end(o);
}

/* ---- values ---- */

/* The server hands over bodies that begin with a brace; only the command line can name a file. */
static int json_text(struct ctx *c, struct str given, struct str *json)
{
    *json = str_trim(given);
    if (json->n && (json->p[0] == '{' || json->p[0] == '['))
        return 0;
    return file_read(c->arena, arena_z(c->arena, given), INPUT_MOST, json, c->err);
}

static int set_pair(struct ctx *c, struct record *r, struct str name, struct str value,
                    struct complaints *k)
{
    struct place at = {.tag = name};
    int field = schema_field(r->kind, name);

    if (field < 0)
        return err_set(c->err, ERR_USAGE, N_("%s has no field “%.*s”"), r->kind->name,
                       (int)(name.n > 64 ? 64 : name.n), name.p);
    r->have &= ~(UINT64_C(1) << field); /* an empty value takes the old one away */
    schema_set(c->arena, r, field, value, at, &k->faults);
    return 0;
}

static int merge_json(struct ctx *c, struct record *r, struct str given, struct complaints *k)
{
    struct record *typed;
    struct str json;

    if (json_text(c, given, &json) < 0)
        return -1;
    typed = schema_from_json(c->arena, r->kind, json, (struct place){0}, &k->faults);
    for (int i = 0; typed && i < r->kind->fields; i++)
        if (record_has(typed, i)) {
            r->v[i] = typed->v[i];
            r->have |= UINT64_C(1) << i;
        }
    return 0;
}

/* What was typed, over what is there already. Faults are in `k`; -1 when it makes no sense at all. */
int change_read(struct ctx *c, const struct args *a, struct record *r, struct complaints *k)
{
    struct str name, value;

    if (arg_given(a, "values") && merge_json(c, r, arg(a, "values"), k) < 0)
        return -1;
    for (size_t i = 0; arg_rest(a, i, &name, &value); i++)
        if (set_pair(c, r, name, value, k) < 0)
            return -1;
    if (k->faults.count[SEV_ERROR] == 0)
        schema_check(r, (struct place){0}, &k->faults);
    return 0;
}

void change_head(const struct ctx *c, struct record *r)
{
    const struct journal_identity *who = journal_who(c->journal);

    r->head.author = c->author.n ? c->author : arena_copy(c->arena, str_z(who->office));
    r->head.purpose = c->purpose;
    r->head.exercise = who->exercise;
}

/* What the verbs of this program vouch for: a peer that was met, a look that was logged. */
static int written_by_verbs(struct ctx *c, const struct kind *kind)
{
    return err_set(c->err, ERR_DENIED,
                   N_("a record of the kind %s is not typed: the verb that it tells of writes it"),
                   kind->name);
}

/* ---- add ---- */

static int run_add(struct ctx *c, const struct args *a, struct out *o)
{
    const struct kind *kind = schema_kind(arg(a, "kind"));
    struct record *r;
    struct complaints k;
    uint64_t seq;
    int rc;

    if (kind == NULL)
        return err_set(c->err, ERR_NOT_FOUND, N_("there is no kind “%.*s”"), STR_ARG(arg(a, "kind")));
    if (kind->made)
        return written_by_verbs(c, kind);
    r = record_new(c->arena, kind);
    complaints_init(&k, c);
    rc = change_read(c, a, r, &k);
    if (rc == 0 && k.faults.count[SEV_ERROR])
        rc = 1;
    if (rc == 0) {
        change_head(c, r);
        rc = node_append(c, &r, 1, &seq);
    }
    if (rc == 0) {
        out_str(o, "id", find_id(c->arena, r->head.id));
        out_int(o, "seq", (int64_t)seq);
        out_z(o, "kind", kind->name);
    }
    complaints_say(&k, o);
    return rc;
}

static const struct param add_params[] = {
    {"kind", P_KIND, .positional = true, .required = true, .help = N_("the kind of record"), .rest = true},
    {"values", P_JSON, .help = N_("the fields as a JSON object, or a file that holds one")},
    {0},
};

const struct op records_add = {
    .name = "add",
    .summary = N_("add a record"),
    .help = N_("Fields are given as field=value; of a field that holds several values, they stand between "
               "\"; \". The "
               "record is checked against its kind, and stored when nothing is wrong."),
    .params = add_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/records/{kind}",
    .run = run_add,
    .example = "add wait port=2304 port_scheme=schedule-d direction=north minutes=45 method=camera "
               "observed=2026-11-21T08:30 source=us.cbp",
};

/* ---- correct ---- */

static int superseded(struct ctx *c, const struct found *f)
{
    struct record *newest = NULL;
    struct views_mark m = f->mark;
    int rc = 1;

    for (size_t steps = 0; m.superseded && rc == 1 && steps < CHAIN_MOST; steps++)
        rc = find_row(c, f->entry.kind, m.superseded, &newest, &m);
    if (rc < 0)
        return -1;
    return err_set(c->err, ERR_CONFLICT, N_("this record was corrected already: correct the newest, %s"),
                   newest ? find_id(c->arena, newest->head.id).p : "?");
}

static bool same_values(const struct record *a, const struct record *b)
{
    if (a->have != b->have)
        return false;
    for (int i = 0; i < a->kind->fields; i++)
        if (record_has(a, i) && (a->v[i].i != b->v[i].i || !str_eq(a->v[i].s, b->v[i].s)))
            return false;
    return true;
}

/* The old values, and the header of a new record that replaces it. */
static struct record *successor(const struct ctx *c, const struct found *f)
{
    struct record *r = record_new(c->arena, f->entry.kind);

    r->have = f->record->have;
    memcpy(r->v, f->record->v, r->kind->fields * sizeof *r->v);
    change_head(c, r);
    memcpy(r->head.replaces, f->entry.id, 16);
    r->head.handling = f->record->head.handling;
    r->head.basis = f->record->head.basis;
    r->head.grading = f->record->head.grading;
    return r;
}

/* The key makes two who correct the same record at once into one who does and one who is told. */
static int store_correction(struct ctx *c, struct found *f, struct record *r)
{
    struct str key = arena_fmt(c->arena, "correct/%s", find_id(c->arena, f->entry.id).p);
    int rc = node_append_once(c, key, &r, 1);

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (find_record(c, find_id(c->arena, f->entry.id), f) < 0)
        return -1;
    return superseded(c, f);
}

static int run_correct(struct ctx *c, const struct args *a, struct out *o)
{
    struct complaints k;
    struct record *r;
    struct found f;
    int rc;

    if (find_record(c, arg(a, "id"), &f) < 0)
        return -1;
    if (f.entry.kind->made)
        return written_by_verbs(c, f.entry.kind);
    if (f.entry.erased)
        return err_set(c->err, ERR_CONFLICT, N_("this record was erased: there is nothing to correct"));
    if (f.mark.superseded)
        return superseded(c, &f);
    r = successor(c, &f);
    complaints_init(&k, c);
    rc = change_read(c, a, r, &k);
    if (rc == 0 && k.faults.count[SEV_ERROR])
        rc = 1;
    else if (rc == 0 && same_values(r, f.record))
        rc = err_set(c->err, ERR_USAGE,
                     N_("nothing would change: give the fields to correct as field=value"));
    if (rc == 0)
        rc = store_correction(c, &f, r);
    if (rc == 0) {
        out_str(o, "id", find_id(c->arena, r->head.id));
        out_str(o, "replaces", find_id(c->arena, f.entry.id));
        out_z(o, "kind", r->kind->name);
    }
    complaints_say(&k, o);
    return rc;
}

static const struct param correct_params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the record's id"), .rest = true},
    {"values", P_JSON, .help = N_("the fields to change as a JSON object, or a file that holds one")},
    {0},
};

const struct op records_correct = {
    .name = "correct",
    .summary = N_("correct a record with a new one that replaces it"),
    .help = N_(
        "The old record stays in the journal. Fields that are not given are carried over; an empty value "
        "takes a field away."),
    .params = correct_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/record/{id}/corrections",
    .run = run_correct,
    .example = "correct 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a minutes=40",
};
