/*
 * papers.c: agreements as the simulator knows them: it writes their texts from its own tables, and it judges by
 * those tables what an office may see. That both come from one place is the point: the text is what the
 * implementation reads, the table what a lawyer would say that it means.
 */
#include <assert.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

#define TEXT_LIMIT ((size_t)1 << 16)

int agreement_find(const struct sim *s, const uint8_t id[16])
{
    for (unsigned i = 0; i < s->agreements; i++)
        if (memcmp(s->agreement[i].id, id, 16) == 0)
            return (int)i;
    return -1;
}

int paper_find(const struct sim *s, const uint8_t digest[HASH_SIZE])
{
    for (unsigned i = 0; i < s->papers; i++)
        if (memcmp(s->paper[i].digest, digest, HASH_SIZE) == 0)
            return (int)i;
    return -1;
}

static void put_date(struct buf *b, const char *word, int64_t us, const char *indent)
{
    int y, m, d;

    date_of(us / DAY, &y, &m, &d);
    buf_fmt(b, "%s%s %04d-%02d-%02d\n", indent, word, y, m, d);
}

/* ---- what it means ---- */

static bool holds(enum when w, const struct mrecord *x)
{
    bool road = str_eq(x->mode, S("road")), south = str_eq(x->direction, S("south"));

    switch (w) {
    case W_ALWAYS:
    case WHENS:
        return true;
    case W_ROAD:
        return road;
    case W_SOUTH:
        return south;
    case W_ROAD_SOUTH:
        return road && south;
    }
    return false;
}

/* A consent of which not enough was shown to act upon is none. */
static bool says_all(const struct mrecord *consent, unsigned giver)
{
    static const char *const needed[] = {"about", "giver", "office", "decision", "passed_to"};

    for (size_t i = 0; i < COUNT(needed); i++)
        if (!(consent->got[giver] >> schema_field(consent->kind, str_z(needed[i])) & 1))
            return false;
    return true;
}

/* It is the giver's own; or it came under a clause that lets it be passed on, and its owner's word that it may go to
 * the taker has arrived, and no later word against it. */
static bool consented(const struct sim *s, const struct magreement *g, const struct mclause *c,
                      const struct mrecord *x)
{
    unsigned giver = g->party[c->giver], taker = g->party[!c->giver];
    int record = (int)(x - s->record);
    bool onward = false, granted = false;

    if (x->owner == giver)
        return true;
    for (const struct mgot *m = s->node[giver].got; m; m = m->next)
        onward |= m->record == record && m->onward;
    for (unsigned i = 0; i < s->records; i++) {
        const struct mrecord *y = &s->record[i];
        if (y->about == record && y->addressee == (int)giver && y->third == taker &&
            y->kind == schema_kind(S("consent")) && says_all(y, giver))
            granted |= y->granted;
    }
    return onward && granted;
}

uint64_t papers_mask(const struct sim *s, const struct magreement *g, const struct mclause *c,
                     const struct mrecord *x)
{
    uint64_t fields = c->fields & x->have;

    if (c->kind != x->kind || !holds(c->when, x) || x->handling > c->handling || x->recorded < c->since ||
        !consented(s, g, c, x))
        return 0;
    if (x->addressee >= 0 && (unsigned)x->addressee != g->party[!c->giver])
        return 0;
    if (g->aggregates && (!x->kind->aggregate || (x->counted && x->value < 11)))
        return 0;
    if (x->life)
        fields &= ~schema_class_mask(x->kind, C_PERSONAL);
    return fields;
}

/* This node knows that the party has signed. */
static bool knows(const struct sim *s, unsigned n, unsigned paper, unsigned party)
{
    return s->node[n].signatures[paper] >> party & 1;
}

/* A side's suspensions and resumptions: the latest, as it says itself, counts; they are dated in the order in which
 * they were written, whatever its clock said. */
static bool suspended(const struct sim *s, unsigned n, unsigned agreement, unsigned party)
{
    bool yes = false;

    for (unsigned i = 0; i < s->papers; i++) {
        const struct mpaper *p = &s->paper[i];
        if (p->agreement == agreement && p->by == s->agreement[agreement].party[party] &&
            (p->form == F_SUSPENSION || p->form == F_RESUMPTION) && knows(s, n, i, party))
            yes = p->form == F_SUSPENSION;
    }
    return yes;
}

