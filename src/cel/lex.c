/* lex.c: text into tokens, literals into values. langdef.md, "Syntax" and "String and Bytes Values". */
#include "cel/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct cel_node *cel_bad(struct compiler *c, uint32_t at, const char *fmt, ...)
{
    struct cel_wrong *w = c->wrong;
    size_t n;
    va_list ap;

    if (c->failed) /* what follows from the first is noise */
        return NULL;
    c->failed = true;
    cel_place(c->text, at, w);
    n = (size_t)snprintf(w->text, sizeof w->text, "%u:%u: ", w->line, w->column);
    va_start(ap, fmt);
    vsnprintf(w->text + n, sizeof w->text - n, tr(c->env->lang, fmt), ap);
    va_end(ap);
    return NULL;
}

void cel_place(struct str text, uint32_t at, struct cel_wrong *w)
{
    w->offset = at;
    w->line = w->column = 1;
    for (size_t i = 0; i < at && i < text.n; i++) {
        if (text.p[i] == '\n') {
            w->line++;
            w->column = 1;
        } else if ((text.p[i] & 0xc0) != 0x80) {
            w->column++;
        }
    }
}

size_t cel_utf8_put(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

size_t cel_utf8_get(struct str s, uint32_t *c)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

    if (n > s.n) { /* cannot be: it is UTF-8 */
        *c = 0xfffd;
        return s.n;
    }
    *c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        *c = *c << 6 | (p[i] & 63u);
    return n;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char peek(const struct compiler *c, uint32_t i)
{
    return i < c->text.n ? c->text.p[i] : '\0';
}

bool cel_double(struct str s, double *out)
{
    char z[128], *end, *big = NULL, *p = z;

    if (s.n >= sizeof z)
        p = big = xmalloc(s.n + 1);
    memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    *out = strtod(p, &end);
    bool whole = s.n > 0 && end == p + s.n;
    free(big);
    return whole;
}

/* ---- numbers ---- */

static bool whole_number(struct str digits, unsigned base, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < digits.n; i++)
        if (__builtin_mul_overflow(*out, base, out) ||
            __builtin_add_overflow(*out, (unsigned)str_hex(digits.p[i]), out))
            return false;
    return digits.n > 0;
}

/* INT64_MIN is a literal: its digits alone are kept as the unsigned number that they are, and the parser, which
 * sees the minus, decides. */
static bool lex_whole(struct compiler *c, uint32_t from, uint32_t to, unsigned base)
{
    struct token *t = &c->tok;
    uint64_t u;

    if (!whole_number(str_n(c->text.p + from, to - from), base, &u)) {
        cel_bad(c, t->from, N_("the number is out of range"));
        return false;
    }
    c->pos = to;
    t->type = LEX_INT;
    t->value = (struct cel_value){.type = CEL_INT, .u = u};
    if (peek(c, to) == 'u' || peek(c, to) == 'U') {
        c->pos++;
        t->type = LEX_UINT;
        t->value.type = CEL_UINT;
    } else if (u > (uint64_t)INT64_MAX + 1) {
        cel_bad(c, t->from, N_("the number is out of range"));
        return false;
    }
    return true;
}

static bool lex_number(struct compiler *c)
{
    struct token *t = &c->tok;
    uint32_t i = c->pos;
    bool real = false;

    if (peek(c, i) == '0' && peek(c, i + 1) == 'x' && str_hex(peek(c, i + 2)) >= 0) {
        for (i += 2; str_hex(peek(c, i)) >= 0;)
            i++;
        return lex_whole(c, c->pos + 2, i, 16);
    }
    while (is_digit(peek(c, i)))
        i++;
    if (peek(c, i) == '.' && is_digit(peek(c, i + 1))) {
        real = true;
        for (i++; is_digit(peek(c, i));)
            i++;
    }
    if (peek(c, i) == 'e' || peek(c, i) == 'E') {
        uint32_t e = i + 1 + (peek(c, i + 1) == '+' || peek(c, i + 1) == '-');
        if (is_digit(peek(c, e))) {
            real = true;
            for (i = e; is_digit(peek(c, i));)
                i++;
        }
    }
    if (!real)
        return lex_whole(c, c->pos, i, 10);
    t->type = LEX_DOUBLE;
    t->value = cel_double_of(0);
    cel_double(str_n(c->text.p + c->pos, i - c->pos), &t->value.d);
    c->pos = i;
    return true;
}

/* ---- strings and bytes ---- */

static bool hex_digits(struct compiler *c, unsigned n, uint32_t *out)
{
    *out = 0;
    for (unsigned i = 0; i < n; i++) {
        int h = str_hex(peek(c, c->pos + i));
        if (h < 0)
            return false;
        *out = *out << 4 | (uint32_t)h;
    }
    c->pos += n;
    return true;
}

static bool octal_digits(struct compiler *c, uint32_t *out)
{
    *out = 0;
    for (unsigned i = 0; i < 3; i++) {
        char d = peek(c, c->pos + i);
        if (d < '0' || d > (i ? '7' : '3'))
            return false;
        *out = *out << 3 | (uint32_t)(d - '0');
    }
    c->pos += 3;
    return true;
}

/* Surrogates are no code points, not even in pairs. */
static bool code_point(struct compiler *c, char kind, uint32_t *out)
{
    return hex_digits(c, kind == 'u' ? 4 : 8, out) && *out <= 0x10ffff && (*out < 0xd800 || *out > 0xdfff);
}

