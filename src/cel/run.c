/* run.c: the machine. Every instruction is a step; jumps go forward but for NEXT, so only loops and what functions
 * do with data need watching. */
#include "cel/machine.h"

#include <math.h>

#define STACK 48 /* values that need no arena */

/* ---- operators ---- */

static struct cel_value order(enum op op, struct cel_value a, struct cel_value b)
{
    enum order o;

    if (!cel_comparable(a, b))
        return a.type == CEL_ERROR ? a : b.type == CEL_ERROR ? b : cel_fail(E_OVERLOAD);
    o = cel_compare(a, b);
    if (o == ORDER_NONE)
        return cel_bool(false);
    return cel_bool(op == OP_LT   ? o == ORDER_LESS
                    : op == OP_LE ? o != ORDER_MORE
                    : op == OP_GT ? o == ORDER_MORE
                                  : o != ORDER_LESS);
}

static struct cel_value in(struct run *r, struct cel_value a, struct cel_value b)
{
    if (a.type == CEL_ERROR)
        return a;
    if (b.type == CEL_MAP)
        return cel_is_key(a) || a.type == CEL_DOUBLE ? cel_bool(cel_map_get(b.map, a) != NULL)
                                                     : cel_bool(false);
    if (b.type != CEL_LIST)
        return b.type == CEL_ERROR ? b : cel_fail(E_OVERLOAD);
    for (uint32_t i = 0; i < b.n; i++)
        if (cel_same(r, a, b.list[i]))
            return cel_bool(true);
    return cel_bool(false);
}

static struct cel_value equals(struct run *r, enum op op, struct cel_value a, struct cel_value b)
{
    if (a.type == CEL_ERROR || b.type == CEL_ERROR)
        return a.type == CEL_ERROR ? a : b;
    return cel_bool(cel_same(r, a, b) == (op == OP_EQ));
}

static struct cel_value binary(struct run *r, enum op op, struct cel_value a, struct cel_value b)
{
    if (op == OP_EQ || op == OP_NE)
        return equals(r, op, a, b);
    if (op >= OP_LT && op <= OP_GE) {
        if (a.type == b.type && (a.type == CEL_STRING || a.type == CEL_BYTES))
            r->steps += (a.n < b.n ? a.n : b.n) / 64;
        return order(op, a, b);
    }
    return op == OP_IN ? in(r, a, b) : cel_arith(r, op, a, b);
}

static struct cel_value unary(enum op op, struct cel_value v)
{
    if (op == OP_NEG)
        return cel_negate(v);
    if (v.type == CEL_BOOL)
        return cel_bool(!v.i);
    return v.type == CEL_ERROR ? v : cel_fail(E_OVERLOAD);
}

/* ---- fields, members, elements ---- */

static struct cel_value field(struct machine *m, uint32_t var, int f)
{
    struct cel_value v = m->vars[var], x;

    x = cel_field(m->run.arena, v.record, f);
    if (x.type == CEL_LIST)
        m->run.steps += v.record->v[f].s.n;
    return x;
}

static struct cel_value fused(struct machine *m, const struct fused *f)
{
    struct cel_value v = f->field < 0 ? m->vars[f->var] : field(m, f->var, f->field);

    return binary(&m->run, f->op, v, f->constant);
}

static struct cel_value field_is(const struct machine *m, const struct fused *f)
{
    const struct record *r = m->vars[f->var].record;

    if (!record_has(r, f->field))
        return cel_fail(E_ABSENT);
    return cel_bool(str_eq(r->v[f->field].s, cel_str(f->constant)));
}

static struct cel_value var_is(const struct machine *m, const struct fused *f)
{
    struct cel_value v = m->vars[f->var];

    return v.type == CEL_ERROR ? v
                               : cel_bool(v.type == CEL_STRING && str_eq(cel_str(v), cel_str(f->constant)));
}

static bool whole(struct cel_value v, int64_t *out)
{
    if (v.type == CEL_DOUBLE && v.d == trunc(v.d) && fabs(v.d) < TWO_63) {
        *out = (int64_t)v.d;
        return true;
    }
    *out = v.i;
    return v.type == CEL_INT || (v.type == CEL_UINT && v.u <= (uint64_t)INT64_MAX);
}

