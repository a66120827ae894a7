/*
 * because.c: why a record is a hit, as one sentence in the language of whoever reads it. A hit holds facts
 * ("rules=name/1;alert_kind=alert;..."); screening makes it, and it is told wherever hits are listed.
 */
#include "puente.h"

#include <stdlib.h>

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
        return k ? str_z(tr(lang, k->label)) : get(hit, "field");
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
    bool person = str_eq(get(hit, "basis"), S("person")), repaired = because_fact(hit, "repaired").n > 0;
    bool name = str_eq(get(hit, person ? "field" : "basis"), S("name"));
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

/* "8000.000 kg"; the fact counts grams. */
static struct str kilograms(struct arena *a, struct str grams)
{
    size_t n = grams.n > 3 ? grams.n - 3 : 0;

    if (n == 0)
        return arena_fmt(a, "0.%03d kg", (int)strtol(arena_z(a, grams), NULL, 10));
    return arena_fmt(a, "%.*s.%.*s kg", (int)n, grams.p, 3, grams.p + n);
}

/* Of a rule, of goods, of a notice: what they say is no personal data. */
static struct str of_things(struct arena *a, enum lang lang, const struct record *hit, struct str at)
{
    struct str basis = get(hit, "basis"), what = get(hit, "matched"), notice = because_fact(hit, "notice");
    struct str rule = because_fact(hit, "rule"), reason = because_fact(hit, "reason");
    struct str came = kilograms(a, because_fact(hit, "arrived")),
               said = kilograms(a, because_fact(hit, "notified"));

    if (str_eq(basis, S("rule")))
        return arena_fmt(a, tr(lang, N_("%.*s: the rule “%.*s” is true of it: %.*s")), STR_ARG(at),
                         STR_ARG(rule), STR_ARG(reason));
    if (str_eq(basis, S("substance")))
        return arena_fmt(
            a, tr(lang, N_("%.*s: %.*s is a precursor of Table I, and no pre-export notice covers it")),
            STR_ARG(at), STR_ARG(what));
    if (str_eq(basis, S("notice")))
        return arena_fmt(a, tr(lang, N_("%.*s: %.*s came although notice %.*s was objected to")),
                         STR_ARG(at), STR_ARG(what), STR_ARG(notice));
    if (str_eq(basis, S("quantity")))
        return arena_fmt(
            a, tr(lang, N_("%.*s: with it %.*s of %.*s came under notice %.*s, which announced %.*s")),
            STR_ARG(at), STR_ARG(came), STR_ARG(what), STR_ARG(notice), STR_ARG(said));
    return at;
}

struct str because(struct arena *a, enum lang lang, const struct record *hit, bool values)
{
    struct str basis = get(hit, "basis"), at = where(a, lang, hit);

    if (str_eq(basis, S("name")) || str_eq(basis, S("identifier")) || str_eq(basis, S("person")))
        return of_alert(a, lang, hit, values);
    if (str_eq(basis, S("control")))
        return arena_fmt(a, tr(lang, N_("%.*s: drawn for the control sample; nothing was raised")),
                         STR_ARG(at));
    return of_things(a, lang, hit, at);
}
