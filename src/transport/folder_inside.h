/* folder_inside: what the files of the watched folder share. Private to the floor.
 * - folder.c: opening, events, taking what is whole
 * - folder_list.c: the folder, looked through
 * - folder_move.c: to done/ and to quarantine/
 * - queue.c: the names that wait, by age */
#ifndef FOLDER_INSIDE_H
#define FOLDER_INSIDE_H

#include <sys/stat.h>

#include "clock.h"
#include "folder_testing.h"
#include "queue.h"

enum { FOLDER_NAMES_MAX = 200000 }; /* of one listing: of more, the oldest and the newest */

struct folder {
    int dir, done, bad, notify;
    struct queue *queue;
    struct name *out;         /* given by the last call */
    size_t names_max, popped; /* popped: since the last listing */
    uint64_t listings;
    int64_t list_ms; /* when it is listed again at the latest */
    bool lost;       /* events: the queue does not know all */
    bool cut;        /* there were more names than names_max */
    bool newest_turn;
    bool plain; /* renames know no flags here */
    bool away;  /* nothing stands under its path: said */
    char path[];
};

int64_t folder_mono_ms(void);
bool folder_leaves_alone(struct span name); /* what is being written, by its name */
/* What waits under a name; false: nothing, or a folder. */
bool folder_look_at(int dir, const char *name, struct stat *st);
struct file_id file_id_of(const struct stat *st);
bool file_id_same(struct file_id a, struct file_id b);
/* Is it still the file that was looked at, and nobody writes to it? */
bool file_is_settled(int fd, struct file_id id);
struct span file_read_whole(int fd, struct arena *a, size_t n); /* at most n */
struct span file_delivery(struct arena *a, const char *name, int64_t mtime_ns, struct span bytes);

/* ---- folder_list.c ---- */
bool folder_list_is_due(const struct folder *f);
bool folder_is_replaced(struct folder *f); /* another one stands under its path */
bool folder_list(struct folder *f);        /* false: it cannot be read */

/* ---- folder_move.c ---- */
/* To quarantine/, with a note. */
void folder_refuse(struct folder *f, struct arena *a, struct name *n, const char *why);

#endif
