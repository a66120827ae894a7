/*
 * edi_write_value.c: a field's value as an element has it: the reader's conversions (edi_value.c, edi_map.c) backwards.
 */
#include "feeds/edi_write.h"

const struct edi_elem *edi_elem_at(const struct edi_segdef *def, unsigned e, unsigned c)
{
    unsigned pos = 1;

    if (def == NULL)
        return NULL;
    for (unsigned i = 0; i < def->elems; i += def->elem[i].parts, pos++) {
        const struct edi_elem *x = &def->elem[i];
        if (pos == e) /* a composite has a row of its own before its components */
            return x->composite ? (c < x->parts ? x + c : NULL) : c == 1 ? x : NULL;
    }
    return NULL;
}

struct str edi_field_text(struct edi_writer *w, const struct record *r, int field, size_t at)
{
    const struct field *f = &r->kind->field[field];
    struct str s, one;

    if (f->type == T_INT || f->type == T_DECIMAL)
        return schema_text(w->arena, r, field);
    s = record_get(r, field);
    if (!(f->flags & F_MANY))
        return s;
    s = at < s.n ? str_n(s.p + at, s.n - at) : (struct str){0};
    return s.n && str_split(&s, '\n', &one) ? one : (struct str){0};
}

size_t edi_characters(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((uint8_t)s.p[i] & 0xc0) != 0x80;
    return n;
}

bool edi_codes_back(const struct edi_codes *l, struct str word, const struct edi_elem *e, struct str *code)
{
    for (size_t i = 0; i < l->n; i++) {
        struct str from = l->pair[i][0];
        if (!str_eq(l->pair[i][1], word) || str_eq(from, S("*")))
            continue;
        if (e && (from.n < e->min || from.n > e->max))
            continue;
        *code = from;
        return true;
    }
    return false;
}

bool edi_date_back(struct edi_writer *w, struct str s, struct str date[3])
{
    struct str digits;
    char *to = arena_alloc(w->arena, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n && i < 19; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            to[n++] = s.p[i];
    digits = str_n(to, n);
    if (n != 8 && n != 12 && n != 14)
        return false;
    date[0] = str_n(digits.p, 8);
    date[1] = n == 8 ? S("102") : n == 12 ? S("203") : S("204");
    date[2] = str_n(digits.p + 8, n - 8);
    return true;
}

/* Bytes of the first `most` characters. */
static size_t bytes_of(struct str s, size_t most)
{
    size_t i = 0;

    while (i < s.n && (most || ((uint8_t)s.p[i] & 0xc0) == 0x80)) {
        most -= ((uint8_t)s.p[i] & 0xc0) != 0x80;
        i++;
    }
    return i;
}

/* Bytes as they go out, releases counted: that is how a reader tells whether a piece was cut. */
static size_t raw(const struct edi_writer *w, struct str s)
{
    size_t n = s.n;

    for (size_t i = 0; w->d.rel && i < s.n; i++)
        n += s.p[i] == w->d.rel || s.p[i] == w->d.elem || s.p[i] == w->d.comp || s.p[i] == w->d.term;
    return n;
}

struct str edi_piece(const struct edi_writer *w, struct str rest, size_t most, unsigned cut, size_t *take)
{
    size_t n;

    if (cut > 1 && most > cut)
        most = cut;
    *take = n = bytes_of(rest, most);
    if (n == rest.n)
        return rest;
    /* A reader joins without a blank when the piece was so long that it must have been cut. */
    if (cut && n >= cut && rest.p[n - 1] != ' ')
        return str_n(rest.p, n);
    if (cut == 1) {
        while (n && rest.p[n - 1] == ' ')
            n--;
        *take = n;
        return str_n(rest.p, n);
    }
    /* Else with one: so it must be broken at one. */
    for (; n; n--)
        if (rest.p[n] == ' ' && rest.p[n - 1] != ' ' && (!cut || raw(w, str_n(rest.p, n)) < cut))
            break;
    *take = n ? n + 1 : 0;
    return str_n(rest.p, n);
}
