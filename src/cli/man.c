/*
 * man.c: the whole program as one manual page, from the op tables: roff with the man macros (groff_man(7)).
 * Text is escaped so that no character of it can be a request; what is not ASCII is written \[uXXXX].
 */
#include "cli/internal.h"

static void escape(struct buf *b, const char *z)
{
    struct str s = str_z(z);
    bool start = true;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (start && (c == '.' || c == '\''))
            buf_z(b, "\\&");
        start = c == '\n';
        if (c == '\\')
            buf_z(b, "\\e");
        else if (c == '-')
            buf_z(b, "\\-");
        else if (c == '`')
            buf_z(b, "\\(ga");
        else if (c == '^' || c == '~')
            buf_z(b, c == '^' ? "\\(ha" : "\\(ti");
        else if (c == '"' || c == '\'')
            buf_z(b, c == '"' ? "\\(dq" : "\\(aq");
        else if (c >= 0xc0 && i + 1 < s.n) {
            size_t n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
            unsigned v = c & (0x7fu >> n);
            for (size_t k = 1; k < n && i + k < s.n; k++)
                v = v << 6 | ((unsigned char)s.p[i + k] & 0x3f);
            buf_fmt(b, "\\[u%04X]", v);
            i += n - 1;
        } else {
            buf_char(b, (char)c);
        }
    }
}

static void text(const struct help *h, const char *msgid)
{
    escape(h->to, tr(h->lang, msgid));
    buf_char(h->to, '\n');
}

static void section(const struct help *h, const char *msgid)
{
    buf_z(h->to, ".SH ");
    text(h, msgid);
}

/* Paragraphs: an empty line of the source starts a new one. */
static void paragraphs(const struct help *h, const char *msgid, const char *request)
{
    struct str rest = str_z(tr(h->lang, msgid)), line;
    struct arena *a = arena_new();
    bool fresh = true;

    while (str_split(&rest, '\n', &line)) {
        if (line.n == 0) {
            fresh = true;
            continue;
        }
        if (fresh)
            buf_fmt(h->to, "%s\n", request);
        fresh = false;
        escape(h->to, arena_z(a, str_trim(line)));
        buf_char(h->to, '\n');
    }
    arena_free(a);
}

static void option(const struct help *h, const char *name, const char *value, const char *help)
{
    buf_z(h->to, ".TP\n\\fB");
    escape(h->to, name);
    buf_z(h->to, "\\fR");
    if (value && value[0]) {
        buf_z(h->to, " \\fI");
        escape(h->to, tr(h->lang, value));
        buf_z(h->to, "\\fR");
    }
    buf_char(h->to, '\n');
    text(h, help);
}

static void one_op(const struct help *h, const struct op *op)
{
    struct buf usage;

    buf_init(&usage, 4096);
    help_usage(&usage, op, h->lang);
    buf_char(&usage, '\0');
    buf_z(h->to, ".TP\n\\fB");
    escape(h->to, op->name);
    buf_z(h->to, "\\fR");
    escape(h->to, usage.p + strlen(op->name));
    buf_free(&usage);
    buf_char(h->to, '\n');
    text(h, op->summary);
    buf_z(h->to, ".RS\n");
    if (op->help)
        paragraphs(h, op->help, ".PP");
    for (const struct param *p = op->params; p && p->name; p++) {
        struct buf name;
        buf_init(&name, 256);
        buf_fmt(&name, "%s%s", p->positional ? "" : "--", p->name);
        buf_char(&name, '\0');
        option(h, name.p, p->positional ? NULL : help_metavar(p), p->help);
        buf_free(&name);
    }
    if (op->example) {
        buf_z(h->to, ".PP\n.EX\npuente ");
        escape(h->to, op->example);
        buf_z(h->to, "\n.EE\n");
    }
    buf_z(h->to, ".RE\n");
}

static void ops_section(const struct help *h)
{
    section(h, N_("OPS"));
    for (const struct room *const *r = h->rooms; *r; r++) {
        if (!(*r)->ops || !(*r)->ops[0])
            continue;
        buf_z(h->to, ".SS ");
        text(h, help_room_title(*r));
        for (const struct op *const *op = (*r)->ops; *op; op++)
            one_op(h, *op);
    }
}

static void begin(const struct help *h)
{
    buf_fmt(h->to, ".TH PUENTE 1 \"\" \"puente %s\"\n", PUENTE_VERSION);
    buf_z(h->to, ".nh\n.ad l\n");
    section(h, N_("NAME"));
    buf_z(h->to, "puente \\- ");
    text(h, N_("what agencies on both sides of a border run to work together"));
    section(h, N_("SYNOPSIS"));
    buf_z(h->to, "\\fBpuente\\fR [\\fB\\-C\\fR \\fI");
    escape(h->to, tr(h->lang, N_("DIR")));
    buf_z(h->to, "\\fR] [\\fB\\-\\-lang\\fR en|es] [\\fB\\-\\-json\\fR] ");
    text(h, N_("OP [ARGUMENT]…"));
    section(h, N_("DESCRIPTION"));
    paragraphs(
        h,
        N_("What crosses a border and what its agencies agree on enter a node as records in a signed "
           "journal. "
           "The ops below take messages in, show what is known, find what an alert asks for, and prove "
           "later what was said and when.\n\n"
           "A node is a folder that `puente init` lays out; it belongs to one office. The same ops are "
           "served over HTTP by `puente serve`."),
        ".PP");
}

static void end(const struct help *h)
{
    section(h, N_("EXIT STATUS"));
    option(h, "0", NULL, N_("it went well"));
    option(h, "1", NULL, N_("the answer is no, or the data has faults"));
    option(h, "2", NULL, N_("it could not be done; the reason is on standard error"));
    section(h, N_("ENVIRONMENT"));
    option(h, "PUENTE_DIR", NULL, N_("the node's folder, when -C is not given"));
    option(h, "PUENTE_LANG, LC_ALL, LC_MESSAGES, LANG", NULL,
           N_("the language, when --lang is not given; the first one that is set counts"));
    option(h, "NO_COLOR", NULL, N_("when set, no colour is used"));
    section(h, N_("FILES"));
    option(h, "node.json", NULL, N_("which office and country the node belongs to"));
    option(h, "journal.db", NULL, N_("the journal: the only truth; back it up"));
    option(h, "views.db", NULL, N_("tables made from the journal; `puente rebuild` makes them again"));
    option(h, "keys/", NULL, N_("the node's secret keys; keep them to yourself"));
}

void man_page(const struct help *h)
{
    begin(h);
    section(h, N_("OPTIONS"));
    for (const struct global_option *g = words_globals; g->name; g++)
        option(h, g->name, g->value, g->help);
    ops_section(h);
    end(h);
}

static int run_man(struct ctx *c, const struct args *a, struct out *out)
{
    struct buf b;
    struct help h = {c->rooms, c->lang, 80, &b};

    (void)a;
    buf_init(&b, (size_t)1 << 22);
    man_page(&h);
    out_line(out, buf_view(&b));
    buf_free(&b);
    return 0;
}

const struct op man_op = {
    .name = "man",
    .summary = N_("write the manual page"),
    .help = N_("The page is in roff; `puente man | man -l -` shows it, `puente man > puente.1` keeps it."),
    .flags = OP_LOCAL | OP_RAW,
    .run = run_man,
    .example = "man",
};
