/* audience: `broadsheet audience`: what was read, for how long, and from where readers came: sums
 * of days, for people or as CSV and JSON. Of what is not public no word is said. Reads only. */
#include "commands.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { ROWS_AT_ONCE = 512, ROWS_ARENA = 256 << 20, TOLD_MOST = 20, LAST_DAY = 99991231 };

static const char *const time_names[READING_TIMES] = {
    "under_10", "under_30", "under_60", "under_180", "under_600", "longer"};

struct asked {
    const char *data, *from, *to, *format;
    bool referrers;
    uint32_t from_day, to_day;
    const struct config *config;
    struct office_eyes *eyes;
    struct arena *a; /* of some rows */
};

/* A cell (RFC 4180). What a spreadsheet would take for a formula is none: wires write headlines. */
static void print_cell(struct span s)
{
    bool formula = s.n && strchr("=+-@\t", s.p[0]);
    printf(",\"%s", formula ? "'" : "");
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') putchar('"');
        putchar(s.p[i]);
    }
    putchar('"');
}

static struct span day_text(struct arena *a, uint32_t day)
{
    return arena_printf(a, "%04u-%02u-%02u", day / 10000, day / 100 % 100, day % 100);
}

struct told { /* of a story, while it is public */
    struct span url, headline;
};

static struct told told_of(struct asked *q, story_id id)
{
    struct view v;
    if (reader_story(q->eyes->reader, id, q->a, &v) != OK) return (struct told){S(""), S("")};
    return (struct told){
        arena_printf(q->a, "%.*s%.*s%.*s", FMT(q->config->url), FMT(q->config->base), FMT(v.path)),
        text_plain(q->a, v.headline)};
}

/* ---- rows, however many ---- */
typedef void row_printer(struct asked *q, const struct audience *row, bool first);

static enum result print_rows(struct asked *q, bool hosts, row_printer *print)
{
    struct audience *rows = ARENA_ARRAY(q->eyes->a, struct audience, ROWS_AT_ONCE), last;
    size_t count = ROWS_AT_ONCE;
    bool first = true;
    char host[SITE_REFERRER_MAX + 1];
    enum result r = OK;
    while (r == OK && count == ROWS_AT_ONCE) {
        struct audience *after = first ? NULL : &last;
        arena_reset(q->a);
        r = store_audience_rows(
            q->eyes->store, hosts, q->from_day, q->to_day, after, q->a, rows, ROWS_AT_ONCE, &count);
        for (size_t i = 0; r == OK && i < count; i++, first = false) print(q, &rows[i], first);
        if (r != OK || !count) break;
        last = rows[count - 1];
        size_t n = last.host.n < sizeof host ? last.host.n : sizeof host;
        memcpy(host, last.host.p, n);
        last.host = (struct span){host, n};
    }
    return r;
}

static void csv_story(struct asked *q, const struct audience *row, bool first)
{
    struct told t = told_of(q, row->story);
    if (first) {
        printf("day,id,pages,seen");
        for (size_t k = 0; k < READING_TIMES; k++) printf(",%s", time_names[k]);
        printf(",url,headline\n");
    }
    printf("%.*s,%.*s,%llu,%llu", FMT(day_text(q->a, row->day)),
        FMT(story_id_text(q->a, row->story)), (unsigned long long)row->pages,
        (unsigned long long)row->beacons);
    for (size_t k = 0; k < READING_TIMES; k++) printf(",%llu", (unsigned long long)row->times[k]);
    print_cell(t.url);
    print_cell(t.headline);
    putchar('\n');
}

static void csv_host(struct asked *q, const struct audience *row, bool first)
{
    if (first) printf("day,pages,seen,host\n");
    printf("%.*s,%llu,%llu", FMT(day_text(q->a, row->day)), (unsigned long long)row->pages,
        (unsigned long long)row->beacons);
    print_cell(row->host);
    putchar('\n');
}

static void open_row(struct asked *q, struct json_out *o, const struct audience *row)
{
    json_open(o, NULL, '{');
    json_string(o, "day", day_text(q->a, row->day));
    if (row->host.n)
        json_string(o, "host", row->host);
    else
        json_string(o, "id", story_id_text(q->a, row->story));
    json_number(o, "pages", (int64_t)row->pages);
    json_number(o, "seen", (int64_t)row->beacons);
}

static void json_row(struct asked *q, const struct audience *row, bool first)
{
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, q->a, 0);
    open_row(q, &o, row);
    if (!row->host.n) {
        struct told t = told_of(q, row->story);
        json_open(&o, "seconds", '{');
        for (size_t k = 0; k < READING_TIMES; k++)
            json_number(&o, time_names[k], (int64_t)row->times[k]);
        json_close(&o, '}');
        if (t.url.n) json_string(&o, "url", t.url);
        if (t.headline.n) json_string(&o, "headline", t.headline);
    }
    json_close(&o, '}');
    printf("%s%.*s", first ? "" : ",\n", (int)b.n, b.p);
}

