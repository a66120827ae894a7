/*
 * test_release_model.c: whatever happens, in whatever order, a field goes only when a model of a few lines says so, and
 * then it does go. A sequence is drawn from its number: papers proposed, signed, suspended, resumed, amended to more or
 * less, days passing, records that come, are corrected, erased, come from elsewhere, consents given and refused. After
 * each step every record is asked again. The steps go through the views in one transaction that is rolled back.
 */
#include "release_node.h"

#define SEQUENCES 1200
#define STEPS     25
#define RECORDS   8
#define VERSIONS  6
#define DAY       INT64_C(86400000000)

static const struct room *const rooms[] = {&release_room, NULL};

/* ---- the model ---- */

enum { MODE = 1, DIRECTION = 2, CARRIER = 4, PORT = 8, NUMBER = 16, NOTES = 32 };
static const char *const names[] = {"mode", "direction", "carrier", "port", "trip_number", "notes"};

struct item {
    struct record *record;
    bool road, south; /* else sea, and no direction at all */
    unsigned have, handling;
    bool corrected, erased, lets; /* lets: it came under a clause that allows to ask for consent */
    enum { OURS, THEIRS, THIRD } origin;
    int64_t consent; /* first moment at which it no longer holds; 0 = none */
};

struct version {
    struct str text;
    bool us, mx;
    int64_t from, until;
    int variant;
};

struct model {
    struct version version[VERSIONS];
    int versions;
    bool us_stops, mx_stops, ended;
    struct item item[RECORDS];
    int items;
};

#define CLAUSE(number, rest)                                                                               \
    "clause " number "\n  giver us.cbp\n  taker mx.anam\n  kind trip\n" rest                               \
    "  purpose p\n  keep 30\n  en e\n  es e\n"

static const char *const variants[] = {
    CLAUSE(
        "1",
        "  fields mode direction carrier port\n  when mode = road and direction = south\n  handling H1\n"),
    CLAUSE("1", "  fields mode\n  when mode = road\n  handling H1\n"),
    CLAUSE("5", "  fields mode direction carrier port trip_number notes\n  handling H3\n"),
    CLAUSE("1", "  fields mode carrier\n  when direction = south\n  handling H2\n")
        CLAUSE("2", "  fields mode port trip_number\n  when mode != sea\n  handling H0\n"),
    "",
};

static unsigned bits(unsigned set)
{
    return (unsigned)__builtin_popcount(set);
}

static unsigned variant_gives(int variant, const struct item *x)
{
    unsigned a = 0, b = 0;

    switch (variant) {
    case 0:
        return x->road && x->south && x->handling <= 1 ? x->have & (MODE | DIRECTION | CARRIER | PORT) : 0;
    case 1:
        return x->road && x->handling <= 1 ? MODE : 0;
    case 2:
        return x->have;
    case 3:
        if (x->south && x->handling <= 2)
            a = x->have & (MODE | CARRIER);
        if (x->road && x->handling == 0)
            b = x->have & (MODE | PORT | NUMBER);
        return bits(b) > bits(a) ? b : a;
    }
    return 0;
}

static unsigned model_gives(const struct model *m, const struct item *x, int64_t now)
{
    const struct version *in = NULL;

    for (int i = 0; i < m->versions; i++)
        if (m->version[i].us && m->version[i].mx && m->version[i].from <= now)
            in = &m->version[i];
    if (!in || now >= in->until || m->us_stops || m->mx_stops || m->ended)
        return 0;
    if (x->corrected || x->origin == THEIRS || (x->origin == THIRD && (!x->lets || now >= x->consent)))
        return 0;
    return variant_gives(in->variant, x);
}

/* ---- what happens ---- */

struct run {
    struct paper_node *t;
    struct model m;
    uint64_t seed, seq;
};

static unsigned draw(struct run *r, unsigned below)
{
    r->seed ^= r->seed << 13;
    r->seed ^= r->seed >> 7;
    r->seed ^= r->seed << 17;
    return (unsigned)(r->seed >> 33) % below;
}

