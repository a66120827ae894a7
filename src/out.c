/*
 * out.c: what an op says. The helpers that ops call, and the JSON form of the tree (RFC 8259), for --json
 * and the API: it is written as it comes, nothing is kept but how deep we are. A record is
 *
 *   {"id": ..., "kind": ..., "origin": ..., ..., "fields": {...}, "withheld": ["name", ...]}
 */
#include "puente.h"

#include "base/json.h"

#include <assert.h>

/* ---- what ops call ---- */

void out_open(struct out *o, const char *key)
{
    o->ops->open(o, key);
}

void out_close(struct out *o)
{
    o->ops->close(o);
}

void out_list(struct out *o, const char *key)
{
    o->ops->list(o, key);
}

void out_end(struct out *o)
{
    o->ops->end(o);
}

void out_str(struct out *o, const char *key, struct str s)
{
    o->ops->value(o, key, s, true);
}

void out_z(struct out *o, const char *key, const char *z)
{
    o->ops->value(o, key, str_z(z), true);
}

void out_int(struct out *o, const char *key, int64_t i)
{
    struct buf b;

    buf_init(&b, 32);
    json_int(&b, i);
    o->ops->value(o, key, buf_view(&b), false);
    buf_free(&b);
}

void out_bool(struct out *o, const char *key, bool v)
{
    o->ops->value(o, key, v ? S("true") : S("false"), false);
}

void out_json(struct out *o, const char *key, struct str json)
{
    o->ops->value(o, key, json, false);
}

void out_record(struct out *o, const struct record *r, uint64_t hide)
{
    o->ops->record(o, r, hide);
}

void out_line(struct out *o, struct str line)
{
    o->ops->line(o, line);
}

/* ---- JSON ---- */

#define DEPTH_MAX 32

struct json_out {
    struct out out; /* first: a struct out * is a struct json_out * */
    struct buf *to;
    int depth;
    bool implicit; /* keyed values at the top: the object is ours, its brace is always the last byte */
    bool list[DEPTH_MAX], some[DEPTH_MAX]; /* at each depth: in a list? something said already? */
};

/* What stands before a value: comma, line feed or brace, and the key. */
static void before(struct json_out *j, const char *key)
{
    bool first = !j->some[j->depth];

    j->some[j->depth] = true;
    if (j->depth == 0 && key && (first || j->implicit)) {
        if (j->implicit)
            j->to->n -= j->to->n > 0; /* reopen */
        buf_char(j->to, first ? '{' : ',');
        j->implicit = true;
    } else if (!first) {
        buf_char(j->to, j->depth ? ',' : '\n');
    }
    if (key && (j->depth == 0 ? j->implicit : !j->list[j->depth])) {
        json_str(j->to, str_z(key));
        buf_char(j->to, ':');
    }
}

static void after(struct json_out *j)
{
    if (j->depth == 0 && j->implicit)
        buf_char(j->to, '}');
}

static void enter(struct json_out *j, const char *key, bool list)
{
    assert(j->depth + 1 < DEPTH_MAX);
    before(j, key);
    j->depth++;
    j->list[j->depth] = list;
    j->some[j->depth] = false;
    buf_char(j->to, list ? '[' : '{');
}

static void leave(struct json_out *j, bool list)
{
    assert(j->depth > 0 && j->list[j->depth] == list);
    buf_char(j->to, list ? ']' : '}');
    j->depth--;
    after(j);
}

static void json_open(struct out *o, const char *key)
{
    enter((struct json_out *)o, key, false);
}

static void json_close(struct out *o)
{
    leave((struct json_out *)o, false);
}

static void json_list(struct out *o, const char *key)
{
    enter((struct json_out *)o, key, true);
}

static void json_end(struct out *o)
{
    leave((struct json_out *)o, true);
}

static void json_value(struct out *o, const char *key, struct str text, bool quoted)
{
    struct json_out *j = (struct json_out *)o;

    before(j, key);
    if (quoted)
        json_str(j->to, text);
    else
        buf_str(j->to, text);
    after(j);
}

static void head_text(struct buf *b, const char *key, struct str s)
{
    if (s.n == 0)
        return;
    buf_char(b, ',');
    json_str(b, str_z(key));
    buf_char(b, ':');
    json_str(b, s);
}

static void record_head(struct buf *b, const struct record *r)
{
    static const uint8_t none[16];
    const struct header *h = &r->head;
    char id[UUID_SIZE], when[TIME_SIZE];

    uuid_format(h->id, id);
    buf_z(b, "{\"id\":");
    json_str(b, str_z(id));
    head_text(b, "kind", str_z(r->kind->name));
    head_text(b, "origin", h->origin);
    head_text(b, "author", h->author);
    if (h->recorded)
        head_text(b, "recorded", str_n(when, time_format(h->recorded, when)));
    if (memcmp(h->replaces, none, sizeof none) != 0) {
        uuid_format(h->replaces, id);
        head_text(b, "replaces", str_z(id));
    }
    head_text(b, "handling", h->handling);
    head_text(b, "purpose", h->purpose);
    head_text(b, "basis", h->basis);
    head_text(b, "grading", h->grading);
    if (h->exercise)
        buf_z(b, ",\"exercise\":true");
}

static void json_record(struct out *o, const struct record *r, uint64_t hide)
{
    struct json_out *j = (struct json_out *)o;
    bool keyed = j->depth ? !j->list[j->depth] : j->implicit, some = false;

    before(j, keyed ? "record" : NULL);
    record_head(j->to, r);
    buf_z(j->to, ",\"fields\":");
    schema_json_fields(j->to, r, hide);
    for (int f = 0; f < r->kind->fields; f++)
        if (record_has(r, f) && (hide >> f & 1)) {
            buf_z(j->to, some ? "," : ",\"withheld\":[");
            json_str(j->to, str_z(r->kind->field[f].name));
            some = true;
        }
    buf_z(j->to, some ? "]}" : "}");
    after(j);
}

static void json_line(struct out *o, struct str line)
{
    buf_str(((struct json_out *)o)->to, line);
}

struct out *out_to_json(struct arena *a, struct buf *to, enum lang lang)
{
    static const struct out_ops ops = {json_open,  json_close,  json_list, json_end,
                                       json_value, json_record, json_line};
    struct json_out *j = arena_alloc(a, sizeof *j);

    j->out = (struct out){&ops, lang};
    j->to = to;
    return &j->out;
}
