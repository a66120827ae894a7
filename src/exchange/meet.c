/*
 * meet.c: `card` makes this node's card, `meet` takes in another's. The one thing that no machine can do is to know
 * that the card is theirs: so `meet` does not show the safety number it expects, it asks for what the other side read
 * out (decision 0163). What one has not seen, one cannot copy.
 */
#include "exchange/peer.h"

#include <stdio.h>

/* ---- card ---- */

static int collect_urls(struct ctx *c, const struct args *a, struct str *urls)
{
    size_t n = arg_count(a, "url");

    *urls = S("");
    if (n > CARD_URLS)
        return err_set(c->err, ERR_USAGE, N_("a card has at most %d addresses"), CARD_URLS);
    for (size_t i = 0; i < n; i++) {
        struct str url = arg_nth(a, "url", i);
        if (!card_url_ok(url))
            return err_set(c->err, ERR_USAGE,
                           N_("“%.*s” is no address for a card: https://HOST:PORT, at most %d characters"),
                           (int)(url.n > CARD_URL_MAX ? CARD_URL_MAX : url.n), url.p, CARD_URL_MAX);
        *urls = i ? arena_fmt(c->arena, "%.*s\n%.*s", STR_ARG(*urls), STR_ARG(url)) : url;
    }
    return 0;
}

static int run_card(struct ctx *c, const struct args *a, struct out *o)
{
    const struct journal_identity *who = journal_who(c->journal);
    struct tls_node node = {c->dir, who->office, c->world};
    enum tls_renew renew = arg_given(a, "new-key") ? TLS_NEW_KEY
                           : arg_given(a, "renew") ? TLS_NEW_DATES
                                                   : TLS_KEEP;
    char digits[SAFETY_SIZE];
    struct buf text, card;
    struct tls_own own;
    struct peer p;
    int rc = 0;

    p = (struct peer){.office = str_z(who->office),
                      .country = str_z(who->country),
                      .exercise = who->exercise,
                      .key = str_z(journal_key(c->journal))};
    if (collect_urls(c, a, &p.urls) < 0 || tls_own(c->arena, &node, renew, &own, c->err) < 0)
        return -1;
    p.made = c->world->now(c->world->arg);
    p.certificate = own.der;
    p.about = own.about;
    memcpy(p.box_key, own.box_public, sizeof p.box_key);
    tls_own_wipe(&own);
    card_safety(digits, p.key);
    p.safety_number = str_z(digits);
    buf_init(&text, CARD_MAX);
    buf_init(&card, CARD_MAX);
    card_write(&text, &p);
    journal_sign(c->journal, buf_view(&text), &card);
    if (arg_given(a, "out"))
        rc = file_write(arena_z(c->arena, arg(a, "out")), buf_view(&card), 0644, c->err);
    if (rc == 0) {
        peer_say(o, c->arena, &p);
        if (arg_given(a, "out"))
            out_str(o, "file", arg(a, "out"));
        else
            out_str(o, "card", buf_view(&card));
        if (p.urls.n == 0)
            out_z(
                o, "note",
                tr(c->lang, N_("without an address nobody can call this node: it calls, or uses bundles")));
        out_z(o, "next_step",
              tr(c->lang,
                 N_("hand the card over by any way; when they call, on a number both knew before, read "
                    "them the safety number; take in theirs: puente meet FILE")));
    }
    buf_free(&text);
    buf_free(&card);
    return rc;
}

static const struct param card_params[] = {
    {"url", P_TEXT, .many = true, .help = N_("where this node answers other nodes: https://HOST:PORT")},
    {"out", P_FILE, .help = N_("the file to write the card to")},
    {"renew", P_FLAG, .help = N_("a new certificate for the same key, when the old one ends soon")},
    {"new-key", P_FLAG, .help = N_("a new key too, when others may know the old one")},
    {0},
};

