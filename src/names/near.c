/*
 * near.c: what tells cheaply that two words cannot be near: a bound from below on sound_distance, from 24 bytes a word.
 *
 * An alignment of two sounds turns the letters of one into those of the other, one by one: each into another letter, or
 * into none. So it turns the classes of bones and the vowels that the one has more of into those that the other has more
 * of, and that cannot be cheaper than the cheapest way from class to class, through others where this is cheaper, by
 * the costs of sound.c taken over all letters of a class.
 *
 * Vowels: what both have is free, the rest is paired or left alone (vowels_cost).
 * Bones are within one edit (bones_near): a class that one side has more of (y), one that the other has more of (z),
 * or both, or two in the other order. y goes: into z, into none, into its neighbour's like (which then counts
 * as one with it, as do like neighbours when the vowel between them goes), or into a vowel that the other side has; then
 * one vowel less is left alone. z comes by the same ways. A vowel at the beginning is a bone only by its place: as
 * a bone it comes and goes for nothing here.
 */
#include "names/internal.h"

#include <pthread.h>

#define FAR 100 /* more than any budget */

static struct ways {
    int8_t bone[BONES][BONES]; /* from class to class; BONE_NONE is none */
    int8_t vowel[BONES][5];    /* from class to vowel */
} ways;
static bool vowels_near[5][5];
/* A vowel for one that is not near it, for one that is, and for none. */
static int vowel_full, vowel_least, vowel_lone;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char vowels[] = "aeiou";
static const char sounds[] = "abcdefghijklmnopqrstuvwxyz0123456789SZ";

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static void least(int8_t *cost, int than)
{
    if (than < *cost)
        *cost = (int8_t)than;
}

/* A letter that is no vowel as a bone of class y: beside all others, and alone. What comes or goes before an h makes
 * it the first or not. */
static void costs_of(struct ways *w, char sound, enum bone y)
{
    int lone = sound_lone_cost(sound, false);

    least(&w->bone[y][BONE_NONE], lone);
    least(&w->bone[BONE_NONE][y], lone);
    least(&w->bone[y][BONE_H], lone);
    least(&w->bone[BONE_H][y], lone);
    for (int i = 0; i < 5; i++)
        least(&w->vowel[y][i], sound_pair_cost(sound, vowels[i]));
    for (const char *s = sounds; *s; s++)
        for (int first = 0; first < 2 && !strchr(vowels, *s); first++) {
            least(&w->bone[y][bone_of(*s, first)], sound_pair_cost(sound, *s));
            least(&w->bone[bone_of(*s, first)][y], sound_pair_cost(sound, *s));
        }
}

static void make_ways(struct ways *w)
{
    memset(w, FAR, sizeof *w);
    for (const char *s = sounds; *s; s++)
        for (int first = 0; first < 2 && !strchr(vowels, *s); first++)
            costs_of(w, *s, bone_of(*s, first));
    least(&w->bone[BONE_H][BONE_NONE], sound_lone_cost(vowels[0], false)); /* a vowel before an h */
    least(&w->bone[BONE_NONE][BONE_H], sound_lone_cost(vowels[0], false));
    for (int y = 0; y < BONES; y++)
        w->bone[y][y] = 0;
    for (int by = 0; by < BONES; by++)
        for (int y = 0; y < BONES; y++)
            for (int z = 0; z < BONES; z++)
                least(&w->bone[y][z], w->bone[y][by] + w->bone[by][z]);
    for (int by = 0; by < BONES; by++)
        for (int y = 0; y < BONES; y++)
            for (int i = 0; i < 5; i++)
                least(&w->vowel[y][i], w->bone[y][by] + w->vowel[by][i]);
}

static void make(void)
{
    make_ways(&ways);
    vowel_lone = vowel_full = vowel_least = sound_lone_cost(vowels[0], false);
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++) {
            int cost = sound_pair_cost(vowels[i], vowels[k]);

            vowels_near[i][k] = i != k && cost < vowel_full;
            if (vowels_near[i][k] && cost < vowel_least)
                vowel_least = cost;
        }
    /* A vowel beside a bone can turn into its like, which does not show: "auf" and "avf". */
    for (const char *s = sounds; *s; s++)
        for (const char *t = sounds; *t; t++)
            for (int i = 0; i < 5; i++)
                if (*s != *t && bone_of(*s, false) != BONE_NONE && bone_of(*s, false) == bone_of(*t, false))
                    vowel_lone = smaller(vowel_lone, sound_pair_cost(*s, vowels[i]));
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

/* *more: how many vowels a has more than b. */
static int vowels_cost(const struct near *a, const struct near *b, int *more)
{
    int here[5], there[5], n = 0, m = 0, near = 0, pairs;

    for (int i = 0; i < 5; i++) {
        int same = smaller(a->vowels[i], b->vowels[i]);

        n += here[i] = a->vowels[i] - same;
        m += there[i] = b->vowels[i] - same;
    }
    *more = n - m;
    pairs = smaller(n, m);
    for (int i = 0; pairs && i < 5; i++)
        for (int k = 0; here[i] && k < 5; k++)
            if (vowels_near[i][k])
                near += smaller(here[i], there[k]);
    near = smaller(near, pairs);
    return near * vowel_least + (pairs - near) * vowel_full + (n + m - 2 * pairs) * vowel_lone;
}

