/* The page cache: when a copy is good, how much it holds, and, with many threads at once, that no
 * copy is older than a bump that was over before it was asked for. */
#include "site_kit.h"

#include <sched.h>

enum { PAGES = 24, READERS = 4, BUMPS = 6000, BIG = 40000 };

static struct page *page_of(struct span body, const char *key, story_id id)
{
    struct page *p = ARENA_NEW(kit_arena, struct page);
    p->status = 200;
    p->content_type = "text/html";
    p->body = body;
    p->valid_until_ms = INT64_MAX;
    if (key) p->keys[p->key_count++] = keys_slot(span_of(key));
    if (id) p->ids[p->id_count++] = id;
    return p;
}

static void keep(struct site *s, const char *key, const struct page *p)
{
    uint64_t generations[PRESS_KEYS_MAX] = {0};
    for (uint32_t i = 0; i < p->key_count; i++) generations[i] = keys_get(s->keys, p->keys[i]);
    entry_release(cache_keep(s, span_of(key), p, generations, atomic_load(&kit_tombs), 0));
}

static bool has(struct site *s, const char *key)
{
    struct entry *e = cache_find(s, span_of(key));
    if (e) entry_release(e);
    return e != NULL;
}

static uint64_t count_of(struct site *s, uint64_t *bytes)
{
    uint64_t n;
    site_stats(s, &n, bytes);
    return n;
}

static void goodness(void)
{
    struct site *s = kit_site_open(1 << 20);
    uint64_t bytes;
    struct page *p = page_of(S("one"), "section:world", 7);
    keep(s, "/a", p);
    struct entry *e = cache_find(s, S("/a"));
    check(e && span_eq(e->coded[CODING_PLAIN].body, S("one")), "what was kept is found");
    check(!has(s, "/b") && !has(s, "/") && !has(s, "/a/"), "nothing else is");
    keys_bump(s->keys, keys_slot(S("section:sport")));
    check(has(s, "/a"), "a bump of another key leaves it");
    keys_bump(s->keys, keys_slot(S("section:world")));
    check(!has(s, "/a") && count_of(s, &bytes) == 0 && bytes == 0, "its own ends it");
    check(span_eq(e->coded[CODING_PLAIN].body, S("one")), "who sends it goes on with its bytes");
    entry_release(e);

    p->valid_until_ms = clock_now_ms() + 1000;
    keep(s, "/a", p);
    clock_set_virtual(p->valid_until_ms - 1);
    check(has(s, "/a"), "a millisecond before its time it is good");
    clock_set_virtual(p->valid_until_ms);
    check(!has(s, "/a") && !has(s, "/a"), "at its time it is not");
    p->valid_until_ms = INT64_MAX;
    keep(s, "/a", p);
    keep(s, "/a", page_of(S("two"), "section:world", 7));
    e = cache_find(s, S("/a"));
    check(e && span_eq(e->coded[CODING_PLAIN].body, S("two")) && count_of(s, &bytes) == 1,
        "the later copy takes the place");
    entry_release(e);
    uint64_t old[PRESS_KEYS_MAX] = {keys_get(s->keys, p->keys[0])};
    keys_bump(s->keys, p->keys[0]);
    entry_release(cache_keep(s, S("/late"), p, old, 0, 0));
    check(!has(s, "/late"), "what a bump overtook is not kept");
    site_close(s);
}

static void tombstones(void)
{
    struct site *s = kit_site_open(1 << 20);
    uint64_t bytes;
    keep(s, "/with", page_of(S("x"), NULL, 1001));
    keep(s, "/both", page_of(S("x"), NULL, 1002));
    keep(s, "/without", page_of(S("x"), NULL, 0));
    check(has(s, "/with") && has(s, "/both"), "two pages show a story each");
    kit_kill(1001);
    check(!has(s, "/with"), "a tombstone is obeyed with no message");
    check(has(s, "/both") && has(s, "/without"), "others stay");
    story_id id = 1002;
    site_purge(s, &id, 1);
    check(!has(s, "/both") && has(s, "/without"), "a purge takes those that show the story");
    site_purge(s, NULL, 0);
    check(has(s, "/without"), "a purge of nothing takes nothing");
    site_purge_all(s);
    check(count_of(s, &bytes) == 0 && bytes == 0, "and all of it leaves nothing");
    site_close(s);
}

static void bounds(void)
{
    size_t cache_bytes = CACHE_SHARDS * 70000;
    struct site *s = kit_site_open(cache_bytes);
    uint64_t bytes, most = 0;
    char key[32];
    struct span body = {arena_alloc(kit_arena, BIG), 10000};
    for (int i = 0; i < 4000; i++) {
        snprintf(key, sizeof key, "/page/%d", i);
        keep(s, key, page_of(body, NULL, 0));
        (void)has(s, "/page/0");
        count_of(s, &bytes);
        if (bytes > most) most = bytes;
    }
    check(most <= cache_bytes, "never more bytes than its bound (%llu)", (unsigned long long)most);
    check(count_of(s, &bytes) > 50, "and not much less than that");
    check(has(s, "/page/3999") && has(s, "/page/0") && !has(s, "/page/1"),
        "the newest and the one in use stay, the oldest go");
    bool all = true;
    body.n = BIG; /* with its codings more than a shard's share */
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "/big/%d", i);
        keep(s, key, page_of(body, NULL, 0));
        all &= has(s, key);
    }
    check(all, "one larger than its share is kept while nothing else comes");
    check(count_of(s, &bytes) <= CACHE_SHARDS, "and stands alone in its shard");
    site_close(s);
}

