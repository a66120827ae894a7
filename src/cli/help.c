/*
 * help.c: the ops, read aloud: `puente`, `puente help OP`, `puente help --all`, `puente version`.
 */
#include "cli/internal.h"

/* ---- words ---- */

/* The order in which a newcomer meets the rooms. */
static const struct {
    const char *room, *title;
} titles[] = {
    {"admin", N_("The node itself")},
    {"intake", N_("Taking in messages and lists")},
    {"records", N_("Records: looking, adding, correcting")},
    {"screening", N_("Alerts and hits")},
    {"exchange", N_("Meeting other offices, and exchanging with them")},
    {"release", N_("Agreements, and what they let through")},
    {"coordination", N_("Requests, alarms, and what is due")},
    {"server", N_("Serving the API and the page")},
    {"exercise", N_("Practising")},
    {"cli", N_("Help")},
};

/* What most people need on most days; the short help shows these. */
static const char *const common[] = {
    "init", "doctor", "feed",      "parse",   "list",    "show", "add",    "correct", "hits",     "card",
    "meet", "sync",   "agreement", "explain", "request", "due",  "verify", "serve",   "exercise", "help"};

const char *help_room_title(const struct room *r)
{
    for (size_t i = 0; i < COUNT(titles); i++)
        if (strcmp(titles[i].room, r->name) == 0)
            return titles[i].title;
    return r->name;
}

const char *help_metavar(const struct param *p)
{
    switch (p->type) {
    case P_TEXT:
        return N_("TEXT");
    case P_INT:
        return "N";
    case P_FILE:
        return N_("FILE");
    case P_JSON:
        return "JSON";
    case P_KIND:
        return N_("KIND");
    case P_ID:
        return "ID";
    case P_FLAG:
    case P_CHOICE:
        return "";
    }
    return "";
}

#define CHOICES_SHORT 40 /* wider choices are listed with the help, not where the option is named */

static size_t choices_width(const struct param *p)
{
    size_t w = 0;

    for (const char *const *c = p->choices; *c; c++)
        w += strlen(*c) + 1;
    return w;
}

static void put_name(struct buf *b, const struct param *p)
{
    for (const char *c = p->name; *c; c++)
        buf_char(b, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c == '_' ? '-' : *c);
}

static void put_choices(struct buf *b, const struct param *p)
{
    if (choices_width(p) > CHOICES_SHORT) {
        put_name(b, p);
        return;
    }
    for (const char *const *c = p->choices; *c; c++)
        buf_fmt(b, "%s%s", c == p->choices ? "" : "|", *c);
}

/* A positional param is called by its own name, in capitals. */
static void put_param(struct buf *b, const struct param *p, enum lang lang)
{
    if (p->positional && p->type == P_CHOICE && p->choices) {
        put_choices(b, p);
    } else if (p->positional) {
        put_name(b, p);
    } else {
        buf_fmt(b, "--%s", p->name);
        if (p->type != P_FLAG)
            buf_char(b, ' ');
        if (p->type == P_CHOICE && p->choices)
            put_choices(b, p);
        else
            buf_z(b, tr(lang, help_metavar(p)));
    }
    if (p->many)
        buf_z(b, "…");
}

void help_usage(struct buf *b, const struct op *op, enum lang lang)
{
    buf_z(b, op->name);
    for (int positional = 1; positional >= 0; positional--)
        for (const struct param *p = op->params; p && p->name; p++)
            if (p->positional == positional) {
                buf_z(b, p->required ? " " : " [");
                put_param(b, p, lang);
                buf_z(b, p->required ? "" : "]");
            }
    for (const struct param *p = op->params; p && p->name; p++)
        if (p->rest)
            buf_fmt(b, " [%s]…", tr(lang, N_("--FIELD=VALUE")));
}

/* ---- pieces ---- */

static void title(const struct help *h, const char *msgid)
{
    buf_fmt(h->to, "\n%s\n", tr(h->lang, msgid));
}

