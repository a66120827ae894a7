/*
 * query_ask.c: the asker's side: blind, ask, check every byte that comes back, look into the set, write down how many
 * were known, and only then tell. The blinds and what was asked leave this file nowhere.
 */
#include "exchange/query.h"

#include <stdlib.h>

struct question_state {
    struct ctx *c;
    const struct query_terms *t;
    struct asking *a;
    size_t padded;
    uint8_t *blinds, *blinded; /* padded of them; the last padded - n are chance */
    uint8_t digest[HASH_SIZE]; /* of the question's text */
    struct str asked;          /* the signed question */
    struct query_message answer;
    struct reply reply;
};

/* ---- the question ---- */

static int blind(struct question_state *s)
{
    struct ctx *c = s->c;
    struct asking *a = s->a;

    s->padded = query_bucket(a->n);
    s->blinds = arena_alloc(c->arena, a->n * OPRF_SIZE + 1);
    s->blinded = arena_alloc(c->arena, s->padded * OPRF_SIZE + 1);
    for (size_t i = 0; i < a->n; i++)
        oprf_scalar(c->world, s->blinds + i * OPRF_SIZE);
    for (size_t i = a->n; i < s->padded; i++)
        oprf_random_element(c->world, s->blinded + i * OPRF_SIZE);
    return oprf_blind(OPRF_VERIFIABLE, a->tokens, a->n, s->blinds, s->blinded)
               ? 0
               : err_set(c->err, ERR_DATA, N_("a value cannot be blinded"));
}

static int sign_question(struct question_state *s)
{
    struct ctx *c = s->c;
    struct question q = {.from = s->t->asker,
                         .to = s->t->holder,
                         .scheme = s->a->scheme < 0 ? S("-") : str_z(token_scheme_name(s->a->scheme)),
                         .normaliser = TOKENS_VERSION,
                         .count = (int64_t)s->padded,
                         .purpose = str_trim(c->purpose),
                         .the_case = str_trim(c->the_case)};
    char now[TIME_SIZE];
    struct buf text, note;

    if (!query_line_ok(q.purpose, QUERY_PURPOSE) || !query_line_ok(q.the_case, QUERY_CASE))
        return err_set(c->err, ERR_DENIED,
                       N_("asking needs a purpose and a case, each in one line: --purpose and --case"));
    time_format(c->world->now(c->world->arg), now);
    q.time = str_z(now);
    memcpy(q.agreement, s->t->agreement, 16);
    sha256_one(q.elements, str_n(s->blinded, s->padded * OPRF_SIZE));
    if (s->a->held.have)
        memcpy(q.set, s->a->held.digest, HASH_SIZE);
    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    question_put(&text, &q);
    journal_sign(c->journal, buf_view(&text), &note);
    sha256_one(s->digest, buf_view(&text));
    s->asked = arena_copy(c->arena, buf_view(&note));
    buf_free(&text);
    buf_free(&note);
    return 0;
}

/* ---- the answer ---- */

static int wrong(struct question_state *s)
{
    return err_set(s->c->err, ERR_DATA, N_("the answer of %.*s to a private query does not verify"),
                   STR_ARG(s->t->holder));
}

/* Signed by the holder, to this question; what hangs on it is what it says. */
static int read_answer(struct question_state *s, struct str bytes)
{
    uint8_t digest[HASH_SIZE];
    struct note note;

    if (!query_read_answer(bytes, &s->answer) || !note_parse(s->answer.note, &note) ||
        !note_verify(&note, &s->t->holder_key) || !reply_read(note.text, &s->reply) ||
        !str_eq(s->reply.from, s->t->holder) || !str_eq(s->reply.to, s->t->asker) ||
        memcmp(s->reply.question, s->digest, HASH_SIZE) != 0)
        return wrong(s);
    s->a->outcome = arena_copy(s->c->arena, s->reply.outcome);
    if (!str_eq(s->reply.outcome, S("answered"))) {
        const struct field *f =
            &schema_kind(S("query"))->field[schema_field(schema_kind(S("query")), S("outcome"))];
        return schema_code(f->codes, s->reply.outcome) ? 0 : wrong(s);
    }
    sha256_one(digest, s->answer.elements);
    return s->answer.elements.n == s->padded * OPRF_SIZE &&
                   memcmp(digest, s->reply.evaluated, HASH_SIZE) == 0
               ? 0
               : wrong(s);
}

