/*
 * write.c: `puente write`: records into a message, the way out of feeds/write.h. The records come as JSON lines, from a file
 * or made here from the node; the sandboxed child reads them, writes the message and reads it again. Only a message
 * that its reader takes is passed on, and all of it at once.
 */
#include "intake/internal.h"

#include "base/json.h"
#include "feeds/write.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define OUT_MAX      ((size_t)128 << 20)
#define MICROSECONDS INT64_C(1000000)

struct showing {
    struct ctx *c;
    const char *name; /* of the input */
    struct buf bytes, faults;
    uint64_t count[3];
};

static int on_bytes(void *arg, struct str text)
{
    struct showing *s = arg;

    buf_str(&s->bytes, text);
    return s->bytes.over
               ? err_set(s->c->err, ERR_LIMIT, N_("the message is larger than what can be written"))
               : 0;
}

static int on_fault(void *arg, const struct fault *f)
{
    struct showing *s = arg;

    s->count[f->severity]++;
    buf_z(&s->faults, "{\"fault\":");
    schema_json_fault(&s->faults, f, s->c->lang);
    buf_z(&s->faults, "}\n");
    if (f->severity == SEV_ERROR && s->c->err->code == ERR_NONE) {
        struct str where = f->place.tag.n ? f->place.tag : str_z(s->name);
        const char *words = tr(s->c->lang, f->def->message);
        if (f->expected.n)
            err_set(s->c->err, ERR_DATA, N_("%.*s: %s (%s; %.*s)"), STR_ARG(where), words, f->def->rule,
                    STR_ARG(f->expected));
        else
            err_set(s->c->err, ERR_DATA, N_("%.*s: %s (%s)"), STR_ARG(where), words, f->def->rule);
    }
    return 0;
}

/* The message goes to the file, or out; what was left out of it to the other place. */
static int show(struct showing *s, struct str path, struct out *o)
{
    if (path.n == 0) {
        out_line(o, buf_view(&s->bytes));
    } else {
        if (file_write(arena_z(s->c->arena, path), buf_view(&s->bytes), 0600, s->c->err) != 0)
            return -1;
        out_line(o, buf_view(&s->faults));
    }
    return s->count[SEV_WARNING] ? 1 : 0;
}

static int write_from(struct ctx *c, const struct input *in, const struct feeds_write *how, struct str path,
                      struct out *o)
{
    static const struct feeds_options none;
    struct showing s = {.c = c, .name = in->name};
    const struct frames_sink sink = {.lines = on_bytes, .fault = on_fault, .arg = &s};
    struct child_job job = {
        .fd = in->fd, .name = in->name, .options = &none, .write = how, .lang = c->lang};
    struct child_result got = {0};
    int ret = -1;

    buf_init(&s.bytes, OUT_MAX);
    buf_init(&s.faults, OUT_MAX);
    if (child_run(&job, &sink, &got, c->err) != 0)
        goto out;
    if (got.end == CHILD_READ)
        ret = show(&s, path, o);
    else if (got.end == CHILD_DIED)
        err_set(c->err, ERR_IO, N_("%s: the parser ended before its time (%s)"), in->name, got.how);
    else if (c->err->code == ERR_NONE) /* else the first fault has said it better */
        *c->err = got.why;
out:
    buf_free(&s.bytes);
    buf_free(&s.faults);
    return ret;
}

/* ---- the records of a node ---- */

