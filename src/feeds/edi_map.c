/*
 * edi_map.c: map rows at work: values of a segment into the open records, and records out in the order in which they
 * were opened, so that "#3" means the third one given out. A record waits until it is closed and all before it are;
 * what waits is bounded by WAITING_MAX and WAITING_BYTES: beyond, the oldest goes out as it stands.
 *
 * Text in a waiting record is a view of the window as long as the window stands still (edi_map_settle).
 */
#include "feeds/edi.h"

#include <stdlib.h>

#define WAITING_MAX   4096
#define WAITING_BYTES ((size_t)8 << 20)

static struct edi_live *live_of(struct edi_run *r, uint32_t ordinal)
{
    return ordinal >= r->first && ordinal - r->first < r->lives ? &r->live[ordinal - r->first] : NULL;
}

/* ---- out ---- */

static void send(struct edi_run *r, struct edi_live *l, uint32_t ordinal)
{
    struct edi_slot *s = &r->slot[l->slot];

    if (s->ordinal == ordinal) {
        s->r = NULL;
        s->sent = l->r->have;
    }
    if (l->r->kind == &edi_person_kind) {
        edi_pax_person(r, l);
        return;
    }
    if (r->ordinals > r->run->limits->records) {
        if (!r->refused)
            edi_fault(r, "edi.limit.records", 0, 0, (struct str){0},
                      edi_number(r, r->run->limits->records));
        r->refused = true;
        return;
    }
    if (r->m.personal)
        edi_pax_trip(r, l->r);
    schema_check(l->r, l->at, &r->faults);
    r->run->to->record(r->run->to->arg, l->r);
}

static void flush(struct edi_run *r, bool all)
{
    size_t n = 0;

    while (n < r->lives && (all || r->live[n].closed || r->lives - n > WAITING_MAX)) {
        send(r, &r->live[n], r->first + (uint32_t)n);
        n++;
    }
    if (n == 0)
        return;
    r->lives -= n;
    r->first += (uint32_t)n;
    memmove(r->live, r->live + n, r->lives * sizeof *r->live);
    if (r->lives == 0)
        arena_reset(r->arena);
}

static void close_slot(struct edi_run *r, struct edi_slot *s)
{
    struct edi_live *l = live_of(r, s->ordinal);

    if (l)
        l->closed = true;
    s->ordinal = 0;
    s->r = NULL;
}

void edi_map_group_end(struct edi_run *r, int owner)
{
    bool any = false;

    for (int i = 0; i < EDI_SLOTS; i++)
        if (r->slot[i].ordinal && r->slot[i].owner == owner) {
            close_slot(r, &r->slot[i]);
            any = true;
        }
    if (any)
        flush(r, false);
}

void edi_map_reset(struct edi_run *r)
{
    flush(r, true);
    memset(r->slot, 0, sizeof r->slot);
    memset(r->var_n, 0, sizeof r->var_n);
    r->first = 1;
    r->ordinals = 0;
}

void edi_map_settle(void *run)
{
    struct edi_run *r = run;
    const char *from = r->lex.buf, *to = r->lex.buf + r->lex.cap;

    for (size_t i = 0; i < r->lives; i++) {
        struct record *rec = r->live[i].r;
        for (uint64_t have = rec->have; have; have &= have - 1) {
            struct value *v = &rec->v[__builtin_ctzll(have)];
            if (v->s.p >= from && v->s.p < to)
                v->s = arena_copy(r->arena, v->s);
        }
    }
}

/* ---- open ---- */

