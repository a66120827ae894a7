/*
 * clocks.c: one table of every clock. A row is what the kinds' tables say about one record, so whenever one of the
 * records that it depends on comes, is corrected or is erased, the rows of that record are thrown away and made again
 * (decision 0170). "Now" is in no row: due.c asks with it.
 *
 *     clock          one row a duty: due in microseconds, whose it is, whether it was stopped, and which record
 *                    decides that (NULL: none does, it runs)
 *     clock_version  which record a correction corrects in the end: an answer to any version answers the request
 *
 * On a rebuild an entry that was erased since comes without values. The rows then never had what it said, and the rows
 * of the day itself lost it when the erasure came: both ways the same table.
 */
#include "coordination/internal.h"

const char *const clock_tables[] = {
    "CREATE TABLE clock(rank INTEGER NOT NULL, due INTEGER NOT NULL, root BLOB NOT NULL, what TEXT NOT "
    "NULL, "
    "peer TEXT NOT NULL, duty TEXT NOT NULL, ours INTEGER NOT NULL, kind TEXT NOT NULL, id BLOB NOT NULL, "
    "title TEXT NOT NULL, due_text TEXT NOT NULL, stopped INTEGER NOT NULL, decided_by BLOB, "
    "PRIMARY KEY(root, what, peer)) STRICT, WITHOUT ROWID",
    "CREATE INDEX clock_running ON clock(rank, due, root, what, peer) WHERE stopped = 0",
    "CREATE INDEX clock_decided ON clock(decided_by) WHERE decided_by IS NOT NULL",
    "CREATE TABLE clock_version(id BLOB PRIMARY KEY, root BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX clock_version_root ON clock_version(root)",
    NULL,
};

#define TITLE_MOST 200 /* bytes of what a clock is about */

/* ---- reading ---- */

int root_of(struct ctx *c, struct str id, struct str *root)
{
    struct query *q = views_query(c->views, "SELECT root FROM clock_version WHERE id = ?1", c->err);
    int row;

    *root = S("");
    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    row = query_step(q, c->err);
    if (row >= 0)
        *root = arena_copy(c->arena, row ? query_blob(q, 0) : id);
    query_done(q);
    return row < 0 ? -1 : 0;
}

int version_of(struct ctx *c, const struct kind *k, struct str root, struct version *out)
{
    struct str sql = arena_fmt(c->arena,
                               "SELECT * FROM \"v_%s\" WHERE id IN " VERSIONS
                               " AND superseded IS NULL AND erased = 0 ORDER BY seq DESC LIMIT 1",
                               k->name);
    struct query *q = views_query(c->views, sql.p, c->err);
    struct views_mark m;
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, root);
    row = query_step(q, c->err);
    if (row == 1) {
        out->root = root;
        out->record = views_row(c->arena, q, k, &m);
        out->seq = m.seq;
    }
    query_done(q);
    return row;
}

int64_t clock_due(struct str due)
{
    bool zoned;
    int64_t us;

    if (due.n == 0 || !time_parse(due, &us, &zoned))
        return NO_DUE;
    return due.n > 10 ? us : us + DAY - 1;
}

/* ---- writing ---- */

/* Runs a statement that answers nothing. */
static int run(struct ctx *c, struct query *q)
{
    int row = query_step(q, c->err);

    query_done(q);
    return row < 0 ? -1 : 0;
}

/* By kind too: a record may name, by mistake or malice, the id of another kind's. */
static int stop_all(struct ctx *c, struct str root, const struct kind *k)
{
    struct query *q = views_query(c->views, "DELETE FROM clock WHERE root = ?1 AND kind = ?2", c->err);

    if (!q)
        return -1;
    query_bind_blob(q, 1, root);
    query_bind_text(q, 2, str_z(k->name));
    return run(c, q);
}

static int remember_version(struct ctx *c, struct str id, struct str root)
{
    struct query *q = views_query(c->views, "INSERT OR IGNORE INTO clock_version VALUES(?1, ?2)", c->err);

    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    query_bind_blob(q, 2, root);
    return run(c, q);
}

static struct str title(struct str s)
{
    if (s.n > TITLE_MOST)
        for (s.n = TITLE_MOST; s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80;)
            s.n--;
    return s;
}

int clock_put(struct ctx *c, const struct clock *k)
{
    /* Two duties of the same kind towards the same office on one record are one. */
    struct query *q = views_query(
        c->views, "INSERT OR IGNORE INTO clock VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)", c->err);

    if (!q)
        return -1;
    query_bind_int(q, 1, k->life ? 0 : 1);
    query_bind_int(q, 2, clock_due(k->due));
    query_bind_blob(q, 3, k->root);
    query_bind_text(q, 4, str_z(k->what));
    query_bind_text(q, 5, k->peer);
    query_bind_text(q, 6, k->duty);
    query_bind_int(q, 7, office_ours(c, k->duty));
    query_bind_text(q, 8, str_z(k->kind->name));
    query_bind_blob(q, 9, k->id);
    query_bind_text(q, 10, title(k->title));
    query_bind_text(q, 11, k->due);
    query_bind_int(q, 12, k->stopped);
    if (k->decided_by.n)
        query_bind_blob(q, 13, k->decided_by);
    else
        query_bind_null(q, 13);
    return run(c, q);
}

