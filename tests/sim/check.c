/*
 * check.c: what must hold. check_follow reads what is new in a node's journal, entry by entry, after everything that
 * could have written to it; check_end asks, when all is quiet, whether everybody has what is theirs and nothing else.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/cbor.h"
#include "tests/sim/sim.h"

struct str text_of(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

static int64_t int_of(const struct record *r, const char *field)
{
    int i = schema_field(r->kind, str_z(field));

    return record_has(r, i) ? r->v[i].i : 0;
}

int node_named(const struct sim *s, struct str name)
{
    for (unsigned i = 0; i < s->nodes; i++)
        if (str_eq(name, str_z(s->node[i].name)))
            return (int)i;
    return -1;
}

/* ---- one entry ---- */

static void follow_act(struct sim *s, unsigned n, const struct record *r)
{
    struct note note;
    uint8_t digest[HASH_SIZE];
    int i;

    if (!note_parse(text_of(r, "note"), &note)) {
        violation(s, "%s has a paper that is no note", s->node[n].name);
        return;
    }
    s->tally.papers++;
    sha256_one(digest, note.text);
    i = paper_find(s, digest);
    if (i < 0) {
        violation(s, "%s has a paper that nobody wrote", s->node[n].name);
        return;
    }
    for (unsigned k = 0; k < 2; k++)
        if (note_verify(&note, &s->node[s->agreement[s->paper[i].agreement].party[k]].verifier))
            s->node[n].signatures[i] |= (uint8_t)(1u << k);
}

static struct mhead *head_at(struct sim *s, unsigned n, const struct record *r)
{
    struct str agreement = text_of(r, "agreement");
    int giver = node_named(s, text_of(r, "giver")), taker = node_named(s, text_of(r, "taker"));
    int64_t epoch = int_of(r, "epoch");
    struct mhead *h = s->node[n].head;

    if (agreement.n != 16 || giver < 0 || taker < 0) {
        violation(s, "%s has a channel of strangers", s->node[n].name);
        return NULL;
    }
    for (; h; h = h->next)
        if (memcmp(h->agreement, agreement.p, 16) == 0 && h->giver == (unsigned)giver &&
            h->taker == (unsigned)taker && h->epoch == epoch)
            return h;
    h = arena_alloc(s->arena, sizeof *h);
    memcpy(h->agreement, agreement.p, 16);
    h->giver = (unsigned)giver;
    h->taker = (unsigned)taker;
    h->epoch = epoch;
    h->next = s->node[n].head;
    s->node[n].head = h;
    return h;
}

static void root_of(struct sim *s, const struct record *r, uint8_t out[HASH_SIZE])
{
    size_t n;

    if (!hex_decode(text_of(r, "root"), out, HASH_SIZE, &n) || n != HASH_SIZE)
        violation(s, "a root is no digest");
}

static void follow_dispatch(struct sim *s, unsigned n, const struct record *r)
{
    struct mhead *h = head_at(s, n, r);
    uint64_t first = (uint64_t)int_of(r, "first");

    if (h == NULL)
        return;
    if (first != h->given)
        violation(s, "%s: a dispatch begins at %llu, the channel had %llu", s->node[n].name,
                  (unsigned long long)first, (unsigned long long)h->given);
    s->tally.epochs += h->epoch > 1 && first == 0;
    h->given = first + (uint64_t)int_of(r, "count");
    root_of(s, r, h->root);
    for (struct str left = text_of(r, "entries"); left.n >= GIVEN_SIZE;) {
        struct mgave *g = arena_alloc(s->arena, sizeof *g);
        *g = (struct mgave){.taker = h->taker, .next = s->node[n].gave};
        memcpy(g->id, left.p, 16);
        s->node[n].gave = g;
        left = str_n(left.p + GIVEN_SIZE, left.n - GIVEN_SIZE);
    }
}

static void follow_receipt(struct sim *s, unsigned n, const struct record *r)
{
    struct mhead *h = head_at(s, n, r);
    uint64_t size = (uint64_t)int_of(r, "size"), when;
    struct note note;

    if (h == NULL)
        return;
    if (!note_parse(text_of(r, "note"), &note) || !note_verify(&note, &s->node[h->giver].verifier) ||
        !note_cosigned(&note, &s->node[h->taker].verifier, &when))
        violation(s, "%s has a receipt that both have not signed", s->node[n].name);
    if (size < h->taken && n == h->taker)
        violation(s, "%s takes back a receipt: %llu after %llu", s->node[n].name, (unsigned long long)size,
                  (unsigned long long)h->taken);
    if (size >= h->taken) {
        h->taken = size;
        root_of(s, r, h->receipt_root);
    }
}

