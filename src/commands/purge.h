/* purge.h: what the rooms of `broadsheet purge` share: purge.c the command, purge_forget.c what is
 * forgotten of a story, purge_raw.c its raw files, purge_pictures.c its pictures, purge_receipts.c
 * its receipts. */
#ifndef COMMANDS_PURGE_H
#define COMMANDS_PURGE_H

#include "commands.h"

enum { PURGE_ITEMS_MAX = 256 };

struct purging {
    struct store *store;
    struct ledger *ledger;
    const struct config *config; /* NULL: raw files are only named */
    struct arena *a;
    const char *pictures; /* the folder of renditions */
    struct purge_files files;
    story_id page, items[PURGE_ITEMS_MAX]; /* of the page, itself among them */
    struct span guids[PURGE_ITEMS_MAX];
    size_t count;
    uint64_t *events; /* to be forgotten, in one step */
    size_t event_count, event_cap;
    struct map *removed; /* hashes of raw files that are gone: the same may have come twice */
    struct purge_report *report;
};
/* The page and the items on it, into g; out: its versions, in g's arena. */
enum result purge_items(struct purging *g, struct stored_version **out, size_t *count_out) CHECKED;
/* The raw file of a delivery. It stays in done/ under the name that it came by, or one like it:
 * known by its bytes. What is left is told on standard output, and counted. */
void purge_raw(struct purging *g, const struct event *e);
/* Every receipt of the house that names one of these ids is signed anew without the story's words,
 * or removed where its signature does not hold. What could be neither is told on standard output,
 * and counted as left. */
struct purge_receipts_report {
    size_t signed_anew, removed, left;
};
void purge_receipts(
    struct house *h, const struct span *ids, size_t id_count, struct purge_receipts_report *out);

#endif
