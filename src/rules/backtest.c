/*
 * backtest.c: `rules backtest`: what a rule would have fired on. History is what the views know now: each record's
 * standing version, with what it belongs to. The result is a record, which `rules approve` asks for.
 */
#include "rules/internal.h"

#define SAMPLE    10      /* ids that are shown */
#define PAGE      1000    /* records between two emptyings of the arena */
#define SEEN_MOST 1000000 /* records looked at when not said otherwise */

struct backtest {
    struct ctx *c;
    const struct rules_subject *subject;
    struct rules_set *set;
    struct rules_run *run;
    uint64_t at; /* records before this number are still to be looked at */
    int64_t left, seen, fired, examined, found;
    int64_t first, last; /* when those were recorded */
    uint8_t sample[SAMPLE][16];
};

/* Decided by an officer, for whatever reason; and found: a hit that was the same, an inspection that came of it. */
static int outcome(struct backtest *b, struct ctx *c, const uint8_t id[16])
{
    struct query *q =
        views_query(c->views,
                    "SELECT d.decision FROM v_hit h JOIN v_disposition d ON d.hit = h.id WHERE "
                    "h.subject = ?1 AND h.erased = 0 AND d.erased = 0 AND d.superseded IS NULL "
                    "ORDER BY d.decision = 'same' DESC LIMIT 1",
                    c->err);
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, str_n(id, 16));
    row = query_step(q, c->err);
    if (row == 1) {
        b->examined++;
        b->found += str_eq(query_text(q, 0), S("same"));
    }
    query_done(q);
    return row < 0 ? -1 : 0;
}

static int look_into(struct backtest *b, struct ctx *c, const struct record *r)
{
    const struct record *vars[RULES_VARS] = {r};
    uint32_t which;

    b->last = b->seen ? b->last : r->head.recorded;
    b->first = r->head.recorded;
    b->seen++;
    if (live_vars(c, b->subject, b->set, vars) < 0)
        return -1;
    if (rules_run(b->run, vars, &which) == 0)
        return 0;
    if (b->fired < SAMPLE)
        memcpy(b->sample[b->fired], r->head.id, 16);
    b->fired++;
    return outcome(b, c, r->head.id);
}

/* The next page, the latest first. 1 = there may be more. */
static int page(struct backtest *b)
{
    const struct kind *k = schema_kind(str_z(b->subject->kind));
    struct ctx sub = *b->c;
    struct record **list;
    struct query *q;
    struct views_mark m;
    int64_t n = 0;
    int row = 0;

    sub.arena = arena_new();
    list = arena_alloc(sub.arena, PAGE * sizeof(struct record *));
    q = views_query(
        sub.views,
        arena_fmt(sub.arena,
                  "SELECT * FROM \"v_%s\" WHERE seq < ?1 AND superseded IS NULL AND erased = 0 ORDER "
                  "BY seq DESC LIMIT ?2",
                  k->name)
            .p,
        sub.err);
    if (q) {
        query_bind_int(q, 1, (int64_t)b->at);
        query_bind_int(q, 2, b->left < PAGE ? b->left : PAGE);
        while ((row = query_step(q, sub.err)) == 1) {
            list[n++] = views_row(sub.arena, q, k, &m);
            b->at = m.seq;
        }
    }
    query_done(q);
    for (int64_t i = 0; i < n && row == 0; i++)
        row = look_into(b, &sub, list[i]);
    arena_free(sub.arena);
    b->left -= n;
    return !q || row < 0 ? -1 : n == PAGE && b->left > 0;
}

static struct str day_of(struct ctx *c, int64_t us)
{
    char z[TIME_SIZE];

    time_format(us, z);
    return arena_copy(c->arena, str_n(z, 10));
}

static int keep(struct backtest *b, const struct record *rule, uint64_t cost)
{
    struct record *r = rule_own(b->c, "rule_test");
    const struct {
        const char *field;
        int64_t n;
    } counts[] = {{"seen", b->seen},
                  {"fired", b->fired},
                  {"examined", b->examined},
                  {"found", b->found},
                  {"cost", (int64_t)cost}};

    rule_put(r, "rule", arena_copy(b->c->arena, str_n(rule->head.id, 16)));
    if (b->seen) {
        rule_put(r, "from", day_of(b->c, b->first));
        rule_put(r, "until", day_of(b->c, b->last));
    }
    for (size_t i = 0; i < COUNT(counts); i++)
        record_int(r, schema_field(r->kind, str_z(counts[i].field)), counts[i].n);
    return rule_store(b->c, r);
}

static void say(const struct backtest *b, struct out *o, const struct record *rule)
{
    out_str(o, "name", rule_get(rule, "name"));
    out_str(o, "text", rule_get(rule, "text"));
    if (b->seen) {
        out_str(o, "from", day_of(b->c, b->first));
        out_str(o, "until", day_of(b->c, b->last));
    }
    out_int(o, "seen", b->seen);
    out_int(o, "fired", b->fired);
    out_int(o, "examined", b->examined);
    out_int(o, "found", b->found);
    out_list(o, "sample");
    for (int64_t i = 0; i < b->fired && i < SAMPLE; i++) {
        out_open(o, NULL);
        rule_say_id(b->c, o, "id", b->sample[i]);
        out_close(o);
    }
    out_end(o);
    if (b->seen == 0)
        out_z(o, "nothing",
              tr(o->lang, N_("there is no record of that kind: history says nothing about the rule")));
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct backtest b = {.c = c, .at = INT64_MAX, .left = arg_int(a, "limit", SEEN_MOST)};
    struct record *rule;
    struct cel_program *p;
    struct cel_wrong wrong;
    int more = -1;

    if (b.left < 1)
        return err_set(c->err, ERR_USAGE, N_("limit must be 1 or more"));
    if (rule_find(c, arg(a, "rule"), &rule) < 0 ||
        rule_subject(c, rule_get(rule, "applies_to"), &b.subject) < 0 ||
        rule_compiled(c, b.subject, rule_get(rule, "text"), &p) < 0)
        return -1;
    b.set = rules_set_new(b.subject);
    if (rules_set_add(b.set, rule_get(rule, "text"), &wrong) == 0 && rules_set_ready(b.set, c->err) == 0) {
        b.run = rules_run_new(b.set);
        while ((more = page(&b)) == 1)
            if (c->progress)
                c->progress(c->progress_arg, N_("records"), (uint64_t)b.seen, 0);
    }
    rules_run_free(b.run);
    rules_set_free(b.set);
    if (more < 0 || keep(&b, rule, cel_cost(p)) < 0)
        return -1;
    say(&b, o, rule);
    return 0;
}

static const struct param params[] = {
    {"rule", P_TEXT, .positional = true, .required = true, .help = N_("its name or id")},
    {"limit", P_INT, .help = N_("look at so many records, the latest first; a million when not given")},
    {0},
};

const struct op rules_backtest = {
    .name = "rules-backtest",
    .summary = N_("try a rule on history: what would it have fired on?"),
    .help = N_(
        "Asks the rule of the records that are there, the latest first, and says of how many it is true, "
        "how many of those an "
        "officer has examined, and where something was found. The result is kept with this version of the "
        "rule."),
    .params = params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/rules/{rule}/backtest",
    .run = run,
    .example = "rules backtest fentanyl-air",
};
