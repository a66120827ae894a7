/*
 * profiles.c: the profiles as a user sees them: which there are, from when on they hold, and each row in words. How they
 * are written stands at the top of edi_table.c and, for users, in docs/profiles.md.
 */
#include "feeds/edi.h"

#include <stdio.h>

#define PROFILES_MAX 256 /* told of; a table may have more */

struct feeds_profiles {
    struct arena *arena;
    const struct edi_tables *tables; /* the last one added; the others hang below */
    struct feeds_profile all[PROFILES_MAX];
    size_t n;
};

static struct str versions(struct arena *a, enum edi_syntax syntax, const struct edi_versions *v)
{
    char end[2][16] = {"", ""};
    const uint32_t of[2] = {v->from, v->until};

    if (!v->from && !v->until)
        return (struct str){0};
    for (int i = 0; i < 2; i++)
        if (of[i] && syntax == SYNTAX_X12)
            snprintf(end[i], sizeof end[i], "%06u", of[i]);
        else if (of[i])
            snprintf(end[i], sizeof end[i], "D.%02u%c", of[i] / 256 % 100, (char)(of[i] % 256));
    return arena_fmt(a, "%s..%s", end[0], end[1]);
}

static size_t rows_of(const struct edi_profile *p)
{
    size_t n = p->has_needs;

    for (const struct edi_when *w = p->when; w; w = w->next)
        n++;
    for (const struct edi_change *c = p->change; c; c = c->next)
        n++;
    for (const struct edi_treat *t = p->treat; t; t = t->next)
        n++;
    for (const struct edi_unused *u = p->unused; u; u = u->next)
        n++;
    for (const struct edi_at *at = p->at; at; at = at->next)
        n++;
    return n;
}

/* The profiles of one table text; before those that are there. */
static void take(struct feeds_profiles *p, const struct edi_tables *t, struct str source)
{
    size_t n = 0;

    for (const struct edi_profile *x = t->profile; x && p->n + n < PROFILES_MAX; x = x->next)
        n++;
    memmove(p->all + n, p->all, p->n * sizeof *p->all);
    p->n += n;
    n = 0;
    for (const struct edi_profile *x = t->profile; x && n < PROFILES_MAX; x = x->next)
        p->all[n++] = (struct feeds_profile){.name = x->name,
                                             .message = x->type,
                                             .syntax = x->syntax == SYNTAX_X12 ? S("x12") : S("edifact"),
                                             .versions = versions(p->arena, x->syntax, &x->versions),
                                             .from = x->from,
                                             .until = x->until,
                                             .source = source,
                                             .rows = rows_of(x),
                                             .row = x};
}

struct feeds_profiles *feeds_profiles_new(struct arena *a)
{
    struct feeds_profiles *p = arena_alloc(a, sizeof *p);
    const struct edi_tables *deep[16];
    size_t n = 0;

    p->arena = a;
    p->tables = edi_tables_builtin();
    for (const struct edi_tables *t = p->tables; t && n < COUNT(deep); t = t->base)
        deep[n++] = t;
    while (n)
        take(p, deep[--n], (struct str){0});
    return p;
}

int feeds_profiles_add(struct feeds_profiles *p, struct str text, const char *name, struct err *e)
{
    const struct edi_tables *t = edi_tables_parse(p->arena, p->tables, text, name, e);

    if (!t)
        return -1;
    p->tables = t;
    take(p, t, arena_copy(p->arena, str_z(name)));
    return 0;
}

size_t feeds_profiles_count(const struct feeds_profiles *p)
{
    return p->n;
}

const struct feeds_profile *feeds_profiles_nth(const struct feeds_profiles *p, size_t i)
{
    return i < p->n ? &p->all[i] : NULL;
}

const struct feeds_profile *feeds_profile_find(const struct feeds_profiles *p, struct str name)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->all[i].name, name))
            return &p->all[i];
    return NULL;
}

/* ---- in words ---- */

struct telling {
    struct arena *a;
    enum lang lang;
    void (*put)(void *arg, struct str sentence);
    void *arg;
};

