/* cache: pages in memory, shared by all threads. A copy is good while its time has not come, its
 * keys' generations stand, and no tombstone came for one of its stories. The tombstones are asked
 * before each answer (one load when nothing changed), so a kill needs no message to be obeyed. */
#include "site_private.h"

#include <stdlib.h>
#include <string.h>

static struct shard *shard_of(struct site *s, uint64_t h)
{
    return &s->shards[h % CACHE_SHARDS];
}

static struct entry **bucket_of(struct shard *sh, uint64_t h)
{
    return &sh->buckets[h / CACHE_SHARDS % SHARD_BUCKETS];
}

void entry_release(struct entry *e)
{
    if (!e || atomic_fetch_sub(&e->holders, 1) != 1) return;
    for (int c = 0; c < CODINGS; c++)
        free((void *)(uintptr_t)e->coded[c]
                 .head.p); /* one block holds head, head304, etag and the body of that coding */
    pthread_mutex_destroy(&e->making);
    free(e->ids);
    free((void *)(uintptr_t)e->key.p);
    free((void *)(uintptr_t)e->cdn.p);
    free((void *)(uintptr_t)e->cdn_words.p);
    free((void *)(uintptr_t)e->extra.p);
    free((void *)(uintptr_t)e->differs_by.p);
    free((void *)(uintptr_t)e->hosts.images.p);
    free((void *)(uintptr_t)e->hosts.frames.p);
    free((void *)(uintptr_t)e->hosts.scripts.p);
    free((void *)(uintptr_t)e->hosts.style_code.p);
    free((void *)(uintptr_t)e->hosts.script_code.p);
    free(e);
}

/* ---- the order of use ---- */
static void unchain(struct shard *sh, struct entry *e)
{
    *(e->newer ? &e->newer->older : &sh->newest) = e->older;
    *(e->older ? &e->older->newer : &sh->oldest) = e->newer;
    e->newer = e->older = NULL;
}

static void chain(struct shard *sh, struct entry *e)
{
    e->older = sh->newest;
    if (sh->newest) sh->newest->newer = e;
    sh->newest = e;
    if (!sh->oldest) sh->oldest = e;
}

/* Out of the shard, whose lock is held; readers that hold it go on. */
static void drop(struct shard *sh, struct entry *e)
{
    struct entry **at = bucket_of(sh, fast_hash(e->key));
    while (*at && *at != e) at = &(*at)->next;
    if (*at) *at = e->next;
    unchain(sh, e);
    sh->bytes -= e->bytes;
    sh->count--;
    entry_release(e);
}

/* ---- goodness ---- */
static bool has_dead(struct site *s, const struct entry *e)
{
    for (uint32_t i = 0; i < e->id_count; i++)
        if (s->config.dead(e->ids[i], s->config.with)) return true;
    return false;
}

/* One load while nothing at all has changed; else every key is looked at. */
static bool keys_stand(struct site *s, struct entry *e)
{
    uint64_t epoch = keys_epoch(s->keys);
    if (epoch == atomic_load_explicit(&e->epoch, memory_order_acquire)) return true;
    for (uint32_t i = 0; i < e->key_count; i++)
        if (keys_get(s->keys, e->keys[i]) != e->generations[i]) return false;
    atomic_store_explicit(&e->epoch, epoch, memory_order_release);
    return true;
}

bool entry_is_good(struct site *s, struct entry *e, int64_t now_ms)
{
    if (now_ms >= e->valid_until_ms || !keys_stand(s, e)) return false;
    uint64_t tombs = s->config.tomb_count(s->config.with);
    if (tombs == atomic_load_explicit(&e->tombs, memory_order_acquire)) return true;
    if (has_dead(s, e)) return false;
    atomic_store_explicit(&e->tombs, tombs, memory_order_release);
    return true;
}

