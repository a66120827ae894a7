/*
 * react.c: both directions of one question: who on the other side has the same key? A declaration asks for
 * alerts, an alert (or a further name or number of one) asks for declarations. The hit follows from the entry
 * under a key of alert, declaration, field, basis and matched value: a crash, a list sent again or a correction
 * that changes something else does not make a second one.
 */
#include "screening/internal.h"

#define CHAIN_MOST 1000 /* corrections of one record that are followed back */

/* ---- hits ---- */

/* The record that `id` corrects in the end: a correction stands for the declaration it corrects. */
static int root_of(struct ctx *c, const struct kind *k, struct str id, struct str *out)
{
    struct str sql = arena_fmt(c->arena, "SELECT h_replaces FROM \"v_%s\" WHERE id = ?1", k->name);
    int row = 1;

    *out = id;
    for (int i = 0; i < CHAIN_MOST && row == 1; i++) {
        struct query *q = views_query(c->views, sql.p, c->err);
        if (!q)
            return -1;
        query_bind_blob(q, 1, *out);
        row = query_step(q, c->err);
        if (row == 1 && query_is_null(q, 0))
            row = 0;
        if (row == 1)
            *out = arena_copy(c->arena, query_blob(q, 0));
        query_done(q);
    }
    return row < 0 ? -1 : 0;
}

struct match {
    const struct alert *alert;
    const struct kind *alert_kind, *declared_kind;
    int alert_field, declared_field;
    struct str alert_value, declared_value, declared_id;
    const struct key *key;
};

/* Copied, because what follows outlives the entry; cut at a character where the field is shorter. */
static void put(struct ctx *c, struct record *r, const char *field, struct str s)
{
    int i = schema_field(r->kind, str_z(field));
    size_t max = r->kind->field[i].max ? r->kind->field[i].max : TEXT_MAX;

    if (s.n > max) {
        s.n = max;
        while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
            s.n--;
    }
    if (s.n)
        record_text(r, i, arena_copy(c->arena, s));
}

static struct record *own_record(struct ctx *c, const char *kind)
{
    struct record *r = record_new(c->arena, schema_kind(str_z(kind)));

    r->head.author = str_z(journal_who(c->journal)->office);
    r->head.handling = S("H0");
    r->head.exercise = journal_who(c->journal)->exercise;
    return r;
}

/* What the sentence is made of when somebody reads it (hits.c); no language in it. */
static struct str facts(struct ctx *c, const struct match *m)
{
    char recorded[TIME_SIZE];

    time_format(m->alert->recorded, recorded);
    return arena_fmt(c->arena, "rules=%s;alert_kind=%s;alert_field=%s;subject_kind=%s;list_date=%.*s",
                     m->key->basis == BASIS_NAME ? NAME_RULES : IDENTIFIER_RULES, m->alert_kind->name,
                     m->alert_kind->field[m->alert_field].name, m->declared_kind->name,
                     STR_ARG(m->alert->issued.n ? m->alert->issued : str_n(recorded, 10)));
}

static struct str joined(struct ctx *c, struct str a, struct str b)
{
    char *p = arena_alloc(c->arena, a.n + b.n);

    memcpy(p, a.p, a.n);
    memcpy(p + a.n, b.p, b.n);
    return str_n(p, a.n + b.n);
}

static int follow_hit(struct ctx *c, const struct match *m)
{
    const struct alert *a = m->alert;
    const char *field = m->declared_kind->field[m->declared_field].name;
    struct record *r = own_record(c, "hit");
    struct str root, key;

    if (root_of(c, m->declared_kind, m->declared_id, &root) != 0)
        return -1;
    put(c, r, "alert", a->id);
    put(c, r, "list", a->list);
    put(c, r, "number", a->number);
    put(c, r, "subject", m->declared_id);
    put(c, r, "field", str_z(field));
    put(c, r, "basis", m->key->basis == BASIS_NAME ? S("name") : S("identifier"));
    put(c, r, "matched", m->key->value);
    put(c, r, "alert_value", m->alert_value);
    put(c, r, "declared_value", m->declared_value);
    put(c, r, "explanation", facts(c, m));
    put(c, r, "status", S("open"));
    key = arena_fmt(c->arena, "hit/1\n%.*s\n%.*s\n%s\n%d\n%.*s\n", STR_ARG(a->list), STR_ARG(a->number),
                    field, m->key->basis, STR_ARG(m->key->value));
    node_follow(c, joined(c, key, root), r);
    return 0;
}

/* More matches than are named: a fault says how many, so that nobody takes the list for complete. */
static void follow_limit(struct ctx *c, const struct entry *x, const struct key *k, uint64_t beyond)
{
    const struct fault_def *def = schema_fault("screening.hits.limited");
    struct record *r = own_record(c, "fault");
    struct str key = arena_fmt(c->arena, "hits limited/1\n%s\n%d\n", x->kind->name, k->field);

    put(c, r, "code", str_z(def->code));
    put(c, r, "severity", S("warning"));
    put(c, r, "rule", str_z(def->rule));
    put(c, r, "tag", str_z(x->kind->field[k->field].name));
    put(c, r, "found", arena_fmt(c->arena, "%llu", (unsigned long long)(beyond + HITS_PER_RECORD)));
    put(c, r, "expected", arena_fmt(c->arena, "%d", HITS_PER_RECORD));
    node_follow(c, joined(c, key, str_n(x->id, 16)), r);
}

/* ---- a declaration came ---- */

