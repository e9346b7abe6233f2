/* reader: the cage around the wire readers. Takes bytes from a pipe, gives back stories; may do
 * nothing but read, write and end. All memory is mapped before the cage closes. A crash costs one
 * delivery: the newsroom tries it once more, then quarantines it. Fatal: anything unexpected (the
 * master starts a new one). */
#include "roles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    READER_ARENA = 512 << 20, /* address space, not memory: pages come as they are touched */
    READER_ARENA_MIN = 64 << 20,
    FRAME_HEAD = 8,                      /* u32 length, u32 type */
    ROOM_BYTES = FRAME_HEAD + FRAME_MAX, /* one frame, the largest */
    ANSWER_BYTES = 16 << 10,             /* most answers come with the first read */
    READER_FD = STDERR_FILENO + 1,       /* of a reader that stands alone: its line */
};

/* Waits on the master's line for the newsroom's end. -1: the house is closing. */
static int newsroom_channel(struct channels *c)
{
    while (!c->stopping) {
        channels_poll(c, NULL, 0, -1);
        struct peer *p = channel_to(c, ROLE_NEWSROOM, 0);
        if (p) return p->in.fd;
    }
    return -1;
}

/* The arena is used up: one honest answer, then a fresh process. */
static void arena_is_full(void *with)
{
    static char memory[4096];
    int fd = *(int *)with;
    struct arena *small = arena_on(memory, sizeof memory);
    struct wire_result big = {.end = WIRE_REJECT,
        .reject = {.why = S("the delivery needs more memory than a reader may use")}};
    enum result ignored = frame_write(fd, MSG_READ_RESULT, result_pack(small, &big));
    (void)ignored;
    _exit(3);
}

static void read_one(struct arena *a, int fd, struct span body)
{
    struct span bytes;
    struct wire_hint hint;
    must(ask_unpack(body, &bytes, &hint));
    struct wire_result result;
    wire_read(a, bytes, &hint, &result);
    if (frame_write(fd, MSG_READ_RESULT, result_pack(a, &result)) != OK) _exit(0);
}

/* How long the frame is that begins so: its head and what follows. */
static size_t frame_length(const char *head)
{
    struct take t = take_of((struct span){head, FRAME_HEAD});
    uint32_t n = take_u32(&t);
    must(take_u32(&t) == MSG_READ && n <= FRAME_MAX);
    return FRAME_HEAD + n;
}

/* One frame at the head of room, with one read where all of it is there; had_inout: bytes in room.
 * 0: the other side closed. */
static size_t frame_wait(int fd, char *room, size_t *had_inout)
{
    for (;;) {
        size_t length = *had_inout < FRAME_HEAD ? 0 : frame_length(room);
        if (length && *had_inout >= length) return length;
        ssize_t got = read(fd, room + *had_inout, ROOM_BYTES - *had_inout);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return 0;
        *had_inout += (size_t)got;
    }
}

/* Frames until the other side closes. */
static void serve(int fd, char *room, struct arena *a)
{
    size_t had = 0, length;
    while ((length = frame_wait(fd, room, &had)) > 0) {
        arena_reset(a);
        read_one(a, fd, (struct span){room + FRAME_HEAD, length - FRAME_HEAD});
        had -= length;
        memmove(room, room + length, had);
    }
}

