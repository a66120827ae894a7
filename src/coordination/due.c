/*
 * due.c: `due`: every clock that runs, those for a life at risk first, then the earliest first. What is late is late on
 * either side: ours to do, or the other side's. Pages by key: the next one starts behind the last row shown.
 */
#include "coordination/internal.h"

#define LIMIT_USUAL 50
#define LIMIT_MOST  1000
#define RANKS       2 /* a life at risk; all else */

/* Where a page starts: behind this row, in the order of the index. */
struct place_in_list {
    int64_t rank, due;
    struct str root, what, peer;
};

struct listing {
    struct ctx *c;
    struct out *o;
    int64_t now, before; /* only what is due before that */
    int64_t left;        /* rows that may still be shown */
    int ours;            /* -1 = both sides */
    struct str what, peer;
    struct place_in_list at;
    bool more, held;
};

/* "2 d 3 h", "3 h 5 min", "5 min": what is late by less is late by "0 min". */
static struct str span(struct arena *a, int64_t us)
{
    long long minutes = us / (HOUR / 60);

    if (minutes >= 24 * 60)
        return arena_fmt(a, "%lld d %lld h", minutes / (24 * 60), minutes / 60 % 24);
    if (minutes >= 60)
        return arena_fmt(a, "%lld h %lld min", minutes / 60, minutes % 60);
    return arena_fmt(a, "%lld min", minutes);
}

/* ---- the cursor: RANK.DUE.ROOT.WHAT.PEER ---- */

static struct str cursor_of(struct arena *a, const struct place_in_list *p)
{
    return arena_fmt(a, "%lld.%lld.%.*s.%.*s.%.*s", (long long)p->rank, (long long)p->due,
                     STR_ARG(id_text(a, p->root)), STR_ARG(p->what), STR_ARG(p->peer));
}

static bool cursor_read(struct arena *a, struct str text, struct place_in_list *p)
{
    struct str rank, due, root;
    uint8_t *id = arena_alloc(a, 16);

    if (!str_split(&text, '.', &rank) || !str_int(rank, &p->rank) || !str_split(&text, '.', &due) ||
        !str_int(due, &p->due) || !str_split(&text, '.', &root) || !uuid_parse(root, id) ||
        !str_split(&text, '.', &p->what) || text.p == NULL)
        return false;
    p->root = str_n(id, 16);
    p->peer = text;
    return p->rank >= 0 && p->rank < RANKS;
}

/* ---- rows ---- */

static void say(struct listing *l, struct query *q)
{
    struct arena *a = l->c->arena;
    struct out *o = l->o;
    bool late = l->at.due < l->now;

    out_open(o, NULL);
    out_str(o, "due", arena_copy(a, query_text(q, 8)));
    out_str(o, "late_by", late ? span(a, l->now - l->at.due) : S(""));
    out_z(o, "side", query_int(q, 5) ? "ours" : "theirs");
    out_str(o, "duty", l->at.what);
    out_str(o, "office", arena_copy(a, query_text(q, 4)));
    out_str(o, "counterpart", l->at.peer);
    out_str(o, "matter", arena_copy(a, query_text(q, 7)));
    out_bool(o, "life_at_risk", l->at.rank == 0);
    out_bool(o, "late", late);
    out_z(o, "kind", arena_z(a, query_text(q, 6)));
    out_str(o, "id", id_text(a, query_blob(q, 3)));
    out_close(o);
}

static void bind(struct listing *l, struct query *q, int64_t rank)
{
    bool inside = rank == l->at.rank; /* the page starts in this rank */

    query_bind_int(q, 1, rank);
    query_bind_int(q, 2, inside ? l->at.due : INT64_MIN);
    query_bind_blob(q, 3, inside ? l->at.root : S(""));
    query_bind_text(q, 4, inside ? l->at.what : S(""));
    query_bind_text(q, 5, inside ? l->at.peer : S(""));
    query_bind_int(q, 6, l->before);
    query_bind_int(q, 7, l->ours);
    query_bind_text(q, 8, l->what);
    query_bind_text(q, 9, l->peer);
    query_bind_int(q, 10, l->left + 1);
}

static int list_rank(struct listing *l, int64_t rank)
{
    struct query *q = views_query(
        l->c->views,
        "SELECT due, root, what, id, duty, ours, kind, title, due_text, peer FROM clock WHERE stopped = 0 "
        "AND "
        "rank = ?1 AND (due, root, what, peer) > (?2, ?3, ?4, ?5) AND due < ?6 AND (?7 < 0 OR ours = ?7) "
        "AND "
        "(?8 = '' OR what = ?8) AND (?9 = '' OR peer = ?9) ORDER BY due, root, what, peer LIMIT ?10",
        l->c->err);
    int row;

    if (!q)
        return -1;
    bind(l, q, rank);
    while ((row = query_step(q, l->c->err)) == 1) {
        struct arena *a = l->c->arena;
        if (l->left-- == 0) {
            l->more = true;
            row = 0;
            break;
        }
        l->at = (struct place_in_list){rank, query_int(q, 0), arena_copy(a, query_blob(q, 1)),
                                       arena_copy(a, query_text(q, 2)), arena_copy(a, query_text(q, 9))};
        say(l, q);
    }
    query_done(q);
    return row;
}

