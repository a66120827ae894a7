/*
 * take.c: the taker's side. A batch that take_check.c has passed enters in one transaction: each record under its
 * originator's header and id, each with its `disclosure` (the evidence), and one `receipt`: the giver's head with this
 * node's cosignature. Only when that is durable is the receipt told to anybody.
 *
 * The same record can come more than once: through another agreement, with more fields after an amendment, again in
 * the next epoch of a restored giver. The commitment tells that it is the same: what shows nothing new adds its
 * evidence alone; what shows more enters under a new id that replaces the earlier, with all the fields now known.
 */
#include "exchange/internal.h"

#define TRIES 16

struct entering {
    struct checking *k;
    struct ctx *c;
    struct batch *b;
    struct arena *a; /* emptied after each entry */
    uint64_t entered;
};

/* What this node has of a record already: by its commitment, since anybody can give anything an id. */
struct known {
    bool any, other; /* other: under this id, with another commitment */
    uint64_t fields;
    uint8_t newest[16];
};

static int known_of(struct entering *t, const uint8_t id[16], const uint8_t *commitment, struct known *out)
{
    struct query *q = views_query(t->c->views,
                                  "SELECT about, wire FROM v_disclosure WHERE record = ?1 AND erased = 0"
                                  " AND about IS NOT NULL ORDER BY seq",
                                  t->c->err);
    struct wire_entry w;
    int rc;

    *out = (struct known){0};
    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(id, 16));
    while ((rc = query_step(q, t->c->err)) == 1) {
        if (query_blob(q, 0).n != 16 || !entry_get(query_blob(q, 1), &w))
            continue;
        if (memcmp(w.commitment, commitment, HASH_SIZE) != 0) {
            out->other = true;
            continue;
        }
        out->any = true;
        out->fields |= w.fields;
        memcpy(out->newest, query_blob(q, 0).p, 16);
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

/* 1: this office (empty: any) has given something under this id, with this commitment; 0: it has not; -1. */
static int given_before(struct entering *t, const uint8_t id[16], struct str giver,
                        uint8_t commitment[HASH_SIZE])
{
    struct query *q =
        views_query(t->c->views,
                    "SELECT wire FROM v_disclosure WHERE record = ?1 AND (?2 = '' OR giver = ?2)"
                    " AND erased = 0 AND about IS NOT NULL ORDER BY seq DESC LIMIT 1",
                    t->c->err);
    struct wire_entry w;
    int rc;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(id, 16));
    query_bind_text(q, 2, giver);
    rc = query_step(q, t->c->err);
    if (rc == 1) {
        rc = entry_get(query_blob(q, 0), &w);
        memcpy(commitment, w.commitment, HASH_SIZE);
    }
    query_done(q);
    return rc;
}

/* ---- the record ---- */

static const uint8_t none[16];

/* 1 = entered, 0 = the journal has this id already (it was erased since, or came another way). */
static int put_record(struct entering *t, struct record *r)
{
    if (batch_put(t->b, r, t->c->err) == 0) {
        t->entered++;
        return 1;
    }
    if (t->c->err->code != ERR_CONFLICT)
        return -1;
    err_clear(t->c->err);
    return 0;
}

/* All that is known of it now, in place of what was known before. */
static int put_fuller(struct entering *t, struct record *r, const struct known *had)
{
    struct entry x;

    if (journal_get(t->c->journal, t->a, had->newest, &x, t->c->err) < 0)
        return -1;
    for (int i = 0; x.record && i < r->kind->fields; i++)
        if (record_has(x.record, i) && !record_has(r, i)) {
            r->v[i] = x.record->v[i];
            r->have |= UINT64_C(1) << i;
        }
    memset(r->head.id, 0, sizeof r->head.id);
    memcpy(r->head.replaces, had->newest, sizeof had->newest);
    return put_record(t, r);
}

/* 1: the journal has this id; *of_giver: as a record that this giver made. */
static int is_here(struct entering *t, const uint8_t id[16], bool *of_giver)
{
    struct err e = {.lang = t->c->lang};
    struct entry x;

    *of_giver = false;
    if (journal_get(t->c->journal, t->a, id, &x, &e) == 0) {
        *of_giver = x.record && str_eq(x.record->head.origin, t->k->ch.giver);
        return 1;
    }
    if (e.code == ERR_NOT_FOUND)
        return 0;
    *t->c->err = e;
    return -1;
}

/* It corrects what this node may have under another id, in its fullest form. Only who gave something, or made it and
 * somebody else passed it on, can put something else in its place: ours, and what came from others, stays as it is,
 * and what claims to correct it stands beside it. */
