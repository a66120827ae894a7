/*
 * edi_table_map.c: the map rows of the tables: what a segment at a place becomes.
 *
 *   at CNI/RFF                                 a place: the first segments of the groups, then the segment
 *     open consignment                         a new record. It ends with the group that this segment begins or stands in
 *     open item in LX/VID of consignment       ... or with the group named; `of`: the record that is its parent
 *     seal trip                                nothing more comes for it: it can go out before it ends
 *     consignment.bill = 1.2 when 1.1=BM|AAM   a field, from element 1, component 2, if it has no value yet
 *     consignment.bill := 1.2                  ... also if it has one
 *     item.description += 4.1-5 cut 70         joined behind what is there: without a blank when the piece before was
 *                                              at least 70 long, so that it must have been cut, else with one
 *                                              (cut 1: never with one)
 *     person.family = 1.9/8                    the eighth piece of what "/" separates in a text
 *     equipment.number = 02+03                 several pieces; "text" and $name and kind.field are pieces too
 *     let port = 01                            keeps a value as $port until the message's end
 *
 *   ... = 1.2 as date 1.3                      as date [FORMAT or "DDMMYY"] [time ELEMENT] | carrier | weight UNIT | volume UNIT | codes NAME | undg
 *   ... when 04 !05 1.1=CN|IM 1.1!=X           all must hold: present, absent, one of, none of (23* : starts so);
 *            any 01,04,05                      one of these is present
 *            trip.port !trip.port              the open record has the field, or has not
 *            full party.name 35                the field holds exactly 35 bytes
 *            none item                         no such record is open
 *            writing trip.conveyance_scheme!=vin   only a writer looks: the record to be written has one of these, or not
 *
 * A field of several values (F_MANY) takes one more with each "=". A writer (edi_write.c) reads the same rows backwards; what
 * the directory asks for and no field holds it takes from rows that a reader passes over:
 *
 *     fill 09 = "Y"                              when nothing else stands there; "text", kind.field, $name, or count: how
 *                                              many of these the group has, with this one
 */
#include "feeds/edi.h"

static int slot_of(struct edi_reader *r, struct str kind)
{
    const struct kind *k = str_eq(kind, S("person")) ? &edi_person_kind : schema_kind(kind);

    if (k == NULL)
        return edi_bad(r, N_("there is no such kind"), kind);
    for (int i = 0; i < r->t->kinds; i++)
        if (r->t->kind[i] == k)
            return i;
    if (r->t->kinds == EDI_KINDS)
        return edi_bad(r, N_("too many kinds in one set of tables"), kind);
    r->t->kind[r->t->kinds] = k;
    return r->t->kinds++;
}

static int var_of(struct edi_reader *r, struct str name)
{
    for (int i = 0; i < r->t->vars; i++)
        if (str_eq(r->t->var[i], name))
            return i;
    if (r->t->vars == EDI_VARS)
        return edi_bad(r, N_("too many values to keep"), name);
    r->t->var[r->t->vars] = name;
    return r->t->vars++;
}

/* "kind.field" */
static int field_of(struct edi_reader *r, struct str s, int8_t *slot, int16_t *field)
{
    struct str rest = s, kind;
    int i, f;

    if (!str_split(&rest, '.', &kind) || rest.n == 0 || (i = slot_of(r, kind)) < 0)
        return r->err->code ? -1 : edi_bad(r, N_("no field of a record"), s);
    f = schema_field(r->t->kind[i], rest);
    if (f < 0)
        return edi_bad(r, N_("the kind has no such field"), s);
    *slot = (int8_t)i;
    *field = (int16_t)f;
    return 0;
}

/* "2", "02", "1.2", "4.1-5" */
static bool position(struct str s, uint8_t *e, uint8_t *c, uint8_t *c2)
{
    struct str part, rest = s;
    int64_t a, b = 1, d;

    if (!str_split(&rest, '.', &part) || !str_int(part, &a) || a < 1 || a > 99)
        return false;
    d = b;
    if (rest.n) {
        if (!str_split(&rest, '-', &part) || !str_int(part, &b) || b < 1 || b > 99)
            return false;
        d = b;
        if (rest.n && (!str_int(rest, &d) || d < b || d > 99))
            return false;
    }
    *e = (uint8_t)a;
    *c = (uint8_t)b;
    *c2 = (uint8_t)d;
    return true;
}

