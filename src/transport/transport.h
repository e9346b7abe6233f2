/* transport: bytes off the wire into intake's hands (the watched folder, the authenticated push,
 * feeds that we ask for), and out of the house by the courier's (the outbox, mail). Bytes only:
 * never a story. */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "base.h"
#include "net.h"
#include "text.h"

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
    size_t *count_out, int *wait_ms_out) CHECKED; /* ERR_CLOSED: another folder stands under this
                                                     path now (mounted, or put in its place) */
/* After durability: to done/ (a name taken gets a number). A file that was written to, or replaced,
 * since it was given stays in the folder, to be given as what it is now. */
enum result folder_done(struct folder *f, const struct folder_file *file) CHECKED;
/* A delivery that turned out bad: from done/ to quarantine/NAME with quarantine/NAME.why.txt beside
 * it (a name taken gets a number). done/ may hold several that came under that name: the one of
 * this size whose delivery is_it knows. ERR_ABSENT: none. What stands under the name in the folder
 * is another file, which nobody has read. */
struct folder_wanted {
    struct span name;
    int64_t size;
    bool (*is_it)(void *with, struct span delivery);
    void *with;
};
enum result folder_quarantine(
    struct folder *f, const struct folder_wanted *wanted, struct span why) CHECKED;

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
    PUSH_MALFORMED,
    PUSH_FULL, /* more came in ten minutes than can be told apart: later */
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

/* ---- polls: feeds that the house asks for by itself, each by a road (poller.h): "http" (a
 * document at a URL: RSS, Atom, JSON Feed, ninjs, NewsML …), "ap", "reuters", "reuters-token",
 * "dpa", "imap" (a mailbox), "ftp" and "sftp" (files on a server). Several at once on the caller's
 * thread, none of which waits for another. Every connection goes through the guard. What came is
 * handed to `take`, which makes it durable; only then what is remembered of the feed (its cursor)
 * moves, durably too: FOLDER/FEED.json. A crash between the two brings the same bytes again, under
 * the same name. One handle belongs to one thread. ---- */
