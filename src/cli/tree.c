/*
 * tree.c: what an op says, kept until it can be shown: a table's columns are known only with its last row.
 * Texts are copied (a record may die with its entry) and made safe for a terminal here, once.
 */
#include "cli/internal.h"

#include "schema/lists.h"

#include <assert.h>

#define DEPTH_MAX 32

struct tree {
    struct out out; /* first: a struct out * is a struct tree * */
    struct page page;
    struct keys_memo memo;
    struct node *open[DEPTH_MAX];
    int depth;
};

static struct node *add(struct tree *t, const char *key, enum shape_of shape)
{
    struct arena *a = t->page.arena;
    struct node *up = t->open[t->depth], *n = arena_alloc(a, sizeof *n);

    *n = (struct node){.shape = shape};
    n->last = &n->first;
    if (key) {
        n->key = arena_z(a, str_z(key));
        n->label = keys_label(a, t->page.lang, key);
    }
    *up->last = n;
    up->last = &n->next;
    return n;
}

static void enter(struct out *o, const char *key, enum shape_of shape)
{
    struct tree *t = (struct tree *)o;
    struct node *n = add(t, key, shape);

    assert(t->depth + 1 < DEPTH_MAX);
    t->open[++t->depth] = n;
}

static void tree_open(struct out *o, const char *key)
{
    enter(o, key, NODE_OBJECT);
}

static void tree_list(struct out *o, const char *key)
{
    enter(o, key, NODE_LIST);
}

static void tree_leave(struct out *o)
{
    struct tree *t = (struct tree *)o;

    assert(t->depth > 0);
    t->depth--;
}

static bool is_number(struct str s)
{
    size_t digits = 0;

    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            digits++;
        else if (s.p[i] != '.' && !(s.p[i] == '-' && i == 0))
            return false;
    return digits > 0;
}

static void tree_value(struct out *o, const char *key, struct str text, bool quoted)
{
    struct tree *t = (struct tree *)o;
    struct node *n = add(t, key, !quoted && is_number(text) ? NODE_NUMBER : NODE_TEXT);
    const char *label = quoted && key ? keys_code(&t->memo, t->page.lang, n->key, text) : NULL;

    n->code = arena_copy(t->page.arena, text);

    if (!quoted && str_eq(text, S("true")))
        text = str_z(tr(t->page.lang, N_("yes")));
    else if (!quoted && str_eq(text, S("false")))
        text = str_z(tr(t->page.lang, N_("no")));
    else if (!quoted && str_eq(text, S("null")))
        text = S("");
    else if (label)
        text = str_z(label);
    n->text = n->brief = render_safe(t->page.arena, text);
}

/* ---- records ---- */

static void head(struct tree *t, const char *key, struct str s)
{
    if (s.n) {
        struct node *n = add(t, key, NODE_TEXT);
        n->text = n->brief = render_safe(t->page.arena, s);
        n->head = true;
    }
}

static void record_head(struct tree *t, const struct record *r)
{
    static const uint8_t none[16];
    const struct header *h = &r->head;
    char id[UUID_SIZE], when[TIME_SIZE];

    uuid_format(h->id, id);
    head(t, "id", str_z(id));
    head(t, "kind", str_z(tr(t->page.lang, r->kind->label)));
    t->open[t->depth]->first->head = false; /* the id stays in tables: it is what `show` asks for */
    head(t, "origin", h->origin);
    if (!str_eq(h->author, h->origin))
        head(t, "author", h->author);
    if (h->recorded)
        head(t, "recorded", str_n(when, time_format(h->recorded, when)));
    if (memcmp(h->replaces, none, sizeof none) != 0) {
        uuid_format(h->replaces, id);
        head(t, "replaces", str_z(id));
    }
    head(t, "handling", h->handling);
    head(t, "purpose", h->purpose);
    head(t, "legal_basis", h->basis);
    head(t, "grading", h->grading);
    if (h->exercise)
        head(t, "exercise", str_z(tr(t->page.lang, N_("yes"))));
}

