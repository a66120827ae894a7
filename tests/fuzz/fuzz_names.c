/* Names and numbers of any bytes have a normal form that is text and fits its field. */
#include "base/normalise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str s)
{
    if (s.n > NORMAL_MAX)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct str s = str_n(data, size), name = normal_name(a, s);

    check(name);
    if (!str_utf8(name))
        __builtin_trap();
    check(normal_identifier(a, "imo", s));
    check(normal_identifier(a, "tax", s));
    check(normal_identifier(a, "plate", s));
    arena_free(a);
    return 0;
}
