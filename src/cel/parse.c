/* parse.c: tokens into nodes, by the grammar of langdef.md. Nothing recurses but through parse_expr, which counts. */
#include "cel/internal.h"

static struct cel_node *parse_expr(struct compiler *c);

struct cel_node *cel_node_new(struct compiler *c, enum node_kind kind, uint32_t at)
{
    struct cel_node *n = arena_alloc(c->arena, sizeof *n);

    n->kind = (uint8_t)kind;
    n->at = n->from = at;
    n->to = c->tok.to;
    n->height = 1;
    n->field = -1;
    return n;
}

struct cel_node *cel_node_args(struct compiler *c, struct cel_node *n, struct cel_node *first,
                               unsigned args)
{
    n->arg = arena_alloc(c->arena, (args + 1) * sizeof(struct cel_node *));
    n->args = (uint16_t)args;
    for (unsigned i = 0; i < args; i++, first = first->next) {
        n->arg[i] = first;
        if (first->height >= n->height)
            n->height = (uint16_t)(first->height + 1);
        if (first->from < n->from)
            n->from = first->from;
        if (first->to > n->to)
            n->to = first->to;
    }
    if (n->height > HEIGHT_MAX)
        return cel_bad(c, n->at, N_("the expression is nested too deeply"));
    return n;
}

static struct cel_node *pair(struct compiler *c, struct cel_node *n, struct cel_node *a, struct cel_node *b)
{
    a->next = b;
    return cel_node_args(c, n, a, b ? 2 : 1);
}

static bool is(const struct compiler *c, char a, char b)
{
    return c->tok.type == LEX_SIGN && c->tok.sign == SIGN(a, b);
}

static bool accept(struct compiler *c, char sign)
{
    return is(c, 0, sign) && (cel_lex(c), true);
}

static struct cel_node *expected(struct compiler *c, const char *what)
{
    struct str found = str_n(c->text.p + c->tok.from, c->tok.to - c->tok.from);

    if (c->tok.type == LEX_END)
        return cel_bad(c, c->tok.from, N_("expected %s, but the text ends here"), what);
    return cel_bad(c, c->tok.from, N_("expected %s, found “%.*s”"), what,
                   (int)(found.n < 40 ? found.n : 40), found.p);
}

static bool need(struct compiler *c, char sign)
{
    char what[] = {'\'', sign, '\'', '\0'};

    if (accept(c, sign))
        return !c->failed;
    expected(c, what);
    return false;
}

static bool reserved(struct str name)
{
    static const char *const words[] = {"as",        "break",  "const",  "continue", "else", "for",
                                        "function",  "if",     "import", "let",      "loop", "package",
                                        "namespace", "return", "var",    "void",     "while"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(name, str_z(words[i])))
            return true;
    return false;
}

static bool keyword(struct str name)
{
    return str_eq(name, S("true")) || str_eq(name, S("false")) || str_eq(name, S("null")) ||
           str_eq(name, S("in"));
}

static bool at_in(const struct compiler *c)
{
    return c->tok.type == LEX_NAME && str_eq(c->tok.text, S("in"));
}

/* ---- lists of things ---- */

struct items {
    struct cel_node *first, *last;
    unsigned n;
};

static bool add(struct compiler *c, struct items *l, struct cel_node *n)
{
    if (n == NULL)
        return false;
    if (l->n == UINT16_MAX - 1) {
        cel_bad(c, n->at, N_("more than %d items"), UINT16_MAX - 1);
        return false;
    }
    n->next = NULL;
    if (l->last)
        l->last->next = n;
    else
        l->first = n;
    l->last = n;
    l->n++;
    return true;
}

static struct cel_node *parse_map(struct compiler *c, uint32_t at)
{
    struct items l = {0};
    struct cel_node *n = cel_node_new(c, N_MAP, at);

