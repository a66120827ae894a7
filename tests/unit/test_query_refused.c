/*
 * Private questions that are refused, and answers that are not believed: over the quota, twice, not padded, other
 * normal forms, another agreement, no purpose; a holder that alters, cuts, or changes its key.
 */
#include "query_pair.h"

#define BOTH "firearm person plate vin quota 400"

static void over_the_quota(void **state)
{
    struct query_terms t;
    struct pair p;
    struct asking a;
    struct str tokens[17];
    (void)state;

    pair_start(&p, "plate vin quota 257");
    for (size_t i = 0; i < COUNT(tokens); i++) {
        char value[16];
        snprintf(value, sizeof value, "MX|AAA%04zu", i);
        tokens[i] = pair_token(&p.us, "plate", value);
    }
    assert_int_equal(pair_terms(&p, &t), 0);
    a = (struct asking){.scheme = token_scheme(S("plate")), .tokens = tokens, .n = 17};
    assert_int_equal(query_ask(&p.us.c, &t, &p.link, &a), 0); /* 256 as the other side sees it */
    assert_true(str_eq(a.outcome, S("answered")));
    assert_int_equal(test_count(&p.mx, "SELECT sum(count) FROM v_query"), 256);
    assert_int_equal(pair_ask(&p, "vin", "1FUJGLDR5CSBF1234", &a),
                     0); /* the clause's quota, not the scheme's */
    assert_true(str_eq(a.outcome, S("answered")));
    assert_refused(&p, pair_ask(&p, "plate", "MX|ABC1234", &a), &a, "quota");
    p.mx.fake.time += INT64_C(86400000000);
    p.us.fake.time += INT64_C(86400000000);
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    assert_true(str_eq(a.outcome, S("answered")));
    pair_end(&p);
}

static void the_same_question_twice(void **state)
{
    struct pair p;
    struct asking a;
    struct buf answer;
    struct query_message m;
    struct reply reply;
    struct note note;
    (void)state;

    pair_start(&p, BOTH);
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    buf_init(&answer, MESSAGE_MAX);
    assert_int_equal(query_answer(&p.mx.c, S("us.cbp"), p.last, &answer), 0);
    assert_true(query_read_answer(buf_view(&answer), &m) && note_parse(m.note, &note) &&
                reply_read(note.text, &reply));
    assert_true(str_eq(reply.outcome, S("replayed")));
    assert_int_equal(m.elements.n, 0);
    assert_int_equal(records(&p.mx, "replayed"), 1);
    /* From another office: not its word, nothing is written down. */
    buf_reset(&answer);
    assert_int_equal(query_answer(&p.mx.c, S("mx.inm"), p.last, &answer), 0);
    assert_true(query_read_answer(buf_view(&answer), &m) && note_parse(m.note, &note) &&
                reply_read(note.text, &reply));
    assert_true(str_eq(reply.outcome, S("unfit")));
    assert_int_equal(test_count(&p.mx, "SELECT count(*) FROM v_query"), 2);
    buf_free(&answer);
    pair_end(&p);
}

/* ---- questions that are not well made: signed by the asker, but wrong ---- */

static void (*change_question)(struct question *, struct buf *elements);

/* Makes the question anew with one thing wrong, signed by us.cbp. */
static void remake(struct pair *p, struct buf *b)
{
    struct query_message m;
    struct question q;
    struct note note;
    struct buf text, signed_text, elements;
    struct str whole = arena_copy(p->us.arena, buf_view(b));

    assert_true(query_read_question(whole, &m) && note_parse(m.note, &note) &&
                question_read(note.text, &q));
    buf_init(&elements, MESSAGE_MAX);
    buf_init(&text, NOTE_MAX);
    buf_init(&signed_text, NOTE_MAX);
    buf_str(&elements, m.elements);
    change_question(&q, &elements);
    question_put(&text, &q);
    journal_sign(p->us.c.journal, buf_view(&text), &signed_text);
    m.note = buf_view(&signed_text);
    m.elements = buf_view(&elements);
    buf_reset(b);
    query_put_question(b, &m);
    buf_free(&text);
    buf_free(&signed_text);
    buf_free(&elements);
}

static void other_normaliser(struct question *q, struct buf *e)
{
    (void)e;
    q->normaliser = TOKENS_VERSION + 1;
}

static void other_agreement(struct question *q, struct buf *e)
{
    (void)e;
    q->agreement[15] ^= 1;
}

static void unpadded(struct question *q, struct buf *e)
{
    for (int i = 0; i < 2; i++)
        buf_put(e, e->p, OPRF_SIZE);
    q->count = 3;
    sha256_one(q->elements, buf_view(e));
}

static void no_such_element(struct question *q, struct buf *e)
{
    memset(e->p, 0, OPRF_SIZE); /* the identity: it would tell the key's sign of life and nothing else */
    sha256_one(q->elements, buf_view(e));
}

