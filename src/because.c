/*
 * because.c: why a record is a hit, as one sentence in the language of whoever reads it. A hit holds facts
 * ("rules=name/1;alert_kind=alert;..."); screening makes it, and it is told wherever hits are listed.
 */
#include "puente.h"

static struct str get(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

struct str because_fact(const struct record *hit, const char *name)
{
    struct str facts = get(hit, "explanation"), one, value;

    while (str_split(&facts, ';', &one))
        if (str_split(&one, '=', &value) && str_eq(value, str_z(name)))
            return one;
    return str_n(NULL, 0);
}

/* "Trip, Conveyance" in the reader's language. */
static struct str where(struct arena *a, enum lang lang, const struct record *hit)
{
    const struct kind *k = schema_kind(because_fact(hit, "subject_kind"));
    int field = k ? schema_field(k, get(hit, "field")) : -1;

    if (field < 0)
        return get(hit, "field");
    return arena_fmt(a, "%s, %s", tr(lang, k->label), tr(lang, k->field[field].label));
}

struct str because(struct arena *a, enum lang lang, const struct record *hit, bool values)
{
    bool name = str_eq(get(hit, "basis"), S("name"));
    struct str at = where(a, lang, hit), list = get(hit, "list"), number = get(hit, "number");
    struct str date = because_fact(hit, "list_date"), rules = because_fact(hit, "rules");
    struct str here = get(hit, "declared_value"), there = get(hit, "alert_value"),
               both = get(hit, "matched");
    const char *text;

    if (!values) {
        text =
            name ? N_("%.*s: the same name stands in alert %.*s of list %.*s, of %.*s (by the rules %.*s)")
                 : N_("%.*s: the same number stands in alert %.*s of list %.*s, of %.*s (by the rules "
                      "%.*s)");
        return arena_fmt(a, tr(lang, text), STR_ARG(at), STR_ARG(number), STR_ARG(list), STR_ARG(date),
                         STR_ARG(rules));
    }
    text = name ? N_("%.*s: “%.*s” is the same name as “%.*s” in alert %.*s of list %.*s, of %.*s; both "
                     "are read "
                     "as %.*s (by the rules %.*s)")
                : N_("%.*s: “%.*s” is the same number as “%.*s” in alert %.*s of list %.*s, of %.*s; both "
                     "are read "
                     "as %.*s (by the rules %.*s)");
    return arena_fmt(a, tr(lang, text), STR_ARG(at), STR_ARG(here), STR_ARG(there), STR_ARG(number),
                     STR_ARG(list), STR_ARG(date), STR_ARG(both), STR_ARG(rules));
}
