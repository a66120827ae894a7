/*
 * render.c: a tree as text. An object is `label  value` lines, aligned; a list of objects is a table; objects
 * inside objects stand under their label, indented. Nothing is cut unless a terminal's width is known, and
 * then the reader is told.
 */
#include "cli/internal.h"

#include <locale.h>
#include <wchar.h>

#define LABEL_MOST 32 /* labels wider than this do not push the values of the others away */
#define VALUE_LINE 60 /* a list of texts up to this wide stands on one line */

/* ---- UTF-8 and width ---- */

/* The code point at s[i] and its length; a byte that is no UTF-8 counts as one of U+FFFD. */
static wchar_t point(struct str s, size_t i, size_t *len)
{
    unsigned char c = (unsigned char)s.p[i];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t v;

    *len = 1;
    if (n == 1)
        return (wchar_t)c;
    if (i + n > s.n || !str_utf8(str_n(s.p + i, n)))
        return 0xfffd;
    v = c & (0x7fu >> n);
    for (size_t k = 1; k < n; k++)
        v = v << 6 | ((unsigned char)s.p[i + k] & 0x3f);
    *len = n;
    return (wchar_t)v;
}

/* wcwidth asks the thread's locale; ours is always UTF-8. */
static int columns(wchar_t c)
{
    static locale_t utf8;
    locale_t before;
    int w;

    if (!utf8)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (c < 0x80 || !utf8)
        return c >= 0x20 && c != 0x7f;
    before = uselocale(utf8);
    w = wcwidth(c);
    uselocale(before);
    return w < 0 ? 1 : w;
}

size_t render_width(struct str s)
{
    size_t w = 0, len;

    for (size_t i = 0; i < s.n; i += len)
        w += (size_t)columns(point(s, i, &len));
    return w;
}

/* How many bytes of s fit into `most` columns. */
static size_t fitting(struct str s, size_t most)
{
    size_t w = 0, len, i;

    for (i = 0; i < s.n; i += len) {
        w += (size_t)columns(point(s, i, &len));
        if (w > most)
            break;
    }
    return i;
}

struct str render_safe(struct arena *a, struct str s)
{
    struct buf b;
    struct str out;
    size_t len;

    buf_init(&b, 3 * s.n + 1);
    for (size_t i = 0; i < s.n; i += len) {
        wchar_t c = point(s, i, &len);
        bool control = (c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0);
        bool direction =
            (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
        if (control || direction || c == 0xfffd)
            buf_z(&b, c == '\t' ? " " : "\xef\xbf\xbd");
        else
            buf_put(&b, s.p + i, len);
    }
    out = arena_copy(a, buf_view(&b));
    buf_free(&b);
    return out;
}

static void spaces(struct buf *b, size_t n)
{
    while (n--)
        buf_char(b, ' ');
}

static void wrap_line(struct buf *b, struct str line, int indent, int width)
{
    size_t room = width > indent + 20 ? (size_t)(width - indent) : 20, at = 0;
    struct str word;

    spaces(b, (size_t)indent);
    while (str_split(&line, ' ', &word)) {
        size_t w = render_width(word);
        if (at && at + 1 + w > room) {
            buf_char(b, '\n');
            spaces(b, (size_t)indent);
            at = 0;
        }
        if (at) {
            buf_char(b, ' ');
            at++;
        }
        buf_str(b, word);
        at += w;
    }
    buf_char(b, '\n');
}

void render_wrap(struct buf *b, struct str text, int indent, int width)
{
    struct str line;

    while (str_split(&text, '\n', &line))
        if (line.n == 0)
            buf_char(b, '\n');
        else
            wrap_line(b, line, indent, width);
}

/* ---- tables ---- */

#define COLUMNS_MOST 64
#define COLUMN_LEAST 12 /* a column is not cut shorter than this; rather the last one goes */

struct column {
    const char *label, *key;
    size_t width;
    int order;   /* of the field in its kind; else 0 */
    bool number; /* all its cells: right-aligned */
    bool whole;  /* never cut: a number, an id */
};

struct table {
    const struct page *page;
    const struct node *list;
    struct column column[COLUMNS_MOST];
    size_t n, shown;
    int indent;
};

static void cell_leaf(struct buf *b, const struct node *n)
{
    for (size_t i = 0; i < n->brief.n; i++)
        if (n->brief.p[i] == '\n')
            buf_z(b, "; ");
        else
            buf_char(b, n->brief.p[i]);
}

/* A cell's text: a leaf as it is, what is deeper in short. */
static struct str cell(const struct page *p, const struct node *n)
{
    struct buf b;
    struct str s;