/* The element or entry; an error when there is none. */
static struct cel_value element(struct cel_value of, struct cel_value k)
{
    const struct cel_value *v;
    int64_t i;

    if (of.type == CEL_ERROR || k.type == CEL_ERROR)
        return of.type == CEL_ERROR ? of : k;
    if (of.type == CEL_MAP) {
        if (!cel_is_key(k) && k.type != CEL_DOUBLE)
            return cel_fail(E_OVERLOAD);
        v = cel_map_get(of.map, k);
        return v ? *v : cel_fail(E_KEY);
    }
    if (of.type != CEL_LIST || !(BIT(k.type) & NUMBERS))
        return cel_fail(E_OVERLOAD);
    if (!whole(k, &i) || i < 0 || i >= of.n)
        return cel_fail(E_INDEX);
    return of.list[i];
}

/* Through an optional, the result is one too. `name`: a member, which lists have none of. */
static struct cel_value reach(struct machine *m, struct cel_value of, struct cel_value k, bool optional,
                              bool name)
{
    struct cel_value v;

    if (of.type == CEL_OPTIONAL) {
        optional = true;
        if (of.list == NULL)
            return k.type == CEL_ERROR ? k : of;
        of = *of.list;
    }
    v = name && of.type == CEL_LIST ? cel_fail(E_OVERLOAD) : element(of, k);
    if (!optional)
        return v;
    if (v.type == CEL_ERROR)
        return v.n == UINT32_MAX && (v.i == E_KEY || v.i == E_INDEX) ? cel_optional(NULL) : v;
    return cel_optional(cel_keep(m->run.arena, v));
}

static struct cel_value has(struct cel_value of, struct cel_value name)
{
    if (of.type == CEL_OPTIONAL) {
        if (of.list == NULL)
            return cel_bool(false);
        of = *of.list;
    }
    if (of.type == CEL_MAP)
        return cel_bool(cel_map_get(of.map, name) != NULL);
    return of.type == CEL_ERROR ? of : cel_fail(E_OVERLOAD);
}

/* ---- calls ---- */

static uint64_t length(struct cel_value v)
{
    return BIT(v.type) & (BIT(CEL_STRING) | BIT(CEL_BYTES) | BIT(CEL_LIST) | BIT(CEL_MAP)) ? v.n : 1;
}

static struct cel_value call(struct machine *m, const struct func *f, const struct cel_value *arg,
                             unsigned n)
{
    struct cel_value v;
    uint64_t passed = 0;

    for (unsigned i = 0; i < n; i++) {
        if (arg[i].type == CEL_ERROR)
            return arg[i];
        if (!(BIT(arg[i].type) & cel_func_may(f, i)))
            return cel_fail(E_OVERLOAD);
        passed += length(arg[i]);
    }
    v = f->run(&m->run, arg, n);
    if (f->cost == C_LINEAR)
        m->run.steps += (passed + (v.type == CEL_ERROR ? 0 : length(v))) / 16;
    return v;
}

static struct cel_value match(struct machine *m, const struct regex *x, struct cel_value v)
{
    bool found;

    if (v.type != CEL_STRING)
        return v.type == CEL_ERROR ? v : cel_fail(E_OVERLOAD);
    return cel_regex_find(&m->run, x, cel_str(v), &found) ? cel_bool(found) : cel_fail(E_LIMIT);
}

/* ---- literals ---- */

static void put_item(struct machine *m, bool optional)
{
    struct cel_value v = *m->sp--, *l = m->sp;

    if (l->type == CEL_ERROR)
        return;
    if (optional && v.type == CEL_OPTIONAL) {
        if (v.list == NULL)
            return;
        v = *v.list;
    } else if (optional && v.type != CEL_ERROR) {
        v = cel_machine_fail(m, E_OVERLOAD);
    }
    if (v.type == CEL_ERROR)
        *l = v;
    else
        ((struct cel_value *)(uintptr_t)l->list)[l->n++] = v; /* OP_LIST made room for it */
}

