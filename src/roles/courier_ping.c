/* courier_ping: hubs are told which feeds to fetch again (W3C WebSub, section 7). Lists that change
 * within a moment are gathered into one job a hub, in the outbox, and each is named once; what is
 * remembered here only saves repetitions, and may be lost. */
#include "courier.h"

#include "press.h"

enum {
    SEEN_MAX = 20000, /* of up to 750 bytes; then some are named twice */
    SEEN_ARENA = 64 << 20,
};

static void forget_seen(struct pings *p)
{
    if (!p->a) p->a = arena_new(SEEN_ARENA);
    arena_reset(p->a);
    p->seen = map_new(p->a);
}

static void begin_bucket(struct pings *p, int64_t bucket)
{
    forget_seen(p);
    p->bucket = bucket;
    p->part = 0;
    p->lists = 0;
}

/* true: it is named in this bucket already. */
static bool is_seen(struct pings *p, struct span list)
{
    if (map_get(p->seen, list)) return true;
    if (map_count(p->seen) == SEEN_MAX) forget_seen(p);
    *map_at(p->seen, arena_keep(p->a, list)) = p;
    return false;
}

static struct span key_of(struct courier *c, const struct pings *p, struct span hub)
{
    return courier_key(
        c, arena_printf(c->job, "ping:%lld.%u:%.*s", (long long)p->bucket, p->part, FMT(hub)));
}

/* One that has left already takes no more: the next number then. */
static enum result keep(
    struct courier *c, struct pings *p, struct span hub, struct span lines, int64_t due_ms)
{
    for (;; p->part++) {
        bool is_new = false;
        struct outbox_job job = {.key = key_of(c, p, hub),
            .kind = S("ping"),
            .subject = hub,
            .body = span_cut(lines, 1, lines.n),
            .at_ms = clock_now_ms(),
            .due_ms = due_ms};
        enum result r = outbox_add(c->outbox, job.key, lines);
        if (r != ERR_ABSENT) return r;
        r = outbox_put(c->outbox, &job, &is_new);
        if (r != OK || is_new) return r;
    }
}

static void flush(struct courier *c, struct pings *p, struct buf *lines, int64_t due_ms)
{
    for (uint32_t i = 0; i < c->config->hub_count && lines->n; i++)
        if (keep(c, p, c->config->hubs[i], buf_span(lines), due_ms) != OK) c->has_failed = true;
    lines->n = 0;
}

void courier_ping(struct courier *c, struct span lists, bool is_late)
{
    struct pings *p = &c->pings[is_late];
    int64_t every = is_late ? COURIER_PING_LATE_MS : COURIER_PING_MS,
            bucket = clock_now_ms() / every + 1;
    struct span line;
    struct buf lines;
    if (!c->config->hub_count) return;
    if (p->bucket != bucket) begin_bucket(p, bucket);
    buf_init(&lines, c->job, 0);
    while (span_next(&lists, '\n', &line)) {
        if (!line.n || is_seen(p, line)) continue;
        if (p->lists++ == COURIER_PING_LISTS) {
            flush(c, p, &lines, bucket * every);
            p->part++;
            p->lists = 1;
        }
        buf_char(&lines, '\n');
        buf_put(&lines, line);
    }
    flush(c, p, &lines, bucket * every);
}

/* What was not kept is offered again, and must not count as named by then. */
void courier_forget_pings(struct courier *c)
{
    for (size_t i = 0; i < COUNT(c->pings); i++) c->pings[i].bucket = 0;
}

/* What is read most changes with every minute, and by no decision of the newsroom: whether it has,
 * a hub sees when it fetches it. */
void courier_ping_popular(struct courier *c, int64_t now_ms)
{
    if (c->popular_ms && now_ms >= c->popular_ms) courier_ping(c, S("/popular"), true);
    if (now_ms >= c->popular_ms) c->popular_ms = now_ms + COURIER_POPULAR_MS;
}

/* ---- sending ---- */
static void put_topics(struct flying *f, struct span list, struct buf *b)
{
    const struct config *c = f->of->config;
    for (size_t i = 0; i < PRESS_FEEDS; i++) {
        struct span topic = arena_printf(f->arena, "%.*s%.*s%.*s%s%s", FMT(c->url), FMT(c->base),
            FMT(list), span_eq(list, S("/")) ? "" : "/", press_feeds[i]);
        buf_lit(b, "&hub.url=");
        buf_put(b, url_escape(f->arena, topic));
    }
}

struct span courier_ping_form(struct flying *f, const struct outbox_job *j)
{
    struct buf b;
    struct span rest = j->body, line;
    buf_init(&b, f->arena, 0);
    buf_lit(&b, "hub.mode=publish");
    while (span_next(&rest, '\n', &line))
        if (line.n) put_topics(f, line, &b);
    return buf_span(&b);
}
