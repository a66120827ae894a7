/*
 * ask.c: `ask PEER`: does the other side know this? A value
 * comes from a file or from standard input; only what is no person's may stand on the command line, where others
 * can read it. Answers name lines of that file, never values.
 */
#include "exchange/query.h"

#include "exchange/link_https.h"

#define VALUES_MAX ((size_t)8 << 20) /* bytes of a file of values */

/* ---- the values ---- */

/* Schemes whose values name a person. */
static bool is_personal(int scheme)
{
    static const char *const personal[] = {"curp", "national-id", "passport", "person", "rfc", "tax-id"};

    for (size_t i = 0; i < COUNT(personal); i++)
        if (strcmp(token_scheme_name(scheme), personal[i]) == 0)
            return true;
    return false;
}

struct lines {
    struct str *token;
    int64_t *line; /* of the file, from 1 */
    size_t n;
};

static int take_line(struct ctx *c, int scheme, struct str country, struct str value, struct lines *to)
{
    struct str whole = value;

    if (token_has_country(scheme) && country.n)
        whole = arena_fmt(c->arena, "%.*s|%.*s", STR_ARG(country), STR_ARG(value));
    if (token_make(c->arena, scheme, whole, &to->token[to->n]))
        return 0;
    if (token_has_country(scheme))
        return err_set(c->err, ERR_DATA,
                       N_("line %lld is no value of %s: give --country, or COUNTRY|NUMBER"),
                       (long long)to->line[to->n], token_scheme_name(scheme));
    return err_set(c->err, ERR_DATA, N_("line %lld is no value of %s"), (long long)to->line[to->n],
                   token_scheme_name(scheme));
}

static int read_values(struct ctx *c, const struct args *a, int scheme, struct lines *to)
{
    struct str text = arg(a, "value"), line, country = arg(a, "country");
    int64_t number = 0;
    size_t most = 1;

    if (text.n && is_personal(scheme))
        return err_set(
            c->err, ERR_USAGE,
            N_("others can read the command line: give a value of %s in --value-file, or - to type it"),
            token_scheme_name(scheme));
    if (text.n == 0 && arg_given(a, "value-file")) {
        struct str file = arg(a, "value-file");
        if (file_read(c->arena, str_eq(file, S("-")) ? "/dev/stdin" : arena_z(c->arena, file), VALUES_MAX,
                      &text, c->err) < 0)
            return -1;
    }
    for (size_t i = 0; i < text.n; i++)
        most += text.p[i] == '\n';
    *to = (struct lines){.token = arena_alloc(c->arena, most * sizeof *to->token),
                         .line = arena_alloc(c->arena, most * sizeof *to->line)};
    while (str_split(&text, '\n', &line)) {
        number++;
        line = str_trim(line);
        if (line.n == 0)
            continue;
        to->line[to->n] = number;
        if (take_line(c, scheme, country, line, to) < 0)
            return -1;
        to->n++;
    }
    return to->n ? 0 : err_set(c->err, ERR_USAGE, N_("nothing to ask for: give --value or --value-file"));
}

static int read_scheme(struct ctx *c, const struct args *a, int *scheme)
{
    *scheme = token_scheme(arg(a, "scheme"));
    return *scheme >= 0
               ? 0
               : err_set(c->err, ERR_USAGE, N_("“%.*s” is nothing that can be asked for privately"),
                         STR_ARG(arg(a, "scheme")));
}

int query_need_purpose(struct ctx *c)
{
    if (query_line_ok(str_trim(c->purpose), QUERY_PURPOSE) &&
        query_line_ok(str_trim(c->the_case), QUERY_CASE))
        return 0;
    return err_set(c->err, ERR_DENIED,
                   N_("asking needs a purpose and a case, each in one line: --purpose and --case"));
}

/* ---- ask ---- */

struct asked {
    struct lines values;
    int *found; /* 1 hit, 0 none, -2 not known without a line; a value each */
    size_t hits, unknown, opened, padded;
    struct query_held held;
    struct str outcome;
};

static int disclose(struct ctx *c, const struct query_terms *t, int scheme, struct asked *x,
                    const uint8_t *entry)
{
    int made = query_disclose(c, t, scheme, entry);

    x->opened += made == 1;
    return made < 0 ? -1 : 0;
}

/* In questions of at most QUERY_MOST values; stops at a refusal. */
static int ask_line(struct ctx *c, const struct query_terms *t, const struct link *l, int scheme,
                    struct asked *x)
{
    x->outcome = S("answered");
    for (size_t at = 0; at < x->values.n && str_eq(x->outcome, S("answered")); at += QUERY_MOST) {
        size_t left = x->values.n - at;
        struct asking a = {
            .scheme = scheme, .tokens = x->values.token + at, .n = left < QUERY_MOST ? left : QUERY_MOST};
        if (query_ask(c, t, l, &a) < 0)
            return -1;
        x->outcome = a.outcome;
        x->padded += query_bucket(a.n);
        x->held = a.held;
        for (size_t i = 0; a.hit && i < a.n; i++) {
            x->found[at + i] = a.hit[i];
            x->hits += a.hit[i];
            if (a.hit[i] && disclose(c, t, scheme, x, a.entry[i]) < 0)
                return -1;
        }
    }
    return 0;
}

