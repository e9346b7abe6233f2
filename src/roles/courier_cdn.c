/* courier_cdn: caches in front are told what to drop, ahead of everything else that leaves: by HTTP
 * (names of what pages show, or their addresses one by one) and by a program. Each is asked a
 * second time a little later, for an answer that was on its way while the story went may have come
 * in behind the first. Nothing is given up but for its age: a kill that a cache refuses is an
 * alarm. */
#include "courier.h"

#include <stdio.h>
#include <string.h>

enum {
    CDN_AGAIN_MS = 15 * 1000, /* the slowest answer on its way to a cache has come by then */
    CDN_TIMEOUT_MS = 5000,    /* of one request */
    CDN_KEYS_BYTES = 3000,    /* named in one request: what caches take in one field */
    CDN_PER_JSON = 30,        /* names in one JSON message: what the services allow */
    CDN_TRIES_ALARM = 3,      /* failures in a row before people are told: some seconds */
    CDN_NAMES_MAX = 1200,     /* keys or paths of one job */
};
#define COMMAND "command" /* the name of the program, beside those of the configuration */

/* ---- one job for each cache ---- */
static void put_for(
    struct courier *c, struct span key, struct span name, struct span body, int64_t at_ms)
{
    int64_t now = clock_now_ms();
    courier_put(
        c, arena_printf(c->job, "%.*s/%.*s", FMT(key), FMT(name)), "cdn", name, body, at_ms, now);
    courier_put(c, arena_printf(c->job, "%.*s/%.*s/again", FMT(key), FMT(name)), "cdn", name, body,
        at_ms, now + CDN_AGAIN_MS);
}

void courier_cdn_take(struct courier *c, struct span key, struct span body, int64_t at_ms)
{
    for (uint32_t i = 0; i < c->config->purge_count; i++)
        put_for(c, key, c->config->purges[i].name, body, at_ms);
    if (c->config->purge_command_count) put_for(c, key, S(COMMAND), body, at_ms);
}

/* ---- the requests of one job ---- */
struct request {
    struct span url, field, body;
};
struct sweep {
    struct flying *of;
    const struct config_purge *cache;
    struct request *list;
    size_t count, next, busy;
    struct span secret; /* a whole field line; wiped at the end */
    struct span why;    /* of the first that failed */
};

static struct span site_url(struct flying *f, struct span path)
{
    const struct config *c = f->of->config;
    return arena_printf(f->arena, "%.*s%.*s%.*s", FMT(c->url), FMT(c->base), FMT(path));
}

