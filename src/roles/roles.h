/* roles: the only place that knows processes. One file a role; the master starts them, hands them
 * channels, restarts them; cages close around them. The newsroom's work stands apart from its
 * process (newsroom.h's functions below), so that rehearsals and rebuilds drive it step by step. */
#ifndef ROLES_H
#define ROLES_H

#include <poll.h>
#include <sys/types.h>

#include "base.h"
#include "clock.h"
#include "config.h"
#include "desk.h"
#include "ledger.h"
#include "net.h"
#include "office.h"
#include "picture.h"
#include "press.h"
#include "site.h"
#include "store.h"
#include "wire.h"

/* ================= the house: one data directory and its configuration ================= */
enum { HOUSE_LISTENERS_MAX = 8, HOUSE_READERS = 2, HOUSE_VERSION = 1 };
/* In run/rebuild: by somebody, not by damage. Behind it, in digits, how many live pages may change
 * unasked; nothing: as many as the configuration says. */
#define HOUSE_REBUILD_ASKED "asked for\n"
#define HOUSE_SPARE "spare" /* DATA/spare: this is a spare, and of what: it never serves */
struct house {
    struct arena *arena;
    const char *data, *store, *run, *pictures, *receipts; /* DATA and folders below it */
    struct config *config;
    struct span config_bytes; /* as read; empty: none */
    struct span theme;        /* the files of the theme's folder (press_theme_read); empty: none */
    struct span public_files; /* those of the folder public/ (public_read); empty: none */
    struct house_book *books; /* what configurations stand in; the last one read first */
    char said[2048];          /* of the last configuration tried: its mistakes, cut short */
    const char *config_path;  /* NULL: none */
    const char *program;      /* the file that we run, for whoever takes over; NULL: nobody may */
    struct span wire_folder;  /* --wire; empty: none */
    struct span theme_folder; /* --theme; empty: the configuration's */
    struct net_listener listeners[HOUSE_LISTENERS_MAX];
    size_t listener_count;
    char address[128]; /* of the first listener, "http://127.0.0.1:8080" */
    char self[128]; /* a door for our own questions: a socket below run/, or the first listener */
    bool has_desk;  /* a door for the desk was configured, and is bound */
    struct net_listener desk;
    char desk_address[128];
    uint64_t turn; /* the reload with which the configuration came; 0: it was there at the start */
    bool one;      /* all roles in one process */
    bool is_watched; /* --dev: a saved file of the theme is a reload */
    int64_t
        virtual_ms; /* -1: the machine's clock; else a driven clock that starts there (rehearsal) */
    uint64_t weighs_at; /* the site file is not what is in force: it is weighed once this position
                           is applied; 0: it is */
    bool config_from_ledger; /* rebuild: no configuration is put in force but the one that the
                                ledger holds */
    int lock_fd;
    uint64_t memory_limit; /* bytes that this machine, or our control group, has for us */
};
/* Makes and locks DATA (ERR_BUSY: a second instance; ERR_NEWER: written by a newer version), opens
 * clock, ledger (genesis) and tombstones once to see that they are sound. why_out: a sentence with
 * the next step, in the house's arena. */
enum result house_open(
    struct house *h, const char *data, int64_t virtual_ms, struct span *why_out) CHECKED;
/* Only the paths, for commands that work beside a running house: no lock. Neither opens a spare
 * (ERR_DENIED). */
enum result house_visit(struct house *h, const char *data, struct span *why_out) CHECKED;
void house_close(struct house *h);
/* Loads the configuration (or the default one with --wire); prints every mistake to standard error.
 * false: there were errors, and the house is as before. */
bool house_configure(struct house *h, const char *config_path, struct span wire_folder);
/* At a start, after house_configure: what the ledger has in force stays so (by the doors that the
 * site file names) where the file says otherwise in what pages depend on; the master weighs the
 * file then as at a reload. The ledger has to be there (house_open). */
