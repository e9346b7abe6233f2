/* site: what a reader asks -> what he is answered. Router (a table: one row, one page), page cache,
 * the answer table, conditional requests, headers. The same code serves web's threads, `--one`,
 * rehearsals in process. It never parses a wire and never writes the store. */
#ifndef SITE_H
#define SITE_H

#include "base.h"
#include "net.h"
#include "press.h"
#include "store.h"

enum {
    SITE_CACHE_BYTES = 256 << 20,
    SITE_STORY_MAX_AGE_S = 30,
    SITE_QUERY_MAX = 200,
    SITE_PICTURE_KEY = 16 /* characters of a file's hash in its name for caches in front */
};

struct site_config {
    const char *store_folder; /* DATA/store */
    const char *run_folder;   /* DATA/run: keys */
    const char *
        picture_folder; /* DATA/pictures: HASH-WIDTH.{jpg,webp,avif}, made by the darkroom; cards */
    const struct press *press;
    const struct press_site *press_site;
    bool (*dead)(story_id id, void *with); /* tombstones */
    uint64_t (*tomb_count)(void *with);    /* one atomic load */
    void *with;
    size_t cache_bytes;
};
struct site;
enum result site_open(const struct site_config *c, struct site **out) CHECKED;
void site_close(struct site *s);
/* Puts another press (configuration, theme) in force: running requests finish with the old one; the
 * caller keeps the old one alive until site_press_settled says so. */
void site_set_press(struct site *s, const struct press *p, const struct press_site *ps);
bool site_press_settled(struct site *s); /* no request uses another press than the last one set */

/* One thread's hands: readers of the store. Not shared. */
struct site_hand;
enum result site_hand_open(struct site *s, struct site_hand **out) CHECKED;
/* Is there a store to read yet? (Before the newsroom's first start there is none, and every answer
 * is a 503.) */
bool site_hand_ready(struct site_hand *h);
void site_hand_close(struct site_hand *h);

struct site_ask {
    enum http_method method;
    struct span path, query; /* raw */
    struct span accept, accept_encoding, if_none_match, if_modified_since, range;
    struct span cookie;    /* read for /size.css alone */
    struct span save_data; /* Save-Data: for pictures */
    bool has_query;
    /* What a trusted proxy says under a header's name; empty: nothing. Asked only where an answer
     * depends on it. NULL: there is none. */
    struct span (*told)(void *with, const char *name);
    void *with;
    struct arena *arena;
};
struct site_answer {
    int status;
    struct span head; /* complete field lines for net */
    struct span body; /* of the coding chosen; to be left out for HEAD by net */
    bool no_body_length;
    story_id visited; /* an article answered 200 to a GET: for popularity; 0 otherwise */
    void *hold;       /* release with site_release when the bytes have been sent */
};
/* ---- the door: what is answered before any page is asked (door.c) ---- */
struct site_knock {
    struct span host, target; /* as sent */
    bool is_plain;            /* the reader surely speaks no TLS */
};
/* An ACME challenge, or a reader to be led to the site's own address: true, and out is the answer.
 */
bool site_door(struct site_hand *h, const struct site_ask *ask, const struct site_knock *k,
    struct site_answer *out);
/* A field line for answers over TLS; empty: none. */
struct span site_hsts(struct site_hand *h, struct arena *a);
/* Never fails: what goes wrong inside is a 500 or 503 answer. Safe from any thread with its own
 * hand. */
void site_answer(struct site_hand *h, const struct site_ask *ask, struct site_answer *out);
/* ---- readers' comments: POST to a story's …/comments ---- */
enum {
    COMMENT_BODY_MAX = 64 << 10, /* of a form: 4,000 characters, each escaped */
    COMMENT_QUICK_MS = 2000,     /* sooner after it was shown nobody has read it */
    COMMENT_STAMP_MS = 3600000,  /* later it is shown once more */
    COMMENT_DRAFTS = 256,        /* of the last ones, to be changed while they wait: 4 MB at most */
};
struct site_form {
    struct span body, type, origin, fetch_site, host; /* header fields; p NULL: not sent */
    bool (*may)(void *with); /* has this client any left? NULL: always. Asked for what is kept */
    bool (*may_report)(void *with); /* the same, of what is said of a comment that is there */
    bool (*may_mail)(void *with);   /* the same, of what sends a mail */
    /* What stands for the network of this client where it speaks of `about`: 16 hexadecimal
     * digits, the same for the same, and from which neither follows. NULL: one for all. */
    struct span (*network)(void *with, struct arena *a, struct span about);
    void *with;
};
/* In the desk's order (enum comment_word), but for the last. */
enum site_word { SITE_SAID, SITE_CHANGED, SITE_TAKEN_BACK, SITE_REPORTED, SITE_CONFIRMED };
struct site_comment { /* to be kept: within all limits, of a public story that takes comments */
    enum site_word word;
    story_id story;
    struct span id, name, text;   /* id follows from the form: sent twice it is one comment */
    struct span parent, why, key; /* key of SITE_CONFIRMED: what the mail's link proves it by */
    struct span address; /* SITE_SAID: it is to be confirmed from there; empty: it need not be */
    struct span back;    /* where its writer goes then: a path with base */
    struct span over;    /* and where if its link is over; empty: it has none */
};
/* Does this path take comments? By its form alone. */
bool site_takes_comment(struct span raw_path);
/* A comment is written, shown to its writer as it will stand, and sent: two forms, no cookie. One
 * that stands is reported; one's own is changed or withdrawn by the link that its sending was
 * answered with. true: it is to be kept. Else out is the answer: the form again, with what is wrong
 * named; 404, 410 as for the story. Everything lives in ask->arena. */
