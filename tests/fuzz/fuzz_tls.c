/* Any bytes as a peer's certificate. */
#include "base/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return tls_fuzz(data, size);
}