static int ask_offline(struct ctx *c, const struct query_terms *t, struct asked *x)
{
    x->outcome = S("offline");
    for (size_t i = 0; i < x->values.n; i++) {
        x->found[i] = query_offline(c, t, x->values.token[i], &x->held);
        if (x->found[i] == -1)
            return -1;
        x->hits += x->found[i] == 1;
        x->unknown += x->found[i] == -2;
    }
    return 0;
}

static void say_found(struct out *o, int found)
{
    out_z(o, "answer",
          found == 1   ? tr(o->lang, N_("match"))
          : found == 0 ? tr(o->lang, N_("no match"))
                       : tr(o->lang, N_("not known without a line: it was never evaluated")));
}

void query_say_set(struct out *o, const struct query_held *h)
{
    if (!h->have)
        return;
    out_str(o, "as_of", h->head.time);
    out_int(o, "key_epoch", h->head.epoch);
}

static int say_asked(struct out *o, const struct query_terms *t, const struct asked *x)
{
    const struct kind *k = schema_kind(S("query"));
    const struct code *why = schema_code(k->field[schema_field(k, S("outcome"))].codes, x->outcome);

    out_str(o, "peer", t->holder);
    if (why && !str_eq(x->outcome, S("answered"))) {
        out_z(o, "refused", tr(o->lang, why->label));
        if (str_eq(x->outcome, S("normaliser")))
            out_z(
                o, "because",
                tr(o->lang, N_("both nodes must make the same normal forms: they run different versions")));
        return 1;
    }
    out_int(o, "values", (int64_t)x->values.n);
    if (x->padded)
        out_int(o, "padded_to", (int64_t)x->padded);
    out_int(o, "matches", (int64_t)x->hits);
    if (x->unknown)
        out_int(o, "unknown", (int64_t)x->unknown);
    if (x->opened)
        out_int(o, "requests_opened", (int64_t)x->opened);
    query_say_set(o, &x->held);
    if (x->values.n == 1) {
        say_found(o, x->found[0]);
        return 0;
    }
    out_list(o, "answers");
    for (size_t i = 0; i < x->values.n; i++)
        if (x->found[i] != 0) {
            out_open(o, NULL);
            out_int(o, "line", x->values.line[i]);
            say_found(o, x->found[i]);
            out_close(o);
        }
    out_end(o);
    return 0;
}

static int run_ask(struct ctx *c, const struct args *a, struct out *o)
{
    struct link_https *https = NULL;
    struct query_terms t;
    struct asked x = {.hits = 0};
    int scheme, rc;

    if (read_scheme(c, a, &scheme) < 0 || query_need_purpose(c) < 0 ||
        read_values(c, a, scheme, &x.values) < 0 || query_terms_find(c, arg(a, "peer"), scheme, &t) < 0)
        return -1;
    x.found = arena_alloc(c->arena, x.values.n * sizeof *x.found);
    if (arg_given(a, "offline")) {
        rc = ask_offline(c, &t, &x);
    } else {
        https = link_https_new(c, t.holder);
        rc = https ? ask_line(c, &t, link_https_link(https), scheme, &x) : -1;
    }
    link_https_free(https);
    return rc < 0 ? -1 : say_asked(o, &t, &x);
}

static const char *const schemes[] = {
    "call-sign",   "container", "curp",   "firearm", "icao-address", "imo", "mmsi",
    "national-id", "passport",  "person", "plate",   "registration", "rfc", "swift",
    "tax-id",      "vin",       NULL};

static const struct param ask_params[] = {
    {"peer", P_TEXT, .positional = true, .required = true, .help = N_("the office that is asked")},
    {"scheme", P_CHOICE, .required = true, .help = N_("what kind of value it is"), .choices = schemes},
    {"country", P_TEXT, .help = N_("the country that issued the number: MX, US")},
    {"value", P_TEXT, .help = N_("the value; not for what names a person")},
    {"value-file", P_FILE, .help = N_("a file with a value a line, or - for standard input")},
    {"offline", P_FLAG, .help = N_("without a line: what earlier evaluations and the set held here tell")},
    {0},
};

const struct op op_ask = {
    .name = "ask",
    .summary = N_("ask another office whether it knows a value, without telling which"),
    .help = N_(
        "The value is blinded, so that the other side learns that something was asked, for which purpose "
        "and "
        "case, and how much, but not what, nor whether it was known. Both nodes write the question down. "
        "Needs a clause in force, --purpose and --case. A match opens a request for disclosure that is due "
        "in "
        "48 hours: people decide what is told. Parts of a value are separated by |: a person is "
        "NAME|YYYY-MM-DD, a firearm MAKER|MODEL|SERIAL."),
    .params = ask_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run_ask,
    .example = "ask mx.anam --scheme plate --country MX --value ABC-12-34 --purpose \"stolen vehicles\" "
               "--case 2026/114",
};
