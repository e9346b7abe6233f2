/* keep: what the keeper's verbs share: backup, restore, spare, rebuild. Private. */
#ifndef COMMANDS_KEEP_H
#define COMMANDS_KEEP_H

#include "commands.h"

/* For the ledger's long work, where standard error is a terminal; with: the word for what is
 * counted (char *). */
void keep_progress(uint64_t done, uint64_t of, void *with);
int keep_fail(const char *verb, const char *what, enum result r); /* says it; an exit code */

/* The files of a backup, in the order in which they stand in a tar; not all need be there. */
extern const char *const backup_files[];
extern const size_t backup_file_count;

/* ---- tar.c: one backup as one stream ---- */
enum result tar_write(int fd, const char *folder, const char *const *names, size_t n) CHECKED;
/* ERR_CORRUPT: no tar, one that is cut off, or something in it is not of these names. */
enum result tar_read(
    int fd, const char *folder, const char *const *names, size_t n, const char **why_out) CHECKED;
/* Work in a folder of its own in TMPDIR (else /var/tmp), which is gone after it, also where the
 * work is interrupted: an exit code. */
int tar_spooled(const char *verb, int (*work)(const char *folder, void *with), void *with);

/* ---- follow.c: what a spare is sent; spare.c: the spare's own side ---- */
int follow_send(struct house *h, int fd_in, int fd_out);

#endif