static void *reserve(size_t bytes)
{
    void *p = mmap(
        NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(p != MAP_FAILED);
    return p;
}

static void read_and_end(int fd, struct span request)
{
    struct arena *a = arena_on(reserve(READER_ARENA), READER_ARENA);
    arena_on_full(a, arena_is_full, &fd);
    cage_close(ROLE_READER, NULL);
    read_one(a, fd, request);
    _exit(0);
}

/* An answer, and nothing behind it: only one is ever waited for. */
static enum result take_answer(struct arena *a, int fd, struct wire_result *out)
{
    char first[ANSWER_BYTES];
    ssize_t got;
    do got = read(fd, first, sizeof first);
    while (got < 0 && errno == EINTR);
    size_t had = got > 0 ? (size_t)got : 0;
    if (had < FRAME_HEAD && !fd_read_whole(fd, first + had, FRAME_HEAD - had)) return ERR_CORRUPT;
    had = had < FRAME_HEAD ? 0 : had - FRAME_HEAD;
    struct take t = take_of((struct span){first, FRAME_HEAD});
    uint32_t n = take_u32(&t);
    if (n > FRAME_MAX || had > n) return ERR_CORRUPT;
    char *body = arena_room(a, n + 1);
    memcpy(body, first + FRAME_HEAD, had);
    if (!fd_read_whole(fd, body + had, n - had)) return ERR_CORRUPT;
    return result_unpack(a, (struct span){body, n}, out) ? OK : ERR_CORRUPT;
}

enum result read_in_cage(
    struct arena *a, struct span bytes, const struct wire_hint *hint, struct wire_result *out)
{
    int ends[2];
    struct span request = ask_pack(a, bytes, hint);
    charset_prepare();
    (void)crc32c(S("")); /* makes its table */
    if (pipe(ends) != 0) return ERR_IO;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        read_and_end(ends[1], request);
    }
    close(ends[1]);
    enum result r = child < 0 ? ERR_IO : take_answer(a, ends[0], out);
    close(ends[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
    return r;
}

/* Of whoever forked it nothing stays open but the line and where to complain: what it had open for
 * writing is no parser's to hold. Whoever forked it may be in a cage that opens no /dev/null: a
 * pipe without another end is as silent. */
static void keep_alone(int fd)
{
    int silent[2];
    bool good = dup2(fd, READER_FD) == READER_FD && pipe(silent) == 0 &&
                dup2(silent[0], STDIN_FILENO) >= 0 && dup2(silent[0], STDOUT_FILENO) >= 0 &&
                close_range(READER_FD + 1, ~0u, 0) == 0;
    if (!good) _exit(1);
}

/* All memory is mapped before the cage closes, as everywhere. */
_Noreturn static void serve_and_end(int fd)
{
    char *room = reserve(ROOM_BYTES);
    struct arena *a = arena_on(reserve(READER_ARENA), READER_ARENA);
    arena_on_full(a, arena_is_full, &fd);
    cage_close(ROLE_READER, NULL);
    serve(fd, room, a);
    _exit(0);
}

enum result reader_fork(pid_t *pid_out, int *fd_out)
{
    int fds[2];
    charset_prepare();
    (void)crc32c(S("")); /* makes its table */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) return ERR_IO;
    *pid_out = fork();
    if (*pid_out == 0) {
        keep_alone(fds[1]);
        serve_and_end(READER_FD);
    }
    close(fds[1]);
    *fd_out = fds[0];
    if (*pid_out > 0) return OK;
    close(fds[0]);
    return ERR_IO;
}

enum result reader_take(struct arena *a, int fd, int timeout_ms, struct wire_result *out)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, timeout_ms) == 1 ? take_answer(a, fd, out) : ERR_CORRUPT;
}

int role_reader(const struct role_start *s)
{
    struct channels c;
    channels_init(&c, s->control);
    charset_prepare();
    (void)crc32c(S("")); /* makes its table */
    char *room = reserve(ROOM_BYTES);
    size_t room_for_work = memory_share(s->house, READER_ARENA_MIN, READER_ARENA);
    void *memory = reserve(room_for_work);
    struct arena *a = arena_on(memory, room_for_work);
    if (!s->house->one) memory_give_way();
    int fd = newsroom_channel(&c);
    if (fd >= 0) {
        arena_on_full(a, arena_is_full, &fd);
        if (!s->house->one) cage_close(ROLE_READER, s->house);
        serve(fd, room, a);
        if (!s->house->one) _exit(0); /* the cage allows no tidying up */
    }
    munmap(room, ROOM_BYTES);
    munmap(memory, room_for_work);
    channels_close(&c);
    return 0;
}
