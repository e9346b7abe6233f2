/* Fuzz: any bytes as a ninjs delivery (delivery.h). */
#include "delivery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return read_delivery(data, size);
}
