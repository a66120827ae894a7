/*
 * take_check.c: what a taker holds a batch to, before anything of it is written:
 *
 *   the head is signed by the giver's key that the agreement names, and it is of this channel;
 *   the entries follow on what is here, one number after the other, and with them the tree has the signed root;
 *   each entry is what its leaf says: record, fields and commitment;
 *   each rests on a clause of the signed text that lets out that kind and those fields;
 *   each record is a record by its kind's rules, of the giver or of somebody that is not us.
 *
 * What the giver has put its name under and contradicts what it had put its name under before is a *fork*: evidence,
 * kept. Anything else is refused, and can be right the next time.
 */
#include "exchange/internal.h"

static int refuse(struct checking *k, const char *why)
{
    k->refusal = why;
    return 0;
}

static int fork_found(struct checking *k, const char *what, struct str exhibit)
{
    k->refusal = k->fork = what;
    k->exhibit = exhibit;
    return 0;
}

/* ---- the head ---- */

/* 1; 0 when the peer that was met has another key than the one that signed the agreement. */
static int same_key(struct checking *k, const struct verifier *v)
{
    struct query *q = views_query(
        k->c->views, "SELECT key FROM v_peer WHERE office = ?1 AND erased = 0 ORDER BY seq DESC LIMIT 1",
        k->c->err);
    struct verifier met;
    int rc;

    if (q == NULL)
        return -1;
    query_bind_text(q, 1, k->peer);
    rc = query_step(q, k->c->err);
    if (rc == 1)
        rc = note_verifier_parse(query_text(q, 0), &met) && memcmp(met.key, v->key, SIGN_PUBLIC) == 0;
    else if (rc == 0)
        rc = 1; /* nobody was met: the agreement's key is all there is */
    query_done(q);
    return rc;
}

/* 1: signed by the giver, and of this channel. */
static int head_is_theirs(struct checking *k)
{
    char origin[CHANNEL_ORIGIN];
    struct verifier v;
    int rc;

    channel_origin(origin, &k->ch);
    if (!party_key(k->program, k->peer, &v))
        return refuse(k, "papers");
    if (!note_parse(k->give->note, &k->note) || !note_verify(&k->note, &v) ||
        !checkpoint_parse(k->note.text, &k->head) || !str_eq(k->head.origin, str_z(origin)) ||
        k->head.size != k->give->at.size + k->give->items)
        return refuse(k, "head");
    rc = same_key(k, &v);
    return rc == 0 ? refuse(k, "key") : rc;
}

static struct position here(const struct checking *k)
{
    struct position p = {.epoch = k->state.epoch ? k->state.epoch : 1, .size = k->state.size};

    memcpy(p.root, k->state.root, HASH_SIZE);
    return p;
}

/* A head that tells of no more than is here: it came late, or twice, or it says something else than before. */
static int old_head(struct checking *k)
{
    struct position p = {.epoch = k->state.epoch, .size = k->head.size};
    int had;

    memcpy(p.root, k->head.root, HASH_SIZE);
    if (k->state.row == 0)
        had = memcmp(p.root, channel_nothing, HASH_SIZE) == 0;
    else
        had = channel_had(k->c, &k->state, &p);
    if (had < 0)
        return -1;
    return had ? 0 : fork_found(k, "root", (struct str){NULL, 0});
}

/* A new epoch that begins elsewhere than where this node stands answers what it said some time ago, before a lost
 * message or a restored backup. It is refused; but it must not contradict what is here. */
static int other_place(struct checking *k, const struct position *before)
{
    int had = 1;

    if (before->epoch == k->state.epoch && before->size <= k->state.size && k->state.row)
        had = channel_had(k->c, &k->state, before);
    if (had < 0)
        return -1;
    return had ? refuse(k, "again") : fork_found(k, "epoch", (struct str){NULL, 0});
}

/* 1: what it brings begins where this node's copy ends. */
static int follows(struct checking *k)
{
    struct position at = here(k), before;

    if (k->ch.epoch < at.epoch)
        return refuse(k, "again");
    if (k->ch.epoch > at.epoch) {
        if (!channel_previous(k->note.text, &before))
            return fork_found(k, "epoch", (struct str){NULL, 0});
        if (before.epoch != at.epoch || before.size != at.size)
            return other_place(k, &before);
        if (memcmp(before.root, at.root, HASH_SIZE) != 0)
            return fork_found(k, "epoch", (struct str){NULL, 0});
        return k->give->at.size == 0 ? 1 : refuse(k, "again");
    }
    if (k->head.size <= at.size)
        return old_head(k);
    return k->give->at.size == at.size ? 1 : refuse(k, "again");
}

/* ---- the entries ---- */

