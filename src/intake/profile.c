/*
 * profile.c: `puente profile list|show NAME|test NAME FILE...`: which profiles there are, what one says, and what it
 * changes. A test reads each file twice, without any profile and with this one, and tells the difference.
 */
#include "intake/internal.h"

/* ---- list, show ---- */

static struct str day(struct arena *a, struct str s)
{
    return s.n == 8 ? arena_fmt(a, "%.4s-%.2s-%.2s", s.p, s.p + 4, s.p + 6) : s;
}

static void head(struct ctx *c, const struct feeds_profile *p, struct out *o)
{
    out_str(o, "name", p->name);
    out_str(o, "message", p->message);
    out_str(o, "syntax", p->syntax);
    if (p->versions.n)
        out_str(o, "versions", p->versions);
    if (p->from.n)
        out_str(o, "valid_from", day(c->arena, p->from));
    if (p->until.n)
        out_str(o, "valid_until", day(c->arena, p->until));
    if (p->source.n)
        out_str(o, "source", p->source);
    else
        out_z(o, "source", tr(c->lang, N_("built in")));
}

static int list(struct ctx *c, const struct feeds_profiles *all, struct out *o)
{
    out_list(o, NULL);
    for (size_t i = 0; i < feeds_profiles_count(all); i++) {
        const struct feeds_profile *p = feeds_profiles_nth(all, i);
        out_open(o, NULL);
        head(c, p, o);
        out_int(o, "rows", (int64_t)p->rows);
        out_close(o);
    }
    out_end(o);
    return 0;
}

static void put_word(void *arg, struct str sentence)
{
    out_str(arg, NULL, sentence);
}

static int show(struct ctx *c, const struct feeds_profiles *all, const struct feeds_profile *p,
                struct out *o)
{
    out_open(o, NULL);
    head(c, p, o);
    out_list(o, "rows");
    feeds_profile_words(all, p, c->lang, put_word, o);
    out_end(o);
    out_close(o);
    return 0;
}

/* ---- test ---- */

#define VERDICTS 3

struct reading { /* one file, read once */
    uint64_t verdict[VERDICTS], messages, records, applied;
    uint64_t (*faults)[3]; /* by index in schema_faults and severity */
    const char *profile;   /* whose application is counted; NULL = none */
    bool unreadable;
    struct str why;
};

struct tested {
    struct str file;
    struct reading was, is; /* without any profile, with this one */
};

static int on_begin(void *arg, const struct feeds_message *m)
{
    struct reading *r = arg;
    r->messages++;
    r->applied += r->profile && str_eq(m->profile, str_z(r->profile));
    return 0;
}

static int on_record(void *arg, struct record *x)
{
    struct reading *r = arg;
    r->records++;
    (void)x;
    return 0;
}

static int on_fault(void *arg, const struct fault *f)
{
    struct reading *r = arg;
    r->faults[f->def - schema_faults][f->severity]++;
    return 0;
}

static int on_end(void *arg, const struct feeds_message *m)
{
    struct reading *r = arg;
    r->verdict[m->verdict]++;
    return 0;
}

static size_t fault_defs(void)
{
    size_t n = 0;
    while (schema_faults[n].code)
        n++;
    return n;
}

/* No profile has this name: nothing is applied. */
#define NO_PROFILE "-"

static int read_once(struct ctx *c, struct str path, const struct feeds_options *options, struct reading *r)
{
    const struct frames_sink sink = {
        .begin = on_begin, .record = on_record, .fault = on_fault, .end = on_end, .arg = r};
    struct child_job job = {.options = options, .lang = c->lang};
    struct child_result got = {0};
    struct input in;
    int ret;

    r->faults = arena_alloc(c->arena, fault_defs() * sizeof *r->faults);
    if (input_open(c, path, false, &in) != 0)
        return -1;
    job.fd = in.fd;
    job.name = in.name;
    ret = child_run(&job, &sink, &got, c->err);
    if (ret == 0 && got.end != CHILD_READ) {
        r->unreadable = true;
        r->why = arena_copy(c->arena, str_z(got.end == CHILD_DIED ? got.how : got.why.text));
    }
    input_close(&in);
    return ret;
}

static const char *verdict(const struct reading *r)
{
    if (r->unreadable)
        return "unreadable";
    if (r->verdict[FEEDS_REFUSED])
        return "refused";
    return r->verdict[FEEDS_NOT_UNDERSTOOD] ? "not-understood" : "taken";
}

static const char *const severities[] = {N_("note"), N_("warning"), N_("error")};

static void put_faults(struct str file, const struct reading *r, struct out *o)
{
    for (size_t i = 0; schema_faults[i].code; i++)
        for (int s = SEV_ERROR; s >= SEV_NOTE; s--) {
            if (r->faults[i][s] == 0)
                continue;
            out_open(o, NULL);
            out_str(o, "file", file);
            out_z(o, "code", schema_faults[i].code);
            out_z(o, "severity", severities[s]);
            out_int(o, "count", (int64_t)r->faults[i][s]);
            out_close(o);
        }
}

static struct str counts(struct ctx *c, const uint64_t n[3])
{
    struct str all = S("0");

    for (int s = SEV_ERROR; s >= SEV_NOTE; s--)
        if (n[s])
            all = arena_fmt(c->arena, "%.*s%s%llu %s", STR_ARG(all.n > 1 ? all : S("")),
                            all.n > 1 ? ", " : "", (unsigned long long)n[s], tr(c->lang, severities[s]));
    return all;
}

/* What the profile made of each fault. */
static const char *changed(const uint64_t was[3], const uint64_t is[3])
{
    uint64_t before = was[0] + was[1] + was[2], after = is[0] + is[1] + is[2];

    if (memcmp(was, is, 3 * sizeof *was) == 0)
        return NULL;
    if (after == 0)
        return "gone";
    if (before == 0)
        return "new";
    return before == after ? "severity" : after < before ? "fewer" : "more";
}