static int make_input(struct ctx *c, struct str id, const char *kind, struct input *in)
{
    struct buf lines;
    size_t done = 0;
    int ret = -1;

    buf_init(&lines, OUT_MAX);
    *in = (struct input){.fd = -1, .name = "-"};
    if (outgoing_lines(c, id, kind, &lines) != 0)
        goto out;
    in->fd = memfd_create("records", MFD_CLOEXEC);
    while (in->fd >= 0 && done < lines.n) {
        ssize_t n = write(in->fd, lines.p + done, lines.n - done);
        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    if (in->fd < 0 || done < lines.n || lseek(in->fd, 0, SEEK_SET) != 0)
        err_set(c->err, ERR_IO, N_("the input cannot be kept: %s"), strerror(errno));
    else
        ret = 0;
out:
    buf_free(&lines);
    return ret;
}

static int from_node(struct ctx *c, const struct args *a, const char *kind, struct input *in)
{
    bool ours = c->views == NULL;
    int ret;

    if (c->dir == NULL)
        c->dir = ".";
    if (ours && node_open(c, false) != 0)
        return -1;
    ret = make_input(c, arg(a, "id"), kind, in);
    if (ours)
        node_close(c);
    return ret;
}

/* --value PATH=VALUE */
static int read_values(struct ctx *c, const struct args *a, struct feeds_write *how)
{
    struct feeds_value *to = arena_alloc(c->arena, (arg_count(a, "value") + 1) * sizeof *to);

    how->values = to;
    how->nvalues = arg_count(a, "value");
    for (size_t i = 0; i < how->nvalues; i++, to++) {
        to->value = arg_nth(a, "value", i);
        if (!str_split(&to->value, '=', &to->path) || to->value.n == 0)
            return err_set(c->err, ERR_USAGE, N_("a value is written PATH=VALUE"));
    }
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct feeds_write how = {.version = arg(a, "version"),
                              .profile = arg(a, "profile"),
                              .sender = arg(a, "sender"),
                              .receiver = arg(a, "receiver"),
                              .control = arg(a, "control"),
                              .reference = arg(a, "reference"),
                              .exercise = arg_given(a, "exercise"),
                              .plain = arg_given(a, "plain")};
    const struct feeds_write_format *f = feeds_write_formats;
    struct feeds_profiles *known;
    struct input in;
    int ret;

    while (f->name && !str_eq(str_z(f->name), arg(a, "format")))
        f++;
    if (f->name == NULL || !str_eq(str_z(f->kind), arg(a, "kind")))
        return err_set(c->err, ERR_USAGE, N_("%.*s is not written as %.*s"), STR_ARG(arg(a, "kind")),
                       STR_ARG(arg(a, "format")));
    if (read_values(c, a, &how) != 0 || intake_profiles(c, a, &known, &how.profiles) != 0 ||
        intake_profile_known(c, known, how.profile) != 0)
        return -1;
    how.format = f->name;
    how.now = c->world->now(c->world->arg);
    how.number = (uint64_t)(how.now / MICROSECONDS);
    if (arg_given(a, "id") == arg_given(a, "file"))
        return err_set(c->err, ERR_USAGE,
                       N_("name a file with records, or with --id a record of the node"));
    ret = arg_given(a, "id") ? from_node(c, a, f->kind, &in) : input_open(c, arg(a, "file"), false, &in);
    if (ret == 0)
        ret = write_from(c, &in, &how, arg(a, "out"), o);
    else
        return -1;
    input_close(&in);
    return ret;
}

static const char *const formats[] = {"x12-309", "edifact-cuscar", "cartaporte", "comercio-exterior", NULL};

static const struct param params[] = {
    {.name = "kind",
     .type = P_KIND,
     .positional = true,
     .required = true,
     .help = N_("the kind that heads the message: trip, or for comercio-exterior consignment")},
    {.name = "format",
     .type = P_CHOICE,
     .choices = formats,
     .positional = true,
     .required = true,
     .help = N_("the format to write")},
    {.name = "file",
     .type = P_FILE,
     .positional = true,
     .help = N_("records as JSON lines, as parse --whole gives them; - for standard input")},
    {.name = "id", .type = P_ID, .help = N_("a record of the node, with all that refers to it")},
    {.name = "out",
     .type = P_TEXT,
     .help = N_("the file to write; then what the format has no place for is shown")},
    {.name = "version", .type = P_TEXT, .help = N_("of the format, such as 005020, D:03B or 3.1")},
    {.name = "profile",
     .type = P_TEXT,
     .help = N_("the partner's profile; found by receiver when not given")},
    {.name = "profiles", .type = P_FILE, .help = N_("folder of your own profiles (*.tbl), or one file")},
    {.name = "sender", .type = P_TEXT, .help = N_("who sends it; the message's own when not given")},
    {.name = "receiver", .type = P_TEXT, .help = N_("for whom it is; the message's own when not given")},
    {.name = "control",
     .type = P_TEXT,
     .help = N_("control number; from the clock when nothing else says it")},
    {.name = "reference", .type = P_TEXT, .help = N_("reference of the message")},
    {.name = "value",
     .type = P_TEXT,
     .many = true,
     .help = N_("for an invoice: what no field holds, such as Seguros/@PolizaRespCivil=123")},
    {.name = "exercise", .type = P_FLAG, .help = N_("mark it as synthetic where the format has a place")},
    {.name = "plain",
     .type = P_FLAG,
     .help = N_("only what the records say, nothing that was kept beside them")},
    {0},
};

const struct op op_write = {
    .name = "write",
    .summary = N_("write records as a message of a format"),
    .help =
        N_("Writes the records of one trip as an X12 309, an EDIFACT CUSCAR or a Carta Porte, or those of "
           "one consignment as an export invoice (Comercio Exterior), and reads the result again "
           "before it gives it away: what the format asks for and no record has is named and nothing is "
           "written. With what parse --whole kept beside the records, the message comes out byte for byte "
           "as it came. Records of a node need a purpose and a case, for they hold personal data. Exit "
           "status: 0 all of it is in the message, 1 some of it has no place there or cannot be written, 2 "
           "unreadable."),
    .params = params,
    .flags = OP_RAW | OP_LOCAL,
    .run = run,
    .example = "write trip x12-309 records.jsonl",
};
