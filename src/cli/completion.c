/*
 * completion.c: what the Tab key offers in bash, zsh and fish, from the op tables. Names of ops, params and
 * kinds are [a-z0-9_-], so that nothing needs quoting; help texts are quoted.
 */
#include "cli/internal.h"

static void each_op(const struct help *h, void (*fn)(const struct help *, const struct op *))
{
    for (const struct room *const *r = h->rooms; *r; r++)
        for (const struct op *const *op = (*r)->ops; op && *op; op++)
            fn(h, *op);
}

static void name_only(const struct help *h, const struct op *op)
{
    buf_fmt(h->to, "%s ", op->name);
}

static void kind_names(const struct help *h)
{
    for (const struct kind *const *k = schema_kinds; *k; k++)
        buf_fmt(h->to, "%s%s", k == schema_kinds ? "" : " ", (*k)->name);
}

/* In single quotes, for any of the three shells. */
static void quoted(struct buf *b, const char *z)
{
    buf_char(b, '\'');
    for (; *z; z++)
        if (*z == '\'')
            buf_z(b, "'\\''");
        else if (*z != '\n' && *z != '[' && *z != ']' && *z != ':')
            buf_char(b, *z);
    buf_char(b, '\'');
}

static bool takes(const struct op *op, enum param_type type, bool positional)
{
    for (const struct param *p = op->params; p && p->name; p++)
        if (p->type == type && p->positional == positional)
            return true;
    return false;
}

/* ---- bash ---- */

static void bash_words(const struct help *h, const struct op *op)
{
    for (const struct param *p = op->params; p && p->name; p++)
        if (!p->positional)
            buf_fmt(h->to, "--%s ", p->name);
        else if (p->choices)
            for (const char *const *c = p->choices; *c; c++)
                buf_fmt(h->to, "%s ", *c);
}

static void bash_choices(const struct help *h, const struct op *op)
{
    for (const struct param *p = op->params; p && p->name; p++) {
        if (p->positional || (!p->choices && p->type != P_KIND))
            continue;
        buf_fmt(h->to, "    %s:--%s) words=\"", op->name, p->name);
        for (const char *const *c = p->choices; c && *c; c++)
            buf_fmt(h->to, "%s ", *c);
        buf_fmt(h->to, "%s\" ;;\n", p->type == P_KIND ? "$kinds" : "");
    }
}

static void bash_op(const struct help *h, const struct op *op)
{
    buf_fmt(h->to, "    %s) words=\"", op->name);
    bash_words(h, op);
    if (strcmp(op->name, "help") == 0)
        buf_z(h->to, "$ops ");
    buf_fmt(h->to, "%s\" ;;\n", takes(op, P_KIND, true) ? "$kinds" : "");
}

void completion_bash(const struct help *h)
{
    buf_z(h->to,
          "# puente: completion for bash; put this in ~/.local/share/bash-completion/completions/puente\n"
          "_puente() {\n"
          "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" op=\"\" i "
          "words=\"\"\n"
          "  local ops=\"");
    each_op(h, name_only);
    buf_z(h->to, "\"\n  local kinds=\"");
    kind_names(h);
    buf_z(h->to, "\"\n  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                 "    case \"${COMP_WORDS[i]}\" in\n"
                 "    -C|--lang|--purpose|--case|--author) ((i++)) ;;\n"
                 "    -*) ;;\n"
                 "    *) op=\"${COMP_WORDS[i]}\"; break ;;\n"
                 "    esac\n  done\n"
                 "  case \"$prev\" in\n"
                 "  -C) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); return ;;\n"
                 "  --lang) mapfile -t COMPREPLY < <(compgen -W 'en es' -- \"$cur\"); return ;;\n"
                 "  esac\n"
                 "  case \"$op:$prev\" in\n");
    each_op(h, bash_choices);
    buf_z(h->to, "  *)\n    case \"$op\" in\n    '') words=\"$ops\" ;;\n");
    each_op(h, bash_op);
    buf_z(h->to, "    esac\n    words+=\" -C");
    for (const struct global_option *g = words_globals + 1; g->name; g++)
        buf_fmt(h->to, " %s", g->name);
    buf_z(
        h->to,
        "\" ;;\n  esac\n"
        "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
        "  [[ ${#COMPREPLY[@]} -gt 0 || $cur == -* ]] || mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
        "}\ncomplete -o filenames -F _puente puente\n");
}

/* ---- zsh ---- */

static void zsh_line(const struct help *h, const struct op *op)
{
    buf_fmt(h->to, "    %s\\:", op->name);
    quoted(h->to, tr(h->lang, op->summary));
    buf_char(h->to, '\n');
}

