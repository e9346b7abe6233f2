/* newsroom.h: what the newsroom's files share; private to roles. */
#ifndef NEWSROOM_H
#define NEWSROOM_H

#include "roles.h"

#include "office.h"
#include "press.h"

enum {
    JOB_EVENTS =
        64, /* events applied in one transaction: latency of the last against cost of a commit */
    JOB_BYTES = 24 << 20, /* of deliveries in one transaction */
    JOB_PAGES = 512,      /* pages decided together: their kills first, their mints in one append */
    JOB_DUE = 1024,       /* pages due that are decided in one step */
    JOB_ARENA = 1 << 30,  /* a job's memory: 64 deliveries of 500 items each, with room */
    JOB_CHUNK_BYTES = 256 << 20, /* of it used, after which it is given back between chunks */
    PAGE_TAGS_MAX = 24,
    PAGE_PICTURES_MAX = 40,
    PAGE_ALSO_MAX = 8,         /* other agencies' stories of the same news that one names */
    PAGE_CORRECTIVES_MAX = 16, /* about one story, or stories that one is about: two are rare */
    LINK_CANDIDATES = 64, /* pages that one item may join: a running story of a week, and room */
    AROUND_PAGES = 1000,  /* packages and correctives that name one page: a day's of a busy wire */
    PEEK_BACKLOG = 256,   /* a backlog beyond which kills are looked for ahead (K18) */
    RULES_ARENA = 256 << 20, /* a configuration and its rules */
};

struct ids {
    story_id *list;
    size_t n, cap;
};
struct newsroom {
    const struct house *house;
    struct newsroom_hooks hooks;
    struct newsroom_options options;
    struct ledger *ledger;
    struct store *store;
    struct tombs *tombs;
    struct keys *keys;
    int64_t deadlines_ms;         /* up to when deadlines of takedowns were looked at; 0: never */
    uint64_t position;            /* last event applied */
    uint64_t peeked;              /* last event looked at for kills */
    uint64_t newest_from, newest; /* … and, ahead of that, of a long backlog from here to here */
    uint64_t peeked_acts;         /* … while no reader was free: for acts alone */
    uint64_t config_ahead;        /* the next configuration in the backlog, … */
    uint64_t config_sought;       /* … which was looked for up to here */
    uint64_t waited_for;          /* the delivery whose answer the step waits for; 0: none */
    bool ahead_now;               /* the look ahead is under way */
    struct store *known;          /* what readers see while a fresh store is built; NULL: store */
    int64_t due_done_ms;          /* timers up to here have been rung */
    int64_t due_until_ms;         /* those up to here are being rung, … */
    story_id due_after;           /* … of pages behind this one; 0: of none */
    bool is_ringing;   /* the store says that some may be left to ring, also of before a restart */
    story_id due_last; /* rung in this step, where there may be more behind it; 0: all are */
    struct arena *alike_arena, *other_arena; /* of one comparison: ours, and what it is with */
    struct set_kept alike_kept; /* of a step: the page that versions came to last (V13) */
    bool alike_noted;           /* all that it says is noted as killed */
    struct arena *job;          /* of this step; reset at the next */
    struct arena *rules_arena;  /* of the configuration in force */
    const struct config *config;
    const struct desk_rules *rules;
    struct ids pages; /* to be decided in this step, in the job's arena */
    struct map *seen; /* of them */
    bool all_pages;   /* a new configuration: every page */
    bool *bump;       /* key slots to bump after the commit */
    uint32_t *bumps;  /* those of them that are set */
    size_t bump_count;
    struct tomb *kills;
    size_t kill_count, kill_cap;
    struct brakes brakes;
    struct arena *brakes_arena;
    int64_t opened_ms;
    int64_t read_us;        /* that this step has waited for readers */
    unsigned lost_in_a_row; /* deliveries whose bytes could not be had */
    uint64_t unread_pos;    /* the last that the disk did not give, … */
    int64_t unread_since_us;
    struct want *wants; /* pictures that the darkroom shall look at, after the commit */
    size_t want_count, want_cap;
    size_t want_next;
    struct arena *want_arena;
    struct map *wanted;        /* of wants, by hash */
    bool want_more;            /* the store knows of more than wants holds … */
    char want_after[512];      /* … behind this name */
    struct foretold *foretold; /* in an arena of their own, until their events are applied */
    size_t foretold_count, foretold_cap;
    struct arena *foretold_arena;
    struct lost *lost; /* pictures that pages lost in this step, in an arena of their own */
    size_t lost_count, lost_cap;
    struct arena *lost_arena;
    size_t cards_asked;
    bool looked_card;           /* the last thing asked of the darkroom was a card */
    int64_t look_not_before_us; /* the disk gave or took nothing: by clock_mono_us */
};
/* A kill that peek has met ahead of its story: whose story it is, is known only when that comes
 * (T3).
 */
