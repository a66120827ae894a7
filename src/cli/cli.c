/*
 * cli.c: one run of the program: words -> op -> answer -> exit status. The op says what it has to say through
 * `struct out`; here that becomes text, or JSON that leaves as it grows, so that a long answer needs no memory.
 */
#include "cli/internal.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct op *const ops[] = {&help_op_def, &man_op, &completion_op, &version_op, NULL};
const struct room cli_room = {.name = "cli", .ops = ops};

/* ---- JSON that leaves as it grows ---- */

#define JSON_PIECE ((size_t)1 << 16)
#define JSON_MOST  ((size_t)1 << 30) /* one value; what is larger is a file, not an answer */

struct json_stream {
    struct out out;    /* first: a struct out * is a struct json_stream * */
    struct out *inner; /* writes into buf */
    struct buf buf;
    bool raw; /* lines were said: their line feeds are their own */
};

/* The last byte stays: an object that out.c opened by itself takes its brace back to go on. */
static void json_drain(struct json_stream *j, size_t keep)
{
    if (j->buf.n <= keep)
        return;
    fwrite(j->buf.p, 1, j->buf.n - keep, stdout);
    memmove(j->buf.p, j->buf.p + j->buf.n - keep, keep);
    j->buf.n = keep;
}

static struct out *inner(struct out *o)
{
    struct json_stream *j = (struct json_stream *)o;

    if (j->buf.n > JSON_PIECE)
        json_drain(j, 1);
    return j->inner;
}

static void stream_open(struct out *o, const char *key)
{
    out_open(inner(o), key);
}

static void stream_close(struct out *o)
{
    out_close(inner(o));
}

static void stream_list(struct out *o, const char *key)
{
    out_list(inner(o), key);
}

static void stream_end(struct out *o)
{
    out_end(inner(o));
}

static void stream_value(struct out *o, const char *key, struct str text, bool quoted)
{
    (quoted ? out_str : out_json)(inner(o), key, text);
}

static void stream_record(struct out *o, const struct record *r, uint64_t hide)
{
    out_record(inner(o), r, hide);
}

static void stream_line(struct out *o, struct str s)
{
    struct json_stream *j = (struct json_stream *)o;

    json_drain(j, 0);
    fwrite(s.p, 1, s.n, stdout);
    j->raw = true;
}

static void stream_init(struct json_stream *j, struct arena *a, enum lang lang)
{
    static const struct out_ops to = {stream_open,  stream_close,  stream_list, stream_end,
                                      stream_value, stream_record, stream_line};

    *j = (struct json_stream){.out = {&to, lang}};
    buf_init(&j->buf, JSON_MOST);
    j->inner = out_to_json(a, &j->buf, lang);
}

static int stream_finish(struct json_stream *j, struct err *e)
{
    bool over = j->buf.over, some = j->buf.n > 0;

    json_drain(j, 0);
    if (some && !j->raw)
        fputc('\n', stdout);
    buf_free(&j->buf);
    return over ? err_set(e, ERR_LIMIT, N_("the answer is too large")) : 0;
}

/* ---- running ---- */

static int exit_status(enum err_code code)
{
    switch (code) {
    case ERR_DATA:
    case ERR_NOT_FOUND:
    case ERR_DENIED:
    case ERR_CONFLICT:
        return 1;
    case ERR_NONE:
    case ERR_USAGE:
    case ERR_LIMIT:
    case ERR_BUSY:
    case ERR_FULL:
    case ERR_IO:
    case ERR_CORRUPT:
        return 2;
    }
    return 2;
}

/* What the user may do next, where that is known. */
static void hint(const struct words *w, const struct err *e)
{
    const char *text = NULL;

    if (e->code == ERR_USAGE && w->op)
        fprintf(stderr, tr(w->lang, N_("        `puente help %s` explains it\n")), w->op->name);
    else if (e->code == ERR_USAGE)
        text = N_("        `puente help` shows where to begin");
    else if (w->op && (w->op->flags & OP_NODE) && !w->dir &&
             (e->code == ERR_NOT_FOUND || e->code == ERR_IO))
        text = N_("        say which node with -C DIR or PUENTE_DIR; `puente init DIR` makes a new one");
    else if (e->code == ERR_BUSY)
        text = N_("        another puente is writing to this node: try again when it is done; if it "
                  "serves, stop it "
                  "first, or ask it over HTTP");
    if (text)
        fprintf(stderr, "%s\n", tr(w->lang, text));
}