/* What came through a channel and is kept longer than its clause allows, an agreement a row. The entry as it came holds
 * the values: as long as that is there, the record is. */
static int list_held(struct listing *l)
{
    struct query *q = views_query(
        l->c->views,
        "SELECT min(keep_until), agreement, giver, count(*) FROM v_disclosure WHERE keep_until < ?1 AND "
        "erased = 0 "
        "AND superseded IS NULL AND wire IS NOT NULL AND (?2 = '' OR giver = ?2) GROUP BY agreement, giver",
        l->c->err);
    int row;

    if (!q)
        return -1;
    query_bind_text(q, 1, str_n(now_text(l->c, l->now).p, 10));
    query_bind_text(q, 2, l->peer);
    while ((row = query_step(q, l->c->err)) == 1) {
        struct arena *a = l->c->arena;
        struct str until = arena_copy(a, query_text(q, 0));
        if (!l->held)
            out_list(l->o, "kept_too_long");
        l->held = true;
        out_open(l->o, NULL);
        out_str(l->o, "kept_until", until);
        out_str(l->o, "late_by", span(a, l->now - clock_due(until)));
        out_str(l->o, "counterpart", arena_copy(a, query_text(q, 2)));
        out_int(l->o, "records", query_int(q, 3));
        out_str(l->o, "agreement", id_text(a, query_blob(q, 1)));
        out_close(l->o);
    }
    query_done(q);
    if (l->held)
        out_end(l->o);
    return row;
}

static int read_args(struct listing *l, const struct args *a)
{
    struct ctx *c = l->c;

    l->left = arg_int(a, "limit", LIMIT_USUAL);
    if (l->left < 1 || l->left > LIMIT_MOST)
        return err_set(c->err, ERR_USAGE, N_("limit must be from 1 to %d"), LIMIT_MOST);
    if (arg_given(a, "cursor") && !cursor_read(c->arena, arg(a, "cursor"), &l->at))
        return err_set(c->err, ERR_USAGE, N_("cursor is the “next” of the page before"));
    l->now = now_of(c);
    l->before = arg_given(a, "late") ? l->now : INT64_MAX;
    l->ours = !arg_given(a, "side") ? -1 : str_eq(arg(a, "side"), S("ours"));
    l->what = arg(a, "duty");
    l->peer = arg(a, "peer");
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct listing l = {.c = c, .o = o, .at = {.rank = -1}};
    bool keep = str_eq(arg(a, "duty"), S("keep")); /* no clock of its own: days are compared */

    if (read_args(&l, a) < 0)
        return -1;
    out_list(o, "clocks");
    for (int64_t rank = l.at.rank < 0 ? 0 : l.at.rank; rank < RANKS && !l.more && !keep; rank++)
        if (list_rank(&l, rank) < 0)
            return -1;
    out_end(o);
    if (!arg_given(a, "cursor") && l.ours != 0 && (keep || l.what.n == 0) && list_held(&l) < 0)
        return -1;
    if (l.at.rank < 0 && !l.held)
        out_z(o, "nothing",
              tr(o->lang, arg_given(a, "late") ? N_("nothing is late") : N_("nothing is due")));
    if (l.more)
        out_str(o, "next", cursor_of(c->arena, &l.at));
    return 0;
}

static const char *const sides[] = {"ours", "theirs", NULL};
static const char *const duties[] = {"answer",         "commitment", "confirmation", "consent",
                                     "contact-report", "disclosure", "incident",     "keep",
                                     "rights",         NULL};

static const struct param params[] = {
    {"late", P_FLAG, .help = N_("only what is late now")},
    {"side", P_CHOICE, .help = N_("only what this office owes (ours), or others do (theirs)"),
     .choices = sides},
    {"duty", P_CHOICE, .help = N_("only duties of this sort"), .choices = duties},
    {"peer", P_TEXT, .help = N_("only with this office on the other side")},
    {"limit", P_INT, .help = N_("how many at once, 50 when not given, at most 1000")},
    {"cursor", P_TEXT, .help = N_("go on behind this row: “next” of the page before")},
    {0},
};

const struct op coordination_due = {
    .name = "due",
    .summary = N_("every clock that runs, and what is late, on either side"),
    .help = N_(
        "One list of what is owed, by whom, until when: answers and disclosures, confirmations of what was "
        "taken back, contact reports, commitments, rights requests, incidents, consents that end; and what "
        "is kept longer than its clause allows. A life "
        "at "
        "risk stands first, then what is due first. A due day lasts to its end in UTC."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/due",
    .run = run,
    .example = "due --late --side ours",
};
