/*
 * state.c: where agreements stand, as views made from records alone.
 *
 *     release_paper      a copy of a paper: one row an act. What matters is which texts there are, so copies of one
 *                        text (digest) count as one
 *     release_signature  which party's signature the copy has. Only signatures that verify by the key that the
 *                        agreement names are here: an act that somebody typed makes nothing
 *     release_dispatch   batches that went into a channel, and release_given their entries: what may be taken back;
 *                        `lost`: the taker stood before that place when a later epoch began, so it goes again if it
 *                        may. A message can come late: to take it back it counts as given all the same
 *     release_unknown    epochs that began where the taker had a receipt for more than this node remembers, which
 *                        was put back from a backup: of what it had by then, it may have given anything
 *
 * An agreement is in force by its highest version that both have signed and whose first day has come. One side
 * suspends at once, and only the same side lifts it; each side's newest paper counts, by the time that it says itself,
 * so that it does not matter in which order papers arrive. One side's notice ends it.
 */
#include "release/internal.h"

#include "journal/note.h"

const char *const release_tables[] = {
    "CREATE TABLE release_paper(seq INTEGER PRIMARY KEY, id BLOB NOT NULL, agreement BLOB NOT NULL, "
    "digest BLOB NOT NULL, form TEXT NOT NULL, version INTEGER NOT NULL, office TEXT, at INTEGER NOT NULL, "
    "one TEXT NOT NULL, two TEXT NOT NULL, holder TEXT NOT NULL, text TEXT NOT NULL)",
    "CREATE INDEX release_paper_agreement ON release_paper(agreement, form)",
    "CREATE INDEX release_paper_digest ON release_paper(digest)",
    "CREATE TABLE release_signature(seq INTEGER NOT NULL, digest BLOB NOT NULL, signer TEXT NOT NULL, "
    "holder TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY(digest, signer, holder, seq)) WITHOUT ROWID",
    "CREATE TABLE release_dispatch(seq INTEGER PRIMARY KEY, id BLOB NOT NULL, agreement BLOB NOT NULL, "
    "giver TEXT NOT NULL, taker TEXT NOT NULL, epoch INTEGER NOT NULL, first INTEGER NOT NULL)",
    "CREATE TABLE release_given(id BLOB NOT NULL, dispatch INTEGER NOT NULL, place INTEGER NOT NULL, "
    "fields INTEGER NOT NULL, version INTEGER NOT NULL, clause INTEGER NOT NULL, lost INTEGER NOT NULL, "
    "PRIMARY KEY(id, dispatch, place)) WITHOUT ROWID",
    "CREATE TABLE release_unknown(seq INTEGER PRIMARY KEY, agreement BLOB NOT NULL, giver TEXT NOT NULL, "
    "taker TEXT NOT NULL)",
    NULL,
};

/* Signed by both: as many signers as there are parties. */
#define BOTH                                                                                               \
    "(SELECT count(DISTINCT s.signer) FROM release_signature s WHERE s.digest = release_paper.digest) = 2"

const char *standing_text(enum standing s)
{
    static const char *const text[] = {
        [STANDING_UNKNOWN] = N_("no such agreement"),
        [STANDING_PROPOSED] = N_("proposed: one signature is missing"),
        [STANDING_NOT_YET] = N_("agreed: its first day has not come"),
        [STANDING_IN_FORCE] = N_("in force"),
        [STANDING_SUSPENDED] = N_("suspended"),
        [STANDING_EXPIRED] = N_("expired"),
        [STANDING_ENDED] = N_("ended"),
        [STANDING_REKEYED] = N_("the other office has a new key: it must be signed again"),
    };

    return text[s];
}

/* ---- reading ---- */

struct query *state_query(struct ctx *c, const char *sql, struct str blob, int *rc)
{
    struct query *q = views_query(c->views, sql, c->err);

    *rc = -1;
    if (q) {
        query_bind_blob(q, 1, blob);
        *rc = query_step(q, c->err);
    }
    return q;
}

/* The text was without fault when it came in; a program that has learnt to ask for more since says so here. */
static struct program *text_of(struct ctx *c, const struct query *q, int column)
{
    struct faults ignored = {0};

    return program_parse(c->arena, arena_copy(c->arena, query_text(q, column)), &ignored);
}

int state_signed(struct ctx *c, const uint8_t agreement[16], struct program **out)
{
    int rc;
    struct query *q =
        state_query(c,
                    "SELECT text FROM release_paper WHERE agreement = ?1 AND form = 'agreement' "
                    "AND " BOTH " ORDER BY version, digest LIMIT 1",
                    str_n(agreement, 16), &rc);

    *out = rc == 1 ? text_of(c, q, 0) : NULL;
    query_done(q);
    return rc < 0 ? -1 : *out != NULL;
}