void house_keep_in_force(struct house *h);
/* The same file read again, beside the configuration in force: next_out is the house as it would
 * be, and borrows all else of h. After true house_take or house_leave comes first, and next_out is
 * of no more use. false: as house_configure, and what is wrong stands in next_out->said. */
bool house_renew(struct house *h, struct house *next_out);
void house_take(struct house *h, const struct house *next); /* it is in force */
void house_leave(struct house *h);                          /* it is not */
void house_forget(struct house *h); /* frees configurations that are in force no more */
/* Tries what a configuration names: theme, certificate, key. said gets what is wrong, a line each;
 * theme_out the theme's files, in a. false: a site cannot run with it. */
bool house_try(struct arena *a, const struct config *c, struct span *theme_out, struct buf *said);

/* public.c: the folder public/: the one that is named, and has to be there, or the one beside the
 * site file (NULL: none), if it is. false: said gets a line for each file that cannot be taken. The
 * pack lives in a. */
enum {
    PUBLIC_FILES_MAX = 100,        /* a site's few proofs; guards against a wrong folder */
    PUBLIC_FILE_BYTES = 512 << 10, /* the longest ads.txt have some 100 kB */
    PUBLIC_BYTES = 4 << 20,        /* in all: they go to the web in one frame at a reload */
    PUBLIC_NAME_MAX = 120,
};
bool public_read(struct arena *a, const struct config *c, const char *config_path,
    struct span *pack_out, struct buf *said);
/* The files of such a pack, for pages; they point into it. */
void public_take(struct arena *a, struct span pack, struct press_site *site);

/* Hooks of whoever shows stories; with: its tombstones. Restored without them, all is dead until it
 * is confirmed. */
bool house_is_dead(story_id id, void *tombs);
uint64_t house_tomb_count(void *tombs);

/* Where no url is configured, absolute links name the first address that the house listens on. */
void house_own_url(const struct house *h, struct config *c);

/* Plain structs for the floors that may not know config. They point into c. */
struct desk_rules *rules_of(struct arena *a, const struct config *c);
struct press_site *press_site_of(struct arena *a, const struct config *c);
void press_audience_of(struct arena *a, const struct config *c, struct press_audience *out);
struct office_site *office_site_of(struct arena *a, const struct config *c);

/* Acts into the ledger of DATA, in one step; then waits, at most timeout_ms (0: not at all), until
 * newsroom and web have them; until_gone: no longer than until the last one's kill is obeyed, be it
 * ahead of its turn (K18). once: their name; the same again is the same acts. Any thread. */
void acts_perform(const char *data, const struct act *acts, size_t n, struct span once,
    int timeout_ms, bool until_gone, struct office_done *out);

/* health.c: why the house is degraded: one set for `status`, its exit code, /health and /metrics.
 * Of the clock page of a house that runs. */
enum ails {
    AIL_UNREADABLE,
    AIL_UNCONFIRMED,
    AIL_CLOCK,
    AIL_NOT_PUBLISHED,
    AIL_NEWSROOM,
    AIL_BACKLOG,
    AIL_DISK,
    AIL_CHANGES,
    AIL_FETCH,
    AIL_SILENT,
    AIL_AMISS,
    AILS
};
struct ail {
    const char *name, *text; /* for machines, for people */
};
const struct ail *ail_row(enum ails a);
uint32_t house_ails(void);                        /* a bit each */
void ails_json(struct json_out *o, uint32_t set); /* "reasons": [...] */

