/* press_live.h: what the configuration says of running stories and of reading without a line. */
#ifndef PRESS_LIVE_H
#define PRESS_LIVE_H

#include "base.h"

/* A story is running from so many updates within so many hours on, until so many hours have passed
 * without one. */
struct press_live {
    bool on, push; /* push: pages may listen; else, and where that is refused, they ask */
    uint32_t updates, hours;
};
struct press_offline {
    bool on;
    uint32_t articles; /* the browser keeps so many of those read last */
    struct span short_name, colour, background;
};

#endif
