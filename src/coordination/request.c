/*
 * request.c: `request` and `answer`.
 *
 * A request's number is OFFICE-YEAR-NNNNNN, dense from 1 in each year. The journal takes each number once, so two
 * officers at the same moment get two numbers; in a journal that was restored from a backup the epoch stands before
 * the dot (us.cbp-2027-2.000001), because numbers of the lost part may be known to others (law 7, decision 0174).
 */
#include "coordination/internal.h"

#define NUMBER_DIGITS 6
#define NUMBERS_MOST  999999 /* requests of one office in one year */

/* ---- how long there is to answer ---- */

static const struct {
    const char *urgency;
    int64_t hours;
} spans[] = {{"8h", 8}, {"48h", 48}, {"3d", 72}, {"7d", 168}};

static int64_t span_of(struct str urgency)
{
    for (size_t i = 0; i < COUNT(spans); i++)
        if (str_eq(urgency, str_z(spans[i].urgency)))
            return spans[i].hours * HOUR;
    return 0;
}

/* A disclosure after a hit has its own time, and a life in danger the shortest there is. */
static int urgency_of(struct ctx *c, const struct args *a, struct str *out)
{
    bool life = arg_given(a, "life-at-risk");
    struct str usual = str_eq(arg(a, "form"), S("disclosure")) ? S("48h") : S("");

    if (life)
        usual = S("8h");
    *out = arg(a, "urgency").n ? arg(a, "urgency") : usual;
    if (usual.n && !str_eq(*out, usual))
        return err_set(c->err, ERR_USAGE, N_("the urgency of this request is %s"), usual.p);
    return out->n ? 0 : err_set(c->err, ERR_USAGE, N_("%s needs %s"), "request", "urgency");
}

#define SECOND INT64_C(1000000) /* a due time has whole ones, never before its time */

/* ---- the number ---- */

static int number_prefix(struct ctx *c, int64_t now, struct str *out)
{
    struct head head;
    struct str office = node_office(c);

    if (journal_head(c->journal, c->arena, &head, c->err) < 0)
        return -1;
    *out = head.epoch == 1 ? arena_fmt(c->arena, "%.*s-%.4s-", STR_ARG(office), now_text(c, now).p)
                           : arena_fmt(c->arena, "%.*s-%.4s-%llu.", STR_ARG(office), now_text(c, now).p,
                                       (unsigned long long)head.epoch);
    return 0;
}

/* Where to start looking for a free one: behind the highest that is still readable. */
static int number_hint(struct ctx *c, struct str prefix, int64_t *out)
{
    struct query *q = views_query(
        c->views,
        "SELECT number FROM v_request WHERE number > ?1 AND number < ?2 ORDER BY number DESC LIMIT 1",
        c->err);
    int row;

    *out = 0;
    if (!q)
        return -1;
    query_bind_text(q, 1, prefix);
    query_bind_text(q, 2, arena_fmt(c->arena, "%.*s:", STR_ARG(prefix))); /* ":" is behind all digits */
    row = query_step(q, c->err);
    if (row == 1) {
        struct str number = query_text(q, 0);
        if (!str_int(str_n(number.p + prefix.n, number.n - prefix.n), out) || *out < 0 ||
            *out > NUMBERS_MOST)
            *out = 0; /* typed by hand */
    }
    query_done(q);
    return row < 0 ? -1 : 0;
}

static int store_numbered(struct ctx *c, struct record *r, int64_t now)
{
    struct str prefix, number;
    int64_t i;
    int fresh = 0;

    if (number_prefix(c, now, &prefix) < 0 || number_hint(c, prefix, &i) < 0)
        return -1;
    while (fresh == 0 && ++i <= NUMBERS_MOST) {
        number = arena_fmt(c->arena, "%.*s%0*lld", STR_ARG(prefix), NUMBER_DIGITS, (long long)i);
        put(r, "number", number);
        fresh = store_once(c, arena_fmt(c->arena, "request/%.*s", STR_ARG(number)), r);
    }
    if (fresh == 0)
        return err_set(c->err, ERR_LIMIT, N_("there are no more numbers for requests this year"));
    return fresh < 0 ? -1 : 0;
}

