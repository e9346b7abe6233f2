/* store: this node's derived tables, behind one door. Everything here can be thrown away and
 * rebuilt from the ledger (`broadsheet rebuild`). Two files in DATA/store/N, N being the generation
 * that DATA/store/current names (folder.c tells why): site.db (what is or will be public; `web`
 * opens it read-only and sees stories only through the view public_story, enforced by an
 * authorizer) and desk.db (every version as read, acts, pauses, quarantine, alarms: the public web
 * never opens it). One writer (newsroom). WAL, synchronous=NORMAL: a consistent prefix; each file
 * remembers the ledger position applied. A checksum per row. */
#ifndef STORE_H
#define STORE_H

#include "base.h"
#include "clock.h"
#include "story.h"

enum {
    STORE_VERSION = 14,
    STORE_LIST_MAX = 1000,
    STORE_SEARCH_MAX = 2000, /* newest matches that are looked at */
    STORE_ACTS_NAMED_MAX = 1000,
    STORE_SITEMAP_SHARD = 10000
};

/* ---- the public view: what a page may know of a story ---- */
enum label_kind { LABEL_TAG = 1, LABEL_AUTHOR, LABEL_PERSON, LABEL_PLACE };
struct view_tag {
    struct span slug, name; /* slug: [a-z0-9-]+ or, for scripts without letters for it, percent-free
                               UTF-8 folded */
    uint32_t kind;          /* enum label_kind; 0: a tag of view.tags, an author of view.authors */
};
/* What a label of view.tags is: a tag where nothing says otherwise. */
static inline enum label_kind tag_kind(const struct view_tag *t)
{
    return t->kind == LABEL_PERSON || t->kind == LABEL_PLACE ? (enum label_kind)t->kind : LABEL_TAG;
}
/* The word of its addresses and cache keys: "tag", "author", "person", "place". Static. */
const char *label_word(enum label_kind k);
struct view_rendition {
    uint32_t width, height;
};
struct view_picture {
    struct span hash; /* hex of the original's hash: /pictures/HASH-WIDTH.jpg */
    story_id item;    /* the picture's own id: what is killed under it is shown nowhere; 0: none */
    struct span caption, credit, alt, copyright;
    uint32_t width, height; /* of the original, after the darkroom looked at it; 0: not shown yet */
    uint32_t forms;         /* in which renditions are there: bits 1 << enum picture_form */
    int64_t until_ms;       /* its own right's end; FOREVER-like INT64_MAX */
    int64_t from_ms;        /* its own embargo */
};
struct view_piece { /* of a revision's words against the one before it */
    enum piece_kind {
        PIECE_SAME,
        PIECE_OUT, /* taken out by this revision */
        PIECE_IN,
        PIECE_GAP, /* words that both have are left out here */
    } kind;
    struct span text; /* a paragraph ends where a word is "\n"; the first is the headline */
};
struct view_revision {
    int64_t from_ms, until_ms, wire_ms;
    struct span headline, label;  /* label: "CORRECTED", "UPDATE 1" or empty */
    uint32_t change;              /* enum story_change */
    struct span note;             /* the agency's reason, where it may be told */
    uint32_t words_in, words_out; /* against the one before it */
    uint32_t kept;    /* paragraphs of what is shown now that stand there since this revision */
    struct span lead; /* the first words of the first of them; none: its headline, if that stands
                         since then; empty: nothing of it is left */
    bool compared, too_different; /* whether the two counts are known, and why not */
    struct view_piece *pieces;    /* with the body alone. Only what may be told is in it */
    uint32_t piece_count;
};
struct view_comment {
    struct span id, name, text; /* plain text: to be escaped */
    struct span parent, thread; /* ids: what it answers, and where that talk began; empty: nothing.
                                   Neither need be shown */
    int64_t at_ms, changed_ms;  /* changed_ms: by its writer; 0: never */
};
struct view_ref { /* another page that this one shows where it is public: never its words */
    enum ref_kind {
        REF_MEMBER,       /* of a package, in reading order */
        REF_CORRECTS,     /* this is a corrective, and that the story it is about */
        REF_CORRECTED_BY, /* the other way */
        REF_ALSO,         /* the same news from another agency (V8) */
    } kind;
    story_id page;
    uint32_t choice, branch; /* REF_MEMBER: of a choice (from 1) the first alternative with a
                                public member is shown */
};
struct view {
    story_id id;
    struct span id_text, path; /* path: "/2026/01/23/harbour-bridge-abcdefghjkmn", without base */
    struct span feed, agency;
    struct span headline, label, abstract, section, language, byline, dateline, credits;
    struct html body;
    struct span body_text;
    struct view_tag *tags; /* subjects, people and places, in the wire's order */
    uint32_t tag_count;
    struct view_tag *authors; /* from the byline */
    uint32_t author_count;
    struct view_tag
        *credited; /* of the reporters' line, who is no author: has an author's page too */
    uint32_t credited_count;
    struct view_picture *pictures;
    uint32_t picture_count;
    struct view_revision *revisions; /* newest last; only what was public */
    uint32_t revision_count;
    struct view_ref *refs;
    uint32_t ref_count;
    struct view_comment *comments; /* those that are shown, oldest first; only with the body */
    uint32_t comment_count;
    int64_t comments_until_ms; /* takes comments until then; 0: it has none */
    int64_t published_ms, changed_ms, front_ms, received_ms, wire_ms, first_wire_ms, corrected_ms;
    int64_t pinned_until_ms;           /* it leads the front until then */
    int64_t withdrawn_ms, restored_ms; /* K6: after it had been public; 0: never */
    struct span correction_note, copyright;
    struct span credit_line; /* in the form that the licence wants; empty: it wants none */
    bool credit_top, credit_end, credit_lists; /* where it stands */
    struct span territory; /* where it may be shown: "+GB,IE" in these alone, "-US" in all but
                              these; empty: everywhere */
    uint32_t urgency;
    bool is_corrected, is_developing, noindex, nonews, on_fronts, rtl;
    int64_t lead_ms;     /* since when the desk wants it first on the front; 0: it does not */
    bool has_one_source; /* it says that it rests on one source */
    bool is_corrective;  /* it corrects another story (C14): listed with the corrections */
    bool comments_full;  /* it takes no more */
    bool comments_wait;  /* each for an editor */
    bool no_ads;         /* no advertisement stands beside it */
    bool needs_member; /* a package without a text of its own: public only while one of its members
                          is, or one of theirs */
};
struct span view_pack(struct arena *a, const struct view *v);
struct view *view_unpack(struct arena *a, struct span bytes); /* NULL: damaged */
/* Its credit, and a picture's, in a licence's form (form_fill), with the site's name. A form that
 * is empty gives the empty line. */
