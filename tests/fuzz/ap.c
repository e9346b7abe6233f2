/* Fuzz: any bytes as an answer of AP's Media API. */
#include "delivery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return read_delivery(data, size);
}
