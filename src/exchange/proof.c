/*
 * proof.c: `proof ID`: the judge's file: who gave which fields of a record to whom, under which text that both
 * governments signed, and when the other side acknowledged it. It verifies by itself, without a node, with nothing but
 * SHA-256 and Ed25519. One statement a line, in this order; B64 is standard Base64 with padding, HEX lower case:
 *
 *     puente proof v1
 *     giver OFFICE
 *     taker OFFICE
 *     agreement UUID
 *     epoch N                     of the channel, from 1
 *     number N                    of the entry, from 0
 *     paper B64                   the agreement's text with both signatures (C2SP note)
 *     entry B64                   the leaf data: deterministic CBOR {1: number, 2: version of the text, 3: clause,
 *                                 4: fields given (8 bytes, big-endian, bit i = field i + 1), 5: record (UUID),
 *                                 6: commitment (32 bytes)}
 *     disclosure B64              what is shown here, as schema/disclose.c has it; no such line when it was erased
 *     included HEX                one line a hash: the path from the leaf to the root of `receipt`, lowest first
 *     receipt B64                 the head (C2SP checkpoint), signed by the giver, cosigned by the taker, with the time
 *     consistent HEX              one line a hash: from `receipt` to `latest`; none when they are the same
 *     latest B64                  the newest head that the taker has cosigned
 *     kind NUMBER NAME            and a line "field NUMBER NAME SCALE" for each field that the clause names: how they
 *                                 are called; the clause's `schema` is over these lines
 *
 * judge/verify.c says how each part is held to the others, and does it with nothing of ours. The entry does not depend
 * on what is shown: fewer fields may be shown than were given.
 */
#include "exchange/internal.h"

struct proving {
    struct ctx *c;
    struct channel ch;
    struct channel_state state;
    struct wire_entry w; /* its disclosure is what the file shows */
    const struct kind *kind;
    uint64_t show;
    struct buf shown;
    struct str paper, receipt;
    uint64_t named; /* by the clause */
    uint64_t size;  /* of the receipt's head */
};

/* ---- which entry ---- */

static int in_channel(const struct query *q, struct proving *p)
{
    if (query_blob(q, 0).n != 16)
        return 0;
    memcpy(p->ch.agreement, query_blob(q, 0).p, 16);
    p->ch.giver = arena_copy(p->c->arena, query_text(q, 1));
    p->ch.taker = arena_copy(p->c->arena, query_text(q, 2));
    p->ch.epoch = (uint64_t)query_int(q, 3);
    return 1;
}

/* 1: it came from somebody. The fullest of what came. */
static int find_taken(struct proving *p, const uint8_t id[16])
{
    struct query *q = views_query(p->c->views,
                                  "SELECT agreement, giver, taker, epoch, wire FROM v_disclosure WHERE"
                                  " (about = ?1 OR record = ?1) AND erased = 0 ORDER BY seq",
                                  p->c->err);
    struct wire_entry w;
    int rc, found = 0;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(id, 16));
    while ((rc = query_step(q, p->c->err)) == 1)
        if (entry_get(query_blob(q, 4), &w) &&
            (!found || __builtin_popcountll(w.fields) > __builtin_popcountll(p->w.fields))) {
            found = in_channel(q, p);
            entry_get(arena_copy(p->c->arena, query_blob(q, 4)), &p->w);
        }
    query_done(q);
    return rc < 0 ? -1 : found;
}

static int entry_of_dispatch(struct proving *p, const struct query *q, const uint8_t id[16])
{
    struct str entries = query_blob(q, 4);
    struct given g;

    for (uint64_t i = 0; given_take(&entries, &g); i++)
        if (memcmp(g.id, id, 16) == 0) {
            p->w = (struct wire_entry){.number = (uint64_t)query_int(q, 5) + i,
                                       .version = (uint16_t)g.version,
                                       .clause = (uint16_t)g.clause,
                                       .fields = g.fields};
            memcpy(p->w.leaf, g.leaf, HASH_SIZE);
            return in_channel(q, p);
        }
    return 0;
}

