/* regex_parse.c: a pattern in RE2's syntax (github.com/google/re2/wiki/Syntax) into a tree. What needs backtracking
 * (references back, looking round) is not in RE2 either. */
#include "cel/regex.h"

#include <stdlib.h>

enum { FOLD = 1, LINES = 2, DOT_ALL = 4, UNGREEDY = 8 };

struct pattern {
    struct arena *arena;
    struct str rest;
    const char *why;
    unsigned flags, depth;
};

static struct rx *alternatives(struct pattern *p);

/* ---- classes ---- */

void cel_class_add(struct class *c, uint32_t from, uint32_t to)
{
    if (c->n == c->cap) {
        uint32_t cap = c->cap ? 2 * c->cap : 4;
        struct range *more = arena_alloc(c->arena, cap * sizeof *more);
        if (c->n)
            memcpy(more, c->range, c->n * sizeof *more);
        c->range = more;
        c->cap = cap;
    }
    c->range[c->n++] = (struct range){from, to};
}

void cel_class_join(struct class *c, const struct class *more)
{
    for (uint32_t i = 0; i < more->n; i++)
        cel_class_add(c, more->range[i].from, more->range[i].to);
}

static int by_from(const void *a, const void *b)
{
    const struct range *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

static void negate(struct class *c)
{
    struct class others = {.arena = c->arena};
    uint32_t from = 0;

    for (uint32_t i = 0; i < c->n; i++) {
        if (c->range[i].from > from)
            cel_class_add(&others, from, c->range[i].from - 1);
        from = c->range[i].to + 1;
    }
    if (from <= RX_POINT)
        cel_class_add(&others, from, RX_POINT);
    *c = others;
}

void cel_class_finish(struct class *c, bool not )
{
    uint32_t k = 0;

    if (c->n)
        qsort(c->range, c->n, sizeof *c->range, by_from);
    for (uint32_t i = 0; i < c->n; i++) {
        if (k && c->range[i].from <= c->range[k - 1].to + 1) {
            if (c->range[i].to > c->range[k - 1].to)
                c->range[k - 1].to = c->range[i].to;
        } else {
            c->range[k++] = c->range[i];
        }
    }
    c->n = k;
    if (not )
        negate(c);
    c->ascii[0] = c->ascii[1] = 0;
    for (uint32_t i = 0; i < c->n; i++)
        for (uint32_t x = c->range[i].from; x <= c->range[i].to && x < 128; x++)
            c->ascii[x >> 6] |= UINT64_C(1) << (x & 63);
}

static const struct {
    const char *name, *ranges; /* pairs */
} posix[] = {
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"ascii", "\1\177"},
    {"blank", "\t\t  "},
    {"cntrl", "\1\37\177\177"},
    {"digit", "09"},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", "\t\r  "},
    {"upper", "AZ"},
    {"word", "09AZaz__"},
    {"xdigit", "09AFaf"},
    {"d", "09"},
    {"s", "\t\n\f\r  "},
    {"w", "09AZaz__"},
};

static bool add_named(struct class *c, struct str name, bool not )
{
    struct class x = {.arena = c->arena};

    for (size_t i = 0; i < COUNT(posix); i++) {
        if (!str_eq(name, str_z(posix[i].name)))
            continue;
        for (const char *r = posix[i].ranges; *r; r += 2)
            cel_class_add(&x, (unsigned char)r[0], (unsigned char)r[1]);
        if (str_eq(name, S("ascii")) || str_eq(name, S("cntrl")))
            cel_class_add(&x, 0, 0);
        cel_class_finish(&x, not );
        cel_class_join(c, &x);
        return true;
    }
    return false;
}

/* ---- characters ---- */

static void *bad(struct pattern *p, const char *why)
{
    if (!p->why)
        p->why = why;
    return NULL;
}

static bool starts(const struct pattern *p, const char *with)
{
    return str_starts(p->rest, str_z(with));
}

static void skip(struct pattern *p, size_t n)
{
    p->rest = str_n(p->rest.p + n, p->rest.n - n);
}

static bool eat(struct pattern *p, const char *with)
{
    if (!starts(p, with))
        return false;
    skip(p, strlen(with));
    return true;
}