    while (!is(c, 0, '}')) {
        bool question = accept(c, '?');
        struct cel_node *key = parse_expr(c);
        if (!add(c, &l, key) || !need(c, ':') || !add(c, &l, parse_expr(c)))
            return NULL;
        key->question = question;
        if (!accept(c, ','))
            break;
    }
    n->to = c->tok.to;
    return need(c, '}') ? cel_node_args(c, n, l.first, l.n) : NULL;
}

static struct cel_node *parse_list(struct compiler *c, uint32_t at)
{
    struct items l = {0};
    struct cel_node *n = cel_node_new(c, N_LIST, at);

    while (!is(c, 0, ']')) {
        bool question = accept(c, '?');
        struct cel_node *item = parse_expr(c);
        if (!add(c, &l, item))
            return NULL;
        item->question = question;
        if (!accept(c, ','))
            break;
    }
    n->to = c->tok.to;
    return need(c, ']') ? cel_node_args(c, n, l.first, l.n) : NULL;
}

/* Behind the "(" of a call; `receiver` may be NULL. */
static struct cel_node *parse_call(struct compiler *c, struct cel_node *n, struct cel_node *receiver)
{
    struct items l = {0};

    n->kind = N_CALL;
    n->member = receiver != NULL;
    if (receiver)
        add(c, &l, receiver);
    while (!is(c, 0, ')')) {
        if (!add(c, &l, parse_expr(c)))
            return NULL;
        if (!accept(c, ','))
            break;
        if (is(c, 0, ')'))
            return expected(c, tr(c->env->lang, N_("an expression")));
    }
    n->to = c->tok.to;
    if (!need(c, ')') || !cel_node_args(c, n, l.first, l.n))
        return NULL;
    return cel_macro(c, n);
}

/* ---- primaries ---- */

static struct cel_node *constant(struct compiler *c, struct cel_value v, uint32_t at)
{
    struct cel_node *n = cel_node_new(c, N_CONST, at);

    n->value = v;
    n->constant = true;
    cel_lex(c);
    return c->failed ? NULL : n;
}

/* A number, with the minus before it (at `at`) when `minus`. */
static struct cel_node *parse_number(struct compiler *c, bool minus, uint32_t at)
{
    struct cel_value v = c->tok.value;

    if (c->tok.type == LEX_INT) {
        if (!minus && v.u > (uint64_t)INT64_MAX)
            return cel_bad(c, at, N_("the number is out of range"));
        v.i = (int64_t)(minus ? 0 - v.u : v.u);
    } else if (minus) {
        v.d = -v.d;
    }
    return constant(c, v, at);
}

static struct cel_node *parse_name(struct compiler *c, bool rooted, uint32_t at)
{
    struct str name = c->tok.text;
    struct cel_node *n;

    if (!rooted && str_eq(name, S("true")))
        return constant(c, cel_bool(true), at);
    if (!rooted && str_eq(name, S("false")))
        return constant(c, cel_bool(false), at);
    if (!rooted && str_eq(name, S("null")))
        return constant(c, (struct cel_value){.type = CEL_NULL}, at);
    if (keyword(name))
        return expected(c, tr(c->env->lang, N_("an expression")));
    if (reserved(name))
        return cel_bad(c, c->tok.from, N_("“%.*s” is a reserved word"), STR_ARG(name));
    n = cel_node_new(c, N_NAME, at);
    n->name = name;
    n->rooted = rooted;
    cel_lex(c);
    if (accept(c, '('))
        return parse_call(c, n, NULL);
    return c->failed ? NULL : n;
}

static struct cel_node *parse_primary(struct compiler *c)
{
    uint32_t at = c->tok.from;
    struct cel_node *n;

