/* note.c: see note.h for the format. */
#include "journal/note.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define DASH           "\xe2\x80\x94 " /* U+2014 and a blank open a signature line */
#define SIGNATURE_MAX  8192            /* bytes decoded; algorithms to come are larger than Ed25519 */
#define PRIVATE_PREFIX "PRIVATE+KEY+"

bool note_name_ok(struct str name)
{
    if (name.n == 0 || name.n > NOTE_NAME || !str_utf8(name))
        return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = (uint8_t)name.p[i];
        if (c <= ' ' || c == '+' || c == 0x7f)
            return false;
    }
    return true;
}

static void key_id(struct verifier *v)
{
    const struct str parts[] = {str_z(v->name), S("\n"), str_n(&v->algorithm, 1),
                                str_n(v->key, SIGN_PUBLIC)};
    uint8_t h[HASH_SIZE];

    sha256(h, parts, COUNT(parts));
    memcpy(v->id, h, sizeof v->id);
}

void note_signer_make(struct signer *s, struct str name, const uint8_t seed[32])
{
    assert(note_name_ok(name));
    memset(s, 0, sizeof *s);
    memcpy(s->public.name, name.p, name.n);
    s->public.algorithm = NOTE_ED25519;
    sign_keypair(s->public.key, s->secret, seed);
    key_id(&s->public);
}

/* Splits "name+hash+Base64" and decodes the last two; *raw is the algorithm byte and 32 bytes of key. */
static bool key_split(struct str text, struct str *name, uint8_t id[4], uint8_t raw[33])
{
    struct str hash;
    size_t n;

    if (!str_split(&text, '+', name) || !note_name_ok(*name) || !str_split(&text, '+', &hash) ||
        hash.n != 8 || text.p == NULL)
        return false;
    return hex_decode(hash, id, 4, &n) && n == 4 && base64_decode(text, raw, 33, &n) && n == 33 &&
           raw[0] == NOTE_ED25519;
}

bool note_verifier_parse(struct str text, struct verifier *out)
{
    uint8_t id[4], raw[33];
    struct str name;

    memset(out, 0, sizeof *out);
    if (!key_split(text, &name, id, raw))
        return false;
    memcpy(out->name, name.p, name.n);
    out->algorithm = raw[0];
    memcpy(out->key, raw + 1, SIGN_PUBLIC);
    key_id(out);
    return memcmp(out->id, id, sizeof id) == 0;
}

bool note_signer_parse(struct str text, struct signer *out)
{
    uint8_t id[4], raw[33];
    struct str name;
    bool ok;

    memset(out, 0, sizeof *out);
    if (!str_starts(text, S(PRIVATE_PREFIX)))
        return false;
    text = str_n(text.p + sizeof PRIVATE_PREFIX - 1, text.n - (sizeof PRIVATE_PREFIX - 1));
    ok = key_split(text, &name, id, raw);
    if (ok) {
        note_signer_make(out, name, raw + 1);
        ok = memcmp(out->public.id, id, sizeof id) == 0;
    }
    wipe(raw, sizeof raw);
    return ok;
}

static void key_text(struct buf *out, const struct verifier *v, const uint8_t key[32])
{
    struct arena *a = arena_new();
    uint8_t raw[33] = {v->algorithm};
    struct str hex = hex_encode(a, str_n(v->id, sizeof v->id)), b64;

    memcpy(raw + 1, key, 32);
    b64 = base64_encode(a, str_n(raw, sizeof raw));
    buf_fmt(out, "%s+%.*s+%.*s", v->name, STR_ARG(hex), STR_ARG(b64));
    wipe(raw, sizeof raw);
    wipe((void *)(uintptr_t)b64.p, b64.n);
    arena_free(a);
}

void note_verifier_text(const struct verifier *v, struct buf *out)
{
    key_text(out, v, v->key);
}

void note_signer_text(const struct signer *s, const uint8_t seed[32], struct buf *out)
{
    buf_z(out, PRIVATE_PREFIX);
    key_text(out, &s->public, seed);
}

/* One line off the front, without its LF. False at the end, or when the last line has no LF. */
static bool line(struct str *rest, struct str *out)
{
    const char *lf = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;

    if (lf == NULL)
        return false;
    *out = str_n(rest->p, (size_t)(lf - rest->p));
    *rest = str_n(lf + 1, rest->n - out->n - 1);
    return true;
}

/* A signature line: name and the decoded bytes (key id, signature). */
static bool signature(struct str l, struct str *name, uint8_t *raw, size_t *n)
{
    if (!str_starts(l, S(DASH)))
        return false;
    l = str_n(l.p + sizeof DASH - 1, l.n - (sizeof DASH - 1));
    if (!str_split(&l, ' ', name) || !note_name_ok(*name) || l.p == NULL)
        return false;
    return base64_decode(l, raw, SIGNATURE_MAX, n) && *n > 4;
}

bool note_parse(struct str bytes, struct note *out)
{
    struct str rest, l, name;
    uint8_t raw[SIGNATURE_MAX];
    size_t cut = 0, n, lines = 0;

    *out = (struct note){0};
    if (bytes.n < 3 || bytes.n > NOTE_MAX || bytes.p[bytes.n - 1] != '\n' || !str_utf8(bytes))
        return false;
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t c = (uint8_t)bytes.p[i];
        if ((c < ' ' && c != '\n') || c == 0x7f)
            return false;
        /* The signatures stand behind the last empty line. */
        if (i > 0 && c == '\n' && bytes.p[i - 1] == '\n')
            cut = i;
    }
    if (cut == 0)
        return false;
    out->text = str_n(bytes.p, cut);
    out->signatures = rest = str_n(bytes.p + cut + 1, bytes.n - cut - 1);
    while (line(&rest, &l))
        if (++lines > NOTE_LINES || !signature(l, &name, raw, &n))
            return false;
    return lines > 0;
}