static uint32_t take(struct pattern *p)
{
    uint32_t c;

    skip(p, cel_utf8_get(p->rest, &c));
    return c;
}

static bool hexadecimal(struct pattern *p, uint32_t *out)
{
    bool braces = eat(p, "{");
    unsigned n = 0;

    for (*out = 0; p->rest.n && str_hex(p->rest.p[0]) >= 0 && (braces || n < 2); n++) {
        *out = *out << 4 | (uint32_t)str_hex(p->rest.p[0]);
        skip(p, 1);
        if (*out > RX_POINT)
            return false;
    }
    return braces ? n > 0 && eat(p, "}") : n == 2;
}

/* Behind a backslash: one code point. */
static bool escaped(struct pattern *p, uint32_t *out)
{
    static const char from[] = "aftnrv", to[] = "\a\f\t\n\r\v";
    const char *found;
    uint32_t c;

    if (p->rest.n == 0)
        return false;
    c = take(p);
    *out = c;
    if (c >= 128)
        return false;
    if ((found = c ? strchr(from, (int)c) : NULL) != NULL) {
        *out = (unsigned char)to[found - from];
        return true;
    }
    if (c == 'x')
        return hexadecimal(p, out);
    if (c >= '0' && c <= '7') {
        if (c != '0' && (p->rest.n == 0 || p->rest.p[0] < '0' || p->rest.p[0] > '7'))
            return false; /* a reference back */
        *out = c - '0';
        for (int i = 0; i < 2 && p->rest.n && p->rest.p[0] >= '0' && p->rest.p[0] <= '7'; i++)
            *out = *out * 8 + (take(p) - '0');
        return true;
    }
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
}

/* \d \pL \P{Greek} at hand? 1 it was added, 0 there is none, -1 it is wrong. */
static int perl_class(struct pattern *p, struct class *c)
{
    char k = p->rest.n > 1 && p->rest.p[0] == '\\' ? p->rest.p[1] : '\0', small = (char)(k | 32);
    struct class x = {.arena = p->arena};
    struct str name;
    bool not = k >= 'A' && k <= 'Z';

    if (k == '\0' || !strchr("dswDSWpP", k))
        return 0;
    skip(p, 2);
    if (small != 'p')
        return add_named(c, str_n(&small, 1), not ) ? 1 : -1;
    if (eat(p, "{")) {
        const char *end = memchr(p->rest.p, '}', p->rest.n);
        name = str_n(p->rest.p, end ? (size_t)(end - p->rest.p) : 0);
        skip(p, end ? name.n + 1 : 0);
        if (name.n && name.p[0] == '^') {
            not = !not ;
            name = str_n(name.p + 1, name.n - 1);
        }
    } else {
        name = str_n(p->rest.p, p->rest.n ? 1 : 0);
        skip(p, name.n);
    }
    if (!cel_class_property(&x, name))
        return -1;
    cel_class_finish(&x, not );
    cel_class_join(c, &x);
    return 1;
}

/* [:alpha:] inside brackets; as above. */
static int posix_class(struct pattern *p, struct class *c)
{
    struct str s = p->rest;
    const char *end;
    bool not ;

    if (!str_starts(s, S("[:")) || (end = memmem(s.p + 2, s.n - 2, ":]", 2)) == NULL)
        return 0;
    not = s.p[2] == '^';
    s = str_n(s.p + 2 + not, (size_t)(end - s.p) - 2 - not );
    skip(p, (size_t)(end - p->rest.p) + 2);
    return add_named(c, s, not ) && s.n > 1 ? 1 : -1;
}

static bool class_item(struct pattern *p, struct class *c)
{
    uint32_t from, to;
    int named = posix_class(p, c);

    if (named == 0)
        named = perl_class(p, c);
    if (named)
        return named > 0;
    if (eat(p, "\\")) {
        if (!escaped(p, &from))
            return false;
    } else {
        from = take(p);
    }
    to = from;
    if (p->rest.n > 1 && p->rest.p[0] == '-' && p->rest.p[1] != ']') {
        skip(p, 1);
        if (eat(p, "\\")) {
            if (!escaped(p, &to))
                return false;
        } else {
            to = take(p);
        }
    }
    if (to < from)
        return false;
    cel_class_add(c, from, to);
    return true;
}

