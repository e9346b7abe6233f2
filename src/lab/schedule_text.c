/* schedule_text: a schedule as a file that a person can read and change, and back: a line an event
 * (“+1200ms send feed=0”), a line an item below it. What is nought is not written. Times are in
 * milliseconds since 1970 UTC. */
#include "battery.h"

#include <stdio.h>
#include <string.h>

static const char *const kinds[SK_KINDS] = {
    "send", "cut", "replay", "act", "policy", "crash", "rebuild", "jump", "comment"};

struct field { /* a number in a struct; a flag is one too */
    const char *name;
    size_t at, bytes;
};
#define FIELD(type, member)                                                                        \
    {                                                                                              \
#member, offsetof(struct type, member), sizeof(((struct type *)0)->member)                 \
    }
#define RULE(n)                                                                                    \
    FIELD(oracle_policy, rules[n].topic), FIELD(oracle_policy, rules[n].action),                   \
        FIELD(oracle_policy, rules[n].section), FIELD(oracle_policy, rules[n].tags),               \
        FIELD(oracle_policy, rules[n].noindex)
static const struct field event_fields[] = {FIELD(schedule_event, queued),
    FIELD(schedule_event, feed), FIELD(schedule_event, act), FIELD(schedule_event, guid),
    FIELD(schedule_event, brake), FIELD(schedule_event, text), FIELD(schedule_event, how),
    FIELD(schedule_event, delta_ms)};
static const struct field item_fields[] = {FIELD(oracle_item, guid), FIELD(oracle_item, revision),
    FIELD(oracle_item, status), FIELD(oracle_item, change), FIELD(oracle_item, embargo.kind),
    FIELD(oracle_item, embargo.ms), FIELD(oracle_item, expires.kind),
    FIELD(oracle_item, expires.ms), FIELD(oracle_item, created.kind),
    FIELD(oracle_item, created.ms), FIELD(oracle_item, slug), FIELD(oracle_item, link),
    FIELD(oracle_item, section), FIELD(oracle_item, says), FIELD(oracle_item, topic),
    FIELD(oracle_item, no_body), FIELD(oracle_item, is_test), FIELD(oracle_item, other_provider),
    FIELD(oracle_item, other_language), FIELD(oracle_item, is_package),
    FIELD(oracle_item, members[0]), FIELD(oracle_item, members[1]), FIELD(oracle_item, members[2]),
    FIELD(oracle_item, order), FIELD(oracle_item, order_revision), FIELD(oracle_item, order_says),
    FIELD(oracle_item, is_picture), FIELD(oracle_item, picture), FIELD(oracle_item, picture_status),
    FIELD(oracle_item, picture_embargo.kind), FIELD(oracle_item, picture_embargo.ms),
    FIELD(oracle_item, picture_expires.kind), FIELD(oracle_item, picture_expires.ms)};
static const struct field policy_fields[] = {FIELD(oracle_policy, provider),
    FIELD(oracle_policy, has_zone), FIELD(oracle_policy, zone_ms),
    FIELD(oracle_policy, retention_days), FIELD(oracle_policy, kill_is_404),
    FIELD(oracle_policy, late_embargo_keeps), FIELD(oracle_policy, shadow),
    FIELD(oracle_policy, comments), FIELD(oracle_policy, pictures),
    FIELD(oracle_policy, site_comments), FIELD(oracle_policy, stories_per_hour),
    FIELD(oracle_policy, updates_per_hour), FIELD(oracle_policy, oldest_days),
    FIELD(oracle_policy, rewrites_per_hour), FIELD(oracle_policy, rewrite_after_days), RULE(0),
    RULE(1)};

/* ---- one field ---- */
static int64_t value_of(const void *of, const struct field *f)
{
    const char *p = (const char *)of + f->at;
    int64_t wide = 0;
    int narrow = 0;
    bool flag = false;
    if (f->bytes == sizeof wide) return memcpy(&wide, p, sizeof wide), wide;
    if (f->bytes == sizeof narrow) return memcpy(&narrow, p, sizeof narrow), narrow;
    return memcpy(&flag, p, sizeof flag), flag;
}

static void set_value(void *of, const struct field *f, int64_t v)
{
    char *p = (char *)of + f->at;
    int narrow = (int)v;
    bool flag = v != 0;
    if (f->bytes == sizeof v)
        memcpy(p, &v, sizeof v);
    else if (f->bytes == sizeof narrow)
        memcpy(p, &narrow, sizeof narrow);
    else
        memcpy(p, &flag, sizeof flag);
}

/* ---- writing ---- */
static void write_fields(struct buf *b, const void *of, const struct field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t v = value_of(of, &fields[i]);
        if (v) buf_printf(b, " %s=%lld", fields[i].name, (long long)v);
    }
    buf_char(b, '\n');
}

static void write_policies(struct buf *b, const struct oracle_policy *policies)
{
    for (int f = 0; f < ORACLE_FEEDS; f++) {
        buf_lit(b, "  feed");
        write_fields(b, &policies[f], policy_fields, COUNT(policy_fields));
    }
}

