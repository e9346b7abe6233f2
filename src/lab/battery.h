/* battery.h: what the battery's files share; private to lab. A schedule is made from a seed
 * (schedule.c) or read from a file (schedule_text.c), its wire files are written (battery_words.c),
 * it is played on a stage (battery_play.c: the stages of rehearsals, or battery_tables.c, which is
 * newsroom and store alone) and what readers would see is compared with the oracle
 * (battery_tables.c, battery_pages.c). battery.c runs many of them, and battery_shrink.c makes a
 * failing one smaller. docs/reliability.md. */
#ifndef BATTERY_H
#define BATTERY_H

#include "oracle.h"
#include "rehearse.h"

enum {
    SCHEDULE_EVENTS_MAX = 400,
    SCHEDULE_BYTES_MAX = 4 << 20,
    TEXTS_FROM = 100000,    /* numbers of headlines that editors write; below: revisions */
    COMMENTS_FROM = 300000, /* of what readers write */
    NAMES_FROM =
        200000, /* of names, which all that is said of one guid holds; editors strike them */
};

/* ---- schedules ---- */
enum schedule_kind {
    SK_SEND,
    SK_CUT, /* the same, but the file breaks off in the middle */
    SK_REPLAY,
    SK_ACT,
    SK_POLICY,
    SK_CRASH,
    SK_REBUILD,
    SK_JUMP,
    SK_COMMENT,
    SK_KINDS
};
enum schedule_crash { CRASH_ALL, CRASH_NEWSROOM, CRASH_WEB };
struct schedule_event {
    enum schedule_kind kind;
    int64_t after_ms; /* how long after the event before; at least 1 */
    bool queued;      /* the next one comes before the newsroom has looked */
    int feed;
    struct oracle_item items[ORACLE_ITEMS_MAX];
    int item_count;
    int act, guid, brake, text;
    int how; /* enum schedule_crash; of a replay: 1 backwards */
    int64_t delta_ms;
    struct oracle_policy policies[ORACLE_FEEDS];
};
struct schedule {
    uint64_t seed;
    int64_t start_ms;
    struct oracle_policy policies[ORACLE_FEEDS];
    struct schedule_event *events;
    size_t count;
};
struct schedule *schedule_make(struct arena *a, uint64_t seed);
/* Is every event possible where it stands? Shrinking takes events away. */
bool schedule_is_sound(const struct schedule *s);
struct span schedule_write(struct arena *a, const struct schedule *s, const char *layer);
/* NULL: not a schedule; says why on standard error. layer_out: the one it failed on. */
struct schedule *schedule_read(
    struct arena *a, struct span text, const char *name, struct span *layer_out);
uint64_t draw(uint64_t *state);
int below(uint64_t *state, int n);

/* ---- words: each revision carries words that nothing else in the world carries ---- */
enum word_kind {
    WORD_HEADLINE = 'h',
    WORD_BODY = 'b',
    WORD_TAG = 't',
    WORD_AUTHOR = 'a',
    WORD_NAME = 'n',
    WORD_COMMENT = 'c',
    WORD_DESK = 'e'
};
struct span word_of(struct arena *a, enum word_kind k, int number);
/* The next such word in text from *i on; moves *i behind it. */
bool word_next(struct span text, size_t *i, enum word_kind *kind, int *number);
struct span words_guid(struct arena *a, int guid);
struct span words_headline(struct arena *a, int text, int guid); /* what an editor writes */
struct span words_name(struct arena *a, int guid);
struct span words_picture_name(struct arena *a, int agency, int guid);
struct span words_picture_bytes(struct arena *a, int agency, int guid);
struct comment words_comment(struct arena *a, int comment, int guid); /* with its id */
struct span words_delivery(
    struct arena *a, int feed, const struct oracle_item *items, int count); /* the file */
extern const char *const battery_feeds[ORACLE_FEEDS];
extern const char *const battery_sections[2];
enum { TAGS = ORACLE_FEEDS * ORACLE_RULES }; /* that rules give */
struct span words_tag(struct arena *a, int tag);
const char *battery_brake(int brake);
struct span words_site(struct arena *a, const struct oracle_policy *policies); /* JSON */

