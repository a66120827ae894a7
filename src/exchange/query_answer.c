/*
 * query_answer.c: the holder's side. A question from the peer is judged, evaluated, written into the journal, and only
 * then answered; a refusal is written down too. What is not signed by the peer is refused and not written down: it
 * could be anybody's word.
 */
#include "exchange/query.h"

#include <pthread.h>
#include <stdlib.h>

/* The set's files, and the quota from counting to the record: one question at a time. */
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

/* A refusal is written down, so that nobody can deny having asked; but nobody fills this journal with questions that
 * are refused. Past this many in a day the answer is the same and there is no record of it. */
#define REFUSALS_MOST 200

struct answering {
    struct ctx *c;
    struct str self, peer;
    struct query_message m;
    struct note note;
    struct question q;
    uint8_t digest[HASH_SIZE]; /* of the question's text */
    struct query_terms terms;
    int scheme;       /* -1 when it asks for the set alone */
    uint64_t applied; /* how far the views were when the terms were read */
    struct query_keys keys;
    struct reply reply;
    struct query_message out;
};

/* ---- is it the peer's question? ---- */

/* The key of the peer's log: as it was met, else as both have signed it. 1, 0 = unknown, -1. */
static int peer_key(struct answering *a, struct verifier *out)
{
    struct query *q = views_query(
        a->c->views,
        "SELECT key FROM v_peer WHERE office = ?1 AND superseded IS NULL AND erased = 0 ORDER BY seq DESC",
        a->c->err);
    int row;
    bool good = false;

    if (!q)
        return -1;
    query_bind_text(q, 1, a->peer);
    row = query_step(q, a->c->err);
    if (row == 1)
        good = note_verifier_parse(query_text(q, 0), out);
    query_done(q);
    if (row == 0 && a->terms.program) {
        *out = a->terms.asker_key;
        good = true;
    }
    return row < 0 ? -1 : good;
}

/* 1 = it is, 0 = it is not, -1. */
static int believe(struct answering *a, struct str request)
{
    struct verifier v;
    int known;

    sha256_one(a->digest, request);
    if (!query_read_question(request, &a->m) || !note_parse(a->m.note, &a->note) ||
        !question_read(a->note.text, &a->q))
        return 0;
    sha256_one(a->digest, a->note.text);
    if (!str_eq(a->q.from, a->peer) || !str_eq(a->q.to, a->self))
        return 0;
    a->applied = views_applied(a->c->views);
    if (query_terms_open(a->c, a->q.agreement, a->self, a->peer, &a->terms) < 0)
        return -1;
    known = peer_key(a, &v);
    return known == 1 ? note_verify(&a->note, &v) : known;
}

/* ---- may it be answered? ---- */

static bool elements_fit(const struct answering *a)
{
    size_t n = a->m.elements.n / OPRF_SIZE;
    uint8_t digest[HASH_SIZE];

    sha256_one(digest, a->m.elements);
    if ((uint64_t)a->q.count != n || query_bucket(n) != n ||
        memcmp(digest, a->q.elements, HASH_SIZE) != 0 || (n == 0) != str_eq(a->q.scheme, S("-")))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!oprf_element_ok((const uint8_t *)a->m.elements.p + i * OPRF_SIZE))
            return false;
    return true;
}

/* A code of query_outcome, or NULL with err. */
static const char *judge_quota(const struct answering *a)
{
    int64_t used;

    if (a->scheme < 0)
        return "answered";
    if (query_used(a->c, &a->terms, a->scheme, &used) < 0)
        return NULL;
    return a->q.count > a->terms.clause[a->scheme]->quota - used ? "quota" : "answered";
}

static const char *judge(struct answering *a)
{
    if (a->q.normaliser != TOKENS_VERSION)
        return "normaliser";
    if (a->terms.schemes == 0)
        return "no-clause";
    a->scheme = token_scheme(a->q.scheme);
    if (a->q.count && (a->scheme < 0 || !(a->terms.schemes >> a->scheme & 1)))
        return "no-clause";
    if (!elements_fit(a))
        return "unfit";
    return judge_quota(a);
}

/* ---- the answer ---- */

static int evaluate(struct answering *a)
{
    size_t n = a->m.elements.n / OPRF_SIZE;
    uint8_t *evaluated = arena_alloc(a->c->arena, n * OPRF_SIZE + OPRF_PROOF), random[OPRF_SIZE];
    struct oprf_batch b = {n, (const uint8_t *)a->m.elements.p, evaluated};
    bool ok;

    if (query_keys_open(a->c, &a->terms, &a->keys) < 0)
        return -1;
    a->reply.epoch = a->keys.epoch;
    if (n == 0) {
        sha256_one(a->reply.evaluated, S(""));
        return 0;
    }
    oprf_scalar(a->c->world, random);
    ok = oprf_evaluate(&a->keys.key[a->scheme], &b, random, evaluated + n * OPRF_SIZE);
    wipe(random, sizeof random);
    if (!ok)
        return err_set(a->c->err, ERR_DATA, N_("a blinded value cannot be evaluated"));
    sha256_one(a->reply.evaluated, str_n(evaluated, n * OPRF_SIZE));
    a->out.elements = str_n(evaluated, n * OPRF_SIZE);
    a->out.proof = str_n(evaluated + n * OPRF_SIZE, OPRF_PROOF);
    return 0;
}

