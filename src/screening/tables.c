/*
 * tables.c: the room's view. scr_key holds every compared value of every live record: a corrected or erased
 * record has none. Two partial indexes, because the few alerts are asked for each declaration, and must stay in
 * memory while declarations grow.
 */
#include "screening/internal.h"

const char *const screening_tables[] = {
    "CREATE TABLE scr_key(value TEXT NOT NULL, side INTEGER NOT NULL, basis INTEGER NOT NULL, class TEXT, "
    "country TEXT, kind INTEGER NOT NULL, field INTEGER NOT NULL, id BLOB NOT NULL, seq INTEGER NOT NULL)",
    "CREATE INDEX scr_key_alert ON scr_key(value) WHERE side = 0",
    "CREATE INDEX scr_key_declared ON scr_key(value) WHERE side = 1",
    "CREATE INDEX scr_key_id ON scr_key(id)",
    NULL,
};

static int forget(struct ctx *c, struct str id)
{
    struct query *q = views_query(c->views, "DELETE FROM scr_key WHERE id = ?1", c->err);
    int ret;

    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    ret = query_step(q, c->err);
    query_done(q);
    return ret < 0 ? -1 : 0;
}

static void bind_text_or_null(struct query *q, int i, struct str s)
{
    if (s.n)
        query_bind_text(q, i, s);
    else
        query_bind_null(q, i);
}

static int remember(struct ctx *c, const struct entry *x, const struct key *k)
{
    struct query *q =
        views_query(c->views, "INSERT INTO scr_key VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)", c->err);
    int ret;

    if (!q)
        return -1;
    query_bind_text(q, 1, k->value);
    query_bind_int(q, 2, k->side);
    query_bind_int(q, 3, k->basis);
    bind_text_or_null(q, 4, str_z(k->class));
    bind_text_or_null(q, 5, k->country);
    query_bind_int(q, 6, x->kind->number);
    query_bind_int(q, 7, k->field);
    query_bind_blob(q, 8, str_n(x->id, 16));
    query_bind_int(q, 9, (int64_t)x->seq);
    ret = query_step(q, c->err);
    query_done(q);
    return ret < 0 ? -1 : 0;
}

/* The header outlives erasure: a correction that was erased still replaced what it replaced. */
static int replaced(struct ctx *c, const struct entry *x, struct str *id)
{
    static const uint8_t none[16];
    struct record *r = x->record;

    if (!r && schema_decode(c->arena, x->header, S("\xa0"), &r, c->err) != 0)
        return -1;
    *id = memcmp(r->head.replaces, none, 16) != 0 ? str_n(r->head.replaces, 16) : str_n(NULL, 0);
    return 0;
}

int screening_apply(struct ctx *c, const struct entry *x)
{
    struct key keys[KEYS_MAX];
    struct str old;
    size_t n;

    if (x->record && strcmp(x->kind->name, "erasure") == 0) {
        old = record_get(x->record, schema_field(x->kind, S("about")));
        return old.n == 16 ? forget(c, old) : 0;
    }
    if (!keys_has(x->kind))
        return 0;
    if (replaced(c, x, &old) != 0 || (old.n && forget(c, old) != 0))
        return -1;
    n = x->record ? keys_of(c->arena, x->record, keys) : 0;
    for (size_t i = 0; i < n; i++)
        if (remember(c, x, &keys[i]) != 0)
            return -1;
    return 0;
}
