/*
 * cfdi_check.c: each element against the tables: known here, as often as it may be, its attributes there and of
 * their type. What breaks the schema is an error with path, line and byte; what the schema does not know is a
 * warning; a code that is not in the catalogue is one too, because catalogues grow faster than schemas.
 */
#include "feeds/cfdi.h"
#include "feeds/countries.h"

#include <stdlib.h>

#define NS_CFDI     "http://www.sat.gob.mx/cfd/4"
#define NS_TIMBRE   "http://www.sat.gob.mx/TimbreFiscalDigital"
#define NS_CARTA    "http://www.sat.gob.mx/CartaPorte"
#define NS_COMERCIO "http://www.sat.gob.mx/ComercioExterior20"

/* ---- names and places ---- */

struct str cfdi_path(struct arena *a, int element)
{
    const struct cfdi_element *e = cfdi_element(element);
    struct str above;

    if (e->parent == CFDI_NONE)
        return str_z(e->name);
    above = cfdi_path(a, e->parent);
    return arena_fmt(a, "%.*s/%s", STR_ARG(above), e->name);
}

static struct place place_at(struct cfdi *c, struct place p, int element, struct str attribute)
{
    p.tag = cfdi_path(c->scratch, element);
    if (attribute.n)
        p.tag = arena_fmt(c->scratch, "%.*s/@%.*s", STR_ARG(p.tag), STR_ARG(attribute));
    return p;
}

struct place cfdi_place(struct cfdi *c, const struct node *n, const char *attribute)
{
    return place_at(c, n->place, n->element, str_z(attribute));
}

struct str node_get(const struct node *n, const char *attribute)
{
    for (size_t i = 0; n && i < n->values; i++)
        if (strcmp(n->value[i].name, attribute) == 0)
            return n->value[i].value;
    return (struct str){NULL, 0};
}

struct node *node_find(struct node *from, int element)
{
    while (from && from->element != element)
        from = from->next;
    return from;
}

bool node_within(const struct node *n, const struct node *ancestor)
{
    while (n && n != ancestor)
        n = n->parent;
    return n != NULL;
}

/* ---- values ---- */

static size_t characters(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* xs:whiteSpace collapse; most values are so already */
static struct str collapse(struct arena *a, struct str s)
{
    bool after = true; /* after a blank, or at an end */
    size_t n = 0;
    char *p;

    while (n < s.n && !(blank(s.p[n]) && (after || s.p[n] != ' ')))
        after = s.p[n++] == ' ';
    if (n == s.n && !(after && n))
        return s;
    p = arena_alloc(a, s.n + 1);
    n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!blank(s.p[i]))
            p[n++] = s.p[i];
        else if (n && p[n - 1] != ' ')
            p[n++] = ' ';
    }
    if (n && p[n - 1] == ' ')
        n--;
    return (struct str){p, n};
}

static bool one_of(const char *values, struct str s)
{
    struct str rest = str_z(values), one;

    while (str_split(&rest, '|', &one))
        if (str_eq(one, s))
            return true;
    return false;
}

bool cfdi_millionths(struct str s, int64_t *out)
{
    int64_t whole = 0;
    int decimals = -1;

    if (s.n && *s.p == '+')
        s = (struct str){s.p + 1, s.n - 1};
    if (!s.n || s.n > 24)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (decimals >= 6 && s.p[i] == '0')
            continue;
        if (decimals >= 6 || whole > INT64_MAX / 10 - 10)
            return false;
        whole = whole * 10 + (s.p[i] - '0');
        decimals += decimals >= 0;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 6; decimals++) {
        if (whole > INT64_MAX / 10)
            return false;
        whole *= 10;
    }
    *out = whole;
    return s.n > 1 || *s.p != '.';
}

static int decimals_of(struct str s)
{
    const char *point = memchr(s.p, '.', s.n);

    while (point && s.n && s.p[s.n - 1] == '0')
        s.n--;
    return point ? (int)(s.p + s.n - point - 1) : 0;
}

static bool matches(struct cfdi *c, const char *pattern, struct str s)
{
    size_t i = 0;

    while (c->index->pattern[i].text != pattern)
        i++;
    return xml_pattern_match(c->index->pattern[i].compiled, arena_z(c->scratch, s));
}