static struct rx *node(struct pattern *p, enum rx_kind kind)
{
    struct rx *x = arena_alloc(p->arena, sizeof *x);

    x->kind = kind;
    x->only = UINT32_MAX;
    return x;
}

static struct rx *class_node(struct pattern *p, struct class *c, bool not )
{
    struct rx *x = node(p, RX_CLASS);

    if (p->flags & FOLD)
        cel_class_fold(c);
    cel_class_finish(c, not );
    x->class = c;
    return x;
}

static struct class *new_class(struct pattern *p)
{
    struct class *c = arena_alloc(p->arena, sizeof *c);

    c->arena = p->arena;
    return c;
}

/* Behind the "[". */
static struct rx *brackets(struct pattern *p)
{
    struct class *c = new_class(p);
    bool not = eat(p, "^"), first = true;

    for (; first || !starts(p, "]"); first = false) {
        if (p->rest.n == 0)
            return bad(p, N_("a [ is not closed"));
        if (!class_item(p, c))
            return bad(p, N_("a class of characters is wrong"));
    }
    skip(p, 1);
    return class_node(p, c, not );
}

static struct rx *one(struct pattern *p, uint32_t c)
{
    struct class *x = new_class(p);
    struct rx *n;

    cel_class_add(x, c, c);
    n = class_node(p, x, false);
    n->only = x->n == 1 && x->range[0].from == x->range[0].to ? c : UINT32_MAX;
    return n;
}

static struct rx *dot(struct pattern *p)
{
    struct class *c = new_class(p);
    struct rx *x = node(p, RX_CLASS);

    if (!(p->flags & DOT_ALL))
        cel_class_add(c, '\n', '\n');
    cel_class_finish(c, true);
    x->class = c;
    return x;
}

/* ---- groups, repetition ---- */

/* Behind "(?": flags, up to ")" or ":". True when a group follows. */
static bool flags(struct pattern *p, bool *group)
{
    bool on = true, any = false;

    for (;;) {
        uint32_t c = p->rest.n ? take(p) : 0, bit = 0;
        if (c == ')' || c == ':') {
            *group = c == ':';
            return any || *group;
        }
        if (c == '-' && on) {
            on = any = false;
            continue;
        }
        bit = c == 'i' ? FOLD : c == 'm' ? LINES : c == 's' ? DOT_ALL : c == 'U' ? UNGREEDY : 0;
        if (bit == 0)
            return false;
        any = true;
        p->flags = on ? p->flags | bit : p->flags & ~bit;
    }
}

static bool group_name(struct pattern *p)
{
    size_t n = 0;

    while (n < p->rest.n && (str_hex(p->rest.p[n]) >= 0 || p->rest.p[n] == '_' ||
                             ((p->rest.p[n] | 32) >= 'a' && (p->rest.p[n] | 32) <= 'z')))
        n++;
    skip(p, n);
    return n > 0 && eat(p, ">");
}

/* Behind the "(". */
static struct rx *group(struct pattern *p)
{
    unsigned before = p->flags;
    bool body = true;
    struct rx *x;

    if (eat(p, "?P<") || (starts(p, "?<") && !starts(p, "?<=") && !starts(p, "?<!") && eat(p, "?<"))) {
        if (!group_name(p))
            return bad(p, N_("the name of a group is wrong"));
    } else if (eat(p, "?") && !flags(p, &body)) {
        return bad(p, N_("RE2 has no such group: it looks neither ahead nor back"));
    }
    if (!body) /* (?i): from here on */
        return node(p, RX_EMPTY);
    if (++p->depth > RX_DEPTH)
        return bad(p, N_("too many groups within one another"));
    x = alternatives(p);
    p->depth--;
    p->flags = before;
    if (x && !eat(p, ")"))
        return bad(p, N_("a ( is not closed"));
    return x;
}

static struct rx *escape(struct pattern *p)
{
    static const struct {
        const char *text;
        enum rx_kind kind;
    } places[] = {{"A", RX_START}, {"z", RX_END}, {"b", RX_WORD}, {"B", RX_NO_WORD}};
    struct class *c = new_class(p);
    int named = perl_class(p, c);
    uint32_t point;

