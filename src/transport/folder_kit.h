/* folder_kit: what the tests of the watched folder share: a folder of their own, a sender that puts
 * files into it, and intake, which takes them. Nothing here is timed; waiting is asking again,
 * within a bound. */
#ifndef FOLDER_KIT_H
#define FOLDER_KIT_H

#include "clock.h"
#include "folder_testing.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

enum { BATCH = 64, WAIT_US = 60000000, LONG_US = 200000000 };

static char root[64];

static struct folder *f;

static struct arena *a, *keep;

static struct folder_file got[BATCH];

static size_t got_count;

/* ---- a sender ---- */
static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *w)
{
    (void)st;
    (void)kind;
    (void)w;
    return remove(path);
}

static const char *path_of(const char *name)
{
    static char room[4][PATH_MAX];
    static int turn;
    char *p = room[turn++ % 4];
    snprintf(p, PATH_MAX, "%s/%s", root, name);
    return p;
}

static int open_writer(const char *name, int more)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_CLOEXEC | more, 0640);
    must(fd >= 0);
    return fd;
}

static void say(int fd, const char *text)
{
    must(write_all(fd, text, strlen(text)) == OK);
}

static void write_in_place(const char *name, const char *text)
{
    int fd = open_writer(name, O_TRUNC);
    say(fd, text);
    close(fd);
}

/* at_s: its time of change; 0: now. */
static void put_at(const char *name, const char *text, int64_t at_s)
{
    write_in_place(".hidden", text);
    struct timespec t[2] = {{.tv_sec = at_s}, {.tv_sec = at_s}};
    if (at_s) must(utimensat(AT_FDCWD, path_of(".hidden"), t, 0) == 0);
    must(rename(path_of(".hidden"), path_of(name)) == 0);
}

static void put(const char *name, const char *text)
{
    put_at(name, text, 0);
}

static bool is_there(const char *name)
{
    struct stat st;
    return lstat(path_of(name), &st) == 0;
}

/* ---- intake ---- */
static void open_folder(void)
{
    const char *why = NULL;
    must(folder_open(root, &f, &why) == OK);
}

static void begin(void)
{
    strcpy(root, "/tmp/broadsheet-folder-XXXXXX");
    must(mkdtemp(root) != NULL);
    open_folder();
}

static void end(void)
{
    folder_close(f);
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_reset(keep);
}

static size_t take(size_t n)
{
    int wait = 0;
    arena_reset(a);
    must(folder_take(f, a, got, n, &got_count, &wait) == OK);
    must(wait > 0 && wait <= FOLDER_RESCAN_MS);
    return got_count;
}

static void done(void)
{
    for (size_t i = 0; i < got_count; i++) must(folder_done(f, &got[i]) == OK);
}

#endif
