/*
 * edi_table_profile.c: the profile blocks of the tables: for whom and from when, which rows are added, removed, let come
 * more often, and which faults are tolerated, reject, or weigh otherwise. The format stands at the top of edi_table.c.
 */
#include "feeds/edi.h"

int edi_block_profile(struct edi_reader *r)
{
    struct edi_profile *p = arena_alloc(r->t->arena, sizeof *p);
    struct str w;

    p->syntax = r->syntax;
    if (!edi_word(r, &p->name) || !edi_word(r, &w) || !str_eq(w, S("of")) || !edi_word(r, &p->type))
        return edi_bad(r, N_("a profile reads: profile NAME of TYPE"), p->name);
    if (edi_word(r, &w) && edi_read_versions(r, w, &p->versions) != 0)
        return -1;
    p->next = r->t->profile;
    r->t->profile = r->profile = p;
    return 0;
}

static int profile_when(struct edi_reader *r)
{
    static const char *const names[] = {"sender", "receiver", "date", "untyped"};
    struct edi_when *w = arena_alloc(r->t->arena, sizeof *w);
    struct str what;

    edi_word(r, &what);
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(what, str_z(names[i])))
            w->what = (uint8_t)names[i][0];
    if (!w->what || (w->what != 'u' && !edi_word(r, &w->glob)))
        return edi_bad(r, N_("no condition of a profile"), what);
    w->next = r->profile->when;
    r->profile->when = w;
    return 0;
}

static int profile_treat(struct edi_reader *r, enum edi_treat_kind kind)
{
    static const char *const names[] = {"note", "warning", "error"};
    struct edi_treat *t = arena_alloc(r->t->arena, sizeof *t);
    struct str code, severity = {0};

    t->kind = kind;
    edi_word(r, &code);
    for (const struct fault_def *d = schema_faults; d->code; d++)
        if (str_eq(code, str_z(d->code)))
            t->def = d;
    if (!t->def)
        return edi_bad(r, N_("there is no such fault"), code);
    if (kind == TREAT_SEVERITY) {
        size_t i = 0;
        edi_word(r, &severity);
        while (i < COUNT(names) && !str_eq(severity, str_z(names[i])))
            i++;
        if (i == COUNT(names))
            return edi_bad(r, N_("a severity is note, warning or error"), severity);
        t->severity = (enum severity)i;
    }
    t->next = r->profile->treat;
    r->profile->treat = t;
    return 0;
}

static int profile_change(struct edi_reader *r, enum edi_change_kind kind)
{
    struct edi_change *c = arena_alloc(r->t->arena, sizeof *c), **end = &r->profile->change;
    struct str w;

    c->kind = kind;
    edi_word(r, &w);
    if (kind == CHANGE_ADD) {
        if (edi_read_tag(r, w, &c->tag) != 0)
            return -1;
    } else {
        c->path = w;
    }
    if (kind != CHANGE_REMOVE && kind != CHANGE_LOOSEN &&
        (!edi_word(r, &w) || edi_read_counts(r, w, &c->min, &c->max) != 0))
        return r->err->code ? -1 : edi_bad(r, N_("a number of times is missing"), w);
    if (kind == CHANGE_ADD) {
        edi_word(r, &w);
        c->below = str_eq(w, S("below"));
        if ((!c->below && !str_eq(w, S("after"))) || !edi_word(r, &c->path))
            return edi_bad(r, N_("a segment is added after or below a place"), w);
    }
    while (*end)
        end = &(*end)->next;
    *end = c;
    return 0;
}

static int profile_unused(struct edi_reader *r)
{
    struct edi_unused *u = arena_alloc(r->t->arena, sizeof *u);
    struct str tag, e;
    int64_t n;

    edi_word(r, &tag);
    if (edi_read_tag(r, tag, &u->tag) != 0)
        return -1;
    if (!edi_word(r, &e) || !str_int(e, &n) || n < 1 || n > 31)
        return edi_bad(r, N_("no element"), e);
    u->e = (uint8_t)n;
    u->next = r->profile->unused;
    r->profile->unused = u;
    return 0;
}

int edi_profile_row(struct edi_reader *r)
{
    struct str w, rest = r->line;

    edi_word(r, &w);
    if (str_eq(w, S("valid"))) {
        edi_word(r, &w);
        return edi_read_range(w, &r->profile->from, &r->profile->until)
                   ? 0
                   : edi_bad(r, N_("no range of dates"), w);
    }
    if (str_eq(w, S("when")))
        return profile_when(r);
    if (str_eq(w, S("add")))
        return profile_change(r, CHANGE_ADD);
    if (str_eq(w, S("remove")))
        return profile_change(r, CHANGE_REMOVE);
    if (str_eq(w, S("loosen")))
        return profile_change(r, CHANGE_LOOSEN);
    if (str_eq(w, S("occurs")))
        return profile_change(r, CHANGE_OCCURS);
    if (str_eq(w, S("tolerate")))
        return profile_treat(r, TREAT_TOLERATE);
    if (str_eq(w, S("reject")))
        return profile_treat(r, TREAT_REJECT);
    if (str_eq(w, S("severity")))
        return profile_treat(r, TREAT_SEVERITY);
    if (str_eq(w, S("unused")))
        return profile_unused(r);
    if (str_eq(w, S("group"))) {
        r->profile->group = true;
        return 0;
    }
    if (str_eq(w, S("needs"))) {
        r->profile->has_needs = true;
        r->profile->needs = str_trim(r->line);
        return 0;
    }
    return edi_bad(r, N_("no such row"), rest);
}