    if (named > 0) { /* \\W folded would take in k, whose other case is the sign for kelvin */
        struct rx *x = node(p, RX_CLASS);
        cel_class_finish(c, false);
        x->class = c;
        return x;
    }
    if (named < 0)
        return bad(p, N_("a class of characters is wrong"));
    skip(p, 1);
    for (size_t i = 0; i < COUNT(places); i++)
        if (eat(p, places[i].text))
            return node(p, places[i].kind);
    if (!escaped(p, &point))
        return bad(p, N_("RE2 has no such escape"));
    return one(p, point);
}

static struct rx *atom(struct pattern *p)
{
    if (starts(p, "\\"))
        return escape(p);
    if (eat(p, "("))
        return group(p);
    if (eat(p, "["))
        return brackets(p);
    if (eat(p, "."))
        return dot(p);
    if (eat(p, "^"))
        return node(p, p->flags & LINES ? RX_LINE_START : RX_START);
    if (eat(p, "$"))
        return node(p, p->flags & LINES ? RX_LINE_END : RX_END);
    if (starts(p, "*") || starts(p, "+") || starts(p, "?"))
        return bad(p, N_("there is nothing to repeat"));
    return one(p, take(p));
}

static bool count(struct pattern *p, int *n)
{
    bool any = false;

    for (*n = 0; p->rest.n && p->rest.p[0] >= '0' && p->rest.p[0] <= '9'; any = true) {
        *n = *n > RX_MOST ? *n : *n * 10 + (p->rest.p[0] - '0');
        skip(p, 1);
    }
    return any;
}

/* * + ? {n} {n,} {n,m}, with a ? that changes nothing here. False when none is at hand. */
static bool repetition(struct pattern *p, int *least, int *most)
{
    struct str before = p->rest;

    *least = starts(p, "+");
    *most = starts(p, "?") ? 1 : -1;
    if (eat(p, "*") || eat(p, "+") || eat(p, "?"))
        return eat(p, "?") || true;
    if (eat(p, "{") && count(p, least)) {
        *most = *least;
        if (eat(p, ",") && !count(p, most))
            *most = -1;
        if (eat(p, "}"))
            return eat(p, "?") || true;
    }
    p->rest = before; /* a brace that stands for itself */
    return false;
}

static struct rx *repeated(struct pattern *p, struct rx *x)
{
    struct rx *r;
    int least, most;

    if (!x || !repetition(p, &least, &most))
        return x;
    if (least > RX_MOST || most > RX_MOST || (most >= 0 && most < least))
        return bad(p, N_("a number of repetitions is out of range"));
    r = node(p, RX_REPEAT);
    r->first = x;
    r->least = least;
    r->most = most;
    return repetition(p, &least, &most) ? bad(p, N_("a repetition is repeated")) : r;
}

static void add(struct rx *to, struct rx *x)
{
    if (to->last)
        to->last->next = x;
    else
        to->first = x;
    to->last = x;
}

/* \Q...\E: literally. False when none is at hand. */
static bool quoted(struct pattern *p, struct rx *to)
{
    if (!eat(p, "\\Q"))
        return false;
    while (p->rest.n && !starts(p, "\\E"))
        add(to, one(p, take(p)));
    eat(p, "\\E");
    return true;
}

static struct rx *sequence(struct pattern *p)
{
    struct rx *all = node(p, RX_CAT);

    while (p->rest.n && !starts(p, "|") && !starts(p, ")")) {
        struct rx *x;
        if (quoted(p, all))
            continue;
        x = repeated(p, atom(p));
        if (!x)
            return NULL;
        add(all, x);
    }
    return all;
}

static struct rx *alternatives(struct pattern *p)
{
    struct rx *first = sequence(p), *alt;

    if (!first || !starts(p, "|"))
        return first;
    alt = node(p, RX_ALT);
    add(alt, first);
    while (eat(p, "|")) {
        struct rx *x = sequence(p);
        if (!x)
            return NULL;
        add(alt, x);
    }
    return alt;
}

struct rx *cel_rx_parse(struct arena *a, struct str pattern, const char **why)
{
    struct pattern p = {.arena = a, .rest = pattern};
    struct rx *x = alternatives(&p);

    if (x && p.rest.n)
        x = bad(&p, N_("a ) was not opened"));
    *why = p.why;
    return x;
}
