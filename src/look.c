/*
 * look.c: personal data is shown to who says why and for which case, and the look is itself a record that the
 * auditor, and a counterpart's auditor, can count. The record is durable before the answer is given.
 */
#include "puente.h"

#include <assert.h>

struct look look_at(const struct ctx *c, const struct kind *k)
{
    struct look l = {.kind = k, .named = str_trim(c->purpose).n > 0 && str_trim(c->the_case).n > 0};

    l.sealed = schema_class_mask(k, C_SEALED);
    l.personal = schema_class_mask(k, C_PERSONAL) & ~l.sealed;
    l.hide = l.sealed | (l.named ? 0 : l.personal);
    return l;
}

int look_ask(struct ctx *c, const struct look *l, int field)
{
    const char *name = l->kind->field[field].name;

    if (l->sealed >> field & 1)
        return err_set(c->err, ERR_DENIED, N_("%s is sealed: nothing may be asked by it"), name);
    if (l->hide >> field & 1)
        return err_set(c->err, ERR_DENIED,
                       N_("%s is personal data: asking by it needs a purpose and a case"), name);
    return 0;
}

static void put(struct record *r, const char *field, struct str s)
{
    int i = schema_field(r->kind, str_z(field));

    assert(i >= 0);
    record_text(r, i, s);
}

static void first_fault(void *arg, const struct fault *f)
{
    struct ctx *c = arg;

    if (f->severity == SEV_ERROR && c->err->code == ERR_NONE)
        err_set(c->err, ERR_USAGE, N_("the look cannot be recorded (%.*s): %s"), STR_ARG(f->place.tag),
                tr(c->lang, f->def->message));
}

/* Purpose, case and query come from outside: they are held to the schema like any record. */
static int look_append(struct ctx *c, struct record *r)
{
    struct faults faults = {.put = first_fault, .arg = c};

    if (!schema_check(r, (struct place){0}, &faults))
        return -1;
    return node_append(c, &r, 1, NULL);
}

int look_log(struct ctx *c, const struct look *l, const struct looked *what)
{
    const struct kind *access = schema_kind(S("access"));
    struct str office = arena_copy(c->arena, node_office(c));
    char now[TIME_SIZE];
    struct record *r;

    if (!l->named || l->personal == 0)
        return 0;
    assert(access);
    r = record_new(c->arena, access);
    r->head.author = c->author.n ? c->author : office;
    r->head.purpose = c->purpose;
    put(r, "officer", r->head.author);
    put(r, "office", office);
    put(r, "op", str_z(what->op));
    put(r, "about", what->id);
    put(r, "kind", str_z(l->kind->name));
    put(r, "query", what->query);
    record_int(r, schema_field(access, S("count")), (int64_t)what->count);
    put(r, "purpose", c->purpose);
    put(r, "case", c->the_case);
    put(r, "occurred", arena_copy(c->arena, str_n(now, time_format(c->world->now(c->world->arg), now))));
    return look_append(c, r);
}

static void names(struct out *o, const struct look *l, uint64_t set)
{
    for (int i = 0; i < l->kind->fields; i++)
        if (set >> i & 1)
            out_z(o, NULL, l->kind->field[i].name);
}

void look_say(struct out *o, const struct look *l, uint64_t have)
{
    uint64_t hidden = have & l->hide;

    if (hidden == 0)
        return;
    out_list(o, "withheld");
    names(o, l, hidden);
    out_end(o);
    out_z(o, "withheld_because",
          hidden & l->personal
              ? tr(o->lang, N_("personal data is shown for a purpose and a case: --purpose and --case"))
              : tr(o->lang, N_("sealed fields are never shown here")));
}
