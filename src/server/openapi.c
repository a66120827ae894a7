/*
 * openapi.c: the API's description (OpenAPI 3.1.0), written from the op tables and the kinds, in the language asked
 * for. Nothing is described by hand but what every address shares: problems, paging, purpose and language.
 */
#include "server/internal.h"

#include "base/json.h"

struct writer {
    struct buf *b;
    const struct room *const *rooms;
    enum lang lang;
};

static void text(struct writer *w, const char *key, const char *msgid)
{
    json_key(w->b, key);
    json_str(w->b, str_z(tr(w->lang, msgid)));
}

static void plain(struct writer *w, const char *key, const char *value)
{
    json_key(w->b, key);
    json_str(w->b, str_z(value));
}

static void open_object(struct writer *w, const char *key)
{
    if (key)
        json_key(w->b, key);
    else
        json_comma(w->b);
    buf_char(w->b, '{');
}

static void close_object(struct writer *w)
{
    buf_char(w->b, '}');
}

static void ref(struct writer *w, const char *key, const char *to)
{
    open_object(w, key);
    json_key(w->b, "$ref");
    buf_fmt(w->b, "\"#/components/%s\"", to);
    close_object(w);
}

/* ---- parameters ---- */

static void choices(struct writer *w, const char *const *c)
{
    json_key(w->b, "enum");
    buf_char(w->b, '[');
    for (; c && *c; c++) {
        json_comma(w->b);
        json_str(w->b, str_z(*c));
    }
    buf_char(w->b, ']');
}

static void type_of(struct writer *w, const struct param *p)
{
    switch (p->type) {
    case P_TEXT:
        plain(w, "type", "string");
        return;
    case P_FILE:
    case P_JSON:
        return; /* a body: anything */
    case P_INT:
        plain(w, "type", "integer");
        plain(w, "format", "int64");
        return;
    case P_FLAG:
        plain(w, "type", "boolean");
        return;
    case P_KIND:
        json_key(w->b, "$ref");
        buf_z(w->b, "\"#/components/schemas/KindName\"");
        return;
    case P_ID:
        plain(w, "type", "string");
        plain(w, "format", "uuid");
        return;
    case P_CHOICE:
        plain(w, "type", "string");
        choices(w, p->choices);
        return;
    }
}

static void schema_of(struct writer *w, const char *key, const struct param *p)
{
    open_object(w, key);
    if (p->many) {
        plain(w, "type", "array");
        open_object(w, "items");
        type_of(w, p);
        close_object(w);
    } else {
        type_of(w, p);
    }
    close_object(w);
}

static bool in_path(const struct op *op, const struct param *p)
{
    struct str name;

    for (size_t i = 0; route_var(op->path, i, &name); i++)
        if (str_eq(name, str_z(p->name)))
            return true;
    return false;
}

/* Ops that take a body of their own kind get their other params by query; the rest of those that are not GET take
 * them as members of a JSON object. */
static bool whole_body(const struct op *op)
{
    return route_typed(op, P_FILE) || route_typed(op, P_JSON);
}

static bool in_body(const struct op *op, const struct param *p)
{
    if (p->type == P_FILE || p->type == P_JSON)
        return true;
    return strcmp(op->method, "GET") != 0 && !whole_body(op) && !in_path(op, p);
}

static void parameter(struct writer *w, const struct op *op, const struct param *p)
{
    bool path = in_path(op, p);

    open_object(w, NULL);
    plain(w, "name", p->name);
    plain(w, "in", path ? "path" : "query");
    if (path || p->required)
        buf_z(w->b, ",\"required\":true");
    if (p->help)
        text(w, "description", p->help);
    schema_of(w, "schema", p);
    close_object(w);
}

static void parameters(struct writer *w, const struct op *op)
{
    json_key(w->b, "parameters");
    buf_char(w->b, '[');
    for (const struct param *p = op->params; p && p->name; p++)
        if (!in_body(op, p))
            parameter(w, op, p);
    if (route_rest(op) && (strcmp(op->method, "GET") == 0 || route_typed(op, P_FILE))) {
        open_object(w, NULL);
        plain(w, "name", "fields");
        plain(w, "in", "query");
        text(w, "description",
             N_("fields of the kind, each as a query part of its own: ?port=2704&mode=road"));
        buf_z(w->b, ",\"style\":\"form\",\"explode\":true,\"schema\":{\"type\":\"object\","
                    "\"additionalProperties\":{\"type\":\"string\"}}");
        close_object(w);
    }
    ref(w, NULL, "parameters/Lang");
    ref(w, NULL, "parameters/Purpose");
    ref(w, NULL, "parameters/Case");
    buf_char(w->b, ']');
}

