/*
 * sim.c: one seed, from its first step to its last, and then the peace after which everything must fit.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

#define START INT64_C(1795000000000000) /* 2026-11-18 */

void violation(struct sim *s, const char *fmt, ...)
{
    va_list ap;
    int n;

    if (broken(s))
        return;
    s->what = fmt;
    n = snprintf(s->violation, sizeof s->violation, "step %u: ", s->at);
    va_start(ap, fmt);
    vsnprintf(s->violation + n, sizeof s->violation - (size_t)n, fmt, ap);
    va_end(ap);
}

void say(const struct sim *s, const char *fmt, ...)
{
    va_list ap;

    if (!s->loud)
        return;
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
}

static void pass_time(struct sim *s, struct rng *r)
{
    static const int64_t most[] = {INT64_C(3600) * 1000000, DAY, 30 * DAY, 400 * DAY};
    uint64_t k = rng_of(r, 20);

    s->time += (int64_t)rng_of(r, (uint64_t)most[k < 8 ? 0 : k < 16 ? 1 : k < 19 ? 2 : 3]);
}

static void sync_step(struct sim *s, const struct step *t, struct rng *r)
{
    struct synced y;
    unsigned times = 1 + (unsigned)rng_of(r, 3);

    net_late(s, r);
    for (unsigned i = 0; i < times && !broken(s); i++) {
        int rc = i % 2 ? net_sync(s, t->b, t->a, r, &y) : net_sync(s, t->a, t->b, r, &y);
        say(s, "      rc %d given %llu taken %llu papers %llu requests %llu", rc,
            (unsigned long long)y.given, (unsigned long long)y.taken, (unsigned long long)y.papers,
            (unsigned long long)y.requests);
    }
}

static void crash_step(struct sim *s, const struct step *t, struct rng *r)
{
    if (mutation_disk())
        memory_forget(memory_of(s->node[t->a].dir));
    memory_die_at(memory_of(s->node[t->a].dir), 1 + rng_of(r, rng_hit(r, 50) ? 8 : 60));
}

static void step(struct sim *s, const struct step *t)
{
    struct rng r = {t->seed};
    struct mnode *n = &s->node[t->a];

    n->rng.state = mix(t->seed, 2);
    s->node[t->b].rng.state = mix(t->seed, 3);
    node_ctx(n);
    switch (t->type) {
    case S_WRITE:
        work_write(s, t->a, &r);
        break;
    case S_CORRECT:
        work_correct(s, t->a, &r);
        break;
    case S_RETRACT:
        work_retract(s, t->a, &r);
        break;
    case S_CONSENT:
        work_consent(s, t->a, &r);
        break;
    case S_PROPOSE:
        papers_propose(s, t->a, t->b, &r);
        break;
    case S_SIGN:
        papers_sign(s, t->a);
        break;
    case S_SUSPEND:
        papers_stop(s, t->a, F_SUSPENSION, &r);
        break;
    case S_RESUME:
        papers_stop(s, t->a, F_RESUMPTION, &r);
        break;
    case S_END:
        papers_stop(s, t->a, F_THE_END, &r);
        break;
    case S_SYNC:
        sync_step(s, t, &r);
        break;
    case S_BUNDLE:
        bundle_step(s, t->a, t->b, &r);
        break;
    case S_ANSWER:
        duty_answer(s, t->a, &r);
        break;
    case S_TIME:
        pass_time(s, &r);
        break;
    case S_SKEW:
        n->skew = (int64_t)rng_of(&r, 20 * (uint64_t)DAY) - 10 * DAY;
        break;
    case S_CRASH:
        crash_step(s, t, &r);
        break;
    case S_RESTART:
        node_restart(s, t->a, &r);
        break;
    case S_BACKUP:
        node_backup(s, t->a);
        break;
    case S_RESTORE:
        node_restore(s, t->a, &r);
        break;
    case S_CUT:
        s->cut[t->a][t->b] = s->cut[t->b][t->a] = !s->cut[t->a][t->b];
        break;
    case STEP_TYPES:
        break;
    }
}

/* One says all to the other; true when that was anything. */
static bool talk_in_peace(struct sim *s, unsigned a, unsigned b, struct rng *r)
{
    struct synced y;

    if (net_sync(s, a, b, r, &y) < 0 &&
        !(s->lied && ((int)a == s->liar || (int)b == s->liar) && s->node[a].err.code == ERR_DATA))
        violation(s, "%s cannot sync with %s in peace: %s", s->node[a].name, s->node[b].name,
                  s->node[a].err.text);
    say(s, "  peace %s %s: given %llu taken %llu papers %llu requests %llu", s->node[a].name,
        s->node[b].name, (unsigned long long)y.given, (unsigned long long)y.taken,
        (unsigned long long)y.papers, (unsigned long long)y.requests);
    return y.given || y.taken || y.papers || y.retracted;
}

/* The network is healed, clocks are right, nobody dies any more; all talk until there is nothing left to say. In some
 * seeds there is no network: what a line can do, a stick can. */
static void make_peace(struct sim *s)
{
    struct rng r = {mix(s->seed, 3)};
    bool more = true, sticks = s->liar < 0 && rng_hit(&r, 15);

    s->quiet = true;
    net_free(s);
    for (unsigned i = 0; i < s->nodes; i++) {
        s->node[i].skew = 0;
        memory_die_at(memory_of(s->node[i].dir), 0);
        node_settle(s, i);
    }
    for (unsigned round = 0; more && !broken(s); round++) {
        more = false;
        if (round == 12)
            violation(s, "they do not come to rest");
        for (unsigned i = 0; i < s->nodes * s->nodes && !broken(s); i++) {
            unsigned a = i / s->nodes, b = i % s->nodes;
            if (a == b)
                continue;
            more |= sticks ? bundle_round(s, a, b) : talk_in_peace(s, a, b, &r);
        }
    }
}

/* Most seeds begin with agreements that were signed in peace; the others have their papers in the storm. */
static void make_agreements(struct sim *s)
{
    struct rng r = {mix(s->seed, 4)};
    struct synced y;

    s->quiet = true;
    for (unsigned i = 0; i + 1 < s->nodes && !broken(s); i++) {
        unsigned a = i, b = i + 1;
        if (rng_hit(&r, 15))
            continue;
        papers_propose(s, a, b, &r);
        check_follow(s, a);
        net_sync(s, a, b, &r, &y);
        papers_sign(s, b);
        net_sync(s, b, a, &r, &y);
    }
    s->quiet = false;
}

void sim_run(struct sim *s)
{
    s->arena = arena_new();
    s->rng.state = mix(s->seed, 2);
    s->time = START;
    plan_make(s);
    liar_choose(s, &s->rng);
    nodes_start(s);
    for (unsigned i = 0; i < s->nodes && !broken(s); i++)
        papers_peers(s, i);
    if (!broken(s))
        make_agreements(s);
    for (s->at = 0; s->at < s->steps && !broken(s); s->at++) {
        const struct step *t = &s->step[s->at];
        if (s->skip >> s->at & 1)
            continue;
        say(s, "  %2u %-8s %s %s", s->at, plan_word(t->type), s->node[t->a].name, s->node[t->b].name);
        step(s, t);
        for (unsigned i = 0; i < s->nodes && !broken(s); i++) {
            node_settle(s, i);
            check_follow(s, i);
        }
        if (s->deep || s->at + 1 == s->steps)
            duty_check(s);
    }
    if (!broken(s))
        make_peace(s);
    if (!broken(s))
        check_end(s);
    net_free(s);
    nodes_stop(s);
    arena_free(s->arena);
}
