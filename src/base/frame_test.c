#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static int left;
static struct inbox right;

static void connect_pair(void)
{
    int fds[2];
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    left = fds[0];
    inbox_init(&right, fds[1]);
}

static void disconnect(void)
{
    if (left >= 0) close(left);
    inbox_close(&right);
}

/* The next frame; reads as long as something comes. */
static bool next(struct frame *f)
{
    while (!inbox_take(&right, f))
        if (inbox_fill(&right) != OK) return false;
    return true;
}

static void test_frames(void)
{
    struct frame f;
    connect_pair();
    check(inbox_fill(&right) == ERR_BUSY, "nothing there");
    check(frame_send(left, 7, S("hello"), -1, 0) == OK, "one is sent");
    check(frame_send(left, 8, S(""), -1, 0) == OK, "and an empty one");
    check(frame_write(left, 9, S("by write")) == OK, "and one by write alone");
    check(next(&f) && f.type == 7 && f.fd == -1, "the first arrives");
    check_span(f.body, S("hello"), "with its body");
    check(next(&f) && f.type == 8 && f.body.n == 0, "the empty one");
    check(next(&f) && f.type == 9 && span_eq(f.body, S("by write")), "the third");
    close(left);
    left = -1;
    check(inbox_fill(&right) == ERR_CLOSED, "the other side is gone");
    disconnect();
}

static void test_pieces(void)
{
    struct frame f;
    char message[13] = "\5\0\0\0\2\0\0\0hello";
    connect_pair();
    for (size_t i = 0; i < sizeof message - 1; i++) {
        must(write(left, message + i, 1) == 1);
        check(inbox_fill(&right) == OK && !inbox_take(&right, &f), "after byte %zu: not yet", i);
    }
    must(write(left, message + 12, 1) == 1);
    check(next(&f) && f.type == 2 && span_eq(f.body, S("hello")), "byte by byte it arrives");
    check(left >= 0 && close(left) == 0 && frame_send(right.fd, 1, S("x"), -1, 0) == ERR_CLOSED,
        "sending to nobody is told, not a signal");
    left = -1;
    disconnect();
}

static ino_t inode(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? st.st_ino : 0;
}

/* Descriptors among small and large frames: each must arrive with its own. */
static void test_descriptors(void)
{
    struct frame f;
    int pipes[3][2];
    char *large = calloc(1, 300000);
    connect_pair();
    int size = 4 << 20;
    setsockopt(left, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    for (int i = 0; i < 3; i++) must(pipe2(pipes[i], O_CLOEXEC) == 0);
    bool sent = frame_send(left, 1, S("plain"), -1, 0) == OK &&
                frame_send(left, 2, S("first"), pipes[0][0], 0) == OK &&
                frame_send(left, 3, S("second"), pipes[1][0], 0) == OK &&
                frame_send(left, 4, S("plain"), -1, 0) == OK &&
                frame_send(left, 5, (struct span){large, 100000}, pipes[2][0], 0) == OK;
    check(sent, "five frames are sent, three with a descriptor");
    check(next(&f) && f.type == 1 && f.fd == -1, "the first has none");
    for (int i = 0; i < 2; i++) {
        check(next(&f) && f.type == 2 + (uint32_t)i && inode(f.fd) == inode(pipes[i][0]),
            "descriptor %d comes with its frame", i);
        check(fcntl(f.fd, F_GETFD) & FD_CLOEXEC, "and is not inherited");
        close(f.fd);
    }
    check(next(&f) && f.type == 4 && f.fd == -1, "a plain one between");
    check(next(&f) && f.type == 5 && f.body.n == 100000 && inode(f.fd) == inode(pipes[2][0]),
        "one with a large frame");
    close(f.fd);
    for (int i = 0; i < 3; i++) close(pipes[i][0]), close(pipes[i][1]);
    free(large);
    disconnect();
}

static void test_full_socket(void)
{
    char *large = calloc(1, 8 << 20);
    connect_pair();
    check(frame_send(left, 1, (struct span){large, 8 << 20}, -1, 1) == ERR_BUSY,
        "nobody reads: the sender gives up in time");
    free(large);
    disconnect();
}

enum { MANY = 3000 };

static void *send_many(void *with)
{
    uint32_t seed = *(uint32_t *)with;
    char *bytes = malloc(200000);
    for (uint32_t i = 0; i < MANY; i++) {
        seed = seed * 1664525u + 1013904223u;
        size_t n = seed >> 8 & (i % 50 ? 0x3FF : 0x1FFFF);
        memset(bytes, (int)(i & 0xFF), n);
        if (frame_send(left, i, (struct span){bytes, n}, -1, 60000) != OK) break;
    }
    free(bytes);
    return NULL;
}

static void test_many(void)
{
    uint32_t seed = 20260123, again = seed;
    pthread_t sender;
    struct frame f;
    bool right_order = true;
    connect_pair();
    must(pthread_create(&sender, NULL, send_many, &seed) == 0);
    for (uint32_t i = 0; i < MANY && right_order; i++) {
        while (!inbox_take(&right, &f)) must(inbox_fill(&right) != ERR_CLOSED);
        again = again * 1664525u + 1013904223u;
        right_order = f.type == i && f.body.n == (again >> 8 & (i % 50 ? 0x3FF : 0x1FFFF));
        for (size_t k = 0; k < f.body.n; k++)
            right_order &= (unsigned char)f.body.p[k] == (i & 0xFF);
    }
    check(right_order, "three thousand frames of every size arrive whole and in order");
    pthread_join(sender, NULL);
    disconnect();
}

static void test_too_large(void)
{
    struct frame f;
    connect_pair();
    must(frame_send(left, 5, S("before"), -1, 0) == OK);
    must(write(left, "\1\0\0\3\1\0\0\0", 8) == 8);
    must(frame_send(left, 6, S("behind"), -1, 0) == OK);
    check(next(&f) && f.type == 5, "a frame before one over the bound is taken");
    check(!inbox_take(&right, &f) && right.broken, "that one breaks the inbox");
    check(inbox_fill(&right) == ERR_CORRUPT && !inbox_take(&right, &f), "and nothing more comes");
    disconnect();
    int pipes[2];
    connect_pair();
    must(pipe2(pipes, O_CLOEXEC) == 0 && frame_send(left, 7, S("x"), pipes[0], 0) == OK);
    must(write(left, "\xFF\xFF\xFF\xFF\1\0\0\0", 8) == 8);
    check(next(&f) && f.type == 7 && f.fd >= 0, "nor with a descriptor under way");
    close(f.fd);
    check(!next(&f) && right.broken, "does it end the role");
    close(pipes[0]), close(pipes[1]);
    disconnect();
}

int main(void)
{
    test_frames();
    test_pieces();
    test_descriptors();
    test_full_socket();
    test_many();
    test_too_large();
    return tap_end();
}