enum {
    POLL_FEEDS_MAX = 64,
    POLL_BODY_MAX = 32 << 20,            /* a document; the ledger takes no larger one */
    POLL_CONTROL_BYTES_MAX = 4 << 20,    /* an API's answer of which we read where it goes on */
    POLL_BODIES_MAX = 256 << 20,         /* all answers under way, together */
    POLL_TIMEOUT_MS = 60 * 1000,         /* one answer, in all: who drips is given up */
    POLL_PATIENT_TIMEOUT_MS = 90 * 1000, /* where the server may hold its answer back */
    POLL_FIRST_MS = 1000,                /* no feed is asked more often, whatever it says */
    POLL_WAIT_MAX_MS = 15 * 60 * 1000,   /* between two tries of a feed that fails */
    POLL_RETRY_MAX_MS = 6 * 3600 * 1000, /* longer no Retry-After is believed */
    POLL_CLOCK_MS = 2 * 60 * 1000,       /* clocks that differ by more are told */
    POLL_ALARM_TRIES = 3,                /* so many failures in a row are told */
    POLL_SECRET_BYTES_MAX = 4096,
    POLL_KEY_BYTES_MAX = 64 << 10,
    POLL_CURSOR_BYTES_MAX = 4096,
    POLL_DELIVERIES_MAX = 64, /* made durable at once */
    POLL_PUSHED_EVERY = 10,   /* where a hub tells what is new, so much more rarely … */
    POLL_PUSHED_WAIT_MS = 15 * 60 * 1000, /* … but so often at least: hubs forget */
    WEBSUB_LEASE_S = 10 * 86400,  /* asked for; more than three times this is not believed */
    WEBSUB_RENEW_MIN_S = 60,      /* a hub that gives a shorter lease is not asked the more often */
    WEBSUB_WAIT_MS = 3600 * 1000, /* so long a hub may take to ask whether we meant it */
    WEBSUB_AGAIN_MS = 5 * 1000,   /* after a first failure; doubles */
    POLL_PAGES_MAX = 20, /* older pages of a document, when something may have been missed */
};
struct poll_feed { /* as the site file has it; must outlive the poller */
    struct span feed, road;
    struct span url;             /* may hold "{secret}" */
    struct span login_url;       /* where a token is got */
    struct span user;            /* or client id */
    struct span client_id;       /* of the token; empty: user */
    struct span refresh_file;    /* its refresh token: one line; empty: client credentials */
    struct span secret_file;     /* password, key or client secret: one line */
    struct span secret_header;   /* in which it goes */
    struct span audience, scope; /* of the token */
    const struct span *channels;
    size_t channel_count;
    struct span ca_file;        /* whose certificates are trusted; empty: the machine's */
    struct span pins;           /* of url's server: see struct net_fetch; empty: any */
    struct span mailbox;        /* of imap; empty: INBOX */
    const struct span *senders; /* whose mails are taken */
    size_t sender_count;
    struct span authserv_id; /* who has to say that From is true; empty: nobody */
    /* when it is durable; POLL_SEEN: of imap */
    enum poll_after { POLL_KEEP, POLL_DELETE, POLL_MOVE, POLL_SEEN } after;
    struct span move_to; /* a folder, as seen from theirs */
    struct span
        callback;     /* https://news.example.org: hubs are asked to call there; empty: none is */
    uint32_t every_s; /* 0: the road's own */
    /* of files: */
    const struct span *patterns; /* of names; none: all */
    size_t pattern_count;
    struct span marker; /* ".done": a file is whole when NAME.done is there; empty: when it stands
                           unchanged for settle_s (0: the road's own) */
    uint32_t settle_s;
    struct span key_file, known_hosts; /* see struct net_files */
    const struct span *host_keys;
    size_t host_key_count;
    bool is_plain;
};
struct poll_delivery {
    struct span feed;
    struct span known; /* what it is known by, beside its bytes: where it came from */
    bool by_known;     /* … or without them, where they differ each time that it is asked for */
    struct span name, type; /* type: Content-Type as sent; may be empty */
    struct span bytes;
    struct span unread; /* why it was not taken, though it is there: for the desk's list of what
                           could not be read; no bytes then, and by_known. Empty: it was */
};
struct poll_state { /* for people */
    struct span feed, road;
    struct span where;      /* without query and secret */
    int64_t key_changed_us; /* since when its server shows another key than the one that is named
                               (clock_mono_us); 0: it does not */
    int64_t ok_ms, next_ms; /* last answer that was one (0: none yet); next try */
    uint64_t deliveries;    /* new ones, since the start */
    uint32_t failures;      /* in a row */
    uint64_t all_failures;  /* since the start */
    int64_t ahead_ms; /* its server's clock against ours (< 0: behind), by the middle of the last
                         answers' Date; 0: not known, or not by more than POLL_CLOCK_MS */
    struct span why;  /* of the last failure; empty: there is none */
    struct span note; /* what they should know although it works; empty: nothing */
    bool note_rings;  /* … and be told */
};
struct poll_call { /* a request to /websub/FEED/TOKEN */
    bool is_post;
    struct span where; /* "FEED/TOKEN" */
    struct span query, signature, type, body;
};
struct poll_hooks {
    /* OK: all of them are durable, and may be acknowledged. new_out: how many had not come before.
     */
    enum result (*take)(void *with, const struct poll_delivery *list, size_t n, size_t *new_out);
    void *with;
};
struct poller;
enum result poller_open(const char *folder, const struct net_guard *guard,
    const struct poll_hooks *hooks, struct poller **out) CHECKED; /* makes the folder; the guard
                                                                     must outlive it */
void poller_close(struct poller *p); /* NULL is fine; what is under way is asked for again */
/* false: there is no such road, or no room for it; why_out says it (static). What else is wrong
 * with a feed is a failure like any other: shown, told, and asked for no more. */
bool poller_add(struct poller *p, const struct poll_feed *f, const char **why_out);
/* Asks what is due, moves on what is under way, waits for that and for extra descriptors (revents
 * are set), at most timeout_ms. */
void poller_turn(struct poller *p, struct pollfd *extra, size_t extra_count, int timeout_ms);
/* A secret's file cannot be read, and is another one than when the poller was opened: whoever has
 * fenced itself in names it anew. */
bool poller_wants_fence(const struct poller *p);
/* Is this the form of one of our callbacks, "FEED/TOKEN", whoever's? */
bool poller_may_be_called(struct span where);
/* What a hub calls (W3C WebSub, 5.3, 5.4, 7): the answer's status, and its text. What it brings is
 * durable then, if it is signed; and dropped, with the same answer, if it is not. */
int poller_called(
    struct poller *p, struct arena *a, const struct poll_call *c, struct span *answer_out);
