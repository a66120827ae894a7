/* X12 and EDIFACT, as detected, and a table of the user's: what stands before the first NUL is the table. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t n = nul ? (size_t)(nul - data) : 0;

    target_run("x12", (struct str){0}, data, size);
    target_run("edifact", (struct str){0}, data, size);
    if (n) {
        target_profiles = str_n(data, n);
        target_run(NULL, (struct str){0}, data + n + 1, size - n - 1);
        target_profiles = (struct str){0};
    }
    return 0;
}