static int tree_fits(struct checking *k)
{
    bool next_epoch = k->ch.epoch > (k->state.epoch ? k->state.epoch : 1);
    uint8_t root[HASH_SIZE];
    struct merkle m = {0};

    if (!next_epoch && channel_frontier(k->c, &k->state, &m) < 0)
        return -1;
    for (size_t i = 0; i < k->give->items; i++) {
        struct wire_entry *w = &k->entry[i].w;
        if (!entry_get(k->give->item[i], w) || w->number != k->give->at.size + i)
            return refuse(k, "entry");
        merkle_push(&m, w->leaf, NULL, NULL);
    }
    merkle_root(&m, root);
    return memcmp(root, k->head.root, HASH_SIZE) == 0 ? 1 : fork_found(k, "root", (struct str){NULL, 0});
}

/* The text of another version of the agreement, as both have signed it; NULL when this node has it not. */
static int other_version(struct checking *k, unsigned version, const struct program **out)
{
    struct query *q = views_query(k->c->views,
                                  "SELECT digest FROM v_act WHERE agreement = ?1 AND form = 'agreement'"
                                  " AND version = ?2 AND erased = 0",
                                  k->c->err);
    struct faults ignored = {0};
    uint8_t digest[HASH_SIZE];
    int rc;

    *out = NULL;
    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(k->ch.agreement, 16));
    query_bind_int(q, 2, version);
    while (*out == NULL && (rc = query_step(q, k->c->err)) == 1) {
        struct verifier v[2];
        struct str paper;
        struct note n;
        size_t got;
        if (!hex_decode(query_text(q, 0), digest, sizeof digest, &got) ||
            paper_get(k->c, digest, &paper) != 1 || !note_parse(paper, &n))
            continue;
        if (party_key(k->program, k->ch.giver, &v[0]) && party_key(k->program, k->ch.taker, &v[1]) &&
            note_verify(&n, &v[0]) && note_verify(&n, &v[1]))
            *out = program_parse(k->c->arena, n.text, &ignored);
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static int program_of(struct checking *k, unsigned version, const struct program **out)
{
    *out = k->program;
    if (k->program->version == version)
        return 1;
    if (k->older == NULL || k->older->version != version)
        if (other_version(k, version, &k->older) < 0)
            return -1;
    *out = k->older;
    return *out ? 1 : refuse(k, "papers");
}

static bool lets_out(const struct clause *c, const struct checking *k, const struct record *r)
{
    if (c == NULL || c->kind != r->kind || r->kind->local || (r->have & ~c->fields))
        return false;
    return c->number == 0 || (str_eq(c->giver, k->ch.giver) && str_eq(c->taker, k->ch.taker));
}

/* What an office says for itself it brings itself: nobody asks, answers or consents in another's name. */
static bool in_whose_name(const struct record *r, struct str giver)
{
    static const char *const own[] = {"answer", "consent", "request"};

    for (size_t i = 0; i < COUNT(own); i++)
        if (strcmp(r->kind->name, own[i]) == 0)
            return str_eq(r->head.origin, giver);
    return true;
}

/* What it opens is the record, and the fields, that its leaf says. */
static bool content_fits(const struct taken *t)
{
    return memcmp(t->d.record->head.id, t->w.id, 16) == 0 && t->d.record->have == t->w.fields;
}

static int entry_fits(struct checking *k, struct taken *t)
{
    struct faults faults = {0};
    const struct program *p;
    struct err e = {.lang = k->c->lang};
    const struct record *r;
    int rc;

    if (t->w.disclosure.n == 0)
        return 1;
    /* That it opens the commitment is not under the giver's signature: it may have been damaged on its way. */
    if (schema_disclosed(k->c->arena, t->w.disclosure, &t->d, &e) < 0 ||
        memcmp(t->d.commitment, t->w.commitment, HASH_SIZE) != 0)
        return refuse(k, "entry");
    r = t->d.record;
    if (!content_fits(t))
        return fork_found(k, "content", t->w.disclosure);
    rc = program_of(k, t->w.version, &p);
    if (rc != 1)
        return rc;
    if (!lets_out(program_clause(p, t->w.clause), k, r))
        return fork_found(k, "clause", t->w.disclosure);
    t->keep_days = program_clause(p, t->w.clause)->keep_days;
    if (r->head.exercise != journal_who(k->c->journal)->exercise)
        return refuse(k, "exercise");
    if (str_eq(r->head.origin, k->ch.taker) || r->head.origin.n == 0 || !in_whose_name(r, k->ch.giver))
        return refuse(k, "origin");
    return schema_check_shown(r, t->d.withheld, (struct place){0}, &faults) ? 1 : refuse(k, "record");
}

int take_check(struct checking *k)
{
    int rc = head_is_theirs(k);

    if (rc == 1)
        rc = follows(k);
    if (rc != 1)
        return rc;
    k->entry = arena_alloc(k->c->arena, k->give->items * sizeof *k->entry);
    rc = tree_fits(k);
    for (size_t i = 0; rc == 1 && i < k->give->items; i++)
        rc = entry_fits(k, &k->entry[i]);
    return rc;
}
