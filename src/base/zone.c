/* zone: IANA zones out of TZif files (RFC 8536, version 2 and later), with the rule in the footer
 * for times behind the table. Zones are opened once and kept for the life of the process. Never
 * uses the C library's zones. Damaged files are no zone. */
#include "clock.h"

#include <pthread.h>
#include <string.h>

enum {
    FILE_MAX = 256 << 10, /* the largest zone of today has 4 kB */
    NAME_MAX_BYTES = 64,
    DAY_S = 86400,
};

struct rule {  /* one turn of the year, RFC 8536 3.3 */
    char form; /* 'M', 'J' (1..365, no leap day), '0' (0..365) */
    int month, week, day;
    int32_t time_s;
};

struct zone {
    struct span name;
    const unsigned char *at;    /* count times of 8 bytes, big-endian */
    const unsigned char *kind;  /* count numbers of types */
    const unsigned char *types; /* 6 bytes each */
    uint32_t count, type_count;
    bool has_footer, has_summer;
    int32_t standard_s, summer_s; /* of the footer: seconds east of UTC */
    struct rule begin, end;       /* of summer time */
    struct zone *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone *opened;
static struct arena *kept;

static int64_t big(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | p[i];
    return bytes == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

/* ---- the footer: a POSIX TZ string ---- */

struct scan {
    const char *p, *end;
};

static bool scan_char(struct scan *s, char c)
{
    if (s->p == s->end || *s->p != c) return false;
    s->p++;
    return true;
}

static bool scan_number(struct scan *s, int max, int *out)
{
    const char *from = s->p;
    int v = 0;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9' && s->p - from < 4)
        v = v * 10 + (*s->p++ - '0');
    *out = v;
    return s->p > from && v <= max;
}

static bool scan_name(struct scan *s)
{
    const char *from = s->p;
    if (scan_char(s, '<')) {
        while (s->p < s->end && *s->p != '>') s->p++;
        return scan_char(s, '>');
    }
    while (s->p < s->end && ((*s->p | 0x20) >= 'a' && (*s->p | 0x20) <= 'z')) s->p++;
    return s->p - from >= 3;
}

/* [+-]hh[:mm[:ss]]; hours up to 167 (RFC 8536 3.3.1). */
static bool scan_seconds(struct scan *s, int32_t *out)
{
    int hours, minutes = 0, seconds = 0;
    bool minus = scan_char(s, '-');
    if (!minus) scan_char(s, '+');
    if (!scan_number(s, 167, &hours)) return false;
    if (scan_char(s, ':') && !scan_number(s, 59, &minutes)) return false;
    if (scan_char(s, ':') && !scan_number(s, 59, &seconds)) return false;
    *out = (hours * 3600 + minutes * 60 + seconds) * (minus ? -1 : 1);
    return true;
}

static bool scan_rule(struct scan *s, struct rule *r)
{
    *r = (struct rule){.form = '0', .time_s = 7200};
    if (!scan_char(s, ',')) return false;
    if (scan_char(s, 'M')) {
        r->form = 'M';
        if (!scan_number(s, 12, &r->month) || !scan_char(s, '.') || !scan_number(s, 5, &r->week) ||
            !scan_char(s, '.') || !scan_number(s, 6, &r->day) || r->month < 1 || r->week < 1)
            return false;
    } else {
        if (scan_char(s, 'J')) r->form = 'J';
        if (!scan_number(s, 365, &r->day) || (r->form == 'J' && r->day < 1)) return false;
    }
    return !scan_char(s, '/') || scan_seconds(s, &r->time_s);
}

static bool footer_read(struct span text, struct zone *z)
{
    struct scan s = {text.p, text.p + text.n};
    if (!scan_name(&s) || !scan_seconds(&s, &z->standard_s)) return false;
    z->standard_s = -z->standard_s; /* POSIX counts to the west */
    z->has_footer = true;
    if (s.p == s.end) return true;
    z->has_summer = true;
    z->summer_s = z->standard_s + 3600;
    if (!scan_name(&s)) return false;
    if (s.p < s.end && *s.p != ',') {
        if (!scan_seconds(&s, &z->summer_s)) return false;
        z->summer_s = -z->summer_s;
    }
    return scan_rule(&s, &z->begin) && scan_rule(&s, &z->end) && s.p == s.end;
}

/* Local seconds since 1970 at which the rule turns in that year. */
static int64_t rule_turns_s(const struct rule *r, int year)
{
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    struct civil c = {.year = year, .month = r->form == 'M' ? r->month : 1, .day = 1};
    int64_t day = civil_to_ms(c) / 1000 / DAY_S;
    if (r->form == 'J') {
        day += r->day - 1 + (leap && r->day >= 60);
    } else if (r->form == '0') {
        day += r->day;
    } else {
        int first = civil_of(day * DAY_S * 1000).weekday;
        int64_t found = day + (r->day - first + 7) % 7 + 7 * (r->week - 1);
        while (civil_of(found * DAY_S * 1000).month != r->month) found -= 7;
        day = found;
    }
    return day * DAY_S + r->time_s;
}

static int32_t footer_offset_s(const struct zone *z, int64_t utc_s)
{
    if (!z->has_summer) return z->standard_s;
    int year = civil_of((utc_s + z->standard_s) * 1000).year;
    int64_t begin = rule_turns_s(&z->begin, year) - z->standard_s;
    int64_t end = rule_turns_s(&z->end, year) - z->summer_s;
    bool summer = begin < end ? utc_s >= begin && utc_s < end : !(utc_s >= end && utc_s < begin);
    return summer ? z->summer_s : z->standard_s;
}

/* ---- the file ---- */

struct head {
    uint32_t isut, isstd, leap, times, types, chars;
};

enum { HEAD_BYTES = 44 };

static bool head_read(struct span s, struct head *h)
{
    if (s.n < HEAD_BYTES || memcmp(s.p, "TZif", 4) != 0 || s.p[4] < '2') return false;
    const unsigned char *p = (const unsigned char *)s.p + 20;
    uint32_t *const fields[] = {&h->isut, &h->isstd, &h->leap, &h->times, &h->types, &h->chars};
    for (size_t i = 0; i < COUNT(fields); i++, p += 4) {
        *fields[i] = (uint32_t)big(p, 4);
        if (*fields[i] > FILE_MAX) return false;
    }
    return true;
}

static size_t data_bytes(const struct head *h, size_t time_bytes)
{
    return h->times * (time_bytes + 1) + (size_t)h->types * 6 + h->chars +
           h->leap * (time_bytes + 4) + h->isstd + h->isut;
}

static bool zone_read(struct span file, struct zone *z)
{
    struct head h;
    if (!head_read(file, &h)) return false;
    size_t skip = HEAD_BYTES + data_bytes(&h, 4);
    file = span_cut(file, skip, file.n);
    if (!head_read(file, &h) || h.types == 0 || h.leap != 0) return false;
    size_t data = HEAD_BYTES + data_bytes(&h, 8);
    if (file.n < data + 2 || file.p[data] != '\n' || file.p[file.n - 1] != '\n') return false;
    z->at = (const unsigned char *)file.p + HEAD_BYTES;
    z->kind = z->at + (size_t)h.times * 8;
    z->types = z->kind + h.times;
    z->count = h.times;
    z->type_count = h.types;
    for (uint32_t i = 0; i < z->count; i++)
        if (z->kind[i] >= h.types || (i && big(z->at + 8 * i, 8) <= big(z->at + 8 * i - 8, 8)))
            return false;
    struct span footer = span_cut(file, data + 1, file.n - 1);
    return footer.n == 0 || footer_read(footer, z);
}

static bool name_is_safe(struct span name)
{
    if (name.n == 0 || name.n > NAME_MAX_BYTES || name.p[0] == '/') return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i], low = c | 0x20;
        bool plain = (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
                     c == '-' || c == '/';
        if (!plain) return false; /* so that there is no ".." either */
    }
    return true;
}

static struct zone *zone_load(struct span name)
{
    char path[NAME_MAX_BYTES + 32] = "/usr/share/zoneinfo/";
    memcpy(path + strlen(path), name.p, name.n);
    struct arena *a = arena_new((size_t)FILE_MAX * 3);
    struct span file;
    struct zone probe = {0};
    if (file_read(a, path, FILE_MAX, &file) != OK || !zone_read(file, &probe)) {
        arena_free(a);
        return NULL;
    }
    if (!kept) kept = arena_new(SIZE_MAX / 4);
    struct zone *z = ARENA_NEW(kept, struct zone);
    must(zone_read(arena_keep(kept, file), z));
    z->name = arena_keep(kept, name);
    z->next = opened;
    opened = z;
    arena_free(a);
    return z;
}

const struct zone *zone_open(struct span name)
{
    if (span_eq(name, S("UTC"))) return zone_utc();
    if (!name_is_safe(name)) return NULL;
    pthread_mutex_lock(&lock);
    struct zone *z = opened;
    while (z && !span_eq(z->name, name)) z = z->next;
    if (!z) z = zone_load(name);
    pthread_mutex_unlock(&lock);
    return z;
}

const struct zone *zone_utc(void)
{
    static const struct zone utc = {.name = {"UTC", 3}, .has_footer = true};
    return &utc;
}

struct span zone_name(const struct zone *z)
{
    return z->name;
}

static int32_t type_offset_s(const struct zone *z, uint32_t type)
{
    return (int32_t)big(z->types + (size_t)type * 6, 4);
}

int64_t zone_offset_s(const struct zone *z, int64_t utc_ms)
{
    int64_t utc_s = utc_ms / 1000 - (utc_ms % 1000 < 0);
    uint32_t low = 0, high = z->count; /* low: how many turns lie at or before utc_s */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (big(z->at + 8 * (size_t)middle, 8) <= utc_s)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == z->count && z->has_footer) return footer_offset_s(z, utc_s);
    return type_offset_s(z, low ? z->kind[low - 1] : 0);
}

int64_t zone_to_utc(const struct zone *z, int64_t local_ms)
{
    const int64_t around_ms[] = {-DAY_S * 1000, 0, DAY_S * 1000};
    int64_t latest_ms = INT64_MIN, fitting_ms = INT64_MIN;
    for (size_t i = 0; i < COUNT(around_ms); i++) {
        int64_t offset_ms = zone_offset_s(z, local_ms + around_ms[i]) * 1000;
        int64_t utc_ms = local_ms - offset_ms;
        if (utc_ms > latest_ms) latest_ms = utc_ms;
        if (zone_offset_s(z, utc_ms) * 1000 == offset_ms && utc_ms > fitting_ms)
            fitting_ms = utc_ms;
    }
    return fitting_ms != INT64_MIN ? fitting_ms : latest_ms;
}
