/*
 * react.c: what stands is made what should stand. find.c tells which hits should stand for a record, or for an alert;
 * v_hit has those that do. What is missing follows as a new hit, what should not stand any more is corrected to
 * "withdrawn". Nothing is left out because it was looked at before: a hit is of one version of an alert and one version
 * of a record.
 *
 * Each reaction looks at the views as they are now, not as they were when its entry came. So an entry whose alert or
 * record has changed again does nothing: the later one reacts after it, and does it for both. What follows has a key of
 * the versions, the evidence and the hit before it, so that two entries of one group, or a crash, make one hit.
 *
 * A day ends an alert without an entry: the first reaction of a day, and of a process, looks for those.
 */
#include "screening/internal.h"

#define CHAIN_MOST 1000 /* corrections of one record that are followed back */

/* One reaction: what is only looked at dies with `c`; what follows goes to `to`. */
struct reaction {
    struct ctx *to;
    struct ctx c;
};

/* ---- what follows ---- */

/* A record whose values live as long as the group. */
static struct record *kept(struct ctx *to, const struct record *r)
{
    struct record *k = record_new(to->arena, r->kind);

    k->head = r->head; /* its texts belong to the journal's identity, or are constants */
    k->have = r->have;
    for (int i = 0; i < r->kind->fields; i++) {
        k->v[i] = r->v[i];
        if (record_has(r, i) && r->v[i].s.n)
            k->v[i].s = arena_copy(to->arena, r->v[i].s);
    }
    return k;
}

/* The latest hit of this alert's number on this field of the record or of a version that it replaces: which an officer
 * may have decided. Empty when there is none. -1 with err. */
static int earlier_hit(struct ctx *c, const struct record *hit, const struct kind *subject, struct str *out)
{
    struct str id = screening_get(hit, "subject");
    struct str older = arena_fmt(c->arena, "SELECT h_replaces FROM \"v_%s\" WHERE id = ?1", subject->name);
    int row = 1;

    *out = S("");
    for (int i = 0; i < CHAIN_MOST && row == 1; i++) {
        struct query *q =
            views_query(c->views,
                        "SELECT id FROM v_hit WHERE subject = ?1 AND number = ?2 AND list = ?3 "
                        "AND field = ?4 AND h_replaces IS NULL AND erased = 0 "
                        "ORDER BY seq DESC LIMIT 1",
                        c->err);
        if (!q)
            return -1;
        query_bind_blob(q, 1, id);
        query_bind_text(q, 2, screening_get(hit, "number"));
        query_bind_text(q, 3, screening_get(hit, "list"));
        query_bind_text(q, 4, screening_get(hit, "field"));
        row = query_step(q, c->err);
        if (row == 1)
            *out = screening_copy(c, q, 0);
        query_done(q);
        if (row != 0)
            return row < 0 ? -1 : 0;
        q = views_query(c->views, older.p, c->err);
        if (!q)
            return -1;
        query_bind_blob(q, 1, id);
        row = query_step(q, c->err);
        if (row == 1 && query_is_null(q, 0))
            row = 0;
        if (row == 1)
            id = screening_copy(c, q, 0);
        query_done(q);
    }
    return row < 0 ? -1 : 0;
}

static void key_part(struct buf *b, struct str s)
{
    buf_fmt(b, "%zu:", s.n);
    buf_str(b, s);
}

static int follow_hit(struct reaction *x, struct record *hit, const struct kind *subject)
{
    static const char *const fields[] = {"alert",  "subject", "field",       "basis",
                                         "engine", "parts",   "alert_value", "explanation"};
    struct str earlier;
    struct buf b;

    if (earlier_hit(&x->c, hit, subject, &earlier) < 0)
        return -1;
    screening_put(hit, "earlier", earlier);
    buf_init(&b, 16384);
    buf_z(&b, "hit/2\n");
    for (size_t i = 0; i < COUNT(fields); i++)
        key_part(&b, screening_get(hit, fields[i]));
    key_part(&b, earlier);
    node_follow(x->to, buf_view(&b), kept(x->to, hit));
    buf_free(&b);
    return 0;
}

/* What it said stays where it was said; the correction carries nothing personal, for its cause may have been erased. */
static void follow_withdrawal(struct reaction *x, const struct record *hit)
{
    static const char *const fields[] = {"alert", "list",  "number", "subject",
                                         "field", "basis", "engine", "earlier"};
    struct record *r = screening_record(&x->c, "hit");
    int bits = schema_field(r->kind, S("bits"));
    uint8_t key[32];

    for (size_t i = 0; i < COUNT(fields); i++)
        screening_put(r, fields[i], screening_get(hit, fields[i]));
    if (record_has(hit, bits))
        record_int(r, bits, hit->v[bits].i);
    screening_put(r, "explanation", screening_get(hit, "explanation"));
    screening_put(r, "status", S("withdrawn"));
    memcpy(r->head.replaces, hit->head.id, 16);
    memcpy(key, "hit withdrawn/1\n", 16);
    memcpy(key + 16, hit->head.id, 16);
    node_follow(x->to, str_n(key, sizeof key), kept(x->to, r));
}

