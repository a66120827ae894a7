/*
 * work.c: what officers write. Every text is a token that names its record and field, so that it is known wherever
 * it turns up; every record is kept in the simulator's own list.
 */
#include <assert.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

void record_token(char out[TOKEN + 1], unsigned record, unsigned field)
{
    snprintf(out, TOKEN + 1, "zq%08x%02xqz", record, field);
}

int record_find(const struct sim *s, const uint8_t id[16])
{
    for (unsigned i = s->records; i > 0; i--)
        if (memcmp(s->record[i - 1].id, id, 16) == 0)
            return (int)i - 1;
    return -1;
}

struct draft {
    struct sim *sim;
    struct arena *arena;
    struct rng *rng;
    unsigned node, number; /* of the record */
    struct record *r;
};

static int field(const struct draft *d, const char *name)
{
    return schema_field(d->r->kind, str_z(name));
}

static void token(struct draft *d, const char *name)
{
    char text[TOKEN + 1];
    int i = field(d, name);

    record_token(text, d->number, (unsigned)i);
    record_text(d->r, i, arena_copy(d->sim->arena, str_z(text)));
}

/* Most officers fill in most fields. */
static void maybe(struct draft *d, const char *name)
{
    if (rng_hit(d->rng, 70))
        token(d, name);
}

static void text(struct draft *d, const char *name, const char *value)
{
    record_text(d->r, field(d, name), str_z(value));
}

static const char *one_of(struct draft *d, const char *const *list, size_t n)
{
    return list[rng_of(d->rng, n)];
}

static void date(struct draft *d, const char *name, int64_t us)
{
    char z[16];
    int y, m, day;

    date_of(us / DAY, &y, &m, &day);
    snprintf(z, sizeof z, "%04d-%02d-%02d", (int)y % 10000, m % 100, day % 100);
    record_text(d->r, field(d, name), arena_copy(d->sim->arena, str_z(z)));
}

static const char *const directions[] = {"north", "south", "south", "east"};

static void trip(struct draft *d)
{
    static const char *const modes[] = {"road", "road", "sea", "air", "rail"};

    text(d, "mode", one_of(d, modes, COUNT(modes)));
    if (rng_hit(d->rng, 80))
        text(d, "direction", one_of(d, directions, COUNT(directions)));
    token(d, "carrier");
    maybe(d, "carrier_name");
    maybe(d, "trip_number");
    maybe(d, "conveyance");
    maybe(d, "origin");
    maybe(d, "notes");
}

static void consignment(struct draft *d)
{
    token(d, "bill");
    maybe(d, "issuer");
    maybe(d, "goods");
    maybe(d, "destination");
}

static void alert(struct draft *d)
{
    token(d, "list");
    token(d, "number");
    token(d, "authority");
    text(d, "subject", "vehicle");
    maybe(d, "name");
    maybe(d, "programme");
    maybe(d, "reason");
    maybe(d, "remarks");
}

static void awareness(struct draft *d)
{
    token(d, "title");
    text(d, "form", "danger");
    token(d, "text");
    text(d, "grounds", "fact");
    text(d, "observed", "2026-11-21T08:30:00Z");
    maybe(d, "place");
    maybe(d, "need");
    if (rng_hit(d->rng, 50))
        record_int(d->r, field(d, "life_at_risk"), 1);
}

static void observation(struct draft *d)
{
    token(d, "series");
    maybe(d, "place");
    maybe(d, "note");
    date(d, "from", d->sim->time - 9 * DAY);
    date(d, "until", d->sim->time - 2 * DAY);
    record_int(d->r, field(d, "value"), (int64_t)rng_of(d->rng, 22) * 1000);
}

static void request(struct draft *d)
{
    struct mrecord *x = &d->sim->record[d->number];
    unsigned to = (d->node + 1 + (unsigned)rng_of(d->rng, d->sim->nodes - 1)) % d->sim->nodes;

    token(d, "number");
    text(d, "office", d->sim->node[d->node].name);
    text(d, "peer", d->sim->node[to].name);
    text(d, "form", "information");
    token(d, "subject");
    token(d, "purpose");
    text(d, "urgency", "7d");
    text(d, "due", "2027-01-01T00:00:00Z");
    token(d, "text");
    maybe(d, "contact");
    x->addressee = (int)to;
}

