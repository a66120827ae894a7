/*
 * enter.c: when both have signed a text, what it says enters the journal as records of the kinds `agreement`,
 * `objective` and `clause` too, so that the other rooms, lists and reports have it. They release nothing.
 */
#include "release/internal.h"

static void put(struct record *r, const char *field, struct str s)
{
    record_text(r, schema_field(r->kind, str_z(field)), s);
}

static void put_day(struct ctx *c, struct record *r, const char *field, int64_t us)
{
    char text[TIME_SIZE];

    time_format(us, text);
    put(r, field, arena_copy(c->arena, str_n(text, 10)));
}

/* Blanks to line feeds: several values of one field. */
static struct str lines(struct ctx *c, struct str words)
{
    char *z = arena_z(c->arena, words);

    for (char *p = z; *p; p++)
        if (*p == ' ')
            *p = '\n';
    return str_z(z);
}

/* At most 400 bytes, whole signs. */
static struct str short_text(struct str s)
{
    if (s.n > 400)
        for (s.n = 400; s.n && ((uint8_t)s.p[s.n] & 0xc0) == 0x80;)
            s.n--;
    return s;
}

struct entering {
    struct ctx *ctx;
    const struct program *p;
    uint8_t *agreement; /* id of the record, in the arena: the fields keep a view of it */
    unsigned n;         /* of records so far */
};

static void follow(struct entering *e, struct record *r)
{
    struct faults ignored = {0};

    r->head.author = e->ctx->author;
    if (schema_check(r, (struct place){0}, &ignored))
        node_follow(e->ctx,
                    arena_fmt(e->ctx->arena, "%.*s/%u",
                              STR_ARG(hex_encode(e->ctx->arena, str_n(e->p->digest, HASH_SIZE))), e->n),
                    r);
    e->n++;
}

