/* release_node.h: a node with the view of papers, and a counterpart whose key the test holds. */
#ifndef PUENTE_TESTS_RELEASE_NODE_H
#define PUENTE_TESTS_RELEASE_NODE_H

#include "node.h"
#include "release_text.h"

struct paper_node {
    struct test_node n;
    struct text_parties parties; /* `us` is the node's own key; us_key is not */
    uint8_t agreement[16];
    int64_t at; /* of the next one-sided paper */
};

static inline void paper_node_start(struct paper_node *t, const struct room *const *rooms)
{
    test_node_start(&t->n, rooms);
    text_parties(&t->parties);
    snprintf(t->parties.us, sizeof t->parties.us, "%s", journal_key(t->n.c.journal));
    assert_true(uuid_parse(S(TEXT_ID), t->agreement));
    t->at = t->n.fake.time;
}

/* The text with the signatures asked for. */
static inline struct str paper_note(struct paper_node *t, struct str text, bool us, bool mx)
{
    struct str out;
    struct note n;
    struct buf b, both;

    buf_init(&b, NOTE_MAX);
    buf_init(&both, NOTE_MAX);
    if (mx)
        note_sign(&b, text, &t->parties.mx_key, 1);
    else
        journal_sign(t->n.c.journal, text, &b);
    out = arena_copy(t->n.arena, buf_view(&b));
    if (us && mx) {
        assert_true(note_parse(out, &n));
        journal_countersign(t->n.c.journal, &n, &both);
        out = arena_copy(t->n.arena, buf_view(&both));
    }
    buf_free(&b);
    buf_free(&both);
    return out;
}

/* "suspension", "resumption" or "end" by us.cbp or mx.anam, signed by `by`. */
static inline struct str paper_side(struct paper_node *t, const char *form, const char *by)
{
    char id[UUID_SIZE], at[TIME_SIZE];

    uuid_format(t->agreement, id);
    time_format(t->at += 1000, at);
    return paper_note(t,
                      arena_fmt(t->n.arena,
                                "puente %s v1\nagreement %s\nby %s\nat %s\nreason As decided.\n", form, id,
                                by, at),
                      strcmp(by, "us.cbp") == 0, strcmp(by, "us.cbp") != 0);
}

/* As exchange does it: checks, appends. 1 = taken, 0 = known, -1 = refused. */
static inline int paper_take(struct paper_node *t, struct str note, const char *from)
{
    struct record *act;
    bool known;

    err_clear(&t->n.err);
    if (paper_check(&t->n.c, note, str_z(from), &act, &known) < 0)
        return -1;
    if (known)
        return 0;
    test_append(&t->n, act);
    return 1;
}

static inline enum standing paper_standing(struct paper_node *t)
{
    struct release *r = release_open(&t->n.c, t->agreement, S("us.cbp"), S("mx.anam"), t->n.fake.time);

    assert_non_null(r);
    return release_standing(r);
}

static inline struct decision paper_decide(struct paper_node *t, const struct record *x)
{
    struct release *r = release_open(&t->n.c, t->agreement, S("us.cbp"), S("mx.anam"), t->n.fake.time);
    struct decision d;

    assert_non_null(r);
    if (release_decide(r, x, &d) < 0)
        fail_msg("%s", t->n.err.text);
    return d;
}

#endif
