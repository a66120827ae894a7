/* log.c: the log as a whole: `verify`, `head`, `checkpoint`, `key`. */
#include "admin/internal.h"

/* ---- verify ---- */

static void tick(void *arg, uint64_t done, uint64_t of)
{
    struct ctx *c = arg;

    if (c->progress)
        c->progress(c->progress_arg, N_("entries verified"), done, of);
}

static int run_verify(struct ctx *c, const struct args *a, struct out *o)
{
    const struct verify_watch watch = {tick, c};
    struct verify_report report = {0};

    (void)a;
    if (journal_verify(c->journal, &watch, &report, c->err) < 0)
        return -1;
    out_bool(o, "good", report.good);
    out_int(o, "entries", (int64_t)report.entries);
    out_int(o, "erased", (int64_t)report.erased);
    if (!report.good) {
        out_int(o, "bad_seq", (int64_t)report.bad_seq);
        out_z(o, "what", report.what);
    }
    out_z(
        o, "result",
        report.good
            ? tr(c->lang, N_("every entry, the tree and the signature hold"))
            : tr(c->lang, N_("the log does not hold: restore a backup, and keep this folder as evidence")));
    return report.good ? 0 : 1;
}

const struct op admin_verify = {
    .name = "verify",
    .summary = N_("verify the whole journal: every commitment, the tree, the signature"),
    .help = N_("Names the first bad entry, and ends with 1, when something does not hold."),
    .flags = OP_NODE | OP_LOCAL,
    .run = run_verify,
    .example = "verify",
};

/* ---- head, checkpoint, key ---- */

static int run_head(struct ctx *c, const struct args *a, struct out *o)
{
    struct head head;

    (void)a;
    if (journal_head(c->journal, c->arena, &head, c->err) < 0)
        return -1;
    out_z(o, "office", journal_who(c->journal)->office);
    out_z(o, "country", journal_who(c->journal)->country);
    out_bool(o, "exercise", journal_who(c->journal)->exercise);
    out_int(o, "epoch", (int64_t)head.epoch);
    out_int(o, "size", (int64_t)head.size);
    out_str(o, "root", admin_hex(c->arena, head.root, sizeof head.root));
    out_int(o, "applied", (int64_t)views_applied(c->views));
    if (views_reacted(c->views) != VIEWS_UNKNOWN)
        out_int(o, "reacted", (int64_t)views_reacted(c->views));
    out_str(o, "checkpoint", head.checkpoint);
    return 0;
}

const struct op admin_head = {
    .name = "head",
    .summary = N_("say how long the journal is, and what its root is"),
    .flags = OP_NODE,
    .method = "GET",
    .path = "/journal/head",
    .run = run_head,
    .example = "head",
};

static int run_checkpoint(struct ctx *c, const struct args *a, struct out *o)
{
    struct head head;

    (void)a;
    if (journal_head(c->journal, c->arena, &head, c->err) < 0)
        return -1;
    out_line(o, head.checkpoint);
    return 0;
}

const struct op admin_checkpoint = {
    .name = "checkpoint",
    .summary = N_("print the signed head of the journal"),
    .help = N_("A C2SP checkpoint: whoever keeps it can later prove whether this node rewrote its past."),
    .flags = OP_NODE | OP_RAW,
    .method = "GET",
    .path = "/journal/checkpoint",
    .run = run_checkpoint,
    .example = "checkpoint",
};

static int run_key(struct ctx *c, const struct args *a, struct out *o)
{
    (void)a;
    out_line(o, arena_fmt(c->arena, "%s\n", journal_key(c->journal)));
    return 0;
}

const struct op admin_key = {
    .name = "key",
    .summary = N_("print the key that verifies this node's journal"),
    .flags = OP_NODE | OP_RAW,
    .method = "GET",
    .path = "/journal/key",
    .run = run_key,
    .example = "key",
};
