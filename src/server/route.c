/*
 * route.c: from a method and a path to an op. A template is literal segments and {names}; where two templates
 * fit, the one with the earlier literal wins ("/records/kinds" before "/records/{kind}").
 */
#include "server/internal.h"

#include <stdio.h>

static const char *const safe_methods[] = {"GET", "HEAD", NULL};

static bool is_safe(struct str method)
{
    for (size_t i = 0; safe_methods[i]; i++)
        if (str_eq(method, str_z(safe_methods[i])))
            return true;
    return false;
}

bool route_served(const struct op *op)
{
    if (op->method == NULL || op->path == NULL || (op->flags & (OP_LOCAL | OP_PEER)))
        return false;
    return !((op->flags & OP_WRITES) && is_safe(str_z(op->method)));
}

static bool is_name(struct str segment)
{
    return segment.n > 2 && segment.p[0] == '{' && segment.p[segment.n - 1] == '}';
}

/* Fits `path` into a template. *literal has a bit for each literal segment, the first one highest. */
static bool fits(struct arena *a, const char *tmpl, struct str path, struct route *r, uint32_t *literal)
{
    struct str t = str_z(tmpl), want, got;
    unsigned at = LIMIT_SEGMENTS;

    r->vars = 0;
    *literal = 0;
    while (str_split(&t, '/', &want)) {
        struct str plain;
        if (at-- == 0 || !str_split(&path, '/', &got) || !url_decode(a, got, false, &plain))
            return false;
        if (is_name(want)) {
            if (plain.n == 0)
                return false;
            r->var[r->vars++] = plain;
        } else {
            if (!str_eq(want, plain))
                return false;
            *literal |= UINT32_C(1) << at;
        }
    }
    return path.p == NULL;
}

static void allow_add(struct route *r, const char *method)
{
    char word[16];
    size_t used = strlen(r->allow);
    int n = snprintf(word, sizeof word, "%s%s", used ? ", " : "", method);

    if (n > 0 && (size_t)n < sizeof word && used + (size_t)n < sizeof r->allow &&
        strstr(r->allow, method) == NULL)
        memcpy(r->allow + used, word, (size_t)n + 1);
}

int route_find(struct arena *a, const struct room *const *rooms, struct str method, struct str path,
               struct route *out)
{
    struct route best = {.peers = out->peers};
    uint32_t best_literal = 0;
    bool found = false;

    if (str_eq(method, S("HEAD")))
        method = S("GET");
    for (size_t i = 0; rooms[i]; i++) {
        for (size_t k = 0; rooms[i]->ops && rooms[i]->ops[k]; k++) {
            struct route r = {.peers = out->peers, .room = rooms[i], .op = rooms[i]->ops[k]};
            uint32_t literal;
            if (!(r.peers ? (r.op->flags & OP_PEER) != 0 : route_served(r.op)) ||
                !fits(a, r.op->path, path, &r, &literal))
                continue;
            allow_add(&best, r.op->method);
            if (strcmp(r.op->method, "GET") == 0)
                allow_add(&best, "HEAD");
            if (!str_eq(method, str_z(r.op->method)) || (found && literal <= best_literal))
                continue;
            memcpy(r.allow, best.allow, sizeof r.allow);
            best = r;
            best_literal = literal;
            found = true;
        }
    }
    *out = best;
    return found ? STATUS_OK : best.allow[0] ? 405 : 404;
}

bool route_var(const char *tmpl, size_t i, struct str *name)
{
    struct str t = str_z(tmpl), segment;

    while (str_split(&t, '/', &segment)) {
        if (!is_name(segment) || i-- > 0)
            continue;
        *name = str_n(segment.p + 1, segment.n - 2);
        return true;
    }
    return false;
}

const struct param *route_param(const struct op *op, struct str name)
{
    for (const struct param *p = op->params; p && p->name; p++)
        if (str_eq(str_z(p->name), name))
            return p;
    return NULL;
}

const struct param *route_rest(const struct op *op)
{
    for (const struct param *p = op->params; p && p->name; p++)
        if (p->rest)
            return p;
    return NULL;
}

const struct param *route_typed(const struct op *op, enum param_type t)
{
    for (const struct param *p = op->params; p && p->name; p++)
        if (p->type == t)
            return p;
    return NULL;
}

const struct param *route_cursor(const struct op *op)
{
    const struct param *p = route_param(op, S("cursor"));
    return p ? p : route_param(op, S("after"));
}
