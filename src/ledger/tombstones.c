/* ledger/tombstones.c: the handle on the tombstone file: one writer that makes kills durable, any
 * number of readers that see them at once. A record is on disk before its count is published;
 * readers compare one atomic number and read on from where they were. Never takes a record back,
 * never counts backwards. A slot that is damaged is skipped, and said so: what comes behind it
 * still counts. Fatal: more than TOMBS_MAX records in memory. */
#include "tomb_file.h"
#include "tomb_set.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t memory_max =
    8ULL << 30; /* TOMBS_MAX records with both tables, each doubled once too often */

struct tombs {
    int fd;
    bool writer;
    unsigned char *header;       /* mapped shared: only for the count */
    _Atomic uint64_t *published; /* in the header */
    _Atomic uint64_t seen;       /* slots that the set knows */
    uint64_t room;               /* slots in the file, for the writer */
    pthread_mutex_t adding;      /* one add at a time; the set is not locked while the disk works */
    pthread_rwlock_t lock;       /* the set */
    struct tomb_set set;
    struct arena *a;
};

static enum result open_file(struct tombs *t, const char *folder);
static enum result map_header(struct tombs *t);
static enum result load(struct tombs *t);
static enum result read_slots(struct tombs *t, uint64_t from, uint64_t to, uint64_t *end_out);
static enum result cut_torn(struct tombs *t, uint64_t from);
static enum result add_missing(
    struct tombs *t, const struct tomb *list, size_t n, size_t *added_out);
static void refresh(struct tombs *t);

enum result tombs_open(const char *folder, bool writer, struct tombs **out)
{
    *out = NULL;
    enum result r = writer ? tomb_file_make(folder) : OK;
    if (r != OK) return r;
    struct arena *a = arena_new(memory_max);
    struct tombs *t = ARENA_NEW(a, struct tombs);
    t->a = a;
    t->fd = -1;
    t->writer = writer;
    pthread_mutex_init(&t->adding, NULL);
    pthread_rwlock_init(&t->lock, NULL);
    tomb_set_init(&t->set, a);
    r = open_file(t, folder);
    if (r == OK) r = map_header(t);
    if (r == OK) r = load(t);
    if (r == OK)
        *out = t;
    else
        tombs_close(t);
    return r;
}

void tombs_close(struct tombs *t)
{
    if (!t) return;
    if (t->header) munmap(t->header, TOMB_HEADER);
    if (t->fd >= 0) close(t->fd);
    pthread_rwlock_destroy(&t->lock);
    pthread_mutex_destroy(&t->adding);
    arena_free(t->a);
}

