/*
 * ofac.c: remarks such as
 *   DOB 07 Dec 1962; alt. DOB 1963; POB Culiacan, Mexico; Passport A1 (Mexico) expires 1 Jan 2010;
 *   R.F.C. XAXX010101000 (Mexico); Vessel Registration Identification IMO 9183786; a.k.a. 'EL TAL'.
 * Pieces end with "; ". What is not in the table below stays in the remarks, which are kept whole.
 */
#include "feeds/ofac.h"

#include "base/clock.h"

#define REMARKS_CUT 1000 /* bytes in the published column */
#define BIRTH_MAX   64   /* bytes of alert.birth_date */

static const struct {
    const char *word, *scheme;
} identifiers[] = {
    {"Passport ", "passport"},
    {"Vessel Registration Identification IMO ", "imo"},
    {"Identification Number IMO ", "other"}, /* a company's IMO number, not a ship's */
    {"MMSI ", "mmsi"},
    {"Aircraft Tail Number ", "registration"},
    {"Aircraft Mode S Transponder Code ", "other"},
    {"Aircraft Manufacturer's Serial Number (MSN) ", "other"},
    {"R.F.C. ", "rfc"},
    {"C.U.R.P. ", "curp"},
    {"SWIFT/BIC ", "swift"},
    {"Tax ID No. ", "tax-id"},
    {"NIT # ", "tax-id"},
    {"RUC # ", "tax-id"},
    {"RIF # ", "tax-id"},
    {"RTN ", "tax-id"},
    {"C.U.I.T. ", "tax-id"},
    {"C.U.I. ", "national-id"},
    {"D.U.I. ", "national-id"},
    {"National ID No. ", "national-id"},
    {"Cedula No. ", "national-id"},
    {"Cedula de Ciudadania ", "national-id"},
    {"D.N.I. ", "national-id"},
    {"SSN ", "national-id"},
    {"Numero de Identidad ", "national-id"},
    {"Electoral Registry No. ", "other"},
    {"Driver's License No. ", "other"},
    {"Identification Number ", "other"},
    {"Registration Number ", "other"},
    {"Registration ID ", "other"},
    {"Business Registration Number ", "other"},
    {"Commercial Registry Number ", "other"},
    {"Company Number ", "other"},
    {"Unified Social Credit Code (USCC) ", "other"},
    {"Folio Mercantil No. ", "other"},
    {"Matricula Mercantil No ", "other"},
    {"Government Gazette Number ", "other"},
    {"Economic Register Number (CBLS) ", "other"},
    {"Trade License No. ", "other"},
    {"C.R. No. ", "other"},
    {"License ", "other"},
    {"Legal Entity Number ", "other"},
    {"Digital Currency Address - ", "other"},
};

static const char *const aliases[] = {"a.k.a. ", "f.k.a. ", "n.k.a. "};

static bool word(struct str *s, const char *z)
{
    struct str w = str_z(z);

    if (!str_starts(*s, w))
        return false;
    s->p += w.n;
    s->n -= w.n;
    return true;
}

static size_t find(struct str s, const char *z)
{
    const char *p = s.n ? memmem(s.p, s.n, z, strlen(z)) : NULL;

    return p ? (size_t)(p - s.p) : s.n;
}

/* Cuts the next piece off, without "alt. " and the full stop that ends the remarks. */
static bool piece(struct str *rest, struct str *out)
{
    size_t n;

    if (!rest->p || !rest->n)
        return false;
    n = find(*rest, "; ");
    *out = str_trim((struct str){rest->p, n});
    if (n < rest->n)
        n++;
    else if (ofac_cut(*rest))
        return false;
    *rest = (struct str){rest->p + n, rest->n - n};
    if (out->n && out->p[out->n - 1] == '.' && !rest->n)
        out->n--;
    word(out, "alt. ");
    return true;
}

bool ofac_cut(struct str remarks)
{
    return remarks.n >= REMARKS_CUT - 1 && remarks.p[remarks.n - 1] != '.';
}

/* "A1 (Mexico) issued 8 Sep 2006" -> A1, Mexico */
static void split_value(struct str s, struct ofac_piece *p)
{
    static const char *const after[] = {" (", " issued ", " expires ", "; "};
    size_t n = s.n;

    for (size_t i = 0; i < COUNT(after); i++) {
        size_t k = find(s, after[i]);

        n = k < n ? k : n;
    }
    p->value = str_trim((struct str){s.p, n});
    while (p->value.n && p->value.p[p->value.n - 1] == '.')
        p->value.n--;
    n = find(s, " (");
    p->country = (struct str){NULL, 0};
    if (n < s.n) {
        s = (struct str){s.p + n + 2, s.n - n - 2};
        p->country = (struct str){s.p, find(s, ")")};
    }
}

static bool as_alias(struct str s, struct ofac_piece *p)
{
    for (size_t i = 0; i < COUNT(aliases); i++) {
        struct str v = s;

        if (!word(&v, aliases[i]))
            continue;
        v = str_trim(v);
        if (v.n && v.p[v.n - 1] == '.')
            v.n--;
        if (v.n > 1 && v.p[0] == '\'' && v.p[v.n - 1] == '\'')
            v = (struct str){v.p + 1, v.n - 2};
        *p = (struct ofac_piece){.what = OFAC_ALIAS, .value = str_trim(v), .quality = S("weak")};
        p->type = (struct str[]){S("aka"), S("fka"), S("nka")}[i];
        return p->value.n > 0;
    }
    return false;
}

bool ofac_next(struct str *remarks, struct ofac_piece *p)
{
    struct str s;

    while (piece(remarks, &s)) {
        if (as_alias(s, p))
            return true;
        for (size_t i = 0; i < COUNT(identifiers); i++) {
            struct str v = s;

            if (!word(&v, identifiers[i].word))
                continue;
            *p = (struct ofac_piece){.what = OFAC_IDENTIFIER, .type = str_z(identifiers[i].scheme)};
            split_value(v, p);
            if (p->value.n)
                return true;
            break;
        }
    }
    return false;
}

/* "07 Dec 1962" -> a date; false for "1962", "circa 1962", "1960 to 1965", "Dec 1962" */
static bool exact_date(struct str s, int *y, int *m, int *d)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t day, year;

    if (s.n != 11 || s.p[2] != ' ' || s.p[6] != ' ' || !str_int((struct str){s.p, 2}, &day) ||
        !str_int((struct str){s.p + 7, 4}, &year))
        return false;
    for (int i = 0; i < 12; i++) {
        if (memcmp(s.p + 3, months + (size_t)i * 3, 3) == 0) {
            *y = (int)year;
            *m = i + 1;
            *d = (int)day;
            return date_valid(*y, *m, *d);
        }
    }
    return false;
}

struct str ofac_birth(struct arena *a, struct str remarks)
{
    struct str s, all = {NULL, 0};
    int y = 0, m = 0, d = 0, found = 0;
    bool exact = false;

    while (piece(&remarks, &s)) {
        if (!word(&s, "DOB "))
            continue;
        if (s.n && s.p[s.n - 1] == '.')
            s.n--;
        exact = exact_date(s, &y, &m, &d);
        found++;
        if (all.n + 2 + s.n <= BIRTH_MAX)
            all = all.n ? arena_fmt(a, "%.*s; %.*s", STR_ARG(all), STR_ARG(s)) : s;
    }
    return found == 1 && exact ? arena_fmt(a, "%04d-%02d-%02d", y, m, d) : all;
}