    if (n->shape != NODE_LIST && n->shape != NODE_OBJECT &&
        !memchr(n->brief.p ? n->brief.p : "", '\n', n->brief.n))
        return n->brief;
    buf_init(&b, 4096);
    if (n->shape == NODE_TEXT || n->shape == NODE_NUMBER)
        cell_leaf(&b, n);
    for (const struct node *c = n->first; c; c = c->next) {
        if (c != n->first)
            buf_z(&b, ", ");
        if (c->label)
            buf_fmt(&b, "%s ", c->label);
        cell_leaf(&b, c);
    }
    s = arena_copy(p->arena, buf_view(&b));
    buf_free(&b);
    return s;
}

static size_t column_of(struct table *t, const struct node *c, size_t guess)
{
    const char *key = c->key ? c->key : "";

    if (guess < t->n && strcmp(t->column[guess].key, key) == 0)
        return guess;
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->column[i].key, key) == 0)
            return i;
    if (t->n == COLUMNS_MOST)
        return COLUMNS_MOST;
    t->column[t->n] =
        (struct column){.label = c->label ? c->label : "", .key = key, .order = c->order, .number = true};
    t->column[t->n].width = render_width(str_z(t->column[t->n].label));
    t->column[t->n].whole = strcmp(key, "id") == 0;
    return t->n++;
}

/* A record's fields stand in the order of its kind, whichever record had them first. */
static void sort_columns(struct table *t)
{
    for (size_t i = 1; i < t->n; i++) {
        struct column c = t->column[i];
        size_t k = i;
        for (; k > 0 && t->column[k - 1].order > c.order; k--)
            t->column[k] = t->column[k - 1];
        t->column[k] = c;
    }
}

static void measure(struct table *t)
{
    for (const struct node *row = t->list->first; row; row = row->next) {
        size_t guess = 0;
        for (const struct node *c = row->first; c; c = c->next) {
            size_t i = c->head ? COLUMNS_MOST : column_of(t, c, guess), w;
            if (i == COLUMNS_MOST)
                continue;
            w = render_width(cell(t->page, c));
            if (w > t->column[i].width)
                t->column[i].width = w;
            if (c->shape != NODE_NUMBER && c->brief.n)
                t->column[i].number = false;
            guess = i + 1;
        }
    }
    sort_columns(t);
    t->shown = t->n;
}

static size_t total(const struct table *t)
{
    size_t w = (size_t)t->indent;

    for (size_t i = 0; i < t->shown; i++)
        w += t->column[i].width + (i ? 2 : 0);
    return w;
}

/* Cuts the widest column, again and again, and when all are short drops the last, until the table fits. */
static void fit(struct table *t)
{
    size_t room = (size_t)t->page->width, now;

    while (room && t->shown > 1 && (now = total(t)) > room) {
        struct column *widest = NULL;
        size_t cut = now - room;
        for (size_t i = 0; i < t->shown; i++) {
            struct column *c = &t->column[i];
            if (c->width > COLUMN_LEAST && !c->whole && !c->number && (!widest || c->width > widest->width))
                widest = c;
        }
        if (!widest) {
            t->shown--;
            continue;
        }
        if (cut > widest->width / 4 + 1)
            cut = widest->width / 4 + 1; /* in turns, so that two wide columns share the loss */
        widest->width = widest->width - cut < COLUMN_LEAST ? COLUMN_LEAST : widest->width - cut;
    }
}

static void put_cell(struct buf *b, const struct column *c, struct str s, bool last)
{
    size_t w = render_width(s);

    if (w > c->width) {
        s.n = fitting(s, c->width - 1);
        w = render_width(s) + 1;
        buf_str(b, s);
        buf_z(b, "…");
    } else {
        if (c->number)
            spaces(b, c->width - w);
        buf_str(b, s);
    }
    if (!c->number && !last)
        spaces(b, c->width - w);
}

