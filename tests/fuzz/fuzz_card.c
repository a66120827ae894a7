/* Any bytes as a node's card. */
#include "exchange/peer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return exchange_fuzz_card(data, size);
}
