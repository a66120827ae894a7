/*
 * condition.c: the `when` of a clause: which records it is about.
 *
 *     any    = all { "or" all } | all { "and" all }      not both without parentheses: a reader must not guess
 *     all    = [ "not" ] ( test | "(" any ")" )
 *     test   = FIELD ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) VALUE
 *            | FIELD "in" "(" VALUE { "," VALUE } ")"
 *            | "has" FIELD
 *     VALUE  = a word, "words between quotation marks", $giver or $taker (the names of the two offices)
 *
 * Compared as what the field is: whole numbers and decimals by value, dates and times as such (to the day when one
 * side has no time of day), texts and codes for equality only. A field with several values equals what one of them
 * equals. Personal and sealed fields cannot be named: whether a record travels would tell their value. Nor can the
 * attributes of people that law 8 names.
 *
 * Compiled to nodes of which each comes behind its parts, so that nothing recurses when it is asked.
 */
#include "release/internal.h"

#define CONDITION_NODES 256
#define CONDITION_DEPTH 16 /* parentheses and nots within one another */

enum what { AND, OR, NOT, HAS, IS, IS_NOT, BELOW, AT_MOST, ABOVE, AT_LEAST };

struct node {
    enum what what;
    uint16_t left, right; /* of AND, OR, NOT: earlier nodes */
    int field;
    struct value value;
    bool day; /* the value is a date without a time of day */
};

struct condition {
    size_t n;
    struct node node[CONDITION_NODES];
};

/* ---- reading ---- */

enum token_type { T_END, T_WORD, T_QUOTED, T_SIGN };

struct token {
    enum token_type type;
    struct str s;
};

struct reader {
    struct arena *arena;
    const struct condition_text *from;
    struct faults *to;
    struct str rest;
    struct token token;
    struct condition *c;
    unsigned depth;
    bool bad;
};

static void complain(struct reader *r, const char *code, struct str found, const char *expected)
{
    if (!r->bad) /* the first says it; what follows from it is noise */
        fault_at(r->to, code, r->from->at, found, str_z(expected));
    r->bad = true;
}

static bool is_sign(char c)
{
    return c == '(' || c == ')' || c == ',' || c == '=' || c == '!' || c == '<' || c == '>' || c == '"';
}

static void next(struct reader *r)
{
    size_t n = 0;

    r->rest = str_trim(r->rest);
    r->token = (struct token){T_END, r->rest};
    if (r->rest.n == 0)
        return;
    if (r->rest.p[0] == '"') {
        const char *end = memchr(r->rest.p + 1, '"', r->rest.n - 1);
        if (!end) {
            complain(r, "agreement.condition", r->rest, "\"");
            return;
        }
        n = (size_t)(end - r->rest.p) + 1;
        r->token = (struct token){T_QUOTED, str_n(r->rest.p + 1, n - 2)};
    } else if (is_sign(r->rest.p[0])) {
        n = r->rest.n > 1 && r->rest.p[1] == '=' && strchr("!<>", r->rest.p[0]) ? 2 : 1;
        r->token = (struct token){T_SIGN, str_n(r->rest.p, n)};
    } else {
        while (n < r->rest.n && r->rest.p[n] != ' ' && !is_sign(r->rest.p[n]))
            n++;
        r->token = (struct token){T_WORD, str_n(r->rest.p, n)};
    }
    r->rest = str_n(r->rest.p + n, r->rest.n - n);
}

static bool at(const struct reader *r, enum token_type type, const char *s)
{
    return r->token.type == type && str_eq(r->token.s, str_z(s));
}

static bool take(struct reader *r, enum token_type type, const char *s)
{
    bool is = !r->bad && at(r, type, s);

    if (is)
        next(r);
    return is;
}

static uint16_t put(struct reader *r, struct node n)
{
    if (r->c->n == CONDITION_NODES) {
        complain(r, "agreement.large", r->from->text, "256");
        return 0;
    }
    r->c->node[r->c->n] = n;
    return (uint16_t)r->c->n++;
}

/* ---- names ---- */

/* Law 8, guardrail 2. Most of them are in no kind; naming one says why all the same. */
static bool of_a_person(struct str name)
{
    static const char *const never[] = {
        "age",           "birth_date", "birth_place", "birthplace", "citizenship",
        "ethnicity",     "gender",     "language",    "languages",  "nationality",
        "nationalities", "race",       "religion",    "sex",        "surname",
    };

    for (size_t i = 0; i < COUNT(never); i++)
        if (str_eq(name, str_z(never[i])))
            return true;
    return false;
}

