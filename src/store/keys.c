/* keys: generations of what pages are made of. A file of counters mapped by the writer and by every
 * web thread. The writer bumps after a commit; a cache remembers the counters from before its
 * render and keeps a copy only while they stand. Two names may share a slot: that only makes a page
 * be rendered once too often. Lost at a restart with the caches: never synced. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct keys {
    _Atomic uint64_t *slots;
    void *mapped;
};
enum {
    EPOCH = KEY_SLOTS,
    KEYS_BYTES = (KEY_SLOTS + 1) * 8
}; /* behind the slots: a count of all bumps */

/* A hole in a mapped file ends who touches it once the disk is full (K19). */
static enum result map_slots(int fd, struct keys **out)
{
    enum result r = file_reserve(fd, KEYS_BYTES);
    if (r != OK) return r;
    void *p = mmap(NULL, KEYS_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) return ERR_IO;
    *out = malloc(sizeof **out);
    must(*out != NULL);
    (*out)->slots = (*out)->mapped = p;
    return OK;
}

enum result keys_open(const char *folder, bool make, struct keys **out)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/keys", folder);
    must(n > 0 && n < PATH_MAX);
    if (make && dir_make(folder) != OK) return ERR_IO;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (make ? O_CREAT : 0), 0640);
    if (fd < 0) return errno == ENOENT ? ERR_ABSENT : errno == EACCES ? ERR_DENIED : ERR_IO;
    enum result r = map_slots(fd, out);
    close(fd);
    return r;
}

void keys_close(struct keys *k)
{
    if (!k) return;
    munmap(k->mapped, KEYS_BYTES);
    free(k);
}

uint32_t keys_slot(struct span name)
{
    return (uint32_t)(fast_hash(name) & (KEY_SLOTS - 1));
}

uint64_t keys_get(const struct keys *k, uint32_t slot)
{
    return atomic_load_explicit(&k->slots[slot & (KEY_SLOTS - 1)], memory_order_acquire);
}

/* The epoch moves on both sides of the slot: who sees the slot's new count sees that the epoch has
 * moved, and whoever saw the old one will. */
void keys_bump(struct keys *k, uint32_t slot)
{
    atomic_fetch_add_explicit(&k->slots[EPOCH], 1, memory_order_acq_rel);
    atomic_fetch_add_explicit(&k->slots[slot & (KEY_SLOTS - 1)], 1, memory_order_acq_rel);
    atomic_fetch_add_explicit(&k->slots[EPOCH], 1, memory_order_acq_rel);
}

uint64_t keys_epoch(const struct keys *k)
{
    return atomic_load_explicit(&k->slots[EPOCH], memory_order_acquire);
}
