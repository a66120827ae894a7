/* admin: every verb of the room through its run function; what is erased is gone from the files. */
#include "node.h"

#include "admin/admin.h"
#include "records/records.h"

#include <fcntl.h>

static const struct room *const rooms[] = {&admin_room, &records_room, NULL};

static int setup(void **state)
{
    struct test_node *t = malloc(sizeof *t);

    test_node_start(t, rooms);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    test_node_end(*state);
    free(*state);
    return 0;
}

static const struct op *op(const char *name)
{
    const struct op *o = op_find(rooms, str_z(name));

    assert_non_null(o);
    return o;
}

static void good(struct test_node *t, int rc)
{
    if (rc != 0)
        fail_msg("%d: %s %s", rc, t->err.text, t->said ? json_dumps(t->said, 0) : "");
}

static const char *word(struct test_node *t, const char *key, const char *value)
{
    return arena_fmt(t->arena, "%s=%s", key, value).p;
}

static const char *id_of(struct test_node *t, const struct record *r)
{
    char text[UUID_SIZE];

    uuid_format(r->head.id, text);
    return arena_z(t->arena, str_z(text));
}

static struct record *party(struct test_node *t, const char *name)
{
    const char *const pairs[] = {
        "parent", "0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a", "role", "driver", "name", name, NULL};
    return test_record(t, "party", pairs);
}

/* The bytes of a file of the node; false when there is no such file. */
static bool file_has(struct test_node *t, const char *name, const char *needle)
{
    struct str bytes;
    struct err e = {0};

    if (file_read(t->arena, path_join(t->arena, t->dir, name).p, (size_t)64 << 20, &bytes, &e) < 0)
        return false;
    return memmem(bytes.p, bytes.n, needle, strlen(needle)) != NULL;
}

static void a_new_node(void **state)
{
    struct test_node *t = *state;
    char dir[96];

    snprintf(dir, sizeof dir, "dir=%s/new", t->top);
    good(t, RUN(t, op("init"), dir, "office=mx.anam", "country=MX", "exercise=", NULL));
    assert_string_equal(test_text(t->said, "office"), "mx.anam");
    assert_true(strncmp(test_text(t->said, "key"), "mx.anam+", 8) == 0);
    assert_int_equal(RUN(t, op("init"), dir, "office=mx.anam", "country=MX", NULL), -1); /* not empty */
    snprintf(dir, sizeof dir, "dir=%s/bad", t->top);
    assert_int_equal(RUN(t, op("init"), dir, "office=Nonsense Office", "country=MX", NULL), -1);
    assert_int_equal(RUN(t, op("init"), dir, "office=mx.anam", "country=Mexico", NULL), -1);
}

static const json_t *finding(const struct test_node *t, const char *check, const char *result)
{
    const json_t *x;
    size_t i;

    json_array_foreach(json_object_get(t->said, "checks"), i,
                       x) if (strcmp(test_text(x, "check"), check) == 0 &&
                              strcmp(test_text(x, "result"), result) == 0) return x;
    return NULL;
}

static void the_doctor_finds_nothing_wrong(void **state)
{
    struct test_node *t = *state;

    test_append(t, test_wait(t, "2304", "45"));
    good(t, RUN(t, op("doctor"), NULL));
    assert_int_equal(test_int(t->said, "bad"), 0);
    assert_non_null(finding(t, "journal", "ok"));
    assert_non_null(finding(t, "views", "ok"));
    assert_non_null(strstr(test_text(finding(t, "lock", "ok"), "message"), "process ")); /* us */
}

static void the_doctor_finds_what_is_wrong(void **state)
{
    struct test_node *t = *state;
    const char *key = path_join(t->arena, t->dir, "keys/log.key").p;
    struct record *r = test_wait(t, "2304", "45");
    uint64_t first;

    assert_int_equal(journal_append(t->c.journal, &r, 1, &first, &t->err), 0);
    good(t, RUN(t, op("doctor"), NULL));
    assert_non_null(strstr(test_text(finding(t, "views", "warn"), "message"), "1 entries behind"));
    assert_int_equal(chmod(key, 0644), 0);
    assert_int_equal(RUN(t, op("doctor"), NULL), 1);
    assert_non_null(finding(t, "keys", "bad"));
    assert_int_equal(chmod(key, 0600), 0);
    assert_int_equal(chmod(t->dir, 0777), 0);
    assert_int_equal(RUN(t, op("doctor"), NULL), 1);
    assert_non_null(finding(t, "folder", "bad"));
    assert_int_equal(chmod(t->dir, 0700), 0);
    t->fake.time = INT64_C(1000000000000000); /* 2001 */
    assert_int_equal(RUN(t, op("doctor"), NULL), 1);
    assert_non_null(finding(t, "clock", "bad"));
    assert_non_null(finding(t, "journal", "warn"));
    t->c.dir = t->top;
    assert_int_equal(RUN(t, op("doctor"), NULL), 1);
    assert_non_null(strstr(test_text(finding(t, "folder", "bad"), "message"), "not a node"));
    t->c.dir = t->dir;
}

