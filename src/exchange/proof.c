/*
 * proof.c: `proof ID`: one file for a judge: what was said through a channel, under which clause, when the other side
 * acknowledged it, and that the channel has only grown since. judge/verify.c has the format, and checks it with
 * nothing of ours. The leaf of an entry does not depend on the fields that are shown, so a proof may show fewer than
 * travelled: personal data only for a purpose and a case, and no more than --fields names.
 */
#include "exchange/internal.h"

#define PROOF_MOST ((size_t)24 << 20)

struct proving {
    struct ctx *c;
    struct str id;   /* of the record here, 16 bytes */
    struct str peer; /* or empty: the first who got it, or the one who gave it */
    struct channel ch;
    struct wire_entry w;
    struct channel_state state;
    struct str paper;
};

/* ---- the entry ---- */

static struct channel channel_at(struct ctx *c, const struct query *q)
{
    struct channel ch = {.giver = arena_copy(c->arena, query_text(q, 1)),
                         .taker = arena_copy(c->arena, query_text(q, 2)),
                         .epoch = (uint64_t)query_int(q, 3)};

    if (query_blob(q, 0).n == sizeof ch.agreement)
        memcpy(ch.agreement, query_blob(q, 0).p, sizeof ch.agreement);
    return ch;
}

/* 1: it came in, and this is the evidence. 0: it did not. */
static int find_taken(struct proving *p)
{
    struct query *q = views_query(p->c->views,
                                  "SELECT agreement, giver, taker, epoch, wire FROM v_disclosure"
                                  " WHERE about = ?1 AND erased = 0 AND (?2 = '' OR giver = ?2)"
                                  " ORDER BY seq DESC LIMIT 1",
                                  p->c->err);
    int rc;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, p->id);
    query_bind_text(q, 2, p->peer);
    rc = query_step(q, p->c->err);
    if (rc == 1) {
        p->ch = channel_at(p->c, q);
        if (!entry_get(arena_copy(p->c->arena, query_blob(q, 4)), &p->w))
            rc = err_set(p->c->err, ERR_CORRUPT, N_("the evidence of this record is damaged"));
    }
    query_done(q);
    return rc;
}

/* The disclosure made again, and with it the entry. */
static int make_again(struct proving *p)
{
    struct entry x;
    struct buf b;
    uint64_t fields = p->w.fields;
    int rc;

    if (journal_get(p->c->journal, p->c->arena, (const uint8_t *)p->id.p, &x, p->c->err) < 0)
        return -1;
    if (x.erased)
        return err_set(p->c->err, ERR_NOT_FOUND,
                       N_("the record was erased: its values can be proven no more"));
    buf_init(&b, (size_t)8 << 20);
    rc = give_entry(p->c, &x, &p->w, &b);
    p->w.disclosure = arena_copy(p->c->arena, buf_view(&b));
    buf_free(&b);
    if (rc == 0 || (rc == 1 && p->w.fields != fields))
        rc = err_set(p->c->err, ERR_CORRUPT, N_("what was given cannot be made again"));
    return rc;
}

static int find_given(struct proving *p)
{
    struct query *q =
        views_query(p->c->views,
                    "SELECT d.agreement, d.giver, d.taker, d.epoch, d.first + g.place, g.fields,"
                    " g.version, g.clause FROM release_given g"
                    " JOIN release_dispatch d ON d.seq = g.dispatch"
                    " WHERE g.id = ?1 AND (?2 = '' OR d.taker = ?2) ORDER BY d.seq LIMIT 1",
                    p->c->err);
    int rc;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, p->id);
    query_bind_text(q, 2, p->peer);
    rc = query_step(q, p->c->err);
    if (rc == 1) {
        p->ch = channel_at(p->c, q);
        p->w = (struct wire_entry){.number = (uint64_t)query_int(q, 4),
                                   .fields = (uint64_t)query_int(q, 5),
                                   .version = (uint16_t)query_int(q, 6),
                                   .clause = (uint16_t)query_int(q, 7)};
    }
    query_done(q);
    return rc == 1 ? make_again(p) : rc;
}

