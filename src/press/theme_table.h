/* The theme's files as they stand inside the binary; made by themes/embed.py. */
#ifndef THEME_TABLE_H
#define THEME_TABLE_H
#include "base.h"
struct theme_file {
    const char *name; /* path below themes/ */
    struct span bytes;
};
extern const struct theme_file theme_table[];
extern const size_t theme_table_count;
#endif
