/* node: append, apply, react; crashes, lost views, two processes, many threads. */
#include "node.h"

#include "views/internal.h"

#include <sys/wait.h>

/* A room that counts waits of each port, and answers every wait of 100 minutes or more with one of port 9999:
 * a stand-in for screening, whose hits follow from records. */
static const char *const counting_tables[] = {
    "CREATE TABLE waits_by_port(port TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID", NULL};
static int reactions; /* how often react was asked */

static int counting_apply(struct ctx *c, const struct entry *x)
{
    struct query *q;
    int rc;

    if (strcmp(x->kind->name, "wait") != 0 || x->record == NULL)
        return 0;
    q = views_query(c->views,
                    "INSERT INTO waits_by_port VALUES (?1, 1) ON CONFLICT DO UPDATE SET n = n + 1", c->err);
    if (q == NULL)
        return -1;
    query_bind_text(q, 1, record_get(x->record, schema_field(x->kind, S("port"))));
    rc = query_step(q, c->err);
    query_done(q);
    return rc;
}

static int counting_react(struct ctx *c, const struct entry *x)
{
    struct record *r;

    __atomic_add_fetch(&reactions, 1, __ATOMIC_RELAXED);
    if (strcmp(x->kind->name, "wait") != 0 || x->record == NULL ||
        x->record->v[schema_field(x->kind, S("minutes"))].i < 100 ||
        str_eq(record_get(x->record, schema_field(x->kind, S("port"))), S("9999")))
        return 0;
    r = record_new(c->arena, x->kind);
    record_text(r, schema_field(x->kind, S("port")), S("9999"));
    record_text(r, schema_field(x->kind, S("observed")), S("2026-11-21T08:30"));
    record_int(r, schema_field(x->kind, S("minutes")), 100);
    r->head.author = c->author;
    node_follow(c, arena_copy(c->arena, str_n(x->id, 16)), r);
    return 0;
}

static const struct room counting = {
    .name = "counting", .tables = counting_tables, .apply = counting_apply, .react = counting_react};
static const struct room *const rooms[] = {&counting, NULL};

static int setup(void **state)
{
    struct test_node *t = malloc(sizeof *t);

    test_node_start(t, rooms);
    reactions = 0;
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    test_node_end(*state);
    free(*state);
    return 0;
}

static uint64_t size_of(struct test_node *t)
{
    struct head h;

    assert_int_equal(journal_head(t->c.journal, t->arena, &h, &t->err), 0);
    return h.size;
}

static void append_without_views(struct test_node *t, struct record *r)
{
    uint64_t first;

    if (journal_append(t->c.journal, &r, 1, &first, &t->err) < 0)
        fail_msg("%s", t->err.text);
}

static void what_is_appended_is_seen(void **state)
{
    struct test_node *t = *state;

    assert_true(test_append(t, test_wait(t, "2304", "45")) == 0);
    assert_true(test_append(t, test_wait(t, "2304", "46")) == 1);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 2);
    assert_int_equal(test_count(t, "SELECT n FROM waits_by_port WHERE port = '2304'"), 2);
    assert_int_equal(reactions, 2);
}

static void what_follows_is_appended_once_and_applied(void **state)
{
    struct test_node *t = *state;

    test_append(t, test_wait(t, "2304", "120"));
    assert_true(size_of(t) == 2);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait WHERE port = '9999'"), 1);
    assert_true(views_reacted(t->c.views) == 2);
    assert_int_equal(node_catch_up(&t->c), 0);
    assert_true(size_of(t) == 2);
}

/* Killed between the journal's commit and the views. */
static void views_catch_up_when_opened(void **state)
{
    struct test_node *t = *state;

    test_append(t, test_wait(t, "2304", "45"));
    append_without_views(t, test_wait(t, "2305", "130"));
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 1);
    test_reopen(t, true);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 3);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait WHERE port = '9999'"), 1);
}

static void a_reader_catches_up_too_when_nobody_serves(void **state)
{
    struct test_node *t = *state;

    append_without_views(t, test_wait(t, "2305", "130"));
    test_reopen(t, false);
    assert_false(views_writable(t->c.views));
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 1); /* it applies, but does not react */
    test_reopen(t, true);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 2);
}

