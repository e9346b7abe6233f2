/* Luck for tests of properties: printed as a seed, and had again by BROADSHEET_SEED. */
#ifndef LUCK_H
#define LUCK_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t luck;

static void luck_begin(void)
{
    const char *given = getenv("BROADSHEET_SEED");
    luck = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    printf("# BROADSHEET_SEED=%llu\n", (unsigned long long)luck);
}

/* 0 to n - 1 */
static uint32_t roll(uint32_t n)
{
    luck = luck * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(luck >> 33) % n;
}
#endif
