/*
 * args.c: from a request's path, query and body to an op's arguments, typed by its params. Pure: no socket, no
 * file, no clock; tests/fuzz/fuzz_http.c feeds it.
 *
 * A query names params; names that are none are fields where the op takes fields (`rest`), else refused. Files never
 * come by name, only as a body: a path in a query would read this machine's disk. A JSON body is an object: it is
 * the P_JSON param where the op has one, else its members are params and fields.
 */
#include "server/internal.h"

#include <jansson.h>
#include <stdlib.h>
#include <strings.h>

const char *const args_file_types[] = {
    "application/octet-stream",
    "application/edi-x12",
    "application/edifact",
    "application/edi-consent",
    "application/xml",
    "text/xml",
    "text/csv",
    "application/x-ndjson",
    "application/json",
    NULL,
};

static bool is_file_type(struct str media)
{
    for (size_t i = 0; args_file_types[i]; i++)
        if (media.n == strlen(args_file_types[i]) && strncasecmp(media.p, args_file_types[i], media.n) == 0)
            return true;
    return false;
}

static int add_named(struct plan *p, struct str name, struct str value, bool query, struct err *e)
{
    const struct op *op = p->route.op;
    const struct param *param = route_param(op, name);

    if (param && query && (param->type == P_FILE || param->type == P_JSON)) {
        err_set(e, ERR_USAGE, N_("“%s” goes into the request's body, not into its address"), param->name);
        return 400;
    }
    if (param && param->type != P_FILE && param->type != P_JSON) {
        args_add(p->args, name, value);
        return STATUS_OK;
    }
    if (param == NULL && route_rest(op)) {
        args_add_rest(p->args, name, value);
        return STATUS_OK;
    }
    err_set(e, ERR_USAGE, N_("%s takes no “%.*s”"), op->name, (int)(name.n > 64 ? 64 : name.n), name.p);
    return 400;
}

/* Names that every address may carry, unless the op has a param of that name. */
static struct str *common(struct plan *p, struct str name)
{
    if (route_param(p->route.op, name))
        return NULL;
    if (str_eq(name, S("purpose")))
        return &p->purpose;
    if (str_eq(name, S("case")))
        return &p->the_case;
    if (str_eq(name, S("lang")))
        return &p->lang;
    return NULL;
}

static int add_query(struct arena *a, struct plan *p, struct err *e)
{
    struct str query = p->query, pair;
    size_t pairs = 0;

    while (str_split(&query, '&', &pair)) {
        struct str name, value, raw = pair, *known;
        if (pair.n == 0)
            continue;
        if (++pairs > LIMIT_PAIRS) {
            err_set(e, ERR_USAGE, N_("the query has more than %d parts"), (int)LIMIT_PAIRS);
            return 400;
        }
        (void)str_split(&raw, '=', &name);
        if (!url_decode(a, name, true, &name) || !url_decode(a, raw.p ? raw : S(""), true, &value)) {
            err_set(e, ERR_USAGE,
                    N_("the query is not well-formed: a bad %% escape, or bytes that are not UTF-8"));
            return 400;
        }
        known = common(p, name);
        if (known) {
            *known = value;
            continue;
        }
        int status = add_named(p, name, value, true, e);
        if (status)
            return status;
    }
    return STATUS_OK;
}

static int add_path(struct plan *p, struct err *e)
{
    struct str name;

    for (size_t i = 0; route_var(p->route.op->path, i, &name); i++) {
        const struct param *param = route_param(p->route.op, name);
        struct str value = p->route.var[i];
        if (param == NULL || param->type == P_FILE || param->type == P_JSON)
            continue; /* a template names only params; checked by the tests */
        if (param->type == P_KIND && schema_kind(value) == NULL) {
            err_set(e, ERR_NOT_FOUND, N_("there is no kind “%.*s”"), (int)(value.n > 64 ? 64 : value.n),
                    value.p);
            return 404;
        }
        args_add(p->args, name, value);
    }
    return STATUS_OK;
}

static int plan_body(const struct ask *ask, struct plan *p, struct err *e)
{
    const struct op *op = p->route.op;
    struct str media = policy_media(ask->content_type);
    bool json = media.n == 16 && strncasecmp(media.p, "application/json", 16) == 0;
    bool file = route_typed(op, P_FILE) != NULL;

    p->body = BODY_NONE;
    if (!ask->has_body)
        return STATUS_OK;
    if (ask->peers) {
        p->body = BODY_MESSAGE;
        if (media.n == 16 && strncasecmp(media.p, "application/cbor", 16) == 0)
            return STATUS_OK;
        err_set(e, ERR_USAGE, N_("a peer's message is application/cbor"));
        return 415;
    }
    if (strcmp(op->method, "GET") == 0) {
        err_set(e, ERR_USAGE, N_("a GET request has no body"));
        return 400;
    }
    if (json && (!file || route_typed(op, P_JSON)))
        p->body = BODY_JSON;
    else if (file && is_file_type(media))
        p->body = BODY_FILE;
    else {
        err_set(e, ERR_USAGE, N_("%s does not take a body of the type “%.*s”; it takes %s"), op->name,
                (int)(media.n > 64 ? 64 : media.n), media.p,
                file ? "application/octet-stream, application/edi-x12, application/edifact, text/csv, "
                       "application/xml, application/x-ndjson, application/json"
                     : "application/json");
        return 415;
    }
    return STATUS_OK;
}

int args_plan(struct arena *a, const struct room *const *rooms, const struct ask *ask, struct plan *p,
              struct err *e)
{
    struct str rest = ask->target, api = ask->peers ? S(PEER "/") : S(API "/");
    int status;

