/* meeting.h: two nodes, us.cbp and mx.anam, for the tests of cards and links. */
#ifndef PUENTE_TESTS_MEETING_H
#define PUENTE_TESTS_MEETING_H

#include "node.h"

#include "exchange/peer.h"

#define DAY (INT64_C(86400) * 1000000)

struct two {
    struct test_node us, mx;
};

static inline void two_start(struct two *t, const struct room *const *rooms, bool exercise)
{
    test_node_start_as(&t->us, rooms, (struct journal_identity){"us.cbp", "US", false, 0}, 42);
    test_node_start_as(&t->mx, rooms, (struct journal_identity){"mx.anam", "MX", exercise, 0}, 43);
}

static inline void two_end(struct two *t)
{
    test_node_end(&t->us);
    test_node_end(&t->mx);
}

static inline const char *near(struct test_node *t, const char *name)
{
    return path_join(t->arena, t->top, name).p;
}

/* Writes the card of `of` into the folder of `to`; `word` is one more param, or NULL. The safety number as read out. */
static inline const char *card_of(struct test_node *of, struct test_node *to, const char *word)
{
    const char *out = arena_fmt(of->arena, "out=%s", near(to, "card")).p;

    if (RUN(of, &op_card, out, word, NULL) != 0)
        fail_msg("%s", of->err.text);
    return arena_copy(to->arena, str_z(test_text(of->said, "safety_number"))).p;
}

static inline int meet(struct test_node *t, const char *number)
{
    const char *file = arena_fmt(t->arena, "file=%s", near(t, "card")).p;

    if (number == NULL)
        return RUN(t, &op_meet, file, NULL);
    return RUN(t, &op_meet, file, arena_fmt(t->arena, "safety-number=%s", number).p, NULL);
}

static inline void met(struct test_node *t, const char *number)
{
    if (meet(t, number) != 0)
        fail_msg("%s", t->err.text);
    assert_true(json_is_true(json_object_get(t->said, "met")));
}

#endif
