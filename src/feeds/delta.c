/* delta.c: greedy matching over a hash of every position of the base. See delta.h. */
#include "feeds/delta.h"

#include "base/crypto.h"

#include <stdlib.h>

#define MAGIC     "PD1"
#define HEAD      (3 + 2 * HASH_SIZE)
#define SEED      8  /* bytes that a match begins with */
#define LEAST     12 /* bytes that are worth a copy */
#define CHAIN     32 /* earlier places that are tried */
#define HASH_BITS 16

static void number_put(struct buf *b, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        buf_char(b, (char)(n | 0x80));
    buf_char(b, (char)n);
}

static bool number_get(struct str *s, uint64_t *n)
{
    unsigned shift = 0;

    for (*n = 0; s->n && shift < 63; shift += 7) {
        uint8_t c = (uint8_t)s->p[0];
        *s = str_n(s->p + 1, s->n - 1);
        *n |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80)
            return true;
    }
    return false;
}

static uint32_t seed_hash(const char *p)
{
    uint64_t v;

    memcpy(&v, p, SEED);
    return (uint32_t)(v * UINT64_C(0x9e3779b97f4a7c15) >> (64 - HASH_BITS));
}

struct places { /* of the base, by what stands there: a chain for each hash, the last place first */
    struct str base;
    uint32_t *first, *before; /* + 1; 0 = none */
};

static void places_init(struct places *x, struct str base)
{
    size_t slots = (size_t)1 << HASH_BITS;

    x->base = base;
    x->first = xmalloc(slots * sizeof *x->first);
    x->before = xmalloc((base.n + 1) * sizeof *x->before);
    memset(x->first, 0, slots * sizeof *x->first);
    for (size_t i = 0; i + SEED <= base.n; i++) {
        uint32_t h = seed_hash(base.p + i);
        x->before[i] = x->first[h];
        x->first[h] = (uint32_t)i + 1;
    }
}

static size_t run_of(struct str base, size_t at, struct str text, size_t from)
{
    size_t n = 0;

    while (at + n < base.n && from + n < text.n && base.p[at + n] == text.p[from + n])
        n++;
    return n;
}

/* The longest piece of the base that the text goes on with; where the last copy ended is tried first. */
static size_t longest(const struct places *x, struct str text, size_t from, size_t hint, size_t *at)
{
    size_t best = run_of(x->base, hint, text, from);
    unsigned tries = CHAIN;

    *at = hint;
    if (from + SEED > text.n)
        return best;
    for (uint32_t i = x->first[seed_hash(text.p + from)]; i && tries; i = x->before[i - 1], tries--) {
        size_t n = run_of(x->base, i - 1, text, from);
        if (n > best) {
            best = n;
            *at = i - 1;
        }
    }
    return best;
}

static void own_put(struct buf *out, struct str text, size_t from, size_t to)
{
    if (to == from)
        return;
    number_put(out, (uint64_t)(to - from) * 2 + 1);
    buf_put(out, text.p + from, to - from);
}

void delta_make(struct buf *out, struct str base, struct str text)
{
    uint8_t hash[2][HASH_SIZE];
    struct places x;
    size_t own = 0, i = 0, hint = 0, at;

    sha256_one(hash[0], base);
    sha256_one(hash[1], text);
    buf_put(out, MAGIC, 3);
    buf_put(out, hash, sizeof hash);
    places_init(&x, base);
    while (i < text.n) {
        size_t n = longest(&x, text, i, hint, &at);
        if (n < LEAST && !(n >= 4 && at == hint)) {
            i++;
            hint += hint < base.n; /* a spelling of the same length */
            continue;
        }
        own_put(out, text, own, i);
        number_put(out, (uint64_t)n * 2);
        number_put(out, at);
        own = i += n;
        hint = at + n;
    }
    own_put(out, text, own, text.n);
    free(x.first);
    free(x.before);
}

static bool own_next(struct str *rest, uint64_t *n, bool *copy)
{
    if (!number_get(rest, n))
        return false;
    *copy = (*n & 1) == 0;
    *n >>= 1;
    return true;
}

static bool body_apply(struct buf *out, struct str base, struct str rest)
{
    uint64_t n, at = 0;
    bool copy;

    while (rest.n) {
        if (!own_next(&rest, &n, &copy) || (copy && !number_get(&rest, &at)))
            return false;
        if (copy ? at > base.n || n > base.n - at : n > rest.n)
            return false;
        buf_put(out, copy ? base.p + at : rest.p, n);
        if (!copy)
            rest = str_n(rest.p + n, rest.n - n);
        if (out->over)
            return false;
    }
    return true;
}

enum delta_result delta_apply(struct buf *out, struct str base, struct str delta)
{
    uint8_t hash[HASH_SIZE];
    size_t n = out->n;

    if (delta.n < HEAD || memcmp(delta.p, MAGIC, 3) != 0)
        return DELTA_BROKEN;
    sha256_one(hash, base);
    if (memcmp(hash, delta.p + 3, HASH_SIZE) != 0)
        return DELTA_OTHER;
    if (body_apply(out, base, str_n(delta.p + HEAD, delta.n - HEAD))) {
        sha256_one(hash, str_n(out->p + n, out->n - n));
        if (memcmp(hash, delta.p + 3 + HASH_SIZE, HASH_SIZE) == 0)
            return DELTA_DONE;
    }
    out->n = n;
    return DELTA_BROKEN;
}

size_t delta_own(struct str delta)
{
    struct str rest = delta.n > HEAD ? str_n(delta.p + HEAD, delta.n - HEAD) : (struct str){0};
    uint64_t n, at;
    size_t all = 0;
    bool copy;

    while (rest.n && own_next(&rest, &n, &copy)) {
        if (copy ? !number_get(&rest, &at) : n > rest.n)
            break;
        all += copy ? 0 : n;
        if (!copy)
            rest = str_n(rest.p + n, rest.n - n);
    }
    return all;
}
