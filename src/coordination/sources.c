/*
 * sources.c: which records start clocks, for whom, and which records stop them. A clock is stopped by the office whose
 * duty it is, or by this node's own officers, who may know by other ways; nobody else can say that it is done
 * (decision 0171).
 */
#include "coordination/internal.h"

/* ---- what stops ---- */

/* Walks candidates in their order; the first that may decide does. Columns: id, origin, the office it was done for
 * (NULL: the origin's word is enough), whether it is done. ?1 is the root. */
static int decide(struct ctx *c, const char *sql, struct clock *k)
{
    struct query *q = views_query(c->views, sql, c->err);
    int row;

    if (!q)
        return -1;
    k->stopped = false;
    k->decided_by = S("");
    query_bind_blob(q, 1, k->root);
    while ((row = query_step(q, c->err)) == 1) {
        struct str origin = query_text(q, 1), office = query_text(q, 2);
        bool by_owner = k->duty.n == 0 || office_fits(origin, k->duty);
        bool by_us = office_ours(c, origin) && (office.n == 0 || office_fits(office, k->duty));
        if (!by_owner && !by_us)
            continue;
        k->decided_by = arena_copy(c->arena, query_blob(q, 0));
        k->stopped = query_int(q, 3) != 0;
        break;
    }
    query_done(q);
    return row < 0 ? -1 : 0;
}

/* ---- requests: the office that is asked answers ---- */

/* "Forwarded" tells who looks now; it is no answer yet. */
static const char answers[] =
    "SELECT id, h_origin, NULL, 1 FROM v_answer WHERE request IN " VERSIONS
    " AND superseded IS NULL AND erased = 0 AND outcome <> 'forwarded' ORDER BY seq";

static int request_clocks(struct ctx *c, const struct version *v, struct clock k)
{
    const struct record *r = v->record;

    k.what = str_eq(get(r, "form"), S("disclosure")) ? "disclosure" : "answer";
    k.duty = get(r, "peer");
    k.peer = office_ours(c, k.duty) ? get(r, "office") : k.duty;
    k.title = arena_fmt(c->arena, "%.*s: %.*s", STR_ARG(get(r, "number")), STR_ARG(get(r, "subject")));
    k.due = get(r, "due");
    k.life = get_flag(r, "life_at_risk");
    return decide(c, answers, &k) < 0 ? -1 : clock_put(c, &k);
}

/* ---- retractions: everybody who was given the record confirms ---- */

static const char receipts[] =
    "SELECT id, h_origin, office, 1 FROM v_retraction WHERE receipt_of IN " VERSIONS
    " AND superseded IS NULL AND erased = 0 ORDER BY seq";

static int confirmation(struct ctx *c, struct clock *k, struct str duty, struct str peer)
{
    k->duty = duty;
    k->peer = peer;
    return decide(c, receipts, k) < 0 ? -1 : clock_put(c, k);
}

static int retraction_clocks(struct ctx *c, const struct version *v, struct clock k)
{
    const struct record *r = v->record;
    struct str holders = get(r, "holders"), holder;

    if (get(r, "receipt_of").n)
        return 0;
    k.what = "confirmation";
    k.title = get(r, "reason");
    k.due = get(r, "due");
    if (!office_ours(c, r->head.origin))
        return confirmation(c, &k, node_office(c), r->head.origin);
    if (holders.n ==
        0) /* nobody; or, when somebody typed a day, nobody knows who: one word is waited for */
        return k.due.n ? confirmation(c, &k, S(""), S("")) : 0;
    while (str_split(&holders, '\n', &holder))
        if (confirmation(c, &k, holder, holder) < 0)
            return -1;
    return 0;
}

/* ---- what is promised ---- */

/* The latest word counts: what was complete can turn out not to be. */
static const char progresses[] =
    "SELECT id, h_origin, NULL, completion IN ('complete', 'withdrawn') FROM v_progress WHERE commitment "
    "IN " VERSIONS " AND superseded IS NULL AND erased = 0 ORDER BY observed DESC, seq DESC";

