/* keep: what the keeper's verbs share: backup, restore, spare, rebuild. Private. */
#ifndef COMMANDS_KEEP_H
#define COMMANDS_KEEP_H

#include "commands.h"

/* For the ledger's long work, where standard error is a terminal; with: the word for what is
 * counted (char *). */
void keep_progress(uint64_t done, uint64_t of, void *with);
int keep_fail(const char *verb, const char *what, enum result r); /* says it; an exit code */

/* ---- beside.c: what stands in a house beside its ledger, and cannot be built again: accounts of
 * the desk, complaints, keys, receipts ---- */
enum {
    BESIDE_FILE_MAX = 256 << 20,        /* complaints of years */
    BESIDE_ARENA = 4 * BESIDE_FILE_MAX, /* address space for one, and for a list */
};
struct beside {
    const char *name; /* below DATA */
    int64_t at_ns;    /* when it was last written */
    int64_t bytes;
    bool is_database; /* written in place: twice, perhaps, within one tick of the file's clock */
};
/* All of them, the oldest first, in a. What is not there has no row. */
enum result beside_list(
    struct arena *a, const char *data, struct beside **out, size_t *count_out) CHECKED;
bool beside_is(const char *name); /* could it be one? As it comes from elsewhere. */
/* Of one instant, also while it is written. ERR_ABSENT; ERR_FULL: it has too many bytes. */
enum result beside_read(
    struct arena *a, const char *data, const char *name, struct span *out) CHECKED;
/* For its owner alone, and with that time. */
enum result beside_write(
    const char *data, const char *name, struct span bytes, int64_t at_ns) CHECKED;
/* What is in to and not in the list goes. */
enum result beside_drop_others(
    struct arena *a, const char *to, const struct beside *list, size_t count) CHECKED;

/* ---- tar.c: one backup as one stream ---- */
enum { TAR_NAME_BYTES = 100 };
enum result tar_write(int fd, const char *folder, const char *const *names, size_t n) CHECKED;
/* ERR_CORRUPT: no tar, one that is cut off, or something in it that is not ours, or twice. */
enum result tar_read(
    int fd, const char *folder, bool (*is_ours)(const char *name), const char **why_out) CHECKED;
bool backup_has(const char *name); /* could a backup have a file of that name? */
/* Work in a folder of its own in TMPDIR (else /var/tmp), which is gone after it, also where the
 * work is interrupted: an exit code. */
int tar_spooled(const char *verb, int (*work)(const char *folder, void *with), void *with);

/* ---- follow.c: what a spare is sent; spare.c: the spare's own side ---- */
int follow_send(struct house *h, int fd_in, int fd_out);

#endif
