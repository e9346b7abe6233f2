/* import_wxr: a WordPress export into the ledger: what was certainly public there, each post a
 * delivery of its own, with its old addresses. The file is read twice: first whole, so that nothing
 * is taken of one that is broken, and so that authors and pictures are known. */
#include "import.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { OLD_LINKS_MAX = 32 /* names that one post has had */ };

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

/* ---- telling ---- */
static const char *const end_names[] = {
    [END_OWN] = "own",
    [END_AGENCY] = "agency",
    [END_KNOWN] = "known",
    [END_NAMELESS] = "agency-without-guid",
    [END_AMBIGUOUS] = "agency-ambiguous",
    [END_LEFT] = "left-out",
};

static void put_cell(FILE *f, struct span s, char end)
{
    fputc('"', f);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"') fputc('"', f);
        fputc(c < 0x20 ? ' ' : c, f);
    }
    fputc('"', f);
    fputc(end, f);
}

static void report(struct import *m, const struct wxr_item *i, enum import_end end, struct span why)
{
    m->ends[end]++;
    if (!m->report) return;
    put_cell(m->report, i->id, ',');
    put_cell(m->report, i->link, ',');
    put_cell(m->report, span_of(end_names[end]), ',');
    put_cell(m->report, why, '\n');
}

static void show_progress(void *with, uint64_t done, uint64_t of)
{
    struct import *m = with;
    uint64_t percent = of ? done * 100 / of : 100;
    if (!isatty(STDERR_FILENO) || percent == m->done_percent) return;
    m->done_percent = percent;
    char bar[21];
    for (size_t i = 0; i < 20; i++) bar[i] = i * 5 < percent ? '#' : '.';
    bar[20] = 0;
    fprintf(stderr, "\r%s [%s] %3llu%%  %zu posts", m->doing, bar, (unsigned long long)percent,
        m->ends[END_OWN] + m->ends[END_AGENCY] + m->ends[END_KNOWN]);
    if (done >= of) fputc('\n', stderr);
}

/* ---- whose it is ---- */
struct origin {
    const struct config_feed *feed;
    struct span guid, why;
    story_id known;  /* the story is here: nothing is delivered */
    bool is_agencys; /* the guid: other versions may come, or have, by the agency's wire */
    enum import_end end;
};

static bool is_agency_copy(struct import *m, const struct wxr_item *i, const struct story *s)
{
    struct span rest = m->agencies, name;
    while (rest.n && span_next(&rest, ',', &name)) {
        name = span_trim(name);
        if (!name.n) continue;
        if (span_eq_nocase(name, s->byline) || span_eq_nocase(name, i->creator)) return true;
        for (size_t k = 0; k < i->term_count; k++)
            if (span_eq_nocase(name, i->terms[k].name)) return true;
    }
    return false;
}

static story_id known_by_guid(struct import *m, struct span guid)
{
    story_id list[8];
    size_t n = 0;
    if (!m->store || store_item_by_guid(m->store, guid, list, COUNT(list), &n) != OK) return 0;
    return n == 1 ? list[0] : 0;
}

static void origin_by_headline(
    struct import *m, const struct story *s, int64_t since_ms, struct origin *o)
{
    size_t could_be;
    o->known = import_match(m, s->headline, since_ms, &could_be);
    if (o->known) {
        o->end = END_KNOWN;
        o->why = S("by headline and date");
    } else if (could_be > 1) {
        o->end = END_AMBIGUOUS;
        o->why = arena_printf(m->post_arena, "%zu stories that are here could be it", could_be);
    }
}

