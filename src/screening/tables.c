/*
 * tables.c: the room's views.
 *
 *   scr_declared   the compared fields of every live declared record, by the digest of their key
 *   scr_listed     the names and numbers of every alert that is not withdrawn, likewise. Whenever a record of an alert
 *                  comes, is corrected or is erased, the rows of that alert are made again from the kinds' tables: its
 *                  parts arrive in any order, and how a name is read depends on the alert's own record
 *   scr_control    the control sample (report.c): records that their own secret seed draws
 *   memo_...       logs of the distinct names of either side, for the indexes in memory (known.c): what came gets
 *                  the next number, and what went gets one too; its row is deleted. `chain` ties each row to the one
 *                  before, so that a saved index is told from one of another log. memo_scr_alert: which alert a record of
 *                  an alert belongs to, until it is erased
 *
 * The memos are numbered by when things came, so they are not in the digest (decision 0231).
 */
#include "screening/internal.h"

#include "base/crypto.h"

#include <unistd.h>

#define CONTROL_MOST 20 /* at most one in so many is ever in the control sample */

#define LOG_COLUMNS                                                                                        \
    "(n INTEGER PRIMARY KEY, key BLOB, kind_of INTEGER, name TEXT, gone INTEGER, chain INTEGER NOT NULL)"

const char *const screening_tables[] = {
    "CREATE TABLE scr_declared(id BLOB NOT NULL, field INTEGER NOT NULL, kind INTEGER NOT NULL, key BLOB "
    "NOT NULL, PRIMARY KEY(id, field)) STRICT, WITHOUT ROWID",
    "CREATE INDEX scr_declared_key ON scr_declared(key)",
    "CREATE TABLE scr_listed(part BLOB NOT NULL, field INTEGER NOT NULL, basis INTEGER NOT NULL, key BLOB "
    "NOT NULL, list TEXT NOT NULL, number TEXT NOT NULL, PRIMARY KEY(part, field)) STRICT, WITHOUT ROWID",
    "CREATE INDEX scr_listed_key ON scr_listed(key)",
    "CREATE INDEX scr_listed_alert ON scr_listed(number, list)",
    "CREATE INDEX scr_hit_pair ON v_hit(number, list, basis, matched)",
    "CREATE INDEX scr_expires ON v_alert(expires) WHERE expires IS NOT NULL",
    "CREATE TABLE scr_control(id BLOB PRIMARY KEY, kind INTEGER NOT NULL, seq INTEGER NOT NULL, draw "
    "INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE memo_scr_listed" LOG_COLUMNS " STRICT",
    "CREATE UNIQUE INDEX memo_scr_listed_key ON memo_scr_listed(key) WHERE key IS NOT NULL",
    "CREATE TABLE memo_scr_declared" LOG_COLUMNS " STRICT",
    "CREATE UNIQUE INDEX memo_scr_declared_key ON memo_scr_declared(key) WHERE key IS NOT NULL",
    "CREATE TABLE memo_scr_alert(id BLOB PRIMARY KEY, list TEXT NOT NULL, number TEXT NOT NULL) STRICT, "
    "WITHOUT ROWID",
    NULL,
};

const char *const known_log[2] = {"memo_scr_listed", "memo_scr_declared"};

/* One statement: its parameters in order, b a blob, t a text, i a whole number. 1 = it gave a row, 0 = none, -1. */
static int run(struct ctx *c, const char *sql, const char *types, ...)
{
    struct query *q = views_query(c->views, sql, c->err);
    va_list ap;
    int row;

    if (!q)
        return -1;
    va_start(ap, types);
    for (int i = 1; *types; types++, i++) {
        if (*types == 'b')
            query_bind_blob(q, i, va_arg(ap, struct str));
        else if (*types == 't')
            query_bind_text(q, i, va_arg(ap, struct str));
        else
            query_bind_int(q, i, va_arg(ap, int64_t));
    }
    va_end(ap);
    row = query_step(q, c->err);
    query_done(q);
    return row;
}

/* ---- the logs of distinct names ---- */

struct tail {
    int64_t n, chain;
};

