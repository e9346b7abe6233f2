/* dates: instants as readers and machines are told them, in the site's zone and language. Pure. */
#include "press_private.h"

#include <stdio.h>

enum { DAY_MS = 86400000 };

/* What people call a zone where a short name is in general use; others are told by their offset. */
static const struct {
    const char *zone;
    int32_t offset_s;
    const char *name;
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
    {"Europe/Dublin", 3600, "IST"},
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

static struct span zone_word(const struct press *p, struct arena *a, int64_t ms)
{
    int64_t s = offset_s(p, ms), minutes = (s < 0 ? -s : s) / 60;
    struct span zone = zone_name(p->site->zone);
    for (size_t i = 0; i < COUNT(zone_words); i++)
        if (zone_words[i].offset_s == s && span_eq(zone, span_of(zone_words[i].zone)))
            return span_of(zone_words[i].name);
    if (!s) return S("UTC");
    const char *sign = s < 0 ? "\xe2\x88\x92" : "+"; /* a true minus */
    if (minutes % 60)
        return arena_printf(a, "UTC%s%d:%02d", sign, (int)(minutes / 60), (int)(minutes % 60));
    return arena_printf(a, "UTC%s%d", sign, (int)(minutes / 60));
}

static struct span numbered_word(const struct press *p, const char *stem, int n)
{
    char key[24];
    int len = snprintf(key, sizeof key, "%s_%d", stem, n);
    must(len > 0 && (size_t)len < sizeof key);
    return press_word(p, key);
}

/* A pattern of the words file: {weekday} {d} {month} {mon} {y} {time} {zone}. */
static struct span told(const struct press *p, struct arena *a, const char *pattern, int64_t ms)
{
    struct civil c = press_civil(p, ms);
    struct fill with[] = {
        {"d", arena_printf(a, "%d", c.day)},
        {"month", numbered_word(p, "month", c.month)},
        {"mon", numbered_word(p, "mon", c.month)},
        {"y", arena_printf(a, "%d", c.year)},
        {"time", arena_printf(a, "%02d:%02d", c.hour, c.minute)},
        {"zone", zone_word(p, a, ms)},
        {"weekday", numbered_word(p, "weekday", c.weekday)},
    };
    return press_fill(a, press_word(p, pattern), with, COUNT(with));
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
    struct civil c = press_civil(p, ms);
    return arena_printf(a, "%02d:%02d", c.hour, c.minute);
}

struct span press_date_iso(const struct press *p, struct arena *a, int64_t ms)
{
    struct civil c = press_civil(p, ms);
    int64_t s = offset_s(p, ms), minutes = (s < 0 ? -s : s) / 60;
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month, c.day,
        c.hour, c.minute, c.second, s < 0 ? '-' : '+', (int)(minutes / 60), (int)(minutes % 60));
}