static struct origin origin_of(
    struct import *m, const struct wxr_item *i, const struct story *s, int64_t since_ms)
{
    struct span agency = post_agency_guid(i, m->meta_key);
    struct span number = post_number_guid(m->post_arena, m->site, i);
    /* An import of earlier days had known it by its number. */
    struct origin o = {.feed = m->own,
        .guid = known_by_guid(m, number) ? number : post_own_guid(m->post_arena, m->site, i),
        .end = END_OWN};
    if (agency.n) {
        o.known = known_by_guid(m, agency);
        o.why = agency;
        o.end = o.known ? END_KNOWN : m->wire ? END_AGENCY : END_NAMELESS;
        if (m->wire) {
            o.feed = m->wire;
            o.guid = agency;
            o.is_agencys = true;
        }
        return o;
    }
    if (!is_agency_copy(m, i, s)) return o; /* the same headline is no proof for a post of ours */
    if (m->wire) o.feed = m->wire;
    o.end = END_NAMELESS;
    o.why = S("no guid: name the page where its agency wants it withdrawn");
    origin_by_headline(m, s, since_ms, &o);
    return o;
}

/* ---- one post ---- */
static enum result deliver(struct import *m, const struct wxr_item *i, const struct story *s,
    const struct origin *o, int64_t since_ms)
{
    struct buf b;
    buf_init(&b, m->post_arena, 0);
    wire_write_ninjs(&b, s);
    struct span what = arena_printf(m->post_arena, "%.*s\n%.*s", FMT(o->guid), FMT(buf_span(&b)));
    return import_add(m, &(struct append){.kind = EVENT_DELIVERY,
                             .feed = o->feed->name,
                             .delivery = import_name(m, "import", what),
                             .meta = import_meta(m->post_arena,
                                 arena_printf(m->post_arena, "post %.*s", FMT(i->id)), since_ms),
                             .blob = buf_span(&b)});
}

static enum result keep_addresses(struct import *m, const struct wxr_item *i, story_id story)
{
    struct span old[OLD_LINKS_MAX] = {i->link, arena_printf(m->post_arena, "/?p=%.*s", FMT(i->id))};
    struct span key;
    size_t n = 2;
    if (url_parse(m->post_arena, i->guid, &(struct url){0}) &&
        address_key(m->post_arena, i->guid, &key))
        old[n++] = i->guid;
    n += post_old_links(m->post_arena, i, old + n, OLD_LINKS_MAX - n);
    return import_addresses(m, old, n, ADDRESS_STORY, story, S(""));
}

/* The page that WordPress gives to a picture leads to the post on which it hangs, or else to the
 * first that shows it. */
static enum result keep_attachment(struct import *m, const struct wxr_attachment *w, story_id story)
{
    void **slot = map_at(m->lists, arena_printf(m->lists_arena, "attachment %.*s", FMT(w->number)));
    if (*slot) return OK;
    *slot = m;
    struct span old[] = {w->link, arena_printf(m->post_arena, "/?p=%.*s", FMT(w->number))};
    return import_addresses(m, old, COUNT(old), ADDRESS_STORY, story, S(""));
}

static enum result keep_attachments(
    struct import *m, const struct wxr_item *i, const struct story *s, story_id story)
{
    for (const struct wxr_attachment *w = map_get(m->site->hung, i->id); w; w = w->next)
        TRY(keep_attachment(m, w, story));
    for (uint32_t k = 0; k < s->picture_count; k++) {
        const struct wxr_attachment *w = map_get(m->site->files, s->pictures[k].guid);
        if (w) TRY(keep_attachment(m, w, story));
    }
    return OK;
}

static bool is_readers(const struct wxr_comment *c)
{
    return span_eq(c->approved, S("1")) && (!c->type.n || span_eq(c->type, S("comment")));
}

