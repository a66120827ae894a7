/*
 * release.c: the room, and the one function that lets a field out: decide.c's decision, and what only the views know:
 * whether a record was corrected since, who has consented to passing it on, what went through before.
 */
#include "release/internal.h"

#include "base/cbor.h"

struct release {
    struct ctx *ctx;
    uint8_t agreement[16];
    struct sides sides;
    struct state state;
    int64_t now;
    uint64_t epoch, size; /* where the taker stands, when it is not where this node thought; 0 = it is */
};

/* ---- opening ---- */

struct release *release_open(struct ctx *c, const uint8_t agreement[16], struct str giver, struct str taker,
                             int64_t now)
{
    struct release *r = arena_alloc(c->arena, sizeof *r);
    const struct program *p;

    r->ctx = c;
    r->now = now;
    r->sides = (struct sides){.giver = arena_copy(c->arena, giver), .taker = arena_copy(c->arena, taker)};
    memcpy(r->agreement, agreement, 16);
    if (state_load(c, agreement, now, &r->state) < 0)
        return NULL;
    p = r->state.program;
    if (p && (str_eq(giver, taker) || (!str_eq(giver, p->office[0]) && !str_eq(giver, p->office[1])) ||
              (!str_eq(taker, p->office[0]) && !str_eq(taker, p->office[1]))))
        r->state = (struct state){.standing = STANDING_UNKNOWN};
    r->sides.duty_only = r->state.standing != STANDING_IN_FORCE;
    return r;
}

enum standing release_standing(const struct release *r)
{
    return r->state.standing;
}

const struct program *release_program(const struct release *r)
{
    return r->state.program;
}

void release_state(const struct release *r, uint8_t out[HASH_SIZE])
{
    static const uint8_t none[HASH_SIZE];
    const struct program *p = r->state.program;
    struct str parts[] = {
        S("puente/release/v1"),
        str_n(r->agreement, 16),
        r->sides.giver,
        S("\n"),
        r->sides.taker,
        S("\n"),
        str_n(p ? p->digest : none, HASH_SIZE),
        r->sides.duty_only ? S("duty") : S("open"),
    };

    sha256(out, parts, COUNT(parts));
}

bool release_kind(const struct release *r, const struct kind *k)
{
    const struct program *p = r->state.program;

    for (size_t i = 0; p && i < p->clauses; i++) {
        const struct clause *c = &p->clause[i];

        if (c->kind == k && (c->number == 0 || (!r->sides.duty_only && str_eq(c->giver, r->sides.giver) &&
                                                str_eq(c->taker, r->sides.taker))))
            return true;
    }
    return false;
}

/* ---- what the views know ---- */

static struct str text_at(const struct record *x, const char *field)
{
    return record_get(x, schema_field(x->kind, str_z(field)));
}

static int corrected(struct release *r, const struct record *x)
{
    char sql[160];
    struct query *q;
    struct buf b;
    int rc;

    buf_init(&b, sizeof sql);
    buf_fmt(&b, "SELECT 1 FROM \"v_%s\" WHERE id = ?1 AND superseded IS NOT NULL", x->kind->name);
    memcpy(sql, b.p, b.n);
    sql[b.n] = '\0';
    buf_free(&b);
    q = state_query(r->ctx, sql, str_n(x->head.id, 16), &rc);
    query_done(q);
    return rc;
}

void release_stands(struct release *r, uint64_t epoch, uint64_t size)
{
    r->epoch = epoch;
    r->size = size;
}