struct foretold {
    struct tomb tomb;
    struct span feed;
    uint64_t pos;
};
struct want {
    struct hash blob;
    struct span hex;
};

/* A page decided, between the phases of one step. */
struct decided {
    struct desk_set set;
    struct verdict verdict;
    struct mint mint;
    const struct view *view; /* the public row; NULL: none */
    int64_t pictures_due_ms; /* when another version of a picture takes its place; INT64_MAX */
    bool has_mint, wants_mint;
    size_t mint_append; /* index into the batch of mints */
};

void newsroom_begin_job(struct newsroom *n);            /* nothing is to be decided yet */
void newsroom_touch(struct newsroom *n, story_id page); /* it is decided again in this step */
void newsroom_bump(
    struct newsroom *n, const char *kind, struct span name); /* "tag:" + name, after the commit */
void newsroom_bump_now(struct newsroom *n);                  /* after the commit */
void newsroom_bump_view(struct newsroom *n, const struct view *v); /* every list it stands on */
enum result newsroom_apply(
    struct newsroom *n, const struct event *e, struct wire_result *read) CHECKED;
enum result newsroom_decide_pages(struct newsroom *n) CHECKED;
enum result newsroom_put_story(
    struct newsroom *n, const struct event *e, uint32_t number, const struct story *s) CHECKED;
struct span newsroom_name_of(struct newsroom *n, const struct event *e); /* the delivery's */
/* newsroom_quarantine.c: number UNREAD_WHOLE: the whole delivery. */
enum result newsroom_quarantine(struct newsroom *n, const struct event *e, uint32_t number,
    const struct reject *why, struct span name) CHECKED;
bool newsroom_is_retry(struct newsroom *n, const struct event *e);
/* The delivery that an act `retry` wants to be read again. false: the event is none, or nothing of
 * what it names lies in quarantine any more. */
bool newsroom_retries(struct newsroom *n, const struct event *e, struct event *delivery_out);
enum result newsroom_retried(
    struct newsroom *n, const struct act *t, const struct wire_result *read) CHECKED;
enum result newsroom_drop(struct newsroom *n, const struct act *t) CHECKED;
/* newsroom_comments.c: what readers write, and say of it. */
enum result newsroom_apply_comment(struct newsroom *n, const struct event *e) CHECKED;
/* What an editor let stand or hid teaches what to expect of the next. */
enum result newsroom_teach(struct newsroom *n, story_id page, const struct act *act) CHECKED;
enum result newsroom_view_comments(
    struct newsroom *n, const struct decided *d, struct view *v) CHECKED;
