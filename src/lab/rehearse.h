/* rehearse.h: what rehearsals' files share; private to lab. A scenario is read (rehearse_read.c),
 * played step by step (rehearse_play.c) on a stage: the whole pipeline in this process
 * (rehearse_here.c) or the real processes (rehearse_http.c). What readers see is looked at by
 * surface (rehearse_look.c, rehearse_surface.c) and judged (rehearse_check.c). The format:
 * docs/rehearsals.md. */
#ifndef REHEARSE_H
#define REHEARSE_H

#include "commands.h"
#include "transport.h"

enum {
    REHEARSE_ARENA = 2000 << 20, /* address space; a scenario touches a few megabytes */
    SCENARIO_MAX = 4 << 20,
    WIRE_FILE_MAX = 32 << 20,
    JOBS_MAX = 16,       /* scenarios at a time */
    FAILURES_MAX = 40,   /* told of one scenario; the rest is counted */
    SETTLE_MAX = 100000, /* pieces of work in one settling: beyond it something runs in circles */
};

/* ================= the scenario as read ================= */
enum step_kind {
    STEP_SEND,
    STEP_REPLAY,
    STEP_DESK,
    STEP_COMMENT,
    STEP_VISIT,
    STEP_CRASH,
    STEP_REBUILD,
    STEP_BACKUP,
    STEP_RESTORE,
    STEP_PAUSE,
    STEP_RESUME,
    STEP_CLOCK,
    STEP_DISK,
    STEP_CONFIG,
    STEP_EXPECT,
    STEP_PUSH,   /* the rest: our own extensions, docs/rehearsals.md */
    STEP_UPLOAD, /* a file that is still being written */
    STEP_FINISH,
    STEP_STOP,
    STEP_START,
    STEP_FRESH,
    STEP_MARK,
};
struct step {
    enum step_kind kind;
    const struct json *json, *value; /* the step, and what stands under its verb */
    struct span label, at;
    int64_t at_ms; /* by the scenario's clock */
};
struct scenario {
    struct arena *arena;
    const char *folder;
    struct span title;
    struct span rules; /* "K2, V1" */
    int64_t start_ms;
    const struct json *site; /* NULL: none */
    struct step *steps;
    size_t count;
};
/* NULL: unreadable; every mistake was printed as file:line:column: why. */
struct scenario *scenario_read(struct arena *a, const char *folder, const char *site_file);
struct span scenario_file(
    const struct scenario *s, struct arena *a, struct span name); /* bytes; p NULL: not there */
/* "+90s", "-5m", "+1h": milliseconds. */
bool offset_of(struct span text, int64_t *ms_out);

/* ================= the site's configuration ================= */
struct json *json_over(struct arena *a, const struct json *base, const struct json *over);
/* The default one of rehearsals with overlays laid over it, folders and keys of each feed below
 * root; as JSON, which the configuration's reader takes. Makes the folders. */
struct span site_config_text(struct arena *a, const struct json *site, const char *root);
struct json *site_default(struct arena *a, const char *site_file);
/* Files that it names are in folder, wherever the site file will be: only site.media_topics is. */
const struct json *site_from(struct arena *a, const struct json *site, const char *folder);

/* ================= what the wire has sent ================= */
struct known { /* a guid, with all that any version of it could have shown */
    struct span guid, feed;
    story_id id;
    struct span headline; /* newest sent */
    struct map *tags;     /* shown names of tags and authors, slug -> slug */
    struct map *authors;
    struct map *files;      /* pictures that it names */
    struct span right_path; /* public address last seen; empty: never public yet */
    struct span old_path;   /* before the desk gave it another */
    bool may_move;          /* an act has just done so */
};
struct sent {
    struct span feed, name, bytes;
    int64_t at_ms;
};

/* ================= looking ================= */
struct answer {
    int status;            /* 0: no answer */
    struct span head;      /* field lines, without Date */
    struct span raw, body; /* as sent, and with its coding undone */
};
struct request {
    enum http_method method;
    struct span target; /* with query */
    struct span coding; /* Accept-Encoding */
    struct span if_none_match, if_modified_since, range;
    bool visit;             /* a reader's: counts for popularity */
    struct span more, body; /* pushes: further field lines, and what is pushed */
};
struct look { /* one address at one step */
    struct answer plain;
    struct span *forms; /* the body folded for comparing, markup and escapes undone */
    size_t form_count;
};
struct validators { /* of the last answers of an address */
    struct span etag[CODINGS], modified;
    struct span body; /* plain */
    int status;
};

/* ================= the stage ================= */
struct play;
struct playhouse {
    const char *name;
    bool (*start)(struct play *p);                   /* at p->now_ms; false: p->trouble says why */
    void (*stop)(struct play *p);                    /* in order */
    bool (*crash)(struct play *p, struct span role); /* kill -9 and start again */
    bool (*taken)(struct play *p, struct span feed,
        struct span name);          /* waits until a whole file is in the ledger */
    bool (*settle)(struct play *p); /* until nothing is left to do at this instant */
    void (*set_clock)(struct play *p, int64_t now_ms);
    int64_t (*next_due)(struct play *p);
    bool (*reload)(struct play *p); /* the site file has changed */
    bool (*rebuild)(struct play *p);
    bool (*act)(struct play *p, const struct act *act);
    bool (*purge)(struct play *p, const struct act *act);
    void (*ask)(struct play *p, struct arena *a, const struct request *r, struct answer *out);
    int (*push)(struct play *p, const struct push *push, struct span name); /* status */
    bool (*visit)(struct play *p, struct span path, size_t times);
    /* A form sent to a story's …/comments; out's body is plain. */
    void (*comment)(struct play *p, struct span target, struct span form, struct answer *out);
    struct store *(*store)(struct play *p, struct arena *a); /* to list what the desk lists */
    void (*store_done)(struct play *p, struct store *s);
};
extern const struct playhouse stage_here, stage_http;