static bool clause_onward(const struct sim *s, int agreement, const struct wire_said *e)
{
    const struct magreement *g = &s->agreement[agreement < 0 ? 0 : agreement];

    return agreement >= 0 && e->version >= 1 && e->version <= (int64_t)g->versions && e->clause >= 1 &&
           e->clause <= (int64_t)g->version[e->version - 1].clauses &&
           g->version[e->version - 1].clause[e->clause - 1].onward;
}

static void follow_disclosure(struct sim *s, unsigned n, const struct record *r)
{
    struct mnode *node = &s->node[n];
    struct mgot *g = arena_alloc(s->arena, sizeof *g);
    struct wire_said e;
    int giver = node_named(s, text_of(r, "giver"));
    struct str agreement = text_of(r, "agreement");

    if (giver < 0 || agreement.n != 16 || !wire_entry_read(text_of(r, "wire"), &e) || !e.full) {
        violation(s, "%s has a disclosure that cannot be read", node->name);
        return;
    }
    *g = (struct mgot){.record = record_find(s, e.id),
                       .agreement = agreement_find(s, (const uint8_t *)agreement.p)};
    g->giver = (unsigned)giver;
    g->epoch = int_of(r, "epoch");
    g->number = int_of(r, "number");
    g->fields = e.fields;
    g->onward = clause_onward(s, g->agreement, &e);
    for (const struct mgot *o = node->got; o; o = o->next)
        if (o->agreement == g->agreement && o->giver == g->giver && o->epoch == g->epoch &&
            o->number == g->number)
            violation(s, "%s has number %lld of a channel twice", node->name, (long long)g->number);
    if (g->record >= 0 && e.clause != 0 && g->fields & ~s->record[g->record].allowed[n])
        violation(s, "%s took fields of record %d that no clause allowed", node->name, g->record);
    if (g->record >= 0)
        s->record[g->record].got[n] |= g->fields;
    s->tally.entries++;
    g->next = node->got;
    node->got = g;
}

static void follow_fork(struct sim *s, unsigned n, const struct record *r)
{
    int giver = node_named(s, text_of(r, "giver"));

    s->node[n].forks++;
    s->tally.forks++;
    if (!s->lied || giver != s->liar)
        violation(s, "%s found a fork of %s, who had not lied", s->node[n].name,
                  giver < 0 ? "nobody" : s->node[giver].name);
}

/* Nothing of another office's records stands here, in any field of any kind, that no clause let out. */
static void follow_tokens(struct sim *s, unsigned n, struct str bytes)
{
    int record, field;

    while (!broken(s) && token_next(s, &bytes, &record, &field)) {
        const struct mrecord *x = &s->record[record];
        if (x->owner != n && !(x->allowed[n] >> field & 1))
            violation(s, "%s holds %s of record %d without a clause", s->node[n].name,
                      x->kind->field[field].name, record);
    }
}

struct following {
    struct sim *sim;
    unsigned n;
};

static int follow(void *arg, const struct entry *x, struct err *e)
{
    struct following *f = arg;
    struct sim *s = f->sim;
    const char *kind = x->kind->name;
    int known;

    (void)e;
    s->node[f->n].seen = x->seq + 1;
    if (x->record == NULL)
        return 0;
    if (strcmp(kind, "act") == 0)
        follow_act(s, f->n, x->record);
    else if (strcmp(kind, "dispatch") == 0)
        follow_dispatch(s, f->n, x->record);
    else if (strcmp(kind, "receipt") == 0)
        follow_receipt(s, f->n, x->record);
    else if (strcmp(kind, "disclosure") == 0)
        follow_disclosure(s, f->n, x->record);
    else if (strcmp(kind, "erasure") == 0)
        s->tally.erased++;
    else if (strcmp(kind, "fork") == 0)
        follow_fork(s, f->n, x->record);
    if (strcmp(kind, "fork") != 0) /* its evidence is what should not have come */
        follow_tokens(s, f->n, x->values);
    duty_follow(s, f->n, x);
    known = record_find(s, x->id);
    if (known >= 0 && s->record[known].owner == f->n && s->record[known].fate == DOUBTFUL)
        s->record[known].fate = WRITTEN;
    return broken(s);
}