/* The same, or "1.9/8". */
static bool cut_position(struct str s, struct edi_src *src)
{
    struct str place, rest = s;
    int64_t n;

    if (!str_split(&rest, '/', &place) || !position(place, &src->e, &src->c, &src->c2))
        return false;
    if (rest.n == 0)
        return true;
    src->cut = 1;
    if (!str_int(rest, &n) || n < 1 || n > 99)
        return false;
    src->cut = (uint8_t)n;
    return true;
}

static int source(struct edi_reader *r, struct str s, struct edi_src *src)
{
    int v;

    if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"') {
        src->from = FROM_LITERAL;
        src->text = str_n(s.p + 1, s.n - 2);
        return 0;
    }
    if (s.n > 1 && s.p[0] == '$') {
        if ((v = var_of(r, str_n(s.p + 1, s.n - 1))) < 0)
            return -1;
        src->from = FROM_VAR;
        src->var = (int8_t)v;
        return 0;
    }
    if (cut_position(s, src)) {
        src->from = FROM_PART;
        return 0;
    }
    src->from = FROM_FIELD;
    return field_of(r, s, &src->slot, &src->field);
}

static int sources(struct edi_reader *r, struct edi_op *op)
{
    struct str all, part;

    if (!edi_word(r, &all))
        return edi_bad(r, N_("where the value comes from is missing"), all);
    while (str_split(&all, '+', &part)) {
        if (op->srcs == EDI_SRC)
            return edi_bad(r, N_("too many pieces"), part);
        if (source(r, part, &op->src[op->srcs++]) != 0)
            return -1;
    }
    if (op->srcs == 1 && op->src[0].from == FROM_PART) {
        op->e = op->src[0].e;
        op->c = op->src[0].c == op->src[0].c2 && !op->src[0].cut ? op->src[0].c : 0;
    }
    return 0;
}

/* ---- when ---- */

static int cond_any(struct edi_reader *r, struct edi_cond *c)
{
    struct str list, part;
    char *to;
    size_t n = 0;
    uint8_t e, x, y;

    edi_word(r, &list);
    to = arena_alloc(r->t->arena, list.n + 1);
    while (str_split(&list, ',', &part)) {
        if (!position(part, &e, &x, &y))
            return edi_bad(r, N_("no element"), part);
        to[n++] = (char)e;
    }
    c->kind = IF_ANY;
    c->values = str_n(to, n);
    return 0;
}

/* "BM|AAM" */
static void wants(struct edi_reader *r, struct edi_cond *c, struct str list)
{
    struct str rest, one, *want;

    for (rest = list; str_split(&rest, '|', &one);)
        c->wants++;
    c->want = want = arena_alloc(r->t->arena, c->wants * sizeof *want);
    while (str_split(&list, '|', &one))
        *want++ = one;
}

static int cond_compare(struct edi_reader *r, struct str w, struct edi_cond *c)
{
    const char *equals = memchr(w.p, '=', w.n);
    size_t n = (size_t)(equals - w.p);
    uint8_t end;

    c->kind = IF_IS;
    wants(r, c, str_n(equals + 1, w.n - n - 1));
    if (n && w.p[n - 1] == '!') {
        c->kind = IF_NOT;
        n--;
    }
    return position(str_n(w.p, n), &c->e, &c->c, &end) ? 0 : edi_bad(r, N_("no element"), w);
}

/* "trip.mode=road|rail", "trip.mode!=sea" */
static int cond_writing(struct edi_reader *r, struct edi_cond *c)
{
    struct str w, field = {0}, list;

    if (!edi_word(r, &w) || !str_split(&w, '=', &field) || w.n == 0)
        return edi_bad(r, N_("a condition is missing"), field);
    list = w;
    wants(r, c, list);
    c->kind = IF_WRITING;
    c->but = field.n && field.p[field.n - 1] == '!';
    field.n -= c->but;
    return field_of(r, field, &c->slot, &c->field);
}