size_t poller_states(const struct poller *p, struct arena *a, struct poll_state **out);
bool poll_wants_people(const struct poll_state *s); /* it fails, or something is odd about it */
/* The same as another process may read it: FOLDER/polls, at most a second old. */
enum result poll_states_read(struct arena *a, const char *folder, struct poll_state **out,
    size_t *count_out, struct span *json_out) CHECKED; /* json_out: the file as it stands */

/* ---- the outbox: FOLDER/outbox.db: what is to leave the house, durable until it has left or was
 * given up. A job is known by its key for OUTBOX_KEEP_MS: the same key put again is the same job,
 * so that a replay, a rebuild or a crash sends nothing twice. Alarms are kept here too: raised
 * once, repeated rarely, cleared once. One handle a thread; several processes may have one. ---- */
enum {
    OUTBOX_VERSION = 1,
    OUTBOX_BODY_MAX = 128 << 10,           /* a receipt of 40 pictures names 600 files */
    OUTBOX_KEEP_MS = 7 * 24 * 3600 * 1000, /* longer than whoever puts jobs would put them again */
    OUTBOX_TRY_FIRST_MS = 10 * 1000,       /* after the first failure; doubles */
    OUTBOX_TRY_MAX_MS = 15 * 60 * 1000,
    OUTBOX_URGENT_FIRST_MS = 1000, /* the same for what a cache in front must drop */
    OUTBOX_URGENT_MAX_MS = 60 * 1000,
    OUTBOX_GIVE_UP_MS = 24 * 3600 * 1000, /* a day late nobody wants it */
};
struct outbox;
struct outbox_job {
    struct span key, kind;
    struct span subject; /* whom it is about; jobs that wait can be taken back by it */
    struct span body;
    int64_t at_ms, due_ms;
    uint32_t tries;
    enum outbox_state { JOB_WAITS, JOB_SENT, JOB_GIVEN_UP, JOB_TAKEN_BACK } state;
    struct span result; /* what the other side said last */
};
enum result outbox_open(const char *folder, struct outbox **out, const char **why_out) CHECKED;
void outbox_close(struct outbox *o);
/* Several calls durable together: outbox_end commits when r is OK, and gives the result. */
enum result outbox_begin(struct outbox *o) CHECKED;
enum result outbox_end(struct outbox *o, enum result r) CHECKED;
/* Durable when it returns. new_out (may be NULL): it was not known yet. */
enum result outbox_put(struct outbox *o, const struct outbox_job *job, bool *new_out) CHECKED;
/* More for the body of one that waits; ERR_ABSENT: there is none that does. */
enum result outbox_add(struct outbox *o, struct span key, struct span more) CHECKED;
/* Jobs that are due: what caches must drop (kind "cdn") first, then what takes news back (key
 * "recall:…"), then the oldest; at most n.
 * next_out: when the next one is, INT64_MAX: none. */
enum result outbox_due(struct outbox *o, int64_t now_ms, struct arena *a, struct outbox_job *out,
    size_t n, size_t *count_out, int64_t *next_out) CHECKED;
/* Its body is forgotten with it: it may hold what must not stay. */
enum result outbox_sent(
    struct outbox *o, struct span key, struct span result, int64_t now_ms) CHECKED;
/* It did not work: tried again later, or given up when it is too old or `final`. */
enum result outbox_failed(struct outbox *o, struct span key, struct span why, bool final,
    int64_t now_ms, bool *given_up_out) CHECKED;
/* Takes back what of this kind and subject waits; sent_out: how many had left already, or may have:
 * whoever did not answer may have read it. */
enum result outbox_take_back(struct outbox *o, struct span kind, struct span subject,
    int64_t now_ms, size_t *sent_out) CHECKED;
/* What waits and says this word, or is about it, is taken back, and alarms forget their text (K20).
 * What withdraws (kinds "deliver", "cdn") stays: it repeats nothing, and must arrive. */
enum result outbox_forget(struct outbox *o, struct span word, int64_t now_ms) CHECKED;
/* Newest first; kind empty: of all kinds. For status and rehearsals. */
enum result outbox_list(struct outbox *o, struct span kind, struct arena *a, struct outbox_job *out,
    size_t n, size_t *count_out) CHECKED;
enum result outbox_job(struct outbox *o, struct span key, struct arena *a,
    struct outbox_job *out) CHECKED;                                /* ERR_ABSENT */
enum result outbox_sweep(struct outbox *o, int64_t now_ms) CHECKED; /* forgets what is old */

