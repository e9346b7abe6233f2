/* poll_files: files on an agency's server, by FTP, FTPS or SFTP. A trip lists the folder, fetches
 * what is whole and new, in batches that are made durable together, and clears each away where the
 * site file says so: only after durability, and only if it is still what was fetched. What a crash
 * or a cut line leaves is fetched again, and is the same delivery. */
#include "poll_files.h"

#include "clock.h"

#include <stdlib.h>

struct files { /* from trip to trip */
    struct known *known;
    struct net_line *line;
    struct arena *bytes; /* of the batch, until it is durable */
    bool has_no_mlsd;
};
struct given {
    const struct wanted *file;
    int64_t time_s; /* as the server said when it gave the bytes */
};
struct trip {
    enum { LISTS, FETCHES, LOOKS, CLEARS } step;
    struct picked picked;
    size_t at;    /* of picked */
    size_t bytes; /* of the trip */
    struct poll_delivery batch[FILES_BATCH_MAX];
    struct given given[FILES_BATCH_MAX];
    size_t count, batch_bytes;
    int64_t since_us; /* its first file has waited */
    bool is_given;    /* to the ledger; durable when `kept` is called */
    size_t cleared;
    bool is_second; /* another file stands where this one is to be moved to */
    struct net_files files;
    struct span commands[4];
};

static bool is_sftp(const struct poll *p)
{
    return span_starts_nocase(p->feed->url, S("sftp:"));
}

/* ---- asking ---- */
static struct span folder_of(struct poll *p)
{
    return arena_printf(
        p->trip, "%.*s%s", FMT(p->feed->url), span_ends(p->feed->url, S("/")) ? "" : "/");
}

/* Of SFTP's commands, which know no folder: from "/" on, or from where one logs in ("/~/"). */
static struct span path_of(struct poll *p)
{
    struct span url = folder_of(p), path;
    size_t from = sizeof "sftp://" - 1;
    ptrdiff_t slash = span_find_char(span_cut(url, from, url.n), '/');
    path = span_cut(url, from + (size_t)slash, url.n);
    if (!url_unescape(p->trip, path, false, &path)) return S("/");
    return span_starts(path, S("/~/")) ? span_cut(path, 3, path.n) : path;
}

static struct span quoted(struct poll *p, struct span folder, struct span name)
{
    struct buf b;
    buf_init(&b, p->trip, 0);
    buf_char(&b, '"');
    for (int part = 0; part < 2; part++) {
        struct span s = part ? name : span_starts(name, S("/")) ? S("") : folder;
        for (size_t i = 0; i < s.n; i++) {
            if (s.p[i] == '"' || s.p[i] == '\\') buf_char(&b, '\\');
            buf_char(&b, s.p[i]);
        }
    }
    buf_char(&b, '"');
    return buf_span(&b);
}

static void command(
    struct poll *p, struct trip *w, const char *verb, struct span name, struct span to)
{
    struct span *out = &w->commands[w->files.command_count++];
    must(w->files.command_count <= COUNT(w->commands));
    if (!is_sftp(p)) {
        *out = arena_printf(p->trip, "%s %.*s", verb, FMT(name));
        return;
    }
    struct span folder = path_of(p);
    *out = arena_printf(p->trip, "%s %.*s %.*s", verb, FMT(quoted(p, folder, name)),
        FMT(to.n ? quoted(p, folder, to) : S("")));
}

/* is_extra: it does not matter whether it is there. */
static void clear_one(struct poll *p, struct trip *w, struct span name, bool is_extra)
{
    const char *may_fail = is_extra ? "*" : "";
    bool sftp = is_sftp(p);
    if (p->feed->after == POLL_DELETE) {
        command(p, w, arena_printf(p->trip, "%s%s", may_fail, sftp ? "rm" : "DELE").p, name, S(""));
        return;
    }
    struct span to = arena_printf(p->trip, "%.*s/%.*s", FMT(p->feed->move_to), FMT(name));
    if (w->is_second) to = arena_printf(p->trip, "%.*s.%lld", FMT(to), (long long)clock_now_ms());
    if (sftp) {
        command(p, w, arena_printf(p->trip, "%srename", may_fail).p, name, to);
    } else {
        command(p, w, arena_printf(p->trip, "%sRNFR", may_fail).p, name, S(""));
        command(p, w, arena_printf(p->trip, "%sRNTO", may_fail).p, to, S(""));
    }
}