static int commitment_clocks(struct ctx *c, const struct version *v, struct clock k)
{
    const struct record *r = v->record;

    if (get(r, "due").n == 0)
        return 0;
    k.what = "commitment";
    k.duty = get(r, "office");
    k.peer = office_ours(c, k.duty) ? get(r, "peer") : k.duty;
    k.title = get(r, "text");
    k.due = get(r, "due");
    return decide(c, progresses, &k) < 0 ? -1 : clock_put(c, &k);
}

/* ---- what the record itself says is done ---- */

static int by_itself(struct ctx *c, const struct record *r, struct clock *k, bool done)
{
    k->due = get(r, "due");
    k->stopped = done;
    k->decided_by = done ? k->id : S("");
    return k->due.n ? clock_put(c, k) : 0;
}

static int contact_clocks(struct ctx *c, const struct version *v, struct clock k)
{
    const struct record *r = v->record;

    if (!office_ours(c, r->head.origin)) /* each node reports its own */
        return 0;
    k.what = "contact-report";
    k.duty = get(r, "office");
    k.peer = get(r, "peer");
    k.title = get(r, "topic");
    return by_itself(c, r, &k, get(r, "filed").n > 0);
}

static int rights_clocks(struct ctx *c, const struct version *v, struct clock k)
{
    const struct record *r = v->record;

    k.what = "rights";
    k.duty = get(r, "office");
    k.peer = get(r, "authority");
    k.title = get(r, "number");
    return by_itself(c, r, &k, get(r, "closed").n > 0);
}

static int incident_clocks(struct ctx *c, const struct version *v, struct clock k)
{
    const struct record *r = v->record;

    k.what = "incident";
    k.duty = r->head.origin;
    k.peer = get(r, "routed_to");
    k.title = get(r, "number");
    return by_itself(c, r, &k, str_eq(get(r, "status"), S("closed")));
}

/* ---- consents: renewed, or what rests on them taken back, before they end ---- */

/* A later consent for the same record and office takes its place; of a forgotten record none is needed. */
static int consent_decided(struct ctx *c, const struct version *v, struct clock *k)
{
    struct query *q = views_query(
        c->views,
        "SELECT id FROM v_consent WHERE about = ?1 AND office = ?2 AND seq > ?3 AND superseded IS NULL AND "
        "erased = 0 UNION ALL SELECT id FROM v_erasure WHERE about = ?1 LIMIT 1",
        c->err);
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, get(v->record, "about"));
    query_bind_text(q, 2, get(v->record, "office"));
    query_bind_int(q, 3, (int64_t)v->seq);
    row = query_step(q, c->err);
    if (row == 1) {
        k->stopped = true;
        k->decided_by = arena_copy(c->arena, query_blob(q, 0));
    }
    query_done(q);
    return row < 0 ? -1 : 0;
}

static int consent_clocks(struct ctx *c, const struct version *v, struct clock k)
{
    const struct record *r = v->record;

    if (get(r, "until").n == 0 || str_eq(get(r, "decision"), S("refused")))
        return 0;
    k.what = "consent";
    k.duty = get(r, "office");
    k.peer = office_ours(c, k.duty) ? get(r, "giver") : k.duty;
    k.title = get(r, "purpose");
    k.due = get(r, "until");
    return consent_decided(c, v, &k) < 0 ? -1 : clock_put(c, &k);
}

const struct source clock_sources[] = {
    {"request", request_clocks},       {"retraction", retraction_clocks},
    {"commitment", commitment_clocks}, {"contact_report", contact_clocks},
    {"rights_request", rights_clocks}, {"incident", incident_clocks},
    {"consent", consent_clocks},       {NULL, NULL},
};

const struct stopper clock_stoppers[] = {
    {"answer", "request", "request"},
    {"progress", "commitment", "commitment"},
    {"retraction", "receipt_of", "retraction"},
    {NULL, NULL, NULL},
};
