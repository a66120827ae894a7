/*
 * sign.c: how two offices come to sign one text: `agreement draft`, `propose` and `sign`. A proposal is the text as a
 * signed note: a file that can be handed over like a card, or what the next exchange brings. To sign is to run the
 * examples first: a text whose examples do not hold on this node is not signed by it.
 */
#include "release/internal.h"

/* A paper of this node's own, into the journal. */
int agreement_keep(struct ctx *c, struct str note)
{
    struct record *act;
    bool is_known;

    if (paper_check(c, note, agreement_own(c), &act, &is_known) < 0)
        return -1;
    return is_known ? 0 : node_append(c, &act, 1, NULL);
}

/* This node signs one text of a version and no other: what it signs is what it means. */
static int signed_other(struct ctx *c, const struct program *p)
{
    struct query *q =
        views_query(c->views,
                    "SELECT 1 FROM release_paper p JOIN release_signature s ON s.digest = p.digest WHERE "
                    "p.agreement = ?1 AND "
                    "p.form = 'agreement' AND p.version = ?2 AND p.digest <> ?3 AND s.signer = ?4 LIMIT 1",
                    c->err);
    int rc = -1;

    if (q) {
        query_bind_blob(q, 1, str_n(p->id, 16));
        query_bind_int(q, 2, p->version);
        query_bind_blob(q, 3, str_n(p->digest, HASH_SIZE));
        query_bind_text(q, 4, agreement_own(c));
        rc = query_step(q, c->err);
    }
    query_done(q);
    if (rc == 1)
        return err_set(c->err, ERR_CONFLICT, N_("this node has signed another text of version %u"),
                       p->version);
    return rc;
}

static struct str other_office(struct ctx *c, const struct program *p)
{
    return p->office[str_eq(p->office[0], agreement_own(c))];
}

static int no_peer(struct ctx *c, struct str peer)
{
    return err_set(c->err, ERR_NOT_FOUND, N_("this node has not met %.*s: see `puente help meet`"),
                   STR_ARG(peer));
}

static int is_met(struct ctx *c, const struct program *p)
{
    struct str peer = other_office(c, p), key;

    if (paper_key(c, peer, &key) < 0)
        return -1;
    return key.n ? 0 : no_peer(c, peer);
}

/* The paper for whoever it is handed to. */
static int write_out(struct ctx *c, const struct program *p, struct str file)
{
    struct str note;
    int rc = file.n ? paper_get(c, p->digest, &note) : 0;

    return rc == 1 ? file_write(arena_z(c->arena, file), note, 0644, c->err) : rc;
}

static int say_next(struct ctx *c, const struct program *p, struct str file, struct out *o)
{
    struct str peer = other_office(c, p);
    struct state s;

    if (state_load(c, p->id, c->world->now(c->world->arg), &s) < 0)
        return -1;
    if (file.n)
        out_str(o, "file", file);
    if (s.program && memcmp(s.program->digest, p->digest, HASH_SIZE) == 0)
        out_str(o, "next_step",
                arena_fmt(c->arena, tr(c->lang, N_("puente sync %.*s exchanges what it lets through")),
                          STR_ARG(peer)));
    else if (!s.coming || memcmp(s.coming->digest, p->digest, HASH_SIZE) != 0)
        out_str(o, "next_step",
                file.n
                    ? arena_fmt(c->arena,
                                tr(c->lang, N_("give the file to %.*s, who signs it: puente agreement "
                                               "sign %.*s")),
                                STR_ARG(peer), STR_ARG(file))
                    : arena_fmt(c->arena,
                                tr(c->lang, N_("it goes to %.*s with the next puente sync; they sign it: "
                                               "puente agreement sign ID")),
                                STR_ARG(peer)));
    return 0;
}

static int sign_program(struct ctx *c, const struct program *p, struct str file, struct out *o)
{
    struct str note;
    struct note n;
    struct buf b;
    int rc;

    if (is_met(c, p) < 0 || signed_other(c, p) < 0 || node_writable(c) < 0)
        return -1;
    buf_init(&b, NOTE_MAX);
    rc = paper_get(c, p->digest, &note);
    if (rc == 1 && note_parse(note, &n))
        journal_countersign(c->journal, &n, &b);
    else if (rc >= 0)
        journal_sign(c->journal, p->text, &b);
    if (rc >= 0)
        rc = agreement_keep(c, buf_view(&b));
    buf_free(&b);
    if (rc < 0)
        return -1;
    agreement_say_head(c, p, o);
    return agreement_say_standing(c, p->id, o) < 0 || write_out(c, p, file) < 0 ? -1
                                                                                : say_next(c, p, file, o);
}

int agreement_read(struct ctx *c, struct str file, struct str *text)
{
    if (file.n == 0)
        return err_set(c->err, ERR_USAGE, N_("name the file with the agreement's text"));
    return file_read(c->arena, arena_z(c->arena, file), NOTE_MAX, text, c->err);
}

/* The usual text with an office that was met, as `agreement draft` writes it. */
static int drafted(struct ctx *c, struct str peer, struct str basis, struct str *text)
{
    struct buf b;
    int rc;

    basis = str_trim(basis);
    if (basis.n > PROGRAM_LINE || (basis.n && (!program_plain(basis) || memchr(basis.p, '\n', basis.n))))
        return err_set(c->err, ERR_USAGE, N_("the legal basis is one line of text"));
    buf_init(&b, PROGRAM_BYTES);
    rc = draft_text(c, peer, basis, &b);
    *text = arena_copy(c->arena, buf_view(&b));
    buf_free(&b);
    return rc;
}

