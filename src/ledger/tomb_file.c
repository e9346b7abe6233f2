/* ledger/tomb_file.c: the tombstone file's bytes, and reading and writing them.
 * Never overwrites a record (the writer's cut of a torn one aside), never makes the file smaller.
 * Fatal: nothing. */
#include "tomb_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_SAYS = 20 }; /* magic, version, length of a record, sum; the count stands apart */
static const char magic[8] = "BSTOMBS\n";
static const uint32_t record_mark = 0x424d4f54; /* "TOMB" */

static enum result write_at(int fd, const void *p, size_t n, uint64_t at);
static enum result fill_new(int fd);
static void header_of(unsigned char out[HEADER_SAYS]);

static void put_le(unsigned char *p, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) p[i] = (unsigned char)(v >> (8 * i));
}

static uint64_t get_le(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++) v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static uint32_t sum_of(const unsigned char *p, size_t n)
{
    return crc32c((struct span){(const char *)p, n});
}

void tomb_pack(const struct tomb *t, unsigned char out[TOMB_RECORD])
{
    memset(out, 0, TOMB_RECORD);
    put_le(out, record_mark, 4);
    out[4] = t->is_lift;
    out[5] = (unsigned char)t->cause;
    put_le(out + 8, t->story, 8);
    memcpy(out + 16, t->kill, 16);
    put_le(out + 32, (uint64_t)t->at_ms, 8);
    put_le(out + 60, sum_of(out, 60), 4);
}

enum tomb_slot tomb_unpack(const unsigned char in[TOMB_RECORD], struct tomb *out)
{
    static const unsigned char free_slot[TOMB_RECORD];
    if (memcmp(in, free_slot, TOMB_RECORD) == 0) return SLOT_FREE;
    if (get_le(in, 4) != record_mark || get_le(in + 60, 4) != sum_of(in, 60)) return SLOT_DAMAGED;
    *out = (struct tomb){
        .story = get_le(in + 8, 8),
        .is_lift = in[4] != 0,
        .cause = (enum tomb_cause)in[5],
        .at_ms = (int64_t)get_le(in + 32, 8),
    };
    memcpy(out->kill, in + 16, sizeof out->kill);
    return SLOT_RECORD;
}

enum result tomb_file_make(const char *folder)
{
    char path[4096], partial[4096 + 8];
    int n = snprintf(path, sizeof path, "%s/tombstones", folder);
    if (n < 0 || (size_t)n >= sizeof path) return ERR_DENIED;
    if (access(path, F_OK) == 0) return OK;
    enum result r = dir_make(folder);
    if (r != OK) return r;
    snprintf(partial, sizeof partial, "%s.new", path);
    int fd = open(partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0) return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
    r = fill_new(fd);
    close(fd);
    /* link, not rename: two who make it at once must not replace each other's file */
    if (r == OK && link(partial, path) < 0 && access(path, F_OK) < 0) r = ERR_IO;
    unlink(partial);
    int dir = r == OK ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (r == OK && (dir < 0 || fsync(dir) < 0)) r = ERR_IO;
    if (dir >= 0) close(dir);
    return r;
}

static enum result fill_new(int fd)
{
    unsigned char header[TOMB_HEADER] = {0};
    header_of(header);
    enum result r = write_at(fd, header, sizeof header, 0);
    return r == OK ? tomb_file_grow(fd, 0) : r;
}

static void header_of(unsigned char out[HEADER_SAYS])
{
    memset(out, 0, HEADER_SAYS);
    memcpy(out, magic, sizeof magic);
    put_le(out + 8, TOMB_VERSION, 4);
    put_le(out + 12, TOMB_RECORD, 4);
    put_le(out + 16, sum_of(out, 16), 4);
}

static enum result check_header(const unsigned char *header)
{
    if (memcmp(header, magic, sizeof magic) != 0) return ERR_CORRUPT;
    if (get_le(header + 16, 4) != sum_of(header, 16)) return ERR_CORRUPT;
    if (get_le(header + 8, 4) > TOMB_VERSION) return ERR_NEWER;
    return get_le(header + 12, 4) == TOMB_RECORD ? OK : ERR_CORRUPT;
}

static bool holds_records(int fd, uint64_t room)
{
    unsigned char slots[TOMB_READ * TOMB_RECORD];
    struct tomb ignored;
    for (uint64_t at = 0; at < room; at += TOMB_READ) {
        size_t n = room - at < TOMB_READ ? (size_t)(room - at) : TOMB_READ;
        if (tomb_file_read(fd, at, n, slots) != OK) return false;
        for (size_t i = 0; i < n; i++)
            if (tomb_unpack(slots + i * TOMB_RECORD, &ignored) == SLOT_RECORD) return true;
    }
    return false;
}

enum result tomb_file_check(int fd, bool writer, uint64_t *room_out)
{
    unsigned char header[TOMB_HEADER];
    struct stat st;
    *room_out = 0;
    if (fstat(fd, &st) < 0) return ERR_IO;
    ssize_t n = pread(fd, header, sizeof header, 0);
    if (n < 0) return ERR_IO;
    if ((size_t)n < sizeof header) return ERR_CORRUPT;
    uint64_t room = ((uint64_t)st.st_size - TOMB_HEADER) / TOMB_RECORD;
    enum result r = check_header(header);
    if (r == ERR_CORRUPT && holds_records(fd, room)) {
        log_warn("tombstones: the header is damaged; the records are read nevertheless");
        header_of(header);
        r = writer ? write_at(fd, header, HEADER_SAYS, 0) : OK;
    }
    if (r == OK) *room_out = room;
    return r;
}

/* Reserved blocks that were never written still need space in the file system's own tables when
 * they are: so zeros are written. */
enum result tomb_file_grow(int fd, uint64_t room)
{
    static const unsigned char zeros[TOMB_READ * TOMB_RECORD];
    off_t from = (off_t)(TOMB_HEADER + room * TOMB_RECORD);
    int error = posix_fallocate(fd, from, (off_t)TOMB_CHUNK * TOMB_RECORD);
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) return ERR_FULL;
    if (error != 0) return ERR_IO;
    enum result r = OK;
    for (uint64_t i = 0; i < TOMB_CHUNK && r == OK; i += TOMB_READ)
        r = write_at(fd, zeros, sizeof zeros, (uint64_t)from + i * TOMB_RECORD);
    return r == OK && fsync(fd) < 0 ? ERR_IO : r;
}

enum result tomb_file_read(int fd, uint64_t at, size_t n, unsigned char *out)
{
    must(n <= TOMB_READ);
    size_t want = n * TOMB_RECORD, have = 0;
    while (have < want) {
        ssize_t got =
            pread(fd, out + have, want - have, (off_t)(TOMB_HEADER + at * TOMB_RECORD + have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ERR_IO;
        if (got == 0) break;
        have += (size_t)got;
    }
    memset(out + have, 0, want - have);
    return OK;
}

enum result tomb_file_write(int fd, uint64_t at, const unsigned char *packed, size_t n)
{
    enum result r = write_at(fd, packed, n * TOMB_RECORD, TOMB_HEADER + at * TOMB_RECORD);
    return r == OK && fdatasync(fd) < 0 ? ERR_IO : r;
}

static enum result write_at(int fd, const void *p, size_t n, uint64_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t put = pwrite(fd, (const char *)p + done, n - done, (off_t)(at + done));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0)
            return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL : ERR_IO;
        done += (size_t)put;
    }
    return OK;
}
