/*
 * exchange_pair.h: nodes in one process with an agreement in force between them, and links between them that are cut,
 * lose, repeat and alter as a test says. No socket, no real time.
 */
#ifndef PUENTE_TESTS_EXCHANGE_PAIR_H
#define PUENTE_TESTS_EXCHANGE_PAIR_H

#include "node.h"

#include "exchange/internal.h"

#include "release_text.h"

static const struct room *const pair_rooms[] = {&release_room, &exchange_room, NULL};

struct pair {
    struct test_node us, mx;
    /* What happens to a call, counted from 1; 0 = never. */
    unsigned calls, lose_request, lose_answer, repeat;
    void (*alter)(struct pair *, struct buf *answer); /* a lying peer: what it answers instead */
    struct buf last;                                  /* the last answer */
};

#define PAIR_WAITS(giver, taker, number, more)                                                             \
    "\nclause " number "\n  giver " giver "\n  taker " taker "\n  kind wait\n"                             \
    "  fields port port_scheme direction mode observed minutes" more "\n"                                  \
    "  purpose customs-control\n  handling H1\n  keep 365\n  onward consent\n  en Waits.\n  es Esperas.\n"
#define PAIR_REQUESTS                                                                                      \
    "\nclause 3\n  giver us.cbp\n  taker mx.anam\n  kind awareness\n"                                      \
    "  fields title form life_at_risk place need grounds observed\n"                                       \
    "  purpose customs-control\n  handling H1\n  keep 365\n  onward no\n  en Help.\n  es Ayuda.\n"
#define PAIR_BLOCKS                                                                                        \
    PAIR_WAITS("us.cbp", "mx.anam", "1", "") PAIR_WAITS("mx.anam", "us.cbp", "2", " lane") PAIR_REQUESTS

static inline struct ctx *pair_ctx(struct pair *p, bool us)
{
    return us ? &p->us.c : &p->mx.c;
}

/* ---- papers ---- */

static inline struct str pair_text(struct pair *p, unsigned version, const char *amends, const char *blocks)
{
    struct text_parties keys;

    snprintf(keys.us, sizeof keys.us, "%s", journal_key(p->us.c.journal));
    snprintf(keys.mx, sizeof keys.mx, "%s", journal_key(p->mx.c.journal));
    if (version == 1)
        return text_agreement(p->us.arena, &keys, blocks);
    return arena_fmt(p->us.arena,
                     "puente agreement v1\nid " TEXT_ID "\nversion %u\namends %s\ntitle en Cargo\n"
                     "title es Carga\nparty us.cbp %s\nparty mx.anam %s\n" TEXT_HEAD_AFTER_PARTIES "%s",
                     version, amends, keys.us, keys.mx, blocks);
}

static inline void pair_file(struct test_node *n, struct str note, const char *from)
{
    struct record *act;
    bool known;

    if (paper_check(&n->c, note, str_z(from), &act, &known) < 0)
        fail_msg("%s", n->err.text);
    if (act && node_append(&n->c, &act, 1, NULL) < 0)
        fail_msg("%s", n->err.text);
}

/* One office signs; it is in its own journal only. */
static inline struct str pair_sign(struct test_node *n, struct str text)
{
    struct buf note;
    struct str out;

    buf_init(&note, NOTE_MAX);
    journal_sign(n->c.journal, text, &note);
    out = arena_copy(n->arena, buf_view(&note));
    buf_free(&note);
    pair_file(n, out, journal_who(n->c.journal)->office);
    return out;
}

/* Both sign; what each has of the other it has from its own hand: nothing travels yet. */
static inline void pair_agree(struct pair *p, struct str text)
{
    struct str us = pair_sign(&p->us, text), mx = pair_sign(&p->mx, text);

    pair_file(&p->us, mx, "mx.anam");
    pair_file(&p->mx, us, "us.cbp");
}

static inline const char *pair_digest(struct pair *p, struct str text)
{
    uint8_t h[HASH_SIZE];

    sha256_one(h, text);
    return arena_z(p->us.arena, hex_encode(p->us.arena, str_n(h, sizeof h)));
}

/* ---- nodes ---- */

static inline void pair_start(struct pair *p)
{
    *p = (struct pair){0};
    test_node_start_as(&p->us, pair_rooms, (struct journal_identity){.office = "us.cbp", .country = "US"},
                       42);
    test_node_start_as(&p->mx, pair_rooms, (struct journal_identity){.office = "mx.anam", .country = "MX"},
                       43);
    p->mx.c.err->lang = p->us.c.err->lang = LANG_EN;
    buf_init(&p->last, MESSAGE_MAX);
}