/* "  name      what it is", the second column wrapped. */
static void entry(const struct help *h, struct str name, size_t column, const char *text)
{
    struct buf b;
    size_t w = render_width(name);

    buf_init(&b, (size_t)1 << 16);
    render_wrap(&b, str_z(text), (int)column, h->width);
    buf_fmt(h->to, "  %.*s", STR_ARG(name));
    if (w + 4 > column || b.n < column)
        buf_char(h->to, '\n');
    else
        buf_fmt(h->to, "%*s", (int)(column - w - 2), "");
    buf_str(h->to, w + 4 > column || b.n < column ? buf_view(&b) : str_n(b.p + column, b.n - column));
    buf_free(&b);
}

static void ops_of(const struct help *h, const struct room *r, bool only_common)
{
    bool titled = false;

    for (const struct op *const *op = r->ops; op && *op; op++) {
        bool shown = !only_common;
        for (size_t i = 0; i < COUNT(common) && !shown; i++)
            shown = strcmp(common[i], (*op)->name) == 0;
        if (!shown)
            continue;
        if (!titled)
            title(h, help_room_title(r));
        titled = true;
        entry(h, str_z((*op)->name), 16, tr(h->lang, (*op)->summary));
    }
}

static void all_rooms(const struct help *h, bool only_common)
{
    for (size_t i = 0; i < COUNT(titles); i++)
        for (const struct room *const *r = h->rooms; *r; r++)
            if (strcmp((*r)->name, titles[i].room) == 0)
                ops_of(h, *r, only_common);
}

static void globals(const struct help *h)
{
    for (const struct global_option *g = words_globals; g->name; g++) {
        struct buf b;
        buf_init(&b, 256);
        buf_fmt(&b, "%s%s%s", g->name, g->value ? " " : "", g->value ? tr(h->lang, g->value) : "");
        entry(h, buf_view(&b), 20, tr(h->lang, g->help));
        buf_free(&b);
    }
}

/* ---- pages ---- */

void help_short(const struct help *h)
{
    buf_fmt(h->to, "puente %s\n\n", PUENTE_VERSION);
    render_wrap(
        h->to,
        str_z(tr(h->lang, N_("puente is what the agencies on both sides of a border run to work together: "
                             "the same program, one node an agency, each node its own master."))),
        0, h->width);
    buf_fmt(h->to, "\n%s: puente [-C %s] [--lang en|es] [--json] %s\n", tr(h->lang, N_("usage")),
            tr(h->lang, N_("DIR")), tr(h->lang, N_("OP [ARGUMENT]…")));
    all_rooms(h, true);
    title(h, N_("More"));
    entry(h, str_z(tr(h->lang, N_("puente help OP"))), 26,
          tr(h->lang, N_("what an op does, its options, an example")));
    entry(h, S("puente help --all"), 26, tr(h->lang, N_("every op")));
    entry(h, S("puente man"), 26, tr(h->lang, N_("the manual; read it with: puente man | man -l -")));
}

void help_all(const struct help *h)
{
    buf_fmt(h->to, "%s: puente [-C %s] [--lang en|es] [--json] %s\n", tr(h->lang, N_("usage")),
            tr(h->lang, N_("DIR")), tr(h->lang, N_("OP [ARGUMENT]…")));
    all_rooms(h, false);
    title(h, N_("Every op also takes"));
    globals(h);
    buf_char(h->to, '\n');
    render_wrap(h->to, str_z(tr(h->lang, N_("`puente help OP` tells more about one of them."))), 0,
                h->width);
}

static void one_param(const struct help *h, const struct param *p)
{
    struct buf name, text;

    buf_init(&name, 1024);
    buf_init(&text, (size_t)1 << 16);
    put_param(&name, p, h->lang);
    buf_z(&text, tr(h->lang, p->help));
    if (p->choices && choices_width(p) > CHOICES_SHORT) {
        buf_fmt(&text, "; %s", tr(h->lang, N_("one of:")));
        for (const char *const *c = p->choices; *c; c++)
            buf_fmt(&text, "%s %s", c == p->choices ? "" : ",", *c);
    }
    buf_char(&text, '\0');
    entry(h, buf_view(&name), 24, text.p);
    buf_free(&name);
    buf_free(&text);
}

