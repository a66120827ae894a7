/*
 * find.c: which substance goods are. Names are compared without blanks, hyphens and marks: "N-Phenethyl-4-piperidone",
 * "n phenethyl 4 piperidone" and "N-PHENETHYL 4-PIPERIDONE" are one. From each word of a text the longest run of words that
 * is a name counts; a table of beginnings lets all other words go by in one look.
 */
#include "precursors/substances.h"

#include "base/normalise.h"
#include "schema/ids.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define NAMES_MOST 400  /* names of all substances; a test counts them */
#define NAME_MOST  96   /* letters and digits of a name */
#define WORDS_MOST 12   /* words of a name, blanks and hyphens counted as ends */
#define SHORT      5    /* a name of fewer signs may be another thing's abbreviation */
#define TEXT_MOST  8192 /* bytes of a description that are looked at */
#define HEADS      4096

struct named {
    char name[NAME_MOST + 1]; /* A-Z and 0-9 */
    size_t n;
    const struct substance *of;
};

static struct named names[NAMES_MOST];
static size_t names_count;
static uint8_t heads[HEADS / 8]; /* the first three signs that a name has */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static unsigned head_of(const char *p)
{
    return ((unsigned char)p[0] * 961u + (unsigned char)p[1] * 31u + (unsigned char)p[2]) % HEADS;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void add(const struct substance *s, struct str written)
{
    struct arena *a = arena_new();
    struct str text = normal_text(a, written);
    struct named *to = &names[names_count];

    for (size_t i = 0; i < text.n && to->n < NAME_MOST; i++)
        if (text.p[i] != ' ')
            to->name[to->n++] = text.p[i];
    if (to->n >= 3 && names_count + 1 < NAMES_MOST) {
        unsigned h = head_of(to->name);
        heads[h / 8] |= (uint8_t)(1u << h % 8);
        to->of = s;
        names_count++;
    }
    arena_free(a);
}

static void make_names(void)
{
    for (size_t i = 0; i < substances_count; i++) {
        struct str rest = str_z(substances[i].names), one;
        add(&substances[i], str_z(substances[i].name));
        add(&substances[i], str_z(substances[i].name_es));
        while (str_split(&rest, ';', &one))
            add(&substances[i], one);
    }
    qsort(names, names_count, sizeof *names, by_name);
}

/* ---- by number ---- */

static const struct substance *by_cas(struct str cas)
{
    for (size_t i = 0; cas.n && i < substances_count; i++) {
        struct str rest = str_z(substances[i].cas), one;
        while (str_split(&rest, ';', &one))
            if (str_eq(one, cas))
                return &substances[i];
    }
    return NULL;
}

static bool in_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-';
}

/* The first CAS number of the table that stands in the text. */
static const struct substance *cas_in(struct str text, struct str *written)
{
    for (size_t i = 0, end; i < text.n; i = end + 1) {
        const struct substance *s;
        for (end = i; end < text.n && in_number(text.p[end]);)
            end++;
        *written = str_n(text.p + i, end - i);
        if (written->n >= 7 && ids_shape(SHAPE_CAS, *written) && (s = by_cas(*written)) != NULL)
            return s;
    }
    return NULL;
}

/* ---- by name ---- */

struct word {
    size_t at, n; /* in the text; both forms of it have the same words */
};

static const struct named *looked_up(const char *joined)
{
    struct named key;

    snprintf(key.name, sizeof key.name, "%s", joined);
    return bsearch(&key, names, names_count, sizeof *names, by_name);
}

static size_t words_of(struct str text, size_t *from, struct word *out)
{
    size_t n = 0, i = *from;

    while (n < WORDS_MOST) {
        while (i < text.n && text.p[i] == ' ')
            i++;
        if (i == text.n)
            break;
        out[n].at = i;
        while (i < text.n && text.p[i] != ' ')
            i++;
        out[n].n = i - out[n].at;
        n++;
    }
    if (n)
        *from = out[0].at + out[0].n;
    return n;
}