static void enter(struct run *r, struct record *x)
{
    struct entry e = {.seq = r->seq++, .record = x, .kind = x->kind};
    struct ctx *c = &r->t->n.c;

    memcpy(x->head.id, &e.seq, sizeof e.seq);
    x->head.id[15] = 1;
    x->head.recorded = r->t->n.fake.time;
    if (x->head.origin.n == 0)
        x->head.origin = S("us.cbp");
    memcpy(e.id, x->head.id, 16);
    if (views_apply(c->views, &e, c->err) < 0 || release_room.apply(c, &e) < 0)
        fail_msg("%s", c->err->text);
}

static void paper(struct run *r, struct str note, const char *from)
{
    struct record *act;
    bool known;

    if (paper_check(&r->t->n.c, note, str_z(from), &act, &known) < 0)
        fail_msg("%s", r->t->n.err.text);
    if (!known)
        enter(r, act);
}

static struct str day(struct run *r, int64_t us)
{
    char z[TIME_SIZE];

    time_format(us, z);
    return arena_copy(r->t->n.arena, str_n(z, 10));
}

static void propose(struct run *r)
{
    struct model *m = &r->m;
    struct version *v = &m->version[m->versions], *old = NULL;
    int64_t today = r->t->n.fake.time / DAY * DAY;
    struct str amends = S("");
    uint8_t digest[HASH_SIZE];

    for (int i = 0; i < m->versions; i++)
        if (m->version[i].us && m->version[i].mx)
            old = &m->version[i];
    if (m->versions == VERSIONS || (m->versions > 0 && !old))
        return;
    if (old) {
        sha256_one(digest, old->text);
        amends =
            arena_fmt(r->t->n.arena, "amends %s\n", hex_encode(r->t->n.arena, str_n(digest, HASH_SIZE)).p);
    }
    *v = (struct version){.from = today + ((int64_t)draw(r, 4) - 2) * DAY,
                          .variant = (int)draw(r, COUNT(variants))};
    v->until = v->from + (1 + (int64_t)draw(r, 9)) * DAY;
    v->text =
        arena_fmt(r->t->n.arena,
                  "puente agreement v1\nid " TEXT_ID "\nversion %d\n%stitle en T\ntitle es T\nparty us.cbp "
                  "%s\nparty mx.anam %s\nscope full\nbasis b\nfrom %s\nuntil %s\nduty retraction\n%s",
                  ++m->versions, amends.p, r->t->parties.us, r->t->parties.mx, day(r, v->from).p,
                  day(r, v->until - DAY).p, variants[v->variant]);
    v->us = draw(r, 2);
    v->mx = !v->us;
    paper(r, paper_note(r->t, v->text, v->us, v->mx), v->us ? "us.cbp" : "mx.anam");
}

static void countersign(struct run *r)
{
    struct model *m = &r->m;
    struct version *v;

    if (m->versions == 0)
        return;
    v = &m->version[draw(r, (unsigned)m->versions)];
    paper(r, paper_note(r->t, v->text, true, true), v->us ? "mx.anam" : "us.cbp");
    v->us = v->mx = true;
}

static bool any_signed(const struct model *m)
{
    for (int i = 0; i < m->versions; i++)
        if (m->version[i].us && m->version[i].mx)
            return true;
    return false;
}

static void side(struct run *r)
{
    bool us = draw(r, 2), stop = draw(r, 2);

    if (!any_signed(&r->m))
        return;
    if (draw(r, 40) == 0) {
        paper(r, paper_side(r->t, "end", us ? "us.cbp" : "mx.anam"), us ? "us.cbp" : "mx.anam");
        r->m.ended = true;
        return;
    }
    paper(r, paper_side(r->t, stop ? "suspension" : "resumption", us ? "us.cbp" : "mx.anam"),
          us ? "us.cbp" : "mx.anam");
    *(us ? &r->m.us_stops : &r->m.mx_stops) = stop;
}

static struct item *come(struct run *r)
{
    static const char *const handling[] = {"H0", "H1", "H2", "H3"};
    static const char *const origin[] = {"us.cbp", "mx.anam", "gt.sat"};
    struct item *x = &r->m.item[r->m.items];
    const char *values[] = {NULL, "south", "ABCD", "2304", "7", "a word"};

