/* views: the generic projection, cursors, layouts, digests, threads. Entries are made by hand: no journal. */
#include "views/views.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

struct fix {
    char dir[64];
    struct arena *arena;
    struct world_fake fake;
    struct views *views;
    struct err err;
    struct entry entry[16];
    uint64_t n;
};

static const char *const room_tables[] = {"CREATE TABLE seen(seq INTEGER PRIMARY KEY, word TEXT)", NULL};
static const char *const other_tables[] = {"CREATE TABLE seen(word TEXT PRIMARY KEY) WITHOUT ROWID", NULL};

static void open_views(struct fix *f, bool write, const char *const *tables)
{
    views_close(f->views);
    f->views = views_open(f->dir, write, tables, &f->err);
}

static int setup(void **state)
{
    struct fix *f = calloc(1, sizeof *f);
    const char *tmp = getenv("TMPDIR");

    snprintf(f->dir, sizeof f->dir, "%s/puente-views-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->dir));
    f->arena = arena_new();
    world_fake(&f->fake, INT64_C(1795000000000000), 1000, 7);
    open_views(f, true, room_tables);
    assert_non_null(f->views);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fix *f = *state;

    views_close(f->views);
    assert_int_equal(views_discard(f->dir, &f->err), 0);
    rmdir(f->dir);
    arena_free(f->arena);
    free(f);
    return 0;
}

/* A wait at `port`, as an entry of the journal. */
static struct entry *wait_entry(struct fix *f, const char *port, const uint8_t *replaces)
{
    const struct kind *k = schema_kind(S("wait"));
    struct record *r = record_new(f->arena, k);
    struct entry *x = &f->entry[f->n];
    struct buf b;

    record_text(r, schema_field(k, S("port")), str_z(port));
    record_text(r, schema_field(k, S("port_scheme")), S("schedule-d"));
    record_text(r, schema_field(k, S("observed")), S("2026-11-21T08:30"));
    record_int(r, schema_field(k, S("minutes")), 45);
    uuid_v7(&f->fake.world, r->head.id);
    r->head.origin = r->head.author = S("us.cbp");
    r->head.handling = S("H1");
    r->head.recorded = 1795000000000000;
    if (replaces)
        memcpy(r->head.replaces, replaces, 16);
    *x = (struct entry){.seq = f->n++, .record = r, .kind = k};
    memcpy(x->id, r->head.id, 16);
    buf_init(&b, 1 << 16);
    schema_encode_header(&b, r);
    x->header = arena_copy(f->arena, buf_view(&b));
    buf_free(&b);
    return x;
}

static void apply(struct fix *f, uint64_t from)
{
    assert_int_equal(views_begin(f->views, &f->err), 0);
    for (uint64_t i = from; i < f->n; i++)
        assert_int_equal(views_apply(f->views, &f->entry[i], &f->err), 0);
    assert_int_equal(views_commit(f->views, f->n, &f->err), 0);
}

static int64_t one(struct fix *f, const char *sql)
{
    struct query *q = views_query(f->views, sql, &f->err);
    int64_t i;

    assert_non_null(q);
    assert_int_equal(query_step(q, &f->err), 1);
    i = query_int(q, 0);
    query_done(q);
    return i;
}

static void a_record_becomes_a_row_and_comes_back(void **state)
{
    struct fix *f = *state;
    struct entry *x = wait_entry(f, "2304", NULL);
    struct views_mark m;
    struct record *r;
    struct query *q;

    apply(f, 0);
    q = views_query(f->views, "SELECT * FROM v_wait WHERE id = ?1", &f->err);
    assert_non_null(q);
    query_bind_blob(q, 1, str_n(x->id, 16));
    assert_int_equal(query_step(q, &f->err), 1);
    r = views_row(f->arena, q, x->kind, &m);
    assert_int_equal(query_step(q, &f->err), 0);
    query_done(q);
    assert_true(r->have == x->record->have);
    assert_true(str_eq(record_get(r, schema_field(x->kind, S("port"))), S("2304")));
    assert_int_equal(r->v[schema_field(x->kind, S("minutes"))].i, 45);
    assert_memory_equal(r->head.id, x->id, 16);
    assert_true(str_eq(r->head.handling, S("H1")) && str_eq(r->head.origin, S("us.cbp")));
    assert_true(m.seq == 0 && m.superseded == 0 && !m.erased);
}

static void a_correction_marks_what_it_replaces(void **state)
{
    struct fix *f = *state;
    struct entry *old = wait_entry(f, "2304", NULL);

    wait_entry(f, "2305", NULL);
    wait_entry(f, "2306", old->id);
    apply(f, 0);
    assert_int_equal(one(f, "SELECT superseded FROM v_wait WHERE seq = 0"), 2);
    assert_int_equal(one(f, "SELECT count(*) FROM v_wait WHERE superseded IS NULL"), 2);
}

static void rolled_back_is_as_if_never_begun(void **state)
{
    struct fix *f = *state;

    wait_entry(f, "2304", NULL);
    assert_int_equal(views_begin(f->views, &f->err), 0);
    assert_int_equal(views_apply(f->views, &f->entry[0], &f->err), 0);
    assert_int_equal(one(f, "SELECT count(*) FROM v_wait"), 1); /* the one who began sees it */
    views_rollback(f->views);
    views_rollback(f->views);
    assert_int_equal(one(f, "SELECT count(*) FROM v_wait"), 0);
    assert_true(views_applied(f->views) == 0);
}

static void what_is_held_stands_still(void **state)
{
    struct fix *f = *state;

    wait_entry(f, "2402", NULL);
    wait_entry(f, "2404", NULL);
    assert_int_equal(views_hold(f->views, &f->err), 0);
    assert_int_equal(one(f, "SELECT count(*) FROM v_wait"), 0);
    apply(f, 0);
    assert_int_equal(one(f, "SELECT count(*) FROM v_wait"), 0);
    views_let_go(f->views);
    views_let_go(f->views);
    assert_int_equal(one(f, "SELECT count(*) FROM v_wait"), 2);
    assert_int_equal(views_begin(f->views, &f->err), 0);
    assert_int_equal(views_hold(f->views, &f->err), 0); /* whoever writes sees it anyway */
    views_let_go(f->views);
    views_rollback(f->views);
}

static void the_cursors_outlive_the_process(void **state)
{
    struct fix *f = *state;

    assert_true(views_reacted(f->views) == VIEWS_UNKNOWN);
    wait_entry(f, "2304", NULL);
    apply(f, 0);
    assert_true(views_react_begin(f->views) == VIEWS_UNKNOWN);
    assert_int_equal(views_react_end(f->views, 1, &f->err), 0);
    open_views(f, true, room_tables);
    assert_true(views_applied(f->views) == 1 && views_reacted(f->views) == 1);
    open_views(f, false, room_tables);
    assert_true(views_applied(f->views) == 1 && views_reacted(f->views) == 1);
}

static void another_layout_starts_from_zero_but_knows_what_reacted(void **state)
{
    struct fix *f = *state;

    wait_entry(f, "2304", NULL);
    apply(f, 0);
    views_react_begin(f->views);
    assert_int_equal(views_react_end(f->views, 1, &f->err), 0);
    views_close(f->views);
    f->views = views_open(f->dir, false, other_tables, &f->err);
    assert_null(f->views);
    assert_int_equal(f->err.code, ERR_CONFLICT);
    open_views(f, true, other_tables);
    assert_non_null(f->views);
    assert_true(views_applied(f->views) == 0 && views_reacted(f->views) == 1);
    assert_int_equal(one(f, "SELECT count(*) FROM v_wait"), 0);
}

static void a_damaged_file_is_made_anew(void **state)
{
    struct fix *f = *state;
    char path[128];
    FILE *file;

    views_close(f->views);
    snprintf(path, sizeof path, "%s/views.db", f->dir);
    file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fputs("this is not a database; ", file);
    fclose(file);
    f->views = views_open(f->dir, true, room_tables, &f->err);
    assert_non_null(f->views);
    assert_int_equal(one(f, "SELECT count(*) FROM v_wait"), 0);
}

static void what_is_not_there_cannot_be_read(void **state)
{
    struct fix *f = *state;

    views_close(f->views);
    assert_int_equal(views_discard(f->dir, &f->err), 0);
    f->views = views_open(f->dir, false, room_tables, &f->err);
    assert_null(f->views);
    assert_int_equal(f->err.code, ERR_NOT_FOUND);
}

static void another_epoch_is_another_log(void **state)
{
    struct fix *f = *state;

    assert_int_equal(views_bind(f->views, 1, 0, &f->err), 1);
    wait_entry(f, "2304", NULL);
    apply(f, 0);
    assert_int_equal(views_bind(f->views, 1, 1, &f->err), 1);
    assert_int_equal(views_bind(f->views, 2, 1, &f->err), 0);
    assert_int_equal(views_bind(f->views, 1, 0, &f->err), 0); /* longer than the log */
}

static void equal_rows_have_equal_digests(void **state)
{
    struct fix *f = *state;
    uint8_t a[32], b[32];

    wait_entry(f, "2304", NULL);
    wait_entry(f, "2305", f->entry[0].id);
    apply(f, 0);
    assert_int_equal(views_digest(f->views, a, &f->err), 0);
    views_close(f->views);
    assert_int_equal(views_discard(f->dir, &f->err), 0);
    f->views = NULL;
    open_views(f, true, room_tables);
    assert_int_equal(views_digest(f->views, b, &f->err), 0);
    assert_memory_not_equal(a, b, 32);
    apply(f, 0);
    assert_int_equal(views_digest(f->views, b, &f->err), 0);
    assert_memory_equal(a, b, 32);
}

/* The day: written, then erased. The rebuild: comes erased. */
static void an_erased_row_is_the_same_either_way(void **state)
{
    struct fix *f = *state;
    const struct kind *erasure = schema_kind(S("erasure"));
    struct entry *x = wait_entry(f, "2304", NULL), *e;
    struct record *r;
    uint8_t a[32], b[32];

    e = wait_entry(f, "2305", NULL);
    r = record_new(f->arena, erasure);
    r->head = e->record->head;
    record_text(r, schema_field(erasure, S("about")), str_n(x->id, 16));
    e->kind = erasure;
    e->record = r;
    apply(f, 0);
    assert_int_equal(
        one(f, "SELECT count(*) FROM v_wait WHERE erased = 1 AND port IS NULL AND id IS NOT NULL"), 1);
    assert_int_equal(views_digest(f->views, a, &f->err), 0);
    views_close(f->views);
    views_discard(f->dir, &f->err);
    f->views = NULL;
    open_views(f, true, room_tables);
    x->record = NULL;
    x->erased = true;
    apply(f, 0);
    assert_int_equal(views_digest(f->views, b, &f->err), 0);
    assert_memory_equal(a, b, 32);
    assert_int_equal(views_scrub(f->views, &f->err), 0);
}

#define READERS 4

static void *read_a_lot(void *arg)
{
    struct fix *f = arg;
    struct err e = {0};
    int64_t last = 0;

    for (int i = 0; i < 300; i++) {
        struct query *q = views_query(f->views, "SELECT count(*) FROM v_wait", &e);
        if (q == NULL || query_step(q, &e) != 1 || query_int(q, 0) < last)
            return "a reader went back in time or failed";
        last = query_int(q, 0);
        query_done(q);
    }
    return NULL;
}

static void threads_read_while_one_writes(void **state)
{
    struct fix *f = *state;
    pthread_t t[READERS];

    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, read_a_lot, f), 0);
    for (int i = 0; i < 16; i++) {
        wait_entry(f, "2304", NULL);
        apply(f, f->n - 1);
    }
    for (int i = 0; i < READERS; i++) {
        void *said;
        pthread_join(t[i], &said);
        assert_null(said);
    }
}

