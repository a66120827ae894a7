/* cel_help.h: tables of expressions and what comes of them. */
#ifndef CEL_HELP_H
#define CEL_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "cel/cel.h"

/* `want`: JSON; or "compile" or "run" and perhaps a part of the message: "run: division". */
struct cel_row {
    const char *text, *want;
};

static inline void cel_said(struct buf *b, const char *stage, const char *message)
{
    buf_fmt(b, "%s: %s", stage, message);
}

/* What comes of `text` with the members of `json` as variables. No run takes more steps than was said before. */
static inline void cel_try(struct arena *a, struct str text, const char *json, struct buf *b)
{
    struct cel_value data = {.type = CEL_MAP}, key;
    struct cel_value *value;
    struct cel_env env = {.costs = UINT64_C(10000000000)};
    struct cel_var *var;
    struct cel_program *p;
    struct cel_wrong wrong;
    struct cel_run run = {.arena = a};

    if (json)
        assert_true(cel_from_json(a, str_z(json), &data));
    var = arena_alloc(a, (data.n + 1) * sizeof *var);
    value = arena_alloc(a, (data.n + 1) * sizeof *value);
    for (uint32_t i = 0; i < data.n; i++) {
        cel_map_entry(data, i, &key, &value[i]);
        var[i] = (struct cel_var){.name = cel_str(key), .size = cel_value_size(value[i])};
    }
    env.var = var;
    env.vars = data.n;
    if (cel_compile(a, &env, text, &p, &wrong) < 0) {
        cel_said(b, "compile", wrong.text);
        return;
    }
    if (cel_run(p, value, &run) < 0) {
        cel_explain(p, run.value, LANG_EN, &wrong);
        cel_said(b, "run", wrong.text);
    } else {
        cel_to_json(b, run.value);
    }
    if (run.steps > cel_cost(p))
        fail_msg("%.*s: %ju steps, %ju were promised", STR_ARG(text), (uintmax_t)run.steps,
                 (uintmax_t)cel_cost(p));
}

static inline bool cel_as_wanted(struct str got, const char *want)
{
    struct str w = str_z(want), stage = {0};

    if (!str_starts(w, S("compile")) && !str_starts(w, S("run")))
        return str_eq(got, w);
    if (memchr(w.p, ':', w.n))
        str_split(&w, ':', &stage);
    else
        stage = w, w = S("");
    return str_starts(got, stage) && got.n > stage.n && got.p[stage.n] == ':' &&
           (w.n == 0 || memmem(got.p, got.n, w.p + 1, w.n - 1));
}

static inline void cel_rows(const struct cel_row *row, size_t n, const char *json)
{
    struct arena *a = arena_new();
    unsigned wrong = 0;
    struct buf b;

    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&b);
        cel_try(a, str_z(row[i].text), json, &b);
        if (!cel_as_wanted(buf_view(&b), row[i].want)) {
            print_error("%s\n    is     %.*s\n    not    %s\n", row[i].text, STR_ARG(buf_view(&b)),
                        row[i].want);
            wrong++;
        }
        arena_reset(a);
    }
    buf_free(&b);
    arena_free(a);
    assert_int_equal(wrong, 0);
}
#define CEL_ROWS(rows, json) cel_rows(rows, COUNT(rows), json)

#endif
