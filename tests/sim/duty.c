/*
 * duty.c: what offices owe one another. A request that came is answered, once, or refused; the answer reaches whoever
 * asked, once, and stops the clock at both sides. What is taken back is confirmed by everybody who was given it; until
 * the receipt is there, both sides show what is owed.
 *
 * Answers and retractions are written by the program's own verbs, so that what was written is learned from the
 * journal: an answer by the token in its text, a retraction by what it is about.
 */
#include <stdlib.h>

#include "tests/sim/sim.h"

static bool is(const struct mrecord *x, const char *kind)
{
    return strcmp(x->kind->name, kind) == 0;
}

static struct mrecord *draft(struct sim *s, unsigned n, const char *kind, int about)
{
    struct mrecord *x = &s->record[s->records];

    if (s->records == RECORDS)
        return NULL;
    *x = (struct mrecord){
        .owner = n, .kind = schema_kind(str_z(kind)), .about = about, .addressee = -1, .fate = DOUBTFUL};
    s->records++;
    return x;
}

static void adopt(struct sim *s, struct mrecord *x, const struct entry *e)
{
    memcpy(x->id, e->id, 16);
    x->have = e->record->have;
    x->recorded = e->record->head.recorded;
    x->fate = WRITTEN;
    say(s, "      record %u: %s about %d", (unsigned)(x - s->record), x->kind->name, x->about);
}

/* ---- answers ---- */

/* A request that another office has put to this node, and that came; -1. */
static int choose(const struct sim *s, unsigned n, struct rng *r)
{
    unsigned at = s->records ? (unsigned)rng_of(r, s->records) : 0;

    for (unsigned i = 0; i < s->records; i++) {
        unsigned k = (at + i) % s->records;
        const struct mrecord *x = &s->record[k];
        if (is(x, "request") && x->addressee == (int)n && x->got[n])
            return (int)k;
    }
    return -1;
}

static bool settled(const struct sim *s, int request, const struct mrecord *but)
{
    for (unsigned i = 0; i < s->records; i++)
        if (&s->record[i] != but && s->record[i].about == request && s->record[i].settles &&
            s->record[i].fate == WRITTEN)
            return true;
    return false;
}

void duty_answer(struct sim *s, unsigned n, struct rng *r)
{
    static const char *const outcomes[] = {"given", "nothing", "partial", "refused", "forwarded"};
    static const char *const handlings[] = {"H0", "H0", "H1", "H3"};
    int request = choose(s, n, r);
    const char *outcome = outcomes[rng_of(r, COUNT(outcomes))],
               *handling = handlings[rng_of(r, COUNT(handlings))];
    bool refused = strcmp(outcome, "refused") == 0;
    char id[UUID_SIZE], text[TOKEN + 1];
    struct mrecord *x;

    if (request < 0) { /* so that there is something to answer */
        work_request(s, n, r);
        return;
    }
    if ((x = draft(s, n, "answer", request)) == NULL)
        return;
    uuid_format(s->record[request].id, id);
    record_token(text, (unsigned)(x - s->record), (unsigned)schema_field(x->kind, S("text")));
    x->addressee = (int)s->record[request].owner;
    x->handling = (unsigned)(handling[1] - '0');
    x->settles = strcmp(outcome, "forwarded") != 0;
    {
        const char *words[] = {"answer", "id", id,         "outcome", outcome,
                               "text",   text, "handling", handling,  refused ? "refusal" : NULL,
                               "law",    NULL};
        if (node_op(s, n, words, NULL) == 0 && x->fate != WRITTEN)
            violation(s, "%s says that it has answered record %d, and has not", s->node[n].name, request);
    }
    if (x->fate == DOUBTFUL)
        x->fate = GONE;
}

static void follow_answer(struct sim *s, unsigned n, const struct entry *e)
{
    struct str bytes = e->values;
    struct mrecord *x;
    int record, field;

    if (record_find(s, e->id) >= 0)
        return;
    if (!token_next(s, &bytes, &record, &field) || !is(&s->record[record], "answer") ||
        s->record[record].owner != n) {
        violation(s, "%s has an answer of its own that nobody wrote", s->node[n].name);
        return;
    }
    x = &s->record[record];
    adopt(s, x, e);
    s->tally.answers++;
    if (x->settles && settled(s, x->about, x))
        violation(s, "%s has answered record %d twice", s->node[n].name, x->about);
}

