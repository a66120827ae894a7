/* Any bytes as a disclosure: refused, or a record that can be shown narrower under the same commitment. */
#include "schema/schema.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct str in = arena_copy(a, str_n(data, size));
    struct disclosed d, less;
    struct err e = {0};
    struct buf b;

    buf_init(&b, 1 << 22);
    if (schema_disclosed(a, in, &d, &e) == 0) {
        uint64_t show = UINT64_C(0x5555555555555555);
        int narrowed = schema_narrow(&b, in, show, &e),
            opened = schema_disclosed(a, buf_view(&b), &less, &e);
        assert(narrowed == 0 && opened == 0);
        assert(memcmp(d.commitment, less.commitment, sizeof d.commitment) == 0);
        assert(less.record->have == (d.record->have & show));
        assert((less.withheld | less.record->have) == (d.withheld | d.record->have));
    }
    buf_free(&b);
    arena_free(a);
    return 0;
}
