/*
 * edi_write_build.c: a segment made, read back, and out. When a row that wrote nothing would read something else than the
 * record has, the row that led it astray is left out, and the segment is made anew.
 */
#include "feeds/edi_write.h"

/* ---- what no field holds ---- */

static struct str fill_value(struct edi_writer *w, struct edi_build *b, const struct edi_op *op)
{
    const struct edi_src *src = &op->src[0];
    int i;

    switch ((enum edi_source)src->from) {
    case FROM_LITERAL:
        return src->text;
    case FROM_VAR:
        return w->var[src->var];
    case FROM_FIELD:
        i = edi_build_about(w, b, src->slot);
        if (i < 0 && b->target >= 0 && w->t->tables->kind[src->slot] == w->rec[b->target].r->kind)
            i = b->target;
        return i >= 0 && record_has(w->rec[i].r, src->field) ? edi_field_text(w, w->rec[i].r, src->field, 0)
                                                             : (struct str){0};
    case FROM_COUNT:
        return arena_fmt(w->arena, "%u", b->count);
    case FROM_PART:
        break;
    }
    return (struct str){0};
}

static void fill(struct edi_writer *w, struct edi_build *b)
{
    for (int i = 0; i < b->row->fills; i++) {
        const struct edi_op *op = &b->row->op[b->row->ops + i];
        bool writing = true;
        if (edi_build_part(b, op->e, op->c).n)
            continue;
        for (int k = 0; k < op->conds; k++)
            writing &= op->cond[k].kind == IF_WRITING ? edi_build_satisfy(w, b, op, &op->cond[k])
                                                      : edi_build_holds(w, b, &op->cond[k]);
        if (writing)
            edi_build_put(w, b, op, (uint8_t[]){op->e, op->c}, fill_value(w, b, op));
    }
}

/* ---- read back ---- */

/* What the row would read from the segment; false when nothing, or when that is not looked at here. */
static bool reads(struct edi_writer *w, const struct edi_build *b, const struct edi_op *op, struct str *s)
{
    const struct edi_src *src = &op->src[0];

    if (op->srcs != 1)
        return false;
    *s = src->from == FROM_LITERAL                     ? src->text
         : src->from == FROM_VAR                       ? w->var[src->var]
         : src->from == FROM_PART && src->c == src->c2 ? edi_build_part(b, src->e, src->c)
                                                       : (struct str){0};
    if (s->n == 0 || (op->as != AS_TEXT && op->as != AS_CODES))
        return false;
    return op->as == AS_TEXT || edi_codes_get(op->codes, *s, s);
}

/* A row that wrote nothing and would yet read what the record has not; -1 = none. */
static int astray(struct edi_writer *w, const struct edi_build *b)
{
    for (int k = 0; k < b->row->ops; k++) {
        const struct edi_op *op = &b->row->op[k];
        struct str s;
        int i;
        if ((op->kind != OP_SET && op->kind != OP_PUT) || b->used[k] || op->number || op->many)
            continue;
        i = edi_build_record(w, b, op->slot);
        if (i < 0 || (op->kind == OP_SET && w->rec[i].done >> op->field & 1) || !edi_build_hold(w, b, op))
            continue;
        if (reads(w, b, op, &s) && !str_eq(s, record_get(w->rec[i].r, op->field)))
            return k;
    }
    return -1;
}

/* The row would give the record another value than it has. */
static bool against(const struct edi_writer *w, const struct edi_build *b, int k)
{
    int i = edi_build_record(w, b, b->row->op[k].slot);
    return i >= 0 && record_has(w->rec[i].r, b->row->op[k].field);
}

static bool another_way(const struct edi_build *b, int k)
{
    const struct edi_op *op = &b->row->op[k];

    for (int i = 0; i < b->row->ops; i++)
        if (i != k && !b->banned[i] && b->row->op[i].kind == op->kind && op->kind == OP_SET &&
            b->row->op[i].slot == op->slot && b->row->op[i].field == op->field &&
            !edi_op_derived(&b->row->op[i]))
            return true;
    return false;
}

/* Leaves out the row that put in what row k stumbles over, when there is another for its field. */
static bool ban(struct edi_build *b, int k)
{
    const struct edi_op *op = &b->row->op[k];

    for (int i = -1; i < op->conds; i++) {
        unsigned e = i < 0 ? op->src[0].e : op->cond[i].e, c = i < 0 ? op->src[0].c : op->cond[i].c;
        int by = e && e < WRITE_ELEMS && c ? b->by[e][c - 1] - 1 : -1;
        if ((i < 0 && op->src[0].from != FROM_PART) || by < 0 || !another_way(b, by))
            continue;
        b->banned[by] = true;
        return true;
    }
    return false;
}