    if (ask->target.n > LIMIT_TARGET) {
        err_set(e, ERR_LIMIT, N_("the address is longer than %zu bytes"), LIMIT_TARGET);
        return 414;
    }
    *p = (struct plan){.args = args_new(a), .route.peers = ask->peers};
    (void)str_split(&rest, '?', &p->path);
    p->query = rest.p ? rest : S("");
    if (!str_starts(p->path, api)) {
        err_set(e, ERR_NOT_FOUND, N_("nothing is served at this address"));
        return 404;
    }
    status =
        route_find(a, rooms, ask->method, str_n(p->path.p + api.n - 1, p->path.n - api.n + 1), &p->route);
    if (status == 404)
        err_set(e, ERR_NOT_FOUND, N_("nothing is served at this address"));
    if (status == 405)
        err_set(e, ERR_USAGE, N_("this address takes %s, not %.*s"), p->route.allow,
                (int)(ask->method.n > 16 ? 16 : ask->method.n), ask->method.p);
    if (status == STATUS_OK)
        status = add_path(p, e);
    if (status == STATUS_OK)
        status = add_query(a, p, e);
    if (status == STATUS_OK)
        status = plan_body(ask, p, e);
    return status;
}

/* A JSON number as the shortest decimal that reads back as the same double. */
static struct str real_text(struct arena *a, double d)
{
    struct str s = arena_fmt(a, "%.15g", d);
    return strtod(s.p, NULL) == d ? s : arena_fmt(a, "%.17g", d);
}

static int scalar(struct arena *a, const char *name, const json_t *v, struct str *out, struct err *e)
{
    if (json_is_string(v))
        *out = arena_copy(a, str_n(json_string_value(v), json_string_length(v)));
    else if (json_is_integer(v))
        *out = arena_fmt(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    else if (json_is_real(v))
        *out = real_text(a, json_real_value(v));
    else if (json_is_boolean(v))
        *out = json_is_true(v) ? S("true") : S("false");
    else {
        err_set(e, ERR_USAGE, N_("“%.64s” must be a text, a number, true or false"), name);
        return 400;
    }
    return STATUS_OK;
}

static int add_list(struct arena *a, struct plan *p, const char *key, const json_t *list, struct err *e)
{
    const struct param *param = route_param(p->route.op, str_z(key));
    struct str name = arena_copy(a, str_z(key)), item, joined = S("");
    int status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < json_array_size(list); i++) {
        status = scalar(a, key, json_array_get(list, i), &item, e);
        if (status)
            break;
        if (param)
            status = add_named(p, name, item, false, e);
        else
            joined = i ? arena_fmt(a, "%.*s; %.*s", STR_ARG(joined), STR_ARG(item)) : item;
    }
    return status || param ? status : add_named(p, name, joined, false, e);
}

static int add_members(struct arena *a, struct plan *p, json_t *object, struct err *e)
{
    const char *key;
    json_t *v;

    if (json_object_size(object) > LIMIT_PAIRS) {
        err_set(e, ERR_USAGE, N_("the body has more than %d members"), (int)LIMIT_PAIRS);
        return 400;
    }
    json_object_foreach(object, key, v)
    {
        struct str value;
        int status = STATUS_OK;
        if (json_is_array(v))
            status = add_list(a, p, key, v, e);
        else if (!json_is_null(v)) {
            status = scalar(a, key, v, &value, e);
            if (status == STATUS_OK)
                status = add_named(p, arena_copy(a, str_z(key)), value, false, e);
        }
        if (status)
            return status;
    }
    return STATUS_OK;
}

/* jansson counts no depth but its own 2048; a bracket scan that skips strings is enough. */
static bool too_deep(struct str s)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > LIMIT_JSON_DEPTH)
                return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

static int body_json(struct arena *a, struct plan *p, struct str body, struct err *e)
{
    const struct param *whole = route_typed(p->route.op, P_JSON);
    json_error_t bad = {.text = ""};
    json_t *root = NULL;
    int status = 400;

    if (too_deep(body)) {
        err_set(e, ERR_USAGE, N_("the body is nested deeper than %d levels"), (int)LIMIT_JSON_DEPTH);
        return 400;
    }
    root = json_loadb(body.p ? body.p : "", body.n, JSON_REJECT_DUPLICATES, &bad);
    if (root == NULL)
        err_set(e, ERR_USAGE, N_("the body is not JSON: line %d, column %d: %s"), bad.line, bad.column,
                bad.text);
    else if (whole && (json_is_object(root) || json_is_array(root)))
        status = (args_add(p->args, str_z(whole->name), body), STATUS_OK);
    else if (!json_is_object(root))
        err_set(e, ERR_USAGE, N_("the body must be a JSON object"));
    else
        status = add_members(a, p, root, e);
    json_decref(root);
    return status;
}

int args_body(struct arena *a, struct plan *p, struct str body, struct err *e)
{
    int status = STATUS_OK;

    if (p->body == BODY_MESSAGE) { /* bytes, not text: nothing to check but that they are there */
        args_add(p->args, str_z(p->route.op->params->name), body);
        return STATUS_OK;
    }
    if (p->body == BODY_FILE)
        args_add(p->args, str_z(route_typed(p->route.op, P_FILE)->name), body);
    else if (p->body == BODY_JSON)
        status = body_json(a, p, body, e);
    if (status == STATUS_OK && args_check(p->args, p->route.op, e))
        status = answer_status(e->code);
    return status;
}