static int cond(struct edi_reader *r, struct str w, struct edi_cond *c)
{
    bool negated = w.p[0] == '!';
    struct str n, what = negated ? str_n(w.p + 1, w.n - 1) : w;
    int64_t bytes;
    int slot;
    uint8_t end;

    if (str_eq(w, S("any")))
        return cond_any(r, c);
    if (str_eq(w, S("writing")))
        return cond_writing(r, c);
    if (str_eq(w, S("none"))) {
        edi_word(r, &what);
        c->kind = IF_NONE;
        slot = slot_of(r, what);
        c->slot = (int8_t)slot;
        return slot < 0 ? -1 : 0;
    }
    if (str_eq(w, S("full"))) {
        c->kind = IF_FULL;
        edi_word(r, &what);
        if (!edi_word(r, &n) || !str_int(n, &bytes) || bytes < 1 || bytes > TEXT_MAX)
            return edi_bad(r, N_("a length is missing"), what);
        c->n = (uint16_t)bytes;
        return field_of(r, what, &c->slot, &c->field);
    }
    if (memchr(w.p, '=', w.n))
        return cond_compare(r, w, c);
    if (position(what, &c->e, &c->c, &end)) {
        c->kind = negated ? IF_ABSENT : IF_PRESENT;
        return 0;
    }
    c->kind = negated ? IF_NO_FIELD : IF_FIELD;
    return field_of(r, what, &c->slot, &c->field);
}

static int conds(struct edi_reader *r, struct edi_op *op)
{
    struct str w;

    while (edi_word(r, &w)) {
        if (op->conds == EDI_COND)
            return edi_bad(r, N_("too many conditions"), w);
        if (cond(r, w, &op->cond[op->conds++]) != 0)
            return -1;
    }
    if (op->conds == 0)
        return edi_bad(r, N_("a condition is missing"), r->line);
    return 0;
}

/* ---- as ---- */

static int as_codes(struct edi_reader *r, struct edi_op *op, const char *name)
{
    struct str w = str_z(name);

    if (name == NULL)
        edi_word(r, &w);
    op->codes = edi_codes_find(r->t, w);
    return op->codes ? 0 : edi_bad(r, N_("there is no such list of codes"), w);
}

static int as_unit(struct edi_reader *r, struct edi_op *op, const char *name)
{
    struct str w;

    if (!edi_word(r, &w) || source(r, w, &op->more->by) != 0)
        return r->err->code ? -1 : edi_bad(r, N_("where the unit stands is missing"), w);
    return as_codes(r, op, name);
}

/* The words behind "as"; leaves *w at the first that is none of them. */
static int as(struct edi_reader *r, struct edi_op *op)
{
    struct str w, before;
    uint8_t end;

    edi_word(r, &w);
    if (str_eq(w, S("undg"))) {
        op->as = AS_UNDG;
    } else if (str_eq(w, S("carrier"))) {
        op->as = AS_CARRIER;
    } else if (str_eq(w, S("codes"))) {
        op->as = AS_CODES;
        return as_codes(r, op, NULL);
    } else if (str_eq(w, S("weight")) || str_eq(w, S("volume"))) {
        op->as = AS_SCALED;
        return as_unit(r, op, w.p[0] == 'w' ? "weight" : "volume");
    } else if (str_eq(w, S("date"))) {
        op->as = AS_DATE;
        before = r->line;
        if (edi_word(r, &w) && w.p[0] == '"') {
            if (source(r, w, &op->more->by) != 0)
                return -1;
            before = r->line;
        } else if (w.n && position(w, &op->more->by.e, &op->more->by.c, &end)) {
            before = r->line;
        }
        r->line = before;
        if (edi_word(r, &w) && str_eq(w, S("time"))) {
            if (!edi_word(r, &w) || !position(w, &op->more->time.e, &op->more->time.c, &end))
                return edi_bad(r, N_("no element"), w);
        } else {
            r->line = before;
        }
    } else {
        return edi_bad(r, N_("there is no such conversion"), w);
    }
    return 0;
}

/* [as ...] [cut N] [when ...] */
static int ending(struct edi_reader *r, struct edi_op *op)
{
    struct str w;
    int64_t n;

    while (edi_word(r, &w)) {
        if (str_eq(w, S("when")))
            return conds(r, op);
        if (str_eq(w, S("as"))) {
            if (as(r, op) != 0)
                return -1;
        } else if (str_eq(w, S("cut"))) {
            if (!edi_word(r, &w) || !str_int(w, &n) || n < 1 || n > TEXT_MAX)
                return edi_bad(r, N_("a length is missing"), w);
            op->cut = (uint16_t)n;
        } else {
            return edi_bad(r, N_("no such word here"), w);
        }
    }
    return 0;
}

