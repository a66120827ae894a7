/* normalise.c: the rules of normalise.h. The one file that knows ICU. */
#include "base/normalise.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define NAME_WORDS       64   /* further words are left out on both sides alike */
#define NAME_BYTES       2048 /* of a name before it is read; the rest is left out */
#define NAME_LEAST       3    /* letters and digits: what is shorter names nobody */
#define IDENTIFIER_LEAST 3
#define FORM_WORDS       10 /* the most words a legal form is written with */

/* ---- letters ---- */

/* U+00A0 to U+00FF, as ICU's Latin-ASCII has them; what is no letter is a blank. A test compares with ICU. */
static const char *const latin1[96] = {
    [0x0a] = "A", [0x1a] = "O", /* ª º */
    [0x20] = "A", "A",          "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I",  "I",
    "D",          "N",          "O", "O", "O", "O", "O",  " ", "O", "U", "U", "U", "U", "Y", "TH", "SS",
    "A",          "A",          "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I",  "I",
    "D",          "N",          "O", "O", "O", "O", "O",  " ", "O", "U", "U", "U", "U", "Y", "TH", "Y",
};

static char plain_letter(unsigned char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? (char)c : ' ';
}

/* False when a character is beyond the table. `to` has room for twice the bytes. */
static bool flatten(struct str s, char *to, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i], next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
        unsigned at = c == 0xc3 ? next - 0x60u : next - 0xa0u; /* U+00C0 is C3 80; U+00A0 is C2 A0 */
        if (c < 0x80) {
            to[(*n)++] = plain_letter(c);
            continue;
        }
        if ((c != 0xc2 && c != 0xc3) || at >= COUNT(latin1) || !latin1[at])
            return false;
        for (const char *p = latin1[at]; *p; p++)
            to[(*n)++] = *p;
        i++;
    }
    return true;
}

static pthread_key_t own;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void close_own(void *t)
{
    utrans_close(t);
}

static void make_key(void)
{
    if (pthread_key_create(&own, close_own) != 0)
        abort();
}

/* A transliterator a thread: opening one takes milliseconds, and sharing one is not allowed. NULL when ICU's
 * data is not installed. */
static UTransliterator *transliterator(void)
{
    static const char id[] = "Upper; Any-Latin; NFD; [:Nonspacing Mark:] Remove; NFC; Latin-ASCII; Upper";
    UTransliterator *t;
    UChar wide[sizeof id];
    UErrorCode status = U_ZERO_ERROR;

    pthread_once(&once, make_key);
    t = pthread_getspecific(own);
    if (t)
        return t;
    u_charsToUChars(id, wide, (int32_t)sizeof id);
    t = utrans_openU(wide, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    if (U_FAILURE(status))
        return NULL;
    pthread_setspecific(own, t);
    return t;
}

struct str normal_transliterate(struct arena *a, struct str name)
{
    int32_t cap = (int32_t)(8 * name.n + 64), n = 0, limit, out = 0;
    UChar *wide = arena_alloc(a, (size_t)cap * sizeof *wide);
    char *to = arena_alloc(a, 4 * (size_t)cap + 1);
    UErrorCode status = U_ZERO_ERROR;
    UTransliterator *t = transliterator();

    u_strFromUTF8WithSub(wide, cap, &n, name.p, (int32_t)name.n, 0xfffd, NULL, &status);
    limit = n;
    if (t && U_SUCCESS(status))
        utrans_transUChars(t, wide, &n, cap, 0, &limit, &status);
    if (U_FAILURE(status))
        return str_n(NULL, 0);
    u_strToUTF8(to, 4 * cap, &out, wide, n, &status);
    if (U_FAILURE(status))
        return str_n(NULL, 0);
    for (int32_t i = 0; i < out; i++)
        if ((unsigned char)to[i] < 0x80)
            to[i] = plain_letter((unsigned char)to[i]);
    return str_n(to, (size_t)out); /* what has no Latin form stays as it is, on both sides alike */
}

/* ---- legal forms ---- */

struct form {
    const char *written; /* its words without blanks: "S A DE C V" and "SA DE CV" are the same */
    const char *normal;
};

static const struct form forms[] = {
    {"SADECV", "SACV"},
    {"SOCIEDADANONIMADECAPITALVARIABLE", "SACV"},
    {"SDERLDECV", "SRLCV"},
    {"SRLDECV", "SRLCV"},
    {"SDERLCV", "SRLCV"},
    {"SOCIEDADDERESPONSABILIDADLIMITADADECAPITALVARIABLE", "SRLCV"},
    {"SDERL", "SRL"},
    {"SOCIEDADDERESPONSABILIDADLIMITADA", "SRL"},
    {"SDERLMI", "SRLMI"},
    {"SAPIDECV", "SAPICV"},
    {"SOCIEDADANONIMAPROMOTORADEINVERSIONDECAPITALVARIABLE", "SAPICV"},
    {"SABDECV", "SABCV"},
    {"SOCIEDADANONIMABURSATILDECAPITALVARIABLE", "SABCV"},
    {"SASDECV", "SASCV"},
    {"SOCIEDADPORACCIONESSIMPLIFICADADECAPITALVARIABLE", "SASCV"},
    {"SOCIEDADPORACCIONESSIMPLIFICADA", "SAS"},
    {"SOCIEDADANONIMA", "SA"},
    {"SOCIEDADCIVIL", "SC"},
    {"ASOCIACIONCIVIL", "AC"},
    {"SCDERLDECV", "SCRLCV"},
    {"SCDERL", "SCRL"},
    {"SPRDERLDECV", "SPRRLCV"},
    {"SPRDERL", "SPRRL"},
    {"SA", "SA"},
    {"SC", "SC"},
    {"AC", "AC"},
    {"LLC", "LLC"},
    {"LIMITEDLIABILITYCOMPANY", "LLC"},
    {"INC", "INC"},
    {"INCORPORATED", "INC"},
    {"CORP", "CORP"},
    {"CORPORATION", "CORP"},
    {"CO", "CO"},
    {"COMPANY", "CO"},
    {"LTD", "LTD"},
    {"LIMITED", "LTD"},
    {"LTDA", "LTDA"},
    {"LIMITADA", "LTDA"},
    {"LP", "LP"},
    {"LIMITEDPARTNERSHIP", "LP"},
    {"LLP", "LLP"},
    {"PLC", "PLC"},
    {"PUBLICLIMITEDCOMPANY", "PLC"},
    {"GMBH", "GMBH"},
    {"AG", "AG"},
    {"BV", "BV"},
    {"NV", "NV"},
    {"SPA", "SPA"},
    {"SARL", "SARL"},
    {"COMPANIA", "CIA"},
};

/* Whether words[from..n-1], without blanks, are `written`. */
static bool is_form(const struct str *words, size_t from, size_t n, const char *written)
{
    for (; from < n; from++) {
        if (strncmp(written, words[from].p, words[from].n) != 0)
            return false;
        written += words[from].n;
    }
    return *written == '\0';
}

/* The longest form at the end becomes one word. A name that is nothing but a form stays. */
static size_t unify_form(struct str *words, size_t n)
{
    for (size_t from = n > FORM_WORDS ? n - FORM_WORDS : 1; from < n; from++)
        for (size_t i = 0; i < COUNT(forms); i++)
            if (forms[i].written[0] == words[from].p[0] && is_form(words, from, n, forms[i].written)) {
                words[from] = str_z(forms[i].normal);
                return from + 1;
            }
    return n;
}

/* ---- names ---- */

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static size_t split(struct str s, struct str *words)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n && n < NAME_WORDS; n++) {
        size_t from;
        while (i < s.n && s.p[i] == ' ')
            i++;
        from = i;
        while (i < s.n && s.p[i] != ' ')
            i++;
        if (i == from)
            break;
        words[n] = str_n(s.p + from, i - from);
    }
    return n;
}

