/* site: from a request to an answer: cache, else snapshot, render, keep. One hand a thread; nothing
 * here waits for another process. */
#include "site_private.h"

#include <stdlib.h>
#include <string.h>

enum { HAND_ARENA = 256 << 20 };

enum result site_open(const struct site_config *c, struct site **out)
{
    struct site *s = calloc(1, sizeof *s);
    must(s);
    s->config = *c;
    random_bytes(s->stamp_key, sizeof s->stamp_key);
    s->drafts = drafts_new();
    atomic_init(&s->press, c->press);
    atomic_init(&s->press_site, c->press_site);
    atomic_init(&s->press_turn, 1);
    pthread_mutex_init(&s->hands_lock, NULL);
    pthread_mutex_init(&s->missing.lock, NULL);
    for (size_t i = 0; i < CACHE_SHARDS; i++) pthread_mutex_init(&s->shards[i].lock, NULL);
    enum result r = keys_open(c->run_folder, true, &s->keys);
    if (r != OK) {
        drafts_free(s->drafts);
        free(s);
        return r;
    }
    *out = s;
    return OK;
}

void site_close(struct site *s)
{
    if (!s) return;
    site_purge_all(s);
    keys_close(s->keys);
    drafts_free(s->drafts);
    free(s);
}

void site_set_press(struct site *s, const struct press *p, const struct press_site *ps)
{
    atomic_store(&s->press_site, ps);
    atomic_store(&s->press, p);
    atomic_fetch_add(&s->press_turn, 1); /* behind the press: whoever sees the turn sees it */
    keys_bump(s->keys, keys_slot(S("site")));
    site_purge_all(s);
}

bool site_press_settled(struct site *s)
{
    bool settled = true;
    uint64_t now = atomic_load(&s->press_turn);
    pthread_mutex_lock(&s->hands_lock);
    for (struct site_hand *h = s->hands; h && settled; h = h->next) {
        uint64_t turn = atomic_load(&h->turn);
        settled = !turn || turn == now;
    }
    pthread_mutex_unlock(&s->hands_lock);
    return settled;
}

static bool hook_dead(story_id id, void *with)
{
    struct site *s = with;
    return s->config.dead(id, s->config.with);
}

enum result site_hand_open(struct site *s, struct site_hand **out)
{
    struct site_hand *h = calloc(1, sizeof *h);
    must(h);
    h->site = s;
    h->arena = arena_new(HAND_ARENA);
    pthread_mutex_lock(&s->hands_lock);
    h->next = s->hands;
    s->hands = h;
    pthread_mutex_unlock(&s->hands_lock);
    *out = h;
    /* Before the newsroom's first commit there is no store: the reader is opened when it is first
     * needed. */
    (void)site_hand_ready(h);
    return OK;
}

void site_hand_close(struct site_hand *h)
{
    if (!h) return;
    pthread_mutex_lock(&h->site->hands_lock);
    struct site_hand **at = &h->site->hands;
    while (*at != h) at = &(*at)->next;
    *at = h->next;
    pthread_mutex_unlock(&h->site->hands_lock);
    if (h->reader) reader_close(h->reader);
    arena_free(h->arena);
    free(h);
}

void site_release(struct site *s, void *hold)
{
    (void)s;
    entry_release(hold);
}

/* ---- stories that are not public ---- */
static const char *const behind[PAGE_KINDS] = {[PAGE_ARTICLE] = "",
    [PAGE_REVISIONS] = "/revisions",
    [PAGE_COMMENTS] = "/comments",
    [PAGE_LITE] = "/lite",
    [PAGE_TEXT] = ".txt"};

static bool is_of_story(enum page_kind kind)
{
    return behind[kind] != NULL;
}

static const char *behind_story(enum page_kind kind)
{
    return is_of_story(kind) ? behind[kind] : "";
}

/* What is to be done with a comment goes on to the right address: the link of a mail names its
 * story by the id alone. */
static struct span query_of(const struct site_ask *ask, const struct route *r)
{
    if (r->ask.kind != PAGE_COMMENTS || !r->ask.words.n) return S("");
    return arena_printf(
        ask->arena, "?%.*s=%.*s", FMT(r->ask.name), FMT(url_escape(ask->arena, r->ask.words)));
}

bool site_left(
    struct site_hand *h, const struct site_ask *ask, const struct route *r, struct site_answer *out)
{
    struct gone g;
    struct view target;
    enum answer_kind kind = ANSWER_NOT_FOUND;
    if (site_not_here(h, ask, r->ask.id, out)) return true;
    if (reader_gone(h->reader, r->ask.id, h->arena, &g) == OK) kind = answer_for(g.state, g.as_404);
    if (kind == ANSWER_MOVED && reader_story(h->reader, g.merged_into, h->arena, &target) == OK) {
        site_moved_query(h, ask,
            arena_printf(ask->arena, "%.*s%s", FMT(target.path), behind_story(r->ask.kind)),
            query_of(ask, r), out);
        return true;
    }
    if (kind == ANSWER_MOVED && site_not_here(h, ask, g.merged_into, out)) return true;
    if (kind != ANSWER_GONE && kind != ANSWER_GONE_BARE) return false;
    struct page_ask what = {.kind = PAGE_GONE, .id = r->ask.id, .gone = &g, .page = 1};
    site_make_small(h, ask, &what, out);
    return true;
}

