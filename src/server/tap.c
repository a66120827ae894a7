/*
 * tap.c: stands between an op and the JSON writer and remembers what the headers need: the top object's `id` and
 * `next`, and where its `faults` are.
 */
#include "server/internal.h"

static struct tap *tap_of(struct out *o)
{
    return (struct tap *)o; /* out is its first member */
}

/* Is a value of this key a member of the top object, opened or implied (puente.h)? */
static bool at_top(const struct tap *t, const char *key)
{
    return key && (t->depth == 0 || (t->depth == 1 && t->object));
}

static void said(struct tap *t)
{
    if (t->depth == 0 && t->flush)
        t->flush(t->flush_arg);
}

static void tap_open(struct out *o, const char *key)
{
    struct tap *t = tap_of(o);

    if (t->depth == 0)
        t->object = key == NULL;
    out_open(t->inner, key);
    t->depth++;
}

static void tap_close(struct out *o)
{
    struct tap *t = tap_of(o);

    out_close(t->inner);
    t->depth--;
    said(t);
}

static void tap_list(struct out *o, const char *key)
{
    struct tap *t = tap_of(o);
    bool faults = at_top(t, key) && strcmp(key, "faults") == 0;

    if (t->depth == 0)
        t->object = false;
    out_list(t->inner, key);
    t->depth++;
    if (faults && t->faults_end == 0) {
        t->faults_from = t->to->n - strlen("\"faults\":[");
        t->faults_depth = t->depth;
    }
}

static void tap_end(struct out *o)
{
    struct tap *t = tap_of(o);
    bool faults = t->faults_depth == t->depth;

    out_end(t->inner);
    t->depth--;
    if (faults) {
        t->faults_end = t->to->n - (t->depth == 0); /* an implied object has its brace behind the list */
        t->faults_depth = 0;
    }
    said(t);
}

static void tap_value(struct out *o, const char *key, struct str text, bool quoted)
{
    struct tap *t = tap_of(o);

    if (at_top(t, key) && strcmp(key, "id") == 0)
        t->id = arena_copy(t->arena, text);
    if (at_top(t, key) && strcmp(key, "next") == 0 && !str_eq(text, S("null")))
        t->next = arena_copy(t->arena, text);
    t->inner->ops->value(t->inner, key, text, quoted);
    if (at_top(t, key) && strcmp(key, "faults") == 0 && !quoted && t->faults_end == 0) {
        t->faults_end = t->to->n - (t->depth == 0);
        t->faults_from = t->faults_end - text.n - strlen("\"faults\":");
    }
    said(t);
}

static void tap_record(struct out *o, const struct record *r, uint64_t hide)
{
    struct tap *t = tap_of(o);
    char id[UUID_SIZE];

    if (t->depth == 0 && t->id.n == 0) {
        uuid_format(r->head.id, id);
        t->id = arena_copy(t->arena, str_z(id));
    }
    out_record(t->inner, r, hide);
    said(t);
}

static void tap_line(struct out *o, struct str line)
{
    struct tap *t = tap_of(o);

    t->raw = true;
    buf_str(t->to, line);
    said(t);
}

static const struct out_ops tap_ops = {tap_open,  tap_close,  tap_list, tap_end,
                                       tap_value, tap_record, tap_line};

void tap_init(struct tap *t, struct arena *a, struct buf *to, enum lang lang)
{
    *t = (struct tap){.out = {&tap_ops, lang}, .arena = a, .to = to};
    t->inner = out_to_json(a, to, lang);
}
