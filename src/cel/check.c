/*
 * check.c: types, gradually. A wrong type that every run would meet is an error here; one that a run may never meet
 * (behind &&, ||, ?: or in a macro) is left to the run unless the env is strict, because CEL's logic may absorb it.
 * Names and functions that do not exist are always errors.
 */
#include "cel/internal.h"

static const char *const op_names[] = {
    [OP_NOT] = "!_",  [OP_NEG] = "-_",  [OP_ADD] = "_+_", [OP_SUB] = "_-_", [OP_MUL] = "_*_",
    [OP_DIV] = "_/_", [OP_MOD] = "_%_", [OP_EQ] = "_==_", [OP_NE] = "_!=_", [OP_LT] = "_<_",
    [OP_LE] = "_<=_", [OP_GT] = "_>_",  [OP_GE] = "_>=_", [OP_IN] = "@in",
};

static bool check_loop(struct compiler *c, struct cel_node *n);

bool cel_mismatch(struct compiler *c, struct cel_node *n, const char *what)
{
    struct buf b;

    n->type = &cel_types[DYN];
    if (c->maybe && !c->env->strict)
        return true;
    buf_init(&b, 256);
    for (unsigned i = 0; i < n->args && i < 6; i++) {
        if (i)
            buf_z(&b, ", ");
        buf_str(&b, cel_type_text(c->arena, n->arg[i]->type));
    }
    cel_bad(c, n->at, N_("no matching overload for “%s” applied to (%.*s)"), what, STR_ARG(buf_view(&b)));
    buf_free(&b);
    return false;
}

static bool is(const struct cel_node *n, uint32_t types)
{
    return n->type->t == DYN || (BIT(n->type->t) & types);
}

static const struct ctype *inner(const struct ctype *t)
{
    return t->a ? t->a : &cel_types[DYN];
}

/* Could values of these types be equal? */
static bool comparable(const struct ctype *a, const struct ctype *b)
{
    if (!a || !b || a->t == DYN || b->t == DYN)
        return true;
    return a->t == b->t || (BIT(a->t) & NUMBERS && BIT(b->t) & NUMBERS);
}

/* ---- operators ---- */

static const struct ctype *sum(struct compiler *c, const struct cel_node *n)
{
    const struct ctype *a = n->arg[0]->type, *b = n->arg[1]->type;
    uint32_t scalars = NUMBERS | BIT(CEL_STRING) | BIT(CEL_BYTES), both = BIT(a->t) | BIT(b->t);

    if (a->t == DYN || b->t == DYN) {
        const struct ctype *known = a->t == DYN ? b : a;
        if (known->t == CEL_LIST)
            return &cel_types[CEL_LIST];
        if (BIT(known->t) & scalars)
            return known;
        return known->t == DYN || BIT(known->t) & (BIT(CEL_TIMESTAMP) | BIT(CEL_DURATION)) ? &cel_types[DYN]
                                                                                           : NULL;
    }
    if (a->t == b->t && (BIT(a->t) & scalars || a->t == CEL_DURATION))
        return a;
    if (a->t == CEL_LIST && b->t == CEL_LIST)
        return cel_list_of(c, cel_join(a->a, b->a));
    return both == (BIT(CEL_TIMESTAMP) | BIT(CEL_DURATION)) ? &cel_types[CEL_TIMESTAMP] : NULL;
}

static const struct ctype *difference(const struct ctype *a, const struct ctype *b)
{
    uint32_t times = BIT(CEL_TIMESTAMP) | BIT(CEL_DURATION);

    if (a->t == DYN || b->t == DYN) {
        uint8_t known = a->t == DYN ? b->t : a->t;
        if (BIT(known) & NUMBERS)
            return &cel_types[known];
        return known == DYN || BIT(known) & times ? &cel_types[DYN] : NULL;
    }
    if (a->t == b->t && BIT(a->t) & NUMBERS)
        return a;
    if (a->t == CEL_TIMESTAMP && BIT(b->t) & times)
        return &cel_types[b->t == CEL_DURATION ? CEL_TIMESTAMP : CEL_DURATION];
    return a->t == CEL_DURATION && b->t == CEL_DURATION ? a : NULL;
}

