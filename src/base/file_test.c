#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static struct arena *a;
static char root[] = "/tmp/broadsheet-file-XXXXXX";

static const char *in_root(const char *name)
{
    return arena_printf(a, "%s/%s", root, name).p;
}

static void test_write_and_read(void)
{
    struct span s;
    check(file_write_durable(in_root("note"), S("first")) == OK, "a file is written");
    check(file_write_durable(in_root("note"), S("second")) == OK, "and written over");
    check(file_read(a, in_root("note"), 100, &s) == OK, "it is read");
    check_span(s, S("second"), "as it was written");
    check(s.p[s.n] == 0, "a NUL stands behind it");
    check(file_read(a, in_root("note"), 6, &s) == OK, "exactly as large as allowed");
    check(file_read(a, in_root("note"), 5, &s) == ERR_FULL, "larger than allowed");
    check(file_read(a, in_root("none"), 100, &s) == ERR_ABSENT, "a file that is not there");
    check(file_read(a, root, 100, &s) == ERR_IO, "a folder is no file");
    check(file_read(a, "/proc/self/stat", 4096, &s) == OK && s.n > 10, "a file without a size");
    check(file_write_durable(in_root("none/x"), S("")) == ERR_ABSENT, "no folder to write into");
    check(file_write_durable(in_root("empty"), S("")) == OK, "an empty file");
    check(file_read(a, in_root("empty"), 0, &s) == OK && s.n == 0, "comes back empty");
}

static void test_folders(void)
{
    struct stat st;
    check(dir_make(in_root("a/b/c")) == OK && dir_make(in_root("a/b/c")) == OK, "folders are made");
    check(dir_make(in_root("note/x")) != OK, "not below a file");
    check(file_write_durable(in_root("a/b/file"), S("x")) == OK, "something lies in them");
    check(symlink(in_root("note"), in_root("a/b/link")) == 0 &&
              symlink(root, in_root("a/b/loop")) == 0,
        "links too");
    check(dir_remove(in_root("a")) == OK, "all of it is removed");
    check(stat(in_root("a"), &st) != 0 && errno == ENOENT, "it is gone");
    check(stat(in_root("note"), &st) == 0, "what the links pointed to is not");
    check(dir_remove(in_root("a")) == ERR_ABSENT, "it is not there any more");
    check(symlink(root, in_root("link")) == 0 && dir_remove(in_root("link")) != OK,
        "a link is not followed");
    unlink(in_root("link"));
}

static void test_lock(void)
{
    int fd, second;
    check(dir_lock(root, &fd) == OK, "a folder is locked");
    check(dir_lock(root, &second) == ERR_BUSY, "a second time it is busy");
    close(fd);
    check(dir_lock(root, &second) == OK, "free again");
    close(second);
}

static void test_reserve(void)
{
    struct stat st;
    enum { BYTES = 100000 };
    int fd = open(in_root("page"), O_RDWR | O_CREAT, 0600);
    check(fd >= 0 && write(fd, "x", 1) == 1 && ftruncate(fd, BYTES) == 0, "a file of one hole");
    check(file_reserve(fd, BYTES) == OK && fstat(fd, &st) == 0 && st.st_blocks * 512 >= BYTES,
        "has room on the disk for all of it");
    char first = 0;
    check(st.st_size == BYTES && pread(fd, &first, 1, 0) == 1 && first == 'x', "and is the same");
    check(file_reserve(fd, BYTES) == OK, "once more is as well");
    close(fd);
}

int main(void)
{
    a = arena_new(1 << 20);
    must(mkdtemp(root));
    test_write_and_read();
    test_folders();
    test_lock();
    test_reserve();
    check(dir_remove(root) == OK, "the test cleans up");
    check_span(
        span_of(result_name(ERR_NEWER)), S("written by a newer version"), "results have names");
    arena_free(a);
    return tap_end();
}
