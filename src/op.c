/*
 * op.c: the arguments of an op, the same for the command line, HTTP and tests: a list of names and values
 * in the order given, checked against the op's params. And op_find.
 */
#include "puente.h"

#include <stdio.h>

struct one {
    struct one *next;
    struct str name, value;
    bool rest;    /* a field of a kind, not a param */
    bool dropped; /* a flag that was said to be false */
};

/* Where the last arg_nth stood, so that a walk over a thousand files is not a million steps. */
struct at {
    const char *name;
    size_t i;
    const struct one *one;
};

struct args {
    struct arena *arena;
    struct one *first, **last;
    struct at *at;
};

struct args *args_new(struct arena *a)
{
    struct args *args = arena_alloc(a, sizeof *args);

    args->arena = a;
    args->last = &args->first;
    args->at = arena_alloc(a, sizeof *args->at);
    return args;
}

static void add(struct args *a, struct str name, struct str value, bool rest)
{
    struct one *one = arena_alloc(a->arena, sizeof *one);

    *one = (struct one){
        .name = arena_copy(a->arena, name), .value = arena_copy(a->arena, value), .rest = rest};
    *a->last = one;
    a->last = &one->next;
}

void args_add(struct args *a, struct str name, struct str value)
{
    add(a, name, value, false);
}

void args_add_rest(struct args *a, struct str name, struct str value)
{
    add(a, name, value, true);
}

/* ---- asking ---- */

static const struct one *nth(const struct args *a, const char *name, size_t i)
{
    struct at *at = a->at;
    bool on = at->one && at->i <= i && strcmp(at->name, name) == 0;
    size_t k = on ? at->i : 0;

    for (const struct one *one = on ? at->one : a->first; one; one = one->next)
        if (!one->rest && !one->dropped && str_eq(one->name, str_z(name)) && k++ == i) {
            *at = (struct at){name, i, one};
            return one;
        }
    return NULL;
}

struct str arg(const struct args *a, const char *name)
{
    return arg_nth(a, name, 0);
}

bool arg_given(const struct args *a, const char *name)
{
    return nth(a, name, 0) != NULL;
}

int64_t arg_int(const struct args *a, const char *name, int64_t otherwise)
{
    int64_t i;

    return str_int(arg(a, name), &i) ? i : otherwise;
}

size_t arg_count(const struct args *a, const char *name)
{
    size_t n = 0;

    for (const struct one *one = a->first; one; one = one->next)
        n += !one->rest && !one->dropped && str_eq(one->name, str_z(name));
    return n;
}

struct str arg_nth(const struct args *a, const char *name, size_t i)
{
    const struct one *one = nth(a, name, i);

    return one ? one->value : S("");
}

bool arg_rest(const struct args *a, size_t i, struct str *name, struct str *value)
{
    for (const struct one *one = a->first; one; one = one->next)
        if (one->rest && i-- == 0) {
            *name = one->name;
            *value = one->value;
            return true;
        }
    return false;
}

/* ---- checking ---- */

static const struct param *param_find(const struct op *op, struct str name)
{
    for (const struct param *p = op->params; p && p->name; p++)
        if (str_eq(name, str_z(p->name)))
            return p;
    return NULL;
}

static bool takes_rest(const struct op *op)
{
    for (const struct param *p = op->params; p && p->name; p++)
        if (p->rest)
            return true;
    return false;
}

static int unknown(const struct op *op, struct str name, struct err *e)
{
    struct op_nearest near = {.word = name};

    for (const struct param *p = op->params; p && p->name; p++)
        op_nearest_try(&near, p->name);
    if (near.best)
        return err_set(e, ERR_USAGE, N_("%s has no option “%.*s”; did you mean “%s”?"), op->name,
                       STR_ARG(name), near.best);
    return err_set(e, ERR_USAGE, N_("%s has no option “%.*s”"), op->name, STR_ARG(name));
}

/* A field is the op's to judge, but a slip in the name of an option is not a field. */
static bool is_slip(const struct args *a, const struct op *op, struct str name)
{
    const struct kind *k = NULL;
    struct op_nearest near = {.word = name};

    for (const struct param *p = op->params; p && p->name; p++) {
        if (p->type == P_KIND && p->rest)
            k = schema_kind(arg(a, p->name));
        if (!p->positional)
            op_nearest_try(&near, p->name);
    }
    return near.best && !(k && schema_field(k, name) >= 0);
}

static int check_kind(struct str value, struct err *e)
{
    struct op_nearest near = {.word = value};

    if (schema_kind(value))
        return 0;
    for (const struct kind *const *k = schema_kinds; *k; k++)
        op_nearest_try(&near, (*k)->name);
    if (near.best)
        return err_set(e, ERR_USAGE, N_("there is no kind “%.*s”; did you mean “%s”?"), STR_ARG(value),
                       near.best);
    return err_set(e, ERR_USAGE, N_("there is no kind “%.*s”; `puente kinds` lists them"), STR_ARG(value));
}

