/* ledger: the truth. One ordered, append-only sequence of events, their bytes beside them once per
 * content; and the tombstones. Knows bytes only: never a story. Embedded: SQLite with
 * synchronous=FULL; many appenders, each append one BEGIN IMMEDIATE. One handle belongs to one
 * thread, and is not carried over a fork. Nothing is acknowledged before ledger_append has returned
 * OK. Bytes on disk: docs/ledger.md. */
#ifndef LEDGER_H
#define LEDGER_H

#include "base.h"

enum { LEDGER_VERSION = 1, LEDGER_BLOB_MAX = 32 << 20, LEDGER_BATCH_MAX = 256 };

enum event_kind {
    EVENT_GENESIS = 1,  /* first, made by the ledger itself: blob = ids' key; received_ms 0 */
    EVENT_DELIVERY = 2, /* from a wire: blob = its bytes as they came; meta = {name, charset …} */
    EVENT_ACT = 3,      /* an editor's act: meta = JSON; delivery = its UUID */
    EVENT_MINT = 4,     /* a URL's date and slug, minted: meta = JSON */
    EVENT_CONFIG = 5,   /* editorial configuration in force: blob = canonical JSON; no secrets */
    EVENT_COMMENT = 6,
    EVENT_COUNTS = 7,
    EVENT_FILE = 8,     /* a picture or other file beside wire items: blob = bytes; meta = {name} */
    EVENT_FAULT = 9,    /* a reader crashed on event N: meta; quarantined in every rebuild */
    EVENT_ADDRESS = 10, /* addresses of the site that was here before, and what they lead to: meta =
                           JSON */
    EVENT_GRIEVANCE = 11, /* a complaint has come: meta = its number, the story, a hash of what
                             opens its page; nothing of who complains, nor of the words */
};
struct event {
    uint64_t pos; /* 1, 2, 3 … without gaps */
    enum event_kind kind;
    int64_t received_ms;  /* recorded, by the house clock */
    struct span feed;     /* or "" */
    struct span delivery; /* what the transport knows: unique with feed */
    struct span meta;     /* small JSON */
    struct hash blob;     /* of the bytes; all zero: none */
    uint64_t blob_bytes;
    bool forgotten; /* the payload was purged (K20); the chain still verifies */
};
struct append {
    enum event_kind kind;
    int64_t received_ms;
    struct span feed, delivery, meta;
    struct span blob;  /* p NULL: none */
    bool urgent;       /* on a full disk the batch may have the room kept for kills (K19) */
    const char *lease; /* NULL, or the name of a lease that must be held … */
    uint64_t fence;    /* … with this fence, else ERR_DENIED for the whole batch */
    uint64_t pos_out;  /* its own place, or that of the same delivery already there */
    bool was_there_out;
};

struct ledger;
/* Opens folder/ledger.db, makes it with its genesis when make is true. appender names the chain
 * ("intake", "newsroom", "desk" …). ERR_NEWER: written by a newer version; ERR_CORRUPT; ERR_ABSENT.
 * why_out: a sentence for the user (static or in the handle's memory). */
enum result ledger_open(const char *folder, const char *appender, bool make, struct ledger **out,
    const char **why_out) CHECKED;
/* Only to read, beside whoever appends: nothing of the file can be changed by it. ERR_ABSENT,
 * ERR_CORRUPT, ERR_NEWER; why_out: a sentence. */
enum result ledger_look(const char *folder, struct ledger **out, const char **why_out) CHECKED;
void ledger_close(struct ledger *l);
struct span ledger_key(const struct ledger *l); /* 32 bytes: key of story ids, from the genesis */

/* Appends all or none, durable when it returns OK; idempotent by (feed, delivery), where delivery
 * is not empty. At most LEDGER_BATCH_MAX. A received_ms before that of the event ahead is raised to
 * it. Then rings every bell of this folder. ERR_FULL: disk full or a part over its cap, ERR_BUSY:
 * others wrote for 10 s, ERR_DENIED: a fence: nothing written. After ERR_IO append the same again.
 */
