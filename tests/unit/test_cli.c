/* The command line's words: what is read, what is refused and how it is said. */
#include "cli/internal.h"

#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

static int said; /* what the op under test was given */

static int run_look(struct ctx *c, const struct args *a, struct out *out)
{
    (void)c;
    said = (int)arg_int(a, "limit", -1);
    out_open(out, NULL);
    out_str(out, "name", arg(a, "name"));
    out_close(out);
    return arg_given(a, "fail") ? err_set(c->err, ERR_DATA, N_("%s"), "it failed") : 0;
}

static const struct op look = {
    .name = "look",
    .summary = N_("Looks"),
    .params =
        (const struct param[]){
            {.name = "name", .positional = true, .required = true, .help = N_("what")},
            {.name = "file", .type = P_FILE, .positional = true, .many = true, .help = N_("files")},
            {.name = "limit", .type = P_INT, .help = N_("how many")},
            {.name = "fail", .type = P_FLAG, .help = N_("fail")},
            {.name = "order",
             .type = P_CHOICE,
             .choices = (const char *const[]){"up", "down", NULL},
             .help = N_("order")},
            {.name = "id", .type = P_ID, .many = true, .help = N_("ids")},
            {0},
        },
    .run = run_look,
    .example = "look x",
};
static const struct op far_look = {
    .name = "far-look",
    .summary = N_("Looks far"),
    .params = (const struct param[]){{.name = "name", .positional = true, .help = N_("what")}, {0}},
    .run = run_look,
    .example = "far look x",
};
static const struct op find = {
    .name = "find",
    .summary = N_("Finds"),
    .params =
        (const struct param[]){
            {.name = "kind",
             .type = P_KIND,
             .positional = true,
             .required = true,
             .rest = true,
             .help = N_("k")},
            {.name = "limit", .type = P_INT, .help = N_("how many")},
            {0},
        },
    .run = run_look,
    .example = "find trip",
};
static const struct op *const ops[] = {&look, &far_look, &find, NULL};
static const struct room test_room = {.name = "test", .ops = ops};
static const struct room *const rooms[] = {&test_room, &cli_room, NULL};

struct tried {
    struct arena *arena;
    struct words w;
    struct err e;
    int status; /* of words_read, then of args_check */
};

/* Reads one command line, split at blanks, as a shell would. */
static struct tried *try(const char *line)
{
    static char text[4096], *argv[512];
    struct arena *a = arena_new();
    struct tried *t = arena_alloc(a, sizeof *t);
    int argc = 1;

    argv[0] = text;
    snprintf(text, sizeof text, "%s", line);
    for (char *p = strtok(text, " "); p; p = strtok(NULL, " "))
        argv[argc++] = p;
    t->arena = a;
    t->w = (struct words){.rooms = rooms, .arena = a};
    t->status = words_read(&t->w, argc, argv, &t->e);
    if (t->status == 0 && t->w.op)
        t->status = args_check(t->w.args, t->w.op, &t->e);
    return t;
}

static void good(const char *line)
{
    struct tried *t = try(line);
    if (t->status)
        fail_msg("%s: %s", line, t->e.text);
    arena_free(t->arena);
}

static void bad(const char *line, const char *says)
{
    struct tried *t = try(line);
    if (t->status == 0 || t->e.code != ERR_USAGE || !strstr(t->e.text, says))
        fail_msg("%s: status %d, “%s”, wanted “%s”", line, t->status, t->e.text, says);
    arena_free(t->arena);
}

static void words_are_read(void **state)
{
    struct tried *t = try("--lang es -C /n look one --limit=-5 --json two --purpose why -- --three");
    struct str name, value;

    (void)state;
    assert_int_equal(t->status, 0);
    assert_int_equal(t->w.lang, LANG_ES);
    assert_string_equal(t->w.dir, "/n");
    assert_true(t->w.json);
    assert_true(str_eq(t->w.purpose, S("why")));
    assert_true(str_eq(arg(t->w.args, "name"), S("one")));
    assert_int_equal(arg_int(t->w.args, "limit", 0), -5);
    assert_int_equal(arg_count(t->w.args, "file"), 2);
    assert_true(str_eq(arg_nth(t->w.args, "file", 1), S("--three")));
    assert_true(str_eq(arg_nth(t->w.args, "file", 2), S("")));
    arena_free(t->arena);

    t = try("find trip --carrier=ABCD mode=road --port 2304 --limit 3");
    assert_int_equal(t->status, 0);
    assert_true(arg_rest(t->w.args, 1, &name, &value));
    assert_true(arg_rest(t->w.args, 2, &name, &value));
    assert_true(str_eq(name, S("mode")) && str_eq(value, S("road")));
    assert_false(arg_rest(t->w.args, 3, &name, &value));
    assert_int_equal(arg_int(t->w.args, "limit", 0), 3);
    arena_free(t->arena);
}

static void two_words_are_one_op(void **state)
{
    struct tried *t = try("--json far look x");

    (void)state;
    assert_int_equal(t->status, 0);
    assert_ptr_equal(t->w.op, &far_look);
    assert_true(str_eq(arg(t->w.args, "name"), S("x")));
    arena_free(t->arena);
    bad("far", "did you mean");
    bad("far out", "no op “far”");
    t = try("look look"); /* no op look-look: a name */
    assert_ptr_equal(t->w.op, &look);
    arena_free(t->arena);
}

static void good_words_pass(void **state)
{
    (void)state;
    good("");
    good("look x");
    good("look x --order down --fail");
    good("look x --fail=false --fail");
    good("look -5 -"); /* a number, and standard input */
    good("look x --id 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a --id 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6b");
    good("-h");
    good("--version");
}