struct entry *cache_find(struct site *s, struct span key)
{
    uint64_t h = fast_hash(key);
    struct shard *sh = shard_of(s, h);
    int64_t now_ms = clock_now_ms();
    pthread_mutex_lock(&sh->lock);
    struct entry *e = *bucket_of(sh, h);
    while (e && !span_eq(e->key, key)) e = e->next;
    if (e && entry_is_good(s, e, now_ms)) {
        atomic_fetch_add(&e->holders, 1);
        if (sh->newest != e) {
            unchain(sh, e);
            chain(sh, e);
        }
    } else if (e) {
        drop(sh, e);
        e = NULL;
    }
    pthread_mutex_unlock(&sh->lock);
    return e;
}

/* ---- keeping ---- */
static const char *cache_words(const struct entry *e)
{
    /* Readers' browsers ask again each time (304 when nothing changed): a kill shows at the next
     * look. Assets carry their hash in the name. */
    if (e->differs_by.n) return "private, no-cache";
    if (e->cdn_words.n) return e->cdn_words.p;
    return e->is_static ? "public, max-age=31536000, immutable" : "no-cache";
}

/* Head, 304 head, tag and body of one coding in one block that starts with the head. */
static void code(struct entry *e, enum coding c, struct span body)
{
    struct arena *a = arena_new(64 << 10);
    struct span etag = etag_of(a,
        e->coded[CODING_PLAIN].body.n && c != CODING_PLAIN ? e->coded[CODING_PLAIN].body : body, c);
    struct head h = {.content_type = e->content_type,
        .etag = etag,
        .differs_by = e->differs_by,
        .extra = e->extra,
        .coded = true,
        .coding = coding_name(c),
        .cache = cache_words(e),
        .noindex = e->noindex,
        .hosts = &e->hosts,
        .modified_ms = e->modified_ms};
    struct span head = head_of(a, &h);
    h.content_type = h.coding = NULL;
    struct span head304 = head_of(a, &h);
    head = arena_printf(a, "%.*s%.*s", FMT(e->cdn), FMT(head));
    head304 = arena_printf(a, "%.*s%.*s", FMT(e->cdn), FMT(head304));
    char *p = malloc(head.n + head304.n + etag.n + body.n + 1);
    must(p);
    struct span *parts[] = {&head, &head304, &etag, &body};
    char *at = p;
    for (size_t i = 0; i < COUNT(parts); i++) {
        memcpy(at, parts[i]->p, parts[i]->n);
        parts[i]->p = at;
        at += parts[i]->n;
    }
    e->coded[c] = (struct coded){.body = body, .head = head, .head304 = head304, .etag = etag};
    arena_free(a);
    atomic_store_explicit(&e->made[c], true, memory_order_release);
}

void entry_code(struct entry *e, enum coding c)
{
    if (atomic_load_explicit(&e->made[c], memory_order_acquire)) return;
    pthread_mutex_lock(&e->making);
    if (!atomic_load(&e->made[c])) {
        struct arena *a = arena_new(256 << 20);
        struct span body = press_squeeze(a, c, e->coded[CODING_PLAIN].body);
        if (body.n)
            code(e, c, body);
        else
            atomic_store(
                &e->made[c], true); /* not smaller: head.p stays NULL, the plain one is sent */
        arena_free(a);
    }
    pthread_mutex_unlock(&e->making);
}

static struct span keep_span(struct span s)
{
    char *p = malloc(s.n + 1);
    must(p);
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return (struct span){p, s.n};
}

