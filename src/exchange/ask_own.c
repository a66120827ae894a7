/*
 * ask_own.c: the verbs around `ask`: the asker's own values, evaluated ahead and matched when the line is down
 * (ask-own, ask-match, ask-take); the holder's set on a stick, what a reference in a request stands for, a new key
 * (ask-set, ask-find, ask-key).
 */
#include "exchange/query.h"

#include "exchange/link_https.h"

#define STICK_MAX MESSAGE_MAX

static const struct param peer_params[] = {
    {"peer", P_TEXT, .positional = true, .required = true, .help = N_("the other office")},
    {0},
};

/* ---- asking ahead ---- */

static int say_matches(struct ctx *c, const struct query_terms *t, struct out *o)
{
    struct query_held held;
    size_t matches, opened;

    if (query_match(c, t, &matches, &opened) < 0 || query_held_open(c, t, &held) < 0)
        return -1;
    out_int(o, "matches", (int64_t)matches);
    out_int(o, "requests_opened", (int64_t)opened);
    query_say_set(o, &held);
    return 0;
}

static int run_own(struct ctx *c, const struct args *a, struct out *o)
{
    const struct kind *k = schema_kind(S("query"));
    struct link_https *https;
    struct query_terms t;
    struct str outcome;
    size_t fresh;
    int rc;

    if (query_need_purpose(c) < 0 || query_terms_find(c, arg(a, "peer"), -1, &t) < 0)
        return -1;
    https = link_https_new(c, t.holder);
    rc = https ? query_watch(c, &t, link_https_link(https), &fresh, &outcome) : -1;
    link_https_free(https);
    if (rc < 0)
        return -1;
    out_str(o, "peer", t.holder);
    out_int(o, "evaluated", (int64_t)fresh);
    if (!str_eq(outcome, S("answered")))
        out_z(o, "refused",
              tr(o->lang, schema_code(k->field[schema_field(k, S("outcome"))].codes, outcome)->label));
    return say_matches(c, &t, o);
}

const struct op op_ask_own = {
    .name = "ask-own",
    .summary =
        N_("have this node's own alert values evaluated by another office, for when the line is down"),
    .help = N_(
        "Takes the other side's newest prepared set, has it evaluate what is new among the plates, numbers "
        "and "
        "names of this node's own alerts, blinded, and matches them with the set. Later sets are matched "
        "without a question. Counts against the day's quota. Needs --purpose and --case."),
    .params = peer_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run_own,
    .example = "ask-own mx.anam --purpose \"stolen vehicles\" --case 2026/114",
};

static int run_match(struct ctx *c, const struct args *a, struct out *o)
{
    struct query_terms t;

    if (query_need_purpose(c) < 0 || query_terms_find(c, arg(a, "peer"), -1, &t) < 0)
        return -1;
    out_str(o, "peer", t.holder);
    return say_matches(c, &t, o);
}

const struct op op_ask_match = {
    .name = "ask-match",
    .summary = N_("match this node's own evaluated values with the set held here; needs no line"),
    .help = N_("Every match that was not seen before opens a request for disclosure, due in 48 hours."),
    .params = peer_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run_match,
    .example = "ask-match mx.anam --purpose \"stolen vehicles\" --case 2026/114",
};

/* ---- a set on a stick ---- */

/* The terms under which `peer` asks this node. */
static int terms_as_holder(struct ctx *c, struct str peer, struct query_terms *t)
{
    int rc = query_terms_between(c, node_office(c), peer, -1, t);

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    return err_set(c->err, ERR_DENIED, N_("no agreement in force lets %.*s ask this node privately"),
                   STR_ARG(peer));
}

/* What leaves is written down first, like an answer to a question about nothing. */
static int write_down(struct ctx *c, const struct query_terms *t, int64_t epoch, struct str note)
{
    struct record *r = record_new(c->arena, schema_kind(S("query")));

    field_text(r, "agreement", str_n(t->agreement, 16));
    field_text(r, "peer", t->asker);
    field_text(r, "side", S("answered"));
    field_text(r, "outcome", S("answered"));
    field_int(r, "normaliser", TOKENS_VERSION);
    field_int(r, "key_epoch", epoch);
    field_int(r, "count", 0);
    field_text(r, "purpose", str_trim(c->purpose));
    field_text(r, "case", str_trim(c->the_case));
    field_text(r, "answered", note);
    r->head.author = c->author.n ? c->author : t->holder;
    r->head.handling = S("H1");
    return node_append(c, &r, 1, NULL);
}

static int run_set(struct ctx *c, const struct args *a, struct out *o)
{
    static const uint8_t none[HASH_SIZE];
    struct query_message m = {.set.form = SET_WHOLE};
    struct query_terms t;
    struct query_keys k;
    uint8_t digest[HASH_SIZE];
    struct buf b;
    int rc;

    if (query_need_purpose(c) < 0 || terms_as_holder(c, arg(a, "peer"), &t) < 0 ||
        query_keys_open(c, &t, &k) < 0)
        return -1;
    buf_init(&b, STICK_MAX);
    rc = query_set_make(c, &t, &k, none, &m.set, digest);
    if (rc == 0)
        rc = write_down(c, &t, k.epoch, m.set.note);
    if (rc == 0) {
        query_put_answer(&b, &m);
        rc = file_write(arena_z(c->arena, arg(a, "out")), buf_view(&b), 0600, c->err);
    }
    if (rc == 0) {
        out_str(o, "peer", t.asker);
        out_str(o, "file", arg(a, "out"));
        out_int(o, "entries", (int64_t)(m.set.added.n / QUERY_ENTRY));
        out_int(o, "key_epoch", k.epoch);
    }
    wipe(&k, sizeof k);
    buf_free(&b);
    return rc;
}