/* ---- bodies ---- */

static void members_schema(struct writer *w, const struct op *op)
{
    plain(w, "type", "object");
    open_object(w, "properties");
    for (const struct param *p = op->params; p && p->name; p++)
        if (in_body(op, p))
            schema_of(w, p->name, p);
    close_object(w);
    json_key(w->b, "required");
    buf_char(w->b, '[');
    for (const struct param *p = op->params; p && p->name; p++)
        if (in_body(op, p) && p->required) {
            json_comma(w->b);
            json_str(w->b, str_z(p->name));
        }
    buf_char(w->b, ']');
    json_key(w->b, "additionalProperties");
    buf_z(w->b, route_rest(op) ? "true" : "false");
}

static void json_body(struct writer *w, const struct op *op)
{
    open_object(w, "application/json");
    open_object(w, "schema");
    if (!route_typed(op, P_JSON))
        members_schema(w, op);
    else if (route_typed(op, P_KIND)) {
        json_key(w->b, "anyOf");
        buf_char(w->b, '[');
        for (const struct kind *const *k = schema_kinds; *k; k++) {
            json_comma(w->b);
            buf_fmt(w->b, "{\"$ref\":\"#/components/schemas/%s\"}", (*k)->name);
        }
        buf_char(w->b, ']');
    } else {
        plain(w, "type", "object");
    }
    close_object(w);
    close_object(w);
}

static void file_body(struct writer *w)
{
    for (size_t i = 0; args_file_types[i]; i++) {
        open_object(w, args_file_types[i]);
        open_object(w, "schema");
        close_object(w);
        close_object(w);
    }
}

static void body(struct writer *w, const struct op *op)
{
    const struct param *file = route_typed(op, P_FILE), *json = route_typed(op, P_JSON);
    bool members = false;

    if (strcmp(op->method, "GET") == 0)
        return;
    for (const struct param *p = op->params; p && p->name; p++)
        members = members || in_body(op, p) || p->rest;
    if (!members)
        return;
    open_object(w, "requestBody");
    if ((file && file->required) || (json && json->required))
        buf_z(w->b, "\"required\":true");
    open_object(w, "content");
    if (file)
        file_body(w);
    if (json || !file)
        json_body(w, op);
    close_object(w);
    close_object(w);
}

/* ---- operations ---- */

static void answer(struct writer *w, const char *status, const char *description, const char *type)
{
    open_object(w, status);
    text(w, "description", description);
    if (type) {
        open_object(w, "content");
        open_object(w, type);
        open_object(w, "schema");
        if (strcmp(type, "application/json") == 0)
            plain(w, "type", "object");
        close_object(w);
        close_object(w);
        close_object(w);
    }
    close_object(w);
}

static void responses(struct writer *w, const struct op *op)
{
    const char *type = op->flags & OP_STREAM ? "application/x-ndjson"
                       : op->flags & OP_RAW  ? "text/plain"
                                             : "application/json";

    open_object(w, "responses");
    answer(w, "200", N_("the answer"), type);
    if (op->flags & OP_WRITES)
        answer(w, "201", N_("stored and durable; Location says where"), type);
    if (strcmp(op->method, "GET") == 0)
        answer(w, "304", N_("unchanged since the ETag given"), NULL);
    ref(w, "default", "responses/Problem");
    close_object(w);
}

static void operation(struct writer *w, const struct room *r, const struct op *op)
{
    char method[8];
    size_t n = 0;

    for (; op->method[n] && n + 1 < sizeof method; n++)
        method[n] = (char)(op->method[n] | 0x20); /* paths have lower-case methods */
    method[n] = '\0';
    open_object(w, method);
    plain(w, "operationId", op->name);
    json_key(w->b, "tags");
    buf_char(w->b, '[');
    json_str(w->b, str_z(r->name));
    buf_char(w->b, ']');
    if (op->summary)
        text(w, "summary", op->summary);
    if (op->help)
        text(w, "description", op->help);
    parameters(w, op);
    body(w, op);
    responses(w, op);
    close_object(w);
}

