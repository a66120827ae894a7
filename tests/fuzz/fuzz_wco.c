/* WCO declarations and responses: any bytes. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    target_run("wco", (struct str){NULL, 0}, data, size);
    return 0;
}
