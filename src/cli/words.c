/*
 * words.c: argv -> the op, its arguments and the global options. Global options stand before the op or after
 * it; an op's own option of the same name wins. `--` ends the options; what begins with a dash and a digit
 * is a number.
 */
#include "cli/internal.h"

#include <stdlib.h>

const struct global_option words_globals[] = {
    {"-C", N_("DIR"), N_("the node's folder; PUENTE_DIR when not given, else the current folder")},
    {"--lang", "en|es", N_("the language of the answer; PUENTE_LANG or LANG when not given")},
    {"--json", NULL, N_("answer in JSON")},
    {"--purpose", N_("TEXT"), N_("why personal data is looked at; without it, it is withheld")},
    {"--case", N_("TEXT"), N_("the case it is looked at for")},
    {"--author", N_("TEXT"), N_("the office or officer who acts; the node's office when not given")},
    {"--help", NULL, N_("explain the op instead of running it")},
    {NULL, NULL, NULL},
};

struct reader {
    struct words *w;
    char **argv;
    int argc, i;
    bool ended;             /* `--` was seen */
    struct str *positional; /* argc of them is enough */
    size_t n;
};

static const struct param *param_of(const struct op *op, struct str name)
{
    for (const struct param *p = op ? op->params : NULL; p && p->name; p++)
        if (!p->positional && str_eq(name, str_z(p->name)))
            return p;
    return NULL;
}

static bool has_rest(const struct op *op)
{
    for (const struct param *p = op ? op->params : NULL; p && p->name; p++)
        if (p->rest)
            return true;
    return false;
}

static int set_lang(struct words *w, struct str value, struct err *e)
{
    if (!str_eq(value, S("en")) && !str_eq(value, S("es")))
        return err_set(e, ERR_USAGE, N_("--lang is en or es, not “%.*s”"), STR_ARG(value));
    w->lang = e->lang = str_eq(value, S("es")) ? LANG_ES : LANG_EN;
    return 0;
}

/* The language of the errors that reading argv may bring. */
static void guess_lang(struct words *w, int argc, char **argv)
{
    static const char *const from[] = {"PUENTE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};

    w->lang = LANG_EN;
    for (size_t i = 0; i < COUNT(from); i++) {
        const char *v = getenv(from[i]);
        if (v && v[0]) {
            w->lang = lang_parse(v, LANG_EN);
            break;
        }
    }
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strncmp(argv[i], "--lang=", 7) == 0)
            w->lang = lang_parse(argv[i] + 7, w->lang);
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            w->lang = lang_parse(argv[i + 1], w->lang);
}

/* The value of option `name`: behind its '=', or the next word. */
static int take_value(struct reader *r, struct str name, struct str *value, struct err *e)
{
    if (value->p)
        return 0;
    if (r->i + 1 >= r->argc || strncmp(r->argv[r->i + 1], "--", 2) == 0)
        return err_set(e, ERR_USAGE, N_("--%.*s needs a value"), STR_ARG(name));
    *value = str_z(r->argv[++r->i]);
    return 0;
}

static int no_such_option(struct str name, struct err *e)
{
    struct op_nearest near = {.word = name};

    for (const struct global_option *g = words_globals; g->name; g++)
        if (g->name[1] == '-')
            op_nearest_try(&near, g->name + 2);
    if (near.best)
        return err_set(e, ERR_USAGE, N_("there is no option --%.*s here; did you mean --%s?"),
                       STR_ARG(name), near.best);
    return err_set(e, ERR_USAGE,
                   N_("there is no option --%.*s here; an op's own options stand behind the op"),
                   STR_ARG(name));
}

/* 1 = it was a global option, 0 = it is none, -1 = err. */
static int global(struct reader *r, struct str name, struct str value, struct err *e)
{
    struct words *w = r->w;
    struct str *text = str_eq(name, S("purpose"))  ? &w->purpose
                       : str_eq(name, S("case"))   ? &w->the_case
                       : str_eq(name, S("author")) ? &w->author
                                                   : NULL;

    if (str_eq(name, S("json")) || str_eq(name, S("help"))) {
        if (value.p)
            return err_set(e, ERR_USAGE, N_("--%.*s takes no value"), STR_ARG(name));
        *(name.p[0] == 'j' ? &w->json : &w->help) = true;
        return 1;
    }
    if (!text && !str_eq(name, S("lang")))
        return 0;
    if (take_value(r, name, &value, e))
        return -1;
    if (!text)
        return set_lang(w, value, e) ? -1 : 1;
    if (!str_utf8(value))
        return err_set(e, ERR_USAGE, N_("the value of %.*s is not UTF-8 text"), STR_ARG(name));
    *text = value;
    return 1;
}

static int long_option(struct reader *r, const char *word, struct err *e)
{
    struct str name = str_z(word), value = {NULL, 0};
    const char *eq = strchr(word, '=');
    const struct param *p;
    int is;

    if (eq) {
        name.n = (size_t)(eq - word);
        value = str_z(eq + 1);
    }
    p = param_of(r->w->op, name);
    if (!p && (is = global(r, name, value, e)) != 0)
        return is < 0 ? -1 : 0;
    if (!p && r->w->op == NULL)
        return no_such_option(name, e);
    if (!p && !has_rest(r->w->op)) {
        args_add(r->w->args, name, value); /* args_check names it, and what it might have been */
        return 0;
    }
    if (!(p && p->type == P_FLAG) && take_value(r, name, &value, e))
        return -1;
    (p ? args_add : args_add_rest)(r->w->args, name, value);
    return 0;
}