static void open_record(struct edi_run *r, const struct edi_op *op)
{
    struct edi_slot *s = &r->slot[op->slot];
    const struct kind *k = r->t->tables->kind[op->slot];
    struct edi_live *l;
    int f;

    if (s->ordinal)
        close_slot(r, s);
    flush(r, false);
    if (r->lives == r->live_cap) {
        r->live_cap = r->live_cap ? r->live_cap * 2 : 64;
        r->live = xrealloc(r->live, r->live_cap * sizeof *r->live);
    }
    l = &r->live[r->lives++];
    l->r = record_new(r->arena, k);
    l->slot = op->slot;
    l->at = (struct place){.offset = r->seg.offset, .segment = r->seg.number};
    l->closed = false;
    for (int i = 0; i < EDI_JOINS; i++)
        l->join[i].field = -1;
    *s = (struct edi_slot){.r = l->r, .ordinal = ++r->ordinals, .owner = op->owner};
    l->r->head.exercise = r->m.exercise;
    for (int i = 0; i < r->t->tables->kinds; i++)
        if ((f = r->t->ref[op->slot][i]) >= 0 && r->slot[i].ordinal)
            record_int(l->r, f, r->slot[i].ordinal);
    if (op->of >= 0 && (f = r->t->parent[op->slot]) >= 0 && r->slot[op->of].ordinal)
        record_int(l->r, f, r->slot[op->of].ordinal);
}

/* ---- where values come from ---- */

static inline bool slot_has(const struct edi_slot *s, int field)
{
    return s->r ? record_has(s->r, field) : s->ordinal && (s->sent >> field & 1) != 0;
}

static inline struct str slot_text(const struct edi_slot *s, int field)
{
    return s->r ? record_get(s->r, field) : (struct str){0};
}

static struct str cut(struct str s, unsigned nth)
{
    struct str one = {0}, none = {0};

    while (nth && str_split(&s, '/', &one))
        nth--;
    return nth ? none : one;
}

static struct str piece(struct edi_run *r, const struct edi_src *s)
{
    struct str all;
    unsigned last;
    char *to;

    switch ((enum edi_source)s->from) {
    case FROM_LITERAL:
        return s->text;
    case FROM_VAR:
        return arena_copy(r->arena, str_n(r->var[s->var], r->var_n[s->var])); /* it may change first */
    case FROM_FIELD:
        return slot_text(&r->slot[s->slot], s->field);
    case FROM_COUNT: /* a writer's */
        return (struct str){0};
    case FROM_PART:
        break;
    }
    if (s->c == s->c2)
        return s->cut ? cut(edi_text(r, s->e, s->c), s->cut) : edi_text(r, s->e, s->c);
    if (s->e > r->seg.elems)
        return (struct str){0};
    last = r->seg.el[s->e + 1] - r->seg.el[s->e];
    if (last > s->c2)
        last = s->c2;
    if (last <= s->c)
        return edi_text(r, s->e, s->c);
    to = arena_alloc(r->arena, r->seg.n * 2 + 1);
    all = str_n(to, 0);
    for (unsigned c = s->c; c <= last; c++) {
        struct str t = edi_text(r, s->e, c);
        if (t.n && all.n)
            to[all.n++] = ' ';
        if (t.n)
            memcpy(to + all.n, t.p, t.n);
        all.n += t.n;
    }
    return all;
}

/* The value of a row; empty when no piece but literals has any. */
static struct str value(struct edi_run *r, const struct edi_op *op)
{
    struct str one[EDI_SRC], all;
    size_t n = 0;
    bool any = false;
    char *to;

    if (op->srcs == 1)
        return piece(r, &op->src[0]);
    for (int i = 0; i < op->srcs; i++) {
        one[i] = piece(r, &op->src[i]);
        n += one[i].n;
        any |= one[i].n && op->src[i].from != FROM_LITERAL;
    }
    if (!any)
        return (struct str){0};
    to = arena_alloc(r->arena, n + 1);
    all = str_n(to, 0);
    for (int i = 0; i < op->srcs; i++)
        if (one[i].n) {
            memcpy(to + all.n, one[i].p, one[i].n);
            all.n += one[i].n;
        }
    return all;
}

