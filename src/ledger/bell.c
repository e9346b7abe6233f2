/* ledger/bell.c: how those who tail the ledger learn at once that it grew: datagram sockets in
 * FOLDER/bells, one for each who listens. A bell only shortens a wait: whoever tails also looks
 * again by a timer. Never blocks, never fails an append. */
#include "handle.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A socket's path may be 107 bytes long, and a data folder's longer: then through the folder's
 * descriptor. */
static bool address_of(int folder, const char *name, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    int n = snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/%s", folder, name);
    return n > 0 && (size_t)n < sizeof out->sun_path;
}

/* Each opening takes a name never used before: a ringer that removes a dead bell cannot hit its
 * owner's next one. */
enum result ledger_bell_open(const char *folder, const char *name, int *fd_out)
{
    *fd_out = -1;
    unsigned char nonce[8];
    random_bytes(nonce, sizeof nonce);
    struct arena *a = arena_new(64 << 10);
    const char *bells = arena_printf(a, "%s/bells", folder).p;
    const char *own = arena_printf(a, "%s.%.*s", name, FMT(bytes_hex(a, nonce, sizeof nonce))).p;
    enum result r = dir_make(bells);
    int dir = -1, fd = -1;
    struct sockaddr_un to;
    if (r == OK && (dir = open(bells, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) r = ERR_IO;
    if (r == OK && !address_of(dir, own, &to)) r = ERR_DENIED;
    if (r == OK && (fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
        r = ERR_IO;
    if (r == OK && bind(fd, (struct sockaddr *)&to, sizeof to) < 0) r = ERR_IO;
    if (r != OK && fd >= 0) close(fd);
    if (r == OK) *fd_out = fd;
    if (dir >= 0) close(dir);
    arena_free(a);
    return r;
}

void ledger_bell_hush(int fd)
{
    char c;
    while (recv(fd, &c, 1, MSG_DONTWAIT) >= 0 || errno == EINTR) continue;
}

/* A full queue is a bell that rings already. */
static void ring_one(int socket_fd, int folder, const char *name)
{
    struct sockaddr_un to;
    if (name[0] == '.' || !address_of(folder, name, &to)) return;
    ssize_t sent =
        sendto(socket_fd, "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
    if (sent < 0 && errno == ECONNREFUSED) unlinkat(folder, name, 0);
}

void bell_ring(struct ledger *l)
{
    if (l->bell_fd < 0) l->bell_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/bells", l->folder);
    if (l->bell_fd < 0 || n < 0 || (size_t)n >= sizeof path) return;
    DIR *bells = opendir(path);
    if (!bells) return;
    for (struct dirent *e; (e = readdir(bells));) ring_one(l->bell_fd, dirfd(bells), e->d_name);
    closedir(bells);
}
