/*
 * edi_check.c: the elements of one segment against its directory row: present where mandatory, as long and of the
 * type that the row says, no more of them than it knows, and X12's conditions between them.
 */
#include "feeds/edi.h"

/* Characters in a part: escapes count once, UTF-8 sequences count once. */
static size_t characters(const struct edi_run *r, struct str s, uint8_t flags)
{
    size_t n = 0;

    if ((flags & (PART_ESCAPED | PART_HIGH)) == 0)
        return s.n;
    for (size_t i = 0; i < s.n; i++) {
        if (r->lex.d.rel && s.p[i] == r->lex.d.rel && i + 1 < s.n)
            i++;
        n += ((uint8_t)s.p[i] & 0xc0) != 0x80;
    }
    return n;
}

/* comma: whether one may be the decimal mark. Not in X12: there "12,500" is thousands that somebody wrote out. */
static bool numeric(struct str s, bool comma)
{
    bool any = false, mark = false;
    size_t i = 0;

    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    any = i > 0;
    for (; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9')
            any = true;
        else if ((c == '.' || (c == ',' && comma)) && !mark)
            mark = true;
        else if (!((c == '-' || c == '+') && i == 0))
            return false;
    }
    return any;
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

static void check_date(struct edi_run *r, const struct edi_elem *e, unsigned pos, unsigned comp,
                       struct str s)
{
    struct str t = str_trim(s);
    char out[20];
    bool short_year = false;

    if (edi_date(t, (struct str){0}, (struct str){0}, out, &short_year) == 0)
        edi_fault(r, "edi.element.date", pos, comp, s, S("CCYYMMDD"));
    else if (t.n < e->min || t.n != s.n)
        edi_fault(r, "edi.element.date-form", pos, comp, s, S("CCYYMMDD"));
}

static void check_time(struct edi_run *r, unsigned pos, unsigned comp, struct str s)
{
    struct str t = str_trim(s);
    bool fine = all_digits(t) && t.n >= 4 && t.n <= 8;

    if (fine)
        fine = (t.p[0] - '0') * 10 + t.p[1] - '0' < 24 && t.p[2] < '6' && (t.n < 6 || t.p[4] < '6');
    if (!fine)
        edi_fault(r, "edi.element.time", pos, comp, s, S("HHMM"));
}

static void check_length(struct edi_run *r, const struct edi_elem *e, unsigned pos, unsigned comp,
                         struct str s)
{
    size_t n = characters(r, s, r->seg.odd ? r->seg.flag[r->seg.el[pos] + comp - 1] : 0);

    if (e->type == TYPE_N || e->type == TYPE_R) { /* sign and decimal mark do not count */
        struct str t = str_trim(s);
        n = t.n;
        for (size_t i = 0; i < t.n; i++)
            n -= t.p[i] == '-' || t.p[i] == '.' || t.p[i] == ',' || t.p[i] == '+';
    }
    if (n > e->max)
        edi_fault(r, "edi.element.long", pos, comp, s, edi_number(r, e->max));
    else if (n < e->min)
        edi_fault(r, "edi.element.short", pos, comp, s, edi_number(r, e->min));
}

static void check_part(struct edi_run *r, const struct edi_elem *e, unsigned pos, unsigned comp,
                       struct str s)
{
    switch ((enum edi_type)e->type) {
    case TYPE_N:
    case TYPE_R:
        if (!numeric(str_trim(s), r->lex.d.mark != '\0')) {
            edi_fault(r, "edi.element.number", pos, comp, s, S("0-9"));
            r->number_said = true;
            return;
        }
        break;
    case TYPE_DATE:
        check_date(r, e, pos, comp, s);
        return;
    case TYPE_TIME:
        check_time(r, pos, comp, s);
        return;
    case TYPE_AN:
    case TYPE_A:
    case TYPE_ID:
        break;
    }
    if (s.n > e->max || s.n < e->min)
        check_length(r, e, pos, comp, s);
}

/* Most are text within its length: nothing to say. */
static inline bool text_fits(const struct edi_elem *e, size_t n)
{
    return e->text && n >= e->min && n <= e->max;
}

/* Out of line, so that the loop that passes over the others has the registers. */
/* The components of one element, `e` being its row (a composite's own, or the simple element's). */
__attribute__((noinline)) static void check_element(struct edi_run *r, const struct edi_elem *e,
                                                    unsigned pos)
{
    struct edi_seg *s = &r->seg;
    uint32_t from = s->el[pos], parts = s->el[pos + 1] - from, known = e->parts;
    const struct edi_elem *part = e->composite ? e + 1 : e;

    if (e->composite)
        known--;
    for (uint32_t i = 0; i < parts; i++) {
        struct str v = str_n(s->p + s->at[from + i], s->at[from + i + 1] - s->at[from + i] - 1);
        if (s->odd && s->flag[from + i] & PART_REP) {
            if (e->repeat < 2)
                edi_fault(r, "edi.element.repeat", pos, i + 1, v, S("1"));
            return; /* what repeats is not read further: nothing in our tables does */
        }
        if (i >= known) {
            if (v.n)
                edi_fault(r, "edi.component.extra", pos, i + 1, v, edi_number(r, known));
        } else if (v.n) {
            if (!text_fits(&part[i], v.n))
                check_part(r, part + i, pos, e->composite ? i + 1 : 1, v);
        } else if (part[i].must && parts > 1) {
            edi_fault(r, "edi.component.missing", pos, i + 1, v, (struct str){0});
        }
    }
}

static inline bool present(const struct edi_run *r, unsigned e)
{
    const struct edi_seg *s = &r->seg;
    return e <= s->elems && s->at[s->el[e + 1]] - s->at[s->el[e]] > 1;
}

static inline bool holds(const struct edi_condition *c, uint64_t filled)
{
    uint64_t has = filled & c->all;

    if (c->kind == 'P')
        return has == 0 || has == c->all;
    if (c->kind == 'R')
        return has != 0;
    if (c->kind == 'C')
        return (has & c->first) == 0 || has == c->all;
    if (c->kind == 'E')
        return (has & (has - 1)) == 0;
    return (has & c->first) == 0 || has != c->first;
}

static void fault_condition(struct edi_run *r, const struct edi_condition *c)
{
    char name[20];
    size_t at = 0;

    name[at++] = c->kind;
    for (unsigned i = 0; i < c->n; i++) {
        name[at++] = (char)('0' + c->e[i] / 10);
        name[at++] = (char)('0' + c->e[i] % 10);
    }
    edi_fault(r, "edi.element.condition", c->e[0], 0, (struct str){0}, str_n(name, at));
}

void edi_check(struct edi_run *r, const struct edi_segdef *def)
{
    const struct edi_elem *e = def->elem, *end = def->elem + def->elems;
    const uint32_t *at = r->seg.at, *el = r->seg.el;
    const unsigned elems = r->seg.elems;
    uint64_t filled = 0;
    unsigned pos = 1;

    for (; e < end && pos <= elems; e += e->parts, pos++) {
        uint32_t first = el[pos], next = el[pos + 1], n = at[next] - at[first] - 1;
        if (n == 0) {
            if (e->must)
                edi_fault(r, "edi.element.missing", pos, 0, (struct str){0}, (struct str){0});
            continue;
        }
        filled |= UINT64_C(1) << (pos & 63); /* conditions name none beyond */
        if (next - first > 1 || !text_fits(e, n))
            check_element(r, e, pos);
    }
    for (; e < end && pos <= def->least; e += e->parts, pos++)
        if (e->must)
            edi_fault(r, "edi.element.missing", pos, 0, (struct str){0}, (struct str){0});
    for (; e >= end && pos <= elems; pos++)
        if (present(r, pos)) {
            edi_fault(r, "edi.element.extra", pos, 0, edi_part(&r->seg, pos, 1), edi_number(r, elems));
            break;
        }
    for (unsigned i = 0; i < def->conditions; i++)
        if (!holds(&def->condition[i], filled))
            fault_condition(r, &def->condition[i]);
}