static inline bool wanted(const struct edi_cond *c, struct str s)
{
    for (int i = 0; i < c->wants; i++) {
        struct str w = c->want[i];
        bool prefix = w.n && w.p[w.n - 1] == '*';

        w.n -= prefix;
        if ((prefix ? s.n >= w.n : s.n == w.n) &&
            (w.n == 0 || (*w.p == *s.p && memcmp(w.p, s.p, w.n) == 0)))
            return true;
    }
    return false;
}

static bool holds(struct edi_run *r, const struct edi_cond *c)
{
    switch ((enum edi_cond_kind)c->kind) {
    case IF_PRESENT:
        return edi_part(&r->seg, c->e, c->c).n > 0;
    case IF_ABSENT:
        return edi_part(&r->seg, c->e, c->c).n == 0;
    case IF_ANY:
        for (size_t i = 0; i < c->values.n; i++)
            if (edi_part(&r->seg, (unsigned)c->values.p[i], 1).n)
                return true;
        return false;
    case IF_IS:
        return wanted(c, edi_part(&r->seg, c->e, c->c));
    case IF_NOT:
        return !wanted(c, edi_part(&r->seg, c->e, c->c));
    case IF_FIELD:
        return slot_has(&r->slot[c->slot], c->field);
    case IF_NO_FIELD:
        return !slot_has(&r->slot[c->slot], c->field);
    case IF_FULL:
        return slot_text(&r->slot[c->slot], c->field).n == c->n;
    case IF_NONE:
        return r->slot[c->slot].ordinal == 0;
    case IF_WRITING:
        return true;
    }
    return false;
}

/* ---- values into fields ---- */

/* Where the value stands, for faults: the first piece that is an element. */
static void fault_value(struct edi_run *r, const char *code, const struct edi_op *op, struct str found,
                        struct str expected)
{
    unsigned e = 0, c = 0;

    for (int i = op->srcs - 1; i >= 0; i--)
        if (op->src[i].from == FROM_PART) {
            e = op->src[i].e;
            c = op->src[i].c;
        }
    edi_fault(r, code, e, c, found, expected);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The airline in front of a flight number: two letters or digits (IATA), or three letters (ICAO). */
static struct str carrier(struct str s)
{
    size_t letters = 0;