static void put_entry(struct machine *m, bool optional)
{
    struct cel_value v = m->sp[0], k = m->sp[-1];

    m->sp -= 2;
    if (m->sp->type == CEL_ERROR)
        return;
    if (optional && v.type == CEL_OPTIONAL) {
        if (v.list == NULL)
            return;
        v = *v.list;
    } else if (optional && v.type != CEL_ERROR) {
        v = cel_fail(E_OVERLOAD);
    }
    *m->sp = cel_machine_placed(m, cel_machine_entry(*m->sp, k, v));
}

/* ---- the machine ---- */

/* && and ||, from the second operand on: m->sp[0] is it, m->sp[-1] what the others came to. True: it is decided. */
static bool absorb(struct machine *m, bool decides)
{
    struct cel_value v = *m->sp--;

    if (v.type == CEL_BOOL && (v.i != 0) == decides) {
        *m->sp = v;
        return true;
    }
    if (v.type != CEL_BOOL && m->sp->type != CEL_ERROR)
        *m->sp = v.type == CEL_ERROR ? v : cel_machine_fail(m, E_OVERLOAD);
    return false;
}

/* Likewise, the first operand. */
static bool decided(struct machine *m, bool decides)
{
    if (m->sp->type == CEL_BOOL)
        return (m->sp->i != 0) == decides;
    if (m->sp->type != CEL_ERROR)
        *m->sp = cel_machine_fail(m, E_OVERLOAD);
    return false;
}

static void branch(struct machine *m, uint32_t otherwise)
{
    struct cel_value v = *m->sp;

    if (v.type == CEL_BOOL) {
        m->sp--;
        m->pc = v.i ? m->pc : otherwise;
    } else {
        *m->sp = v.type == CEL_ERROR ? v : cel_machine_fail(m, E_OVERLOAD);
        m->pc = m->p->code[otherwise - 1].b; /* over both branches */
    }
}

/* x.orValue(y) and x.or(y): y is needed only when x is empty. */
static void or_else(struct machine *m, bool keep, uint32_t end)
{
    struct cel_value v = *m->sp;

    if (v.type == CEL_OPTIONAL && v.list == NULL) {
        m->sp--;
        return;
    }
    if (v.type != CEL_OPTIONAL)
        *m->sp = v.type == CEL_ERROR ? v : cel_machine_fail(m, E_OVERLOAD);
    else if (!keep)
        *m->sp = *v.list;
    m->pc = end;
}

static void opt_bind(struct machine *m, uint32_t slot, uint32_t end)
{
    struct cel_value v = *m->sp;

    if (v.type == CEL_OPTIONAL && v.list) {
        m->slot[slot] = *v.list;
        m->sp--;
        return;
    }
    if (v.type != CEL_OPTIONAL)
        *m->sp = v.type == CEL_ERROR ? v : cel_machine_fail(m, E_OVERLOAD);
    m->pc = end;
}

