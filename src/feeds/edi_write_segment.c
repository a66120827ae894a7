/*
 * edi_write_segment.c: one segment of a place, from the map rows that read it. Each row that has something to say puts
 * its value where it reads it from, and what its conditions ask for beside it; a row that cannot (the element has
 * another value already, a condition fails) leaves the segment as it was and waits for the next one. Rows are gone
 * through again, for some depend on what a later one puts in. Then the segment is read back: when a row that wrote
 * nothing would read something else than the record has, the row that led it astray is left out, and all begins anew.
 */
#include "feeds/edi_write.h"

#include <stdlib.h>

/* ---- changes that can be taken back ---- */

static struct edi_undo *undo_new(struct edi_writer *w)
{
    if (w->undos == w->undo_cap) {
        w->undo_cap = w->undo_cap ? w->undo_cap * 2 : 256;
        w->undo = xrealloc(w->undo, w->undo_cap * sizeof *w->undo);
    }
    return &w->undo[w->undos++];
}

/* Before a field of a record changes. */
static void touch(struct edi_writer *w, int record, int field)
{
    struct edi_written *x = &w->rec[record];

    *undo_new(w) = (struct edi_undo){.what = UNDO_FIELD,
                                     .record = record,
                                     .field = field,
                                     .done = x->done,
                                     .at = x->at[field],
                                     .last = x->last[field]};
}

void edi_undo_to(struct edi_writer *w, struct edi_build *b, size_t mark)
{
    while (w->undos > mark) {
        const struct edi_undo *u = &w->undo[--w->undos];
        if (u->what == UNDO_PART) {
            if (b) {
                b->part[u->e][u->c] = (struct str){0};
                b->by[u->e][u->c] = 0;
            }
            continue;
        }
        w->rec[u->record].done = u->done;
        w->rec[u->record].at[u->field] = u->at;
        w->rec[u->record].last[u->field] = u->last;
    }
}

/* ---- elements ---- */

struct str edi_build_part(const struct edi_build *b, unsigned e, unsigned c)
{
    return e < WRITE_ELEMS && c <= WRITE_PARTS && c ? b->part[e][c - 1] : (struct str){0};
}

static bool fits(const struct edi_elem *x, struct str s)
{
    size_t n = edi_characters(s);

    if (x == NULL)
        return false;
    if (x->type == TYPE_N || x->type == TYPE_R)
        for (size_t i = 0; i < s.n; i++)
            n -= s.p[i] == '-' || s.p[i] == '.';
    return n <= x->max;
}

/* Puts a value into an element, unless it holds another or has no room for it. */
bool edi_build_put(struct edi_writer *w, struct edi_build *b, const struct edi_op *op, const uint8_t at[2],
                   struct str s)
{
    const unsigned e = at[0], c = at[1];
    struct edi_undo *u;

    if (s.n == 0)
        return true;
    if (e >= WRITE_ELEMS || c > WRITE_PARTS)
        return false;
    if (b->part[e][c - 1].n)
        return str_eq(b->part[e][c - 1], s);
    if (b->row->def && !fits(edi_elem_at(b->row->def, e, c), s))
        return false;
    u = undo_new(w);
    *u = (struct edi_undo){.what = UNDO_PART, .e = (int)e, .c = (int)c - 1};
    b->part[e][c - 1] = s;
    b->by[e][c - 1] = (uint8_t)(op - b->row->op + 1);
    return true;
}

/* ---- records ---- */

int edi_written_ref(const struct edi_writer *w, int i, int f)
{
    const struct record *r = w->rec[i].r;

    if (f < 0 || !record_has(r, f) || r->v[f].i < 1 || (size_t)r->v[f].i > w->recs)
        return -1;
    return (int)r->v[f].i - 1;
}

/* The record that a row writes from, or -1: none is open, or what it opened has been given out by the reader. */
int edi_build_record(const struct edi_writer *w, const struct edi_build *b, int slot)
{
    if (b->opens >= 0 && w->t->tables->kind[slot] == w->rec[b->opens].r->kind)
        return b->opens;
    return w->slot[slot].sealed ? -1 : w->slot[slot].rec;
}

static bool left(const struct edi_writer *w, int i, int field)
{
    return i >= 0 && record_has(w->rec[i].r, field) && !(w->rec[i].done >> field & 1);
}

/* ---- conditions ---- */

