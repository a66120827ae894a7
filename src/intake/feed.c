/*
 * feed.c: `puente feed`: files into the node. One sandboxed child a file, one journal batch for many messages;
 * then the views catch up, and the summary says what came of it.
 */
#include "intake/internal.h"

struct feeding {
    struct ctx *c;
    struct summary sum;
    struct taking taking;
    struct input in;
};

static void on_tick(void *arg, uint64_t done)
{
    struct feeding *f = arg;
    if (f->c->progress)
        f->c->progress(f->c->progress_arg, f->in.name, done, f->in.size);
}

static void unreadable(struct feeding *f, const struct err *why)
{
    f->sum.file->unreadable = true;
    f->sum.file->why = arena_copy(f->c->arena, str_z(why->text));
}

static int feed_one(struct feeding *f, struct str path, const struct feeds_options *options)
{
    const struct frames_sink sink = taking_sink(&f->taking);
    struct child_job job = {
        .options = options, .persons = true, .lang = f->c->lang, .tick = on_tick, .tick_arg = f};
    struct child_result got;
    struct err why;
    int ret = -1;

    if (input_open(f->c, path, true, &f->in) != 0) {
        summary_file(&f->sum, path);
        unreadable(f, f->c->err);
        err_clear(f->c->err);
        return 0;
    }
    summary_file(&f->sum, str_z(f->in.name));
    if (input_unpack(f->c, &f->in, &why) != 0)
        goto out;
    if (why.code != ERR_NONE) {
        unreadable(f, &why);
        ret = 0;
        goto out;
    }
    taking_file(&f->taking, &f->in, str_z(options->as));
    job.fd = f->in.fd;
    job.name = f->in.name;
    if (child_run(&job, &sink, &got, f->c->err) == 0 && taking_file_end(&f->taking, &got) == 0)
        ret = 0;
out:
    input_close(&f->in);
    return ret;
}

static int count_hits(struct ctx *c, uint64_t from, uint64_t *out)
{
    struct query *q =
        views_query(c->views, "SELECT count(*) FROM v_hit WHERE seq >= ?1 AND status = 'open'", c->err);
    int row;

    if (!q)
        return -1;
    query_bind_int(q, 1, (int64_t)from);
    row = query_step(q, c->err);
    *out = row == 1 ? (uint64_t)query_int(q, 0) : 0;
    query_done(q);
    return row < 0 ? -1 : 0;
}

/* When the messages that are known already were taken in. */
static int look_up_known(struct ctx *c, struct summary *s)
{
    for (size_t i = 0; i < s->nknown; i++) {
        struct query *q = views_query(
            c->views, "SELECT id, h_recorded FROM v_message WHERE digest = ?1 ORDER BY seq LIMIT 1",
            c->err);
        char when[TIME_SIZE], id[UUID_SIZE];
        int row;
        if (!q)
            return -1;
        query_bind_text(q, 1, s->known[i].digest);
        row = query_step(q, c->err);
        if (row == 1) {
            uuid_format((const uint8_t *)query_blob(q, 0).p, id);
            time_format(query_int(q, 1), when);
            s->known[i].id = arena_copy(c->arena, str_z(id));
            s->known[i].when = arena_copy(c->arena, str_z(when));
        }
        query_done(q);
        if (row < 0)
            return -1;
    }
    return 0;
}

/* The first file that could not be read decides the exit status, when nothing else went in. */
static int status(const struct feeding *f)
{
    size_t unread = 0;
    const struct tally *first = NULL;
    size_t at = 0;

    for (size_t i = 0; i < f->sum.nfiles; i++)
        if (f->sum.files[i].t.unreadable && unread++ == 0) {
            first = &f->sum.files[i].t;
            at = i;
        }
    if (unread)
        return err_set(f->c->err, ERR_USAGE, N_("%.*s cannot be read: %.*s"),
                       STR_ARG(f->sum.files[at].name), STR_ARG(first->why));
    return summary_status(&f->sum);
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct feeding f = {.c = c, .in = {.fd = -1}};
    struct feeds_options options;
    uint64_t before = views_applied(c->views);
    int ret = -1;

    if (intake_options(c, a, &options) != 0)
        return -1;
    summary_init(&f.sum, c->arena, arg_count(a, "file"));
    taking_init(&f.taking, c, &f.sum);
    f.taking.whole = options.whole;
    for (size_t i = 0; i < arg_count(a, "file"); i++)
        if (feed_one(&f, arg_nth(a, "file", i), &options) != 0)
            goto out;
    if (taking_commit(&f.taking) != 0 || node_catch_up(c) != 0 || look_up_known(c, &f.sum) != 0 ||
        count_hits(c, before, &f.sum.hits) != 0)
        goto out;
    if (f.sum.nfiles != 1 || !f.sum.file->unreadable)
        summary_show(&f.sum, o);
    ret = status(&f);
out:
    taking_free(&f.taking);
    return ret;
}

const struct op op_feed = {
    .name = "feed",
    .summary = N_("take messages, lists and tables into the node"),
    .help = N_(
        "Reads each file, appends its records to the journal and screens them. A message is taken in whole "
        "or not at all; sending it again changes nothing; what was not understood is kept as it came, with "
        "its faults. Exit status: 0 all taken clean, 1 with faults or refusals, 2 unreadable."),
    .params = intake_reading,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/messages",
    .run = run,
    .example = "feed manifest.309 sdn.csv",
};
