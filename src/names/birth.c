/* birth.c: what birth dates, countries and identifiers add to a comparison. */
#include "names/names.h"

static int add(struct comparison *c, struct evidence e)
{
    if (c->n < EVIDENCE_MAX)
        c->part[c->n++] = e;
    c->bits += e.bits;
    return e.bits;
}

/* ---- dates ---- */

/* What a written date allows: years from..to, and the month and day when they are told (0 = not). */
struct when {
    int from, to, month, day;
};

static bool digits(struct str s, size_t at, size_t n, int *out)
{
    *out = 0;
    if (at + n > s.n)
        return false;
    for (size_t i = at; i < at + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        *out = *out * 10 + (s.p[i] - '0');
    }
    return at + n == s.n || s.p[at + n] < '0' || s.p[at + n] > '9';
}

/* YYYY, YYYY-MM, YYYY-MM-DD; with anything before it ("circa 1962"), and a second year behind ("1960 to 1962"). */
static bool read_when(struct str s, struct when *w)
{
    size_t at = 0, end;
    int second;

    *w = (struct when){0};
    while (at < s.n && !((at == 0 || s.p[at - 1] < '0' || s.p[at - 1] > '9') && digits(s, at, 4, &w->from)))
        at++;
    if (at >= s.n || w->from < 1800 || w->from > 2200)
        return false;
    w->to = w->from;
    end = at + 4;
    if (end < s.n && (s.p[end] == '-' || s.p[end] == '/') && digits(s, end + 1, 2, &w->month)) {
        char mark = s.p[end];
        end += 3;
        if (end < s.n && s.p[end] == mark && digits(s, end + 1, 2, &w->day))
            end += 3;
    }
    if (w->month > 12 || w->day > 31)
        w->month = w->day = 0;
    if (at > 0 && !w->month) { /* circa */
        w->from -= 2;
        w->to += 2;
    }
    for (; end < s.n; end++)
        if (s.p[end - 1] < '0' && digits(s, end, 4, &second) && second >= w->from && second < 2200) {
            w->to = second;
            w->month = w->day = 0;
            break;
        }
    return true;
}

static int birth_bits(const struct when *a, const struct when *b)
{
    int gap = a->from > b->to ? a->from - b->to : b->from > a->to ? b->from - a->to : 0;
    bool whole = a->month && a->day && b->month && b->day;
    bool range = a->from != a->to || b->from != b->to;

    if (gap > 0) {
        if (whole && a->month == b->month && a->day == b->day)
            return gap == 1 || gap == 10 ? 450 : -300;
        return gap == 1 ? -150 : gap == 2 ? -450 : gap < 6 ? -800 : -1200;
    }
    if (range)
        return 200;
    if (whole && a->month == b->month && a->day == b->day)
        return a->month == 1 && a->day == 1 ? 450
                                            : 1000; /* 1 January is what is written when nobody knows */
    if (whole && a->month == b->day && a->day == b->month)
        return 650;
    if (whole && ((a->month == 1 && a->day == 1) || (b->month == 1 && b->day == 1)))
        return 300;
    if (whole)
        return a->month == b->month || a->day == b->day ? 150 : -300;
    if (a->month && b->month)
        return a->month == b->month ? 600 : -200;
    return 400;
}

int names_birth(struct comparison *c, struct str asked, struct str listed)
{
    struct when a, b;

    if (!read_when(asked, &a) || !read_when(listed, &b))
        return 0;
    return add(c, (struct evidence){EVIDENCE_BIRTH, asked, listed, birth_bits(&a, &b)});
}

/* ---- countries and identifiers ---- */

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

int names_country(struct comparison *c, struct str asked, struct str listed)
{
    bool same;

    if (asked.n != 2 || listed.n != 2)
        return 0;
    same = upper(asked.p[0]) == upper(listed.p[0]) && upper(asked.p[1]) == upper(listed.p[1]);
    return add(c, (struct evidence){EVIDENCE_COUNTRY, asked, listed, same ? 150 : -200});
}

static size_t next_sign(struct str s, size_t i)
{
    while (i < s.n && !((s.p[i] >= '0' && s.p[i] <= '9') || (upper(s.p[i]) >= 'A' && upper(s.p[i]) <= 'Z')))
        i++;
    return i;
}

/* Letters and digits alone count. */
static bool same_signs(struct str a, struct str b, size_t *signs)
{
    size_t i = next_sign(a, 0), k = next_sign(b, 0);

    for (*signs = 0; i < a.n && k < b.n; ++*signs) {
        if (upper(a.p[i]) != upper(b.p[k]))
            return false;
        i = next_sign(a, i + 1);
        k = next_sign(b, k + 1);
    }
    return i >= a.n && k >= b.n;
}

int names_identifier(struct comparison *c, struct str asked, struct str listed, int bits)
{
    size_t signs;
    bool same = same_signs(asked, listed, &signs);

    if (signs == 0 && (same || next_sign(asked, 0) >= asked.n || next_sign(listed, 0) >= listed.n))
        return 0;
    return add(c, (struct evidence){EVIDENCE_IDENTIFIER, asked, listed, same ? bits : -100});
}
