/*
 * react.c: what is worth a look. Whatever comes — an item, a notice, a party of a consignment, a correction, an erasure —
 * the arrivals that it touches are judged anew by what the views know now, so that the order in which
 * things come does not matter: hits that no longer hold are withdrawn, those that hold and are not there are made.
 */
#include "precursors/internal.h"

/* How strongly the goods are what the table lists, in hundredths of a bit: one in how many consignments is found so by chance. */
static const int bits_by[] = {
    [SUBSTANCE_BY_CAS] = 2400,  /* a number of its own with a check digit */
    [SUBSTANCE_BY_NAME] = 1800, /* a chemical's name in running text */
    [SUBSTANCE_BY_HS] = 1000,   /* a tariff code, often chosen wrongly */
};

enum cause { CAUSE_UNANNOUNCED, CAUSE_OBJECTED, CAUSE_EXCESS, CAUSES };

static const char *const basis_of[CAUSES] = {"substance", "notice", "quantity"};

struct verdict {
    bool holds[CAUSES];
    const struct notice *notice;
    int64_t arrived; /* grams under the notice, with this one */
};

/* ---- judging ---- */

static int judge(struct ctx *c, const struct arrival *a, struct verdict *v)
{
    struct notices all;
    struct balance b;

    *v = (struct verdict){0};
    if (notices_of(c, a->substance, &all) < 0 || notice_for(c, a, &all, &v->notice) < 0)
        return -1;
    if (!v->notice) {
        v->holds[CAUSE_UNANNOUNCED] = substance_table_on(a->substance, a->day) == 1;
        return 0;
    }
    v->holds[CAUSE_OBJECTED] = str_eq(v->notice->reply, S("objection"));
    if (a->weight < 0)
        return 0;
    if (balance_of(c, v->notice, a, &b) < 0)
        return -1;
    v->arrived = b.weight;
    v->holds[CAUSE_EXCESS] = balance_exceeds(v->notice, b.weight);
    return 0;
}

/* ---- hits ---- */

static void put(struct ctx *c, struct record *r, const char *field, struct str s)
{
    if (s.n)
        record_text(r, schema_field(r->kind, str_z(field)), arena_copy(c->arena, s));
}

static struct record *own_hit(struct ctx *c)
{
    struct record *r = record_new(c->arena, schema_kind(S("hit")));

    r->head.author = node_office(c);
    r->head.handling = S("H0");
    r->head.exercise = journal_who(c->journal)->exercise;
    return r;
}

/* What the sentence is made of when somebody reads it (because.c); no language in it. */
static struct str facts(struct ctx *c, const struct arrival *a, const struct verdict *v, enum cause cause)
{
    struct str s =
        arena_fmt(c->arena, "rules=" PRECURSORS_ENGINE ";subject_kind=item;cas=%.*s;table=%d",
                  STR_ARG(substance_key(a->substance)), substance_table_on(a->substance, a->day));

    if (cause == CAUSE_UNANNOUNCED)
        return s;
    return arena_fmt(c->arena, "%.*s;notice=%.*s;notified=%lld;arrived=%lld", STR_ARG(s),
                     STR_ARG(v->notice->number), (long long)v->notice->weight, (long long)v->arrived);
}

/* How often a hit of this cause on the item was withdrawn: what holds again is a new hit, with a key of its own. */
static int64_t withdrawn(struct ctx *c, struct str id, enum cause cause)
{
    struct query *q = views_query(c->views,
                                  "SELECT count(*) FROM v_hit WHERE subject = ?1 AND basis = ?2 AND "
                                  "status = 'withdrawn'",
                                  c->err);
    int64_t n = -1;

    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    query_bind_text(q, 2, str_z(basis_of[cause]));
    if (query_step(q, c->err) == 1)
        n = query_int(q, 0);
    query_done(q);
    return n;
}

static int follow(struct ctx *c, const struct arrival *a, const struct verdict *v, enum cause cause)
{
    struct record *r = own_hit(c);
    struct str because = facts(c, a, v, cause);
    int64_t times = withdrawn(c, a->id, cause);
    char id[UUID_SIZE];

    if (times < 0)
        return -1;
    uuid_format((const uint8_t *)a->id.p, id);
    put(c, r, "subject", a->id);
    put(c, r, "field", a->field);
    put(c, r, "basis", str_z(basis_of[cause]));
    put(c, r, "matched", str_z(a->substance->name));
    put(c, r, "declared_value", a->written);
    put(c, r, "explanation", because);
    put(c, r, "status", S("open"));
    put(c, r, "engine", S(PRECURSORS_ENGINE));
    record_int(r, schema_field(r->kind, S("bits")), bits_by[a->by]);
    if (v->notice)
        put(c, r, "notice", v->notice->id);
    node_follow(c,
                arena_fmt(c->arena, "precursor/1\n%s\n%s\n%lld\n%.*s", basis_of[cause], id,
                          (long long)times, STR_ARG(because)),
                r);
    return 0;
}

/* ---- hits that stand ---- */

struct standing {
    struct record *hit;
    struct standing *next;
};

static int standing_of(struct ctx *c, const char *sql, struct str id, struct standing **out)
{
    const struct kind *k = schema_kind(S("hit"));
    struct query *q = views_query(c->views, sql, c->err);
    struct views_mark mark;
    int row;

    *out = NULL;
    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    while ((row = query_step(q, c->err)) == 1) {
        struct standing *s = *out = arena_alloc(c->arena, sizeof *s);
        s->hit = views_row(c->arena, q, k, &mark);
        s->next = NULL;
        out = &s->next;
    }
    query_done(q);
    return row;
}

