/* poll_files.h: what the files of the roads "ftp" and "sftp" share; private to them.
 * - poll_files.c: the road: what is asked next, what an answer means
 * - poll_files_pick.c: which of the files that are listed are to be fetched
 * - poll_files_list.c: a folder's list, as servers write it
 * - poll_files_known.c: what has been seen and taken */
#ifndef TRANSPORT_POLL_FILES_H
#define TRANSPORT_POLL_FILES_H

#include "poller.h"

enum {
    FILES_MAX = 1 << 16,            /* of a folder: a list of them all has some 5 MB */
    FILES_LIST_BYTES_MAX = 8 << 20, /* of a folder's list */
    FILES_NAME_BYTES_MAX = 255,     /* no file system has longer ones */
    FILES_TRIP_MAX = 500,           /* files of one trip; then the folder is looked at again */
    FILES_TRIP_BYTES_MAX = 64 << 20,
    FILES_KEPT_BYTES = 48 << 20, /* of a trip: the list, what is read from it, files' addresses */
    FILES_BATCH_MAX = 16,        /* made durable together … */
    FILES_BATCH_BYTES_MAX = 8 << 20, /* … or so many bytes */
    FILES_BATCH_MS = 1000,           /* … and never later: a kill may be among them */
    FILES_TRIES = 3, /* a file that cannot be fetched so often is told, and its turn comes last */
    FILES_SETTLE_S = 5,
    FILES_LOST_MAX = 16, /* told at once of a list; the rest at the next */
};

/* ---- a folder's list ---- */
struct listed {
    struct span name;
    int64_t size;
    int64_t time_ms; /* for the order alone: LIST says no zone, and often no year */
    uint64_t stamp;  /* of the time, as it stands there */
};
enum listed_kind {
    LISTED_FILE,
    LISTED_OTHER,   /* a folder, a link, a total: never taken */
    LISTED_REFUSED, /* a file whose name could lead elsewhere, or hides a control character */
    LISTED_UNKNOWN, /* no line of a list */
};
/* One line, without its end: of MLSD (RFC 3659, 7), of ls -l as UNIX and SFTP servers have it, or
 * of DIR as Windows' has. Points into it. Pure; linear. */
enum listed_kind list_line(struct span line, int64_t now_ms, struct listed *out);
/* All lines; at most n files. counts_out[LISTED_…]: how many lines were of each kind. */
size_t list_read(struct span bytes, int64_t now_ms, struct listed *out, size_t n,
    size_t counts_out[LISTED_UNKNOWN + 1]);
/* May this name be asked for? One path segment, no control character. */
bool list_name_is_safe(struct span name);
/* Does a name fit? "*" any number of characters, "?" one. Linear in both together. */
bool list_name_fits(struct span pattern, struct span name);

/* ---- what is known of them, from trip to trip ---- */
struct sight {            /* a file that was listed, and has not been taken yet */
    uint64_t name, state; /* hashes: of its name; of size and time too */
    int64_t since_us;     /* so long it has not changed */
    uint32_t tries;
};
struct known {
    struct sight *sights; /* by name */
    size_t sight_count;
    uint64_t *taken; /* states, in order of size; durable when known_write gave OK */
    size_t taken_count;
    bool has_changed;
};
uint64_t known_state(const struct listed *f);
struct known *known_new(void);
void known_free(struct known *k); /* NULL is fine */
bool known_is_taken(const struct known *k, uint64_t state);
void known_take(struct known *k, uint64_t state);
/* A list has been read: files of it that are not taken (any order; now their since_us and tries
 * are filled in from what was known). What is taken and not listed any more is forgotten when
 * there is little room left. */
void known_saw(
    struct known *k, struct sight *now, size_t n, const uint64_t *listed, size_t listed_count);
void known_tried(struct known *k, uint64_t name);                   /* once more */
void known_changed(struct known *k, uint64_t name, int64_t now_us); /* it has to settle anew */
/* FOLDER/FEED.taken: url, then a line each. Of another url, or damaged: as none; what comes again
 * is the same delivery. */
enum result known_read(
    struct known *k, const char *folder, struct span feed, struct span url) CHECKED;
enum result known_write(
    struct known *k, const char *folder, struct span feed, struct span url) CHECKED;

/* ---- which are to be fetched ---- */
struct wanted {
    struct listed file;
    uint64_t name, state;
    uint32_t tries;
};
struct told { /* what people should know of */
    size_t count;
    struct span example; /* one of them */
};
struct picked {
    struct wanted *list; /* by tries, time, name; at most FILES_TRIP_MAX */
    size_t count;
    bool has_more;                      /* than that */
    bool has_young;                     /* some that have to settle */
    struct told too_large, stuck, left; /* left: taken, and it could not be cleared away */
    struct wanted lost[FILES_LOST_MAX]; /* too large, and not told yet */
    size_t lost_count;
    size_t refused; /* for their names */
};
/* From a list. In a. */
void files_pick(struct arena *a, struct known *k, const struct poll_feed *feed, struct span bytes,
    struct picked *out, size_t counts_out[LISTED_UNKNOWN + 1]);

#endif