enum result ledger_append(struct ledger *l, struct append *events, size_t n) CHECKED;
/* Sees to it that room for urgent events is kept aside; false: it is used up, or the disk is over
 * its mark (disk_is_full): only urgent events should be appended. Cheap while it is there. */
bool ledger_keep_ballast(struct ledger *l);
/* Events after pos, in order, at most n; count_out 0: none. Spans live in a. */
enum result ledger_tail(struct ledger *l, uint64_t after_pos, struct event *out, size_t n,
    size_t *count_out, struct arena *a) CHECKED;
enum result ledger_event(
    struct ledger *l, uint64_t pos, struct event *out, struct arena *a) CHECKED;
enum result ledger_find(struct ledger *l, struct span feed, struct span delivery, struct event *out,
    struct arena *a) CHECKED;
/* The last event of this kind that had come by at_ms. Reads backwards until there is one. */
enum result ledger_last(struct ledger *l, enum event_kind kind, int64_t at_ms, struct event *out,
    struct arena *a) CHECKED; /* ERR_ABSENT */
/* The first event of a kind in (after_pos, until_pos]; reads all rows between. ERR_ABSENT. */
enum result ledger_next(struct ledger *l, enum event_kind kind, uint64_t after_pos,
    uint64_t until_pos, uint64_t *pos_out) CHECKED;
enum result ledger_blob(struct ledger *l, const struct hash *h, struct span *out, struct arena *a)
    CHECKED; /* ERR_ABSENT: forgotten or unknown; checked against its hash: ERR_CORRUPT */
/* Takes or renews the lease for ttl_ms; ERR_BUSY: another holder has it. The fence grows with every
 * new holder. */
enum result ledger_lease(struct ledger *l, const char *name, struct span holder, int64_t now_ms,
    int64_t ttl_ms, uint64_t *fence_out) CHECKED;

/* A bell: a datagram socket in folder/bells that every append rings. Poll the descriptor (the
 * caller closes it); ledger_bell_hush empties it: hush first, then tail. Look by a timer too: an
 * appender may die between its commit and its bell. */
enum result ledger_bell_open(const char *folder, const char *name, int *fd_out) CHECKED;
void ledger_bell_hush(int fd);

/* ---- for the keeper ---- */
enum result ledger_head(struct ledger *l, uint64_t *pos_out) CHECKED;
struct ledger_report {
    uint64_t events, blobs, forgotten, bad_pos; /* bad_pos 0: all chains hold */
    const char *why;
    char
        where[200]; /* the page of the file that SQLite finds damaged, in its words; may be empty */
};
/* ERR_CORRUPT: bad_pos is the first event that does not hold or cannot be read, and why says what
 * (0: the chains hold, the file's structure does not). */
enum result ledger_verify(struct ledger *l, bool blobs_too,
    void (*progress)(uint64_t done, uint64_t of, void *), void *with,
    struct ledger_report *out) CHECKED;
/* Removes the payload: meta, and the bytes unless another event needs them, with VACUUM and a
 * truncated WAL. Feed and delivery stay. After an error call it again: ERR_BUSY, an older reader
 * held the WAL. ERR_DENIED: the genesis. */
enum result ledger_forget(struct ledger *l, uint64_t pos) CHECKED;
/* Many at once: the file is written anew once for all of them, in the ledger's folder, and appends
 * wait that long. All or none. */
enum result ledger_forget_all(struct ledger *l, const uint64_t *positions, size_t n) CHECKED;
/* Online, then verified, then renamed to to_file: one file without a WAL. ERR_CORRUPT: the ledger
 * does not verify; no file. */
enum result ledger_backup(struct ledger *l, const char *to_file,
    void (*progress)(uint64_t done, uint64_t of, void *), void *with) CHECKED;

/* ---- a copy that follows: a backup that grows, a spare. Events go over as they stand, with their
 * chains, and are checked before they are kept; a copy is one file without a WAL, and whatever cuts
 * it off, it is the beginning of its ledger ---- */