static void ask_clear(struct poll *p, struct trip *w)
{
    struct span name = w->given[w->cleared].file->file.name, marker = p->feed->marker;
    clear_one(p, w, name, false);
    if (marker.n) clear_one(p, w, arena_printf(p->trip, "%.*s%.*s", FMT(name), FMT(marker)), true);
    w->files.commands = w->commands;
}

static void give_credentials(struct poll *p, struct poll_ask *q)
{
    q->user = p->feed->user.n ? p->feed->user : S("anonymous");
    q->is_secret = true;
    if (p->feed->secret_file.n && !poll_secret(p, q, &q->password)) return;
    if (p->feed->key_file.n) (void)poll_key(p, q);
}

static void ask_files(struct poll *p, struct poll_ask *q)
{
    struct files *o = p->own;
    const struct poll_feed *f = p->feed;
    struct trip *w = p->way ? p->way : ARENA_NEW(p->trip, struct trip);
    const struct wanted *file = NULL;
    p->way = w;
    w->files = (struct net_files){.line = o->line,
        .is_plain = f->is_plain,
        .key_file = f->key_file,
        .host_keys = f->host_keys,
        .host_key_count = f->host_key_count,
        .known_hosts = f->known_hosts};
    give_credentials(p, q);
    q->method = NULL;
    q->files = &w->files;
    q->url = folder_of(p);
    q->body_max = FILES_LIST_BYTES_MAX;
    switch (w->step) {
    case LISTS: w->files.list = is_sftp(p) || o->has_no_mlsd ? "LIST" : "MLSD"; break;
    case FETCHES: file = &w->picked.list[w->at]; break;
    case LOOKS: file = w->given[w->cleared].file; break;
    case CLEARS: ask_clear(p, w); break;
    }
    w->files.is_looked_at = w->step == LOOKS;
    if (!file) return;
    q->url =
        arena_printf(p->trip, "%.*s%.*s", FMT(q->url), FMT(url_escape(p->trip, file->file.name)));
    if (w->step != FETCHES) return;
    q->body_max =
        (size_t)file->file.size + 1; /* more is another file than the one that is listed */
    q->is_extra = true;
    known_tried(o->known, file->name);
}

/* ---- what people are shown ---- */
static struct span told_of(struct arena *a, const struct told *t, const char *what)
{
    return arena_printf(a, "%zu %s %s, such as %.*s", t->count, t->count == 1 ? "file" : "files",
        what, FMT(t->example));
}

static void note(struct poll *p, const struct picked *k, bool is_over)
{
    struct arena *a = p->trip;
    struct span why = S("");
    if (is_over)
        why =
            arena_printf(a, "the folder holds more than %d files: the rest is not seen", FILES_MAX);
    else if (k->stuck.count)
        why = told_of(a, &k->stuck, "cannot be fetched");
    else if (k->left.count)
        why = told_of(a, &k->left, "taken that cannot be cleared away");
    else if (k->too_large.count)
        why = told_of(a, &k->too_large, "left there as too large");
    else if (k->refused)
        why = arena_printf(a, "%zu with names that are not asked for", k->refused);
    (void)!POLL_SET(p->note, utf8_head(text_plain(a, why), POLL_WHY_MAX / 4));
}

/* ---- what an answer means ---- */
static void go_on(struct poll *p, struct trip *w, struct poll_heard *h)
{
    bool is_over = w->at == w->picked.count || w->bytes >= FILES_TRIP_BYTES_MAX;
    w->step = FETCHES;
    h->then = POLL_GOES_ON;
    if (!is_over) return;
    h->then = POLL_RESTS;
    uint32_t every = p->feed->every_s ? p->feed->every_s : p->road->every_s,
             settle = p->feed->settle_s ? p->feed->settle_s : FILES_SETTLE_S;
    if (w->at < w->picked.count || w->picked.has_more)
        h->wait_ms = 0;
    else if (w->picked.has_young && settle < every)
        h->wait_ms = settle * 1000LL;
}