    while (letters < s.n && letters < 3 && letter(s.p[letters]))
        letters++;
    if (letters == 3)
        return str_n(s.p, s.n > 3 && digit(s.p[3]) ? 3 : 0);
    if (s.n > 2 && letters > 0 && digit(s.p[2]) && (letters == 2 || digit(s.p[1])))
        return str_n(s.p, 2);
    return str_n(s.p, s.n > 2 && digit(s.p[0]) && letter(s.p[1]) ? 2 : 0);
}

/* Text of the value as the field wants it; false when there is none (a fault has been put where that is wrong). */
static bool convert(struct edi_run *r, const struct edi_op *op, struct str *s)
{
    struct str time = {0}, format = {0}, to;
    bool short_year = false;
    char date[20];
    size_t n;

    switch ((enum edi_transform)op->as) {
    case AS_TEXT:
    case AS_SCALED:
        return true;
    case AS_CODES:
        if (edi_codes_get(op->codes, str_trim(*s), &to)) {
            *s = to;
            return true;
        }
        fault_value(r, "edi.code.unknown", op, *s, op->codes->name);
        return false;
    case AS_UNDG:
        *s = str_trim(*s);
        if (s->n == 6 && memcmp(s->p, "UN", 2) == 0)
            *s = str_n(s->p + 2, 4);
        return s->n > 0;
    case AS_CARRIER:
        *s = carrier(str_trim(*s));
        return s->n > 0;
    case AS_DATE:
        if (op->more->by.e)
            format = edi_part(&r->seg, op->more->by.e, op->more->by.c);
        else if (op->more->by.from == FROM_LITERAL)
            format = op->more->by.text;
        if (op->more->time.e)
            time = edi_part(&r->seg, op->more->time.e, op->more->time.c);
        n = edi_date(*s, format, time, date, &short_year);
        if (n == 0 && format.n)
            fault_value(r, "edi.element.date", op, *s, format);
        if (n && short_year)
            edi_tolerate(r, "two-digit-year");
        *s = arena_copy(r->arena, str_n(date, n));
        return n > 0;
    }
    return false;
}

static void set_number(struct edi_run *r, struct record *to, const struct edi_op *op, struct str s)
{
    const struct field *f = &to->kind->field[op->field];
    int64_t v, nano;
    struct str factor, unit;

    if (r->lex.d.mark == '\0' && memchr(s.p, ',', s.n)) { /* X12 has no decimal comma: 12,500 is not 12.5 */
        if (!r->number_said)
            fault_value(r, "edi.element.number", op, s, S("0-9"));
        return;
    }
    if (op->as == AS_SCALED) {
        unit = str_trim(piece(r, &op->more->by));
        if (!edi_codes_get(op->codes, unit, &factor) || !edi_decimal(factor, 9, &nano)) {
            fault_value(r, "edi.unit.unknown", op, unit, op->codes->name);
            return;
        }
        if (edi_scaled(s, nano, f->scale, &v))
            record_int(to, op->field, v);
        else if (!r->number_said)
            fault_value(r, "edi.element.number", op, s, S("0-9"));
    } else if (edi_decimal(s, f->type == T_DECIMAL ? f->scale : 0, &v)) {
        record_int(to, op->field, v);
    } else if (!r->number_said) {
        fault_value(r, "edi.element.number", op, s, S("0-9"));
    }
}

static struct edi_join *join_of(struct edi_live *l, int field)
{
    struct edi_join *j = l->join, *end = l->join + EDI_JOINS - 1;

