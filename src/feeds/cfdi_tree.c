/*
 * cfdi_tree.c: a CFDI to be written, as a tree of the elements that the tables know (cfdi_tables.h). Attributes stand in the
 * tables' order, elements in the schema's.
 */
#include "feeds/cfdi_write.h"

static struct leaf *leaf_new(struct cfdi_writer *w, int element, struct leaf *parent)
{
    struct leaf *l = arena_alloc(w->arena, sizeof *l);

    *l = (struct leaf){.element = element, .record = -1, .parent = parent};
    l->last = &l->first;
    return l;
}

/* Where the schema has it among its siblings. Pedimentos came with 2.0 and go first. */
static int rank(int element)
{
    return element == CP_PEDIMENTOS ? CP_MERCANCIA : element;
}

struct leaf *leaf_below(struct cfdi_writer *w, struct leaf *parent, int element)
{
    struct leaf *l = leaf_new(w, element, parent), **at = &parent->first;

    while (*at && rank((*at)->element) <= rank(element))
        at = &(*at)->next;
    l->next = *at;
    *at = l;
    return l;
}

struct leaf *leaf_find(struct leaf *from, int element)
{
    struct leaf *found = NULL;

    if (from->element == element)
        return from;
    for (struct leaf *l = from->first; l && !found; l = l->next)
        found = leaf_find(l, element);
    return found;
}

struct leaf *leaf_only(struct cfdi_writer *w, int element)
{
    struct leaf *l = w->root ? leaf_find(w->root, element) : NULL;

    if (l)
        return l;
    if (cfdi_element(element)->parent == CFDI_NONE)
        return w->root = leaf_new(w, element, NULL);
    return leaf_add(w, element);
}

struct leaf *leaf_add(struct cfdi_writer *w, int element)
{
    return leaf_below(w, leaf_only(w, cfdi_element(element)->parent), element);
}

/* The attribute's index in this version; -1 = it has none of that name. */
static int attribute_of(const struct cfdi_writer *w, const struct leaf *l, const char *name)
{
    const struct cfdi_element *e = cfdi_element(l->element);

    for (size_t i = 0; i < e->attributes && i < LEAF_VALUES; i++)
        if (e->attribute[i].versions & w->version && strcmp(e->attribute[i].name, name) == 0)
            return (int)i;
    return -1;
}

bool leaf_set(struct cfdi_writer *w, struct leaf *l, const char *attribute, struct str s)
{
    int i = attribute_of(w, l, attribute);

    if (i < 0 || s.n == 0 || l->value[i].p)
        return false;
    l->value[i] = s;
    return true;
}

struct str leaf_get(const struct cfdi_writer *w, const struct leaf *l, const char *attribute)
{
    int i = attribute_of(w, l, attribute);
    return i < 0 ? (struct str){NULL, 0} : l->value[i];
}

/* ---- what no record says ---- */

/* "Ubicacion[Origen]/@TipoEstacion": only where the element's first attribute is that. */
static bool path_fits(struct cfdi_writer *w, const struct leaf *l, struct str path, const char *attribute)
{
    const char *open = memchr(path.p, '[', path.n), *close = memchr(path.p, ']', path.n);
    struct str full;

    if (open && close > open) {
        if (!str_eq(l->value[0], str_n(open + 1, (size_t)(close - open - 1))))
            return false;
        path = arena_fmt(w->arena, "%.*s%.*s", (int)(open - path.p), path.p,
                         (int)(path.n - (size_t)(close + 1 - path.p)), close + 1);
    }
    full = arena_fmt(w->arena, "/%.*s/@%s", STR_ARG(cfdi_path(w->arena, l->element)), attribute);

    return path.n < full.n && str_eq(str_n(full.p + full.n - path.n, path.n), path) &&
           full.p[full.n - path.n - 1] == '/';
}

static void values_set(struct cfdi_writer *w, struct leaf *l)
{
    const struct cfdi_element *e = cfdi_element(l->element);

    for (size_t i = 0; i < e->attributes && i < LEAF_VALUES; i++)
        for (size_t k = 0; k < w->how->nvalues; k++)
            if (e->attribute[i].versions & w->version && l->value[i].p == NULL &&
                path_fits(w, l, w->how->values[k].path, e->attribute[i].name))
                l->value[i] = w->how->values[k].value;
}

/* Elements that must be there, and the caller's values. */
void leaf_complete(struct cfdi_writer *w, struct leaf *l)
{
    for (int i = 0; i < CFDI_ELEMENTS; i++) {
        const struct cfdi_element *e = cfdi_element(i);
        bool there = false;
        if (e->parent != l->element || e->least == 0 || !(e->versions & w->version))
            continue;
        for (struct leaf *c = l->first; c; c = c->next)
            there |= c->element == i;
        if (!there)
            leaf_below(w, l, i);
    }
    values_set(w, l);
    for (struct leaf *c = l->first; c; c = c->next)
        leaf_complete(w, c);
}

