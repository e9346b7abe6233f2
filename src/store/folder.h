/* folder: generations of the store's files, and which one is in force. Private to the floor. */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <limits.h>
#include "base.h"

enum folder_file { FILE_SITE, FILE_DESK };
void folder_path(const char *folder, uint64_t generation, enum folder_file f, char out[PATH_MAX]);
/* The generation in force; ERR_ABSENT: none yet. */
enum result folder_current(const char *folder, uint64_t *generation_out) CHECKED;
/* Changes whenever another generation is put in force; 0: none is. One stat(2). */
uint64_t folder_stamp(const char *folder);
/* A new, empty, locked generation with a number above all others. */
enum result folder_make(const char *folder, uint64_t *generation_out, int *lock_out) CHECKED;
enum result folder_lock(const char *folder, uint64_t generation, int *lock_out) CHECKED;
/* Puts a generation in force, durably and in one step: before it the old one stands, after it the
 * new one. */
enum result folder_switch(const char *folder, uint64_t generation) CHECKED;
/* Removes every generation that is neither in force nor locked by somebody. */
void folder_sweep(const char *folder);

#endif
