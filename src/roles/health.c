/* health: why the house is degraded, in one table, for whoever watches: `status` and its exit code,
 * /health, /metrics. Facts are the clock page's: nothing is opened, nobody is asked. A row says
 * nothing of a story, a feed or a number, for strangers read it too. */
#include "roles.h"

enum {
    NEWSROOM_SILENT_US = 30 * 1000000, /* a step and a reader that hangs take less */
    BEHIND_US = 10 * 1000000, /* a rush is no backlog, and tells no stranger when it came */
};

static bool is_set(enum clock_slot s)
{
    return clock_slot_get(s) != 0;
}

/* By a clock that begins anew with the machine: what is ahead of it was said before. */
static bool is_older(enum clock_slot s, int64_t us)
{
    return clock_mono_us() - (int64_t)clock_slot_get(s) > us;
}

static bool is_unconfirmed(void)
{
    return is_set(SLOT_UNCONFIRMED);
}
static bool is_waiting_for_yes(void)
{
    return is_set(SLOT_CHANGES_WAIT);
}
static bool is_not_published(void)
{
    return is_set(SLOT_NOT_PUBLISHED);
}
static bool is_hanging(void)
{
    return is_older(SLOT_NEWSROOM_US, NEWSROOM_SILENT_US);
}
static bool is_behind(void)
{
    return is_set(SLOT_BEHIND_US) && is_older(SLOT_BEHIND_US, BEHIND_US);
}
static bool is_the_disk_full(void)
{
    return is_set(SLOT_DISK_FULL);
}
static bool is_a_feed_failing(void)
{
    return is_set(SLOT_FEEDS_FAIL);
}
static bool is_a_feed_silent(void)
{
    return is_set(SLOT_FEEDS_SILENT);
}
static bool is_a_feed_amiss(void)
{
    return is_set(SLOT_FEEDS_AMISS);
}
static bool is_never(void)
{
    return false;
} /* `status` alone can see it */

static const struct {
    struct ail row;
    bool (*is_so)(void);
} table[AILS] = {
    [AIL_UNREADABLE] = {{"unreadable", "the store or the ledger cannot be read"}, is_never},
    [AIL_UNCONFIRMED] = {{"unconfirmed",
                             "restored without tombstones: stories are held until `broadsheet "
                             "confirm`"},
        is_unconfirmed},
    [AIL_CLOCK] = {{"clock", "the clock jumped: embargoes stay shut until it is confirmed"},
        clock_is_suspect},
    [AIL_NOT_PUBLISHED] = {{"publication",
                               "publication waits: the disk is full or damaged, or the ledger is; "
                               "kills still act"},
        is_not_published},
    [AIL_NEWSROOM] = {{"newsroom", "the newsroom is away: nothing new is published"}, is_hanging},
    [AIL_BACKLOG] = {{"backlog", "not all that has come is published yet"}, is_behind},
    [AIL_DISK] = {{"disk", "the disk is full: nothing new is taken, kills still act"},
        is_the_disk_full},
    [AIL_CHANGES] = {{"second-yes", "a changed configuration waits for a second yes"},
        is_waiting_for_yes},
    [AIL_FETCH] = {{"fetch", "a feed that is asked for gives nothing, or its clock is off"},
        is_a_feed_failing},
    [AIL_SILENT] = {{"feed", "a feed is silent"}, is_a_feed_silent},
    [AIL_AMISS] = {{"feed-amiss", "a feed misses messages, or its clock is ahead"},
        is_a_feed_amiss},
};

const struct ail *ail_row(enum ails a)
{
    must((unsigned)a < AILS);
    return &table[a].row;
}

uint32_t house_ails(void)
{
    uint32_t set = 0;
    for (unsigned i = 0; i < AILS; i++)
        if (table[i].is_so()) set |= 1u << i;
    return set;
}

void ails_json(struct json_out *o, uint32_t set)
{
    json_open(o, "reasons", '[');
    for (unsigned i = 0; i < AILS; i++) {
        if (!(set & 1u << i)) continue;
        json_open(o, NULL, '{');
        json_string(o, "reason", span_of(table[i].row.name));
        json_string(o, "text", span_of(table[i].row.text));
        json_close(o, '}');
    }
    json_close(o, ']');
}
