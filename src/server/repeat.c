/* repeat.c: see repeat.h. */
#include "server/repeat.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SAID_MAX ((size_t)1 << 20)

struct repeat {
    struct ctx base;
    const struct op *op;
    unsigned seconds;
    bool log, ends;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
};

static void run_once(const struct repeat *r)
{
    struct ctx c = r->base;
    struct err e = {.lang = c.lang};
    struct buf said;
    int rc;

    c.arena = arena_new();
    c.err = &e;
    buf_init(&said, SAID_MAX);
    rc = r->op->run(&c, args_new(c.arena), out_to_json(c.arena, &said, c.lang));
    if (rc != 0 && r->log)
        fprintf(stderr, "%s: %.*s\n", r->op->name, rc < 0 ? (int)strlen(e.text) : (int)said.n,
                rc < 0 ? e.text : said.p);
    buf_free(&said);
    arena_free(c.arena);
}

/* True when it is to end. */
static bool wait(struct repeat *r)
{
    struct timespec until;
    bool ends;
    int rc = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += r->seconds;
    pthread_mutex_lock(&r->lock);
    while (!r->ends && rc == 0)
        rc = pthread_cond_timedwait(&r->wake, &r->lock, &until);
    ends = r->ends;
    pthread_mutex_unlock(&r->lock);
    return ends;
}

static void *loop(void *arg)
{
    struct repeat *r = arg;

    do
        run_once(r);
    while (!wait(r));
    return NULL;
}

struct repeat *repeat_start(const struct ctx *base, const struct op *op, unsigned seconds, bool log)
{
    struct repeat *r = xmalloc(sizeof *r);
    pthread_condattr_t steady;

    *r = (struct repeat){.base = *base, .op = op, .seconds = seconds, .log = log};
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&r->wake, &steady);
    pthread_condattr_destroy(&steady);
    if (pthread_create(&r->thread, NULL, loop, r) != 0) {
        err_set(base->err, ERR_LIMIT, N_("this machine starts no more threads"));
        pthread_cond_destroy(&r->wake);
        pthread_mutex_destroy(&r->lock);
        free(r);
        return NULL;
    }
    return r;
}

void repeat_stop(struct repeat *r)
{
    if (r == NULL)
        return;
    pthread_mutex_lock(&r->lock);
    r->ends = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