static bool class_fits(const struct key *k, const struct alert *a)
{
    const char *class = k->basis == BASIS_NAME ? keys_subject_class(a->subject) : k->class;
    return class && k->class && strcmp(class, k->class) == 0;
}

static int declared_came(struct ctx *c, const struct entry *x, const struct key *k)
{
    struct candidate *list;
    uint64_t beyond;

    if (candidates(c, k, SIDE_ALERT, &list, &beyond) != 0)
        return -1;
    for (const struct candidate *it = list; it; it = it->next) {
        struct alert a;
        struct match m = {.alert = &a, .alert_kind = it->kind, .declared_kind = x->kind, .key = k};
        int got = alert_of(c, it->kind, it->id, &a);
        if (got < 0)
            return -1;
        if (got == 0 || !a.active || !class_fits(k, &a))
            continue;
        m.alert_field = it->field;
        m.declared_field = k->field;
        m.declared_value = k->original;
        m.declared_id = str_n(x->id, 16);
        if (field_of(c, it->kind, it->id, it->field, &m.alert_value) < 0 || follow_hit(c, &m) != 0)
            return -1;
    }
    if (beyond)
        follow_limit(c, x, k, beyond);
    return 0;
}

/* ---- an alert came, or a further name or number of one ---- */

static int alert_key_came(struct ctx *c, const struct entry *x, const struct alert *a,
                          const struct kind *alert_kind, const struct key *k)
{
    struct key asked = *k;
    struct candidate *list;
    uint64_t beyond;

    if (k->basis == BASIS_NAME)
        asked.class = keys_subject_class(a->subject);
    if (!asked.class)
        return 0;
    if (candidates(c, &asked, SIDE_DECLARED, &list, &beyond) != 0)
        return -1;
    for (const struct candidate *it = list; it; it = it->next) {
        struct match m = {.alert = a, .alert_kind = alert_kind, .declared_kind = it->kind, .key = &asked};
        m.alert_field = k->field;
        m.declared_field = it->field;
        m.alert_value = k->original;
        m.declared_id = it->id;
        if (field_of(c, it->kind, it->id, it->field, &m.declared_value) < 0 || follow_hit(c, &m) != 0)
            return -1;
    }
    if (beyond)
        follow_limit(c, x, &asked, beyond);
    return 0;
}

/* Its names and numbers may have come before the alert itself: a list's files arrive in any order. */
static int alert_parts(struct ctx *c, const struct entry *x, const struct alert *a, const struct kind *k)
{
    struct str sql = arena_fmt(c->arena,
                               "SELECT k.value, k.basis, k.class, k.country, k.field, k.id FROM \"v_%s\" n "
                               "JOIN scr_key k ON k.id = n.id WHERE n.number = ?1 AND n.list = ?2",
                               k->name);
    struct query *q = views_query(c->views, sql.p, c->err);
    struct part {
        struct key key;
        struct str id;
        struct part *next;
    } *first = NULL, **last = &first;
    int row;

    if (!q)
        return -1;
    query_bind_text(q, 1, a->number);
    query_bind_text(q, 2, a->list);
    while ((row = query_step(q, c->err)) == 1) {
        struct part *p = *last = arena_alloc(c->arena, sizeof *p);
        struct str class = screening_copy(c, q, 2);
        p->key = (struct key){.side = SIDE_ALERT, .basis = (enum basis)query_int(q, 1)};
        p->key.value = screening_copy(c, q, 0);
        p->key.class = class.n ? class.p : NULL;
        p->key.country = screening_copy(c, q, 3);
        p->key.field = (int)query_int(q, 4);
        p->id = arena_copy(c->arena, query_blob(q, 5));
        last = &p->next;
    }
    query_done(q);
    for (struct part *p = first; row == 0 && p; p = p->next)
        if (field_of(c, k, p->id, p->key.field, &p->key.original) < 0 ||
            alert_key_came(c, x, a, k, &p->key) != 0)
            return -1;
    return row;
}

static int alert_came(struct ctx *c, const struct entry *x, const struct key *keys, size_t n)
{
    struct str list = record_get(x->record, schema_field(x->kind, S("list")));
    struct str number = record_get(x->record, schema_field(x->kind, S("number")));
    struct alert a;
    int got = alert_find(c, list, number, &a);

    if (got != 1 || !a.active)
        return got < 0 ? -1 : 0;
    for (size_t i = 0; i < n; i++)
        if (alert_key_came(c, x, &a, x->kind, &keys[i]) != 0)
            return -1;
    if (strcmp(x->kind->name, "alert") != 0)
        return 0;
    return alert_parts(c, x, &a, schema_kind(S("alert_name"))) != 0 ||
                   alert_parts(c, x, &a, schema_kind(S("alert_identifier"))) != 0
               ? -1
               : 0;
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

int screening_react(struct ctx *c, const struct entry *x)
{
    struct key keys[KEYS_MAX];
    size_t n;
    int stands;

    if (!x->record || !keys_has(x->kind))
        return 0;
    n = keys_of(c->arena, x->record, keys);
    if (strncmp(x->kind->name, "alert", 5) != 0 && n == 0)
        return 0;
    stands = still_stands(c, x);
    if (stands != 1)
        return stands;
    if (strncmp(x->kind->name, "alert", 5) == 0)
        return alert_came(c, x, keys, n);
    for (size_t i = 0; i < n; i++)
        if (declared_came(c, x, &keys[i]) != 0)
            return -1;
    return 0;
}