/* The record of the version before, if there is one. */
static int find_old(struct ctx *c, struct str number, struct record *r)
{
    struct query *q =
        views_query(c->views,
                    "SELECT id FROM v_agreement WHERE number = ?1 AND h_origin = ?2 AND superseded "
                    "IS NULL AND erased = 0 ORDER BY seq DESC LIMIT 1",
                    c->err);
    int rc = -1;

    if (q) {
        query_bind_text(q, 1, number);
        query_bind_text(q, 2, node_office(c));
        rc = query_step(q, c->err);
        if (rc == 1)
            memcpy(r->head.replaces, query_blob(q, 0).p, 16);
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static struct str areas(struct ctx *c, const struct program *p)
{
    struct str all = {NULL, 0};

    for (size_t i = 0; i < p->objectives; i++) {
        struct str rest = all, one;
        bool there = false;

        while (all.n && str_split(&rest, '\n', &one))
            there = there || str_eq(one, p->objective[i].area);
        if (!there)
            all = arena_fmt(c->arena, "%.*s%s%.*s", STR_ARG(all), all.n ? "\n" : "",
                            STR_ARG(p->objective[i].area));
    }
    return all;
}

static int enter_agreement(struct entering *e)
{
    struct ctx *c = e->ctx;
    const struct program *p = e->p;
    struct record *r = record_new(c->arena, schema_kind(S("agreement")));
    char id[UUID_SIZE];

    uuid_format(p->id, id);
    e->agreement = arena_alloc(c->arena, 16);
    uuid_v7(c->world, e->agreement);
    memcpy(r->head.id, e->agreement, 16);
    put(r, "title", c->lang == LANG_ES ? p->title_es : p->title_en);
    put(r, "number", arena_copy(c->arena, str_z(id)));
    put(r, "form", S("arrangement"));
    put(r, "offices", arena_fmt(c->arena, "%.*s\n%.*s", STR_ARG(p->office[0]), STR_ARG(p->office[1])));
    put_day(c, r, "from", p->from);
    put_day(c, r, "until", p->until - 1);
    put(r, "legal_basis", p->basis);
    if (p->objectives)
        put(r, "areas", areas(c, p));
    put(r, "languages", S("en\nes"));
    put(r, "digest", hex_encode(c->arena, str_n(p->digest, HASH_SIZE)));
    put(r, "status", S("active"));
    if (find_old(c, str_z(id), r) < 0)
        return -1;
    follow(e, r);
    return 0;
}

static void enter_objective(struct entering *e, const struct objective *o)
{
    struct ctx *c = e->ctx;
    struct record *r = record_new(c->arena, schema_kind(S("objective")));

    put(r, "agreement", str_n(e->agreement, 16));
    put(r, "title", short_text(c->lang == LANG_ES ? o->es : o->en));
    put(r, "area", o->area);
    put(r, "text", arena_fmt(c->arena, "%.*s\n%.*s", STR_ARG(o->en), STR_ARG(o->es)));
    put(r, "offices",
        arena_fmt(c->arena, "%.*s\n%.*s", STR_ARG(e->p->office[0]), STR_ARG(e->p->office[1])));
    put_day(c, r, "from", e->p->from);
    put_day(c, r, "until", e->p->until - 1);
    put(r, "status", S("active"));
    follow(e, r);
}

static struct str field_names(struct ctx *c, const struct clause *x)
{
    struct buf b;
    struct str out;

    buf_init(&b, TEXT_MAX);
    for (int i = 0; i < x->kind->fields; i++)
        if (x->fields >> i & 1)
            buf_fmt(&b, "%s%s", b.n ? "\n" : "", x->kind->field[i].name);
    out = arena_copy(c->arena, buf_view(&b));
    buf_free(&b);
    return out;
}

static void enter_clause(struct entering *e, const struct clause *x)
{
    static const char *const handling[] = {"H0", "H1", "H2", "H3"};
    struct ctx *c = e->ctx;
    struct record *r = record_new(c->arena, schema_kind(S("clause")));

    put(r, "agreement", str_n(e->agreement, 16));
    put(r, "number", arena_fmt(c->arena, "%u", x->number));
    put(r, "giver", x->giver);
    put(r, "taker", x->taker);
    put(r, "kind", x->kind ? str_z(x->kind->name) : S("query"));
    put(r, "fields", x->kind ? field_names(c, x) : lines(c, x->asks));
    put(r, "purpose", x->purpose);
    put(r, "handling", str_z(handling[x->handling]));
    record_int(r, schema_field(r->kind, S("keep_days")), x->keep_days);
    put(r, "condition", x->kind ? x->when_text : arena_fmt(c->arena, "quota %lld", (long long)x->quota));
    put_day(c, r, "from", e->p->from);
    put_day(c, r, "until", e->p->until - 1);
    follow(e, r);
}

/* 1: both have signed this text. */
static int is_signed(struct ctx *c, const uint8_t digest[HASH_SIZE])
{
    int rc;
    struct query *q =
        state_query(c, "SELECT count(DISTINCT signer) FROM release_signature WHERE digest = ?1",
                    str_n(digest, HASH_SIZE), &rc);

    rc = rc == 1 ? query_int(q, 0) == 2 : rc;
    query_done(q);
    return rc;
}

int release_react(struct ctx *c, const struct entry *x)
{
    struct faults ignored = {0};
    struct entering e = {.ctx = c};
    struct paper p;
    int rc;

    if (!x->record || strcmp(x->kind->name, "act") != 0 ||
        !paper_read(c->arena, arena_copy(c->arena, record_get(x->record, schema_field(x->kind, S("note")))),
                    &ignored, &p) ||
        !p.program)
        return 0;
    if ((rc = is_signed(c, p.digest)) != 1)
        return rc;
    e.p = p.program;
    if (enter_agreement(&e) < 0)
        return -1;
    for (size_t i = 0; i < p.program->objectives; i++)
        enter_objective(&e, &p.program->objective[i]);
    for (size_t i = 0; i < p.program->clauses; i++)
        if (p.program->clause[i].number != 0)
            enter_clause(&e, &p.program->clause[i]);
    return 0;
}
