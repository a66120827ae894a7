/* alert.c: an alert with all its names and numbers, as the kinds' tables have them. */
#include "screening/internal.h"

struct str screening_copy(struct ctx *c, struct query *q, int column)
{
    return query_is_null(q, column) ? str_n(NULL, 0) : arena_copy(c->arena, query_blob(q, column));
}

struct str screening_today(struct ctx *c)
{
    char now[TIME_SIZE];

    time_format(c->world->now(c->world->arg), now);
    return arena_copy(c->arena, str_n(now, 10));
}

int alert_find(struct ctx *c, struct str list, struct str number, struct alert *out)
{
    struct query *q = views_query(
        c->views,
        "SELECT id, list, number, authority, subject, name, birth_date, country, issued, expires, "
        "reason, action_requested, contact, h_recorded, status FROM v_alert WHERE number = ?1 "
        "AND list = ?2 AND superseded IS NULL AND erased = 0 ORDER BY seq DESC LIMIT 1",
        c->err);
    int row;

    *out = (struct alert){.id = {NULL, 0}};
    if (!q)
        return -1;
    query_bind_text(q, 1, number);
    query_bind_text(q, 2, list);
    row = query_step(q, c->err);
    if (row == 1) {
        struct str *text[] = {&out->id,     &out->list,       &out->number,  &out->authority, &out->subject,
                              &out->name,   &out->birth_date, &out->country, &out->issued,    &out->expires,
                              &out->reason, &out->action,     &out->contact};
        for (size_t i = 0; i < COUNT(text); i++)
            *text[i] = screening_copy(c, q, (int)i);
        out->recorded = query_int(q, 13);
        out->withdrawn = str_eq(query_text(q, 14), S("withdrawn"));
        out->named = keys_subject(out->subject, &out->of);
        out->active =
            !out->withdrawn && (out->expires.n == 0 || str_cmp(out->expires, screening_today(c)) >= 0);
    }
    query_done(q);
    return row;
}

static struct listed *part_of(struct ctx *c, const char *kind, const char *field, struct str id,
                              struct str written)
{
    struct listed *l = arena_alloc(c->arena, sizeof *l);

    l->kind = schema_kind(str_z(kind));
    l->field = schema_field(l->kind, str_z(field));
    l->part = id;
    l->written = str_trim(written);
    return l;
}

static void add_name(struct listed *l, struct listed ***last)
{
    if (l->written.n == 0)
        return;
    **last = l;
    *last = &l->next;
}

static void add_number(struct ctx *c, struct listed *l, const char *class, struct listed ***last)
{
    l->class = class;
    if (class)
        l->value = normal_identifier(c->arena, class, l->written);
    if (l->value.n == 0)
        return;
    **last = l;
    *last = &l->next;
}

#define OF_ALERT                                                                                           \
    " WHERE number = ?1 AND list = ?2 AND superseded IS NULL AND erased = 0 AND status IS NOT "            \
    "'withdrawn' "                                                                                         \
    "ORDER BY seq"

/* Its further names, or its further numbers; a withdrawn one is none. */
static int further(struct ctx *c, const struct alert *a, bool names, struct listed **last)
{
    static const char names_sql[] = "SELECT id, name, quality FROM v_alert_name" OF_ALERT;
    static const char numbers_sql[] = "SELECT id, value, scheme, country FROM v_alert_identifier" OF_ALERT;
    struct query *q = views_query(c->views, names ? names_sql : numbers_sql, c->err);
    int row;

    if (!q)
        return -1;
    query_bind_text(q, 1, a->number);
    query_bind_text(q, 2, a->list);
    while ((row = query_step(q, c->err)) == 1) {
        struct listed *l = part_of(c, names ? "alert_name" : "alert_identifier", names ? "name" : "value",
                                   screening_copy(c, q, 0), screening_copy(c, q, 1));
        if (names) {
            l->weak = str_eq(query_text(q, 2), S("weak"));
            add_name(l, &last);
        } else {
            l->country = screening_copy(c, q, 3);
            add_number(c, l, keys_class(query_text(q, 2)), &last);
        }
    }
    query_done(q);
    return row;
}

int alert_parts(struct ctx *c, struct alert *a)
{
    struct listed **names = &a->names, **numbers = &a->numbers;
    struct listed *own = part_of(c, "alert", "name", a->id, a->name);

    *names = *numbers = NULL;
    if (a->named)
        add_name(own, &names);
    else if (a->name.n)
        add_number(c, own, keys_subject_number(a->subject), &numbers);
    if (a->named && further(c, a, true, names) < 0)
        return -1;
    return further(c, a, false, numbers);
}

void alert_read(struct ctx *c, struct alert *a)
{
    for (struct listed *l = a->names; l; l = l->next)
        l->read = name_read(c->arena, l->written, a->of);
}
