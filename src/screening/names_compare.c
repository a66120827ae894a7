/*
 * names_compare.c: `puente names compare`: pairs of names, a line each, and what they have in common in bits. It
 * looks at nothing but what it is given; no node, no list.
 *
 *   in    name1 TAB name2 [TAB schema]      Person, Company, Organization, LegalEntity, Vessel, Airplane, Thing
 *   out   bits TAB score TAB match          one line a line, also for one that cannot be read (0 0 0)
 */
#include "screening/internal.h"

#include "names/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#define LINE_MOST  ((size_t)1 << 16) /* bytes of a line; a longer one is broken */
#define FLUSH_FROM ((size_t)1 << 15)

struct comparing {
    struct ctx *c;
    struct out *o;
    struct arena *arena; /* emptied after each line */
    struct buf answer;
    bool explain;
    uint64_t line, broken;
};

static enum name_of schema_of(struct str s)
{
    static const struct {
        const char *schema;
        enum name_of of;
    } known[] = {
        {"person", NAME_PERSON},        {"company", NAME_COMPANY},    {"organization", NAME_COMPANY},
        {"organisation", NAME_COMPANY}, {"publicbody", NAME_COMPANY}, {"vessel", NAME_VESSEL},
        {"airplane", NAME_VESSEL},
    };

    for (size_t i = 0; i < COUNT(known); i++)
        if (s.n == strlen(known[i].schema) && strncasecmp(s.p, known[i].schema, s.n) == 0)
            return known[i].of;
    return NAME_ANY;
}

static void explain(struct comparing *g, const struct comparison *c)
{
    for (size_t i = 0; i < c->n; i++) {
        int b = c->part[i].bits;
        buf_fmt(&g->answer, "  %c%d.%02d  ", b < 0 ? '-' : '+', (b < 0 ? -b : b) / NAMES_BIT,
                (b < 0 ? -b : b) % NAMES_BIT);
        buf_str(&g->answer, evidence_words(g->arena, g->o->lang, &c->part[i]));
        buf_char(&g->answer, '\n');
    }
}

static void compare_line(struct comparing *g, struct str line)
{
    struct str rest = line, a, b, schema = {NULL, 0};
    struct comparison c;
    enum name_of of;
    int bits;

    g->line++;
    if (line.n && line.p[line.n - 1] == '\r')
        rest.n--;
    if (!memchr(rest.p, '\t', rest.n) || !str_split(&rest, '\t', &a) || !str_split(&rest, '\t', &b)) {
        fprintf(stderr, tr(g->o->lang, N_("line %llu: no tab between two names\n")),
                (unsigned long long)g->line);
        g->broken++;
        buf_z(&g->answer, "0\t0\t0\n");
        return;
    }
    if (rest.p)
        str_split(&rest, '\t', &schema);
    of = schema_of(str_trim(schema));
    bits = names_compare(name_read(g->arena, a, of), name_read(g->arena, b, of), g->explain ? &c : NULL);
    buf_fmt(&g->answer, "%s%d.%02d\t%d\t%d\n", bits < 0 ? "-" : "", (bits < 0 ? -bits : bits) / NAMES_BIT,
            (bits < 0 ? -bits : bits) % NAMES_BIT, names_score(bits), bits >= NAMES_MATCH);
    if (g->explain)
        explain(g, &c);
    arena_reset(g->arena);
}

static void flush(struct comparing *g)
{
    if (g->answer.n)
        out_line(g->o, buf_view(&g->answer));
    buf_reset(&g->answer);
}

/* Lines as they come; what is left of the last one stays at the beginning of `in`. */
static int compare_all(struct comparing *g, int fd)
{
    struct buf in;
    bool skipping = false; /* the rest of a line that was too long */
    ssize_t got;

    buf_init(&in, 2 * LINE_MOST);
    for (;;) {
        char *to = buf_room(&in, LINE_MOST);
        size_t from = 0;
        got = read(fd, to, LINE_MOST);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        in.n += (size_t)got;
        for (char *end; (end = memchr(in.p + from, '\n', in.n - from)) != NULL;
             from = (size_t)(end - in.p) + 1) {
            if (!skipping)
                compare_line(g, str_n(in.p + from, (size_t)(end - in.p) - from));
            skipping = false;
            if (g->answer.n >= FLUSH_FROM)
                flush(g);
        }
        in.n -= from;
        memmove(in.p, in.p + from, in.n);
        if (in.n >= LINE_MOST) {
            if (!skipping)
                compare_line(g, S("")); /* broken, and says so */
            skipping = true;
            in.n = 0;
        }
        flush(g);
    }
    if (in.n && !skipping)
        compare_line(g, buf_view(&in));
    flush(g);
    buf_free(&in);
    return got < 0 ? err_set(g->c->err, ERR_IO, N_("the input cannot be read")) : 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct comparing g = {.c = c, .o = o, .explain = arg_given(a, "explain")};
    struct str path = arg(a, "file");
    bool standard = path.n == 0 || str_eq(path, S("-"));
    const char *z = arena_z(c->arena, path);
    int fd = standard ? STDIN_FILENO : open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY), ret;

    if (fd < 0)
        return err_set(c->err, errno == ENOENT ? ERR_USAGE : ERR_IO, N_("%s: %s"), z, strerror(errno));
    g.arena = arena_new();
    buf_init(&g.answer, (size_t)1 << 20);
    ret = compare_all(&g, fd);
    buf_free(&g.answer);
    arena_free(g.arena);
    if (!standard)
        close(fd);
    return ret < 0 ? -1 : g.broken > 0;
}

static const struct param params[] = {
    {"file", P_FILE, .positional = true,
     .help =
         N_("lines of two names and what they are of, with tabs between; - or nothing is standard input")},
    {"explain", P_FLAG, .help = N_("say under each pair what speaks for it and what against")},
    {0},
};

const struct op screening_names_compare = {
    .name = "names-compare",
    .summary = N_("what pairs of names have in common, in bits"),
    .help = N_("Reads lines of “name TAB name” or “name TAB name TAB schema” (Person, Company, "
               "Organization, Vessel, "
               "Airplane; anything else: the name tells) and writes for each “bits TAB score TAB match”: "
               "the evidence, "
               "0 to 1000 for people to read, and whether it reaches the threshold. No node is needed, and "
               "nothing is kept. Exit status: 0, or 1 when a line had no tab."),
    .params = params,
    .flags = OP_STREAM | OP_LOCAL,
    .run = run,
    .example = "names-compare pairs.tsv",
};