static void other_count(struct question *q, struct buf *e)
{
    (void)e;
    q->count = 16;
}

static void other_digest(struct question *q, struct buf *e)
{
    (void)e;
    q->elements[0] ^= 1;
}

static void no_purpose(struct question *q, struct buf *e)
{
    (void)e;
    q->purpose = S("");
}

static void to_somebody_else(struct question *q, struct buf *e)
{
    (void)e;
    q->to = S("mx.inm");
}

static void questions_that_are_refused(void **state)
{
    static const struct {
        void (*change)(struct question *, struct buf *);
        const char *outcome;
        int written; /* at the holder: what is not the peer's word for certain is not */
    } wrong[] = {
        {other_normaliser, "normaliser", 1},
        {other_agreement, "unfit", 0},
        {unpadded, "unfit", 1},
        {no_such_element, "unfit", 1},
        {other_count, "unfit", 1},
        {other_digest, "unfit", 1},
        {no_purpose, "unfit", 0},
        {to_somebody_else, "unfit", 0},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct pair p;
        struct asking a;
        pair_start(&p, BOTH);
        change_question = wrong[i].change;
        p.spoil_request = remake;
        /* The answer is to another question than was asked: the asker does not believe it either. */
        assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), -1);
        assert_int_equal(records(&p.us, "failed"), 1);
        if (records(&p.mx, wrong[i].outcome) != wrong[i].written)
            fail_msg("case %zu", i);
        assert_int_equal(records(&p.mx, "answered"), 0);
        pair_end(&p);
    }
}

/* Refused without end, by whoever does not care: the journal is not theirs to fill. */
static void refused_without_end(void **state)
{
    struct pair p;
    struct asking a;
    (void)state;

    pair_start(&p, BOTH);
    change_question = other_normaliser;
    p.spoil_request = remake;
    for (int i = 0; i < 230; i++)
        assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), -1);
    assert_int_equal(records(&p.mx, "normaliser"), 200);
    pair_end(&p);
}

static void purpose_and_case_are_needed(void **state)
{
    struct pair p;
    struct asking a;
    (void)state;

    pair_start(&p, BOTH);
    p.us.c.purpose = S("  ");
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), -1);
    assert_int_equal(p.us.err.code, ERR_DENIED);
    p.us.c.purpose = S("two\nlines");
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), -1);
    p.us.c.purpose = S("stolen vehicles");
    p.us.c.the_case = S("");
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), -1);
    assert_int_equal(p.calls, 0);
    pair_end(&p);
}

/* ---- a holder that lies ---- */

static size_t spoilt_byte;

static void flip(struct pair *p, struct buf *answer)
{
    (void)p;
    answer->p[spoilt_byte % answer->n] ^= 1;
}

static void cut_short(struct pair *p, struct buf *answer)
{
    (void)p;
    answer->n = spoilt_byte % answer->n;
}

static void no_altered_answer_is_believed(void **state)
{
    struct pair p;
    struct asking a;
    (void)state;

    pair_start(&p, BOTH);
    pair_alert(&p.mx, "1", "plate", "ABC-12-34", "MX");
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    for (spoilt_byte = 1; spoilt_byte < 700; spoilt_byte += 13) {
        p.spoil_answer = spoilt_byte & 1 ? flip : cut_short;
        if (pair_ask(&p, "plate", "MX|ABC1234", &a) == 0)
            fail_msg("byte %zu", spoilt_byte);
        assert_true(str_eq(a.outcome, S("failed")));
    }
    p.spoil_answer = NULL;
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    assert_true(a.hit[0]);
    pair_end(&p);
}

/* Another key under the same epoch: the holder could tell questions apart by it. */
static void a_key_changed_within_an_epoch(void **state)
{
    char command[512];
    struct pair p;
    struct asking a;
    (void)state;

    pair_start(&p, BOTH);
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), 0);
    snprintf(command, sizeof command,
             "for f in '%s'/keys/oprf-*.key; do printf '%%064d\\n' 7 >$f; done; rm -f '%s'/asking/*own*",
             p.mx.dir, p.mx.dir);
    assert_int_equal(system(command), 0);
    assert_int_equal(pair_ask(&p, "plate", "MX|ABC1234", &a), -1);
    assert_non_null(strstr(p.us.err.text, "within an epoch"));
    pair_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_the_quota),
        cmocka_unit_test(the_same_question_twice),
        cmocka_unit_test(questions_that_are_refused),
        cmocka_unit_test(refused_without_end),
        cmocka_unit_test(purpose_and_case_are_needed),
        cmocka_unit_test(no_altered_answer_is_believed),
        cmocka_unit_test(a_key_changed_within_an_epoch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
