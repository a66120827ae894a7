/*
 * shares.c: `shares PEER`: all that this node holds, against what the agreements with one office let go: by kind, how
 * many records go, which of their fields stay behind, how many stay altogether and why, each with a record to ask
 * `explain` about; and what came from that office. It asks release_decide about every record of the journal, so it
 * takes as long as the journal is long: some 100,000 records a second.
 */
#include "release/internal.h"

#define WHYS (WHY_ERASED + 1)

struct pile {
    uint64_t n;
    uint64_t withheld; /* fields that some record of the pile has and does not show */
    uint8_t id[16];    /* the newest of them */
};

struct sorting {
    struct ctx *c;
    struct release **r; /* one an agreement */
    size_t n;
    struct pile (*pile)[WHYS]; /* one row a kind of schema_kinds */
};

static size_t kind_place(const struct kind *k)
{
    size_t i = 0;

    while (schema_kinds[i] != k)
        i++;
    return i;
}

/* What any of the agreements lets go; when none does, why the first does not. */
static int decide_all(struct sorting *s, const struct record *x, enum why *why, uint64_t *shown)
{
    *why = WHY_NO_AGREEMENT;
    *shown = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct decision d;

        if (release_decide(s->r[i], x, &d) < 0)
            return -1;
        if (i == 0 || d.why == WHY_RELEASED)
            *why = d.why;
        *shown |= d.fields;
    }
    if (*shown)
        *why = WHY_RELEASED;
    return 0;
}

static int sort(void *arg, const struct entry *x, struct err *e)
{
    struct sorting *s = arg;
    struct pile *p;
    uint64_t shown;
    enum why why;

    (void)e; /* it is c->err */
    if (!x->record || x->kind->local)
        return 0;
    if (decide_all(s, x->record, &why, &shown) < 0)
        return -1;
    p = &s->pile[kind_place(x->kind)][why];
    p->n++;
    memcpy(p->id, x->id, sizeof p->id);
    for (int i = 0; i < x->kind->fields && why == WHY_RELEASED; i++)
        if (record_has(x->record, i) && !(shown >> i & 1))
            p->withheld |= UINT64_C(1) << i;
    return 0;
}

static void say_pile(struct out *o, const struct kind *k, enum why why, const struct pile *p)
{
    char id[UUID_SIZE];

    uuid_format(p->id, id);
    out_open(o, NULL);
    out_z(o, "kind", k->name);
    out_int(o, "records", (int64_t)p->n);
    if (why != WHY_RELEASED)
        out_z(o, "because", tr(o->lang, why_text(why)));
    out_list(o, "fields_withheld");
    for (int i = 0; i < k->fields; i++)
        if (p->withheld >> i & 1)
            out_z(o, NULL, k->field[i].name);
    out_end(o);
    out_z(o, "such_as", id);
    out_close(o);
}

static void say_piles(const struct sorting *s, bool travels, struct out *o)
{
    out_list(o, travels ? "goes" : "stays");
    for (size_t k = 0; schema_kinds[k]; k++)
        for (int why = 0; why < WHYS; why++)
            if (s->pile[k][why].n && (why == WHY_RELEASED) == travels)
                say_pile(o, schema_kinds[k], (enum why)why, &s->pile[k][why]);
    out_end(o);
}

/* Records that stand, of that office's own journal. */
static int say_came(struct ctx *c, struct str peer, struct out *o)
{
    int rc = 0;

    out_list(o, "came");
    for (const struct kind *const *k = schema_kinds; rc >= 0 && *k; k++) {
        struct query *q;

        if ((*k)->local)
            continue;
        q = views_query(c->views,
                        arena_fmt(c->arena,
                                  "SELECT count(*) FROM \"v_%s\" WHERE h_origin = ?1 AND erased = 0 AND "
                                  "superseded IS NULL",
                                  (*k)->name)
                            .p,
                        c->err);
        rc = -1;
        if (q) {
            query_bind_text(q, 1, peer);
            rc = query_step(q, c->err);
            if (rc == 1 && query_int(q, 0)) {
                out_open(o, NULL);
                out_z(o, "kind", (*k)->name);
                out_int(o, "records", query_int(q, 0));
                out_close(o);
            }
        }
        query_done(q);
    }
    out_end(o);
    return rc < 0 ? -1 : 0;
}

static int open_all(struct sorting *s, struct str me, struct str peer)
{
    int64_t now = s->c->world->now(s->c->world->arg);
    uint8_t(*agreement)[16];
    size_t kinds = 0;

    if (release_between(s->c, me, peer, &agreement, &s->n) < 0)
        return -1;
    s->r = arena_alloc(s->c->arena, (s->n + 1) * sizeof *s->r);
    for (size_t i = 0; i < s->n; i++)
        if (!(s->r[i] = release_open(s->c, agreement[i], me, peer, now)))
            return -1;
    while (schema_kinds[kinds])
        kinds++;
    s->pile = arena_alloc(s->c->arena, kinds * sizeof *s->pile);
    memset(s->pile, 0, kinds * sizeof *s->pile);
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct str me = arena_copy(c->arena, node_office(c)), peer = arg(a, "peer");
    struct sorting s = {.c = c};
    int rc;

    if (views_hold(c->views, c->err) < 0)
        return -1;
    rc = open_all(&s, me, peer);
    if (rc == 0)
        rc = journal_walk(c->journal, 0, UINT64_MAX, sort, &s, c->err) < 0 ? -1 : 0;
    views_let_go(c->views);
    if (rc < 0)
        return -1;
    out_str(o, "peer", peer);
    out_int(o, "agreements", (int64_t)s.n);
    say_piles(&s, true, o);
    say_piles(&s, false, o);
    return say_came(c, peer, o);
}

static const struct param params[] = {
    {"peer", P_TEXT, .positional = true, .required = true, .help = N_("the other office, such as mx.anam")},
    {0},
};

const struct op release_shares = {
    .name = "shares",
    .summary = N_("what of this node goes to an office, what stays and why, and what came from it"),
    .help = N_("It goes through the whole journal as the agreements stand now, whether or not it went "
               "already; what tells of this node alone is left out. `puente explain` says more of any one "
               "record."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/shares/{peer}",
    .run = run,
    .example = "shares mx.anam",
};
