/*
 * read.c: a name becomes tokens. Folded text is cut into words (marks tell of commas, brackets, initials); words that
 * make a legal form together become one token; titles, particles and numbers are told apart; what remains is weighed
 * (token_finish). What a name is of is guessed when nobody says it.
 */
#include "names/internal.h"

#define RAW_MOST    48 /* words of a name before they are put together */
#define RAW_LETTERS 63
#define LIFTED      1300 /* with nothing left over, enough to match */
#define FORM_WORDS  9    /* the most words a legal form is written with */

struct raw {
    char text[RAW_LETTERS + 1];
    uint8_t n;
    uint8_t section; /* commas before it */
    bool aside, dot, unvowelled;
    uint8_t done; /* it became a token of `class`, or part of one */
};

struct reading {
    enum name_of of, taken;
    size_t n; /* raw words */
    struct raw raw[RAW_MOST];
    size_t tokens;
    struct token token[NAME_TOKENS_MAX];
};

/* ---- words ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Marks that do not end a word: an apostrophe inside, the stroke of M/V, the sign of AT&T. */
static bool goes_on(struct str s, size_t i, size_t so_far)
{
    bool inside = so_far > 0 && i + 1 < s.n && is_letter(s.p[i + 1]);
    bool lone = so_far == 1 || (so_far && i >= 2 && s.p[i - 2] == '/');

    if (s.p[i] == '\'' || s.p[i] == '&')
        return inside;
    return s.p[i] == '/' && inside && lone && (i + 2 >= s.n || !is_letter(s.p[i + 2]));
}

/* Digits that a machine read for letters: C4RL0S. In a word of at least three letters, and of a company's name only where
 * letters stand on both sides. */
static void unread(struct raw *w, bool person)
{
    static const char letters[] = "oizeasgtbg";
    size_t digits = 0;

    for (size_t i = 0; i < w->n; i++)
        digits += w->text[i] >= '0' && w->text[i] <= '9';
    if (digits == 0 || w->n - digits < (person ? 2u : 3u) || digits > 3)
        return;
    for (size_t i = 0; i < w->n; i++) {
        bool first = i == 0, last = i + 1 == w->n;
        bool doubled = (!first && w->text[i - 1] == 'l') || (!last && w->text[i + 1] == '1');
        char c = w->text[i];
        if (c < '0' || c > '9' || (!person && (first || last)))
            continue;
        w->text[i] = c == '1' && (last || doubled) ? 'l' : letters[c - '0'];
    }
}

static size_t take_word(struct reading *r, struct str s, size_t i, struct raw *w)
{
    for (; i < s.n; i++) {
        if (is_letter(s.p[i])) {
            if (w->n < RAW_LETTERS)
                w->text[w->n++] = s.p[i];
        } else if (!goes_on(s, i, w->n)) {
            break;
        }
    }
    w->dot = i < s.n && s.p[i] == '.';
    if (w->n)
        r->n++;
    return i;
}

static void cut_words(struct reading *r, struct str s)
{
    uint8_t section = 0;
    bool bracket = false, quote = false;

    for (size_t i = 0; i < s.n && r->n < RAW_MOST;) {
        struct raw *w = &r->raw[r->n];
        char c = s.p[i];
        if (is_letter(c) || (c == '~' && i + 1 < s.n)) {
            *w = (struct raw){.section = section, .aside = bracket || quote, .unvowelled = c == '~'};
            i = take_word(r, s, i + (c == '~'), w);
            continue;
        }
        if (c == '&' && r->n) {
            *w = (struct raw){.text = "and", .n = 3, .section = section, .aside = bracket || quote};
            r->n++;
        }
        section = (uint8_t)(section + (c == ',' && section < 9));
        bracket = c == '(' || (bracket && c != ')');
        quote ^= c == '"';
        i++;
    }
}

/* ---- tokens ---- */

static struct token *add(struct reading *r, const char *text, size_t n, enum token_class class)
{
    struct token *t;

