/* query_pair.h: two nodes in one process, one agreement in force, and a link between them that a test can spoil. */
#ifndef PUENTE_TESTS_QUERY_PAIR_H
#define PUENTE_TESTS_QUERY_PAIR_H

#include "exchange/query.h"
#include "node.h"

struct pair {
    struct test_node us, mx; /* us.cbp asks, mx.anam holds */
    uint8_t agreement[16];
    struct link link;
    unsigned calls;
    /* how the link is spoilt: called with the answer, or the request, before the other side gets it */
    void (*spoil_request)(struct pair *, struct buf *);
    void (*spoil_answer)(struct pair *, struct buf *);
    struct str last; /* the last request, in us.arena */
    bool down;
};

static int query_only_react(struct ctx *c, const struct entry *x)
{
    return query_react(c, x);
}

static const struct room query_room = {.name = "query", .react = query_only_react};
static const struct room *const query_rooms[] = {&release_room, &query_room, NULL};

static inline void pair_node(struct test_node *t, const char *office, const char *country, uint64_t seed)
{
    const char *tmp = getenv("TMPDIR");
    struct journal_options o = {.write = true};
    struct journal_identity who = {.office = office, .country = country};

    *t = (struct test_node){0};
    snprintf(t->top, sizeof t->top, "%s/puente-query-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(t->top));
    snprintf(t->dir, sizeof t->dir, "%s/node", t->top);
    world_fake(&t->fake, INT64_C(1796000000000000), 1000, seed); /* 2026-12-01 */
    t->arena = arena_new();
    test_ctx(t, query_rooms);
    o.dir = t->dir;
    o.world = &t->fake.world;
    assert_int_equal(journal_create(&o, &who, &t->err), 0);
    if (node_open(&t->c, true) < 0)
        fail_msg("%s", t->err.text);
    t->c.purpose = S("stolen vehicles");
    t->c.the_case = S("CASE-1");
}

/* The other side, in the same process. */
static inline int pair_call(void *arg, struct str request, struct buf *answer, struct err *e)
{
    struct pair *p = arg;
    struct message m;
    struct buf b, body;
    int rc;

    p->calls++;
    if (p->down)
        return err_set(e, ERR_IO, "the line is down");
    assert_true(message_parse(p->us.arena, request, &m) && m.parts == 1);
    p->last = arena_copy(p->us.arena, m.part[0].body);
    if (!p->spoil_request && !p->spoil_answer)
        return exchange_answer(&p->mx.c, S("us.cbp"), request, answer) < 0
                   ? err_set(e, ERR_IO, "%s", p->mx.err.text)
                   : 0;
    buf_init(&b, MESSAGE_MAX);
    buf_init(&body, MESSAGE_MAX);
    buf_str(&b, p->last);
    if (p->spoil_request)
        p->spoil_request(p, &b);
    rc = query_answer(&p->mx.c, S("us.cbp"), buf_view(&b), &body);
    buf_free(&b);
    if (rc < 0)
        err_set(e, ERR_IO, "%s", p->mx.err.text);
    if (rc == 0 && p->spoil_answer)
        p->spoil_answer(p, &body);
    message_begin(answer, 1);
    part_put(answer, &(struct part){.type = M_QUERY, .body = buf_view(&body)});
    buf_free(&body);
    return rc;
}

/* A paper that both have signed enters both journals. */
static inline void pair_enter(struct test_node *t, struct str note, const char *from)
{
    struct record *act;
    bool known;

    if (paper_check(&t->c, note, str_z(from), &act, &known) < 0)
        fail_msg("%s", t->err.text);
    assert_non_null(act);
    test_append(t, act);
}

static inline void pair_paper(struct pair *p, struct str text, bool both)
{
    struct buf one, two;
    struct note note;

    buf_init(&one, NOTE_MAX);
    buf_init(&two, NOTE_MAX);
    journal_sign(p->us.c.journal, text, &one);
    assert_true(note_parse(buf_view(&one), &note));
    if (both)
        journal_countersign(p->mx.c.journal, &note, &two);
    pair_enter(&p->us, both ? buf_view(&two) : buf_view(&one), "us.cbp");
    pair_enter(&p->mx, both ? buf_view(&two) : buf_view(&one), "us.cbp");
    buf_free(&one);
    buf_free(&two);
}

static inline void pair_start(struct pair *p, const char *asks)
{
    struct str text;

    *p = (struct pair){.calls = 0};
    pair_node(&p->us, "us.cbp", "US", 42);
    pair_node(&p->mx, "mx.anam", "MX", 43);
    p->link = (struct link){.call = pair_call, .arg = p};
    assert_true(uuid_parse(S("0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e8f"), p->agreement));
    text = arena_fmt(
        p->us.arena,
        "puente agreement v1\nid 0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e8f\nversion 1\n"
        "title en Private questions\ntitle es Consultas privadas\nparty us.cbp %s\nparty mx.anam %s\n"
        "scope full\nbasis Agreement of 2000, article 4\nfrom 2026-11-01\nuntil 2028-10-31\n"
        "duty retraction\n\nclause 1\n  giver mx.anam\n  taker us.cbp\n  asks %s\n"
        "  purpose stolen vehicles\n  en May ask.\n  es Puede preguntar.\n",
        journal_key(p->us.c.journal), journal_key(p->mx.c.journal), asks);
    pair_paper(p, text, true);
}

static inline void pair_end(struct pair *p)
{
    test_node_end(&p->us);
    test_node_end(&p->mx);
}

/* An alert of this node's own on a plate or another number. */
static inline void pair_alert(struct test_node *t, const char *number, const char *scheme,
                              const char *value, const char *country)
{
    const char *const alert[] = {"list",    "stolen",  "number", number,   "authority", "FGR",
                                 "subject", "vehicle", "reason", "Stolen", NULL};
    const char *const identifier[] = {"list",  "stolen", "number",  number,  "scheme", scheme,
                                      "value", value,    "country", country, NULL};

    test_append(t, test_record(t, "alert", alert));
    test_append(t, test_record(t, "alert_identifier", identifier));
}

static inline struct str pair_token(struct test_node *t, const char *scheme, const char *value)
{
    struct str token;

    assert_true(token_make(t->arena, token_scheme(str_z(scheme)), str_z(value), &token));
    return token;
}

/* What us.cbp may ask; 0 = fine. */
static inline int pair_terms(struct pair *p, struct query_terms *t)
{
    return query_terms_open(&p->us.c, p->agreement, S("mx.anam"), S("us.cbp"), t);
}

/* One question about one value. */
static inline int pair_ask(struct pair *p, const char *scheme, const char *value, struct asking *a)
{
    struct query_terms t;
    struct str *token = arena_alloc(p->us.arena, sizeof *token);

    assert_int_equal(pair_terms(p, &t), 0);
    *token = pair_token(&p->us, scheme, value);
    *a = (struct asking){.scheme = token_scheme(str_z(scheme)), .tokens = token, .n = 1};
    err_clear(&p->us.err);
    return query_ask(&p->us.c, &t, &p->link, a);
}

static inline int64_t records(struct test_node *t, const char *outcome)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM v_query WHERE outcome = '%s'", outcome);
    return test_count(t, sql);
}

static inline void assert_refused(struct pair *p, int rc, const struct asking *a, const char *outcome)
{
    if (rc < 0)
        fail_msg("%s", p->us.err.text);
    assert_true(str_eq(a->outcome, str_z(outcome)));
    assert_null(a->hit);
    assert_int_equal(records(&p->us, outcome), 1);
    assert_int_equal(records(&p->mx, outcome), 1);
}

#endif