int agreement_propose(struct ctx *c, const struct args *a, struct out *o)
{
    struct str what = arg(a, "what"), text, key = {NULL, 0};
    struct program *p;

    if (journal_office_ok(what) && paper_key(c, what, &key) < 0)
        return -1;
    if (key.n && !arg_given(a, "basis"))
        return err_set(
            c->err, ERR_USAGE,
            N_("say with --basis which treaty, law and article the usual text rests on, or write "
               "your own: puente agreement draft %.*s"),
            STR_ARG(what));
    if (key.n == 0 && agreement_read(c, what, &text) < 0)
        return journal_office_ok(what) ? no_peer(c, what) : -1;
    if (key.n && drafted(c, what, arg(a, "basis"), &text) < 0)
        return -1;
    p = agreement_examine(c, text, o);
    return p ? sign_program(c, p, arg(a, "out"), o) : 1;
}

/* What the other side proposes and this one has not signed; the digest says which, when there are several. */
static int unsigned_text(struct ctx *c, const uint8_t id[16], struct str digest, struct str *text)
{
    struct query *q = views_query(c->views,
                                  "SELECT text, lower(hex(digest)) FROM release_paper p WHERE agreement = "
                                  "?1 AND form = 'agreement' AND NOT "
                                  "EXISTS (SELECT 1 FROM release_signature s WHERE s.digest = p.digest AND "
                                  "s.signer = ?2) GROUP BY digest",
                                  c->err);
    size_t n = 0;
    int rc = -1;

    if (q) {
        query_bind_blob(q, 1, str_n(id, 16));
        query_bind_text(q, 2, agreement_own(c));
        while ((rc = query_step(q, c->err)) == 1)
            if (digest.n == 0 || str_eq(digest, query_text(q, 1))) {
                *text = arena_copy(c->arena, query_text(q, 0));
                n++;
            }
    }
    query_done(q);
    if (rc < 0)
        return -1;
    if (n == 0)
        return err_set(c->err, ERR_NOT_FOUND,
                       N_("there is no text of this agreement that waits for a signature"));
    if (n > 1)
        return err_set(
            c->err, ERR_CONFLICT,
            N_("%zu texts wait for a signature: say which with --digest (`puente agreement show`)"), n);
    return 0;
}

/* A proposal that was handed over as a file: it must have the other side's signature, or it is none. */
static int sign_file(struct ctx *c, const struct args *a, struct out *o)
{
    struct faults ignored = {0};
    struct signed_by by[2];
    struct record *act;
    struct paper paper;
    struct program *p;
    bool known, theirs = false;
    struct str note;
    size_t n;

    if (agreement_read(c, arg(a, "what"), &note) < 0)
        return -1;
    if (!note_parse(note, &paper.note))
        return err_set(c->err, ERR_DATA,
                       N_("this is no proposal: a text becomes one when the other office signs it"));
    if (!(p = agreement_examine(c, paper.note.text, o)))
        return 1;
    if (is_met(c, p) < 0)
        return -1;
    if (!paper_read(c->arena, note, &ignored, &paper))
        return err_set(c->err, ERR_DATA, N_("it is no paper under an agreement"));
    n = paper_signatures(c->arena, &paper, p, by);
    for (size_t i = 0; i < n; i++)
        theirs = theirs || str_eq(by[i].office, other_office(c, p));
    if (!theirs)
        return err_set(c->err, ERR_DENIED, N_("the signature of %.*s is not on it"),
                       STR_ARG(other_office(c, p)));
    if (paper_check(c, note, other_office(c, p), &act, &known) < 0 ||
        (act && node_append(c, &act, 1, NULL) < 0))
        return -1;
    return sign_program(c, p, arg(a, "out"), o);
}

int agreement_sign(struct ctx *c, const struct args *a, struct out *o)
{
    struct program *p;
    struct str text;
    uint8_t id[16];

    if (!uuid_parse(arg(a, "what"), id))
        return sign_file(c, a, o);
    if (unsigned_text(c, id, arg(a, "digest"), &text) < 0)
        return -1;
    p = agreement_examine(c, text, o);
    return p ? sign_program(c, p, arg(a, "out"), o) : 1;
}

int agreement_draft(struct ctx *c, const struct args *a, struct out *o)
{
    struct str peer = arg(a, "what"), file = arg(a, "out"), text;

    if (peer.n == 0)
        return err_set(c->err, ERR_USAGE, N_("say with whom: puente agreement draft PEER"));
    if (drafted(c, peer, arg(a, "basis"), &text) < 0)
        return -1;
    if (file.n == 0) {
        out_line(o, text);
        return 0;
    }
    if (file_write(arena_z(c->arena, file), text, 0644, c->err) < 0)
        return -1;
    out_str(o, "file", file);
    out_str(o, "next_step",
            arena_fmt(c->arena,
                      tr(c->lang, N_("take out what you do not mean, then puente agreement propose %.*s")),
                      STR_ARG(file)));
    return 0;
}