static int bone_at(uint64_t b, int at)
{
    int bone = at < 0 ? BONE_NONE : (int)(b >> 4 * at & 15);

    return bone == BONE_VOWEL ? BONE_NONE : bone;
}

/* What it costs at least that this bone goes: to none or to its neighbour's like; or into a vowel of `other`. */
static int gone(const struct ways *w, uint64_t b, int at)
{
    const int8_t *way = w->bone[bone_at(b, at)];

    return smaller(way[BONE_NONE], smaller(way[bone_at(b, at - 1)], way[bone_at(b, at + 1)]));
}

static int voiced(const struct ways *w, uint64_t b, int at, const struct near *other)
{
    const int8_t *way = w->vowel[bone_at(b, at)];
    int cost = FAR;

    for (int i = 0; i < 5; i++)
        if (other->vowels[i])
            cost = smaller(cost, way[i]);
    return bone_at(b, at) == BONE_NONE ? FAR : cost;
}

static int bones_count(uint64_t b)
{
    return b ? (67 - __builtin_clzll(b)) / 4 : 0;
}

static uint64_t above(uint64_t b, int at)
{
    return b >> 4 * at;
}

/* One more at `at` in a. */
static bool longer_enough(const struct ways *w, const struct near *a, const struct near *b, int at,
                          int most)
{
    int y = gone(w, a->bones, at), v = voiced(w, a->bones, at, b), more, cost;

    if (y > most && v > most + vowel_full)
        return false;
    cost = vowels_cost(a, b, &more);
    return y + cost <= most || v + cost - (more < 0 ? vowel_full : 0) <= most;
}

static bool replaced_enough(const struct ways *w, const struct near *a, const struct near *b, int at,
                            int most)
{
    int y = gone(w, a->bones, at), z = gone(w, b->bones, at), more, cost;
    int v = voiced(w, a->bones, at, b), u = voiced(w, b->bones, at, a);
    int solid = smaller(w->bone[bone_at(a->bones, at)][bone_at(b->bones, at)], y + z);

    if (solid > most && v + z > most + vowel_full && u + y > most + vowel_full && u + v > most + vowel_full)
        return false;
    cost = vowels_cost(a, b, &more);
    return solid + cost <= most || v + z + cost - (more < 0 ? vowel_full : 0) <= most ||
           u + y + cost - (more > 0 ? vowel_full : 0) <= most || u + v + cost - vowel_full <= most;
}

static int swapped_cost(const struct ways *w, const struct near *a, const struct near *b, int at)
{
    int more, cost = vowels_cost(a, b, &more), freed = cost > vowel_full ? cost - vowel_full : 0;
    int y = smaller(gone(w, a->bones, at), voiced(w, a->bones, at, b));
    int z = smaller(gone(w, b->bones, at), voiced(w, b->bones, at, a));
    int each = smaller(w->bone[bone_at(a->bones, at)][bone_at(b->bones, at)], smaller(y, z));

    return smaller(SOUND_SWAP + cost, 2 * each + freed);
}

/* What differs in the bones, of which a has as many as b or one more; IN_MORE when it is more than one edit. */
enum differs { IN_NOTHING, IN_ONE_MORE, IN_ONE, IN_ORDER, IN_MORE };

static enum differs difference(uint64_t a, uint64_t b, int at, bool longer)
{
    if (longer)
        return above(a, at + 1) == above(b, at) ? IN_ONE_MORE : IN_MORE;
    if (above(a, at + 1) == above(b, at + 1))
        return IN_ONE;
    return bone_at(a, at) == bone_at(b, at + 1) && bone_at(a, at + 1) == bone_at(b, at) &&
                   above(a, at + 2) == above(b, at + 2)
               ? IN_ORDER
               : IN_MORE;
}

bool near_enough(const struct near *a, const struct near *b)
{
    bool bare = ((a->flags | b->flags) & TOKEN_UNVOWELLED) != 0;
    bool known = (a->flags & TOKEN_KNOWN) != 0 && (b->flags & TOKEN_KNOWN) != 0;
    int an = bones_count(a->bones), bn = bones_count(b->bones), at = 0, most, more;
    enum differs in = IN_NOTHING;

    if (an < bn)
        return near_enough(b, a);
    if (an - bn > 1 || bn == 0)
        return false;
    if (bare || an == BONES_MOST) /* vowels cost next to nothing; more bones may be left out */
        return true;
    if (a->bones != b->bones) {
        at = __builtin_ctzll(a->bones ^ b->bones) / 4;
        in = difference(a->bones, b->bones, at, an > bn);
    }
    if (in == IN_MORE)
        return false;
    most = token_budget(a->n > b->n ? a->n : b->n, known, bare);
    switch (in) {
    case IN_NOTHING:
        return vowels_cost(a, b, &more) <= most;
    case IN_ONE_MORE:
        return longer_enough(&ways, a, b, at, most);
    case IN_ONE:
        return replaced_enough(&ways, a, b, at, most);
    case IN_ORDER:
        return swapped_cost(&ways, a, b, at) <= most;
    case IN_MORE:
        break;
    }
    return false;
}
