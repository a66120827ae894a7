/* Any bytes as a rule, and behind a NUL as the data that it is run on. */
#include "cel/cel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return cel_fuzz(data, size);
}