    if (r->m.items == RECORDS)
        return NULL;
    r->m.items++;
    *x = (struct item){.road = draw(r, 2), .south = draw(r, 2), .handling = draw(r, 4)};
    x->origin = draw(r, 3) ? OURS : draw(r, 2) ? THEIRS : THIRD;
    x->have = MODE | (x->south ? DIRECTION : 0) | (draw(r, 16) << 2);
    values[0] = x->road ? "road" : "sea";
    x->record = record_new(r->t->n.arena, schema_kind(S("trip")));
    for (int i = 0; i < 6; i++)
        if (x->have >> i & 1)
            record_text(x->record, schema_field(x->record->kind, str_z(names[i])), str_z(values[i]));
    x->record->head.handling = str_z(handling[x->handling]);
    x->record->head.origin = str_z(origin[x->origin]);
    return x;
}

/* Agreement and clause of wire bytes: what gt.sat gave came under clause 1, which lets us ask, or 2. */
static void disclosed(struct run *r, struct item *x)
{
    struct record *d = record_new(r->t->n.arena, schema_kind(S("disclosure")));
    uint8_t *wire = arena_alloc(r->t->n.arena, 9), *agreement = arena_alloc(r->t->n.arena, 16);
    const uint8_t head[9] = {0xa4, 1, 0, 2, 1, 3, x->lets ? 1 : 2, 4, 0x40};

    memcpy(wire, head, sizeof head);
    assert_true(uuid_parse(S("0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e90"), agreement));
    record_text(d, schema_field(d->kind, S("agreement")), str_n(agreement, 16));
    record_text(d, schema_field(d->kind, S("about")), str_n(x->record->head.id, 16));
    record_text(d, schema_field(d->kind, S("giver")), S("gt.sat"));
    record_text(d, schema_field(d->kind, S("taker")), S("us.cbp"));
    record_text(d, schema_field(d->kind, S("wire")), str_n(wire, 9));
    enter(r, d);
}

static void record_comes(struct run *r)
{
    struct item *x = come(r);

    if (!x)
        return;
    enter(r, x->record);
    x->lets = draw(r, 2);
    if (x->origin == THIRD)
        disclosed(r, x);
}

static struct item *some_item(struct run *r)
{
    return r->m.items ? &r->m.item[draw(r, (unsigned)r->m.items)] : NULL;
}

static void record_is_corrected(struct run *r)
{
    struct item *old = some_item(r), *x;

    if (!old || old->corrected || !(x = come(r)))
        return;
    memcpy(x->record->head.replaces, old->record->head.id, 16);
    x->record->head.origin = S("us.cbp");
    x->origin = OURS;
    enter(r, x->record);
    old->corrected = true;
}

static void record_is_erased(struct run *r)
{
    struct item *x = some_item(r);
    struct record *e = record_new(r->t->n.arena, schema_kind(S("erasure")));

    if (!x || x->erased)
        return;
    x->erased = true;
    record_text(e, schema_field(e->kind, S("about")), str_n(x->record->head.id, 16));
    enter(r, e);
}

static void consent_comes(struct run *r)
{
    static const char *const decisions[] = {"given", "given", "conditional", "refused"};
    struct item *x = some_item(r);
    struct record *c = record_new(r->t->n.arena, schema_kind(S("consent")));
    unsigned d = draw(r, 4), wrong = draw(r, 8);
    int64_t until = (r->t->n.fake.time / DAY + (int64_t)draw(r, 6)) * DAY;

    if (!x || x->origin != THIRD)
        return;
    record_text(c, schema_field(c->kind, S("about")), str_n(x->record->head.id, 16));
    record_text(c, schema_field(c->kind, S("giver")), S("gt.sat"));
    record_text(c, schema_field(c->kind, S("office")), S("us.cbp"));
    record_text(c, schema_field(c->kind, S("decision")), str_z(decisions[d]));
    record_text(c, schema_field(c->kind, S("passed_to")), wrong == 1 ? S("mx.sat") : S("mx.anam"));
    record_text(c, schema_field(c->kind, S("until")), day(r, until));
    c->head.origin = wrong == 2 ? S("us.cbp") : S("gt.sat"); /* our own word for it is none */
    enter(r, c);
    if (wrong == 1 || wrong == 2)
        return;
    if (d < 2 && until + DAY > x->consent)
        x->consent = until + DAY;
    if (d == 3)
        x->consent = 0;
}

