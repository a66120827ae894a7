/*
 * agreement.c: the verbs on agreements. What they sign are papers (paper.c), which enter the journal as acts; the next
 * exchange with the peer carries them.
 */
#include "release/internal.h"

static struct str uuid_text(struct arena *a, const uint8_t id[16])
{
    char z[UUID_SIZE];

    uuid_format(id, z);
    return arena_copy(a, str_z(z));
}

static struct str day_text(struct arena *a, int64_t us)
{
    char z[TIME_SIZE];

    time_format(us, z);
    return arena_copy(a, str_n(z, 10));
}

struct str agreement_own(struct ctx *c)
{
    return arena_copy(c->arena, node_office(c));
}

/* ---- saying ---- */

struct teller {
    struct ctx *c;
    struct out *o;
    bool open;
};

static void tell_fault(void *arg, const struct fault *f)
{
    struct teller *t = arg;

    if (!t->open)
        out_list(t->o, "faults");
    t->open = true;
    out_open(t->o, NULL);
    if (f->place.segment)
        out_int(t->o, "line", f->place.segment);
    out_z(t->o, "code", f->def->code);
    out_z(t->o, "message", tr(t->o->lang, f->def->message));
    if (f->found.n)
        out_str(t->o, "found", f->found);
    if (f->expected.n)
        out_str(t->o, "expected", f->expected);
    out_close(t->o);
}

/* The program, once its examples hold too; NULL with the faults said. */
struct program *agreement_examine(struct ctx *c, struct str text, struct out *o)
{
    struct teller t = {.c = c, .o = o};
    struct faults to = {.put = tell_fault, .arg = &t, .limit = 100};
    struct program *p = program_parse(c->arena, text, &to);

    if (p && !program_try(c->arena, p, &to))
        p = NULL;
    if (t.open)
        out_end(o);
    return p;
}

void agreement_say_head(struct ctx *c, const struct program *p, struct out *o)
{
    struct str me = agreement_own(c);

    out_str(o, "id", uuid_text(c->arena, p->id));
    out_int(o, "version", p->version);
    out_str(o, "title", o->lang == LANG_ES ? p->title_es : p->title_en);
    out_str(o, "peer", str_eq(p->office[0], me) ? p->office[1] : p->office[0]);
    out_str(o, "from", day_text(c->arena, p->from));
    out_str(o, "until", day_text(c->arena, p->until - 1));
    out_str(o, "digest", hex_encode(c->arena, str_n(p->digest, HASH_SIZE)));
}

int agreement_say_standing(struct ctx *c, const uint8_t id[16], struct out *o)
{
    struct state s;

    if (state_load(c, id, c->world->now(c->world->arg), &s) < 0)
        return -1;
    out_z(o, "standing", tr(o->lang, standing_text(s.standing)));
    for (int i = 0; i < 2; i++)
        if (s.suspended[i].n)
            out_str(o, i ? "also_suspended_by" : "suspended_by", s.suspended[i]);
    if (s.ended_by.n)
        out_str(o, "ended_by", s.ended_by);
    if (s.program && s.coming)
        out_int(o, "coming_version", s.coming->version);
    return 0;
}

static void say_clauses(const struct program *p, struct out *o)
{
    static const char *const handling[] = {"H0", "H1", "H2", "H3"};

    out_list(o, "clauses");
    for (size_t i = 0; i < p->clauses; i++) {
        const struct clause *x = &p->clause[i];

        out_open(o, NULL);
        out_int(o, "clause", x->number);
        out_str(o, "giver", x->number ? x->giver : S("*"));
        out_str(o, "taker", x->number ? x->taker : S("*"));
        out_z(o, "kind", x->kind ? x->kind->name : "");
        out_int(o, "fields", __builtin_popcountll(x->fields));
        out_z(o, "handling", handling[x->handling]);
        out_int(o, "keep_days", x->keep_days);
        if (!x->kind) {
            out_str(o, "asks", x->asks);
            out_int(o, "quota", x->quota);
        }
        if (x->when_text.n)
            out_str(o, "when", x->when_text);
        out_str(o, "meaning", o->lang == LANG_ES ? x->es : x->en);
        out_close(o);
    }
    out_end(o);
}

/* ---- looking ---- */

int agreement_bad_id(struct ctx *c, struct str id)
{
    return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of an agreement"),
                   (int)(id.n > 64 ? 64 : id.n), id.p);
}

static int no_such(struct ctx *c, struct str id)
{
    return err_set(c->err, ERR_NOT_FOUND, N_("this node has no agreement %.*s"), STR_ARG(id));
}

/* The text to show: in force, coming, or the newest that was proposed. */
static int newest(struct ctx *c, const uint8_t id[16], struct program **out)
{
    struct faults ignored = {0};
    int rc;
    struct query *q =
        state_query(c,
                    "SELECT text FROM release_paper WHERE agreement = ?1 AND form = 'agreement' "
                    "ORDER BY version DESC, digest LIMIT 1",
                    str_n(id, 16), &rc);

    *out = rc == 1 ? program_parse(c->arena, arena_copy(c->arena, query_text(q, 0)), &ignored) : NULL;
    query_done(q);
    return rc < 0 ? -1 : *out != NULL;
}