/* The longest name that begins with the first of these words; *used counts its words. */
static const struct named *name_at(struct str text, const struct word *w, size_t n, size_t *used)
{
    const struct named *best = NULL, *it;
    char joined[NAME_MOST + 1];
    size_t have = 0;

    for (size_t i = 0; i < n && have + w[i].n <= NAME_MOST; i++) {
        bool known = have >= 3;
        memcpy(joined + have, text.p + w[i].at, w[i].n);
        have += w[i].n;
        joined[have] = '\0';
        if (have < 3)
            continue;
        if (!known && !(heads[head_of(joined) / 8] & 1u << head_of(joined) % 8))
            break;
        if ((it = looked_up(joined)) != NULL) {
            best = it;
            *used = i + 1;
        }
    }
    return best;
}

/* "ACETONE FREE", "SIN ACETONA": the text says that it is not in there. */
static bool denied(struct str text, struct str before, const struct word *w, size_t n, size_t used)
{
    static const char *const not [] = {"NO", "NON", "SIN", "WITHOUT"};

    if (used < n && str_eq(str_n(text.p + w[used].at, w[used].n), S("FREE")))
        return true;
    for (size_t i = 0; i < COUNT(not ); i++)
        if (str_eq(before, str_z(not [i])))
            return true;
    return false;
}

/* Chapters 28 and 29 are chemicals. */
static bool chemical(struct str hs)
{
    return hs.n < 2 || str_starts(hs, S("28")) || str_starts(hs, S("29"));
}

/* Medicines are out of the Convention's tables (article 12, paragraph 14). Elsewhere a long name of Table I is no accident;
 * an abbreviation or a solvent's name is, but among chemicals. */
static bool counts(const struct named *it, struct str hs)
{
    return chemical(hs) || (it->n >= SHORT && it->of->table == 1 && !str_starts(hs, S("30")));
}

/* `plain` is the text's normal form. */
static const struct substance *name_in(struct arena *a, struct str plain, struct str hs,
                                       struct str *written)
{
    const struct named *best = NULL;
    struct word w[WORDS_MOST];
    struct str before = {0};
    size_t from = 0, n, used = 1;

    pthread_once(&once, make_names);
    while ((n = words_of(plain, &from, w)) > 0) {
        const struct named *it = name_at(plain, w, n, &used);
        if (it && counts(it, hs) && !denied(plain, before, w, n, used) && (!best || it->n > best->n)) {
            best = it;
            *written = arena_copy(a, str_n(plain.p + w[0].at, w[used - 1].at + w[used - 1].n - w[0].at));
        }
        before = str_n(plain.p + w[0].at, w[0].n);
    }
    return best ? best->of : NULL;
}

/* ---- all together ---- */

static const struct substance *by_hs(struct str hs)
{
    for (size_t i = 0; hs.n >= 6 && i < substances_count; i++)
        if (substances[i].own && memcmp(hs.p, substances[i].hs, 6) == 0)
            return &substances[i];
    return NULL;
}

static struct str start(struct str text)
{
    return str_n(text.p, text.n < TEXT_MOST ? text.n : TEXT_MOST);
}

bool substance_find(struct arena *a, const struct goods *g, struct substance_found *out)
{
    struct str texts[] = {start(g->chemical), start(g->text)};
    const struct substance *s = by_cas(str_trim(g->cas));

    *out = (struct substance_found){.substance = s, .by = SUBSTANCE_BY_CAS, .written = g->cas};
    for (size_t i = 0; i < COUNT(texts) && !out->substance; i++)
        out->substance = cas_in(texts[i], &out->written);
    for (size_t i = 0; i < COUNT(texts) && !out->substance; i++) {
        out->by = SUBSTANCE_BY_NAME;
        out->substance = texts[i].n ? name_in(a, normal_text(a, texts[i]), g->hs, &out->written) : NULL;
    }
    if (!out->substance) {
        out->by = SUBSTANCE_BY_HS;
        out->substance = by_hs(g->hs);
        out->written = g->hs;
    }
    return out->substance != NULL;
}

const struct substance *substance_named(struct arena *a, struct str text)
{
    struct goods g = {.cas = str_trim(text), .text = text};
    struct substance_found found;
    struct str digits = {arena_alloc(a, text.n + 1), 0};

    if (substance_find(a, &g, &found))
        return found.substance;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] >= '0' && text.p[i] <= '9')
            ((char *)digits.p)[digits.n++] = text.p[i];
    return by_hs(digits);
}
