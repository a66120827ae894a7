/*
 * filter.c: conditions on the fields of a kind. As given: name, operator, value:
 *
 *   port=2304   port!=2304   gross_weight>=1000   arrival<=2026-11-21   bill^=ABCD
 *
 * (an operator's first sign reaches us as the last one of the name). A name is looked up in the schema, or else
 * among the header's columns; what it finds there goes into the SQL, the input itself never does. Values are
 * bound. Texts compare by bytes; times as they are written, so "2026-11-21" as an upper bound has all of that day.
 */
#include "records/internal.h"

#include <stdio.h>

/* Greater than any text that begins with what stands before it: U+10FFFF. */
#define AFTER_ALL "\xf4\x8f\xbf\xbf"

static const struct {
    const char *name, *column;
    enum { HEAD_TEXT, HEAD_NUMBER, HEAD_TIME } type;
} heads[] = {
    {"seq", "seq", HEAD_NUMBER},           {"author", "h_author", HEAD_TEXT},
    {"recorded", "h_recorded", HEAD_TIME}, {"handling", "h_handling", HEAD_TEXT},
    {"office", "h_origin", HEAD_TEXT},
};

static enum filter_op split_op(struct str *name)
{
    static const struct {
        char sign;
        enum filter_op op;
    } ops[] = {{'!', FILTER_NOT}, {'>', FILTER_FROM}, {'<', FILTER_TO}, {'^', FILTER_PREFIX}};

    for (size_t i = 0; name->n && i < COUNT(ops); i++)
        if (name->p[name->n - 1] == ops[i].sign) {
            name->n--;
            return ops[i].op;
        }
    return FILTER_IS;
}

static int no_value(struct ctx *c, struct str name, struct str value)
{
    return err_set(c->err, ERR_USAGE, N_("“%.*s” is no value of %.*s"), (int)(value.n > 64 ? 64 : value.n),
                   value.p, STR_ARG(name));
}

static int on_head(struct ctx *c, struct str name, struct str value, struct condition *x)
{
    size_t i = 0;
    bool zoned;

    while (i < COUNT(heads) && !str_eq(name, str_z(heads[i].name)))
        i++;
    if (i == COUNT(heads))
        return err_set(c->err, ERR_USAGE, N_("there is no field “%.*s” to filter by"),
                       (int)(name.n > 64 ? 64 : name.n), name.p);
    x->column = heads[i].column;
    x->s = value;
    x->number = heads[i].type != HEAD_TEXT;
    if (x->number && x->op == FILTER_PREFIX)
        return no_value(c, name, value);
    if (heads[i].type == HEAD_NUMBER && !str_int(value, &x->i))
        return no_value(c, name, value);
    if (heads[i].type == HEAD_TIME && !time_parse(value, &x->i, &zoned))
        return no_value(c, name, value);
    return 0;
}

/* Reads a number or a reference as the schema does, but for the field's bounds: they hold for what is stored,
 * not for what is asked. */
static bool read_value(struct ctx *c, const struct field *f, struct str value, struct value *out)
{
    struct field *loose = arena_alloc(c->arena, sizeof *loose);
    struct kind *k = arena_alloc(c->arena, sizeof *k);
    struct faults ignored = {0};
    struct record *r;

    *loose = *f;
    loose->least = loose->most = 0;
    *k = (struct kind){.name = "", .field = loose, .fields = 1};
    r = record_new(c->arena, k);
    if (!schema_set(c->arena, r, 0, value, (struct place){0}, &ignored) || !record_has(r, 0))
        return false;
    *out = r->v[0];
    return true;
}

/* The rest is taken as it is written, whatever it is: a code or a shape that nothing has finds nothing. */
static int on_field(struct ctx *c, const struct field *f, struct str value, struct condition *x)
{
    struct value v = {0};
    int64_t us;
    bool zoned;

    x->column = f->name;
    x->s = value;
    x->many = (f->flags & F_MANY) != 0;
    switch (f->type) {
    case T_INT:
    case T_DECIMAL:
    case T_BOOL:
        x->number = true;
        break;
    case T_REF:
        x->blob = true;
        break;
    case T_DATE:
    case T_TIME:
        x->to_date = true;
        if (x->op == FILTER_PREFIX || time_parse(value, &us, &zoned))
            return 0;
        return no_value(c, str_z(f->name), value);
    case T_TEXT:
    case T_CODE:
        return 0;
    case T_BYTES:
        return err_set(c->err, ERR_USAGE, N_("%s holds bytes: it cannot be filtered by"), f->name);
    }
    if (x->op == FILTER_PREFIX || !read_value(c, f, value, &v) ||
        (x->blob && (v.s.n != 16 || x->op > FILTER_NOT)))
        return no_value(c, str_z(f->name), value);
    x->s = v.s;
    x->i = v.i;
    return 0;
}