static int short_option(struct reader *r, const char *word, struct err *e)
{
    struct str dir = word[2] ? str_z(word + 2) : (struct str){NULL, 0};

    if (strcmp(word, "-h") == 0) {
        r->w->help = true;
        return 0;
    }
    if (word[1] != 'C')
        return err_set(e, ERR_USAGE, N_("there is no option %s"), word);
    if (!dir.p && r->i + 1 >= r->argc)
        return err_set(e, ERR_USAGE, N_("-C needs the folder of a node"));
    r->w->dir = dir.p ? dir.p : r->argv[++r->i];
    return 0;
}

static int name_op(struct words *w, const char *word, struct err *e)
{
    struct op_nearest near = {.word = str_z(word)};

    if ((w->op = op_find(w->rooms, str_z(word))) != NULL)
        return 0;
    for (const struct room *const *r = w->rooms; *r; r++)
        for (const struct op *const *op = (*r)->ops; op && *op; op++)
            op_nearest_try(&near, (*op)->name);
    if (near.best)
        return err_set(e, ERR_USAGE, N_("there is no op “%s”; did you mean “%s”?"), word, near.best);
    return err_set(e, ERR_USAGE, N_("there is no op “%s”; `puente help --all` lists them"), word);
}

/* `names compare` is the op names-compare: two words that a hyphen makes an op are it. */
static bool name_pair(struct reader *r)
{
    struct words *w = r->w;
    const struct op *op;

    if (r->i + 1 >= r->argc)
        return false;
    op = op_find(w->rooms, arena_fmt(w->arena, "%s-%s", r->argv[r->i], r->argv[r->i + 1]));
    if (op == NULL)
        return false;
    w->op = op;
    r->i++;
    return true;
}

/* Hands the positional words to the positional params: one each, all the rest to the one that takes many; a
 * field=value beyond them to `rest`. */
static int place_positional(struct reader *r, struct err *e)
{
    struct words *w = r->w;
    size_t i = 0;

    for (const struct param *p = w->op->params; p && p->name; p++)
        while (p->positional && i < r->n) {
            args_add(w->args, str_z(p->name), r->positional[i++]);
            if (!p->many)
                break;
        }
    for (; i < r->n; i++) {
        struct str rest = r->positional[i], name;
        if (!has_rest(w->op) || memchr(rest.p, '=', rest.n) == NULL || !str_split(&rest, '=', &name))
            return err_set(e, ERR_USAGE, N_("%s does not know what to do with “%.*s”"), w->op->name,
                           STR_ARG(r->positional[i]));
        args_add_rest(w->args, name, rest);
    }
    return 0;
}

/* An option is a word of letters, digits and hyphens, with a value behind "=" or not. What else begins with a hyphen is something
 * that an op reads: -1, -(a + b), --1. */
static bool is_option(const char *z)
{
    size_t n = z[0] == '-' ? 1 + (z[1] == '-') : 0;

    if (n == 0 || !((z[n] >= 'a' && z[n] <= 'z') || (z[n] >= 'A' && z[n] <= 'Z')))
        return false;
    if (n == 1 && (z[1] == 'C' || z[2] == '\0'))
        return true;
    while ((z[n] >= 'a' && z[n] <= 'z') || (z[n] >= 'A' && z[n] <= 'Z') || (z[n] >= '0' && z[n] <= '9') ||
           z[n] == '-' || z[n] == '_')
        n++;
    return z[n] == '\0' || z[n] == '=';
}

static int word(struct reader *r, struct err *e)
{
    const char *z = r->argv[r->i];
    bool option = !r->ended && is_option(z);

    if (!r->ended && strcmp(z, "--") == 0) {
        r->ended = true;
        return 0;
    }
    if (!r->ended && strcmp(z, "--version") == 0 && !r->w->op)
        return name_op(r->w, "version", e);
    if (option)
        return z[1] == '-' ? long_option(r, z + 2, e) : short_option(r, z, e);
    if (!r->w->op)
        return name_pair(r) ? 0 : name_op(r->w, z, e);
    r->positional[r->n++] = str_z(z);
    return 0;
}

int words_read(struct words *w, int argc, char **argv, struct err *e)
{
    struct reader r = {.w = w, .argv = argv, .argc = argc};
    const char *dir = getenv("PUENTE_DIR");

    guess_lang(w, argc, argv);
    e->lang = w->lang;
    w->args = args_new(w->arena);
    r.positional = arena_alloc(w->arena, (size_t)argc * sizeof *r.positional);
    w->dir = dir && dir[0] ? dir : NULL;
    for (r.i = 1; r.i < argc; r.i++)
        if (word(&r, e))
            return -1;
    return w->op && !w->help ? place_positional(&r, e) : 0;
}