bool note_verify(const struct note *n, const struct verifier *v)
{
    struct str rest = n->signatures, l, name;
    uint8_t raw[SIGNATURE_MAX];
    size_t got;
    bool good = false;

    while (line(&rest, &l)) {
        if (!signature(l, &name, raw, &got) || !str_eq(name, str_z(v->name)) || memcmp(raw, v->id, 4) != 0)
            continue;
        if (got != 4 + SIGN_SIZE || !sign_check(raw + 4, n->text, v->key))
            return false;
        good = true;
    }
    return good;
}

void note_sign(struct buf *out, struct str text, const struct signer *s, size_t signers)
{
    struct arena *a = arena_new();

    buf_str(out, text);
    buf_char(out, '\n');
    for (size_t i = 0; i < signers; i++) {
        uint8_t raw[4 + SIGN_SIZE];
        memcpy(raw, s[i].public.id, 4);
        sign_bytes(raw + 4, text, s[i].secret);
        buf_fmt(out, DASH "%s ", s[i].public.name);
        buf_str(out, base64_encode(a, str_n(raw, sizeof raw)));
        buf_char(out, '\n');
    }
    arena_free(a);
}

/* ---- cosignatures ---- */

/* The key's id as a cosigner: the same key under another algorithm byte. */
static struct verifier cosigner(const struct verifier *v)
{
    struct verifier c = *v;

    c.algorithm = NOTE_COSIGNATURE;
    key_id(&c);
    return c;
}

static struct str cosigned_text(struct arena *a, uint64_t time, struct str text)
{
    return arena_fmt(a, "cosignature/v1\ntime %" PRIu64 "\n%.*s", time, STR_ARG(text));
}

void note_cosign(struct buf *out, const struct note *n, const struct signer *s, uint64_t time)
{
    struct arena *a = arena_new();
    struct verifier v = cosigner(&s->public);
    uint8_t raw[4 + 8 + SIGN_SIZE];

    memcpy(raw, v.id, 4);
    for (int i = 0; i < 8; i++)
        raw[4 + i] = (uint8_t)(time >> (56 - 8 * i));
    sign_bytes(raw + 12, cosigned_text(a, time, n->text), s->secret);
    buf_str(out, n->text);
    buf_char(out, '\n');
    buf_str(out, n->signatures);
    buf_fmt(out, DASH "%s ", v.name);
    buf_str(out, base64_encode(a, str_n(raw, sizeof raw)));
    buf_char(out, '\n');
    arena_free(a);
}

bool note_cosigned(const struct note *n, const struct verifier *v, uint64_t *time)
{
    struct verifier c = cosigner(v);
    struct str rest = n->signatures, l, name;
    uint8_t raw[SIGNATURE_MAX];
    bool good = false;
    size_t got;

    while (line(&rest, &l)) {
        uint64_t t = 0;
        struct arena *a;
        if (!signature(l, &name, raw, &got) || !str_eq(name, str_z(c.name)) || memcmp(raw, c.id, 4) != 0)
            continue;
        if (got != 4 + 8 + SIGN_SIZE)
            return false;
        for (int i = 0; i < 8; i++)
            t = t << 8 | raw[4 + i];
        a = arena_new();
        good = sign_check(raw + 12, cosigned_text(a, t, n->text), c.key);
        arena_free(a);
        if (!good)
            return false;
        *time = t;
    }
    return good;
}

static bool has_line(struct str lines, struct str wanted)
{
    struct str l;

    while (line(&lines, &l))
        if (str_eq(l, wanted))
            return true;
    return false;
}

bool note_merge(struct buf *out, const struct note *a, const struct note *b)
{
    struct str rest = b->signatures, l;

    if (!str_eq(a->text, b->text))
        return false;
    buf_str(out, a->text);
    buf_char(out, '\n');
    buf_str(out, a->signatures);
    while (line(&rest, &l))
        if (!has_line(a->signatures, l)) {
            buf_str(out, l);
            buf_char(out, '\n');
        }
    return true;
}

bool checkpoint_parse(struct str text, struct checkpoint *out)
{
    struct str size, root, more;
    int64_t i;
    size_t n;

    *out = (struct checkpoint){0};
    if (!line(&text, &out->origin) || out->origin.n == 0 || !line(&text, &size) || !line(&text, &root))
        return false;
    /* Decimal, without sign or leading zeros. */
    if (!str_int(size, &i) || i < 0 || size.p[0] == '-' || (size.n > 1 && size.p[0] == '0'))
        return false;
    out->size = (uint64_t)i;
    while (line(&text, &more))
        if (more.n == 0)
            return false;
    return text.n == 0 && base64_decode(root, out->root, HASH_SIZE, &n) && n == HASH_SIZE;
}

void checkpoint_text(struct buf *out, const struct checkpoint *c)
{
    struct arena *a = arena_new();
    struct str root = base64_encode(a, str_n(c->root, HASH_SIZE));

    buf_fmt(out, "%.*s\n%" PRIu64 "\n%.*s\n", STR_ARG(c->origin), c->size, STR_ARG(root));
    arena_free(a);
}

int journal_fuzz_note(const uint8_t *p, size_t n)
{
    struct str s = str_n(p, n);
    struct verifier v;
    struct signer k;
    struct note note;
    struct checkpoint c;
    uint64_t when;

    note_verifier_parse(s, &v);
    if (note_signer_parse(s, &k))
        v = k.public;
    if (note_parse(s, &note)) {
        note_verify(&note, &v);
        checkpoint_parse(note.text, &c);
        note_cosigned(&note, &v, &when);
    }
    wipe(&k, sizeof k);
    return 0;
}
