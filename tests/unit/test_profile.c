/* Profiles as a user sees them: the built-in ones, one of one's own, bad ones; and the example of docs/profiles.md. */
#include "intake/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define DOCS_MAX ((size_t)64 << 10)

struct told {
    struct arena *a;
    struct err e;
    struct feeds_profiles *p;
    char words[4096];
};

static int set_up(void **state)
{
    struct told *t = xmalloc(sizeof *t);

    memset(t, 0, sizeof *t);
    t->a = arena_new();
    t->p = feeds_profiles_new(t->a);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct told *t = *state;
    arena_free(t->a);
    free(t);
    return 0;
}

static void put(void *arg, struct str sentence)
{
    struct told *t = arg;
    size_t n = strlen(t->words);
    snprintf(t->words + n, sizeof t->words - n, "%.*s\n", STR_ARG(sentence));
}

static void words(struct told *t, const char *name, enum lang lang)
{
    const struct feeds_profile *p = feeds_profile_find(t->p, str_z(name));

    assert_non_null(p);
    t->words[0] = '\0';
    feeds_profile_words(t->p, p, lang, put, t);
}

static void has(const struct told *t, const char *z)
{
    if (!strstr(t->words, z))
        fail_msg("it does not say \"%s\":\n%s", z, t->words);
}

static void test_the_built_in_ones(void **state)
{
    struct told *t = *state;
    const struct feeds_profile *p = feeds_profile_find(t->p, S("ace-truck-2007"));

    assert_true(feeds_profiles_count(t->p) > 3);
    assert_null(feeds_profiles_nth(t->p, feeds_profiles_count(t->p)));
    assert_null(feeds_profile_find(t->p, S("no-such")));
    assert_non_null(p);
    assert_true(str_eq(p->message, S("CUSCAR")));
    assert_true(str_eq(p->versions, S("D.03B..D.03B")));
    assert_true(str_eq(p->syntax, S("edifact")));
    assert_int_equal(p->source.n, 0);
    words(t, "ace-truck-2007", LANG_EN);
    has(t, "Below CNI the segment DOC may stand, 0 to 9 times.");
    has(t, "Only for the receiver CBP-ACE*.");
}

/* The block of docs/profiles.md that is marked as a profile. */
static struct str example(struct told *t)
{
    struct str text;
    const char *from, *to;

    assert_int_equal(file_read(t->a, "docs/profiles.md", DOCS_MAX, &text, &t->e), 0);
    from = strstr(arena_z(t->a, text), "```profile\n");
    assert_non_null(from);
    from += strlen("```profile\n");
    to = strstr(from, "```");
    assert_non_null(to);
    return str_n(from, (size_t)(to - from));
}

static void test_the_example_of_the_docs(void **state)
{
    struct told *t = *state;
    const struct feeds_profile *p;

    if (feeds_profiles_add(t->p, example(t), "txpc.tbl", &t->e) != 0)
        fail_msg("%s", t->e.text);
    p = feeds_profiles_nth(t->p, 0); /* the user's come first */
    assert_true(str_eq(p->name, S("txpc-truck")));
    assert_true(str_eq(p->source, S("txpc.tbl")));
    assert_true(str_eq(p->from, S("20270101")));
    assert_int_equal(p->until.n, 0);
    assert_int_equal(p->rows, 6);
    words(t, "txpc-truck", LANG_EN);
    has(t, "Only for the sender TXPC*.");
    has(t, "The segment CNI/RFF/NAD may stand 0 to 150 times.");
    has(t, "The fault edifact.unt.count is tolerated: ");
    has(t, "The fault edi.segment.order is only noted: ");
    has(t, "The fault edi.element.number rejects the message: ");
}

/* ---- what it changes ---- */

struct seen {
    const char *at;
    uint64_t faults[3];
    enum feeds_verdict verdict;
    char profile[64];
};

static long give(void *arg, void *to, size_t most)
{
    struct seen *s = arg;
    size_t n = strlen(s->at) < most ? strlen(s->at) : most;

    memcpy(to, s->at, n);
    s->at += n;
    return (long)n;
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    struct seen *s = arg;
    snprintf(s->profile, sizeof s->profile, "%.*s", STR_ARG(m->profile));
}

static void on_record(void *arg, struct record *r)
{
    (void)arg;
    (void)r;
}

static void on_fault(void *arg, const struct fault *f)
{
    ((struct seen *)arg)->faults[f->severity]++;
}

static void on_end(void *arg, const struct feeds_message *m)
{
    ((struct seen *)arg)->verdict = m->verdict;
}

static struct seen read_with(const char *message, struct str profiles)
{
    struct seen s = {.at = message};
    const struct feeds_input in = {give, &s, NULL};
    const struct feeds_options o = {.profiles = profiles};
    const struct feeds_sink sink = {
        .begin = on_begin, .record = on_record, .fault = on_fault, .end = on_end, .arg = &s};
    struct err e = {0};

    assert_int_equal(feeds_parse(&in, &o, &sink, &e), 0);
    return s;
}