const struct mversion *papers_in_force(const struct sim *s, unsigned n, unsigned agreement)
{
    const struct magreement *g = &s->agreement[agreement];
    const struct mversion *v = NULL;
    int64_t now = s->time + s->node[n].skew;

    for (unsigned i = 0; i < g->versions; i++) {
        unsigned paper = (unsigned)g->version[i].paper;
        if (now >= g->version[i].from && knows(s, n, paper, 0) && knows(s, n, paper, 1))
            v = &g->version[i];
    }
    if (v == NULL || now >= v->until || suspended(s, n, agreement, 0) || suspended(s, n, agreement, 1))
        return NULL;
    for (unsigned i = 0; i < s->papers; i++)
        if (s->paper[i].agreement == agreement && s->paper[i].form == F_THE_END &&
            (knows(s, n, i, 0) || knows(s, n, i, 1)))
            return NULL;
    return v;
}

/* ---- what it says ---- */

static const char *const shared_kinds[] = {"trip",    "consignment", "alert",   "awareness", "observation",
                                           "request", "wait",        "consent", "answer"};

static void draw_clause(struct mclause *c, const struct kind *k, struct rng *r)
{
    c->kind = k;
    c->giver = (unsigned)rng_of(r, 2);
    c->when = str_eq(str_z(k->name), S("trip")) ? (enum when)rng_of(r, 2 * WHENS) : W_ALWAYS;
    if (c->when > WHENS)
        c->when = W_ALWAYS;
    c->handling = rng_hit(r, 70) ? 3 : (unsigned)rng_of(r, 4);
    c->onward = rng_hit(r, 30);
    c->since = INT64_MIN;
    c->fields = 0;
    for (unsigned f = 0; f < k->fields; f++)
        if (k->field[f].class != C_SEALED && rng_hit(r, 70))
            c->fields |= UINT64_C(1) << f;
    if (c->fields == 0)
        c->fields = 1;
}

static const struct kind *draw_kind(const struct magreement *g, struct rng *r)
{
    return schema_kind(g->aggregates ? S("observation")
                                     : str_z(shared_kinds[rng_of(r, COUNT(shared_kinds))]));
}

/* One side may ask, and the other answer: each may have any clause, but few agreements would have both. */
static void draw_questions(struct mclause *request, struct mclause *answer, struct rng *r)
{
    draw_clause(request, schema_kind(S("request")), r);
    draw_clause(answer, schema_kind(S("answer")), r);
    answer->giver = !request->giver;
    if (rng_hit(r, 80)) {
        request->fields |= UINT64_C(1) << schema_field(request->kind, S("peer"));
        answer->fields |= UINT64_C(1) << schema_field(answer->kind, S("request")) |
                          UINT64_C(1) << schema_field(answer->kind, S("outcome"));
    }
}

static void draw_version(struct sim *s, struct magreement *g, struct rng *r)
{
    struct mversion *v = &g->version[g->versions];
    const struct mversion *old = g->versions ? v - 1 : NULL;
    int64_t today = s->time / DAY * DAY;

    memset(v, 0, sizeof *v);
    v->from = old ? old->from : today - DAY + (rng_hit(r, 20) ? 4 * DAY : 0);
    v->until = rng_hit(r, 25) ? today + (int64_t)(5 + rng_of(r, 60)) * DAY : today + 4000 * DAY;
    v->clauses = rng_hit(r, 10) ? 1 : CLAUSES / 2 + (unsigned)rng_of(r, CLAUSES / 2 + 1);
    for (unsigned i = 0; i < v->clauses; i++) {
        if (old && i < old->clauses && rng_hit(r, 60))
            v->clause[i] = old->clause[i];
        else
            draw_clause(&v->clause[i], draw_kind(g, r), r);
    }
    if (!old && !g->aggregates && v->clauses > 1 && rng_hit(r, 60))
        draw_questions(&v->clause[0], &v->clause[1], r);
    for (unsigned i = 0; i < v->clauses; i++)
        v->clause[i].number = i + 1;
}

static void put_clause(const struct sim *s, const struct magreement *g, const struct mclause *c,
                       struct buf *b)
{
    static const char *const when[] = {NULL, "mode = road", "direction = south",
                                       "mode = road and direction = south"};

