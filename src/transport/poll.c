/* poll: feeds that the house asks for by itself: when each is asked, with which secret; what people
 * are shown. What to ask and what an answer means is its road's (poller.h). Each feed has its own
 * time, its own failures and its own question under way, so that none waits for another. Never logs
 * an address's query, nor a secret. */
#include "poller.h"

#include "clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { STATES_EVERY_MS = 1000 };

static const struct poll_road *const roads[] = {&poll_http, &poll_ap, &poll_reuters,
    &poll_reuters_token, &poll_dpa, &poll_imap, &poll_ftp, &poll_sftp};

/* ---- what roads say ---- */
bool poll_set(char *to, size_t room, struct span s)
{
    if (s.n >= room || memchr(s.n ? s.p : "", 0, s.n)) return false;
    if (s.n) memcpy(to, s.p, s.n);
    to[s.n] = 0;
    return true;
}

void poll_fail(struct poll_heard *h, struct span why)
{
    h->then = POLL_FAILS;
    h->why = why;
}

int64_t poll_retry_ms(const struct net_fetched *got)
{
    int64_t s = got->retry_after_s > 0 ? got->retry_after_s : 0;
    return s < POLL_RETRY_MAX_MS / 1000 ? s * 1000 : POLL_RETRY_MAX_MS;
}

void poll_refused(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    poll_fail(h, arena_printf(p->trip, "the server answers %d", got->status));
}

bool poll_goes_without(struct poll *p, struct span what, struct span why, struct poll_heard *h)
{
    if (p->misses++ < POLL_ALARM_TRIES) {
        poll_fail(h, why);
        return false;
    }
    p->misses = 0;
    log_warn("feed %.*s: %.*s cannot be had (%.*s): it goes on without", FMT(p->feed->feed),
        FMT(what), FMT(why));
    return true;
}

void poll_field(struct poll *p, struct poll_ask *q, const char *name, struct span value)
{
    must(q->head_count < POLL_FIELDS);
    q->head[q->head_count++] = arena_printf(p->of->job, "%s: %.*s", name, FMT(value));
}

struct poll_memory *poll_remember(struct poll *p)
{
    struct poll_memory *m = ARENA_NEW(p->trip, struct poll_memory);
    *m = p->memory;
    return m;
}

void poll_mark(struct poll_memory *m, uint64_t mark)
{
    if (poll_is_marked(m, mark)) return;
    if (m->mark_count == POLL_MARKS)
        memmove(m->marks, m->marks + 1, --m->mark_count * sizeof *m->marks);
    m->marks[m->mark_count++] = mark;
}

bool poll_is_marked(const struct poll_memory *m, uint64_t mark)
{
    for (size_t i = m->mark_count; i-- > 0;)
        if (m->marks[i] == mark) return true;
    return false;
}

void poll_forget_token(struct poll *p)
{
    explicit_bzero(p->token, sizeof p->token);
    p->token_until_us = 0;
}

void poll_ask_anew(struct poll *p, bool *is_refused, struct poll_heard *h)
{
    poll_forget_token(p);
    *is_refused = true;
    h->then = POLL_GOES_ON;
}

/* ---- secrets and addresses ---- */
static bool is_one_line(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f) return false;
    return s.n > 0;
}

/* A file that was put in another's place is behind the fence, which knows files and no names. */
static bool is_as_at_the_start(const struct poll_place *at, const struct stat *st)
{
    return st->st_dev == at->dev && st->st_ino == at->ino;
}

/* name: the key of the site file that names it. */
static bool read_line(struct poll *p, struct poll_ask *q, struct span path, const char *name,
    const struct poll_place *at, struct span *out)
{
    struct span s = S("");
    struct stat st = {0};
    const char *file = arena_cstr(p->of->job, path);
    if (stat(file, &st) == 0 && (st.st_mode & S_IROTH)) {
        q->why =
            arena_printf(p->trip, "everybody on this machine may read its %s: chmod 640", name).p;
    } else if (file_read(p->of->job, file, POLL_SECRET_BYTES_MAX, &s) != OK) {
        q->why = arena_printf(p->trip, "its %s cannot be read", name).p;
        p->of->wants_fence |= st.st_ino && !is_as_at_the_start(at, &st);
    } else if (!is_one_line(*out = span_trim(s))) {
        q->why = arena_printf(p->trip, "its %s does not hold one line", name).p;
    }
    return !q->why;
}