/* * / %: of one type. */
static const struct ctype *product(const struct ctype *a, const struct ctype *b, uint32_t may)
{
    if (a->t == DYN || b->t == DYN) {
        const struct ctype *known = a->t == DYN ? b : a;
        return known->t == DYN || BIT(known->t) & may ? known : NULL;
    }
    return a->t == b->t && BIT(a->t) & may ? a : NULL;
}

static bool ordered(const struct ctype *a, const struct ctype *b)
{
    uint32_t may =
        NUMBERS | BIT(CEL_BOOL) | BIT(CEL_STRING) | BIT(CEL_BYTES) | BIT(CEL_TIMESTAMP) | BIT(CEL_DURATION);

    return (a->t == DYN || BIT(a->t) & may) && (b->t == DYN || BIT(b->t) & may) && comparable(a, b);
}

static bool contained(const struct compiler *c, const struct ctype *a, const struct ctype *b)
{
    if (b->t != DYN && b->t != CEL_LIST && b->t != CEL_MAP)
        return false;
    return !c->env->strict || b->t == DYN || comparable(a, b->a);
}

static const struct ctype *op_type(struct compiler *c, const struct cel_node *n)
{
    const struct ctype *a = n->arg[0]->type, *b = n->args > 1 ? n->arg[1]->type : NULL;
    const struct ctype *yes = &cel_types[CEL_BOOL];

    switch (n->op) {
    case OP_NOT:
        return is(n->arg[0], BIT(CEL_BOOL)) ? yes : NULL;
    case OP_NEG:
        return is(n->arg[0], BIT(CEL_INT) | BIT(CEL_DOUBLE)) ? a : NULL;
    case OP_ADD:
        return sum(c, n);
    case OP_SUB:
        return difference(a, b);
    case OP_MUL:
    case OP_DIV:
        return product(a, b, NUMBERS);
    case OP_MOD:
        return product(a, b, BIT(CEL_INT) | BIT(CEL_UINT));
    case OP_EQ:
    case OP_NE:
        return !c->env->strict || comparable(a, b) ? yes : NULL;
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return ordered(a, b) ? yes : NULL;
    case OP_IN:
        return contained(c, a, b) ? yes : NULL;
    }
    return NULL;
}

/* A code that the field's list does not have: the comparison could never hold. */
static bool known_code(struct compiler *c, const struct cel_node *of, const struct cel_node *k)
{
    const struct field *f;

    if (!c->env->strict || of->kind != N_FIELD || k->kind != N_CONST || k->value.type != CEL_STRING)
        return true;
    f = &c->env->var[of->var].kind->field[of->field];
    if (!f->codes || f->codes->open || schema_code(f->codes, cel_str(k->value)))
        return true;
    cel_bad(c, k->at, N_("“%.*s” is not a code of the list “%s”"), STR_ARG(cel_str(k->value)),
            f->codes->name);
    return false;
}

static bool known_codes(struct compiler *c, const struct cel_node *n)
{
    const struct cel_node *a = n->arg[0], *b = n->args > 1 ? n->arg[1] : NULL;

    if (n->op == OP_EQ || n->op == OP_NE)
        return known_code(c, a, b) && known_code(c, b, a);
    if (n->op != OP_IN)
        return true;
    for (unsigned i = 0; b->kind == N_LIST && i < b->args; i++)
        if (!known_code(c, a, b->arg[i]))
            return false;
    return known_code(c, b, a);
}

static bool check_op(struct compiler *c, struct cel_node *n)
{
    n->type = op_type(c, n);
    return n->type ? known_codes(c, n) : cel_mismatch(c, n, op_names[n->op]);
}

/* ---- members ---- */

static bool check_select(struct compiler *c, struct cel_node *n)
{
    const struct ctype *of = n->arg[0]->type, *t = &cel_types[DYN];
    bool optional = n->optional || of->t == CEL_OPTIONAL;

    if (of->t == CEL_OPTIONAL)
        of = inner(of);
    if (of->t != DYN && of->t != CEL_MAP)
        return cel_mismatch(c, n, n->kind == N_HAS ? "has" : "_._");
    if (of->t == CEL_MAP && of->b)
        t = of->b;
    n->type = n->kind == N_HAS ? &cel_types[CEL_BOOL] : optional ? cel_optional_of(c, t) : t;
    return true;
}