static int say_papers(struct ctx *c, const uint8_t id[16], struct out *o)
{
    int rc;
    struct query *q = state_query(c,
                                  "SELECT form, version, hex(digest), (SELECT group_concat(signer, ' ') "
                                  "FROM (SELECT DISTINCT signer FROM "
                                  "release_signature s WHERE s.digest = p.digest ORDER BY signer)), at "
                                  "FROM release_paper p WHERE agreement "
                                  "= ?1 GROUP BY digest ORDER BY min(seq)",
                                  str_n(id, 16), &rc);

    out_list(o, "papers");
    for (; rc == 1; rc = query_step(q, c->err)) {
        char at[TIME_SIZE];

        out_open(o, NULL);
        out_str(o, "form", query_text(q, 0));
        if (query_int(q, 1))
            out_int(o, "version", query_int(q, 1));
        out_str(o, "signed_by", query_text(q, 3));
        if (query_int(q, 4)) {
            time_format(query_int(q, 4), at);
            out_z(o, "at", at);
        }
        out_str(o, "digest", query_text(q, 2));
        out_close(o);
    }
    out_end(o);
    query_done(q);
    return rc < 0 ? -1 : 0;
}

/* The text as it is signed, with its signatures. */
static int show_text(struct ctx *c, const struct program *p, struct out *o)
{
    struct str note;
    int rc = paper_get(c, p->digest, &note);

    if (rc == 1)
        out_line(o, note);
    return rc < 0 ? -1 : 0;
}

static int show(struct ctx *c, struct str what, bool text, struct out *o)
{
    struct program *p;
    struct state s;
    uint8_t id[16];
    int rc;

    if (!uuid_parse(what, id))
        return agreement_bad_id(c, what);
    if ((rc = newest(c, id, &p)) != 1)
        return rc < 0 ? -1 : no_such(c, what);
    if (state_load(c, id, c->world->now(c->world->arg), &s) < 0)
        return -1;
    if (s.program)
        p = s.program;
    if (text)
        return show_text(c, p, o);
    agreement_say_head(c, p, o);
    if (agreement_say_standing(c, id, o) < 0)
        return -1;
    out_z(o, "scope", p->aggregates ? "aggregates" : "full");
    out_str(o, "basis", p->basis);
    say_clauses(p, o);
    return say_papers(c, id, o);
}

static int list(struct ctx *c, struct out *o)
{
    struct query *q = views_query(
        c->views,
        "SELECT DISTINCT agreement FROM release_paper WHERE form = 'agreement' ORDER BY agreement", c->err);
    size_t n = 0;
    int rc = -1;

    out_list(o, "agreements");
    while (q && (rc = query_step(q, c->err)) == 1) {
        struct program *p;
        uint8_t id[16];

        memcpy(id, query_blob(q, 0).p, 16);
        if ((rc = newest(c, id, &p)) != 1)
            continue;
        out_open(o, NULL);
        agreement_say_head(c, p, o);
        rc = agreement_say_standing(c, id, o);
        out_close(o);
        n++;
        if (rc < 0)
            break;
    }
    query_done(q);
    out_end(o);
    if (rc >= 0 && n == 0)
        out_z(o, "nothing", tr(c->lang, N_("this node has no agreement: nothing of it goes to anybody")));
    return rc < 0 ? -1 : 0;
}

static int test(struct ctx *c, struct str file, struct out *o)
{
    struct program *p;
    struct str text;

    if (agreement_read(c, file, &text) < 0)
        return -1;
    p = agreement_examine(c, text, o);
    out_bool(o, "good", p != NULL);
    if (!p)
        return 1;
    agreement_say_head(c, p, o);
    out_int(o, "examples", (int64_t)p->examples);
    say_clauses(p, o);
    return 0;
}

/* ---- one side alone ---- */