static void answer_left(
    struct site_hand *h, const struct site_ask *ask, const struct route *r, struct site_answer *out)
{
    if (!site_left(h, ask, r, out)) site_not_found(h, ask, out);
}

static bool wrong_path(
    struct site_hand *h, const struct route *r, struct span path, struct span *right)
{
    struct view v;
    if (!is_of_story(r->ask.kind)) return false;
    if (reader_story(h->reader, r->ask.id, h->arena, &v) != OK) return false;
    *right = arena_printf(h->arena, "%.*s%s", FMT(v.path), behind_story(r->ask.kind));
    return !span_eq(*right, path);
}

/* ---- making ---- */
struct before { /* what stood before the snapshot was opened and the press was chosen */
    uint64_t epoch, tombs;
};

/* Which keys a page hangs on is known only after it was made, so their generations are read then;
 * the page is kept only if no key at all was bumped since before its snapshot opened (before). */
static void keep_and_answer(struct site_hand *h, const struct site_ask *ask, const struct route *r,
    const struct before *before, struct site_answer *out)
{
    struct page *p = &h->page;
    uint64_t generations[PRESS_KEYS_MAX] = {0};
    for (uint32_t i = 0; i < p->key_count; i++)
        generations[i] = keys_get(h->site->keys, p->keys[i]);
    bool still = keys_epoch(h->site->keys) == before->epoch;
    metric_add(M_RENDERS, 1);
    story_id visited = r->ask.kind == PAGE_ARTICLE ? r->ask.id : 0;
    const struct press_site *ps = atomic_load(&h->site->press_site);
    bool bound = place_counts(h);
    if (!still || p->no_store || !r->key.n || (bound && !ps->country_header)) {
        site_made(ask, p, out);
        out->visited = visited;
        return;
    }
    if (bound) p->differs_by = ps->country_header;
    struct entry *e = cache_keep(h->site, bound ? place_key(h, ask, r->key) : r->key, p,
        generations, before->tombs, visited);
    site_kept(ask, e, out);
}

/* An address of the site that was here before; none is known where no store could be opened. */
static bool answer_old(struct site_hand *h, const struct site_ask *ask, struct site_answer *out)
{
    struct span key;
    return h->reader && site_old_key(ask, &key) && site_old(h, ask, key, out);
}

static void make_page(struct site_hand *h, const struct site_ask *ask, struct route *r,
    struct span path, const struct before *before, struct site_answer *out)
{
    const struct press *press = atomic_load(&h->site->press);
    struct span right;
    if (wrong_path(h, r, path, &right)) {
        site_moved_query(h, ask, right, query_of(ask, r), out);
        return;
    }
    r->ask.nobody_moderates = talk_is_unattended();
    if (r->ask.kind == PAGE_COMMENTS && r->ask.words.n) talk_open(h, &r->ask);
    r->ask.is_filing = r->ask.kind == PAGE_COMPLAINT && grievance_is_filing(h, &r->ask);
    enum result made = press_make(press, &r->ask, h->reader, h->arena, &h->page);
    bool is_story = is_of_story(r->ask.kind) || r->ask.kind == PAGE_API_STORY ||
                    r->ask.kind == PAGE_API_NINJS || r->ask.kind == PAGE_LIVE;
    if (made == OK && h->page.status == 200)
        keep_and_answer(h, ask, r, before, out);
    else if (made == OK)
        site_made(ask, &h->page, out);
    else if (made == ERR_ABSENT && site_label_moved(h, ask, r, path, out))
        return;
    else if (made == ERR_ABSENT && answer_old(h, ask, out))
        return;
    else if (made == ERR_ABSENT && is_story)
        answer_left(h, ask, r, out);
    else if (made == ERR_ABSENT || made == ERR_CORRUPT)
        site_not_found(h, ask, out);
    else
        site_trouble(h, ask, BROKEN, out);
}

/* ---- the way of one request ---- */
/* The path below base, decoded; false: it lies elsewhere or is no path. */
static bool path_below(
    struct site_hand *h, const struct site_ask *ask, struct span *out, bool *bare_base)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct span path;
    *bare_base = false;
    if (!url_clean_path(ask->arena, ask->path, &path)) return false;
    if (ps->base.n) {
        if (!span_starts(path, ps->base)) return false;
        path = span_cut(path, ps->base.n, path.n);
        *bare_base = !path.n;
        if (path.n && path.p[0] != '/') return false;
    }
    *out = path;
    return true;
}

bool site_hand_ready(struct site_hand *h)
{
    struct reader_hooks hooks = {hook_dead, h->site};
    if (!h->reader && reader_open(h->site->config.store_folder, hooks, &h->reader) != OK)
        h->reader = NULL;
    return h->reader != NULL;
}