static struct span json_of(
    struct flying *f, const char *name, const struct span *list, size_t n, bool are_paths)
{
    struct buf b;
    buf_init(&b, f->arena, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_open(&o, name, '[');
    for (size_t i = 0; i < n; i++)
        json_string(&o, NULL, are_paths ? site_url(f, list[i]) : list[i]);
    json_close(&o, ']');
    json_close(&o, '}');
    return buf_span(&b);
}

static struct request *add(struct sweep *s)
{
    return &s->list[s->count++];
}

static void plan_json(struct sweep *s, const struct span *list, size_t n, bool are_paths)
{
    const char *name = are_paths ? "files" : "tags";
    for (size_t i = 0; i < n; i += CDN_PER_JSON)
        *add(s) = (struct request){.url = s->cache->url,
            .body = json_of(
                s->of, name, list + i, n - i < CDN_PER_JSON ? n - i : CDN_PER_JSON, are_paths)};
}

static void plan_keys(struct sweep *s, const struct span *list, size_t n)
{
    for (size_t i = 0; i < n;) {
        struct buf b;
        buf_init(&b, s->of->arena, 0);
        buf_printf(&b, "%.*s:", FMT(s->cache->header));
        for (; i < n && b.n < CDN_KEYS_BYTES; i++) buf_printf(&b, " %.*s", FMT(list[i]));
        *add(s) = (struct request){.url = s->cache->url, .field = buf_span(&b)};
    }
}

/* Asked at the cache, in the name of the site: that is what it knows the page by. */
static void plan_paths(struct sweep *s, const struct span *list, size_t n)
{
    const struct config *c = s->of->of->config;
    struct span door = s->cache->url, host = c->url;
    ptrdiff_t at = span_find(host, S("://"));
    if (at >= 0) host = span_cut(host, (size_t)at + 3, host.n);
    while (door.n && door.p[door.n - 1] == '/') door.n--;
    struct span field = arena_printf(s->of->arena, "Host: %.*s", FMT(host));
    for (size_t i = 0; i < n; i++)
        *add(s) = (struct request){.field = field,
            .url =
                arena_printf(s->of->arena, "%.*s%.*s%.*s", FMT(door), FMT(c->base), FMT(list[i]))};
}

static size_t names_of(const struct json *job, const char *which, struct span *out)
{
    size_t n = 0;
    const struct json *list = json_get(job, which);
    for (const struct json *t = list ? list->first : NULL; t && n < CDN_NAMES_MAX; t = t->next)
        if (t->type == JSON_STRING && t->text.n) out[n++] = t->text;
    return n;
}

/* false: this cache cannot do that. */
static bool plan(struct sweep *s, const struct json *job)
{
    struct span *names = ARENA_ARRAY(s->of->arena, struct span, CDN_NAMES_MAX);
    bool by_url = s->cache->by == PURGE_BY_URL, is_post = span_eq(s->cache->method, S("POST"));
    size_t n = names_of(job, by_url ? "paths" : "keys", names);
    s->list = ARENA_ARRAY(s->of->arena, struct request, n + 1);
    if (by_url && json_is_true(job, "all")) {
        if (is_post)
            *add(s) =
                (struct request){.url = s->cache->url, .body = S("{\"purge_everything\":true}")};
        return is_post;
    }
    if (is_post && (by_url || !s->cache->header.n))
        plan_json(s, names, n, by_url);
    else if (by_url)
        plan_paths(s, names, n);
    else
        plan_keys(s, names, n);
    return true;
}

/* ---- on their way ---- */
/* What is not there needs no dropping: nginx says so by 404 or 412. */
static bool is_dropped(const struct sweep *s, int status)
{
    bool absent = status == 404 || status == 410 || status == 412;
    return (status >= 200 && status <= 299) || (s->cache->by == PURGE_BY_URL && absent);
}

static void go_on(struct sweep *s);

static void answered(const struct net_fetched *got, void *with)
{
    struct sweep *s = with;
    s->busy--;
    if (!s->why.n && (got->why.n || !got->status))
        s->why = arena_printf(s->of->arena, "unreachable: %.*s", FMT(got->why));
    else if (!s->why.n && !is_dropped(s, got->status))
        s->why = arena_printf(s->of->arena, "refused: status %d", got->status);
    go_on(s);
}

static bool start(struct sweep *s, const struct request *r)
{
    struct span head[5];
    size_t n = 0;
    if (r->field.n) head[n++] = r->field;
    if (s->secret.n) head[n++] = s->secret;
    if (r->body.n) head[n++] = S("Content-Type: application/json");
    head[n++] = S("Expect:");
    struct net_fetch ask = {.url = r->url,
        .method = arena_cstr(s->of->arena, s->cache->method),
        .head = head,
        .head_count = n,
        .body = r->body,
        .is_ours = s->cache->is_private,
        .stays = true,
        .timeout_ms = CDN_TIMEOUT_MS,
        .body_max = 64 << 10,
        .done = answered,
        .with = s};
    return net_fetch_start(s->of->of->fetcher, &ask);
}

/* One that fails ends it: all of it is tried again. */
static void go_on(struct sweep *s)
{
    while (!s->why.n && s->next < s->count && s->busy < s->cache->at_once) {
        if (!start(s, &s->list[s->next])) break; /* another request's end goes on with it */
        s->next++;
        s->busy++;
    }
    if (s->busy) return;
    if (s->secret.n) memset((char *)(uintptr_t)s->secret.p, 0, s->secret.n);
    if (!s->why.n && s->next < s->count) s->why = S("unreachable: too much is under way");
    if (s->why.n)
        courier_done(s->of, false, s->why, false);
    else
        courier_done(s->of, true, S("purged"), false);
}

static void ask_cache(struct flying *f, const struct config_purge *cache, const struct json *job)
{
    struct sweep *s = ARENA_NEW(f->arena, struct sweep);
    struct span secret;
    *s = (struct sweep){.of = f, .cache = cache};
    if (cache->secret_file.n) {
        if (!courier_secret(f, cache->secret_file, &secret)) {
            courier_done(f, false, S("refused: the secret's file cannot be read here"), false);
            return;
        }
        s->secret = arena_printf(f->arena, "%.*s: %.*s", FMT(cache->secret_header), FMT(secret));
        memset((char *)(uintptr_t)secret.p, 0, secret.n);
    }
    if (plan(s, job))
        go_on(s);
    else
        courier_done(f, false,
            S("refused: what drops by URL one by one cannot drop all: empty that cache by hand"),
            true);
}

static void ask_command(struct flying *f, const struct json *job)
{
    const struct config *c = f->of->config;
    const char **argv = ARENA_ARRAY(f->arena, const char *, c->purge_command_count + 2);
    struct span *names = ARENA_ARRAY(f->arena, struct span, CDN_NAMES_MAX);
    struct buf b;
    buf_init(&b, f->arena, 0);
    for (uint32_t i = 0; i < c->purge_command_count; i++)
        argv[i] = arena_cstr(f->arena, c->purge_command[i]);
    if (c->purge_command_file.n)
        argv[c->purge_command_count] = arena_cstr(f->arena, c->purge_command_file);
    size_t n = names_of(job, "keys", names);
    for (size_t i = 0; i < n; i++) buf_printf(&b, "key %.*s\n", FMT(names[i]));
    n = names_of(job, "paths", names);
    for (size_t i = 0; i < n; i++) buf_printf(&b, "url %.*s\n", FMT(site_url(f, names[i])));
    courier_spawn(f, argv, buf_span(&b));
}

void courier_cdn(struct flying *f, const struct outbox_job *j)
{
    const struct config *c = f->of->config;
    struct reject bad;
    uint64_t pos = 0;
    const struct json *job = json_parse(f->arena, arena_keep(f->arena, j->body), &bad);
    f->feed = arena_keep(f->arena, j->subject);
    if (job && span_to_u64(json_text(job, "pos"), &pos) && !courier_wait_for_web(pos)) {
        courier_done(f, false, S("the web has not acknowledged yet"), false);
        return;
    }
    if (job && span_eq(f->feed, S(COMMAND)) && c->purge_command_count) {
        ask_command(f, job);
        return;
    }
    for (uint32_t i = 0; job && i < c->purge_count; i++)
        if (span_eq(c->purges[i].name, f->feed)) {
            ask_cache(f, &c->purges[i], job);
            return;
        }
    courier_done(
        f, false, S("refused: there is no such cache in the configuration any more"), true);
}

/* ---- how it ended ---- */
void courier_cdn_ended(struct flying *f, bool sent, struct span result)
{
    struct courier *c = f->of;
    if (sent)
        courier_all_clear(c, "cdn", f->feed);
    else if (f->tries + 1 >= CDN_TRIES_ALARM || span_starts(result, S("refused")))
        courier_alarm(c, "cdn", f->feed,
            arena_printf(c->job,
                "%.*s: %.*s; readers may still get there what was withdrawn: empty it by hand",
                FMT(f->feed), FMT(result)));
}

static bool has_been_asked(struct courier *c, struct span key, struct span name)
{
    struct outbox_job job;
    struct span k = arena_printf(c->job, "%.*s/%.*s", FMT(key), FMT(name));
    enum result r = outbox_job(c->outbox, k, c->job, &job);
    return r != OK || job.state != JOB_WAITS || job.tries > 0;
}

bool courier_cdn_rests(struct courier *c, struct span key)
{
    bool rests = true;
    for (size_t i = 0; i < COURIER_JOBS; i++)
        rests &= !c->flying[i].used || strcmp(c->flying[i].kind, "cdn") != 0;
    for (uint32_t i = 0; i < c->config->purge_count && rests; i++)
        rests = has_been_asked(c, key, c->config->purges[i].name);
    return rests && (!c->config->purge_command_count || has_been_asked(c, key, S(COMMAND)));
}

static bool tell_one(struct courier *c, struct json_out *o, struct span key, struct span name)
{
    struct outbox_job job;
    struct span k = arena_printf(c->job, "%.*s/%.*s", FMT(key), FMT(name));
    if (outbox_job(c->outbox, k, c->job, &job) != OK) return true; /* it came later than the kill */
    bool dropped = job.state == JOB_SENT;
    json_open(o, NULL, '{');
    json_string(o, "name", name);
    json_string(o, "outcome", dropped ? S("purged") : job.result);
    json_close(o, '}');
    return dropped;
}

bool courier_cdn_tell(struct courier *c, struct json_out *o, struct span key)
{
    bool all = true;
    json_open(o, "caches", '[');
    for (uint32_t i = 0; i < c->config->purge_count; i++)
        all &= tell_one(c, o, key, c->config->purges[i].name);
    if (c->config->purge_command_count) all &= tell_one(c, o, key, S(COMMAND));
    json_close(o, ']');
    return all;
}
