/*
 * decide.c: the decision by itself: an agreement's text, two offices, a record. Nothing is looked up and nobody is
 * asked what time it is; release.c adds what only the views know.
 *
 * A clause lets a record go when it is of its kind, was not recorded too early, has no stricter handling code, and
 * the condition is true of it. Of several the one with most fields to show counts, then the lowest number: clauses are
 * not added up, so that each entry of a channel rests on one.
 */
#include "release/internal.h"

#define THRESHOLD 11 /* counts below it stay, under an agreement on aggregates (law 10) */

const char *why_text(enum why w)
{
    static const char *const text[] = {
        [WHY_RELEASED] = N_("it travels"),
        [WHY_NO_AGREEMENT] = N_("no agreement with this office gives it anything"),
        [WHY_STANDING] = N_("the agreement is not in force"),
        [WHY_NO_CLAUSE] = N_("no clause is about records of this kind in this direction"),
        [WHY_CONDITION] = N_("the clause's condition is not true of this record"),
        [WHY_SINCE] = N_("it was recorded before the day from which the clause holds"),
        [WHY_HANDLING] = N_("its handling code is stricter than the clause's"),
        [WHY_THEIRS] = N_("it came from that office"),
        [WHY_CONSENT] = N_("it came from another office, which has not consented to passing it on"),
        [WHY_SUPERSEDED] = N_("it was corrected: the correction travels instead"),
        [WHY_RETRACTED] = N_("it was taken back"),
        [WHY_THRESHOLD] = N_("a count is below 11, and this agreement is on aggregates"),
        [WHY_NOT_GIVEN] = N_("it takes back, or confirms, what never went through this agreement"),
        [WHY_ADDRESSEE] = N_("it is for another office"),
        [WHY_LOCAL] = N_("records of this kind tell of one node alone and never leave it"),
        [WHY_NOT_NAMED] = N_("the clause does not name the field"),
        [WHY_SEALED] = N_("the field is sealed: no agreement opens it"),
        [WHY_LIFE] = N_("where life is at risk, place, time and need travel, never who"),
        [WHY_ABSENT] = N_("the record does not have it"),
        [WHY_ERASED] = N_("its values were erased"),
    };

    return text[w];
}

static bool is_true(const struct record *x, const char *name)
{
    int i = schema_field(x->kind, str_z(name));

    return record_has(x, i) && x->kind->field[i].type == T_BOOL && x->v[i].i;
}

/* The code that no clause knows is the strictest. Whoever said none has set no bound. */
static unsigned handling_of(const struct record *x)
{
    struct str h = x->head.handling;

    if (h.n == 0)
        return 0;
    return h.n == 2 && h.p[0] == 'H' && h.p[1] >= '0' && h.p[1] <= '3' ? (unsigned)(h.p[1] - '0') : 4;
}

enum why decide_clause(const struct clause *c, const struct sides *s, const struct record *x)
{
    bool both_ways = c->number == 0;

    if (c->kind != x->kind || (!both_ways && (!str_eq(c->giver, s->giver) || !str_eq(c->taker, s->taker))))
        return WHY_NO_CLAUSE;
    if (condition_holds(c->when, x) != TRUE_)
        return WHY_CONDITION;
    if (x->head.recorded < c->since)
        return WHY_SINCE;
    if (handling_of(x) > c->handling)
        return WHY_HANDLING;
    return WHY_RELEASED;
}

static uint64_t shown(const struct clause *c, const struct record *x)
{
    uint64_t never = schema_class_mask(x->kind, is_true(x, "life_at_risk") ? C_PERSONAL : C_SEALED);

    return c->fields & x->have & ~never;
}

/* In a kind of counts every number without a unit is one, but for these: what a new field holds is not known. */
static bool is_count(const struct record *x, int field)
{
    static const char *const others[] = {"budget", "capacity", "places", "spent", "threshold"};
    const struct field *f = &x->kind->field[field];

    if ((f->type != T_INT && f->type != T_DECIMAL) || f->unit)
        return false;
    for (size_t i = 0; i < COUNT(others); i++)
        if (strcmp(f->name, others[i]) == 0)
            return false;
    /* a claim's figure says what it is in, unless it is a count */
    return strcmp(f->name, "value") != 0 || !record_has(x, schema_field(x->kind, S("value_unit")));
}

