/* AIS and ADS-B logs. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    target_run("ais", (struct str){NULL, 0}, data, size);
    target_run("adsb", (struct str){NULL, 0}, data, size);
    return 0;
}