bool poll_secret(struct poll *p, struct poll_ask *q, struct span *out)
{
    if (!p->feed->secret_file.n) q->why = "this road needs a secret_file";
    return !q->why && read_line(p, q, p->feed->secret_file, "secret_file", &p->secret_at, out);
}

bool poll_refresh(struct poll *p, struct poll_ask *q, struct span *out)
{
    const struct poll_feed *f = p->feed;
    return !f->refresh_file.n ||
           read_line(p, q, f->refresh_file, "refresh_file", &p->refresh_at, out);
}

bool poll_key(struct poll *p, struct poll_ask *q)
{
    struct span s;
    struct stat st = {0};
    const char *file = arena_cstr(p->of->job, p->feed->key_file);
    if (stat(file, &st) == 0 && (st.st_mode & S_IROTH)) {
        q->why = "everybody on this machine may read its key_file: chmod 640";
    } else if (file_read(p->of->job, file, POLL_KEY_BYTES_MAX, &s) != OK) {
        q->why = "its key_file cannot be read";
        p->of->wants_fence |= st.st_ino && !is_as_at_the_start(&p->key_at, &st);
    }
    return !q->why;
}

struct span poll_url(struct poll *p, struct poll_ask *q, struct span url)
{
    static const char place[] = "{secret}";
    ptrdiff_t at = span_find(url, span_of(place));
    struct span secret;
    if (at < 0) return url;
    q->is_secret = true;
    if (!poll_secret(p, q, &secret)) return url;
    return arena_printf(p->of->job, "%.*s%.*s%.*s", FMT(span_cut(url, 0, (size_t)at)),
        FMT(url_escape(p->of->job, secret)),
        FMT(span_cut(url, (size_t)at + sizeof place - 1, url.n)));
}

struct span poll_where(struct arena *a, struct span url)
{
    ptrdiff_t query = span_find_char(url, '?'), place = span_find(url, S("{secret}"));
    size_t n = url.n;
    if (query >= 0 && (size_t)query < n) n = (size_t)query;
    if (place >= 0 && (size_t)place < n) n = (size_t)place;
    return text_plain(a, span_cut(url, 0, n));
}

bool poll_same_origin(struct arena *a, struct span x, struct span y)
{
    struct url u, v;
    return url_parse(a, x, &u) && url_parse(a, y, &v) && span_eq(u.scheme, v.scheme) &&
           span_eq(u.host, v.host) && span_eq(u.port, v.port);
}

/* ---- asking ---- */
/* What is said to one server is not said to another. */
static void follow(struct poll *p, struct poll_ask *q)
{
    if (!poll_same_origin(p->trip, q->url, p->hop)) {
        q->head_count = 0;
        q->user = q->password = q->bearer = q->body = (struct span){0};
        q->is_secret = false;
    }
    q->url = p->hop;
}

/* The pins are of the server of `url`: one that gives tokens, or to which it leads, has its own. */
static struct span pin_of(struct poll *p, const struct poll_ask *q)
{
    struct span own = poll_where(p->trip, p->feed->url);
    struct url u;
    bool is_other = p->road == &poll_imap ||
                    (url_parse(p->trip, own, &u) && !poll_same_origin(p->trip, own, q->url));
    return !q->files && !q->mailbox && is_other ? S("") : p->feed->pins;
}