static bool check_index(struct compiler *c, struct cel_node *n)
{
    const struct ctype *of = n->arg[0]->type, *t = &cel_types[DYN];
    bool optional = n->optional || of->t == CEL_OPTIONAL;

    if (of->t == CEL_OPTIONAL)
        of = inner(of);
    if (of->t == CEL_LIST) {
        if (!is(n->arg[1], NUMBERS))
            return cel_mismatch(c, n, "_[_]");
        t = inner(of);
    } else if (of->t == CEL_MAP) {
        if (!is(n->arg[1], NUMBERS | BIT(CEL_BOOL) | BIT(CEL_STRING)))
            return cel_mismatch(c, n, "_[_]");
        t = of->b ? of->b : t;
    } else if (of->t != DYN) {
        return cel_mismatch(c, n, "_[_]");
    }
    n->type = optional ? cel_optional_of(c, t) : t;
    return true;
}

/* ---- calls ---- */

static const struct ctype *result(struct compiler *c, const struct cel_node *n)
{
    const struct ctype *a = n->args ? n->arg[0]->type : NULL, *t = NULL;

    switch ((enum result_rule)n->func->rule) {
    case R_TYPE:
        return &cel_types[n->func->result];
    case R_SAME:
        return a;
    case R_ITEM:
        return inner(a);
    case R_OPT:
        return cel_optional_of(c, a);
    case R_OPT_ITEM:
        return cel_optional_of(c, inner(a));
    case R_STRINGS:
        return cel_list_of(c, &cel_types[CEL_STRING]);
    case R_INTS:
        return cel_list_of(c, &cel_types[CEL_INT]);
    case R_FLAT:
        return &cel_types[CEL_LIST];
    case R_JOIN:
        if (n->args == 1 && a->t == CEL_LIST)
            return inner(a);
        for (unsigned i = 0; i < n->args; i++)
            t = cel_join(t, n->arg[i]->type);
        return t;
    }
    return &cel_types[DYN];
}

/* A pattern that stands in the text is read now, once. */
static bool check_pattern(struct compiler *c, struct cel_node *n)
{
    const struct cel_node *p = n->args > 1 ? n->arg[1] : NULL;
    const char *why;

    if (n->func->cost != C_PATTERN || p->kind != N_CONST || p->value.type != CEL_STRING)
        return true;
    n->regex = cel_regex(c->arena, cel_str(p->value), &why);
    if (!n->regex)
        cel_bad(c, p->at, N_("the pattern cannot be read: %s"), tr(c->env->lang, why));
    return n->regex != NULL;
}

static bool check_call(struct compiler *c, struct cel_node *n)
{
    for (unsigned i = 0; i < n->args; i++)
        if (!is(n->arg[i], cel_func_may(n->func, i)))
            return cel_mismatch(c, n, n->func->name);
    n->type = result(c, n);
    return check_pattern(c, n);
}

/* Which function a call means. math.least(x) has the look of a member call: its receiver is no value. */
static bool find_call(struct compiler *c, struct cel_node *n)
{
    bool named = false;

    if (n->member && cel_namespace(c, n, &n->func)) {
        named = true;
        n->member = false;
        n->arg++;
        n->args--;
    } else {
        n->func = cel_func(n->name, n->member ? MEMBER : GLOBAL, n->args, &named);
    }
    if (n->func)
        return true;
    if (named)
        cel_bad(c, n->at, N_("“%.*s” does not take this many arguments"), STR_ARG(n->name));
    else
        cel_bad(c, n->at, N_("there is no function “%.*s”"), STR_ARG(n->name));
    return false;
}

/* ---- literals, logic ---- */

static bool check_list(struct compiler *c, struct cel_node *n)
{
    const struct ctype *t = NULL;

    for (unsigned i = 0; i < n->args; i++) {
        const struct ctype *item = n->arg[i]->type;
        if (n->arg[i]->question && item->t != DYN && item->t != CEL_OPTIONAL)
            return cel_mismatch(c, n, "[?_]");
        t = cel_join(t, n->arg[i]->question ? inner(item) : item);
    }
    n->type = cel_list_of(c, t);
    return true;
}