/* Is `op` the first served one with its path? */
static bool is_first(const struct writer *w, const struct op *op)
{
    for (const struct room *const *r = w->rooms; *r; r++)
        for (size_t i = 0; (*r)->ops && (*r)->ops[i]; i++) {
            const struct op *other = (*r)->ops[i];
            if (other == op)
                return true;
            if (route_served(other) && strcmp(other->path, op->path) == 0)
                return false;
        }
    return true;
}

static void path_item(struct writer *w, const char *path)
{
    open_object(w, path);
    for (const struct room *const *r = w->rooms; *r; r++)
        for (size_t i = 0; (*r)->ops && (*r)->ops[i]; i++)
            if (route_served((*r)->ops[i]) && strcmp((*r)->ops[i]->path, path) == 0)
                operation(w, *r, (*r)->ops[i]);
    close_object(w);
}

static void paths(struct writer *w)
{
    open_object(w, "paths");
    for (const struct room *const *r = w->rooms; *r; r++)
        for (size_t i = 0; (*r)->ops && (*r)->ops[i]; i++)
            if (route_served((*r)->ops[i]) && is_first(w, (*r)->ops[i]))
                path_item(w, (*r)->ops[i]->path);
    close_object(w);
}

/* ---- components ---- */

static void header_parameter(struct writer *w, const char *key, const char *name, const char *help)
{
    open_object(w, key);
    plain(w, "name", name);
    plain(w, "in", "header");
    text(w, "description", help);
    buf_z(w->b, ",\"schema\":{\"type\":\"string\"}");
    close_object(w);
}

static void components(struct writer *w)
{
    open_object(w, "components");
    open_object(w, "parameters");
    header_parameter(w, "Purpose", "Puente-Purpose",
                     N_("why personal data is looked at; without it, it is withheld; the look is logged"));
    header_parameter(w, "Case", "Puente-Case", N_("the case on whose behalf personal data is looked at"));
    open_object(w, "Lang");
    plain(w, "name", "lang");
    plain(w, "in", "query");
    text(w, "description", N_("the language of the answer; else Accept-Language decides"));
    buf_z(w->b, ",\"schema\":{\"type\":\"string\",\"enum\":[\"en\",\"es\"]}}}");
    open_object(w, "responses");
    open_object(w, "Problem");
    text(w, "description", N_("what went wrong (RFC 9457); bad data comes with its faults"));
    buf_z(w->b, ",\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/"
                "Problem\"}}}}}");
    open_object(w, "schemas");
    buf_z(
        w->b,
        "\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"detail\"],"
        "\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"status\":{"
        "\"type\":"
        "\"integer\"},\"detail\":{\"type\":\"string\"},\"faults\":{\"type\":\"array\",\"items\":{\"type\":"
        "\"object\"}},\"answer\":{}}}");
    open_object(w, "KindName");
    plain(w, "type", "string");
    json_key(w->b, "enum");
    buf_char(w->b, '[');
    for (const struct kind *const *k = schema_kinds; *k; k++) {
        json_comma(w->b);
        json_str(w->b, str_z((*k)->name));
    }
    buf_z(w->b, "]}");
    for (const struct kind *const *k = schema_kinds; *k; k++) {
        json_key(w->b, (*k)->name);
        schema_json_schema(w->b, *k, w->lang);
    }
    close_object(w);
    close_object(w);
}

void openapi_write(struct buf *b, const struct room *const *rooms, enum lang lang)
{
    struct writer w = {b, rooms, lang};

    open_object(&w, NULL);
    plain(&w, "openapi", "3.1.0");
    open_object(&w, "info");
    text(&w, "title", N_("puente: a node's API"));
    text(&w, "description",
         N_("Every verb of the command line that can be served. Lists are paged: `next` in the answer and "
            "Link "
            "rel=next in the headers lead on. Every GET has a strong ETag. Errors are problems (RFC "
            "9457)."));
    plain(&w, "version", "1");
    buf_z(b, ",\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}}");
    buf_z(b, ",\"servers\":[{\"url\":\"" API "\"}]");
    paths(&w);
    components(&w);
    close_object(&w);
    buf_char(b, '\n');
}
