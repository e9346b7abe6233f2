/* when: instants as wires write them, ISO 8601 and RFC 822 and what feeds make of them.
 * Pure: no tables of zones, no system call. What makes no sense is unreadable, never guessed. */
#include "clock.h"

enum { YEAR_FIRST = 1900, YEAR_LAST = 2199, OFFSET_MAX_MIN = 14 * 60 };

/* Reads forward through a span; every step says whether it fitted. */
struct scan {
    const char *p, *end;
};

static bool scan_char(struct scan *s, char c)
{
    if (s->p == s->end || *s->p != c) return false;
    s->p++;
    return true;
}

static bool scan_digits(struct scan *s, int count, int *out)
{
    int v = 0;
    if (s->end - s->p < count) return false;
    for (int i = 0; i < count; i++) {
        if (s->p[i] < '0' || s->p[i] > '9') return false;
        v = v * 10 + (s->p[i] - '0');
    }
    s->p += count;
    *out = v;
    return true;
}

static int digits_ahead(const struct scan *s)
{
    int n = 0;
    while (s->p + n < s->end && s->p[n] >= '0' && s->p[n] <= '9') n++;
    return n;
}

static void skip_spaces(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
        s->p++;
}

static bool date_is_real(const struct civil *c)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (c->year < YEAR_FIRST || c->year > YEAR_LAST || c->month < 1 || c->month > 12) return false;
    bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
    return c->day >= 1 && c->day <= days[c->month - 1] + (c->month == 2 && leap);
}

static bool time_is_real(const struct civil *c)
{
    return c->hour <= 23 && c->minute <= 59 && c->second <= 60; /* 60: a leap second */
}

static bool scan_date(struct scan *s, struct civil *c)
{
    if (!scan_digits(s, 4, &c->year)) return false;
    bool extended = scan_char(s, '-');
    return scan_digits(s, 2, &c->month) && (!extended || scan_char(s, '-')) &&
           scan_digits(s, 2, &c->day) && date_is_real(c);
}

static bool scan_time(struct scan *s, int hour_digits, struct civil *c, int *ms_out)
{
    if (!scan_digits(s, hour_digits, &c->hour)) return false;
    bool extended = scan_char(s, ':');
    if (!scan_digits(s, 2, &c->minute)) return false;
    bool seconds = extended ? scan_char(s, ':') : digits_ahead(s) == 2;
    if (seconds && !scan_digits(s, 2, &c->second)) return false;
    if (seconds && (scan_char(s, '.') || scan_char(s, ','))) {
        int n = digits_ahead(s), unit = 100;
        if (n == 0) return false;
        for (int i = 0; i < n; i++, unit /= 10) *ms_out += (s->p[i] - '0') * unit;
        s->p += n;
    }
    return time_is_real(c);
}

/* +hh:mm, +hhmm or +hh. */
static bool scan_offset(struct scan *s, int *minutes_out)
{
    int hours, minutes = 0;
    bool west = s->p < s->end && *s->p == '-';
    if (!west && !scan_char(s, '+')) return false;
    if (west) s->p++;
    if (!scan_digits(s, 2, &hours)) return false;
    if (scan_char(s, ':') ? !scan_digits(s, 2, &minutes)
                          : digits_ahead(s) == 2 && !scan_digits(s, 2, &minutes))
        return false;
    *minutes_out = (hours * 60 + minutes) * (west ? -1 : 1);
    return minutes <= 59 && hours * 60 + minutes <= OFFSET_MAX_MIN;
}

static struct when unreadable(void)
{
    return (struct when){WHEN_UNREADABLE, 0};
}

struct when when_iso(struct span text)
{
    if (!text.p) return (struct when){WHEN_ABSENT, 0};
    text = span_trim(text);
    if (text.n == 0) return (struct when){WHEN_EMPTY, 0};
    struct scan s = {text.p, text.p + text.n};
    struct civil c = {0};
    int ms = 0, offset_min = 0;
    if (!scan_date(&s, &c)) return unreadable();
    bool timed = scan_char(&s, 'T') || scan_char(&s, 't');
    if (!timed && s.p < s.end && *s.p == ' ') {
        skip_spaces(&s);
        timed = true;
    }
    if (timed && !scan_time(&s, 2, &c, &ms)) return unreadable();
    skip_spaces(&s);
    int64_t at_ms = civil_to_ms(c) + ms;
    if (s.p == s.end) return (struct when){WHEN_LOCAL, at_ms};
    if (!scan_char(&s, 'Z') && !scan_char(&s, 'z') && !scan_offset(&s, &offset_min))
        return unreadable();
    if (s.p != s.end) return unreadable();
    return (struct when){WHEN_UTC, at_ms - (int64_t)offset_min * 60000};
}