/* More matches than are named: a fault says how many, so that nobody takes the list for complete. */
static void follow_limit(struct reaction *x, const struct finding *f, struct str list, struct str number)
{
    const struct fault_def *def = schema_fault("screening.hits.limited");
    struct record *r = screening_record(&x->c, "fault");
    struct str found =
        arena_fmt(x->c.arena, "%llu", (unsigned long long)f->beyond + (unsigned long long)f->n);
    struct str key = arena_fmt(x->c.arena, "hits limited/2\n%.*s\n%.*s\n%.*s", STR_ARG(list),
                               STR_ARG(number), STR_ARG(found));

    screening_put(r, "code", str_z(def->code));
    screening_put(r, "severity", S("warning"));
    screening_put(r, "rule", str_z(def->rule));
    screening_put(r, "tag", arena_fmt(x->c.arena, "%.*s %.*s", STR_ARG(list), STR_ARG(number)));
    screening_put(r, "found", found);
    screening_put(r, "expected", arena_fmt(x->c.arena, "%d", HITS_PER_ALERT));
    node_follow(x->to, key, kept(x->to, r));
}

/* ---- what stands against what should ---- */

static int settle(struct reaction *x, const struct finding *f, struct standing *now)
{
    for (const struct missing *m = settle_pairs(&x->c, f, now); m; m = m->next)
        if (follow_hit(x, m->hit, m->subject) < 0)
            return -1;
    for (const struct standing *s = now; s; s = s->next)
        if (!s->stays)
            follow_withdrawal(x, s->hit);
    return 0;
}

/* A record that is no more: nothing stands for it. */
static int settle_record(struct reaction *x, struct str id)
{
    struct standing *now;
    struct finding none;

    finding_init(&none, &x->c);
    return standing_for_record(&x->c, id, &now) < 0 ? -1 : settle(x, &none, now);
}

static int settle_alert(struct reaction *x, struct str list, struct str number)
{
    struct standing *now;
    struct finding f;

    finding_init(&f, &x->c);
    if (standing_for_alert(&x->c, list, number, &now) < 0 || find_for_alert(&f, list, number) < 0 ||
        settle(x, &f, now) < 0)
        return -1;
    if (f.beyond)
        follow_limit(x, &f, list, number);
    return 0;
}

/* ---- which alert, which record ---- */

static int settle_alert_of(struct reaction *x, struct str id)
{
    struct str list, number;
    int got = listed_alert(&x->c, id, &list, &number);

    return got == 1 ? settle_alert(x, list, number) : got;
}

/* 1: a later entry tells of the same alert; it reacts after this one, for both. */
static int told_later(struct ctx *c, struct str list, struct str number, uint64_t seq)
{
    struct query *q = views_query(c->views,
                                  "SELECT 1 WHERE EXISTS (SELECT 1 FROM v_alert WHERE number = ?1 AND list "
                                  "= ?2 AND seq > ?3) OR EXISTS "
                                  "(SELECT 1 FROM v_alert_name WHERE number = ?1 AND list = ?2 AND seq > "
                                  "?3) OR EXISTS (SELECT 1 FROM "
                                  "v_alert_identifier WHERE number = ?1 AND list = ?2 AND seq > ?3)",
                                  c->err);
    int row;

    if (!q)
        return -1;
    query_bind_text(q, 1, number);
    query_bind_text(q, 2, list);
    query_bind_int(q, 3, (int64_t)seq);
    row = query_step(q, c->err);
    query_done(q);
    return row;
}

/* Corrected or erased since it was appended: what replaced it reacts for it. 1 = it stands, 0 = not, -1 = err. */
static int still_stands(struct ctx *c, const struct entry *x)
{
    struct str sql =
        arena_fmt(c->arena, "SELECT 1 FROM \"v_%s\" WHERE seq = ?1 AND superseded IS NULL AND erased = 0",
                  x->kind->name);
    struct query *q = views_query(c->views, sql.p, c->err);
    int row;

    if (!q)
        return -1;
    query_bind_int(q, 1, (int64_t)x->seq);
    row = query_step(q, c->err);
    query_done(q);
    return row;
}

/* What the entry replaces, erased or not; empty when nothing. */
static int replaced(struct ctx *c, const struct entry *x, struct str *id)
{
    static const uint8_t none[16];
    struct record *r = x->record;

    if (!r && schema_decode(c->arena, x->header, S("\xa0"), &r, c->err) != 0)
        return -1;
    *id = memcmp(r->head.replaces, none, 16) != 0 ? str_n(r->head.replaces, 16) : str_n(NULL, 0);
    return 0;
}

/* 1: there is something to compare with. */
static int any_listed(struct ctx *c)
{
    struct query *q = views_query(c->views, "SELECT 1 FROM scr_listed LIMIT 1", c->err);
    int row;

    if (!q)
        return -1;
    row = query_step(q, c->err);
    query_done(q);
    return row;
}

