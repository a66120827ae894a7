/*
 * emit.c: checked nodes into instructions for a machine with a stack. An error is a value like any other: it passes
 * through what is strict, and && and || may absorb it. So nothing unwinds, and the code is straight:
 *
 *     a == "x" && b > 3      VAR_IS a "x"; AND end; VAR_CMP b 3; ANDS end; end: END
 */
#include "cel/internal.h"

#define FOLD_COST 10000   /* steps that a constant part may take while compiling */
#define FOLD_ALL  1000000 /* and all of them */

/* A list that grows, in the arena. */
struct grow {
    void *p;
    uint32_t n, cap;
};

struct emit {
    struct arena *arena;
    struct grow code, at, consts, funcs, patterns, fused, loops;
    uint32_t depth, most;
};

static void part(struct emit *e, struct cel_node *n);

static uint32_t append(struct emit *e, struct grow *g, const void *item, size_t size)
{
    if (g->n == g->cap) {
        uint32_t cap = g->cap ? 2 * g->cap : 4;
        void *p = arena_alloc(e->arena, cap * size);
        if (g->n)
            memcpy(p, g->p, g->n * size);
        g->p = p;
        g->cap = cap;
    }
    memcpy((char *)g->p + g->n * size, item, size);
    return g->n++;
}

/* One instruction, which changes the depth of the stack by `by`. Its number. */
static uint32_t put(struct emit *e, enum op op, const struct cel_node *n, int by)
{
    struct instr i = {.op = (uint16_t)op};

    append(e, &e->at, &n->at, sizeof n->at);
    e->depth = (uint32_t)((int)e->depth + by);
    if (e->depth > e->most)
        e->most = e->depth;
    return append(e, &e->code, &i, sizeof i);
}

static struct instr *at(struct emit *e, uint32_t i)
{
    return (struct instr *)e->code.p + i;
}

static uint32_t put_with(struct emit *e, enum op op, const struct cel_node *n, int by, uint32_t b)
{
    uint32_t i = put(e, op, n, by);

    at(e, i)->b = b;
    return i;
}

static void to_here(struct emit *e, uint32_t i)
{
    at(e, i)->b = e->code.n;
}

static void constant(struct emit *e, struct cel_value v, const struct cel_node *n)
{
    put_with(e, OP_CONST, n, 1, append(e, &e->consts, &v, sizeof v));
}

/* ---- operators ---- */

static enum op mirror(enum op op)
{
    return op == OP_LT ? OP_GT : op == OP_GT ? OP_LT : op == OP_LE ? OP_GE : op == OP_GE ? OP_LE : op;
}

/* field OP constant, and the other way round, in one instruction. */
static bool fuse(struct emit *e, const struct cel_node *n)
{
    const struct cel_node *v = n->arg[0], *k = n->args > 1 ? n->arg[1] : NULL;
    struct fused f = {.op = (enum op)n->op};
    bool text;

    if (!k || n->op < OP_EQ || n->op > OP_GE)
        return false;
    if (v->kind == N_CONST) {
        v = n->arg[1];
        k = n->arg[0];
        f.op = mirror(f.op);
    }
    if (k->kind != N_CONST || (v->kind != N_FIELD && v->kind != N_VAR))
        return false;
    f.var = (uint32_t)v->var;
    f.field = v->kind == N_FIELD ? v->field : -1;
    f.constant = k->value;
    text = f.op == OP_EQ && k->value.type == CEL_STRING && (v->kind == N_VAR || v->type->t == CEL_STRING) &&
           !v->uuid;
    put_with(e,
             v->kind == N_VAR ? (text ? OP_VAR_IS : OP_VAR_CMP)
             : text           ? OP_FIELD_IS
                              : OP_FIELD_CMP,
             n, 1, append(e, &e->fused, &f, sizeof f));
    return true;
}

