/* docs.c: the tables, told to people (docs/kinds.md) and to programs (JSON Schema 2020-12). */
#include "base/json.h"
#include "schema/ids.h"
#include "schema/internal.h"

/* ---- JSON Schema ---- */

static void member(struct buf *b, const char *name, const char *value)
{
    json_key(b, name);
    json_str(b, str_z(value));
}

static void number_limits(struct buf *b, const struct field *f)
{
    int scale = f->type == T_DECIMAL ? f->scale : 0;

    if (scale) {
        json_key(b, "multipleOf");
        buf_fmt(b, "1e-%d", scale);
    }
    if (f->least == 0 && f->most == 0)
        return;
    json_key(b, "minimum");
    json_decimal(b, f->least, scale);
    if (f->most != INT64_MAX) {
        json_key(b, "maximum");
        json_decimal(b, f->most, scale);
    }
}

static void one_text(struct buf *b, const struct field *f)
{
    member(b, "type", "string");
    if (f->type == T_DATE)
        member(b, "format", "date");
    else if (f->type == T_TIME)
        member(b, "pattern",
               "^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2})?)?$");
    else if (f->type == T_TEXT) {
        json_key(b, "maxLength");
        json_uint(b, f->max ? f->max : TEXT_MAX);
    }
    if (f->type != T_CODE || f->codes->open)
        return;
    json_key(b, "enum");
    buf_char(b, '[');
    for (size_t i = 0; i < f->codes->n; i++) {
        json_comma(b);
        json_str(b, str_z(f->codes->codes[i].code));
    }
    buf_char(b, ']');
}

static void field_type(struct buf *b, const struct field *f)
{
    switch (f->type) {
    case T_TEXT:
    case T_CODE:
    case T_DATE:
    case T_TIME:
        if (!(f->flags & F_MANY)) {
            one_text(b, f);
            return;
        }
        member(b, "type", "array");
        json_key(b, "items");
        buf_char(b, '{');
        one_text(b, f);
        buf_char(b, '}');
        return;
    case T_INT:
        member(b, "type", "integer");
        number_limits(b, f);
        return;
    case T_DECIMAL:
        member(b, "type", "number");
        number_limits(b, f);
        return;
    case T_BOOL:
        member(b, "type", "boolean");
        return;
    case T_REF:
        member(b, "type", "string");
        member(b, "pattern", "^(#[1-9]\\d*|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$");
        if (f->ref)
            member(b, "x-kind", f->ref);
        return;
    case T_BYTES:
        member(b, "type", "string");
        member(b, "contentEncoding", "base64");
        return;
    }
}

static void field_schema(struct buf *b, const struct field *f, enum lang lang)
{
    json_key(b, f->name);
    buf_char(b, '{');
    field_type(b, f);
    member(b, "title", tr(lang, f->label));
    member(b, "description", tr(lang, f->help));
    if (f->unit)
        member(b, "x-unit", f->unit);
    member(b, "x-class", schema_class_name(f->class));
    buf_char(b, '}');
}