static void bad_words_are_named(void **state)
{
    (void)state;
    bad("lokk x", "did you mean “look”");
    bad("xyzzy", "help --all");
    bad("look", "needs name");
    bad("look x --limt 3", "did you mean “limit”");
    bad("look x --nothing", "no option “nothing”");
    bad("look x --limit", "needs a value");
    bad("look x --limit --fail", "needs a value");
    bad("look x --limit 3x", "whole number");
    bad("look x --limit 99999999999999999999", "whole number");
    bad("look x --limit 1 --limit 2", "twice");
    bad("look x --order sideways", "up, down");
    bad("look x --id 123", "not the id");
    bad("look x --fail=perhaps", "either given or not");
    bad("look x -q", "no option -q");
    bad("--jsn look x", "did you mean --json");
    bad("--json=yes look x", "takes no value");
    bad("--lang fr look x", "en or es");
    bad("-C", "folder");
    bad("find tirp", "did you mean “trip”");
    bad("find xyzzy", "puente kinds");
    bad("find trip --limt 3", "did you mean “limit”");
    bad("find trip extra", "does not know what to do");
    bad("look \xff\xfe --order up\xff", "order cannot be");
    bad("look \xff\xfe", "UTF-8");
}

static void a_long_list_of_files_is_kept(void **state)
{
    static char *argv[1003];
    struct arena *a = arena_new();
    struct words w = {.rooms = rooms, .arena = a};
    struct err e = {.code = ERR_NONE};
    static char look_word[] = "look", file[] = "f";

    (void)state;
    argv[0] = argv[1] = look_word;
    for (int i = 2; i < 1003; i++)
        argv[i] = file;
    assert_int_equal(words_read(&w, 1003, argv, &e), 0);
    assert_int_equal(args_check(w.args, w.op, &e), 0);
    assert_int_equal(arg_count(w.args, "file"), 1000);
    arena_free(a);
}

static void a_flag_said_to_be_false_is_not_given(void **state)
{
    struct tried *t = try("look x --fail=false");

    (void)state;
    assert_int_equal(t->status, 0);
    assert_false(arg_given(t->w.args, "fail"));
    arena_free(t->arena);
}

/* Garbage never crashes and never runs anything. */
static void garbage_is_survived(void **state)
{
    static const char *const piece[] = {
        "-",      "--", "---",  "=",    "--=",    "--limit=", "-C",          "look",
        "--lang", "es", "find", "trip", "--x=\n", "\xff",     "--fail=\x80", "--id"};
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char line[512] = "";
        for (int n = 0; n < 6; n++) {
            seed = seed * 1664525 + 1013904223;
            strcat(line, piece[seed >> 28]);
            strcat(line, " ");
        }
        arena_free(try(line)->arena);
    }
}

/* ---- whole runs ---- */

/* Runs with stdout and stderr going to files; returns the exit status. */
static int run(char **argv, int argc, char *out, char *errors)
{
    FILE *to = tmpfile(), *err = tmpfile();
    int o = dup(1), e = dup(2), status;
    size_t n;

    fflush(NULL);
    dup2(fileno(to), 1);
    dup2(fileno(err), 2);
    status = cli_main(argc, argv, rooms, world_real());
    fflush(NULL);
    dup2(o, 1);
    dup2(e, 2);
    close(o);
    close(e);
    rewind(to);
    rewind(err);
    n = fread(out, 1, 8191, to);
    out[n] = '\0';
    n = fread(errors, 1, 8191, err);
    errors[n] = '\0';
    fclose(to);
    fclose(err);
    return status;
}

#define RUN(...)                                                                                           \
    run((char *[]){"puente", __VA_ARGS__, NULL}, (int)COUNT(((char *[]){"puente", __VA_ARGS__})), out,     \
        errors)

static void whole_runs(void **state)
{
    char out[8192], errors[8192];

    (void)state;
    unsetenv("PUENTE_DIR");
    setenv("PUENTE_LANG", "en", 1);
    assert_int_equal(RUN("look", "x", "--limit", "4"), 0);
    assert_int_equal(said, 4);
    assert_string_equal(out, "name  x\n");
    assert_string_equal(errors, "");
    assert_int_equal(RUN("look", "x\"\033[2J", "--json"), 0);
    assert_string_equal(out, "{\"name\":\"x\\\"\\u001b[2J\"}\n");
    assert_int_equal(RUN("look", "x\033[2J"), 0);
    assert_string_equal(out, "name  x\xef\xbf\xbd[2J\n");
    assert_int_equal(RUN("look", "x", "--fail"), 1);
    assert_non_null(strstr(errors, "puente: it failed"));
    assert_int_equal(RUN("lok"), 2);
    assert_string_equal(out, "");
    assert_int_equal(RUN("look", "--help"), 0);
    assert_non_null(strstr(out, "--limit N"));
    assert_int_equal(RUN("help", "nothing-like-it"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_read),
        cmocka_unit_test(two_words_are_one_op),
        cmocka_unit_test(good_words_pass),
        cmocka_unit_test(bad_words_are_named),
        cmocka_unit_test(a_long_list_of_files_is_kept),
        cmocka_unit_test(a_flag_said_to_be_false_is_not_given),
        cmocka_unit_test(garbage_is_survived),
        cmocka_unit_test(whole_runs),
    };

    setenv("PUENTE_LANG", "en", 1);
    return cmocka_run_group_tests_name("cli words", tests, NULL, NULL);
}
