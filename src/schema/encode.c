/*
 * encode.c: canonical bytes and what is committed to. Deterministic CBOR (base/cbor.h):
 *
 *   header  {1: id, 2: kind, 3: version, 4: origin, 5: author, 6: recorded, 7: replaces, 8: handling,
 *            9: purpose, 10: basis, 11: grading, 12: exercise};
 *            1, 2, 3 and 6 always, the others when they say something
 *   values  {field number: value}; text, code, date and time are texts (F_MANY: an array of texts), int and
 *            decimal (in its units) integers, bool a boolean, reference and bytes byte strings; a reference
 *            within a message that has no ids yet is the integer that counts the record
 *
 * Absent is absent: an empty text, array or byte string is refused, so that each record has one encoding.
 */
#include "base/cbor.h"
#include "base/crypto.h"
#include "schema/internal.h"

enum {
    HEAD_ID = 1,
    HEAD_KIND,
    HEAD_VERSION,
    HEAD_ORIGIN,
    HEAD_AUTHOR,
    HEAD_RECORDED,
    HEAD_REPLACES,
    HEAD_HANDLING,
    HEAD_PURPOSE,
    HEAD_BASIS,
    HEAD_GRADING,
    HEAD_EXERCISE
};

static void put_text(struct buf *b, int key, struct str s)
{
    if (s.n) {
        cbor_int(b, key);
        cbor_text(b, s);
    }
}

void schema_encode_header(struct buf *b, const struct record *r)
{
    static const uint8_t none[16];
    const struct header *h = &r->head;
    bool replaces = memcmp(h->replaces, none, 16) != 0;
    size_t n = 4u + (h->origin.n > 0) + (h->author.n > 0) + replaces + (h->handling.n > 0) +
               (h->purpose.n > 0) + (h->basis.n > 0) + (h->grading.n > 0) + h->exercise;

    cbor_map(b, n);
    cbor_int(b, HEAD_ID);
    cbor_bytes(b, str_n(h->id, 16));
    cbor_int(b, HEAD_KIND);
    cbor_int(b, r->kind->number);
    cbor_int(b, HEAD_VERSION);
    cbor_int(b, r->kind->version);
    put_text(b, HEAD_ORIGIN, h->origin);
    put_text(b, HEAD_AUTHOR, h->author);
    cbor_int(b, HEAD_RECORDED);
    cbor_int(b, h->recorded);
    if (replaces) {
        cbor_int(b, HEAD_REPLACES);
        cbor_bytes(b, str_n(h->replaces, 16));
    }
    put_text(b, HEAD_HANDLING, h->handling);
    put_text(b, HEAD_PURPOSE, h->purpose);
    put_text(b, HEAD_BASIS, h->basis);
    put_text(b, HEAD_GRADING, h->grading);
    if (h->exercise) {
        cbor_int(b, HEAD_EXERCISE);
        cbor_bool(b, true);
    }
}

static size_t count_lines(struct str s)
{
    size_t n = 1;

    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '\n';
    return n;
}

void schema_encode_field(struct buf *b, const struct record *r, int field)
{
    const struct field *f = &r->kind->field[field];
    const struct value *v = &r->v[field];
    struct str rest = v->s, one;

    switch (f->type) {
    case T_TEXT:
    case T_CODE:
    case T_DATE:
    case T_TIME:
        if (!(f->flags & F_MANY)) {
            cbor_text(b, v->s);
            return;
        }
        cbor_array(b, count_lines(v->s));
        while (str_split(&rest, '\n', &one))
            cbor_text(b, one);
        return;
    case T_INT:
    case T_DECIMAL:
        cbor_int(b, v->i);
        return;
    case T_BOOL:
        cbor_bool(b, v->i != 0);
        return;
    case T_REF:
        if (v->s.n == 0) {
            cbor_int(b, v->i);
            return;
        }
        cbor_bytes(b, v->s);
        return;
    case T_BYTES:
        cbor_bytes(b, v->s);
        return;
    }
}

void schema_encode_values(struct buf *b, const struct record *r)
{
    uint64_t left = r->have;

    cbor_map(b, (size_t)__builtin_popcountll(left));
    while (left) {
        int i = set_next(&left);
        cbor_int(b, i + 1);
        schema_encode_field(b, r, i);
    }
}

/* ---- the way back ---- */

static bool take_text(struct str *in, struct str *out)
{
    struct cbor_item x;

    if (!cbor_expect(in, CBOR_TEXT, &x) || x.s.n == 0)
        return false;
    *out = x.s;
    return true;
}

static bool take_id(struct str *in, uint8_t out[16])
{
    struct cbor_item x;

    if (!cbor_expect(in, CBOR_BYTES, &x) || x.s.n != 16)
        return false;
    memcpy(out, x.s.p, 16);
    return true;
}

static bool take_int(struct str *in, int64_t *out)
{
    struct cbor_item x;

    if (!cbor_expect(in, CBOR_INT, &x))
        return false;
    *out = x.i;
    return true;
}

static bool take_true(struct str *in, bool *out)
{
    struct cbor_item x;

    *out = cbor_expect(in, CBOR_BOOL, &x) && x.i == 1;
    return *out;
}