static void step(struct run *r)
{
    unsigned what = draw(r, 20);

    if (what < 3)
        propose(r);
    else if (what < 7)
        countersign(r);
    else if (what < 9)
        side(r);
    else if (what < 11)
        r->t->n.fake.time += (int64_t)draw(r, 48) * (DAY / 16);
    else if (what < 15)
        record_comes(r);
    else if (what == 15)
        record_is_corrected(r);
    else if (what == 16)
        record_is_erased(r);
    else
        consent_comes(r);
}

static uint64_t compare(struct run *r, uint64_t number)
{
    int64_t now = r->t->n.fake.time;
    struct release *open = release_open(&r->t->n.c, r->t->agreement, S("us.cbp"), S("mx.anam"), now);
    uint64_t gone = 0;

    assert_non_null(open);
    for (int i = 0; i < r->m.items; i++) {
        const struct item *x = &r->m.item[i];
        unsigned want = model_gives(&r->m, x, now), got = 0;
        struct decision d;

        if (x->erased) /* there is nothing left to decide on */
            continue;
        if (release_decide(open, x->record, &d) < 0)
            fail_msg("%s", r->t->n.err.text);
        for (int f = 0; f < 6; f++)
            got |= (unsigned)(d.fields >> schema_field(x->record->kind, str_z(names[f])) & 1) << f;
        if (got != want || __builtin_popcountll(d.fields) != __builtin_popcount(got))
            fail_msg("sequence %llu, record %d: %x goes, the model says %x (%s)",
                     (unsigned long long)number, i, got, want, why_text(d.why));
        gone += got != 0;
    }
    return gone;
}

/* gt.sat lets us have trips: clause 1 may be asked to be passed on, clause 2 never. */
static void third_party(struct paper_node *t)
{
    char key[NOTE_KEY_TEXT];
    struct signer gt;
    struct str text;
    struct note n;
    struct buf b, both;

#define FROM_GT(number, onward)                                                                            \
    "clause " number "\n  giver gt.sat\n  taker us.cbp\n  kind trip\n  fields mode\n  purpose p\n"         \
    "  handling H3\n  keep 9\n  onward " onward "\n  en e\n  es e\n"
    text_key(&gt, "gt.sat", 5, key);
    text = arena_fmt(
        t->n.arena,
        "puente agreement v1\nid 0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e90\nversion 1\ntitle en T\ntitle es "
        "T\nparty us.cbp %s\nparty gt.sat %s\n" TEXT_HEAD_AFTER_PARTIES "%s",
        t->parties.us, key, FROM_GT("1", "consent") FROM_GT("2", "no"));
    buf_init(&b, NOTE_MAX);
    buf_init(&both, NOTE_MAX);
    note_sign(&b, text, &gt, 1);
    assert_true(note_parse(buf_view(&b), &n));
    journal_countersign(t->n.c.journal, &n, &both);
    assert_int_equal(paper_take(t, buf_view(&both), "gt.sat"), 1);
    buf_free(&b);
    buf_free(&both);
}

static void nothing_goes_without_a_clause(void **state)
{
    struct paper_node t;
    int64_t start;
    uint64_t gone = 0;
    struct run *r = malloc(sizeof *r);

    (void)state;
    paper_node_start(&t, rooms);
    third_party(&t);
    start = t.n.fake.time;
    for (uint64_t number = 1; number <= SEQUENCES; number++) {
        *r = (struct run){.t = &t, .seed = number * UINT64_C(0x9e3779b97f4a7c15), .seq = 1000000};
        t.n.fake.time = start;
        assert_int_equal(views_begin(t.n.c.views, &t.n.err), 0);
        for (int i = 0; i < STEPS; i++) {
            step(r);
            gone += compare(r, number);
        }
        views_rollback(t.n.c.views);
        arena_reset(t.n.arena);
    }
    assert_true(gone > SEQUENCES); /* and it is not that nothing ever went */
    print_message("%d sequences of %d steps; %llu decisions let something go\n", SEQUENCES, STEPS,
                  (unsigned long long)gone);
    free(r);
    test_node_end(&t.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_goes_without_a_clause)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