static int record_came(struct reaction *x, const struct entry *e)
{
    struct str id = str_n(e->id, 16), old;
    struct standing *now;
    struct finding f;
    int stands;

    if (replaced(&x->c, e, &old) < 0 || (old.n && settle_record(x, old) < 0))
        return -1;
    if (!e->record)
        return settle_record(x, id);
    stands = any_listed(&x->c);
    if (stands <= 0)
        return stands;
    finding_init(&f, &x->c);
    if (standing_for_record(&x->c, id, &now) < 0 || find_for_record(&f, e->record) < 0)
        return -1;
    if (f.n == 0 && now == NULL)
        return 0;
    stands = still_stands(&x->c, e);
    if (stands <= 0)
        return stands < 0 ? -1 : settle_record(x, id);
    return settle(x, &f, now);
}

static int alert_came(struct reaction *x, const struct entry *e)
{
    struct str old, list, number;
    int later;

    if (replaced(&x->c, e, &old) < 0 || (old.n && !e->record && settle_alert_of(x, old) < 0))
        return -1;
    if (!e->record)
        return 0;
    list = screening_get(e->record, "list");
    number = screening_get(e->record, "number");
    if (old.n) { /* a correction may give it another number */
        struct str was_list, was;
        int got = listed_alert(&x->c, old, &was_list, &was);
        if (got < 0 || (got == 1 && (!str_eq(was, number) || !str_eq(was_list, list)) &&
                        settle_alert(x, was_list, was) < 0))
            return -1;
    }
    later = told_later(&x->c, list, number, e->seq);
    return later ? (later < 0 ? -1 : 0) : settle_alert(x, list, number);
}

/* The alerts that a query gives by list and number, which has one text to bind or none. */
static int settle_each(struct reaction *x, const char *sql, struct str bind)
{
    struct ctx *c = &x->c;
    struct query *q = views_query(c->views, sql, c->err);
    struct pair {
        struct str list, number;
        struct pair *next;
    } *first = NULL;
    int row;

    if (!q)
        return -1;
    if (bind.p)
        query_bind_text(q, 1, bind);
    while ((row = query_step(q, c->err)) == 1) {
        struct pair *p = arena_alloc(c->arena, sizeof *p);
        *p = (struct pair){screening_copy(c, q, 0), screening_copy(c, q, 1), first};
        first = p;
    }
    query_done(q);
    for (const struct pair *p = first; row == 0 && p; p = p->next)
        row = settle_alert(x, p->list, p->number);
    return row;
}

static int erased(struct reaction *x, struct str about, uint64_t seq)
{
    struct ctx *c = &x->c;
    struct str list, number;
    int got = 0;

    if (about.n != 16)
        return 0;
    if (settle_record(x, about) < 0)
        return -1;
    if (known_was_of(c, seq, &list, &number))
        return settle_alert(x, list, number);
    for (int i = 0; i < 3 && got == 0; i++) {
        static const char *const sql[] = {"SELECT 1 FROM v_alert WHERE id = ?1",
                                          "SELECT 1 FROM v_alert_name WHERE id = ?1",
                                          "SELECT 1 FROM v_alert_identifier WHERE id = ?1"};
        struct query *q = views_query(c->views, sql[i], c->err);
        if (!q)
            return -1;
        query_bind_blob(q, 1, about);
        got = query_step(q, c->err);
        query_done(q);
    }
    /* Another process applied it, and nobody knows any more which alert it told of. */
    if (got == 1 && known_all_due(c, seq))
        return settle_each(x, ALERTS_COMPARED, (struct str){NULL, 0});
    return got < 0 ? -1 : 0;
}

/* ---- alerts that end with a day ---- */

static int expired(struct reaction *x)
{
    return settle_each(
        x,
        "SELECT a.list, a.number FROM v_alert a WHERE a.expires < ?1 AND EXISTS (SELECT 1 FROM "
        "v_hit WHERE alert = a.id" STANDING ")",
        screening_today(&x->c));
}

/* ---- the room's reaction ---- */

static int react_to(struct reaction *x, const struct entry *e)
{
    int64_t day = x->c.world->now(x->c.world->arg) / ((int64_t)86400 * 1000000);

    if (known_new_day(&x->c, day, e->seq) && expired(x) < 0)
        return -1;
    if (keys_alert(e->kind))
        return alert_came(x, e);
    if (e->record && strcmp(e->kind->name, "erasure") == 0)
        return erased(x, screening_get(e->record, "about"), e->seq);
    return keys_has(e->kind) ? record_came(x, e) : 0;
}

int screening_react(struct ctx *c, const struct entry *e)
{
    struct reaction x = {.to = c, .c = *c};
    int rc;

    x.c.arena = known_scratch(c);
    rc = react_to(&x, e);
    arena_reset(x.c.arena);
    return rc;
}
