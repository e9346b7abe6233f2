/* civil: the proleptic Gregorian calendar by arithmetic alone, and how we write instants.
 * Never asks the system, its zone or its locale. */
#include "clock.h"

#include <string.h>

enum { DAY_MS = 86400000 };

/* Days from 1970-01-01; the year begins in March, so that the leap day comes last. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil civil_of(int64_t ms)
{
    int64_t days = ms / DAY_MS - (ms % DAY_MS < 0);
    int64_t rest_s = (ms - days * DAY_MS) / 1000;
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t doe = shifted - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int from_march = (int)((5 * doy + 2) / 153);
    int month = from_march < 10 ? from_march + 3 : from_march - 9;
    return (struct civil){.year = (int)(yoe + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(doy - (153 * from_march + 2) / 5 + 1),
        .hour = (int)(rest_s / 3600),
        .minute = (int)(rest_s / 60 % 60),
        .second = (int)(rest_s % 60),
        .weekday = (int)(((days + 4) % 7 + 7) % 7)};
}

int64_t civil_to_ms(struct civil c)
{
    return days_of(c.year, c.month, c.day) * DAY_MS +
           ((int64_t)c.hour * 3600 + c.minute * 60 + c.second) * 1000;
}

/* Exactly so many decimal digits of v, and then the character behind them. */
static char *digits(char *p, int v, int count, char behind)
{
    for (int i = count; i-- > 0; v /= 10) p[i] = (char)('0' + v % 10);
    p[count] = behind;
    return p + count + 1;
}

static int four_digit_year(int year)
{
    return year < 0 ? 0 : year > 9999 ? 9999 : year;
}

void utc_text(int64_t ms, char out[25])
{
    struct civil c = civil_of(ms);
    int fraction = (int)((ms % 1000 + 1000) % 1000);
    char *p = digits(out, four_digit_year(c.year), 4, '-');
    p = digits(p, c.month, 2, '-');
    p = digits(p, c.day, 2, 'T');
    p = digits(p, c.hour, 2, ':');
    p = digits(p, c.minute, 2, ':');
    p = digits(p, c.second, 2, fraction ? '.' : 'Z');
    if (fraction) p = digits(p, fraction, 3, 'Z');
    *p = 0;
}

void http_date(int64_t ms, char out[30])
{
    struct civil c = civil_of(ms);
    memcpy(out, &"SunMonTueWedThuFriSat"[3 * c.weekday], 3);
    memcpy(out + 3, ", ", 2);
    char *p = digits(out + 5, c.day, 2, ' ');
    memcpy(p, &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * (c.month - 1)], 3);
    p[3] = ' ';
    p = digits(p + 4, four_digit_year(c.year), 4, ' ');
    p = digits(p, c.hour, 2, ':');
    p = digits(p, c.minute, 2, ':');
    p = digits(p, c.second, 2, ' ');
    memcpy(p, "GMT", 4);
}