struct span view_credit(struct arena *a, const struct view *v, struct span form, struct span site);
struct span view_picture_credit(struct arena *a, const struct view *v,
    const struct view_picture *pic, struct span form, struct span site);

struct gone { /* a URL that answers something else than the story */
    story_id id;
    int state; /* enum answer_state as a number */
    int64_t since_ms, published_ms;
    story_id merged_into;   /* for merged */
    struct span path;       /* of the page it merged into, or its own */
    struct span agency, by; /* who withdrew it: agency or "the editors" */
    struct span wording;    /* the desk's public reason for a takedown; may be empty */
    bool as_404;
    int64_t wire_ms; /* when the agency said so; 0: it was the desk, or is not told */
};

/* ---- key generations: a table of counters in shared memory; the writer bumps, caches compare.
 * Collisions only invalidate too much ---- */
enum { KEY_SLOTS = 1 << 16 };
struct keys;
enum result keys_open(
    const char *folder, bool make, struct keys **out) CHECKED; /* file FOLDER/keys, mapped shared */
void keys_close(struct keys *k);
uint32_t keys_slot(struct span name); /* "front", "section:world", "tag:x", "author:x", "story:ID",
                                         "day:2026-01-23", "all", "site" */
uint64_t keys_get(const struct keys *k, uint32_t slot);
void keys_bump(struct keys *k, uint32_t slot);
uint64_t keys_epoch(
    const struct keys *k); /* moves with every bump of any slot: while it stands, all stand */

/* ================= the writer: newsroom ================= */
struct store;
/* folder: DATA/store. fresh: build under a new name (store_switch puts it in place). ERR_NEWER,
 * ERR_CORRUPT: rebuild is the answer; why_out says so. */
enum result store_open(
    const char *folder, bool fresh, struct store **out, const char **why_out) CHECKED;
/* Only to read what the desk lists (held, quarantine, alarms, versions, acts …), beside a running
 * writer; nothing of it may be changed. */
enum result store_look(const char *folder, struct store **out, const char **why_out) CHECKED;
void store_close(struct store *s);
/* A fresh store takes the old one's place by one rename and sets SLOT_STORE_EPOCH; readers see it
 * at their next snapshot. */
enum result store_switch(struct store *s) CHECKED;
/* Ledger position applied: the lower of both files. */
uint64_t store_position(const struct store *s);
/* One job: everything up to commit is one transaction in each file. A job in which a statement
 * failed, whoever heard of it, is not committed: store_commit ends with what that ended with. */
enum result store_begin(struct store *s) CHECKED;
enum result store_commit(struct store *s, uint64_t position) CHECKED;
void store_rollback(struct store *s);
/* What the first statement that failed since store_begin ended with, whoever heard of it; OK: none
 * did. Not what the commit itself ended with. */
enum result store_failed(const struct store *s);
/* Key slots that the job since store_begin touched (of both the old and the new rows: "front",
 * "section:…", "tag:…", "author:…", "story:ID", "day:YYYY-MM-DD", "popular", "all"), each once, for
 * keys_bump after the commit. The store's own array, until the next store_begin or
 * store_rollback. */
const uint32_t *store_touched(const struct store *s, size_t *count_out);

struct stored_version { /* one reading */
    story_id item, page;
    struct span feed, packed, link_key;
    int64_t received_ms;
    uint64_t pos;
    uint32_t number;
    bool is_kill;
    int mark; /* enum desk_mark as a number */
};
enum result store_put_version(
    struct store *s, const struct stored_version *v) CHECKED; /* idempotent by (pos, number) */
enum result store_versions(struct store *s, story_id page, struct arena *a,
    struct stored_version **out, size_t *count_out) CHECKED; /* in ledger order */
/* Those behind the version at (pos, number), 0: all; and how many the page has in all. */
enum result store_versions_behind(struct store *s, story_id page, uint64_t pos, uint32_t number,
    struct arena *a, struct stored_version **out, size_t *count_out, size_t *all_out) CHECKED;
/* Does this delivery hold versions of other pages too? */
enum result store_shares_delivery(
    struct store *s, uint64_t pos, story_id page, bool *shares_out) CHECKED;
