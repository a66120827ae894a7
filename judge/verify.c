/*
 * verify.c: the judge's verifier. One file, one library (libsodium), no network, no node. It reads a proof that
 * `puente proof ID` wrote and says who said what to whom, under which clause that both had signed, when the other
 * side acknowledged it, and that the log of what was said has not been rewritten since. It was written from the
 * formats alone, apart from the program whose proofs it checks.
 *
 *     puente-judge [--lang es] [--key KEY]... FILE
 *
 * Each KEY ("us.cbp+2ab3c4d5+Base64") is one that you have from elsewhere, such as the office's card: the proof is
 * refused when it rests on another key of that office. Without it the keys are shown, for you to compare.
 * Exit status: 0 everything holds; 1 something does not; 2 the file cannot be read.
 *
 * A proof is lines of text, "word value", in this order and no others:
 *
 *     puente proof v1
 *     giver OFFICE, taker OFFICE, agreement UUID, epoch N, number N      what it is about; the signed parts decide
 *     paper NOTE          the agreement's text with the signatures of both offices
 *     entry CBOR          the channel's entry: {1: number, 2: version of the text, 3: clause, 4: fields given (8 bytes,
 *                         big-endian, bit i = field i + 1), 5: record, 6: commitment}
 *     disclosure CBOR     the fields that are shown; no such line when the record was erased
 *     included HASH       a line for each: from the entry up to the head (RFC 6962), hexadecimal
 *     receipt NOTE        the first head of the channel over the entry that the taker cosigned
 *     consistent HASH     a line for each: from that head to the latest
 *     latest NOTE         the latest head that the taker cosigned
 *     kind NUMBER NAME    and "field NUMBER NAME SCALE" for each field that the clause names: how they are called
 *
 * NOTE, CBOR: Base64. A C2SP signed note: text, an empty line, "— name Base64(key id, signature)". Ed25519 signatures (algorithm 1)
 * are over the text, cosignatures (algorithm 4) over "cosignature/v1 LF time N LF" and the text.
 * Head: three lines, origin, size, root. Origin: GIVER/to/TAKER/AGREEMENT, then "/epoch/N" from epoch 2.
 * Leaf: SHA-256(0 || entry).
 * Disclosure: {1: header, 2: salt, 3: [number, value, salt, ...], 4: [number, leaf, ...]}:
 *     leaf(n) = SHA-256("puente/leaf/v1" || salt || n, 2 bytes || value), the header is n = 0;
 *     commitment = SHA-256("puente/record/v1" || n || leaf(n) ..., ascending).
 * Names: a clause may say "schema HASH": SHA-256 over its kind and field lines here, each with its LF. Then the names
 * are as both have signed them; without it they are as the file tells them. Clause 0, the duty to take back, is the
 * same in every agreement, and so are its names.
 * Header: {1: record, 2: kind, 4: origin, 5: author, 6: microseconds, 12: true when it is an exercise, ...}.
 */
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_MAX   (32u << 20)
#define FIELDS     64
#define HASHES_MAX 96
#define KEYS_MAX   16

struct bytes {
    const unsigned char *p;
    size_t n;
};

static bool spanish;

static const char *say(const char *en, const char *es)
{
    return spanish ? es : en;
}

static _Noreturn void fails(const char *en, const char *es)
{
    printf("%s: %s\n", say("DOES NOT HOLD", "NO SE SOSTIENE"), say(en, es));
    exit(1);
}

static _Noreturn void unreadable(const char *en, const char *es)
{
    fprintf(stderr, "puente-judge: %s\n", say(en, es));
    exit(2);
}

/* ---- bytes ---- */

static struct bytes of(const char *z)
{
    return (struct bytes){(const unsigned char *)z, strlen(z)};
}