struct ledger_mark { /* how far it is; pos 0: empty */
    uint64_t pos;
    int64_t received_ms;
    struct hash chain;
};
/* Made empty where there is none. ERR_CORRUPT, ERR_NEWER, ERR_DENIED; why_out: a sentence. */
enum result ledger_copy_open(const char *file, struct ledger **out, const char **why_out) CHECKED;
/* The last event at or before pos. */
enum result ledger_mark(struct ledger *l, uint64_t pos, struct ledger_mark *out) CHECKED;
/* OK: what ends there is the beginning of this ledger. ERR_DENIED: it is of another, or goes on
 * otherwise. */
enum result ledger_holds(struct ledger *l, const struct ledger_mark *m) CHECKED;
/* The event behind after_pos, packed; with its bytes where no event ahead has the same. ERR_ABSENT:
 * there is none. */
enum result ledger_pack(
    struct ledger *l, uint64_t after_pos, struct arena *a, struct span *out) CHECKED;
/* Keeps packed events that follow on the copy's last one: all or none, durable. ERR_CORRUPT: they
 * do not hold. */
enum result ledger_land(struct ledger *copy, const struct span *rows, size_t n) CHECKED;
/* Positions up to until_pos whose payloads are forgotten (ledger_forget_all makes a copy follow).
 */
enum result ledger_forgotten(struct ledger *l, uint64_t until_pos, struct arena *a,
    uint64_t **positions_out, size_t *count_out) CHECKED;
/* Another number after every time that something was forgotten. */
enum result ledger_forgettings(struct ledger *l, uint64_t *number_out) CHECKED;
/* Brings a backup up to this ledger's end. ERR_ABSENT: there is none, or it is damaged: make a
 * whole one. ERR_DENIED: it is no beginning of this ledger; nothing is changed. */
enum result ledger_backup_more(struct ledger *l, const char *file,
    void (*progress)(uint64_t done, uint64_t of, void *), void *with, uint64_t *added_out) CHECKED;

/* ---- tombstones: FOLDER/tombstones: preallocated, append-only, checksummed records, fsynced; two
 * grow-only sets: kills, and lifts that name the kill that they lift. Merging is union. Works on a
 * full disk. One writer (newsroom); readers map it. ---- */
enum tomb_cause {
    TOMB_WIRE = 1,
    TOMB_TAKEDOWN = 2,
    TOMB_DESK_KILL = 3,
    TOMB_PURGE = 4,
    TOMB_CRASHED = 5
};
struct tomb {
    uint64_t story;         /* story id */
    unsigned char kill[16]; /* the kill's own name: the same kill read again has the same */
    bool is_lift;
    enum tomb_cause cause;
    int64_t at_ms;
};
struct tombs;
/* The writer makes the file where absent; a torn last record is cut off by the writer, skipped by
 * readers. ERR_ABSENT: no file (readers); ERR_BUSY: another writer; ERR_CORRUPT: nothing in it can
 * be read; ERR_NEWER. */
enum result tombs_open(const char *folder, bool writer, struct tombs **out) CHECKED;
void tombs_close(struct tombs *t);
/* Adds what is not there yet; durable (and seen by every reader's next tombs_count) when it
 * returns. Already there: OK, added_out 0 (may be NULL). A record is its story, kill and is_lift; a
 * lift acts on the kill of the same story and name. Thread-safe. ERR_DENIED: a reader. */
enum result tombs_add(
    struct tombs *t, const struct tomb *list, size_t n, size_t *added_out) CHECKED;
uint64_t tombs_count(const struct tombs *t);      /* one atomic load; grows with every record */
bool tombs_dead(struct tombs *t, uint64_t story); /* some kill of it is not lifted. Readers: picks
                                                     up new records first. Thread-safe */
/* Its kills that no lift names: how many there are; out gets the n oldest, by time. */
size_t tombs_standing(struct tombs *t, uint64_t story, struct tomb *out, size_t n);
bool tombs_each(struct tombs *t, size_t *i, struct tomb *out); /* start with *i = 0 */
/* Unions another tombstones file into this one (restore never replaces). */
enum result tombs_union(struct tombs *t, const char *other_file, size_t *added_out) CHECKED;

#endif