static int point_to_newest(struct entering *t, struct record *r)
{
    uint8_t commitment[HASH_SIZE];
    struct str giver = t->k->ch.giver;
    struct known corrected;
    bool of_giver;
    int rc, here;

    if (memcmp(r->head.replaces, none, sizeof none) == 0)
        return 0;
    rc = given_before(t, r->head.replaces, giver, commitment);
    here = rc == 0 ? is_here(t, r->head.replaces, &of_giver) : 0;
    if (here == 1 && of_giver && str_eq(r->head.origin, giver))
        rc = given_before(t, r->head.replaces, S(""), commitment);
    if (rc == 1) {
        if (known_of(t, r->head.replaces, commitment, &corrected) < 0)
            return -1;
        memcpy(r->head.replaces, corrected.newest, sizeof corrected.newest);
    } else if (here == 1) {
        memset(r->head.replaces, 0, sizeof r->head.replaces);
    }
    return rc < 0 || here < 0 ? -1 : 0;
}

/* 1: about[] is the local record that says what the entry says; 0: there is none. */
static int enter_record(struct entering *t, const struct taken *x, uint8_t about[16])
{
    struct record *r = x->d.record;
    struct known had;
    int rc;

    if (known_of(t, x->w.id, x->w.commitment, &had) < 0)
        return -1;
    if (had.any && (x->w.fields & ~had.fields) == 0) {
        memcpy(about, had.newest, 16);
        return 1;
    }
    if (had.other && !had.any) /* somebody else says something else under this id: both are kept */
        memset(r->head.id, 0, sizeof r->head.id);
    if (had.any)
        rc = put_fuller(t, r, &had);
    else
        rc = point_to_newest(t, r) < 0 ? -1 : put_record(t, r);
    memcpy(about, r->head.id, 16);
    return rc;
}

/* The last day on which the clause lets this node keep what comes today. */
static struct str keep_until(struct ctx *c, int64_t days)
{
    int64_t today = c->world->now(c->world->arg) / INT64_C(86400000000);
    int y, m, d;

    date_of(today + days, &y, &m, &d);
    return arena_fmt(c->arena, "%04d-%02d-%02d", y, m, d);
}

/* What does not enter leaves no values either: it was erased here, and that it came again is all that is kept. */
static struct str without_values(struct entering *t, const struct taken *x)
{
    struct wire_entry w = x->w;
    struct buf disclosure, b;
    struct str out = {NULL, 0};

    buf_init(&disclosure, GIVE_BYTES);
    buf_init(&b, GIVE_BYTES);
    if (schema_narrow(&disclosure, x->w.disclosure, 0, t->c->err) == 0) {
        w.disclosure = buf_view(&disclosure);
        entry_put(&b, &w);
        out = arena_copy(t->a, buf_view(&b));
    }
    buf_free(&b);
    buf_free(&disclosure);
    return out;
}

static int enter(struct entering *t, size_t i)
{
    const struct taken *x = &t->k->entry[i];
    struct record *r;
    uint8_t about[16];
    struct ctx sub = *t->c;
    int rc;

    if (x->d.record == NULL) /* erased by its giver: its leaf is in the receipt */
        return 0;
    rc = enter_record(t, x, about);
    if (rc < 0)
        return -1;
    sub.arena = t->a;
    r = rec_of_channel(&sub, "disclosure", &t->k->ch);
    r->head.exercise = x->d.record->head.exercise;
    rec_set_number(r, "number", x->w.number);
    rec_set(r, "record", str_n(x->w.id, 16));
    if (rc == 1)
        rec_set(r, "about", str_n(about, 16));
    rec_set(r, "wire", rc == 1 ? t->k->give->item[i] : without_values(t, x));
    if (rc == 1 && x->keep_days > 0)
        rec_set(r, "keep_until", keep_until(&sub, x->keep_days));
    return batch_put(t->b, r, t->c->err);
}

/* ---- the receipt ---- */

static struct record *receipt(struct checking *k)
{
    struct record *r = rec_of_channel(k->c, "receipt", &k->ch);
    size_t n = k->give->items;
    char *leaves = arena_alloc(k->c->arena, n * HASH_SIZE);
    struct buf note;

    buf_init(&note, NOTE_MAX);
    journal_cosign(k->c->journal, &k->note, &note);
    for (size_t i = 0; i < n; i++)
        memcpy(leaves + i * HASH_SIZE, k->entry[i].w.leaf, HASH_SIZE);
    rec_set_number(r, "size", k->head.size);
    rec_set_hex(k->c, r, "root", k->head.root);
    rec_set(r, "note", arena_copy(k->c->arena, buf_view(&note)));
    rec_set(r, "leaves", str_n(leaves, n * HASH_SIZE));
    buf_free(&note);
    return r;
}

