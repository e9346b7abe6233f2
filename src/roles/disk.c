/* disk: what the disk loses a day, and how long it lasts: from what was free each hour of the last
 * days (DATA/courier/room). All that lies on it counts: done/ folders, logs and backups too.
 * Written by the courier alone. Never fatal: without its notes nothing is said of growth. */
#include "roles.h"

#include <stdio.h>

enum {
    NOTE_EVERY_MS = 3600 * 1000,
    NOTES_MAX = 8 * 24, /* a week tells more than a day: wires rest on Sundays */
    NOTES_FILE_MAX = NOTES_MAX * 64 + 4096, /* a note takes some forty bytes */
    DAY_OF_MS = 24 * 3600 * 1000,
};

struct measure {
    int64_t at_ms;
    uint64_t bytes, used;
};

static const char *file_of(struct arena *a, const char *data)
{
    return arena_printf(a, "%s/courier/room", data).p;
}

static bool take_measure(struct span *rest, struct measure *out)
{
    unsigned long long bytes, used;
    long long at;
    char line[80];
    size_t n = 0;
    while (n < rest->n && rest->p[n] != '\n') n++;
    snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), rest->p);
    *rest = span_cut(*rest, n + 1, rest->n);
    if (sscanf(line, "%18lld %20llu %20llu", &at, &bytes, &used) != 3) return false;
    *out = (struct measure){at, bytes, used};
    return true;
}

static size_t read_notes(struct arena *a, const char *data, struct measure list[NOTES_MAX])
{
    struct span text;
    size_t n = 0;
    if (file_read(a, file_of(a, data), NOTES_FILE_MAX, &text) != OK) return 0;
    while (text.n && n < NOTES_MAX)
        if (take_measure(&text, &list[n])) n++;
    return n;
}

void disk_note(struct arena *a, const char *data, int64_t now_ms)
{
    struct disk d = disk_look(data);
    struct measure *list = ARENA_ARRAY(a, struct measure, NOTES_MAX);
    size_t n = read_notes(a, data, list), first = n == NOTES_MAX ? 1 : 0;
    struct buf b;
    if (n && now_ms - list[n - 1].at_ms < NOTE_EVERY_MS && now_ms >= list[n - 1].at_ms) return;
    buf_init(&b, a, 0);
    for (size_t i = first; i < n; i++)
        if (list[i].at_ms < now_ms)
            buf_printf(&b, "%lld %llu %llu\n", (long long)list[i].at_ms,
                (unsigned long long)list[i].bytes, (unsigned long long)list[i].used);
    buf_printf(&b, "%lld %llu %llu\n", (long long)now_ms, (unsigned long long)d.bytes,
        (unsigned long long)(d.bytes - d.free));
    if (file_write_durable(file_of(a, data), buf_span(&b)) != OK)
        log_warn("how much room there is cannot be noted");
}

struct disk_growth disk_grows(struct arena *a, const char *data, int64_t now_ms)
{
    struct disk_growth g = {.a_day = -1, .days_left = -1};
    struct disk d = disk_look(data);
    struct measure *list = ARENA_ARRAY(a, struct measure, NOTES_MAX);
    size_t n = read_notes(a, data, list), i = 0;
    int64_t used = (int64_t)(d.bytes - d.free);
    while (i < n && (now_ms - list[i].at_ms > NOTES_MAX * (int64_t)NOTE_EVERY_MS ||
                        list[i].bytes != d.bytes)) /* another disk, or a larger one */
        i++;
    if (i == n || now_ms - list[i].at_ms < DAY_OF_MS) return g;
    double days = (double)(now_ms - list[i].at_ms) / DAY_OF_MS;
    g.a_day = (int64_t)((double)(used - (int64_t)list[i].used) / days);
    if (g.a_day < 0) g.a_day = 0;
    if (g.a_day > 0) g.days_left = (int64_t)d.free / g.a_day;
    return g;
}