static void wait_time(struct draft *d)
{
    token(d, "port");
    text(d, "port_scheme", "name");
    text(d, "direction", one_of(d, directions, 2));
    text(d, "mode", "road");
    text(d, "lane", "general");
    text(d, "method", "camera");
    text(d, "observed", "2026-11-21T08:30:00Z");
    maybe(d, "source");
    record_int(d->r, field(d, "minutes"), (int64_t)rng_of(d->rng, 200));
}

static const struct {
    const char *kind;
    void (*draft)(struct draft *);
} drafts[] = {{"trip", trip},       {"trip", trip},           {"consignment", consignment},
              {"alert", alert},     {"awareness", awareness}, {"observation", observation},
              {"request", request}, {"wait", wait_time}};

static void complain(void *arg, const struct fault *f)
{
    if (f->severity == SEV_ERROR)
        violation(arg, "the simulator wrote a bad record: %s at %.*s", f->def->code, STR_ARG(f->place.tag));
}

/* The record as the simulator remembers it. */
static struct mrecord *note_down(struct draft *d, int replaces)
{
    static const char *const handling[] = {"", "H0", "H1", "H2", "H3"};
    struct sim *s = d->sim;
    struct mrecord *x = &s->record[d->number];
    struct mnode *n = &s->node[d->node];
    struct faults faults = {.put = complain, .arg = s};
    uint64_t h = rng_of(d->rng, 8);

    d->r->head.author = str_z(n->name);
    d->r->head.handling = str_z(handling[h < COUNT(handling) ? h : 1]);
    uuid_v7(&n->world, d->r->head.id);
    if (replaces >= 0)
        memcpy(d->r->head.replaces, s->record[replaces].id, 16);
    d->r->head.recorded = n->world.now(n);
    d->r->head.origin = str_z(n->name);
    schema_check(d->r, (struct place){0}, &faults);
    x->owner = d->node;
    x->kind = d->r->kind;
    x->have = d->r->have;
    x->handling = h < COUNT(handling) && h > 0 ? (unsigned)h - 1 : 0;
    x->recorded = d->r->head.recorded;
    x->life = record_has(d->r, field(d, "life_at_risk"));
    x->mode = record_get(d->r, field(d, "mode"));
    x->direction = record_get(d->r, field(d, "direction"));
    if ((x->counted = x->kind->aggregate) != false)
        x->value = d->r->v[field(d, "value")].i / 1000;
    x->record = d->r;
    memcpy(x->id, d->r->head.id, 16);
    memcpy(x->replaces, d->r->head.replaces, 16);
    return x;
}

/* Begins a record of the node; NULL when the list is full. */
static bool begin(struct sim *s, unsigned n, struct rng *r, struct draft *d)
{
    *d = (struct draft){s, s->arena, r, n, s->records, NULL};
    if (s->records == RECORDS)
        return false;
    s->record[s->records] = (struct mrecord){.about = -1, .addressee = -1};
    return true;
}

static void append(struct sim *s, unsigned n, unsigned first)
{
    struct record *list[8];
    unsigned count = s->records - first;

    assert(count <= COUNT(list));
    for (unsigned i = 0; i < count; i++) {
        list[i] = s->record[first + i].record;
        s->record[first + i].fate = DOUBTFUL;
    }
    if (count == 0 || broken(s) || node_write(s, n, list, count) < 0)
        return;
    for (unsigned i = 0; i < count; i++)
        s->record[first + i].fate = WRITTEN;
}

void work_request(struct sim *s, unsigned n, struct rng *r)
{
    struct draft d;

    if (!begin(s, n, r, &d))
        return;
    d.r = record_new(s->arena, schema_kind(S("request")));
    request(&d);
    note_down(&d, -1);
    say(s, "      record %u: request", d.number);
    s->records++;
    append(s, n, d.number);
}

void work_write(struct sim *s, unsigned n, struct rng *r)
{
    unsigned first = s->records, count = 1 + (unsigned)rng_of(r, 7);
    struct draft d;

    for (unsigned i = 0; i < count && begin(s, n, r, &d); i++) {
        size_t k = rng_of(r, COUNT(drafts));
        d.r = record_new(s->arena, schema_kind(str_z(drafts[k].kind)));
        drafts[k].draft(&d);
        note_down(&d, -1);
        s->records++;
        say(s, "      record %u: %s", d.number, drafts[k].kind);
    }
    append(s, n, first);
}