struct round;
/* ---- who must stand in a list; of: the section or revision that it is of ---- */
typedef bool belongs_fn(const struct oracle_page *p, int of);
belongs_fn belongs_any, belongs_front, belongs_section, belongs_revision, belongs_correction,
    belongs_name, belongs_where_said, belongs_indexable, belongs_news, belongs_tag, belongs_none;
/* C6: must this address stay? It tells a revision's headline, and names. Of editors' headlines the
 * oracle keeps no past; of pages that became one, and of what was overtaken while it waited for its
 * embargo, what was public is what is known of it by now. */
bool address_binds(
    struct round *r, const struct oracle_view *v, const struct oracle_page *page, struct span path);
/* V8: does a twin that was published before it stand in the same list? Then that one is shown. */
bool stands_behind(struct round *r, const struct oracle_view *v, const struct oracle_page *p,
    belongs_fn *b, int of);
bool comment_stands(const struct oracle_page *p, int comment);
/* Is this name struck from that page? number: from NAMES_FROM on. */
bool name_is_struck(const struct oracle_page *p, int number);

/* ---- a schedule being played ---- */
enum layer { LAYER_TABLES, LAYER_PRESS, LAYER_HTTP, LAYERS };
struct tally {
    uint64_t schedules, events, comparisons, embargo_leaks, kill_leaks, divergences;
};
struct revision_known {
    const struct oracle_item *item; /* NULL: an editor's headline */
    int key;                        /* its item's */
};
struct sent_file {
    int feed;
    const struct schedule_event *event;
    struct span bytes;
};
struct first_day; /* battery_day.c */
struct round {
    struct first_day *first_day; /* NULL: each begins from nothing */
    const struct schedule *schedule;
    struct play *p;
    enum layer layer;
    struct tally *tally;
    uint64_t luck; /* of how much is looked at when */
    struct arena *arena, *look_arena;
    struct oracle_event *log;
    size_t log_count, log_cap;
    struct sent_file *sent;
    size_t sent_count, sent_cap;
    struct oracle_policy policies[ORACLE_FEEDS];
    int64_t wall_gap_ms;
    size_t at; /* event that is played */
    bool failed;
    struct span why;
    /* what is known of the words, by number of the revision or text */
    struct map *words;
    struct map *urls;                              /* story -> its address once it was public */
    story_id ids[ORACLE_FEEDS * ORACLE_GUIDS_MAX]; /* by the oracle's number of the item */
    bool was_shown[4096]; /* revisions that were public at some look, whatever became of their
                             page since */
    bool has_picture[ORACLE_FEEDS][ORACLE_GUIDS_MAX]; /* its file has come by that feed */
    void *more;                                       /* the looker's */
};
/* Plays it whole; r->failed and r->why tell. */
void round_play(struct round *r);
/* The story with this word is seen where it must not be, or is not where it must be. */
void round_leak(struct round *r, const struct oracle_view *v, int number, const char *where, ...)
    __attribute__((format(printf, 4, 5)));
void round_differs(struct round *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
story_id round_id(struct round *r, int key);
struct revision_known *round_word(const struct round *r, int number);

/* Compares everything that can be seen now. late: before the newsroom has looked at what fell due:
 * nothing may be seen that must not be; what is missing is only late. */
void tables_compare(struct round *r, const struct oracle_view *v, bool whole, bool late);
void pages_compare(struct round *r, const struct oracle_view *v, bool whole, bool late);
extern const struct playhouse stage_tables;
/* As if the web had taken it, whatever the story allows. */
bool tables_comment(struct play *p, story_id story, const struct comment *c);

/* ---- battery_disk.c ---- */
/* From here on SQLite keeps its files in the memory of this process; once, before any is opened. */
void disk_in_memory(void);
/* What they hold, for disk_again. No handle may be open in either. */
void disk_keep(void);
void disk_again(void);

/* ---- battery_day.c: a house's folder as it stood on its first day, with SQLite's files in memory
 * ---- */
struct first_day *first_day_new(void);
void first_day_free(struct first_day *f);
bool first_day_is_kept(const struct first_day *f);
/* The house in this folder is closed: what stands in it is remembered beside it. key: of its
 * ledger.
 */
bool first_day_keep(struct first_day *f, const char *data, struct span key);
/* The same folder, whatever was done in it since, and closed. false: it cannot be put back. */
bool first_day_again(struct first_day *f, const char *data, struct span *key_out);

#endif