struct span schedule_write(struct arena *a, const struct schedule *s, const char *layer)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_printf(&b, "broadsheet battery schedule 1\nlayer %s\nseed %llu\nstart %lld\n", layer,
        (unsigned long long)s->seed, (long long)s->start_ms);
    write_policies(&b, s->policies);
    for (size_t i = 0; i < s->count; i++) {
        const struct schedule_event *e = &s->events[i];
        buf_printf(&b, "+%lldms %s", (long long)e->after_ms, kinds[e->kind]);
        write_fields(&b, e, event_fields, COUNT(event_fields));
        for (int k = 0; k < e->item_count; k++) {
            buf_printf(&b, "  item version=%s", e->items[k].version);
            write_fields(&b, &e->items[k], item_fields, COUNT(item_fields));
        }
        if (e->kind == SK_POLICY) write_policies(&b, e->policies);
    }
    return buf_span(&b);
}

/* ---- reading ---- */
struct reading {
    struct arena *a;
    struct schedule *s;
    struct span layer;
    size_t cap, feeds; /* policies read since the last place for them */
};

static bool read_fields(struct span rest, void *of, const struct field *fields, size_t n)
{
    struct span word;
    while (rest.n && span_next(&rest, ' ', &word)) {
        ptrdiff_t eq = span_find_char(word, '=');
        struct span key = span_cut(word, 0, eq < 0 ? word.n : (size_t)eq);
        int64_t v;
        if (!word.n || span_eq(key, S("version"))) continue;
        size_t i = 0;
        while (i < n && !span_eq(key, span_of(fields[i].name))) i++;
        if (i == n || eq < 0 || !span_to_i64(span_cut(word, (size_t)eq + 1, word.n), &v))
            return false;
        set_value(of, &fields[i], v);
    }
    return true;
}

static bool read_item(struct reading *r, struct span rest)
{
    struct schedule_event *e = r->s->count ? &r->s->events[r->s->count - 1] : NULL;
    if (!e || e->item_count == ORACLE_ITEMS_MAX) return false;
    struct oracle_item *i = &e->items[e->item_count++];
    ptrdiff_t at = span_find(rest, S("version="));
    struct span version = at < 0 ? S("") : span_cut(rest, (size_t)at + 8, rest.n), value;
    if (version.n && span_next(&version, ' ', &value))
        snprintf(i->version, sizeof i->version, "%.*s", FMT(value));
    return read_fields(rest, i, item_fields, COUNT(item_fields)) &&
           (unsigned)i->guid < ORACLE_GUIDS_MAX;
}

static bool read_feed(struct reading *r, struct span rest)
{
    struct oracle_policy *list =
        r->s->count ? r->s->events[r->s->count - 1].policies : r->s->policies;
    return r->feeds < ORACLE_FEEDS &&
           read_fields(rest, &list[r->feeds++], policy_fields, COUNT(policy_fields));
}

static bool read_event(struct reading *r, struct span line)
{
    struct span after, kind, number;
    struct schedule_event *e = ARENA_PUSH(r->a, r->s->events, r->s->count, r->cap);
    memset(e, 0, sizeof *e);
    r->feeds = 0;
    span_next(&line, ' ', &after);
    if (!line.n || !span_next(&line, ' ', &kind) || !span_ends(after, S("ms"))) return false;
    number = span_cut(after, 1, after.n - 2);
    while (e->kind < SK_KINDS && !span_eq(kind, span_of(kinds[e->kind]))) e->kind++;
    return e->kind < SK_KINDS && r->s->count <= SCHEDULE_EVENTS_MAX &&
           span_to_i64(number, &e->after_ms) && e->after_ms > 0 &&
           read_fields(line, e, event_fields, COUNT(event_fields));
}

static bool read_line(struct reading *r, struct span line)
{
    struct span word, rest = line;
    if (span_starts(line, S("+"))) return read_event(r, line);
    if (span_starts(line, S("  item "))) return read_item(r, span_cut(line, 7, line.n));
    if (span_starts(line, S("  feed "))) return read_feed(r, span_cut(line, 7, line.n));
    if (!span_trim(line).n || span_starts(line, S("#"))) return true;
    if (!span_next(&rest, ' ', &word)) return false;
    if (span_eq(word, S("layer"))) return r->layer = span_trim(rest), true;
    if (span_eq(word, S("seed"))) return span_to_u64(span_trim(rest), &r->s->seed);
    if (span_eq(word, S("start"))) return span_to_i64(span_trim(rest), &r->s->start_ms);
    return span_eq(line, S("broadsheet battery schedule 1"));
}

struct schedule *schedule_read(
    struct arena *a, struct span text, const char *name, struct span *layer_out)
{
    struct reading r = {.a = a, .s = ARENA_NEW(a, struct schedule)};
    struct span line;
    for (int n = 1; text.n && span_next(&text, '\n', &line); n++) {
        if (read_line(&r, line)) continue;
        fprintf(stderr, "%s:%d: not a line of a schedule: %.*s\n", name, n, FMT(line));
        return NULL;
    }
    *layer_out = r.layer;
    return r.s;
}