/* ---- request ---- */

static void put_id(struct ctx *c, struct record *r, const char *field, struct str text)
{
    uint8_t *id = arena_alloc(c->arena, 16);

    if (uuid_parse(text, id))
        put(r, field, str_n(id, 16));
}

static int request_checks(struct ctx *c, const struct args *a)
{
    struct str peer = arg(a, "peer");

    if (office_country(c->arena, peer).n == 0)
        return err_set(c->err, ERR_USAGE,
                       N_("“%.*s” is not the name of an office, as in us.cbp or mx.anam"),
                       (int)(peer.n > 64 ? 64 : peer.n), peer.p);
    if (office_ours(c, peer))
        return err_set(c->err, ERR_USAGE, N_("a request goes to another office, not to one's own"));
    if (str_trim(c->purpose).n == 0)
        return err_set(c->err, ERR_USAGE,
                       N_("a request needs --purpose: the only purpose the answer may be used for"));
    if (arg_given(a, "life-at-risk") && arg_given(a, "text"))
        return err_set(
            c->err, ERR_USAGE,
            N_("where a life is at risk nobody is named: say in --subject where and what is needed"));
    return 0;
}

static int run_request(struct ctx *c, const struct args *a, struct out *o)
{
    struct record *r = own_record(c, "request");
    int64_t now = now_of(c);
    struct str urgency;

    if (request_checks(c, a) < 0 || urgency_of(c, a, &urgency) < 0)
        return -1;
    put(r, "office", node_office(c));
    put(r, "peer", arg(a, "peer"));
    put(r, "form", arg(a, "form"));
    put(r, "subject", str_trim(arg(a, "subject")));
    put(r, "text", str_trim(arg(a, "text")));
    put(r, "purpose", str_trim(c->purpose));
    put(r, "urgency", urgency);
    put(r, "due", now_text(c, (now + span_of(urgency) + SECOND - 1) / SECOND * SECOND));
    if (arg_given(a, "life-at-risk"))
        record_int(r, field_named(r, "life_at_risk"), 1);
    put_id(c, r, "about", arg(a, "about"));
    put_id(c, r, "agreement", arg(a, "agreement"));
    put_id(c, r, "case", c->the_case); /* a case that is only a number stays with this office */
    put(r, "contact", arg(a, "contact"));
    r->head.handling = arg_given(a, "handling") ? arg(a, "handling") : S("H1");
    if (store_numbered(c, r, now) < 0)
        return -1;
    out_str(o, "id", id_text(c->arena, str_n(r->head.id, 16)));
    out_str(o, "request_number", get(r, "number"));
    out_str(o, "counterpart", get(r, "peer"));
    out_str(o, "due", get(r, "due"));
    return 0;
}

static const char *const forms[] = {"disclosure", "information", "joint-inspection", "joint-operation",
                                    "other",      "rescue",      "support",          "trace",
                                    "training",   NULL};
static const char *const urgencies[] = {"3d", "48h", "7d", "8h", NULL};
static const char *const handlings[] = {"H0", "H1", "H2", "H3", NULL};

static const struct param request_params[] = {
    {"peer", P_TEXT, .positional = true, .required = true, .help = N_("the office that is asked: mx.anam")},
    {"form", P_CHOICE, .required = true, .help = N_("what is asked for"), .choices = forms},
    {"subject", P_TEXT, .required = true, .help = N_("the matter in one line, without names of people")},
    {"urgency", P_CHOICE,
     .help =
         N_("how long there is to answer; 48h for a disclosure and 8h for a life at risk, else required"),
     .choices = urgencies},
    {"text", P_TEXT, .help = N_("what is asked and why; of a file: --text \"$(cat FILE)\"")},
    {"about", P_ID, .help = N_("the record it is about, such as a hit")},
    {"agreement", P_ID, .help = N_("the agreement it rests on")},
    {"contact", P_TEXT, .help = N_("the office's desk, not a private number")},
    {"life-at-risk", P_FLAG,
     .help = N_("a life is at risk: goes before everything else, and names nobody")},
    {"handling", P_CHOICE, .help = N_("handling code; H1 when not given"), .choices = handlings},
    {0},
};

