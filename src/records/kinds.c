/* kinds.c: `kinds [KIND]`: what a record may say, from the schema's tables; JSON Schema; docs/kinds.md. */
#include "records/internal.h"

#define DOCS_MOST ((size_t)8 << 20)

static void say_flags(struct out *o, const struct field *f)
{
    if (f->flags & F_REQUIRED)
        out_bool(o, "required", true);
    if (f->flags & F_MANY)
        out_bool(o, "many", true);
    if (f->flags & F_KEY)
        out_bool(o, "key", true);
}

static void say_field(struct out *o, const struct field *f, int number)
{
    out_open(o, NULL);
    out_int(o, "number", number);
    out_z(o, "name", f->name);
    out_z(o, "type", schema_type_name(f->type));
    out_z(o, "class", schema_class_name(f->class));
    say_flags(o, f);
    if (f->unit)
        out_z(o, "unit", f->unit);
    if (f->codes)
        out_z(o, "codes", f->codes->name);
    if (f->ref)
        out_z(o, "ref", f->ref);
    out_z(o, "label", tr(o->lang, f->label));
    if (f->help)
        out_z(o, "help", tr(o->lang, f->help));
    out_close(o);
}

static void say_kind(struct out *o, const struct kind *k)
{
    out_z(o, "kind", k->name);
    out_z(o, "family", k->family);
    out_int(o, "number", k->number);
    out_int(o, "version", k->version);
    out_z(o, "label", tr(o->lang, k->label));
    if (k->help)
        out_z(o, "help", tr(o->lang, k->help));
    out_bool(o, "aggregate", k->aggregate);
    out_list(o, "fields");
    for (int i = 0; i < k->fields; i++)
        say_field(o, &k->field[i], i + 1);
    out_end(o);
}

static void say_all(struct out *o)
{
    out_list(o, "kinds");
    for (const struct kind *const *k = schema_kinds; *k; k++) {
        out_open(o, NULL);
        out_z(o, "family", (*k)->family);
        out_z(o, "kind", (*k)->name);
        out_int(o, "number", (*k)->number);
        out_int(o, "fields", (*k)->fields);
        out_z(o, "label", tr(o->lang, (*k)->label));
        out_close(o);
    }
    out_end(o);
}

static void say_schema(struct out *o, const struct kind *k)
{
    struct buf b;

    buf_init(&b, DOCS_MOST);
    schema_json_schema(&b, k, o->lang);
    out_json(o, NULL, buf_view(&b)); /* the answer is the schema itself */
    buf_free(&b);
}

static int say_docs(struct ctx *c, struct out *o)
{
    struct buf b;
    int rc = 0;

    buf_init(&b, DOCS_MOST);
    schema_docs(&b, c->lang);
    if (b.over)
        rc = err_set(c->err, ERR_LIMIT, N_("the page is larger than %zu bytes"), DOCS_MOST);
    else
        out_line(o, buf_view(&b));
    buf_free(&b);
    return rc;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct str name = arg(a, "kind");
    const struct kind *k = name.n ? schema_kind(name) : NULL;

    if (name.n && k == NULL)
        return err_set(c->err, ERR_NOT_FOUND, N_("there is no kind “%.*s”"), STR_ARG(name));
    if (arg_given(a, "docs"))
        return say_docs(c, o);
    if (arg_given(a, "schema") && k == NULL)
        return err_set(c->err, ERR_USAGE, N_("--schema needs a kind"));
    if (k == NULL)
        say_all(o);
    else if (arg_given(a, "schema"))
        say_schema(o, k);
    else
        say_kind(o, k);
    return 0;
}

static const struct param params[] = {
    {"kind", P_KIND, .positional = true, .help = N_("one kind, with its fields")},
    {"schema", P_FLAG, .help = N_("as a JSON Schema (2020-12)")},
    {"docs", P_FLAG, .help = N_("all of them as one page (docs/kinds.md)")},
    {0},
};

const struct op records_kinds = {
    .name = "kinds",
    .summary = N_("say what a record may say: the kinds and their fields"),
    .params = params,
    .method = "GET",
    .path = "/kinds",
    .run = run,
    .example = "kinds trip",
};

static const struct param one_params[] = {
    {"kind", P_KIND, .positional = true, .required = true, .help = N_("the kind of record")},
    {"schema", P_FLAG, .help = N_("as a JSON Schema (2020-12)")},
    {0},
};

const struct op records_kind = {
    .name = "kind",
    .summary = N_("say what a record of one kind may say"),
    .params = one_params,
    .method = "GET",
    .path = "/kinds/{kind}",
    .run = run,
    .example = "kind wait --schema",
};
