/* types.c: what the checker knows of a value before there is one. Gradual: `dyn` where it cannot know. */
#include "cel/internal.h"

const struct ctype cel_types[16] = {
    {.t = CEL_NULL},     {.t = CEL_BOOL},      {.t = CEL_INT},      {.t = CEL_UINT},
    {.t = CEL_DOUBLE},   {.t = CEL_STRING},    {.t = CEL_BYTES},    {.t = CEL_LIST},
    {.t = CEL_MAP},      {.t = CEL_TIMESTAMP}, {.t = CEL_DURATION}, {.t = CEL_TYPE},
    {.t = CEL_OPTIONAL}, {.t = CEL_RECORD},    {.t = CEL_ERROR},    {.t = DYN},
};

const char *cel_type_name(enum cel_type t)
{
    static const char *const names[] = {
        [CEL_NULL] = "null_type",
        [CEL_BOOL] = "bool",
        [CEL_INT] = "int",
        [CEL_UINT] = "uint",
        [CEL_DOUBLE] = "double",
        [CEL_STRING] = "string",
        [CEL_BYTES] = "bytes",
        [CEL_LIST] = "list",
        [CEL_MAP] = "map",
        [CEL_TIMESTAMP] = "google.protobuf.Timestamp",
        [CEL_DURATION] = "google.protobuf.Duration",
        [CEL_TYPE] = "type",
        [CEL_OPTIONAL] = "optional_type",
        [CEL_RECORD] = "record",
        [CEL_ERROR] = "error",
    };
    return names[t];
}

const struct ctype *cel_list_of(struct compiler *c, const struct ctype *t)
{
    struct ctype *l = arena_alloc(c->arena, sizeof *l);

    l->t = CEL_LIST;
    l->a = t;
    return l;
}

const struct ctype *cel_map_of(struct compiler *c, const struct ctype *k, const struct ctype *v)
{
    struct ctype *m = arena_alloc(c->arena, sizeof *m);

    m->t = CEL_MAP;
    m->a = k;
    m->b = v;
    return m;
}

const struct ctype *cel_optional_of(struct compiler *c, const struct ctype *t)
{
    struct ctype *o = arena_alloc(c->arena, sizeof *o);

    o->t = CEL_OPTIONAL;
    o->a = t;
    return o;
}

/* Types nest as deeply as the expressions that make them: what is deeper than this counts as dyn. */
#define TYPE_DEPTH 16

static bool same(const struct ctype *a, const struct ctype *b, unsigned depth)
{
    if (a == b)
        return true;
    if (!a || !b || a->t != b->t || depth == TYPE_DEPTH)
        return false;
    return (a->a == b->a || same(a->a, b->a, depth + 1)) && (a->b == b->b || same(a->b, b->b, depth + 1));
}

const struct ctype *cel_join(const struct ctype *a, const struct ctype *b)
{
    if (a == NULL || b == NULL)
        return a ? a : b;
    if (same(a, b, 0))
        return a;
    if (a->t == b->t && (a->t == CEL_LIST || a->t == CEL_MAP || a->t == CEL_OPTIONAL))
        return &cel_types[a->t]; /* of unknown elements */
    return &cel_types[DYN];
}

static void put(struct buf *b, const struct ctype *t, unsigned depth)
{
    if (t == NULL || t->t == DYN || depth == TYPE_DEPTH) {
        buf_z(b, "dyn");
        return;
    }
    buf_z(b, t->t == CEL_RECORD && t->kind ? t->kind->name : cel_type_name((enum cel_type)t->t));
    if (t->t != CEL_LIST && t->t != CEL_MAP && t->t != CEL_OPTIONAL)
        return;
    buf_char(b, '(');
    put(b, t->a, depth + 1);
    if (t->t == CEL_MAP) {
        buf_z(b, ", ");
        put(b, t->b, depth + 1);
    }
    buf_char(b, ')');
}

struct str cel_type_text(struct arena *a, const struct ctype *t)
{
    struct buf b;
    struct str s;

    buf_init(&b, 256);
    put(&b, t, 0);
    s = arena_copy(a, buf_view(&b));
    buf_free(&b);
    return s;
}