/* Which of them wait for an editor, behind the page's decision. */
enum result newsroom_comments_wait(struct newsroom *n, const struct decided *d) CHECKED;
/* newsroom_import.c: what was taken over from the site that was here before. */
enum result newsroom_apply_address(struct newsroom *n, const struct event *e) CHECKED;
/* ---- newsroom_audience.c: what was read ---- */
enum result newsroom_apply_counts(struct newsroom *n, const struct event *e) CHECKED;
/* When a delivery came; of what another site had published, since when it was public there. */
int64_t newsroom_since(struct newsroom *n, const struct event *e);
struct span newsroom_tag_slug(struct newsroom *n, struct span name); /* of its page */
/* newsroom_mint: all that need one; then the desk's words in their place. */
/* Reads what newsroom_mint_all has written: false where it holds no page or no day. Its words live
 * in a and in e. */
bool newsroom_read_mint(struct arena *a, const struct event *e, struct mint *out);
enum result newsroom_mint_all(struct newsroom *n, struct decided *list, size_t count) CHECKED;
void newsroom_reslug(struct newsroom *n, struct decided *d);
int64_t newsroom_day(
    const struct newsroom *n, int64_t ms); /* in the site's zone, as mints have it */
/* newsroom_rows: all rows of the page; held ones when those of all pages are there. */
enum result newsroom_put_rows(struct newsroom *n, struct decided *d) CHECKED;
enum result newsroom_put_held(struct newsroom *n, const struct decided *d) CHECKED;
/* newsroom_ahead: kills and takedowns that wait behind a backlog of at least so many events, into
 * the tombstones. */
enum result newsroom_peek(struct newsroom *n, uint64_t backlog) CHECKED;
void newsroom_know_more(struct newsroom *n);
void newsroom_forget_foretold(struct newsroom *n);
/* One delivery's bytes, and what a reader says of them: asked for by hooks.ask in between. */
struct reading {
    struct span bytes;
    struct wire_hint hint;
    struct span unread; /* intake did not take it, and why; empty: it did */
    bool wanted, lost;
};
enum result newsroom_load(struct newsroom *n, const struct event *e, struct reading *r) CHECKED;
enum result newsroom_answer(
    struct newsroom *n, const struct event *e, struct reading *r, struct wire_result *out) CHECKED;
/* newsroom_links: the page on which the item stands; pages that the item ties together are one from
 * here on. */
enum result newsroom_page(struct newsroom *n, const struct desk_version *v, struct span provider,
    struct span link_key, story_id *page) CHECKED;
/* What the item says of others that are not part of its page is kept. */
enum result newsroom_note_points(
    struct newsroom *n, const struct desk_version *v, struct span provider) CHECKED;
/* The pages that name a page of this step are decided with it. */
enum result newsroom_touch_around(struct newsroom *n) CHECKED;
/* newsroom_notice: an item that is an order in words is obeyed; any other is found by those that
 * wait for it. */
enum result newsroom_obey_words(
    struct newsroom *n, const struct desk_version *v, struct span provider) CHECKED;
/* newsroom_alike: once the item is stored and orders in words are obeyed, for both may kill: copies
 * of what was killed are held (T4), other agencies' items that say the same are known (V8). */
enum result newsroom_note_alike(
    struct newsroom *n, const struct desk_version *v, struct span provider, story_id page) CHECKED;
/* Something of the page has been killed at this instant: copies of it may come. */
enum result newsroom_note_killed(struct newsroom *n, story_id page, int64_t at_ms) CHECKED;
/* An act may have lifted the page's kill: what was held as its copy is free then. */
enum result newsroom_free_copies(struct newsroom *n, story_id page, const struct event *e) CHECKED;
/* Pages of other agencies that tell the same news as what is shown of this one. */
enum result newsroom_also(
    struct newsroom *n, const struct decided *d, story_id *out, size_t room, size_t *count) CHECKED;
/* A package of which no member is public at this instant. For the desk's list alone: readers ask
 * the view. */
bool newsroom_waits(struct newsroom *n, const struct view *v, int64_t now_ms);
enum result newsroom_refs(struct newsroom *n, const struct decided *d, struct view *v) CHECKED;
bool newsroom_was_joined(struct newsroom *n, story_id page); /* another page holds its items now */
enum result newsroom_set(struct newsroom *n, story_id page, struct desk_set *out) CHECKED;
/* newsroom_limits.c: what a reading is marked with as it comes (enum desk_mark): over a limit of
 * its feed, or in shadow. Counts it. */
