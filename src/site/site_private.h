/* site_private.h: what site's files share. */
#ifndef SITE_PRIVATE_H
#define SITE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "clock.h"
#include "site.h"

/* ---- one cached page: const but for its encodings and counters; freed when the last request has
 * sent it ---- */
struct coded {
    struct span body, head; /* head: complete field lines of a 200; head304 those of its 304 */
    struct span head304, etag;
};
struct entry {
    struct entry *next;          /* in its bucket */
    struct entry *newer, *older; /* by use, in its shard */
    struct span key;
    int status;
    struct coded coded[CODINGS];
    struct span extra;     /* field lines of the page's own */
    struct span cdn;       /* field lines for a cache in front; empty: none */
    struct span cdn_words; /* what Cache-Control says to it; empty: nothing */
    _Atomic bool made[CODINGS];
    pthread_mutex_t making;
    uint32_t keys[PRESS_KEYS_MAX];
    uint64_t generations[PRESS_KEYS_MAX];
    uint32_t key_count;
    story_id *ids;
    uint32_t id_count;
    int64_t valid_until_ms, modified_ms;
    _Atomic uint64_t epoch; /* of the keys, when all of its keys were seen to stand */
    _Atomic uint64_t tombs; /* count of tombstones against which it was checked last */
    const char *content_type;
    bool noindex, is_static;
    struct span differs_by; /* name of a header; empty: the same for everybody */
    struct page_hosts hosts;
    _Atomic int holders;
    size_t bytes;
    story_id visited;
};

enum { CACHE_SHARDS = 64, SHARD_BUCKETS = 1024 };
struct shard {
    pthread_mutex_t lock;
    struct entry *buckets[SHARD_BUCKETS];
    struct entry *newest, *oldest;
    size_t bytes, count;
};
struct missing {
    pthread_mutex_t lock;
    char hashes[SITE_MISSING_MAX][SITE_HASH_BYTES];
    size_t count;
};
struct site {
    struct site_config config;
    struct keys *keys;
    _Atomic(const struct press *) press;
    _Atomic(const struct press_site *) press_site;
    unsigned char stamp_key[32]; /* of comments; for the process's life */
    _Atomic uint64_t press_turn; /* how many presses were in force so far */
    pthread_mutex_t hands_lock;  /* of the list */
    struct site_hand *hands;
    struct shard shards[CACHE_SHARDS];
    struct drafts *drafts;
    struct missing missing; /* noted since site_missing was asked */
};
struct site_hand {
    struct site *site;
    struct site_hand *next;
    _Atomic uint64_t turn; /* of the press that its request may use; 0: no request is under way */
    struct reader *reader;
    struct arena *arena; /* of one rendering */
    struct page page;
};

/* cache.c */
struct entry *cache_find(
    struct site *s, struct span key); /* with a hold; NULL: not there or no longer good */
struct entry *cache_keep(struct site *s, struct span key, const struct page *p,
    const uint64_t *generations, uint64_t tombs, story_id visited); /* with a hold */
void entry_release(struct entry *e);
bool entry_is_good(struct site *s, struct entry *e, int64_t now_ms);
void entry_code(struct entry *e, enum coding c); /* makes that encoding once */

/* cdn.c: fields for a cache in front, where the site has one. */
struct span cdn_cache_words(/* of Cache-Control, instead of no-cache; empty: that */
    struct arena *a, const struct press_site *ps, const struct page *p);
struct span cdn_of_page(
    struct arena *a, const struct press_site *ps, struct span path, const struct page *p);
struct span cdn_of_picture(
    struct arena *a, const struct press_site *ps, struct span hash); /* empty: a section's card */

/* route.c */
enum route_extra { ROUTE_PAGE, ROUTE_PICTURE, ROUTE_ASSET, ROUTE_REDIRECT, ROUTE_SIZE };
struct route {
    enum route_extra extra;
    struct page_ask ask;
    struct span key;  /* of the cache: the canonical path with what matters of the query; empty:
                         never cached */
    struct span to;   /* redirect: path below base */
    struct span file; /* picture */
    struct span canonical; /* the path below base that this route answers to */
    bool is_tidy;          /* a slash at its end is no other address */
};
/* path: decoded, below base. false: no such page. */
bool route_find(struct arena *a, struct span path, struct span query, struct route *out);

/* route_machines.c: what programs ask. Of route_find's arguments. */
bool route_machines(struct arena *a, struct span path, struct span query, struct route *out);
/* /oembed; other_format: neither json nor xml is asked for. */
bool route_oembed(struct arena *a, const struct press_site *ps, struct span path, struct span query,
    struct route *out, bool *other_format);
/* A file of the folder public/, where no page has the address. */
bool route_public(const struct press_site *ps, struct span path, struct route *out);

/* One value of a query or a form; empty: not there, or not decodable. */
struct span query_value(struct arena *a, struct span query, const char *name);

/* site.c: an open snapshot, and the path below base. false: answered. */
bool site_begin(
    struct site_hand *h, const struct site_ask *ask, struct span *path, struct site_answer *out);

/* The answer of a story that is not public, by its state. In an open snapshot. false: it is
 * answered as if it had never been. */
bool site_left(struct site_hand *h, const struct site_ask *ask, const struct route *r,
    struct site_answer *out);

/* label.c: in an open snapshot. false: it is no name of a person or a place. */
bool site_label_moved(struct site_hand *h, const struct site_ask *ask, const struct route *r,
    struct span path, struct site_answer *out);

/* old.c: addresses of the site that was here before. The key of what is asked; false: none. */
bool site_old_key(const struct site_ask *ask, struct span *key);
/* In an open snapshot. false: it is answered as if nothing were known of it: so it is, or what it
 * leads to is not public. */