/* ---- the paper ---- */

static int find_paper(struct proving *p)
{
    struct query *q =
        views_query(p->c->views,
                    "SELECT p.digest FROM release_paper p WHERE p.agreement = ?1 AND"
                    " p.form = 'agreement' AND p.version = ?2 AND (SELECT count(DISTINCT"
                    " s.signer) FROM release_signature s WHERE s.digest = p.digest) = 2 LIMIT 1",
                    p->c->err);
    uint8_t digest[HASH_SIZE];
    int rc;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(p->ch.agreement, 16));
    query_bind_int(q, 2, p->w.version);
    rc = query_step(q, p->c->err);
    if (rc == 1 && query_blob(q, 0).n == HASH_SIZE)
        memcpy(digest, query_blob(q, 0).p, HASH_SIZE);
    else if (rc >= 0)
        rc = err_set(p->c->err, ERR_CORRUPT,
                     N_("the agreement that the record travelled under is not here"));
    query_done(q);
    return rc < 0 ? -1 : paper_get(p->c, digest, &p->paper) == 1 ? 0 : -1;
}

/* ---- writing ---- */

static void line(struct buf *b, const char *word, struct str bytes)
{
    buf_fmt(b, "%s ", word);
    base64_put(b, bytes);
    buf_char(b, '\n');
}

static void hashes(struct buf *b, const char *word, const struct merkle_proof *m)
{
    buf_z(b, word);
    for (size_t i = 0; i < m->n; i++) {
        buf_char(b, ' ');
        base64_put(b, str_n(m->hash[i], HASH_SIZE));
    }
    buf_char(b, '\n');
}

/* The head that the taker cosigned: the first over the entry, or the latest. 1, 0 = none yet, -1. */
static int receipt(struct proving *p, bool latest, uint64_t *size, struct str *note)
{
    const char *sql = latest ? "SELECT size, note FROM v_receipt WHERE agreement = ?1 AND giver = ?2 AND"
                               " taker = ?3 AND epoch = ?4 AND size > ?5 AND erased = 0 ORDER BY size DESC"
                               " LIMIT 1"
                             : "SELECT size, note FROM v_receipt WHERE agreement = ?1 AND giver = ?2 AND"
                               " taker = ?3 AND epoch = ?4 AND size > ?5 AND erased = 0 ORDER BY size, seq"
                               " LIMIT 1";
    struct query *q = views_query(p->c->views, sql, p->c->err);
    int rc;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(p->ch.agreement, 16));
    query_bind_text(q, 2, p->ch.giver);
    query_bind_text(q, 3, p->ch.taker);
    query_bind_int(q, 4, (int64_t)p->ch.epoch);
    query_bind_int(q, 5, (int64_t)p->w.number);
    rc = query_step(q, p->c->err);
    if (rc == 1) {
        *size = (uint64_t)query_int(q, 0);
        *note = arena_copy(p->c->arena, query_blob(q, 1));
    }
    query_done(q);
    return rc;
}

static int write_heads(struct proving *p, struct buf *b)
{
    struct channel_tree tree;
    struct merkle_source from = channel_source(&tree, p->c, &p->state);
    struct merkle_proof m;
    struct str head, later;
    uint64_t size, now;
    int rc = receipt(p, false, &size, &head);

    if (rc == 0)
        return err_set(p->c->err, ERR_NOT_FOUND,
                       N_("%.*s has not acknowledged it yet: there is nothing to prove before that"),
                       STR_ARG(p->ch.taker));
    if (rc < 0 || merkle_inclusion(&from, p->w.number, size, &m, p->c->err) < 0)
        return -1;
    line(b, "head", head);
    hashes(b, "path", &m);
    if (receipt(p, true, &now, &later) != 1 || merkle_consistency(&from, size, now, &m, p->c->err) < 0)
        return -1;
    line(b, "later", later);
    hashes(b, "growth", &m);
    return 0;
}