static int check_choice(const struct param *p, struct str value, struct err *e)
{
    char all[256] = "";
    size_t n = 0;

    for (const char *const *c = p->choices; *c; c++) {
        if (str_eq(value, str_z(*c)))
            return 0;
        if (n < sizeof all)
            n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", n ? ", " : "", *c);
    }
    return err_set(e, ERR_USAGE, N_("%s cannot be “%.*s”; it is one of: %s"), p->name, STR_ARG(value), all);
}

static int check_flag(const struct param *p, struct one *one, struct err *e)
{
    if (one->value.n == 0 || str_eq(one->value, S("true")) || str_eq(one->value, S("1")))
        return 0;
    if (!str_eq(one->value, S("false")) && !str_eq(one->value, S("0")))
        return err_set(e, ERR_USAGE, N_("%s is either given or not; “%.*s” is no value for it"), p->name,
                       STR_ARG(one->value));
    one->dropped = true;
    return 0;
}

static int check_value(const struct param *p, struct one *one, struct err *e)
{
    struct str v = one->value;
    uint8_t id[16];
    int64_t i;

    switch (p->type) {
    case P_TEXT:
    case P_JSON:
        return str_utf8(v) ? 0 : err_set(e, ERR_USAGE, N_("the value of %s is not UTF-8 text"), p->name);
    case P_FILE:
        return v.n && memchr(v.p, 0, v.n) == NULL ? 0
                                                  : err_set(e, ERR_USAGE, N_("%s names no file"), p->name);
    case P_INT:
        return str_int(v, &i) ? 0
                              : err_set(e, ERR_USAGE, N_("%s must be a whole number; “%.*s” is none"),
                                        p->name, STR_ARG(v));
    case P_ID:
        return uuid_parse(v, id) ? 0
                                 : err_set(e, ERR_USAGE,
                                           N_("“%.*s” is not the id of a record (36 characters, "
                                              "like 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a)"),
                                           STR_ARG(v));
    case P_FLAG:
        return check_flag(p, one, e);
    case P_KIND:
        return check_kind(v, e);
    case P_CHOICE:
        return check_choice(p, v, e);
    }
    return -1;
}

int args_check(struct args *a, const struct op *op, struct err *e)
{
    for (struct one *one = a->first; one; one = one->next) {
        const struct param *p = one->rest ? NULL : param_find(op, one->name);
        if (one->rest ? !takes_rest(op) || is_slip(a, op, one->name) : p == NULL)
            return unknown(op, one->name, e);
        if (one->rest)
            continue;
        if (check_value(p, one, e))
            return -1;
        if (!p->many && nth(a, p->name, 1))
            return err_set(e, ERR_USAGE, N_("%s is given twice"), p->name);
    }
    for (const struct param *p = op->params; p && p->name; p++)
        if (p->required && !arg_given(a, p->name))
            return err_set(e, ERR_USAGE, N_("%s needs %s"), op->name, p->name);
    return 0;
}

/* ---- finding ---- */

const struct op *op_find(const struct room *const *rooms, struct str name)
{
    for (const struct room *const *r = rooms; *r; r++)
        for (const struct op *const *op = (*r)->ops; op && *op; op++)
            if (str_eq(name, str_z((*op)->name)))
                return *op;
    return NULL;
}

#define WORD_MAX 32 /* longer words are not compared */

/* Optimal string alignment: insert, delete, replace, swap neighbours; 1 each (Damerau 1964). */
static size_t distance(struct str a, struct str b)
{
    size_t d[3][WORD_MAX + 1]; /* rows i-2, i-1 and i, taken round robin */

    for (size_t j = 0; j <= b.n; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *row = d[i % 3], *up = d[(i + 2) % 3], *upper = d[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t best = up[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            if (up[j] + 1 < best)
                best = up[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
                upper[j - 2] + 1 < best)
                best = upper[j - 2] + 1;
            row[j] = best;
        }
    }
    return d[a.n % 3][b.n];
}

void op_nearest_try(struct op_nearest *n, const char *candidate)
{
    struct str c = str_z(candidate);
    size_t d, allowed = n->word.n < 4 ? 1 : 2;

    if (n->word.n < 2 || n->word.n > WORD_MAX || c.n > WORD_MAX)
        return;
    d = distance(n->word, c);
    /* A long enough beginning counts as one slip: "cons" is "consignment". */
    if (n->word.n >= 3 && str_starts(c, n->word))
        d = 1;
    if (d <= allowed && (n->best == NULL || d < n->distance)) {
        n->best = candidate;
        n->distance = d;
    }
}
