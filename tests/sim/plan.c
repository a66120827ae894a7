/*
 * plan.c: the steps of a seed. Every step has chance of its own, so that leaving one out does not change what the
 * others do by themselves.
 */
#include "tests/sim/sim.h"

uint64_t rng_next(struct rng *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t rng_of(struct rng *r, uint64_t n)
{
    return rng_next(r) % n;
}

bool rng_hit(struct rng *r, unsigned of_a_hundred)
{
    return rng_of(r, 100) < of_a_hundred;
}

uint64_t mix(uint64_t a, uint64_t b)
{
    struct rng r = {a * UINT64_C(0xd1342543de82ef95) + b};

    return rng_next(&r);
}

static const struct {
    const char *name;
    unsigned weight;
} table[STEP_TYPES] = {
    [S_WRITE] = {"write", 24},    [S_CORRECT] = {"correct", 6}, [S_RETRACT] = {"retract", 4},
    [S_CONSENT] = {"consent", 4}, [S_PROPOSE] = {"propose", 6}, [S_SIGN] = {"sign", 6},
    [S_SUSPEND] = {"suspend", 2}, [S_RESUME] = {"resume", 3},   [S_END] = {"end", 1},
    [S_SYNC] = {"sync", 30},      [S_BUNDLE] = {"bundle", 8},   [S_ANSWER] = {"answer", 8},
    [S_TIME] = {"time", 6},       [S_SKEW] = {"skew", 1},       [S_CRASH] = {"crash", 8},
    [S_RESTART] = {"restart", 2}, [S_BACKUP] = {"backup", 4},   [S_RESTORE] = {"restore", 4},
    [S_CUT] = {"cut", 3},
};

static enum step_type draw(struct rng *r)
{
    unsigned all = 0, at;

    for (unsigned i = 0; i < STEP_TYPES; i++)
        all += table[i].weight;
    at = (unsigned)rng_of(r, all);
    for (unsigned i = 0;; i++) {
        if (at < table[i].weight)
            return (enum step_type)i;
        at -= table[i].weight;
    }
}

void plan_make(struct sim *s)
{
    struct rng r = {mix(s->seed, 1)};

    s->nodes = rng_hit(&r, 35) ? 3 : 2;
    s->steps = 12 + (unsigned)rng_of(&r, 37);
    for (unsigned i = 0; i < s->steps; i++) {
        struct step *t = &s->step[i];
        t->type = draw(&r);
        t->a = (unsigned)rng_of(&r, s->nodes);
        t->b = (t->a + 1 + (unsigned)rng_of(&r, s->nodes - 1)) % s->nodes;
        t->seed = rng_next(&r);
    }
}

void plan_print(const struct sim *s, FILE *to)
{
    for (unsigned i = 0; i < s->steps; i++)
        if (!(s->skip >> i & 1))
            fprintf(to, "  %2u %-8s %s %s\n", i, table[s->step[i].type].name, s->node[s->step[i].a].name,
                    s->node[s->step[i].b].name);
}

const char *plan_word(enum step_type t)
{
    return table[t].name;
}
