/*
 * sound.c: a word as it sounds, whatever the country that romanised it. The sound is a word of these letters:
 *   vowels a e i o u (y is i; ou, oo are u; ee is i; a doubled letter is one)
 *   b p f v k g m n l r d t s z   as they are (w is v; q, c before a dark vowel and ck are k; ph is f; th is t)
 *   c ch, tch, cz       j dj, dzh     S sh, sch, sz, shch     Z zh        x kh
 * and its bones are the consonants alone, in classes wide enough for what romanisations confuse: two spellings of one
 * name have the same bones or nearly so, which is what the index looks for (token_keys).
 */
#include "names/internal.h"

#include <assert.h>
#include <pthread.h>

struct sounds_as {
    const char *written, *sound;
};

/* The first that fits, so the longer ones stand first. */
static const struct sounds_as rules[] = {
    {"schtsch", "S"}, {"stsch", "S"}, {"shch", "S"}, {"szcz", "S"}, {"tsch", "c"}, {"dsch", "j"},
    {"tzsch", "c"},   {"sch", "S"},   {"sh", "S"},   {"sz", "S"},   {"tch", "c"},  {"cz", "c"},
    {"ch", "c"},      {"dzh", "j"},   {"dj", "j"},   {"zh", "Z"},   {"kh", "x"},   {"gh", "g"},
    {"ph", "f"},      {"th", "t"},    {"dh", "d"},   {"ck", "k"},   {"cq", "k"},   {"ts", "s"},
    {"tz", "s"},      {"dz", "z"},    {"que", "ke"}, {"qui", "ki"}, {"qu", "k"},   {"gue", "ge"},
    {"gui", "gi"},    {"ou", "u"},    {"oo", "u"},   {"ee", "i"},   {"oe", "o"},   {"ue", "u"},
    {"ae", "a"},      {"ce", "se"},   {"ci", "si"},  {"cy", "si"},  {"c", "k"},    {"q", "k"},
    {"w", "v"},       {"y", "i"},     {"x", "ks"},
};

/* Only at the beginning. */
static const struct sounds_as first_rules[] = {{"hs", "S"}, {"x", "S"}, {"ts", "s"}, {"pf", "f"}};

static pthread_once_t tables_once = PTHREAD_ONCE_INIT;
static void make_tables(void);

/* Rules by their first letter, in the order above. */
static struct {
    const struct sounds_as *rule[12];
    uint8_t length[12], n;
} rules_of[26];

static void sort_rules(void)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        size_t c = (size_t)(rules[i].written[0] - 'a'), n = rules_of[c].n;

        assert(n < COUNT(rules_of[c].rule));
        rules_of[c].rule[n] = &rules[i];
        rules_of[c].length[n] = (uint8_t)strlen(rules[i].written);
        rules_of[c].n++;
    }
}

