/*
 * bundle.c: the same conversation without a line: `bundle write PEER` puts all that there is for a peer into one file,
 * sealed to the key on its card; `bundle read FILE` takes one in, and writes the answer: receipts, and what goes the
 * other way. What is in it proves itself as it does on a line; a bundle that is read twice, or late, or never, does
 * no harm.
 *
 *     puente bundle v1 LF
 *     to OFFICE LF
 *     LF
 *     sealed box (libsodium crypto_box_seal, X25519) over deterministic CBOR [note, message]
 *
 * The note is signed by the sender's log key over
 *
 *     puente bundle v1
 *     from OFFICE
 *     to OFFICE
 *     made TIME
 *     message SHA-256, hexadecimal
 */
#include "base/cbor.h"
#include "exchange/peer.h"
#include "exchange/talk.h"

#define MAGIC "puente bundle v1\n"

/* ---- the file ---- */

static struct str signed_note(struct ctx *c, struct str peer, struct str message)
{
    struct str office = node_office(c), out;
    uint8_t digest[HASH_SIZE];
    char made[TIME_SIZE];
    struct buf note;

    sha256_one(digest, message);
    time_format(c->world->now(c->world->arg), made);
    buf_init(&note, NOTE_MAX);
    journal_sign(c->journal,
                 arena_fmt(c->arena, MAGIC "from %.*s\nto %.*s\nmade %s\nmessage %.*s\n", STR_ARG(office),
                           STR_ARG(peer), made, STR_ARG(hex_encode(c->arena, str_n(digest, HASH_SIZE)))),
                 &note);
    out = arena_copy(c->arena, buf_view(&note));
    buf_free(&note);
    return out;
}

static int seal(struct ctx *c, const struct peer *to, struct str message, const char *path)
{
    struct buf plain, file;
    char *sealed;
    int rc = -1;

    buf_init(&plain, BUNDLE_MAX + NOTE_MAX);
    buf_init(&file, BUNDLE_MAX + 2 * NOTE_MAX);
    cbor_array(&plain, 2);
    cbor_bytes(&plain, signed_note(c, to->office, message));
    cbor_bytes(&plain, message);
    buf_fmt(&file, MAGIC "to %.*s\n\n", STR_ARG(to->office));
    sealed = buf_room(&file, plain.n + BOX_EXTRA);
    if (plain.over || sealed == NULL) {
        err_set(c->err, ERR_LIMIT, N_("a bundle would be larger than %zu MiB"), BUNDLE_MAX >> 20);
    } else if (!box_seal((uint8_t *)sealed, buf_view(&plain), to->box_key)) {
        err_set(c->err, ERR_DATA, N_("the sealing key of %.*s is none"), STR_ARG(to->office));
    } else {
        file.n += plain.n + BOX_EXTRA;
        rc = file_write(path, buf_view(&file), 0600, c->err);
    }
    buf_free(&file);
    buf_free(&plain);
    return rc;
}

static int not_one(struct ctx *c)
{
    return err_set(c->err, ERR_DATA, N_("this is not a bundle for this node"));
}

static bool take_line(struct str *rest, const char *word, struct str *value)
{
    struct str l, w = str_z(word);

    if (!str_split(rest, '\n', &l) || !str_starts(l, w))
        return false;
    *value = str_n(l.p + w.n, l.n - w.n);
    return true;
}

/* The plain bytes, in the arena. */
static int open_sealed(struct ctx *c, struct str file, struct str *plain)
{
    const struct tls_node n = {c->dir, journal_who(c->journal)->office, c->world};
    struct str rest = file, to, empty;
    struct tls_own own;
    char *p;
    bool ok;

    if (!str_starts(file, S(MAGIC)) || !take_line(&rest, "puente bundle v1", &empty) ||
        !take_line(&rest, "to ", &to) || !take_line(&rest, "", &empty) || empty.n || rest.n < BOX_EXTRA)
        return not_one(c);
    if (!str_eq(to, node_office(c)))
        return err_set(c->err, ERR_DATA, N_("this bundle is for %.*s"), STR_ARG(to));
    if (tls_own(c->arena, &n, TLS_KEEP, &own, c->err) < 0)
        return -1;
    p = arena_alloc(c->arena, rest.n);
    ok = box_open((uint8_t *)p, rest, own.box_secret);
    tls_own_wipe(&own);
    *plain = str_n(p, rest.n - BOX_EXTRA);
    return ok ? 0 : not_one(c);
}

