/*
 * retract.c: taking back. The giver's `retraction` travels to whoever was given the record, whatever has become of the
 * agreement (clause 0). Where holders must erase, the taker's node does: the record, what proves it, every version of
 * it, each with its `erasure`; then it appends a `retraction` of its own with `receipt_of`, which travels back. It
 * looks for what is still to be done each time it talks to anybody, so a crash in between leaves nothing open.
 */
#include "exchange/internal.h"

#define RETRACT_DAYS 7   /* until holders must have confirmed, when nobody says */
#define AT_ONCE      256 /* retractions settled in one go */
#define VERSIONS     64  /* of one record, as corrected */
#define GIVERS       16  /* offices that brought one and the same retraction */

/* ---- forgetting ---- */

static struct record *erasure(struct ctx *c, const struct entry *x, const struct forgetting *why)
{
    struct record *r = rec_own(c, "erasure");

    rec_set(r, "about", arena_copy(c->arena, str_n(x->id, 16)));
    rec_set(r, "kind", str_z(x->kind->name));
    rec_set(r, "reason", str_z(why->reason));
    rec_set(r, "legal_basis", why->legal);
    rec_set(r, "decided_by", node_office(c));
    rec_set_hex(c, r, "commitment", x->commitment);
    rec_set(r, "retraction", why->retraction);
    return r;
}

/* 1 = gone now, 0 = it was gone. */
static int erase_one(struct ctx *c, struct str id, const struct forgetting *why)
{
    struct entry x;

    if (journal_get(c->journal, c->arena, (const uint8_t *)id.p, &x, c->err) < 0)
        return -1;
    if (x.erased)
        return 0;
    return journal_erase(c->journal, x.id, erasure(c, &x, why), c->err) < 0 ? -1 : 1;
}

struct ids {
    uint8_t (*id)[16];
    size_t n, room;
};

static void ids_add(struct arena *a, struct ids *l, struct str id)
{
    if (id.n != 16)
        return;
    if (l->n == l->room) {
        uint8_t(*more)[16] = arena_alloc(a, (l->room = 2 * l->room + 16) * sizeof *more);
        if (l->n)
            memcpy(more, l->id, l->n * sizeof *more);
        l->id = more;
    }
    memcpy(l->id[l->n++], id.p, 16);
}

/* The disclosures of a record. */
struct shown_by {
    uint8_t id[16], about[16], commitment[HASH_SIZE];
    bool has_about, counts;
};

static int shown_by_all(struct ctx *c, struct str record, const struct forgetting *why,
                        struct shown_by **list, size_t *n)
{
    struct query *q = views_query(
        c->views,
        "SELECT id, about, wire, giver FROM v_disclosure WHERE record = ?1 AND erased = 0 ORDER BY seq",
        c->err);
    size_t room = 0;
    int rc;

    *n = 0;
    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, record);
    while ((rc = query_step(q, c->err)) == 1) {
        struct wire_entry w;
        struct shown_by *x;

        if (*n == room) {
            struct shown_by *more = arena_alloc(c->arena, (room = 2 * room + 16) * sizeof *more);
            if (*n)
                memcpy(more, *list, *n * sizeof *more);
            *list = more;
        }
        if (query_blob(q, 0).n != 16 || !entry_get(query_blob(q, 2), &w))
            continue;
        x = &(*list)[(*n)++];
        *x = (struct shown_by){.has_about = query_blob(q, 1).n == 16,
                               .counts = why->giver.n == 0 || str_eq(query_text(q, 3), why->giver)};
        memcpy(x->id, query_blob(q, 0).p, 16);
        memcpy(x->commitment, w.commitment, HASH_SIZE);
        if (x->has_about)
            memcpy(x->about, query_blob(q, 1).p, 16);
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

/* The same record, whoever else gave it: by its commitment, for anybody can give anything the same id. */
static bool the_same(const struct shown_by *list, size_t n, const struct shown_by *x)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].counts && memcmp(list[i].commitment, x->commitment, HASH_SIZE) == 0)
            return true;
    return false;
}

/* The records first: while a disclosure is left, what is open is found again. */
int forget_record(struct ctx *c, struct str record, const struct forgetting *why, uint64_t *n)
{
    struct shown_by *list = NULL;
    size_t shown;
    int rc = shown_by_all(c, record, why, &list, &shown);

    for (size_t i = 0; rc >= 0 && i < shown; i++)
        if (list[i].has_about && the_same(list, shown, &list[i])) {
            rc = erase_one(c, str_n(list[i].about, 16), why);
            *n += rc == 1;
        }
    for (size_t i = 0; rc >= 0 && i < shown; i++)
        if (the_same(list, shown, &list[i]))
            rc = erase_one(c, str_n(list[i].id, 16), why);
    return rc < 0 || node_catch_up(c) < 0 ? -1 : 0;
}