/* Pages with a version that came between two places in the ledger, of one feed or (empty) of any;
 * in order of id, in the arena. */
enum result store_pages_between(struct store *s, uint64_t after, uint64_t before, struct span feed,
    struct arena *a, story_id **out, size_t *count_out) CHECKED;
/* ---- arrivals: what each feed has brought, counted for its limits. A reading that says nothing
 * new has no row, so that a replay is counted once; a row is written once and never changed: counts
 * depend on the ledger's order alone ---- */
struct stored_arrival {
    uint64_t pos;
    uint32_t number;
    struct span feed;
    story_id item, page; /* page: as it was then */
    int64_t at_ms;
    bool is_new, is_rewrite;   /* of its page; of an old one */
    int mark;                  /* enum desk_mark as a number; 0: let through */
    unsigned char content[16]; /* names what it says */
};
enum result store_put_arrival(struct store *s, const struct stored_arrival *a) CHECKED;
bool store_arrival_known(struct store *s, story_id item, const unsigned char content[16]);
/* Whose page it is, and since when we have it; ERR_ABSENT: nothing has come. */
enum result store_arrival_first(struct store *s, story_id page, struct arena *a,
    struct span *feed_out, int64_t *at_ms_out) CHECKED;
/* After since_ms, has the feed brought so many new stories that were let through? Has the page been
 * updated so often, let through? Has the feed rewritten as many other pages' old stories, let
 * through or not? limit > 0. */
enum result store_many_stories(
    struct store *s, struct span feed, int64_t since_ms, uint32_t limit, bool *many_out) CHECKED;
enum result store_many_updates(
    struct store *s, story_id page, int64_t since_ms, uint32_t limit, bool *many_out) CHECKED;
enum result store_many_rewrites(struct store *s, struct span feed, int64_t since_ms, story_id page,
    uint32_t limit, bool *many_out) CHECKED;
/* Has the feed been over this limit after since_ms? */
bool store_arrival_marked(struct store *s, struct span feed, int64_t since_ms, int mark);
enum result store_page_of(
    struct store *s, story_id item, story_id *page_out) CHECKED; /* ERR_ABSENT: unknown item */
enum result store_join_pages(struct store *s, story_id from, story_id into) CHECKED;
/* What one item says of another, known whichever of the two comes first. Ids hold the provider, so
 * that nothing points across providers (T3). */
enum point_kind {
    POINT_CONTINUES = 1, /* previous version, derived or evolved from, replaces */
    POINT_HOLDS,         /* a package and its member */
    POINT_CORRECTS,      /* a corrective and the story that it is about */
    POINT_ALIKE,         /* what may be the same news from two agencies (V8): kept both ways */
    POINT_COPIES,        /* a near copy and the killed item that it repeats (T4) */
};
enum result store_put_point(
    struct store *s, enum point_kind kind, story_id target, story_id item) CHECKED; /* idempotent */
/* Items that point at target so, in order of id; at most n. */
enum result store_pointing(struct store *s, enum point_kind kind, story_id target, story_id *out,
    size_t n, size_t *count_out) CHECKED;
/* Pages with an item that has this link key, newest first; at most n. */
enum result store_linked(struct store *s, struct span feed, struct span link_key, story_id *out,
    size_t n, size_t *count_out) CHECKED;
enum result store_item_by_guid(struct store *s, struct span guid, story_id *out, size_t n,
    size_t *count_out) CHECKED; /* several providers may use one guid */
enum result store_note_guid(
    struct store *s, story_id item, struct span guid, struct span provider) CHECKED;
/* The items that an editor means: by guid, else by address or id. count_out 0: none is known. */
enum result store_items_meant(
    struct store *s, struct span target, story_id *out, size_t n, size_t *count_out) CHECKED;
/* V14: ids that fold to one key. store_near: another item of this key, the first that came;
 * ERR_ABSENT: none. */
enum result store_put_near(struct store *s, uint64_t key, story_id item) CHECKED;
enum result store_near(struct store *s, uint64_t key, story_id item, story_id *other_out) CHECKED;
bool store_guid_of(struct store *s, story_id item, struct arena *a, struct span *guid_out,
    struct span *provider_out);

/* Alike: under hashes of what they say, items that came lately, and those that were killed. A row
 * says when it was noted. */
enum alike_kind { ALIKE_ARRIVED = 1, ALIKE_KILLED };
struct alike_row {
    enum alike_kind kind;
    story_id item;
    struct span provider;
    int64_t at_ms;
};
enum result store_put_alike(
    struct store *s, const struct alike_row *row, const uint64_t *keys, size_t n) CHECKED;
/* Items noted under a key since an instant, newest first and each once, but none of this provider;
 * at most n. */
enum result store_alike(struct store *s, enum alike_kind kind, uint64_t key, int64_t since_ms,
    struct span but, story_id *out, size_t n, size_t *count_out) CHECKED;
enum result store_drop_alike(struct store *s, int64_t before_ms) CHECKED;

/* Pages whose views name this one (packages that hold an item of it, correctives about it), and
 * those that it names itself: by what kind of point. In order of id; at most n. */
enum result store_pages_around(struct store *s, enum point_kind kind, bool named, story_id page,
    story_id *out, size_t n, size_t *count_out) CHECKED;