static bool check_map(struct compiler *c, struct cel_node *n)
{
    const struct ctype *k = NULL, *v = NULL;

    for (unsigned i = 0; i < n->args; i += 2) {
        const struct ctype *value = n->arg[i + 1]->type;
        if (!is(n->arg[i], BIT(CEL_INT) | BIT(CEL_UINT) | BIT(CEL_BOOL) | BIT(CEL_STRING)))
            return cel_mismatch(c, n, "{_: _}");
        if (n->arg[i]->question && value->t != DYN && value->t != CEL_OPTIONAL)
            return cel_mismatch(c, n, "{?_: _}");
        k = cel_join(k, n->arg[i]->type);
        v = cel_join(v, n->arg[i]->question ? inner(value) : value);
    }
    n->type = cel_map_of(c, k, v);
    return true;
}

static bool check_logic(struct compiler *c, struct cel_node *n)
{
    bool ok = true;

    n->type = &cel_types[CEL_BOOL];
    c->maybe++;
    for (unsigned i = 0; i < n->args && ok; i++)
        if (!is(n->arg[i], BIT(CEL_BOOL)))
            ok = cel_mismatch(c, n, n->kind == N_AND ? "_&&_" : "_||_");
    c->maybe--;
    n->type = &cel_types[CEL_BOOL];
    return ok;
}

static bool check_cond(struct compiler *c, struct cel_node *n)
{
    if (!is(n->arg[0], BIT(CEL_BOOL)))
        return cel_mismatch(c, n, "_?_:_");
    n->type = cel_join(n->arg[1]->type, n->arg[2]->type);
    return true;
}

/* ---- variables of macros ---- */

static bool enter(struct compiler *c, struct str name, const struct ctype *t, struct size size)
{
    if (c->scopes == SLOTS_MAX) {
        cel_bad(c, c->tok.from, N_("more than %d variables of macros within one another"), SLOTS_MAX);
        return false;
    }
    c->scope[c->scopes] = (struct scope){name, c->scopes, t ? t : &cel_types[DYN], size};
    c->scopes++;
    return true;
}

static bool check_bind(struct compiler *c, struct cel_node *n)
{
    bool ok;

    c->maybe++; /* the value may never be used */
    ok = cel_check(c, n->arg[0]);
    c->maybe--;
    n->slot = c->scopes;
    ok = ok && enter(c, n->name, n->arg[0]->type, n->arg[0]->size) && cel_check(c, n->arg[1]);
    if (!ok)
        return false;
    c->scopes--;
    n->type = n->arg[1]->type;
    return true;
}

static bool check_opt_map(struct compiler *c, struct cel_node *n)
{
    const struct ctype *of;
    struct size size;

    if (!cel_check(c, n->arg[0]))
        return false;
    of = n->arg[0]->type;
    if (!is(n->arg[0], BIT(CEL_OPTIONAL)) && !cel_mismatch(c, n, "optMap"))
        return false;
    size = (struct size){n->arg[0]->size.all, n->arg[0]->size.all};
    n->slot = c->scopes;
    c->maybe++;
    if (!enter(c, n->name, inner(of), size) || !cel_check(c, n->arg[1]))
        return false;
    c->maybe--;
    c->scopes--;
    n->type = n->macro == M_MAP ? cel_optional_of(c, n->arg[1]->type) : n->arg[1]->type;
    return true;
}

static bool enter_loop(struct compiler *c, struct cel_node *n)
{
    const struct cel_node *range = n->arg[0];
    const struct ctype *t = range->type;
    struct size item = {range->size.all, range->size.all}, one = {1, 1};

    n->slot = c->scopes;
    n->slot2 = c->scopes + 1;
    if (n->names == 1)
        return enter(c, n->name, t->t == DYN ? t : t->a, item);
    return enter(c, n->name, t->t == CEL_LIST ? &cel_types[CEL_INT] : t->a,
                 t->t == CEL_LIST ? one : item) &&
           enter(c, n->name2, t->t == CEL_LIST ? t->a : t->b, item);
}