/* What is too large is on the desk's list, once: nobody can read what is not taken. */
static void give_lost(struct poll *p, struct trip *w, struct poll_heard *h)
{
    size_t n = w->picked.lost_count;
    struct poll_delivery *list = ARENA_ARRAY(p->trip, struct poll_delivery, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct listed *f = &w->picked.lost[i].file;
        log_warn("feed %.*s: %.*s is larger than %d MB: it stays with the sender",
            FMT(p->feed->feed), FMT(f->name), POLL_BODY_MAX >> 20);
        list[i] = (struct poll_delivery){.feed = p->feed->feed,
            .known = arena_printf(p->trip, "%.*s\n%.*s\n%lld %llx", FMT(p->feed->url), FMT(f->name),
                (long long)f->size, (unsigned long long)f->stamp),
            .by_known = true,
            .name = f->name,
            .unread = arena_printf(p->trip,
                "not taken: it has %lld bytes, and a delivery at most %d; it stays on the agency's "
                "server",
                (long long)f->size, POLL_BODY_MAX)};
    }
    h->list = list;
    h->count = n;
}

static void heard_list(
    struct poll *p, struct trip *w, const struct net_fetched *got, struct poll_heard *h)
{
    struct files *o = p->own;
    size_t counts[LISTED_UNKNOWN + 1] = {0};
    bool is_list = got->status == 200, is_plain_list = is_sftp(p) || o->has_no_mlsd;
    if (is_list)
        files_pick(p->trip, o->known, p->feed, arena_keep(p->trip, got->body), &w->picked, counts);
    if (counts[LISTED_UNKNOWN] && !counts[LISTED_FILE] && !counts[LISTED_OTHER]) is_list = false;
    if (is_list) {
        note(p, &w->picked, counts[LISTED_FILE] > FILES_MAX);
        give_lost(p, w, h);
        go_on(p, w, h);
    } else if (!is_plain_list) {
        o->has_no_mlsd = true;
        h->then = POLL_GOES_ON;
    } else {
        poll_fail(h,
            got->said.n ? arena_printf(p->trip, "the folder cannot be listed: %.*s", FMT(got->said))
                        : S("the folder's list has no form that is known"));
    }
}

static void add(
    struct poll *p, struct trip *w, const struct wanted *f, const struct net_fetched *got)
{
    struct files *o = p->own;
    w->given[w->count] = (struct given){f, got->time_s};
    w->batch[w->count++] = (struct poll_delivery){.feed = p->feed->feed,
        .known = arena_printf(p->trip, "%.*s\n%.*s", FMT(p->feed->url), FMT(f->file.name)),
        .name = f->file.name,
        .bytes = arena_keep(o->bytes, got->body)};
    w->batch_bytes += got->body.n;
    w->bytes += got->body.n;
    if (w->count == 1) w->since_us = clock_mono_us();
}

static bool is_full(const struct trip *w)
{
    return w->count == FILES_BATCH_MAX || w->batch_bytes >= FILES_BATCH_BYTES_MAX ||
           w->bytes >= FILES_TRIP_BYTES_MAX || w->at == w->picked.count ||
           clock_mono_us() - w->since_us >= FILES_BATCH_MS * 1000LL;
}

static void heard_file(
    struct poll *p, struct trip *w, const struct net_fetched *got, struct poll_heard *h)
{
    struct files *o = p->own;
    const struct wanted *f = &w->picked.list[w->at++];
    bool is_whole = got->status == 200 && !got->is_too_large && got->body.n == (size_t)f->file.size;
    if (is_whole)
        add(p, w, f, got);
    else if (got->status != 404)
        known_changed(o->known, f->name, clock_mono_us()); /* it is being written to */
    if (!is_whole)
        log_debug("feed %.*s: %.*s is not taken: %.*s", FMT(p->feed->feed), FMT(f->file.name),
            FMT(got->said.n ? got->said : S("it is not what was listed")));
    go_on(p, w, h);
    if (!w->count || !is_full(w)) return;
    h->list = w->batch;
    h->count = w->count;
    w->is_given = true;
    if (p->feed->after == POLL_KEEP) return;
    w->step = LOOKS;
    w->cleared = 0;
    h->then = POLL_GOES_ON;
}