struct stored_act {
    uint64_t pos;
    story_id page; /* 0: pause and resume */
    struct span json;
    int64_t at_ms;
};
enum result store_put_act(struct store *s, const struct stored_act *act) CHECKED;
enum result store_acts(struct store *s, story_id page, struct arena *a, struct stored_act **out,
    size_t *count_out) CHECKED; /* page 0: pauses and resumes */
/* The act of no story at this place of the ledger; ERR_ABSENT: there is none. */
enum result store_act_of_none(
    struct store *s, uint64_t pos, struct arena *a, struct stored_act *out) CHECKED;

/* Of every page, the newest acts so named, at most STORE_ACTS_NAMED_MAX; more_out: there are older
 * ones. */
enum result store_acts_named(struct store *s, struct span name, struct arena *a,
    struct stored_act **out, size_t *count_out, bool *more_out) CHECKED;

/* ---- a feed's own rhythm: deliveries by quarters of an hour, of the last weeks ---- */
enum { RHYTHM_SLOT_MS = 15 * 60 * 1000, RHYTHM_WEEKS = 4 };
enum result store_note_delivery(
    struct store *s, struct span feed, int64_t at_ms) CHECKED; /* in a job */
enum result store_note_unread(
    struct store *s, struct span feed, int64_t at_ms) CHECKED; /* in a job, behind its delivery */
/* How many came in the whole slots from from_ms to until_ms; both count from the beginning of
 * theirs. */
enum result store_came_between(
    struct store *s, struct span feed, int64_t from_ms, int64_t until_ms, uint64_t *out) CHECKED;
/* Since when its rhythm is known, and when the last delivery came; ERR_ABSENT: none is known. */
enum result store_came_ends(
    struct store *s, struct span feed, int64_t *first_ms_out, int64_t *last_ms_out) CHECKED;
struct feed_came {
    struct span feed;
    int64_t last_ms;
    uint64_t of_a_day; /* within the last 24 hours, by whole slots */
    uint64_t unread;   /* of them, and of what is in them, what could not be read */
};
/* Feeds that brought something in these weeks, also some that are configured no more; in a. */
enum result store_feeds_came(struct store *s, int64_t now_ms, struct arena *a,
    struct feed_came **out, size_t *count) CHECKED;

/* ---- numbers of a feed's messages: which of those between others did not come ---- */
enum {
    NUMBERS_WINDOW_MS =
        12 * 3600 * 1000,               /* begins anew each day: what is older counts for nothing */
    NUMBERS_KEPT_MS = 48 * 3600 * 1000, /* … but for whether a line is numbered at all */
    NUMBERS_LEAP = 2000,                /* a larger one is another beginning, not a gap */
};
struct gap { /* numbers that did not come, between two that did */
    struct span line;
    uint64_t first, last;
    int64_t since_ms; /* that it was seen */
};
/* In a job. */
enum result store_note_number(
    struct store *s, struct span feed, struct span line, uint64_t number, int64_t at_ms) CHECKED;
/* Gaps of the last NUMBERS_WINDOW_MS, newest first, at most n; of lines of which nearly all numbers
 * come, so that one that does not is missing. line lives in a. */
enum result store_gaps(struct store *s, struct span feed, int64_t now_ms, struct arena *a,
    struct gap *out, size_t n, size_t *count_out) CHECKED;
/* ---- a feed's clock: by how much its messages say that they are of the future ---- */
enum { AHEAD_KEPT = 21, AHEAD_LEAST = 7 };
/* In a job; ahead_ms: less than 0 where a message is of the past. */
enum result store_note_ahead(
    struct store *s, struct span feed, uint64_t pos, int64_t ahead_ms) CHECKED;
/* The middle of the last AHEAD_KEPT; 0: there are not AHEAD_LEAST, or it is of the past. */
enum result store_ahead(struct store *s, struct span feed, int64_t *out) CHECKED;

/* ---- notices: kills, holds and releases in words ---- */
/* The names under which an item can be spoken of, by feed; the newest arrival counts. */
enum result store_put_name(
    struct store *s, struct span feed, struct span key, story_id item, int64_t at_ms) CHECKED;
enum result store_drop_names(struct store *s, int64_t before_ms) CHECKED;
/* Pages of items of that name since an instant, newest first, each with one such item. */
struct named {
    story_id item, page;
};
enum result store_named(struct store *s, struct span feed, struct span key, int64_t since_ms,
    struct named *out, size_t n, size_t *count_out) CHECKED;
/* Newest names that begin so ("h:"), with their items. */
struct recent_name {
    struct span key;
    story_id item;
};
enum result store_recent_names(struct store *s, struct span feed, struct span prefix,
    int64_t since_ms, struct arena *a, struct recent_name *out, size_t n,
    size_t *count_out) CHECKED;

struct stored_notice {
    unsigned char name[16]; /* the same whenever it is sent again */
    int kind;               /* enum notice_kind as a number */
    struct span guid;
    int64_t at_ms;
    uint64_t pos;
};
/* false in is_new_out: it was known already, and nothing is to be done again. */
enum result store_put_notice(
    struct store *s, const struct stored_notice *notice, bool *is_new_out) CHECKED;
/* It waits for items of this name. */
enum result store_notice_waits(
    struct store *s, struct span feed, struct span key, const struct stored_notice *w) CHECKED;
enum result store_notices_waiting(struct store *s, struct span feed, struct span key,
    int64_t since_ms, struct arena *a, struct stored_notice **out, size_t *count_out) CHECKED;