/* By who may: of ours this node, of what was given to it an office that gave it. A receipt for it takes nothing back. */
static int retracted(struct release *r, const struct record *x)
{
    static const char ours[] =
        "SELECT 1 FROM v_retraction WHERE about = ?1 AND h_origin = ?2 AND receipt_of IS "
        "NULL AND erased = 0 LIMIT 1",
                      given[] =
                          "SELECT 1 FROM v_disclosure d JOIN v_retraction r ON r.about = d.record JOIN "
                          "v_disclosure t ON t.about = r.id AND t.giver = d.giver WHERE d.about = ?1 AND "
                          "r.receipt_of IS NULL AND r.erased = 0 LIMIT 1";
    bool own = str_eq(x->head.origin, r->sides.giver);
    struct query *q = views_query(r->ctx->views, own ? ours : given, r->ctx->err);
    int rc = -1;

    if (q) {
        query_bind_blob(q, 1, str_n(x->head.id, 16));
        if (own)
            query_bind_text(q, 2, r->sides.giver);
        rc = query_step(q, r->ctx->err);
    }
    query_done(q);
    return rc;
}

int release_given(struct release *r, const uint8_t id[16], uint64_t *fields)
{
    struct query *q =
        views_query(r->ctx->views,
                    "SELECT g.fields FROM release_given g JOIN release_dispatch d ON d.seq = "
                    "g.dispatch WHERE g.id = ?1 AND g.lost = 0 AND d.agreement = ?2 AND d.giver = ?3 AND "
                    "d.taker = ?4 AND (?5 = 0 OR d.epoch < ?5 OR (d.epoch = ?5 AND d.first + "
                    "g.place < ?6))",
                    r->ctx->err);
    int rc = -1;

    *fields = 0;
    if (q) {
        query_bind_blob(q, 1, str_n(id, 16));
        query_bind_blob(q, 2, str_n(r->agreement, 16));
        query_bind_text(q, 3, r->sides.giver);
        query_bind_text(q, 4, r->sides.taker);
        query_bind_int(q, 5, (int64_t)r->epoch);
        query_bind_int(q, 6, (int64_t)r->size);
        while ((rc = query_step(q, r->ctx->err)) == 1)
            *fields |= (uint64_t)query_int(q, 0);
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

/* Agreements and offices that may have any of the record ?1, whatever became of the messages: of what was put in; and
 * where this node was put back from a backup and the taker showed it a receipt for more than it remembers, of all that
 * it had by then, ?3 being the record's number. Of a record from elsewhere there may be versions, with ids of this
 * node's own. */
#define GAVE                                                                                               \
    "WITH named(id) AS (SELECT ?1 UNION SELECT about FROM v_disclosure WHERE record = ?1 UNION SELECT "    \
    "e.about FROM v_erasure e JOIN v_retraction r ON r.id = e.retraction WHERE r.about = ?1), "            \
    "gave(agreement, taker) AS (SELECT d.agreement, d.taker FROM release_given g JOIN release_dispatch d " \
    "ON d.seq = g.dispatch WHERE g.id IN (SELECT id FROM named) AND d.giver = ?2 UNION SELECT agreement, " \
    "taker FROM release_unknown WHERE giver = ?2 AND seq > ?3) "

static struct query *gave(struct ctx *c, const char *sql, const uint8_t id[16], struct str giver)
{
    struct err e = {.lang = c->lang};
    struct query *q;
    struct entry x;

    /* what is not here can have been given only as what is remembered */
    if (journal_get(c->journal, c->arena, id, &x, &e) < 0)
        x.seq = INT64_MAX;
    if (e.code != ERR_NONE && e.code != ERR_NOT_FOUND) {
        *c->err = e;
        return NULL;
    }
    q = views_query(c->views, sql, c->err);
    if (q) {
        query_bind_blob(q, 1, str_n(id, 16));
        query_bind_text(q, 2, giver);
        query_bind_int(q, 3, (int64_t)x.seq);
    }
    return q;
}

/* 1: the taker stands behind all that this node remembers to have given in that epoch (state.c: release_unknown, but
 * the dispatch that says so is only being made). */
static int stands_beyond(struct release *r)
{
    struct query *q;
    int rc = -1;

    if (r->epoch == 0)
        return 0;
    q = views_query(
        r->ctx->views,
        "SELECT coalesce(max(first + \"count\"), 0) < ?5 FROM v_dispatch WHERE agreement = ?1 AND "
        "giver = ?2 AND taker = ?3 AND epoch = ?4",
        r->ctx->err);
    if (q) {
        query_bind_blob(q, 1, str_n(r->agreement, 16));
        query_bind_text(q, 2, r->sides.giver);
        query_bind_text(q, 3, r->sides.taker);
        query_bind_int(q, 4, (int64_t)r->epoch);
        query_bind_int(q, 5, (int64_t)r->size);
        rc = query_step(q, r->ctx->err);
        if (rc == 1)
            rc = query_int(q, 0) != 0;
    }
    query_done(q);
    return rc;
}

int release_gave(struct release *r, const uint8_t id[16])
{
    struct query *q = gave(r->ctx, GAVE "SELECT 1 FROM gave WHERE agreement = ?4 AND taker = ?5 LIMIT 1",
                           id, r->sides.giver);
    int rc = -1;

    if (q) {
        query_bind_blob(q, 4, str_n(r->agreement, 16));
        query_bind_text(q, 5, r->sides.taker);
        rc = query_step(q, r->ctx->err);
    }
    query_done(q);
    return rc == 0 ? stands_beyond(r) : rc;
}

int release_takers(struct ctx *c, const uint8_t id[16], struct str *lines)
{
    struct query *q = gave(c, GAVE "SELECT DISTINCT taker FROM gave ORDER BY taker", id, node_office(c));
    struct buf b;
    int rc = -1;

    buf_init(&b, TEXT_MAX);
    while (q && (rc = query_step(q, c->err)) == 1) {
        if (b.n)
            buf_char(&b, '\n');
        buf_str(&b, query_text(q, 0));
    }
    query_done(q);
    *lines = arena_copy(c->arena, buf_view(&b));
    if (rc == 0 && b.over)
        rc = err_set(c->err, ERR_LIMIT, N_("more offices were given this record than can be named"));
    buf_free(&b);
    return rc;
}

/* A receipt confirms a retraction that came the other way through this agreement; any other retraction takes back
 * what may have gone this way. */
static int was_given(struct release *r, const struct record *x)
{
    struct str about = text_at(x, "about"), receipt_of = text_at(x, "receipt_of");
    struct query *q;
    int rc;

    if (receipt_of.n == 0)
        return about.n == 16 ? release_gave(r, (const uint8_t *)about.p) : 0;
    q = views_query(
        r->ctx->views,
        "SELECT 1 FROM v_disclosure WHERE about = ?1 AND agreement = ?2 AND giver = ?3 AND erased = "
        "0 LIMIT 1",
        r->ctx->err);
    rc = -1;
    if (q) {
        query_bind_blob(q, 1, receipt_of);
        query_bind_blob(q, 2, str_n(r->agreement, 16));
        query_bind_text(q, 3, r->sides.taker);
        rc = query_step(q, r->ctx->err);
    }
    query_done(q);
    return rc;
}

/* An answer is for the office that asked: the one that the request names, or whose it is when it does not say. */
static int asked_by_taker(struct release *r, const struct record *x)
{
    int rc, is;
    struct query *q =
        state_query(r->ctx, "SELECT coalesce(office, h_origin) FROM v_request WHERE id = ?1 AND erased = 0",
                    text_at(x, "request"), &rc);

    is = rc == 1 ? office_is(query_text(q, 0), r->sides.taker) : rc;
    query_done(q);
    return is;
}

/* ---- what came from somebody else ---- */

/* Version and clause that an entry names: {1: number, 2: version, 3: clause, ...}. */
static bool wire_clause(struct str wire, unsigned *version, unsigned *clause)
{
    struct cbor_item map, key, value;
    int64_t out[4] = {0};

    if (!cbor_expect(&wire, CBOR_MAP, &map) || map.i < 3)
        return false;
    for (int i = 1; i <= 3; i++) {
        if (!cbor_expect(&wire, CBOR_INT, &key) || key.i != i || !cbor_expect(&wire, CBOR_INT, &value))
            return false;
        out[i] = value.i;
    }
    if (out[2] < 1 || out[2] > UINT16_MAX || out[3] < 0 || out[3] > UINT16_MAX)
        return false;
    *version = (unsigned)out[2];
    *clause = (unsigned)out[3];
    return true;
}

/* 1 = the clause that it came under lets its taker ask for consent. */
static int clause_lets(struct ctx *c, struct str agreement, unsigned version, unsigned number)
{
    struct query *q =
        views_query(c->views,
                    "SELECT text FROM release_paper WHERE agreement = ?1 AND version = ?2 AND "
                    "form = 'agreement' AND (SELECT count(DISTINCT s.signer) FROM "
                    "release_signature s WHERE s.digest = release_paper.digest) = 2 LIMIT 1",
                    c->err);
    const struct clause *clause = NULL;
    int rc = -1;

    if (q) {
        query_bind_blob(q, 1, agreement);
        query_bind_int(q, 2, version);
        rc = query_step(q, c->err);
    }
    if (rc == 1) {
        struct faults ignored = {0};
        struct program *p = program_parse(c->arena, arena_copy(c->arena, query_text(q, 0)), &ignored);
        clause = p ? program_clause(p, number) : NULL;
    }
    query_done(q);
    return rc < 0 ? -1 : clause && clause->onward;
}

static int came_with_onward(struct release *r, const struct record *x)
{
    int rc, lets = 0;
    struct query *q = state_query(
        r->ctx,
        "SELECT agreement, wire FROM v_disclosure WHERE about = ?1 AND erased = 0 ORDER BY seq DESC",
        str_n(x->head.id, 16), &rc);

    for (; rc == 1 && lets == 0; rc = query_step(q, r->ctx->err)) {
        unsigned version, clause;

        if (wire_clause(query_blob(q, 1), &version, &clause))
            lets = clause_lets(r->ctx, arena_copy(r->ctx->arena, query_blob(q, 0)), version, clause);
    }
    query_done(q);
    return rc < 0 || lets < 0 ? -1 : lets;
}

/* The originator's own word, given without conditions (those a person must weigh), to us, for this taker, today. */
static int has_consent(struct release *r, const struct record *x, const uint8_t about[16])
{
    struct query *q = views_query(
        r->ctx->views,
        "SELECT 1 FROM v_consent WHERE about = ?1 AND h_origin = ?2 AND giver = ?2 AND office = ?3 AND "
        "passed_to = ?4 AND decision = 'given' AND superseded IS NULL AND erased = 0 AND (until IS NULL OR "
        "until >= ?5) AND NOT EXISTS (SELECT 1 FROM v_consent n WHERE n.about = ?1 AND n.h_origin = ?2 AND "
        "n.office = ?3 AND n.passed_to = ?4 AND n.decision = 'refused' AND n.seq > v_consent.seq AND "
        "n.erased "
        "= 0) LIMIT 1",
        r->ctx->err);
    char today[TIME_SIZE];
    int rc = -1;

    time_format(r->now, today);
    if (q) {
        query_bind_blob(q, 1, str_n(about, 16));
        query_bind_text(q, 2, x->head.origin);
        query_bind_text(q, 3, r->sides.giver);
        query_bind_text(q, 4, r->sides.taker);
        query_bind_text(q, 5, str_n(today, 10));
        rc = query_step(q, r->ctx->err);
    }
    query_done(q);
    return rc;
}

static int consented(struct release *r, const struct record *x)
{
    static const uint8_t none[16];
    int rc = came_with_onward(r, x);

    if (rc != 1)
        return rc;
    rc = has_consent(r, x, x->head.id);
    /* more of the same record came later under an id of its own: what was consented to is the first */
    if (rc == 0 && memcmp(x->head.replaces, none, 16) != 0)
        rc = has_consent(r, x, x->head.replaces);
    return rc;
}

/* ---- the decision ---- */

/* RELEASED, or what stops it; -1 with err. */
static int look_up(struct release *r, const struct record *x)
{
    int rc = corrected(r, x);

    if (rc != 0)
        return rc < 0 ? -1 : WHY_SUPERSEDED;
    if (!str_eq(str_z(x->kind->name), S("retraction")) && (rc = retracted(r, x)) != 0)
        return rc < 0 ? -1 : WHY_RETRACTED;
    if (strcmp(x->kind->name, "retraction") == 0 && (rc = was_given(r, x)) != 1)
        return rc < 0 ? -1 : WHY_NOT_GIVEN;
    /* Whoever passed a record on passes its retraction on: nobody's consent is asked for that. */
    if (strcmp(x->kind->name, "retraction") == 0 && text_at(x, "receipt_of").n == 0)
        return WHY_RELEASED;
    if (strcmp(x->kind->name, "answer") == 0 && (rc = asked_by_taker(r, x)) != 1)
        return rc < 0 ? -1 : WHY_ADDRESSEE;
    if (!str_eq(x->head.origin, r->sides.giver) && (rc = consented(r, x)) != 1)
        return rc < 0 ? -1 : WHY_CONSENT;
    return WHY_RELEASED;
}

int release_decide(struct release *r, const struct record *x, struct decision *out)
{
    int why;

    if (!r->state.program) {
        decide_stay(x,
                    x->kind->local                          ? WHY_LOCAL
                    : r->state.standing == STANDING_UNKNOWN ? WHY_NO_AGREEMENT
                                                            : WHY_STANDING,
                    out);
        return 0;
    }
    if (str_eq(x->head.origin, r->sides.taker)) {
        decide_stay(x, WHY_THEIRS, out);
        return 0;
    }
    decide_pure(r->state.program, &r->sides, x, out);
    if (out->why != WHY_RELEASED)
        return 0;
    if ((why = look_up(r, x)) < 0)
        return -1;
    if (why != WHY_RELEASED)
        decide_stay(x, (enum why)why, out);
    return 0;
}

/* ---- all agreements with an office ---- */

struct release_all {
    struct release **r;
    size_t n;
};

struct release_all *release_all_open(struct ctx *c, struct str peer, int64_t now)
{
    struct str me = arena_copy(c->arena, node_office(c));
    struct release_all *all = arena_alloc(c->arena, sizeof *all);
    uint8_t(*id)[16];

    if (release_between(c, me, peer, &id, &all->n) < 0)
        return NULL;
    all->r = arena_alloc(c->arena, (all->n + 1) * sizeof(struct release *));
    for (size_t i = 0; i < all->n; i++)
        if (!(all->r[i] = release_open(c, id[i], me, peer, now)))
            return NULL;
    return all;
}

bool release_all_kind(const struct release_all *all, const struct kind *k)
{
    for (size_t i = 0; i < all->n; i++)
        if (release_kind(all->r[i], k))
            return true;
    return false;
}

int release_all_decide(struct release_all *all, const struct record *x, uint64_t *fields)
{
    struct decision d;

    *fields = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (!release_kind(all->r[i], x->kind))
            continue;
        if (release_decide(all->r[i], x, &d) < 0)
            return -1;
        *fields |= d.fields;
    }
    return 0;
}

/* ---- the room ---- */

static const struct op *const ops[] = {&release_agreement, &release_agreement_act, &release_agreements,
                                       &release_explain,   &release_shares,        NULL};

const struct room release_room = {
    .name = "release",
    .ops = ops,
    .tables = release_tables,
    .apply = release_apply,
    .react = release_react,
};

int release_fuzz_program(const uint8_t *p, size_t n)
{
    struct arena *a = arena_new();
    struct faults to = {0};
    struct program *program = program_parse(a, str_n(p, n), &to);

    if (program)
        program_try(a, program, &to);
    arena_free(a);
    return 0;
}
