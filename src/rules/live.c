/*
 * live.c: the rules in force, compiled and indexed, in memory beside the views. They are made again when a rule changes or
 * a day begins. In force is what two authors stand behind: an active version whose author is another than the draft's, with
 * the draft's text. One alone brings no rule into force, whatever the way by which the record came.
 */
#include "rules/internal.h"

#include <stdlib.h>

const char *const rules_tables[] = {
    "CREATE TABLE rul_change(one INTEGER PRIMARY KEY, seq INTEGER NOT NULL)",
    NULL,
};

/* The last entry that may have changed what is in force. */
int rules_apply(struct ctx *c, const struct entry *x)
{
    const char *kind = x->kind->name;
    struct query *q;
    int ret;

    if (strcmp(kind, "rule") != 0 && strcmp(kind, "rule_test") != 0 && strcmp(kind, "erasure") != 0)
        return 0;
    q = views_query(c->views, "INSERT OR REPLACE INTO rul_change VALUES(1, ?1)", c->err);
    if (!q)
        return -1;
    query_bind_int(q, 1, (int64_t)x->seq);
    ret = query_step(q, c->err);
    query_done(q);
    return ret < 0 ? -1 : 0;
}

/* ---- memory ---- */

#define SUBJECTS_MOST 16

struct memory {
    struct arena *arena; /* the rules' records */
    uint64_t applied;    /* the views' cursor at the last look */
    int64_t change;      /* rul_change then */
    int64_t day;
    bool made[SUBJECTS_MOST];
    struct live live[SUBJECTS_MOST];
};

static void empty(struct memory *m)
{
    for (size_t i = 0; i < SUBJECTS_MOST; i++) {
        rules_run_free(m->live[i].run);
        rules_set_free(m->live[i].set);
        free(m->live[i].rule);
        free(m->live[i].found);
        m->live[i] = (struct live){0};
        m->made[i] = false;
    }
    arena_reset(m->arena);
}

static void *make(void)
{
    struct memory *m = xmalloc(sizeof *m);

    memset(m, 0, sizeof *m);
    m->arena = arena_new();
    m->change = -1;
    return m;
}

static void end(void *memory)
{
    struct memory *m = memory;

    empty(m);
    arena_free(m->arena);
    free(m);
}

static const struct views_memory memory_kind = {make, end};

/* ---- reading ---- */

static int64_t one_number(struct ctx *c, const char *sql, struct str id, int64_t otherwise)
{
    struct query *q = views_query(c->views, sql, c->err);
    int row;

    if (!q)
        return INT64_MIN;
    if (id.n)
        query_bind_blob(q, 1, id);
    row = query_step(q, c->err);
    if (row == 1 && !query_is_null(q, 0))
        otherwise = query_int(q, 0);
    query_done(q);
    return row < 0 ? INT64_MIN : otherwise;
}

/* log2 of records looked at for each one found, in hundredths, from its last back-test. */
static int64_t bits_of(struct ctx *c, const struct record *rule)
{
    struct str draft = str_n(rule->head.replaces, 16);
    int64_t seen =
        one_number(c, "SELECT seen FROM v_rule_test WHERE rule = ?1 ORDER BY seq DESC LIMIT 1", draft, -1);
    int64_t fired =
        one_number(c, "SELECT fired FROM v_rule_test WHERE rule = ?1 ORDER BY seq DESC LIMIT 1", draft, -1);
    int64_t bits = 0;

    if (seen < 0 || fired < 0)
        return seen == INT64_MIN || fired == INT64_MIN ? INT64_MIN : -1;
    for (int64_t ratio = 1000 * (seen + 1) / (fired + 1); ratio >= 2000; ratio /= 2)
        bits += 100;
    return bits;
}

#define IN_FORCE                                                                                           \
    "SELECT r.* FROM v_rule r JOIN v_rule d ON d.id = r.h_replaces WHERE r.status = 'active' "             \
    "AND r.applies_to = ?1 AND r.superseded IS NULL AND r.erased = 0 AND d.erased = 0 "                    \
    "AND d.text = r.text AND d.applies_to = r.applies_to AND d.h_author <> r.h_author "                    \
    "AND (r.\"from\" IS NULL OR r.\"from\" <= ?2) AND (r.until IS NULL OR r.until >= ?2) ORDER BY r.seq"