    if (r->tokens == NAME_TOKENS_MAX)
        return NULL;
    t = &r->token[r->tokens];
    *t = (struct token){.class = (uint8_t) class, .place = (uint8_t)r->tokens};
    t->n = (uint8_t)(n < TOKEN_MAX ? n : TOKEN_MAX);
    memcpy(t->text, text, t->n);
    r->tokens++;
    return t;
}

static bool is_digits(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] < '0' || p[i] > '9')
            return false;
    return n > 0;
}

static void add_number(struct reading *r, const struct raw *w, unsigned value)
{
    char digits[12];
    size_t n = sizeof digits, zeros = 0;

    if (is_digits(w->text, w->n)) {
        while (zeros + 1 < w->n && w->text[zeros] == '0')
            zeros++;
        add(r, w->text + zeros, w->n - zeros, TOKEN_NUMBER);
        return;
    }
    do
        digits[--n] = (char)('0' + value % 10);
    while (value /= 10);
    add(r, digits + n, sizeof digits - n, TOKEN_NUMBER);
}

/* The longest legal form at raw word `i`: how many words it takes; *x is the lexicon's entry. Short ones stand only at
 * the end or the beginning: "Co", "AS" and "SE" are words elsewhere. */
static size_t form_at(const struct reading *r, size_t i, const struct lex **x)
{
    char joined[FORM_WORDS * RAW_LETTERS + 1];
    size_t n = 0, best = 0;

    for (size_t k = 0; k < FORM_WORDS && i + k < r->n; k++) {
        const struct raw *w = &r->raw[i + k];
        const struct lex *found;
        bool edge =
            (i == 0 && (n + w->n > 2 || strcmp(w->text, "ao") == 0 || strcmp(w->text, "pt") == 0)) ||
            i + k + 1 == r->n || r->raw[i + k + 1].section != w->section || r->raw[i + k + 1].aside;
        if (w->unvowelled && n)
            break;
        memcpy(joined + n, w->text, w->n);
        n += w->n;
        found = lexicon_find(joined, n);
        if (found && found->form && (edge || n > 3 || k > 1)) {
            best = k + 1;
            *x = found;
        }
    }
    return best == r->n ? 0 : best;
}

static bool find_forms(struct reading *r)
{
    bool any = false;

    for (size_t i = 0; i < r->n; i++) {
        const struct lex *x;
        size_t words = form_at(r, i, &x);
        for (size_t k = 0; k < words; k++)
            r->raw[i + k].done = k == 0 ? 2 : 1;
        any |= words > 0;
        i += words ? words - 1 : 0;
    }
    return any;
}

static void add_form(struct reading *r, size_t i)
{
    const struct lex *x = NULL;
    size_t words = form_at(r, i, &x), n = 0;
    char joined[FORM_WORDS * RAW_LETTERS + 1];
    struct token *t;

    for (size_t k = 0; k < words; k++) {
        memcpy(joined + n, r->raw[i + k].text, r->raw[i + k].n);
        n += r->raw[i + k].n;
    }
    t = words ? add(r, joined, n, TOKEN_FORM) : NULL;
    if (t) {
        t->canon = x->form;
        t->kin[0] = x->form_kin;
    }
}

/* What a name that nobody says anything of is taken for. */
static enum name_of guess(const struct reading *r, bool forms)
{
    size_t given = 0, business = 0, words = 0, digits = 0;

    if (r->of != NAME_ANY)
        return r->of;
    if (forms)
        return NAME_COMPANY;
    for (size_t i = 0; i < r->n; i++) {
        const struct raw *w = &r->raw[i];
        const struct lex *x = lexicon_find(w->text, w->n);
        words++;
        given += x && (x->flags & TOKEN_GIVEN) != 0 && !(x->flags & TOKEN_BUSINESS);
        business += x && (x->flags & (TOKEN_BUSINESS | TOKEN_PLACE)) != 0 && !(x->flags & TOKEN_GIVEN);
        digits += is_digits(w->text, w->n);
    }
    if (business > given || digits || words > 6 || words < 2)
        return NAME_COMPANY;
    return given || !business ? NAME_PERSON : NAME_COMPANY;
}