static int read_tail(struct ctx *c, enum side side, struct tail *t)
{
    static const char *const sql[2] = {"SELECT n, chain FROM memo_scr_listed ORDER BY n DESC LIMIT 1",
                                       "SELECT n, chain FROM memo_scr_declared ORDER BY n DESC LIMIT 1"};
    struct query *q = views_query(c->views, sql[side], c->err);
    int row;

    *t = (struct tail){0, 0};
    if (!q)
        return -1;
    row = query_step(q, c->err);
    if (row == 1)
        *t = (struct tail){query_int(q, 0), query_int(q, 1)};
    query_done(q);
    return row < 0 ? -1 : 0;
}

/* The next row's number and chain. */
static int next_tail(struct ctx *c, enum side side, struct str what, struct tail *t)
{
    struct str part[2];
    uint8_t digest[HASH_SIZE];
    int64_t before;

    if (read_tail(c, side, t) < 0)
        return -1;
    before = t->chain;
    part[0] = str_n(&before, sizeof before);
    part[1] = what;
    sha256(digest, part, COUNT(part));
    t->n++;
    t->chain = (int64_t)digest[0] << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
    return 0;
}

/* The number of a name in the log; 0 = it is not there. -1 with err. */
static int64_t number_of(struct ctx *c, enum side side, struct str key)
{
    static const char *const sql[2] = {"SELECT n FROM memo_scr_listed WHERE key = ?1",
                                       "SELECT n FROM memo_scr_declared WHERE key = ?1"};
    struct query *q = views_query(c->views, sql[side], c->err);
    int64_t n = -1;
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, key);
    row = query_step(q, c->err);
    if (row >= 0)
        n = row ? query_int(q, 0) : 0;
    query_done(q);
    return n;
}

static int name_came(struct ctx *c, enum side side, const struct key *k, struct str digest)
{
    static const char *const sql[2] = {"INSERT INTO memo_scr_listed VALUES(?1, ?2, ?3, ?4, NULL, ?5)",
                                       "INSERT INTO memo_scr_declared VALUES(?1, ?2, ?3, ?4, NULL, ?5)"};
    int64_t n = number_of(c, side, digest);
    struct tail t;

    if (n != 0)
        return n < 0 ? -1 : 0;
    if (next_tail(c, side, digest, &t) < 0)
        return -1;
    return run(c, sql[side], "ibiti", t.n, digest, (int64_t)k->of, k->value, t.chain);
}

static int name_went(struct ctx *c, enum side side, struct str digest)
{
    static const char *const left[2] = {"SELECT 1 FROM scr_listed WHERE key = ?1 LIMIT 1",
                                        "SELECT 1 FROM scr_declared WHERE key = ?1 LIMIT 1"};
    static const char *const mark[2] = {
        "INSERT INTO memo_scr_listed VALUES(?1, NULL, NULL, NULL, ?2, ?3)",
        "INSERT INTO memo_scr_declared VALUES(?1, NULL, NULL, NULL, ?2, ?3)"};
    static const char *const drop[2] = {"DELETE FROM memo_scr_listed WHERE n = ?1",
                                        "DELETE FROM memo_scr_declared WHERE n = ?1"};
    int64_t n = number_of(c, side, digest);
    struct tail t;
    int rc;

    if (n <= 0)
        return n < 0 ? -1 : 0;
    rc = run(c, left[side], "b", digest);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (next_tail(c, side, str_n(&n, sizeof n), &t) < 0 || run(c, mark[side], "iii", t.n, n, t.chain) < 0)
        return -1;
    return run(c, drop[side], "i", n);
}

/* A saved index may hold what was erased, also in a version that was corrected since: it goes, and is made again when
 * it is next of use. */
static void drop_saved(struct ctx *c, const struct kind *erased)
{
    if (erased && !keys_has(erased) && !keys_alert(erased))
        return;
    unlink(path_join(c->arena, c->dir, VIEWS_LISTED).p);
    unlink(path_join(c->arena, c->dir, VIEWS_ASKED).p);
}

/* ---- what is declared ---- */

/* Digests are in the arena. */
struct digests {
    struct str key[KEYS_MAX];
    size_t n;
};

