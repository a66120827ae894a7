/*
 * disclose.c: some fields of a record, so that whoever gets them can check them against the commitment to all of
 * them (DESIGN §5; the idea of SD-JWT and ISO 18013-5). A disclosure is deterministic CBOR:
 *
 *     {1: header bytes, 2: its salt, 3: [number, value bytes, salt, ...], 4: [number, leaf, ...]}
 *
 * 3 holds the fields shown and 4 the leaf digests of those withheld, each in ascending order of number; every field
 * of the record is in one of the two. Values are canonical bytes (encode.c), as their leaves commit to them.
 */
#include "base/cbor.h"
#include "base/crypto.h"
#include "schema/internal.h"

enum { D_HEADER = 1, D_SALT, D_SHOWN, D_WITHHELD };

static void put_bytes(struct buf *b, const void *p, size_t n)
{
    cbor_bytes(b, str_n(p, n));
}

/* A map's head and its values one by one. */
struct values {
    struct str rest;
    int64_t left;
};

static bool values_open(struct values *v, struct str bytes)
{
    struct cbor_item map;

    v->rest = bytes;
    if (!cbor_expect(&v->rest, CBOR_MAP, &map))
        return false;
    v->left = map.i;
    return true;
}

static bool values_next(struct values *v, unsigned *number, struct str *value)
{
    struct cbor_item key;

    if (v->left == 0 || !cbor_expect(&v->rest, CBOR_INT, &key) || key.i < 1 || key.i > FIELD_MAX ||
        !commit_skip(&v->rest, value))
        return false;
    *number = (unsigned)key.i;
    v->left--;
    return true;
}

void schema_disclose(struct buf *b, const uint8_t seed[32], struct str header, struct str values,
                     uint64_t show)
{
    uint8_t salt[32], leaf[HASH_SIZE];
    size_t shown = 0, withheld = 0;
    struct values v;
    struct str value;
    unsigned number;

    for (bool good = values_open(&v, values); good && values_next(&v, &number, &value);)
        *(show >> (number - 1) & 1 ? &shown : &withheld) += 1;
    cbor_map(b, 4);
    cbor_int(b, D_HEADER);
    cbor_bytes(b, header);
    cbor_int(b, D_SALT);
    commit_salt(salt, seed, 0);
    put_bytes(b, salt, sizeof salt);
    cbor_int(b, D_SHOWN);
    cbor_array(b, 3 * shown);
    for (bool good = values_open(&v, values); good && values_next(&v, &number, &value);)
        if (show >> (number - 1) & 1) {
            cbor_int(b, number);
            cbor_bytes(b, value);
            commit_salt(salt, seed, number);
            put_bytes(b, salt, sizeof salt);
        }
    cbor_int(b, D_WITHHELD);
    cbor_array(b, 2 * withheld);
    for (bool good = values_open(&v, values); good && values_next(&v, &number, &value);)
        if (!(show >> (number - 1) & 1)) {
            cbor_int(b, number);
            commit_salt(salt, seed, number);
            commit_leaf(leaf, salt, number, value);
            put_bytes(b, leaf, sizeof leaf);
        }
    wipe(salt, sizeof salt);
}

/* ---- the way back ---- */

static bool take(struct str *in, int64_t key, enum cbor_type type, struct cbor_item *out)
{
    struct cbor_item k;
    return cbor_expect(in, CBOR_INT, &k) && k.i == key && cbor_expect(in, type, out);
}

static bool sized(struct str *in, size_t n, struct str *out)
{
    struct cbor_item x;

    if (!cbor_expect(in, CBOR_BYTES, &x) || (n && x.s.n != n))
        return false;
    *out = x.s;
    return true;
}

struct opened {
    struct str header, salt;
    struct str value[FIELD_MAX + 1]; /* empty: withheld or absent */
    struct str salts[FIELD_MAX + 1]; /* of what is shown */
    struct str leaf[FIELD_MAX + 1];  /* of what is withheld */
};

/* The pairs or triples of one array, ascending. */
static bool open_list(struct str *in, struct cbor_item *list, struct opened *o, bool shown)
{
    struct cbor_item key;
    int64_t last = 0;

    if (list->i < 0 || list->i % (shown ? 3 : 2) != 0 || list->i > 3 * FIELD_MAX)
        return false;
    for (int64_t i = list->i / (shown ? 3 : 2); i > 0; i--, last = key.i) {
        if (!cbor_expect(in, CBOR_INT, &key) || key.i <= last || key.i > FIELD_MAX)
            return false;
        if (shown &&
            (!sized(in, 0, &o->value[key.i]) || o->value[key.i].n == 0 || !sized(in, 32, &o->salts[key.i])))
            return false;
        if (!shown && (o->value[key.i].n || !sized(in, HASH_SIZE, &o->leaf[key.i])))
            return false;
    }
    return true;
}