/* "Abd al-Rahman", "Abdul Rahman", "Abdurrahman" are abdrahman; "Abu Bakr" is abubakr. How many words it takes. */
static size_t join_servant(struct reading *r, size_t i)
{
    static const char *const servants[] = {"abd",   "abdul", "abdel", "abdal", "abdoul",
                                           "abdur", "abdu",  "abdol", "abdil"};
    static const char *const fathers[] = {"abu", "abou", "aboo", "umm", "um", "oum"};
    const struct raw *w = &r->raw[i];
    char joined[2 * RAW_LETTERS + 8];
    size_t next = i + 1, n;
    const char *head = NULL;
    struct token *t;

    for (size_t k = 0; k < COUNT(servants); k++)
        head = strcmp(w->text, servants[k]) == 0 ? "abd" : head;
    for (size_t k = 0; k < COUNT(fathers); k++)
        head = strcmp(w->text, fathers[k]) == 0 ? (k < 3 ? "abu" : "umm") : head;
    if (!head)
        return 0;
    for (; next < r->n && next < i + 2; next++) {
        const struct lex *x = lexicon_find(r->raw[next].text, r->raw[next].n);
        if (!x || x->class != TOKEN_PARTICLE || r->raw[next].n > 3)
            break;
    }
    if (next >= r->n || r->raw[next].section != w->section || r->raw[next].n < 2 || r->raw[next].done)
        return 0;
    n = strlen(head);
    memcpy(joined, head, n);
    memcpy(joined + n, r->raw[next].text, r->raw[next].n);
    n += r->raw[next].n;
    t = add(r, joined, n, TOKEN_WORD);
    if (t && (w->unvowelled || r->raw[next].unvowelled))
        t->flags |= TOKEN_UNVOWELLED;
    if (t && w->aside)
        t->flags |= TOKEN_ASIDE;
    return next + 1 - i;
}

/* "abdurrahman" and "abdelkader" without what the article leaves in the middle. */
static void add_servant(struct reading *r, const struct raw *w)
{
    char text[RAW_LETTERS + 1] = "abd";
    const char *p = w->text + 3;
    size_t n;

    p += strspn(p, "aeiou");
    if (*p == 'l' || (p[0] && p[0] == p[1]))
        p++;
    n = strlen(p);
    memcpy(text + 3, p, n);
    add(r, text, n + 3, TOKEN_WORD);
}

static bool is_joined_servant(const struct raw *w)
{
    const char *p = w->text + 3;
    size_t vowels = strspn(p, "aeiou");

    return w->n >= 8 && memcmp(w->text, "abd", 3) == 0 && vowels <= 2 &&
           (p[vowels] == 'l' || (p[vowels] && p[vowels] == p[vowels + 1])) &&
           strncmp(p + vowels, "lah", 3) != 0 && strncmp(p + vowels, "llah", 4) != 0;
}

/* Where a title stands: before the first word, after a comma or another title, or at the end. */
static bool begins(const struct reading *r, size_t i)
{
    const struct raw *before = i ? &r->raw[i - 1] : NULL;
    const struct lex *x = before ? lexicon_find(before->text, before->n) : NULL;

    return !before || before->section != r->raw[i].section || (x && x->class == TOKEN_TITLE) ||
           (i + 1 == r->n && i > 1);
}

/* "delacruz", "vandenberg": a known family name behind glued particles. How many letters the particles take. */
static size_t glued(const struct raw *w)
{
    static const char *const particles[] = {"delos", "delas", "dela",   "del", "de", "vander", "vanden",
                                            "vande", "van",   "vonder", "von", "di", "da",     "mac"};

    for (size_t i = 0; i < COUNT(particles); i++) {
        size_t n = strlen(particles[i]);
        const struct lex *x = w->n >= n + 4 ? lexicon_find(w->text + n, w->n - n) : NULL;
        if (x && x->flags & TOKEN_FAMILY && memcmp(w->text, particles[i], n) == 0 &&
            (n > 3 || !lexicon_find(w->text, w->n)))
            return n;
    }
    return 0;
}

/* What a company's name may begin with and not mean. */
static bool is_article(const struct raw *w)
{
    static const char *const articles[] = {"the", "el", "la",  "los", "las", "le",
                                           "les", "al", "die", "der", "das"};

    for (size_t i = 0; i < COUNT(articles); i++)
        if (strcmp(w->text, articles[i]) == 0)
            return true;
    return false;
}

