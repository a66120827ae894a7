/* tree.c: building and walking. Nothing here recurses: how deep a document is, is its sender's choice. */
#include "feeds/tree.h"

void tree_init(struct tree *t, struct arena *a, struct faults *faults, const struct xml *xml)
{
    *t = (struct tree){.arena = a, .faults = faults, .xml = xml};
    buf_init(&t->text, TREE_TEXT);
}

void tree_free(struct tree *t)
{
    buf_free(&t->text);
}

static struct str limit(struct tree *t, size_t n)
{
    return arena_fmt(t->arena, "%zu", n);
}

/* Text beside elements has no place in data. */
static void mixed(struct tree *t)
{
    struct str s = str_trim(buf_view(&t->text));

    if (s.n && t->top)
        fault_at(t->faults, "xml.mixed", tree_place(t->arena, t->top), text_clean(t->arena, s, FOUND_MAX),
                 (struct str){NULL, 0});
    buf_reset(&t->text);
}

void tree_start(struct tree *t, struct str name, const struct xml_attribute *a, size_t n)
{
    struct tree_node *node;
    size_t size = sizeof *node + n * sizeof node->attribute[0] + name.n;

    for (size_t i = 0; i < n; i++)
        size += a[i].name.n + a[i].value.n;
    if (t->skipping || t->kept + size > TREE_MAX) {
        if (!t->full)
            fault_at(t->faults, "xml.large", xml_place(t->xml), (struct str){NULL, 0}, limit(t, TREE_MAX));
        t->full = true;
        t->skipping++;
        return;
    }
    mixed(t);
    t->kept += size;
    node = arena_alloc(t->arena, sizeof *node + n * sizeof node->attribute[0]);
    node->name = text_clean(t->arena, name, FOUND_MAX);
    node->place = xml_place(t->xml);
    node->parent = t->top;
    for (size_t i = 0; i < n; i++) {
        node->attribute[i].name = text_clean(t->arena, a[i].name, FOUND_MAX);
        node->attribute[i].value = text_clean(t->arena, str_trim(a[i].value), TEXT_MAX);
    }
    node->attributes = n;
    if (!t->top)
        t->root = node;
    else if (t->top->last)
        t->top->last->next = node;
    else
        t->top->first = node;
    if (t->top)
        t->top->last = node;
    t->top = node;
}

void tree_text(struct tree *t, struct str piece)
{
    if (!t->skipping && t->top && t->kept + t->text.n + piece.n <= TREE_MAX)
        buf_str(&t->text, piece);
}

void tree_end(struct tree *t)
{
    struct tree_node *n = t->top;
    struct str s = str_trim(buf_view(&t->text));

    if (t->skipping) {
        t->skipping--;
        return;
    }
    if (n->first) {
        mixed(t);
    } else {
        if (t->text.over)
            fault_at(t->faults, "xml.text", tree_place(t->arena, n), (struct str){NULL, 0},
                     limit(t, TREE_TEXT));
        n->text = text_clean(t->arena, s, TREE_TEXT);
        t->kept += s.n;
    }
    buf_reset(&t->text);
    t->top = n->parent;
}

struct tree_node *tree_next(const struct tree_node *n, const struct tree_node *within)
{
    if (n->first)
        return n->first;
    while (n != within && !n->next)
        n = n->parent;
    return n == within ? NULL : n->next;
}

struct tree_node *tree_past(const struct tree_node *n, const struct tree_node *within)
{
    while (n != within && !n->next)
        n = n->parent;
    return n == within ? NULL : n->next;
}

struct tree_node *tree_child(const struct tree_node *n, const char *name)
{
    struct tree_node *c = n ? n->first : NULL;

    while (c && !str_eq(c->name, str_z(name)))
        c = c->next;
    return c;
}

struct tree_node *tree_again(const struct tree_node *child)
{
    struct tree_node *c = child->next;

    while (c && !str_eq(c->name, child->name))
        c = c->next;
    return c;
}

/* Whether n stands at exactly this path below `top`. */
static bool stands_at(const struct tree_node *n, const struct tree_node *top, struct str path)
{
    while (n != top && n->name.n <= path.n &&
           memcmp(path.p + path.n - n->name.n, n->name.p, n->name.n) == 0) {
        path.n -= n->name.n;
        n = n->parent;
        if (path.n == 0)
            return n == top;
        if (path.p[--path.n] != '/')
            return false;
    }
    return false;
}

struct tree_node *tree_find(const struct tree_node *n, const char *path)
{
    struct tree_node *i;
    struct str rest = str_z(path), part;

    if (!n)
        return NULL;
    /* The straight way first: the first child of each name; then any other that stands there. */
    for (i = (struct tree_node *)n; i && str_split(&rest, '/', &part);) {
        i = i->first;
        while (i && !str_eq(i->name, part))
            i = i->next;
    }
    for (i = i ? i : tree_next(n, n); i && !stands_at(i, n, str_z(path));)
        i = tree_next(i, n);
    return i;
}

struct str tree_take(const struct tree_node *n, const char *path)
{
    struct tree_node *found = tree_find(n, path);

    if (!found)
        return (struct str){NULL, 0};
    found->used = true;
    return found->text;
}

struct str tree_attribute(const struct tree_node *n, const char *name)
{
    for (size_t i = 0; n && i < n->attributes; i++)
        if (str_eq(n->attribute[i].name, str_z(name)))
            return n->attribute[i].value;
    return (struct str){NULL, 0};
}

struct str tree_path(struct arena *a, const struct tree_node *n, const struct tree_node *below)
{
    struct str s = {NULL, 0};

    for (; n && n != below; n = n->parent)
        s = arena_fmt(a, "%.*s%s%.*s", STR_ARG(n->name), s.n ? "/" : "", STR_ARG(s));
    return s;
}

struct place tree_place(struct arena *a, const struct tree_node *n)
{
    struct place p = n->place;

    p.tag = tree_path(a, n, NULL);
    return p;
}