#define CUSCAR(date, gid, count)                                                                           \
    "UNB+UNOA:3+TXPC:ZZ+ADUANA:ZZ+" date ":1015+77'UNH+M1+CUSCAR:D:03B:UN'BGM+85+T1+9'NAD+CA+TXPC:172'"    \
    "TDT+11++03+BT'LOC+60+2304:77'CNI+1'DOC+714+88'RFF+BM:88'GID+1+" gid ":PKG'UNT+" count "+M1'UNZ+1+77'"

static void test_it_tolerates_and_adds(void **state)
{
    struct str mine = example(*state);
    struct seen without = read_with(CUSCAR("270301", "26", "99"), (struct str){0});
    struct seen with = read_with(CUSCAR("270301", "26", "99"), mine);

    assert_int_equal(without.faults[SEV_WARNING], 1); /* the count */
    assert_int_equal(without.faults[SEV_ERROR], 1);   /* DOC */
    assert_string_equal(with.profile, "txpc-truck");
    assert_int_equal(with.faults[SEV_WARNING] + with.faults[SEV_ERROR], 0);
    assert_int_equal(with.verdict, FEEDS_TAKEN);
}

static void test_it_rejects(void **state)
{
    struct str mine = example(*state);

    assert_int_equal(read_with(CUSCAR("270301", "X", "10"), (struct str){0}).verdict, FEEDS_TAKEN);
    assert_int_equal(read_with(CUSCAR("270301", "X", "10"), mine).verdict, FEEDS_REFUSED);
}

static void test_it_is_not_valid_yet(void **state)
{
    struct seen s = read_with(CUSCAR("261121", "26", "99"), example(*state));

    assert_string_not_equal(s.profile, "txpc-truck");
    assert_int_equal(s.faults[SEV_WARNING], 1);
}

/* ---- bad tables ---- */

static void test_a_bad_line_is_named(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"syntax edifact\nprofile a of CUSCAR\n  tolerate no.such.fault\n", "mine.tbl, line 3"},
        {"syntax edifact\nprofile a of CUSCAR\n  severity edi.segment.order loud\n", "line 3"},
        {"syntax edifact\nprofile a of CUSCAR\n\n  add DOC sometimes below CNI\n", "line 4"},
        {"syntax edifact\nprofile a\n", "line 2"},
        {"syntax edifact\nprofile a of CUSCAR\n\ttolerate edi.segment.order\n", "line 3"},
        {"syntax edifact\nprofile a of CUSCAR\n  valid tomorrow\n", "line 3"},
        {"syntax morse\n", "line 1"},
    };
    struct told *t = *state;
    size_t before = feeds_profiles_count(t->p);

    for (size_t i = 0; i < COUNT(bad); i++) {
        err_clear(&t->e);
        assert_int_equal(feeds_profiles_add(t->p, str_z(bad[i].text), "mine.tbl", &t->e), -1);
        assert_int_equal(t->e.code, ERR_DATA);
        if (!strstr(t->e.text, bad[i].says))
            fail_msg("%s does not say %s", t->e.text, bad[i].says);
        assert_int_equal(feeds_profiles_count(t->p), before);
    }
}

/* ---- from files ---- */

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void test_a_folder_of_them(void **state)
{
    struct told *t = *state;
    char dir[] = "/tmp/puente-profiles-XXXXXX", path[256];
    static const char *const names[] = {"10-a.tbl", "20-b.tbl", "notes.txt"};
    struct ctx c = {.arena = t->a, .err = &t->e};
    struct args *a = args_new(t->a);
    struct feeds_profiles *all;
    struct str text;

    assert_non_null(mkdtemp(dir));
    write_file(dir, names[0],
               "syntax edifact\nprofile one of CUSCAR\n  valid 20270101..20271231"); /* no end of line */
    write_file(dir, names[1], "syntax x12\nprofile two of 309 004010..\n  reject x12.se.count\n");
    write_file(dir, names[2], "this is no table");
    args_add(a, S("profiles"), str_z(dir));
    if (intake_profiles(&c, a, &all, &text) != 0)
        fail_msg("%s", t->e.text);
    assert_true(str_eq(feeds_profiles_nth(all, 0)->name, S("two")));
    assert_true(str_eq(feeds_profiles_nth(all, 0)->versions, S("004010..")));
    assert_true(str_eq(feeds_profiles_nth(all, 1)->name, S("one")));
    assert_int_equal(feeds_profiles_add(t->p, text, "both", &t->e), 0); /* as the parser gets them */
    write_file(dir, names[1], "syntax x12\nprofile two of 309\n  rejects x12.se.count\n");
    assert_int_equal(intake_profiles(&c, a, &all, &text), -1);
    assert_int_equal(t->e.code, ERR_USAGE);
    assert_non_null(strstr(t->e.text, "20-b.tbl, line 3"));
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
    assert_int_equal(intake_profiles(&c, a, &all, &text), -1); /* it was named and is not there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_built_in_ones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_example_of_the_docs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_tolerates_and_adds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_rejects, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_is_not_valid_yet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_bad_line_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_folder_of_them, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