/* ---- retractions ---- */

static void follow_retraction(struct sim *s, unsigned n, const struct entry *e)
{
    struct mnode *node = &s->node[n];
    struct str about = text_of(e->record, "about"), of = text_of(e->record, "receipt_of");
    int by = node_named(s, e->record->head.origin), record;
    struct mrecord *x;

    if (by < 0 || about.n != 16) {
        violation(s, "%s has a retraction by a stranger, or of nothing", node->name);
    } else if (of.n == 16) {
        struct mreceipt *m = arena_alloc(s->arena, sizeof *m);
        *m = (struct mreceipt){.by = (unsigned)by, .next = node->receipt};
        memcpy(m->of, of.p, 16);
        node->receipt = m;
        s->tally.receipts += (unsigned)by != n;
    } else if ((unsigned)by == n && record_find(s, e->id) < 0) {
        record = record_find(s, (const uint8_t *)about.p);
        if (record < 0 || s->record[record].owner != n)
            violation(s, "%s takes back what is not its own", node->name);
        else if ((x = draft(s, n, "retraction", record)) != NULL)
            adopt(s, x, e);
    }
}

void duty_follow(struct sim *s, unsigned n, const struct entry *e)
{
    if (strcmp(e->kind->name, "retraction") == 0)
        follow_retraction(s, n, e);
    else if (strcmp(e->kind->name, "answer") == 0 && str_eq(e->record->head.origin, str_z(s->node[n].name)))
        follow_answer(s, n, e);
}

/* ---- what shows ---- */

/* 1 = stopped, 0 = it runs, -1 = this node shows no such duty of that office. */
static int clock_at(struct sim *s, unsigned n, const struct mrecord *x, unsigned duty)
{
    struct err e = {0};
    struct query *q = views_query(s->node[n].ctx.views,
                                  "SELECT stopped FROM clock WHERE root = ?1 AND kind = ?2 AND"
                                  " (duty = ?3 OR duty = '')",
                                  &e);
    int stopped = -1;

    if (q == NULL) {
        violation(s, "%s does not know its clocks: %s", s->node[n].name, e.text);
        return -1;
    }
    query_bind_blob(q, 1, str_n(x->id, 16));
    query_bind_text(q, 2, str_z(x->kind->name));
    query_bind_text(q, 3, str_z(s->node[duty].name));
    if (query_step(q, &e) == 1)
        stopped = (int)query_int(q, 0);
    query_done(q);
    return stopped;
}

static void clock_is(struct sim *s, unsigned n, unsigned record, unsigned duty, bool stopped)
{
    int is = clock_at(s, n, &s->record[record], duty);

    if (is != stopped && !broken(s))
        violation(s, "at %s the clock of %s for record %u (%s) %s", s->node[n].name, s->node[duty].name,
                  record, s->record[record].kind->name,
                  is < 0    ? "does not show"
                  : stopped ? "runs, though it is done"
                            : "was stopped, though it is not done");
}

/* The fields of a record that this node was given, by whom is all the same. */
static uint64_t fields_at(const struct sim *s, unsigned n, unsigned record)
{
    uint64_t fields = 0;

    for (const struct mgot *g = s->node[n].got; g; g = g->next)
        if (g->record == (int)record)
            fields |= g->fields;
    return fields;
}

static bool shows(const struct kind *k, uint64_t fields, const char *name)
{
    return fields >> schema_field(k, str_z(name)) & 1;
}

/* A request that was neither corrected nor taken back, at the office that asks and at the one that is asked. */
static void check_request(struct sim *s, unsigned record)
{
    const struct mrecord *x = &s->record[record];
    unsigned to = (unsigned)x->addressee;
    static const uint8_t nothing[16];
    bool told = false;

    if (record_superseded(s, record) || record_taken_back(s, record) ||
        memcmp(x->replaces, nothing, 16) != 0)
        return;
    for (unsigned i = 0; i < s->records; i++) {
        const struct mrecord *y = &s->record[i];
        uint64_t fields = y->about == (int)record ? fields_at(s, x->owner, i) : 0;
        told |=
            fields && y->settles && shows(y->kind, fields, "request") && shows(y->kind, fields, "outcome");
    }
    clock_is(s, x->owner, record, to, told);
    if (fields_at(s, to, record))
        clock_is(s, to, record, to, settled(s, (int)record, NULL));
}

