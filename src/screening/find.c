/*
 * find.c: who is weighed. For a declared record: every alert that has a number of its, or one edit away where that repairs
 * it, or a name that the index of listed names finds. For an alert: every record, likewise. What is found is only a
 * candidate; weigh.c decides, and sees the whole alert and the whole record both ways. So the two ways give the same, as
 * long as neither leaves out anybody who would match; the index promises that (names/names.h), the tables are exact.
 */
#include "screening/internal.h"

#include <stdlib.h>

void finding_init(struct finding *f, struct ctx *c)
{
    *f = (struct finding){.c = c};
    f->last = &f->first;
}

static void add(struct finding *f, const struct alert *a, const struct record *r, const struct key *k,
                const struct weighed *w)
{
    struct found *x = *f->last = arena_alloc(f->c->arena, sizeof *x);

    *x = (struct found){.alert = a, .subject = r, .w = *w, .key = k};
    f->last = &x->next;
    f->n++;
}

static void weigh_all(struct finding *f, const struct subject *s, const struct alert *a)
{
    for (size_t i = 0; i < s->n; i++) {
        struct weighed w;
        if (weigh(f->c->arena, s, i, a, &w))
            add(f, a, s->r, &s->key[i], &w);
    }
}

/* ---- candidates: what the rows with one digest point to ---- */

struct candidate {
    struct str a, b; /* list and number of an alert; or the id of a record */
    int64_t kind;
    struct candidate *next;
};
struct candidates {
    struct candidate *first;
    size_t n;
};

enum { TO_ALERTS, TO_RECORDS };

static int by_digest(struct ctx *c, int to, struct str digest, struct candidates *out)
{
    static const char *const sql[] = {
        [TO_ALERTS] = "SELECT list, number, 0 FROM scr_listed WHERE key = ?1",
        [TO_RECORDS] = "SELECT id, NULL, kind FROM scr_declared WHERE key = ?1",
    };
    struct query *q = views_query(c->views, sql[to], c->err);
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, digest);
    while ((row = query_step(q, c->err)) == 1) {
        struct candidate *x = arena_alloc(c->arena, sizeof *x);
        x->a = screening_copy(c, q, 0);
        x->b = screening_copy(c, q, 1);
        x->kind = query_int(q, 2);
        x->next = out->first;
        out->first = x;
        out->n++;
    }
    query_done(q);
    return row;
}

struct looking {
    struct ctx *c;
    int to;
    const char *class;
    struct candidates *out;
};

static int by_number(void *arg, struct str value)
{
    struct looking *l = arg;
    struct key k = {.basis = BASIS_IDENTIFIER, .class = l->class, .value = value};
    uint8_t digest[KEY_SIZE];

    keys_digest(&k, digest);
    return by_digest(l->c, l->to, str_n(digest, KEY_SIZE), l->out);
}

/* The number itself, and what a repair makes of it, or makes it of. */
static int by_numbers(struct ctx *c, int to, const char *class, struct str value, struct candidates *out)
{
    struct looking l = {c, to, class, out};
    bool checks = number_checks(class, value);

    if (by_number(&l, value) < 0)
        return -1;
    if (checks != (to == TO_RECORDS)) /* only what fails is repaired, and only to what holds */
        return 0;
    return number_edits(class, value, !checks, by_number, &l);
}

/* The rows of the names that the index found. */
static int by_names(struct ctx *c, int to, const struct known_found *found, struct candidates *out)
{
    enum side side = to == TO_ALERTS ? SIDE_LISTED : SIDE_DECLARED;
    struct str sql = arena_fmt(c->arena, "SELECT key FROM %s WHERE n = ?1", known_log[side]);

    for (size_t i = 0; i < found->n; i++) {
        struct query *q = views_query(c->views, sql.p, c->err);
        struct str digest = {NULL, 0};
        int row;
        if (!q)
            return -1;
        query_bind_int(q, 1, found->name[i].id);
        row = query_step(q, c->err);
        if (row == 1)
            digest = screening_copy(c, q, 0);
        query_done(q);
        if (row < 0 || (row == 1 && by_digest(c, to, digest, out) < 0))
            return -1;
    }
    return 0;
}

static int order(const void *a, const void *b)
{
    const struct candidate *x = *(struct candidate *const *)a, *y = *(struct candidate *const *)b;
    int d = str_cmp(x->a, y->a);

    return d ? d : str_cmp(x->b, y->b);
}

