/*
 * url.c: percent escapes and queries (RFC 3986; '+' as HTML forms write it). Targets are hostile: a bad escape, a
 * NUL or bytes that are not UTF-8 are refused, not repaired.
 */
#include "server/internal.h"

bool url_decode(struct arena *a, struct str raw, bool plus, struct str *out)
{
    char *to = arena_alloc(a, raw.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '%') {
            int hi = i + 2 < raw.n ? str_hex(raw.p[i + 1]) : -1;
            int lo = i + 2 < raw.n ? str_hex(raw.p[i + 2]) : -1;
            if (hi < 0 || lo < 0)
                return false;
            c = (char)(hi * 16 + lo);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == '\0')
            return false;
        to[n++] = c;
    }
    *out = str_n(to, n);
    return str_utf8(*out);
}

void url_encode(struct buf *b, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            buf_char(b, (char)c);
        } else {
            buf_char(b, '%');
            buf_char(b, hex[c >> 4]);
            buf_char(b, hex[c & 15]);
        }
    }
}

bool url_query(struct arena *a, struct str query, const char *name, struct str *out)
{
    struct str pair, key;

    while (str_split(&query, '&', &pair)) {
        struct str value = pair;
        if (str_split(&value, '=', &key) && str_eq(key, str_z(name)))
            return url_decode(a, value.p ? value : S(""), true, out);
    }
    return false;
}
