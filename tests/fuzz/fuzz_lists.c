/* OFAC's files: the first byte chooses, the rest is the file. Official statistics and border waits: all of it. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const as[] = {"ofac-sdn", "ofac-alt", "ofac-add"};

    if (size == 0)
        return 0;
    target_run(as[data[0] % COUNT(as)], (struct str){NULL, 0}, data + 1, size - 1);
    target_run("statistics", (struct str){NULL, 0}, data, size);
    target_run("border-waits", (struct str){NULL, 0}, data, size);
    return 0;
}
