/*
 * rows: where a row ends, and what is in it. The window holds one row; it grows by doubling up to the
 * limit. A quote that is never closed costs one window and is then given up: its row ends at its first
 * line end, so that one bad line takes only itself with it.
 */
#include "feeds/rows.h"

#include <stdlib.h>

#define CHUNK ((size_t)64 << 10) /* read at once */

void rows_init(struct rows *r, struct feeds_run *run, enum rows_of of)
{
    *r = (struct rows){.run = run, .of = of, .most = run->limits->segment, .line = 1};
    r->cap = CHUNK * 2;
    r->buf = xmalloc(r->cap);
}

void rows_free(struct rows *r)
{
    free(r->buf);
    r->buf = NULL;
}

/* Reads more behind what is there. 1, 0 at the end, -1. */
static int more(struct rows *r)
{
    long n;

    if (r->eof)
        return 0;
    if (r->from) {
        memmove(r->buf, r->buf + r->from, r->to - r->from);
        r->to -= r->from;
        r->from = 0;
    }
    if (r->cap - r->to < CHUNK) {
        r->cap *= 2;
        r->buf = xrealloc(r->buf, r->cap);
    }
    n = run_read(r->run, r->buf + r->to, CHUNK);
    if (n < 0)
        return -1;
    if (n == 0)
        r->eof = true;
    r->to += (size_t)n;
    return n > 0;
}

static void drop(struct rows *r, size_t n)
{
    const char *p = r->buf + r->from, *end = p + n;

    while ((p = memchr(p, '\n', (size_t)(end - p)))) {
        r->line++;
        p++;
    }
    r->from += n;
    r->offset += n;
}

/* A scan that stops at the window's end goes on from there when there is more. */
struct scan {
    size_t at, closed; /* closed: one past the last closing quote, 0 = none */
    int depth;
    bool quoted, escaped;
};

/* A quote opens only where a cell begins (5" is no quoted cell), or right behind a closing one: then the
 * two were one doubled quote. */
static bool opens(const struct scan *s, const char *p, size_t i)
{
    return i == 0 || i == s->closed || (p[i - 1] && strchr(",;\t|", p[i - 1]));
}

static bool scan_csv(struct scan *s, const char *p, size_t n)
{
    while (s->at < n) {
        const char *nl = memchr(p + s->at, '\n', n - s->at);
        const char *end = nl ? nl : p + n;
        const char *q = p + s->at;

        while ((q = memchr(q, '"', (size_t)(end - q)))) {
            size_t i = (size_t)(q++ - p);

            if (s->quoted)
                s->closed = i + 1;
            s->quoted = !s->quoted && opens(s, p, i);
        }
        s->at = (size_t)(end - p);
        if (nl && !s->quoted)
            return true;
        s->at += nl != NULL;
    }
    return false;
}

/* At the end of an object s->at is one past its closing bracket. */
static bool scan_json(struct scan *s, const char *p, size_t n)
{
    for (; s->at < n; s->at++) {
        char c = p[s->at];

        if (s->escaped) {
            s->escaped = false;
        } else if (s->quoted) {
            s->escaped = c == '\\';
            s->quoted = c != '"';
        } else if (c == '"') {
            s->quoted = true;
        } else if (c == '{' || c == '[') {
            s->depth++;
        } else if ((c == '}' || c == ']') && --s->depth <= 0) {
            s->at++;
            return true;
        }
        if (c == '\n' && s->depth == 0)
            return true; /* no object: the line is handed on, to be refused */
    }
    return false;
}

static bool scan_line(struct scan *s, const char *p, size_t n)
{
    const char *nl = memchr(p + s->at, '\n', n - s->at);

    s->at = nl ? (size_t)(nl - p) : n;
    return nl != NULL;
}

static bool scan(enum rows_of of, struct scan *s, const char *p, size_t n)
{
    switch (of) {
    case ROWS_LINES:
        return scan_line(s, p, n);
    case ROWS_CSV:
        return scan_csv(s, p, n);
    case ROWS_JSON:
        return scan_json(s, p, n);
    }
    return true;
}