/* Whether a reader would open here what is meant to be opened, and nothing else. */
static bool opens_right(const struct edi_writer *w, const struct edi_build *b)
{
    bool any = false;

    for (int k = 0; k < b->row->ops; k++)
        if (b->row->op[k].kind == OP_OPEN)
            any |= edi_build_hold(w, b, &b->row->op[k]);
    return any == (b->opens >= 0);
}

static void start(struct edi_writer *w, struct edi_build *b, int row)
{
    const bool *banned = b->banned;
    bool keep[WRITE_OPS];

    memcpy(keep, banned, sizeof keep);
    *b = (struct edi_build){
        .row = &w->t->row[row], .opens = b->opens, .target = b->target, .count = b->count};
    memcpy(b->banned, keep, sizeof keep);
}

bool edi_build(struct edi_writer *w, struct edi_build *b, int row, int opens, int target)
{
    size_t mark = w->undos;
    int k;

    memset(b->banned, 0, sizeof b->banned);
    b->opens = opens;
    b->target = target;
    if (w->t->row[row].ops > WRITE_OPS)
        return false;
    do {
        edi_undo_to(w, NULL, mark);
        start(w, b, row);
        edi_build_rows(w, b);
        fill(w, b);
        k = astray(w, b);
    } while (k >= 0 && ban(b, k));
    if ((b->work || opens >= 0) && opens_right(w, b) && !(k >= 0 && target >= 0 && against(w, b, k)))
        return true;
    edi_undo_to(w, NULL, mark);
    return false;
}

void edi_build_bare(struct edi_writer *w, struct edi_build *b, int row, int target)
{
    memset(b->banned, 0, sizeof b->banned);
    b->opens = -1;
    b->target = target;
    start(w, b, row);
    fill(w, b);
}

/* ---- out ---- */

static void char_out(struct edi_writer *w, char c)
{
    const struct edi_delims *d = &w->d;
    bool special =
        c == d->term || c == d->elem || c == d->comp || (d->rel && c == d->rel) || (d->rep && c == d->rep);

    if ((uint8_t)c < ' ')
        c = ' ';
    if (special && d->rel)
        buf_char(w->out, d->rel);
    else if (special)
        c = ' '; /* X12 has no way to say it */
    buf_char(w->out, c);
}

static unsigned last_part(const struct edi_build *b, unsigned e)
{
    unsigned c = WRITE_PARTS;

    while (c && b->part[e][c - 1].n == 0)
        c--;
    return c;
}

static void segment_out(struct edi_writer *w, const struct edi_build *b)
{
    unsigned last = WRITE_ELEMS - 1;

    while (last && last_part(b, last) == 0)
        last--;
    for (int i = 24; i >= 0; i -= 8)
        if ((char)(b->row->tag >> i) != ' ')
            buf_char(w->out, (char)(b->row->tag >> i));
    for (unsigned e = 1; e <= last; e++) {
        buf_char(w->out, w->d.elem);
        for (unsigned c = 0, n = last_part(b, e); c < n; c++) {
            if (c)
                buf_char(w->out, w->d.comp);
            for (size_t i = 0; i < b->part[e][c].n; i++)
                char_out(w, b->part[e][c].p[i]);
        }
    }
    edi_segment_end(w);
    edi_rows_note(w, (int)(b->row - w->t->row));
}

static void close_kind(struct edi_writer *w, int slot)
{
    w->slot[slot].rec = -1;
    w->slot[slot].sealed = false;
}

void edi_build_commit(struct edi_writer *w, struct edi_build *b)
{
    segment_out(w, b);
    for (int k = 0; k < b->row->ops; k++) {
        const struct edi_op *op = &b->row->op[k];
        if (op->kind == OP_OPEN && b->opens >= 0 && !w->rec[b->opens].opened && edi_build_hold(w, b, op)) {
            close_kind(w, op->slot);
            w->slot[op->slot].rec = b->opens;
            w->slot[op->slot].owner = op->owner;
            w->rec[b->opens].opened = true;
            w->order[w->opened++] = b->opens;
        } else if (op->kind == OP_SEAL) {
            w->slot[op->slot].sealed = true;
        } else if (op->kind == OP_LET && edi_build_hold(w, b, op)) {
            struct str s[EDI_SRC] = {0}, all = {0};
            for (int i = 0; i < EDI_SRC && i < op->srcs; i++)
                s[i] = op->src[i].from == FROM_LITERAL ? op->src[i].text
                                                       : edi_build_part(b, op->src[i].e, op->src[i].c);
            all = arena_fmt(w->arena, "%.*s%.*s%.*s%.*s", STR_ARG(s[0]), STR_ARG(s[1]), STR_ARG(s[2]),
                            STR_ARG(s[3]));
            w->var[op->var] = all;
        }
    }
    w->progress += b->work || b->opens >= 0;
}