static bool among(const struct edi_cond *c, struct str s)
{
    for (int i = 0; i < c->wants; i++) {
        struct str want = c->want[i];
        if (want.n && want.p[want.n - 1] == '*' ? str_starts(s, str_n(want.p, want.n - 1))
                                                : str_eq(s, want))
            return true;
    }
    return false;
}

static bool any_of(const struct edi_build *b, struct str elements)
{
    for (size_t i = 0; i < elements.n; i++)
        if (edi_build_part(b, (unsigned)elements.p[i], 1).n)
            return true;
    return false;
}

/* The record that a condition is about, whether it may still be written to or not. */
int edi_build_about(const struct edi_writer *w, const struct edi_build *b, int slot)
{
    return b->opens >= 0 && w->t->tables->kind[slot] == w->rec[b->opens].r->kind ? b->opens
                                                                                 : w->slot[slot].rec;
}

/* Whether the record has been read so far that the field is there. */
static bool field_read(const struct edi_writer *w, const struct edi_build *b, const struct edi_cond *c)
{
    int i = edi_build_about(w, b, c->slot);

    return i >= 0 && (w->rec[i].done >> c->field & 1 || w->rec[i].at[c->field]);
}

static struct str whole(const struct edi_writer *w, const struct edi_build *b, const struct edi_cond *c)
{
    int i = edi_build_about(w, b, c->slot);
    return i >= 0 ? record_get(w->rec[i].r, c->field) : (struct str){0};
}

/* Whether a reader would find the condition true of the segment as it is. */
bool edi_build_holds(const struct edi_writer *w, const struct edi_build *b, const struct edi_cond *c)
{
    switch ((enum edi_cond_kind)c->kind) {
    case IF_PRESENT:
        return edi_build_part(b, c->e, c->c).n > 0;
    case IF_ABSENT:
        return edi_build_part(b, c->e, c->c).n == 0;
    case IF_ANY:
        return any_of(b, c->values);
    case IF_IS:
        return among(c, edi_build_part(b, c->e, c->c));
    case IF_NOT:
        return !among(c, edi_build_part(b, c->e, c->c));
    case IF_FIELD:
        return field_read(w, b, c);
    case IF_NO_FIELD:
        return !field_read(w, b, c);
    case IF_FULL:
        return whole(w, b, c).n == c->n;
    case IF_NONE:
        return w->slot[c->slot].rec < 0;
    case IF_WRITING:
        return true;
    }
    return false;
}

/* Makes it true where that takes a value. */
bool edi_build_satisfy(struct edi_writer *w, struct edi_build *b, const struct edi_op *op,
                       const struct edi_cond *c)
{
    if (c->kind == IF_WRITING)
        return among(c, whole(w, b, c)) != c->but;
    if (c->kind == IF_IS && edi_build_part(b, c->e, c->c).n == 0)
        for (int i = 0; i < c->wants; i++)
            if (c->want[i].n && c->want[i].p[c->want[i].n - 1] != '*')
                return edi_build_put(w, b, op, (uint8_t[]){c->e, c->c}, c->want[i]);
    return edi_build_holds(w, b, c);
}

bool edi_build_hold(const struct edi_writer *w, const struct edi_build *b, const struct edi_op *op)
{
    for (int i = 0; i < op->conds; i++)
        if (!edi_build_holds(w, b, &op->cond[i]))
            return false;
    return true;
}

static bool satisfy_all(struct edi_writer *w, struct edi_build *b, const struct edi_op *op)
{
    for (int i = 0; i < op->conds; i++)
        if (!edi_build_satisfy(w, b, op, &op->cond[i]))
            return false;
    return true;
}

/* ---- a value into its elements ---- */

/* Over the components of one element, joined by blanks. */
static bool put_range(struct edi_writer *w, struct edi_build *b, const struct edi_op *op,
                      const struct edi_src *src, struct str s)
{
    for (uint8_t c = src->c; s.n && c <= src->c2; c++) {
        const struct edi_elem *x = edi_elem_at(b->row->def, src->e, c);
        size_t take;
        struct str one = x ? edi_piece(w, s, x->max, 0, &take) : (struct str){0};
        if (one.n == 0 || !edi_build_put(w, b, op, (uint8_t[]){src->e, c}, one))
            return false;
        s = str_n(s.p + take, s.n - take);
    }
    return s.n == 0;
}