bool site_old(
    struct site_hand *h, const struct site_ask *ask, struct span key, struct site_answer *out);

/* comment.c: was this form sent from a page of ours, as far as its browser tells? */
bool site_is_from_here(const struct site_hand *h, const struct site_form *form);

/* size.c: the style sheet that tells a page the reader's size. */
void site_size_style(const struct site_ask *ask, struct site_answer *out);
/* drafts.c: the words of the last comments, by id: whoever changes one that waits finds them. */
struct drafts *drafts_new(void);
void drafts_free(struct drafts *d);
void drafts_keep(struct drafts *d, struct span id, struct span text);
struct span drafts_find(struct drafts *d, struct span id, struct arena *a); /* empty: none */

/* Lines stay lines, three empty ones become one; what is no text is left out. In a. */
struct span form_lines(struct arena *a, struct span text);
size_t form_characters(struct span s);
/* "https://news.example.org:8443" -> "news.example.org:8443" */
struct span form_host(struct span origin);

/* grievance.c: was a complaint of this number and secret sent through this process? */
bool grievance_is_filing(const struct site_hand *h, const struct page_ask *ask);

/* comment.c: what its forms share. */
struct talking { /* a form about a story's comments */
    struct site_hand *h;
    const struct site_ask *ask;
    const struct site_form *form;
    const struct view *v;
    struct site_comment *kept;
    struct site_answer *out;
};
bool comment_is_trapped(const struct talking *t); /* filled in by what fills in everything */
/* The words of a form's text, cleaned; f->text_wrong: what is wrong with them. */
void comment_read_text(const struct talking *t, struct comment_form *f);
void comment_show(const struct talking *t, struct comment_form *f);
void comment_thank(const struct talking *t, struct span back);
struct span comment_back(const struct talking *t, const char *anchor); /* the story's page */
/* talk.c: reports, and changes of one's own. */
bool talk_report(const struct talking *t);
bool talk_change(const struct talking *t);
/* confirm.c: the link of a mail, which proves to intake, not to us, whose a comment is. The form
 * that it opens; what the form sends. */
void confirm_open(struct page_ask *ask, struct comment_form *f);
bool confirm_send(const struct talking *t);
/* The link that changes this one; empty: none does. */
struct span talk_link(const struct talking *t, struct span id);
/* What a reader wants to do with one of a story's comments (ask->name, ->words): the form for it in
 * ask->form, in a; wants nothing: none. */
void talk_open(struct site_hand *h, struct page_ask *ask);
/* Nobody has looked at what readers write for a while. */
bool talk_is_unattended(void);

/* reply.c */
void site_kept(const struct site_ask *ask, struct entry *e, struct site_answer *out);
/* A page that is made for this answer alone and never kept: 404, 410, search. */
void site_made(const struct site_ask *ask, const struct page *p, struct site_answer *out);
void site_make_small(struct site_hand *h, const struct site_ask *ask, const struct page_ask *what,
    struct site_answer *out);
/* The one answer for whatever does not exist for the public: the same bytes for all of it. */
void site_not_found(struct site_hand *h, const struct site_ask *ask, struct site_answer *out);
/* What is wrong on our side or with the method. A browser gets a page, a program one line. */
enum site_trouble { WRONG_METHOD, BROKEN, BUSY };
void site_trouble(
    struct site_hand *h, const struct site_ask *ask, enum site_trouble t, struct site_answer *out);
void site_moved(
    struct site_hand *h, const struct site_ask *ask, struct span path, struct site_answer *out);
/* With a query, as it is written: "?q=x", or empty. */
void site_moved_query(struct site_hand *h, const struct site_ask *ask, struct span path,
    struct span query, struct site_answer *out);
/* 303 to a page of this site. behind: "#part", or empty. */
void site_see_other(struct site_hand *h, const struct site_ask *ask, struct span path,
    const char *behind, struct site_answer *out);
/* To a URL elsewhere, which the owner has written down. */
void site_moved_out(const struct site_ask *ask, struct span url, struct site_answer *out);
void site_picture(struct site_hand *h, const struct site_ask *ask, const struct route *r,
    struct site_answer *out);

/* place.c: licences bind stories to countries. */
struct reader_place place_of(const struct site_hand *h, const struct site_ask *ask);
/* Has what the open snapshot answered depended on where it is read? */
bool place_counts(const struct site_hand *h);
struct span place_key(const struct site_hand *h, const struct site_ask *ask, struct span key);
/* The copy for this reader's country, or for everybody; with a hold. */
struct entry *place_find(struct site_hand *h, const struct site_ask *ask, struct span key);
/* true: the story is public, but not where this reader is; out says so. */
bool site_not_here(
    struct site_hand *h, const struct site_ask *ask, story_id id, struct site_answer *out);

/* head.c */
struct head {
    const char *content_type; /* NULL: of a 304 */
    struct span etag, differs_by;
    bool coded; /* it may come in several codings */
    const char *coding, *cache;
    bool noindex;
    int64_t modified_ms;
    struct span extra;              /* field lines of the page's own */
    const struct page_hosts *hosts; /* NULL: none but our own */
};
struct span head_of(struct arena *a, const struct head *h);
struct span etag_of(struct arena *a, struct span body, enum coding c);
bool etag_matches(struct span if_none_match, struct span etag);
bool accept_names(struct span accept, struct span name); /* and not with q=0 */
enum coding coding_choose(struct span accept_encoding);
const char *coding_name(enum coding c);

/* answer.c: the one table state -> answer */
enum answer_kind { ANSWER_NOT_FOUND, ANSWER_GONE, ANSWER_GONE_BARE, ANSWER_MOVED };
enum answer_kind answer_for(int state, bool as_404);

#endif
