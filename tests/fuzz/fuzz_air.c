/* Air cargo: Cargo-XML, ONE Record or Cargo-IMP by the first byte; any bytes. */
#include "feeds_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *as = "cargo-imp";

    if (size && (data[0] == '<' || data[0] == 0xff || data[0] == 0xfe))
        as = "cargo-xml";
    if (size && (data[0] == '{' || data[0] == '['))
        as = "onerecord";
    target_run(as, (struct str){NULL, 0}, data, size);
    return 0;
}
