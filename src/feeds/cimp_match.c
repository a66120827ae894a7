/*
 * cimp_match.c: one line against its pattern (see cimp.h). No backtracking: Cargo-IMP is made so that the next
 * character decides.
 */
#include "feeds/cimp.h"

struct part {
    char class;     /* a n m d t r, or 0 for a literal */
    struct str lit; /* the literal */
    size_t least, most;
    size_t length; /* of the pattern's text */
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool in_class(char class, char c)
{
    switch (class) {
    case 'a':
        return letter(c);
    case 'n':
        return digit(c);
    case 'm':
        return letter(c) || digit(c);
    case 'd':
        return digit(c) || c == '.';
    case 't':
        return c != '/';
    default:
        return true;
    }
}

static size_t count(const char **p)
{
    size_t n = 0;

    while (digit(**p))
        n = n * 10 + (size_t)(*(*p)++ - '0');
    return n;
}

/* The part that starts at p, which is no bracket. */
static struct part part_read(const char *p)
{
    struct part x = {.length = 1};
    const char *from = p;

    if (*p == '\'') {
        x.lit = (struct str){p + 1, (size_t)(strchr(p + 1, '\'') - p - 1)};
        x.length = x.lit.n + 2;
    } else if (*p == 'r') {
        x.class = 'r';
        x.most = SIZE_MAX;
    } else if (strchr("anmdt", *p)) {
        x.class = *p++;
        x.least = x.most = count(&p);
        if (*p == '-' && digit(p[1])) {
            p++;
            x.most = count(&p);
        }
        x.length = (size_t)(p - from);
    } else {
        x.lit = (struct str){p, 1};
    }
    return x;
}

/* How many characters from `at` on are of the part; a class stops at its most, text and decimals do not. */
static size_t run(const struct part *x, struct str line, size_t at)
{
    size_t n = 0, most = x->class == 't' || x->class == 'd' ? SIZE_MAX : x->most;

    if (!x->class)
        return line.n - at >= x->lit.n && memcmp(line.p + at, x->lit.p, x->lit.n) == 0 ? x->lit.n : 0;
    while (at + n < line.n && n < most && in_class(x->class, line.p[at + n]))
        n++;
    return n;
}

static bool fits(const struct part *x, size_t n)
{
    return x->class ? n >= x->least : n > 0;
}

/* Over the group that opens at p: its captures are empty. Returns what is behind its closing bracket. */
static const char *skip(const char *p, size_t at, struct cimp_match *m)
{
    int depth = 0;

    do {
        struct part x = {.length = 1};

        if (*p == '(') {
            depth++;
        } else if (*p == ')') {
            depth--;
        } else {
            x = part_read(p);
            if (x.class) {
                m->c[m->n].s = (struct str){NULL, 0};
                m->c[m->n++].at = at;
            }
        }
        p += x.length;
    } while (depth);
    return p;
}

bool cimp_match(const char *pattern, struct str line, struct cimp_match *m)
{
    const char *p = pattern;
    size_t at = 0;

    m->n = 0;
    m->too_long = -1;
    while (*p) {
        struct part x;
        size_t n;

        if (*p == '(') {
            x = part_read(p + 1);
            if (fits(&x, run(&x, line, at)) && (x.class != 'r' || at < line.n))
                p++;
            else
                p = skip(p, at, m);
            continue;
        }
        if (*p == ')') {
            p++;
            continue;
        }
        x = part_read(p);
        n = run(&x, line, at);
        if (!fits(&x, n)) {
            m->at = at;
            m->expected = str_n(p, x.length);
            return false;
        }
        if (x.class && m->too_long < 0 && n > x.most) {
            m->too_long = (int)m->n;
            m->too_long_most = x.most;
        }
        if (x.class) {
            m->c[m->n].s = str_n(line.p + at, n);
            m->c[m->n++].at = at;
        }
        at += n;
        p += x.length;
    }
    m->at = at;
    m->expected = (struct str){NULL, 0};
    return at == line.n;
}