static const struct sounds_as *rule_at(const char *p, bool first, size_t *n)
{
    size_t c = (size_t)(unsigned char)*p - 'a';

    for (size_t i = 0; first && i < COUNT(first_rules); i++) {
        *n = strlen(first_rules[i].written);
        if (*p == first_rules[i].written[0] && strncmp(p, first_rules[i].written, *n) == 0)
            return &first_rules[i];
    }
    for (size_t i = 0; c < COUNT(rules_of) && i < rules_of[c].n; i++) {
        *n = rules_of[c].length[i];
        if (strncmp(p, rules_of[c].rule[i]->written, *n) == 0)
            return rules_of[c].rule[i];
    }
    *n = 1;
    return NULL;
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

enum bone bone_of(char c, bool first)
{
    switch (c) {
    case 'b':
    case 'v':
    case 'f':
        return BONE_B;
    case 'p':
        return BONE_P;
    case 'k':
    case 'g':
        return BONE_K;
    case 'j':
    case 'Z':
        return BONE_J;
    case 's':
    case 'z':
    case 'S':
    case 'c':
        return BONE_S;
    case 't':
    case 'd':
        return BONE_T;
    case 'l':
        return BONE_L;
    case 'r':
        return BONE_R;
    case 'm':
        return BONE_M;
    case 'n':
        return BONE_N;
    case 'x':
        return BONE_H;
    case 'h':
        return first ? BONE_H : BONE_NONE;
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
        return first ? BONE_VOWEL : BONE_NONE;
    }
    return BONE_DIGIT;
}

static uint32_t mix(uint64_t x)
{
    x ^= x >> 31;
    x *= 0x9e3779b97f4a7c15u;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9u;
    return (uint32_t)(x >> 32);
}

void token_sound(struct token *t)
{
    size_t n = 0, bones = 0;
    enum bone last = BONE_NONE;

    pthread_once(&tables_once, make_tables);
    for (const char *p = t->text; *p && n < TOKEN_MAX;) {
        size_t taken;
        const struct sounds_as *r = rule_at(p, p == t->text && !(t->flags & TOKEN_UNVOWELLED), &taken);
        char own[2] = {*p, '\0'};
        for (const char *s = r ? r->sound : own; *s && n < TOKEN_MAX; s++)
            if (n == 0 || t->sound[n - 1] != *s || (*s >= '0' && *s <= '9'))
                t->sound[n++] = *s;
        p += taken;
    }
    t->sound[n] = '\0';
    t->sounds = (uint8_t)n;
    t->bones = 0;
    for (size_t i = 0; i < n && bones < BONES_MOST; i++) {
        enum bone b = bone_of(t->sound[i], i == 0);
        if (b != BONE_NONE && (b != last || b == BONE_DIGIT))
            t->bones |= (uint64_t)b << 4 * bones++;
        if (b != BONE_NONE || is_vowel(t->sound[i]))
            last = b;
    }
    t->skeleton = t->bones < 0x10 ? 0 : mix(t->bones) | 1;
}

/* ---- bones ---- */

static int bones_count(uint64_t b)
{
    return b ? (67 - __builtin_clzll(b)) / 4 : 0;
}

static uint64_t without(uint64_t b, int at)
{
    uint64_t low = b & (((uint64_t)1 << 4 * at) - 1);
    return low | (b >> 4 * at >> 4) << 4 * at;
}

bool bones_near(uint64_t a, uint64_t b, int most)
{
    int at, an, bn;

    if (a == b)
        return a != 0; /* nothing in common is nothing */
    if (most == 0)
        return false;
    an = bones_count(a);
    bn = bones_count(b);
    if (an - bn > most || bn - an > most)
        return false;
    at = __builtin_ctzll(a ^ b) / 4;
    if (an >= bn && bones_near(without(a, at), b, most - 1))
        return true;
    if (bn >= an && bones_near(a, without(b, at), most - 1))
        return true;
    if (bones_near(without(a, at), without(b, at), most - 1)) /* another one in its place */
        return true;
    if (an == bn && at + 1 < an && (a >> 4 * at & 15) == (b >> (4 * at + 4) & 15) &&
        (b >> 4 * at & 15) == (a >> (4 * at + 4) & 15))
        return bones_near(without(without(a, at), at), without(without(b, at), at), most - 1);
    return false;
}

/* ---- distance ---- */

struct near_pair {
    char pair[3];
    uint8_t cost;
};

/* What one letter for another costs, in tenths; all other pairs of consonants cost 10, of vowels 4. */
static const struct near_pair near_pairs[] = {
    {"ae", 2}, {"ei", 2}, {"ou", 2}, {"ai", 4}, {"ao", 4}, {"bv", 2}, {"fv", 2}, {"bp", 4}, {"bf", 6},
    {"fp", 5}, {"kg", 4}, {"kx", 3}, {"xh", 1}, {"gx", 4}, {"gj", 3}, {"gh", 4}, {"jx", 4}, {"jh", 4},
    {"jZ", 2}, {"jS", 5}, {"jc", 4}, {"ji", 2}, {"jz", 5}, {"js", 6}, {"sz", 1}, {"sS", 2}, {"zS", 3},
    {"zZ", 2}, {"SZ", 3}, {"sc", 3}, {"cS", 2}, {"ck", 4}, {"cx", 4}, {"ch", 5}, {"cz", 4}, {"cZ", 4},
    {"sZ", 3}, {"td", 3}, {"vu", 3}, {"vo", 4}, {"nm", 6}, {"lr", 7}, {"ks", 6}, {"ts", 6}, {"dz", 5},
    {"cd", 6}, {"tc", 6}, {"gi", 4}, {"hk", 5},
};

/* Letters of a sound by number: a-z, 0-9, and the rest. */
enum { LETTERS = 38 };

static int letter(char c)
{
    return c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? 26 + c - '0' : c == 'S' ? 36 : 37;
}

static const char letters[LETTERS + 1] = "abcdefghijklmnopqrstuvwxyz0123456789SZ";
static int8_t pair_costs[LETTERS][LETTERS];

static void make_tables(void)
{
    sort_rules();
    for (int i = 0; i < LETTERS; i++)
        for (int k = 0; k < LETTERS; k++) {
            bool digit = (i >= 26 && i < 36) || (k >= 26 && k < 36);

            pair_costs[i][k] = i == k                                         ? 0
                               : digit                                        ? 40
                               : is_vowel(letters[i]) && is_vowel(letters[k]) ? 4
                                                                              : 10;
        }
    for (size_t i = 0; i < COUNT(near_pairs); i++) {
        int a = letter(near_pairs[i].pair[0]), b = letter(near_pairs[i].pair[1]);

        pair_costs[a][b] = pair_costs[b][a] = (int8_t)near_pairs[i].cost;
    }
}

int sound_pair_cost(char a, char b)
{
    pthread_once(&tables_once, make_tables);
    return pair_costs[letter(a)][letter(b)];
}

int sound_lone_cost(char c, bool unvowelled)
{
    if (is_vowel(c))
        return unvowelled ? 1 : 4;
    if (c == 'h')
        return 2;
    return c >= '0' && c <= '9' ? 40 : 9;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment over the sounds, by rows. It ends early when this row and a swap from the one before cost
 * too much. */
int sound_distance(const struct token *a, const struct token *b, int most)
{
    int row[3][TOKEN_MAX + 2], lone[TOKEN_MAX + 1], code[TOKEN_MAX + 1];
    int *before = row[0], *last = row[1], *now = row[2], least_before;
    bool bare = ((a->flags | b->flags) & TOKEN_UNVOWELLED) != 0;

    pthread_once(&tables_once, make_tables);
    last[0] = least_before = 0;
    for (int j = 0; j < b->sounds; j++) {
        lone[j] = sound_lone_cost(b->sound[j], bare);
        code[j] = letter(b->sound[j]);
        last[j + 1] = last[j] + lone[j];
    }
    for (int i = 0; i < a->sounds; i++) {
        char c = a->sound[i];
        const int8_t *pair = pair_costs[letter(c)];
        int out = sound_lone_cost(c, bare), least;
        int *spare = before;
        now[0] = least = last[0] + out;
        for (int j = 0; j < b->sounds; j++) {
            char d = b->sound[j];
            int cost = smaller(smaller(last[j + 1] + out, now[j] + lone[j]), last[j] + pair[code[j]]);
            if (i && j && c == b->sound[j - 1] && d == a->sound[i - 1] && c != d)
                cost = smaller(cost, before[j - 1] +
                                         (is_vowel(c) && is_vowel(d) ? SOUND_SWAP_VOWELS : SOUND_SWAP));
            now[j + 1] = cost;
            least = smaller(least, cost);
        }
        if (least > most && least_before + SOUND_SWAP_VOWELS > most)
            return most + 1;
        least_before = least;
        before = last;
        last = now;
        now = spare;
    }
    return last[b->sounds];
}