/* A cut in the middle of a character would make it another one. */
static struct str cut(struct str s, size_t most)
{
    if (s.n <= most)
        return s;
    while (most && ((unsigned char)s.p[most] & 0xc0) == 0x80)
        most--;
    return str_n(s.p, most);
}

struct str normal_text(struct arena *a, struct str text)
{
    char *to = arena_alloc(a, 2 * text.n + 1);
    size_t n;

    return flatten(text, to, &n) ? str_n(to, n) : normal_transliterate(a, text);
}

struct str normal_name(struct arena *a, struct str name)
{
    struct str words[NAME_WORDS];
    char *to, *p;
    size_t count, letters = 0;

    count = unify_form(words, split(normal_text(a, cut(name, NAME_BYTES)), words));
    qsort(words, count, sizeof *words, by_bytes);
    for (size_t i = 0; i < count; i++)
        letters += words[i].n;
    if (letters < NAME_LEAST)
        return str_n(NULL, 0);
    p = to = arena_alloc(a, letters + count);
    for (size_t i = 0; i < count; i++) {
        if (i)
            *p++ = ' ';
        memcpy(p, words[i].p, words[i].n);
        p += words[i].n;
    }
    return cut(str_n(to, (size_t)(p - to)), NORMAL_MAX);
}

/* ---- identifiers ---- */

struct str normal_identifier(struct arena *a, const char *class, struct str value)
{
    bool tax = strcmp(class, "tax") == 0;
    char *to;
    struct str out;

    value = cut(value, NORMAL_MAX);
    to = arena_alloc(a, value.n + 1);
    out = str_n(to, 0);
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        char up = plain_letter(c);
        if (up != ' ')
            to[out.n++] = up;
        else if (c >= 0x80) /* n with tilde is a letter of Mexican tax numbers: C3 B1 to C3 91 */
            to[out.n++] = (char)(c == 0xb1 && i && (unsigned char)value.p[i - 1] == 0xc3 ? 0x91 : c);
        else if (tax && c == '&')
            to[out.n++] = '&';
    }
    if (strcmp(class, "imo") == 0 && str_starts(out, S("IMO")))
        out = str_n(out.p + 3, out.n - 3);
    return out.n >= IDENTIFIER_LEAST ? out : str_n(NULL, 0);
}