/* The next one that is to be cleared away; all are: on. */
static void next_clear(struct poll *p, struct trip *w, struct poll_heard *h)
{
    w->is_second = false;
    w->step = LOOKS;
    h->then = POLL_GOES_ON;
    if (++w->cleared < w->count) return;
    w->count = w->batch_bytes = 0;
    go_on(p, w, h);
}

/* Somebody may have put another file there meanwhile: that one has not been read. */
static void heard_look(
    struct poll *p, struct trip *w, const struct net_fetched *got, struct poll_heard *h)
{
    const struct given *g = &w->given[w->cleared];
    bool is_same = got->status == 200 && (got->size < 0 || got->size == g->file->file.size) &&
                   (got->time_s < 0 || g->time_s < 0 || got->time_s == g->time_s);
    if (!is_same) {
        next_clear(p, w, h);
        return;
    }
    w->step = CLEARS;
    h->then = POLL_GOES_ON;
}

static void heard_clear(
    struct poll *p, struct trip *w, const struct net_fetched *got, struct poll_heard *h)
{
    struct files *o = p->own;
    const struct wanted *f = w->given[w->cleared].file;
    h->then = POLL_GOES_ON;
    if (got->status != 200 && p->feed->after == POLL_MOVE && !w->is_second) {
        w->is_second = true;
        return;
    }
    if (got->status != 200) {
        log_warn("feed %.*s: %.*s is taken, and cannot be cleared away: %.*s", FMT(p->feed->feed),
            FMT(f->file.name), FMT(got->said));
        known_take(o->known, f->state); /* or it would be fetched for ever */
    }
    next_clear(p, w, h);
}

static void heard_files(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    struct trip *w = p->way;
    switch (w->step) {
    case LISTS: heard_list(p, w, got, h); break;
    case FETCHES: heard_file(p, w, got, h); break;
    case LOOKS: heard_look(p, w, got, h); break;
    case CLEARS: heard_clear(p, w, got, h); break;
    }
}

/* ---- its life ---- */
static enum result kept_files(struct poll *p)
{
    struct files *o = p->own;
    struct trip *w = p->way;
    for (size_t i = 0; w && i < w->picked.lost_count; i++)
        known_take(o->known, w->picked.lost[i].state);
    if (w) w->picked.lost_count = 0;
    if (w && w->is_given && p->feed->after == POLL_KEEP) {
        for (size_t i = 0; i < w->count; i++) known_take(o->known, w->given[i].file->state);
        w->count = w->batch_bytes = 0;
    }
    if (w && w->is_given) {
        arena_reset(o->bytes);
        p->has_brought = true; /* its files are taken, or go away: the next list is shorter */
        w->is_given = false;
    }
    return known_write(o->known, p->of->folder, p->feed->feed, p->feed->url);
}

static void open_files(struct poll *p)
{
    struct files *o = calloc(1, sizeof *o);
    must(o != NULL);
    o->known = known_new();
    o->line = net_line_new();
    o->bytes = arena_new(FILES_BATCH_BYTES_MAX + POLL_BODY_MAX + (1 << 20));
    p->own = o;
    enum result r = known_read(o->known, p->of->folder, p->feed->feed, p->feed->url);
    if (r != OK && r != ERR_ABSENT)
        log_warn("feed %.*s: what was taken is not remembered (%s): all is fetched once more",
            FMT(p->feed->feed), result_name(r));
}

static void close_files(struct poll *p)
{
    struct files *o = p->own;
    if (!o) return;
    known_free(o->known);
    net_line_free(o->line);
    arena_free(o->bytes);
    free(o);
}

static void away_files(struct poll *p)
{
    struct files *o = p->own;
    if (!o) return;
    net_line_cut(o->line);
    arena_reset(o->bytes);
}

#define FILES_ROAD                                                                                 \
    .every_s = 10, .ask = ask_files, .heard = heard_files, .sees_refusals = true,                  \
    .keeps = FILES_KEPT_BYTES, .open = open_files, .kept = kept_files, .away = away_files,         \
    .close = close_files

const struct poll_road poll_ftp = {.name = "ftp", FILES_ROAD};
const struct poll_road poll_sftp = {.name = "sftp", .needs_user = true, FILES_ROAD};
