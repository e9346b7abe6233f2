/* poller.h: what the roads of polled feeds share; private to the floor.
 * - poll.c: when a feed is asked; secrets, addresses; what is shown
 * - poll_answer.c: what every answer has in common, what happens when one fails
 * - poll_state.c: what is remembered of a feed, on disk; what people are shown
 * - poll_scan.c: where an answer says that it goes on, found in its bytes
 * - poll_http.c, poll_ap.c, poll_reuters.c, poll_reuters_token.c, poll_dpa.c, poll_imap.c: a road
 *   each
 * - poll_oauth.c: tokens of those that have them by OAuth
 * - poll_files.c: the roads of files, with poll_files.h of their own
 * - mail_sender.c: whom a mail is from
 * - poll_websub.c: hubs that tell what is new in a document
 * A road is two verbs. `ask` says what to ask next, from what is remembered and from the trip that
 * is under way. `heard` says what the answer means: what to make durable, what to remember after
 * that, and whether to ask on at once, to rest until the feed's time comes again, or that it
 * failed. A failure ends the trip: the next one begins at what is remembered. So a road keeps
 * nothing that a crash could lose, and its rules can be read from top to bottom. */
#ifndef TRANSPORT_POLLER_H
#define TRANSPORT_POLLER_H

#include "text.h"
#include "transport.h"

#include <sys/types.h>

enum {
    POLL_FIELDS = 8,
    POLL_ITEMS_MAX = 500, /* of one answer; APIs give 100 */
    POLL_MARKS = 2048,    /* entries that are remembered: their numbers alone */
    POLL_MARK_EACH = 25,  /* of a long trip so many items are fetched before that is written down */
    POLL_TRIP_ARENA = 64 << 20,      /* of what a road keeps between its questions … */
    POLL_TRIP_KEPT_BYTES = 16 << 20, /* … and a trip that has kept so much ends: its feed fails */
    POLL_JOB_ARENA = 512 << 20,      /* an API's answer as a tree: up to fifty times its bytes */
    POLL_CLOCK_LOOKS = 9,            /* answers of whose Date the middle counts */
    POLL_WHY_MAX = 1200,             /* some 300 characters: a host key, and what to do about it */
};

/* What is remembered of a feed: FOLDER/FEED.json. It moves only after what it stands behind is
 * durable. Never a secret, never a token. */
struct poll_memory {
    char url[FETCH_FIELD_BYTES_MAX + 1];   /* as configured: another one begins anew */
    char moved[FETCH_FIELD_BYTES_MAX + 1]; /* where 301 or 308 said that it stands now */
    char cursor[POLL_CURSOR_BYTES_MAX + 1];
    char etag[FETCH_FIELD_BYTES_MAX + 1], modified[FETCH_FIELD_BYTES_MAX + 1];
    char seen[65];  /* hash of the bytes that came last */
    char chain[65]; /* of all that came before: the same bytes after others are news again */
    uint64_t marks[POLL_MARKS];
    size_t mark_count;
};

struct poll_ask {
    struct span url;    /* as it is sent: may hold a secret; is never logged */
    const char *method; /* of imap: a command, or NULL */
    struct net_line *mailbox;
    const struct net_files *files; /* FTP, SFTP; in the trip's arena; with it no method */
    struct span head[POLL_FIELDS];
    size_t head_count;
    struct span body;
    size_t body_max;
    struct span user, password; /* of HTTP's basic authentication, of a mailbox */
    struct span bearer;         /* of a mailbox, instead of the password */
    bool is_patient;
    bool is_secret;  /* it carries a secret: no redirect leads it to another server … */
    bool is_extra;   /* … unless the trip can do without its answer: then without the secret, and
                        an answer that is too large is as none */
    const char *why; /* it cannot be asked; NULL: it can */
};