/* The code of the fault, or NULL. *expected says what would be right. */
static const char *check_number(const struct cfdi_type *t, struct arena *a, struct str s,
                                struct str *expected)
{
    int64_t n, from = 0, to = INT64_MAX;
    const char *code = NULL;

    if (t->from)
        cfdi_millionths(str_z(t->from), &from);
    if (t->to)
        cfdi_millionths(str_z(t->to), &to);
    if (!cfdi_millionths(s, &n) || (t->is == CFDI_INT && memchr(s.p, '.', s.n)))
        code = "cfdi.type";
    else if (n < from || n > to)
        code = "cfdi.range";
    if (code) {
        *expected = arena_fmt(a, "%s..%s", t->from ? t->from : "", t->to ? t->to : "");
    } else if (t->is == CFDI_DECIMAL && decimals_of(s) > t->digits) {
        code = "cfdi.range";
        *expected = arena_fmt(a, "%d", t->digits);
    }
    return code;
}

static const char *check_date(struct str s)
{
    int64_t us;
    bool zoned;

    return time_parse(s, &us, &zoned) ? NULL : "cfdi.type";
}

static const char *check_value(struct cfdi *c, const struct cfdi_type *t, struct str s,
                               struct str *expected)
{
    size_t n = characters(s);
    const char *code = NULL;

    if (n < t->least || (t->most && n > t->most)) {
        *expected = arena_fmt(c->scratch, "%u..%u", t->least, t->most);
        return "cfdi.length";
    }
    switch (t->is) {
    case CFDI_DECIMAL:
    case CFDI_INT:
        code = check_number(t, c->scratch, s, expected);
        break;
    case CFDI_DATE:
        code = check_date(s);
        break;
    case CFDI_VALUES:
        *expected = str_z(t->values);
        return one_of(t->values, s) ? NULL : "cfdi.value";
    case CFDI_CATALOGUE:
        *expected = str_z(t->name);
        if (strcmp(t->name, "c_Pais") == 0)
            return feeds_country(s).n || str_eq(s, S("ZZZ")) ? NULL : "cfdi.catalogue";
        return s.n && (!t->values || one_of(t->values, s)) ? NULL : "cfdi.catalogue";
    case CFDI_TEXT:
        break;
    }
    if (!code && t->no_bar && memchr(s.p, '|', s.n)) {
        *expected = S("[^|]");
        return "cfdi.pattern";
    }
    if (!code && t->pattern) {
        *expected = str_z(t->pattern);
        return matches(c, t->pattern, s) ? NULL : "cfdi.pattern";
    }
    return code;
}

/* ---- attributes ---- */

/* Whether a word of the document is this one of the tables. */
static bool is(const char *name, struct str s)
{
    return s.n && *name == *s.p && strncmp(name, s.p, s.n) == 0 && name[s.n] == '\0';
}

static bool holds(const struct cfdi *c, unsigned versions)
{
    return versions & (unsigned)(c->version ? c->version : ALL);
}

static const struct cfdi_attribute *attribute_of(const struct cfdi *c, const struct cfdi_element *e,
                                                 struct str name)
{
    for (size_t i = 0; i < e->attributes; i++)
        if (is(e->attribute[i].name, name) && holds(c, e->attribute[i].versions))
            return &e->attribute[i];
    return NULL;
}

/* The row of each attribute that came, NULL = unknown; a fault for each that must be there and is not. */
static const struct cfdi_attribute **find_attributes(struct cfdi *c, int element,
                                                     const struct xml_attribute *a, size_t n)
{
    const struct cfdi_element *e = cfdi_element(element);
    const struct cfdi_attribute **row = arena_alloc(c->scratch, n * sizeof(struct cfdi_attribute *));
    bool *came = arena_alloc(c->scratch, e->attributes);

    for (size_t i = 0; i < n; i++) {
        row[i] = a[i].ns.n ? NULL : attribute_of(c, e, a[i].name);
        if (row[i])
            came[row[i] - e->attribute] = true;
    }
    for (size_t i = 0; i < e->attributes; i++)
        if (e->attribute[i].required && !came[i] && holds(c, e->attribute[i].versions))
            fault_at(&c->d.faults, "cfdi.attribute",
                     place_at(c, xml_place(c->xml), element, (struct str){NULL, 0}), (struct str){NULL, 0},
                     str_z(e->attribute[i].name));
    return row;
}