/* What a notice does to an item; the first word stands. */
struct stored_hit {
    struct stored_notice notice; /* kind: the effect */
    story_id item;
};
enum result store_put_hit(struct store *s, const struct stored_hit *h) CHECKED;
enum result store_hits(struct store *s, story_id page, struct arena *a, struct stored_hit **out,
    size_t *count_out) CHECKED; /* in ledger order */
enum result store_hit_count(struct store *s, const unsigned char name[16], story_id page,
    size_t *all_out, size_t *on_page_out) CHECKED;

struct mint {
    story_id page;
    struct span slug;
    int64_t date_ms;
    uint64_t pos;
    int64_t from_ms; /* from when readers see the page under it, as far as was known at pos */
};
enum result store_put_mint(struct store *s, const struct mint *m) CHECKED;
enum result store_mint(struct store *s, story_id page, struct arena *a,
    struct mint *out) CHECKED; /* the newest; ERR_ABSENT */

/* What the desk lists. */
struct held {
    story_id page;
    struct span guid, headline, feed, why;
    int64_t since_ms, from_ms; /* from_ms: of an embargo; 0: none known */
};
struct quarantined {
    uint64_t pos;
    uint32_t number; /* item in the delivery; UINT32_MAX: the whole delivery */
    struct span name, feed, why;
    uint32_t line, column;
    bool told; /* intake has moved the file */
};
struct alarm {
    struct span kind, text;
    int64_t at_ms;
    uint64_t pos;
};
/* Readers' comments, shown or not (desk_comments.c). A replay changes nothing. */
struct stored_comment {
    uint64_t pos;
    story_id page;
    struct span id, name, text; /* as changed last */
    int64_t at_ms;
    struct span parent;   /* id of what it answers; empty: nothing */
    uint64_t changed_pos; /* of its writer's last change; 0: none */
    int64_t changed_ms;
    bool taken_back;
    int score;  /* desk_spam_score when its words came; -1: nothing was known */
    int taught; /* 1: its words count as let stand, 2: as hidden; 0: as neither */
    bool waits; /* for an editor, under a story that is there */
};
struct stored_report { /* of a comment, by a reader */
    uint64_t pos;
    story_id page;
    struct span id, why;
    int64_t at_ms;
};
enum result store_put_comment(struct store *s, const struct stored_comment *c) CHECKED;
enum result store_drop_comment(struct store *s, const struct stored_comment *c)
    CHECKED; /* and what was reported of it; not what its words taught */
enum result store_comment_waits(struct store *s, uint64_t pos, bool waits) CHECKED;
enum result store_comments(struct store *s, story_id page, struct arena *a,
    struct stored_comment **out, size_t *count_out) CHECKED; /* in ledger order */
/* Of all stories, newest first; n of them, behind the newest `from`. */
enum result store_comments_last(struct store *s, size_t from, size_t n, struct arena *a,
    struct stored_comment **out, size_t *count_out) CHECKED;
/* Those that wait, the least likely spam first. */
enum result store_comments_waiting(struct store *s, size_t from, size_t n, struct arena *a,
    struct stored_comment **out, size_t *count_out) CHECKED;
enum result store_comments_by(struct store *s, struct span name, struct arena *a,
    struct stored_comment **out, size_t *count_out) CHECKED; /* under this very name */
enum result store_put_report(struct store *s, const struct stored_report *r) CHECKED;
enum result store_reports(struct store *s, story_id page, struct arena *a,
    struct stored_report **out, size_t *count_out) CHECKED; /* in ledger order */
/* In how many comments that were let stand, and hidden, a word (hashed) stood; 0: in all. */
enum result store_spam_word(
    struct store *s, uint64_t word, int64_t *good_out, int64_t *bad_out) CHECKED;
enum result store_spam_teach(struct store *s, uint64_t word, int good, int bad) CHECKED;
/* The pictures that the desk's private preview shows of a page, as a view of which only id and
 * pictures count; from_ms FOREVER-like INT64_MAX: readers would not see it. Without pictures no
 * row.
 */
enum result store_put_preview(struct store *s, const struct view *v) CHECKED;
enum result store_drop_preview(struct store *s, story_id page) CHECKED;
enum result store_preview(
    struct store *s, story_id page, struct arena *a, struct view **out) CHECKED; /* ERR_ABSENT */
enum result store_put_held(struct store *s, const struct held *h) CHECKED;
enum result store_drop_held(struct store *s, story_id page) CHECKED;
enum result store_held(
    struct store *s, struct arena *a, struct held **out, size_t *count_out) CHECKED;
enum result store_put_quarantine(struct store *s, const struct quarantined *q) CHECKED;
enum result store_quarantine(
    struct store *s, struct arena *a, struct quarantined **out, size_t *count_out) CHECKED;
/* Of one delivery, by number: all that is bad of it, where number is UINT32_MAX; else that item. */
enum result store_quarantine_of(struct store *s, uint64_t pos, uint32_t number, struct arena *a,
    struct quarantined **out, size_t *count_out) CHECKED;
enum result store_drop_quarantine(struct store *s, uint64_t pos, uint32_t number) CHECKED;
/* Those that intake has not been told of, from one place on, oldest first; at most n. */
enum result store_quarantine_untold(struct store *s, uint64_t pos, uint32_t number, struct arena *a,
    struct quarantined *out, size_t n, size_t *count_out) CHECKED;
enum result store_quarantine_told(struct store *s, uint64_t pos, uint32_t number) CHECKED;
enum result store_put_alarm(
    struct store *s, const struct alarm *al) CHECKED; /* idempotent by (pos, kind, text) */