static void put_row(struct buf *b, struct table *t, const struct node *row)
{
    const struct node *of[COLUMNS_MOST] = {NULL};
    size_t guess = 0, last = 0;

    for (const struct node *c = row->first; c; c = c->next) {
        size_t i = c->head ? COLUMNS_MOST : column_of(t, c, guess);
        if (i >= t->shown)
            continue;
        of[i] = c;
        guess = i + 1;
        if (i > last)
            last = i;
    }
    spaces(b, (size_t)t->indent);
    for (size_t i = 0; i <= last && i < t->shown; i++) {
        if (i)
            spaces(b, 2);
        put_cell(b, &t->column[i], of[i] ? cell(t->page, of[i]) : S(""), i == last);
    }
    buf_char(b, '\n');
}

static void flush(const struct page *p, struct buf *b)
{
    fwrite(b->p, 1, b->n, p->to);
    buf_reset(b);
}

static void put_heads(struct buf *b, struct table *t)
{
    spaces(b, (size_t)t->indent);
    if (t->page->colour)
        buf_z(b, "\033[1m");
    for (size_t i = 0; i < t->shown; i++) {
        if (i)
            spaces(b, 2);
        put_cell(b, &t->column[i], str_z(t->column[i].label), i + 1 == t->shown);
    }
    buf_z(b, t->page->colour ? "\033[0m\n" : "\n");
}

static void table(const struct page *p, const struct node *list, int indent)
{
    struct table *t = arena_alloc(p->arena, sizeof *t);
    struct buf b;

    *t = (struct table){.page = p, .list = list, .indent = indent};
    buf_init(&b, (size_t)1 << 30);
    measure(t);
    fit(t);
    put_heads(&b, t);
    for (const struct node *row = list->first; row; row = row->next) {
        put_row(&b, t, row);
        flush(p, &b);
    }
    if (t->shown < t->n) {
        spaces(&b, (size_t)indent);
        buf_z(&b, tr(p->lang, N_("(no room for:")));
        for (size_t i = t->shown; i < t->n; i++)
            buf_fmt(&b, "%s %s", i > t->shown ? "," : "", t->column[i].label);
        buf_fmt(&b, "; %s)\n", tr(p->lang, N_("a wider window, a file or --json shows them")));
        flush(p, &b);
    }
    buf_free(&b);
}

/* ---- objects and lists ---- */

static bool is_leaf(const struct node *n)
{
    return n->shape == NODE_TEXT || n->shape == NODE_NUMBER;
}

/* A list of short texts stands on one line, behind its label. */
static bool one_line(const struct node *list)
{
    size_t w = 0;

    for (const struct node *n = list->first; n; n = n->next)
        if (!is_leaf(n) || (w += render_width(n->text) + 2) > VALUE_LINE ||
            memchr(n->text.p, '\n', n->text.n))
            return false;
    return true;
}

/* Red and yellow repeat what the word beside them says. */
static const char *tint(const struct page *p, const struct node *n)
{
    static const struct {
        const char *key, *value, *code;
    } tints[] = {{"severity", "error", "\033[31m"},  {"severity", "warning", "\033[33m"},
                 {"verdict", "refused", "\033[31m"}, {"verdict", "not-understood", "\033[33m"},
                 {"status", "open", "\033[33m"},     {"good", "false", "\033[31m"}};

    for (size_t i = 0; p->colour && n->key && i < COUNT(tints); i++)
        if (strcmp(n->key, tints[i].key) == 0 && str_eq(n->code, str_z(tints[i].value)))
            return tints[i].code;
    return NULL;
}