/* Later than every paper of ours, whatever the clock says: the latest counts. */
static int next_time(struct ctx *c, const uint8_t id[16], int64_t *at)
{
    struct query *q = views_query(
        c->views, "SELECT max(at) FROM release_paper WHERE agreement = ?1 AND office = ?2", c->err);
    int rc = -1;

    *at = c->world->now(c->world->arg);
    if (q) {
        query_bind_blob(q, 1, str_n(id, 16));
        query_bind_text(q, 2, agreement_own(c));
        rc = query_step(q, c->err);
        if (rc == 1 && query_int(q, 0) >= *at)
            *at = query_int(q, 0) + 1;
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static int side(struct ctx *c, const char *form, const struct args *a, struct out *o)
{
    struct paper p = {.form = form, .by = agreement_own(c), .reason = str_trim(arg(a, "reason"))};
    struct buf text, note;
    int rc;

    if (!uuid_parse(arg(a, "what"), p.agreement))
        return agreement_bad_id(c, arg(a, "what"));
    if (p.reason.n == 0 && strcmp(form, "resumption") != 0)
        return err_set(c->err, ERR_USAGE, N_("say why with --reason: the other side reads it"));
    if (p.reason.n > PROGRAM_LINE || !program_plain(p.reason) ||
        (p.reason.n && memchr(p.reason.p, '\n', p.reason.n)))
        return err_set(c->err, ERR_USAGE, N_("the reason is one line of text"));
    if (node_writable(c) < 0 || next_time(c, p.agreement, &p.at) < 0)
        return -1;
    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    paper_text(&text, &p);
    journal_sign(c->journal, buf_view(&text), &note);
    rc = agreement_keep(c, buf_view(&note));
    buf_free(&text);
    buf_free(&note);
    if (rc < 0)
        return -1;
    out_str(o, "id", arg(a, "what"));
    return agreement_say_standing(c, p.agreement, o);
}

/* ---- the verbs ---- */

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct str action = arg(a, "action"), what = arg(a, "what");

    if (str_eq(action, S("draft")))
        return agreement_draft(c, a, o);
    if (str_eq(action, S("test")))
        return test(c, what, o);
    if (str_eq(action, S("propose")))
        return agreement_propose(c, a, o);
    if (str_eq(action, S("sign")))
        return agreement_sign(c, a, o);
    if (str_eq(action, S("suspend")))
        return side(c, "suspension", a, o);
    if (str_eq(action, S("resume")))
        return side(c, "resumption", a, o);
    if (str_eq(action, S("end")))
        return side(c, "end", a, o);
    return str_eq(action, S("show")) ? show(c, what, arg_given(a, "text"), o) : list(c, o);
}

static const char *const actions[] = {"draft", "test",    "propose", "sign", "list",
                                      "show",  "suspend", "resume",  "end",  NULL};
static const struct param params[] = {
    {"action", P_CHOICE, .positional = true, .required = true, .choices = actions,
     .help =
         N_("what to do: draft PEER, test FILE, propose FILE or PEER, sign FILE or an agreement's id, and "
            "the others with an agreement's id")},
    {"what", P_TEXT, .positional = true, .help = N_("the peer, the file, or the agreement's id")},
    {"basis", P_TEXT, .help = N_("draft, propose PEER: the treaty, law and article it rests on")},
    {"out", P_FILE, .help = N_("draft, propose, sign: the file to write the paper to, to hand it over")},
    {"reason", P_TEXT, .help = N_("suspend, end: why; the other side reads it")},
    {"text", P_FLAG, .help = N_("show: the text itself, with its signatures")},
    {"digest", P_TEXT, .help = N_("sign: which text, when several wait for a signature")},
    {0},
};

const struct op release_agreement = {
    .name = "agreement",
    .summary = N_("agreements: draft, test, propose, sign, list, show, suspend, resume, end"),
    .help = N_("An agreement is a text that people and the program read alike: clauses say, field by "
               "field, what one "
               "office lets the other see, under which condition, for what and how long. draft writes one "
               "to begin "
               "with; test says what is wrong with a text and runs its examples; propose signs it for this "
               "office, "
               "or the draft as it stands when a peer is named; "
               "sign does so with what the other proposed, from its file or once it came with an exchange. "
               "It is in force when both have signed, from its "
               "first day "
               "to its last. suspend stops everything at once, on both sides as soon as they hear of it, "
               "until the "
               "same office resumes; end is notice. Papers travel with the next exchange.\n\nA later "
               "version names "
               "the digest of the text it amends, and holds when both have signed it."),
    .params = params,
    .flags = OP_NODE | OP_LOCAL,
    .run = run,
    .example = "agreement draft mx.anam --out arrangement.txt",
};

/* The same over HTTP, so that a node that serves need not be stopped to stop an agreement. It names no file. */
static const char *const acts[] = {"sign", "suspend", "resume", "end", NULL};
static const struct param act_params[] = {
    {"what", P_ID, .positional = true, .required = true, .help = N_("the agreement's id")},
    {"action", P_CHOICE, .positional = true, .required = true, .choices = acts, .help = N_("what to do")},
    {"reason", P_TEXT, .help = N_("suspend, end: why; the other side reads it")},
    {"digest", P_TEXT, .help = N_("sign: which text, when several wait for a signature")},
    {0},
};

const struct op release_agreement_act = {
    .name = "agreement-act",
    .summary = N_("sign, suspend, resume or end an agreement that this node has, also over HTTP"),
    .params = act_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/agreements/{what}/{action}",
    .run = run,
    .example =
        "agreement-act 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a suspend --reason 'A question to be settled'",
};

static int run_agreements(struct ctx *c, const struct args *a, struct out *o)
{
    return arg_given(a, "id") ? show(c, arg(a, "id"), false, o) : list(c, o);
}

static const struct param list_params[] = {
    {"id", P_ID, .positional = true, .help = N_("only this one, with its clauses and papers")},
    {0},
};

const struct op release_agreements = {
    .name = "agreements",
    .summary = N_("what this office and others have signed, and whether it is in force"),
    .params = list_params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/agreements",
    .run = run_agreements,
    .example = "agreements",
};