static enum result print_json(struct asked *q)
{
    printf("{\"stories\":[");
    enum result r = print_rows(q, false, json_row);
    printf("],\n\"referrers\":[");
    if (r == OK) r = print_rows(q, true, json_row);
    printf("]}\n");
    return r;
}

/* ---- for people ---- */
static void print_times(const struct audience *all)
{
    static const char *const words[READING_TIMES] = {
        "under 10 s", "10 to 30 s", "30 to 60 s", "1 to 3 min", "3 to 10 min", "longer"};
    for (size_t k = 0; k < READING_TIMES && all->beacons; k++)
        printf("%8.1f %%  %s\n", 100.0 * (double)all->times[k] / (double)all->beacons, words[k]);
}

static enum result print_text(struct asked *q)
{
    struct audience all, *most = ARENA_ARRAY(q->eyes->a, struct audience, TOLD_MOST);
    size_t n;
    TRY(store_audience_all(q->eyes->store, q->from_day, q->to_day, &all));
    printf("%llu pages of stories read, %llu seen with scripts\n", (unsigned long long)all.pages,
        (unsigned long long)all.beacons);
    print_times(&all);
    TRY(store_audience_most(
        q->eyes->store, false, q->from_day, q->to_day, q->a, most, TOLD_MOST, &n));
    for (size_t i = 0; i < n; i++) {
        struct told t = told_of(q, most[i].story);
        printf("%10llu  %.*s  %.*s\n", (unsigned long long)most[i].pages,
            FMT(story_id_text(q->a, most[i].story)),
            FMT(t.headline.n ? t.headline : S("(not public)")));
    }
    TRY(store_audience_most(
        q->eyes->store, true, q->from_day, q->to_day, q->a, most, TOLD_MOST, &n));
    for (size_t i = 0; i < n; i++)
        printf("%10llu  from %.*s\n", (unsigned long long)most[i].pages,
            FMT(text_plain(q->a, most[i].host)));
    return OK;
}

static bool is_format(const char *format, const char *name)
{
    return format && strcmp(format, name) == 0;
}

static int print(struct asked *q)
{
    enum result r = is_format(q->format, "json") ? print_json(q)
                    : is_format(q->format, "csv")
                        ? print_rows(q, q->referrers, q->referrers ? csv_host : csv_story)
                        : print_text(q);
    if (r != OK) fprintf(stderr, "broadsheet audience: the store cannot be read\n");
    return r == OK ? EX_OK : exit_code(r);
}

/* "2026-01-23" as 20260123. */
static bool day_of(const char *text, uint32_t *out)
{
    struct span s = span_of(text);
    uint64_t y, m, d;
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-') return false;
    if (!span_to_u64(span_cut(s, 0, 4), &y) || !span_to_u64(span_cut(s, 5, 7), &m) ||
        !span_to_u64(span_cut(s, 8, 10), &d) || m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    *out = (uint32_t)(y * 10000 + m * 100 + d);
    return true;
}

int command_audience(int argc, char **argv)
{
    struct asked q = {.to_day = LAST_DAY};
    struct house h;
    struct desk_visit v;
    const char *why = NULL;
    size_t count;
    const struct option_row rows[] = {{"--data", &q.data, NULL, true}, {"--from", &q.from},
        {"--to", &q.to}, {"--format", &q.format}, {"--referrers", NULL, &q.referrers}};
    if (!options_read(argc, argv, rows, COUNT(rows), NULL, 0, &count)) return EX_USAGE;
    if ((q.from && !day_of(q.from, &q.from_day)) || (q.to && !day_of(q.to, &q.to_day)))
        return usage_error("audience", "a day is YYYY-MM-DD");
    if (q.format && !is_format(q.format, "csv") && !is_format(q.format, "json"))
        return usage_error("audience", "--format is csv or json");
    int code = house_visit_or_say(&h, q.data);
    if (code != EX_OK) return code;
    q.config = config_in_force(h.arena, h.store);
    enum result r = q.config ? desk_visit_open(&h, q.config, &v, &why) : ERR_ABSENT;
    if (r != OK) {
        fprintf(stderr, "broadsheet audience: %s\n", why ? why : "no site has run here yet");
        house_close(&h);
        return exit_code(r);
    }
    q.eyes = &v.eyes;
    q.a = arena_new(ROWS_ARENA);
    code = print(&q);
    arena_free(q.a);
    desk_visit_close(&v);
    house_close(&h);
    return code;
}
