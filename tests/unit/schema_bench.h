/*
 * schema_bench.h: what the schema's tests share: a random record of any kind, the same for the same seed, and a bench
 * to put it through its forms. Included after cmocka.h.
 */
#ifndef SCHEMA_BENCH_H
#define SCHEMA_BENCH_H

#include "schema/schema.h"

#include <stdio.h>
#include <stdlib.h>

struct chance {
    struct world_fake world;
};

static inline uint64_t chance_below(struct chance *c, uint64_t n)
{
    uint64_t x;

    c->world.world.random(&c->world, &x, sizeof x);
    return x % n;
}

/* Signs that make trouble somewhere: quotation marks, separators, two to four bytes. */
static inline struct str chance_text(struct chance *c, struct arena *a, size_t max, bool many)
{
    static const char *const parts[] = {"a",  "Z",  "7",  "\"", ",",  "ñ",    "€", "😀", "\\", "'",
                                        "=1", "<b", "\n", ";",  "{}", "null", "|", "é", "-",  "end"};
    char *p = arena_alloc(a, 256);
    size_t n = 0, wanted = 1 + chance_below(c, 12);

    for (size_t i = 0; i < wanted; i++) {
        const char *part = parts[chance_below(c, COUNT(parts))];
        size_t len = strlen(part);
        if (n + len <= max && !(many && (part[0] == '\n' || part[0] == ';'))) {
            memcpy(p + n, part, len);
            n += len;
        }
    }
    if (n == 0)
        p[n++] = 'x';
    return str_n(p, n);
}

static inline struct str chance_one(struct chance *c, struct arena *a, const struct field *f)
{
    if (f->type == T_CODE)
        return str_z(f->codes->codes[chance_below(c, f->codes->n)].code);
    if (f->type == T_DATE)
        return arena_fmt(a, "20%02u-%02u-%02u", (unsigned)chance_below(c, 99),
                         1 + (unsigned)chance_below(c, 12), 1 + (unsigned)chance_below(c, 28));
    if (f->type == T_TIME)
        return arena_fmt(a, "2026-11-%02uT%02u:%02u%s", 1 + (unsigned)chance_below(c, 30),
                         (unsigned)chance_below(c, 24), (unsigned)chance_below(c, 60),
                         chance_below(c, 2) ? ":07Z" : "");
    return chance_text(c, a, f->max ? f->max : TEXT_MAX, f->flags & F_MANY);
}

static inline struct str chance_bytes(struct chance *c, struct arena *a, size_t n)
{
    char *p = arena_alloc(a, n);

    c->world.world.random(&c->world, p, n);
    return str_n(p, n);
}

static inline void chance_field(struct chance *c, struct arena *a, struct record *r, int i)
{
    const struct field *f = &r->kind->field[i];
    struct str s = {0};

    switch (f->type) {
    case T_TEXT:
    case T_CODE:
    case T_DATE:
    case T_TIME:
        s = chance_one(c, a, f);
        while (f->flags & F_MANY && chance_below(c, 2)) {
            struct str more = chance_one(c, a, f);
            s = arena_fmt(a, "%.*s\n%.*s", STR_ARG(s), STR_ARG(more));
        }
        record_text(r, i, s);
        return;
    case T_INT:
    case T_DECIMAL:
        if (f->most == 0 || f->most == INT64_MAX)
            record_int(r, i, f->least + (int64_t)(chance_below(c, INT64_MAX) >> chance_below(c, 63)));
        else
            record_int(r, i, f->least + (int64_t)chance_below(c, (uint64_t)(f->most - f->least) + 1));
        if (f->type == T_DECIMAL && f->most == 0 && f->least == 0 && chance_below(c, 2))
            record_int(r, i, -r->v[i].i);
        if (r->v[i].i < f->least && f->most)
            record_int(r, i, f->least);
        return;
    case T_BOOL:
        record_int(r, i, (int64_t)chance_below(c, 2));
        return;
    case T_REF:
        if (chance_below(c, 2))
            record_int(r, i, 1 + (int64_t)chance_below(c, 1000));
        else
            record_text(r, i, chance_bytes(c, a, 16));
        return;
    case T_BYTES:
        record_text(r, i, chance_bytes(c, a, 1 + chance_below(c, 40)));
        return;
    }
}