static void when(struct telling *t, const struct edi_when *w)
{
    const char *fmt = w->what == 's'   ? N_("Only for the sender %.*s.")
                      : w->what == 'r' ? N_("Only for the receiver %.*s.")
                      : w->what == 'u' ? N_("Only for messages that do not name their type.")
                                       : N_("Only for interchanges of the date %.*s.");

    if (w->what == 'u')
        t->put(t->arg, str_z(tr(t->lang, fmt)));
    else
        t->put(t->arg, arena_fmt(t->a, tr(t->lang, fmt), STR_ARG(w->glob)));
}

static const char *tag_text(uint32_t tag, char to[5])
{
    size_t n = 0;

    for (int shift = 24; shift >= 0; shift -= 8)
        if ((char)(tag >> shift) != ' ')
            to[n++] = (char)(tag >> shift);
    to[n] = '\0';
    return to;
}

static void change(struct telling *t, const struct edi_change *c)
{
    char tag[5];

    switch (c->kind) {
    case CHANGE_ADD:
        t->put(t->arg,
               arena_fmt(t->a,
                         tr(t->lang, c->below ? N_("Below %.*s the segment %s may stand, %u to %u times.")
                                              : N_("After %.*s the segment %s may stand, %u to %u times.")),
                         STR_ARG(c->path), tag_text(c->tag, tag), c->min, c->max));
        break;
    case CHANGE_REMOVE:
        t->put(t->arg,
               arena_fmt(t->a, tr(t->lang, N_("The segment %.*s may not stand.")), STR_ARG(c->path)));
        break;
    case CHANGE_LOOSEN:
        t->put(t->arg, arena_fmt(t->a, tr(t->lang, N_("No element of the segment %.*s is mandatory.")),
                                 STR_ARG(c->path)));
        break;
    case CHANGE_OCCURS:
        t->put(t->arg, arena_fmt(t->a, tr(t->lang, N_("The segment %.*s may stand %u to %u times.")),
                                 STR_ARG(c->path), c->min, c->max));
        break;
    }
}

static void treat(struct telling *t, const struct edi_treat *x)
{
    static const char *const weighs[] = {N_("The fault %s is only noted: %s"),
                                         N_("The fault %s is a warning: %s"),
                                         N_("The fault %s is an error: %s")};
    const char *fmt = NULL;

    switch (x->kind) {
    case TREAT_TOLERATE:
        fmt = N_("The fault %s is tolerated: %s");
        break;
    case TREAT_REJECT:
        fmt = N_("The fault %s rejects the message: %s");
        break;
    case TREAT_SEVERITY:
        fmt = weighs[x->severity];
        break;
    }
    t->put(t->arg, arena_fmt(t->a, tr(t->lang, fmt), x->def->code, tr(t->lang, x->def->message)));
}

void feeds_profile_words(const struct feeds_profiles *p, const struct feeds_profile *one, enum lang lang,
                         void (*put)(void *arg, struct str sentence), void *arg)
{
    struct telling t = {.a = p->arena, .lang = lang, .put = put, .arg = arg};
    const struct edi_profile *x = one->row;

    for (const struct edi_when *w = x->when; w; w = w->next)
        when(&t, w);
    if (x->has_needs)
        put(arg, arena_fmt(t.a, tr(lang, N_("Without one of these the message is refused: %.*s.")),
                           STR_ARG(x->needs)));
    for (const struct edi_change *c = x->change; c; c = c->next)
        change(&t, c);
    for (const struct edi_treat *y = x->treat; y; y = y->next)
        treat(&t, y);
    for (const struct edi_unused *u = x->unused; u; u = u->next) {
        char tag[5];
        put(arg, arena_fmt(t.a, tr(lang, N_("Element %u of the segment %s is to be left out.")), u->e,
                           tag_text(u->tag, tag)));
    }
    for (const struct edi_at *at = x->at; at; at = at->next)
        put(arg, arena_fmt(t.a, tr(lang, N_("What %.*s says becomes a record in the partner's own way.")),
                           STR_ARG(at->path)));
}
