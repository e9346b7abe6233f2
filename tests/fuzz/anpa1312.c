/* Fuzz: the reader of anpa1312. */
#include "wire_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_format("anpa1312", data, size);
}