static bool open_snapshot(struct site_hand *h, const struct site_ask *ask)
{
    struct reader_place place = place_of(h, ask);
    return site_hand_ready(h) && reader_begin_at(h->reader, clock_now_ms(), &place) == OK;
}

bool site_begin(
    struct site_hand *h, const struct site_ask *ask, struct span *path, struct site_answer *out)
{
    bool bare;
    arena_reset(h->arena);
    if (!open_snapshot(h, ask)) {
        site_trouble(h, ask, BUSY, out);
        return false;
    }
    if (!path_below(h, ask, path, &bare)) *path = S("");
    return true;
}

static void answer_uncached(struct site_hand *h, const struct site_ask *ask, struct route *r,
    bool found, struct span path, struct site_answer *out)
{
    struct before before = {
        keys_epoch(h->site->keys), h->site->config.tomb_count(h->site->config.with)};
    arena_reset(h->arena);
    if (!open_snapshot(h, ask)) {
        /* What the page that says so is dressed in holds no story and needs no store. */
        if (found && r->extra == ROUTE_ASSET)
            make_page(h, ask, r, path, &before, out);
        else
            site_trouble(h, ask, BUSY, out);
        return;
    }
    bool is_old = !found && answer_old(h, ask, out);
    if (!found && !is_old)
        site_not_found(h, ask, out);
    else if (!is_old && r->extra == ROUTE_PICTURE)
        site_picture(h, ask, r, out);
    else if (!is_old)
        make_page(h, ask, r, path, &before, out);
    reader_end(h->reader);
}

/* A trailing slash or other spelling of a known page leads to the one right address. */
static bool needs_tidying(struct span path)
{
    return path.n > 1 && path.p[path.n - 1] == '/';
}

/* The shortest way: a page in the cache, asked for by its own address. Keys of the cache are clean
 * paths, so what is found by the raw one was clean. */
static bool answer_from_cache(
    struct site_hand *h, const struct site_ask *ask, struct site_answer *out)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    if (ask->has_query || ask->path.n <= ps->base.n || !span_starts(ask->path, ps->base))
        return false;
    struct entry *e = place_find(h, ask, span_cut(ask->path, ps->base.n, ask->path.n));
    if (!e) return false;
    metric_add(M_CACHE_HITS, 1);
    site_kept(ask, e, out);
    return true;
}

/* "/?p=7" would be the front: that it names a post, a list, is known before a page is looked for.
 */
static bool answer_numbered(
    struct site_hand *h, const struct site_ask *ask, struct site_answer *out)
{
    struct span key;
    bool front = span_eq(ask->path, S("/")) || span_eq(ask->path, S("/index.php"));
    if (!ask->has_query || !site_old_key(ask, &key) || (key.p[0] != '?' && !front)) return false;
    arena_reset(h->arena);
    if (!open_snapshot(h, ask)) return false;
    bool answered = site_old(h, ask, key, out);
    reader_end(h->reader);
    return answered;
}

/* A format that oEmbed does not have is none of its addresses. */
static bool find_route(
    struct site_hand *h, const struct site_ask *ask, struct span path, struct route *r)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    bool other_format;
    if (route_oembed(ask->arena, ps, path, ask->query, r, &other_format)) return !other_format;
    return route_find(ask->arena, path, ask->query, r) || route_public(ps, path, r);
}

static void answer(struct site_hand *h, const struct site_ask *ask, struct site_answer *out)
{
    struct span path = S("");
    struct route r = {0};
    bool bare = false;
    if (ask->method != HTTP_GET && ask->method != HTTP_HEAD) {
        arena_reset(h->arena);
        site_trouble(h, ask, WRONG_METHOD, out);
        return;
    }
    if (answer_from_cache(h, ask, out) || answer_numbered(h, ask, out)) return;
    bool ours = path_below(h, ask, &path, &bare);
    if (ours && bare) {
        site_moved(h, ask, S("/"), out);
        return;
    }
    bool found = ours && find_route(h, ask, path, &r);
    if (found && !r.is_tidy && needs_tidying(path)) {
        site_moved(h, ask, span_cut(path, 0, path.n - 1), out);
        return;
    }
    if (found && r.extra == ROUTE_SIZE) {
        site_size_style(ask, out);
        return;
    }
    struct entry *e = found && r.key.n ? place_find(h, ask, r.key) : NULL;
    if (!e) {
        answer_uncached(h, ask, &r, found, path, out);
        return;
    }
    metric_add(M_CACHE_HITS, 1);
    site_kept(ask, e, out);
}

void site_answer(struct site_hand *h, const struct site_ask *ask, struct site_answer *out)
{
    /* Before the press is looked at: a press set since may be used under an older turn, never an
     * older press under a newer one. */
    atomic_store(&h->turn, atomic_load(&h->site->press_turn));
    answer(h, ask, out);
    atomic_store(&h->turn, 0);
}

struct span site_probe_path(struct arena *a, struct span base, story_id id, int64_t day_ms)
{
    struct civil c = civil_of(day_ms);
    return arena_printf(a, "%.*s/%04d/%02d/%02d/%.*s", FMT(base), c.year, c.month, c.day,
        FMT(story_id_text(a, id)));
}
