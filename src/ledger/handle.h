/* ledger/handle.h: what the files of this floor share: the handle, its statements, its limits.
 * Private. */
#ifndef LEDGER_HANDLE_H
#define LEDGER_HANDLE_H

#include "ledger.h"
#include <sqlite3.h>

enum {
    LEDGER_APPLICATION =
        0x42534c47,             /* "BSLG" in the file's header: other SQLite files are refused */
    LEDGER_META_MAX = 1 << 20,  /* meta is small JSON; a row is read whole into memory */
    LEDGER_KEY_BYTES = 32,      /* of the genesis: key of story ids */
    LEDGER_SALT_BYTES = 16,     /* a forgotten payload cannot be guessed back from its hash */
    LEDGER_BUSY_MS = 10 * 1000, /* above the longest transaction of another appender */
    LEDGER_NAME_MAX = 255,      /* feed, appender, lease: names, not texts */
    LEDGER_DELIVERY_MAX = 4096, /* a file's path, its time and hash */
    LEDGER_WAL_KEEP = 64 << 20, /* a WAL grown by one big batch is cut back to this */
    LEDGER_BALLAST_BYTES = 4 << 20, /* some kills and takedowns, and the WALs that they grow */
    LEDGER_BALLAST_STEP = 64 << 10, /* of its second half, for each: an act takes eight pages */
    LEDGER_SCRATCH = 2 * LEDGER_BLOB_MAX + (4 << 20), /* one packed blob beside one canonical row */
};

enum query {
    Q_BEGIN,
    Q_BEGIN_READ,
    Q_COMMIT,
    Q_LAST,
    Q_HEAD_GET,
    Q_HEAD_SET,
    Q_HEADS,
    Q_FIND_POS,
    Q_EVENT_ADD,
    Q_BLOB_HAS,
    Q_BLOB_ADD,
    Q_BLOB_GET,
    Q_TAIL,
    Q_FIND,
    Q_LAST_OF,
    Q_NEXT_OF,
    Q_LEASE_GET,
    Q_LEASE_SET,
    Q_VERIFY,
    Q_VERIFY_BLOBS,
    Q_ROW,
    Q_ROW_ADD,
    Q_MARK,
    Q_FORGOTTEN,
    Q_FORGET,
    Q_BLOB_NEEDED,
    Q_BLOB_DROP,
    Q_TOTALS,
    QUERIES,
};

struct ledger {
    sqlite3 *db;
    sqlite3_stmt *query[QUERIES];
    struct arena *a, *scratch; /* as long as the handle; for one call */
    const char *folder;
    struct span appender;
    unsigned char key[LEDGER_KEY_BYTES];
    struct hash root; /* the genesis' chain hash: every other chain starts from it */
    int64_t busy_since_us;
    int bell_fd;
};

/* ---- ballast.c ---- */
/* Some of it: half at first, then step by step. false: there is none. */
bool ballast_let_go(struct ledger *l);

/* ---- sqlite.c ---- */
struct ledger *handle_new(const char *folder, const char *appender);
enum handle_mode { HANDLE_READ, HANDLE_WRITE, HANDLE_MAKE, HANDLE_COPY };
/* Opens this very file: HANDLE_READ for a backup (its journal mode is not WAL, nothing is changed
 * in it). */
enum result handle_open_file(
    struct ledger *l, const char *path, enum handle_mode mode, const char **why_out) CHECKED;
enum result handle_make_tables(struct ledger *l) CHECKED; /* inside a transaction */
enum result ledger_db_result(
    sqlite3 *db, int rc) CHECKED; /* SQLite's code as one of ours; ROW and DONE are OK */
enum result ledger_db_exec(struct ledger *l, const char *sql) CHECKED;
sqlite3_stmt *ledger_db_query(
    struct ledger *l, enum query q); /* reset, nothing bound; reset it again when done */
enum result db_run(struct ledger *l, sqlite3_stmt *s) CHECKED; /* steps once and resets */
enum result ledger_db_row(
    struct ledger *l, sqlite3_stmt *s) CHECKED; /* OK: a row stands; ERR_ABSENT: none (reset) */
enum result db_begin(struct ledger *l) CHECKED;
enum result db_finish(
    struct ledger *l, enum result so_far) CHECKED; /* commits what is OK, else rolls back */
int db_busy(void *handle, int tries);
void bind_bytes(
    sqlite3_stmt *s, int at, struct span b); /* an empty span is empty bytes, not NULL */
void bind_hash(sqlite3_stmt *s, int at, const struct hash *h);
struct span column_bytes(sqlite3_stmt *s, int at); /* until the statement's next step */
bool column_hash(
    sqlite3_stmt *s, int at, struct hash *out); /* false: NULL or not of a hash's length */

/* ---- append.c ---- */
enum result append_event(struct ledger *l, struct append *e) CHECKED; /* inside a transaction */

/* ---- read.c ---- */
enum result blob_unpack(struct arena *a, const struct hash *h, uint64_t size, int coding,
    struct span bytes, struct span *out) CHECKED;
enum blob_coding { CODING_PLAIN = 0, CODING_ZSTD = 1 };

/* ---- chain.c: the two hashes of a row; docs/ledger.md states their bytes ---- */
struct link {
    uint64_t pos;
    enum event_kind kind;
    int64_t received_ms;
    struct span appender, feed, delivery;
    uint64_t blob_bytes;
};
struct hash chain_payload(
    struct arena *a, struct span salt, const struct hash *blob, struct span meta);
struct hash chain_next(
    struct arena *a, const struct hash *previous, const struct link *e, const struct hash *payload);

/* ---- bell.c ---- */
void bell_ring(struct ledger *l);

#endif