static inline int pair_new(void **state)
{
    struct pair *p = malloc(sizeof *p);

    pair_start(p);
    pair_agree(p, pair_text(p, 1, NULL, PAIR_BLOCKS));
    *state = p;
    return 0;
}

static inline int pair_free(void **state)
{
    struct pair *p = *state;

    test_node_end(&p->us);
    test_node_end(&p->mx);
    buf_free(&p->last);
    free(p);
    return 0;
}

/* `pair` copies of a node's folder, to be put back later: a restored backup. */
static inline void pair_copy(const char *from, const char *to)
{
    char command[512];

    snprintf(command, sizeof command, "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
    assert_int_equal(system(command), 0);
}

static inline void pair_backup(struct test_node *n)
{
    char to[96];

    snprintf(to, sizeof to, "%s/backup", n->top);
    if (journal_backup(n->c.journal, to, &n->err) < 0)
        fail_msg("%s", n->err.text);
}

static inline void pair_restore(struct test_node *n)
{
    char from[96];

    snprintf(from, sizeof from, "%s/backup", n->top);
    node_close(&n->c);
    pair_copy(from, n->dir);
    if (node_open(&n->c, true) < 0)
        fail_msg("%s", n->err.text);
}

/* ---- links ---- */

struct pair_link {
    struct pair *p;
    struct test_node *server;
    const char *caller;
};

static inline int pair_serve(struct pair_link *l, struct str request, struct buf *answer, struct err *e)
{
    struct ctx c = l->server->c;
    int rc;

    c.arena = arena_new();
    rc = exchange_answer(&c, str_z(l->caller), request, answer);
    if (rc < 0)
        err_set(e, l->server->err.code, "%s", l->server->err.text);
    arena_free(c.arena);
    return rc;
}

static inline int pair_call(void *arg, struct str request, struct buf *answer, struct err *e)
{
    struct pair_link *l = arg;
    struct pair *p = l->p;

    p->calls++;
    if (p->calls == p->lose_request)
        return err_set(e, ERR_IO, "%s", "lost on the way there");
    if (p->calls == p->repeat) {
        struct buf twice;
        buf_init(&twice, MESSAGE_MAX);
        if (pair_serve(l, request, &twice, e) < 0)
            fail_msg("%s", e->text);
        buf_free(&twice);
    }
    if (pair_serve(l, request, answer, e) < 0)
        return -1;
    if (p->calls == p->lose_answer)
        return err_set(e, ERR_IO, "%s", "lost on the way back");
    if (p->alter)
        p->alter(p, answer);
    buf_reset(&p->last);
    buf_str(&p->last, buf_view(answer));
    return 0;
}

/* `us` calls mx.anam, or the other way round. */
static inline int pair_try(struct pair *p, bool us, struct synced *out)
{
    struct pair_link l = {p, us ? &p->mx : &p->us, us ? "us.cbp" : "mx.anam"};
    const struct link link = {.call = pair_call, .arg = &l};
    struct ctx *c = pair_ctx(p, us);

    p->calls = 0;
    err_clear(c->err);
    return exchange_sync(c, us ? S("mx.anam") : S("us.cbp"), &link, out);
}

static inline struct synced pair_sync(struct pair *p, bool us)
{
    struct synced s;

    if (pair_try(p, us, &s) < 0)
        fail_msg("%s", pair_ctx(p, us)->err->text);
    return s;
}

static inline struct str pair_wait(struct test_node *n, const char *minutes)
{
    struct record *r = test_wait(n, "2402", minutes);

    r->head.author = str_z(journal_who(n->c.journal)->office);
    test_append(n, r);
    return arena_copy(n->arena, str_n(r->head.id, 16));
}

static inline struct channel pair_channel(bool from_us)
{
    struct channel ch = {.giver = from_us ? S("us.cbp") : S("mx.anam"),
                         .taker = from_us ? S("mx.anam") : S("us.cbp")};

    assert_true(uuid_parse(S(TEXT_ID), ch.agreement));
    return ch;
}

static inline struct channel_state pair_state(struct test_node *n, bool from_us)
{
    struct channel ch = pair_channel(from_us);
    struct channel_state s;

    if (channel_state(&n->c, &ch, &s) < 0)
        fail_msg("%s", n->err.text);
    return s;
}

/* Both sides have the same of it, and the taker has signed for all of it. */
static inline void pair_even(struct pair *p, bool from_us)
{
    struct channel_state a = pair_state(&p->us, from_us), b = pair_state(&p->mx, from_us);

    assert_int_equal(a.epoch, b.epoch);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.root, b.root, HASH_SIZE);
    assert_int_equal(a.acknowledged, a.size);
    assert_int_equal(b.acknowledged, b.size);
}

#endif
