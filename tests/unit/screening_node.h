/* screening_node.h: a node of its own for tests of screening. */
#ifndef SCREENING_NODE_H
#define SCREENING_NODE_H

#include "screening/internal.h"
#include "screening/screening.h"

#include "base/crypto.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
/* cmocka wants the above first */
#include <cmocka.h>

#define NOVEMBER_21 INT64_C(1795262400000000) /* 2026-11-21T12:00:00Z */

struct node {
    char dir[64];
    struct world_fake world;
    struct ctx c;
    struct err e;
};

static const struct room *const rooms[] = {&screening_room, NULL};

static inline void start(struct node *n)
{
    n->c = (struct ctx){.world = &n->world.world, .rooms = rooms, .dir = n->dir, .err = &n->e};
    n->c.arena = arena_new();
    if (node_open(&n->c, true) != 0)
        fail_msg("%s", n->e.text);
}

static inline void stop(struct node *n)
{
    node_close(&n->c);
    arena_free(n->c.arena);
}

static inline void node_new(struct node *n)
{
    struct journal_options o = {.dir = n->dir, .write = true};
    struct journal_identity who = {"us.cbp", "US", false, 0};

    memset(n, 0, sizeof *n);
    snprintf(n->dir, sizeof n->dir, "/tmp/puente-screening-XXXXXX");
    assert_non_null(mkdtemp(n->dir));
    world_fake(&n->world, NOVEMBER_21, 1000, 11);
    o.world = &n->world.world;
    assert_int_equal(journal_create(&o, &who, &n->e), 0);
    start(n);
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static inline void node_gone(struct node *n)
{
    stop(n);
    nftw(n->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* kind, then field, text pairs, then NULL. */
static inline struct record *made(struct node *n, const char *kind, va_list ap)
{
    struct record *r = record_new(n->c.arena, schema_kind(str_z(kind)));
    struct faults none = {0};

    for (const char *f; (f = va_arg(ap, const char *)) != NULL;)
        assert_true(schema_set(n->c.arena, r, schema_field(r->kind, str_z(f)),
                               str_z(va_arg(ap, const char *)), (struct place){0}, &none));
    assert_true(schema_check(r, (struct place){0}, &none));
    return r;
}

static inline void append(struct node *n, struct record *r)
{
    n->e = (struct err){0};
    if (node_append(&n->c, &r, 1, NULL) != 0 || n->e.code != ERR_NONE)
        fail_msg("%s", n->e.text);
}

static inline struct record *add(struct node *n, const char *kind, ...)
{
    va_list ap;
    struct record *r;

    va_start(ap, kind);
    r = made(n, kind, ap);
    va_end(ap);
    append(n, r);
    return r;
}

static inline struct record *correct(struct node *n, const struct record *old, const char *kind, ...)
{
    va_list ap;
    struct record *r;

    va_start(ap, kind);
    r = made(n, kind, ap);
    va_end(ap);
    memcpy(r->head.replaces, old->head.id, 16);
    append(n, r);
    return r;
}

static inline int64_t ask(struct node *n, const char *sql)
{
    struct query *q = views_query(n->c.views, sql, &n->e);
    int64_t out;

    if (!q)
        fail_msg("%s", n->e.text);
    assert_int_equal(query_step(q, &n->e), 1);
    out = query_int(q, 0);
    query_done(q);
    return out;
}

/* Hits that stand. */
static inline int64_t hits(struct node *n)
{
    return ask(n, "SELECT count(*) FROM v_hit WHERE superseded IS NULL AND erased = 0 AND status = 'open'");
}

static inline int64_t withdrawn(struct node *n)
{
    return ask(n, "SELECT count(*) FROM v_hit WHERE superseded IS NULL AND status = 'withdrawn'");
}

static inline struct record *plate_alert(struct node *n, const char *number, const char *status,
                                         const char *expires)
{
    return add(n, "alert", "list", "us.cbp", "number", number, "authority", "CBP", "subject", "vehicle",
               "status", status, "issued", "2026-11-01", expires ? "expires" : NULL, expires, NULL);
}

static inline void plate_identifier(struct node *n, const char *number, const char *plate)
{
    add(n, "alert_identifier", "list", "us.cbp", "number", number, "scheme", "plate", "value", plate, NULL);
}

static inline struct record *truck(struct node *n, const char *plate)
{
    return add(n, "trip", "mode", "road", "conveyance", plate, "conveyance_scheme", "plate", NULL);
}

#endif
