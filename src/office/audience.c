/* audience.c: what readers read, for the desk: sums of the last days, of all that was counted;
 * never of one reader. */
#include "visit.h"

enum { MOST_SHOWN = 30, DAYS_AT_FIRST = 7 };
static const uint32_t spans_of_days[] = {1, 7, 30, 365};

static uint32_t days_asked(const struct visit *v)
{
    uint64_t days;
    if (!span_to_u64(form_get(&v->query, "days"), &days)) return DAYS_AT_FIRST;
    for (size_t i = 0; i < COUNT(spans_of_days); i++)
        if (spans_of_days[i] == days) return (uint32_t)days;
    return DAYS_AT_FIRST;
}

static struct span number(struct visit *v, uint64_t n)
{
    return arena_printf(v->a, "%llu", (unsigned long long)n);
}

static void put_choice(struct visit *v, struct record *r, uint32_t days)
{
    for (size_t i = 0; i < COUNT(spans_of_days); i++) {
        struct record *item = record_item(r, "choice");
        record_text(
            item, "href", arena_printf(v->a, "/desk/audience?days=%u", (unsigned)spans_of_days[i]));
        record_text(item, "label",
            spans_of_days[i] == 1 ? dress_word(v->book.dress, "audience_today")
                                  : dress_say(v->book.dress, v->a, "audience_days", "n",
                                        number(v, spans_of_days[i])));
        record_flag(item, "here", spans_of_days[i] == days);
    }
}

static void put_times(struct visit *v, struct record *r, const struct audience *all)
{
    static const char *const words[READING_TIMES] = {"read_under_10", "read_under_30",
        "read_under_60", "read_under_180", "read_under_600", "read_longer"};
    for (size_t k = 0; all->beacons && k < READING_TIMES; k++) {
        struct record *item = record_item(r, "times");
        record_text(item, "label", dress_word(v->book.dress, words[k]));
        record_text(item, "n", number(v, all->times[k]));
        record_text(item, "all", number(v, all->beacons));
        record_text(item, "share",
            arena_printf(v->a, "%llu%%",
                (unsigned long long)((all->times[k] * 100 + all->beacons / 2) / all->beacons)));
    }
}

static void put_story(
    struct visit *v, struct record *r, struct office_eyes *e, const struct audience *row)
{
    struct office_story s;
    struct record *item = record_item(r, "stories");
    struct span words = S("");
    if (eyes_story(e, row->story, &s) == OK) words = s.verdict.headline;
    record_text(item, "headline", words.n ? words : dress_word(v->book.dress, "no_headline"));
    record_text(
        item, "href", arena_printf(v->a, "/desk/story/%.*s", FMT(story_id_text(v->a, row->story))));
    record_text(item, "pages", number(v, row->pages));
    record_text(item, "seen", number(v, row->beacons));
}

static void put_host(struct visit *v, struct record *r, const struct audience *row)
{
    static const struct {
        const char *name, *word;
    } ours[] = {{"(own)", "from_own"}, {"(unknown)", "from_unknown"}, {"(other)", "from_other"}};
    struct record *item = record_item(r, "hosts");
    struct span host = row->host;
    for (size_t i = 0; i < COUNT(ours); i++)
        if (span_eq(host, span_of(ours[i].name))) host = dress_word(v->book.dress, ours[i].word);
    record_text(item, "host", host);
    record_text(item, "pages", number(v, row->pages));
    record_text(item, "seen", number(v, row->beacons));
}

static enum result put_all(struct visit *v, struct record *r, struct office_eyes *e)
{
    struct audience all, *list = ARENA_ARRAY(v->a, struct audience, MOST_SHOWN);
    uint32_t days = days_asked(v), to = audience_day(v->book.site->zone, e->now_ms),
             from = audience_day(v->book.site->zone, e->now_ms - (int64_t)(days - 1) * 86400000);
    size_t n;
    put_choice(v, r, days);
    TRY(store_audience_all(e->store, from, to, &all));
    record_flag(r, "none", !all.pages && !all.beacons);
    record_text(r, "pages", number(v, all.pages));
    record_text(r, "seen", number(v, all.beacons));
    put_times(v, r, &all);
    TRY(store_audience_most(e->store, false, from, to, v->a, list, MOST_SHOWN, &n));
    for (size_t i = 0; i < n; i++) put_story(v, r, e, &list[i]);
    TRY(store_audience_most(e->store, true, from, to, v->a, list, MOST_SHOWN, &n));
    for (size_t i = 0; i < n; i++) put_host(v, r, &list[i]);
    return OK;
}

void page_audience(struct visit *v)
{
    struct office_eyes e;
    if (!visit_eyes(v, &e)) return;
    struct record *r = visit_record(v, "audience", "menu_audience");
    if (put_all(v, r, &e) == OK)
        visit_page(v, 200, "audience", r);
    else
        visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
    eyes_close(&e);
}