enum result newsroom_mark(struct newsroom *n, const struct desk_version *v, story_id page,
    bool is_import, int *mark_out) CHECKED;
enum result newsroom_go_live(struct newsroom *n, const struct act *t) CHECKED;
enum result newsroom_arm_shadows(struct newsroom *n) CHECKED; /* under a new configuration */
/* newsroom_rhythm.c. Feeds that a configuration names first are listened to from at_ms on; those
 * of the one before still are. */
enum result newsroom_listens(struct newsroom *n, int64_t at_ms) CHECKED;
enum result newsroom_note_near(
    struct newsroom *n, const struct desk_version *v, struct span provider) CHECKED;
/* newsroom_deadlines.c: those that passed since the last look, and whose takedowns stand. In a
 * transaction of its own, between steps. */
enum result newsroom_tell_deadlines(struct newsroom *n, int64_t now_ms) CHECKED;
/* newsroom_grievances.c: complaints. */
enum result newsroom_apply_grievance(struct newsroom *n, const struct event *e) CHECKED;
enum result newsroom_apply_grievance_act(struct newsroom *n, const struct event *e,
    const struct act *act, struct stored_act *stored) CHECKED;
enum result newsroom_tell_grievances(
    struct newsroom *n, int64_t after_ms, int64_t now_ms) CHECKED; /* in an open transaction */
enum result newsroom_load_pauses(struct newsroom *n) CHECKED;
/* newsroom_out.c: what a decision sends out of the house. view NULL: the page is not shown; before:
 * how it was shown until now, NULL: not. */
enum result newsroom_news(struct newsroom *n, const struct decided *d, const struct view *view,
    const struct view *before) CHECKED;
enum result newsroom_receipt(
    struct newsroom *n, const struct decided *d, const struct view *before) CHECKED;
/* newsroom_listed.c: the lists of the site on which a page stands, in the job's memory: section,
 * labels, authors, day. */
struct listed {
    const char
        *kind; /* of its address: "section", "author", "archive/2026/01", of which 23 is a day */
    struct span name;
};
struct listed *newsroom_lists_of(struct newsroom *n, const struct view *v, size_t *count_out);
/* A list's page and the feeds below it, as paths below base; 0: its name is empty, or too long. */
enum { NEWSROOM_LIST_PATHS = 1 + PRESS_FEEDS };
size_t newsroom_list_paths(
    struct newsroom *n, const struct listed *l, struct span out[NEWSROOM_LIST_PATHS]);
void newsroom_put_lists(struct newsroom *n, struct json_out *o, const struct view *v);
/* The pages of those lists, each behind an end of line; that of corrections where it has one. */
void newsroom_put_list_lines(struct newsroom *n, struct buf *b, const struct view *v);
/* newsroom_receipt.c: a page's pictures' files, as paths below base. */
void newsroom_put_files(struct newsroom *n, struct json_out *o, const struct view *v);
void newsroom_put_file(struct newsroom *n, struct json_out *o, struct span hash_hex);
/* newsroom_places.c: every other address at which the page was ever seen, or is named, as paths
 * below base, each once. */
struct places_told {
    size_t left_out; /* for which there was no room, or that could not be told */
    bool is_struck;  /* some address held words that the desk has struck: it is not repeated */
};
struct places_told newsroom_put_places(
    struct newsroom *n, struct json_out *o, const struct decided *d, const struct view *before);
void newsroom_put_texts(
    struct json_out *o, const char *name, const struct span *list, size_t count);
/* Some country in which a story of this territory is shown: as from there it is to be asked for.
 * Empty: it is shown everywhere, or nowhere. */
struct span newsroom_country(struct newsroom *n, struct span territory);
/* newsroom_lost.c: a page that stays goes on without pictures that it showed; when all pages of the
 * step are decided, those that were withdrawn are told of, each once. */
