/* Watch lists: any bytes; how they begin chooses the reader. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *as = size && data[0] == '<'             ? "un-consolidated"
                     : size && memchr(data, '\t', size) ? "bis-dpl"
                                                        : "sat-69b";

    target_run(as, (struct str){NULL, 0}, data, size);
    return 0;
}
