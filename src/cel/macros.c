/* macros.c: what looks like a call and is not: has(), the comprehensions, cel.bind, optMap. langdef.md, "Macros". */
#include "cel/internal.h"

/* x.name(v, ...): `names` identifiers first, then the bodies. */
static const struct {
    const char *name;
    unsigned args, names;
    enum macro macro;
} table[] = {
    {"all", 2, 1, M_ALL},
    {"all", 3, 2, M_ALL},
    {"exists", 2, 1, M_EXISTS},
    {"exists", 3, 2, M_EXISTS},
    {"exists_one", 2, 1, M_EXISTS_ONE},
    {"exists_one", 3, 2, M_EXISTS_ONE},
    {"existsOne", 2, 1, M_EXISTS_ONE},
    {"existsOne", 3, 2, M_EXISTS_ONE},
    {"map", 2, 1, M_MAP},
    {"map", 3, 1, M_MAP_FILTER},
    {"filter", 2, 1, M_FILTER},
    {"sortBy", 2, 1, M_SORT},
    {"transformList", 3, 2, M_LIST},
    {"transformList", 4, 2, M_LIST_FILTER},
    {"transformMap", 3, 2, M_TO_MAP},
    {"transformMap", 4, 2, M_TO_MAP_FILTER},
    {"transformMapEntry", 3, 2, M_TO_ENTRY},
    {"transformMapEntry", 4, 2, M_TO_ENTRY_FILTER},
};

static bool name_of(struct compiler *c, const struct cel_node *n, struct str *out)
{
    if (n->kind == N_NAME && !n->rooted) {
        *out = n->name;
        return true;
    }
    cel_bad(c, n->from, N_("the variable of a macro is a simple name"));
    return false;
}

static struct cel_node *has(struct compiler *c, struct cel_node *call)
{
    struct cel_node *of = call->arg[0];

    if (of->kind != N_SELECT || of->optional)
        return cel_bad(c, of->from, N_("has() asks for a field: has(a.b)"));
    of->kind = N_HAS;
    of->from = call->from;
    of->to = call->to;
    of->parentheses = false;
    return of;
}

static struct cel_node *bind(struct compiler *c, struct cel_node *call)
{
    struct cel_node *n = cel_node_new(c, N_BIND, call->at);

    if (!name_of(c, call->arg[1], &n->name))
        return NULL;
    n->names = 1;
    n->from = call->from;
    n->to = call->to;
    call->arg[2]->next = call->arg[3];
    return cel_node_args(c, n, call->arg[2], 2);
}

/* cel.block([a, b], x): what an optimiser makes of parts that come more than once; cel.index(0) is a in b and x. Behind
 * the list, each part is bound around what follows. */
static struct cel_node *block(struct compiler *c, struct cel_node *call)
{
    struct cel_node *parts = call->arg[1], *body = call->arg[2];

    if (parts->kind != N_LIST)
        return cel_bad(c, parts->from, N_("cel.block() takes a list in brackets"));
    for (unsigned i = parts->args; i > 0 && body; i--) {
        struct cel_node *n = cel_node_new(c, N_BIND, call->at), *value = parts->arg[i - 1];
        n->name = arena_fmt(c->arena, "@index%u", i - 1);
        n->names = 1;
        n->from = call->from;
        n->to = call->to;
        value->next = body;
        body = cel_node_args(c, n, value, 2);
    }
    return body;
}

/* cel.index(0), cel.iterVar(0, 1): names that nobody can write. */
static struct cel_node *made_name(struct compiler *c, struct cel_node *call)
{
    struct cel_node *n = cel_node_new(c, N_NAME, call->at);
    bool index = str_eq(call->name, S("index"));

    for (unsigned i = 1; i < call->args; i++)
        if (call->arg[i]->kind != N_CONST || call->arg[i]->value.type != CEL_INT)
            return cel_bad(c, call->arg[i]->from, N_("a whole number is expected here"));
    n->from = call->from;
    n->to = call->to;
    n->name = index ? arena_fmt(c->arena, "@index%jd", (intmax_t)call->arg[1]->value.i)
                    : arena_fmt(c->arena, "@it:%jd:%jd", (intmax_t)call->arg[1]->value.i,
                                (intmax_t)call->arg[2]->value.i);
    return n;
}

/* cel.name(...); the call itself when it is none of these. */
static struct cel_node *of_cel(struct compiler *c, struct cel_node *call)
{
    if (str_eq(call->name, S("bind")) && call->args == 4)
        return bind(c, call);
    if (str_eq(call->name, S("block")) && call->args == 3)
        return block(c, call);
    if ((str_eq(call->name, S("index")) && call->args == 2) ||
        (str_eq(call->name, S("iterVar")) && call->args == 3))
        return made_name(c, call);
    return call;
}

static struct cel_node *comprehension(struct compiler *c, struct cel_node *call, enum macro macro,
                                      unsigned names)
{
    struct cel_node *n = cel_node_new(c, N_LOOP, call->at), *range = call->arg[0];

    n->macro = (uint8_t)macro;
    n->names = (uint16_t)names;
    n->from = call->from;
    n->to = call->to;
    if (!name_of(c, call->arg[1], &n->name) || (names == 2 && !name_of(c, call->arg[2], &n->name2)))
        return NULL;
    if (names == 2 && str_eq(n->name, n->name2))
        return cel_bad(c, call->arg[2]->from, N_("the two variables of a macro have different names"));
    range->next = call->arg[1 + names]; /* the rest is linked already */
    return cel_node_args(c, n, range, call->args - names);
}

static struct cel_node *opt_map(struct compiler *c, struct cel_node *call, enum macro macro)
{
    struct cel_node *n = cel_node_new(c, N_OPT_MAP, call->at);

    if (!name_of(c, call->arg[1], &n->name))
        return NULL;
    n->macro = (uint8_t)macro;
    n->names = 1;
    n->from = call->from;
    n->to = call->to;
    call->arg[0]->next = call->arg[2];
    return cel_node_args(c, n, call->arg[0], 2);
}

struct cel_node *cel_macro(struct compiler *c, struct cel_node *call)
{
    const struct cel_node *of = call->args ? call->arg[0] : NULL;
    struct cel_node *n;

    if (!call->member)
        return str_eq(call->name, S("has")) && call->args == 1 && !call->rooted ? has(c, call) : call;
    if (of->kind == N_NAME && str_eq(of->name, S("cel")) && !of->rooted && (n = of_cel(c, call)) != call)
        return n;
    if (str_eq(call->name, S("optMap")) && call->args == 3)
        return opt_map(c, call, M_MAP);
    if (str_eq(call->name, S("optFlatMap")) && call->args == 3)
        return opt_map(c, call, M_FLAT_MAP);
    for (size_t i = 0; i < COUNT(table); i++)
        if (call->args == table[i].args + 1 && str_eq(call->name, str_z(table[i].name)))
            return comprehension(c, call, table[i].macro, table[i].names);
    return call;
}
