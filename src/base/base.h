/* base: bytes, memory, time, hashes, maps, messages. Knows nothing of news.
 * The one header that every floor includes. Nothing here opens a network connection.
 * Fatal: running out of memory outside a capped arena, and our own bugs (must). */
#ifndef BASE_H
#define BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ---- results of the world (disk, net, other processes); never used for bad input ---- */
enum result {
    OK = 0,
    ERR_IO,      /* the system said no: errno tells */
    ERR_FULL,    /* no space left, or a cap reached */
    ERR_BUSY,    /* somebody else holds it: try again */
    ERR_ABSENT,  /* it is not there */
    ERR_DENIED,  /* not permitted */
    ERR_CORRUPT, /* it is there, and damaged */
    ERR_NEWER,   /* written by a newer version of this program */
    ERR_CLOSED,  /* the other side is gone */
    ERR_LEDGER,  /* the ledger is damaged: no rebuild helps, only a backup */
};
#define CHECKED __attribute__((warn_unused_result))
const char *result_name(enum result r);
/* What does not go well ends the function that asks it. */
#define TRY(x)                                                                                     \
    do {                                                                                           \
        enum result try_ = (x);                                                                    \
        if (try_ != OK) return try_;                                                               \
    } while (0)

/* Our own bug or no memory: prints where and aborts the role; the master restarts it. */
#define must(x) ((x) ? (void)0 : must_failed(#x, __FILE__, __LINE__))
_Noreturn void must_failed(const char *what, const char *file, int line);

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- span: bytes with a length, owned by somebody else ---- */
struct span {
    const char *p;
    size_t n;
};
#define S(lit) ((struct span){("" lit), sizeof(lit) - 1})
#define SPAN(lit)                                                                                  \
    {                                                                                              \
        ("" lit), sizeof(lit) - 1                                                                  \
    }                            /* the same, as a table's entry */
#define FMT(s) (int)(s).n, (s).p /* for "%.*s" */

/* The smallest stand here, since readers call them for every element, key and word: the compiler
 * then knows a literal's length, and compares most names by length alone. */

static inline struct span span_of(const char *cstr) /* NULL gives the empty span */
{
    return cstr ? (struct span){cstr, strlen(cstr)} : (struct span){NULL, 0};
}

static inline struct span span_cut(struct span s, size_t from, size_t to) /* clamped to s */
{
    if (to > s.n) to = s.n;
    if (from > to) from = to;
    return (struct span){s.p ? s.p + from : NULL, to - from};
}