static void params(const struct help *h, const struct op *op)
{
    title(h, N_("Arguments"));
    for (int positional = 1; positional >= 0; positional--)
        for (const struct param *p = op->params; p->name; p++)
            if (p->positional == positional)
                one_param(h, p);
    for (const struct param *p = op->params; p->name; p++)
        if (p->rest)
            entry(h, str_z(tr(h->lang, N_("--FIELD=VALUE"))), 24,
                  tr(h->lang, N_("any field of the kind; `puente kinds KIND` names them")));
}

void help_op(const struct help *h, const struct op *op)
{
    struct buf usage;

    buf_init(&usage, 4096);
    buf_fmt(&usage, "%s: puente ", tr(h->lang, N_("usage")));
    help_usage(&usage, op, h->lang);
    render_wrap(h->to, buf_view(&usage), 0, h->width);
    buf_free(&usage);
    buf_char(h->to, '\n');
    render_wrap(h->to, str_z(tr(h->lang, op->summary)), 0, h->width);
    if (op->help) {
        buf_char(h->to, '\n');
        render_wrap(h->to, str_z(tr(h->lang, op->help)), 0, h->width);
    }
    buf_char(h->to, '\n');
    render_wrap(h->to,
                str_z(tr(h->lang, op->flags & OP_NODE
                                      ? N_("It works on a node: the folder given by -C or PUENTE_DIR.")
                                      : N_("It needs no node."))),
                0, h->width);
    if (op->params && op->params->name)
        params(h, op);
    if (op->example) {
        title(h, N_("Example"));
        buf_fmt(h->to, "  puente %s\n", op->example);
    }
    title(h, N_("Exit status"));
    render_wrap(
        h->to,
        str_z(
            tr(h->lang, N_("0 when it went well; 1 when the answer is no or the data has faults; 2 when it "
                           "could not be done."))),
        2, h->width);
}

/* ---- the ops of this room ---- */

static int run_help(struct ctx *c, const struct args *a, struct out *out)
{
    struct str name = arg(a, "op");
    const struct op *op = name.n ? op_find(c->rooms, name) : NULL;
    struct buf b;
    struct help h = {c->rooms, c->lang, 80, &b};

    if (name.n && !op) {
        struct op_nearest near = {.word = name};
        for (const struct room *const *r = c->rooms; *r; r++)
            for (const struct op *const *o = (*r)->ops; o && *o; o++)
                op_nearest_try(&near, (*o)->name);
        return near.best
                   ? err_set(c->err, ERR_USAGE, N_("there is no op “%.*s”; did you mean “%s”?"),
                             STR_ARG(name), near.best)
                   : err_set(c->err, ERR_USAGE, N_("there is no op “%.*s”; `puente help --all` lists them"),
                             STR_ARG(name));
    }
    buf_init(&b, (size_t)1 << 20);
    if (op)
        help_op(&h, op);
    else if (arg_given(a, "all"))
        help_all(&h);
    else
        help_short(&h);
    out_line(out, buf_view(&b));
    buf_free(&b);
    return 0;
}

const struct op help_op_def = {
    .name = "help",
    .summary = N_("explain the program or one op"),
    .params =
        (const struct param[]){
            {.name = "op", .positional = true, .help = N_("the op to explain")},
            {.name = "words",
             .positional = true,
             .many = true,
             .help =
                 N_("what follows it, such as “propose” behind “agreement”: the op's help tells of all")},
            {.name = "all", .type = P_FLAG, .help = N_("list every op, not only the common ones")},
            {0},
        },
    .flags = OP_LOCAL | OP_RAW,
    .run = run_help,
    .example = "help feed",
};

static int run_version(struct ctx *c, const struct args *a, struct out *out)
{
    (void)c;
    (void)a;
    out_open(out, NULL);
    out_z(out, "version", PUENTE_VERSION);
    out_close(out);
    return 0;
}

const struct op version_op = {
    .name = "version",
    .summary = N_("say which version of puente this is"),
    .flags = OP_LOCAL,
    .run = run_version,
    .example = "version",
};
