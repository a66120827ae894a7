/*
 * erase.c: `erase ID`: to forget. Values and seed are destroyed in the journal, the row in the views is emptied,
 * and views.db is left without a trace of it. A record and its corrections say the same thing several times, so
 * all of them go, each with its own `erasure` record; other records that point to it are named, because they may
 * repeat what it said.
 */
#include "admin/internal.h"

#define CHAIN_MOST 1000
#define POINTERS   100 /* records that point here: this many are named */

struct chain {
    struct entry x[CHAIN_MOST];
    size_t n;
};

static bool is_zero(const uint8_t id[16])
{
    static const uint8_t zero[16];
    return memcmp(id, zero, 16) == 0;
}

/* The header of an entry, erased or not. */
static int header_of(struct ctx *c, const struct entry *x, struct header *h)
{
    struct record *r = x->record;

    if (r == NULL && schema_decode(c->arena, x->header, S("\xa0"), &r, c->err) < 0)
        return -1;
    *h = r->head;
    return 0;
}

/* The id of what replaces x: 1 = there is one, 0 = x is the newest. */
static int successor(struct ctx *c, const struct entry *x, uint8_t id[16])
{
    const char *v = x->kind->name;
    struct query *q =
        views_query(c->views,
                    arena_fmt(c->arena,
                              "SELECT n.id FROM \"v_%s\" o JOIN \"v_%s\" n ON n.seq = o.superseded"
                              " WHERE o.seq = ?1",
                              v, v)
                        .p,
                    c->err);
    int rc;

    if (q == NULL)
        return -1;
    query_bind_int(q, 1, (int64_t)x->seq);
    rc = query_step(q, c->err);
    if (rc == 1 && query_blob(q, 0).n == 16)
        memcpy(id, query_blob(q, 0).p, 16);
    query_done(q);
    return rc;
}

/* The record and all its versions, oldest first. */
static int whole_chain(struct ctx *c, const uint8_t id[16], struct chain *v)
{
    struct entry x;
    struct header h;
    uint8_t next[16];
    int rc = journal_get(c->journal, c->arena, id, &x, c->err);

    if (rc < 0 || header_of(c, &x, &h) < 0)
        return -1;
    for (size_t steps = 0; !is_zero(h.replaces) && steps < CHAIN_MOST; steps++) {
        struct entry older;
        struct err e = {.lang = c->lang};
        if (journal_get(c->journal, c->arena, h.replaces, &older, &e) < 0)
            break; /* it replaces what this node never had */
        x = older;
        if (header_of(c, &x, &h) < 0)
            return -1;
    }
    v->x[v->n++] = x;
    while (v->n < CHAIN_MOST && (rc = successor(c, &v->x[v->n - 1], next)) == 1) {
        if (journal_get(c->journal, c->arena, next, &v->x[v->n], c->err) < 0)
            return -1;
        v->n++;
    }
    return rc < 0 ? -1 : 0;
}

static void put(struct record *r, const char *field, struct str s)
{
    record_text(r, schema_field(r->kind, str_z(field)), s);
}

static void first_fault(void *arg, const struct fault *f)
{
    struct ctx *c = arg;

    if (f->severity == SEV_ERROR && c->err->code == ERR_NONE)
        err_set(c->err, ERR_USAGE, "%.*s: %s (%.*s)", STR_ARG(f->place.tag), tr(c->lang, f->def->message),
                STR_ARG(f->expected));
}

/* The record that says why; NULL with err when it breaks a rule of its kind. */
static struct record *erasure(struct ctx *c, const struct args *a, const struct entry *x)
{
    struct record *r = record_new(c->arena, schema_kind(S("erasure")));
    struct str office = arena_copy(c->arena, node_office(c));
    struct faults faults = {.put = first_fault, .arg = c};

