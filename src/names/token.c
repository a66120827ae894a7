/*
 * token.c: what two words have in common, and under which keys an index finds all words that have something in common.
 */
#include "names/internal.h"

/* ---- rarity ---- */

static uint16_t default_bits(const struct token *t, enum name_of of)
{
    static const uint16_t word[] = {100, 300, 850, 1000, 1150, 1225, 1300, 1350, 1400};
    static const uint16_t letters[] = {0, 0, 0, 700, 1150, 1300, 1400};
    static const uint16_t digits[] = {0, 300, 500, 750, 950, 1200};

    if (t->class == TOKEN_NUMBER)
        return digits[t->n < COUNT(digits) ? t->n : COUNT(digits) - 1];
    if (t->class == TOKEN_INITIAL)
        return 250;
    if (t->flags & TOKEN_LETTERS)
        return letters[t->n < COUNT(letters) ? t->n : COUNT(letters) - 1];
    (void)of;
    return word[t->n < COUNT(word) ? t->n : COUNT(word) - 1];
}

static uint16_t known_bits(const struct lex *x, enum name_of of)
{
    if (of == NAME_PERSON)
        return x->person;
    if (x->company)
        return x->company;
    return x->person ? (uint16_t)(x->person < 950 ? x->person + 250 : 1200) : 0;
}

void token_finish(struct token *t, enum name_of of)
{
    const struct lex *x = t->class == TOKEN_WORD ? lexicon_find(t->text, t->n) : NULL;

    token_sound(t);
    if (t->class == TOKEN_PARTICLE || t->class == TOKEN_TITLE || t->class == TOKEN_FORM) {
        t->bits = 0;
        return;
    }
    t->bits = default_bits(t, of);
    if (!x || t->flags & TOKEN_LETTERS)
        return;
    if (known_bits(x, of))
        t->bits = known_bits(x, of);
    t->canon = x->canon;
    memcpy(t->kin, x->kin, sizeof t->kin);
    t->flags |= x->flags;
    if (of == NAME_PERSON)
        t->flags &= (uint16_t) ~(TOKEN_BUSINESS | TOKEN_PLACE | TOKEN_DULL);
    if (of == NAME_VESSEL)
        t->flags &= (uint16_t)~TOKEN_DULL;
}

void token_join(const struct token *a, const struct token *b, struct token *out)
{
    *out = (struct token){.class = TOKEN_WORD, .flags = TOKEN_JOINED, .place = a->place, .at = a->at};
    out->n = (uint8_t)(a->n + b->n < TOKEN_MAX ? a->n + b->n : TOKEN_MAX);
    memcpy(out->text, a->text, a->n);
    memcpy(out->text + a->n, b->text, out->n - a->n);
    out->flags |= (a->flags | b->flags) & TOKEN_UNVOWELLED;
    token_finish(out, NAME_PERSON);
}

/* ---- agreement ---- */

int token_budget(int n, bool known, bool unvowelled)
{
    static const int8_t most[] = {0, 0, 0, 2, 3, 8, 10, 11, 13, 14, 17};
    int budget = known ? 3 : most[n < (int)COUNT(most) ? n : (int)COUNT(most) - 1];

    return unvowelled && budget < 6 ? 6 : budget;
}

/* How close two names are that are forms of one another, of a hundred; 0 when they are not. */
static int kinship(const struct token *a, const struct token *b)
{
    int best = 0;

    for (size_t i = 0; i < COUNT(a->kin) && a->kin[i]; i++)
        for (size_t k = 0; k < COUNT(b->kin) && b->kin[k]; k++)
            if (a->kin[i] == b->kin[k])
                best = a->kin[i] < TOKEN_TONGUES ? 80 : best ? best : 45;
    return best;
}

static int percent(int bits, int of_hundred)
{
    return bits * of_hundred / 100;
}

static int lifted(const struct token *a, const struct token *b, int bits)
{
    int lift = a->lift < b->lift ? a->lift : b->lift;

    return bits > lift ? bits : lift;
}

/* Names are seldom misspelt in their first letter, and never there and elsewhere at once. `d` is how far apart they are in
 * all, 0 for words that are both known. */
static bool starts_apart(const struct token *a, const struct token *b, int d)
{
    char s = a->sound[0], t = b->sound[0];
    int cost = sound_pair_cost(s, t);

    return s != t && (s == 'h' || t == 'h' || cost > 3) && (d == 0 || d > cost + 3) && a->n < 10 &&
           b->n < 10;
}

