/*
 * bundle.c: bundles on sticks. A stick is filled at one node and lies in a drawer: it is read much later, or after
 * one that was filled after it, or twice, or never; somebody else finds it; a bit of it turns; an insider who may
 * open it seals what is in it anew for another office, with or without another name in the signed lines.
 *
 * A bundle says what a conversation says, so wire.c looks at what is in it; and it says that to nobody but the office
 * that it is for: its file holds no text of any officer.
 */
#include <stdlib.h>

#include "base/cbor.h"
#include "exchange/peer.h"
#include "tests/sim/sim.h"

#define STICKS 6

struct bundle {
    unsigned from, to;
    struct str file;
};
struct stick {
    struct bundle bundle[STICKS];
    unsigned n;
};

static const char *path_of(const struct sim *s, unsigned n)
{
    return arena_fmt(s->arena, "%s/stick", s->node[n].dir).p;
}

static void write_file(const char *path, struct str bytes)
{
    FILE *f = fopen(path, "wb");

    if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0)
        abort();
}

/* ---- what is in it ---- */

/* Behind its lines. */
static struct str sealed_part(struct str file)
{
    const char *p = memmem(file.p, file.n, "\n\n", 2);

    return p ? str_n(p + 2, file.n - (size_t)(p + 2 - file.p)) : S("");
}

static struct str file_of(const struct sim *s, unsigned to, struct str sealed)
{
    struct str out;
    struct buf b;

    buf_init(&b, BUNDLE_MAX);
    buf_fmt(&b, "puente bundle v1\nto %s\n\n", s->node[to].name);
    buf_str(&b, sealed);
    out = arena_copy(s->arena, buf_view(&b));
    buf_free(&b);
    return out;
}

static bool open_as(const struct sim *s, unsigned n, struct str file, struct str *note, struct str *message)
{
    struct str sealed = sealed_part(file), plain;
    struct cbor_item list, a, b;
    uint8_t *p;

    if (sealed.n < BOX_EXTRA)
        return false;
    p = arena_alloc(s->arena, sealed.n);
    if (!box_open(p, sealed, node_box_secret(n)))
        return false;
    plain = str_n((char *)p, sealed.n - BOX_EXTRA);
    if (!cbor_expect(&plain, CBOR_ARRAY, &list) || list.i != 2 || !cbor_expect(&plain, CBOR_BYTES, &a) ||
        !cbor_expect(&plain, CBOR_BYTES, &b))
        return false;
    *note = a.s;
    *message = b.s;
    return true;
}

/* As it leaves its node. */
static void spy(struct sim *s, const struct bundle *b)
{
    struct str note, message, rest = b->file;
    int record, field;

    if (token_next(s, &rest, &record, &field))
        violation(s, "a bundle of %s tells whoever finds it of record %d", s->node[b->from].name, record);
    if (open_as(s, b->to, b->file, &note, &message))
        wire_message(s, b->from, b->to, message);
    else
        violation(s, "a bundle for %s cannot be opened there", s->node[b->to].name);
}

/* ---- filling, reading ---- */

/* What node_op says. */
static int fill(struct sim *s, unsigned from, unsigned to, struct bundle *out)
{
    const char *path = path_of(s, from),
               *words[] = {"bundle", "do", "write", "what", s->node[to].name, "out", path, NULL};
    int rc = node_op(s, from, words, NULL);

    *out = (struct bundle){from, to, {NULL, 0}};
    if (rc == 0 && file_read(s->arena, path, BUNDLE_MAX, &out->file, &s->node[from].err) < 0)
        abort();
    if (rc == 0)
        spy(s, out);
    return rc;
}

/* The same; *opened: it is one, and for this node. With `back`, the answer to it is filled in. */
static int read_at(struct sim *s, unsigned n, const struct bundle *b, struct bundle *back, bool *opened)
{
    const char *path = path_of(s, n), *answer = arena_fmt(s->arena, "%s.back", path).p,
               *words[] = {"bundle", "do", "read", "what", path, back ? "out" : NULL, answer, NULL};
    int rc;

    write_file(path, b->file);
    rc = node_op(s, n, words, opened);
    s->tally.bundles += *opened;
    if (back)
        *back = (struct bundle){n, b->from, {NULL, 0}};
    if (rc != NODE_DIED && back && *opened &&
        file_read(s->arena, answer, BUNDLE_MAX, &back->file, &s->node[n].err) == 0)
        spy(s, back);
    if (rc < 0)
        say(s, "      bundle: %s", s->node[n].err.text);
    return rc;
}

static void keep(struct sim *s, struct rng *r, const struct bundle *b)
{
    struct stick *k = s->stick;

    if (b->file.n == 0)
        return;
    k->bundle[k->n < STICKS ? k->n++ : rng_of(r, STICKS)] = *b;
}

static void read_good(struct sim *s, struct rng *r, const struct bundle *b)
{
    struct bundle back = {0};
    bool opened, answer = rng_hit(r, 60);
    const struct mgot *got;
    int rc = read_at(s, b->to, b, answer ? &back : NULL, &opened);

    if (rc != NODE_DIED && !opened)
        violation(s, "%s does not read a bundle that is for it: %s", s->node[b->to].name,
                  s->node[b->to].err.text);
    keep(s, r, &back);
    if (rc < 0 || rng_hit(r, 60))
        return;
    got = s->node[b->to].got;
    rc = read_at(s, b->to, b, NULL, &opened);
    if (rc != NODE_DIED && s->node[b->to].got != got)
        violation(s, "%s took the same bundle twice", s->node[b->to].name);
}

