/* JSON lines, arrays and printed objects: any bytes. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    target_run("jsonl", (struct str){NULL, 0}, data, size);
    return 0;
}
