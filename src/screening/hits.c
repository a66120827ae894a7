/*
 * hits.c: `puente hits`: where to look, and because of what, the strongest evidence first. One row a pair: an alert, and a
 * name or number that was declared, however often. What an officer decided about the pair is told in its row and stands
 * for it as long as the evidence is the same; other evidence makes the pair open again.
 *
 * Without purpose and case the values that match are withheld, not the hit.
 */
#include "screening/internal.h"

#define LIMIT_USUAL 50
#define LIMIT_MOST  1000

struct listing {
    struct ctx *c;
    struct out *o;
    struct look look;
    const struct kind *kind;
};

/* ---- which hits, in which order ---- */

/* Evidence first, then the latest. A rule's hit has no bits: it stands with the weakest match. */
#define RANK_BITS   "(coalesce(h.bits, 1400) + 1000000) * 2147483648 + h.seq"
#define RANK_LATEST "h.seq"

/* A pair. A hit without an alert, a rule's or a notice's, is by itself. */
#define PAIR                                                                                               \
    "h.number, h.list, h.basis, CASE WHEN h.number IS NULL THEN h.id ELSE coalesce(h.matched, h.id) END"
/* What was last decided about a pair with these parts of evidence. */
#define DECIDED                                                                                            \
    "WITH decided AS MATERIALIZED (SELECT e.number, e.list, e.basis, e.matched, e.parts, d.decision, "     \
    "max(d.seq) FROM v_disposition d JOIN v_hit e ON e.id = d.hit WHERE d.superseded IS NULL AND "         \
    "d.erased = 0 AND e.matched IS NOT NULL GROUP BY 1, 2, 3, 4, 5) "

#define OPEN                                                                                               \
    " AND NOT EXISTS (SELECT 1 FROM v_disposition d WHERE d.hit = h.id AND d.superseded IS NULL AND "      \
    "d.erased = 0) AND NOT EXISTS (SELECT 1 FROM decided x WHERE x.number = h.number AND x.list = h.list " \
    "AND x.basis = h.basis AND x.matched = h.matched AND x.parts IS h.parts AND x.decision = 'not-same') " \
    "AND NOT EXISTS (SELECT 1 FROM v_alert a WHERE a.id = h.alert AND a.expires < ?3)"

struct row {
    struct str id;
    int64_t count, rank;
};

static struct str hits_sql(struct ctx *c, const struct args *a)
{
    const char *rank = arg_given(a, "latest") ? RANK_LATEST : RANK_BITS;

    return arena_fmt(c->arena,
                     "%sSELECT h.id, count(*), max(%s) AS rank FROM v_hit h WHERE h.superseded IS NULL AND "
                     "h.erased = 0 AND h.status <> 'withdrawn' AND h.basis <> 'control'%s GROUP BY %s "
                     "HAVING rank < ?1 ORDER BY rank DESC LIMIT ?2",
                     arg_given(a, "open") ? DECIDED : "", rank, arg_given(a, "open") ? OPEN : "",
                     arg_given(a, "all") ? "h.id" : PAIR);
}

static int read_rows(struct ctx *c, const struct args *a, int64_t limit, struct row *r, size_t *n)
{
    struct query *q = views_query(c->views, hits_sql(c, a).p, c->err);
    int row;

    if (!q)
        return -1;
    query_bind_int(q, 1, arg_int(a, "cursor", INT64_MAX));
    query_bind_int(q, 2, limit);
    if (arg_given(a, "open")) /* a day may have ended an alert, and nothing came since to say so */
        query_bind_text(q, 3, screening_today(c));
    while ((row = query_step(q, c->err)) == 1)
        r[(*n)++] = (struct row){screening_copy(c, q, 0), query_int(q, 1), query_int(q, 2)};
    query_done(q);
    return row;
}