const struct op op_card = {
    .name = "card",
    .summary = N_("make this node's card, for another office to meet it"),
    .help = N_(
        "The card has the office, its keys and its certificate, signed. It is no secret. The safety number "
        "that is shown must reach the other side by voice. A node with --new-key is not let in by its "
        "peers until they have met the new card; with --renew, the old card serves to its own end."),
    .params = card_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = run_card,
    .example = "card --url https://puente.cbp.example:8802 --out us.cbp.card",
};

/* ---- meet ---- */

enum meeting { FIRST, SAME, RENEWED, OTHER_KEY };

struct visit {
    struct peer card, before;
    enum meeting what;
    char safety[SAFETY_SIZE];
};

static int read_card(struct ctx *c, struct str path, struct visit *v)
{
    const struct journal_identity *who = journal_who(c->journal);
    int64_t now = c->world->now(c->world->arg);
    struct peer *p = &v->card;
    struct str bytes;
    bool known;

    if (file_read(c->arena, arena_z(c->arena, path), CARD_MAX, &bytes, c->err) < 0 ||
        card_read(c->arena, bytes, now, p, c->err) < 0)
        return -1;
    if (str_eq(p->office, str_z(who->office)))
        return err_set(c->err, ERR_USAGE, N_("this is the card of %.*s, which is this node's own office"),
                       STR_ARG(p->office));
    if (p->exercise != who->exercise)
        return err_set(c->err, ERR_DENIED,
                       p->exercise ? N_("%.*s is an exercise node and this is a real one: they never meet")
                                   : N_("%.*s is a real node and this is an exercise one: they never meet"),
                       STR_ARG(p->office));
    if (p->made > now + TLS_SKEW)
        return err_set(c->err, ERR_DATA, N_("the card of %.*s is dated in the future"), STR_ARG(p->office));
    if (peer_look(c, c->arena, p->office, &v->before, &known) < 0)
        return -1;
    v->what = !known                            ? FIRST
              : str_eq(v->before.card, p->card) ? SAME
              : str_eq(v->before.key, p->key)   ? RENEWED
                                                : OTHER_KEY;
    card_safety(v->safety, p->key);
    return 0;
}

/* An old card that comes again would bring a key back that was given up. */
static int check_order(struct ctx *c, const struct visit *v)
{
    int64_t now = c->world->now(c->world->arg);
    struct peer old;
    struct err e = {0};

    if (v->what != RENEWED)
        return 0;
    (void)card_read(c->arena, v->before.card, now, &old,
                    &e); /* its certificate may have expired: `made` stands */
    return v->card.made > old.made
               ? 0
               : err_set(c->err, ERR_CONFLICT, N_("this card of %.*s is older than the one this node has"),
                         STR_ARG(v->card.office));
}

static void put(struct record *r, const char *field, struct str s)
{
    record_text(r, schema_field(r->kind, str_z(field)), s);
}

static void first_fault(void *arg, const struct fault *f)
{
    struct ctx *c = arg;

    if (f->severity == SEV_ERROR && c->err->code == ERR_NONE)
        err_set(c->err, ERR_DATA, "%.*s: %s", STR_ARG(f->place.tag), tr(c->lang, f->def->message));
}

static int keep(struct ctx *c, const struct visit *v)
{
    const struct journal_identity *who = journal_who(c->journal);
    struct record *r = record_new(c->arena, schema_kind(S("peer")));
    struct faults faults = {.put = first_fault, .arg = c};
    const struct peer *p = &v->card;
    struct str office = arena_copy(c->arena, str_z(who->office)), key;
    char until[TIME_SIZE], before[UUID_SIZE] = "";
    int rc;

    time_format(p->about.until, until);
    r->head.author = c->author.n ? c->author : office;
    r->head.exercise = who->exercise;
    if (v->what != FIRST) {
        memcpy(r->head.replaces, v->before.id, sizeof r->head.replaces);
        uuid_format(v->before.id, before);
    }
    put(r, "office", p->office);
    put(r, "country", p->country);
    put(r, "key", p->key);
    put(r, "safety_number", str_z(v->safety));
    put(r, "pin", hex_encode(c->arena, str_n(p->pin, sizeof p->pin)));
    put(r, "box_key", hex_encode(c->arena, str_n(p->box_key, sizeof p->box_key)));
    put(r, "urls", p->urls);
    put(r, "certificate", p->certificate);
    put(r, "card", p->card);
    put(r, "confirmed_by", v->what == RENEWED ? v->before.confirmed_by : r->head.author);
    put(r, "until", arena_copy(c->arena, str_n(until, 10)));
    if (!schema_check(r, (struct place){0}, &faults))
        return -1;
    /* Two at once, of one office: one of them was compared with what is the newest no more. */
    key = arena_fmt(c->arena, "peer/%.*s/%s", STR_ARG(p->office), before);
    rc = node_append_once(c, key, &r, 1);
    return rc == 0 ? err_set(c->err, ERR_CONFLICT, N_("%.*s was met by somebody else just now: look again"),
                             STR_ARG(p->office))
                   : rc;
}

