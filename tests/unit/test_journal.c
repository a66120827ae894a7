/* The journal as its callers know it: append, batches, reading, proofs, the folder and its lock. */
#include "journal_help.h"

struct seen {
    uint64_t n, last;
    char name[64];
};

static int see(void *arg, const struct entry *x, struct err *e)
{
    struct seen *s = arg;
    struct str name = record_get(x->record, schema_field(x->kind, S("name")));

    (void)e;
    s->n++;
    s->last = x->seq;
    snprintf(s->name, sizeof s->name, "%.*s", STR_ARG(name));
    return strcmp(s->name, "stop") == 0 ? 7 : 0;
}

static void append_and_read(void **state)
{
    struct journal *j = help_open(*state, true), *other;
    struct arena *a = arena_new();
    struct record *two[2] = {help_record(a, "dos"), help_record(a, "tres")};
    struct err e = {0};
    struct seen s = {0};
    struct head h;
    struct entry x;
    uint8_t id[16];
    uint64_t first;

    assert_int_equal(help_append(j, "uno", id), 0);
    assert_ok(journal_append(j, two, 2, &first, &e), e);
    assert_int_equal(first, 1);
    assert_ok(journal_head(j, a, &h, &e), e);
    assert_true(h.size == 3 && h.epoch == 1);
    assert_true(str_starts(h.checkpoint, S("us.cbp\n3\n")));

    /* A reader without the lock sees what is committed. */
    other = help_open(*state, false);
    assert_ok(journal_walk(other, 0, UINT64_MAX, see, &s, &e), e);
    assert_true(s.n == 3 && s.last == 2);
    assert_string_equal(s.name, "tres");
    assert_ok(journal_walk(other, 1, 1, see, &s, &e), e);
    assert_true(s.n == 4 && s.last == 1);
    assert_ok(journal_get(other, a, id, &x, &e), e);
    assert_true(x.seq == 0 && !x.erased && str_eq(x.record->head.origin, S("us.cbp")));
    memset(id, 9, sizeof id);
    assert_int_equal(journal_get(other, a, id, &x, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_int_equal(journal_append(other, two, 2, &first, &e), -1);
    assert_int_equal(e.code, ERR_USAGE);
    help_good(other, 3);
    journal_close(other);
    arena_free(a);
    journal_close(j);
}

static void a_walk_longer_than_a_chunk_stops_where_told(void **state)
{
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct err e = {0};
    struct batch *b = batch_begin(j, &e);
    struct seen s = {0};

    for (int i = 0; i < 3 * WALK_CHUNK; i++)
        assert_ok(batch_put(b, help_record(a, i == 2100 ? "stop" : "x"), &e), e);
    assert_ok(batch_commit(b, &e), e);
    assert_int_equal(journal_walk(j, 0, UINT64_MAX, see, &s, &e), 7);
    assert_int_equal(s.last, 2100);
    assert_int_equal(journal_walk(j, 2101, UINT64_MAX, see, &s, &e), 0);
    assert_int_equal(s.n, 3 * WALK_CHUNK);
    s.n = 0;
    assert_int_equal(journal_walk(j, 0, 1500, see, &s, &e), 0);
    assert_int_equal(s.n, 1500);
    help_good(j, 3 * WALK_CHUNK);
    arena_free(a);
    journal_close(j);
}

static void a_known_id_is_refused_whole(void **state)
{
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct record *r[2] = {help_record(a, "new"), help_record(a, "old")};
    struct err e = {0};
    struct batch *b;

    help_append(j, "first", r[1]->head.id);
    assert_int_equal(journal_append(j, r, 2, NULL, &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    help_good(j, 1);
    b = batch_begin(j, &e);
    assert_int_equal(batch_put(b, r[1], &e), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_ok(batch_put(b, r[0], &e), e);
    assert_int_equal(batch_count(b), 1);
    assert_ok(batch_commit(b, &e), e);
    help_good(j, 2);
    arena_free(a);
    journal_close(j);
}

static void a_batch_rewinds_records_tree_and_keys(void **state)
{
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct err e = {0};
    struct batch *b = batch_begin(j, &e);
    uint8_t key[3][HASH_SIZE] = {{1}, {2}, {3}};

    assert_int_equal(batch_once(b, key[0], &e), 1);
    for (int i = 0; i < 200; i++)
        assert_ok(batch_put(b, help_record(a, "kept"), &e), e);
    /* Refused messages that cross a tile's edge, one after the other. */
    for (int m = 0; m < 3; m++) {
        assert_ok(batch_mark(b, &e), e);
        assert_int_equal(batch_once(b, key[1], &e), 1);
        assert_int_equal(batch_once(b, key[0], &e), 0);
        for (int i = 0; i < 300; i++)
            assert_ok(batch_put(b, help_record(a, "refused"), &e), e);
        assert_ok(batch_rewind(b, &e), e);
        assert_int_equal(batch_count(b), 200 + (uint64_t)m * 20);
        for (int i = 0; i < 20; i++)
            assert_ok(batch_put(b, help_record(a, "kept"), &e), e);
    }
    assert_int_equal(batch_once(b, key[2], &e), 1);
    assert_ok(batch_commit(b, &e), e);
    help_good(j, 260);
    b = batch_begin(j, &e);
    assert_int_equal(batch_once(b, key[0], &e), 0);
    assert_int_equal(batch_once(b, key[1], &e), 1);
    assert_int_equal(batch_once(b, key[2], &e), 0);
    batch_abort(b);
    batch_abort(NULL);
    b = batch_begin(j, &e);
    assert_int_equal(batch_once(b, key[1], &e), 1);
    assert_ok(batch_commit(b, &e), e);
    journal_close(j);
    j = help_open(*state, true);
    help_append(j, "after", NULL);
    help_good(j, 261);
    arena_free(a);
    journal_close(j);
}

/* ---- group commit ---- */

#define THREADS 8
#define EACH    50

struct worker {
    struct journal *j;
    int n, conflicts;
    uint64_t seq[EACH];
    uint8_t id[EACH][16];
};

static void *work(void *arg)
{
    struct worker *w = arg;
    struct arena *a = arena_new();
    struct err e = {0};

    for (int i = 0; i < EACH; i++) {
        struct record *r = help_record(a, "threads");
        if (i % 10 == 9)
            memcpy(r->head.id, w->id[i - 1], 16); /* bad: only this call fails */
        if (journal_append(w->j, &r, 1, &w->seq[i], &e) < 0)
            w->conflicts += e.code == ERR_CONFLICT;
        memcpy(w->id[i], r->head.id, 16);
    }
    arena_free(a);
    return NULL;
}

static void threads_share_commits(void **state)
{
    static struct worker w[THREADS];
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct err e = {0};
    struct entry x;
    pthread_t t[THREADS];

    for (int i = 0; i < THREADS; i++) {
        w[i] = (struct worker){.j = j};
        assert_int_equal(pthread_create(&t[i], NULL, work, &w[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(w[i].conflicts, EACH / 10);
        for (int k = 0; k < EACH; k++) {
            if (k % 10 == 9)
                continue;
            assert_ok(journal_get(j, a, w[i].id[k], &x, &e), e);
            assert_int_equal(x.seq, w[i].seq[k]);
        }
    }
    help_good(j, THREADS * EACH * 9 / 10);
    arena_free(a);
    journal_close(j);
}

/* ---- proofs ---- */

static void proofs_check_offline(void **state)
{
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct err e = {0};
    struct proved p;
    struct buf proof;
    uint8_t id[16], first[16];

    help_append(j, "testigo", first);
    for (int i = 0; i < 300; i++)
        help_append(j, "x", id);
    buf_init(&proof, 1 << 20);
    assert_ok(journal_prove(j, first, &proof, &e), e);
    assert_ok(journal_check_proof(a, buf_view(&proof), str_z(journal_key(j)), &p, &e), e);
    assert_true(p.seq == 0 && p.size == 301 && p.epoch == 1 && p.record);
    assert_true(str_eq(record_get(p.record, schema_field(p.record->kind, S("name"))), S("testigo")));
    assert_memory_equal(p.id, first, 16);

    /* No byte of it can change. A changed signature line of ours is no signature. */
    for (size_t i = 0; i < proof.n; i++) {
        proof.p[i] = (char)(proof.p[i] ^ 1);
        assert_int_equal(journal_check_proof(a, buf_view(&proof), str_z(journal_key(j)), &p, &e), -1);
        assert_int_equal(e.code, ERR_DATA);
        proof.p[i] = (char)(proof.p[i] ^ 1);
        arena_reset(a);
    }
    for (size_t n = 0; n < proof.n; n++)
        assert_int_equal(journal_check_proof(a, str_n(proof.p, n), str_z(journal_key(j)), &p, &e), -1);
    /* Another node's key does not prove it. */
    assert_int_equal(journal_check_proof(a, buf_view(&proof),
                                         S("us.cbp+00000000+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                                         &p, &e),
                     -1);
    memset(id, 3, sizeof id);
    assert_int_equal(journal_prove(j, id, &proof, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    buf_free(&proof);
    arena_free(a);
    journal_close(j);
}

/* ---- the folder ---- */

static void one_process_writes(void **state)
{
    struct journal *j = help_open(*state, true);
    const struct journal_options o = help_options(*state, true);
    struct err e = {0};
    char pid[32];

    snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_null(journal_open(&o, &e));
    assert_int_equal(e.code, ERR_BUSY);
    assert_non_null(strstr(e.text, pid));
    journal_close(j);
    journal_close(help_open(*state, true));
}

static void an_exercise_stays_one(void **state)
{
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct record *r = help_record(a, "synthetic");
    const struct journal_identity who = {"us.cbp", "US", true, 0};
    struct journal_options o;
    struct err e = {0};
    char dir[64];

    r->head.exercise = true;
    assert_int_equal(journal_append(j, &r, 1, NULL, &e), -1);
    assert_int_equal(e.code, ERR_DENIED);
    journal_close(j);
    help_dir(dir);
    o = help_options(dir, true);
    assert_ok(journal_create(&o, &who, &e), e);
    j = help_open(dir, true);
    assert_true(journal_who(j)->exercise);
    r = help_record(a, "ours");
    assert_ok(journal_append(j, &r, 1, NULL, &e), e);
    assert_true(r->head.exercise);
    r = help_record(a, "a peer's, and real");
    r->head.origin = S("mx.anam");
    assert_int_equal(journal_append(j, &r, 1, NULL, &e), -1);
    assert_int_equal(e.code, ERR_DENIED);
    journal_close(j);
    help_clear(dir);
    arena_free(a);
}

static void what_is_too_large_is_refused(void **state)
{
    struct journal *j = help_open(*state, true);
    struct arena *a = arena_new();
    struct record *r = help_record(a, "large");
    struct err e = {0};
    size_t n = (size_t)5 << 20;

    record_text(r, schema_field(r->kind, S("name")), str_n(memset(arena_alloc(a, n), 'x', n), n));
    assert_int_equal(journal_append(j, &r, 1, NULL, &e), -1);
    assert_int_equal(e.code, ERR_LIMIT);
    help_append(j, "small", NULL);
    help_good(j, 1);
    arena_free(a);
    journal_close(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(append_and_read, node, no_node),
        cmocka_unit_test_setup_teardown(a_walk_longer_than_a_chunk_stops_where_told, node, no_node),
        cmocka_unit_test_setup_teardown(a_known_id_is_refused_whole, node, no_node),
        cmocka_unit_test_setup_teardown(a_batch_rewinds_records_tree_and_keys, node, no_node),
        cmocka_unit_test_setup_teardown(threads_share_commits, node, no_node),
        cmocka_unit_test_setup_teardown(proofs_check_offline, node, no_node),
        cmocka_unit_test_setup_teardown(one_process_writes, node, no_node),
        cmocka_unit_test_setup_teardown(an_exercise_stays_one, node, no_node),
        cmocka_unit_test_setup_teardown(what_is_too_large_is_refused, node, no_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
