/*
 * sync.c: a conversation over a link. The first request says only where we stand (and carries papers that are owed),
 * so when there is nothing to do it is the last one too. While a batch is entered the next one is on its way: the giver
 * makes it meanwhile. Whatever becomes of the batch, asking for what comes behind it promises nothing; what came is
 * heard only when the batch before is durable, and is refused like any other that does not follow on what is here.
 */
#include "exchange/query.h"
#include "exchange/talk.h"

#include <pthread.h>

#define IDLE_MOST 1000 /* rounds in which the other side only says that there is more */

static int bad_message(struct err *e)
{
    return err_set(e, ERR_DATA, N_("what the peer's node sent is not a message"));
}

/* A call: it has been made, or is being made beside this thread, which sees to what came before. */
struct under_way {
    const struct link *l;
    struct buf request, answer;
    struct err e;
    int rc;
    bool begun, apart;
    pthread_t thread;
};

static void *make_call(void *arg)
{
    struct under_way *u = arg;

    err_clear(&u->e);
    buf_reset(&u->answer);
    u->rc = u->l->call(u->l->arg, buf_view(&u->request), &u->answer, &u->e);
    return NULL;
}

/* Over a line that is not for other threads, or when there is no thread to be had, the call is made at once. */
static void call_begin(struct talk *t, struct under_way *u)
{
    t->out->requests++;
    t->out->bytes_out += u->request.n;
    u->begun = true;
    u->apart = u->l->beside && pthread_create(&u->thread, NULL, make_call, u) == 0;
    if (!u->apart)
        make_call(u);
}

static void call_end(struct under_way *u)
{
    if (u->begun && u->apart)
        pthread_join(u->thread, NULL);
    u->begun = false;
}

/* The answer, in `round`. */
static int answer_of(struct talk *t, struct under_way *u, struct arena *round, struct message *m)
{
    struct str in;

    call_end(u);
    if (u->rc < 0) {
        *t->c.err = u->e;
        return -1;
    }
    in = arena_copy(round, buf_view(&u->answer));
    t->out->bytes_in += in.n;
    return message_parse(round, in, m) ? 0 : bad_message(t->c.err);
}

/* When `m` brings a batch behind which there is more, that is on its way while `m` is heard. */
static int hear(struct talk *t, const struct message *m, struct under_way *u)
{
    int ahead;

    buf_reset(&u->request);
    ahead = talk_ahead(t, m, &u->request);
    if (ahead == 1)
        call_begin(t, u);
    t->ahead = ahead == 1 ? t->ahead + 1 : 0;
    t->moved = 0;
    return ahead < 0 ? -1 : talk_hear(t, m);
}

static int converse(struct talk *t, struct under_way *u)
{
    struct arena *before = arena_new(), *round = NULL;
    struct message m;
    int idle = 0, rc = 0;

    t->c.arena = before;
    while (rc == 0 && idle <= IDLE_MOST) {
        if (!u->begun) {
            buf_reset(&u->request);
            rc = talk_say(t, &u->request);
            if (rc < 0 || (t->out->requests > 0 && !t->worth))
                break;
            call_begin(t, u);
        }
        /* The arena of the round before goes once the answer is here. */
        round = arena_new();
        rc = answer_of(t, u, round, &m);
        t->c.arena = round;
        arena_free(before);
        before = round;
        if (rc == 0)
            rc = hear(t, &m, u);
        idle = t->moved ? 0 : idle + 1;
    }
    call_end(u);
    arena_free(before);
    return rc;
}

int exchange_sync(struct ctx *c, struct str peer, const struct link *l, struct synced *out)
{
    struct under_way u = {.l = l, .e = {.lang = c->err->lang}};
    struct talk t;
    int rc;

    talk_begin(&t, c, peer, out);
    buf_init(&u.request, MESSAGE_MAX);
    buf_init(&u.answer, MESSAGE_MAX);
    rc = converse(&t, &u);
    buf_free(&u.answer);
    buf_free(&u.request);
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
    return rc < 0 ? -1 : t.foreign;
}