int hit_read(struct ctx *c, struct str id, struct record **out)
{
    struct query *q = views_query(c->views, "SELECT * FROM v_hit WHERE id = ?1", c->err);
    struct views_mark m;
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, id);
    row = query_step(q, c->err);
    if (row == 1)
        *out = views_row(c->arena, q, schema_kind(S("hit")), &m);
    query_done(q);
    return row;
}

/* ---- what is said of one ---- */

void say_id(struct out *o, const char *key, struct str id, struct arena *a)
{
    char text[UUID_SIZE];

    if (id.n != 16)
        return;
    uuid_format((const uint8_t *)id.p, text);
    out_str(o, key, arena_copy(a, str_z(text)));
}

int say_decisions(struct ctx *c, struct out *o, const struct record *hit, struct decided *last)
{
    static const char sql[] =
        "SELECT d.decision, d.decided, d.h_author, d.reason, e.id, e.parts FROM v_hit e JOIN v_disposition "
        "d "
        "ON d.hit = e.id WHERE e.number IS ?1 AND e.list IS ?2 AND e.basis = ?3 AND (e.matched = ?4 OR "
        "e.id = ?5) AND d.superseded IS NULL AND d.erased = 0 ORDER BY d.seq DESC LIMIT 20";
    struct str matched = screening_get(hit, "matched"), number = screening_get(hit, "number");
    struct query *q = views_query(c->views, sql, c->err);
    int row;

    *last = (struct decided){.is = false};
    if (!q)
        return -1;
    if (number.n) {
        query_bind_text(q, 1, number);
        query_bind_text(q, 2, screening_get(hit, "list"));
    }
    query_bind_text(q, 3, screening_get(hit, "basis"));
    if (number.n && matched.n)
        query_bind_text(q, 4, matched);
    query_bind_blob(q, 5, str_n(hit->head.id, 16));
    while ((row = query_step(q, c->err)) == 1) {
        bool own = str_eq(query_blob(q, 4), str_n(hit->head.id, 16));
        if (!last->said)
            out_list(o, "decided");
        out_open(o, NULL);
        out_str(o, "decision", screening_copy(c, q, 0));
        out_str(o, "decided", screening_copy(c, q, 1));
        out_str(o, "author", screening_copy(c, q, 2));
        out_str(o, "reason", screening_copy(c, q, 3));
        say_id(o, "hit", query_blob(q, 4), c->arena);
        out_close(o);
        if (!last->is && (own || (str_eq(query_text(q, 5), screening_get(hit, "parts")) &&
                                  str_eq(query_text(q, 0), S("not-same")))))
            *last = (struct decided){.is = true, .decision = screening_copy(c, q, 0)};
        last->said = true;
    }
    query_done(q);
    if (last->said)
        out_end(o);
    return row;
}

int say_hit(struct ctx *c, struct out *o, const struct record *hit, bool values)
{
    int bits = schema_field(hit->kind, S("bits"));
    struct alert a = {.id = {NULL, 0}};
    struct decided last;

    if (screening_get(hit, "number").n &&
        alert_find(c, screening_get(hit, "list"), screening_get(hit, "number"), &a) < 0)
        return -1;
    say_id(o, "id", str_n(hit->head.id, 16), c->arena);
    out_str(o, "because", because(c->arena, o->lang, hit, values));
    out_str(o, "matched_by", screening_get(hit, "basis"));
    if (record_has(hit, bits)) {
        say_bits(c->arena, o, "bits", hit->v[bits].i);
        out_int(o, "score", names_score((int)hit->v[bits].i));
    }
    out_str(o, "kind", because_fact(hit, "subject_kind"));
    say_id(o, "subject", screening_get(hit, "subject"), c->arena);
    if (a.id.n) {
        out_str(o, "list", a.list);
        out_str(o, "number", a.number);
        out_str(o, "authority", a.authority);
        out_str(o, "action_requested", a.action);
        out_str(o, "contact", a.contact);
    } else if (screening_get(hit, "number").n) {
        out_str(o, "list", screening_get(hit, "list"));
        out_str(o, "number", screening_get(hit, "number"));
    }
    if (screening_get(hit, "number").n)
        out_bool(o, "alert_holds", a.active);
    say_id(o, "rule", screening_get(hit, "rule"), c->arena);
    say_id(o, "notice", screening_get(hit, "notice"), c->arena);
    if (say_decisions(c, o, hit, &last) < 0)
        return -1;
    out_z(o, "status",
          str_eq(screening_get(hit, "status"), S("withdrawn")) ? "withdrawn"
          : last.is                                            ? "disposed"
                                                               : "open");
    if (last.is)
        out_str(o, "decision", last.decision);
    return 0;
}