static int read_one(struct ctx *c, struct str name, struct str value, const struct look *l,
                    struct condition *x)
{
    int field;

    *x = (struct condition){.op = split_op(&name)};
    if (!str_utf8(value) || !str_utf8(name) || memchr(value.p ? value.p : "", 0, value.n))
        return err_set(c->err, ERR_USAGE, N_("a filter is not UTF-8 text"));
    field = schema_field(l->kind, name);
    if (field < 0)
        return on_head(c, name, value, x);
    x->field = UINT64_C(1) << field;
    if (look_ask(c, l, field) < 0)
        return -1;
    return on_field(c, &l->kind->field[field], value, x);
}

int filter_read(struct ctx *c, const struct args *a, const struct look *l, struct filter *f)
{
    struct str name, value;
    struct buf words;

    *f = (struct filter){.kind = l->kind, .all = arg_given(a, "all")};
    buf_init(&words, 2048);
    for (size_t i = 0; arg_rest(a, i, &name, &value); i++) {
        if (f->n == FILTER_MOST) {
            buf_free(&words);
            return err_set(c->err, ERR_LIMIT, N_("more than %d conditions"), FILTER_MOST);
        }
        if (read_one(c, name, value, l, &f->c[f->n]) < 0) {
            buf_free(&words);
            return -1;
        }
        f->fields |= f->c[f->n].field;
        f->seq = f->seq || strcmp(f->c[f->n].column, "seq") == 0;
        f->n++;
        buf_fmt(&words, "%s%.*s=%.*s", i ? " " : "", STR_ARG(name), STR_ARG(value));
    }
    f->words = arena_copy(c->arena, buf_view(&words));
    buf_free(&words);
    return 0;
}

static void condition_sql(const struct condition *x, size_t i, struct buf *b)
{
    static const char *const sign[] = {"=", "<>", ">=", "<="};

    if (x->many && x->op <= FILTER_NOT) /* one of its lines */
        buf_fmt(b, "%sinstr(char(10) || \"%s\" || char(10), char(10) || ?%zu || char(10))",
                x->op == FILTER_NOT ? "NOT ifnull(" : "", x->column, i);
    else if (x->op == FILTER_PREFIX || (x->op == FILTER_TO && x->to_date))
        buf_fmt(b, "(\"%s\" < ?%zu || '" AFTER_ALL "'%s", x->column, i, x->op == FILTER_TO ? "" : " AND ");
    else if (x->op == FILTER_NOT)
        buf_fmt(b, "\"%s\" IS NOT ?%zu", x->column, i);
    else
        buf_fmt(b, "\"%s\" %s ?%zu", x->column, sign[x->op], i);
    if (x->many && x->op == FILTER_NOT)
        buf_z(b, ", 0)");
    if (x->op == FILTER_PREFIX)
        buf_fmt(b, "\"%s\" >= ?%zu)", x->column, i);
    else if (x->op == FILTER_TO && x->to_date)
        buf_char(b, ')');
}

void filter_sql(const struct filter *f, struct buf *b)
{
    buf_z(b, f->all ? "1" : "superseded IS NULL AND erased = 0");
    for (size_t i = 0; i < f->n; i++) {
        buf_z(b, " AND ");
        condition_sql(&f->c[i], i + 1, b);
    }
}

void filter_bind(const struct filter *f, struct query *q)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->c[i].number)
            query_bind_int(q, (int)i + 1, f->c[i].i);
        else if (f->c[i].blob)
            query_bind_blob(q, (int)i + 1, f->c[i].s);
        else
            query_bind_text(q, (int)i + 1, f->c[i].s);
}

int filter_order(struct ctx *c, struct str text, const struct look *l, struct order *o)
{
    int field;

    *o = (struct order){.field = -1, .down = text.n && text.p[0] == '-'};
    if (o->down)
        text = str_n(text.p + 1, text.n - 1);
    if (text.n == 0 || str_eq(text, S("seq")))
        return 0;
    field = schema_field(l->kind, text);
    if (field >= 0) {
        o->field = field;
        o->column = l->kind->field[field].name;
        return look_ask(c, l, field);
    }
    for (size_t i = 0; i < COUNT(heads); i++)
        if (str_eq(text, str_z(heads[i].name)))
            o->column = heads[i].column;
    if (o->column == NULL)
        return err_set(c->err, ERR_USAGE, N_("there is no field “%.*s” to order by"),
                       (int)(text.n > 64 ? 64 : text.n), text.p);
    return 0;
}
