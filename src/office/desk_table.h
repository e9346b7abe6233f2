/* The desk's templates, words and style as they stand inside the binary; made by themes/embed.py. */
#ifndef DESK_TABLE_H
#define DESK_TABLE_H
#include "base.h"
struct desk_file {
    const char *name; /* path below themes/desk/ */
    struct span bytes;
};
extern const struct desk_file desk_table[];
extern const size_t desk_table_count;
#endif