static int forget(struct ctx *c, struct str id)
{
    struct query *q = views_query(c->views, "SELECT key FROM scr_declared WHERE id = ?1", c->err);
    struct digests d = {.n = 0};
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    while ((row = query_step(q, c->err)) == 1 && d.n < KEYS_MAX)
        d.key[d.n++] = screening_copy(c, q, 0);
    query_done(q);
    if (row < 0 || d.n == 0)
        return row < 0 ? -1 : 0;
    if (run(c, "DELETE FROM scr_declared WHERE id = ?1", "b", id) < 0)
        return -1;
    for (size_t i = 0; i < d.n; i++)
        if (name_went(c, SIDE_DECLARED, d.key[i]) < 0)
            return -1;
    return 0;
}

static int remember(struct ctx *c, const struct entry *x)
{
    struct key k[KEYS_MAX];
    size_t n = keys_of(c->arena, x->record, k);

    for (size_t i = 0; i < n; i++) {
        uint8_t digest[KEY_SIZE];
        struct str key = str_n(digest, KEY_SIZE);
        keys_digest(&k[i], digest);
        if (run(c, "INSERT INTO scr_declared VALUES(?1, ?2, ?3, ?4)", "biib", str_n(x->id, 16),
                (int64_t)k[i].field, (int64_t)x->kind->number, key) < 0 ||
            (k[i].basis == BASIS_NAME && name_came(c, SIDE_DECLARED, &k[i], key) < 0))
            return -1;
    }
    return 0;
}

/* ---- what is listed ---- */

struct row {
    struct str part, digest;
    int field;
    bool kept;
    struct row *next;
};

static int rows_of(struct ctx *c, struct str list, struct str number, struct row **out)
{
    struct query *q = views_query(
        c->views, "SELECT part, field, key FROM scr_listed WHERE number = ?1 AND list = ?2", c->err);
    int row;

    *out = NULL;
    if (!q)
        return -1;
    query_bind_text(q, 1, number);
    query_bind_text(q, 2, list);
    while ((row = query_step(q, c->err)) == 1) {
        struct row *r = *out = arena_alloc(c->arena, sizeof *r);
        r->part = screening_copy(c, q, 0);
        r->field = (int)query_int(q, 1);
        r->digest = screening_copy(c, q, 2);
        out = &r->next;
    }
    query_done(q);
    return row;
}

/* Nothing to do when the row is there already. */
static int keep(struct ctx *c, const struct alert *a, const struct listed *l, const struct key *k,
                struct row *rows)
{
    uint8_t digest[KEY_SIZE];
    struct str key = str_n(digest, KEY_SIZE);

    keys_digest(k, digest);
    for (struct row *r = rows; r; r = r->next)
        if (r->field == l->field && str_eq(r->part, l->part) && str_eq(r->digest, key)) {
            r->kept = true;
            return 0;
        }
    if (run(c, "INSERT OR REPLACE INTO scr_listed VALUES(?1, ?2, ?3, ?4, ?5, ?6)", "biibtt", l->part,
            (int64_t)l->field, (int64_t)k->basis, key, a->list, a->number) < 0)
        return -1;
    return k->basis == BASIS_NAME ? name_came(c, SIDE_LISTED, k, key) : 0;
}

static int drop_rows(struct ctx *c, struct row *rows)
{
    for (struct row *r = rows; r; r = r->next)
        if (!r->kept && run(c, "DELETE FROM scr_listed WHERE part = ?1 AND field = ?2 AND key = ?3", "bib",
                            r->part, (int64_t)r->field, r->digest) < 0)
            return -1;
    for (struct row *r = rows; r; r = r->next)
        if (!r->kept && name_went(c, SIDE_LISTED, r->digest) < 0)
            return -1;
    return 0;
}

/* The rows of one alert, made again. */
static int refresh(struct ctx *c, struct str list, struct str number)
{
    struct alert a = {0};
    struct row *rows;
    int got = rows_of(c, list, number, &rows) < 0 ? -1 : alert_find(c, list, number, &a);

    if (got < 0 || (got == 1 && !a.withdrawn && alert_parts(c, &a) < 0))
        return -1;
    for (const struct listed *l = a.names; l; l = l->next) {
        struct key k = {.basis = BASIS_NAME, .of = a.of, .value = l->written};
        if (keep(c, &a, l, &k, rows) < 0)
            return -1;
    }
    for (const struct listed *l = a.numbers; l; l = l->next) {
        struct key k = {.basis = BASIS_IDENTIFIER, .class = l->class, .value = l->value};
        if (keep(c, &a, l, &k, rows) < 0)
            return -1;
    }
    return drop_rows(c, rows);
}