static void the_log_as_a_whole(void **state)
{
    struct test_node *t = *state;
    char start[96];

    test_append(t, test_wait(t, "2304", "45"));
    test_append(t, test_wait(t, "2305", "45"));
    good(t, RUN(t, op("verify"), NULL));
    assert_true(json_is_true(json_object_get(t->said, "good")));
    assert_int_equal(test_int(t->said, "entries"), 2);
    good(t, RUN(t, op("head"), NULL));
    assert_int_equal(test_int(t->said, "size"), 2);
    assert_int_equal(strlen(test_text(t->said, "root")), 64);
    good(t, RUN(t, op("checkpoint"), NULL));
    snprintf(start, sizeof start, "us.cbp\n2\n");
    assert_true(strncmp(json_string_value(t->said), start, strlen(start)) == 0);
    good(t, RUN(t, op("key"), NULL));
    assert_true(strncmp(json_string_value(t->said), "us.cbp+", 7) == 0);
}

/* A byte of a value changed in the store. */
static void verify_names_the_bad_entry(void **state)
{
    struct test_node *t = *state;
    const char *path = path_join(t->arena, t->dir, "journal.db").p;
    struct str bytes;
    char *hit;
    int fd;

    test_append(t, test_wait(t, "2304", "45"));
    test_append(t, test_wait(t, "PLACETOFIND", "45"));
    node_close(&t->c); /* moves the log of pages into the file */
    assert_int_equal(file_read(t->arena, path, (size_t)64 << 20, &bytes, &t->err), 0);
    hit = memmem(bytes.p, bytes.n, "PLACETOFIND", 11);
    assert_non_null(hit);
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, hit - bytes.p), 1);
    close(fd);
    assert_int_equal(node_open(&t->c, false), 0);
    assert_int_equal(RUN(t, op("verify"), NULL), 1);
    assert_true(json_is_false(json_object_get(t->said, "good")));
    assert_int_equal(test_int(t->said, "bad_seq"), 1);
    assert_int_equal(RUN(t, op("doctor"), NULL), 1);
    assert_non_null(finding(t, "journal", "bad"));
}

static void a_proof_is_checked_without_the_node(void **state)
{
    struct test_node *t = *state;
    struct record *r = test_wait(t, "2304", "45");
    char file[96], key[256], *text;
    const char *proof;

    test_append(t, r);
    test_append(t, test_wait(t, "2305", "45"));
    good(t, RUN(t, op("key"), NULL));
    snprintf(key, sizeof key, "key=%s", json_string_value(t->said));
    good(t, RUN(t, op("prove"), word(t, "id", id_of(t, r)), NULL));
    proof = json_string_value(t->said);
    snprintf(file, sizeof file, "%s/proof", t->top);
    assert_int_equal(file_write(file, str_z(proof), 0600, &t->err), 0);
    text = arena_z(t->arena, str_z(proof));
    t->c.dir = NULL;
    good(t, RUN(t, op("verify-proof"), word(t, "file", file), key, NULL));
    assert_true(json_is_true(json_object_get(t->said, "good")));
    assert_int_equal(test_int(t->said, "seq"), 0);
    assert_int_equal(test_int(t->said, "size"), 2);
    assert_string_equal(test_text(t->said, "origin"), "us.cbp");
    assert_string_equal(test_text(json_object_get(t->said, "record"), "id"), id_of(t, r));
    t->c.dir = t->dir; /* the node's own key */
    good(t, RUN(t, op("verify-proof"), word(t, "file", file), NULL));
    text[strlen(text) / 2] ^= 1;
    assert_int_equal(file_write(file, str_z(text), 0600, &t->err), 0);
    assert_int_equal(RUN(t, op("verify-proof"), word(t, "file", file), key, NULL), 1);
    assert_true(json_is_false(json_object_get(t->said, "good")));
    assert_string_not_equal(test_text(t->said, "what"), "");
    assert_int_equal(RUN(t, op("verify-proof"), "file=/nonexistent", key, NULL), -1);
}

static void a_proof_of_personal_data_is_a_look(void **state)
{
    struct test_node *t = *state;
    struct record *r = party(t, "Juan");

    test_append(t, r);
    assert_int_equal(RUN(t, op("prove"), word(t, "id", id_of(t, r)), NULL), -1);
    assert_int_equal(t->err.code, ERR_DENIED);
    t->c.purpose = S("court order");
    t->c.the_case = S("X-1");
    good(t, RUN(t, op("prove"), word(t, "id", id_of(t, r)), NULL));
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_access WHERE op = 'prove'"), 1);
}

