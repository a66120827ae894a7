/*
 * identity.c: what the Mexican numbers of a person say of their bearer. CURP (Instructivo normativo, RENAPO) and the RFC of
 * people (SAT) begin alike: first letter of the first surname and its first inner vowel, first letter of the second
 * surname, first letter of the given name, then the birth date as YYMMDD. The CURP's 17th sign tells the century: a digit
 * before 2000, a letter from then on.
 *
 * The order of the words of a declared name is not known, so every usual order is tried and the best one counts. What
 * both authorities change is let pass: X for a missing surname, a missing vowel, an N with tilde or a rude word; the given
 * name after José and María; the RFC of a single or a very short surname.
 */
#include "names/names.h"

#define LETTERS   4
#define WORDS_MAX 8
#define FITS_HALF 3 /* letters that fit: not all, and too many to speak against */

/* The first four signs as a-z, an N with tilde as n; where the date begins; 0 when it is no such number. */
static size_t read_letters(struct str number, char to[LETTERS])
{
    size_t at = 0;

    for (int i = 0; i < LETTERS; i++, at++) {
        if (at + 1 < number.n && memcmp(number.p + at, "\xc3\x91", 2) == 0) {
            to[i] = 'n';
            at++;
        } else if (at < number.n && number.p[at] >= 'A' && number.p[at] <= 'Z') {
            to[i] = (char)(number.p[at] - 'A' + 'a');
        } else {
            return 0;
        }
    }
    for (size_t i = at; i < at + 6; i++)
        if (i >= number.n || number.p[i] < '0' || number.p[i] > '9')
            return 0;
    return number.n == at + 14 || number.n == at + 9 ? at : 0;
}

size_t identity_birth(struct str number, char out[2][11])
{
    char letters[LETTERS];
    size_t at = read_letters(number, letters), n = 0;
    const char *p = number.p + at;
    bool curp = number.n == at + 14, old = at && curp && p[12] >= '0' && p[12] <= '9';

    if (at == 0)
        return 0;
    for (int century = 19; century <= 20; century++) {
        if (curp && (century == 19) != old)
            continue;
        memcpy(out[n], century == 19 ? "19" : "20", 2);
        memcpy(out[n] + 2, p, 2);
        out[n][4] = out[n][7] = '-';
        memcpy(out[n] + 5, p + 2, 2);
        memcpy(out[n] + 8, p + 4, 2);
        out[n++][10] = '\0';
    }
    return n;
}

static bool particle(struct str w)
{
    static const char *const list[] = {"de",  "del", "la",  "las", "los", "y",   "e",  "el", "da", "das",
                                       "dos", "mc",  "mac", "van", "von", "vda", "di", "le", "les"};

    for (size_t i = 0; i < COUNT(list); i++)
        if (str_eq(w, str_z(list[i])))
            return true;
    return false;
}

static bool usual_first(struct str w)
{
    return str_eq(w, S("jose")) || str_eq(w, S("maria")) || str_eq(w, S("ma")) || str_eq(w, S("j")) ||
           str_eq(w, S("m"));
}

static size_t split(struct str folded, struct str *word)
{
    struct str one;
    size_t n = 0;

    while (n < WORDS_MAX && str_split(&folded, ' ', &one))
        if (one.n && one.p[0] >= 'a' && one.p[0] <= 'z' && !particle(one))
            word[n++] = one;
    return n;
}

static char inner_vowel(struct str w)
{
    for (size_t i = 1; i < w.n; i++)
        if (memchr("aeiou", w.p[i], 5))
            return w.p[i];
    return 'x';
}

static int same(char said, char made)
{
    return said == made || said == 'x';
}

/* How many of the four letters fit this reading; a missing second surname is empty. */
static int fit(const char said[LETTERS], struct str first, struct str second, struct str given)
{
    int usual = same(said[0], first.p[0]) + same(said[1], inner_vowel(first)) +
                same(said[2], second.n ? second.p[0] : 'x') + same(said[3], given.p[0]);
    int other = 0;

    if (second.n == 0 && first.n > 1 && given.n > 1) /* RFC: two letters of each */
        other = same(said[0], first.p[0]) + same(said[1], first.p[1]) + same(said[2], given.p[0]) +
                same(said[3], given.p[1]);
    else if (second.n && first.n <= 2 && given.n > 1) /* RFC: a surname of one or two letters */
        other = same(said[0], first.p[0]) + same(said[1], second.p[0]) + same(said[2], given.p[0]) +
                same(said[3], given.p[1]);
    return usual > other ? usual : other;
}

static int best_given(const char said[LETTERS], struct str first, struct str second,
                      const struct str *given, size_t n)
{
    int best = fit(said, first, second, given[0]), next;

    if (n > 1 && usual_first(given[0])) {
        next = fit(said, first, second, given[1]);
        best = next > best ? next : best;
    }
    return best;
}

enum identity identity_name(struct str number, const struct name *name)
{
    struct arena *a = arena_new();
    struct str w[WORDS_MAX], none = {NULL, 0};
    char said[LETTERS];
    size_t at = read_letters(number, said), n = at ? split(name_folded(a, name), w) : 0;
    int best = 0, now;

    for (size_t surnames = 1; surnames <= 2 && n > surnames; surnames++)
        for (int first = 0; first <= 1; first++) { /* surnames first, or last */
            const struct str *s = first ? w : w + n - surnames;
            now =
                best_given(said, s[0], surnames == 2 ? s[1] : none, first ? w + surnames : w, n - surnames);
            best = now > best ? now : best;
        }
    arena_free(a);
    if (n < 2)
        return IDENTITY_SILENT;
    return best == LETTERS ? IDENTITY_FITS : best >= FITS_HALF ? IDENTITY_SILENT : IDENTITY_DIFFERS;
}
