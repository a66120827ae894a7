/*
 * proof.c: a record's proof as one text file (c2sp.org/tlog-proof@v1), which a court can check offline with
 * the log's key and stock tools:
 *
 *     c2sp.org/tlog-proof@v1
 *     extra BASE64              CBOR {1: id, 2: header, 3: values, 4: seed}, or {1: id, 5: commitment} when erased
 *     index 4711
 *     BASE64                    the inclusion proof, one hash a line, from the leaf up
 *                               an empty line
 *     us.cbp ...                the checkpoint, a signed note (note.h)
 */
#include "journal/internal.h"

#include "base/cbor.h"

#include <inttypes.h>

#define PROOF_MAX ((size_t)8 << 20) /* a record of 4 MiB in Base64, and the rest */
#define MAGIC     "c2sp.org/tlog-proof@v1\n"

enum { X_ID = 1, X_HEADER, X_VALUES, X_SEED, X_COMMITMENT };

/* ---- writing ---- */

static void extra_pair(struct buf *b, int64_t key, const void *p, size_t n)
{
    cbor_int(b, key);
    cbor_bytes(b, str_n(p, n));
}

static void extra_write(struct buf *b, const struct row *r)
{
    cbor_map(b, r->erased ? 2 : 4);
    extra_pair(b, X_ID, r->id, sizeof r->id);
    if (r->erased) {
        extra_pair(b, X_COMMITMENT, r->commitment, HASH_SIZE);
        return;
    }
    extra_pair(b, X_HEADER, r->header.p, r->header.n);
    extra_pair(b, X_VALUES, r->values.p, r->values.n);
    extra_pair(b, X_SEED, r->seed, sizeof r->seed);
}

