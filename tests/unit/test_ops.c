/* Every op of every room: it can be found, read aloud and tried. */
#include "admin/admin.h"
#include "cli/internal.h"
#include "exercise/exercise.h"
#include "intake/intake.h"
#include "records/records.h"
#include "screening/screening.h"
#include "server/server.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdlib.h>
/* cmocka wants the above first */
#include <cmocka.h>

static const struct room *const rooms[] = {
    &admin_room,    &intake_room, &records_room, &screening_room,
    &exercise_room, &server_room, &cli_room,     NULL,
};

static void each(void (*fn)(const struct op *))
{
    for (const struct room *const *r = rooms; *r; r++)
        for (const struct op *const *op = (*r)->ops; op && *op; op++)
            fn(*op);
}

static void tells(const struct op *op)
{
    size_t many = 0;

    if (!op->name || !op->summary || !op->run || !op->example)
        fail_msg("op %s lacks a summary, a run or an example", op->name);
    if (op_find(rooms, str_z(op->name)) != op)
        fail_msg("there are two ops called %s", op->name);
    if ((op->method != NULL) != (op->path != NULL))
        fail_msg("%s has a method without a path, or the reverse", op->name);
    if ((op->flags & OP_LOCAL) && op->path)
        fail_msg("%s is for the command line only, but has a path", op->name);
    for (const struct param *p = op->params; p && p->name; p++) {
        if (!p->help || !p->help[0])
            fail_msg("%s: %s has no help", op->name, p->name);
        if ((p->type == P_CHOICE) != (p->choices != NULL))
            fail_msg("%s: %s is a choice without choices, or the reverse", op->name, p->name);
        if (p->type == P_FLAG && (p->positional || p->many || p->required))
            fail_msg("%s: the flag %s is more than a flag", op->name, p->name);
        if (p->positional && many)
            fail_msg("%s: nothing can stand behind %s", op->name, p[-1].name);
        many += p->positional && p->many;
        for (const char *c = p->name; *c; c++)
            if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && !strchr("-_", *c))
                fail_msg("%s: --%s cannot be typed in every shell", op->name, p->name);
        for (const struct global_option *g = words_globals; g->name; g++)
            if (!p->positional && strcmp(g->name + 2, p->name) == 0)
                fail_msg("%s: --%s hides the option of every op", op->name, p->name);
    }
}

static void every_op_tells_what_it_is(void **state)
{
    (void)state;
    each(tells);
}

/* The example is read and checked as if it had been typed. */
static void example_works(const struct op *op)
{
    char text[1024], *argv[64] = {text};
    int argc = 1;
    struct arena *a = arena_new();
    struct words w = {.rooms = rooms, .arena = a};
    struct err e = {.code = ERR_NONE};

    snprintf(text, sizeof text, "%s", op->example);
    for (char *p = text; *p && argc < 64;) {
        char *to = p, quote = 0;
        argv[argc++] = p;
        for (; *p && (quote || *p != ' '); p++)
            if (*p == quote)
                quote = 0;
            else if (!quote && (*p == '\'' || *p == '"'))
                quote = *p;
            else
                *to++ = *p;
        while (*p == ' ')
            p++;
        *to = '\0';
    }
    if (words_read(&w, argc, argv, &e) || (!w.help && args_check(w.args, w.op, &e)))
        fail_msg("the example of %s, “%s”: %s", op->name, op->example, e.text);
    if (w.op != op)
        fail_msg("the example of %s is one of %s", op->name, w.op ? w.op->name : "nothing");
    arena_free(a);
}

static void every_example_can_be_typed(void **state)
{
    (void)state;
    setenv("PUENTE_LANG", "en", 1);
    each(example_works);
}

static struct buf page;
static struct help help = {rooms, LANG_EN, 80, &page};

static bool page_has(const char *a, const char *b)
{
    char both[256];

    snprintf(both, sizeof both, "%s%s", a, b);
    return memmem(page.p, page.n, both, strlen(both)) != NULL;
}

static void all_names_it(const struct op *op)
{
    if (!page_has("\n  ", op->name))
        fail_msg("help --all does not list %s", op->name);
}

static void help_has_params(const struct op *op)
{
    buf_reset(&page);
    help_op(&help, op);
    for (const struct param *p = op->params; p && p->name; p++)
        if (!p->positional && !page_has("  --", p->name))
            fail_msg("help %s does not explain --%s", op->name, p->name);
    if (!page_has("puente ", op->example))
        fail_msg("help %s shows no example", op->name);
}

static void help_names_everything(void **state)
{
    (void)state;
    for (int lang = LANG_EN; lang <= LANG_ES; lang++) {
        help.lang = (enum lang)lang;
        buf_reset(&page);
        help_all(&help);
        each(all_names_it);
        each(help_has_params);
    }
}

static void room_has_a_title(void **state)
{
    (void)state;
    for (const struct room *const *r = rooms; *r; r++)
        assert_ptr_not_equal(help_room_title(*r), (*r)->name);
}

/* Runs a checker over the page when the machine has one; its words are the failure. */
static void checked_by(const char *command)
{
    char path[] = "/tmp/puente-ops-XXXXXX", line[512], said[512] = "";
    int fd = mkstemp(path);
    FILE *to = fd < 0 ? NULL : fdopen(fd, "w"), *p;
    size_t n;

    assert_non_null(to);
    fwrite(page.p, 1, page.n, to);
    fclose(to);
    snprintf(line, sizeof line, command, path);
    p = popen(line, "r");
    assert_non_null(p);
    n = fread(said, 1, sizeof said - 1, p);
    said[n] = '\0';
    pclose(p);
    remove(path);
    if (n)
        fail_msg("%s says: %s", line, said);
}

static bool have(const char *program)
{
    char line[128];

    snprintf(line, sizeof line, "command -v %s >/dev/null", program);
    if (system(line) == 0)
        return true;
    print_message("[  skipped ] %s is not installed\n", program);
    return false;
}

static void the_manual_is_clean_roff(void **state)
{
    (void)state;
    for (int lang = LANG_EN; lang <= LANG_ES; lang++) {
        help.lang = (enum lang)lang;
        buf_reset(&page);
        man_page(&help);
        assert_false(page.over);
        if (have("groff"))
            checked_by("groff -ww -man -Tutf8 -z %s 2>&1");
    }
}

static void completion_is_clean_shell(void **state)
{
    (void)state;
    help.lang = LANG_ES;
    buf_reset(&page);
    completion_bash(&help);
    if (have("bash"))
        checked_by("bash -n %s 2>&1");
    buf_reset(&page);
    completion_zsh(&help);
    if (have("zsh"))
        checked_by("zsh -n %s 2>&1");
    buf_reset(&page);
    completion_fish(&help);
    if (have("fish"))
        checked_by("fish -n %s 2>&1");
    assert_false(page.over);
}

int main(void)
{
    int failed;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_op_tells_what_it_is), cmocka_unit_test(every_example_can_be_typed),
        cmocka_unit_test(help_names_everything),     cmocka_unit_test(room_has_a_title),
        cmocka_unit_test(the_manual_is_clean_roff),  cmocka_unit_test(completion_is_clean_shell),
    };

    buf_init(&page, (size_t)1 << 24);
    failed = cmocka_run_group_tests_name("ops", tests, NULL, NULL);
    buf_free(&page);
    return failed;
}