static bool ours(const struct ctx *c, const struct program *p)
{
    struct str me = node_office(c), key = str_z(journal_key(c->journal));

    return (str_eq(p->office[0], me) && str_eq(p->key[0], key)) ||
           (str_eq(p->office[1], me) && str_eq(p->key[1], key));
}

/* Newest first: the first whose day has come is the one. A text that this node's own key did not sign is nobody's. */
static int load_texts(struct ctx *c, const uint8_t agreement[16], int64_t now, struct state *out)
{
    int rc;
    struct query *q =
        state_query(c,
                    "SELECT text FROM release_paper WHERE agreement = ?1 AND form = 'agreement' "
                    "AND " BOTH " GROUP BY digest ORDER BY version DESC, digest",
                    str_n(agreement, 16), &rc);

    for (; rc == 1 && !out->program; rc = query_step(q, c->err)) {
        struct program *p = text_of(c, q, 0);

        if (!p || !ours(c, p))
            continue;
        if (p->from <= now)
            out->program = p;
        else
            out->coming = p;
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static int load_sides(struct ctx *c, const uint8_t agreement[16], struct state *out)
{
    int rc;
    struct query *q = state_query(
        c,
        "SELECT form, office FROM release_paper p WHERE agreement = ?1 AND (form = 'end' OR (form = "
        "'suspension' AND NOT EXISTS (SELECT 1 FROM release_paper r WHERE r.agreement = p.agreement AND "
        "r.form = 'resumption' AND r.office = p.office AND r.at > p.at))) ORDER BY seq",
        str_n(agreement, 16), &rc);

    for (; rc == 1; rc = query_step(q, c->err)) {
        struct str office = arena_copy(c->arena, query_text(q, 1));

        if (str_eq(query_text(q, 0), S("end")))
            out->ended_by = office;
        else if (out->suspended[0].n == 0 || str_eq(out->suspended[0], office))
            out->suspended[0] = office;
        else
            out->suspended[1] = office;
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

/* Whether the other party is known by another key than the one that the text names; the text is then nobody's word
 * any more, but for taking back what went under it. */
static int rekeyed(struct ctx *c, const struct program *p)
{
    struct str me = node_office(c), key;
    int other = str_eq(p->office[0], me) ? 1 : 0;

    if (paper_key(c, p->office[other], &key) < 0)
        return -1;
    return key.n && !str_eq(key, p->key[other]);
}

static int known(struct ctx *c, const uint8_t agreement[16])
{
    int rc;
    struct query *q = state_query(c, "SELECT 1 FROM release_paper WHERE agreement = ?1 LIMIT 1",
                                  str_n(agreement, 16), &rc);

    query_done(q);
    return rc;
}

int state_load(struct ctx *c, const uint8_t agreement[16], int64_t now, struct state *out)
{
    int is_known, is_rekeyed = 0;

    *out = (struct state){0};
    if (load_texts(c, agreement, now, out) < 0 || load_sides(c, agreement, out) < 0 ||
        (is_known = known(c, agreement)) < 0 ||
        (out->program && (is_rekeyed = rekeyed(c, out->program)) < 0))
        return -1;
    out->standing = !is_known                       ? STANDING_UNKNOWN
                    : !out->program && !out->coming ? STANDING_PROPOSED
                    : out->ended_by.n               ? STANDING_ENDED
                    : !out->program                 ? STANDING_NOT_YET
                    : is_rekeyed                    ? STANDING_REKEYED
                    : now >= out->program->until    ? STANDING_EXPIRED
                    : out->suspended[0].n           ? STANDING_SUSPENDED
                                                    : STANDING_IN_FORCE;
    return 0;
}

int release_between(struct ctx *c, struct str office, struct str peer, uint8_t (**out)[16], size_t *n)
{
    struct query *q =
        views_query(c->views,
                    "SELECT DISTINCT agreement FROM release_paper WHERE form = 'agreement' AND "
                    "((one = ?1 AND two = ?2) OR (one = ?2 AND two = ?1)) ORDER BY agreement",
                    c->err);
    size_t room = 0;
    int rc = -1;

    *out = NULL;
    *n = 0;
    if (q) {
        query_bind_text(q, 1, office);
        query_bind_text(q, 2, peer);
        while ((rc = query_step(q, c->err)) == 1) {
            if (*n == room) {
                uint8_t(*more)[16] = arena_alloc(c->arena, (room = 2 * room + 8) * 16);

                if (*n)
                    memcpy(more, *out, *n * 16);
                *out = more;
            }
            memcpy((*out)[(*n)++], query_blob(q, 0).p, 16);
        }
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

/* ---- entries of a dispatch ---- */

static void put_number(struct buf *b, uint64_t v, int bytes)
{
    while (bytes-- > 0)
        buf_char(b, (char)(v >> (8 * bytes)));
}

static uint64_t number_at(const char *p, int bytes)
{
    uint64_t v = 0;

    for (int i = 0; i < bytes; i++)
        v = v << 8 | (uint8_t)p[i];
    return v;
}

void given_put(struct buf *b, const struct given *g)
{
    buf_put(b, g->id, sizeof g->id);
    put_number(b, g->fields, 8);
    put_number(b, g->version, 2);
    put_number(b, g->clause, 2);
    buf_put(b, g->leaf, sizeof g->leaf);
}

bool given_take(struct str *entries, struct given *out)
{
    if (entries->n < GIVEN_SIZE)
        return false;
    memcpy(out->id, entries->p, 16);
    out->fields = number_at(entries->p + 16, 8);
    out->version = (unsigned)number_at(entries->p + 24, 2);
    out->clause = (unsigned)number_at(entries->p + 26, 2);
    memcpy(out->leaf, entries->p + 28, HASH_SIZE);
    *entries = str_n(entries->p + GIVEN_SIZE, entries->n - GIVEN_SIZE);
    return true;
}

/* ---- apply ---- */

static struct str text_at(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

static int64_t int_at(const struct record *r, const char *field)
{
    int i = schema_field(r->kind, str_z(field));

    return record_has(r, i) ? r->v[i].i : 0;
}

static int run(struct ctx *c, struct query *q)
{
    int rc = q ? query_step(q, c->err) : -1;

    query_done(q);
    return rc < 0 ? -1 : 0;
}

static int put_paper(struct ctx *c, const struct entry *x, const struct paper *p,
                     const struct program *parties)
{
    struct query *q = views_query(
        c->views, "INSERT INTO release_paper VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)", c->err);

    if (!q)
        return -1;
    query_bind_int(q, 1, (int64_t)x->seq);
    query_bind_blob(q, 2, str_n(x->id, 16));
    query_bind_blob(q, 3, str_n(p->agreement, 16));
    query_bind_blob(q, 4, str_n(p->digest, HASH_SIZE));
    query_bind_text(q, 5, str_z(p->form));
    query_bind_int(q, 6, p->program ? p->program->version : 0);
    if (p->by.n)
        query_bind_text(q, 7, p->by);
    else
        query_bind_null(q, 7);
    query_bind_int(q, 8, p->at);
    query_bind_text(q, 9, parties->office[0]);
    query_bind_text(q, 10, parties->office[1]);
    query_bind_text(q, 11, text_at(x->record, "from"));
    query_bind_text(q, 12, p->note.text);
    return run(c, q);
}

static int put_signature(struct ctx *c, const struct entry *x, const struct paper *p,
                         const struct signed_by *s)
{
    struct query *q = views_query(c->views, "INSERT INTO release_signature VALUES(?1,?2,?3,?4,?5)", c->err);

    if (!q)
        return -1;
    query_bind_int(q, 1, (int64_t)x->seq);
    query_bind_blob(q, 2, str_n(p->digest, HASH_SIZE));
    query_bind_text(q, 3, s->office);
    query_bind_text(q, 4, text_at(x->record, "from"));
    query_bind_text(q, 5, s->line);
    return run(c, q);
}

static int apply_act(struct ctx *c, const struct entry *x)
{
    struct faults ignored = {0};
    struct signed_by by[2];
    struct program *parties;
    struct paper p;
    size_t n;
    int rc;

    if (!paper_read(c->arena, text_at(x->record, "note"), &ignored, &p))
        return 0;
    parties = p.program;
    if (!parties && (rc = state_signed(c, p.agreement, &parties)) != 1)
        return rc;
    n = paper_signatures(c->arena, &p, parties, by);
    if (n == 0)
        return 0;
    if (put_paper(c, x, &p, parties) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (put_signature(c, x, &p, &by[i]) < 0)
            return -1;
    return 0;
}

static int put_given(struct ctx *c, const struct entry *x, const struct given *g, int64_t at)
{
    struct query *q =
        views_query(c->views, "INSERT OR REPLACE INTO release_given VALUES(?1,?2,?3,?4,?5,?6,0)", c->err);

    if (!q)
        return -1;
    query_bind_blob(q, 1, str_n(g->id, 16));
    query_bind_int(q, 2, (int64_t)x->seq);
    query_bind_int(q, 3, at);
    query_bind_int(q, 4, (int64_t)g->fields);
    query_bind_int(q, 5, g->version);
    query_bind_int(q, 6, g->clause);
    return run(c, q);
}

/* A new epoch begins where the taker stands: what this node had put in behind that place has not arrived. */
static int not_arrived(struct ctx *c, const struct entry *x)
{
    struct query *q = views_query(
        c->views,
        "UPDATE release_given SET lost = 1 WHERE EXISTS (SELECT 1 FROM release_dispatch d WHERE d.seq = "
        "release_given.dispatch AND d.agreement = ?1 AND d.giver = ?2 AND d.taker = ?3 AND "
        "((d.epoch = ?4 AND d.first + release_given.place >= ?5) OR d.epoch > ?4))",
        c->err);
    if (!q)
        return -1;
    query_bind_blob(q, 1, text_at(x->record, "agreement"));
    query_bind_text(q, 2, text_at(x->record, "giver"));
    query_bind_text(q, 3, text_at(x->record, "taker"));
    query_bind_int(q, 4, int_at(x->record, "previous_epoch"));
    query_bind_int(q, 5, int_at(x->record, "previous_size"));
    return run(c, q);
}

static int remember_unknown(struct ctx *c, const struct entry *x)
{
    struct query *q = views_query(
        c->views,
        "INSERT INTO release_unknown SELECT ?1, ?2, ?3, ?4 WHERE ?6 > (SELECT coalesce(max(first + "
        "\"count\"), 0) FROM v_dispatch WHERE agreement = ?2 AND giver = ?3 AND taker = ?4 AND epoch = ?5 "
        "AND seq < ?1)",
        c->err);

    if (!q)
        return -1;
    query_bind_int(q, 1, (int64_t)x->seq);
    query_bind_blob(q, 2, text_at(x->record, "agreement"));
    query_bind_text(q, 3, text_at(x->record, "giver"));
    query_bind_text(q, 4, text_at(x->record, "taker"));
    query_bind_int(q, 5, int_at(x->record, "previous_epoch"));
    query_bind_int(q, 6, int_at(x->record, "previous_size"));
    return run(c, q);
}

static int apply_dispatch(struct ctx *c, const struct entry *x)
{
    struct query *q;
    struct str entries = text_at(x->record, "entries");
    struct given g;

    if (int_at(x->record, "previous_epoch") > 0 && (not_arrived(c, x) < 0 || remember_unknown(c, x) < 0))
        return -1;
    q = views_query(c->views, "INSERT INTO release_dispatch VALUES(?1,?2,?3,?4,?5,?6,?7)", c->err);
    if (!q)
        return -1;
    query_bind_int(q, 1, (int64_t)x->seq);
    query_bind_blob(q, 2, str_n(x->id, 16));
    query_bind_blob(q, 3, text_at(x->record, "agreement"));
    query_bind_text(q, 4, text_at(x->record, "giver"));
    query_bind_text(q, 5, text_at(x->record, "taker"));
    query_bind_int(q, 6, int_at(x->record, "epoch"));
    query_bind_int(q, 7, int_at(x->record, "first"));
    if (run(c, q) < 0)
        return -1;
    for (int64_t at = 0; given_take(&entries, &g); at++)
        if (put_given(c, x, &g, at) < 0)
            return -1;
    return 0;
}

/* What was derived from a record whose values are gone goes too. */
static int forget(struct ctx *c, struct str id)
{
    static const char *const sql[] = {
        "DELETE FROM release_signature WHERE seq IN (SELECT seq FROM release_paper WHERE id = ?1)",
        "DELETE FROM release_paper WHERE id = ?1",
        "DELETE FROM release_given WHERE dispatch IN (SELECT seq FROM release_dispatch WHERE id = ?1)",
        "DELETE FROM release_dispatch WHERE id = ?1",
    };
    int rc = 0;

    for (size_t i = 0; i < COUNT(sql) && rc >= 0; i++)
        query_done(state_query(c, sql[i], id, &rc));
    return rc < 0 ? -1 : 0;
}

int release_apply(struct ctx *c, const struct entry *x)
{
    if (!x->record)
        return 0;
    if (strcmp(x->kind->name, "act") == 0)
        return apply_act(c, x);
    if (strcmp(x->kind->name, "dispatch") == 0)
        return apply_dispatch(c, x);
    if (strcmp(x->kind->name, "erasure") == 0) {
        struct str about = text_at(x->record, "about");

        return about.n == 16 ? forget(c, about) : 0;
    }
    return 0;
}