    r->head.author = c->author.n ? c->author : office;
    put(r, "about", arena_copy(c->arena, str_n(x->id, 16)));
    put(r, "kind", str_z(x->kind->name));
    put(r, "reason", arg(a, "reason"));
    put(r, "legal_basis", arg(a, "basis"));
    put(r, "decided_by", r->head.author);
    put(r, "second", arg(a, "second"));
    put(r, "commitment", admin_hex(c->arena, x->commitment, sizeof x->commitment));
    return schema_check(r, (struct place){0}, &faults) ? r : NULL;
}

/* Other records that point to one of the chain. */
static int say_pointers(struct ctx *c, struct out *o, const struct chain *v)
{
    size_t said = 0;

    out_list(o, "pointed_to_by");
    for (const struct kind *const *k = schema_kinds; *k; k++)
        for (int i = 0; i < (*k)->fields; i++) {
            const char *f = (*k)->field[i].name;
            struct query *q;
            int rc = 1;
            if ((*k)->field[i].type != T_REF || strcmp((*k)->name, "erasure") == 0)
                continue;
            q = views_query(c->views,
                            arena_fmt(c->arena, "SELECT id FROM \"v_%s\" WHERE \"%s\" = ?1 AND erased = 0",
                                      (*k)->name, f)
                                .p,
                            c->err);
            if (q == NULL)
                return -1;
            query_bind_blob(q, 1, str_n(v->x[v->n - 1].id, 16));
            while (said < POINTERS && (rc = query_step(q, c->err)) == 1) {
                out_open(o, NULL);
                out_z(o, "kind", (*k)->name);
                out_z(o, "field", f);
                out_str(o, "id", admin_id(c->arena, (const uint8_t *)query_blob(q, 0).p));
                out_close(o);
                said++;
            }
            query_done(q);
            if (rc < 0)
                return -1;
        }
    out_end(o);
    return 0;
}

static int erase_all(struct ctx *c, const struct args *a, const struct chain *v, struct out *o)
{
    size_t n = 0;

    for (size_t i = 0; i < v->n; i++) {
        struct record *why;
        if (v->x[i].erased)
            continue;
        why = erasure(c, a, &v->x[i]);
        if (why == NULL || journal_erase(c->journal, v->x[i].id, why, c->err) < 0)
            return -1;
        n++;
    }
    if (n == 0)
        return err_set(c->err, ERR_CONFLICT, N_("this record has been erased already"));
    out_int(o, "erased", (int64_t)n);
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct chain *v = arena_alloc(c->arena, sizeof *v);
    uint8_t id[16];
    int scrubbed;

    if (!uuid_parse(arg(a, "id"), id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a record"), STR_ARG(arg(a, "id")));
    if (whole_chain(c, id, v) < 0 || erasure(c, a, &v->x[0]) == NULL || erase_all(c, a, v, o) < 0 ||
        node_catch_up(c) < 0 || (scrubbed = views_scrub(c->views, c->err)) < 0)
        return -1;
    out_list(o, "ids");
    for (size_t i = 0; i < v->n; i++)
        out_str(o, NULL, admin_id(c->arena, v->x[i].id));
    out_end(o);
    out_z(
        o, "result",
        scrubbed == 0
            ? tr(c->lang, N_("gone from the journal and the views; backups made before still have it"))
            : tr(c->lang,
                 N_("gone from the journal; a reader still holds the views: the next erase, or a restart, "
                    "clears its last trace there")));
    return say_pointers(c, o, v);
}

static const struct param params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the record's id")},
    {"reason", P_TEXT, .required = true,
     .help = N_("why: court, retention, retraction, rights or unlawful")},
    {"basis", P_TEXT, .required = true, .help = N_("the law and article it rests on")},
    {"second", P_TEXT, .help = N_("the officer of another office who agreed")},
    {0},
};

const struct op admin_erase = {
    .name = "erase",
    .summary = N_("destroy the values of a record and of its corrections"),
    .help = N_("What stays is that there was a record, its header and its commitment, so that the log "
               "still verifies; "
               "and a record that says who erased it and why. It cannot be undone."),
    .params = params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run,
    .example = "erase 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a --reason rights --basis 'LFPDPPP art. 25'",
};