/* ---- the control sample ---- */

#define ONE_IN_USUAL 200
#define ONE_IN_LEAST 20

/* Declarations that raised nothing, themselves or what hangs on them, and that their seed drew. */
static const char control_sql[] =
    "SELECT k.id, k.kind, k.seq, k.draw FROM scr_control k WHERE k.draw < ?1 AND k.seq < ?2 AND NOT EXISTS "
    "(SELECT 1 FROM v_hit h WHERE h.status <> 'withdrawn' AND h.superseded IS NULL AND (h.subject = k.id "
    "OR "
    "h.subject IN (SELECT id FROM v_party WHERE parent = k.id) OR h.subject IN (SELECT id FROM v_equipment "
    "WHERE trip = k.id OR consignment = k.id) OR h.subject IN (SELECT id FROM v_item WHERE consignment = "
    "k.id))) ORDER BY k.seq DESC LIMIT ?3";

static int say_control(const struct listing *l, const struct args *a, int64_t limit)
{
    int64_t one_in = arg_int(a, "one-in", ONE_IN_USUAL), n = 0, next = 0;
    struct query *q;
    int row = 0;

    if (one_in < ONE_IN_LEAST)
        return err_set(l->c->err, ERR_USAGE, N_("one-in must be at least %d"), ONE_IN_LEAST);
    q = views_query(l->c->views, control_sql, l->c->err);
    if (!q)
        return -1;
    query_bind_int(q, 1, ((int64_t)1 << 32) / one_in);
    query_bind_int(q, 2, arg_int(a, "cursor", INT64_MAX));
    query_bind_int(q, 3, limit + 1);
    out_int(l->o, "one_in", one_in);
    out_list(l->o, "control");
    while ((row = query_step(q, l->c->err)) == 1 && n < limit) {
        const struct kind *k = schema_kind_number((unsigned)query_int(q, 1));
        out_open(l->o, NULL);
        say_id(l->o, "id", query_blob(q, 0), l->c->arena);
        out_z(l->o, "kind", k ? k->name : "");
        out_close(l->o);
        next = query_int(q, 2);
        n++;
    }
    query_done(q);
    out_end(l->o);
    if (n == 0)
        out_z(l->o, "nothing",
              tr(l->o->lang, N_("no declaration without a hit was drawn for the control sample yet")));
    if (row == 1)
        out_int(l->o, "next", next);
    return row < 0 ? -1 : 0;
}

/* ---- the op ---- */

static int count_of(struct ctx *c, const char *sql, int64_t *n)
{
    struct query *q = views_query(c->views, sql, c->err);
    int row;

    *n = 0;
    if (!q)
        return -1;
    row = query_step(q, c->err);
    if (row == 1)
        *n = query_int(q, 0);
    query_done(q);
    return row < 0 ? -1 : 0;
}