static int write_entry(struct proving *p, uint64_t show, struct buf *b)
{
    struct buf disclosure, entry;
    int rc;

    buf_init(&disclosure, (size_t)8 << 20);
    buf_init(&entry, (size_t)8 << 20);
    rc = schema_narrow(&disclosure, p->w.disclosure, show, p->c->err);
    p->w.disclosure = buf_view(&disclosure);
    if (rc == 0) {
        entry_put(&entry, &p->w);
        line(b, "entry", buf_view(&entry));
    }
    p->w.disclosure = (struct str){NULL, 0};
    buf_free(&entry);
    buf_free(&disclosure);
    return rc;
}

static int write_proof(struct proving *p, const struct kind *k, uint64_t show, struct buf *b)
{
    struct channel ch = p->ch;

    if (channel_state(p->c, &ch, &p->state) < 0 || find_paper(p) < 0)
        return -1;
    buf_z(b, "puente proof v1\n");
    line(b, "agreement", p->paper);
    buf_fmt(b, "kind %s\n", k->name);
    if (write_entry(p, show, b) < 0 || write_heads(p, b) < 0)
        return -1;
    for (int i = 0; i < k->fields; i++)
        if (show >> i & 1)
            buf_fmt(b, "field %d %s %d\n", i + 1, k->field[i].name, k->field[i].scale);
    return b->over ? err_set(p->c->err, ERR_LIMIT, N_("the proof is too large")) : 0;
}

/* ---- the verb ---- */

/* The fields asked for; all when none is named. */
static int asked_fields(struct ctx *c, const struct args *a, const struct kind *k, uint64_t *out)
{
    *out = arg_count(a, "fields") ? 0 : UINT64_MAX;
    for (size_t i = 0; i < arg_count(a, "fields"); i++) {
        int f = schema_field(k, arg_nth(a, "fields", i));
        if (f < 0)
            return err_set(c->err, ERR_USAGE, N_("%s has no field “%.*s”"), k->name,
                           STR_ARG(arg_nth(a, "fields", i)));
        *out |= UINT64_C(1) << f;
    }
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct proving p = {.c = c, .peer = arg(a, "peer")};
    struct disclosed d;
    struct look l;
    uint8_t id[16];
    uint64_t show;
    struct buf b;
    int rc;

    if (!uuid_parse(arg(a, "id"), id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a record"), STR_ARG(arg(a, "id")));
    p.id = str_n(id, sizeof id);
    rc = find_taken(&p);
    if (rc == 0)
        rc = find_given(&p);
    if (rc == 0)
        return err_set(
            c->err, ERR_NOT_FOUND,
            N_("this record went through no channel, in or out: `prove` proves that this node has it"));
    if (rc < 0 || schema_disclosed(c->arena, p.w.disclosure, &d, c->err) < 0 ||
        asked_fields(c, a, d.record->kind, &show) < 0)
        return -1;
    l = look_at(c, d.record->kind);
    show &= d.record->have & ~l.hide;
    if (show & l.personal && look_log(c, &l, &(struct looked){"proof", p.id, S(""), 1}) < 0)
        return -1;
    buf_init(&b, PROOF_MOST);
    rc = write_proof(&p, d.record->kind, show, &b);
    if (rc == 0)
        out_line(o, buf_view(&b));
    buf_free(&b);
    return rc;
}

static const struct param params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the record's id")},
    {"peer", P_TEXT, .help = N_("the other office, when it went to several")},
    {"fields", P_TEXT, .many = true, .help = N_("show only this field; may be given several times")},
    {0},
};

const struct op op_proof = {
    .name = "proof",
    .summary = N_("write a judge's proof of what was said to the other side, or by it"),
    .help =
        N_("One file: the agreement that both have signed, the entry of the channel with the fields that "
           "are shown, and the heads that one side signed and the other acknowledged. puente-judge, a "
           "program of one file that needs no node and no network, checks it. Personal fields are shown "
           "only for a purpose and a case; the proof holds without them."),
    .params = params,
    .flags = OP_NODE | OP_RAW,
    .method = "GET",
    .path = "/record/{id}/channel-proof",
    .run = run,
    .example = "proof 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a",
};
