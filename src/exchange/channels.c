/*
 * channels.c: the verbs of channels: `sync`, which talks to peers over the network; `channels`, which says what each
 * side has and has signed for; and what other nodes call.
 */
#include "exchange/internal.h"
#include "exchange/link_https.h"
#include "exchange/query.h"

/* ---- sync ---- */

static int peers(struct ctx *c, struct str **list, size_t *n)
{
    struct query *q = views_query(
        c->views, "SELECT DISTINCT office FROM v_peer WHERE erased = 0 ORDER BY office", c->err);
    int rc;

    *n = 0;
    *list = NULL;
    if (q == NULL)
        return -1;
    for (size_t room = 0; (rc = query_step(q, c->err)) == 1;) {
        if (*n == room) {
            struct str *more = arena_alloc(c->arena, (room = 2 * room + 8) * sizeof *more);
            if (*n)
                memcpy(more, *list, *n * sizeof *more);
            *list = more;
        }
        (*list)[(*n)++] = arena_copy(c->arena, query_text(q, 0));
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

void exchange_say_synced(struct out *o, const struct synced *s)
{
    out_int(o, "given", (int64_t)s->given);
    out_int(o, "taken", (int64_t)s->taken);
    out_int(o, "papers", (int64_t)s->papers);
    out_int(o, "retracted", (int64_t)s->retracted);
    out_int(o, "requests", (int64_t)s->requests);
    out_int(o, "bytes_out", (int64_t)s->bytes_out);
    out_int(o, "bytes_in", (int64_t)s->bytes_in);
}

static int sync_one(struct ctx *c, struct str peer, struct synced *s)
{
    struct link_https *l = link_https_new(c, peer);
    int rc = l ? exchange_sync(c, peer, link_https_link(l), s) : -1;

    link_https_free(l);
    return rc;
}

static int run_sync(struct ctx *c, const struct args *a, struct out *o)
{
    struct str one = arg(a, "peer"), *list = &one;
    size_t n = 1;
    int failed = 0;

    if (one.n == 0 && peers(c, &list, &n) < 0)
        return -1;
    out_list(o, "peers");
    for (size_t i = 0; i < n; i++) {
        struct synced s = {0};
        int rc = sync_one(c, list[i], &s);
        out_open(o, NULL);
        out_str(o, "office", list[i]);
        exchange_say_synced(o, &s);
        if (rc < 0) {
            failed++;
            out_z(o, "problem", c->err->text);
        }
        out_close(o);
        err_clear(c->err);
    }
    out_end(o);
    return failed ? 1 : 0;
}

static const struct param sync_params[] = {
    {"peer", P_TEXT, .positional = true, .help = N_("the office; without it, every one that was met")},
    {0},
};

const struct op op_sync = {
    .name = "sync",
    .summary = N_("exchange with other nodes what the agreements let through, both ways"),
    .help = N_("Papers, records, receipts and retractions. It can be interrupted at any moment and goes on "
               "where it "
               "was; when there is nothing to do it is one small request."),
    .params = sync_params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/sync",
    .run = run_sync,
    .example = "sync mx.anam",
};

/* ---- channels ---- */

static const char list_sql[] =
    "SELECT h.agreement, h.giver, h.taker, h.epoch, h.size, h.acknowledged, h.forked,"
    " (SELECT what FROM v_fork f WHERE f.agreement = h.agreement AND f.giver = h.giver AND f.taker = "
    "h.taker"
    " ORDER BY f.seq DESC LIMIT 1) FROM ch_head h WHERE h.epoch = (SELECT max(e.epoch) FROM ch_head e WHERE"
    " e.agreement = h.agreement AND e.giver = h.giver AND e.taker = h.taker) ORDER BY h.channel";

static int stands(struct ctx *c, const struct query *q, bool *out)
{
    struct channel_state s = {.forked = (uint64_t)query_int(q, 6)};
    uint8_t id[16];
    struct release *r;
    struct str giver = arena_copy(c->arena, query_text(q, 1)),
               taker = arena_copy(c->arena, query_text(q, 2));

    *out = false;
    if (s.forked == 0 || query_blob(q, 0).n != sizeof id)
        return 0;
    memcpy(id, query_blob(q, 0).p, sizeof id);
    r = release_open(c, id, giver, taker, c->world->now(c->world->arg));
    if (r == NULL)
        return -1;
    *out = channel_stands(&s, release_program(r));
    return 0;
}

static int say_channel(struct ctx *c, const struct query *q, struct out *o, bool *still)
{
    char id[UUID_SIZE];

    if (stands(c, q, still) < 0)
        return -1;
    uuid_format((const uint8_t *)query_blob(q, 0).p, id);
    out_open(o, NULL);
    out_str(o, "agreement", arena_copy(c->arena, str_z(id)));
    out_str(o, "giver", arena_copy(c->arena, query_text(q, 1)));
    out_str(o, "taker", arena_copy(c->arena, query_text(q, 2)));
    out_int(o, "epoch", query_int(q, 3));
    out_int(o, "entries", query_int(q, 4));
    out_int(o, "acknowledged", query_int(q, 5));
    if (*still) {
        out_bool(o, "stands_still", true);
        out_str(o, "fork", arena_copy(c->arena, query_text(q, 7)));
        out_z(o, "because", refusal_text(o->lang, query_text(q, 7)));
    }
    out_close(o);
    return 0;
}

static int say_owed(struct ctx *c, struct out *o)
{
    struct str *list;
    size_t n, papers;
    uint8_t(*owed)[HASH_SIZE];

    if (peers(c, &list, &n) < 0)
        return -1;
    out_list(o, "papers_owed");
    for (size_t i = 0; i < n; i++) {
        if (paper_owed(c, list[i], &owed, &papers) < 0)
            return -1;
        if (papers == 0)
            continue;
        out_open(o, NULL);
        out_str(o, "office", list[i]);
        out_int(o, "papers", (int64_t)papers);
        out_close(o);
    }
    out_end(o);
    return 0;
}

static int run_channels(struct ctx *c, const struct args *a, struct out *o)
{
    struct query *q = views_query(c->views, list_sql, c->err);
    bool any = false, still;
    int rc;

    (void)a;
    if (q == NULL)
        return -1;
    out_list(o, "channels");
    while ((rc = query_step(q, c->err)) == 1) {
        if ((rc = say_channel(c, q, o, &still)) < 0)
            break;
        any |= still;
    }
    query_done(q);
    if (rc < 0)
        return -1;
    out_end(o);
    return say_owed(c, o) < 0 ? -1 : any;
}

const struct op op_channels = {
    .name = "channels",
    .summary = N_("how much went each way, how much was signed for, what stands still"),
    .help = N_("A channel is what one office gave another under one agreement: its entries are numbered "
               "without gaps, "
               "its giver signs for them and its taker signs that it has them. One that contradicts itself "
               "stands still "
               "until both have signed the next version of the agreement; the evidence is in the records "
               "of kind fork. "
               "Exit 1 when one does."),
    .flags = OP_NODE,
    .method = "GET",
    .path = "/channels",
    .run = run_channels,
    .example = "channels",
};

/* ---- what other nodes call ---- */

static int run_message(struct ctx *c, const struct args *a, struct out *o)
{
    struct buf answer;
    int rc;

    buf_init(&answer, MESSAGE_MAX);
    rc = exchange_answer(c, c->peer, arg(a, "message"), &answer);
    if (rc >= 0)
        out_line(o, buf_view(&answer));
    buf_free(&answer);
    return rc;
}

static const struct param message_params[] = {
    {"message", P_TEXT, .required = true, .help = N_("a message between nodes (CBOR)")},
    {0},
};

const struct op op_peer_message = {
    .name = "peer-message",
    .summary = N_("what other nodes call: one message and its answer"),
    .params = message_params,
    .flags = OP_NODE | OP_WRITES | OP_RAW | OP_PEER,
    .method = "POST",
    .path = "/message",
    .run = run_message,
};
