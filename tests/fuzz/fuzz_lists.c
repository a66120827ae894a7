/* OFAC's files and BTS crossings: the first byte chooses, the rest is the file. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const as[] = {"ofac-sdn", "ofac-alt", "ofac-add", "bts-crossings"};

    if (size == 0)
        return 0;
    target_run(as[data[0] % COUNT(as)], (struct str){NULL, 0}, data + 1, size - 1);
    return 0;
}
