/*
 * measure.c: `puente names screen`: many names against the alerts that hold today, a line of JSON each: the best matches
 * first, also such as are below the threshold, down to half of it. For measuring, and for whoever has a list to look
 * through. The run is a look and is recorded before the first answer, with how many names were asked (decision 0233).
 *
 * In:  name[<TAB>birth date[<TAB>country]]
 * Out: {"name":..., "matches":[{"list":..., "number":..., "name":..., "subject":..., "bits":..., "score":..., "match":...}]}
 */
#include "base/json.h"
#include "screening/internal.h"

#include <stdlib.h>

#define TOP_USUAL  10
#define TOP_MOST   1000
#define INPUT_MAX  ((size_t)256 << 20)
#define ANSWER_MAX ((size_t)1 << 20) /* of the answer */
#define LEAST      (NAMES_MATCH / 2)
#define SPARE      4 /* further candidates: a date or a country may lift one, aliases fall together */

/* An alert that has a listed name; more than one may. */
struct holder {
    struct str list, number, name, subject, birth, country;
    bool weak; /* an alias that does not match without a birth date */
    struct holder *next;
};

/* By a name's number in the log; made when it is first found. */
struct holders {
    struct holder **of;
    bool *known;
    size_t n;
};

struct match {
    const struct holder *who;
    int bits;
    bool is; /* by this name, or by another of the alert's */
};

struct run {
    struct ctx *c;
    struct arena *keep; /* holders live as long as the run; c->arena dies with each line */
    struct holders all;
    size_t top;
    struct buf line;
};

static int read_holders(struct run *r, uint32_t n, struct holder **first)
{
    struct ctx c = *r->c;
    struct query *q =
        views_query(c.views,
                    "SELECT m.name, l.list, l.number, EXISTS (SELECT 1 FROM v_alert_name a WHERE a.id = "
                    "l.part AND a.quality = 'weak') FROM memo_scr_listed m JOIN scr_listed l ON "
                    "l.key = m.key WHERE m.n = ?1 ORDER BY l.part",
                    c.err);
    struct alert a;
    int row;

    c.arena = r->keep;
    *first = NULL;
    if (!q)
        return -1;
    query_bind_int(q, 1, n);
    while ((row = query_step(q, c.err)) == 1) {
        struct holder *h = arena_alloc(r->keep, sizeof *h);
        h->name = screening_copy(&c, q, 0);
        h->weak = query_int(q, 3) != 0;
        if (alert_find(&c, screening_copy(&c, q, 1), screening_copy(&c, q, 2), &a) != 1 || !a.active)
            continue;
        h->list = a.list;
        h->number = a.number;
        h->subject = a.subject;
        h->birth = a.birth_date;
        h->country = a.country;
        h->next = *first;
        *first = h;
    }
    query_done(q);
    return row;
}

static int holders_of(struct run *r, uint32_t n, struct holder **first)
{
    struct holders *h = &r->all;

    if (n >= h->n) {
        size_t more = (size_t)n + 1 + h->n;
        h->of = xrealloc(h->of, more * sizeof(struct holder *));
        h->known = xrealloc(h->known, more * sizeof *h->known);
        memset(h->known + h->n, 0, (more - h->n) * sizeof *h->known);
        h->n = more;
    }
    if (!h->known[n] && read_holders(r, n, &h->of[n]) < 0)
        return -1;
    h->known[n] = true;
    *first = h->of[n];
    return 0;
}

static int by_bits(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    int d = (x->bits < y->bits) - (x->bits > y->bits);

    d = d ? d : str_cmp(x->who->list, y->who->list);
    return d ? d : str_cmp(x->who->number, y->who->number);
}

/* An alert counts once, with its best name. */
static size_t add_match(struct match *m, size_t n, struct match x)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(m[i].who->number, x.who->number) && str_eq(m[i].who->list, x.who->list)) {
            x.is |= m[i].is;
            if (x.bits <= m[i].bits)
                x = (struct match){m[i].who, m[i].bits, x.is};
            m[i] = x;
            return n;
        }
    m[n] = x;
    return n + 1;
}

static int match_line(struct run *r, struct str name, struct str birth, struct str country,
                      struct match **out, size_t *n)
{
    struct known_found found;
    struct holder *who;
    size_t room = 0;

    *n = 0;
    if (known_search(r->c, SIDE_LISTED, name_read(r->c->arena, name, NAME_ANY),
                     (struct names_search){LEAST, r->top * SPARE}, &found) < 0)
        return -1;
    for (size_t i = 0; i < found.n; i++) {
        if (holders_of(r, found.name[i].id, &who) < 0)
            return -1;
        for (; who; who = who->next)
            room++;
    }
    *out = arena_alloc(r->c->arena, (room + 1) * sizeof **out);
    for (size_t i = 0; i < found.n; i++) {
        if (holders_of(r, found.name[i].id, &who) < 0)
            return -1;
        for (; who; who = who->next) {
            struct comparison beside = {.bits = 0};
            struct match x = {.who = who};
            bool agrees = names_birth(&beside, birth, who->birth) > 0;
            names_country(&beside, country, who->country);
            x.bits = found.name[i].bits + beside.bits;
            x.is = x.bits >= NAMES_MATCH && (agrees || !who->weak);
            *n = add_match(*out, *n, x);
        }
    }
    qsort(*out, *n, sizeof **out, by_bits);
    return 0;
}

