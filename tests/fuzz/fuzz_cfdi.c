/* CFDI with Carta Porte: any bytes. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    target_run("cfdi", (struct str){NULL, 0}, data, size);
    return 0;
}