static void codings(void)
{
    struct site *s = kit_site_open(1 << 20);
    char *text = arena_alloc(kit_arena, 4000);
    memset(text, 'w', 4000);
    keep(s, "/a", page_of((struct span){text, 4000}, NULL, 0));
    keep(s, "/b", page_of(S("x"), NULL, 0));
    struct entry *e = cache_find(s, S("/a")), *tiny = cache_find(s, S("/b"));
    entry_code(e, CODING_GZIP);
    const char *first = e->coded[CODING_GZIP].body.p;
    entry_code(e, CODING_GZIP);
    check(first && e->coded[CODING_GZIP].body.n < 1000 && e->coded[CODING_GZIP].body.p == first,
        "a coding is made once");
    entry_code(tiny, CODING_BROTLI);
    check(!tiny->coded[CODING_BROTLI].head.p, "and not where it saves nothing");
    entry_release(e);
    entry_release(tiny);
    site_close(s);
}

/* ---- many threads ----
 * The model: page k shows version[k] as it was when its snapshot was taken, and story k. The writer
 * moves a version, then bumps, then says so (told). A reader that has seen told[k] may be shown
 * nothing older; one that has seen a story buried may not be shown a page that had it. */
static struct site *many;
static _Atomic uint64_t version[PAGES], told[PAGES], buried[PAGES], stale, dead_shown, hits,
    renders;
static _Atomic bool over;

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static story_id story_of(size_t k)
{
    return 5000 + k;
}

static void render(size_t k, const char *key, struct page *p)
{
    uint64_t epoch = keys_epoch(many->keys), tombs = atomic_load(&kit_tombs);
    uint64_t shown = atomic_load(&version[k]), generations[PRESS_KEYS_MAX] = {0};
    bool is_dead = kit_is_dead(story_of(k), NULL);
    char body[32];
    p->body =
        (struct span){body, (size_t)snprintf(body, sizeof body, "%llu", (unsigned long long)shown)};
    p->keys[0] = keys_slot((struct span){(const char *)&k, sizeof k});
    p->ids[0] = story_of(k);
    p->key_count = 1;
    p->id_count = is_dead ? 0 : 1;
    generations[0] = keys_get(many->keys, p->keys[0]);
    atomic_fetch_add(&renders, 1);
    if (keys_epoch(many->keys) == epoch)
        entry_release(cache_keep(many, span_of(key), p, generations, tombs, 0));
}

static void *read_many(void *with)
{
    uint64_t seed = *(uint64_t *)with;
    struct page *p = calloc(1, sizeof *p);
    must(p);
    *p = (struct page){.status = 200, .content_type = "text/html", .valid_until_ms = INT64_MAX};
    while (!atomic_load(&over)) {
        size_t k = next_random(&seed) % PAGES;
        char key[24];
        snprintf(key, sizeof key, "/page/%zu", k);
        uint64_t least = atomic_load(&told[k]);
        bool dead = atomic_load(&buried[k]);
        struct entry *e = cache_find(many, span_of(key));
        if (e) {
            uint64_t shown = 0;
            must(span_to_u64(e->coded[CODING_PLAIN].body, &shown));
            if (shown < least) atomic_fetch_add(&stale, 1);
            if (dead && e->id_count) atomic_fetch_add(&dead_shown, 1);
            if (next_random(&seed) % 8 == 0) entry_code(e, CODING_GZIP);
            atomic_fetch_add(&hits, 1);
            entry_release(e);
        } else {
            render(k, key, p);
        }
    }
    free(p);
    return NULL;
}

static void write_many(uint64_t seed)
{
    for (int i = 0; i < BUMPS; i++) {
        size_t k = next_random(&seed) % PAGES;
        uint64_t next = atomic_load(&version[k]) + 1;
        atomic_store(&version[k], next);
        keys_bump(many->keys, keys_slot((struct span){(const char *)&k, sizeof k}));
        atomic_store(&told[k], next);
        if (i % 500 == 250) {
            kit_kill(story_of(k));
            atomic_store(&buried[k], 1);
        }
        if (i % 64 == 0) site_purge(many, &(story_id){story_of(k)}, 1);
        /* readers get a random while between two bumps: sometimes none, so that renders race */
        uint64_t until = atomic_load(&hits) + atomic_load(&renders) + next_random(&seed) % 60;
        while (atomic_load(&hits) + atomic_load(&renders) < until) sched_yield();
    }
    atomic_store(&over, true);
}

static void threads(uint64_t seed)
{
    pthread_t t[READERS];
    uint64_t seeds[READERS], bytes;
    size_t bound = CACHE_SHARDS * 3 * 4500; /* small enough that pages push each other out */
    many = kit_site_open(bound);
    for (size_t i = 0; i < READERS; i++) {
        seeds[i] = seed + i;
        must(pthread_create(&t[i], NULL, read_many, &seeds[i]) == 0);
    }
    write_many(seed ^ 0xABCDEF);
    for (size_t i = 0; i < READERS; i++) pthread_join(t[i], NULL);
    check(stale == 0, "no copy is older than a bump that was over (%llu of %llu; seed %llu)",
        (unsigned long long)stale, (unsigned long long)hits, (unsigned long long)seed);
    check(dead_shown == 0, "none shows a story that was buried before (%llu)",
        (unsigned long long)dead_shown);
    check(hits > BUMPS && renders > 10 * PAGES, "and there were hits and renders (%llu, %llu)",
        (unsigned long long)hits, (unsigned long long)renders);
    count_of(many, &bytes);
    check(bytes <= bound, "within its bound");
    site_close(many);
}

int main(void)
{
    const char *given = getenv("SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)getpid() * 2654435761u;
    kit_start("");
    goodness();
    tombstones();
    bounds();
    codings();
    threads(seed);
    return kit_end();
}