static void ask_one(struct poll *p)
{
    struct poll_ask q = {.method = "GET", .body_max = POLL_BODY_MAX};
    if (!p->way && !p->hop.n) p->asked_us = clock_mono_us();
    q.why = p->refused;
    if (!q.why) p->road->ask(p, &q);
    if (!q.why && p->hop.n) follow(p, &q);
    if (q.why) {
        poll_failed(p, span_of(q.why), -1);
        return;
    }
    struct poll_question *asked = ARENA_NEW(p->trip, struct poll_question);
    *asked = (struct poll_question){p, arena_keep(p->trip, q.url), q.is_secret, q.is_extra};
    p->asked = asked->url;
    struct net_fetch f = {.url = asked->url,
        .method = q.method,
        .files = q.files,
        .head = q.head,
        .head_count = q.head_count,
        .body = q.body,
        .user = q.user,
        .password = q.password,
        .bearer = q.bearer,
        .mailbox = q.mailbox,
        .ca_file = p->feed->ca_file,
        .pin = pin_of(p, &q),
        .stays = true,
        .may_shrink = true,
        .is_patient = q.is_patient,
        .timeout_ms = q.is_patient ? POLL_PATIENT_TIMEOUT_MS : POLL_TIMEOUT_MS,
        .body_max = q.body_max,
        .done = poll_answered,
        .with = asked};
    p->is_flying = net_fetch_start(p->of->fetcher, &f);
    if (p->is_flying) return;
    p->due_us = clock_mono_us() + POLL_FIRST_MS * 1000LL; /* its turn comes */
    if (q.files || q.mailbox)
        poll_failed(p, S("this machine has no thread for another question"), -1);
}

static void ask(struct poll *p)
{
    ask_one(p);
    arena_reset(p->of->job);
}

static int ask_due(struct poller *all, int timeout_ms)
{
    int64_t now = clock_mono_us(), until = now + timeout_ms * 1000LL;
    for (size_t i = 0; i < all->count; i++) {
        struct poll *p = all->list[i];
        bool tends = p->road->tend && !p->refused;
        int64_t tended = tends ? p->road->tend(p, now) : until;
        if (tended < until) until = tended;
        if (p->is_flying) continue;
        if (p->due_us <= now) ask(p);
        if (!p->is_flying && p->due_us < until) until = p->due_us;
    }
    return until > now ? (int)((until - now + 999) / 1000) : 0;
}

static void show(struct poller *all)
{
    int64_t now = clock_mono_us();
    if (!all->has_news || now - all->shown_us < STATES_EVERY_MS * 1000LL) return;
    struct arena *a = arena_new(4 << 20);
    struct poll_state *list;
    size_t n = poller_states(all, a, &list);
    if (poll_states_write(all->folder, list, n) != OK)
        log_debug("what `status` shows of polled feeds cannot be written");
    arena_free(a);
    all->has_news = false;
    all->shown_us = now;
}

void poller_turn(struct poller *all, struct pollfd *extra, size_t extra_count, int timeout_ms)
{
    show(all);
    if (all->has_news && timeout_ms > STATES_EVERY_MS) timeout_ms = STATES_EVERY_MS;
    timeout_ms = ask_due(all, timeout_ms);
    net_fetcher_poll(all->fetcher, extra, extra_count, timeout_ms);
}