/* ================= the newsroom's work ================= */
struct picture_answer {
    uint32_t width, height;
    uint32_t forms; /* bit 1 << enum picture_form: every width is there in it; 0: not usable */
    struct span why;
    struct {
        uint32_t width;
        struct span forms[PICTURE_FORMS];
    } made[8];
    size_t made_count;
    struct span card;                   /* 1200x630 */
    struct span shapes[PICTURE_SHAPES]; /* empty: the original is too small */
};
struct newsroom;
struct newsroom_hooks {
    /* Reads one delivery to wire results; called for several at once: ask starts reading, answer
     * waits for that one (in the order asked). With NULL both run in this process. */
    void (*ask)(void *with, uint64_t pos, struct span bytes, const struct wire_hint *hint);
    enum result (*answer)(void *with, uint64_t pos, struct arena *a,
        struct wire_result *out); /* ERR_CORRUPT: the reader crashed on it twice */
    size_t window;                /* how many may be asked ahead */
    void (*killed)(void *with, const story_id *ids, size_t n,
        uint64_t pos); /* durable already; ahead of everything queued */
    void (*urgent)(void *with, const struct out *o); /* leaves the house ahead of its row, where it
                                                        can at once; NULL: waits for that */
    void (*quarantined)(void *with, const struct quarantined *q);
    void (*look)(void *with, struct span hash_hex,
        struct span bytes); /* the darkroom's work; its answer comes by newsroom_picture */
    void (*card)(void *with, const char *name, struct span title,
        struct span colour);      /* a section card to be made as pictures/NAME */
    bool (*may_look)(void *with); /* is the darkroom free? NULL: always */
    void *with;
};
struct newsroom_options {
    const char *ledger_appender;
    bool fresh;            /* rebuild: a new store beside the old one */
    const char *ledger_of; /* another house's data, whose ledger is only read: what would have to be
                              minted is minted here alone (replay); NULL: our own */
};
enum result newsroom_open(const struct house *h, const struct newsroom_options *o,
    const struct newsroom_hooks *hooks, struct newsroom **out, struct span *why_out) CHECKED;
void newsroom_close(struct newsroom *n);
/* Applies what the ledger holds (at most a batch) and what is due by the clock. more_out: there is
 * more to apply at once. ERR_FULL: disk full, nothing lost, try again later. ERR_CORRUPT: the store
 * is damaged; ERR_LEDGER: the ledger is, and no rebuild mends it. */
enum result newsroom_step(struct newsroom *n, bool *more_out) CHECKED;
/* Buries the kills, and the desk's takedowns, that the ledger holds and no step has come to; for
 * those who wait in the middle of one. acts_only: no reader is asked. */
void newsroom_look_ahead(struct newsroom *n, bool acts_only);
/* How many live pages the fresh store would change; 0 where there is no old one that can be read.
 * go_on: after each page; false: stop, ERR_CLOSED. */
enum result newsroom_rebuilt_changes(struct newsroom *n, bool (*go_on)(void *with, size_t pages),
    void *with, uint64_t *pages_out) CHECKED;
/* The fresh store takes the old one's place (store_switch). */
enum result newsroom_switch(struct newsroom *n) CHECKED;
bool newsroom_behind(struct newsroom *n);    /* does a piece of work behind publication (full text,
                                                pictures, cards); false: none is left */
int64_t newsroom_due_ms(struct newsroom *n); /* when the clock makes the next change; INT64_MAX */
/* Puts a configuration in force: an event in the ledger if it differs, every page decided again. */
enum result newsroom_configure(struct newsroom *n, const struct config *c) CHECKED;
void newsroom_look_again(struct newsroom *n); /* the last one asked for was lost */
/* A picture whose renditions are missing on the disk is looked at again; empty: the cards are. */
void newsroom_file_missing(struct newsroom *n, struct span hash_hex);
void newsroom_look_later(struct newsroom *n); /* the disk took nothing of it: in a moment */
/* What cannot be kept, as the disk is full, is looked at again later; until then its stories run
 * without it. */
void newsroom_picture(
    struct newsroom *n, struct span hash_hex, const struct picture_answer *answer);
enum result newsroom_counts(struct newsroom *n, struct span meta_json,
    struct span key) CHECKED; /* popularity as an event */
/* A picture that the courier has fetched, as an event. */
enum result newsroom_fetched(
    struct newsroom *n, struct span feed, struct span url, struct span bytes) CHECKED;
const struct config *newsroom_config(
    const struct newsroom *n); /* editorial keys only; until the next step */
/* Is this feed silent, by own, the site file's word of it, or against its own rhythm? text tells
 * since when, in a. UNKNOWN: for the first minutes behind a start, in which what waited comes. */
