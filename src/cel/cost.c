/*
 * cost.c: the most that a run can take, known before it. A step is an instruction; work that grows with the data adds
 * to it, by rules that run.c and the functions keep to: comparing texts a step for 64 bytes, passing over one or making one a
 * step for 16, an element of a list a step, a pattern as cel_regex_cost says. `size` bounds what a part gives: n its
 * bytes, elements or entries; all counts those of everything within it, and one for each value.
 */
#include "cel/internal.h"

static struct size larger(struct size a, struct size b)
{
    return (struct size){a.n > b.n ? a.n : b.n, a.all > b.all ? a.all : b.all};
}

struct size cel_size(struct cel_value v)
{
    struct size s = {1, 1}, item;

    switch ((enum cel_type)v.type) {
    case CEL_STRING:
    case CEL_BYTES:
        return (struct size){v.n, v.n + UINT64_C(1)};
    case CEL_LIST:
        for (uint32_t i = 0; i < v.n; i++)
            s.all = cel_plus(s.all, cel_size(v.list[i]).all);
        s.n = v.n;
        return s;
    case CEL_MAP:
        for (uint32_t i = 0; i < 2 * v.n; i++)
            s.all = cel_plus(s.all, cel_size(v.map->kv[i]).all);
        s.n = v.n;
        return s;
    case CEL_OPTIONAL:
        item = v.list ? cel_size(*v.list) : s;
        return (struct size){1, cel_plus(item.all, 1)};
    case CEL_NULL:
    case CEL_BOOL:
    case CEL_INT:
    case CEL_UINT:
    case CEL_DOUBLE:
    case CEL_TIMESTAMP:
    case CEL_DURATION:
    case CEL_TYPE:
    case CEL_RECORD:
    case CEL_ERROR:
        break;
    }
    return s;
}

uint64_t cel_value_size(struct cel_value v)
{
    return cel_size(v).all;
}

static struct size totals(const struct cel_node *n)
{
    struct size s = {0, 1};

    for (unsigned i = 0; i < n->args; i++) {
        s.n = cel_plus(s.n, n->arg[i]->size.n);
        s.all = cel_plus(s.all, n->arg[i]->size.all);
    }
    return s;
}

/* ---- sizes ---- */

static struct size text_of(uint64_t bytes)
{
    return (struct size){bytes, cel_plus(bytes, 1)};
}

static struct size call_size(const struct cel_node *n)
{
    struct size sum = totals(n), a = n->args ? n->arg[0]->size : (struct size){1, 1};
    uint64_t range = REPEAT_MAX;

    switch ((enum size_rule)n->func->size) {
    case Z_ONE:
        break;
    case Z_TEXT:
        return text_of(cel_plus(a.n, TEXT_OUT));
    case Z_SAME:
        return a;
    case Z_SUM:
        return sum;
    case Z_ITEM:
        return (struct size){sum.all, sum.all};
    case Z_REPLACE:
        return text_of(cel_plus(a.n, cel_times(cel_plus(a.n, 1), n->arg[2]->size.n)));
    case Z_JOIN:
        return text_of(cel_plus(a.all, cel_times(a.n, n->args > 1 ? n->arg[1]->size.n : 0)));
    case Z_FORMAT:
        return text_of(cel_plus(cel_times(cel_plus(a.n, 1), FORMAT_ITEM), cel_times(sum.all, 48)));
    case Z_RANGE:
        if (n->arg[0]->kind == N_CONST && n->arg[0]->value.type == CEL_INT && n->arg[0]->value.i >= 0 &&
            n->arg[0]->value.i < REPEAT_MAX)
            range = (uint64_t)n->arg[0]->value.i;
        return (struct size){range, range + 1};
    case Z_SPLIT:
        return (struct size){cel_plus(a.n, 1), cel_plus(cel_times(a.n, 3), 4)};
    case Z_QUOTE:
        return text_of(cel_plus(cel_times(a.n, 4), 4));
    }
    return (struct size){1, 1};
}

static struct size loop_size(const struct cel_node *n)
{
    struct size range = n->arg[0]->size, body = n->arg[n->args - 1]->size;

    switch ((enum macro)n->macro) {
    case M_ALL:
    case M_EXISTS:
    case M_EXISTS_ONE:
    case M_FLAT_MAP:
        break;
    case M_FILTER:
    case M_SORT:
        return range;
    case M_MAP:
    case M_MAP_FILTER:
    case M_LIST:
    case M_LIST_FILTER:
        return (struct size){range.n, cel_plus(cel_times(range.n, body.all), 1)};
    case M_TO_MAP:
    case M_TO_MAP_FILTER:
        return (struct size){range.n, cel_plus(range.all, cel_times(range.n, cel_plus(body.all, 1)))};
    case M_TO_ENTRY:
    case M_TO_ENTRY_FILTER:
        return (struct size){cel_times(range.n, body.n), cel_plus(cel_times(range.n, body.all), 1)};
    }
    return (struct size){1, 1};
}