static void lost_views_are_made_again_and_nothing_follows_twice(void **state)
{
    struct test_node *t = *state;

    for (int i = 0; i < 5; i++)
        test_append(t, test_wait(t, "2304", "120"));
    assert_true(size_of(t) == 10);
    node_close(&t->c);
    assert_int_equal(views_discard(t->dir, &t->err), 0);
    assert_int_equal(node_open(&t->c, true), 0);
    assert_true(size_of(t) == 10);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 10);
}

/* The journal has what follows, but the cursor was not written: the entry reacts again. */
static void reacting_again_changes_nothing(void **state)
{
    struct test_node *t = *state;
    int before;

    test_append(t, test_wait(t, "2304", "120"));
    views_react_begin(t->c.views);
    assert_int_equal(views_react_end(t->c.views, 0, &t->err), 0);
    before = reactions;
    test_reopen(t, true);
    assert_int_equal(reactions, before + 2);
    assert_true(size_of(t) == 2);
}

static void rebuilt_views_are_the_same_and_nothing_reacts(void **state)
{
    struct test_node *t = *state;
    uint8_t before[32], after[32];
    char check[96];
    bool same = false;
    int asked;

    for (int i = 0; i < 20; i++)
        test_append(t, test_wait(t, i % 2 ? "2304" : "2305", i % 5 ? "45" : "120"));
    assert_int_equal(views_digest(t->c.views, before, &t->err), 0);
    snprintf(check, sizeof check, "%s/check", t->top);
    assert_int_equal(mkdir(check, 0700), 0);
    assert_int_equal(node_rebuild_check(&t->c, check, &same), 0);
    assert_true(same);
    asked = reactions;
    assert_int_equal(node_rebuild(&t->c), 0);
    assert_int_equal(reactions, asked);
    assert_int_equal(views_digest(t->c.views, after, &t->err), 0);
    assert_memory_equal(before, after, 32);
    test_append(t, test_wait(t, "2306", "45"));
    assert_int_equal(reactions, asked + 1);
}

static void a_check_notices_what_the_journal_does_not_say(void **state)
{
    struct test_node *t = *state;
    struct query *q;
    char check[96];
    bool same = true;

    test_append(t, test_wait(t, "2304", "45"));
    assert_int_equal(views_begin(t->c.views, &t->err), 0);
    q = views_query(t->c.views, "UPDATE v_wait SET minutes = 1", &t->err);
    assert_int_equal(query_step(q, &t->err), 0);
    query_done(q);
    assert_int_equal(views_commit(t->c.views, 1, &t->err), 0);
    snprintf(check, sizeof check, "%s/check", t->top);
    assert_int_equal(mkdir(check, 0700), 0);
    assert_int_equal(node_rebuild_check(&t->c, check, &same), 0);
    assert_false(same);
}

static void an_erased_record_is_gone_and_the_rebuild_agrees(void **state)
{
    struct test_node *t = *state;
    struct record *r = test_wait(t, "2304", "45");
    const struct kind *k = schema_kind(S("erasure"));
    struct record *e = record_new(t->arena, k);
    uint8_t before[32], after[32];

    test_append(t, r);
    record_text(e, schema_field(k, S("about")), str_n(r->head.id, 16));
    record_text(e, schema_field(k, S("reason")), S("rights"));
    record_text(e, schema_field(k, S("legal_basis")), S("art. 25"));
    record_text(e, schema_field(k, S("decided_by")), S("us.cbp"));
    e->head.author = S("us.cbp");
    if (journal_erase(t->c.journal, r->head.id, e, &t->err) < 0)
        fail_msg("%s", t->err.text);
    assert_int_equal(node_catch_up(&t->c), 0);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait WHERE erased = 1 AND port IS NULL"), 1);
    /* the counting room does not clear what it derived: leave its table out of the comparison */
    assert_int_equal(views_begin(t->c.views, &t->err), 0);
    struct query *q = views_query(t->c.views, "DELETE FROM waits_by_port", &t->err);
    assert_int_equal(query_step(q, &t->err), 0);
    query_done(q);
    assert_int_equal(views_commit(t->c.views, 2, &t->err), 0);
    assert_int_equal(views_digest(t->c.views, before, &t->err), 0);
    assert_int_equal(node_rebuild(&t->c), 0);
    assert_int_equal(views_digest(t->c.views, after, &t->err), 0);
    assert_memory_equal(before, after, 32);
}

