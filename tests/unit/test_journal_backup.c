/* The keys in a copy of a node: all of them, as secret as they were. */
#include "journal_help.h"

static bool file_is(const char *path, const char *what)
{
    struct arena *a = arena_new();
    struct err e = {0};
    struct str s;
    bool is = file_read(a, path, 4096, &s, &e) == 0 && str_eq(s, str_z(what));

    arena_free(a);
    return is;
}

/* Restored, the node must still be able to speak to its peers: other rooms' keys stand beside the journal's. */
static void a_backup_has_every_key(void **state)
{
    static const struct {
        const char *name;
        unsigned mode;
    } key[] = {{"tls.key", 0600}, {"tls.crt", 0644}, {"box.key", 0600}, {"query-0193.key", 0600}};
    struct journal *j = help_open(*state, true);
    struct err e = {0};
    struct stat st;
    char to[64], name[64];

    for (size_t i = 0; i < COUNT(key); i++) {
        snprintf(name, sizeof name, "keys/%s", key[i].name);
        assert_ok(file_write(in(*state, name), S("its bytes\n"), key[i].mode, &e), e);
    }
    assert_ok(file_write(in(*state, "keys/log.key.7.tmp"), S("half"), 0600, &e), e);
    help_dir(to);
    assert_ok(journal_backup(j, in(to, "copy"), &e), e);
    for (size_t i = 0; i < COUNT(key); i++) {
        snprintf(name, sizeof name, "copy/keys/%s", key[i].name);
        assert_int_equal(stat(in(to, name), &st), 0);
        assert_int_equal(st.st_mode & 0777, key[i].mode);
        assert_true(file_is(in(to, name), "its bytes\n"));
    }
    assert_int_equal(stat(in(to, "copy/keys/log.key.7.tmp"), &st), -1);
    journal_close(j);
    j = help_open(in(to, "copy"), true);
    journal_close(j);
    help_clear(to);
}

/* What fails half-way leaves no key behind. */
static void a_backup_that_fails_leaves_nothing(void **state)
{
    struct journal *j = help_open(*state, true);
    struct err e = {0};
    struct stat st;
    char to[64];

    assert_ok(file_write(in(*state, "keys/tls.key"), S("known to all\n"), 0644, &e), e);
    help_dir(to);
    assert_int_equal(journal_backup(j, in(to, "copy"), &e), -1);
    assert_int_equal(e.code, ERR_IO);
    assert_int_equal(stat(in(to, "copy/keys"), &st), -1);
    journal_close(j);
    help_clear(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_backup_has_every_key, node, no_node),
        cmocka_unit_test_setup_teardown(a_backup_that_fails_leaves_nothing, node, no_node),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