/* The alert that a record of one belongs to. 1, 0 when it is none, -1. */
int listed_alert(struct ctx *c, struct str id, struct str *list, struct str *number)
{
    struct query *q =
        views_query(c->views, "SELECT list, number FROM memo_scr_alert WHERE id = ?1", c->err);
    int row;

    *list = *number = S("");
    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    row = query_step(q, c->err);
    if (row == 1) {
        *list = screening_copy(c, q, 0);
        *number = screening_copy(c, q, 1);
    }
    query_done(q);
    return row;
}

static int refresh_of(struct ctx *c, struct str id)
{
    struct str list, number;
    int got = listed_alert(c, id, &list, &number);

    return got == 1 ? refresh(c, list, number) : got;
}

static int listed_came(struct ctx *c, const struct entry *x)
{
    struct str list = record_get(x->record, schema_field(x->kind, S("list")));
    struct str number = record_get(x->record, schema_field(x->kind, S("number")));

    if (run(c, "INSERT INTO memo_scr_alert VALUES(?1, ?2, ?3)", "btt", str_n(x->id, 16), list, number) < 0)
        return -1;
    return refresh(c, list, number);
}

/* ---- the control sample ---- */

/* Which records are looked at though nothing was raised: drawn by each one's own seed, which nobody outside ever sees, and
 * which an auditor with the journal can check. */
static int draw_control(struct ctx *c, const struct entry *x)
{
    struct str part[3] = {S("puente/screening/control/v1"), str_n(x->seed, sizeof x->seed),
                          str_n(x->id, 16)};
    uint8_t digest[HASH_SIZE];
    int64_t draw;

    if (strcmp(x->kind->name, "trip") != 0 && strcmp(x->kind->name, "consignment") != 0)
        return 0;
    sha256(digest, part, COUNT(part));
    draw = (int64_t)digest[0] << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
    if (draw >= ((int64_t)1 << 32) / CONTROL_MOST)
        return 0;
    return run(c, "INSERT INTO scr_control VALUES(?1, ?2, ?3, ?4)", "biii", str_n(x->id, 16),
               (int64_t)x->kind->number, (int64_t)x->seq, draw);
}

/* ---- apply ---- */

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

static int forget_all(struct ctx *c, struct str id)
{
    return forget(c, id) < 0 || refresh_of(c, id) < 0 ||
                   run(c, "DELETE FROM scr_control WHERE id = ?1", "b", id) < 0
               ? -1
               : 0;
}

/* Which alert it was of is told to the reaction, and forgotten. */
static int erase(struct ctx *c, struct str id, uint64_t seq)
{
    struct str list, number;
    int got = listed_alert(c, id, &list, &number);

    if (got == 1)
        known_was(c, seq, list, number);
    return got < 0 || forget_all(c, id) < 0 ||
                   run(c, "DELETE FROM memo_scr_alert WHERE id = ?1", "b", id) < 0
               ? -1
               : 0;
}

int screening_apply(struct ctx *c, const struct entry *x)
{
    bool alert = keys_alert(x->kind);
    struct str old;

    if (x->record && strcmp(x->kind->name, "erasure") == 0) {
        old = record_get(x->record, schema_field(x->kind, S("about")));
        drop_saved(c, schema_kind(record_get(x->record, schema_field(x->kind, S("kind")))));
        return old.n == 16 ? erase(c, old, x->seq) : 0;
    }
    if (!alert && !keys_has(x->kind))
        return 0;
    if (replaced(c, x, &old) != 0 || (old.n && forget_all(c, old) != 0))
        return -1;
    if (!x->record)
        return 0;
    if (alert)
        return listed_came(c, x);
    return remember(c, x) < 0 ? -1 : draw_control(c, x);
}