static bool somebody_has(const struct mrecord *x)
{
    for (unsigned i = 0; i < NODES; i++)
        if (x->got[i])
            return true;
    return false;
}

/* A record of this node that is still good: not replaced, not taken back; `given`: and that another has. -1: none. */
static int choose(const struct sim *s, unsigned n, struct rng *r, bool given)
{
    unsigned at = s->records ? (unsigned)rng_of(r, s->records) : 0;

    for (unsigned i = 0; i < s->records; i++) {
        unsigned k = (at + i) % s->records;
        const struct mrecord *x = &s->record[k];
        if (x->owner == n && x->fate == WRITTEN && !record_retracted(s, k) && !record_superseded(s, k) &&
            x->about < 0 && (!given || somebody_has(x)))
            return (int)k;
    }
    return -1;
}

bool record_superseded(const struct sim *s, unsigned record)
{
    for (unsigned i = 0; i < s->records; i++)
        if (s->record[i].fate == WRITTEN && memcmp(s->record[i].replaces, s->record[record].id, 16) == 0)
            return true;
    return false;
}

bool record_retracted(const struct sim *s, unsigned record)
{
    for (unsigned i = 0; i < s->records; i++)
        if (s->record[i].fate == WRITTEN && s->record[i].about == (int)record &&
            s->record[i].kind == schema_kind(S("retraction")))
            return true;
    return false;
}

bool record_taken_back(const struct sim *s, unsigned record)
{
    for (unsigned i = 0; i < s->records; i++)
        if (s->record[i].about == (int)record && s->record[i].kind == schema_kind(S("retraction")))
            return true;
    return false;
}

void work_correct(struct sim *s, unsigned n, struct rng *r)
{
    int old = choose(s, n, r, rng_hit(r, 50));
    struct draft d;

    if (old < 0 || !begin(s, n, r, &d))
        return;
    for (size_t i = 0; i < COUNT(drafts); i++) {
        if (str_eq(str_z(drafts[i].kind), str_z(s->record[old].kind->name))) {
            d.r = record_new(s->arena, s->record[old].kind);
            drafts[i].draft(&d);
            break;
        }
    }
    note_down(&d, old);
    say(s, "      record %u corrects %d: %s", d.number, old, d.r->kind->name);
    s->records++;
    append(s, n, d.number);
}

/* With the verb itself; what it wrote is found in the journal (duty.c). */
void work_retract(struct sim *s, unsigned n, struct rng *r)
{
    int old = choose(s, n, r, rng_hit(r, 80));
    char id[UUID_SIZE];
    const char *words[] = {"retract", "id", id, "reason", "wrong", NULL};

    if (old < 0)
        return;
    uuid_format(s->record[old].id, id);
    say(s, "      %s takes back record %d", s->node[n].name, old);
    if (node_op(s, n, words, NULL) == -1)
        violation(s, "%s cannot take back record %d: %s", s->node[n].name, old, s->node[n].err.text);
}

/* The owner lets another node pass a record on to the third, or says no. */
void work_consent(struct sim *s, unsigned n, struct rng *r)
{
    int old = s->nodes == 3 ? choose(s, n, r, false) : -1;
    unsigned holder = (n + 1 + (unsigned)rng_of(r, 2)) % 3, third = 3 - n - holder;
    struct draft d;
    struct mrecord *x;

    if (old < 0 || !begin(s, n, r, &d))
        return;
    d.r = record_new(s->arena, schema_kind(S("consent")));
    record_text(d.r, field(&d, "about"), str_n(s->record[old].id, 16));
    text(&d, "giver", s->node[n].name);
    text(&d, "office", s->node[holder].name);
    text(&d, "passed_to", s->node[third].name);
    text(&d, "decision", rng_hit(r, 80) ? "given" : "refused");
    token(&d, "purpose");
    x = note_down(&d, -1);
    x->about = old;
    x->addressee = (int)holder;
    x->third = third;
    x->granted = str_eq(record_get(d.r, field(&d, "decision")), S("given"));
    say(s, "      record %u lets %s pass on %d: %d", d.number, s->node[holder].name, old, x->granted);
    s->records++;
    append(s, n, d.number);
}
