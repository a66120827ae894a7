/*
 * subject.c: the closed list of what a rule may name, and why the rest is refused. Law 8 and guardrail 2: nothing that says who a person
 * is or where from, and no stand-in for it.
 */
#include "rules/set.h"

#include <stdio.h>
#include <strings.h>

static const struct rules_subject subjects[] = {
    {"trip", {"trip"}, {NULL}},
    {"consignment", {"consignment", "trip"}, {NULL, "trip"}},
    {"item", {"item", "consignment", "trip"}, {NULL, "consignment", "trip"}},
    {"equipment", {"equipment", "trip"}, {NULL, "trip"}},
    {"crossing", {"crossing"}, {NULL}},
    {"wait", {"wait"}, {NULL}},
};

const struct rules_subject *rules_subject(const struct kind *k)
{
    for (size_t i = 0; i < COUNT(subjects); i++)
        if (strcmp(subjects[i].kind, k->name) == 0)
            return &subjects[i];
    return NULL;
}

const struct rules_subject *rules_subject_nth(size_t i)
{
    return i < COUNT(subjects) ? &subjects[i] : NULL;
}

/* ---- what no rule may ask ---- */

enum why { ORIGIN, SELF, BELIEF, HEALTH, NAME };

static const char *const reasons[] = {
    [ORIGIN] =
        N_("“%.*s”: no rule may ask for nationality, origin or ethnicity, or for what stands in for them"),
    [SELF] = N_("“%.*s”: no rule may ask for sex, age or family"),
    [BELIEF] = N_("“%.*s”: no rule may ask for religion, opinion or language"),
    [HEALTH] = N_("“%.*s”: no rule may ask for health or bodily features"),
    [NAME] = N_("“%.*s”: no rule may judge by who somebody is; names and numbers of persons are compared "
                "with alerts, "
                "by screening alone"),
};

/* Words in a name of the rule that stand for such an attribute, sorted; in English and Spanish. */
static const struct {
    const char *word;
    enum why why;
} forbidden[] = {
    {"accent", BELIEF},      {"age", SELF},
    {"apellido", NAME},      {"asylum", ORIGIN},
    {"asilo", ORIGIN},       {"belief", BELIEF},
    {"biometric", HEALTH},   {"birth", ORIGIN},
    {"birthdate", SELF},     {"birthplace", ORIGIN},
    {"caste", ORIGIN},       {"children", SELF},
    {"citizen", ORIGIN},     {"citizenship", ORIGIN},
    {"ciudadania", ORIGIN},  {"colour", ORIGIN},
    {"color", ORIGIN},       {"crew", NAME},
    {"curp", NAME},          {"dob", SELF},
    {"driver", NAME},        {"disability", HEALTH},
    {"edad", SELF},          {"ethnic", ORIGIN},
    {"ethnicity", ORIGIN},   {"etnia", ORIGIN},
    {"face", HEALTH},        {"faith", BELIEF},
    {"gender", SELF},        {"genero", SELF},
    {"given", NAME},         {"health", HEALTH},
    {"idioma", BELIEF},      {"language", BELIEF},
    {"lengua", BELIEF},      {"marital", SELF},
    {"nacimiento", ORIGIN},  {"nacionalidad", ORIGIN},
    {"nationality", ORIGIN}, {"opinion", BELIEF},
    {"orientation", SELF},   {"party", NAME},
    {"passenger", NAME},     {"passport", NAME},
    {"person", NAME},        {"persona", NAME},
    {"political", BELIEF},   {"pregnant", HEALTH},
    {"race", ORIGIN},        {"raza", ORIGIN},
    {"refugee", ORIGIN},     {"religion", BELIEF},
    {"salud", HEALTH},       {"sex", SELF},
    {"sexo", SELF},          {"skin", ORIGIN},
    {"surname", NAME},       {"tribe", ORIGIN},
    {"union", BELIEF},       {"visa", ORIGIN},
};

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A word of a name: country_of_birth has three. */
static bool is_forbidden(struct str word, enum why *why)
{
    for (size_t i = 0; i < COUNT(forbidden); i++)
        if (strlen(forbidden[i].word) == word.n && strncasecmp(forbidden[i].word, word.p, word.n) == 0) {
            *why = forbidden[i].why;
            return true;
        }
    return false;
}