/* 1: it was given to somebody (`to`, when that is not empty). The last time it was. */
static int find_given(struct proving *p, const uint8_t id[16], struct str to)
{
    struct query *q = views_query(
        p->c->views,
        "SELECT d.agreement, d.giver, d.taker, d.epoch, v.entries, v.first FROM release_given g"
        " JOIN release_dispatch d ON d.seq = g.dispatch JOIN v_dispatch v ON v.seq = d.seq"
        " WHERE g.id = ?1 AND g.lost = 0 AND (?2 = '' OR d.taker = ?2) ORDER BY d.seq DESC LIMIT 1",
        p->c->err);
    struct entry x;
    int rc, found = 0;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(id, 16));
    query_bind_text(q, 2, to.n ? to : S(""));
    if ((rc = query_step(q, p->c->err)) == 1)
        found = entry_of_dispatch(p, q, id);
    query_done(q);
    if (rc < 0 || !found)
        return rc < 0 ? -1 : 0;
    if (journal_get(p->c->journal, p->c->arena, id, &x, p->c->err) < 0)
        return -1;
    memcpy(p->w.id, x.id, 16);
    memcpy(p->w.commitment, x.commitment, HASH_SIZE);
    p->kind = x.kind;
    if (x.record == NULL)
        return 1;
    rc = give_entry(p->c, &x, &p->w, &p->shown);
    if (rc == 1)
        p->w.disclosure = arena_copy(p->c->arena, buf_view(&p->shown));
    return rc < 0 ? -1 : 1;
}

/* ---- what is shown ---- */

static int wanted_fields(struct proving *p, struct str names, uint64_t *out)
{
    struct str name;

    *out = names.n ? 0 : UINT64_MAX;
    while (names.n && str_split(&names, ',', &name)) {
        int i = schema_field(p->kind, str_trim(name));
        if (i < 0)
            return err_set(p->c->err, ERR_USAGE, N_("%s has no field “%.*s”"), p->kind->name,
                           STR_ARG(name));
        *out |= UINT64_C(1) << i;
    }
    return 0;
}

/* Personal data is shown to who says why; the look is on record before the file is written. */
static int narrow(struct proving *p, const struct args *a, const uint8_t id[16])
{
    struct looked looked = {.op = "proof", .id = str_n(id, 16), .count = 1};
    struct disclosed d;
    struct look look;
    uint64_t want;

    if (p->w.disclosure.n == 0)
        return 0;
    if (schema_disclosed(p->c->arena, p->w.disclosure, &d, p->c->err) < 0)
        return -1;
    p->kind = d.record->kind;
    look = look_at(p->c, p->kind);
    if (wanted_fields(p, arg(a, "fields"), &want) < 0)
        return -1;
    p->show = d.record->have & want & ~look.hide;
    if ((p->show & look.personal) && look_log(p->c, &look, &looked) < 0)
        return -1;
    buf_reset(&p->shown);
    if (schema_narrow(&p->shown, p->w.disclosure, p->show, p->c->err) < 0)
        return -1;
    p->w.disclosure = buf_view(&p->shown);
    return 0;
}

/* ---- papers and heads ---- */

/* The one that both have signed: anybody can propose another text of the same version. */
static int find_paper(struct proving *p)
{
    struct query *q = views_query(
        p->c->views,
        "SELECT digest FROM release_paper p WHERE agreement = ?1 AND form = 'agreement' AND version = ?2 "
        "AND"
        " (SELECT count(DISTINCT signer) FROM release_signature s WHERE s.digest = p.digest) = 2"
        " ORDER BY seq LIMIT 1",
        p->c->err);
    uint8_t digest[HASH_SIZE];
    int rc = -1;

    if (q) {
        query_bind_blob(q, 1, str_n(p->ch.agreement, 16));
        query_bind_int(q, 2, p->w.version);
        rc = query_step(q, p->c->err);
        if (rc == 1)
            memcpy(digest, query_blob(q, 0).p, sizeof digest);
    }
    query_done(q);
    if (rc == 1)
        rc = paper_get(p->c, digest, &p->paper);
    if (rc == 0)
        return err_set(p->c->err, ERR_NOT_FOUND, N_("the agreement's text is not here"));
    return rc < 0 ? -1 : 0;
}

/* The fields that its clause names, as the paper has it. */
static int find_named(struct proving *p)
{
    struct faults ignored = {0};
    const struct clause *clause = NULL;
    struct program *program;
    struct note n;

    if (note_parse(p->paper, &n) && (program = program_parse(p->c->arena, n.text, &ignored)) != NULL)
        clause = program_clause(program, p->w.clause);
    if (clause == NULL)
        return err_set(p->c->err, ERR_CORRUPT, N_("the agreement's text has no clause %u"),
                       (unsigned)p->w.clause);
    p->named = clause->fields;
    return 0;
}

/* The first receipt that covers the entry. */
static int find_receipt(struct proving *p)
{
    struct query *q = views_query(
        p->c->views,
        "SELECT note, size FROM v_receipt WHERE agreement = ?1 AND giver = ?2 AND taker = ?3"
        " AND epoch = ?4 AND size > ?5 AND size <= ?6 AND erased = 0 ORDER BY size, seq LIMIT 1",
        p->c->err);
    int rc;

    if (q == NULL)
        return -1;
    channel_bind(q, &p->ch);
    query_bind_int(q, 5, (int64_t)p->w.number);
    query_bind_int(q, 6, (int64_t)p->state.size);
    rc = query_step(q, p->c->err);
    if (rc == 1) {
        p->receipt = arena_copy(p->c->arena, query_blob(q, 0));
        p->size = (uint64_t)query_int(q, 1);
    }
    query_done(q);
    if (rc == 0)
        return err_set(p->c->err, ERR_NOT_FOUND, N_("%.*s has not acknowledged it yet"),
                       STR_ARG(p->ch.taker));
    return rc < 0 ? -1 : 0;
}