/* The set first, since its keys are those that the proof is held to. */
static int take_answer(struct question_state *s)
{
    struct asking *a = s->a;
    struct oprf_batch b = {s->padded, s->blinded, (uint8_t *)(uintptr_t)s->answer.elements.p};
    uint8_t *outputs;
    bool ok;

    if (query_held_take(s->c, s->t, &s->answer.set, &a->held) < 0)
        return -1;
    if (a->held.head.epoch != s->reply.epoch || memcmp(a->held.digest, s->reply.set, HASH_SIZE) != 0)
        return wrong(s);
    if (a->n == 0)
        return 0;
    if (!(a->held.head.schemes >> a->scheme & 1) ||
        !oprf_verify(a->held.head.key[a->scheme], &b, (const uint8_t *)s->answer.proof.p))
        return err_set(s->c->err, ERR_DATA, N_("%.*s does not prove that it used the key it published"),
                       STR_ARG(s->t->holder));
    outputs = xmalloc(a->n * OPRF_OUTPUT);
    ok = oprf_finalize(a->tokens, a->n, s->blinds, b.evaluated, outputs);
    a->entry = arena_alloc(s->c->arena, a->n * QUERY_ENTRY);
    a->hit = arena_alloc(s->c->arena, a->n * sizeof *a->hit);
    for (size_t i = 0; ok && i < a->n; i++) {
        memcpy(a->entry[i], outputs + i * OPRF_OUTPUT, QUERY_ENTRY);
        a->hit[i] = query_held_has(&a->held, a->entry[i]);
        a->hits += a->hit[i];
    }
    wipe(outputs, a->n * OPRF_OUTPUT);
    free(outputs);
    return ok ? 0 : wrong(s);
}

/* ---- the record ---- */

static int write_down(struct question_state *s, struct str outcome)
{
    struct record *r = record_new(s->c->arena, schema_kind(S("query")));

    field_text(r, "agreement", str_n(s->t->agreement, 16));
    field_text(r, "peer", s->t->holder);
    field_text(r, "side", S("asked"));
    field_text(r, "outcome", outcome);
    if (s->a->scheme >= 0)
        field_text(r, "scheme", str_z(token_scheme_name(s->a->scheme)));
    field_int(r, "normaliser", TOKENS_VERSION);
    field_int(r, "count", (int64_t)s->padded);
    if (str_eq(outcome, S("answered"))) {
        field_int(r, "key_epoch", s->reply.epoch);
        field_int(r, "hits", (int64_t)s->a->hits);
    }
    field_text(r, "purpose", str_trim(s->c->purpose));
    field_text(r, "case", str_trim(s->c->the_case));
    field_text(r, "asked", s->asked);
    field_text(r, "answered", s->answer.note);
    r->head.author = s->c->author.n ? s->c->author : s->t->asker;
    r->head.handling = S("H1");
    return node_append(s->c, &r, 1, NULL);
}

/* The question there and the answer back, each as the one part of a message. The answer's bytes lie in `answer`. */
static int converse(struct question_state *s, const struct link *l, struct buf *answer)
{
    struct query_message m = {.note = s->asked, .elements = str_n(s->blinded, s->padded * OPRF_SIZE)};
    struct buf body, request;
    struct message got;
    int rc;

    buf_init(&body, MESSAGE_MAX);
    buf_init(&request, MESSAGE_MAX);
    query_put_question(&body, &m);
    message_begin(&request, 1);
    part_put(&request, &(struct part){.type = M_QUERY, .body = buf_view(&body)});
    rc = l->call(l->arg, buf_view(&request), answer, s->c->err);
    if (rc == 0 && (!message_parse(s->c->arena, buf_view(answer), &got) || got.parts != 1 ||
                    got.part[0].type != M_QUERY))
        rc = wrong(s);
    if (rc == 0)
        rc = read_answer(s, got.part[0].body);
    buf_free(&body);
    buf_free(&request);
    return rc;
}

int query_ask(struct ctx *c, const struct query_terms *t, const struct link *l, struct asking *a)
{
    struct question_state s = {.c = c, .t = t, .a = a};
    struct buf answer;
    struct err why = {.lang = c->err->lang};
    int rc;

    a->hits = 0;
    if (a->n > QUERY_MOST)
        return err_set(c->err, ERR_LIMIT, N_("one question has at most %d values"), QUERY_MOST);
    if (query_held_open(c, t, &a->held) < 0 || blind(&s) < 0 || sign_question(&s) < 0)
        return -1;
    buf_init(&answer, MESSAGE_MAX);
    rc = converse(&s, l, &answer);
    if (rc == 0 && str_eq(a->outcome, S("answered")))
        rc = take_answer(&s);
    if (rc < 0) {
        why = *c->err;
        a->outcome = S("failed");
        if (s.answer.note.n > BYTES_MAX)
            s.answer.note.n = 0;
    }
    if (write_down(&s, a->outcome) < 0)
        rc = -1;
    else if (rc < 0)
        *c->err = why;
    wipe(s.blinds, a->n * OPRF_SIZE);
    buf_free(&answer);
    return rc;
}
