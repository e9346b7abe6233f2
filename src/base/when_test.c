#include "clock.h"

#include <time.h>

#include "tap.h"

enum { JAN23_0600 = 1769148000 };
#define JAN23_MS ((int64_t)JAN23_0600 * 1000)

static bool is(struct when w, enum when_kind kind, int64_t ms)
{
    bool same = w.kind == kind && (kind > WHEN_LOCAL || w.ms == ms);
    if (!same) printf("# got kind %d, ms %lld\n", (int)w.kind, (long long)w.ms);
    return same;
}

static void test_iso(void)
{
    static const struct {
        const char *text;
        enum when_kind kind;
        int64_t after_ms; /* JAN23_MS */
    } cases[] = {
        {"2026-01-23T06:00:00Z", WHEN_UTC, 0},
        {"20260123T060000Z", WHEN_UTC, 0},
        {"20260123T060000+0000", WHEN_UTC, 0},
        {"2026-01-23T07:00:00+01:00", WHEN_UTC, 0},
        {"2026-01-23T07:00:00+0100", WHEN_UTC, 0},
        {"2026-01-23T07:00:00+01", WHEN_UTC, 0},
        {"2026-01-23T00:30:00-05:30", WHEN_UTC, 0},
        {"2026-01-23t06:00:00.5z", WHEN_UTC, 500},
        {"2026-01-23T06:00:00,123456789Z", WHEN_UTC, 123},
        {"2026-01-23 06:00", WHEN_LOCAL, 0},
        {"2026-01-23 06:00:00 +00:00", WHEN_UTC, 0},
        {" 2026-01-23T06:00:00 ", WHEN_LOCAL, 0},
        {"2026-01-23", WHEN_LOCAL, -6 * 3600000},
        {"20260123", WHEN_LOCAL, -6 * 3600000},
        {"2026-01-23Z", WHEN_UTC, -6 * 3600000},
        {"2026-01-23+01:00", WHEN_UTC, -7 * 3600000},
        {"2026-01-23T05:59:60Z", WHEN_UTC, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(is(when_iso(span_of(cases[i].text)), cases[i].kind, JAN23_MS + cases[i].after_ms),
            "\"%s\"", cases[i].text);
}

static void test_iso_unreadable(void)
{
    static const char *const texts[] = {"2026-02-30T06:00:00Z", "2026-01-23T24:00:00Z",
        "1899-12-31T00:00:00Z", "2200-01-01T00:00:00Z", "2026-13-01", "2026-00-10", "2026-01-00",
        "2026-01-23T", "2026-01-23T6:00:00Z", "2026-01-23T06:60:00Z", "2026-01-23T06:00:00X",
        "2026-01-23T06:00:00Zx", "2026-01-23T06:00:00+15:00", "2026-01-23T06:00:00+01:60",
        "2026-01-23T06:00:00.Z", "2026-01", "2026", "tomorrow", "2026-1-23", "2026-0123",
        "2025-02-29", "2100-02-29", "2026-01-23T06", "+2026-01-23", "2026-01-23T06:00:61Z"};
    for (size_t i = 0; i < COUNT(texts); i++)
        check(
            when_iso(span_of(texts[i])).kind == WHEN_UNREADABLE, "\"%s\" makes no sense", texts[i]);
    check(when_iso((struct span){NULL, 0}).kind == WHEN_ABSENT, "absent");
    check(when_iso(S(" ")).kind == WHEN_EMPTY, "empty");
    check(when_iso(S("2024-02-29")).kind == WHEN_LOCAL, "a leap day");
    check(when_iso(S("2000-02-29")).kind == WHEN_LOCAL, "the leap day of a century");
}

static void test_rfc822(void)
{
    static const struct {
        const char *text;
        enum when_kind kind;
        int64_t after_ms;
    } cases[] = {
        {"Fri, 23 Jan 2026 06:00:00 GMT", WHEN_UTC, 0},
        {"Fri, 23 Jan 2026 06:00:00 +0000", WHEN_UTC, 0},
        {"23 Jan 26 06:00 UT", WHEN_UTC, 0},
        {"Friday, 23 January 2026 01:00:00 EST", WHEN_UTC, 0},
        {"Thu, 22 Jan 2026 22:00:00 PST", WHEN_UTC, 0},
        {"Fri, 23 Jan 2026 07:00:00 CET", WHEN_UTC, 0},
        {"Fri, 23 Jan 2026 07:00:00 GMT+01:00", WHEN_UTC, 0},
        {"Fri, 23 Jan 2026 06:00:00 Z", WHEN_UTC, 0},
        {"Fri, 23 Jan 2026 06:00:00 A", WHEN_UTC, 0},
        {"fri, 23 jan 2026 6:00:00 gmt", WHEN_UTC, 0},
        {"Fri, 23 Jan 2026 06:00:00 +0000 (UTC)", WHEN_UTC, 0},
        {"Fri, 23 Jan 2026 06:00:00", WHEN_LOCAL, 0},
        {"Fri, 23 Jan 2026 06:00:00 BST", WHEN_UNREADABLE, 0},
        {"Fri, 23 Jan 2026 06:00:00 J", WHEN_UNREADABLE, 0},
        {"Fry, 23 Jan 2026 06:00:00 GMT", WHEN_UNREADABLE, 0},
        {"Fri, 32 Jan 2026 06:00:00 GMT", WHEN_UNREADABLE, 0},
        {"Fri, 23 Foo 2026 06:00:00 GMT", WHEN_UNREADABLE, 0},
        {"Fri, 23 Jan 2026", WHEN_UNREADABLE, 0},
        {"Fri, 23 Jan 2026 06:00:00 GMT x", WHEN_UNREADABLE, 0},
        {"2026-01-23T06:00:00Z", WHEN_UNREADABLE, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(is(when_rfc822(span_of(cases[i].text)), cases[i].kind, JAN23_MS + cases[i].after_ms),
            "\"%s\"", cases[i].text);
    check(when_rfc822((struct span){NULL, 0}).kind == WHEN_ABSENT, "absent");
    check(when_rfc822(S("")).kind == WHEN_EMPTY, "empty");
}

static void test_writing(void)
{
    char text[25], date[30];
    utc_text(JAN23_MS, text);
    check_span(span_of(text), S("2026-01-23T06:00:00Z"), "whole seconds");
    utc_text(JAN23_MS + 7, text);
    check_span(span_of(text), S("2026-01-23T06:00:00.007Z"), "milliseconds");
    utc_text(-1, text);
    check_span(span_of(text), S("1969-12-31T23:59:59.999Z"), "before 1970");
    utc_text(INT64_MAX, text);
    check(span_of(text).n == 24, "a time beyond reason stays within its room");
    http_date(784111777000, date);
    check_span(span_of(date), S("Sun, 06 Nov 1994 08:49:37 GMT"), "the date of RFC 9110");
}

static void test_calendar(void)
{
    bool same = true;
    for (int64_t day = -30000; day < 90000; day++) {
        time_t s = (time_t)(day * 86400 + 3723);
        struct tm tm;
        gmtime_r(&s, &tm);
        struct civil c = civil_of((int64_t)s * 1000);
        same = same && c.year == tm.tm_year + 1900 && c.month == tm.tm_mon + 1 &&
               c.day == tm.tm_mday && c.hour == 1 && c.minute == 2 && c.second == 3 &&
               c.weekday == tm.tm_wday && civil_to_ms(c) == (int64_t)s * 1000;
    }
    check(same, "every day from 1887 to 2216 is what the C library says");
}

int main(void)
{
    test_iso();
    test_iso_unreadable();
    test_rfc822();
    test_writing();
    test_calendar();
    return tap_end();
}