void leaf_faults(struct cfdi_writer *w, const struct leaf *l)
{
    const struct cfdi_element *e = cfdi_element(l->element);

    for (size_t i = 0; i < e->attributes && i < LEAF_VALUES; i++) {
        struct place at = {.segment = (uint32_t)(l->record + 1)};
        if (!e->attribute[i].required || l->value[i].p || !(e->attribute[i].versions & w->version))
            continue;
        at.tag = cfdi_path(w->arena, l->element);
        fault_at(w->how->faults, "write.missing", at, (struct str){NULL, 0}, str_z(e->attribute[i].name));
        w->missing = true;
    }
    for (struct leaf *c = l->first; c; c = c->next)
        leaf_faults(w, c);
}

void leaf_each(struct leaf *l, void (*visit)(struct cfdi_writer *w, struct leaf *l), struct cfdi_writer *w)
{
    visit(w, l);
    for (struct leaf *c = l->first; c; c = c->next)
        leaf_each(c, visit, w);
}

/* ---- out ---- */

static void text_out(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        switch (s.p[i]) {
        case '&':
            buf_z(b, "&amp;");
            break;
        case '<':
            buf_z(b, "&lt;");
            break;
        case '"':
            buf_z(b, "&quot;");
            break;
        case '\n':
            buf_z(b, "&#10;");
            break;
        default:
            buf_char(b, s.p[i]);
        }
}

static void head_out(struct cfdi_writer *w)
{
    const char *v = w->version == V20 ? "20" : w->version == V30 ? "30" : "31";

    if (w->trade) {
        buf_z(w->out,
              " xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\" "
              "xmlns:cce20=\"http://www.sat.gob.mx/ComercioExterior20\""
              " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
              " xsi:schemaLocation=\"http://www.sat.gob.mx/cfd/4"
              " http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd "
              "http://www.sat.gob.mx/ComercioExterior20"
              " http://www.sat.gob.mx/sitio_internet/cfd/ComercioExterior20/ComercioExterior20.xsd\"");
        return;
    }
    buf_fmt(w->out,
            " xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\" "
            "xmlns:cartaporte%s=\"http://www.sat.gob.mx/CartaPorte%s\""
            " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
            " xsi:schemaLocation=\"http://www.sat.gob.mx/cfd/4"
            " http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd http://www.sat.gob.mx/CartaPorte%s"
            " http://www.sat.gob.mx/sitio_internet/cfd/CartaPorte/CartaPorte%s.xsd\"",
            v, v, v, v);
}

static void name_out(struct cfdi_writer *w, const struct leaf *l)
{
    const char *v = w->version == V20 ? "20" : w->version == V30 ? "30" : "31";

    if (l->element == CFDI_TIMBRE)
        buf_fmt(w->out, "tfd:%s", cfdi_element(l->element)->name);
    else if (l->element < CP_CARTAPORTE)
        buf_fmt(w->out, "cfdi:%s", cfdi_element(l->element)->name);
    else if (l->element >= CCE_COMERCIOEXTERIOR)
        buf_fmt(w->out, "cce20:%s", cfdi_element(l->element)->name);
    else
        buf_fmt(w->out, "cartaporte%s:%s", v, cfdi_element(l->element)->name);
}

static void indent(struct cfdi_writer *w, const struct leaf *l)
{
    for (const struct leaf *p = l->parent; p; p = p->parent)
        buf_z(w->out, "  ");
}

void leaf_out(struct cfdi_writer *w, const struct leaf *l)
{
    const struct cfdi_element *e = cfdi_element(l->element);

    indent(w, l);
    buf_char(w->out, '<');
    name_out(w, l);
    if (l->parent == NULL)
        head_out(w);
    if (l->element == CFDI_TIMBRE)
        buf_z(w->out, " xmlns:tfd=\"http://www.sat.gob.mx/TimbreFiscalDigital\"");
    for (size_t i = 0; i < e->attributes && i < LEAF_VALUES; i++)
        if (l->value[i].p) {
            buf_fmt(w->out, " %s=\"", e->attribute[i].name);
            text_out(w->out, l->value[i]);
            buf_char(w->out, '"');
        }
    if (l->first == NULL) {
        buf_z(w->out, "/>\n");
        return;
    }
    buf_z(w->out, ">\n");
    for (const struct leaf *c = l->first; c; c = c->next)
        leaf_out(w, c);
    indent(w, l);
    buf_z(w->out, "</");
    name_out(w, l);
    buf_z(w->out, ">\n");
}
