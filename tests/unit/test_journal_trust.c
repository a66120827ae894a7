/* What must survive people: erasure, backups, restored and damaged stores, epochs, keys that others can read. */
#include "journal_help.h"

#include <fcntl.h>
#include <sqlite3.h>

static bool copy_file(const char *from, const char *to)
{
    struct arena *a = arena_new();
    struct err e = {0};
    struct str s;
    FILE *f;
    bool ok = file_read(a, from, (size_t)64 << 20, &s, &e) == 0 && (f = fopen(to, "wb")) != NULL;

    if (ok) {
        ok = fwrite(s.p, 1, s.n, f) == s.n;
        ok = fclose(f) == 0 && ok;
    }
    arena_free(a);
    return ok;
}

static bool file_has(const char *path, const char *what)
{
    struct arena *a = arena_new();
    struct err e = {0};
    struct str s;
    bool has =
        file_read(a, path, (size_t)64 << 20, &s, &e) == 0 && memmem(s.p, s.n, what, strlen(what)) != NULL;

    arena_free(a);
    return has;
}

static uint64_t epoch_now(struct journal *j, uint64_t *size)
{
    struct arena *a = arena_new();
    struct err e = {0};
    struct head h;
    uint64_t epoch;

    assert_ok(journal_head(j, a, &h, &e), e);
    epoch = h.epoch;
    *size = h.size;
    arena_free(a);
    return epoch;
}

static struct str prove(struct arena *a, struct journal *j, const uint8_t id[16])
{
    struct err e = {0};
    struct buf b;
    struct str s;

    buf_init(&b, 1 << 20);
    assert_ok(journal_prove(j, id, &b, &e), e);
    s = arena_copy(a, buf_view(&b));
    buf_free(&b);
    return s;
}

/* ---- erasure ---- */

static struct record *erasure_of(struct arena *a, const uint8_t id[16])
{
    struct record *r = record_new(a, schema_kind(S("erasure")));

    r->head.author = S("us.cbp");
    r->head.handling = S("H1");
    record_text(r, schema_field(r->kind, S("about")), arena_copy(a, str_n(id, 16)));
    record_text(r, schema_field(r->kind, S("legal_basis")), S("art. 16"));
    return r;
}

static void erased_is_gone_and_still_verifies(void **state)
{
    static const char *const files[] = {"journal.db", "journal.db-wal", "journal.db-shm"};
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct err e = {0};
    struct entry x;
    struct proved p;
    struct str before;
    uint8_t id[16], why[16];
    char longer[4096];

    /* One value on its page, one on overflow pages. */
    memset(longer, 'y', sizeof longer - 1);
    memcpy(longer, "SECRETO-LARGO", 13);
    memcpy(longer + 4000, "COLA-SECRETA", 12);
    longer[sizeof longer - 1] = 0;
    help_append(j, longer, why);
    help_append(j, "MARTA-SECRETA", id);
    for (int i = 0; i < 20; i++)
        help_append(j, "x", NULL);
    before = prove(a, j, id);
    assert_true(file_has(in(*state, "journal.db-wal"), "MARTA-SECRETA"));
    assert_ok(journal_erase(j, id, erasure_of(a, id), &e), e);
    assert_ok(journal_erase(j, why, erasure_of(a, why), &e), e);
    for (size_t i = 0; i < COUNT(files); i++) {
        assert_false(file_has(in(*state, files[i]), "MARTA-SECRETA"));
        assert_false(file_has(in(*state, files[i]), "SECRETO-LARGO"));
        assert_false(file_has(in(*state, files[i]), "COLA-SECRETA"));
    }
    help_good(j, 24);
    assert_int_equal(help_verify(j).erased, 2);
    assert_ok(journal_get(j, a, id, &x, &e), e);
    assert_true(x.erased && x.record == NULL && x.values.n == 0 && x.header.n > 0);
    /* Its old proof holds; a new one shows its place without the record. */
    assert_ok(journal_check_proof(a, before, str_z(journal_key(j)), &p, &e), e);
    assert_non_null(p.record);
    assert_ok(journal_check_proof(a, prove(a, j, id), str_z(journal_key(j)), &p, &e), e);
    assert_true(p.record == NULL && p.seq == 1 && p.size == 24);
    assert_memory_equal(p.id, id, 16);
    arena_free(a);
    journal_close(j);
}

