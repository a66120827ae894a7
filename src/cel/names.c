/* names.c: what a name means: a variable of a macro, a declared variable (whose name may have dots: the longest that
 * fits counts), a field of a record, a type. langdef.md, "Name Resolution". */
#include "cel/internal.h"

#include <stdlib.h>

#define DOTTED_MAX 256

/* a.b.c as written, or empty when it is something else. */
static struct str dotted(const struct cel_node *n, char out[DOTTED_MAX])
{
    size_t at = DOTTED_MAX;

    for (;; n = n->arg[0]) {
        if ((n->kind != N_NAME && n->kind != N_SELECT) || n->optional || n->escaped || n->parentheses ||
            n->name.n + 1 > at)
            return (struct str){0};
        at -= n->name.n;
        memcpy(out + at, n->name.p, n->name.n);
        if (n->kind == N_NAME)
            return str_n(out + at, DOTTED_MAX - at);
        out[--at] = '.';
    }
}

static const struct scope *find_scope(const struct compiler *c, struct str name)
{
    for (unsigned i = c->scopes; i > 0; i--)
        if (str_eq(c->scope[i - 1].name, name))
            return &c->scope[i - 1];
    return NULL;
}

static bool find_var(const struct compiler *c, struct str name, size_t *i)
{
    for (*i = 0; *i < c->env->vars; (*i)++)
        if (str_eq(c->env->var[*i].name, name))
            return true;
    return false;
}

static bool find_type(struct str name, enum cel_type *t)
{
    for (int i = 0; i < CEL_RECORD; i++)
        if (str_eq(name, str_z(cel_type_name((enum cel_type)i)))) {
            *t = (enum cel_type)i;
            return true;
        }
    return false;
}

static void record_read(struct compiler *c, const struct cel_node *n, bool has)
{
    if (c->n_reads == c->cap_reads) {
        size_t cap = c->cap_reads ? c->cap_reads * 2 : 8;
        struct cel_read *more = arena_alloc(c->arena, cap * sizeof *more);
        if (c->n_reads)
            memcpy(more, c->reads, c->n_reads * sizeof *more);
        c->reads = more;
        c->cap_reads = cap;
    }
    c->reads[c->n_reads++] =
        (struct cel_read){.var = n->var, .field = n->field, .offset = n->from, .has = has};
}

static bool as_var(struct compiler *c, struct cel_node *n, size_t i)
{
    const struct cel_var *v = &c->env->var[i];

    n->kind = N_VAR;
    n->var = i;
    n->args = 0;
    n->height = 1;
    n->type = &cel_types[DYN];
    n->size.n = n->size.all = v->size ? v->size : SIZE_ANY;
    if (v->kind)
        return cel_bad(c, n->at, N_("“%.*s” is a record: name one of its fields"), STR_ARG(v->name)) !=
               NULL;
    record_read(c, n, false);
    return true;
}

static bool as_type(struct cel_node *n, enum cel_type t)
{
    n->kind = N_CONST;
    n->args = 0;
    n->height = 1;
    n->constant = true;
    n->value = (struct cel_value){.type = CEL_TYPE, .i = t};
    return true;
}

static const struct ctype *field_type(struct compiler *c, const struct field *f)
{
    if (f->flags & F_MANY)
        return cel_list_of(c, &cel_types[CEL_STRING]);
    switch (f->type) {
    case T_TEXT:
    case T_CODE:
    case T_REF:
        return &cel_types[CEL_STRING];
    case T_INT:
        return &cel_types[CEL_INT];
    case T_DECIMAL:
        return &cel_types[CEL_DOUBLE];
    case T_BOOL:
        return &cel_types[CEL_BOOL];
    case T_DATE:
    case T_TIME:
        return &cel_types[CEL_TIMESTAMP];
    case T_BYTES:
        return &cel_types[CEL_BYTES];
    }
    return &cel_types[DYN];
}

static struct size field_size(const struct field *f)
{
    size_t max = f->max ? f->max : f->type == T_BYTES ? BYTES_MAX : TEXT_MAX;