/* ---- what must not be taken ---- */

static void read_bad(struct sim *s, unsigned n, const struct bundle *b, const char *how)
{
    uint64_t seen;
    bool opened;
    int rc;

    check_follow(s, n);
    seen = s->node[n].seen;
    rc = read_at(s, n, b, NULL, &opened);

    if (rc != NODE_DIED && (rc == 0 || opened || s->node[n].seen != seen))
        violation(s, "%s took a bundle that was %s", s->node[n].name, how);
    s->tally.refused++;
}

static unsigned somebody_else(const struct sim *s, struct rng *r, unsigned n)
{
    return (n + 1 + (unsigned)rng_of(r, s->nodes - 1)) % s->nodes;
}

/* The file for one office, with the lines for another, which may hope for more. */
static void read_renamed(struct sim *s, struct rng *r, const struct bundle *b)
{
    unsigned thief = somebody_else(s, r, b->to);
    struct bundle to = {b->from, thief, b->file};

    if (rng_hit(r, 50)) {
        to.file = file_of(s, thief, sealed_part(b->file));
    }
    read_bad(s, thief, &to, "for somebody else");
}

static void read_damaged(struct sim *s, struct rng *r, const struct bundle *b)
{
    struct bundle bad = {b->from, b->to, arena_copy(s->arena, b->file)};
    char *p = (char *)(uintptr_t)bad.file.p;

    p[rng_of(r, bad.file.n)] ^= (char)(1 << rng_of(r, 8));
    read_bad(s, b->to, &bad, "damaged");
}

/* The signed lines with another addressee; the signature stays what it was. */
static struct str readdressed(const struct sim *s, struct str note, unsigned from, unsigned to)
{
    struct str line = arena_fmt(s->arena, "\nto %s\n", s->node[from].name);
    const char *p = memmem(note.p, note.n, line.p, line.n);
    size_t at = (size_t)(p - note.p);

    return arena_fmt(s->arena, "%.*s\nto %s\n%.*s", (int)at, note.p, s->node[to].name,
                     (int)(note.n - at - line.n), p + line.n);
}

/* Whoever may open it seals it anew. */
static void read_forged(struct sim *s, struct rng *r, const struct bundle *b)
{
    unsigned to = somebody_else(s, r, b->to);
    struct bundle forged = {b->from, to, {NULL, 0}};
    struct str note, message;
    struct buf plain;
    uint8_t *sealed;

    if (!open_as(s, b->to, b->file, &note, &message))
        return;
    if (rng_hit(r, 50))
        note = readdressed(s, note, b->to, to);
    buf_init(&plain, BUNDLE_MAX);
    cbor_array(&plain, 2);
    cbor_bytes(&plain, note);
    cbor_bytes(&plain, message);
    sealed = arena_alloc(s->arena, plain.n + BOX_EXTRA);
    if (!box_seal(sealed, buf_view(&plain), node_box_public(to)))
        abort();
    forged.file = file_of(s, to, str_n((char *)sealed, plain.n + BOX_EXTRA));
    buf_free(&plain);
    read_bad(s, to, &forged, "signed for somebody else");
}

/* ---- steps ---- */

void bundle_step(struct sim *s, unsigned a, unsigned b, struct rng *r)
{
    struct bundle fresh;
    struct stick *k;

    /* what a liar says is bent on the line: his bundles would tell the truth */
    if (s->liar == (int)a || s->liar == (int)b)
        return;
    if (s->stick == NULL)
        s->stick = arena_alloc(s->arena, sizeof *s->stick);
    k = s->stick;
    if ((k->n == 0 || rng_hit(r, 75)) && fill(s, a, b, &fresh) == 0)
        keep(s, r, &fresh);
    for (uint64_t left = 1 + rng_of(r, 3); left > 0 && k->n > 0 && !broken(s); left--) {
        unsigned at = (unsigned)rng_of(r, k->n);
        struct bundle one = k->bundle[at];
        uint64_t what = rng_of(r, 10);
        if (what == 0)
            read_renamed(s, r, &one);
        else if (what == 1)
            read_damaged(s, r, &one);
        else if (what == 2)
            read_forged(s, r, &one);
        else if (what < 9)
            read_good(s, r, &one);
        if (what == 9 || rng_hit(r, 30)) /* it is lost, or thrown away */
            k->bundle[at] = k->bundle[--k->n];
    }
}

bool bundle_round(struct sim *s, unsigned a, unsigned b)
{
    uint64_t seen = s->node[a].seen + s->node[b].seen;
    struct bundle there, back = {0};
    bool opened;

    if (fill(s, a, b, &there) < 0 || read_at(s, b, &there, &back, &opened) < 0 ||
        read_at(s, a, &back, NULL, &opened) < 0)
        violation(s, "a bundle of %s for %s fails in peace: %s, %s", s->node[a].name, s->node[b].name,
                  s->node[a].err.text, s->node[b].err.text);
    return s->node[a].seen + s->node[b].seen != seen;
}