/* How many bytes of s the piece before `next` takes; SIZE_MAX when it cannot be told. */
static size_t cut_at(const struct edi_build *b, struct str s, const struct edi_src *src,
                     const struct edi_src *next)
{
    const struct edi_elem *x, *y;
    size_t letters = 0;

    if (next->from == FROM_LITERAL) {
        const char *at = memmem(s.p, s.n, next->text.p, next->text.n);
        return at ? (size_t)(at - s.p) : SIZE_MAX;
    }
    x = edi_elem_at(b->row->def, src->e, src->c);
    y = edi_elem_at(b->row->def, next->e, next->c);
    while (letters < s.n && (s.p[letters] < '0' || s.p[letters] > '9'))
        letters++;
    if (!x || !y || letters > x->max || letters == s.n || s.n - letters > y->max)
        return y && s.n <= y->max ? 0 : x && y && s.n <= (size_t)x->max + y->max ? s.n - y->max : SIZE_MAX;
    return letters;
}

static bool put_sources(struct edi_writer *w, struct edi_build *b, const struct edi_op *op, struct str s)
{
    for (int i = 0; i < op->srcs; i++) {
        const struct edi_src *src = &op->src[i];
        size_t n = s.n;
        if (src->from == FROM_LITERAL) {
            if (!str_starts(s, src->text))
                return false;
            s = str_n(s.p + src->text.n, s.n - src->text.n);
            continue;
        }
        if (src->from != FROM_PART || src->cut)
            return false;
        if (i + 1 < op->srcs && (n = cut_at(b, s, src, &op->src[i + 1])) > s.n)
            return false;
        if (src->c != src->c2 ? !put_range(w, b, op, src, str_n(s.p, n))
                              : !edi_build_put(w, b, op, (uint8_t[]){src->e, src->c}, str_n(s.p, n)))
            return false;
        s = str_n(s.p + n, s.n - n);
    }
    return s.n == 0;
}

/* The value in the element's terms, and what stands beside it. */
static bool put_value(struct edi_writer *w, struct edi_build *b, const struct edi_op *op, struct str s)
{
    const struct edi_src *at = &op->src[0], *by = &op->more->by, *time = &op->more->time;
    struct str date[3];

    switch ((enum edi_transform)op->as) {
    case AS_TEXT:
    case AS_UNDG:
        return put_sources(w, b, op, s);
    case AS_CODES:
        return at->from == FROM_PART &&
               edi_codes_back(op->codes, s, edi_elem_at(b->row->def, at->e, at->c), &s) &&
               put_sources(w, b, op, s);
    case AS_SCALED:
        return put_sources(w, b, op, s) &&
               edi_codes_back(op->codes, S("1"), edi_elem_at(b->row->def, by->e, by->c), &s) &&
               edi_build_put(w, b, op, (uint8_t[]){by->e, by->c}, s);
    case AS_DATE:
        if (!edi_date_back(w, s, date))
            return false;
        if (time->e)
            return put_sources(w, b, op, date[0]) &&
                   edi_build_put(w, b, op, (uint8_t[]){time->e, time->c}, date[2]);
        return put_sources(w, b, op, arena_fmt(w->arena, "%.*s%.*s", STR_ARG(date[0]), STR_ARG(date[2]))) &&
               (by->e == 0 || edi_build_put(w, b, op, (uint8_t[]){by->e, by->c}, date[1]));
    case AS_CARRIER:
        break;
    }
    return false;
}

/* ---- rows ---- */

bool edi_op_derived(const struct edi_op *op)
{
    for (int i = 0; i < op->srcs; i++)
        if (op->src[i].from == FROM_PART)
            return false;
    return true;
}

/* What is said by being there: it must not bring elements of its own before the others have. */
static bool literal(const struct edi_op *op)
{
    return op->srcs == 1 && op->src[0].from == FROM_LITERAL;
}

static void taken(struct edi_writer *w, int i, const struct edi_op *op, struct str s)
{
    struct edi_written *x = &w->rec[i];

    touch(w, i, op->field);
    x->at[op->field] += s.n + 1;
    if (!op->many || x->at[op->field] > record_get(x->r, op->field).n)
        x->done |= UINT64_C(1) << op->field;
}