static int complain(const struct words *w, const struct err *e)
{
    struct str safe = render_safe(w->arena, str_z(e->text));

    fflush(stdout);
    fprintf(stderr, "puente: %.*s\n", STR_ARG(safe));
    hint(w, e);
    return exit_status(e->code);
}

static int terminal_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    int64_t n;

    if (!isatty(STDOUT_FILENO))
        return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return columns && str_int(str_z(columns), &n) && n > 0 && n < 10000 ? (int)n : 80;
}

static bool want_colour(void)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && !(none && none[0]) && term && strcmp(term, "dumb") != 0;
}

static int run_op(const struct words *w, struct ctx *c, struct out *out)
{
    const struct op *op = w->op;
    void (*before)(int) = SIG_DFL;
    bool opened = false;
    int status = -1;

    if (args_check(w->args, op, c->err))
        return -1;
    /* A job that writes to a node is not ended by a reader of its answer that went away. */
    if (op->flags & OP_WRITES)
        before = signal(SIGPIPE, SIG_IGN);
    if (op->flags & OP_NODE) {
        if (node_open(c, op->flags & OP_WRITES))
            goto done;
        opened = true;
    }
    status = op->run(c, w->args, out);
done:
    if (opened)
        node_close(c);
    if (op->flags & OP_WRITES)
        signal(SIGPIPE, before);
    return status;
}

static int answer(const struct words *w, const struct world *world, struct err *e)
{
    bool text = !w->json;
    struct page page = {stdout, w->arena, w->lang, terminal_width(), want_colour()};
    struct progress progress;
    struct json_stream json;
    struct out *out = text ? tree_new(&page) : &json.out;
    struct ctx c = {.world = world,
                    .rooms = w->rooms,
                    .dir = w->dir                   ? w->dir
                           : w->op->flags & OP_NODE ? "."
                                                    : NULL,
                    .arena = w->arena,
                    .err = e,
                    .lang = w->lang,
                    .author = w->author,
                    .purpose = w->purpose,
                    .the_case = w->the_case,
                    .progress = progress_tick,
                    .progress_arg = &progress};
    int status;

    progress_init(&progress, world, w->lang, stderr, isatty(STDERR_FILENO));
    if (!text)
        stream_init(&json, w->arena, w->lang);
    status = run_op(w, &c, out);
    progress_end(&progress);
    if (text)
        tree_show(out);
    else if (stream_finish(&json, e))
        status = -1;
    return status;
}

static void show_help(const struct words *w)
{
    struct buf b;
    int width = terminal_width();
    struct help h = {w->rooms, w->lang, width > 100 || width == 0 ? 80 : width, &b};

    buf_init(&b, (size_t)1 << 20);
    if (w->op)
        help_op(&h, w->op);
    else
        help_short(&h);
    fwrite(b.p, 1, b.n, stdout);
    buf_free(&b);
}

int cli_main(int argc, char **argv, const struct room *const *rooms, const struct world *world)
{
    struct err e = {.code = ERR_NONE};
    struct words w = {.rooms = rooms, .arena = arena_new()};
    int status = 0;

    umask(077); /* what puente writes is for its user alone, whatever library writes it */
    if (words_read(&w, argc, argv, &e)) {
        status = complain(&w, &e);
    } else if (w.op == NULL || w.help) {
        show_help(&w);
        /* Without an op nothing was done: a script that lost its argument must notice. */
        status = w.help ? 0 : 2;
    } else {
        status = answer(&w, world, &e);
        if (status < 0)
            status = complain(&w, &e);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "puente: %s\n", tr(w.lang, N_("the answer could not be written")));
        status = 2;
    }
    arena_free(w.arena);
    return status;
}