/* Passes over what stands between rows. 1 = something is there, 0 = the end, -1. */
static int skip_between(struct rows *r)
{
    for (;;) {
        size_t i = r->from;
        int got;

        if (r->skipping) { /* the rest of a row that was too long */
            const char *nl = memchr(r->buf + i, '\n', r->to - i);

            i = nl ? (size_t)(nl - r->buf) : r->to;
            r->skipping = !nl;
        }
        while (i < r->to && (r->buf[i] == '\n' || r->buf[i] == '\r' ||
                             (r->of == ROWS_JSON && r->buf[i] && strchr(" \t,[]", r->buf[i]))))
            i++;
        drop(r, i - r->from);
        if (r->from < r->to)
            return 1;
        got = more(r);
        if (got <= 0)
            return got;
        if (r->offset == 0 && r->from == 0 && r->to >= 3 && !memcmp(r->buf, "\xef\xbb\xbf", 3)) {
            r->bom = true;
            drop(r, 3);
        }
    }
}

/* Ends a row that has no end of its own: too long, or open at the end of the file. */
static void cut(struct rows *r, struct row *out, size_t n, bool over)
{
    const char *nl = memchr(r->buf + r->from, '\n', n);

    out->open = r->of != ROWS_LINES && nl;
    out->over = over && !out->open;
    out->bytes.n = out->open ? (size_t)(nl - out->bytes.p) : n;
    r->skipping = out->over;
}

int rows_next(struct rows *r, struct row *out)
{
    struct scan s = {0};
    int got = skip_between(r);

    if (got <= 0)
        return got;
    *out = (struct row){.offset = r->offset, .line = r->line};
    while (!scan(r->of, &s, r->buf + r->from, r->to - r->from)) {
        if (r->to - r->from > r->most)
            break;
        got = more(r);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
    }
    out->bytes.p = r->buf + r->from;
    if (s.at > r->most)
        cut(r, out, r->most, true);
    else if (s.at == r->to - r->from && (s.quoted || s.depth > 0))
        cut(r, out, s.at, false);
    else
        out->bytes.n = s.at;
    drop(r, out->bytes.n);
    if (out->bytes.n && out->bytes.p[out->bytes.n - 1] == '\r')
        out->bytes.n--;
    return 1;
}

/* ---- cells ---- */

/* One cell from `i`; returns where it ends (at its separator or the row's end). */
static size_t cell_read(struct arena *a, struct str row, char sep, size_t i, struct cell *c)
{
    size_t n = 0, start = i;
    char *p;

    *c = (struct cell){.at = (uint32_t)i};
    if (i >= row.n || row.p[i] != '"') {
        const char *end = i < row.n ? memchr(row.p + i, sep, row.n - i) : NULL;

        i = end ? (size_t)(end - row.p) : row.n;
        c->text = (struct str){row.p + start, i - start};
        return i;
    }
    c->quoted = true;
    for (i++; i < row.n; i++, n++) { /* how long it is; whether it must be copied */
        if (row.p[i] == '"') {
            if (i + 1 >= row.n || row.p[i + 1] != '"')
                break;
            i++;
        }
    }
    if (n == i - start - 1 && (i + 1 >= row.n || row.p[i + 1] == sep)) {
        c->text = (struct str){row.p + start + 1, n};
        return i < row.n ? i + 1 : i;
    }
    p = arena_alloc(a, row.n - start + 1);
    n = 0;
    for (size_t k = start + 1; k < i; k++) {
        p[n++] = row.p[k];
        k += row.p[k] == '"';
    }
    for (i += i < row.n; i < row.n && row.p[i] != sep; i++) {
        c->stray = c->stray || row.p[i] != ' ';
        p[n++] = row.p[i];
    }
    c->text = (struct str){p, n};
    return i;
}

size_t row_cells(struct arena *a, struct str row, char sep, struct cell *to, size_t most, bool *more_cells)
{
    size_t n = 0, i = 0;

    *more_cells = false;
    for (;;) {
        if (n == most) {
            *more_cells = true;
            return n;
        }
        i = cell_read(a, row, sep, i, &to[n++]);
        if (i >= row.n)
            return n;
        i++; /* the separator; a row that ends with one has an empty last cell */
    }
}