static bool run_set(struct edi_writer *w, struct edi_build *b, const struct edi_op *op, int i)
{
    struct str s = edi_field_text(w, w->rec[i].r, op->field, w->rec[i].at[op->field]);
    bool of_element = !edi_op_derived(op);

    if (op->as == AS_TEXT && !of_element) {
        const struct edi_src *src = &op->src[0];
        struct str is = src->from == FROM_VAR ? w->var[src->var] : src->text;
        if (op->srcs != 1 || src->from == FROM_FIELD || !str_eq(is, s))
            return false;
    } else if (!of_element || !put_value(w, b, op, s)) {
        return false;
    }
    if (!satisfy_all(w, b, op))
        return false;
    taken(w, i, op, s);
    b->work |= of_element;
    return true;
}

/* Pieces of a text over the components of an element. */
static bool run_join(struct edi_writer *w, struct edi_build *b, const struct edi_op *op, int i)
{
    const struct edi_src *src = &op->src[0];
    struct edi_written *x = &w->rec[i];
    struct str all = record_get(x->r, op->field), rest, one;
    bool any = false;
    const struct edi_elem *first = edi_elem_at(b->row->def, src->e, 1);

    if (op->srcs != 1 || src->from != FROM_PART || src->cut ||
        (src->c > 1 && first && first->must && edi_build_part(b, src->e, 1).n == 0))
        return false;
    rest = str_n(all.p + x->at[op->field], all.n - x->at[op->field]);
    for (uint8_t c = src->c; rest.n && c <= src->c2; c++) {
        const struct edi_elem *e = edi_elem_at(b->row->def, src->e, c);
        size_t take;
        if (e == NULL || (one = edi_piece(w, rest, e->max, op->cut, &take)).n == 0 ||
            edi_build_part(b, src->e, c).n || !edi_build_put(w, b, op, (uint8_t[]){src->e, c}, one))
            break;
        rest = str_n(rest.p + take, rest.n - take);
        any = true;
    }
    if (!any || !satisfy_all(w, b, op))
        return false;
    touch(w, i, op->field);
    x->at[op->field] = all.n - rest.n;
    if (rest.n == 0)
        x->done |= UINT64_C(1) << op->field;
    b->work = true;
    return true;
}

/* A value to be kept for a record further down. */
static bool run_let(struct edi_writer *w, struct edi_build *b, const struct edi_op *op)
{
    const struct edi_table *t = w->t;
    const struct record *r;

    if (b->target < 0 || edi_op_derived(op))
        return false;
    r = w->rec[b->target].r;
    for (int row = (int)(b->row - t->row); row < t->rows; row++)
        for (int k = 0; k < t->row[row].ops; k++) {
            const struct edi_op *o = &t->row[row].op[k];
            if (o->kind == OP_SET && o->srcs == 1 && o->src[0].from == FROM_VAR &&
                o->src[0].var == op->var && t->tables->kind[o->slot] == r->kind &&
                record_has(r, o->field)) {
                struct str s = edi_field_text(w, r, o->field, 0);
                if (str_eq(s, w->var[op->var]) || !put_value(w, b, op, s) || !satisfy_all(w, b, op))
                    return false;
                b->work = true;
                return true;
            }
        }
    return false;
}

static bool run(struct edi_writer *w, struct edi_build *b, const struct edi_op *op)
{
    int i = op->kind == OP_LET ? -1 : edi_build_record(w, b, op->slot);

    switch ((enum edi_op_kind)op->kind) {
    case OP_SET:
    case OP_PUT:
        return left(w, i, op->field) && run_set(w, b, op, i);
    case OP_JOIN:
        return left(w, i, op->field) && run_join(w, b, op, i);
    case OP_LET:
        return run_let(w, b, op);
    case OP_OPEN:
    case OP_SEAL:
    case OP_FILL:
        break;
    }
    return false;
}

/* In which pass a row has its first try: what is opened here goes before what is open already. */
static int turn(const struct edi_writer *w, const struct edi_build *b, const struct edi_op *op)
{
    if (literal(op))
        return 2;
    return b->opens < 0 || op->kind == OP_LET || w->t->tables->kind[op->slot] == w->rec[b->opens].r->kind
               ? 0
               : 1;
}

void edi_build_rows(struct edi_writer *w, struct edi_build *b)
{
    for (int pass = 0; pass < 3; pass++)
        for (int i = 0; i < b->row->ops; i++) {
            size_t mark = w->undos;
            bool work = b->work;
            if (b->used[i] || b->banned[i] || turn(w, b, &b->row->op[i]) > pass)
                continue;
            b->used[i] = run(w, b, &b->row->op[i]);
            if (!b->used[i]) {
                edi_undo_to(w, b, mark);
                b->work = work;
            }
        }
}
