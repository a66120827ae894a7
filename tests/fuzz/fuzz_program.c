/* Any bytes as the text of an agreement; what is one runs its examples. */
#include "release/release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return release_fuzz_program(data, size);
}