static void what_cannot_be_erased(void **state)
{
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct err e = {0};
    struct record *r;
    uint8_t id[16], other[16] = {7};

    help_append(j, "x", id);
    assert_int_equal(journal_erase(j, other, erasure_of(a, other), &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_int_equal(journal_erase(j, id, erasure_of(a, other), &e), -1);
    assert_int_equal(e.code, ERR_USAGE);
    assert_int_equal(journal_erase(j, id, help_record(a, "no reason"), &e), -1);
    assert_int_equal(e.code, ERR_USAGE);
    r = erasure_of(a, id);
    assert_ok(journal_erase(j, id, r, &e), e);
    assert_int_equal(journal_erase(j, id, erasure_of(a, id), &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_int_equal(journal_erase(j, r->head.id, erasure_of(a, r->head.id), &e), -1);
    assert_int_equal(e.code, ERR_DENIED);
    help_good(j, 2);
    arena_free(a);
    journal_close(j);
}

static int erase_seen(void *arg, const struct entry *x, struct err *e)
{
    struct journal *j = arg;
    struct arena *a = arena_new();
    int rc = x->seq == 0 ? journal_erase(j, x->id, erasure_of(a, x->id), e) : 0;

    arena_free(a);
    return rc;
}

/* A reader holds the old pages while the erasure commits: the next commit takes them off the disk. */
static void a_reader_only_delays_the_scrubbing(void **state)
{
    struct journal *j = help_open(*state, true);
    struct err e = {0};

    help_append(j, "LUCIA-SECRETA", NULL);
    help_append(j, "x", NULL);
    assert_ok(journal_walk(j, 0, UINT64_MAX, erase_seen, j, &e), e);
    help_append(j, "y", NULL);
    assert_false(file_has(in(*state, "journal.db-wal"), "LUCIA-SECRETA"));
    assert_false(file_has(in(*state, "journal.db"), "LUCIA-SECRETA"));
    help_good(j, 4);
    journal_close(j);
}

/* ---- epochs ---- */

static void an_old_store_put_back_starts_an_epoch(void **state)
{
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct err e = {0};
    struct proved p;
    struct head h;
    struct str proof;
    char number[NUMBER_SIZE];
    uint8_t id[16];
    uint64_t size;

    help_append(j, "one", id);
    journal_close(j);
    assert_true(copy_file(in(*state, "journal.db"), in(*state, "old")));
    j = help_open(*state, true);
    help_append(j, "two, answered for", NULL);
    proof = prove(a, j, id);
    assert_int_equal(epoch_now(j, &size), 1);
    journal_close(j);
    assert_true(copy_file(in(*state, "old"), in(*state, "journal.db")));

    j = help_open(*state, true);
    assert_int_equal(epoch_now(j, &size), 2);
    assert_int_equal(size, 2);
    assert_int_equal(help_append(j, "three", id), 2);
    assert_ok(journal_head(j, a, &h, &e), e);
    assert_true(str_starts(h.checkpoint, S("us.cbp/epoch/2\n3\n")));
    journal_number(&h, 0, number);
    assert_string_equal(number, "1.0");
    journal_number(&h, 1, number);
    assert_string_equal(number, "2.1");
    help_good(j, 3);
    /* A proof of epoch 1 holds under its own checkpoint; a new one is of epoch 2. */
    assert_ok(journal_check_proof(a, proof, str_z(journal_key(j)), &p, &e), e);
    assert_true(p.epoch == 1 && p.size == 2 && str_eq(p.origin, S("us.cbp")));
    assert_ok(journal_check_proof(a, prove(a, j, id), str_z(journal_key(j)), &p, &e), e);
    assert_true(p.epoch == 2 && p.size == 3 && str_eq(p.origin, S("us.cbp/epoch/2")));
    journal_close(j);

    /* Again: the old store knows only epoch 1, the note knows 2. */
    assert_true(copy_file(in(*state, "old"), in(*state, "journal.db")));
    j = help_open(*state, true);
    assert_int_equal(epoch_now(j, &size), 3);
    help_good(j, 2);
    journal_close(j);
    j = help_open(*state, true);
    assert_int_equal(epoch_now(j, &size), 3);
    arena_free(a);
    journal_close(j);
}

/* As long as what was promised, or longer, but with another history. */
static void another_history_starts_an_epoch(void **state)
{
    struct journal *j = help_open(*state, true);
    char dir[64];
    uint64_t size;

    help_append(j, "one", NULL);
    journal_close(j);
    help_dir(dir);
    help_clear(dir);
    assert_int_equal(mkdir(dir, 0700), 0);
    assert_int_equal(mkdir(in(dir, "keys"), 0700), 0);
    for (const char *const *f = (const char *const[]){"node.json", "journal.db", "keys/log.key",
                                                      "keys/log.pub", "keys/once.key", NULL};
         *f; f++)
        assert_true(copy_file(in(*state, *f), in(dir, *f)));
    assert_int_equal(chmod(in(dir, "keys/log.key"), 0600), 0);
    assert_int_equal(chmod(in(dir, "keys/once.key"), 0600), 0);
    j = help_open(dir, true);
    assert_int_equal(epoch_now(j, &size), 2); /* it came without the note */
    for (int i = 0; i < 5; i++)
        help_append(j, "elsewhere", NULL);
    journal_close(j);

    j = help_open(*state, true);
    assert_int_equal(epoch_now(j, &size), 1);
    help_append(j, "two", NULL);
    help_append(j, "three", NULL);
    journal_close(j);
    assert_true(copy_file(in(dir, "journal.db"), in(*state, "journal.db")));
    j = help_open(*state, true);
    assert_int_equal(epoch_now(j, &size), 3);
    help_good(j, size);
    journal_close(j);
    help_clear(dir);
}

static void a_damaged_note_starts_an_epoch(void **state)
{
    struct journal *j = help_open(*state, true);
    uint64_t size;
    FILE *f;

    help_append(j, "one", NULL);
    journal_close(j);
    f = fopen(in(*state, "promised"), "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, 20, SEEK_SET), 0);
    fputc('7', f);
    fclose(f);
    j = help_open(*state, true);
    assert_int_equal(epoch_now(j, &size), 2);
    help_good(j, 2);
    journal_close(j);
}

/* A crash between the commit and the note leaves the note behind: nothing happened. */
static void a_lagging_note_is_no_reason(void **state)
{
    struct journal *j = help_open(*state, true);
    char text[128];
    ssize_t n;
    int fd;
    uint64_t size;

    help_append(j, "one", NULL);
    fd = open(in(*state, "promised"), O_RDWR);
    n = pread(fd, text, sizeof text, 0);
    for (int i = 0; i < 700; i++)
        help_append(j, "more", NULL);
    journal_close(j);
    assert_int_equal(pwrite(fd, text, (size_t)n, 0), n);
    close(fd);
    j = help_open(*state, true);
    assert_int_equal(epoch_now(j, &size), 1);
    assert_int_equal(size, 701);
    journal_close(j);
}

static void a_backup_is_whole_and_starts_an_epoch(void **state)
{
    struct journal *j = help_open(*state, true), *copy;
    struct err e = {0};
    struct stat st;
    char to[64];
    uint64_t size;

    help_append(j, "one", NULL);
    help_dir(to);
    assert_ok(journal_backup(j, in(to, "copy"), &e), e);
    help_append(j, "two", NULL);
    assert_int_equal(journal_backup(j, in(to, "copy"), &e), -1);
    assert_int_equal(e.code, ERR_USAGE);
    assert_int_equal(stat(in(to, "copy"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(in(to, "copy/keys/log.key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    copy = help_open(in(to, "copy"), false); /* reading changes nothing */
    assert_int_equal(epoch_now(copy, &size), 1);
    help_good(copy, 1);
    journal_close(copy);
    copy = help_open(in(to, "copy"), true);
    assert_int_equal(epoch_now(copy, &size), 2);
    assert_int_equal(size, 2);
    help_append(copy, "elsewhere", NULL);
    help_good(copy, 3);
    journal_close(copy);
    copy = help_open(in(to, "copy"), true);
    assert_int_equal(epoch_now(copy, &size), 2);
    journal_close(copy);
    assert_int_equal(epoch_now(j, &size), 1);
    help_good(j, 2);
    journal_close(j);
    help_clear(to);
}

static void epochs_are_the_journals_own(void **state)
{
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct record *r = record_new(a, schema_kind(S("epoch")));
    struct err e = {0};

    assert_int_equal(journal_append(j, &r, 1, NULL, &e), -1);
    assert_int_equal(e.code, ERR_DENIED);
    arena_free(a);
    journal_close(j);
}

/* ---- the folder ---- */

static void keys_that_others_read_are_refused(void **state)
{
    struct stat st;

    assert_int_equal(stat(in(*state, "journal.db"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(chmod(in(*state, "keys/log.key"), 0640), 0);
    help_refused(*state, true, ERR_IO);
    assert_int_equal(chmod(in(*state, "keys/log.key"), 0600), 0);
    assert_int_equal(chmod(in(*state, "keys/once.key"), 0604), 0);
    help_refused(*state, true, ERR_IO);
    assert_int_equal(unlink(in(*state, "keys/once.key")), 0);
    help_refused(*state, true, ERR_IO);
    journal_close(help_open(*state, false)); /* reading needs no secret */
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, 0600), 0);
}

static void damaged_folders_are_refused(void **state)
{
    const struct journal_identity bad_office = {"CBP", "US", false, 0},
                                  bad_country = {"us.cbp", "USA", false, 0},
                                  good = {"us.cbp", "US", false, 0};
    struct journal_options o = help_options(*state, true);
    struct err e = {0};

    assert_int_equal(journal_create(&o, &good, &e), -1); /* not empty */
    assert_int_equal(e.code, ERR_USAGE);
    o.dir = "/nonexistent/node";
    assert_int_equal(journal_create(&o, &bad_office, &e), -1);
    assert_int_equal(e.code, ERR_USAGE);
    assert_int_equal(journal_create(&o, &bad_country, &e), -1);
    assert_int_equal(e.code, ERR_USAGE);
    assert_int_equal(journal_create(&o, &good, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    help_refused("/nonexistent/node", true, ERR_USAGE);
    help_refused("/dev", false, ERR_USAGE);

    write_file(in(*state, "keys/log.key"), "PRIVATE+KEY+us.cbp+00000000+AAAA\n");
    help_refused(*state, true, ERR_CORRUPT);
    write_file(in(*state, "node.json"), "{\"format\":2,\"office\":\"us.cbp\",\"more\":1}");
    help_refused(*state, false, ERR_USAGE);
    write_file(in(*state, "node.json"), "{\"format\":1,\"office\":\"us.cbp\"}");
    help_refused(*state, false, ERR_CORRUPT);
    write_file(in(*state, "node.json"), "garbage");
    help_refused(*state, false, ERR_CORRUPT);
}

static void damaged_stores_are_refused(void **state)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(in(*state, "journal.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 2", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    help_refused(*state, true, ERR_USAGE); /* a newer format */
    help_refused(*state, false, ERR_USAGE);
    write_file(in(*state, "journal.db"),
               "This is no database, whatever its name may say. It goes on for a while.");
    help_refused(*state, true, ERR_CORRUPT);
    help_refused(*state, false, ERR_CORRUPT);
    assert_int_equal(unlink(in(*state, "journal.db")), 0);
    help_refused(*state, true, ERR_CORRUPT);
}

/* ---- verify names the first bad entry ---- */

struct flip {
    const char *sql;
    uint64_t seq; /* that verify names */
};

/* SQL flip(blob): the same with one bit of its tenth byte turned. */
static void flip(sqlite3_context *c, int n, sqlite3_value **v)
{
    size_t size = (size_t)sqlite3_value_bytes(v[0]);
    uint8_t *copy = malloc(size);

    (void)n;
    memcpy(copy, sqlite3_value_blob(v[0]), size);
    copy[9] ^= 1;
    sqlite3_result_blob64(c, copy, size, free);
}

static void help_sql(const char *path, const char *sql)
{
    char *why = NULL;
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_create_function(db, "flip", 1, SQLITE_UTF8, NULL, flip, NULL, NULL);
    sqlite3_exec(db, sql, NULL, NULL, &why);
    if (why)
        fprintf(stderr, "%s: %s\n", sql, why);
    assert_null(why);
    sqlite3_close(db);
}

static void flipped_bits_are_named(void **state)
{
    static const struct flip flips[] = {
        {"UPDATE entry SET seq = 1000 WHERE seq = 5", 5},
        {"UPDATE entry SET id = zeroblob(16) WHERE seq = 5", 5},
        {"UPDATE entry SET kind = kind + 1 WHERE seq = 5", 5},
        {"UPDATE entry SET header = flip(header) WHERE seq = 5", 5},
        {"UPDATE entry SET body = flip(body) WHERE seq = 5", 5},
        {"UPDATE entry SET seed = flip(seed) WHERE seq = 5", 5},
        {"UPDATE entry SET commitment = flip(commitment) WHERE seq = 5", 5},
        {"UPDATE entry SET seed = NULL, body = NULL WHERE seq = 5", 5},
        {"UPDATE entry SET seed = NULL WHERE seq = 5", 5},
        {"UPDATE entry SET header = zeroblob(3) WHERE seq = 5", 5},
        {"UPDATE entry SET seed = zeroblob(3) WHERE seq = 5", 5},
        {"DELETE FROM entry WHERE seq = 5", 5},
        {"DELETE FROM entry WHERE seq = 299", 299},
        {"INSERT INTO entry SELECT 300, zeroblob(16), kind, header, body, seed, commitment FROM entry "
         "WHERE seq = 5",
         300},
        {"UPDATE tile SET hashes = flip(hashes) WHERE level = 0 AND n = 0", 0},
        {"UPDATE tile SET hashes = flip(hashes) WHERE level = 0 AND n = 1", 256},
        {"UPDATE tile SET hashes = flip(hashes) WHERE level = 1", 255},
        {"UPDATE tile SET n = 7 WHERE level = 0 AND n = 1", 256},
        {"UPDATE tile SET level = 3 WHERE level = 1", 255},
        {"UPDATE tile SET hashes = substr(hashes, 1, 64) WHERE level = 0 AND n = 0", 2},
        {"UPDATE tile SET hashes = zeroblob(33) WHERE level = 0 AND n = 0", 0},
        {"UPDATE head SET epoch = 2, starts = zeroblob(16)", 300},
        {"UPDATE head SET starts = zeroblob(3)", 0},
        {"UPDATE head SET size = 299", 299},
        {"UPDATE head SET size = 301", 300},
        {"UPDATE head SET root = flip(root)", 300},
        {"UPDATE head SET checkpoint = replace(checkpoint, '300', '301')", 300},
        {"UPDATE head SET checkpoint = replace(checkpoint, 'us.cbp', 'us.cbq')", 300},
        {"UPDATE head SET checkpoint = ''", 300},
    };
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct err e = {0};

    for (int i = 0; i < 300; i++)
        help_append(j, "x", NULL);
    help_good(j, 300);
    journal_close(j);
    assert_true(copy_file(in(*state, "journal.db"), in(*state, "good")));
    for (size_t i = 0; i < COUNT(flips); i++) {
        const struct journal_options o = help_options(*state, false);
        struct verify_report v = {0};
        assert_true(copy_file(in(*state, "good"), in(*state, "journal.db")));
        help_sql(in(*state, "journal.db"), flips[i].sql);
        /* A head that cannot be read stops at the door; anything else is for verify to name. */
        j = journal_open(&o, &e);
        if (j == NULL) {
            assert_int_equal(e.code, ERR_CORRUPT);
            continue;
        }
        v = help_verify(j);
        if (v.good || v.bad_seq != flips[i].seq)
            fprintf(stderr, "%s: %s (%d)\n", flips[i].sql, v.what, v.good);
        assert_false(v.good);
        assert_int_equal(v.bad_seq, flips[i].seq);
        journal_close(j);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(erased_is_gone_and_still_verifies, node, no_node),
        cmocka_unit_test_setup_teardown(what_cannot_be_erased, node, no_node),
        cmocka_unit_test_setup_teardown(a_reader_only_delays_the_scrubbing, node, no_node),
        cmocka_unit_test_setup_teardown(an_old_store_put_back_starts_an_epoch, node, no_node),
        cmocka_unit_test_setup_teardown(another_history_starts_an_epoch, node, no_node),
        cmocka_unit_test_setup_teardown(a_damaged_note_starts_an_epoch, node, no_node),
        cmocka_unit_test_setup_teardown(a_lagging_note_is_no_reason, node, no_node),
        cmocka_unit_test_setup_teardown(a_backup_is_whole_and_starts_an_epoch, node, no_node),
        cmocka_unit_test_setup_teardown(epochs_are_the_journals_own, node, no_node),
        cmocka_unit_test_setup_teardown(keys_that_others_read_are_refused, node, no_node),
        cmocka_unit_test_setup_teardown(damaged_folders_are_refused, node, no_node),
        cmocka_unit_test_setup_teardown(damaged_stores_are_refused, node, no_node),
        cmocka_unit_test_setup_teardown(flipped_bits_are_named, node, no_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
