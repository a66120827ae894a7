/*
 * prove.c: `prove ID` writes a proof that a record stands in this node's log; `verify-proof FILE` checks one
 * anywhere, without a node. The proof carries the record, so it is a look at it like any other.
 */
#include "admin/internal.h"

#define PROOF_MOST ((size_t)16 << 20)

static int run_prove(struct ctx *c, const struct args *a, struct out *o)
{
    struct entry x;
    struct look l;
    struct buf b;
    uint8_t id[16];
    uint64_t have;
    int rc;

    if (!uuid_parse(arg(a, "id"), id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a record"), STR_ARG(arg(a, "id")));
    if (journal_get(c->journal, c->arena, id, &x, c->err) < 0)
        return -1;
    l = look_at(c, x.kind);
    have = x.record ? x.record->have : 0;
    if (have & l.sealed)
        return err_set(c->err, ERR_DENIED,
                       N_("this record has sealed fields: a whole proof would show them"));
    if (have & l.hide)
        return err_set(
            c->err, ERR_DENIED,
            N_("a proof shows the whole record, which has personal data: give --purpose and --case"));
    if (have & l.personal && look_log(c, &l, &(struct looked){"prove", str_n(id, 16), S(""), 1}) < 0)
        return -1;
    buf_init(&b, PROOF_MOST);
    rc = journal_prove(c->journal, id, &b, c->err);
    if (rc == 0)
        out_line(o, buf_view(&b));
    buf_free(&b);
    return rc;
}

static const struct param prove_params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the record's id")},
    {0},
};

const struct op admin_prove = {
    .name = "prove",
    .summary = N_("write a proof that a record stands in the journal"),
    .help = N_("A C2SP tlog-proof, which `puente verify-proof` checks offline against the node's key. It "
               "holds the "
               "whole record; of an erased one, its commitment."),
    .params = prove_params,
    .flags = OP_NODE | OP_RAW,
    .method = "GET",
    .path = "/record/{id}/proof",
    .run = run_prove,
    .example = "prove 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a",
};

/* ---- verify-proof ---- */

/* The key given, or that of the node we stand in. */
static int which_key(struct ctx *c, const struct args *a, struct str *key)
{
    struct journal_options options = {.dir = c->dir ? c->dir : ".", .world = c->world};
    struct err ignored = {0};
    struct journal *j;

    *key = str_trim(arg(a, "key"));
    if (key->n)
        return 0;
    j = journal_open(&options, &ignored);
    if (j == NULL)
        return err_set(
            c->err, ERR_USAGE,
            N_("say with --key whose proof it should be: what `puente key` prints on that node"));
    *key = arena_copy(c->arena, str_z(journal_key(j)));
    journal_close(j);
    return 0;
}

static int run_verify_proof(struct ctx *c, const struct args *a, struct out *o)
{
    struct proved p = {0};
    struct str text, key;

    if (which_key(c, a, &key) < 0 ||
        file_read(c->arena, arena_z(c->arena, arg(a, "file")), PROOF_MOST, &text, c->err) < 0)
        return -1;
    if (journal_check_proof(c->arena, text, key, &p, c->err) < 0) {
        if (c->err->code != ERR_DATA)
            return -1;
        out_bool(o, "good", false);
        out_z(o, "what", c->err->text);
        return 1;
    }
    out_bool(o, "good", true);
    out_str(o, "origin", p.origin);
    out_int(o, "epoch", (int64_t)p.epoch);
    out_int(o, "seq", (int64_t)p.seq);
    out_int(o, "size", (int64_t)p.size);
    out_str(o, "commitment", admin_hex(c->arena, p.commitment, sizeof p.commitment));
    if (p.record)
        out_record(o, p.record, 0);
    else
        out_z(o, "erased",
              tr(c->lang, N_("the record's values were erased; that it stood there is proved")));
    return 0;
}

static const struct param verify_params[] = {
    {"file", P_FILE, .positional = true, .required = true, .help = N_("the proof")},
    {"key", P_TEXT, .help = N_("the key of the node whose proof it is; this node's when not given")},
    {0},
};

const struct op admin_verify_proof = {
    .name = "verify-proof",
    .summary = N_("check a proof, without any node"),
    .help = N_("Shows the record, its number, the length of the log and whose log it is; or says what does "
               "not hold "
               "and ends with 1."),
    .params = verify_params,
    .flags = OP_LOCAL,
    .run = run_verify_proof,
    .example = "verify-proof wait.proof --key us.cbp+a1b2c3d4+AbCd",
};