/* Both are words. */
static int word_gain(const struct token *a, const struct token *b, enum evidence_of *of)
{
    int bits = a->bits < b->bits ? a->bits : b->bits;
    bool known = (a->flags & TOKEN_KNOWN) != 0 && (b->flags & TOKEN_KNOWN) != 0;
    bool joined = ((a->flags | b->flags) & TOKEN_JOINED) != 0;
    int most, d;

    *of = EVIDENCE_SAME;
    if (a->n == b->n && memcmp(a->text, b->text, a->n) == 0)
        return lifted(a, b, bits);
    if ((a->flags | b->flags) & TOKEN_LETTERS)
        return 0;
    *of = EVIDENCE_VARIANT;
    if (a->canon && a->canon == b->canon && !joined)
        return percent(lifted(a, b, bits), 92);
    if (!joined && kinship(a, b))
        return percent(bits, kinship(a, b));
    if (known && a->canon && b->canon && !joined &&
        !((a->flags | b->flags) & TOKEN_UNVOWELLED)) /* two names that are told apart */
        return 0;
    if (!a->bones || !b->bones || !bones_near(a->bones, b->bones, joined ? 0 : 1))
        return 0;
    if (joined && a->skeleton == 0)
        return 0;
    most = token_budget(a->n > b->n ? a->n : b->n, known, ((a->flags | b->flags) & TOKEN_UNVOWELLED) != 0);
    d = sound_distance(a, b, most);
    if (d > most || starts_apart(a, b, known ? 0 : d))
        return 0;
    *of = EVIDENCE_NEAR;
    if ((a->flags | b->flags) & TOKEN_UNVOWELLED)
        return percent(bits, 98 - 3 * d);
    return percent(bits, 95 - 45 * d / (most > 10 ? most : 10));
}

int token_gain(const struct token *a, const struct token *b, enum evidence_of *of)
{
    enum evidence_of unused;

    of = of ? of : &unused;
    *of = EVIDENCE_SAME;
    if (a->bits == 0 || b->bits == 0 || (a->flags & b->flags & TOKEN_LETTERS))
        return 0;
    if (a->class == TOKEN_WORD && b->class == TOKEN_WORD)
        return word_gain(a, b, of);
    if (a->class == TOKEN_NUMBER && b->class == TOKEN_NUMBER) {
        *of = EVIDENCE_NUMBER;
        return strcmp(a->text, b->text) == 0 ? lifted(a, b, a->bits < b->bits ? a->bits : b->bits) : 0;
    }
    *of = EVIDENCE_INITIAL;
    if ((a->class == TOKEN_INITIAL && (b->class == TOKEN_WORD || b->class == TOKEN_INITIAL)) ||
        (b->class == TOKEN_INITIAL && a->class == TOKEN_WORD))
        return a->text[0] == b->text[0] ? (a->bits < b->bits ? a->bits : b->bits) : 0;
    return 0;
}

/* ---- keys ---- */

static uint64_t key_of(uint64_t value, uint64_t sort)
{
    uint64_t x = value ^ sort << 60;

    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    return x ^ x >> 32;
}

size_t token_keys(const struct token *t, uint64_t *out, size_t *near)
{
    uint64_t text = 14695981039346656037u;
    size_t n = 0;

    *near = 0;
    if (t->bits == 0)
        return 0;
    for (size_t i = 0; i < t->n; i++)
        text = (text ^ (unsigned char)t->text[i]) * 1099511628211u;
    out[n++] = key_of(text, 1);
    *near = n;
    if (t->class != TOKEN_WORD || t->flags & TOKEN_LETTERS)
        return n;
    if (t->canon)
        out[n++] = key_of(t->canon, 2);
    for (size_t i = 0; i < COUNT(t->kin); i++)
        if (t->kin[i])
            out[n++] = key_of(t->kin[i], 3);
    *near = n;
    if (!t->bones)
        return n;
    out[n++] = key_of(t->bones, 4);
    for (int i = 0; t->bones >> 4 * i && i < 16; i++) {
        uint64_t low = t->bones & (((uint64_t)1 << 4 * i) - 1), rest = low | (t->bones >> 4 * i >> 4)
                                                                                 << 4 * i;
        if (rest)
            out[n++] = key_of(rest, 4);
    }
    return n;
}