static void say_match(struct buf *b, const struct match *m, bool first)
{
    buf_z(b, first ? "{\"list\":" : ",{\"list\":");
    json_str(b, m->who->list);
    buf_z(b, ",\"number\":");
    json_str(b, m->who->number);
    buf_z(b, ",\"name\":");
    json_str(b, m->who->name);
    buf_z(b, ",\"subject\":");
    json_str(b, m->who->subject);
    buf_fmt(b, ",\"bits\":%s%d.%02d", m->bits < 0 ? "-" : "", abs(m->bits) / 100, abs(m->bits) % 100);
    buf_fmt(b, ",\"score\":%d,\"match\":%s}", names_score(m->bits), m->is ? "true" : "false");
}

static int screen_line(struct run *r, struct str line, struct out *o)
{
    struct str name = {NULL, 0}, birth = {NULL, 0}, country = {NULL, 0};
    struct match *m;
    size_t n;

    str_split(&line, '\t', &name);
    str_split(&line, '\t', &birth);
    str_split(&line, '\t', &country);
    if (match_line(r, name, str_trim(birth), str_trim(country), &m, &n) < 0)
        return -1;
    buf_reset(&r->line);
    buf_z(&r->line, "{\"name\":");
    json_str(&r->line, name);
    buf_z(&r->line, ",\"matches\":[");
    for (size_t i = 0; i < n && i < r->top; i++)
        say_match(&r->line, &m[i], i == 0);
    buf_z(&r->line, "]}\n");
    out_line(o, buf_view(&r->line));
    return 0;
}

static size_t lines_in(struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n + (text.n > 0 && text.p[text.n - 1] != '\n');
}

static int screen_all(struct run *r, struct str text, struct out *o)
{
    struct arena *whole = r->c->arena;
    struct str line;
    int rc = 0;

    while (rc == 0 && text.n && str_split(&text, '\n', &line)) {
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        r->c->arena = arena_new();
        rc = screen_line(r, line, o);
        arena_free(r->c->arena);
    }
    r->c->arena = whole;
    return rc;
}

/* A look without a purpose is told as what this verb is for. */
static int log_run(struct ctx *c, struct str file, size_t lines)
{
    struct look look;
    struct ctx named = *c;
    int rc;

    named.purpose = c->purpose.n ? c->purpose : S("measuring");
    named.the_case = c->the_case.n ? c->the_case : S("measuring");
    look = look_at(&named, schema_kind(S("alert")));
    rc =
        look_log(&named, &look,
                 &(struct looked){.op = "names-screen",
                                  .query = arena_fmt(c->arena, "%zu names from %.*s", lines, STR_ARG(file)),
                                  .count = lines});
    c->journal = named.journal; /* opened to write meanwhile */
    c->views = named.views;
    return rc;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct str file = arg_given(a, "file") ? arg(a, "file") : S("-"), text;
    int64_t top = arg_int(a, "top", TOP_USUAL);
    struct ctx sub;
    struct run r = {.c = &sub, .top = (size_t)top};
    int rc;

    if (top < 1 || top > TOP_MOST)
        return err_set(c->err, ERR_USAGE, N_("top must be from 1 to %d"), TOP_MOST);
    if (file_read(c->arena, str_eq(file, S("-")) ? "/dev/stdin" : arena_z(c->arena, file), INPUT_MAX, &text,
                  c->err) < 0 ||
        log_run(c, str_eq(file, S("-")) ? S("standard input") : file, lines_in(text)) < 0)
        return -1;
    sub = *c;
    r.keep = arena_new();
    buf_init(&r.line, ANSWER_MAX);
    rc = views_hold(c->views, c->err);
    if (rc == 0)
        rc = screen_all(&r, text, o);
    views_let_go(c->views);
    buf_free(&r.line);
    arena_free(r.keep);
    free(r.all.of);
    free(r.all.known);
    return rc;
}

static const struct param params[] = {
    {"file", P_FILE, .positional = true, .help = N_("a name a line; standard input when it is not given")},
    {"top", P_INT, .help = N_("so many matches a name, 10 when not given")},
    {0},
};

const struct op screening_names = {
    .name = "names-screen",
    .summary = N_("many names against the alerts that hold today"),
    .help = N_(
        "Reads lines of name, birth date and country with tabs between, of which only the name is needed, "
        "and "
        "writes a line of JSON for each: the alerts that come nearest, best first, also those below the "
        "threshold. The run is a look and is recorded, with how many names were asked; say --purpose and "
        "--case when it is about people and not about measuring."),
    .params = params,
    .flags = OP_NODE | OP_LOCAL | OP_STREAM,
    .run = run,
    .example = "names screen names.txt --top 3",
};