/* What the records or the rules need; the rest is only checked. */
static bool is_kept(int element)
{
    return element >= CP_CARTAPORTE || element == CFDI_COMPROBANTE || element == CFDI_EMISOR ||
           element == CFDI_RECEPTOR || element == CFDI_CONCEPTO || element == CFDI_TIMBRE;
}

static struct node *keep(struct cfdi *c, int element, size_t n)
{
    struct node *node;
    size_t size = sizeof *node + n * sizeof node->value[0];

    if (c->full || (c->kept += size) > CFDI_KEPT_MAX) {
        if (!c->full)
            fault_at(&c->d.faults, "cfdi.large", xml_place(c->xml), (struct str){NULL, 0},
                     arena_fmt(c->scratch, "%zu", CFDI_KEPT_MAX));
        c->full = true;
        return NULL;
    }
    node = arena_alloc(c->d.arena, size);
    node->element = (short)element;
    node->parent = c->depth ? c->frame[c->depth - 1].node : NULL;
    node->place = xml_place(c->xml);
    *c->tail = node;
    c->tail = &node->next;
    return node;
}

static void take_attributes(struct cfdi *c, int element, struct node *node, const struct xml_attribute *a,
                            size_t n)
{
    const struct cfdi_attribute **row = find_attributes(c, element, a, n);

    for (size_t i = 0; i < n; i++) {
        const struct cfdi_attribute *k = row[i];
        struct str expected = {NULL, 0}, s;
        const char *code;

        if (a[i].ns.n) /* xsi:schemaLocation */
            continue;
        if (!k) {
            fault_at(&c->d.faults, "cfdi.attribute.unknown",
                     place_at(c, xml_place(c->xml), element, a[i].name),
                     text_clean(c->scratch, a[i].value, FOUND_MAX), (struct str){NULL, 0});
            continue;
        }
        s = k->type->keep ? a[i].value : collapse(c->scratch, a[i].value);
        code = check_value(c, k->type, s, &expected);
        if (code)
            fault_at(&c->d.faults, code, place_at(c, xml_place(c->xml), element, a[i].name),
                     text_clean(c->scratch, s, FOUND_MAX), expected);
        if (node && (c->kept += s.n + 1) <= CFDI_KEPT_MAX) {
            node->value[node->values].name = k->name;
            node->value[node->values++].value = text_clean(c->d.arena, s, TEXT_MAX);
        }
    }
}

/* ---- elements ---- */

static int version_of(struct str ns)
{
    static const struct {
        const char *tail;
        int version;
    } known[] = {{"20", V20}, {"30", V30}, {"31", V31}};

    for (size_t i = 0; i < COUNT(known); i++)
        if (ns.n == sizeof NS_CARTA + 1 && memcmp(ns.p + sizeof NS_CARTA - 1, known[i].tail, 2) == 0)
            return known[i].version;
    return 0;
}

static bool right_namespace(struct cfdi *c, int element, struct str ns)
{
    if (element < CFDI_TIMBRE)
        return str_eq(ns, S(NS_CFDI));
    if (element == CFDI_TIMBRE)
        return str_eq(ns, S(NS_TIMBRE));
    if (element >= CCE_COMERCIOEXTERIOR)
        return str_eq(ns, S(NS_COMERCIO));
    return str_starts(ns, S(NS_CARTA)) && version_of(ns) && (!c->version || version_of(ns) == c->version);
}

/* The element's row, or CFDI_NONE. */
static int child_of(struct cfdi *c, int parent, struct str ns, struct str name)
{
    int i = parent == CFDI_NONE ? CFDI_COMPROBANTE : c->index->first[parent];

    while (i != CFDI_NONE && !(is(cfdi_element(i)->name, name) && holds(c, cfdi_element(i)->versions) &&
                               right_namespace(c, i, ns)))
        i = c->index->next[i];
    return i;
}