struct poll;
struct poll_heard {
    enum { POLL_RESTS, POLL_GOES_ON, POLL_FAILS } then;
    const struct poll_delivery *list; /* like what it points to: in the job's arena, or `got` */
    size_t count;
    struct poll_memory *memory; /* what is to be remembered now; NULL: as it is */
    int64_t wait_ms;            /* RESTS, FAILS: at least so long; -1: the feed's own time */
    struct span why;            /* FAILS */
};
struct poll_road {
    const char *name;
    uint32_t every_s; /* unless the site file says otherwise */
    bool needs_secret, needs_login, needs_user;
    void (*ask)(struct poll *p, struct poll_ask *out);
    void (*heard)(struct poll *p, const struct net_fetched *got, struct poll_heard *out);
    size_t keeps;       /* bytes of a trip; 0: POLL_TRIP_KEPT_BYTES */
    bool sees_refusals; /* 4xx comes to heard; else it is a failure */
    /* The trip is about to fail: unless the road changes h, for it can do without this answer.
     * may_pass: the same question may be answered later. NULL: no road without. */
    void (*misses)(struct poll *p, bool may_pass, struct poll_heard *h);
    /* Of roads that keep something by themselves, else NULL: at the feed's beginning, unless it is
     * refused, and at its end; when what heard gave is durable (after each answer; not OK: as if it
     * were not); when the trip is over. */
    void (*open)(struct poll *p);
    void (*close)(struct poll *p);
    enum result (*kept)(struct poll *p);
    void (*away)(struct poll *p);
    /* What it does beside its trips, at each turn; until when it wants none (mono, us). */
    int64_t (*tend)(struct poll *p, int64_t now_us);
};
extern const struct poll_road poll_http, poll_ap, poll_reuters, poll_reuters_token, poll_dpa,
    poll_imap, poll_ftp, poll_sftp;

struct poll_place { /* of a file, whatever its name */
    dev_t dev;
    ino_t ino;
};
struct poll {
    struct poller *of;
    const struct poll_feed *feed;
    const struct poll_road *road;
    struct poll_memory memory;
    const char *refused;                             /* it is never asked, and why; NULL: it is */
    struct poll_place secret_at, key_at, refresh_at; /* which files they were at the start; 0:
                                                           there was none */
    struct arena *trip;                              /* from the first question to the rest */
    void *way;                             /* the road's own, in it; NULL: at its beginning */
    void *own;                             /* the road's, from its open to its close */
    char token[POLL_SECRET_BYTES_MAX + 1]; /* in memory alone */
    int64_t token_until_us;
    bool logs_in;      /* the question under way asks for a token */
    struct span asked; /* the address of the question under way; in trip, and not for logs */
    struct span hop;   /* where a redirect led it; in trip */
    uint32_t hops;
    bool is_flying;
    bool is_poked;          /* while a trip was under way: what it brings may be old already */
    bool has_brought;       /* this trip has: something that was not there before */
    uint32_t misses;        /* in a row: tries of the one part that cannot be had */
    bool has_missed;        /* http: that it goes on without older pages was said */
    int64_t key_changed_us; /* its server showed another key than the one that is named, and has not
                               worked since; 0: none */
    int64_t asked_us, due_us;
    int64_t ok_ms;
    uint64_t deliveries;
    uint32_t failures;
    uint64_t all_failures;
    int64_t off_ms[POLL_CLOCK_LOOKS]; /* the server's clock against ours, of the last answers */
    size_t offs;                      /* in all */
    char why[POLL_WHY_MAX];
    char note[POLL_WHY_MAX]; /* what people should know although it works; empty: nothing */
    bool note_rings;         /* … and be told, as if it failed */
};

struct poller {
    char folder[4096];
    struct poll_hooks hooks;
    struct net_fetcher *fetcher;
    struct poll *list[POLL_FEEDS_MAX];
    size_t count;
    struct arena *job;      /* while one question is made, or one answer heard: then it is reset */
    bool closing, has_news; /* has_news: of what people are shown */
    bool wants_fence;       /* a secret's file is another than the fence knows */
    int64_t shown_us;
};

struct poll_question { /* under way; in the trip's arena */
    struct poll *of;
    struct span url;
    bool is_secret, is_extra;
};

/* poll.c */
void poll_fail(struct poll_heard *h, struct span why);
/* What Retry-After says, at most POLL_RETRY_MAX_MS; 0: it says nothing. */
int64_t poll_retry_ms(const struct net_fetched *got);
/* "the server answers 404", in the trip's arena. */
void poll_refused(struct poll *p, const struct net_fetched *got, struct poll_heard *h);
/* One part of a trip, which cannot be had: false while it is tried again, and h fails; true when
 * that was so often that it was told: the trip goes on without it. */
bool poll_goes_without(struct poll *p, struct span what, struct span why, struct poll_heard *h);
/* This, poll_secret and poll_url give what lives until the question is asked. */
void poll_field(struct poll *p, struct poll_ask *q, const char *name, struct span value);
/* The secret, read anew each time so that it can be changed. false: q->why. */
bool poll_secret(struct poll *p, struct poll_ask *q, struct span *out);
/* Whether the key_file may be read, and by whom: libssh2 reads it. false: q->why. */
bool poll_key(struct poll *p, struct poll_ask *q);
/* url with "{secret}" filled in (percent-encoded). */
struct span poll_url(struct poll *p, struct poll_ask *q, struct span url);
struct span poll_where(struct arena *a, struct span url); /* for people: without query and secret */
bool poll_same_origin(struct arena *a, struct span x, struct span y); /* scheme, host, port */
void poll_forget_token(struct poll *p);
/* The token is refused: the trip goes on with a new one, and knows that it had this once. */
void poll_ask_anew(struct poll *p, bool *is_refused, struct poll_heard *h);
/* A copy of what is remembered, to be changed and given to poll_heard. */
struct poll_memory *poll_remember(struct poll *p);
/* The last POLL_MARKS entries that were met; the oldest is forgotten first. */
void poll_mark(struct poll_memory *m, uint64_t mark);
bool poll_is_marked(const struct poll_memory *m, uint64_t mark);
/* false: it does not fit. */
bool poll_set(char *to, size_t room, struct span s);
#define POLL_SET(field, s) poll_set((field), sizeof(field), (s))