void schema_json_schema(struct buf *b, const struct kind *k, enum lang lang)
{
    buf_char(b, '{');
    member(b, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_key(b, "title");
    json_str(b, str_z(k->name));
    json_key(b, "description");
    json_str(b, str_z(tr(lang, k->help)));
    member(b, "type", "object");
    json_key(b, "properties");
    buf_char(b, '{');
    for (int i = 0; i < k->fields; i++)
        field_schema(b, &k->field[i], lang);
    buf_char(b, '}');
    json_key(b, "required");
    buf_char(b, '[');
    for (int i = 0; i < k->fields; i++)
        if (k->field[i].flags & F_REQUIRED) {
            json_comma(b);
            json_str(b, str_z(k->field[i].name));
        }
    buf_char(b, ']');
    json_key(b, "additionalProperties");
    buf_z(b, "false}");
}

/* ---- docs/kinds.md ---- */

static const char *type_label(enum type t)
{
    static const char *const labels[] = {N_("text"),    N_("code"),      N_("integer"),
                                         N_("decimal"), N_("yes or no"), N_("date"),
                                         N_("time"),    N_("reference"), N_("bytes")};
    return labels[t];
}

static const char *class_label(enum sensitivity c)
{
    static const char *const labels[] = {N_("open"), N_("official"), N_("personal"), N_("sealed")};
    return labels[c];
}

static void details(struct buf *b, const struct field *f)
{
    if (f->type == T_CODE)
        buf_fmt(b, "[%s](#%s)", f->codes->name, f->codes->name);
    else if (f->type == T_REF && f->ref)
        buf_fmt(b, "[%s](#%s)", f->ref, f->ref);
    else if (f->type == T_TEXT)
        buf_fmt(b, "≤ %zu B", f->max ? f->max : TEXT_MAX);
    else if (f->type == T_BYTES)
        buf_fmt(b, "≤ %zu B", f->max ? f->max : BYTES_MAX);
    else if (f->type == T_DECIMAL)
        buf_fmt(b, "10^-%d", f->scale);
    if (f->unit)
        buf_fmt(b, "%s%s", f->type == T_INT ? "" : " ", f->unit);
    if (f->shape != SHAPE_ANY)
        buf_fmt(b, ", %s", ids_name(f->shape));
}

static void field_row(struct buf *b, const struct field *f, int number, enum lang lang)
{
    buf_fmt(b, "| %d | `%s` | %s%s%s%s | ", number, f->name, tr(lang, type_label(f->type)),
            f->flags & F_MANY ? " +" : "", f->flags & F_REQUIRED ? " **\\***" : "",
            f->flags & F_KEY ? " ⌕" : "");
    details(b, f);
    buf_fmt(b, " | %s | **%s.** %s |\n", tr(lang, class_label(f->class)), tr(lang, f->label),
            tr(lang, f->help));
}

void schema_docs_kind(struct buf *b, const struct kind *k, enum lang lang)
{
    buf_fmt(b, "### %s\n\n**%s** · %s %u · %s %u%s%s\n\n%s\n\n", k->name, tr(lang, k->label),
            tr(lang, N_("number")), k->number, tr(lang, N_("version")), k->version,
            k->aggregate ? " · " : "", k->aggregate ? tr(lang, N_("counts only")) : "", tr(lang, k->help));
    buf_fmt(b, "| %s | %s | %s | %s | %s | %s |\n|---|---|---|---|---|---|\n", tr(lang, N_("no.")),
            tr(lang, N_("field")), tr(lang, N_("type")), tr(lang, N_("codes, length, unit")),
            tr(lang, N_("class")), tr(lang, N_("meaning")));
    for (int i = 0; i < k->fields; i++)
        field_row(b, &k->field[i], i + 1, lang);
    buf_char(b, '\n');
}

/* Each list once, where a field first uses it. */
static bool first_use(const struct codelist *l, const struct kind *const *at, int field)
{
    for (const struct kind *const *k = schema_kinds;; k++)
        for (int i = 0; i < (*k)->fields; i++) {
            if (k == at && i == field)
                return true;
            if ((*k)->field[i].codes == l)
                return false;
        }
}

static void code_list(struct buf *b, const struct codelist *l, enum lang lang)
{
    buf_fmt(b, "### %s\n\n", l->name);
    for (size_t i = 0; i < l->n; i++)
        buf_fmt(b, "%s`%s` %s", i ? " · " : "", l->codes[i].code, tr(lang, l->codes[i].label));
    buf_z(b, "\n\n");
}

void schema_docs(struct buf *b, enum lang lang)
{
    const char *family = "";

    buf_fmt(
        b, "# %s\n\n%s\n\n%s\n\n", tr(lang, N_("Kinds of record")),
        tr(lang,
           N_("Made from the tables in src/schema; do not edit it by hand. A number is stable for ever: "
              "it is in what is signed.")),
        tr(lang, N_("**\\*** required · **+** several values · ⌕ indexed")));
    for (const struct kind *const *k = schema_kinds; *k; k++) {
        if (strcmp(family, (*k)->family) != 0)
            buf_fmt(b, "## %s\n\n", family = (*k)->family);
        schema_docs_kind(b, *k, lang);
    }
    buf_fmt(b, "## %s\n\n", tr(lang, N_("Code lists")));
    for (const struct kind *const *k = schema_kinds; *k; k++)
        for (int i = 0; i < (*k)->fields; i++)
            if ((*k)->field[i].codes && first_use((*k)->field[i].codes, k, i))
                code_list(b, (*k)->field[i].codes, lang);
}