static void proof_write(struct arena *a, struct buf *out, const struct row *r, const struct merkle_proof *p,
                        const char *checkpoint)
{
    struct buf extra;

    buf_init(&extra, PROOF_MAX);
    extra_write(&extra, r);
    buf_z(out, MAGIC "extra ");
    buf_str(out, base64_encode(a, buf_view(&extra)));
    buf_fmt(out, "\nindex %" PRIu64 "\n", r->seq);
    for (size_t i = 0; i < p->n; i++) {
        buf_str(out, base64_encode(a, str_n(p->hash[i], HASH_SIZE)));
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    buf_z(out, checkpoint);
    wipe(extra.p, extra.n);
    buf_free(&extra);
}

int journal_prove(struct journal *j, const uint8_t id[16], struct buf *out, struct err *e)
{
    struct state now;
    struct row row;
    struct merkle_proof proof;
    struct tile_reader tiles = {.backend = j->backend};
    const struct merkle_source from = {tile_reader_node, &tiles};
    struct store *s = reader_begin(j, &now, e);
    struct arena *a = arena_new();
    int rc = -1;

    if (s == NULL)
        goto done;
    tiles.store = s;
    rc = row_find(j, s, a, id, &row, e);
    if (rc == 0 && row.seq >= now.size)
        rc = err_set(e, ERR_CORRUPT, N_("the journal is damaged: entry %ju is not under its head"),
                     (uintmax_t)row.seq);
    if (rc == 0)
        rc = merkle_inclusion(&from, row.seq, now.size, &proof, e);
    reader_end(j, s);
    if (rc == 0) {
        proof_write(a, out, &row, &proof, now.checkpoint);
        if (out->over)
            rc = err_set(e, ERR_LIMIT, N_("the proof is too large"));
    }
done:
    arena_free(a);
    return rc;
}

/* ---- checking ---- */

struct parts {
    struct row row; /* erased: no header, values, seed */
    struct merkle_proof proof;
    struct note note;
    struct checkpoint head;
};

static bool take_line(struct str *rest, struct str *out)
{
    const char *lf = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;

    if (lf == NULL)
        return false;
    *out = str_n(rest->p, (size_t)(lf - rest->p));
    *rest = str_n(lf + 1, rest->n - out->n - 1);
    return true;
}

static bool after(struct str *s, struct str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_n(s->p + prefix.n, s->n - prefix.n);
    return true;
}

/* {key: bytes} of just this size; 0 = any. */
static bool extra_take(struct str *in, int64_t key, size_t size, struct str *out)
{
    struct cbor_item k, v;

    if (!cbor_expect(in, CBOR_INT, &k) || k.i != key || !cbor_expect(in, CBOR_BYTES, &v) ||
        (size && v.s.n != size))
        return false;
    *out = v.s;
    return true;
}

static bool extra_parse(struct str in, struct row *r)
{
    struct cbor_item map;
    struct str id, last;

    if (!cbor_expect(&in, CBOR_MAP, &map) || !extra_take(&in, X_ID, sizeof r->id, &id))
        return false;
    memcpy(r->id, id.p, sizeof r->id);
    r->erased = map.i == 2;
    if (r->erased) {
        if (!extra_take(&in, X_COMMITMENT, HASH_SIZE, &last))
            return false;
        memcpy(r->commitment, last.p, HASH_SIZE);
        return in.n == 0;
    }
    if (map.i != 4 || !extra_take(&in, X_HEADER, 0, &r->header) ||
        !extra_take(&in, X_VALUES, 0, &r->values) || !extra_take(&in, X_SEED, sizeof r->seed, &last))
        return false;
    memcpy(r->seed, last.p, sizeof r->seed);
    return in.n == 0;
}

static bool extra_read(struct arena *a, struct str text, struct row *r)
{
    size_t max = text.n / 4 * 3 + 3, n;
    char *raw = arena_alloc(a, max);

    return base64_decode(text, raw, max, &n) && extra_parse(str_n(raw, n), r);
}

static bool hashes_read(struct str *rest, struct merkle_proof *p)
{
    struct str l;
    size_t n;

    while (take_line(rest, &l)) {
        if (l.n == 0)
            return true;
        if (p->n == MERKLE_PROOF || !base64_decode(l, p->hash[p->n], HASH_SIZE, &n) || n != HASH_SIZE)
            return false;
        p->n++;
    }
    return false;
}

static bool parts_read(struct arena *a, struct str text, struct parts *x)
{
    struct str l;
    int64_t seq;

    memset(x, 0, sizeof *x);
    if (text.n > PROOF_MAX || !after(&text, S(MAGIC)) || !take_line(&text, &l) || !after(&l, S("extra ")) ||
        !extra_read(a, l, &x->row))
        return false;
    if (!take_line(&text, &l) || !after(&l, S("index ")) || !str_int(l, &seq) || seq < 0 || l.p[0] == '-' ||
        (l.n > 1 && l.p[0] == '0'))
        return false;
    x->row.seq = (uint64_t)seq;
    return hashes_read(&text, &x->proof) && note_parse(text, &x->note) &&
           checkpoint_parse(x->note.text, &x->head);
}

/* "us.cbp" is epoch 1 of us.cbp, "us.cbp/epoch/2" its second; 0 = no log of this name. */
static uint64_t epoch_of(struct str origin, const char *name)
{
    int64_t n;

    if (!after(&origin, str_z(name)))
        return 0;
    if (origin.n == 0)
        return 1;
    if (!after(&origin, S("/epoch/")) || !str_int(origin, &n) || n < 2 || n > EPOCHS_MAX ||
        origin.p[0] == '0')
        return 0;
    return (uint64_t)n;
}

/* The values give the commitment that is in the leaf, and name themselves as the leaf does. */
static int record_check(struct arena *a, struct row *r, struct proved *out, struct err *e)
{
    if (r->erased)
        return 0;
    if (schema_decode(a, r->header, r->values, &out->record, e) < 0) {
        e->code = ERR_DATA; /* it is the proof that is wrong, not a store of ours */
        return -1;
    }
    if (memcmp(out->record->head.id, r->id, sizeof r->id) != 0)
        return err_set(e, ERR_DATA, N_("the record in the proof has another id than the proof says"));
    schema_commit(r->commitment, r->seed, r->header, r->values);
    return 0;
}

int journal_check_proof(struct arena *a, struct str proof, struct str key, struct proved *out,
                        struct err *e)
{
    struct verifier v;
    struct parts x;
    struct merkle_tree tree;
    uint8_t leaf[HASH_SIZE];

    memset(out, 0, sizeof *out);
    if (!note_verifier_parse(str_trim(key), &v))
        return err_set(e, ERR_DATA, N_("this is not a log's key (name+hash+Base64, Ed25519)"));
    if (!parts_read(a, arena_copy(a, proof), &x))
        return err_set(e, ERR_DATA, N_("this is not a proof in the form c2sp.org/tlog-proof@v1"));
    if (!note_verify(&x.note, &v))
        return err_set(e, ERR_DATA, N_("the checkpoint is not signed with this key"));
    out->epoch = epoch_of(x.head.origin, v.name);
    if (out->epoch == 0)
        return err_set(e, ERR_DATA, N_("the checkpoint is of another log: %.*s"), STR_ARG(x.head.origin));
    if (record_check(a, &x.row, out, e) < 0)
        return -1;
    tree.size = x.head.size;
    memcpy(tree.root, x.head.root, HASH_SIZE);
    leaf_hash(leaf, x.row.id, x.row.commitment);
    if (!merkle_included(&tree, x.row.seq, leaf, &x.proof))
        return err_set(e, ERR_DATA, N_("the record is not in the log under this checkpoint"));
    memcpy(out->id, x.row.id, sizeof out->id);
    memcpy(out->commitment, x.row.commitment, HASH_SIZE);
    out->seq = x.row.seq;
    out->size = x.head.size;
    out->origin = x.head.origin;
    return 0;
}

int journal_fuzz_proof(const uint8_t *p, size_t n)
{
    struct arena *a = arena_new();
    struct err e = {0};
    struct parts x;
    struct proved out;
    struct merkle_tree tree;
    uint8_t leaf[HASH_SIZE];

    /* Behind the signature, too: no input would ever pass it. */
    if (parts_read(a, arena_copy(a, str_n(p, n)), &x)) {
        memset(&out, 0, sizeof out);
        record_check(a, &x.row, &out, &e);
        epoch_of(x.head.origin, "us.cbp");
        tree.size = x.head.size;
        memcpy(tree.root, x.head.root, HASH_SIZE);
        leaf_hash(leaf, x.row.id, x.row.commitment);
        merkle_included(&tree, x.row.seq, leaf, &x.proof);
    }
    arena_free(a);
    return 0;
}