/* What must hold between fields: what ends has begun, a refusal has its reason, who is in danger is not
 * named. */
static inline void chance_settle(struct record *r)
{
    int refusal = schema_field(r->kind, S("refusal"));
    int from = schema_field(r->kind, S("from")), until = schema_field(r->kind, S("until"));

    if (record_has(r, from) && record_has(r, until) && str_cmp(r->v[until].s, r->v[from].s) < 0) {
        struct value later = r->v[from];
        r->v[from] = r->v[until];
        r->v[until] = later;
    }
    if (refusal >= 0)
        record_text(r, refusal, S("law"));
    if (strcmp(r->kind->name, "request") == 0) {
        bool life = record_has(r, schema_field(r->kind, S("life_at_risk"))) &&
                    r->v[schema_field(r->kind, S("life_at_risk"))].i;
        record_text(r, schema_field(r->kind, S("text")), life ? S("") : S("what is asked"));
    }
}

static inline struct record *chance_record(struct chance *c, struct arena *a, const struct kind *k)
{
    struct record *r = record_new(a, k);

    uuid_v7(&c->world.world, r->head.id);
    r->head.origin = S("us.cbp");
    r->head.recorded = c->world.time;
    if (chance_below(c, 2))
        r->head.handling = S("H2");
    if (chance_below(c, 4) == 0)
        memset(r->head.replaces, 7, 16);
    r->head.exercise = chance_below(c, 2);
    for (int i = 0; i < k->fields; i++)
        if (k->field[i].flags & F_REQUIRED || chance_below(c, 3))
            chance_field(c, a, r, i);
    chance_settle(r);
    return r;
}

/* ---- the bench ---- */

#define EACH_KIND(k) for (const struct kind *const *k = schema_kinds; *k; k++)
enum { ROUNDS = 20 };

struct bench {
    struct arena *a;
    struct chance chance;
    struct buf header, values, again;
    struct faults faults;
    char last[64]; /* the last fault's code */
    char tag[64];  /* and field */
    enum severity severity;
};

static inline void note(void *arg, const struct fault *f)
{
    struct bench *t = arg;
    snprintf(t->last, sizeof t->last, "%s", f->def->code);
    snprintf(t->tag, sizeof t->tag, "%.*s", STR_ARG(f->place.tag));
    t->severity = f->severity;
}

static inline int bench_new(void **state)
{
    struct bench *t = calloc(1, sizeof *t);

    t->a = arena_new();
    world_fake(&t->chance.world, 1795000000000000, 1000, 42);
    buf_init(&t->header, 1 << 20);
    buf_init(&t->values, 1 << 24);
    buf_init(&t->again, 1 << 24);
    t->faults = (struct faults){.put = note, .arg = t};
    *state = t;
    return 0;
}

static inline int bench_free(void **state)
{
    struct bench *t = *state;

    buf_free(&t->header);
    buf_free(&t->values);
    buf_free(&t->again);
    arena_free(t->a);
    free(t);
    return 0;
}

static inline void encode(struct bench *t, const struct record *r)
{
    buf_reset(&t->header);
    buf_reset(&t->values);
    schema_encode_header(&t->header, r);
    schema_encode_values(&t->values, r);
}

static inline void same_values(struct bench *t, const struct record *r)
{
    buf_reset(&t->again);
    schema_encode_values(&t->again, r);
    if (!str_eq(buf_view(&t->values), buf_view(&t->again)))
        fail_msg("%s: another record came back", r->kind->name);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_new, bench_free)

#endif