static void more_statements_than_places(void **state)
{
    struct fix *f = *state;
    struct query *q[100];

    for (int i = 0; i < 100; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT %d", i);
        q[i] = views_query(f->views, sql, &f->err);
        assert_non_null(q[i]);
        assert_int_equal(query_step(q[i], &f->err), 1);
    }
    for (int i = 0; i < 100; i++) {
        assert_int_equal(query_int(q[i], 0), i);
        query_done(q[i]);
    }
    assert_null(views_query(f->views, "SELECT nonsense FROM nowhere", &f->err));
    assert_int_equal(f->err.code, ERR_IO);
}

static int ends;

static void *make_number(void)
{
    return calloc(1, sizeof(int));
}

static void end_number(void *p)
{
    ends += *(int *)p;
    free(p);
}

static void what_a_room_remembers_lasts_as_long_as_the_views(void **state)
{
    static const struct views_memory one_kind = {make_number, end_number},
                                     other = {make_number, end_number};
    struct fix *f = *state;
    int *p = views_remember(f->views, &one_kind);

    *p = 7;
    assert_ptr_equal(views_remember(f->views, &one_kind), p);
    assert_ptr_not_equal(views_remember(f->views, &other), p);
    ends = 0;
    open_views(f, true, room_tables);
    assert_int_equal(ends, 7);
    assert_int_equal(*(int *)views_remember(f->views, &one_kind), 0);
}