    while (j < end && j->field != field && j->field >= 0)
        j++;
    if (j->field != field)
        *j = (struct edi_join){.field = field};
    return j;
}

/* Where text is to be joined to a record that is still here. */
static struct edi_join *join_in(struct edi_run *r, const struct edi_slot *s, int field)
{
    return join_of(live_of(r, s->ordinal), field);
}

/* More text behind what is there, with `between` when it has any. Grows in place where it can. */
static void join(struct edi_run *r, const struct edi_slot *slot, int field, struct str more,
                 const char *between)
{
    struct edi_join *j = join_in(r, slot, field);
    struct value *v = &slot->r->v[field];
    size_t gap = strlen(between), n = v->s.n + gap + more.n;
    char *to = (char *)(uintptr_t)v->s.p;

    if (n > j->cap) {
        j->cap = n * 2 < 128 ? 128 : n * 2;
        to = arena_alloc(r->arena, j->cap);
        memcpy(to, v->s.p, v->s.n);
        v->s.p = to;
    }
    memcpy(to + v->s.n, between, gap);
    memcpy(to + v->s.n + gap, more.p, more.n);
    v->s.n = n;
}

/* Whether the record that a row writes to is still here. */
static inline bool here(struct edi_run *r, const struct edi_op *op, struct str s)
{
    if (r->slot[op->slot].r == NULL)
        fault_value(r, "edi.map.late", op, s, (struct str){0});
    return r->slot[op->slot].r != NULL;
}

/* raw: how long the piece was before anything was decoded or trimmed. */
static void join_text(struct edi_run *r, const struct edi_op *op, struct str s, size_t raw)
{
    const struct edi_slot *slot = &r->slot[op->slot];
    const struct field *f;
    struct edi_join *j;
    struct str old;
    size_t max;

    if (s.n == 0 || !here(r, op, s))
        return;
    f = &slot->r->kind->field[op->field];
    j = join_in(r, slot, op->field);
    old = record_get(slot->r, op->field);
    max = f->max ? f->max : TEXT_MAX;
    if (old.n + s.n + 1 > max)
        fault_value(r, "edi.text.long", op, s, edi_number(r, max));
    else if (old.n)
        join(r, slot, op->field, s, op->cut && j->piece >= op->cut ? "" : " ");
    else
        record_text(slot->r, op->field, s);
    j->piece = raw; /* senders cut before they escape, or after: the longer way to count */
}

static inline void set_text(struct edi_run *r, const struct edi_op *op, struct str s)
{
    const struct edi_slot *slot = &r->slot[op->slot];

    s = str_trim(s);
    if (s.n == 0)
        return;
    if (op->many && record_has(slot->r, op->field))
        join(r, slot, op->field, s, "\n");
    else
        record_text(slot->r, op->field, s);
}

static inline void set_field(struct edi_run *r, const struct edi_op *op)
{
    const struct edi_slot *slot = &r->slot[op->slot];
    struct str s;

    if (op->kind == OP_SET && !op->many && slot_has(slot, op->field))
        return;
    s = op->c ? edi_text(r, op->e, op->c) : value(r, op);
    if (s.n == 0 || (op->as != AS_TEXT && !convert(r, op, &s)) || !here(r, op, s))
        return;
    if (op->number)
        set_number(r, slot->r, op, s);
    else
        set_text(r, op, s);
}

/* Each component is a piece of its own. */
static void join_field(struct edi_run *r, const struct edi_op *op)
{
    struct str s;
    unsigned c, last;

    if (op->e == 0) {
        s = value(r, op);
        join_text(r, op, s, s.n);
        return;
    }
    last = r->seg.el[op->e + 1] - r->seg.el[op->e];
    if (last > op->src[0].c2)
        last = op->src[0].c2;
    for (c = op->src[0].c; c <= last; c++)
        join_text(r, op, edi_text(r, op->e, c), edi_part(&r->seg, op->e, c).n);
}

static void let(struct edi_run *r, const struct edi_op *op)
{
    struct str s = str_trim(value(r, op));
    size_t n = s.n < EDI_VAR ? s.n : EDI_VAR;

    while (n && n < s.n && !str_utf8(str_n(s.p, n)))
        n--;
    if (n)
        memcpy(r->var[op->var], s.p, n);
    r->var_n[op->var] = (uint8_t)n;
}

static inline void run_op(struct edi_run *r, const struct edi_op *op)
{
    for (int i = 0; i < op->conds; i++)
        if (!holds(r, &op->cond[i]))
            return;
    switch ((enum edi_op_kind)op->kind) {
    case OP_OPEN:
        open_record(r, op);
        break;
    case OP_SEAL:
        if (r->slot[op->slot].ordinal && live_of(r, r->slot[op->slot].ordinal))
            live_of(r, r->slot[op->slot].ordinal)->closed = true;
        break;
    case OP_SET:
    case OP_PUT:
        if (r->slot[op->slot].ordinal) /* else: a row for another use of this place */
            set_field(r, op);
        break;
    case OP_JOIN:
        if (r->slot[op->slot].ordinal)
            join_field(r, op);
        break;
    case OP_LET:
        let(r, op);
        break;
    case OP_FILL: /* a writer's */
        break;
    }
}

/* Whether the element that a row is about has anything in it. */
static inline bool filled(const struct edi_seg *s, const struct edi_op *op)
{
    return op->c ? edi_part(s, op->e, op->c).n > 0
                 : op->e <= s->elems && s->at[s->el[op->e + 1]] - s->at[s->el[op->e]] > 1;
}

void edi_map(struct edi_run *r, const struct edi_row *row)
{
    if (arena_used(r->arena) > WAITING_BYTES)
        flush(r, true);
    for (const struct edi_op *op = row->op, *end = op + row->ops; op < end; op++)
        if ((op->e == 0 || filled(&r->seg, op)) && (!op->identity || r->run->to->person))
            run_op(r, op);
}
