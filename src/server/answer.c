/*
 * answer.c: an op's answer as HTTP: the status, the body (JSON, text, or RFC 9457 problem), and the headers that follow
 * from what it said: Location of what was created, Link to the next page, a strong ETag.
 *
 * What an op's return means here: 0 is 200, or 201 when an op that writes answers with an `id`. -1 is a problem. 1
 * is a problem (422) from an op that writes and takes fields: nothing was stored, its faults are members of the problem. 1
 * from others is an answer like any other: "no, this log does not verify", or "of these messages two were refused":
 * an op that takes a file answers for every message in it, and has stored each verdict.
 */
#include "server/internal.h"

#include "base/json.h"

#include <stdio.h>

/* ---- statuses ---- */

const char *answer_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {400, N_("The request makes no sense")},
        {403, N_("No right to see or do this")},
        {404, N_("Not found")},
        {405, N_("This address does not take this method")},
        {406, N_("No answer in a form that is accepted")},
        {408, N_("The request took too long")},
        {409, N_("Somebody else was faster")},
        {413, N_("Too large")},
        {414, N_("The address is too long")},
        {415, N_("A body of this type is not understood")},
        {421, N_("Not the node that was asked for")},
        {422, N_("The data breaks a rule")},
        {500, N_("The node failed")},
        {503, N_("The node is busy")},
        {507, N_("No space left")},
    };

    for (size_t i = 0; i < COUNT(phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return N_("The node failed");
}

int answer_status(enum err_code code)
{
    switch (code) {
    case ERR_NONE:
        return 500;
    case ERR_USAGE:
        return 400;
    case ERR_DATA:
        return 422;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_DENIED:
        return 403;
    case ERR_CONFLICT:
        return 409;
    case ERR_LIMIT:
        return 413;
    case ERR_BUSY:
        return 503;
    case ERR_FULL:
        return 507;
    case ERR_IO:
    case ERR_CORRUPT:
        return 500;
    }
    return 500;
}

void answer_problem(struct answer *w, int status, const struct err *e, struct str extra)
{
    struct buf *b = &w->body;

    buf_reset(b);
    w->status = status;
    w->type = "application/problem+json";
    w->location = w->link = S("");
    buf_z(b, "{\"type\":\"about:blank\"");
    json_key(b, "title");
    json_str(b, str_z(tr(e->lang, answer_phrase(status))));
    json_key(b, "status");
    json_int(b, status);
    json_key(b, "detail");
    json_str(b, str_z(e->code == ERR_NONE ? tr(e->lang, answer_phrase(status)) : e->text));
    if (extra.n) {
        buf_char(b, ',');
        buf_str(b, extra);
    }
    buf_z(b, "}\n");
}

/* ---- headers that follow from the answer ---- */

/* A GET whose template ends in {id} and whose other names this request has: where the new record is. */
static struct str location(struct ctx *c, const struct plan *p, struct str id)
{
    struct buf b;
    struct str found = S("");

    buf_init(&b, LIMIT_TARGET);
    for (size_t i = 0; c->rooms[i] && found.n == 0; i++) {
        for (size_t k = 0; c->rooms[i]->ops && c->rooms[i]->ops[k] && found.n == 0; k++) {
            const struct op *op = c->rooms[i]->ops[k];
            struct str t, segment;
            bool good = route_served(op) && strcmp(op->method, "GET") == 0 && strstr(op->path, "{id}") &&
                        strcmp(strstr(op->path, "{id}"), "{id}") == 0;
            if (!good)
                continue;
            t = str_z(op->path);
            buf_reset(&b);
            buf_z(&b, API);
            (void)str_split(&t, '/', &segment); /* before the first slash */
            while (good && str_split(&t, '/', &segment)) {
                buf_char(&b, '/');
                if (segment.n == 0 || segment.p[0] != '{')
                    buf_str(&b, segment);
                else if (str_eq(segment, S("{id}")))
                    url_encode(&b, id);
                else {
                    char *name = arena_z(c->arena, str_n(segment.p + 1, segment.n - 2));
                    good = arg_given(p->args, name);
                    url_encode(&b, arg(p->args, name));
                }
            }
            if (good && !b.over)
                found = arena_copy(c->arena, buf_view(&b));
        }
    }
    buf_free(&b);
    return found;
}

/* The same address with the cursor set to `next`. */
static struct str next_link(struct arena *a, const struct plan *p, struct str next)
{
    const struct param *cursor = route_cursor(p->route.op);
    struct str query = p->query, pair, link = S("");
    struct buf b;

    if (cursor == NULL || next.n == 0)
        return link;
    buf_init(&b, LIMIT_TARGET * 2);
    buf_char(&b, '<');
    buf_str(&b, p->path);
    buf_char(&b, '?');
    while (str_split(&query, '&', &pair)) {
        struct str rest = pair, name;
        if (pair.n == 0 || (str_split(&rest, '=', &name) && str_eq(name, str_z(cursor->name))))
            continue;
        buf_str(&b, pair);
        buf_char(&b, '&');
    }
    buf_fmt(&b, "%s=", cursor->name);
    url_encode(&b, next);
    buf_z(&b, ">; rel=\"next\"");
    if (!b.over)
        link = arena_copy(a, buf_view(&b));
    buf_free(&b);
    return link;
}

void answer_etag(struct answer *w)
{
    uint8_t hash[HASH_SIZE];

    sha256_one(hash, buf_view(&w->body));
    w->etag[0] = '"';
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(w->etag + 1 + 2 * i, 3, "%02x", hash[i]);
    w->etag[65] = '"';
    w->etag[66] = '\0';
}

/* ---- the form ---- */

static const struct {
    const char *format, *media; /* a choice of a param `format`, and what it is on the wire */
} forms[] = {
    {"csv", "text/csv; charset=utf-8; header=present"},
    {"json", "application/x-ndjson"},
};

static const char *answer_form(const char *format)
{
    for (size_t i = 0; i < COUNT(forms); i++)
        if (strcmp(forms[i].format, format) == 0)
            return forms[i].media;
    return "text/plain; charset=utf-8";
}

const char *answer_media(const struct op *op, const struct args *args)
{
    const struct param *format = route_param(op, S("format"));

    if (!(op->flags & OP_STREAM))
        return op->flags & OP_RAW ? "text/plain; charset=utf-8" : "application/json";
    if (format == NULL || format->type != P_CHOICE)
        return "application/x-ndjson";
    for (const char *const *c = format->choices; *c; c++)
        if (str_eq(arg(args, "format"), str_z(*c)))
            return answer_form(*c);
    return answer_form(format->choices[0]); /* the first choice is the one when nothing is said */
}

bool answer_accepted(const struct plan *p, struct str accept)
{
    const struct op *op = p->route.op;
    const struct param *format = route_param(op, S("format"));

    if (policy_accepts(accept, policy_media(str_z(answer_media(op, p->args)))))
        return true;
    if (op->flags & OP_RAW)
        return policy_accepts(accept, S("application/octet-stream"));
    if (!(op->flags & OP_STREAM) || format == NULL || format->type != P_CHOICE ||
        arg_given(p->args, "format"))
        return false;
    for (const char *const *c = format->choices; *c; c++)
        if (policy_accepts(accept, policy_media(str_z(answer_form(*c))))) {
            args_add(p->args, S("format"), str_z(*c));
            return true;
        }
    return false;
}

/* ---- running ---- */

/* What the op said, as members of a problem: its faults by that name, and the rest as `answer`. */
static struct str members(struct arena *a, const struct tap *t)
{
    struct str s = buf_view(t->to), before, after;

    if (t->raw || s.n < 3 || s.p[0] != '{' || s.p[s.n - 1] != '}' || t->to->over)
        return S("");
    if (t->faults_end == 0)
        return arena_fmt(a, "\"answer\":%.*s", STR_ARG(s));
    before = str_n(s.p, t->faults_from);
    after = str_n(s.p + t->faults_end, s.n - t->faults_end);
    if (before.n > 1) /* the comma that led to the faults, or the one behind them */
        before.n--;
    else if (after.p[0] == ',')
        after = str_n(after.p + 1, after.n - 1);
    s = str_n(s.p + t->faults_from, t->faults_end - t->faults_from);
    return before.n + after.n == 2
               ? arena_copy(a, s)
               : arena_fmt(a, "%.*s,\"answer\":%.*s%.*s", STR_ARG(s), STR_ARG(before), STR_ARG(after));
}

void answer_run(struct ctx *c, const struct plan *p, struct answer *w)
{
    const struct op *op = p->route.op;
    bool writes = (op->flags & OP_WRITES) != 0;
    struct tap t;
    int rc;

    tap_init(&t, c->arena, &w->body, c->lang);
    err_clear(c->err);
    rc = op->run(c, p->args, &t.out);
    if (rc > 0 && (op->flags & OP_PEER)) {
        w->foreign = true;
        rc = 0;
    }
    if (rc < 0) {
        answer_problem(w, answer_status(c->err->code), c->err, members(c->arena, &t));
        return;
    }
    if (w->body.over) {
        err_set(c->err, ERR_LIMIT,
                N_("the answer is larger than %zu bytes: ask for fewer at once, or narrow the question"),
                LIMIT_ANSWER);
        answer_problem(w, 413, c->err, S(""));
        return;
    }
    if (rc > 0 && ((writes && !route_typed(op, P_FILE)) || c->err->code != ERR_NONE)) {
        if (c->err->code == ERR_NONE)
            err_set(c->err, ERR_DATA, N_("the data breaks a rule; see the faults"));
        answer_problem(w, answer_status(c->err->code), c->err, members(c->arena, &t));
        return;
    }
    w->status = 200;
    if (writes && t.id.n && strcmp(op->method, "POST") == 0) {
        w->status = 201;
        w->location = location(c, p, t.id);
    }
    w->link = next_link(c->arena, p, t.next);
    w->type = !t.raw                         ? "application/json"
              : str_utf8(buf_view(&w->body)) ? "text/plain; charset=utf-8"
                                             : "application/octet-stream";
    if (!t.raw && w->body.n && w->body.p[w->body.n - 1] != '\n')
        buf_char(&w->body, '\n');
}
