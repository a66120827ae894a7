/*
 * run.c: one record against the set. What its values bring up is marked as it comes; each part is asked at most once.
 */
#include "rules/index.h"

#include <assert.h>
#include <stdlib.h>

struct rules_run {
    const struct rules_set *set;
    struct arena *arena;
    struct text_scratch *scratch;
    const struct record *const *vars;
    struct cel_value value[RULES_VARS];
    uint32_t epoch;
    uint32_t *asked;   /* a part's epoch, when it was asked */
    uint8_t *answer;   /* and what it said */
    uint32_t *brought; /* a part's epoch, when its rules were looked at */
    uint32_t *out;
    size_t n;
    struct rules_work work;
    const struct slot *slot; /* of the text that is searched */
};

struct rules_run *rules_run_new(const struct rules_set *s)
{
    struct rules_run *r = xmalloc(sizeof *r);
    size_t n = s->parts_n + 1;

    *r = (struct rules_run){.set = s, .arena = arena_new(), .scratch = text_scratch_new()};
    r->asked = xmalloc(n * sizeof *r->asked);
    r->brought = xmalloc(n * sizeof *r->brought);
    r->answer = xmalloc(n);
    memset(r->asked, 0, n * sizeof *r->asked);
    memset(r->brought, 0, n * sizeof *r->brought);
    for (size_t i = 0; i < SLOTS; i++)
        if (s->slot[i].words && text_scratch_for(r->scratch, s->slot[i].words) < 0)
            abort(); /* as xmalloc does */
    return r;
}

void rules_run_free(struct rules_run *r)
{
    if (r == NULL)
        return;
    text_scratch_free(r->scratch);
    arena_free(r->arena);
    free(r->asked);
    free(r->brought);
    free(r->answer);
    free(r);
}

struct rules_work rules_run_work(const struct rules_run *r)
{
    return r->work;
}

/* ---- asking ---- */

static bool is_true(struct rules_run *r, uint32_t part)
{
    struct cel_run run = {.arena = r->arena};

    if (r->asked[part] == r->epoch)
        return r->answer[part];
    r->work.asked++;
    r->asked[part] = r->epoch;
    r->answer[part] = cel_run(r->set->parts[part].program, r->value, &run) == 0 &&
                      run.value.type == CEL_BOOL && run.value.i;
    return r->answer[part];
}

static void look_at_rule(struct rules_run *r, uint32_t i)
{
    const struct rule *rule = &r->set->rules[i];

    r->work.looked_at++;
    for (uint32_t p = 0; p < rule->n; p++)
        if (!is_true(r, r->set->of[rule->first + p]))
            return;
    r->out[r->n++] = i;
}

static void bring(struct rules_run *r, uint32_t part)
{
    const struct part *p = &r->set->parts[part];

    if (r->brought[part] == r->epoch)
        return;
    r->brought[part] = r->epoch;
    if (!is_true(r, part))
        return;
    for (uint32_t i = 0; i < p->n; i++)
        look_at_rule(r, r->set->filed[p->first + i]);
}

/* ---- what a field's value brings up ---- */

static void bring_hash(struct rules_run *r, uint64_t hash)
{
    const struct value_key *k = r->set->keys;
    size_t lo = 0, hi = r->set->keys_n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (k[mid].hash < hash)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < r->set->keys_n && k[lo].hash == hash; lo++)
        bring(r, k[lo].part);
}

static void found_word(void *arg, uint32_t id)
{
    struct rules_run *r = arg;
    bring(r, r->slot->word_part[id]);
}

static void bring_text(struct rules_run *r, size_t at, struct str s)
{
    const struct slot *slot = &r->set->slot[at];

    if (slot->values)
        bring_hash(r, index_hash(at, cel_string(s), 'v'));
    for (uint64_t left = slot->lengths; left; left &= left - 1) {
        size_t n = (size_t)__builtin_ctzll(left);
        if (s.n >= n)
            bring_hash(r, index_hash(at, cel_string(str_n(s.p, n)), 's'));
    }
    if (slot->words && s.n) {
        r->slot = slot;
        text_find(slot->words, r->scratch, s, found_word, r);
    }
}

/* A bound is near enough when rounding could make it hold; the part itself decides. */
static double slack(double constant)
{
    return 1e-9 * (constant < 0 ? -constant : constant) + 1e-12;
}

static void bring_number(struct rules_run *r, size_t at, double d)
{
    const struct slot *slot = &r->set->slot[at];

    for (size_t i = 0; i < slot->above_n && slot->above[i].constant <= d + slack(d); i++)
        bring(r, slot->above[i].part);
    for (size_t i = 0; i < slot->below_n && slot->below[i].constant >= d - slack(d); i++)
        bring(r, slot->below[i].part);
}

static void bring_field(struct rules_run *r, size_t var, int field)
{
    const struct record *rec = r->vars[var];
    const struct field *f = &rec->kind->field[field];
    size_t at = var * 64 + (size_t)field;
    struct str rest, one;
    double scale = 1;

    switch (f->type) {
    case T_TEXT:
    case T_CODE:
        rest = record_get(rec, field);
        if (!(f->flags & F_MANY))
            bring_text(r, at, rest);
        else
            while (str_split(&rest, '\n', &one))
                bring_text(r, at, one);
        return;
    case T_DECIMAL:
        for (int i = 0; i < f->scale; i++)
            scale *= 10;
        bring_number(r, at, (double)rec->v[field].i / scale);
        return;
    case T_INT:
        if (r->set->slot[at].values)
            bring_hash(r, index_hash(at, (struct cel_value){.type = CEL_INT, .i = rec->v[field].i}, 'v'));
        bring_number(r, at, (double)rec->v[field].i);
        return;
    case T_BOOL:
        if (r->set->slot[at].values)
            bring_hash(r, index_hash(at, (struct cel_value){.type = CEL_BOOL, .i = rec->v[field].i}, 'v'));
        return;
    case T_DATE:
    case T_TIME:
    case T_REF:
    case T_BYTES:
        return;
    }
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

size_t rules_run(struct rules_run *r, const struct record *const vars[RULES_VARS], uint32_t *out)
{
    const struct rules_set *s = r->set;
    const struct record *here[RULES_VARS] = {NULL};

    arena_reset(r->arena);
    r->vars = here;
    r->out = out;
    r->n = 0;
    r->work = (struct rules_work){0};
    if (++r->epoch == 0) { /* once in four billion records */
        memset(r->asked, 0, (s->parts_n + 1) * sizeof *r->asked);
        memset(r->brought, 0, (s->parts_n + 1) * sizeof *r->brought);
        r->epoch = 1;
    }
    for (size_t v = 0; v < RULES_VARS && s->kinds[v]; v++) {
        here[v] = vars[v] ? vars[v] : s->absent[v];
        assert(here[v]->kind == s->kinds[v]);
        r->value[v] = cel_record(here[v]);
    }
    for (size_t i = 0; i < s->always_n; i++)
        bring(r, s->always[i]);
    for (size_t v = 0; v < RULES_VARS && s->kinds[v]; v++)
        for (uint64_t have = s->reads[v] ? here[v]->have : 0; have; have &= have - 1)
            bring_field(r, v, __builtin_ctzll(have));
    qsort(out, r->n, sizeof *out, ascending);
    return r->n;
}