static int read_rules(struct ctx *c, struct memory *m, const struct rules_subject *s, struct live *l)
{
    struct query *q = views_query(c->views, IN_FORCE, c->err);
    const struct kind *k = schema_kind(S("rule"));
    struct views_mark mark;
    char today[TIME_SIZE];
    size_t n = 0;
    int row;

    if (!q)
        return -1;
    time_format(c->world->now(c->world->arg), today);
    query_bind_text(q, 1, str_z(s->kind));
    query_bind_text(q, 2, str_n(today, 10));
    l->set = rules_set_new(s);
    while ((row = query_step(q, c->err)) == 1) {
        struct record *r = views_row(m->arena, q, k, &mark);
        struct cel_wrong wrong;
        if (rules_set_add(l->set, rule_get(r, "text"), &wrong) < 0)
            continue; /* it compiled once; the kinds have changed since: `rules list` says so */
        if ((n & (n - 1)) == 0)
            l->rule = xrealloc(l->rule, (n ? 2 * n : 1) * sizeof *l->rule);
        l->rule[n++] = (struct live_rule){r, -1};
    }
    query_done(q);
    for (size_t i = 0; i < n && row == 0; i++)
        if ((l->rule[i].bits = bits_of(c, l->rule[i].rule)) == INT64_MIN)
            row = -1;
    return row;
}

static int fill(struct ctx *c, struct memory *m, const struct rules_subject *s, struct live *l)
{
    if (read_rules(c, m, s, l) < 0 || rules_set_ready(l->set, c->err) < 0)
        return -1;
    l->run = rules_run_new(l->set);
    l->found = xmalloc((rules_set_count(l->set) + 1) * sizeof *l->found);
    return 0;
}

#define DAY INT64_C(86400000000) /* microseconds */

int live_rules(struct ctx *c, const struct rules_subject *s, const struct live **out)
{
    struct memory *m = views_remember(c->views, &memory_kind);
    size_t i = (size_t)(s - rules_subject_nth(0));
    int64_t day = c->world->now(c->world->arg) / DAY, change;

    *out = NULL;
    if (m->applied != views_applied(c->views) || m->day != day) {
        change = one_number(c, "SELECT seq FROM rul_change", str_n(NULL, 0), 0);
        if (change == INT64_MIN)
            return -1;
        if (change != m->change || m->day != day)
            empty(m);
        m->applied = views_applied(c->views);
        m->change = change;
        m->day = day;
    }
    if (m->change == 0)
        return 0;
    if (!m->made[i] && fill(c, m, s, &m->live[i]) < 0) {
        empty(m);
        return -1;
    }
    m->made[i] = true;
    if (rules_set_count(m->live[i].set) > 0)
        *out = &m->live[i];
    return 0;
}

/* ---- what a record belongs to ---- */

#define VERSIONS_MOST 1000

/* The version that stands now of the record with this id. */
static int current(struct ctx *c, const struct kind *k, struct str id, const struct record **out)
{
    struct str by_id = arena_fmt(c->arena, "SELECT * FROM \"v_%s\" WHERE id = ?1", k->name);
    struct str by_seq = arena_fmt(c->arena, "SELECT * FROM \"v_%s\" WHERE seq = ?1", k->name);
    struct views_mark m = {0};
    int row = 1;

    *out = NULL;
    for (int i = 0; i < VERSIONS_MOST && row == 1 && (i == 0 || m.superseded); i++) {
        struct query *q = views_query(c->views, i == 0 ? by_id.p : by_seq.p, c->err);
        if (!q)
            return -1;
        if (i == 0)
            query_bind_blob(q, 1, id);
        else
            query_bind_int(q, 1, (int64_t)m.superseded);
        row = query_step(q, c->err);
        if (row == 1)
            *out = views_row(c->arena, q, k, &m);
        query_done(q);
    }
    if (m.erased)
        *out = NULL;
    return row < 0 ? -1 : 0;
}

int live_vars(struct ctx *c, const struct rules_subject *s, const struct rules_set *set,
              const struct record *vars[RULES_VARS])
{
    for (size_t i = 1; i < RULES_VARS && s->with[i]; i++) {
        struct str id = S("");
        bool wanted = false;
        vars[i] = NULL;
        for (size_t j = i; j < RULES_VARS && s->with[j]; j++)
            wanted = wanted || rules_set_reads(set, j);
        for (size_t j = 0; j < i && wanted && id.n == 0; j++) {
            int f = vars[j] ? schema_field(vars[j]->kind, str_z(s->by[i])) : -1;
            if (f >= 0)
                id = record_get(vars[j], f);
        }
        if (id.n == 16 && current(c, schema_kind(str_z(s->with[i])), id, &vars[i]) < 0)
            return -1;
    }
    return 0;
}