/* ---- RFC 822, 2822, 5322 ---- */

/* Names whose offset nobody disputes; of BST, IST, CST in Asia and the like there are several, so
 * they stay unreadable but for the American ones, which RFC 822 5.1 fixes. Military letters say
 * nothing (RFC 5322 4.3) and count as UTC. */
static const struct {
    const char *name;
    int hours;
} zones[] = {{"UT", 0}, {"GMT", 0}, {"UTC", 0}, {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
    {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}, {"WET", 0}, {"WEST", 1}, {"CET", 1},
    {"CEST", 2}, {"EET", 2}, {"EEST", 3}, {"MSK", 3}, {"JST", 9}, {"KST", 9}, {"AEST", 10},
    {"AEDT", 11}, {"NZST", 12}, {"NZDT", 13}};

static struct span scan_letters(struct scan *s)
{
    const char *from = s->p;
    while (s->p < s->end && ((*s->p >= 'a' && *s->p <= 'z') || (*s->p >= 'A' && *s->p <= 'Z')))
        s->p++;
    return (struct span){from, (size_t)(s->p - from)};
}

/* Which of the three-letter names word begins with; -1: none. */
static int name_index(struct span word, const char *names)
{
    for (int i = 0; names[3 * i]; i++)
        if (word.n >= 3 && span_starts_nocase(word, (struct span){names + 3 * i, 3})) return i;
    return -1;
}

static bool scan_named_date(struct scan *s, struct civil *c)
{
    struct span weekday = scan_letters(s);
    if (weekday.n && name_index(weekday, "SunMonTueWedThuFriSat") < 0) return false;
    skip_spaces(s);
    scan_char(s, ',');
    skip_spaces(s);
    int day_digits = digits_ahead(s);
    if (day_digits < 1 || day_digits > 2 || !scan_digits(s, day_digits, &c->day)) return false;
    skip_spaces(s);
    scan_char(s, '-');
    c->month = name_index(scan_letters(s), "JanFebMarAprMayJunJulAugSepOctNovDec") + 1;
    scan_char(s, '.');
    scan_char(s, '-');
    skip_spaces(s);
    int n = digits_ahead(s);
    if (n < 2 || n > 4 || !scan_digits(s, n, &c->year)) return false;
    if (n == 2) c->year += c->year < 50 ? 2000 : 1900;
    if (n == 3) c->year += 1900;
    return date_is_real(c);
}

static bool scan_zone(struct scan *s, int *minutes_out)
{
    if (s->p < s->end && (*s->p == '+' || *s->p == '-')) return scan_offset(s, minutes_out);
    struct span name = scan_letters(s);
    *minutes_out = 0;
    if (name.n == 1) return name.p[0] != 'J' && name.p[0] != 'j';
    for (size_t i = 0; i < COUNT(zones); i++) {
        if (!span_eq_nocase(name, span_of(zones[i].name))) continue;
        *minutes_out = zones[i].hours * 60;
        /* "GMT+01:00" is written too */
        bool more = s->p < s->end && (*s->p == '+' || *s->p == '-');
        return !more || (i < 3 && scan_offset(s, minutes_out));
    }
    return false;
}

struct when when_rfc822(struct span text)
{
    if (!text.p) return (struct when){WHEN_ABSENT, 0};
    text = span_trim(text);
    if (text.n == 0) return (struct when){WHEN_EMPTY, 0};
    struct scan s = {text.p, text.p + text.n};
    struct civil c = {0};
    int ms = 0, offset_min = 0;
    if (!scan_named_date(&s, &c)) return unreadable();
    skip_spaces(&s);
    if (!scan_time(&s, digits_ahead(&s) == 1 ? 1 : 2, &c, &ms)) return unreadable();
    skip_spaces(&s);
    int64_t at_ms = civil_to_ms(c) + ms;
    if (s.p == s.end) return (struct when){WHEN_LOCAL, at_ms};
    if (!scan_zone(&s, &offset_min)) return unreadable();
    skip_spaces(&s);
    if (s.p < s.end && (*s.p != '(' || s.end[-1] != ')')) return unreadable();
    return (struct when){WHEN_UTC, at_ms - (int64_t)offset_min * 60000};
}
