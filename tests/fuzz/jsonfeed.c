/* Fuzz: any bytes as a JSON Feed. */
#include "delivery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return read_delivery(data, size);
}