    buf_fmt(b, "\nclause %u\n  giver %s\n  taker %s\n  kind %s\n  fields", c->number,
            s->node[g->party[c->giver]].name, s->node[g->party[!c->giver]].name, c->kind->name);
    for (unsigned f = 0; f < c->kind->fields; f++)
        if (c->fields >> f & 1)
            buf_fmt(b, " %s", c->kind->field[f].name);
    if (c->when < WHENS && when[c->when])
        buf_fmt(b, "\n  when %s", when[c->when]);
    buf_fmt(b, "\n  purpose customs-control\n  handling H%u\n  keep 3650\n  onward %s\n", c->handling,
            c->onward ? "consent" : "no");
    if (c->since != INT64_MIN)
        put_date(b, "since", c->since, "  ");
    buf_z(b, "  en What the clause says.\n  es Lo que dice la cláusula.\n");
}

static void put_text(const struct sim *s, const struct magreement *g, struct buf *b)
{
    const struct mversion *v = &g->version[g->versions];

    buf_fmt(b, "puente agreement v1\nid %s\nversion %u\n", g->uuid, g->versions + 1);
    if (g->versions) {
        struct str hex = hex_encode(s->arena, str_n(s->paper[v[-1].paper].digest, HASH_SIZE));
        buf_fmt(b, "amends %.*s\n", STR_ARG(hex));
    }
    buf_z(b, "title en An agreement of the simulator\ntitle es Un acuerdo del simulador\n");
    for (unsigned i = 0; i < 2; i++)
        buf_fmt(b, "party %s %s\n", s->node[g->party[i]].name, s->node[g->party[i]].key);
    buf_fmt(b, "scope %s\nbasis Simulation, article %u\n", g->aggregates ? "aggregates" : "full",
            s->papers + 1);
    put_date(b, "from", v->from, "");
    put_date(b, "until", v->until - DAY, "");
    buf_z(b, "duty retraction\n");
    for (unsigned i = 0; i < v->clauses; i++)
        put_clause(s, g, &v->clause[i], b);
}

/* ---- peers, papers on their way in ---- */

/* A paper enters a journal as whoever signs it would bring it. */
static void bring(struct sim *s, unsigned n, struct str note)
{
    struct mnode *node = &s->node[n];
    struct record *act = NULL;
    bool known = false;

    if (paper_check(&node->ctx, note, str_z(node->name), &act, &known) < 0) {
        if (!node_died(node))
            violation(s, "%s refuses a paper of its own: %s", node->name, node->err.text);
        return;
    }
    if (act)
        node_write(s, n, &act, 1);
}

static void sign_text(struct sim *s, unsigned n, struct str text)
{
    struct ctx *c = node_ctx(&s->node[n]);
    struct buf note;

    buf_init(&note, TEXT_LIMIT);
    journal_sign(c->journal, text, &note);
    bring(s, n, buf_view(&note));
    buf_free(&note);
}

static unsigned paper_add(struct sim *s, enum form form, unsigned agreement, unsigned by, struct str text)
{
    struct mpaper *p = &s->paper[s->papers];

    *p = (struct mpaper){.form = form, .agreement = agreement, .by = by};
    p->text = arena_copy(s->arena, text);
    sha256_one(p->digest, text);
    return s->papers++;
}

/* An agreement of a and b that a can amend: all earlier versions are known to a; or a new one. -1: none. */
static int proposable(struct sim *s, unsigned a, unsigned b, struct rng *r)
{
    struct magreement *g;
    bool amend = rng_hit(r, 50);

    for (unsigned i = 0; i < s->agreements && amend; i++) {
        g = &s->agreement[i];
        if ((g->party[0] != a || g->party[1] != b) && (g->party[0] != b || g->party[1] != a))
            continue;
        if (g->versions < VERSIONS && s->node[a].signatures[g->version[g->versions - 1].paper] == 3)
            return (int)i;
    }
    if (s->agreements == AGREEMENTS)
        return -1;
    g = &s->agreement[s->agreements];
    *g = (struct magreement){.party = {a, b}};
    g->aggregates = b == 2 ? rng_hit(r, 70) : rng_hit(r, 10);
    uuid_v7(&s->node[a].world, g->id);
    uuid_format(g->id, g->uuid);
    return (int)s->agreements++;
}