static bool same(struct bytes a, struct bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static bool starts(struct bytes s, const char *with)
{
    return s.n >= strlen(with) && memcmp(s.p, with, strlen(with)) == 0;
}

/* One part off the front, up to `at`; false at the end. */
static bool cut(struct bytes *rest, char at, struct bytes *part)
{
    const unsigned char *hit = rest->n ? memchr(rest->p, at, rest->n) : NULL;

    if (rest->p == NULL)
        return false;
    part->p = rest->p;
    part->n = hit ? (size_t)(hit - rest->p) : rest->n;
    rest->p = hit ? hit + 1 : NULL;
    rest->n = hit ? rest->n - part->n - 1 : 0;
    return true;
}

/* Memory to the end of the run. */
struct kept {
    struct kept *next;
    unsigned char bytes[];
};

static unsigned char *keep(size_t n)
{
    static struct kept *all;
    struct kept *k = malloc(sizeof *k + n);

    if (k == NULL)
        unreadable("out of memory", "falta memoria");
    k->next = all;
    all = k;
    return k->bytes;
}

static bool base64(struct bytes in, struct bytes *out)
{
    unsigned char *to = keep(in.n + 1);

    out->p = to;
    return sodium_base642bin(to, in.n + 1, (const char *)in.p, in.n, NULL, &out->n, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0;
}

/* A decimal number without sign or leading zeros. */
static bool decimal(struct bytes s, uint64_t *out)
{
    *out = 0;
    if (s.n == 0 || s.n > 18 || (s.n > 1 && s.p[0] == '0'))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(s.p[i] - '0');
    }
    return true;
}

static void hash_node(unsigned char out[32], const unsigned char *left, const unsigned char *right)
{
    unsigned char both[65] = {1};

    memcpy(both + 1, left, 32);
    memcpy(both + 33, right, 32);
    crypto_hash_sha256(out, both, sizeof both);
}

/* ---- keys and notes ---- */

struct key {
    struct bytes office, text;
    unsigned char public[32];
};

static bool key_read(struct bytes text, struct key *out)
{
    struct bytes rest = text, hash, raw;

    out->text = text;
    if (!cut(&rest, '+', &out->office) || !cut(&rest, '+', &hash) || rest.p == NULL ||
        !base64(rest, &raw) || raw.n != 33 || raw.p[0] != 1)
        return false;
    memcpy(out->public, raw.p + 1, 32);
    return true;
}

static void key_id(unsigned char out[4], const struct key *k, unsigned char algorithm)
{
    crypto_hash_sha256_state s;
    unsigned char h[32];
    const unsigned char lf = '\n';

    crypto_hash_sha256_init(&s);
    crypto_hash_sha256_update(&s, k->office.p, k->office.n);
    crypto_hash_sha256_update(&s, &lf, 1);
    crypto_hash_sha256_update(&s, &algorithm, 1);
    crypto_hash_sha256_update(&s, k->public, 32);
    crypto_hash_sha256_final(&s, h);
    memcpy(out, h, 4);
}

struct note {
    struct bytes text, signatures;
};

static bool note_read(struct bytes all, struct note *out)
{
    size_t at = 0;

    for (size_t i = 1; i < all.n; i++)
        if (all.p[i] == '\n' && all.p[i - 1] == '\n')
            at = i;
    out->text = (struct bytes){all.p, at};
    out->signatures = (struct bytes){all.p + at + 1, at ? all.n - at - 1 : 0};
    return at > 0;
}

/* The bytes behind the key id of one line by this key; false when there is none, or it is not `size` long. */
static bool signature(const struct note *n, const struct key *k, unsigned char algorithm, size_t size,
                      struct bytes *out)
{
    struct bytes rest = n->signatures, line, dash, name;
    unsigned char id[4];

    key_id(id, k, algorithm);
    while (cut(&rest, '\n', &line))
        if (cut(&line, ' ', &dash) && same(dash, of("\xe2\x80\x94")) && cut(&line, ' ', &name) &&
            same(name, k->office) && line.p && base64(line, out) && out->n == 4 + size &&
            memcmp(out->p, id, 4) == 0) {
            *out = (struct bytes){out->p + 4, size};
            return true;
        }
    return false;
}

static bool signed_by(const struct note *n, const struct key *k)
{
    struct bytes s;
    return signature(n, k, 1, 64, &s) &&
           crypto_sign_verify_detached(s.p, n->text.p, n->text.n, k->public) == 0;
}

static bool cosigned_by(const struct note *n, const struct key *k, uint64_t *when)
{
    struct bytes s;
    char *text;
    int head;

    if (!signature(n, k, 4, 72, &s))
        return false;
    *when = 0;
    for (int i = 0; i < 8; i++)
        *when = *when << 8 | s.p[i];
    text = (char *)keep(n->text.n + 64);
    head = snprintf(text, 64, "cosignature/v1\ntime %llu\n", (unsigned long long)*when);
    memcpy(text + head, n->text.p, n->text.n);
    return crypto_sign_verify_detached(s.p + 8, (unsigned char *)text, (size_t)head + n->text.n,
                                       k->public) == 0;
}

struct head {
    struct note note;
    struct bytes origin;
    uint64_t size;
    const unsigned char *root;
};

static bool head_read(struct bytes all, struct head *out)
{
    struct bytes rest, size, root, raw;

    if (!note_read(all, &out->note))
        return false;
    rest = out->note.text;
    if (!cut(&rest, '\n', &out->origin) || !cut(&rest, '\n', &size) || !cut(&rest, '\n', &root) ||
        !decimal(size, &out->size) || !base64(root, &raw) || raw.n != 32)
        return false;
    out->root = raw.p;
    return true;
}

/* ---- RFC 9162 §2.1.3.2 and §2.1.4.2 ---- */

struct hashes {
    size_t n;
    unsigned char at[HASHES_MAX][32];
};

static bool included(const unsigned char leaf[32], uint64_t index, const struct head *h,
                     const struct hashes *p)
{
    uint64_t fn = index, sn = h->size - 1;
    unsigned char r[32];

    if (index >= h->size)
        return false;
    memcpy(r, leaf, 32);
    for (size_t i = 0; i < p->n; i++) {
        if (sn == 0)
            return false;
        if (fn & 1 || fn == sn) {
            hash_node(r, p->at[i], r);
            while (!(fn & 1) && fn) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash_node(r, r, p->at[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && memcmp(r, h->root, 32) == 0;
}

static bool grown(const struct head *old, const struct head *now, const struct hashes *p)
{
    uint64_t fn = old->size - 1, sn = now->size - 1;
    unsigned char fr[32], sr[32];
    size_t i = 0;

    if (old->size == now->size)
        return p->n == 0 && memcmp(old->root, now->root, 32) == 0;
    if (old->size == 0 || old->size > now->size)
        return false;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    if (fn && p->n == 0)
        return false;
    memcpy(fr, fn ? p->at[0] : old->root, 32);
    memcpy(sr, fr, 32);
    for (i = fn ? 1 : 0; i < p->n; i++) {
        if (sn == 0)
            return false;
        if (fn & 1 || fn == sn) {
            hash_node(fr, p->at[i], fr);
            hash_node(sr, p->at[i], sr);
            while (!(fn & 1) && fn) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash_node(sr, sr, p->at[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && memcmp(fr, old->root, 32) == 0 && memcmp(sr, now->root, 32) == 0;
}

/* ---- CBOR, the deterministic subset ---- */

enum { INT, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE };

struct item {
    int type;
    uint64_t u; /* number, count; simple value */
    struct bytes s;
};

static bool take(struct bytes *in, struct item *out)
{
    unsigned more = 0;

    *out = (struct item){0};
    if (in->n == 0)
        return false;
    out->type = in->p[0] >> 5;
    out->u = in->p[0] & 31;
    in->p++;
    in->n--;
    if (out->u >= 24) {
        if (out->u > 27 || in->n < (more = 1u << (out->u - 24)))
            return false;
        out->u = 0;
        for (unsigned i = 0; i < more; i++)
            out->u = out->u << 8 | in->p[i];
        if (out->u < (more == 1 ? 24 : UINT64_C(1) << (4 * more))) /* it could be said shorter */
            return false;
        in->p += more;
        in->n -= more;
    }
    if (out->type != BYTES && out->type != TEXT)
        return out->type != TAG && (out->type != SIMPLE || out->u == 20 || out->u == 21);
    if (out->u > in->n)
        return false;
    out->s = (struct bytes){in->p, (size_t)out->u};
    in->p += out->u;
    in->n -= (size_t)out->u;
    return true;
}

static bool take_key(struct bytes *in, uint64_t key, int type, struct item *out)
{
    struct item k;
    return take(in, &k) && k.type == INT && k.u == key && take(in, out) && out->type == type;
}

/* ---- the proof ---- */

struct field {
    struct bytes name, value, salt, leaf; /* value: shown; leaf: withheld */
    uint64_t scale;
};

struct entry {
    uint64_t number, version, clause, mask;
    struct bytes record, commitment, disclosure, header, salt;
    unsigned char leaf[32];
    struct field field[FIELDS + 1];
};

struct proof {
    struct bytes said_giver, said_taker, said_agreement; /* what the file says that it is about */
    uint64_t said_epoch, said_number;
    struct note agreement;
    struct key party[2];
    int giver, taker; /* index of party */
    struct bytes id, clause, kind;
    uint64_t kind_number;
    struct bytes names; /* the kind and field lines */
    bool names_signed;
    struct bytes origin, author; /* of the record, by its header */
    uint64_t recorded;
    bool exercise;
    struct entry entry;
    struct head head, later;
    struct hashes path, growth;
};

static bool entry_read(struct bytes in, struct entry *e)
{
    const unsigned char zero = 0;
    crypto_hash_sha256_state leaf;
    struct item x;

    crypto_hash_sha256_init(&leaf);
    crypto_hash_sha256_update(&leaf, &zero, 1);
    crypto_hash_sha256_update(&leaf, in.p, in.n);
    crypto_hash_sha256_final(&leaf, e->leaf);
    if (!take(&in, &x) || x.type != MAP || x.u != 6 || !take_key(&in, 1, INT, &x))
        return false;
    e->number = x.u;
    if (!take_key(&in, 2, INT, &x))
        return false;
    e->version = x.u;
    if (!take_key(&in, 3, INT, &x))
        return false;
    e->clause = x.u;
    if (!take_key(&in, 4, BYTES, &x) || x.s.n != 8)
        return false;
    e->mask = 0;
    for (int i = 0; i < 8; i++)
        e->mask = e->mask << 8 | x.s.p[i];
    if (!take_key(&in, 5, BYTES, &x) || x.s.n != 16)
        return false;
    e->record = x.s;
    if (!take_key(&in, 6, BYTES, &x) || x.s.n != 32)
        return false;
    e->commitment = x.s;
    return in.n == 0;
}

static bool list_read(struct bytes *in, struct entry *e, bool shown)
{
    uint64_t step = shown ? 3 : 2, last = 0;
    struct item x, k;

    if (!take_key(in, shown ? 3 : 4, ARRAY, &x) || x.u % step || x.u > step * FIELDS)
        return false;
    for (uint64_t i = x.u / step; i; i--) {
        if (!take(in, &k) || k.type != INT || k.u <= last || k.u > FIELDS)
            return false;
        last = k.u;
        if (!take(in, &x) || x.type != BYTES || e->field[last].value.n)
            return false;
        if (!shown) {
            if (x.s.n != 32)
                return false;
            e->field[last].leaf = x.s;
            continue;
        }
        if (x.s.n == 0)
            return false;
        e->field[last].value = x.s;
        if (!take(in, &x) || x.type != BYTES || x.s.n != 32)
            return false;
        e->field[last].salt = x.s;
    }
    return true;
}

static void leaf_of(unsigned char out[32], struct bytes salt, unsigned number, struct bytes value)
{
    const unsigned char n[2] = {(unsigned char)(number >> 8), (unsigned char)number};
    crypto_hash_sha256_state s;

    crypto_hash_sha256_init(&s);
    crypto_hash_sha256_update(&s, (const unsigned char *)"puente/leaf/v1", 14);
    crypto_hash_sha256_update(&s, salt.p, salt.n);
    crypto_hash_sha256_update(&s, n, sizeof n);
    crypto_hash_sha256_update(&s, value.p, value.n);
    crypto_hash_sha256_final(&s, out);
}

static void add_leaf(crypto_hash_sha256_state *s, unsigned number, const unsigned char leaf[32])
{
    const unsigned char n[2] = {(unsigned char)(number >> 8), (unsigned char)number};

    crypto_hash_sha256_update(s, n, sizeof n);
    crypto_hash_sha256_update(s, leaf, 32);
}

static bool commitment_fits(struct entry *e)
{
    crypto_hash_sha256_state s;
    unsigned char leaf[32], out[32];
    struct bytes in = e->disclosure;
    struct item x;

    if (!take(&in, &x) || x.type != MAP || x.u != 4 || !take_key(&in, 1, BYTES, &x))
        return false;
    e->header = x.s;
    if (!take_key(&in, 2, BYTES, &x) || x.s.n != 32)
        return false;
    e->salt = x.s;
    if (!list_read(&in, e, true) || !list_read(&in, e, false) || in.n)
        return false;
    crypto_hash_sha256_init(&s);
    crypto_hash_sha256_update(&s, (const unsigned char *)"puente/record/v1", 16);
    leaf_of(leaf, e->salt, 0, e->header);
    add_leaf(&s, 0, leaf);
    for (unsigned i = 1; i <= FIELDS; i++) {
        if (e->field[i].value.n) {
            if (!(e->mask >> (i - 1) & 1))
                return false; /* shown, and the channel's entry says that it was not */
            leaf_of(leaf, e->field[i].salt, i, e->field[i].value);
            add_leaf(&s, i, leaf);
        } else if (e->field[i].leaf.n) {
            add_leaf(&s, i, e->field[i].leaf.p);
        } else if (e->mask >> (i - 1) & 1) {
            return false; /* given, and the record does not have it */
        }
    }
    crypto_hash_sha256_final(&s, out);
    return memcmp(out, e->commitment.p, 32) == 0;
}

/* ---- the agreement's text ---- */

/* What stands behind `word` in the first line of the block that begins with it; blank for the clause's own lines. */
static bool line_of(struct bytes block, const char *word, struct bytes *out)
{
    struct bytes line;
    size_t n = strlen(word);

    while (cut(&block, '\n', &line))
        if (starts(line, word) && line.n > n && line.p[n] == ' ') {
            *out = (struct bytes){line.p + n + 1, line.n - n - 1};
            return true;
        }
    return false;
}

/* The indented lines of "clause N". */
static bool clause_of(struct bytes text, uint64_t number, struct bytes *out)
{
    char head[40];
    struct bytes rest = text, line;
    bool inside = false;

    snprintf(head, sizeof head, "clause %llu", (unsigned long long)number);
    *out = (struct bytes){NULL, 0};
    while (cut(&rest, '\n', &line)) {
        if (inside && line.n && line.p[0] != ' ')
            break;
        if (inside)
            out->n = (size_t)(line.p + line.n - out->p);
        else if (same(line, of(head))) {
            inside = true;
            out->p = line.p + line.n + 1;
        }
    }
    return inside && out->n;
}

static bool has_word(struct bytes list, struct bytes word)
{
    struct bytes one;

    while (cut(&list, ' ', &one))
        if (same(one, word))
            return true;
    return false;
}

static void check_agreement(struct proof *p)
{
    struct bytes rest = p->agreement.text, line, value;
    uint64_t version;
    int parties = 0;

    if (!starts(rest, "puente agreement v1\n"))
        fails("the first paper is no agreement", "el primer documento no es un acuerdo");
    while (cut(&rest, '\n', &line)) {
        if (!starts(line, "party ") || parties == 2)
            continue;
        line = (struct bytes){line.p + 6, line.n - 6};
        if (!cut(&line, ' ', &value) || line.p == NULL || !key_read(line, &p->party[parties]) ||
            !same(value, p->party[parties].office))
            fails("a party's key is not well formed", "la clave de una parte está mal formada");
        parties++;
    }
    if (parties == 2 && (same(p->party[0].office, p->party[1].office) ||
                         memcmp(p->party[0].public, p->party[1].public, 32) == 0))
        fails("both parties are the same", "ambas partes son la misma");
    if (parties != 2 || !signed_by(&p->agreement, &p->party[0]) || !signed_by(&p->agreement, &p->party[1]))
        fails("the agreement does not carry the signatures of both offices",
              "el acuerdo no lleva las firmas de ambas oficinas");
    if (!line_of(p->agreement.text, "id", &p->id) || !line_of(p->agreement.text, "version", &value) ||
        !decimal(value, &version) || version != p->entry.version)
        fails("the entry rests on another version of the agreement",
              "la entrada se apoya en otra versión del acuerdo");
}

/* Whose channel it is, by the head's origin. */
static void check_origin(struct proof *p)
{
    struct bytes rest = p->head.origin, giver, to, taker, id, word;
    uint64_t epoch = 1;

    if (!cut(&rest, '/', &giver) || !cut(&rest, '/', &to) || !cut(&rest, '/', &taker) ||
        !cut(&rest, '/', &id) || !same(to, of("to")) || !same(id, p->id))
        fails("the head is of no channel of this agreement",
              "la cabeza no es de ningún canal de este acuerdo");
    if (rest.p && (!cut(&rest, '/', &word) || !same(word, of("epoch")) || !decimal(rest, &epoch)))
        fails("the head's origin is not well formed", "el origen de la cabeza está mal formado");
    p->giver = same(giver, p->party[1].office);
    p->taker = !p->giver;
    if (!same(giver, p->party[p->giver].office) || !same(taker, p->party[p->taker].office))
        fails("the channel is of other offices", "el canal es de otras oficinas");
    if (!same(p->said_giver, giver) || !same(p->said_taker, taker) || !same(p->said_agreement, p->id) ||
        p->said_number != p->entry.number || p->said_epoch != epoch)
        fails("the file says that it is about something else than its signed parts are",
              "el archivo dice tratar de otra cosa que sus partes firmadas");
}

static uint64_t check_head(const struct proof *p, const struct head *h)
{
    uint64_t when;

    if (!signed_by(&h->note, &p->party[p->giver]))
        fails("a head is not signed by its giver", "una cabeza no está firmada por quien da");
    if (!cosigned_by(&h->note, &p->party[p->taker], &when))
        fails("a head was not acknowledged by its taker", "quien recibe no acusó recibo de una cabeza");
    return when;
}

/* The names of kind and fields are those that both have signed, when the clause says so. */
static void check_names(struct proof *p)
{
    static const char duty[] = "kind 211 retraction\nfield 1 about 0\nfield 2 office 0\nfield 3 reason 0\n"
                               "field 5 required 0\nfield 6 due 0\nfield 7 receipt_of 0\n";
    unsigned char is[32], said[32];
    struct bytes schema;
    size_t n = 0;
    bool good;

    p->names_signed = p->entry.clause == 0 || line_of(p->clause, "  schema", &schema);
    if (!p->names_signed)
        return;
    crypto_hash_sha256(is, p->names.p, p->names.n);
    good = p->entry.clause == 0
               ? same(p->names, of(duty))
               : sodium_hex2bin(said, sizeof said, (const char *)schema.p, schema.n, NULL, &n, NULL) == 0 &&
                     n == 32 && memcmp(is, said, 32) == 0;
    if (!good)
        fails("kind and fields are not called what both offices have signed",
              "la clase y los campos no se llaman como ambas oficinas firmaron");
}

/* The clause lets out what was given; clause 0 is the duty to take back, the same in every agreement. */
static void check_clause(struct proof *p)
{
    struct bytes giver, taker, kind, fields = {NULL, 0};
    bool duty = p->entry.clause == 0;

    if (!duty && (!clause_of(p->agreement.text, p->entry.clause, &p->clause) ||
                  !line_of(p->clause, "  giver", &giver) || !line_of(p->clause, "  taker", &taker) ||
                  !line_of(p->clause, "  kind", &kind) || !line_of(p->clause, "  fields", &fields)))
        fails("the agreement has no such clause", "el acuerdo no tiene tal cláusula");
    if (!duty && (!same(giver, p->party[p->giver].office) || !same(taker, p->party[p->taker].office) ||
                  !same(kind, p->kind)))
        fails("the clause is about something else", "la cláusula trata de otra cosa");
    check_names(p);
    for (int i = 1; i <= FIELDS; i++) {
        struct bytes name = p->entry.field[i].name;
        if (p->entry.mask >> (i - 1) & 1 && (name.n == 0 || (!duty && !has_word(fields, name))))
            fails("a field was given that the clause does not name",
                  "se dio un campo que la cláusula no nombra");
    }
}

/* Whose record it is, and which: as its header says. */
static bool header_fits(struct proof *p)
{
    static const int type[] = {-1, BYTES, INT, INT, TEXT, TEXT, INT, BYTES, TEXT, TEXT, TEXT, TEXT, SIMPLE};
    struct bytes in = p->entry.header;
    struct item map, key, x;
    uint64_t last = 0;

    if (!take(&in, &map) || map.type != MAP)
        return false;
    for (uint64_t n = map.u; n; n--) {
        if (!take(&in, &key) || key.type != INT || key.u <= last || key.u >= sizeof type / sizeof *type ||
            (last == 0 && key.u != 1) || (last == 1 && key.u != 2) || !take(&in, &x) ||
            x.type != type[key.u])
            return false;
        last = key.u;
        if ((key.u == 1 && !same(x.s, p->entry.record)) || (key.u == 2 && x.u != p->kind_number))
            return false;
        if (key.u == 4)
            p->origin = x.s;
        else if (key.u == 5)
            p->author = x.s;
        else if (key.u == 6)
            p->recorded = x.u / 1000000;
        else if (key.u == 12)
            p->exercise = x.u == 21;
    }
    return last >= 6 && in.n == 0 && p->origin.n;
}

/* ---- what it says ---- */

/* What could make a screen show something else than it says, is shown as blanks: controls, and signs that turn the
 * direction of writing. */
static void put(struct bytes s)
{
    for (size_t i = 0; i < s.n; i++) {
        const unsigned char *c = s.p + i;
        bool two = s.n - i > 1 && c[0] == 0xc2 && c[1] < 0xa0;
        bool three = s.n - i > 2 && c[0] == 0xe2 && ((c[1] == 0x80 && c[2] >= 0x8e) || c[1] == 0x81) &&
                     !(c[1] == 0x80 && c[2] >= 0x90 && c[2] < 0xa8) && !(c[1] == 0x80 && c[2] > 0xae);

        putchar(two || three || *c < ' ' || *c == 0x7f ? ' ' : *c);
        i += two ? 1 : three ? 2 : 0;
    }
}

static void put_time(uint64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;
    char text[32];

    if (gmtime_r(&t, &tm) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
        fputs(text, stdout);
}

static void put_id(const unsigned char *p)
{
    for (int i = 0; i < 16; i++)
        printf("%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", p[i]);
}

static void put_number(uint64_t u, bool negative, uint64_t scale)
{
    uint64_t one = 1;

    for (uint64_t i = 0; i < scale && i < 18; i++)
        one *= 10;
    printf("%s%llu", negative ? "-" : "", (unsigned long long)(u / one));
    if (scale)
        printf(".%0*llu", (int)scale, (unsigned long long)(u % one));
}

static void put_value(struct bytes in, uint64_t scale)
{
    struct item x;

    if (!take(&in, &x))
        return;
    switch (x.type) {
    case INT:
        put_number(x.u, false, scale);
        break;
    case NEGATIVE:
        put_number(x.u == UINT64_MAX ? x.u : x.u + 1, true, scale);
        break;
    case TEXT:
        put(x.s);
        break;
    case BYTES:
        if (x.s.n == 16)
            put_id(x.s.p);
        else
            printf("(%zu bytes)", x.s.n);
        break;
    case ARRAY:
        for (struct bytes rest = in; rest.n; fputs(rest.n ? "; " : "", stdout))
            if (!take(&rest, &x))
                break;
            else
                put(x.s);
        break;
    case SIMPLE:
        fputs(x.u == 21 ? say("yes", "sí") : say("no", "no"), stdout);
        break;
    default:
        break;
    }
}

static void label(const char *en, const char *es)
{
    printf("  %-14s ", say(en, es));
}

/* Origin, author and time of a record: of what another office made, it is the giver's word. */
static void tell_header(const struct proof *p)
{
    label("said by", "lo dice");
    put(p->origin);
    if (!same(p->origin, p->party[p->giver].office)) {
        fputs(say(", in the words of ", ", según "), stdout);
        put(p->party[p->giver].office);
    }
    if (p->author.n) {
        putchar('\n');
        label("author", "autor");
        put(p->author);
    }
    putchar('\n');
    label("recorded", "registrado");
    put_time(p->recorded);
    putchar('\n');
}

static void tell_line(struct bytes block, const char *word, const char *en, const char *es)
{
    struct bytes value;

    if (!line_of(block, word, &value))
        return;
    label(en, es);
    put(value);
    putchar('\n');
}

static void tell_agreement(const struct proof *p)
{
    printf("%s\n", say("Under the agreement that both have signed:", "Con el acuerdo que ambas firmaron:"));
    tell_line(p->agreement.text, spanish ? "title es" : "title en", "title", "título");
    tell_line(p->agreement.text, "id", "identifier", "identificador");
    tell_line(p->agreement.text, "basis", "basis", "fundamento");
    tell_line(p->agreement.text, "from", "from", "desde");
    tell_line(p->agreement.text, "until", "until", "hasta");
    printf("  %-14s %llu, %s %llu\n", say("version", "versión"), (unsigned long long)p->entry.version,
           say("clause", "cláusula"), (unsigned long long)p->entry.clause);
    if (p->entry.clause) {
        tell_line(p->clause, spanish ? "  es" : "  en", "it says", "dice");
        tell_line(p->clause, "  purpose", "purpose", "finalidad");
        tell_line(p->clause, "  handling", "handling", "manejo");
        tell_line(p->clause, "  keep", "days kept", "días guardado");
    }
}

static void tell(const struct proof *p, uint64_t when, uint64_t later)
{
    int withheld = 0;

    if (p->exercise)
        printf("%s\n", say("EXERCISE: nothing of this is real.", "EJERCICIO: nada de esto es real."));
    put(p->party[p->giver].office);
    printf(" %s ", say("told", "comunicó a"));
    put(p->party[p->taker].office);
    printf(", %s %llu, %s ", say("as entry", "como entrada"), (unsigned long long)p->entry.number,
           say("a record of kind", "un registro de clase"));
    put(p->kind);
    printf(":\n  %-14s ", say("record", "registro"));
    put_id(p->entry.record.p);
    putchar('\n');
    if (p->entry.disclosure.n)
        tell_header(p);
    for (int i = 1; i <= FIELDS; i++) {
        withheld += p->entry.field[i].leaf.n > 0;
        if (p->entry.field[i].value.n == 0)
            continue;
        printf("  ");
        put(p->entry.field[i].name);
        printf("%*s ", p->entry.field[i].name.n < 14 ? (int)(14 - p->entry.field[i].name.n) : 0, "");
        put_value(p->entry.field[i].value, p->entry.field[i].scale);
        putchar('\n');
    }
    if (p->entry.disclosure.n)
        printf("  %d %s\n", withheld,
               say("further fields are withheld here", "campos más no se muestran aquí"));
    else
        printf("  %s\n",
               say("none of its values is shown here, as when it was erased since; that it was given "
                   "stays proven",
                   "aquí no se muestra ninguno de sus valores, como cuando se borró después; que se "
                   "dio sigue probado"));
    if (!p->names_signed)
        printf("  %s\n", say("(names of kind and fields as the file tells them, not signed)",
                             "(nombres de clase y campos según el archivo, sin firma)"));
    tell_agreement(p);
    put(p->party[p->taker].office);
    printf(" %s ", say("acknowledged it on", "acusó recibo el"));
    put_time(when);
    putchar('\n');
    if (p->later.size > p->head.size) {
        printf("%s ", say("Nothing was rewritten up to the channel's head of",
                          "Nada se reescribió hasta la cabeza del canal de"));
        printf("%llu %s, %s ", (unsigned long long)p->later.size, say("entries", "entradas"),
               say("acknowledged on", "con acuse del"));
        put_time(later);
        putchar('\n');
    }
}

/* ---- reading the file ---- */

static struct bytes read_all(const char *path)
{
    FILE *f = fopen(path, "rb");
    unsigned char *p = keep(FILE_MAX);
    size_t n;

    if (f == NULL)
        unreadable("the file cannot be read", "no se puede leer el archivo");
    n = fread(p, 1, FILE_MAX, f);
    if (ferror(f) || n == FILE_MAX)
        unreadable("the file cannot be read, or is too large",
                   "no se puede leer el archivo, o es demasiado grande");
    fclose(f);
    return (struct bytes){p, n};
}

/* The value of the next line, when it begins with this word. */
static bool next(struct bytes *all, const char *word, struct bytes *value)
{
    struct bytes rest = *all, line, first;

    if (!cut(&rest, '\n', &line) || !cut(&line, ' ', &first) || !same(first, of(word)) || line.p == NULL ||
        line.n == 0)
        return false;
    *value = line;
    *all = rest;
    return true;
}

static bool next_number(struct bytes *all, const char *word, uint64_t *out)
{
    struct bytes value;
    return next(all, word, &value) && decimal(value, out);
}

static bool next_raw(struct bytes *all, const char *word, struct bytes *out)
{
    struct bytes value;
    return next(all, word, &value) && base64(value, out) && out->n;
}

static bool next_hashes(struct bytes *all, const char *word, struct hashes *out)
{
    struct bytes hex;
    size_t n;

    while (next(all, word, &hex))
        if (out->n == HASHES_MAX || hex.n != 64 ||
            sodium_hex2bin(out->at[out->n++], 32, (const char *)hex.p, hex.n, NULL, &n, NULL) != 0 ||
            n != 32)
            return false;
    return true;
}

static bool number_of(struct bytes *line, uint64_t most, uint64_t *out)
{
    struct bytes word;
    return cut(line, ' ', &word) && decimal(word, out) && *out <= most;
}

/* To the end of the file: the kind, then the fields in order of number, each with a name of its own. */
static bool names_read(struct bytes all, struct proof *p)
{
    struct bytes line, name;
    uint64_t n, last = 0, scale;

    p->names = all;
    if (!next(&all, "kind", &line) || !number_of(&line, UINT32_MAX, &p->kind_number) || line.n == 0)
        return false;
    p->kind = line;
    while (all.n) {
        if (!next(&all, "field", &line) || !number_of(&line, FIELDS, &n) || n <= last ||
            !cut(&line, ' ', &name) || name.n == 0 || !number_of(&line, 18, &scale) || line.p)
            return false;
        for (last = 1; last < n; last++)
            if (same(p->entry.field[last].name, name))
                return false;
        p->entry.field[n].name = name;
        p->entry.field[n].scale = scale;
    }
    return true;
}

static bool parts_read(struct bytes all, struct proof *p)
{
    struct bytes paper, entry, receipt, latest;

    if (!next(&all, "giver", &p->said_giver) || !next(&all, "taker", &p->said_taker) ||
        !next(&all, "agreement", &p->said_agreement) || !next_number(&all, "epoch", &p->said_epoch) ||
        !next_number(&all, "number", &p->said_number) || !next_raw(&all, "paper", &paper) ||
        !next_raw(&all, "entry", &entry))
        return false;
    if (!next_raw(&all, "disclosure", &p->entry.disclosure))
        p->entry.disclosure.n = 0;
    return next_hashes(&all, "included", &p->path) && next_raw(&all, "receipt", &receipt) &&
           next_hashes(&all, "consistent", &p->growth) && next_raw(&all, "latest", &latest) &&
           note_read(paper, &p->agreement) && entry_read(entry, &p->entry) &&
           head_read(receipt, &p->head) && head_read(latest, &p->later) && names_read(all, p);
}

static void proof_read(struct bytes all, struct proof *p)
{
    struct bytes line;

    if (!cut(&all, '\n', &line) || !same(line, of("puente proof v1")))
        unreadable("this is no proof that `puente proof` wrote",
                   "no es una prueba escrita por «puente proof»");
    if (!parts_read(all, p))
        fails("a part of the proof is missing, or not well formed",
              "falta una parte de la prueba, o está mal formada");
}

/* A key that you gave is one of a party's, or nothing holds. */
static void check_keys(const struct proof *p, const struct key *known, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        bool is = false, named = false;
        for (int i = 0; i < 2; i++)
            if (same(known[k].office, p->party[i].office)) {
                named = true;
                is = memcmp(known[k].public, p->party[i].public, 32) == 0;
            }
        if (!named)
            fails("you gave the key of an office that is no party",
                  "usted dio la clave de una oficina ajena");
        if (!is)
            fails("an office's key is not the one you gave",
                  "la clave de una oficina no es la que usted dio");
    }
}

static void tell_keys(const struct proof *p, const struct key *known, size_t n)
{
    for (int i = 0; i < 2; i++) {
        bool compared = false;
        for (size_t k = 0; k < n; k++)
            compared |= same(known[k].office, p->party[i].office);
        printf("%s ", compared ? say("Key as you gave it:", "Clave como usted la dio:")
                               : say("Key to compare with the office's card:",
                                     "Clave por comparar con la tarjeta de la oficina:"));
        put(p->party[i].text);
        putchar('\n');
    }
}

/* Everything, before a word is said. */
static void check(struct proof *p, uint64_t *when, uint64_t *later)
{
    check_agreement(p);
    check_origin(p);
    *when = check_head(p, &p->head);
    if (!included(p->entry.leaf, p->entry.number, &p->head, &p->path))
        fails("the entry is not under the acknowledged head",
              "la entrada no está bajo la cabeza con acuse");
    if (p->entry.disclosure.n && !commitment_fits(&p->entry))
        fails("the fields shown are not those that were committed to",
              "los campos mostrados no son los comprometidos");
    check_clause(p);
    if (p->entry.disclosure.n && !header_fits(p))
        fails("the record's header is not well formed, or of another record",
              "el encabezado del registro está mal formado, o es de otro registro");
    if (!same(p->later.origin, p->head.origin))
        fails("the later head is of another channel", "la cabeza posterior es de otro canal");
    *later = check_head(p, &p->later);
    if (!grown(&p->head, &p->later, &p->growth))
        fails("the channel was rewritten", "el canal fue reescrito");
}

int main(int argc, char **argv)
{
    static struct proof p;
    struct key known[KEYS_MAX];
    size_t keys = 0;
    const char *path = NULL;
    uint64_t when, later = 0;

    if (sodium_init() < 0)
        return 2;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            spanish = strcmp(argv[++i], "es") == 0;
        else if (strcmp(argv[i], "--key") == 0 && i + 1 < argc && keys < KEYS_MAX) {
            if (!key_read(of(argv[++i]), &known[keys++]))
                unreadable("that is no key", "eso no es una clave");
        } else if (path == NULL && argv[i][0] != '-')
            path = argv[i];
        else
            unreadable("usage: puente-judge [--lang es] [--key KEY]... FILE",
                       "uso: puente-judge [--lang es] [--key CLAVE]... ARCHIVO");
    }
    if (path == NULL)
        unreadable("usage: puente-judge [--lang es] [--key KEY]... FILE",
                   "uso: puente-judge [--lang es] [--key CLAVE]... ARCHIVO");
    proof_read(read_all(path), &p);
    check(&p, &when, &later);
    check_keys(&p, known, keys);
    tell_keys(&p, known, keys);
    tell(&p, when, later);
    printf("%s\n", say("THE PROOF HOLDS", "LA PRUEBA SE SOSTIENE"));
    return 0;
}