/* From whom it is, by a signature that holds, and the message in it. */
static int open_bundle(struct ctx *c, struct str file, struct str *from, struct str *message)
{
    struct str plain, rest, empty, to, made, digest;
    uint8_t is[HASH_SIZE], said[HASH_SIZE];
    struct cbor_item list, note, body;
    struct peer peer;
    struct note n;
    size_t got;

    if (open_sealed(c, file, &plain) < 0)
        return -1;
    if (!cbor_expect(&plain, CBOR_ARRAY, &list) || list.i != 2 || !cbor_expect(&plain, CBOR_BYTES, &note) ||
        !cbor_expect(&plain, CBOR_BYTES, &body) || plain.n || !note_parse(note.s, &n))
        return not_one(c);
    rest = n.text;
    if (!take_line(&rest, "puente bundle v1", &empty) || !take_line(&rest, "from ", from) ||
        !take_line(&rest, "to ", &to) || !take_line(&rest, "made ", &made) ||
        !take_line(&rest, "message ", &digest) || !str_eq(to, node_office(c)) ||
        !hex_decode(digest, said, sizeof said, &got) || got != sizeof said)
        return not_one(c);
    sha256_one(is, body.s);
    if (peer_find(c, c->arena, *from, &peer) < 0)
        return -1;
    if (memcmp(is, said, sizeof is) != 0 || !note_verify(&n, &peer.verifier))
        return not_one(c);
    *message = body.s;
    return 0;
}

/* ---- what is in it ---- */

static int write_for(struct talk *t, const struct peer *to, const char *path)
{
    struct buf message;
    int rc;

    t->as = TALK_WRITES;
    buf_init(&message, BUNDLE_MAX);
    rc = talk_say(t, &message);
    t->out->bytes_out = message.n;
    if (rc == 0)
        rc = seal(&t->c, to, buf_view(&message), path);
    buf_free(&message);
    return rc;
}

static int run_write(struct ctx *c, const struct args *a, struct out *o)
{
    struct peer to;
    struct synced s;
    struct talk t;
    int rc;

    if (!arg_given(a, "what") || arg(a, "what").n == 0 || !arg_given(a, "out"))
        return err_set(c->err, ERR_USAGE, N_("say for which office, and with --out into which file"));
    if (peer_find(c, c->arena, arg(a, "what"), &to) < 0)
        return -1;
    talk_begin(&t, c, to.office, &s);
    rc = write_for(&t, &to, arena_z(c->arena, arg(a, "out")));
    talk_end(&t);
    if (rc < 0)
        return -1;
    out_str(o, "to", to.office);
    out_int(o, "bytes", (int64_t)s.bytes_out);
    return 0;
}

static int run_read(struct ctx *c, const struct args *a, struct out *o)
{
    struct str file, from, bytes;
    struct message m;
    struct peer back;
    struct synced s;
    struct talk t;
    int rc;

    if (file_read(c->arena, arena_z(c->arena, arg(a, "what")), BUNDLE_MAX + 2 * NOTE_MAX, &file, c->err) <
            0 ||
        open_bundle(c, file, &from, &bytes) < 0)
        return -1;
    if (!message_parse(c->arena, bytes, &m))
        return not_one(c);
    talk_begin(&t, c, from, &s);
    t.as = TALK_WRITES;
    rc = talk_hear(&t, &m);
    if (rc == 0 && arg_given(a, "out"))
        rc = peer_find(c, c->arena, from, &back) < 0
                 ? -1
                 : write_for(&t, &back, arena_z(c->arena, arg(a, "out")));
    if (rc == 0) {
        out_str(o, "from", from);
        exchange_say_synced(o, &s);
        if (talk_refusal(&t, c->err) < 0)
            rc = -1;
    }
    talk_end(&t);
    return rc;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    return str_eq(arg(a, "do"), S("write")) ? run_write(c, a, o) : run_read(c, a, o);
}

static const char *const doings[] = {"read", "write", NULL};
static const struct param params[] = {
    {"do", P_CHOICE, .positional = true, .required = true, .choices = doings,
     .help = N_("write one, or read one")},
    {"what", P_TEXT, .positional = true, .required = true,
     .help = N_("the office it is for; the file to read")},
    {"out", P_TEXT, .help = N_("the file to write; when reading: the answer with the receipts")},
    {0},
};

const struct op op_bundle = {
    .name = "bundle",
    .summary = N_("exchange without a line: one sealed file there, one back"),
    .help = N_("What `sync` would carry, in a file that only the other office's node can open, with the "
               "same proofs. The "
               "file that reading writes goes back: it has the receipts, and what goes the other way."),
    .params = params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run,
    .example = "bundle write mx.anam --out for-anam.bundle",
};