enum silence { NOT_SILENT, SILENT, SILENCE_UNKNOWN };
struct feed_silence {
    struct span text;
    int64_t last_ms; /* of its last delivery; 0: not known */
};
enum silence newsroom_silence(struct newsroom *n, const struct config_feed *own, int64_t now_ms,
    struct arena *a, struct feed_silence *out);
/* What is amiss with the numbers and the clock of a feed's messages; texts live in a, empty:
 * nothing. */
struct feed_amiss {
    struct span gaps, clock;
    uint64_t missing;   /* numbers, also of gaps that are too young to be told */
    int64_t ahead_ms;   /* 0: its clock is not ahead */
    bool gaps_are_told; /* they have stood for long enough */
};
void feed_amiss(
    struct store *s, struct span feed, int64_t now_ms, struct arena *a, struct feed_amiss *out);
void newsroom_listen_anew(struct newsroom *n); /* as behind a start: time has jumped */
/* The limits within which the feed has stayed for an hour, as subjects of their alarms (kind
 * "rate"), whose all clear is due. They live in a. */
enum { LIMITS_OF_A_FEED = 4 };
size_t newsroom_within_limits(struct newsroom *n, struct span feed, struct arena *a,
    struct span out[static LIMITS_OF_A_FEED]);
/* What the disk with the data loses a day. */
struct disk_growth {
    int64_t a_day;     /* bytes; −1: not known, for a day has not gone yet */
    int64_t days_left; /* −1: not known, or it does not grow */
};
struct disk_growth disk_grows(struct arena *a, const char *data, int64_t now_ms);
void disk_note(struct arena *a, const char *data, int64_t now_ms); /* once an hour is kept */
/* Deliveries made durable; on a full disk only those that may hold a kill: taken says which. OK:
 * one at least was. */
enum result deliveries_append(
    struct ledger *l, struct append *events, size_t n, bool *taken) CHECKED;
/* The meta of a comment's event. since_ms: it was written elsewhere, then; 0: now. */
struct span comment_meta(
    struct arena *a, story_id story, const struct comment *c, int64_t since_ms);
/* Back. false: it is no comment, nor a word about one. Its texts lie in a. */
bool comment_read(struct arena *a, struct span meta, story_id *story_out, struct comment *out);
/* A reader's comment made durable, or his word about one; the same id, or key, twice is one.
 * ERR_DENIED: it is over a limit. */
enum result comment_append(
    struct ledger *l, struct arena *a, story_id story, const struct comment *c) CHECKED;

/* ---- memory.c ---- */
/* What the machine has, or less where a control group of this process says so, in bytes. */
uint64_t memory_limit(void);
uint64_t memory_limit_of(const char *cgroups, const char *sys, uint64_t machine);
/* Of one who could use `most`: a part of the house's limit, and never below `least`. Bytes. */
size_t memory_share(const struct house *h, size_t least, size_t most);
/* Where memory ends all the same, the kernel ends this process before others: a delivery or a
 * picture is lost by it for a moment, and no more (proc(5), oom_score_adj). */
void memory_give_way(void);

/* ---- complaints (grievances.c) ---- */
/* Kept, and then in the ledger by its number alone; the same number twice is one. ERR_DENIED: it is
 * over a limit; ERR_BUSY: there are too many today. */
enum result grievance_append(struct ledger *l, struct arena *a, const char *data, story_id story,
    const struct complaint *c) CHECKED;
/* The meta of an EVENT_GRIEVANCE. false: it is none. */
bool grievance_read(struct arena *a, struct span meta, story_id *number_out, story_id *story_out,
    struct span *key_out);
/* ---- what is taken over from the site that was here before ---- */
/* The meta of a delivery that it had published since then: the newsroom takes that for the instant
 * at which it came, no later than it really did. Only our own import writes it. */
