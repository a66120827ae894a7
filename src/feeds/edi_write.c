/*
 * edi_write.c: the walk over the rows of a message. In each group the rows stand in order; a row is written as long as it has
 * something to say: a record to open, a field that is still to be written, or a group below with one of these. What
 * comes to nothing is taken back.
 */
#include "feeds/edi_write.h"

#include <stdlib.h>

/* Whether record i can be opened by this row of a place now: what it refers to is what is open. */
static bool may_open(const struct edi_writer *w, const struct edi_op *op, int i)
{
    const struct edi_table *t = w->t;
    const struct edi_written *x = &w->rec[i];

    if (op->kind != OP_OPEN || x->opened || t->tables->kind[op->slot] != x->r->kind)
        return false;
    if (op->of >= 0 &&
        (w->slot[op->of].rec < 0 || edi_written_ref(w, i, t->parent[op->slot]) != w->slot[op->of].rec))
        return false;
    for (int k = 0; k < t->tables->kinds; k++) {
        int f = t->ref[op->slot][k], is;
        if (f < 0)
            continue;
        is = edi_written_ref(w, i, f);
        if (is >= 0 && is != w->slot[k].rec)
            return false;
    }
    return true;
}

/* What the place gives the record from values kept before must be what it has. */
static bool kept_right(const struct edi_writer *w, const struct edi_row *row, const struct edi_op *open,
                       int i)
{
    const struct record *r = w->rec[i].r;

    for (int k = 0; k < row->ops; k++) {
        const struct edi_op *op = &row->op[k];
        struct str is, rest, first;
        if (op->kind != OP_SET || op->slot != open->slot || op->srcs != 1 || op->src[0].from != FROM_VAR ||
            !record_has(r, op->field))
            continue;
        is = w->var[op->src[0].var];
        rest = record_get(r, op->field);
        if (is.n && str_split(&rest, '\n', &first) && !str_eq(first, is))
            return false;
    }
    return true;
}

static int next_to_open(const struct edi_writer *w, int row, bool kept)
{
    const struct edi_row *at = &w->t->row[row];

    for (int k = 0; k < at->ops; k++)
        for (size_t i = 0; at->op[k].kind == OP_OPEN && i < w->recs; i++)
            if (may_open(w, &at->op[k], (int)i) && (!kept || kept_right(w, at, &at->op[k], (int)i)))
                return (int)i;
    return -1;
}

/* The record for whose sake the group of this row would be written: the first that can be opened in it. */
static int target_in(const struct edi_writer *w, int row)
{
    int best = -1;

    for (int r = row + 1; r <= w->t->row[row].last; r++) {
        int i = next_to_open(w, r, false);
        if (i >= 0 && (best < 0 || i < best))
            best = i;
    }
    return best;
}

/* Whether some record that is open has a field left that the rows below take. */
static bool left_below(const struct edi_writer *w, int row)
{
    for (int r = row + 1; r <= w->t->row[row].last; r++)
        for (int k = 0; k < w->t->row[r].ops; k++) {
            const struct edi_op *op = &w->t->row[r].op[k];
            int i = op->kind == OP_SET || op->kind == OP_PUT || op->kind == OP_JOIN ? w->slot[op->slot].rec
                                                                                    : -1;
            if (i >= 0 && !w->slot[op->slot].sealed && record_has(w->rec[i].r, op->field) &&
                !(w->rec[i].done >> op->field & 1))
                return true;
        }
    return false;
}

static void group_rows(struct edi_writer *w, int group, int target);

static void group_below(struct edi_writer *w, int row, int target)
{
    if (!w->t->row[row].trigger)
        return;
    group_rows(w, row, target);
    for (int s = 0; s < EDI_SLOTS; s++)
        if (w->slot[s].rec >= 0 && w->slot[s].owner == row) {
            w->slot[s].rec = -1;
            w->slot[s].sealed = false;
        }
}

/* The segment is there only for the group below; taken back when nothing comes of it. */
static bool speculate(struct edi_writer *w, struct edi_build *b, int row, int target)
{
    struct edi_writer before = *w;

    if (target < 0 || !edi_build(w, b, row, -1, target))
        edi_build_bare(w, b, row, target);
    edi_build_commit(w, b);
    before.progress = w->progress; /* the segment itself is not what is asked for */
    group_below(w, row, target);
    if (w->progress > before.progress)
        return true;
    edi_undo_to(w, NULL, before.undos);
    w->out->n = before.bytes;
    w->segments = before.segments;
    w->lines = before.lines;
    memcpy(w->slot, before.slot, sizeof w->slot);
    memcpy(w->var, before.var, sizeof w->var);
    return false;
}

static bool opens_any(const struct edi_row *row)
{
    for (int k = 0; k < row->ops; k++)
        if (row->op[k].kind == OP_OPEN)
            return true;
    return false;
}

/* Goes on with what is open, or opens what comes next. */
static bool plain(struct edi_writer *w, struct edi_build *b, int row, int target)
{
    int i;

    if (edi_build(w, b, row, -1, w->t->row[row].trigger ? -1 : target) ||
        ((i = next_to_open(w, row, true)) >= 0 && edi_build(w, b, row, i, -1))) {
        edi_build_commit(w, b);
        group_below(w, row, target);
        return true;
    }
    return false;
}

/* One more segment of this row, with its group. */
static bool one_more(struct edi_writer *w, int row, unsigned count, int target)
{
    struct edi_build *b = arena_alloc(w->arena, sizeof *b);
    bool trigger = w->t->row[row].trigger;
    int below = trigger && !opens_any(&w->t->row[row]) ? target_in(w, row) : -1;

    b->count = count;
    w->bytes = w->out->n;
    if (below >= 0 && speculate(w, b, row, below))
        return true;
    w->bytes = w->out->n;
    if (plain(w, b, row, target))
        return true;
    w->bytes = w->out->n;
    return trigger && left_below(w, row) && speculate(w, b, row, -1);
}

static void group_rows(struct edi_writer *w, int group, int target)
{
    int end = group < 0 ? w->t->rows : w->t->row[group].last + 1;

    for (int row = group + 1; row < end; row = w->t->row[row].last + 1) {
        unsigned count = 1;
        while (count <= w->t->row[row].max && !w->out->over && one_more(w, row, count, target))
            count++;
    }
}

int edi_write_message(struct edi_writer *w)
{
    for (int s = 0; s < EDI_SLOTS; s++)
        w->slot[s].rec = -1;
    group_rows(w, -1, -1);
    return w->out->over ? -1 : 0;
}
