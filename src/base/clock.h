/* base/clock.h: what time it is, and how times are written.
 * The clock is one page of shared memory, made by the master, read by all; rehearsals drive it. It
 * never goes back (a high-water mark is kept in a file) and it holds still before a jump far ahead
 * of the last event, so that embargoes stay shut (E13). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base.h"

struct clock;

/* Opens (makes, where absent) the clock page at path and makes it this process's clock; before
 * threads start. virtual_ms >= 0: a driven clock that starts there. */
enum result clock_open(const char *path, int64_t virtual_ms) CHECKED;
int64_t clock_now_ms(void);  /* milliseconds since 1970 UTC by the house clock; without clock_open:
                                the machine's, monotone per process */
int64_t clock_mono_us(void); /* monotonic microseconds, for durations only */
bool clock_is_virtual(void);
void clock_set_virtual(int64_t now_ms); /* drives a virtual clock: forward only by this call
                                           (backward calls are kept for clock_jump) */
void clock_jump_wall(
    int64_t delta_ms); /* rehearsal: the machine's wall clock jumps while monotonic time does not */
void clock_tick(void); /* master, every 50 ms: measures wall against monotonic time, moves the page
                          and the high-water mark */
bool clock_is_suspect(void); /* the wall jumped ahead more than CLOCK_JUMP_MAX_MS against monotonic
                                time and nobody has confirmed it */
bool clock_is_synchronised(
    void);                /* the kernel says that somebody (NTP, PTP) keeps the wall right */
void clock_confirm(void); /* an administrator says that the present wall time is right */
enum { CLOCK_JUMP_MAX_MS = 5 * 60 * 1000 }; /* E13: above this, timers wait for a sane time */

/* Small facts that roles publish for others to wait on, in the same page: applied and acknowledged
 * ledger positions; epochs of store and configuration; UNCONFIRMED 1: restored without tombstones,
 * stories are held; NEWSROOM_IDLE: position up to which behind-work is done; READY: roles up;
 * RELOADS_BEGUN: the number of the last reload that has begun; RELOADS: of the last that is over,
 * in force or not; RELOADS_TAKEN: of the last that was put in force; WEIGHED: pages looked at, and
 * one more, while it is counted what a configuration would change; CHANGES_WAIT: so many pages
 * would be changed by a configuration that waits for a second yes, 0: none waits. */
enum clock_slot {
    SLOT_APPLIED_POS,
    SLOT_WEB_ACK_POS,
    SLOT_STORE_EPOCH,
    SLOT_TOMB_COUNT,
    SLOT_CONFIG_TURN, /* the reload whose configuration the ledger has; 0: that of the start */
    SLOT_UNCONFIRMED,
    SLOT_NEWSROOM_IDLE,
    SLOT_READY,
    SLOT_RELOADS,
    SLOT_WEIGHED,
    SLOT_CHANGES_WAIT,
    SLOT_RELOADS_BEGUN,
    SLOT_RELOADS_TAKEN,
    SLOT_FEEDS_SILENT,  /* so many feeds */
    SLOT_FEEDS_AMISS,   /* … miss messages, or their clock is ahead */
    SLOT_UNATTENDED,    /* nobody looks at what readers write: no more is taken */
    SLOT_REBUILD_ENDED, /* why the last one was given up, or waits: an enum result */
    SLOT_REBUILD_PAGES, /* it would change so many live pages that somebody must say yes */
    SLOT_BOOT_DOUBT,    /* the machine started with a clock far ahead, which nobody vouched for */
    SLOT_NEWSROOM_US,   /* when the newsroom was last heard of, by clock_mono_us */
    SLOT_BEHIND_US,     /* since when it has more to do than one step; 0: it has not */
    SLOT_NOT_PUBLISHED, /* why publication waits: an enum result; 0: it does not */
    SLOT_FEEDS_FAIL,    /* so many polled feeds give nothing, or want people */
    SLOT_DISK_FULL,     /* so far that nothing new is taken */
    SLOTS = 32
};
uint64_t clock_slot_get(enum clock_slot s);
void clock_slot_set(enum clock_slot s, uint64_t v);

/* ---- instants as wires write them ---- */
enum when_kind {
    WHEN_ABSENT, /* not in the file */
    WHEN_UTC,    /* ms is UTC */
    WHEN_LOCAL, /* no zone in the file: ms is the local time as if it were UTC; the desk resolves it
                 */
    WHEN_EMPTY, /* the element is there and nil or empty */
    WHEN_UNREADABLE, /* the element is there and makes no sense */
};
struct when {
    enum when_kind kind;
    int64_t ms;
};
/* ISO 8601 / RFC 3339 in the shapes wires use: extended or basic, T or space, fraction, Z, +hh:mm,
 * +hhmm, none; date alone is local midnight. Checks the calendar (Feb 30, hour 24, year outside
 * 1900..2199 are WHEN_UNREADABLE). Pure: no tables, no system call. */
struct when when_iso(struct span s);
struct when when_rfc822(struct span
        s); /* RFC 822/2822 dates with their named zones (UT, GMT, EST … military letters) */
void utc_text(int64_t ms,
    char out[25]); /* "2026-01-23T06:00:00Z"; with .mmm where ms is not a whole second */
void http_date(int64_t ms, char out[30]); /* RFC 9110 5.6.7 */

struct civil {
    int year, month, day, hour, minute, second, weekday; /* month 1..12; weekday 0 = Sunday */
};
struct civil civil_of(int64_t ms);
int64_t civil_to_ms(struct civil c); /* as UTC */

/* ---- zones (IANA, from /usr/share/zoneinfo; RFC 8536) ---- */
struct zone;
const struct zone *zone_open(
    struct span name); /* NULL: no such zone. Cached for the process; thread-safe; names with .. or
                          / first are refused */
const struct zone *zone_utc(void);
struct span zone_name(const struct zone *z);
int64_t zone_offset_s(const struct zone *z, int64_t utc_ms);
/* Local to UTC. In a gap or overlap of summer time: the later instant (X8). */
int64_t zone_to_utc(const struct zone *z, int64_t local_ms);

#endif