struct span import_meta(struct arena *a, struct span name, int64_t since_ms);
enum address_leads {
    ADDRESS_STORY,
    ADDRESS_TAG,
    ADDRESS_AUTHOR,
    ADDRESS_PICTURE,
    ADDRESS_PATH,
    ADDRESS_GONE
};
/* The meta of an EVENT_ADDRESS. to: the name of a tag or an author; a picture's hash in hex; a path
 * below base, or a URL. story, where it leads elsewhere: with whose purge it is forgotten; or 0. */
struct span address_meta(struct arena *a, const struct span *old, size_t n,
    enum address_leads leads, story_id story, struct span to);
/* May these bytes hold a kill? Cheap; says yes too often. */
bool smells_of_kill(struct span bytes);
struct span page_path(struct arena *a, const struct mint *m); /* below base */
struct store *newsroom_store(struct newsroom *n);
struct ledger *newsroom_ledger(struct newsroom *n);
struct tombs *newsroom_tombs(struct newsroom *n);
uint64_t newsroom_position(const struct newsroom *n);

void darkroom_work(struct arena *a, struct span bytes,
    struct picture_answer *out); /* in any process that has called picture_start */

/* ================= replay: what pages would be ================= */
enum replay_fate {
    REPLAY_LEAVES,  /* live now, and would not be */
    REPLAY_APPEARS, /* would be live, and is not */
    REPLAY_CHANGES, /* live, and would be otherwise */
    REPLAY_UNSEEN,  /* live on neither side; what the desk sees of it would be otherwise */
    REPLAY_FATES
};
enum { REPLAY_FIELDS = 28, REPLAY_TOKEN_MAX = 12 };
struct replay_field {
    const char *what; /* "headline", "section" … */
    size_t index;     /* replay_field_name */
    struct span before, after;
    struct span diff; /* of a text: the words around what differs; else empty */
};
struct replay_page { /* lives until the next one */
    story_id page;
    struct span guid, headline;
    int64_t front_ms;
    enum replay_fate fate;
    struct replay_field fields[REPLAY_FIELDS]; /* what differs, the gravest first */
    size_t field_count;
    struct span why;            /* nothing of it would be there: why not */
    const struct verdict *then; /* as it would be */
};
struct replay_sum {
    size_t pages, live; /* looked at; live now */
    size_t fates[REPLAY_FATES];
    size_t fields[REPLAY_FIELDS]; /* of REPLAY_CHANGES */
};
struct replay {
    struct store *now_store, *then_store; /* the same: stories as they were read */
    const struct config *now_config, *then_config;
    struct tombs *tombs; /* of now: they count on both sides */
    int64_t now_ms;
    int64_t since_ms;   /* pages with a version since then; 0: all */
    uint64_t until_pos; /* what the ledger has brought behind it is in neither side */
    void (*each)(void *with, const struct replay_page *p); /* what differs; NULL: only counted */
    bool (*go_on)(void *with, size_t pages_done);          /* after each page; NULL; false: stop */
    void *with;
};
/* Each page is decided by both sides and compared. ERR_CLOSED: it was told to stop. */
enum result replay_compare(struct arena *a, const struct replay *q, struct replay_sum *out) CHECKED;
uint64_t replay_weight(const struct replay_sum *s); /* pages that readers would see otherwise */
const char *replay_field_name(size_t index);        /* NULL: there are no more */
/* The configuration by which the store's pages are decided, in a. ERR_ABSENT: none yet. */
enum result replay_in_force(
    struct arena *a, struct store *s, struct config **out, const char **why_out) CHECKED;
void replay_same_door(const struct config *now, struct config *then);
/* Names a change from one configuration to another: a yes with it is for this change alone. */
struct span replay_token(struct arena *a, const struct config *now, const struct config *then);
/* "public", "later", "held", "dropped" or "killed": what becomes of it, as of now. */
const char *verdict_outcome(const struct verdict *v, int64_t now_ms);

/* The ledger of a house read again from its raw bytes, by this program, in cages, into a folder of
 * its own. This process's clock is the scratch house's from then on, and stands at now_ms. */
