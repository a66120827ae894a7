/*
 * sign.c: what else the log's key signs: cards, agreements, the heads of channels. A note's first line says what it
 * is; one that reads like the head of this node's own log is never signed here, so that no paper can pass for a head.
 */
#include "journal/internal.h"

#include <assert.h>

static bool own_origin(const struct journal *j, struct str text)
{
    struct str first, office = str_z(j->who.office);

    str_split(&text, '\n', &first);
    if (!str_starts(first, office))
        return false;
    first = str_n(first.p + office.n, first.n - office.n);
    return first.n == 0 || str_starts(first, S("/epoch/"));
}

void journal_sign(struct journal *j, struct str text, struct buf *out)
{
    assert(j->store && text.n && text.p[text.n - 1] == '\n' && !own_origin(j, text));
    note_sign(out, text, &j->signer, 1);
}

void journal_cosign(struct journal *j, const struct note *n, struct buf *out)
{
    assert(j->store);
    note_cosign(out, n, &j->signer, (uint64_t)(j->world->now(j->world->arg) / 1000000));
}

void journal_countersign(struct journal *j, const struct note *n, struct buf *out)
{
    struct buf own;
    struct note mine;

    buf_init(&own, NOTE_MAX);
    journal_sign(j, n->text, &own);
    if (note_parse(buf_view(&own), &mine))
        note_merge(out, n, &mine);
    buf_free(&own);
}
