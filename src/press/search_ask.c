/* search_ask: what narrows a search, between its address, the store and a feed. A day is the site's
 * own, from midnight to midnight. */
#include "press_private.h"

enum { DAY_MS = 86400000 };

const char *const search_period_names[SEARCH_PERIODS] = {
    [PERIOD_ANY] = "",
    [PERIOD_DAY] = "day",
    [PERIOD_WEEK] = "week",
    [PERIOD_MONTH] = "month",
    [PERIOD_YEAR] = "year",
};

struct search_ask search_ask_of(const struct press *p, const struct page_ask *ask, int64_t now_ms)
{
    static const int days[SEARCH_PERIODS] = {0, 1, 7, 31, 366};
    const struct page_narrow *n = &ask->narrow;
    struct search_ask out = {.words = ask->words,
        .section = n->section,
        .agency = n->agency,
        .language = n->language,
        .newest = n->newest};
    if (n->period) out.from_ms = now_ms - days[n->period] * (int64_t)DAY_MS;
    if (n->from_day_ms) out.from_ms = zone_to_utc(p->site->zone, n->from_day_ms);
    if (n->to_day_ms) out.until_ms = zone_to_utc(p->site->zone, n->to_day_ms + DAY_MS);
    return out;
}

static void put_value(struct arena *a, struct buf *b, const char *name, struct span value)
{
    if (value.n)
        buf_printf(b, "%c%s=%.*s", span_find_char(buf_span(b), '?') < 0 ? '?' : '&', name,
            FMT(url_escape(a, value)));
}

static struct span day_text(struct arena *a, int64_t day_ms)
{
    struct civil c = civil_of(day_ms);
    return day_ms ? arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day) : S("");
}

struct span search_path(
    struct arena *a, const struct page_ask *ask, struct span words, const char *file)
{
    const struct page_narrow *n = &ask->narrow;
    struct buf b;
    buf_init(&b, a, 0);
    buf_printf(&b, "/search%s%s", *file ? "/" : "", file);
    put_value(a, &b, "q", words);
    put_value(a, &b, "section", n->section);
    put_value(a, &b, "agency", n->agency);
    put_value(a, &b, "lang", n->language);
    put_value(a, &b, "period", span_of(search_period_names[n->period]));
    put_value(a, &b, "from", day_text(a, n->from_day_ms));
    put_value(a, &b, "to", day_text(a, n->to_day_ms));
    put_value(a, &b, "sort", n->newest ? S("newest") : S(""));
    return buf_span(&b);
}