static bool open_all(struct str in, struct opened *o)
{
    struct cbor_item x;

    *o = (struct opened){0};
    if (!cbor_expect(&in, CBOR_MAP, &x) || x.i != 4 || !take(&in, D_HEADER, CBOR_BYTES, &x))
        return false;
    o->header = x.s;
    if (!take(&in, D_SALT, CBOR_BYTES, &x) || x.s.n != 32)
        return false;
    o->salt = x.s;
    return take(&in, D_SHOWN, CBOR_ARRAY, &x) && open_list(&in, &x, o, true) &&
           take(&in, D_WITHHELD, CBOR_ARRAY, &x) && open_list(&in, &x, o, false) && in.n == 0;
}

static void recommit(const struct opened *o, uint8_t commitment[HASH_SIZE])
{
    struct commit_run run;
    uint8_t leaf[HASH_SIZE];

    commit_begin(&run);
    commit_leaf(leaf, (const uint8_t *)o->salt.p, 0, o->header);
    commit_add(&run, 0, leaf);
    for (unsigned i = 1; i <= FIELD_MAX; i++) {
        if (o->value[i].n) {
            commit_leaf(leaf, (const uint8_t *)o->salts[i].p, i, o->value[i]);
            commit_add(&run, i, leaf);
        } else if (o->leaf[i].n)
            commit_add(&run, i, (const uint8_t *)o->leaf[i].p);
    }
    commit_end(&run, commitment);
}

/* The values shown, as one canonical map. */
static struct str shown_map(struct arena *a, const struct opened *o)
{
    struct buf b;
    struct str map;
    size_t n = 0;

    for (unsigned i = 1; i <= FIELD_MAX; i++)
        n += o->value[i].n > 0;
    buf_init(&b, (size_t)4 << 20);
    cbor_map(&b, n);
    for (unsigned i = 1; i <= FIELD_MAX; i++)
        if (o->value[i].n) {
            cbor_int(&b, i);
            buf_str(&b, o->value[i]);
        }
    map = arena_copy(a, buf_view(&b));
    buf_free(&b);
    return map;
}

static int unfit(struct err *e)
{
    return err_set(e, ERR_DATA, N_("a disclosure is not well formed"));
}

int schema_disclosed(struct arena *a, struct str in, struct disclosed *out, struct err *e)
{
    struct opened o;

    *out = (struct disclosed){0};
    if (!open_all(in, &o))
        return unfit(e);
    out->header = o.header;
    out->values = shown_map(a, &o);
    for (unsigned i = 1; i <= FIELD_MAX; i++)
        if (o.leaf[i].n)
            out->withheld |= UINT64_C(1) << (i - 1);
    if (schema_decode(a, out->header, out->values, &out->record, e) < 0)
        return -1;
    recommit(&o, out->commitment);
    return 0;
}

int schema_narrow(struct buf *b, struct str in, uint64_t show, struct err *e)
{
    uint8_t leaf[HASH_SIZE];
    size_t shown = 0, withheld = 0;
    struct opened o;

    if (!open_all(in, &o))
        return unfit(e);
    for (unsigned i = 1; i <= FIELD_MAX; i++) {
        bool keep = o.value[i].n && (show >> (i - 1) & 1);
        shown += keep;
        withheld += !keep && (o.value[i].n || o.leaf[i].n);
    }
    cbor_map(b, 4);
    cbor_int(b, D_HEADER);
    cbor_bytes(b, o.header);
    cbor_int(b, D_SALT);
    cbor_bytes(b, o.salt);
    cbor_int(b, D_SHOWN);
    cbor_array(b, 3 * shown);
    for (unsigned i = 1; i <= FIELD_MAX; i++)
        if (o.value[i].n && (show >> (i - 1) & 1)) {
            cbor_int(b, i);
            cbor_bytes(b, o.value[i]);
            cbor_bytes(b, o.salts[i]);
        }
    cbor_int(b, D_WITHHELD);
    cbor_array(b, 2 * withheld);
    for (unsigned i = 1; i <= FIELD_MAX; i++) {
        if (o.value[i].n && (show >> (i - 1) & 1))
            continue;
        if (o.value[i].n)
            commit_leaf(leaf, (const uint8_t *)o.salts[i].p, i, o.value[i]);
        if (o.value[i].n || o.leaf[i].n) {
            cbor_int(b, i);
            put_bytes(b, o.value[i].n ? (const char *)leaf : o.leaf[i].p, HASH_SIZE);
        }
    }
    return 0;
}

void schema_names(struct buf *b, const struct kind *k, uint64_t fields)
{
    buf_fmt(b, "kind %u %s\n", k->number, k->name);
    for (int i = 0; i < k->fields; i++)
        if (fields >> i & 1)
            buf_fmt(b, "field %d %s %d\n", i + 1, k->field[i].name, k->field[i].scale);
}
