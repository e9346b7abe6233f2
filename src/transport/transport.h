/* transport: bytes off the wire into intake's hands: the watched folder and the authenticated push.
 * Bytes only: never a story. */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "base.h"
#include "net.h"

enum {
    FOLDER_FILE_MAX = 32 << 20, /* a delivery; larger files go to quarantine */
    FOLDER_STABLE_MS = 2000, /* a file written in place counts as whole when closed by its writer,
                                else when unchanged so long */
    FOLDER_RESCAN_MS = 2000, /* network file systems send no events */
    PUSH_WINDOW_MS =
        5 * 60 * 1000, /* clock difference allowed to a sender, and how long nonces are kept */
    PUSH_BODY_MAX = 32 << 20,
};

/* ---- a watched folder. Files that are being written are never read (V7): names that begin with
 * "." or end in .tmp .part .filepart .crdownload, and files still open for writing, are left alone.
 * done/ and quarantine/ below it are ours. ---- */
struct folder;
struct file_id { /* tells a file from the one that stood, or will stand, under its name */
    int64_t mtime_ns, size;
    uint64_t inode;
};
struct folder_file {
    struct span name; /* without folder */
    struct span bytes;
    struct span
        delivery; /* name + mtime in ns + hash: the same file offered again is the same delivery */
    int64_t modified_ms;
    struct file_id id;
};
enum result folder_open(const char *path, struct folder **out,
    const char **why_out) CHECKED; /* makes done/ and quarantine/ */
void folder_close(struct folder *f);
int folder_fd(const struct folder *f); /* inotify: poll it */
/* Whole files waiting, newest and oldest alternately, at most n; their bytes live in a. A file that
 * cannot be taken (too large, not a regular file, unreadable) is moved to quarantine/ with its note
 * here. What the last call gave and folder_done has not moved is given again. wait_ms_out: when to
 * look again at the latest. */
enum result folder_take(struct folder *f, struct arena *a, struct folder_file *out, size_t n,
    size_t *count_out, int *wait_ms_out) CHECKED;
/* After durability: to done/ (a name taken gets a number). A file that was written to, or replaced,
 * since it was given stays in the folder, to be given as what it is now. */
enum result folder_done(struct folder *f, const struct folder_file *file) CHECKED;
/* A delivery that turned out bad: from done/ to quarantine/NAME with quarantine/NAME.why.txt beside
 * it. What stands under that name in the folder is another file, which nobody has read. */
enum result folder_quarantine(struct folder *f, struct span name, struct span why) CHECKED;

/* ---- push: POST /push/FEED with headers
 *   Broadsheet-Time: unix seconds        Broadsheet-Nonce: 16..64 characters [A-Za-z0-9_-]
 *   Broadsheet-Signature: hex of HMAC-SHA256(key, time "\n" nonce "\n" body)     (docs/push.md)
 * ---- */
struct push_gate;
enum push_end {
    PUSH_OK,
    PUSH_NO_FEED,
    PUSH_UNSIGNED,
    PUSH_BAD_SIGNATURE,
    PUSH_STALE,
    PUSH_REPLAYED,
    PUSH_MALFORMED
};
struct push_gate *push_gate_new(void);
void push_gate_free(struct push_gate *g);
enum result push_gate_key(
    struct push_gate *g, struct span feed, const char *key_file, const char **why_out)
    CHECKED; /* reads the key: 32 bytes at least; file not readable by others */
struct push {
    struct span feed, time, nonce, signature, body, content_type;
};
/* Checks in constant time. A used nonce is only remembered by push_gate_used, after durability, so
 * that a sender may try again after a 5xx. */
enum push_end push_check(struct push_gate *g, const struct push *p, int64_t now_ms);
void push_gate_used(struct push_gate *g, struct span feed, struct span nonce, int64_t now_ms);
const char *push_end_name(enum push_end e);
struct span push_sign(struct arena *a, struct span key, struct span time, struct span nonce,
    struct span body); /* hex; for senders, tests, docs */

#endif
