/* packaging/site.yaml as it stands inside the binary; made by themes/embed.py. */
#ifndef SITE_TABLE_H
#define SITE_TABLE_H
#include "base.h"
struct site_file {
    const char *name;
    struct span bytes;
};
extern const struct site_file site_table[];
extern const size_t site_table_count;
#endif