static void op(struct emit *e, struct cel_node *n)
{
    if (fuse(e, n))
        return;
    for (unsigned i = 0; i < n->args; i++)
        part(e, n->arg[i]);
    put(e, (enum op)n->op, n, 1 - n->args);
}

/* Each operand may end it; all ends are one. */
static void logic(struct emit *e, struct cel_node *n)
{
    bool and = n->kind == N_AND;
    uint32_t *ends = arena_alloc(e->arena, n->args * sizeof *ends);

    for (unsigned i = 0; i < n->args; i++) {
        part(e, n->arg[i]);
        ends[i] = i ? put(e, and? OP_ANDS : OP_ORS, n, -1) : put(e, and? OP_AND : OP_OR, n, 0);
    }
    for (unsigned i = 0; i < n->args; i++)
        to_here(e, ends[i]);
}

/* The instruction before the second branch is the jump over it: run.c relies on that. */
static void cond(struct emit *e, struct cel_node *n)
{
    uint32_t test, over;

    part(e, n->arg[0]);
    test = put(e, OP_COND, n, -1);
    part(e, n->arg[1]);
    over = put(e, OP_JUMP, n, -1);
    to_here(e, test);
    part(e, n->arg[2]);
    to_here(e, over);
}

/* ---- calls, members, literals ---- */

static void call(struct emit *e, struct cel_node *n)
{
    static const struct func *const optional = &cel_func_optional;
    uint32_t i;

    if (n->func->run == NULL) { /* x.orValue(y), x.or(y): y is run only when x is empty */
        part(e, n->arg[0]);
        i = put(e, OP_OR_ELSE, n, -1);
        at(e, i)->a = n->func->rule == R_SAME;
        part(e, n->arg[1]);
        if (n->func->rule == R_SAME) /* y is an optional too */
            at(e, put_with(e, OP_CALL, n, 0, append(e, &e->funcs, &optional, sizeof optional)))->a = 1;
        to_here(e, i);
        return;
    }
    if (n->args)
        part(e, n->arg[0]);
    if (n->regex) {
        put_with(e, OP_MATCH, n, 0, append(e, &e->patterns, &n->regex, sizeof n->regex));
        return;
    }
    for (unsigned k = 1; k < n->args; k++)
        part(e, n->arg[k]);
    i = put_with(e, OP_CALL, n, 1 - n->args, append(e, &e->funcs, &n->func, sizeof n->func));
    at(e, i)->a = n->args;
}

static void member(struct emit *e, struct cel_node *n)
{
    struct cel_value name = cel_string(n->name);

    part(e, n->arg[0]);
    put_with(e,
             n->kind == N_HAS ? OP_HAS
             : n->optional    ? OP_OPT_SELECT
                              : OP_SELECT,
             n, 0, append(e, &e->consts, &name, sizeof name));
}

static void list(struct emit *e, struct cel_node *n)
{
    put_with(e, OP_LIST, n, 1, n->args);
    for (unsigned i = 0; i < n->args; i++) {
        part(e, n->arg[i]);
        put(e, n->arg[i]->question ? OP_PUT_OPT : OP_PUT, n->arg[i], -1);
    }
}

static void map(struct emit *e, struct cel_node *n)
{
    put_with(e, OP_MAP, n, 1, n->args / 2u);
    for (unsigned i = 0; i < n->args; i += 2) {
        part(e, n->arg[i]);
        part(e, n->arg[i + 1]);
        put(e, n->arg[i]->question ? OP_ENTRY_OPT : OP_ENTRY, n->arg[i], -2);
    }
}

/* ---- macros ---- */

static void loop(struct emit *e, struct cel_node *n)
{
    struct loop_info info = {
        .macro = n->macro, .names = (uint8_t)n->names, .slot = n->slot, .slot2 = n->slot2};
    struct loop_info *mine;
    uint32_t i;

    part(e, n->arg[0]);
    i = append(e, &e->loops, &info, sizeof info);
    put_with(e, OP_LOOP, n, -1, i);
    ((struct loop_info *)e->loops.p + i)->body = e->code.n;
    if (n->args == 3) {
        part(e, n->arg[1]);
        put(e, OP_TEST, n, -1);
    }
    part(e, n->arg[n->args - 1]);
    put(e, OP_NEXT, n, 0);
    mine = (struct loop_info *)e->loops.p + i; /* the list may have moved */
    mine->end = e->code.n;
}