struct play {
    const struct scenario *scenario;
    const struct playhouse *stage;
    void *state;         /* the stage's */
    struct arena *arena; /* of the whole scenario */
    struct arena *step_arena;
    const char *root, *data, *site_file;
    struct json *site; /* configuration in force */
    struct config *config;
    struct span key; /* of story ids */
    int64_t now_ms, shift_ms;
    bool up, disk_full;
    struct span country; /* from which is looked; empty: not known */
    const char *disk;    /* a small disk of its own for DATA; NULL: none is wanted */
    struct map *known_map, *days, *looks, *validators, *labels, *uploads;
    struct known **known;
    size_t known_count, known_cap;
    struct sent *sent;
    size_t sent_count, sent_cap;
    struct span last_push_head[3], last_push_body, last_push_feed; /* for replaying it */
    size_t step;
    struct span trouble; /* the step could not be done */
    size_t checks, failure_count;
    struct span failures[FAILURES_MAX];
    bool skipped;
    struct span skip_why;
};
void fail(struct play *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool troubled(struct play *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool skip(struct play *p, const char *why); /* it cannot be played here; false */
#define held(p, cond, ...) ((p)->checks++, (cond) ? true : (fail(p, __VA_ARGS__), false))

/* ================= many scenarios ================= */
enum outcome { HELD, FAILED, SKIPPED };
struct outcome_report {
    enum outcome outcome;
    uint64_t checks, failures;
    struct span told[FAILURES_MAX], skip_why;
    size_t told_count;
    int64_t took_ms;
};
struct playing_options {
    const char *site_file; /* --config; NULL: none */
    const struct playhouse *stage;
    bool keep;   /* the folder of one that failed */
    size_t jobs; /* at a time */
};

/* rehearse_each.c: false: no temporary folder, no process. tell is called in the list's order. */
bool play_each(struct arena *a, const struct playing_options *o, struct scenario *const *list,
    size_t count,
    void (*tell)(void *with, const struct scenario *s, const struct outcome_report *r), void *with);

/* rehearse_play.c */
void play_scenario(struct play *p);
void play_close(struct play *p);               /* stops what runs */
bool play_move(struct play *p, int64_t to_ms); /* time goes on, by the scenario's clock */
bool play_configure(struct play *p);           /* writes and reads the site file in force */

/* rehearse_wire.c */
bool wire_send(struct play *p, struct span feed, struct span name, struct span bytes);
void wire_learn(struct play *p, struct span feed, struct span bytes);
bool wire_place(struct play *p, struct span feed, struct span name, struct span bytes);
struct known *known_of(struct play *p, struct span guid);
story_id id_of(struct play *p, struct span guid);
struct span step_feed(struct play *p, const struct json *step);
bool step_send(struct play *p, const struct step *s);
bool step_push(struct play *p, const struct step *s);
bool step_upload(struct play *p, const struct step *s);
bool step_finish(struct play *p, const struct step *s);
bool step_replay(struct play *p, const struct step *s);

/* rehearse_comment.c */
bool step_comment(struct play *p, const struct step *s);
struct span comment_with(struct play *p, struct span guid, struct span words); /* empty: none */

/* rehearse_look.c */
void ask(struct play *p, struct arena *a, const struct request *r, struct answer *out);
/* The address as plain, gzip, br, HEAD, Range, and with the validators of its last answers; each
 * difference in meaning is a failure. Once a step. */
const struct look *look_at(struct play *p, struct span target);
/* Under which looks and validators are kept: what is seen of an address may differ from country to
 * country. */
struct span seen_from(struct play *p, struct arena *a, struct span target);
bool look_shows(struct play *p, const struct look *l, struct span text);
const struct span *look_forms(struct play *p, const struct look *l, size_t *count_out);
struct span text_folded(struct arena *a, struct span s);

/* rehearse_surface.c */
struct targets {
    struct span *list;
    size_t count, cap;
};
/* The addresses that a surface consists of. false: there is no such surface. */
bool surface_targets(struct play *p, struct span surface, struct targets *out);
void surface_all(struct play *p, struct targets *out); /* every address that a stranger may try */
struct span story_target(struct play *p, struct span guid, int *status_out); /* its right URL */
struct span probe_target(struct play *p, story_id id);
struct span related_block(struct span body);
/* Words of the search page that are the reader's own are taken out: true when it lists nothing. */
bool search_is_empty(struct play *p, struct span words, struct span *why_out);

/* rehearse_check.c */
void check_expectations(struct play *p, const struct json *expect);
/* rehearse_check_house.c */
void check_desk(struct play *p, const struct json *j);
void check_files(struct play *p, const struct json *j);
void check_receipt(struct play *p, const struct json *j);
void check_sent(struct play *p, const struct json *j);
void check_newest(struct play *p, const struct json *j);
void label_snapshot(struct play *p, struct span label);
bool expectation_known(struct span key);

/* rehearse_disk.c */
bool disk_prepare(struct play *p); /* where a step wants it; before DATA is made */
bool step_disk(struct play *p, const struct step *s);

/* rehearse_files.c */
bool folder_copy(const char *from, const char *to); /* as it stands on the disk */
struct span folder_find(
    struct arena *a, const char *folder, struct span text); /* a file that holds it; empty: none */
bool run_self(struct play *p, const char *const *argv); /* one of our own verbs; false: it failed */

#endif