    switch (f->type) {
    case T_TEXT:
    case T_CODE:
        /* A list: at the least a byte and a line feed for each. */
        return f->flags & F_MANY ? (struct size){max / 2 + 1, 2 * max + 2} : (struct size){max, max + 1};
    case T_REF:
        return (struct size){UUID_SIZE, UUID_SIZE};
    case T_BYTES:
        return (struct size){max, max + 1};
    case T_INT:
    case T_DECIMAL:
    case T_BOOL:
    case T_DATE:
    case T_TIME:
        break;
    }
    return (struct size){1, 1};
}

/* consignment.goods, has(consignment.goods) */
static bool as_field(struct compiler *c, struct cel_node *n, size_t i)
{
    const struct kind *k = c->env->var[i].kind;
    const char *why;

    n->var = i;
    n->field = schema_field(k, n->name);
    if (n->field < 0)
        return cel_bad(c, n->at, N_("the kind “%s” has no field “%.*s”"), k->name, STR_ARG(n->name)) !=
               NULL;
    if (c->env->refuse && (why = c->env->refuse(c->env->arg, k, n->field)) != NULL)
        return cel_bad(c, n->at, "%s", why) != NULL;
    record_read(c, n, n->kind == N_HAS);
    n->args = 0;
    n->height = 1;
    if (n->kind == N_HAS) {
        n->kind = N_HAS_FIELD;
        n->type = &cel_types[CEL_BOOL];
        n->size = (struct size){1, 1};
    } else {
        n->kind = N_FIELD;
        n->type = field_type(c, &k->field[n->field]);
        n->uuid = k->field[n->field].type == T_REF;
        n->size = field_size(&k->field[n->field]);
    }
    return true;
}

static bool resolve_name(struct compiler *c, struct cel_node *n)
{
    const struct scope *s = n->rooted ? NULL : find_scope(c, n->name);
    enum cel_type t;
    size_t i;

    if (s) {
        n->kind = N_LOCAL;
        n->slot = s->slot;
        n->type = s->type;
        n->size = s->size;
        return true;
    }
    if (find_var(c, n->name, &i))
        return as_var(c, n, i);
    if (find_type(n->name, &t))
        return as_type(n, t);
    return cel_bad(c, n->at, N_("“%.*s” is not declared"), STR_ARG(n->name)) != NULL;
}

/* The first name of a chain, when it is not a macro's variable: only then do dots belong to the name. */
static bool declared_first(const struct compiler *c, const struct cel_node *n)
{
    while (n->kind == N_SELECT || n->kind == N_HAS)
        n = n->arg[0];
    return n->kind == N_NAME && (n->rooted || !find_scope(c, n->name));
}

bool cel_resolve(struct compiler *c, struct cel_node *n)
{
    char text[DOTTED_MAX];
    struct str name;
    enum cel_type t;
    size_t i;

    if (n->kind == N_NAME)
        return resolve_name(c, n);
    if (!declared_first(c, n))
        return true;
    if (n->kind == N_SELECT && (name = dotted(n, text)).n > 0) {
        if (find_var(c, name, &i))
            return as_var(c, n, i);
        if (find_type(name, &t))
            return as_type(n, t);
    }
    if (!n->optional && (name = dotted(n->arg[0], text)).n > 0 && find_var(c, name, &i) &&
        c->env->var[i].kind)
        return as_field(c, n, i);
    return true;
}

bool cel_namespace(struct compiler *c, const struct cel_node *call, const struct func **f)
{
    char text[DOTTED_MAX];
    struct str of = declared_first(c, call->arg[0]) ? dotted(call->arg[0], text) : (struct str){0}, name;
    bool named;

    if (of.n == 0 || of.n + call->name.n > 64)
        return false;
    name = arena_fmt(c->arena, "%.*s.%.*s", STR_ARG(of), STR_ARG(call->name));
    *f = cel_func(name, GLOBAL, call->args - 1u, &named);
    return named;
}
