/* poller.h: what the roads of polled feeds share; private to the floor.
 * - poll.c: when a feed is asked; secrets, addresses; what is shown
 * - poll_answer.c: what every answer has in common, what happens when one fails
 * - poll_state.c: what is remembered of a feed, on disk; what people are shown
 * - poll_scan.c: where an answer says that it goes on, found in its bytes
 * - poll_http.c, poll_ap.c, poll_reuters.c, poll_reuters_token.c, poll_dpa.c: a road each
 * - poll_files.c: the roads of files, with poll_files.h of their own
 * A road is two verbs. `ask` says what to ask next, from what is remembered and from the trip that
 * is under way. `heard` says what the answer means: what to make durable, what to remember after
 * that, and whether to ask on at once, to rest until the feed's time comes again, or that it
 * failed. A failure ends the trip: the next one begins at what is remembered. So a road keeps
 * nothing that a crash could lose, and its rules can be read from top to bottom. */
#ifndef TRANSPORT_POLLER_H
#define TRANSPORT_POLLER_H

#include "text.h"
#include "transport.h"

enum {
    POLL_FIELDS = 8,
    POLL_ITEMS_MAX = 500, /* of one answer; APIs give 100 */
    POLL_MARKS = 2048,    /* entries that are remembered: their numbers alone */
    POLL_MARK_EACH = 25,  /* of a long trip so many items are fetched before that is written down */
    POLL_TRIP_ARENA = 1 << 30, /* an answer as a tree is up to fifty times its bytes */
    POLL_WHY_MAX = 1200,       /* some 300 characters: a host key, and what to do about it */
};

/* What is remembered of a feed: FOLDER/FEED.json. It moves only after what it stands behind is
 * durable. Never a secret, never a token. */
struct poll_memory {
    char url[FETCH_FIELD_BYTES_MAX + 1];   /* as configured: another one begins anew */
    char moved[FETCH_FIELD_BYTES_MAX + 1]; /* where 301 or 308 said that it stands now */
    char cursor[POLL_CURSOR_BYTES_MAX + 1];
    char etag[FETCH_FIELD_BYTES_MAX + 1], modified[FETCH_FIELD_BYTES_MAX + 1];
    char seen[65]; /* hash of the bytes that came last */
    uint64_t marks[POLL_MARKS];
    size_t mark_count;
};

struct poll_ask {
    struct span url; /* as it is sent: may hold a secret; is never logged */
    const char *method;
    const struct net_files *files; /* FTP, SFTP; in the trip's arena; with it no method */
    struct span head[POLL_FIELDS];
    size_t head_count;
    struct span body;
    size_t body_max;
    struct span user, password; /* of HTTP's basic authentication */
    bool is_patient;
    bool is_secret;  /* it carries a secret: no redirect leads it to another server … */
    bool is_extra;   /* … unless the trip can do without its answer: then without the secret, and
                        an answer that is too large is as none */
    const char *why; /* it cannot be asked; NULL: it can */
};

struct poll;
struct poll_heard {
    enum { POLL_RESTS, POLL_GOES_ON, POLL_FAILS } then;
    const struct poll_delivery *list; /* in the trip's arena */
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
    bool sees_refusals; /* 4xx comes to heard; else it is a failure */
    /* Of roads that remember by themselves, else NULL: at the feed's beginning and end; when what
     * heard gave is durable (after each answer; not OK: as if it were not); when the trip is over.
     */
    void (*open)(struct poll *p);
    void (*close)(struct poll *p);
    enum result (*kept)(struct poll *p);
    void (*away)(struct poll *p);
};
extern const struct poll_road poll_http, poll_ap, poll_reuters, poll_reuters_token, poll_dpa,
    poll_ftp, poll_sftp;

struct poll {
    struct poller *of;
    const struct poll_feed *feed;
    const struct poll_road *road;
    struct poll_memory memory;
    struct arena *trip;                    /* from the first question to the rest */
    void *way;                             /* the road's own, in it; NULL: at its beginning */
    void *own;                             /* the road's, from its open to its close */
    char token[POLL_SECRET_BYTES_MAX + 1]; /* in memory alone */
    int64_t token_until_us;
    struct span asked; /* the address of the question under way; in trip, and not for logs */
    struct span hop;   /* where a redirect led it; in trip */
    uint32_t hops;
    bool is_flying;
    int64_t asked_us, due_us;
    int64_t ok_ms;
    uint64_t deliveries;
    uint32_t failures;
    char why[POLL_WHY_MAX];
    char note[POLL_WHY_MAX]; /* what people should know although it works; empty: nothing */
};

struct poller {
    char folder[4096];
    struct poll_hooks hooks;
    struct net_fetcher *fetcher;
    struct poll *list[POLL_FEEDS_MAX];
    size_t count;
    bool closing, has_news; /* has_news: of what people are shown */
    int64_t shown_us;
};

struct poll_question { /* under way; in the trip's arena */
    struct poll *of;
    struct span url;
    bool is_secret, is_extra;
};

/* poll.c */
void poll_fail(struct poll_heard *h, struct span why);
/* "the server answers 404", in the trip's arena. */
void poll_refused(struct poll *p, const struct net_fetched *got, struct poll_heard *h);
void poll_field(struct poll *p, struct poll_ask *q, const char *name, struct span value);
/* The secret, read anew each time so that it can be changed; in the trip's arena. false: q->why. */
bool poll_secret(struct poll *p, struct poll_ask *q, struct span *out);
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

/* poll_answer.c */
void poll_answered(const struct net_fetched *got, void *question);
/* Tried again after wait_ms, and not before its own time. */
void poll_failed(struct poll *p, struct span why, int64_t wait_ms);

/* poll_state.c */
enum result poll_memory_read(const char *folder, struct span feed, struct poll_memory *out) CHECKED;
enum result poll_memory_write(
    const char *folder, struct span feed, const struct poll_memory *m) CHECKED;
enum result poll_states_write(const char *folder, const struct poll_state *list, size_t n) CHECKED;

/* poll_scan.c: strangers' bytes, looked over once, without a tree. */
/* Of RSS and Atom (RFC 5005, 3: link rel="next"), and JSON Feed (next_url): the next page, entities
 * undone, as it stands there (it may be relative). Empty: there is none. In a. */
struct span poll_scan_next(struct arena *a, struct span bytes);
/* A number for each entry's id (id, guid; else link), in order, at most n. */
size_t poll_scan_marks(struct span bytes, uint64_t *out, size_t n);
/* The text of the next element with this local name from *at on, which moves behind it; in a, its
 * entities undone. false: there is none. */
bool poll_scan_text(
    struct arena *a, struct span bytes, const char *name, size_t *at, struct span *out);
/* The parts of an array of a JSON text that json_parse has read, as they stand: path "data items",
 * or "" for the text itself. At most n; count 0: there is no such array, or it is empty. */
size_t poll_scan_items(struct span json, const char *path, struct span *out, size_t n);

#endif
