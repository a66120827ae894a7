/* Two names of any bytes: what is said for and against adds up, and
 * agreeing words share a key. */
#include "names/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void keys(const struct token *a, const struct token *b)
{
    uint64_t one[TOKEN_KEYS_MAX], other[TOKEN_KEYS_MAX];
    size_t near, n, m;

    if (token_gain(a, b, NULL) <= 0 || a->class == TOKEN_INITIAL || b->class == TOKEN_INITIAL)
        return;
    n = token_keys(a, one, &near);
    m = token_keys(b, other, &near);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (one[i] == other[k])
                return;
    __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    enum name_of of = size ? (enum name_of)(data[0] & 3) : NAME_ANY;
    size_t half = size / 2;
    const struct name *a = name_read(arena, str_n(data, half), of);
    const struct name *b = name_read(arena, str_n(data + half, size - half), of);
    struct comparison c;
    int sum = 0;

    if (names_compare(a, b, &c) != names_compare(a, b, NULL))
        __builtin_trap();
    for (size_t i = 0; i < c.n; i++)
        sum += c.part[i].bits;
    if (c.n < EVIDENCE_MAX && sum != c.bits)
        __builtin_trap();
    if (!str_utf8(a->folded))
        __builtin_trap();
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            keys(&a->token[i], &b->token[k]);
    arena_free(arena);
    return 0;
}
