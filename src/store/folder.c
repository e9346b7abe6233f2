/* folder: which files are the store.
 *   FOLDER/current        one line: the number of the generation in force; replaced by rename
 *   FOLDER/N/site.db, …   a generation: both files and their WALs
 *   FOLDER/N/lock         held by its writer
 * Two files (and their WALs) cannot be renamed at once; one small file can. A crash while a fresh
 * generation is being built, or before the rename, leaves the old one in force and a folder that
 * nobody holds, which the next open sweeps away; a crash after the rename leaves the old folder to
 * the same sweep. Readers see the switch by `current` being another file.
 * Never opens a database. Fatal: a path longer than PATH_MAX. */
#include "folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CURRENT_MAX = 32, TRIES_MAX = 100 };

__attribute__((format(printf, 2, 3))) static void path_of(char out[PATH_MAX], const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(out, PATH_MAX, fmt, ap);
    va_end(ap);
    must(n > 0 && n < PATH_MAX);
}

void folder_path(const char *folder, uint64_t generation, enum folder_file f, char out[PATH_MAX])
{
    if (f == FILE_SITE)
        path_of(out, "%s/%llu/site.db", folder, (unsigned long long)generation);
    else
        path_of(out, "%s.desk/%llu/desk.db", folder, (unsigned long long)generation);
}

enum result folder_current(const char *folder, uint64_t *generation_out)
{
    char path[PATH_MAX], room[1024];
    path_of(path, "%s/current", folder);
    struct span line;
    enum result r = file_read(arena_on(room, sizeof room), path, CURRENT_MAX, &line);
    if (r != OK) return r == ERR_FULL ? ERR_CORRUPT : r;
    return span_to_u64(span_trim(line), generation_out) ? OK : ERR_CORRUPT;
}

uint64_t folder_stamp(const char *folder)
{
    char path[PATH_MAX];
    struct stat st;
    path_of(path, "%s/current", folder);
    if (stat(path, &st) != 0) return 0;
    uint64_t parts[] = {(uint64_t)st.st_ino, (uint64_t)st.st_mtim.tv_sec,
        (uint64_t)st.st_mtim.tv_nsec, (uint64_t)st.st_ctim.tv_sec, (uint64_t)st.st_ctim.tv_nsec};
    return fast_hash((struct span){(const char *)parts, sizeof parts}) | 1;
}

static bool is_generation(const char *name, uint64_t *number)
{
    return span_to_u64(span_of(name), number) && *number > 0;
}

static uint64_t highest(const char *folder)
{
    uint64_t top = 0, number;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (is_generation(e->d_name, &number) && number > top) top = number;
    if (dir) closedir(dir);
    return top;
}

enum result folder_lock(const char *folder, uint64_t generation, int *lock_out)
{
    char path[PATH_MAX];
    path_of(path, "%s/%llu", folder, (unsigned long long)generation);
    return dir_lock(path, lock_out);
}

enum result folder_make(const char *folder, uint64_t *generation_out, int *lock_out)
{
    char path[PATH_MAX];
    enum result r = dir_make(folder);
    if (r != OK) return r;
    uint64_t number = highest(folder);
    for (int i = 0; i < TRIES_MAX; i++) {
        path_of(path, "%s/%llu", folder, (unsigned long long)++number);
        if (mkdir(path, 0750) != 0 && (r = dir_make(path)) != OK) return r;
        r = folder_lock(folder, number, lock_out);
        if (r != ERR_BUSY && r != ERR_ABSENT) break;
    }
    *generation_out = number;
    path_of(path, "%s.desk/%llu", folder, (unsigned long long)number);
    return r == OK ? dir_make(path) : r;
}

enum result folder_switch(const char *folder, uint64_t generation)
{
    char path[PATH_MAX], line[CURRENT_MAX];
    path_of(path, "%s/current", folder);
    snprintf(line, sizeof line, "%llu\n", (unsigned long long)generation);
    return file_write_durable(path, span_of(line));
}

static void remove_unheld(const char *folder, uint64_t generation)
{
    char path[PATH_MAX];
    int lock;
    if (folder_lock(folder, generation, &lock) != OK) return;
    path_of(path, "%s/%llu", folder, (unsigned long long)generation);
    if (dir_remove(path) != OK) log_warn("store: %s is left over and cannot be removed", path);
    path_of(path, "%s.desk/%llu", folder, (unsigned long long)generation);
    enum result r = dir_remove(path);
    if (r != OK && r != ERR_ABSENT) log_warn("store: %s is left over and cannot be removed", path);
    close(lock);
}

void folder_sweep(const char *folder)
{
    uint64_t current, number;
    if (folder_current(folder, &current) != OK) return;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (is_generation(e->d_name, &number) && number != current) remove_unheld(folder, number);
    if (dir) closedir(dir);
}
