/* index_words.c: words and runs of words, and the keys under which the index finds them. */
#include "names/index_parts.h"

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

bool word_same(const struct token *a, const struct token *b)
{
    return a->n == b->n && a->class == b->class && a->bits == b->bits && a->flags == b->flags &&
           a->canon == b->canon && memcmp(a->kin, b->kin, sizeof a->kin) == 0 &&
           memcmp(a->text, b->text, a->n) == 0; /* how it sounds follows from the text */
}

struct token word_bare(const struct token *t)
{
    struct token bare;

    memset(&bare, 0, sizeof bare); /* the bytes between the fields too: they are written */
    memcpy(bare.text, t->text, t->n);
    memcpy(bare.sound, t->sound, t->sounds);
    bare.bones = t->bones;
    bare.n = t->n;
    bare.sounds = t->sounds;
    bare.class = t->class;
    bare.flags = t->flags;
    bare.bits = t->bits;
    bare.canon = t->canon;
    bare.lift = UINT16_MAX; /* the name's to say: no name's is more */
    memcpy(bare.kin, t->kin, sizeof bare.kin);
    bare.skeleton = t->skeleton;
    return bare;
}

uint64_t text_key(const struct token *t)
{
    uint64_t part[4] = {0}, key = t->n;

    memcpy(part, t->text, t->n);
    for (size_t i = 0; i < 4; i++)
        key = mix(key ^ part[i]);
    return key;
}

uint64_t join_key(const struct token *t)
{
    return t->skeleton ? mix(t->skeleton | UINT64_C(1) << 32) : text_key(t);
}

size_t word_keys(const struct token *t, uint64_t out[TOKEN_KEYS_MAX], size_t *near)
{
    *near = 0;
    return t->class == TOKEN_INITIAL ? 0 : token_keys(t, out, near);
}

bool run_token(const struct names_index *ix, const uint32_t run[JOINED_MOST], struct token *out)
{
    struct token so_far = *word_at(ix, run[0]);
    bool tells = so_far.bits != 0;

    for (size_t i = 1; i < JOINED_MOST && run[i] != NONE; i++) {
        const struct token *next = word_at(ix, run[i]);

        tells |= next->bits != 0;
        token_join(&so_far, next, out);
        so_far = *out;
    }
    return tells && out->bits != 0;
}

uint8_t word_sign(const struct token *t)
{
    return (uint8_t)(join_key(t) >> 59);
}