static int take_field(struct reader *r)
{
    struct str name = r->token.s;
    int field = schema_field(r->from->kind, name);

    if (r->bad)
        return -1;
    if (r->token.type != T_WORD)
        complain(r, "agreement.condition", name, "FIELD");
    else if (of_a_person(name))
        complain(r, "agreement.attribute", name, NULL);
    else if (field < 0)
        complain(r, "agreement.field", name, r->from->kind->name);
    else if (r->from->kind->field[field].class >= C_PERSONAL)
        complain(r, "agreement.personal", name, NULL);
    if (r->bad)
        return -1;
    next(r);
    return field;
}

/* ---- values ---- */

static bool read_code(const struct field *f, struct str s)
{
    return f->codes->open || schema_code(f->codes, s);
}

static bool read_number(struct reader *r, int field, struct str s, struct value *v)
{
    struct record *scratch = record_new(r->arena, r->from->kind);
    struct faults ignored = {0};

    if (!schema_set(r->arena, scratch, field, s, r->from->at, &ignored) || !record_has(scratch, field))
        return false;
    *v = scratch->v[field];
    return true;
}

static void take_value(struct reader *r, struct node *n)
{
    const struct field *f = &r->from->kind->field[n->field];
    bool equality = n->what == IS || n->what == IS_NOT, good = false, zoned;
    struct str s = r->token.s;

    if (r->bad)
        return;
    if (r->token.type != T_WORD && r->token.type != T_QUOTED) {
        complain(r, "agreement.condition", s, "VALUE");
        return;
    }
    if (r->token.type == T_WORD && s.n && s.p[0] == '$') {
        s = str_eq(s, S("$giver"))   ? r->from->giver
            : str_eq(s, S("$taker")) ? r->from->taker
                                     : str_n(NULL, 0);
        if (s.n == 0 || f->type != T_TEXT) {
            complain(r, "agreement.condition", r->token.s, "$giver, $taker");
            return;
        }
    }
    n->value.s = s;
    switch (f->type) {
    case T_TEXT:
        good = equality && s.n > 0;
        break;
    case T_CODE:
        good = equality && read_code(f, s);
        break;
    case T_BOOL:
        good = equality && read_number(r, n->field, s, &n->value);
        break;
    case T_INT:
    case T_DECIMAL:
        good = read_number(r, n->field, s, &n->value);
        break;
    case T_DATE:
    case T_TIME:
        n->day = s.n == 10;
        good = time_parse(s, &n->value.i, &zoned);
        break;
    case T_REF:
    case T_BYTES:
        break;
    }
    if (!good)
        complain(r, "agreement.condition.type", s, schema_type_name(f->type));
    else
        next(r);
}

/* ---- tests ---- */

static uint16_t read_any(struct reader *r);

static bool take_operator(struct reader *r, enum what *out)
{
    static const struct {
        const char *sign;
        enum what what;
    } signs[] = {{"=", IS}, {"!=", IS_NOT}, {"<", BELOW}, {"<=", AT_MOST}, {">", ABOVE}, {">=", AT_LEAST}};

    for (size_t i = 0; i < COUNT(signs); i++)
        if (take(r, T_SIGN, signs[i].sign)) {
            *out = signs[i].what;
            return true;
        }
    return false;
}

static uint16_t read_list(struct reader *r, int field)
{
    struct node n = {.what = IS, .field = field};
    uint16_t all = 0;
    bool first = true;

    if (!take(r, T_SIGN, "("))
        complain(r, "agreement.condition", r->token.s, "(");
    do {
        uint16_t one;
        take_value(r, &n);
        one = put(r, n);
        all = first ? one : put(r, (struct node){.what = OR, .left = all, .right = one});
        first = false;
    } while (take(r, T_SIGN, ","));
    if (!take(r, T_SIGN, ")"))
        complain(r, "agreement.condition", r->token.s, ")");
    return all;
}

static uint16_t read_test(struct reader *r)
{
    struct node n = {.what = HAS};

    if (take(r, T_WORD, "has")) {
        n.field = take_field(r);
        return put(r, n);
    }
    n.field = take_field(r);
    if (take(r, T_WORD, "in"))
        return read_list(r, n.field);
    if (!take_operator(r, &n.what)) {
        complain(r, "agreement.condition", r->token.s, "= != < <= > >= in");
        return 0;
    }
    take_value(r, &n);
    return put(r, n);
}