static const struct source *source_of(const char *kind)
{
    for (const struct source *s = clock_sources; s->kind; s++)
        if (strcmp(s->kind, kind) == 0)
            return s;
    return NULL;
}

static const struct stopper *stopper_of(const char *kind)
{
    for (const struct stopper *s = clock_stoppers; s->kind; s++)
        if (strcmp(s->kind, kind) == 0)
            return s;
    return NULL;
}

/* The clocks of one record, made again. */
static int wind(struct ctx *c, const struct source *s, struct str root)
{
    struct clock k = {.root = root, .kind = schema_kind(str_z(s->kind))};
    struct version v;
    int there;

    if (stop_all(c, root, k.kind) < 0)
        return -1;
    there = version_of(c, k.kind, root, &v);
    if (there != 1)
        return there;
    k.id = str_n(v.record->head.id, 16);
    return s->clocks(c, &v, k);
}

/* ---- what an entry touches ---- */

struct touched {
    struct str id;
    const struct source *source;
    struct touched *next;
};

/* The records that `sql` names by id and kind, of which ?1 is given, and their clocks made again. */
static int wind_all(struct ctx *c, const char *sql, struct str id)
{
    struct query *q = views_query(c->views, sql, c->err);
    struct touched *first = NULL;
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    while ((row = query_step(q, c->err)) == 1) {
        struct touched *t = arena_alloc(c->arena, sizeof *t);
        t->id = arena_copy(c->arena, query_blob(q, 0));
        t->source = source_of(arena_z(c->arena, query_text(q, 1)));
        t->next = first;
        first = t;
    }
    query_done(q);
    for (const struct touched *t = first; row == 0 && t; t = t->next) {
        struct str root;
        if (root_of(c, t->id, &root) < 0 || wind(c, t->source, root) < 0)
            return -1;
    }
    return row;
}

/* The clocks that this record had decided about. */
static int wind_decided(struct ctx *c, struct str id)
{
    return wind_all(c, "SELECT DISTINCT root, kind FROM clock WHERE decided_by = ?1", id);
}

static int wind_consents(struct ctx *c, struct str about)
{
    return wind_all(c, "SELECT id, 'consent' FROM v_consent WHERE about = ?1", about);
}

static int erased(struct ctx *c, struct str about)
{
    struct str root;

    if (root_of(c, about, &root) < 0 || wind_decided(c, about) < 0 || wind_consents(c, about) < 0)
        return -1;
    return wind_all(c, "SELECT DISTINCT root, kind FROM clock WHERE root = ?1", root);
}

/* What a record that has values stops. */
static int stops(struct ctx *c, const struct entry *x)
{
    const struct stopper *s = stopper_of(x->kind->name);
    struct str ref, root;

    if (s) {
        ref = get(x->record, s->field);
        if (ref.n == 16 && (root_of(c, ref, &root) < 0 || wind(c, source_of(s->source), root) < 0))
            return -1;
    }
    if (strcmp(x->kind->name, "consent") == 0)
        return wind_consents(c, get(x->record, "about"));
    return 0;
}

/* The header outlives erasure: what a correction replaced stays replaced. */
static int replaced(struct ctx *c, const struct entry *x, struct str *id)
{
    static const uint8_t none[16];
    struct record *r = x->record;

    if (!r && schema_decode(c->arena, x->header, S("\xa0"), &r, c->err) != 0)
        return -1;
    *id = memcmp(r->head.replaces, none, 16) != 0 ? str_n(r->head.replaces, 16) : S("");
    return 0;
}

int coordination_apply(struct ctx *c, const struct entry *x)
{
    const struct source *source = source_of(x->kind->name);
    struct str id = str_n(x->id, 16), root = id, old;

    if (strcmp(x->kind->name, "erasure") == 0)
        return x->record ? erased(c, get(x->record, "about")) : 0;
    if (!source && !stopper_of(x->kind->name) && strcmp(x->kind->name, "engagement") != 0)
        return 0;
    if (replaced(c, x, &old) < 0)
        return -1;
    if (old.n &&
        (root_of(c, old, &root) < 0 || remember_version(c, id, root) < 0 || wind_decided(c, old) < 0))
        return -1;
    if (source && wind(c, source, root) < 0)
        return -1;
    return x->record ? stops(c, x) : 0;
}