enum result store_drop_alarms(struct store *s, uint64_t pos, const char *kind) CHECKED;
enum result store_alarms(struct store *s, struct arena *a, struct alarm **out,
    size_t *count_out) CHECKED; /* newest 1,000 */

/* What is to leave the house: made with the decision that causes it, in the same transaction;
 * handed to the courier when it is due, until it says that it has it. A rebuild makes the same keys
 * again: the courier knows them. */
struct out {
    struct span key, kind, body; /* body: JSON; behind it, each on a line, the lists of the site
                                    that it changes, as paths below base: for hubs */
    story_id page;               /* 0: about none */
    int64_t at_ms, due_ms;
    uint64_t seq; /* the page's own count of outs */
    bool told;
};
enum result store_put_out(
    struct store *s, const struct out *o) CHECKED; /* known already: nothing changes */
/* What takes something back never waits behind what is new. */
enum out_lane { OUTS_URGENT, /* cdn, then recall */ OUTS_REST, OUT_LANES };
enum result store_outs(struct store *s, enum out_lane lane, int64_t since_ms, int64_t now_ms,
    struct arena *a, struct out *out, size_t n,
    size_t *count_out) CHECKED;                            /* due since then and not told */
int64_t store_next_out(struct store *s, int64_t after_ms); /* INT64_MAX: none */
enum result store_last_out(struct store *s, story_id page, struct arena *a,
    struct out *out) CHECKED; /* the page's last push or recall; ERR_ABSENT */
/* All pushes and recalls about a page, in their order. */
enum result store_outs_of(struct store *s, story_id page, struct arena *a, struct out *out,
    size_t n, size_t *count_out) CHECKED;
enum result store_out_told(struct store *s, struct span key) CHECKED;
enum result store_drop_out(struct store *s, struct span key) CHECKED;
/* Every push about the page that the courier is not known to have. */
enum result store_drop_pushes(struct store *s, story_id page) CHECKED;

/* Public side: a page's row: readers see it in [from_ms, until_ms), INT64_MAX: for ever. The key
 * names to bump are collected for store_commit's caller. */
struct story_row {
    const struct view *view;
    int64_t from_ms, until_ms;
    int64_t due_ms; /* when something else takes its place by itself: it stands until that is
                       decided, and no longer than until_ms. 0: until_ms */
    struct span feed;
};
enum result store_put_story(struct store *s, const struct story_row *row)
    CHECKED; /* also queues it for the full-text index from from_ms on */
enum result store_drop_story(struct store *s, story_id id)
    CHECKED; /* out of every table, its words out of the index in this transaction's wake */
enum result store_story_summary(struct store *s, story_id id, struct arena *a,
    struct view **view_out, int64_t *from_out, int64_t *until_out) CHECKED; /* ERR_ABSENT */
enum result store_put_gone(struct store *s, const struct gone *g) CHECKED;
/* What stands there now: state, since, published and as_404 alone; ERR_ABSENT, also where it is
 * damaged. */
enum result store_gone(struct store *s, story_id id, struct gone *out) CHECKED;
enum result store_drop_gone(struct store *s, story_id id) CHECKED;
/* ---- addresses of the site that was here before ---- */
struct old_address {
    struct span address; /* as address_key has it */
    story_id story;      /* 0: of none */
    struct span target;  /* story 0: a path below base, or a URL elsewhere */
    bool gone;           /* meant to be gone, for good */
    bool by_hand;        /* nothing but another word of that kind replaces it */
    uint64_t pos;        /* a later word replaces an earlier one */
};
/* The one form under which an old address is kept and looked for: "?p=7" for whatever names a post
 * by its number, "?cat=3", "?author=2", else the path: decoded, lower case in ASCII, no slash at
 * its end. address: a URL, or a path with its query, as written. false: it names nothing ("/",
 * another scheme, bad escapes, over 2,000 bytes). Lives in a. */
bool address_key(struct arena *a, struct span address, struct span *out);
enum result store_put_old(struct store *s, const struct old_address *old) CHECKED;
enum result store_put_picture(struct store *s, struct span hash_hex, uint32_t width,
    uint32_t height, uint32_t forms) CHECKED; /* the darkroom's finding; forms 0: not usable */
bool store_picture(struct store *s, struct span hash_hex, uint32_t *width_out, uint32_t *height_out,
    uint32_t *forms_out);
bool store_picture_elsewhere(
    struct store *s, struct span hash_hex, story_id id); /* does another story show it too? */
enum result store_put_file(struct store *s, struct span feed, struct span name,
    struct span hash_hex, uint64_t pos) CHECKED; /* a delivered file by its name */
bool store_file(struct store *s, struct span feed, struct span name, struct arena *a,
    struct span *hash_hex_out);
/* Does another page hang on the file of this name, or on one with the same bytes? */
bool store_file_elsewhere(
    struct store *s, struct span feed, struct span name, struct span hash_hex, story_id page);
/* Pages that hang on a file of this name, or on another thing with a name of its own (to be decided
 * again when it comes or changes). In order of id, resumable: after 0 starts. */
enum result store_want_file(
    struct store *s, struct span feed, struct span name, story_id page) CHECKED;
enum result store_wanting(struct store *s, struct span feed, struct span name, story_id after,
    story_id *out, size_t n, size_t *count_out) CHECKED;
