/*
 * eval.c: `puente rules eval`: one expression of the rule language, worked out. For trying a rule, and for measuring the
 * language against others: one line of JSON whatever happens, {"value":...} or {"error":{"stage":"compile" or "run",
 * "message":...}}. Nothing of a node is read.
 */
#include "base/json.h"
#include "cel/cel.h"
#include "rules/internal.h"

#define ANSWER_MAX ((size_t)16 * 1024 * 1024)
#define STEPS_MAX  UINT64_C(10000000000)

static int answer(struct out *o, struct buf *b, int status)
{
    if (b->over) {
        buf_reset(b);
        buf_z(b, "{\"error\":{\"stage\":\"run\",\"message\":");
        json_str(b, str_z(tr(o->lang, N_("the value is larger than an answer may be"))));
        buf_z(b, "}}");
        status = 1;
    }
    buf_char(b, '\n');
    out_line(o, buf_view(b));
    buf_free(b);
    return status;
}

static int failed(struct out *o, const char *stage, const char *message)
{
    struct buf b;

    buf_init(&b, ANSWER_MAX);
    buf_fmt(&b, "{\"error\":{\"stage\":\"%s\",\"message\":", stage);
    json_str(&b, str_z(message));
    buf_z(&b, "}}");
    return answer(o, &b, 1);
}

/* The members of the object are the variables. */
static size_t variables(struct arena *a, struct cel_value data, struct cel_var **var,
                        struct cel_value **value)
{
    *var = arena_alloc(a, (data.n + 1) * sizeof **var);
    *value = arena_alloc(a, (data.n + 1) * sizeof **value);
    for (uint32_t i = 0; i < data.n; i++) {
        struct cel_value name;
        cel_map_entry(data, i, &name, &(*value)[i]);
        (*var)[i] = (struct cel_var){.name = cel_str(name), .size = cel_value_size((*value)[i])};
    }
    return data.n;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct cel_value data = {.type = CEL_MAP}, *value;
    struct cel_env env = {.lang = c->lang, .costs = STEPS_MAX};
    struct cel_var *var;
    struct cel_program *program;
    struct cel_wrong wrong;
    struct cel_run r = {.arena = c->arena};
    struct buf b;

    if (arg_given(a, "data") && (!cel_from_json(c->arena, arg(a, "data"), &data) || data.type != CEL_MAP))
        return failed(o, "compile", tr(c->lang, N_("--data is not a JSON object")));
    if (data.n > CEL_VARS_MAX)
        return failed(o, "compile", tr(c->lang, N_("--data has too many members")));
    env.vars = variables(c->arena, data, &var, &value);
    env.var = var;
    if (cel_compile(c->arena, &env, arg(a, "expression"), &program, &wrong) < 0)
        return failed(o, "compile", wrong.text);
    if (cel_run(program, value, &r) < 0) {
        cel_explain(program, r.value, c->lang, &wrong);
        return failed(o, "run", wrong.text);
    }
    buf_init(&b, ANSWER_MAX);
    buf_z(&b, "{\"value\":");
    cel_to_json(&b, r.value);
    buf_char(&b, '}');
    return answer(o, &b, 0);
}

static const struct param params[] = {
    {"expression", P_TEXT, .positional = true, .required = true,
     .help = N_("in CEL: price * 2 > 10 && name in [\"a\", \"b\"]")},
    {"data", P_JSON, .help = N_("a JSON object; its members are the variables")},
    {0},
};

const struct op rules_eval = {
    .name = "rules-eval",
    .summary = N_("work an expression of the rule language out"),
    .help = N_(
        "Rules are written in CEL (the Common Expression Language). This works one expression out and "
        "writes one line "
        "of JSON: its value, or at which stage it failed and why. It needs no node and records nothing."),
    .params = params,
    .flags = OP_LOCAL | OP_RAW,
    .run = run,
    .example = "rules eval 'goods.contains(\"alcohol\") && weight > 500.0' --data '{\"goods\": "
               "\"alcohol\", \"weight\": 900}'",
};
