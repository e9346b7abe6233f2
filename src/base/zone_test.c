#include "clock.h"

#include <stdlib.h>
#include <time.h>

#include "tap.h"

static int64_t utc(const char *iso)
{
    return when_iso(span_of(iso)).ms;
}

static void test_names(void)
{
    check(zone_open(S("Europe/Berlin")) != NULL, "a zone is found");
    check(zone_open(S("Europe/Berlin")) == zone_open(S("Europe/Berlin")), "and opened once");
    check_span(zone_name(zone_open(S("Asia/Kolkata"))), S("Asia/Kolkata"), "it knows its name");
    check(zone_open(S("UTC")) == zone_utc() && zone_offset_s(zone_utc(), 0) == 0, "UTC");
    static const char *const bad[] = {"", "Europe", "Europe/Nowhere", "../etc/passwd",
        "/etc/passwd", "Europe/../Europe/Berlin", "tzdata.zi", "zone.tab", "Europe/Berlin\n",
        "Europe//"};
    for (size_t i = 0; i < COUNT(bad); i++)
        check(!zone_open(span_of(bad[i])), "\"%s\" is no zone", bad[i]);
}

static void test_gap_and_overlap(void)
{
    const struct zone *z = zone_open(S("Europe/Berlin"));
    check(zone_to_utc(z, utc("2026-01-23T06:00:00Z")) == utc("2026-01-23T05:00:00Z"), "winter");
    check(zone_to_utc(z, utc("2026-07-23T06:00:00Z")) == utc("2026-07-23T04:00:00Z"), "summer");
    check(zone_to_utc(z, utc("2026-03-29T02:30:00Z")) == utc("2026-03-29T01:30:00Z"),
        "in the gap: the later instant (X8)");
    check(zone_to_utc(z, utc("2026-03-29T02:00:00Z")) == utc("2026-03-29T01:00:00Z"),
        "the gap's first instant");
    check(zone_to_utc(z, utc("2026-03-29T03:00:00Z")) == utc("2026-03-29T01:00:00Z"),
        "behind the gap");
    check(zone_to_utc(z, utc("2026-10-25T02:30:00Z")) == utc("2026-10-25T01:30:00Z"),
        "in the overlap: the later instant (X8)");
    check(zone_to_utc(z, utc("2026-10-25T01:59:59Z")) == utc("2026-10-24T23:59:59Z"),
        "before the overlap");
    check(zone_to_utc(z, utc("2026-10-25T03:00:00Z")) == utc("2026-10-25T02:00:00Z"),
        "behind the overlap");
    z = zone_open(S("Pacific/Apia"));
    check(zone_to_utc(z, utc("2011-12-30T12:00:00Z")) == utc("2011-12-30T22:00:00Z"),
        "the day that Samoa left out");
}

static void test_far_dates(void)
{
    const struct zone *z = zone_open(S("America/New_York"));
    check(zone_offset_s(z, utc("2190-01-15T12:00:00Z")) == -5 * 3600, "winter in 2190");
    check(zone_offset_s(z, utc("2190-07-15T12:00:00Z")) == -4 * 3600, "summer in 2190");
    z = zone_open(S("Australia/Sydney"));
    check(zone_offset_s(z, utc("2190-01-15T12:00:00Z")) == 11 * 3600, "summer in the south");
    z = zone_open(S("Asia/Kolkata"));
    check(zone_offset_s(z, utc("2190-01-15T12:00:00Z")) == 19800, "no summer time");
}

/* The C library reads the same files: whatever the instant, it must say the same. */
static void test_against_libc(const char *name, uint64_t seed)
{
    const struct zone *z = zone_open(span_of(name));
    setenv("TZ", name, 1);
    tzset();
    bool same = z != NULL;
    for (int i = 0; same && i < 20000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        time_t s = (time_t)(seed >> 16) % 5700000000 - 1500000000; /* 1922 to 2103 */
        struct tm tm;
        localtime_r(&s, &tm);
        same = zone_offset_s(z, (int64_t)s * 1000) == tm.tm_gmtoff;
        int64_t local_ms = ((int64_t)s + tm.tm_gmtoff) * 1000;
        int64_t back_ms = zone_to_utc(z, local_ms);
        same = same && back_ms >= (int64_t)s * 1000;
        same = same && back_ms + zone_offset_s(z, back_ms) * 1000 == local_ms;
        if (!same) printf("# %s differs at %lld\n", name, (long long)s);
    }
    check(same, "%s is as the C library has it", name);
}

int main(void)
{
    static const char *const names[] = {"Europe/Berlin", "America/New_York", "Asia/Kolkata",
        "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo",
        "Asia/Tehran", "Europe/Dublin", "America/St_Johns", "Asia/Gaza", "Antarctica/Troll"};
    uint64_t seed = (uint64_t)time(NULL);
    test_names();
    test_gap_and_overlap();
    test_far_dates();
    printf("# seed %llu\n", (unsigned long long)seed);
    for (size_t i = 0; i < COUNT(names); i++) test_against_libc(names[i], seed + i);
    return tap_end();
}