static void sign_reply(struct answering *a, const char *outcome)
{
    struct buf text, note;

    if (strcmp(outcome, "answered") != 0) {
        a->reply = (struct reply){.epoch = 0};
        a->out = (struct query_message){.set.form = SET_SAME};
    }
    a->reply.from = a->self;
    a->reply.to = a->peer;
    a->reply.outcome = str_z(outcome);
    memcpy(a->reply.question, a->digest, HASH_SIZE);
    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    reply_put(&text, &a->reply);
    journal_sign(a->c->journal, buf_view(&text), &note);
    a->out.note = arena_copy(a->c->arena, buf_view(&note));
    buf_free(&text);
    buf_free(&note);
}

static struct record *record_of(const struct answering *a, const char *outcome)
{
    struct record *r = record_new(a->c->arena, schema_kind(S("query")));

    field_text(r, "agreement", str_n(a->q.agreement, 16));
    field_text(r, "peer", a->peer);
    field_text(r, "side", S("answered"));
    field_text(r, "outcome", str_z(outcome));
    if (token_scheme(a->q.scheme) >= 0)
        field_text(r, "scheme", a->q.scheme);
    if (a->q.normaliser >= 1 && a->q.normaliser <= 1000)
        field_int(r, "normaliser", a->q.normaliser);
    if (a->reply.epoch)
        field_int(r, "key_epoch", a->reply.epoch);
    field_int(r, "count", a->q.count);
    field_text(r, "purpose", a->q.purpose);
    field_text(r, "case", a->q.the_case);
    field_text(r, "asked", a->m.note);
    field_text(r, "answered", a->out.note);
    r->head.author = a->self;
    r->head.handling = S("H1");
    return r;
}

/* Once more, when something entered meanwhile: it may have been a suspension. */
static const char *judge_again(struct answering *a)
{
    if (views_applied(a->c->views) != a->applied) {
        if (query_terms_open(a->c, a->q.agreement, a->self, a->peer, &a->terms) < 0)
            return NULL;
        if (a->terms.schemes == 0 || (a->scheme >= 0 && !(a->terms.schemes >> a->scheme & 1)))
            return "no-clause";
    }
    return judge_quota(a);
}

/* 1 = the peer was refused so often today that it is not written down any more. */
static int refused_enough(const struct answering *a)
{
    struct query *q = views_query(a->c->views,
                                  "SELECT count(*) FROM v_query WHERE side = 'answered' AND peer = ?1 AND"
                                  " outcome <> 'answered' AND h_recorded > ?2",
                                  a->c->err);
    int rc = -1;

    if (q) {
        query_bind_text(q, 1, a->peer);
        query_bind_int(q, 2, a->c->world->now(a->c->world->arg) - INT64_C(86400000000));
        rc = query_step(q, a->c->err);
        rc = rc == 1 ? query_int(q, 0) >= REFUSALS_MOST : rc;
    }
    query_done(q);
    return rc;
}

static int write_refusal(struct answering *a, const char *outcome)
{
    struct record *r;
    int enough = refused_enough(a);

    if (enough != 0)
        return enough < 0 ? -1 : 0;
    r = record_of(a, outcome);
    return node_append(a->c, &r, 1, NULL);
}

/* Under the lock: the set, the quota once more, the record. Gives the outcome that was written down, or NULL. */
static const char *settle(struct answering *a, const char *outcome)
{
    struct str key = arena_fmt(a->c->arena, "puente/query/%.*s",
                               STR_ARG(hex_encode(a->c->arena, str_n(a->digest, HASH_SIZE))));
    struct record *r;
    int entered = 1;

    if (node_catch_up(a->c) < 0) /* another program may have written a suspension since */
        return NULL;
    if (strcmp(outcome, "answered") == 0) {
        outcome = judge_again(a);
        if (!outcome ||
            (strcmp(outcome, "answered") == 0 &&
             query_set_make(a->c, &a->terms, &a->keys, a->q.set, &a->out.set, a->reply.set) < 0))
            return NULL;
    }
    sign_reply(a, outcome);
    if (strcmp(outcome, "answered") == 0) {
        r = record_of(a, outcome);
        entered = node_append_once(a->c, key, &r, 1);
    } else {
        entered = write_refusal(a, outcome) < 0 ? -1 : 1;
    }
    if (entered == 0) {
        outcome = "replayed";
        sign_reply(a, outcome);
        entered = write_refusal(a, outcome) < 0 ? -1 : 1;
    }
    return entered < 0 ? NULL : outcome;
}

int query_answer(struct ctx *c, struct str peer, struct str request, struct buf *answer)
{
    struct answering a = {.c = c, .peer = peer, .self = node_office(c), .scheme = -1};
    int believed = believe(&a, request);
    const char *outcome = "unfit";

    if (believed < 0)
        return -1;
    if (believed == 1) {
        outcome = judge(&a);
        if (!outcome || (strcmp(outcome, "answered") == 0 && evaluate(&a) < 0))
            goto fail;
        pthread_mutex_lock(&one);
        outcome = settle(&a, outcome);
        pthread_mutex_unlock(&one);
        if (!outcome)
            goto fail;
    } else {
        sign_reply(&a, outcome);
    }
    wipe(&a.keys, sizeof a.keys);
    query_put_answer(answer, &a.out);
    return answer->over ? err_set(c->err, ERR_LIMIT, N_("the answer is too large")) : 0;
fail:
    wipe(&a.keys, sizeof a.keys);
    return -1;
}
