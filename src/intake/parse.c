/*
 * parse.c: `puente parse`: what the feeds read in a file, as JSON lines; no node needed. The lines are made in the
 * sandboxed child and passed on a quarter of a megabyte at a time.
 */
#include "intake/internal.h"

#include "base/json.h"

struct showing {
    struct ctx *c;
    struct out *o;
    const struct feeds_options *options;
    bool many;      /* each line names its file */
    bool faults;    /* something was not clean */
    size_t unread;  /* files that could not be read */
    struct err why; /* of the first of them */
    const struct input *in;
};

static int show_lines(void *arg, struct str text)
{
    struct showing *s = arg;
    out_line(s->o, text);
    return 0;
}

static void on_tick(void *arg, uint64_t done)
{
    struct showing *s = arg;
    if (s->c->progress)
        s->c->progress(s->c->progress_arg, s->in->name, done, s->in->size);
}

/* Exit status 2 says "unreadable": that is ERR_USAGE's, while ERR_DATA's says "read, with faults". */
static void unreadable(struct showing *s, const char *name, struct buf *line)
{
    struct err *e = s->c->err;
    struct err why = *e;

    if (s->many) {
        buf_z(line, "{\"file\":");
        json_str(line, str_z(name));
        buf_z(line, ",\"unreadable\":");
        json_str(line, str_z(why.text));
        buf_z(line, "}\n");
        out_line(s->o, buf_view(line));
    }
    if (s->unread++ == 0) {
        s->why = why;
        if (why.code == ERR_DATA)
            err_set(&s->why, ERR_USAGE, N_("%s: %s"), name, why.text);
    }
    err_clear(e);
}

static int show_file(struct showing *s, struct str path)
{
    const struct frames_sink sink = {.lines = show_lines, .arg = s};
    struct child_job job = {.options = s->options, .lines = true, .lang = s->c->lang};
    struct child_result got = {0};
    struct input in;
    struct buf prefix;
    int ret = 0;

    buf_init(&prefix, (size_t)1 << 20);
    if (input_open(s->c, path, false, &in) != 0) {
        unreadable(s, arena_z(s->c->arena, path), &prefix);
        goto out;
    }
    if (s->many) {
        buf_z(&prefix, "{\"file\":");
        json_str(&prefix, str_z(in.name));
        buf_char(&prefix, ',');
    }
    s->in = &in;
    job.fd = in.fd;
    job.name = in.name;
    job.lines_prefix = buf_view(&prefix);
    job.tick = on_tick;
    job.tick_arg = s;
    ret = child_run(&job, &sink, &got, s->c->err);
    buf_reset(&prefix);
    if (ret == 0 && got.end == CHILD_DIED)
        err_set(s->c->err, ERR_IO, N_("%s: the parser ended before its time (%s)"), in.name, got.how);
    else if (ret == 0 && got.end == CHILD_UNREADABLE)
        *s->c->err = got.why;
    if (ret == 0 && got.end != CHILD_READ)
        unreadable(s, in.name, &prefix);
    s->faults |= got.end == CHILD_READ && !got.clean;
out:
    input_close(&in);
    buf_free(&prefix);
    return ret;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct feeds_options options;
    struct showing s = {.c = c, .o = o, .options = &options};

    if (intake_options(c, a, &options) != 0)
        return -1;
    s.many = arg_count(a, "file") > 1;
    s.why.lang = c->err->lang;
    for (size_t i = 0; i < arg_count(a, "file"); i++)
        if (show_file(&s, arg_nth(a, "file", i)) != 0)
            return -1;
    if (s.unread) {
        *c->err = s.why;
        return -1;
    }
    return s.faults ? 1 : 0;
}

const struct op op_parse = {
    .name = "parse",
    .summary = N_("show what a file says, as records and faults; takes nothing in"),
    .help = N_(
        "Reads each file and writes one JSON object a line: {\"kind\":...,\"fields\":{...}} for a record, "
        "{\"fault\":{...}} for what is wrong with it. No node is needed. Exit status: 0 clean, 1 with "
        "faults or messages refused, 2 unreadable."),
    .params = intake_reading,
    .flags = OP_STREAM,
    .method = "POST",
    .path = "/parse",
    .run = run,
    .example = "parse manifest.309",
};