static const struct param set_params[] = {
    {"peer", P_TEXT, .positional = true, .required = true, .help = N_("the office it is for")},
    {"out", P_FILE, .required = true, .help = N_("the file to write the set to")},
    {0},
};

const struct op op_ask_set = {
    .name = "ask-set",
    .summary = N_("write this node's prepared set for another office to a file"),
    .help = N_("What that office may ask for, evaluated under this node's key, padded and signed. It tells "
               "nothing to "
               "whoever has not had a value evaluated here. The other side takes it in with ask-take."),
    .params = set_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run_set,
    .example = "ask-set us.cbp --out us.cbp.set --purpose \"stolen vehicles\" --case 2026/114",
};

static int run_take(struct ctx *c, const struct args *a, struct out *o)
{
    struct query_message m;
    struct query_terms t;
    struct query_held held;
    struct str bytes;

    if (query_need_purpose(c) < 0 || query_terms_find(c, arg(a, "peer"), -1, &t) < 0 ||
        file_read(c->arena, arena_z(c->arena, arg(a, "file")), STICK_MAX, &bytes, c->err) < 0)
        return -1;
    if (!query_read_answer(bytes, &m))
        return err_set(c->err, ERR_DATA, N_("%.*s is no prepared set"), STR_ARG(arg(a, "file")));
    if (query_held_open(c, &t, &held) < 0 || query_held_take(c, &t, &m.set, &held) < 0)
        return -1;
    out_str(o, "peer", t.holder);
    out_int(o, "entries", held.head.count);
    return say_matches(c, &t, o);
}

static const struct param take_params[] = {
    {"peer", P_TEXT, .positional = true, .required = true, .help = N_("the office that it comes from")},
    {"file", P_FILE, .positional = true, .required = true, .help = N_("what its ask-set wrote")},
    {0},
};

const struct op op_ask_take = {
    .name = "ask-take",
    .summary = N_("take in another office's prepared set from a file, and match it"),
    .help = N_("Signature, digest, count and keys are checked; an older set or another key within an epoch "
               "is refused."),
    .params = take_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run_take,
    .example = "ask-take mx.anam us.cbp.set --purpose \"stolen vehicles\" --case 2026/114",
};

/* ---- the holder's desk ---- */

static int run_find(struct ctx *c, const struct args *a, struct out *o)
{
    struct str reference = arg(a, "reference");
    uint8_t entry[QUERY_ENTRY], id[16];
    struct query_terms t;
    struct query_keys k;
    char text[UUID_SIZE];
    size_t n;
    int found;

    if (str_starts(reference, S("ask-")))
        reference = str_n(reference.p + 4, reference.n - 4);
    if (!hex_decode(reference, entry, sizeof entry, &n) || n != sizeof entry)
        return err_set(c->err, ERR_USAGE, N_("a reference is %d hexadecimal digits"), 2 * QUERY_ENTRY);
    if (terms_as_holder(c, arg(a, "peer"), &t) < 0 || query_keys_open(c, &t, &k) < 0)
        return -1;
    found = query_set_find(c, &t, &k, entry, id);
    wipe(&k, sizeof k);
    if (found < 0)
        return -1;
    if (found == 0)
        return err_set(
            c->err, ERR_NOT_FOUND,
            N_("this node's present set has no such entry: it was taken out, or a new key began"));
    uuid_format(id, text);
    out_z(o, "id", text);
    return 0;
}

static const struct param find_params[] = {
    {"peer", P_TEXT, .positional = true, .required = true, .help = N_("the office that asks")},
    {"reference", P_TEXT, .positional = true, .required = true,
     .help = N_("as its request for disclosure names it")},
    {0},
};

const struct op op_ask_find = {
    .name = "ask-find",
    .summary = N_("the record of this node that a request for disclosure means"),
    .help = N_("After a match the other office names the entry of this node's set, not the value. This "
               "gives the id "
               "of the record behind it; `show` shows it, and an officer decides what is disclosed."),
    .params = find_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run_find,
    .example = "ask-find us.cbp 00112233445566778899",
};

static int run_key(struct ctx *c, const struct args *a, struct out *o)
{
    struct query_terms t;
    int64_t epoch;

    if (terms_as_holder(c, arg(a, "peer"), &t) < 0 || query_keys_rotate(c, &t, &epoch) < 0)
        return -1;
    out_str(o, "peer", t.asker);
    out_int(o, "key_epoch", epoch);
    return 0;
}

const struct op op_ask_key = {
    .name = "ask-key",
    .summary = N_("begin a new key for the private questions of another office"),
    .help = N_("The old key is destroyed: what was evaluated with it matches nothing any more. The other "
               "side notices "
               "with its next question and has its own values evaluated again."),
    .params = peer_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run_key,
    .example = "ask-key us.cbp",
};