static enum token_class class_of(const struct reading *r, size_t i, const struct lex *x)
{
    const struct raw *w = &r->raw[i];
    bool person = r->taken == NAME_PERSON;

    if (is_digits(w->text, w->n))
        return TOKEN_NUMBER;
    if (x && x->number && (w->n > 1 || !person) && (i > 0 || w->n > 2) && (!person || i + 1 == r->n))
        return TOKEN_NUMBER;
    if (person && w->n == 1 && (w->text[0] != 'y' || w->dot || i == 0))
        return TOKEN_INITIAL;
    if (x && x->class == TOKEN_TITLE && r->n > 1 && (person ? begins(r, i) : i == 0 && w->n == 2))
        return TOKEN_TITLE;
    if (x && x->class == TOKEN_PARTICLE && r->n > 1 && (person || i > 0 || is_article(w)))
        return TOKEN_PARTICLE;
    return TOKEN_WORD;
}

/* Letters that stand alone one after the other in a company's name are one word: I.B.M. */
static size_t join_letters(struct reading *r, size_t i)
{
    char joined[RAW_MOST];
    size_t n = 0;

    while (i + n < r->n && r->raw[i + n].n == 1 && !r->raw[i + n].done &&
           !is_digits(r->raw[i + n].text, 1)) {
        joined[n] = r->raw[i + n].text[0];
        n++;
    }
    if (n < 2)
        return 0;
    add(r, joined, n, TOKEN_WORD);
    return n;
}

static void add_raw(struct reading *r, size_t i)
{
    const struct raw *w = &r->raw[i];
    const struct lex *x = lexicon_find(w->text, w->n);
    enum token_class class = class_of(r, i, x);
    struct token *t;

    if (class == TOKEN_NUMBER)
        add_number(r, w, x && x->number ? x->number - 1u : 0);
    else if (class == TOKEN_WORD && r->taken == NAME_PERSON && is_joined_servant(w))
        add_servant(r, w);
    else if (class == TOKEN_WORD && r->taken == NAME_PERSON)
        add(r, w->text + glued(w), w->n - glued(w), class);
    else
        add(r, w->text, w->n, class);
    t = r->tokens ? &r->token[r->tokens - 1] : NULL;
    if (t && w->unvowelled)
        t->flags |= TOKEN_UNVOWELLED;
    if (t && w->aside && r->taken == NAME_PERSON)
        t->flags |= TOKEN_ASIDE;
    if (t && r->taken == NAME_PERSON && i)
        t->role = w->section == 0 && r->raw[r->n - 1].section > 0 ? ROLE_FAMILY
                  : w->section                                    ? ROLE_GIVEN
                                                                  : 0;
    if (t && r->taken == NAME_PERSON && i == 0 && r->raw[r->n - 1].section > 0)
        t->role = ROLE_FAMILY;
}

static void make_tokens(struct reading *r)
{
    for (size_t i = 0; i < r->n;) {
        size_t taken = 0;
        if (r->raw[i].done) {
            if (r->raw[i].done == 2)
                add_form(r, i);
            taken = 1;
        } else if (r->taken == NAME_PERSON) {
            taken = join_servant(r, i);
        } else {
            taken = join_letters(r, i);
        }
        if (taken == 0) {
            add_raw(r, i);
            taken = 1;
        }
        i += taken;
    }
}

/* ---- the whole ---- */

static void tell_roles(struct reading *r)
{
    struct token *first = NULL, *last = NULL;

    for (size_t i = 0; i < r->tokens; i++) {
        struct token *t = &r->token[i];
        unsigned known = t->flags & (TOKEN_GIVEN | TOKEN_FAMILY);
        if (t->class != TOKEN_WORD && t->class != TOKEN_INITIAL)
            continue;
        if (t->role == ROLE_UNKNOWN && known == TOKEN_GIVEN)
            t->role = ROLE_GIVEN;
        if (t->role == ROLE_UNKNOWN && known == TOKEN_FAMILY)
            t->role = ROLE_FAMILY;
        first = first ? first : t;
        last = t;
    }
    if (first && last != first && first->role == ROLE_GIVEN && last->role == ROLE_UNKNOWN)
        last->role = ROLE_FAMILY;
}