static void put_value(const struct page *p, struct buf *b, const struct node *n, size_t at)
{
    const char *colour = tint(p, n);
    struct str rest = n->text, line;
    bool first = true;

    while (rest.n && rest.p[rest.n - 1] == '\n')
        rest.n--; /* a text's last line feed is not a line */

    if (colour)
        buf_z(b, colour);
    while (str_split(&rest, '\n', &line)) {
        struct buf folded;
        struct str text = line, part;
        buf_init(&folded, (size_t)1 << 26);
        if (p->width && (size_t)p->width > at + 24 && render_width(line) > (size_t)p->width - at)
            render_wrap(&folded, line, 0, p->width - (int)at);
        if (folded.n)
            text = str_trim(buf_view(&folded));
        while (str_split(&text, '\n', &part)) {
            if (!first)
                spaces(b, at);
            first = false;
            buf_str(b, part);
            buf_char(b, '\n');
        }
        buf_free(&folded);
    }
    if (first)
        buf_char(b, '\n');
    if (colour)
        buf_z(b, "\033[0m");
}

static void put_label(const struct page *p, const struct node *n, int indent, size_t label)
{
    size_t w = n->label ? render_width(str_z(n->label)) : 0;

    fprintf(p->to, "%*s%s%*s", indent, "", n->label ? n->label : "",
            (int)(w < label ? label - w : 0) + (w ? 2 : 0), "");
}

static void put_leaf(const struct page *p, const struct node *n, int indent, size_t label)
{
    size_t w = n->label ? render_width(str_z(n->label)) : 0, at = w > label ? w : label;
    struct buf b;

    put_label(p, n, indent, label);
    buf_init(&b, (size_t)1 << 27);
    put_value(p, &b, n, (size_t)indent + (w ? at + 2 : 0));
    flush(p, &b);
    buf_free(&b);
}

static void put_one_line(const struct page *p, const struct node *list, int indent, size_t label)
{
    put_label(p, list, indent, label);
    if (!list->first)
        fputs(list->label ? tr(p->lang, N_("none")) : tr(p->lang, N_("nothing found")), p->to);
    for (const struct node *n = list->first; n; n = n->next)
        fprintf(p->to, "%s%.*s", n == list->first ? "" : ", ", STR_ARG(n->text));
    fputc('\n', p->to);
}

static void object(const struct page *p, const struct node *o, int indent);

/* An object with a list of objects in it is more than a row can hold. */
static bool is_row(const struct node *n)
{
    for (const struct node *c = n->first; n->shape == NODE_OBJECT && c; c = c->next)
        if (c->shape == NODE_LIST && c->first && c->first->shape == NODE_OBJECT)
            return false;
    return n->shape == NODE_OBJECT;
}

/* The rows of a list that does not fit on a line. */
static void list_rows(const struct page *p, const struct node *list, int indent)
{
    bool rows = true;

    for (const struct node *n = list->first; n; n = n->next)
        rows = rows && is_row(n);
    if (rows) {
        table(p, list, indent);
        return;
    }
    for (const struct node *n = list->first; n; n = n->next)
        if (is_leaf(n))
            put_leaf(p, n, indent, 0);
        else if (n->shape == NODE_OBJECT) {
            if (n != list->first)
                fputc('\n', p->to);
            object(p, n, indent);
        } else
            list_rows(p, n, indent);
}

static bool is_line(const struct node *n)
{
    return is_leaf(n) || (n->shape == NODE_LIST && one_line(n));
}

static void section(const struct page *p, const struct node *n, int indent)
{
    if (n->label) {
        fprintf(p->to, "%*s%s%s%s\n", indent, "", p->colour ? "\033[1m" : "", n->label,
                p->colour ? "\033[0m" : "");
        indent += 2;
    }
    if (n->shape == NODE_LIST)
        list_rows(p, n, indent);
    else
        object(p, n, indent);
}

static void object(const struct page *p, const struct node *o, int indent)
{
    const struct node *before = NULL;
    size_t label = 0;

    for (const struct node *n = o->first; n; n = n->next) {
        size_t w = n->label && is_line(n) ? render_width(str_z(n->label)) : 0;
        if (w > label && w <= LABEL_MOST)
            label = w;
    }
    for (const struct node *n = o->first; n; n = n->next) {
        if (before && (!is_line(n) || !is_line(before)))
            fputc('\n', p->to);
        before = n;
        if (is_leaf(n))
            put_leaf(p, n, indent, label);
        else if (is_line(n))
            put_one_line(p, n, indent, label);
        else
            section(p, n, indent);
    }
}

void render(const struct page *p, const struct node *root)
{
    object(p, root, 0);
}
