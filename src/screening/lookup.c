/* lookup.c: what the views know: the alert of a number on a list, the records that share a key. */
#include "screening/internal.h"

struct str screening_copy(struct ctx *c, struct query *q, int column)
{
    return query_is_null(q, column) ? str_n(NULL, 0) : arena_copy(c->arena, query_text(q, column));
}

/* ---- alerts ---- */

static bool holds_today(const struct ctx *c, struct str status, struct str expires)
{
    char today[TIME_SIZE];

    time_format(c->world->now(c->world->arg), today);
    return !str_eq(status, S("withdrawn")) && (expires.n == 0 || str_cmp(expires, str_n(today, 10)) >= 0);
}

int alert_find(struct ctx *c, struct str list, struct str number, struct alert *out)
{
    struct query *q =
        views_query(c->views,
                    "SELECT id, list, number, authority, subject, name, issued, expires, "
                    "reason, action_requested, contact, h_recorded, status FROM v_alert WHERE number = ?1 "
                    "AND list = ?2 AND superseded IS NULL AND erased = 0 ORDER BY seq DESC LIMIT 1",
                    c->err);
    int row;

    if (!q)
        return -1;
    query_bind_text(q, 1, number);
    query_bind_text(q, 2, list);
    row = query_step(q, c->err);
    if (row == 1) {
        struct str *text[] = {&out->list,   &out->number,  &out->authority, &out->subject, &out->name,
                              &out->issued, &out->expires, &out->reason,    &out->action,  &out->contact};
        out->id = arena_copy(c->arena, query_blob(q, 0));
        for (size_t i = 0; i < COUNT(text); i++)
            *text[i] = screening_copy(c, q, (int)i + 1);
        out->recorded = query_int(q, 11);
        out->active = holds_today(c, query_text(q, 12), out->expires);
    }
    query_done(q);
    return row;
}

int alert_of(struct ctx *c, const struct kind *k, struct str id, struct alert *out)
{
    struct str list, number;
    int got = field_of(c, k, id, schema_field(k, S("list")), &list);

    if (got == 1)
        got = field_of(c, k, id, schema_field(k, S("number")), &number);
    return got == 1 ? alert_find(c, list, number, out) : got;
}

int field_of(struct ctx *c, const struct kind *k, struct str id, int field, struct str *out)
{
    struct str sql = arena_fmt(c->arena, "SELECT \"%s\" FROM \"v_%s\" WHERE id = ?1 AND erased = 0",
                               k->field[field].name, k->name);
    struct query *q = views_query(c->views, sql.p, c->err);
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    row = query_step(q, c->err);
    if (row == 1)
        *out = screening_copy(c, q, 0);
    query_done(q);
    return row;
}

/* ---- candidates ---- */

#define CANDIDATES(side)                                                                                   \
    "SELECT kind, field, id FROM scr_key WHERE value = ?1 AND side = " side                                \
    " AND basis = ?2 AND (class IS NULL OR ?3 IS NULL OR class = ?3) "                                     \
    "AND (country IS NULL OR ?4 IS NULL OR country = ?4) ORDER BY seq DESC"

int candidates(struct ctx *c, const struct key *k, enum side side, struct candidate **out, uint64_t *beyond)
{
    struct query *q = views_query(c->views, side == SIDE_ALERT ? CANDIDATES("0") : CANDIDATES("1"), c->err);
    size_t n = 0;
    int row;

    *out = NULL;
    *beyond = 0;
    if (!q)
        return -1;
    query_bind_text(q, 1, k->value);
    query_bind_int(q, 2, k->basis);
    if (k->class)
        query_bind_text(q, 3, str_z(k->class));
    else
        query_bind_null(q, 3);
    if (k->country.n)
        query_bind_text(q, 4, k->country);
    else
        query_bind_null(q, 4);
    while ((row = query_step(q, c->err)) == 1) {
        struct candidate *x;
        if (n++ >= HITS_PER_RECORD) {
            (*beyond)++;
            continue;
        }
        x = *out = arena_alloc(c->arena, sizeof *x);
        x->kind = schema_kind_number((unsigned)query_int(q, 0));
        x->field = (int)query_int(q, 1);
        x->id = arena_copy(c->arena, query_blob(q, 2));
        out = &x->next;
    }
    query_done(q);
    return row;
}