/* Behind a string literal that begins at i; a prefix and three quotes are known. */
static size_t behind_string(struct str s, size_t i)
{
    bool raw = i && (s.p[i - 1] == 'r' || s.p[i - 1] == 'R');
    char q = s.p[i];
    size_t quotes = i + 2 < s.n && s.p[i + 1] == q && s.p[i + 2] == q ? 3 : 1;

    for (i += quotes; i < s.n; i++) {
        size_t k = 0;
        if (s.p[i] == '\\' && !raw)
            i++;
        else if (s.p[i] == q) {
            while (k < quotes && i + k < s.n && s.p[i + k] == q)
                k++;
            if (k == quotes)
                return i + quotes;
        }
    }
    return s.n;
}

static void wrong_at(struct cel_wrong *w, struct str text, size_t at)
{
    w->offset = (uint32_t)at;
    w->line = w->column = 1;
    for (size_t i = 0; i < at; i++) {
        w->column = text.p[i] == '\n' ? 1 : w->column + (((unsigned char)text.p[i] & 0xc0) != 0x80);
        w->line += text.p[i] == '\n';
    }
}

/* Names outside of strings and comments, word by word. */
static bool names_forbidden(struct str s, enum lang lang, struct cel_wrong *w)
{
    for (size_t i = 0, from; i < s.n;) {
        enum why why;
        if (s.p[i] == '"' || s.p[i] == '\'') {
            i = behind_string(s, i);
            continue;
        }
        if (s.p[i] == '/' && i + 1 < s.n && s.p[i + 1] == '/') {
            while (i < s.n && s.p[i] != '\n')
                i++;
            continue;
        }
        for (from = i; i < s.n && letter(s.p[i]);)
            i++;
        if (i > from && is_forbidden(str_n(s.p + from, i - from), &why)) {
            wrong_at(w, s, from);
            snprintf(w->text, sizeof w->text, "%u:%u: ", w->line, w->column);
            snprintf(w->text + strlen(w->text), sizeof w->text - strlen(w->text), tr(lang, reasons[why]),
                     (int)(i - from), s.p + from);
            return true;
        }
        i += i == from;
    }
    return false;
}

/* cel asks for each field that is read. */
static const char *refuse(void *arg, const struct kind *k, int field)
{
    const enum lang *lang = arg;

    return k->field[field].class == C_OFFICIAL || k->field[field].class == C_OPEN
               ? NULL
               : tr(*lang, N_("the field is personal: no rule may ask for it"));
}

int rules_compile(struct arena *a, const struct rules_subject *s, enum lang lang, struct str text,
                  struct cel_program **out, struct cel_wrong *wrong)
{
    struct cel_var vars[RULES_VARS];
    struct cel_env env = {
        .var = vars, .strict = true, .costs = RULES_COST_MAX, .refuse = refuse, .arg = &lang, .lang = lang};

    for (; env.vars < RULES_VARS && s->with[env.vars]; env.vars++)
        vars[env.vars] = (struct cel_var){.name = str_z(s->with[env.vars]),
                                          .kind = schema_kind(str_z(s->with[env.vars]))};
    if (names_forbidden(text, lang, wrong) || cel_compile(a, &env, text, out, wrong) < 0)
        return -1;
    if (cel_is_bool(*out))
        return 0;
    *wrong = (struct cel_wrong){.line = 1, .column = 1};
    snprintf(wrong->text, sizeof wrong->text, "1:1: %s", tr(lang, N_("a rule must say yes or no")));
    return -1;
}
