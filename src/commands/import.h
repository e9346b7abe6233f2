/* import.h: what the files of `broadsheet import` share; private to commands. */
#ifndef IMPORT_H
#define IMPORT_H

#include <stdio.h>

#include "archive.h"
#include "commands.h"
#include "wire.h"

enum {
    IMPORT_BATCH_POSTS = 64,       /* posts made durable together */
    IMPORT_BATCH_BYTES = 16 << 20, /* … and no more than so many bytes of them */
    IMPORT_BATCH_ARENA = 512 << 20,
    IMPORT_POST_ARENA = 256 << 20, /* one post while it becomes a story */
    IMPORT_FILE_ARENA = 40 << 20,  /* one picture */
    IMPORT_LISTS_ARENA = 256 << 20
};

/* What becomes of an item, as the report says it. */
enum import_end {
    END_OWN,       /* public, under a guid of its own */
    END_AGENCY,    /* public, under its agency's guid */
    END_KNOWN,     /* the agency's story is here already: only its addresses are kept */
    END_NAMELESS,  /* agency copy whose guid is not known: a kill by guid cannot find it */
    END_AMBIGUOUS, /* the same, and several stories that are here could be it */
    END_LEFT,      /* not public, or not a post */
    IMPORT_ENDS
};

struct import {
    struct house house;
    struct ledger *ledger;
    struct store *store; /* to look at; NULL: none yet */
    const struct config *config;
    const struct config_feed *own, *wire; /* wire NULL: nothing is known to be an agency's */
    struct span types, meta_key, agencies;
    struct span category_base, tag_base; /* "/category"; empty: nothing */
    const char *file, *uploads, *doing;
    FILE *report;
    struct wxr_site *site;
    struct arena *batch_arena, *post_arena, *lists_arena, *file_arena;
    struct append batch[LEDGER_BATCH_MAX];
    size_t batch_count, batch_posts, batch_bytes;
    struct map *lists; /* addresses of lists that were told in this run */
    struct map *known; /* headline and day -> struct known_story; made when first asked */
    size_t posts_told; /* of all kinds */
    size_t ends[IMPORT_ENDS], added, comments, pictures, missing;
    uint64_t done_percent;
};

/* import_match.c: the story that is here already and says the same under the same day's date: found
 * by headline. count_out: how many it could be; 0: none. */
story_id import_match(struct import *m, struct span headline, int64_t since_ms, size_t *count_out);
/* import_batch.c: durable when import_flush has returned. Everything given is copied. */
enum result import_add(struct import *m, const struct append *e) CHECKED;
enum result import_flush(struct import *m) CHECKED;
/* A name under which the ledger knows the event again: keyed, so that it proves nothing. */
struct span import_name(struct import *m, const char *kind, struct span what);
enum result import_addresses(struct import *m, const struct span *old, size_t n,
    enum address_leads leads, story_id story, struct span to) CHECKED;
/* import_lists.c: the addresses of the lists on which a public post stood. */
enum result import_lists(
    struct import *m, const struct wxr_item *i, const struct story *s, int64_t since_ms) CHECKED;
/* import_pictures.c: files of the uploads folder that the story shows: it names them as what comes
 * beside it from here on. */
enum result import_pictures(
    struct import *m, struct story *s, const struct config_feed *feed, story_id story) CHECKED;
/* Opens house, ledger and configuration; says what is wrong: an exit code. */
int import_open(struct import *m, const char *data);
void import_close(struct import *m);

/* What the command line says. */
struct import_words {
    const char *file, *data, *feed, *wire, *types, *key, *agencies, *report, *uploads, *site;
    const char *category_base, *tag_base; /* what stands ahead of such lists; ".": nothing */
};
int import_wxr(const struct import_words *w);
int import_redirects(const struct import_words *w);
int import_verify(const struct import_words *w);

#endif