/* What is numbered by when it came may differ after a rebuild. */
static void a_memo_is_not_in_the_digest(void **state)
{
    static const char *const with_memo[] = {"CREATE TABLE memo_seen(word TEXT)", "CREATE TABLE memoir(a)",
                                            NULL};
    struct fix *f = *state;
    uint8_t a[32], b[32];

    for (int i = 0; i < 2; i++) {
        struct query *q;
        open_views(f, true, with_memo);
        assert_int_equal(views_digest(f->views, a, &f->err), 0);
        assert_int_equal(views_begin(f->views, &f->err), 0);
        q = views_query(f->views, i ? "INSERT INTO memoir VALUES(1)" : "INSERT INTO memo_seen VALUES('x')",
                        &f->err);
        assert_int_equal(query_step(q, &f->err), 0);
        query_done(q);
        assert_int_equal(views_commit(f->views, 0, &f->err), 0);
        assert_int_equal(views_digest(f->views, b, &f->err), 0);
        assert_int_equal(memcmp(a, b, 32) != 0, i);
    }
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_becomes_a_row_and_comes_back),
        TEST(a_correction_marks_what_it_replaces),
        TEST(rolled_back_is_as_if_never_begun),
        TEST(what_is_held_stands_still),
        TEST(the_cursors_outlive_the_process),
        TEST(another_layout_starts_from_zero_but_knows_what_reacted),
        TEST(a_damaged_file_is_made_anew),
        TEST(what_is_not_there_cannot_be_read),
        TEST(another_epoch_is_another_log),
        TEST(equal_rows_have_equal_digests),
        TEST(an_erased_row_is_the_same_either_way),
        TEST(threads_read_while_one_writes),
        TEST(more_statements_than_places),
        TEST(what_a_room_remembers_lasts_as_long_as_the_views),
        TEST(a_memo_is_not_in_the_digest),
    };
    return cmocka_run_group_tests_name("views", tests, NULL, NULL);
}
