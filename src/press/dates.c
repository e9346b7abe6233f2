/* dates: instants as readers and machines are told them, in the site's zone and language. Pure. */
#include "press_private.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 86400000 };

/* What people call a zone where a short name is in general use; others are told by their offset. */
static const struct {
    const char *zone;
    int32_t offset_s;
    const char *name;
    bool is_other; /* the letters are better known for another zone: no word of a language fits */
} zone_words[] = {
    {"Asia/Kolkata", 19800, "IST"},
    {"Asia/Calcutta", 19800, "IST"},
    {"Asia/Karachi", 18000, "PKT"},
    {"Asia/Tokyo", 32400, "JST"},
    {"Asia/Seoul", 32400, "KST"},
    {"Asia/Hong_Kong", 28800, "HKT"},
    {"Europe/London", 0, "GMT"},
    {"Europe/London", 3600, "BST"},
    {"Europe/Dublin", 0, "GMT"},
    {"Europe/Dublin", 3600, "IST", true},
    {"Europe/Lisbon", 0, "WET"},
    {"Europe/Lisbon", 3600, "WEST"},
    {"Europe/Paris", 3600, "CET"},
    {"Europe/Paris", 7200, "CEST"},
    {"Europe/Berlin", 3600, "CET"},
    {"Europe/Berlin", 7200, "CEST"},
    {"Europe/Zurich", 3600, "CET"},
    {"Europe/Zurich", 7200, "CEST"},
    {"Europe/Vienna", 3600, "CET"},
    {"Europe/Vienna", 7200, "CEST"},
    {"Europe/Madrid", 3600, "CET"},
    {"Europe/Madrid", 7200, "CEST"},
    {"Europe/Rome", 3600, "CET"},
    {"Europe/Rome", 7200, "CEST"},
    {"Europe/Amsterdam", 3600, "CET"},
    {"Europe/Amsterdam", 7200, "CEST"},
    {"Europe/Brussels", 3600, "CET"},
    {"Europe/Brussels", 7200, "CEST"},
    {"Europe/Stockholm", 3600, "CET"},
    {"Europe/Stockholm", 7200, "CEST"},
    {"Europe/Athens", 7200, "EET"},
    {"Europe/Athens", 10800, "EEST"},
    {"Europe/Moscow", 10800, "MSK"},
    {"Africa/Cairo", 7200, "EET"},
    {"Africa/Cairo", 10800, "EEST"},
    {"Africa/Nairobi", 10800, "EAT"},
    {"Africa/Johannesburg", 7200, "SAST"},
    {"Africa/Lagos", 3600, "WAT"},
    {"America/New_York", -18000, "EST"},
    {"America/New_York", -14400, "EDT"},
    {"America/Chicago", -21600, "CST"},
    {"America/Chicago", -18000, "CDT"},
    {"America/Denver", -25200, "MST"},
    {"America/Denver", -21600, "MDT"},
    {"America/Los_Angeles", -28800, "PST"},
    {"America/Los_Angeles", -25200, "PDT"},
    {"America/Sao_Paulo", -10800, "BRT"},
    {"Australia/Sydney", 36000, "AEST"},
    {"Australia/Sydney", 39600, "AEDT"},
    {"UTC", 0, "UTC"},
    {"Etc/UTC", 0, "UTC"},
};

static int64_t offset_s(const struct press *p, int64_t ms)
{
    return zone_offset_s(p->site->zone, ms);
}

struct civil press_civil(const struct press *p, int64_t ms)
{
    return civil_of(ms + offset_s(p, ms) * 1000);
}

int64_t press_midnight(const struct press *p, int64_t ms, int days)
{
    struct civil c = press_civil(p, ms);
    c.hour = c.minute = c.second = 0;
    return zone_to_utc(p->site->zone, civil_to_ms(c) + (int64_t)days * DAY_MS);
}

/* ---- numbers: dates stand on every page, often; printf would be most of their cost ---- */
/* For machines, in Latin digits. */
static void put_padded(struct buf *b, int n, int digits)
{
    char text[8];
    for (int i = digits; i-- > 0; n /= 10) text[i] = (char)('0' + n % 10);
    buf_put(b, (struct span){text, (size_t)digits});
}

static void put_clock(struct buf *b, int64_t hour, int64_t minute)
{
    put_padded(b, (int)hour, 2);
    buf_char(b, ':');
    put_padded(b, (int)minute, 2);
}

/* The words file's name of a zone, else its letters. */
static struct span zone_word(const struct press *p, const char *letters, bool is_other)
{
    char key[16];
    int len = snprintf(key, sizeof key, "zone_%s", letters);
    must(len > 0 && (size_t)len < sizeof key);
    const struct span *word = is_other ? NULL : map_get(p->words, span_of(key));
    return word ? *word : span_of(letters);
}

static void put_zone(const struct press *p, struct buf *b, int64_t ms)
{
    int64_t s = offset_s(p, ms), minutes = (s < 0 ? -s : s) / 60;
    struct span zone = zone_name(p->site->zone);
    for (size_t i = 0; i < COUNT(zone_words); i++) {
        if (zone_words[i].offset_s != s || !span_eq(zone, span_of(zone_words[i].zone))) continue;
        buf_put(b, zone_word(p, zone_words[i].name, zone_words[i].is_other));
        return;
    }
    buf_lit(b, "UTC");
    if (!s) return;
    buf_str(b, s < 0 ? "\xe2\x88\x92" : "+"); /* a true minus */
    press_put_number(p, b, (uint64_t)(minutes / 60), 1);
    if (minutes % 60) buf_char(b, ':'), press_put_number(p, b, (uint64_t)(minutes % 60), 2);
}

