/*
 * persons.c: `puente persons`: whom a passenger list names, as the lines that `ask --value-file` reads, so that another office can be asked
 * about a whole list without being told it. Nothing of it is kept here; no node is needed.
 */
#include "intake/internal.h"

struct naming {
    struct ctx *c;
    struct out *o;
    bool person; /* NAME|YYYY-MM-DD; else the numbers of passports */
    uint64_t n, without;
};

static int on_message(void *arg, const struct feeds_message *m)
{
    (void)arg;
    (void)m;
    return 0;
}

static int on_record(void *arg, struct record *r)
{
    (void)arg;
    (void)r;
    return 0;
}

static int on_fault(void *arg, const struct fault *f)
{
    (void)arg;
    (void)f;
    return 0;
}

static void say(struct naming *n, struct str line)
{
    out_line(n->o, line);
    n->n++;
}

static int on_person(void *arg, const struct feeds_person *p)
{
    struct naming *n = arg;
    struct arena *a = arena_new();
    struct str rest = p->documents, one;
    uint64_t before = n->n;

    if (n->person && p->birth.n == 10 && p->family.n)
        say(n, arena_fmt(a, "%.*s%s%.*s|%.*s\n", STR_ARG(p->given), p->given.n ? " " : "",
                         STR_ARG(p->family), STR_ARG(p->birth)));
    if (!n->person && str_eq(p->document_type, S("passport")) && str_split(&rest, '\n', &one) && one.n)
        say(n, arena_fmt(a, "%.*s\n", STR_ARG(one)));
    n->without += n->n == before;
    arena_free(a);
    return 0;
}

static int name_file(struct naming *n, struct str path, const struct feeds_options *options)
{
    const struct frames_sink sink = {.begin = on_message,
                                     .record = on_record,
                                     .fault = on_fault,
                                     .end = on_message,
                                     .arg = n,
                                     .person = on_person};
    struct child_job job = {.options = options, .persons = true, .lang = n->c->lang};
    struct child_result got;
    struct input in;
    int ret;

    if (input_open(n->c, path, false, &in) != 0)
        return -1;
    job.fd = in.fd;
    job.name = in.name;
    ret = child_run(&job, &sink, &got, n->c->err);
    if (ret == 0 && got.end != CHILD_READ)
        ret = err_set(n->c->err, ERR_USAGE, N_("%.*s cannot be read: %.*s"), STR_ARG(str_z(in.name)),
                      STR_ARG(str_z(got.end == CHILD_DIED ? got.how : got.why.text)));
    input_close(&in);
    return ret;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct naming n = {.c = c, .o = o, .person = !str_eq(arg(a, "scheme"), S("passport"))};
    static const struct feeds_options options;

    for (size_t i = 0; i < arg_count(a, "file"); i++)
        if (name_file(&n, arg_nth(a, "file", i), &options) < 0)
            return -1;
    if (n.n == 0)
        return err_set(c->err, ERR_DATA, N_("there is nobody in these files who could be asked about"));
    return n.without ? 1 : 0;
}

static const char *const schemes[] = {"person", "passport", NULL};

static const struct param params[] = {
    {"file", P_FILE, .positional = true, .required = true, .many = true,
     .help = N_("passenger lists: PAXLST, PNRGOV; - for standard input")},
    {"scheme", P_CHOICE,
     .help = N_("what to write: person (name and birth date, the usual one) or passport"),
     .choices = schemes},
    {0},
};

const struct op op_persons = {
    .name = "persons",
    .summary = N_("whom a passenger list names, for asking another office without telling"),
    .help = N_("Writes a line for each person, as `ask --value-file -` reads them: name and birth date, or "
               "the passport's number. "
               "Nothing is kept, and no node is needed. Exit status: 0 all, 1 somebody has no birth date "
               "or no passport, 2 "
               "unreadable."),
    .params = params,
    .flags = OP_LOCAL | OP_STREAM,
    .run = run,
    .example = "persons flight.edi --scheme passport",
};