/* ---- the taker ---- */

struct open_one {
    uint8_t id[16], about[16];
};

/* Not confirmed by this node. */
static int open_ones(struct ctx *c, struct open_one *list, size_t *n)
{
    struct query *q = views_query(
        c->views,
        "SELECT r.id, r.about FROM v_retraction r WHERE r.h_origin <> ?1"
        " AND r.required = 'erase' AND r.receipt_of IS NULL AND r.erased = 0"
        " AND NOT EXISTS (SELECT 1 FROM v_retraction d WHERE d.receipt_of = r.id AND d.h_origin = ?1)"
        " ORDER BY r.seq LIMIT ?2",
        c->err);
    int rc;

    *n = 0;
    if (q == NULL)
        return -1;
    query_bind_text(q, 1, node_office(c));
    query_bind_int(q, 2, AT_ONCE);
    while ((rc = query_step(q, c->err)) == 1) {
        struct open_one *x = &list[*n];
        if (query_blob(q, 0).n != 16 || query_blob(q, 1).n != 16)
            continue;
        memcpy(x->id, query_blob(q, 0).p, 16);
        memcpy(x->about, query_blob(q, 1).p, 16);
        ++*n;
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static struct record *confirmation(struct ctx *c, const struct open_one *x)
{
    struct entry e;
    struct record *r;

    if (journal_get(c->journal, c->arena, x->id, &e, c->err) < 0)
        return NULL;
    r = rec_own(c, "retraction");
    rec_set(r, "about", arena_copy(c->arena, str_n(x->about, 16)));
    rec_set(r, "office", node_office(c));
    rec_set(r, "reason", e.record ? rec_text(e.record, "reason") : S("withdrawn"));
    rec_set(r, "required", S("confirmed"));
    rec_set(r, "receipt_of", arena_copy(c->arena, str_n(x->id, 16)));
    return r;
}

/* Who brought the retraction can take back what it gave itself, and nothing else, whoever it names. */
static int forget_given(struct ctx *c, const struct open_one *x, uint64_t *n)
{
    struct query *q = views_query(
        c->views, "SELECT DISTINCT giver FROM v_disclosure WHERE about = ?1 AND erased = 0 ORDER BY giver",
        c->err);
    struct forgetting why = {.reason = "retraction",
                             .legal = S("retraction"),
                             .retraction = arena_copy(c->arena, str_n(x->id, 16))};
    struct str giver[GIVERS];
    size_t givers = 0;
    int rc;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(x->id, 16));
    while ((rc = query_step(q, c->err)) == 1 && givers < GIVERS)
        giver[givers++] = arena_copy(c->arena, query_text(q, 0));
    query_done(q);
    for (size_t i = 0; rc >= 0 && i < givers; i++) {
        why.giver = giver[i];
        rc = forget_record(c, str_n(x->about, 16), &why, n);
    }
    return rc < 0 ? -1 : 0;
}

static int settle_one(struct ctx *c, const struct open_one *x, uint64_t *n)
{
    const struct str key = str_n(x->id, sizeof x->id);
    struct record *r;

    if (forget_given(c, x, n) < 0)
        return -1;
    /* What it gave is not here, or not here any more: that too is what is asked. */
    r = confirmation(c, x);
    return r == NULL || node_append_once(c, key, &r, 1) < 0 ? -1 : 0;
}

int retract_settle(struct ctx *c, uint64_t *n)
{
    struct open_one *list = arena_alloc(c->arena, AT_ONCE * sizeof *list);
    size_t open;

    if (open_ones(c, list, &open) < 0)
        return -1;
    for (size_t i = 0; i < open; i++)
        if (settle_one(c, &list[i], n) < 0)
            return -1;
    /* Also when the records went before a crash, and only what proves them went now. */
    return open && views_scrub(c->views, c->err) < 0 ? -1 : 0;
}

/* ---- the giver ---- */

static struct str day_in(struct ctx *c, int64_t days)
{
    int y, m, d;

    date_of(c->world->now(c->world->arg) / INT64_C(86400000000) + days, &y, &m, &d);
    return arena_fmt(c->arena, "%04d-%02d-%02d", y, m, d);
}

struct record *retract_record(struct ctx *c, const uint8_t about[16], const char *reason,
                              const char *required)
{
    struct record *r = rec_own(c, "retraction");
    struct str holders;

    if (release_takers(c, about, &holders) < 0)
        return NULL;
    rec_set(r, "about", arena_copy(c->arena, str_n(about, 16)));
    rec_set(r, "office", node_office(c));
    rec_set(r, "reason", str_z(reason));
    rec_set(r, "required", str_z(required));
    rec_set(r, "holders", holders);
    if (holders.n) /* else nobody has to confirm anything */
        rec_set(r, "due", day_in(c, RETRACT_DAYS));
    return r;
}

static int say_takers(struct ctx *c, struct out *o, const struct ids *ids)
{
    struct str offices, office;
    size_t said = 0;

    out_list(o, "given_to");
    for (size_t i = 0; i < ids->n; i++) {
        if (release_takers(c, ids->id[i], &offices) < 0)
            return -1;
        while (offices.n && str_split(&offices, '\n', &office)) {
            out_str(o, NULL, office);
            said++;
        }
    }
    out_end(o);
    if (said == 0)
        out_z(o, "note", tr(o->lang, N_("nobody was given it: nothing will travel")));
    return 0;
}

/* The record and what corrected it since: all of it says the same thing. */
static int versions_of(struct ctx *c, const uint8_t id[16], struct ids *out)
{
    struct entry x;

    if (journal_get(c->journal, c->arena, id, &x, c->err) < 0)
        return -1;
    if (!x.record || !str_eq(x.record->head.origin, node_office(c)))
        return err_set(c->err, ERR_DENIED, N_("only who made a record can take it back"));
    if (x.kind->local || strcmp(x.kind->name, "retraction") == 0)
        return err_set(c->err, ERR_USAGE, N_("a record of kind %s is not given, nor taken back"),
                       x.kind->name);
    ids_add(c->arena, out, str_n(id, 16));
    while (out->n < VERSIONS) {
        struct query *q = views_query(
            c->views,
            arena_fmt(c->arena, "SELECT id FROM \"v_%s\" WHERE h_replaces = ?1 LIMIT 1", x.kind->name).p,
            c->err);
        size_t before = out->n;
        int rc = -1;
        if (q) {
            query_bind_blob(q, 1, str_n(out->id[out->n - 1], 16));
            if ((rc = query_step(q, c->err)) == 1)
                ids_add(c->arena, out, query_blob(q, 0));
        }
        query_done(q);
        if (rc < 0)
            return -1;
        if (out->n == before)
            break;
    }
    return 0;
}

static void first_fault(void *arg, const struct fault *f)
{
    struct ctx *c = arg;

    if (f->severity == SEV_ERROR && c->err->code == ERR_NONE)
        err_set(c->err, ERR_USAGE, "%.*s: %s", STR_ARG(f->place.tag), tr(c->lang, f->def->message));
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct faults faults = {.put = first_fault, .arg = c};
    struct record *r[VERSIONS];
    struct ids ids = {0};
    uint8_t id[16];

    if (!uuid_parse(arg(a, "id"), id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a record"), STR_ARG(arg(a, "id")));
    if (versions_of(c, id, &ids) < 0)
        return -1;
    for (size_t i = 0; i < ids.n; i++) {
        r[i] = retract_record(c, ids.id[i], arena_z(c->arena, arg(a, "reason")),
                              arg_given(a, "required") ? arena_z(c->arena, arg(a, "required")) : "erase");
        if (r[i] == NULL)
            return -1;
        r[i]->head.author = c->author.n ? c->author : node_office(c);
        if (arg_given(a, "due"))
            rec_set(r[i], "due", arg(a, "due"));
        rec_set(r[i], "text", arg(a, "text"));
        if (!schema_check(r[i], (struct place){0}, &faults))
            return -1;
    }
    if (node_append(c, r, ids.n, NULL) < 0)
        return -1;
    out_list(o, "ids");
    for (size_t i = 0; i < ids.n; i++) {
        char text[UUID_SIZE];
        uuid_format(r[i]->head.id, text);
        out_str(o, NULL, arena_copy(c->arena, str_z(text)));
    }
    out_end(o);
    return say_takers(c, o, &ids);
}

static const char *const reasons[] = {"corrected", "court", "expired", "unlawful",
                                      "withdrawn", "wrong", NULL};
static const char *const actions[] = {"correct", "erase", "restrict", NULL};
static const struct param params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the record's id")},
    {"reason", P_CHOICE, .required = true, .choices = reasons, .help = N_("why it is taken back")},
    {"required", P_CHOICE, .choices = actions, .help = N_("what holders must do (erase)")},
    {"due", P_TEXT, .help = N_("the day on which they must have confirmed, YYYY-MM-DD (a week from now)")},
    {"text", P_TEXT, .help = N_("the same in words")},
    {0},
};

const struct op op_retract = {
    .name = "retract",
    .summary = N_("take back a record that was given to others"),
    .help = N_("The retraction travels to every office that was given the record, also when the agreement "
               "is suspended "
               "or has ended; each erases it and its corrections and sends back a signed receipt. Until "
               "then it shows "
               "in due."),
    .params = params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/records/{id}/retraction",
    .run = run,
    .example = "retract 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a --reason wrong",
};
