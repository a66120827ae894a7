/*
 * recheck.c: `puente screening recheck`: all alerts against all that is declared, as if nothing had ever been compared, and
 * where that differs from the hits that stand. It writes nothing: a difference is a defect, or an engine that changed.
 */
#include "screening/internal.h"

#define SHOWN_MOST 20

struct rechecking {
    struct out *o;
    int64_t alerts, stand, missing, extra, shown;
};

static void say(struct rechecking *r, struct arena *a, const char *what, const struct record *hit)
{
    if (r->shown++ >= SHOWN_MOST)
        return;
    out_open(r->o, NULL);
    out_z(r->o, "what", what);
    out_str(r->o, "list", arena_copy(a, screening_get(hit, "list")));
    out_str(r->o, "number", arena_copy(a, screening_get(hit, "number")));
    say_id(r->o, "subject", screening_get(hit, "subject"), a);
    out_str(r->o, "field", arena_copy(a, screening_get(hit, "field")));
    out_close(r->o);
}

static int recheck_alert(struct rechecking *r, const struct ctx *c, struct str list, struct str number)
{
    struct ctx sub = *c;
    struct standing *now;
    struct finding f;
    int rc;

    sub.arena = arena_new();
    finding_init(&f, &sub);
    rc = standing_for_alert(&sub, list, number, &now) < 0 || find_for_alert(&f, list, number) < 0 ? -1 : 0;
    if (rc == 0)
        for (const struct missing *m = settle_pairs(&sub, &f, now); m; m = m->next) {
            say(r, c->arena, tr(r->o->lang, N_("missing")), m->hit);
            r->missing++;
        }
    for (const struct standing *s = rc == 0 ? now : NULL; s; s = s->next) {
        r->stand++;
        if (s->stays)
            continue;
        say(r, c->arena, tr(r->o->lang, N_("should not stand")), s->hit);
        r->extra++;
    }
    r->alerts++;
    arena_free(sub.arena);
    return rc;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct query *q = views_query(c->views, ALERTS_COMPARED, c->err);
    struct rechecking r = {.o = o};
    int row;

    (void)a;
    if (!q)
        return -1;
    out_list(o, "differences");
    while ((row = query_step(q, c->err)) == 1) {
        if (recheck_alert(&r, c, screening_copy(c, q, 0), screening_copy(c, q, 1)) < 0) {
            row = -1;
            break;
        }
        if (c->progress)
            c->progress(c->progress_arg, N_("alerts"), (uint64_t)r.alerts, 0);
    }
    query_done(q);
    out_end(o);
    if (row < 0)
        return -1;
    out_int(o, "alerts", r.alerts);
    out_int(o, "standing", r.stand);
    out_int(o, "missing", r.missing);
    out_int(o, "should_not_stand", r.extra);
    return r.missing || r.extra;
}

const struct op screening_recheck = {
    .name = "screening-recheck",
    .summary = N_("compare everything anew, and tell where hits differ from it"),
    .help = N_("Compares every alert that holds with everything declared, as if nothing had been compared "
               "before, and "
               "says which hits are missing and which should not stand. Writes nothing. Exit status 1 when "
               "there is a "
               "difference: after a new version of the program that is expected; else it is a defect."),
    .flags = OP_NODE | OP_LOCAL,
    .run = run,
    .example = "screening-recheck",
};
