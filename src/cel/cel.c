/* cel.c: the room's door: compile, explain, and the checked expression for whoever indexes rules. */
#include "cel/internal.h"

#include <stdio.h>

int cel_compile(struct arena *a, const struct cel_env *env, struct str text, struct cel_program **out,
                struct cel_wrong *wrong)
{
    struct compiler c = {.arena = a, .env = env, .text = text, .wrong = wrong};
    uint64_t limit = env->costs ? env->costs : CEL_COST_DEFAULT;
    struct cel_node *root;

    *wrong = (struct cel_wrong){0};
    if (text.n > CEL_TEXT_MAX)
        cel_bad(&c, 0, N_("the expression is longer than %zu bytes"), CEL_TEXT_MAX);
    else if (!str_utf8(text))
        cel_bad(&c, 0, N_("the expression is not UTF-8"));
    if (c.failed || !(root = cel_parse(&c)) || !cel_check(&c, root))
        return -1;
    cel_fold(&c, root);
    if (root->cost >= limit) {
        cel_bad(&c, root->from, N_("it could take %ju steps; the limit is %ju"), (uintmax_t)root->cost,
                (uintmax_t)limit);
        return -1;
    }
    *out = cel_emit(a, root);
    (*out)->text = text;
    (*out)->env = env;
    (*out)->reads = c.reads;
    (*out)->n_reads = c.n_reads;
    return 0;
}

uint64_t cel_cost(const struct cel_program *p)
{
    return p->cost;
}

bool cel_is_bool(const struct cel_program *p)
{
    return p->root->type->t == CEL_BOOL;
}

bool cel_absent(struct cel_value error)
{
    return error.type == CEL_ERROR && (error.i == E_ABSENT || error.i == E_KEY);
}

void cel_explain(const struct cel_program *p, struct cel_value error, enum lang lang, struct cel_wrong *out)
{
    static const char *const texts[E_CODES] = {
        [E_OVERLOAD] = N_("no such overload: the types do not go together"),
        [E_OVERFLOW] = N_("the result is out of range (overflow)"),
        [E_DIVIDE] = N_("division by zero"),
        [E_MODULUS] = N_("modulus by zero"),
        [E_KEY] = N_("no such key"),
        [E_ABSENT] = N_("the field is absent"),
        [E_INDEX] = N_("the index is out of bounds"),
        [E_KEY_TYPE] = N_("a key is an int, a uint, a bool or a string"),
        [E_KEY_TWICE] = N_("the key is there twice"),
        [E_RANGE] = N_("the value is out of range"),
        [E_CONVERT] = N_("the value cannot be converted"),
        [E_UTF8] = N_("the bytes are not UTF-8"),
        [E_TIME] = N_("this is no time"),
        [E_ZONE] = N_("there is no such time zone"),
        [E_PATTERN] = N_("the pattern cannot be read"),
        [E_NO_VALUE] = N_("the optional value is not there"),
        [E_ARGUMENT] = N_("the argument is not one that the function takes"),
        [E_FORMAT] = N_("the format does not fit its arguments"),
        [E_LIMIT] = N_("it took more steps than allowed"),
    };
    const char *said = tr(lang, texts[error.i < E_CODES ? error.i : E_OVERLOAD]);

    *out = (struct cel_wrong){0};
    if (error.n == UINT32_MAX) {
        snprintf(out->text, sizeof out->text, "%s", said);
        return;
    }
    cel_place(p->text, error.n, out);
    snprintf(out->text, sizeof out->text, "%u:%u: %s", out->line, out->column, said);
}

/* ---- the checked expression ---- */

size_t cel_reads(const struct cel_program *p)
{
    return p->n_reads;
}

struct cel_read cel_read(const struct cel_program *p, size_t i)
{
    return p->reads[i];
}

size_t cel_parts(const struct cel_program *p)
{
    return p->root->kind == N_AND ? p->root->args : 1;
}

const struct cel_node *cel_part(const struct cel_program *p, size_t i)
{
    return p->root->kind == N_AND ? p->root->arg[i] : p->root;
}

struct str cel_node_text(const struct cel_program *p, const struct cel_node *n)
{
    return str_n(p->text.p + n->from, n->to - n->from);
}

struct cel_program *cel_part_program(struct arena *a, const struct cel_program *p,
                                     const struct cel_node *part)
{
    struct cel_program *x = cel_emit(a, (struct cel_node *)(uintptr_t)part);

    x->text = p->text;
    x->env = p->env;
    return x;
}

/* A field read, perhaps with its constant on the other side. */
static bool operand(const struct cel_node *n, struct cel_predicate *out)
{
    if (n->kind != N_FIELD)
        return false;
    out->var = n->var;
    out->field = n->field;
    return true;
}

static void compared(const struct cel_node *n, struct cel_predicate *out)
{
    static const enum cel_form forms[] = {
        [OP_EQ] = CEL_IS,      [OP_NE] = CEL_IS_NOT, [OP_LT] = CEL_BELOW,
        [OP_LE] = CEL_AT_MOST, [OP_GT] = CEL_ABOVE,  [OP_GE] = CEL_AT_LEAST};
    static const enum cel_form turned[] = {
        [OP_EQ] = CEL_IS,       [OP_NE] = CEL_IS_NOT, [OP_LT] = CEL_ABOVE,
        [OP_LE] = CEL_AT_LEAST, [OP_GT] = CEL_BELOW,  [OP_GE] = CEL_AT_MOST};
    const struct cel_node *a = n->arg[0], *b = n->args > 1 ? n->arg[1] : NULL;

    if (n->op < OP_EQ || n->op > OP_IN || !b)
        return;
    if (n->op == OP_IN) {
        if (b->kind == N_CONST && b->value.type == CEL_LIST && operand(a, out)) {
            out->form = CEL_IN;
            out->constant = b->value;
        } else if (a->kind == N_CONST && operand(b, out)) {
            out->form = CEL_HAS_ITEM;
            out->constant = a->value;
        }
    } else if (b->kind == N_CONST && operand(a, out)) {
        out->form = forms[n->op];
        out->constant = b->value;
    } else if (a->kind == N_CONST && operand(b, out)) {
        out->form = turned[n->op];
        out->constant = a->value;
    }
}

static void called(const struct cel_node *n, struct cel_predicate *out)
{
    static const struct {
        const char *name;
        enum cel_form form;
    } calls[] = {{"startsWith", CEL_STARTS},
                 {"endsWith", CEL_ENDS},
                 {"contains", CEL_CONTAINS},
                 {"matches", CEL_MATCHES}};

    for (size_t i = 0; i < COUNT(calls) && n->args == 2; i++)
        if (strcmp(n->func->name, calls[i].name) == 0 && n->arg[1]->kind == N_CONST &&
            n->arg[1]->value.type == CEL_STRING && operand(n->arg[0], out)) {
            out->form = calls[i].form;
            out->constant = n->arg[1]->value;
        }
}

struct cel_predicate cel_predicate(const struct cel_program *p, const struct cel_node *n)
{
    struct cel_predicate out = {.form = CEL_OTHER, .field = -1};

    (void)p;
    for (; n->kind == N_OP && n->op == OP_NOT; n = n->arg[0])
        out.negated = !out.negated;
    if (n->kind == N_OP) {
        compared(n, &out);
    } else if (n->kind == N_CALL) {
        called(n, &out);
    } else if (n->kind == N_HAS_FIELD) {
        out.form = CEL_HAS;
        out.var = n->var;
        out.field = n->field;
    } else if (operand(n, &out) && n->type->t == CEL_BOOL) {
        out.form = CEL_TRUE;
    }
    return out;
}
