/* Any bytes as a message between peers, and as an entry of a channel. */
#include "exchange/exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return exchange_fuzz_message(data, size);
}