static bool below_threshold(const struct record *x)
{
    for (int i = 0; i < x->kind->fields; i++) {
        int64_t least = THRESHOLD;

        for (int scale = x->kind->field[i].scale; scale > 0; scale--)
            least *= 10;
        if (record_has(x, i) && is_count(x, i) && x->v[i].i < least)
            return true;
    }
    return false;
}

bool office_is(struct str office, struct str of)
{
    return str_eq(office, of) || (office.n > of.n && str_starts(office, of) && office.p[of.n] == '.');
}

/* A request goes to the office that is asked, a consent to the one that asked for it. */
static bool for_another(const struct record *x, struct str taker)
{
    const char *field = strcmp(x->kind->name, "request") == 0   ? "peer"
                        : strcmp(x->kind->name, "consent") == 0 ? "office"
                                                                : NULL;

    return field && !office_is(record_get(x, schema_field(x->kind, str_z(field))), taker);
}

/* Why nothing of it goes is why each of its fields stays. */
static void say_fields(const struct record *x, struct decision *out)
{
    uint64_t sealed = schema_class_mask(x->kind, C_SEALED),
             personal = schema_class_mask(x->kind, C_PERSONAL) & ~sealed;
    bool life = is_true(x, "life_at_risk");

    for (int i = 0; i < x->kind->fields; i++) {
        uint64_t bit = UINT64_C(1) << i;

        out->field[i] = !(x->have & bit)           ? WHY_ABSENT
                        : sealed & bit             ? WHY_SEALED
                        : out->fields & bit        ? WHY_RELEASED
                        : out->why != WHY_RELEASED ? out->why
                        : life && (personal & bit) ? WHY_LIFE
                                                   : WHY_NOT_NAMED;
    }
}

void decide_stay(const struct record *x, enum why why, struct decision *out)
{
    *out = (struct decision){.why = why};
    say_fields(x, out);
}

void decide_pure(const struct program *p, const struct sides *s, const struct record *x,
                 struct decision *out)
{
    *out = (struct decision){.why = s->duty_only ? WHY_STANDING : WHY_NO_CLAUSE};
    for (size_t i = 0; i < p->clauses; i++) {
        const struct clause *c = &p->clause[i];
        enum why why = c->kind ? decide_clause(c, s, x) : WHY_NO_CLAUSE;
        uint64_t fields;

        if (why == WHY_NO_CLAUSE || (s->duty_only && c->number != 0))
            continue;
        fields = why == WHY_RELEASED ? shown(c, x) : 0;
        if (why == WHY_RELEASED && fields == 0)
            why = WHY_ABSENT;
        if (fields && (!out->fields || __builtin_popcountll(fields) > __builtin_popcountll(out->fields))) {
            out->fields = fields;
            out->clause = c;
            out->why = WHY_RELEASED;
        } else if (!out->fields && why > out->why) { /* the clause that came nearest says why */
            out->why = why;
        }
    }
    if (x->kind->local)
        out->why = WHY_LOCAL;
    else if (out->why == WHY_RELEASED && for_another(x, s->taker))
        out->why = WHY_ADDRESSEE;
    else if (out->why == WHY_RELEASED && p->aggregates && x->kind->aggregate && below_threshold(x))
        out->why = WHY_THRESHOLD;
    if (out->why != WHY_RELEASED) {
        out->fields = 0;
        out->clause = NULL;
    }
    say_fields(x, out);
}

bool program_try(struct arena *a, const struct program *p, struct faults *to)
{
    bool all = true;

    for (size_t i = 0; i < p->examples; i++) {
        const struct example *e = &p->example[i];
        struct sides s = {.giver = e->giver, .taker = e->taker};
        struct decision d;
        struct buf gives;

        e->record->head.recorded = INT64_MAX; /* an example is of a record to come */
        decide_pure(p, &s, e->record, &d);
        if (d.fields == e->gives)
            continue;
        all = false;
        buf_init(&gives, 4096);
        buf_z(&gives, d.fields ? "" : "nothing");
        for (int f = 0; f < e->record->kind->fields; f++)
            if (d.fields >> f & 1)
                buf_fmt(&gives, "%s%s", gives.n ? " " : "", e->record->kind->field[f].name);
        fault_at(to, "agreement.example.gives", (struct place){.tag = S("example")},
                 arena_copy(a, buf_view(&gives)), e->number);
        buf_free(&gives);
    }
    return all;
}