const struct op coordination_request = {
    .name = "request",
    .summary = N_("ask another office for something, with a clock"),
    .help = N_(
        "Appends a request with this office's next number. The urgency decides when the answer is due, on "
        "both sides: “due” lists it. It travels when a clause of an agreement lets it. The global options "
        "--purpose (required) and --case (when it is the id of a case) go with it."),
    .params = request_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/requests",
    .run = run_request,
    .example = "request mx.anam --form information --urgency 3d --subject \"Container MSCU6639871\" --text "
               "\"Where "
               "was it packed?\" --purpose \"customs control\"",
};

/* ---- answer ---- */

/* What an answer was made to, and whether one can still be made. */
static int answerable(struct ctx *c, struct str id, struct version *v)
{
    struct entry x;
    struct str root;
    int there;

    if (find(c, id, "request", &x) < 0 || root_of(c, str_n(x.id, 16), &root) < 0)
        return -1;
    there = version_of(c, x.kind, root, v);
    if (there < 0)
        return -1;
    if (there == 0)
        return err_set(c->err, ERR_CONFLICT, N_("this record was erased"));
    if (!office_ours(c, get(v->record, "peer")))
        return err_set(c->err, ERR_DENIED, N_("this request asks %.*s: only that office answers it"),
                       STR_ARG(get(v->record, "peer")));
    return 0;
}

static int answered_already(struct ctx *c, struct str root)
{
    struct query *q = views_query(
        c->views, "SELECT decided_by FROM clock WHERE root = ?1 AND stopped = 1 AND kind = 'request'",
        c->err);
    struct str by = S("");

    if (!q)
        return -1;
    query_bind_blob(q, 1, root);
    if (query_step(q, c->err) == 1)
        by = arena_copy(c->arena, query_blob(q, 0));
    query_done(q);
    if (by.n == 0)
        return 0;
    return err_set(c->err, ERR_CONFLICT, N_("this request was answered already: correct that answer, %s"),
                   id_text(c->arena, by).p);
}

/* Each request takes one answer; another only after answers were erased. */
static int answer_key(struct ctx *c, struct str root, struct str *key)
{
    struct query *q = views_query(c->views, "SELECT count(*) FROM v_answer WHERE erased = 1", c->err);
    int row;

    if (!q)
        return -1;
    row = query_step(q, c->err);
    if (row == 1)
        *key = arena_fmt(c->arena, "answer/%s/%lld", id_text(c->arena, root).p, (long long)query_int(q, 0));
    query_done(q);
    return row < 0 ? -1 : 0;
}

static void put_ids(struct ctx *c, const struct args *a, struct record *r)
{
    struct buf b;

    buf_init(&b, TEXT_MAX);
    for (size_t i = 0; i < arg_count(a, "records"); i++) {
        if (i)
            buf_char(&b, '\n');
        buf_str(&b, arg_nth(a, "records", i));
    }
    put(r, "records", arena_copy(c->arena, buf_view(&b)));
    buf_free(&b);
}

/* The name by which the office that asked knows its request: more of it that came later stands here under an id of
 * this node's own. 0, or -1. */
static int asked_as(struct ctx *c, const struct version *v, struct str *id)
{
    struct query *q = views_query(
        c->views, "SELECT id FROM v_request WHERE id IN " VERSIONS " AND erased = 0 ORDER BY seq LIMIT 1",
        c->err);
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, v->root);
    row = query_step(q, c->err);
    if (row >= 0)
        *id = row == 1 ? arena_copy(c->arena, query_blob(q, 0)) : str_n(v->record->head.id, 16);
    query_done(q);
    return row < 0 ? -1 : 0;
}