static int by_size(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* One answer may have been held up on its way: the middle of many. */
static int64_t ahead_of(const struct poll *p)
{
    int64_t list[POLL_CLOCK_LOOKS];
    if (p->offs < POLL_CLOCK_LOOKS) return 0;
    memcpy(list, p->off_ms, sizeof list);
    qsort(list, POLL_CLOCK_LOOKS, sizeof *list, by_size);
    int64_t ms = list[POLL_CLOCK_LOOKS / 2];
    return ms > POLL_CLOCK_MS || ms < -POLL_CLOCK_MS ? ms : 0;
}

size_t poller_states(const struct poller *all, struct arena *a, struct poll_state **out)
{
    int64_t now_ms = clock_now_ms(), now_us = clock_mono_us();
    *out = ARENA_ARRAY(a, struct poll_state, all->count + 1);
    for (size_t i = 0; i < all->count; i++) {
        const struct poll *p = all->list[i];
        (*out)[i] = (struct poll_state){.feed = p->feed->feed,
            .road = p->feed->road,
            .where = poll_where(a, p->feed->url),
            .key_changed_us = p->key_changed_us,
            .ok_ms = p->ok_ms,
            .next_ms = p->is_flying ? now_ms : now_ms + (p->due_us - now_us) / 1000,
            .deliveries = p->deliveries,
            .failures = p->failures,
            .all_failures = p->all_failures,
            .ahead_ms = ahead_of(p),
            .why = span_of(p->why),
            .note = span_of(p->note),
            .note_rings = p->note_rings};
    }
    return all->count;
}

/* ---- its life ---- */
enum result poller_open(const char *folder, const struct net_guard *guard,
    const struct poll_hooks *hooks, struct poller **out)
{
    struct poller *p = calloc(1, sizeof *p);
    must(p && POLL_SET(p->folder, span_of(folder)));
    enum result r = dir_make(folder);
    if (r != OK) {
        free(p);
        return r;
    }
    p->hooks = *hooks;
    p->fetcher = net_fetcher_new(guard);
    net_fetcher_bounds(p->fetcher, 2 * POLL_FEEDS_MAX, POLL_BODIES_MAX); /* each may ask a hub */
    p->job = arena_new(POLL_JOB_ARENA);
    p->has_news = true;
    *out = p;
    return OK;
}

void poller_close(struct poller *all)
{
    if (!all) return;
    all->closing = true;
    net_fetcher_free(all->fetcher);
    for (size_t i = 0; i < all->count; i++) {
        poll_forget_token(all->list[i]);
        if (all->list[i]->road->close) all->list[i]->road->close(all->list[i]);
        arena_free(all->list[i]->trip);
        free(all->list[i]);
    }
    arena_free(all->job);
    free(all);
}

static const char *why_not(const struct poll_feed *f, const struct poll_road *r)
{
    if (r->needs_secret && !f->secret_file.n) return "this road needs a secret_file";
    if (r->needs_login && !f->login_url.n) return "this road needs a login_url";
    if (r->needs_user && !f->user.n) return "this road needs a user";
    return NULL;
}

static struct poll_place place_of(struct poll *p, struct span file)
{
    struct stat st;
    if (!file.n || stat(arena_cstr(p->trip, file), &st) != 0) return (struct poll_place){0};
    return (struct poll_place){st.st_dev, st.st_ino};
}

static void refuse(struct poll *p, const char *why)
{
    p->refused = why;
    p->failures = POLL_ALARM_TRIES - 1; /* at once it is told */
}

bool poller_add(struct poller *all, const struct poll_feed *f, const char **why_out)
{
    const struct poll_road *road = NULL;
    for (size_t i = 0; i < COUNT(roads); i++)
        if (span_eq(span_of(roads[i]->name), f->road)) road = roads[i];
    *why_out = all->count == POLL_FEEDS_MAX ? "too many feeds are polled"
               : !road                      ? "there is no such road"
                                            : NULL;
    if (*why_out) return false;
    struct poll *p = calloc(1, sizeof *p);
    must(p);
    *p = (struct poll){.of = all, .feed = f, .road = road, .trip = arena_new(POLL_TRIP_ARENA)};
    bool is_same = poll_memory_read(all->folder, f->feed, &p->memory) == OK &&
                   span_eq(span_of(p->memory.url), f->url);
    if (!is_same) memset(&p->memory, 0, sizeof p->memory);
    const char *why = why_not(f, road);
    if (!POLL_SET(p->memory.url, f->url)) why = "its url is too long";
    if (why) refuse(p, why);
    p->secret_at = place_of(p, f->secret_file);
    p->key_at = place_of(p, f->key_file);
    p->refresh_at = place_of(p, f->refresh_file);
    if (!why && road->open) road->open(p);
    all->list[all->count++] = p;
    return true;
}

bool poller_wants_fence(const struct poller *all)
{
    return all->wants_fence;
}