void newsroom_note_lost(struct newsroom *n, const struct view *before, const struct view *view);
enum result newsroom_tell_lost(struct newsroom *n) CHECKED;
void newsroom_forget_lost(struct newsroom *n); /* what a step gathered that was not finished */
/* newsroom_cdn.c: caches in front are to drop the page: it was withdrawn (before: how it was
 * shown), or is corrected or struck (view), also where it stands no more. */
enum result newsroom_cdn_withdrawn(
    struct newsroom *n, const struct decided *d, const struct view *before) CHECKED;
enum result newsroom_cdn_corrected(struct newsroom *n, const struct decided *d,
    const struct view *view, const struct view *before, struct span text_hash) CHECKED;
/* The same of a kill that is found ahead of its turn (K18): the row follows with the decision. */
void newsroom_cdn_ahead(struct newsroom *n, story_id page, story_id item, int64_t at_ms);
enum result newsroom_alarm(struct newsroom *n, const char *kind, struct span subject,
    const struct alarm *al) CHECKED; /* into the desk's list, and on its way to people */
enum result newsroom_fetch(struct newsroom *n, struct span feed, struct span url) CHECKED;
/* The lists alone on which it stands: section, tags, authors. */
void newsroom_view_lists(struct newsroom *n, const struct decided *d, struct view *v);
enum result newsroom_view(struct newsroom *n, struct decided *d, struct view **out) CHECKED;
/* newsroom_history.c: what each revision changed, as far as it may be told. */
void newsroom_history(struct newsroom *n, const struct decided *d, struct view *v);
/* newsroom_timeline.c: what of the present text came with which revision. */
void newsroom_timeline(struct newsroom *n, const struct decided *d, struct view *v);
/* newsroom_pictures.c */
/* newsroom_credit: behind the pictures. */
void newsroom_credit(struct newsroom *n, const struct config_feed *f, struct view *v);
enum result newsroom_view_pictures(struct newsroom *n, struct decided *d, struct view *v) CHECKED;
enum result newsroom_preview(struct newsroom *n, const struct decided *d) CHECKED;
enum result newsroom_forget_pictures(struct newsroom *n, const struct decided *d) CHECKED;
enum result newsroom_note_picture(struct newsroom *n, const struct desk_version *v) CHECKED;
enum result newsroom_touch_waiting(struct newsroom *n, struct span feed, struct span name) CHECKED;
enum result newsroom_touch_users(
    struct newsroom *n) CHECKED; /* pages that show what is to be decided are decided too */
bool newsroom_is_picture(const struct decided *d);
struct span newsroom_why_no_picture(struct newsroom *n, const struct decided *d);
struct span newsroom_slug_of(struct newsroom *n, struct span words);
struct span newsroom_slug(struct newsroom *n, const struct decided *d);
struct span page_path(struct arena *a, const struct mint *m);
/* Puts in force what the event holds; NULL: what the store has kept of it. What cannot be read of
 * an event is told at the desk, and the configuration before stays; of the store's: ERR_CORRUPT. */
enum result newsroom_use_config(
    struct newsroom *n, struct span json, const struct event *e) CHECKED;
enum result newsroom_apply_config(struct newsroom *n, const struct event *e) CHECKED;
enum result newsroom_use_known_config(struct newsroom *n) CHECKED; /* at the start */
/* Damage of the ledger is none of the store: building that again would only find it again. */
static inline enum result newsroom_of_ledger(enum result r)
{
    return r == ERR_CORRUPT ? ERR_LEDGER : r;
}
const struct config_feed *newsroom_feed(const struct newsroom *n, struct span name);
struct span newsroom_provider(const struct newsroom *n, struct span feed); /* or the feed itself */
void newsroom_want(struct newsroom *n, struct span hex);
bool hash_from_hex(struct span hex, struct hash *out);

#endif