/* ---- the file ---- */

static void line(struct buf *b, const char *word, struct str bytes)
{
    buf_fmt(b, "%s ", word);
    base64_put(b, bytes);
    buf_char(b, '\n');
}

static void hashes(struct proving *p, struct buf *b, const char *word, const struct merkle_proof *m)
{
    for (size_t i = 0; i < m->n; i++)
        buf_fmt(b, "%s %.*s\n", word, STR_ARG(hex_encode(p->c->arena, str_n(m->hash[i], HASH_SIZE))));
}

static int write_file(struct proving *p, struct buf *b)
{
    struct channel_tree tree;
    struct merkle_source from = channel_source(&tree, p->c, &p->state);
    struct merkle_proof included, consistent;
    char id[UUID_SIZE];
    struct buf leaf;
    /* A receipt for more than this node knows it gave belongs to a time before a backup. */
    bool later =
        p->state.receipt.n && p->state.acknowledged > p->size && p->state.acknowledged <= p->state.size;
    uint64_t latest = later ? p->state.acknowledged : p->size;

    if (merkle_inclusion(&from, p->w.number, p->size, &included, p->c->err) < 0 ||
        merkle_consistency(&from, p->size, latest, &consistent, p->c->err) < 0)
        return -1;
    uuid_format(p->ch.agreement, id);
    buf_fmt(b, "puente proof v1\ngiver %.*s\ntaker %.*s\nagreement %s\nepoch %llu\nnumber %llu\n",
            STR_ARG(p->ch.giver), STR_ARG(p->ch.taker), id, (unsigned long long)p->ch.epoch,
            (unsigned long long)p->w.number);
    line(b, "paper", p->paper);
    buf_init(&leaf, 256);
    entry_leaf_data(&leaf, &p->w);
    line(b, "entry", buf_view(&leaf));
    buf_free(&leaf);
    if (p->w.disclosure.n)
        line(b, "disclosure", p->w.disclosure);
    hashes(p, b, "included", &included);
    line(b, "receipt", p->receipt);
    hashes(p, b, "consistent", &consistent);
    line(b, "latest", later ? p->state.receipt : p->receipt);
    schema_names(b, p->kind, p->named);
    return b->over ? err_set(p->c->err, ERR_LIMIT, N_("the proof would be too large")) : 0;
}

static int find(struct proving *p, const struct args *a, const uint8_t id[16])
{
    int rc = arg_given(a, "peer") ? 0 : find_taken(p, id);

    if (rc == 0)
        rc = find_given(p, id, arg(a, "peer"));
    if (rc == 0)
        return err_set(p->c->err, ERR_NOT_FOUND,
                       N_("this record neither came from another office nor went to one"));
    return rc < 0 || channel_state(p->c, &p->ch, &p->state) < 0 ? -1 : 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct proving p = {.c = c};
    struct buf file;
    uint8_t id[16];
    int rc = -1;

    if (!uuid_parse(arg(a, "id"), id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a record"), STR_ARG(arg(a, "id")));
    buf_init(&p.shown, (size_t)8 << 20);
    buf_init(&file, (size_t)16 << 20);
    if (find(&p, a, id) == 0 && narrow(&p, a, id) == 0 && find_paper(&p) == 0 && find_named(&p) == 0 &&
        find_receipt(&p) == 0 && write_file(&p, &file) == 0) {
        out_line(o, buf_view(&file));
        rc = 0;
    }
    buf_free(&file);
    buf_free(&p.shown);
    return rc;
}

static const struct param params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the record's id")},
    {"peer", P_TEXT, .help = N_("of what was given to this office")},
    {"fields", P_TEXT, .help = N_("show only these, separated by commas")},
    {0},
};

const struct op op_proof = {
    .name = "proof",
    .summary = N_("write the file that proves to a judge what was given, and that it was acknowledged"),
    .help =
        N_("For a record that came from another office, or went to one. It verifies offline, without "
           "trusting either "
           "node: the agreement with both signatures, the entry and its place in the channel, the head "
           "that both "
           "sides signed, and that nothing before it was rewritten since. `puente-judge`, a program of one "
           "file, checks it. Personal fields need --purpose and --case; it holds without them."),
    .params = params,
    .flags = OP_NODE | OP_RAW,
    .method = "GET",
    .path = "/records/{id}/proof-of-exchange",
    .run = run,
    .example = "proof 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a --fields number,port",
};