static int open_row(struct edi_reader *r, struct edi_op *op)
{
    struct str w;
    int slot;

    op->kind = OP_OPEN;
    op->of = -1;
    edi_word(r, &w);
    if ((slot = slot_of(r, w)) < 0)
        return -1;
    op->slot = (int8_t)slot;
    while (edi_word(r, &w)) {
        if (str_eq(w, S("when")))
            return conds(r, op);
        if (str_eq(w, S("in"))) {
            edi_word(r, &op->more->in);
        } else if (str_eq(w, S("of"))) {
            edi_word(r, &w);
            if ((slot = slot_of(r, w)) < 0)
                return -1;
            op->of = (int8_t)slot;
        } else {
            return edi_bad(r, N_("no such word here"), w);
        }
    }
    return 0;
}

static int let_row(struct edi_reader *r, struct edi_op *op)
{
    struct str w;
    int v;

    op->kind = OP_LET;
    edi_word(r, &w);
    if ((v = var_of(r, w)) < 0)
        return -1;
    op->var = (int8_t)v;
    if (!edi_word(r, &w) || !str_eq(w, S("=")))
        return edi_bad(r, N_("= is missing"), w);
    return sources(r, op) != 0 || ending(r, op) != 0 ? -1 : 0;
}

/* fill ELEMENT = SOURCE */
static int fill_row(struct edi_reader *r, struct edi_op *op)
{
    struct str w;
    uint8_t end;

    op->kind = OP_FILL;
    edi_word(r, &w);
    if (!position(w, &op->e, &op->c, &end))
        return edi_bad(r, N_("no element"), w);
    if (!edi_word(r, &w) || !str_eq(w, S("=")))
        return edi_bad(r, N_("= is missing"), w);
    if (!edi_word(r, &w))
        return edi_bad(r, N_("where the value comes from is missing"), w);
    op->srcs = 1;
    if (str_eq(w, S("count")))
        op->src[0].from = FROM_COUNT;
    else if (source(r, w, &op->src[0]) != 0)
        return -1;
    return ending(r, op);
}

static int set_row(struct edi_reader *r, struct edi_op *op, struct str field)
{
    struct str w = {0};
    const struct field *f;

    if (field_of(r, field, &op->slot, &op->field) != 0)
        return -1;
    f = &r->t->kind[op->slot]->field[op->field];
    op->many = (f->flags & F_MANY) != 0;
    op->number = f->type == T_INT || f->type == T_DECIMAL;
    edi_word(r, &w);
    if (str_eq(w, S("=")))
        op->kind = OP_SET;
    else if (str_eq(w, S(":=")))
        op->kind = OP_PUT;
    else if (str_eq(w, S("+=")))
        op->kind = OP_JOIN;
    else
        return edi_bad(r, N_("= is missing"), w);
    return sources(r, op) != 0 || ending(r, op) != 0 ? -1 : 0;
}

int edi_statement(struct edi_reader *r)
{
    struct edi_op *op = arena_alloc(r->t->arena, sizeof *op);
    struct str w;
    int slot;

    edi_word(r, &w);
    op->src = arena_alloc(r->t->arena, EDI_SRC * sizeof *op->src);
    op->cond = arena_alloc(r->t->arena, EDI_COND * sizeof *op->cond);
    op->more = arena_alloc(r->t->arena, sizeof *op->more);
    *r->op = op;
    r->op = &op->next;
    if (str_eq(w, S("open")))
        return open_row(r, op);
    if (str_eq(w, S("let")))
        return let_row(r, op);
    if (str_eq(w, S("fill")))
        return fill_row(r, op);
    if (str_eq(w, S("seal"))) {
        op->kind = OP_SEAL;
        edi_word(r, &w);
        slot = slot_of(r, w);
        op->slot = (int8_t)slot;
        return slot < 0 ? -1 : 0;
    }
    return set_row(r, op, w);
}
