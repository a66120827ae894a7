/*
 * words.c: an alternative's word is its longest run of plain letters, digits and blanks that nothing makes optional. With
 * (?i) a run ends at k and s: two characters beyond ASCII fold to them.
 */
#include "rules/words.h"

#define WORD_LEAST 3

static bool plain(char c, bool caseless)
{
    if (c == ' ' || (c >= '0' && c <= '9'))
        return true;
    if (caseless && (c == 'k' || c == 'K' || c == 's' || c == 'S'))
        return false;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Of one sign alone: \x41, \pL, \101 and \Q take what is behind them. */
static bool simple_escape(char c)
{
    return strchr("dDsSwWbBAznrtfva", c) != NULL ||
           !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

/* From a class's bracket to the one that ends it; a bracket that comes first is itself. False for a class in a class. */
static bool class_end(struct str s, size_t *i)
{
    size_t k = *i + 1;

    if (k < s.n && s.p[k] == '^')
        k++;
    if (k < s.n && s.p[k] == ']')
        k++;
    while (k < s.n && s.p[k] != ']') {
        if (s.p[k] == '[')
            return false;
        k += s.p[k] == '\\' ? 2 : 1;
    }
    *i = k;
    return true;
}

/* One alternative without groups. The sign before a ?, * or { may be absent; an escape is no plain sign; what a class
 * holds is skipped. False when it has a group or an alternative of its own. */
static bool longest(struct str s, bool caseless, struct str *out)
{
    size_t from = 0;

    *out = str_n(s.p, 0);
    for (size_t i = 0; i <= s.n; i++) {
        bool goes_on = i < s.n && plain(s.p[i], caseless);
        size_t end = i;
        if (i < s.n && (s.p[i] == '(' || s.p[i] == ')' || s.p[i] == '|'))
            return false;
        if (goes_on)
            continue;
        if (i < s.n && (s.p[i] == '?' || s.p[i] == '*' || s.p[i] == '{') && end > from)
            end--;
        if (end - from > out->n && end > from)
            *out = str_n(s.p + from, end - from);
        if (i < s.n && s.p[i] == '\\') {
            if (++i == s.n || !simple_escape(s.p[i]))
                return false;
        } else if (i < s.n && s.p[i] == '[') {
            if (!class_end(s, &i))
                return false;
        } else if (i < s.n && s.p[i] == '{') {
            while (i < s.n && s.p[i] != '}')
                i++;
        }
        from = i + 1;
    }
    return out->n >= WORD_LEAST;
}

/* "(?i)" in front, and one pair of parentheses around all. */
static struct str unwrapped(struct str s, bool *caseless)
{
    *caseless = str_starts(s, S("(?i)"));
    if (*caseless)
        s = str_n(s.p + 4, s.n - 4);
    if (s.n >= 2 && s.p[0] == '(' && s.p[s.n - 1] == ')' && s.p[s.n - 2] != '\\') {
        s = str_n(s.p + 1, s.n - 2);
        if (str_starts(s, S("?:")))
            s = str_n(s.p + 2, s.n - 2);
    }
    return s;
}

void words_of_pattern(struct str pattern, struct words *out)
{
    struct str rest = unwrapped(pattern, &out->caseless), one;

    out->n = 0;
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] == '\\' || rest.p[i] == '[' || rest.p[i] == '(') {
            /* alternatives are only told apart where no class or escape can hold the bar */
            if (longest(rest, out->caseless, &out->word[0]))
                out->n = 1;
            return;
        }
    while (str_split(&rest, '|', &one)) {
        if (out->n == WORDS_MAX || !longest(one, out->caseless, &out->word[out->n])) {
            out->n = 0;
            return;
        }
        out->n++;
    }
}
