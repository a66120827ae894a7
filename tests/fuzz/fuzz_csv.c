/* A mapping and a table: what stands before the first NUL is the mapping, the rest the table. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t n = nul ? (size_t)(nul - data) : 0;

    target_run("csv", str_n(data, n), data + n, size - n);
    target_run("csv",
               S("kind item\ncolumn a -> marks date \"dd/mm/yy hh:mi\"\ncolumn b -> quantity decimal ,\n"),
               data, size);
    return 0;
}