static void opt_map(struct emit *e, struct cel_node *n)
{
    uint32_t i;

    part(e, n->arg[0]);
    i = put(e, OP_OPT_BIND, n, -1);
    at(e, i)->a = (uint16_t)n->slot;
    part(e, n->arg[1]);
    if (n->macro == M_MAP)
        put(e, OP_OPT_WRAP, n, 0);
    to_here(e, i);
}

static void part(struct emit *e, struct cel_node *n)
{
    switch ((enum node_kind)n->kind) {
    case N_CONST:
        constant(e, n->value, n);
        break;
    case N_VAR:
        put_with(e, OP_VAR, n, 1, (uint32_t)n->var);
        break;
    case N_LOCAL:
        put_with(e, OP_LOCAL, n, 1, n->slot);
        break;
    case N_FIELD:
    case N_HAS_FIELD:
        at(e, put_with(e, n->kind == N_FIELD ? OP_FIELD : OP_HAS_FIELD, n, 1, (uint32_t)n->var))->a =
            (uint16_t)n->field;
        break;
    case N_SELECT:
    case N_HAS:
        member(e, n);
        break;
    case N_INDEX:
        part(e, n->arg[0]);
        part(e, n->arg[1]);
        put(e, n->optional ? OP_OPT_INDEX : OP_INDEX, n, -1);
        break;
    case N_OP:
        op(e, n);
        break;
    case N_CALL:
        call(e, n);
        break;
    case N_LIST:
        list(e, n);
        break;
    case N_MAP:
        map(e, n);
        break;
    case N_AND:
    case N_OR:
        logic(e, n);
        break;
    case N_COND:
        cond(e, n);
        break;
    case N_LOOP:
        loop(e, n);
        break;
    case N_BIND:
        part(e, n->arg[0]);
        put_with(e, OP_STORE, n, -1, n->slot);
        part(e, n->arg[1]);
        break;
    case N_OPT_MAP:
        opt_map(e, n);
        break;
    case N_NAME: /* the check left none */
        break;
    }
}

struct cel_program *cel_emit(struct arena *a, struct cel_node *root)
{
    struct emit e = {.arena = a};
    struct cel_program *p = arena_alloc(a, sizeof *p);

    part(&e, root);
    put(&e, OP_END, root, 0);
    p->root = root;
    p->code = e.code.p;
    p->at = e.at.p;
    p->n = e.code.n;
    p->consts = e.consts.p;
    p->funcs = e.funcs.p;
    p->patterns = e.patterns.p;
    p->fused = e.fused.p;
    p->loops = e.loops.p;
    p->stack = e.most + 1;
    p->cost = cel_plus(root->cost, 1);
    return p;
}

/* ---- constants ---- */

static bool worth(const struct cel_node *n)
{
    return n->constant && n->kind != N_CONST && n->cost <= FOLD_COST;
}

void cel_fold(struct compiler *c, struct cel_node *n)
{
    struct cel_run run = {.arena = c->arena};

    if (worth(n) && c->folded < FOLD_ALL) {
        c->folded += n->cost;
        if (cel_run(cel_emit(c->arena, n), NULL, &run) == 0) {
            n->kind = N_CONST;
            n->args = 0;
            n->height = 1;
            n->value = run.value;
        }
    }
    for (unsigned i = 0; i < n->args; i++)
        cel_fold(c, n->arg[i]);
    if (n->kind != N_VAR && n->kind != N_LOCAL && n->kind != N_FIELD && n->kind != N_HAS_FIELD)
        cel_bound(n);
}
