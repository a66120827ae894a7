/*
 * stream.c: answers that are written as they come (OP_STREAM), in chunks. An op pushes, the
 * socket pulls: the op runs in its own thread and a bounded buffer stands between, so an export of any size needs
 * LIMIT_STREAM_BUFFER of memory and a slow reader slows the op down. An op that fails after its first byte ends
 * with a line {"error": ...}: the status is already sent.
 */
#include "server/http.h"

#include "base/json.h"

#include <stdlib.h>

struct stream {
    struct ctx ctx; /* the request's own; only the op's thread uses it once it runs */
    const struct plan *plan;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more, less; /* there is something to send; there is room */
    char ring[LIMIT_STREAM_BUFFER];
    size_t from, n;
    bool done, gone, some;
    int rc;
    struct tap tap;
    struct buf line;
};

static void push(struct stream *s, struct str bytes)
{
    pthread_mutex_lock(&s->lock);
    while (bytes.n > 0 && !s->gone) {
        size_t at = (s->from + s->n) % sizeof s->ring, room = sizeof s->ring - s->n, part = bytes.n;
        if (room == 0) {
            pthread_cond_wait(&s->less, &s->lock);
            continue;
        }
        if (part > room)
            part = room;
        if (part > sizeof s->ring - at)
            part = sizeof s->ring - at;
        memcpy(s->ring + at, bytes.p, part);
        s->n += part;
        s->some = true;
        bytes = str_n(bytes.p + part, bytes.n - part);
        pthread_cond_signal(&s->more);
    }
    pthread_mutex_unlock(&s->lock);
}

/* Called by the tap at the end of each top object or line. */
static void flush(void *arg)
{
    struct stream *s = arg;
    struct str line = buf_view(&s->line);

    if (!s->tap.raw && line.n && line.p[0] == '\n') /* the JSON writer separates, we end */
        line = str_n(line.p + 1, line.n - 1);
    push(s, line);
    if (!s->tap.raw && line.n)
        push(s, S("\n"));
    buf_reset(&s->line);
}

static void *work(void *arg)
{
    struct stream *s = arg;
    int rc = s->plan->route.op->run(&s->ctx, s->plan->args, &s->tap.out);
    bool some;

    pthread_mutex_lock(&s->lock);
    some = s->some;
    s->rc = rc;
    pthread_mutex_unlock(&s->lock);
    if (rc < 0 && some) {
        buf_reset(&s->line);
        buf_z(&s->line, "{\"error\":");
        json_str(&s->line, str_z(s->ctx.err->text));
        buf_z(&s->line, "}\n");
        push(s, buf_view(&s->line));
    }
    pthread_mutex_lock(&s->lock);
    s->done = true;
    pthread_cond_signal(&s->more);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

struct stream *stream_start(struct ctx *c, const struct plan *p, bool *failed)
{
    struct stream *s = xmalloc(sizeof *s);
    pthread_attr_t attr;
    int rc;

    memset(s, 0, offsetof(struct stream, ring));
    s->from = s->n = 0;
    s->done = s->gone = s->some = false;
    s->rc = 0;
    s->ctx = *c;
    s->plan = p;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->more, NULL);
    pthread_cond_init(&s->less, NULL);
    buf_init(&s->line, LIMIT_ANSWER);
    tap_init(&s->tap, c->arena, &s->line, c->lang);
    s->tap.flush = flush;
    s->tap.flush_arg = s;
    err_clear(c->err);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, THREAD_STACK);
    rc = pthread_create(&s->thread, &attr, work, s);
    pthread_attr_destroy(&attr);
    *failed = true;
    if (rc) {
        err_set(c->err, ERR_BUSY, N_("no thread is free to answer; try again"));
        s->gone = true;
        s->thread = pthread_self(); /* nothing to wait for */
        return s;
    }
    pthread_mutex_lock(&s->lock);
    while (s->n == 0 && !s->done)
        pthread_cond_wait(&s->more, &s->lock);
    *failed = s->n == 0 && s->rc < 0;
    pthread_mutex_unlock(&s->lock);
    return s;
}

static ssize_t pull(void *arg, uint64_t pos, char *to, size_t max)
{
    struct stream *s = arg;
    size_t part;

    (void)pos;
    pthread_mutex_lock(&s->lock);
    while (s->n == 0 && !s->done)
        pthread_cond_wait(&s->more, &s->lock);
    part = s->n < max ? s->n : max;
    if (part > sizeof s->ring - s->from)
        part = sizeof s->ring - s->from;
    memcpy(to, s->ring + s->from, part);
    s->from = (s->from + part) % sizeof s->ring;
    s->n -= part;
    pthread_cond_signal(&s->less);
    pthread_mutex_unlock(&s->lock);
    return part ? (ssize_t)part : MHD_CONTENT_READER_END_OF_STREAM;
}

struct MHD_Response *stream_response(struct stream *s)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, LIMIT_STREAM_BUFFER / 2, pull, s, NULL);
}

void stream_end(struct stream *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    s->gone = true;
    pthread_cond_signal(&s->less);
    pthread_mutex_unlock(&s->lock);
    if (!pthread_equal(s->thread, pthread_self()))
        pthread_join(s->thread, NULL);
    buf_free(&s->line);
    pthread_cond_destroy(&s->more);
    pthread_cond_destroy(&s->less);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