static bool confirmed(const struct sim *s, unsigned n, const struct mrecord *x, unsigned by)
{
    for (const struct mreceipt *m = s->node[n].receipt; m; m = m->next)
        if (m->by == by && memcmp(m->of, x->id, 16) == 0)
            return true;
    return false;
}

static bool gave(const struct sim *s, unsigned n, const struct mrecord *x, unsigned to)
{
    for (const struct mgave *g = s->node[n].gave; g; g = g->next)
        if (g->taker == to && memcmp(g->id, x->id, 16) == 0)
            return true;
    return false;
}

static void check_retraction(struct sim *s, unsigned record)
{
    const struct mrecord *x = &s->record[record], *back = &s->record[x->about];

    for (unsigned n = 0; n < s->nodes && !broken(s); n++) {
        if (n == x->owner)
            continue;
        if (gave(s, x->owner, back, n))
            clock_is(s, x->owner, record, n, confirmed(s, x->owner, x, n));
        if (fields_at(s, n, record))
            clock_is(s, n, record, n, confirmed(s, n, x, n));
    }
}

void duty_check(struct sim *s)
{
    for (unsigned i = 0; i < s->records && !broken(s); i++) {
        const struct mrecord *x = &s->record[i];
        if (x->fate != WRITTEN)
            continue;
        if (is(x, "request"))
            check_request(s, i);
        else if (is(x, "retraction"))
            check_retraction(s, i);
    }
}

/* ---- the end ---- */

/* An answer that a clause lets go is there, once. */
static void check_answer(struct sim *s, unsigned agreement, unsigned record)
{
    const struct magreement *g = &s->agreement[agreement];
    const struct mrecord *x = &s->record[record];
    unsigned giver = g->party[0] == x->owner ? 0 : 1, to = g->party[!giver], n = 0;
    const struct mversion *v = papers_in_force(s, x->owner, agreement);
    uint64_t mask;

    if (g->party[giver] != x->owner || (int)to != x->addressee || v == NULL ||
        record_retracted(s, (unsigned)x->about) || s->record[x->about].fate != WRITTEN ||
        (mask = best_mask(s, g, v, giver, x)) == 0)
        return;
    if (mask & ~fields_at(s, to, record))
        violation(s, "the answer %u of %s never reached %s under agreement %u", record,
                  s->node[x->owner].name, s->node[to].name, agreement);
    for (const struct mgot *o = s->node[to].got; o; o = o->next)
        n += o->record == (int)record && o->agreement == (int)agreement && o->fields == mask;
    if (n > 1 && !s->node[x->owner].restored && !s->node[to].restored)
        violation(s, "the answer %u reached %s %u times", record, s->node[to].name, n);
}

/* Everybody who was given what was taken back has said that it is gone, and the owner knows. */
static void check_confirmed(struct sim *s, unsigned record)
{
    const struct mrecord *x = &s->record[record];

    for (unsigned n = 0; n < s->nodes && !broken(s); n++)
        for (const struct mgot *g = s->node[n].got; g; g = g->next)
            if (g->record == x->about && g->giver == x->owner && g->agreement >= 0 &&
                !with_liar(s, (unsigned)g->agreement) && !confirmed(s, x->owner, x, n))
                violation(s, "%s has no receipt of %s for record %d, which it has taken back",
                          s->node[x->owner].name, s->node[n].name, x->about);
}

void duty_check_end(struct sim *s)
{
    for (unsigned i = 0; i < s->records && !broken(s); i++) {
        if (s->record[i].fate != WRITTEN)
            continue;
        if (is(&s->record[i], "retraction"))
            check_confirmed(s, i);
        for (unsigned a = 0; is(&s->record[i], "answer") && a < s->agreements && !broken(s); a++)
            if (!with_liar(s, a))
                check_answer(s, a, i);
    }
}