/* After a restart: what was acknowledged is there, and what was in doubt is decided. */
static void decide_fates(struct sim *s, unsigned n)
{
    struct mnode *node = &s->node[n];

    for (unsigned i = 0; i < s->records && !broken(s); i++) {
        struct mrecord *x = &s->record[i];
        struct entry found;
        struct err e = {0};
        if (x->owner != n || x->fate == GONE ||
            journal_get(node->ctx.journal, node->arena, x->id, &found, &e) == 0)
            continue;
        if (x->fate == WRITTEN && !node->fresh_restore)
            violation(s, "%s lost record %u, which it had acknowledged", node->name, i);
        x->fate = GONE;
    }
    node->fresh_restore = false;
}

void check_follow(struct sim *s, unsigned n)
{
    struct mnode *node = &s->node[n];
    struct following f = {s, n};
    struct err e = {0};

    if (!node->up || node_died(node) || broken(s))
        return;
    if (journal_walk(node->ctx.journal, node->seen, UINT64_MAX, follow, &f, &e) < 0)
        violation(s, "%s cannot be read: %s", node->name, e.text);
    if (node->started) {
        node->started = false;
        decide_fates(s, n);
    }
}

/* ---- the end ---- */

/* The fields of a record that a node has to give. */
static uint64_t has(const struct sim *s, unsigned n, unsigned record)
{
    uint64_t fields = 0;

    if (s->record[record].owner == n)
        return UINT64_MAX;
    for (const struct mgot *g = s->node[n].got; g; g = g->next)
        if (g->record == (int)record)
            fields |= g->fields;
    return fields;
}

/* The clause that a record travels under: most fields to show, of those that its giver has, then the lowest number. */
uint64_t best_mask(const struct sim *s, const struct magreement *g, const struct mversion *v,
                   unsigned giver, const struct mrecord *x)
{
    uint64_t best = 0, there = has(s, g->party[giver], (unsigned)(x - s->record));

    for (unsigned c = 0; c < v->clauses; c++) {
        uint64_t m = v->clause[c].giver == giver ? papers_mask(s, g, &v->clause[c], x) & there : 0;
        if (__builtin_popcountll(m) > __builtin_popcountll(best))
            best = m;
    }
    return best;
}

static void check_crossed(struct sim *s, unsigned agreement, unsigned giver)
{
    const struct magreement *g = &s->agreement[agreement];
    unsigned from = g->party[giver], to = g->party[!giver];
    const struct mversion *v = papers_in_force(s, from, agreement);

    for (unsigned i = 0; v && i < s->records && !broken(s); i++) {
        const struct mrecord *x = &s->record[i];
        uint64_t mask, got = 0;
        if (x->owner == to || x->fate != WRITTEN || record_taken_back(s, i) || record_superseded(s, i) ||
            x->about >= 0 || (mask = best_mask(s, g, v, giver, x)) == 0)
            continue;
        for (const struct mgot *o = s->node[to].got; o; o = o->next)
            if (o->record == (int)i && o->agreement == (int)agreement)
                got |= o->fields;
        if (mask & ~got)
            violation(s, "record %u (%s) of %s never reached %s under agreement %u", i, x->kind->name,
                      s->node[from].name, s->node[to].name, agreement);
    }
}

static const struct mhead *newest(const struct mnode *n, const uint8_t agreement[16], unsigned giver)
{
    const struct mhead *best = NULL;

    for (const struct mhead *h = n->head; h; h = h->next)
        if (memcmp(h->agreement, agreement, 16) == 0 && h->giver == giver &&
            (best == NULL || h->epoch > best->epoch))
            best = h;
    return best;
}

static void check_roots(struct sim *s, unsigned agreement, unsigned giver)
{
    const struct magreement *g = &s->agreement[agreement];
    unsigned from = g->party[giver], to = g->party[!giver];
    const struct mhead *a = newest(&s->node[from], g->id, from), *b = newest(&s->node[to], g->id, from);

    if (a == NULL && b == NULL)
        return;
    if (papers_in_force(s, from, agreement) == NULL || papers_in_force(s, to, agreement) == NULL)
        return;
    if (a == NULL || b == NULL || a->epoch != b->epoch || a->given != b->taken || a->taken != b->taken ||
        (b->taken && (memcmp(a->root, b->receipt_root, HASH_SIZE) != 0 ||
                      memcmp(a->receipt_root, b->receipt_root, HASH_SIZE) != 0)))
        violation(s,
                  "the channel %s to %s of agreement %u differs: epoch %lld, given %llu, receipt for %llu; "
                  "epoch %lld, taken %llu",
                  s->node[from].name, s->node[to].name, agreement, a ? (long long)a->epoch : 0,
                  a ? (unsigned long long)a->given : 0, a ? (unsigned long long)a->taken : 0,
                  b ? (long long)b->epoch : 0, b ? (unsigned long long)b->taken : 0);
}

