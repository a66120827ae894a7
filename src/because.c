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

/* " (21.40 bits, by names/1)"; empty for a hit without them. */
static struct str weight(struct arena *a, enum lang lang, const struct record *hit)
{
    int bits = schema_field(hit->kind, S("bits"));

    if (!record_has(hit, bits))
        return S("");
    return arena_fmt(a, tr(lang, N_(" (%.*s bits, by %.*s)")), STR_ARG(schema_text(a, hit, bits)),
                     STR_ARG(get(hit, "engine")));
}

static const char *sentence(bool name, bool repaired, bool values)
{
    if (!values && name)
        return N_("%.*s: a name like it stands in alert %.*s of list %.*s, of %.*s%.*s");
    if (!values)
        return repaired ? N_("%.*s: fails its check digit; with one sign changed it is a number in alert "
                             "%.*s of "
                             "list %.*s, of %.*s%.*s")
                        : N_("%.*s: the same number stands in alert %.*s of list %.*s, of %.*s%.*s");
    if (name)
        return N_("%.*s: “%.*s” may be “%.*s” in alert %.*s of list %.*s, of %.*s%.*s");
    return repaired
               ? N_("%.*s: “%.*s” fails its check digit; with one sign changed it is “%.*s” in alert %.*s "
                    "of list %.*s, of %.*s%.*s")
               : N_("%.*s: “%.*s” is the same number as “%.*s” in alert %.*s of list %.*s, of %.*s%.*s");
}

/* An alert's hit. `values`: with what matched; a hit that was withdrawn does not repeat it. */
static struct str of_alert(struct arena *a, enum lang lang, const struct record *hit, bool values)
{
    bool name = str_eq(get(hit, "basis"), S("name")), repaired = because_fact(hit, "repaired").n > 0;
    struct str at = where(a, lang, hit), list = get(hit, "list"), number = get(hit, "number");
    struct str date = because_fact(hit, "list_date"), bits = weight(a, lang, hit);
    struct str here = get(hit, "declared_value"), there = get(hit, "alert_value");
    const char *text;

    values = values && here.n > 0;
    text = tr(lang, sentence(name, repaired, values));
    if (!values)
        return arena_fmt(a, text, STR_ARG(at), STR_ARG(number), STR_ARG(list), STR_ARG(date),
                         STR_ARG(bits));
    return arena_fmt(a, text, STR_ARG(at), STR_ARG(here), STR_ARG(there), STR_ARG(number), STR_ARG(list),
                     STR_ARG(date), STR_ARG(bits));
}

struct str because(struct arena *a, enum lang lang, const struct record *hit, bool values)
{
    struct str basis = get(hit, "basis"), at = where(a, lang, hit);

    if (str_eq(basis, S("name")) || str_eq(basis, S("identifier")))
        return of_alert(a, lang, hit, values);
    if (str_eq(basis, S("control")))
        return arena_fmt(a, tr(lang, N_("%.*s: drawn for the control sample; nothing was raised")),
                         STR_ARG(at));
    return at;
}
