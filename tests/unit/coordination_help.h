/* coordination_help.h: a node on a fake clock for the tests of coordination: records that come, what `due` says. */
#ifndef COORDINATION_HELP_H
#define COORDINATION_HELP_H

#include "coordination/coordination.h"
#include "coordination/internal.h"

#include "node.h"

static const struct room *const rooms[] = {&coordination_room, NULL};

#define NOON  INT64_C(1795262400000000) /* 2026-11-21T12:00:00Z */
#define ABOUT "0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a"

static const struct journal_identity test_mexico = {
    .office = "mx.anam", .country = "MX", .contact_report_days = 3};

static inline void start_as(struct test_node *t, const struct journal_identity *who)
{
    if (who)
        test_node_start_as(t, rooms, *who, 42);
    else
        test_node_start(t, rooms);
    t->fake.time = NOON;
    t->fake.step = 0;
    t->c.purpose = S("customs control");
}

/* A record as it comes from `origin` (NULL: typed here). Its id is in r->head.id. */
static inline struct record *come(struct test_node *t, const char *origin, const char *kind,
                                  const char *const *pairs)
{
    struct record *r = test_record(t, kind, pairs);

    if (origin)
        r->head.origin = r->head.author = str_z(origin);
    test_append(t, r);
    return r;
}
#define COME(t, origin, kind, ...) come(t, origin, kind, (const char *const[]){__VA_ARGS__, NULL})

static inline const char *id_of(struct test_node *t, const struct record *r)
{
    return id_text(t->arena, str_n(r->head.id, 16)).p;
}

static inline const char *id_param(struct test_node *t, const char *id)
{
    return arena_fmt(t->arena, "id=%s", id).p;
}

static inline void forget(struct test_node *t, const struct record *r)
{
    struct record *erasure =
        test_record(t, "erasure",
                    (const char *const[]){"about", id_of(t, r), "reason", "court", "legal_basis", "art. 16",
                                          "decided_by", "us.cbp", NULL});

    assert_int_equal(journal_erase(t->c.journal, r->head.id, erasure, &t->err), 0);
    assert_int_equal(node_catch_up(&t->c), 0);
}

static inline const char *said(const struct test_node *t, size_t row, const char *key)
{
    return test_text(json_array_get(json_object_get(t->said, "clocks"), row), key);
}

static inline size_t due(struct test_node *t, const char *word)
{
    const char *const words[] = {word, NULL};

    if (test_run(t, &coordination_due, words) != 0)
        fail_msg("due: %s", t->err.text);
    return json_array_size(json_object_get(t->said, "clocks"));
}

static inline void rebuilds(struct test_node *t)
{
    char to[96];
    bool same = false;

    snprintf(to, sizeof to, "%s/rebuilt", t->top);
    assert_int_equal(mkdir(to, 0700), 0);
    assert_int_equal(node_rebuild_check(&t->c, to, &same), 0);
    assert_true(same);
    assert_int_equal(system(arena_fmt(t->arena, "rm -rf '%s'", to).p), 0);
}

/* A request that mx.anam made of us.cbp, or another office of whom. */
static inline struct record *request(struct test_node *t, const char *office, const char *peer,
                                     const char *form)
{
    return COME(t, office, "request", "number", "x-2026-000001", "office", office, "peer", peer, "form",
                form, "subject", "A container", "text", "Where was it packed?", "purpose",
                "customs control", "urgency", "3d", "due", "2026-11-24T12:00:00Z");
}

static inline struct record *answer(struct test_node *t, const char *origin, const struct record *r,
                                    const char *outcome)
{
    return COME(t, origin, "answer", "request", id_of(t, r), "outcome", outcome, "refusal", "law",
                "answered", "2026-11-22T12:00:00Z");
}

#endif
