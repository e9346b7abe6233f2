/* newsroom_rhythm: has a feed been silent for too long? By the site file's number of minutes, and
 * by what the feed itself brought at the same hours of the last weeks: a wire that sleeps at night
 * and on Sundays is not silent then. */
#include "newsroom.h"

enum {
    RHYTHM_LEAST = 5,       /* deliveries that each of those weeks brought: less is chance */
    RHYTHM_WEEKS_LEAST = 2, /* weeks that must be known */
};
#define LISTENS "listens"
#define WEEK_MS INT64_C(604800000)
#define GRACE_MS                                                                                   \
    (INT64_C(10) * 60000) /* behind a start: what waited meanwhile is fetched first                \
                           */

struct watched {
    struct newsroom *n;
    const struct config_feed *feed;
    int64_t first_ms, last_ms, now_ms;
};

/* The same time of the day, so many weeks before: clocks are put on and back. */
static int64_t weeks_before(const struct watched *s, int64_t ms, int weeks)
{
    const struct zone *z = s->feed->zone ? s->feed->zone : zone_utc();
    int64_t then = ms - weeks * WEEK_MS;
    return then + (zone_offset_s(z, ms) - zone_offset_s(z, then)) * 1000;
}

/* What the weeks that are known brought at least, from the quarter after the last delivery on. */
static uint64_t least_of_weeks(const struct watched *s, int *weeks_out)
{
    uint64_t least = UINT64_MAX, came = 0;
    int64_t from = s->last_ms + RHYTHM_SLOT_MS,
            until = s->now_ms < from + WEEK_MS ? s->now_ms : from + WEEK_MS;
    *weeks_out = 0;
    for (int w = 1; w <= RHYTHM_WEEKS && weeks_before(s, from, w) >= s->first_ms; w++) {
        if (store_came_between(s->n->store, s->feed->name, weeks_before(s, from, w),
                weeks_before(s, until, w), &came) != OK)
            return 0;
        least = came < least ? came : least;
        *weeks_out = w;
    }
    return *weeks_out < RHYTHM_WEEKS_LEAST ? 0 : least;
}

static bool is_off_its_rhythm(const struct watched *s, struct arena *a, struct span *text)
{
    int weeks = 0;
    uint64_t least = least_of_weeks(s, &weeks);
    if (least < RHYTHM_LEAST) return false;
    *text = arena_printf(a, "%.*s; in each of the last %d weeks at least %llu came in this time",
        FMT(*text), weeks, (unsigned long long)least);
    return true;
}

/* ---- since when a feed is listened to ---- */
/* A line each in the store: milliseconds, a space, the feed's name. */
static int64_t since_in(struct span lines, struct span feed)
{
    struct span line, ms;
    while (span_next(&lines, '\n', &line)) {
        int64_t since;
        if (span_next(&line, ' ', &ms) && span_eq(line, feed) && span_to_i64(ms, &since))
            return since;
    }
    return 0;
}

static struct span listens(struct newsroom *n, struct arena *a)
{
    struct span lines;
    return store_text(n->store, LISTENS, a, &lines) == OK ? lines : S("");
}

enum result newsroom_listens(struct newsroom *n, int64_t at_ms)
{
    struct buf b;
    struct span before = listens(n, n->job);
    buf_init(&b, n->job, 0);
    for (uint32_t i = 0; i < n->config->feed_count; i++) {
        struct span feed = n->config->feeds[i].name;
        int64_t since = since_in(before, feed);
        buf_printf(&b, "%lld %.*s\n", (long long)(since ? since : at_ms), FMT(feed));
    }
    return store_set_text(n->store, LISTENS, buf_span(&b));
}

/* ---- silence ---- */
enum silence newsroom_silence(struct newsroom *n, const struct config_feed *own, int64_t now_ms,
    struct arena *a, struct feed_silence *out)
{
    struct watched s = {.n = n, .feed = own, .now_ms = now_ms};
    bool known = store_came_ends(n->store, own->name, &s.first_ms, &s.last_ms) == OK;
    *out = (struct feed_silence){.last_ms = known ? s.last_ms : 0};
    if (!known) s.last_ms = since_in(listens(n, a), own->name);
    if (!s.last_ms) s.last_ms = n->opened_ms;
    int64_t minutes = (now_ms - s.last_ms) / 60000;
    out->text = arena_printf(a, "nothing has come for %lld minutes", (long long)minutes);
    bool since_start = s.last_ms >= n->opened_ms;
    if (!since_start && now_ms - n->opened_ms < GRACE_MS) return SILENCE_UNKNOWN;
    if (own->silent_after_minutes && minutes >= own->silent_after_minutes) return SILENT;
    bool rings = known && own->silent_by_rhythm == RHYTHM_RINGS;
    return rings && is_off_its_rhythm(&s, a, &out->text) ? SILENT : NOT_SILENT;
}

void newsroom_listen_anew(struct newsroom *n)
{
    n->opened_ms = clock_now_ms();
}
