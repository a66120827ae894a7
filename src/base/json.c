/* json.c: RFC 8259 text, written. Runs of plain bytes are copied whole. */
#include "base/json.h"

static const char plain[256] = {
    /* 1 where the byte stands for itself inside a string */
    [' '] = 1, ['!'] = 1, ['#'] = 1, ['$'] = 1,  ['%'] = 1, ['&'] = 1, ['\''] = 1, ['('] = 1, [')'] = 1,
    ['*'] = 1, ['+'] = 1, [','] = 1, ['-'] = 1,  ['.'] = 1, ['/'] = 1, ['0'] = 1,  ['1'] = 1, ['2'] = 1,
    ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1,  ['7'] = 1, ['8'] = 1, ['9'] = 1,  [':'] = 1, [';'] = 1,
    ['<'] = 1, ['='] = 1, ['>'] = 1, ['?'] = 1,  ['@'] = 1, ['A'] = 1, ['B'] = 1,  ['C'] = 1, ['D'] = 1,
    ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1,  ['I'] = 1, ['J'] = 1, ['K'] = 1,  ['L'] = 1, ['M'] = 1,
    ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1,  ['R'] = 1, ['S'] = 1, ['T'] = 1,  ['U'] = 1, ['V'] = 1,
    ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1,  ['['] = 1, [']'] = 1, ['^'] = 1,  ['_'] = 1, ['`'] = 1,
    ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1,  ['e'] = 1, ['f'] = 1, ['g'] = 1,  ['h'] = 1, ['i'] = 1,
    ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1,  ['n'] = 1, ['o'] = 1, ['p'] = 1,  ['q'] = 1, ['r'] = 1,
    ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1,  ['w'] = 1, ['x'] = 1, ['y'] = 1,  ['z'] = 1, ['{'] = 1,
    ['|'] = 1, ['}'] = 1, ['~'] = 1, [0x7f] = 1,
};

static void escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    switch (c) {
    case '"':
        buf_put(b, "\\\"", 2);
        break;
    case '\\':
        buf_put(b, "\\\\", 2);
        break;
    case '\n':
        buf_put(b, "\\n", 2);
        break;
    case '\r':
        buf_put(b, "\\r", 2);
        break;
    case '\t':
        buf_put(b, "\\t", 2);
        break;
    default: {
        char u[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        buf_put(b, u, 6);
    }
    }
}

/* A byte of 0x80 and above: the whole sequence when it is well formed, else U+FFFD for the byte. */
static size_t beyond_ascii(struct buf *b, const char *p, size_t n)
{
    for (size_t len = 2; len <= 4 && len <= n; len++)
        if (str_utf8(str_n(p, len))) {
            buf_put(b, p, len);
            return len;
        }
    buf_put(b, "\xef\xbf\xbd", 3);
    return 1;
}

/* Whether eight bytes stand for themselves: none below a blank, no quote, no backslash, ASCII. */
static inline bool eight_plain(const char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t v, quote, back;

    memcpy(&v, p, sizeof v);
    quote = v ^ ones * '"';
    back = v ^ ones * '\\';
    return ((v | (v - ones * ' ') | ((quote - ones) & ~quote) | ((back - ones) & ~back)) & ones * 0x80) ==
           0;
}

void json_str(struct buf *b, struct str s)
{
    size_t i = 0;

    buf_char(b, '"');
    while (i < s.n) {
        size_t from = i;
        while (s.n - i >= 8 && eight_plain(s.p + i))
            i += 8;
        while (i < s.n && plain[(unsigned char)s.p[i]])
            i++;
        if (i > from)
            buf_put(b, s.p + from, i - from);
        if (i == s.n)
            break;
        if ((unsigned char)s.p[i] < 0x80)
            escape(b, (unsigned char)s.p[i++]);
        else
            i += beyond_ascii(b, s.p + i, s.n - i);
    }
    buf_char(b, '"');
}

void json_uint(struct buf *b, uint64_t u)
{
    char digits[20];
    size_t n = sizeof digits;

    do
        digits[--n] = (char)('0' + u % 10);
    while (u /= 10);
    buf_put(b, digits + n, sizeof digits - n);
}

void json_int(struct buf *b, int64_t i)
{
    if (i < 0)
        buf_char(b, '-');
    json_uint(b, i < 0 ? 0 - (uint64_t)i : (uint64_t)i);
}

void json_decimal(struct buf *b, int64_t i, int scale)
{
    uint64_t u = i < 0 ? 0 - (uint64_t)i : (uint64_t)i, unit = 1;
    char fraction[20];
    size_t n = 0;

    for (int k = 0; k < scale; k++)
        unit *= 10;
    if (i < 0)
        buf_char(b, '-');
    json_uint(b, u / unit);
    for (uint64_t rest = u % unit; rest != 0; rest %= unit) {
        unit /= 10;
        fraction[n++] = (char)('0' + rest / unit);
    }
    if (n) {
        buf_char(b, '.');
        buf_put(b, fraction, n);
    }
}

void json_comma(struct buf *b)
{
    char last = b->n ? b->p[b->n - 1] : '{';
    if (last != '{' && last != '[' && last != ':' && last != '\n')
        buf_char(b, ',');
}

void json_key(struct buf *b, const char *key)
{
    json_comma(b);
    json_str(b, str_z(key));
    buf_char(b, ':');
}