static void zsh_param(const struct help *h, const struct param *p)
{
    buf_fmt(h->to, " '--%s['", p->name);
    quoted(h->to, tr(h->lang, p->help));
    buf_z(h->to, "']");
    if (p->choices) {
        buf_fmt(h->to, ":%s:(", p->name);
        for (const char *const *c = p->choices; *c; c++)
            buf_fmt(h->to, "%s%s", c == p->choices ? "" : " ", *c);
        buf_char(h->to, ')');
    } else if (p->type != P_FLAG) {
        buf_fmt(h->to, ":%s:%s", p->name, p->type == P_FILE ? "_files" : "");
    }
    buf_char(h->to, '\'');
}

static void zsh_op(const struct help *h, const struct op *op)
{
    buf_fmt(h->to, "  %s) _arguments", op->name);
    for (const struct param *p = op->params; p && p->name; p++)
        if (!p->positional)
            zsh_param(h, p);
    if (takes(op, P_KIND, true))
        buf_z(h->to, " \"1:kind:($kinds)\"");
    buf_z(h->to, strcmp(op->name, "help") == 0 ? " \"*:op:($ops)\" ;;\n" : " '*:file:_files' ;;\n");
}

void completion_zsh(const struct help *h)
{
    buf_z(h->to, "#compdef puente\n"
                 "# puente: completion for zsh; put this in a folder of $fpath, as _puente\n"
                 "local ops=\"");
    each_op(h, name_only);
    buf_z(h->to, "\" kinds=\"");
    kind_names(h);
    buf_z(h->to, "\" i op=\"\"\n"
                 "local -a described\n"
                 "for ((i = 2; i < CURRENT; i++)); do\n"
                 "  case $words[i] in\n"
                 "  -C|--lang|--purpose|--case|--author) ((i++)) ;;\n"
                 "  -*) ;;\n"
                 "  *) op=$words[i]; break ;;\n"
                 "  esac\ndone\n"
                 "case $op in\n"
                 "  '') described=(\n");
    each_op(h, zsh_line);
    buf_z(h->to, "    ); _describe op described; _arguments '-C:dir:_directories' '--lang:lang:(en es)' "
                 "--json ;;\n");
    each_op(h, zsh_op);
    buf_z(h->to, "esac\n");
}

/* ---- fish ---- */

static void fish_op(const struct help *h, const struct op *op)
{
    buf_fmt(h->to, "complete -c puente -n __fish_use_subcommand -a %s -d ", op->name);
    quoted(h->to, tr(h->lang, op->summary));
    buf_char(h->to, '\n');
    for (const struct param *p = op->params; p && p->name; p++) {
        if (p->positional && p->type != P_KIND && !p->choices)
            continue;
        buf_fmt(h->to, "complete -c puente -n '__fish_seen_subcommand_from %s'", op->name);
        if (!p->positional)
            buf_fmt(h->to, " -l %s%s", p->name, p->type == P_FLAG ? "" : " -r");
        if (p->choices || p->type == P_KIND) {
            buf_z(h->to, " -f -a '");
            for (const char *const *c = p->choices; c && *c; c++)
                buf_fmt(h->to, "%s ", *c);
            if (p->type == P_KIND)
                kind_names(h);
            buf_char(h->to, '\'');
        }
        buf_z(h->to, " -d ");
        quoted(h->to, tr(h->lang, p->help));
        buf_char(h->to, '\n');
    }
}

void completion_fish(const struct help *h)
{
    buf_z(h->to, "# puente: completion for fish; put this in ~/.config/fish/completions/puente.fish\n"
                 "complete -c puente -s C -r -a '(__fish_complete_directories)'\n"
                 "complete -c puente -l lang -r -f -a 'en es'\n"
                 "complete -c puente -l json\n");
    each_op(h, fish_op);
}

/* ---- the op ---- */

static int run_completion(struct ctx *c, const struct args *a, struct out *out)
{
    struct str shell = arg(a, "shell");
    struct buf b;
    struct help h = {c->rooms, c->lang, 80, &b};

    buf_init(&b, (size_t)1 << 22);
    if (str_eq(shell, S("bash")))
        completion_bash(&h);
    else if (str_eq(shell, S("zsh")))
        completion_zsh(&h);
    else
        completion_fish(&h);
    out_line(out, buf_view(&b));
    buf_free(&b);
    return 0;
}

const struct op completion_op = {
    .name = "completion",
    .summary = N_("write what a shell needs to complete the words of puente"),
    .params =
        (const struct param[]){
            {.name = "shell",
             .type = P_CHOICE,
             .positional = true,
             .required = true,
             .choices = (const char *const[]){"bash", "zsh", "fish", NULL},
             .help = N_("the shell")},
            {0},
        },
    .flags = OP_LOCAL | OP_RAW,
    .run = run_completion,
    .example = "completion bash",
};