/* Each once, by list and number or by id: ids grow with time. */
static struct candidate **once(struct arena *a, struct candidates *all)
{
    struct candidate **v = arena_alloc(a, (all->n + 1) * sizeof *v);
    size_t n = 0, kept = 0;

    for (struct candidate *x = all->first; x; x = x->next)
        v[n++] = x;
    qsort(v, n, sizeof *v, order);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || order(&v[kept - 1], &v[i]) != 0)
            v[kept++] = v[i];
    all->n = kept;
    return v;
}

/* ---- the alerts for a record ---- */

int find_for_record(struct finding *f, const struct record *r)
{
    struct subject *s = arena_alloc(f->c->arena, sizeof *s);

    subject_read(f->c->arena, r, s);
    return find_for_subject(f, s);
}

int find_for_subject(struct finding *f, struct subject *s)
{
    struct ctx *c = f->c;
    struct candidates all = {NULL, 0};
    struct candidate **each;

    for (size_t i = 0; i < s->n; i++) {
        const struct key *k = &s->key[i];
        struct known_found found;
        int rc = k->basis == BASIS_NAME ? known_listed(c, k, weigh_least(s->birth[0], k->country), &found)
                                        : by_numbers(c, TO_ALERTS, k->class, k->value, &all);
        if (rc < 0 || (k->basis == BASIS_NAME && by_names(c, TO_ALERTS, &found, &all) < 0))
            return -1;
    }
    if (all.n == 0)
        return 0;
    subject_read_names(c->arena, s);
    each = once(c->arena, &all);
    for (size_t i = 0; i < all.n; i++) {
        struct alert *a = arena_alloc(c->arena, sizeof *a);
        int got = alert_find(c, each[i]->a, each[i]->b, a);
        if (got < 0 || (got == 1 && a->active && alert_parts(c, a) < 0))
            return -1;
        if (got == 0 || !a->active)
            continue;
        alert_read(c, a);
        weigh_all(f, s, a);
    }
    return 0;
}

/* ---- the records for an alert ---- */

/* A record as it stands now; NULL when it was corrected or erased meanwhile. -1 with err. */
static int current(struct ctx *c, const struct kind *k, struct str id, struct record **out)
{
    struct str sql = arena_fmt(
        c->arena, "SELECT * FROM \"v_%s\" WHERE id = ?1 AND superseded IS NULL AND erased = 0", k->name);
    struct query *q = views_query(c->views, sql.p, c->err);
    struct views_mark m;
    int row;

    *out = NULL;
    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    row = query_step(q, c->err);
    if (row == 1)
        *out = views_row(c->arena, q, k, &m);
    query_done(q);
    return row < 0 ? -1 : 0;
}

static int candidates_of(struct ctx *c, const struct alert *a, struct candidates *all)
{
    struct names_search how = {weigh_least(a->birth_date, a->country), NAMES_PER_NAME};

    for (const struct listed *l = a->names; l; l = l->next) {
        struct known_found found;
        if (known_search(c, SIDE_DECLARED, l->read, how, &found) < 0 ||
            by_names(c, TO_RECORDS, &found, all) < 0)
            return -1;
    }
    for (const struct listed *l = a->numbers; l; l = l->next)
        if (by_numbers(c, TO_RECORDS, l->class, l->value, all) < 0)
            return -1;
    return 0;
}

int find_for_alert(struct finding *f, struct str list, struct str number)
{
    struct ctx *c = f->c;
    struct alert *a = arena_alloc(c->arena, sizeof *a);
    struct candidates all = {NULL, 0};
    struct candidate **each;
    int got = alert_find(c, list, number, a);

    if (got < 0 || (got == 1 && a->active && alert_parts(c, a) < 0))
        return -1;
    if (got == 0 || !a->active)
        return 0;
    alert_read(c, a);
    if (candidates_of(c, a, &all) < 0)
        return -1;
    each = once(c->arena, &all);
    for (size_t i = all.n; i-- > 0;) { /* the latest first */
        struct subject *s = arena_alloc(c->arena, sizeof *s);
        struct record *r;
        if (f->n >= HITS_PER_ALERT) {
            f->beyond = i + 1;
            break;
        }
        if (current(c, schema_kind_number((unsigned)each[i]->kind), each[i]->a, &r) < 0)
            return -1;
        if (!r)
            continue;
        subject_read(c->arena, r, s);
        subject_read_names(c->arena, s);
        weigh_all(f, s, a);
    }
    return 0;
}
