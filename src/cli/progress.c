/*
 * progress.c: how far a long job is. On a terminal one line that is rewritten; on a pipe a line every few
 * seconds. A job shorter than the first wait shows nothing.
 */
#include "cli/internal.h"

#define SECOND        INT64_C(1000000)
#define TERMINAL_WAIT (SECOND / 5)
#define PIPE_WAIT     (5 * SECOND)

void progress_init(struct progress *p, const struct world *w, enum lang lang, FILE *to, bool terminal)
{
    *p = (struct progress){.world = w, .lang = lang, .to = to, .terminal = terminal};
    p->began = p->last = w->now(w->arg);
}

static void line(struct progress *p, uint64_t done, uint64_t of, int64_t took)
{
    double seconds = (double)took / (double)SECOND, rate = seconds > 0 ? (double)done / seconds : 0;

    fprintf(p->to, "%s%s: %llu", p->terminal ? "\r" : "", tr(p->lang, p->what), (unsigned long long)done);
    if (of)
        fprintf(p->to, tr(p->lang, N_(" of %llu, %.0f%%")), (unsigned long long)of,
                100.0 * (double)done / (double)of);
    if (rate > 0)
        fprintf(p->to, tr(p->lang, N_(", %.0f a second")), rate);
    if (of > done && rate > 0)
        fprintf(p->to, tr(p->lang, N_(", %.0f s left")), (double)(of - done) / rate);
    fputs(p->terminal ? "\033[K" : "\n", p->to);
    fflush(p->to);
}

void progress_tick(void *arg, const char *what, uint64_t done, uint64_t of)
{
    struct progress *p = arg;
    int64_t now = p->world->now(p->world->arg);

    if (p->what == NULL || strcmp(p->what, what) != 0) {
        p->what = what; /* another job: its own rate */
        p->began = now;
    }
    if (now - p->last < (p->terminal ? TERMINAL_WAIT : PIPE_WAIT))
        return;
    p->last = now;
    p->shown = true;
    line(p, done, of, now - p->began);
}

void progress_end(struct progress *p)
{
    if (p->shown && p->terminal) {
        fputs("\r\033[K", p->to);
        fflush(p->to);
    }
    p->shown = false;
}