/* ---- a pattern of the words file: {weekday} {d} {month} {month_alone} {mon} {y} {time} {zone},
 * and of a time {hh} {mm} ---- */
static void put_told(
    const struct press *p, struct buf *b, const char *pattern, const struct civil *c, int64_t ms);

static void put_day(const struct press *p, struct buf *b, int day)
{
    const struct span *first = day == 1 ? map_get(p->words, S("day_first")) : NULL;
    if (first)
        buf_put(b, *first);
    else
        press_put_number(p, b, (uint64_t)day, 1);
}

static void put_part(
    const struct press *p, struct buf *b, struct span part, const struct civil *c, int64_t ms)
{
    if (span_eq(part, S("d")))
        put_day(p, b, c->day);
    else if (span_eq(part, S("month")))
        buf_put(b, p->months[c->month - 1]);
    else if (span_eq(part, S("month_alone")))
        buf_put(b, p->months_alone[c->month - 1]);
    else if (span_eq(part, S("mon")))
        buf_put(b, p->short_months[c->month - 1]);
    else if (span_eq(part, S("y")))
        press_put_number(p, b, (uint64_t)c->year, 1);
    else if (span_eq(part, S("time")))
        put_told(p, b, "date_time", c, ms);
    else if (span_eq(part, S("hh")))
        press_put_number(p, b, (uint64_t)c->hour, 2);
    else if (span_eq(part, S("mm")))
        press_put_number(p, b, (uint64_t)c->minute, 2);
    else if (span_eq(part, S("zone")))
        put_zone(p, b, ms);
    else if (span_eq(part, S("weekday")))
        buf_put(b, p->weekdays[c->weekday]);
}

static void put_told(
    const struct press *p, struct buf *b, const char *pattern, const struct civil *c, int64_t ms)
{
    struct span rest = press_word(p, pattern);
    bool is_time = !strcmp(pattern, "date_time");
    while (rest.n) {
        ptrdiff_t open = span_find_char(rest, '{');
        ptrdiff_t close = open < 0 ? -1 : span_find_char(span_cut(rest, (size_t)open, rest.n), '}');
        if (close < 0) break;
        struct span part = span_cut(rest, (size_t)open + 1, (size_t)(open + close));
        buf_put(b, span_cut(rest, 0, (size_t)open));
        if (!is_time || !span_eq(part, S("time"))) put_part(p, b, part, c, ms);
        rest = span_cut(rest, (size_t)(open + close) + 1, rest.n);
    }
    buf_put(b, rest);
}

static struct span told(const struct press *p, struct arena *a, const char *pattern, int64_t ms)
{
    struct civil c = press_civil(p, ms);
    struct buf b;
    buf_init(&b, a, 0);
    put_told(p, &b, pattern, &c, ms);
    return buf_span(&b);
}

static void numbered_words(
    const struct press *p, const char *stem, int from, int n, struct span *out)
{
    for (int i = 0; i < n; i++) {
        char key[24];
        int len = snprintf(key, sizeof key, "%s_%d", stem, from + i);
        must(len > 0 && (size_t)len < sizeof key);
        const struct span *word = map_get(p->words, span_of(key));
        if (word) out[i] = *word;
        must(out[i].p != NULL);
    }
}

void press_calendar(struct press *p)
{
    numbered_words(p, "month", 1, 12, p->months);
    memcpy(p->months_alone, p->months, sizeof p->months);
    numbered_words(p, "month_alone", 1, 12, p->months_alone);
    numbered_words(p, "mon", 1, 12, p->short_months);
    numbered_words(p, "weekday", 0, 7, p->weekdays);
}

struct span press_date_long(const struct press *p, struct arena *a, int64_t ms)
{
    return told(p, a, "date_long", ms);
}

struct span press_date_day(const struct press *p, struct arena *a, int64_t ms)
{
    return told(p, a, "date_day", ms);
}

struct span press_date_short(const struct press *p, struct arena *a, int64_t ms)
{
    return told(p, a, "date_short", ms);
}

struct span press_date_month(const struct press *p, struct arena *a, int64_t ms)
{
    return told(p, a, "date_month", ms);
}

struct span press_date_today(const struct press *p, struct arena *a, int64_t ms)
{
    return told(p, a, "date_today", ms);
}

struct span press_date_time(const struct press *p, struct arena *a, int64_t ms)
{
    return told(p, a, "date_time", ms);
}

struct span press_date_iso(const struct press *p, struct arena *a, int64_t ms)
{
    int64_t s = offset_s(p, ms), minutes = (s < 0 ? -s : s) / 60;
    struct civil c = civil_of(ms + s * 1000);
    struct buf b;
    buf_init(&b, a, 0);
    put_padded(&b, c.year, 4);
    buf_char(&b, '-');
    put_padded(&b, c.month, 2);
    buf_char(&b, '-');
    put_padded(&b, c.day, 2);
    buf_char(&b, 'T');
    put_clock(&b, c.hour, c.minute);
    buf_char(&b, ':');
    put_padded(&b, c.second, 2);
    buf_char(&b, s < 0 ? '-' : '+');
    put_clock(&b, minutes / 60, minutes % 60);
    return buf_span(&b);
}
