/* Any bytes as the texts and messages of a private query, and as a value. */
#include "exchange/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return exchange_fuzz_query(data, size);
}