/* Names that pages wait for beside this feed, after one of them, in order; at most n. */
enum result store_wanted_names(struct store *s, struct span feed, struct span after,
    struct arena *a, struct span *out, size_t n, size_t *count_out) CHECKED;
/* Popularity, decayed with a half-life of 6 h. Idempotent: an at_ms not after the page's last one
 * is taken for a replay. Kept when the story is dropped. */
enum result store_put_counts(struct store *s, story_id page, uint64_t views, int64_t at_ms) CHECKED;
/* ---- readers as sums (desk_audience.c): of a story and a day, of a host and a day. A day is
 * yyyymmdd in the site's zone. ---- */
enum reading_time { /* seconds for which a page was seen */
    READ_UNDER_10,
    READ_UNDER_30,
    READ_UNDER_60,
    READ_UNDER_180,
    READ_UNDER_600,
    READ_LONGER,
    READING_TIMES,
};
struct audience { /* day 0: of all days asked for */
    uint32_t day;
    story_id story;                /* of rows of stories */
    struct span host;              /* of rows of hosts: or "(own)", "(unknown)", "(other)" */
    uint64_t pages;                /* sent to readers, with scripts or without */
    uint64_t beacons;              /* seen, as a script told */
    uint64_t times[READING_TIMES]; /* of those beacons; of rows of stories */
};
uint32_t audience_day(const struct zone *z, int64_t ms); /* yyyymmdd */
/* Adds to the row of its day; pos: of the event, which is added once. */
enum result store_add_audience(struct store *s, const struct audience *of, uint64_t pos) CHECKED;
enum result store_forget_audience(struct store *s, uint32_t before_day) CHECKED;
/* Rows in order of day and story (or host), behind the one given; at most n. hosts: those of hosts.
 * Lives in a. */
enum result store_audience_rows(struct store *s, bool hosts, uint32_t from_day, uint32_t to_day,
    const struct audience *after, struct arena *a, struct audience *out, size_t n,
    size_t *count_out) CHECKED;
/* The most read, most first; sums over these days. */
enum result store_audience_most(struct store *s, bool hosts, uint32_t from_day, uint32_t to_day,
    struct arena *a, struct audience *out, size_t n, size_t *count_out) CHECKED;
/* All stories together. */
enum result store_audience_all(
    struct store *s, uint32_t from_day, uint32_t to_day, struct audience *out) CHECKED;
#define STORE_TEXT_PURGED "purged" /* deliveries whose bytes were purged, in digits */
enum result store_set_text(struct store *s, const char *name,
    struct span text) CHECKED; /* small facts in desk.db: configuration in force … */
enum result store_text(
    struct store *s, const char *name, struct arena *a, struct span *out) CHECKED; /* ERR_ABSENT */
/* Every page, in order of id, for a change of configuration. Resumable: after 0 starts. */
enum result store_pages(
    struct store *s, story_id after, story_id *out, size_t n, size_t *count_out) CHECKED;
/* Instants at which something changes by itself (a release, an expiry, the next version's hour),
 * after now: the next; INT64_MAX none. Pages due in (after, until], in order of id, those behind
 * the id after (0: all); a count of n: there may be more behind the last. */
int64_t store_next_due(struct store *s, int64_t after_ms);
enum result store_set_rung(struct store *s, int64_t done_ms)
    CHECKED; /* in a job: pages due behind done_ms are being rung over several; 0: all are */
int64_t store_rung(struct store *s); /* what was set last; 0 */
enum result store_due(struct store *s, int64_t after_ms, int64_t until_ms, story_id after,
    story_id *out, size_t n, size_t *count_out) CHECKED;
/* Inside a job, of a page whose words were changed: what was indexed of it finds nothing from the
 * commit on; the new words follow when its turn in the index comes. */
enum result store_forget_words(struct store *s, story_id id) CHECKED;
/* Full-text work, behind publication and outside of a job: indexes at most n pages that are due by
 * now (about 0.5 ms of CPU each), takes words of dropped ones out for good in steps of some 10 ms,
 * and copies the WALs into their files. more_out: work is left. */
enum result store_index_some(struct store *s, int64_t now_ms, size_t n, bool *more_out) CHECKED;
enum result store_check(struct store *s, struct arena *a, struct span *why_out)
    CHECKED; /* checksums of every row, integrity_check: ERR_CORRUPT and why */

/* ================= readers: web. One handle a thread ================= */
struct reader;
struct reader_hooks {
    bool (*dead)(story_id id, void *with); /* tombstones: asked for every row of public_story */
    void *with;
};
enum result reader_open(const char *folder, struct reader_hooks hooks, struct reader **out) CHECKED;
void reader_close(struct reader *r);
/* A snapshot at now: every read between begin and end sees one state of the store and one instant.
 */
enum result reader_begin(struct reader *r, int64_t now_ms) CHECKED;
/* Where a reader is, as far as licences bind stories to countries. */
struct reader_place {
    bool anywhere;       /* it is not asked: the desk and our own tools see every story */
    struct span country; /* of country_of; empty: not known */
    bool unknown_is_inside;
};
bool territory_has(struct span territory, const struct reader_place *p); /* as a view has it */
/* A snapshot as it is seen from there: a story that may not be shown in that place is not public in
 * any question. reader_begin sees it from anywhere. The country must stand until the end. */