    switch (c->tok.type) {
    case LEX_INT:
    case LEX_UINT:
    case LEX_DOUBLE:
        return parse_number(c, false, at);
    case LEX_STRING:
    case LEX_BYTES:
        return constant(c, c->tok.value, at);
    case LEX_NAME:
        return parse_name(c, false, at);
    case LEX_SIGN:
        if (accept(c, '(')) {
            n = parse_expr(c);
            if (!n || !is(c, 0, ')'))
                return n ? expected(c, "')'") : NULL;
            n->from = at; /* with its parentheses */
            n->to = c->tok.to;
            n->parentheses = true;
            cel_lex(c);
            return n;
        }
        if (accept(c, '['))
            return parse_list(c, at);
        if (accept(c, '{'))
            return parse_map(c, at);
        if (accept(c, '.') && c->tok.type == LEX_NAME)
            return parse_name(c, true, at);
        break;
    case LEX_ESCAPED:
    case LEX_END:
        break;
    }
    return expected(c, tr(c->env->lang, N_("an expression")));
}

/* Behind a dot. */
static struct cel_node *parse_member(struct compiler *c, struct cel_node *of)
{
    bool optional = accept(c, '?');
    struct cel_node *n;

    if (c->tok.type != LEX_ESCAPED && (c->tok.type != LEX_NAME || keyword(c->tok.text)))
        return expected(c, tr(c->env->lang, N_("a name")));
    n = cel_node_new(c, N_SELECT, c->tok.from);
    n->name = c->tok.text;
    n->escaped = c->tok.type == LEX_ESCAPED;
    n->optional = optional;
    cel_lex(c);
    if (!optional && !n->escaped && accept(c, '('))
        return parse_call(c, n, of);
    return c->failed ? NULL : pair(c, n, of, NULL);
}

static struct cel_node *parse_index(struct compiler *c, struct cel_node *of, uint32_t at)
{
    struct cel_node *n = cel_node_new(c, N_INDEX, at), *index;

    n->optional = accept(c, '?');
    index = parse_expr(c);
    if (!index)
        return NULL;
    n->to = c->tok.to;
    return need(c, ']') ? pair(c, n, of, index) : NULL;
}

static struct cel_node *parse_postfix(struct compiler *c, struct cel_node *n)
{
    while (n && !c->failed) {
        uint32_t at = c->tok.from;
        if (accept(c, '.'))
            n = parse_member(c, n);
        else if (accept(c, '['))
            n = parse_index(c, n, at);
        else if (is(c, 0, '{') && (n->kind == N_NAME || n->kind == N_SELECT))
            return cel_bad(c, n->from,
                           N_("messages of protocol buffers are not part of the rule language"));
        else
            break;
    }
    return c->failed ? NULL : n;
}

static struct cel_node *parse_unary(struct compiler *c)
{
    char sign = is(c, 0, '-') ? '-' : '!';
    uint32_t at[CEL_DEPTH_MAX], n = 0, at_minus = 0;
    bool minus = false;
    struct cel_node *v;

    while (is(c, 0, sign)) {
        if (n == COUNT(at))
            return cel_bad(c, c->tok.from, N_("the expression is nested too deeply"));
        at[n++] = c->tok.from;
        cel_lex(c);
    }
    if (n && sign == '!' && is(c, 0, '-')) { /* the minus of a number, as in !-1 */
        minus = true;
        at_minus = c->tok.from;
        cel_lex(c);
    } else if (n && sign == '-' && (c->tok.type == LEX_INT || c->tok.type == LEX_DOUBLE)) {
        minus = true;
        at_minus = at[--n];
    }
    if (minus) {
        if (c->tok.type != LEX_INT && c->tok.type != LEX_DOUBLE)
            return expected(c, tr(c->env->lang, N_("a number")));
        v = parse_postfix(c, parse_number(c, true, at_minus));
    } else {
        v = parse_postfix(c, parse_primary(c));
    }
    while (v && n) {
        struct cel_node *u = cel_node_new(c, N_OP, at[--n]);
        u->op = sign == '-' ? OP_NEG : OP_NOT;
        u->to = v->to;
        v = pair(c, u, v, NULL);
    }
    return v;
}