struct replay_scratch;
struct replay_read {                /* what was read */
    uint64_t deliveries, forgotten; /* forgotten: their bytes were purged */
    uint64_t lost;                  /* their bytes are damaged or missing */
    uint64_t rejects;               /* deliveries and items that cannot be read */
};
/* l: the house's ledger, as ledger_look gives it; folder: an empty one. Then the process shuts
 * itself out of all else (cage). */
enum result replay_scratch_open(const struct house *h, const char *folder, int64_t now_ms,
    struct replay_scratch **out, struct span *why_out) CHECKED;
/* Up to this event at least. go_on: after each step, with the position; false: stop (ERR_CLOSED).
 */
enum result replay_scratch_read(struct replay_scratch *s, uint64_t until_pos,
    bool (*go_on)(void *with, uint64_t pos), void *with, struct replay_read *out) CHECKED;
struct store *replay_scratch_store(struct replay_scratch *s);
void replay_scratch_close(struct replay_scratch *s);

/* ================= processes ================= */
enum role {
    ROLE_MASTER,
    ROLE_NEWSROOM,
    ROLE_INTAKE,
    ROLE_READER,
    ROLE_DARKROOM,
    ROLE_WEB,
    ROLE_COURIER,
    ROLE_DESK,
    ROLES
};
const char *role_name(enum role r);
struct role_start {
    enum role role;
    int index;
    int control; /* socket to the master */
    const struct house *house;
};
int role_newsroom(const struct role_start *s);
int role_intake(const struct role_start *s);
int role_reader(const struct role_start *s);
int role_darkroom(const struct role_start *s);
int role_web(const struct role_start *s);
int role_courier(const struct role_start *s);
int role_desk(const struct role_start *s);
/* Runs the house until SIGINT or SIGTERM; SIGHUP reloads, SIGUSR1 rebuilds. ready_fd >= 0: one line
 * with the address is written there once requests are answered. true: SIGUSR2 came, and whoever
 * called is to start the program that now lies at its path, in this process, with house_doors. */
bool master_run(struct house *h, int ready_fd);
/* All its listening sockets, the desk's among them; out has room for HOUSE_LISTENERS_MAX + 1. */
size_t house_doors(const struct house *h, int *out);

/* A role's cage; false: this kernel cannot (said once in the log). one: never called. */
bool cage_close(enum role role, const struct house *h);
/* Of a process that only looks: whatever is not open by now stays shut, but for what lies below
 * scratch (NULL: nothing does). */
bool cage_looker(const char *scratch);

/* desk_attended.c: does anybody look at what readers write? */
struct attended;
struct attended *attended_open(const struct house *h);         /* before the fence closes */
void attended_set(struct attended *t, const struct config *c); /* from any thread */
void attended_look(
    struct attended *t); /* often: it looks once a second, and sets SLOT_UNATTENDED */
void attended_close(struct attended *t);

/* ---- messages between roles ---- */
enum message {
    MSG_CHANNEL = 1, /* master -> any: a new peer; descriptor comes along */
    MSG_RELOAD,      /* master -> newsroom, web, desk: a renewal */
    MSG_RELOADED,    /* web, desk -> master: is it in force here? why not */
    MSG_STOP,        /* master -> any */
    MSG_READY,       /* any -> master */
    MSG_STUCK,       /* any -> master: this peer takes nothing, or thinks too long: role, index */
    MSG_READ,
    MSG_READ_RESULT, /* newsroom <-> reader */
    MSG_KILL,
    MSG_ACK, /* newsroom <-> web */
    MSG_COUNTS,
    MSG_FILES_MISSING, /* web -> newsroom */
    MSG_PUSH,
    MSG_PUSH_RESULT, /* web <-> intake */
    MSG_COMMENT,     /* web -> intake; answered as a push */
    MSG_ASIDE,       /* the same: a comment that its writer is to confirm by mail */
    MSG_CONFIRMS,    /* the same: what a mail's link says */
    MSG_GRIEVANCE,   /* the same: a complaint */
    MSG_HUB,         /* the same: what a hub says or brings */
    MSG_QUARANTINE,
    MSG_QUARANTINED, /* newsroom <-> intake */
    MSG_LOOK,
    MSG_LOOKED,
    MSG_CARD,
    MSG_CARD_MADE, /* newsroom <-> darkroom */
    MSG_OUT,
    MSG_OUT_TAKEN,
    MSG_ALARM,   /* newsroom -> courier; intake -> newsroom: how a polled feed does */
    MSG_FETCHED, /* newsroom <-> courier */
};
/* What a reload hands to roles whose fences shut them out of the configuration's folder, where keys
 * lie: bytes instead of names. Each gets what it needs. */