enum result reader_begin_at(struct reader *r, int64_t now_ms, const struct reader_place *p) CHECKED;
/* Has any answer of this snapshot depended on the place? */
bool reader_asked_place(const struct reader *r);
/* Is it public, but not in this place? Depends on the place. */
bool reader_elsewhere(struct reader *r, story_id id);
void reader_end(struct reader *r);
int64_t reader_now_ms(const struct reader *r);
uint64_t reader_position(struct reader *r); /* ledger position of the snapshot */
/* The next instant after now at which any list could change by itself; INT64_MAX: none. (Instants
 * only: the rows are not visible.) */
int64_t reader_next_change(struct reader *r);

enum list_kind {
    LIST_FRONT,
    LIST_SECTION,
    LIST_TAG,
    LIST_AUTHOR,
    LIST_DAY,
    LIST_NEWEST,
    LIST_INDEXABLE,
    LIST_NEWS,
    LIST_CORRECTIONS,
    LIST_LED, /* those that the desk wants first on the front, the last one first */
    LIST_PINNED,
    LIST_POPULAR,
    LIST_PERSON,
    LIST_PLACE,
    LIST_KINDS
};
/* The label that a list is of; 0: of none. */
enum label_kind list_label(enum list_kind k);
enum list_kind label_list(enum label_kind k);
struct list_query {
    enum list_kind kind;
    struct span name; /* section, or slug of a tag, author, person, place */
    int64_t day_from_ms,
        day_until_ms;     /* LIST_DAY: by published_ms; LIST_NEWS: published since day_from_ms */
    size_t offset, limit; /* limit <= STORE_LIST_MAX */
    bool with_body;       /* else body, body_text stay empty (faster) */
};
/* Newest first by front_ms, then id. LIST_DAY and LIST_INDEXABLE oldest first by published_ms,
 * LIST_CORRECTIONS by corrected_ms, LIST_POPULAR by score. LIST_PINNED: what leads the front at
 * this instant, what does so longest first. LIST_FRONT, LIST_SECTION, LIST_NEWS, LIST_PINNED and
 * LIST_POPULAR hold only what is on_fronts (V11, V12, D2); the others hold every public story. A
 * damaged row is left out: a list may be shorter than its limit. The views live in a. */
enum result reader_list(struct reader *r, const struct list_query *q, struct arena *a,
    struct view **out, size_t *count_out) CHECKED;
enum result reader_story(struct reader *r, story_id id, struct arena *a,
    struct view *out) CHECKED; /* ERR_ABSENT: not public now */
enum result reader_gone(
    struct reader *r, story_id id, struct arena *a, struct gone *out) CHECKED; /* ERR_ABSENT */
/* What is known of an address of the site that was here before. It says nothing of whether its
 * story is public. ERR_ABSENT: nothing. */
enum result reader_old(
    struct reader *r, struct span address, struct arena *a, struct old_address *out) CHECKED;
/* What was public and was withdrawn or taken down, newest first; not where the feed wants 404. */
enum result reader_withdrawn(
    struct reader *r, size_t n, struct arena *a, struct gone **out, size_t *count_out) CHECKED;
/* What was public and is no more, for whatever reason, newest first, each with the items that had
 * become part of it; not where the feed wants 404.
 */
enum result reader_left(
    struct reader *r, size_t n, struct arena *a, struct gone **out, size_t *count_out) CHECKED;
enum result reader_count(
    struct reader *r, enum list_kind kind, struct span name, size_t *out) CHECKED;
enum result reader_tag_name(struct reader *r, enum list_kind kind, struct span slug,
    struct arena *a,
    struct span *name_out) CHECKED; /* a label's shown name; only from public stories */
enum result reader_related(struct reader *r, const struct view *v, size_t n, struct arena *a,
    struct view **out, size_t *count_out) CHECKED;
/* A picture by hash, while a public story shows it: ERR_ABSENT otherwise (picture URLs die with
 * their story). */
enum result reader_picture(
    struct reader *r, struct span hash_hex, uint32_t *width_out, uint32_t *height_out) CHECKED;
enum result reader_days(struct reader *r, struct arena *a, int64_t **days_ms_out,
    size_t *count_out) CHECKED; /* days with stories, newest first, at most STORE_LIST_MAX */

/* ---- where a story has stood and would stand (places.c), by the writer's handle ---- */
/* Every mint of the page, newest first; a damaged row is left out. In a. */
enum result store_mints(
    struct store *s, story_id page, struct arena *a, struct mint **out, size_t *count_out) CHECKED;
/* Its addresses on the site that was here before, as address_key has them; at most max. */
enum result store_old_of(struct store *s, story_id id, struct arena *a, struct span *out,
    size_t max, size_t *count_out) CHECKED;
/* How many stories stand before this instant's place in the list: LIST_SECTION, LIST_TAG,
 * LIST_AUTHOR, LIST_CORRECTIONS; LIST_NEWEST with whatever name. Public now or not, so never too
 * few. more_out: there are more than are counted. */
enum result store_list_ahead(struct store *s, enum list_kind kind, struct span name, int64_t at_ms,
    size_t *out, bool *more_out) CHECKED;
/* The same of a day of the archive, which has the oldest first: since day_from_ms. */
enum result store_day_ahead(struct store *s, int64_t day_from_ms, int64_t published_ms, size_t *out,
    bool *more_out) CHECKED;
/* The newest of a section or a tag, public now or not. */
enum result store_list_newest(struct store *s, enum list_kind kind, struct span name, story_id *out,
    size_t n, size_t *count_out) CHECKED;

#include "store_find.h"
#include "store_grievance.h"

#endif