static enum result keep_comment(
    struct import *m, const struct wxr_item *i, const struct wxr_comment *c, story_id story)
{
    struct arena *a = m->post_arena;
    struct when w = when_iso(c->date_gmt);
    struct hash h = hash_keyed(ledger_key(m->ledger),
        arena_printf(a, "comment\n%.*s\n%.*s\n%.*s", FMT(m->site->base), FMT(i->id), FMT(c->id)));
    struct span name = text_fold(a, text_plain(a, html_to_text(a, c->author)));
    struct comment kept = {.id = span_cut(hash_hex(a, &h), 0, COMMENT_ID_MAX),
        .name = utf8_head(name.n ? name : S("Anonymous"), COMMENT_NAME_MAX),
        .text = utf8_head(text_plain(a, html_to_text(a, c->text)), COMMENT_TEXT_MAX)};
    if (!comment_fits(&kept)) return OK;
    m->comments++;
    return import_add(m, &(struct append){.kind = EVENT_COMMENT,
                             .feed = S(""),
                             .delivery = arena_printf(a, "comment:%.*s", FMT(kept.id)),
                             .meta = comment_meta(a, story, &kept, w.ms)});
}

static enum result keep_comments(struct import *m, const struct wxr_item *i, story_id story)
{
    for (size_t k = 0; k < i->comment_count; k++)
        if (is_readers(&i->comments[k])) TRY(keep_comment(m, i, &i->comments[k], story));
    return OK;
}

static enum result take_post(
    struct import *m, struct arena *a, const struct wxr_item *i, int64_t since_ms)
{
    struct story *s = post_story(a, m->site, i, S("?"), since_ms);
    struct origin o = origin_of(m, i, s, since_ms);
    if (o.guid.n > STORY_TEXT_MAX) return report(m, i, END_LEFT, S("its guid is too long")), OK;
    s->guid = o.guid;
    if (o.is_agencys) s->version = arena_printf(a, "%s%.*s", STORY_ARCHIVED, FMT(s->version));
    s->provider = o.feed->provider_id_count ? o.feed->provider_ids[0] : o.feed->provider;
    story_id story =
        o.known ? o.known : story_id_of(ledger_key(m->ledger), o.feed->provider, o.guid);
    if (!o.known) TRY(import_pictures(m, s, o.feed, story));
    if (!o.known) TRY(deliver(m, i, s, &o, since_ms));
    TRY(keep_addresses(m, i, story));
    TRY(keep_attachments(m, i, s, story));
    TRY(keep_comments(m, i, story));
    TRY(import_lists(m, i, s, since_ms));
    report(m, i, o.end, o.why);
    return ++m->batch_posts >= IMPORT_BATCH_POSTS ? import_flush(m) : OK;
}

static enum result on_item(
    void *with, struct arena *a, const struct wxr_site *site, const struct wxr_item *i)
{
    struct import *m = with;
    int64_t since_ms = 0;
    (void)a, (void)site;
    if (stopped) return ERR_CLOSED;
    arena_reset(m->post_arena);
    const char *why = post_why_not(i, m->types, clock_now_ms(), &since_ms);
    if (!why) return take_post(m, m->post_arena, i, since_ms);
    report(m, i, END_LEFT, span_of(why));
    return OK;
}

static enum result on_item_first(
    void *with, struct arena *a, const struct wxr_site *site, const struct wxr_item *i)
{
    (void)with, (void)a, (void)site, (void)i;
    return stopped ? ERR_CLOSED : OK;
}

/* ---- the whole ---- */
static int say_end(struct import *m, enum result r, const struct reject *why)
{
    if (r == ERR_CORRUPT && why->why.n)
        fprintf(stderr, "broadsheet import: %s:%u:%u: %.*s; nothing is taken of a broken file\n",
            m->file, why->line, why->column, FMT(why->why));
    else if (r == ERR_CLOSED)
        fprintf(stderr, "broadsheet import: stopped; the same command goes on where it was\n");
    else if (r == ERR_FULL)
        fprintf(
            stderr, "broadsheet import: the disk is full; make room, the same command goes on\n");
    else if (r != OK)
        fprintf(stderr, "broadsheet import: %s: %s\n", m->file,
            r == ERR_IO ? strerror(errno) : result_name(r));
    return r == ERR_CORRUPT ? EX_DATAERR : r == ERR_CLOSED ? EX_TEMPFAIL : exit_code(r);
}