struct renewal {
    uint64_t turn; /* which reload this is of; comes back with the answer */
    struct span config, theme, public_files;
    struct span *pages; /* bodies of house pages, in the configuration's order */
    uint32_t page_count;
    struct config_topic *topics; /* names point into the message */
    uint32_t topic_count;
    bool has_pem;
    struct net_pem pem;
};
/* With the certificate only for who speaks TLS. ERR: it cannot be read; why_out names the file. The
 * message holds the key: the caller wipes it. */
enum result renewal_pack(struct arena *a, const struct house *h, enum role to, uint64_t turn,
    bool with_pem, struct span *out, const char **why_out) CHECKED;
bool renewal_unpack(struct arena *a, struct span body, struct renewal *out);
void renewal_told(
    int control, uint64_t turn, const char *why); /* to the master; NULL: it is in force */
/* The configuration of a renewal, in a; NULL: it cannot be read. */
struct config *renewal_config(struct arena *a, const struct house *h, const struct renewal *r);
/* The channels of one role: its line to the master and those that the master hands it. */
enum { CHANNEL_PEERS = 8 };
struct peer {
    enum role role;
    int index;
    int last_status; /* wait status of its predecessor; 0: none */
    bool open;
    struct inbox in;
    struct channels *of;
};
struct channels {
    struct inbox control;
    struct peer peers[CHANNEL_PEERS];
    bool stopping;
    void (*on_frame)(void *with, struct peer *from,
        struct frame *f); /* from NULL: the master; MSG_CHANNEL and MSG_STOP are handled before */
    void (*on_peer)(void *with, struct peer *p); /* a peer came, or (open false) went */
    void *with;
};
void channels_init(struct channels *c, int control);
void channels_close(struct channels *c);
struct peer *channel_to(struct channels *c, enum role role, int index); /* NULL: not there now */
bool channel_send(struct peer *p, uint32_t type,
    struct span
        body); /* false: it is gone; or stuck: then the channel is shut and the master told */
bool channel_would_wait(const struct peer *p); /* a frame of some size: it reads slowly */
/* The master ends it (any role but the newsroom), and starts a new one. */
void channel_stuck(struct peer *p);
/* Waits for frames on all channels and for extra descriptors (their revents are set); returns after
 * timeout_ms at the latest. */
size_t channels_fds(const struct channels *c, struct pollfd *out,
    size_t max); /* all of its descriptors, for those who wait for more than them */
void channels_poll(struct channels *c, struct pollfd *extra, size_t extra_count, int timeout_ms);

/* ---- a stranger's look at every surface: for kill receipts, the demonstration and rehearsals
 * ---- */
struct probe {
    struct span path;   /* of a search without its words */
    struct span words;  /* of a search: by which name its words go; empty: it is none */
    const char *coding; /* "plain", "gzip", "br", "If-None-Match", "If-Modified-Since", "Range" */
    int status;
    bool shows;      /* its id, or one of its words, stands in it */
    bool same_words; /* the words do, but each time in another story, which has its own address */
};
struct probe_ask {
    struct span address; /* as net_listen takes it */
    struct span base;
    story_id id;
    struct span path;              /* of the page; empty: by id alone */
    const struct span *words;      /* that may stand nowhere: headline, a unique phrase */
    const struct span *word_names; /* of each: "headline"; NULL: they are numbered */
    size_t word_count;
    int64_t was_up_ms;       /* when a copy was taken that must be good no more; 0: there is none */
    const struct span *more; /* further paths: sections, tags, days */
    size_t more_count;
    const struct span *pictures; /* paths of files that may not be had any more */
    size_t picture_count;
    struct span place; /* a header field with its end, as our own proxy tells a reader's country;
                          empty: nobody tells */
    size_t *left_out;  /* counts what was too much to be asked; may be NULL */
};
extern const char *const probe_fixed[]; /* paths of every site's lists */
extern const size_t probe_fixed_count;
extern const char *const probe_behind[]; /* behind the path of a story's page: "/revisions" */
extern const size_t probe_behind_count;
size_t probe_story(struct arena *a, const struct probe_ask *ask,
    struct probe **out); /* count of probes made; 0: nobody answers */