/* Another process holds the node; we read, and are told who it is when we want to write. */
static void two_processes(void **state)
{
    struct test_node *t = *state;
    struct record *r;
    int ready[2], done[2];
    char c = 0;
    pid_t pid;

    test_append(t, test_wait(t, "2304", "45"));
    node_close(&t->c);
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        bool good = node_open(&t->c, true) == 0;
        c = good ? '1' : '0';
        if (write(ready[1], &c, 1) != 1 || read(done[0], &c, 1) != 1)
            good = false;
        node_close(&t->c);
        _exit(good ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_int_equal(c, '1');
    assert_int_equal(node_open(&t->c, false), 0);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 1);
    r = test_wait(t, "2305", "45");
    assert_int_equal(node_append(&t->c, &r, 1, NULL), -1);
    assert_int_equal(t->err.code, ERR_BUSY);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 1); /* still readable */
    assert_int_equal(write(done[1], &c, 1), 1);
    waitpid(pid, NULL, 0);
    assert_int_equal(node_append(&t->c, &r, 1, NULL), 0); /* the lock is taken now */
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 2);
    for (int i = 0; i < 2; i++)
        close(ready[i]), close(done[i]);
}

static void a_restored_backup_gets_its_own_views(void **state)
{
    struct test_node *t = *state;
    char to[96], command[512];

    test_append(t, test_wait(t, "2304", "45"));
    snprintf(to, sizeof to, "%s/copy", t->top);
    assert_int_equal(journal_backup(t->c.journal, to, &t->err), 0);
    test_append(t, test_wait(t, "2305", "45"));
    test_append(t, test_wait(t, "2306", "45"));
    node_close(&t->c);
    /* The journal goes back; views.db, which knows more, is left lying there. */
    snprintf(command, sizeof command, "rm -f '%s'/journal.db* && cp '%s'/journal.db* '%s'/", t->dir, to,
             t->dir);
    assert_int_equal(system(command), 0);
    if (node_open(&t->c, true) < 0)
        fail_msg("%s", t->err.text);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 1);
    test_append(t, test_wait(t, "2307", "45"));
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait WHERE port = '2307'"), 1);
}

static int64_t pages(struct test_node *t, const char *pragma)
{
    sqlite3_stmt *s;
    int64_t n;

    assert_int_equal(sqlite3_prepare_v2(t->c.views->writer->db, pragma, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

/* The views' disk is full, the journal's is not: what was answered is durable, and seen when there is room again. */
static void a_full_disk_under_the_views_loses_nothing(void **state)
{
    struct test_node *t = *state;
    char pragma[64];
    uint64_t n = 0;

    snprintf(pragma, sizeof pragma, "PRAGMA max_page_count = %lld",
             (long long)pages(t, "PRAGMA page_count"));
    pages(t, pragma);
    for (; n < 2000 && t->err.code == ERR_NONE; n++)
        test_append(t, test_wait(t, "2304", "45"));
    assert_int_equal(t->err.code, ERR_FULL);
    err_clear(&t->err);
    test_append(t, test_wait(t, "2304", "45")); /* still taken in */
    n++;
    assert_true(size_of(t) == n && views_applied(t->c.views) < n);
    pages(t, "PRAGMA max_page_count = 1000000");
    err_clear(&t->err);
    assert_int_equal(node_catch_up(&t->c), 0);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), n);
}

static void looking_into_a_backup_leaves_it_as_it_is(void **state)
{
    struct test_node *t = *state;
    struct head h;
    char to[96];

    test_append(t, test_wait(t, "2304", "120"));
    snprintf(to, sizeof to, "%s/copy", t->top);
    assert_int_equal(journal_backup(t->c.journal, to, &t->err), 0);
    node_close(&t->c);
    t->c.dir = to;
    assert_int_equal(node_open(&t->c, false), 0);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 2);
    assert_int_equal(journal_head(t->c.journal, t->arena, &h, &t->err), 0);
    assert_true(h.epoch == 1 && h.size == 2);
    test_reopen(t, true);
    assert_int_equal(journal_head(t->c.journal, t->arena, &h, &t->err), 0);
    assert_true(h.epoch == 2);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 2); /* nothing followed twice */
    node_close(&t->c);
    t->c.dir = t->dir;
}