struct head_read {
    struct header head;
    int64_t kind, version;
    unsigned seen; /* bit = key */
};

static bool head_pair(struct str *in, int64_t key, struct head_read *h)
{
    static const uint8_t none[16];

    switch (key) {
    case HEAD_ID:
        return take_id(in, h->head.id);
    case HEAD_KIND:
        return take_int(in, &h->kind);
    case HEAD_VERSION:
        return take_int(in, &h->version);
    case HEAD_ORIGIN:
        return take_text(in, &h->head.origin);
    case HEAD_AUTHOR:
        return take_text(in, &h->head.author);
    case HEAD_RECORDED:
        return take_int(in, &h->head.recorded);
    case HEAD_REPLACES:
        return take_id(in, h->head.replaces) && memcmp(h->head.replaces, none, 16) != 0;
    case HEAD_HANDLING:
        return take_text(in, &h->head.handling);
    case HEAD_PURPOSE:
        return take_text(in, &h->head.purpose);
    case HEAD_BASIS:
        return take_text(in, &h->head.basis);
    case HEAD_GRADING:
        return take_text(in, &h->head.grading);
    case HEAD_EXERCISE:
        return take_true(in, &h->head.exercise);
    default:
        return false;
    }
}

static bool read_header(struct str in, struct head_read *h)
{
    const unsigned always = 1u << HEAD_ID | 1u << HEAD_KIND | 1u << HEAD_VERSION | 1u << HEAD_RECORDED;
    struct cbor_item map;
    int64_t last = 0, key;

    *h = (struct head_read){0};
    if (!cbor_expect(&in, CBOR_MAP, &map))
        return false;
    for (int64_t i = 0; i < map.i; i++, last = key) {
        if (!take_int(&in, &key) || key <= last || !head_pair(&in, key, h))
            return false;
        h->seen |= 1u << key;
    }
    return in.n == 0 && (h->seen & always) == always;
}

/* An array of texts, into memory's form: joined by line feeds. */
static bool take_texts(struct arena *a, struct str *in, struct str *out)
{
    struct cbor_item array;
    struct str one = {0}, again;
    size_t n = 0;
    char *p;

    if (!cbor_expect(in, CBOR_ARRAY, &array) || array.i == 0)
        return false;
    again = *in;
    for (int64_t i = 0; i < array.i; i++) {
        if (!take_text(in, &one) || memchr(one.p, '\n', one.n))
            return false;
        n += one.n + 1;
    }
    p = arena_alloc(a, n);
    *out = str_n(p, n - 1);
    for (int64_t i = 0; i < array.i; i++) {
        if (i)
            *p++ = '\n';
        take_text(&again, &one);
        memcpy(p, one.p, one.n);
        p += one.n;
    }
    return true;
}

static bool take_value(struct arena *a, struct str *in, const struct field *f, struct value *v)
{
    struct cbor_item x;

    switch (f->type) {
    case T_TEXT:
    case T_CODE:
    case T_DATE:
    case T_TIME:
        return f->flags & F_MANY ? take_texts(a, in, &v->s) : take_text(in, &v->s);
    case T_INT:
    case T_DECIMAL:
        return take_int(in, &v->i);
    case T_BOOL:
        if (!cbor_expect(in, CBOR_BOOL, &x))
            return false;
        v->i = x.i;
        return true;
    case T_REF:
        if (!cbor_read(in, &x))
            return false;
        *v = (struct value){x.s, x.i};
        return x.type == CBOR_INT ? x.i > 0 : x.type == CBOR_BYTES && x.s.n == 16;
    case T_BYTES:
        if (!cbor_expect(in, CBOR_BYTES, &x) || x.s.n == 0)
            return false;
        v->s = x.s;
        return true;
    }
    return false;
}

static bool read_values(struct arena *a, struct str in, struct record *r)
{
    struct cbor_item map;
    int64_t last = 0, key;

    if (!cbor_expect(&in, CBOR_MAP, &map))
        return false;
    for (int64_t i = 0; i < map.i; i++, last = key) {
        if (!take_int(&in, &key) || key <= last || key > r->kind->fields)
            return false;
        if (!take_value(a, &in, &r->kind->field[key - 1], &r->v[key - 1]))
            return false;
        r->have |= UINT64_C(1) << (key - 1);
    }
    return in.n == 0;
}

int schema_decode(struct arena *a, struct str header, struct str values, struct record **out, struct err *e)
{
    struct head_read h;
    const struct kind *k;

    *out = NULL;
    if (!read_header(header, &h))
        return err_set(e, ERR_CORRUPT, N_("a record's header is not in canonical form"));
    k = h.kind > 0 && h.kind <= UINT16_MAX ? schema_kind_number((unsigned)h.kind) : NULL;
    if (k == NULL || h.version < 1 || h.version > k->version)
        return err_set(e, ERR_CORRUPT,
                       N_("a record is of a kind or version that this program does not know"));
    *out = record_new(a, k);
    (*out)->head = h.head;
    if (!read_values(a, values, *out)) {
        *out = NULL;
        return err_set(e, ERR_CORRUPT, N_("a record of kind %s is not in canonical form"), k->name);
    }
    return 0;
}