static int ask_for_number(struct ctx *c, const struct visit *v, struct out *o)
{
    if (v->what == OTHER_KEY)
        out_z(o, "warning",
              tr(c->lang,
                 N_("THE KEY IS ANOTHER than the one this node knows this office by. Either they made a "
                    "new node, or somebody else made this card. Nothing was changed.")));
    out_bool(o, "met", false);
    out_str(o, "next_step",
            arena_fmt(c->arena,
                      tr(c->lang,
                         N_("call %.*s on a number you knew before, have them read the safety number that "
                            "`puente card` shows them, and give it with --safety-number")),
                      STR_ARG(v->card.office)));
    return 1;
}

static int run_meet(struct ctx *c, const struct args *a, struct out *o)
{
    struct str typed = arg(a, "safety-number");
    struct visit v = {0};

    if (read_card(c, arg(a, "file"), &v) < 0 || check_order(c, &v) < 0)
        return -1;
    if (arg_given(a, "safety-number") && !card_safety_same(typed, v.safety))
        return err_set(
            c->err, ERR_DENIED,
            N_("the safety number that was read out is not that of this card: it is not theirs, or it was "
               "misheard; nothing was stored"));
    peer_say(o, c->arena, &v.card);
    if ((v.what == FIRST || v.what == OTHER_KEY) && !arg_given(a, "safety-number"))
        return ask_for_number(c, &v, o);
    if (v.what != SAME && keep(c, &v) < 0)
        return -1;
    out_bool(o, "met", true);
    out_z(o, "result",
          v.what == FIRST  ? tr(c->lang, N_("met: agreements can be proposed to them now"))
          : v.what == SAME ? tr(c->lang, N_("this card was met before; nothing changed"))
          : v.what == RENEWED
              ? tr(c->lang, N_("a new card, signed by the key that is known: it counts from now on"))
              : tr(c->lang, N_("THEIR KEY WAS REPLACED: the safety number of the new one fits. "
                               "Agreements that name the old key must be signed again")));
    if (v.what == FIRST || v.what == OTHER_KEY)
        out_str(
            o, "next_step",
            arena_fmt(c->arena,
                      tr(c->lang, N_("puente agreement propose %.*s --basis TEXT --out FILE, or sign what "
                                     "they propose: puente agreement sign FILE")),
                      STR_ARG(v.card.office)));
    return 0;
}

static const struct param meet_params[] = {
    {"file", P_FILE, .positional = true, .required = true, .help = N_("the other office's card")},
    {"safety-number", P_TEXT,
     .help = N_("the digits as they read them out; blanks and dashes do not matter")},
    {0},
};

const struct op op_meet = {
    .name = "meet",
    .summary = N_("take in another node's card"),
    .help =
        N_("A card says who it is of, but anybody can make one: have the other office read you its "
           "safety number, "
           "and give what you hear. A renewed card of a known key needs no call. It ends with 1 when the "
           "safety number is still needed."),
    .params = meet_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/peers",
    .run = run_meet,
    .example = "meet mx.anam.card --safety-number '12345 67890 …'",
};