static void a_key_enters_once(void **state)
{
    struct test_node *t = *state;
    struct record *a = test_wait(t, "2304", "45"), *b = test_wait(t, "2305", "45");

    assert_int_equal(node_append_once(&t->c, S("key"), &a, 1), 1);
    assert_int_equal(node_append_once(&t->c, S("key"), &b, 1), 0);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait"), 1);
}

#define THREADS 4
#define EACH    25

struct thread {
    struct test_node *t;
    int number;
    const char *wrong;
};

static void *append_a_lot(void *arg)
{
    struct thread *x = arg;
    struct err e = {0};
    struct arena *a = arena_new();
    struct ctx c = x->t->c;

    c.arena = a;
    c.err = &e;
    for (int i = 0; i < EACH && x->wrong == NULL; i++) {
        struct record *r = record_new(a, schema_kind(S("wait")));
        char port[16];
        uint64_t seq;
        snprintf(port, sizeof port, "%d", 1000 + x->number);
        record_text(r, schema_field(r->kind, S("port")), str_z(port));
        record_text(r, schema_field(r->kind, S("observed")), S("2026-11-21T08:30"));
        record_int(r, schema_field(r->kind, S("minutes")), i % 10 ? 45 : 120);
        r->head.author = S("us.cbp");
        if (node_append(&c, &r, 1, &seq) < 0 || e.code != ERR_NONE)
            x->wrong = "append failed";
        struct query *q = views_query(c.views, "SELECT count(*) FROM v_wait WHERE seq = ?1", &e);
        if (q)
            query_bind_int(q, 1, (int64_t)seq);
        if (q == NULL || query_step(q, &e) != 1 || query_int(q, 0) != 1)
            x->wrong = "answered before the views knew";
        query_done(q);
    }
    arena_free(a);
    return NULL;
}

static void many_threads_append(void **state)
{
    struct test_node *t = *state;
    struct thread x[THREADS];
    pthread_t id[THREADS];
    uint8_t before[32], after[32];

    t->c.world = world_real(); /* the fake one is no thread's friend */
    node_close(&t->c);
    assert_int_equal(node_open(&t->c, true), 0);
    for (int i = 0; i < THREADS; i++) {
        x[i] = (struct thread){t, i, NULL};
        assert_int_equal(pthread_create(&id[i], NULL, append_a_lot, &x[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(id[i], NULL);
        if (x[i].wrong)
            fail_msg("%s", x[i].wrong);
    }
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait WHERE port <> '9999'"), THREADS * EACH);
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_wait WHERE port = '9999'"), THREADS * 3);
    assert_int_equal(views_digest(t->c.views, before, &t->err), 0);
    assert_int_equal(node_rebuild(&t->c), 0);
    assert_int_equal(views_digest(t->c.views, after, &t->err), 0);
    assert_memory_equal(before, after, 32);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_appended_is_seen),
        TEST(what_follows_is_appended_once_and_applied),
        TEST(views_catch_up_when_opened),
        TEST(a_reader_catches_up_too_when_nobody_serves),
        TEST(lost_views_are_made_again_and_nothing_follows_twice),
        TEST(reacting_again_changes_nothing),
        TEST(rebuilt_views_are_the_same_and_nothing_reacts),
        TEST(a_check_notices_what_the_journal_does_not_say),
        TEST(an_erased_record_is_gone_and_the_rebuild_agrees),
        TEST(two_processes),
        TEST(a_restored_backup_gets_its_own_views),
        TEST(a_full_disk_under_the_views_loses_nothing),
        TEST(looking_into_a_backup_leaves_it_as_it_is),
        TEST(a_key_enters_once),
        TEST(many_threads_append),
    };
    return cmocka_run_group_tests_name("node", tests, NULL, NULL);
}