static struct size size_of(const struct cel_node *n)
{
    struct size sum;

    switch ((enum node_kind)n->kind) {
    case N_CONST:
        return cel_size(n->value);
    case N_VAR:
    case N_LOCAL:
    case N_FIELD:
    case N_HAS_FIELD:
        return n->size;
    case N_SELECT:
    case N_INDEX:
        return (struct size){n->arg[0]->size.all, cel_plus(n->arg[0]->size.all, 1)};
    case N_OP:
        return n->op == OP_ADD ? totals(n) : (struct size){1, 1};
    case N_CALL:
        return call_size(n);
    case N_LIST:
        sum = totals(n);
        return (struct size){n->args, sum.all};
    case N_MAP:
        sum = totals(n);
        return (struct size){n->args / 2, sum.all};
    case N_COND:
        return larger(n->arg[1]->size, n->arg[2]->size);
    case N_LOOP:
        return loop_size(n);
    case N_BIND:
        return n->arg[1]->size;
    case N_OPT_MAP:
        return (struct size){n->arg[1]->size.all, cel_plus(n->arg[1]->size.all, 1)};
    case N_NAME:
    case N_HAS:
    case N_AND:
    case N_OR:
        break;
    }
    return (struct size){1, 1};
}

/* ---- costs ---- */

static uint64_t op_cost(const struct cel_node *n)
{
    struct size a = n->arg[0]->size, b = n->args > 1 ? n->arg[1]->size : a;
    uint64_t least = a.all < b.all ? a.all : b.all;

    switch (n->op) {
    case OP_ADD:
        return cel_plus(cel_plus(a.n, b.n) / 16, 2);
    case OP_IN:
        return cel_plus(cel_times(b.all, 2), 2);
    case OP_EQ:
    case OP_NE:
        return cel_plus(least, 2);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return cel_plus(least / 64, 2);
    }
    return 1;
}

static uint64_t call_cost(const struct cel_node *n)
{
    struct size sum = totals(n), a = n->args ? n->arg[0]->size : (struct size){1, 1};
    struct size b = n->args > 1 ? n->arg[1]->size : a;

    switch ((enum cost_rule)n->func->cost) {
    case C_ONE:
        break;
    case C_LINEAR:
        return cel_plus(cel_plus(sum.n, n->size.n) / 16, 2);
    case C_DEEP:
        return cel_plus(cel_plus(sum.all, n->size.all), 2);
    case C_PRODUCT:
        return cel_plus(cel_times(cel_times(cel_plus(a.all, 1), cel_plus(b.all, 1)), 4), 2);
    case C_PATTERN:
        if (n->regex)
            return cel_plus(cel_regex_cost(a.n, cel_regex_size(n->regex)), 1);
        return cel_plus(cel_plus(cel_regex_cost(a.n, REGEX_MAX), b.n), REGEX_MAX + 2);
    }
    return 2;
}

static uint64_t loop_cost(const struct cel_node *n)
{
    uint64_t each = 1 + (uint64_t)(n->args > 2);

    for (unsigned i = 1; i < n->args; i++)
        each = cel_plus(each, n->arg[i]->cost);
    if (n->macro == M_TO_ENTRY || n->macro == M_TO_ENTRY_FILTER)
        each = cel_plus(each, n->arg[n->args - 1]->size.n);
    if (n->macro == M_SORT)
        each = cel_plus(each, 32); /* halves of halves */
    return cel_plus(cel_plus(n->arg[0]->cost, 1), cel_times(n->arg[0]->size.n, each));
}

static uint64_t cost_of(const struct cel_node *n)
{
    uint64_t parts = 0, a, b;

    if (n->kind == N_LOOP)
        return loop_cost(n);
    if (n->kind == N_COND) {
        a = n->arg[1]->cost;
        b = n->arg[2]->cost;
        return cel_plus(cel_plus(n->arg[0]->cost, a > b ? a : b), 2);
    }
    for (unsigned i = 0; i < n->args; i++)
        parts = cel_plus(parts, n->arg[i]->cost);
    if (n->kind == N_OP)
        return cel_plus(parts, op_cost(n));
    if (n->kind == N_CALL)
        return cel_plus(parts, call_cost(n));
    if (n->kind == N_FIELD)
        return n->type->t == CEL_LIST ? cel_plus(n->size.all, 1) : 1;
    return cel_plus(parts, n->args + 2u);
}

void cel_bound(struct cel_node *n)
{
    static const uint32_t foldable = BIT(N_SELECT) | BIT(N_HAS) | BIT(N_INDEX) | BIT(N_OP) | BIT(N_CALL) |
                                     BIT(N_LIST) | BIT(N_MAP) | BIT(N_AND) | BIT(N_OR) | BIT(N_COND);
    bool constant = BIT(n->kind) & foldable;

    n->size = size_of(n);
    n->cost = cost_of(n);
    for (unsigned i = 0; i < n->args && constant; i++)
        constant = n->arg[i]->constant;
    n->constant = n->kind == N_CONST || constant;
}
