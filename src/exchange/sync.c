/*
 * sync.c: a conversation over a link. The first request says only where we stand (and carries papers that are owed),
 * so when there is nothing to do it is the last one too.
 */
#include "exchange/query.h"
#include "exchange/talk.h"

#define IDLE_MOST 1000 /* rounds in which the other side only says that there is more */

static int bad_message(struct err *e)
{
    return err_set(e, ERR_DATA, N_("what the peer's node sent is not a message"));
}

/* One request and its answer; the arena of the round before goes once the request is written. */
static int call(struct talk *t, const struct link *l, struct str request, struct arena *round)
{
    struct message m;
    struct buf answer;
    int rc;

    buf_init(&answer, MESSAGE_MAX);
    t->out->requests++;
    t->out->bytes_out += request.n;
    rc = l->call(l->arg, request, &answer, t->c.err);
    if (rc == 0) {
        struct str in = arena_copy(round, buf_view(&answer));
        t->out->bytes_in += in.n;
        t->c.arena = round;
        t->moved = 0;
        rc = message_parse(round, in, &m) ? talk_hear(t, &m) : bad_message(t->c.err);
    }
    buf_free(&answer);
    return rc;
}

static int converse(struct talk *t, const struct link *l, struct buf *request)
{
    struct arena *before = arena_new(), *round = NULL;
    int idle = 0, rc;

    t->c.arena = before;
    for (;;) {
        buf_reset(request);
        rc = talk_say(t, request);
        if (rc < 0 || (t->out->requests > 0 && !t->worth))
            break;
        round = arena_new();
        rc = call(t, l, buf_view(request), round);
        arena_free(before);
        before = round;
        idle = t->moved ? 0 : idle + 1;
        if (rc < 0 || idle > IDLE_MOST)
            break;
    }
    arena_free(before);
    return rc;
}

int exchange_sync(struct ctx *c, struct str peer, const struct link *l, struct synced *out)
{
    struct buf request;
    struct talk t;
    int rc;

    talk_begin(&t, c, peer, out);
    buf_init(&request, MESSAGE_MAX);
    rc = converse(&t, l, &request);
    buf_free(&request);
    talk_end(&t);
    if (rc == 0)
        rc = talk_refusal(&t, c->err);
    return rc;
}

/* A question stands alone in its message. */
static int answer_query(struct ctx *c, struct str peer, const struct part *asked, struct buf *answer)
{
    struct buf body;
    int rc;

    buf_init(&body, MESSAGE_MAX);
    rc = query_answer(c, peer, asked->body, &body);
    if (rc == 0) {
        message_begin(answer, 1);
        part_put(answer, &(struct part){.type = M_QUERY, .body = buf_view(&body)});
    }
    buf_free(&body);
    return rc;
}

int exchange_answer(struct ctx *c, struct str peer, struct str request, struct buf *answer)
{
    static const struct part unfit = {.type = M_REFUSAL, .text = {"message", sizeof "message" - 1}};
    struct synced told;
    struct message m;
    struct talk t;
    int rc;

    if (request.n > MESSAGE_MAX || !message_parse(c->arena, request, &m)) {
        message_begin(answer, 1);
        part_put(answer, &unfit);
        return 0;
    }
    if (m.parts == 1 && m.part[0].type == M_QUERY)
        return answer_query(c, peer, &m.part[0], answer);
    talk_begin(&t, c, peer, &told);
    t.as = TALK_ANSWERS;
    rc = talk_hear(&t, &m);
    if (rc == 0)
        rc = talk_say(&t, answer);
    talk_end(&t);
    return rc;
}
