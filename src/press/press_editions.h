/* press_editions: the same paper in other languages, as pages tell of it (editions.c). */
#ifndef PRESS_EDITIONS_H
#define PRESS_EDITIONS_H

#include "base.h"

struct press_edition {
    struct span language, title, url; /* with its base path, without a slash at the end */
    bool same_sections, is_default;
};
struct press_editions {
    const struct press_edition *list;
    uint32_t count;
};

#endif
