/* Fuzz: the reader of iptc7901. */
#include "wire_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_format("iptc7901", data, size);
}
