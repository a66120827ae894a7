/*
 * fuzz_http: any method, target, content type and body into arguments (server/args.c). The input is four parts,
 * separated by LF; the last one is the rest. What is found must hold: a plan that is good has a route that is served
 * and arguments that the op's params allow; a refusal has a status and a reason.
 */
#include "server/internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    (void)c;
    (void)a;
    (void)o;
    return 0;
}

static const char *const choices[] = {"a", "b", NULL};
static const struct param every[] = {{.name = "kind", .type = P_KIND, .required = true},
                                     {.name = "id", .type = P_ID},
                                     {.name = "limit", .type = P_INT},
                                     {.name = "all", .type = P_FLAG},
                                     {.name = "as", .type = P_CHOICE, .choices = choices},
                                     {.name = "word", .type = P_TEXT, .many = true},
                                     {.name = "fields", .type = P_TEXT, .rest = true},
                                     {0}};
static const struct param file[] = {{.name = "file", .type = P_FILE, .required = true}, {0}};
static const struct param json[] = {{.name = "record", .type = P_JSON, .required = true}, {0}};
static const struct op ops[] = {
    {.name = "get", .params = every, .method = "GET", .path = "/r/{kind}", .run = run},
    {.name = "one", .params = every, .method = "GET", .path = "/r/{kind}/{id}", .run = run},
    {.name = "post",
     .params = every,
     .flags = OP_WRITES,
     .method = "POST",
     .path = "/r/{kind}",
     .run = run},
    {.name = "feed", .params = file, .flags = OP_WRITES, .method = "POST", .path = "/m", .run = run},
    {.name = "make", .params = json, .flags = OP_WRITES, .method = "PUT", .path = "/r/x", .run = run},
};
static const struct op *const list[] = {&ops[0], &ops[1], &ops[2], &ops[3], &ops[4], NULL};
static const struct room room = {.name = "fuzz", .ops = list};
static const struct room *const rooms[] = {&room, NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct err e = {.lang = LANG_EN};
    struct str rest = str_n(data, size), part[3] = {{"", 0}, {"", 0}, {"", 0}};
    struct plan p;
    struct ask ask;
    int status;

    for (size_t i = 0; i < COUNT(part); i++)
        (void)str_split(&rest, '\n', &part[i]);
    if (rest.p == NULL)
        rest = S("");
    ask =
        (struct ask){.method = part[0], .target = part[1], .content_type = part[2], .has_body = rest.n > 0};
    status = args_plan(a, rooms, &ask, &p, &e);
    if (status == STATUS_OK) {
        if (!route_served(p.route.op) || (p.body != BODY_NONE) != ask.has_body)
            abort();
        status = args_body(a, &p, p.body == BODY_FILE ? S("/proc/self/fd/9") : rest, &e);
        if (status == STATUS_OK && p.route.op->params == file &&
            !str_eq(arg(p.args, "file"), S("/proc/self/fd/9")))
            abort(); /* a file named by a stranger */
    }
    if (status != STATUS_OK && (status < 400 || status > 499 || e.code == ERR_NONE || e.text[0] == '\0'))
        abort();
    (void)policy_lang(part[1], LANG_EN);
    (void)policy_accepts(part[2], S("application/json"));
    (void)policy_matches(part[1], S("\"x\""));
    arena_free(a);
    return 0;
}