struct outbox_alarm {
    struct span kind, subject, text;
    int64_t since_ms, last_ms;
    uint64_t count;
    bool open;
};
/* Is this to be told now? An alarm that is open already is counted, and told again after again_ms.
 */
enum result outbox_raise(struct outbox *o, struct span kind, struct span subject, struct span text,
    int64_t again_ms, int64_t now_ms, bool *tell_out) CHECKED;
/* tell_out: it was open, and is not any more. */
enum result outbox_clear(struct outbox *o, struct span kind, struct span subject, int64_t now_ms,
    bool *tell_out) CHECKED;
enum result outbox_alarms(struct outbox *o, struct arena *a, struct outbox_alarm *out, size_t n,
    size_t *count_out) CHECKED; /* open ones, newest first */
enum result outbox_note(
    struct outbox *o, struct span name, int64_t *value, bool write) CHECKED; /* small numbers; a
                                                                               missing one is 0 */

/* ---- readers (readers.c): FOLDER/readers.db: comments that wait to be confirmed by mail, and the
 * addresses of those who confirmed. No address leaves it but to the mail server and to whoever asks
 * for one person's data. One handle a thread; several processes may have one. ---- */
enum {
    READERS_VERSION = 1,
    READERS_WAITING_MAX = 5000,    /* two days of a busy site; letters, if none were asked for */
    READERS_BYTES_MAX = 32 << 20,  /* their words */
    READERS_KEPT_MAX = 500 * 1000, /* addresses behind a confirmation; the oldest go first */
    READERS_WAIT_MS = 48 * 3600 * 1000, /* a weekend */
    READERS_SWEEP_MS = 10 * 60 * 1000,
    LETTERS_OF_ADDRESS = 5, /* in 24 hours: a heated evening; more would be a nuisance */
};
struct readers;
struct reader_comment {
    struct span id, name, text, parent,
        address; /* confirmed: no words any more; address may be '' */
    uint64_t story;
    int64_t at_ms, confirmed_ms; /* 0: it waits */
    uint32_t tries;              /* letters written so far */
};
enum result readers_open(const char *folder, struct readers **out, const char **why_out) CHECKED;
void readers_close(struct readers *r);
/* Durable when it returns. OK too where the address has had its letters of today, and nothing is
 * kept: nobody learns of whom that is so. ERR_FULL: a bound; ERR_DENIED: that is no address. */
enum result readers_put(struct readers *r, const struct reader_comment *c, int64_t now_ms) CHECKED;
/* Those whose letter is due, the oldest first; at most so many. */
enum result readers_due(struct readers *r, int64_t now_ms, struct arena *a,
    struct reader_comment **out, size_t *count_out, size_t most) CHECKED;
/* A new token for its link, whose hash alone is kept; until readers_letter says otherwise the
 * letter is due again after a while, longer each time. */
enum result readers_write(struct readers *r, const struct reader_comment *c, int64_t now_ms,
    struct arena *a, struct span *token_out) CHECKED;
/* When its letter is due; 0: it has gone, or never will. */
enum result readers_letter(struct readers *r, struct span id, int64_t due_ms) CHECKED;
/* By its link. ERR_ABSENT: wrong, used, too old, or of another story. */
enum result readers_find(struct readers *r, uint64_t story, struct span id, struct span token,
    int64_t now_ms, struct arena *a, struct reader_comment *out) CHECKED;
/* It is in the ledger: its words are forgotten, its address after keep_ms. */
enum result readers_confirmed(
    struct readers *r, const struct reader_comment *c, int64_t now_ms, int64_t keep_ms) CHECKED;
/* By address, or a comment's id, or the name of one that waits. */
enum result readers_of(struct readers *r, struct span who, struct arena *a,
    struct reader_comment **out, size_t *count_out) CHECKED;
enum result readers_erase(struct readers *r, const struct reader_comment *c) CHECKED;
enum result readers_forget_story(struct readers *r, uint64_t story) CHECKED; /* K20 */
enum result readers_sweep(struct readers *r, int64_t now_ms) CHECKED; /* what is over its time */

/* ---- mail (RFC 5322, 2045, 2047): one plain text message as bytes for SMTP. Lines of from, to and
 * subject are cut at controls; the text goes as base64, so that no line of it can be a command.
 * ---- */
struct mail {
    struct span from, subject, text, id; /* id: before the @ of Message-ID: letters and digits */
    const struct span *to;
    size_t to_count;
    int64_t at_ms;
};
struct span mail_write(struct arena *a, const struct mail *m);

#endif
