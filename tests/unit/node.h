/* node.h: a node in a temporary folder on a fake world, for the tests of what stands above the journal. */
#ifndef PUENTE_TESTS_NODE_H
#define PUENTE_TESTS_NODE_H

#include "puente.h"

#include <jansson.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

struct test_node {
    char top[64], dir[80];
    struct world_fake fake;
    struct arena *arena;
    struct err err;
    struct ctx c;
    json_t *said; /* what the last op said */
};

static inline void test_ctx(struct test_node *t, const struct room *const *rooms)
{
    t->c = (struct ctx){
        .world = &t->fake.world, .rooms = rooms, .dir = t->dir, .arena = t->arena, .err = &t->err};
}

/* A new node, opened to write. */
static inline void test_node_start_as(struct test_node *t, const struct room *const *rooms,
                                      struct journal_identity who, uint64_t seed)
{
    const char *tmp = getenv("TMPDIR");
    struct journal_options o = {.write = true};

    *t = (struct test_node){0};
    snprintf(t->top, sizeof t->top, "%s/puente-node-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(t->top));
    snprintf(t->dir, sizeof t->dir, "%s/node", t->top);
    world_fake(&t->fake, INT64_C(1795000000000000), 1000, seed);
    t->arena = arena_new();
    test_ctx(t, rooms);
    o.dir = t->dir;
    o.world = &t->fake.world;
    assert_int_equal(journal_create(&o, &who, &t->err), 0);
    if (node_open(&t->c, true) < 0)
        fail_msg("%s", t->err.text);
}

static inline void test_node_start(struct test_node *t, const struct room *const *rooms)
{
    test_node_start_as(t, rooms, (struct journal_identity){.office = "us.cbp", .country = "US"}, 42);
}

static inline void test_node_end(struct test_node *t)
{
    char command[128];

    node_close(&t->c);
    arena_free(t->arena);
    json_decref(t->said);
    snprintf(command, sizeof command, "rm -rf '%s'", t->top);
    assert_int_equal(system(command), 0);
}

static inline void test_reopen(struct test_node *t, bool write)
{
    node_close(&t->c);
    if (node_open(&t->c, write) < 0)
        fail_msg("%s", t->err.text);
}

/* A record from pairs "field", "value", ..., NULL. */
static inline struct record *test_record(struct test_node *t, const char *kind, const char *const *pairs)
{
    const struct kind *k = schema_kind(str_z(kind));
    struct record *r;
    struct faults faults = {0};

    assert_non_null(k);
    r = record_new(t->arena, k);
    for (; pairs[0]; pairs += 2)
        if (!schema_set(t->arena, r, schema_field(k, str_z(pairs[0])), str_z(pairs[1]), (struct place){0},
                        &faults))
            fail_msg("%s is no %s", pairs[1], pairs[0]);
    if (!schema_check(r, (struct place){0}, &faults))
        fail_msg("the record of the test is no %s", kind);
    r->head.author = S("us.cbp");
    return r;
}

static inline struct record *test_wait(struct test_node *t, const char *port, const char *minutes)
{
    const char *const pairs[] = {
        "port",   port,      "port_scheme", "schedule-d", "direction", "north",    "mode",
        "road",   "minutes", minutes,       "method",     "camera",    "observed", "2026-11-21T08:30",
        "source", "us.cbp",  "lane",        "general",    NULL};
    return test_record(t, "wait", pairs);
}

static inline uint64_t test_append(struct test_node *t, struct record *r)
{
    uint64_t seq;

    if (node_append(&t->c, &r, 1, &seq) < 0)
        fail_msg("%s", t->err.text);
    return seq;
}

static inline int64_t test_count(struct test_node *t, const char *sql)
{
    struct query *q = views_query(t->c.views, sql, &t->err);
    int64_t n;

    if (q == NULL || query_step(q, &t->err) != 1)
        fail_msg("%s: %s", sql, t->err.text);
    n = query_int(q, 0);
    query_done(q);
    return n;
}

/* Runs an op as the command line would; words: "name=value" is a param, "+name=value" a field. t->said is its
 * answer parsed (of OP_RAW and OP_STREAM: the text). -1: t->err. */
static inline int test_run(struct test_node *t, const struct op *op, const char *const *words)
{
    struct args *a = args_new(t->arena);
    struct buf b;
    int rc;

    for (; words && *words; words++) {
        bool field = **words == '+';
        struct str value = str_z(*words + field), name;
        assert_true(str_split(&value, '=', &name));
        (field ? args_add_rest : args_add)(a, name, value.p ? value : S(""));
    }
    err_clear(&t->err);
    json_decref(t->said);
    t->said = NULL;
    rc = args_check(a, op, &t->err);
    buf_init(&b, (size_t)64 << 20);
    if (rc == 0)
        rc = op->run(&t->c, a, out_to_json(t->arena, &b, LANG_EN));
    if (b.n && !(op->flags & (OP_RAW | OP_STREAM)) && b.p[0] == '{') {
        json_error_t bad;
        t->said = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &bad);
        if (t->said == NULL)
            fail_msg("%s: no JSON: %s", op->name, bad.text);
    } else if (b.n) {
        t->said = json_stringn(b.p, b.n);
    }
    buf_free(&b);
    return rc;
}

/* RUN(t, op, "name=value", ..., NULL) */
#define RUN(t, op, ...) test_run(t, op, (const char *const[]){__VA_ARGS__})

static inline const char *test_text(const json_t *o, const char *key)
{
    const char *z = json_string_value(json_object_get(o, key));
    return z ? z : "";
}

static inline long long test_int(const json_t *o, const char *key)
{
    assert_true(json_is_integer(json_object_get(o, key)));
    return json_integer_value(json_object_get(o, key));
}

#endif