static void what_is_erased_is_gone(void **state)
{
    struct test_node *t = *state;
    struct record *r = party(t, "Inolvidable Perez");
    const char *id, *newer;
    char check[96];
    bool same = false;

    test_append(t, r);
    id = id_of(t, r);
    good(t, RUN(t, op("correct"), word(t, "id", id), "+city=Laredo", NULL));
    newer = arena_z(t->arena, str_z(test_text(t->said, "id")));
    assert_true(file_has(t, "views.db-wal", "Inolvidable") || file_has(t, "views.db", "Inolvidable"));
    assert_int_equal(RUN(t, op("erase"), word(t, "id", newer), "reason=whim", "basis=none", NULL), -1);
    assert_int_equal(t->err.code, ERR_USAGE);
    good(t, RUN(t, op("erase"), word(t, "id", newer), "reason=rights", "basis=LFPDPPP art. 25", NULL));
    assert_int_equal(test_int(t->said, "erased"), 2); /* with what it corrected */
    assert_false(file_has(t, "views.db", "Inolvidable"));
    assert_false(file_has(t, "views.db-wal", "Inolvidable"));
    assert_false(file_has(t, "journal.db", "Inolvidable"));
    assert_false(file_has(t, "journal.db-wal", "Inolvidable"));
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_erasure WHERE reason = 'rights'"), 2);
    good(t, RUN(t, op("verify"), NULL));
    assert_int_equal(test_int(t->said, "erased"), 2);
    good(t, RUN(t, op("show"), word(t, "id", id), NULL));
    assert_true(json_is_true(json_object_get(t->said, "erased")));
    assert_non_null(json_object_get(t->said, "erasure"));
    good(t, RUN(t, op("prove"), word(t, "id", id), NULL)); /* that it stood there */
    good(t, RUN(t, op("list"), "kind=party", NULL));
    assert_int_equal(json_array_size(json_object_get(t->said, "records")), 0);
    good(t, RUN(t, op("history"), word(t, "id", id), NULL));
    assert_int_equal(RUN(t, op("correct"), word(t, "id", newer), "+city=X", NULL), -1);
    assert_int_equal(RUN(t, op("erase"), word(t, "id", id), "reason=rights", "basis=x", NULL), -1);
    assert_int_equal(t->err.code, ERR_CONFLICT);
    snprintf(check, sizeof check, "%s/check", t->top);
    assert_int_equal(mkdir(check, 0700), 0);
    assert_int_equal(node_rebuild_check(&t->c, check, &same), 0);
    assert_true(same);
}

static void copied_and_rebuilt(void **state)
{
    struct test_node *t = *state;
    char to[96], copy[96];

    test_append(t, test_wait(t, "2304", "45"));
    snprintf(to, sizeof to, "to=%s/copy", t->top);
    good(t, RUN(t, op("backup"), to, NULL));
    assert_int_equal(test_int(t->said, "entries"), 1);
    good(t, RUN(t, op("rebuild"), "check=", NULL));
    assert_true(json_is_true(json_object_get(t->said, "good")));
    good(t, RUN(t, op("rebuild"), NULL));
    assert_int_equal(test_int(t->said, "applied"), 1);
    assert_int_equal(strlen(test_text(t->said, "digest")), 64);
    node_close(&t->c);
    snprintf(copy, sizeof copy, "%s/copy", t->top);
    t->c.dir = copy;
    if (node_open(&t->c, true) < 0)
        fail_msg("%s", t->err.text);
    good(t, RUN(t, op("head"), NULL));
    assert_int_equal(test_int(t->said, "epoch"), 2);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 1);
    node_close(&t->c);
    t->c.dir = t->dir;
}

static void what_is_no_node_is_said_so(void **state)
{
    struct test_node *t = *state;

    node_close(&t->c);
    t->c.dir = t->top;
    assert_int_equal(node_open(&t->c, false), -1);
    assert_true(t->err.code == ERR_USAGE && t->err.text[0]);
    t->c.dir = t->dir;
    assert_int_equal(chmod(path_join(t->arena, t->dir, "keys/log.key").p, 0644), 0);
    assert_int_equal(node_open(&t->c, true), -1);
    assert_non_null(strstr(t->err.text, "log.key"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_node),
        TEST(the_doctor_finds_nothing_wrong),
        TEST(the_doctor_finds_what_is_wrong),
        TEST(the_log_as_a_whole),
        TEST(verify_names_the_bad_entry),
        TEST(a_proof_is_checked_without_the_node),
        TEST(a_proof_of_personal_data_is_a_look),
        TEST(what_is_erased_is_gone),
        TEST(copied_and_rebuilt),
        TEST(what_is_no_node_is_said_so),
    };
    return cmocka_run_group_tests_name("admin", tests, NULL, NULL);
}