static void put_change(struct str file, const char *const what[4], struct out *o)
{
    static const char *const keys[] = {"code", "change", "without", "with"};

    out_open(o, NULL);
    out_str(o, "file", file);
    for (size_t i = 0; i < COUNT(keys); i++)
        out_z(o, keys[i], what[i]);
    out_close(o);
}

static void put_changes(struct ctx *c, const struct tested *t, struct out *o)
{
    const char *was = verdict(&t->was), *is = verdict(&t->is);

    if (strcmp(was, is) != 0)
        put_change(t->file, (const char *const[]){"verdict", "verdict", was, is}, o);
    for (size_t i = 0; schema_faults[i].code; i++) {
        const char *how = changed(t->was.faults[i], t->is.faults[i]);
        if (how)
            put_change(t->file,
                       (const char *const[]){schema_faults[i].code, how,
                                             arena_z(c->arena, counts(c, t->was.faults[i])),
                                             arena_z(c->arena, counts(c, t->is.faults[i]))},
                       o);
    }
}

static bool clean(const struct reading *r)
{
    uint64_t bad = 0;

    for (size_t i = 0; schema_faults[i].code; i++)
        bad += r->faults[i][SEV_WARNING] + r->faults[i][SEV_ERROR];
    return bad == 0 && strcmp(verdict(r), "taken") == 0 && r->applied == r->messages;
}

static void put_files(const struct tested *t, size_t n, struct out *o)
{
    out_list(o, "files");
    for (size_t i = 0; i < n; i++) {
        const struct reading *r = &t[i].is;
        out_open(o, NULL);
        out_str(o, "file", t[i].file);
        out_z(o, "verdict", verdict(r));
        out_int(o, "messages", (int64_t)r->messages);
        out_int(o, "under_profile", (int64_t)r->applied);
        out_int(o, "records", (int64_t)r->records);
        if (r->unreadable)
            out_str(o, "why", r->why);
        out_close(o);
    }
    out_end(o);
}

static int read_twice(struct ctx *c, const struct feeds_options *options, struct tested *t)
{
    struct feeds_options without = *options;

    without.profile = NO_PROFILE;
    t->is.profile = options->profile;
    return read_once(c, t->file, &without, &t->was) != 0 || read_once(c, t->file, options, &t->is) != 0 ? -1
                                                                                                        : 0;
}

static int test(struct ctx *c, const struct args *a, const struct feeds_options *options, struct out *o)
{
    size_t n = arg_count(a, "file");
    struct tested *t = arena_alloc(c->arena, (n + 1) * sizeof *t);
    int ret = 0;

    if (n == 0)
        return err_set(c->err, ERR_USAGE, N_("profile test NAME FILE...: name a file to read"));
    for (size_t i = 0; i < n; i++) {
        t[i].file = arg_nth(a, "file", i);
        if (str_eq(t[i].file, S("-")))
            return err_set(c->err, ERR_USAGE,
                           N_("profile test reads each file twice: standard input cannot be"));
        if (read_twice(c, options, &t[i]) != 0)
            return -1;
        ret |= !clean(&t[i].is);
    }
    out_open(o, NULL);
    put_files(t, n, o);
    out_list(o, "faults");
    for (size_t i = 0; i < n; i++)
        put_faults(t[i].file, &t[i].is, o);
    out_end(o);
    out_list(o, "changes");
    for (size_t i = 0; i < n; i++)
        put_changes(c, &t[i], o);
    out_end(o);
    out_close(o);
    return ret;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct feeds_options options = {0};
    struct feeds_profiles *all;
    const struct feeds_profile *p;

    if (intake_profiles(c, a, &all, &options.profiles) != 0)
        return -1;
    if (str_eq(arg(a, "action"), S("list")))
        return list(c, all, o);
    if (!arg_given(a, "name"))
        return err_set(c->err, ERR_USAGE, N_("name a profile; puente profile list names them"));
    options.profile = arena_z(c->arena, arg(a, "name"));
    p = feeds_profile_find(all, arg(a, "name"));
    if (!p)
        return err_set(c->err, ERR_NOT_FOUND,
                       N_("there is no profile \"%s\"; puente profile list names them"), options.profile);
    return str_eq(arg(a, "action"), S("show")) ? show(c, all, p, o) : test(c, a, &options, o);
}

static const char *const actions[] = {"list", "show", "test", NULL};

static const struct param params[] = {
    {.name = "action",
     .type = P_CHOICE,
     .positional = true,
     .required = true,
     .choices = actions,
     .help = N_("list them all, show one, or test one on files")},
    {.name = "name", .type = P_TEXT, .positional = true, .help = N_("the profile's name")},
    {.name = "file",
     .type = P_FILE,
     .positional = true,
     .many = true,
     .help = N_("test: the samples to read")},
    {.name = "profiles", .type = P_FILE, .help = N_("folder of your own profiles (*.tbl), or one file")},
    {0},
};

const struct op op_profile = {
    .name = "profile",
    .summary = N_("what a partner's messages may and may not have: list, show, test"),
    .help =
        N_("A profile says what one partner adds to a standard message, leaves out, may do wrong, or must "
           "not. "
           "list names them with the day from which each holds; show says one in words; test reads files "
           "without "
           "any profile and with this one, and says what it changed. Your own are text files in a folder: "
           "docs/profiles.md. Exit status: 0 done (test: all taken clean under the profile), 1 not so or "
           "no such "
           "profile, 2 a table or file that cannot be read."),
    .params = params,
    .flags = OP_LOCAL,
    .run = run,
    .example = "profile test ace-truck-2007 samples/truck.edi",
};