/* A code of ours is an English word, which its label replaces; an international one is kept beside it. */
static void code_text(struct tree *t, const struct field *f, struct node *n)
{
    const struct code *c = f->flags & F_MANY ? NULL : schema_code(f->codes, n->text);
    struct str label;

    if (!c || !c->label || !c->label[0])
        return;
    label = str_z(tr(t->page.lang, c->label));
    if (c->code[0] >= 'a' && c->code[0] <= 'z')
        n->text = n->brief = label;
    else if (!str_eq(label, n->text))
        n->text = arena_fmt(t->page.arena, "%.*s (%.*s)", STR_ARG(n->text), STR_ARG(label));
}

/* A place's name, and that of a chapter of goods, behind the code. */
static void add_name(struct tree *t, const struct record *r, int i, struct node *n)
{
    const struct field *f = &r->kind->field[i];
    bool place = i + 1 < r->kind->fields && r->kind->field[i + 1].codes &&
                 strcmp(r->kind->field[i + 1].codes->name, "scheme") == 0 && record_has(r, i + 1);
    struct str name = {NULL, 0};

    if (place)
        name = schema_place(record_get(r, i + 1), record_get(r, i), t->page.lang);
    else if (f->shape == SHAPE_HS)
        name = schema_goods(record_get(r, i), t->page.lang);
    if (name.n == 0)
        return;
    n->text = arena_fmt(t->page.arena, "%.*s (%.*s)", STR_ARG(n->text), STR_ARG(name));
    if (place)
        n->brief = n->text;
}

static void field_value(struct tree *t, const struct record *r, int i, bool hidden)
{
    const struct field *f = &r->kind->field[i];
    bool number = f->type == T_INT || f->type == T_DECIMAL;
    struct node *n = add(t, f->name, number && !hidden ? NODE_NUMBER : NODE_TEXT);
    struct arena *a = t->page.arena;

    n->label = tr(t->page.lang, f->label);
    n->order = i + 1;
    n->head = f->type == T_REF && strcmp(f->name, "message") == 0; /* true of all, and wide */
    if (hidden) {
        n->text = n->brief = str_z(tr(t->page.lang, N_("(withheld)")));
        return;
    }
    n->code = n->text = n->brief = render_safe(a, schema_text(a, r, i));
    if (f->type == T_BOOL)
        n->text = n->brief = str_z(tr(t->page.lang, record_has(r, i) && r->v[i].i ? N_("yes") : N_("no")));
    else if (f->type == T_CODE)
        code_text(t, f, n);
    else if (f->type == T_TEXT)
        add_name(t, r, i, n);
    else if (number && f->unit)
        n->text = arena_fmt(a, "%.*s %s", STR_ARG(n->text), tr(t->page.lang, f->unit));
}

static void tree_record(struct out *o, const struct record *r, uint64_t hide)
{
    struct tree *t = (struct tree *)o;
    bool in_list = t->open[t->depth]->shape == NODE_LIST || t->depth == 0;

    enter(o, in_list ? NULL : "record", NODE_OBJECT);
    record_head(t, r);
    for (int i = 0; i < r->kind->fields; i++)
        if (record_has(r, i))
            field_value(t, r, i, hide >> i & 1);
    tree_leave(o);
}

/* ---- */

static void tree_line(struct out *o, struct str line)
{
    struct tree *t = (struct tree *)o;

    tree_show(o);
    fwrite(line.p, 1, line.n, t->page.to);
}

struct out *tree_new(const struct page *p)
{
    static const struct out_ops ops = {tree_open,  tree_leave,  tree_list, tree_leave,
                                       tree_value, tree_record, tree_line};
    struct tree *t = arena_alloc(p->arena, sizeof *t);

    t->out = (struct out){&ops, p->lang};
    t->page = *p;
    t->open[0] = arena_alloc(p->arena, sizeof *t->open[0]);
    t->open[0]->last = &t->open[0]->first;
    return &t->out;
}

void tree_show(struct out *o)
{
    struct tree *t = (struct tree *)o;

    if (t->depth > 0 || t->open[0]->first == NULL)
        return;
    render(&t->page, t->open[0]);
    t->open[0]->first = NULL;
    t->open[0]->last = &t->open[0]->first;
}