/* The refresh token, where there is one (else empty). false: q->why. */
bool poll_refresh(struct poll *p, struct poll_ask *q, struct span *out);

/* poll_oauth.c */
/* true: there is no token that is good any more, and q asks for one. */
bool oauth_ask(struct poll *p, struct poll_ask *q);
/* true: this is the answer to that, and h what follows. */
bool oauth_heard(struct poll *p, const struct net_fetched *got, struct poll_heard *h);

/* poll_answer.c */
void poll_answered(const struct net_fetched *got, void *question);
/* Tried again after wait_ms, and not before its own time. */
void poll_failed(struct poll *p, struct span why, int64_t wait_ms);

/* poll_state.c */
enum result poll_memory_read(const char *folder, struct span feed, struct poll_memory *out) CHECKED;
enum result poll_memory_write(
    const char *folder, struct span feed, const struct poll_memory *m) CHECKED;
enum result poll_states_write(const char *folder, const struct poll_state *list, size_t n) CHECKED;

/* poll_http.c: a document as a delivery, in a; the same whether it was asked for or brought. */
struct poll_delivery *poll_document(
    struct poll *p, struct arena *a, struct span type, struct span bytes);
/* Bytes of this hash (hex) are the last that came: what comes next comes after them. */
void poll_move_chain(struct poll_memory *m, struct arena *a, struct span hash);

/* poll_websub.c: a subscription with a hub (W3C WebSub), of a feed with a callback. Its secret is
 * random, and stands in FOLDER/websub/, which nobody else may enter. */
void websub_open(struct poll *p);
void websub_close(struct poll *p);
int64_t websub_tend(struct poll *p, int64_t now_us);
/* What an answer of 200 or 304 says of a hub. */
void websub_heard(struct poll *p, const struct net_fetched *got);
bool websub_is_live(const struct poll *p); /* its hub tells what is new */

/* mail_sender.c */
struct mail_senders {
    const struct span *list; /* "desk@agency.example", "*@agency.example", "*" */
    size_t count;
    struct span server; /* whose Authentication-Results has to say dmarc=pass; empty: nobody's */
};
/* Why this mail is not taken (static); NULL: it is. from_out: its one sender, in a; else empty. */
const char *mail_sender_refused(
    struct arena *a, struct span mail, const struct mail_senders *known, struct span *from_out);

/* poll_scan.c: strangers' bytes, looked over once, without a tree. */
/* Of RSS and Atom (RFC 5005, 3: link rel="next"), and JSON Feed (next_url): the next page, entities
 * undone, as it stands there (it may be relative). Empty: there is none. In a. */
struct span poll_scan_next(struct arena *a, struct span bytes);
/* The hub and the feed's own address, as the document names them (WebSub, 4: rel="hub", "self"; of
 * JSON Feed hubs, feed_url), as they stand there. Empty: it does not. In a. */
void poll_scan_hub(struct arena *a, struct span bytes, struct span *hub_out, struct span *self_out);
/* The target of the first link with this relation in Link headers (RFC 8288, 3). Empty: none. */
struct span poll_scan_link(struct arena *a, struct span links, const char *rel);
/* A number for each entry's id (id, guid; else link), in order, at most n. */
size_t poll_scan_marks(struct span bytes, uint64_t *out, size_t n);
/* The text of the next element with this local name from *at on, which moves behind it; in a, its
 * entities undone. false: there is none. */
bool poll_scan_text(
    struct arena *a, struct span bytes, const char *name, size_t *at, struct span *out);
/* A member's value as it stands in b; false: it is not there, or b is no object. */
bool poll_scan_member(struct span b, struct span key, struct span *out);
/* The parts of an array of a JSON text that json_parse has read, as they stand: path "data items",
 * or "" for the text itself. At most n; count 0: there is no such array, or it is empty. */
size_t poll_scan_items(struct span json, const char *path, struct span *out, size_t n);

#endif
