/* str.c: views of bytes. */
#include "base/base.h"

#include <limits.h>

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim_blanks(struct str s)
{
    while (s.n && blank(s.p[0]))
        s.p++, s.n--;
    while (s.n && blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_int(struct str s, int64_t *out)
{
    bool negative = s.n && s.p[0] == '-';
    uint64_t u = 0;

    if (negative)
        s.p++, s.n--;
    if (s.n == 0 || s.n > 19)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        u = u * 10 + (uint64_t)(s.p[i] - '0');
    }
    if (u > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *out = negative ? (int64_t)(0 - u) : (int64_t)u;
    return true;
}

/* The length of the well-formed sequence at p (RFC 3629 table 3-7), 0 when there is none. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
    size_t len = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

    if (len == 0 || n < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
        (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return len;
}

bool str_utf8(struct str s)
{
    size_t i = 0;

    while (i < s.n) {
        uint64_t eight;
        if (s.n - i >= 8 && (memcpy(&eight, s.p + i, 8), (eight & 0x8080808080808080U) == 0)) {
            i += 8;
        } else if ((unsigned char)s.p[i] < 0x80) {
            i++;
        } else {
            size_t len = utf8_len((const unsigned char *)s.p + i, s.n - i);
            if (len == 0)
                return false;
            i += len;
        }
    }
    return true;
}

bool str_split(struct str *rest, char sep, struct str *part)
{
    const char *hit;

    if (rest->p == NULL)
        return false;
    hit = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    if (hit) {
        size_t n = (size_t)(hit - rest->p);
        *part = str_n(rest->p, n);
        *rest = str_n(hit + 1, rest->n - n - 1);
    } else {
        *part = *rest;
        *rest = str_n(NULL, 0);
    }
    return true;
}

int str_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}
