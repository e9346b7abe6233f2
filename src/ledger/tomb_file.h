/* ledger/tomb_file.h: the bytes of the tombstone file: header, records, slots. Private.
 * docs/ledger.md draws them. */
#ifndef LEDGER_TOMB_FILE_H
#define LEDGER_TOMB_FILE_H

#include "ledger.h"

enum {
    TOMB_VERSION = 1,
    TOMB_HEADER = 4096, /* a page of its own: publishing the count touches no record's sector */
    TOMB_RECORD = 64,
    TOMB_COUNT_AT = 64, /* the published count: 8 bytes, written by one atomic store */
    TOMB_CHUNK = 4096,  /* records that the file grows by */
    TOMB_ROOM_MIN =
        2048,        /* free records below which it grows: so many kills still go on a full disk */
    TOMB_READ = 512, /* slots read at once */
};
enum tomb_slot { SLOT_FREE, SLOT_RECORD, SLOT_DAMAGED };

void tomb_pack(const struct tomb *t, unsigned char out[TOMB_RECORD]);
enum tomb_slot tomb_unpack(const unsigned char in[TOMB_RECORD], struct tomb *out);

/* Makes folder/tombstones with its first chunk, under another name first: nobody sees half a
 * header. There already: OK. */
enum result tomb_file_make(const char *folder) CHECKED;
/* The slots that the file has room for. A damaged header in front of whole records is written anew
 * by the writer and overlooked by others: a flipped bit must neither hide kills nor stop the site.
 * ERR_CORRUPT: no tombstones; ERR_NEWER. */
enum result tomb_file_check(int fd, bool writer, uint64_t *room_out) CHECKED;
/* A further chunk behind room slots, its blocks written, not only reserved. */
enum result tomb_file_grow(int fd, uint64_t room) CHECKED;
/* Reads up to TOMB_READ slots from slot at on. Behind the end of the file: free ones. */
enum result tomb_file_read(int fd, uint64_t at, size_t n, unsigned char *out) CHECKED;
/* Writes n packed records at slot at, durable when it returns. */
enum result tomb_file_write(int fd, uint64_t at, const unsigned char *packed, size_t n) CHECKED;

#endif