/* Behind a backslash. The bytes go to `out`; their number, or 0 when it is no escape. */
static size_t escape(struct compiler *c, bool bytes, char out[4])
{
    static const char from[] = "abfnrtv\\?\"'`", to[] = "\a\b\f\n\r\t\v\\?\"'`";
    char e = peek(c, c->pos);
    const char *found = e ? strchr(from, e) : NULL;
    uint32_t v;

    if (found) {
        c->pos++;
        out[0] = to[found - from];
        return 1;
    }
    if (e == 'x' || e == 'X') {
        c->pos++;
        if (!hex_digits(c, 2, &v))
            return 0;
    } else if (e >= '0' && e <= '3') {
        if (!octal_digits(c, &v))
            return 0;
    } else if (!bytes && (e == 'u' || e == 'U')) {
        c->pos++;
        return code_point(c, e, &v) ? cel_utf8_put(out, v) : 0;
    } else {
        return 0;
    }
    if (!bytes)
        return cel_utf8_put(out, v);
    out[0] = (char)v;
    return 1;
}

/* At the first quotation mark. */
static bool lex_string(struct compiler *c, bool raw, bool bytes)
{
    struct token *t = &c->tok;
    char quote = peek(c, c->pos);
    unsigned quotes = peek(c, c->pos + 1) == quote && peek(c, c->pos + 2) == quote ? 3 : 1;
    char *out = c->strings;
    size_t n = 0;

    c->pos += quotes;
    while (c->pos < c->text.n) {
        char ch = c->text.p[c->pos];
        if (ch == quote &&
            (quotes == 1 || (peek(c, c->pos + 1) == quote && peek(c, c->pos + 2) == quote))) {
            c->pos += quotes;
            c->strings += n;
            t->type = bytes ? LEX_BYTES : LEX_STRING;
            t->value = cel_string(str_n(out, n));
            t->value.type = bytes ? CEL_BYTES : CEL_STRING;
            return true;
        }
        if (quotes == 1 && (ch == '\n' || ch == '\r'))
            break;
        if (ch == '\\' && !raw) {
            uint32_t at = c->pos++;
            size_t put = escape(c, bytes, out + n);
            if (put == 0) {
                cel_bad(c, at, N_("this escape is not one"));
                return false;
            }
            n += put;
        } else {
            out[n++] = ch;
            c->pos++;
        }
    }
    cel_bad(c, t->from, N_("the string is not closed"));
    return false;
}

/* r"..", b'..', br"""..""": how many letters stand before the quotation mark; 0 when it is no string. */
static bool lex_prefixed(struct compiler *c, bool *string)
{
    bool raw = false, bytes = false;
    uint32_t i = c->pos;

    for (; i < c->pos + 2; i++) {
        char ch = peek(c, i);
        if ((ch == 'r' || ch == 'R') && !raw)
            raw = true;
        else if ((ch == 'b' || ch == 'B') && !bytes && !raw)
            bytes = true;
        else
            break;
    }
    *string = peek(c, i) == '"' || peek(c, i) == '\'';
    if (!*string)
        return true;
    c->pos = i;
    return lex_string(c, raw, bytes);
}

/* ---- tokens ---- */

static void blanks(struct compiler *c)
{
    while (c->pos < c->text.n) {
        char ch = c->text.p[c->pos];
        if (ch == '/' && peek(c, c->pos + 1) == '/')
            while (c->pos < c->text.n && c->text.p[c->pos] != '\n')
                c->pos++;
        else if (ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f')
            c->pos++;
        else
            break;
    }
}

static bool lex_escaped(struct compiler *c)
{
    uint32_t from = ++c->pos;

    while (is_letter(peek(c, c->pos)) || is_digit(peek(c, c->pos)) ||
           (peek(c, c->pos) && strchr(".-/ ", peek(c, c->pos))))
        c->pos++;
    if (peek(c, c->pos) != '`' || c->pos == from) {
        cel_bad(c, from - 1, N_("a name between backquotes has letters, digits and . - / _ only"));
        return false;
    }
    c->tok.type = LEX_ESCAPED;
    c->tok.text = str_n(c->text.p + from, c->pos - from);
    c->pos++;
    return true;
}

static bool lex_sign(struct compiler *c)
{
    static const char *const two[] = {"==", "!=", "<=", ">=", "&&", "||"};
    char a = peek(c, c->pos), b = peek(c, c->pos + 1);

    c->tok.type = LEX_SIGN;
    for (size_t i = 0; i < COUNT(two); i++)
        if (a == two[i][0] && b == two[i][1]) {
            c->tok.sign = SIGN(a, b);
            c->pos += 2;
            return true;
        }
    if (a == '\0' || !strchr("<>()[]{}.,-!?:+*/%", a)) {
        cel_bad(c, c->pos, N_("“%c” has no meaning here"), a > ' ' && a < 127 ? a : '?');
        return false;
    }
    c->tok.sign = SIGN(0, a);
    c->pos++;
    return true;
}

bool cel_lex(struct compiler *c)
{
    bool string = false, ok;
    char ch;

    if (c->failed)
        return false;
    blanks(c);
    c->tok = (struct token){.type = LEX_END, .from = c->pos, .to = c->pos};
    if (c->pos >= c->text.n)
        return true;
    ch = c->text.p[c->pos];
    if (is_digit(ch) || (ch == '.' && is_digit(peek(c, c->pos + 1)))) {
        ok = lex_number(c);
    } else if (ch == '"' || ch == '\'') {
        ok = lex_string(c, false, false);
    } else if (ch == '`') {
        ok = lex_escaped(c);
    } else if (is_letter(ch)) {
        ok = lex_prefixed(c, &string);
        if (!string) {
            while (is_letter(peek(c, c->pos)) || is_digit(peek(c, c->pos)))
                c->pos++;
            c->tok.type = LEX_NAME;
            c->tok.text = str_n(c->text.p + c->tok.from, c->pos - c->tok.from);
        }
    } else {
        ok = lex_sign(c);
    }
    c->tok.to = c->pos;
    return ok;
}