#define STANDING                                                                                           \
    "SELECT * FROM v_hit WHERE superseded IS NULL AND erased = 0 AND status = 'open' AND engine = "        \
    "'" PRECURSORS_ENGINE "' AND "

static struct str get(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

static void withdraw(struct ctx *c, const struct record *hit)
{
    struct record *r = own_hit(c);
    char id[UUID_SIZE];

    for (int i = 0; i < hit->kind->fields; i++)
        if (record_has(hit, i))
            r->v[i] = hit->v[i];
    r->have = hit->have;
    put(c, r, "status", S("withdrawn"));
    memcpy(r->head.replaces, hit->head.id, sizeof r->head.replaces);
    uuid_format(hit->head.id, id);
    node_follow(c, arena_fmt(c->arena, "precursor withdrawn/1\n%s", id), r);
}

static bool same_facts(const struct record *hit, struct str now)
{
    return str_eq(get(hit, "explanation"), now);
}

/* What holds and stands stays; the rest goes, or comes. */
static int settle(struct ctx *c, const struct arrival *a)
{
    struct standing *had;
    struct verdict v;

    if (judge(c, a, &v) < 0 || standing_of(c, STANDING "subject = ?1", a->id, &had) < 0)
        return -1;
    for (enum cause cause = 0; cause < CAUSES; cause++) {
        bool there = false;
        for (const struct standing *s = had; s; s = s->next) {
            if (!str_eq(get(s->hit, "basis"), str_z(basis_of[cause])))
                continue;
            if (v.holds[cause] && !there && same_facts(s->hit, facts(c, a, &v, cause)))
                there = true;
            else
                withdraw(c, s->hit);
        }
        if (v.holds[cause] && !there && follow(c, a, &v, cause) < 0)
            return -1;
    }
    return 0;
}

static int settle_all(struct ctx *c, const struct arrivals *items)
{
    for (size_t i = 0; i < items->n; i++)
        if (settle(c, &items->list[i]) < 0)
            return -1;
    return 0;
}

/* ---- what came ---- */

static int settle_substance(struct ctx *c, const struct substance *s)
{
    struct arrivals items;

    return arrivals_of(c, s, &items) < 0 ? -1 : settle_all(c, &items);
}

/* An item that is gone or was replaced: its hits are withdrawn; more of its notice is left for the others. */
static int item_gone(struct ctx *c, struct str id)
{
    struct standing *had;

    if (standing_of(c, STANDING "subject = ?1", id, &had) < 0)
        return -1;
    for (; had; had = had->next) {
        const struct substance *s = substance_keyed(because_fact(had->hit, "cas"));
        withdraw(c, had->hit);
        if (s && settle_substance(c, s) < 0)
            return -1;
    }
    return 0;
}

/* What is gone may have been of any substance: its values are gone too. That is rare. */
static int settle_all_substances(struct ctx *c)
{
    for (size_t i = 0; i < substances_count; i++)
        if (settle_substance(c, &substances[i]) < 0)
            return -1;
    return 0;
}

static int was(struct ctx *c, const char *sql, struct str id)
{
    struct query *q = views_query(c->views, sql, c->err);
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    row = query_step(q, c->err);
    query_done(q);
    return row;
}

static int gone(struct ctx *c, struct str id)
{
    int notice = was(c, "SELECT 1 FROM v_notice WHERE id = ?1", id);

    return notice < 0 ? -1 : notice ? settle_all_substances(c) : item_gone(c, id);
}

/* An erased item that was no hit itself may have been what made others too many. */
static int erased(struct ctx *c, struct str id)
{
    int item = was(c, "SELECT 1 FROM v_item WHERE id = ?1", id);

    if (item < 0 || gone(c, id) < 0)
        return -1;
    return item && was(c, "SELECT 1 FROM pre_notice WHERE id IS NOT ?1 LIMIT 1", id)
               ? settle_all_substances(c)
               : 0;
}

static int item_came(struct ctx *c, const struct entry *x)
{
    struct substance_found found;
    struct arrivals one;
    struct verdict v;

    if (!item_is_substance(c->arena, x->record, &found))
        return 0; /* nearly always, and known without asking the views */
    if (arrival_by_id(c, str_n(x->id, 16), &one) < 0)
        return -1;
    if (one.n == 0)
        return 0;
    if (judge(c, one.list, &v) < 0)
        return -1;
    return v.notice ? settle_substance(c, one.list->substance) : settle(c, one.list);
}

static int notice_came(struct ctx *c, const struct entry *x)
{
    struct notices one;

    if (notice_by_id(c, str_n(x->id, 16), &one) < 0)
        return -1;
    return one.n ? settle_substance(c, one.list->substance) : 0;
}

static int party_came(struct ctx *c, struct str parent)
{
    struct arrivals items;

    if (parent.n != 16)
        return 0;
    return arrivals_in(c, parent, &items) < 0 ? -1 : settle_all(c, &items);
}

int precursors_react(struct ctx *c, const struct entry *x)
{
    static const uint8_t none[16];
    const char *kind = x->kind->name;
    bool item = strcmp(kind, "item") == 0, notice = strcmp(kind, "notice") == 0;

    if (!x->record)
        return 0;
    if (strcmp(kind, "erasure") == 0) {
        struct str about = get(x->record, "about");
        return about.n == 16 ? erased(c, about) : 0;
    }
    if (strcmp(kind, "party") == 0)
        return party_came(c, get(x->record, "parent"));
    if (!item && !notice)
        return 0;
    if (memcmp(x->record->head.replaces, none, sizeof none) != 0 &&
        gone(c, str_n(x->record->head.replaces, sizeof none)) < 0)
        return -1;
    return item ? item_came(c, x) : notice_came(c, x);
}