static void check_papers(struct sim *s, unsigned agreement)
{
    const struct magreement *g = &s->agreement[agreement];

    for (unsigned i = 0; i < s->papers; i++)
        if (s->paper[i].agreement == agreement &&
            s->node[g->party[0]].signatures[i] != s->node[g->party[1]].signatures[i])
            violation(s, "paper %u of agreement %u: %s knows signatures %u, %s knows %u", i, agreement,
                      s->node[g->party[0]].name, s->node[g->party[0]].signatures[i],
                      s->node[g->party[1]].name, s->node[g->party[1]].signatures[i]);
}

/* A record that another office gave stands here once for each set of fields. */
static void check_twice(struct sim *s, unsigned n)
{
    for (const struct mgot *a = s->node[n].got; a && !broken(s); a = a->next)
        for (const struct mgot *b = a->next; b; b = b->next)
            if (a->record >= 0 && a->record == b->record && a->agreement == b->agreement &&
                a->fields == b->fields && a->epoch == b->epoch)
                violation(s, "%s was given record %d twice with the same fields", s->node[n].name,
                          a->record);
}

/* What the liar has to do with cannot be held to fit; that it was found out, can. */
bool with_liar(const struct sim *s, unsigned agreement)
{
    const struct magreement *g = &s->agreement[agreement];

    return s->lied && ((int)g->party[0] == s->liar || (int)g->party[1] == s->liar);
}

/* What was taken back, and every other place where it could stand. */
static void check_forgotten(struct sim *s, unsigned record, unsigned n)
{
    const struct mrecord *x = &s->record[record];
    char token[TOKEN + 1];

    for (unsigned f = 0; f < x->kind->fields && !broken(s); f++) {
        record_token(token, record, f);
        if (memory_holds(memory_of(s->node[n].dir), str_z(token)))
            violation(s, "the journal of %s still holds %s of record %u, which was taken back",
                      s->node[n].name, x->kind->field[f].name, record);
        else if (node_views_hold(s, n, str_z(token)))
            violation(s, "the views of %s still hold %s of record %u, which was taken back",
                      s->node[n].name, x->kind->field[f].name, record);
    }
}

/* The word that it was taken back came this way: from its owner, or through somebody who had passed it on and was told. */
static bool told(const struct sim *s, unsigned record, const struct mgot *g)
{
    if (g->giver == s->record[record].owner)
        return true;
    for (const struct mgot *o = s->node[g->giver].got; o; o = o->next)
        if (o->record >= 0 && s->record[o->record].about == (int)record &&
            s->record[o->record].kind == schema_kind(S("retraction")))
            return true;
    return false;
}

/* All of them are carried out. */
static void check_retracted(struct sim *s)
{
    for (unsigned i = 0; i < s->records && !broken(s); i++) {
        bool retracted = record_retracted(s, i) && s->record[i].fate == WRITTEN;
        for (unsigned n = 0; retracted && n < s->nodes; n++)
            for (const struct mgot *g = s->node[n].got; g && !broken(s); g = g->next)
                if (g->record == (int)i && g->agreement >= 0 && !with_liar(s, (unsigned)g->agreement) &&
                    told(s, i, g))
                    check_forgotten(s, i, n);
    }
}

static void check_node(struct sim *s, unsigned n)
{
    struct mnode *node = &s->node[n];
    struct ctx *c = node_ctx(node);
    struct verify_report v;

    if (journal_verify(c->journal, NULL, &v, c->err) < 0 || !v.good)
        violation(s, "the journal of %s does not verify: %s%s", node->name, node->err.text, v.what);
    check_twice(s, n);
    if (s->deep && !broken(s))
        node_rebuilds(s, n);
}

void check_end(struct sim *s)
{
    unsigned forks = 0;

    for (unsigned i = 0; i < s->agreements && !broken(s); i++) {
        if (with_liar(s, i))
            continue;
        check_papers(s, i);
        for (unsigned giver = 0; giver < 2 && !broken(s); giver++) {
            check_crossed(s, i, giver);
            check_roots(s, i, giver);
        }
    }
    for (unsigned i = 0; i < s->nodes && !broken(s); i++) {
        forks += s->node[i].forks;
        check_node(s, i);
    }
    check_retracted(s);
    duty_check(s);
    duty_check_end(s);
    if (s->exposed && forks == 0)
        violation(s, "%s showed two histories, and nobody noticed", s->node[s->liar].name);
}