/* Other complements, addenda: not ours to read. */
static bool takes_any(int element)
{
    return element == CFDI_COMPLEMENTO || element == CFDI_ADDENDA || element == CFDI_COMPLEMENTOCONCEPTO;
}

static void unknown(struct cfdi *c, int parent, struct str ns, struct str name)
{
    struct str found = text_clean(c->scratch, name, FOUND_MAX);

    if (parent == CFDI_COMPLEMENTO && str_eq(name, S("CartaPorte"))) {
        c->foreign = true;
        fault_at(&c->d.faults, "cfdi.version", place_at(c, xml_place(c->xml), parent, name),
                 text_clean(c->scratch, ns, FOUND_MAX), S("CartaPorte20, CartaPorte30, CartaPorte31"));
    } else if (!takes_any(parent)) {
        fault_at(&c->d.faults, "cfdi.element.unknown",
                 place_at(c, xml_place(c->xml), parent, (struct str){NULL, 0}), found,
                 (struct str){NULL, 0});
    }
}

/* An element that is not in the invoice: the invoice itself, one too many, or what is around it. */
static int outermost(struct cfdi *c, int element, struct str name)
{
    if (element == CFDI_NONE) {
        if (c->depth == 0) {
            c->outer = text_clean(c->d.arena, name, FOUND_MAX);
            c->outer_place = xml_place(c->xml);
        }
        return CFDI_NONE;
    }
    if (c->begun) {
        fault_at(&c->d.faults, "cfdi.element.many",
                 place_at(c, xml_place(c->xml), element, (struct str){NULL, 0}), S("2"), S("1"));
        return CFDI_NONE;
    }
    c->begun = true;
    c->enclosed = c->depth > 0;
    return element;
}

static void on_start(void *arg, struct str ns, struct str name, const struct xml_attribute *a, size_t n)
{
    struct cfdi *c = arg;
    struct cfdi_frame *above = c->depth ? &c->frame[c->depth - 1] : NULL, *f = &c->frame[c->depth];
    int parent = above ? above->element : CFDI_NONE;
    bool outside = !c->begun || c->complete;
    int e = parent == CFDI_NONE && !outside ? CFDI_NONE : child_of(c, parent, ns, name);

    arena_reset(c->scratch);
    if (outside)
        e = outermost(c, e, name);
    memset(f, 0, sizeof *f);
    f->element = e;
    f->node = above ? above->node : NULL;
    if (e == CFDI_NONE) {
        if (parent != CFDI_NONE)
            unknown(c, parent, ns, name);
        c->depth++;
        return;
    }
    if (e == CP_CARTAPORTE)
        c->version = version_of(ns);
    if (above && ++above->count[c->index->rank[e]] > cfdi_element(e)->most && cfdi_element(e)->most)
        fault_at(&c->d.faults, "cfdi.element.many",
                 place_at(c, xml_place(c->xml), e, (struct str){NULL, 0}),
                 arena_fmt(c->scratch, "%u", above->count[c->index->rank[e]]),
                 arena_fmt(c->scratch, "%d", cfdi_element(e)->most));
    if (is_kept(e)) {
        struct node *node = keep(c, e, n);

        f->node = node ? node : f->node;
        take_attributes(c, e, node, a, n);
    } else {
        take_attributes(c, e, NULL, a, n);
    }
    c->depth++;
}

static void on_end(void *arg)
{
    struct cfdi *c = arg;
    struct cfdi_frame *f = &c->frame[--c->depth];

    if (f->element == CFDI_NONE)
        return;
    c->complete |= f->element == CFDI_COMPROBANTE;
    arena_reset(c->scratch);
    for (int i = c->index->first[f->element]; i != CFDI_NONE; i = c->index->next[i]) {
        const struct cfdi_element *e = cfdi_element(i);

        if (e->least > f->count[c->index->rank[i]] && holds(c, e->versions))
            fault_at(&c->d.faults, "cfdi.element",
                     place_at(c, xml_place(c->xml), f->element, (struct str){NULL, 0}),
                     arena_fmt(c->scratch, "%u", f->count[c->index->rank[i]]),
                     arena_fmt(c->scratch, "%s %d", e->name, e->least));
    }
}

const struct xml_handler cfdi_check_handler = {.start = on_start, .end = on_end};