static inline bool span_eq(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool span_starts(struct span s, struct span prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool span_starts_nocase(struct span s, struct span prefix);
static inline bool span_eq_nocase(struct span a, struct span b) /* ASCII only */
{
    enum { NOT_CASE = 0xDF }; /* letters that differ in case alone are equal in these bits */
    if (a.n != b.n || (a.n && ((a.p[0] ^ b.p[0]) & NOT_CASE))) return false;
    return span_starts_nocase(a, b);
}

/* Before a table's entry is compared whole: can s begin with it, letter case ignored? */
static inline bool span_may_start(struct span s, const char *cstr)
{
    enum { NOT_CASE = 0xDF };
    return s.n && ((s.p[0] ^ cstr[0]) & NOT_CASE) == 0;
}

int span_cmp(struct span a, struct span b);
bool span_ends(struct span s, struct span suffix);
struct span span_trim(struct span s);                   /* ASCII white space, and U+00A0 */
ptrdiff_t span_find(struct span s, struct span needle); /* -1: not there */
ptrdiff_t span_find_nocase(struct span s, struct span needle);
ptrdiff_t span_find_char(struct span s, char c);
/* Takes the part of *rest before the next sep and moves *rest behind it; false when *rest was used
 * up (p NULL). */
bool span_next(struct span *rest, char sep, struct span *part_out);
bool span_to_u64(struct span s, uint64_t *out); /* decimal digits only, no overflow */
uint64_t env_u64(const char *name);             /* of the environment; 0: not there, or no number */
bool span_to_i64(struct span s, int64_t *out);

/* html is text that may stand in a page as it is. Only text/html.c (the sanitiser) and
 * text/template.c make it. */
struct html {
    struct span s;
};

/* ---- arena: memory by lifetime. One per story, job or request; nothing is freed by hand ---- */
struct arena;
struct arena *arena_new(
    size_t cap_bytes); /* grows by malloc up to cap; over it: arena_alloc aborts the role */
struct arena *arena_on(
    void *memory, size_t bytes);   /* lives wholly inside memory: no malloc (the cage) */
void arena_free(struct arena *a);  /* NULL is fine */
void arena_reset(struct arena *a); /* keeps its first block */
/* What is made behind a mark can be given back as one: a try that came to nothing. */
struct arena_mark {
    void *block;
    size_t used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_back(struct arena *a, struct arena_mark to);
void *arena_alloc(struct arena *a,
    size_t n); /* zeroed, 16-byte aligned; on a full arena calls on_full, else must() */
/* The same, but with whatever lay there: for who writes every byte that is read. */
void *arena_room(struct arena *a, size_t n);
void arena_on_full(struct arena *a, void (*full)(void *),
    void *with); /* must not return (the reader exits with a code) */
size_t arena_used(const struct arena *a);
struct span arena_keep(struct arena *a, struct span s); /* a copy; NUL stands behind it */
char *arena_cstr(struct arena *a, struct span s);
struct span arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))
/* Room for one more in a growing array: ptr, n and cap are lvalues; the old block stays in the
 * arena. */
#define ARENA_PUSH(a, ptr, n, cap)                                                                 \
    ((n) == (cap) ? ((ptr) = arena_grow((a), (ptr), sizeof *(ptr), (n), &(cap)), &(ptr)[(n)++])    \
                  : &(ptr)[(n)++])
/* A larger block with old's bytes, and behind them whatever lay there: in place where old was the
 * last thing made, else a copy (old stays in the arena). */
void *arena_resize(struct arena *a, void *old, size_t old_n, size_t n);
void *arena_grow(struct arena *a, const void *old, size_t item_bytes, size_t n, size_t *cap_inout);

/* ---- buf: bytes being written. A sticky full flag, looked at once in the end ---- */
struct buf {
    struct arena *a; /* NULL: memory by malloc, freed with buf_free */
    char *p;
    size_t n, cap, max; /* max 0: no bound */
    bool full;
};
void buf_init(struct buf *b, struct arena *a, size_t max_bytes);
void buf_free(struct buf *b);
void buf_put(struct buf *b, struct span s);
void buf_str(struct buf *b, const char *cstr);
void buf_char_grow(struct buf *b, char c); /* buf_char's rare case: a larger block */
static inline void buf_char(struct buf *b, char c)
{
    if (b->full || b->n + 1 >= b->cap || (b->max && b->n >= b->max))
        buf_char_grow(b, c);
    else
        b->p[b->n++] = c;
}
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_u64(struct buf *b, uint64_t v); /* decimal */
void buf_utf8(struct buf *b, uint32_t code_point);
struct span buf_span(const struct buf *b);
#define buf_lit(b, lit) buf_put((b), S(lit))

/* ---- binary fields, little-endian; the reader side is bounded and sticky ---- */
void put_u8(struct buf *b, uint8_t v);
void put_u32(struct buf *b, uint32_t v);
void put_u64(struct buf *b, uint64_t v);
void put_span(struct buf *b, struct span s); /* u32 length, bytes */
struct take {
    const unsigned char *p, *end;
    bool bad;
};
struct take take_of(struct span s);
uint8_t take_u8(struct take *t);
uint32_t take_u32(struct take *t);
uint64_t take_u64(struct take *t);
struct span take_span(struct take *t); /* points into the message */
bool take_done(const struct take *t);  /* not bad, and nothing left */

/* ---- UTF-8 ---- */
bool utf8_valid(struct span s);
/* Decodes one code point at *i and moves *i; a broken byte gives U+FFFD and moves by one. */
uint32_t utf8_next_long(struct span s, size_t *i); /* the same, whatever stands there */
static inline uint32_t utf8_next(struct span s, size_t *i)
{
    must(*i < s.n);
    unsigned char c = (unsigned char)s.p[*i];
    if (c >= 0x80) return utf8_next_long(s, i);
    ++*i;
    return c;
}
size_t utf8_count(struct span s);                    /* code points */
struct span utf8_head(struct span s, size_t points); /* the first so many code points */

/* ---- hashes and randomness ---- */
struct hash {
    unsigned char b[32];
};
enum { HASH_HEX = 64 };                                 /* its characters, in hex */
struct hash hash_of(struct span s);                     /* BLAKE2b-256 (RFC 7693), libsodium */
struct hash hash_keyed(struct span key, struct span s); /* key of 16..64 bytes */
bool hash_eq(const struct hash *a, const struct hash *b);
struct span hash_hex(struct arena *a, const struct hash *h);
bool hex_to_bytes(struct span hex, unsigned char *out, size_t n);
struct span bytes_hex(struct arena *a, const void *p, size_t n);
struct span sha256_base64(struct arena *a, struct span s); /* padded, RFC 4648 section 4; in a */
bool hmac_sha256(struct span key, struct span message, unsigned char out[32]);
bool equal_secret(const void *a, const void *b, size_t n); /* constant time */
uint64_t fast_hash(
    struct span s); /* tables and key slots, not for security; same on every machine */
uint32_t crc32c(struct span s);
void random_bytes(void *p, size_t n);
struct span base32(struct arena *a, uint64_t value,
    int digits); /* Crockford's alphabet in lower case, most significant first */

/* ---- signatures: Ed25519, and base64url as JOSE has it ---- */
enum { SIGN_BYTES = 64 };
struct sign_key {
    unsigned char secret[64], public[32];
};
void sign_key_make(struct sign_key *k);
bool sign_key_read(struct span seed_hex, struct sign_key *k);         /* false: not 64 hex digits */
struct span sign_key_seed(struct arena *a, const struct sign_key *k); /* hex; a secret */
void sign_key_wipe(struct sign_key *k);
void sign_bytes(const struct sign_key *k, struct span s, unsigned char out[SIGN_BYTES]);
bool sign_holds(const unsigned char public[32], struct span s, const unsigned char sig[SIGN_BYTES]);
struct span base64url(struct arena *a, struct span s);
bool base64url_read(struct arena *a, struct span s, struct span *out); /* false: not base64url */

/* ---- map: span -> pointer, in an arena; keys are not copied ---- */
struct map;
struct map *map_new(struct arena *a);
void **map_at(struct map *m, struct span key);       /* makes the slot; never NULL */
void *map_get(const struct map *m, struct span key); /* NULL: not there */
size_t map_count(const struct map *m);
bool map_each(const struct map *m, size_t *i, struct span *key,
    void **value); /* insertion order; start with *i = 0 */

/* ---- log: one line a fact on standard error: time role level fact. Thread-safe, one write a line
 * ---- */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
void log_as(const char *role);         /* thread-local name of the role that speaks */
void log_quiet(enum log_level lowest); /* what is below is not written */
void log_to_journal(void); /* where systemd's journal reads it, each line says its level first */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

/* ---- metrics: counters and millisecond histograms in shared memory, printed as Prometheus text
 * ---- */
enum metric {
    M_DELIVERIES,
    M_STORIES,
    M_REJECTS,
    M_KILLS,
    M_RENDERS,
    M_REQUESTS,
    M_CACHE_HITS,
    M_RESPONSES_2XX,
    M_RESPONSES_3XX,
    M_RESPONSES_4XX,
    M_RESPONSES_5XX,
    M_CONNECTIONS,
    M_REFUSED,
    M_OVERLOADED,
    M_PUSH_OK,
    M_PUSH_REFUSED,
    M_ROLE_RESTARTS,
    M_READER_CRASHES,
    M_HELD,
    M_ECHOES,
    M_BYTES_OUT,
    M_COUNTERS,
};
/* The way of a delivery. What came while nobody ran, and what a rebuild reads again, has no
 * RECEIVED_TAKEN and no RECEIVED_VISIBLE. */
enum stage {
    STAGE_RECEIVED_DURABLE,
    STAGE_RECEIVED_TAKEN, /* until the newsroom takes it up: what was before, and its place in the
                             queue */
    STAGE_DURABLE_READ,   /* by a reader, since it was taken up */
    STAGE_READ_DECIDED,   /* with all that was taken up in one step */
    STAGE_DECIDED_STORED,
    STAGE_STORED_VISIBLE,
    STAGE_RECEIVED_VISIBLE, /* the whole way */
    STAGES
};
enum result metrics_share(
    void); /* call once, before roles start; without it counting is process-local */
void metric_add(enum metric m, uint64_t n);
void stage_took(enum stage s, int64_t us);
/* Of each feed by its name, up to METRIC_FEEDS of them. begin: those that are not named again are
 * silent no more, and miss nothing. By the newsroom alone, but for metric_feed_asked: that is for
 * whoever asks for feeds, and does nothing until the newsroom has named the feed. */
enum { METRIC_FEEDS = 1024 };
struct metric_feed {
    int64_t last_ms; /* when the last delivery came; 0: not known */
    bool is_silent;
    uint64_t missing;  /* numbers of its messages, of the last hours */
    uint64_t ahead_ms; /* its messages' clock is ahead of ours; 0: it is not */
};
void metric_feed_came(struct span feed);   /* a delivery was read */
void metric_feed_unread(struct span feed); /* it, or an item of it, could not be */
void metric_feeds_begin(void);
void metric_feed(struct span feed, const struct metric_feed *now);
void metric_feed_asked(struct span feed, uint64_t failures); /* in all */
struct disk;
void metric_disk(const struct disk *d, int64_t grows_a_day, int64_t days_left); /* −1: not known */
void metrics_print(struct buf *b); /* Prometheus text format 0.0.4 */
uint64_t metric_get(enum metric m);

/* ---- countries ---- */
struct span country_of(struct span text); /* ISO 3166-1 alpha-2 in capitals, for either case;
                                             empty: it names no country */

/* ---- files ---- */
enum result file_read(struct arena *a, const char *path, size_t max_bytes,
    struct span *out) CHECKED; /* ERR_FULL: larger than max */
enum result file_write_durable(const char *path,
    struct span s) CHECKED; /* temporary name, fsync, rename, fsync of the folder */
enum result dir_make(const char *path) CHECKED;   /* with parents, mode 0750; there already is OK */
enum result dir_remove(const char *path) CHECKED; /* with all below it; never follows links */
enum result dir_lock(
    const char *path, int *fd_out) CHECKED; /* flock on path/lock; ERR_BUSY: another instance */
enum result write_all(int fd, const void *p, size_t n) CHECKED;
bool fd_read_whole(int fd, void *to, size_t n); /* false: it ended before, or cannot be read */
struct disk { /* that a path lies on; all zero: it cannot be asked */
    uint64_t bytes, free;
    unsigned used_percent;
};
struct disk disk_look(const char *path);
bool disk_is_low(const struct disk *d);  /* 80 % are used: people are told */
bool disk_is_full(const struct disk *d); /* 95 %: what is left is for kills and for what is here */
/* Blocks for the first n bytes, so that a map of them has no holes. ERR_FULL: there is no room. A
 * file that has them is left alone: some file systems want as much free room again for one that is
 * whole. */
enum result file_reserve(int fd, size_t n) CHECKED;
bool set_nonblocking(int fd);
/* As sqlite3_open_v2, for what is written while the house runs: on a disk that is full an index of
 * the log that has holes gives SQLITE_FULL, and no SIGBUS (from Linux 5.14 on); what cannot be read
 * is SQLITE_IOERR, and not SQLITE_CORRUPT; what may be written is not opened to be read only for
 * the moment's want of something: it is opened again, and at last SQLITE_CANTOPEN. One that this
 * user may not write is opened to be read only, as SQLite does (sqlite3_db_readonly). Over another
 * file system than SQLite's own for Unix only the last. Any thread. */
struct sqlite3;
int sqlite_open(const char *path, int flags, struct sqlite3 **out);

/* ---- messages between roles: u32 length, u32 type, bytes; over a stream socketpair ---- */
enum { FRAME_MAX = 48u << 20 }; /* one delivery of the largest kind, with room */
struct frame {
    uint32_t type;
    struct span body; /* valid until the next inbox_take or inbox_fill on the same inbox */
    int fd;           /* a descriptor that came along, or -1; the taker owns it */
};
struct inbox {
    int fd;
    char *p;
    size_t n, cap, used;
    int passed_fd;
    bool broken; /* the other side sent a frame over FRAME_MAX: nothing more is taken from it */
};
void inbox_init(struct inbox *in, int fd);
void inbox_close(struct inbox *in); /* closes fd too */
enum result inbox_fill(
    struct inbox *in) CHECKED; /* reads what is there; ERR_BUSY: nothing now; ERR_CLOSED: the other
                                  side is gone; ERR_CORRUPT: broken */
bool inbox_take(struct inbox *in, struct frame *out); /* false: no whole frame yet, or broken */
/* Writes one frame whole (waits while the socket is full, at most timeout_ms; then ERR_BUSY and the
 * channel is to be closed). */
enum result frame_send(
    int fd, uint32_t type, struct span body, int pass_fd, int timeout_ms) CHECKED;
/* The same on a blocking descriptor by write(2) alone and without a time limit: for the cage, where
 * nothing else is allowed. SIGPIPE must be ignored. */
enum result frame_write(int fd, uint32_t type, struct span body) CHECKED;

#endif