bool site_comment(struct site_hand *h, const struct site_ask *ask, const struct site_form *form,
    struct site_comment *kept, struct site_answer *out);
/* ---- complaints to the grievance officer: POST to /grievance ---- */
enum { GRIEVANCE_BODY_MAX = 64 << 10 }; /* of a form: 6,000 characters, each escaped */
struct site_grievance {                 /* to be kept: within all limits */
    story_id number;                    /* follows from the form: sent twice it is one complaint */
    story_id story;    /* that it is about; 0: of none, or of one that cannot be told */
    struct span token; /* opens the page that tells how it stands */
    struct span name, contact, about, text, wish;
    struct span back; /* that page: a path with base */
};
bool site_takes_grievance(struct span raw_path);
/* As comments: written, looked at, sent. true: it is to be kept; else out is the answer. */
bool site_grievance(struct site_hand *h, const struct site_ask *ask, const struct site_form *form,
    struct site_grievance *kept, struct site_answer *out);
/* ---- the text's size, without script: POST to /size, which gives a cookie of one letter ---- */
enum { SIZE_BODY_MAX = 1 << 10, SITE_SIZE_DAYS = 365 };
bool site_takes_size(struct span raw_path);
/* 303 to the story that the form names, if it is one of this site's; never fails. */
void site_size(struct site_hand *h, const struct site_ask *ask, const struct site_form *form,
    struct site_answer *out);
/* ---- readers counted (visit.c) ---- */
enum {
    SITE_REFERRER_MAX = 100, /* bytes of a host's name */
    SITE_BEACON_MAX = 512,   /* bytes of what a page's script sends */
};
struct site_visit { /* header fields of a request; p NULL: not sent */
    struct span agent, referrer, host, dnt, gpc, purpose, fetch_site;
};
/* Is it a reader's, who is to be counted: no bot's, none that was fetched ahead, of nobody who does
 * not want it, and the site measures? referrer_out: a host in small letters, without "www.";
 * "(own)", "(unknown)". Lives in a. Any thread with its own hand. */
bool site_is_read(
    struct site_hand *h, struct arena *a, const struct site_visit *v, struct span *referrer_out);
struct site_beacon { /* a story was seen, for so many seconds */
    story_id story;
    uint32_t seconds;
    struct span referrer;
};
/* POST to …/beacon, "story=ID&seconds=N&from=HOST". false: it is not to be counted. The answer is
 * the same either way: 204, so that it tells of no story. */
bool site_takes_beacon(struct span raw_path);
bool site_beacon(struct site_hand *h, const struct site_ask *ask, const struct site_visit *v,
    struct span body, struct site_beacon *out);
struct span site_beacon_head(struct arena *a);
void site_release(struct site *s, void *hold);
/* ---- pages that listen (live.c) ---- */
/* Is it the address at which a story's page listens for updates, and may pages listen? */
bool site_listens(struct site_hand *h, const struct site_ask *ask, story_id *id_out);
/* The answer of the story's small file /live/ID.json, as whoever asks gets it. true: it depends on
 * his country. */
bool site_live_file(
    struct site_hand *h, const struct site_ask *ask, story_id id, struct site_answer *out);
/* Moves with whatever may change a page, but for the clock. Any thread. */
uint64_t site_epoch(struct site *s);
/* A kill: drops every cached page that shows one of these stories, at once. (Pages are also checked
 * against tomb_count before each answer.) */
void site_purge(struct site *s, const story_id *ids, size_t n);
void site_purge_all(struct site *s);
/* The hashes of pictures that pages show and whose renditions were asked for and are missing in
 * their folder; empty: the cards of sections. Those since the last call, to be made again. Any
 * thread. */
enum { SITE_MISSING_MAX = 32, SITE_HASH_BYTES = HASH_HEX + 1 };
size_t site_missing(struct site *s, char out[SITE_MISSING_MAX][SITE_HASH_BYTES]);
void site_stats(struct site *s, uint64_t *entries_out, uint64_t *bytes_out);

/* The addresses below base under which programs get a story: the API's two, WordPress', oEmbed's;
 * page: its page's path, empty: none is known, and no oEmbed. They live in a. Fills out, tells how
 * many. */
enum { SITE_MACHINE_PATHS = 5 };
size_t site_machine_paths(
    struct arena *a, story_id id, struct span page, struct span out[SITE_MACHINE_PATHS]);
/* Is this path one of the site's own, so that a file of the folder public/ would never be seen? */
bool site_is_own_path(struct arena *a, struct span path);

/* The path of a story's page by its id alone, for probing a guid that may never have been
 * published: only the ID resolves. */
struct span site_probe_path(struct arena *a, struct span base, story_id id, int64_t day_ms);
/* The security header lines sent with every answer (Content-Security-Policy and others), for tests
 * and docs. */
struct span site_security_head(void);

#endif