static struct entry *entry_new(struct site *s, struct span key, const struct page *p)
{
    struct entry *e = calloc(1, sizeof *e);
    must(e);
    struct arena *a = arena_new(64 << 10);
    e->key = keep_span(key);
    e->cdn = keep_span(cdn_of_page(a, atomic_load(&s->press_site), key, p));
    e->cdn_words = keep_span(cdn_cache_words(a, atomic_load(&s->press_site), p));
    e->extra = keep_span(p->extra);
    e->differs_by = keep_span(p->differs_by ? span_of(p->differs_by) : S(""));
    arena_free(a);
    e->hosts = (struct page_hosts){.images = keep_span(p->hosts.images),
        .frames = keep_span(p->hosts.frames),
        .scripts = keep_span(p->hosts.scripts),
        .style_code = keep_span(p->hosts.style_code),
        .script_code = keep_span(p->hosts.script_code)};
    pthread_mutex_init(&e->making, NULL);
    e->status = p->status;
    e->content_type = p->content_type;
    e->noindex = p->noindex;
    e->is_static = p->is_static;
    e->modified_ms = p->modified_ms;
    e->valid_until_ms = p->valid_until_ms;
    e->id_count = p->id_count;
    e->ids = malloc((p->id_count + 1) * sizeof *e->ids);
    must(e->ids);
    memcpy(e->ids, p->ids, p->id_count * sizeof *e->ids);
    e->bytes = sizeof *e + key.n + e->cdn.n + p->id_count * sizeof *e->ids + p->body.n * 2 +
               4096; /* with what the other codings will take */
    atomic_init(&e->holders, 1);
    code(e, CODING_PLAIN, p->body);
    return e;
}

static void make_room(struct site *s, struct shard *sh)
{
    size_t share = s->config.cache_bytes / CACHE_SHARDS;
    while (sh->bytes > share && sh->oldest && sh->oldest != sh->newest) drop(sh, sh->oldest);
}

struct entry *cache_keep(struct site *s, struct span key, const struct page *p,
    const uint64_t *generations, uint64_t tombs, story_id visited)
{
    struct entry *e = entry_new(s, key, p);
    e->key_count = p->key_count;
    memcpy(e->keys, p->keys, sizeof p->keys);
    memcpy(e->generations, generations, sizeof e->generations);
    atomic_init(&e->tombs, tombs);
    atomic_init(&e->epoch, UINT64_MAX); /* not looked at yet */
    e->visited = visited;
    for (uint32_t i = 0; i < e->key_count; i++)
        if (keys_get(s->keys, e->keys[i]) != generations[i])
            return e; /* changed while it was made: good for this request only */
    uint64_t h = fast_hash(key);
    struct shard *sh = shard_of(s, h);
    pthread_mutex_lock(&sh->lock);
    struct entry **at = bucket_of(sh, h);
    for (struct entry *o = *at; o; o = o->next)
        if (span_eq(o->key, key)) {
            drop(sh, o);
            break;
        }
    e->next = *at;
    *at = e;
    chain(sh, e);
    sh->bytes += e->bytes;
    sh->count++;
    atomic_fetch_add(&e->holders, 1);
    make_room(s, sh);
    pthread_mutex_unlock(&sh->lock);
    return e;
}

/* ---- purging ---- */
static bool shows_any(const struct entry *e, const story_id *ids, size_t n)
{
    for (uint32_t i = 0; i < e->id_count; i++)
        for (size_t k = 0; k < n; k++)
            if (e->ids[i] == ids[k]) return true;
    return false;
}

static void purge(struct site *s, const story_id *ids, size_t n, bool all)
{
    for (size_t i = 0; i < CACHE_SHARDS; i++) {
        struct shard *sh = &s->shards[i];
        pthread_mutex_lock(&sh->lock);
        for (struct entry *e = sh->newest, *older; e; e = older) {
            older = e->older;
            if (all || shows_any(e, ids, n)) drop(sh, e);
        }
        pthread_mutex_unlock(&sh->lock);
    }
}

void site_purge(struct site *s, const story_id *ids, size_t n)
{
    purge(s, ids, n, false);
}

void site_purge_all(struct site *s)
{
    purge(s, NULL, 0, true);
}

void site_stats(struct site *s, uint64_t *entries_out, uint64_t *bytes_out)
{
    *entries_out = *bytes_out = 0;
    for (size_t i = 0; i < CACHE_SHARDS; i++) {
        pthread_mutex_lock(&s->shards[i].lock);
        *entries_out += s->shards[i].count;
        *bytes_out += s->shards[i].bytes;
        pthread_mutex_unlock(&s->shards[i].lock);
    }
}