struct span body_plain(struct arena *a, const struct http_answer *answer); /* gzip and br undone */

/* ---- kill receipts: what was asked as a stranger after a story was withdrawn, and what was
 * answered; signed, for the agency. DATA/receipts/ID-MS.jws: a JSON Web Signature (RFC 7515,
 * flattened JSON; EdDSA, RFC 8037), whose payload is JSON. DATA/keys/receipt.key: the key in force;
 * receipt-KID.pub: every public key that was. ---- */
enum { RECEIPT_BYTES_MAX = 4 << 20, RECEIPT_KID = 16 };
struct receipt {
    struct span payload, kid; /* JSON; hex */
    bool holds;               /* the signature is good for a key of this house, or the one given */
};
/* Makes the key where there is none (make), and wipes nothing: the caller does. ERR_ABSENT. */
enum result receipt_key(struct arena *a, const char *data, bool make, struct sign_key *out) CHECKED;
enum result receipt_rotate(struct arena *a, const char *data) CHECKED;
struct span receipt_kid(struct arena *a, const unsigned char public[32]);
struct span receipt_sign(struct arena *a, const struct sign_key *k, struct span payload); /* JWS */
/* public_hex empty: a key kept below data is looked for by its kid. ERR_CORRUPT: not a receipt. */
enum result receipt_read(struct arena *a, struct span jws, const char *data, struct span public_hex,
    struct receipt *out) CHECKED;
/* A receipt's payload after a purge (K20): the story's own receipt without its guid, its address'
 * words, its tags, authors and addresses of before; another's without the words of its address.
 * It says so (withheld_at_purge). Empty: it holds nothing of the story; p NULL: it is no receipt.
 * In a. */
struct receipt_briefly {
    const struct span *ids; /* of the purged story and the items on its page, as text */
    size_t id_count;
    struct span replaces; /* hash of the signed receipt before, in hex; empty: there was none */
    int64_t at_ms;
};
struct span receipt_brief(struct arena *a, const struct receipt_briefly *how, struct span payload);
/* The file of a story's newest receipt in DATA/receipts; NULL: there is none. */
const char *receipt_newest(struct arena *a, const char *folder, story_id id);

/* Wire results as bytes, between newsroom and reader. */
struct span result_pack(struct arena *a, const struct wire_result *r);
bool result_unpack(struct arena *a, struct span bytes, struct wire_result *out);
/* For commands: one delivery, read as a reader of the house would, in a process of its own and its
 * cage. ERR_CORRUPT: it crashed on it. Not beside threads of the caller. */
enum result read_in_cage(struct arena *a, struct span bytes, const struct wire_hint *hint,
    struct wire_result *out) CHECKED;
/* The same for many, one after the other: MSG_READ frames with ask_pack in, answers by reader_take,
 * until fd_out is closed. ERR_CORRUPT: it crashed, or has not answered in time; it is of no more
 * use. */
enum result reader_fork(pid_t *pid_out, int *fd_out) CHECKED;
enum result reader_take(struct arena *a, int fd, int timeout_ms, struct wire_result *out) CHECKED;
struct span ask_pack(struct arena *a, struct span bytes, const struct wire_hint *hint);
bool ask_unpack(struct span body, struct span *bytes, struct wire_hint *hint);

#endif
