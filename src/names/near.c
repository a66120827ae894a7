/*
 * near.c: what tells cheaply that two words cannot be near: a bound from below on sound_distance, from 16 bytes a word.
 *
 * An alignment of two sounds does two kinds of things that show here: it changes bones (consonants), and it changes how
 * many of each vowel there are. What the first cost at least is `bones_cost`, what the second `vowels_cost`; a letter
 * for another of the other kind is counted among the bones, so for each change of a bone two vowels at most (one here,
 * one there: 4 tenths) are taken off the vowels. All costs are those of sound.c, taken over all letters of a bone.
 *
 * Bones are within one edit (bones_near), so they show one of:
 *   - one more on one side: some change takes it away;
 *   - one of class y in the place of one of class z: one change did both, or two did one each;
 *   - two in the other order: a swap, or two changes.
 * A bone beside its like may have come or gone with the vowel between the two: that costs only vowels.
 */
#include "names/internal.h"

#include <pthread.h>

#define FAR 100 /* more than any budget */

/* By class: one for another; and the least that takes one away, whatever comes of it. */
static int8_t other[BONES][BONES], away[BONES];
static bool vowels_near[5][5];
static int vowel_full,
    vowel_least; /* a vowel for one that is not near it, or for none; for one that is near */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char vowels[] = "aeiou";
static const char sounds[] = "abcdefghijklmnopqrstuvwxyz0123456789SZ";

static void least(int8_t *cost, int than)
{
    if (than < *cost)
        *cost = (int8_t)than;
}

/* What one sound of class y costs beside each other one. A sound at the beginning counts as what it is there, too. */
static void costs_of(enum bone y, char sound)
{
    int lone = sound_lone_cost(sound, true);

    /* Whatever stood before a vowel or h makes it the first when it goes, and no longer the first when it comes. */
    least(&away[y], lone);
    least(&away[BONE_VOWEL], lone);
    least(&away[BONE_H], lone);
    least(&other[y][BONE_VOWEL], lone);
    least(&other[y][BONE_H], lone);
    least(&other[BONE_VOWEL][y], lone);
    least(&other[BONE_H][y], lone);
    for (const char *s = sounds; *s; s++) {
        int cost = sound_pair_cost(sound, *s);

        for (int first = 0; first < 2; first++) {
            enum bone z = bone_of(*s, first);

            least(&other[y][z], cost);
            least(&other[z][y], cost);
            if (z != y)
                least(&away[y], cost);
        }
    }
}

static void make(void)
{
    memset(other, FAR, sizeof other);
    memset(away, FAR, sizeof away);
    for (const char *s = sounds; *s; s++)
        for (int first = 0; first < 2; first++)
            if (bone_of(*s, first) != BONE_NONE)
                costs_of(bone_of(*s, first), *s);
    vowel_full = vowel_least = sound_lone_cost(vowels[0], false);
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++) {
            int cost = sound_pair_cost(vowels[i], vowels[k]);

            vowels_near[i][k] = i != k && cost < vowel_full;
            if (vowels_near[i][k] && cost < vowel_least)
                vowel_least = cost;
        }
}

struct near near_of(const struct token *t)
{
    struct near n = {.bones = t->bones, .n = t->n, .flags = t->flags};

    pthread_once(&once, make);
    for (size_t i = 0; i < t->sounds; i++)
        for (size_t k = 0; k < 5; k++)
            n.vowels[k] = (uint8_t)(n.vowels[k] + (t->sound[i] == vowels[k]));
    return n;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int vowels_cost(const struct near *a, const struct near *b)
{
    int here[5], there[5], n = 0, m = 0, near = 0, pairs;

    for (int i = 0; i < 5; i++) {
        int same = smaller(a->vowels[i], b->vowels[i]);

        n += here[i] = a->vowels[i] - same;
        m += there[i] = b->vowels[i] - same;
    }
    pairs = smaller(n, m);
    for (int i = 0; pairs && i < 5; i++)
        for (int k = 0; here[i] && k < 5; k++)
            if (vowels_near[i][k])
                near += smaller(here[i], there[k]);
    near = smaller(near, pairs);
    return near * vowel_least + (pairs - near + n + m - 2 * pairs) * vowel_full;
}

static enum bone bone_at(uint64_t b, int at)
{
    return at < 0 ? BONE_NONE : (enum bone)(b >> 4 * at & 15);
}

/* What it costs at least that the bone is away. */
static int away_cost(uint64_t b, int at)
{
    enum bone y = bone_at(b, at);

    return y == bone_at(b, at - 1) || y == bone_at(b, at + 1) ? 0 : away[y];
}

/* `vowels` are what the vowels cost: each of `changes` may have been one of theirs. */
static int together(int bones, int changes, int vowels_cost_all)
{
    int left = vowels_cost_all - changes * vowel_full;

    return bones + (left > 0 ? left : 0);
}

static int bones_count(uint64_t b)
{
    return b ? (67 - __builtin_clzll(b)) / 4 : 0;
}

static uint64_t above(uint64_t b, int at)
{
    return b >> 4 * at;
}

bool near_enough(const struct near *a, const struct near *b)
{
    bool bare = ((a->flags | b->flags) & TOKEN_UNVOWELLED) != 0;
    bool known = (a->flags & TOKEN_KNOWN) != 0 && (b->flags & TOKEN_KNOWN) != 0;
    int most = token_budget(a->n > b->n ? a->n : b->n, known, bare), at, y, z;
    int an = bones_count(a->bones), bn = bones_count(b->bones), v;

    if (an < bn)
        return near_enough(b, a);
    if (an - bn > 1 || bn == 0)
        return false;
    v = bare ? 0 : vowels_cost(a, b);
    if (an == BONES_MOST)
        return true;
    if (a->bones == b->bones)
        return v <= most;
    at = __builtin_ctzll(a->bones ^ b->bones) / 4;
    y = away_cost(a->bones, at);
    z = away_cost(b->bones, at);
    if (an > bn)
        return above(a->bones, at + 1) == above(b->bones, at) && together(y, y > 0, v) <= most;
    if (above(a->bones, at + 1) == above(b->bones, at + 1))
        return together(other[bone_at(a->bones, at)][bone_at(b->bones, at)], 1, v) <= most ||
               together(y + z, 2, v) <= most;
    return bone_at(a->bones, at) == bone_at(b->bones, at + 1) &&
           bone_at(a->bones, at + 1) == bone_at(b->bones, at) &&
           above(a->bones, at + 2) == above(b->bones, at + 2) &&
           together(smaller(SOUND_SWAP, 2 * smaller(y, z)), 2, v) <= most;
}