static void say_sum(const struct import *m, const char *report_path)
{
    printf("%zu posts: %zu of the house, %zu under their agency's guid, %zu here already\n",
        m->ends[END_OWN] + m->ends[END_AGENCY] + m->ends[END_KNOWN] + m->ends[END_NAMELESS] +
            m->ends[END_AMBIGUOUS],
        m->ends[END_OWN], m->ends[END_AGENCY], m->ends[END_KNOWN]);
    printf("%zu of an agency that a kill by guid cannot find\n",
        m->ends[END_NAMELESS] + m->ends[END_AMBIGUOUS]);
    printf("%zu left out: not public, or no posts\n", m->ends[END_LEFT]);
    printf("%zu comments; %zu pictures from the folder, %zu not found there\n", m->comments,
        m->pictures, m->missing);
    printf("%zu new events; each item: %s\n", m->added, report_path);
}

/* It names addresses of what was not public: for its owner's eyes. */
static FILE *report_open(const char *file)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

static int read_twice(struct import *m, const char *report_path)
{
    struct reject why;
    m->site = wxr_site_new();
    struct wxr_hooks first = {on_item_first, show_progress, m},
                     second = {on_item, show_progress, m};
    m->doing = "check ";
    enum result r = wxr_read(m->file, m->site, &first, &why);
    if (r != OK) return say_end(m, r, &why);
    m->report = report_open(report_path);
    if (!m->report) {
        fprintf(stderr, "broadsheet import: report %s: %s\n", report_path, strerror(errno));
        return EX_CANTCREAT;
    }
    fputs("post,address,what,why\n", m->report);
    m->doing = "import";
    r = wxr_read(m->file, m->site, &second, &why);
    enum result flushed = import_flush(m);
    if (r == OK || r == ERR_CLOSED) r = flushed == OK ? r : flushed;
    if (fclose(m->report) != 0 && r == OK) r = ERR_IO;
    if (r == OK) say_sum(m, report_path);
    return say_end(m, r, &why);
}

static const struct config_feed *feed_or_say(struct import *m, const char *name)
{
    const struct config_feed *f = NULL;
    if (name) f = config_feed_named(m->config, span_of(name));
    if (!name && m->config->feed_count == 1) f = &m->config->feeds[0];
    if (f) return f;
    if (name)
        usage_error("import", "no feed is called “%s”", name);
    else
        usage_error("import", "--feed: into which feed?");
    return NULL;
}

static int run(struct import *m, const struct import_words *w)
{
    struct sigaction sa = {.sa_handler = on_signal};
    const char *report_path = w->report;
    m->own = feed_or_say(m, w->feed);
    if (!m->own) return EX_USAGE;
    if (w->wire || m->config->feed_count == 1) m->wire = feed_or_say(m, w->wire);
    if (w->wire && !m->wire) return EX_USAGE;
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    if (!report_path)
        report_path = arena_printf(m->house.arena, "%s/import-report.csv", m->house.data).p;
    return read_twice(m, report_path);
}

/* "topics", "/topics/" -> "/topics"; "." is nothing: a plugin has taken the base off. */
static struct span base_of(struct import *m, const char *words)
{
    struct span s = span_of(words);
    while (s.n && (s.p[0] == '/' || s.p[0] == '.')) s = span_cut(s, 1, s.n);
    while (s.n && s.p[s.n - 1] == '/') s.n--;
    return s.n ? arena_printf(m->lists_arena, "/%.*s", FMT(s)) : s;
}

int import_wxr(const struct import_words *w)
{
    static struct import m; /* its batch is too large for a stack */
    m = (struct import){.file = w->file,
        .types = span_of(w->types),
        .meta_key = span_of(w->key),
        .agencies = span_of(w->agencies),
        .uploads = w->uploads};
    int code = import_open(&m, w->data);
    m.category_base = base_of(&m, w->category_base);
    m.tag_base = base_of(&m, w->tag_base);
    if (code == EX_OK) code = run(&m, w);
    import_close(&m);
    return code;
}