/* What is rarer, out of the loop's way. */
static void rare(struct machine *m, struct instr i)
{
    const struct cel_program *p = m->p;
    struct cel_value *sp = m->sp;

    switch ((enum op)i.op) {
    case OP_SELECT:
    case OP_OPT_SELECT:
        *sp = cel_machine_placed(m, reach(m, *sp, p->consts[i.b], i.op == OP_OPT_SELECT, true));
        break;
    case OP_INDEX:
    case OP_OPT_INDEX:
        m->sp = --sp;
        *sp = cel_machine_placed(m, reach(m, sp[0], sp[1], i.op == OP_OPT_INDEX, false));
        break;
    case OP_HAS:
        *sp = cel_machine_placed(m, has(*sp, p->consts[i.b]));
        break;
    case OP_CALL:
        m->sp = sp -= (int)i.a - 1;
        *sp = cel_machine_placed(m, call(m, p->funcs[i.b], sp, i.a));
        break;
    case OP_MATCH:
        *sp = cel_machine_placed(m, match(m, p->patterns[i.b], *sp));
        break;
    case OP_LIST:
        *++m->sp = cel_list(arena_alloc(m->run.arena, (i.b + (size_t)1) * sizeof *sp), 0);
        break;
    case OP_PUT:
    case OP_PUT_OPT:
        put_item(m, i.op == OP_PUT_OPT);
        break;
    case OP_MAP:
        *++m->sp = (struct cel_value){.type = CEL_MAP, .map = cel_map_new(m->run.arena, i.b)};
        break;
    case OP_ENTRY:
    case OP_ENTRY_OPT:
        put_entry(m, i.op == OP_ENTRY_OPT);
        break;
    case OP_LOOP:
        cel_machine_loop(m, &p->loops[i.b]);
        break;
    case OP_TEST:
        cel_machine_test(m);
        break;
    case OP_NEXT:
        cel_machine_next(m);
        break;
    case OP_OPT_BIND:
        opt_bind(m, i.a, i.b);
        break;
    case OP_OPT_WRAP:
        *sp = sp->type == CEL_ERROR ? *sp : cel_optional(cel_keep(m->run.arena, *sp));
        break;
    case OP_OR_ELSE:
        or_else(m, i.a, i.b);
        break;
    default:
        break;
    }
}

static void step(struct machine *m, struct instr i)
{
    const struct cel_program *p = m->p;

    switch (i.op) {
    case OP_CONST:
        *++m->sp = p->consts[i.b];
        break;
    case OP_VAR:
        *++m->sp = m->vars[i.b];
        break;
    case OP_LOCAL:
        *++m->sp = m->slot[i.b];
        break;
    case OP_STORE:
        m->slot[i.b] = *m->sp--;
        break;
    case OP_FIELD:
        *++m->sp = cel_machine_placed(m, field(m, i.b, i.a));
        break;
    case OP_HAS_FIELD:
        *++m->sp = cel_bool(record_has(m->vars[i.b].record, i.a));
        break;
    case OP_FIELD_IS:
        *++m->sp = cel_machine_placed(m, field_is(m, &p->fused[i.b]));
        break;
    case OP_VAR_IS:
        *++m->sp = var_is(m, &p->fused[i.b]);
        break;
    case OP_FIELD_CMP:
    case OP_VAR_CMP:
        *++m->sp = cel_machine_placed(m, fused(m, &p->fused[i.b]));
        break;
    case OP_AND:
    case OP_OR:
        m->pc = decided(m, i.op == OP_OR) ? i.b : m->pc;
        break;
    case OP_ANDS:
    case OP_ORS:
        m->pc = absorb(m, i.op == OP_ORS) ? i.b : m->pc;
        break;
    case OP_COND:
        branch(m, i.b);
        break;
    case OP_JUMP:
        m->pc = i.b;
        break;
    case OP_NOT:
    case OP_NEG:
        *m->sp = cel_machine_placed(m, unary((enum op)i.op, *m->sp));
        break;
    default:
        if (i.op <= OP_IN) {
            m->sp--;
            *m->sp = cel_machine_placed(m, binary(&m->run, (enum op)i.op, m->sp[0], m->sp[1]));
        } else {
            rare(m, i);
        }
    }
}

int cel_run(const struct cel_program *p, const struct cel_value *vars, struct cel_run *run)
{
    struct cel_value few[STACK], *stack = few;
    struct machine m;

    if (p->stack > STACK)
        stack = arena_alloc(run->arena, p->stack * sizeof *stack);
    m.run = (struct run){.arena = run->arena, .most = p->cost};
    m.p = p;
    m.vars = vars;
    m.sp = stack - 1;
    m.pc = 0;
    m.depth = 0;
    m.stopped = false;
    for (struct instr i = p->code[m.pc++]; i.op != OP_END; i = p->code[m.pc++]) {
        m.run.steps++;
        step(&m, i);
        if (m.stopped)
            break;
    }
    run->value = m.stopped ? cel_fail(E_LIMIT) : *m.sp;
    run->steps = m.run.steps + 1;
    return run->value.type == CEL_ERROR ? -1 : 0;
}
