/*
 * explain.c: `explain RECORD PEER`: why it did or did not travel: agreement by agreement, clause by clause, field by
 * field; what went when, and whether the other side has acknowledged it. It says no value of the record.
 */
#include "release/internal.h"

struct explaining {
    struct ctx *c;
    struct out *o;
    struct entry x;
    struct str me, peer;
};

static void say_time(struct out *o, const char *key, int64_t us)
{
    char z[TIME_SIZE];

    time_format(us, z);
    out_z(o, key, z);
}

/* ---- what went ---- */

/* When the taker's receipt covered this number. */
static int say_receipt(struct explaining *e, const uint8_t agreement[16], int64_t epoch, int64_t number)
{
    struct query *q =
        views_query(e->c->views,
                    "SELECT h_recorded FROM v_receipt WHERE agreement = ?1 AND giver = ?2 AND taker = ?3 "
                    "AND epoch = ?4 AND \"size\" > ?5 AND erased = 0 ORDER BY seq LIMIT 1",
                    e->c->err);
    int rc = -1;

    if (q) {
        query_bind_blob(q, 1, str_n(agreement, 16));
        query_bind_text(q, 2, e->me);
        query_bind_text(q, 3, e->peer);
        query_bind_int(q, 4, epoch);
        query_bind_int(q, 5, number);
        rc = query_step(q, e->c->err);
        if (rc == 1)
            say_time(e->o, "acknowledged", query_int(q, 0));
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static void say_names(struct out *o, const char *key, const struct kind *k, uint64_t set)
{
    out_list(o, key);
    for (int i = 0; i < k->fields; i++)
        if (set >> i & 1)
            out_z(o, NULL, k->field[i].name);
    out_end(o);
}

static int say_sent(struct explaining *e, const uint8_t agreement[16])
{
    struct query *q = views_query(
        e->c->views,
        "SELECT d.epoch, d.first + g.place, g.fields, g.clause, g.version, v.h_recorded FROM release_given "
        "g JOIN "
        "release_dispatch d ON d.seq = g.dispatch JOIN v_dispatch v ON v.seq = d.seq WHERE g.id = ?1 AND "
        "g.lost = 0 AND d.agreement = ?2 AND d.giver = ?3 AND d.taker = ?4 ORDER BY d.seq, g.place",
        e->c->err);
    int rc = -1, n = 0;

    if (q) {
        query_bind_blob(q, 1, str_n(e->x.id, 16));
        query_bind_blob(q, 2, str_n(agreement, 16));
        query_bind_text(q, 3, e->me);
        query_bind_text(q, 4, e->peer);
        while ((rc = query_step(q, e->c->err)) == 1) {
            if (n++ == 0)
                out_list(e->o, "sent");
            out_open(e->o, NULL);
            say_time(e->o, "when", query_int(q, 5));
            out_int(e->o, "epoch", query_int(q, 0));
            out_int(e->o, "entry", query_int(q, 1));
            out_int(e->o, "clause", query_int(q, 3));
            out_int(e->o, "version", query_int(q, 4));
            say_names(e->o, "fields", e->x.kind, (uint64_t)query_int(q, 2));
            rc = say_receipt(e, agreement, query_int(q, 0), query_int(q, 1));
            out_close(e->o);
            if (rc < 0)
                break;
        }
    }
    query_done(q);
    if (n)
        out_end(e->o);
    return rc < 0 ? -1 : 0;
}

/* ---- why ---- */

static void say_clauses(struct explaining *e, const struct program *p, const struct decision *d)
{
    struct sides s = {.giver = e->me, .taker = e->peer};

    out_list(e->o, "clauses");
    for (size_t i = 0; i < p->clauses; i++) {
        const struct clause *x = &p->clause[i];
        enum why why;

        if (x->kind != e->x.kind || (x->number && !str_eq(x->giver, e->me)))
            continue;
        why = decide_clause(x, &s, e->x.record);
        out_open(e->o, NULL);
        out_int(e->o, "clause", x->number);
        out_bool(e->o, "applies", why == WHY_RELEASED);
        if (why != WHY_RELEASED)
            out_z(e->o, "because", tr(e->o->lang, why_text(why)));
        else if (d->clause != x)
            out_z(e->o, "because",
                  tr(e->o->lang, d->clause ? N_("another clause shows more fields") : why_text(d->why)));
        if (why == WHY_CONDITION)
            out_str(e->o, "when", x->when_text);
        out_close(e->o);
    }
    out_end(e->o);
}

static void say_fields(struct explaining *e, const struct decision *d)
{
    out_list(e->o, "fields");
    for (int i = 0; i < e->x.kind->fields; i++) {
        if (d->field[i] == WHY_ABSENT)
            continue;
        out_open(e->o, NULL);
        out_z(e->o, "field", e->x.kind->field[i].name);
        out_bool(e->o, "travels", d->field[i] == WHY_RELEASED);
        if (d->field[i] != WHY_RELEASED)
            out_z(e->o, "because", tr(e->o->lang, why_text(d->field[i])));
        out_close(e->o);
    }
    out_end(e->o);
}

/* What went before it was corrected or erased stays told. */
static int say_agreement(struct explaining *e, const uint8_t id[16], bool *travels)
{
    struct release *r = release_open(e->c, id, e->me, e->peer, e->c->world->now(e->c->world->arg));
    const struct program *p;
    struct decision d = {.why = WHY_ERASED};
    char z[UUID_SIZE];

    if (!r || (e->x.record && release_decide(r, e->x.record, &d) < 0))
        return -1;
    uuid_format(id, z);
    p = release_program(r);
    out_open(e->o, NULL);
    out_z(e->o, "id", z);
    if (p) {
        out_str(e->o, "title", e->o->lang == LANG_ES ? p->title_es : p->title_en);
        out_int(e->o, "version", p->version);
    }
    out_z(e->o, "standing", tr(e->o->lang, standing_text(release_standing(r))));
    out_bool(e->o, "travels", d.why == WHY_RELEASED);
    out_z(e->o, "because", tr(e->o->lang, why_text(d.why)));
    if (d.clause) {
        out_int(e->o, "clause", d.clause->number);
        out_str(e->o, "meaning", e->o->lang == LANG_ES ? d.clause->es : d.clause->en);
    }
    if (p && e->x.record) {
        say_clauses(e, p, &d);
        say_fields(e, &d);
    }
    *travels = *travels || d.why == WHY_RELEASED;
    if (say_sent(e, id) < 0)
        return -1;
    out_close(e->o);
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct explaining e = {.c = c, .o = o, .peer = arg(a, "peer")};
    uint8_t id[16], (*agreement)[16];
    bool travels = false;
    size_t n;

    if (!uuid_parse(arg(a, "id"), id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a record"), STR_ARG(arg(a, "id")));
    e.me = arena_copy(c->arena, node_office(c));
    if (journal_get(c->journal, c->arena, id, &e.x, c->err) < 0 ||
        release_between(c, e.me, e.peer, &agreement, &n) < 0)
        return -1;
    out_z(o, "kind", e.x.kind->name);
    out_str(o, "peer", e.peer);
    out_list(o, "agreements");
    for (size_t i = 0; i < n; i++)
        if (say_agreement(&e, agreement[i], &travels) < 0)
            return -1;
    out_end(o);
    out_bool(o, "travels", travels);
    if (n == 0)
        out_z(o, "because", tr(o->lang, why_text(e.x.kind->local ? WHY_LOCAL : WHY_NO_AGREEMENT)));
    return 0;
}

static const struct param params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the record's id")},
    {"peer", P_TEXT, .positional = true, .required = true, .help = N_("the other office, such as mx.anam")},
    {0},
};

const struct op release_explain = {
    .name = "explain",
    .summary = N_("why a record does or does not go to an office"),
    .help = N_(
        "For each agreement with that office: whether it is in force, what each clause on such records "
        "says of "
        "this one, which fields go and why the others stay, when it went and when the other side "
        "acknowledged "
        "it. A clause whose condition asks for a field that the record does not have is not true of it."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/record/{id}/explain/{peer}",
    .run = run,
    .example = "explain 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a mx.anam",
};