static int answer_checks(struct ctx *c, const struct args *a)
{
    bool refused = str_eq(arg(a, "outcome"), S("refused"));

    if (refused && !arg_given(a, "refusal"))
        return err_set(c->err, ERR_USAGE, N_("a refusal needs its reason: --refusal"));
    if (!refused && arg_given(a, "refusal"))
        return err_set(c->err, ERR_USAGE, N_("a reason for refusal belongs to the outcome “refused”"));
    if (arg_count(a, "records") > TEXT_MAX / UUID_SIZE)
        return err_set(c->err, ERR_LIMIT, N_("an answer names at most %d records"), TEXT_MAX / UUID_SIZE);
    return 0;
}

static int store_answer(struct ctx *c, const struct version *v, struct record *r)
{
    struct str key;
    int fresh;

    if (str_eq(get(r, "outcome"), S("forwarded"))) /* that is none yet */
        return store(c, r);
    if (answer_key(c, v->root, &key) < 0)
        return -1;
    fresh = store_once(c, key, r);
    if (fresh != 0)
        return fresh < 0 ? -1 : 0;
    if (answered_already(c, v->root) == 0)
        err_set(c->err, ERR_CONFLICT, N_("somebody else answered just now: look again"));
    return -1;
}

static int run_answer(struct ctx *c, const struct args *a, struct out *o)
{
    struct record *r = own_record(c, "answer");
    struct version v;
    struct str asked;

    if (answer_checks(c, a) < 0 || answerable(c, arg(a, "id"), &v) < 0 || answered_already(c, v.root) < 0 ||
        asked_as(c, &v, &asked) < 0)
        return -1;
    put(r, "request", asked);
    put(r, "outcome", arg(a, "outcome"));
    put(r, "refusal", arg(a, "refusal"));
    put(r, "text", str_trim(arg(a, "text")));
    put_ids(c, a, r);
    put(r, "conditions", arg(a, "conditions"));
    put(r, "reliability", arg(a, "reliability"));
    put(r, "answered", now_text(c, now_of(c)));
    r->head.handling = arg_given(a, "handling") ? arg(a, "handling") : S("H1");
    if (store_answer(c, &v, r) < 0)
        return -1;
    out_str(o, "id", id_text(c->arena, str_n(r->head.id, 16)));
    out_str(o, "request_number", get(v.record, "number"));
    out_str(o, "counterpart", get(v.record, "office"));
    out_str(o, "outcome", get(r, "outcome"));
    out_bool(o, "in_time", clock_due(get(r, "answered")) <= clock_due(get(v.record, "due")));
    return 0;
}

static const char *const outcomes[] = {"forwarded", "given", "nothing", "partial", "refused", NULL};
static const char *const refusals[] = {"agreement", "disproportionate", "law",      "other",
                                       "resources", "rights",           "security", NULL};

static const struct param answer_params[] = {
    {"id", P_ID, .positional = true, .required = true, .help = N_("the request's id")},
    {"outcome", P_CHOICE, .required = true,
     .help = N_("given, given in part, refused, nothing found, or forwarded"), .choices = outcomes},
    {"refusal", P_CHOICE, .help = N_("why it is refused"), .choices = refusals},
    {"text", P_TEXT, .help = N_("the answer, in words")},
    {"records", P_ID, .many = true, .help = N_("the id of a record that is given; several times")},
    {"conditions", P_TEXT, .help = N_("what the information may be used for")},
    {"reliability", P_TEXT, .help = N_("of source and information (4x4), such as B2")},
    {"handling", P_CHOICE, .help = N_("handling code; H1 when not given"), .choices = handlings},
    {0},
};

const struct op coordination_answer = {
    .name = "answer",
    .summary = N_("answer a request, or refuse it with a reason"),
    .help = N_(
        "Answers a request that asks this office, once; a refusal names its reason. “Forwarded” tells the "
        "other side who looks at it now; the clock runs on. Naming records gives nothing by itself: what "
        "travels is what a clause of an agreement lets travel."),
    .params = answer_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/requests/{id}/answer",
    .run = run_answer,
    .example = "answer 01a20018-5048-78e3-99e8-871400000000 --outcome refused --refusal law",
};