/* What the bodies give, and what comes of it. */
static bool check_body(struct compiler *c, struct cel_node *n)
{
    const struct cel_node *last = n->arg[n->args - 1];
    uint32_t truth = BIT(CEL_BOOL);

    switch ((enum macro)n->macro) {
    case M_ALL:
    case M_EXISTS:
    case M_EXISTS_ONE:
        n->type = &cel_types[CEL_BOOL];
        return is(last, truth) || cel_mismatch(c, n, "all, exists");
    case M_FILTER:
        n->type = n->arg[0]->type->t == CEL_LIST ? n->arg[0]->type : &cel_types[CEL_LIST];
        return is(last, truth) || cel_mismatch(c, n, "filter");
    case M_SORT:
        n->type = n->arg[0]->type->t == CEL_LIST ? n->arg[0]->type : &cel_types[CEL_LIST];
        return true;
    case M_MAP_FILTER:
    case M_LIST_FILTER:
        if (!is(n->arg[1], truth) && !cel_mismatch(c, n, "map"))
            return false;
        n->type = cel_list_of(c, last->type);
        return true;
    case M_MAP:
    case M_LIST:
        n->type = cel_list_of(c, last->type);
        return true;
    case M_TO_MAP:
        n->type = cel_map_of(c, n->arg[0]->type->t == CEL_LIST ? &cel_types[CEL_INT] : n->arg[0]->type->a,
                             last->type);
        return true;
    case M_TO_MAP_FILTER:
        n->type = cel_map_of(c, NULL, last->type);
        return is(n->arg[1], truth) || cel_mismatch(c, n, "transformMap");
    case M_TO_ENTRY:
    case M_TO_ENTRY_FILTER:
        n->type = &cel_types[CEL_MAP];
        return is(last, BIT(CEL_MAP)) || cel_mismatch(c, n, "transformMapEntry");
    case M_FLAT_MAP:
        break;
    }
    return true;
}

static bool check_loop(struct compiler *c, struct cel_node *n)
{
    unsigned before = c->scopes;
    bool ok = cel_check(c, n->arg[0]);

    if (!ok ||
        (!is(n->arg[0], BIT(CEL_LIST) | BIT(CEL_MAP)) && !cel_mismatch(c, n, "all, exists, map, filter")))
        return false;
    c->maybe++;
    ok = enter_loop(c, n);
    for (unsigned i = 1; i < n->args && ok; i++)
        ok = cel_check(c, n->arg[i]);
    ok = ok && check_body(c, n);
    c->maybe--;
    c->scopes = before;
    return ok;
}

/* ---- the walk ---- */

/* Parts first. Branches that may not be run, or whose errors may not matter, are "maybe". */
static bool check_parts(struct compiler *c, struct cel_node *n)
{
    for (unsigned i = 0; i < n->args; i++) {
        bool maybe = n->kind == N_AND || n->kind == N_OR || (n->kind == N_COND && i > 0);
        c->maybe += maybe;
        if (!cel_check(c, n->arg[i]))
            return false;
        c->maybe -= maybe;
    }
    return true;
}

static bool check_kind(struct compiler *c, struct cel_node *n)
{
    switch ((enum node_kind)n->kind) {
    case N_CONST:
        n->type = &cel_types[n->value.type];
        return true;
    case N_SELECT:
    case N_HAS:
        return check_select(c, n);
    case N_INDEX:
        return check_index(c, n);
    case N_OP:
        return check_op(c, n);
    case N_CALL:
        return check_call(c, n);
    case N_LIST:
        return check_list(c, n);
    case N_MAP:
        return check_map(c, n);
    case N_AND:
    case N_OR:
        return check_logic(c, n);
    case N_COND:
        return check_cond(c, n);
    case N_NAME:
    case N_VAR:
    case N_LOCAL:
    case N_FIELD:
    case N_HAS_FIELD:
    case N_LOOP:
    case N_BIND:
    case N_OPT_MAP:
        return true; /* seen to already */
    }
    return false;
}

bool cel_check(struct compiler *c, struct cel_node *n)
{
    bool ok;

    if (n->kind == N_LOOP || n->kind == N_BIND || n->kind == N_OPT_MAP) {
        ok = n->kind == N_LOOP   ? check_loop(c, n)
             : n->kind == N_BIND ? check_bind(c, n)
                                 : check_opt_map(c, n);
    } else {
        if ((n->kind == N_NAME || n->kind == N_SELECT || n->kind == N_HAS) && !cel_resolve(c, n))
            return false;
        if (n->kind == N_CALL && !find_call(c, n))
            return false;
        ok = check_parts(c, n) && check_kind(c, n);
    }
    if (!ok)
        return false;
    cel_bound(n);
    return true;
}
