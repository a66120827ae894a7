/* Any bytes as a signed note, a checkpoint, a key. */
#include "journal/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return journal_fuzz_note(data, size);
}