/* A batch enters once, whatever the views say. */
static int once(struct checking *k, struct batch *b)
{
    const struct str parts[2] = {S("puente/take/v1"), k->note.text};
    uint8_t key[HASH_SIZE];

    sha256(key, parts, COUNT(parts));
    return batch_once(b, key, k->c->err);
}

static int write_all(struct checking *k, struct batch *b, uint64_t *entered)
{
    struct entering t = {.k = k, .c = k->c, .b = b, .a = arena_new()};
    int rc = once(k, b);

    if (rc == 1 && views_hold(k->c->views, k->c->err) < 0)
        rc = -1;
    for (size_t i = 0; rc == 1 && i < k->give->items; i++) {
        if (enter(&t, i) < 0)
            rc = -1;
        arena_reset(t.a);
    }
    views_let_go(k->c->views);
    arena_free(t.a);
    *entered = t.entered;
    if (rc == 1 && batch_put(b, receipt(k), k->c->err) < 0)
        rc = -1;
    return rc;
}

/* ---- forks ---- */

/* What the giver signed before, what it signs now, and the entry in question, one behind the other. */
static int keep_evidence(struct checking *k)
{
    struct record *r = rec_of_channel(k->c, "fork", &k->ch);
    struct buf b;
    int rc;

    buf_init(&b, BYTES_MAX);
    buf_str(&b, k->state.note);
    buf_str(&b, k->give->note);
    buf_str(&b, k->exhibit);
    rec_set_number(r, "epoch", k->state.epoch ? k->state.epoch : 1);
    rec_set_number(r, "version", k->program->version);
    rec_set(r, "what", str_z(k->fork));
    rec_set(r, "evidence", buf_view(&b));
    rc = node_append(k->c, &r, 1, NULL);
    buf_free(&b);
    return rc;
}

/* ---- one give ---- */

static int check_now(struct checking *k, struct release *r)
{
    struct channel newest = k->ch;

    newest.epoch = 0;
    k->refusal = k->fork = NULL;
    k->program = release_program(r);
    if (channel_state(k->c, &newest, &k->state) < 0)
        return -1;
    if (k->program == NULL)
        k->refusal = "papers";
    else if (channel_stands(&k->state, k->program))
        k->refusal = "forked";
    return k->refusal ? 0 : take_check(k);
}

/* 1 = taken, 0 = not (k->refusal), 2 = somebody wrote meanwhile: look again. */
static int try_to_take(struct checking *k, struct release *r, uint64_t *entered)
{
    uint64_t seq, epoch;
    struct channel newest = k->ch;
    struct batch *b;
    int rc = check_now(k, r);

    if (rc != 1)
        return rc;
    seq = k->state.seq;
    epoch = k->state.epoch;
    rc = exchange_turn(k->c, &b);
    if (rc != 1)
        return rc < 0 ? -1 : 2;
    newest.epoch = 0;
    rc = channel_state(k->c, &newest, &k->state);
    if (rc < 0 || k->state.seq != seq || k->state.epoch != epoch || channel_stands(&k->state, k->program)) {
        batch_abort(b);
        return rc < 0 ? -1 : 2;
    }
    rc = write_all(k, b, entered);
    if (rc != 1) {
        batch_abort(b);
        return rc;
    }
    return batch_commit(b, k->c->err) < 0 || node_catch_up(k->c) < 0 ? -1 : 1;
}

int channel_take(struct ctx *c, struct str peer, const struct part *give, struct taking_result *out)
{
    struct checking k = {.c = c, .peer = peer, .give = give};
    struct release *r;
    uint64_t entered = 0;
    int rc = 2;

    *out = (struct taking_result){0};
    if (give->note.n == 0 && give->items == 0)
        return 0;
    k.ch = (struct channel){.giver = peer, .taker = node_office(c), .epoch = give->at.epoch};
    memcpy(k.ch.agreement, give->agreement, sizeof k.ch.agreement);
    r = release_open(c, give->agreement, peer, k.ch.taker, c->world->now(c->world->arg));
    if (r == NULL)
        return -1;
    for (int i = 0; rc == 2 && i < TRIES; i++)
        rc = try_to_take(&k, r, &entered);
    if (rc == 2)
        return err_set(c->err, ERR_BUSY, N_("others keep writing: try again"));
    if (rc < 0 || (k.fork && keep_evidence(&k) < 0))
        return -1;
    if (k.refusal)
        out->refusal = str_z(k.refusal);
    if (rc == 1)
        out->n = give->items;
    return 0;
}