/* The first letters of a company's words, as a token of their own: IRISL. With `all` those of its particles and of
 * its short legal form as well: PDVSA. */
static void add_letters(struct reading *r, bool all)
{
    char letters[NAME_TOKENS_MAX * 2];
    size_t n = 0, tokens = r->tokens;
    bool more = false;
    struct token *t;

    for (size_t i = 0; i < tokens && n < NAME_TOKENS_MAX; i++) {
        const struct token *one = &r->token[i];
        bool word = one->class == TOKEN_WORD && !(one->flags & TOKEN_LETTERS);
        size_t take = word                                      ? 1
                      : one->class == TOKEN_PARTICLE            ? 1
                      : one->class == TOKEN_FORM && one->n <= 3 ? one->n
                                                                : 0;
        more |= !word && take;
        for (size_t k = 0; (word || all) && k < take; k++)
            letters[n++] = one->text[k];
    }
    if (n < 3 || n > 10 || (all && !more))
        return;
    t = add(r, letters, n, TOKEN_WORD);
    if (t)
        t->flags |= TOKEN_LETTERS;
}

static bool lifts(const struct token *t)
{
    return (t->class == TOKEN_WORD || t->class == TOKEN_NUMBER) &&
           !(t->flags & (TOKEN_DULL | TOKEN_ASIDE | TOKEN_LETTERS));
}

/* Common words tell little one by one; that two names have them all and no other tells more: each of them is lifted,
 * to LIFTED bits together, when it meets its like. */
void name_lift(struct token *t, size_t n)
{
    size_t words = 0;
    int bits = 0;

    for (size_t i = 0; i < n; i++)
        if (lifts(&t[i])) {
            words++;
            bits += t[i].bits;
        }
    for (size_t i = 0; i < n; i++)
        t[i].lift = bits < LIFTED && lifts(&t[i]) ? (uint16_t)(LIFTED / words) : 0;
}

static void finish_tokens(struct reading *r)
{
    if (r->taken == NAME_COMPANY) {
        add_letters(r, false);
        add_letters(r, true);
    }
    for (size_t i = 0; i < r->tokens; i++)
        token_finish(&r->token[i], r->taken);
    name_lift(r->token, r->tokens);
    if (r->taken == NAME_PERSON)
        tell_roles(r);
}

static struct str write_folded(struct arena *a, struct reading *r)
{
    char *to = arena_alloc(a, NAME_TOKENS_MAX * (TOKEN_MAX + 1) + 1);
    size_t n = 0;

    for (size_t i = 0; i < r->tokens; i++) {
        struct token *t = &r->token[i];
        if (t->flags & TOKEN_LETTERS)
            continue;
        if (n)
            to[n++] = ' ';
        t->at = (uint16_t)n;
        memcpy(to + n, t->text, t->n);
        n += t->n;
    }
    return str_n(to, n);
}

const struct name *name_read(struct arena *a, struct str written, enum name_of of)
{
    struct reading r = {.of = of};
    struct name *out;
    bool forms;

    if (written.n > NAME_BYTES_MAX)
        written.n = NAME_BYTES_MAX;
    cut_words(&r, names_fold(a, written, of));
    forms = of != NAME_PERSON && of != NAME_VESSEL && find_forms(&r);
    r.taken = guess(&r, forms);
    for (size_t i = 0; i < r.n && r.taken != NAME_VESSEL; i++)
        unread(&r.raw[i], r.taken == NAME_PERSON);
    make_tokens(&r);
    finish_tokens(&r);
    out = arena_alloc(a, sizeof *out + r.tokens * sizeof *r.token);
    out->of = of;
    out->taken = r.taken;
    out->written = written;
    out->folded = write_folded(a, &r);
    out->n = (uint8_t)r.tokens;
    if (r.tokens)
        memcpy(out->token, r.token, r.tokens * sizeof *r.token);
    return out;
}

struct str name_folded(struct arena *a, const struct name *n)
{
    return arena_copy(a, n->folded);
}