/* ---- operators ---- */

/* The operator at hand and how strongly it binds: 3 for *, 2 for +, 1 for comparisons; 0 when there is none. */
static unsigned binary(const struct compiler *c, enum op *op)
{
    static const struct {
        uint16_t sign;
        enum op op;
        unsigned binds;
    } row[] = {{SIGN(0, '*'), OP_MUL, 3},  {SIGN(0, '/'), OP_DIV, 3}, {SIGN(0, '%'), OP_MOD, 3},
               {SIGN(0, '+'), OP_ADD, 2},  {SIGN(0, '-'), OP_SUB, 2}, {SIGN('=', '='), OP_EQ, 1},
               {SIGN('!', '='), OP_NE, 1}, {SIGN(0, '<'), OP_LT, 1},  {SIGN('<', '='), OP_LE, 1},
               {SIGN(0, '>'), OP_GT, 1},   {SIGN('>', '='), OP_GE, 1}};

    if (at_in(c)) {
        *op = OP_IN;
        return 1;
    }
    for (size_t i = 0; i < COUNT(row) && c->tok.type == LEX_SIGN; i++)
        if (row[i].sign == c->tok.sign) {
            *op = row[i].op;
            return row[i].binds;
        }
    return 0;
}

static struct cel_node *parse_binary(struct compiler *c, unsigned least)
{
    struct cel_node *left = parse_unary(c);
    unsigned binds;
    enum op op;

    while (left && (binds = binary(c, &op)) >= least && binds > 0) {
        uint32_t at = c->tok.from;
        struct cel_node *right, *n;
        cel_lex(c);
        if ((right = parse_binary(c, binds + 1)) == NULL)
            return NULL;
        n = cel_node_new(c, N_OP, at);
        n->op = (uint8_t)op;
        n->to = right->to;
        left = pair(c, n, left, right);
    }
    return c->failed ? NULL : left;
}

/* a && b && c is one node of three: chains of any length, and what is behind them, stay flat. */
static struct cel_node *parse_logic(struct compiler *c, char sign)
{
    struct items l = {0};
    struct cel_node *n = NULL;

    for (;;) {
        struct cel_node *part = sign == '|' ? parse_logic(c, '&') : parse_binary(c, 1);
        if (!add(c, &l, part))
            return NULL;
        if (!is(c, sign, sign))
            break;
        if (!n)
            n = cel_node_new(c, sign == '|' ? N_OR : N_AND, c->tok.from);
        cel_lex(c);
    }
    if (!n)
        return l.first;
    n->to = l.last->to;
    return cel_node_args(c, n, l.first, l.n);
}

static struct cel_node *parse_cond(struct compiler *c)
{
    struct cel_node *test = parse_logic(c, '|'), *n, *then, *otherwise;
    uint32_t at = c->tok.from;

    if (!test || !accept(c, '?'))
        return test;
    n = cel_node_new(c, N_COND, at);
    if (!(then = parse_logic(c, '|')) || !need(c, ':') || !(otherwise = parse_expr(c)))
        return NULL;
    test->next = then;
    then->next = otherwise;
    n->to = otherwise->to;
    return cel_node_args(c, n, test, 3);
}

static struct cel_node *parse_expr(struct compiler *c)
{
    struct cel_node *n;

    if (c->failed)
        return NULL;
    if (c->depth == CEL_DEPTH_MAX)
        return cel_bad(c, c->tok.from, N_("the expression is nested too deeply"));
    c->depth++;
    n = parse_cond(c);
    c->depth--;
    return n;
}

struct cel_node *cel_parse(struct compiler *c)
{
    struct cel_node *n;

    c->strings = arena_alloc(c->arena, c->text.n + 4);
    cel_lex(c);
    n = parse_expr(c);
    if (n && c->tok.type != LEX_END)
        return expected(c, tr(c->env->lang, N_("the end")));
    return c->failed ? NULL : n;
}
