/* find.c: one record, by its id or by its number. */
#include "records/internal.h"

#include <assert.h>

struct str find_id(struct arena *a, const uint8_t id[16])
{
    char text[UUID_SIZE];

    uuid_format(id, text);
    return arena_copy(a, str_z(text));
}

int find_row(struct ctx *c, const struct kind *k, uint64_t seq, struct record **r, struct views_mark *m)
{
    struct query *q = views_query(
        c->views, arena_fmt(c->arena, "SELECT * FROM \"v_%s\" WHERE seq = ?1", k->name).p, c->err);
    int rc;

    if (q == NULL)
        return -1;
    query_bind_int(q, 1, (int64_t)seq);
    rc = query_step(q, c->err);
    if (rc == 1)
        *r = views_row(c->arena, q, k, m);
    query_done(q);
    return rc;
}

int find_record(struct ctx *c, struct str id, struct found *f)
{
    struct record *row;
    uint8_t raw[16];

    *f = (struct found){0};
    if (!uuid_parse(id, raw))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a record"),
                       (int)(id.n > 64 ? 64 : id.n), id.p);
    if (journal_get(c->journal, c->arena, raw, &f->entry, c->err) < 0)
        return -1;
    f->record = f->entry.record;
    /* Erased: the header is still there, over no values. */
    if (f->record == NULL && schema_decode(c->arena, f->entry.header, S("\xa0"), &f->record, c->err) < 0)
        return -1;
    /* Views that are behind (another process serves) may not have it yet: then nothing happened to it. */
    if (find_row(c, f->entry.kind, f->entry.seq, &row, &f->mark) < 0)
        return -1;
    f->mark.seq = f->entry.seq;
    f->mark.erased = f->entry.erased;
    return 0;
}