static uint16_t read_all(struct reader *r)
{
    uint16_t inner;

    if (r->bad)
        return 0;
    if (r->depth == CONDITION_DEPTH) {
        complain(r, "agreement.large", r->token.s, "16");
        return 0;
    }
    r->depth++;
    if (take(r, T_WORD, "not")) {
        inner = read_all(r);
        inner = put(r, (struct node){.what = NOT, .left = inner});
    } else if (take(r, T_SIGN, "(")) {
        inner = read_any(r);
        if (!take(r, T_SIGN, ")"))
            complain(r, "agreement.condition", r->token.s, ")");
    } else {
        inner = read_test(r);
    }
    r->depth--;
    return inner;
}

static uint16_t read_any(struct reader *r)
{
    uint16_t left = read_all(r);
    const char *word = at(r, T_WORD, "or") ? "or" : "and", *other = *word == 'o' ? "and" : "or";

    while (take(r, T_WORD, word)) {
        uint16_t right = read_all(r);
        left = put(r, (struct node){.what = *word == 'o' ? OR : AND, .left = left, .right = right});
    }
    if (at(r, T_WORD, other))
        complain(r, "agreement.condition", r->token.s, "( )");
    return left;
}

const struct condition *condition_compile(struct arena *a, const struct condition_text *t,
                                          struct faults *to)
{
    struct reader r = {.arena = a, .from = t, .to = to, .rest = t->text};

    r.c = arena_alloc(a, sizeof *r.c);
    next(&r);
    read_any(&r);
    if (r.token.type != T_END)
        complain(&r, "agreement.condition", r.token.s, "and, or");
    return r.bad ? NULL : r.c;
}

/* ---- asking ---- */

static enum truth truth(bool b)
{
    return b ? TRUE_ : FALSE_;
}

static enum truth order_is(enum what what, int64_t a, int64_t b)
{
    switch (what) {
    case IS:
        return truth(a == b);
    case IS_NOT:
        return truth(a != b);
    case BELOW:
        return truth(a < b);
    case AT_MOST:
        return truth(a <= b);
    case ABOVE:
        return truth(a > b);
    case AT_LEAST:
        return truth(a >= b);
    case AND:
    case OR:
    case NOT:
    case HAS:
        break;
    }
    return UNKNOWN_;
}

static int64_t day_of(int64_t us)
{
    const int64_t day = INT64_C(86400000000);

    return us / day - (us % day < 0);
}

static enum truth time_is(const struct node *n, struct str have)
{
    int64_t us;
    bool zoned;

    if (!time_parse(have, &us, &zoned))
        return UNKNOWN_;
    if (n->day || have.n == 10)
        return order_is(n->what, day_of(us), day_of(n->value.i));
    return order_is(n->what, us, n->value.i);
}

static bool one_is(const struct field *f, struct str have, struct str want)
{
    struct str one;

    if (!(f->flags & F_MANY))
        return str_eq(have, want);
    while (str_split(&have, '\n', &one))
        if (str_eq(one, want))
            return true;
    return false;
}

static enum truth test_holds(const struct node *n, const struct record *x)
{
    const struct field *f = &x->kind->field[n->field];
    const struct value *v = &x->v[n->field];

    if (!record_has(x, n->field))
        return n->what == HAS ? FALSE_ : UNKNOWN_;
    if (n->what == HAS)
        return TRUE_;
    switch (f->type) {
    case T_INT:
    case T_DECIMAL:
    case T_BOOL:
        return order_is(n->what, v->i, n->value.i);
    case T_DATE:
    case T_TIME:
        return time_is(n, v->s);
    case T_TEXT:
    case T_CODE:
        return truth(one_is(f, v->s, n->value.s) == (n->what == IS));
    case T_REF:
    case T_BYTES:
        break;
    }
    return UNKNOWN_;
}

enum truth condition_holds(const struct condition *c, const struct record *x)
{
    uint8_t is[CONDITION_NODES];

    if (!c)
        return TRUE_;
    for (size_t i = 0; i < c->n; i++) {
        const struct node *n = &c->node[i];
        enum truth l = UNKNOWN_, r = UNKNOWN_;

        if (n->what <= NOT) {
            l = (enum truth)is[n->left];
            r = (enum truth)is[n->right];
        }
        if (n->what == AND)
            l = l == FALSE_ || r == FALSE_ ? FALSE_ : l == TRUE_ && r == TRUE_ ? TRUE_ : UNKNOWN_;
        else if (n->what == OR)
            l = l == TRUE_ || r == TRUE_ ? TRUE_ : l == FALSE_ && r == FALSE_ ? FALSE_ : UNKNOWN_;
        else if (n->what == NOT)
            l = l == UNKNOWN_ ? UNKNOWN_ : truth(l == FALSE_);
        else
            l = test_holds(n, x);
        is[i] = (uint8_t)l;
    }
    return c->n ? (enum truth)is[c->n - 1] : UNKNOWN_;
}
