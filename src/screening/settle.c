/*
 * settle.c: hits as records: those that should stand, made of what was found (find.c), against those that do, which
 * are in v_hit. react.c brings the two together, recheck.c only tells where they differ.
 */
#include "screening/internal.h"

/* ---- a hit as a record ---- */

struct str screening_get(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

void screening_put(struct record *r, const char *field, struct str s)
{
    int i = schema_field(r->kind, str_z(field));
    size_t max = r->kind->field[i].max ? r->kind->field[i].max : TEXT_MAX;

    if (s.n > max) {
        s.n = max;
        while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
            s.n--;
    }
    if (s.n)
        record_text(r, i, s);
}

struct record *screening_record(struct ctx *c, const char *kind)
{
    struct record *r = record_new(c->arena, schema_kind(str_z(kind)));

    r->head.author = node_office(c);
    r->head.handling = S("H0");
    r->head.exercise = journal_who(c->journal)->exercise;
    return r;
}

/* What the sentence is made of when somebody reads it (because.c); no language in it. */
static struct str facts(struct ctx *c, const struct found *f)
{
    const struct listed *l = f->w.listed;
    char recorded[TIME_SIZE], part[UUID_SIZE];

    time_format(f->alert->recorded, recorded);
    uuid_format((const uint8_t *)l->part.p, part);
    return arena_fmt(c->arena, "alert_kind=%s;alert_field=%s;part=%s;subject_kind=%s;list_date=%.*s%s",
                     l->kind->name, l->kind->field[l->field].name, part, f->subject->kind->name,
                     STR_ARG(f->alert->issued.n ? f->alert->issued : str_n(recorded, 10)),
                     f->w.repaired ? ";repaired=1" : "");
}

struct record *screening_hit(struct ctx *c, const struct found *f)
{
    const struct alert *a = f->alert;
    struct record *r = screening_record(c, "hit");
    bool name = f->key->basis == BASIS_NAME;

    screening_put(r, "alert", a->id);
    screening_put(r, "list", a->list);
    screening_put(r, "number", a->number);
    screening_put(r, "subject", str_n(f->subject->head.id, 16));
    screening_put(r, "field", str_z(f->subject->kind->field[f->key->field].name));
    screening_put(r, "basis", name ? S("name") : S("identifier"));
    screening_put(r, "matched", f->w.matched);
    screening_put(r, "alert_value", f->w.listed->written);
    screening_put(r, "declared_value", f->key->original);
    screening_put(r, "explanation", facts(c, f));
    screening_put(r, "status", S("open"));
    record_int(r, schema_field(r->kind, S("bits")), f->w.bits);
    screening_put(r, "engine", name ? S(NAMES_ENGINE) : S(IDENTIFIER_RULES));
    screening_put(r, "parts", f->w.parts);
    return r;
}

/* ---- what stands against what should ---- */

static int standing(struct ctx *c, const char *sql, struct str a, struct str b, struct standing **out)
{
    struct query *q = views_query(c->views, sql, c->err);
    struct views_mark m;
    int row;

    *out = NULL;
    if (!q)
        return -1;
    if (b.p) {
        query_bind_text(q, 1, a);
        query_bind_text(q, 2, b);
    } else {
        query_bind_blob(q, 1, a);
    }
    while ((row = query_step(q, c->err)) == 1) {
        struct standing *s = *out = arena_alloc(c->arena, sizeof *s);
        s->hit = views_row(c->arena, q, schema_kind(S("hit")), &m);
        out = &s->next;
    }
    query_done(q);
    return row;
}

/* Of the same versions, with the same evidence. */
static bool same_hit(const struct record *a, const struct record *b)
{
    static const char *const fields[] = {"alert",       "subject", "field",          "basis",
                                         "alert_value", "parts",   "declared_value", "engine"};

    for (size_t i = 0; i < COUNT(fields); i++)
        if (!str_eq(screening_get(a, fields[i]), screening_get(b, fields[i])))
            return false;
    return true;
}

int standing_for_record(struct ctx *c, struct str id, struct standing **out)
{
    return standing(c, "SELECT * FROM v_hit WHERE subject = ?1" STANDING, id, (struct str){NULL, 0}, out);
}

int standing_for_alert(struct ctx *c, struct str list, struct str number, struct standing **out)
{
    return standing(c, "SELECT * FROM v_hit WHERE number = ?1 AND list = ?2" STANDING, number, list, out);
}

/* By the record they are of: an alert on a common name has thousands. */
struct buckets {
    size_t mask;
    struct standing **of;
};

static struct standing **bucket(const struct buckets *b, const struct record *hit)
{
    struct str id = screening_get(hit, "subject");
    uint32_t tail = 0; /* of a UUID: chance */

    if (id.n == 16)
        memcpy(&tail, id.p + 12, sizeof tail);
    return &b->of[tail & b->mask];
}

static struct buckets sort_standing(struct arena *a, struct standing *now)
{
    struct buckets b = {.mask = 1};

    for (const struct standing *s = now; s; s = s->next)
        b.mask++;
    while (b.mask & (b.mask - 1))
        b.mask &= b.mask - 1;
    b.of = arena_alloc(a, b.mask * sizeof(struct standing *));
    b.mask--;
    for (struct standing *s = now; s; s = s->next) {
        struct standing **to = bucket(&b, s->hit);
        s->beside = *to;
        *to = s;
    }
    return b;
}

struct missing *settle_pairs(struct ctx *c, const struct finding *f, struct standing *now)
{
    struct buckets b = sort_standing(c->arena, now);
    struct missing *first = NULL, **last = &first;

    for (const struct found *d = f->first; d; d = d->next) {
        struct record *hit = screening_hit(c, d);
        struct standing *s = *bucket(&b, hit);
        while (s && (s->stays || !same_hit(s->hit, hit)))
            s = s->beside;
        if (s) {
            s->stays = true;
            continue;
        }
        *last = arena_alloc(c->arena, sizeof **last);
        **last = (struct missing){hit, d->subject->kind, NULL};
        last = &(*last)->next;
    }
    return first;
}
