/* cbor.c: RFC 8949 §4.2.1, the subset named in cbor.h. */
#include "base/cbor.h"

enum { MAJOR_UINT, MAJOR_NEG, MAJOR_BYTES, MAJOR_TEXT, MAJOR_ARRAY, MAJOR_MAP, MAJOR_TAG, MAJOR_SIMPLE };
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21 };

static void head(struct buf *b, unsigned major, uint64_t v)
{
    uint8_t h[9];
    size_t n = v < 24 ? 0 : v <= UINT8_MAX ? 1 : v <= UINT16_MAX ? 2 : v <= UINT32_MAX ? 4 : 8;
    static const uint8_t width[9] = {0, 24, 25, 0, 26, 0, 0, 0, 27};

    h[0] = (uint8_t)(major << 5 | (n ? width[n] : (unsigned)v));
    for (size_t i = 0; i < n; i++)
        h[1 + i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    buf_put(b, h, 1 + n);
}

void cbor_int(struct buf *b, int64_t i)
{
    if (i < 0)
        head(b, MAJOR_NEG, ~(uint64_t)i);
    else
        head(b, MAJOR_UINT, (uint64_t)i);
}

void cbor_bytes(struct buf *b, struct str s)
{
    head(b, MAJOR_BYTES, s.n);
    buf_str(b, s);
}

void cbor_text(struct buf *b, struct str s)
{
    head(b, MAJOR_TEXT, s.n);
    buf_str(b, s);
}

void cbor_array(struct buf *b, size_t n)
{
    head(b, MAJOR_ARRAY, n);
}

void cbor_map(struct buf *b, size_t n)
{
    head(b, MAJOR_MAP, n);
}

void cbor_bool(struct buf *b, bool v)
{
    head(b, MAJOR_SIMPLE, v ? SIMPLE_TRUE : SIMPLE_FALSE);
}

/* The argument of a head; false when it is cut, not in shortest form, or of indefinite length. */
static bool argument(struct str *in, unsigned info, uint64_t *v)
{
    size_t n = info < 24 ? 0 : info == 24 ? 1 : info == 25 ? 2 : info == 26 ? 4 : info == 27 ? 8 : 9;
    static const uint64_t least[9] = {0, 24, UINT8_MAX + 1,           0, UINT16_MAX + 1, 0,
                                      0, 0,  (uint64_t)UINT32_MAX + 1};

    if (n == 9 || in->n < n)
        return false;
    *v = n ? 0 : info;
    for (size_t i = 0; i < n; i++)
        *v = *v << 8 | (uint8_t)in->p[i];
    in->p += n;
    in->n -= n;
    return n == 0 || *v >= least[n];
}

static bool content(struct str *in, uint64_t v, struct cbor_item *out)
{
    if (v > in->n)
        return false;
    out->s = str_n(in->p, (size_t)v);
    in->p += v;
    in->n -= (size_t)v;
    return out->type == CBOR_BYTES || str_utf8(out->s);
}

bool cbor_read(struct str *in, struct cbor_item *out)
{
    unsigned first, major;
    uint64_t v;

    if (in->n == 0)
        return false;
    first = (uint8_t)in->p[0];
    major = first >> 5;
    in->p++;
    in->n--;
    *out = (struct cbor_item){0};
    if (!argument(in, first & 31, &v))
        return false;
    switch (major) {
    case MAJOR_UINT:
    case MAJOR_NEG:
        out->type = CBOR_INT;
        out->i = major == MAJOR_NEG ? (int64_t)~v : (int64_t)v;
        return v <= INT64_MAX;
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        out->type = major == MAJOR_BYTES ? CBOR_BYTES : CBOR_TEXT;
        return content(in, v, out);
    case MAJOR_ARRAY:
    case MAJOR_MAP:
        out->type = major == MAJOR_ARRAY ? CBOR_ARRAY : CBOR_MAP;
        out->i = (int64_t)v;
        return v <= in->n; /* an item takes at least a byte */
    case MAJOR_SIMPLE:
        out->type = CBOR_BOOL;
        out->i = v == SIMPLE_TRUE;
        return (first & 31) < 24 && (v == SIMPLE_TRUE || v == SIMPLE_FALSE);
    default:
        return false;
    }
}

bool cbor_expect(struct str *in, enum cbor_type type, struct cbor_item *out)
{
    return cbor_read(in, out) && out->type == type;
}
