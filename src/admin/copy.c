/* copy.c: `backup TO`, a consistent copy while the node runs; `rebuild`, every view made again. */
#include "admin/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int run_backup(struct ctx *c, const struct args *a, struct out *o)
{
    const char *to = arena_z(c->arena, arg(a, "to"));
    struct head head;

    if (journal_backup(c->journal, to, c->err) < 0 || journal_head(c->journal, c->arena, &head, c->err) < 0)
        return -1;
    out_z(o, "dir", to);
    out_int(o, "entries", (int64_t)head.size);
    out_z(o, "result",
          tr(c->lang, N_("a node folder with journal and keys: keep it as safe as the node. To restore it, "
                         "put it where "
                         "the node was; opened, it starts the next epoch, and its views are made again")));
    return 0;
}

static const struct param backup_params[] = {
    {"to", P_FILE, .positional = true, .required = true, .help = N_("the folder to make; new or empty")},
    {0},
};

const struct op admin_backup = {
    .name = "backup",
    .summary = N_("copy the node, while it runs"),
    .help = N_(
        "It holds everything, and the node's secret keys: keep it as you keep those. It is for this office "
        "and "
        "for nobody else; what another office may have is what `puente export KIND --peer OFFICE` writes."),
    .params = backup_params,
    .flags = OP_NODE | OP_LOCAL,
    .run = run_backup,
    .example = "backup /media/stick/puente-2026-11-21",
};

/* ---- rebuild ---- */

/* Beside the views, into a folder that goes away again. */
static int check(struct ctx *c, struct out *o)
{
    char *to = arena_z(c->arena, path_join(c->arena, c->dir, "check.XXXXXX"));
    bool same = false;
    int rc;

    if (mkdtemp(to) == NULL)
        return err_set(c->err, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("cannot make the folder %s: %s"), to,
                       strerror(errno));
    rc = node_rebuild_check(c, to, &same);
    if (rc < 0) {
        struct err second = {.lang = c->lang};
        views_discard(to, &second);
    } else {
        rc = views_discard(to, c->err);
    }
    rmdir(to);
    if (rc < 0)
        return -1;
    out_bool(o, "good", same);
    out_z(o, "result",
          same ? tr(c->lang, N_("the views are what the journal gives"))
               : tr(c->lang, N_("the views differ from what the journal gives: run `puente rebuild`")));
    return same ? 0 : 1;
}

static int run_rebuild(struct ctx *c, const struct args *a, struct out *o)
{
    int64_t began = c->world->now(c->world->arg), took;
    uint8_t digest[32];

    if (arg_given(a, "check"))
        return check(c, o);
    if (node_rebuild(c) < 0 || views_digest(c->views, digest, c->err) < 0)
        return -1;
    took = c->world->now(c->world->arg) - began;
    out_int(o, "applied", (int64_t)views_applied(c->views));
    out_int(o, "milliseconds", took / 1000);
    out_str(o, "digest", admin_hex(c->arena, digest, sizeof digest));
    return 0;
}

static const struct param rebuild_params[] = {
    {"check", P_FLAG, .help = N_("only compare: make them again beside the old ones")},
    {0},
};

const struct op admin_rebuild = {
    .name = "rebuild",
    .summary = N_("make every view again from the journal"),
    .help = N_("Nothing is lost by it: the journal has everything. With --check it ends with 1 when the "
               "views are not "
               "what the journal gives."),
    .params = rebuild_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run_rebuild,
    .example = "rebuild --check",
};
