/* Any bytes as a proof of a record: what a court's clerk may be handed. */
#include "journal/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return journal_fuzz_proof(data, size);
}