/* An empty answer says why. */
static int say_nothing(const struct listing *l, const struct args *a)
{
    int64_t alerts, declared, hits;
    const char *why = N_("nothing declared here is like an alert that holds");

    if (count_of(l->c, "SELECT EXISTS (SELECT 1 FROM scr_listed)", &alerts) < 0 ||
        count_of(l->c, "SELECT EXISTS (SELECT 1 FROM scr_declared)", &declared) < 0 ||
        count_of(l->c, "SELECT EXISTS (SELECT 1 FROM v_hit WHERE superseded IS NULL AND erased = 0)",
                 &hits) < 0)
        return -1;
    if (arg_given(a, "cursor"))
        why = N_("there are no further hits behind this number");
    else if (!alerts)
        why = N_("there is no alert with a name or a number to compare with");
    else if (!declared)
        why = N_("nothing was declared yet that could be compared");
    else if (hits && arg_given(a, "open"))
        why = N_("every hit was decided, or its alert was withdrawn");
    out_z(l->o, "nothing", tr(l->o->lang, why));
    return 0;
}

static int say_rows(const struct listing *l, const struct row *r, size_t n)
{
    out_list(l->o, "hits");
    for (size_t i = 0; i < n; i++) {
        struct record *hit = NULL;
        if (hit_read(l->c, r[i].id, &hit) != 1)
            return -1;
        out_open(l->o, NULL);
        if (say_hit(l->c, l->o, hit, !(l->look.hide & l->look.personal)) < 0)
            return -1;
        out_int(l->o, "count", r[i].count);
        out_close(l->o);
    }
    out_end(l->o);
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct listing l = {.c = c, .o = o, .kind = schema_kind(S("hit"))};
    int64_t limit = arg_int(a, "limit", LIMIT_USUAL);
    struct row *r;
    size_t n = 0, shown;

    if (limit < 1 || limit > LIMIT_MOST)
        return err_set(c->err, ERR_USAGE, N_("limit must be from 1 to %d"), LIMIT_MOST);
    if (arg_given(a, "control"))
        return say_control(&l, a, limit);
    l.look = look_at(c, l.kind);
    r = arena_alloc(c->arena, ((size_t)limit + 1) * sizeof *r);
    if (read_rows(c, a, limit + 1, r, &n) < 0)
        return -1;
    shown = n < (size_t)limit ? n : (size_t)limit;
    if (look_log(c, &l.look, &(struct looked){.op = "hits", .count = shown}) < 0 ||
        say_rows(&l, r, shown) < 0)
        return -1;
    if (n == 0 && say_nothing(&l, a) < 0)
        return -1;
    if (n)
        look_say(o, &l.look, l.look.personal);
    if (n > shown)
        out_int(o, "next", r[shown - 1].rank);
    return 0;
}

static const struct param params[] = {
    {"open", P_FLAG, .help = N_("only pairs that no officer has decided with this evidence")},
    {"latest", P_FLAG, .help = N_("the latest first, instead of the strongest evidence")},
    {"all", P_FLAG, .help = N_("one row a hit, instead of one a pair")},
    {"control", P_FLAG, .help = N_("instead: declarations that raised nothing, drawn to be looked at")},
    {"one-in", P_INT,
     .help = N_("with --control: one of so many is drawn; 200 when not given, at least 20")},
    {"limit", P_INT, .help = N_("how many at once, 50 when not given, at most 1000")},
    {"cursor", P_INT, .help = N_("go on behind this number: `next` of the page before")},
    {0},
};

const struct op screening_hits = {
    .name = "hits",
    .summary = N_("where to look: declarations that are like an alert"),
    .help =
        N_("Lists the hits, the strongest evidence first: a name or a number in a declaration is like one "
           "in an "
           "alert that an authority issued. A pair that was declared several times is one row with a "
           "count. A hit "
           "decides nothing; an officer looks and disposes of it with a reason, which is told with the "
           "pair from "
           "then on. What matched is personal data and is shown for a purpose and a case. With --control: "
           "declarations that raised nothing, drawn by chance, so that what hits find has something to be "
           "compared "
           "with."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/hits",
    .run = run,
    .example = "hits --open --purpose \"primary inspection\" --case 2026-0117",
};