void papers_propose(struct sim *s, unsigned a, unsigned b, struct rng *r)
{
    struct magreement *g;
    struct buf text;
    int i = s->papers < PAPERS ? proposable(s, a, b, r) : -1;

    if (i < 0)
        return;
    g = &s->agreement[i];
    draw_version(s, g, r);
    buf_init(&text, TEXT_LIMIT);
    put_text(s, g, &text);
    g->version[g->versions].paper = (int)paper_add(s, F_TEXT, (unsigned)i, a, buf_view(&text));
    g->versions++;
    say(s, "      %s proposes version %u of agreement %d", s->node[a].name, g->versions, i);
    sign_text(s, a, buf_view(&text));
    buf_free(&text);
}

void papers_sign(struct sim *s, unsigned n)
{
    for (unsigned i = 0; i < s->papers && !node_died(&s->node[n]); i++) {
        const struct magreement *g = &s->agreement[s->paper[i].agreement];
        uint8_t mine = g->party[0] == n ? 1 : g->party[1] == n ? 2 : 0, have = s->node[n].signatures[i];

        if (s->paper[i].form == F_TEXT && mine && have && !(have & mine)) {
            say(s, "      %s signs paper %u", s->node[n].name, i);
            sign_text(s, n, s->paper[i].text);
            check_follow(s, n);
        }
    }
}

/* ---- suspending, resuming, ending ---- */

void papers_stop(struct sim *s, unsigned n, enum form form, struct rng *r)
{
    static const char *const word[] = {NULL, "suspension", "resumption", "end"};
    unsigned at = s->agreements ? (unsigned)rng_of(r, s->agreements) : 0;
    const struct magreement *g = NULL;
    char time[TIME_SIZE];
    struct buf text;
    int64_t now;

    for (unsigned i = 0; i < s->agreements && g == NULL; i++, at++) {
        const struct magreement *x = &s->agreement[at % s->agreements];
        if ((x->party[0] == n || x->party[1] == n) && s->node[n].signatures[x->version[0].paper] == 3)
            g = x;
    }
    if (g == NULL || s->papers == PAPERS)
        return;
    now = s->node[n].world.now(&s->node[n]);
    now = s->node[n].last_paper = now > s->node[n].last_paper ? now : s->node[n].last_paper + 1;
    time_format(now, time);
    buf_init(&text, TEXT_LIMIT);
    buf_fmt(&text, "puente %s v1\nagreement %s\nby %s\nat %s\nreason The simulator wants it.\n", word[form],
            g->uuid, s->node[n].name, time);
    paper_add(s, form, (unsigned)(g - s->agreement), n, buf_view(&text));
    say(s, "      %s writes paper %u: %s of agreement %d", s->node[n].name, s->papers - 1, word[form],
        (int)(g - s->agreement));
    sign_text(s, n, buf_view(&text));
    buf_free(&text);
}

/* ---- who has met whom ---- */

static const char *box_of(struct sim *s, const struct mnode *n)
{
    return arena_z(s->arena, hex_encode(s->arena, str_n(node_box_public(n->self), 32)));
}

/* Whoever compared the cards typed this in. */
static struct record *peer_of(struct sim *s, unsigned n, const struct mnode *other)
{
    struct record *r = record_new(s->arena, schema_kind(S("peer")));
    struct faults ignored = {0};
    const struct kind *k = r->kind;

    for (unsigned f = 0; f < k->fields; f++) {
        const struct field *d = &k->field[f];
        const char *value = strcmp(d->name, "office") == 0         ? other->name
                            : strcmp(d->name, "country") == 0      ? other->country
                            : strcmp(d->name, "key") == 0          ? other->key
                            : strcmp(d->name, "confirmed_by") == 0 ? s->node[n].name
                            : strcmp(d->name, "box_key") == 0      ? box_of(s, other)
                            : d->shape == SHAPE_SHA256
                                ? "00000000000000000000000000000000000000000000000000"
                                  "00000000000000"
                            : d->type == T_BYTES ? "AAAA"
                            : d->type == T_TEXT  ? "-"
                                                 : NULL;
        if (value && d->flags & F_REQUIRED)
            schema_set(s->arena, r, (int)f, str_z(value), (struct place){0}, &ignored);
    }
    r->head.author = str_z(s->node[n].name);
    return r;
}

void papers_peers(struct sim *s, unsigned n)
{
    for (unsigned i = 0; i < s->nodes; i++) {
        struct record *r;
        if (i == n)
            continue;
        r = peer_of(s, n, &s->node[i]);
        node_write(s, n, &r, 1);
    }
}
