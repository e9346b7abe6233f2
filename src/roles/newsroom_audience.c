/* newsroom_audience: what readers have read, as web adds it up every five minutes: into the score
 * of what is most read, and into the sums of a day for the desk. From the event alone. */
#include "newsroom.h"

#include <string.h>

enum {
    AUDIENCE_KEEP_DAYS = 400, /* a year and the weeks to compare it with */
    READ_NUMBERS = 2 + READING_TIMES,
};

/* Those at the end may be left out: they are 0. */
static bool numbers_in(const struct json *list, uint64_t *out, size_t n)
{
    size_t i = 0;
    memset(out, 0, n * sizeof *out);
    for (const struct json *v = list->first; v; v = v->next, i++)
        if (i == n || !span_to_u64(v->text, &out[i]) || out[i] > UINT32_MAX) return false;
    return i > 0;
}

/* Of readers, each network once. */
static enum result put_views(struct newsroom *n, const struct json *list, int64_t at_ms)
{
    for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
        story_id id;
        uint64_t views;
        if (story_id_read(v->key, &id) && span_to_u64(v->text, &views))
            TRY(store_put_counts(n->store, id, views, at_ms));
    }
    return OK;
}

static enum result put_read(struct newsroom *n, const struct json *list, uint32_t day, uint64_t pos)
{
    for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
        uint64_t numbers[READ_NUMBERS];
        struct audience of = {.day = day, .host = S("")};
        if (!story_id_read(v->key, &of.story) || !numbers_in(v, numbers, READ_NUMBERS)) continue;
        of.pages = numbers[0];
        of.beacons = numbers[1];
        for (size_t k = 0; k < READING_TIMES; k++) of.times[k] = numbers[2 + k];
        TRY(store_add_audience(n->store, &of, pos));
    }
    return OK;
}

static enum result put_from(struct newsroom *n, const struct json *list, uint32_t day, uint64_t pos)
{
    for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
        uint64_t numbers[2];
        if (!v->key.n || !numbers_in(v, numbers, 2)) continue;
        struct audience of = {
            .day = day, .host = v->key, .pages = numbers[0], .beacons = numbers[1]};
        TRY(store_add_audience(n->store, &of, pos));
    }
    return OK;
}

enum result newsroom_apply_counts(struct newsroom *n, const struct event *e)
{
    struct reject bad;
    const struct json *meta = json_parse(n->job, e->meta, &bad);
    const struct zone *zone = n->config->zone ? n->config->zone : zone_utc();
    uint32_t keep =
        n->config->audience.keep_days ? n->config->audience.keep_days : AUDIENCE_KEEP_DAYS;
    uint32_t day = audience_day(zone, e->received_ms);
    int64_t oldest_ms = e->received_ms - (int64_t)keep * 86400000;
    TRY(put_views(n, json_get(meta, "views"), e->received_ms));
    TRY(put_read(n, json_get(meta, "read"), day, e->pos));
    TRY(put_from(n, json_get(meta, "from"), day, e->pos));
    TRY(store_forget_audience(n->store, audience_day(zone, oldest_ms)));
    newsroom_bump(n, "popular", S(""));
    return OK;
}