static enum result open_file(struct tombs *t, const char *folder)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/tombstones", folder);
    if (n < 0 || (size_t)n >= sizeof path) return ERR_DENIED;
    t->fd = open(path, (t->writer ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (t->fd < 0) return errno == ENOENT ? ERR_ABSENT : errno == EACCES ? ERR_DENIED : ERR_IO;
    if (t->writer && flock(t->fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
    enum result r = tomb_file_check(t->fd, t->writer, &t->room);
    if (t->room > TOMBS_MAX) t->room = TOMBS_MAX;
    return r;
}

static enum result map_header(struct tombs *t)
{
    int rights = t->writer ? PROT_READ | PROT_WRITE : PROT_READ;
    void *p = mmap(NULL, TOMB_HEADER, rights, MAP_SHARED, t->fd, 0);
    if (p == MAP_FAILED) return ERR_IO;
    t->header = p;
    t->published = (_Atomic uint64_t *)(void *)(t->header + TOMB_COUNT_AT);
    return OK;
}

/* The count as published, never more than the file has room for: a damaged header must not send us
 * far behind the end. */
static uint64_t published(const struct tombs *t)
{
    uint64_t n = atomic_load_explicit(t->published, memory_order_acquire);
    return n < TOMBS_MAX ? n : TOMBS_MAX;
}

/* Also records that were written and not yet published when their writer died. A reader will read
 * those again once they are. */
static enum result load(struct tombs *t)
{
    uint64_t count = published(t), end;
    if (count > t->room) count = 0; /* damaged: what stands in the slots tells */
    enum result r = read_slots(t, 0, t->room, &end);
    if (r != OK) return r;
    if (t->writer) {
        if (count < end) count = end;
        r = cut_torn(t, count);
        if (r != OK) return r;
        atomic_store_explicit(t->published, count, memory_order_release);
    }
    atomic_store_explicit(&t->seen, count, memory_order_release);
    return OK;
}

/* Adds what stands in these slots; end_out: behind the last record. */
static enum result read_slots(struct tombs *t, uint64_t from, uint64_t to, uint64_t *end_out)
{
    unsigned char slots[TOMB_READ * TOMB_RECORD];
    uint64_t damaged = 0;
    *end_out = from;
    for (uint64_t at = from; at < to; at += TOMB_READ) {
        size_t n = to - at < TOMB_READ ? (size_t)(to - at) : TOMB_READ;
        enum result r = tomb_file_read(t->fd, at, n, slots);
        if (r != OK) return r;
        for (size_t i = 0; i < n; i++) {
            struct tomb tomb;
            enum tomb_slot slot = tomb_unpack(slots + i * TOMB_RECORD, &tomb);
            damaged += slot == SLOT_DAMAGED;
            if (slot != SLOT_RECORD) continue;
            tomb_set_add(&t->set, &tomb);
            *end_out = at + i + 1;
        }
    }
    if (damaged) log_warn("tombstones: %llu records are damaged", (unsigned long long)damaged);
    return OK;
}

/* What a dying writer left behind the last whole record. */
static enum result cut_torn(struct tombs *t, uint64_t from)
{
    static const unsigned char zeros[TOMB_READ * TOMB_RECORD];
    unsigned char slots[TOMB_READ * TOMB_RECORD];
    enum result r = OK;
    for (uint64_t at = from; at < t->room && r == OK; at += TOMB_READ) {
        size_t n = t->room - at < TOMB_READ ? (size_t)(t->room - at) : TOMB_READ;
        r = tomb_file_read(t->fd, at, n, slots);
        if (r != OK || memcmp(slots, zeros, n * TOMB_RECORD) == 0) continue;
        log_warn("tombstones: a torn record was cut off");
        r = tomb_file_write(t->fd, at, zeros, n);
    }
    return r;
}

/* ---- adding ---- */

enum result tombs_add(struct tombs *t, const struct tomb *list, size_t n, size_t *added_out)
{
    size_t ignored;
    size_t *added = added_out ? added_out : &ignored;
    *added = 0;
    if (!t->writer) return ERR_DENIED;
    pthread_mutex_lock(&t->adding);
    enum result r = OK;
    for (size_t i = 0; i < n && r == OK; i += TOMB_READ) {
        size_t some = n - i < TOMB_READ ? n - i : TOMB_READ;
        r = add_missing(t, list + i, some, added);
    }
    pthread_mutex_unlock(&t->adding);
    return r;
}

/* Grows the file where that is needed now, or soon. Soon may fail: there is room for TOMB_ROOM_MIN
 * yet. */
static enum result make_room(struct tombs *t, uint64_t used, uint64_t needed)
{
    if (t->room - used >= needed) return OK;
    if (t->room + TOMB_CHUNK > TOMBS_MAX) return ERR_FULL;
    enum result r = tomb_file_grow(t->fd, t->room);
    if (r == OK) t->room += TOMB_CHUNK;
    return r;
}

static enum result add_missing(
    struct tombs *t, const struct tomb *list, size_t n, size_t *added_out)
{
    unsigned char packed[TOMB_READ * TOMB_RECORD];
    size_t missing = 0;
    for (size_t i = 0; i < n; i++) {
        if (!tomb_set_has(&t->set, &list[i])) tomb_pack(&list[i], packed + missing++ * TOMB_RECORD);
    }
    if (missing == 0) return OK;
    uint64_t at = published(t);
    enum result r = make_room(t, at, missing);
    if (r == OK) r = tomb_file_write(t->fd, at, packed, missing);
    if (r != OK) return r;

    pthread_rwlock_wrlock(&t->lock);
    for (size_t i = 0; i < n; i++) *added_out += tomb_set_add(&t->set, &list[i]);
    atomic_store_explicit(&t->seen, at + missing, memory_order_release);
    pthread_rwlock_unlock(&t->lock);
    atomic_store_explicit(t->published, at + missing, memory_order_release);
    if (make_room(t, at + missing, TOMB_ROOM_MIN) != OK)
        log_warn("tombstones: the file cannot grow; there is room for %llu more kills",
            (unsigned long long)(t->room - at - missing));
    return OK;
}

enum result tombs_union(struct tombs *t, const char *other_file, size_t *added_out)
{
    *added_out = 0;
    if (!t->writer) return ERR_DENIED;
    int fd = open(other_file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? ERR_ABSENT : errno == EACCES ? ERR_DENIED : ERR_IO;
    uint64_t room;
    enum result r = tomb_file_check(fd, false, &room);
    if (room > TOMBS_MAX) room = TOMBS_MAX;
    for (uint64_t at = 0; at < room && r == OK; at += TOMB_READ) {
        unsigned char slots[TOMB_READ * TOMB_RECORD];
        struct tomb found[TOMB_READ];
        size_t count = 0, added = 0, n = room - at < TOMB_READ ? (size_t)(room - at) : TOMB_READ;
        r = tomb_file_read(fd, at, n, slots);
        for (size_t i = 0; i < n && r == OK; i++)
            count += tomb_unpack(slots + i * TOMB_RECORD, &found[count]) == SLOT_RECORD;
        if (r == OK) r = tombs_add(t, found, count, &added);
        *added_out += added;
    }
    close(fd);
    return r;
}

/* ---- asking ---- */

uint64_t tombs_count(const struct tombs *t)
{
    return published(t);
}

/* Takes the lock for the set, with everything published in it. */
static void lock_fresh(struct tombs *t)
{
    if (!t->writer && published(t) != atomic_load_explicit(&t->seen, memory_order_acquire))
        refresh(t);
    pthread_rwlock_rdlock(&t->lock);
}

static void refresh(struct tombs *t)
{
    pthread_rwlock_wrlock(&t->lock);
    uint64_t seen = atomic_load_explicit(&t->seen, memory_order_relaxed), to = published(t), end;
    /* Less than we saw: a damaged count was repaired. Everything is read again. */
    uint64_t from = to < seen ? 0 : seen;
    if (to != seen && read_slots(t, from, to, &end) == OK)
        atomic_store_explicit(&t->seen, to, memory_order_release);
    pthread_rwlock_unlock(&t->lock);
}

bool tombs_dead(struct tombs *t, uint64_t story)
{
    lock_fresh(t);
    bool dead = tomb_set_dead(&t->set, story);
    pthread_rwlock_unlock(&t->lock);
    return dead;
}

size_t tombs_standing(struct tombs *t, uint64_t story, struct tomb *out, size_t n)
{
    lock_fresh(t);
    size_t count = tomb_set_standing(&t->set, story, out, n);
    pthread_rwlock_unlock(&t->lock);
    return count;
}

bool tombs_each(struct tombs *t, size_t *i, struct tomb *out)
{
    lock_fresh(t);
    bool more = *i < t->set.count;
    if (more) *out = t->set.list[(*i)++];
    pthread_rwlock_unlock(&t->lock);
    return more;
}
